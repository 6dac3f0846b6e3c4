/** Distributions and correlations of a trajectory as charts, what they say in numbers, and what can be changed about them. */
import * as v from 'valibot';
import { analysisWish, type CurveGroup, type Findings, type TrajectoryCurves } from '../../protocol/analysis';
import type { AnalysisHost, AnalysisView } from '../../protocol/panels';
import { afterPicture, announce, button, fill, h, icon, setText } from '../dom';
import { formatNumber } from '../format';
import { connect, keepState } from '../host';
import { createChart, type Chart } from '../plots/curves';
import { lineStyle } from '../plots/line-styles';
import { chartSaveButtons, copyTableButton } from './save-buttons';
import { createWidthObserver } from './width';

/** `path` lets the extension restore the panel after a reload of the window. */
const panelState = v.object({ panel: v.literal('analysis'), path: v.string(), wish: analysisWish });

/** What can be changed, in the order of the header. */
const FIELDS = [
  { key: 'cutoff', caption: 'distances up to (Å)', label: 'Farthest distance in Å' },
  {
    key: 'timestep',
    caption: 'time between frames (fs)',
    label: 'Time between frames in fs',
    placeholder: 'as in the file',
  },
  { key: 'skip', caption: 'leave out first (frames)', label: 'Frames to leave out at the start: the equilibration' },
] as const;

export function showAnalysis(root: HTMLElement): void {
  const kept = keepState(panelState, { panel: 'analysis', path: '', wish: { cutoff: 6, skip: 0 } }, (state) =>
    channel.notify('remember', { state: JSON.stringify(state) }),
  );
  let charts: Chart[] = [];
  let base = 'trajectory';

  const channel = connect<AnalysisView, AnalysisHost>({
    requests: {},
    notifications: {
      file: ({ name, path }) => {
        setText(title, name);
        base = name.replace(/\.[^.]*$/, '') || base;
        kept.update({ path });
      },
      curves: (curves) => show(curves),
      failed: ({ message }) => {
        setText(state, '');
        complain(message);
        clear();
      },
      changed: () => (changed.hidden = false),
    },
  });

  const title = h('h1', {});
  const state = h('span', { class: 'muted', role: 'status' });
  const problem = h('div', { class: 'banner error', role: 'alert', hidden: true });
  const again = button('resume', 'Analyze the file as it is now', () => analyze(), { caption: 'Analyze anew' });
  const changed = h(
    'div',
    { class: 'banner choices', role: 'status', hidden: true },
    'The file or its units have changed.',
    again,
  );
  /** What is wrong with what stands in the fields. */
  const problems = new Map<string, string>();
  const notes = h('div', { class: 'comparison-notes' });
  const grid = h('div', { class: 'chart-grid all' });
  const inputs = FIELDS.map(({ key, label, ...its }) => {
    const value = kept.value.wish[key];
    const placeholder = 'placeholder' in its ? its.placeholder : undefined;
    const input = h('input', { type: 'number', step: 'any', value, placeholder, 'aria-label': label });
    input.addEventListener('change', () => change(input, key));
    return h('label', { class: 'smoothing' }, h('span', { class: 'muted' }, its.caption), input);
  });
  const body = h('main', { class: 'results', 'data-width': 'medium' }, notes, grid);
  fill(
    root,
    h(
      'header',
      { class: 'panel-header' },
      h('div', { class: 'headline' }, title, state),
      h('span', { class: 'spacer' }),
      ...inputs,
    ),
    problem,
    changed,
    body,
  );
  createWidthObserver(body);

  function complain(message: string): void {
    problem.hidden = message === '';
    setText(problem, message);
  }

  function clear(): void {
    for (const chart of charts) chart.dispose();
    charts = [];
    fill(notes);
    fill(grid);
  }

  /** Takes over what was typed, or says why not. */
  function change(input: HTMLInputElement, key: (typeof FIELDS)[number]['key']): void {
    const isEmpty = input.value === '' && !input.validity.badInput;
    const typed = input.value === '' ? NaN : Number(input.value);
    const value = isEmpty && key === 'timestep' ? undefined : isEmpty && key === 'skip' ? 0 : typed;
    const read = v.safeParse(analysisWish.entries[key], value);
    input.setAttribute('aria-invalid', String(!read.success));
    if (read.success) problems.delete(key);
    else problems.set(key, read.issues[0].message);
    complain([...problems.values()].at(-1) ?? '');
    if (!read.success) return;
    kept.update({ wish: { ...kept.value.wish, [key]: read.output } });
    analyze();
  }

  function analyze(): void {
    setText(state, 'computing…');
    changed.hidden = true;
    channel.notify('analyze', kept.value.wish);
  }

  function show({ frames, groups, notes: missing }: TrajectoryCurves): void {
    clear();
    // What is wrong with what was typed is still to be read.
    if (problems.size === 0) complain('');
    const counted = frames === 1 ? '1 frame' : `${frames} frames`;
    setText(state, counted);
    fill(notes, ...missing.map((note) => h('p', {}, icon('warning'), note)));
    charts = groups.map(makeChart);
    fill(grid, ...charts.map((chart) => chart.element));
    announce(`${groups.map((group) => group.title).join(', ')} of ${counted}.`);
    afterPicture(() => channel.notify('drawn', { charts: charts.length }));
  }

  function makeChart(group: CurveGroup): Chart {
    const chart = createChart({
      title: group.title,
      unit: group.unit,
      series: group.curves.map(({ label }, k) => ({ label, ...lineStyle(k) })),
      log: false,
      smoothing: 0,
      group: group.abscissa,
    });
    const x = [...group.x];
    chart.setData(
      group.abscissa,
      group.curves.map(({ y }) => ({ x, y: [...y] })),
    );
    const foot = chartSaveButtons(
      group.title,
      () => ({ ...group, curves: group.curves.map((curve, k) => ({ ...curve, hidden: chart.isHidden(k) })) }),
      (file) => channel.notify('saveFile', { ...file, name: `${base}-${file.name}` }),
    );
    chart.element.append(foot);
    if (group.findings !== undefined) {
      const { table, element } = findingsTable(group.findings);
      foot.before(element);
      foot.prepend(copyTableButton(table, (text) => channel.notify('copy', { text })));
    }
    return chart;
  }

  channel.notify('ready', undefined);
  analyze();
}

function findingsTable({ columns, rows, note }: Findings): {
  readonly table: HTMLTableElement;
  readonly element: HTMLElement;
} {
  const cell = (value: string | number | null): string => (typeof value === 'string' ? value : formatNumber(value));
  const table = h(
    'table',
    { class: 'statistics' },
    h('thead', {}, h('tr', {}, h('td', {}), ...columns.map((column) => h('th', { scope: 'col' }, column)))),
    h(
      'tbody',
      {},
      ...rows.map(([name, ...values]) =>
        h('tr', {}, h('th', { scope: 'row' }, name), ...values.map((value) => h('td', {}, cell(value)))),
      ),
    ),
  );
  return { table, element: h('div', { class: 'findings' }, table, h('p', { class: 'muted' }, note)) };
}
