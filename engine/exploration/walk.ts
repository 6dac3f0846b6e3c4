/**
 * A walk of active learning: molecular dynamics with the mean forces of a committee, until its members disagree. Å, fs, eV.
 *
 * From the first structure on with which they disagree structures are gathered for some time, one at each look, as the
 * simulation goes on; what they are worth the oracle is to say. None of them is ever gone on from: a walk that was
 * flagged ends, and the next one begins at the last structure that was trusted.
 */
import type { DynamicsState, Simulation } from '../dynamics/dynamics';
import { advance, drawVelocities, updateForces } from '../dynamics/dynamics';
import { decodeState, encodeState } from '../dynamics/state';
import { createRandom } from '../random';
import type { Problem } from '../../protocol/result';
import { judge, largestDisagreement, type Disagreement, type Thresholds } from './disagreement';

export interface WalkSettings extends Thresholds {
  /** At which the walk is at its end. */
  readonly steps: number;
  /** Steps between two looks. */
  readonly check_every: number;
  /** Structures that are gathered at most. */
  readonly most: number;
}

export interface Candidate extends Disagreement {
  readonly step: number;
  /** Å, 3N */
  readonly positions: Float64Array;
}

/** Where a walk is. */
export interface Walk {
  readonly state: DynamicsState;
  /** The last state that was trusted. */
  trusted: DynamicsState;
  readonly candidates: Candidate[];
  /** Looks since the first candidate. */
  looks: number;
}

/** A flag: the walk is over, and why. */
export interface Flag extends Disagreement {
  readonly step: number;
  /** The members disagreed beyond what can be labelled, or the atoms flew apart. */
  readonly rejected: boolean;
}

const copy = (state: DynamicsState): DynamicsState => {
  const copied = decodeState(encodeState(state), state.forces.length / 3);
  if (copied === undefined) throw new Error('a state of a simulation is none');
  return copied;
};

/**
 * A walk from a trusted state, with the forces of the potential of now.
 * @param velocities of which temperature (K) and random stream new ones are drawn; those of the state are kept if absent
 * @returns problem MD001 if the energy is not finite
 */
export function beginWalk(
  simulation: Simulation,
  start: DynamicsState,
  velocities: { readonly temperature: number; readonly seed: number; readonly stream: string } | undefined,
): Walk | Problem {
  const state = copy(start);
  if (velocities !== undefined) {
    const { temperature, seed, stream } = velocities;
    state.velocities.set(drawVelocities(simulation, temperature, createRandom(seed, `${stream} velocities`)));
    state.random = createRandom(seed, `${stream} thermostat`).state();
  }
  const { structure, potential } = simulation;
  // So that the last bits of forces do not depend on what was computed before.
  potential.list?.build({ ...structure, positions: state.positions });
  const before = state.potentialEnergy;
  const problem = updateForces(simulation, state);
  if (problem !== undefined) return problem;
  // Another committee has another energy: the conserved quantity goes on where it was.
  state.heat += state.potentialEnergy - before;
  return { state, trusted: copy(state), candidates: [], looks: 0 };
}

/** Takes the structure that a walk begins with for a candidate: what is simulated has been there, however unsure they are of it. */
export function flagStart({ state, candidates }: Walk): void {
  candidates.push({ ...largestDisagreement(state.spread), step: state.step, positions: state.positions.slice() });
}

/** What a walk tells of. */
export interface WalkHooks {
  /** Of each look at a structure that is trusted. */
  readonly trusted: (state: DynamicsState, disagreement: Disagreement) => void;
  /** After each step; true: stop. */
  readonly pause: () => Promise<boolean>;
}

/** @returns the flag, `finished` at the last step, or `stopped` */
export async function walkOn(
  simulation: Simulation,
  walk: Walk,
  settings: WalkSettings,
  { trusted, pause }: WalkHooks,
): Promise<Flag | 'finished' | 'stopped'> {
  const { state, candidates } = walk;
  while (state.step < settings.steps) {
    const broken = advance(simulation, state);
    // Atoms that fly apart are no structure to be labelled either.
    if (broken !== undefined) return { atom: 0, value: settings.reject, step: state.step, rejected: true };
    if (state.step % settings.check_every === 0 || state.step === settings.steps) {
      const seen = largestDisagreement(state.spread);
      const verdict = judge(seen, settings);
      if (verdict === 'rejected') return { ...seen, step: state.step, rejected: true };
      if (verdict === 'candidate') candidates.push({ ...seen, step: state.step, positions: state.positions.slice() });
      if (candidates.length > 0) walk.looks++;
      else {
        walk.trusted = copy(state);
        trusted(state, seen);
      }
      if (candidates.length > 0 && walk.looks >= settings.most) break;
    }
    if (await pause()) return 'stopped';
  }
  const first = candidates.at(0);
  return first === undefined ? 'finished' : { atom: first.atom, value: first.value, step: first.step, rejected: false };
}
