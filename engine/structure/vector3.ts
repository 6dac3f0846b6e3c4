/** Arithmetic of vectors of three numbers. Pure. */

export type Vector3 = readonly [number, number, number];

export const add = (a: Vector3, b: Vector3): Vector3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector3, b: Vector3): Vector3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector3, factor: number): Vector3 => [factor * a[0], factor * a[1], factor * a[2]];
export const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vector3): number => Math.sqrt(dot(a, a));
export const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The `k`-th of the vectors that stand one after the other in `numbers`. */
export const vectorAt = (numbers: ArrayLike<number>, k: number): Vector3 => [
  numbers[3 * k],
  numbers[3 * k + 1],
  numbers[3 * k + 2],
];
