/**
 * The shaders (GLSL ES 3.0). Atoms are camera-facing triangles and bonds boxes, on which the fragment shader meets the ray with
 * the sphere or cylinder and writes the depth of that point, so that they and lines intersect exactly. Colours stay in sRGB.
 */

/** Uniforms shared by everything in the scene. */
const COMMON = /* glsl */ `
precision highp float;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform float perspective;   // 1 perspective, 0 orthographic
`;

const SHADING = /* glsl */ `
precision highp float;
uniform mat4 projectionMatrix;
uniform float perspective;
uniform vec3 background;
uniform float cue;           // how much distant things fade into the background
uniform vec2 range;          // depths between which they do
uniform float ambient;
uniform float outline;       // how dark silhouettes are, 1 not at all

vec3 shade(vec3 albedo, vec3 n, vec3 toEye) {
  vec3 key = normalize(vec3(-0.45, 0.65, 0.75));
  float lambert = max(dot(n, key), 0.0);
  float sky = 0.5 + 0.5 * n.y;
  float facing = max(dot(n, toEye), 0.0);
  float light = ambient + 0.16 * sky + 0.56 * lambert;
  float rim = mix(outline, 1.0, smoothstep(0.0, 0.45, facing));
  float gloss = pow(max(dot(n, normalize(key + toEye)), 0.0), 42.0);
  return min(albedo * light * rim + 0.16 * gloss, 1.0);
}

vec3 fade(vec3 color, float depth) {
  return mix(color, background, cue * smoothstep(range.x, range.y, depth));
}

float windowDepth(vec3 point) {
  vec4 clip = projectionMatrix * vec4(point, 1.0);
  return 0.5 + 0.5 * clip.z / clip.w;
}
`;

export const sphereVertex = /* glsl */ `${COMMON}
uniform float pixel;         // Å per pixel at the target
in vec2 corner;
in vec3 center;
in float radius;
in vec3 color;
out vec3 point;
flat out vec4 sphere;
flat out vec3 albedo;
void main() {
  vec3 c = (modelViewMatrix * vec4(center, 1.0)).xyz;
  vec3 x = vec3(1.0, 0.0, 0.0);
  vec3 y = vec3(0.0, 1.0, 0.0);
  float reach = radius;
  if (perspective > 0.5) {
    // The silhouette of a sphere seen from near is a larger disc, turned towards the eye.
    vec3 z = normalize(-c);
    x = normalize(cross(y, z));
    y = cross(z, x);
    float squared = dot(c, c);
    reach *= sqrt(squared / max(squared - radius * radius, 1e-4 * squared));
  }
  reach += pixel;            // room for the soft edge
  point = c + (x * corner.x + y * corner.y) * reach;
  sphere = vec4(c, radius);
  albedo = color;
  gl_Position = radius > 0.0 ? projectionMatrix * vec4(point, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}
`;

/** `FLAT`: no depth of its own per fragment; for very many atoms, each a few pixels wide. */
export const sphereFragment = /* glsl */ `${SHADING}
uniform float least;         // of coverage: 0 where edges are soft, 0.5 where a pixel has one depth
in vec3 point;
flat in vec4 sphere;
flat in vec3 albedo;
out vec4 result;
void main() {
  vec3 origin = perspective > 0.5 ? vec3(0.0) : vec3(point.xy, 0.0);
  vec3 direction = perspective > 0.5 ? normalize(point) : vec3(0.0, 0.0, -1.0);
  vec3 from = origin - sphere.xyz;
  float along = dot(from, direction);
  vec3 beside = from - along * direction;
  float miss = length(beside);
  float coverage = clamp((sphere.w - miss) / max(fwidth(miss), 1e-6) + 0.5, 0.0, 1.0);
  if (coverage <= least) discard;
  float inside = sqrt(max(sphere.w * sphere.w - miss * miss, 0.0));
  vec3 hit = origin + direction * (-along - inside);
  vec3 n = normalize(hit - sphere.xyz);
  result = vec4(fade(shade(albedo, n, -direction), -hit.z), coverage);
#ifndef FLAT
  gl_FragDepth = windowDepth(hit);
#endif
}
`;

/** Axes with `y` along a vector, and how long that is. */
const ALONG = /* glsl */ `
mat3 axesAlong(vec3 vector, out float full) {
  full = length(vector);
  vec3 y = full > 1e-6 ? vector / full : vec3(0.0, 1.0, 0.0);
  vec3 x = normalize(abs(y.z) < 0.9 ? cross(y, vec3(0.0, 0.0, 1.0)) : cross(y, vec3(1.0, 0.0, 0.0)));
  return mat3(x, y, cross(x, y));
}
`;

/** Bonds: a box about the cylinder from `start` along `vector`, seen from the inside, so that it may reach up to the eye. */
export const cylinderVertex = /* glsl */ `${COMMON}${ALONG}
uniform float pixel;         // Å per pixel at the target
uniform float thickness;
in vec3 corner;
in vec3 start;
in vec3 vector;
in vec3 color;
out vec3 point;
flat out vec3 foot;
flat out vec4 axis;          // and length
flat out vec3 albedo;
void main() {
  float full;
  mat3 axes = axesAlong(vector, full);
  float reach = thickness + pixel;   // room for the soft edge
  vec4 seen = modelViewMatrix * vec4(start + axes * (corner * vec3(reach, full, reach)), 1.0);
  point = seen.xyz;
  foot = (modelViewMatrix * vec4(start, 1.0)).xyz;
  axis = vec4(mat3(modelViewMatrix) * axes[1], full);
  albedo = color;
  gl_Position = full > 1e-6 ? projectionMatrix * seen : vec4(2.0, 2.0, 2.0, 1.0);
}
`;

