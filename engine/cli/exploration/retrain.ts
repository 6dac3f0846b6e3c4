/** The committee is trained again, with all that has been labelled; taken if the test set bears it. eV/Å. */
import { dirname } from 'node:path';
import { SETS } from '../../../protocol/parity';
import { summarize } from '../../analysis/errors';
import { type EntryOf, type Standing } from '../../exploration/journal';
import { datasetOf, potentialOf } from '../definition-file';
import { readLabelled } from './files';
import { fit, hashWeights, writeFit } from '../fit';
import { failed, STOPPED, type Ending } from '../job';
import { type Exploration, stepOf, tellRound } from './step';

/** Of the trigger: errors of the test set below that are none to be held against a training. */
const SMALL = 0.1;

/** A training from the beginning, as `train` would do it with these data. */
export async function retrain(
  exploration: Exploration,
  standing: Standing,
  { round }: EntryOf<'flag'>,
): Promise<Ending | undefined> {
  const { job, journal, definition, file, structures, set } = exploration;
  const { train } = definition;
  const labelled = await readLabelled(job.run, standing.bytes);
  if (!labelled.ok) return failed(...labelled.problems);
  const all = [...structures, ...labelled.value];
  const sets = new Uint8Array(all.length).fill(SETS.indexOf('train'));
  sets.set(set);
  const { options, optimizer, finish, configTypes, procedure } = train;
  const potential = potentialOf(file.definition, options.potential);
  const setup = { potential, options, optimizer, finish, configTypes, procedure, structures: all, set: sets };
  const fitted = await fit(setup, dirname(file.path), stepOf(exploration));
  if (!fitted.ok) return failed(...fitted.problems);
  if (fitted.value === undefined) return STOPPED;
  const { force_rmse: error } = summarize(fitted.value.parity, 'test');
  const before = standing.test_force_rmse;
  const { gate, trigger } = definition.options;
  const accepted = error === null || before === null || error <= Math.max(before * (1 + gate), SMALL * trigger);
  if (accepted) {
    const dataset = datasetOf(file.definition, options.dataset);
    const { file: written, errors } = writeFit(fitted.value, dataset, job);
    exploration.potential = written;
    job.run.update(errors);
  } else {
    const message = `After round ${round} the error of the forces of the test set has risen from ${(1000 * before).toPrecision(3)} to ${(1000 * error).toPrecision(3)} meV/Å: the committee of before goes on.`;
    job.tell({ type: 'warning', message, code: 'AL002' });
  }
  const weights_sha256 = hashWeights(fitted.value.make());
  journal.add({ type: 'train', round, accepted, test_force_rmse: error, weights_sha256 });
  tellRound(exploration, accepted);
  return undefined;
}
