/** Worlds of data and what they speak against: real structures, surveyed as the server does it. Every code that needs data, each with its fix. */
import { createRandom } from '../../../../engine/random';
import type { Structure } from '../../../../engine/structure/structure';
import { check, type Environment } from '../../../../language/check/check';
import { parse } from '../../../../language/syntax/parser';
import type { DataFacts, OutsideFacts, RunFacts, WindowFacts } from '../../../../language/check/facts';
import { symbolOf } from '../../../../language/elements';
import { surveySteps } from '../../../../server/data/survey';
import { bromochlorofluoromethane, hydrogenPeroxide } from '../../../fixtures/chirality';
import type { Case } from '../diagnostics';

/** What is known of some structures, surveyed at once. */
export function environmentOf(structures: readonly Structure[], facts: Partial<DataFacts> = {}): Environment {
  const elements: Record<string, number> = {};
  for (const { numbers } of structures)
    for (const number of new Set(numbers)) elements[symbolOf(number)] = (elements[symbolOf(number)] ?? 0) + 1;
  const sizes = structures.map(({ numbers }) => numbers.length);
  const all: DataFacts = {
    frames: structures.length,
    atoms: { minimum: Math.min(...sizes), maximum: Math.max(...sizes), total: sizes.reduce((sum, n) => sum + n, 0) },
    elements,
    keys: { energy: structures.length },
    columns: { forces: structures.length },
    words: {},
    energyKey: 'energy',
    forcesKey: 'forces',
    ...facts,
  };
  return {
    exists: () => true,
    matches: () => 1,
    summary: () => all,
    survey: ({ elements: own, cutoff, cutoffFunction, functions }, { units }) => {
      const factor = units?.length === 'bohr' ? 0.529177210903 : 1;
      const scaled = structures.map((one) => ({ ...one, positions: one.positions.map((x) => x * factor) }));
      const steps = surveySteps(scaled, scaled.length, {
        elements: own,
        cutoff,
        cutoffFunction,
        functions,
        innerCutoff: 0,
      });
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    },
  };
}

const random = createRandom(3, 'structures');
const shake = (positions: readonly number[], by: number): Float64Array =>
  Float64Array.from(positions, (x) => x + by * (random.uniform() - 0.5));

/** Water molecules, Å. */
const WATER: readonly Structure[] = Array.from({ length: 80 }, () => ({
  numbers: Uint8Array.of(8, 1, 1),
  positions: shake([0, 0, 0, 0.96, 0, 0, -0.24, 0.93, 0], 0.15),
  periodic: [false, false, false],
}));
const BOHR_WATER = WATER.map((one) => ({ ...one, positions: one.positions.map((x) => x / 0.529177210903) }));
/** Face-centred copper with a lattice constant of 3.6 Å, 32 atoms. */
const COPPER: readonly Structure[] = Array.from({ length: 4 }, () => {
  const sites = [0, 1, 2, 3].flatMap((x) => [0, 1, 2, 3].flatMap((y) => [0, 1, 2, 3].map((z) => [x, y, z])));
  const positions = sites.filter(([x, y, z]) => (x + y + z) % 2 === 0).flatMap((site) => site.map((x) => 1.8 * x));
  return {
    numbers: new Uint8Array(positions.length / 3).fill(29),
    positions: shake(positions, 0.1),
    cell: Float64Array.of(7.2, 0, 0, 0, 7.2, 0, 0, 0, 7.2),
    periodic: [true, true, true],
  };
});

const potential = (body: string, elements = '[H, O]'): string =>
  `potential p {\n  elements = ${elements}\n  ${body}\n}\n`;
const D = 'dataset d { files = ["a.xyz"] }\n';
const T = 'train t { potential = p; dataset = d; optimizer adam { } }\n';
const water = (body: string, elements?: string): string => potential(`cutoff = 4 Å\n  ${body}`, elements) + D + T;
const RADIAL = 'radial { width = 0.5 Å; center = [0.9, 1.5] Å }';
const MD = (temperature: string): string =>
  `md m { potential = p; structure = "s.xyz"; duration = 1 ps; ensemble nve { initial_temperature = ${temperature} } }\n`;

const TRAINED =
  potential('cutoff = 4 Å\n  radial { width = 0.5 Å; center = [0.9, 1.5] Å }\n  network { hidden = [2] }') + D;
const trainedIdentity = (text: string): string | undefined =>
  check(parse(text)).definition.potentials.get('p')?.identity;
