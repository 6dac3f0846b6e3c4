// Script time of the viewer's and the plots' loops, without a browser.
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-bench-'));
const source = `
  export { pick } from './webview/viewer/picking';
  export { findBonds } from './webview/viewer/bonds';
  export { bin } from './webview/plots/density';
  export { worstRows } from './webview/plots/parity-rows';
`;
const outfile = path.join(folder, 'loops.mjs');
await build({
  stdin: { contents: source, resolveDir: root },
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile,
  logLevel: 'error',
});
const { pick, findBonds, bin, worstRows } = await import(outfile);
rmSync(folder, { recursive: true });

const measure = (name, run, repeats = 15) => {
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  console.log(`${name.padEnd(34)} ${times[Math.floor(repeats / 2)].toFixed(2)} ms (median of ${repeats})`);
};

for (const count of [1e5, 1e6]) {
  const side = Math.cbrt(count) * 2.5;
  const positions = Float32Array.from({ length: 3 * count }, () => Math.random() * side);
  const radii = new Float32Array(count).fill(0.5);
  measure(`pick among ${count} atoms`, () =>
    pick({ origin: [side / 2, side / 2, 2 * side], direction: [0, 0, -1] }, positions, radii, count),
  );
  const reference = Float64Array.from({ length: count }, () => Math.random());
  const predicted = reference.map((x) => x + 0.05 * Math.random());
  const set = new Uint8Array(count);
  const scale = { offset: 0, scale: 200 };
  measure(`bin ${count} parity points`, () =>
    bin(count, reference, predicted, set, [true, true], scale, scale, 210, 210),
  );
  measure(`worst 1000 of ${count} rows`, () =>
    worstRows({ count, reference, predicted, set }, { train: true, test: true }, 1000),
  );
}
const count = 20_000;
const side = Math.cbrt(count / 0.1);
const positions = Float32Array.from({ length: 3 * count }, () => Math.random() * side);
const numbers = Uint8Array.from({ length: count }, (_, k) => (k % 3 === 0 ? 8 : 1));
const cell = Float64Array.of(side, 0, 0, 0, side, 0, 0, 0, side);
measure(`bonds of ${count} atoms, periodic`, () =>
  findBonds({ numbers, positions, cell, periodic: [true, true, true] }),
);
