/** The legend as part of a picture: what legend.ts shows over the view, drawn into images and films. CSS pixels. */
import { elements, symbolOf } from '../../language/elements';
import { formatTick } from '../format';
import type { Theme } from '../theme';
import { mapColor } from './colors';
import type { LegendContent } from './legend';

const LEFT = 14;
const TOP = 21;
const ROW = 22;
const RAMP = { width: 110, height: 8, histogram: 16 };
/** The steps of a gradient that shows a map. */
const STOPS = 32;

/** Draws it at the upper left of a picture of such a width. */
export function drawLegend(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { kinds, scale, arrows, arrowScale }: LegendContent,
  width: number,
): void {
  let [x, y] = [LEFT, TOP];
  const word = (text: string, color: string): void => {
    context.fillStyle = color;
    context.fillText(text, x, y);
    x += context.measureText(text).width;
  };
  /** A mark so wide and a word, in the next row if there is no room. */
  const entry = (room: number, text: string, mark: () => void): void => {
    const full = room + 6 + context.measureText(text).width;
    if (x > LEFT && x + full > width - LEFT) [x, y] = [LEFT, y + ROW];
    mark();
    x += room + 6;
    word(text, theme.foreground);
    x += 14;
  };
  context.font = `12px ${theme.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  if (scale === undefined)
    for (const kind of kinds) {
      const color = (elements.at(kind) ?? elements[0]).color.toString(16).padStart(6, '0');
      entry(10, symbolOf(kind), () => {
        context.fillStyle = `#${color}`;
        // White atoms show on white paper by their edge.
        context.strokeStyle = theme.muted;
        context.lineWidth = 0.75;
        context.beginPath();
        context.arc(x + 5, y, 5, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      });
    }
  else {
    const { label, unit, range, map, bins } = scale;
    y += RAMP.histogram / 2;
    word(formatTick(range.low), theme.foreground);
    x += 8;
    const colors = context.createLinearGradient(x, 0, x + RAMP.width, 0);
    for (let k = 0; k <= STOPS; k++) colors.addColorStop(k / STOPS, `rgb(${mapColor(map, k / STOPS).join(', ')})`);
    context.fillStyle = theme.muted;
    const most = Math.max(1, ...bins);
    bins.forEach((count, k) => {
      const high = (RAMP.histogram * count) / most;
      context.fillRect(
        x + (k * RAMP.width) / bins.length,
        y - RAMP.height / 2 - 1 - high,
        RAMP.width / bins.length,
        high,
      );
    });
    context.fillStyle = colors;
    context.fillRect(x, y - RAMP.height / 2, RAMP.width, RAMP.height);
    x += RAMP.width + 8;
    word(`${formatTick(range.high)}${unit === '' ? '' : ` ${unit}`}`, theme.foreground);
    x += 10;
    word(label, theme.muted);
  }
  if (arrows.length === 0) return;
  [x, y] = [LEFT, y + ROW];
  for (const { label, color } of arrows)
    entry(16, label, () => {
      context.fillStyle = color;
      context.fillRect(x, y - 1.5, 16, 3);
    });
  word(arrowScale, theme.muted);
}