export const cylinderFragment = /* glsl */ `${SHADING}
uniform float least;         // of coverage, as of spheres
uniform float thickness;
in vec3 point;
flat in vec3 foot;
flat in vec4 axis;
flat in vec3 albedo;
out vec4 result;
void main() {
  vec3 direction = perspective > 0.5 ? normalize(point) : vec3(0.0, 0.0, -1.0);
  // From a point of the box, not from the eye, which is so far away that squares would lose the thickness.
  vec3 from = point - foot;
  float height = dot(from, axis.xyz);
  float climb = dot(direction, axis.xyz);
  // Seen along the axis: direction and place.
  vec2 square = vec2(max(1.0 - climb * climb, 1e-6), dot(from, direction) - height * climb);
  float nearest = -square.y / square.x;
  float miss = sqrt(max(dot(from, from) - height * height + nearest * square.y, 0.0));
  float coverage = clamp((thickness - miss) / max(fwidth(miss), 1e-6) + 0.5, 0.0, 1.0);
  float inside = sqrt(max(thickness * thickness - miss * miss, 0.0) / square.x);
  float along = nearest - inside;
  float at = height + along * climb;
  vec3 n;
  if (at >= 0.0 && at <= axis.w) n = normalize(from + along * direction - at * axis.xyz);
  else {
    // Through one of its ends.
    at = at < 0.0 ? 0.0 : axis.w;
    along = (at - height) / climb;
    if (!(abs(along - nearest) <= inside)) discard;
    n = -sign(climb) * axis.xyz;
  }
  if (coverage <= least) discard;
  vec3 hit = point + along * direction;
  result = vec4(fade(shade(albedo, n, -direction), -hit.z), coverage);
  gl_FragDepth = windowDepth(hit);
}
`;

/** Arrows: a unit cylinder along y, `part` 0, and a cone, 1, turned from `start` along `vector`. */
export const arrowVertex = /* glsl */ `${COMMON}${ALONG}
uniform float thickness;
in vec3 position;
in vec3 normal;
in float part;
in vec3 start;
in vec3 vector;
in vec3 color;
out vec3 point;
out vec3 facing;
flat out vec3 albedo;
void main() {
  float full;
  mat3 axes = axesAlong(vector, full);
  float head = min(4.5 * thickness, 0.6 * full);
  float at = part > 0.5 ? full - head + position.y * head : position.y * (full - head);
  float wide = thickness * (part > 0.5 ? 2.3 * min(1.0, head / (4.5 * thickness) + 0.3) : 1.0);
  vec3 world = start + axes * vec3(position.x * wide, at, position.z * wide);
  vec4 seen = modelViewMatrix * vec4(world, 1.0);
  point = seen.xyz;
  facing = mat3(modelViewMatrix) * (axes * normal);
  albedo = color;
  gl_Position = full > 1e-6 ? projectionMatrix * seen : vec4(2.0, 2.0, 2.0, 1.0);
}
`;

export const arrowFragment = /* glsl */ `${SHADING}
in vec3 point;
in vec3 facing;
flat in vec3 albedo;
out vec4 result;
void main() {
  vec3 toEye = perspective > 0.5 ? normalize(-point) : vec3(0.0, 0.0, 1.0);
  result = vec4(fade(shade(albedo, normalize(facing), toEye), -point.z), 1.0);
}
`;

/** Rings about atoms, always turned to the eye. */
export const ringVertex = /* glsl */ `${COMMON}
uniform float pixel;
in vec2 corner;
in vec3 center;
in float radius;
in vec3 color;
out vec2 at;
flat out vec2 band;          // inner and outer radius, in units of the quad
flat out vec3 albedo;
void main() {
  vec3 c = (modelViewMatrix * vec4(center, 1.0)).xyz;
  float inner = radius + 1.5 * pixel;
  float outer = inner + clamp(0.07, 2.5 * pixel, 4.0 * pixel);
  float reach = outer + 2.0 * pixel;
  at = corner;
  band = vec2(inner, outer) / reach;
  albedo = color;
  // A little nearer than the atom's front, so that its own sphere does not hide it.
  vec3 towards = perspective > 0.5 ? normalize(-c) : vec3(0.0, 0.0, 1.0);
  gl_Position = projectionMatrix * vec4(c + towards * radius + vec3(corner * reach, 0.0), 1.0);
}
`;

export const ringFragment = /* glsl */ `
precision highp float;
uniform float opacity;
in vec2 at;
flat in vec2 band;
flat in vec3 albedo;
out vec4 result;
void main() {
  float r = length(at);
  float soft = fwidth(r);
  float coverage = smoothstep(band.x - soft, band.x + soft, r) * (1.0 - smoothstep(band.y - soft, band.y + soft, r));
  if (coverage <= 0.01) discard;
  result = vec4(albedo, coverage * opacity);
}
`;

export const lineVertex = /* glsl */ `${COMMON}
in vec3 position;
out float depth;
void main() {
  vec4 seen = modelViewMatrix * vec4(position, 1.0);
  depth = -seen.z;
  gl_Position = projectionMatrix * seen;
}
`;

export const lineFragment = /* glsl */ `${SHADING}
uniform vec3 tint;
in float depth;
out vec4 result;
void main() {
  result = vec4(fade(tint, depth), 1.0);
}
`;
