/** Datasets by themselves: `split_by = file` without the files of a set, and files of a set without it (PD0914). */
import { insertion, replace, type BlockReading, type Context } from './reading';

const SET_FILES = ['test_files', 'validation_files'] as const;

/** `split_by = file` and the files of the sets belong together. */
export function checkSplit(context: Context, dataset: BlockReading): void {
  const split = dataset.attributes.get('split_by');
  const named = SET_FILES.flatMap((name) => dataset.attributes.get(name)?.attribute ?? []);
  if (split?.value === 'file' && split.attribute.value !== undefined && named.length === 0)
    context.report({
      code: 'PD0914',
      severity: 'error',
      span: split.attribute.value,
      message: '`split_by = file` needs `test_files` or `validation_files`: which files are these sets?',
    });
  if (split?.value === 'file') return;
  for (const { name } of named)
    context.report({
      code: 'PD0914',
      severity: 'error',
      span: name,
      message: `\`${name.text}\` goes with \`split_by = file\`.`,
      fixes:
        split?.attribute.value === undefined
          ? insertion(context, dataset.block, 'Write `split_by = file`', 'split_by = file', true)
          : [replace('Write `split_by = file`', split.attribute.value, 'file', true)],
    });
}
