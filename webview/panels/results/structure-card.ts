/** The structure of a chosen point: its atoms with the forces of the point's atom, and the numbers. eV/atom, eV/Å. */
import type { FrameData } from '../../../protocol/frames';
import { COMPONENTS, forcesOf, STRESS_COMPONENTS, type Parity } from '../../../protocol/parity';
import { symbolOf } from '../../../language/elements';
import { button, fill, h, keptByControl, setText } from '../../dom';
import { fileName, formatFixed } from '../../format';
import { UNITS, type ParityRows } from '../../plots/parity-rows';
import { withPredictions } from '../../predictions';
import type { ViewerState } from '../../viewer/state';
import { createViewer, markDrawn, type Viewer } from '../../viewer/viewer';
import type { Place } from './place';

export interface StructureCardOptions {
  readonly viewer: ViewerState;
  readonly onViewer: (state: ViewerState) => void;
  /** The person has selected other atoms. */
  readonly onAtoms: (atoms: readonly number[]) => void;
  /** Number of atoms on the screen. */
  readonly onDrawn: (atoms: number) => void;
  readonly ask: (place: Place, signal: AbortSignal) => Promise<FrameData>;
  readonly openTrajectory: (place: Place) => void;
  readonly openText: (place: Place) => void;
}

export interface StructureCard {
  readonly element: HTMLElement;
  /** Fetches and shows the structure of a row, with atoms that are selected; the latest wish wins. */
  show(parity: Parity, rows: ParityRows, row: number, place: Place, atoms: readonly number[]): void;
  /** Asks ahead for a structure that may be the next to be shown; for one at a time, then for the latest. */
  expect(place: Place): void;
  /**
   * Makes ready for the first `show`, as the first of everything takes long (the graphics card, its programs, the data file):
   * draws the structure of a row, and lays out its numbers, where nobody sees them. Only once, while the panel is seen and the person does nothing.
   */
  prepare(parity: Parity, rows: ParityRows, row: number, place: Place): void;
  /** Takes back what is shown of files that are not those of the run, and says why. */
  withdraw(reasons: ReadonlyMap<string, string>): void;
}

/** A structure that was asked for. */
interface Asked {
  readonly place: Place;
  readonly frame: Promise<FrameData>;
  readonly stop: AbortController;
  settled: boolean;
}

