/** The data a potential learns from and is compared with. */
import type { BlockSchema } from '../types';

export const units = {
  label: 'none',
  documentation: 'Units of files that have none of their own: those of n2p2 and RuNNer.',
  attributes: {
    length: {
      type: 'choice',
      values: { angstrom: 'Å', bohr: '0.529177 Å', nm: '10 Å' },
      default: 'angstrom',
      documentation: 'Unit of positions and cells; forces are in energy per length.',
    },
    energy: {
      type: 'choice',
      values: {
        eV: 'eV',
        hartree: '27.2114 eV',
        rydberg: '13.6057 eV',
        'kcal/mol': '0.0433641 eV',
        'kJ/mol': '0.0103643 eV',
        meV: '0.001 eV',
      },
      default: 'eV',
      documentation: 'Unit of energies.',
    },
  },
} as const satisfies BlockSchema;

export const dataset = {
  label: 'name',
  repeatable: true,
  documentation:
    'Labelled structures: files of extended XYZ (`.xyz`, `.extxyz`), n2p2 (`input.data`) or LAMMPS (dumps with forces), also compressed (`.gz`).',
  attributes: {
    files: {
      type: 'paths',
      required: true,
      example: '["data/*.xyz"]',
      documentation: 'Files or globs, relative to this file.',
    },
    energy: {
      type: 'data_key',
      what: 'energy',
      default: 'auto',
      documentation:
        'The key that holds the total energy of a structure; `auto` takes the first usual one that the file has.',
    },
    forces: {
      type: 'data_key',
      what: 'forces',
      default: 'auto',
      documentation: 'The column that holds the forces; `auto` takes the first usual one that the file has.',
    },
    stress: {
      type: 'data_key',
      what: 'stress',
      default: 'auto',
      documentation:
        'The key that holds the stress (eV/Å³, positive under tension, nine numbers or six in the order xx yy zz yz xz xy) or, if `virial` is in its name, the virial −V σ (eV). `auto` takes the first usual one that the file has, a virial before a stress. Only of structures that are periodic in all directions.',
    },
    stress_sign: {
      type: 'choice',
      values: {
        tension: 'positive under tension, the virial is −V σ: ASE and this program',
        pressure: 'positive under pressure, the virial is V σ',
      },
      default: 'tension',
      documentation: 'When the stresses of the data are positive.',
    },
    test: {
      type: 'quantity',
      dimension: 'none',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      exclusiveMaximum: true,
      example: '10 %',
      documentation:
        'Fraction of the structures that is kept out of the training to measure the error: no decision looks at them. Not used with `split_by = key(…)` or `file`.',
    },
    validation: {
      type: 'quantity',
      dimension: 'none',
      default: 0,
      minimum: 0,
      maximum: 1,
      exclusiveMaximum: true,
      example: '10 %',
      documentation:
        'Fraction of the structures that is kept out of the training to choose the epoch whose weights are kept, and to stop when nothing is gained any more (`patience`). Without it the last weights are kept. With `split_by = key(…)` or `file` it is taken from the training structures where the data name no validation set.',
    },
    test_files: {
      type: 'paths',
      example: '["test.xyz"]',
      documentation:
        'With `split_by = file` the files whose structures are the test set; they need not stand in `files` too.',
    },
    validation_files: {
      type: 'paths',
      example: '["validation.xyz"]',
      documentation:
        'With `split_by = file` the files whose structures are the validation set; they need not stand in `files` too.',
    },
    exclude: {
      type: 'frames',
      example: '["water.xyz:12", "water.xyz:40-52"]',
      documentation:
        'Structures that are left out, as file and frames counted from 0. The sets are drawn before, so that all others stay where they are.',
    },
    split_by: {
      type: 'choice_or_key',
      values: {
        random: 'each structure by itself',
        trajectory:
          'runs of consecutive structures stay together, so that a test structure has no near twin in training',
        config_type: 'whole config_types (the key `config_type` of a structure, or else `group`)',
        file: 'whole files: those that `test_files` and `validation_files` name are these sets',
      },
      default: 'random',
      documentation:
        'How test and validation structures are chosen; `key("split")` takes it from a key of the file that says train, validation or test.',
    },
  },
  blocks: { units },
} as const satisfies BlockSchema;
