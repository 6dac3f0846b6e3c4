/**
 * The symmetry functions together: doubled ones (NN035), cutoffs that differ (NN036), pairs and triples of elements that none
 * sees (NN037), angular ones without their partner (NN039), shapes that n2p2 mixes up (NN099).
 */
import { byNumber, wordsOf } from '../functions';
import { shown } from '../numbers';
import { elementsOf, functionsOf, type Entry, type FunctionEntry } from '../reading';
import type { Word } from '../tree';
import { commentOut, insertionBehind, placeOf, preferred, remove, rewrite, type Context } from './context';

export function checkFunctions(context: Context): void {
  const functions = functionsOf(context.file);
  const byKey = checkDoubled(context, functions);
  checkCutoffs(context, functions);
  checkCoverage(context, functions);
  checkPartners(context, functions, byKey);
  if (context.file.dialect === 'n2p2') checkShapes(context, functions);
}

/** Returns the first line of each function by its key. */
function checkDoubled({ file, report }: Context, functions: readonly FunctionEntry[]): ReadonlyMap<string, Entry> {
  const first = new Map<string, Entry>();
  for (const { entry, key } of functions) {
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, entry);
      continue;
    }
    report(
      'NN035',
      'warning',
      placeOf(file, entry, { ...entry.written, end: lastOf(entry) }),
      `The same function stands in line ${earlier.line + 1} already: it tells the network nothing new.`,
      [preferred(remove('Remove the line', file, entry))],
      { related: [{ span: placeOf(file, earlier), message: 'the same function' }] },
    );
  }
  return first;
}

const lastOf = ({ arguments: words, written }: Entry): number => (words.at(-1) ?? written).end;

function checkCutoffs({ file, report }: Context, functions: readonly FunctionEntry[]): void {
  if (functions.length === 0) return;
  let largest = 0;
  for (const { value } of functions) largest = Math.max(largest, value.cutoff);
  const smaller = functions.find(({ value }) => value.cutoff < largest);
  if (smaller === undefined) return;
  const cutoffOf = (entry: Entry): Word | undefined =>
    entry.function?.parts.find(({ argument }) => argument?.name === 'rc')?.word;
  const word = cutoffOf(smaller.entry);
  const written = functions.find(({ value }) => value.cutoff === largest)?.entry;
  const text = written === undefined ? undefined : cutoffOf(written)?.text;
  const shorter = functions.flatMap(({ value, entry }): [Entry, Word, string][] => {
    const own = value.cutoff < largest ? cutoffOf(entry) : undefined;
    return own === undefined || text === undefined ? [] : [[entry, own, text]];
  });
  report(
    'NN036',
    'warning',
    placeOf(file, smaller.entry, word),
    `Not all functions have the same cutoff: LAMMPS (\`pair_style hdnnp\`) must be given the largest one, ${shown(largest)}.`,
    shorter.length === 0 ? [] : [rewrite(`Give all functions the cutoff ${shown(largest)}`, file, ...shorter)],
  );
}

/** Types that describe one neighbour, or two; the weighted ones see all elements. */
const RADIAL = [1, 2, 4, 20];
const RADIAL_WEIGHTED = [12, 23];
const ANGULAR = [3, 9, 21, 22];
const ANGULAR_WEIGHTED = [13, 24, 25];
/** Of more elements nobody has all triples. */
const MAXIMUM_ELEMENTS = 12;
const SHOWN = 6;

function checkCoverage({ file, report }: Context, functions: readonly FunctionEntry[]): void {
  const list = file.one('elements');
  const elements = [...elementsOf(file)].sort(byNumber);
  if (list === undefined || functions.length === 0 || elements.length > MAXIMUM_ELEMENTS) return;
  const pairs = elements;
  const triples = elements.flatMap((a, i) => elements.slice(i).map((b) => `${a} ${b}`));
  const byCenter = new Map<string, { last: FunctionEntry; groups: Set<string>; types: Set<number> }>();
  let hasAngular = false;
  for (const one of functions) {
    const { value, group } = one;
    hasAngular ||= ANGULAR.includes(value.type);
    const own = byCenter.get(value.center);
    if (own === undefined)
      byCenter.set(value.center, { last: one, groups: new Set([group]), types: new Set([value.type]) });
    else {
      own.last = one;
      own.groups.add(group);
      own.types.add(value.type);
    }
  }
  for (const center of elements) {
    const own = byCenter.get(center);
    const word = list.arguments.find(({ text }) => text === center);
    const isUnseen = (group: string): boolean => own?.groups.has(group) !== true;
    const seesAll = (types: readonly number[]): boolean => types.some((type) => own?.types.has(type) === true);
    const missingPairs = seesAll(RADIAL_WEIGHTED) ? [] : pairs.filter(isUnseen);
    // A potential without angular functions is meant so.
    const missingTriples = !hasAngular || seesAll(ANGULAR_WEIGHTED) ? [] : triples.filter(isUnseen);
    const missing = [...missingPairs, ...missingTriples];
    if (missing.length === 0) continue;
    const ofTypes = (types: readonly number[]): FunctionEntry[] =>
      functions.filter(({ value }) => types.includes(value.type));
    const [radial, angular] = [ofTypes(RADIAL), ofTypes(ANGULAR)];
    const lines = [
      ...missingPairs.flatMap((group) => generate(radial, center, group)),
      ...missingTriples.flatMap((group) => generate(angular, center, group)),
    ];
    const last = (own?.last ?? functions[functions.length - 1]).entry;
    const names = missing.slice(0, SHOWN).join(', ') + (missing.length > SHOWN ? `, … (${missing.length})` : '');
    report(
      'NN037',
      own === undefined ? 'error' : 'warning',
      placeOf(file, list, word),
      own === undefined
        ? `${center} has no symmetry function: n2p2 has no network without inputs.`
        : `No function with ${center} in the centre looks at ${names}.`,
      lines.length === 0
        ? []
        : [
            {
              title: `Generate ${lines.length} functions for ${names}, like those that are there`,
              edits: [insertionBehind(file, last.line, lines)],
            },
          ],
    );
  }
}

