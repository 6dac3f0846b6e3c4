/**
 * Files in the layouts in which the codes write them, to the column: the widths and exponents of CP2K's (Fortran) and LAMMPS's (C)
 * output, with its blanks at the ends of lines.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Frame } from '../../../engine/formats/frame';
import { openFrames, type FrameSource } from '../../../engine/formats/frames';
import { readSeries } from '../../../engine/formats/series';
import { temporaryFolder } from '../../fixtures/folders';
import { valueOf } from '../../fixtures/results';

const scratch = temporaryFolder();
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(scratch, 'layout-'));
});

async function open(name: string, text: string): Promise<FrameSource> {
  const file = join(folder, name);
  await writeFile(file, text);
  return valueOf(await openFrames(file));
}

const read = async (name: string, text: string, i = 0): Promise<Frame> =>
  valueOf(await (await open(name, text)).read(i));

const rounded = (values: ArrayLike<number> | undefined, digits = 9): number[] =>
  Array.from(values ?? [], (x) => Number(x.toFixed(digits)) + 0);

// --------------------------------------------------------------------------------------------------------------- CP2K

/** Fortran's Fw.d. */
const f = (width: number, decimals: number, x: number): string => x.toFixed(decimals).padStart(width);
const i = (width: number, n: number): string => String(n).padStart(width);
const HARTREE = 27.211386245981;
const BOHR = 0.529177210544;

const xyz = (
  step: number,
  time: number | undefined,
  energy: number,
  rows: readonly (readonly [string, ...number[]])[],
): string =>
  `${i(8, rows.length)}\n i = ${i(8, step)}${time === undefined ? '' : `, time = ${f(12, 3, time)}`}, E = ${f(20, 10, energy)}\n` +
  rows.map(([symbol, ...r]) => `${symbol.padStart(3)}${r.map((x) => f(20, 10, x)).join('')}\n`).join('');

const WATER = ['O', 'H', 'H'] as const;
const water = (step: number, scale: number): string =>
  xyz(
    step,
    step / 2,
    -17.2196 - step / 100,
    WATER.map((symbol, k) => [symbol, scale * k, scale * (k - 1), 0.25 * scale]),
  );

test('CP2K: a run of molecular dynamics with all that it prints', async () => {
  const steps = [0, 5, 10];
  const write = (name: string, lines: readonly string[]): Promise<void> =>
    writeFile(join(folder, name), lines.join(''));
  await write(
    'water-frc-1.xyz',
    steps.map((step) => water(step, 0.01)),
  );
  await write(
    'water-vel-1.xyz',
    steps.map((step) => water(step, 0.001)),
  );
  await write('water-1.cell', [
    '#   Step   Time [fs]       Ax [Angstrom]       Ay [Angstrom]       Az [Angstrom]       Bx [Angstrom]       By [Angstrom]       Bz [Angstrom]       Cx [Angstrom]       Cy [Angstrom]       Cz [Angstrom]      Volume [Angstrom^3]\n',
    ...steps.map(
      (step) =>
        `${i(8, step)}${f(12, 3, step / 2)}${[9 + step / 10, 0, 0, 0, 9, 0, 0, 0, 9].map((x) => ` ${f(19, 10, x)}`).join('')} ${f(24, 10, 81 * (9 + step / 10))}\n`,
    ),
  ]);
  await write('water-1.ener', [
    '#     Step Nr.          Time[fs]        Kin.[a.u.]          Temp[K]            Pot.[a.u.]        Cons Qty[a.u.]        UsedTime[s]\n',
    ...Array.from(
      { length: 11 },
      (_, step) =>
        `${i(10, step)}${f(20, 6, step / 2)}${[0.00425, 300 + step, -17.2, -17.195, 1.5].map((x) => f(20, 9, x)).join('')}\n`,
    ),
  ]);
  await write('water-1.stress', [
    '#   Step   Time [fs]            xx [bar]            xy [bar]            xz [bar]            yx [bar]            yy [bar]            yz [bar]            zx [bar]            zy [bar]            zz [bar]\n',
    ...steps.map(
      (step) =>
        `${i(8, step)}${f(12, 3, step / 2)}${[1000, 5, 6, 5, 2000, 7, 6, 7, 3000].map((x) => f(20, 10, x)).join('')}\n`,
    ),
  ]);
  const source = await open('water-pos-1.xyz', steps.map((step) => water(step, 1)).join(''));
  expect(source.count).toBe(3);
  const frame = valueOf(await source.read(2));
  expect([...frame.numbers]).toEqual([8, 1, 1]);
  expect([...frame.positions]).toEqual([0, -1, 0.25, 1, 0, 0.25, 2, 1, 0.25]);
  expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, 0, 9, 0, 0, 0, 9]);
  expect(rounded(frame.columns.get('forces')?.values as Float64Array).slice(6)).toEqual(
    rounded([0.02, 0.01, 0.0025].map((x) => (x * HARTREE) / BOHR)),
  );
  expect(rounded(frame.columns.get('velocities')?.values as Float64Array, 6)[3]).toBeCloseTo(0.021877, 6);
  const info = Object.fromEntries(frame.info);
  expect(info).toEqual({
    step: 10,
    time: 5,
    energy: expect.closeTo(-17.3196 * HARTREE, 8) as number,
    kinetic_energy: expect.closeTo(0.00425 * HARTREE, 10) as number,
    temperature: 310,
    conserved: expect.closeTo(-17.195 * HARTREE, 8) as number,
    // 2000 bar are 0.2 GPa.
    pressure: expect.closeTo(0.2 / 160.2176634, 10) as number,
  });
  const { values } = await readSeries(source);
  expect([...values.temperature]).toEqual([300, 305, 310]);
  expect(rounded(values.volume, 6)).toEqual([729, 769.5, 810]);
});

