/**
 * Reference against prediction, or the error against the reference: raw points while few are in view, a density picture
 * else. Points are chosen by click, `n` and `p`; selected by box, lasso, or all that are in view. eV/atom, eV/Å; errors in
 * meV/atom, meV/Å.
 */
import { SETS } from '../../protocol/parity';
import { announce } from '../dom';
import { formatCount, formatFixed, formatNumber } from '../format';
import { withAlpha, type Theme } from '../theme';
import { viridisCss } from '../viewer/colors';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes, type Frame } from './axes';
import { bin, paint, paintPlain, type Bins } from './density';
import { NAMES, type Change, type ErrorPlot } from './error-plot';
import { createNavigation, type Tool } from './navigation';
import { rangeOf, UNITS, visibleByIndex, widen, worstRows } from './parity-rows';
import type { ParityRows, Quantity, Range, Visible } from './parity-rows';
import { SHAPES, type Pen } from './pen';
import { indexPoints, type PointIndex } from './point-index';
import { pointsWithin, rectangle, type Polygon } from './region';
import { createStage } from './stage';

/** With more points than this in view, the eye sees only a blot. */
const RAW_POINTS = 20_000;
/** How many of the worst `n` and `p` go through. */
const WORST = 1000;
/** CSS pixels within which a point is hit. */
const REACH = 9;

export interface ParityPlot extends ErrorPlot {
  setResidual(residual: boolean): void;
  setTool(tool: Tool): void;
  /** Marks a row, or none; says nothing to the listener. */
  mark(row: number | undefined): void;
  /** Chooses the next (1) or previous (−1) of the worst rows. */
  step(by: 1 | -1): void;
}

export interface ParityPlotOptions {
  readonly quantity: Quantity;
  readonly visible: Visible;
  readonly residual: boolean;
  readonly tool: Tool;
  /** A point was chosen. */
  readonly onChoose: (row: number) => void;
  readonly onSelect: (rows: Int32Array, change: Change) => void;
  /** Lines of the readout that say which structure and atom a row is about. */
  readonly describe: (row: number) => readonly string[];
}

