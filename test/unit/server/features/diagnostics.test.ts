import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { expect, test } from 'vitest';
import { analyze } from '../../../../server/analysis';
import { diagnosticsOf } from '../../../../server/features/diagnostics';
import { analyzeInput } from '../../../../server/runner/analysis';
import { filesOf, URI, withCursor } from '../fixture';

const NVE = (ensemble: string): string =>
  `potential p { elements = [Ar]; pair lennard_jones { epsilon = 0.01 eV; sigma = 3.4 Å } }\nmd m { potential = p; structure = "s.xyz"; duration = 1 ps; ensemble nve { ${ensemble} } }|`;

test('what is deprecated is struck through, and nothing else', () => {
  const told = (text: string) =>
    diagnosticsOf(withCursor(text).analysis, (code) => `page:${code}`).map(({ code, tags, severity }) => ({
      code,
      tags,
      severity,
    }));
  expect(told(NVE('temperature = 100 K'))).toEqual([
    { code: 'PD0006', tags: [DiagnosticTag.Deprecated], severity: DiagnosticSeverity.Warning },
  ]);
  expect(told(NVE('initial_temperature = 0'))).toEqual([
    { code: 'PD0106', tags: undefined, severity: DiagnosticSeverity.Hint },
  ]);
});

test('what stands beside a document changes what is said of it, not its tree', () => {
  const text = 'dataset d { files = ["a.xyz"] }\n';
  let isThere = false;
  const document = TextDocument.create(URI, 'potential', 1, text);
  const before = analyze(document, { ...filesOf(), exists: () => isThere });
  expect(before.diagnostics.map(({ code }) => code)).toEqual(['PD0901']);
  isThere = true;
  expect(before.diagnostics).toHaveLength(1);
  const after = before.renewed();
  expect(after.diagnostics).toEqual([]);
  expect(after.tree).toBe(before.tree);

  const input = analyzeInput(TextDocument.create('file:///folder/input.nn', 'runner-nn', 1, 'elements H\n'));
  const [entry] = input.file.entries;
  expect(input.renewed().file.entries[0]).toBe(entry);
});
