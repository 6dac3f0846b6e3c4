/** The windows of an umbrella sampling as a table to choose from: where they are held, what they sampled, how they overlap. */
import { FEWEST_INDEPENDENT, LEAST_OVERLAP } from '../../../language/definition/windows';
import type { Pmf, PmfMeta } from '../../../protocol/pmf';
import { columnHead, fill, h, icon } from '../../dom';
import { formatCount, formatFixed, formatNumber } from '../../format';
import { shownUnit } from '../../plots/free-energy-units';
import { windowColor } from '../../plots/pmf-drawing';
import { readTheme } from '../../theme';

export const weakestOverlap = ({ windows }: PmfMeta): number | undefined => {
  const overlaps = windows.flatMap(({ overlap }) => (overlap === null ? [] : [overlap]));
  return overlaps.length === 0 ? undefined : Math.min(...overlaps);
};

export interface WindowTable {
  readonly element: HTMLElement;
  readonly table: HTMLTableElement;
  update(pmf: Pmf, chosen: number | undefined): void;
}

export function createWindowTable(onChoose: (window: number | undefined) => void): WindowTable {
  const table = h('table', { class: 'worst windows' });
  const element = h('div', { class: 'worst-scroll', tabindex: 0, role: 'group', 'aria-label': 'Windows' }, table);

  function update({ meta }: Pmf, chosen: number | undefined): void {
    const { unit, scale } = shownUnit(meta.coordinate);
    const { dark } = readTheme();
    const inUnit = (name: string): string => (unit === '' ? name : `${name} (${unit})`);
    const spring = meta.coordinate.unit === '' ? 'κ (eV)' : `κ (eV/${meta.coordinate.unit}²)`;
    const heading = (text: string, title: string): HTMLElement => columnHead(text, { class: 'number', title });
    const cell = (text: string): HTMLElement => h('td', { class: 'number' }, text);
    const marked = (text: string, weak: boolean, why: string): HTMLElement =>
      h('td', { class: weak ? 'number weak' : 'number', title: weak ? why : undefined }, weak && icon('warning'), text);
    const line = (window: PmfMeta['windows'][number], k: number): HTMLElement => {
      const swatch = h('span', { class: 'window-swatch' });
      swatch.style.background = windowColor(k, meta.windows.length, dark);
      const link = h('button', { type: 'button', class: 'link', 'aria-pressed': String(k === chosen) }, `${k + 1}`);
      link.addEventListener('click', () => onChoose(k === chosen ? undefined : k));
      const { samples, discarded, inefficiency, overlap } = window;
      const few = samples < FEWEST_INDEPENDENT * inefficiency;
      const row = h(
        'tr',
        { class: k === chosen ? 'chosen' : '' },
        h('td', {}, swatch, link),
        cell(formatFixed(scale * window.center, 2)),
        cell(formatNumber(window.force_constant, 3)),
        cell(formatFixed(scale * window.mean, 3)),
        cell(formatNumber(scale * window.deviation, 2)),
        h(
          'td',
          { class: 'number', title: `${formatCount(discarded)} before them are left out as equilibration` },
          formatCount(samples),
        ),
        marked(
          formatNumber(inefficiency, 2),
          few,
          `fewer than ${FEWEST_INDEPENDENT} independent samples: sample for longer`,
        ),
        overlap === null
          ? cell('')
          : marked(
              `${formatFixed(100 * overlap, 0)} %`,
              overlap < LEAST_OVERLAP,
              'little in common with the next window',
            ),
      );
      return row;
    };
    fill(
      table,
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columnHead('#'),
          heading(inUnit('centre'), 'Where the spring holds the coordinate'),
          heading(spring, 'Stiffness of the spring, of the bias ½ κ (ξ − centre)²'),
          heading(inUnit('mean'), 'Mean of the samples'),
          heading(inUnit('σ'), 'Standard deviation of the samples'),
          heading('samples', 'Values that are used'),
          heading('g', 'Statistical inefficiency: so many samples are worth one independent one'),
          heading('overlap', 'Common part of the histogram and that of the next window'),
        ),
      ),
      h('tbody', {}, ...meta.windows.map(line)),
    );
  }

  return { element, table, update };
}
