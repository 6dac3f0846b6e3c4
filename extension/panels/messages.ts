/** What webviews and the data worker may say to the extension, checked: they show foreign files and are not trusted. */
import * as v from 'valibot';

const file = v.pipe(v.string(), v.maxLength(4096));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const renderer = v.pipe(v.string(), v.maxLength(1000));

export const structureParameters = v.object({ file, frame: count });
export const openTextParameters = v.object({ file, frame: v.optional(count) });
export const resultsDrawn = v.object({ curves: count, points: count, atoms: count });
export const folderParameters = v.object({ folder: file });
export const comparisonDrawn = v.object({ curves: count, rows: count });
export const frameParameters = v.object({ index: count });
export const trajectoryOpenText = v.object({ frame: count });
export const trajectoryDrawn = v.object({ frame: count, atoms: count, renderer });
/** 64 MB of PNG at most. */
export const saveImageParameters = v.object({
  name: v.pipe(v.string(), v.maxLength(255)),
  base64: v.pipe(v.string(), v.maxLength(90_000_000), v.regex(/^[A-Za-z0-9+/]*={0,2}$/)),
});

/** A handler that is only called with what the schema allows. @throws Error on anything else. */
export function checked<S extends v.GenericSchema, R>(
  schema: S,
  handler: (parameters: v.InferOutput<S>) => R,
): (parameters: unknown) => R {
  return (parameters) => {
    const result = v.safeParse(schema, parameters);
    if (!result.success) throw new Error('malformed message');
    return handler(result.output);
  };
}

/** Whether the bytes are a PNG file. */
export function isPng(bytes: Uint8Array): boolean {
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, index) => bytes[index] === byte);
}
