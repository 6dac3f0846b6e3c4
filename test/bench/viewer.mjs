// The trajectory viewer in headless Chromium, with software rendering: how long its scripts take for a frame of many atoms
// (from the message to the buffers of the graphics card; not what the card then does), as the browser's profiler tells it,
// and for picking. A frame is asked for when the picture of the one before is finished: what draws in software takes the
// processors from the scripts, as no graphics card does.
import { startPages } from '../e2e/webview-page.mjs';

// Software rendering of a million atoms takes seconds a picture.
const SIZES = [
  { copies: 30, frames: 24 },
  { copies: 63, frames: 9 },
];

const statistics = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  const format = (x) => x.toFixed(1);
  return `median ${format(sorted[Math.floor(sorted.length / 2)])}, fastest ${format(sorted[0])}, slowest ${format(sorted.at(-1))} ms`;
};

/**
 * Milliseconds of script by drawn frame: the panel's functions, what follows a message, and the collection of garbage.
 * `dur` is the time on the clock, `tdur` that of the thread.
 */
function scriptsOf(events, field) {
  const marks = events.filter(({ name }) => name === 'nearsight-frame').sort((a, b) => a.ts - b.ts);
  const { pid, tid } = marks[0];
  const outermost = { end: -Infinity };
  const frames = marks.map(() => 0);
  const scripts = events
    .filter((event) => event.ph === 'X' && event.pid === pid && event.tid === tid)
    .filter(({ name, args }) =>
      name === 'FunctionCall'
        ? args.data?.url?.endsWith('/webview.js')
        : /^(HandlePostMessage|MajorGC|MinorGC)$/.test(name),
    )
    .sort((a, b) => a.ts - b.ts);
  for (const event of scripts) {
    if (event.ts < outermost.end) continue;
    outermost.end = event.ts + event.dur;
    // The mark is set within the script that draws.
    const frame = marks.findIndex(({ ts }) => ts >= event.ts);
    if (frame >= 0) frames[frame] += event[field] / 1000;
  }
  return frames.slice(1);
}

const pages = await startPages();
for (const { copies, frames } of SIZES) {
  const { page, close } = await pages.open('trajectory', { file: 'al_qe_lda.xyz', width: 700, height: 560 });
  const devtools = await page.context().newCDPSession(page);
  const events = [];
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const result = await page.evaluate(
    async ({ copies, frames }) => {
      const { host } = window;
      const big = host.repeat(host.frames[0], copies);
      // Each is shown once, and its buffers are the viewer's then, as in the editor.
      host.givesAway = true;
      host.frames = Array.from({ length: frames }, (_, k) => ({
        ...big,
        numbers: big.numbers.slice(),
        cell: big.cell.slice(),
        columns: {},
        positions: big.positions.map((x) => x + 0.01 * k),
      }));
      window.drawn = (frame) =>
        new Promise((resolve) => {
          const look = () =>
            host.received.findLast((each) => each.method === 'drawn')?.parameters.frame === frame
              ? resolve()
              : setTimeout(look, 20);
          look();
        });
      // To read a pixel waits until all that was asked for is drawn.
      window.finish = () => {
        const context = document.querySelector('.viewer-canvas').getContext('webgl2');
        context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
      };
      const start = performance.now();
      host.notify('trajectory', { name: 'al.xyz', path: '/data/al.xyz', frames, complete: true });
      await window.drawn(0);
      return { atoms: big.numbers.length, first: performance.now() - start };
    },
    { copies, frames },
  );
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'v8', 'blink.user_timing'] },
  });
  for (let frame = 1; frame < frames; frame++) {
    await page.evaluate(() => window.finish());
    await page.keyboard.press('ArrowRight');
    await page.evaluate((wanted) => window.drawn(wanted), frame);
  }
  const traced = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
  await devtools.send('Tracing.end');
  await traced;
  const picks = await page.evaluate(async () => {
    const canvas = document.querySelector('.viewer-canvas');
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const times = [];
    for (let k = 0; k < 9; k++) {
      const at = { clientX: left + width / 2 + k, clientY: top + height / 2, pointerId: 1, bubbles: true };
      canvas.setPointerCapture = () => undefined;
      canvas.dispatchEvent(new PointerEvent('pointerdown', at));
      const start = performance.now();
      canvas.dispatchEvent(new PointerEvent('pointerup', at));
      times.push(performance.now() - start);
    }
    return {
      milliseconds: times.toSorted((a, b) => a - b)[4],
      told: document.querySelector('.viewer-measurement').textContent,
    };
  });
  console.log(
    `${String(result.atoms).padStart(8)} atoms: first picture ${result.first.toFixed(0)} ms; ` +
      `script of a frame ${statistics(scriptsOf(events, 'dur'))} (of the thread ${statistics(scriptsOf(events, 'tdur'))}); ` +
      `click to selection ${picks.milliseconds.toFixed(1)} ms (${picks.told.trim().slice(0, 12)})`,
  );
  await close();
}
await pages.stop();
