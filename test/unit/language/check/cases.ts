/** One mistake each: what is marked, and what the preferred fix makes of it. Every code of the checker has one at least. */
import type { Case } from '../diagnostics';

const P = (body: string, elements = '[H, O]'): string => `potential p {\n  elements = ${elements}\n  ${body}\n}\n`;
const RADIAL = 'radial { width = 0.5 Å; center = [1, 1.8] Å }';
const T = (body: string, potential = ''): string =>
  `${P(potential)}dataset d { files = ["a.xyz"] }\ntrain t {\n  potential = p\n  dataset = d\n  ${body}\n}\n`;
const MD = (body: string, elements = '[H, O]'): string =>
  `${P('', elements)}md m {\n  potential = p\n  structure = "a.xyz"\n  ${body}\n}\n`;

/** Windows of 0.0804 Å (or 4.6 degrees), 300 K. */
const US = (coordinate: string, more = ''): string =>
  `${P('')}umbrella u {\n  potential = p\n  structure = "a.xyz"\n  duration = 10 ps${more}\n  ${coordinate}\n}\n`;
const DISTANCE = (centers: string, constant = '4 eV/Å^2'): string =>
  US(`coordinate distance { atoms = [0, 1]; centers = ${centers}; force_constant = ${constant} }`);
const DIHEDRAL = (centers: string): string =>
  US(`coordinate dihedral { atoms = [0, 1, 2, 3]; centers = ${centers}; force_constant = 4 eV/rad^2 }`);
const RATE = (body: string): string => `${DISTANCE('[2, 2.15] Å')}rate r {\n  ${body}\n}\n`;
const RECROSSING = 'recrossing { trajectories = 200; duration = 200 fs }';
const ATOMS = (kind: string, atoms: string): string =>
  US(
    `coordinate ${kind} { atoms = ${atoms}; centers = ${kind === 'angle' || kind === 'dihedral' ? '100 deg' : kind === 'coordination' ? '2' : '2 Å'}; force_constant = 1 ${kind === 'angle' || kind === 'dihedral' ? 'eV/rad^2' : kind === 'coordination' ? 'eV' : 'eV/Å^2'} }`,
  );

const LJ = (body: string): string => P(`pair lennard_jones {\n    sample { ${body} }\n  }`, '[Ar]');

const EXPLORED = 'potential p {\n  committee { size = 4 }\n  elements = [Ar]\n}\n';
const AL = (body: string, potential = EXPLORED): string =>
  `${potential}potential lj { elements = [Ar]; pair lennard_jones { epsilon = 0.01 eV; sigma = 3.4 Å } }\ndataset d { files = ["a.xyz"] }\ntrain t { potential = p; dataset = d }\noracle o { potential = lj }\nexplore x { train = t; oracle = o; structure = "a.xyz"; duration = 1 ps${body} }\n`;

const LOADED = (body: string): string => `potential p {\n  load = "folder/"\n  ${body}\n}\n`;

/** A case from a template with one word replaced. */
const swap = (
  code: string,
  title: string,
  template: (body: string) => string,
  wrong: string,
  marked: string,
  right?: string,
  more: Partial<Case> = {},
): Case => ({
  code,
  title,
  text: template(wrong),
  marked,
  ...(right !== undefined && { fixed: template(right) }),
  ...more,
});

