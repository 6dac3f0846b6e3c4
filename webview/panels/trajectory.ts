/** The viewer of a file of frames: structure, timeline, and what the file says of the frame. */
import * as v from 'valibot';
import { kindOfChain } from '../../engine/structure/chain';
import { MEASURED, type FrameData } from '../../protocol/frames';
import type { TrajectoryHost, TrajectoryView } from '../../protocol/panels';
import { unitOfLength } from '../../protocol/units';
import type { LinkedView } from '../../protocol/view';
import { afterPicture, announce, button, fill, h, keptByControl, setText } from '../dom';
import { fileName, formatCount, formatTime } from '../format';
import { connect, keepState } from '../host';
import { tabulateCurves } from '../plots/line-drawing';
import { createFrameLoader } from '../viewer/frame-loader';
import { nameOf } from '../viewer/measure';
import { createSeriesReader } from '../viewer/series';
import { createStripChart } from '../viewer/strip-chart';
import { createTimeline, END, TIMELINE_KEYS } from '../viewer/timeline';
import { INITIAL_VIEWER, viewerState } from '../viewer/state';
import { createViewer, markDrawn } from '../viewer/viewer';
import { fillFrameDetails } from './trajectory/frame-details';
import { createPredictionChoice } from './trajectory/prediction-choice';
import { createRecording } from './trajectory/recording';
import { createSaveForm } from './trajectory/save-form';

const index = v.pipe(v.number(), v.integer(), v.minValue(0));

const POINTING_MILLISECONDS = 100;
/** So many atoms have a distance, an angle or a dihedral. */
const MAXIMUM_MEASURED = 4;
/** How long the rest of the page waits for the first structure. */
const REVEALING_MILLISECONDS = 500;
/** Selected atoms that are remembered for the next time that the file is opened. */
const MAXIMUM_REMEMBERED = 1000;

/** `path` lets the extension restore the panel after a reload of the window. */
const panelState = v.object({
  panel: v.literal('trajectory'),
  path: v.string(),
  frame: index,
  selection: v.array(index),
  speed: v.pipe(v.number(), v.minValue(0.1), v.maxValue(240)),
  stride: v.pipe(v.number(), v.integer(), v.minValue(1)),
  end: v.picklist(END),
  /** What the strip under the view shows. */
  strip: v.string(),
  /** A file that grows is shown at its end. */
  follow: v.boolean(),
  /** Looks as the other viewers that are linked, and shows the same frame. */
  linked: v.boolean(),
  details: v.boolean(),
  /** Folder of the run whose predictions are shown too; '' none. */
  predictions: v.optional(v.string(), ''),
  viewer: viewerState,
});