const WEIGHTED = (weights: string): string => `${TRAINED}train t {\n  potential = p\n  dataset = d\n  ${weights}\n}\n`;
const LONG = (duration: string): string =>
  `${TRAINED}${T}md m { potential = p; structure = "s.xyz"; timestep = 1 fs; duration = ${duration} }\n`;

/** What is known of runs alone: how a training of TRAINED ended, and what a step of a simulation took. */
const runEnvironment = (
  results: RunFacts['results'],
  secondsPerStep?: number,
  outside?: OutsideFacts,
): Environment => ({
  exists: () => true,
  matches: () => 1,
  lastRun: (kind, label) =>
    kind === 'train' && label === 't'
      ? { state: 'finished', folder: '/f/runs/train-t/001', identity: trainedIdentity(TRAINED), results }
      : kind === 'md' && secondsPerStep !== undefined
        ? { state: 'finished', results: {}, secondsPerStep }
        : undefined,
  // The training of the same potential, or what `load` names.
  outside: ({ folder }, { file }) => (/runs|folder/.test(folder) && file === 's.xyz' ? outside : undefined),
});
/** Energies are neglected: they have 0.07 % of the loss, and explain less than forces do. */
const NEGLECTED = {
  'loss_share energy': 7e-4,
  'loss_share force': 0.9993,
  train_energy_r2: 0.8,
  train_force_r2: 0.995,
  energy_weight: 1,
  force_weight: 1,
};

const COMMITTEE =
  'potential p { elements = [Ar]; cutoff = 4 Å; radial { width = 0.5 Å; center = [3, 4] Å }; committee { } }\n';
const EXPLORED = (explore: string, oracle = 'method = "PBE+D3"'): string =>
  `${COMMITTEE}dataset d { files = ["a.xyz"] }\n${T}oracle o { ${oracle}; command = ["dft", "{input}"] }\nexplore x { ${explore}train = t; oracle = o; structure = "s.xyz"; duration = 1 ps }\n`;

/** A committee that disagrees about a tenth of the atoms of its test set by 0.2 eV/Å, an oracle with another zero, data of some method. */
const exploredEnvironment = (offset: number, method: string): Environment => {
  const world = environmentOf(WATER, { words: { xc_functional: { [method]: 9 } } });
  return {
    exists: () => true,
    matches: () => 1,
    summary: (patterns) => (patterns.includes('a.xyz') ? world.summary?.(patterns) : undefined),
    lastRun: (kind) =>
      kind === 'train'
        ? {
            state: 'finished',
            identity: trainedIdentity(COMMITTEE),
            results: { 'disagreement 0.5': 0.05, 'disagreement 0.9': 0.2, 'disagreement 0.99': 0.4 },
          }
        : kind === 'explore'
          ? { state: 'finished', results: { energy_offset: offset, energy_shift: 0 } }
          : undefined,
  };
};

/** Two frames that everything is found of, as long as they are in the dataset; a leak, as long as it is not split by trajectory. */
const findingEnvironment: Environment = {
  ...environmentOf(WATER),
  findings: ({ options }) => [
    ...(options.exclude === undefined
      ? ['PD0904', 'PD0906', 'PD0907', 'PD0910', 'PD0912', 'PD0913', 'PD0104']
      : []
    ).map((code) => ({
      code,
      message: 'Frames are conspicuous.',
      count: 2,
      named: [{ file: '/f/a.xyz', frame: 3, line: 15 }],
      frames: [
        { file: 'a.xyz', frame: 3 },
        { file: 'b/c.xyz', frame: 0 },
      ],
    })),
    ...(options.split_by === 'trajectory'
      ? []
      : [{ code: 'PD0606', message: 'Some are near twins.', count: 1, named: [], frames: [] }]),
  ],
};

/** Hydrogen peroxide, whose hand the far hydrogen tells. */
const PEROXIDE: readonly Structure[] = Array.from({ length: 40 }, (_, k) => {
  const molecule = hydrogenPeroxide(k % 2 === 0 ? 110 : -110);
  return { ...molecule, positions: shake([...molecule.positions], 0.1) };
});
/** Two molecules of CHFClBr, 7 Å from each other. */
const PAIRS: readonly Structure[] = Array.from({ length: 20 }, () => {
  const { numbers, positions } = bromochlorofluoromethane;
  const other = positions.map((x, i) => (i % 3 === 0 ? 7 - x : x));
  return {
    numbers: Uint8Array.of(...numbers, ...numbers),
    positions: shake([...positions, ...other], 0.05),
    periodic: [false, false, false],
  };
});
const HALOMETHANE = (body: string): string =>
  water(`radial { width = 1 Å; center = [1, 2] Å }\n  ${body}\n  network { hidden = [2] }`, '[H, C, F, Cl, Br]');

