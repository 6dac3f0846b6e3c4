/**
 * A step along a direction that satisfies the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, 2nd
 * ed. (2006), algorithms 3.5 and 3.6, with cubic interpolation, eq. 3.59).
 */

/** The loss at a step α along the direction: its value and its slope. */
export interface Trial {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** Sufficient decrease and curvature: φ(α) ≤ φ(0) + c₁ α φ′(0), |φ′(α)| ≤ c₂ |φ′(0)|; values for quasi-Newton methods. */
const C1 = 1e-4;
const C2 = 0.9;
/** How much farther each trial goes while the minimum is not bracketed. */
const EXPANSION = 4;
const MAXIMUM_TRIALS = 20;

/**
 * @param start the trial at step 0, whose slope is negative
 * @param first step to try
 * @param evaluate undefined if it was stopped
 * @returns the step found, which was the last to be evaluated; without one that satisfies both conditions the best with
 * sufficient decrease, not the last to be evaluated perhaps; `none` if there is none of these either
 */
export async function searchLine<T extends Trial>(
  start: Trial,
  first: number,
  evaluate: (step: number) => Promise<T | undefined>,
): Promise<T | 'none' | 'stopped'> {
  // Strictly lower, or rounding would pass for progress.
  const decreases = ({ step, value }: Trial): boolean =>
    value < start.value && value <= start.value + C1 * step * start.slope;
  const isFlat = ({ slope }: Trial): boolean => Math.abs(slope) <= -C2 * start.slope;
  let trials = 0;
  let best: T | undefined;
  const attempt = async (step: number): Promise<T | undefined> => {
    trials++;
    const trial = await evaluate(step);
    if (trial !== undefined && decreases(trial) && (best === undefined || trial.value < best.value)) best = trial;
    return trial;
  };

  // Bracketing: algorithm 3.5.
  let low: Trial = start;
  let high: Trial | undefined;
  for (let step = first; high === undefined && trials < MAXIMUM_TRIALS; step *= EXPANSION) {
    const trial = await attempt(step);
    if (trial === undefined) return 'stopped';
    // A value that is no number lies too far out.
    if (!decreases(trial) || (trials > 1 && trial.value >= low.value)) high = trial;
    else if (isFlat(trial)) return trial;
    else if (trial.slope >= 0) [low, high] = [trial, low];
    else low = trial;
  }

  // Zoom: algorithm 3.6.
  while (high !== undefined && trials < MAXIMUM_TRIALS) {
    const step = interpolate(low, high);
    if (step === low.step || step === high.step) break;
    const trial = await attempt(step);
    if (trial === undefined) return 'stopped';
    if (!decreases(trial) || trial.value >= low.value) high = trial;
    else if (isFlat(trial)) return trial;
    else {
      if (trial.slope * (high.step - low.step) >= 0) high = low;
      low = trial;
    }
  }
  return best ?? 'none';
}

/** The minimum of the cubic through both trials, kept off the ends of the interval; its middle where there is none. */
function interpolate(low: Trial, high: Trial): number {
  const middle = 0.5 * (low.step + high.step);
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step);
  const square = d1 ** 2 - low.slope * high.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(high.step - low.step) * Math.sqrt(square);
  const step = high.step - ((high.step - low.step) * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  const margin = 0.1 * Math.abs(high.step - low.step);
  const inside = Math.abs(step - low.step) >= margin && Math.abs(step - high.step) >= margin;
  const between = (step - low.step) * (step - high.step) < 0;
  return Number.isFinite(step) && inside && between ? step : middle;
}
