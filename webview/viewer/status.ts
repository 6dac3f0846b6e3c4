/** The line under the view: what the selection measures, and what the frame is. */
import type { FrameData } from '../../protocol/frames';
import type { UnitsInUse } from '../../protocol/units';
import { h, setText } from '../dom';
import { formatCount, formula } from '../format';
import type { Content } from './content';
import { describeSelection, type Measurement } from './measure';
import type { ViewerState } from './state';
import { describeUnitsOf } from './units';

export interface Status {
  readonly element: HTMLElement;
  /** Of the atoms of the frame; counted once for frames of the same atoms. */
  readonly formula: string;
  count(numbers: Uint8Array): void;
  show(
    content: Content,
    state: ViewerState,
    selection: readonly number[],
    measured: Measurement | undefined,
    units: UnitsInUse | undefined,
  ): void;
  /** Says something in place of what the frame is, until it is shown again. */
  say(text: string): void;
}

export function createStatus(): Status {
  const measurement = h('output', { class: 'viewer-measurement', 'aria-live': 'polite' });
  const facts = h('span', { class: 'viewer-facts' });
  let counted = '';
  return {
    element: h('div', { class: 'viewer-status' }, measurement, facts),
    get formula() {
      return counted;
    },
    count: (numbers) => (counted = formula(numbers)),
    show: ({ frame, unplaced, unbonded }, state, selection, measured, units) => {
      if (frame === undefined) return;
      const atoms = frame.numbers.length;
      setText(measurement, describeSelection(frame, selection, measured));
      const parts = [
        `${formatCount(atoms)} ${atoms === 1 ? 'atom' : 'atoms'}`,
        counted,
        unplaced > 0 ? `${unplaced} without a finite position` : '',
        unbonded,
        describeUnitsOf(frame, units ?? {}),
        hintAtTypes(frame, state),
      ];
      setText(facts, parts.filter((part) => part !== '').join(' · '));
    },
    say: (text) => setText(facts, text),
  };
}

/** Types that nobody has given an element yet. */
function hintAtTypes({ types }: FrameData, state: ViewerState): string {
  const count = types?.names.filter((name) => !Object.hasOwn(state.types, name)).length ?? 0;
  return count === 0 ? '' : `${count === 1 ? 'a type' : `${count} types`} without an element: G gives them some`;
}
