/**
 * Data files that are open in the editor (`.xyz`, `input.data`): diagnostics, outline, and what the frame under the cursor is.
 * The worker looks at them; a long buffer as it is on the disk, a short one as it is on the screen.
 */
import { MarkupKind, SymbolKind, type DocumentSymbol, type Hover, type Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../language/diagnostic';
import { pathOf } from '../paths';
import type { Diagnosed } from '../analysis';
import type { Knowledge } from './knowledge';
import type { DataProblem, FrameEntry } from './frame-report';
import type { DataDocument } from './reports';

/** Longer ones are looked at on the disk. */
const MAXIMUM_CHARACTERS = 4 << 20;
const MAXIMUM_MARK = 500;

export const isDataFile = (uri: string): boolean => /\.(?:ext)?xyz$|\/input\.data$/i.test(uri);

function documentOf(document: TextDocument): DataDocument | undefined {
  const file = pathOf(document.uri);
  if (file === undefined) return undefined;
  const text = document.getText();
  return text.length > MAXIMUM_CHARACTERS ? { file } : { file, text };
}

export interface DataAnalysis extends Diagnosed {
  symbols(): DocumentSymbol[];
  /** @param picture whether the editor shows images in Markdown */
  hoverAt(position: Position, picture: boolean): Promise<Hover | null>;
}

/** What is known so far of a document. */
export function analyzeData(document: TextDocument, knowledge: Knowledge): DataAnalysis {
  const own = documentOf(document);
  const report = own === undefined ? undefined : knowledge.report(own);
  return {
    document,
    diagnostics: (report?.problems ?? []).map((problem) => diagnosticOf(document, problem)),
    symbols: () => symbolsOf(document, report?.outline ?? []),
    hoverAt: async ({ line }, picture) => {
      const frame = own === undefined ? null : await knowledge.frameAt(own, line, picture);
      return frame === null ? null : { contents: { kind: MarkupKind.Markdown, value: frame } };
    },
  };
}

/** From where the problem is to the end of its line. */
function diagnosticOf(document: TextDocument, { line, character, ...rest }: DataProblem): Diagnostic {
  const start = document.offsetAt({ line, character });
  const end = document.offsetAt({ line: line + 1, character: 0 });
  const text = document
    .getText()
    .slice(start, Math.min(end, start + MAXIMUM_MARK))
    .trimEnd();
  return { ...rest, span: { start, end: start + text.length } };
}

function symbolsOf(document: TextDocument, outline: readonly FrameEntry[]): DocumentSymbol[] {
  return outline.map(({ line, name, detail }, i): DocumentSymbol => {
    const start = document.positionAt(document.offsetAt({ line, character: 0 }));
    const next = outline.at(i + 1)?.line ?? document.lineCount;
    const end = document.positionAt(document.offsetAt({ line: next, character: 0 }));
    return { name, detail, kind: SymbolKind.Struct, range: { start, end }, selectionRange: { start, end: start } };
  });
}
