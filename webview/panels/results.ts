/**
 * The results of a run: how it is doing, learning curves or the course of the dynamics, parity plots, and beside them
 * the structure of the chosen point. What is absent says why and what to do. Its sections stand in results/.
 */
import * as v from 'valibot';
import type { ResultsHost, ResultsView, RunView, SavedFile } from '../../protocol/panels';
import { decodeParity } from '../../protocol/parity';
import { decodePmf } from '../../protocol/pmf';
import type { RunManifest } from '../../protocol/run';
import { afterPicture, announce, fill, h, keptByControl, setText } from '../dom';
import { connect, keepState } from '../host';
import { ENERGY_UNITS } from '../plots/free-energy-units';
import { INITIAL_VIEWER, viewerState } from '../viewer/state';
import { createCurveSection, curveState, INITIAL_CURVES, type CurveSection } from './curve-section';
import { createHistory, type History } from './history';
import { createErrorSection } from './results/error-section';
import { createExplorationSection } from './results/exploration-section';
import { createFigures } from './results/figures';
import { createRunHeader, fileOf, STATES, trajectoryFile } from './results/header';
import { createFreeEnergySection } from './results/free-energy-section';
import { KINDS, type SectionName } from './results/kinds';
import { createMessageList } from './results/messages';
import { createParitySection } from './results/parity-section';
import { abridged, INITIAL_PARITY, parityState } from './results/parity-state';
import { keepScroll } from './results/scrolling';
import { createWidthObserver } from './width';

/** `folder` lets the extension restore the panel after a reload of the window. */
const panelState = v.object({
  panel: v.literal('results'),
  folder: v.string(),
  curves: curveState,
  parity: parityState,
  viewer: viewerState,
  energy: v.optional(v.picklist(ENERGY_UNITS), 'eV'),
  /** Pixels. */
  scroll: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
});

interface Section {
  readonly element: HTMLElement;
  readonly update?: (run: RunView, history: History) => void;
}

