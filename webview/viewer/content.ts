/**
 * What the scene holds of a frame: atoms where the arrangement puts them, their sizes and colours, bonds, arrows, rings,
 * cells. It works out only what a change has changed: playing a trajectory moves atoms and nothing else. Å, eV/Å.
 */
import type { FrameData } from '../../protocol/frames';
import { unitOfColumn } from '../../protocol/units';
import { elements } from '../../language/elements';
import { formatCount, formatNumber } from '../format';
import { rgb, type Theme } from '../theme';
import { arrange, hasCell, type Arranged } from './arrange';
import { covalentRadius, findBonds, type Bonds } from './bonds';
import { boundsOf, cellEdges, type Bounds } from './bounds';
import {
  arrowChoicesOf,
  arrowsOf,
  coloredValues,
  coloringsOf,
  countBins,
  widen,
  type Range,
  type ArrowSet,
} from './coloring';
import { colorByElement, colorByValue, lengths, roundUp, type ColorMap } from './colors';
import type { LegendContent } from './legend';
import { pick, type Ray } from './picking';
import type { AtomScene } from './scene';
import type { DisplayChoices } from './settings';
import type { ViewerState } from './state';

/** Above this bonds cost more than they tell. */
const MAXIMUM_BONDED_ATOMS = 20_000;
/** Bonds that are drawn at most, copies of the cell included: the six of an atom in a metal are soon a thicket. */
const MAXIMUM_BONDS = 30_000;
/** Above this nobody counts atoms without a place. */
const MAXIMUM_CHECKED_ATOMS = 200_000;

/** Å between an atom, or the ring of the selection about it, and the ring of the atom that the keys are at. */
const CURSOR_ROOM = 0.14;

/** Bars of the histogram over the colour scale. */
const BINS = 32;

type Point = readonly [number, number, number];

/** Vectors to draw while none of the frame are chosen, e.g. reference and prediction of the forces. */
export interface Vectors {
  /** What they are, for the legend. */
  readonly label: string;
  /** A CSS colour, chosen by theme. */
  readonly color: (theme: Theme) => string;
  /** eV/Å, 3N */
  readonly values: Float32Array;
}

const NO_STICKS = {
  count: 0,
  starts: new Float32Array(),
  vectors: new Float32Array(),
  colors: new Uint8Array(),
} as const;

const bytesOf = (color: string): number[] => rgb(color).map((x) => Math.round(x * 255));

