import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { expect, test } from 'vitest';
import { diagnosticsOf } from '../../../../server/features/diagnostics';
import { withCursor } from '../fixture';

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
