/** Sizes of networks against what there is to learn from: more weights than labels (PD0402), a covariance that fills the memory (PD0604). */
import type { Definition, PotentialDefinition, TrainDefinition } from '../definition/definition';
import { countNetworkWeights } from '../definition/networks';
import type { DataFacts } from './facts';
import { blocksOf, replace, type BlockReading, type FileContext } from './reading';

/** With fewer labels per weight a network learns them by heart. */
const FEWEST_LABELS = 2;
/** Labels per weight that a smaller network should have. */
const GOOD_LABELS = 5;
const SMALLEST_LAYER = 4;

/** Of a potential that is trained on data: energies and force components are its labels. */
export function checkSizes(
  context: FileContext,
  reading: BlockReading,
  { elements, symmetryFunctions, networks }: PotentialDefinition,
  { frames, atoms, energyKey, forcesKey }: DataFacts,
): void {
  if (networks === undefined) return;
  const labels = (energyKey === undefined ? 0 : frames) + (forcesKey === undefined ? 0 : 3 * atoms.total);
  const count = (scale: number): number =>
    elements.reduce((sum, element) => {
      const inputs = symmetryFunctions[element].length;
      return sum + (inputs === 0 ? 0 : countNetworkWeights(inputs, networks[element].hidden.map(scaled(scale))));
    }, 0);
  const weights = count(1);
  const written = blocksOf(reading, 'network').flatMap((network) => {
    const hidden = network.attributes.get('hidden');
    const value = hidden?.attribute.value;
    return value === undefined || !Array.isArray(hidden?.value) ? [] : [{ value, layers: hidden.value as number[] }];
  });
  if (labels === 0 || written.length === 0 || weights * FEWEST_LABELS <= labels) return;
  let scale = 0.95;
  while (scale > 0.05 && count(scale) * GOOD_LABELS > labels) scale -= 0.05;
  const mends = count(scale) * FEWEST_LABELS <= labels;
  context.report({
    code: 'PD0402',
    severity: 'warning',
    span: written[0].value,
    message: `${weights.toLocaleString('en-US')} weights are to be learned from ${labels.toLocaleString('en-US')} energies and force components: less than ${FEWEST_LABELS} of them for each, so that they are learned by heart.`,
    fixes: mends
      ? [
          {
            title: `Make the networks smaller (${count(scale).toLocaleString('en-US')} weights)`,
            edits: written.map(({ value, layers }) => ({
              span: { start: value.start, end: value.end },
              text: `[${layers.map(scaled(scale)).join(', ')}]`,
            })),
            preferred: true,
          },
        ]
      : [],
  });
}

const scaled =
  (scale: number) =>
  (nodes: number): number =>
    scale === 1 ? nodes : Math.max(Math.min(nodes, SMALLEST_LAYER), Math.floor(scale * nodes));

/** Bytes of the covariance of a filter above which it is told. */
const LARGE_COVARIANCE = 1e9;

/** The Kalman filter keeps n² numbers for n weights. */
export function checkMemory(context: FileContext, train: BlockReading, definition: Definition): void {
  const own = definition.actions.find(
    (action): action is TrainDefinition => action.kind === 'train' && action.name === train.label?.text,
  );
  const potential = definition.potentials.get(own?.options.potential ?? '');
  if (own?.optimizer.kind !== 'kalman' || potential?.networks === undefined || potential.automatic !== undefined)
    return;
  const { networks, symmetryFunctions, elements } = potential;
  const sizes = elements.map((element) =>
    countNetworkWeights(symmetryFunctions[element].length, networks[element].hidden),
  );
  const square = (n: number): number => 8 * n * n;
  const isGlobal = own.optimizer.options.blocks === 'global';
  const byElement = sizes.reduce((sum, n) => sum + square(n), 0);
  const bytes = isGlobal ? square(sizes.reduce((sum, n) => sum + n, 0)) : byElement;
  if (bytes <= LARGE_COVARIANCE) return;
  const optimizer = blocksOf(train, 'optimizer').at(0);
  const blocks = optimizer?.attributes.get('blocks')?.attribute.value;
  context.report({
    code: 'PD0604',
    severity: 'information',
    span: blocks ?? optimizer?.block.name ?? train.label ?? train.block.name,
    message: `The covariance of the Kalman filter takes ${(bytes / 1e9).toFixed(1)} GB${isGlobal ? `; that of each element by itself ${(byElement / 1e9).toFixed(1)} GB` : ''}.`,
    fixes:
      isGlobal && blocks !== undefined && byElement <= LARGE_COVARIANCE
        ? [replace('Write `element`', blocks, 'element', true)]
        : [],
  });
}
