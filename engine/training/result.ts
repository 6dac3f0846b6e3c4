/** What a training has found: the content of a potential.json. eV, Å. */
import type { PotentialDefinition } from '../../language/definition/definition';
import { symbolOf } from '../../language/elements';
import type { Network } from '../potentials/network';
import type { TrainedElement } from '../potentials/potential-file';
import type { LabelledStructure } from '../structure/structure';
import { addSums, createSums, lossFactors, lossOf, regularize, viewNetworks, weighSums, type Loss } from './loss';
import { ENERGY_GRAIN, minimumNormOffsets } from './offset';
import type { Training } from './training';

/** The weights to use: the best on the validation set, without one the present ones or their average. */
export function finalParameters({ state, stages }: Training): Float64Array {
  return state.best?.parameters ?? stages[state.stage].optimizer.average ?? state.parameters;
}

/** What training found, by symbol: the content of a potential.json. */
export function trainedElements(training: Training): Record<string, TrainedElement> {
  const { setup, problem, descriptors } = training;
  const parameters = finalParameters(training);
  const networks = viewNetworks(problem.layout, parameters);
  const offsets = elementOffsets(training, parameters.subarray(problem.layout.offsetsAt));
  return Object.fromEntries(
    setup.potential.elements.map((symbol, e) => {
      const network: Network = { ...networks[e], parameters: networks[e].parameters.slice() };
      return [symbol, { scaling: descriptors.scaling[e], network, offset: offsets[e] }];
    }),
  );
}

/** What the final weights leave of the loss of the training set, in fractions. */
export interface LossShares {
  readonly terms: Loss['shares'];
  /** By config_type, of energies, forces and stresses together; empty if none has factors of its own. */
  readonly config_types: Readonly<Record<string, number>>;
}

export function lossShares(training: Training): LossShares {
  const { setup, problem, backend, labels, members } = training;
  const parameters = finalParameters(training);
  const factors = lossFactors(setup.options, labels.train);
  const byType = new Map<string, number[]>();
  for (const s of members.train) {
    const { configType = '' } = setup.structures[s];
    const name = (setup.configTypes ?? []).length > 0 ? configType : '';
    const list = byType.get(name);
    if (list === undefined) byType.set(name, [s]);
    else list.push(s);
  }
  let all = createSums();
  const losses = Array.from(byType, ([name, own]) => {
    const sums = createSums();
    backend.evaluate(parameters, Int32Array.from(own), factors, sums, undefined);
    all = addSums(all, sums);
    return [name, weighSums(sums, factors)] as const;
  });
  const total = losses.reduce((sum, [, loss]) => sum + loss, 0);
  const { regularization } = setup.options;
  return {
    terms: lossOf(all, setup.options, regularize(problem.layout, parameters, regularization, undefined)).shares,
    config_types:
      (setup.configTypes ?? []).length > 0
        ? Object.fromEntries(losses.map(([name, loss]) => [name, total > 0 ? loss / total : 0]))
        : {},
  };
}

/** Baseline and trained offset as one energy per element in eV, nearest to the references. */
function elementOffsets({ setup, baseline }: Training, trained: Float64Array): number[] {
  const { potential, options, references, structures } = setup;
  if (options.offset === 'none') return potential.elements.map(() => 0);
  if (options.offset === 'isolated') return [...baseline.offsets];
  const values = baseline.basis.map((vector, k) =>
    vector.reduce((sum, n, i) => sum + n * trained[i], baseline.grains[k] * ENERGY_GRAIN),
  );
  // A constant is that of the one composition that there is.
  const basis = options.offset === 'constant' ? [compositionOf(potential, structures[0])] : baseline.basis;
  const near = potential.elements.map((symbol) => references?.[symbol] ?? 0);
  return minimumNormOffsets(basis.slice(0, values.length), values, near);
}

function compositionOf(potential: PotentialDefinition, { numbers }: LabelledStructure): number[] {
  const symbols = Array.from(numbers, symbolOf);
  return potential.elements.map((symbol) => symbols.filter((other) => other === symbol).length);
}
