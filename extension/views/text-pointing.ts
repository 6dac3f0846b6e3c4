/**
 * Points at the frame, and the atoms, that the cursor or the selection is in, in the text of a data file; and marks in open
 * text the lines of what is pointed at elsewhere.
 */
import * as vscode from 'vscode';
import type { PointedAt } from '../../protocol/panels';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import type { Follower } from '../pointing';
import { atomsOfLines, linesOfAtoms } from '../text-atoms';

/** A cursor that is moving on has not arrived. */
const SETTLED_MILLISECONDS = 120;
/** More frames than these at once nobody points at: the rest of the selection is left out. */
const MAXIMUM_FRAMES = 10_000;

/** In all themes: a bar at the edge, and a background where the theme has one. */
const MARK: vscode.DecorationRenderOptions = {
  isWholeLine: true,
  backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
  borderColor: new vscode.ThemeColor('focusBorder'),
  borderStyle: 'solid',
  borderWidth: '0 0 0 2px',
  overviewRulerColor: new vscode.ThemeColor('focusBorder'),
  overviewRulerLane: vscode.OverviewRulerLane.Full,
};

export class TextPointing implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private readonly mark = vscode.window.createTextEditorDecorationType(MARK);
  private timer: NodeJS.Timeout | undefined;
  private asking = new AbortController();
  /** What the text itself points at is selected there. */
  private own: PointedAt | undefined;
  private readonly follower: Follower = {
    has: (file) => this.editorsOf(file).length > 0,
    point: (at) => this.show(at, true),
  };

  constructor(private readonly context: Context) {
    const { pointing } = context;
    this.subscriptions = [
      this.mark,
      pointing.follow(this.follower),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        // Without a kind it was no person who moved the cursor: a view opened the text there, and knows.
        if (kind === undefined) return;
        clearTimeout(this.timer);
        const { document } = textEditor;
        if (document.uri.scheme !== 'file' || !pointing.isFollowed(document.uri.fsPath, this.follower)) return;
        this.timer = setTimeout(() => void this.follow(textEditor), SETTLED_MILLISECONDS);
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        if (pointing.current !== undefined && pointing.current !== this.own) this.show(pointing.current, false);
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private editorsOf(file: string): vscode.TextEditor[] {
    return vscode.window.visibleTextEditors.filter(
      ({ document: { uri, isDirty } }) =>
        uri.scheme === 'file' && !isDirty && this.context.pointing.realPath(uri.fsPath) === file,
    );
  }

  private begin(): AbortSignal {
    this.asking.abort();
    this.asking = new AbortController();
    return this.asking.signal;
  }

  private async follow(editor: vscode.TextEditor): Promise<void> {
    const signal = this.begin();
    const at = await pointedAt(this.context, editor, signal);
    if (at === undefined || signal.aborted) return;
    this.context.pointing.point(at, this.follower);
    this.own = this.context.pointing.current;
    for (const each of vscode.window.visibleTextEditors) each.setDecorations(this.mark, []);
  }

  /** Marks the lines of what is pointed at, of several frames of the first; and only there. */
  private show({ file, frames, atoms }: PointedAt, reveal: boolean): void {
    const signal = this.begin();
    const editors = this.editorsOf(file);
    for (const each of vscode.window.visibleTextEditors)
      if (!editors.includes(each)) each.setDecorations(this.mark, []);
    if (editors.length === 0 || frames.length === 0) return;
    const lineOf = (index: number): Promise<number> =>
      this.context.data.request('line', { path: file, index }, signal).then(({ line }) => line - 1);
    // Behind the last frame the text ends.
    Promise.all([lineOf(frames[0]), lineOf(frames[0] + 1).catch(() => Infinity)]).then(
      ([start, next]) => {
        if (signal.aborted) return;
        for (const editor of editors) {
          const ranges = rangesOf(editor.document, start, next, atoms);
          editor.setDecorations(this.mark, ranges);
          if (reveal) editor.revealRange(ranges[0], vscode.TextEditorRevealType.InCenterIfOutsideViewport);
        }
      },
      (error: unknown) => this.context.log.debug('pointing', error),
    );
  }
}

/** The lines of atoms of the frame from `start` to before `next`; all of the frame if it is of none, or nobody knows their lines. */
function rangesOf(
  document: vscode.TextDocument,
  start: number,
  next: number,
  atoms: readonly number[],
): vscode.Range[] {
  const end = Math.min(next, document.lineCount);
  const textOf = (line: number): string => (line < end ? document.lineAt(line).text : '');
  const lines = atoms.length === 0 ? [] : linesOfAtoms(textOf, start, end, atoms).filter((line) => line < end);
  if (lines.length > 0) return lines.map((line) => new vscode.Range(line, 0, line, 0));
  const last = Math.max(start, end - 1);
  return [new vscode.Range(start, 0, last, 0)];
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