export function createStructureCard(options: StructureCardOptions): StructureCard {
  let viewer: Viewer | undefined;
  /** What is selected now, no person has. */
  let isDrawing = false;
  let asking: AbortController | undefined;
  let shown: Place | undefined;
  /** Expected last, and asked for ahead. */
  let expected: Place | undefined;
  let ahead: Asked | undefined;
  /** The structure that came last, and which frame of its file it is. */
  let read: { readonly frame: FrameData; readonly index: number } | undefined;
  const title = h('h3', {}, 'Structure');
  const facts = h('div', { class: 'structure-facts' });
  const hint = h(
    'div',
    { class: 'empty' },
    h('p', {}, 'Click a point to see its structure.'),
    h('p', {}, h('kbd', {}, 'N'), ' ', h('kbd', {}, 'P'), ' step through the largest errors'),
  );
  const holder = h('div', { class: 'viewer-holder' }, hint);
  const open = button('open', 'Open in the trajectory viewer', () => {
    if (shown !== undefined) options.openTrajectory(shown);
  });
  const openText = button('text', 'Open the text of the data file here', () => {
    if (shown !== undefined) options.openText(shown);
  });
  open.hidden = true;
  openText.hidden = true;
  const element = h(
    'section',
    { class: 'card structure', 'aria-label': 'Structure of the chosen point' },
    h('div', { class: 'card-head' }, title, h('span', { class: 'spacer' }), openText, open),
    holder,
    facts,
  );

  /** No structure is seen, as it would not be that of the point. */
  function fail(text: string): void {
    if (viewer !== undefined) viewer.element.hidden = true;
    setReady(false);
    fill(facts, h('p', { class: 'failure' }, text));
  }

  /** Whether what there is only stands ready behind the hint. */
  function setReady(isReady: boolean): void {
    facts.inert = isReady;
    if (viewer !== undefined) viewer.element.inert = isReady;
  }

  function askFor(place: Place): Asked {
    const stop = new AbortController();
    return { place, stop, frame: options.ask(place, stop.signal), settled: false };
  }

  function expect(place: Place): void {
    expected = place;
    if (ahead !== undefined && (!ahead.settled || isSame(ahead.place, place))) return;
    const asked = (ahead = askFor(place));
    const goOn = (): void => {
      asked.settled = true;
      if (ahead === asked && expected !== undefined) expect(expected);
    };
    // Whoever shows it is told why it can't be read.
    asked.frame.then(goOn, goOn);
  }

  /** Nothing is expected any more; what was asked for ahead is handed over if it is at this place. */
  function endExpecting(place?: Place): Asked | undefined {
    const asked = ahead;
    ahead = expected = undefined;
    if (asked !== undefined && place !== undefined && isSame(asked.place, place)) return asked;
    asked?.stop.abort();
    return undefined;
  }

  function show(parity: Parity, rows: ParityRows, row: number, place: Place, atoms: readonly number[]): void {
    asking?.abort();
    const { frame, stop: asked } = endExpecting(place) ?? askFor(place);
    asking = asked;
    shown = place;
    setText(title, `Frame ${place.frame} · ${fileName(place.file)}`);
    title.title = place.file;
    open.hidden = false;
    openText.hidden = false;
    frame.then(
      (plain) => {
        if (asked.signal.aborted) return;
        const frame = withPredictions(plain, parity, rows.structure[row]);
        read = { frame, index: place.frame };
        hint.remove();
        setReady(false);
        draw(frame, parity, rows, row, atoms);
        describe(frame, parity, rows, row);
      },
      (error: unknown) => {
        if (asked.signal.aborted) return;
        fail(`The structure can’t be shown: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
  }

  function makeViewer(): Viewer {
    const made = createViewer({
      label: 'Structure of the chosen point',
      state: options.viewer,
      unrelated: true,
      onState: options.onViewer,
      onSelection: (atoms) => {
        if (!isDrawing) options.onAtoms(atoms);
      },
      onDrawn: (drawn) => {
        if (drawn !== read?.frame) return;
        markDrawn(read.index);
        options.onDrawn(drawn.numbers.length);
      },
      keys: [['N P', 'next, previous largest error']],
    });
    made.element.addEventListener('keydown', (event) => {
      if (keptByControl(event)) return;
      if (event.key !== 'n' && event.key !== 'p' && made.handleKey(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
    holder.append(made.element);
    return made;
  }

  /** The atoms; where the row is of one of them, this one marked, with its forces. */
  function draw(frame: FrameData, parity: Parity, rows: ParityRows, row: number, atoms: readonly number[] = []): void {
    viewer ??= makeViewer();
    viewer.element.hidden = false;
    const atom = rows.atom?.[row];
    isDrawing = true;
    viewer.setVectors(undefined);
    viewer.show(frame);
    viewer.select(atoms.filter((each) => each < frame.numbers.length));
    isDrawing = false;
    if (atom === undefined) {
      viewer.highlight([]);
      return;
    }
    const both = forcesOf(parity, rows.structure[row]);
    const only = (values: Float64Array): Float32Array => {
      const one = new Float32Array(values.length);
      one.set(values.subarray(3 * atom, 3 * atom + 3), 3 * atom);
      return one;
    };
    viewer.highlight([atom]);
    viewer.setVectors([
      { label: 'reference', color: (theme) => theme.foreground, values: only(both.reference) },
      { label: 'predicted', color: (theme) => theme.warning, values: only(both.predicted) },
    ]);
  }

  /** The numbers. */
  function describe(frame: FrameData, parity: Parity, rows: ParityRows, row: number): void {
    const atom = rows.atom?.[row];
    if (atom === undefined) {
      const { quantity, reference, predicted, component } = rows;
      const { name, value, error } = UNITS[quantity];
      const title = component === undefined ? name : `${name} ${STRESS_COMPONENTS[component[row]]}`;
      fill(facts, factsTable(title, [reference[row]], [predicted[row]], value, error, 5));
      return;
    }
    const both = forcesOf(parity, rows.structure[row]);
    const ofAtom = (values: Float64Array): number[] => [...values.subarray(3 * atom, 3 * atom + 3)];
    fill(
      facts,
      factsTable(
        `force on ${symbolOf(frame.numbers[atom])} ${atom}`,
        ofAtom(both.reference),
        ofAtom(both.predicted),
        'eV/Å',
        'meV/Å',
        3,
        rows.component?.[row],
      ),
    );
  }

  function prepare(parity: Parity, rows: ParityRows, row: number, place: Place): void {
    endExpecting();
    if (asking !== undefined) return;
    const { signal } = (asking = new AbortController());
    const unlessAsked = (step: () => void) => (): void => {
      if (!signal.aborted) step();
    };
    whenIdle(
      unlessAsked(() => {
        viewer ??= makeViewer();
        setReady(true);
        options.ask(place, signal).then(
          (frame) =>
            whenIdle(
              unlessAsked(() => {
                draw(frame, parity, rows, row);
                setReady(true);
                describe(frame, parity, rows, row);
              }),
            ),
          // Whoever clicks is told why.
          () => undefined,
        );
      }),
    );
  }

  function withdraw(reasons: ReadonlyMap<string, string>): void {
    endExpecting();
    const reason = shown && reasons.get(shown.file);
    if (reason === undefined) return;
    asking?.abort();
    fail(`${reason}: its structures can’t be told.`);
  }

  return { element, show, expect, prepare, withdraw };
}

const isSame = (a: Place, b: Place): boolean => a.file === b.file && a.frame === b.frame;

/** In a panel that is seen, as only there a picture is asked for, once nothing else is to be done. */
const whenIdle = (step: () => void): void => void requestAnimationFrame(() => requestIdleCallback(step));

/** Reference, prediction and error of one number or of a vector's components. */
function factsTable(
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
  const errors = predicted.map((value, k) => (value - reference[k]) * 1000);
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
      row('error', errors, 1, errorUnit),
    ),
  );
}
