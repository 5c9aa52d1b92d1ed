/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Softmax with cross-entropy. One work-item a sample (a row of logits): rows are short, and a fixed order of adding keeps
 * results the same from run to run. With m = max z: p = exp (z - m) / sum exp (z - m),
 * loss = log sum exp (z - m) - (z_label - m). Build option: TRAINING: the loss with its gradient, else without. */

/* The largest logit, where it is (the first of equals), and sum exp (z - m). */
inline float
row_sum (uint classes, __global const float *z, float *largest, uint *where)
{
  float m = z[0], sum = 0.0f;
  uint best = 0;
  for (uint c = 1; c < classes; c++)
    if (z[c] > m) {
      m = z[c];
      best = c;
    }
  for (uint c = 0; c < classes; c++)
    sum += exp (z[c] - m);
  *largest = m;
  *where = best;
  return sum;
}

/* Loss and hit of row i; Returns: whether it counts: a sample labelled -1 is padding, with no loss, no hit, no gradient. */
inline bool
score_row (uint i, uint classes, __global const float *z, int label, __global float *sample_loss,
           __global float *sample_hit, float *m, float *sum)
{
  uint best;
  *sum = row_sum (classes, z, m, &best);
  sample_loss[i] = label < 0 ? 0.0f : log (*sum) - (z[label] - *m);
  sample_hit[i] = (int) best == label ? 1.0f : 0.0f;
  return label >= 0;
}

#ifndef TRAINING
__kernel void
softmax_cross_entropy (uint batch, uint classes, __global const float *restrict logits, __global const int *restrict labels,
                       __global float *restrict sample_loss, __global float *restrict sample_hit)
{
  uint i = get_global_id (0);
  float m, sum;
  if (i < batch)
    score_row (i, classes, logits + i * classes, labels[i], sample_loss, sample_hit, &m, &sum);
}
#else
__kernel void
softmax_cross_entropy_backward (uint batch, uint classes, __global const float *restrict logits,
                                __global const int *restrict labels, __global float *restrict sample_loss,
                                __global float *restrict sample_hit, __global float *restrict grad)
{
  uint i = get_global_id (0);
  if (i >= batch)
    return;
  __global const float *z = logits + i * classes;
  int label = labels[i];
  float m, sum;
  float scale = score_row (i, classes, z, label, sample_loss, sample_hit, &m, &sum) ? 1.0f / (float) batch : 0.0f;
  for (uint c = 0; c < classes; c++)
    grad[i * classes + c] = scale * (exp (z[c] - m) / sum - ((int) c == label ? 1.0f : 0.0f));
}
#endif

/* One work-item: sums of the batch into row step[2], then step[0]++ and step[2]++. */
__kernel void
step_end (uint batch, uint rows, __global const float *restrict sample_loss, __global const float *restrict sample_hit,
          __global float *restrict loss, __global float *restrict hits, __global uint *restrict step)
{
  float sum = 0.0f, hit = 0.0f;
  for (uint i = 0; i < batch; i++) {
    sum += sample_loss[i];
    hit += sample_hit[i];
  }
  uint row = step[2];
  if (row < rows) {
    loss[row] = sum;
    hits[row] = hit;
  }
  step[0]++;
  step[2] = row + 1;
}
