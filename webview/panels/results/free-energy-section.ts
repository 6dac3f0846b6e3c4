/**
 * The potential of mean force that umbrella windows give: key figures, the profile over the histograms, the windows as a
 * table, and what the chosen window has sampled.
 */
import type { RunView, SavedFile } from '../../../protocol/panels';
import type { Pmf, WindowSamples } from '../../../protocol/pmf';
import { fill, h, icon, segmented } from '../../dom';
import { formatFixed } from '../../format';
import {
  coordinateLabel,
  ENERGY_UNITS,
  PER_ELECTRONVOLT,
  shownUnit,
  type EnergyUnit,
} from '../../plots/free-energy-units';
import { tabulateCurves } from '../../plots/line-drawing';
import { countOf } from '../../plots/pmf-drawing';
import { createPmfPlot, energyText } from '../../plots/pmf-plot';
import type { History } from '../history';
import { onThemeChange } from '../../theme';
import { copyTableButton, saveButtons } from '../save-buttons';
import { createFigures, figure, splitUnit } from './figures';
import { createRunningWindow } from './running-window';
import { createWindowCard } from './window-card';
import { createWindowTable, weakestOverlap } from './window-table';

export interface FreeEnergySection {
  readonly element: HTMLElement;
  setPmf(pmf: Pmf | undefined): void;
  /** Shows what is simulated now, if anything is. */
  update(run: RunView, history: History): void;
}

export interface FreeEnergyOptions {
  readonly unit: EnergyUnit;
  readonly onUnit: (unit: EnergyUnit) => void;
  /** What a window has sampled, by its number from 0. */
  readonly ask: (window: number, signal: AbortSignal) => Promise<WindowSamples>;
  readonly onSave: (file: SavedFile) => void;
  /** To be put on the clipboard. */
  readonly onCopy: (text: string) => void;
}

export function createFreeEnergySection(options: FreeEnergyOptions): FreeEnergySection {
  let { unit } = options;
  let pmf: Pmf | undefined;
  let chosen: number | undefined;

  const figures = createFigures();
  const notes = h('div', { class: 'comparison-notes' });
  const running = createRunningWindow();
  const plot = createPmfPlot(choose);
  const table = createWindowTable(choose);
  const samples = createWindowCard({ ask: options.ask, onSave: options.onSave });
  const units = segmented<EnergyUnit>(
    'Unit of energy',
    ENERGY_UNITS.map((value) => ({ value, caption: value })),
    unit,
    (value) => {
      unit = value;
      options.onUnit(value);
      show();
    },
  );
  const waiting = h('p', { class: 'muted note' }, 'The profile appears when the first window has been sampled.');
  const grid = h(
    'div',
    { class: 'free-energy-grid', hidden: true },
    h(
      'section',
      { class: 'card', 'aria-label': 'Profile and histograms' },
      h('div', { class: 'card-head' }, h('h3', {}, 'Profile and histograms')),
      plot.element,
      saveButtons(
        'Potential of mean force',
        {
          csv: () => (pmf === undefined ? '' : tabulatePmf(pmf, unit)),
          svg: () => plot.toSvg(),
          png: () => plot.toPng(),
        },
        options.onSave,
      ),
    ),
    h(
      'section',
      { class: 'card', 'aria-label': 'Windows' },
      h(
        'div',
        { class: 'card-head' },
        h('h3', {}, 'Windows'),
        h('span', { class: 'spacer' }),
        copyTableButton(table.table, options.onCopy),
      ),
      table.element,
      samples.element,
    ),
  );
  const element = h(
    'section',
    { class: 'section', 'aria-label': 'Potential of mean force' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', {}, 'Potential of mean force'),
      h('span', { class: 'spacer' }),
      units.element,
    ),
    figures.element,
    notes,
    running.element,
    waiting,
    grid,
  );

  function choose(window: number | undefined): void {
    chosen = window;
    show();
  }

  function show(): void {
    if (pmf === undefined) return;
    plot.set({ pmf, unit, window: chosen });
    table.update(pmf, chosen);
    samples.show(pmf, chosen);
    figures.update(figuresOf(pmf, unit));
    fill(notes, ...notesOf(pmf).map((note) => h('p', {}, icon('warning'), note)));
  }

  // The ramp of the windows is another one on light ground.
  onThemeChange(show);
  return {
    element,
    update: ({ state, manifest: { kind } }, { window }) => {
      running.update(state === 'running' ? window : []);
      // The windows of a rate were sampled by another run, or another program.
      samples.element.hidden = kind !== 'umbrella';
    },
    setPmf: (next) => {
      pmf = next;
      waiting.hidden = next !== undefined;
      grid.hidden = next === undefined;
      if (chosen !== undefined && chosen >= (next?.meta.windows.length ?? 0)) chosen = undefined;
      show();
    },
  };
}

function figuresOf({ meta }: Pmf, unit: EnergyUnit): HTMLElement[] {
  const { barrier, windows, coordinate } = meta;
  const shown = shownUnit(coordinate);
  const place = (value: number): string => `${formatFixed(shown.scale * value, 2)} ${shown.unit}`.trimEnd();
  const weakest = weakestOverlap(meta);
  const difference = splitUnit(`${formatFixed(meta.difference * PER_ELECTRONVOLT[unit], 3)} ${unit}`);
  return [
    ...(barrier === null
      ? []
      : [
          figure(
            'Barrier',
            ...splitUnit(energyText(barrier.forward, barrier.forward_error, unit)),
            `from ${place(barrier.reactant)} over ${place(barrier.top)}`,
          ),
          figure(
            'Barrier back',
            ...splitUnit(energyText(barrier.backward, barrier.backward_error, unit)),
            `from ${place(barrier.product)}`,
          ),
        ]),
    figure(
      'Halves differ by',
      ...difference,
      meta.converged ? 'within their errors: converged' : 'more than their errors',
    ),
    figure(
      'Windows',
      String(windows.length),
      '',
      weakest === undefined ? '' : `smallest overlap ${formatFixed(100 * weakest, 0)} %`,
    ),
    figure('Temperature', formatFixed(meta.temperature, 0), 'K'),
  ];
}

/** What is to be known before the profile is believed. */
function notesOf({ meta }: Pmf): string[] {
  if (!meta.connected)
    return [
      'The windows don’t hang together: where two neighbours have nothing in common the profile on one side has no known height above the other. Add a window between them, or make the springs softer.',
    ];
  return meta.converged
    ? []
    : ['The first and the second half of the samples give different profiles: sample for longer.'];
}

/** The profile and the histograms as comma-separated values. */
function tabulatePmf(pmf: Pmf, unit: EnergyUnit): string {
  const { coordinate, meta } = pmf;
  const factor = PER_ELECTRONVOLT[unit];
  const windows = meta.windows.map((_, window) => ({
    label: `samples of window ${window + 1}`,
    y: Array.from(coordinate, (_x, bin) => countOf(pmf, window, bin)),
  }));
  const present = (values: Float64Array): (number | null)[] =>
    Array.from(values, (value) => (Number.isNaN(value) ? null : value * factor));
  return tabulateCurves({
    title: '',
    unit: '',
    abscissa: coordinateLabel(meta.coordinate),
    x: coordinate.map((x) => x * shownUnit(meta.coordinate).scale),
    curves: [
      { label: `W (${unit})`, y: present(pmf.pmf) },
      { label: `error (${unit})`, y: present(pmf.error) },
      ...windows,
    ],
  });
}
