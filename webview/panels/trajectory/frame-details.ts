/** What the file says of a frame: its values, its cell, the columns of its atoms. */
import type { FrameData } from '../../../protocol/frames';
import { unitOfLength, unitOfValue } from '../../../protocol/units';
import { fill, h } from '../../dom';
import { formatNumber } from '../../format';

export function fillFrameDetails(into: HTMLElement, { info, cell, periodic, columns, units }: FrameData): void {
  const row = (name: string, value: string, unit = ''): HTMLElement[] => [
    h('dt', {}, name),
    h('dd', {}, value, unit === '' ? undefined : h('span', { class: 'unit' }, ` ${unit}`)),
  ];
  const values = Object.entries(info).flatMap(([key, value]) =>
    row(key, typeof value === 'number' ? formatNumber(value, 8) : String(value), unitOfValue(key, units)),
  );
  const lattice =
    cell === undefined
      ? row('cell', 'none')
      : [0, 1, 2].flatMap((k) =>
          row(
            ['a', 'b', 'c'][k],
            [...cell.subarray(3 * k, 3 * k + 3)].map((x) => formatNumber(x, 5)).join('  '),
            [unitOfLength(units), periodic[k] ? 'periodic' : ''].filter((word) => word !== '').join(', '),
          ),
        );
  fill(
    into,
    h('h2', {}, 'Frame'),
    h('dl', {}, ...values),
    h('h2', {}, 'Cell'),
    h('dl', {}, ...lattice),
    h('h2', {}, 'Columns of the atoms'),
    Object.keys(columns).length === 0
      ? h('p', { class: 'muted' }, 'none besides species and position')
      : h(
          'dl',
          {},
          ...Object.entries(columns).flatMap(([name, { width }]) =>
            row(name, `${width} ${width === 1 ? 'value' : 'values'}`),
          ),
        ),
  );
}
