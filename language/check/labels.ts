/**
 * What data files say of their own labels: units of energies (PD0105), positions far out (PD0108), of forces against energies (PD0107), forces of constrained atoms (PD0908), calculations that
 * did not converge (PD0909), methods that are mixed (PD0910). The words are those of `nearsight inspect` as well.
 */
import { insertion, replace, blocksOf, type BlockReading, type FileContext } from './reading';
import type { DataFacts, FlaggedFrames } from './facts';
import type { Fix } from '../diagnostic';
import { excludedFrom, exclusionFrom } from '../definition/exclusion';
import { isGlob } from '../schema/globs';
import { toInternal, units } from '../schema/units';
import { itemsOf, type StringValue } from '../syntax/tree';

/** Units of energies and forces that are found together. */
const MIXED_UNITS = [
  ['hartree', 'eV/Å'],
  ['rydberg', 'eV/Å'],
  ['kcal/mol', 'eV/Å'],
  ['kJ/mol', 'eV/Å'],
  ['eV', 'hartree/bohr'],
  ['eV', 'rydberg/bohr'],
  ['eV', 'hartree/Å'],
  ['eV', 'kcal/mol/Å'],
  ['eV', 'kJ/mol/Å'],
  ['kcal/mol', 'hartree/Å'],
  ['kcal/mol', 'hartree/bohr'],
] as const;

/** What makes the energy change `ratio` times as much as the forces say. */
const MIXTURES: readonly (readonly [ratio: number, cause: string])[] = [
  ...MIXED_UNITS.map(
    ([energy, force]) =>
      [
        toInternal(1, force, 'force') / toInternal(1, energy, 'energy'),
        `energies in ${energy} and forces in ${force}`,
      ] as const,
  ),
  [1 / units.bohr.factor, 'forces per bohr and positions in Å'],
  [units.bohr.factor, 'forces per Å and positions in bohr'],
  [-1, 'forces with the opposite sign, which are gradients'],
];
const NEAR = 0.03;

const isNear = (ratio: number, wanted: number): boolean => Math.abs(ratio / wanted - 1) < NEAR;

/** PD0107 in a sentence; undefined where energies and forces agree, or differ by nothing that is known. */
export function describeWork({ ratio, pairs, atoms }: NonNullable<DataFacts['work']>): string | undefined {
  const causes = MIXTURES.filter(([wanted]) => isNear(ratio, wanted)).map(([, cause]) => cause);
  if (atoms !== undefined && atoms > 1 && isNear(ratio * atoms, 1))
    causes.push('energies per atom instead of total ones');
  if (causes.length === 0) return undefined;
  return `From frame to frame (${pairs} pairs) the energy changes ${Number(ratio.toPrecision(3))} times as much as the forces say: ${causes.join(', or ')}.`;
}

/** PD0105 in a sentence. */
export const describeEnergyUnit = (unit: string, written = 'eV'): string =>
  `The energies are those of all electrons of their atoms in ${unit}, not in ${written}.`;

/** PD0108 in a sentence. */
const describeFar = (far: number, frames: number): string =>
  `In ${far} of ${frames} frames an atom is farther than 1,000,000 Å from the origin, where single precision is coarser than 0.1 Å: move the structures back, or look for a wrong unit.`;

/** PD0908 in a sentence. */
export const describeFrozen = (count: number, frames: number): string =>
  `In ${count} of ${frames} frames some atoms have forces of exactly zero, others not: constrained atoms, whose forces were set to zero. They are learned as if they were the truth.`;

/** PD0909 in a sentence. */
export const describeUnconverged = (count: number, frames: number): string =>
  `${count} of ${frames} frames say that their calculation did not converge: their energies and forces are wrong by nobody knows how much.`;

/** Keys whose words say by which method a frame was computed. */
const METHOD =
  /^(?:(?:dft|qm|ref|reference)_)?(?:method|functional|xc|xc_functional|theory|level_of_theory|level|calculator|basis|basis_set)$/i;

export const tellsMethod = (key: string): boolean => METHOD.test(key);

