/**
 * What the scene holds of a frame: atoms where the arrangement puts them, their sizes and colours, bonds, arrows, rings,
 * cells. It works out only what a change has changed: playing a trajectory moves atoms and nothing else. Å, eV/Å.
 */
import type { FrameData } from '../../protocol/frames';
import { hasImages } from '../../engine/structure/cell';
import { elements } from '../../language/elements';
import { formatCount, formatTick } from '../format';
import { bytesOf, type Theme } from '../theme';
import { arrange, type Arranged } from './arrange';
import { createArrows, type Vectors } from './arrows';
import { countHalves, covalentRadius, findBonds, halvesOf, type Bonds } from './bonds';
import { boundsOf, cellEdges, type Bounds } from './bounds';
import { arrowChoicesOf, coloredValues, coloringsOf, countBins, widen, type Range } from './coloring';
import { colorByElement, colorByValue, type ColorMap } from './colors';
import type { LegendContent } from './legend';
import { pick, type Ray } from './picking';
import type { AtomScene } from './scene';
import type { DisplayChoices, Scales } from './settings';
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

const NO_STICKS = {
  count: 0,
  starts: new Float32Array(),
  vectors: new Float32Array(),
  colors: new Uint8Array(),
} as const;

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
  /** Bonds were left out in a hurry, and come with `addBonds`. */
  readonly unfinished: boolean;
  /** Why there are no bonds where one would expect some; '' where they are drawn. */
  readonly unbonded: string;
  /** Draws from now on into this scene, or into none. */
  attach(scene: AtomScene | undefined): void;
  /**
   * @param hurry without bonds, until `addBonds` or the next frame
   * @returns whether it has other atoms than the frame before
   */
  show(frame: FrameData, hurry?: boolean): boolean;
  /** After a change of state or theme. */
  restyle(): void;
  /** Those that were left out. */
  addBonds(): void;
  /** Rings about atoms; a wider one about the one that the keys are at. */
  mark(highlighted: readonly number[], selection: readonly number[], cursor: number | undefined): void;
  setVectors(vectors: readonly Vectors[] | undefined): void;
  /** Forgets what the frames so far want of the scales of colours and arrows, as the next are not comparable with them. */
  resetScales(): void;
  /** The atom that a ray meets first, or −1. */
  pick(ray: Ray): number;
  /** Where an atom is drawn (the first of its images), if it is. */
  placeOf(atom: number): Point | undefined;
  /** The atoms of which an image is drawn where `test` says, in their order. */
  where(test: (point: Point) => boolean): number[];
  legend(): LegendContent;
  choices(): DisplayChoices;
  scales(): Scales;
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
  const arrows = createArrows(state, theme);
  let marks: readonly { readonly atom: number; readonly ring: 'warning' | 'focus' }[] = [];
  let cursor: number | undefined;
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

  const showsBonds = (): boolean => state().bonds && !state().spaceFilling;

  function place(of: FrameData): void {
    const { arrangement, bondTolerance } = state();
    const wanted = (showsBonds() && !hurried) || arrangement.placement === 'molecules';
    bonds = isBonded(of) && wanted ? findBonds(of, bondTolerance) : undefined;
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
    const { colorBy, rangePerFrame, ranges: fixed } = state();
    if (values === undefined) {
      range = undefined;
      colorByElement(of.numbers, ownColors);
      return;
    }
    if (Object.hasOwn(fixed, colorBy)) range = fixed[colorBy];
    else {
      range = widen(rangePerFrame ? undefined : ranges.get(colorBy), values);
      if (!rangePerFrame) ranges.set(colorBy, range);
    }
    bins = countBins(values, range, BINS);
    colorByValue(values, range, mapOf(range), ownColors);
  }

  /** The one with a middle where that is 0. */
  const mapOf = ({ low, high }: Range): ColorMap => (low < 0 && low === -high ? 'coolwarm' : 'viridis');

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
    scene?.setArrows(arrows.sticks(of, arranged, radii));
    updateRings();
    scene?.setLines(of.cell === undefined ? new Float32Array() : cellEdges(of.cell, arranged.origins));
  }

  function updateBonds(of: FrameData): void {
    unbonded = !showsBonds() || isBonded(of) ? '' : `no bonds above ${formatCount(MAXIMUM_BONDED_ATOMS)} atoms`;
    const shown = showsBonds() ? bonds : undefined;
    const halves = shown === undefined ? 0 : countHalves(shown, arranged);
    const tooMany = halves > 2 * MAXIMUM_BONDS;
    if (tooMany) unbonded = `${formatCount(halves / 2)} bonds are too many to draw`;
    if (shown === undefined || tooMany) scene?.setBonds(NO_STICKS);
    else scene?.setBonds(halvesOf(shown, of, arranged, colors, state().arrangement.hidden));
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
      return frame !== undefined && hurried && bonds === undefined && showsBonds() && isBonded(frame);
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
    addBonds: () => {
      hurried = false;
      if (frame === undefined) return;
      bonds = findBonds(frame, state().bondTolerance);
      updateBonds(frame);
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
      arrows.offer(next);
      if (frame !== undefined) scene?.setArrows(arrows.sticks(frame, arranged, radii));
    },
    resetScales: () => {
      ranges.clear();
      arrows.reset();
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
      const coloring =
        frame === undefined ? undefined : coloringsOf(frame).find(({ key }) => key === colorBy && range !== undefined);
      return {
        kinds: kinds.filter((number) => !arrangement.hidden.includes(number)),
        scale:
          coloring === undefined || range === undefined
            ? undefined
            : { label: coloring.label, unit: coloring.unit, range, map: mapOf(range), bins },
        arrows: (frame === undefined ? [] : arrows.of(frame)).map(({ label, color }) => ({
          label,
          color: color(theme()),
        })),
        arrowScale: `1 Å = ${formatTick(arrows.scale || 1)}${arrows.unit === '' ? '' : ` ${arrows.unit}`}`,
      };
    },
    choices: () => ({
      kinds,
      types: frame?.types?.names ?? [],
      repeats: frame !== undefined && hasImages(frame),
      colorings: frame === undefined ? [] : coloringsOf(frame),
      vectors: frame === undefined ? [] : arrowChoicesOf(frame),
    }),
    scales: () => ({
      colors: range,
      arrows: frame === undefined || arrows.of(frame).length === 0 ? undefined : arrows,
    }),
  };
}

function kindsOf(numbers: Uint8Array): number[] {
  const counts = new Uint32Array(256);
  for (const number of numbers) counts[number]++;
  return [...counts.keys()].filter((number) => counts[number] > 0);
}
