/**
 * Which atom is under the pointer: an analytic ray–sphere loop over all atoms. 10⁶ atoms take milliseconds; nothing is
 * read back from the graphics card, which would stall it.
 */

export interface Ray {
  readonly origin: readonly [number, number, number];
  /** Unit vector. */
  readonly direction: readonly [number, number, number];
}

/**
 * Index of the sphere that the ray meets first, or −1.
 *
 * @param positions Å, 3 per sphere
 * @param radii Å; spheres of radius 0 are not met
 */
export function pick(ray: Ray, positions: Float32Array, radii: Float32Array, count: number): number {
  const [ox, oy, oz] = ray.origin;
  const [dx, dy, dz] = ray.direction;
  let found = -1;
  let nearest = Infinity;
  for (let i = 0, p = 0; i < count; i++, p += 3) {
    const x = positions[p] - ox;
    const y = positions[p + 1] - oy;
    const z = positions[p + 2] - oz;
    const along = x * dx + y * dy + z * dz;
    const radius = radii[i];
    // Most spheres are behind the best one or beside the ray.
    if (along - radius >= nearest || along + radius <= 0) continue;
    const beside = x * x + y * y + z * z - along * along;
    const inside = radius * radius - beside;
    if (inside <= 0) continue;
    const distance = along - Math.sqrt(inside);
    if (distance < nearest) {
      nearest = distance;
      found = i;
    }
  }
  return found;
}