/** Four at a time where they lie so, as a frame may have a million atoms. */
function sameNumbers(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const words = (a.byteOffset | b.byteOffset) % 4 === 0 ? a.length >> 2 : 0;
  const fours = new Int32Array(a.buffer, words === 0 ? 0 : a.byteOffset, words);
  const others = new Int32Array(b.buffer, words === 0 ? 0 : b.byteOffset, words);
  for (let i = 0; i < words; i++) if (fours[i] !== others[i]) return false;
  for (let i = 4 * words; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export interface Content {
  readonly frame: FrameData | undefined;
  readonly bounds: Bounds;
  /** Atoms that have no finite position. */
  readonly unplaced: number;
  /** Bonds were left out in a hurry, and come with `restyle`. */
  readonly unfinished: boolean;
  /** Why there are no bonds where one would expect some; '' where they are drawn. */
  readonly unbonded: string;
  /** Draws from now on into this scene, or into none. */
  attach(scene: AtomScene | undefined): void;
  /**
   * @param hurry without bonds, until `restyle` or the next frame
   * @returns whether it has other atoms than the frame before
   */
  show(frame: FrameData, hurry?: boolean): boolean;
  /** After a change of state or theme. */
  restyle(): void;
  /** Rings about atoms; a wider one about the one that the keys are at. */
  mark(highlighted: readonly number[], selection: readonly number[], cursor: number | undefined): void;
  setVectors(vectors: readonly Vectors[] | undefined): void;
  /** Longer (or shorter) arrows. @returns whether there are any */
  stretchArrows(longer: boolean): boolean;
  /** The atom that a ray meets first, or −1. */
  pick(ray: Ray): number;
  /** Where an atom is drawn (the first of its images), if it is. */
  placeOf(atom: number): Point | undefined;
  /** The atoms of which an image is drawn where `test` says, in their order. */
  where(test: (point: Point) => boolean): number[];
  legend(): LegendContent;
  choices(): DisplayChoices;
}

export function createContent(state: () => ViewerState, theme: () => Theme): Content {
  let scene: AtomScene | undefined;
  let frame: FrameData | undefined;
  let arranged: Arranged = { count: 0, positions: new Float32Array(), sources: undefined, origins: [] };
  let bounds: Bounds = { center: [0, 0, 0], radius: 5 };
  let unplaced = 0;
  /** Atomic numbers that occur, in order. */
  let kinds: readonly number[] = [];
  /** Of the drawn atoms. */
  let radii = new Float32Array();
  let colors = new Uint8Array();
  /** Of the frame's atoms. */
  let ownColors = new Uint8Array();
  let bonds: Bonds | undefined;
  /** Bonds are left out for the moment. */
  let hurried = false;
  let unbonded = '';
  let vectors: readonly Vectors[] | undefined;
  let marks: readonly { readonly atom: number; readonly ring: 'warning' | 'focus' }[] = [];
  let cursor: number | undefined;
  /** What 1 Å of arrow is; 0 until arrows were seen. */
  let arrowScale = 0;
  let arrowColumn = '';
  /** By column; those of all frames so far never shrink, so that frames compare. */
  const ranges = new Map<string, Range>();
  let range: Range | undefined;
  /** How many atoms have which value. */
  let bins: readonly number[] = [];

  /** What is there only moves: the same atoms in the same sizes and colours. */
  const onlyMoves = (): boolean => arranged.sources === undefined && range === undefined;

  function radiusOf(number: number): number {
    return state().spaceFilling ? (elements.at(number) ?? elements[0]).vdwRadius : 0.18 + 0.28 * covalentRadius(number);
  }

  const isBonded = ({ numbers }: FrameData): boolean => numbers.length <= MAXIMUM_BONDED_ATOMS;

  function place(of: FrameData): void {
    const { arrangement, spaceFilling } = state();
    const wanted = (!spaceFilling && !hurried) || arrangement.placement === 'molecules';
    bonds = isBonded(of) && wanted ? findBonds(of) : undefined;
    arranged = arrange(of, arrangement, bonds);
    // A slice is moved through the whole, which stays where it is.
    const { positions, origins } =
      arrangement.slice === null ? arranged : arrange(of, { ...arrangement, slice: null }, bonds);
    bounds = boundsOf(positions, of.cell, origins);
  }

  /** What atoms are coloured by; undefined: their element. */
  const valuesOf = (of: FrameData): Float32Array | undefined => {
    const { colorBy } = state();
    return colorBy === '' ? undefined : coloredValues(of, colorBy);
  };

  /** Sizes and colours. */
  function dress(of: FrameData, values: Float32Array | undefined): void {
    const { numbers } = of;
    const { count, positions, sources } = arranged;
    if (radii.length !== count) radii = new Float32Array(count);
    if (colors.length !== 3 * count) colors = new Uint8Array(3 * count);
    if (ownColors.length !== 3 * numbers.length) ownColors = new Uint8Array(3 * numbers.length);
    paint(of, values);
    const byNumber = Float32Array.from({ length: 256 }, (_, number) => radiusOf(number));
    if (sources === undefined) {
      colors.set(ownColors);
      for (let k = 0; k < count; k++) radii[k] = byNumber[numbers[k]];
    } else {
      for (let k = 0; k < count; k++) {
        const atom = sources[k];
        radii[k] = byNumber[numbers[atom]];
        for (let c = 0; c < 3; c++) colors[3 * k + c] = ownColors[3 * atom + c];
      }
    }
    unplaced = 0;
    if (count > MAXIMUM_CHECKED_ATOMS) return;
    for (let k = 0; k < count; k++) {
      if (Number.isFinite(positions[3 * k] + positions[3 * k + 1] + positions[3 * k + 2])) continue;
      unplaced++;
      radii[k] = 0;
    }
  }

  function paint(of: FrameData, values: Float32Array | undefined): void {
    const { colorBy, rangePerFrame } = state();
    if (values === undefined) {
      range = undefined;
      colorByElement(of.numbers, ownColors);
      return;
    }
    range = widen(rangePerFrame ? undefined : ranges.get(colorBy), values);
    if (!rangePerFrame) ranges.set(colorBy, range);
    bins = countBins(values, range, BINS);
    colorByValue(values, range, mapOf(range), ownColors);
  }

  const mapOf = ({ low, high }: Range): ColorMap => (low < 0 && high > 0 ? 'coolwarm' : 'viridis');

  function update(): void {
    if (frame === undefined) return;
    place(frame);
    dress(frame, valuesOf(frame));
    kinds = kindsOf(frame.numbers);
    scene?.setAtoms({ count: arranged.count, positions: arranged.positions, radii, colors });
    finish(frame);
  }

  function finish(of: FrameData): void {
    updateBonds(of);
    updateArrows(of);
    updateRings();
    scene?.setLines(of.cell === undefined ? new Float32Array() : cellEdges(of.cell, arranged.origins));
  }

  function updateBonds(of: FrameData): void {
    const { spaceFilling, arrangement } = state();
    unbonded = spaceFilling || isBonded(of) ? '' : `no bonds above ${formatCount(MAXIMUM_BONDED_ATOMS)} atoms`;
    if (bonds === undefined || spaceFilling) {
      scene?.setBonds(NO_STICKS);
      return;
    }
    const hidden = new Uint8Array(256);
    for (const number of arrangement.hidden) hidden[number & 255] = 1;
    // The bonds of an atom, for each of its images.
    const atoms = of.numbers.length;
    const first = new Int32Array(atoms + 1);
    for (let k = 0; k < bonds.count; k++) first[bonds.from[k] + 1]++;
    for (let i = 0; i < atoms; i++) first[i + 1] += first[i];
    const next = first.slice(0, atoms);
    const order = new Int32Array(bonds.count);
    for (let k = 0; k < bonds.count; k++) order[next[bonds.from[k]]++] = k;

    const { count, positions, sources } = arranged;
    let total = 0;
    for (let k = 0; k < count; k++) {
      const atom = sources?.[k] ?? k;
      total += first[atom + 1] - first[atom];
    }
    if (total > 2 * MAXIMUM_BONDS) {
      unbonded = `${formatCount(total / 2)} bonds are too many to draw`;
      scene?.setBonds(NO_STICKS);
      return;
    }
    const starts = new Float32Array(3 * total);
    const halves = new Float32Array(3 * total);
    const tints = new Uint8Array(3 * total);
    let at = 0;
    for (let k = 0; k < count; k++) {
      const atom = sources?.[k] ?? k;
      for (let b = first[atom]; b < first[atom + 1]; b++) {
        const bond = order[b];
        if (hidden[of.numbers[bonds.to[bond]]] === 1) continue;
        for (let x = 0; x < 3; x++) {
          starts[at + x] = positions[3 * k + x];
          // Either half in the colour of its atom; over a face of the cell both halves are stubs.
          halves[at + x] = bonds.vectors[3 * bond + x] / 2;
          tints[at + x] = colors[3 * k + x];
        }
        at += 3;
      }
    }
    scene?.setBonds({ count: at / 3, starts, vectors: halves, colors: tints });
  }

  const arrowColor =
    (role: ArrowSet['role']) =>
    (t: Theme): string =>
      role === 'reference' ? t.foreground : role === 'predicted' ? t.warning : t.highContrast ? t.focus : t.series[1];

  /** The vectors of the frame that are to be shown as arrows. */
  const ownVectors = (of: FrameData): readonly Vectors[] =>
    arrowsOf(of, state().arrows).map(({ label, role, values }) => ({ label, color: arrowColor(role), values }));

  /** What the person has chosen, otherwise what is given. */
  function shownVectors(of: FrameData): readonly Vectors[] {
    const own = ownVectors(of);
    return (own.length > 0 ? own : (vectors ?? [])).filter(({ values }) => values.length === 3 * of.numbers.length);
  }

  function updateArrows(of: FrameData): void {
    const sets = shownVectors(of);
    const column = state().arrows || (vectors === undefined ? '' : 'forces');
    if (column !== arrowColumn) arrowScale = 0;
    arrowColumn = column;
    let largest = 0;
    for (const { values } of sets) for (const each of lengths(values)) if (each > largest) largest = each;
    // The longest arrow about 2 Å; the scale only coarsens, so that frames compare, and noise is not blown up.
    const least = unitOfColumn(column, of.units) === 'eV/Å' ? 0.05 : 1e-6;
    if (largest / 7 > arrowScale && Number.isFinite(largest)) arrowScale = roundUp(Math.max(largest / 2.4, least));
    const { count: drawn, positions, sources } = arranged;
    const starts = new Float32Array(3 * drawn * sets.length);
    const arrows = new Float32Array(3 * drawn * sets.length);
    const tints = new Uint8Array(3 * drawn * sets.length);
    let count = 0;
    for (const { values, color } of sets) {
      const tint = bytesOf(color(theme()));
      for (let k = 0; k < drawn; k++) {
        const atom = 3 * (sources?.[k] ?? k);
        const size = Math.hypot(values[atom], values[atom + 1], values[atom + 2]);
        if (!(size > 0) || !Number.isFinite(size) || radii[k] === 0) continue;
        for (let x = 0; x < 3; x++) {
          // From the surface on, so that small ones show too.
          starts[3 * count + x] = positions[3 * k + x] + (values[atom + x] / size) * radii[k] * 0.94;
          arrows[3 * count + x] = values[atom + x] / (arrowScale || 1);
          tints[3 * count + x] = tint[x];
        }
        count++;
      }
    }
    scene?.setArrows({ count, starts, vectors: arrows, colors: tints });
  }

  function updateRings(): void {
    const ringOf = new Map(marks.map(({ atom, ring }) => [atom, ring]));
    const places: number[] = [];
    const sizes: number[] = [];
    const tints: number[] = [];
    const ring = (k: number, room: number, color: string): void => {
      places.push(...arranged.positions.subarray(3 * k, 3 * k + 3));
      sizes.push(radii[k] + room);
      tints.push(...bytesOf(color));
    };
    for (const k of imagesOf(ringOf)) ring(k, 0, theme()[ringOf.get(arranged.sources?.[k] ?? k) ?? 'focus']);
    if (cursor !== undefined)
      for (const k of imagesOf(new Map([[cursor, cursor]]))) ring(k, CURSOR_ROOM, theme().foreground);
    scene?.setRings({
      count: sizes.length,
      positions: Float32Array.from(places),
      radii: Float32Array.from(sizes),
      colors: Uint8Array.from(tints),
    });
  }

  /** The drawn images of these atoms. */
  function imagesOf(atoms: ReadonlyMap<number, unknown>): number[] {
    const { count, sources } = arranged;
    if (sources === undefined) return [...atoms.keys()].filter((k) => k < count && radii[k] > 0);
    const images: number[] = [];
    for (let k = 0; k < count; k++) if (atoms.has(sources[k]) && radii[k] > 0) images.push(k);
    return images;
  }

  return {
    get frame() {
      return frame;
    },
    get bounds() {
      return bounds;
    },
    get unplaced() {
      return unplaced;
    },
    get unbonded() {
      return unbonded;
    },
    get unfinished() {
      return frame !== undefined && hurried && bonds === undefined && !state().spaceFilling && isBonded(frame);
    },
    attach: (next) => {
      scene = next;
      update();
    },
    show: (next, hurry = false) => {
      hurried = hurry;
      const other = frame === undefined || !sameNumbers(frame.numbers, next.numbers);
      const moved = !other && onlyMoves() && unplaced === 0;
      frame = next;
      if (!moved) {
        update();
        return other;
      }
      place(next);
      // Atoms that are coloured by a number, or drawn more than once, are dressed anew.
      const values = valuesOf(next);
      if (onlyMoves() && values === undefined) scene?.moveAtoms(arranged.positions);
      else {
        dress(next, values);
        scene?.setAtoms({ count: arranged.count, positions: arranged.positions, radii, colors });
      }
      finish(next);
      return other;
    },
    restyle: () => {
      hurried = false;
      update();
    },
    mark: (highlighted, selection, at) => {
      cursor = at;
      marks = [
        ...highlighted.map((atom) => ({ atom, ring: 'warning' as const })),
        ...selection.map((atom) => ({ atom, ring: 'focus' as const })),
      ];
      updateRings();
    },
    setVectors: (next) => {
      vectors = next;
      arrowScale = 0;
      if (frame !== undefined) updateArrows(frame);
    },
    stretchArrows: (longer) => {
      if (arrowScale === 0 || frame === undefined) return false;
      arrowScale = longer ? roundUp(arrowScale / 2.6) : roundUp(arrowScale * 1.01);
      updateArrows(frame);
      return true;
    },
    pick: (ray) => {
      const found = pick(ray, arranged.positions, radii, arranged.count);
      return found < 0 ? -1 : (arranged.sources?.[found] ?? found);
    },
    placeOf: (atom) => {
      const { positions, sources, count } = arranged;
      const k = sources === undefined ? atom : sources.indexOf(atom);
      return k < 0 || k >= count ? undefined : [positions[3 * k], positions[3 * k + 1], positions[3 * k + 2]];
    },
    where: (test) => {
      const { positions, sources, count } = arranged;
      const found = new Uint8Array(frame?.numbers.length ?? 0);
      for (let k = 0; k < count; k++)
        if (radii[k] > 0 && test([positions[3 * k], positions[3 * k + 1], positions[3 * k + 2]]))
          found[sources?.[k] ?? k] = 1;
      return [...found.keys()].filter((atom) => found[atom] === 1);
    },
    legend: () => {
      const { colorBy, arrangement } = state();
      const arrows = frame === undefined ? [] : shownVectors(frame);
      const unit = unitOfColumn(arrowColumn, frame?.units);
      const coloring =
        frame === undefined ? undefined : coloringsOf(frame).find(({ key }) => key === colorBy && range !== undefined);
      return {
        kinds: kinds.filter((number) => !arrangement.hidden.includes(number)),
        scale:
          coloring === undefined || range === undefined
            ? undefined
            : { label: coloring.label, unit: coloring.unit, range, map: mapOf(range), bins },
        arrows: arrows.map(({ label, color }) => ({ label, color: color(theme()) })),
        arrowScale: `1 Å = ${formatNumber(arrowScale || 1, 1)}${unit === '' ? '' : ` ${unit}`}`,
      };
    },
    choices: () => ({
      kinds,
      types: frame?.types?.names ?? [],
      repeats: frame !== undefined && hasCell(frame),
      colorings: frame === undefined ? [] : coloringsOf(frame),
      vectors: frame === undefined ? [] : arrowChoicesOf(frame),
    }),
  };
}

function kindsOf(numbers: Uint8Array): number[] {
  const counts = new Uint32Array(256);
  for (const number of numbers) counts[number]++;
  return [...counts.keys()].filter((number) => counts[number] > 0);
}
