import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeColumns, encodeColumns } from '../../../protocol/columns';

const columns = {
  a: Float64Array.of(1, -0, Number.MIN_VALUE),
  b: Uint8Array.of(1, 2, 3),
  c: Int32Array.of(-1, 7),
  empty: new Float32Array(0),
};

it('come back exactly, from plain bytes and from a Buffer that lies somewhere in a larger one', () => {
  const bytes = encodeColumns({ columns, meta: { name: 'Å' } });
  const larger = Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]);
  for (const source of [bytes, Buffer.from(bytes), larger.subarray(3, 3 + bytes.length)]) {
    const decoded = decodeColumns(source);
    expect(decoded).toEqual({ columns, meta: { name: 'Å' } });
    expect(decoded?.columns.b.buffer.byteLength).toBe(3);
  }
});

it('cut off or changed are refused, or say the same', () => {
  const bytes = encodeColumns({ columns, meta: null });
  for (let length = 0; length < bytes.length; length++)
    expect(decodeColumns(bytes.subarray(0, length))).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const changed = bytes.slice();
      changed[at] = value;
      expect(() => decodeColumns(changed)).not.toThrow();
    }),
  );
});

it('of a size that is not there take no memory', () => {
  const line = (length: number): Uint8Array =>
    Buffer.from(
      `${JSON.stringify({ format: 'nearsight-columns', version: 1, columns: [{ name: 'a', type: 'f64', length }], meta: 0 })}\n`,
    );
  for (const length of [1, 1e9, 2 ** 53, 1e300]) expect(decodeColumns(line(length))).toBeUndefined();
});
