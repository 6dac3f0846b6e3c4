/**
 * Several runs side by side: their curves in the same charts, their errors in one table against the first run, and the way
 * to what differs in their definitions.
 */
import * as v from 'valibot';
import type { ComparedRunView, ComparisonHost, ComparisonView } from '../../protocol/panels';
import { SETS, type SetName } from '../../protocol/parity';
import {
  compareRuns,
  type ComparedCell,
  type ComparedGroup,
  type ComparedRow,
} from '../../engine/analysis/run-comparison';
import { afterPicture, announce, button, fill, h, icon, segmented, setText } from '../dom';
import { formatNumber } from '../format';
import { markdownTable } from '../markdown';
import { connect, keepState } from '../host';
import { lineStyle } from '../plots/line-styles';
import { createCurveSection, curveState, INITIAL_CURVES, type CurveSection, type Source } from './curve-section';
import { createHistory, type History } from './history';
import { stateChip } from './results/header';
import { KINDS } from './results/kinds';
import { createWidthObserver } from './width';

/** `folders` lets the extension restore the panel after a reload of the window. */
const panelState = v.object({
  panel: v.literal('comparison'),
  folders: v.array(v.string()),
  curves: curveState,
  set: v.picklist(SETS),
});

export function showComparison(root: HTMLElement): void {
  const kept = keepState(panelState, { panel: 'comparison', folders: [], curves: INITIAL_CURVES, set: 'test' });
  const histories = new Map<string, History>();
  let runs: readonly ComparedRunView[] = [];
  let curves: CurveSection | undefined;
  let drawn = '';
  /** The sets that any of the runs has. */
  let offered: readonly SetName[] = SETS;
  let sets: HTMLElement | undefined;

  const channel = connect<ComparisonView, ComparisonHost>({
    requests: {},
    notifications: {
      runs: ({ runs: next }) => {
        const others = next.map(({ folder }) => folder).join('\n') !== runs.map(({ folder }) => folder).join('\n');
        runs = next;
        kept.update({ folders: next.map(({ folder }) => folder) });
        if (others) layOut();
        describe();
      },
      events: ({ folder, events, reset }) => {
        historyOf(folder).take(events, reset);
        drawCurves();
      },
    },
  });

  const title = h('span', { class: 'muted' });
  const body = h('main', { class: 'results', 'data-width': 'medium' });
  const notes = h('div', { class: 'comparison-notes' });
  const compared = h('div', { class: 'compared-runs' });
  const tables = h('div', { class: 'comparison' });
  fill(
    root,
    h('header', { class: 'panel-header' }, h('div', { class: 'headline' }, h('h1', {}, 'Comparison'), title)),
    body,
  );
  createWidthObserver(body);

  function historyOf(folder: string): History {
    const history = histories.get(folder) ?? createHistory();
    histories.set(folder, history);
    return history;
  }

  function layOut(): void {
    curves?.dispose();
    const sources = runs.map(({ folder, title: label }, k): Source => ({
      label,
      ...lineStyle(k),
      history: historyOf(folder),
      set: shownSet,
    }));
    const course = runs.map(({ manifest }) => KINDS[manifest.kind].course).find((each) => each !== undefined);
    curves =
      course &&
      createCurveSection({
        course,
        charts: course.charts(sources),
        state: kept.value.curves,
        onState: (state) => kept.update({ curves: state }),
        onSave: (file) => channel.notify('saveFile', { ...file, name: `comparison-${file.name}` }),
      });
    curves?.setEmpty('None of these runs has recorded a step yet.');
    sets = setChoice();
    const head = curves?.element.querySelector('.spacer');
    if (course?.bySet === true) head?.after(sets);
    fill(
      body,
      curves?.element,
      h(
        'section',
        { class: 'section', 'aria-label': 'Errors side by side' },
        h(
          'div',
          { class: 'section-head' },
          h('h2', {}, 'Side by side'),
          h('span', { class: 'spacer' }),
          button('copy', 'Copy the table as Markdown', () => copyTable(), { caption: 'Table', class: 'secondary' }),
        ),
        compared,
        notes,
        tables,
      ),
    );
  }

  /** What was chosen last, or the one that tells most of those that there are. */
  const shownSet = (): SetName => (offered.includes(kept.value.set) ? kept.value.set : (offered.at(-1) ?? 'train'));

  function setChoice(): HTMLElement {
    const choices = offered.map((value) => ({ value, caption: value }));
    return segmented<SetName>('Set', choices, shownSet(), (set) => {
      kept.update({ set });
      drawCurves();
    }).element;
  }

  /** A set that no run has would be empty charts. */
  function offerSets(): void {
    const epochs = runs.flatMap(({ folder }) => historyOf(folder).epochs);
    const there = epochs.length === 0 ? SETS : SETS.filter((set) => epochs.some(({ loss }) => loss[set] !== null));
    if (there.join() === offered.join()) return;
    offered = there;
    const next = setChoice();
    sets?.replaceWith(next);
    sets = next;
  }

  function copyTable(): void {
    const text = ({ value, uncertainty }: ComparedCell): string =>
      `${formatNumber(value, 4)}${uncertainty === null ? '' : ` ± ${formatNumber(uncertainty, 2)}`}`;
    const lines = compareRuns(runs).groups.flatMap(({ title: group, rows }) =>
      rows.map(({ name, unit, cells }) => [
        `${group}: ${name}`,
        unit,
        ...cells.map((cell) => (cell === null ? '–' : text(cell))),
      ]),
    );
    channel.notify('copy', { text: markdownTable([['', '', ...runs.map((run) => run.title)], ...lines]) });
  }

  function drawCurves(): void {
    offerSets();
    tellDrawn(curves?.update() ?? 0, tables.querySelectorAll('tbody tr').length);
  }

  function describe(): void {
    setText(title, `${runs.length} runs`);
    const { groups, notes: told } = compareRuns(runs);
    fill(notes, ...told.map((note) => h('p', {}, icon('warning'), note)));
    fill(compared, ...runs.map(runCard));
    // As many tables stand beside each other as there is room for columns of this width.
    tables.style.columnWidth = `${220 + 160 * runs.length}px`;
    fill(tables, ...groups.map(groupCard));
    drawCurves();
  }

  /** A run, and the way to its results and to its definition. */
  function runCard(run: ComparedRunView, k: number): HTMLElement {
    const link = h('button', { type: 'button', class: 'link', title: run.folder }, run.title);
    link.addEventListener('click', () => channel.notify('openResults', { folder: run.folder }));
    const difference = button(
      'compare',
      `What differs between the definitions of ${runs[0].title} and ${run.title}`,
      () => channel.notify('openDifference', { folder: run.folder }),
      { caption: 'Definition', class: 'secondary' },
    );
    return h(
      'div',
      { class: 'card card-head' },
      swatch(k),
      link,
      stateChip(run.state),
      h('span', { class: 'spacer' }),
      k === 0 ? h('span', { class: 'muted' }, 'the others against this') : difference,
    );
  }

  /** Numbers of one kind, of all runs. */
  function groupCard({ title: group, rows }: ComparedGroup): HTMLElement {
    const head = runs.map((run, k) => h('th', { scope: 'col' }, swatch(k), run.title));
    return h(
      'section',
      { class: 'card' },
      h('div', { class: 'card-head' }, h('h3', {}, group)),
      h(
        'div',
        { class: 'comparison-scroll', tabindex: 0, role: 'group', 'aria-label': group },
        h(
          'table',
          {},
          h('thead', {}, h('tr', {}, h('td', { colspan: 2 }), ...head)),
          h('tbody', {}, ...rows.map(tableRow)),
        ),
      ),
    );
  }

  function tellDrawn(charts: number, rows: number): void {
    const text = `${charts}/${rows}`;
    if (text === drawn) return;
    drawn = text;
    if (rows > 0) announce(`${runs.length} runs are compared in ${rows} rows.`);
    afterPicture(() => channel.notify('drawn', { curves: charts, rows }));
  }

  channel.notify('ready', undefined);
}

