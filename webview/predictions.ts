/** A structure with what a run has predicted for it. */
import type { FrameData } from '../protocol/frames';
import { predictionsOf, type Parity } from '../protocol/parity';

/** The frame with the columns of `predictionsOf` beside its own; as it is if it has other atoms than the structure had. */
export function withPredictions(frame: FrameData, parity: Parity, structure: number): FrameData {
  if (frame.numbers.length !== parity.structureAtoms[structure]) return frame;
  const { columns, info } = predictionsOf(parity, structure);
  const own = Object.entries(columns).map(([name, { width, values }]) => {
    return [name, { width, values: new Float32Array(values) }] as const;
  });
  return { ...frame, columns: { ...frame.columns, ...Object.fromEntries(own) }, info: { ...frame.info, ...info } };
}
