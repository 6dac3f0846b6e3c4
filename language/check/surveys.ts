/**
 * Symmetry functions over the data: which dataset a potential is seen with, which functions a descriptor block makes, and what
 * is known of each.
 */
import type { DatasetDefinition, Definition, PotentialDefinition, SymmetryFunction } from '../definition/definition';
import { cutoffOf, descriptorOf, DESCRIPTORS, descriptorsOf, sortByNumber } from '../definition/potential-assembly';
import { expandBlock, functionKey } from '../definition/expansion';
import type { FunctionFacts, SurveyFacts } from './facts';
import { elementsOf } from './loading';
import { blocksOf, type BlockReading, type Environment } from './reading';

/** The datasets that a potential is trained on or evaluated with, in this order; without any such action the first of the file. */
export function datasetsOf({ actions, datasets }: Definition, potential: string): readonly DatasetDefinition[] {
  const names = (['train', 'evaluate'] as const).flatMap((kind) =>
    actions.flatMap((action) =>
      action.kind === kind && action.options.potential === potential ? [action.options.dataset] : [],
    ),
  );
  const named = [...new Set(names)].flatMap((name) => datasets.get(name) ?? []);
  return named.length > 0 ? named : [...datasets.values()].slice(0, 1);
}

/** A potential over its dataset; undefined as long as nobody has looked, or where there is nothing to look at. */
export function surveyOf(
  definition: Definition,
  name: string,
  environment: Environment | undefined,
): SurveyFacts | undefined {
  const potential = definition.potentials.get(name);
  const dataset = datasetsOf(definition, name).at(0);
  if (potential === undefined || dataset === undefined || potential.options.load !== undefined) return undefined;
  const { elements, symmetryFunctions: functions, options } = potential;
  return environment?.survey?.(
    { name, elements, functions, cutoff: options.cutoff, cutoffFunction: options.cutoff_function },
    { files: dataset.options.files, units: dataset.units },
  );
}

export interface BlockFunctions {
  readonly block: BlockReading;
  readonly functions: readonly SymmetryFunction[];
}

const made = new WeakMap<BlockReading, readonly BlockFunctions[]>();

/** The functions that one descriptor block of a potential makes, doubled ones too. */
export function functionsOfReading(potential: BlockReading, block: BlockReading): readonly SymmetryFunction[] {
  const elements = sortByNumber(elementsOf({ environment: undefined }, potential));
  return expandBlock(descriptorOf(block, cutoffOf(potential)), elements);
}

/** The functions that each descriptor block of a potential makes, doubled ones too. */
export function functionsByBlock(potential: BlockReading): readonly BlockFunctions[] {
  let blocks = made.get(potential);
  if (blocks === undefined) {
    const elements = sortByNumber(elementsOf({ environment: undefined }, potential));
    const descriptors = descriptorsOf(potential);
    blocks = blocksOf(potential, ...DESCRIPTORS).map((block, i) => ({
      block,
      functions: expandBlock(descriptors[i], elements),
    }));
    made.set(potential, blocks);
  }
  return blocks;
}

export interface KnownFunction {
  readonly function: SymmetryFunction;
  readonly facts: FunctionFacts;
  readonly twin?: { readonly function: SymmetryFunction; readonly correlation: number };
}

const known = new WeakMap<
  SurveyFacts,
  { readonly of: PotentialDefinition['symmetryFunctions']; readonly functions: ReadonlyMap<string, KnownFunction> }
>();

/** What is known of each function of a potential, by `functionKey`. */
export function knownFunctions(
  { symmetryFunctions }: PotentialDefinition,
  survey: SurveyFacts,
): ReadonlyMap<string, KnownFunction> {
  const before = known.get(survey);
  if (before?.of === symmetryFunctions) return before.functions;
  const functions = new Map<string, KnownFunction>();
  for (const [element, list] of Object.entries(symmetryFunctions))
    list.forEach((own, i) => {
      const facts = Object.hasOwn(survey.functions, element) ? survey.functions[element].at(i) : undefined;
      if (facts === undefined || facts.histogram.length === 0) return;
      const twin =
        facts.twin === undefined
          ? undefined
          : { function: list[facts.twin.index], correlation: facts.twin.correlation };
      functions.set(functionKey(own), { function: own, facts, ...(twin !== undefined && { twin }) });
    });
  known.set(survey, { of: symmetryFunctions, functions });
  return functions;
}
