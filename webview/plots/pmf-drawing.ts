/**
 * A potential of mean force with its errors, and below it on the same axis what each umbrella window has sampled. Draws
 * only; the pointer and the keys are those of pmf-plot.ts.
 */
import type { Pmf } from '../../protocol/pmf';
import type { Theme } from '../theme';
import { withAlpha } from '../theme';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes, type Frame } from './axes';
import { rampColor } from './density';
import { coordinateLabel, PER_ELECTRONVOLT, shownUnit, type EnergyUnit } from './free-energy-units';
import { rangeOf, widen } from './parity-rows';
import type { Pen } from './pen';

export interface PmfView {
  readonly pmf: Pmf;
  readonly unit: EnergyUnit;
  /** The window that is chosen. */
  readonly window: number | undefined;
}

interface Panel {
  readonly frame: Frame;
  readonly axes: Axes;
}

export interface PmfLayout {
  readonly profile: Panel;
  readonly histograms: Panel;
}

/** Part of the height that the profile takes. */
const PROFILE_PART = 0.64;
const GAP = 12;

export const binWidth = ({ coordinate }: Pmf): number => (coordinate.length > 1 ? coordinate[1] - coordinate[0] : 1);

/** Count of a window in a bin. */
export const countOf = ({ histograms, coordinate }: Pmf, window: number, bin: number): number =>
  histograms[window * coordinate.length + bin];

export function layOutPmf(width: number, height: number, { pmf, unit }: PmfView): PmfLayout {
  const { coordinate, meta, histograms } = pmf;
  const half = binWidth(pmf) / 2;
  const x = {
    low: coordinate[0] - half,
    high: coordinate[coordinate.length - 1] + half,
    label: coordinateLabel(meta.coordinate),
    scale: shownUnit(meta.coordinate).scale,
  };
  const edges = [-1, 1].map((sign) => pmf.pmf.map((value, b) => value + sign * pmf.error[b]));
  const upwards = widen(rangeOf(pmf.pmf, ...edges) ?? { low: 0, high: 1 });
  const y = { ...upwards, label: `W (${unit})`, scale: PER_ELECTRONVOLT[unit] };
  const most = histograms.reduce((largest, count) => Math.max(largest, count), 1);
  const profile: Axes = { x: { ...x, bare: true }, y };
  const counts: Axes = { x, y: { low: 0, high: 1.08 * most, label: 'samples' } };
  // Both begin where the wider numbers allow.
  const [upper, lower] = [frameOf(width, height, profile), frameOf(width, height, counts)];
  const left = Math.max(upper.left, lower.left);
  const common = { left, width: upper.left + upper.width - left };
  const tall = Math.round(upper.height * PROFILE_PART);
  return {
    profile: { axes: profile, frame: { ...common, top: upper.top, height: tall } },
    histograms: {
      axes: counts,
      frame: { ...common, top: upper.top + tall + GAP, height: Math.max(10, upper.height - tall - GAP) },
    },
  };
}

export function drawPmf(pen: Pen, theme: Theme, width: number, height: number, view: PmfView): void {
  const { profile, histograms } = layOutPmf(width, height, view);
  drawProfile(pen, theme, profile, view);
  drawHistograms(pen, theme, histograms, view);
}

/** Bins next to each other that all have a value. */
function stretches(values: Float64Array): { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  values.forEach((value, b) => {
    if (Number.isNaN(value)) return;
    const last = found.at(-1);
    if (last?.to === b) last.to = b + 1;
    else found.push({ from: b, to: b + 1 });
  });
  return found;
}

function drawProfile(pen: Pen, theme: Theme, { frame, axes }: Panel, { pmf }: PmfView): void {
  const { coordinate, pmf: values, error, meta } = pmf;
  const [color] = theme.series;
  const place = (b: number, shift: number): [number, number] => [
    toX(frame, axes, coordinate[b]),
    toY(frame, axes, values[b] + shift),
  ];
  drawAxes(pen, theme, frame, axes);
  within(pen, frame, () => {
    for (const { from, to } of stretches(values)) {
      const bins = Array.from({ length: to - from }, (_, k) => from + k);
      pen.fillStyle = withAlpha(color, theme.highContrast ? 0.45 : 0.25);
      pen.beginPath();
      bins.forEach((b, k) => (k === 0 ? pen.moveTo(...place(b, error[b])) : pen.lineTo(...place(b, error[b]))));
      for (const b of bins.toReversed()) pen.lineTo(...place(b, -error[b]));
      pen.closePath();
      pen.fill();
      strokeLine(
        pen,
        bins.flatMap((b) => place(b, 0)),
        color,
        2,
      );
    }
    const { barrier } = meta;
    if (barrier === null) return;
    // From the minimum at the smaller coordinate over the top to the other one.
    const nearest = (x: number): number =>
      Math.max(0, Math.min(coordinate.length - 1, Math.round((x - coordinate[0]) / binWidth(pmf))));
    const marks = [barrier.reactant, barrier.top, barrier.product].flatMap((x) => place(nearest(x), 0));
    pen.marks(Float32Array.from(marks), { shape: 'disc', radius: 4, color: theme.series[1], opacity: 1 });
  });
  drawBorder(pen, theme, frame);
}

function drawHistograms(pen: Pen, theme: Theme, { frame, axes }: Panel, { pmf, window: chosen }: PmfView): void {
  const { coordinate, meta } = pmf;
  const half = binWidth(pmf) / 2;
  const bottom = frame.top + frame.height;
  const outline = (window: number): number[] =>
    Array.from(coordinate, (x, b) => {
      const y = toY(frame, axes, countOf(pmf, window, b));
      return [toX(frame, axes, x - half), y, toX(frame, axes, x + half), y];
    }).flat();
  const drawOne = (window: number): void => {
    const color = windowColor(window, meta.windows.length, theme.dark);
    const faint = chosen !== undefined && chosen !== window;
    const stairs = outline(window);
    pen.fillStyle = withAlpha(color, chosen === window ? 0.6 : faint ? 0.06 : 0.2);
    pen.beginPath();
    pen.moveTo(stairs[0], bottom);
    for (let k = 0; k < stairs.length; k += 2) pen.lineTo(stairs[k], stairs[k + 1]);
    pen.lineTo(stairs[stairs.length - 2], bottom);
    pen.closePath();
    pen.fill();
    strokeLine(pen, stairs, faint ? withAlpha(color, 0.45) : color, chosen === window ? 2 : 1.2);
  };
  drawAxes(pen, theme, frame, axes);
  within(pen, frame, () => {
    meta.windows.forEach((_, window) => {
      if (window !== chosen) drawOne(window);
    });
    // On top of the others, with the place that its spring holds.
    if (chosen === undefined || chosen >= meta.windows.length) return;
    drawOne(chosen);
    const at = toX(frame, axes, meta.windows[chosen].center);
    strokeLine(pen, [at, frame.top, at, bottom], theme.foreground, 1, [4, 3]);
  });
  drawBorder(pen, theme, frame);
}

/** One ramp from the first window to the last. */
export function windowColor(window: number, windows: number, dark: boolean): string {
  const [r, g, b] = rampColor(windows > 1 ? window / (windows - 1) : 0.5, dark);
  return `rgb(${r}, ${g}, ${b})`;
}
