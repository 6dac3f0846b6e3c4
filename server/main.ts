/**
 * The language server: wires the features to the protocol and nothing else. Runs over node IPC, or `--stdio`.
 *
 * One failed request is one failed request: the outermost handler catches, logs, and answers with an error.
 * A document's analysis is kept until the next version has taken over what is the same, and forgotten when it is closed.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CodeActionKind,
  CodeLensRefreshRequest,
  createConnection,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  ErrorCodes,
  ProposedFeatures,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  type InitializeResult,
  type LocationLink,
  type SignatureHelp,
  type SignatureHelpParams,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { describeExpansion } from '../language/definition/expansion';
import { formatInput } from '../language/runner/printer';
import { isInputName } from '../language/runner/reading';
import {
  CONVERT,
  EXPANSION,
  type ConvertParameters,
  type ConvertResult,
  RUNS_CHANGED,
  type ExpansionParameters,
  type ExpansionResult,
  type RunsChangedParameters,
} from '../protocol/requests';
import { analyze, type Analysis, type Diagnosed } from './analysis';
import { codeActionsOf, FIX_ALL } from './features/code-actions';
import { completionsAt, resolveCompletion, TRIGGER_CHARACTERS, type CompletionOptions } from './features/completion';
import { definitionAt, linksOf, referencesAt, renameAt, renameRangeAt } from './features/definition';
import { diagnosticsOf } from './features/diagnostics';
import { foldingRangesOf } from './features/folding';
import { editsInto, formattingOf } from './features/formatting';
import { hoverAt } from './features/hover';
import { lensesOf, type Runs } from './features/lenses';
import { legend, semanticTokensOf } from './features/semantic-tokens';
import { symbolsOf } from './features/symbols';
import { createCompanionReader } from './data/companions';
import { createKnowledge } from './data/knowledge';
import { createFileCache, type Files } from './files';
import { analyzeInput, INPUT_LANGUAGE, type InputAnalysis } from './runner/analysis';
import { inputActionsOf } from './runner/code-actions';
import { completeInputAt } from './runner/completion';
import { convertDocument } from './runner/convert';
import { foldingRangesOfInput } from './runner/folding';
import { hoverInputAt } from './runner/hover';
import { semanticTokensOfInput } from './runner/semantic-tokens';
import { SIGNATURE_TRIGGERS, signatureHelpAt } from './runner/signature-help';
import { symbolsOfInput } from './runner/symbols';

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const analyses = new Map<string, Analysis>();
const inputs = new Map<string, InputAnalysis>();
const runs = new Map<string, Runs>();
const knowledge = createKnowledge(path.join(__dirname, 'survey-worker.js'), () => {
  analyses.clear();
  inputs.clear();
  refreshDiagnostics();
  if (client.workspace?.inlayHint?.refreshSupport === true) void connection.languages.inlayHint.refresh();
});
const fileCache = createFileCache(Date.now, knowledge);
const companions = createCompanionReader(() => {
  inputs.clear();
  refreshDiagnostics();
});
let client: ClientCapabilities = {};

const MAXIMUM_FILES_WITH_RUNS = 1000;

// The bundle lies in dist/, the pages of the diagnostics in docs/diagnostics/ beside it.
const pages = new Map<string, string | undefined>();
function pageOf(code: string): string | undefined {
  if (!pages.has(code)) {
    const page = path.join(__dirname, '..', 'docs', 'diagnostics', `${code}.md`);
    pages.set(code, existsSync(page) ? pathToFileURL(page).href : undefined);
  }
  return pages.get(code);
}

/** Editors that know no `runner-nn` go by the name. */
const isInput = ({ languageId, uri }: TextDocument): boolean =>
  languageId === INPUT_LANGUAGE || (languageId !== 'potential' && isInputName(uri));

/** The analysis of a `.potential` file. */
function analysisOf(uri: string): Analysis | undefined {
  const document = documents.get(uri);
  return document === undefined || isInput(document) ? undefined : upToDate(analyses, document, analyze);
}

/** The analysis of an `input.nn`. */
function inputOf(uri: string): InputAnalysis | undefined {
  const document = documents.get(uri);
  if (document === undefined || !isInput(document)) return undefined;
  const folder = folderOf(uri);
  // What lies in the folder belongs to `input.nn`, not to `input.nn.train` or the like.
  const owns = folder !== undefined && /\/input\.nn$/.test(uri);
  return upToDate(inputs, document, (frozen, _files, previous) =>
    analyzeInput(frozen, (elements) => (owns ? companions.beside(folder, elements) : undefined), previous),
  );
}

