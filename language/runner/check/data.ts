/**
 * An `input.nn` against the `input.data` beside it, as far as somebody has looked: elements that are not listed (NN011), functions that say the same (NN042), scaling.data
 * that the data leave (NN091), charged periodic structures (NN094).
 */
import type { DataFacts, FunctionFacts, SurveyFacts } from '../../check/facts';
import { functionTypes } from '../functions';
import { shown } from '../numbers';
import { elementsOf, sortedFunctionsOf, type FunctionEntry } from '../reading';
import type { Word } from '../tree';
import type { ScalingRow } from './companions';
import { commentOut, contentOf, placeOf, preferred, rewrite, type Context } from './context';

export interface InputData {
  readonly facts: DataFacts | undefined;
  readonly survey: SurveyFacts | undefined;
}

export function checkData(
  context: Context,
  { facts, survey }: InputData,
  scaling: readonly ScalingRow[] | undefined,
): void {
  if (facts !== undefined) {
    checkElements(context, facts);
    checkCharges(context, facts);
  }
  if (survey === undefined) return;
  const known = knownFunctions(context, survey);
  checkTwins(context, known);
  if (scaling !== undefined && scaling.length === known.length) checkStale(context, known, scaling, survey);
}

interface Known extends FunctionEntry {
  readonly facts: FunctionFacts | undefined;
  /** Of the functions of its centre, in the order of n2p2. */
  readonly siblings: readonly FunctionEntry[];
}

/** In the order of n2p2; the survey was asked in it. */
function knownFunctions({ file }: Context, survey: SurveyFacts): Known[] {
  const siblings = new Map<string, FunctionEntry[]>();
  return sortedFunctionsOf(file).map((one) => {
    const { center } = one.value;
    const own = siblings.get(center) ?? [];
    siblings.set(center, own);
    own.push(one);
    const facts = Object.hasOwn(survey.functions, center) ? survey.functions[center].at(own.length - 1) : undefined;
    return { ...one, facts: facts === undefined || facts.histogram.length === 0 ? undefined : facts, siblings: own };
  });
}

const isAngular = ({ value }: FunctionEntry): boolean => functionTypes[value.type].arguments.some(({ name }) => name === 'lambda' || name === 'thetal'); // prettier-ignore

function checkTwins({ file, report }: Context, known: readonly Known[]): void {
  const pairs = known.flatMap((one) => {
    const other = one.facts?.twin === undefined ? undefined : one.siblings[one.facts.twin.index];
    // Equal ones are NN035.
    if (other === undefined || other.key === one.key) return [];
    // The cheaper of the two stays: what is angular costs more.
    const [dear, cheap] = isAngular(other) && !isAngular(one) ? [other, one] : [one, other];
    return [{ dear, cheap, correlation: one.facts?.twin?.correlation ?? 1 }];
  });
  const all = [...new Set(pairs.map(({ dear }) => dear.entry))];
  for (const { dear, cheap, correlation } of pairs)
    report(
      'NN042',
      'information',
      contentOf(file, dear.entry),
      `Over the data it says the same as the function in line ${cheap.entry.line + 1}: their correlation is ${correlation.toFixed(5)}.`,
      [
        preferred(commentOut('Comment it out', file, dear.entry)),
        ...(all.length > 1
          ? [commentOut(`Comment out all ${all.length} functions that others say`, file, ...all)]
          : []),
      ],
      { related: [{ span: contentOf(file, cheap.entry), message: 'says the same, and stays' }] },
    );
}

/** How far a value may lie beyond the range of scaling.data, in parts of it: what is written there is rounded. */
const TOLERANCE = 1e-4;

function checkStale(
  { file, report }: Context,
  known: readonly Known[],
  scaling: readonly ScalingRow[],
  { structures }: SurveyFacts,
): void {
  const outside = known.filter(({ facts }, i) => {
    if (facts === undefined) return false;
    const { minimum, maximum } = scaling[i];
    const leeway = TOLERANCE * Math.max(maximum - minimum, Math.abs(maximum), 1e-6);
    return facts.minimum < minimum - leeway || facts.maximum > maximum + leeway;
  });
  const first = outside.at(0);
  if (first?.facts === undefined) return;
  const row = scaling[known.indexOf(first)];
  report(
    'NN091',
    'warning',
    placeOf(file, first.entry),
    `scaling.data is of other data or functions: in ${structures} structures of input.data ${outside.length === 1 ? 'a function takes' : `${outside.length} functions take`} values outside its range, this one ${shown(first.facts.minimum, 4)} to ${shown(first.facts.maximum, 4)} instead of ${shown(row.minimum, 4)} to ${shown(row.maximum, 4)}. Make it again with nnp-scaling.`,
  );
}

/** Elements of the structures that the file does not list: n2p2 stops at the first of them. */
function checkElements({ file, report }: Context, { elements }: DataFacts): void {
  const list = file.one('elements');
  const listed = new Set(elementsOf(file));
  const missing = Object.keys(elements).filter((symbol) => !listed.has(symbol));
  const last = list?.arguments.at(-1);
  if (list === undefined || last === undefined || missing.length === 0) return;
  const number = file.one('number_of_elements');
  const count = number?.arguments.at(0);
  const behind: Word = { text: '', start: last.end, end: last.end };
  report(
    'NN011',
    'error',
    placeOf(file, list, last),
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} in input.data, but not in this list: n2p2 stops at the first structure with it.`,
    [
      rewrite(
        `Add ${missing.join(', ')}`,
        file,
        [list, behind, ` ${missing.join(' ')}`],
        ...(number === undefined || count === undefined
          ? []
          : [[number, count, String(listed.size + missing.length)] as const]),
      ),
    ],
  );
}

function checkCharges({ file, report }: Context, { charged = 0 }: DataFacts): void {
  const type = file.one('nnp_type') ?? file.one('nnp_gen');
  const ewald = file.entries.find(({ name }) => name.startsWith('ewald_') || name === 'kspace_solver');
  const entry = ewald ?? type;
  if (charged === 0 || entry === undefined) return;
  report(
    'NN094',
    'warning',
    placeOf(file, entry),
    `${charged} periodic ${charged === 1 ? 'structure' : 'structures'} of input.data have a total charge: an Ewald sum adds a uniform background that neutralizes them, and their energies depend on the cell.`,
  );
}
