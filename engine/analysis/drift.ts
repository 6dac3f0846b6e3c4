/**
 * How well a simulation keeps the quantity that its integrator should keep: a straight line through it over time, added to
 * value by value (Welford's updates, so that nothing cancels), and how uncertain its slope is, from the means of blocks: values
 * that follow one another are not independent (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989)). Pure; the state is
 * plain data.
 */

/** Means, and sums of squares and products of the deviations from them. */
export interface DriftState {
  readonly count: number;
  readonly meanTime: number;
  readonly meanValue: number;
  readonly timeTime: number;
  readonly timeValue: number;
  readonly valueValue: number;
  readonly blocks: readonly Block[];
}

/** Means of consecutive values. */
interface Block {
  readonly count: number;
  readonly time: number;
  readonly value: number;
}

export const NO_DRIFT: DriftState = {
  count: 0,
  meanTime: 0,
  meanValue: 0,
  timeTime: 0,
  timeValue: 0,
  valueValue: 0,
  blocks: [],
};

/** Blocks of a simulation. */
export const BLOCKS = 20;

/**
 * The state with one more value.
 * @param block which of the `BLOCKS` it belongs to, 0 to BLOCKS − 1; never falls
 */
export function addValue(state: DriftState, time: number, value: number, block: number): DriftState {
  const blocks = [...state.blocks];
  while (blocks.length <= block) blocks.push({ count: 0, time: 0, value: 0 });
  const own = blocks[block];
  blocks[block] = {
    count: own.count + 1,
    time: own.time + (time - own.time) / (own.count + 1),
    value: own.value + (value - own.value) / (own.count + 1),
  };
  const count = state.count + 1;
  const fromTime = time - state.meanTime;
  const fromValue = value - state.meanValue;
  const meanTime = state.meanTime + fromTime / count;
  const meanValue = state.meanValue + fromValue / count;
  return {
    count,
    meanTime,
    meanValue,
    timeTime: state.timeTime + fromTime * (time - meanTime),
    timeValue: state.timeValue + fromTime * (value - meanValue),
    valueValue: state.valueValue + fromValue * (value - meanValue),
    blocks,
  };
}

/**
 * Slope of the line per time with its standard error (null for fewer than five blocks), and the rms deviation of the values
 * from it; null for fewer than three values.
 */
export function fitDrift(
  state: DriftState,
): { readonly slope: number; readonly standardError: number | null; readonly fluctuation: number } | null {
  if (state.count < 3 || state.timeTime === 0) return null;
  const slope = state.timeValue / state.timeTime;
  const rest = Math.max(0, state.valueValue - slope * state.timeValue);
  return { slope, standardError: slopeError(state.blocks), fluctuation: Math.sqrt(rest / state.count) };
}

const MINIMUM_BLOCKS = 5;

/** Standard error of the slope of a line through the means of the blocks. */
function slopeError(all: readonly Block[]): number | null {
  const blocks = all.filter(({ count }) => count > 0);
  if (blocks.length < MINIMUM_BLOCKS) return null;
  const mean = (of: (block: Block) => number): number =>
    blocks.reduce((sum, each) => sum + of(each), 0) / blocks.length;
  const [time, value] = [mean((each) => each.time), mean((each) => each.value)];
  const spread = blocks.reduce((sum, each) => sum + (each.time - time) ** 2, 0);
  const slope = blocks.reduce((sum, each) => sum + (each.time - time) * (each.value - value), 0) / spread;
  const squares = blocks.reduce((sum, each) => sum + (each.value - value - slope * (each.time - time)) ** 2, 0);
  return Math.sqrt(squares / (blocks.length - 2) / spread);
}
