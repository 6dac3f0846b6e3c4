/** Predictions of a potential beside the labels of structures: what parity plots and tables of errors are made of. */
import type { Parity } from '../../protocol/parity';
import { addPrediction, parityOf, startComparison } from '../analysis/comparison';
import type { Potential, Prediction } from '../potentials/potential';
import type { PotentialFile } from '../potentials/potential-file';
import type { LabelledStructure, Structure } from '../structure/structure';
import { computing } from './compute';
import type { Job } from './job';

export const largestOf = (structures: readonly Structure[]): number =>
  structures.reduce((most, { numbers }) => Math.max(most, numbers.length), 0);

/**
 * Predicts every structure that has a label, as a stage of a job.
 * @param save what a checkpoint should hold meanwhile
 * @param keep gets every prediction, also of structures without labels
 * @returns undefined if it was stopped
 */
export async function predictInJob(
  file: PotentialFile,
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  job: Job,
  save: () => Uint8Array,
  keep?: (structure: Structure, prediction: Prediction) => void,
): Promise<Parity | undefined> {
  const step = async (done: number): Promise<boolean> => {
    job.progress('predict', done, structures.length);
    return !(await job.pause(save));
  };
  return computing(job, file, { atoms: largestOf(structures), extrapolation: true }, ({ potential }) =>
    comparePredictions(potential, structures, set, step, keep),
  );
}

/**
 * Predicts every structure that has a label.
 * @param step is awaited after each structure; false stops
 * @param keep gets every prediction, also of structures without labels
 * @returns undefined if it was stopped
 */
export async function comparePredictions(
  potential: Potential,
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  step: (done: number) => Promise<boolean>,
  keep?: (structure: LabelledStructure, prediction: Prediction) => void,
): Promise<Parity | undefined> {
  const comparison = startComparison(structures, set);
  for (const [s, structure] of structures.entries()) {
    const { energy, forces, virial } = structure;
    if ([energy, forces, virial, keep].some((one) => one !== undefined)) {
      const predicted = potential.predict(structure);
      keep?.(structure, predicted);
      addPrediction(comparison, s, predicted);
    }
    if (!(await step(s + 1))) return undefined;
  }
  return parityOf(comparison);
}
