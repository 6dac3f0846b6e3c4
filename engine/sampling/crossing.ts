/**
 * Places and velocities on the top of a barrier, where trajectories begin that tell how many come back. Å, fs, amu, eV; the
 * coordinate in its own unit.
 */
import { createSimulation, advance, type DynamicsState } from '../dynamics/dynamics';
import { thermalVelocities } from '../dynamics/velocities';
import type { Potential } from '../potentials/potential';
import { createRandom, type Random } from '../random';
import type { Structure } from '../structure/structure';
import type { Problem, Result } from '../../protocol/result';
import { fail, ok } from '../../protocol/result';
import { deviation, vectorsOf, type CollectiveVariable, type Slope } from './coordinates';
import type { Recrossing } from './rates';

const MAXIMUM_ITERATIONS = 50;
const ON_TOP = 1e-9;

/**
 * Moves atoms along ∇_i ξ/m_i until ξ is `target`, as constraint forces would (Newton's method on ξ).
 * @param positions 3N, written into
 * @returns the slope there; undefined if it can't be reached from there
 */
export function moveOnto(
  slopeAt: (positions: Float64Array) => Slope,
  coordinate: Pick<CollectiveVariable, 'periodic'>,
  positions: Float64Array,
  masses: Float64Array,
  target: number,
): Slope | undefined {
  for (let i = 0; i < MAXIMUM_ITERATIONS; i++) {
    const slope = slopeAt(positions);
    const missing = deviation(coordinate, target, slope.value);
    if (!Number.isFinite(missing) || !(slope.inverseMass > 0)) return undefined;
    if (Math.abs(missing) < ON_TOP) return slope;
    for (let k = 0; k < positions.length; k++)
      positions[k] += (missing * slope.gradient[k]) / masses[Math.floor(k / 3)] / slope.inverseMass;
  }
  return undefined;
}

export interface CrossingSetup {
  readonly potential: Potential;
  readonly coordinate: CollectiveVariable;
  readonly structure: Structure;
  /** amu, N */
  readonly masses: Float64Array;
  /** fs */
  readonly timestep: number;
  /** Steps in each direction. */
  readonly steps: number;
  /** K */
  readonly temperature: number;
  /** ξ‡, and ξ on both sides of it from where nothing comes back. */
  readonly top: number;
  readonly reactant: number;
  readonly product: number;
}

/**
 * Draws thermal velocities at a place on the top, and follows them forwards and backwards in time by velocity Verlet.
 * @param positions on the top, 3N @param slope there
 */
export function followCrossing(
  setup: CrossingSetup,
  positions: Float64Array,
  slope: Slope,
  random: Random,
): Result<Recrossing> {
  const { masses, temperature, coordinate, top, product } = setup;
  const towards = Math.sign(deviation(coordinate, product, top));
  const velocities = thermalVelocities(masses, temperature, random);
  const speed = towards * slope.gradient.reduce((sum, each, k) => sum + each * velocities[k], 0);
  // A velocity and its reverse are equally likely: each is followed both ways.
  const forwards = speed < 0 ? velocities.map((each) => -each) : velocities;
  const ends: boolean[] = [];
  for (const start of [forwards, forwards.map((each) => -each)]) {
    const end = follow(setup, positions, start, towards);
    if (!end.ok) return end;
    ends.push(end.value);
  }
  return ok({ velocity: Math.abs(speed), forward: ends[0], backward: ends[1] });
}

/** Whether a trajectory is on the side of the products in the end: when it is where nothing comes back, or its time is over. */
function follow(
  { potential, coordinate, structure, masses, timestep, steps, top, reactant, product }: CrossingSetup,
  positions: Float64Array,
  velocities: Float64Array,
  towards: number,
): Result<boolean> {
  const vectorsAt = vectorsOf(coordinate, structure);
  const derivatives = new Float64Array(3 * coordinate.pairs.length);
  const simulation = createSimulation(potential, { ...structure, positions }, timestep, { kind: 'nve' }, masses);
  potential.list?.build({ ...structure, positions });
  const { forces, energy } = potential.predict({ ...structure, positions });
  const state: DynamicsState = {
    step: 0,
    positions: positions.slice(),
    velocities: velocities.slice(),
    forces: forces.slice(),
    potentialEnergy: energy,
    heat: 0,
    random: createRandom(0, 'none').state(),
  };
  let reached = 0;
  while (state.step < steps) {
    const problem: Problem | undefined = advance(simulation, state);
    if (problem !== undefined) return fail(problem);
    const value = coordinate.evaluate(vectorsAt(state.positions), derivatives);
    reached = towards * deviation(coordinate, value, top);
    if (reached > towards * deviation(coordinate, product, top)) break;
    if (reached < towards * deviation(coordinate, reactant, top)) break;
  }
  return ok(reached > 0);
}
