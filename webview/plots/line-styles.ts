/** How lines are told apart: by their colour of the theme, and by dashes, so that colour is not all. */

const DASHES = ['solid', 'dashed', 'dotted'] as const;
export type Dash = (typeof DASHES)[number];

/** CSS pixels drawn and left out in turn. */
export const DASH_LENGTHS: Readonly<Record<Dash, number[]>> = { solid: [], dashed: [6, 4], dotted: [2, 3] };

/** Colours of the theme. */
const COLORS = 6;

export interface LineStyle {
  /** Number in the theme's palette, and of `.swatch`. */
  readonly color: number;
  readonly dash: Dash;
}

/** Of the k-th line of several: 18 differ, neighbours in both. */
export const lineStyle = (k: number): LineStyle => ({
  color: k % COLORS,
  dash: DASHES[(k + Math.floor(k / COLORS)) % DASHES.length],
});
