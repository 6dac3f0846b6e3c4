/** textDocument/diagnostic: the checker's findings in LSP's words. */
import { pathToFileURL } from 'node:url';
import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as LspDiagnostic,
  type DiagnosticRelatedInformation,
  type Range,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic, Severity } from '../../language/diagnostic';
import { rangeOf, type Diagnosed } from '../analysis';

/** An editor with thousands of marks helps nobody; the last one says how many are left out. */
const MAXIMUM_DIAGNOSTICS = 500;
const SOURCE = 'nearsight';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** `pageOf` gives the URI of a code's page in the documentation, if there is one. */
export function diagnosticsOf(
  { document, diagnostics }: Diagnosed,
  pageOf: (code: string) => string | undefined,
): LspDiagnostic[] {
  const shown = diagnostics.length > MAXIMUM_DIAGNOSTICS ? MAXIMUM_DIAGNOSTICS - 1 : diagnostics.length;
  const translated = diagnostics.slice(0, shown).map((diagnostic) => translate(document, diagnostic, pageOf));
  if (shown < diagnostics.length)
    translated.push({
      range: rangeOf(document, diagnostics[shown].span),
      severity: DiagnosticSeverity.Information,
      source: SOURCE,
      message: `${diagnostics.length - shown} more problems in this file are not shown.`,
    });
  return translated;
}

const lineRange = (line: number): Range => ({ start: { line, character: 0 }, end: { line, character: 0 } });

function translate(
  document: TextDocument,
  { code, severity, message, span, unnecessary, deprecated, related }: Diagnostic,
  pageOf: (code: string) => string | undefined,
): LspDiagnostic {
  const page = pageOf(code);
  const tags = [
    ...(unnecessary === true ? [DiagnosticTag.Unnecessary] : []),
    ...(deprecated === true ? [DiagnosticTag.Deprecated] : []),
  ];
  const relatedInformation = related?.map((place): DiagnosticRelatedInformation => ({
    location:
      'span' in place
        ? { uri: document.uri, range: rangeOf(document, place.span) }
        : { uri: pathToFileURL(place.file).href, range: lineRange(place.line) },
    message: place.message,
  }));
  return {
    range: rangeOf(document, span),
    severity: severities[severity],
    code,
    source: SOURCE,
    message,
    ...(page !== undefined && { codeDescription: { href: page } }),
    ...(tags.length > 0 && { tags }),
    ...(relatedInformation !== undefined && { relatedInformation }),
  };
}
