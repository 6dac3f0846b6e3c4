/** Colours of atoms: by element, or by a number on a perceptual map. Red, green, blue as bytes. */
import { elements } from '../../language/elements';

/** Matplotlib's viridis at nine equal steps. */
const VIRIDIS = [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725];

const channel = (color: number, shift: number): number => (color >> shift) & 255;

/** Viridis at `t` in 0…1, as three bytes. */
export function viridis(t: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0)) * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (shift: number): number =>
    Math.round(
      channel(VIRIDIS[low], shift) + (at - low) * (channel(VIRIDIS[low + 1], shift) - channel(VIRIDIS[low], shift)),
    );
  return [mix(16), mix(8), mix(0)];
}

/** Viridis as CSS. */
export const viridisCss = (t: number): string => `rgb(${viridis(t).join(', ')})`;

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

/** Writes viridis colours of `values` between 0 and `maximum` into `into` (3 bytes an atom). */
export function colorByValue(values: Float32Array, maximum: number, into: Uint8Array): void {
  const table = Uint8Array.from({ length: 3 * 256 }, (_, k) => viridis(Math.floor(k / 3) / 255)[k % 3]);
  const scale = maximum > 0 ? 255 / maximum : 0;
  for (let i = 0; i < values.length; i++) {
    const at = 3 * Math.min(255, Math.max(0, Math.round(values[i] * scale)));
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
