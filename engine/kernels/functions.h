// Functions of one variable: cutoff and compact core functions of a distance, acos, activations of the networks.
#pragma once
#include "model.h"
#include "vector.h"

#define PI 3.14159265358979323846

enum { CUT_HARD, CUT_COS, CUT_TANH3, CUT_TANH3_NORMALIZED, CUT_EXP, CUT_POLY1, CUT_POLY2, CUT_POLY3, CUT_POLY4, COMPACT = 16 };

// p[0] + p[1] x + … + p[degree] x^degree
INLINE vr polynomial(const double *p, int degree, vr x) {
  vr y = splat((real)p[degree]);
#pragma GCC unroll 16
  for (int k = degree - 1; k >= 0; k--) y = fma_(y, x, splat((real)p[k]));
  return y;
}

// A step from f(0) = 1 to f(1) = 0 and f'(x)/x, which is finite at 0. Takes x², x and y = 1 - x: the latter without
// cancellation near the edge.
INLINE void step(int kind, vr x2, vr x, vr y, vr *f, vr *slope) {
  vr y2 = y * y;
  if (kind == CUT_COS) {
    // (1 + cos πx)/2 = cos²(πx/2) = ((1 - x²) p(x²))²; p by Chebyshev interpolation to the last bit.
#ifdef REAL32
    static const double P[] = {0.9999999991226092072, -0.23370050625459746506, 0.019968606206800278099, -0.00089353550146327377922,
                               0.000023600689581301924131};
    const int degree = 4;
#else
    static const double P[] = {0.99999999999999998436,  -0.23370055013616782524,   0.019968957764836130966, -0.00089452299813816202597,
                               0.000024737275041126401493, -4.6476318093539006055e-7, 6.318119670622831098e-9, -6.3061695616568301239e-11};
    const int degree = 7;
#endif
    vr p = splat((real)P[degree]), dp = splat(0), edge = 1 - x2;
#pragma GCC unroll 16
    for (int k = degree - 1; k >= 0; k--) {
      dp = fma_(dp, x2, p);
      p = fma_(p, x2, splat((real)P[k]));
    }
    vr c = edge * p;
    *f = c * c;
    *slope = 4 * c * (edge * dp - p);
  } else if (kind == CUT_EXP) {
    vr z = y * (1 + x);  // 1 - x²
    vm inside = z > splat((real)1e-3);
    vr inverse = 1 / choose(inside, z, splat(1));
    *f = keep(inside, vexp(1 - inverse));
    *slope = -2 * inverse * inverse * *f;
  } else if (kind == CUT_POLY1) {
    *f = y2 * (3 - 2 * y);
    *slope = -6 * y;
  } else if (kind == CUT_POLY2) {
    *f = y2 * y * fma_(fma_(splat(6), y, splat(-15)), y, splat(10));
    *slope = -30 * (y2 * x);
  } else if (kind == CUT_POLY3) {
    *f = y2 * y2 * fma_(fma_(fma_(splat(-20), y, splat(70)), y, splat(-84)), y, splat(35));
    *slope = -140 * (y2 * y * x2);
  } else {
    *f = y2 * y2 * y * fma_(fma_(fma_(fma_(splat(70), y, splat(-315)), y, splat(540)), y, splat(-420)), y, splat(126));
    *slope = -630 * (y2 * y2 * (x2 * x));
  }
}

