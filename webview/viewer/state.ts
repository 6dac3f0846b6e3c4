/** How one looks at structures; kept with the panel. */
import * as v from 'valibot';
import { typeElements, view } from '../../protocol/view';
import { arrangement, AS_IN_FILE } from './arrange';
import { INITIAL_VIEW } from './camera';

export const OCCLUSION = ['auto', 'always', 'never'] as const;

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
  /** Hollows are darker: `auto` where a graphics card draws and there aren't too many atoms. */
  occlusion: v.picklist(OCCLUSION),
  arrangement,
  /** Elements of types that have none in the file. */
  types: typeElements,
  /** Lines behind the selected atoms. */
  trails: v.boolean(),
  imageScale: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)),
  imageTransparent: v.boolean(),
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
  occlusion: 'auto',
  arrangement: AS_IN_FILE,
  types: {},
  trails: false,
  imageScale: 2,
  imageTransparent: false,
};
