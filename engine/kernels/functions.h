// Functions of one variable: cutoff and compact core functions of a distance, acos, activations of the networks.
#pragma once
#include "model.h"
#include "vector.h"

#define PI 3.14159265358979323846
// A pair factor below this is 0: products of three of them and an exponential must stay normal numbers.
#ifdef REAL32
#define NEGLIGIBLE ((real)1e-12)
#else
#define NEGLIGIBLE 1e-90
#endif

enum { CUT_HARD, CUT_COS, CUT_TANH3, CUT_TANH3_NORMALIZED, CUT_EXP, CUT_POLY1, CUT_POLY2, CUT_POLY3, CUT_POLY4, COMPACT = 16 };

// The polynomial steps as functions of y = 1 - x (no cancellation near the edge), and d/dx = -d/dy.
INLINE void polynomial_step(int order, vr y, vr *f, vr *dfdx) {
  vr x = 1 - y, y2 = y * y;
  if (order == 1) {
    *f = y2 * (3 - 2 * y);
    *dfdx = -6 * (y * x);
  } else if (order == 2) {
    *f = y2 * y * fma_(fma_(splat(6), y, splat(-15)), y, splat(10));
    *dfdx = -30 * (y2 * (x * x));
  } else if (order == 3) {
    *f = y2 * y2 * fma_(fma_(fma_(splat(-20), y, splat(70)), y, splat(-84)), y, splat(35));
    *dfdx = -140 * (y2 * y * (x * x * x));
  } else {
    *f = y2 * y2 * y * fma_(fma_(fma_(fma_(splat(70), y, splat(-315)), y, splat(540)), y, splat(-420)), y, splat(126));
    *dfdx = -630 * (y2 * y2 * (x * x * x * x));
  }
}

INLINE void exponential_step(vr y, vr *f, vr *dfdx) {
  vr x = 1 - y;
  vr z = y * (1 + x);  // 1 - x²
  vm inside = z > splat(1e-3f);
  vr iz = 1 / choose(inside, z, splat(1));
  *f = keep(inside, vexp(1 - iz));
  *dfdx = keep(inside, -2 * x * iz * iz * *f);
}

// sin z for 0 <= z <= pi/2.
INLINE vr quarter_sine(vr z) {
  vr z2 = z * z;
  vr p = splat((real)(-1.0 / 25852016738884976640000.0));
  p = fma_(p, z2, splat((real)(1.0 / 51090942171709440000.0)));
  p = fma_(p, z2, splat((real)(-1.0 / 121645100408832000.0)));
  p = fma_(p, z2, splat((real)(1.0 / 355687428096000.0)));
  p = fma_(p, z2, splat((real)(-1.0 / 1307674368000.0)));
  p = fma_(p, z2, splat((real)(1.0 / 6227020800.0)));
  p = fma_(p, z2, splat((real)(-1.0 / 39916800.0)));
  p = fma_(p, z2, splat((real)(1.0 / 362880.0)));
  p = fma_(p, z2, splat((real)(-1.0 / 5040.0)));
  p = fma_(p, z2, splat((real)(1.0 / 120.0)));
  p = fma_(p, z2, splat((real)(-1.0 / 6.0)));
  return fma_(p * z2, z, z);
}

