/** The state of a simulation as bytes and back: a run that goes on from them takes the same steps to the last bit. */
import * as v from 'valibot';
import { decodeColumns, encodeColumns, type Columns } from '../../protocol/columns';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import type { DynamicsState, Simulation } from './dynamics';

const stateMeta = v.object({
  kind: v.literal('dynamics'),
  step: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  random: v.object({
    seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    stream: v.tuple([v.number(), v.number()]),
    position: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  }),
});

/** The state as bytes, every bit of it. */
export function encodeState(state: DynamicsState): Uint8Array {
  const { positions, velocities, forces, potentialEnergy, heat, step, random } = state;
  return encodeColumns({
    columns: { positions, velocities, forces, energies: Float64Array.of(potentialEnergy, heat) },
    meta: { kind: 'dynamics', step, random },
  });
}

/** Undefined unless `bytes` are a state of `atoms` atoms with finite numbers. */
export function decodeState(bytes: Uint8Array, atoms: number): DynamicsState | undefined {
  const decoded = decodeColumns(bytes);
  const meta = v.safeParse(stateMeta, decoded?.meta);
  if (decoded === undefined || !meta.success) return undefined;
  const { positions, velocities, forces, energies } = decoded.columns;
  const valid = (column: unknown, length: number): column is Float64Array =>
    column instanceof Float64Array && column.length === length && column.every(Number.isFinite);
  if (!valid(positions, 3 * atoms) || !valid(velocities, 3 * atoms) || !valid(forces, 3 * atoms)) return undefined;
  if (!valid(energies, 2)) return undefined;
  const { step, random } = meta.output;
  return { step, random, positions, velocities, forces, potentialEnergy: energies[0], heat: energies[1] };
}

/** What a checkpoint holds of a simulation: its state, and where the neighbour list of its potential was built. */
export function saveSimulation({ potential }: Simulation, state: DynamicsState): Columns['columns'] {
  const builtAt = potential.list?.builtAt();
  return { state: encodeState(state), ...(builtAt === undefined ? {} : { builtAt }) };
}

export const FOREIGN_CHECKPOINT: Problem = {
  code: 'RN012',
  message: 'The checkpoint belongs to something else: start a new run.',
};

/**
 * What a checkpoint holds of a simulation and besides.
 * @param schema of its meta
 */
export function restoreFrom<S extends v.GenericSchema>(
  checkpoint: Uint8Array,
  simulation: Simulation,
  schema: S,
): Result<{ state: DynamicsState; meta: v.InferOutput<S>; columns: Columns['columns'] }> {
  const decoded = decodeColumns(checkpoint);
  const meta = v.safeParse(schema, decoded?.meta);
  const state = decoded === undefined ? undefined : restoreSimulation(simulation, decoded.columns);
  if (decoded === undefined || !meta.success || state === undefined) return fail(FOREIGN_CHECKPOINT);
  return ok({ state, meta: meta.output, columns: decoded.columns });
}

/** The state in such columns, with the list built at the same place; undefined if they belong to another simulation. */
function restoreSimulation(
  { potential, structure }: Simulation,
  columns: Columns['columns'],
): DynamicsState | undefined {
  const { state: bytes, builtAt } = columns;
  const state = bytes instanceof Uint8Array ? decodeState(bytes, structure.numbers.length) : undefined;
  if (
    state !== undefined &&
    builtAt instanceof Float64Array &&
    builtAt.length === structure.positions.length &&
    builtAt.every(Number.isFinite)
  )
    // Where the neighbour list was built decides on the last bits of forces.
    potential.list?.build({ ...structure, positions: builtAt });
  return state;
}
