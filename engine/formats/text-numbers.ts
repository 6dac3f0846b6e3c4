/** Numbers in a line of a frame, with places for people. */
import { scanNumber } from './numbers';
import type { Problems } from './problems';
import { isSpace, type TextLines } from './text-lines';

/**
 * Reads `count` numbers of the current line, the first one at or after `at`, into `into[index]` and following.
 *
 * @returns where the last one ends, or −1 after a complaint: `XD008` to `XD010`
 */
export function readNumbers(
  text: TextLines,
  at: number,
  count: number,
  into: Float64Array,
  index: number,
  problems: Problems,
): number {
  const { bytes, end: lineEnd } = text;
  let end = at;
  for (let k = index; k < index + count; k++) {
    const start = text.skipSpace(end);
    end = scanNumber(bytes, start, lineEnd, into, k);
    if (end >= 0 && (end === lineEnd || isSpace(bytes[end])) && Number.isFinite(into[k])) continue;
    const place = text.place(start);
    const token = text.quote(start);
    if (start >= lineEnd) problems.add({ code: 'XD008', message: 'this line ends too early', place });
    else if (/^“[+-]?(nan|inf(inity)?)”$/i.test(token) || (end >= 0 && !Number.isFinite(into[k])))
      problems.add({ code: 'XD010', message: `${token} is not a finite number`, place });
    else problems.add({ code: 'XD009', message: `${token} is not a number`, place });
    return -1;
  }
  return end;
}
