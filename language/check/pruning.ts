/**
 * Symmetry functions that say nothing over the data: pairs that never meet (PD0304), functions that are the same for every atom (PD0305),
 * and functions that others say (PD0306). The fixes write what remains.
 *
 * A block for all pairs of elements has functions of pairs that the data lack, and nobody can write it otherwise: what counts
 * of it is what says nothing for any of them.
 */
import { isBehler } from '../definition/chirality';
import type { BehlerFunction, PotentialDefinition } from '../definition/definition';
import { functionKey } from '../definition/expansion';
import { writeDescriptors } from '../definition/written';
import type { TextEdit } from '../diagnostic';
import { formatNumber, measureOf } from '../schema/units';
import { isConstant, type SurveyFacts } from './facts';
import { deletion, deletionOf, headerOf, numberOf, textOf, type BlockReading, type FileContext } from './reading';
import { functionsByBlock, knownFunctions, type KnownFunction } from './surveys';

/** A block and its functions; chiral ones are in chirality.ts. */
interface BlockFunctions {
  readonly block: BlockReading;
  readonly functions: readonly BehlerFunction[];
}

export function checkFunctions(
  context: FileContext,
  reading: BlockReading,
  potential: PotentialDefinition,
  survey: SurveyFacts,
): void {
  const known = knownFunctions(potential, survey);
  const blocks = functionsByBlock(reading)
    .map(({ block, functions }) => ({ block, functions: functions.filter(isBehler) }))
    .filter(({ functions }) => functions.length > 0);
  const alone = blocks.filter((one) => isLonely(one, survey));
  for (const { block } of alone) {
    const [center, ...others] = block.elements.map(({ text }) => text);
    context.report({
      code: 'PD0304',
      severity: 'information',
      span: headerOf(block),
      message: `In ${survey.structures} structures of the data no atom of ${center} has ${[...new Set(others)].join(' and ')} within the cutoff: these functions are always 0.`,
      fixes: [deletion(context, `Remove this \`${block.name}\``, block.block)],
    });
  }
  const rest = blocks.filter((one) => !alone.includes(one));
  const reportAll = (
    code: 'PD0305' | 'PD0306',
    severity: 'warning' | 'information',
    isUseless: (one: KnownFunction) => boolean,
    describe: (useless: readonly BehlerFunction[], of: number) => string,
  ): void => {
    const found = rest.flatMap((one) => {
      const useless = uselessOf(one, (own) => {
        const facts = known.get(functionKey(own));
        return facts !== undefined && isUseless(facts);
      });
      return useless.length === 0 ? [] : [{ ...one, useless }];
    });
    for (const one of found) {
      const { block, functions, useless } = one;
      context.report({
        code,
        severity,
        span: headerOf(block),
        message: describe(useless, functions.length),
        fixes: [
          {
            title: `Remove ${counted(useless.length)}`,
            edits: prune(context, reading, one, useless),
            preferred: true,
          },
        ],
      });
    }
  };
  reportAll(
    'PD0305',
    'warning',
    ({ facts }) => isConstant(facts),
    (useless, of) =>
      `${useless.length} of ${counted(of)} ${useless.length === 1 ? 'is' : 'are'} the same for every atom in ${survey.structures} structures of the data, and cannot be scaled: ${exampleOf(useless[0])}.`,
  );
  const dear = dearTwins(known);
  reportAll(
    'PD0306',
    'information',
    (one) => dear.has(functionKey(one.function)),
    (useless, of) =>
      `${useless.length} of ${counted(of)} say over the data what others say (their correlation is above 0.999): ${exampleOf(useless[0])}.`,
  );
}

const counted = (n: number): string => `${n} function${n === 1 ? '' : 's'}`;

const exampleOf = (one: BehlerFunction): string =>
  `η = ${formatNumber(one.eta, 4)} Å⁻², rₛ = ${formatNumber(one.shift, 4)} Å${one.type === 2 ? '' : `, λ = ${one.lambda}, ζ = ${one.zeta}`}`;

/** Whether a block is for elements that never are within the cutoff of each other. */
function isLonely({ block, functions }: BlockFunctions, { elements, distances }: SurveyFacts): boolean {
  if (block.elements.length === 0) return false;
  const [center, ...others] = block.elements.map(({ text }) => elements.indexOf(text));
  const { cutoff } = functions[0];
  return others.some((other) => distances.nearest[center][other] >= cutoff);
}

