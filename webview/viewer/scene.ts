/**
 * What WebGL draws: atoms and bonds (instanced impostors), arrows (instanced meshes), rings, cell. Positions
 * in Å. It draws when it is told to and holds no frame; buffers grow when needed and are updated in place.
 */
import {
  BackSide,
  BufferAttribute,
  BufferGeometry,
  Color,
  ColorManagement,
  GLSL3,
  LineSegments,
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
import { unblend } from './image';
import { arrow, box, instanced, quad, repeated, triangle } from './meshes';
import { createOcclusion, type Occlusion } from './occlusion';
import {
  arrowFragment,
  arrowVertex,
  cylinderFragment,
  cylinderVertex,
  lineFragment,
  lineVertex,
  ringFragment,
  ringVertex,
  sphereFragment,
  sphereVertex,
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

/** Pixels of the screen per CSS pixel; more than three nobody sees. */
const pixelRatio = (): number => Math.min(3, devicePixelRatio);

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
  const about = triangle();
  const many = instanced(about, round, spheres.exact, true);
  const few = repeated(about, round, spheres.exact);
  let atoms = software ? few : many;
  // Never so many that it would be too much to repeat them.
  const bonds = (software ? repeated : instanced)(
    box(),
    long,
    material(
      cylinderVertex,
      cylinderFragment,
      { thickness: { value: 0.1 } },
      { alphaToCoverage: true, side: BackSide },
    ),
  );
  const arrows = instanced(arrow(), long, material(arrowVertex, arrowFragment, { thickness: { value: 0.055 } }));
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