function upToDate<A extends { readonly document: TextDocument }>(
  kept: Map<string, A>,
  document: TextDocument,
  make: (document: TextDocument, files: Files | undefined, previous: A | undefined) => A,
): A {
  const { uri, languageId, version } = document;
  const known = kept.get(uri);
  if (known?.document.version === version) return known;
  // The document is changed in place; an analysis keeps the text as it was.
  const frozen = TextDocument.create(uri, languageId, version, document.getText());
  const folder = folderOf(uri);
  const analysis = make(frozen, folder === undefined ? undefined : fileCache.beside(folder), known);
  kept.set(uri, analysis);
  return analysis;
}

/** Undefined for what is not on this disk: new documents, other schemes, other hosts. */
function folderOf(uri: string): string | undefined {
  try {
    return path.dirname(fileURLToPath(uri));
  } catch {
    return undefined;
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/**
 * A handler for requests about one document, a `.potential` file or an `input.nn`: `otherwise` where it isn't open or has no such
 * feature, an error response where it throws.
 */
function about<P extends { textDocument: { uri: string } }, R>(
  feature: string,
  otherwise: R,
  answer: (analysis: Analysis, parameters: P) => R,
  answerInput: (input: InputAnalysis, parameters: P) => R = () => otherwise,
): (parameters: P) => R | ResponseError<never> {
  return guarded(feature, (parameters: P) => {
    const { uri } = parameters.textDocument;
    const input = inputOf(uri);
    if (input !== undefined) return answerInput(input, parameters);
    const analysis = analysisOf(uri);
    return analysis === undefined ? otherwise : answer(analysis, parameters);
  });
}

function guarded<P, R>(feature: string, answer: (parameters: P) => R): (parameters: P) => R | ResponseError<never> {
  return (parameters) => {
    try {
      return answer(parameters);
    } catch (error) {
      connection.console.error(`${feature}: ${reasonOf(error)}`);
      return new ResponseError<never>(
        ErrorCodes.InternalError,
        `${feature} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
}

const NO_DIAGNOSTICS: DocumentDiagnosticReport = { kind: DocumentDiagnosticReportKind.Full, items: [] };
const pulls = (): boolean => client.textDocument?.diagnostic !== undefined;

/** For clients that don't ask for diagnostics themselves. */
function push(uri: string): void {
  if (pulls()) return;
  const analysis = inputOf(uri) ?? analysisOf(uri);
  if (analysis === undefined) return;
  try {
    void connection.sendDiagnostics({
      uri,
      version: analysis.document.version,
      diagnostics: diagnosticsOf(analysis, pageOf),
    });
  } catch (error) {
    connection.console.error(`diagnostics: ${reasonOf(error)}`);
  }
}

connection.onInitialize(({ capabilities }): InitializeResult => {
  client = capabilities;
  return {
    serverInfo: { name: 'nearsight' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      diagnosticProvider: { identifier: 'nearsight', interFileDependencies: false, workspaceDiagnostics: false },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, FIX_ALL] },
      completionProvider: { triggerCharacters: TRIGGER_CHARACTERS, resolveProvider: true },
      hoverProvider: true,
      signatureHelpProvider: { triggerCharacters: SIGNATURE_TRIGGERS },
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
      semanticTokensProvider: { legend, full: true, range: true },
      codeLensProvider: { resolveProvider: false },
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      documentLinkProvider: { resolveProvider: false },
    },
  };
});

connection.onInitialized(() => {
  // Whether a path exists is part of the diagnostics.
  if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration !== true) return;
  connection.client
    .register(DidChangeWatchedFilesNotification.type, {
      watchers: [
        { globPattern: '**/*.{xyz,extxyz,data}', kind: 1 | 4 },
        // What these say is part of the diagnostics as well.
        { globPattern: '**/{scaling,weights.*}.data', kind: 1 | 2 | 4 },
      ],
    })
    .catch((error: unknown) => {
      connection.console.warn(`Files are not watched: ${reasonOf(error)}`);
    });
});

connection.onDidChangeWatchedFiles(() => {
  fileCache.clear();
  companions.forget();
  knowledge.forget();
  analyses.clear();
  inputs.clear();
  refreshDiagnostics();
});

/** Something else than a text has changed. */
function refreshDiagnostics(): void {
  if (client.workspace?.diagnostics?.refreshSupport === true) void connection.languages.diagnostics.refresh();
  for (const uri of documents.keys()) push(uri);
}

documents.onDidChangeContent(({ document }) => push(document.uri));
documents.onDidClose(({ document }) => {
  analyses.delete(document.uri);
  inputs.delete(document.uri);
  if (!pulls()) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
});

const report = (analysis: Diagnosed): DocumentDiagnosticReport => ({
  kind: DocumentDiagnosticReportKind.Full,
  items: diagnosticsOf(analysis, pageOf),
});
connection.languages.diagnostics.on(
  about<DocumentDiagnosticParams, DocumentDiagnosticReport>('diagnostics', NO_DIAGNOSTICS, report, report),
);
connection.onCodeAction(
  about(
    'code actions',
    [],
    (analysis, { range, context }) => codeActionsOf(analysis, range, context),
    (input, { range, context }) => inputActionsOf(input, range, context),
  ),
);
const completionOptions = (trigger: string | undefined): CompletionOptions => ({
  snippets: client.textDocument?.completion?.completionItem?.snippetSupport === true,
  trigger,
});
connection.onCompletion(
  about(
    'completion',
    [],
    (analysis, { position, context }) =>
      completionsAt(analysis, analysis.document.offsetAt(position), completionOptions(context?.triggerCharacter)),
    (input, { position, context }) =>
      completeInputAt(input, input.document.offsetAt(position), completionOptions(context?.triggerCharacter)),
  ),
);
connection.onCompletionResolve(guarded('completion', resolveCompletion));
connection.onHover(
  about(
    'hover',
    null,
    (analysis, { position }) => hoverAt(analysis, analysis.document.offsetAt(position)) ?? null,
    (input, { position }) => hoverInputAt(input, input.document.offsetAt(position)) ?? null,
  ),
);
connection.onSignatureHelp(
  about<SignatureHelpParams, SignatureHelp | null>(
    'signature help',
    null,
    () => null,
    (input, { position }) => signatureHelpAt(input, input.document.offsetAt(position)) ?? null,
  ),
);
connection.onDocumentSymbol(about('symbols', [], symbolsOf, symbolsOfInput));
connection.onFoldingRanges(about('folding', [], foldingRangesOf, foldingRangesOfInput));
connection.onDocumentFormatting(
  about(
    'formatting',
    [],
    (analysis) => formattingOf(analysis),
    (input) => editsInto(input, formatInput(input.text)),
  ),
);
connection.onDocumentRangeFormatting(
  about(
    'formatting',
    [],
    (analysis, { range }) => formattingOf(analysis, range),
    (input, { range }) => editsInto(input, formatInput(input.text), range),
  ),
);
connection.languages.semanticTokens.on(
  about(
    'semantic tokens',
    { data: [] },
    (analysis) => semanticTokensOf(analysis),
    (input) => semanticTokensOfInput(input),
  ),
);
connection.languages.semanticTokens.onRange(
  about(
    'semantic tokens',
    { data: [] },
    (analysis, { range }) => semanticTokensOf(analysis, range),
    (input, { range }) => semanticTokensOfInput(input, range),
  ),
);
connection.onCodeLens(
  about('code lenses', [], (analysis) => lensesOf(analysis, runs.get(analysis.document.uri) ?? [])),
);
connection.onDefinition(
  about('definition', [], (analysis, { position }) => {
    const links = definitionAt(analysis, analysis.document.offsetAt(position));
    if (client.textDocument?.definition?.linkSupport === true) return links;
    return links.map(({ targetUri, targetSelectionRange }: LocationLink) => ({
      uri: targetUri,
      range: targetSelectionRange,
    }));
  }),
);
connection.onReferences(
  about('references', [], (analysis, { position, context }) =>
    referencesAt(analysis, analysis.document.offsetAt(position), context.includeDeclaration),
  ),
);
connection.onPrepareRename(
  about(
    'rename',
    null,
    (analysis, { position }) => renameRangeAt(analysis, analysis.document.offsetAt(position)) ?? null,
  ),
);
connection.onRenameRequest(
  about(
    'rename',
    null,
    (analysis, { position, newName }) => renameAt(analysis, analysis.document.offsetAt(position), newName) ?? null,
  ),
);
connection.onDocumentLinks(about('links', [], linksOf));

connection.onRequest(
  EXPANSION,
  guarded('expansion', ({ uri, label }: ExpansionParameters): ExpansionResult => {
    const potential = analysisOf(uri)?.definition.potentials.get(label);
    return potential === undefined ? null : { text: describeExpansion(potential) };
  }),
);

connection.onRequest<ConvertResult, never>(
  CONVERT,
  guarded('conversion', (parameters: ConvertParameters): ConvertResult => {
    const document = documents.get(parameters.uri);
    return document === undefined ? null : convertDocument(document, isInput(document), parameters);
  }),
);

connection.onNotification(RUNS_CHANGED, (parameters: RunsChangedParameters) => {
  runs.delete(parameters.uri);
  if (parameters.runs.length > 0) runs.set(parameters.uri, parameters.runs);
  // The oldest goes.
  for (const uri of runs.keys()) if (runs.size > MAXIMUM_FILES_WITH_RUNS) runs.delete(uri);
  if (client.workspace?.codeLens?.refreshSupport === true) void connection.sendRequest(CodeLensRefreshRequest.type);
});

documents.listen(connection);
connection.listen();
