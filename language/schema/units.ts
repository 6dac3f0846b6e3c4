/**
 * Units: what a written quantity means in the one unit system of the program (Å, eV, fs, amu, K, e, rad; fractions 0…1).
 *
 * A unit is a product of powers of the table's symbols; its dimension is a vector of powers of base dimensions. Energy is a
 * base dimension of its own and not mass·length²/time²: nobody means eV by amu·Å²/fs², and a slip should not pass. The
 * amount (mol) is one too, so that kcal/mol is an energy and kcal alone is not.
 * Values: CODATA 2022 (Mohr et al., Rev. Mod. Phys. 97, 025002 (2025)); the SI definitions are exact.
 */
import { ELEMENTARY_CHARGE } from '../constants';
import type { Unit, UnitFactor } from '../syntax/tree';
import type { DimensionName, QuantitiesType, QuantityType } from './types';

/** Å */
const BOHR = 0.529177210544;
/** eV */
const HARTREE = 27.211386245981;
/** 1/mol, exact */
const AVOGADRO = 6.02214076e23;
/** eV/Å³ in one Pa */
const PASCAL = 1e-30 / ELEMENTARY_CHARGE;

type Base = 'length' | 'energy' | 'time' | 'temperature' | 'mass' | 'charge' | 'angle' | 'amount';
type Powers = Readonly<Partial<Record<Base, number>>>;

interface UnitSymbol {
  /** In internal units. */
  readonly factor: number;
  readonly powers: Powers;
  readonly name: string;
}

const unit = (factor: number, powers: Powers, name: string): UnitSymbol => ({ factor, powers, name });

/** Every symbol that may be written. `A` and `angstrom` are other spellings of `Å`. */
export const units: Readonly<Record<string, UnitSymbol>> = {
  Å: unit(1, { length: 1 }, 'ångström, 10⁻¹⁰ m'),
  bohr: unit(BOHR, { length: 1 }, 'bohr radius, 0.529177 Å'),
  nm: unit(10, { length: 1 }, 'nanometre, 10 Å'),
  eV: unit(1, { energy: 1 }, 'electronvolt'),
  meV: unit(1e-3, { energy: 1 }, 'millielectronvolt'),
  hartree: unit(HARTREE, { energy: 1 }, 'hartree, 27.2114 eV'),
  rydberg: unit(HARTREE / 2, { energy: 1 }, 'rydberg, 13.6057 eV'),
  kcal: unit(4184 / ELEMENTARY_CHARGE, { energy: 1 }, 'kilocalorie; per mole an energy'),
  kJ: unit(1000 / ELEMENTARY_CHARGE, { energy: 1 }, 'kilojoule; per mole an energy'),
  mol: unit(AVOGADRO, { amount: 1 }, 'mole, only as in kcal/mol'),
  fs: unit(1, { time: 1 }, 'femtosecond'),
  ps: unit(1e3, { time: 1 }, 'picosecond'),
  ns: unit(1e6, { time: 1 }, 'nanosecond'),
  amu: unit(1, { mass: 1 }, 'atomic mass unit'),
  K: unit(1, { temperature: 1 }, 'kelvin'),
  GPa: unit(1e9 * PASCAL, { energy: 1, length: -3 }, 'gigapascal'),
  kbar: unit(1e8 * PASCAL, { energy: 1, length: -3 }, 'kilobar, 0.1 GPa'),
  bar: unit(1e5 * PASCAL, { energy: 1, length: -3 }, 'bar, 10⁵ Pa'),
  atm: unit(101325 * PASCAL, { energy: 1, length: -3 }, 'atmosphere, 101325 Pa'),
  deg: unit(Math.PI / 180, { angle: 1 }, 'degree'),
  rad: unit(1, { angle: 1 }, 'radian'),
  e: unit(1, { charge: 1 }, 'elementary charge'),
  '%': unit(0.01, {}, 'percent'),
};

/** Symbols per mole that stand for an energy of one particle. */
const PER_MOLE = ['kcal', 'kJ'];

/** Other spellings of one symbol that are right. */
const SPELLINGS: Readonly<Record<string, string>> = { A: 'Å', angstrom: 'Å', '\u212b': 'Å' };

/** What people write elsewhere, and what it is here. */
const FOREIGN: Readonly<Record<string, string>> = {
  Ang: 'Å',
  ang: 'Å',
  Angstrom: 'Å',
  AA: 'Å',
  Bohr: 'bohr',
  a0: 'bohr',
  au: 'bohr',
  ev: 'eV',
  EV: 'eV',
  Ha: 'hartree',
  Eh: 'hartree',
  Hartree: 'hartree',
  Ry: 'rydberg',
  kcal: 'kcal/mol',
  kJ: 'kJ/mol',
  femtosecond: 'fs',
  picosecond: 'ps',
  kelvin: 'K',
  Kelvin: 'K',
  gpa: 'GPa',
  degree: 'deg',
  degrees: 'deg',
  percent: '%',
  u: 'amu',
  Da: 'amu',
};

