/** What webviews and the data worker may say to the extension, checked: they show foreign files and are not trusted. */
import * as v from 'valibot';
import { fileUnits } from '../../protocol/units';
import { typeElements } from '../../protocol/view';

const file = v.pipe(v.string(), v.maxLength(4096));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const renderer = v.pipe(v.string(), v.maxLength(1000));

export const structureParameters = v.object({ file, frame: count });
export const windowParameters = v.object({ window: count });
export const openTextParameters = v.object({ file, frame: v.optional(count) });
/** Atoms that are pointed at: more than these are as good as all. */
const atoms = v.pipe(v.array(count), v.maxLength(1_000_000));
export const previewPointAt = v.object({ atoms });
export const resultsPointAt = v.object({ structure: count, atoms });
export const resultsDrawn = v.object({ curves: count, points: count, pointed: count, atoms: count });
export const folderParameters = v.object({ folder: file });
export const comparisonDrawn = v.object({ curves: count, rows: count });
export const previewDrawn = v.object({ radial: count, angular: count, distributions: count, marks: count });
export const frameParameters = v.object({ index: count });
export const seriesParameters = v.object({ from: count, atoms: v.optional(v.pipe(v.array(count), v.maxLength(4))) });
export const chooseUnitsParameters = v.object({ units: v.nullable(fileUnits) });
export const trajectoryOpenText = v.object({ frame: count });
export const trajectoryPointAt = v.object({ frame: count, atoms });
export const trajectoryDrawn = v.object({ frame: count, atoms: count, renderer });
export const rememberedState = v.object({ state: v.pipe(v.string(), v.maxLength(40_000)) });
export const saveStructuresParameters = v.pipe(
  v.object({
    first: count,
    last: count,
    stride: v.pipe(count, v.minValue(1)),
    atoms: v.optional(v.pipe(v.array(count), v.minLength(1), v.maxLength(10_000_000))),
    elements: v.optional(typeElements),
  }),
  v.check(({ first, last }) => first <= last),
);

export const savedFile = v.object({
  name: v.pipe(v.string(), v.maxLength(255)),
  kind: v.picklist(['svg', 'csv', 'png']),
  content: v.pipe(v.string(), v.maxLength(90_000_000)),
});
export const filmPiece = v.object({
  name: savedFile.entries.name,
  offset: count,
  bytes: v.pipe(
    v.instance(Uint8Array),
    v.check(({ length }) => length > 0 && length <= 16_000_000),
  ),
  last: v.boolean(),
});
export const analysisDrawn = v.object({ charts: count });
export const selectionParameters = v.object({ structures: v.instance(Int32Array) });
export const copiedText = v.object({ text: v.pipe(v.string(), v.maxLength(1_000_000)) });
export const pointsParameters = v.object({
  quantity: v.picklist(['energy', 'force', 'stress']),
  rows: v.optional(v.instance(Int32Array)),
});

/** A handler that is only called with what the schema allows. @throws Error on anything else. */
export function checked<S extends v.GenericSchema, R, Rest extends readonly unknown[]>(
  schema: S,
  handler: (parameters: v.InferOutput<S>, ...rest: Rest) => R,
): (parameters: unknown, ...rest: Rest) => R {
  return (parameters, ...rest) => {
    const result = v.safeParse(schema, parameters);
    if (!result.success) throw new Error('malformed message');
    return handler(result.output, ...rest);
  };
}

/** How pictures and films begin. */
const MAGIC = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  webm: [0x1a, 0x45, 0xdf, 0xa3],
} as const;

/** Whether bytes begin as a picture or film of the kind does. */
export const isKind = (bytes: Uint8Array, kind: keyof typeof MAGIC): boolean =>
  MAGIC[kind].every((byte, index) => bytes[index] === byte);
