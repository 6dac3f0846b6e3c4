/**
 * Masses that elements are given in a simulation: of no element (PD0009), of one that the potential does not have (PD0202), twice
 * (PD0003), or far from the standard one and no isotope's (PD0204).
 */
import { atomicNumber, elements as periodicTable } from '../elements';
import { isotopeOf, nearestIsotope } from '../isotopes';
import { formatQuantity } from '../schema/units';
import { elementsOf } from './loading';
import { rewrite } from './ranges';
import {
  blocksOf,
  deletion,
  numberOf,
  referred,
  reportTwice,
  textOf,
  type BlockReading,
  type Context,
  type FileContext,
} from './reading';

/** How far, relative to it, an element's own mass may be from the standard one without a word. */
const FAR = 0.05;

/** The mass in amu that each element has in a simulation, where it is not the standard one. */
export function massesIn(md: BlockReading): Readonly<Partial<Record<string, number>>> {
  return Object.fromEntries(
    blocksOf(md, 'isotope').flatMap((isotope) => {
      const mass = numberOf(isotope, 'mass');
      return isotope.elements.length === 0 || mass === undefined ? [] : [[isotope.elements[0].text, mass]];
    }),
  );
}

/** Of the block by itself. */
export function checkIsotopes(context: Context, md: BlockReading): void {
  const first = new Map<string, BlockReading>();
  for (const isotope of blocksOf(md, 'isotope')) {
    const label = isotope.elements.at(0);
    if (label === undefined) continue;
    const before = first.get(label.text);
    if (before !== undefined)
      reportTwice(
        context,
        { what: 'one', message: `The mass of ${label.text} is already given.` },
        { item: isotope.block, span: label },
        { item: before.block, span: before.label ?? before.block.name },
      );
    else first.set(label.text, isotope);
    checkMass(context, isotope, label.text);
  }
}

function checkMass(context: Context, isotope: BlockReading, symbol: string): void {
  const mass = isotope.attributes.get('mass')?.quantities?.[0];
  const { mass: standard, name } = periodicTable[atomicNumber(symbol) ?? 0];
  if (mass === undefined || Math.abs(mass.value / standard - 1) <= FAR) return;
  if (isotopeOf(symbol, mass.value) !== undefined) return;
  const near = nearestIsotope(symbol, mass.value);
  const percent = Math.round(100 * Math.abs(mass.value / standard - 1));
  context.report({
    code: 'PD0204',
    severity: 'warning',
    span: mass.span,
    message: `${formatQuantity(mass.value, 'mass')} is ${percent} % ${mass.value > standard ? 'more' : 'less'} than the standard mass of ${name}, ${formatQuantity(standard, 'mass')}, and no isotope has it.`,
    fixes: [
      ...rewrite(mass, standard, `Write ${formatQuantity(standard, 'mass')}, the standard mass`),
      ...(near === undefined
        ? []
        : rewrite(mass, near.mass, `Write ${formatQuantity(near.mass, 'mass')}, that of ${near.name}`).map(
            ({ title, edits }) => ({ title, edits }),
          )),
    ],
  });
}

/** Against the elements of the potential. */
export function checkIsotopeElements(context: FileContext, md: BlockReading): void {
  const potential = referred(context, md, 'potential');
  const symbols = potential === undefined ? [] : elementsOf(context, potential);
  if (potential === undefined || symbols.length === 0) return;
  for (const isotope of blocksOf(md, 'isotope')) {
    const label = isotope.elements.at(0);
    if (label === undefined || symbols.includes(label.text)) continue;
    context.report({
      code: 'PD0202',
      severity: 'error',
      span: label,
      message: `${textOf(context, label)} is not among the elements of the potential \`${potential.label?.text ?? ''}\`.`,
      fixes: [deletion(context, 'Remove this `isotope`', isotope.block)],
    });
  }
}