export interface Dimension {
  /** As it is said: "a length". */
  readonly title: string;
  readonly powers: Powers;
  /** The units that are offered, the usual one first. */
  readonly units: readonly string[];
  /** An everyday value in internal units, to judge which unit a bare number was meant in. */
  readonly typical: number;
}

export const dimensions: Readonly<Record<DimensionName, Dimension>> = {
  none: { title: 'a plain number', powers: {}, units: ['%'], typical: 1 },
  length: { title: 'a length', powers: { length: 1 }, units: ['Å', 'bohr', 'nm'], typical: 4 },
  inverse_length_squared: {
    title: 'an inverse squared length',
    powers: { length: -2 },
    units: ['Å^-2', 'bohr^-2', 'nm^-2'],
    typical: 0.5,
  },
  energy: {
    title: 'an energy',
    powers: { energy: 1 },
    units: ['eV', 'meV', 'kJ/mol', 'kcal/mol', 'hartree', 'rydberg'],
    typical: 1,
  },
  force: {
    title: 'a force',
    powers: { energy: 1, length: -1 },
    units: ['eV/Å', 'hartree/bohr', 'rydberg/bohr', 'kcal/mol/Å'],
    typical: 1,
  },
  time: { title: 'a time', powers: { time: 1 }, units: ['fs', 'ps', 'ns'], typical: 1 },
  inverse_time: { title: 'an inverse time', powers: { time: -1 }, units: ['1/ps', '1/fs', '1/ns'], typical: 0.005 },
  temperature: { title: 'a temperature', powers: { temperature: 1 }, units: ['K'], typical: 300 },
  mass: { title: 'a mass', powers: { mass: 1 }, units: ['amu'], typical: 16 },
  pressure: {
    title: 'a pressure',
    powers: { energy: 1, length: -3 },
    units: ['GPa', 'kbar', 'bar', 'atm'],
    typical: PASCAL * 1e9,
  },
  charge: { title: 'a charge', powers: { charge: 1 }, units: ['e'], typical: 1 },
  angle: { title: 'an angle', powers: { angle: 1 }, units: ['deg', 'rad'], typical: 1 },
  force_constant: {
    title: 'an energy per squared length',
    powers: { energy: 1, length: -2 },
    units: ['eV/Å^2', 'kcal/mol/Å^2', 'kJ/mol/nm^2', 'hartree/bohr^2'],
    typical: 4,
  },
  angular_force_constant: {
    title: 'an energy per squared angle',
    powers: { energy: 1, angle: -2 },
    units: ['eV/rad^2', 'kcal/mol/rad^2', 'kJ/mol/rad^2', 'eV/deg^2'],
    typical: 2,
  },
};

/** The table's symbol for a spelling, in any encoding of `Å`; undefined if there is none. */
export function canonicalSymbol(spelling: string): string | undefined {
  if (Object.hasOwn(units, spelling)) return spelling;
  const composed = spelling.normalize('NFC');
  const symbol = Object.hasOwn(SPELLINGS, composed) ? SPELLINGS[composed] : composed;
  return Object.hasOwn(units, symbol) ? symbol : undefined;
}

/** The unit that a foreign spelling such as `Ha` must have meant. */
export function unitMeantBy(spelling: string): string | undefined {
  return Object.hasOwn(FOREIGN, spelling) ? FOREIGN[spelling] : undefined;
}

export interface Measure {
  readonly factor: number;
  readonly powers: Powers;
}

/** Factor and dimension of a product of powers; undefined if a symbol is unknown. */
export function measureOf(factors: readonly Pick<UnitFactor, 'symbol' | 'power'>[]): Measure | undefined {
  let factor = 1;
  const powers: Partial<Record<Base, number>> = {};
  for (const { symbol, power } of factors) {
    const canonical = canonicalSymbol(symbol);
    if (canonical === undefined) return undefined;
    const row = units[canonical];
    factor *= row.factor ** power;
    for (const base of basesOf(row.powers)) powers[base] = (powers[base] ?? 0) + (row.powers[base] ?? 0) * power;
    if (PER_MOLE.includes(canonical)) powers.amount = (powers.amount ?? 0) + power;
  }
  return { factor, powers };
}

const basesOf = (powers: Powers): readonly Base[] => Object.keys(powers) as Base[];

/** Whether a measure is of a dimension. */
export function isOf({ powers }: Measure, dimension: DimensionName): boolean {
  return samePowers(powers, dimensions[dimension].powers);
}

/** The dimension of a measure, if it has a name. */
export function dimensionOf({ powers }: Measure): DimensionName | undefined {
  return dimensionNames.find((name) => samePowers(powers, dimensions[name].powers));
}

const dimensionNames = Object.keys(dimensions) as DimensionName[];

function samePowers(a: Powers, b: Powers): boolean {
  const isSame = (base: Base): boolean => (a[base] ?? 0) === (b[base] ?? 0);
  return basesOf(a).every(isSame) && basesOf(b).every(isSame);
}

const parsed = new Map<string, Measure | undefined>();

