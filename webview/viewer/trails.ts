/** Where the selected atoms have been in the frames that were shown, for the lines that they draw behind them. Å. */

type Point = readonly [number, number, number];

/** Frames that a trail reaches back. */
const LENGTH = 200;
/** More atoms than these would be a tangle. */
const MAXIMUM_ATOMS = 60;
/** Å: an atom that jumps farther has crossed a face of the cell, or another part of the trajectory is shown. */
const JUMP = 3;

export interface Trails {
  /** Begins anew, for these atoms. */
  restart(atoms: readonly number[]): void;
  /** What comes next doesn't follow what was before: its lines begin anew. */
  cut(): void;
  /** Takes where the atoms are now. */
  extend(placeOf: (atom: number) => Point | undefined): void;
  /** The lines, oldest points first. */
  lines(): readonly (readonly Point[])[];
}

export function createTrails(): Trails {
  let atoms: readonly number[] = [];
  let stretches: Point[][][] = [];
  return {
    restart: (next) => {
      atoms = next.slice(0, MAXIMUM_ATOMS);
      stretches = atoms.map(() => [[]]);
    },
    cut: () => {
      for (const own of stretches) if (own[own.length - 1].length > 0) own.push([]);
    },
    extend: (placeOf) => {
      atoms.forEach((atom, k) => {
        const point = placeOf(atom);
        const own = stretches[k];
        const current = own[own.length - 1];
        const last = current.at(-1);
        const jumps =
          point === undefined ||
          (last !== undefined && Math.hypot(point[0] - last[0], point[1] - last[1], point[2] - last[2]) > JUMP);
        if (jumps && current.length > 0) own.push([]);
        if (point !== undefined) own[own.length - 1].push(point);
        // The oldest goes first.
        if (own.reduce((sum, { length }) => sum + length, 0) > LENGTH) {
          own[0].shift();
          if (own[0].length === 0 && own.length > 1) own.shift();
        }
      });
    },
    lines: () => stretches.flat().filter(({ length }) => length > 1),
  };
}
