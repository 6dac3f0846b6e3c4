/** Where a row of the predictions stands in the data. */
import { COMPONENTS, STRESS_COMPONENTS, type Parity } from '../../../protocol/parity';
import type { ParityRows } from '../../plots/parity-rows';

/** A structure of the data. */
export interface Place {
  readonly file: string;
  readonly frame: number;
}

export const placeOfStructure = (parity: Parity, structure: number): Place => ({
  file: parity.files[parity.structureFile[structure]],
  frame: parity.structureFrame[structure],
});

/** What a row is about within its structure: `atom 3 x`, `xy`; empty for an energy. */
export function subjectOf({ quantity, atom, component }: ParityRows, row: number): string {
  const of = component?.[row] ?? 0;
  if (quantity === 'stress') return STRESS_COMPONENTS[of];
  if (atom === undefined) return '';
  return `atom ${atom[row]}${component === undefined ? '' : ` ${COMPONENTS[of]}`}`;
}
