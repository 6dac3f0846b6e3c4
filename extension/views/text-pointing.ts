/** Points at the frame, and the atoms, that the cursor or the selection is in, in the text of a data file. */
import * as vscode from 'vscode';
import type { PointedAt } from '../../protocol/panels';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { atomsOfLines } from '../text-atoms';

/** A cursor that is moving on has not arrived. */
const SETTLED_MILLISECONDS = 120;
/** More frames than these at once nobody points at: the rest of the selection is left out. */
const MAXIMUM_FRAMES = 10_000;

export class TextPointing implements Disposable {
  private readonly subscription: Disposable;
  private timer: NodeJS.Timeout | undefined;
  private asking: AbortController | undefined;

  constructor(private readonly context: Context) {
    this.subscription = vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
      // Without a kind it was no person who moved the cursor: a view opened the text there, and knows.
      if (kind === undefined) return;
      clearTimeout(this.timer);
      const { document } = textEditor;
      if (document.uri.scheme !== 'file' || !context.pointing.isFollowed(document.uri.fsPath)) return;
      this.timer = setTimeout(() => void this.follow(textEditor), SETTLED_MILLISECONDS);
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
  }

  private async follow(editor: vscode.TextEditor): Promise<void> {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const at = await pointedAt(this.context, editor, asking.signal);
    if (at !== undefined && !asking.signal.aborted) this.context.pointing.point(at);
  }
}

/** What the selection of an editor is in; undefined for what is no frame, and for text that isn't the file's any more. */
export async function pointedAt(
  { data, log }: Context,
  { document, selection }: vscode.TextEditor,
  signal?: AbortSignal,
): Promise<PointedAt | undefined> {
  if (document.isDirty) return undefined;
  const file = document.uri.fsPath;
  const [from, to] = [selection.start.line, selection.end.line];
  try {
    const first = await data.request('frameAt', { path: file, line: from + 1 }, signal);
    const last = from === to ? first : await data.request('frameAt', { path: file, line: to + 1 }, signal);
    const count = Math.min(MAXIMUM_FRAMES, last.index - first.index + 1);
    const textOf = (line: number): string => (line < document.lineCount ? document.lineAt(line).text : '');
    return {
      file,
      frames: Array.from({ length: count }, (_, k) => first.index + k),
      atoms: count === 1 ? atomsOfLines(textOf, first.line - 1, from, to) : [],
    };
  } catch (error) {
    log.debug('pointing', error);
    return undefined;
  }
}