// Value f of a channel and l = d ln f / d r² at distances r inside it.
INLINE void channel_value(int kind, const Channel *c, vr r, vr *f, vr *l) {
  vr df;
  if (kind == CUT_HARD) {
    *f = splat(1);
    *l = splat(0);
    return;
  }
  if (kind == CUT_TANH3 || kind == CUT_TANH3_NORMALIZED) {
    real inverse = (real)(1 / c->outer);
    vr e = vexp(-2 * (1 - r * inverse));
    vr t = (1 - e) / (1 + e);
    vm inside = t > splat((real)1e-6);
    t = choose(inside, t, splat(1));
    real scale = kind == CUT_TANH3 ? 1 : (real)2.2637537952253513;  // 1 / tanh³(1)
    *f = keep(inside, t * t * t * scale);
    *l = keep(inside, (real)-1.5 * inverse * (1 - t * t) / (t * r));
    return;
  }
  if (kind >= COMPACT) {
    int shape = (kind - COMPACT) >> 1, asymmetric = kind & 1;
    real center = (real)(0.5 * (c->inner + c->outer)), width = (real)(0.5 * (c->outer - c->inner));
    vr d = (r - center) * (1 / width);
    vm left = d < splat(0);
    vr y = 1 - choose(left, -d, d);
    vr slope = splat(1 / width);
    if (asymmetric) {
      slope = slope * (2 * y);
      y = y * y;
    }
    if (shape == 0) exponential_step(y, f, &df);
    else polynomial_step(shape, y, f, &df);
    df = df * choose(left, -slope, slope);
  } else {
    real inner = (real)(c->alpha * c->outer), inverse = 1 / ((real)c->outer - inner);
    vr x = (r - inner) * inverse;
    vm core = x < splat(0);
    vr y = choose(core, splat(1), 1 - x);
    if (kind == CUT_COS) {
      vr s = quarter_sine((real)(0.5 * PI) * y), k = quarter_sine((real)(0.5 * PI) * (1 - y));
      *f = s * s;
      df = (real)-PI * s * k;
    } else if (kind == CUT_EXP) exponential_step(y, f, &df);
    else polynomial_step(kind - CUT_EXP, y, f, &df);
    df = df * inverse;
  }
  vm inside = *f > splat(NEGLIGIBLE);
  *l = keep(inside, df / (choose(inside, *f, splat(1)) * (2 * r)));
  *f = keep(inside, *f);
}

// Calls CALL with the constant KIND, so that each kind gets a loop of its own.
#define FOR_KIND(kind, CALL)                                          \
  switch (kind) {                                                     \
    case CUT_COS: { enum { KIND = CUT_COS }; CALL; } break;           \
    case CUT_TANH3: { enum { KIND = CUT_TANH3 }; CALL; } break;       \
    case CUT_POLY1: { enum { KIND = CUT_POLY1 }; CALL; } break;       \
    case CUT_POLY2: { enum { KIND = CUT_POLY2 }; CALL; } break;       \
    case COMPACT + 4: { enum { KIND = COMPACT + 4 }; CALL; } break;   \
    case COMPACT + 5: { enum { KIND = COMPACT + 5 }; CALL; } break;   \
    default: { const int KIND = kind; CALL; } break;                  \
  }

// acos c for -1 <= c <= 1, by asin s = s + s³ P(s²) on s² <= 1/4.
INLINE vr vacos(vr c) {
  vm negative = c < splat(0);
  vr a = choose(negative, -c, c);
  vm large = a > splat((real)0.5);
  vr z = choose(large, (1 - a) * (real)0.5, a * a);
  z = choose(z < splat(0), splat(0), z);
  vr s = choose(large, vsqrt(z), a);
#ifdef REAL32
  static const real P[6] = {0.0337007263f, 0.0171437168f, 0.0311017278f, 0.0445993192f, 0.0750009476f, 0.166666663f};
  const int degree = 5;
#else
  static const real P[13] = {0.02877844261259303858,  -0.01488140939281806339, 0.017419357964884855137, 0.0054508781877205506791,
                             0.01032431828874411188,  0.011478952690257386767, 0.013971235301124539147, 0.017352391265909227862,
                             0.022372173002005597387, 0.030381944137085214301, 0.044642857146373380882, 0.074999999999984242597,
                             0.16666666666666667833};
  const int degree = 12;
#endif
  vr p = splat(P[0]);
#pragma GCC unroll 16
  for (int k = 1; k <= degree; k++) p = fma_(p, z, splat(P[k]));
  vr asin = fma_(p * z, s, s);
  vr angle = choose(large, 2 * asin, (real)(0.5 * PI) - asin);
  return choose((vm)negative & large, (real)PI - angle, choose((vm)negative & ~large, (real)(0.5 * PI) + asin, angle));
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
