/**
 * Which of 10⁶ points is at a place: a grid whose lines are quantiles of the coordinates, so that no outlier puts all points
 * into one cell, one grid for each set, so that sets that are hidden cost nothing. Pure.
 */

export interface PointIndex {
  /**
   * The point of the shown sets that is nearest to (x, y), with differences scaled by `scaleX`, `scaleY` (pixels per unit);
   * undefined when none is nearer than `reach` pixels.
   */
  nearest(
    x: number,
    y: number,
    scaleX: number,
    scaleY: number,
    reach: number,
    shown: readonly boolean[],
  ): number | undefined;
}

interface Grid {
  /** Inner lines between columns and rows, increasing. */
  readonly xLines: Float64Array;
  readonly yLines: Float64Array;
  /** Points of cell c are order[starts[c]] … order[starts[c + 1] − 1]; c = row · columns + column. */
  readonly starts: Uint32Array;
  readonly order: Uint32Array;
}

/** Points from which the lines are taken. */
const SAMPLES = 16_384;
const MAXIMUM_LINES = 511;
/** Points of a cell on the diagonal, about. */
const POINTS_PER_LINE = 200;

/** @param set index of the set of each point, below `sets` */
export function indexPoints(x: Float64Array, y: Float64Array, set: Uint8Array, sets: number): PointIndex {
  const grids = Array.from({ length: sets }, (_, which) => makeGrid(x, y, set, which));

  function nearest(
    px: number,
    py: number,
    scaleX: number,
    scaleY: number,
    reach: number,
    shown: readonly boolean[],
  ): number | undefined {
    let found: number | undefined;
    let best = reach * reach;
    grids.forEach(({ xLines, yLines, starts, order }, which) => {
      if (!shown[which] || order.length === 0) return;
      const columns = xLines.length + 1;
      const rows = yLines.length + 1;
      const [column, row] = [below(xLines, px), below(yLines, py)];
      const look = (c: number, r: number): void => {
        const cell = r * columns + c;
        for (let k = starts[cell]; k < starts[cell + 1]; k++) {
          const i = order[k];
          const dx = (x[i] - px) * scaleX;
          const dy = (y[i] - py) * scaleY;
          const squared = dx * dx + dy * dy;
          if (squared < best) {
            best = squared;
            found = i;
          }
        }
      };
      // A block of cells around the place grows until everything outside of it is farther away than the best so far.
      let [left, right, bottom, top] = [column, column, row, row];
      look(column, row);
      for (;;) {
        const near = Math.sqrt(best);
        const goLeft = left > 0 && (px - xLines[left - 1]) * scaleX < near;
        const goRight = right < columns - 1 && (xLines[right] - px) * scaleX < near;
        const goDown = bottom > 0 && (py - yLines[bottom - 1]) * scaleY < near;
        const goUp = top < rows - 1 && (yLines[top] - py) * scaleY < near;
        if (goLeft) for (let r = bottom; r <= top; r++) look(left - 1, r);
        if (goRight) for (let r = bottom; r <= top; r++) look(right + 1, r);
        if (goLeft) left--;
        if (goRight) right++;
        if (goDown) for (let c = left; c <= right; c++) look(c, bottom - 1);
        if (goUp) for (let c = left; c <= right; c++) look(c, top + 1);
        if (goDown) bottom--;
        if (goUp) top++;
        if (!goLeft && !goRight && !goDown && !goUp) return;
      }
    });
    return found;
  }

  return { nearest };
}

function makeGrid(x: Float64Array, y: Float64Array, set: Uint8Array, which: number): Grid {
  let count = 0;
  for (const each of set) if (each === which) count++;
  const members = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < set.length; i++) if (set[i] === which) members[at++] = i;
  const lines = Math.min(MAXIMUM_LINES, Math.floor(count / POINTS_PER_LINE));
  const xLines = quantiles(x, members, lines);
  const yLines = quantiles(y, members, lines);
  const columns = xLines.length + 1;
  const cellOf = new Uint32Array(count);
  const starts = new Uint32Array(columns * (yLines.length + 1) + 1);
  for (let k = 0; k < count; k++) {
    const cell = below(yLines, y[members[k]]) * columns + below(xLines, x[members[k]]);
    cellOf[k] = cell;
    starts[cell + 1]++;
  }
  for (let cell = 1; cell < starts.length; cell++) starts[cell] += starts[cell - 1];
  const next = starts.slice();
  const order = new Uint32Array(count);
  for (let k = 0; k < count; k++) order[next[cellOf[k]]++] = members[k];
  return { xLines, yLines, starts, order };
}

/** Lines that divide a sample of the values evenly. */
function quantiles(values: Float64Array, members: Uint32Array, lines: number): Float64Array {
  if (lines === 0) return new Float64Array(0);
  const size = Math.min(SAMPLES, members.length);
  const sample = Float64Array.from(
    { length: size },
    (_, k) => values[members[Math.floor((k * members.length) / size)]],
  );
  const finite = sample.filter(Number.isFinite).sort();
  if (finite.length === 0) return finite;
  return Float64Array.from({ length: lines }, (_, k) => finite[Math.floor(((k + 1) * finite.length) / (lines + 1))]);
}

/** How many of the increasing `lines` are not above `value`: the number of its column; what is no number goes first. */
function below(lines: Float64Array, value: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
