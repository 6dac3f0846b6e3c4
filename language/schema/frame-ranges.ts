/** Frames of files as text, `"water.xyz:12"` or `"water.xyz:40-52"`, counted from 0. */

export interface FrameRange {
  /** As it is written: relative to the definition, or absolute. */
  readonly file: string;
  /** Both are in the range. */
  readonly first: number;
  readonly last: number;
}

/** Undefined for a text that says no frames. */
export function parseFrameRange(text: string): FrameRange | undefined {
  const match = /^(.+):(\d{1,9})(?:-(\d{1,9}))?$/su.exec(text);
  if (match === null) return undefined;
  const [, file, from, to = from] = match;
  const [first, last] = [Number(from), Number(to)];
  return first <= last ? { file, first, last } : undefined;
}

/** As few texts as say these frames; files in the order in which they come. */
export function writeFrameRanges(ranges: readonly FrameRange[]): string[] {
  return [...new Set(ranges.map(({ file }) => file))].flatMap((file) => {
    const own = ranges.filter((range) => range.file === file).sort((a, b) => a.first - b.first);
    const merged: { first: number; last: number }[] = [];
    for (const { first, last } of own) {
      const before = merged.at(-1);
      if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
      else merged.push({ first, last });
    }
    return merged.map(({ first, last }) => `${file}:${first === last ? first : `${first}-${last}`}`);
  });
}
