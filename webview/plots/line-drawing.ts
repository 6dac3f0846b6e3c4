/** Curves as a drawing or a table that is saved: the same as a chart on the screen. */
import { readTheme, withAlpha } from '../theme';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes } from './axes';
import { DASH_LENGTHS, lineStyle, type Dash, type LineStyle } from './line-styles';
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
  /** Only in the table. */
  readonly hidden?: boolean;
}

const WIDTH = 560;
const HEIGHT = 360;
/** Of the lines beside their names. */
const SAMPLE = 22;

export const drawCurves = (drawing: Drawing): string =>
  drawSvg(WIDTH, HEIGHT, readTheme().background, (pen) => drawOn(pen, drawing));

/** base64 */
export const paintCurves = (drawing: Drawing): string =>
  drawPng(WIDTH, HEIGHT, readTheme().background, (pen) => drawOn(pen, drawing));

function drawOn(pen: Pen, { title, unit, abscissa, x, curves, log = false, smoothing = 0 }: Drawing): void {
  const theme = readTheme();
  const shown = curves
    .map((curve, k) => ({
      label: curve.label,
      hidden: curve.hidden,
      values: valuesOf(curve, log),
      style: styleOf(curve, k),
    }))
    .filter(({ hidden }) => hidden !== true);
  const upwards = rangeOf(...shown.map(({ values }) => Float64Array.from(values, (value) => value ?? NaN)));
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
  const colorOf = ({ color }: LineStyle): string => theme.series[color % theme.series.length];
  drawAxes(pen, theme, frame, axes);
  within(pen, frame, () => {
    for (const { values, style } of shown) {
      const dash = DASH_LENGTHS[style.dash];
      if (smoothing > 0) strokeLine(pen, line(values), withAlpha(colorOf(style), 0.28), 1.5, dash);
      strokeLine(pen, line(smoothing > 0 ? smooth(values, smoothing, log) : values), colorOf(style), 1.5, dash);
    }
  });
  drawBorder(pen, theme, frame);
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  shown.forEach(({ label: name, style }, k) => {
    const [right, y] = [frame.left + frame.width - 8, frame.top + 14 + 15 * k];
    strokeLine(pen, [right - SAMPLE, y, right, y], colorOf(style), 1.5, DASH_LENGTHS[style.dash]);
    pen.fillStyle = colorOf(style);
    pen.fillText(name, right - SAMPLE - 6, y);
  });
}

const valuesOf = ({ y }: Curve, log: boolean): Values =>
  Array.from(y, (value) => (value !== null && (log ? value > 0 : !Number.isNaN(value)) ? value : null));

const styleOf = ({ color, dash }: Curve, k: number): LineStyle => ({
  color: color ?? lineStyle(k).color,
  dash: dash ?? lineStyle(k).dash,
});

/** The numbers as comma-separated values; nothing where there is none. */
export function tabulateCurves({ unit, abscissa, x, curves }: Drawing): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const head = [abscissa, ...curves.map(({ label }) => (unit === '' ? label : `${label} (${unit})`))].map(quoted);
  const lines = Array.from(x, (value, i) => [value, ...curves.map(({ y }) => y[i] ?? '')].join(','));
  return `${[head.join(','), ...lines].join('\n')}\n`;
}
