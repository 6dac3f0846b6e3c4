/**
 * Lines of tables that are as they should be, by compiled code: engine/kernels/table.c, whose constants and memory this knows.
 * There is one reader in a thread; of the text that is being read a piece is copied to it, and the values from it.
 */
import { elements } from '../../language/elements';
import { createTableReader, type TableExports } from '../kernels/module';
import type { TextLines } from './text-lines';

const TEXT_BYTES = 1 << 17;
const VALUES = 1 << 15;
const FIELDS = 64;
const MAX_POWER = 64;
const KNOWN_BYTES = 1 << 14;
/** The order in which `layout` tells where things are. */
const PARTS = { text: 0, values: 1, powers: 2, elements: 3, fields: 4, stopped: 5, known: 6 } as const;

/** What columns hold, as a number: of texts, places. */
export function numberOfKind(kind: 'real' | 'integer' | 'element' | 'logical' | 'text' | 'ignored'): number {
  // To look names up in an object is seen in the profile of frames of few atoms.
  switch (kind) {
    case 'real':
      return 0;
    case 'integer':
      return 1;
    case 'element':
      return 2;
    case 'logical':
      return 3;
    case 'text':
      return 4;
    case 'ignored':
      return 5;
  }
}

/** For how many lines there is room, of `fields` fields and `width` values: 0 if there are too many. */
export const roomFor = (fields: number, width: number): number => (fields > FIELDS ? 0 : Math.floor(VALUES / width));

export class PlainLines {
  /** The bytes `[from, to)` of the text are loaded. */
  from = 0;
  to = 0;
  /** float64s; those of a field are packed from its `first` on. */
  readonly values: Float64Array;
  /** The same memory: where a text begins and ends from `from` on, two numbers for each value. */
  readonly places: Int32Array;
  /** Tells which columns follow: `fields[3 · f]` and the next two are kind, width, and first value of field f. */
  readonly fields: Int32Array;
  private readonly loaded: Uint8Array;
  private readonly known: Uint8Array;
  private readonly stop: Int32Array;
  private textId = 0;

  constructor(private readonly compiled: TableExports) {
    const { memory, layout } = compiled;
    const { buffer } = memory;
    this.loaded = new Uint8Array(buffer, layout(PARTS.text), TEXT_BYTES + 1);
    this.values = new Float64Array(buffer, layout(PARTS.values), VALUES);
    this.places = new Int32Array(buffer, layout(PARTS.values), 2 * VALUES);
    fillPowers(new BigUint64Array(buffer, layout(PARTS.powers), 2 * (2 * MAX_POWER + 1)));
    const symbols = new Float64Array(buffer, layout(PARTS.elements), 32 * 32);
    elements.forEach(({ symbol }, z) => {
      const second = symbol.length > 1 ? symbol.charCodeAt(1) - 0x60 : 0;
      if (z > 0) symbols[32 * (symbol.charCodeAt(0) - 0x40) + second] = z;
    });
    this.fields = new Int32Array(buffer, layout(PARTS.fields), 3 * FIELDS);
    this.stop = new Int32Array(buffer, layout(PARTS.stopped), 1);
    this.known = new Uint8Array(buffer, layout(PARTS.known), KNOWN_BYTES);
  }

  /** Loads all of a text, or from `start` on as much as there is room for. Its bytes don't change while it is read. */
  load(text: TextLines, start: number): void {
    const { bytes } = text;
    this.textId = text.id;
    const whole = bytes.length <= TEXT_BYTES;
    this.from = whole ? 0 : start;
    this.to = whole ? bytes.length : Math.min(bytes.length, start + TEXT_BYTES);
    this.loaded.set(whole ? bytes : bytes.subarray(start, this.to));
    this.loaded[this.to - this.from] = 0x0a;
  }

  /** Loads a text from `start` on if what is there isn't loaded. */
  show(text: TextLines, start: number): void {
    if (this.textId !== text.id || start < this.from || start >= this.to) this.load(text, start);
  }

  /**
   * Reads lines of what is loaded.
   *
   * @param count at most
   * @param fields how many
   * @param open whether more may follow in a line
   * @returns how many were right, before one that isn't or isn't there as a whole
   */
  read(start: number, count: number, fields: number, open: boolean): number {
    return this.compiled.read_lines(start - this.from, this.to - this.from, count, fields, open ? 1 : 0);
  }

  /** Where the line begins that was not read. */
  stopped(): number {
    return this.from + this.stop[0];
  }

  /** Remembers a line for `countSame`; false if there is no room for it. */
  remember(line: Uint8Array): boolean {
    if (line.length > KNOWN_BYTES) return false;
    this.known.set(line);
    return true;
  }

  /** How many bytes of the remembered line, `[known, end)`, are the same as those of the text from `start` on. */
  countSame(known: number, end: number, start: number): number {
    return this.compiled.count_same(known, start - this.from, Math.max(0, Math.min(end - known, this.to - start)));
  }
}

let lines: PlainLines | undefined;

/** @throws Error if the build did not make the compiled code. */
export function plainLines(): PlainLines {
  lines ??= new PlainLines(createTableReader());
  return lines;
}

/**
 * The first 128 bits of 10^q, upper half first, for −MAX_POWER ≤ q ≤ MAX_POWER. Those of reciprocals of 5^n that fit into 64
 * bits are rounded up, all others cut off (Lemire 2021, section 7).
 */
function fillPowers(powers: BigUint64Array): void {
  const bitsOf = (x: bigint): number => x.toString(2).length;
  for (let q = -MAX_POWER; q <= MAX_POWER; q++) {
    const five = 5n ** BigInt(Math.abs(q));
    // No power of five but 1 is one of two.
    const bits =
      q >= 0
        ? (five << 128n) >> BigInt(bitsOf(five))
        : (1n << BigInt(bitsOf(five) + 127)) / five + (q >= -27 ? 1n : 0n);
    powers.set([bits >> 64n, bits & 0xffffffffffffffffn], 2 * (q + MAX_POWER));
  }
}
