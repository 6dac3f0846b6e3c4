/** Curves as a drawing that is saved: the same as a chart on the screen, as SVG. */
import type { CurveGroup } from '../../protocol/frames';
import { readTheme } from '../theme';
import { drawAxes, drawBorder, frameOf, strokeLine, toX, toY, within, type Axes } from './axes';
import { rangeOf, widen } from './parity-rows';
import { drawSvg } from './svg';

const WIDTH = 560;
const HEIGHT = 360;
const DASHES: readonly number[][] = [[], [6, 4], [2, 3]];

export function drawCurves({ title, unit, abscissa, x, curves }: CurveGroup): string {
  const theme = readTheme();
  const [across, upwards] = [rangeOf(x), rangeOf(...curves.map(({ y }) => y))];
  const axes: Axes = {
    x: { ...widen(across ?? { low: 0, high: 1 }, 0), label: abscissa },
    y: { ...widen(upwards ?? { low: 0, high: 1 }), label: unit === '' ? title : `${title} (${unit})` },
  };
  return drawSvg(WIDTH, HEIGHT, theme.background, (pen) => {
    const frame = frameOf(WIDTH, HEIGHT, axes);
    drawAxes(pen, theme, frame, axes);
    within(pen, frame, () => {
      curves.forEach(({ y }, k) => {
        const line = Array.from(x, (value, i) => [toX(frame, axes, value), toY(frame, axes, y[i])]);
        strokeLine(pen, line.flat(), theme.series[k % theme.series.length], 1.5, DASHES[k % DASHES.length]);
      });
    });
    drawBorder(pen, theme, frame);
    pen.textAlign = 'right';
    pen.textBaseline = 'top';
    curves.forEach(({ label }, k) => {
      pen.fillStyle = theme.series[k % theme.series.length];
      pen.fillText(label, frame.left + frame.width - 8, frame.top + 8 + 15 * k);
    });
  });
}

/** The same numbers as comma-separated values. */
export function tabulateCurves({ unit, abscissa, x, curves }: CurveGroup): string {
  const heading = (label: string): string => `"${unit === '' ? label : `${label} (${unit})`}"`;
  const lines = Array.from(x, (value, i) => [value, ...curves.map(({ y }) => y[i])].join(','));
  return `${[[`"${abscissa}"`, ...curves.map(({ label }) => heading(label))].join(','), ...lines].join('\n')}\n`;
}
