/** The viewer's arithmetic: bonds, picking, measuring, camera, frames on demand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FrameData } from '../../protocol/frames';
import { covalentRadius, findBonds } from '../../webview/viewer/bonds';
import type { View } from '../../protocol/view';
import { fit, INITIAL_VIEW, openEye, pan, turn, zoom } from '../../webview/viewer/camera';
import { colorByValue, mapColor, roundUp } from '../../webview/viewer/colors';
import { consistent, createFrameLoader } from '../../webview/viewer/frame-loader';
import { describeAtom, describeSelection, measure } from '../../webview/viewer/measure';
import { pick } from '../../webview/viewer/picking';

const NONE = [false, false, false] as const;
const ALL = [true, true, true] as const;
const real = (minimum: number, maximum: number): fc.Arbitrary<number> =>
  fc.double({ min: minimum, max: maximum, noNaN: true });

interface Pair {
  readonly i: number;
  readonly j: number;
  readonly d: readonly number[];
  /** Not so near to a limit that rounding decides. */
  readonly sure: boolean;
}

/** All pairs and images by brute force, with those that rounding may let in. */
function bruteForce(
  numbers: Uint8Array,
  positions: Float32Array,
  cell: Float64Array | undefined,
  periodic: readonly [boolean, boolean, boolean],
): Pair[] {
  const images = (k: number): number[] => (cell !== undefined && periodic[k] ? [-4, -3, -2, -1, 0, 1, 2, 3, 4] : [0]);
  const found: Pair[] = [];
  for (let i = 0; i < numbers.length; i++)
    for (let j = 0; j < numbers.length; j++)
      for (const a of images(0))
        for (const b of images(1))
          for (const c of images(2)) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const d = [0, 1, 2].map(
              (k) =>
                positions[3 * j + k] -
                positions[3 * i + k] +
                (cell === undefined ? 0 : a * cell[k] + b * cell[3 + k] + c * cell[6 + k]),
            );
            const length = Math.hypot(...d);
            const cutoff = covalentRadius(numbers[i]) + covalentRadius(numbers[j]) + 0.3;
            if (length > cutoff + 1e-4 || length < 0.3 - 1e-4) continue;
            found.push({ i, j, d, sure: length < cutoff - 1e-4 && length > 0.3 + 1e-4 });
          }
  return found;
}

describe('bonds', () => {
  test('are those of brute force, in any cell and periodicity', () => {
    const cells = fc.tuple(real(2.2, 7), real(2.2, 7), real(2.2, 7), real(-1, 1), real(-1, 1), real(-1, 1));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 6, 8, 13), real(-9, 9), real(-9, 9), real(-9, 9)), { maxLength: 14 }),
        fc.option(cells),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        (atoms, lengths, periodic) => {
          const numbers = Uint8Array.from(atoms, ([number]) => number);
          const cell =
            lengths === null
              ? undefined
              : Float64Array.of(lengths[0], 0, 0, lengths[3], lengths[1], 0, lengths[4], lengths[5], lengths[2]);
          // Within an image or two of each other, so that brute force looks far enough.
          const scale = cell === undefined ? 0.4 : 0.2;
          const positions = Float32Array.from(atoms.flatMap(([, x, y, z]) => [x * scale, y * scale, z * scale]));
          const bonds = findBonds({ numbers, positions, cell, periodic });
          const expected = bruteForce(numbers, positions, cell, periodic);
          const same = ({ i, j, d }: Pair, k: number): boolean =>
            k >= bonds.offsets[i] &&
            k < bonds.offsets[i + 1] &&
            bonds.to[k] === j &&
            d.every((each, x) => Math.abs(each - bonds.vectors[3 * k + x]) < 1e-4);
          const found = Array.from({ length: bonds.to.length }, (_, k) => k);
          expect(expected.filter((pair) => pair.sure && !found.some((k) => same(pair, k)))).toEqual([]);
          expect(found.filter((k) => !expected.some((pair) => same(pair, k)))).toEqual([]);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });

  test('lead over the faces of the cell, also for atoms outside of it', () => {
    const cell = Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10);
    const bonds = findBonds({
      numbers: Uint8Array.of(6, 6),
      positions: Float32Array.of(0.2, 5, 5, 19.0, 5, 5),
      cell,
      periodic: ALL,
    });
    expect(bonds.to.length).toBe(2);
    expect([...bonds.vectors].map((x) => Math.round(x * 100) / 100)).toEqual([-1.2, 0, 0, 1.2, 0, 0]);
  });

  test('survive positions that are no numbers and cells without volume', () => {
    const numbers = Uint8Array.of(6, 6, 6);
    const positions = Float32Array.of(NaN, 0, 0, 0, 0, 0, 1.4, 0, 0);
    expect(findBonds({ numbers, positions, cell: new Float64Array(9), periodic: ALL }).to.length).toBe(2);
    expect(findBonds({ numbers, positions: positions.fill(Infinity), periodic: NONE }).to.length).toBe(0);
    expect(findBonds({ numbers: new Uint8Array(), positions: new Float32Array(), periodic: NONE }).to.length).toBe(0);
  });
});

