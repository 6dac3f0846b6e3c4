/**
 * The results of a run: how it is doing, learning curves or the course of the dynamics, parity plots, and beside them
 * the structure of the chosen point. What is absent says why and what to do.
 */
import * as v from 'valibot';
import type { FrameData } from '../../protocol/frames';
import type { ResultsHost, ResultsView, RunView } from '../../protocol/panels';
import { decodeParity, SETS, type Parity } from '../../protocol/parity';
import type { EpochEvent, RunEvent, RunState, StepEvent } from '../../protocol/run';
import { symbolOf } from '../../language/elements';
import { announce, button, fill, h, icon, segmented, setText, type IconName } from '../dom';
import { fileName, formatCount, formatDuration, formatFixed, formatNumber, formatTime } from '../format';
import { connect, keepState } from '../host';
import { createChart, type Chart } from '../plots/curves';
import { createParityPlot, type ParityPlot } from '../plots/parity-plot';
import { forcesOf, rowsOf, UNITS, worstRows, type ParityRows, type Quantity, type Visible } from '../plots/parity-rows';
import type { WorstStructure } from '../../engine/analysis/error-report';
import { createErrorSection } from './error-section';
import { createViewer, INITIAL_VIEWER, viewerState, type Viewer } from '../viewer/viewer';

/** `folder` lets the extension restore the panel after a reload of the window. */
const panelState = v.object({
  panel: v.literal('results'),
  folder: v.string(),
  log: v.boolean(),
  axis: v.picklist(['epoch', 'time']),
  chart: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2)),
  quantity: v.picklist(['energy', 'force']),
  residual: v.boolean(),
  visible: v.object({ train: v.boolean(), test: v.boolean() }),
  viewer: viewerState,
});

const STATES: Readonly<Record<RunState, { readonly icon: IconName; readonly text: string }>> = {
  running: { icon: 'play', text: 'Running' },
  finished: { icon: 'check', text: 'Finished' },
  failed: { icon: 'close', text: 'Failed' },
  stopped: { icon: 'stop', text: 'Stopped' },
  interrupted: { icon: 'warning', text: 'Interrupted' },
};

const KINDS = { train: 'Training', evaluate: 'Evaluation', md: 'Molecular dynamics' } as const;
const COMPONENTS = ['x', 'y', 'z'] as const;
const WORST_LISTED = 24;
const MESSAGES_KEPT = 200;

type Message = Extract<RunEvent, { type: 'log' | 'warning' }>;

