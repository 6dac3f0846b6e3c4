/** The legend over the view: elements or a colour scale, and what the arrows are. */
import { elements, symbolOf } from '../../language/elements';
import { fill, h } from '../dom';
import { formatTick } from '../format';
import type { Range } from './coloring';
import type { ColorMap } from './colors';

export interface LegendContent {
  /** Atomic numbers that are drawn, in order. */
  readonly kinds: readonly number[];
  /** What atoms are coloured by instead of their element. */
  readonly scale?: {
    readonly label: string;
    readonly unit: string;
    readonly range: Range;
    readonly map: ColorMap;
    readonly bins: readonly number[];
  };
  /** Colours in CSS. */
  readonly arrows: readonly { readonly label: string; readonly color: string }[];
  /** What 1 Å of arrow is. */
  readonly arrowScale: string;
}

/** Shows `content`; touches the document only if it differs from what is there. */
export function createLegend(): { readonly element: HTMLElement; show(content: LegendContent): void } {
  const element = h('div', { class: 'viewer-legend' });
  let shown = '';
  return {
    element,
    show: (content) => {
      const text = JSON.stringify(content);
      if (text === shown) return;
      shown = text;
      const { kinds, scale, arrows, arrowScale } = content;
      fill(
        element,
        scale === undefined ? elementRow(kinds) : scaleRow(scale),
        arrows.length > 0 &&
          h(
            'div',
            { class: 'element-row' },
            ...arrows.map(({ label, color }) => {
              const dash = h('span', { class: 'dash' });
              dash.style.backgroundColor = color;
              return h('span', { class: 'element' }, dash, label);
            }),
            h('span', { class: 'muted' }, arrowScale),
          ),
      );
    },
  };
}

function elementRow(kinds: readonly number[]): HTMLElement {
  return h(
    'div',
    { class: 'element-row' },
    ...kinds.map((number) => {
      const dot = h('span', { class: 'dot' });
      dot.style.backgroundColor = `#${(elements.at(number) ?? elements[0]).color.toString(16).padStart(6, '0')}`;
      return h('span', { class: 'element' }, dot, symbolOf(number));
    }),
  );
}

function scaleRow({ label, unit, range, map, bins }: NonNullable<LegendContent['scale']>): HTMLElement {
  return h(
    'div',
    { class: 'ramp-row' },
    h('span', {}, formatTick(range.low)),
    h('span', { class: 'ramp-column' }, histogram(bins), h('span', { class: `ramp ${map}` })),
    h('span', {}, `${formatTick(range.high)}${unit === '' ? '' : ` ${unit}`}`),
    h('span', { class: 'muted' }, label),
  );
}

/** How many atoms have which value, over the scale. */
function histogram(bins: readonly number[]): HTMLElement {
  const most = Math.max(1, ...bins);
  return h(
    'span',
    { class: 'histogram', 'aria-hidden': 'true' },
    ...bins.map((count) => {
      const bar = h('span', {});
      // Few atoms show too.
      bar.style.height = count === 0 ? '0' : `${Math.max(6, (100 * count) / most)}%`;
      return bar;
    }),
  );
}
