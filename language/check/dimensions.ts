/**
 * Numbers and their units: what is no number (PD0005), units that are missing (PD0101) or could be written
 * (PD0106), of the wrong dimension (PD0102), unknown (PD0109), or suspicious (PD0103). What comes out is in internal units.
 */
import type { Fix } from '../diagnostic';
import { listFunctions } from '../schema/list-functions';
import type { QuantitiesType, QuantityType } from '../schema/types';
import {
  describeNumbers,
  dimensionOf,
  dimensions,
  formatUnit,
  isOf,
  measureOf,
  canonicalSymbol,
  toInternal,
  unitMeantBy,
  units,
  unitsFor,
} from '../schema/units';
import { parse } from '../syntax/parser';
import type { CallValue, NumberValue, Span, Unit, Value } from '../syntax/tree';
import { nearest } from './nearest';
import { alternatives, insert, replace, textOf, type Context, type Quantity } from './reading';
import { wrongType } from './wrong-type';

/** More numbers than that are no list that somebody wrote. */
const MAX_NUMBERS = 1000;

type Schema = QuantityType | QuantitiesType;

/** The numbers of a value; undefined if one of them could not be understood. One for a `quantity`. */
export function readQuantities(
  context: Context,
  name: string,
  schema: Schema,
  value: Value,
): readonly Quantity[] | undefined {
  const reader = new QuantityReader(context, name, schema);
  const quantities = reader.read(value);
  if (quantities === undefined || reader.failed) return undefined;
  if (name === 'cutoff' && value.kind === 'number') checkCutoffUnit(context, value, quantities[0].value);
  return quantities;
}

class QuantityReader {
  failed = false;
  private count = 0;

  constructor(
    private readonly context: Context,
    private readonly name: string,
    private readonly schema: Schema,
  ) {}

  read(value: Value): readonly Quantity[] | undefined {
    if (value.kind === 'number') return this.number(value, undefined);
    if (this.schema.type === 'quantity') {
      this.wrong(value);
      return;
    }
    if (value.kind === 'call') return this.call(value, undefined);
    if (value.kind !== 'list') {
      this.wrong(value);
      return;
    }
    const quantities: Quantity[] = [];
    const bare: NumberValue[] = [];
    for (const item of value.items) {
      if (item.kind === 'number') {
        if (item.unit === undefined) bare.push(item);
        quantities.push(...(this.number(item, value.unit, true) ?? []));
      } else if (item.kind === 'call') quantities.push(...(this.call(item, value.unit) ?? []));
      else this.wrong(item);
    }
    // One missing unit, not one for each number.
    if (value.unit === undefined && bare.length > 0 && this.schema.dimension !== 'none') {
      const allBare = value.items.every((item) => item.kind === 'number' && item.unit === undefined);
      const sized = bare.filter((item) => item.value !== 0);
      if (sized.length === 0) for (const zero of allBare ? [value] : bare) this.unitOfZero(zero);
      else if (allBare) this.unitMissing(value, Math.max(...sized.map((item) => Math.abs(item.value))));
      else for (const item of sized) this.unitMissing(item, item.value);
    }
    return quantities;
  }

