/** `rate`: how often what an umbrella sampling has looked at happens by itself. */
import type { BlockSchema } from '../types';
import { units } from './dataset';
import { md } from './dynamics';

const windows = {
  label: 'none',
  documentation:
    'Umbrella windows that another program has sampled: files as for the `wham` of Grossfield. Of what the metadata file says itself in comments (`# unit nm`, `# energy kJ/mol`, `# temperature 300`, `# periodic yes`) nothing needs to be written here.',
  attributes: {
    file: {
      type: 'path',
      kind: 'structure',
      exists: true,
      required: true,
      example: '"metadata.dat"',
      documentation: 'Metadata file: a line `path centre force_constant` for each window, paths relative to it.',
    },
    unit: {
      type: 'choice',
      values: { angstrom: 'Å', bohr: '0.529177 Å', nm: '10 Å', rad: 'radian', deg: 'degree', none: 'a plain number' },
      documentation: 'Unit of the coordinate in the files.',
    },
    energy: {
      type: 'choice',
      values: units.attributes.energy.values,
      documentation: 'Unit of energies in force constants.',
    },
    temperature: {
      type: 'quantity',
      dimension: 'temperature',
      minimum: 0,
      exclusiveMinimum: true,
      example: '300 K',
      documentation: 'Temperature at which the windows were sampled.',
    },
    convention: {
      type: 'choice',
      values: {
        half: 'bias ½ κ (ξ − ξ_k)², as in PLUMED and GROMACS',
        whole: 'bias κ (ξ − ξ_k)², as in LAMMPS, AMBER and CHARMM',
      },
      default: 'half',
      documentation: 'What the force constants mean.',
    },
    periodic: {
      type: 'flag',
      documentation: 'Whether the coordinate is an angle that goes round.',
    },
  },
} as const satisfies BlockSchema;

const recrossing = {
  label: 'none',
  documentation:
    'Trajectories that start at the top of the barrier and are followed forwards and backwards in time: those that come back lower the rate. Without them it is that of transition-state theory, an upper bound.',
  formula: 'κ = ⟨ξ̇ [θ(forward) − θ(backward)]⟩ / ⟨ξ̇⟩, ξ̇ > 0',
  reference: 'Bennett, ACS Symp. Ser. 46, 63 (1977); Chandler, J. Chem. Phys. 68, 2959 (1978)',
  attributes: {
    trajectories: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 200,
      minimum: 10,
      maximum: 1e6,
      example: '200',
      documentation: 'How many of them. The error of κ falls with the root of it.',
    },
    duration: {
      type: 'quantity',
      dimension: 'time',
      default: 200,
      minimum: 0,
      exclusiveMinimum: true,
      example: '200 fs',
      documentation:
        'How long each is followed in both directions: until it is settled on which side it stays, and much shorter than it takes to cross again.',
    },
  },
} as const satisfies BlockSchema;

export const rate = {
  label: 'name',
  repeatable: true,
  action: true,
  documentation:
    'The rate of a rare event out of the newest finished run of an `umbrella`, or of the `windows` of another program: transition-state theory with the profile and the mass of the coordinate at its top, times what does not come back (`recrossing`). Prints the free energy of activation ΔG‡ too, which is not the barrier of the profile.',
  formula: 'k = κ √(k_B T/2π m) exp(−W(ξ‡)/k_B T) / ∫ exp(−W/k_B T) dξ',
  reference: 'Chandler, J. Chem. Phys. 68, 2959 (1978)',
  attributes: {
    umbrella: {
      type: 'reference',
      to: 'umbrella',
      required: true,
      unless: 'windows',
      documentation: 'The umbrella sampling; its newest finished run is used, with the potential of that run.',
    },
    reactant: {
      type: 'choice',
      values: { low: 'at small values of the coordinate', high: 'at large values' },
      default: 'low',
      documentation: 'On which side of the barrier it begins.',
    },
    mass: {
      type: 'quantity',
      dimension: 'mass',
      minimum: 0,
      exclusiveMinimum: true,
      example: '12 amu',
      documentation:
        'Mass of the coordinate at the top of the barrier, for `windows`: the reduced mass for a distance; for angles the moment of inertia in amu Å². Of an `umbrella` it is sampled there.',
      formula: '1/√m = ⟨√(Σ |∇ᵢξ|²/mᵢ)⟩',
    },
    activation_free_energy: {
      type: 'quantity',
      dimension: 'energy',
      minimum: 0,
      example: '0.5 eV',
      documentation:
        'A free energy of activation that is known from elsewhere, in place of that of the profile: then the rate is Eyring’s. Not the barrier of a profile, which depends on how the coordinate is measured.',
      formula: 'k = κ (k_B T/h) exp(−ΔG‡/k_B T)',
      reference: 'Eyring, J. Chem. Phys. 3, 107 (1935)',
    },
    friction: {
      type: 'quantity',
      dimension: 'inverse_time',
      minimum: 0,
      example: '5 1/ps',
      documentation:
        'Friction on the coordinate, as of a solvent that is not in the structure: the rate that Kramers’ theory makes of it is told beside, for comparison.',
      formula: 'κ = [√(γ²/4 + ω_b²) − γ/2]/ω_b',
    },
    seed: md.attributes.seed,
  },
  blocks: { windows, recrossing },
} as const satisfies BlockSchema;

export { recrossing, windows };
