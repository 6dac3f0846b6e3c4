/** An input.nn against what is known of the input.data beside it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { describe, expect, it } from 'vitest';
import { openFrames } from '../../../../engine/formats/frames';
import { createRandom } from '../../../../engine/random';
import type { Structure } from '../../../../engine/structure/structure';
import type { Diagnostic } from '../../../../language/diagnostic';
import type { DataFacts, SurveyFacts } from '../../../../language/check/facts';
import { checkFile } from '../../../../language/runner/check/check';
import { parseScaling, type Companions } from '../../../../language/runner/check/companions';
import { readFile } from '../../../../language/runner/reading';
import { writeAtomEnergies } from '../../../../language/runner/refactor';
import { readInput } from '../../../../language/runner/tree';
import { surveySample } from '../../../../server/data/survey';
import { analyzeInput } from '../../../../server/runner/analysis';
import { completeInputAt } from '../../../../server/runner/completion';
import { hoverInputAt } from '../../../../server/runner/hover';
import { inlayHintsOfInput } from '../../../../server/runner/inlay-hints';
import { surveyQuestion } from '../../../../server/runner/survey';
import { PREDICTION } from './cases';

/** Water molecules, deformed; bohr. */
const random = createRandom(1, 'structures');
const structures: Structure[] = Array.from({ length: 60 }, () => ({
  numbers: Uint8Array.of(8, 1, 1),
  positions: Float64Array.from([0, 0, 0, 1.8, 0, 0, -0.5, 1.7, 0], (x) => x + 0.2 * random.uniform()),
  periodic: [false, false, false],
}));

/** The second line of hydrogen and oxygen is nearly the same as the one before. */
const TEXT = PREDICTION.replace(
  'symfunction_short H 2 H 0.01 0.0 12.0\n',
  'symfunction_short H 2 H 0.1 1.0 12.0\nsymfunction_short H 2 H 0.1001 1.0 12.0\n',
);

async function survey(text: string): Promise<SurveyFacts> {
  const question = surveyQuestion(readFile(readInput(text)), 'input.data');
  if (question === undefined) throw new Error('the fixture is wrong');
  return surveySample(structures, structures.length, question, new AbortController().signal);
}

const companionsOf = (data: Companions['data'], scaling?: string): Companions => ({
  scaling: scaling === undefined ? undefined : parseScaling(scaling),
  weights: new Map(),
  data,
});

async function diagnose(text: string, scaling?: string): Promise<string[]> {
  const companions = companionsOf({ facts: undefined, survey: await survey(text) }, scaling);
  return checkFile(readFile(readInput(text)), companions)
    .filter(({ code }) => ['NN042', 'NN091'].includes(code))
    .map(({ code, severity, span }) => `${code} ${severity} ${text.slice(span.start, span.end)}`);
}

/** scaling.data as the survey would have it, in another order if `by` is not 1. */
async function scalingOf(text: string, by = 1): Promise<string> {
  const { functions } = await survey(text);
  return Object.values(functions)
    .flatMap((own, e) =>
      own.map(({ minimum, mean, maximum }, i) => `${e + 1} ${i + 1} ${by * minimum} ${by * maximum} ${by * mean} 1\n`),
    )
    .join('');
}

describe('functions over the data', () => {
  it('that say the same are found, and the fix leaves none', async () => {
    const companions = companionsOf({ facts: undefined, survey: await survey(TEXT) });
    const [found, ...others] = checkFile(readFile(readInput(TEXT)), companions).filter(({ code }) => code === 'NN042');
    expect(others).toEqual([]);
    expect(TEXT.slice(found.span.start, found.span.end)).toBe('symfunction_short H 2 H 0.1001 1.0 12.0');
    const [edit] = found.fixes?.at(0)?.edits ?? [];
    const fixed = TEXT.slice(0, edit.span.start) + edit.text + TEXT.slice(edit.span.end);
    expect(fixed).toContain('symfunction_short H 2 H 0.1 1.0 12.0\n#');
    expect(await diagnose(fixed)).toEqual([]);
  });

  it('agree with the scaling.data that was made of them, and not with another one', async () => {
    expect(await diagnose(PREDICTION, await scalingOf(PREDICTION))).toEqual([]);
    expect(await diagnose(PREDICTION, await scalingOf(PREDICTION, 0.5))).toEqual(['NN091 warning symfunction_short']);
  });

  it('are asked for only where every line is understood', () => {
    const asked = (text: string): boolean => surveyQuestion(readFile(readInput(text)), 'input.data') !== undefined;
    expect(asked(PREDICTION)).toBe(true);
    expect(asked(PREDICTION.replace('H 2 H', 'H 77 H'))).toBe(false);
    expect(asked(PREDICTION.replace('elements                        H O', 'elements H'))).toBe(false);
    expect(asked('')).toBe(false);
  });

  it('are told in hover and hints', async () => {
    const companions = companionsOf({ facts: undefined, survey: await survey(TEXT) });
    const input = analyzeInput(TextDocument.create('file:///f/input.nn', 'runner-nn', 1, TEXT), () => companions);
    const contents = hoverInputAt(input, TEXT.indexOf('symfunction_short H 2 H 0.1001') + 3)?.contents;
    const text = typeof contents === 'object' && 'value' in contents ? contents.value : '';
    expect(text).toContain('over all 60 structures of input.data');
    expect(text).toMatch(/Says the same as line 13 \(correlation (1\.00000|0\.9999\d)\)/);
    const whole = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };
    const labels = inlayHintsOfInput(input, whole).map(({ label }) => label);
    // 3 and 2 inputs to 15, 10 and 1 nodes.
    expect(labels.at(0)).toBe(`${3 * 15 + 15 + 15 * 10 + 10 + 11 + 2 * 15 + 15 + 15 * 10 + 10 + 11} weights`);
    expect(labels).toContain('H 3/3 · FWHM 5.26 bohr · as H 2');
    // Hydrogen sees the other one, oxygen no other oxygen.
    expect(labels).toContain('O 2/2 · FWHM 16.7 bohr · constant');
  });
});