test('CP2K: an optimization has no time; a line of energies that is just being written is left out', async () => {
  await writeFile(join(folder, 'si-1.ener'), '#  Step\n         1            0.000000         0.0');
  const frame = await read(
    'si-pos-1.xyz',
    xyz(1, undefined, -7.5, [
      ['Si', 0, 0, 0],
      ['Si', 1.36, 1.36, 1.36],
    ]),
  );
  expect([...frame.numbers]).toEqual([14, 14]);
  expect(Object.fromEntries(frame.info)).toEqual({ step: 1, energy: -7.5 * HARTREE, kinetic_energy: 0 });
});

// ------------------------------------------------------------------------------------------------------------- LAMMPS

/** C's %.16e: at least two digits of the exponent. */
const e = (x: number): string => x.toExponential(16).replace(/e([+-])(\d)$/, 'e$10$2');

interface DumpFrame {
  readonly head?: string;
  readonly step: number;
  readonly box: readonly string[];
  readonly columns: string;
  readonly rows: readonly (readonly (number | string)[])[];
}

/** As `dump custom` writes it: a blank behind the last value of each line. */
const dump = ({ head = '', step, box, columns, rows }: DumpFrame): string =>
  `${head}ITEM: TIMESTEP\n${step}\nITEM: NUMBER OF ATOMS\n${rows.length}\n${box.join('\n')}\nITEM: ATOMS ${columns}\n${rows.map((row) => `${row.join(' ')} \n`).join('')}`;

test('LAMMPS: a dump of an orthogonal box with units and time; atoms in the order of the processors', async () => {
  const box = ['ITEM: BOX BOUNDS pp pp ff', `${e(-5)} ${e(5)}`, `${e(0)} ${e(12.5)}`, `${e(0.5)} ${e(20.5)}`];
  const columns = 'id type element xu yu zu vx vy vz fx fy fz ';
  const rows = [
    [3, 2, 'H', -4.5, 1, 0.5, 0.001, 0, 0, 23.06, 0, 0],
    [1, 1, 'O', 15.5, -2.25, 1.5, 0, 0.002, 0, 0, -23.06, 0],
    [2, 2, 'H', 0, 12.5, 20.5, 0, 0, -0.003, 0, 0, 1e-5],
  ];
  const text = [0, 100].map((step) =>
    dump({
      head: `${step === 0 ? 'ITEM: UNITS\nreal\n' : ''}ITEM: TIME\n${step * 0.25}\n`,
      step,
      box,
      columns,
      rows,
    }),
  );
  const source = await open('water.lammpstrj', text.join(''));
  expect(source.count).toBe(2);
  const frame = valueOf(await source.read(1));
  expect([...frame.numbers]).toEqual([8, 1, 1]);
  expect([...frame.positions]).toEqual([20.5, -2.25, 1, 5, 12.5, 20, 0.5, 1, 0]);
  expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, 0, 12.5, 0, 0, 0, 20]);
  expect(frame.periodic).toEqual([true, true, false]);
  expect(frame.info.get('time')).toBe(25);
  expect(frame.info.get('units')).toBe('real');
  // 23.06 kcal/mol are 1 eV.
  expect((frame.columns.get('forces')?.values as Float64Array)[1]).toBeCloseTo(-1, 4);
});

