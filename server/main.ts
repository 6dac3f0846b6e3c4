/**
 * The language server: wires the features to the protocol and nothing else. Runs over node IPC, or `--stdio`.
 *
 * One failed request is one failed request: the outermost handler catches, logs, and answers with an error.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CodeLensRefreshRequest,
  createConnection,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  DocumentRangesFormattingRequest,
  ErrorCodes,
  LSPErrorCodes,
  Message,
  MessageType,
  ProposedFeatures,
  ResponseError,
  ShowMessageNotification,
  TextDocuments,
  type CancellationToken,
  type ClientCapabilities,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  type DocumentRangesFormattingParams,
  type Hover,
  type HoverParams,
  type InitializeResult,
  type LocationLink,
  type ReferenceParams,
  type RenameParams,
  type SemanticTokens,
  type SemanticTokensDelta,
  type SemanticTokensDeltaParams,
  type SemanticTokensParams,
  type SignatureHelp,
  type SignatureHelpParams,
  type TextDocumentPositionParams,
  type TextEdit,
  type WorkDoneProgressReporter,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { draftDefinition } from '../language/definition/draft';
import { datasetOf, excludeFrames } from '../language/definition/exclusion';
import { describeExpansion } from '../language/definition/expansion';
import { formatInput } from '../language/runner/printer';
import {
  CONVERT,
  DRAFT,
  EXCLUDE,
  EXPANSION,
  PREVIEW,
  type ConvertParameters,
  type ConvertResult,
  type DraftParameters,
  type DraftResult,
  type ExcludeParameters,
  type ExcludeResult,
  RUNS_CHANGED,
  TRUST,
  type ExpansionParameters,
  type ExpansionResult,
  type PreviewResult,
  type RunsChangedParameters,
  type TrustParameters,
  UNITS,
  type UnitsParameters,
  type UnitsResult,
} from '../protocol/requests';
import type { Analysis, Diagnosed } from './analysis';
import { capabilities } from './capabilities';
import type { DataAnalysis } from './data/data-documents';
import { createAnalyses, languageOf } from './documents';
import { completionsAt, resolveCompletion, type CompletionOptions } from './features/completion';
import { declarationLinks, fileLinks } from './features/definition';
import { diagnosticsOf } from './features/diagnostics';
import { foldingRangesOf } from './features/folding';
import { editsInto, formattingOf, formattingWhileTyping, typedRange } from './features/formatting';
import { hoverAt } from './features/hover';
import { inlayHintsOf } from './features/inlay-hints';
import { lensesOf, type Runs } from './features/lenses';
import { linksOf, pathAt } from './features/links';
import { previewOf } from './features/preview';
import { highlightsOf, referencesOf } from './features/references';
import { renameOf, renameRangeOf } from './features/rename';
import { unitsOfFile } from './features/file-units';
import { renameFiles } from './features/rename-files';
import { definitionActionsOf } from './features/rewrites';
import { selectionRangesOf } from './features/selection-ranges';
import { deltaOf, semanticTokensOf } from './features/semantic-tokens';
import { symbolsOf } from './features/symbols';
import { keepMemorySmall } from './memory';
import { mentionsOf, symbolsLike, type Outline } from './features/workspace-symbols';
import { occurrencesAt, type Occurrences } from './names';
import { pathOf } from './paths';
import type { InputAnalysis } from './runner/analysis';
import { inputActionsOf } from './runner/code-actions';
import { executeInputCommand, INPUT_COMMANDS, titleOf } from './runner/commands';
import { completeInputAt } from './runner/completion';
import { convertDocument } from './runner/convert';
import { foldingRangesOfInput } from './runner/folding';
import { hoverInputAt } from './runner/hover';
import { inlayHintsOfInput } from './runner/inlay-hints';
import { elementAt } from './runner/names';
import { selectionRangesOfInput } from './runner/selection-ranges';
import { semanticTokensOfInput } from './runner/semantic-tokens';
import { signatureHelpAt } from './runner/signature-help';
import { symbolsOfInput } from './runner/symbols';
import { createWorkspace } from './workspace';

const busy = keepMemorySmall();
const connection = createConnection(ProposedFeatures.all, {
  // What waits in the queue is answered at once when nobody wants it any more; an answer under way takes milliseconds.
  cancelUndispatched: (message) =>
    Message.isRequest(message)
      ? { jsonrpc: '2.0', id: message.id, error: { code: LSPErrorCodes.RequestCancelled, message: 'cancelled' } }
      : undefined,
});
const documents = new TextDocuments(TextDocument);
const workspace = createWorkspace(documents);
const runs = new Map<string, Runs>();
const analyses = createAnalyses(
  documents,
  path.join(__dirname, 'survey-worker.js'),
  (uri) => runs.get(uri) ?? [],
  refresh,
);
/** The last semantic tokens of each document, which the next ones are told as a difference to. */
const toldTokens = new Map<string, { readonly resultId: string; readonly data: Uint32Array }>();
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
  answerData: (data: DataAnalysis, parameters: P) => R = () => otherwise,
): (parameters: P) => R | ResponseError<never> {
  return guarded(feature, (parameters: P) => {
    const { uri } = parameters.textDocument;
    const data = analyses.ofData(uri);
    if (data !== undefined) return answerData(data, parameters);
    const input = analyses.ofInput(uri);
    if (input !== undefined) return answerInput(input, parameters);
    const analysis = analyses.ofPotential(uri);
    return analysis === undefined ? otherwise : answer(analysis, parameters);
  });
}

