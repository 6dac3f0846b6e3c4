/** The viewer of a file of frames: structure, timeline, and what the file says of the frame. */
import * as v from 'valibot';
import type { FrameData } from '../../protocol/frames';
import type { TrajectoryHost, TrajectoryView } from '../../protocol/panels';
import { announce, button, fill, h, setText } from '../dom';
import { fileName, formatCount, formatNumber, formatTime } from '../format';
import { connect, keepState } from '../host';
import { createFrameLoader } from '../viewer/frame-loader';
import { createTimeline, END, TIMELINE_KEYS } from '../viewer/timeline';
import { INITIAL_VIEWER, viewerState } from '../viewer/state';
import { createViewer } from '../viewer/viewer';

const index = v.pipe(v.number(), v.integer(), v.minValue(0));

/** `path` lets the extension restore the panel after a reload of the window. */
const panelState = v.object({
  panel: v.literal('trajectory'),
  path: v.string(),
  frame: index,
  selection: v.array(index),
  speed: v.pipe(v.number(), v.minValue(0.1), v.maxValue(240)),
  end: v.picklist(END),
  details: v.boolean(),
  viewer: viewerState,
});

/** Units of per-frame values whose meaning is fixed by name. */
const UNITS: Readonly<Record<string, string>> = {
  energy: 'eV',
  free_energy: 'eV',
  potential_energy: 'eV',
  kinetic_energy: 'eV',
  conserved: 'eV',
  temperature: 'K',
  time: 'fs',
  pressure: 'eV/Å³',
};

