/** An input.nn against the files beside it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { weightsName } from '../../../../engine/formats/n2p2-potential';
import type { Diagnostic } from '../../../../language/diagnostic';
import { checkInput } from '../../../../language/runner/check/check';
import { parseScaling, parseWeights, type Companions } from '../../../../language/runner/check/companions';
import { elementsOf, readFile } from '../../../../language/runner/reading';
import { readInput } from '../../../../language/runner/tree';
import { inputFiles } from './arbitrary';
import { PREDICTION } from './cases';

const SCALING = `# comment
1 1 0.0 1.0 0.5 0.1
1 2 0.1 1.0 0.5 0.1
2 1 0.2 1.0 0.5 0.1
2 2 0.3 1.0 0.5 0.1
`;

const CODES = ['NN040', 'NN041', 'NN090', 'NN091', 'NN092'];

function diagnose(text: string, scaling: string | undefined, weights: Record<string, string> = {}): Diagnostic[] {
  const companions: Companions = {
    scaling: scaling === undefined ? undefined : parseScaling(scaling),
    weights: new Map(Object.entries(weights).map(([symbol, content]) => [symbol, parseWeights(content)])),
  };
  return checkInput(readInput(text), undefined, companions).filter(({ code }) => CODES.includes(code));
}
const brief = (text: string, diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, severity, span }) => `${code} ${severity} ${text.slice(span.start, span.end)}`);

describe('scaling.data', () => {
  it('that belongs to the file is right', () => {
    expect(diagnose(PREDICTION, SCALING)).toEqual([]);
    expect(diagnose(PREDICTION, undefined)).toEqual([]);
  });

  it('with another number of rows', () => {
    const found = diagnose(PREDICTION, SCALING.split('\n').slice(0, -2).join('\n'));
    expect(brief(PREDICTION, found)).toEqual(['NN090 error symfunction_short']);
  });

  it('in another order', () => {
    const found = diagnose(PREDICTION, SCALING.replace('1 2 0.1', '2 1 0.1'));
    expect(brief(PREDICTION, found)).toEqual(['NN091 warning symfunction_short']);
    expect(found[0].span.start).toBe(PREDICTION.indexOf('symfunction_short H 2 O'));
  });

  it('with functions that do not vary, whose rows are those of n2p2, not of the lines', () => {
    // The second row of oxygen is about its oxygen neighbours, wherever the line stands.
    const text = PREDICTION.replace('symfunction_short O 2 O 0.01 0.0 12.0\n', '').replace(
      'symfunction_short H 2 H',
      'symfunction_short O 2 O 0.01 0.0 12.0\nsymfunction_short H 2 H',
    );
    const scaling = SCALING.replace('2 2 0.3 1.0', '2 2 0.3 0.3').replace('1 1 0.0 1.0', '1 1 0.0 0.0');
    const found = diagnose(text, scaling);
    expect(brief(text, found)).toEqual([
      'NN040 warning symfunction_short O 2 O 0.01 0.0 12.0',
      'NN041 warning symfunction_short H 2 H 0.01 0.0 12.0',
    ]);
    const [fix, all] = found[0].fixes ?? [];
    expect(fix.edits.map(({ span, text: added }) => [text.slice(span.start, span.start + 23), added])).toEqual([
      ['symfunction_short O 2 O', '#'],
    ]);
    expect(all.edits).toHaveLength(2);
  });
});

describe('weights', () => {
  // Two inputs, 15 and 10 nodes: (2 + 1)·15 + (15 + 1)·10 + (10 + 1)·1
  const WEIGHTS = '# value\n' + '0.5 a 1\n'.repeat(45 + 160 + 11);

  it('that belong to the networks are right', () => {
    expect(diagnose(PREDICTION, undefined, { H: WEIGHTS, O: WEIGHTS })).toEqual([]);
  });

  it('of another network, or that are no numbers', () => {
    const found = diagnose(PREDICTION, undefined, { H: `${WEIGHTS}0.5\n`, O: WEIGHTS.replace('0.5', 'nan') });
    expect(brief(PREDICTION, found)).toEqual(['NN092 error H', 'NN092 error O']);
    expect(found.map(({ message }) => message).join()).toMatch(/has 217 numbers, but this network has 216.*line 2/);
  });
});

it('finds nothing wrong with the files beside those that n2p2 reads', () => {
  if (inputFiles.length === 0) console.warn('skipped: there are no data');
  let checked = 0;
  for (const file of inputFiles.filter(({ name }) => name.endsWith('/input.nn'))) {
    const text = readFileSync(file.path, 'utf8');
    const read = (name: string): string | undefined => {
      const beside = path.join(path.dirname(file.path), name);
      return existsSync(beside) ? readFileSync(beside, 'latin1') : undefined;
    };
    const weights = Object.fromEntries(
      elementsOf(readFile(readInput(text))).flatMap((symbol) => {
        const content = read(weightsName(symbol));
        return content === undefined ? [] : [[symbol, content]];
      }),
    );
    const scaling = read('scaling.data');
    if (scaling !== undefined) checked++;
    const found = diagnose(text, scaling, weights).map(({ code }) => code);
    expect(
      found.filter((code) => code !== 'NN040' && code !== 'NN041'),
      file.name,
    ).toEqual([]);
  }
  if (inputFiles.length > 0) expect(checked).toBeGreaterThan(40);
});
