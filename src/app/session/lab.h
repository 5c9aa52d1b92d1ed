/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/comparison.h"
#include "session/self-test.h"

#include "cl/device.h"

G_BEGIN_DECLS

/**
 * PcnBenchmarkTask: what devices are compared by
 * @title: for people: the network and its batch
 * @net: a preset's name, or the path of a specification
 * @input: (nullable): “28x28x1”; @n_classes: 0 for the network's own
 */
typedef struct {
  char *title;
  char *net;
  char *input;
  guint n_classes;
  guint batch;
} PcnBenchmarkTask;

/**
 * PcnLab:
 *
 * Tests and compares devices, one at a time, each in a process of its own, so that none disturbs another. Main thread
 * only; no call blocks.
 *
 * Properties, all read-only: "testing" (a self-test runs or waits), "comparing", "waiting" (for the end of a run), "fraction" (of the comparison),
 * "status" (what the comparison is at), "comparison" (the last one that was completed).
 */
#define PCN_TYPE_LAB (pcn_lab_get_type ())
G_DECLARE_FINAL_TYPE (PcnLab, pcn_lab, PCN, LAB, GObject)

PcnLab *pcn_lab_new (void);
/** pcn_lab_shutdown: ends what runs */
void pcn_lab_shutdown (PcnLab *self);

/** pcn_lab_get_test: Returns: (transfer none): what is known of a device by testing it */
PcnSelfTest *pcn_lab_get_test (PcnLab *self, NnDevice *device);
/** pcn_lab_test: tests it, or lets it wait for its turn */
void pcn_lab_test (PcnLab *self, NnDevice *device);
void pcn_lab_cancel_test (PcnLab *self, NnDevice *device);

/** pcn_lab_compare: measures the usable ones of @devices (GListModel of #NnDevice) one after another */
void pcn_lab_compare (PcnLab *self, GListModel *devices, const PcnBenchmarkTask *task);
/** pcn_lab_cancel_comparison: also one that waits */
void pcn_lab_cancel_comparison (PcnLab *self);
/** pcn_lab_set_waiting: for who will call pcn_lab_compare() when nothing trains any more */
void pcn_lab_set_waiting (PcnLab *self, gboolean waiting);
gboolean pcn_lab_get_waiting (PcnLab *self);
PcnComparison *pcn_lab_get_comparison (PcnLab *self);

G_END_DECLS