// Value of a channel and its derivative by r² at r² = u within it.
INLINE void channel_value(int kind, const Channel *c, vr u, vr *f, vr *df) {
  vr r = vsqrt(u);
  if (kind == CUT_HARD) {
    *f = splat(1);
    *df = splat(0);
  } else if (kind == CUT_TANH3 || kind == CUT_TANH3_NORMALIZED) {
    // tanh³ y of y = 1 - r/outer, with tanh y = y P(y²)/Q(y²) for 0 <= y <= 1 to the last bit, and one division in all.
#ifdef REAL32
    static const double P[] = {0.99999999980947841354, 0.11070574570932536035, 0.0010318465335962452107};
    static const double Q[] = {1, 0.44403906942866341587, 0.015711616983725250258};
    const int p = 2, q = 2;
#else
    static const double P[] = {0.99999999999999999958, 0.13325264636423006094, 0.0034090325079414054361, 0.000017597898467277830783};
    static const double Q[] = {1, 0.4665859796975633397, 0.025604359073797019743, 0.00030917426496878729535, 4.8565937992129807309e-7};
    const int p = 3, q = 4;
#endif
    real scale = kind == CUT_TANH3 ? 1 : (real)2.2637537952253513;  // 1 / tanh³(1)
    real inverse = (real)(1 / c->outer);
    vr y = 1 - r * inverse, y2 = y * y;
    vr denominator = polynomial(Q, q, y2), d = 1 / (denominator * r);
    vr t = y * polynomial(P, p, y2) * (r * d), t2 = t * t;
    *f = scale * (t2 * t);
    *df = ((real)-1.5 * inverse * scale) * (t2 * (1 - t2)) * (denominator * d);
  } else if (kind >= COMPACT) {
    real center = (real)(0.5 * (c->inner + c->outer)), width = (real)(0.5 * (c->outer - c->inner));
    vr d = (r - center) * (1 / width);
    vm left = d < splat(0);
    vr x = choose(left, -d, d), y = 1 - x;
    vr outward = splat(1 / width);
    if (kind & 1) {  // asymmetric: x(2 - x) for x
      outward = outward * (2 * y);
      x = x * (1 + y);
      y = y * y;
    }
    vr slope;
    step(CUT_EXP + ((kind - COMPACT) >> 1), x * x, x, y, f, &slope);
    *df = slope * x * choose(left, -outward, outward) / (2 * r);
  } else if (c->alpha == 0) {
    real inverse = (real)(1 / c->outer);
    vr x = r * inverse, slope;
    step(kind, u * (inverse * inverse), x, 1 - x, f, &slope);
    *df = slope * ((real)0.5 * inverse * inverse);
  } else {
    real inner = (real)(c->alpha * c->outer), inverse = 1 / ((real)c->outer - inner);
    vr x = (r - inner) * inverse, slope;
    x = choose(x < splat(0), splat(0), x);
    step(kind, x * x, x, 1 - x, f, &slope);
    *df = slope * x * inverse / (2 * r);
  }
}

// Calls CALL with the constant KIND = kind for the common kinds, so that each of them gets a loop of its own.
#define FOR_KIND(kind, CALL)                                          \
  switch (kind) {                                                     \
    case CUT_COS: { enum { KIND = CUT_COS }; CALL; } break;           \
    case CUT_TANH3: { enum { KIND = CUT_TANH3 }; CALL; } break;       \
    case CUT_POLY2: { enum { KIND = CUT_POLY2 }; CALL; } break;       \
    default: { const int KIND = kind; CALL; } break;                  \
  }

// Angle θ and dθ/dc of its cosine c: acos a = √(1 - a) P(a)/Q(a) for 0 <= a <= 1, by rational interpolation to the last bit.
// Where three atoms are in line dθ/dc is large instead of infinite: what multiplies it vanishes there.
INLINE void angle_of(vr c, vr *theta, vr *slope) {
#ifdef REAL32
  static const double P[] = {1.5707963251464494121, 1.7401725352817041381, 0.43905289399768491425, 0.015094944418293389427};
  static const double Q[] = {1, 1.2444479109843696704, 0.39283765705351847565, 0.025053981363721570199};
  const int degree = 3;
#else
  static const double P[] = {1.5707963267948965896, 3.8737226681874809024,  3.475011619204044735,      1.3827876713495903557,
                             0.23714854680300793994, 0.014101123636402746349, 0.00013717095728877116645};
  static const double Q[] = {1,                      2.6027082156042288402,   2.511152396131630101,      1.1081709263575432114,
                             0.22273224327704807006, 0.017493708082568477636, 0.00033897244433527674771};
  const int degree = 6;
#endif
  vr a = vabs(c), near = vsqrt(vmax(1 - a, splat((real)1e-20))), sine = near * vsqrt(1 + a);
  vr q = polynomial(Q, degree, a), d = 1 / (q * sine);
  vr angle = near * polynomial(P, degree, a) * (sine * d);
  *theta = choose(c < splat(0), (real)PI - angle, angle);
  *slope = -(q * d);
}

