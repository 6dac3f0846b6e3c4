/**
 * The rows of one quantity in the coordinates of a view (coordinates.ts): raw points while few are in view, a density picture
 * else. Points are chosen by click, `n` and `p`; selected by box, lasso, or all that are in view.
 */
import { announce } from '../dom';
import { formatCount, formatFixed, formatNumber } from '../format';
import { withAlpha, type Theme } from '../theme';
import { viridisCss } from '../viewer/colors';
import { calibrate } from '../../engine/analysis/calibration';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes, type Frame } from './axes';
import { coordinatesOf, type Coordinates, type View } from './coordinates';
import { bin, paint, paintPlain, type Bins } from './density';
import type { Change, ErrorPlot } from './error-plot';
import type { GroupedRows } from './groups';
import { createNavigation, type Tool } from './navigation';
import { UNITS, worstRows, type Quantity, type Range } from './parity-rows';
import { shapeOf, type Pen } from './pen';
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
  setView(view: View): void;
  setTool(tool: Tool): void;
  /** Shows a part of the plane. */
  zoomTo(x: Range, y: Range): void;
  /** Marks a row, or none; says nothing to the listener. */
  mark(row: number | undefined): void;
  /** Chooses the next (1) or previous (−1) of the worst rows. */
  step(by: 1 | -1): void;
}

export interface ParityPlotOptions {
  readonly quantity: Quantity;
  readonly visible: readonly boolean[];
  readonly view: View;
  readonly tool: Tool;
  /** A point was chosen. */
  readonly onChoose: (row: number) => void;
  /** The pointer has come over a point. */
  readonly onHover: (row: number) => void;
  readonly onSelect: (rows: Int32Array, change: Change) => void;
  /** Another part of the plane is in view; undefined: all again. */
  readonly onZoom: (zoom: { readonly x: Range; readonly y: Range } | undefined) => void;
  /** Lines of the readout that say which structure and atom a row is about. */
  readonly describe: (row: number) => readonly string[];
}

