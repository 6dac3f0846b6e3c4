/**
 * Ambient occlusion: surfaces in hollows are darker, because less of the sky is seen from them. Out of the depths of what is
 * drawn, so that its cost depends on pixels and not on atoms: the obscurance of McGuire, Mara and Luebke (Scalable Ambient
 * Obscurance, HPG 2012) with the angles of a 4 × 4 pattern, averaged over that pattern where depths agree. Lengths in Å.
 */
import {
  CustomBlending,
  DepthTexture,
  GLSL3,
  Matrix4,
  Mesh,
  NearestFilter,
  OrthographicCamera,
  RawShaderMaterial,
  RedFormat,
  Scene,
  SrcColorFactor,
  UnsignedIntType,
  Vector2,
  WebGLRenderTarget,
  ZeroFactor,
  type BufferGeometry,
  type IUniform,
  type Texture,
  type WebGLRenderer,
} from 'three';
import type { Eye } from './camera';

/** Surfaces farther away than this part of half the picture's height don't darken each other, but those within `LEAST` do. */
const REACH = 0.26;
const LEAST = 2.6;
/** How dark it gets. */
const STRENGTH = 3;
const SAMPLES = 16;

const screenVertex = /* glsl */ `
precision highp float;
in vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }
`;

const obscuranceFragment = /* glsl */ `
precision highp float;
uniform highp sampler2D depths;
uniform mat4 projection;
uniform mat4 unprojection;
uniform vec2 size;           // pixels
uniform float perspective;
uniform float reach;         // Å
out vec4 result;

vec3 surface(ivec2 pixel) {
  float depth = texelFetch(depths, clamp(pixel, ivec2(0), ivec2(size) - 1), 0).r;
  vec4 point = unprojection * vec4((vec2(pixel) + 0.5) / size * 2.0 - 1.0, depth * 2.0 - 1.0, 1.0);
  return point.xyz / point.w;
}

// The nearer of two neighbours lies on the same surface.
vec3 slope(vec3 before, vec3 here, vec3 after) {
  vec3 a = here - before;
  vec3 b = after - here;
  return abs(a.z) < abs(b.z) ? a : b;
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  result = vec4(1.0);
  if (texelFetch(depths, pixel, 0).r >= 1.0) return;
  vec3 here = surface(pixel);
  vec3 normal = normalize(cross(
    slope(surface(pixel - ivec2(1, 0)), here, surface(pixel + ivec2(1, 0))),
    slope(surface(pixel - ivec2(0, 1)), here, surface(pixel + ivec2(0, 1)))
  ));
  float pixels = reach * projection[1][1] * 0.5 * size.y / (perspective > 0.5 ? -here.z : 1.0);
  // Each pixel of the pattern has a direction and distances of its own.
  int place = (pixel.x & 3) * 4 + (pixel.y & 3);
  float turn = float(place) * ${(Math.PI / 8).toFixed(6)};
  float inner = float((place * 7) & 15) / 16.0;
  float sum = 0.0;
  for (int k = 0; k < ${SAMPLES}; k++) {
    float part = (float(k) + inner + 0.05) / ${SAMPLES}.0;
    float angle = float(k) * 2.399963 + turn;
    vec3 there = surface(pixel + ivec2(round(part * pixels * vec2(cos(angle), sin(angle)))));
    vec3 between = there - here;
    float squared = dot(between, between);
    float near = max(1.0 - squared / (reach * reach), 0.0);
    sum += near * near * near * max((dot(between, normal) - 0.02 * reach) / (squared + 0.01 * reach * reach), 0.0) * reach;
  }
  result = vec4(max(0.0, 1.0 - ${STRENGTH.toFixed(3)} * sum / ${SAMPLES}.0));
}
`;

