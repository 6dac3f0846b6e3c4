import { describe, expect, test } from 'vitest';
import type { Potential } from '../../../engine/potentials/potential';
import { createRandom } from '../../../engine/random';
import { biasPotential } from '../../../engine/sampling/bias';
import { createCoordinate, deviation, slopeOf, vectorsOf } from '../../../engine/sampling/coordinates';
import type { Structure } from '../../../engine/structure/structure';
import type { CoordinateDefinition } from '../../../language/definition/definition';
import {
  applyMatrix,
  createStructure,
  ISOLATED,
  maximumDifference,
  PERIODIC,
  randomRotation,
} from '../../fixtures/structures';

const common = { centers: [0], force_constant: 1 };
const definitions: readonly CoordinateDefinition[] = [
  { ...common, kind: 'distance', atoms: [0, 3] },
  { ...common, kind: 'difference', atoms: [0, 3, 2, 3] },
  { ...common, kind: 'angle', atoms: [1, 0, 2] },
  { ...common, kind: 'dihedral', atoms: [0, 1, 2, 3] },
  { ...common, kind: 'height', atoms: [4, 1, 2, 3] },
  { ...common, kind: 'coordination', atoms: [0, 1, 2, 3, 4], distance: 1.7 },
];

/** No forces of its own. */
const nothing: Potential = {
  cutoff: 1,
  elements: ['O'],
  predict: ({ numbers, positions }) => ({
    energy: 0,
    atomicEnergies: new Float64Array(numbers.length),
    forces: new Float64Array(positions.length),
    virial: new Float64Array(9),
  }),
};

const skewed = Float64Array.of(6, 0, 0, 2.6, 5.2, 0, -1.7, 2.1, 5.4);

function random(seed: number, periodic: boolean): Structure {
  const draws = createRandom(seed, 'coordinates');
  const positions = Array.from({ length: 15 }, () => (periodic ? 20 : 3) * (draws.uniform() - 0.5));
  return createStructure(
    ['O', 'H', 'C', 'N', 'O'],
    positions,
    periodic ? [...skewed] : undefined,
    periodic ? PERIODIC : ISOLATED,
  );
}

function valueOf(definition: CoordinateDefinition, structure: Structure): number {
  const coordinate = createCoordinate(definition, structure.numbers);
  const vectors = vectorsOf(coordinate, structure)(structure.positions);
  return coordinate.evaluate(vectors, new Float64Array(vectors.length));
}

describe.each(definitions)('$kind', (definition) => {
  test.each([false, true])(
    'T-FD: forces and virial of a spring are derivatives of its energy; periodic %s',
    (periodic) => {
      const structure = random(3, periodic);
      const coordinate = createCoordinate(definition, structure.numbers);
      const spring = { center: valueOf(definition, structure) + 0.3, forceConstant: 2.5 };
      const biased = biasPotential(nothing, coordinate, structure, spring);
      const { energy, forces, virial, atomicEnergies } = biased.predict(structure);
      expect(energy).toBeCloseTo(0.5 * 2.5 * 0.3 ** 2, 12);
      expect(atomicEnergies.reduce((a, b) => a + b, 0)).toBeCloseTo(energy, 12);
      const masses = Float64Array.of(16, 1, 12, 14, 16);
      const pull = forces.reduce((sum, force, c) => sum + force ** 2 / masses[Math.floor(c / 3)], 0);
      expect(slopeOf(coordinate, structure, masses)(structure.positions).inverseMass).toBeCloseTo(
        pull / (2.5 * 0.3) ** 2,
        10,
      );
      const h = 1e-5;
      const numerical = structure.positions.map((_, c) => {
        const [up, down] = [h, -h].map((step) => {
          const positions = structure.positions.slice();
          positions[c] += step;
          return biased.predict({ ...structure, positions }).energy;
        });
        return -(up - down) / (2 * h);
      });
      expect(maximumDifference(forces, numerical)).toBeLessThan(1e-8);
      const strained = Float64Array.from({ length: 9 }, (_, component) => {
        const [up, down] = [h, -h].map((step) => {
          const strain = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
          strain[component] += step;
          const bent = applyMatrix(structure, strain);
          return biasPotential(nothing, coordinate, bent, spring).predict(bent).energy;
        });
        return -(up - down) / (2 * h);
      });
      // A strain maps r to r (1 + ε): which of its two indices is which, a symmetric virial does not tell.
      expect(maximumDifference(virial, strained)).toBeLessThan(1e-7);
    },
  );

  test('does not change when everything is moved and turned, nor with the cell that atoms are in', () => {
    const structure = random(5, false);
    const value = valueOf(definition, structure);
    const turned = applyMatrix(structure, randomRotation(2));
    expect(valueOf(definition, { ...turned, positions: turned.positions.map((x) => x + 7) })).toBeCloseTo(value, 12);
    const inCell = random(5, true);
    const shifted = inCell.positions.slice();
    for (let k = 0; k < 3; k++) shifted[3 * 3 + k] += 2 * skewed[k] - 3 * skewed[6 + k];
    expect(valueOf(definition, { ...inCell, positions: shifted })).toBeCloseTo(valueOf(definition, inCell), 10);
  });
});

