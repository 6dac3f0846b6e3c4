/** What is drawn over the atoms: the axes in a corner, the names of the cell's vectors, the measurement of the selection, the box of a selection by drag. */
import { withAlpha, type Theme } from '../theme';
import type { View } from '../../protocol/view';
import { formatMeasured, type Measurement } from './measure';

/** In CSS pixels from the upper left. */
type Place = readonly [x: number, y: number];

/** What is to be drawn. */
export interface Over {
  readonly rotation: View['rotation'];
  /** The middles of the cell's vectors. */
  readonly cell: readonly Place[];
  readonly box: Box | undefined;
  /** Where atoms were. */
  readonly trails: readonly (readonly Place[])[];
  readonly measured: { readonly measurement: Measurement; readonly places: readonly Place[] } | undefined;
}

/** @param height of the view in CSS pixels */
export function drawOver(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { rotation, cell, box, trails, measured }: Over,
  height: number,
): void {
  drawTripod(context, theme, rotation, height);
  drawCellLabels(context, theme, cell);
  if (box !== undefined) drawBox(context, theme, box);
  for (const places of trails) drawTrail(context, theme, places);
  if (measured !== undefined) drawMeasurement(context, theme, measured.measurement, measured.places);
}

/** The axes x, y, z as they stand, at the lower left; `height` of the view in CSS pixels. */
function drawTripod(
  context: CanvasRenderingContext2D,
  theme: Theme,
  [x, y, z, w]: View['rotation'],
  height: number,
): void {
  // Rows of the transposed rotation: the world's axes on the screen.
  const axes = [
    {
      name: 'x',
      at: [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
      hue: theme.dark ? '#f07a72' : '#c43b32',
    },
    {
      name: 'y',
      at: [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
      hue: theme.dark ? '#7fc97f' : '#2f8132',
    },
    {
      name: 'z',
      at: [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
      hue: theme.dark ? '#7aa8f7' : '#2a62c9',
    },
  ];
  const length = 24;
  const [ox, oy] = [42, height - 42];
  context.font = `600 11px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineCap = 'round';
  context.lineWidth = 2;
  for (const { name, at, hue } of axes.sort((a, b) => a.at[2] - b.at[2])) {
    const [ax, ay, az] = at;
    context.globalAlpha = az < -0.3 ? 0.55 : 1;
    context.strokeStyle = theme.highContrast ? theme.foreground : hue;
    context.fillStyle = context.strokeStyle;
    context.beginPath();
    context.moveTo(ox, oy);
    context.lineTo(ox + ax * length, oy - ay * length);
    context.stroke();
    // A label on the axis itself would cover the others.
    const away = Math.hypot(ax, ay) < 0.25 ? 0 : length + 10;
    if (away > 0) context.fillText(name, ox + ax * away, oy - ay * away);
    else context.fillText(name, ox - 10, oy + 10);
  }
  context.globalAlpha = 1;
}

/** a, b and c beside the vectors of the cell: where their middles are seen, in CSS pixels. */
function drawCellLabels(context: CanvasRenderingContext2D, theme: Theme, places: readonly Place[]): void {
  context.font = `italic 12px ${theme.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  context.fillStyle = theme.foreground;
  places.forEach(([x, y], k) => context.fillText('abc'[k], x + 4, y - 2));
}

/**
 * The lines along the chain that is measured, and the number.
 * @param places the points of the chain on the screen, in CSS pixels
 */
function drawMeasurement(
  context: CanvasRenderingContext2D,
  theme: Theme,
  measured: Measurement,
  places: readonly Place[],
): void {
  context.strokeStyle = theme.focus;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.beginPath();
  places.forEach(([x, y], k) => (k === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
  context.setLineDash([]);
  const text = formatMeasured(measured, measured.value, measured.kind === 'distance' ? 3 : 1);
  const half = places.length / 2;
  const [x, y] =
    measured.kind === 'angle'
      ? places[1]
      : [(places[half - 1][0] + places[half][0]) / 2, (places[half - 1][1] + places[half][1]) / 2];
  context.font = `600 12px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const width = context.measureText(text).width + 12;
  context.fillStyle = withAlpha(theme.background, 0.86);
  context.beginPath();
  context.roundRect(x - width / 2, y - 27, width, 19, 4);
  context.fill();
  context.fillStyle = theme.foreground;
  context.fillText(text, x, y - 17);
}

/** A line through the places (CSS pixels) where an atom was, fainter the longer ago. */
function drawTrail(context: CanvasRenderingContext2D, theme: Theme, places: readonly Place[]): void {
  context.strokeStyle = theme.focus;
  context.lineWidth = 1.5;
  for (let k = 1; k < places.length; k++) {
    context.globalAlpha = 0.15 + (0.75 * k) / places.length;
    context.beginPath();
    context.moveTo(...places[k - 1]);
    context.lineTo(...places[k]);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** The rectangle that a drag has drawn, in CSS pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function drawBox(context: CanvasRenderingContext2D, theme: Theme, { left, top, right, bottom }: Box): void {
  context.fillStyle = withAlpha(theme.focus, 0.14);
  context.strokeStyle = theme.focus;
  context.lineWidth = 1;
  context.fillRect(left, top, right - left, bottom - top);
  context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
}
