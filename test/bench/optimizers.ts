/**
 * The optimizers on several sets of data: test errors over processor seconds, on one thread, preparation included. A tenth of
 * the training structures is the validation set; the table has the test errors of the epoch that it chooses, which
 * neither training nor choice has seen. Writes the table into docs/guide/training.md and the curves beside it.
 * Run with `npm run bench optimizers`: ten minutes. NEARSIGHT_DATA is where mlearn and the water set are.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadDataset } from '../../engine/formats/dataset';
import { isFinished, runEpoch } from '../../engine/training/epochs';
import { createKernelBackend } from '../../engine/training/kernels';
import { createTraining } from '../../engine/training/prepare';
import { SETS } from '../../protocol/parity';
import { check } from '../../language/check/check';
import { inputToPotential } from '../../language/runner/to-potential';
import { parse } from '../../language/syntax/parser';
import { unwrap } from '../unit/training/samples';
import { drawCurves, type Curve, type Panel } from './lib/curves';
import { processorSeconds } from './lib/time';

const data = process.env.NEARSIGHT_DATA ?? resolve('../shared/data');

interface BenchSet {
  readonly name: string;
  readonly title: string;
  /** The potential, as text. */
  readonly potential: string;
  readonly folder: string;
  /** Dataset blocks of what may be trained on, and of the test set. */
  readonly datasets: readonly [string, string];
  /** What the `train` block says of the optimizer, by the name of the curve. */
  readonly trainings: Readonly<Record<string, string>>;
}

/** The potential block that settings of n2p2 stand for; their lengths are in bohr. */
function potentialOf(file: string): string {
  const { text } = inputToPotential(readFileSync(file, 'utf8'), {
    units: { length: 'bohr', energy: 'hartree' },
    name: 'bench',
  });
  const block = /^potential [^{]*\{[\s\S]*?^\}/mu.exec(text)?.[0];
  if (block === undefined) throw new Error(`${file} has no potential.`);
  return block;
}

const adam = 'optimizer adam { learning_rate = 0.01; warmup = 1 }';
const mlearn = (element: string, trainings: BenchSet['trainings']): BenchSet => {
  const folder = join(data, 'training/mlearn', element);
  return {
    name: element,
    title: `${element}, mlearn`,
    potential: potentialOf(join(folder, 'nnp/input.nn')),
    folder,
    datasets: ['files = ["train.xyz"]; test = 0', 'files = ["test.xyz"]; test = 0'],
    trainings,
  };
};
const water = join(data, 'training/water-revPBE0-D3');
const n2p2 = 'test = 0; units { length = bohr; energy = hartree }';

const benchSets = (): BenchSet[] => [
  {
    name: 'ethanol',
    title: 'ethanol, the example',
    potential: /^potential [\s\S]*?^\}/mu.exec(readFileSync('examples/ethanol/ethanol.potential', 'utf8'))?.[0] ?? '',
    folder: resolve('examples/ethanol'),
    datasets: ['files = ["ethanol.xyz"]; split_by = key("split")', ''],
    trainings: {
      kalman: 'epochs = 8',
      'kalman, global': 'epochs = 3; optimizer kalman { blocks = global }',
      adam: `epochs = 200; ${adam}`,
      lbfgs: 'epochs = 250; optimizer lbfgs { }',
      'kalman, then lbfgs': 'epochs = 5; finish lbfgs { epochs = 100 }',
    },
  },
  mlearn('Si', {
    kalman: 'epochs = 14',
    adam: `epochs = 160; ${adam}`,
    lbfgs: 'epochs = 140; optimizer lbfgs { }',
    levenberg_marquardt: 'epochs = 11; optimizer levenberg_marquardt { }',
    'kalman, then lbfgs': 'epochs = 8; finish lbfgs { epochs = 60 }',
    'kalman, then levenberg_marquardt': 'epochs = 8; finish levenberg_marquardt { epochs = 5 }',
  }),
  {
    name: 'water',
    title: 'water, revPBE0-D3',
    potential: potentialOf(join(water, 'input.nn.train')),
    folder: water,
    datasets: [`files = ["train.data"]; ${n2p2}`, `files = ["test.data"]; ${n2p2}`],
    trainings: {
      kalman: 'epochs = 12',
      'kalman, long': 'epochs = 60',
      adam: `epochs = 100; ${adam}`,
      lbfgs: 'epochs = 80; optimizer lbfgs { }',
    },
  },
  mlearn('Li', {
    kalman: 'epochs = 3',
    adam: `epochs = 120; ${adam}`,
    lbfgs: 'epochs = 100; optimizer lbfgs { }',
  }),
];