export const cases: readonly Case[] = [
  // Syntax
  { code: 'PD0001', title: 'a block that is not closed', text: 'potential p { elements = [H]', marked: ']', fixed: 'potential p { elements = [H] }' },
  { code: 'PD0001', title: 'a list that is not closed', text: 'potential p { elements = [H }', marked: 'H', fixed: 'potential p { elements = [H] }' },
  { code: 'PD0001', title: 'a text that is not closed', text: 'dataset d {\n files = ["a.xyz\n]\n}', marked: '"a.xyz', fixed: 'dataset d {\n files = ["a.xyz"\n]\n}' },
  { code: 'PD0001', title: 'a value that is missing', text: P('cutoff ='), marked: 'cutoff =' },
  { code: 'PD0001', title: 'a block with =', text: P('radial = { width = 0.5 Å }'), marked: '=', fixed: P('radial  { width = 0.5 Å }') },
  { code: 'PD0001', title: 'an attribute without =', text: P('cutoff 6 Å'), marked: 'cutoff', fixed: P('cutoff = 6 Å') },
  // Structure
  swap('PD0002', 'a misspelled attribute', P, 'cutof = 6 Å', 'cutof', 'cutoff = 6 Å', { message: /did you mean `cutoff`/u }),
  swap('PD0002', 'a misspelled block', P, 'radail { width = 0.5 Å }', 'radail', 'radial { width = 0.5 Å }'),
  swap('PD0002', 'an attribute of another block', MD, 'temperature = 300 K; duration = 1 ps', 'temperature', undefined, { message: /into `ensemble`/u }),
  { code: 'PD0002', title: 'a misspelled block at the top', text: 'potental p { elements = [H] }', marked: 'potental', fixed: 'potential p { elements = [H] }' },
  { code: 'PD0002', title: 'an attribute at the top', text: 'cutoff = 6 Å', marked: 'cutoff', message: /into `radial`|into `potential`/u },
  { code: 'PD0002', title: 'an unknown block at the top', text: 'xyzzyxyz q { }', marked: 'xyzzyxyz', fixed: '' },
  { code: 'PD0003', title: 'an attribute twice', text: P('cutoff = 5 Å; cutoff = 6 Å'), marked: 'cutoff', fixed: P('cutoff = 5 Å') },
  { code: 'PD0003', title: 'a block twice', text: T('optimizer adam { }\n  optimizer adam { }'), marked: 'optimizer', fixed: T('optimizer adam { }') },
  { code: 'PD0003', title: 'an element twice', text: P('', '[H, O, H]'), marked: 'H', fixed: P('') },
  { code: 'PD0003', title: 'a network twice', text: P('network { }\n  network { }'), marked: 'network', fixed: P('network { }') },
  { code: 'PD0004', title: 'elements missing', text: 'potential p {}', marked: 'potential', fixed: 'potential p { elements = [H, O] }' },
  { code: 'PD0004', title: 'elements missing in a block of lines', text: 'potential p {  # mine\n  cutoff = 6 Å\n}', marked: 'potential', fixed: 'potential p {  # mine\n  elements = [H, O]\n  cutoff = 6 Å\n}' },
  { code: 'PD0004', title: 'a reference missing', text: `${P('')}evaluate e { dataset = d }\ndataset d { files = ["a.xyz"] }`, marked: 'evaluate', fixed: `${P('')}evaluate e { potential = p; dataset = d }\ndataset d { files = ["a.xyz"] }` },
  { code: 'PD0004', title: 'eta missing', text: P('angular { zeta = 4 }'), marked: 'angular' },
  { code: 'PD0004', title: 'a duration missing', text: MD(''), marked: 'md', message: /`duration` is missing/u },
  swap('PD0005', 'a list for a number', P, 'cutoff = [6] Å', '[6] Å', 'cutoff = 6 Å', { message: /is a length, such as `6 Å`/u }),
  swap('PD0005', 'a number in quotes', P, 'cutoff = "6 Å"', '"6 Å"', 'cutoff = 6 Å'),
  swap('PD0005', 'a word for a number', P, 'cutoff = long', 'long'),
  swap('PD0005', 'a range for a number', P, 'cutoff = 1..6 Å', '1..6 Å'),
  swap('PD0005', 'a choice in quotes', P, 'scaling = "range"', '"range"', 'scaling = range'),
  swap('PD0005', 'a number for a choice', P, 'scaling = 1', '1'),
  swap('PD0005', 'a fraction of epochs', T, 'epochs = 1.5', '1.5', 'epochs = 2'),
  swap('PD0005', 'an infinite number', P, 'cutoff = 1e999 Å', '1e999 Å'),
  swap('PD0005', 'a huge list', P, 'radial { width = 0.5 Å; center = linspace(0, 5, 1000000) Å }', 'linspace(0, 5, 1000000) Å'),
  swap('PD0005', 'a bad function call', P, 'radial { width = 0.5 Å; center = linspace(1, 5) Å }', 'linspace(1, 5) Å', undefined, { message: /linspace\(first, last, count\)/u }),
  swap('PD0005', 'two units', P, 'radial { eta = [1 Å^-2, 2] Å^-2 }', 'Å^-2', 'radial { eta = [1, 2] Å^-2 }'),
  { code: 'PD0005', title: 'elements without brackets', text: P('', 'Cu'), marked: 'Cu', fixed: P('', '[Cu]') },
  { code: 'PD0005', title: 'elements in quotes', text: P('', '["Cu"]'), marked: '"Cu"', fixed: P('', '[Cu]') },
  { code: 'PD0005', title: 'no elements', text: P('', '[]'), marked: '[]' },
  { code: 'PD0005', title: 'a path without quotes', text: 'dataset d { files = [train] }', marked: 'train', fixed: 'dataset d { files = ["train"] }' },
  { code: 'PD0005', title: 'an empty path', text: 'dataset d { files = "" }', marked: '""' },
  { code: 'PD0005', title: 'no files', text: 'dataset d { files = [] }', marked: '[]' },
  { code: 'PD0005', title: 'a number for a key', text: 'dataset d { files = "a.xyz"; energy = 5 }', marked: '5' },
  { code: 'PD0005', title: 'frames without a file', text: 'dataset d { files = ["a.xyz"]; exclude = ["a.xyz:3", "12"] }', marked: '"12"' },
  { code: 'PD0005', title: 'frames that end before they begin', text: 'dataset d { files = ["a.xyz"]; exclude = "a.xyz:9-3" }', marked: '"a.xyz:9-3"' },
  { code: 'PD0914', title: 'a split by files without files', text: 'dataset d { files = ["a.xyz"]; split_by = file }', marked: 'file' },
  { code: 'PD0914', title: 'files of a set that are not used', text: 'dataset d { files = ["a.xyz"]; test_files = ["b.xyz"]; split_by = random }', marked: 'test_files', fixed: 'dataset d { files = ["a.xyz"]; test_files = ["b.xyz"]; split_by = file }' },
  { code: 'PD0005', title: 'a wrong key', text: 'dataset d { files = "a.xyz"; split_by = key(split) }', marked: 'key(split)' },
  { code: 'PD0005', title: 'a number for a name', text: 'evaluate e { potential = 5; dataset = d }', marked: '5' },
  swap('PD0006', 'a word that another one stands for', MD, 'duration = 1 ps; ensemble nve { temperature = 300 K }', 'temperature', 'duration = 1 ps; ensemble nve { initial_temperature = 300 K }', { severity: 'warning', message: /^In `ensemble nve` `temperature` is called `initial_temperature` since 0\.1\.0/u }),
  swap('PD0003', 'a deprecated word beside the one that stands for it', MD, 'duration = 1 ps; ensemble nve { initial_temperature = 300 K; temperature = 200 K }', 'temperature', 'duration = 1 ps; ensemble nve { initial_temperature = 300 K }'),
  { code: 'PD0007', title: 'a block to come', text: P('moments { }'), marked: 'moments', message: /not available in this version/u, fixed: P('').replace('  \n', '') },
  { code: 'PD0007', title: 'an action to come', text: 'relax r { }', marked: 'relax', message: /not available in this version/u, fixed: '' },
  swap('PD0007', 'a pair term to come', P, 'pair morse { }', 'morse', 'pair lennard_jones { }'),
  swap('PD0007', 'a choice to come', P, 'angular { kind = compact; eta = 1 Å^-2 }', 'compact', 'angular { kind = narrow; eta = 1 Å^-2 }'),
  swap('PD0007', 'a word of a descriptor to come', P, 'radial { width = 0.5 Å; weighted = true }', 'weighted'),
  { code: 'PD0004', title: 'neither elements nor load', text: 'potential p { units { length = bohr } }', marked: 'potential' },
  { code: 'PD0406', title: 'a cutoff beside load', text: LOADED('cutoff = 6 Å'), marked: 'cutoff', fixed: LOADED('').replace('  \n', '') },
  { code: 'PD0406', title: 'a network beside load', text: LOADED('network { hidden = [5] }'), marked: 'network', message: /Only `units`/u },
  { code: 'PD0406', title: 'elements beside load', text: LOADED('elements = [Cu]'), marked: 'elements' },
  swap('PD0406', 'units of nothing', P, 'units { length = bohr }', 'units'),
  { code: 'PD0407', title: 'a folder without a potential', text: LOADED('').replace('folder', 'broken'), marked: '"broken/"', message: /no `scaling.data`/u },
  { code: 'PD0901', title: 'a folder that is missing', text: LOADED('').replace('folder', 'missing'), marked: '"missing/"' },
  { code: 'PD0608', title: 'training what is loaded', text: `${LOADED('units { length = bohr; energy = hartree }')}dataset d { files = ["a.xyz"] }\ntrain t { potential = p; dataset = d }\n`, marked: 'p', message: /trained already/u },
  { code: 'PD1001', title: 'a time step too long for a loaded element', text: `${LOADED('')}md m { potential = p; structure = "a.xyz"; duration = 1 ps; timestep = 9 fs }`, marked: '9 fs', severity: 'warning' },
  swap('PD0008', 'a misspelled choice', P, 'cutoff_function = poly22', 'poly22', 'cutoff_function = poly2'),
  swap('PD0008', 'a strange choice', P, 'scaling = something', 'something', undefined, { message: /it is `range`/u }),
  swap('PD0008', 'a misspelled variant', T, 'optimizer adma { }', 'adma', 'optimizer adam { }'),
  swap('PD0008', 'a misspelled function', P, 'radial { width = 0.5 Å; center = linspce(1, 3, 5) Å }', 'linspce', 'radial { width = 0.5 Å; center = linspace(1, 3, 5) Å }'),
  { code: 'PD0009', title: 'no name', text: 'potential { elements = [H] }', marked: 'potential', fixed: 'potential potential_1 { elements = [H] }' },
  { code: 'PD0009', title: 'a name of two words', text: 'potential a b { elements = [H] }', marked: 'b', fixed: 'potential a { elements = [H] }' },
  { code: 'PD0009', title: 'a name that leads out of the folder', text: 'potential "../x" { elements = [H] }', marked: '"../x"', fixed: 'potential _x { elements = [H] }' },
  swap('PD0009', 'a label where there is none', (b) => MD(`duration = 1 ps\n  ${b}`), 'output a { }', 'a', 'output { }'),
  swap('PD0009', 'an element missing', P, 'radial H { width = 0.5 Å }', 'H', 'radial { width = 0.5 Å }'),
  swap('PD0009', 'an element too many', P, 'network H O { }', 'O', 'network { }'),
  swap('PD0009', 'no variant', P, 'pair { epsilon = 1 eV; sigma = 3 Å }', 'pair', 'pair lennard_jones { epsilon = 1 eV; sigma = 3 Å }'),
  swap('PD0010', 'an attribute of another ensemble', MD, 'duration = 1 ps\n  ensemble nve { friction = 5 1/ps; initial_temperature = 300 K }', 'friction', 'duration = 1 ps\n  ensemble nve { initial_temperature = 300 K }'),
  swap('PD0009', 'a mass of no element', MD, 'duration = 1 ps; isotope { mass = 2 amu }', 'isotope', undefined, { message: /of which element/u }),
  swap('PD0009', 'a mass of two elements', MD, 'duration = 1 ps; isotope H O { mass = 2 amu }', 'isotope', 'duration = 1 ps; isotope H { mass = 2 amu }'),
  swap('PD0003', 'a mass twice', MD, 'duration = 1 ps; isotope H { mass = 2 amu }; isotope H { mass = 3 amu }', 'H', 'duration = 1 ps; isotope H { mass = 2 amu }'),
  swap('PD0202', 'a mass of an element that the potential does not have', MD, 'duration = 1 ps; isotope C { mass = 13 amu }', 'C', 'duration = 1 ps'),
  swap('PD0204', 'a mass that no isotope has', MD, 'duration = 1 ps; isotope O { mass = 12 amu }', '12 amu', 'duration = 1 ps; isotope O { mass = 15.999 amu }', { severity: 'warning', message: /^12 amu is 25 % less than the standard mass of oxygen, 15\.999 amu, and no isotope has it/u }),
  swap('PD0204', 'a mass of an element without other isotopes', MD, 'duration = 1 ps; isotope Cu { mass = 100 amu }', '100 amu', 'duration = 1 ps; isotope Cu { mass = 63.546 amu }', { severity: 'warning', text: MD('duration = 1 ps; isotope Cu { mass = 100 amu }', '[Cu]'), fixed: MD('duration = 1 ps; isotope Cu { mass = 63.546 amu }', '[Cu]') }),
  // Dimensions
  swap('PD0101', 'a length without a unit', P, 'cutoff = 6', '6', 'cutoff = 6 Å', { message: /is a length and needs a unit: `6 Å`/u }),
  swap('PD0101', 'a length without a unit that was bohr', P, 'cutoff = 12', '12', 'cutoff = 12 bohr', { message: /needs a unit: `12 bohr`/u }),
  swap('PD0101', 'a length without a unit that was nm', P, 'cutoff = 0.6', '0.6', 'cutoff = 0.6 nm'),
  swap('PD0101', 'a list without a unit', P, 'radial { eta = [0.05, 0.5, 4] }', '[0.05, 0.5, 4]', 'radial { eta = [0.05, 0.5, 4] Å^-2 }'),
  swap('PD0101', 'a function without a unit', P, 'radial { width = 0.5 Å; center = linspace(1, 5, 10) }', 'linspace(1, 5, 10)', 'radial { width = 0.5 Å; center = linspace(1, 5, 10) Å }'),
  swap('PD0101', 'one of a list without a unit', P, 'radial { eta = [1 Å^-2, 4] }', '4', 'radial { eta = [1 Å^-2, 4 Å^-2] }'),
  swap('PD0101', 'a duration', MD, 'duration = 10', '10', 'duration = 10 ps'),
  swap('PD0101', 'a time step', MD, 'duration = 1 ps; timestep = 0.5', '0.5', 'duration = 1 ps; timestep = 0.5 fs'),
  swap('PD0102', 'an energy for a length', P, 'cutoff = 6 eV', 'eV', 'cutoff = 6 Å', { message: /is a length, but `eV` is an energy: write `Å`, `bohr` or `nm`/u }),
  swap('PD0102', 'a length for its inverse square', P, 'radial { eta = [4, 16] bohr }', 'bohr', 'radial { eta = [4, 16] bohr^-2 }'),
  swap('PD0102', 'a time for its inverse', MD, 'duration = 1 ps\n  ensemble langevin { friction = 5 ps }', 'ps', 'duration = 1 ps\n  ensemble langevin { friction = 5 1/ps }'),
  swap('PD0102', 'a unit where there is none', T, 'epochs = 30 fs', 'fs', 'epochs = 30', { message: /a plain number/u }),
  swap('PD0102', 'kcal without mol', P, 'pair lennard_jones { epsilon = 0.2 kcal; sigma = 3 Å }', 'kcal', undefined, { message: /write `kcal\/mol`/u }),
  swap('PD0106', 'a zero without a unit', P, 'radial { eta = 4 Å^-2; shift = 0 }', '0', 'radial { eta = 4 Å^-2; shift = 0 Å }', { severity: 'hint', message: /^`shift` is a length: 0 is the only number/u }),
  swap('PD0106', 'a list of zeros', P, 'radial { eta = [0, 0] }', '[0, 0]', 'radial { eta = [0, 0] Å^-2 }', { severity: 'hint' }),
  swap('PD0106', 'one zero of a list', P, 'radial { eta = 4 Å^-2; shift = [0, 0.5 Å] }', '0', 'radial { eta = 4 Å^-2; shift = [0 Å, 0.5 Å] }', { severity: 'hint' }),
  swap('PD0106', 'a function of zeros', P, 'radial { eta = 4 Å^-2; shift = linspace(0, 0, 2) }', 'linspace(0, 0, 2)', 'radial { eta = 4 Å^-2; shift = linspace(0, 0, 2) Å }', { severity: 'hint' }),
  swap('PD0106', 'no temperature', MD, 'duration = 1 ps; ensemble nve { initial_temperature = 0 }', '0', 'duration = 1 ps; ensemble nve { initial_temperature = 0 K }', { severity: 'hint' }),
  swap('PD0103', 'a cutoff that was bohr', P, 'cutoff = 11.34 Å', '11.34 Å', 'cutoff = 6.00087 Å', { severity: 'warning', message: /looks like 11.34 bohr/u }),
  swap('PD0103', 'a cutoff that was nm', P, 'cutoff = 0.6 Å', '0.6 Å', 'cutoff = 6 Å', { severity: 'warning' }),
  swap('PD0109', 'an unknown unit', P, 'cutoff = 6 parsec', 'parsec', 'cutoff = 6 Å'),
  swap('PD0109', 'a unit of other programs', P, 'pair lennard_jones { epsilon = 0.1 Ha; sigma = 3 Å }', 'Ha', 'pair lennard_jones { epsilon = 0.1 hartree; sigma = 3 Å }'),
  swap('PD0109', 'an exponent of Fortran', P, 'cutoff = 1.0d1 Å', 'd1', undefined, { message: /written `e1`/u }),
  // Elements
  { code: 'PD0201', title: 'an unknown element', text: P('', '[Hx, O]'), marked: 'Hx', fixed: P('', '[H, O]') },
  { code: 'PD0201', title: 'an element in capitals', text: P('', '[CU]'), marked: 'CU', fixed: P('', '[Cu]') },
  { code: 'PD0201', title: 'an element by its name', text: P('', '[copper]'), marked: 'copper', fixed: P('', '[Cu]') },
  swap('PD0201', 'a star', P, 'network * { }', '*', 'network { }'),
  { code: 'PD0202', title: 'an element that is not declared', text: P('network N { }'), marked: 'N', fixed: P('network N { }', '[H, O, N]') },
  // Ranges and descriptors
  swap('PD0301', 'a negative cutoff', P, 'cutoff = -6 Å', '-6 Å', 'cutoff = 6 Å', { message: /greater than 0/u }),
  swap('PD0301', 'a large fraction', () => 'dataset d { files = "a.xyz"; test = 110 % }', '', '110 %'),
  swap('PD0301', 'a prior that ends before it falls', P, 'prior zbl { inner = 2 Å; outer = 1 Å }', '2 Å', 'prior zbl { inner = 0.5 Å; outer = 1 Å }'),
  swap('PD0301', 'a prior beyond the cutoff', P, 'cutoff = 5 Å; prior zbl { outer = 6 Å }', '6 Å', 'cutoff = 5 Å; prior zbl { outer = 5 Å }', { message: /beyond the cutoff/u }),
  swap('PD0301', 'a lambda beyond 1', P, 'angular { eta = 1 Å^-2; lambda = [-1, 2] }', '2', 'angular { eta = 1 Å^-2; lambda = [-1, 1] }'),
  swap('PD0301', 'a centre beyond the cutoff', P, 'radial { width = 2 Å; center = linspace(1, 7, 10) Å }', '7', 'radial { width = 2 Å; center = linspace(1, 6, 10) Å }', { message: /beyond the cutoff/u }),
  swap('PD0301', 'a descriptor beyond the potential', P, 'radial { width = 0.5 Å; cutoff = 7 Å }', '7 Å', 'radial { width = 0.5 Å; cutoff = 6 Å }'),
  swap('PD0306', 'functions twice', P, `${RADIAL}\n  ${RADIAL}`, RADIAL, RADIAL, { severity: 'information' }),
  swap('PD0306', 'some functions twice', P, `${RADIAL}\n  radial { width = 0.5 Å; center = [1, 2] Å }`, 'radial', undefined, { severity: 'information' }),
  swap('PD0307', 'a gap', P, 'radial { width = 0.5 Å; center = [1, 3] Å }', '[1, 3] Å', 'radial { width = 0.5 Å; center = linspace(1, 3, 5) Å }', { severity: 'warning' }),
  swap('PD0307', 'a gap with eta', P, 'radial { eta = 4 Å^-2; shift = [2, 8] bohr }', '[2, 8] bohr', undefined, { severity: 'warning' }),
  swap('PD0308', 'a narrow Gaussian', P, 'radial { width = 0.01 Å }', '0.01 Å', 'radial { width = 0.05 Å }', { severity: 'warning' }),
  swap('PD0308', 'a large eta', P, 'radial { eta = [4, 1000] Å^-2 }', '1000', 'radial { eta = [4, 200] Å^-2 }', { severity: 'warning' }),
  { code: 'PD0309', title: 'an element without descriptors', text: P('radial O H { width = 0.5 Å }'), marked: 'H' },
  swap('PD0310', 'many functions', P, 'radial { width = 0.1 Å; center = linspace(0, 6, 100) Å }', 'p', undefined, { severity: 'information', fixed: P('').replace('  \n', '') }),
  swap('PD0310', 'many functions, chiral ones too', P, 'chiral { eta = [0.1, 0.2, 0.4] Å^-2 }', 'p', undefined, { severity: 'information' }),
  swap('PD0311', 'a hard cutoff', P, 'cutoff_function = hard', 'hard', 'cutoff_function = poly2', { severity: 'warning' }),
  swap('PD0312', 'a singular power', P, 'angular { eta = 1 Å^-2; zeta = [1.5, 4] }', '1.5', 'angular { eta = 1 Å^-2; zeta = [2, 4] }', { severity: 'warning' }),
  swap('PD0313', 'tanh3', P, 'cutoff_function = tanh3', 'tanh3', 'cutoff_function = tanh3_normalized', { severity: 'information' }),
  swap('PD0313', 'tanh3 without scaling', P, 'cutoff_function = tanh3; scaling = none', 'tanh3', undefined, { severity: 'warning' }),
  swap('PD0314', 'far too many functions', P, 'angular { eta = linspace(1, 2, 100) Å^-2; zeta = linspace(1, 100, 100) }', 'angular'),
  swap('PD0315', 'both pairs', P, 'radial { width = 0.5 Å; center = 1 Å; eta = 4 Å^-2 }', 'eta', 'radial { width = 0.5 Å; center = 1 Å }'),
  swap('PD0315', 'neither pair', P, 'radial { cutoff = 5 Å }', 'radial', 'radial { width = 0.5 Å; cutoff = 5 Å }'),
  swap('PD0315', 'width with shift', P, 'radial { width = 0.5 Å; shift = 1 Å }', 'shift', 'radial { width = 0.5 Å; center = 1 Å }'),
  swap('PD0315', 'a centre alone', P, 'radial { center = 1 Å }', 'radial', 'radial { width = 0.5 Å; center = 1 Å }'),
  swap('PD0330', 'two channels', (body) => P(`${RADIAL}\n  chiral O H O { eta = ${body} Å^-2 }`), '0.2', 'chiral O H O', '[0.2, 0.05]', { severity: 'warning' }),
  swap('PD0330', 'channels that are the same', (body) => P(`${RADIAL}\n  chiral O O O { shift = 1 Å; eta = ${body} }`), '[1, 1] Å^-2', 'chiral O O O', '[1, 0.25, 0.0625] Å^-2', { severity: 'warning', message: /^One channel spans/u }),
  swap('PD0331', 'a parity that is broken', (body) => P(`${RADIAL}\n  chiral { eta = [0.2, 1] Å^-2; parity = ${body} }`), 'broken', 'broken', 'even'),
  // Networks
  swap('PD0401', 'no hidden layer', P, 'network { hidden = [] }', '[]', 'network { hidden = [20, 20] }'),
  swap('PD0401', 'an empty layer', P, 'network { hidden = [20, 0] }', '0', 'network { hidden = [20, 1] }'),
  swap('PD0403', 'relu', P, 'network { activation = relu }', 'relu', 'network { activation = tanh }', { severity: 'warning' }),
  // Training
  swap('PD0601', 'forces that are not used', T, 'force_weight = 0', '0', 'force_weight = 1', { severity: 'information' }),
  swap('PD0003', 'factors of a config_type twice', T, 'config_type "a b" { energy = 2 }\n  config_type "a b" { force = 2 }', '"a b"', 'config_type "a b" { energy = 2 }'),
  swap('PD0611', 'patience without a validation set', T, 'patience = 5', 'patience', undefined, { severity: 'information', message: /validation = 10 %/u }),
  swap('PD0602', 'a constant offset', T, 'offset = constant', 'constant', 'offset = per_element', { severity: 'information' }),
  swap('PD0607', 'nothing to fit', T, 'force_weight = 0; energy_weight = 0', '0', 'force_weight = 1; energy_weight = 0'),
  { code: 'PD0608', title: 'pair terms alone', text: T('', 'pair lennard_jones { epsilon = 1 eV; sigma = 3 Å }'), marked: 'p' },
  swap('PD0609', 'a filter that the backend cannot serve', T, 'backend = tensorflow\n  optimizer kalman { }', 'kalman', 'backend = native\n  optimizer kalman { }'),
  swap('PD0609', 'a finish that the backend cannot serve', T, 'backend = tensorflow\n  finish levenberg_marquardt { }', 'levenberg_marquardt', 'backend = native\n  finish levenberg_marquardt { }'),
  swap('PD0610', 'batches for an optimizer that takes all data', T, 'batch_size = 8\n  optimizer lbfgs { }', 'batch_size = 8', 'optimizer lbfgs { }', { severity: 'warning' }),
  // Names
  swap('PD0801', 'a misspelled reference', (name) => `${P('').replace(' p ', ' water ')}evaluate e { potential = ${name}; dataset = d }\ndataset d { files = "a.xyz" }`, 'watre', 'watre', 'water'),
  swap('PD0801', 'a misspelled reference to a name with a hyphen', (name) => `${P('').replace(' p ', ' rpbe-d3 ')}evaluate e { potential = ${name}; dataset = d }\ndataset d { files = "a.xyz" }`, 'rpbe-d33', 'rpbe-d33', 'rpbe-d3'),
  { code: 'PD0801', title: 'no such block', text: 'evaluate e { potential = p; dataset = d }\ndataset d { files = "a.xyz" }', marked: 'p' },
  { code: 'PD0802', title: 'a name twice', text: `${P('')}potential p { elements = [H] }\n`, marked: 'p', fixed: `${P('')}potential p_2 { elements = [H] }\n` },
  // Files
  { code: 'PD0901', title: 'a missing file', text: 'dataset d { files = ["missing.xyz", "a.xyz"] }', marked: '"missing.xyz"' },
  { code: 'PD0901', title: 'a glob without matches', text: 'dataset d { files = ["missing/*.xyz"] }', marked: '"missing/*.xyz"', message: /No file matches/u },
  { code: 'PD0901', title: 'a missing structure', text: MD('duration = 1 ps').replace('a.xyz', 'missing.xyz'), marked: '"missing.xyz"' },
  swap('PD0911', 'output elsewhere', MD, 'duration = 1 ps\n  output { file = "../x.xyz" }', '"../x.xyz"', 'duration = 1 ps\n  output { file = "x.xyz" }'),
  // Pair terms
  swap('PD0701', 'a sample far out', LJ, 'distance = 8.0 Å; energy = -2.440276530197156e-04 eV; force = -1.819261465967489e-04 eV/Å', 'sample', 'distance = 3.82 Å; energy = -0.0103228995674 eV; force = 0.000101463714864 eV/Å', { severity: 'warning', message: /an error of 1 % in the energy makes one of 163 % in ε \(0\.01032 eV; σ 3\.405 Å\).* 3\.822 Å/u }),
  swap('PD0701', 'a sample far out, in other units', LJ, 'distance = 0.8 nm; energy = -0.02354524 kJ/mol; force = -1.755306e-2 kJ/mol/Å', 'sample', undefined, { severity: 'warning' }),
  swap('PD0701', 'a sample on the wall', LJ, 'distance = 2 Å; energy = 24.0115 eV; force = 145.08 eV/Å', 'sample', undefined, { severity: 'warning' }),
  swap('PD0701', 'a sample that attracts too much', LJ, 'distance = 4 Å; energy = -0.01 eV; force = -0.05 eV/Å', 'sample', undefined, { message: /^No Lennard-Jones potential with positive parameters passes through this sample: r F = -0\.2 eV < 6 E = -0\.06 eV\./u }),
  swap('PD0701', 'a sample that repels too little', LJ, 'distance = 3 Å; energy = 0.02 eV; force = 0.05 eV/Å', 'sample', undefined, { message: /r F = 0\.15 eV < 12 E = 0\.24 eV/u }),
  swap('PD0701', 'a sample of nothing', LJ, 'distance = 3 Å; energy = 0 eV; force = 0 eV/Å', 'sample', undefined, { message: /r F = 0 eV = 6 E = 0 eV/u }),
  swap('PD0702', 'a depth beside a sample', P, 'pair lennard_jones { epsilon = 1 eV; sample { distance = 3.82 Å; energy = -0.01 eV; force = 0 eV/Å } }', 'sample'),
  swap('PD0702', 'parameters beside a sample', P, 'pair lennard_jones { epsilon = 1 eV; sigma = 3 Å; sample { distance = 3.82 Å; energy = -0.01 eV; force = 0 eV/Å } }', 'sample'),
  swap('PD0004', 'a sample without a force', LJ, 'distance = 4 Å; energy = -0.0097332 eV', 'sample', undefined, { message: /`force` is missing/u }),
  // Dynamics
  swap('PD1001', 'a long step with hydrogen', MD, 'duration = 1 ps; timestep = 2 fs', '2 fs', 'duration = 1 ps; timestep = 0.5 fs', { severity: 'warning', message: /hydrogen/u }),
  swap('PD1001', 'a long step with copper', (body) => MD(body, '[Cu]'), 'duration = 1 ps; timestep = 9 fs', '9 fs', undefined, { severity: 'warning' }),
  swap('PD1002', 'a negative temperature', MD, 'duration = 1 ps\n  ensemble nve { initial_temperature = -300 K }', '-300 K', 'duration = 1 ps\n  ensemble nve { initial_temperature = 300 K }'),
  swap('PD1005', 'a thermostat of Berendsen', MD, 'duration = 1 ps\n  ensemble berendsen { temperature = 300 K; time = 50 fs }', 'berendsen', 'duration = 1 ps\n  ensemble csvr { temperature = 300 K; time = 50 fs }', { severity: 'warning', message: /canonical/u }),
  swap('PD1007', 'no step', MD, 'duration = 0.1 fs', '0.1 fs', 'duration = 500 fs'),
  swap('PD1008', 'no frame', MD, 'duration = 10 fs\n  output { every = 100 }', '100', 'duration = 10 fs\n  output { every = 1 }', { severity: 'warning' }),
  // Umbrella sampling
  { code: 'PD0004', title: 'no coordinate', text: US(''), marked: 'umbrella', message: /needs a `coordinate`/u },
  { code: 'PD0005', title: 'too many atoms', text: ATOMS('distance', '[0, 1, 2]'), marked: '[0, 1, 2]', message: /is 2 numbers/u },
  { code: 'PD0102', title: 'a length for an angle', text: US('coordinate angle { atoms = [1, 0, 2]; centers = [2, 3] Å; force_constant = 1 eV/rad^2 }'), marked: 'Å', message: /`centers` is an angle/u },
  { code: 'PD0102', title: 'a force constant for a force constant of another coordinate', text: US('coordinate angle { atoms = [1, 0, 2]; centers = 90 deg; force_constant = 1 eV/Å^2 }'), marked: 'eV/Å^2', message: /an energy per squared angle/u },
  { code: 'PD0008', title: 'an umbrella without a thermostat', text: US('coordinate distance { atoms = [0, 1]; centers = 2 Å; force_constant = 1 eV/Å^2 }', '; ensemble nve { }'), marked: 'nve' },
  { code: 'PD0010', title: 'a distance where nothing is counted', text: US('coordinate distance { atoms = [0, 1]; centers = 2 Å; force_constant = 1 eV/Å^2; distance = 2 Å }'), marked: 'distance' },
  { code: 'PD1008', title: 'no value', text: DISTANCE('2 Å').replace('10 ps', '10 fs; output { every = 100 }'), marked: '100', severity: 'warning', message: /none would be written/u },
  ...[['distance', '[3, 3]'], ['difference', '[0, 5, 4, 4]'], ['angle', '[1, 0, 1]'], ['dihedral', '[0, 1, 2, 1]'], ['height', '[0, 1, 2, 2]'], ['coordination', '[0, 1, 0]']].map(([kind, atoms]): Case => (
    { code: 'PD1201', title: `an atom twice in a ${kind}`, text: ATOMS(kind, atoms), marked: atoms, message: /is named twice/u }
  )),
  { code: 'PD1201', title: 'no neighbour to count', text: ATOMS('coordination', '[2]'), marked: '[2]', message: /name at least one/u },
  { code: 'PD1202', title: 'windows that are too narrow', text: DISTANCE('linspace(2, 3, 6) Å'), marked: '4 eV/Å^2', severity: 'warning', message: /0\.08 Å wide, and the next one is 0\.2 Å away/u, fixed: DISTANCE('linspace(2, 3, 6) Å', '1.8 eV/Å^2') },
  { code: 'PD1202', title: 'windows that are too wide', text: DISTANCE('linspace(2, 3, 51) Å'), marked: '4 eV/Å^2', severity: 'warning', message: /4 times the distance/u, fixed: DISTANCE('linspace(2, 3, 51) Å', '180 eV/Å^2') },
  { code: 'PD1203', title: 'windows that do not overlap', text: DISTANCE('linspace(2, 3, 4) Å'), marked: 'linspace(2, 3, 4) Å', severity: 'warning', message: /will overlap by about 3\.8 %, and so do 2 more/u, fixed: DISTANCE('linspace(2, 3, 10) Å') },
  { code: 'PD1203', title: 'a gap between windows', text: DISTANCE('[2, 2.15, 2.6, 2.75] Å'), marked: '[2, 2.15, 2.6, 2.75] Å', severity: 'warning', fixed: DISTANCE('linspace(2, 2.75, 6) Å') },
  { code: 'PD1205', title: 'a circle that is not closed', text: DIHEDRAL('linspace(-180, 90, 28) deg'), marked: 'linspace(-180, 90, 28) deg', severity: 'warning', message: /go round 270 deg of a circle of 360 deg, and leave 90 deg open/u, fixed: DIHEDRAL('linspace(-180, 170, 36) deg') },
  { code: 'PD1302', title: 'a rate without recrossing', text: RATE('umbrella = u'), marked: 'r', severity: 'warning', message: /an upper bound/u, fixed: RATE(`${RECROSSING}\n  umbrella = u`) },
  { code: 'PD0004', title: 'a rate of nothing', text: RATE('seed = 2'), marked: 'rate', message: /`umbrella` is missing/u },
  { code: 'PD0004', title: 'windows of another program without a mass', text: RATE('windows { file = "metadata.dat" }'), marked: 'windows', message: /`mass` is missing/u },
  { code: 'PD0010', title: 'a rate of two things', text: RATE('umbrella = u\n  mass = 12 amu\n  windows { file = "metadata.dat" }'), marked: 'umbrella' },
  { code: 'PD0010', title: 'trajectories without a potential', text: RATE(`mass = 12 amu\n  windows { file = "metadata.dat" }\n  ${RECROSSING}`), marked: 'recrossing' },
  { code: 'PD1205', title: 'a place twice', text: DIHEDRAL('linspace(-180, 180, 37) deg'), marked: 'linspace(-180, 180, 37) deg', severity: 'warning', message: /are the same place/u, fixed: DIHEDRAL('linspace(-180, 170, 36) deg') },
  // Active learning
  { code: 'PD0010', title: 'an oracle that answers twice', text: 'potential lj { elements = [Ar] }\noracle o { command = ["a", "{input}"]; potential = lj }', marked: 'potential', fixed: 'potential lj { elements = [Ar] }\noracle o { command = ["a", "{input}"] }' },
  { code: 'PD0004', title: 'an oracle that does not answer', text: 'potential lj { elements = [Ar] }\noracle o { retries = 2 }', marked: 'oracle', message: /`potential` is missing/u },
  { code: 'PD0005', title: 'a command that is one line', text: 'oracle o { command = orca }', marked: 'orca', fixed: 'oracle o { command = "orca" }' },
  { code: 'PD1001', title: 'an exploration with long steps', text: AL('; timestep = 20 fs', EXPLORED), marked: '20 fs', fixed: AL('; timestep = 3 fs', EXPLORED), severity: 'warning' },
  { code: 'PD1101', title: 'nobody to disagree', text: AL('', 'potential p {\n  elements = [Ar]\n}\n'), marked: 't', fixed: AL('') },
  { code: 'PD1103', title: 'thresholds that are the wrong way round', text: AL('; trigger = 1 eV/Å; reject = 200 meV/Å'), marked: '1 eV/Å', fixed: AL('; trigger = 0.2 eV/Å; reject = 1000 meV/Å'), severity: 'warning' },
  { code: 'PD1103', title: 'a trigger that is what is rejected', text: AL('; trigger = 1 eV/Å'), marked: '1 eV/Å', fixed: AL('; trigger = 1 eV/Å').replace('x { train', 'x { reject = 5 eV/Å; train'), severity: 'warning' },
]; // prettier-ignore
