/**
 * Meshes of many copies of one shape: instanced by the graphics card, or repeated vertex by vertex where a processor draws;
 * and the shapes. Buffers grow when needed and are updated in place.
 */
import {
  BufferAttribute,
  BufferGeometry,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  type RawShaderMaterial,
} from 'three';

/**
 * An instanced mesh. Its arrays are those that it is given, as they are, where `exact`: for atoms, of which there may be a
 * million and nearly always as many as before. Others are copied into buffers with room to grow.
 */
export function instanced(
  base: BufferGeometry,
  fields: Readonly<Record<string, { readonly size: number; readonly bytes?: boolean }>>,
  material: RawShaderMaterial,
  exact = false,
): {
  readonly mesh: Mesh;
  /** All fields; or, as long as the count is the same, those that changed. */
  set(count: number, values: Readonly<Partial<Record<string, Float32Array | Uint8Array>>>): void;
} {
  const mesh = new Mesh(new InstancedBufferGeometry(), material);
  mesh.frustumCulled = false;
  let capacity = -1;
  let geometry: InstancedBufferGeometry | undefined;
  return {
    mesh,
    set: (count, values) => {
      const fits = exact ? count === capacity : count <= capacity && count >= capacity / 8 - 1;
      if (geometry === undefined || !fits) {
        // Buffers on the graphics card have a fixed size.
        geometry?.dispose();
        capacity = exact ? count : Math.ceil(count * 1.1) + 8;
        geometry = new InstancedBufferGeometry();
        geometry.setIndex(base.index);
        for (const [name, attribute] of Object.entries(base.attributes)) geometry.setAttribute(name, attribute);
        for (const [name, { size, bytes }] of Object.entries(fields)) {
          const own = exact ? values[name] : undefined;
          const array = own ?? (bytes === true ? new Uint8Array(size * capacity) : new Float32Array(size * capacity));
          const attribute = new InstancedBufferAttribute(array, size, bytes === true);
          geometry.setAttribute(name, attribute.setUsage(DynamicDrawUsage));
        }
        mesh.geometry = geometry;
      }
      for (const [name, { size }] of Object.entries(fields)) {
        const attribute = geometry.getAttribute(name);
        const changed = values[name];
        if (changed === undefined || !(attribute instanceof InstancedBufferAttribute)) continue;
        if (exact) attribute.array = changed;
        else {
          attribute.array.set(changed.subarray(0, size * count));
          attribute.clearUpdateRanges();
          attribute.addUpdateRange(0, size * count);
        }
        attribute.needsUpdate = true;
      }
      geometry.instanceCount = count;
      mesh.visible = count > 0;
    },
  };
}

/**
 * The same, but that a vertex has its instance's fields itself. First come the first vertices of all copies of `base`, then
 * their second ones, …: so fields are copied as a whole, once for each vertex of `base`.
 */
export function repeated(
  base: BufferGeometry,
  fields: Readonly<Record<string, { readonly size: number; readonly bytes?: boolean }>>,
  material: RawShaderMaterial,
): ReturnType<typeof instanced> {
  const mesh = new Mesh(new BufferGeometry(), material);
  mesh.frustumCulled = false;
  const index = Array.from(base.index?.array ?? []);
  const [{ count: vertices }] = Object.values(base.attributes);
  let capacity = 0;
  return {
    mesh,
    set: (count, values) => {
      if (count > capacity) {
        mesh.geometry.dispose();
        mesh.geometry = new BufferGeometry();
        capacity = Math.ceil(count * 1.1) + 8;
        const firsts = index.map((vertex) => vertex * capacity);
        const indexes = new Uint32Array(index.length * capacity);
        for (let k = 0, at = 0; k < capacity; k++)
          for (let corner = 0; corner < firsts.length; corner++) indexes[at++] = firsts[corner] + k;
        mesh.geometry.setIndex(new BufferAttribute(indexes, 1));
        for (const [name, { array, itemSize }] of Object.entries(base.attributes)) {
          const copies = new Float32Array(array.length * capacity);
          for (let vertex = 0; vertex < vertices; vertex++) {
            const those = copies.subarray(itemSize * capacity * vertex, itemSize * capacity * (vertex + 1));
            those.set(array.subarray(itemSize * vertex, itemSize * (vertex + 1)));
            for (let filled = itemSize; filled < those.length; filled *= 2) those.copyWithin(filled, 0, filled);
          }
          mesh.geometry.setAttribute(name, new BufferAttribute(copies, itemSize));
        }
        for (const [name, { size, bytes }] of Object.entries(fields)) {
          const length = vertices * size * capacity;
          const attribute = new BufferAttribute(
            bytes === true ? new Uint8Array(length) : new Float32Array(length),
            size,
          );
          attribute.normalized = bytes === true;
          mesh.geometry.setAttribute(name, attribute.setUsage(DynamicDrawUsage));
        }
      }
      for (const [name, { size }] of Object.entries(fields)) {
        const attribute = mesh.geometry.getAttribute(name);
        const changed = values[name]?.subarray(0, size * count);
        if (changed === undefined || !(attribute instanceof BufferAttribute)) continue;
        attribute.clearUpdateRanges();
        for (let vertex = 0; vertex < vertices; vertex++) {
          const first = vertex * size * capacity;
          attribute.array.set(changed, first);
          attribute.addUpdateRange(first, changed.length);
        }
        attribute.needsUpdate = true;
      }
      mesh.geometry.setDrawRange(0, index.length * count);
      mesh.visible = count > 0;
    },
  };
}

