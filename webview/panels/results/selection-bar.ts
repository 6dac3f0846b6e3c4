/** What is selected, and what can be done with its structures. */
import type { Parity } from '../../../protocol/parity';
import { button, h, setText } from '../../dom';
import { formatCount } from '../../format';
import { UNITS } from '../../plots/parity-rows';
import type { Selection } from '../../plots/selection';
import { placeOfStructure, type Place } from './place';

export interface SelectionActions {
  /** Open the structures as one trajectory. */
  readonly openSelection: (structures: Int32Array) => void;
  /** Save the structures as extended XYZ where the person says. */
  readonly saveSelection: (structures: Int32Array) => void;
  /** Show where the first of them stands in the text of its file. */
  readonly openText: (place: Place) => void;
  /** Leave the structures out of the dataset from now on. */
  readonly exclude: (structures: Int32Array) => void;
}

export interface SelectionBar {
  readonly element: HTMLElement;
  update(parity: Parity | undefined, selection: Selection | undefined): void;
  /** What is selected, in words. */
  text(): string;
}

export function createSelectionBar(actions: SelectionActions, onClear: () => void): SelectionBar {
  let structures: Int32Array = new Int32Array(0);
  let first: Place | undefined;
  const words = h('span', { class: 'selection-words' });
  const element = h(
    'div',
    { class: 'card selection-bar', role: 'group', 'aria-label': 'Selection', hidden: true },
    words,
    h('span', { class: 'spacer' }),
    button('open', 'Open the selected structures as a trajectory', () => actions.openSelection(structures), {
      caption: 'Trajectory',
      class: 'secondary',
    }),
    button('save', 'Save the selected structures as extended XYZ', () => actions.saveSelection(structures), {
      caption: 'XYZ',
      class: 'secondary',
    }),
    button(
      'text',
      'Show the first selected structure in the text of its file',
      () => first && actions.openText(first),
      {
        caption: 'Text',
        class: 'secondary',
      },
    ),
    button(
      'exclude',
      'Leave the selected structures out of the dataset from now on',
      () => actions.exclude(structures),
      {
        caption: 'Exclude',
        class: 'secondary',
      },
    ),
    button('close', 'Select nothing', onClear, { keys: 'Escape' }),
  );
  return {
    element,
    update: (parity, selection) => {
      const none = parity === undefined || selection === undefined;
      structures = none ? new Int32Array(0) : selection.structures;
      first = none ? undefined : placeOfStructure(parity, structures[0]);
      element.hidden = none;
      setText(words, none ? 'Nothing is selected.' : describe(selection));
    },
    text: () => words.textContent,
  };
}

function describe({ quantity, rows, structures }: Selection): string {
  const count = (n: number, one: string, many: string): string => `${formatCount(n)} ${n === 1 ? one : many}`;
  const { one, many } = UNITS[quantity];
  const points = count(rows.length, one, many);
  return `Selected: ${points} of ${count(structures.length, 'structure', 'structures')}`;
}
