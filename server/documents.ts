/**
 * The analyses of open documents: each is kept until the next version has taken over what is the same, and forgotten when its
 * document is closed. When something that it depends on has changed, its text is checked anew, and not parsed.
 */
import path from 'node:path';
import type { TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Companions } from '../language/runner/check/companions';
import { elementsOf, isInputName, type InputFile } from '../language/runner/reading';
import { analyze, type Analysis } from './analysis';
import { createCompanionReader } from './data/companions';
import { analyzeData, isDataFile, type DataAnalysis } from './data/data-documents';
import { createKnowledge, type Knowledge } from './data/knowledge';
import type { Runs } from './features/lenses';
import { createFileCache, type Files } from './files';
import { pathOf } from './paths';
import { analyzeInput, INPUT_LANGUAGE, type InputAnalysis } from './runner/analysis';
import { surveyQuestion } from './runner/survey';

/** Of which of the two languages a document is: editors that know neither go by the name. Others are none of ours. */
export function languageOf({ languageId, uri }: Pick<TextDocument, 'languageId' | 'uri'>): Language | undefined {
  if (languageId === 'potential') return 'potential';
  if (languageId === INPUT_LANGUAGE || isInputName(uri)) return 'input';
  return uri.endsWith('.potential') ? 'potential' : undefined;
}
type Language = 'potential' | 'input';

export interface Analyses {
  /** What is known of data. */
  readonly knowledge: Knowledge;
  /** Of an open `.potential` file. */
  ofPotential(uri: string): Analysis | undefined;
  /** Of an open `input.nn`. */
  ofInput(uri: string): InputAnalysis | undefined;
  /** Of an open data file: what is known so far. */
  ofData(uri: string): DataAnalysis | undefined;
  /** The document is closed. */
  close(uri: string): void;
  /** Something else that a document depends on has changed: its runs. */
  renew(uri: string): void;
  /** Whether programs of the workspace may be run. */
  trust(trusted: boolean): void;
  /** Something on the disk has changed. */
  forget(): void;
}

/**
 * @param survey the bundle of the thread that looks into data
 * @param runsOf the newest run of each action of a document
 * @param changed called when something that was read beside a document is known
 */
export function createAnalyses(
  documents: TextDocuments<TextDocument>,
  survey: string,
  runsOf: (uri: string) => Runs,
  changed: () => void,
): Analyses {
  const potentials = new Map<string, Analysis>();
  const inputs = new Map<string, InputAnalysis>();
  let trusted: boolean | undefined;
  const knowledge = createKnowledge(survey, () => {
    renewAll(potentials);
    renewAll(inputs);
    changed();
  });
  const files = createFileCache(Date.now, knowledge);
  const companions = createCompanionReader(() => {
    renewAll(inputs);
    changed();
  });

  return {
    knowledge,
    ofPotential: (uri) => {
      const document = documents.get(uri);
      if (document === undefined || languageOf(document) !== 'potential') return undefined;
      return upToDate(potentials, document, (frozen, previous) => analyze(frozen, beside(uri), previous));
    },
    ofInput: (uri) => {
      const document = documents.get(uri);
      if (document === undefined || languageOf(document) !== 'input') return undefined;
      // What lies in the folder belongs to `input.nn`, not to `input.nn.train` or the like.
      const file = /\/input\.nn$/.test(uri) ? pathOf(uri) : undefined;
      const folder = file === undefined ? undefined : path.dirname(file);
      return upToDate(inputs, document, (frozen, previous) =>
        analyzeInput(frozen, (input) => (folder === undefined ? undefined : companionsIn(folder, input)), previous),
      );
    },
    ofData: (uri) => {
      const document = documents.get(uri);
      return document === undefined || !isDataFile(uri) ? undefined : analyzeData(document, knowledge);
    },
    close: (uri) => {
      potentials.delete(uri);
      inputs.delete(uri);
    },
    renew: (uri) => {
      const known = potentials.get(uri);
      if (known !== undefined) potentials.set(uri, known.renewed());
    },
    trust: (now) => {
      trusted = now;
      renewAll(potentials);
    },
    forget: () => {
      files.clear();
      companions.forget();
      knowledge.forget();
      renewAll(potentials);
      renewAll(inputs);
    },
  };

  /** What lies beside an input.nn, as far as it is known. */
  function companionsIn(folder: string, input: InputFile): Companions | undefined {
    const known = companions.beside(folder, elementsOf(input));
    const dataFile = path.join(folder, 'input.data');
    if (known === undefined || !files.beside(folder).exists(dataFile)) return known;
    const question = surveyQuestion(input, dataFile);
    const surveyed = question === undefined ? undefined : knowledge.survey(folder, question);
    return { ...known, data: { facts: knowledge.summary([dataFile]), survey: surveyed } };
  }

  function beside(uri: string): Files | undefined {
    const file = pathOf(uri);
    if (file === undefined) return undefined;
    const own = files.beside(path.dirname(file));
    return {
      ...own,
      get trusted() {
        return trusted;
      },
      lastRun: (kind, label) => {
        const run = runsOf(uri).find((one) => one.kind === kind && one.label === label);
        if (run === undefined) return undefined;
        const windows = kind === 'umbrella' && run.folder !== undefined ? own.windows(run.folder) : undefined;
        return { ...run, results: run.results ?? {}, windows };
      },
    };
  }
}

function renewAll<A extends { renewed(): A }>(kept: Map<string, A>): void {
  for (const [uri, one] of kept) kept.set(uri, one.renewed());
}

function upToDate<A extends { readonly document: TextDocument }>(
  kept: Map<string, A>,
  document: TextDocument,
  make: (document: TextDocument, previous: A | undefined) => A,
): A {
  const { uri, languageId, version } = document;
  const known = kept.get(uri);
  if (known?.document.version === version) return known;
  // The document is changed in place; an analysis keeps the text as it was.
  const analysis = make(TextDocument.create(uri, languageId, version, document.getText()), known);
  kept.set(uri, analysis);
  return analysis;
}
