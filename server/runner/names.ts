/** What has a name in an `input.nn`: its elements, declared behind `elements`. */
import { spanIn } from '../../language/runner/tree';
import { ELEMENT, type Occurrence, type Occurrences } from '../names';
import type { InputAnalysis } from './analysis';
import { argumentAt, placeAt } from './context';

/** The element at the offset with all its places; undefined elsewhere. */
export function elementAt({ tree, file }: InputAnalysis, offset: number): Occurrences | undefined {
  const place = placeAt(tree, file.dialect, offset);
  if (place?.word === undefined || place.reading === undefined) return undefined;
  if (argumentAt(place.reading, file.dialect, place.index)?.kind !== 'element') return undefined;
  const { text } = place.word;
  const places: Occurrence[] = [];
  const others = new Set<string>();
  for (const { line, name, arguments: words, symbols } of file.entries) {
    for (const word of symbols) {
      if (word.text !== text) {
        others.add(word.text);
        continue;
      }
      const span = spanIn(tree, line, word);
      const list = name === 'elements' ? { start: words[0].start, end: words[words.length - 1].end } : undefined;
      places.push(list === undefined ? span : { ...span, declares: spanIn(tree, line, list) });
    }
  }
  return { kind: ELEMENT, text, places, taken: [...others] };
}
