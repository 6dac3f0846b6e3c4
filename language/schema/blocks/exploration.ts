/** `oracle` and `explore`: who answers for energies and forces, and the loop that asks where a committee is unsure. */
import type { BlockSchema } from '../types';
import { ensemble, md } from './dynamics';

export const oracle = {
  label: 'name',
  repeatable: true,
  documentation:
    'Who gives the energy and the forces of a structure when somebody asks: another `potential` of this file, or a `command` that calls a program, as a quantum-chemistry code. Write one of the two.',
  attributes: {
    potential: {
      type: 'reference',
      to: 'potential',
      required: true,
      unless: 'command',
      documentation:
        'A potential of this file that answers: of pair terms, loaded or trained. For tests, and to learn a dear potential by a cheap one.',
    },
    command: {
      type: 'texts',
      example: '["python3", "{folder}/label.py", "{input}", "{output}"]',
      documentation:
        'Program and arguments. It is run without a shell in a fresh folder, reads the structure from `{input}` and must write it with `energy` (eV) and `forces` (eV/Å) to `{output}`, both extended XYZ; `{folder}` is the folder of this file. It gets one thread (`OMP_NUM_THREADS=1`).',
    },
    timeout: {
      type: 'quantity',
      dimension: 'none',
      default: 3600,
      minimum: 0,
      exclusiveMinimum: true,
      maximum: 1e6,
      example: '3600',
      documentation: 'Seconds that a command may take for one structure; then it is ended, and has failed.',
    },
    retries: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 1,
      minimum: 0,
      maximum: 10,
      example: '1',
      documentation:
        'How often a command that failed is run again for the same structure, before the structure is given up.',
    },
    method: {
      type: 'text',
      example: '"B3LYP/def2-SVP"',
      documentation: 'The level of theory in words: it stands with every structure that the oracle has labelled.',
    },
    energy_zero: {
      type: 'choice',
      values: {
        own: 'energies as the oracle gives them',
        data: 'shifted by the same energy per atom for all, so that a training structure has the energy that the data say',
      },
      default: 'own',
      documentation: 'The zero of the energies: programs have other ones, and one potential can learn only one.',
    },
  },
} as const satisfies BlockSchema;

const { structure, frame, supercell, timestep, duration, seed } = md.attributes;

export const explore = {
  label: 'name',
  repeatable: true,
  action: true,
  documentation:
    'Active learning: molecular dynamics with the mean forces of a committee. Where its members disagree about a force by more than `trigger` the simulation pauses; structures of there are labelled by the oracle and added to the data, the committee is trained again, and the simulation goes on from where it was last to be trusted.',
  formula: 'dᵢ = max over a, b of |Fᵢᵃ − Fᵢᵇ|',
  reference: 'Schran, Brezina and Marsalek, J. Chem. Phys. 153, 104105 (2020)',
  attributes: {
    train: {
      type: 'reference',
      to: 'train',
      required: true,
      documentation:
        'The training that is repeated with the new structures: it says potential, dataset and procedure. The newest finished training of the potential is what the exploration begins with.',
    },
    oracle: {
      type: 'reference',
      to: 'oracle',
      required: true,
      documentation: 'Who labels: it must give the energies and forces of the same method as those of the dataset.',
    },
    structure,
    frame,
    supercell,
    timestep,
    duration,
    trigger: {
      type: 'quantity',
      dimension: 'force',
      default: 0.15,
      minimum: 0,
      exclusiveMinimum: true,
      example: '0.15 eV/Å',
      documentation:
        'Largest disagreement of two members about the force on an atom with which the simulation is still to be trusted.',
    },
    reject: {
      type: 'quantity',
      dimension: 'force',
      default: 1,
      minimum: 0,
      exclusiveMinimum: true,
      example: '1 eV/Å',
      documentation:
        'From this disagreement on a structure is taken for one that would not occur: it is not labelled, and the simulation goes back.',
    },
    check_every: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 5,
      minimum: 1,
      maximum: 1e6,
      example: '5',
      documentation:
        'Steps between two looks at the disagreement, and between two structures that are gathered: fewer and they are alike.',
    },
    rounds: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 20,
      minimum: 1,
      maximum: 10000,
      example: '20',
      documentation: 'How often the simulation may pause at most.',
    },
    labels: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 5,
      minimum: 1,
      maximum: 1000,
      example: '5',
      documentation: 'Structures that are labelled in a round at most: those that differ most from each other.',
    },
    gate: {
      type: 'quantity',
      dimension: 'none',
      default: 0.1,
      minimum: 0,
      maximum: 10,
      example: '10 %',
      documentation:
        'By how much of it the error of the forces of the test set may rise in a new training, unless it is below a tenth of `trigger`; with more the committee of before goes on.',
    },
    seed,
  },
  blocks: { ensemble },
} as const satisfies BlockSchema;
