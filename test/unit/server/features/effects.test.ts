/** Hover and inlay hints with what is known of the data: a real survey of structures made here. */
import { beforeAll, expect, test } from 'vitest';
import { CodeActionTriggerKind } from 'vscode-languageserver';
import { hydrogenPeroxide } from '../../../fixtures/chirality';
import { environmentOf } from '../../language/check/data-cases';
import type { DataFacts, SurveyFacts } from '../../../../language/check/facts';
import { surveySample } from '../../../../server/data/survey';
import { hoverAt } from '../../../../server/features/hover';
import { inlayHintsOf } from '../../../../server/features/inlay-hints';
import { definitionActionsOf } from '../../../../server/features/rewrites';
import type { Files } from '../../../../server/files';
import { analysisOf, apply, filesOf, URI } from '../fixture';

const WHOLE = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };

const TEXT = `potential p {
  elements = [H, O]
  cutoff = 6 bohr
  radial { eta = [4, 1] Å^-2; shift = 1 Å }
  radial H H { width = 0.5 Å; center = [1, 3] Å }
  network { hidden = [5] }
  network O { hidden = [3] }
}
dataset d { files = ["a.xyz"]; energy = auto; forces = "f"; test = 25 % }
train t {
  potential = p
  dataset = d
  force_weight = 10
  batch_size = 4
  epochs = 30
}
md m { potential = p; structure = "s.xyz"; timestep = 0.5 fs; duration = 2 ps }
`;

const DATA: DataFacts = {
  frames: 60,
  atoms: { minimum: 2, maximum: 2, total: 120 },
  elements: { H: 60, O: 60 },
  keys: { energy: 60 },
  columns: { f: 30 },
  words: { config_type: { gas: 60 } },
  energyKey: 'energy',
};

let survey: SurveyFacts | undefined;
const files: Files = {
  ...filesOf('a.xyz', 's.xyz'),
  summary: (paths) => (paths.length === 1 && paths[0] === 'a.xyz' ? DATA : undefined),
  survey: () => survey,
};

beforeAll(async () => {
  const { potentials } = analysisOf(TEXT, files).definition;
  const potential = potentials.get('p');
  if (potential === undefined) throw new Error('the fixture is wrong');
  const structures = Array.from({ length: 60 }, (_, k) => ({
    numbers: Uint8Array.of(1, 8),
    positions: Float64Array.of(0, 0, 0, 1 + k / 60, 0, 0),
    periodic: [false, false, false] as const,
  }));
  const { elements, symmetryFunctions: functions, options } = potential;
  const question = { elements, functions, cutoff: options.cutoff, cutoffFunction: options.cutoff_function };
  survey = await surveySample(structures, 100, { ...question, innerCutoff: 0 }, new AbortController().signal);
});

const hover = (what: string, plus = 0): string => {
  const contents = hoverAt(analysisOf(TEXT, files), TEXT.indexOf(what) + plus)?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
};

test('a descriptor block tells what its functions are over the data', () => {
  const text = hover('radial {');
  expect(text).toContain('**8 symmetry functions** over 60 of 100 structures');
  // H–H never meet: those functions are 0 for every atom.
  expect(text).toMatch(/H–H +4 +1 +0 +0 +0 +constant/);
  const line = text.split('\n').find((row) => row.startsWith('H–O') && / 4 /.test(row)) ?? '';
  // G = exp(−4(r − 1)²) f_c(r) at r = 1 Å with f_c = ((15 − 6x)x − 10)x³ + 1, x = 1/3.175 Å.
  const x = 1 / (6 * 0.529177210903);
  const largest = ((15 - 6 * x) * x - 10) * x ** 3 + 1;
  expect(line).toContain(String(Number(largest.toPrecision(3))));
  expect(line).toMatch(/[▁▂▃▄▅▆▇█]{2}/);
});