export function createParityPlot(options: ParityPlotOptions): ParityPlot {
  const { quantity } = options;
  const unit = UNITS[quantity];
  let { visible, residual } = options;
  let rows: ParityRows | undefined;
  /** predicted − reference in eV, made when first needed. */
  let errors: Float64Array | undefined;
  let index: PointIndex | undefined;
  let x: Range = { low: 0, high: 1 };
  let y: Range = { low: 0, high: 1 };
  let marked: number | undefined;
  let hovered: number | undefined;
  let worst: Int32Array | undefined;
  let selected: Int32Array = new Int32Array(0);
  let pointed: Int32Array = new Int32Array(0);

  const stage = createStage('parity', drawBase, drawTop);
  const { input } = stage;

  // ----- geometry -----

  const axes = (): Axes => ({
    x: { ...x, label: `reference ${NAMES[quantity]} (${unit.value})` },
    y: residual
      ? { ...y, scale: 1000, label: `predicted − reference (${unit.error})` }
      : { ...y, label: `predicted (${unit.value})` },
  });
  function frame(): Frame {
    const { width, height } = stage.size();
    return frameOf(width, height, axes(), !residual);
  }

  /** What is plotted upwards. */
  function ordinate({ count, predicted, reference }: ParityRows): Float64Array {
    if (!residual) return predicted;
    errors ??= Float64Array.from({ length: count }, (_, i) => predicted[i] - reference[i]);
    return errors;
  }

  function resetView(): void {
    if (rows === undefined) return;
    if (residual) {
      const error = rangeOf(ordinate(rows)) ?? { low: -1, high: 1 };
      const most = Math.max(Math.abs(error.low), Math.abs(error.high)) || 1e-3;
      x = widen(rangeOf(rows.reference) ?? { low: 0, high: 1 });
      y = widen({ low: -most, high: most }, 0.04);
    } else {
      x = widen(rangeOf(rows.reference, rows.predicted) ?? { low: 0, high: 1 });
      y = x;
    }
    stage.draw();
  }

  function showView(nextX: Range, nextY: Range): void {
    x = nextX;
    y = nextY;
    stage.tell(undefined);
    stage.draw();
  }

  // ----- drawing -----

  function drawBase(pen: Pen, theme: Theme, width: number, height: number): void {
    const all = axes();
    const inner = frameOf(width, height, all, !residual);
    drawAxes(pen, theme, inner, all);
    const shown = rows;
    if (shown !== undefined)
      within(pen, inner, () => {
        drawPoints(pen, theme, inner, all, shown);
        const [low, high] = residual ? [0, 0] : [Math.min(x.low, y.low), Math.max(x.high, y.high)];
        const [from, to] = residual ? [x.low, x.high] : [low, high];
        const line = [toX(inner, all, from), toY(inner, all, low), toX(inner, all, to), toY(inner, all, high)];
        strokeLine(pen, line, withAlpha(theme.foreground, 0.6), 1, [5, 4]);
      });
    drawBorder(pen, theme, inner);
  }

  function drawPoints(pen: Pen, theme: Theme, inner: Frame, all: Axes, shown: ParityRows): void {
    const { count, reference, set } = shown;
    const values = ordinate(shown);
    const sets = visibleByIndex(visible);
    const picture = (n: number, px: Float64Array, py: Float64Array, of: Uint8Array): Bins => {
      const width = Math.max(1, Math.round((inner.width * pen.ratio) / 2));
      const height = Math.max(1, Math.round((inner.height * pen.ratio) / 2));
      const horizontal = { offset: x.low, scale: width / (x.high - x.low) };
      const vertical = { offset: y.high, scale: -height / (y.high - y.low) };
      return bin(n, px, py, of, sets, horizontal, vertical, width, height);
    };
    const bins = count > RAW_POINTS ? picture(count, reference, values, set) : undefined;
    if (bins !== undefined && bins.inside > RAW_POINTS) {
      pen.picture(paint(bins, theme.dark), inner.left, inner.top, inner.width, inner.height);
      drawScale(pen, theme, inner, bins.largest);
    } else {
      const many = count > 2000;
      // The train set first, so that the few points of others lie on top.
      SETS.forEach((_, which) => {
        if (!sets[which]) return;
        const places = placesOf(inner, all, reference, values, count, (i) => set[i] === which);
        const style = { radius: many ? 2 : 3.2, color: theme.series[which], opacity: many ? 0.5 : 0.75 };
        pen.marks(places, { shape: SHAPES[which % SHAPES.length], ...style });
      });
    }
    if (selected.length === 0) return;
    const chosen = selected.filter((row) => sets[set[row]]);
    const px = Float64Array.from(chosen, (row) => reference[row]);
    const py = Float64Array.from(chosen, (row) => values[row]);
    if (chosen.length > RAW_POINTS) {
      const of = Uint8Array.from(chosen, (row) => set[row]);
      const plain = paintPlain(picture(chosen.length, px, py, of), theme.warning);
      pen.picture(plain, inner.left, inner.top, inner.width, inner.height);
    } else {
      const places = placesOf(inner, all, px, py, chosen.length, () => true);
      pen.marks(places, { shape: 'disc', radius: count > 2000 ? 2.2 : 3.4, color: theme.warning, opacity: 0.9 });
    }
  }

  /** Pixels of the points that are in view. */
  function placesOf(
    inner: Frame,
    all: Axes,
    px: Float64Array,
    py: Float64Array,
    count: number,
    fits: (i: number) => boolean,
  ): Float32Array {
    const places = new Float32Array(2 * count);
    let filled = 0;
    for (let i = 0; i < count; i++) {
      if (!fits(i)) continue;
      const left = toX(inner, all, px[i]);
      const top = toY(inner, all, py[i]);
      const [dx, dy] = [left - inner.left, top - inner.top];
      if (!(dx >= -6 && dx <= inner.width + 6 && dy >= -6 && dy <= inner.height + 6)) continue;
      places[filled++] = left;
      places[filled++] = top;
    }
    return places.subarray(0, filled);
  }

  /** The colour scale of the density picture. */
  function drawScale(pen: Pen, theme: Theme, { left, top, width, height }: Frame, largest: number): void {
    const [length, steps] = [84, 28];
    const [from, above] = [left + width - length - 12, residual ? top + 12 : top + height - 34];
    for (let k = 0; k < steps; k++) {
      const t = k / (steps - 1);
      pen.fillStyle = viridisCss(theme.dark ? 0.22 + 0.78 * t : 0.78 - 0.78 * t);
      pen.fillRect(from + (k * length) / steps, above, length / steps + 0.5, 7);
    }
    pen.fillStyle = theme.muted;
    pen.font = `10px ${theme.font}`;
    pen.textBaseline = 'top';
    pen.textAlign = 'left';
    pen.fillText('1', from, above + 10);
    pen.textAlign = 'right';
    pen.fillText(`${formatCount(largest)} points`, from + length, above + 10);
  }

  function drawTop(pen: Pen, theme: Theme): void {
    if (rows === undefined) return;
    const shown = rows;
    const inner = frame();
    const all = axes();
    const values = ordinate(shown);
    within(pen, inner, () => {
      navigation.drawRegion(pen, theme);
      if (pointed.length > 0) {
        const sets = visibleByIndex(visible);
        const lit = pointed.filter((row) => sets[shown.set[row]]);
        const px = Float64Array.from(lit, (row) => shown.reference[row]);
        const py = Float64Array.from(lit, (row) => values[row]);
        const places = placesOf(inner, all, px, py, lit.length, () => true);
        const many = lit.length > 2000;
        pen.marks(places, { shape: 'disc', radius: many ? 3 : 5, color: theme.background, opacity: 0.9 });
        pen.marks(places, { shape: 'disc', radius: many ? 2 : 3.4, color: theme.foreground, opacity: 1 });
      }
      const circle = (row: number, radius: number, width: number, color: string): void => {
        pen.strokeStyle = color;
        pen.lineWidth = width;
        pen.beginPath();
        pen.arc(toX(inner, all, shown.reference[row]), toY(inner, all, values[row]), radius, 0, 2 * Math.PI);
        pen.stroke();
      };
      if (hovered !== undefined) circle(hovered, 5.5, 1.5, theme.foreground);
      if (marked !== undefined) {
        circle(marked, 7, 4.5, theme.background);
        circle(marked, 7, 2.5, theme.warning);
      }
    });
  }

  // ----- pointing -----

  function indexed(shown: ParityRows): PointIndex {
    index ??= indexPoints(shown.reference, ordinate(shown), shown.set, SETS.length);
    return index;
  }

  /** Makes the index (some 0.3 s for 10⁶ points) before the pointer asks for it. */
  function indexWhenIdle(): void {
    const shown = rows;
    if (shown === undefined) return;
    requestIdleCallback(() => {
      if (rows === shown) indexed(shown);
    });
  }

  /** The visible row nearest to a place on the stage, within reach. */
  function rowAt(px: number, py: number): number | undefined {
    if (rows === undefined) return undefined;
    const points = indexed(rows);
    const inner = frame();
    const kx = inner.width / (x.high - x.low);
    const ky = inner.height / (y.high - y.low);
    const [cx, cy] = [x.low + (px - inner.left) / kx, y.high - (py - inner.top) / ky];
    return points.nearest(cx, cy, kx, ky, REACH, visibleByIndex(visible));
  }

  function readout(row: number): string[] {
    if (rows === undefined) return [];
    const digits = quantity === 'energy' ? 5 : 4;
    return [
      ...options.describe(row),
      `reference  ${formatFixed(rows.reference[row], digits)} ${unit.value}`,
      `predicted  ${formatFixed(rows.predicted[row], digits)} ${unit.value}`,
      `error  ${formatNumber((rows.predicted[row] - rows.reference[row]) * 1000, 4)} ${unit.error}`,
    ];
  }

  function hover(at: { x: number; y: number } | undefined): void {
    const row = at && rowAt(at.x, at.y);
    if (row !== hovered) {
      hovered = row;
      stage.drawTop();
    }
    input.classList.toggle('over-point', row !== undefined);
    stage.tell(row === undefined ? undefined : readout(row).join('\n'), at?.x, at?.y);
  }

  function select(polygon: Polygon, change: Change): void {
    if (rows === undefined) return;
    const found = pointsWithin(polygon, rows.reference, ordinate(rows), rows.set, visibleByIndex(visible));
    options.onSelect(found, change);
  }

  const navigation = createNavigation(stage, {
    tool: options.tool,
    frame,
    view: () => ({ x, y }),
    onView: showView,
    onReset: resetView,
    onHover: hover,
    onClick: (at, change) => {
      const row = rowAt(at.x, at.y);
      if (row === undefined) return;
      if (change === 'replace') choose(row);
      else options.onSelect(Int32Array.of(row), selected.includes(row) ? 'remove' : 'add');
    },
    onRegion: select,
  });

  input.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'n') step(1);
    else if (event.key === 'p') step(-1);
    else if (event.key === 'a') select(rectangle(x.low, y.low, x.high, y.high), event.shiftKey ? 'add' : 'replace');
    else if (event.key === 'Enter' && marked !== undefined)
      options.onSelect(Int32Array.of(marked), selected.includes(marked) ? 'remove' : 'add');
    else if (event.key === 'Escape') options.onSelect(new Int32Array(0), 'replace');
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function choose(row: number): void {
    marked = row;
    stage.drawTop();
    announce(readout(row).join(', '));
    options.onChoose(row);
  }

  function step(by: 1 | -1): void {
    if (rows === undefined) return;
    worst ??= worstRows(rows, visible, WORST);
    if (worst.length === 0) return;
    const at = marked === undefined ? -1 : worst.indexOf(marked);
    const to = at < 0 ? (by > 0 ? 0 : worst.length - 1) : (at + by + worst.length) % worst.length;
    choose(worst[to]);
  }

  return {
    element: stage.element,
    setRows: (next) => {
      const first = rows === undefined;
      rows = next;
      errors = undefined;
      index = undefined;
      worst = undefined;
      hovered = undefined;
      selected = new Int32Array(0);
      pointed = new Int32Array(0);
      if (next === undefined || (marked !== undefined && marked >= next.count)) marked = undefined;
      input.setAttribute(
        'aria-label',
        next === undefined
          ? `Parity plot of ${NAMES[quantity]}: no data yet`
          : `Parity plot of ${NAMES[quantity]} with ${next.count} points. N and P step through the largest errors, plus and minus zoom, arrows move, A selects what is in view, Enter the chosen point, Escape nothing.`,
      );
      indexWhenIdle();
      if (first) resetView();
      else stage.draw();
    },
    setVisible: (next) => {
      visible = next;
      worst = undefined;
      stage.draw();
    },
    setResidual: (next) => {
      if (residual === next) return;
      residual = next;
      index = undefined;
      indexWhenIdle();
      resetView();
    },
    setTool: (tool) => navigation.setTool(tool),
    setSelection: (next) => {
      selected = next;
      stage.draw();
    },
    setPointed: (next) => {
      pointed = next;
      stage.drawTop();
    },
    mark: (row) => {
      marked = row;
      stage.drawTop();
    },
    step,
    toSvg: () => stage.toSvg(),
    toPng: () => stage.toPng(),
    dispose: () => stage.dispose(),
  };
}
