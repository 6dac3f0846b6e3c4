/** What a window of an umbrella sampling has sampled: its coordinate over time. */
import type { SavedFile } from '../../../protocol/panels';
import type { Pmf, WindowSamples } from '../../../protocol/pmf';
import { fill, h } from '../../dom';
import { createChart, type Chart } from '../../plots/curves';
import { coordinateLabel, shownUnit } from '../../plots/free-energy-units';
import type { Drawing } from '../../plots/line-drawing';
import { chartSaveButtons } from '../save-buttons';

export interface WindowCard {
  readonly element: HTMLElement;
  show(pmf: Pmf, window: number | undefined): void;
}

export function createWindowCard(options: {
  readonly ask: (window: number, signal: AbortSignal) => Promise<WindowSamples>;
  readonly onSave: (file: SavedFile) => void;
}): WindowCard {
  const hint = h('p', { class: 'muted note' }, 'Choose a window, here or in the histograms, to see what it sampled.');
  const element = h('div', { class: 'window-samples' }, hint);
  let chart: Chart | undefined;
  let asking = new AbortController();
  /** What is shown or asked for. */
  let shown = '';

  function show(pmf: Pmf, window: number | undefined): void {
    const next = window === undefined ? '' : `${window} ${pmf.meta.windows[window].samples}`;
    if (next === shown) return;
    shown = next;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    if (window === undefined) {
      chart?.dispose();
      chart = undefined;
      fill(element, hint);
      return;
    }
    options.ask(window, signal).then(
      (samples) => {
        if (!signal.aborted) draw(pmf, window, samples);
      },
      (error: unknown) => {
        if (signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        fill(element, h('p', { class: 'failure note' }, `The samples could not be read: ${reason}`));
      },
    );
  }

  function draw({ meta }: Pmf, window: number, { time, value }: WindowSamples): void {
    const { unit, scale } = shownUnit(meta.coordinate);
    const title = `Window ${window + 1}`;
    const long = (time.at(-1) ?? 0) >= 1e4;
    const abscissa = `time (${long ? 'ps' : 'fs'})`;
    const x = Array.from(time, (t) => (long ? t * 1e-3 : t));
    // Equally spaced centres are rarely quite the numbers that were meant.
    const center = Math.round(meta.windows[window].center * scale * 1e9) / 1e9;
    const curves = [
      { label: meta.coordinate.name, color: 0, dash: 'solid', y: Array.from(value, (each) => each * scale) },
      { label: 'centre', color: 1, dash: 'dashed', y: x.map(() => center) },
    ] as const;
    const drawing: Drawing = { title: coordinateLabel(meta.coordinate), unit: '', abscissa, x, curves };
    chart?.dispose();
    chart = createChart({ title, unit, series: curves, log: false, smoothing: 0, group: 'window', digits: 4 });
    chart.setData(
      abscissa,
      curves.map(({ y }) => ({ x, y })),
    );
    chart.element.append(chartSaveButtons(title, () => drawing, options.onSave));
    fill(element, chart.element);
  }

  return { element, show };
}