export function showResults(root: HTMLElement): void {
  const kept = keepState(panelState, {
    panel: 'results',
    folder: '',
    log: true,
    axis: 'epoch',
    chart: 0,
    quantity: 'force',
    residual: false,
    visible: { train: true, test: true },
    viewer: INITIAL_VIEWER,
  });

  let run: RunView | undefined;
  let epochs: EpochEvent[] = [];
  let steps: StepEvent[] = [];
  let messages: Message[] = [];
  let progress: { stage: string; done: number; total: number; remaining?: number } | undefined;
  let parity: Parity | undefined;
  const rows: Partial<Record<Quantity, ParityRows>> = {};

  const channel = connect<ResultsView, ResultsHost>({
    requests: {},
    notifications: {
      run: (next) => {
        const first = run === undefined;
        const changed = run !== undefined && run.state !== next.state;
        run = next;
        kept.update({ folder: next.folder });
        if (first) layOut();
        describeRun();
        if (changed) announce(`${KINDS[next.manifest.kind]} ${next.manifest.label}: ${STATES[next.state].text}`);
      },
      events: ({ events, reset }) => {
        if (reset) {
          epochs = [];
          steps = [];
          messages = [];
          progress = undefined;
        }
        for (const event of events) take(event);
        drawCharts();
        describeRun();
      },
      parity: ({ bytes }) => showParity(bytes),
    },
  });

  // ----- header -----

  const title = h('h1', {});
  const kind = h('span', { class: 'muted' });
  const chip = h('span', { class: 'chip' });
  const progressText = h('span', { class: 'progress-text' });
  const bar = h('div', { class: 'progress-bar' });
  const track = h(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': 'Progress', 'aria-valuemin': 0, 'aria-valuemax': 100 },
    bar,
  );
  const stopButton = button(
    'stop',
    'Stop after this step, keeping a checkpoint',
    () => channel.notify('stop', undefined),
    {
      caption: 'Stop',
      class: 'secondary',
    },
  );
  const resumeButton = button('resume', 'Go on from the last checkpoint', () => channel.notify('resume', undefined), {
    caption: 'Resume',
    class: 'primary',
  });
  const trajectoryButton = button('open', 'Open the trajectory', () => openTrajectory(), {
    caption: 'Trajectory',
    class: 'primary',
  });
  const textButton = button('text', 'Open the definition', () => {
    if (run !== undefined) channel.notify('openText', { file: run.manifest.file });
  });
  const problem = h('div', { class: 'banner error', role: 'alert', hidden: true });
  const figures = h('div', { class: 'figures' });
  const body = h('main', { class: 'results', 'data-width': 'medium' });
  const waiting = h('div', { class: 'empty' }, h('p', {}, 'Waiting for the run…'));
  fill(
    root,
    h(
      'header',
      { class: 'panel-header' },
      h('div', { class: 'headline' }, title, kind, chip),
      h('span', { class: 'spacer' }),
      progressText,
      stopButton,
      resumeButton,
      trajectoryButton,
      textButton,
    ),
    track,
    problem,
    body,
    waiting,
  );
  for (const each of [stopButton, resumeButton, trajectoryButton, textButton, track]) each.hidden = true;

  function take(event: RunEvent): void {
    switch (event.type) {
      case 'epoch':
        // A resumed run repeats the epochs after its checkpoint.
        while (epochs.length > 0 && epochs[epochs.length - 1].epoch >= event.epoch) epochs.pop();
        epochs.push(event);
        progress = undefined;
        break;
      case 'step':
        while (steps.length > 0 && steps[steps.length - 1].step >= event.step) steps.pop();
        steps.push(event);
        progress = undefined;
        break;
      case 'progress':
        progress = event;
        break;
      case 'log':
      case 'warning':
        messages = [...messages.slice(1 - MESSAGES_KEPT), event];
        break;
      case 'state':
        break;
    }
  }

  /** How far the run is, 0…1, and in words. */
  function howFar(): { part: number | undefined; text: string } {
    if (progress !== undefined) {
      const { stage, done, total, remaining } = progress;
      const part = total > 0 ? Math.min(1, done / total) : undefined;
      const words = [stage, part === undefined ? '' : `${Math.floor(part * 100)} %`, left(remaining)];
      return { part, text: words.filter((each) => each !== '').join(' · ') };
    }
    const epoch = epochs.at(-1);
    if (epoch !== undefined) {
      const before = epochs.at(-21) ?? epochs[0];
      const rate = (epoch.elapsed - before.elapsed) / (epoch.epoch - before.epoch);
      return {
        part: epoch.epochs > 0 ? epoch.epoch / epoch.epochs : undefined,
        text: [`epoch ${epoch.epoch} of ${epoch.epochs}`, left(rate * (epoch.epochs - epoch.epoch))]
          .filter((each) => each !== '')
          .join(' · '),
      };
    }
    const step = steps.at(-1);
    if (step !== undefined) {
      const before = steps.at(-101) ?? steps[0];
      const rate = (step.elapsed - before.elapsed) / (step.step - before.step);
      return {
        part: step.steps > 0 ? step.step / step.steps : undefined,
        text: [`step ${formatCount(step.step)} of ${formatCount(step.steps)}`, left(rate * (step.steps - step.step))]
          .filter((each) => each !== '')
          .join(' · '),
      };
    }
    return { part: undefined, text: 'starting' };
  }

  function describeRun(): void {
    if (run === undefined) return;
    const { manifest, state } = run;
    waiting.hidden = true;
    setText(title, manifest.label);
    title.title = run.folder;
    setText(kind, `${KINDS[manifest.kind]} ${fileName(run.folder)}`);
    if (chip.dataset.state !== state) {
      chip.dataset.state = state;
      fill(chip, state === 'running' ? h('span', { class: 'pulse' }) : icon(STATES[state].icon), STATES[state].text);
    }
    const { part, text } = howFar();
    const running = state === 'running';
    const last = epochs.at(-1) ?? steps.at(-1);
    setText(
      progressText,
      running
        ? text
        : [last === undefined ? '' : text.split(' · ')[0], last === undefined ? '' : formatDuration(last.elapsed)]
            .filter((each) => each !== '')
            .join(' · '),
    );
    track.hidden = !running;
    track.classList.toggle('unknown', part === undefined);
    bar.style.width = part === undefined ? '' : `${(part * 100).toFixed(1)}%`;
    if (part === undefined) track.removeAttribute('aria-valuenow');
    else track.setAttribute('aria-valuenow', String(Math.round(part * 100)));
    track.setAttribute('aria-valuetext', text);
    stopButton.hidden = !running;
    resumeButton.hidden = state !== 'interrupted' && state !== 'stopped';
    trajectoryButton.hidden = manifest.kind !== 'md' || trajectoryFile() === undefined;
    textButton.hidden = false;
    const reason = manifest.error ?? messages.findLast((each) => each.type === 'warning')?.message;
    problem.hidden = state !== 'failed' && state !== 'interrupted';
    setText(
      problem,
      state === 'failed'
        ? `The run failed. ${reason ?? 'Its last messages stand below.'}`
        : 'The process of this run ended without saying so (the machine may have been restarted). Resume goes on from the last checkpoint; nothing before it is lost.',
    );
    describeFigures();
    describeMessages();
    describeEmpty();
  }

  // ----- key figures -----

  function figure(name: string, value: string, unit: string, second = '', title = ''): HTMLElement {
    return h(
      'div',
      { class: 'figure', title: title === '' ? undefined : title },
      h('div', { class: 'figure-name' }, name),
      h('div', { class: 'figure-value' }, value, unit === '' ? undefined : h('span', { class: 'unit' }, ` ${unit}`)),
      h('div', { class: 'figure-second' }, second),
    );
  }

  const milli = (value: number | null | undefined): string =>
    formatNumber(value === null || value === undefined ? undefined : value * 1000, 3);

  let figuresText = '';
  function describeFigures(): void {
    if (run === undefined) return;
    const { manifest } = run;
    const shown: HTMLElement[] = [];
    if (manifest.kind === 'md') {
      const last = steps.at(-1);
      if (last !== undefined) {
        const half = steps.slice(Math.floor(steps.length / 2));
        const mean = half.reduce((sum, each) => sum + each.temperature, 0) / half.length;
        const spread = Math.sqrt(half.reduce((sum, each) => sum + (each.temperature - mean) ** 2, 0) / half.length);
        shown.push(
          figure(
            'Simulated',
            ...splitUnit(formatTime(last.time)),
            `step ${formatCount(last.step)} of ${formatCount(last.steps)}`,
          ),
          figure(
            'Temperature',
            formatFixed(last.temperature, 0),
            'K',
            `mean ${formatFixed(mean, 0)} ± ${formatFixed(spread, 0)} K, second half`,
          ),
          figure(
            'Conserved quantity',
            formatNumber((last.conserved - steps[0].conserved) * 1000, 3),
            'meV',
            'change since the start',
          ),
          figure('Potential energy', formatFixed(last.potential_energy, 3), 'eV', ''),
        );
      }
    } else {
      const epoch = epochs.at(-1);
      const test = manifest.test ?? undefined;
      const train = manifest.train ?? undefined;
      const of = (
        name: string,
        unit: string,
        testValue: number | null | undefined,
        trainValue: number | null | undefined,
      ): HTMLElement =>
        testValue === null || testValue === undefined
          ? figure(name, milli(trainValue), unit, 'train')
          : figure(name, milli(testValue), unit, `test · train ${milli(trainValue)}`);
      if (epoch !== undefined || test !== undefined || train !== undefined) {
        shown.push(
          of(
            'Energy RMSE',
            'meV/atom',
            test?.energy_rmse ?? epoch?.energy_rmse.test,
            train?.energy_rmse ?? epoch?.energy_rmse.train,
          ),
          of(
            'Force RMSE',
            'meV/Å',
            test?.force_rmse ?? epoch?.force_rmse.test,
            train?.force_rmse ?? epoch?.force_rmse.train,
          ),
        );
      }
      if (epoch !== undefined) {
        const best = epochs.reduce((a, b) => ((b.loss.test ?? b.loss.train) < (a.loss.test ?? a.loss.train) ? b : a));
        shown.push(
          figure(
            'Best epoch',
            formatCount(best.epoch),
            '',
            `${best.loss.test === null ? 'train' : 'test'} loss ${formatNumber(best.loss.test ?? best.loss.train)}`,
          ),
          figure(
            'Learning rate',
            epoch.learning_rate === null ? '–' : formatNumber(epoch.learning_rate, 2),
            '',
            `epoch ${formatCount(epoch.epoch)} of ${formatCount(epoch.epochs)}`,
          ),
        );
      }
      if (train !== undefined || test !== undefined)
        shown.push(
          figure(
            'Structures',
            formatCount((train?.structures ?? 0) + (test?.structures ?? 0)),
            '',
            `${formatCount(train?.structures ?? 0)} train · ${formatCount(test?.structures ?? 0)} test`,
          ),
        );
    }
    const text = shown.map((each) => each.textContent).join('|');
    if (text === figuresText) return;
    figuresText = text;
    fill(figures, ...shown);
  }

  // ----- charts -----

  let charts: Chart[] = [];
  const chartGrid = h('div', { class: 'chart-grid' });
  const chartEmpty = h('p', { class: 'muted note' });
  const messageList = h('details', { class: 'messages' });

  const plots: Partial<Record<Quantity, ParityPlot>> = {};
  const parityGrid = h('div', { class: 'parity-grid' });
  const parityNote = h('p', { class: 'muted note' });
  const paritySection = h('section', { class: 'section', 'aria-label': 'Parity' });
  const worstTable = h('table', { class: 'worst' });
  const worstCard = h('section', { class: 'card worst-card', hidden: true });
  const errorSection = createErrorSection(chooseStructure);
  const structureCard = h('section', { class: 'card structure', 'aria-label': 'Structure of the chosen point' });

  /** Builds what this kind of run shows; once. */
  function layOut(): void {
    if (run === undefined) return;
    const md = run.manifest.kind === 'md';
    const sections: HTMLElement[] = [figures];
    if (run.manifest.kind !== 'evaluate') sections.push(md ? layOutDynamics() : layOutCurves());
    if (!md) sections.push(layOutParity(), errorSection.element);
    fill(body, ...sections, messageList);
    new ResizeObserver(() => {
      const width = body.clientWidth;
      body.dataset.width = width >= 1080 ? 'wide' : width >= 680 ? 'medium' : 'narrow';
    }).observe(body);
    drawCharts();
  }

  function chartSection(name: string, tabs: readonly string[], ...controls: readonly HTMLElement[]): HTMLElement {
    const choose = (to: number): void => {
      kept.update({ chart: to });
      chartGrid.dataset.chosen = String(to);
    };
    chartGrid.dataset.chosen = String(kept.value.chart);
    const chooser = segmented(
      'Chart',
      tabs.map((caption, k) => ({ value: String(k), caption })),
      String(kept.value.chart),
      (value) => choose(Number(value)),
    );
    chooser.element.classList.add('when-not-wide');
    fill(chartGrid, ...charts.map((chart) => chart.element));
    return h(
      'section',
      { class: 'section', 'aria-label': name },
      h(
        'div',
        { class: 'section-head' },
        h('h2', {}, name),
        chooser.element,
        h('span', { class: 'spacer' }),
        ...controls,
      ),
      chartEmpty,
      chartGrid,
    );
  }

  function layOutCurves(): HTMLElement {
    const series = [
      { label: 'train', color: 'train' },
      { label: 'test', color: 'test', dashed: true },
    ] as const;
    const { log } = kept.value;
    charts = [
      createChart({ title: 'Loss', unit: 'weighted', series, log, group: 'curves' }),
      createChart({ title: 'Energy RMSE', unit: 'meV/atom', series, log, group: 'curves' }),
      createChart({ title: 'Force RMSE', unit: 'meV/Å', series, log, group: 'curves' }),
    ];
    const scale = segmented(
      'Scale',
      [
        { value: 'log', caption: 'log' },
        { value: 'linear', caption: 'linear' },
      ],
      log ? 'log' : 'linear',
      (value) => {
        kept.update({ log: value === 'log' });
        for (const chart of charts) chart.setLog(value === 'log');
      },
    );
    const axis = segmented(
      'Against',
      [
        { value: 'epoch', caption: 'epoch' },
        { value: 'time', caption: 'time' },
      ],
      kept.value.axis,
      (value) => {
        kept.update({ axis: value });
        drawCharts();
      },
    );
    return chartSection('Learning curves', ['Loss', 'Energy', 'Forces'], scale.element, axis.element);
  }

  function layOutDynamics(): HTMLElement {
    charts = [
      createChart({
        title: 'Energy change',
        unit: 'eV',
        series: [
          { label: 'potential', color: 'train' },
          { label: 'kinetic', color: 'test', dashed: true },
        ],
        log: false,
        group: 'dynamics',
      }),
      createChart({
        title: 'Temperature',
        unit: 'K',
        series: [{ label: 'T', color: 'test' }],
        log: false,
        group: 'dynamics',
        digits: 4,
      }),
      createChart({
        title: 'Conserved quantity, change',
        unit: 'meV',
        series: [{ label: 'ΔE', color: 'third' }],
        log: false,
        group: 'dynamics',
      }),
    ];
    return chartSection('Course', ['Energies', 'Temperature', 'Conserved']);
  }

  function drawCharts(): void {
    if (charts.length === 0 || run === undefined) return;
    if (run.manifest.kind === 'md') {
      const last = steps.at(-1);
      const [unit, scale] = last !== undefined && last.time >= 1e4 ? ['ps', 1e-3] : ['fs', 1];
      const x = steps.map((step) => step.time * scale);
      const label = `time (${unit})`;
      const start = steps.at(0);
      charts[0].setData(x, label, [
        steps.map((step) => step.potential_energy - (start?.potential_energy ?? 0)),
        steps.map((step) => step.kinetic_energy - (start?.kinetic_energy ?? 0)),
      ]);
      charts[1].setData(x, label, [steps.map((step) => step.temperature)]);
      charts[2].setData(x, label, [steps.map((step) => (step.conserved - (start?.conserved ?? 0)) * 1000)]);
    } else {
      const elapsed = epochs.at(-1)?.elapsed ?? 0;
      const [unit, scale] = elapsed >= 7200 ? ['h', 1 / 3600] : elapsed >= 180 ? ['min', 1 / 60] : ['s', 1];
      const byTime = kept.value.axis === 'time';
      const x = epochs.map((epoch) => (byTime ? epoch.elapsed * scale : epoch.epoch));
      const label = byTime ? `time (${unit})` : 'epoch';
      const thousandths = (value: number | null): number | null => (value === null ? null : value * 1000);
      charts[0].setData(x, label, [epochs.map(({ loss }) => loss.train), epochs.map(({ loss }) => loss.test)]);
      charts[1].setData(
        x,
        label,
        SETS.map((set) => epochs.map(({ energy_rmse }) => thousandths(energy_rmse[set]))),
      );
      charts[2].setData(
        x,
        label,
        SETS.map((set) => epochs.map(({ force_rmse }) => thousandths(force_rmse[set]))),
      );
    }
  }

  function describeEmpty(): void {
    if (run === undefined) return;
    tellDrawn({ curves: epochs.length + steps.length > 0 ? charts.length : 0 });
    const { state, manifest } = run;
    const md = manifest.kind === 'md';
    const count = md ? steps.length : epochs.length;
    chartEmpty.hidden = count > 0;
    chartGrid.hidden = count === 0;
    setText(
      chartEmpty,
      state === 'running'
        ? md
          ? 'The first step is being prepared.'
          : 'Curves appear after the first epoch; data are read and symmetry functions computed before it.'
        : 'This run ended before its first recorded step.',
    );
    parityNote.hidden = parity !== undefined;
    for (const each of [worstButton, modeChooser, quantityChooser.element]) each.hidden = parity === undefined;
    parityGrid.hidden = parity === undefined;
    structureCard.hidden = parity === undefined;
    worstCard.hidden = parity === undefined;
    setText(
      parityNote,
      state === 'running'
        ? 'Predictions against reference values appear here when the run ends.'
        : state === 'finished'
          ? 'This run left no predictions (parity.bin is missing or not readable). Run an evaluate block to make them.'
          : 'There are no predictions: the run did not get that far. Resume it, or start it again.',
    );
  }

  function describeMessages(): void {
    const warnings = messages.filter((each) => each.type === 'warning').length;
    messageList.hidden = messages.length === 0;
    const text = `${messages.length}/${warnings}/${messages.at(-1)?.t ?? 0}`;
    if (messageList.dataset.text === text) return;
    messageList.dataset.text = text;
    fill(
      messageList,
      h('summary', {}, `Messages${warnings === 0 ? '' : ` · ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}`),
      h(
        'ol',
        {},
        ...messages.map((each) =>
          h(
            'li',
            { class: each.type },
            h('time', {}, new Date(each.t).toLocaleTimeString()),
            each.type === 'warning' ? icon('warning') : undefined,
            h(
              'span',
              {},
              `${each.type === 'warning' && each.code !== undefined ? `${each.code} ` : ''}${each.message}`,
            ),
          ),
        ),
      ),
    );
  }

  // ----- parity -----

  let viewer: Viewer | undefined;
  let asking: AbortController | undefined;
  let chosen: { quantity: Quantity; row: number } | undefined;
  const structureTitle = h('h3', {}, 'Structure');
  const structureFacts = h('div', { class: 'structure-facts' });
  const structureHolder = h('div', { class: 'viewer-holder' });
  const structureEmpty = h(
    'div',
    { class: 'empty' },
    h('p', {}, 'Click a point to see its structure.'),
    h('p', {}, h('kbd', {}, 'N'), ' ', h('kbd', {}, 'P'), ' step through the largest errors'),
  );
  const openFrame = button('open', 'Open in the trajectory viewer', () => {
    const at = placeOf(chosen);
    if (at !== undefined) channel.notify('openTrajectory', at);
  });
  const openFrameText = button('text', 'Open the text of the data file here', () => {
    const at = placeOf(chosen);
    if (at !== undefined) channel.notify('openText', at);
  });
  const worstButton = button('warning', 'Next worst error', () => plots[kept.value.quantity]?.step(1), {
    caption: 'Next worst',
    class: 'secondary',
    keys: 'N',
  });

  function layOutParity(): HTMLElement {
    for (const quantity of ['energy', 'force'] as const) {
      const plot = createParityPlot({
        quantity,
        visible: kept.value.visible,
        residual: kept.value.residual,
        onSelect: (row) => choose(quantity, row),
        onVisible: setVisible,
        describe: (row) => describeRow(quantity, row),
      });
      plots[quantity] = plot;
      const card = h(
        'section',
        { class: `card parity-card ${quantity}` },
        h(
          'div',
          { class: 'card-head' },
          h(
            'h3',
            {},
            quantity === 'energy' ? 'Energy' : 'Forces',
            h('span', { class: 'unit' }, ` (${UNITS[quantity].value})`),
          ),
        ),
        plot.element,
      );
      card.addEventListener('focusin', () => setQuantity(quantity));
      parityGrid.append(card);
    }
    quantityChooser.element.classList.add('when-narrow');
    parityGrid.dataset.chosen = kept.value.quantity;
    fill(
      structureCard,
      h('div', { class: 'card-head' }, structureTitle, h('span', { class: 'spacer' }), openFrameText, openFrame),
      structureHolder,
      structureFacts,
    );
    fill(structureHolder, structureEmpty);
    openFrame.hidden = true;
    openFrameText.hidden = true;
    fill(
      worstCard,
      h('div', { class: 'card-head' }, h('h3', {}, 'Largest errors')),
      h('div', { class: 'worst-scroll' }, worstTable),
    );
    parityGrid.append(structureCard, worstCard);
    fill(
      paritySection,
      h(
        'div',
        { class: 'section-head' },
        h('h2', {}, 'Prediction against reference'),
        quantityChooser.element,
        h('span', { class: 'spacer' }),
        worstButton,
        modeChooser,
      ),
      parityNote,
      parityGrid,
    );
    return paritySection;
  }

  const modeChooser = segmented(
    'Plot',
    [
      { value: 'parity', caption: 'parity' },
      { value: 'residual', caption: 'residual' },
    ],
    kept.value.residual ? 'residual' : 'parity',
    (value) => {
      kept.update({ residual: value === 'residual' });
      for (const plot of Object.values(plots)) plot.setResidual(value === 'residual');
    },
  ).element;

  const quantityChooser = segmented<Quantity>(
    'Quantity',
    [
      { value: 'energy', caption: 'Energy' },
      { value: 'force', caption: 'Forces' },
    ],
    kept.value.quantity,
    (value) => setQuantity(value),
  );

  function setQuantity(quantity: Quantity): void {
    if (kept.value.quantity === quantity) return;
    kept.update({ quantity });
    quantityChooser.set(quantity);
    parityGrid.dataset.chosen = quantity;
    describeWorst();
  }

  function setVisible(visible: Visible): void {
    kept.update({ visible: { train: visible.train, test: visible.test } });
    for (const plot of Object.values(plots)) plot.setVisible(visible);
    describeWorst();
  }

  function showParity(bytes: Uint8Array): void {
    const decoded = bytes instanceof Uint8Array ? decodeParity(bytes) : undefined;
    parity = decoded;
    chosen = undefined;
    for (const quantity of ['energy', 'force'] as const) {
      const next = decoded === undefined ? undefined : rowsOf(decoded, quantity);
      rows[quantity] = next;
      plots[quantity]?.setRows(next);
      plots[quantity]?.mark(undefined);
    }
    describeEmpty();
    describeWorst();
    errorSection.setParity(decoded);
    tellDrawn({ points: (decoded?.energy.structure.length ?? 0) + (decoded?.force.structure.length ?? 0) });
    if (decoded !== undefined)
      announce(
        `${decoded.energy.structure.length} energies and ${decoded.force.structure.length} force components are predicted.`,
      );
  }

  function placeOf(
    point: { quantity: Quantity; row: number } | undefined,
  ): { file: string; frame: number } | undefined {
    if (parity === undefined || point === undefined) return undefined;
    const structure = parity[point.quantity].structure[point.row];
    return { file: parity.files[parity.structureFile[structure]], frame: parity.structureFrame[structure] };
  }

  function describeRow(quantity: Quantity, row: number): string[] {
    const at = placeOf({ quantity, row });
    if (parity === undefined || at === undefined) return [];
    const structure = parity[quantity].structure[row];
    const where = `${SETS[parity.structureSet[structure]]} · frame ${at.frame} of ${fileName(at.file)}`;
    return quantity === 'energy'
      ? [where, `${parity.structureAtoms[structure]} atoms`]
      : [where, `atom ${parity.force.atom[row]}, component ${COMPONENTS[parity.force.component[row]]}`];
  }

  /** Chooses the energy or the largest force error of a structure. */
  function chooseStructure({ structure, by }: WorstStructure): void {
    if (parity === undefined) return;
    const { structure: structures, reference, predicted } = parity[by];
    let row = -1;
    for (let k = 0; k < structures.length; k++) {
      if (structures[k] !== structure) continue;
      if (row < 0 || Math.abs(predicted[k] - reference[k]) > Math.abs(predicted[row] - reference[row])) row = k;
    }
    if (row < 0) return;
    plots[by]?.mark(row);
    choose(by, row);
  }

  /** A point was chosen: its structure is fetched and shown, the latest wish wins. */
  function choose(quantity: Quantity, row: number): void {
    const at = placeOf({ quantity, row });
    if (parity === undefined || at === undefined) return;
    chosen = { quantity, row };
    setQuantity(quantity);
    plots[quantity === 'energy' ? 'force' : 'energy']?.mark(undefined);
    describeWorst();
    asking?.abort();
    const asked = new AbortController();
    asking = asked;
    setText(structureTitle, `Frame ${at.frame} · ${fileName(at.file)}`);
    structureTitle.title = at.file;
    openFrame.hidden = false;
    openFrameText.hidden = false;
    channel.request('structure', at, asked.signal).then(
      (frame) => {
        if (!asked.signal.aborted) showStructure(frame, quantity, row);
      },
      (error: unknown) => {
        if (asked.signal.aborted) return;
        fill(
          structureFacts,
          h(
            'p',
            { class: 'failure' },
            `The structure could not be read: ${error instanceof Error ? error.message : String(error)} Was the data file moved or changed since the run?`,
          ),
        );
      },
    );
  }

  function showStructure(frame: FrameData, quantity: Quantity, row: number): void {
    if (parity === undefined) return;
    if (viewer === undefined) {
      viewer = createViewer({
        label: 'Structure of the chosen point',
        state: { ...kept.value.viewer, fitted: true },
        unrelated: true,
        onState: (state) => kept.update({ viewer: state }),
        onDrawn: (shown) => tellDrawn({ atoms: shown.numbers.length }),
        keys: [['N P', 'next, previous largest error']],
      });
      const own = viewer;
      own.element.addEventListener('keydown', (event) => {
        if (event.target instanceof HTMLButtonElement && (event.key === ' ' || event.key === 'Enter')) return;
        if (event.key !== 'n' && event.key !== 'p' && own.handleKey(event)) {
          event.preventDefault();
          event.stopPropagation();
        }
      });
      fill(structureHolder, own.element);
    }
    const structure = parity[quantity].structure[row];
    const expected = parity.structureAtoms[structure];
    viewer.select([]);
    viewer.setVectors(undefined);
    viewer.show(frame);
    if (frame.numbers.length !== expected) {
      viewer.highlight([]);
      fill(
        structureFacts,
        h(
          'p',
          { class: 'failure' },
          `The data file has changed since the run: this frame has ${frame.numbers.length} atoms, it had ${expected}. Run it again to compare.`,
        ),
      );
      return;
    }
    const reference = parity[quantity].reference[row];
    const predicted = parity[quantity].predicted[row];
    if (quantity === 'energy') {
      viewer.highlight([]);
      fill(structureFacts, facts('energy per atom', [reference], [predicted], 'eV/atom', 'meV/atom', 5));
    } else {
      const atom = parity.force.atom[row];
      const both = forcesOf(parity, structure);
      const only = (values: Float32Array): Float32Array => {
        const one = new Float32Array(values.length);
        one.set(values.subarray(3 * atom, 3 * atom + 3), 3 * atom);
        return one;
      };
      viewer.highlight([atom]);
      viewer.setVectors([
        { label: 'reference', color: (theme) => theme.foreground, values: only(both.reference) },
        { label: 'predicted', color: (theme) => theme.warning, values: only(both.predicted) },
      ]);
      fill(
        structureFacts,
        facts(
          `force on ${symbolOf(frame.numbers[atom])} ${atom}`,
          [...both.reference.subarray(3 * atom, 3 * atom + 3)],
          [...both.predicted.subarray(3 * atom, 3 * atom + 3)],
          'eV/Å',
          'meV/Å',
          3,
          parity.force.component[row],
        ),
      );
    }
    if (body.dataset.width !== 'wide') structureCard.scrollIntoView({ block: 'nearest' });
  }

  /** Reference, prediction and error of one number or of a vector's components. */
  function facts(
    name: string,
    reference: readonly number[],
    predicted: readonly number[],
    unit: string,
    errorUnit: string,
    decimals: number,
    component?: number,
  ): HTMLElement {
    const row = (
      label: string,
      values: readonly number[],
      digits: number,
      unitText: string,
      className = '',
    ): HTMLElement =>
      h(
        'tr',
        { class: className },
        h('th', { scope: 'row' }, label),
        ...values.map((value, k) => h('td', { class: k === component ? 'strong' : '' }, formatFixed(value, digits))),
        h('td', { class: 'unit' }, unitText),
      );
    return h(
      'table',
      { class: 'facts' },
      h('caption', {}, name),
      reference.length === 3
        ? h(
            'thead',
            {},
            h('tr', {}, h('td', {}), ...COMPONENTS.map((each) => h('th', { scope: 'col' }, each)), h('td', {})),
          )
        : undefined,
      h(
        'tbody',
        {},
        row('reference', reference, decimals, unit),
        row('predicted', predicted, decimals, unit, 'predicted'),
        row(
          'error',
          predicted.map((value, k) => (value - reference[k]) * 1000),
          1,
          errorUnit,
        ),
      ),
    );
  }

  function describeWorst(): void {
    const { quantity, visible } = kept.value;
    const shown = rows[quantity];
    if (shown === undefined || parity === undefined) return;
    const worst = worstRows(shown, visible, WORST_LISTED);
    const unit = UNITS[quantity];
    const body = [...worst].map((row) => {
      const at = placeOf({ quantity, row });
      const where =
        parity === undefined || at === undefined
          ? ''
          : quantity === 'energy'
            ? `${at.frame}`
            : `${at.frame} · atom ${parity.force.atom[row]} ${COMPONENTS[parity.force.component[row]]}`;
      const error = (shown.predicted[row] - shown.reference[row]) * 1000;
      const link = h('button', { type: 'button', class: 'link' }, where);
      link.addEventListener('click', () => {
        plots[quantity]?.mark(row);
        choose(quantity, row);
      });
      return h(
        'tr',
        { class: chosen?.quantity === quantity && chosen.row === row ? 'chosen' : '' },
        h('td', {}, link),
        h('td', {}, h('span', { class: `swatch ${SETS[shown.set[row]]}` }), SETS[shown.set[row]]),
        h('td', { class: 'number' }, formatFixed(shown.reference[row], 3)),
        h('td', { class: 'number' }, formatFixed(shown.predicted[row], 3)),
        h('td', { class: 'number strong' }, formatNumber(error, 3)),
      );
    });
    fill(
      worstTable,
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, quantity === 'energy' ? 'frame' : 'frame · component'),
          h('th', { scope: 'col' }, 'set'),
          h('th', { scope: 'col', class: 'number' }, `reference (${unit.value})`),
          h('th', { scope: 'col', class: 'number' }, 'predicted'),
          h('th', { scope: 'col', class: 'number' }, `error (${unit.error})`),
        ),
      ),
      h('tbody', {}, ...body),
    );
  }

  // ----- other -----

  let drawn = { curves: 0, points: 0, atoms: 0 };
  /** Tells the host what is on the screen, after the browser has painted it. */
  function tellDrawn(change: Partial<typeof drawn>): void {
    const before = drawn;
    drawn = { ...drawn, ...change };
    if (before.curves === drawn.curves && before.points === drawn.points && before.atoms === drawn.atoms) return;
    requestAnimationFrame(() => requestAnimationFrame(() => channel.notify('drawn', drawn)));
  }

  function trajectoryFile(): string | undefined {
    const name = run?.manifest.results?.trajectory;
    if (run === undefined || typeof name !== 'string' || name === '') return undefined;
    const separator = run.folder.includes('\\') ? '\\' : '/';
    return `${run.folder}${separator}${name}`;
  }

  function openTrajectory(): void {
    const file = trajectoryFile();
    if (file !== undefined) channel.notify('openTrajectory', { file, frame: 0 });
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== 'n' && event.key !== 'p') return;
    event.preventDefault();
    plots[kept.value.quantity]?.step(event.key === 'n' ? 1 : -1);
  });

  channel.notify('ready', undefined);
}

/** Time left, in words; nothing when it is not known. */
const left = (seconds: number | undefined): string =>
  seconds === undefined || !Number.isFinite(seconds) ? '' : `${formatDuration(seconds)} left`;

/** `12.5 ps` as value and unit. */
function splitUnit(text: string): [string, string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}