test('a number tells of the functions that have it', () => {
  const text = hover('[4, 1]', 1);
  expect(text).toContain('**4 symmetry functions**');
  expect(text).not.toMatch(/H–O +1 +1/);
  expect(hover('[1, 3]', 4)).toContain('**1 symmetry function**');
});

test('a cutoff tells how many neighbours it takes in, an element how near others come', () => {
  const text = hover('cutoff');
  expect(text).toContain('1 neighbour within 3.175 Å on average (median 1, at most 1)');
  expect(text).toContain('No atom has a neighbour farther away, up to 6.5 Å.');
  expect(hover('[H, O]', 1)).toContain('60 atoms over 60 of 100 structures; nearest H–O 1.000 Å');
});

test('a dataset tells what is in it, at its files and where it is referred to', () => {
  for (const text of [hover('files'), hover('dataset = d', 10)]) {
    expect(text).toContain('**60 frames**, 120 atoms, 2 each');
    expect(text).toContain('energy: `energy`, in all · forces: none of the usual names');
    expect(text).toContain('`config_type`: gas 60');
  }
});

test('inlay hints', () => {
  const analysis = analysisOf(TEXT, files);
  const runs = [
    { kind: 'train' as const, label: 't', state: 'finished' as const, summary: '', cost: '0.8 s per epoch' },
    { kind: 'md' as const, label: 'm', state: 'finished' as const, summary: '', cost: '3 ms per step' },
  ];
  const hints = inlayHintsOf(analysis, WHOLE, runs).map(({ position, label }) => {
    const line = TEXT.split('\n')[position.line];
    return `${line.slice(0, position.character).trim()} «${typeof label === 'string' ? label : ''}»`;
  });
  expect(hints).toEqual([
    'cutoff = 6 bohr «= 3.1751 Å 1 neighbour, at most 1»',
    'radial «8 functions, 4 constant»',
    'radial { eta = [4, 1] Å^-2 «FWHM 0.833, 1.67 Å»',
    'radial H H «2 functions, 2 constant»',
    'radial H H { width = 0.5 Å «FWHM 1.18 Å»',
    // Of hydrogen: 6 inputs to 5 nodes to 1.
    'network «41 weights»',
    'network O «19 weights»',
    'dataset d { files = ["a.xyz"] «60 frames, 120 atoms»',
    'dataset d { files = ["a.xyz"]; energy = auto «energy in all 60 frames»',
    'dataset d { files = ["a.xyz"]; energy = auto; forces = "f" «in 30 of 60 frames»',
    'dataset d { files = ["a.xyz"]; energy = auto; forces = "f"; test = 25 % «45 to train, 15 to test»',
    'force_weight = 10 «about 270 force components»',
    'batch_size = 4 «12 updates per epoch»',
    'epochs = 30 «0.8 s per epoch»',
    'md m { potential = p; structure = "s.xyz"; timestep = 0.5 fs «3 ms per step»',
    'md m { potential = p; structure = "s.xyz"; timestep = 0.5 fs; duration = 2 ps «4,000 steps»',
  ]);
  // Only what is asked for.
  const line = { start: { line: 2, character: 0 }, end: { line: 2, character: 99 } };
  expect(inlayHintsOf(analysis, line, runs)).toHaveLength(1);
});

test('umbrella windows tell how wide they are and how they will overlap', () => {
  const text = `potential p { elements = [H, O] }
umbrella u { potential = p; structure = "a.xyz"; duration = 1 ps
  coordinate dihedral { atoms = [0, 1, 2, 3]; centers = linspace(-170, 180, 36) deg; force_constant = 2 eV/rad^2 } }`;
  const hints = inlayHintsOf(analysisOf(text), WHOLE, []).map(({ label }) => label);
  expect(hints).toContain('36 windows, 44 % overlap');
  expect(hints).toContain('windows 6.5 deg wide');
});