export function showTrajectory(root: HTMLElement): void {
  const kept = keepState(panelState, {
    panel: 'trajectory',
    path: '',
    frame: 0,
    selection: [],
    speed: 15,
    end: 'loop',
    details: false,
    viewer: INITIAL_VIEWER,
  });
  let known = { name: '', path: kept.value.path, frames: 0, complete: false };
  let shown: { frame: FrameData; index: number } | undefined;

  const channel = connect<TrajectoryView, TrajectoryHost>({
    requests: {},
    notifications: {
      trajectory: (next) => {
        // A growing file only adds frames; a shorter one, or another, is new.
        if (next.path !== known.path || next.frames < known.frames) loader.clear();
        const fresh = shown === undefined || next.path !== known.path;
        known = next;
        kept.update({ path: next.path });
        setText(title, next.name === '' ? fileName(next.path) : next.name);
        title.title = next.path;
        timeline.setCount(next.frames, next.complete);
        empty.hidden = next.frames > 0;
        setText(emptyText, next.complete ? 'This file has no frames.' : 'Reading…');
        if (next.frames > 0 && fresh && kept.value.frame < next.frames) timeline.go(kept.value.frame);
        else if (next.frames > 0 && fresh && next.complete) timeline.go(0);
        describeCount();
      },
      show: ({ frame, atoms }) => {
        problem.hidden = true;
        timeline.go(frame);
        if (atoms !== undefined) {
          viewer.highlight(atoms);
          viewer.select(atoms.slice(0, 4));
        }
      },
      failed: ({ message }) => fail(message),
    },
  });

  const title = h('h1', {});
  const count = h('span', { class: 'muted' });
  const detailsButton = button('information', 'Values of the frame', () => toggleDetails(), { keys: 'I' });
  const problem = h('div', { class: 'banner error', role: 'alert', hidden: true });
  const emptyText = h('p', {}, 'Reading…');
  const empty = h('div', { class: 'empty' }, emptyText);
  const details = h('aside', { class: 'details', 'aria-label': 'Values of the frame' });
  const viewer = createViewer({
    label: 'Structure',
    state: kept.value.viewer,
    selection: kept.value.selection,
    onState: (viewerNow) => kept.update({ viewer: viewerNow }),
    onSelection: (selection) => kept.update({ selection: [...selection] }),
    onDrawn: (frame, renderer) => {
      if (shown?.frame === frame)
        channel.notify('drawn', { frame: shown.index, atoms: frame.numbers.length, renderer });
    },
    saveImage: (base64) =>
      channel.notify('saveImage', {
        name: `${known.name.replace(/\.[^.]*$/, '') || 'structure'}-${timeline.index}.png`,
        base64,
      }),
    keys: [...TIMELINE_KEYS, ['I', 'values of the frame'], ['O', 'open the text of the frame']],
  });
  const loader = createFrameLoader(
    (wanted) => channel.request('frame', { index: wanted }),
    (frame, at) => present(frame, at),
    (error, at) => {
      timeline.dispose();
      fail(`Frame ${at} could not be read: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  const timeline = createTimeline({
    index: kept.value.frame,
    speed: kept.value.speed,
    end: kept.value.end,
    onWish: (wanted) => loader.show(wanted),
    ready: () => shown?.index === timeline.index,
    onChange: (change) => kept.update(change),
  });

  fill(
    root,
    h(
      'header',
      { class: 'panel-header slim' },
      title,
      count,
      h('span', { class: 'spacer' }),
      button('text', 'Open the text of this frame', () => openText(), { keys: 'O' }),
      detailsButton,
    ),
    problem,
    h('main', { class: 'trajectory-body' }, h('div', { class: 'viewer-holder' }, viewer.element, empty), details),
    timeline.element,
  );
  showDetails();

  function present(frame: FrameData, at: number): void {
    shown = { frame, index: at };
    problem.hidden = true;
    viewer.show(frame);
    const { time } = frame.info;
    timeline.setShown(at, typeof time === 'number' ? formatTime(time) : '');
    kept.update({ frame: at });
    if (kept.value.details) describeFrame();
    if (timeline.playing) loader.prefetch((at + 1) % Math.max(1, known.frames));
    else announce(`Frame ${at} of ${known.frames}`);
  }

  function describeCount(): void {
    setText(
      count,
      known.frames === 0
        ? ''
        : `${formatCount(known.frames)} ${known.frames === 1 ? 'frame' : 'frames'}${known.complete ? '' : ', reading…'}`,
    );
  }

  function fail(text: string): void {
    setText(problem, text);
    problem.hidden = false;
    if (shown === undefined) setText(emptyText, 'There is nothing to show.');
  }

  function openText(): void {
    channel.notify('openText', { frame: timeline.index });
  }

  function toggleDetails(): void {
    kept.update({ details: !kept.value.details });
    showDetails();
  }

  function showDetails(): void {
    details.hidden = !kept.value.details;
    detailsButton.setAttribute('aria-pressed', String(kept.value.details));
    if (kept.value.details) describeFrame();
  }

  function describeFrame(): void {
    if (shown === undefined) return;
    const { info, cell, periodic, columns } = shown.frame;
    const row = (name: string, value: string, unit = ''): HTMLElement[] => [
      h('dt', {}, name),
      h('dd', {}, value, unit === '' ? undefined : h('span', { class: 'unit' }, ` ${unit}`)),
    ];
    const values = Object.entries(info).flatMap(([key, value]) =>
      row(
        key,
        typeof value === 'number' ? formatNumber(value, 8) : String(value),
        Object.hasOwn(UNITS, key) ? UNITS[key] : '',
      ),
    );
    const lattice =
      cell === undefined
        ? row('cell', 'none')
        : [0, 1, 2].flatMap((k) =>
            row(
              ['a', 'b', 'c'][k],
              [...cell.subarray(3 * k, 3 * k + 3)].map((x) => formatNumber(x, 5)).join('  '),
              periodic[k] ? 'Å, periodic' : 'Å',
            ),
          );
    fill(
      details,
      h('h2', {}, 'Frame'),
      h('dl', {}, ...values),
      h('h2', {}, 'Cell'),
      h('dl', {}, ...lattice),
      h('h2', {}, 'Columns of the atoms'),
      Object.keys(columns).length === 0
        ? h('p', { class: 'muted' }, 'none besides species and position')
        : h(
            'dl',
            {},
            ...Object.entries(columns).flatMap(([name, { width }]) =>
              row(name, `${width} ${width === 1 ? 'value' : 'values'}`),
            ),
          ),
    );
  }

  document.addEventListener('keydown', (event) => {
    const { target } = event;
    // Controls keep the keys that they need themselves.
    if (target instanceof HTMLSelectElement) return;
    if (target instanceof HTMLInputElement && /^(Arrow|Home|End|Page)/.test(event.key)) return;
    if (target instanceof HTMLButtonElement && (event.key === ' ' || event.key === 'Enter')) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const own = plain && (event.key === 'i' || event.key === 'o');
    if (own && event.key === 'i') toggleDetails();
    if (own && event.key === 'o') openText();
    if (own || viewer.handleKey(event) || timeline.handleKey(event)) event.preventDefault();
  });

  channel.notify('ready', undefined);
}
