/**
 * Where the errors of a run come from: of one set the uncertainty of its RMSE, errors by config_type, file and element, and the
 * worst structures, which can be chosen. eV/atom, eV/Å and GPa, shown in thousandths.
 */
import {
  reportErrors,
  type ErrorReport,
  type GroupErrors,
  type Uncertainty,
  type WorstStructure,
} from '../../../engine/analysis/error-report';
import { summarize, UNSEEN_FIRST } from '../../../engine/analysis/errors';
import { GIGAPASCAL } from '../../../engine/structure/voigt';
import { atomicNumber } from '../../../language/elements';
import { SETS, type Parity, type SetName } from '../../../protocol/parity';
import type { ErrorSummary } from '../../../protocol/run';
import { columnHead, fill, h, segmented } from '../../dom';
import { fileName, formatCount, formatFixed, formatNumber } from '../../format';
import { copyTableButton } from '../save-buttons';

export interface ErrorSection {
  readonly element: HTMLElement;
  /** Undefined: there is nothing to show. */
  setParity(parity: Parity | undefined): void;
}

export interface ErrorSectionOptions {
  /** A structure of the list was chosen. */
  readonly onChoose: (worst: WorstStructure) => void;
  /** The force components of an element or a config_type were chosen. */
  readonly onSelect: (fits: (row: number, parity: Parity) => boolean) => void;
  /** To be put on the clipboard. */
  readonly onCopy: (text: string) => void;
}

