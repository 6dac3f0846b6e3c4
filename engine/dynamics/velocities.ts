/**
 * Velocities and what follows from them: kinetic energy, temperature, degrees of freedom. Å/fs, amu, eV, K.
 *
 *   K = ½ Σ mᵢ vᵢ²,   T = 2K/(k_B n_f)
 *
 * with n_f the number of degrees of freedom: what the dynamics conserves (momentum, and the angular momentum of what is
 * isolated) is no heat.
 */
import { BOLTZMANN } from '../../language/constants';
import { elements } from '../../language/elements';
import type { Random } from '../random';
import { AMU_ANGSTROM2_PER_FS2 } from '../structure/constants';
import type { Structure } from '../structure/structure';

/**
 * Masses in amu: standard ones.
 * @param own of elements that have another, by symbol
 */
export function massesOf(numbers: Uint8Array, own: Readonly<Partial<Record<string, number>>> = {}): Float64Array {
  return Float64Array.from(numbers, (number) => own[elements[number].symbol] ?? elements[number].mass);
}

/** ½ Σ m v² in eV. */
export function kineticEnergy(masses: Float64Array, velocities: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < masses.length; i++) {
    const x = velocities[3 * i];
    const y = velocities[3 * i + 1];
    const z = velocities[3 * i + 2];
    sum += masses[i] * (x * x + y * y + z * z);
  }
  return 0.5 * AMU_ANGSTROM2_PER_FS2 * sum;
}

/** K; 0 without degrees of freedom. */
export function temperature(kinetic: number, degreesOfFreedom: number): number {
  return degreesOfFreedom > 0 ? (2 * kinetic) / (BOLTZMANN * degreesOfFreedom) : 0;
}

const isIsolated = ({ periodic }: Structure): boolean => !periodic.includes(true);

/**
 * 3N less the components of momentum and, for what is isolated, angular momentum that dynamics without a thermostat
 * keeps: 3N − 3; 3N − 6, of a linear molecule 3N − 5.
 */
export function internalDegreesOfFreedom(structure: Structure, masses: Float64Array): number {
  const atoms = masses.length;
  if (atoms < 2) return 0;
  if (!isIsolated(structure)) return 3 * atoms - 3;
  return 3 * atoms - 3 - rotations(centered(structure.positions, masses), masses).length;
}

/** Maxwell–Boltzmann velocities, Å/fs: what a thermostat that shares heat with all 3N degrees of freedom leads to. */
export function thermalVelocities(masses: Float64Array, kelvin: number, random: Random): Float64Array {
  const velocities = new Float64Array(3 * masses.length);
  for (let i = 0; i < masses.length; i++) {
    const width = Math.sqrt((BOLTZMANN * kelvin) / (masses[i] * AMU_ANGSTROM2_PER_FS2));
    for (let k = 0; k < 3; k++) velocities[3 * i + k] = width * random.normal();
  }
  return velocities;
}

/**
 * The same without total momentum and, for what is isolated, without angular momentum, which dynamics without a thermostat
 * would keep; scaled to exactly `kelvin`.
 */
export function internalVelocities(
  structure: Structure,
  masses: Float64Array,
  kelvin: number,
  random: Random,
): Float64Array {
  const degrees = internalDegreesOfFreedom(structure, masses);
  if (kelvin <= 0 || degrees === 0) return new Float64Array(3 * masses.length);
  const velocities = thermalVelocities(masses, kelvin, random);
  removeRigidMotion(structure, masses, velocities);
  const scale = Math.sqrt(kelvin / temperature(kineticEnergy(masses, velocities), degrees));
  return velocities.map((value) => value * scale);
}

/** Takes the total momentum and, for what is isolated, the angular momentum off the velocities. */
export function removeRigidMotion(structure: Structure, masses: Float64Array, velocities: Float64Array): void {
  velocities.set(centered(velocities, masses));
  if (isIsolated(structure)) removeRotation(centered(structure.positions, masses), masses, velocities);
}

/** Vectors (3N) minus their mass-weighted mean. */
function centered(vectors: Float64Array, masses: Float64Array): Float64Array {
  const mean = [0, 0, 0];
  let total = 0;
  for (let i = 0; i < masses.length; i++) {
    total += masses[i];
    for (let k = 0; k < 3; k++) mean[k] += masses[i] * vectors[3 * i + k];
  }
  return vectors.map((value, i) => value - mean[i % 3] / total);
}

/**
 * Rigid rotations about the centre of mass, at most three, as velocity fields (3N) that are orthonormal under the masses:
 * Σ m u·u′ = δ. Rotations that move nothing, about the axis of a linear molecule, are left out.
 */
function rotations(positions: Float64Array, masses: Float64Array): Float64Array[] {
  const basis: Float64Array[] = [];
  const product = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, i) => sum + masses[Math.floor(i / 3)] * value * b[i], 0);
  // Of the three axes the one that moves most first, so that the rest of a nearly linear molecule's is seen as rounding.
  const fields = [0, 1, 2].map((axis) => rotationAbout(axis, positions));
  const largest = Math.max(...fields.map((field) => product(field, field)));
  for (let round = 0; round < 3 && largest > 0; round++) {
    const norms = fields.map((field) => product(field, field));
    const best = norms.indexOf(Math.max(...norms));
    if (norms[best] <= 1e-10 * largest) break;
    const unit = fields[best].map((value) => value / Math.sqrt(norms[best]));
    basis.push(unit);
    for (const field of fields) {
      const overlap = product(field, unit);
      for (let i = 0; i < field.length; i++) field[i] -= overlap * unit[i];
    }
  }
  return basis;
}

/** Unit axis × r. */
function rotationAbout(axis: number, positions: Float64Array): Float64Array {
  const field = new Float64Array(positions.length);
  const [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
  for (let i = 0; i < positions.length; i += 3) {
    field[i + b] = -positions[i + c];
    field[i + c] = positions[i + b];
  }
  return field;
}

function removeRotation(positions: Float64Array, masses: Float64Array, velocities: Float64Array): void {
  for (const unit of rotations(positions, masses)) {
    let overlap = 0;
    for (let i = 0; i < unit.length; i++) overlap += masses[Math.floor(i / 3)] * unit[i] * velocities[i];
    for (let i = 0; i < unit.length; i++) velocities[i] -= overlap * unit[i];
  }
}