export function createParityPlot(options: ParityPlotOptions): ParityPlot {
  const { quantity } = options;
  const unit = UNITS[quantity];
  let { visible, view } = options;
  let rows: GroupedRows | undefined;
  /** Made when first needed. */
  let coordinates: Coordinates | undefined;
  /** Of a calibration: logarithms of σ and of the error that was found with it, of each bin. */
  let found: Float64Array | undefined;
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

  function place(shown: GroupedRows): Coordinates {
    coordinates ??= coordinatesOf(shown, view);
    return coordinates;
  }
  const axesOf = (at: Coordinates): Axes => ({ x: { ...x, ...at.axes.x }, y: { ...y, ...at.axes.y } });
  function frame(): Frame {
    const { width, height } = stage.size();
    if (rows === undefined) return { left: 0, top: 0, width: 1, height: 1 };
    const at = place(rows);
    return frameOf(width, height, axesOf(at), at.square);
  }

  function resetView(): void {
    if (rows === undefined) return;
    ({ x, y } = place(rows).start);
    stage.draw();
  }

  /** As the person, or another view of the rows, asks. */
  function showAll(): void {
    resetView();
    options.onZoom(undefined);
  }

  function zoomTo(nextX: Range, nextY: Range): void {
    x = nextX;
    y = nextY;
    stage.tell(undefined);
    stage.draw();
  }

  // ----- drawing -----

  function drawBase(pen: Pen, theme: Theme, width: number, height: number): void {
    const shown = rows;
    if (shown === undefined) return;
    const at = place(shown);
    const all = axesOf(at);
    const inner = frameOf(width, height, all, at.square);
    drawAxes(pen, theme, inner, all);
    within(pen, inner, () => {
      drawPoints(pen, theme, inner, all, shown, at);
      for (const { slope, offset, label } of at.guides) {
        const height = (value: number): number => toY(inner, all, slope * value + offset);
        const line = [toX(inner, all, x.low), height(x.low), toX(inner, all, x.high), height(x.high)];
        strokeLine(pen, line, withAlpha(theme.foreground, 0.6), 1, [5, 4]);
        if (label === undefined) continue;
        pen.fillStyle = theme.foreground;
        pen.font = `11px ${theme.font}`;
        pen.textAlign = 'left';
        pen.textBaseline = 'bottom';
        pen.fillText(label, inner.left + 6, height(x.low + (8 / inner.width) * (x.high - x.low)) - 3);
      }
      if (view === 'calibration') drawBins(pen, theme, inner, all, shown);
    });
    drawBorder(pen, theme, inner);
  }

  /** What should lie on the line: errors that were found, against what the committee said. */
  function drawBins(pen: Pen, theme: Theme, inner: Frame, all: Axes, shown: GroupedRows): void {
    const { spread, reference, predicted } = shown;
    if (spread === undefined) return;
    found ??= Float64Array.from(
      calibrate({ reference, predicted, spread }, visibleRows(shown))?.bins.flatMap(({ sigma, error }) =>
        [sigma, error].map((value) => Math.log10(unit.scale * value)),
      ) ?? [],
    );
    const places = Float32Array.from(found, (value, k) =>
      k % 2 === 0 ? toX(inner, all, value) : toY(inner, all, value),
    );
    strokeLine(pen, [...places], theme.background, 4);
    strokeLine(pen, [...places], theme.foreground, 2);
    pen.marks(places, { shape: 'square', radius: 6, color: theme.background, opacity: 1 });
    pen.marks(places, { shape: 'square', radius: 4.5, color: theme.foreground, opacity: 1 });
  }

  const visibleRows = ({ count, group }: GroupedRows): Int32Array =>
    Int32Array.from({ length: count }, (_, row) => row).filter((row) => visible[group[row]]);

  function drawPoints(pen: Pen, theme: Theme, inner: Frame, all: Axes, shown: GroupedRows, at: Coordinates): void {
    const { count, group, groups } = shown;
    const picture = (n: number, px: Float64Array, py: Float64Array, of: Uint8Array): Bins => {
      const width = Math.max(1, Math.round((inner.width * pen.ratio) / 2));
      const height = Math.max(1, Math.round((inner.height * pen.ratio) / 2));
      const horizontal = { offset: x.low, scale: width / (x.high - x.low) };
      const vertical = { offset: y.high, scale: -height / (y.high - y.low) };
      return bin(n, px, py, of, visible, horizontal, vertical, width, height);
    };
    const bins = count > RAW_POINTS ? picture(count, at.x, at.y, group) : undefined;
    if (bins !== undefined && bins.inside > RAW_POINTS) {
      pen.picture(paint(bins, theme.dark), inner.left, inner.top, inner.width, inner.height);
      drawScale(pen, theme, inner, bins.largest, at.square);
    } else {
      const many = count > 2000;
      // The train set first, so that the few points of others lie on top.
      groups.forEach((_, which) => {
        if (!visible[which]) return;
        const places = placesOf(inner, all, at.x, at.y, count, (i) => group[i] === which);
        const color = theme.series[which % theme.series.length];
        pen.marks(places, { shape: shapeOf(which), radius: many ? 2 : 3.2, color, opacity: many ? 0.5 : 0.75 });
      });
    }
    if (selected.length === 0) return;
    const chosen = selected.filter((row) => visible[group[row]]);
    const px = Float64Array.from(chosen, (row) => at.x[row]);
    const py = Float64Array.from(chosen, (row) => at.y[row]);
    if (chosen.length > RAW_POINTS) {
      const of = Uint8Array.from(chosen, (row) => group[row]);
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
  function drawScale(
    pen: Pen,
    theme: Theme,
    { left, top, width, height }: Frame,
    largest: number,
    below: boolean,
  ): void {
    const [length, steps] = [84, 28];
    const [from, above] = [left + width - length - 12, below ? top + height - 34 : top + 12];
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
    const at = place(shown);
    const all = axesOf(at);
    within(pen, inner, () => {
      navigation.drawRegion(pen, theme);
      if (pointed.length > 0) {
        const lit = pointed.filter((row) => visible[shown.group[row]]);
        const px = Float64Array.from(lit, (row) => at.x[row]);
        const py = Float64Array.from(lit, (row) => at.y[row]);
        const places = placesOf(inner, all, px, py, lit.length, () => true);
        const many = lit.length > 2000;
        pen.marks(places, { shape: 'disc', radius: many ? 3 : 5, color: theme.background, opacity: 0.9 });
        pen.marks(places, { shape: 'disc', radius: many ? 2 : 3.4, color: theme.foreground, opacity: 1 });
      }
      // With a rim, so that it is seen among many. Both in one way: the browser is then ready for a click when one points.
      const ring = (row: number, radius: number, width: number, color: string): void => {
        const [px, py] = [toX(inner, all, at.x[row]), toY(inner, all, at.y[row])];
        for (const [wide, shade] of [
          [width + 2, theme.background],
          [width, color],
        ] as const) {
          pen.strokeStyle = shade;
          pen.lineWidth = wide;
          pen.beginPath();
          pen.arc(px, py, radius, 0, 2 * Math.PI);
          pen.stroke();
        }
      };
      if (hovered !== undefined) ring(hovered, 5.5, 1.5, theme.foreground);
      if (marked !== undefined) ring(marked, 7, 2.5, theme.warning);
    });
  }

  // ----- pointing -----

  function indexed(shown: GroupedRows): PointIndex {
    const at = place(shown);
    index ??= indexPoints(at.x, at.y, shown.group, shown.groups.length);
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
    return points.nearest(cx, cy, kx, ky, REACH, visible);
  }

  function readout(row: number): string[] {
    if (rows === undefined) return [];
    const { value, error, scale, decimals } = unit;
    const { spread } = rows;
    const told = (name: string, size: number): string => `${name}  ${formatFixed(size, decimals)} ${value}`;
    const wrong = (name: string, size: number): string => `${name}  ${formatNumber(size * scale, 4)} ${error}`;
    return [
      ...options.describe(row),
      told('reference', rows.reference[row]),
      ...(quantity === 'angle'
        ? [wrong('angle', rows.error[row])]
        : [told('predicted', rows.predicted[row]), wrong('error', rows.error[row])]),
      ...(spread === undefined ? [] : [wrong('committee ±', spread[row])]),
    ];
  }

  function hover(at: { x: number; y: number } | undefined): void {
    const row = at && rowAt(at.x, at.y);
    if (row !== hovered) {
      hovered = row;
      stage.drawTop();
      if (row !== undefined) options.onHover(row);
    }
    input.classList.toggle('over-point', row !== undefined);
    stage.tell(row === undefined ? undefined : readout(row).join('\n'), at?.x, at?.y);
  }

  function select(polygon: Polygon, change: Change): void {
    if (rows === undefined) return;
    const at = place(rows);
    options.onSelect(pointsWithin(polygon, at.x, at.y, rows.group, visible), change);
  }

  const navigation = createNavigation(stage, {
    tool: options.tool,
    frame,
    view: () => ({ x, y }),
    onView: (nextX, nextY) => {
      zoomTo(nextX, nextY);
      options.onZoom({ x, y });
    },
    onReset: showAll,
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
    // Shift and Caps Lock make it a capital.
    const key = event.key.toLowerCase();
    if (key === 'n') step(1);
    else if (key === 'p') step(-1);
    else if (key === 'a') select(rectangle(x.low, y.low, x.high, y.high), event.shiftKey ? 'add' : 'replace');
    else if (key === 'd') select(rectangle(x.low, y.low, x.high, y.high), 'remove');
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
      // Other groups of the same rows leave the view as it is.
      const same = next !== undefined && rows?.error === next.error;
      rows = next;
      coordinates = same ? coordinates : undefined;
      found = undefined;
      index = undefined;
      worst = undefined;
      hovered = undefined;
      if (!same) selected = pointed = new Int32Array(0);
      if (next === undefined || (marked !== undefined && marked >= next.count)) marked = undefined;
      input.setAttribute(
        'aria-label',
        next === undefined
          ? `Parity plot of ${unit.name}: no data yet`
          : `Parity plot of ${unit.name} with ${next.count} points. N and P step through the largest errors, plus and minus zoom, arrows move, A selects what is in view, Shift and A adds it, D takes it away, Enter adds or takes away the chosen point, Escape selects nothing.`,
      );
      indexWhenIdle();
      if (same) stage.draw();
      else resetView();
    },
    setVisible: (next) => {
      visible = next;
      worst = found = undefined;
      stage.draw();
    },
    setView: (next) => {
      if (view === next) return;
      view = next;
      coordinates = found = index = undefined;
      indexWhenIdle();
      showAll();
    },
    zoomTo,
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
