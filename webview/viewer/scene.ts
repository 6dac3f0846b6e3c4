/**
 * What WebGL draws: atoms (one instanced mesh of impostors), bonds and arrows (instanced sticks), rings, cell. Positions
 * in Å. It draws when it is told to and holds no frame; buffers grow when needed and are updated in place.
 */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  ColorManagement,
  DynamicDrawUsage,
  GLSL3,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  LineSegments,
  Mesh,
  OrthographicCamera,
  RawShaderMaterial,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
  type IUniform,
  type ShaderMaterialParameters,
} from 'three';
import { rgb, type Theme } from '../theme';
import type { Eye } from './camera';
import { createOcclusion, type Occlusion } from './occlusion';
import {
  lineFragment,
  lineVertex,
  ringFragment,
  ringVertex,
  sphereFragment,
  sphereVertex,
  stickFragment,
  stickVertex,
} from './shaders';

/** Above this atoms are drawn as shaded discs without a depth per fragment. */
const EXACT_ATOMS = 200_000;

/**
 * Up to these, a processor that draws gets atoms without instancing: SwiftShader makes each instance a drawing of its own,
 * which takes it longer than the few pixels of the atom.
 */
const REPEATED_ATOMS = 20_000;

export interface Atoms {
  readonly count: number;
  readonly positions: Float32Array;
  /** Å */
  readonly radii: Float32Array;
  /** 3 bytes an atom */
  readonly colors: Uint8Array;
}

export interface Sticks {
  readonly count: number;
  readonly starts: Float32Array;
  readonly vectors: Float32Array;
  readonly colors: Uint8Array;
}

export interface AtomScene {
  /** What draws, as WebGL names it. */
  readonly renderer: string;
  /** No graphics card: every pixel costs time of the processor. */
  readonly software: boolean;
  setAtoms(atoms: Atoms): void;
  /** The same atoms as before at other places. */
  moveAtoms(positions: Float32Array): void;
  setBonds(bonds: Sticks): void;
  setArrows(arrows: Sticks): void;
  setRings(rings: Atoms): void;
  /** Pairs of points, 6 numbers a line. */
  setLines(points: Float32Array): void;
  setTheme(theme: Theme): void;
  /** Darkens hollows. */
  setOcclusion(on: boolean): void;
  /** Size in CSS pixels. */
  resize(width: number, height: number): void;
  /** @param extent half height in Å @param radius of the content about the target */
  render(eye: Eye, perspective: boolean, extent: number, radius: number): void;
  /**
   * What `render` shows, `scale` times as large as on the screen (less where the graphics card has less), on the
   * background or on nothing.
   */
  capture(
    eye: Eye,
    perspective: boolean,
    extent: number,
    radius: number,
    scale: number,
    transparent: boolean,
  ): ImageData;
  dispose(): void;
}

/**
 * An instanced mesh. Its arrays are those that it is given, as they are, where `exact`: for atoms, of which there may be a
 * million and nearly always as many as before. Others are copied into buffers with room to grow.
 */
