/** Trajectories from the top of the barrier of a `rate`: a spring holds the atoms there at the places where they begin. Å, rad, eV, fs. */
import { join } from 'node:path';
import * as v from 'valibot';
import type { RateDefinition, UmbrellaDefinition } from '../../../language/definition/definition';
import { encodeColumns } from '../../../protocol/columns';
import type { Barrier } from '../../../protocol/pmf';
import { fail, ok, type Result } from '../../../protocol/result';
import { advance, createSimulation, type DynamicsState, type Simulation } from '../../dynamics/dynamics';
import { encodeState, restoreFrom } from '../../dynamics/state';
import type { Potential } from '../../potentials/potential';
import { createRandom } from '../../random';
import type { FoundRun } from '../../runs/list';
import { biasPotential, type BiasedPotential } from '../../sampling/bias';
import { createCoordinate, slopeOf, type CollectiveVariable } from '../../sampling/coordinates';
import { followCrossing, moveOnto } from '../../sampling/crossing';
import type { Recrossing } from '../../sampling/rates';
import { centerAt, nearestWindow, windowFile } from '../../sampling/windows';
import { computing } from '../compute';
import type { Job } from '../job';
import type { Start } from '../start';
import { continueFrom } from './window';

/** fs between two places where trajectories start; velocities are drawn anew at each. */
const INTERVAL = 50;
/** The spring at the top is so many times as stiff as those of the windows. */
const STIFFER = 2;

/** An umbrella sampling that is finished, as it was done. */
export interface Sampled {
  readonly run: FoundRun;
  readonly definition: UmbrellaDefinition;
  readonly start: Start;
}

export interface Visit {
  readonly rate: RateDefinition;
  readonly recrossing: NonNullable<RateDefinition['recrossing']>;
  readonly sampled: Sampled;
  readonly barrier: Barrier;
  readonly job: Job;
}

const topMeta = v.object({
  kind: v.literal('rate'),
  crossings: v.array(
    v.object({ velocity: v.pipe(v.number(), v.finite()), forward: v.boolean(), backward: v.boolean() }),
  ),
});

/** Samples the top under a spring, and starts trajectories there. Undefined if it was stopped. */
export async function visitTop(visit: Visit): Promise<Result<readonly Recrossing[] | undefined>> {
  const { job } = visit;
  const { definition, start } = visit.sampled;
  const { structure, masses } = start;
  const { options, ensemble } = definition;
  const { precision, skin, timestep } = options;
  const coordinate = createCoordinate(definition.coordinate, structure.numbers);
  const atoms = structure.numbers.length;
  return computing(job, start.potential, { precision, skin, atoms }, async ({ potential }) => {
    const forceConstant = STIFFER * definition.coordinate.force_constant;
    const biased = biasPotential(potential, coordinate, structure, { center: 0, forceConstant });
    const simulation = createSimulation(biased, structure, timestep, ensemble, masses);
    const begun = beginAtTop(visit, simulation, coordinate);
    if (!begun.ok) return begun;
    return await sampleTop({ ...visit, ...begun.value, simulation, biased, potential, coordinate });
  });
}

interface Begun {
  readonly state: DynamicsState;
  /** ξ where the spring is at first. */
  readonly from: number;
  readonly crossings: Recrossing[];
}

/** At the end of the window that is nearest to the top, or where the checkpoint was taken. */
function beginAtTop(
  { rate, sampled: { run, definition }, barrier, job: { checkpoint } }: Visit,
  simulation: Simulation,
  coordinate: CollectiveVariable,
): Result<Begun> {
  const { centers } = definition.coordinate;
  const nearest = nearestWindow(centers, barrier.top, coordinate);
  const from = centers[nearest];
  if (checkpoint !== undefined) {
    const restored = restoreFrom(checkpoint, simulation, topMeta);
    return restored.ok ? ok({ state: restored.value.state, from, crossings: restored.value.meta.crossings }) : restored;
  }
  const path = join(run.folder, windowFile(nearest, 'state'));
  const state = continueFrom(path, simulation, createRandom(rate.options.seed, 'top'));
  if (state !== undefined) return ok({ state, from, crossings: [] });
  const message = 'The state at the end of the window at the top is missing: sample it again.';
  return fail({ code: 'RN024', message, place: { file: path } });
}

interface TopSampling extends Visit, Begun {
  readonly simulation: Simulation;
  readonly biased: BiasedPotential;
  /** Without the spring. */
  readonly potential: Potential;
  readonly coordinate: CollectiveVariable;
}

/**
 * From place to place under the spring; at each the trajectories that start there. What was computed before a place has no say in
 * what comes after it, but through the state: so a run that goes on from there ends with the same bits.
 */
async function sampleTop(sampling: TopSampling): Promise<Result<readonly Recrossing[] | undefined>> {
  const { rate, recrossing, sampled, barrier, job, simulation, biased, potential, coordinate, state, from, crossings } =
    sampling;
  const { structure, masses, timestep } = simulation;
  const { equilibration: time } = sampled.definition.options;
  const equilibration = Math.round(time / timestep);
  const interval = Math.max(1, Math.round(INTERVAL / timestep));
  const isLow = rate.options.reactant === 'low';
  const setup = {
    potential,
    coordinate,
    structure,
    masses,
    timestep,
    steps: Math.round(recrossing.duration / timestep),
    temperature: sampled.definition.ensemble.temperature,
    top: barrier.top,
    reactant: isLow ? barrier.reactant : barrier.product,
    product: isLow ? barrier.product : barrier.reactant,
  };
  const slopeAt = slopeOf(coordinate, structure, masses);
  let checkpoint = encodeTop(state, crossings);
  while (crossings.length < recrossing.trajectories) {
    biased.list?.build({ ...structure, positions: state.positions });
    for (const end = equilibration + (crossings.length + 1) * interval; state.step < end;) {
      biased.spring.center = centerAt(state.step + 1, equilibration, from, barrier.top, coordinate);
      const problem = advance(simulation, state);
      if (problem !== undefined) return fail(problem);
      if (await job.pause(() => checkpoint)) return ok(undefined);
    }
    const positions = state.positions.slice();
    const slope = moveOnto(slopeAt, coordinate, positions, masses, barrier.top);
    if (slope === undefined)
      return fail({
        code: 'RN024',
        message: 'The top of the profile was not reached by the atoms: sample windows there.',
      });
    const random = createRandom(rate.options.seed, `trajectory ${crossings.length}`);
    const crossing = followCrossing(setup, positions, slope, random);
    if (!crossing.ok) return crossing;
    crossings.push(crossing.value);
    checkpoint = encodeTop(state, crossings);
    job.progress('recrossing', crossings.length, recrossing.trajectories);
    if (await job.pause(() => checkpoint)) return ok(undefined);
  }
  return ok(crossings);
}

function encodeTop(state: DynamicsState, crossings: readonly Recrossing[]): Uint8Array {
  const meta: v.InferOutput<typeof topMeta> = { kind: 'rate', crossings: [...crossings] };
  return encodeColumns({ columns: { state: encodeState(state) }, meta });
}
