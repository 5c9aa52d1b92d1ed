/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/rows.h"

gboolean
nn_row_gather_record (NnCommands *commands, const NnRowGather *gather, GError **error)
{
  NnLaunch launch = { .file = "rows.cl", .kernel = "gather_rows", .dims = 1, .label = "gather" };
  gsize n = gather->batch * gather->width;
  nn_commands_linear (nn_commands_get_context (commands), n, launch.global, launch.local);
  return nn_commands_launch (commands, &launch,
                             NN_ARGS (NN_UINT (n), NN_UINT (gather->width), NN_UINT (gather->batch),
                                      NN_TENSOR (gather->rows), NN_TENSOR (gather->labels), NN_UINT (gather->n_rows),
                                      NN_TENSOR (gather->order), NN_UINT (gather->order->size), NN_TENSOR (gather->step),
                                      NN_TENSOR (gather->x), NN_TENSOR (gather->labels_out)),
                             error);
}
