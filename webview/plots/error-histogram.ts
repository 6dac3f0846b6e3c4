/**
 * How often errors of each size are: counts of predicted − reference on a logarithmic axis, one outline for each set, with
 * the normal distribution of the same mean and spread; a range of errors can be selected. meV/atom, meV/Å.
 */
import type { ErrorStatistics } from '../../engine/analysis/errors';
import { announce } from '../dom';
import { formatCount, formatFixed, formatNumber } from '../format';
import { withAlpha, type Theme } from '../theme';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes, type Frame } from './axes';
import type { Change, ErrorPlot } from './error-plot';
import type { GroupedRows } from './groups';
import { UNITS, type Quantity } from './parity-rows';
import type { Pen } from './pen';
import { createStage } from './stage';

const MAXIMUM_BINS = 81;

/** Fewer, wider bins for fewer errors; an odd number. */
const binsFor = (count: number): number =>
  Math.max(11, Math.min(MAXIMUM_BINS, 2 * Math.floor(Math.sqrt(count) / 2) + 1));

export interface Histogram {
  readonly bins: number;
  /** Left edge of the first bin and width of each, eV. */
  readonly low: number;
  readonly width: number;
  /** Counts of each group. */
  readonly counts: readonly Uint32Array[];
}

/** An odd number of bins around zero that hold every finite error; the middle one is the smallest errors. Of angles from zero. */
export function countErrors(
  { quantity, count, error, group, groups }: Pick<GroupedRows, 'quantity' | 'count' | 'error' | 'group' | 'groups'>,
  bins = binsFor(count),
): Histogram {
  let most = 0;
  for (let i = 0; i < count; i++) {
    const size = Math.abs(error[i]);
    if (size > most && size < Infinity) most = size;
  }
  const half = (most || 1e-6) * (1 + 1e-12);
  const low = quantity === 'angle' ? 0 : -half;
  const width = (half - low) / bins;
  const counts = groups.map(() => new Uint32Array(bins));
  for (let i = 0; i < count; i++) {
    const at = Math.floor((error[i] - low) / width);
    if (at >= 0 && at < bins && group[i] < groups.length) counts[group[i]][at]++;
  }
  return { bins, low, width, counts };
}

