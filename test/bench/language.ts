/**
 * What a keystroke in a long file costs: parsed and checked, from the version before and from nothing, and formatted. Memory
 * is what is allocated, measured between two collections.
 */
import { check } from '../../language/check/check';
import { parse } from '../../language/syntax/parser';
import { format } from '../../language/syntax/printer';
import type { SyntaxTree } from '../../language/syntax/tree';
import { manyBlocks, oneBlock, places } from '../fixtures/language/long-files';

/** The texts after each key, in one place after the other. */
function versions(file: string): string[] {
  let text = file;
  return places(file).flatMap(({ offset, typed }) =>
    Array.from(typed, (_, i) => {
      text = text.slice(0, offset + i) + typed[i] + text.slice(offset + i);
      return text;
    }),
  );
}

function measure(name: string, texts: readonly string[], run: (text: string) => unknown): void {
  const wall: number[] = [];
  const memory: number[] = [];
  for (const text of texts) {
    // Concatenated in pieces until somebody looks at it.
    text.charCodeAt(0);
    const before = process.memoryUsage().heapUsed;
    const start = performance.now();
    run(text);
    wall.push(performance.now() - start);
    const allocated = process.memoryUsage().heapUsed - before;
    // Else there was a collection in between.
    if (allocated > 0) memory.push(allocated);
  }
  const at = (values: number[], fraction: number): number =>
    values.sort((a, b) => a - b)[Math.floor(fraction * (values.length - 1))];
  const [p50, p95, most] = [0.5, 0.95, 1].map((fraction) => at(wall, fraction).toFixed(2));
  console.log(
    `  ${name.padEnd(34)} p50 ${p50} ms, p95 ${p95} ms, max ${most} ms; ${(at(memory, 0.5) / 1000).toFixed(0)} kB`,
  );
}

for (const [name, file] of [
  ['1,000 lines', manyBlocks(1000)],
  ['2,000 lines', manyBlocks(2000)],
  ['2,000 lines in one block', oneBlock(2000)],
] as const) {
  const texts = versions(file);
  console.log(`${name}: ${file.length} characters, ${texts.length} keystrokes`);
  let tree: SyntaxTree | undefined = parse(file);
  check(tree);
  measure('parse and check, from before', texts, (text) => check((tree = parse(text, tree))));
  tree = undefined;
  measure('parse, from nothing', texts, (text) => parse(text));
  measure('parse and check, from nothing', texts, (text) => check(parse(text)));
  measure('format', texts, format);
}
