/** What is said of the units of a file that doesn't tell them, and the row of the Display panel where a person chooses them. */
import type { FrameData } from '../../protocol/frames';
import { describeUnits, ENERGY_UNITS, LENGTH_UNITS, type FileUnits, type UnitsInUse } from '../../protocol/units';
import { fill, h } from '../dom';

/** Those that programs have come first. */
const USUAL: readonly FileUnits[] = [
  { length: 'bohr', energy: 'hartree' },
  { length: 'angstrom', energy: 'eV' },
  { length: 'angstrom', energy: 'kcal/mol' },
];
const ALL = LENGTH_UNITS.flatMap((length) => ENERGY_UNITS.map((energy) => ({ length, energy })));
const CHOICES = [...new Map([...USUAL, ...ALL].map((units) => [describeUnits(units), units]))];

/** For the status strip; '' where there is nothing to say. */
export function describeUnitsOf({ units, doubt }: FrameData, { used }: Partial<UnitsInUse>): string {
  switch (units) {
    case 'assumed':
      return `units not told by the file: shown as Å, eV${doubt === undefined ? '' : ` (${doubt})`}`;
    case 'reduced':
      return 'reduced units: shown as they are';
    case 'given':
      return used === undefined ? '' : `from ${describeUnits(used)}`;
    case undefined:
      return '';
  }
}

export interface UnitsRow {
  readonly element: HTMLElement;
  show(frame: FrameData, inUse: UnitsInUse | undefined): void;
}

/** @param choose is given null for “not chosen” */
export function createUnitsRow(choose: (units: FileUnits | null) => void): UnitsRow {
  const list = h('select', { id: 'display-units', 'aria-label': 'Units of the file' });
  list.addEventListener('change', () => choose(new Map(CHOICES).get(list.value) ?? null));
  const element = h(
    'div',
    { class: 'settings-row', hidden: true },
    h('span', { class: 'settings-label' }, 'Units of the file'),
    list,
  );
  let shown = '';
  return {
    element,
    show: ({ units }, inUse) => {
      element.hidden = inUse === undefined || (units !== 'given' && units !== 'assumed');
      const text = JSON.stringify(inUse);
      if (inUse === undefined || text === shown) return;
      shown = text;
      const { used, chosen } = inUse;
      const otherwise = chosen
        ? 'not chosen'
        : used === undefined
          ? 'not told: as Å, eV'
          : `${describeUnits(used)}, as is known otherwise`;
      const value = chosen && used !== undefined ? describeUnits(used) : '';
      fill(
        list,
        h('option', { value: '', selected: value === '' }, otherwise),
        ...CHOICES.map(([caption]) => h('option', { value: caption, selected: caption === value }, caption)),
      );
    },
  };
}
