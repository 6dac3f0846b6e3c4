/** Priors by themselves: a repulsion that ends before it begins to fall, or beyond the cutoff (PD0301). */
import { formatQuantity } from '../schema/units';
import { blocksOf, numberOf, type BlockReading, type Context } from './reading';
import { rewrite } from './ranges';

export function checkPriors(context: Context, potential: BlockReading): void {
  for (const prior of blocksOf(potential, 'prior')) {
    const inner = prior.attributes.get('inner')?.quantities?.[0];
    const outer = prior.attributes.get('outer')?.quantities?.[0];
    if (inner !== undefined && outer !== undefined && inner.value >= outer.value)
      context.report({
        code: 'PD0301',
        severity: 'error',
        span: inner.span,
        message: `The repulsion is switched off from \`inner\` to \`outer\`: ${formatQuantity(inner.value, 'length')} must be below ${formatQuantity(outer.value, 'length')}.`,
        fixes: rewrite(inner, outer.value / 2),
      });
    const cutoff = potential.attributes.has('cutoff') ? numberOf(potential, 'cutoff') : undefined;
    if (outer !== undefined && cutoff !== undefined && outer.value > cutoff * (1 + 1e-6))
      context.report({
        code: 'PD0301',
        severity: 'error',
        span: outer.span,
        message: `The repulsion cannot reach beyond the cutoff of the potential, ${formatQuantity(cutoff, 'length')}.`,
        fixes: rewrite(outer, cutoff),
      });
  }
}
