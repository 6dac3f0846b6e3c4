/** The open panels of one kind, by what they show: one panel for each. */
import type * as vscode from 'vscode';
import type { Disposable } from '../disposable';

/** As much of a panel as the set needs. */
interface Member<Drawn> {
  readonly connection: {
    readonly panel: vscode.WebviewPanel;
    readonly drawn: readonly Drawn[];
    own(...disposables: readonly Disposable[]): void;
  };
}

export class PanelSet<Drawn, M extends Member<Drawn>> implements Disposable {
  private readonly members = new Map<string, M>();

  get(key: string): M | undefined {
    return this.members.get(key);
  }

  get all(): readonly M[] {
    return [...this.members.values()];
  }

  /** What the panel has told that it has drawn, oldest first. */
  drawn(key: string): readonly Drawn[] {
    return this.members.get(key)?.connection.drawn ?? [];
  }

  /** Brings the panel into view. @returns whether there is one */
  reveal(key: string, preserveFocus = false): boolean {
    const known = this.members.get(key);
    known?.connection.panel.reveal(undefined, preserveFocus);
    return known !== undefined;
  }

  /** Keeps a panel until it is closed. */
  add(key: string, member: M): void {
    this.members.set(key, member);
    member.connection.own({
      dispose: () => {
        if (this.members.get(key) === member) this.members.delete(key);
      },
    });
  }

  dispose(): void {
    for (const { connection } of this.members.values()) connection.panel.dispose();
  }
}