describe('the tolerance of bonds', () => {
  test('is how much longer than the covalent radii they may be', () => {
    const water = {
      numbers: Uint8Array.of(8, 1, 1),
      positions: Float32Array.of(0, 0, 0, 0.97, 0, 0, -0.24, 1.4, 0),
      periodic: NONE,
    };
    const count = (tolerance?: number): number => findBonds(water, tolerance).to.length / 2;
    expect([count(-1), count(0), count(), count(0.5)]).toEqual([0, 0, 1, 2]);
  });
});

describe('picking', () => {
  const positions = Float32Array.of(0, 0, 0, 0, 0, 5, 3, 0, 0);
  const radii = Float32Array.of(1, 1, 0);
  test('the nearest sphere along the ray, none beside or behind', () => {
    const down = [0, 0, -1] as const;
    expect(pick({ origin: [0, 0, 20], direction: down }, positions, radii, 3)).toBe(1);
    expect(pick({ origin: [0, 0, 3], direction: down }, positions, radii, 3)).toBe(0);
    expect(pick({ origin: [0.99, 0, 20], direction: down }, positions, radii, 3)).toBe(1);
    expect(pick({ origin: [1.01, 0, 20], direction: down }, positions, radii, 3)).toBe(-1);
    expect(pick({ origin: [3, 0, 20], direction: down }, positions, radii, 3)).toBe(-1);
    expect(pick({ origin: [0, 0, -20], direction: down }, positions, radii, 3)).toBe(-1);
  });
});

