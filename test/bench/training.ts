/**
 * How long training takes: processor seconds to prepare the ethanol example (1,401 training and 350 test structures of
 * 9 atoms) and for an epoch, and the errors that it comes to. Run with `npm run bench training`.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { summarize } from '../../engine/analysis/errors';
import { comparePredictions } from '../../engine/cli/predictions';
import { loadDataset } from '../../engine/formats/dataset';
import { createPotentialFile, potentialFromFile } from '../../engine/potentials/potential-file';
import { isFinished, runEpoch } from '../../engine/training/epochs';
import { createKernelBackend } from '../../engine/training/kernels';
import { createTraining } from '../../engine/training/prepare';
import { trainedElements } from '../../engine/training/result';
import { check } from '../../language/check/check';
import { parse } from '../../language/syntax/parser';
import { valueOf } from '../fixtures/results';
import { processorSeconds } from './lib/time';

async function measure(): Promise<void> {
  const folder = resolve('examples/ethanol');
  const { definition } = check(parse(readFileSync(resolve(folder, 'ethanol.potential'), 'utf8')));
  const [potential] = definition.potentials.values();
  const [dataset] = definition.datasets.values();
  const action = definition.actions.find((one) => one.kind === 'train');
  if (action === undefined) throw new Error('The example has nothing to train.');
  const { structures, set } = valueOf(await loadDataset(dataset, folder));

  const started = processorSeconds();
  const training = valueOf(
    await createTraining(
      { ...action, potential, structures, set, backend: createKernelBackend() },
      { log: (message) => console.log(message) },
    ),
  );
  if (training === undefined) throw new Error('It was stopped.');
  console.log(`preparation ${(processorSeconds() - started).toFixed(2)} s`);
  const seconds: number[] = [];
  while (!isFinished(training)) {
    const before = processorSeconds();
    const report = valueOf(await runEpoch(training));
    seconds.push(processorSeconds() - before);
    if (report === undefined) throw new Error('It was stopped.');
    const { epoch, energy_rmse, force_rmse, shares } = report;
    if (epoch % 10 !== 0 && epoch !== 1) continue;
    const numbers = [energy_rmse.train, energy_rmse.test, force_rmse.train, force_rmse.test].map((x) => x?.toFixed(5));
    console.log(
      `epoch ${epoch}: energy ${numbers[0]} ${numbers[1]} eV/atom, forces ${numbers[2]} ${numbers[3]} eV/Å (train, test), ` +
        `${(100 * shares.energy).toFixed(0)} % of the loss from energies`,
    );
  }
  seconds.sort((a, b) => a - b);
  console.log(`epoch: median ${seconds[seconds.length >> 1].toFixed(3)} s, fastest ${seconds[0].toFixed(3)} s`);
  const trained = potentialFromFile(createPotentialFile(potential, trainedElements(training)));
  const parity = await comparePredictions(trained, structures, set, () => Promise.resolve(true));
  if (parity === undefined) throw new Error('It was stopped.');
  for (const name of ['train', 'test'] as const) console.log(name, JSON.stringify(summarize(parity, name)));
}

void measure();
