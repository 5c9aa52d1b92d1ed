/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The perceptron's learning rule (Rosenblatt 1958), one unit a class, one against all: for each sample in turn
 *   output = w·x + b > 0, target = label is the unit's class; on a mismatch w += rate (target - output) x, b likewise.
 * Samples depend on each other, units don't: one work-group a class goes through the whole batch.
 *
 * Build option GROUP: work-items in a group; 1 on a CPU (vectors of 16), a power of two elsewhere.
 * weights: [classes][inputs], so that a unit's lie next to each other; perceptron_store puts them where dense keeps them. */

#if GROUP == 1
inline float
unit_sum (uint inputs, __global const float *restrict w, __global const float *restrict x)
{
  float16 acc = (float16) (0.0f);
  uint k = 0;
  for (; k + 16 <= inputs; k += 16)
    acc = FMA (vload16 (0, w + k), vload16 (0, x + k), acc);
  float8 a = acc.lo + acc.hi;
  float4 b = a.lo + a.hi;
  float sum = b.x + b.y + b.z + b.w;
  for (; k < inputs; k++)
    sum = FMA (w[k], x[k], sum);
  return sum;
}
#else
inline float
unit_sum (uint inputs, __global const float *restrict w, __global const float *restrict x, __local float *part)
{
  uint item = get_local_id (0);
  float sum = 0.0f;
  for (uint k = item; k < inputs; k += GROUP)
    sum = FMA (w[k], x[k], sum);
  part[item] = sum;
  barrier (CLK_LOCAL_MEM_FENCE);
  for (uint reach = GROUP / 2; reach > 0; reach /= 2) {
    if (item < reach)
      part[item] += part[item + reach];
    barrier (CLK_LOCAL_MEM_FENCE);
  }
  sum = part[0];
  barrier (CLK_LOCAL_MEM_FENCE);
  return sum;
}
#endif

/* logits: [batch][classes], w·x + b before the update; mistakes: [classes], how often each unit was wrong in this batch. */
__kernel __attribute__ ((reqd_work_group_size (GROUP, 1, 1))) void
perceptron_learn (uint batch, uint inputs, uint classes, __global const float *restrict x,
                  __global const int *restrict labels, __global float *restrict weights, __global float *restrict bias,
                  __global float *restrict logits, __global float *restrict mistakes, __global const float *restrict rates,
                  __global const uint *restrict step)
{
#if GROUP > 1
  __local float part[GROUP];
#endif
  uint unit = get_group_id (0), item = get_local_id (0);
  __global float *w = weights + unit * inputs;
  float b = bias[unit], rate = rates[step[0]], wrong = 0.0f;
  for (uint i = 0; i < batch; i++) {
    __global const float *sample = x + i * inputs;
#if GROUP > 1
    float sum = unit_sum (inputs, w, sample, part) + b;
#else
    float sum = unit_sum (inputs, w, sample) + b;
#endif
    int label = labels[i];
    float target = label == (int) unit ? 1.0f : 0.0f, output = sum > 0.0f ? 1.0f : 0.0f;
    float change = label < 0 ? 0.0f : rate * (target - output);
    if (change != 0.0f) {
      for (uint k = item; k < inputs; k += GROUP)
        w[k] = FMA (change, sample[k], w[k]);
      b += change;
      wrong += 1.0f;
    }
    if (item == 0)
      logits[i * classes + unit] = sum;
#if GROUP > 1
    barrier (CLK_GLOBAL_MEM_FENCE);
#endif
  }
  if (item == 0) {
    bias[unit] = b;
    mistakes[unit] = wrong;
  }
}

/* dense[inputs][classes] = transposed weights. One work-item a weight. */
__kernel void
perceptron_store (uint inputs, uint classes, __global const float *restrict weights, __global float *restrict dense)
{
  uint i = get_global_id (0);
  if (i < inputs * classes)
    dense[i] = weights[i % classes * inputs + i / classes];
}

/* One work-item: mistakes and hits of the batch into row step[2], then step[0]++ and step[2]++. */
__kernel void
perceptron_step_end (uint batch, uint classes, uint rows, __global const float *restrict logits,
                     __global const int *restrict labels, __global const float *restrict mistakes,
                     __global float *restrict loss, __global float *restrict hits, __global uint *restrict step)
{
  float wrong = 0.0f, hit = 0.0f;
  for (uint c = 0; c < classes; c++)
    wrong += mistakes[c];
  for (uint i = 0; i < batch; i++) {
    uint best = 0;
    for (uint c = 1; c < classes; c++)
      if (logits[i * classes + c] > logits[i * classes + best])
        best = c;
    hit += (int) best == labels[i] ? 1.0f : 0.0f;
  }
  uint row = step[2];
  if (row < rows) {
    loss[row] = wrong;
    hits[row] = hit;
  }
  step[0]++;
  step[2] = row + 1;
}