/** Factor and dimension of a unit's text such as `hartree/bohr`, `1/ps` or `Å^-2`; undefined if it is none. */
export function parseUnit(text: string): Measure | undefined {
  if (!parsed.has(text) && parsed.size < 1000) parsed.set(text, readUnit(text));
  return parsed.get(text) ?? readUnit(text);
}

function readUnit(text: string): Measure | undefined {
  const factors: { symbol: string; power: number }[] = [];
  for (const piece of text.split(/(?=[*/])/u)) {
    const match = /^([*/]?)\s*([^*/^\s]+)\s*(?:\^\s*([+-]?\d+))?\s*$/u.exec(piece);
    if (match === null) return undefined;
    const [, operator, symbol, power] = match;
    if (symbol !== '1') factors.push({ symbol, power: (operator === '/' ? -1 : 1) * Number(power || 1) });
  }
  return measureOf(factors);
}

/**
 * A value in internal units. `unit` is the unit's text; it must be of the dimension, else the result is NaN: check it
 * with `parseUnit` and `isOf` where it is not a constant.
 */
export function toInternal(value: number, unit: string, dimension: DimensionName): number {
  const measure = parseUnit(unit);
  return measure !== undefined && isOf(measure, dimension) ? value * measure.factor : NaN;
}

/** The inverse of `toInternal`. */
export function fromInternal(value: number, unit: string, dimension: DimensionName): number {
  const measure = parseUnit(unit);
  return measure !== undefined && isOf(measure, dimension) ? value / measure.factor : NaN;
}

/**
 * The units of a dimension, the likeliest for a bare `value` first: the one in which it comes nearest, on a
 * logarithmic scale, to `near` (internal units; an everyday value of the dimension if absent). 12 for a cutoff of
 * typically 6 Å is more likely bohr than Å. Without a value the usual order.
 */
export function unitsFor(dimension: DimensionName, value?: number, near?: number): readonly string[] {
  const { units: names, typical } = dimensions[dimension];
  if (value === undefined || value === 0 || !Number.isFinite(value)) return names;
  const distance = (name: string): number =>
    Math.abs(
      Math.log10(
        Math.abs(toInternal(value, name, dimension)) / (near === undefined || near === 0 ? typical : Math.abs(near)),
      ),
    ) +
    // Between equals the usual one; bohr and Å are only a factor of two apart.
    0.1 * names.indexOf(name);
  return [...names].sort((a, b) => distance(a) - distance(b));
}

/** What an attribute takes: `a length`, `a whole number or a list`, `3 whole numbers`. */
export function describeNumbers(schema: QuantityType | QuantitiesType): string {
  const isWhole = schema.integer === true;
  if (schema.type === 'quantities' && schema.count !== undefined)
    return `${schema.count} ${isWhole ? 'whole numbers' : 'numbers'}`;
  return `${isWhole ? 'a whole number' : dimensions[schema.dimension].title}${schema.type === 'quantities' ? ' or a list' : ''}`;
}

/** A number as a person would write it: at most `digits` significant digits, no needless zeros. */
export function formatNumber(value: number, digits = 6): string {
  return String(Number(value.toPrecision(digits)));
}

/** An internal value with its unit, e.g. `6.35 Å`, `10 ps`; the first unit of the dimension unless another is given. */
export function formatQuantity(value: number, dimension: DimensionName, unit?: string, digits = 6): string {
  if (unit === undefined && dimension === 'none') return formatNumber(value, digits);
  const name = unit ?? dimensions[dimension].units[0];
  return `${formatNumber(fromInternal(value, name, dimension), digits)} ${name}`;
}

/** A written quantity in all units of its dimension, its own first: `6 Å`, `11.3384 bohr`, `0.6 nm`. Empty on a mismatch. */
export function conversionsOf(value: number, unit: Unit, dimension: DimensionName): readonly string[] {
  const measure = measureOf(unit.factors);
  if (measure === undefined || !isOf(measure, dimension) || !Number.isFinite(value)) return [];
  const internal = value * measure.factor;
  const own = formatUnit(unit);
  return [own, ...dimensions[dimension].units.filter((name) => name !== own)].map((name) =>
    formatQuantity(internal, dimension, name),
  );
}

/** A unit's text from its factors: `kcal/mol/Å`, `Å^-2`, `1/ps`. */
export function formatUnit({ factors }: Pick<Unit, 'factors'>): string {
  const text = ({ symbol, power }: UnitFactor, sign: number): string =>
    `${canonicalSymbol(symbol) ?? symbol}${sign * power === 1 ? '' : `^${sign * power}`}`;
  const above = factors.filter(({ power }) => power > 0).map((factor) => text(factor, 1));
  const below = factors.filter(({ power }) => power < 0);
  if (above.length > 0) return above.join('*') + below.map((factor) => `/${text(factor, -1)}`).join('');
  if (below.length === 1 && below[0].power === -1) return `1/${text(below[0], -1)}`;
  return below.map((factor) => text(factor, 1)).join('*');
}
