/** Curves as a drawing or a table that is saved: the same as a chart on the screen. */
import { readTheme, withAlpha } from '../theme';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes } from './axes';
import type { Dash } from './curves';
import { rangeOf, widen } from './parity-rows';
import { drawPng, type Pen } from './pen';
import { smooth, type Values } from './points';
import { drawSvg } from './svg';

export interface Drawing {
  readonly title: string;
  /** Of the curves; empty for numbers without one. */
  readonly unit: string;
  /** With its unit. */
  readonly abscissa: string;
  readonly x: ArrayLike<number>;
  readonly curves: readonly Curve[];
  readonly log?: boolean;
  /** As in points.ts; the curves as they are stand faintly behind. */
  readonly smoothing?: number;
}

interface Curve {
  readonly label: string;
  /** null and NaN where there is no value: the line goes on to the next one. */
  readonly y: ArrayLike<number | null>;
  readonly color?: number;
  readonly dash?: Dash;
}

const WIDTH = 560;
const HEIGHT = 360;
const DASHES = ['solid', 'dashed', 'dotted'] as const;
const LENGTHS: Readonly<Record<Dash, number[]>> = { solid: [], dashed: [6, 4], dotted: [2, 3] };

export const drawCurves = (drawing: Drawing): string =>
  drawSvg(WIDTH, HEIGHT, readTheme().background, (pen) => drawOn(pen, drawing));

/** base64 */
export const paintCurves = (drawing: Drawing): string =>
  drawPng(WIDTH, HEIGHT, readTheme().background, (pen) => drawOn(pen, drawing));

function drawOn(pen: Pen, { title, unit, abscissa, x, curves, log = false, smoothing = 0 }: Drawing): void {
  const theme = readTheme();
  const shown = curves.map(({ y }): Values =>
    Array.from(y, (value) => (value !== null && (log ? value > 0 : !Number.isNaN(value)) ? value : null)),
  );
  const upwards = rangeOf(...shown.map((values) => Float64Array.from(values, (value) => value ?? NaN)));
  const label = unit === '' ? title : `${title} (${unit})`;
  const axes: Axes = {
    x: { ...widen(rangeOf(Float64Array.from(x)) ?? { low: 0, high: 1 }, 0), label: abscissa },
    y: log
      ? { low: (upwards?.low ?? 0.1) / 1.25, high: (upwards?.high ?? 1) * 1.25, log, label }
      : { ...widen(upwards ?? { low: 0, high: 1 }), label },
  };
  const frame = frameOf(WIDTH, HEIGHT, axes);
  const line = (values: Values): number[] =>
    values.flatMap((value, i) => (value === null ? [] : [toX(frame, axes, x[i]), toY(frame, axes, value)]));
  const colorOf = (k: number): string => theme.series[(curves[k].color ?? k) % theme.series.length];
  drawAxes(pen, theme, frame, axes);
  within(pen, frame, () => {
    shown.forEach((values, k) => {
      const dash = LENGTHS[curves[k].dash ?? DASHES[k % DASHES.length]];
      if (smoothing > 0) strokeLine(pen, line(values), withAlpha(colorOf(k), 0.28), 1.5, dash);
      strokeLine(pen, line(smoothing > 0 ? smooth(values, smoothing, log) : values), colorOf(k), 1.5, dash);
    });
  });
  drawBorder(pen, theme, frame);
  pen.textAlign = 'right';
  pen.textBaseline = 'top';
  curves.forEach((curve, k) => {
    pen.fillStyle = colorOf(k);
    pen.fillText(curve.label, frame.left + frame.width - 8, frame.top + 8 + 15 * k);
  });
}

/** The numbers as comma-separated values; nothing where there is none. */
export function tabulateCurves({ unit, abscissa, x, curves }: Drawing): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const head = [abscissa, ...curves.map(({ label }) => (unit === '' ? label : `${label} (${unit})`))].map(quoted);
  const lines = Array.from(x, (value, i) => [value, ...curves.map(({ y }) => y[i] ?? '')].join(','));
  return `${[head.join(','), ...lines].join('\n')}\n`;
}
