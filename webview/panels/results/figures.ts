/** The key figures of a run in large type; which ones, says the kind of the run (kinds.ts). */
import type { RunView } from '../../../protocol/panels';
import { fill, h } from '../../dom';
import type { History } from '../history';

export type Figures = (run: RunView, history: History) => readonly HTMLElement[];

export function createFigures(): {
  readonly element: HTMLElement;
  update(shown: readonly HTMLElement[]): void;
} {
  const element = h('div', { class: 'figures' });
  let text = '';
  return {
    element,
    update: (shown) => {
      const next = shown.map((each) => each.textContent).join('|');
      if (next === text) return;
      text = next;
      fill(element, ...shown);
    },
  };
}

export function figure(name: string, value: string, unit: string, second = ''): HTMLElement {
  return h(
    'div',
    { class: 'figure' },
    h('div', { class: 'figure-name' }, name),
    h('div', { class: 'figure-value' }, value, unit === '' ? undefined : h('span', { class: 'unit' }, ` ${unit}`)),
    h('div', { class: 'figure-second' }, second),
  );
}

/** `12.5 ps` as value and unit. */
export function splitUnit(text: string): [string, string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}
