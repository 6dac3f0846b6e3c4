/** Network shapes by themselves: activations whose forces jump (PD0403), two networks for one element (PD0003). Sizes: ranges.ts. */
import { blocksOf, replace, reportTwice, type BlockReading, type Context } from './reading';

export function checkNetworks(context: Context, potential: BlockReading): void {
  const seen = new Map<string, BlockReading>();
  for (const network of blocksOf(potential, 'network')) {
    const key = network.block.labels.map(({ text }) => text).join(' ');
    const first = seen.get(key);
    if (first === undefined) seen.set(key, network);
    else
      reportTwice(
        context,
        { what: 'network', message: `The network ${key === '' ? 'of all elements' : `of ${key}`} is already given.` },
        { item: network.block, span: network.block.name },
        { item: first.block, span: first.block.name },
      );
    const activation = network.attributes.get('activation');
    const span = activation?.attribute.value;
    if (activation?.value === 'relu' && span !== undefined)
      context.report({
        code: 'PD0403',
        severity: 'warning',
        span,
        message: 'With relu forces are discontinuous: molecular dynamics will not conserve the energy.',
        fixes: [replace('Write `tanh`', span, 'tanh', true), replace('Write `softplus`', span, 'softplus')],
      });
  }
}