function instanced(
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

/** The same, but that a vertex has its instance's fields itself, each instance its copy of `base`. */
function repeated(
  base: BufferGeometry,
  fields: Readonly<Record<string, { readonly size: number; readonly bytes?: boolean }>>,
  material: RawShaderMaterial,
): ReturnType<typeof instanced> {
  const mesh = new Mesh(new BufferGeometry(), material);
  mesh.frustumCulled = false;
  const index = base.index?.array ?? [];
  const [{ count: vertices }] = Object.values(base.attributes);
  let capacity = 0;
  return {
    mesh,
    set: (count, values) => {
      if (count > capacity) {
        mesh.geometry.dispose();
        mesh.geometry = new BufferGeometry();
        capacity = Math.ceil(count * 1.1) + 8;
        const indexes = new Uint32Array(index.length * capacity);
        for (let k = 0, at = 0; k < capacity; k++) for (const corner of index) indexes[at++] = corner + vertices * k;
        mesh.geometry.setIndex(new BufferAttribute(indexes, 1));
        for (const [name, { array, itemSize }] of Object.entries(base.attributes)) {
          const copies = new Float32Array(array.length * capacity);
          for (let k = 0; k < capacity; k++) copies.set(array, k * array.length);
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
        const changed = values[name];
        if (changed === undefined || !(attribute instanceof BufferAttribute)) continue;
        const { array } = attribute;
        for (let to = 0, from = 0; from < size * count; from += size)
          for (let k = 0; k < vertices; k++) for (let c = 0; c < size; c++) array[to++] = changed[from + c];
        attribute.clearUpdateRanges();
        attribute.addUpdateRange(0, vertices * size * count);
        attribute.needsUpdate = true;
      }
      mesh.geometry.setDrawRange(0, index.length * count);
      mesh.visible = count > 0;
    },
  };
}

function quad(): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('corner', new BufferAttribute(Float32Array.of(-1, -1, 1, -1, 1, 1, -1, 1), 2));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  return geometry;
}

/** The picture of which `black` and `white` are what is seen on these backgrounds: what the latter adds shines through. */
function unblend(black: ImageData, white: ImageData): ImageData {
  const result = new ImageData(black.width, black.height);
  for (let p = 0; p < result.data.length; p += 4) {
    const through = Math.max(0, ...[0, 1, 2].map((c) => white.data[p + c] - black.data[p + c]));
    const alpha = 255 - through;
    for (let c = 0; c < 3; c++) result.data[p + c] = alpha === 0 ? 0 : Math.min(255, (black.data[p + c] * 255) / alpha);
    result.data[p + 3] = alpha;
  }
  return result;
}

/** Pixels of the screen per CSS pixel; more than three nobody sees. */
const pixelRatio = (): number => Math.min(3, devicePixelRatio);

/** A unit cylinder along y with a lid; with `arrow` also a cone as part 1. */
function stick(arrow: boolean, sides = 14): BufferGeometry {
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
  const lid = (y: number, up: number, which: number): void => {
    const rim = ring(1, y, up, 0, which);
    for (let k = 1; k + 1 < sides; k++)
      if (up > 0) index.push(rim, rim + k + 1, rim + k);
      else index.push(rim, rim + k, rim + k + 1);
  };
  join(ring(1, 0, 0, 1, 0), ring(1, 1, 0, 1, 0));
  if (arrow) {
    join(ring(1, 0, 0.45, 0.9, 1), ring(0, 1, 0.45, 0.9, 1));
    lid(0, -1, 1);
    lid(0, -1, 0);
  } else {
    lid(1, 1, 0);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(Float32Array.from(position), 3));
  geometry.setAttribute('normal', new BufferAttribute(Float32Array.from(normal), 3));
  geometry.setAttribute('part', new BufferAttribute(Float32Array.from(part), 1));
  geometry.setIndex(index);
  return geometry;
}

/**
 * Opens a WebGL context on `canvas`, which is so large in CSS pixels.
 * @throws Error where there is no WebGL 2; the caller explains that to the person
 */
export function openScene(canvas: HTMLCanvasElement, width: number, height: number): AtomScene {
  // To change the size of a drawing buffer takes as long as to make it.
  const ratio = pixelRatio();
  canvas.width = Math.max(1, Math.floor(width * ratio));
  canvas.height = Math.max(1, Math.floor(height * ratio));
  // three writes to the console before it throws; asking first keeps an expected failure quiet.
  const context = canvas.getContext('webgl2', { antialias: true, alpha: false, powerPreference: 'default' });
  if (context === null) throw new Error('WebGL 2 is not available');
  const renderer = new WebGLRenderer({ canvas, context, antialias: true, alpha: false });
  // To ask waits for the graphics card; what is wrong with a shader, the browser says.
  renderer.debug.checkShaderErrors = false;
  const version: unknown = context.getParameter(context.VERSION);
  const debug = context.getExtension('WEBGL_debug_renderer_info');
  const device: unknown = debug === null ? '' : context.getParameter(debug.UNMASKED_RENDERER_WEBGL);
  // The shaders write sRGB as it is; the clear colour must not be converted either.
  ColorManagement.enabled = false;

  const uniforms = {
    perspective: { value: 0 },
    background: { value: new Vector3() },
    cue: { value: 0.5 },
    range: { value: new Vector2(0, 1) },
    ambient: { value: 0.4 },
    outline: { value: 0.6 },
    pixel: { value: 0.01 },
    least: { value: 0 },
    tint: { value: new Vector3() },
  } satisfies Record<string, IUniform>;
  const material = (
    vertexShader: string,
    fragmentShader: string,
    own: Record<string, IUniform> = {},
    parameters: ShaderMaterialParameters = {},
  ): RawShaderMaterial =>
    new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: { ...uniforms, ...own },
      ...parameters,
    });

  const spheres = {
    exact: material(sphereVertex, sphereFragment, {}, { alphaToCoverage: true }),
    flat: material(sphereVertex, sphereFragment, {}, { alphaToCoverage: true, defines: { FLAT: '' } }),
  };
  const round = { center: { size: 3 }, radius: { size: 1 }, color: { size: 3, bytes: true } };
  const long = { start: { size: 3 }, vector: { size: 3 }, color: { size: 3, bytes: true } };
  const corners = quad();
  const software = /swiftshader|llvmpipe|software|basic render/i.test(String(device));
  const many = instanced(corners, round, spheres.exact, true);
  const few = repeated(corners, round, spheres.exact);
  let atoms = software ? few : many;
  const bonds = instanced(stick(false), long, material(stickVertex, stickFragment, { thickness: { value: 0.1 } }));
  const arrows = instanced(
    stick(true),
    long,
    material(stickVertex, stickFragment, { thickness: { value: 0.055 } }, { defines: { ARROW: '' } }),
  );
  const ring = (opacity: number, depthTest: boolean): RawShaderMaterial =>
    material(
      ringVertex,
      ringFragment,
      { opacity: { value: opacity } },
      { transparent: true, depthTest, depthWrite: false },
    );
  // Once over everything, faintly, and once where it is really seen.
  const rings = [instanced(corners, round, ring(0.35, false)), instanced(corners, round, ring(1, true))];
  const lines = new LineSegments(new BufferGeometry(), material(lineVertex, lineFragment));
  lines.frustumCulled = false;
  lines.visible = false;

  // Marks are not darkened in hollows.
  const solids = new Scene().add(many.mesh, few.mesh, bonds.mesh, arrows.mesh);
  const marks = new Scene().add(lines, ...rings.map(({ mesh }) => mesh));
  for (const { mesh } of [many, few, bonds, arrows, ...rings]) mesh.visible = false;
  // While the first frame is on its way, its programs are made ready, which takes a picture: of an atom and a line that
  // cover nothing. The other programs come behind the first frame.
  const nothing = new Float32Array(6);
  const black = new Uint8Array(3);
  atoms.set(1, { center: nothing, radius: nothing, color: black });
  lines.geometry.setAttribute('position', new BufferAttribute(nothing, 3));
  lines.visible = true;
  const nowhere = new OrthographicCamera();
  for (const scene of [solids, marks]) renderer.render(scene, nowhere);
  atoms.mesh.visible = lines.visible = false;
  let occlusion: Occlusion | undefined;

  let size = { width: 0, height: 0 };
  let atomCount = 0;
  const setPixelRatio = (ratio: number): void => {
    renderer.setPixelRatio(ratio);
    renderer.setSize(size.width, size.height, false);
  };
  const resize: AtomScene['resize'] = (wide, high) => {
    const next = { width: Math.max(1, wide), height: Math.max(1, high) };
    if (next.width === size.width && next.height === size.height && renderer.getPixelRatio() === pixelRatio()) return;
    size = next;
    setPixelRatio(pixelRatio());
  };
  resize(width, height);
  const render: AtomScene['render'] = (eye, perspective, extent, radius) => {
    uniforms.perspective.value = perspective ? 1 : 0;
    uniforms.pixel.value = (2 * extent) / (size.height * renderer.getPixelRatio());
    uniforms.range.value.set(eye.distance - radius * 0.35, eye.distance + radius * 1.15);
    uniforms.least.value = 0.5;
    occlusion?.measure(solids, eye, perspective, extent);
    uniforms.least.value = 0;
    renderer.render(solids, eye.camera);
    renderer.autoClear = false;
    occlusion?.apply();
    renderer.render(marks, eye.camera);
    renderer.autoClear = true;
  };
  const setBackground = (color: readonly [number, number, number]): void => {
    uniforms.background.value.set(...color);
    renderer.setClearColor(new Color(...color), 1);
  };
  /** Red, green, blue, alpha of what was rendered in this task, from the top row on. */
  const read = (): ImageData => {
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext('2d');
    if (copy === null) throw new Error('there is no memory for an image');
    copy.drawImage(canvas, 0, 0);
    return copy.getImageData(0, 0, width, height);
  };
  return {
    software,
    renderer: typeof version === 'string' ? version : 'WebGL 2',
    setAtoms: ({ count, positions, radii, colors }) => {
      atomCount = count;
      atoms.mesh.visible = false;
      atoms = software && count <= REPEATED_ATOMS ? few : many;
      atoms.mesh.material = count > EXACT_ATOMS ? spheres.flat : spheres.exact;
      atoms.set(count, { center: positions, radius: radii, color: colors });
    },
    moveAtoms: (positions) => atoms.set(atomCount, { center: positions }),
    setBonds: ({ count, starts, vectors, colors }) =>
      bonds.set(count, { start: starts, vector: vectors, color: colors }),
    setArrows: ({ count, starts, vectors, colors }) =>
      arrows.set(count, { start: starts, vector: vectors, color: colors }),
    setRings: ({ count, positions, radii, colors }) => {
      for (const each of rings) each.set(count, { center: positions, radius: radii, color: colors });
    },
    setLines: (points) => {
      const attribute = lines.geometry.attributes.position;
      lines.visible = points.length > 0;
      if (attribute instanceof BufferAttribute && attribute.array.length === points.length) {
        attribute.array = points;
        attribute.needsUpdate = true;
        return;
      }
      lines.geometry.dispose();
      lines.geometry = new BufferGeometry();
      lines.geometry.setAttribute('position', new BufferAttribute(points, 3));
    },
    setTheme: (theme) => {
      const background = rgb(theme.background);
      setBackground(background);
      uniforms.cue.value = theme.highContrast ? 0.25 : 0.55;
      uniforms.ambient.value = theme.dark ? 0.34 : 0.42;
      // White atoms on white paper live from their outline.
      uniforms.outline.value = theme.dark ? 0.62 : 0.38;
      const [r, g, b] = rgb(theme.muted);
      const mix = theme.highContrast ? 1 : 0.75;
      uniforms.tint.value.set(
        background[0] + (r - background[0]) * mix,
        background[1] + (g - background[1]) * mix,
        background[2] + (b - background[2]) * mix,
      );
    },
    setOcclusion: (on) => {
      if (on === (occlusion !== undefined)) return;
      occlusion?.dispose();
      occlusion = on ? createOcclusion(renderer, corners, uniforms) : undefined;
    },
    resize,
    render,
    capture: (eye, perspective, extent, radius, scale, transparent) => {
      const before = renderer.getPixelRatio();
      const largest: unknown = context.getParameter(context.MAX_RENDERBUFFER_SIZE);
      const limit = Number(largest) / Math.max(size.width, size.height);
      setPixelRatio(Math.min(before * scale, limit));
      const { x, y, z } = uniforms.background.value;
      const cue = uniforms.cue.value;
      const onto = (level: number): ImageData => {
        setBackground([level, level, level]);
        render(eye, perspective, extent, radius);
        return read();
      };
      try {
        if (transparent) {
          // What fades into the background would fade into nothing.
          uniforms.cue.value = 0;
          return unblend(onto(0), onto(1));
        }
        render(eye, perspective, extent, radius);
        return read();
      } finally {
        uniforms.cue.value = cue;
        setBackground([x, y, z]);
        setPixelRatio(before);
      }
    },
    dispose: () => {
      for (const { geometry } of [lines, ...[many, few, bonds, arrows, ...rings].map(({ mesh }) => mesh)])
        geometry.dispose();
      occlusion?.dispose();
      spheres.exact.dispose();
      spheres.flat.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
    },
  };
}
