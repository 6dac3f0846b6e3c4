/** Numbers, durations and formulas as people read them. Pure. */
import { symbolOf } from '../language/elements';

/** U+2212, so that minus signs are as wide as digits. */
const minus = (text: string): string => text.replace('-', '−');

/** `value` with `digits` significant digits: `0.0312`, `1.20e−7`; an en dash when there is none. */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e7) return minus(value.toExponential(digits - 1)).replace('e-', 'e−');
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  return minus(value.toFixed(Math.min(decimals, 12)));
}

/** A mark of an axis with all its digits, but no zeros at their end: `0.25`, `1e−5`. */
export const formatTick = (value: number): string =>
  formatNumber(value, 6)
    .replace(/(\.\d*?)0+(?=e|$)/, '$1')
    .replace(/\.(?=e|$)/, '');

/** `value` with as many decimals as `other` has: of a mean that is nothing beside what it belongs to, nothing but zeros. */
export function formatBeside(value: number, other: number): string {
  const beside = formatNumber(other);
  if (beside.includes('e')) return formatNumber(value);
  const decimals = beside.split('.').at(1)?.length ?? 0;
  // Without the sign of a zero.
  return formatFixed(Number(value.toFixed(decimals)), decimals);
}

/** `value` with a fixed number of decimals. */
export function formatFixed(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : minus(value.toFixed(decimals));
}

/** Groups the digits of a count: 1 234 567. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** `2nd`, `10th`. */
export function ordinal(n: number): string {
  const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
  return `${n}${endings[ORDINALS.select(n)] ?? 'th'}`;
}
const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });

/** Seconds as `3.2 s`, `4 min 10 s`, `2 h 05 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const superscript = (exponent: number): string =>
  String(exponent)
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)])
    .replace('-', '⁻');

/** A number far from 1 with its error: `(1.30 ± 0.12) × 10⁹`. */
export function formatScientific(value: number, error: number): string {
  const larger = Math.max(Math.abs(value), error);
  if (!(larger > 0) || !Number.isFinite(larger)) return formatNumber(value);
  const exponent = Math.floor(Math.log10(Math.abs(value) > 0 ? Math.abs(value) : error));
  const mantissa = `${minus((value / 10 ** exponent).toFixed(2))} ± ${(error / 10 ** exponent).toFixed(2)}`;
  if (exponent === 0) return mantissa;
  return `(${mantissa}) × 10${superscript(exponent)}`;
}

/** A time that may be anything between a vibration and a day, given in s: `0.77 ns`. */
export function formatSeconds(seconds: number): string {
  const units = ['s', 'ms', 'µs', 'ns', 'ps', 'fs'];
  const step = Math.min(units.length - 1, Math.max(0, Math.ceil(-Math.log10(seconds) / 3 - 1e-9)));
  return seconds >= 60 ? formatDuration(seconds) : `${formatNumber(seconds * 1000 ** step, 3)} ${units[step]}`;
}

/** A time of molecular dynamics, given in fs. */
export function formatTime(femtoseconds: number): string {
  const magnitude = Math.abs(femtoseconds);
  if (magnitude >= 1e6) return `${formatFixed(femtoseconds / 1e6, 3)} ns`;
  return magnitude >= 1e4 ? `${formatFixed(femtoseconds / 1e3, 2)} ps` : `${formatFixed(femtoseconds, 1)} fs`;
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';
const subscript = (count: number): string =>
  count === 1 ? '' : String(count).replace(/\d/g, (digit) => SUBSCRIPTS[Number(digit)]);

/** The formula in Hill's order: C₂H₆O; without carbon alphabetically. */
export function formula(numbers: Uint8Array): string {
  // A frame may have a million atoms: symbols are looked up once each.
  const byNumber = new Uint32Array(256);
  for (const number of numbers) byNumber[number]++;
  const counts = [...byNumber.entries()].flatMap(([number, count]) =>
    count > 0 ? [[symbolOf(number), count] as const] : [],
  );
  const first = byNumber[6] > 0 ? ['C', 'H'] : [];
  const rank = (symbol: string): string => `${first.includes(symbol) ? first.indexOf(symbol) : 9}${symbol}`;
  return counts
    .sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
    .map(([symbol, count]) => symbol + subscript(count))
    .join('');
}

/** The last part of a path of any platform. */
export const fileName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
