/**
 * What `nearsight inspect` asks about a dataset, for the editor: its structures are loaded, split and compared as a job would.
 * In a worker of its own: it takes seconds where there are many.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { reportData } from '../../engine/analysis/data-report';
import { loadDataset } from '../../engine/formats/dataset';
import { openFrames } from '../../engine/formats/frames';
import type { DataFinding, FindingFrame } from '../../language/check/facts';
import type { FindingsQuestion } from './requests';

/** Larger data are left to the command line: they would be in memory as a whole, and compared for minutes. */
const MAXIMUM_BYTES = 64 * 2 ** 20;
const MAXIMUM_ATOMS = 100_000;
/** Frames that are named with their line. */
const NAMED = 5;
/** More than that nobody leaves out by hand. */
const LISTED = 200;

const NOWHERE = { start: 0, end: 0 };

/** Nothing of data that are too large, or can't be read as they are: what is wrong with them others say. */
export async function findingsOf(
  { dataset, folder, files }: FindingsQuestion,
  signal: AbortSignal,
): Promise<DataFinding[]> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  if (bytes > MAXIMUM_BYTES) return [];
  const loaded = await loadDataset({ ...dataset, span: NOWHERE, nameSpan: NOWHERE }, folder, undefined, signal);
  if (!loaded.ok) return [];
  const { structures, set } = loaded.value;
  if (structures.reduce((sum, { numbers }) => sum + numbers.length, 0) > MAXIMUM_ATOMS) return [];
  const { findings } = reportData(structures, set);
  const lines = await linesOf(
    findings.flatMap((one) => one.structures.slice(0, NAMED).map((s) => structures[s].source)),
    signal,
  );
  return findings.map(({ code, message, structures: indices }) => ({
    code,
    message,
    count: indices.length,
    named: indices.slice(0, NAMED).map((s) => {
      const { file, frame } = structures[s].source;
      return { file, frame, line: lines.get(`${file} ${frame}`) ?? 0 };
    }),
    frames:
      indices.length > LISTED
        ? []
        : indices.map((s) => {
            const { file, frame } = structures[s].source;
            return { file: path.relative(folder, file).replaceAll('\\', '/'), frame };
          }),
  }));
}

/** Where frames begin in their files, from 0. */
async function linesOf(frames: readonly FindingFrame[], signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, number>();
  for (const file of new Set(frames.map((one) => one.file))) {
    const opened = await openFrames(file, { signal });
    if (!opened.ok) continue;
    for (const { frame } of frames.filter((one) => one.file === file))
      lines.set(`${file} ${frame}`, (opened.value.line(frame) ?? 1) - 1);
    await opened.value.dispose();
  }
  return lines;
}
