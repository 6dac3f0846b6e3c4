/** textDocument/semanticTokens in `input.nn`: which keywords the program knows, elements, choices, types of symmetry functions. */
import { SemanticTokenTypes, type Range, type SemanticTokens } from 'vscode-languageserver';
import { atomicNumber } from '../../language/elements';
import { isKnownTo } from '../../language/runner/keywords';
import { spanIn, type Word } from '../../language/runner/tree';
import { encodeTokens, type Marked } from '../features/semantic-tokens';
import type { InputAnalysis } from './analysis';
import { argumentAt } from './context';

export function semanticTokensOfInput({ document, tree, file }: InputAnalysis, range?: Range): SemanticTokens {
  const marked: Marked[] = [];
  for (const entry of file.entries) {
    if (range !== undefined && (entry.line < range.start.line || entry.line > range.end.line)) continue;
    const mark = (word: Word, type: Marked['type']): void => {
      marked.push({ ...spanIn(tree, entry.line, word), type });
    };
    // An unknown keyword is not coloured as if it counted.
    if (entry.keyword === undefined || !isKnownTo(file.dialect, entry.keyword)) continue;
    mark(entry.written, entry.function === undefined ? SemanticTokenTypes.property : SemanticTokenTypes.keyword);
    entry.arguments.forEach((word, i) => {
      const argument = argumentAt(entry, file.dialect, i + 1);
      if (argument?.kind === 'element') {
        if ((atomicNumber(word.text) ?? 0) > 0) mark(word, SemanticTokenTypes.type);
      } else if (argument?.kind === 'choice') {
        if (Object.hasOwn(argument.values, word.text)) mark(word, SemanticTokenTypes.enumMember);
      } else if (entry.function?.table !== undefined && i === 1) mark(word, SemanticTokenTypes.enumMember);
    });
  }
  return encodeTokens(document, marked, range);
}
