/** Distributions and correlations of a trajectory as charts, with what can be changed about them. */
import * as v from 'valibot';
import type { CurveGroup, TrajectoryCurves } from '../../protocol/frames';
import type { AnalysisHost, AnalysisView } from '../../protocol/panels';
import { afterPicture, announce, fill, h, icon, setText } from '../dom';
import { connect, keepState } from '../host';
import { createChart, type Chart } from '../plots/curves';
import { chartSaveButtons } from './save-buttons';
import { createWidthObserver } from './width';

/** `path` lets the extension restore the panel after a reload of the window. */
const panelState = v.object({ panel: v.literal('analysis'), path: v.string() });
const DASHES = ['solid', 'dashed', 'dotted'] as const;

export function showAnalysis(root: HTMLElement): void {
  const kept = keepState(panelState, { panel: 'analysis', path: '' });
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
        body.dataset.state = 'failed';
        setText(state, message);
      },
    },
  });

  const title = h('h1', {});
  const state = h('span', { class: 'muted', role: 'status' }, 'computing…');
  const notes = h('div', { class: 'comparison-notes' });
  const grid = h('div', { class: 'chart-grid all' });
  const number = (label: string, value: string, step: string): HTMLInputElement =>
    h('input', { type: 'number', min: step, step, value, 'aria-label': label });
  const cutoff = number('Farthest distance in Å', '6', '0.5');
  const timestep = number('Time between frames in fs', '', '0.1');
  timestep.placeholder = 'as in the file';
  for (const input of [cutoff, timestep])
    input.addEventListener('change', () => {
      if (!cutoff.checkValidity() || !timestep.checkValidity() || cutoff.value === '') return;
      setText(state, 'computing…');
      const given = timestep.value === '' ? undefined : Number(timestep.value);
      channel.notify('analyze', { cutoff: Number(cutoff.value), timestep: given });
    });
  const body = h('main', { class: 'results', 'data-width': 'medium' }, notes, grid);
  fill(
    root,
    h(
      'header',
      { class: 'panel-header' },
      h('div', { class: 'headline' }, title, state),
      h('span', { class: 'spacer' }),
      h('label', { class: 'smoothing' }, h('span', { class: 'muted' }, 'distances up to (Å)'), cutoff),
      h('label', { class: 'smoothing' }, h('span', { class: 'muted' }, 'time between frames (fs)'), timestep),
    ),
    body,
  );
  createWidthObserver(body);

  function show({ frames, groups, notes: missing }: TrajectoryCurves): void {
    for (const chart of charts) chart.dispose();
    setText(state, `${frames} frames`);
    fill(notes, ...missing.map((note) => h('p', {}, icon('warning'), note)));
    charts = groups.map(makeChart);
    fill(grid, ...charts.map((chart) => chart.element));
    announce(`${groups.map((group) => group.title).join(', ')} of ${frames} frames.`);
    afterPicture(() => channel.notify('drawn', { charts: charts.length }));
  }

  function makeChart(group: CurveGroup): Chart {
    const chart = createChart({
      title: group.title,
      unit: group.unit,
      series: group.curves.map(({ label }, k) => ({ label, color: k, dash: DASHES[k % DASHES.length] })),
      log: false,
      smoothing: 0,
      group: group.abscissa,
    });
    const x = [...group.x];
    chart.setData(
      group.abscissa,
      group.curves.map(({ y }) => ({ x, y: [...y] })),
    );
    chart.element.append(
      chartSaveButtons(
        group.title,
        () => group,
        (file) => channel.notify('saveFile', { ...file, name: `${base}-${file.name}` }),
      ),
    );
    return chart;
  }

  channel.notify('ready', undefined);
}
