// Large trajectories through the real panel: VS Code with the extension in Chromium, all on this machine, drawn in software.
// From the click on “Open Trajectory” in the explorer to the first frame that is painted, then scrubbing to random frames, and
// the memory of the extension host (which holds the thread that reads) before, at its height and growth. Nothing is
// subtracted. Budgets: first frame within 1 s, and 300 MB. The files are written to a temporary folder, so that they are
// in the memory of the operating system.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { build as buildExtension, installVsCode } from '../../scripts/prepare.mjs';
import { projectRoot, withFolder, withVsCode } from '../../scripts/vscode-web.mjs';

/** Times that a file is opened, each in a VS Code that was just started. */
const OPENINGS = 3;
const SCRUBBED = 60;

/** The extension host of a server: a process below it. */
function extensionHost(server) {
  const statOf = (pid) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) . /, '')
      .split(' ');
  const below = (pid) => {
    for (let at = pid; at > 1; at = Number(statOf(at)[0])) if (at === server.child.pid) return true;
    return false;
  };
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const pid = Number(name);
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=extensionHost') && below(pid)) return pid;
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error('there is no extension host');
}

/** Megabytes: in memory now, and at its height. */
function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (key) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  return { now: megabytes('VmRSS'), height: megabytes('VmHWM') };
}

/** In every page: when the picture of which frame was finished. Reading a pixel waits until all before it is drawn. */
function notePaintings() {
  window.painted = undefined;
  new PerformanceObserver((list) => {
    const frame = list.getEntries().findLast(({ name }) => name === 'nearsight-frame')?.detail;
    if (frame === undefined) return;
    requestAnimationFrame(() => {
      const context = document.querySelector('.viewer-canvas').getContext('webgl2');
      context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
      window.painted = { frame, at: Date.now() };
    });
  }).observe({ type: 'mark', buffered: true });
}

async function firstPainting(page, milliseconds = 60_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    for (const frame of page.frames()) {
      const painted = await frame.evaluate(() => window.painted).catch(() => undefined);
      if (painted !== undefined) return { frame, at: painted.at };
    }
    if (Date.now() > end) throw new Error('no frame was painted');
    // The page itself takes the time; who asks it often makes it slower.
    await page.waitForTimeout(100);
  }
}

/** Moves the slider to a frame, as a hand does; how long until it is painted. */
const scrub = (view, wanted) =>
  view.evaluate(
    (index) =>
      new Promise((resolve) => {
        const slider = document.querySelector('.timeline input[aria-label="Frame"]');
        const start = Date.now();
        slider.value = String(index);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        const look = () => (window.painted?.frame === index ? resolve(window.painted.at - start) : setTimeout(look, 1));
        look();
      }),
    wanted,
  );

const describe = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  return `median ${sorted[sorted.length >> 1]} ms, slowest ${sorted.at(-1)} ms`;
};

/** Opens a file in a VS Code of its own; how long until it is painted. With `frames` it is also scrubbed. */
const openInVsCode = (folder, name, frames) =>
  withVsCode('large-files', {}, async ({ server, open }) => {
    const page = await open({ folder });
    await page.context().addInitScript(notePaintings);
    const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
    await row.waitFor();
    // The window has come to rest; the extension is not active yet, as its editor was never opened.
    await page.waitForTimeout(5000);
    const host = extensionHost(server);
    const before = memory(host);
    await row.click({ button: 'right' });
    const entry = page.getByRole('menuitem', { name: 'Open Trajectory' });
    await entry.waitFor();
    // A menu takes no click in the moment in which it opens.
    await page.waitForTimeout(500);
    const start = Date.now();
    await entry.click();
    const { frame: view, at } = await firstPainting(page);
    if (frames === undefined) return at - start;

    const known = () =>
      view.evaluate(() => Number(document.querySelector('.timeline input[aria-label="Frame"]').max) + 1);
    let state = 1;
    const random = (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const meanwhile = [];
    let indexed = await known();
    for (; indexed < frames; indexed = await known()) meanwhile.push(await scrub(view, random(indexed - 1) + 1));
    console.log(`  all indexed        ${((Date.now() - start) / 1000).toFixed(1)} s after the click`);
    if (meanwhile.length > 0) console.log(`  scrubbing meanwhile ${meanwhile.length} frames: ${describe(meanwhile)}`);
    const afterwards = [];
    for (let k = 0; k < SCRUBBED; k++) afterwards.push(await scrub(view, random(frames)));
    console.log(`  scrubbing          ${SCRUBBED} random frames: ${describe(afterwards)}`);
    // The strip under the view takes the energies of all frames.
    await view.locator('.strip:not([hidden])').waitFor();
    const after = memory(host);
    console.log(
      `  extension host     ${before.now.toFixed(0)} MB before, ${after.now.toFixed(0)} MB after, ${after.height.toFixed(0)} MB at most ` +
        `(${(after.height - before.now).toFixed(0)} MB more than before)`,
    );
    return at - start;
  });

if (!installVsCode()) throw new Error('this benchmark needs Linux');
// What people install.
buildExtension('--minify');
await withFolder('large', async (folder) => {
  const library = path.join(folder, 'library.cjs');
  await build({
    entryPoints: [path.join(projectRoot, 'test/bench/lib/trajectory-file.ts')],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    outfile: library,
    logLevel: 'error',
  });
  const { LARGE, writeTrajectory } = await import(pathToFileURL(library).href);
  rmSync(library);
  for (const { name, atoms, countOf } of LARGE) {
    const file = path.join(folder, 'large.xyz');
    const { frames, bytes } = writeTrajectory(file, atoms, countOf);
    console.log(`${name}: ${frames} frames, ${(bytes / 1e6).toFixed(0)} MB`);
    const first = [];
    for (let k = 0; k < OPENINGS; k++)
      first.push(await openInVsCode(folder, 'large.xyz', k + 1 < OPENINGS ? undefined : frames));
    console.log(`  first frame        ${describe(first)}, fastest ${Math.min(...first)} ms after the click`);
    rmSync(file);
  }
});