test('LAMMPS: scaled and unwrapped in a tilted box, and in a general triclinic one', async () => {
  const vectors = [
    [8, 0, 0],
    [-2, 7, 0],
    [1, 1.5, 9],
  ];
  const origin = [1, -2, 0.5];
  const scaled = [
    [0.25, 0.5, 0.75],
    [1.5, -0.25, 0.125],
  ];
  const cartesian = scaled.map((row) =>
    [0, 1, 2].map((x) => row.reduce((sum, part, k) => sum + part * vectors[k][x], 0)),
  );
  // The bounds of a tilted box are those of the box around it.
  const [xy, xz, yz] = [vectors[1][0], vectors[2][0], vectors[2][1]];
  const tilted = [
    'ITEM: BOX BOUNDS xy xz yz pp pp pp',
    `${e(1 + Math.min(0, xy, xz, xy + xz))} ${e(9 + Math.max(0, xy, xz, xy + xz))} ${e(xy)}`,
    `${e(-2 + Math.min(0, yz))} ${e(5 + Math.max(0, yz))} ${e(xz)}`,
    `${e(0.5)} ${e(9.5)} ${e(yz)}`,
  ];
  const general = [
    'ITEM: BOX BOUNDS abc origin pp pp pp',
    ...vectors.map((row, k) => [...row, origin[k]].map(e).join(' ')),
  ];
  const moved = cartesian.map((row) => row.map((x, k) => x + origin[k]));
  for (const box of [tilted, general])
    for (const [columns, values] of [
      ['xsu ysu zsu', scaled],
      ['xs ys zs', scaled],
      ['xu yu zu', moved],
      ['x y z', moved],
    ] as const) {
      const rows = values.map((row, k) => [k + 1, 1, ...row]);
      const frame = await read('dump.tilted', dump({ step: 0, box, columns: `id type ${columns}`, rows }));
      expect(rounded(frame.cell)).toEqual(vectors.flat());
      expect(rounded(frame.positions)).toEqual(rounded(cartesian.flat()));
      expect(frame.info.get('origin')).toEqual([1, -2, 0.5].map((x) => expect.closeTo(x, 12) as number));
    }
});

test('LAMMPS: a data file of write_data with every section, and image flags', async () => {
  const frame = await read(
    'restart.data',
    `LAMMPS data file via write_data, version 29 Aug 2024, timestep = 5000, units = real

6 atoms
2 atom types
4 bonds
1 bond types
2 angles
1 angle types

-6 6 xlo xhi
-7 7 ylo yhi
-8 8 zlo zhi
1.5 0 -2 xy xz yz

Masses

1 15.9994
2 1.008

Pair Coeffs # lj/cut/coul/long

1 0.1553 3.166
2 0 0

Bond Coeffs # harmonic

1 450 0.9572

Angle Coeffs # harmonic

1 55 104.52

Atoms # full

5 2 2 4.1000000000000003e-01 -5.5 1.25 -7.75 1 0 -1
1 1 1 -8.1999999999999995e-01 0.5 0.25 0.125 0 0 0
2 1 2 4.1000000000000003e-01 1.4 0.25 0.125 0 0 0
3 1 2 4.1000000000000003e-01 0.25 1.1 0.125 0 0 0
4 2 1 -8.1999999999999995e-01 5.5 1.25 -7.5 0 0 -1
6 2 2 4.1000000000000003e-01 5.25 2 -7.5 0 0 -1

Velocities

5 1e-3 0 0
1 0 2e-3 0
2 0 0 3e-3
3 0 0 0
4 -1.5e-4 0 0
6 0 0 0

Bonds

1 1 1 2
2 1 1 3
3 1 4 5
4 1 4 6

Angles

1 1 2 1 3
2 1 5 4 6
`,
  );
  expect([...frame.numbers]).toEqual([8, 1, 1, 8, 1, 1]);
  expect([...(frame.cell ?? [])]).toEqual([12, 0, 0, 1.5, 14, 0, 0, -2, 16]);
  expect([...frame.positions].slice(12, 15)).toEqual([0.5, 8.25, 0.25]);
  expect([...(frame.columns.get('image')?.values as Float64Array)].slice(12, 15)).toEqual([1, 0, -1]);
  expect([...(frame.columns.get('velocities')?.values as Float64Array)].slice(9, 13)).toEqual([-1.5e-4, 0, 0, 1e-3]);
  expect(frame.info.get('step')).toBe(5000);
});

test('LAMMPS: elements by labels behind coefficients, and by the list of TopoTools', async () => {
  const text = (header: string, coefficients: string): string =>
    `LAMMPS data file. atom_style atomic generated by VMD/TopoTools v1.7
 2 atoms
 2 atom types
 0.0 10.0  xlo xhi
 0.0 10.0  ylo yhi
 0.0 10.0  zlo zhi
${header}
 Masses

 1 1.0
 2 2.5 # a bead
${coefficients}
 Atoms # atomic

1 1 0.0 0.0 0.0 # a comment
2 2 1.0 1.0 1.0
`;
  const listed = await read('a.data', text('\n# Pair Coeffs\n#\n# 1  Cu\n# 2  Zr\n\n# Bond Coeffs\n#\n# 1  O\n', ''));
  expect([...listed.numbers]).toEqual([29, 40]);
  const labelled = await read(
    'b.data',
    text('', '\n Pair Coeffs # lj/cut\n\n 1 0.4 2.3 # Cu copper\n 2 0.1 2.9 # Zr\n'),
  );
  expect([...labelled.numbers]).toEqual([29, 40]);
});
