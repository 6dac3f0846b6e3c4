/** The potential of a training job: with what the data decide, where its text leaves that open. */
import { join } from 'node:path';
import type { PotentialDefinition } from '../../language/definition/definition';
import { fail, ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import { readBounded } from '../runs/files';
import type { LabelledStructure } from '../structure/structure';
import { chooseAutomatically, readChosen } from '../training/automatic';
import type { Job } from './job';

const FILE = 'expanded.potential';
const MAXIMUM_BYTES = 1 << 24;

/**
 * Chooses, and leaves the choice in the run folder; a run that goes on keeps the choice that it has.
 * @param set index into SETS of each structure: the test set has no say
 * @returns undefined if it was stopped
 */
export async function completePotential(
  potential: PotentialDefinition,
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  job: Job,
): Promise<Result<PotentialDefinition | undefined>> {
  if (potential.automatic === undefined) return ok(potential);
  const { run } = job;
  if (run.manifest.recipe !== undefined) {
    const path = join(run.folder, FILE);
    const text = readBounded(path, MAXIMUM_BYTES)?.toString('utf8');
    const kept = text === undefined ? undefined : readChosen(text, potential);
    if (kept?.identity === run.manifest.identity) return ok(kept);
    const message = `${FILE} is missing or was changed: this run cannot go on. Start a new one.`;
    return fail({ code: 'RN012', message, place: { file: path } });
  }
  const training = structures.filter((_, s) => set[s] === 0);
  const chosen = await chooseAutomatically(potential, training, async (done, total) => {
    job.progress('choosing symmetry functions', done, total);
    return !(await job.pause(() => new Uint8Array(0)));
  });
  if (!chosen.ok) return chosen;
  if (chosen.value === undefined) return ok(undefined);
  for (const message of chosen.value.summary) job.tell({ type: 'log', message });
  run.write(FILE, chosen.value.text);
  run.update({ identity: chosen.value.potential.identity, recipe: potential.identity });
  return ok(chosen.value.potential);
}
