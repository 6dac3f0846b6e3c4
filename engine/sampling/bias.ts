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
  /** Σᵢ |∇ᵢξ|²/mᵢ of positions: 1/amu of a length, Å⁻² amu⁻¹ of an angle; masses in amu. */
  inverseMassAt(positions: Float64Array, masses: Float64Array): number;
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
  const inverseMassAt = (positions: Float64Array, masses: Float64Array): number => {
    coordinate.evaluate(vectorsAt(positions), derivatives);
    const gradient = new Float64Array(positions.length);
    pairs.forEach(([i, j], k) => {
      for (let c = 0; c < 3; c++) {
        gradient[3 * i + c] -= derivatives[3 * k + c];
        gradient[3 * j + c] += derivatives[3 * k + c];
      }
    });
    return gradient.reduce((sum, g, c) => sum + (g * g) / masses[Math.floor(c / 3)], 0);
  };
  return {
    ...potential,
    predict,
    inverseMassAt,
    spring,
    valueAt: (positions) => coordinate.evaluate(vectorsAt(positions), derivatives),
    biasAt,
  };
}
