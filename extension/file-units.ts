/**
 * In which units data files are that don't tell it themselves: as a person has chosen, else as what opened the file knows (a run that
 * has read it), else as a definition of the workspace says. Whoever asks the data worker about numbers of a file asks here first.
 */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fileUnits, type FileUnits } from '../protocol/units';
import type { Context } from './context';
import type { Disposable } from './disposable';
import { INPUT_LANGUAGE, LANGUAGE } from './identifiers';
import { recall, remember } from './panels/file-states';

const choice = v.pipe(v.string(), v.parseJson(), v.nullable(fileUnits));

export class UnitsOfFiles implements Disposable {
  private readonly followers = new Set<(file: string | undefined) => void>();
  private readonly subscription: Disposable;
  /** By file, of those that were opened from a run. */
  private readonly read = new Map<string, FileUnits>();

  constructor(private readonly context: Context) {
    this.subscription = vscode.workspace.onDidSaveTextDocument(({ languageId }) => {
      if (languageId === LANGUAGE || languageId === INPUT_LANGUAGE) this.tell(undefined);
    });
  }

  /**
   * Undefined for a file that tells its units, and where nobody knows them. Files are absolute paths.
   * @param known what is known of the file, if it has been looked at
   */
  async of(file: string, known?: { readonly unitless?: boolean }): Promise<FileUnits | undefined> {
    const { unitless } = known ?? (await this.context.data.request('index', { path: file }));
    return unitless === true ? (this.atOnce(file) ?? (await this.named(file))) : undefined;
  }

  /** The same of what is known without asking. */
  atOnce(file: string): FileUnits | undefined {
    return this.chosen(file) ?? this.read.get(file);
  }

  /** What a person has chosen for a file. */
  chosen(file: string): FileUnits | undefined {
    const parsed = v.safeParse(choice, recall(this.context.extension.workspaceState, keyOf(file)));
    return parsed.success ? (parsed.output ?? undefined) : undefined;
  }

  /** @param units null: as is known otherwise */
  async choose(file: string, units: FileUnits | null): Promise<void> {
    await remember(this.context.extension.workspaceState, keyOf(file), JSON.stringify(units));
    this.tell(file);
  }

  /** A run has read the file in these units. */
  learn(file: string, units: FileUnits): void {
    if (isDeepStrictEqual(this.read.get(file), units)) return;
    this.read.set(file, units);
    this.tell(file);
  }

  /** @param changed is told of a file, or of all of them, that its units may be others now */
  follow(changed: (file: string | undefined) => void): Disposable {
    this.followers.add(changed);
    return { dispose: () => this.followers.delete(changed) };
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private tell(file: string | undefined): void {
    for (const changed of this.followers) changed(file);
  }

  private async named(file: string): Promise<FileUnits | undefined> {
    const { language, log } = this.context;
    return language.units({ uri: vscode.Uri.file(file).toString() }).catch((error: unknown) => {
      log.debug('units', error);
      return undefined;
    });
  }
}

const keyOf = (file: string): string => `units of ${file}`;
