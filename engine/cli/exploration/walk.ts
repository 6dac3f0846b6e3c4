/** A walk: dynamics with the committee of now until its members disagree; what it has come by is written down with its flag. eV, Å, fs. */
import { join } from 'node:path';
import * as v from 'valibot';
import { md } from '../../../language/schema/blocks/dynamics';
import { encodeColumns } from '../../../protocol/columns';
import { fail, ok } from '../../../protocol/result';
import type { Result } from '../../../protocol/result';
import { createSimulation, observe, startDynamics, type DynamicsState, type Simulation } from '../../dynamics/dynamics';
import { FOREIGN_CHECKPOINT, restoreFrom, saveSimulation } from '../../dynamics/state';
import { judge, largestDisagreement } from '../../exploration/disagreement';
import type { Standing } from '../../exploration/journal';
import { selectFarthest } from '../../exploration/selection';
import { beginWalk, flagStart, walkOn, type Walk } from '../../exploration/walk';
import { openAppended } from '../../runs/appended';
import { decodeRound, encodeRound, readLabelled, readRound, writeRound } from './files';
import { computing } from '../compute';
import { failed, STOPPED, type Ending } from '../job';
import { formatFrame, MAXIMUM_STEP_EVENTS, stepEvent } from '../trajectory-file';
import { type Exploration, stepOf, tellRound } from './step';

/** A walk gathers so many times as many structures as are labelled of it. */
const GATHERED = 3;
/** Frames that were trusted. */
export const TRAJECTORY = 'trajectory.xyz';

/** @returns how the run ends, if it does */
export async function walk(
  exploration: Exploration,
  standing: Standing,
  { flag, kept }: Extract<Standing['phase'], { kind: 'walk' }>,
): Promise<Ending | undefined> {
  const { job, journal, definition, start, potential, steps } = exploration;
  const { options, ensemble, name } = definition;
  const step = stepOf(exploration);
  const known = await readLabelled(job.run, standing.bytes);
  if (!known.ok) return failed(...known.problems);
  const labelled = known.value.map(({ positions }) => positions);
  const { structure, masses, showMasses } = start;
  const settings = { skin: md.attributes.skin.default, atoms: structure.numbers.length, extrapolation: true };
  return computing(job, potential, settings, async (computation) => {
    const simulation = createSimulation(computation.potential, structure, options.timestep, ensemble, masses);
    const begun = step.checkpoint === undefined ? begin() : restore(simulation, step.checkpoint);
    if (!begun.ok) return failed(...begun.problems);
    const { walk: own } = begun.value;
    const opened = openAppended(join(job.run.folder, TRAJECTORY), begun.value.bytes);
    if (!opened.ok) return failed(...opened.problems);
    const trajectory = opened.value;
    try {
      const stride = Math.max(options.check_every, Math.ceil(steps / MAXIMUM_STEP_EVENTS));
      const written = { masses: showMasses, forces: true, velocities: false };
      const record = (state: DynamicsState): void => {
        const seen = observe(simulation, state);
        trajectory.write(formatFrame(simulation, state, seen, written));
        if (state.step % stride === 0 || state.step === steps)
          job.tell(stepEvent(state, steps, job.spent().wall_seconds, seen));
      };
      if (trajectory.bytes === 0) record(own.state);
      const save = (): Uint8Array => {
        trajectory.sync();
        return encodeWalk(simulation, own, trajectory.bytes);
      };
      const settings = { ...options, steps, most: GATHERED * options.labels };
      const ended = await walkOn(simulation, own, settings, { trusted: record, pause: () => step.pause(save) });
      if (ended === 'stopped') return STOPPED;
      trajectory.sync();
      if (ended === 'finished') {
        journal.add({ type: 'end', step: own.state.step });
        return undefined;
      }
      const round = standing.rounds + 1;
      const positions = own.candidates.map((one) => one.positions);
      const chosen = selectFarthest(positions, labelled, options.labels).map((k) => own.candidates[k]);
      writeRound(job.run, round, { trusted: own.trusted, candidates: chosen });
      const { atom, value: disagreement, step: at, rejected } = ended;
      const event = { type: 'flag' as const, round, step: at, atom, disagreement, rejected };
      journal.add({ ...event, selected: chosen.length, trajectory: trajectory.bytes });
      job.tell(event);
      if (chosen.length === 0) tellRound(exploration);
      return undefined;
    } finally {
      trajectory.close();
    }

    function begin(): Result<{ readonly walk: Walk; readonly bytes: number }> {
      const first =
        flag === undefined
          ? startDynamics(simulation, ensemble.initial_temperature, options.seed)
          : readRound(job.run, flag.round, structure.numbers.length);
      if (!first.ok) return first;
      const state = 'trusted' in first.value ? first.value.trusted : first.value;
      const velocities = kept
        ? undefined
        : { temperature: ensemble.initial_temperature, seed: options.seed, stream: `round ${flag?.round ?? 0}` };
      const own = beginWalk(simulation, state, velocities);
      if ('code' in own) return fail({ ...own, message: `explore ${name}: ${own.message}` });
      const isTrusted = judge(largestDisagreement(own.state.spread), options) === 'trusted';
      if (!isTrusted && selectFarthest([own.state.positions], labelled, 1).length > 0) flagStart(own);
      return ok({ walk: own, bytes: flag?.trajectory ?? 0 });
    }
  });
}

const walkMeta = v.object({ kind: v.literal('walk'), bytes: v.number(), looks: v.number() });

function encodeWalk(simulation: Simulation, { state, trusted, candidates, looks }: Walk, bytes: number): Uint8Array {
  const round = encodeRound({ trusted, candidates });
  return encodeColumns({
    meta: { kind: 'walk', bytes, looks },
    columns: { ...saveSimulation(simulation, state), round },
  });
}

function restore(
  simulation: Simulation,
  checkpoint: Uint8Array,
): Result<{ readonly walk: Walk; readonly bytes: number }> {
  const restored = restoreFrom(checkpoint, simulation, walkMeta);
  if (!restored.ok) return restored;
  const { state, meta, columns } = restored.value;
  const round =
    columns.round instanceof Uint8Array ? decodeRound(columns.round.slice(), state.forces.length / 3) : undefined;
  if (round === undefined) return fail(FOREIGN_CHECKPOINT);
  const { trusted, candidates } = round;
  return ok({ walk: { state, trusted, candidates: [...candidates], looks: meta.looks }, bytes: meta.bytes });
}
