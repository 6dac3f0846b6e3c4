/** Which runs have predicted the structures of a data file, and what. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeParity } from '../../protocol/parity';
import type { Predictions, Predictor } from '../../protocol/panels';
import type { Context } from '../context';
import { titleOf, type Run } from '../jobs/runs';
import { RunData } from './run-data';

/** The newest ones are offered. */
const MAXIMUM_PREDICTORS = 20;

/** Files stand in a run as absolute paths, or relative to its definition. */
const resolveIn = (run: Run, file: string): string => path.resolve(path.dirname(run.definition), file);

/** Real paths of the data of runs: asked whenever any run has changed, by each viewer, while those of a finished run stay. */
const realPaths = new WeakMap<Run['manifest'], readonly string[]>();

function recordOf(context: Context, run: Run, file: string): Run['manifest']['data'][number] | undefined {
  const { manifest } = run;
  let files = realPaths.get(manifest);
  if (files === undefined) {
    files = manifest.data.map((entry) => context.pointing.realPath(resolveIn(run, entry.file)));
    realPaths.set(manifest, files);
  }
  const index = files.indexOf(file);
  return index < 0 ? undefined : manifest.data[index];
}

/** Finished trainings and evaluations that have read this file, newest first. */
export function predictorsOf(context: Context, file: string): Predictor[] {
  const real = context.pointing.realPath(file);
  const predictors: Predictor[] = [];
  for (const run of context.runs.all) {
    const { kind } = run.manifest;
    if (run.state !== 'finished' || (kind !== 'train' && kind !== 'evaluate')) continue;
    if (recordOf(context, run, real) === undefined) continue;
    predictors.push({ folder: run.folder, title: titleOf(run) });
    if (predictors.length === MAXIMUM_PREDICTORS) break;
  }
  return predictors;
}

/**
 * What such a run has predicted.
 *
 * @throws Error if it is gone or unreadable, or if the file is no longer what it has read
 */
export async function readPredictions(context: Context, file: string, folder: string): Promise<Predictions> {
  const run = context.runs.get(folder);
  const real = context.pointing.realPath(file);
  const record = run && recordOf(context, run, real);
  if (run === undefined || record === undefined) throw new Error('This run is not there any more.');
  await new RunData(
    context.data,
    () => record,
    () => undefined,
  ).verify(file);
  const bytes = new Uint8Array(await readFile(path.join(folder, 'parity.bin')));
  const files = decodeParity(bytes)?.files ?? [];
  const number = files.findIndex((each) => context.pointing.realPath(resolveIn(run, each)) === real);
  if (number < 0) throw new Error(`${titleOf(run)} has predicted no structure of this file.`);
  return { bytes, file: number };
}
