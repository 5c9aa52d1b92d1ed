/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "pages/train/run-facts.h"
#include "settings.h"

#include <glib/gi18n.h>
#include <math.h>

/* Numbers that change sixty times a second can't be read. */
#define INTERVAL_US (G_USEC_PER_SEC / 4)

struct _PcnRunFacts {
  AdwBin parent_instance;
  GtkLabel *speed, *left, *elapsed, *rate, *memory;
  PcnSession *session;
  PcnRun *run;
  gint64 updated;
};

G_DEFINE_FINAL_TYPE (PcnRunFacts, pcn_run_facts, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* A dash where there is nothing to tell. */
static void
show_fact (GtkLabel *label, char *text)
{
  gtk_label_set_label (label, text ? text : "–");
  g_free (text);
}

static char *
format_speed (const PcnProgress *progress)
{
  if (progress->samples_per_second <= 0)
    return NULL;
  g_autofree char *rate = pcn_format_count ((guint64) llround (progress->samples_per_second));
  /* Translators: speed of training; %s is a number of pictures in a second */
  return g_strdup_printf (_ ("%s pictures/s"), rate);
}

static char *
format_memory (PcnSession *session, const PcnProgress *progress)
{
  NnDevice *device = pcn_session_get_device (session);

  if (progress->device_bytes == 0)
    return NULL;
  g_autofree char *used = pcn_format_memory (progress->device_bytes);
  if (!device)
    return g_steal_pointer (&used);
  g_autofree char *all = pcn_format_memory (nn_device_get_limits (device)->memory);
  /* Translators: memory in use, of so much, such as “120 MB of 8 GB” */
  return g_strdup_printf (_ ("%s of %s"), used, all);
}

static void
update (PcnRunFacts *self)
{
  const PcnProgress *progress = pcn_run_get_progress (self->run);
  double elapsed = pcn_run_get_elapsed (self->run);
  gboolean active = pcn_run_get_active (self->run);

  self->updated = g_get_monotonic_time ();
  show_fact (self->speed, format_speed (progress));
  show_fact (self->left, active && progress->seconds_left >= 0 ? pcn_format_duration (progress->seconds_left) : NULL);
  show_fact (self->elapsed, elapsed > 0 ? pcn_format_duration (elapsed) : NULL);
  show_fact (self->rate, progress->learning_rate > 0 ? g_strdup_printf ("%.3g", progress->learning_rate) : NULL);
  show_fact (self->memory, format_memory (self->session, progress));
}

static void
on_progressed (PcnRunFacts *self)
{
  if (g_get_monotonic_time () - self->updated >= INTERVAL_US)
    update (self);
}

static void
set_run (PcnRunFacts *self)
{
  if (self->run) {
    g_signal_handlers_disconnect_by_data (self->run, self);
    g_clear_object (&self->run);
  }
  if (!self->session)
    return;
  self->run = g_object_ref (pcn_session_get_run (self->session));
  g_signal_connect_swapped (self->run, "progressed", G_CALLBACK (on_progressed), self);
  g_signal_connect_swapped (self->run, "notify::state", G_CALLBACK (update), self);
  update (self);
}

static void
set_session (PcnRunFacts *self, PcnSession *session)
{
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (!g_set_object (&self->session, session))
    return;
  if (session)
    g_signal_connect_swapped (session, "notify::run", G_CALLBACK (set_run), self);
  set_run (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_run_facts_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_RUN_FACTS (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_run_facts_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_RUN_FACTS (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_run_facts_dispose (GObject *object)
{
  set_session (PCN_RUN_FACTS (object), NULL);
  G_OBJECT_CLASS (pcn_run_facts_parent_class)->dispose (object);
}

static void
pcn_run_facts_class_init (PcnRunFactsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_run_facts_get_property;
  object_class->set_property = pcn_run_facts_set_property;
  object_class->dispose = pcn_run_facts_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/train/run-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnRunFacts, speed);
  gtk_widget_class_bind_template_child (widget_class, PcnRunFacts, left);
  gtk_widget_class_bind_template_child (widget_class, PcnRunFacts, elapsed);
  gtk_widget_class_bind_template_child (widget_class, PcnRunFacts, rate);
  gtk_widget_class_bind_template_child (widget_class, PcnRunFacts, memory);
}

static void
pcn_run_facts_init (PcnRunFacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
