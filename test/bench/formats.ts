/**
 * `npm run bench formats`, two parts:
 *
 * Reading 200,000 atom lines of extended XYZ with forces: decoded by us, and by `split` and `parseFloat` in the same run.
 * Budget: 40 ms. Prints the fastest and the median of several rounds, in time of the processor, which other programs
 * disturb least. The same lines as a dump of LAMMPS with its atoms in any order.
 *
 * Opening trajectories of 1 GB and of 10,000 atoms × 1,000 frames, written into a temporary folder: a process of its own
 * asks the data worker as the editor does. Budgets: first frame within 1 s, and while the rest is still looked through any
 * frame can be asked for; 300 MB of memory. In wall time.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainContent } from '../../engine/formats/content';
import { createXyzFinder, decodeXyzFrame, formatXyzFrame } from '../../engine/formats/extended-xyz';
import { indexFrames } from '../../engine/formats/frame-index';
import { decodeDumpFrame } from '../../engine/formats/lammps-dump';
import { NO_CONVERSION } from '../../engine/formats/n2p2-data';
import { createRandom } from '../../engine/random';
import { createDataClient } from '../../protocol/data-client';
import { LARGE, makeFrame, writeTrajectory } from './lib/trajectory-file';

const ATOMS = 200_000;
const ROUNDS = 15;

/** What one would write first. */
function readNaively(text: string): { positions: number[]; forces: number[]; species: string[] } {
  const lines = text.split('\n');
  const positions: number[] = [];
  const forces: number[] = [];
  const species: string[] = [];
  for (let at = 0; at + 2 < lines.length;) {
    const count = parseInt(lines[at], 10);
    for (let i = at + 2; i < at + 2 + count; i++) {
      const words = lines[i].trim().split(/\s+/);
      species.push(words[0]);
      for (let k = 1; k < 4; k++) positions.push(parseFloat(words[k]));
      for (let k = 4; k < 7; k++) forces.push(parseFloat(words[k]));
    }
    at += 2 + count;
  }
  return { positions, forces, species };
}