  private wrong(value: Value): void {
    this.failed = true;
    const single =
      value.kind === 'list' && value.items.length === 1 && this.schema.type === 'quantity' ? value.items[0] : undefined;
    const inner = value.kind === 'string' && /^[\s\d.+-]/u.test(value.text) ? value.text.trim() : undefined;
    const isNumber =
      inner !== undefined &&
      /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:\s*[\p{L}%1][\p{L}\p{N}^/*%-]*)?$/u.test(inner);
    const what = `is ${describeNumbers(this.schema)}, such as \`${this.schema.example}\``;
    wrongType(this.context, this.name, what, value, [
      ...(isNumber ? [replace('Remove the quotes', value, inner, true)] : []),
      ...(single?.kind === 'number' && value.kind === 'list'
        ? [
            replace(
              'Remove the brackets',
              value,
              textOf(this.context, single) +
                (value.unit && single.unit === undefined ? ` ${textOf(this.context, value.unit)}` : ''),
              true,
            ),
          ]
        : []),
    ]);
  }

  private number(value: NumberValue, outer: Unit | undefined, inList = false): Quantity[] | undefined {
    const factor = this.factor(value, value.unit, outer, value.value, inList);
    if (factor === undefined || !this.room(value, 1)) return undefined;
    const literal = { span: literalOf(this.context, value), factor };
    return this.finite(value, [{ value: value.value * factor, span: value, literal }]);
  }

  private call(value: CallValue, outer: Unit | undefined): Quantity[] | undefined {
    const { callee } = value;
    if (!Object.hasOwn(listFunctions, callee.text)) {
      this.failed = true;
      const names = Object.keys(listFunctions);
      const meant = nearest(callee.text, names);
      this.context.report({
        code: 'PD0008',
        severity: 'error',
        span: callee,
        message: `There is no function \`${callee.text}\`: ${meant === undefined ? `there are ${alternatives(Object.values(listFunctions), 'and')}.` : `did you mean \`${meant}\`?`}`,
        fixes: meant === undefined ? [] : [replace(`Write \`${meant}\``, callee, meant, true)],
      });
      return undefined;
    }
    const signature = callee.text === 'linspace' ? listFunctions.linspace : listFunctions.geomspace;
    const [first, last, count] = value.arguments;
    const good =
      value.arguments.length === 3 &&
      first.kind === 'number' &&
      last.kind === 'number' &&
      count.kind === 'number' &&
      count.unit === undefined &&
      Number.isInteger(count.value) &&
      count.value >= 1 &&
      (callee.text === 'linspace' || first.value * last.value > 0);
    if (!good) {
      this.failed = true;
      this.context.report({
        code: 'PD0005',
        severity: 'error',
        span: value,
        message: `Write \`${signature}\` with a whole number of values of at least 1${callee.text === 'geomspace' ? ', and first and last positive' : ''}.`,
      });
      return undefined;
    }
    if (!this.room(value, count.value)) return undefined;
    const inner = first.unit ?? last.unit;
    if (
      inner !== undefined &&
      (first.unit === undefined || last.unit === undefined) &&
      value.unit === undefined &&
      outer === undefined
    ) {
      const bare = first.unit === undefined ? first : last;
      this.unitMissing(bare, bare.value);
      return undefined;
    }
    const own = value.unit ?? outer;
    const reference = Math.max(Math.abs(first.value), Math.abs(last.value));
    const factorOfFirst = this.factor(
      inner === undefined ? value : first,
      inner === undefined ? value.unit : first.unit,
      inner === undefined ? outer : own,
      reference,
    );
    const factorOfLast = inner === undefined ? factorOfFirst : this.factor(last, last.unit, own, reference);
    if (factorOfFirst === undefined || factorOfLast === undefined) return undefined;
    const a = first.value * factorOfFirst;
    const b = last.value * factorOfLast;
    const n = count.value;
    const at = (i: number): number =>
      i === 0
        ? a
        : i === n - 1
          ? b
          : callee.text === 'linspace'
            ? a + ((b - a) * i) / (n - 1)
            : a * (b / a) ** (i / (n - 1));
    return this.finite(
      value,
      Array.from({ length: n }, (_, i): Quantity => {
        const end = i === 0 ? first : i === n - 1 ? last : undefined;
        if (end === undefined) return { value: at(i), span: value };
        const literal = { span: literalOf(this.context, end), factor: i === 0 ? factorOfFirst : factorOfLast };
        return { value: at(i), span: end, literal };
      }),
    );
  }

  private finite(value: Value, quantities: Quantity[]): Quantity[] | undefined {
    if (quantities.every((quantity) => Number.isFinite(quantity.value))) return quantities;
    this.failed = true;
    this.context.report({
      code: 'PD0005',
      severity: 'error',
      span: value,
      message: `\`${this.name}\` is too large to be a number of this program.`,
    });
    return undefined;
  }

  private room(value: Value, count: number): boolean {
    this.count += count;
    if (this.count <= MAX_NUMBERS) return true;
    if (this.count - count <= MAX_NUMBERS)
      this.context.report({
        code: 'PD0005',
        severity: 'error',
        span: value,
        message: `\`${this.name}\` has more than ${MAX_NUMBERS} values.`,
      });
    this.failed = true;
    return false;
  }

  /** Internal units per written unit. `outer` is the unit of the list around. */
  private factor(
    value: Value,
    own: Unit | undefined,
    outer: Unit | undefined,
    size: number,
    reportedByList = false,
  ): number | undefined {
    if (own !== undefined && outer !== undefined) {
      this.failed = true;
      this.context.report({
        code: 'PD0005',
        severity: 'error',
        span: own,
        message: 'The list already has a unit: write it once, behind the list.',
        fixes: [replace('Remove this unit', { start: endOfNumber(this.context, own), end: own.end }, '', true)],
      });
      return undefined;
    }
    const unit = own ?? outer;
    const { dimension } = this.schema;
    if (unit === undefined) {
      if (dimension === 'none') return 1;
      if (size === 0) {
        if (!reportedByList) this.unitOfZero(value);
        return 1;
      }
      if (reportedByList) this.failed = true;
      else this.unitMissing(value, size);
      return undefined;
    }
    // One unit behind a list is that of all its numbers.
    if (unit !== this.judged) {
      this.judged = unit;
      this.factorOfJudged = this.judge(unit, size);
    }
    this.failed ||= this.factorOfJudged === undefined;
    return this.factorOfJudged;
  }

  private judged: Unit | undefined;
  private factorOfJudged: number | undefined;

  /** Internal units per this one; undefined if it is not of the dimension. */
  private judge(unit: Unit, size: number): number | undefined {
    const { dimension } = this.schema;
    const measure = measureOf(unit.factors);
    if (measure !== undefined && isOf(measure, dimension) && Number.isFinite(measure.factor)) return measure.factor;
    const unknown = unit.factors.filter(({ symbol }) => canonicalSymbol(symbol) === undefined);
    for (const factor of unknown) {
      const meant = unitMeantBy(factor.symbol) ?? nearest(factor.symbol, Object.keys(units));
      const span = { start: factor.start, end: factor.start + factor.symbol.length };
      const exponent = /^[dD]([+-]?\d+)$/u.exec(factor.symbol);
      this.context.report({
        code: 'PD0109',
        severity: 'error',
        span,
        message:
          exponent !== null
            ? `\`${factor.symbol}\` is no unit; powers of ten are written \`e${exponent[1]}\`.`
            : meant !== undefined
              ? `There is no unit \`${factor.symbol}\`: did you mean \`${meant}\`?`
              : `There is no unit \`${factor.symbol}\`: ${this.proposal()}.`,
        fixes:
          exponent !== null
            ? [
                replace(
                  `Write \`e${exponent[1]}\``,
                  { start: endOfNumber(this.context, unit), end: span.end },
                  `e${exponent[1]}`,
                  true,
                ),
              ]
            : meant !== undefined
              ? [replace(`Write \`${meant}\``, span, meant, true)]
              : this.unitFixes(unit, size),
      });
    }
    if (unknown.length > 0) return undefined;
    const is = measure && dimensionOf(measure);
    const written = formatUnit(unit);
    const meant = unitMeantBy(textOf(this.context, unit));
    this.context.report({
      code: 'PD0102',
      severity: 'error',
      span: unit,
      message: `\`${this.name}\` is ${dimensions[dimension].title}, but \`${written || '1'}\` is ${is === undefined ? 'no unit of that dimension' : is === 'none' ? 'none' : dimensions[is].title}: ${this.proposal(meant)}.`,
      fixes: this.unitFixes(unit, size),
    });
    return undefined;
  }

  private proposal(meant?: string): string {
    const { dimension } = this.schema;
    if (meant !== undefined) return `write \`${meant}\``;
    return dimension === 'none' ? 'write it without a unit' : `write ${alternatives(dimensions[dimension].units)}`;
  }

  private unitFixes(unit: Unit, size: number): Fix[] {
    const { dimension } = this.schema;
    if (dimension === 'none')
      return [replace('Remove the unit', { start: endOfNumber(this.context, unit), end: unit.end }, '', true)];
    const symbols = new Set(unit.factors.map(({ symbol }) => canonicalSymbol(symbol) ?? symbol));
    const shares = (name: string): number =>
      [...symbols].some((symbol) => name.split(/[*/^]/u).includes(symbol)) ? 0 : 1;
    return [...unitsFor(dimension, size, typicalOf(this.schema))]
      .sort((a, b) => shares(a) - shares(b))
      .map((name, i) => replace(`Write \`${name}\``, unit, name, i === 0));
  }

  private unitMissing(value: Value, size: number): void {
    this.failed = true;
    const { dimension } = this.schema;
    const names = unitsFor(dimension, size, typicalOf(this.schema));
    this.context.report({
      code: 'PD0101',
      severity: 'error',
      span: value,
      message: `\`${this.name}\` is ${dimensions[dimension].title} and needs a unit: ${alternatives(names.map((name) => `${value.kind === 'number' ? `${value.value} ` : ''}${name}`))}.`,
      fixes: names.map((name, i) => insert(`Write \`${name}\``, value.end, ` ${name}`, i === 0)),
    });
  }

  /** 0 is the same in all units. */
  private unitOfZero(value: Value): void {
    const { dimension } = this.schema;
    const [name] = dimensions[dimension].units;
    this.context.report({
      code: 'PD0106',
      severity: 'hint',
      span: value,
      message: `\`${this.name}\` is ${dimensions[dimension].title}: 0 is the only number that needs no unit, and reads better with one, such as \`${name}\`.`,
      fixes: [insert(`Write \`${name}\``, value.end, ` ${name}`, true)],
    });
  }
}

/** A number without its unit. */
function literalOf(context: Context, { start, end, unit }: NumberValue): Span {
  return { start, end: unit === undefined ? end : endOfNumber(context, unit) };
}

/** Where what a unit belongs to ends: the spaces before a unit go with it. */
function endOfNumber({ section: { text } }: Context, unit: Unit): number {
  let end = unit.start;
  while (end > 0 && /[^\S\r\n]/u.test(text[end - 1])) end--;
  return end;
}

const typicalValues = new Map<string, number>();

/** An everyday value of an attribute in internal units, taken from its example. */
function typicalOf({ example, dimension }: Schema): number {
  const key = `${dimension} ${example}`;
  const known = typicalValues.get(key);
  if (known !== undefined) return known;
  const item = parse(`x = ${example}`).file.items[0];
  const value = item.kind === 'attribute' ? item.value : undefined;
  const inner =
    value?.kind === 'list' ? value.items : value?.kind === 'call' ? value.arguments.slice(0, 2) : value ? [value] : [];
  const numbers = inner.filter((v) => v.kind === 'number').map((v) => Math.abs(v.value));
  const middle = numbers.sort((a, b) => a - b)[numbers.length >> 1];
  const unit = value !== undefined && 'unit' in value ? value.unit : undefined;
  const internal = unit === undefined ? middle : toInternal(middle, formatUnit(unit), dimension);
  const typical = internal > 0 ? internal : dimensions[dimension].typical;
  typicalValues.set(key, typical);
  return typical;
}

/** A cutoff in Å that looks as if it came from a file in bohr or nm (PD0103). */
function checkCutoffUnit(context: Context, value: NumberValue, cutoff: number): void {
  const { unit } = value;
  if (unit === undefined || formatUnit(unit) !== 'Å') return;
  const meant = cutoff > 10 && cutoff <= 25 ? 'bohr' : cutoff > 0 && cutoff < 1.3 ? 'nm' : undefined;
  if (meant === undefined) return;
  const converted = String(Number(toInternal(value.value, meant, 'length').toPrecision(6)));
  context.report({
    code: 'PD0103',
    severity: 'warning',
    span: value,
    message: `A cutoff of ${value.value} Å is ${meant === 'bohr' ? 'long' : 'short'}, and looks like ${value.value} ${meant}, which is ${converted} Å.`,
    fixes: [
      replace(`Convert from ${meant}: write \`${converted} Å\``, value, `${converted} ${textOf(context, unit)}`, true),
      replace(`Write \`${value.value} ${meant}\``, unit, meant),
    ],
  });
}
