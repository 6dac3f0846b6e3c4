/**
 * Molecular dynamics: mᵢ d²rᵢ/dt² = Fᵢ. Å, fs, amu, eV, K.
 *
 *   nve        velocity Verlet (Swope et al., J. Chem. Phys. 76, 637 (1982)): symplectic and time-reversible
 *   langevin, csvr, berendsen
 *              the same with a thermostat, a file each beside this one, which exchanges heat in the middle of the step, between two
 *              half drifts (BAOAB of Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34): there positions have
 *              the smallest error, and are those of the ensemble where forces are harmonic. Velocities are seen after the step, where
 *              those of a vibration of angular frequency ω are colder by the factor 1 − (ωΔt)²/4
 *
 * The state is plain data and everything: a run that goes on from a stored state takes the same steps to the last bit.
 * Positions are not wrapped into the cell, so that displacements stay meaningful.
 */
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import type { Spread } from '../potentials/committee';
import type { Potential } from '../potentials/potential';
import { createRandom, restoreRandom, type Random, type RandomState } from '../random';
import { AMU_ANGSTROM2_PER_FS2 } from '../structure/constants';
import type { Structure } from '../structure/structure';
import { relaxingFactor, type Berendsen } from './berendsen';
import { drawRescaling, type Csvr } from './csvr';
import { exchangeByFriction, type Langevin } from './langevin';
import {
  internalDegreesOfFreedom,
  internalVelocities,
  kineticEnergy,
  massesOf,
  removeRigidMotion,
  temperature,
  thermalVelocities,
} from './velocities';

export type Thermostat = Langevin | Csvr | Berendsen;
export type Ensemble = { readonly kind: 'nve' } | Thermostat;

/** What does not change in a run. */
export interface Simulation {
  readonly potential: Potential;
  /** Elements, cell and periodicity; the positions are only where it starts. */
  readonly structure: Structure;
  /** amu, N */
  readonly masses: Float64Array;
  /** fs */
  readonly timestep: number;
  readonly ensemble: Ensemble;
  /** Those that share the temperature: all 3N under friction, otherwise without what is conserved. */
  readonly degreesOfFreedom: number;
}

/** What changes; `advance` writes into it. */
export interface DynamicsState {
  /** Steps taken. */
  step: number;
  /** Å, 3N */
  readonly positions: Float64Array;
  /** Å/fs, 3N */
  readonly velocities: Float64Array;
  /** eV/Å at the positions, 3N. */
  readonly forces: Float64Array;
  /** eV at the positions. */
  potentialEnergy: number;
  /** Of a committee at the positions; not known before the first step of one that goes on. */
  spread?: Spread;
  /** Of each atom at the positions (potential.ts), where the potential tells it; not known before the first step of one that goes on. */
  extrapolation?: () => Float64Array;
  /** Energy in eV that the thermostat has put in so far. */
  heat: number;
  random: RandomState;
}

export interface Observation {
  /** fs */
  readonly time: number;
  /** eV */
  readonly potentialEnergy: number;
  /** eV */
  readonly kineticEnergy: number;
  /** Total energy minus the heat from the thermostat, in eV: constant but for the error of the integrator. */
  readonly conserved: number;
  /** K */
  readonly temperature: number;
}

/**
 * @param timestep fs
 * @param masses amu, N; standard ones if absent
 */
export function createSimulation(
  potential: Potential,
  structure: Structure,
  timestep: number,
  ensemble: Ensemble,
  masses = massesOf(structure.numbers),
): Simulation {
  const degreesOfFreedom =
    ensemble.kind === 'langevin' ? 3 * masses.length : internalDegreesOfFreedom(structure, masses);
  return { potential, structure, masses, timestep, ensemble, degreesOfFreedom };
}

/**
 * The state before the first step: the structure's positions, Maxwell–Boltzmann velocities of `kelvin` in what the ensemble heats.
 * @returns problem MD001 if the energy of the structure is not finite
 */
export function startDynamics(simulation: Simulation, kelvin: number, seed: number): Result<DynamicsState> {
  const { structure, masses } = simulation;
  const random = createRandom(seed, 'initial velocities');
  const state: DynamicsState = {
    step: 0,
    positions: structure.positions.slice(),
    velocities: drawVelocities(simulation, kelvin, random),
    forces: new Float64Array(3 * masses.length),
    potentialEnergy: 0,
    heat: 0,
    random: createRandom(seed, 'thermostat').state(),
  };
  const problem = updateForces(simulation, state);
  return problem === undefined ? ok(state) : fail(problem);
}

