/** The panel of the viewer where one chooses how structures are shown. It holds no state: it shows it and says what is wished. */
import { elements, symbolOf } from '../../language/elements';
import { button, fill, h } from '../dom';
import { PLACEMENTS, type Arrangement } from './arrange';
import type { Coloring } from './coloring';
import { check, element, number, select, shownIf, slider, type Control } from './controls';
import { OCCLUSION, type ViewerState } from './state';

/** What the present frame offers. */
export interface DisplayChoices {
  readonly kinds: readonly number[];
  /** Types whose elements the file doesn't tell. */
  readonly types: readonly string[];
  readonly repeats: boolean;
  readonly colorings: readonly Coloring[];
  readonly vectors: readonly Pick<Coloring, 'key' | 'label'>[];
}

const PLACEMENT_LABELS: Readonly<Record<Arrangement['placement'], string>> = {
  file: 'as in the file',
  wrapped: 'wrapped into the cell',
  molecules: 'whole molecules',
};

const OCCLUSION_LABELS: Readonly<Record<ViewerState['occlusion'], string>> = {
  auto: 'where it is cheap',
  always: 'always',
  never: 'never',
};

type Wish = (change: Partial<ViewerState>) => void;

export function createSettings(
  wish: Wish,
  close: () => void,
): { readonly element: HTMLElement; show(state: ViewerState, choices: DisplayChoices): void } {
  const body = h('div', { class: 'settings-body' });
  const panel = h(
    'div',
    { class: 'viewer-settings', role: 'dialog', 'aria-label': 'Display', hidden: true },
    h('h3', {}, 'Display'),
    button('close', 'Close', close),
    body,
  );
  let offered = '';
  let controls: readonly Control[] = [];
  let now: ViewerState;
  return {
    element: panel,
    show: (state, choices) => {
      if (panel.hidden) return;
      now = state;
      // Built anew only for frames that offer something else: a list that is open stays open while a trajectory plays.
      const text = JSON.stringify(choices);
      if (text !== offered) {
        offered = text;
        const active = document.activeElement;
        const focused = active !== null && body.contains(active) ? active.id : '';
        const rows = rowsOf(() => now, choices, wish);
        controls = rows.flatMap((row) => row.controls);
        fill(body, ...rows.map((row) => row.element));
        if (focused !== '') document.getElementById(focused)?.focus();
      }
      for (const control of controls) control.show();
    },
  };
}

interface Row {
  readonly element: HTMLElement;
  readonly controls: readonly Control[];
}

function rowOf(label: string, ...parts: readonly (Control | string)[]): Row {
  return {
    element: h(
      'div',
      { class: 'settings-row' },
      h('span', { class: 'settings-label' }, label),
      ...parts.map((part) => (typeof part === 'string' ? part : part.element)),
    ),
    controls: parts.filter((part) => typeof part !== 'string'),
  };
}

function rowsOf(
  now: () => ViewerState,
  { kinds, types, repeats, colorings, vectors }: DisplayChoices,
  wish: Wish,
): Row[] {
  const arrange = (change: Partial<Arrangement>): void => wish({ arrangement: { ...now().arrangement, ...change } });
  const rows: Row[] = [];
  if (types.length > 0) rows.push(typesRow(now, types, wish));
  rows.push(
    rowOf(
      'Colour',
      select(
        'colour',
        'Colour atoms by',
        () => now().colorBy,
        [
          ['', 'element'],
          ...colorings.map(({ key, label, unit }) => [key, unit === '' ? label : `${label} (${unit})`] as const),
        ],
        (colorBy) => wish({ colorBy }),
      ),
      check(
        'range',
        'scale of each frame',
        () => now().rangePerFrame,
        (rangePerFrame) => wish({ rangePerFrame }),
      ),
    ),
    rowOf(
      'Ambient occlusion',
      select(
        'occlusion',
        'Ambient occlusion: hollows are darker',
        () => now().occlusion,
        OCCLUSION.map((each) => [each, OCCLUSION_LABELS[each]] as const),
        (occlusion) => wish({ occlusion }),
      ),
    ),
  );
  if (vectors.length > 0)
    rows.push(
      rowOf(
        'Arrows',
        select(
          'arrows',
          'Arrows',
          () => now().arrows,
          [['', 'none'], ...vectors.map(({ key, label }) => [key, label] as const)],
          (arrows) => wish({ arrows }),
        ),
      ),
    );
  rows.push(
    rowOf(
      'Trails',
      check(
        'trails',
        'behind selected atoms',
        () => now().trails,
        (trails) => wish({ trails }),
      ),
    ),
  );
  if (kinds.length > 1)
    rows.push(
      rowOf(
        'Elements',
        ...kinds.map((kind) =>
          check(
            `element-${kind}`,
            symbolOf(kind),
            () => !now().arrangement.hidden.includes(kind),
            (visible) => {
              const others = now().arrangement.hidden.filter((each) => each !== kind);
              arrange({ hidden: visible ? others : [...others, kind] });
            },
            (elements.at(kind) ?? elements[0]).name,
          ),
        ),
      ),
    );
  if (repeats) rows.push(...cellRows(now, arrange));
  rows.push(sliceRow(now, arrange), imageRow(now, wish));
  return rows;
}

