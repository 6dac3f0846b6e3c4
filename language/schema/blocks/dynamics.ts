/** `md`, and the blocks of whatever moves atoms in time. */
import type { BlockSchema } from '../types';

export const ensemble = {
  label: { variants: ['nve', 'langevin', 'csvr', 'berendsen'] },
  documentation:
    'Statistical ensemble: `nve` keeps the energy (velocity Verlet). `langevin` and `csvr` keep the temperature and sample the canonical ensemble: `langevin` by friction and noise on each atom (BAOAB), which slow the motion down; `csvr` by one random factor of all velocities, which hardly disturbs it, so that spectra and diffusion stay right. `berendsen` lets the temperature relax, with fluctuations that are those of no ensemble.',
  reference:
    'langevin: Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34; csvr: Bussi, Donadio and Parrinello, J. Chem. Phys. 126, 014101 (2007); berendsen: Berendsen et al., J. Chem. Phys. 81, 3684 (1984)',
  attributes: {
    temperature: {
      type: 'quantity',
      dimension: 'temperature',
      default: 300,
      minimum: 0,
      example: '300 K',
      only: ['langevin', 'csvr', 'berendsen'],
      deprecated: { since: '0.1.0', instead: 'initial_temperature', of: ['nve'] },
      documentation: 'Temperature of the thermostat.',
    },
    initial_temperature: {
      type: 'quantity',
      dimension: 'temperature',
      minimum: 0,
      example: '300 K',
      documentation:
        'Temperature of the initial velocities: that of the thermostat if it is not written, 300 K with `nve`. In a structure at rest at its minimum half of it goes into the potential energy.',
    },
    friction: {
      type: 'quantity',
      dimension: 'inverse_time',
      default: 0.005,
      minimum: 0,
      example: '5 1/ps',
      only: ['langevin'],
      documentation: 'Coupling to the thermostat: the larger, the tighter, and the slower the motion.',
    },
    time: {
      type: 'quantity',
      dimension: 'time',
      default: 100,
      minimum: 0,
      exclusiveMinimum: true,
      example: '100 fs',
      only: ['csvr', 'berendsen'],
      documentation:
        'How long the kinetic energy remembers what it was: the longer, the weaker the coupling. What `csvr` samples does not depend on it.',
    },
  },
} as const satisfies BlockSchema;

export const isotope = {
  label: { elements: { minimum: 1, maximum: 1, required: true } },
  repeatable: true,
  documentation:
    'Another mass than the standard one for the atoms of an element: `isotope H { mass = 2.014 amu }` simulates heavy water. Forces stay as they are, motion changes. It also counts before a column `masses` of the structure.',
  attributes: {
    mass: {
      type: 'quantity',
      dimension: 'mass',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      example: '2.014 amu',
      documentation: 'Mass of an atom. A heavier hydrogen allows longer time steps, and its motion is slower.',
    },
  },
} as const satisfies BlockSchema;

export const output = {
  label: 'none',
  documentation: 'What a simulation writes, and how often.',
  attributes: {
    every: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 10,
      minimum: 1,
      example: '10',
      documentation: 'Steps between two frames of the trajectory.',
    },
    file: {
      type: 'path',
      kind: 'output',
      exists: false,
      default: 'trajectory.xyz',
      example: '"trajectory.xyz"',
      documentation: 'Name of the trajectory in the run folder (extended XYZ).',
    },
    forces: {
      type: 'flag',
      default: true,
      documentation:
        'Whether the trajectory has the forces, as `predicted_forces` in eV/Å: what arrows and colours of the viewer show. They double the file.',
    },
    velocities: {
      type: 'flag',
      default: false,
      documentation: 'Whether the trajectory has the velocities, as `velocities` in Å/fs.',
    },
  },
} as const satisfies BlockSchema;

export const md = {
  label: 'name',
  repeatable: true,
  action: true,
  documentation:
    'Molecular dynamics: follows the atoms of a structure in time, and writes a trajectory. Without an `ensemble` the energy is kept (`nve`).',
  formula: 'mᵢ d²rᵢ/dt² = −∂E/∂rᵢ',
  attributes: {
    potential: {
      type: 'reference',
      to: 'potential',
      required: true,
      documentation: 'The potential; its newest finished training is used.',
    },
    structure: {
      type: 'path',
      kind: 'structure',
      exists: true,
      required: true,
      example: '"start.xyz"',
      documentation: 'File with the initial structure: its last frame, unless `frame` says otherwise.',
    },
    frame: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      minimum: 0,
      example: '0',
      documentation: 'Which frame of the file to start from, counted from 0.',
    },
    supercell: {
      type: 'quantities',
      dimension: 'none',
      integer: true,
      count: 3,
      default: [1, 1, 1],
      minimum: 1,
      maximum: 100,
      example: '[2, 2, 2]',
      documentation:
        'How many times the periodic structure is repeated along each vector of its cell before the simulation starts.',
    },
    timestep: {
      type: 'quantity',
      dimension: 'time',
      default: 0.5,
      minimum: 0,
      exclusiveMinimum: true,
      example: '0.5 fs',
      documentation: 'Time step: at most 1/20 of the fastest vibration, 0.5 fs with hydrogen.',
    },
    duration: {
      type: 'quantity',
      dimension: 'time',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      example: '10 ps',
      documentation: 'Simulated time: this divided by the time step is the number of steps.',
    },
    seed: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 1,
      minimum: 0,
      maximum: 4294967295,
      example: '1',
      documentation: 'Seed of initial velocities and thermostat.',
    },
    precision: {
      type: 'choice',
      values: {
        f64: 'everything in double precision',
        f32: 'pairs and triples in single precision, sums, networks and forces in double: nearly twice as fast, forces off by a few 1e-7 of their size',
      },
      default: 'f64',
      documentation: 'Arithmetic of the energies and forces.',
    },
    skin: {
      type: 'quantity',
      dimension: 'length',
      default: 0.5,
      minimum: 0,
      maximum: 10,
      example: '0.5 Å',
      documentation:
        'How much farther than the cutoff the neighbour list reaches: it is built again when an atom has moved half of that. It changes the speed, and of the results only the last bits.',
    },
  },
  blocks: { ensemble, isotope, output },
} as const satisfies BlockSchema;
