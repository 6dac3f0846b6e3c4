/** What can be undone. Not `vscode.Disposable`, which is a class: the run store, for one, knows no editor. */
export interface Disposable {
  dispose(): void;
}
