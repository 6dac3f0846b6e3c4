/**
 * Reading 200,000 atom lines of extended XYZ with forces: decoded by us, and by `split` and `parseFloat` in the same run.
 * Budget: 40 ms. Prints the fastest and the median of several rounds, in time of the processor, which other programs
 * disturb least; `npm run bench formats`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainContent } from '../../engine/formats/content';
import { createXyzFinder, decodeXyzFrame, formatXyzFrame } from '../../engine/formats/extended-xyz';
import type { Frame } from '../../engine/formats/frame';
import { indexFrames } from '../../engine/formats/frame-index';
import { createRandom } from '../../engine/random';

const ATOMS = 200_000;
const ROUNDS = 15;

function makeFrame(atoms: number, round: (x: number) => number, random: () => number): Frame {
  const values = (scale: number): Float64Array =>
    Float64Array.from({ length: 3 * atoms }, () => round(scale * random()));
  return {
    numbers: Uint8Array.from({ length: atoms }, (_, i) => [8, 1, 1][i % 3]),
    positions: values(100),
    cell: Float64Array.of(100, 0, 0, 0, 100, 0, 0, 0, 100),
    periodic: [true, true, true],
    columns: new Map([['forces', { type: 'R', width: 3, values: values(5) }]]),
    info: new Map<string, number | string>([
      ['energy', -76.123456],
      ['config_type', 'bulk water'],
    ]),
  };
}

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
    const buffers = frames.map((frame) => Buffer.from(frame));
    const all = Buffer.concat(buffers);
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
  rmSync(folder, { recursive: true });
}

void main();