function swatch(k: number): HTMLElement {
  const { color, dash } = lineStyle(k);
  return h('span', { class: `swatch line series-${color} ${dash}` });
}

const tableRow = (row: ComparedRow): HTMLElement =>
  h(
    'tr',
    {},
    h('th', { scope: 'row' }, row.name),
    h('td', { class: 'unit' }, row.unit),
    ...row.cells.map((cell) => tableCell(cell, row)),
  );

function tableCell(cell: ComparedCell | null, { better, unit }: ComparedRow): HTMLElement {
  if (cell === null) return h('td', { class: 'muted' }, '–');
  const { value, uncertainty, difference, significant } = cell;
  const number = (x: number, digits: number): string => (Number.isInteger(x) ? String(x) : formatNumber(x, digits));
  const text = `${number(value, 4)}${uncertainty === null ? '' : ` ± ${formatNumber(uncertainty, 2)}`}`;
  if (difference === null) return h('td', {}, text);
  if (difference === 0) return h('td', {}, text, h('span', { class: 'difference' }, '='));
  const judged = better !== 'neither' && significant === true;
  const improved = difference < 0 === (better === 'lower');
  const sign = significant === false ? '≈ ' : difference > 0 ? '+' : '';
  return h(
    'td',
    {},
    text,
    h(
      'span',
      {
        class: `difference${judged ? (improved ? ' better' : ' worse') : ''}`,
        title:
          significant === false
            ? `${formatNumber(difference, 3)} ${unit}: within twice its standard error, which is no difference`
            : 'difference from the first run',
      },
      `${sign}${number(difference, 2)}${judged ? (improved ? ' ✓' : ' ✗') : ''}`.replace('-', '−'),
    ),
  );
}
