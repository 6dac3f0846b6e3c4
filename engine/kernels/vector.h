// Vectors of `real` by the compiler's vector extensions: one source for WebAssembly SIMD and for native builds.
// `real` is double, or float with -DREAL32; sums over neighbours and everything behind the descriptors are double always.
#pragma once
#include <stdint.h>

#ifndef VECTOR_BYTES
#define VECTOR_BYTES 16
#endif
#ifdef REAL32
typedef float real;
typedef int32_t mask_lane;
#else
typedef double real;
typedef int64_t mask_lane;
#endif

#define W ((int)(VECTOR_BYTES / sizeof(real)))  // lanes of a vector of real
#define WD ((int)(VECTOR_BYTES / 8))            // lanes of a vector of double
typedef real vr __attribute__((vector_size(VECTOR_BYTES)));
typedef mask_lane vm __attribute__((vector_size(VECTOR_BYTES)));
typedef double vd __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t vl __attribute__((vector_size(VECTOR_BYTES)));
// Four numbers of one neighbour or triple, x y z and one more.
typedef real v4 __attribute__((vector_size(4 * sizeof(real))));

#define INLINE static inline __attribute__((always_inline))
// Keeps the hot passes apart: inlined into one another they run out of registers.
#define PASS static __attribute__((noinline))
#define PAD(n) (((n) + W - 1) / W * W)

#ifdef __wasm__
#include <wasm_simd128.h>
#define EXPORT(name) __attribute__((export_name(#name)))
// The compiler may call these for struct copies; there is no C library here.
void *memset(void *p, int c, __SIZE_TYPE__ n) {
  unsigned char *q = p;
  while (n--) *q++ = (unsigned char)c;
  return p;
}
void *memcpy(void *restrict p, const void *restrict s, __SIZE_TYPE__ n) {
  unsigned char *q = p;
  const unsigned char *r = s;
  while (n--) *q++ = *r++;
  return p;
}
#else
#define EXPORT(name)
#endif

INLINE vr splat(real x) { return (vr){0} + x; }
INLINE vd splatd(double x) { return (vd){0} + x; }
// From and to anywhere: whole vectors need not lie at multiples of their size.
typedef real vu __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real))));
INLINE vr load(const real *p) { return *(const vu *)p; }
INLINE void store(real *p, vr x) { *(vu *)p = x; }
typedef double vdu __attribute__((vector_size(VECTOR_BYTES), aligned(8)));
INLINE vd loadd(const double *p) { return *(const vdu *)p; }
INLINE void stored(double *p, vd x) { *(vdu *)p = x; }
// A vector of double from as many numbers, and added to them.
typedef real half __attribute__((vector_size(VECTOR_BYTES / 8 * sizeof(real)), aligned(sizeof(real))));
INLINE vd widen(const real *p) { return __builtin_convertvector(*(const half *)p, vd); }
INLINE void add_narrowed(real *p, vd x) { *(half *)p += __builtin_convertvector(x, half); }
INLINE vr choose(vm where, vr a, vr b) { return (vr)(((vm)a & where) | ((vm)b & ~where)); }
INLINE vr keep(vm where, vr a) { return (vr)((vm)a & where); }

// a·b + c, fused where the machine can.
#if defined(RELAXED) && defined(REAL32)
INLINE vr fma_(vr a, vr b, vr c) { return (vr)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c); }
#elif defined(RELAXED)
INLINE vr fma_(vr a, vr b, vr c) { return (vr)wasm_f64x2_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c); }
#else
INLINE vr fma_(vr a, vr b, vr c) { return a * b + c; }
#endif
#if defined(RELAXED)
INLINE vd fmad(vd a, vd b, vd c) { return (vd)wasm_f64x2_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c); }
#else
INLINE vd fmad(vd a, vd b, vd c) { return a * b + c; }
#endif

#if defined(__wasm__) && defined(REAL32)
INLINE vr vmin(vr a, vr b) { return (vr)wasm_f32x4_pmin((v128_t)a, (v128_t)b); }
INLINE vr vmax(vr a, vr b) { return (vr)wasm_f32x4_pmax((v128_t)a, (v128_t)b); }
#elif defined(__wasm__)
INLINE vr vmin(vr a, vr b) { return (vr)wasm_f64x2_pmin((v128_t)a, (v128_t)b); }
INLINE vr vmax(vr a, vr b) { return (vr)wasm_f64x2_pmax((v128_t)a, (v128_t)b); }
#else
INLINE vr vmin(vr a, vr b) { return choose(b < a, b, a); }
INLINE vr vmax(vr a, vr b) { return choose(a < b, b, a); }
#endif
#define ALL_BUT_SIGN ((mask_lane)(~(uint64_t)0 >> (65 - 8 * sizeof(real))))
INLINE vr vabs(vr a) { return (vr)((vm)a & ALL_BUT_SIGN); }

