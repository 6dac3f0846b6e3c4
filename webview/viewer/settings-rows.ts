/** The rows of the Display panel: what of the state each shows, and what it wishes. */
import { elements, symbolOf } from '../../language/elements';
import { h } from '../dom';
import { PLACEMENTS, type Arrangement } from './arrange';
import type { Coloring, Range } from './coloring';
import { check, element, number, select, shownIf, slider, word, type Control } from './controls';
import type { DisplayChoices, Scales } from './settings';
import { BACKGROUNDS, OCCLUSION, type ViewerState } from './state';

/** Says what is wished. */
export type Wish = (change: Partial<ViewerState>) => void;

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

const BACKGROUND_LABELS: Readonly<Record<ViewerState['imageBackground'], string>> = {
  screen: 'background as on screen',
  white: 'white background',
  transparent: 'transparent',
};

export interface Row {
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

/** All rows for a frame that offers these choices. */
export function rowsOf(
  now: () => ViewerState,
  scales: () => Scales,
  { kinds, types, repeats, colorings, vectors }: DisplayChoices,
  wish: Wish,
): Row[] {
  const arrange = (change: Partial<Arrangement>): void => wish({ arrangement: { ...now().arrangement, ...change } });
  const rows: Row[] = [];
  if (types.length > 0) rows.push(typesRow(now, types, wish));
  rows.push(colorRow(now, colorings, wish), colorScaleRow(now, scales, wish));
  if (vectors.length > 0) rows.push(arrowsRow(now, scales, vectors, wish));
  rows.push(
    bondsRow(now, wish),
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
  if (kinds.length > 1) rows.push(elementsRow(now, kinds, arrange));
  if (repeats) rows.push(...cellRows(now, arrange));
  rows.push(sliceRow(now, arrange), imageRow(now, wish));
  return rows;
}

function colorRow(now: () => ViewerState, colorings: readonly Coloring[], wish: Wish): Row {
  return rowOf(
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
  );
}

/** Without the entry of a key. */
const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));

/** What the colours span. To write one of its ends fixes both. */
function colorScaleRow(now: () => ViewerState, scales: () => Scales, wish: Wish): Row {
  const isScaled = (): boolean => scales().colors !== undefined;
  const fix = (ends: Partial<Range>): void => {
    const { low, high } = { low: 0, high: 1, ...scales().colors, ...ends };
    const range = { low: Math.min(low, high), high: Math.max(low, high) };
    wish({ ranges: { ...now().ranges, [now().colorBy]: range } });
  };
  const row = rowOf(
    'Scale',
    select(
      'scale',
      'What the colour scale spans',
      () => (Object.hasOwn(now().ranges, now().colorBy) ? 'fixed' : now().rangePerFrame ? 'frame' : 'frames'),
      [
        ['frames', 'all frames so far'],
        ['frame', 'each frame'],
        ['fixed', 'fixed'],
      ],
      (span) => {
        if (span === 'fixed') fix({});
        else wish({ rangePerFrame: span === 'frame', ranges: without(now().ranges, now().colorBy) });
      },
    ),
    number(
      'scale-low',
      'Lower end of the colour scale',
      () => scales().colors?.low,
      {},
      (low) => fix({ low }),
    ),
    number(
      'scale-high',
      'Upper end of the colour scale',
      () => scales().colors?.high,
      {},
      (high) => fix({ high }),
    ),
  );
  return { ...row, controls: [...row.controls, shownIf(isScaled, { element: row.element, show: () => undefined })] };
}

function arrowsRow(now: () => ViewerState, scales: () => Scales, vectors: DisplayChoices['vectors'], wish: Wish): Row {
  const hasArrows = (): boolean => scales().arrows !== undefined;
  const column = (): string => scales().arrows?.column ?? '';
  const scale = (): number | undefined => scales().arrows?.scale;
  return rowOf(
    'Arrows',
    select(
      'arrows',
      'Arrows',
      () => now().arrows,
      [['', 'none'], ...vectors.map(({ key, label }) => [key, label] as const)],
      (arrows) => wish({ arrows }),
    ),
    shownIf(
      hasArrows,
      word(() => '1 Å is'),
    ),
    shownIf(
      hasArrows,
      number('arrow-scale', 'What 1 Å of arrow is', scale, { min: 1e-9 }, (value) =>
        wish({ arrowScales: { ...now().arrowScales, [column()]: value } }),
      ),
    ),
    shownIf(
      hasArrows,
      word(() => scales().arrows?.unit ?? ''),
    ),
    shownIf(
      hasArrows,
      check(
        'arrow-automatic',
        'by itself',
        () => !Object.hasOwn(now().arrowScales, column()),
        (automatic) =>
          wish({
            arrowScales: automatic
              ? without(now().arrowScales, column())
              : { ...now().arrowScales, [column()]: scale() ?? 1 },
          }),
        'So that the longest arrow of all frames so far is about 2 Å long',
      ),
    ),
  );
}

function bondsRow(now: () => ViewerState, wish: Wish): Row {
  return rowOf(
    'Bonds',
    check(
      'bonds',
      'shown',
      () => now().bonds,
      (bonds) => wish({ bonds }),
    ),
    'covalent radii +',
    number(
      'bond-tolerance',
      'How much longer than the sum of the covalent radii bonds are at most, in Å',
      () => now().bondTolerance,
      { min: -1, max: 2, step: 0.05 },
      (bondTolerance) => wish({ bondTolerance }),
    ),
    'Å',
  );
}

function elementsRow(
  now: () => ViewerState,
  kinds: readonly number[],
  arrange: (change: Partial<Arrangement>) => void,
): Row {
  return rowOf(
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
  );
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
          const others = without(now().types, name);
          wish({ types: z === 0 ? others : { ...others, [name]: z } });
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
        'Thickness of the slice in Å',
        () => slice().thickness,
        { min: 0.5, max: 1000, step: 0.5 },
        (thickness) => arrange({ slice: { ...slice(), thickness } }),
      ),
    ),
    shownIf(
      isCut,
      word(() => 'Å'),
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
    select(
      'image-background',
      'What is behind the atoms in saved images',
      () => now().imageBackground,
      BACKGROUNDS.map((each) => [each, BACKGROUND_LABELS[each]] as const),
      (imageBackground) => wish({ imageBackground }),
    ),
  );
}
