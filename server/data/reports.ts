/**
 * Data files as documents, in the survey worker: what is wrong with a file or with the text of a buffer, its outline, and
 * the frame at a line. A file is read through frame by frame, whatever its size; a few are kept open for the questions
 * that follow. A buffer becomes a file of its own for as long as it is looked at.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openFrames, type FrameSource } from '../../engine/formats/frames';
import type { Problem } from '../../protocol/result';
import { UnitChecker } from './unit-checker';
import { describeFrame, entryOf, FrameChecker, type DataProblem, type FrameEntry } from './frame-report';

export interface DataReport {
  readonly frames: number;
  readonly problems: readonly DataProblem[];
  /** The first of them. */
  readonly outline: readonly FrameEntry[];
}

/** A file, or the text of a buffer that differs from it. */
export interface DataDocument {
  readonly file: string;
  readonly text?: string;
}

const MAXIMUM_OUTLINE = 5000;
const MAXIMUM_OPEN = 4;

interface Open {
  /** Where its text stands: that of a buffer in a file of its own. */
  readonly path: string;
  readonly source: FrameSource;
  readonly dispose: () => Promise<void>;
}

/** By file; in order of use, the latest last. */
const open = new Map<string, Open & { readonly text: string | undefined }>();

/** The frames of a document as it is now. */
async function sourceOf({ file, text }: DataDocument, signal: AbortSignal): Promise<Open | readonly Problem[]> {
  const known = open.get(file);
  open.delete(file);
  if (known !== undefined && known.text === text) {
    open.set(file, known);
    const refreshed = await known.source.refresh({ signal });
    return refreshed.ok ? known : refreshed.problems;
  }
  await known?.dispose();
  let path = file;
  let folder: string | undefined;
  if (text !== undefined) {
    folder = await mkdtemp(join(tmpdir(), 'nearsight-buffer-'));
    path = join(folder, basename(file));
    await writeFile(path, text);
  }
  const opened = await openFrames(path, { signal });
  const clear = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  if (!opened.ok) {
    await clear();
    return opened.problems;
  }
  const dispose = async (): Promise<void> => {
    await opened.value.dispose();
    await clear();
  };
  const entry = { path, source: opened.value, dispose, text };
  open.set(file, entry);
  for (const [oldest, other] of open) {
    if (open.size <= MAXIMUM_OPEN) break;
    open.delete(oldest);
    await other.dispose();
  }
  return entry;
}

const isOpen = (found: Open | readonly Problem[]): found is Open => 'source' in found;

const asError = ({ code, message, place }: Problem): DataProblem => ({
  code,
  severity: 'error',
  message,
  line: (place?.line ?? 1) - 1,
  character: (place?.column ?? 1) - 1,
});

export async function reportOn(document: DataDocument, signal: AbortSignal): Promise<DataReport> {
  const found = await sourceOf(document, signal);
  if (!isOpen(found)) return { frames: 0, problems: found.map(asError), outline: [] };
  const { source } = found;
  const checker = new FrameChecker();
  const outline: FrameEntry[] = [];
  const units = new UnitChecker();
  const problems = await source.readAll((frame, i) => {
    const line = (source.line(i) ?? 1) - 1;
    checker.add(frame, i, line);
    // Files without units may be in any.
    if (!source.unitless) units.add(frame, i);
    if (outline.length < MAXIMUM_OUTLINE) outline.push(entryOf(frame, i, line));
  }, signal);
  const ofText = source.unitless ? await findTextTraps(found.path, signal) : [];
  return {
    frames: source.count,
    problems: [...problems.map(asError), ...ofText, ...checker.problems(), ...units.problems()],
    outline,
  };
}

/** What this program reads in a file of n2p2, and n2p2 stumbles over: each is told where it is first. */
async function findTextTraps(file: string, signal: AbortSignal): Promise<DataProblem[]> {
  const first = new Map<'XD031' | 'XD032', { readonly line: number; count: number }>();
  let isInside = false;
  let number = 0;
  const see = (code: 'XD031' | 'XD032'): void => {
    const known = first.get(code);
    if (known === undefined) first.set(code, { line: number, count: 1 });
    else known.count++;
  };
  // Not by readline, to which all line ends are the same.
  let pieces: string[] = [];
  const stream = createReadStream(file, { encoding: 'latin1', signal });
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = chunk.split('\n');
    const rest = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = pieces.join('') + lines[0];
      pieces = [];
    }
    pieces.push(rest);
    for (const line of lines) {
      if (line.endsWith('\r')) see('XD032');
      const word = line.trim();
      if (word === '' && isInside) see('XD031');
      if (/^begin(?=\s|$)/.test(word)) isInside = true;
      else if (word === 'end') isInside = false;
      number++;
    }
  }
  const [blank, returns] = [first.get('XD031'), first.get('XD032')];
  const told = (code: string, message: string, line: number): DataProblem => ({
    code,
    severity: 'warning',
    message,
    line,
    character: 0,
  });
  return [
    ...(blank === undefined
      ? []
      : [told('XD031', `An empty line inside a structure (${counted(blank.count)}): n2p2 crashes at it.`, blank.line)]),
    ...(returns === undefined
      ? []
      : [
          told(
            'XD032',
            `Lines end as on Windows (${counted(returns.count)}): n2p2 takes the carriage return for a part of the last word.`,
            returns.line,
          ),
        ]),
  ];
}

const counted = (count: number): string => (count === 1 ? 'one in this file' : `${count} in this file`);

/** The frame that a line (from 0) belongs to, in Markdown; null where none can be read. */
export async function frameAt(
  document: DataDocument,
  line: number,
  signal: AbortSignal,
  picture = false,
): Promise<string | null> {
  const found = await sourceOf(document, signal);
  if (!isOpen(found)) return null;
  const { source } = found;
  const index = source.frameAt(line + 1);
  if (index === undefined) return null;
  const frame = await source.read(index);
  return frame.ok ? describeFrame(frame.value, index, source.count, picture) : null;
}
