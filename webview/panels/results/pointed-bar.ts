/** What a person points at in another view: a viewer, the text of a data file. meV/atom, meV/Å. */
import { errorStatistics } from '../../../engine/analysis/errors';
import type { Parity } from '../../../protocol/parity';
import { button, h, setText } from '../../dom';
import { fileName, formatCount, formatNumber } from '../../format';
import { placeOfStructure } from './place';

/** Structures of the predictions, and atoms of the only one; no atoms: all of them. */
export interface Pointed {
  readonly structures: Int32Array;
  readonly atoms: readonly number[];
}

export interface PointedBar {
  readonly element: HTMLElement;
  /** @param rows those of energies and of force components that are pointed at */
  update(parity: Parity, pointed: Pointed, rows: { readonly energy: Int32Array; readonly force: Int32Array }): void;
  clear(): void;
}

export function createPointedBar(actions: {
  /** Show the structure beside the plots. */
  readonly onShow: () => void;
  /** Select the points. */
  readonly onSelect: () => void;
}): PointedBar {
  const words = h('span', { class: 'pointed-words' });
  const show = button('ballAndStick', 'Show the structure that is pointed at', actions.onShow, {
    caption: 'Structure',
    class: 'secondary',
  });
  const element = h(
    'div',
    { class: 'pointed-bar', role: 'group', 'aria-label': 'Pointed at elsewhere', hidden: true },
    words,
    show,
    button('box', 'Select the points of what is pointed at', actions.onSelect, {
      caption: 'Select',
      class: 'secondary',
    }),
  );
  return {
    element,
    update: (parity, { structures, atoms }, rows) => {
      element.hidden = structures.length === 0;
      if (structures.length === 0) return;
      show.hidden = structures.length > 1;
      const { file, frame } = placeOfStructure(parity, structures[0]);
      const which =
        structures.length > 1
          ? `${formatCount(structures.length)} frames of ${fileName(file)}`
          : `Frame ${frame} of ${fileName(file)}`;
      const those =
        atoms.length === 1 ? `, atom ${atoms[0]}` : atoms.length > 1 ? `, ${formatCount(atoms.length)} atoms` : '';
      const told = (['energy', 'force'] as const).flatMap((quantity) => {
        const { reference, predicted } = parity[quantity];
        const statistics = errorStatistics(reference, predicted, rows[quantity]);
        if (statistics === null) return [];
        const rmse = formatNumber(1000 * statistics.rmse, 3);
        return [quantity === 'energy' ? `energy RMSE ${rmse} meV/atom` : `force RMSE ${rmse} meV/Å`];
      });
      setText(words, [`${which}${those}`, ...(told.length > 0 ? told : ['no labels'])].join(' · '));
    },
    clear: () => {
      element.hidden = true;
    },
  };
}
