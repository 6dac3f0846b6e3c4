/** Binary search, for offsets in long texts. */

/** Index of the last item whose number is at most `x`; 0 if none is. The numbers of the items rise. */
export function lastAtMost<T>(items: readonly T[], numberOf: (item: T) => number, x: number): number {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numberOf(items[middle]) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}
