/**
 * The survey worker: a thread that looks into the data that definitions name, for the language server. Nothing in it is
 * in anybody's way, and it keeps little: samples of a few datasets, so that an edit of a symmetry function does not read
 * files again. Protocol: `SurveySide` over a `Channel`; a failure is answered by the message `file:line:col code text`.
 */
import { stat } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { findOutside } from '../../engine/descriptors/extrapolation';
import { readStructure } from '../../engine/formats/dataset';
import { openFrames } from '../../engine/formats/frames';
import { readRanges } from '../../engine/formats/potential-ranges';
import type { Structure } from '../../engine/structure/structure';
import type { DataFacts } from '../../language/check/facts';
import type { Nothing } from '../../protocol/data-sides';
import { Channel, type Handlers } from '../../protocol/messages';
import { describe, type Result } from '../../protocol/result';
import { findingsOf } from './findings';
import { labelSets, writeScaling } from './n2p2-files';
import { frameAt, reportOn } from './reports';
import type { SurveyQuestion, SurveySide } from './requests';
import { surveySample } from './survey';

/** How much of the data is looked at closely: evenly chosen structures, as long as their atoms are not too many. */
const SAMPLED_STRUCTURES = 64;
const SAMPLED_ATOMS = 4000;
const MAXIMUM_SAMPLES = 4;

interface Sample {
  readonly structures: readonly Structure[];
  readonly of: number;
}

/** By files, their sizes and times; in order of use, the latest last. */
const samples = new Map<string, Sample>();

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(describe).join('\n'));
}

async function sampleOf({ files, length }: SurveyQuestion, signal: AbortSignal): Promise<Sample> {
  const stamps = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return `${file} ${size} ${mtimeMs}`;
    }),
  );
  const key = [length, ...stamps].join('\n');
  const sample = samples.get(key) ?? (await takeSample(files, length, signal));
  samples.delete(key);
  samples.set(key, sample);
  for (const oldest of samples.keys()) if (samples.size > MAXIMUM_SAMPLES) samples.delete(oldest);
  return sample;
}

async function takeSample(files: readonly string[], length: number, signal: AbortSignal): Promise<Sample> {
  const sources = [];
  try {
    for (const file of files) sources.push(valueOf(await openFrames(file, { signal })));
    const of = sources.reduce((sum, { count }) => sum + count, 0);
    const wanted = Math.min(SAMPLED_STRUCTURES, of);
    const structures: Structure[] = [];
    let atoms = 0;
    // In an order in which any beginning is spread over the whole: every fourth, then those between.
    const turns = Array.from({ length: wanted }, (_, k) => k).sort((a, b) => (a % 4) - (b % 4) || a - b);
    for (const turn of turns) {
      signal.throwIfAborted();
      let frame = Math.floor(((turn + 0.5) * of) / wanted);
      const source = sources.find(({ count }) => frame < count || ((frame -= count), false));
      const read = await source?.read(frame);
      // What is wrong with a frame, others say.
      if (source === undefined || read?.ok !== true || read.value.numbers.includes(0)) continue;
      const { numbers, positions, cell, periodic } = read.value;
      atoms += numbers.length;
      if (atoms > SAMPLED_ATOMS && structures.length > 0) break;
      const factor = source.unitless ? length : 1;
      structures.push({
        numbers,
        positions: positions.map((x) => x * factor),
        periodic,
        ...(cell !== undefined && { cell: cell.map((x) => x * factor) }),
      });
    }
    return { structures, of };
  } finally {
    for (const source of sources) await source.dispose();
  }
}

/** Of a file without a frame that can be read. */
const NOTHING: DataFacts = {
  frames: 0,
  atoms: { minimum: 0, maximum: 0, total: 0 },
  elements: {},
  keys: {},
  columns: {},
  words: {},
};

const handlers: Handlers<SurveySide>['requests'] = {
  summary: async ({ file }, signal) => {
    const opened = await openFrames(file, { signal });
    if (!opened.ok) return { ...NOTHING, problems: opened.problems };
    try {
      const summary = await opened.value.inspect(signal);
      return summary.ok ? summary.value : { ...NOTHING, problems: summary.problems };
    } finally {
      await opened.value.dispose();
    }
  },
  findings: findingsOf,
  writeScaling,
  labelSets,
  outside: async ({ potential, units, structure, frame }) => {
    const ranges = readRanges(potential, units);
    const read = ranges === undefined ? undefined : await readStructure(structure, frame);
    return ranges !== undefined && read?.ok === true ? (findOutside(read.value, ranges) ?? null) : null;
  },
  report: reportOn,
  frameAt: ({ document, line, picture }, signal) => frameAt(document, line, signal, picture),
  survey: async (question, signal) => {
    const { structures, of } = await sampleOf(question, signal);
    if (structures.length === 0) throw new Error('no structure can be read');
    return surveySample(structures, of, question, signal);
  },
};

const port = parentPort;
if (port !== null) {
  const channel = new Channel<SurveySide, Nothing>((message) => port.postMessage(message), {
    requests: handlers,
    notifications: {},
  });
  port.on('message', (message: unknown) => channel.receive(message));
}
