/** Trajectories that simulations write into their run folders (extended XYZ). Å, fs, K, eV. */
import { basename } from 'node:path';
import type { DynamicsState, Observation, Simulation } from '../dynamics/dynamics';
import { formatXyzFrame } from '../formats/extended-xyz';
import { describeSpread } from './spread';

/** Energies under names that no reader takes for reference labels. */
export function formatFrame(
  { structure, masses }: Simulation,
  { positions, step, spread }: DynamicsState,
  seen: Observation,
  showMasses: boolean,
  further: readonly (readonly [string, number])[] = [],
): string {
  const { numbers, cell, periodic } = structure;
  const info = new Map([
    ['step', step],
    ['time', seen.time],
    ['temperature', seen.temperature],
    ['potential_energy', seen.potentialEnergy],
  ]);
  const { columns: spreads, info: uncertain } = describeSpread(spread);
  const columns = showMasses
    ? new Map([['masses', { type: 'R' as const, width: 1, values: masses }], ...spreads])
    : spreads;
  return formatXyzFrame(
    { numbers, positions, cell, periodic, columns, info: new Map([...info, ...further, ...uncertain]) },
    'fixed',
  );
}

/** The run folder's own files have other endings: so a trajectory can't replace one. */
export const isTrajectoryName = (name: string): boolean =>
  basename(name) === name && !name.includes('\\') && /^[^.].*\.(ext)?xyz$/i.test(name);
