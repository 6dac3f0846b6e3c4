/** The language server: started with the first file of either language, told about runs so that its code lenses know them. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { CONVERT, DRAFT, EXCLUDE, EXPANSION, PREVIEW, RUNS_CHANGED, TRUST, UNITS } from '../protocol/requests';
import type { DescriptorPreview } from '../protocol/preview';
import type {
  ConvertParameters,
  ConvertResult,
  DraftParameters,
  DraftResult,
  ExcludeParameters,
  ExcludeResult,
  ExpansionParameters,
  ExpansionResult,
  PreviewResult,
  RunsChangedParameters,
  TrustParameters,
  UnitsParameters,
  UnitsResult,
} from '../protocol/requests';
import type { FileUnits } from '../protocol/units';
import type { Context } from './context';
import type { Disposable } from './disposable';
import { INPUT_LANGUAGE, LANGUAGE } from './identifiers';
import { costOf, describeRun, factsOf } from './jobs/progress';
import { actionFolder } from './jobs/runs';
import type { Run } from './jobs/runs';
import { canonical } from './paths';

const TELL_MILLISECONDS = 1000;

export class Language implements Disposable {
  private client: Promise<LanguageClient> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly told = new Map<string, string>();
  private readonly subscriptions: readonly Disposable[];

  constructor(private readonly context: Context) {
    this.subscriptions = [
      context.runs.onDidChange(() => this.tellSoon()),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (document.languageId === LANGUAGE) this.tellSoon();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.told.delete(document.uri.toString())),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        const parameters: TrustParameters = { trusted: true };
        void this.client?.then((client) => client.sendNotification(TRUST, parameters)).catch(() => undefined);
      }),
    ];
  }

  /** Idempotent. */
  start(): void {
    if (this.client) return;
    this.client = this.connect();
    // Whoever needs the server hears of its failure; the log has it already.
    this.client.catch(() => undefined);
  }

  /** The expanded symmetry functions of a potential as text; undefined if the server has none. */
  async expansion(parameters: ExpansionParameters): Promise<string | undefined> {
    return (await this.ask<ExpansionResult>(EXPANSION, parameters))?.text;
  }

  /** The descriptors of a potential as curves; undefined where it has errors. */
  preview(parameters: ExpansionParameters): Promise<DescriptorPreview | undefined> {
    return this.ask<PreviewResult>(PREVIEW, parameters);
  }

  /** The edit that leaves frames out of the dataset of an action. */
  exclusion(parameters: ExcludeParameters): Promise<NonNullable<ExcludeResult> | undefined> {
    return this.ask<ExcludeResult>(EXCLUDE, parameters);
  }

  /** In which units the definitions of the workspace say that a data file is. */
  units(parameters: UnitsParameters): Promise<FileUnits | undefined> {
    return this.ask<UnitsResult>(UNITS, parameters);
  }

  /** A first definition for a data file; undefined where there are no structures in it. */
  draft(parameters: DraftParameters, token: vscode.CancellationToken): Promise<NonNullable<DraftResult> | undefined> {
    return this.ask<DraftResult>(DRAFT, parameters, token);
  }

  /** An input.nn as a `.potential` file, or the way back. */
  convert(parameters: ConvertParameters): Promise<NonNullable<ConvertResult> | undefined> {
    return this.ask<ConvertResult>(CONVERT, parameters);
  }

  /** Asks the server, which is started if it isn't yet; undefined where it has no answer. */
  private async ask<R>(
    method: string,
    parameters: object,
    token?: vscode.CancellationToken,
  ): Promise<NonNullable<R> | undefined> {
    this.start();
    const client = await this.client;
    return (await client?.sendRequest<R>(method, parameters, token)) ?? undefined;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
    void this.client?.then((client) => client.dispose()).catch(() => undefined);
  }

  private async connect(): Promise<LanguageClient> {
    // Loaded only now: the client's libraries are the largest part of the extension.
    const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
    const module = this.context.extension.asAbsolutePath('dist/server.js');
    const server = { module, transport: TransportKind.ipc };
    const client = new LanguageClient('nearsight', 'Nearsight Language', server, {
      documentSelector: [
        { language: LANGUAGE },
        { language: INPUT_LANGUAGE },
        // Data files as text, whatever their language is taken for.
        { scheme: 'file', pattern: '**/*.{xyz,extxyz}' },
        { scheme: 'file', pattern: '**/input.data' },
      ],
      initializationOptions: { trusted: vscode.workspace.isTrusted } satisfies TrustParameters,
      middleware: {
        provideCodeActions: async (document, range, context, token, next) =>
          (await next(document, range, context, token))?.map((action) => mendLineEnds(document, action)),
      },
    });
    try {
      await client.start();
    } catch (error) {
      this.context.log.error('the language server did not start', error);
      throw error;
    }
    this.tellSoon();
    return client;
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.tell().catch((error: unknown) =>
        this.context.log.error('runs could not be told to the language server', error),
      );
    }, TELL_MILLISECONDS);
  }

  private async tell(): Promise<void> {
    const client = await this.client;
    if (!client) return;
    for (const document of vscode.workspace.textDocuments) {
      if (document.languageId !== LANGUAGE || document.uri.scheme !== 'file') continue;
      const file = await canonical(document.uri.fsPath);
      const newest = new Map<string, Run>();
      for (const run of this.context.runs.all)
        if (run.definition === file && !newest.has(actionFolder(run))) newest.set(actionFolder(run), run);
      const parameters: RunsChangedParameters = {
        uri: client.code2ProtocolConverter.asUri(document.uri),
        runs: [...newest.values()].map((run) => ({
          kind: run.manifest.kind,
          label: run.manifest.label,
          state: run.state,
          summary: describeRun(run),
          cost: costOf(run),
          ...factsOf(run),
        })),
      };
      const text = JSON.stringify(parameters);
      if (this.told.get(document.uri.toString()) === text) continue;
      this.told.set(document.uri.toString(), text);
      await client.sendNotification(RUNS_CHANGED, parameters);
    }
  }
}

/** Line ends are no text to VS Code, so that no text edit changes them: the fix of NN006 becomes what does. */
function mendLineEnds<A extends vscode.Command | vscode.CodeAction>({ uri }: vscode.TextDocument, action: A): A {
  if (!('diagnostics' in action) || action.diagnostics?.some(({ code }) => codeOf(code) === 'NN006') !== true)
    return action;
  action.edit = new vscode.WorkspaceEdit();
  action.edit.set(uri, [vscode.TextEdit.setEndOfLine(vscode.EndOfLine.LF)]);
  return action;
}

const codeOf = (code: vscode.Diagnostic['code']): string | number | undefined =>
  typeof code === 'object' ? code.value : code;