/** A square about the origin. */
export function quad(): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('corner', new BufferAttribute(Float32Array.of(-1, -1, 1, -1, 1, 1, -1, 1), 2));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  return geometry;
}

/** The triangle about the unit circle: half as many as of a square, for a little more that is cut away. */
export function triangle(): BufferGeometry {
  const geometry = new BufferGeometry();
  const half = Math.sqrt(3);
  geometry.setAttribute('corner', new BufferAttribute(Float32Array.of(-half, -1, half, -1, 0, 2), 2));
  geometry.setIndex([0, 1, 2]);
  return geometry;
}

/** A box about the y axis, from 0 to 1. */
export function box(): BufferGeometry {
  const geometry = new BufferGeometry();
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1 ? 1 : -1, k & 2 ? 1 : 0, k & 4 ? 1 : -1]);
  geometry.setAttribute('corner', new BufferAttribute(Float32Array.from(corners.flat()), 3));
  const faces = [
    [0, 4, 6, 2],
    [1, 3, 7, 5],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 2, 3, 1],
    [4, 5, 7, 6],
  ];
  geometry.setIndex(faces.flatMap(([a, b, c, d]) => [a, b, c, a, c, d]));
  return geometry;
}

/** A unit cylinder along y, and on it a cone, part 1. */
export function arrow(sides = 14): BufferGeometry {
  const position: number[] = [];
  const normal: number[] = [];
  const part: number[] = [];
  const index: number[] = [];
  const ring = (radius: number, y: number, up: number, outwards: number, which: number): number => {
    const first = position.length / 3;
    for (let k = 0; k < sides; k++) {
      const [c, s] = [Math.cos((2 * Math.PI * k) / sides), Math.sin((2 * Math.PI * k) / sides)];
      position.push(radius * c, y, radius * s);
      normal.push(outwards * c, up, outwards * s);
      part.push(which);
    }
    return first;
  };
  const join = (low: number, high: number): void => {
    for (let k = 0; k < sides; k++) {
      const next = (k + 1) % sides;
      index.push(low + k, high + k, low + next, low + next, high + k, high + next);
    }
  };
  /** Closes a part below. */
  const close = (which: number): void => {
    const rim = ring(1, 0, -1, 0, which);
    for (let k = 1; k + 1 < sides; k++) index.push(rim, rim + k, rim + k + 1);
  };
  join(ring(1, 0, 0, 1, 0), ring(1, 1, 0, 1, 0));
  join(ring(1, 0, 0.45, 0.9, 1), ring(0, 1, 0.45, 0.9, 1));
  close(1);
  close(0);
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(Float32Array.from(position), 3));
  geometry.setAttribute('normal', new BufferAttribute(Float32Array.from(normal), 3));
  geometry.setAttribute('part', new BufferAttribute(Float32Array.from(part), 1));
  geometry.setIndex(index);
  return geometry;
}
