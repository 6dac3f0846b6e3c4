/**
 * Hours of editing in minutes: random edits and requests in both languages, each version made from the one before as the server does.
 * No exception, no range that is not in the document, answers as from nothing, and no memory that grows.
 * Ordinarily a few thousand; NEARSIGHT_FULL=1: a million, NEARSIGHT_FULL=NUMBER: so many; NEARSIGHT_SEED=NUMBER: others.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createRandom, type Random } from '../../../engine/random';
import { analyze, type Analysis } from '../../../server/analysis';
import { diagnosticsOf } from '../../../server/features/diagnostics';
import { analyzeInput, type InputAnalysis } from '../../../server/runner/analysis';
import { oneBlock } from '../../fixtures/language/long-files';
import { TRAINING } from '../language/runner/cases';
import { checkRanges, inputQuestions, inputQuestionsAt, questions, questionsAt } from './asking';
import { filesOf, RICH } from './fixture';

const full = Number(process.env.NEARSIGHT_FULL ?? 0);
/** Edits and requests, half of each, in both languages together. */
const COUNT = full === 1 ? 1_000_000 : full > 1 ? full : 4000;
const wanted = process.env.NEARSIGHT_SEED ?? '1';
const SEED = wanted === 'random' ? Date.now() : Number(wanted);
/** Every so many edits what was made from the version before is compared with what is made from nothing. */
const COMPARED = 50;
/** A document that has grown beyond it, or has become nothing, is opened anew. */
const LONGEST = 12_000;
const PIECES = [
  '{', '}', '[', ']', '(', ')', '"', '#', '!', '=', ';', ',', '..', '/', '^', '*', '%', '\\', '\n', '\r', '\r\n', '\t', ' ', '  ', '\ufeff',
  'potential p {\n', 'radial H O { ', 'eta = [1, 2] Å^-2', 'cutoff = 6 bohr', 'potential = water', 'elements = [H, O]\n', 'key("s")', '# note\n',
  'symfunction_short H 2 O 0.1 0.0 12.0\n', 'symfunction_short ', 'cutoff_type 2\n', 'elements H O\n', 'number_of_elements', ' H', ' 1e-3',
  'H', 'O', 'Å', '\u212b', '1', '-2.5', '1e999', 'NaN', '__proto__', 'constructor', '😀', '\ud800', '\u2028', 'é', 'x',
] as const; // prettier-ignore

const files = filesOf('ice.xyz', 'data/a.xyz', 'data/b.xyz');
const rich = readFileSync(new URL('../../fixtures/language/rich.potential', import.meta.url), 'utf8');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** In bytes, after everything that can be thrown away is. */
function memory(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const pick = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)];

/** Types, deletes, replaces or copies a piece. */
function edit(random: Random, document: TextDocument, version: number): number {
  const text = document.getText();
  const start = random.integer(text.length + 1);
  const length = random.uniform() < 0.4 ? random.integer(random.uniform() < 0.1 ? 400 : 20) : 0;
  const from = random.integer(text.length + 1);
  const inserted =
    random.uniform() < 0.05 ? text.slice(from, from + random.integer(300)) : random.uniform() < 0.8 ? pick(random, PIECES) : ''; // prettier-ignore
  const range = { start: document.positionAt(start), end: document.positionAt(start + length) };
  TextDocument.update(document, [{ range, text: inserted }], version);
  return document.offsetAt(range.start) + inserted.length;
}

interface Language<A extends Analysis | InputAnalysis> {
  readonly name: string;
  readonly starts: readonly string[];
  readonly analyze: (document: TextDocument, previous?: A) => A;
  readonly questions: readonly ((analysis: A) => unknown)[];
  readonly questionsAt: readonly ((analysis: A, offset: number) => unknown)[];
}

const potential: Language<Analysis> = {
  name: '.potential',
  starts: [RICH, rich, oneBlock(60), ''],
  analyze: (document, previous) => analyze(document, files, previous),
  questions,
  questionsAt,
};
const input: Language<InputAnalysis> = {
  name: 'input.nn',
  starts: [TRAINING, ''],
  analyze: (document, previous) => analyzeInput(document, undefined, previous),
  questions: inputQuestions,
  questionsAt: inputQuestionsAt,
};

function soak<A extends Analysis | InputAnalysis>(language: Language<A>, edits: number): void {
  const random = createRandom(SEED, `soak ${language.name}`);
  const open = (): TextDocument => TextDocument.create('untitled:soak', 'x', 0, pick(random, language.starts));
  let document = open();
  let analysis: A | undefined;
  let early = 0;
  for (let version = 1; version <= edits; version++) {
    const length = document.getText().length;
    if (length > LONGEST || (length === 0 && random.uniform() < 0.1)) [document, analysis] = [open(), undefined];
    const before = document.getText();
    const offset = edit(random, document, version);
    try {
      const frozen = TextDocument.create(document.uri, 'x', version, document.getText());
      analysis = language.analyze(frozen, analysis);
      const where = random.uniform() < 0.5 ? Math.min(offset, analysis.text.length) : random.integer(analysis.text.length + 1); // prettier-ignore
      const isAtPlace = random.uniform() < 0.7;
      const answer = isAtPlace ? pick(random, language.questionsAt)(analysis, where) : pick(random, language.questions)(analysis); // prettier-ignore
      checkRanges(frozen, answer);
      if (version % COMPARED === 0) {
        const found = diagnosticsOf(analysis, () => undefined);
        expect(found).toEqual(diagnosticsOf(language.analyze(frozen), () => undefined));
      }
    } catch (error) {
      const text = JSON.stringify({ before, after: document.getText() });
      throw new Error(`${language.name}, seed ${SEED}, edit ${version}: ${text}`, { cause: error });
    }
    // What is remembered of words and numbers is full by then.
    if (version === Math.floor(edits / 4)) early = memory();
  }
  const late = memory();
  console.log(`${language.name}: ${2 * edits} edits and requests; ${(early / 1e6).toFixed(1)} MB after a quarter, ${(late / 1e6).toFixed(1)} MB at the end`); // prettier-ignore
  expect(late - early).toBeLessThan(10e6);
}

test.each([potential, input] as const)('$name: random edits and requests', { timeout: 7_200_000 }, (language) => {
  if (language === potential) soak(potential, COUNT / 4);
  else soak(input, COUNT / 4);
});
