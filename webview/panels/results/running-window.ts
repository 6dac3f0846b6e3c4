/** While an umbrella sampling goes on: the coordinate in the window that is simulated now. */
import type { WindowEvent } from '../../../protocol/run';
import { h } from '../../dom';
import { createChart, type Chart } from '../../plots/curves';
import { shownUnit } from '../../plots/free-energy-units';

export interface RunningWindow {
  readonly element: HTMLElement;
  /** @param events those of the window, from its beginning; none: nothing goes on */
  update(events: readonly WindowEvent[]): void;
}

export function createRunningWindow(): RunningWindow {
  const element = h('div', { class: 'running-window', hidden: true });
  let chart: Chart | undefined;
  let shown: string | undefined;

  return {
    element,
    update: (events) => {
      const now = events.at(-1);
      element.hidden = now === undefined;
      const title = now && `Window ${now.window} of ${now.windows}, ${now.phase}`;
      if (title !== shown) {
        chart?.dispose();
        chart = undefined;
        shown = title;
      }
      if (now === undefined) return;
      const { unit, scale } = shownUnit(now);
      if (chart === undefined) {
        const series = [
          { label: 'coordinate', color: 0, dash: 'solid' },
          { label: 'centre', color: 1, dash: 'dashed' },
        ] as const;
        const phase = title ?? '';
        chart = createChart({ title: phase, unit, series, log: false, smoothing: 0, group: 'window', digits: 4 });
        element.append(chart.element);
      }
      const ofPhase = events.filter(({ phase }) => phase === now.phase);
      const x = ofPhase.map(({ step }) => step);
      chart.setData('step', [
        { x, y: ofPhase.map(({ value }) => value * scale) },
        { x, y: ofPhase.map(({ center }) => center * scale) },
      ]);
    },
  };
}