export function showTrajectory(root: HTMLElement): void {
  const kept = keepState(
    panelState,
    {
      panel: 'trajectory',
      path: '',
      frame: 0,
      selection: [],
      speed: 15,
      stride: 1,
      end: 'loop',
      strip: '',
      follow: false,
      linked: false,
      details: false,
      predictions: '',
      viewer: INITIAL_VIEWER,
    },
    (state) =>
      channel.notify('remember', {
        state: JSON.stringify({ ...state, selection: state.selection.slice(0, MAXIMUM_REMEMBERED) }),
      }),
  );
  let known = {
    name: '',
    path: kept.value.path,
    frames: 0,
    generation: NaN,
    complete: false,
    progress: 0,
    torn: false,
  };
  /** The frame at which the file was left, until it is known that far or the person goes elsewhere. */
  let left: number | undefined;
  /** Whether a frame of the file, as it is now, was wished for. */
  let begun = false;
  /** What is done now was wished by another viewer: it must not be told again. */
  let following = false;
  let telling = false;
  /** What the linked viewers have told each other last. */
  let shared: LinkedView = {};
  let pointing: ReturnType<typeof setTimeout> | undefined;
  /** `plain` is the frame as it came, without predictions. */
  let shown: { frame: FrameData; plain: FrameData; index: number } | undefined;
  /** The frame that was wished for and can't be read. */
  let unreadable: number | undefined;
  /** Atoms of a frame that are pointed at from elsewhere. */
  let ringed: { readonly frame: number; readonly atoms: readonly number[] } | undefined;

  const channel = connect<TrajectoryView, TrajectoryHost>({
    requests: {},
    notifications: {
      trajectory: ({ ahead, ...next }) => {
        // A file that grows only adds frames.
        if (next.path !== known.path || next.generation !== known.generation) {
          loader.clear();
          viewer.resetScales();
          // Of the first that is told, nothing was predicted before.
          if (!Number.isNaN(known.generation)) predictions.renew();
          shown = unreadable = undefined;
          begun = false;
          left = kept.value.frame;
        }
        viewer.setUnits(next.units);
        if (ahead !== undefined) loader.keep(ahead.index, ahead.frame);
        const grown = next.frames > known.frames;
        known = { progress: 0, torn: false, ...next };
        kept.update({ path: next.path });
        setText(title, next.name === '' ? fileName(next.path) : next.name);
        title.title = next.path;
        timeline.setCount(next.frames, next.complete);
        readSeries();
        empty.hidden = next.frames > 0;
        // What is shown because it is there, nobody points at.
        following = true;
        setText(emptyText, next.complete ? 'This file has no frames.' : 'Reading…');
        if (next.frames > 0) {
          const back = left;
          if (kept.value.follow && (grown || !begun)) timeline.go(next.frames - 1);
          else if (back !== undefined && back < next.frames) timeline.go(back);
          else if (!begun) {
            timeline.go(0);
            if (!next.complete) left = back;
          }
        }
        following = false;
        describeCount();
      },
      show: ({ frame, atoms }) => {
        problem.hidden = true;
        following = true;
        // Also if more is told of the file before the frame is there.
        kept.update({ frame });
        timeline.go(frame);
        if (atoms !== undefined) {
          ringed = { frame, atoms };
          showRinged();
          // Of more there is nothing to measure.
          viewer.select(atoms.length <= MAXIMUM_MEASURED ? atoms : []);
        }
        following = false;
      },
      linked: ({ view, frame }) => {
        if (!kept.value.linked) return;
        if (view !== undefined) {
          shared = { ...shared, view };
          viewer.look(view);
        }
        if (frame === undefined) return;
        shared = { ...shared, frame };
        following = true;
        if (frame !== timeline.index && frame < known.frames) timeline.go(frame);
        following = false;
      },
      predictors: ({ predictors }) => predictions.offer(predictors),
      failed: ({ message }) => fail(message),
    },
  });

  const title = h('h1', {});
  const count = h('span', { class: 'muted' });
  const detailsButton = button('information', 'Values of the frame', () => toggleDetails(), { keys: 'I' });
  const linkButton = button('link', 'Link with other viewers', () => toggleLinked(), { keys: 'J' });
  const followButton = button('follow', 'Stay at the last frame of a file that grows', () => toggleFollow(), {
    keys: 'L',
  });
  const recording = createRecording({
    viewer: () => viewer,
    timeline: () => timeline,
    save: (offset, bytes, last) => channel.request('saveFilm', { name: `${baseName()}.webm`, offset, bytes, last }),
    failed: fail,
  });
  const saveButton = button('save', 'Save structures', () => saving.toggle(), { keys: 'K' });
  const problem = h('div', { class: 'banner error', role: 'alert', hidden: true });
  const emptyText = h('p', {}, 'Reading…');
  const empty = h('div', { class: 'empty' }, emptyText);
  const details = h('aside', { class: 'details', 'aria-label': 'Values of the frame' });
  const saving = createSaveForm({
    offer: () => ({
      frame: timeline.index,
      frames: known.frames,
      stride: kept.value.stride,
      selection: viewer.selection,
    }),
    save: (wish) => {
      const { types: elements } = kept.value.viewer;
      channel.notify('saveStructures', { ...wish, ...(shown?.frame.types !== undefined && { elements }) });
    },
    closed: () => viewer.focus(),
  });
  const viewer = createViewer({
    label: 'Structure',
    state: kept.value.viewer,
    selection: kept.value.selection,
    onState: (viewerNow) => kept.update({ viewer: viewerNow }),
    onView: () => tellLinked(),
    onSelection: (selection) => {
      kept.update({ selection: [...selection] });
      if (!following) ringed = undefined;
      measureSelection();
      tellPointed();
    },
    onDrawn: (frame, renderer) => {
      if (shown?.frame === frame) {
        channel.notify('drawn', { frame: shown.index, atoms: frame.numbers.length, renderer });
        markDrawn(shown.index);
        afterPicture(reveal);
      }
    },
    // Behind the drawing, as the view draws again for the picture.
    onPicture: () => setTimeout(() => recording.take()),
    chooseUnits: (units) => channel.notify('chooseUnits', { units }),
    saveImage: (base64) =>
      channel.notify('saveFile', {
        name: `${baseName()}-${timeline.index}.png`,
        kind: 'png',
        content: base64,
      }),
    keys: [
      ...TIMELINE_KEYS,
      ['I', 'values of the frame'],
      ['O', 'open the text of the frame'],
      ['L', 'stay at the last frame of a file that grows'],
      ['J', 'link view and frame with the other linked viewers'],
      ['M', 'record a film: plays from here to the end, or to the next M; Esc discards it'],
      ['K', 'save structures'],
    ],
  });
  const predictions = createPredictionChoice(
    kept.value.predictions,
    (folder) => channel.request('predictions', { folder }),
    (folder) => kept.update({ predictions: folder }),
    () => {
      viewer.resetScales();
      if (shown !== undefined) present(shown.plain, shown.index);
    },
  );
  const loader = createFrameLoader(
    (wanted, signal) => channel.request('frame', { index: wanted }, signal),
    (frame, at) => present(frame, at),
    (error, at) => {
      timeline.stop();
      unreadable = at;
      timeline.setShown(at, '');
      strip.setFrame(at);
      const still = shown === undefined ? '' : ` The picture is still that of frame ${shown.index}.`;
      fail(`Frame ${at} could not be read: ${error instanceof Error ? error.message : String(error)}${still}`);
    },
  );
  const timeline = createTimeline({
    index: kept.value.frame,
    speed: kept.value.speed,
    stride: kept.value.stride,
    end: kept.value.end,
    onWish: (wanted) => {
      begun = true;
      left = undefined;
      loader.show(wanted);
      if (!following && wanted !== ringed?.frame) ringed = undefined;
      tellLinked();
      tellPointed();
    },
    ready: () => shown?.index === timeline.index || unreadable === timeline.index,
    onChange: (change) => kept.update(change),
    onPlay: (playing) => {
      if (!playing) recording.finish();
    },
  });
  const strip = createStripChart({
    key: kept.value.strip,
    onKey: (key) => {
      kept.update({ strip: key });
      readSeries();
    },
    onWish: (frame) => timeline.go(frame),
    onSave: (name, unit, y) => {
      const x = Float64Array.from(y, (_, k) => k);
      const content = tabulateCurves({ title: name, unit, abscissa: 'frame', x, curves: [{ label: name, y }] });
      const file = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
      channel.notify('saveFile', { name: `${baseName()}-${file}.csv`, kind: 'csv', content });
    },
  });
  const series = createSeriesReader(
    (from) => channel.request('series', { from, ...(kept.value.strip === MEASURED && { atoms: measured }) }),
    (all) => strip.setSeries(all),
  );
  /** The atoms that were selected last and measure something. */
  let measured: readonly number[] = [];

  fill(
    root,
    h(
      'header',
      { class: 'panel-header slim' },
      title,
      count,
      h('span', { class: 'spacer' }),
      predictions.element,
      linkButton,
      followButton,
      ...recording.buttons,
      saveButton,
      button('text', 'Open the text of this frame', () => openText(), { keys: 'O' }),
      detailsButton,
    ),
    problem,
    predictions.problem,
    saving.element,
    h('main', { class: 'trajectory-body' }, h('div', { class: 'viewer-holder' }, viewer.element, empty), details),
    strip.element,
    timeline.element,
  );
  showDetails();
  showFollowing();
  // The structure comes first: where there is no graphics card, to draw the letters and icons takes longer than the atoms.
  root.classList.add('structure-first');
  setTimeout(reveal, REVEALING_MILLISECONDS);
  // What is hidden can't take the focus, where a key sends it.
  addEventListener('keydown', reveal, { capture: true, once: true });

  function reveal(): void {
    root.classList.remove('structure-first');
  }

  function present(plain: FrameData, at: number): void {
    const frame = predictions.apply(plain, at);
    const continues = shown !== undefined && Math.abs(at - shown.index) <= kept.value.stride;
    shown = { frame, plain, index: at };
    unreadable = undefined;
    problem.hidden = true;
    viewer.show(frame, continues);
    showRinged();
    const { time } = frame.info;
    timeline.setShown(at, typeof time === 'number' ? formatTime(time) : '');
    kept.update({ frame: left ?? at });
    strip.setFrame(at);
    if (measured !== kept.value.selection) measureSelection();
    if (kept.value.details) fillFrameDetails(details, frame);
    if (!timeline.playing) announce(`Frame ${at} of ${known.frames}`);
    else if (timeline.next !== undefined) loader.prefetch(timeline.next);
  }

  /** The numbers of all frames, when the file is known to its end, and on when it has grown. */
  function readSeries(): void {
    const atoms = kept.value.strip === MEASURED ? measured.join(' ') : '';
    if (known.complete) series.update(known.frames, known.generation, atoms);
  }

  /** The strip offers what the selection measures. */
  function measureSelection(): void {
    const { selection } = kept.value;
    const kind = kindOfChain(selection.length);
    const frame = shown?.frame;
    if (kind === undefined || frame === undefined || selection.some((atom) => atom >= frame.numbers.length)) return;
    measured = selection;
    const name = `${kind} ${selection.map((atom) => nameOf(frame, atom)).join(' – ')}`;
    strip.offer({ name, unit: kind === 'distance' ? unitOfLength(frame.units) : '°' });
    readSeries();
  }

  /** Rings about what is pointed at from elsewhere, in the frame where it is. */
  function showRinged(): void {
    viewer.highlight(ringed !== undefined && ringed.frame === shown?.index ? ringed.atoms : []);
  }

  function describeCount(): void {
    const { frames, complete, progress, torn } = known;
    const rest = complete ? (torn ? ', its end is missing' : '') : `, reading ${Math.floor(100 * progress)} %`;
    setText(count, frames === 0 ? '' : `${formatCount(frames)} ${frames === 1 ? 'frame' : 'frames'}${rest}`);
  }

  function fail(text: string): void {
    setText(problem, text);
    problem.hidden = false;
    if (shown === undefined) setText(emptyText, 'There is nothing to show.');
  }

  function openText(): void {
    channel.notify('openText', { frame: timeline.index });
  }

  function toggleFollow(): void {
    kept.update({ follow: !kept.value.follow });
    showFollowing();
    if (kept.value.follow) timeline.go(known.frames - 1);
    announce(kept.value.follow ? 'The last frame stays in view' : 'New frames come without being shown');
  }

  /** Tells the other linked viewers what has changed in how this one looks, once a picture. */
  function tellLinked(): void {
    if (!kept.value.linked || following || telling) return;
    telling = true;
    requestAnimationFrame(() => {
      telling = false;
      const { view } = kept.value.viewer;
      const frame = timeline.index;
      const changed = {
        ...(JSON.stringify(view) !== JSON.stringify(shared.view) && { view }),
        ...(frame !== shared.frame && { frame }),
      };
      shared = { view, frame };
      if (Object.keys(changed).length > 0) channel.notify('linked', changed);
    });
  }

  /** Tells the other views which structure is looked at; while frames pass by, ten times a second. */
  function tellPointed(): void {
    if (following) return;
    pointing ??= setTimeout(() => {
      pointing = undefined;
      channel.notify('pointAt', { frame: timeline.index, atoms: [...kept.value.selection] });
    }, POINTING_MILLISECONDS);
  }

  function toggleLinked(): void {
    kept.update({ linked: !kept.value.linked });
    showFollowing();
    shared = {};
    announce(kept.value.linked ? 'Linked: view and frame go with the other linked viewers' : 'Not linked');
    tellLinked();
  }

  function showFollowing(): void {
    linkButton.setAttribute('aria-pressed', String(kept.value.linked));
    followButton.setAttribute('aria-pressed', String(kept.value.follow));
  }

  const baseName = (): string => known.name.replace(/\.[^.]*$/, '') || 'structure';

  function toggleDetails(): void {
    kept.update({ details: !kept.value.details });
    showDetails();
  }

  function showDetails(): void {
    details.hidden = !kept.value.details;
    detailsButton.setAttribute('aria-pressed', String(kept.value.details));
    if (kept.value.details && shown !== undefined) fillFrameDetails(details, shown.frame);
  }

  const ownKeys: Readonly<Record<string, () => void>> = {
    i: toggleDetails,
    o: openText,
    j: toggleLinked,
    l: toggleFollow,
    m: () => recording.toggle(),
    k: () => saving.toggle(),
  };
  document.addEventListener('keydown', (event) => {
    if (keptByControl(event)) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const key = event.key.toLowerCase();
    if (plain && Object.hasOwn(ownKeys, key)) ownKeys[key]();
    else if (key === 'escape' && !saving.element.hidden) saving.toggle();
    else if (key === 'escape' && (viewer.closeForm() || recording.discard())) viewer.focus();
    else if (!viewer.handleKey(event) && !timeline.handleKey(event)) return;
    event.preventDefault();
  });

  channel.notify('ready', undefined);
}
