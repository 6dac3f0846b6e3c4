/** Remembers results by a key that says, to the last digit, everything they depend on: of a file of many potentials an edit changes one. */

const CAPACITY = 200;

/** A function that finds a result again or computes it; of many the longest unused are forgotten. Results are shared. */
export function createMemory<T>(): (key: string, compute: () => T) => T {
  const results = new Map<string, T>();
  return (key, compute) => {
    const known = results.get(key);
    const result = known === undefined ? compute() : known;
    results.delete(key);
    results.set(key, result);
    for (const oldest of results.keys()) {
      if (results.size <= CAPACITY) break;
      results.delete(oldest);
    }
    return result;
  };
}