test('isotopes are named beside their masses, others not', () => {
  const whole = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };
  const named = (isotope: string): unknown[] =>
    inlayHintsOf(analysisOf(`md m { isotope ${isotope} }`), whole, []).map(({ label }) => label);
  expect(named('H { mass = 2.014 amu }')).toEqual(['deuterium']);
  expect(named('C { mass = 13 amu }')).toEqual(['carbon-13']);
  expect(named('H { mass = 2.5 amu }')).toEqual([]);
  expect(named('H { mass = 2 eV }')).toEqual([]);
  expect(named('H { mass = }')).toEqual([]);
});

test('without knowledge there are counts and conversions', () => {
  const hints = inlayHintsOf(analysisOf(TEXT), WHOLE, []).map(({ label }) => label);
  expect(hints).toContain('= 3.1751 Å');
  expect(hints).toContain('8 functions');
  expect(hints).not.toContain('60 frames, 120 atoms');
});

test('a sample of a Lennard-Jones potential says what it determines', () => {
  const text = `# a comment before
potential p {
  elements = [Ar]
  pair lennard_jones { epsilon = 1 eV; sigma = 3 Å }
  pair lennard_jones {
    sample { distance = 4 Å; energy = -9.733236921890202 meV; force = -5.632948150269063e-3 eV/Å }
  }
}
`;
  const hints = inlayHintsOf(analysisOf(text), WHOLE, []).map(({ position, label }) => ({
    line: position.line,
    label,
  }));
  expect(hints).toContainEqual({ line: 5, label: 'ε 0.010323 eV, σ 3.405 Å, condition 0.85' });
  const hover = JSON.stringify(hoverAt(analysisOf(text), text.indexOf('sample') + 2));
  expect(hover).toContain('ε = 0.010323 eV, σ = 3.405 Å**, minimum at 3.822 Å');
  expect(hover).toContain('an error of 1 % in the energy makes one of 0.85 % in ε');
  expect(hover).toContain('Energy and force of one pair of atoms at one distance');
  const analysis = analysisOf(text);
  const at = analysis.document.positionAt(text.indexOf('distance'));
  const actionsFor = (kind: CodeActionTriggerKind) =>
    definitionActionsOf(analysis, { start: at, end: at }, { triggerKind: kind });
  const [action] = actionsFor(CodeActionTriggerKind.Invoked);
  expect(action.title).toBe('Write the sample as epsilon and sigma');
  expect(apply(analysis, action.edit?.changes?.[URI] ?? [])).toContain(
    '  pair lennard_jones {\n    epsilon = 0.010323 eV; sigma = 3.405 Å\n  }',
  );
  expect(actionsFor(CodeActionTriggerKind.Automatic)).toEqual([]);
  expect(inlayHintsOf(analysisOf(text.replace('-5.63', '-50.63')), WHOLE, [])).toEqual([]);
});

test('chiral functions tell how large the volumes become over the data', () => {
  const text = `potential p {
  elements = [H, O]
  cutoff = 4 Å
  radial H O { eta = 1 Å^-2 }
  chiral O H O { eta = [0.2, 1] Å^-2 }
}
dataset d { files = ["a.xyz"] }
train t { potential = p; dataset = d }
`;
  const peroxide = { ...filesOf('a.xyz'), ...environmentOf([hydrogenPeroxide(110), hydrogenPeroxide(-80)]) };
  const analysis = analysisOf(text, peroxide);
  const contents = hoverAt(analysis, text.indexOf('chiral O'))?.contents;
  const shown = typeof contents === 'object' && 'value' in contents ? contents.value : '';
  expect(shown).toMatch(/\*\*10 symmetry functions\*\* over all 2 structures, \|χ\| up to 0\.0\d+/u);
  expect(shown).toMatch(/^O +H:0\.2:0 H:1:0 O:0\.2:0 × H:0\.2:0 H:1:0 O:0\.2:0 /mu);
  const hints = inlayHintsOf(analysis, WHOLE, []).map(({ label }) => label);
  expect(hints).toContainEqual(expect.stringMatching(/^10 functions, \|χ\| up to 0\.0\d+, 7 constant$/u));
  expect(hints).toContain('FWHM 3.72, 1.67 Å');
});
