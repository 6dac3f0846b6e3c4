/** Types of atoms by which a file tells them apart without saying what elements they are, and elements that a person gives them. */
import type { AtomTypes } from '../../protocol/frames';

/** `of` an atom whose element is known. */
export const NO_TYPE = 255;

/**
 * Atomic numbers where types have elements.
 *
 * @param elements atomic number by the name of a type; types that it lacks stay unknown, 0
 * @returns `numbers` itself where nothing changes
 */
export function nameTypes(
  numbers: Uint8Array,
  { names, of }: AtomTypes,
  elements: Readonly<Record<string, number>>,
): Uint8Array {
  const known = names.map((name) => (Object.hasOwn(elements, name) ? elements[name] : 0));
  if (!known.some((z) => z > 0)) return numbers;
  return numbers.map((z, i) => (of[i] === NO_TYPE ? z : known[of[i]]));
}
