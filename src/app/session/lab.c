/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue of jobs, each a child process. A device's part of a comparison is two jobs: training, and one
 * picture. */
#include "config.h"

#include "session/child.h"
#include "session/lab-job.h"

#include <glib/gi18n.h>

struct _PcnLab {
  GObject parent_instance;
  GHashTable *tests; /* id of a device -> PcnSelfTest */
  GQueue jobs;       /* the first one runs */
  PcnChild *child;

  gboolean comparing, waiting;
  guint n_compared;
  double fraction;
  char *status;
  PcnBenchmarkTask task;
  GListStore *fresh; /* the results so far of the comparison that runs */
  PcnFigures figures;
  gboolean has_figures;

  PcnComparison *comparison;
};

G_DEFINE_FINAL_TYPE (PcnLab, pcn_lab, G_TYPE_OBJECT)

enum { PROP_TESTING = 1, PROP_COMPARING, PROP_WAITING, PROP_FRACTION, PROP_STATUS, PROP_COMPARISON, N_PROPS };
static GParamSpec *props[N_PROPS];

static void start_next (PcnLab *self);

static void
notify (PcnLab *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
clear_task (PcnBenchmarkTask *task)
{
  g_clear_pointer (&task->title, g_free);
  g_clear_pointer (&task->net, g_free);
  g_clear_pointer (&task->input, g_free);
}

static PcnSelfTest *
get_test (PcnLab *self, const char *id)
{
  PcnSelfTest *test = g_hash_table_lookup (self->tests, id);

  if (!test) {
    test = pcn_self_test_new ();
    g_hash_table_insert (self->tests, g_strdup (id), test);
  }
  return test;
}

static void
set_fraction (PcnLab *self, double fraction)
{
  self->fraction = CLAMP (fraction, 0, 1);
  notify (self, PROP_FRACTION);
}

static void
set_status (PcnLab *self, char *status)
{
  g_free (self->status);
  self->status = status;
  notify (self, PROP_STATUS);
}

static void
end_comparison (PcnLab *self, gboolean complete)
{
  self->comparing = FALSE;
  if (complete)
    pcn_comparison_take (self->comparison, G_LIST_MODEL (self->fresh), self->task.title);
  g_clear_object (&self->fresh);
  clear_task (&self->task);
  notify (self, PROP_COMPARING);
}

static void
take_progress (PcnLab *self, const PcnLabJob *job, JsonObject *line)
{
  JsonNode *node = json_object_get_member (line, "fraction");
  double part = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;

  set_fraction (self, (job->index + pcn_lab_job_get_fraction (job, part)) / MAX (self->n_compared, 1));
}

static void
on_line (PcnLab *self, JsonObject *line)
{
  const PcnLabJob *job = g_queue_peek_head (&self->jobs);

  if (!job)
    return;
  if (job->kind == PCN_LAB_TEST)
    pcn_self_test_take (get_test (self, job->id), line);
  else if (g_strcmp0 (json_object_get_string_member_with_default (line, "event", NULL), "progress") == 0)
    take_progress (self, job, line);
  else
    self->has_figures |= pcn_lab_job_take_figures (job, line, &self->figures);
}

static void
add_result (PcnLab *self, const PcnLabJob *job, const char *problem)
{
  g_autoptr (PcnMeasurement) result = pcn_measurement_new (job->id, job->name, &self->figures, problem);

  g_list_store_append (self->fresh, result);
}

/* A device that could not train isn't asked for one picture either; and one that trained keeps that figure.
 */
static void
end_part (PcnLab *self, const PcnLabJob *job, const char *problem)
{
  if (job->kind == PCN_LAB_LATENCY) {
    add_result (self, job, NULL);
  } else if (problem || !self->has_figures) {
    PcnLabJob *next = g_queue_peek_nth (&self->jobs, 1);
    add_result (self, job, problem ? problem : _ ("There was no result."));
    if (next && next->kind == PCN_LAB_LATENCY)
      pcn_lab_job_free (g_queue_pop_nth (&self->jobs, 1));
  }
}

static void
on_done (PcnLab *self, const char *problem, gboolean crashed)
{
  PcnLabJob *job = g_queue_pop_head (&self->jobs);

  g_clear_object (&self->child);
  if (!job)
    return;
  if (job->kind == PCN_LAB_TEST) {
    pcn_self_test_end (get_test (self, job->id), problem, crashed);
  } else if (!job->cancelled) {
    g_queue_push_head (&self->jobs, job);
    end_part (self, job, problem);
    g_queue_pop_head (&self->jobs);
    if (g_list_model_get_n_items (G_LIST_MODEL (self->fresh)) == self->n_compared)
      end_comparison (self, TRUE);
  }
  pcn_lab_job_free (job);
  notify (self, PROP_TESTING);
  start_next (self);
}

static void
start_next (PcnLab *self)
{
  const PcnLabJob *job = g_queue_peek_head (&self->jobs);

  if (!job || self->child)
    return;
  if (job->kind == PCN_LAB_TEST) {
    pcn_self_test_begin (get_test (self, job->id), PCN_TEST_RUNNING);
  } else {
    if (job->kind == PCN_LAB_TRAINING) {
      self->figures = (PcnFigures){ 0 };
      self->has_figures = FALSE;
    }
    set_fraction (self, (job->index + pcn_lab_job_get_fraction (job, 0)) / MAX (self->n_compared, 1));
    /* Translators: %s is a device */
    set_status (self,
                g_strdup_printf (job->kind == PCN_LAB_LATENCY ? _ ("Classifying on %s…") : _ ("Training on %s…"),
                                 job->name));
  }
  g_auto (GStrv) arguments = pcn_lab_job_make_arguments (job, &self->task);
  self->child = pcn_child_new ((const char *const *) arguments);
  g_signal_connect_object (self->child, "line", G_CALLBACK (on_line), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->child, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  pcn_child_start (self->child);
}

static void
add_job (PcnLab *self, PcnLabJobKind kind, NnDevice *device, guint index)
{
  g_queue_push_tail (&self->jobs, pcn_lab_job_new (kind, device, index));
}

PcnSelfTest *
pcn_lab_get_test (PcnLab *self, NnDevice *device)
{
  g_return_val_if_fail (PCN_IS_LAB (self), NULL);
  return get_test (self, nn_device_get_id (device));
}

static GList *
find_test_job (PcnLab *self, const char *id)
{
  for (GList *l = self->jobs.head; l; l = l->next) {
    const PcnLabJob *job = l->data;
    if (job->kind == PCN_LAB_TEST && g_str_equal (job->id, id))
      return l;
  }
  return NULL;
}

void
pcn_lab_test (PcnLab *self, NnDevice *device)
{
  g_return_if_fail (PCN_IS_LAB (self));

  if (nn_device_get_unusable_reason (device) || find_test_job (self, nn_device_get_id (device)))
    return;
  pcn_self_test_begin (pcn_lab_get_test (self, device), PCN_TEST_WAITING);
  add_job (self, PCN_LAB_TEST, device, 0);
  notify (self, PROP_TESTING);
  start_next (self);
}

void
pcn_lab_cancel_test (PcnLab *self, NnDevice *device)
{
  g_return_if_fail (PCN_IS_LAB (self));

  GList *link = find_test_job (self, nn_device_get_id (device));
  if (!link)
    return;
  if (link == self->jobs.head && self->child) {
    pcn_child_cancel (self->child);
    return;
  }
  pcn_lab_job_free (link->data);
  g_queue_delete_link (&self->jobs, link);
  pcn_self_test_end (pcn_lab_get_test (self, device), NULL, FALSE);
  notify (self, PROP_TESTING);
}

void
pcn_lab_compare (PcnLab *self, GListModel *devices, const PcnBenchmarkTask *task)
{
  g_return_if_fail (PCN_IS_LAB (self));
  g_return_if_fail (task && task->net);

  if (self->comparing)
    return;
  self->n_compared = 0;
  for (guint i = 0; i < g_list_model_get_n_items (devices); i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (devices, i);
    if (nn_device_get_unusable_reason (device))
      continue;
    add_job (self, PCN_LAB_TRAINING, device, self->n_compared);
    add_job (self, PCN_LAB_LATENCY, device, self->n_compared++);
  }
  if (self->n_compared == 0)
    return;
  self->task = (PcnBenchmarkTask){ g_strdup (task->title), g_strdup (task->net), g_strdup (task->input),
                                   task->n_classes, task->batch };
  self->fresh = g_list_store_new (PCN_TYPE_MEASUREMENT);
  self->comparing = TRUE;
  set_fraction (self, 0);
  set_status (self, g_strdup (_ ("Waiting for its turn…")));
  notify (self, PROP_COMPARING);
  start_next (self);
}

void
pcn_lab_set_waiting (PcnLab *self, gboolean waiting)
{
  g_return_if_fail (PCN_IS_LAB (self));

  if (self->waiting == waiting)
    return;
  self->waiting = waiting;
  if (waiting)
    set_status (self, g_strdup (_ ("Waiting for the training to end…")));
  notify (self, PROP_WAITING);
}

gboolean
pcn_lab_get_waiting (PcnLab *self)
{
  g_return_val_if_fail (PCN_IS_LAB (self), FALSE);
  return self->waiting;
}

void
pcn_lab_cancel_comparison (PcnLab *self)
{
  g_return_if_fail (PCN_IS_LAB (self));

  pcn_lab_set_waiting (self, FALSE);
  if (!self->comparing)
    return;
  PcnLabJob *running = self->child ? g_queue_peek_head (&self->jobs) : NULL;
  for (GList *l = self->jobs.head, *next; l; l = next) {
    PcnLabJob *job = l->data;
    next = l->next;
    if (job->kind == PCN_LAB_TEST || job == running)
      continue;
    pcn_lab_job_free (job);
    g_queue_delete_link (&self->jobs, l);
  }
  if (running && running->kind != PCN_LAB_TEST) {
    running->cancelled = TRUE;
    pcn_child_cancel (self->child);
  }
  end_comparison (self, FALSE);
}

PcnComparison *
pcn_lab_get_comparison (PcnLab *self)
{
  g_return_val_if_fail (PCN_IS_LAB (self), NULL);
  return self->comparison;
}

static gboolean
is_testing (PcnLab *self)
{
  for (GList *l = self->jobs.head; l; l = l->next)
    if (((PcnLabJob *) l->data)->kind == PCN_LAB_TEST)
      return TRUE;
  return FALSE;
}

static void
pcn_lab_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnLab *self = PCN_LAB (object);

  switch (id) {
  case PROP_TESTING:
    g_value_set_boolean (value, is_testing (self));
    break;
  case PROP_COMPARING:
    g_value_set_boolean (value, self->comparing);
    break;
  case PROP_WAITING:
    g_value_set_boolean (value, self->waiting);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->fraction);
    break;
  case PROP_STATUS:
    g_value_set_string (value, self->status);
    break;
  case PROP_COMPARISON:
    g_value_set_object (value, self->comparison);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

void
pcn_lab_shutdown (PcnLab *self)
{
  g_return_if_fail (PCN_IS_LAB (self));

  if (self->child) {
    g_signal_handlers_disconnect_by_data (self->child, self);
    pcn_child_cancel (self->child);
  }
  g_clear_object (&self->child);
  g_queue_clear_full (&self->jobs, (GDestroyNotify) pcn_lab_job_free);
}

static void
pcn_lab_finalize (GObject *object)
{
  PcnLab *self = PCN_LAB (object);

  pcn_lab_shutdown (self);
  g_hash_table_unref (self->tests);
  g_clear_object (&self->fresh);
  g_clear_object (&self->comparison);
  clear_task (&self->task);
  g_free (self->status);
  G_OBJECT_CLASS (pcn_lab_parent_class)->finalize (object);
}

static void
pcn_lab_class_init (PcnLabClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = pcn_lab_get_property;
  object_class->finalize = pcn_lab_finalize;
  props[PROP_TESTING] = g_param_spec_boolean ("testing", NULL, NULL, FALSE, ro);
  props[PROP_COMPARING] = g_param_spec_boolean ("comparing", NULL, NULL, FALSE, ro);
  props[PROP_WAITING] = g_param_spec_boolean ("waiting", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, ro);
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, ro);
  props[PROP_COMPARISON] = g_param_spec_object ("comparison", NULL, NULL, PCN_TYPE_COMPARISON, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_lab_init (PcnLab *self)
{
  self->tests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->comparison = pcn_comparison_new ();
  g_queue_init (&self->jobs);
}

PcnLab *
pcn_lab_new (void)
{
  return g_object_new (PCN_TYPE_LAB, NULL);
}
