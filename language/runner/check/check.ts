/**
 * An `input.nn` to its diagnostics. Takes any text, throws nothing, and every span lies in the text. What one line says wrong
 * by itself is lines.ts; each family that looks at the whole file is a file beside this one.
 */
import type { Diagnostic, Fix, TextEdit } from '../../diagnostic';
import type { Span } from '../../syntax/tree';
import { readFile, type InputFile } from '../reading';
import type { InputTree } from '../tree';
import type { Dialect } from '../types';
import { checkCompanions, type Companions } from './companions';
import type { Context } from './context';
import { checkElements } from './elements';
import { checkConversion, checkEnvironment } from './environment';
import { checkFunctions } from './functions';
import { checkKeywords } from './keywords';
import { checkLine } from './lines';
import { checkNetworks } from './networks';
import { checkTraining } from './training';

/** Reads and checks a tree; without a dialect that of its keywords. */
export function checkInput(tree: InputTree, dialect?: Dialect, companions?: Companions): Diagnostic[] {
  return checkFile(readFile(tree, dialect), companions);
}

/** @param companions what stands beside the file; without it only the text is checked */
export function checkFile(file: InputFile, companions?: Companions): Diagnostic[] {
  const { tree, dialect } = file;
  const diagnostics: Diagnostic[] = [];
  tree.lines.forEach((line, i) => {
    for (const diagnostic of checkLine(line, dialect))
      diagnostics.push(shift(diagnostic, tree.starts[i], tree.text.length));
  });
  const context: Context = {
    file,
    report: (code, severity, { start, end }, message, fixes = [], rest = {}) => {
      diagnostics.push({ code, severity, span: { start, end }, message, fixes, ...rest });
    },
  };
  checkKeywords(context);
  checkElements(context);
  checkFunctions(context);
  if (dialect === 'n2p2') {
    checkNetworks(context);
    const facts = companions?.data?.facts;
    checkTraining(context, facts !== undefined && facts.frames > 0 && facts.keys.set === facts.frames);
    checkEnvironment(context);
    if (companions !== undefined) checkCompanions(context, companions);
    if (!diagnostics.some(({ severity }) => severity === 'error')) checkConversion(context);
  }
  return diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** From offsets in a line to offsets in the text, which may end without the line's end. */
function shift(diagnostic: Diagnostic, by: number, limit: number): Diagnostic {
  const move = ({ start, end }: Span): Span => ({ start: start + by, end: Math.min(end + by, limit) });
  const moveEdit = ({ span, text }: TextEdit): TextEdit => ({ span: move(span), text });
  const moveFix = (fix: Fix): Fix => ({ ...fix, edits: fix.edits.map(moveEdit) });
  return { ...diagnostic, span: move(diagnostic.span), fixes: diagnostic.fixes?.map(moveFix) };
}
