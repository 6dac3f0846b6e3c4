/**
 * The plot of a potential of mean force: the pointer or ← → tell values along the coordinate, in the histograms below (or with
 * ↑ ↓) a window is pointed at, a click or Enter chooses it, Esc lets go.
 */
import { announce } from '../dom';
import { formatCount, formatFixed, formatNumber } from '../format';
import type { Theme } from '../theme';
import { strokeLine, toX, toY } from './axes';
import { PER_ELECTRONVOLT, shownUnit, type EnergyUnit } from './free-energy-units';
import type { Pen } from './pen';
import { binWidth, countOf, drawPmf, layOutPmf, windowColor, type PmfView } from './pmf-drawing';
import { createStage } from './stage';

export interface PmfPlot {
  readonly element: HTMLElement;
  set(view: PmfView | undefined): void;
  toSvg(): string;
  /** base64 */
  toPng(): string;
}

/** @param onWindow a window was chosen, or none any more */
export function createPmfPlot(onWindow: (window: number | undefined) => void): PmfPlot {
  let view: PmfView | undefined;
  /** The bin at the cursor, and the window that is pointed at there. */
  let cursor: { readonly bin: number; readonly window: number | undefined } | undefined;

  const stage = createStage(
    'pmf',
    (pen, theme, width, height) => {
      if (view !== undefined) drawPmf(pen, theme, width, height, view);
    },
    drawTop,
  );
  const { input } = stage;

  function drawTop(pen: Pen, theme: Theme, width: number, height: number): void {
    if (view === undefined || cursor === undefined) return;
    const { pmf } = view;
    const { profile, histograms } = layOutPmf(width, height, view);
    const x = pmf.coordinate[cursor.bin];
    for (const { frame, axes } of [profile, histograms]) {
      const at = toX(frame, axes, x);
      strokeLine(pen, [at, frame.top, at, frame.top + frame.height], theme.muted, 1, [2, 3]);
    }
    const value = pmf.pmf[cursor.bin];
    const mark = (at: [number, number], color: string): void =>
      pen.marks(Float32Array.from(at), { shape: 'disc', radius: 4, color, opacity: 1 });
    if (!Number.isNaN(value))
      mark([toX(profile.frame, profile.axes, x), toY(profile.frame, profile.axes, value)], theme.series[0]);
    if (cursor.window === undefined) return;
    const count = countOf(pmf, cursor.window, cursor.bin);
    const color = windowColor(cursor.window, pmf.meta.windows.length, theme.dark);
    mark([toX(histograms.frame, histograms.axes, x), toY(histograms.frame, histograms.axes, count)], color);
  }

  function moveTo(next: typeof cursor, event?: MouseEvent): void {
    cursor = next;
    stage.drawTop();
    input.classList.toggle('over-point', event !== undefined && next?.window !== undefined);
    const lines = next === undefined || view === undefined ? undefined : describePlace(view, next.bin, next.window);
    if (lines === undefined) stage.tell(undefined);
    else if (event !== undefined) stage.tell(lines.join('\n'), stage.placeOf(event).x, stage.placeOf(event).y);
    else announce(lines.join(', '));
  }

  /** What is below the pointer: a bin, and among the histograms the one whose height is nearest. */
  function placeAt(event: MouseEvent, of: PmfView): typeof cursor {
    const { width, height } = stage.size();
    const { frame, axes } = layOutPmf(width, height, of).histograms;
    const { x, y } = stage.placeOf(event);
    const { coordinate, meta } = of.pmf;
    const bin = Math.floor(((x - frame.left) / frame.width) * coordinate.length);
    if (bin < 0 || bin >= coordinate.length) return undefined;
    if (y < frame.top) return { bin, window: undefined };
    const away = (window: number): number => Math.abs(toY(frame, axes, countOf(of.pmf, window, bin)) - y);
    const filled = [...meta.windows.keys()].filter((window) => countOf(of.pmf, window, bin) > 0);
    const nearest = filled.reduce<number | undefined>(
      (best, window) => (best === undefined || away(window) < away(best) ? window : best),
      undefined,
    );
    return { bin, window: nearest };
  }

  input.addEventListener('pointermove', (event) => {
    if (view !== undefined) moveTo(placeAt(event, view), event);
  });
  input.addEventListener('pointerleave', () => moveTo(undefined));
  input.addEventListener('click', (event) => {
    const at = view && placeAt(event, view);
    if (at?.window !== undefined) onWindow(at.window);
  });
  input.addEventListener('keydown', (event) => {
    if (view === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { pmf } = view;
    const last = pmf.coordinate.length - 1;
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const through = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (along !== undefined) {
      const from = cursor?.bin ?? Math.round(last / 2);
      const bin = Math.max(0, Math.min(last, from + along * (event.shiftKey ? 10 : 1)));
      moveTo({ bin, window: cursor?.window });
    } else if (through !== undefined) {
      const before = cursor?.window ?? view.window ?? (through > 0 ? -1 : pmf.meta.windows.length);
      const window = Math.max(0, Math.min(pmf.meta.windows.length - 1, before + through));
      const bin = Math.round((pmf.meta.windows[window].mean - pmf.coordinate[0]) / binWidth(pmf));
      moveTo({ bin: Math.max(0, Math.min(last, bin)), window });
    } else if (event.key === 'Enter' && cursor?.window !== undefined) onWindow(cursor.window);
    else if (event.key === 'Escape') {
      moveTo(undefined);
      onWindow(undefined);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener('blur', () => moveTo(undefined));

  return {
    element: stage.element,
    set: (next) => {
      // A profile that is made anew while the run goes on may have other bins.
      if (next?.pmf !== view?.pmf) cursor = undefined;
      view = next;
      input.setAttribute('aria-label', next === undefined ? 'No profile yet' : describePmf(next));
      stage.draw();
    },
    toSvg: () => stage.toSvg(),
    toPng: () => stage.toPng(),
  };
}

/** `0.31 ± 0.01 eV` */
export function energyText(value: number, error: number, unit: EnergyUnit): string {
  const factor = PER_ELECTRONVOLT[unit];
  // As many decimals as two digits of the error need.
  const decimals = error > 0 ? Math.max(0, Math.min(5, 1 - Math.floor(Math.log10(error * factor)))) : 3;
  return `${formatFixed(value * factor, decimals)} ± ${formatFixed(error * factor, decimals)} ${unit}`;
}

function describePlace({ pmf, unit }: PmfView, bin: number, window: number | undefined): string[] {
  const { name } = pmf.meta.coordinate;
  const shown = shownUnit(pmf.meta.coordinate);
  const value = pmf.pmf[bin];
  const lines = [
    `${name} ${formatNumber(shown.scale * pmf.coordinate[bin], 4)} ${shown.unit}`.trimEnd(),
    Number.isNaN(value) ? 'nothing was here' : `W = ${energyText(value, pmf.error[bin], unit)}`,
  ];
  if (window === undefined) return lines;
  const samples = pmf.meta.windows[window].samples;
  return [
    ...lines,
    `window ${window + 1}: ${formatCount(countOf(pmf, window, bin))} of ${formatCount(samples)} samples`,
  ];
}

/** What there is to see, for those who don't. */
function describePmf({ pmf, unit }: PmfView): string {
  const { barrier, windows, coordinate } = pmf.meta;
  const way =
    barrier === null
      ? 'no two minima'
      : `barrier ${energyText(barrier.forward, barrier.forward_error, unit)}, back ${energyText(barrier.backward, barrier.backward_error, unit)}`;
  return `Potential of mean force along ${coordinate.name} from ${windows.length} windows: ${way}. Left and right move along it, up and down through the windows, Enter chooses one, Escape none.`;
}
