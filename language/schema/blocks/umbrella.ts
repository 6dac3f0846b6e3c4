/** `umbrella`: simulations that springs hold at places along a coordinate, so that the free energy along it can be had. */
import type { BlockSchema } from '../types';
import { ensemble, isotope, md } from './dynamics';

/** Of a coordinate that is an angle. */
const ANGLE = { dimension: 'angle' } as const;
const ANGULAR_SPRING = { dimension: 'angular_force_constant', example: '2 eV/rad^2' } as const;

export const coordinate = {
  label: { variants: ['distance', 'difference', 'angle', 'dihedral', 'height', 'coordination'] },
  documentation:
    'What the windows of an umbrella sampling lie along. `distance` of two atoms; `difference` of two distances, as for an atom that goes from one neighbour to another; `angle` of three atoms; `dihedral` of four; `height` of an atom over the plane of three others, positive on the side from which these turn anticlockwise; `coordination`, the number of atoms near the first one, counted smoothly.',
  formula:
    'difference d(a,b) − d(c,d); height n·(r_a − r_b), n = (r_c − r_b) × (r_d − r_b) / |…|; coordination Σ 1/(1 + (r/d)⁶)',
  reference:
    'umbrella sampling: Torrie and Valleau, J. Comput. Phys. 23, 187 (1977); derivatives of dihedrals: Blondel and Karplus, J. Comput. Chem. 17, 1132 (1996)',
  attributes: {
    atoms: {
      type: 'quantities',
      dimension: 'none',
      integer: true,
      required: true,
      minimum: 0,
      example: '[0, 1]',
      variants: {
        distance: { count: 2 },
        difference: { count: 4, example: '[0, 5, 4, 5]' },
        angle: { count: 3, example: '[1, 0, 2]' },
        dihedral: { count: 4, example: '[0, 1, 2, 3]' },
        height: { count: 4, example: '[0, 1, 2, 3]' },
        coordination: { example: '[0, 1, 2, 3]' },
      },
      documentation:
        'Atoms of the structure, counted from 0 as in the viewer. Two for `distance`; two and two for `difference`; the one in the middle second for `angle`; along the chain for `dihedral`; the one above first for `height`; the one whose neighbours are counted first for `coordination`. Vectors between them are those to the nearest periodic image.',
    },
    distance: {
      type: 'quantity',
      dimension: 'length',
      default: 2,
      minimum: 0,
      exclusiveMinimum: true,
      example: '2 Å',
      only: ['coordination'],
      documentation: 'Distance at which a neighbour counts half: between the first shell and the second.',
    },
    centers: {
      type: 'quantities',
      dimension: 'length',
      required: true,
      example: 'linspace(2, 5, 21) Å',
      variants: {
        difference: { example: 'linspace(-1.2, 1.2, 17) Å' },
        height: { example: 'linspace(-0.5, 0.5, 15) Å' },
        angle: { ...ANGLE, example: 'linspace(80, 140, 13) deg' },
        dihedral: { ...ANGLE, example: 'linspace(-170, 180, 36) deg' },
        coordination: { dimension: 'none', example: 'linspace(1, 4, 13)' },
      },
      documentation:
        'Where the springs hold the coordinate: a window for each. Neighbouring windows must overlap, and from the first to the last they must cover what is to be known.',
    },
    force_constant: {
      type: 'quantity',
      dimension: 'force_constant',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      example: '4 eV/Å^2',
      variants: {
        angle: ANGULAR_SPRING,
        dihedral: ANGULAR_SPRING,
        coordination: { dimension: 'energy', example: '1 eV' },
      },
      documentation:
        'How stiff the springs are. Where the free energy is flat a window is √(k_B T/κ) wide: that should be half of the distance between centres or more. With the ½, as in PLUMED and in the `wham` of Grossfield; in LAMMPS, AMBER and CHARMM a constant of half the size means the same.',
      formula: 'bias ½ κ (ξ − ξ_k)²',
    },
  },
} as const satisfies BlockSchema;

export const umbrellaEnsemble = {
  ...ensemble,
  label: { variants: ['langevin', 'csvr'] },
  documentation:
    'Thermostat of the windows, which must sample the canonical ensemble: `langevin` (the default) by friction and noise on each atom, `csvr` by one random factor of all velocities.',
} as const satisfies BlockSchema;

export const series = {
  label: 'none',
  documentation: 'What the windows write, and how often.',
  attributes: {
    every: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 10,
      minimum: 1,
      example: '10',
      documentation: 'Steps between two values of the coordinate.',
    },
  },
} as const satisfies BlockSchema;

const { potential, structure, frame, timestep, seed, precision, skin } = md.attributes;

export const umbrella = {
  label: 'name',
  repeatable: true,
  action: true,
  documentation:
    'Umbrella sampling: simulates windows in which a spring holds a coordinate at one place after another, from where it is in the structure to both sides, and makes of them the potential of mean force along it. For what is too rare to be seen in `md`.',
  formula: 'W(ξ) = −k_B T ln p(ξ), from windows with E + ½ κ (ξ − ξ_k)²',
  reference: 'Torrie and Valleau, J. Comput. Phys. 23, 187 (1977)',
  attributes: {
    potential,
    structure,
    frame,
    timestep,
    duration: {
      type: 'quantity',
      dimension: 'time',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      example: '20 ps',
      documentation: 'Time that each window is sampled for, after its equilibration.',
    },
    equilibration: {
      type: 'quantity',
      dimension: 'time',
      default: 1000,
      minimum: 0,
      example: '1 ps',
      documentation:
        'Time before that which is not counted, in each window: in the first half of it the spring moves from the window before to the centre.',
    },
    seed,
    precision,
    skin,
  },
  blocks: { ensemble: umbrellaEnsemble, isotope, coordinate, output: series },
} as const satisfies BlockSchema;
