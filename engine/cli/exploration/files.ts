/** What an exploration has in its run folder: journal, rounds, labelled structures. Each is on disk before the next refers to it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ExploreDefinition } from '../../../language/definition/definition';
import { decodeColumns, encodeColumns } from '../../../protocol/columns';
import { fail, ok, type Result } from '../../../protocol/result';
import type { DynamicsState } from '../../dynamics/dynamics';
import { decodeState, encodeState } from '../../dynamics/state';
import { parseJournal, type Entry } from '../../exploration/journal';
import type { Candidate } from '../../exploration/walk';
import { loadDataset } from '../../formats/dataset';
import { formatXyzFrame } from '../../formats/extended-xyz';
import type { InfoValue } from '../../formats/frame';
import type { Answer } from '../../oracles/oracle';
import { openAppended } from '../../runs/appended';
import { readBounded } from '../../runs/files';
import type { Run } from '../../runs/run-folder';
import type { LabelledStructure, Structure } from '../../structure/structure';
import { datasetOfFiles } from '../dataset';

export const LABELLED = 'labelled.xyz';
const MAXIMUM_BYTES = 2 ** 30;

const damaged = (file: string): Result<never> =>
  fail({ code: 'RN012', message: `${file} is missing or was changed: this run cannot go on. Start a new one.` });

export interface Journal {
  readonly entries: readonly Entry[];
  add(entry: Entry): void;
  close(): void;
}

/** Expected failure: it has lines that are none of a journal, or of a newer version. */
export function openJournal({ folder }: Pick<Run, 'folder'>): Result<Journal> {
  const path = join(folder, 'journal.ndjson');
  const read = parseJournal(existsSync(path) ? readFileSync(path, 'utf8') : '', path);
  if (!read.ok) return read;
  const opened = openAppended(path, read.value.bytes);
  if (!opened.ok) return opened;
  const { entries } = read.value;
  return ok({
    entries,
    add(entry) {
      opened.value.write(`${JSON.stringify(entry)}\n`);
      opened.value.sync();
      entries.push(entry);
    },
    close: () => opened.value.close(),
  });
}

const finite = v.pipe(v.number(), v.finite());
const roundMeta = v.object({
  kind: v.literal('round'),
  candidates: v.array(v.object({ step: finite, atom: finite, value: finite })),
});

/** Where a walk was last trusted, and what is to be labelled of it. */
export interface Round {
  readonly trusted: DynamicsState;
  readonly candidates: readonly Candidate[];
}

const roundName = (round: number): string => `round-${String(round).padStart(3, '0')}.bin`;

export const writeRound = (run: Run, round: number, { trusted, candidates }: Round): void =>
  run.write(roundName(round), encodeRound({ trusted, candidates }));

export function readRound({ folder }: Run, round: number, atoms: number): Result<Round> {
  const bytes = readBounded(join(folder, roundName(round)), MAXIMUM_BYTES);
  const found = bytes === undefined ? undefined : decodeRound(new Uint8Array(bytes), atoms);
  return found === undefined ? damaged(roundName(round)) : ok(found);
}

export function encodeRound({ trusted, candidates }: Round): Uint8Array {
  const positions = new Float64Array(candidates.length * trusted.positions.length);
  candidates.forEach((one, k) => positions.set(one.positions, k * trusted.positions.length));
  return encodeColumns({
    meta: { kind: 'round', candidates: candidates.map(({ step, atom, value }) => ({ step, atom, value })) },
    columns: { trusted: encodeState(trusted), positions },
  });
}

export function decodeRound(bytes: Uint8Array, atoms: number): Round | undefined {
  const decoded = decodeColumns(bytes);
  const meta = v.safeParse(roundMeta, decoded?.meta);
  const { trusted: state, positions } = decoded?.columns ?? {};
  const trusted = state instanceof Uint8Array ? decodeState(state, atoms) : undefined;
  if (!meta.success || trusted === undefined || !(positions instanceof Float64Array)) return undefined;
  const { candidates } = meta.output;
  if (positions.length !== 3 * atoms * candidates.length || !positions.every(Number.isFinite)) return undefined;
  return {
    trusted,
    candidates: candidates.map((one, k) => ({
      ...one,
      positions: positions.slice(3 * atoms * k, 3 * atoms * (k + 1)),
    })),
  };
}

/** The structures that stand in the first `bytes` bytes of labelled.xyz. */
export async function readLabelled({ folder }: Run, bytes: number): Promise<Result<readonly LabelledStructure[]>> {
  if (bytes === 0) return ok([]);
  const opened = openAppended(join(folder, LABELLED), bytes);
  if (!opened.ok) return opened;
  opened.value.close();
  const loaded = await loadDataset(datasetOfFiles('labelled', [LABELLED], undefined), folder);
  return loaded.ok ? ok(loaded.value.structures) : loaded;
}

/**
 * Appends a structure with its labels and where it comes from.
 * @param bytes that labelled.xyz has; what is behind them was being written when the process died
 * @returns bytes that it has then
 */
export function appendLabelled(
  { folder }: Run,
  bytes: number,
  structure: Structure,
  { energy, forces }: Answer,
  origin: { readonly definition: ExploreDefinition; readonly round: number; readonly candidate: Candidate },
): Result<number> {
  const { definition, round, candidate } = origin;
  const { name, options } = definition.oracle;
  const info = new Map<string, InfoValue>([
    ['energy', energy],
    ['config_type', 'explored'],
    ['explore', definition.name],
    ['round', round],
    ['step', candidate.step],
    ['disagreement', candidate.value],
    ['oracle', name],
    ...(options.method === undefined ? [] : ([['method', options.method]] as const)),
  ]);
  const columns = new Map([['forces', { type: 'R' as const, width: 3, values: forces }]]);
  const { numbers, positions, cell, periodic } = structure;
  const opened = openAppended(join(folder, LABELLED), bytes);
  if (!opened.ok) return opened;
  const labelled = opened.value;
  try {
    labelled.write(formatXyzFrame({ numbers, positions, cell, periodic, columns, info }, 'exact'));
    labelled.sync();
    return ok(labelled.bytes);
  } finally {
    labelled.close();
  }
}