export function createErrorHistogram(options: {
  readonly quantity: Quantity;
  readonly visible: readonly boolean[];
  readonly onSelect: (rows: Int32Array, change: Change) => void;
}): ErrorPlot {
  const { quantity } = options;
  const { name, error: unit, scale } = UNITS[quantity];
  const subject = quantity === 'angle' ? 'angle between prediction and reference' : `error of the ${name}`;
  let { visible } = options;
  let rows: GroupedRows | undefined;
  let histogram: Histogram | undefined;
  let selected: Uint32Array | undefined;
  /** Bins that are being selected: where it began, and where it is. */
  let cursor: { from: number; to: number } | undefined;
  let dragging = false;
  let pointed: Int32Array = new Int32Array(0);

  const stage = createStage('histogram', drawBase, drawTop);
  const { input } = stage;

  function axesOf({ bins, low, width, counts }: Histogram): Axes {
    const largest = Math.max(1, ...counts.map((each) => Math.max(...each)));
    return {
      x: { low, high: low + bins * width, scale, label: `${subject} (${unit})` },
      y: { low: 0.7, high: largest * 1.6, log: true, label: `number in ${formatNumber(scale * width, 2)} ${unit}` },
    };
  }
  function frame(of: Histogram): Frame {
    const { width, height } = stage.size();
    return frameOf(width, height, axesOf(of));
  }

  function drawBase(pen: Pen, theme: Theme, width: number, height: number): void {
    if (histogram === undefined || rows === undefined) return;
    const axes = axesOf(histogram);
    const inner = frameOf(width, height, axes);
    const { counts } = histogram;
    const { statistics, groups } = rows;
    const shown = histogram;
    drawAxes(pen, theme, inner, axes);
    within(pen, inner, () => {
      const bottom = inner.top + inner.height;
      const top = (count: number): number => (count === 0 ? bottom : toY(inner, axes, count));
      const edge = (k: number): number => toX(inner, axes, shown.low + k * shown.width);
      const stairs = (of: Uint32Array): number[] =>
        [...of].flatMap((count, k) => [edge(k), top(count), edge(k + 1), top(count)]);
      groups.forEach((_, which) => {
        if (!visible[which]) return;
        const color = theme.series[which % theme.series.length];
        pen.fillStyle = withAlpha(color, 0.16);
        counts[which].forEach((count, k) => {
          if (count > 0) pen.fillRect(edge(k), top(count), edge(k + 1) - edge(k), bottom - top(count));
        });
        strokeLine(pen, stairs(counts[which]), color, 1.4, which === 0 ? [] : [5, 3]);
        const normal = quantity === 'angle' ? undefined : normalCurve(statistics[which], shown.width);
        if (normal === undefined) return;
        const line = Array.from({ length: 121 }, (_, k) => {
          const at = shown.low + (k / 120) * shown.bins * shown.width;
          return [toX(inner, axes, at), toY(inner, axes, Math.max(normal(at), 1e-3))];
        });
        strokeLine(pen, line.flat(), withAlpha(color, 0.75), 1, [2, 3]);
      });
      if (selected !== undefined) {
        pen.fillStyle = withAlpha(theme.warning, 0.75);
        selected.forEach((count, k) => {
          if (count > 0) pen.fillRect(edge(k), top(count), edge(k + 1) - edge(k), bottom - top(count));
        });
      }
    });
    drawBorder(pen, theme, inner);
    pen.fillStyle = theme.muted;
    pen.font = `10px ${theme.font}`;
    pen.textAlign = 'right';
    pen.textBaseline = 'top';
    if (quantity !== 'angle') pen.fillText('dotted: normal distribution', inner.left + inner.width - 8, inner.top + 7);
  }

  function drawTop(pen: Pen, theme: Theme): void {
    if (histogram === undefined || rows === undefined) return;
    const shown = histogram;
    const axes = axesOf(shown);
    const inner = frame(shown);
    for (const row of pointed) {
      const at = toX(inner, axes, rows.error[row]);
      strokeLine(pen, [at, inner.top + inner.height - 14, at, inner.top + inner.height], theme.focus, 1.5);
    }
    if (cursor === undefined) return;
    const [from, to] = [Math.min(cursor.from, cursor.to), Math.max(cursor.from, cursor.to) + 1];
    const left = toX(inner, axes, shown.low + from * shown.width);
    const right = toX(inner, axes, shown.low + to * shown.width);
    pen.fillStyle = withAlpha(theme.focus, 0.16);
    pen.fillRect(left, inner.top, right - left, inner.height);
    strokeLine(pen, [left, inner.top, left, inner.top + inner.height], theme.focus);
    strokeLine(pen, [right, inner.top, right, inner.top + inner.height], theme.focus);
  }

  function binAt(event: MouseEvent): number {
    if (histogram === undefined) return 0;
    const { bins } = histogram;
    const { left, width } = frame(histogram);
    const at = Math.floor(((stage.placeOf(event).x - left) / width) * bins);
    return Math.max(0, Math.min(bins - 1, at));
  }

  function describe({ from, to }: NonNullable<typeof cursor>): string {
    if (histogram === undefined || rows === undefined) return '';
    const { low, width, counts } = histogram;
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const edge = (k: number): string => formatFixed(scale * (low + k * width), 1);
    const lines = rows.groups.flatMap((group, which) => {
      if (!visible[which]) return [];
      const count = counts[which].subarray(first, last + 1).reduce((sum, each) => sum + each, 0);
      return counts[which].some((each) => each > 0) ? [`${group}  ${formatCount(count)}`] : [];
    });
    return [`${edge(first)} to ${edge(last + 1)} ${unit}`, ...lines].join('\n');
  }

  function moveTo(next: typeof cursor, event?: MouseEvent): void {
    cursor = next;
    stage.drawTop();
    if (next === undefined) stage.tell(undefined);
    else if (event !== undefined) stage.tell(describe(next), stage.placeOf(event).x, stage.placeOf(event).y);
    else announce(describe(next).replaceAll('\n', ', '));
  }

  function select(change: Change): void {
    if (rows === undefined || histogram === undefined || cursor === undefined) return;
    const { count, error, group } = rows;
    const { low, width } = histogram;
    const [first, last] = [Math.min(cursor.from, cursor.to), Math.max(cursor.from, cursor.to)];
    const found = new Int32Array(count);
    let n = 0;
    for (let i = 0; i < count; i++) {
      const at = Math.floor((error[i] - low) / width);
      if (at >= first && at <= last && visible[group[i]]) found[n++] = i;
    }
    options.onSelect(found.slice(0, n), change);
  }

  input.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    input.setPointerCapture(event.pointerId);
    dragging = true;
    const at = binAt(event);
    moveTo({ from: at, to: at }, event);
  });
  input.addEventListener('pointermove', (event) => {
    const at = binAt(event);
    moveTo({ from: dragging && cursor !== undefined ? cursor.from : at, to: at }, event);
  });
  input.addEventListener('pointerup', (event) => {
    if (!dragging) return;
    dragging = false;
    select(event.altKey ? 'remove' : event.shiftKey ? 'add' : 'replace');
  });
  input.addEventListener('pointerleave', () => {
    if (!dragging) moveTo(undefined);
  });
  input.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const bins = histogram?.bins ?? 1;
      const from = cursor?.from ?? (bins - 1) / 2;
      const moved = (cursor?.to ?? from) + (event.key === 'ArrowLeft' ? -1 : 1);
      const to = Math.max(0, Math.min(bins - 1, moved));
      moveTo({ from: event.shiftKey ? from : to, to });
    } else if (event.key === 'Enter') select(event.shiftKey ? 'add' : 'replace');
    else if (event.key.toLowerCase() === 'd') select('remove');
    else if (event.key === 'Escape') options.onSelect(new Int32Array(0), 'replace');
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    element: stage.element,
    setRows: (next) => {
      rows = next;
      histogram = next && countErrors(next);
      selected = undefined;
      pointed = new Int32Array(0);
      cursor = undefined;
      input.setAttribute(
        'aria-label',
        `Histogram of the ${subject}. Arrows move through it, with Shift they widen the range, Enter selects it, Shift and Enter adds it, D takes it away, Escape selects nothing.`,
      );
      stage.draw();
    },
    setVisible: (next) => {
      visible = next;
      stage.draw();
    },
    setSelection: (chosen) => {
      selected = undefined;
      if (rows !== undefined && histogram !== undefined && chosen.length > 0) {
        selected = new Uint32Array(histogram.bins);
        for (const row of chosen) {
          const at = Math.floor((rows.error[row] - histogram.low) / histogram.width);
          if (at >= 0 && at < histogram.bins) selected[at]++;
        }
      }
      stage.draw();
    },
    setPointed: (next) => {
      pointed = next;
      stage.drawTop();
    },
    toSvg: () => stage.toSvg(),
    toPng: () => stage.toPng(),
    dispose: () => stage.dispose(),
  };
}

/** Expected number per bin of a normal distribution with the mean and the spread of the errors; none without spread. */
function normalCurve(statistics: ErrorStatistics | null, width: number): ((error: number) => number) | undefined {
  if (statistics === null) return undefined;
  const { count, bias, rmse } = statistics;
  const variance = rmse * rmse - bias * bias;
  if (!(variance > 0)) return undefined;
  const scale = (count * width) / Math.sqrt(2 * Math.PI * variance);
  return (error) => scale * Math.exp(-((error - bias) ** 2) / (2 * variance));
}
