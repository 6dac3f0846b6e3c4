/**
 * A tree to its definition and its diagnostics. Pure, and never in vain: it takes any tree, throws nothing, and every span
 * it names lies in the text. Each family of diagnostics is a file beside this one.
 */
import type { Definition } from '../definition/definition';
import { assemble } from '../definition/assembly';
import type { Diagnostic, Fix } from '../diagnostic';
import type { Span, SyntaxError, SyntaxTree } from '../syntax/tree';
import { checkDescriptors } from './descriptors';
import { checkDynamics } from './dynamics';
import { checkElements } from './elements';
import { checkFiles } from './files';
import { checkNames } from './names';
import { checkNetworks } from './networks';
import type { BlockReading, Context, Environment } from './reading';
import { readFile } from './structure';
import { checkTraining } from './training';

export type { Environment } from './reading';

/**
 * Checks a file. Blocks in error, and what refers to them, are not in the definition. `environment` answers for files
 * beside the one that is checked; without it their existence is not checked.
 */
export function check(
  tree: SyntaxTree,
  environment?: Environment,
): { definition: Definition; diagnostics: Diagnostic[] } {
  const diagnostics = tree.errors.map(diagnosticOf);
  const errors: Span[] = [...tree.errors];
  const context: Context = {
    tree,
    environment,
    report: (diagnostic) => {
      const { start, end } = diagnostic.span;
      diagnostics.push({ ...diagnostic, span: { start, end } });
      if (diagnostic.severity === 'error') errors.push({ start, end });
    },
  };
  const hasErrors = ({ block }: BlockReading): boolean =>
    errors.some(({ start, end }) => start <= block.end && end >= block.start);
  const file = readFile(context);
  checkNames(context, file);
  for (const reading of file) {
    checkFiles(context, reading);
    if (reading.name === 'potential') {
      checkElements(context, reading);
      checkNetworks(context, reading);
      checkDescriptors(context, reading, hasErrors);
    }
    if (reading.name === 'train') checkTraining(context, reading, file);
    if (reading.name === 'md') checkDynamics(context, reading, file);
  }
  diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  return { definition: assemble(file, (reading) => !hasErrors(reading)), diagnostics };
}

function diagnosticOf({ code, message, start, end, insert, remove }: SyntaxError): Diagnostic {
  const fixes: Fix[] = [];
  if (insert !== undefined)
    fixes.push({
      title: `Insert \`${insert.trim()}\``,
      edits: [{ span: { start: end, end }, text: insert }],
      preferred: true,
    });
  if (remove !== undefined) fixes.push({ title: 'Remove it', edits: [{ span: remove, text: '' }], preferred: true });
  return { code, severity: 'error', message, span: { start, end }, fixes };
}
