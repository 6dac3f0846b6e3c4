/** How one looks at structures; kept with the panel. */
import * as v from 'valibot';
import { typeElements, view } from '../../protocol/view';
import { arrangement, AS_IN_FILE } from './arrange';
import { TOLERANCE } from './bonds';
import { INITIAL_VIEW } from './camera';

export const OCCLUSION = ['auto', 'always', 'never'] as const;
/** What is behind the atoms in saved images: as on the screen, white, nothing. */
export const BACKGROUNDS = ['screen', 'white', 'transparent'] as const;

const finite = v.pipe(v.number(), v.finite());

export const viewerState = v.object({
  view,
  /** The view was not moved or scaled by hand: it follows when structures of another size come. */
  fitted: v.boolean(),
  /** Width / height of the panel that the view was fitted in; 0: it was not yet fitted. */
  fittedAspect: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  spaceFilling: v.boolean(),
  /** Column of vectors that are drawn as arrows; '' none. */
  arrows: v.string(),
  /** What atoms are coloured by (see coloring.ts); '' their element. */
  colorBy: v.string(),
  rangePerFrame: v.boolean(),
  /** Ends of the colour scale that a person has fixed, by what is coloured by. */
  ranges: v.optional(v.record(v.string(), v.object({ low: finite, high: finite })), {}),
  /** What 1 Å of arrow is (in the column's unit), where a person has said so, by column. */
  arrowScales: v.optional(v.record(v.string(), v.pipe(finite, v.minValue(1e-12))), {}),
  bonds: v.optional(v.boolean(), true),
  /** Å that a bond may be longer than the sum of the covalent radii. */
  bondTolerance: v.optional(v.pipe(v.number(), v.minValue(-1), v.maxValue(2)), TOLERANCE),
  /** Hollows are darker: `auto` where a graphics card draws and there aren't too many atoms. */
  occlusion: v.picklist(OCCLUSION),
  arrangement,
  /** Elements of types that have none in the file. */
  types: typeElements,
  /** Lines behind the selected atoms. */
  trails: v.boolean(),
  imageScale: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)),
  imageBackground: v.optional(v.picklist(BACKGROUNDS), 'screen'),
});
export type ViewerState = v.InferOutput<typeof viewerState>;

export const INITIAL_VIEWER: ViewerState = {
  view: INITIAL_VIEW,
  fitted: true,
  fittedAspect: 0,
  spaceFilling: false,
  arrows: '',
  colorBy: '',
  rangePerFrame: false,
  ranges: {},
  arrowScales: {},
  bonds: true,
  bondTolerance: TOLERANCE,
  occlusion: 'auto',
  arrangement: AS_IN_FILE,
  types: {},
  trails: false,
  imageScale: 2,
  imageBackground: 'screen',
};
