/**
 * What a careful colleague would ask about the structures of a dataset: duplicates (PD0906), outliers (PD0907), forces that
 * don't add up (PD0904), contradictions (PD0912), contacts (PD0913), methods (PD0910), leaks into the test set (PD0606). Found
 * as `nearsight inspect` finds them; what the file as a whole tells already (labels.ts, data.ts) is not said twice.
 */
import type { DatasetDefinition } from '../definition/definition';
import { exclusionFrom } from '../definition/exclusion';
import type { Fix } from '../diagnostic';
import type { DataFinding } from './facts';
import { insertion, replace, type BlockReading, type FileContext } from './reading';

const TOLD: readonly string[] = ['PD0606', 'PD0904', 'PD0906', 'PD0907', 'PD0910', 'PD0912', 'PD0913'];

export function checkFindings(context: FileContext, reading: BlockReading, dataset: DatasetDefinition): void {
  const files = reading.attributes.get('files')?.attribute.value;
  if (files === undefined) return;
  for (const finding of context.environment?.findings?.(dataset) ?? []) {
    if (!TOLD.includes(finding.code)) continue;
    context.report({
      code: finding.code,
      severity: 'warning',
      span: files,
      message: finding.message,
      related: finding.named.map(({ file, frame, line }) => ({ file, line, message: `frame ${frame}` })),
      fixes: fixesOf(context, reading, finding),
    });
  }
}

function fixesOf(context: FileContext, dataset: BlockReading, { code, frames }: DataFinding): readonly Fix[] {
  if (code === 'PD0606') {
    const title = 'Write `split_by = trajectory`';
    const split = dataset.attributes.get('split_by')?.attribute.value;
    return split === undefined
      ? insertion(context, dataset.block, title, 'split_by = trajectory')
      : [replace(title, split, 'trajectory')];
  }
  const ranges = frames.map(({ file, frame }) => ({ file, first: frame, last: frame }));
  const edit = ranges.length === 0 ? undefined : exclusionFrom(context.section, dataset.block, ranges);
  return edit === undefined
    ? []
    : [
        {
          title: ranges.length === 1 ? 'Leave this frame out' : `Leave these ${ranges.length} frames out`,
          edits: [edit],
        },
      ];
}
