/**
 * Which trained potential an action uses: the newest finished training of the potential with the same identity, or what
 * `load` names. One that was made by another identity is named as stale and never used.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PotentialDefinition, TrainDefinition } from '../../language/definition/definition';
import { fail, ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import type { RunManifest } from '../../protocol/run';
import { createPotentialFile } from '../potentials/potential-file';
import type { PotentialFile } from '../potentials/potential-file';
import { runsOf } from '../runs/list';
import type { DefinitionFile } from './definition-file';
import { openPotential, readPotentialFile, type OpenedPotential } from './open-potential';

/**
 * The potential that an action uses.
 * @param resumed the run that goes on: it has a copy of the one that it was started with
 */
export function findPotential(
  file: DefinitionFile,
  potential: PotentialDefinition,
  resumed: string | undefined,
): Result<OpenedPotential> {
  const { load } = potential.options;
  if (resumed !== undefined) {
    const path = join(resumed, 'potential.json');
    // Absent if the run was interrupted before it got it: then it has done nothing yet, and starts over.
    if (existsSync(path)) return withoutWarnings(readPotentialFile(path));
  }
  if (load !== undefined)
    return openPotential(resolve(dirname(file.path), load), potential.units, join(dirname(file.file), load));
  if (potential.networks === undefined) return ok({ file: createPotentialFile(potential, undefined), warnings: [] });
  return withoutWarnings(findTrainedPotential(file, potential));
}

const withoutWarnings = (read: Result<PotentialFile>): Result<OpenedPotential> =>
  read.ok ? ok({ file: read.value, warnings: [] }) : read;

/** Expected failures: it was never trained to the end, or only with another definition. */
function findTrainedPotential(
  { file, path, definition }: DefinitionFile,
  potential: PotentialDefinition,
): Result<PotentialFile> {
  const trainings = runsOf(path).filter(({ manifest, state }) => {
    if (manifest.kind !== 'train' || state !== 'finished') return false;
    const action = definition.actions.find(
      (one): one is TrainDefinition => one.kind === 'train' && one.name === manifest.label,
    );
    // A training whose block is gone or renamed is known by the identity alone.
    return action === undefined ? isOf(potential, manifest) : action.options.potential === potential.name;
  });
  const newest = trainings.find(({ manifest }) => isOf(potential, manifest));
  if (newest !== undefined) {
    const read = readPotentialFile(join(newest.folder, 'potential.json'));
    if (!read.ok || read.value.identity === newest.manifest.identity) return read;
  }
  const command = `nearsight train ${file}`;
  if (trainings.length === 0) {
    const message = `The potential ${potential.name} has not been trained yet: run \`${command}\` first.`;
    return fail({ code: 'RN006', message, place: { file } });
  }
  const message =
    `The trained potential ${potential.name} is stale: ${trainings[0].folder} was made before its definition changed. ` +
    `Run \`${command}\` again.`;
  return fail({ code: 'RN005', message, place: { file } });
}

/** A training belongs to what is written: to the identity, or to the recipe that the data completed. */
const isOf = ({ automatic, identity }: PotentialDefinition, manifest: RunManifest): boolean =>
  identity === (automatic === undefined ? manifest.identity : manifest.recipe);