/** PD0910 in a sentence, by the key that tells the methods; undefined where there is one at most. */
export function describeMethods(words: DataFacts['words']): string | undefined {
  for (const [key, own] of Object.entries(words)) {
    const methods = Object.entries(own).sort(([, a], [, b]) => b - a);
    if (!tellsMethod(key) || methods.length < 2) continue;
    const named = methods.slice(0, 4).map(([word, frames]) => `${word} (${frames})`);
    return `\`${key}\` names ${methods.length} methods: ${named.join(', ')}. Energies of different methods have different zeros, and no potential can have both.`;
  }
  return undefined;
}

/** Of each file of a dataset. */
export function checkLabels(context: FileContext, dataset: BlockReading): void {
  for (const item of itemsOf(dataset.attributes.get('files')?.attribute.value)) {
    const facts = item.kind === 'string' ? context.environment?.summary?.([item.text]) : undefined;
    if (item.kind !== 'string' || facts === undefined) continue;
    const report = (code: string, message: string | undefined, fixes: readonly Fix[] = []): void => {
      if (message !== undefined) context.report({ code, severity: 'warning', span: item, message, fixes });
    };
    // Units that are written count for formats that have none of their own.
    const isUnitless = facts.unitless === true;
    const unit = isUnitless ? blocksOf(dataset, 'units').at(0)?.attributes.get('energy')?.value : undefined;
    const written = typeof unit === 'string' ? unit : undefined;
    if (facts.energyUnit !== undefined && facts.energyUnit !== (written ?? 'eV'))
      report(
        'PD0105',
        describeEnergyUnit(facts.energyUnit, written),
        isUnitless ? unitFixes(context, dataset, facts.energyUnit) : [],
      );
    if (facts.far !== undefined) report('PD0108', describeFar(facts.far, facts.frames));
    if (facts.work !== undefined) report('PD0107', describeWork(facts.work));
    const { frames, frozen, unconverged } = facts;
    if (facts.forcesKey !== undefined)
      checkFlagged(context, dataset, item, 'PD0908', frozen, (count) => describeFrozen(count, frames));
    checkFlagged(context, dataset, item, 'PD0909', unconverged, (count) => describeUnconverged(count, frames));
    report('PD0910', describeMethods(facts.words));
  }
}

/** Frames by themselves, which can be left out; those that are already don't count. */
function checkFlagged(
  { section, report }: FileContext,
  { block }: BlockReading,
  item: StringValue,
  code: string,
  flagged: FlaggedFrames | undefined,
  describe: (count: number) => string,
): void {
  if (flagged === undefined) return;
  const excluded = excludedFrom(block).filter(({ file }) => file === item.text);
  // Which file of a pattern it is, nobody says.
  const named = isGlob(item.text) ? undefined : flagged.frames;
  const rest = named?.filter((i) => !excluded.some(({ first, last }) => first <= i && i <= last));
  const count = rest?.length ?? flagged.count;
  if (count === 0) return;
  const ranges = rest?.map((i) => ({ file: item.text, first: i, last: i })) ?? [];
  const edit = ranges.length === 0 ? undefined : exclusionFrom(section, block, ranges);
  report({
    code,
    severity: 'warning',
    span: item,
    message: describe(count),
    fixes: edit === undefined ? [] : [{ title: 'Leave these frames out', edits: [edit], preferred: true }],
  });
}

/** Writes the unit of the energies of a file that has none. */
function unitFixes(context: FileContext, dataset: BlockReading, unit: string): readonly Fix[] {
  const own = blocksOf(dataset, 'units').at(0);
  const title = `Write \`energy = ${unit}\``;
  if (own === undefined)
    return insertion(
      context,
      dataset.block,
      `Write \`units { energy = ${unit} }\``,
      `units { energy = ${unit} }`,
      true,
    );
  const value = own.attributes.get('energy')?.attribute.value;
  return value === undefined
    ? insertion(context, own.block, title, `energy = ${unit}`, true)
    : [replace(title, value, unit, true)];
}
