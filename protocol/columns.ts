/**
 * Columns of numbers in a file or a message: one JSON header line, padded with spaces to a multiple of 8 bytes, then
 * the arrays in little-endian order, each starting at a multiple of 8 bytes.
 */
import * as v from 'valibot';

const FORMAT = 'nearsight-columns';
const MAXIMUM_HEADER_BYTES = 1 << 20;

const constructors = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u8: Uint8Array } as const;
type ColumnType = keyof typeof constructors;
export type Column = Float64Array | Float32Array | Int32Array | Uint8Array;

export interface Columns {
  readonly columns: Readonly<Record<string, Column>>;
  /** What the columns are about; small. */
  readonly meta: unknown;
}

const header = v.object({
  format: v.literal(FORMAT),
  version: v.literal(1),
  columns: v.array(
    v.object({
      name: v.string(),
      type: v.picklist(['f64', 'f32', 'i32', 'u8']),
      length: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
  ),
  meta: v.unknown(),
});

const roundUp = (bytes: number): number => Math.ceil(bytes / 8) * 8;

function typeOf(column: Column): ColumnType {
  if (column instanceof Float64Array) return 'f64';
  if (column instanceof Float32Array) return 'f32';
  return column instanceof Int32Array ? 'i32' : 'u8';
}

export function encodeColumns({ columns, meta }: Columns): Uint8Array {
  const entries = Object.entries(columns);
  const described = entries.map(([name, column]) => ({ name, type: typeOf(column), length: column.length }));
  const line = new TextEncoder().encode(JSON.stringify({ format: FORMAT, version: 1, columns: described, meta }));
  const start = roundUp(line.length + 1);
  const bytes = new Uint8Array(entries.reduce((sum, [, column]) => sum + roundUp(column.byteLength), start));
  bytes.fill(0x20, 0, start).set(line);
  bytes[start - 1] = 0x0a;
  let offset = start;
  for (const [, column] of entries) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += roundUp(column.byteLength);
  }
  return bytes;
}

/** Undefined unless `bytes` are exactly what `encodeColumns` writes. */
export function decodeColumns(bytes: Uint8Array): Columns | undefined {
  const newline = bytes.subarray(0, MAXIMUM_HEADER_BYTES).indexOf(0x0a);
  if (newline < 0) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes.subarray(0, newline)));
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(header, json);
  if (!parsed.success) return undefined;
  const columns: Record<string, Column> = {};
  let offset = newline + 1;
  for (const { name, type, length } of parsed.output.columns) {
    const constructor = constructors[type];
    const end = offset + length * constructor.BYTES_PER_ELEMENT;
    if (end > bytes.length) return undefined;
    // A copy of its own: aligned, and transferable without the rest. (`slice` of node's Buffer would be none.)
    columns[name] = new constructor(new Uint8Array(bytes.subarray(offset, end)).buffer);
    offset += roundUp(end - offset);
  }
  return offset === bytes.length ? { columns, meta: parsed.output.meta } : undefined;
}