async function load({ potential, folder, datasets: [own, test] }: BenchSet, training: string) {
  const texts = [own, ...(test === '' ? [] : [test])];
  const loaded = [];
  for (const dataset of texts) {
    const text = `${potential}\ndataset bench { ${dataset} }\ntrain bench { potential = ${/potential (\S+)/u.exec(potential)?.[1] ?? ''}; dataset = bench; energy_weight = 10; patience = 1000; ${training} }`;
    const { definition, diagnostics } = check(parse(text));
    const action = definition.actions.find((one) => one.kind === 'train');
    if (action === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
    const [dataset_] = definition.datasets.values();
    const [potential_] = definition.potentials.values();
    loaded.push({ ...action, potential: potential_, ...unwrap(await loadDataset(dataset_, folder)) });
  }
  const [first] = loaded;
  const structures = loaded.flatMap((one) => one.structures);
  let counted = 0;
  const set = Uint8Array.from(structures, (_, s) => {
    const isTest = s >= first.structures.length || first.set[s] === SETS.indexOf('test');
    if (isTest) return SETS.indexOf('test');
    return counted++ % 10 === 9 ? SETS.indexOf('validation') : SETS.indexOf('train');
  });
  return { ...first, structures, set };
}

interface Row {
  readonly optimizer: string;
  readonly epochs: number;
  readonly seconds: number;
  readonly energy: number;
  readonly force: number;
}

async function measure(set: BenchSet, name: string, training: string): Promise<{ curve: Curve; row: Row }> {
  const setup = await load(set, training);
  const backend = createKernelBackend(1);
  const started = processorSeconds();
  const trained = unwrap(await createTraining({ ...setup, backend }));
  const points: { seconds: number; energy: number; force: number }[] = [];
  let chosen = 0;
  while (!isFinished(trained)) {
    const { energy_rmse, force_rmse, improved } = unwrap(await runEpoch(trained));
    if (improved) chosen = points.length;
    points.push({
      seconds: processorSeconds() - started,
      energy: 1000 * (energy_rmse.test ?? NaN),
      force: 1000 * (force_rmse.test ?? NaN),
    });
  }
  backend.dispose();
  const { energy, force } = points[chosen];
  const row = { optimizer: name, epochs: points.length, seconds: points[points.length - 1].seconds, energy, force };
  return { curve: { name, points }, row };
}

async function main(): Promise<void> {
  const panels: Panel[] = [];
  const lines = [
    '| data | optimizer | epochs | CPU-s | meV/atom | meV/Å |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
  ];
  for (const set of benchSets()) {
    const curves = [];
    for (const [name, training] of Object.entries(set.trainings)) {
      const { curve, row } = await measure(set, name, training);
      const numbers = [row.seconds.toFixed(0), row.energy.toPrecision(3), row.force.toPrecision(3)];
      lines.push(`| ${set.title} | \`${training}\` | ${row.epochs} | ${numbers.join(' | ')} |`);
      console.log(lines[lines.length - 1]);
      curves.push(curve);
    }
    panels.push({ title: set.title, curves });
    writePage(lines, panels);
  }
}

/** After each set, so that a measurement that is cut short has what it measured. */
function writePage(lines: readonly string[], panels: readonly Panel[]): void {
  mkdirSync('docs/images', { recursive: true });
  writeFileSync('docs/images/optimizers.svg', drawCurves(panels));
  const page = 'docs/guide/training.md';
  const text = readFileSync(page, 'utf8');
  const table = `<!-- table -->\n\n${lines.join('\n')}\n\n<!-- /table -->`;
  writeFileSync(
    page,
    text.replace(/<!-- table -->[\s\S]*<!-- \/table -->/u, () => table),
  );
}

void main();