test('dihedrals and heights change their sign in a mirror, the others do not', () => {
  for (const definition of definitions) {
    const structure = random(7, false);
    const sign = definition.kind === 'dihedral' || definition.kind === 'height' ? -1 : 1;
    const mirrored = applyMatrix(structure, Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, -1));
    expect(valueOf(definition, mirrored)).toBeCloseTo(sign * valueOf(definition, structure), 12);
  }
});

test('known values', () => {
  // H₂O₂ as in the reference: r(OO) 1.45 Å, r(OH) 0.967 Å, 102.3°.
  const bend = (102.3 * Math.PI) / 180;
  const [along, across] = [0.967 * Math.cos(bend), 0.967 * Math.sin(bend)];
  for (const degrees of [60, 111.5, -111.5, 179]) {
    const turn = (degrees * Math.PI) / 180;
    const peroxide = createStructure(
      ['H', 'O', 'O', 'H'],
      [across, 0, along, 0, 0, 0, 0, 0, 1.45, across * Math.cos(turn), across * Math.sin(turn), 1.45 - along],
    );
    expect(valueOf({ ...common, kind: 'dihedral', atoms: [0, 1, 2, 3] }, peroxide)).toBeCloseTo(turn, 12);
    expect(valueOf({ ...common, kind: 'angle', atoms: [0, 1, 2] }, peroxide)).toBeCloseTo(bend, 12);
    expect(valueOf({ ...common, kind: 'distance', atoms: [2, 3] }, peroxide)).toBeCloseTo(0.967, 12);
    expect(valueOf({ ...common, kind: 'difference', atoms: [1, 2, 0, 1] }, peroxide)).toBeCloseTo(1.45 - 0.967, 12);
  }
  // Seen from above, atoms 1, 2, 3 turn anticlockwise.
  const pyramid = createStructure(['N', 'H', 'H', 'H'], [0.1, 0.2, 0.4, 1, 0, 0, -0.5, 0.9, 0, -0.5, -0.9, 0]);
  expect(valueOf({ ...common, kind: 'height', atoms: [0, 1, 2, 3] }, pyramid)).toBeCloseTo(0.4, 12);
  const pair = createStructure(['O', 'H', 'H'], [0, 0, 0, 2, 0, 0, 0, 0, 4]);
  const counted = valueOf({ ...common, kind: 'coordination', atoms: [0, 1, 2], distance: 2 }, pair);
  expect(counted).toBeCloseTo(1 / 2 + 1 / (1 + 2 ** 6), 12);
});

test('names say which atoms are meant', () => {
  const { numbers } = random(1, false);
  expect(definitions.map((definition) => createCoordinate(definition, numbers).name)).toEqual([
    'd(O0–N3)',
    'd(O0–N3) − d(C2–N3)',
    '∠(H1–O0–C2)',
    'φ(O0–H1–C2–N3)',
    'height of O4 over H1–C2–N3',
    'coordination of O0',
  ]);
});

test('vectors are those to the nearest image, as all images tell', () => {
  for (let seed = 0; seed < 50; seed++) {
    const structure = random(seed, true);
    let shortest = Infinity;
    for (let i = -6; i <= 6; i++)
      for (let j = -6; j <= 6; j++)
        for (let k = -6; k <= 6; k++) {
          const image = [0, 1, 2].map(
            (c) =>
              structure.positions[9 + c] -
              structure.positions[c] +
              i * skewed[c] +
              j * skewed[3 + c] +
              k * skewed[6 + c],
          );
          shortest = Math.min(shortest, Math.hypot(...image));
        }
    expect(valueOf({ ...common, kind: 'distance', atoms: [0, 3] }, structure)).toBeCloseTo(shortest, 10);
  }
});

test('a straight angle has no derivative, and no force', () => {
  const line = createStructure(['H', 'O', 'H'], [-1, 0, 0, 0, 0, 0, 1, 0, 0]);
  const coordinate = createCoordinate({ ...common, kind: 'angle', atoms: [0, 1, 2] }, line.numbers);
  const { forces, energy } = biasPotential(nothing, coordinate, line, { center: 2, forceConstant: 1 }).predict(line);
  expect(energy).toBeCloseTo(0.5 * (Math.PI - 2) ** 2, 12);
  expect([...forces].every((force) => force === 0)).toBe(true);
});

test('a dihedral of atoms in a line, and coincident atoms, mean nothing', () => {
  const line = createStructure(['H', 'O', 'O', 'H'], [0, 0, 0, 1, 0, 0, 2, 0, 0, 2, 0, 0]);
  for (const definition of [definitions[3], { ...common, kind: 'distance' as const, atoms: [2, 3] }]) {
    const coordinate = createCoordinate(definition, line.numbers);
    const derivatives = new Float64Array(3 * coordinate.pairs.length);
    coordinate.evaluate(vectorsOf(coordinate, line)(line.positions), derivatives);
    expect(derivatives.every(Number.isFinite)).toBe(false);
  }
});

test('deviations of a dihedral go the short way round', () => {
  expect(deviation({ periodic: true }, 3, -3)).toBeCloseTo(6 - 2 * Math.PI, 12);
  expect(deviation({ periodic: true }, -3, 3)).toBeCloseTo(2 * Math.PI - 6, 12);
  expect(deviation({ periodic: false }, 3, -3)).toBe(6);
});
