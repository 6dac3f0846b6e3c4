/** What a person points at in another view: a viewer, the text of a data file. meV/atom, meV/Å. */
import { button, h, setText } from '../../dom';
import { fileName, formatCount, formatNumber } from '../../format';
import { statisticsOfRows } from '../../plots/groups';
import { UNITS, type ParityTables, type Quantity } from '../../plots/parity-rows';
import { placeOfStructure } from './place';

/** Structures of the predictions, and atoms of the only one; no atoms: all of them. */
export interface Pointed {
  readonly structures: Int32Array;
  readonly atoms: readonly number[];
}

export interface PointedBar {
  readonly element: HTMLElement;
  /** @param rows those of each quantity that are pointed at */
  update(tables: ParityTables, pointed: Pointed, rows: ReadonlyMap<Quantity, Int32Array>): void;
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
    update: (tables, { structures, atoms }, rows) => {
      element.hidden = structures.length === 0;
      if (structures.length === 0) return;
      show.hidden = structures.length > 1;
      const { file, frame } = placeOfStructure(tables.parity, structures[0]);
      const which =
        structures.length > 1
          ? `${formatCount(structures.length)} frames of ${fileName(file)}`
          : `Frame ${frame} of ${fileName(file)}`;
      const those =
        atoms.length === 1 ? `, atom ${atoms[0]}` : atoms.length > 1 ? `, ${formatCount(atoms.length)} atoms` : '';
      const told = [...rows].flatMap(([quantity, its]) => {
        const statistics = statisticsOfRows(tables.rows(quantity), its);
        if (statistics === null) return [];
        const { error, scale } = UNITS[quantity];
        return [`${quantity} RMSE ${formatNumber(scale * statistics.rmse, 3)} ${error}`];
      });
      setText(words, [`${which}${those}`, ...(told.length > 0 ? told : ['no labels'])].join(' · '));
    },
    clear: () => {
      element.hidden = true;
    },
  };
}
