/**
 * The extended Kalman filter as an optimizer: weights are a state that is estimated from one batch of errors after the
 * other, each weighed against all that earlier ones have said (Blank and Brown, J. Chemom. 8, 391 (1994); Singraber et
 * al., J. Chem. Theory Comput. 15, 3075 (2019)).
 *
 * One observation is not one error but the sum of the absolute errors of a group, as in the filter RLEKF of Hu et al.
 * (AAAI 2023, arXiv:2212.06989): all forces of a batch take part in a few rows, whose cost does not depend on how many
 * they are. Errors are grouped by `groupOf`, so that every group is spread over all atoms.
 *
 * Noise: the row of a group of n force components is divided by √n σ/√w_F, that of n energies per atom by √n σ_E with σ_E
 * such that both have the weights that the loss gives them, and so for virials. Forgetting: λ_t = 1 − f/(t + f + T), T the updates of an epoch,
 * so that an observation of update t in the end weighs as t^f: what was seen with bad weights fades, whatever the length of
 * the training.
 *
 * Regularization λ Σ w² is one more set of observations: with signs ε drawn anew for every update, Σ ε w is observed to
 * be 0. On average over the signs its square is Σ w² and its information is that of every weight by itself (Hutchinson,
 * Commun. Stat. Simul. 19, 433 (1990)). Its noise gives it the weight that the loss gives it beside the errors; a square
 * of a sum of n absolute errors is 2/π of n times their squares, if they are normally distributed.
 */
import type { OptimizerOptions, TrainDefinition } from '../../../language/definition/definition';
import { fail, ok, type Result } from '../../../protocol/result';
import { createRandom } from '../../random';
import { groupOf, type Backend, type Observations } from '../backend';
import { createSums, type Problem } from '../loss';
import type { LabelCounts } from '../training';
import type { Optimizer } from './optimizer';

/** Atoms of a batch, where the definition doesn't say its size. */
const BATCH_ATOMS = 150;
const ENERGY_GROUPS = 4;
const STRESS_GROUPS = 4;
/** Observations of the weights in an update: each is of every fourth weight. */
const WEIGHT_GROUPS = 4;

/**
 * @param loss its weights, and the seed of the signs
 * @returns problem TR009 for a backend that has no rows
 */
export function createKalman(
  { samples, layout }: Problem,
  backend: Backend,
  labels: LabelCounts,
  loss: Pick<
    TrainDefinition['options'],
    'energy_weight' | 'force_weight' | 'stress_weight' | 'regularization' | 'seed'
  >,
  options: OptimizerOptions<'kalman'>,
): Result<Optimizer> {
  const filter = backend.createFilter?.({ prior: options.prior, blocks: options.blocks });
  if (filter === undefined) {
    const message = `The backend ${backend.name} knows only the gradient of the loss, not the rows that a Kalman filter needs: write optimizer adam { }, or backend = native.`;
    return fail({ code: 'TR009', message });
  }
  const atoms = samples.reduce((sum, { inputs }) => sum + inputs.elements.length, 0);
  const atomsPerStructure = atoms / Math.max(1, samples.length);
  const forcesPerEnergy =
    labels.forces > 0 && labels.energies > 0 ? labels.forces / labels.energies : 3 * atomsPerStructure;
  const energyScale = Math.sqrt(loss.energy_weight * forcesPerEnergy) / options.noise;
  const forceScale = Math.sqrt(loss.force_weight) / options.noise;
  const errors = labels.forces > 0 ? labels.forces : labels.energies * forcesPerEnergy;
  const stressScale = Math.sqrt((loss.stress_weight * errors) / Math.max(1, labels.stresses)) / options.noise;
  const errorsPerStructure = errors / Math.max(1, labels.structures);

  /** What each group is multiplied by, from how many errors it has. */
  function scales(batch: Int32Array): Pick<Observations, 'energyScales' | 'forceScales' | 'stressScales'> {
    let energies = 0;
    let forces = 0;
    let stresses = 0;
    for (const s of batch) {
      if (samples[s].energy !== undefined) energies++;
      if (samples[s].forces !== undefined) forces++;
      if (samples[s].virial !== undefined) stresses++;
    }
    const energyScales = new Float64Array(energyScale > 0 ? Math.min(energies, ENERGY_GROUPS) : 0);
    const forceScales = new Float64Array(forceScale > 0 && forces > 0 ? options.groups : 0);
    const stressScales = new Float64Array(stressScale > 0 && stresses > 0 ? STRESS_GROUPS : 0);
    batch.forEach((s, entry) => {
      const { energy, forces: labelled, virial, inputs } = samples[s];
      if (energy !== undefined && energyScales.length > 0) energyScales[groupOf(entry, 0, energyScales.length)]++;
      if (virial !== undefined && stressScales.length > 0)
        for (let v = 0; v < virial.length; v++) stressScales[groupOf(entry, v, stressScales.length)]++;
      if (labelled === undefined || forceScales.length === 0) return;
      for (let i = 0; i < inputs.elements.length; i++) forceScales[groupOf(entry, i, forceScales.length)] += 3;
    });
    const scaled = (counts: Float64Array, scale: number): Float64Array =>
      counts.map((count) => (count > 0 ? scale / Math.sqrt(count) : 0));
    return {
      energyScales: scaled(energyScales, energyScale),
      forceScales: scaled(forceScales, forceScale),
      stressScales: scaled(stressScales, stressScale),
    };
  }

  /** Rows of signed weights, of the size that regularization has in the loss of so many structures. */
  function regularize(structures: number, update: number): Float64Array[] {
    if (loss.regularization === 0) return [];
    const random = createRandom(loss.seed, `signs ${update}`);
    const variance = (structures * errorsPerStructure * loss.regularization * 2) / Math.PI;
    const scale = Math.sqrt(variance) / options.noise;
    const rows = Array.from({ length: WEIGHT_GROUPS }, () => new Float64Array(layout.count));
    layout.isWeight.forEach((isWeight, i) => {
      if (isWeight !== 0) rows[i % WEIGHT_GROUPS][i] = random.uniform() < 0.5 ? -scale : scale;
    });
    return rows;
  }

  return ok({
    state: filter.state,
    batchSize: Math.max(1, Math.round(BATCH_ATOMS / Math.max(1, atomsPerStructure))),
    async update(parameters, batch, { update, updatesPerEpoch, pause }) {
      if (await pause()) return 'stopped';
      const sums = createSums();
      const { forgetting } = options;
      const observations = {
        samples: batch,
        ...scales(batch),
        zeros: regularize(batch.length, update),
        forgetting: 1 - forgetting / (update + 1 + forgetting + updatesPerEpoch),
      };
      return filter.update(parameters, observations, sums) ? sums : 'failed';
    },
  });
}
