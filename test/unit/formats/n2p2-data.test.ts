import fc from 'fast-check';
import { expect, test } from 'vitest';
import { units as table } from '../../../language/schema/units';
import { units as vocabulary } from '../../../language/schema/blocks/dataset';
import { decodeN2p2Frame, NO_CONVERSION, unitFactors } from '../../../engine/formats/n2p2-data';
import type { Frame } from '../../../engine/formats/frame';
import { describe } from '../../../protocol/result';

const decode = (text: string, units = NO_CONVERSION): ReturnType<typeof decodeN2p2Frame> =>
  decodeN2p2Frame(Buffer.from(text), 'input.data', 1, units);

function frameOf(text: string, units = NO_CONVERSION): Frame {
  const result = decode(text, units);
  if (!result.ok) throw new Error(result.problems.map(describe).join('\n'));
  return result.value;
}

function problemsOf(text: string): string[] {
  const result = decode(text);
  return result.ok ? [] : result.problems.map(describe);
}

const FRAME = `begin set=test
comment source_file_name=water.out
comment second line
lattice   10.0 0.0 0.0
lattice   0.0 11.0 0.0
lattice   0.5 0.0 12.0
atom 1.0 2.0 3.0 O -0.5 0.0 0.1 -0.2 0.3
atom 2.0D0 3.0 4.0 H 0.25 0.0 -0.1 0.1 -0.15
atom 0.0 2.5 3.5 H 0.25 0.0 0.0 0.1 -0.15
energy -76.5
charge 1.0
end
`;

test('everything is where it belongs', () => {
  const frame = frameOf(FRAME);
  expect([...frame.numbers]).toEqual([8, 1, 1]);
  expect([...frame.positions]).toEqual([1, 2, 3, 2, 3, 4, 0, 2.5, 3.5]);
  expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, 0, 11, 0, 0.5, 0, 12]);
  expect(frame.periodic).toEqual([true, true, true]);
  expect([...(frame.columns.get('forces')?.values ?? [])]).toEqual([0.1, -0.2, 0.3, -0.1, 0.1, -0.15, 0, 0.1, -0.15]);
  expect([...(frame.columns.get('charges')?.values ?? [])]).toEqual([-0.5, 0.25, 0.25]);
  expect([...frame.info]).toEqual([
    ['set', 'test'],
    ['comment', 'source_file_name=water.out\nsecond line'],
    ['energy', -76.5],
    ['charge', 1],
  ]);
});

test('tabs, CRLF, blank lines, further columns and no line end at the end change nothing', () => {
  const frame = frameOf(FRAME);
  expect(frameOf(FRAME.replaceAll('\n', '\r\n'))).toEqual(frame);
  expect(frameOf(FRAME.replaceAll(' ', '\t').replace('second\tline', 'second line'))).toEqual(frame);
  expect(frameOf(FRAME.trimEnd().replace('energy', '\nenergy'))).toEqual(frame);
  expect(frameOf(FRAME.replaceAll('-0.15\n', '-0.15 7 8\n'))).toEqual(frame);
});

test('units are converted, force as energy per length', () => {
  const units = unitFactors({ length: 'bohr', energy: 'hartree' });
  const frame = frameOf(FRAME, units);
  expect(units).toEqual({ length: table.bohr.factor, energy: table.hartree.factor });
  expect(frame.positions[1]).toBe(2 * units.length);
  expect(frame.cell?.[8]).toBe(12 * units.length);
  expect(frame.info.get('energy')).toBe(-76.5 * units.energy);
  expect(frame.columns.get('forces')?.values[0]).toBeCloseTo(0.1 * 51.422067, 5);
  expect(frame.info.get('charge')).toBe(1);
});

test('every unit of the vocabulary has its factor', () => {
  const expected: Record<string, number> = {
    eV: 1,
    hartree: 27.211386,
    rydberg: 13.605693,
    'kcal/mol': 0.0433641,
    'kJ/mol': 0.0103643,
    meV: 0.001,
  };
  for (const energy of Object.keys(
    vocabulary.attributes.energy.values,
  ) as (keyof typeof vocabulary.attributes.energy.values)[])
    expect(unitFactors({ length: 'angstrom', energy }).energy / expected[energy]).toBeCloseTo(1, 4);
  expect(unitFactors({ length: 'nm', energy: 'eV' }).length).toBe(10);
  expect(unitFactors(undefined)).toEqual({ length: 1, energy: 1 });
});

