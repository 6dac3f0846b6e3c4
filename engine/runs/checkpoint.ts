/**
 * `checkpoint/`: numbered files, the last two kept. Each is one JSON header line (what was spent so far; size and SHA-256
 * of what follows) and the bytes of the job. A checkpoint that was half written when the process died is left out when reading.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readBounded, writeAtomically } from './files';

const FORMAT = 'nearsight-checkpoint';
const KEPT = 2;
const MAXIMUM_BYTES = 2 ** 31;
const MAXIMUM_HEADER_BYTES = 1000;

/** What a run has cost, over all its sessions. */
const effort = v.object({ cpu_seconds: v.pipe(v.number(), v.finite()), wall_seconds: v.pipe(v.number(), v.finite()) });
export type Effort = v.InferOutput<typeof effort>;

export interface Checkpoint {
  readonly bytes: Uint8Array;
  readonly spent: Effort;
}

const header = v.object({
  format: v.literal(FORMAT),
  version: v.literal(1),
  bytes: v.number(),
  sha256: v.string(),
  spent: effort,
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Numbers of the checkpoints in `folder`, newest first. */
function numbers(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\d{6,12}\.bin$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => b - a);
}

const nameOf = (number: number): string => `${String(number).padStart(6, '0')}.bin`;

/** Adds a checkpoint to `folder`; when it returns the bytes are on disk and older ones but one are gone. */
export function writeCheckpoint(folder: string, { bytes, spent }: Checkpoint): void {
  mkdirSync(folder, { recursive: true });
  const earlier = numbers(folder);
  const line = JSON.stringify({ format: FORMAT, version: 1, spent, bytes: bytes.length, sha256: sha256(bytes) });
  writeAtomically(join(folder, nameOf((earlier[0] ?? 0) + 1)), `${line}\n`, bytes);
  for (const number of earlier.slice(KEPT - 1)) rmSync(join(folder, nameOf(number)), { force: true });
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
  }
}

/** The newest checkpoint that is complete, undefined if there is none. */
export function readCheckpoint(folder: string): Checkpoint | undefined {
  for (const number of numbers(folder)) {
    const bytes = readBounded(join(folder, nameOf(number)), MAXIMUM_BYTES);
    const checkpoint = bytes === undefined ? undefined : validated(bytes);
    if (checkpoint !== undefined) return checkpoint;
  }
  return undefined;
}

function validated(file: Buffer): Checkpoint | undefined {
  const newline = file.subarray(0, MAXIMUM_HEADER_BYTES).indexOf(0x0a);
  if (newline < 0) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(file.toString('utf8', 0, newline));
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(header, json);
  const payload = file.subarray(newline + 1);
  return parsed.success && parsed.output.bytes === payload.length && parsed.output.sha256 === sha256(payload)
    ? // A copy of its own, so that typed arrays may look at it at any alignment that the writer chose.
      { bytes: new Uint8Array(payload), spent: parsed.output.spent }
    : undefined;
}
