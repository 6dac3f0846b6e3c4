/**
 * Pure functions that remember. An editor asks for the same file again at every keystroke, and all of its blocks but one
 * are as they were: what is costly to compute of a block is kept by the values that it is computed from.
 */

/**
 * `compute` with a memory. Arguments are plain data and told apart by their JSON; results are shared, so they must be
 * immutable. All is forgotten once the sizes of what is kept add up to more than `capacity`.
 */
export function remember<A, R>(
  compute: (argument: A) => R,
  sizeOf: (result: R) => number,
  capacity: number,
): (argument: A) => R {
  const kept = new Map<string, { readonly result: R }>();
  let size = 0;
  return (argument) => {
    const key = JSON.stringify(argument);
    const known = kept.get(key);
    if (known !== undefined) return known.result;
    const result = compute(argument);
    size += key.length + sizeOf(result);
    if (size > capacity) {
      kept.clear();
      size = key.length + sizeOf(result);
    }
    kept.set(key, { result });
    return result;
  };
}
