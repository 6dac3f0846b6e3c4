/**
 * Prediction against reference: a card for each quantity (energies, forces as components, lengths or directions, stresses), the
 * largest errors as a list, the structure of the chosen point, and what is selected.
 */
import * as v from 'valibot';
import { SETS, type Parity } from '../../../protocol/parity';
import type { RunState } from '../../../protocol/run';
import type { WorstStructure } from '../../../engine/analysis/error-report';
import { announce, button, fill, h, segmented, setText } from '../../dom';
import { fileName } from '../../format';
import type { Change } from '../../plots/error-plot';
import { groupRows, GROUPINGS, statisticsOfRows, type GroupedRows } from '../../plots/groups';
import { QUANTITIES, tablesOf, type ParityTables, type Quantity } from '../../plots/parity-rows';
import { changeSelection, componentsOf, rowsOfStructures, selectedRows, type Selection } from '../../plots/selection';
import { createParityCard, type Export, type Mode, type ParityCard } from './parity-card';
import { placeOfStructure, subjectOf } from './place';
import { createPointedBar, type Pointed } from './pointed-bar';
import { createSelectionBar, type SelectionActions } from './selection-bar';
import { createStructureCard, type StructureCardOptions } from './structure-card';
import { createWorstList } from './worst-list';

const FORCES = ['force', 'norm', 'angle'] as const;
type Forces = (typeof FORCES)[number];
const isForces = (quantity: Quantity): quantity is Forces => FORCES.some((each) => each === quantity);

export const parityState = v.object({
  quantity: v.picklist(QUANTITIES),
  /** As what forces are shown: components, lengths, angles. */
  forces: v.optional(v.picklist(FORCES), 'force'),
  mode: v.picklist(['parity', 'residual', 'histogram', 'calibration']),
  tool: v.picklist(['pan', 'box', 'lasso']),
  grouping: v.optional(v.picklist(GROUPINGS), 'set'),
  /** Sets that are not shown. */
  hidden: v.array(v.picklist(SETS)),
});
export type ParityState = v.InferOutput<typeof parityState>;
export const INITIAL_PARITY: ParityState = {
  quantity: 'force',
  forces: 'force',
  mode: 'parity',
  tool: 'pan',
  grouping: 'set',
  hidden: [],
};

const NOTHING: Pointed = { structures: new Int32Array(0), atoms: [] };
const NO_ROWS = new Int32Array(0);

export interface ParitySection {
  readonly element: HTMLElement;
  setParity(parity: Parity | undefined): void;
  /** Says why there is nothing, as long as there is nothing. */
  setState(state: RunState): void;
  /** Why structures of some data files can't be shown, by their paths. */
  readonly setChanged: (reasons: ReadonlyMap<string, string>) => void;
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
  readonly onCopy: (text: string) => void;
  /** The person chose a point: a structure, and the atom whose force it is. */
  readonly onPoint: (structure: number, atoms: readonly number[]) => void;
}

