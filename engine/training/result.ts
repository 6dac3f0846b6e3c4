/** What a training has found: the content of a potential.json. eV, Å. */
import type { PotentialDefinition } from '../../language/definition/definition';
import { symbolOf } from '../../language/elements';
import type { Network } from '../potentials/network';
import type { TrainedElement } from '../potentials/potential-file';
import type { LabelledStructure } from '../structure/structure';
import { viewNetworks } from './loss';
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

/** Baseline and trained offset as one energy per element in eV, nearest to the references. */
function elementOffsets({ setup, baseline }: Training, trained: Float64Array): number[] {
  const { potential, options, references, structures } = setup;
  if (options.offset === 'none') return potential.elements.map(() => 0);
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