/** A handler for requests about the name at a position of an open document of either language. */
function named<P extends TextDocumentPositionParams, R>(
  feature: string,
  answer: (document: TextDocument, offset: number, name: Occurrences | undefined, parameters: P) => R,
): (parameters: P) => R | null | ResponseError<never> {
  return about<P, R | null>(
    feature,
    null,
    ({ document, tree }, parameters) => {
      const offset = document.offsetAt(parameters.position);
      return answer(document, offset, occurrencesAt(tree, offset), parameters);
    },
    (input, parameters) => {
      const offset = input.document.offsetAt(parameters.position);
      return answer(input.document, offset, elementAt(input, offset), parameters);
    },
  );
}

function guarded<P, R>(feature: string, answer: (parameters: P) => R): (parameters: P) => R | ResponseError<never> {
  return (parameters) => {
    busy();
    try {
      return answer(parameters);
    } catch (error) {
      return failed(feature, error);
    }
  };
}

function failed(feature: string, error: unknown): ResponseError<never> {
  connection.console.error(`${feature}: ${reasonOf(error)}`);
  return new ResponseError<never>(
    ErrorCodes.InternalError,
    `${feature} failed: ${error instanceof Error ? error.message : String(error)}`,
  );
}

const NO_DIAGNOSTICS: DocumentDiagnosticReport = { kind: DocumentDiagnosticReportKind.Full, items: [] };
const pulls = (): boolean => client.textDocument?.diagnostic !== undefined;

/** The parser of VS Code, which shows images of data URIs; what others make of them nobody knows. */
const showsImages = (): boolean => client.general?.markdown?.parser === 'marked';

/** For clients that don't ask for diagnostics themselves. */
function push(uri: string): void {
  if (pulls()) return;
  const analysis = analyses.ofData(uri) ?? analyses.ofInput(uri) ?? analyses.ofPotential(uri);
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

connection.onInitialize(({ capabilities: ofClient, workspaceFolders, ...parameters }): InitializeResult => {
  client = ofClient;
  const { initializationOptions: own } = parameters as { initializationOptions?: Partial<TrustParameters> | null };
  if (typeof own?.trusted === 'boolean') analyses.trust(own.trusted);
  // A client that knows no folders has one root at most; that is the older way to say it.
  const { rootUri } = parameters as { rootUri?: string | null };
  workspace.add(workspaceFolders?.map(({ uri }) => uri) ?? (typeof rootUri === 'string' ? [rootUri] : []));
  return { serverInfo: { name: 'nearsight' }, capabilities };
});

connection.onInitialized(() => {
  if (client.workspace?.workspaceFolders === true)
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      workspace.add(added.map(({ uri }) => uri));
      workspace.remove(removed.map(({ uri }) => uri));
    });
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
  analyses.forget();
  refresh();
});

/** Asks the client to ask again, which it may refuse. */
function renew(isSupported: boolean | undefined, ask: () => Promise<void>): void {
  if (isSupported !== true) return;
  ask().catch((error: unknown) => connection.console.warn(`The client does not ask again: ${reasonOf(error)}`));
}