/** The functions of the largest group for another one, if possible with the same centre. */
function generate(templates: readonly FunctionEntry[], center: string, group: string): string[] {
  const groups = new Map<string, FunctionEntry[]>();
  for (const one of templates) {
    const key = `${one.value.center} ${one.group}`;
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [one]);
    else same.push(one);
  }
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  const best = sorted.find(([{ value }]) => value.center === center) ?? sorted.at(0) ?? [];
  return best.map(
    ({ value }) => `symfunction_short ${wordsOf({ ...value, center, neighbors: group.split(' ') }).join(' ')}`,
  );
}

function checkPartners(
  { file, report }: Context,
  functions: readonly FunctionEntry[],
  byKey: ReadonlyMap<string, Entry>,
): void {
  let count = 0;
  const lonely: FunctionEntry[] = [];
  for (const one of functions) {
    if (one.partner === undefined) continue;
    count++;
    if (!byKey.has(one.partner)) lonely.push(one);
  }
  // A set with few partners was not meant to have them.
  if (2 * lonely.length >= count) return;
  for (const { entry, value } of lonely) {
    const word = entry.function?.parts.find(({ argument }) => argument?.name === 'lambda')?.word;
    if (word === undefined) continue;
    const { text } = file.tree.lines[entry.line];
    const partner = -(value.lambda ?? 1);
    const line = `${text.slice(0, word.start)}${partner}${text.slice(word.end, lastOf(entry))}`;
    report(
      'NN039',
      'information',
      placeOf(file, entry, word),
      `Its partner with lambda ${partner} is missing, which most of the others have.`,
      [{ title: `Add it with lambda ${partner}`, edits: [insertionBehind(file, entry.line, [line])], preferred: true }],
    );
  }
}

/** n2p2 remembers what it computed for the distance between two neighbours without looking at the shape. */
function checkShapes({ file, report }: Context, functions: readonly FunctionEntry[]): void {
  const shapes = new Map<string, FunctionEntry>();
  const mixed: { readonly one: FunctionEntry; readonly first: FunctionEntry }[] = [];
  for (const one of functions) {
    const { value, group } = one;
    if (value.type !== 21 && value.type !== 24) continue;
    const key = [value.center, value.type, group, value.inner, value.cutoff].join(' ');
    const first = shapes.get(key);
    if (first === undefined) shapes.set(key, one);
    else if (first.value.shape !== value.shape) mixed.push({ one, first });
  }
  const words = mixed.flatMap(({ one: { entry }, first }): [Entry, Word, string][] => {
    const [own, other] = [entry.arguments.at(-1), first.entry.arguments.at(-1)];
    return own === undefined || other === undefined ? [] : [[entry, own, other.text]];
  });
  const found = mixed.at(0);
  if (found === undefined) return;
  const { entry } = found.one;
  report(
    'NN099',
    'warning',
    placeOf(file, entry, entry.arguments.at(-1)),
    `n2p2 mixes this function up with that of line ${found.first.entry.line + 1}, which has the same radii and another shape: the energy jumps.`,
    [
      rewrite('Give functions of the same radii the same shape', file, ...words),
      commentOut(
        mixed.length === 1 ? 'Comment it out' : `Comment out all ${mixed.length} such functions`,
        file,
        ...mixed.map(({ one }) => one.entry),
      ),
    ],
    { related: [{ span: placeOf(file, found.first.entry), message: 'the same radii' }] },
  );
}
