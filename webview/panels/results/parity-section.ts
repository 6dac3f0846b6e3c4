/**
 * Prediction against reference: a card of energies, one of force components, the largest errors as a list, the structure of
 * the chosen point, and what is selected. eV/atom and eV/Å; errors in thousandths.
 */
import * as v from 'valibot';
import { SETS, type Parity } from '../../../protocol/parity';
import type { RunState } from '../../../protocol/run';
import { errorStatistics } from '../../../engine/analysis/errors';
import type { WorstStructure } from '../../../engine/analysis/error-report';
import { announce, button, h, segmented, setText } from '../../dom';
import { fileName } from '../../format';
import type { Change } from '../../plots/error-plot';
import { rowsOf, type ParityRows, type Quantity, type Visible } from '../../plots/parity-rows';
import { changeSelection, rowsOfStructures, selectedRows, type Selection } from '../../plots/selection';
import { createParityCard, type Export, type ParityCard } from './parity-card';
import { COMPONENTS, placeOf } from './place';
import { createPointedBar, type Pointed } from './pointed-bar';
import { createSelectionBar, type SelectionActions } from './selection-bar';
import { createStructureCard, type StructureCardOptions } from './structure-card';
import { createWorstList } from './worst-list';

export const parityState = v.object({
  quantity: v.picklist(['energy', 'force']),
  mode: v.picklist(['parity', 'residual', 'histogram']),
  tool: v.picklist(['pan', 'box', 'lasso']),
  /** Sets that are not shown. */
  hidden: v.array(v.picklist(SETS)),
});
export type ParityState = v.InferOutput<typeof parityState>;
export const INITIAL_PARITY: ParityState = { quantity: 'force', mode: 'parity', tool: 'pan', hidden: [] };

const NOTHING: Pointed = { structures: new Int32Array(0), atoms: [] };
const QUANTITIES = ['energy', 'force'] as const;

export interface ParitySection {
  readonly element: HTMLElement;
  setParity(parity: Parity | undefined): void;
  /** Says why there is nothing, as long as there is nothing. */
  setState(state: RunState): void;
  /** Chooses the energy or the largest force error of a structure. */
  chooseStructure(worst: Pick<WorstStructure, 'structure' | 'by'>): void;
  /** Selects the rows of a quantity that fit. */
  selectWhere(quantity: Quantity, fits: (row: number, parity: Parity) => boolean): void;
  /** Lights up the points of what a person points at in another view; returns how many. */
  point(pointed: Pointed): number;
  /** Chooses the next (1) or previous (−1) of the largest errors. */
  step(by: 1 | -1): void;
}

export interface ParitySectionOptions extends StructureCardOptions, SelectionActions {
  readonly state: ParityState;
  readonly onState: (state: ParityState) => void;
  /** Where the body has its `data-width`. */
  readonly body: HTMLElement;
  /** Save a plot or, of a quantity, points: those that are selected if there are any. */
  readonly onExport: (quantity: Quantity, file: Export, rows: Int32Array | undefined) => void;
  /** The person chose a point: a structure, and the atom whose force it is. */
  readonly onPoint: (structure: number, atoms: readonly number[]) => void;
}

