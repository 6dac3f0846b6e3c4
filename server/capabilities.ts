/** What the server answers to `initialize`; docs/reference/language-server.md is the same for people. */
import { CodeActionKind, TextDocumentSyncKind, type ServerCapabilities } from 'vscode-languageserver';
import { FIX_ALL } from './features/code-actions';
import { TRIGGER_CHARACTERS } from './features/completion';
import { FORMAT_TRIGGERS } from './features/formatting';
import { legend } from './features/semantic-tokens';
import { INPUT_COMMANDS } from './runner/commands';
import { SIGNATURE_TRIGGERS } from './runner/signature-help';

export const capabilities: ServerCapabilities = {
  workspace: {
    workspaceFolders: { supported: true, changeNotifications: true },
    fileOperations: { willRename: { filters: [{ scheme: 'file', pattern: { glob: '**' } }] } },
  },
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  diagnosticProvider: { identifier: 'nearsight', interFileDependencies: false, workspaceDiagnostics: false },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, FIX_ALL] },
  executeCommandProvider: { commands: INPUT_COMMANDS, workDoneProgress: true },
  completionProvider: { triggerCharacters: TRIGGER_CHARACTERS, resolveProvider: true },
  hoverProvider: true,
  inlayHintProvider: true,
  signatureHelpProvider: { triggerCharacters: SIGNATURE_TRIGGERS },
  definitionProvider: true,
  referencesProvider: { workDoneProgress: true },
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: { workDoneProgress: true },
  documentLinkProvider: { resolveProvider: false },
  codeLensProvider: { resolveProvider: false },
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  semanticTokensProvider: { legend, full: { delta: true }, range: true },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: { rangesSupport: true },
  documentOnTypeFormattingProvider: {
    firstTriggerCharacter: FORMAT_TRIGGERS[0],
    moreTriggerCharacter: FORMAT_TRIGGERS.slice(1),
  },
};