export function createParitySection(options: ParitySectionOptions): ParitySection {
  let { state } = options;
  let tables: ParityTables | undefined;
  /** The rows that a card has. */
  const shown = new Map<Quantity, GroupedRows>();
  /** Groups that are not shown, where the groups are no sets. */
  const hiddenGroups = new Set<string>();
  let chosen: { quantity: Quantity; row: number } | undefined;
  let selection: Selection | undefined;
  let pointed: Pointed = NOTHING;

  function change(next: Partial<ParityState>): void {
    state = { ...state, ...next };
    options.onState(state);
  }

  const grid = h('div', { class: 'parity-grid' });
  const note = h('p', { class: 'muted note' });
  const structure = createStructureCard(options);
  const bar = createSelectionBar(options, () => select(state.quantity, NO_ROWS, 'replace'));
  const pointedBar = createPointedBar({
    onShow: () => {
      const its = pointed.structures.at(0);
      const by = pointed.atoms.length > 0 ? 'force' : state.quantity === 'energy' ? 'energy' : 'force';
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
  const mode = h('div', { class: 'parity-mode' });
  const quantities = h('div', { class: 'when-narrow' });
  const grouping = h(
    'select',
    { 'aria-label': 'Tell points apart by' },
    ...GROUPINGS.map((value) => h('option', { value }, `by ${value}`)),
  );
  grouping.value = state.grouping;
  grouping.addEventListener('change', () => {
    const chosenGrouping = GROUPINGS.find((each) => each === grouping.value) ?? 'set';
    hiddenGroups.clear();
    change({ grouping: chosenGrouping });
    regroup();
  });

  /** What the data and the committee allow to look at. */
  function offer(): void {
    const has = (quantity: 'energy' | 'force' | 'stress'): boolean =>
      (tables?.parity[quantity].structure.length ?? 0) > 0;
    const isCommittee = tables?.parity.energy.spread !== undefined;
    if (!isCommittee && state.mode === 'calibration') change({ mode: 'parity' });
    const modes: readonly Mode[] = [
      'parity',
      'residual',
      'histogram',
      ...(isCommittee ? ['calibration' as const] : []),
    ];
    const modeChooser = segmented<Mode>(
      'Plot',
      modes.map((value) => ({ value, caption: value })),
      state.mode,
      (value) => {
        change({ mode: value });
        for (const card of Object.values(cards)) card.setMode(value);
      },
    );
    fill(mode, modeChooser.element);
    if (state.quantity === 'stress' && !has('stress')) change({ quantity: 'force' });
    const families = [
      { value: 'energy', caption: 'Energy' },
      { value: 'force', caption: 'Forces' },
      ...(has('stress') ? [{ value: 'stress', caption: 'Stress' } as const] : []),
    ] as const;
    const family = isForces(state.quantity) ? 'force' : state.quantity;
    const chooser = segmented<(typeof families)[number]['value']>('Quantity', families, family, (value) =>
      setQuantity(value === 'force' ? state.forces : value),
    );
    fill(quantities, chooser.element);
    grid.dataset.cards = has('stress') ? '3' : '2';
    arrange();
  }

  /** Which cards are shown. */
  function arrange(): void {
    for (const quantity of QUANTITIES) {
      const { element: card } = cards[quantity];
      card.hidden = !isShown(quantity);
      card.classList.toggle('chosen', quantity === state.quantity);
    }
  }

  const isShown = (quantity: Quantity): boolean =>
    isForces(quantity)
      ? quantity === state.forces
      : quantity !== 'stress' || (tables?.parity.stress.structure.length ?? 0) > 0;

  const makeCard = (quantity: Quantity): ParityCard => {
    const choice = isForces(quantity)
      ? segmented<Forces>(
          'Forces as',
          [
            { value: 'force', caption: 'x y z' },
            { value: 'norm', caption: '|F|' },
            { value: 'angle', caption: 'angle' },
          ],
          quantity,
          (value) => {
            // The row of buttons of this card goes on saying what this card is.
            choice?.set(quantity);
            showForces(value);
            cards[value].element.querySelector<HTMLElement>('[role="radio"][aria-checked="true"]')?.focus();
          },
        )
      : undefined;
    const card = createParityCard({
      quantity,
      visible: [],
      mode: state.mode,
      tool: state.tool,
      choice: choice?.element,
      onTool: (tool) => change({ tool }),
      onVisible: (visible) => setVisible(quantity, visible),
      onChoose: (row) => choose(quantity, row),
      // A point that is clicked was pointed at before.
      onHover: (row) => {
        if (tables !== undefined)
          structure.expect(placeOfStructure(tables.parity, tables.rows(quantity).structure[row]));
      },
      onSelect: (found, how) => select(quantity, found, how),
      describe: (row) => describeRow(quantity, row),
      onCopy: options.onCopy,
      onExport: (file) => exportFrom(quantity, file),
    });
    card.element.addEventListener('focusin', () => setQuantity(quantity));
    return card;
  };
  const cards: Readonly<Record<Quantity, ParityCard>> = {
    energy: makeCard('energy'),
    force: makeCard('force'),
    norm: makeCard('norm'),
    angle: makeCard('angle'),
    stress: makeCard('stress'),
  };
  grid.append(...QUANTITIES.map((quantity) => cards[quantity].element), structure.element, worst.element);
  const element = h(
    'section',
    { class: 'section', 'aria-label': 'Parity' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', {}, 'Prediction against reference'),
      quantities,
      h('span', { class: 'spacer' }),
      worstButton,
      grouping,
      mode,
    ),
    note,
    pointedBar.element,
    grid,
    bar.element,
  );
  offer();
  showEmptiness();

  function showEmptiness(): void {
    note.hidden = tables !== undefined;
    for (const each of [worstButton, mode, grouping, quantities, grid]) each.hidden = tables === undefined;
  }

  function showForces(forces: Forces): void {
    change({ forces });
    setQuantity(forces);
    arrange();
    fillCard(forces);
  }

  function setQuantity(quantity: Quantity): void {
    if (state.quantity === quantity) return;
    change({ quantity });
    arrange();
    listWorst();
  }

  const visibleOf = ({ groups, group, set }: GroupedRows): boolean[] =>
    group === set ? SETS.map((name) => !state.hidden.includes(name)) : groups.map((name) => !hiddenGroups.has(name));

  function setVisible(quantity: Quantity, visible: readonly boolean[]): void {
    const rows = shown.get(quantity);
    if (rows === undefined) return;
    if (rows.group === rows.set) {
      change({ hidden: SETS.filter((_, k) => !visible[k]) });
      // Where points are told apart by something else, the rows of hidden sets are left out.
      if (state.grouping !== 'set') regroup();
    } else
      rows.groups.forEach((name, k) => {
        if (visible[k]) hiddenGroups.delete(name);
        else hiddenGroups.add(name);
      });
    for (const [each, its] of shown) cards[each].setVisible(visibleOf(its));
    listWorst();
  }

  function exportFrom(quantity: Quantity, file: Export): void {
    const rows = tables && selection && selectedRows(tables, selection, quantity);
    // Lengths and angles are those of components, which are what is written down.
    const ofComponents = file.kind === 'csv' && (quantity === 'norm' || quantity === 'angle');
    if (ofComponents) options.onExport('force', file, tables && rows && componentsOf(tables, quantity, rows));
    else options.onExport(quantity, file, rows);
  }

  /** Gives a card that is shown its rows, what is selected and what is pointed at. */
  function fillCard(quantity: Quantity): void {
    if (tables === undefined || !isShown(quantity)) return;
    const rows = groupRows(tables.parity, tables.rows(quantity), state.grouping, state.hidden);
    shown.set(quantity, rows);
    const card = cards[quantity];
    card.setVisible(visibleOf(rows));
    card.setRows(rows);
    showSelection(quantity);
    card.setPointed(pointedRows(quantity));
    card.plot.mark(chosen?.quantity === quantity ? chosen.row : undefined);
  }

  function regroup(): void {
    for (const quantity of QUANTITIES) fillCard(quantity);
    listWorst();
  }

  function setParity(next: Parity | undefined): void {
    tables = next && tablesOf(next);
    chosen = undefined;
    selection = undefined;
    pointed = NOTHING;
    shown.clear();
    for (const card of Object.values(cards)) card.setRows(undefined);
    offer();
    regroup();
    bar.update(undefined, undefined);
    pointedBar.clear();
    showEmptiness();
    const rows = [state.forces, 'energy' as const].map((each) => shown.get(each)).find((each) => each?.count);
    if (next !== undefined && rows !== undefined)
      structure.prepare(next, rows, 0, placeOfStructure(next, rows.structure[0]));
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

  function showSelection(quantity: Quantity): void {
    if (tables === undefined) return;
    const its = selectedRows(tables, selection, quantity);
    cards[quantity].setSelection(its, statisticsOfRows(tables.rows(quantity), its));
  }

  function select(quantity: Quantity, found: Int32Array, how: Change): void {
    if (tables === undefined) return;
    selection = changeSelection(tables, selection, quantity, found, how);
    for (const each of shown.keys()) showSelection(each);
    bar.update(tables.parity, selection);
    listWorst();
    announce(bar.text());
  }

  function selectWhere(quantity: Quantity, fits: (row: number, all: Parity) => boolean): void {
    if (tables === undefined) return;
    const { parity } = tables;
    if (isForces(quantity)) showForces(quantity);
    setQuantity(quantity);
    const rows = Int32Array.from(tables.rows(quantity).structure.keys()).filter((row) => fits(row, parity));
    select(quantity, rows, 'replace');
    element.scrollIntoView({ block: 'nearest' });
  }

  function describeRow(quantity: Quantity, row: number): string[] {
    if (tables === undefined) return [];
    const { parity } = tables;
    const rows = tables.rows(quantity);
    const its = rows.structure[row];
    const { frame, file } = placeOfStructure(parity, its);
    const where = `${SETS[parity.structureSet[its]]} · frame ${frame} of ${fileName(file)}`;
    return [where, subjectOf(rows, row) || `${parity.structureAtoms[its]} atoms`];
  }

  const pointedRows = (quantity: Quantity): Int32Array =>
    tables === undefined ? NO_ROWS : rowsOfStructures(tables, quantity, pointed.structures, pointed.atoms);

  function point(next: Pointed): number {
    if (tables === undefined) return 0;
    pointed = next;
    const its = new Map([...shown.keys()].map((quantity) => [quantity, pointedRows(quantity)]));
    for (const [quantity, rows] of its) cards[quantity].setPointed(rows);
    pointedBar.update(tables, next, its);
    return [...its.values()].reduce((sum, rows) => sum + rows.length, 0);
  }

  /** @param atoms among which the point is chosen, if its quantity has atoms; all if empty */
  function chooseStructure(
    { structure: wanted, by }: Pick<WorstStructure, 'structure' | 'by'>,
    atoms: readonly number[] = [],
  ): void {
    if (tables === undefined) return;
    const quantity = by === 'force' ? state.forces : by;
    const { error } = tables.rows(quantity);
    const candidates = rowsOfStructures(tables, quantity, Int32Array.of(wanted), atoms);
    const row = candidates.reduce(
      (best, each) => (Math.abs(error[each]) > Math.abs(error[best]) ? each : best),
      candidates[0],
    );
    if (candidates.length === 0) return;
    cards[quantity].plot.mark(row);
    choose(quantity, row);
  }

  /** A point was chosen: its structure is fetched and shown, and the structure's energy is marked beside its forces. */
  function choose(quantity: Quantity, row: number): void {
    if (tables === undefined) return;
    const { parity } = tables;
    chosen = { quantity, row };
    setQuantity(quantity);
    const rows = tables.rows(quantity);
    const its = rows.structure[row];
    const energy = quantity === 'energy' ? -1 : parity.energy.structure.indexOf(its);
    for (const other of shown.keys())
      if (other !== quantity) cards[other].plot.mark(other === 'energy' && energy >= 0 ? energy : undefined);
    // The list stays as it is, with what has the focus in it.
    worst.mark(row);
    structure.show(parity, rows, row, placeOfStructure(parity, its));
    // The person points elsewhere now.
    if (!pointed.structures.includes(its)) point(NOTHING);
    options.onPoint(its, rows.atom === undefined ? [] : [rows.atom[row]]);
    if (options.body.dataset.width !== 'wide') structure.element.scrollIntoView({ block: 'nearest' });
  }

  function step(by: 1 | -1): void {
    cards[state.quantity].plot.step(by);
  }

  function listWorst(): void {
    const { quantity } = state;
    const rows = shown.get(quantity);
    if (rows === undefined || tables === undefined) return;
    const among = selection && selectedRows(tables, selection, quantity);
    worst.update(tables.parity, rows, visibleOf(rows), among);
    worst.mark(chosen?.quantity === quantity ? chosen.row : undefined);
  }

  return {
    element,
    setParity,
    setChanged: (reasons) => structure.withdraw(reasons),
    setState,
    chooseStructure,
    selectWhere,
    point,
    step,
  };
}
