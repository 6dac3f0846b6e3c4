/** The oracle is asked: once for what the data know, then for each structure that is to be labelled. eV, Å. */
import { describeEnergyOffset } from '../../../language/check/exploration';
import { SETS } from '../../../protocol/parity';
import { summarize } from '../../analysis/errors';
import { standingOf, type Standing } from '../../exploration/journal';
import type { Answer } from '../../oracles/oracle';
import { compareWithData, type Comparison } from '../../oracles/reference';
import { appendLabelled, readRound } from './files';
import { startComputing } from '../compute';
import { failed, STOPPED, type Ending } from '../job';
import { predictInJob } from '../predictions';
import { type Exploration, ask, NOTHING, stepOf, tellRound } from './step';

/** The oracle is asked for a structure whose labels are known, and the committee for the test set. */
export async function compare(exploration: Exploration): Promise<Ending | undefined> {
  const { job, journal, definition, start, structures, set, potential } = exploration;
  const step = stepOf(exploration);
  const { name, options } = definition.oracle;
  const compared = await compareWithData(structures, set, start.structure, options.energy_zero, (one) =>
    ask(exploration, step, one),
  );
  if (compared === 'stopped') return STOPPED;
  if ('failure' in compared) {
    const { code, failure } = compared;
    return failed({ code, message: `oracle ${name}: ${failure}` });
  }
  for (const message of descriptionsOf(compared)) job.tell({ type: 'log', message: `oracle ${name}: ${message}` });
  const offset = describeEnergyOffset({ energy_offset: compared.energy_offset ?? 0, energy_shift: compared.shift });
  if (offset !== undefined) job.warn([{ code: 'PD1104', message: offset }]);
  const isTest = (s: number): boolean => set[s] === SETS.indexOf('test');
  const tested = structures.filter((_, s) => isTest(s));
  const parity = await predictInJob(
    potential,
    tested,
    set.filter((_, s) => isTest(s)),
    step,
    () => NOTHING,
  );
  if (parity === undefined) return STOPPED;
  const { energy_offset, shift, force_rmse } = compared;
  journal.add({
    type: 'start',
    energy_offset,
    shift,
    force_rmse,
    test_force_rmse: summarize(parity, 'test').force_rmse,
  });
  return undefined;
}

function descriptionsOf({ frame, energy_offset, force_rmse }: Comparison): string[] {
  if (frame === undefined || energy_offset === null || force_rmse === null)
    return ['no training structure has both energy and forces: it is not compared with the data.'];
  return [
    `frame ${frame.frame} of ${frame.file} asked again: energy ${(-1000 * energy_offset).toPrecision(3)} meV/atom and forces ${(1000 * force_rmse).toPrecision(3)} meV/Å from those of the data.`,
  ];
}

/** The next structure of a round: labelled, or given up. */
export async function label(
  exploration: Exploration,
  standing: Standing,
  { flag, candidate: k }: Extract<Standing['phase'], { kind: 'label' }>,
): Promise<Ending | undefined> {
  const { job, journal, definition, start, potential } = exploration;
  const read = readRound(job.run, flag.round, start.structure.numbers.length);
  if (!read.ok) return failed(...read.problems);
  const candidate = read.value.candidates[k];
  const structure = { ...start.structure, positions: candidate.positions };
  const step = stepOf(exploration);
  job.progress('labelling', k, flag.selected);
  const started = performance.now();
  const answer = await ask(exploration, step, structure);
  if (answer === 'stopped') return STOPPED;
  const own = { round: flag.round, candidate: k };
  if ('failure' in answer) {
    journal.add({ type: 'quarantine', ...own, message: answer.failure.slice(0, 1000) });
  } else {
    const seconds = (performance.now() - started) / 1000;
    const atoms = structure.numbers.length;
    const shifted: Answer = { forces: answer.forces, energy: answer.energy + standing.shift * atoms };
    const bytes = appendLabelled(job.run, standing.bytes, structure, shifted, {
      definition,
      round: flag.round,
      candidate,
    });
    if (!bytes.ok) return failed(...bytes.problems);
    journal.add({ type: 'label', ...own, bytes: bytes.value });
    const computation = startComputing(potential, { threads: job.threads, atoms });
    const predicted = computation.potential.predict(structure);
    computation.dispose();
    const squares = predicted.forces.reduce((sum, force, c) => sum + (force - shifted.forces[c]) ** 2, 0);
    job.tell({
      type: 'label',
      round: flag.round,
      frame: standing.labelled,
      energy_error: (predicted.energy - shifted.energy) / atoms,
      force_rmse: Math.sqrt(squares / (3 * atoms)),
      seconds,
    });
  }
  const { phase } = standingOf(journal.entries, definition.options.rounds);
  if (phase.kind !== 'label' && phase.kind !== 'train') tellRound(exploration);
  return undefined;
}