type World = readonly [title: string, environment: Environment, cases: readonly Case[]];
const W = { severity: 'warning' } as const;
const I = { severity: 'information' } as const;

const UMBRELLA = (atoms: string, centers: string, duration = '10 ps'): string =>
  `${TRAINED}umbrella u { potential = p; structure = "s.xyz"; duration = ${duration}; coordinate distance { atoms = ${atoms}; centers = ${centers}; force_constant = 4 eV/Å^2 } }\n`;
const RATE = (body: string): string =>
  `${UMBRELLA('[0, 1]', '[2, 2.15] Å')}rate r { ${body}; recrossing { } }\nrate w { mass = 12 amu; windows { file = "m.dat"; convention = half } }\n`;
/** After an umbrella sampling with that barrier, and rates of windows that vary half as much as they should. */
const rateEnvironment: Environment = {
  exists: () => true,
  matches: () => 1,
  lastRun: (kind, label) =>
    kind === 'umbrella'
      ? { state: 'finished', results: { barrier: 0.512, barrier_error: 0.006 } }
      : kind === 'rate' && label === 'w'
        ? { state: 'finished', results: { barrier: 0.3, barrier_error: 0.01, force_constant_ratio: 0.51 } }
        : undefined,
};
/** After a run of windows at 2 and 2.15 Å of 4 eV/Å². */
const windowEnvironment = (first: Partial<WindowFacts>): Environment => ({
  exists: () => true,
  matches: () => 1,
  lastRun: (kind) => {
    const window = { force_constant: 4, samples: 1900, discarded: 100, inefficiency: 5, overlap: null };
    const windows = [
      { ...window, center: 2, overlap: 0.3, ...first },
      { ...window, center: 2.15 },
    ];
    return kind === 'umbrella' ? { state: 'finished', results: {}, windows } : undefined;
  },
});