INLINE vr vsqrt(vr a) {
#if defined(__wasm__) && defined(REAL32)
  return (vr)wasm_f32x4_sqrt((v128_t)a);
#elif defined(__wasm__)
  return (vr)wasm_f64x2_sqrt((v128_t)a);
#else
  vr r;
  for (int l = 0; l < W; l++) r[l] = sizeof(real) == 4 ? (real)__builtin_sqrtf((float)a[l]) : (real)__builtin_sqrt((double)a[l]);
  return r;
#endif
}
INLINE vd vsqrtd(vd a) {
#ifdef __wasm__
  return (vd)wasm_f64x2_sqrt((v128_t)a);
#else
  for (int l = 0; l < WD; l++) a[l] = __builtin_sqrt(a[l]);
  return a;
#endif
}

// Numbers that are added up in vectors before their sum is added in double: in float long sums would lose digits.
#ifdef REAL32
#define SUMMED 64
#else
#define SUMMED INT32_MAX / 2
#endif

// The lanes, added in order, in double.
INLINE double sum(vr a) {
  double s = 0;
  for (int l = 0; l < W; l++) s += (double)a[l];
  return s;
}
INLINE double sumd(vd a) {
  double s = 0;
  for (int l = 0; l < WD; l++) s += a[l];
  return s;
}

// 1/k!, the Taylor series of exp: on |r| <= ln(2)/2 the truncation is below half an ulp at degree 11 (float: 6).
static const double FACTORIAL_INVERSE[14] = {1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320,
                                             1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};

// e^x in double for -700 <= x <= 700 (0 below): x = n ln 2 + r, ln 2 in two parts (Cody and Waite).
INLINE vd vexpd(vd x) {
  vl zero = x < splatd(-700.0);
  vd t = fmad(x, splatd(1.4426950408889634074), splatd(6755399441055744.0));
  vd n = t - 6755399441055744.0;
  vd r = fmad(n, splatd(-0.69314718055966295651160180568695), x);
  r = fmad(n, splatd(-0.28235290563031577122588448175013e-12), r);
  const double *c = FACTORIAL_INVERSE;
  vd r2 = r * r, r4 = r2 * r2;
  vd a0 = fmad(r, splatd(c[1]), splatd(c[0])), a1 = fmad(r, splatd(c[3]), splatd(c[2])), a2 = fmad(r, splatd(c[5]), splatd(c[4]));
  vd a3 = fmad(r, splatd(c[7]), splatd(c[6])), a4 = fmad(r, splatd(c[9]), splatd(c[8])), a5 = fmad(r, splatd(c[11]), splatd(c[10]));
  a5 = fmad(r2, splatd(c[12]), a5);
  vd b0 = fmad(a1, r2, a0), b1 = fmad(a3, r2, a2), b2 = fmad(a5, r2, a4);
  vd p = fmad(fmad(b2, r4, b1), r4, b0);
  return (vd)(((vl)p + (((vl)t) << 52)) & ~zero);
}

// e^x in real. In float, results below 1e-18 become 0: denormal numbers would stall the machine.
#ifdef REAL32
INLINE vr vexp(vr x) {
  vm zero = x < splat(-42.0f);
  vr t = fma_(x, splat(1.44269504f), splat(12582912.f));
  vr n = t - 12582912.f;
  vr r = fma_(n, splat(-0.693359375f), x);
  r = fma_(n, splat(2.12194440e-4f), r);
  // By Chebyshev interpolation: what is missing from the Taylor series would be a bias.
  static const float P[] = {1.0000000000f, 1.0000000377f, 0.5000000047f, 0.1666641552f, 0.0416663529f, 0.0083751264f, 0.0013941108f};
  vr p = splat(P[6]);
#pragma GCC unroll 6
  for (int k = 5; k >= 0; k--) p = fma_(p, r, splat(P[k]));
  return (vr)(((vm)p + (((vm)t) << 23)) & ~zero);
}
#else
INLINE vr vexp(vr x) { return vexpd(x); }
#endif

// ln x in double for normal x > 0: x = 2^n m with m in [sqrt(1/2), sqrt 2), ln m = 2 artanh((m-1)/(m+1)).
INLINE vd vlogd(vd x) {
  vl bits = (vl)x;
  vl n = ((bits - 0x3fe6a09e667f3bcdLL) >> 52);
  vd m = (vd)(bits - (n << 52));
  vd s = (m - 1.0) / (m + 1.0), z = s * s;
  vd p = splatd(1.0 / 23);
#pragma GCC unroll 16
  for (int k = 21; k >= 3; k -= 2) p = fmad(p, z, splatd(1.0 / k));
  vd lnm = fmad(p * z, s + s, s + s);
  vd e = __builtin_convertvector(n, vd);
  return fmad(e, splatd(0.69314718055994530942), lnm);
}

// Small integer power, z >= 1.
INLINE vr vpow(vr x, int z) {
  vr r = (z & 1) ? x : splat(1);
  int one = !(z & 1);
#pragma GCC unroll 8
  for (int b = z >> 1; b; b >>= 1) {
    x = x * x;
    if (b & 1) {
      r = one ? x : r * x;
      one = 0;
    }
  }
  return r;
}

// e^(-z s) from e^-s. In float, as in vexp, nothing becomes a denormal number.
INLINE vr power_of_exponential(vr x, int z) {
  x = vpow(x, z);
#ifdef REAL32
  x = keep(x > splat(1e-18f), x);
#endif
  return x;
}
