/** Feature tests are data: an `input.nn` with a cursor `|` (once). */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { analyzeInput, type InputAnalysis } from '../../../../server/runner/analysis';

export const inputOf = (text: string): InputAnalysis =>
  analyzeInput(TextDocument.create('file:///folder/input.nn', 'runner-nn', 1, text));

export function withCursor(marked: string): { input: InputAnalysis; offset: number } {
  const offset = marked.indexOf('|');
  if (offset < 0) throw new Error('the fixture has no cursor');
  return { input: inputOf(marked.slice(0, offset) + marked.slice(offset + 1)), offset };
}
