// Parity of 10⁶ points in a real browser: `node test/bench/plots.mjs`. Script time of drawing, of a hit test, of a lasso, and
// of drawing with what the browser's rasteriser needs (a read-back of one pixel waits for it).
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../../scripts/vscode-web.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { outputFiles } = await build({
  stdin: {
    contents: `
      export { createParityPlot } from './webview/plots/parity-plot';
      export { indexPoints } from './webview/plots/point-index';
      export { pointsWithin } from './webview/plots/region';
      export { countErrors } from './webview/plots/error-histogram';
    `,
    resolveDir: root,
  },
  bundle: true,
  format: 'iife',
  globalName: 'plots',
  write: false,
  logLevel: 'error',
});
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
await page.setContent(
  '<style>.parity-stage{position:relative;width:440px;height:440px}.plot-layer{position:absolute;inset:0}</style><body class="vscode-dark"></body>',
);
await page.addScriptTag({ content: outputFiles[0].text });
const figures = await page.evaluate(async () => {
  const { createParityPlot, indexPoints, pointsWithin, countErrors } = window.plots;
  const count = 1_000_000;
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  // Forces as they are: most small, a few large, errors of 5 %.
  const reference = Float64Array.from({ length: count }, () => normal() * Math.exp(normal()));
  const predicted = reference.map((value) => value + 0.05 * normal() * (1 + Math.abs(value)));
  const set = Uint8Array.from({ length: count }, () => (uniform() < 0.8 ? 0 : 1));
  const rows = {
    quantity: 'force',
    count,
    reference,
    predicted,
    structure: new Int32Array(count),
    set,
    error: predicted.map((value, row) => value - reference[row]),
    absent: 0,
    groups: ['train', 'test', 'validation'],
    group: set,
    statistics: [null, null, null],
  };
  const best = (repeats, run) => {
    let least = Infinity;
    for (let k = 0; k < repeats; k++) {
      const start = performance.now();
      run(k);
      least = Math.min(least, performance.now() - start);
    }
    return least;
  };
  const visible = [true, true, true];
  const plot = createParityPlot({
    quantity: 'force',
    visible,
    view: 'parity',
    tool: 'pan',
    onChoose: () => undefined,
    onSelect: () => undefined,
    describe: () => [],
  });
  document.body.append(plot.element);
  plot.setRows(rows);
  const [base] = plot.element.querySelectorAll('canvas');
  const callbacks = [];
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    request((now) => {
      const start = performance.now();
      callback(now);
      const script = performance.now() - start;
      base.getContext('2d').getImageData(0, 0, 1, 1);
      callbacks.push({ script, painted: performance.now() - start });
    });
  const draws = [];
  for (let k = 0; k < 12; k++) {
    callbacks.length = 0;
    plot.setVisible(visible);
    await new Promise((resolve) => request(() => request(resolve)));
    draws.push(...callbacks);
  }
  const shown = [true, true, true];
  const start = performance.now();
  const index = indexPoints(reference, predicted, set, 3);
  const built = performance.now() - start;
  // Everywhere in the plot, at three zooms.
  const hits = [];
  for (const zoom of [1, 8, 64])
    for (let i = 0; i <= 20; i++)
      for (let j = 0; j <= 20; j++) {
        const [x, y] = [(i - 10) / zoom, (j - 10) / zoom];
        hits.push(best(3, () => index.nearest(x, y, 20 * zoom, 20 * zoom, 9, shown)));
      }
  const corners = 200;
  const lasso = Array.from({ length: corners }, (_, k) => {
    const angle = (2 * Math.PI * k) / corners;
    const radius = 2 + Math.sin(9 * angle);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }).flat();
  let selected = 0;
  const select = best(5, () => (selected = pointsWithin(lasso, reference, predicted, set, shown).length));
  return {
    script: Math.min(...draws.map((each) => each.script)),
    painted: Math.min(...draws.map((each) => each.painted)),
    longest: Math.max(...draws.map((each) => each.painted)),
    built,
    hit: Math.max(...hits),
    meanHit: hits.reduce((sum, each) => sum + each, 0) / hits.length,
    select,
    selected,
    histogram: best(3, () => countErrors(rows)),
  };
});
await browser.close();
const ms = (value) => `${value.toFixed(2)} ms`;
console.log('parity of 1,000,000 points');
console.log(
  `  draw               ${ms(figures.script)} script, ${ms(figures.painted)} painted (best of 12; longest ${ms(figures.longest)})`,
);
console.log(`  index, once        ${ms(figures.built)}`);
console.log(
  `  hit test           ${ms(figures.hit)} at worst, ${ms(figures.meanHit)} on average (1323 places, best of 3)`,
);
console.log(`  lasso of 200 edges ${ms(figures.select)} (${figures.selected} points)`);
console.log(`  histogram          ${ms(figures.histogram)}`);
