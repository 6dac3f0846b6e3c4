/** Frames as they are saved, with what a run has predicted for them. */
import type { Column, Frame } from '../../engine/formats/frame';
import { predictionsOf, type Parity } from '../../protocol/parity';

/** The frame with the columns of `predictionsOf` beside its own; as it is if it has other atoms than the structure had. */
export function withPredictions(frame: Frame, parity: Parity, structure: number): Frame {
  if (frame.numbers.length !== parity.structureAtoms[structure]) return frame;
  const { columns, info } = predictionsOf(parity, structure);
  const own = Object.entries(columns).map(([name, column]): [string, Column] => [name, { type: 'R', ...column }]);
  return {
    ...frame,
    columns: new Map([...frame.columns, ...own]),
    info: new Map([...frame.info, ...Object.entries(info)]),
  };
}
