/** The frame of a plot: where values fall on the stage, marks with numbers, names with units. */
import { formatFixed, formatNumber } from '../format';
import { withAlpha, type Theme } from '../theme';
import type { Range } from './parity-rows';
import type { Pen } from './pen';
import { labelledOnLogAxis, logTicks, niceTicks } from './ticks';

/** The inner rectangle of a plot, CSS pixels. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Axis extends Range {
  /** With its unit. */
  readonly label: string;
  /** What the numbers at the marks are multiplied with: 1000 for errors, which are kept in eV and shown in meV. */
  readonly scale?: number;
  readonly log?: boolean;
  /** The values are decimal logarithms of what the marks say. */
  readonly exponent?: boolean;
  /** Only whole numbers mean something. */
  readonly whole?: boolean;
  /** Without numbers and name: another plot below has them. */
  readonly bare?: boolean;
}

export interface Axes {
  readonly x: Axis;
  readonly y: Axis;
}

interface Marks {
  readonly values: readonly number[];
  readonly texts: readonly string[];
}

function marksOf(
  { low, high, scale = 1, log = false, exponent = false, whole = false }: Axis,
  pixels: number,
  spacing: number,
): Marks {
  if (exponent) {
    // Decades tell nothing apart where there is less than one.
    if (high - low < 0.9) {
      const { values, decimals } = niceTicks(10 ** low, 10 ** high, Math.max(2, pixels / spacing));
      return { values: values.map(Math.log10), texts: values.map((value) => formatFixed(value, decimals)) };
    }
    const { values, texts } = marksOf({ low: 10 ** low, high: 10 ** high, label: '', log: true }, pixels, spacing);
    return { values: values.map(Math.log10), texts };
  }
  if (log) {
    const values = logTicks(low, high);
    const text = (value: number): string => (labelledOnLogAxis(value, low, high) ? formatNumber(value, 1) : '');
    return { values, texts: values.map(text) };
  }
  const most = Math.max(2, pixels / spacing);
  const { values, decimals } = niceTicks(low * scale, high * scale, whole ? Math.min(most, high - low) : most);
  return { values: values.map((value) => value / scale), texts: values.map((value) => formatFixed(value, decimals)) };
}

/** CSS pixels from one mark to the next: of a vertical axis the first, of a horizontal one the first that has room for the numbers. */
const SPACINGS = [40, 60, 90] as const;
/** Between two numbers beneath an axis. */
const GAP = 14;

/** As many marks of a horizontal axis as have room for their numbers. */
function marksAcross(axis: Axis, pixels: number): Marks {
  const choices = SPACINGS.map((spacing) => marksOf(axis, pixels, spacing));
  const fits = ({ values, texts }: Marks): boolean => {
    const places = values.filter((_, k) => texts[k] !== '').map((value) => position(axis, value) * pixels);
    const gaps = places.slice(1).map((place, k) => place - places[k]);
    return Math.max(...texts.map((text) => text.length)) * DIGIT_WIDTH + GAP <= Math.min(...gaps);
  };
  return choices.find(fits) ?? choices[1];
}

const ABOVE = 10;
const BELOW = 40;
const RIGHT = 14;
/** Of the small font. */
const DIGIT_WIDTH = 7;

/** The frame within a stage; `square`: both axes have one scale, so that the diagonal is one. */
export function frameOf(width: number, height: number, { y }: Axes, square = false): Frame {
  const inner = Math.max(10, height - ABOVE - BELOW);
  const left = labelWidth(y, inner) + 26;
  const w = Math.max(10, width - left - RIGHT);
  if (!square) return { left, top: ABOVE, width: w, height: inner };
  const side = Math.min(w, inner);
  return { left: Math.round(left + Math.max(0, (w - side) / 2 - 12)), top: ABOVE, width: side, height: side };
}

function labelWidth(axis: Axis, pixels: number): number {
  return DIGIT_WIDTH * Math.max(4, ...marksOf(axis, pixels, SPACINGS[0]).texts.map((text) => text.length));
}

const position = ({ low, high, log = false }: Axis, value: number): number =>
  log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);

export const toX = (frame: Frame, { x }: Axes, value: number): number => frame.left + position(x, value) * frame.width;
export const toY = (frame: Frame, { y }: Axes, value: number): number =>
  frame.top + (1 - position(y, value)) * frame.height;

/** Draws within the frame only. */
export function within(pen: Pen, frame: Frame, draw: () => void): void {
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top, frame.width, frame.height);
  pen.clip();
  draw();
  pen.restore();
}

/** A line through points given as x₀ y₀ x₁ y₁ … in pixels. */
export function strokeLine(pen: Pen, places: readonly number[], color: string, width = 1, dash: number[] = []): void {
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.beginPath();
  for (let k = 0; k + 1 < places.length; k += 2)
    if (k === 0) pen.moveTo(places[k], places[k + 1]);
    else pen.lineTo(places[k], places[k + 1]);
  pen.stroke();
  pen.setLineDash([]);
}

/** Grid, numbers and names; beneath what is plotted. */
export function drawAxes(pen: Pen, theme: Theme, frame: Frame, axes: Axes): void {
  const { left, top, width, height } = frame;
  pen.font = `11px ${theme.font}`;
  const across = marksAcross(axes.x, width);
  const upwards = marksOf(axes.y, height, SPACINGS[0]);
  pen.fillStyle = theme.muted;
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  across.values.forEach((value, k) => {
    const at = Math.round(toX(frame, axes, value)) + 0.5;
    strokeLine(pen, [at, top, at, top + height], theme.grid);
    if (axes.x.bare !== true) pen.fillText(across.texts[k], at, top + height + 6);
  });
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  upwards.values.forEach((value, k) => {
    const at = Math.round(toY(frame, axes, value)) + 0.5;
    strokeLine(pen, [left, at, left + width, at], theme.grid);
    pen.fillText(upwards.texts[k], left - 7, at);
  });
  pen.fillStyle = theme.foreground;
  pen.textAlign = 'center';
  pen.textBaseline = 'bottom';
  if (axes.x.bare !== true) pen.fillText(axes.x.label, Math.round(left + width / 2), Math.round(top + height + 38));
  pen.save();
  pen.translate(left - labelWidth(axes.y, height) - 8, top + height / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText(axes.y.label, 0, 0);
  pen.restore();
}

/** The border of the frame; on top of what is plotted. */
export function drawBorder(pen: Pen, theme: Theme, { left, top, width, height }: Frame): void {
  pen.strokeStyle = theme.highContrast ? theme.foreground : withAlpha(theme.foreground, 0.3);
  pen.lineWidth = 1;
  pen.strokeRect(Math.round(left) + 0.5, Math.round(top) + 0.5, Math.round(width), Math.round(height));
}