describe('measuring', () => {
  type Point = readonly [number, number, number];
  const CUBE = { cell: Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10), periodic: ALL };
  const alone = (...points: readonly Point[]): number | undefined => measure(points, { periodic: NONE })?.value;

  test('angles and dihedrals by IUPAC signs', () => {
    expect(alone([1, 0, 0], [0, 0, 0], [0, 2, 0])).toBeCloseTo(90, 12);
    expect(alone([1, 0, 0], [0, 0, 0], [-2, 1e-9, 0])).toBeCloseTo(180, 6);
    expect(alone([1, 0, 0], [0, 0, 0], [0, 0, 1], [1, 0, 1])).toBeCloseTo(0, 12);
    expect(alone([1, 0, 0], [0, 0, 0], [0, 0, 1], [-1, 0, 1])).toBeCloseTo(180, 12);
    // Seen along b → c (from below, upwards) the far bond is turned clockwise.
    expect(alone([1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 1, 1])).toBeCloseTo(90, 12);
  });

  test('a molecule measures the same wherever the faces of the cell cut it', () => {
    const peroxide: readonly Point[] = [
      [0.1, 0.95, 0.3],
      [0, 0, 0],
      [1.45, 0, 0],
      [1.6, 0.4, 0.9],
    ];
    const shifts = fc.array(fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -2, max: 2 }))), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(shifts, fc.integer({ min: 2, max: 4 }), (images, count) => {
        const whole = peroxide.slice(0, count);
        const cut = whole.map(([x, y, z], k): Point => [
          x + 10 * images[k][0],
          y + 10 * images[k][1],
          z + 10 * images[k][2],
        ]);
        const measured = measure(cut, CUBE);
        expect(measured?.value).toBeCloseTo(alone(...whole) ?? NaN, 9);
        // The line that is drawn is the one that is measured.
        expect(alone(...(measured?.chain ?? []))).toBeCloseTo(measured?.value ?? NaN, 9);
        const isCut = images.slice(0, count).some((image) => image.some((n, k) => n !== images[0][k]));
        expect(measured?.drawn !== undefined).toBe(isCut);
      }),
      { seed: 11 },
    );
  });

  test('of two images that are equally near it is the one that is drawn', () => {
    for (const x of [5, -5])
      expect(
        measure(
          [
            [0, 0, 0],
            [x, 0, 0],
          ],
          CUBE,
        )?.chain[1],
      ).toEqual([x, 0, 0]);
  });

  test('the tooltip has the numbers of tensors, and of fingerprints the first', () => {
    const column = (width: number) => ({ width, values: Float32Array.from({ length: width }, (_, k) => k) });
    const frame: FrameData = {
      numbers: Uint8Array.of(8),
      positions: new Float32Array(3),
      periodic: NONE,
      columns: { virial: column(9), soap: column(50) },
      info: {},
    };
    expect(
      describeAtom(frame, 0)
        .slice(2)
        .map((line) => line.replaceAll('.000', '')),
    ).toEqual(['virial  0  1  2  3  4  5  6  7  8', 'soap  0  1  2  3  4  5  6  7  8 … (50)']);
  });

  test('the status line follows the number of atoms', () => {
    const frame: FrameData = {
      numbers: Uint8Array.of(8, 1, 1),
      positions: Float32Array.of(0, 0, 0, 0.9, 0, 0, 9.4, 0, 0),
      ...CUBE,
      columns: { forces: { width: 3, values: Float32Array.of(3, 4, 0, 0, 0, 0, 0, 0, 0) } },
      info: {},
    };
    const points: readonly Point[] = [
      [0, 0, 0],
      [0.9, 0, 0],
      [9.4, 0, 0],
    ];
    const described = (...atoms: readonly number[]): string =>
      describeSelection(
        frame,
        atoms,
        measure(
          atoms.map((atom) => points[atom]),
          frame,
        ),
      );
    expect(described()).toBe('');
    expect(described(0)).toMatch(/^O 0 .*position .* Å .*\|F\| 5\.000 eV\/Å$/);
    expect(described(0, 2)).toMatch(/distance 0\.6000 Å, nearest images .*as drawn 9\.4000 Å$/);
    expect(described(0, 1)).toMatch(/distance 0\.9000 Å$/);
    expect(described(1, 0, 2)).toMatch(/angle 180\.00°, nearest images .*as drawn 0\.00°$/);
  });
});

