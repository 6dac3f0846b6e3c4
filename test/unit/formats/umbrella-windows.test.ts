import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  formatMetadata,
  parseMetadata,
  parseSeries,
  readWindows,
  type WindowSettings,
} from '../../../engine/formats/umbrella-windows';

const folder = mkdtempSync(join(tmpdir(), 'nearsight-windows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let cases = 0;
/** Writes files into a folder of their own; the path of the metadata file. */
function write(metadata: string, series: Readonly<Record<string, string>> = { 'a.dat': '0 1\n1 2\n' }): string {
  const own = join(folder, String(cases++));
  mkdirSync(own);
  for (const [name, text] of Object.entries(series)) writeFileSync(join(own, name), text);
  writeFileSync(join(own, 'metadata.dat'), metadata);
  return join(own, 'metadata.dat');
}

async function problemsOf(file: string, settings?: WindowSettings): Promise<string[]> {
  const read = await readWindows(file, settings);
  return read.ok
    ? []
    : read.problems.map(({ code, message, place }) => `${code} ${place?.line}:${place?.column} ${message}`);
}

const SETTINGS = { unit: 'Å', energy: 'eV', temperature: 300 };

test('units and conventions come to eV, Å and rad', async () => {
  const file = write('a.dat -0.32 3000 0 300\n');
  const read = await readWindows(file, { unit: 'nm', energy: 'kJ/mol' });
  if (!read.ok) throw new Error('not read');
  expect(read.value).toMatchObject({
    temperature: 300,
    jacobian: false,
    coordinate: { name: 'coordinate', unit: 'Å', periodic: false },
  });
  expect(read.value.windows[0].center).toBeCloseTo(-3.2, 12);
  // 3000 kJ/mol/nm² is 3000 · 0.010364269 eV / 100 Å².
  expect(read.value.windows[0].forceConstant).toBeCloseTo(0.31092806, 7);
  expect([...read.value.windows[0].values]).toEqual([10, 20]);
  const angles = await readWindows(write('a.dat 90 0.01\n'), {
    unit: 'deg',
    energy: 'kcal/mol',
    temperature: 310,
    periodic: true,
    convention: 'whole',
  });
  if (!angles.ok) throw new Error('not read');
  expect(angles.value.coordinate).toEqual({ name: 'coordinate', unit: 'rad', periodic: true });
  expect(angles.value.windows[0].center).toBeCloseTo(Math.PI / 2, 12);
  // 2 · 0.01 kcal/mol/deg² = 0.02 · 0.0433641 eV · (180/π)².
  expect(angles.value.windows[0].forceConstant).toBeCloseTo(2.8471, 3);
});

test('what is written here says everything itself', async () => {
  const coordinate = { name: 'd(H1–O0) − d(H1–O2)', unit: 'Å', periodic: false } as const;
  const text = formatMetadata({ coordinate, jacobian: true, temperature: 300 }, [
    { path: 'window-001.dat', center: 0.1 + 0.2, forceConstant: 1 / 3 },
  ]);
  const series = '# time/fs value inverse_mass/amu^-1\n0 1.5 0.25\n10 1.25 0.5\n';
  const read = await readWindows(write(text, { 'window-001.dat': series }));
  if (!read.ok) throw new Error('not read');
  expect(read.value).toMatchObject({ coordinate, jacobian: true, temperature: 300 });
  const [window] = read.value.windows;
  expect(window).toMatchObject({ center: 0.1 + 0.2, forceConstant: 1 / 3 });
  expect([...window.values]).toEqual([1.5, 1.25]);
  expect([...(window.inverseMasses ?? [])]).toEqual([0.25, 0.5]);
});

test.each<[string, WindowSettings | undefined, string]>([
  ['a.dat 0 1\n', undefined, 'XD034 undefined:undefined the file does not say in which units'],
  ['a.dat 0 1\n', { unit: 'Å', energy: 'eV' }, 'XD034 undefined:undefined the file does not say at which temperature'],
  ['a.dat 0 1\n', { ...SETTINGS, unit: 'furlong' }, 'XD034 undefined:undefined “furlong” is no unit of a coordinate'],
  ['a.dat 0 1\n', { ...SETTINGS, energy: 'fs' }, 'XD034 undefined:undefined “fs” is no unit of energy'],
  ['a.dat 0 1\n', { ...SETTINGS, periodic: true }, 'XD034 undefined:undefined only angles are periodic'],
  ['a.dat 0 1\n', { ...SETTINGS, temperature: -1 }, 'XD034 undefined:undefined the temperature'],
  ['a.dat 0 1 0 300\na.dat 0 1 0 310\n', SETTINGS, 'XD034 undefined:undefined the windows have different temperatures'],
  ['# nothing\n', SETTINGS, 'XD034 undefined:undefined there is no window'],
  ['a.dat 0 1\nb.dat 0 1\n', SETTINGS, 'XD001 2:1 b.dat: the file can’t be read'.replace('’', "'")],
  ['. 0 1\n', SETTINGS, 'XD001 1:1 .: this is not a file'],
  ['a.dat 0\n', SETTINGS, 'XD008 1:8 this line ends too early'],
  ['a.dat  x 1\n', SETTINGS, 'XD009 1:8 “x” is not a number'],
  ['a.dat 0 -1\n', SETTINGS, 'XD034 1:9 a force constant is not below 0'],
  ['a.dat 0 1 0 nan\n', SETTINGS, 'XD010 1:13 “nan” is not a finite number'],
])('%j with %j is refused', async (metadata, settings, expected) => {
  expect((await problemsOf(write(metadata), settings))[0]).toContain(expected);
});

test('a series is refused where it is wrong', async () => {
  const file = write('a.dat 0 1\n', { 'a.dat': '# time value\n@ title\n0 1\n1 two\n2\n' });
  const read = await readWindows(file, SETTINGS);
  expect(read.ok ? [] : read.problems.map(({ code, place }) => [code, place?.line, place?.column])).toEqual([
    ['XD009', 4, 3],
    ['XD008', 5, 2],
  ]);
});

test('no bytes are a bug', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'a.dat',
      '1',
      '-2.5',
      '1e999',
      'nan',
      '#',
      '@',
      '# unit',
      '# temperature 300',
      'inverse_mass',
      '\u00e9',
    ),
    fc.double().map(String),
    fc.string({ maxLength: 6 }),
  );
  const text = fc
    .array(fc.tuple(fc.array(word, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', '\n\n', '')), { maxLength: 20 })
    .map((lines) => Buffer.from(lines.map(([words, end]) => words.join(' ') + end).join('')));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.oneof(text, bytes), (content) => {
      const metadata = parseMetadata(content, 'm');
      if (metadata.ok)
        for (const { center, forceConstant, place } of metadata.value.windows) {
          expect(Number.isFinite(center) && forceConstant >= 0).toBe(true);
          expect(place.line).toBeGreaterThan(0);
        }
      else expect(metadata.problems.every(({ place }) => place?.file === 'm')).toBe(true);
      const series = parseSeries(content, 's');
      if (series.ok) expect(series.value.values.every(Number.isFinite)).toBe(true);
      else expect(series.problems.every(({ place }) => place?.file === 's')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('numbers survive', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 50 }), (values) => {
      const read = parseSeries(Buffer.from(values.map((x, i) => `${i} ${x}\n`).join('')), 's');
      expect(read.ok && [...read.value.values]).toEqual(values.map((x) => x));
    }),
  );
});
