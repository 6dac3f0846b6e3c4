/**
 * Prediction against reference: a plot of energies, one of force components, the largest errors as a list, and the structure
 * of the chosen point. eV/atom and eV/Å; errors in thousandths.
 */
import * as v from 'valibot';
import { SETS, type Parity } from '../../../protocol/parity';
import type { RunState } from '../../../protocol/run';
import type { WorstStructure } from '../../../engine/analysis/error-report';
import { button, fill, h, segmented, setText } from '../../dom';
import { fileName, formatFixed, formatNumber } from '../../format';
import { createParityPlot, type ParityPlot } from '../../plots/parity-plot';
import { rowsOf, UNITS, worstRows, type ParityRows, type Quantity, type Visible } from '../../plots/parity-rows';
import { createStructureCard, type Place, type StructureCardOptions } from './structure-card';

export const parityState = v.object({
  quantity: v.picklist(['energy', 'force']),
  residual: v.boolean(),
  /** Sets that are not shown. */
  hidden: v.array(v.picklist(SETS)),
});
export type ParityState = v.InferOutput<typeof parityState>;
export const INITIAL_PARITY: ParityState = { quantity: 'force', residual: false, hidden: [] };

const QUANTITIES = ['energy', 'force'] as const;
export const COMPONENTS = ['x', 'y', 'z'] as const;
const WORST_LISTED = 24;

export interface ParitySection {
  readonly element: HTMLElement;
  setParity(parity: Parity | undefined): void;
  /** Says why there is nothing, as long as there is nothing. */
  setState(state: RunState): void;
  /** Chooses the energy or the largest force error of a structure. */
  chooseStructure(worst: WorstStructure): void;
  /** Chooses the next (1) or previous (−1) of the largest errors. */
  step(by: 1 | -1): void;
}

export function createParitySection(
  options: {
    readonly state: ParityState;
    readonly onState: (state: ParityState) => void;
    /** Where the body has its `data-width`. */
    readonly body: HTMLElement;
  } & StructureCardOptions,
): ParitySection {
  let { state } = options;
  let parity: Parity | undefined;
  const rows: Partial<Record<Quantity, ParityRows>> = {};
  let chosen: { quantity: Quantity; row: number } | undefined;

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
  const worstTable = h('table', { class: 'worst' });
  const worstCard = h(
    'section',
    { class: 'card worst-card' },
    h('div', { class: 'card-head' }, h('h3', {}, 'Largest errors')),
    h('div', { class: 'worst-scroll' }, worstTable),
  );
  const structure = createStructureCard(options);
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
    ],
    state.residual ? 'residual' : 'parity',
    (value) => {
      change({ residual: value === 'residual' });
      for (const plot of Object.values(plots)) plot.setResidual(value === 'residual');
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

  const plot = (quantity: Quantity): ParityPlot =>
    createParityPlot({
      quantity,
      visible: visible(),
      residual: state.residual,
      onSelect: (row) => choose(quantity, row),
      onVisible: setVisible,
      describe: (row) => describeRow(quantity, row),
    });
  const plots: Readonly<Record<Quantity, ParityPlot>> = { energy: plot('energy'), force: plot('force') };
  for (const quantity of QUANTITIES) {
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
      plots[quantity].element,
    );
    card.addEventListener('focusin', () => setQuantity(quantity));
    grid.append(card);
  }
  grid.dataset.chosen = state.quantity;
  grid.append(structure.element, worstCard);
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
    grid,
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
    for (const each of Object.values(plots)) each.setVisible(next);
    listWorst();
  }

  function setParity(next: Parity | undefined): void {
    parity = next;
    chosen = undefined;
    for (const quantity of QUANTITIES) {
      const its = next === undefined ? undefined : rowsOf(next, quantity);
      rows[quantity] = its;
      plots[quantity].setRows(its);
      plots[quantity].mark(undefined);
    }
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

  function placeOf(all: Parity, quantity: Quantity, row: number): Place {
    const its = all[quantity].structure[row];
    return { file: all.files[all.structureFile[its]], frame: all.structureFrame[its] };
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

  function chooseStructure({ structure: wanted, by }: WorstStructure): void {
    if (parity === undefined) return;
    const { structure: structures, reference, predicted } = parity[by];
    let row = -1;
    for (let k = 0; k < structures.length; k++) {
      if (structures[k] !== wanted) continue;
      if (row < 0 || Math.abs(predicted[k] - reference[k]) > Math.abs(predicted[row] - reference[row])) row = k;
    }
    if (row < 0) return;
    plots[by].mark(row);
    choose(by, row);
  }

  /** A point was chosen: its structure is fetched and shown. */
  function choose(quantity: Quantity, row: number): void {
    if (parity === undefined) return;
    chosen = { quantity, row };
    setQuantity(quantity);
    plots[quantity === 'energy' ? 'force' : 'energy'].mark(undefined);
    listWorst();
    structure.show(parity, quantity, row, placeOf(parity, quantity, row));
    if (options.body.dataset.width !== 'wide') structure.element.scrollIntoView({ block: 'nearest' });
  }

  function step(by: 1 | -1): void {
    plots[state.quantity].step(by);
  }

  function listWorst(): void {
    const { quantity } = state;
    const shown = rows[quantity];
    const all = parity;
    if (shown === undefined || all === undefined) return;
    const worst = worstRows(shown, visible(), WORST_LISTED);
    const unit = UNITS[quantity];
    const lines = [...worst].map((row) => {
      const { frame } = placeOf(all, quantity, row);
      const component = `atom ${all.force.atom[row]} ${COMPONENTS[all.force.component[row]]}`;
      const set = shown.set[row];
      const link = h(
        'button',
        { type: 'button', class: 'link' },
        quantity === 'energy' ? `${frame}` : `${frame} · ${component}`,
      );
      link.addEventListener('click', () => {
        plots[quantity].mark(row);
        choose(quantity, row);
      });
      return h(
        'tr',
        { class: chosen?.quantity === quantity && chosen.row === row ? 'chosen' : '' },
        h('td', {}, link),
        h('td', {}, h('span', { class: `swatch series-${set}` }), SETS[set]),
        h('td', { class: 'number' }, formatFixed(shown.reference[row], 3)),
        h('td', { class: 'number' }, formatFixed(shown.predicted[row], 3)),
        h('td', { class: 'number strong' }, formatNumber((shown.predicted[row] - shown.reference[row]) * 1000, 3)),
      );
    });
    const heading = (text: string, className = ''): HTMLElement => h('th', { scope: 'col', class: className }, text);
    fill(
      worstTable,
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heading(quantity === 'energy' ? 'frame' : 'frame · component'),
          heading('set'),
          heading(`reference (${unit.value})`, 'number'),
          heading('predicted', 'number'),
          heading(`error (${unit.error})`, 'number'),
        ),
      ),
      h('tbody', {}, ...lines),
    );
  }

  return { element, setParity, setState, chooseStructure, step };
}
