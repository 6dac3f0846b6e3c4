/** How one looks at a structure, as it is kept and as linked viewers tell each other. Lengths in Å. */
import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());

export const view = v.object({
  target: v.tuple([finite, finite, finite]),
  /** x, y, z, w: turns the camera's axes to those of the world. */
  rotation: v.tuple([finite, finite, finite, finite]),
  /** Half the height of what is seen in the plane of the target. */
  extent: v.pipe(finite, v.minValue(1e-3)),
  perspective: v.boolean(),
});
export type View = v.InferOutput<typeof view>;

/** Elements that a person has given to the types of a file: atomic numbers by what the file calls them. */
export const typeElements = v.record(
  v.pipe(v.string(), v.maxLength(100)),
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(118)),
);

/**
 * What linked viewers share, where they look from and which frame they show: as much of it as has changed. Messages of two
 * viewers may cross, and what one has not changed must not undo what the other has.
 */
export const linkedView = v.object({
  view: v.optional(view),
  frame: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});
export type LinkedView = v.InferOutput<typeof linkedView>;
