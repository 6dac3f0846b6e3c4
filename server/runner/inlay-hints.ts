/**
 * textDocument/inlayHint in `input.nn`: the place of a function in the order of n2p2 with its width, and what the sizes of networks come
 * to: weights, and the memory of the covariance of the Kalman filter.
 */
import type { InlayHint, Range } from 'vscode-languageserver';
import { isConstant } from '../../language/check/facts';
import { countWeights } from '../../language/runner/check/companions';
import { shown } from '../../language/runner/numbers';
import { elementsOf, sortedFunctionsOf, type Entry, type InputFile } from '../../language/runner/reading';
import { spanIn } from '../../language/runner/tree';
import { counted, grouped } from '../features/effects';
import type { InputAnalysis } from './analysis';
import { lengthUnit } from './hover';
import { factsOfFunctions } from './survey';

export function inlayHintsOfInput(analysis: InputAnalysis, range: Range): InlayHint[] {
  const { file, tree, document } = analysis;
  const functionLabels = labelFunctions(analysis);
  return file.entries
    .filter(({ line }) => line >= range.start.line && line <= range.end.line)
    .flatMap((entry) => {
      const label = functionLabels.get(entry) ?? labelSetting(file, entry);
      if (label === undefined) return [];
      const { end } = entry.arguments.at(-1) ?? entry.written;
      const { start } = spanIn(tree, entry.line, { start: end, end });
      return [{ position: document.positionAt(start), label, paddingLeft: true }];
    });
}

function labelFunctions({ file, tree, companions }: InputAnalysis): ReadonlyMap<Entry, string> {
  const survey = companions?.data?.survey;
  const sorted = sortedFunctionsOf(file);
  const totals = new Map<string, number>();
  for (const { value } of sorted) totals.set(value.center, (totals.get(value.center) ?? 0) + 1);
  const numbers = new Map<string, number>();
  const unit = lengthUnit(tree);
  const known = survey === undefined ? undefined : factsOfFunctions(file, survey);
  return new Map(
    sorted.map(({ entry, value }) => {
      const number = (numbers.get(value.center) ?? 0) + 1;
      numbers.set(value.center, number);
      const parts = [`${value.center} ${number}/${totals.get(value.center) ?? 0}`];
      if (value.eta !== undefined && value.eta > 0)
        parts.push(`FWHM ${shown(2 * Math.sqrt(Math.LN2 / value.eta), 3)}${unit}`);
      const own = known?.get(entry);
      if (own !== undefined && isConstant(own.facts)) parts.push('constant');
      else if (own?.twin !== undefined) parts.push(`as ${value.center} ${(own.facts.twin?.index ?? 0) + 1}`);
      return [entry, parts.join(' · ')];
    }),
  );
}

function labelSetting(file: InputFile, { name }: Entry): string | undefined {
  if (name !== 'global_nodes_short' && name !== 'updater_type') return undefined;
  const sorted = sortedFunctionsOf(file);
  const weights = elementsOf(file).map((symbol) => {
    const inputs = sorted.filter(({ value }) => value.center === symbol).length;
    return inputs === 0 ? undefined : countWeights(file, symbol, inputs);
  });
  const all = weights.reduce<number | undefined>(
    (sum, n) => (sum === undefined || n === undefined ? undefined : sum + n),
    0,
  );
  if (all === undefined || all === 0) return undefined;
  if (name === 'global_nodes_short') return counted(all, 'weight');
  // The filter of n2p2 keeps P, n × n numbers of 8 bytes, of all weights together, or of each element by itself.
  if (file.one('updater_type')?.arguments.at(0)?.text !== '1') return undefined;
  const isSplit = file.one('update_strategy')?.arguments.at(0)?.text === '1';
  const bytes = (isSplit ? weights : [all]).reduce<number>((sum, n = 0) => sum + 8 * n * n, 0);
  return `covariance ${bytes < 1e9 ? `${grouped(Math.ceil(bytes / 1e6))} MB` : `${shown(bytes / 1e9, 3)} GB`}`;
}