function measure(work: () => void): string {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return `fastest ${times[0].toFixed(1)} ms, median ${times[ROUNDS >> 1].toFixed(1)} ms`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nearsight-bench-'));
  const random = createRandom(1, 'bench');
  const cases: [string, number, (x: number) => number][] = [
    ['one frame, 8 decimals', ATOMS, (x) => Number(x.toFixed(8))],
    ['one frame, all digits', ATOMS, (x) => x],
    ['200 atoms a frame, 8 decimals', 200, (x) => Number(x.toFixed(8))],
    ['9 atoms a frame, 8 decimals', 9, (x) => Number(x.toFixed(8))],
  ];
  for (const [name, atoms, round] of cases) {
    const frames = Array.from({ length: Math.ceil(ATOMS / atoms) }, () =>
      formatXyzFrame(
        makeFrame(atoms, round, () => random.uniform()),
        'exact',
      ),
    );
    const all = Buffer.from(frames.join(''));
    // Parts of one buffer, as whoever reads a file has them.
    let at = 0;
    const buffers = frames.map((frame) => all.subarray(at, (at += frame.length)));
    const lines = frames.length * atoms;
    console.log(`${name}: ${lines} atom lines, ${(all.length / 1e6).toFixed(1)} MB`);
    const decode = measure(() => {
      for (const bytes of buffers) if (!decodeXyzFrame(bytes, 'x', 1).ok) throw new Error('the frame is right');
    });
    console.log(`  decoded            ${decode}`);
    console.log(`  split, parseFloat  ${measure(() => void readNaively(all.toString('latin1')))}`);
    const file = join(folder, 'bench.xyz');
    writeFileSync(file, all);
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      await indexFrames(plainContent(file), createXyzFinder);
      times.push(performance.now() - start);
    }
    const fastest = Math.min(...times);
    console.log(
      `  indexed            fastest ${fastest.toFixed(1)} ms, ${(all.length / 1e3 / fastest).toFixed(0)} MB/s`,
    );
  }
  readDump(random);
  try {
    openTrajectories(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The atoms of a dump, in an order that isn't that of their ids. */
function readDump(random: ReturnType<typeof createRandom>): void {
  const ids = Array.from({ length: ATOMS }, (_, i) => i + 1);
  for (let i = ATOMS - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [ids[i], ids[j]] = [ids[j], ids[i]];
  }
  const value = (): string => (9 * random.uniform()).toFixed(6);
  const rows = ids.map((id) => `${id} 1 ${'OHH'[id % 3]} ${Array.from({ length: 6 }, value).join(' ')}\n`);
  const box = '0 9\n'.repeat(3);
  const head = `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n${ATOMS}\nITEM: BOX BOUNDS pp pp pp\n${box}`;
  const bytes = Buffer.from(`${head}ITEM: ATOMS id type element x y z fx fy fz\n${rows.join('')}`);
  const decode = measure(() => {
    if (!decodeDumpFrame(bytes, 'x', 1, undefined, NO_CONVERSION).ok) throw new Error('the frame is right');
  });
  console.log(`LAMMPS dump, one frame, ids in any order: ${ATOMS} atom lines, ${(bytes.length / 1e6).toFixed(1)} MB`);
  console.log(`  decoded            ${decode}`);
}

function openTrajectories(folder: string): void {
  const cases = [
    ...LARGE.map((each) => ({ ...each, packed: false })),
    { name: '10,000 atoms × 100 frames, gzip', atoms: 10_000, countOf: () => 100, packed: true },
  ];
  for (const { name, atoms, countOf, packed } of cases) {
    const file = join(folder, packed ? 'large.xyz.gz' : 'large.xyz');
    const { frames, bytes } = writeTrajectory(file, atoms, countOf, packed);
    console.log(`${name}: ${frames} frames, ${(bytes / 1e6).toFixed(0)} MB of text`);
    execFileSync(process.execPath, [__filename, 'open', file, String(frames)], { stdio: 'inherit' });
    rmSync(file);
  }
}

/** What the editor does with a file: first frame, any frames while it is looked through, any frames afterwards. */
async function openLikeTheEditor(file: string, frames: number): Promise<void> {
  const client = createDataClient(join(__dirname, 'data-worker.js'));
  const random = createRandom(1, 'scrub');
  const start = performance.now();
  await client.request('index', { path: file });
  const first = await client.request('frame', { path: file, index: 0 });
  const firstAfter = performance.now() - start;

  const ask = async (limit: number): Promise<number> => {
    const asked = performance.now();
    await client.request('frame', { path: file, index: Math.floor(random.uniform() * limit) });
    return performance.now() - asked;
  };
  const during: number[] = [];
  const indexed = (async (): Promise<number> => {
    for (let known = 0; ;) {
      const { complete, frames: now } = await client.request('index', { path: file });
      if (complete) return performance.now() - start;
      known = Math.max(now, 1);
      during.push(await ask(known));
    }
  })();
  // Frames that the look hasn't come to yet.
  const ahead = await ask(frames);
  const indexedAfter = await indexed;
  const afterwards: number[] = [];
  for (let k = 0; k < 200; k++) afterwards.push(await ask(frames));
  client.dispose();
  const describe = (times: number[]): string => {
    times.sort((a, b) => a - b);
    return `median ${(times.at(times.length >> 1) ?? 0).toFixed(1)} ms, slowest ${(times.at(-1) ?? 0).toFixed(1)} ms`;
  };
  console.log(`  first frame        after ${firstAfter.toFixed(0)} ms (${first.numbers.length} atoms)`);
  console.log(
    `  meanwhile          ${during.length} known frames: ${describe(during)}; any frame: ${ahead.toFixed(0)} ms`,
  );
  console.log(`  all indexed        after ${(indexedAfter / 1000).toFixed(2)} s`);
  console.log(`  afterwards         ${afterwards.length} frames: ${describe(afterwards)}`);
  console.log(`  memory             ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`);
}

if (process.argv[2] === 'open') void openLikeTheEditor(process.argv[3], Number(process.argv[4]));
else void main();
