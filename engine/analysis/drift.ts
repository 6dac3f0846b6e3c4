/**
 * How well a simulation keeps the quantity that its integrator should keep: a straight line through it over time, added to
 * value by value (Welford's updates, so that nothing cancels). Pure; the state is plain data.
 */

/** Means, and sums of squares and products of the deviations from them. */
export interface DriftState {
  readonly count: number;
  readonly meanTime: number;
  readonly meanValue: number;
  readonly timeTime: number;
  readonly timeValue: number;
  readonly valueValue: number;
}

export const NO_DRIFT: DriftState = { count: 0, meanTime: 0, meanValue: 0, timeTime: 0, timeValue: 0, valueValue: 0 };

/** The state with one more value. */
export function addValue(state: DriftState, time: number, value: number): DriftState {
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
  };
}

/** Slope of the line per time, and the rms deviation of the values from it; null for fewer than three values. */
export function fitDrift(state: DriftState): { readonly slope: number; readonly fluctuation: number } | null {
  if (state.count < 3 || state.timeTime === 0) return null;
  const slope = state.timeValue / state.timeTime;
  const rest = Math.max(0, state.valueValue - slope * state.timeValue);
  return { slope, fluctuation: Math.sqrt(rest / state.count) };
}
