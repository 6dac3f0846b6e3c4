/** Trajectories that simulations write into their run folders (extended XYZ), and what they tell of their steps. Å, fs, K, eV, eV/Å, Å/fs. */
import { basename } from 'node:path';
import type { DynamicsState, Observation, Simulation } from '../dynamics/dynamics';
import { largestDisagreement } from '../exploration/disagreement';
import { formatXyzFrame } from '../formats/extended-xyz';
import type { Column } from '../formats/frame';
import { describeSpread, largestSpread } from './spread';

/** Plots show no more points than that, and events.ndjson should stay small. */
export const MAXIMUM_STEP_EVENTS = 5000;

/** What a frame has besides positions. */
export interface Written {
  readonly masses: boolean;
  readonly forces: boolean;
  readonly velocities: boolean;
  /** More numbers of the frame. */
  readonly further?: readonly (readonly [string, number])[];
}

/** Energies and forces under names that no reader takes for reference labels. */
export function formatFrame(
  { structure, masses }: Simulation,
  { positions, velocities, forces, step, spread, extrapolation }: DynamicsState,
  seen: Observation,
  written: Written,
): string {
  const { numbers, cell, periodic } = structure;
  const info = new Map([
    ['step', step],
    ['time', seen.time],
    ['temperature', seen.temperature],
    ['potential_energy', seen.potentialEnergy],
  ]);
  const { columns: spreads, info: uncertain } = describeSpread(spread);
  const columns = new Map<string, Column>();
  const add = (name: string, width: number, values: Float64Array): void =>
    void columns.set(name, { type: 'R', width, values });
  if (written.masses) add('masses', 1, masses);
  if (written.forces) add('predicted_forces', 3, forces);
  if (written.velocities) add('velocities', 3, velocities);
  if (extrapolation !== undefined) add('extrapolation', 1, extrapolation());
  return formatXyzFrame(
    {
      numbers,
      positions,
      cell,
      periodic,
      columns: new Map([...columns, ...spreads]),
      info: new Map([...info, ...(written.further ?? []), ...uncertain]),
    },
    'fixed',
  );
}

export const stepEvent = ({ step, spread }: DynamicsState, steps: number, elapsed: number, seen: Observation) => ({
  type: 'step' as const,
  step,
  steps,
  elapsed,
  time: seen.time,
  potential_energy: seen.potentialEnergy,
  kinetic_energy: seen.kineticEnergy,
  conserved: seen.conserved,
  temperature: seen.temperature,
  ...(spread !== undefined && {
    forces_std: largestSpread(spread),
    disagreement: largestDisagreement(spread).value,
  }),
});

/** The run folder's own files have other endings: so a trajectory can't replace one. */
export const isTrajectoryName = (name: string): boolean =>
  basename(name) === name && !name.includes('\\') && /^[^.].*\.(ext)?xyz$/i.test(name);
