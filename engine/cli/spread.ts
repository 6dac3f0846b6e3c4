/** How far the members of a committee are apart, as keys and columns of frames and as figures of a command. eV, eV/Å. */
import type { Frame } from '../formats/frame';
import type { Spread } from '../potentials/committee';
import type { Prediction } from '../potentials/potential';

export const largestSpread = ({ forces }: Spread): number => forces.reduce((most, one) => Math.max(most, one), 0);

/** `energy_std` (eV) of a frame and its column `forces_std` (eV/Å); nothing where there is no committee. */
export function describeSpread(spread: Spread | undefined): {
  readonly columns: Frame['columns'];
  readonly info: Frame['info'];
} {
  if (spread === undefined) return { columns: new Map(), info: new Map() };
  return {
    columns: new Map([['forces_std', { type: 'R', width: 1, values: spread.forces }]]),
    info: new Map([
      ['energy_std', spread.energy],
      ['forces_std_max', largestSpread(spread)],
    ]),
  };
}

/** Over all predictions of a command. */
export interface SpreadSummary {
  readonly members: number;
  /** Root mean square over the structures of the spread of the energy per atom, eV. */
  readonly energy_std: number;
  /** Root mean square and largest over all atoms, eV/Å. */
  readonly forces_std: number;
  readonly forces_std_max: number;
}

/** @returns what takes predictions, and what they come to; undefined where no committee has predicted */
export function gatherSpread(): {
  readonly add: (prediction: Prediction) => void;
  readonly summary: () => SpreadSummary | undefined;
} {
  let [members, structures, energies, atoms, forces, most] = [0, 0, 0, 0, 0, 0];
  return {
    add({ spread }) {
      if (spread === undefined) return;
      members = spread.members;
      structures++;
      energies += (spread.energy / spread.forces.length) ** 2;
      atoms += spread.forces.length;
      forces += spread.forces.reduce((sum, one) => sum + one * one, 0);
      most = Math.max(most, largestSpread(spread));
    },
    summary: () =>
      structures === 0
        ? undefined
        : {
            members,
            energy_std: Math.sqrt(energies / structures),
            forces_std: Math.sqrt(forces / atoms),
            forces_std_max: most,
          },
  };
}

export function describeSummary(summary: SpreadSummary): string {
  const milli = (value: number): string => (1000 * value).toFixed(2);
  return `committee of ${summary.members}: standard deviation of energies ${milli(summary.energy_std)} meV/atom, of forces ${milli(summary.forces_std)} meV/Å, at most ${milli(summary.forces_std_max)} meV/Å`;
}
