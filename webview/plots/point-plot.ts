/**
 * Lines, and points that can be chosen: the pointer or ← → point at one, a click or Enter chooses it, Esc lets go. What each
 * point is stands in its text.
 */
import { announce } from '../dom';
import type { Theme } from '../theme';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes, type Frame } from './axes';
import { DASH_LENGTHS, type LineStyle } from './line-styles';
import type { Mark, Pen } from './pen';
import { createStage } from './stage';

export interface PlottedPoint {
  readonly x: number;
  readonly y: number;
  /** Number in the theme's palette. */
  readonly color: number;
  readonly shape: Mark['shape'];
  /** What stands beside it. */
  readonly name?: string;
  /** A few lines about it. */
  readonly text: string;
}

export interface PlottedLine extends LineStyle {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface PointPlotData {
  readonly axes: Axes;
  readonly lines: readonly PlottedLine[];
  /** In the order that keys walk through them. */
  readonly points: readonly PlottedPoint[];
  /** What there is to see, in words. */
  readonly description: string;
}

export interface PointPlot {
  readonly element: HTMLElement;
  set(data: PointPlotData): void;
  toSvg(): string;
  /** base64 */
  toPng(): string;
}

/** Pixels around a point in which it is reached. */
const REACH = 10;

/** @param onChoose a point was chosen, by its number */
export function createPointPlot(kind: string, onChoose: (point: number) => void): PointPlot {
  let data: PointPlotData | undefined;
  let pointed: number | undefined;

  const stage = createStage(kind, drawBase, drawTop);
  const { input } = stage;

  const place = (frame: Frame, { x, y }: PlottedPoint, axes: Axes): [number, number] => [
    toX(frame, axes, x),
    toY(frame, axes, y),
  ];

  function drawBase(pen: Pen, theme: Theme, width: number, height: number): void {
    if (data === undefined) return;
    const { axes, lines, points } = data;
    const frame = frameOf(width, height, axes);
    const colorOf = (color: number): string => theme.series[color % theme.series.length];
    drawAxes(pen, theme, frame, axes);
    within(pen, frame, () => {
      for (const { x, y, color, dash } of lines) {
        const places = Array.from(x, (at, k) => [toX(frame, axes, at), toY(frame, axes, y[k])]);
        strokeLine(pen, places.flat(), colorOf(color), 1.5, DASH_LENGTHS[dash]);
      }
      pen.font = `10px ${theme.font}`;
      pen.textAlign = 'left';
      pen.textBaseline = 'bottom';
      for (const point of points) {
        const { shape, name } = point;
        const [x, y] = place(frame, point, axes);
        pen.marks(Float32Array.of(x, y), { shape, radius: 4, color: colorOf(point.color), opacity: 0.9 });
        pen.fillStyle = theme.foreground;
        if (name !== undefined) pen.fillText(name, x + 6, y - 3);
      }
    });
    drawBorder(pen, theme, frame);
    drawNames(pen, theme, frame, axes, lines);
  }

  function drawTop(pen: Pen, theme: Theme, width: number, height: number): void {
    if (data === undefined || pointed === undefined) return;
    const [x, y] = place(frameOf(width, height, data.axes), data.points[pointed], data.axes);
    pen.strokeStyle = theme.foreground;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.arc(x, y, 7, 0, 2 * Math.PI);
    pen.stroke();
  }

  function pointAt(event: MouseEvent): number | undefined {
    if (data === undefined) return undefined;
    const { width, height } = stage.size();
    const frame = frameOf(width, height, data.axes);
    const { x, y } = stage.placeOf(event);
    let nearest: number | undefined;
    let least = REACH;
    for (const [k, point] of data.points.entries()) {
      const [px, py] = place(frame, point, data.axes);
      const distance = Math.hypot(px - x, py - y);
      if (distance > least) continue;
      least = distance;
      nearest = k;
    }
    return nearest;
  }

  function moveTo(next: number | undefined, event?: MouseEvent): void {
    pointed = next;
    stage.drawTop();
    input.classList.toggle('over-point', event !== undefined && next !== undefined);
    const text = next === undefined ? undefined : data?.points[next].text;
    if (text === undefined) stage.tell(undefined);
    else if (event !== undefined) stage.tell(text, stage.placeOf(event).x, stage.placeOf(event).y);
    else announce(text.replaceAll('\n', ', '));
  }

  input.addEventListener('pointermove', (event) => moveTo(pointAt(event), event));
  input.addEventListener('pointerleave', () => moveTo(undefined));
  input.addEventListener('blur', () => moveTo(undefined));
  input.addEventListener('click', (event) => {
    const at = pointAt(event);
    if (at !== undefined) onChoose(at);
  });
  input.addEventListener('keydown', (event) => {
    const count = data?.points.length ?? 0;
    if (event.ctrlKey || event.metaKey || event.altKey || count === 0) return;
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (along !== undefined)
      moveTo(
        Math.max(0, Math.min(count - 1, (pointed ?? (along > 0 ? -1 : count)) + along * (event.shiftKey ? 10 : 1))),
      );
    else if (event.key === 'Enter' && pointed !== undefined) onChoose(pointed);
    else if (event.key === 'Escape') moveTo(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    element: stage.element,
    set: (next) => {
      data = next;
      if (pointed !== undefined && pointed >= next.points.length) pointed = undefined;
      input.setAttribute(
        'aria-label',
        `${next.description}. Left and right move through the points, Enter opens one, Escape lets go.`,
      );
      stage.draw();
    },
    toSvg: () => stage.toSvg(),
    toPng: () => stage.toPng(),
  };
}

/** What the lines are: on those that are level, of the others in the upper left corner. */
function drawNames(pen: Pen, theme: Theme, frame: Frame, axes: Axes, lines: readonly PlottedLine[]): void {
  pen.font = `11px ${theme.font}`;
  let row = 0;
  for (const { label, y, color } of lines) {
    pen.fillStyle = theme.series[color % theme.series.length];
    const level = y.length > 1 && Array.from(y).every((value) => value === y[0]);
    pen.textAlign = level ? 'right' : 'left';
    pen.textBaseline = level ? 'bottom' : 'top';
    if (level) pen.fillText(label, frame.left + frame.width - 8, toY(frame, axes, y[0]) - 3);
    else pen.fillText(label, frame.left + 8, frame.top + 8 + 15 * row++);
  }
}