describe('the camera', () => {
  const views: fc.Arbitrary<View> = fc.record({
    target: fc.tuple(real(-9, 9), real(-9, 9), real(-9, 9)),
    rotation: fc.tuple(real(-1, 1), real(-1, 1), real(-1, 1), real(-1, 1)).map(([x, y, z, w]) => {
      const norm = Math.hypot(x, y, z, w);
      const unit: [number, number, number, number] =
        norm > 0.1 ? [x / norm, y / norm, z / norm, w / norm] : [0, 0, 0, 1];
      return unit;
    }),
    extent: real(1, 50),
    perspective: fc.boolean(),
  });

  test('a ray goes through the points that project onto its place', () => {
    fc.assert(
      fc.property(views, real(-1, 1), real(-1, 1), real(0.5, 1.5), (view, x, y, along) => {
        const eye = openEye(view, 1.6, 30);
        const { origin, direction } = eye.ray(x, y);
        const t = along * eye.distance;
        const place = eye.project([
          origin[0] + t * direction[0],
          origin[1] + t * direction[1],
          origin[2] + t * direction[2],
        ]);
        expect(place.x).toBeCloseTo(x, 4);
        expect(place.y).toBeCloseTo(y, 4);
      }),
      { seed: 3 },
    );
  });

  test('zooming keeps the point under the pointer, panning moves the target with it', () => {
    fc.assert(
      fc.property(views, real(-1, 1), real(-1, 1), real(0.5, 2), (view, x, y, factor) => {
        const flat = { ...view, perspective: false };
        const before = openEye(flat, 1, 30).ray(x, y);
        const after = openEye(zoom(flat, factor, x, y), 1, 30).project(before.origin);
        expect(after.x).toBeCloseTo(x, 6);
        expect(after.y).toBeCloseTo(y, 6);
        const moved = openEye(pan(flat, 0.25, -0.5), 1, 30).project(flat.target);
        expect(moved.x).toBeCloseTo(0.25, 6);
        expect(moved.y).toBeCloseTo(-0.5, 6);
      }),
      { seed: 4 },
    );
  });

  test('a full turn comes back, and a fitted sphere is inside of the view', () => {
    let view = INITIAL_VIEW;
    for (let k = 0; k < 36; k++) view = turn(view, Math.PI / 18, 0);
    const dot = view.rotation.reduce((sum, each, k) => sum + each * INITIAL_VIEW.rotation[k], 0);
    expect(Math.abs(dot)).toBeCloseTo(1, 9);
    const fitted = fit(INITIAL_VIEW, [1, 2, 3], 7, 0.5);
    expect(fitted.extent * 0.5).toBeGreaterThan(7);
  });
});

describe('colours', () => {
  test('maps begin and end where they should, and what is not finite is their beginning', () => {
    expect(mapColor('viridis', 0)).toEqual([0x44, 0x01, 0x54]);
    expect(mapColor('viridis', 1)).toEqual([0xfd, 0xe7, 0x25]);
    expect(mapColor('viridis', NaN)).toEqual(mapColor('viridis', 0));
    expect(mapColor('coolwarm', 0.5)).toEqual([0xdd, 0xdd, 0xdd]);
    const colors = new Uint8Array(9);
    colorByValue(Float32Array.of(-3, 99, NaN), { low: -1, high: 2 }, 'viridis', colors);
    expect([...colors]).toEqual([...mapColor('viridis', 0), ...mapColor('viridis', 1), 128, 128, 128]);
  });

  test('scales end at 1, 2 or 5 times a power of ten, never below', () => {
    fc.assert(
      fc.property(real(1e-6, 1e6), (value) => {
        const end = roundUp(value);
        expect(end).toBeGreaterThanOrEqual(value * 0.998);
        expect(end).toBeLessThanOrEqual(value * 2.6);
      }),
    );
    expect(roundUp(NaN)).toBe(1);
  });
});

