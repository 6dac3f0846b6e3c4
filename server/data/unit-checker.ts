/** Whether the units of a file that should be in Å and eV are others (XD033), frame by frame; of distances the first frames tell. */
import { energyUnitOf } from '../../engine/analysis/label-units';
import { countAtoms, EnergyInspection } from '../../engine/formats/energy-inspection';
import type { Frame } from '../../engine/formats/frame';
import { ENERGY_KEYS } from '../../engine/formats/labels';
import { looksLikeBohr } from '../../language/bond-lengths';
import { describeEnergyUnit, describeWork } from '../../language/check/labels';
import { listNeighbors, type DataProblem } from './frame-report';
import { BOND_REACH, nearestPair } from './unit-doubt';

/** How many frames, and how large ones, distances are looked for in. */
const FRAMES = 20;
const ATOMS = 2000;

export class UnitChecker {
  private readonly energies = new EnergyInspection();
  private nearest = Infinity;

  add(frame: Frame, index: number): void {
    const { numbers } = frame;
    this.energies.add(frame, countAtoms(numbers));
    if (index >= FRAMES || numbers.length > ATOMS) return;
    const list = listNeighbors(frame, BOND_REACH);
    if (list === undefined) return;
    this.nearest = Math.min(this.nearest, nearestPair(numbers, list)?.ratio ?? Infinity);
  }

  problems(): DataProblem[] {
    const means = ENERGY_KEYS.map((key) => this.energies.means(key)).find(({ length }) => length > 0) ?? [];
    const energyUnit = energyUnitOf(means);
    const work = this.energies.work();
    const messages = [
      looksLikeBohr(this.nearest)
        ? `No two atoms are nearer than ${this.nearest.toFixed(1)} times the sum of their covalent radii; in bohr it would be a bond. Positions of this format are in Å.`
        : undefined,
      energyUnit === undefined || energyUnit === 'eV' ? undefined : describeEnergyUnit(energyUnit),
      work === undefined ? undefined : describeWork(work),
    ];
    return messages.flatMap((message) =>
      message === undefined ? [] : [{ code: 'XD033', severity: 'warning' as const, message, line: 0, character: 0 }],
    );
  }
}
