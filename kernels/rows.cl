/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A batch of rows that were computed before, and their labels: x[slot] = rows[order[step[2] batch + slot]].
 * rows: [n_rows][width], labels: [n_rows], order: [order_size] rows of an epoch, step[2]: the step within the epoch.
 * A slot beyond the order, or of no row, is padding: zeros and the label -1. One item an element, unit stride. */
__kernel void
gather_rows (uint n, uint width, uint batch, __global const float *restrict rows, __global const int *restrict labels,
             uint n_rows, __global const uint *restrict order, uint order_size, __global const uint *restrict step,
             __global float *restrict x, __global int *restrict labels_out)
{
  uint i = get_global_id (0);
  if (i >= n)
    return;
  uint slot = i / width, at = step[2] * batch + slot;
  uint row = at < order_size ? order[at] : n_rows;
  x[i] = row < n_rows ? rows[(size_t) row * width + i % width] : 0.0f;
  if (i % width == 0)
    labels_out[slot] = row < n_rows ? labels[row] : -1;
}
