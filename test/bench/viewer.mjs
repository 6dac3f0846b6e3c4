// The trajectory viewer in headless Chromium, with software rendering: how long its scripts take for a frame of many
// atoms (what comes from the message to the buffers of the graphics card; not what the card then does), and for picking.
import { startPages } from '../e2e/webview-page.mjs';

// Software rendering of a million atoms takes seconds a picture.
const SIZES = [
  { copies: 30, frames: 24 },
  { copies: 63, frames: 7 },
];
const pages = await startPages();
for (const { copies, frames } of SIZES) {
  const { page, close } = await pages.open('trajectory', {
    file: 'al_qe_lda.xyz',
    width: 700,
    height: 560,
    // Before the page's own scripts: whatever they do for a message or a picture is timed.
    before: () => {
      window.spent = { message: 0, picture: 0 };
      const timed = (kind, callback) =>
        function (...rest) {
          const start = performance.now();
          try {
            return callback.apply(this, rest);
          } finally {
            window.spent[kind] += performance.now() - start;
          }
        };
      const request = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (callback) => request(timed('picture', callback));
      const listen = window.addEventListener.bind(window);
      window.addEventListener = (type, callback, ...rest) =>
        listen(type, type === 'message' ? timed('message', callback) : callback, ...rest);
    },
  });
  const result = await page.evaluate(
    async ({ copies, frames }) => {
      const { host } = window;
      const big = host.repeat(host.frames[0], copies);
      host.frames = Array.from({ length: frames }, (_, k) => ({
        ...big,
        columns: {},
        positions: big.positions.map((x) => x + 0.01 * k),
      }));
      const drawn = (frame) =>
        new Promise((resolve) => {
          const look = () =>
            host.received.findLast((each) => each.method === 'drawn')?.parameters.frame === frame
              ? resolve()
              : setTimeout(look, 5);
          look();
        });
      const key = (name) => document.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
      const start = performance.now();
      host.notify('trajectory', { name: 'al.xyz', path: '/data/al.xyz', frames, complete: true });
      await drawn(0);
      const first = performance.now() - start;
      const times = [];
      for (let frame = 1; frame < frames; frame++) {
        window.spent.message = window.spent.picture = 0;
        key('ArrowRight');
        await drawn(frame);
        times.push(window.spent.message + window.spent.picture);
      }
      return { atoms: big.numbers.length, first, times };
    },
    { copies, frames },
  );
  const sorted = result.times.toSorted((a, b) => a - b);
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
    `${String(result.atoms).padStart(8)} atoms: first picture ${result.first.toFixed(0)} ms; script of a frame ` +
      `median ${sorted[Math.floor(sorted.length / 2)].toFixed(1)}, fastest ${sorted[0].toFixed(1)}, slowest ${sorted.at(-1).toFixed(1)} ms; ` +
      `click to selection ${picks.milliseconds.toFixed(1)} ms (${picks.told.trim().slice(0, 12)})`,
  );
  await close();
}
await pages.stop();
