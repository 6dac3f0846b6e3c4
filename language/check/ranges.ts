/** Numbers against the range of their attribute: PD0301, and where the quantity has a code of its own PD0401, PD1002. */
import type { Fix } from '../diagnostic';
import type { QuantitiesType, QuantityType, Range } from '../schema/types';
import { formatNumber, formatQuantity } from '../schema/units';
import type { Value } from '../syntax/tree';
import { replace, type Context, type Quantity } from './reading';

/** Relative slack of bounds, so that a bound that was converted from another unit is not beyond itself. */
const SLACK = 1e-6;

/** Reports what is out of range; false if anything is. */
export function checkRanges(
  context: Context,
  name: string,
  schema: QuantityType | QuantitiesType,
  quantities: readonly Quantity[],
  value: Value,
): boolean {
  if (quantities.length === 0) {
    const [code, message] =
      name === 'hidden'
        ? ['PD0401', 'A network without a hidden layer is a linear model: give at least one layer, such as `[20, 20]`.']
        : ['PD0005', `The list of \`${name}\` is empty: give at least one value, such as \`${schema.example}\`.`];
    context.report({
      code,
      severity: 'error',
      span: value,
      message,
      fixes: [replace(`Write \`${schema.example}\``, value, schema.example, true)],
    });
    return false;
  }
  if (schema.type === 'quantities' && schema.count !== undefined && quantities.length !== schema.count) {
    const message = `\`${name}\` is ${schema.count} numbers, such as \`${schema.example}\`, not ${quantities.length}.`;
    const fixes = [replace(`Write \`${schema.example}\``, value, schema.example)];
    context.report({ code: 'PD0005', severity: 'error', span: value, message, fixes });
    return false;
  }
  let good = true;
  for (const quantity of quantities) {
    const fraction = schema.integer === true && !Number.isInteger(quantity.value);
    if (!fraction && isInRange(quantity.value, schema)) continue;
    good = false;
    const code =
      name === 'hidden' ? 'PD0401' : schema.dimension === 'temperature' ? 'PD1002' : fraction ? 'PD0005' : 'PD0301';
    const better = fraction ? clamp(Math.round(quantity.value), schema) : clamp(quantity.value, schema);
    context.report({
      code,
      severity: 'error',
      span: quantity.span,
      message: `\`${name}\` ${describeRange(schema)}, not ${formatQuantity(quantity.value, schema.dimension)}.`,
      fixes: better === undefined ? [] : rewrite(quantity, better),
    });
    // The numbers between the ends of a `linspace` cannot be mended one by one.
    if (quantity.literal === undefined) break;
  }
  return good;
}

function isInRange(value: number, { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Range): boolean {
  if (
    minimum !== undefined &&
    (exclusiveMinimum === true ? value <= minimum : value < minimum - SLACK * Math.abs(minimum))
  )
    return false;
  if (
    maximum !== undefined &&
    (exclusiveMaximum === true ? value >= maximum : value > maximum + SLACK * Math.abs(maximum))
  )
    return false;
  return true;
}

/** The nearest value that is allowed; a wrong sign is taken for a slip. */
function clamp(value: number, range: Range): number | undefined {
  const bound = range.maximum !== undefined && value > range.maximum ? range.maximum : range.minimum;
  const candidates = [value, ...(value < 0 ? [-value] : []), bound, 1];
  return candidates.find((candidate) => candidate !== undefined && isInRange(candidate, range));
}

function describeRange(schema: QuantityType | QuantitiesType): string {
  const { minimum, maximum, dimension } = schema;
  const least =
    minimum === undefined
      ? []
      : [
          `${schema.exclusiveMinimum === true ? 'greater than' : 'at least'} ${minimum === 0 ? 0 : formatQuantity(minimum, dimension)}`,
        ];
  const most =
    maximum === undefined
      ? []
      : [`${schema.exclusiveMaximum === true ? 'less than' : 'at most'} ${formatQuantity(maximum, dimension)}`];
  const bounds = [...least, ...most].join(' and ');
  return `must be ${schema.integer === true ? `a whole number${bounds && `, ${bounds}`}` : bounds}`;
}

/** The fix that writes another internal value in place of a literal, in its own unit. */
export function rewrite(quantity: Quantity, internal: number, title?: string): Fix[] {
  const { literal } = quantity;
  if (literal === undefined) return [];
  const text = formatNumber(internal / literal.factor);
  return [replace(title ?? `Write \`${text}\``, literal.span, text, true)];
}
