import fc from 'fast-check';
import { describe as group, expect, test } from 'vitest';
import { decodeXyzFrame, formatXyzFrame } from '../../../engine/formats/extended-xyz';
import { parseComment } from '../../../engine/formats/extended-xyz-comment';
import type { Column, Frame, InfoValue } from '../../../engine/formats/frame';
import { describe } from '../../../protocol/result';

const decode = (text: string): ReturnType<typeof decodeXyzFrame> => decodeXyzFrame(Buffer.from(text), 'a.xyz', 1);

function frameOf(text: string): Frame {
  const result = decode(text);
  if (!result.ok) throw new Error(result.problems.map(describe).join('\n'));
  return result.value;
}

function problemsOf(text: string): string[] {
  const result = decode(text);
  return result.ok ? [] : result.problems.map(describe);
}

const entry = (text: string): InfoValue | undefined => parseComment(text).entries.find((e) => e.key === 'k')?.value;

group('the comment line', () => {
  test.each<[string, InfoValue]>([
    ['k=1', 1],
    ['k=-1.5e-3', -1.5e-3],
    ['k=1.5D+03', 1500],
    ['k = 7', 7],
    ['k= 7', 7],
    ['k\t=\t7', 7],
    ['k=T', true],
    ['k=False', false],
    ['k=TRUE', true],
    ['k=bulk', 'bulk'],
    ['k=Tall', 'Tall'],
    ['k=1a', '1a'],
    ['k=nan', 'nan'],
    ['k', true],
    ['k="a \\"quoted\\" \\\\ text\\nin two lines"', 'a "quoted" \\ text\nin two lines'],
    ['k="key=value"', 'key=value'],
    ["k='a b'", 'a b'],
    ['k="1 2 3"', [1, 2, 3]],
    ["k='1 2 3'", [1, 2, 3]],
    ['k={1 2.5 3D0}', [1, 2.5, 3]],
    ['k="T T F"', [true, true, false]],
    ['k="1"', 1],
    ['k={T}', true],
    ['k="1 a"', '1 a'],
    ['k="1 T"', '1 T'],
    ['k=""', ''],
    ['k=[1, 2, 3]', [1, 2, 3]],
    ['k=[ 1,2 ]', [1, 2]],
    ['k=[1]', [1]],
    ['k=[a, "b c"]', ['a', 'b c']],
    ['k=[[1, 2], [3, 4]]', [[1, 2], [3, 4]]], // prettier-ignore
    ['k=[ [T, F] ]', [[true, false]]],
    ['"k"=3', 3],
    ['Å=2 k=ü', 'ü'],
  ])('%s', (text, value) => {
    expect(parseComment(text).problems).toEqual([]);
    expect(entry(text)).toEqual(value);
  });

  test.each([
    ['k="abc', 2],
    ['k={1 2', 2],
    ['k=[1, 2', 2],
    ['k=[[1], 2]', 8],
    ['k=[1, [2]]', 6],
    ['k=[1,, 2]', 5],
    ['k=[1 2]', 5],
    ['k=', 2],
    ['k=   ', 5],
    ['=3', 0],
  ])('%s is wrong at %i', (text, at) => {
    expect(parseComment(text).problems.map((problem) => problem.at)).toEqual([at]);
  });

  test('the text of any line makes entries or problems', () => {
    const awkward = fc.stringMatching(/^[kp=" '{}[\],1.T\\-]{0,30}$/);
    fc.assert(
      fc.property(fc.oneof(awkward, fc.string({ maxLength: 40 })), (text) => {
        const { entries, problems } = parseComment(text);
        for (const e of entries) expect(e.at <= e.valueAt && e.valueAt <= text.length).toBe(true);
        for (const p of problems) expect(p.at >= 0 && p.at <= text.length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

const WATER = `3
Lattice="10 0 0 0 10 0 0 0 10" Properties=species:S:1:pos:R:3:forces:R:3:tags:I:1:fixed:L:1 energy=-76.25 config_type="bulk water" pbc="T T F"
O 0.0 0.1 0.2 -0.5 0 1e-3 1 F
H 1.0 0 0 0.25 0 0 2 T
H 0 1.0D0 0 0.25 0 -0.001 2 T
`;

group('a good frame', () => {
  test('has everything where it belongs', () => {
    const frame = frameOf(WATER);
    expect([...frame.numbers]).toEqual([8, 1, 1]);
    expect([...frame.positions]).toEqual([0, 0.1, 0.2, 1, 0, 0, 0, 1, 0]);
    expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, 0, 10, 0, 0, 0, 10]);
    expect(frame.periodic).toEqual([true, true, false]);
    expect([...frame.info]).toEqual([
      ['energy', -76.25],
      ['config_type', 'bulk water'],
    ]);
    expect([...(frame.columns.get('forces')?.values ?? [])]).toEqual([-0.5, 0, 1e-3, 0.25, 0, 0, 0.25, 0, -0.001]);
    expect([...(frame.columns.get('tags')?.values ?? [])]).toEqual([1, 2, 2]);
    expect([...(frame.columns.get('fixed')?.values ?? [])]).toEqual([0, 1, 1]);
  });

  test('CRLF, tabs, a byte order mark, no last line end and blank lines at the end change nothing', () => {
    const frame = frameOf(WATER);
    expect(frameOf(WATER.replaceAll('\n', '\r\n'))).toEqual(frame);
    expect(frameOf(`\uFEFF${WATER}`)).toEqual(frame);
    expect(frameOf(WATER.trimEnd())).toEqual(frame);
    expect(frameOf(WATER.replaceAll('\n', '\r\n').trimEnd())).toEqual(frame);
    expect(frameOf(`${WATER}\n  \n\t\r\n`)).toEqual(frame);
    const [count, comment, ...atoms] = WATER.split('\n');
    expect(
      frameOf(
        [` ${count} `, comment, ...atoms.map((line) => `\t${line.replaceAll(' ', '\t \t')} `)].join('\n').trimEnd(),
      ),
    ).toEqual(frame);
  });

  test('new-style arrays for Lattice and pbc', () => {
    const frame = frameOf(
      '1\nLattice=[[2,0,0],[0,3,0],[0,0,4]] pbc=[T, F, T] Properties=species:S:1:pos:R:3\nH 0 0 0\n',
    );
    expect([...(frame.cell ?? [])]).toEqual([2, 0, 0, 0, 3, 0, 0, 0, 4]);
    expect(frame.periodic).toEqual([true, false, true]);
  });

  test('a cell is periodic unless pbc says otherwise; without one nothing is', () => {
    expect(frameOf('1\nLattice="2 0 0 0 2 0 0 0 2"\nH 0 0 0').periodic).toEqual([true, true, true]);
    expect(frameOf('1\nLattice="2 0 0 0 2 0 0 0 2" pbc=F\nH 0 0 0').periodic).toEqual([false, false, false]);
    expect(frameOf('1\nProperties=species:S:1:pos:R:3\nH 0 0 0').periodic).toEqual([false, false, false]);
    const zero = frameOf('1\nLattice="0 0 0 0 0 0 0 0 0" pbc="F F F"\nH 0 0 0');
    expect(zero.cell).toBeUndefined();
  });

  test('plain XYZ: free comment, further columns ignored, atomic numbers for symbols', () => {
    const frame = frameOf('2\nPeter\'s molecule, 2nd = "best\nC 0 0 0 0.5 what\n8 1.2 0 0\n');
    expect([...frame.numbers]).toEqual([6, 8]);
    expect(frame.columns.size).toBe(0);
    expect(frameOf('1\n\nHe 1 2 3').info.size).toBe(0);
    expect(frameOf('1\na water molecule\nHe 1 2 3').info.get('comment')).toBe('a water molecule');
    expect(frameOf('1\nstep 7 energy=-1.5\nHe 1 2 3').info.get('energy')).toBe(-1.5);
  });

  test('columns in any order, Z instead of species', () => {
    const frame = frameOf('2\nProperties=q:R:1:pos:R:3:Z:I:1:label:S:2\n0.5 1 2 3 8 a b\n-0.5 4 5 6 1 c d\n');
    expect([...frame.numbers]).toEqual([8, 1]);
    expect([...frame.positions]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(frame.columns.get('q')).toEqual({ type: 'R', width: 1, values: Float64Array.of(0.5, -0.5) });
    expect(frame.columns.get('label')).toEqual({ type: 'S', width: 2, values: ['a', 'b', 'c', 'd'] });
  });

  test('keys that look like members of objects are keys', () => {
    const frame = frameOf('1\nProperties=species:S:1:pos:R:3:__proto__:R:1 __proto__=3 constructor=x\nH 0 0 0 5\n');
    expect(frame.info.get('__proto__')).toBe(3);
    expect(frame.columns.get('__proto__')?.values[0]).toBe(5);
  });
});

group('a wrong frame', () => {
  const properties = 'Properties=species:S:1:pos:R:3:forces:R:3';
  test.each([
    ['x\n\nH 0 0 0\n', ['a.xyz:1:1 XD003 a frame begins with the number of its atoms, but here is “x”']],
    ['0\n\n', ['a.xyz:1:1 XD003 a frame must have at least one atom']],
    ['-3\n\n', ['a.xyz:1:1 XD003 a frame begins with the number of its atoms, but here is “-3”']],
    ['1', ['a.xyz:1:1 XD004 the file ends after the number of atoms: the comment line is missing']],
    ['3\n\nH 0 0 0\nH 0 0 1\n', ['a.xyz:1:1 XD004 this frame says 3 atoms, but only 2 lines follow: it is truncated']],
    ['1\n\nH 0 0 0\nH 0 0 1\n', ['a.xyz:1:1 XD004 this frame says 1 atoms, but more lines follow them']],
    ['2\n\nH 0 0 0\n\nH 0 0 1.0000000\n', ['a.xyz:1:1 XD004 this frame says 2 atoms, but only 1 lines follow']],
    [
      '1\nProperties=species:S:1:pos:R:3 k="a\nH 0 0 0\n',
      ['a.xyz:2:34 XD005 " is not closed: write " where the value ends'],
    ],
    ['1\nProperties=species:S:1:pos:R:3 a=1 a=2\nH 0 0 0\n', ['a.xyz:2:36 XD005 the key a stands twice in this line']],
    ['1\nproperties=species:S:1:pos:R:3\nH 0 0 0\n', ['a.xyz:2:1 XD005 “properties” must be written Properties']],
    ['1\nProperties=species:S:1\nH\n', ['a.xyz:2:12 XD006 Properties has no pos:R:3: where do the atoms stand?']],
    [
      '1\nProperties=pos:R:3\n1 2 3\n',
      ['a.xyz:2:12 XD006 Properties has neither species:S:1 nor Z:I:1: which elements are the atoms?'],
    ],
    [
      '1\nProperties=species:S:1:pos:R\nH 0 0 0\n',
      ['a.xyz:2:12 XD006 Properties must be triplets name:type:count, such as species:S:1:pos:R:3:forces:R:3'],
    ],
    [
      '1\nProperties=species:S:1:pos:R:3:f:X:1\nH 0 0 0 0\n',
      ['a.xyz:2:12 XD006 Properties says type “X” of f: it must be R (real), I (integer), S (string) or L (logical)'],
    ],
    [
      '1\nProperties=species:S:1:pos:R:3:f:R:99999\nH 0 0 0 0\n',
      ['a.xyz:2:12 XD006 Properties says “99999” columns of f: it must be a number from 1 to 10000'],
    ],
    [
      '1\nLattice="1 2 3"\nH 0 0 0\n',
      ['a.xyz:2:9 XD007 Lattice must be nine finite numbers: the three cell vectors in Å'],
    ],
    [
      '1\nLattice="nan 0 0 0 1 0 0 0 1"\nH 0 0 0\n',
      ['a.xyz:2:9 XD007 Lattice must be nine finite numbers: the three cell vectors in Å'],
    ],
    [
      '1\nLattice="1 0 0 2 0 0 0 0 1"\nH 0 0 0\n',
      ['a.xyz:2:9 XD007 the cell vectors lie in a plane or are zero: a periodic cell needs a volume'],
    ],
    [
      '1\nProperties=species:S:1:pos:R:3 pbc="T T T"\nH 0 0 0\n',
      ['a.xyz:2:36 XD007 pbc says periodic, but there is no cell: give a Lattice, or pbc="F F F"'],
    ],
    [
      '1\nProperties=species:S:1:pos:R:3 pbc="T T"\nH 0 0 0\n',
      ['a.xyz:2:36 XD007 pbc must be three of T and F, such as "T T F"'],
    ],
    [`1\n${properties}\nH 0 0 0 1 2\n`, ['a.xyz:3:12 XD008 this line has 6 columns instead of the 7 of Properties']],
    [
      `2\n${properties}\nH 0 0 0 1 2\nH 0.00000 0.00000 0.000000 1 2 3\n`,
      ['a.xyz:3:12 XD008 this line has fewer columns than the 7 of Properties'],
    ],
    [`1\n${properties}\nH 0 0 0 1 2 3 4\n`, ['a.xyz:3:15 XD008 this line has more columns than the 7 of Properties']],
    ['1\n\nH 0.000 0.000\n', ['a.xyz:3:14 XD008 this line has fewer columns than symbol, x, y, z']],
    ['1\n\nH 0 0 0x1F\n', ['a.xyz:3:7 XD009 “0x1F” is not a number']],
    ['1\n\nH 0 1.0-100 0\n', ['a.xyz:3:5 XD009 “1.0-100” is not a number']],
    ['1\nProperties=species:S:1:pos:R:3:i:I:1\nH 0 0 0 1.5\n', ['a.xyz:3:9 XD009 “1.5” is not an integer']],
    ['1\nProperties=species:S:1:pos:R:3:i:L:1\nH 0 0 0 yes\n', ['a.xyz:3:9 XD009 “yes” is neither T nor F']],
    [
      `2\n${properties}\nH 0 0 0 NaN 0 0\nH 0 0 -inf 1e999 0 0\n`,
      [
        'a.xyz:3:9 XD010 “NaN” is not a finite number',
        'a.xyz:4:7 XD010 “-inf” is not a finite number',
        'a.xyz:4:12 XD010 “1e999” is too large for a number',
      ],
    ],
    [
      '2\n\nHx 0 0 0\nSI 0 0 0\n',
      [
        'a.xyz:3:1 XD011 “Hx” is not an element: is H meant?'.replace(': is H meant?', ''),
        'a.xyz:4:1 XD011 “SI” is not an element: is Si meant?',
      ],
    ],
    ['1\n\n119 0 0 0\n', ['a.xyz:3:1 XD011 “119” is not an element']],
    [
      '1\nProperties=Z:I:1:pos:R:3\n0 0 0 0\n',
      ['a.xyz:3:1 XD011 atom 1: there is no element with the atomic number 0'],
    ],
    [
      '2\nProperties=Z:I:1:pos:R:3\n8T 0 0 0\n0 1 2 3\n',
      ['a.xyz:3:1 XD009 “8T” is not a number', 'a.xyz:4:1 XD011 atom 2: there is no element with the atomic number 0'],
    ],
    [
      '999999999999999\n\nH 0 0 0\n',
      ['a.xyz:1:1 XD012 this frame says 999999999999999 atoms, but there are only 25 bytes up to its end'],
    ],
  ] as [string, string[]][])('%j', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('the first twenty problems are listed, the rest is counted', () => {
    const text = `30\n\n${'H 0 0 zero\n'.repeat(30)}`;
    const problems = problemsOf(text);
    expect(problems).toHaveLength(21);
    expect(problems[19]).toBe('a.xyz:22:7 XD009 “zero” is not a number');
    expect(problems[20]).toContain('XD099 and 10 more problems');
  });

  test('columns count characters, not bytes', () => {
    expect(problemsOf('1\nProperties=species:S:1:pos:R:3 name="Ångström" k="\nH 0 0 0\n')).toEqual([
      'a.xyz:2:50 XD005 " is not closed: write " where the value ends',
    ]);
  });
});

const key = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
  fc.constantFrom('__proto__', 'a b', 'é', 'k"q'),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Strings that the format can tell from numbers and flags. */
const text = fc
  .oneof(fc.string({ maxLength: 12 }), fc.constantFrom('a b', '"', '\\', 'k=v', "it's", 'ü', '', '[1]', '{'))
  .filter((s) => !/[\r\u0000]/.test(s) && /[^\s\d.,+\-TFedtruefalsTRUEFALSED]|^$/.test(s));
const infoValue: fc.Arbitrary<InfoValue> = fc.oneof(
  finite,
  fc.boolean(),
  text,
  fc.array(finite, { minLength: 1, maxLength: 9 }),
  fc.array(text, { minLength: 1, maxLength: 3 }),
  fc.array(fc.boolean(), { minLength: 2, maxLength: 3 }),
  fc.array(fc.array(finite, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
);

const frameArbitrary = fc.integer({ min: 1, max: 6 }).chain((n): fc.Arbitrary<Frame> => {
  const values = (width: number): fc.Arbitrary<Float64Array> =>
    fc.array(finite, { minLength: n * width, maxLength: n * width }).map((a) => Float64Array.from(a));
  const column: fc.Arbitrary<Column> = fc.oneof(
    fc
      .integer({ min: 1, max: 4 })
      .chain((width) => values(width).map((v): Column => ({ type: 'R', width, values: v }))),
    fc
      .array(fc.boolean(), { minLength: n, maxLength: n })
      .map((a): Column => ({ type: 'L', width: 1, values: Uint8Array.from(a, Number) })),
    fc
      .array(fc.stringMatching(/^[!-~]{1,5}$/), { minLength: n, maxLength: n })
      .map((a): Column => ({ type: 'S', width: 1, values: a })),
    fc
      .array(fc.maxSafeInteger(), { minLength: n, maxLength: n })
      .map((a): Column => ({ type: 'I', width: 1, values: Float64Array.from(a) })),
  );
  const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,6}$/).filter((s) => !['pos', 'species', 'Z'].includes(s));
  const reserved = ['Lattice', 'Properties', 'pbc', 'lattice', 'properties'];
  return fc.record({
    numbers: fc.array(fc.integer({ min: 1, max: 118 }), { minLength: n, maxLength: n }).map((a) => Uint8Array.from(a)),
    positions: values(3),
    cell: fc.option(fc.constant(Float64Array.of(3.1, 0, 0, 1 / 3, 4.2, 0, -0.1, 0.7, Math.PI)), { nil: undefined }),
    periodic: fc.constant([false, false, false] as const),
    columns: fc.array(fc.tuple(name, column), { maxLength: 3 }).map((a) => new Map(a)),
    info: fc
      .array(
        fc.tuple(
          key.filter((k) => !reserved.includes(k)),
          infoValue,
        ),
        { maxLength: 4 },
      )
      .map((a) => new Map(a)),
  });
});

group('a comment line that differs from the last one in numbers', () => {
  /** Decoded after another frame, and after one that it has nothing to do with. */
  const both = (before: string, text: string): void => {
    decode(WATER);
    const alone = decode(text);
    decode(before);
    expect(decode(text)).toStrictEqual(alone);
  };
  const frameWith = (comment: string): string => `1\n${comment}\nO 0 1 2\n`;
  const P = 'Properties=species:S:1:pos:R:3';

  test.each([
    ['a number', `${P} e=-1.5 k=x`, `${P} e=-1.25 k=x`],
    ['a longer and a shorter one', `${P} a=1 b=2000`, `${P} a=1000 b=2`],
    ['the last digit and what follows', `${P} a=1`, `${P} a=12`],
    ['one that becomes a word', `${P} a=1 b=2`, `${P} a=1x b=2`],
    ['one that becomes a flag', `${P} a=1`, `${P} a=T`],
    ['one that is too large', `${P} a=1`, `${P} a=1e999`],
    ['half a number', `${P} a=1 b=2`, `${P} a=1e b=2`],
    ['one more key', `${P} a=1`, `${P} a=1 b=2`],
    ['one key less', `${P} a=1 b=2`, `${P} a=1`],
    ['a list', `${P} s="1 2 3"`, `${P} s="1 -2.5 3e2"`],
    ['a list that gets longer', `${P} s="1 2 3"`, `${P} s="1 2 3 4"`],
    ['a list of a new style', `${P} s=[1, 2]`, `${P} s=[1.5, 2]`],
    ['rows', `${P} s=[[1, 2], [3, 4]]`, `${P} s=[[1, 2], [3, 5]]`],
    ['a list whose number becomes a word', `${P} s="1 2"`, `${P} s="1 b"`],
    ['a cell', `Lattice="9 0 0 0 9 0 0 0 9" ${P} e=1`, `Lattice="8.5 0 0 0 9 0 0 0 9" ${P} e=2`],
    ['a cell that is flat', `Lattice="9 0 0 0 9 0 0 0 9" ${P}`, `Lattice="9 0 0 0 9 0 0 0 0" ${P}`],
    ['a cell that is none', `Lattice="9 0 0 0 9 0 0 0 9" ${P}`, `Lattice="0 0 0 0 0 0 0 0 0" ${P}`],
    ['a cell where there was none', `Lattice="0 0 0 0 0 0 0 0 0" ${P}`, `Lattice="9 0 0 0 9 0 0 0 9" ${P}`],
    ['pbc', `Lattice="9 0 0 0 9 0 0 0 9" ${P} pbc="1 1 0"`, `Lattice="9 0 0 0 9 0 0 0 9" ${P} pbc="1 0 0"`],
    ['columns', `${P}:q:R:1`, P],
    ['a number behind other letters than ASCII', `${P} k=é a=1`, `${P} k=é a=2`],
    ['the first of two of a key', `${P} k=1 k`, `${P} k=2 k`],
    ['the same number otherwise', `${P} a=1`, `${P} a=+1.0`],
    ['zero', `${P} a=0`, `${P} a=-0`],
  ])('%s', (_, before, text) => {
    both(frameWith(before), frameWith(text));
  });

  test('means what it means alone, whatever was before it', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.constantFrom('T', 'x', '"1 2"', '"1 3"', '"1 2 3"', '[1, 2]', '[1,4]', '{1 7}', '1e999', '1 2', '"a 1"', '-'),
    );
    const comment = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'Lattice', 'pbc'), value), { maxLength: 3 });
    const line = (pairs: readonly (readonly [string, string])[]): string =>
      frameWith(`${P} ${pairs.map((pair) => pair.join('=')).join(' ')}`);
    fc.assert(
      fc.property(comment, fc.array(value, { minLength: 3, maxLength: 3 }), (pairs, values) => {
        both(line(pairs), line(pairs.map(([key], k) => [key, values[k]] as const)));
      }),
      { numRuns: 1500 },
    );
  });
});

group('writing', () => {
  test('what is written exactly is read back bit for bit', () => {
    fc.assert(
      fc.property(frameArbitrary, (frame) => {
        const back = frameOf(formatXyzFrame(frame, 'exact'));
        expect(Object.is(back.positions[0], frame.positions[0])).toBe(true);
        expect(back).toStrictEqual({ ...frame, cell: frame.cell });
        expect(formatXyzFrame(back, 'exact')).toBe(formatXyzFrame(frame, 'exact'));
      }),
      { numRuns: 500 },
    );
  });

  test('trajectories have eight decimals; the canonical form is stable', () => {
    const frame = frameOf(WATER);
    expect(formatXyzFrame(frame, 'fixed')).toBe(`3
Lattice="10 0 0 0 10 0 0 0 10" Properties=species:S:1:pos:R:3:forces:R:3:tags:I:1:fixed:L:1 energy=-76.25 config_type="bulk water" pbc="T T F"
O 0.00000000 0.10000000 0.20000000 -0.50000000 0.00000000 0.00100000 1 F
H 1.00000000 0.00000000 0.00000000 0.25000000 0.00000000 0.00000000 2 T
H 0.00000000 1.00000000 0.00000000 0.25000000 0.00000000 -0.00100000 2 T
`);
  });
});

group('hostile bytes', () => {
  test('any bytes make a frame or problems', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = decodeXyzFrame(Buffer.from(bytes), 'f', 1);
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  test('a damaged file makes a frame of finite numbers or problems', () => {
    const damage = fc.record({
      at: fc.integer({ min: 0, max: WATER.length }),
      remove: fc.integer({ min: 0, max: 20 }),
      insert: fc.constantFrom('', '\n', 'NaN', '1e999', '-', '=', '"', '[', ' ', '99999999999', '\0', 'é', '\r', ':'),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        let damaged = WATER;
        for (const { at, remove, insert } of damages)
          damaged = damaged.slice(0, at) + insert + damaged.slice(at + remove);
        const result = decode(damaged);
        if (!result.ok) {
          expect(result.problems.every((p) => p.place?.line !== undefined)).toBe(true);
          return;
        }
        const frame = result.value;
        expect(frame.positions.every(Number.isFinite)).toBe(true);
        expect(frame.numbers.every((z) => z > 0)).toBe(true);
        for (const column of frame.columns.values())
          if (column.type === 'R') expect(column.values.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
