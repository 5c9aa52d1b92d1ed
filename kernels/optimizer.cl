/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One step of an optimizer over all weights: one work-item VW weights that follow each other, unit stride.
 *
 * weight, gradient, slot0, slot1: [n]; the slots are the optimizer's state. rates: the learning rate of each step,
 * step[0]: steps done so far. Weight decay applies to the first n_decayed weights. n and n_decayed may be any numbers.
 * Build options: one of SGD, NESTEROV, ADAM, ADAMW, which chooses the kernels; VW: 4, 8 or 16. */

#define FLOATV CAT (float, VW)
#define VLOAD(i, p) CAT (vload, VW) (0, (p) + (i))
#define VSTORE(v, i, p) CAT (vstore, VW) (v, 0, (p) + (i))

inline FLOATV
load (__global const float *p, uint i, uint n)
{
  if (i + VW <= n)
    return VLOAD (i, p);
  float lanes[VW];
  for (uint k = 0; k < VW; k++)
    lanes[k] = i + k < n ? p[i + k] : 0.0f;
  return CAT (vload, VW) (0, lanes);
}

inline void
store (FLOATV v, __global float *p, uint i, uint n)
{
  if (i + VW <= n) {
    VSTORE (v, i, p);
    return;
  }
  float lanes[VW];
  CAT (vstore, VW) (v, 0, lanes);
  for (uint k = 0; k < VW && i + k < n; k++)
    p[i + k] = lanes[k];
}

/* The decay of the weights from i on: all, none or, where the border runs through them, some. */
inline FLOATV
decay_at (float decay, uint i, uint n_decayed)
{
  if (i + VW <= n_decayed)
    return decay;
  if (i >= n_decayed)
    return 0.0f;
  float lanes[VW];
  for (uint k = 0; k < VW; k++)
    lanes[k] = i + k < n_decayed ? decay : 0.0f;
  return CAT (vload, VW) (0, lanes);
}

#if defined SGD || defined NESTEROV
/* Polyak 1964; with NESTEROV Sutskever et al. 2013, as PyTorch writes both:
 * g += decay w;  v = momentum v + g;  w -= rate v  (Nesterov: w -= rate (g + momentum v)) */
__kernel void
optimizer_momentum (uint n, uint n_decayed, __global float *restrict weight, __global const float *restrict gradient,
                    __global float *restrict slot0, __global const float *restrict rates,
                    __global const uint *restrict step, float momentum, float decay)
{
  uint i = get_global_id (0) * VW;
  if (i >= n)
    return;
  FLOATV w = load (weight, i, n);
  FLOATV g = FMA (decay_at (decay, i, n_decayed), w, load (gradient, i, n));
  FLOATV v = FMA ((FLOATV) momentum, load (slot0, i, n), g);
  store (v, slot0, i, n);
#ifdef NESTEROV
  v = FMA ((FLOATV) momentum, v, g);
#endif
  store (FMA ((FLOATV) -rates[step[0]], v, w), weight, i, n);
}
#endif

#if defined ADAM || defined ADAMW
#define BETA1 0.9f
#define BETA2 0.999f
#define ONE_MINUS_BETA1 0.1f
#define ONE_MINUS_BETA2 0.001f
#define LOG_BETA1 -0.10536051565782630f
#define LOG_BETA2 -0.0010005003335835335f
#define EPSILON 1e-8f

/* What is the same for all weights in a step of Adam, by one work-item:
 *   factors[0] = rate;  factors[1] = rate / (1 - β1^t);  factors[2] = 1 / sqrt (1 - β2^t)
 * 1 - β^t is written -expm1 (t ln β): it keeps its precision at small t, where β^t is close to 1 (0.999 itself is off
 * by 5e-5 of 1 - 0.999 in float), and at large t, where it tends to 1. */
__kernel void
optimizer_adam_factors (__global const float *restrict rates, __global const uint *restrict step,
                        __global float *restrict factors)
{
  float t = (float) step[0] + 1.0f;
  factors[0] = rates[step[0]];
  factors[1] = rates[step[0]] / -expm1 (t * LOG_BETA1);
  factors[2] = 1.0f / sqrt (-expm1 (t * LOG_BETA2));
}

/* Kingma and Ba 2015; with ADAMW Loshchilov and Hutter 2019 (w -= rate decay w first, instead of g += decay w):
 * m = β1 m + (1 - β1) g;  v = β2 v + (1 - β2) g²;  w -= rate m / (1 - β1^t) / (sqrt (v / (1 - β2^t)) + ε) */
__kernel void
optimizer_adam (uint n, uint n_decayed, __global float *restrict weight, __global const float *restrict gradient,
                __global float *restrict slot0, __global float *restrict slot1, __global const float *restrict factors,
                float decay)
{
  uint i = get_global_id (0) * VW;
  if (i >= n)
    return;
  FLOATV d = decay_at (decay, i, n_decayed);
  FLOATV w = load (weight, i, n), g = load (gradient, i, n);
#ifdef ADAMW
  w = FMA (-factors[0] * d, w, w);
#else
  g = FMA (d, w, g);
#endif
  FLOATV m = FMA ((FLOATV) BETA1, load (slot0, i, n), ONE_MINUS_BETA1 * g);
  FLOATV v = FMA ((FLOATV) BETA2, load (slot1, i, n), ONE_MINUS_BETA2 * g * g);
  store (m, slot0, i, n);
  store (v, slot1, i, n);
  store (w - factors[1] * m / FMA (sqrt (v), (FLOATV) factors[2], (FLOATV) EPSILON), weight, i, n);
}
#endif
