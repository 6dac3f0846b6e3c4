/** Where to put the marks of an axis. Pure. */

export interface Ticks {
  readonly values: readonly number[];
  /** Decimals that tell neighbours apart. */
  readonly decimals: number;
}

/** Multiples of 1, 2 or 5 times a power of ten within [low, high], about `count` of them. */
export function niceTicks(low: number, high: number, count: number): Ticks {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span) || count < 1) return { values: [], decimals: 0 };
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  // A span at the level of rounding cannot be divided.
  if (low + step === low || high - step === high) return { values: [], decimals: 0 };
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const values = Array.from({ length: last - first + 1 }, (_, k) => (first + k) * step);
  return { values, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** 1 to 9 times the powers of ten within [low, high]: the lines of a logarithmic axis. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [];
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (let digit = 1; digit <= 9; digit++) {
      // Number() of the text is the nearest double, which 10 ** −n is not always.
      const value = Number(`${digit}e${power}`);
      if (value >= low && value <= high) values.push(value);
    }
  return values;
}

/** Marks of a logarithmic axis that get a number: decades, and 2 and 5 between them when there are few. */
export function labelledOnLogAxis(value: number, low: number, high: number): boolean {
  const mantissa = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  const near = (to: number): boolean => Math.abs(mantissa - to) < 1e-6;
  return near(1) || (Math.log10(high / low) < 2.2 && (near(2) || near(5)));
}
