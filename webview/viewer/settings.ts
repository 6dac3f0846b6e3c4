/** The panel of the viewer where one chooses how structures are shown. It holds no state: it shows it and says what is wished. */
import { button, fill, h } from '../dom';
import type { Coloring, Range } from './coloring';
import type { Control } from './controls';
import { rowsOf, type Wish } from './settings-rows';
import type { ViewerState } from './state';

/** What the present frame offers. */
export interface DisplayChoices {
  readonly kinds: readonly number[];
  /** Types whose elements the file doesn't tell. */
  readonly types: readonly string[];
  readonly repeats: boolean;
  readonly colorings: readonly Coloring[];
  readonly vectors: readonly Pick<Coloring, 'key' | 'label'>[];
}

/** What colours and arrows mean now. */
export interface Scales {
  /** Undefined where atoms have the colours of their elements. */
  readonly colors: Range | undefined;
  /** What 1 Å of arrow is; undefined where there are none. */
  readonly arrows: { readonly column: string; readonly unit: string; readonly scale: number } | undefined;
}

export function createSettings(
  wish: Wish,
  close: () => void,
  above: HTMLElement,
): {
  readonly element: HTMLElement;
  /** Takes the keyboard, with the first of its lists. */
  focus(): void;
  show(state: ViewerState, choices: DisplayChoices, scales: Scales): void;
} {
  const body = h('div', { class: 'settings-body' });
  const panel = h(
    'div',
    { class: 'viewer-settings', role: 'dialog', 'aria-label': 'Display', hidden: true },
    h('h3', {}, 'Display'),
    button('close', 'Close', close),
    above,
    body,
  );
  let offered = '';
  let controls: readonly Control[] = [];
  let now: ViewerState;
  let scalesNow: Scales;
  return {
    element: panel,
    focus: () => panel.querySelector<HTMLElement>('.settings-row:not([hidden]) select')?.focus(),
    show: (state, choices, scales) => {
      if (panel.hidden) return;
      now = state;
      scalesNow = scales;
      // Built anew only for frames that offer something else: a list that is open stays open while a trajectory plays.
      const text = JSON.stringify(choices);
      if (text !== offered) {
        offered = text;
        const active = document.activeElement;
        const focused = active !== null && body.contains(active) ? active.id : '';
        const rows = rowsOf(
          () => now,
          () => scalesNow,
          choices,
          wish,
        );
        controls = rows.flatMap((row) => row.controls);
        fill(body, ...rows.map((row) => row.element));
        if (focused !== '') document.getElementById(focused)?.focus();
      }
      for (const control of controls) control.show();
    },
  };
}
