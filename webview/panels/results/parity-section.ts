/**
 * Prediction against reference: a card for each quantity (energies, forces as components, lengths or directions, stresses), the
 * largest errors as a list, the structure of the chosen point, and what is selected.
 */
import { SETS, type Parity } from '../../../protocol/parity';
import type { RunState } from '../../../protocol/run';
import type { WorstStructure } from '../../../engine/analysis/error-report';
import { announce, button, h, segmented, setText } from '../../dom';
import { fileName } from '../../format';
import type { Change } from '../../plots/error-plot';
import { groupRows, statisticsOfRows, type GroupedRows } from '../../plots/groups';
import { QUANTITIES, tablesOf, type ParityTables, type Quantity } from '../../plots/parity-rows';
import { changeSelection, componentsOf, rowsOfStructures, selectedRows, type Selection } from '../../plots/selection';
import { createParityChoosers } from './parity-choosers';
import { createParityCard, type Export, type Mode, type ParityCard } from './parity-card';
import { fitted, isForces, keptAtoms, packRows, unpackRows, type Forces, type ParityState } from './parity-state';
import { placeOfStructure, subjectOf } from './place';
import { createPointedBar, type Pointed } from './pointed-bar';
import { createSelectionBar, type SelectionActions } from './selection-bar';
import { createStructureCard, type StructureCardOptions } from './structure-card';
import { createWorstList } from './worst-list';

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

export interface ParitySectionOptions extends Omit<StructureCardOptions, 'onAtoms'>, SelectionActions {
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
  let selection: Selection | undefined;
  let pointed: Pointed = NOTHING;

  function change(next: Partial<ParityState>): void {
    state = { ...state, ...next };
    options.onState(state);
  }

  const grid = h('div', { class: 'parity-grid' });
  const note = h('p', { class: 'muted note' });
  // Where nothing was chosen, what comes first has nothing to do with what was looked at last.
  const viewer = { ...options.viewer, fitted: options.viewer.fitted || state.chosen === undefined };
  const structure = createStructureCard({ ...options, viewer, onAtoms: selectAtoms });
  const bar = createSelectionBar(options, () => {
    select(state.quantity, NO_ROWS, 'replace');
    // The button that was pressed is hidden now.
    cards[state.quantity].focus();
  });
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
  const choosers = createParityChoosers(state.grouping, {
    mode: setMode,
    family: (family) => setQuantity(family === 'force' ? state.forces : family),
    grouping: (grouping) => {
      change({ grouping, hiddenGroups: [] });
      regroup();
    },
  });
  const { mode, quantities, grouping } = choosers;

  function setMode(next: Mode): void {
    change({ mode: next });
    for (const card of Object.values(cards)) card.setMode(next);
  }

  /** What the data and the committee allow to look at; as long as nobody knows them, what was looked at last stays. */
  function offer(): void {
    const isCommittee = tables?.parity.energy.spread !== undefined;
    const hasStress = isShown('stress');
    if (tables !== undefined && !isCommittee && state.mode === 'calibration') setMode('parity');
    if (tables !== undefined && !hasStress && state.quantity === 'stress') change({ quantity: 'force' });
    choosers.offer(state, hasStress, isCommittee);
    grid.dataset.cards = hasStress ? '3' : '2';
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
      onZoom: (zoom) => {
        const others = state.zooms.filter((each) => each.quantity !== quantity);
        change({ zooms: zoom === undefined ? others : [...others, { quantity, ...zoom }] });
      },
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
    group === set
      ? SETS.map((name) => !state.hidden.includes(name))
      : groups.map((name) => !state.hiddenGroups.includes(name));

  function setVisible(quantity: Quantity, visible: readonly boolean[]): void {
    const rows = shown.get(quantity);
    if (rows === undefined) return;
    if (rows.group === rows.set) {
      change({ hidden: SETS.filter((_, k) => !visible[k]) });
      // Where points are told apart by something else, the rows of hidden sets are left out.
      if (state.grouping !== 'set') regroup();
    } else {
      const others = state.hiddenGroups.filter((name) => !rows.groups.includes(name));
      change({ hiddenGroups: [...others, ...rows.groups.filter((_, k) => !visible[k])] });
    }
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
    const zoom = state.zooms.find((each) => each.quantity === quantity);
    if (zoom !== undefined) card.plot.zoomTo(zoom.x, zoom.y);
    card.plot.mark(markOf(quantity));
  }

  /** The row of a quantity that is marked: the chosen one, and beside it the energy of its structure. */
  function markOf(quantity: Quantity): number | undefined {
    const { chosen } = state;
    if (chosen === undefined || tables === undefined || chosen.quantity === quantity) return chosen?.row;
    if (quantity !== 'energy') return undefined;
    const row = tables.parity.energy.structure.indexOf(tables.rows(chosen.quantity).structure[chosen.row]);
    return row < 0 ? undefined : row;
  }

  function regroup(): void {
    for (const quantity of QUANTITIES) fillCard(quantity);
    listWorst();
  }

  function setParity(next: Parity | undefined): void {
    tables = next && tablesOf(next);
    if (next !== undefined) change(fitted(state, next));
    selection = undefined;
    if (tables !== undefined && state.selection !== undefined) {
      const { quantity, rows } = state.selection;
      const unpacked = unpackRows(rows, tables.rows(quantity).count);
      selection = changeSelection(tables, undefined, quantity, unpacked, 'replace');
    }
    pointed = NOTHING;
    shown.clear();
    for (const card of Object.values(cards)) card.setRows(undefined);
    offer();
    regroup();
    bar.update(next, selection);
    pointedBar.clear();
    showEmptiness();
    if (
      state.chosen !== undefined &&
      tables !== undefined &&
      state.chosen.row < tables.rows(state.chosen.quantity).count
    ) {
      showChosen(state.chosen);
      return;
    }
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
    const rows = selection && packRows(selection.rows);
    change({ selection: selection && rows && { quantity: selection.quantity, rows } });
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

  /** The person has selected atoms of the structure of the chosen point. */
  function selectAtoms(atoms: readonly number[]): void {
    const { chosen } = state;
    if (chosen === undefined || tables === undefined) return;
    change({ chosen: { ...chosen, atoms: keptAtoms(atoms) } });
    const its = tables.rows(chosen.quantity).structure[chosen.row];
    point(atoms.length > 0 ? { structures: Int32Array.of(its), atoms } : NOTHING);
    options.onPoint(its, atoms);
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
    const ownAtoms = state.chosen !== undefined && state.chosen.atoms.length > 0;
    const chosen = { quantity, row, atoms: [] };
    change({ chosen });
    setQuantity(quantity);
    const rows = tables.rows(quantity);
    const its = rows.structure[row];
    for (const other of shown.keys()) if (other !== quantity) cards[other].plot.mark(markOf(other));
    showChosen(chosen);
    // The person points elsewhere now.
    if (ownAtoms || !pointed.structures.includes(its)) point(NOTHING);
    options.onPoint(its, rows.atom === undefined ? [] : [rows.atom[row]]);
    if (options.body.dataset.width !== 'wide') structure.element.scrollIntoView({ block: 'nearest' });
  }

  function showChosen({ quantity, row, atoms }: NonNullable<ParityState['chosen']>): void {
    if (tables === undefined) return;
    const { parity } = tables;
    const rows = tables.rows(quantity);
    // The list stays as it is, with what has the focus in it.
    worst.mark(quantity === state.quantity ? row : undefined);
    structure.show(parity, rows, row, placeOfStructure(parity, rows.structure[row]), atoms);
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
    worst.mark(state.chosen?.quantity === quantity ? state.chosen.row : undefined);
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