/** Something else than a text has changed. */
function refresh(): void {
  renew(client.workspace?.diagnostics?.refreshSupport, () => connection.languages.diagnostics.refresh());
  renew(client.workspace?.inlayHint?.refreshSupport, () => connection.languages.inlayHint.refresh());
  for (const uri of documents.keys()) push(uri);
}

documents.onDidChangeContent(({ document }) => {
  busy();
  push(document.uri);
});
documents.onDidClose(({ document }) => {
  analyses.close(document.uri);
  toldTokens.delete(document.uri);
  if (!pulls()) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
});

const report = (analysis: Diagnosed, { previousResultId }: DocumentDiagnosticParams): DocumentDiagnosticReport => {
  const items = diagnosticsOf(analysis, pageOf);
  const resultId = createHash('sha1').update(JSON.stringify(items)).digest('base64');
  return resultId === previousResultId
    ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
    : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
};
connection.languages.diagnostics.on(
  about<DocumentDiagnosticParams, DocumentDiagnosticReport>('diagnostics', NO_DIAGNOSTICS, report, report, report),
);
connection.onCodeAction(
  about(
    'code actions',
    [],
    (analysis, { range, context }) => definitionActionsOf(analysis, range, context),
    (input, { range, context }) => inputActionsOf(input, range, context),
  ),
);
connection.onExecuteCommand(async ({ command, arguments: given = [] }, token, progress) => {
  busy();
  const [uri] = given as readonly unknown[];
  const input = typeof uri === 'string' ? analyses.ofInput(uri) : undefined;
  const refused = (message: string): ResponseError<never> => new ResponseError(LSPErrorCodes.RequestFailed, message);
  if (input === undefined || !INPUT_COMMANDS.includes(command)) return refused('There is no such open input.nn.');
  const abort = new AbortController();
  // Whoever brings no token for the progress may be asked for one.
  const shown = client.window?.workDoneProgress === true ? await connection.window.createWorkDoneProgress() : undefined;
  const reporter = shown ?? progress;
  const cancelling = [token, ...(shown === undefined ? [] : [shown.token])].map((one) =>
    one.onCancellationRequested(() => abort.abort()),
  );
  reporter.begin(titleOf(command), undefined, undefined, true);
  try {
    const { message, edit } = await executeInputCommand(command, input, analyses.knowledge, abort.signal);
    if (edit !== undefined) {
      const { applied, failureReason } = await connection.workspace.applyEdit({ label: titleOf(command), edit });
      if (!applied) return refused(failureReason ?? 'The editor has not taken the changes.');
    }
    analyses.forget();
    refresh();
    void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });
    return message;
  } catch (error) {
    if (abort.signal.aborted) return new ResponseError<never>(LSPErrorCodes.RequestCancelled, 'cancelled');
    return refused(error instanceof Error ? error.message : String(error));
  } finally {
    for (const one of cancelling) one.dispose();
    reporter.done();
  }
});
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
  about<HoverParams, Hover | null | Promise<Hover | null>>(
    'hover',
    null,
    (analysis, { position }) => hoverAt(analysis, analysis.document.offsetAt(position)) ?? null,
    (input, { position }) => hoverInputAt(input, input.document.offsetAt(position)) ?? null,
    (data, { position }) => data.hoverAt(position, showsImages()),
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
connection.onDocumentSymbol(about('symbols', [], symbolsOf, symbolsOfInput, (data) => data.symbols()));
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
connection.onRequest(
  DocumentRangesFormattingRequest.type,
  about<DocumentRangesFormattingParams, TextEdit[]>(
    'formatting',
    [],
    // Without a range there is nothing to do, not everything.
    (analysis, { ranges }) => (ranges.length === 0 ? [] : formattingOf(analysis, ...ranges)),
    (input, { ranges }) => (ranges.length === 0 ? [] : editsInto(input, formatInput(input.text), ...ranges)),
  ),
);
connection.onDocumentOnTypeFormatting(
  about(
    'formatting',
    [],
    (analysis, { ch, position }) => formattingWhileTyping(analysis, ch, position),
    (input, { ch, position }) => {
      const range = typedRange(ch, position);
      return range === undefined ? [] : editsInto(input, formatInput(input.text), range);
    },
  ),
);
/** Remembers what the client knows from now on. */
function tell(uri: string, data: readonly number[]): string {
  const resultId = String(++tokenResults);
  toldTokens.set(uri, { resultId, data: Uint32Array.from(data) });
  return resultId;
}
let tokenResults = 0;
const allTokens = (tokens: SemanticTokens, { textDocument }: SemanticTokensParams): SemanticTokens => ({
  ...tokens,
  resultId: tell(textDocument.uri, tokens.data),
});
connection.languages.semanticTokens.on(
  about<SemanticTokensParams, SemanticTokens>(
    'semantic tokens',
    { data: [] },
    (analysis, parameters) => allTokens(semanticTokensOf(analysis), parameters),
    (input, parameters) => allTokens(semanticTokensOfInput(input), parameters),
  ),
);
function changedTokens(
  { data }: SemanticTokens,
  { textDocument: { uri }, previousResultId }: SemanticTokensDeltaParams,
): SemanticTokens | SemanticTokensDelta {
  const told = toldTokens.get(uri);
  const resultId = tell(uri, data);
  return told?.resultId === previousResultId ? { resultId, edits: deltaOf(told.data, data) } : { resultId, data };
}
connection.languages.semanticTokens.onDelta(
  about<SemanticTokensDeltaParams, SemanticTokens | SemanticTokensDelta>(
    'semantic tokens',
    { data: [] },
    (analysis, parameters) => changedTokens(semanticTokensOf(analysis), parameters),
    (input, parameters) => changedTokens(semanticTokensOfInput(input), parameters),
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
connection.languages.inlayHint.on(
  about(
    'inlay hints',
    [],
    (analysis, { range }) => inlayHintsOf(analysis, range, runs.get(analysis.document.uri) ?? []),
    (input, { range }) => inlayHintsOfInput(input, range),
  ),
);
connection.onDefinition(
  named('definition', (document, offset, name) => {
    const analysis = analyses.ofPotential(document.uri);
    const links =
      name !== undefined
        ? declarationLinks(document, name, offset)
        : analysis === undefined
          ? []
          : fileLinks(analysis, offset);
    if (client.textDocument?.definition?.linkSupport === true) return links;
    return links.map(({ targetUri, targetSelectionRange }: LocationLink) => ({
      uri: targetUri,
      range: targetSelectionRange,
    }));
  }),
);
const referencesHere = named('references', (document, offset, name, { context }: ReferenceParams) => {
  if (name !== undefined) return referencesOf(document, name, context.includeDeclaration);
  const analysis = analyses.ofPotential(document.uri);
  return (analysis && pathAt(analysis, offset)) ?? [];
});
connection.onReferences(async (parameters, token, progress) => {
  const found = referencesHere(parameters);
  // A path is named by other files as well.
  return typeof found === 'string' ? lookAround('references', mentionsOf(found), progress, token) : found;
});
connection.onWorkspaceSymbol(({ query }, token, progress) =>
  lookAround('symbols', ({ symbols }) => symbolsLike(symbols, query), progress, token),
);

const NO_PROGRESS = { begin: () => undefined, report: () => undefined, done: () => undefined };

/** What all definition files have to say. */
async function lookAround<T>(
  feature: string,
  answer: (outline: Outline) => readonly T[],
  progress: WorkDoneProgressReporter,
  token: CancellationToken,
): Promise<T[] | ResponseError<never>> {
  busy();
  try {
    return [...(await workspace.outlines(progress, token)).values()].flatMap(answer);
  } catch (error) {
    if (token.isCancellationRequested) return new ResponseError<never>(LSPErrorCodes.RequestCancelled, 'cancelled');
    return failed(feature, error);
  }
}
connection.workspace.onWillRenameFiles(async ({ files }, token) => {
  busy();
  try {
    return renameFiles(await workspace.outlines(NO_PROGRESS, token), files);
  } catch (error) {
    if (token.isCancellationRequested) return new ResponseError<never>(LSPErrorCodes.RequestCancelled, 'cancelled');
    return failed('rename of files', error);
  }
});
connection.onDocumentHighlight(
  named('highlights', (document, _offset, name) => (name === undefined ? [] : highlightsOf(document, name))),
);
connection.onPrepareRename(
  named('rename', (document, offset, name) => (name && renameRangeOf(document, name, offset)) ?? null),
);
connection.onRenameRequest(
  named('rename', (document, _offset, name, { newName }: RenameParams) => {
    if (name === undefined) return null;
    const edit = renameOf(document, name, newName);
    return 'problem' in edit ? new ResponseError<never>(LSPErrorCodes.RequestFailed, edit.problem) : edit;
  }),
);
connection.onSelectionRanges(
  about(
    'selection ranges',
    [],
    (analysis, { positions }) => selectionRangesOf(analysis, positions),
    (input, { positions }) => selectionRangesOfInput(input, positions),
  ),
);
connection.onDocumentLinks(about('links', [], linksOf));

connection.onRequest(
  EXPANSION,
  guarded('expansion', ({ uri, label }: ExpansionParameters): ExpansionResult => {
    const potential = analyses.ofPotential(uri)?.definition.potentials.get(label);
    return potential === undefined ? null : { text: describeExpansion(potential) };
  }),
);

connection.onRequest(
  PREVIEW,
  guarded('preview', ({ uri, label }: ExpansionParameters): PreviewResult => {
    const analysis = analyses.ofPotential(uri);
    return (analysis && previewOf(analysis, label)) ?? null;
  }),
);

connection.onRequest<ExcludeResult, never>(
  EXCLUDE,
  guarded('exclusion', ({ uri, kind, label, frames }: ExcludeParameters): ExcludeResult => {
    const text = documents.get(uri)?.getText() ?? '';
    const dataset = datasetOf(text, kind, label);
    if (dataset === undefined) return null;
    const ranges = frames.map(({ file, frame }) => ({ file, first: frame, last: frame }));
    const edit = excludeFrames(text, dataset, ranges);
    return edit === undefined ? null : { dataset, ...edit.span, text: edit.text };
  }),
);

connection.onRequest(UNITS, async ({ uri }: UnitsParameters, token: CancellationToken): Promise<UnitsResult> => {
  busy();
  const file = pathOf(uri);
  if (file === undefined) return null;
  const outlines = await workspace.outlines(NO_PROGRESS, token);
  return unitsOfFile(
    file,
    [...outlines.values()].flatMap(({ units }) => units),
  );
});

connection.onRequest(DRAFT, async ({ uri }: DraftParameters, token: CancellationToken): Promise<DraftResult> => {
  busy();
  const file = pathOf(uri);
  if (file === undefined) return null;
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  const facts = await analyses.knowledge.factsOf(file, abort.signal);
  return facts === undefined || facts.frames === 0 ? null : { text: draftDefinition(path.basename(file), facts) };
});

connection.onRequest<ConvertResult, never>(
  CONVERT,
  guarded('conversion', (parameters: ConvertParameters): ConvertResult => {
    const document = documents.get(parameters.uri);
    return document === undefined ? null : convertDocument(document, languageOf(document) === 'input', parameters);
  }),
);

/** What diagnostics depend on of runs: it changes when one ends. */
const checkedOf = (of: Runs): string =>
  JSON.stringify(of.map(({ kind, label, state, folder, identity }) => [kind, label, state, folder, identity]));

connection.onNotification(RUNS_CHANGED, (parameters: RunsChangedParameters) => {
  const before = checkedOf(runs.get(parameters.uri) ?? []);
  runs.delete(parameters.uri);
  if (parameters.runs.length > 0) runs.set(parameters.uri, parameters.runs);
  // The oldest goes.
  for (const uri of runs.keys()) if (runs.size > MAXIMUM_FILES_WITH_RUNS) runs.delete(uri);
  if (checkedOf(parameters.runs) !== before) {
    analyses.renew(parameters.uri);
    renew(client.workspace?.diagnostics?.refreshSupport, () => connection.languages.diagnostics.refresh());
    push(parameters.uri);
  }
  renew(client.workspace?.codeLens?.refreshSupport, () => connection.sendRequest(CodeLensRefreshRequest.type));
  renew(client.workspace?.inlayHint?.refreshSupport, () => connection.languages.inlayHint.refresh());
});

connection.onNotification(TRUST, ({ trusted }: TrustParameters) => {
  analyses.trust(trusted);
  refresh();
});

documents.listen(connection);
connection.listen();