export const worlds: readonly World[] = [
  ['water', environmentOf(WATER), [
    { code: 'PD0202', title: 'an element that is not declared', text: water('network { hidden = [2] }', '[H]'), marked: '[H]', fixed: water('network { hidden = [2] }', '[H, O]') },
    { code: 'PD0203', title: 'an element that is nowhere', ...W, text: water('network { hidden = [2] }', '[H, N, O]'), marked: 'N', fixed: water('network { hidden = [2] }', '[H, O]') },
    { code: 'PD0203', title: 'an element that is nowhere, with blocks', ...W, text: water(`${RADIAL}\n  radial N H { width = 0.5 Å; center = 1 Å }\n  network { hidden = [2] }`, '[N, H, O]'), marked: 'N', fixed: water(`${RADIAL}\n  network { hidden = [2] }`, '[H, O]') },
    { code: 'PD0304', title: 'a pair that never meets', ...I, text: water(`${RADIAL}\n  radial O O { width = 0.5 Å; center = 2 Å }`), marked: 'radial O O', fixed: water(RADIAL) },
    { code: 'PD0305', title: 'a centre where no pair is', ...W, text: water('radial { width = 0.1 Å; center = [0.9, 1.5, 3.9] Å }\n  radial { width = 1 Å; center = 2 Å }\n  network { hidden = [2] }'), marked: 'radial', fixed: water('radial { width = 0.1 Å; center = [0.9, 1.5] Å }\n  radial { width = 1 Å; center = 2 Å }\n  network { hidden = [2] }') },
    { code: 'PD0305', title: 'some functions of a pair', ...W, text: water(`${RADIAL}\n  radial H O { eta = [4, 4000] Å^-2; shift = [1, 2.2] Å }\n  network { hidden = [2] }`), marked: 'radial H O', fixed: water(`${RADIAL}\n  radial H O { eta = 4 Å^-2; shift = [1, 2.2] Å }\n  radial H O { eta = 4000 Å^-2; shift = 1 Å }\n  network { hidden = [2] }`) },
    { code: 'PD0306', title: 'two widths that say the same', ...I, text: water(`${RADIAL}\n  radial H H { width = [0.5, 0.5005] Å; center = 1 Å }\n  network { hidden = [2] }`), marked: 'radial H H' },
    { code: 'PD0402', title: 'more weights than labels', ...W, text: water(`${RADIAL}\n  network { hidden = [20, 20] }`), marked: '[20, 20]', message: /1,082 weights are to be learned from 800 energies/u },
    { code: 'PD0309', title: 'a pair that no function sees', ...W, text: water('radial H O { width = 0.5 Å; center = [0.9, 1.5] Å }\n  radial O H { width = 1 Å; center = 1 Å }'), marked: 'p', message: /sees `H H` \(centre first\)/u, fixed: potential('radial H H { width = 0.5 Å; center = [0.9, 1.5] Å }\n  cutoff = 4 Å\n  radial H O { width = 0.5 Å; center = [0.9, 1.5] Å }\n  radial O H { width = 1 Å; center = 1 Å }').replace('  elements = [H, O]\n  radial H H { width = 0.5 Å; center = [0.9, 1.5] Å }\n', '  radial H H { width = 0.5 Å; center = [0.9, 1.5] Å }\n  elements = [H, O]\n') + D + T },
    { code: 'PD0309', title: 'pairs that chiral functions alone see', ...W, text: water(`${RADIAL.replace('radial', 'radial H O')}\n  radial H H { width = 1 Å; center = 1 Å }\n  chiral O H O { eta = [0.2, 1] Å^-2 }`), marked: 'p', message: /sees `O H` \(/u },
    { code: 'PD0309', title: 'a triple that no function sees', ...W, text: water(`${RADIAL}\n  angular O H O { eta = 1 Å^-2 }`), marked: 'p', message: /sees `O H H` \(/u },
    { code: 'PD0601', title: 'forces of the data that are not used', ...W, text: water(RADIAL).replace('optimizer adam { }', 'force_weight = 0'), marked: '0', message: /^The dataset has forces/u },
    { code: 'PD0605', title: 'stresses that are nowhere', ...W, text: water(RADIAL).replace('optimizer adam { }', 'stress_weight = 1; seed = 2'), marked: 'stress_weight = 1', fixed: water(RADIAL).replace('optimizer adam { }', 'seed = 2') },
    { code: 'PD0501', title: 'hot dynamics without a prior', ...W, text: water(RADIAL) + MD('3000 K'), marked: 'p', fixed: water(RADIAL).replace('potential p {\n', 'potential p {\n  prior zbl { }\n') + MD('3000 K') },
    { code: 'PD0502', title: 'a prior that reaches into the data', ...W, text: water(`${RADIAL}\n  prior zbl { outer = 1.2 Å }`), marked: '1.2 Å' },
    { code: 'PD0902', title: 'a key that is not there', text: `${potential('')}dataset d { files = ["a.xyz"]; energy = energie }\n`, marked: 'energie', fixed: `${potential('')}dataset d { files = ["a.xyz"]; energy = energy }\n` },
    { code: 'PD0902', title: 'a column that is not there', text: `${potential('')}dataset d { files = ["a.xyz"]; forces = F }\n`, marked: 'F', fixed: `${potential('')}dataset d { files = ["a.xyz"]; forces = forces }\n` },
  ]],
  ['water, which has no hand', environmentOf(WATER), [
    { code: 'PD0330', title: 'surroundings that are their own mirror images', ...W, text: water(`${RADIAL}\n  chiral { eta = [0.2, 1] Å^-2 }\n  network { hidden = [2] }`), marked: 'chiral', message: /own mirror images/u, fixed: water(`${RADIAL}\n  network { hidden = [2] }`) },
  ]],
  ['hydrogen peroxide', environmentOf(PEROXIDE), [
    { code: 'PD0330', title: 'channels that end before the far hydrogen', ...W, text: water(`${RADIAL}\n  chiral O H O { eta = [0.2, 1] Å^-2; cutoff = 1.6 Å }\n  network { hidden = [2] }`), marked: 'chiral O H O', message: /not in them/u, fixed: water(`${RADIAL}\n  chiral O H O { eta = [0.281, 1.13] Å^-2 }\n  network { hidden = [2] }`) },
    { code: 'PD0330', title: 'the same with a coupling', ...W, text: water(`${RADIAL}\n  chiral O H O { eta = [0.2, 1] Å^-2; cutoff = 1.6 Å; couple { range = 5 Å } }\n  network { hidden = [2] }`), marked: 'chiral O H O', fixed: water(`${RADIAL}\n  chiral O H O { eta = [0.281, 1.13] Å^-2; couple { range = 5 Å } }\n  network { hidden = [2] }`) },
  ]],
  ['pairs of chiral molecules', environmentOf(PAIRS), [
    { code: 'PD0332', title: 'a range in which there is no partner', ...W, text: HALOMETHANE('chiral C F Cl Br { eta = 0.2 Å^-2; couple { range = 5 Å } }'), marked: '5 Å', message: /the nearest is at (6.9|7)\d* Å/u, fixed: HALOMETHANE('chiral C F Cl Br { eta = 0.2 Å^-2; couple { range = 11 Å } }') },
  ]],
  ['molecules on their own', environmentOf(PAIRS.map(({ numbers, positions, periodic }) => ({ numbers: numbers.slice(0, 5), positions: positions.slice(0, 15), periodic }))), [
    { code: 'PD0332', title: 'a partner that is nowhere', ...W, text: HALOMETHANE('chiral C F Cl Br { eta = 0.2 Å^-2; couple { range = 5 Å } }'), marked: '5 Å', fixed: HALOMETHANE('chiral C F Cl Br { eta = 0.2 Å^-2 }') },
  ]],
  ['water with two energies', environmentOf(WATER, { keys: { energy: 80, free_energy: 80, dft: 20 }, differing: 80, frozen: { count: 3, frames: [4, 5, 9] } }), [
    { code: 'PD0903', title: 'energy and free_energy', ...W, text: `dataset d {\n  files = ["a.xyz"]\n}\n`, marked: 'd', fixed: `dataset d {\n  energy = free_energy\n  files = ["a.xyz"]\n}\n` },
    { code: 'PD0903', title: 'energy by name', ...W, text: `dataset d { files = ["a.xyz"]; energy = energy }\n`, marked: 'energy', fixed: `dataset d { files = ["a.xyz"]; energy = free_energy }\n` },
    { code: 'PD0908', title: 'constrained atoms', ...W, text: 'dataset d { files = ["a.xyz"]; energy = free_energy }\n', marked: '"a.xyz"', message: /In 3 of 80 frames/u, fixed: 'dataset d { exclude = ["a.xyz:4-5", "a.xyz:9"]; files = ["a.xyz"]; energy = free_energy }\n' },
    { code: 'PD0902', title: 'a key that few frames have', ...W, text: `dataset d { files = ["a.xyz"]; energy = dft }\n`, marked: 'dft', message: /Only 20 of 80 frames have the key `dft`; there are `energy` \(80\)/u },
  ]],
  ['water of several sizes, far away', environmentOf(WATER, { compositions: 3, far: 2, keys: { energy: 80, virial: 80 } }), [
    { code: 'PD0602', title: 'one energy zero for several compositions', ...W, text: water(RADIAL).replace('optimizer adam { }', 'offset = constant'), marked: 'constant', message: /have 3 compositions/u, fixed: water(RADIAL).replace('optimizer adam { }', 'offset = per_element') },
    { code: 'PD0605', title: 'a stress by name that is nowhere', ...W, text: water(RADIAL).replace('optimizer adam { }', 'stress_weight = 1').replace('["a.xyz"]', '["a.xyz"]; stress = stress'), marked: 'stress_weight = 1', message: /has the key `stress`/u },
    { code: 'PD0108', title: 'positions far out', ...W, text: D, marked: '"a.xyz"', message: /^In 2 of 80 frames/u },
  ]],
  ['water with a hydrogen atom by itself, and a crystal of oxygen', environmentOf(WATER, { isolated: { H: null, O: 3.5 } }), [
    { code: 'PD0206', title: 'an isolated atom that is nowhere', ...W, text: water(RADIAL).replace('optimizer adam { }', 'offset = isolated'), marked: 'isolated', message: /^No structure of `d` is an isolated atom of `O`:/u, fixed: water(RADIAL).replace('optimizer adam { }', 'offset = per_element') },
  ]],
  ['water in bohr', environmentOf(BOHR_WATER, { unitless: true }), [
    { code: 'PD0104', title: 'a dump of LAMMPS in bohr without units', ...W, text: potential('cutoff = 6 Å') + 'dataset d {\n  files = ["a.lammpstrj"]\n}\n' + T, marked: 'd', fixed: potential('cutoff = 6 Å') + 'dataset d {\n  units { length = bohr; energy = hartree }\n  files = ["a.lammpstrj"]\n}\n' + T },
    { code: 'PD0104', title: 'input.data in bohr without units', ...W, text: potential('cutoff = 6 Å') + 'dataset d {\n  files = ["input.data"]\n}\n' + T, marked: 'd', fixed: potential('cutoff = 6 Å') + 'dataset d {\n  units { length = bohr; energy = hartree }\n  files = ["input.data"]\n}\n' + T },
  ]],
  ['water with a broken frame', environmentOf(WATER, { problems: [{ code: 'XD011', message: '“Xx” is no element', place: { file: '/f/a.xyz', line: 11 } }] }), [
    { code: 'XD011', title: 'a frame that can’t be read', text: D, marked: '"a.xyz"', message: /^a\.xyz, line 11: “Xx” is no element\.$/u },
  ]],
  ['water in hartree, in a format without units', environmentOf(WATER, { unitless: true, energyUnit: 'hartree' }), [
    { code: 'PD0105', title: 'input.data in hartree without units', ...W, text: 'dataset d { files = ["input.data"] }\n', marked: '"input.data"', fixed: 'dataset d { units { energy = hartree }; files = ["input.data"] }\n' },
    { code: 'PD0105', title: 'input.data with another unit', ...W, text: 'dataset d { files = ["input.data"]; units { length = bohr; energy = rydberg } }\n', marked: '"input.data"', message: /in hartree, not in rydberg/u, fixed: 'dataset d { files = ["input.data"]; units { length = bohr; energy = hartree } }\n' },
    { code: 'PD0105', title: 'input.data with the unit of lengths alone', ...W, text: 'dataset d { files = ["input.data"]; units { length = bohr } }\n', marked: '"input.data"', fixed: 'dataset d { files = ["input.data"]; units { energy = hartree; length = bohr } }\n' },
    { code: 'PD0105', title: 'a dump of LAMMPS in hartree without units', ...W, text: 'dataset d { files = ["a.lammpstrj"] }\n', marked: '"a.lammpstrj"', fixed: 'dataset d { units { energy = hartree }; files = ["a.lammpstrj"] }\n' },
  ]],
  ['water in hartree', environmentOf(WATER, { energyUnit: 'hartree', work: { ratio: 0.03675, pairs: 79, atoms: 3 } }), [
    { code: 'PD0105', title: 'energies of all electrons in hartree', ...W, text: D, marked: '"a.xyz"', message: /in hartree, not in eV/u },
    { code: 'PD0107', title: 'forces of another unit', ...W, text: D, marked: '"a.xyz"', message: /0\.0367 times .*: energies in hartree and forces in eV\/Å\.$/u },
  ]],
  ['water with energies per atom', environmentOf(WATER, { work: { ratio: 0.3341, pairs: 79, atoms: 3 } }), [
    { code: 'PD0107', title: 'energies per atom', ...W, text: D, marked: '"a.xyz"', message: /: energies per atom instead of total ones\.$/u },
  ]],
  ['water that did not converge', environmentOf(WATER, { unconverged: { count: 3, frames: [2, 3, 7] }, words: { config_type: { a: 40, b: 40 }, dft_functional: { PBE: 60, RPBE: 20 } } }), [
    { code: 'PD0909', title: 'calculations that did not converge', ...W, text: D, marked: '"a.xyz"', message: /^3 of 80 frames/u, fixed: 'dataset d { exclude = ["a.xyz:2-3", "a.xyz:7"]; files = ["a.xyz"] }\n' },
    { code: 'PD0909', title: 'some that are not left out', ...W, text: 'dataset d { files = ["a.xyz"]; exclude = "a.xyz:0-5" }\n', marked: '"a.xyz"', message: /^1 of 80 frames/u, fixed: 'dataset d { files = ["a.xyz"]; exclude = ["a.xyz:0-5", "a.xyz:7"] }\n' },
    { code: 'PD0910', title: 'two functionals', ...W, text: D, marked: '"a.xyz"', message: /`dft_functional` names 2 methods: PBE \(60\), RPBE \(20\)/u },
  ]],
  ['copper', environmentOf(COPPER, { heights: [7.2, 18, null] }), [
    { code: 'PD0302', title: 'a cutoff in the first shell', ...W, text: potential('cutoff = 2.5 Å', '[Cu]') + D + T, marked: '2.5 Å', message: /Half of the atoms have \d+ neighbours or fewer/u },
    { code: 'PD1006', title: 'a box thinner than the cutoff', ...W, text: potential('cutoff = 8 Å', '[Cu]') + MD('300 K'), marked: '"s.xyz"', message: /^The box is 7\.2 Å thin/u, fixed: potential('cutoff = 8 Å', '[Cu]') + MD('300 K').replace('{ ', '{ supercell = [3, 1, 1]; ') },
    { code: 'PD1006', title: 'a supercell thinner than the cutoff', ...W, text: potential('cutoff = 16 Å', '[Cu]') + MD('300 K').replace('{ ', '{ supercell = [2, 1, 1]; '), marked: '[2, 1, 1]', message: /^The box is 14\.4 Å thin/u, fixed: potential('cutoff = 16 Å', '[Cu]') + MD('300 K').replace('{ ', '{ supercell = [5, 2, 1]; ') },
  ]],
  ['a training with saturated neurons', runEnvironment({ 'saturated_neurons H': 0.1, 'saturated_neurons O': 0.45 }), [
    { code: 'PD0404', title: 'saturated neurons', ...W, text: TRAINED + T, marked: 'network', message: /\(O 45 %\)/u, fixed: TRAINED.replace('network {', 'network { activation = softplus;') + T },
    { code: 'PD0404', title: 'saturated neurons by name', ...W, text: TRAINED.replace('[2] }', '[2]; activation = tanh }') + T, marked: 'network', fixed: TRAINED.replace('[2] }', '[2]; activation = softplus }') + T },
  ]],
  ['a training of another definition', runEnvironment({}), [
    { code: 'PD0405', title: 'weights of another potential', ...W, text: `${TRAINED.replace('[2]', '[3]')}${T}evaluate e { potential = p; dataset = d }\n`, marked: 'p', message: /has been changed since it was trained/u },
  ]],
  ['a training that forces rule', runEnvironment(NEGLECTED), [
    { code: 'PD0603', title: 'energies that are neglected', ...W, text: WEIGHTED(''), marked: 't', message: /^99\.9 % of the loss are errors of forces \(R² 0\.995\): the energies are hardly fitted \(R² 0\.800\)/u },
    { code: 'PD0603', title: 'energies that are neglected, by weight', ...W, text: WEIGHTED('energy_weight = 1'), marked: '1', fixed: WEIGHTED('energy_weight = 200') },
  ]],
  ['a training on stresses of the other sign', runEnvironment({ stress_correlation: -0.82, stress_sign: 1 }), [
    { code: 'PD0905', title: 'stresses of the other sign', ...W, text: TRAINED + T, marked: 'd', message: /correlation -0\.82/u, fixed: TRAINED.replace('dataset d { ', 'dataset d { stress_sign = pressure; ') + T },
    { code: 'PD0905', title: 'stresses of the other sign by name', ...W, text: TRAINED.replace('dataset d { ', 'dataset d { stress_sign = tension; ') + T, marked: 'tension', fixed: TRAINED.replace('dataset d { ', 'dataset d { stress_sign = pressure; ') + T },
  ]],
  ['a simulation that has been run', runEnvironment({}, 0.09, { atoms: 9, outside: 2, farthest: 0.314 }), [
    { code: 'PD1004', title: 'a simulation of days', ...I, text: LONG('10 ns'), marked: '10 ns', message: /^At 90 ms per step, as in the last run, this takes 10 days\.$/u, fixed: LONG('0.9 ns') },
    { code: 'PD1003', title: 'a structure unlike the training data', ...W, text: LONG('1 ps'), marked: '"s.xyz"', message: /^2 of 9 atoms have surroundings .* up to 0\.31 times/u },
    { code: 'PD1003', title: 'a structure unlike the training data of a loaded potential', ...W, text: 'potential q { load = "folder/" }\nmd m { potential = q; structure = "s.xyz"; duration = 1 ps }\n', marked: '"s.xyz"' },
  ]],
  ['a molecule of three atoms in a cell', environmentOf(WATER, { heights: [6, 7, null] }), [
    { code: 'PD1201', title: 'an atom that is not there', text: UMBRELLA('[0, 3]', '2 Å'), marked: '3', message: /^The coordinate has an atom 3: the structure has 3, counted from 0 to 2/u, fixed: UMBRELLA('[0, 2]', '2 Å') },
    { code: 'PD0303', title: 'a distance that folds', ...W, text: UMBRELLA('[0, 1]', 'linspace(2.6, 3.2, 5) Å'), marked: 'linspace(2.6, 3.2, 5) Å', message: /^2 windows lie beyond 3 Å/u },
  ]],
  ['windows that do not overlap', windowEnvironment({ overlap: 0.04 }), [
    { code: 'PD1203', title: 'an overlap that was seen', ...W, text: UMBRELLA('[0, 1]', '[2, 2.15] Å'), marked: '[2, 2.15] Å', message: /overlapped in the last run by 4 %/u, fixed: UMBRELLA('[0, 1]', '[2, 2.075, 2.15] Å') },
  ]],
  ['windows that are too short', windowEnvironment({ inefficiency: 190 }), [
    { code: 'PD1206', title: 'values that say the same', ...W, text: UMBRELLA('[0, 1]', '[2, 2.15] Å'), marked: '10 ps', message: /1 of 2 windows were too short: in that at 2 1900 values say as much as 10 independent/u, fixed: UMBRELLA('[0, 1]', '[2, 2.15] Å', '20 ps') },
  ]],
  ['windows that come late to rest', windowEnvironment({ samples: 700, discarded: 1300 }), [
    { code: 'PD1206', title: 'equilibration', ...W, text: UMBRELLA('[0, 1]', '[2, 2.15] Å'), marked: '10 ps', message: /the first 1300 of 2000 values had to go/u, fixed: UMBRELLA('[0, 1]', '[2, 2.15] Å', '20 ps') },
  ]],
  ['rates that have been computed', rateEnvironment, [
    { code: 'PD1301', title: 'a barrier that is taken for a free energy of activation', ...W, text: RATE('umbrella = u; activation_free_energy = 0.51 eV').replace('half', 'whole'), marked: '0.51 eV', message: /^This is the barrier of the profile \(0\.512 eV in the last run\)/u, fixed: RATE('umbrella = u').replace('half', 'whole') },
    { code: 'PD1204', title: 'force constants without their ½', ...W, text: RATE('umbrella = u'), marked: 'half', message: /vary only 0\.51 times as much/u, fixed: RATE('umbrella = u').replace('half', 'whole') },
    { code: 'PD1204', title: 'force constants that say nothing of their ½', ...W, text: RATE('umbrella = u').replace('; convention = half', ''), marked: 'windows', fixed: RATE('umbrella = u').replace('file = "m.dat"; convention = half', 'convention = whole; file = "m.dat"') },
  ]],
  ['findings', findingEnvironment, [
    ...['PD0904', 'PD0906', 'PD0907', 'PD0910', 'PD0912', 'PD0913'].map((code): Case => (
      { code, title: 'frames that are named', ...W, text: 'dataset d { files = ["a.xyz", "b/c.xyz"] }\n', marked: '["a.xyz", "b/c.xyz"]', fixed: 'dataset d { exclude = ["a.xyz:3", "b/c.xyz:0"]; files = ["a.xyz", "b/c.xyz"] }\n' }
    )),
    { code: 'PD0606', title: 'a leak into the test set', ...W, text: D, marked: '["a.xyz"]', fixed: 'dataset d { split_by = trajectory; files = ["a.xyz"] }\n' },
    { code: 'PD0606', title: 'a leak into the test set by a random split', ...W, text: 'dataset d { files = "a.xyz"; split_by = random }\n', marked: '"a.xyz"', fixed: 'dataset d { files = "a.xyz"; split_by = trajectory }\n' },
  ]],
  ['many weights', environmentOf(WATER, { frames: 1e8, atoms: { minimum: 3, maximum: 3, total: 3e8 } }), [
    { code: 'PD0604', title: 'a covariance of all weights', ...I, text: water(`${RADIAL}\n  network { hidden = [80, 80] }`).replace('adam { }', 'kalman { blocks = global }'), marked: 'global', fixed: water(`${RADIAL}\n  network { hidden = [80, 80] }`).replace('adam { }', 'kalman { blocks = element }') },
  ]],
  ['an exploration whose committee disagrees', exploredEnvironment(0, 'PBE'), [
    { code: 'PD1102', title: 'a trigger below what it disagrees by anyway', ...W, text: EXPLORED('trigger = 100 meV/Å; '), marked: '100 meV/Å', message: /about 10 % of the atoms/u, fixed: EXPLORED('trigger = 420 meV/Å; ') },
    { code: 'PD1102', title: 'the default of the trigger', ...W, text: EXPLORED(''), marked: 't', fixed: EXPLORED('trigger = 0.42 eV/Å; ') },
  ]],
  ['an exploration whose committee was another', exploredEnvironment(0, 'PBE'), [
    { code: 'PD0405', title: 'a training of another potential', ...W, text: EXPLORED('').replace('cutoff = 4 Å', 'cutoff = 5 Å'), marked: 't' },
  ]],
  ['an exploration whose oracle has another zero', exploredEnvironment(-0.25, 'PBE'), [
    { code: 'PD1104', title: 'energies that begin elsewhere', ...W, text: EXPLORED('trigger = 0.5 eV/Å; '), marked: 'o', message: /-0.25 eV per atom/u, fixed: EXPLORED('trigger = 0.5 eV/Å; ', 'energy_zero = data; method = "PBE+D3"') },
  ]],
  ['an exploration of other data', exploredEnvironment(0, 'B3LYP'), [
    { code: 'PD1104', title: 'an oracle of another method', ...W, text: EXPLORED('trigger = 0.5 eV/Å; '), marked: 'o', message: /by PBE\+D3, the data say of themselves that they are B3LYP/u },
  ]],
  ['a workspace that nobody trusts', { exists: () => true, matches: () => 1, trusted: false }, [
    { code: 'PD1105', title: 'a program', text: 'oracle o { command = ["dft", "{input}"] }\n', marked: 'command = ["dft", "{input}"]', message: /Manage Workspace Trust/u },
  ]],
]; // prettier-ignore
