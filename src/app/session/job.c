/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/job.h"
#include "session/session-private.h"

#include <glib/gi18n.h>

#define PROGRESS_MS 100

typedef struct {
  PcnSession *session;
  GCancellable *cancellable; /* while busy */
  const int *done;           /* of what the trainer thread does; NULL: not known */
  guint progress;
  char *failure;
} PcnJobPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PcnJob, pcn_job, G_TYPE_OBJECT)
#define PRIVATE(self) ((PcnJobPrivate *) pcn_job_get_instance_private (self))

enum { PROP_SESSION = 1, PROP_BUSY, PROP_FRACTION, PROP_FAILURE, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint changed_signal;

static void
notify_busy (PcnJob *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

static void
stop (PcnJob *self)
{
  PcnJobPrivate *priv = PRIVATE (self);

  if (priv->cancellable)
    g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  g_clear_handle_id (&priv->progress, g_source_remove);
  priv->done = NULL;
}

void
pcn_job_stop (PcnJob *self)
{
  g_return_if_fail (PCN_IS_JOB (self));

  stop (self);
  notify_busy (self);
}

PcnSession *
pcn_job_get_session (PcnJob *self)
{
  g_return_val_if_fail (PCN_IS_JOB (self), NULL);
  return PRIVATE (self)->session;
}

GCancellable *
pcn_job_begin (PcnJob *self)
{
  g_return_val_if_fail (PCN_IS_JOB (self), NULL);

  PcnJobPrivate *priv = PRIVATE (self);
  stop (self);
  pcn_job_set_failure (self, NULL);
  priv->cancellable = g_cancellable_new ();
  notify_busy (self);
  return priv->cancellable;
}

gboolean
pcn_job_is_current (PcnJob *self, GAsyncResult *result)
{
  g_return_val_if_fail (PCN_IS_JOB (self), FALSE);

  GCancellable *cancellable = PRIVATE (self)->cancellable;
  return cancellable && g_task_get_cancellable (G_TASK (result)) == cancellable;
}

void
pcn_job_set_failure (PcnJob *self, const char *failure)
{
  g_return_if_fail (PCN_IS_JOB (self));

  PcnJobPrivate *priv = PRIVATE (self);
  if (g_strcmp0 (priv->failure, failure) == 0)
    return;
  g_free (priv->failure);
  priv->failure = g_strdup (failure);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAILURE]);
}

void
pcn_job_fail (PcnJob *self, const GError *error)
{
  g_return_if_fail (PCN_IS_JOB (self) && error);

  stop (self);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    pcn_job_set_failure (self, error->message);
  notify_busy (self);
}

void
pcn_job_changed (PcnJob *self)
{
  g_return_if_fail (PCN_IS_JOB (self));
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_progress (gpointer data)
{
  g_object_notify_by_pspec (G_OBJECT (data), props[PROP_FRACTION]);
  return G_SOURCE_CONTINUE;
}

void
pcn_job_call (PcnJob *self, const NnTrainerCallFuncs *funcs, gpointer data, GDestroyNotify destroy, const int *done,
              GAsyncReadyCallback callback)
{
  PcnJobPrivate *priv = PRIVATE (self);

  g_return_if_fail (PCN_IS_JOB (self) && priv->cancellable);

  if (!priv->session->trainer || !priv->session->device) {
    destroy (data);
    stop (self);
    pcn_job_set_failure (self, _ ("There is no device to compute on; choose one in the header of the window."));
    notify_busy (self);
    return;
  }
  priv->done = done;
  priv->progress = g_timeout_add (PROGRESS_MS, on_progress, self);
  nn_trainer_thread_call_async (priv->session->trainer, funcs, data, destroy, priv->cancellable, callback,
                                g_object_ref (self));
}

static void
pcn_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnJobPrivate *priv = PRIVATE (PCN_JOB (object));

  switch (id) {
  case PROP_BUSY:
    g_value_set_boolean (value, priv->cancellable != NULL);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, priv->done ? (double) g_atomic_int_get (priv->done) / PCN_JOB_WHOLE : -1);
    break;
  case PROP_FAILURE:
    g_value_set_string (value, priv->failure);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_job_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    PRIVATE (PCN_JOB (object))->session = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_job_dispose (GObject *object)
{
  PcnJob *self = PCN_JOB (object);

  stop (self);
  g_clear_object (&PRIVATE (self)->session);
  G_OBJECT_CLASS (pcn_job_parent_class)->dispose (object);
}

static void
pcn_job_finalize (GObject *object)
{
  g_free (PRIVATE (PCN_JOB (object))->failure);
  G_OBJECT_CLASS (pcn_job_parent_class)->finalize (object);
}

static void
pcn_job_class_init (PcnJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_job_get_property;
  object_class->set_property = pcn_job_set_property;
  object_class->dispose = pcn_job_dispose;
  object_class->finalize = pcn_job_finalize;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, ro);
  props[PROP_FAILURE] = g_param_spec_string ("failure", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
pcn_job_init (PcnJob *self)
{
}