function typesRow(now: () => ViewerState, types: readonly string[], wish: Wish): Row {
  return rowOf(
    'Types',
    ...types.map((name, k) =>
      element(
        `type-${k}`,
        name,
        () => (Object.hasOwn(now().types, name) ? now().types[name] : 0),
        (z) => {
          const others = Object.entries(now().types).filter(([each]) => each !== name);
          wish({ types: Object.fromEntries(z === 0 ? others : [...others, [name, z]]) });
        },
      ),
    ),
  );
}

function cellRows(now: () => ViewerState, arrange: (change: Partial<Arrangement>) => void): Row[] {
  return [
    rowOf(
      'Positions',
      select(
        'placement',
        'Positions',
        () => now().arrangement.placement,
        PLACEMENTS.map((each) => [each, PLACEMENT_LABELS[each]] as const),
        (placement) => arrange({ placement }),
      ),
    ),
    rowOf(
      'Cells',
      ...(['a', 'b', 'c'] as const).flatMap((axis, k) => [
        axis,
        number(
          `copies-${axis}`,
          `Copies along ${axis}`,
          () => now().arrangement.copies[k],
          { min: 1, max: 9, step: 1 },
          (value) => {
            const copies: [number, number, number] = [...now().arrangement.copies];
            copies[k] = Math.round(value);
            arrange({ copies });
          },
        ),
      ]),
      check(
        'faces',
        'atoms on all faces',
        () => now().arrangement.faces,
        (faces) => arrange({ faces }),
      ),
    ),
  ];
}

function sliceRow(now: () => ViewerState, arrange: (change: Partial<Arrangement>) => void): Row {
  const slice = (): NonNullable<Arrangement['slice']> =>
    now().arrangement.slice ?? { axis: 'z', middle: 0.5, thickness: 4 };
  const isCut = (): boolean => now().arrangement.slice !== null;
  return rowOf(
    'Slice',
    select(
      'slice',
      'Slice perpendicular to',
      () => now().arrangement.slice?.axis ?? '',
      [
        ['', 'none'],
        ['x', 'x'],
        ['y', 'y'],
        ['z', 'z'],
      ],
      (axis) => arrange({ slice: axis === '' ? null : { ...slice(), axis } }),
    ),
    shownIf(
      isCut,
      slider(
        'slice-middle',
        'Where the slice is',
        () => slice().middle,
        (middle) => arrange({ slice: { ...slice(), middle } }),
      ),
    ),
    shownIf(
      isCut,
      number(
        'slice-thickness',
        'Thickness of the slice',
        () => slice().thickness,
        { min: 0.5, max: 1000, step: 0.5, unit: 'Å' },
        (thickness) => arrange({ slice: { ...slice(), thickness } }),
      ),
    ),
  );
}

function imageRow(now: () => ViewerState, wish: Wish): Row {
  return rowOf(
    'Image',
    select(
      'image-scale',
      'Size of saved images',
      () => String(now().imageScale),
      [1, 2, 3, 4].map((each) => [String(each), each === 1 ? 'as on screen' : `${each} × as large`] as const),
      (value) => wish({ imageScale: Number(value) }),
    ),
    check(
      'image-transparent',
      'transparent',
      () => now().imageTransparent,
      (imageTransparent) => wish({ imageTransparent }),
    ),
  );
}
