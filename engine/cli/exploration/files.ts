/** What an exploration has in its run folder: journal, rounds, labelled structures. Each is on disk before the next refers to it. */
import { closeSync, existsSync, fsyncSync, readFileSync } from 'node:fs';
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
import { openToAppend, readBounded, writeFully } from '../../runs/files';
import type { Run } from '../../runs/run-folder';
import type { LabelledStructure, Structure } from '../../structure/structure';
import { datasetOfFiles } from '../dataset';

export const LABELLED = 'labelled.xyz';
const MAXIMUM_BYTES = 2 ** 30;

const damaged = (file: string): Result<never> =>
  fail({ code: 'RN012', message: `${file} is missing or was changed: this run cannot go on. Start a new one.` });

/** Appends after `bytes` bytes, and returns how many there are then; undefined if there are fewer. */
function append(path: string, bytes: number, text: string): number | undefined {
  const descriptor = openToAppend(path, bytes);
  if (descriptor === undefined) return undefined;
  try {
    const data = Buffer.from(text);
    writeFully(descriptor, data);
    fsyncSync(descriptor);
    return bytes + data.length;
  } finally {
    closeSync(descriptor);
  }
}

export interface Journal {
  readonly entries: readonly Entry[];
  add(entry: Entry): void;
}

export function openJournal({ folder }: Run): Journal {
  const path = join(folder, 'journal.ndjson');
  const read = parseJournal(existsSync(path) ? readFileSync(path, 'utf8') : '');
  const entries = [...read.entries];
  let { bytes } = read;
  return {
    entries,
    add(entry) {
      bytes = append(path, bytes, `${JSON.stringify(entry)}\n`) ?? bytes;
      entries.push(entry);
    },
  };
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
  const descriptor = openToAppend(join(folder, LABELLED), bytes);
  if (descriptor === undefined) return damaged(LABELLED);
  closeSync(descriptor);
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
  const now = append(
    join(folder, LABELLED),
    bytes,
    formatXyzFrame({ numbers, positions, cell, periodic, columns, info }, 'exact'),
  );
  return now === undefined ? damaged(LABELLED) : ok(now);
}
