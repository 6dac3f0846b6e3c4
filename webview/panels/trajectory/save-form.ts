/** Asks which structures are to be saved: a frame, all of them, or the selected atoms of these. */
import { button, fill, h, type Child } from '../../dom';
import { formatCount, ordinal } from '../../format';

export interface StructuresWish {
  readonly first: number;
  readonly last: number;
  readonly stride: number;
  readonly atoms?: readonly number[];
}

export interface SaveForm {
  /** Hidden unless it asks. */
  readonly element: HTMLElement;
  toggle(): void;
}

export interface SaveFormOptions {
  /** What there is to save; `stride` is that of playing. */
  readonly offer: () => {
    readonly frame: number;
    readonly frames: number;
    readonly stride: number;
    readonly selection: readonly number[];
  };
  readonly save: (wish: StructuresWish) => void;
  /** The form is gone, and with it what had the focus. */
  readonly closed: () => void;
}

export function createSaveForm({ offer, save, closed }: SaveFormOptions): SaveForm {
  const element = h('div', { class: 'banner choices', role: 'group', 'aria-label': 'Save structures', hidden: true });

  function toggle(): void {
    element.hidden = !element.hidden;
    if (element.hidden) {
      closed();
      return;
    }
    const { frame, frames, stride, selection } = offer();
    const choice = (caption: string, wish: StructuresWish): HTMLElement =>
      button(
        'save',
        caption,
        () => {
          toggle();
          save(wish);
        },
        { caption, class: 'secondary' },
      );
    const one = { first: frame, last: frame, stride: 1 };
    const all = { first: 0, last: frames - 1, stride };
    const these = stride === 1 ? `all ${formatCount(frames)} frames` : `each ${ordinal(stride)} frame`;
    const atoms = `The ${formatCount(selection.length)} selected ${selection.length === 1 ? 'atom' : 'atoms'}`;
    const choices: readonly Child[] = [
      choice(`Frame ${frame}`, one),
      frames > 1 &&
        choice(
          these.replace(/^./, (letter) => letter.toUpperCase()),
          all,
        ),
      selection.length > 0 && choice(`${atoms} of frame ${frame}`, { ...one, atoms: selection }),
      selection.length > 0 && frames > 1 && choice(`${atoms} of ${these}`, { ...all, atoms: selection }),
    ];
    fill(
      element,
      h('span', {}, 'Save as extended XYZ or POSCAR:'),
      ...choices,
      button('close', 'Close', toggle, { keys: 'Esc' }),
    );
    element.querySelector('button')?.focus();
  }

  return { element, toggle };
}
