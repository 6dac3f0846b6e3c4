/**
 * Which atoms are selected, which one the keys are at, which are pointed at from elsewhere; with the rings about them and
 * the trails behind them. Indices count from 0.
 */
import type { Content } from './content';
import { createTrails, type Trails } from './trails';

export interface Selecting {
  readonly atoms: readonly number[];
  /** The atom that the keys are at. */
  readonly cursor: number | undefined;
  readonly trails: Trails;
  select(atoms: readonly number[]): void;
  /** Selects an atom besides the others, or no longer. */
  toggle(atom: number): void;
  /** Rings about these atoms, besides the selection. */
  highlight(atoms: readonly number[]): void;
  /** Goes to the drawn atom that is `by` after the present one, round and round. @returns it, if any is drawn */
  step(by: number): number | undefined;
  /** The keys are at no atom any more. */
  leave(): void;
  /** Takes away selection, rings and the atom of the keys. @returns whether there were any */
  clear(): boolean;
  /** A frame of so many atoms has come, which are `other` ones than before; it `continues` the frame before, or doesn't. */
  follow(count: number, other: boolean, continues: boolean): void;
}

/** @param changed is told when other atoms are selected */
export function createSelecting(
  content: Content,
  initial: readonly number[],
  changed: (atoms: readonly number[]) => void,
): Selecting {
  let atoms = initial;
  let highlighted: readonly number[] = [];
  let cursor: number | undefined;
  const trails = createTrails();
  const mark = (): void => content.mark(highlighted, atoms, cursor);
  const extendTrails = (): void => trails.extend((atom) => content.placeOf(atom));

  function select(next: readonly number[]): void {
    atoms = next;
    trails.restart(atoms);
    extendTrails();
    mark();
    changed(atoms);
  }

  return {
    get atoms() {
      return atoms;
    },
    get cursor() {
      return cursor;
    },
    trails,
    select,
    toggle: (atom) => select(atoms.includes(atom) ? atoms.filter((each) => each !== atom) : [...atoms, atom]),
    highlight: (next) => {
      if (next.length === 0 && highlighted.length === 0) return;
      highlighted = next;
      mark();
    },
    step: (by) => {
      const drawn = content.where(() => true);
      if (drawn.length === 0) return undefined;
      const from = cursor ?? atoms.at(-1);
      const at = from === undefined ? -1 : drawn.indexOf(from);
      const to = at < 0 ? Math.min(by, 0) : at + by;
      cursor = drawn[((to % drawn.length) + drawn.length) % drawn.length];
      mark();
      return cursor;
    },
    leave: () => {
      cursor = undefined;
      mark();
    },
    clear: () => {
      const any = atoms.length > 0 || highlighted.length > 0 || cursor !== undefined;
      highlighted = [];
      cursor = undefined;
      if (any) select([]);
      return any;
    },
    follow: (count, other, continues) => {
      if (other) trails.restart(atoms);
      else if (!continues) trails.cut();
      extendTrails();
      if (atoms.some((atom) => atom >= count)) atoms = atoms.filter((atom) => atom < count);
      if (cursor !== undefined && cursor >= count) cursor = undefined;
      if (other) mark();
    },
  };
}
