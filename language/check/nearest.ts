/** The word that somebody meant: edit distance with swapped neighbours (Damerau and Levenshtein), small letters first. */

/** The nearest candidate, if it is near enough to be meant: about one slip for three letters. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(Math.min(word.length, 30) / 3));
  let best: string | undefined;
  let least = limit + 1;
  const lower = word.toLowerCase();
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(lower, candidate.toLowerCase(), least - 1);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  // In a word of one or two letters every other word is near; only its capitals may be wrong.
  return word.length <= 2 && least > 0 ? undefined : best;
}

/** @param limit beyond it any number beyond it will do */
function editDistance(a: string, b: string, limit = Infinity): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, twoBack[j - 2] + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    // No row below has less.
    if (least > limit) return least;
    twoBack = previous;
    previous = row;
  }
  return previous[b.length];
}
