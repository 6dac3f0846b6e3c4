/** A potential with a spring ½ κ (ξ − center)² on a collective variable beside it. Å, rad, eV. */
import { addPull } from '../potentials/pull';
import type { Potential, Prediction } from '../potentials/potential';
import type { Structure } from '../structure/structure';
import { deviation, vectorsOf, type CollectiveVariable } from './coordinates';

export interface Spring {
  /** It may be moved between predictions. */
  center: number;
  /** κ, eV per square of the coordinate's unit */
  readonly forceConstant: number;
}

export interface BiasedPotential extends Potential {
  readonly spring: Spring;
  /** ξ of positions (Å, 3N). */
  valueAt(positions: Float64Array): number;
  /** Energy of the spring at a value, eV: what the predicted energy has more than that of the potential alone. */
  biasAt(value: number): number;
}

/** @param cell of all structures that it will see */
export function biasPotential(
  potential: Potential,
  coordinate: CollectiveVariable,
  cell: Pick<Structure, 'cell' | 'periodic'>,
  spring: Spring,
): BiasedPotential {
  const { pairs } = coordinate;
  const vectorsAt = vectorsOf(coordinate, cell);
  const derivatives = new Float64Array(3 * pairs.length);
  const atoms = [...new Set(pairs.flat())];
  const biasAt = (value: number): number =>
    0.5 * spring.forceConstant * deviation(coordinate, value, spring.center) ** 2;
  const predict = (structure: Structure): Prediction => {
    const prediction = potential.predict(structure);
    const vectors = vectorsAt(structure.positions);
    const value = coordinate.evaluate(vectors, derivatives);
    const bias = biasAt(value);
    const pull = spring.forceConstant * deviation(coordinate, value, spring.center);
    const [forces, virial, atomicEnergies] = [
      prediction.forces.slice(),
      prediction.virial.slice(),
      prediction.atomicEnergies.slice(),
    ];
    for (const atom of atoms) atomicEnergies[atom] += bias / atoms.length;
    pairs.forEach(([i, j], k) => {
      const [x, y, z] = derivatives.subarray(3 * k, 3 * k + 3);
      addPull(forces, virial, i, j, vectors, 3 * k, pull * x, pull * y, pull * z);
    });
    return { ...prediction, energy: prediction.energy + bias, atomicEnergies, forces, virial };
  };
  return {
    ...potential,
    predict,
    spring,
    valueAt: (positions) => coordinate.evaluate(vectorsAt(positions), derivatives),
    biasAt,
  };
}
