/** nearsight/preview: the radial and angular functions of a potential as curves, over the radial distribution of its data. */
import { cutoffShape } from '../../engine/descriptors/cutoff-functions';
import { strengthOf } from '../../language/check/chirality';
import { isConstant, type SurveyFacts } from '../../language/check/facts';
import { datasetsOf, knownFunctions, surveyOf, type KnownFunction } from '../../language/check/surveys';
import { isBehler, isChiral } from '../../language/definition/chirality';
import type { BehlerFunction, ChiralFunction, PotentialDefinition } from '../../language/definition/definition';
import { functionKey } from '../../language/definition/expansion';
import { formatNumber } from '../../language/schema/units';
import type { DescriptorPreview, PreviewCurve } from '../../protocol/preview';
import type { Analysis } from '../analysis';
import { describeSample, nameOf } from './effects';

/** Points of a curve. */
const POINTS = 241;
const ANGLES = 91;
/** More curves in one chart nobody can tell apart. */
const MAXIMUM_CURVES = 200;

/** Undefined where the potential has errors. */
export function previewOf({ definition, files }: Analysis, name: string): DescriptorPreview | undefined {
  const potential = definition.potentials.get(name);
  if (potential === undefined) return undefined;
  const { options, symmetryFunctions } = potential;
  const survey = surveyOf(definition, name, files);
  const known = survey === undefined ? undefined : knownFunctions(potential, survey);
  const all = Object.values(symmetryFunctions).flat();
  const functions = all.filter(isBehler);
  const chiral = all.filter(isChiral);
  const channels = chiral.flatMap(radialPartsOf);
  const reach = Math.max(options.cutoff, ...all.map(({ cutoff }) => cutoff)) * 1.05;
  const shape = cutoffShape(options.cutoff_function);
  const falloff = (r: number, cutoff: number): number => (r < cutoff ? shape.value(r / cutoff) : 0);
  const gaussian = ({ eta, shift, cutoff }: Gaussian, r: number): number =>
    Math.exp(-eta * (r - shift) ** 2) * falloff(r, cutoff);
  const alongAxis = (at: (r: number) => number): number[] =>
    Array.from({ length: POINTS }, (_, k) => at((k / (POINTS - 1)) * reach));
  const radialLabel = ({ eta, shift }: Gaussian): string =>
    `η ${formatNumber(eta, 4)} Å⁻², rₛ ${formatNumber(shift, 4)} Å`;
  const radialCurves = (own: readonly BehlerFunction[]): PreviewCurve[] =>
    curves(own, known, radialLabel, (one) => alongAxis((r) => gaussian(one, r)));
  const triples = functions.filter((one) => one.type !== 2);
  return {
    potential: name,
    cutoff: options.cutoff,
    reach,
    cutoffFunction: { name: options.cutoff_function, values: alongAxis((r) => falloff(r, options.cutoff)) },
    radial: radialCurves(functions.filter(({ type }) => type === 2)),
    angularRadial: radialCurves(triples),
    angular: curves(
      triples,
      known,
      ({ lambda, zeta }) => `λ ${lambda}, ζ ${formatNumber(zeta, 4)}`,
      ({ lambda, zeta }) =>
        Array.from({ length: ANGLES }, (_, k) => {
          const cosine = Math.cos((k / (ANGLES - 1)) * Math.PI);
          return 2 ** (1 - zeta) * Math.max(0, 1 + lambda * cosine) ** zeta;
        }),
    ),
    channels: curves(channels, known, radialLabel, (one) => alongAxis((r) => gaussian(one, r))),
    chirality: chiralityOf(chiral, known),
    distributions: survey === undefined ? [] : distributionsOf(potential, survey, reach),
    ...(survey !== undefined && { sample: describeSample(survey) }),
    pending: survey === undefined && files?.survey !== undefined && datasetsOf(definition, name).length > 0,
  };
}

type Gaussian = Pick<BehlerFunction, 'eta' | 'shift' | 'cutoff'>;

/** The channels of a function, as if they were radial functions. */
const radialPartsOf = ({ center, cutoff, volumes }: ChiralFunction): BehlerFunction[] =>
  volumes.flat().map(({ neighbor, eta, shift }) => ({ type: 2, center, neighbor, eta, shift, cutoff }));

function chiralityOf(
  functions: readonly ChiralFunction[],
  known: ReadonlyMap<string, KnownFunction> | undefined,
): DescriptorPreview['chirality'] {
  return [...new Set(functions.map(({ center }) => center))].map((center) => {
    const own = functions.filter((one) => one.center === center);
    const strength = strengthOf(own.flatMap((one) => known?.get(functionKey(one)) ?? []));
    return { center, functions: own.length, ...(strength !== undefined && { strength }) };
  });
}

/** Functions with the same numbers are one curve. */
function curves<F extends BehlerFunction>(
  functions: readonly F[],
  known: ReadonlyMap<string, KnownFunction> | undefined,
  labelOf: (one: F) => string,
  valuesOf: (one: F) => number[],
): PreviewCurve[] {
  const found = new Map<string, { readonly first: F; readonly of: Set<string>; useful: boolean }>();
  for (const one of functions) {
    const label = labelOf(one);
    const curve = found.get(label) ?? { first: one, of: new Set<string>(), useful: known === undefined };
    const facts = known?.get(functionKey(one))?.facts;
    curve.of.add(nameOf(one));
    curve.useful ||= facts === undefined || !isConstant(facts);
    found.set(label, curve);
  }
  return [...found]
    .slice(0, MAXIMUM_CURVES)
    .map(([label, { first, of, useful }]) => ({ label, of: [...of], values: valuesOf(first), constant: !useful }));
}

/** Neighbours in shells of equal width, divided by the square of the distance. */
function distributionsOf(
  { elements }: PotentialDefinition,
  survey: SurveyFacts,
  reach: number,
): DescriptorPreview['distributions'] {
  const { distances } = survey;
  return elements.flatMap((a, i) =>
    elements.slice(i).flatMap((b) => {
      const [from, to] = [survey.elements.indexOf(a), survey.elements.indexOf(b)];
      const nearest = from < 0 || to < 0 ? Infinity : distances.nearest[from][to];
      if (!(nearest < reach)) return [];
      const counts = distances.counts[from][to];
      // Bins of about 0.05 Å: what is finer is noise of a sample.
      const width = Math.max(1, Math.round(0.06 / distances.bin));
      const shells = Array.from({ length: Math.ceil(reach / (width * distances.bin)) }, (_, k) => {
        const r = (k + 0.5) * width * distances.bin;
        return counts.slice(k * width, (k + 1) * width).reduce((sum, n) => sum + n, 0) / (r * r);
      });
      const largest = Math.max(...shells, Number.MIN_VALUE);
      return [{ pair: `${a}–${b}`, nearest, values: shells.map((n) => n / largest) }];
    }),
  );
}
