/** Parts of an `input.nn` that people mark by banners: a title between lines of number signs. */
import type { InputTree } from '../../language/runner/tree';

export interface Part {
  readonly title: string;
  /** Line of the title, and last line with something in it. */
  readonly start: number;
  readonly end: number;
}

const RULE = /^\s*#{8,}\s*$/;
const TITLE = /^\s*#+\s*([^#\s].*?)\s*#*\s*$/;

export function partsOf({ lines }: InputTree): Part[] {
  const starts: { title: string; line: number; top: number }[] = [];
  for (let i = 1; i + 1 < lines.length; i++) {
    const title = TITLE.exec(lines[i].text)?.[1];
    if (
      title !== undefined &&
      lines[i].words.length === 0 &&
      RULE.test(lines[i - 1].text) &&
      RULE.test(lines[i + 1].text)
    )
      starts.push({ title, line: i, top: i - 1 });
  }
  return starts.map(({ title, line }, i) => {
    let end = (starts.at(i + 1)?.top ?? lines.length) - 1;
    while (end > line && lines[end].text.trim() === '') end--;
    return { title, start: line, end };
  });
}
