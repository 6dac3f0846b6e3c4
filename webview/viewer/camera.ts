/**
 * The point of view: where one looks, how the eye is turned, how much is seen. Plain data, so that it can be kept and
 * restored. Lengths in Å, angles in radians; the camera looks along its −z axis.
 */
import { Matrix4, OrthographicCamera, PerspectiveCamera, Quaternion, Vector3 } from 'three';
import type { View } from '../../protocol/view';
import type { Ray } from './picking';

const FIELD_OF_VIEW = (28 * Math.PI) / 180;

/** A little from above and from the side: depth shows, axes stay readable. */
export const INITIAL_VIEW: View = {
  target: [0, 0, 0],
  rotation: lookAlong([0.42, -0.86, 0.36], [0, 0, 1]),
  extent: 10,
  perspective: false,
};

/** Rotation of a camera that looks from `from` at the origin with `up` upwards on the screen. */
export function lookAlong(
  from: readonly [number, number, number],
  up: readonly [number, number, number],
): [number, number, number, number] {
  const matrix = new Matrix4().lookAt(new Vector3(...from), new Vector3(), new Vector3(...up));
  const { x, y, z, w } = new Quaternion().setFromRotationMatrix(matrix);
  return [x, y, z, w];
}

/** Turns by angles about the screen's axes: rightwards (about up), upwards (about right), and rolled. */
export function turn(view: View, right: number, up: number, roll = 0): View {
  const turned = new Quaternion(...view.rotation)
    .multiply(new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), -right))
    .multiply(new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), up))
    .multiply(new Quaternion().setFromAxisAngle(new Vector3(0, 0, 1), roll))
    .normalize();
  return { ...view, rotation: [turned.x, turned.y, turned.z, turned.w] };
}

/** Moves what is seen by a part of the view's half height: right and up on the screen. */
export function pan(view: View, right: number, up: number): View {
  const shift = new Vector3(-right * view.extent, -up * view.extent, 0).applyQuaternion(
    new Quaternion(...view.rotation),
  );
  const [x, y, z] = view.target;
  return { ...view, target: [x + shift.x, y + shift.y, z + shift.z] };
}

/** Scales by `factor` (< 1 comes closer), keeping the point at (x, y) of the screen, in half heights, where it is. */
export function zoom(view: View, factor: number, x = 0, y = 0): View {
  const extent = Math.min(1e5, Math.max(0.2, view.extent * factor));
  const rest = view.extent - extent;
  const moved = pan({ ...view, extent: 1 }, -x * rest, -y * rest);
  return { ...moved, extent };
}

/** The smallest view of this direction that holds a sphere. */
export function fit(view: View, center: readonly [number, number, number], radius: number, aspect: number): View {
  return { ...view, target: [...center], extent: (Math.max(radius, 0.8) * 1.08) / Math.min(1, aspect) };
}

export interface Eye {
  readonly camera: OrthographicCamera | PerspectiveCamera;
  /** The ray through a point of the screen; x and y in −1…1, y upwards. */
  ray(x: number, y: number): Ray;
  /** Where a point of the world is on the screen (−1…1), and its depth in front of the eye. */
  project(point: readonly [number, number, number]): { x: number; y: number; depth: number };
  /** Depth of the target. */
  readonly distance: number;
}

/**
 * The camera of a view.
 * @param aspect width / height
 * @param radius of the sphere about the target that must not be clipped
 */
export function openEye(view: View, aspect: number, radius: number): Eye {
  const { extent } = view;
  const distance = view.perspective ? extent / Math.tan(FIELD_OF_VIEW / 2) : extent + 2 * radius;
  const near = Math.max(distance - radius * 1.5, view.perspective ? distance * 0.02 : -radius);
  const far = distance + radius * 1.5;
  const camera = view.perspective
    ? new PerspectiveCamera((FIELD_OF_VIEW * 180) / Math.PI, aspect, near, far)
    : new OrthographicCamera(-extent * aspect, extent * aspect, extent, -extent, near, far);
  camera.quaternion.set(...view.rotation);
  const axis = (x: number, y: number, z: number): Vector3 => new Vector3(x, y, z).applyQuaternion(camera.quaternion);
  const right = axis(1, 0, 0);
  const up = axis(0, 1, 0);
  const back = axis(0, 0, 1);
  const target = new Vector3(...view.target);
  camera.position.copy(target).addScaledVector(back, distance);
  camera.updateMatrixWorld();
  camera.updateProjectionMatrix();

  return {
    camera,
    distance,
    ray: (x, y) => {
      const through = target
        .clone()
        .addScaledVector(right, x * extent * aspect)
        .addScaledVector(up, y * extent);
      if (!view.perspective) {
        const origin = through.addScaledVector(back, distance);
        return { origin: [origin.x, origin.y, origin.z], direction: [-back.x, -back.y, -back.z] };
      }
      const direction = through.sub(camera.position).normalize();
      const eye = camera.position;
      return { origin: [eye.x, eye.y, eye.z], direction: [direction.x, direction.y, direction.z] };
    },
    project: (point) => {
      const seen = new Vector3(...point).sub(camera.position);
      const depth = -seen.dot(back);
      const scale = view.perspective ? distance / Math.max(depth, 1e-6) : 1;
      return { x: (seen.dot(right) * scale) / (extent * aspect), y: (seen.dot(up) * scale) / extent, depth };
    },
  };
}
