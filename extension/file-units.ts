/**
 * In which units data files are that don't tell it themselves: as a person has chosen, else as what opened the file knows (a run that
 * has read it), else as a definition of the workspace says. Whoever asks the data worker about numbers of a file asks here first.
 * A file is the same through whatever symbolic links it is reached.
 */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fileUnits, type FileUnits } from '../protocol/units';
import type { Context } from './context';
import type { Disposable } from './disposable';
import { INPUT_LANGUAGE, LANGUAGE } from './identifiers';
import { CHOSEN_UNITS, recall, remember } from './panels/file-states';
import { realPath } from './paths';

const choice = v.pipe(v.string(), v.parseJson(), v.nullable(fileUnits));

interface Follower {
  readonly file: () => string | undefined;
  readonly changed: () => void;
}

export class UnitsOfFiles implements Disposable {
  private readonly followers = new Set<Follower>();
  private readonly subscription: Disposable;
  /** By real path, of those that were opened from a run. */
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
    return this.chosen(file) ?? this.read.get(realPath(file));
  }

  /** What a person has chosen for a file. */
  chosen(file: string): FileUnits | undefined {
    const parsed = v.safeParse(choice, recall(this.context.extension.workspaceState, realPath(file), CHOSEN_UNITS));
    return parsed.success ? (parsed.output ?? undefined) : undefined;
  }

  /** @param units null: as is known otherwise */
  async choose(file: string, units: FileUnits | null): Promise<void> {
    await remember(this.context.extension.workspaceState, realPath(file), JSON.stringify(units), CHOSEN_UNITS);
    this.tell(file);
  }

  /** A run has read the file in these units. */
  learn(file: string, units: FileUnits): void {
    const real = realPath(file);
    if (isDeepStrictEqual(this.read.get(real), units)) return;
    this.read.set(real, units);
    this.tell(file);
  }

  /**
   * @param file which one is followed at the moment
   * @param changed is told that its units may be others now
   */
  follow(file: () => string | undefined, changed: () => void): Disposable {
    const follower: Follower = { file, changed };
    this.followers.add(follower);
    return { dispose: () => this.followers.delete(follower) };
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** @param changed undefined: all files */
  private tell(changed: string | undefined): void {
    const real = changed === undefined ? undefined : realPath(changed);
    for (const follower of this.followers) {
      const file = follower.file();
      if (file !== undefined && (real === undefined || realPath(file) === real)) follower.changed();
    }
  }

  /** Definitions may name a file by its real path, or as it was opened. */
  private async named(file: string): Promise<FileUnits | undefined> {
    const { language, log } = this.context;
    try {
      for (const name of new Set([realPath(file), file])) {
        const units = await language.units({ uri: vscode.Uri.file(name).toString() });
        if (units !== undefined) return units;
      }
    } catch (error) {
      log.debug('units', error);
    }
    return undefined;
  }
}
