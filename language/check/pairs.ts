/**
 * Pair terms by themselves: a Lennard-Jones potential that is given twice (PD0702), and one given by a sample through which
 * none passes, or which hardly tells its parameters (PD0701).
 */
import {
  minimumOf,
  sampleAt,
  solveSample,
  type LennardJonesSample,
  type SolvedSample,
} from '../definition/lennard-jones';
import type { Fix } from '../diagnostic';
import { formatNumber, formatQuantity } from '../schema/units';
import { blocksOf, deletion, numberOf, type BlockReading, type Context } from './reading';

/** Condition numbers above are reported: a hundredth of a percent in the energy makes half a percent in ε. */
const ILL_CONDITIONED = 50;
/** As many digits as identities have, or more. */
const DIGITS = 12;

/** The sample that a `pair` block has instead of its parameters; undefined where there is none, or not all of it. */
export function sampleOf(pair: BlockReading): { reading: BlockReading; sample: LennardJonesSample } | undefined {
  const reading = blocksOf(pair, 'sample').at(0);
  if (reading === undefined) return undefined;
  const [distance, energy, force] = ['distance', 'energy', 'force'].map((name) => numberOf(reading, name));
  if (distance === undefined || energy === undefined || force === undefined) return undefined;
  return { reading, sample: { distance, energy, force } };
}

export function checkPairs(context: Context, potential: BlockReading): void {
  for (const pair of blocksOf(potential, 'pair')) {
    checkGivenOnce(context, pair);
    const found = sampleOf(pair);
    if (found === undefined || !(found.sample.distance > 0)) continue;
    const solved = solveSample(found.sample);
    if (solved === undefined) reportInconsistent(context, found.reading, found.sample);
    else if (solved.condition > ILL_CONDITIONED) reportIllConditioned(context, found.reading, found.sample, solved);
  }
}

function checkGivenOnce(context: Context, pair: BlockReading): void {
  const sample = blocksOf(pair, 'sample').at(0);
  const parameters = ['epsilon', 'sigma'].flatMap((name) => pair.attributes.get(name)?.attribute ?? []);
  if (sample === undefined || parameters.length === 0) return;
  context.report({
    code: 'PD0702',
    severity: 'error',
    span: sample.block.name,
    message: 'A Lennard-Jones potential has either `epsilon` and `sigma` or a `sample`, which determines both.',
    fixes: [
      deletion(context, 'Keep the sample', ...parameters),
      ...(parameters.length === 2 ? [deletion(context, 'Keep `epsilon` and `sigma`', sample.block)] : []),
    ],
  });
}

function reportInconsistent(context: Context, reading: BlockReading, sample: LennardJonesSample): void {
  const { distance, energy, force } = sample;
  const factor = distance * force <= 6 * energy ? 6 : 12;
  const [left, right] = [distance * force, factor * energy].map((value) => formatQuantity(value, 'energy', 'eV', 4));
  const relation = distance * force < factor * energy ? '<' : '=';
  const turned =
    solveSample({ ...sample, force: -force }) === undefined ? [] : [rewriteValue(reading, 'force', -force)];
  context.report({
    code: 'PD0701',
    severity: 'error',
    span: reading.block.name,
    message: `No Lennard-Jones potential with positive parameters passes through this sample: r F = ${left} ${relation} ${factor} E = ${right}. The force is −dV/dr, positive where the atoms repel each other.`,
    fixes: turned.map((edit) => ({ title: `Write \`force = ${edit.text} …\`, the other direction`, edits: [edit] })),
  });
}

function reportIllConditioned(
  context: Context,
  reading: BlockReading,
  sample: LennardJonesSample,
  solved: SolvedSample,
): void {
  const { epsilon, sigma, condition } = solved;
  const minimum = minimumOf(solved);
  const unit = reading.attributes.get('distance')?.quantities?.[0].literal?.factor ?? 1;
  const nearer = sampleAt(solved, Number((minimum / unit).toPrecision(3)) * unit);
  // To write the parameters themselves is offered in any sample.
  const fix: Fix = {
    title: `Write the sample of the same potential at ${formatQuantity(nearer.distance, 'length')}, near its minimum`,
    edits: (['distance', 'energy', 'force'] as const).map((name) => rewriteValue(reading, name, nearer[name])),
    preferred: true,
  };
  context.report({
    code: 'PD0701',
    severity: 'warning',
    span: reading.block.name,
    message: `At ${formatQuantity(sample.distance, 'length')} energy and force hardly tell the parameters: an error of 1 % in the energy makes one of ${formatNumber(condition, 3)} % in ε (${formatQuantity(epsilon, 'energy', 'eV', 4)}; σ ${formatQuantity(sigma, 'length', 'Å', 4)}). Take a sample near the minimum, ${formatQuantity(minimum, 'length', 'Å', 4)}.`,
    fixes: [fix],
  });
}

/** The parameters as attributes, in so many digits that the identity of the potential is the same. */
export const writeParameters = ({ epsilon, sigma }: SolvedSample): string =>
  `epsilon = ${formatNumber(epsilon, DIGITS)} eV; sigma = ${formatNumber(sigma, DIGITS)} Å`;

/** Writes an internal value in the unit that the attribute has. */
function rewriteValue(reading: BlockReading, name: keyof LennardJonesSample, internal: number): Fix['edits'][number] {
  const { attribute, quantities } = reading.attributes.get(name) ?? {};
  const { span, factor } = quantities?.[0].literal ?? { span: attribute?.value ?? reading.block.name, factor: 1 };
  return { span: { start: span.start, end: span.end }, text: formatNumber(internal / factor, DIGITS) };
}