// Activations of n2p2, by the order of its letters: l t s p r g c S e h.
enum { ACT_LINEAR, ACT_TANH, ACT_LOGISTIC, ACT_SOFTPLUS, ACT_RELU, ACT_GAUSSIAN, ACT_COS, ACT_REVERSE_LOGISTIC, ACT_EXP, ACT_HARMONIC };

INLINE void cosine_sine(vd x, vd *cosine, vd *sine) {
  vd t = x * 0.31830988618379067154 + 6755399441055744.0, n = t - 6755399441055744.0;
  vd r = x - n * 3.1415926535897931160;
  r = r - n * 1.2246467991473532072e-16;
  vl odd = ((vl)t) << 63;  // the sign of (-1)^n
  vd z = r * r, c = splatd(-1.0 / 1124000727777607680000.0), s = splatd(1.0 / 51090942171709440000.0);
  static const double C[10] = {1.0 / 2432902008176640000.0, -1.0 / 6402373705728000.0, 1.0 / 20922789888000.0, -1.0 / 87178291200.0,
                               1.0 / 479001600.0, -1.0 / 3628800.0, 1.0 / 40320.0, -1.0 / 720.0, 1.0 / 24.0, -0.5};
  static const double S[9] = {-1.0 / 121645100408832000.0, 1.0 / 355687428096000.0, -1.0 / 1307674368000.0, 1.0 / 6227020800.0,
                              -1.0 / 39916800.0, 1.0 / 362880.0, -1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0};
#pragma GCC unroll 16
  for (int k = 0; k < 10; k++) c = c * z + C[k];
#pragma GCC unroll 16
  for (int k = 0; k < 9; k++) s = s * z + S[k];
  *cosine = (vd)((vl)(c * z + 1.0) ^ odd);
  *sine = (vd)((vl)(s * z * r + r) ^ odd);
}

// y = f(x) and f'(x).
INLINE void activate(int kind, vd x, vd *y, vd *slope) {
  switch (kind) {
    case ACT_TANH: {
      vl negative = x < splatd(0);
      vd a = (vd)((vl)x & 0x7fffffffffffffffLL);
      vd e = vexpd(-2 * a);
      vd t = (1 - e) / (1 + e);
      // Near 0 the quotient cancels; the series is exact to the last bit below 0.02.
      vl small = a < splatd(0.02);
      vd z = a * a, q = a * (1 + z * (-1.0 / 3 + z * (2.0 / 15 + z * (-17.0 / 315 + z * (62.0 / 2835)))));
      t = (vd)(((vl)q & small) | ((vl)t & ~small));
      *slope = 1 - t * t;
      *y = (vd)((vl)t | (negative & INT64_MIN));
      return;
    }
    case ACT_LOGISTIC:
    case ACT_REVERSE_LOGISTIC: {
      vd a = (vd)((vl)x & 0x7fffffffffffffffLL);
      vd e = vexpd(-a), i = 1 / (1 + e), large = i, little = e * i;
      vl up = kind == ACT_LOGISTIC ? x >= splatd(0) : x < splatd(0);
      *y = (vd)(((vl)large & up) | ((vl)little & ~up));
      vd s = large * little;
      *slope = kind == ACT_LOGISTIC ? s : -s;
      return;
    }
    case ACT_SOFTPLUS: {
      vd a = (vd)((vl)x & 0x7fffffffffffffffLL);
      vd e = vexpd(-a), i = 1 / (1 + e);
      vl up = x >= splatd(0);
      *y = (vd)((vl)x & up) + vlogd(1 + e);
      *slope = (vd)(((vl)i & up) | ((vl)(e * i) & ~up));
      return;
    }
    case ACT_RELU: {
      vl up = x > splatd(0);
      *y = (vd)((vl)x & up);
      *slope = (vd)((vl)splatd(1) & up);
      return;
    }
    case ACT_GAUSSIAN:
      *y = vexpd(-0.5 * x * x);
      *slope = -x * *y;
      return;
    case ACT_COS: {
      vd s;
      cosine_sine(x, y, &s);
      *slope = -s;
      return;
    }
    case ACT_EXP:
      *y = vexpd(-x);
      *slope = -*y;
      return;
    case ACT_HARMONIC:
      *y = x * x;
      *slope = 2 * x;
      return;
    default:
      *y = x;
      *slope = splatd(1);
  }
}