/** The useless ones of a block for certain elements; of one for all those that are useless whatever the elements. */
function uselessOf(
  { block, functions }: BlockFunctions,
  isUseless: (one: BehlerFunction) => boolean,
): readonly BehlerFunction[] {
  if (block.elements.length > 0) return functions.filter(isUseless);
  const useful = new Set(functions.filter((one) => !isUseless(one)).map(numbersKey));
  return functions.filter((one) => !useful.has(numbersKey(one)));
}

const numbersKey = (one: BehlerFunction): string =>
  [one.type, one.eta, one.shift, ...(one.type === 2 ? [] : [one.lambda, one.zeta])].join(' ');

/** Of two functions that say the same the one that costs more: narrow ones more than wide ones, these more than radial ones. */
function dearTwins(known: ReadonlyMap<string, KnownFunction>): ReadonlySet<string> {
  const cost = ({ type }: KnownFunction['function']): number => ([2, 9, 3, 'chiral'] as const).indexOf(type);
  const dear = new Set<string>();
  for (const { function: own, twin } of known.values()) {
    if (twin === undefined) continue;
    const other = cost(twin.function) > cost(own) ? twin.function : own;
    const stays = other === own ? twin.function : own;
    // One of them must stay.
    if (!dear.has(functionKey(stays))) dear.add(functionKey(other));
  }
  return dear;
}

/** Takes functions out of a block: whole, by leaving numbers out of a list, or by writing what remains function by function. */
function prune(
  context: FileContext,
  potential: BlockReading,
  { block, functions }: BlockFunctions,
  useless: readonly BehlerFunction[],
): readonly TextEdit[] {
  if (useless.length === functions.length) return [deletionOf(context, block.block)];
  const shortened = shorten(context, block, functions, useless);
  if (shortened !== undefined) return [shortened];
  const kept = functions.filter((one) => !useless.includes(one));
  const cutoff = numberOf(potential, 'cutoff') ?? kept[0].cutoff;
  const indentation =
    /[^\S\r\n]*$/u.exec(context.section.text.slice(Math.max(0, block.block.start - 200), block.block.start))?.[0] ?? '';
  const { start, end } = block.block;
  return [{ span: { start, end }, text: writeDescriptors(kept, cutoff).join(`\n${indentation}`) }];
}

const NUMBERS = ['center', 'shift', 'width', 'eta', 'zeta', 'lambda'] as const;

/** The edit of one list by which exactly those functions are gone. */
function shorten(
  context: FileContext,
  block: BlockReading,
  functions: readonly BehlerFunction[],
  useless: readonly BehlerFunction[],
): TextEdit | undefined {
  for (const name of NUMBERS) {
    const attribute = block.attributes.get(name);
    const value = attribute?.attribute.value;
    const numbers = attribute?.value;
    if (value === undefined || !Array.isArray(numbers) || numbers.length < 2) continue;
    const own = (one: BehlerFunction): number => numberIn(one, name);
    const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
    const kept = (numbers as number[]).filter((number) =>
      functions.some((one) => isSame(own(one), number) && !useless.includes(one)),
    );
    const gone = functions.filter((one) => !kept.some((number) => isSame(own(one), number)));
    if (gone.length !== useless.length || kept.length === 0) continue;
    const unit = 'unit' in value ? value.unit : undefined;
    const factor = unit === undefined ? 1 : (measureOf(unit.factors)?.factor ?? 1);
    const written = kept.map((number) => formatNumber(number / factor, 10));
    const list = written.length === 1 ? written[0] : `[${written.join(', ')}]`;
    const { start, end } = value;
    return { span: { start, end }, text: unit === undefined ? list : `${list} ${textOf(context, unit)}` };
  }
  return undefined;
}

function numberIn(one: BehlerFunction, name: (typeof NUMBERS)[number]): number {
  switch (name) {
    case 'center':
    case 'shift':
      return one.shift;
    case 'eta':
      return one.eta;
    case 'width':
      return 1 / Math.sqrt(2 * one.eta);
    default:
      return one.type === 2 ? NaN : one[name];
  }
}
