/**
 * The symmetry functions of an `input.nn` over the `input.data` beside it. Both have the same unit of length, which nobody
 * needs to know for that: what comes out is in it too.
 */
import type { CompactShape, DescriptorFunction } from '../../engine/descriptors/function-types';
import type { FunctionFacts, SurveyFacts } from '../../language/check/facts';
import { byNumber, type SymmetryFunction } from '../../language/runner/functions';
import {
  elementsOf,
  functionsOf,
  numberOf,
  sortedFunctionsOf,
  type Entry,
  type FunctionEntry,
  type InputFile,
} from '../../language/runner/reading';
import { CUTOFF_NAMES } from '../../language/runner/to-potential';
import type { CutoffFunction } from '../../language/definition/definition';
import type { SurveyQuestion } from '../data/requests';

/** Undefined where a line is not understood, or n2p2 has no such function: then nobody knows what it would compute. */
export function surveyQuestion(file: InputFile, dataFile: string): SurveyQuestion | undefined {
  const entries = functionsOf(file);
  if (entries.length === 0 || entries.length !== file.all('symfunction_short').length) return undefined;
  const elements = [...elementsOf(file)].sort(byNumber);
  const type = numberOf(file, 'cutoff_type') ?? NaN;
  const cutoffFunction = CUTOFF_NAMES.at(type) as CutoffFunction | undefined;
  if (elements.length === 0 || cutoffFunction === undefined) return undefined;
  const functions: Record<string, DescriptorFunction[]> = Object.fromEntries(elements.map((symbol) => [symbol, []]));
  for (const { value } of sortedFunctionsOf(file)) {
    const one = descriptorOf(value);
    const known = [value.center, ...value.neighbors].every((symbol) => elements.includes(symbol));
    if (one === undefined || !known) return undefined;
    functions[value.center].push(one);
  }
  const alpha = file.one('cutoff_type')?.arguments.at(1);
  const innerCutoff = alpha === undefined ? 0 : Number(alpha.text);
  if (!(innerCutoff >= 0 && innerCutoff < 1)) return undefined;
  const cutoff = Math.max(...entries.map(({ value }) => value.cutoff));
  // Of a hyperbolic tangent n2p2 ignores the inner cutoff.
  const inner = cutoffFunction.startsWith('tanh3') ? 0 : innerCutoff;
  return { files: [dataFile], length: 1, elements, cutoff, cutoffFunction, innerCutoff: inner, functions };
}

export interface InputFunctionFacts {
  readonly facts: FunctionFacts;
  readonly twin: FunctionEntry | undefined;
}

const known = new WeakMap<
  SurveyFacts,
  { readonly file: InputFile; readonly map: ReadonlyMap<Entry, InputFunctionFacts> }
>();

/** What a survey says of each function of a file, by its line. */
export function factsOfFunctions(file: InputFile, survey: SurveyFacts): ReadonlyMap<Entry, InputFunctionFacts> {
  const before = known.get(survey);
  if (before?.file === file) return before.map;
  const map = new Map<Entry, InputFunctionFacts>();
  for (const center of Object.keys(survey.functions)) {
    const own = sortedFunctionsOf(file).filter(({ value }) => value.center === center);
    own.forEach(({ entry }, i) => {
      const facts = survey.functions[center].at(i);
      if (facts === undefined || facts.histogram.length === 0) return;
      map.set(entry, { facts, twin: facts.twin === undefined ? undefined : own[facts.twin.index] });
    });
  }
  known.set(survey, { file, map });
  return map;
}

const RADIANS = Math.PI / 180;

function descriptorOf(one: SymmetryFunction): DescriptorFunction | undefined {
  const { type, center, cutoff, eta = 0, shift = 0, lambda = 0, zeta = 0, inner = 0, left = 0, right = 0 } = one;
  const [neighbor, second] = one.neighbors;
  const neighbors = [neighbor, second] as const;
  const angles = [left * RADIANS, right * RADIANS] as const;
  const isAngular = type === 3 || type === 9 || type === 13;
  if (!(cutoff > 0) || eta < 0 || (isAngular && !(zeta > 0))) return undefined;
  const shape = shapeOf(one.shape);
  switch (type) {
    case 2:
      return { type, center, neighbor, eta, shift, cutoff };
    case 3:
    case 9:
      return { type, center, neighbors, eta, shift, lambda, zeta, cutoff };
    case 12:
      return { type, center, eta, shift, cutoff };
    case 13:
      return { type, center, eta, shift, lambda, zeta, cutoff };
    case 20:
      return shape && inner < cutoff ? { type, center, neighbor, inner, cutoff, shape } : undefined;
    case 21:
    case 22:
      return shape && inner < cutoff && left < right
        ? { type, center, neighbors, inner, cutoff, angles, shape }
        : undefined;
    case 23:
      return shape && inner < cutoff ? { type, center, inner, cutoff, shape } : undefined;
    case 24:
    case 25:
      return shape && inner < cutoff && left < right ? { type, center, inner, cutoff, angles, shape } : undefined;
    default:
      return undefined;
  }
}

const KERNELS = ['exp', 'poly1', 'poly2', 'poly3', 'poly4'] as const;

function shapeOf(word: string | undefined): CompactShape | undefined {
  const match = /^(?:e|p([1-4])(a?))$/.exec(word ?? '');
  return match === null ? undefined : { kernel: KERNELS[Number(match.at(1) ?? 0)], asymmetric: match[2] === 'a' };
}
