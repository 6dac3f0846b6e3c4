/** The buttons below a chart that save it: its numbers as CSV, the drawing as SVG or PNG. */
import type { SavedFile } from '../../protocol/panels';
import { button, h } from '../dom';
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
