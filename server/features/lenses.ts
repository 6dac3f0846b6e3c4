/** textDocument/codeLens: ▶ above what can be run, with its runs; above a potential how large it is. */
import type { CodeLens } from 'vscode-languageserver';
import type { PotentialDefinition } from '../../language/definition/definition';
import { countNetworkWeights } from '../../language/definition/networks';
import { LENS_COMMANDS, type LensArguments, type RunsChangedParameters } from '../../protocol/requests';
import { isResumable } from '../../protocol/resumable';
import { runKind } from '../../protocol/run';
import { rangeOf, type Analysis } from '../analysis';
import { declarationsOf } from '../names';

export type Runs = RunsChangedParameters['runs'];

const titles: Readonly<Record<LensArguments['kind'], string>> = {
  train: 'Train',
  evaluate: 'Evaluate',
  md: 'Run',
  explore: 'Explore',
  umbrella: 'Sample',
  rate: 'Compute',
  potential: '',
};

export function lensesOf(analysis: Analysis, runs: Runs): CodeLens[] {
  const { document, definition, tree } = analysis;
  return declarationsOf(tree).flatMap((declaration): CodeLens[] => {
    const { kind, text: label, block } = declaration;
    const range = rangeOf(document, { start: block.name.start, end: declaration.label.end });
    const lens = (title: string, command: string, lensKind: LensArguments['kind']): CodeLens => {
      const argument: LensArguments = { uri: document.uri, kind: lensKind, label };
      return { range, command: { title, command, arguments: [argument] } };
    };
    if (kind === 'potential') {
      const potential = definition.potentials.get(label);
      if (potential === undefined) return [];
      if (potential.automatic !== undefined)
        return [lens('symmetry functions from the data', LENS_COMMANDS.expand, 'potential')];
      const size = sizeOf(potential);
      if (size.functions === 0) return [];
      return [
        lens(describeSize(size), LENS_COMMANDS.expand, 'potential'),
        lens('Preview', LENS_COMMANDS.preview, 'potential'),
      ];
    }
    const action = runKind.options.find((option) => option === kind);
    if (action === undefined) return [];
    const lenses = [lens(`▶ ${titles[action]}`, LENS_COMMANDS.run, action)];
    const own = runs.filter((run) => run.kind === action && run.label === label);
    const latest = own.at(0);
    if (latest === undefined) return lenses;
    if (isResumable(latest.state)) lenses.push(lens('Resume', LENS_COMMANDS.resume, action));
    lenses.push(lens(latest.summary === '' ? 'Results' : `Results: ${latest.summary}`, LENS_COMMANDS.results, action));
    return lenses;
  });
}

export interface PotentialSize {
  readonly functions: number;
  readonly weights: number;
  readonly perElement: readonly { readonly element: string; readonly functions: number; readonly weights: number }[];
}

/** How many symmetry functions and network parameters (weights and biases) a potential has. */
export function sizeOf({ elements, symmetryFunctions, networks }: PotentialDefinition): PotentialSize {
  const perElement = elements.map((element) => {
    const functions = Object.hasOwn(symmetryFunctions, element) ? symmetryFunctions[element].length : 0;
    const hidden = networks !== undefined && Object.hasOwn(networks, element) ? networks[element].hidden : undefined;
    return { element, functions, weights: hidden === undefined ? 0 : countNetworkWeights(functions, hidden) };
  });
  return {
    functions: perElement.reduce((sum, { functions }) => sum + functions, 0),
    weights: perElement.reduce((sum, { weights }) => sum + weights, 0),
    perElement,
  };
}

const grouped = (n: number): string => n.toLocaleString('en-US');

export const describeSize = ({ functions, weights }: PotentialSize): string =>
  `${grouped(functions)} symmetry functions, ${grouped(weights)} weights`;
