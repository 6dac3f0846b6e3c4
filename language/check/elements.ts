/** Element symbols: those that do not exist (PD0201), those that a potential does not have (PD0202), doubled ones (PD0003). */
import { atomicNumber, elements } from '../elements';
import type { Block, Label, Span, Value } from '../syntax/tree';
import { deletion, originalOf, replace, textOf, type BlockReading, type Context } from './reading';
import { wrongType } from './wrong-type';

/** The symbols of a list `[H, O]`; undefined if it is none. */
export function readElements(context: Context, name: string, value: Value): readonly string[] | undefined {
  const what = 'is a list of element symbols, such as `[H, O]`';
  if (value.kind === 'name') {
    wrongType(context, name, what, value, [replace('Put it in brackets', value, `[${value.text}]`, true)]);
    return;
  }
  if (value.kind !== 'list' || value.unit !== undefined) {
    wrongType(context, name, what, value);
    return;
  }
  if (value.items.length === 0) {
    context.report({
      code: 'PD0005',
      severity: 'error',
      span: value,
      message: 'A potential needs at least one element, such as `[H, O]`.',
    });
    return undefined;
  }
  const symbols: string[] = [];
  let good = true;
  for (const [i, item] of value.items.entries()) {
    if (item.kind !== 'name') {
      const fixes = item.kind === 'string' ? [replace('Remove the quotes', item, item.text || 'H', true)] : [];
      wrongType(context, name, what, item, fixes);
      good = false;
    } else if (!checkSymbol(context, item.text, item)) {
      good = false;
    } else if (symbols.includes(item.text)) {
      good = false;
      context.report({
        code: 'PD0003',
        severity: 'error',
        span: item,
        message: `${item.text} is already in the list.`,
        fixes: [replace(`Remove the second ${item.text}`, { start: value.items[i - 1].end, end: item.end }, '', true)],
      });
    } else symbols.push(item.text);
  }
  return good ? symbols : undefined;
}

function checkSymbol(context: Context, symbol: string, span: Span): boolean {
  if (atomicNumber(symbol) !== undefined && symbol !== elements[0].symbol) return true;
  const meant = symbolMeantBy(symbol);
  context.report({
    code: 'PD0201',
    severity: 'error',
    span,
    message: `There is no element \`${symbol}\`${meant === undefined ? ': write its symbol, such as `H` or `Cu`' : `: did you mean \`${meant}\``}${meant === undefined ? '.' : '?'}`,
    fixes: meant === undefined ? [] : [replace(`Write \`${meant}\``, span, meant, true)],
  });
  return false;
}

/** The symbol in other capitals, the symbol of a name, or one with a letter too many. */
export function symbolMeantBy(word: string): string | undefined {
  const lower = word.toLowerCase();
  const real = elements.slice(1);
  const found =
    real.find(({ symbol }) => symbol.toLowerCase() === lower) ??
    real.find(({ name }) => name.toLowerCase() === lower) ??
    (lower.length > 3 ? real.find(({ name }) => name.toLowerCase().startsWith(lower.slice(0, 4))) : undefined) ??
    real.find(({ symbol }) => symbol.toLowerCase() === lower.slice(0, 2)) ??
    real.find(({ symbol }) => symbol.toLowerCase() === lower.slice(0, 1));
  return found?.symbol;
}

/** The labels of a descriptor or network block that are elements. */
export function checkElementLabels(context: Context, block: Block): readonly Label[] {
  return block.labels.filter((label) => {
    if (label.text !== '*') return checkSymbol(context, label.text, label);
    context.report({
      code: 'PD0201',
      severity: 'error',
      span: label,
      message: `\`${block.name.text}\` without labels is for all elements; \`*\` is not needed.`,
      fixes: [
        replace(
          'For all elements',
          { start: block.name.end, end: block.labels[block.labels.length - 1].end },
          '',
          true,
        ),
      ],
    });
    return false;
  });
}

/** Labels of inner blocks against the elements of their potential (PD0202). */
export function checkElements(context: Context, potential: BlockReading): void {
  const list = potential.attributes.get('elements');
  if (!Array.isArray(list?.value)) return;
  const symbols = new Set<unknown>(list.value);
  const written = list.attribute.value;
  for (const inner of potential.blocks) {
    if (originalOf(inner).elements.every(({ text }) => symbols.has(text))) continue;
    for (const label of inner.elements) {
      if (symbols.has(label.text)) continue;
      const last = written?.kind === 'list' ? written.items.at(-1) : undefined;
      context.report({
        code: 'PD0202',
        severity: 'error',
        span: label,
        message: `${label.text} is not among the elements of this potential, ${written === undefined ? '' : textOf(context, written)}.`,
        fixes: [
          ...(last === undefined
            ? []
            : [replace(`Add ${label.text} to the elements`, { start: last.end, end: last.end }, `, ${label.text}`)]),
          deletion(context, `Remove this \`${inner.name}\``, inner.block),
        ],
      });
    }
  }
}
