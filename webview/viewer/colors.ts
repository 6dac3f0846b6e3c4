/** Colours of atoms: by element, or by a number on a perceptual map. Red, green, blue as bytes. */
import { elements } from '../../language/elements';

/** Matplotlib's viridis at nine equal steps. */
const VIRIDIS = [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725];
/** Moreland's cool to warm, for values of both signs (Diverging Color Maps for Scientific Visualization, 2009). */
const COOLWARM = [0x3b4cc0, 0x6788ee, 0x9abbff, 0xc9d7f0, 0xdddddd, 0xedd1c2, 0xf7a889, 0xe26952, 0xb40426];
const MAPS = { viridis: VIRIDIS, coolwarm: COOLWARM } as const;
export type ColorMap = keyof typeof MAPS;

const channel = (color: number, shift: number): number => (color >> shift) & 255;

/** A map at `t` in 0…1, as three bytes. */
export function mapColor(map: ColorMap, t: number): [number, number, number] {
  const steps = MAPS[map];
  const at = Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0)) * (steps.length - 1);
  const low = Math.min(steps.length - 2, Math.floor(at));
  const mix = (shift: number): number =>
    Math.round(channel(steps[low], shift) + (at - low) * (channel(steps[low + 1], shift) - channel(steps[low], shift)));
  return [mix(16), mix(8), mix(0)];
}

/** Viridis as CSS. */
export const viridisCss = (t: number): string => `rgb(${mapColor('viridis', t).join(', ')})`;

/** Writes the colours of elements into `into` (3 bytes an atom). */
export function colorByElement(numbers: Uint8Array, into: Uint8Array): void {
  for (let i = 0; i < numbers.length; i++) {
    const { color } = elements.at(numbers[i]) ?? elements[0];
    into[3 * i] = channel(color, 16);
    into[3 * i + 1] = channel(color, 8);
    into[3 * i + 2] = channel(color, 0);
  }
}

/** Lengths of the vectors in a column of width 3. */
export function lengths(vectors: Float32Array): Float32Array {
  const count = vectors.length / 3;
  const result = new Float32Array(count);
  for (let i = 0; i < count; i++) result[i] = Math.hypot(vectors[3 * i], vectors[3 * i + 1], vectors[3 * i + 2]);
  return result;
}

/** Grey, for what has no number. */
const NO_VALUE = 0x80;

/** Writes the colours of `values` between `low` and `high` into `into` (3 bytes an atom). */
export function colorByValue(
  values: Float32Array,
  { low, high }: { readonly low: number; readonly high: number },
  map: ColorMap,
  into: Uint8Array,
): void {
  const table = Uint8Array.from({ length: 3 * 256 }, (_, k) => mapColor(map, Math.floor(k / 3) / 255)[k % 3]);
  const scale = high > low ? 255 / (high - low) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) {
      into.fill(NO_VALUE, 3 * i, 3 * i + 3);
      continue;
    }
    const at = 3 * Math.min(255, Math.max(0, Math.round((value - low) * scale)));
    into[3 * i] = table[at];
    into[3 * i + 1] = table[at + 1];
    into[3 * i + 2] = table[at + 2];
  }
}

/** 1, 2 or 5 times a power of ten, not below `value`: a calm upper end for a scale. */
export function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value * 0.999) ?? 10) * power;
}