test('labels that the format can only write as zero are absent', () => {
  const frame = frameOf('begin\natom 0 0 0 He 0 0 0 0 0\nend\n');
  expect(frame.columns.size).toBe(0);
  expect(frame.info.size).toBe(0);
  expect(frame.cell).toBeUndefined();
});

test.each([
  ['atom 0 0 0 He 0 0 0 0 0\n', ['input.data:1:1 XD003 a frame begins with the line “begin”, but here is “atom”']],
  [
    'begin set=tset\natom 0 0 0 He 0 0 0 0 0\nend\n',
    ['input.data:1:7 XD013 “set=tset” is not understood after begin: set=train or set=test may stand here'],
  ],
  ['begin\natom 0 0 0 He 0 0 0 0 0\n', ['input.data:1:1 XD004 this frame has no “end”: it is truncated']],
  ['begin\nend\n', ['input.data:1:1 XD003 a frame must have at least one atom']],
  [
    'begin\natom 0 0 0 He 0 0 0 0 0\nend\nenergy 1\n',
    ['input.data:4:1 XD003 a frame begins with the line “begin”, but here is “energy”'],
  ],
  [
    'begin\nlattice 1 0 0\natom 0 0 0 He 0 0 0 0 0\nend\n',
    ['input.data:1:1 XD007 this frame has 1 lattice lines instead of three or none'],
  ],
  [
    'begin\nlattice 1 0 0\nlattice 1 0 0\nlattice 0 0 1\natom 0 0 0 He 0 0 0 0 0\nend\n',
    ['input.data:1:1 XD007 the lattice vectors lie in a plane or are zero: a periodic cell needs a volume'],
  ],
  ['begin\natom 0 0 0 He 0 0 0 0\nend\n', ['input.data:2:22 XD008 this line ends too early']],
  ['begin\natom 0 0\nend\n', ['input.data:2:9 XD008 this line ends too early']],
  ['begin\natom 0 0 1x He 0 0 0 0 0\nend\n', ['input.data:2:10 XD009 “1x” is not a number']],
  [
    'begin\natom 0 NaN 1 He 0 0 0 0 0\nenergy 1e999\nend\n',
    ['input.data:2:8 XD010 “NaN” is not a finite number', 'input.data:3:8 XD010 “1e999” is not a finite number'],
  ],
  ['begin\natom 0 0 0 Hx 0 0 0 0 0\nend\n', ['input.data:2:12 XD011 “Hx” is not an element']],
  [
    'begin\natom 0 0 0 He 0 0 0 0 0\nspin 2\nend\n',
    ['input.data:3:1 XD013 “spin” is no keyword of this format: begin, comment, lattice, atom, energy, charge, end'],
  ],
  [
    'begin\natom 0 0 0 He 0 0 0 0 0\nenergy 2\nenergy 3\nend\n',
    ['input.data:4:1 XD005 energy stands twice in this frame'],
  ],
] as [string, string[]][])('%j', (text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test('any bytes, and any damage to a good frame, make finite numbers or problems', () => {
  const check = (bytes: Buffer): void => {
    const result = decodeN2p2Frame(bytes, 'f', 1, NO_CONVERSION);
    if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
    else {
      expect(result.value.positions.every(Number.isFinite)).toBe(true);
      expect(result.value.numbers.every((z) => z > 0)).toBe(true);
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => check(Buffer.from(bytes))),
    { numRuns: 500 },
  );
  const lines = FRAME.split('\n');
  const damage = fc.tuple(
    fc.nat(lines.length - 1),
    fc.nat(lines.length - 1),
    fc.nat(30),
    fc.constantFrom('', 'NaN', '1e999', '\0', 'é', 'end', '\n', ' '),
  );
  fc.assert(
    fc.property(damage, ([i, j, at, insert]) => {
      const damaged = [...lines];
      [damaged[i], damaged[j]] = [damaged[j], damaged[i].slice(0, at) + insert + damaged[i].slice(at + insert.length)];
      check(Buffer.from(damaged.join('\n')));
    }),
    { numRuns: 2000 },
  );
});