describe('frames on demand', () => {
  const frame = (atoms: number): FrameData => ({
    numbers: new Uint8Array(atoms).fill(1),
    positions: new Float32Array(3 * atoms),
    periodic: NONE,
    columns: {},
    info: {},
  });
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  test('one is in flight, the latest wish comes next, what was in between is never asked for', async () => {
    const asked: number[] = [];
    const shown: number[] = [];
    const answers = new Map<number, (value: FrameData) => void>();
    const loader = createFrameLoader(
      (index) => {
        asked.push(index);
        return new Promise((resolve) => answers.set(index, resolve));
      },
      (_, index) => shown.push(index),
      () => expect.unreachable(),
    );
    for (let index = 0; index < 10; index++) loader.show(index);
    expect(asked).toEqual([0]);
    answers.get(0)?.(frame(2));
    await settle();
    expect(asked).toEqual([0, 9]);
    answers.get(9)?.(frame(2));
    await settle();
    expect(shown.at(-1)).toBe(9);
    loader.show(0);
    expect(asked).toEqual([0, 9]);
    expect(shown.at(-1)).toBe(0);
  });

  test('a frame that came without being asked for is not asked for', async () => {
    const asked: number[] = [];
    const shown: number[] = [];
    const loader = createFrameLoader(
      (index) => {
        asked.push(index);
        return Promise.resolve(frame(2));
      },
      (_, index) => shown.push(index),
      () => expect.unreachable(),
    );
    loader.keep(0, frame(2));
    loader.keep(1, { ...frame(2), positions: new Float32Array(5) });
    expect([0, 1].map((index) => loader.has(index))).toEqual([true, false]);
    loader.show(0);
    expect([asked, shown]).toEqual([[], [0]]);
    loader.show(1);
    await settle();
    expect([asked, shown]).toEqual([[1], [0, 1]]);
  });

  test('memory is bounded by atoms', async () => {
    const loader = createFrameLoader(
      () => Promise.resolve(frame(900_000)),
      () => undefined,
      () => expect.unreachable(),
    );
    for (let index = 0; index < 4; index++) {
      loader.show(index);
      await settle();
    }
    expect([0, 1, 2, 3].map((index) => loader.has(index))).toEqual([false, false, true, true]);
  });

  test('failures and frames that contradict themselves are told, and the next wish is served', async () => {
    const told: string[] = [];
    const shown: number[] = [];
    const bad = { ...frame(2), positions: new Float32Array(5) };
    expect(consistent(bad)).toBe(false);
    const loader = createFrameLoader(
      (index) => (index === 0 ? Promise.reject(new Error('gone')) : Promise.resolve(index === 1 ? bad : frame(1))),
      (_, index) => shown.push(index),
      (error) => told.push(error instanceof Error ? error.message : ''),
    );
    for (const index of [0, 1, 2]) {
      loader.show(index);
      await settle();
    }
    expect(told).toEqual(['gone', 'frame 1 contradicts itself']);
    expect(shown).toEqual([2]);
  });

  test('the next frame is fetched while one is looked at, and makes way for a wish', async () => {
    const asked: number[] = [];
    const shown: number[] = [];
    const answers = new Map<number, (value: FrameData) => void>();
    const signals = new Map<number, AbortSignal>();
    const loader = createFrameLoader(
      (index, signal) => {
        asked.push(index);
        signals.set(index, signal);
        return new Promise((resolve) => answers.set(index, resolve));
      },
      (_, index) => {
        shown.push(index);
        loader.prefetch(index + 1);
      },
      () => expect.unreachable(),
    );
    loader.show(0);
    answers.get(0)?.(frame(2));
    await settle();
    expect([asked, shown]).toEqual([[0, 1], [0]]);
    // A wish for what is under way already waits for it.
    loader.show(1);
    answers.get(1)?.(frame(2));
    await settle();
    expect([asked, shown]).toEqual([
      [0, 1, 2],
      [0, 1],
    ]);
    loader.show(7);
    expect(signals.get(2)?.aborted).toBe(true);
    expect(asked).toEqual([0, 1, 2, 7]);
    answers.get(2)?.(frame(2));
    answers.get(7)?.(frame(2));
    await settle();
    expect([asked.at(-1), shown.at(-1), loader.has(2)]).toEqual([8, 7, false]);
    // Of a file that is another now, nothing that is under way counts.
    loader.clear();
    expect(signals.get(8)?.aborted).toBe(true);
  });

  test('a frame that cannot be shown is told, and the next one is served', async () => {
    const told: unknown[] = [];
    const shown: number[] = [];
    const loader = createFrameLoader(
      () => Promise.resolve(frame(1)),
      (_, index) => {
        if (index === 0) throw new Error('no room');
        shown.push(index);
      },
      (error) => told.push(error),
    );
    loader.show(0);
    await settle();
    loader.show(1);
    await settle();
    expect([told, shown]).toEqual([[new Error('no room')], [1]]);
  });
});