/** Maxwell–Boltzmann velocities of `kelvin` in what the ensemble heats, Å/fs. */
export const drawVelocities = (
  { structure, masses, ensemble }: Simulation,
  kelvin: number,
  random: Random,
): Float64Array =>
  ensemble.kind === 'langevin'
    ? thermalVelocities(masses, kelvin, random)
    : internalVelocities(structure, masses, kelvin, random);

/**
 * Takes one step.
 * @returns undefined, or problem MD001 when energy or positions stop being finite; the state is then of no more use
 */
export function advance(simulation: Simulation, state: DynamicsState): Problem | undefined {
  const { timestep, ensemble } = simulation;
  kick(simulation, state);
  if (ensemble.kind === 'nve') {
    drift(state, timestep);
  } else {
    drift(state, timestep / 2);
    exchangeHeat(simulation, ensemble, state);
    drift(state, timestep / 2);
  }
  state.step++;
  const problem = updateForces(simulation, state);
  if (problem !== undefined) return problem;
  kick(simulation, state);
  return undefined;
}

export function observe(simulation: Simulation, state: DynamicsState): Observation {
  const kinetic = kineticEnergy(simulation.masses, state.velocities);
  return {
    time: state.step * simulation.timestep,
    potentialEnergy: state.potentialEnergy,
    kineticEnergy: kinetic,
    conserved: kinetic + state.potentialEnergy - state.heat,
    temperature: temperature(kinetic, simulation.degreesOfFreedom),
  };
}

/** v ← v + F Δt/2m */
function kick({ masses, timestep }: Simulation, { velocities, forces }: DynamicsState): void {
  for (let i = 0; i < masses.length; i++) {
    const factor = timestep / (2 * masses[i] * AMU_ANGSTROM2_PER_FS2);
    for (let k = 3 * i; k < 3 * i + 3; k++) velocities[k] += factor * forces[k];
  }
}

function drift({ positions, velocities }: DynamicsState, time: number): void {
  for (let k = 0; k < positions.length; k++) positions[k] += time * velocities[k];
}

function exchangeHeat(simulation: Simulation, thermostat: Thermostat, state: DynamicsState): void {
  const { masses } = simulation;
  const { velocities } = state;
  const random = restoreRandom(state.random);
  const before = kineticEnergy(masses, velocities);
  if (thermostat.kind === 'langevin') exchangeByFriction(thermostat, simulation, velocities, random);
  else rescale(simulation, thermostat, state, random);
  state.heat += kineticEnergy(masses, velocities) - before;
  state.random = random.state();
}

/**
 * Multiplies all velocities by what the thermostat says. Of the total momentum, which is 0, rounding leaves a little, and
 * factors make it grow to thermal size in time (the flying ice cube: Harvey, Tan and Cheatham, J. Comput. Chem. 19, 726 (1998)):
 * it is taken off before.
 */
function rescale(
  { structure, masses, timestep, degreesOfFreedom }: Simulation,
  thermostat: Csvr | Berendsen,
  { positions, velocities }: DynamicsState,
  random: Random,
): void {
  removeRigidMotion({ ...structure, positions }, masses, velocities);
  const kinetic = kineticEnergy(masses, velocities);
  if (kinetic === 0 || degreesOfFreedom === 0) return;
  const factor =
    thermostat.kind === 'csvr'
      ? drawRescaling(thermostat, kinetic, timestep, degreesOfFreedom, random)
      : relaxingFactor(thermostat, temperature(kinetic, degreesOfFreedom), timestep);
  for (let k = 0; k < velocities.length; k++) velocities[k] *= factor;
}

/**
 * Energy, forces and spread at the positions: also for whoever goes on with another potential.
 * @returns problem MD001 if they are not finite
 */
export function updateForces({ potential, structure }: Simulation, state: DynamicsState): Problem | undefined {
  const finite = state.positions.every(Number.isFinite);
  if (finite) {
    const { energy, forces, spread, extrapolation } = potential.predict({ ...structure, positions: state.positions });
    state.spread = spread;
    state.extrapolation = extrapolation;
    if (Number.isFinite(energy) && forces.every(Number.isFinite)) {
      state.potentialEnergy = energy;
      state.forces.set(forces);
      return undefined;
    }
  }
  const message =
    state.step === 0
      ? 'The energy of the initial structure is not finite: atoms are too close to each other.'
      : `The atoms fly apart at step ${state.step}: take a smaller time step, relax the initial structure, or train with structures like those it came to.`;
  return { code: 'MD001', message };
}