describe('charged periodic structures', () => {
  const facts: DataFacts = {
    frames: 3,
    atoms: { minimum: 1, maximum: 1, total: 3 },
    elements: { H: 3 },
    keys: {},
    columns: {},
    words: {},
    charged: 2,
  };
  it('are told where there is an Ewald sum', () => {
    const text = `nnp_type 4G-HDNN\newald_prec 1e-6\n`;
    const found = (own: DataFacts, of = text): string[] =>
      checkFile(readFile(readInput(of + PREDICTION)), companionsOf({ facts: own, survey: undefined }))
        .filter(({ code, message }) => code === 'NN094' && message.includes('charge'))
        .map(({ message }) => message.slice(0, message.indexOf(':')));
    expect(found(facts)).toEqual(['2 periodic structures of input.data have a total charge']);
    expect(found({ ...facts, charged: 0 })).toEqual([]);
    expect(found(facts, '')).toEqual([]);
  });
});

describe('energies of atoms', () => {
  it('are written where they are and where they are missing', () => {
    const text = `${PREDICTION}atom_energy O -1.0\n`;
    const edits = writeAtomEnergies(readFile(readInput(text)), { H: -0.5, O: -75.25 });
    const written = [...edits]
      .sort((a, b) => b.span.start - a.span.start)
      .reduce((all, { span, text: own }) => all.slice(0, span.start) + own + all.slice(span.end), text);
    expect(written.split('\n').filter((line) => line.startsWith('atom_energy'))).toEqual([
      'atom_energy O -75.25',
      `${'atom_energy'.padEnd(31)} H -0.5`,
    ]);
    expect(writeAtomEnergies(readFile(readInput(written)), { H: -0.5, O: -75.25 })).toEqual([]);
    // Of an element that the data lack nothing is known.
    expect(writeAtomEnergies(readFile(readInput(text)), { O: -75.25 })).toEqual([]);
  });
});

describe('elements of input.data', () => {
  const facts: DataFacts = {
    frames: 3,
    atoms: { minimum: 1, maximum: 1, total: 3 },
    elements: { H: 3, O: 3, Na: 1 },
    keys: {},
    columns: {},
    words: {},
  };
  const companions = companionsOf({ facts, survey: undefined });

  it('that are not listed are an error, and the fix lists them', () => {
    const diagnosed = (text: string): Diagnostic[] =>
      checkFile(readFile(readInput(text)), companions).filter(({ code }) => code === 'NN011');
    const [found, ...others] = diagnosed(PREDICTION);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(/^Na is in input\.data/) as string,
    });
    const fixed = [...(found.fixes?.at(0)?.edits ?? [])]
      .sort((a, b) => b.span.start - a.span.start)
      .reduce((text, { span, text: own }) => text.slice(0, span.start) + own + text.slice(span.end), PREDICTION);
    expect(fixed).toContain('H O Na\n');
    expect(fixed).toMatch(/^number_of_elements +3$/m);
    expect(diagnosed(fixed)).toEqual([]);
  });

  it('are offered first', () => {
    const text = 'elements H \n';
    const input = analyzeInput(TextDocument.create('file:///f/input.nn', 'runner-nn', 1, text), () => companions);
    const [first, second] = completeInputAt(input, text.length - 1, { snippets: true }).sort((a, b) =>
      (a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1,
    );
    expect([first.label, first.detail]).toEqual(['O', 'oxygen, in 3 structures of input.data']);
    expect([second.label, second.detail]).toEqual(['Na', 'sodium, in 1 structure of input.data']);
  });
});

const CONFORMANCE = path.join(process.env.NEARSIGHT_DATA ?? '', 'conformance');
const isThere = process.env.NEARSIGHT_DATA !== undefined && existsSync(CONFORMANCE);
if (!isThere) console.warn('skipped: there are no data');

describe.skipIf(!isThere)('files that n2p2 has made', () => {
  const folders = isThere
    ? readdirSync(CONFORMANCE).filter((name) => existsSync(path.join(CONFORMANCE, name, 'scaling.data')))
    : [];
  it.each(folders)('%s: scaling.data and elements belong to the structures', async (name) => {
    const folder = path.join(CONFORMANCE, name);
    const file = readFile(readInput(readFileSync(path.join(folder, 'input.nn'), 'latin1')));
    const opened = await openFrames(path.join(folder, 'input.data'));
    if (!opened.ok) throw new Error(opened.problems[0].message);
    const source = opened.value;
    const summary = await source.inspect();
    const frames = await Promise.all(Array.from({ length: source.count }, (_, i) => source.read(i)));
    await source.dispose();
    const question = surveyQuestion(file, 'input.data');
    if (question === undefined || !summary.ok) throw new Error('this is not understood');
    const sample = frames.flatMap((frame) => (frame.ok ? [frame.value] : []));
    const known = await surveySample(sample, sample.length, question, new AbortController().signal);
    const companions: Companions = {
      scaling: parseScaling(readFileSync(path.join(folder, 'scaling.data'), 'latin1')),
      weights: new Map(),
      data: { facts: summary.value, survey: known },
    };
    const found = checkFile(file, companions).filter(({ code }) => ['NN011', 'NN091', 'NN094'].includes(code));
    expect(found).toEqual([]);
  });
});
