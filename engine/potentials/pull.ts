/** From derivatives by vectors between atoms to forces and virial: the same sum for every potential. Å, eV. */

/**
 * What an energy with derivative g (eV/Å) with respect to the vector from atom i to j does to forces and virial.
 * @param vectorAt where the vector stands in `vectors`
 */
export function addPull(
  forces: Float64Array,
  virial: Float64Array,
  i: number,
  j: number,
  vectors: Float64Array,
  vectorAt: number,
  gx: number,
  gy: number,
  gz: number,
): void {
  forces[3 * i] += gx;
  forces[3 * i + 1] += gy;
  forces[3 * i + 2] += gz;
  forces[3 * j] -= gx;
  forces[3 * j + 1] -= gy;
  forces[3 * j + 2] -= gz;
  for (let b = 0; b < 3; b++) {
    const x = vectors[vectorAt + b];
    virial[b] -= gx * x;
    virial[3 + b] -= gy * x;
    virial[6 + b] -= gz * x;
  }
}
