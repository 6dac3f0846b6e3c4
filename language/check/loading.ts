/**
 * Potentials that come from a folder: what stands beside `load` and says what the folder says already (PD0406), and
 * folders without a potential that can be used (PD0407).
 */
import {
  alternatives,
  blocksOf,
  deletion,
  valueOf,
  type BlockReading,
  type Context,
  type FileContext,
} from './reading';

/** What may stand beside `load`. */
const BESIDE = ['load', 'units'];

export const isLoaded = (potential: BlockReading): boolean => potential.attributes.has('load');

/** The elements that a potential lists, or that its folder has; none if they can't be known. */
export function elementsOf(
  { environment }: Pick<FileContext, 'environment'>,
  potential: BlockReading,
): readonly string[] {
  const path = valueOf(potential, 'load');
  if (typeof path === 'string') {
    const found = environment?.potential?.(path);
    return found !== undefined && 'elements' in found ? found.elements : [];
  }
  const list = valueOf(potential, 'elements');
  return Array.isArray(list) ? list.filter((symbol) => typeof symbol === 'string') : [];
}

export function checkBesideLoad(context: Context, potential: BlockReading): void {
  const load = potential.attributes.get('load');
  if (load === undefined) {
    for (const { block } of blocksOf(potential, 'units'))
      context.report({
        code: 'PD0406',
        severity: 'error',
        span: block.name,
        message: '`units` says which units a folder has that `load` names: in this file every quantity has its own.',
        fixes: [deletion(context, 'Remove `units`', block)],
      });
    return;
  }
  const surplus = potential.block.items.filter(
    ({ name }) =>
      !BESIDE.includes(name.text) &&
      (potential.attributes.has(name.text) || potential.blocks.some((inner) => inner.name === name.text)),
  );
  for (const item of surplus)
    context.report({
      code: 'PD0406',
      severity: 'error',
      span: item.name,
      message: `With \`load\` the folder says everything: \`${item.name.text}\` has no effect. Only ${alternatives(BESIDE.slice(1))} may stand beside it.`,
      fixes: [deletion(context, `Remove \`${item.name.text}\``, item)],
    });
}

export function checkFolder({ environment, report }: FileContext, potential: BlockReading): void {
  const load = potential.attributes.get('load');
  const span = load?.attribute.value;
  if (typeof load?.value !== 'string' || span === undefined || environment?.exists(load.value) !== true) return;
  const found = environment.potential?.(load.value);
  if (found !== undefined && 'problem' in found)
    report({ code: 'PD0407', severity: 'error', span, message: found.problem });
}