export function createErrorSection({ onChoose, onSelect, onCopy }: ErrorSectionOptions): ErrorSection {
  let parity: Parity | undefined;
  let set: SetName = 'test';

  const element = h('section', { class: 'section', 'aria-label': 'Where the errors are', hidden: true });
  const grid = h('div', { class: 'error-grid' });
  const head = h('div', { class: 'section-head' });
  fill(element, head, grid);

  function setParity(next: Parity | undefined): void {
    parity = next;
    element.hidden = next === undefined;
    if (next === undefined) return;
    const sets = UNSEEN_FIRST.filter((each) => next.structureSet.includes(SETS.indexOf(each)));
    set = sets[0] ?? 'test';
    const chooser = segmented<SetName>(
      'Set',
      sets.map((value) => ({ value, caption: value })),
      set,
      (value) => {
        set = value;
        draw();
      },
    );
    fill(head, h('h2', {}, 'Where the errors are'), sets.length > 1 && chooser.element);
    draw();
  }

  function draw(): void {
    if (parity === undefined) return;
    const report = reportErrors(parity, set);
    fill(
      grid,
      uncertaintyCard(summarize(parity, set), report),
      report.config_types.some(({ config_type }) => config_type !== '') &&
        groupCard(
          'By config_type',
          report.config_types.map((row) => ({ ...row, name: row.config_type === '' ? '–' : row.config_type })),
          ({ config_type }) => onSelect((row, all) => isOfType(row, all, config_type)),
        ),
      report.files.length > 1 &&
        groupCard(
          'By file',
          report.files.map((row) => ({ ...row, name: fileName(row.file) })),
          ({ file }) => onSelect((row, all) => isOfFile(row, all, file)),
        ),
      report.elements.length > 1 && elementCard(report, (symbol) => onSelect((row, all) => isOf(row, all, symbol))),
      worstCard(report, onChoose),
    );
  }

  const isInSet = (row: number, { force, structureSet }: Parity): boolean =>
    structureSet[force.structure[row]] === SETS.indexOf(set);
  const isOf = (row: number, all: Parity, symbol: string): boolean =>
    isInSet(row, all) && all.force.element[row] === (symbol === '' ? 0 : atomicNumber(symbol));
  const isOfType = (row: number, all: Parity, name: string): boolean =>
    isInSet(row, all) && (all.configTypes[all.structureConfigType[all.force.structure[row]]] ?? '') === name;

  const isOfFile = (row: number, all: Parity, name: string): boolean =>
    isInSet(row, all) && all.files[all.structureFile[all.force.structure[row]]] === name;

  /** A card with a table whose first column is text and whose others are numbers. */
  function card(title: string, headings: readonly string[], rows: readonly HTMLElement[], text?: string): HTMLElement {
    const table = h(
      'table',
      { class: 'worst errors' },
      h('thead', {}, h('tr', {}, ...headings.map((name, k) => columnHead(name, { class: k === 0 ? '' : 'number' })))),
      h('tbody', {}, ...rows),
    );
    const copy = copyTableButton(table, onCopy, { label: `Copy “${title}” as Markdown` });
    return h(
      'section',
      { class: 'card' },
      h('div', { class: 'card-head' }, h('h3', {}, title), h('span', { class: 'spacer' }), copy),
      h('div', { class: 'worst-scroll', tabindex: 0, role: 'group', 'aria-label': title }, table),
      text !== undefined && h('p', { class: 'muted note' }, text),
    );
  }

  function uncertaintyCard(errors: ErrorSummary, report: ErrorReport): HTMLElement {
    const row = (name: string, rmse: number | null, uncertainty: Uncertainty | null, unit: string): HTMLElement[] =>
      rmse === null
        ? []
        : [
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, `${name} (${unit})`),
              number(milli(rmse), true),
              number(uncertainty === null ? '–' : `± ${milli(uncertainty.standard_error)}`),
              number(uncertainty === null ? '–' : `${milli(uncertainty.low)} … ${milli(uncertainty.high)}`),
            ),
          ];
    const { stress_rmse_uncertainty: stress } = report;
    const inGpa = (value: number | null | undefined): number | null =>
      typeof value === 'number' ? GIGAPASCAL * value : null;
    const ofStress = stress && {
      standard_error: GIGAPASCAL * stress.standard_error,
      low: GIGAPASCAL * stress.low,
      high: GIGAPASCAL * stress.high,
    };
    return card(
      'Uncertainty of the RMSE',
      ['', 'RMSE', 'standard error', '95 %'],
      [
        ...row('energy', errors.energy_rmse, report.energy_rmse_uncertainty, 'meV/atom'),
        ...row('force', errors.force_rmse, report.force_rmse_uncertainty, 'meV/Å'),
        ...row('stress', inGpa(errors.stress_rmse), ofStress, 'MPa'),
      ],
      'How far the RMSE would differ with other structures of the same kind (bootstrap over structures).',
    );
  }

  /** Structures that belong together, those with the largest force errors first. */
  function groupCard<G extends GroupErrors & { readonly name: string }>(
    title: string,
    groups: readonly G[],
    onSelectGroup: (group: G) => void,
  ): HTMLElement {
    const hasStress = groups.some(({ stress_rmse }) => stress_rmse !== null);
    const size = ({ force_rmse, energy_rmse }: G): number => force_rmse ?? energy_rmse ?? 0;
    return card(
      title,
      [
        '',
        'structures',
        'energy RMSE (meV/atom)',
        'force RMSE (meV/Å)',
        'max',
        ...(hasStress ? ['stress RMSE (MPa)'] : []),
      ],
      [...groups]
        .sort((a, b) => size(b) - size(a))
        .map((row) =>
          h(
            'tr',
            {},
            rowName(row.name, () => onSelectGroup(row)),
            number(formatCount(row.structures)),
            number(milli(row.energy_rmse)),
            number(milli(row.force_rmse), true),
            number(milli(row.force_max_error)),
            hasStress && number(megapascal(row.stress_rmse)),
          ),
        ),
    );
  }

  function elementCard({ elements }: ErrorReport, onSelect: (symbol: string) => void): HTMLElement {
    return card(
      'By element',
      ['', 'force components', 'RMSE (meV/Å)', 'MAE', 'max'],
      [...elements]
        .sort((a, b) => (b.force_rmse ?? 0) - (a.force_rmse ?? 0))
        .map((row) =>
          h(
            'tr',
            {},
            rowName(row.element === '' ? '–' : row.element, () => onSelect(row.element)),
            number(formatCount(row.forces)),
            number(milli(row.force_rmse), true),
            number(milli(row.force_mae)),
            number(milli(row.force_max_error)),
          ),
        ),
    );
  }

  function worstCard({ worst }: ErrorReport, onChoose: (worst: WorstStructure) => void): HTMLElement {
    return card(
      'Worst structures',
      ['frame', 'energy error (meV/atom)', 'force RMSE (meV/Å)', 'times the RMSE'],
      worst.map((one) => {
        const link = h('button', { type: 'button', class: 'link', title: `${fileName(one.file)}, frame ${one.frame}` });
        link.textContent = [String(one.frame), one.config_type].filter((part) => part !== '').join(' · ');
        link.addEventListener('click', () => onChoose(one));
        return h(
          'tr',
          {},
          h('td', {}, link),
          number(milli(one.energy_error), one.by === 'energy'),
          number(milli(one.force_rmse), one.by === 'force'),
          number(formatFixed(one.relative, 1)),
        );
      }),
    );
  }

  return { element, setParity };
}

/** The name of a row; chosen, it selects the row's force components. */
function rowName(text: string, onSelect: () => void): HTMLElement {
  const link = h('button', { type: 'button', class: 'link', title: 'Select its force components' }, text);
  link.addEventListener('click', onSelect);
  return h('th', { scope: 'row' }, link);
}

const number = (text: string, strong = false): HTMLElement =>
  h('td', { class: strong ? 'number strong' : 'number' }, text);

const milli = (value: number | null): string => formatNumber(value === null ? null : value * 1000, 3);
/** eV/Å³ as MPa. */
const megapascal = (value: number | null): string => formatNumber(value === null ? null : value * 1000 * GIGAPASCAL, 3);
