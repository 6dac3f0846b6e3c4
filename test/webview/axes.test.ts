/** Marks of axes: as many as have room for their numbers. */
import { expect, test } from 'vitest';
import { drawAxes } from '../../webview/plots/axes';
import { drawSvg } from '../../webview/plots/svg';
import type { Theme } from '../../webview/theme';

const theme: Theme = {
  dark: false,
  highContrast: false,
  background: '#fff',
  foreground: '#000',
  muted: '#666',
  grid: '#ccc',
  border: '#ccc',
  focus: '#00f',
  series: ['#00f'],
  warning: '#f00',
  font: 'sans-serif',
};

/** The numbers of both axes over [low, high], on a square of so many pixels. */
function numbersOf(low: number, high: number, pixels: number): { across: string[]; upwards: string[] } {
  const axis = { low, high, label: '' };
  const frame = { left: 50, top: 10, width: pixels, height: pixels };
  const svg = drawSvg(pixels + 60, pixels + 60, '#fff', (pen) => drawAxes(pen, theme, frame, { x: axis, y: axis }));
  const texts = [...svg.matchAll(/<text([^>]*)>([^<]*)<\/text>/g)].filter(([, , text]) => text !== '');
  const anchored = (at: string): string[] =>
    texts.filter(([, attributes]) => attributes.includes(`text-anchor="${at}"`)).map(([, , text]) => text);
  return { across: anchored('middle'), upwards: anchored('end') };
}

test('both axes of a parity plot have numbers, at the same values where there is room', () => {
  const numbers = ['−4', '−2', '0', '2', '4'];
  expect(numbersOf(-4.4, 4.9, 234)).toEqual({ across: numbers, upwards: numbers });
});

test('long numbers don’t touch', () => {
  for (const pixels of [150, 180, 234, 400, 900]) {
    const { across } = numbersOf(-34.4512, -34.3307, pixels);
    expect(across.length, `${pixels} pixels`).toBeGreaterThanOrEqual(2);
    // A digit is 7 pixels wide.
    expect((across.length - 1) * 7 * across[0].length, `${pixels} pixels`).toBeLessThan(pixels);
  }
});
