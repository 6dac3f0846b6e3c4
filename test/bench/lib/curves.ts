/** Curves of errors over time as an SVG picture: a column for each set of data, force errors above energy errors. */

export interface Curve {
  readonly name: string;
  /** CPU-s, meV/atom, meV/Å. */
  readonly points: readonly { readonly seconds: number; readonly energy: number; readonly force: number }[];
}

export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** Colours that people with any kind of colour vision can tell apart (Okabe and Ito). */
const COLORS = ['#0072b2', '#56b4e9', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#555555', '#8b3fb0'];
const [WIDTH, HEIGHT] = [250, 210];
const [LEFT, TOP, RIGHT, BOTTOM] = [52, 78, 14, 44];
/** Steps in a decade that get a label, and those where these are too few. */
const STEPS = [1, 2, 5];
const FINER_STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

export function drawCurves(panels: readonly Panel[]): string {
  const names = [...new Set(panels.flatMap(({ curves }) => curves.map(({ name }) => name)))];
  const colorOf = (name: string): string => COLORS[names.indexOf(name) % COLORS.length];
  const [width, height] = [panels.length * (WIDTH + LEFT) + RIGHT, TOP + 2 * HEIGHT + 2 * BOTTOM];
  const parts: string[] = [];
  let at = LEFT;
  let line = 20;
  for (const name of names) {
    if (at + 34 + 6.6 * name.length > width) [at, line] = [LEFT, line + 18];
    parts.push(
      `<line x1="${at}" y1="${line}" x2="${at + 22}" y2="${line}" stroke="${colorOf(name)}" stroke-width="2.5"/>`,
    );
    parts.push(`<text x="${at + 28}" y="${line + 4}">${name}</text>`);
    at += 60 + 6.6 * name.length;
  }
  panels.forEach(({ title, curves }, column) => {
    const x0 = LEFT + column * (WIDTH + LEFT);
    parts.push(`<text x="${x0 + (WIDTH - LEFT) / 2}" y="64" text-anchor="middle" font-weight="600">${title}</text>`);
    for (const [row, quantity] of (['force', 'energy'] as const).entries()) {
      const y0 = TOP + row * (HEIGHT + BOTTOM);
      const label = row === 0 ? 'test forces, meV/Å' : 'test energies, meV/atom';
      parts.push(
        ...drawPanel(curves, quantity, x0, y0, WIDTH - RIGHT, HEIGHT - 10, column === 0 ? label : '', colorOf),
      );
    }
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="${width}" height="${height}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function drawPanel(
  curves: readonly Curve[],
  quantity: 'energy' | 'force',
  x0: number,
  y0: number,
  width: number,
  height: number,
  label: string,
  colorOf: (name: string) => string,
): string[] {
  const points = curves.flatMap((curve) => curve.points);
  // The first epochs are far off and would flatten the rest.
  const values = points.map((point) => point[quantity]).sort((a, b) => a - b);
  const yRange = [0.9 * values[0], Math.min(values[values.length - 1], 30 * values[0])] as const;
  const times = points.map(({ seconds }) => seconds);
  const xRange = [0.95 * Math.min(...times), 1.05 * Math.max(...times)] as const;
  const scale = ([low, high]: readonly [number, number], value: number): number =>
    Math.log(value / low) / Math.log(high / low);
  const x = (seconds: number): number => x0 + width * scale(xRange, seconds);
  const y = (value: number): number => y0 + height * (1 - Math.min(1, scale(yRange, value)));
  const parts = [`<rect x="${x0}" y="${y0}" width="${width}" height="${height}" fill="none" stroke="#bbb"/>`];
  for (const tick of ticksIn(xRange)) {
    parts.push(
      `<line x1="${x(tick).toFixed(1)}" y1="${y0}" x2="${x(tick).toFixed(1)}" y2="${y0 + height}" stroke="#eee"/>`,
    );
    parts.push(`<text x="${x(tick).toFixed(1)}" y="${y0 + height + 16}" text-anchor="middle">${tick}</text>`);
  }
  for (const tick of ticksIn(yRange)) {
    parts.push(
      `<line x1="${x0}" y1="${y(tick).toFixed(1)}" x2="${x0 + width}" y2="${y(tick).toFixed(1)}" stroke="#eee"/>`,
    );
    parts.push(`<text x="${x0 - 5}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${tick}</text>`);
  }
  if (quantity === 'energy')
    parts.push(`<text x="${x0 + width / 2}" y="${y0 + height + 34}" text-anchor="middle">CPU-seconds</text>`);
  if (label !== '')
    parts.push(
      `<text transform="translate(${x0 - 38} ${y0 + height / 2}) rotate(-90)" text-anchor="middle">${label}</text>`,
    );
  for (const { name, points: own } of curves) {
    const path = own.map((point) => `${x(point.seconds).toFixed(1)},${y(point[quantity]).toFixed(1)}`);
    parts.push(
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colorOf(name)}" stroke-width="1.8" stroke-linejoin="round"/>`,
    );
  }
  return parts;
}

function ticksIn([low, high]: readonly [number, number], steps = STEPS): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
    for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(2)));
  const inside = ticks.filter((tick) => tick >= low && tick <= high);
  return inside.length < 2 && steps === STEPS ? ticksIn([low, high], FINER_STEPS) : inside;
}
