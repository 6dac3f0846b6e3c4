/**
 * What the backends of training cost: processor seconds per epoch (loss and gradient of all training structures in batches
 * of eight, and an update each) with our own code and with TensorFlow.js, for the ethanol example and for mlearn's Si, with
 * its network and with much larger ones. Epochs alternate, the fastest of each backend counts.
 * Run with `npm run bench tensorflow`.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadDataset } from '../../engine/formats/dataset';
import type { BackendProvider } from '../../engine/training/backend';
import { createKernelBackend } from '../../engine/training/kernels';
import { createTensorFlowBackend } from '../../engine/training/tensorflow/backend';
import { loadTensorFlow, type Device } from '../../engine/training/tensorflow/load';
import { runEpoch } from '../../engine/training/epochs';
import { createTraining } from '../../engine/training/prepare';
import type { Training } from '../../engine/training/training';
import { optimizerDefinition } from '../../language/definition/training-assembly';
import { check } from '../../language/check/check';
import { parse } from '../../language/syntax/parser';
import { unwrap } from '../unit/training/samples';
import { processorSeconds } from './lib/time';

const data = process.env.NEARSIGHT_DATA ?? resolve('../shared/data');
const REPEATS = 3;

/** The descriptors of mlearn's input.nn for Si, its 24-24 network. */
const silicon = (hidden: string): string => `
potential si {
  elements = [Si]
  cutoff = 10.3934937 bohr
  cutoff_function = cos
  radial { eta = [0.01, 0.02, 0.05] 1/bohr^2; shift = 7.5589045 bohr }
  angular { kind = narrow; eta = [0.01, 0.02, 0.05] 1/bohr^2; lambda = [-1, 1]; zeta = [1, 2, 4, 16] }
  network { hidden = ${hidden} }
}
dataset mlearn { files = ["train.xyz"]; test = 0 }
train si { potential = si; dataset = mlearn }`;

async function prepare(text: string, folder: string, backend: BackendProvider): Promise<Training> {
  const { definition } = check(parse(text));
  const [potential] = definition.potentials.values();
  const [dataset] = definition.datasets.values();
  const action = definition.actions.find((one) => one.kind === 'train');
  if (action === undefined) throw new Error('There is nothing to train.');
  const { structures, set } = unwrap(await loadDataset(dataset, folder));
  const options = { ...action.options, epochs: 100, batch_size: 8 };
  // Forces of test structures cost as much as those of a prediction in training; here only the training counts.
  const chosen = structures.filter((_, s) => set[s] === 0);
  const optimizer = optimizerDefinition('adam');
  const setup = {
    ...action,
    optimizer,
    options,
    potential,
    structures: chosen,
    set: new Uint8Array(chosen.length),
    backend,
  };
  return unwrap(await createTraining(setup));
}

async function measure(name: string, text: string, folder: string, devices: readonly Device[]): Promise<void> {
  const own = await prepare(text, folder, createKernelBackend());
  const atoms = own.setup.structures.reduce((sum, { numbers }) => sum + numbers.length, 0);
  console.log(
    `${name}: ${own.setup.structures.length} structures, ${atoms} atoms, ${own.problem.layout.count} parameters`,
  );
  const fastest = new Map<string, number>();
  const losses = new Map<string, number>();
  const epoch = async (training: Training): Promise<void> => {
    const started = processorSeconds();
    const { loss } = unwrap(await runEpoch(training));
    const seconds = processorSeconds() - started;
    const { name: backend } = training.backend;
    fastest.set(backend, Math.min(fastest.get(backend) ?? Infinity, seconds));
    losses.set(backend, loss.train);
  };
  for (const device of devices) {
    const loaded = unwrap(await loadTensorFlow({ from: [], device }));
    const training = await prepare(text, folder, createTensorFlowBackend(loaded));
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      await epoch(training);
      if (own.state.epoch < training.state.epoch) await epoch(own);
    }
  }
  for (const [backend, seconds] of fastest) {
    console.log(
      `  ${backend.padEnd(16)} ${seconds.toFixed(2).padStart(7)} s per epoch, ${((seconds / atoms) * 1e6).toFixed(1).padStart(6)} µs per atom; ` +
        `loss of epoch ${REPEATS} ${losses.get(backend)?.toPrecision(9)}`,
    );
  }
}

async function main(): Promise<void> {
  const ethanol = resolve('examples/ethanol');
  const example = readFileSync(join(ethanol, 'ethanol.potential'), 'utf8');
  const wide = example.replace(/network \{[^}]*\}/, 'network { hidden = [200, 200] }');
  await measure('ethanol, its network', example, ethanol, ['wasm', 'cpu']);
  await measure('ethanol, 200-200', wide, ethanol, ['wasm']);
  const si = join(data, 'training/mlearn/Si');
  await measure('Si, 24-24', silicon('[24, 24]'), si, ['wasm']);
  await measure('Si, 200-200', silicon('[200, 200]'), si, ['wasm']);
}

void main();