export function showResults(root: HTMLElement): void {
  const kept = keepState(
    panelState,
    {
      panel: 'results',
      folder: '',
      curves: INITIAL_CURVES,
      parity: INITIAL_PARITY,
      viewer: INITIAL_VIEWER,
      energy: 'eV',
      scroll: 0,
    },
    (state) => channel.notify('remember', { state: JSON.stringify({ ...state, parity: abridged(state.parity) }) }),
  );
  const history = createHistory();
  let run: RunView | undefined;
  let curves: CurveSection | undefined;

  const channel = connect<ResultsView, ResultsHost>({
    requests: {},
    notifications: {
      run: (next) => {
        const before = run;
        run = next;
        kept.update({ folder: next.folder });
        if (before === undefined) layOut(next.manifest);
        describe();
        if (before !== undefined && before.state !== next.state)
          announce(`${KINDS[next.manifest.kind].name} ${next.manifest.label}: ${STATES[next.state].text}`);
      },
      events: ({ events, reset }) => {
        history.take(events, reset);
        describe();
      },
      parity: ({ bytes }) => showParity(bytes),
      pmf: ({ bytes }) => showPmf(bytes),
      changed: ({ files }) => showChanged(new Map(files.map(({ file, reason }) => [file, reason]))),
      pointed: (pointed) => tellDrawn({ pointed: parity.point(pointed) }),
    },
  });

  const header = createRunHeader({
    stop: () => channel.notify('stop', undefined),
    resume: () => channel.notify('resume', undefined),
    openTrajectory: () => {
      const file = run === undefined ? undefined : trajectoryFile(run);
      if (file !== undefined) channel.notify('openTrajectory', { file, frame: 0 });
    },
    openDefinition: () => {
      if (run !== undefined) channel.notify('openText', { file: run.manifest.file });
    },
    compare: () => channel.notify('compare', undefined),
  });
  const body = h('main', { class: 'results', 'data-width': 'medium' });
  const scrolling = keepScroll(body, kept.value.scroll, (scroll) => kept.update({ scroll }));
  const waiting = h('div', { class: 'empty' }, h('p', {}, 'Waiting for the run…'));
  const changed = h('div', { class: 'banner error data-changed', role: 'alert', hidden: true });
  fill(root, ...header.elements, changed, body, waiting);

  const figures = createFigures();
  const messages = createMessageList();
  const parity = createParitySection({
    state: kept.value.parity,
    onState: (state) => kept.update({ parity: state }),
    body,
    viewer: kept.value.viewer,
    onViewer: (viewer) => kept.update({ viewer }),
    onDrawn: (atoms) => tellDrawn({ atoms }),
    ask: (place, signal) => channel.request('structure', place, signal),
    openTrajectory: (place) => channel.notify('openTrajectory', place),
    openText: (place) => channel.notify('openText', place),
    openSelection: (structures) => channel.notify('openSelection', { structures }),
    onPoint: (structure, atoms) => channel.notify('pointAt', { structure, atoms }),
    saveSelection: (structures) => channel.notify('saveSelection', { structures }),
    onCopy: (text) => channel.notify('copy', { text }),
    exclude: (structures) => channel.notify('exclude', { structures }),
    onExport: (quantity, file, rows) => {
      if (file.kind === 'csv') {
        if (quantity !== 'norm' && quantity !== 'angle') channel.notify('savePoints', { quantity, rows });
        return;
      }
      saveOfRun({ name: `${quantity}.${file.kind}`, ...file });
    },
  });
  const errors = createErrorSection({
    onChoose: (worst) => parity.chooseStructure(worst),
    onSelect: (fits) => parity.selectWhere('force', fits),
    onCopy: (text) => channel.notify('copy', { text }),
  });

  const freeEnergy = createFreeEnergySection({
    unit: kept.value.energy,
    onUnit: (energy) => kept.update({ energy }),
    ask: (window, signal) => channel.request('window', { window }, signal),
    onSave: saveOfRun,
    onCopy: (text) => channel.notify('copy', { text }),
  });
  const exploration = createExplorationSection({
    openLabelled: (frame) => {
      if (run !== undefined) channel.notify('openTrajectory', { file: fileOf(run, 'labelled.xyz'), frame });
    },
    onSave: saveOfRun,
    onCopy: (text) => channel.notify('copy', { text }),
  });
  const sections: Readonly<Record<SectionName, Section>> = {
    predictions: { element: parity.element, update: ({ state }) => parity.setState(state) },
    errors,
    freeEnergy,
    exploration,
  };

  function saveOfRun(file: SavedFile): void {
    channel.notify('saveFile', { ...file, name: `${run?.manifest.label ?? 'run'}-${file.name}` });
  }

  /** Builds what this kind of run shows; once. */
  function layOut({ kind }: RunManifest): void {
    waiting.hidden = true;
    const { course, sections: names } = KINDS[kind];
    curves =
      course &&
      createCurveSection({
        course,
        charts: course.charts(course.sources(history)),
        state: kept.value.curves,
        onState: (state) => kept.update({ curves: state }),
        onSave: saveOfRun,
      });
    fill(body, figures.element, curves?.element, ...names.map((name) => sections[name].element), messages.element);
    createWidthObserver(body);
  }

  function describe(): void {
    if (run === undefined) return;
    header.update(run, history);
    const { figures: figuresOf, course, sections: names } = KINDS[run.manifest.kind];
    figures.update(figuresOf(run, history));
    messages.update(history.messages);
    curves?.setEmpty(
      run.state === 'running' ? (course?.waiting ?? '') : 'This run ended before its first recorded step.',
    );
    for (const name of names) sections[name].update?.(run, history);
    tellDrawn({ curves: curves?.update() ?? 0 });
    scrolling.settle();
  }

  function showParity(bytes: Uint8Array): void {
    const decoded = bytes instanceof Uint8Array ? decodeParity(bytes) : undefined;
    parity.setParity(decoded);
    errors.setParity(decoded);
    const [energies, forces] = [decoded?.energy.structure.length ?? 0, decoded?.force.structure.length ?? 0];
    tellDrawn({ points: energies + forces, pointed: 0 });
    scrolling.settle();
    if (decoded !== undefined) announce(`${energies} energies and ${forces} force components are predicted.`);
  }

  function showChanged(reasons: ReadonlyMap<string, string>): void {
    changed.hidden = reasons.size === 0;
    const rest = 'Structures can’t be shown, saved or left out. The plots, the tables and the numbers in them are those of the run.'; // prettier-ignore
    setText(changed, `${[...reasons.values()].join(', ')}. ${rest}`);
    parity.setChanged(reasons);
  }

  function showPmf(bytes: Uint8Array): void {
    const pmf = bytes instanceof Uint8Array ? decodePmf(bytes) : undefined;
    freeEnergy.setPmf(pmf);
    tellDrawn({ points: pmf?.coordinate.length ?? 0 });
    if (pmf !== undefined) announce(`The profile rests on ${pmf.meta.windows.length} windows.`);
  }

  let drawn = { curves: 0, points: 0, pointed: 0, atoms: 0 };
  /** Tells the host what is on the screen, after the browser has painted it. */
  function tellDrawn(change: Partial<typeof drawn>): void {
    const before = drawn;
    drawn = { ...drawn, ...change };
    if (Object.entries(drawn).every(([name, value]) => before[name as keyof typeof drawn] === value)) return;
    afterPicture(() => channel.notify('drawn', drawn));
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || keptByControl(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== 'n' && event.key !== 'p') return;
    event.preventDefault();
    parity.step(event.key === 'n' ? 1 : -1);
  });

  channel.notify('ready', undefined);
}
