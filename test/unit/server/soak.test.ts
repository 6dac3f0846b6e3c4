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
import { createRandom } from '../../../engine/random';
import { analyze, type Analysis } from '../../../server/analysis';
import { diagnosticsOf } from '../../../server/features/diagnostics';
import { analyzeInput, type InputAnalysis } from '../../../server/runner/analysis';
import { oneBlock } from '../../fixtures/language/long-files';
import { TRAINING } from '../language/runner/cases';
import { checkRanges, inputQuestions, inputQuestionsAt, questions, questionsAt } from './asking';
import { pick, randomEdit } from './edits';
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

const files = filesOf('ice.xyz', 'data/a.xyz', 'data/b.xyz');
const rich = readFileSync(new URL('../../fixtures/language/rich.potential', import.meta.url), 'utf8');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** In bytes, after everything that can be thrown away is. */
function memory(): number {
  collect();
  return process.memoryUsage().heapUsed;
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
    const { range, text: inserted } = randomEdit(random, document);
    TextDocument.update(document, [{ range, text: inserted }], version);
    const offset = document.offsetAt(range.start) + inserted.length;
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
