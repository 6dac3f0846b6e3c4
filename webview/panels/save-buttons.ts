/** The buttons that save a chart (its numbers as CSV, the drawing as SVG or PNG) and copy a table. */
import type { SavedFile } from '../../protocol/panels';
import { button, h } from '../dom';
import { tableAsMarkdown } from '../markdown';
import { drawCurves, paintCurves, tabulateCurves, type Drawing } from '../plots/line-drawing';

type Kind = 'csv' | 'svg' | 'png';

/** @param contents what each button saves when it is pressed; in this order they stand */
export function saveButtons(
  title: string,
  contents: Readonly<Partial<Record<Kind, () => string | Promise<string>>>>,
  onSave: (file: SavedFile) => void,
): HTMLElement {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const kinds = Object.entries(contents) as [Kind, () => string | Promise<string>][];
  const buttons = kinds.map(([kind, content]) =>
    button(
      'save',
      `Save ${title} as ${kind.toUpperCase()}`,
      () => void Promise.resolve(content()).then((made) => onSave({ name: `${name}.${kind}`, kind, content: made })),
      { caption: kind.toUpperCase(), class: 'small' },
    ),
  );
  return h('div', { class: 'card-foot' }, ...buttons);
}

/** Of a chart of curves. */
export const chartSaveButtons = (
  title: string,
  drawing: () => Drawing,
  onSave: (file: SavedFile) => void,
): HTMLElement =>
  saveButtons(
    title,
    {
      csv: () => tabulateCurves(drawing()),
      svg: () => drawCurves(drawing()),
      png: () => paintCurves(drawing()),
    },
    onSave,
  );

/** The button that copies a table as Markdown. */
export const copyTableButton = (
  table: HTMLTableElement,
  onCopy: (text: string) => void,
  { label = 'Copy the table as Markdown', caption }: { label?: string; caption?: string } = {},
): HTMLElement => button('copy', label, () => onCopy(tableAsMarkdown(table)), { caption, class: 'small' });