const overlayFragment = /* glsl */ `
precision highp float;
uniform highp sampler2D depths;
uniform sampler2D obscurance;
uniform mat4 unprojection;
uniform vec2 size;
uniform float reach;
uniform float cue;           // what fades into the background, fades here too
uniform vec2 range;
out vec4 result;

float depthOf(ivec2 pixel) {
  float depth = texelFetch(depths, pixel, 0).r;
  vec4 point = unprojection * vec4(0.0, 0.0, depth * 2.0 - 1.0, 1.0);
  return -point.z / point.w;
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  result = vec4(1.0);
  if (texelFetch(depths, pixel, 0).r >= 1.0) return;
  float here = depthOf(pixel);
  float sum = 0.0;
  float weights = 0.0;
  for (int y = -2; y < 2; y++)
    for (int x = -2; x < 2; x++) {
      ivec2 at = clamp(pixel + ivec2(x, y), ivec2(0), ivec2(size) - 1);
      float weight = max(0.0, 1.0 - abs(depthOf(at) - here) / (0.15 * reach)) + 1e-4;
      sum += weight * texelFetch(obscurance, at, 0).r;
      weights += weight;
    }
  float light = mix(sum / weights, 1.0, cue * smoothstep(range.x, range.y, here));
  // What is left in a hollow comes from all sides, a little bluish as the sky is.
  result = vec4(mix(vec3(0.16, 0.18, 0.24), vec3(1.0), light), 1.0);
}
`;

export interface Occlusion {
  /** Finds out how dark the surfaces of `solids` are. Leaves the renderer as it was. */
  measure(solids: Scene, eye: Eye, perspective: boolean, extent: number): void;
  /** Darkens what was drawn with the same camera. */
  apply(): void;
  dispose(): void;
}

/**
 * @param corners a quad with the attribute `corner`, −1 to 1
 * @param fading uniforms `cue` and `range` of what is drawn
 */
export function createOcclusion(
  renderer: WebGLRenderer,
  corners: BufferGeometry,
  fading: { readonly cue: IUniform<number>; readonly range: IUniform<Vector2> },
): Occlusion {
  const depths = new WebGLRenderTarget(1, 1, { depthTexture: new DepthTexture(1, 1, UnsignedIntType) });
  const obscurance = new WebGLRenderTarget(1, 1, {
    format: RedFormat,
    depthBuffer: false,
    minFilter: NearestFilter,
    magFilter: NearestFilter,
  });
  const uniforms = {
    ...fading,
    depths: { value: depths.depthTexture as Texture | null },
    obscurance: { value: obscurance.texture },
    projection: { value: new Matrix4() },
    unprojection: { value: new Matrix4() },
    size: { value: new Vector2(1, 1) },
    perspective: { value: 0 },
    reach: { value: 1 },
  };
  const pass = (fragmentShader: string, multiply: boolean): { readonly scene: Scene; readonly mesh: Mesh } => {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: screenVertex,
      fragmentShader,
      uniforms,
      depthTest: false,
      depthWrite: false,
      ...(multiply && { blending: CustomBlending, blendSrc: ZeroFactor, blendDst: SrcColorFactor, transparent: true }),
    });
    const mesh = new Mesh(corners, material);
    mesh.frustumCulled = false;
    return { scene: new Scene().add(mesh), mesh };
  };
  const obscure = pass(obscuranceFragment, false);
  const overlay = pass(overlayFragment, true);
  const nowhere = new OrthographicCamera();

  return {
    measure: (solids, { camera }, perspective, extent) => {
      const size = renderer.getDrawingBufferSize(uniforms.size.value);
      depths.setSize(size.x, size.y);
      obscurance.setSize(size.x, size.y);
      uniforms.projection.value.copy(camera.projectionMatrix);
      uniforms.unprojection.value.copy(camera.projectionMatrixInverse);
      uniforms.perspective.value = perspective ? 1 : 0;
      uniforms.reach.value = Math.max(LEAST, REACH * extent);
      renderer.setRenderTarget(depths);
      renderer.render(solids, camera);
      renderer.setRenderTarget(obscurance);
      renderer.render(obscure.scene, nowhere);
      renderer.setRenderTarget(null);
    },
    apply: () => renderer.render(overlay.scene, nowhere),
    dispose: () => {
      depths.dispose();
      obscurance.dispose();
      for (const { mesh } of [obscure, overlay]) (mesh.material as RawShaderMaterial).dispose();
    },
  };
}