export function createParitySection(options: ParitySectionOptions): ParitySection {
  let { state } = options;
  let parity: Parity | undefined;
  const rows: Partial<Record<Quantity, ParityRows>> = {};
  let chosen: { quantity: Quantity; row: number } | undefined;
  let selection: Selection | undefined;
  let pointed: Pointed = NOTHING;

  function change(next: Partial<ParityState>): void {
    state = { ...state, ...next };
    options.onState(state);
  }
  const visible = (): Visible => {
    const shown = SETS.map((set) => [set, !state.hidden.includes(set)] as const);
    return Object.fromEntries(shown) as Visible;
  };

  const grid = h('div', { class: 'parity-grid' });
  const note = h('p', { class: 'muted note' });
  const structure = createStructureCard(options);
  const bar = createSelectionBar(options, () => select(state.quantity, new Int32Array(0), 'replace'));
  const pointedBar = createPointedBar({
    onShow: () => {
      const [its, by] = [pointed.structures.at(0), pointed.atoms.length > 0 ? 'force' : state.quantity] as const;
      if (its !== undefined) chooseStructure({ structure: its, by }, pointed.atoms);
    },
    onSelect: () => select(state.quantity, pointedRows(state.quantity), 'replace'),
  });
  const worst = createWorstList((row) => {
    cards[state.quantity].plot.mark(row);
    choose(state.quantity, row);
  });
  const worstButton = button('warning', 'Next worst error', () => step(1), {
    caption: 'Next worst',
    class: 'secondary',
    keys: 'N',
  });
  const mode = segmented(
    'Plot',
    [
      { value: 'parity', caption: 'parity' },
      { value: 'residual', caption: 'residual' },
      { value: 'histogram', caption: 'histogram' },
    ],
    state.mode,
    (value) => {
      change({ mode: value });
      for (const card of Object.values(cards)) card.setMode(value);
    },
  );
  const quantityChooser = segmented<Quantity>(
    'Quantity',
    [
      { value: 'energy', caption: 'Energy' },
      { value: 'force', caption: 'Forces' },
    ],
    state.quantity,
    (value) => setQuantity(value),
  );
  quantityChooser.element.classList.add('when-narrow');

  const makeCard = (quantity: Quantity): ParityCard => {
    const card = createParityCard({
      quantity,
      visible: visible(),
      mode: state.mode,
      tool: state.tool,
      onTool: (tool) => change({ tool }),
      onVisible: setVisible,
      onChoose: (row) => choose(quantity, row),
      onSelect: (found, how) => select(quantity, found, how),
      describe: (row) => describeRow(quantity, row),
      onExport: (file) =>
        options.onExport(quantity, file, parity && selection && selectedRows(parity, selection, quantity)),
    });
    card.element.addEventListener('focusin', () => setQuantity(quantity));
    return card;
  };
  const cards: Readonly<Record<Quantity, ParityCard>> = { energy: makeCard('energy'), force: makeCard('force') };
  grid.dataset.chosen = state.quantity;
  grid.append(...QUANTITIES.map((quantity) => cards[quantity].element), structure.element, worst.element);
  const element = h(
    'section',
    { class: 'section', 'aria-label': 'Parity' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', {}, 'Prediction against reference'),
      quantityChooser.element,
      h('span', { class: 'spacer' }),
      worstButton,
      mode.element,
    ),
    note,
    pointedBar.element,
    grid,
    bar.element,
  );
  showEmptiness();

  function showEmptiness(): void {
    note.hidden = parity !== undefined;
    for (const each of [worstButton, mode.element, quantityChooser.element, grid]) each.hidden = parity === undefined;
  }

  function setQuantity(quantity: Quantity): void {
    if (state.quantity === quantity) return;
    change({ quantity });
    quantityChooser.set(quantity);
    grid.dataset.chosen = quantity;
    listWorst();
  }

  function setVisible(next: Visible): void {
    change({ hidden: SETS.filter((set) => !next[set]) });
    for (const card of Object.values(cards)) card.setVisible(next);
    listWorst();
  }

  function setParity(next: Parity | undefined): void {
    parity = next;
    chosen = undefined;
    selection = undefined;
    for (const quantity of QUANTITIES) {
      const its = next === undefined ? undefined : rowsOf(next, quantity);
      rows[quantity] = its;
      cards[quantity].setRows(its);
      cards[quantity].setSelection(new Int32Array(0), null);
      cards[quantity].plot.mark(undefined);
    }
    bar.update(undefined, undefined);
    pointed = NOTHING;
    pointedBar.clear();
    showEmptiness();
    listWorst();
  }

  function setState(run: RunState): void {
    setText(
      note,
      run === 'running'
        ? 'Predictions against reference values appear here when the run ends.'
        : run === 'finished'
          ? 'This run left no predictions (parity.bin is missing or not readable). Run an evaluate block to make them.'
          : 'There are no predictions: the run did not get that far. Resume it, or start it again.',
    );
  }

  function select(quantity: Quantity, found: Int32Array, how: Change): void {
    if (parity === undefined) return;
    selection = changeSelection(parity, selection, quantity, found, how);
    for (const each of QUANTITIES) {
      const its = selectedRows(parity, selection, each);
      const { reference, predicted } = parity[each];
      cards[each].setSelection(its, errorStatistics(reference, predicted, its));
    }
    bar.update(parity, selection);
    listWorst();
    announce(bar.text());
  }

  function selectWhere(quantity: Quantity, fits: (row: number, all: Parity) => boolean): void {
    const all = parity;
    if (all === undefined) return;
    setQuantity(quantity);
    select(
      quantity,
      Int32Array.from(all[quantity].structure.keys()).filter((row) => fits(row, all)),
      'replace',
    );
    element.scrollIntoView({ block: 'nearest' });
  }

  function describeRow(quantity: Quantity, row: number): string[] {
    if (parity === undefined) return [];
    const at = placeOf(parity, quantity, row);
    const its = parity[quantity].structure[row];
    const where = `${SETS[parity.structureSet[its]]} · frame ${at.frame} of ${fileName(at.file)}`;
    return quantity === 'energy'
      ? [where, `${parity.structureAtoms[its]} atoms`]
      : [where, `atom ${parity.force.atom[row]}, component ${COMPONENTS[parity.force.component[row]]}`];
  }

  const pointedRows = (quantity: Quantity): Int32Array =>
    parity === undefined ? new Int32Array(0) : rowsOfStructures(parity, quantity, pointed.structures, pointed.atoms);

  function point(next: Pointed): number {
    if (parity === undefined) return 0;
    pointed = next;
    const its = { energy: pointedRows('energy'), force: pointedRows('force') };
    for (const quantity of QUANTITIES) cards[quantity].setPointed(its[quantity]);
    pointedBar.update(parity, next, its);
    return its.energy.length + its.force.length;
  }

  /** @param atoms among which the point is chosen, if its quantity has atoms; all if empty */
  function chooseStructure(
    { structure: wanted, by }: Pick<WorstStructure, 'structure' | 'by'>,
    atoms: readonly number[] = [],
  ): void {
    if (parity === undefined) return;
    const { structure: structures, reference, predicted } = parity[by];
    let row = -1;
    for (let k = 0; k < structures.length; k++) {
      if (structures[k] !== wanted) continue;
      if (by === 'force' && atoms.length > 0 && !atoms.includes(parity.force.atom[k])) continue;
      if (row < 0 || Math.abs(predicted[k] - reference[k]) > Math.abs(predicted[row] - reference[row])) row = k;
    }
    if (row < 0) return;
    cards[by].plot.mark(row);
    choose(by, row);
  }

  /** A point was chosen: its structure is fetched and shown, and the structure's energy is marked beside its forces. */
  function choose(quantity: Quantity, row: number): void {
    if (parity === undefined) return;
    chosen = { quantity, row };
    setQuantity(quantity);
    const other = quantity === 'energy' ? 'force' : 'energy';
    const energy = quantity === 'force' ? parity.energy.structure.indexOf(parity.force.structure[row]) : -1;
    cards[other].plot.mark(energy < 0 ? undefined : energy);
    listWorst();
    structure.show(parity, quantity, row, placeOf(parity, quantity, row));
    const its = parity[quantity].structure[row];
    // The person points elsewhere now.
    if (!pointed.structures.includes(its)) point(NOTHING);
    options.onPoint(its, quantity === 'force' ? [parity.force.atom[row]] : []);
    if (options.body.dataset.width !== 'wide') structure.element.scrollIntoView({ block: 'nearest' });
  }

  function step(by: 1 | -1): void {
    cards[state.quantity].plot.step(by);
  }

  function listWorst(): void {
    const { quantity } = state;
    const shown = rows[quantity];
    if (shown === undefined || parity === undefined) return;
    const marked = chosen?.quantity === quantity ? chosen.row : undefined;
    const among = selection && selectedRows(parity, selection, quantity);
    worst.update(parity, shown, visible(), marked, among);
  }

  return { element, setParity, setState, chooseStructure, selectWhere, point, step };
}
