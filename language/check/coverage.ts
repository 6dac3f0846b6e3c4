/** Pairs and triples of elements that the data have and no symmetry function sees (PD0309). */
import { isBehler } from '../definition/chirality';
import type { PotentialDefinition } from '../definition/definition';
import type { SurveyFacts } from './facts';
import { blocksOf, insertion, textOf, type BlockReading, type FileContext } from './reading';

export function checkCoverage(
  context: FileContext,
  reading: BlockReading,
  { elements, symmetryFunctions, options }: PotentialDefinition,
  survey: SurveyFacts,
): void {
  const missing = elements.flatMap((center) => {
    // Of an element without any function PD0309 says so already.
    if (symmetryFunctions[center].length === 0) return [];
    // Chiral functions see neither distances nor angles.
    const functions = symmetryFunctions[center].filter(isBehler);
    const pairs = new Set(functions.flatMap((one) => (one.type === 2 ? [one.neighbor] : one.neighbors)));
    const triples = new Set(functions.flatMap((one) => (one.type === 2 ? [] : [tripleOf(...one.neighbors)])));
    const near = elements.filter((other) => meanNeighbors(survey, center, other, options.cutoff) > 0);
    const blind = near.filter((other) => !pairs.has(other)).map((other) => [center, other]);
    const angular =
      triples.size === 0
        ? []
        : near.flatMap((a, i) =>
            near
              .slice(i)
              .filter((b) => !triples.has(tripleOf(a, b)))
              // Two of the same kind, on average.
              .filter((b) => a !== b || meanNeighbors(survey, center, a, options.cutoff) > 1)
              .map((b) => [center, a, b]),
          );
    return [...blind, ...angular];
  });
  if (missing.length === 0) return;
  const items = missing.flatMap((labels) => {
    const kind = labels.length === 2 ? 'radial' : 'angular';
    const open = blocksOf(reading, kind).at(0)?.block;
    if (open?.open === undefined || open.close === undefined) return [];
    return [`${kind} ${labels.join(' ')} ${textOf(context, { start: open.open.start, end: open.close.end })}`];
  });
  const shown = missing.slice(0, 6).map((labels) => `\`${labels.join(' ')}\``);
  context.report({
    code: 'PD0309',
    severity: 'warning',
    span: reading.label ?? reading.block.name,
    message: `No symmetry function sees ${shown.join(', ')}${missing.length > shown.length ? ` and ${missing.length - shown.length} more` : ''} (centre first), which the data have within the cutoff.`,
    fixes:
      items.length < missing.length
        ? []
        : insertion(
            context,
            reading.block,
            `Insert ${items.length === 1 ? 'a block' : `${items.length} blocks`} like the first of its kind`,
            items.join('\n  '),
          ),
  });
}

const tripleOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Neighbours of one element within a radius, on average over the atoms of the other. */
function meanNeighbors(
  { elements, atoms, distances }: SurveyFacts,
  center: string,
  other: string,
  radius: number,
): number {
  const [i, j] = [elements.indexOf(center), elements.indexOf(other)];
  if (i < 0 || j < 0 || atoms[i] === 0) return 0;
  let count = 0;
  for (let bin = 0; bin < radius / distances.bin && bin < distances.counts[i][j].length; bin++)
    count += distances.counts[i][j][bin];
  return count / atoms[i];
}
