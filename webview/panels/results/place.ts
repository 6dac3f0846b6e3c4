/** Where a row of the predictions stands in the data. */
import type { Parity } from '../../../protocol/parity';
import type { Quantity } from '../../plots/parity-rows';

export const COMPONENTS = ['x', 'y', 'z'] as const;

/** A structure of the data. */
export interface Place {
  readonly file: string;
  readonly frame: number;
}

export const placeOfStructure = (parity: Parity, structure: number): Place => ({
  file: parity.files[parity.structureFile[structure]],
  frame: parity.structureFrame[structure],
});

export const placeOf = (parity: Parity, quantity: Quantity, row: number): Place =>
  placeOfStructure(parity, parity[quantity].structure[row]);
