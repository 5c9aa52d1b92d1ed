/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "pages/data/split-popover.h"
#include "settings.h"

#include <glib/gi18n.h>
#include <math.h>

/* Something must be left to learn from. */
#define MOST 90.0
#define MAX_SEED 1000000

struct _PcnSplitPopover {
  GtkPopover parent_instance;
  GtkSwitch *own;
  GtkWidget *own_row, *test_row, *apply;
  GtkAdjustment *validation, *test, *seed;
  GtkLabel *n_train, *n_validation, *n_test;
  PcnSession *session;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (PcnSplitPopover, pcn_split_popover, GTK_TYPE_POPOVER)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
get_plan (PcnSplitPopover *self, NnSplitPlan *plan)
{
  *plan = (NnSplitPlan){
    .own = gtk_switch_get_active (self->own),
    .val_fraction = gtk_adjustment_get_value (self->validation) / 100,
    .test_fraction = gtk_adjustment_get_value (self->test) / 100,
    .seed = (guint64) gtk_adjustment_get_value (self->seed),
  };
}

static gboolean
plan_equal (const NnSplitPlan *a, const NnSplitPlan *b)
{
  return a->own == b->own && fabs (a->val_fraction - b->val_fraction) < 0.001
         && fabs (a->test_fraction - b->test_fraction) < 0.001 && a->seed == b->seed;
}

static void
show_count (GtkLabel *label, guint n, guint all)
{
  g_autofree char *count = pcn_format_count (n);
  /* Translators: a number of pictures, and which part of all that is */
  g_autofree char *text = g_strdup_printf (_ ("%s (%.0f %%)"), count, all > 0 ? 100.0 * n / all : 0);

  gtk_label_set_label (label, text);
}

static void
update (PcnSplitPopover *self)
{
  NnDataset *dataset = self->session ? pcn_session_get_dataset (self->session) : NULL;
  NnSplitPlan plan;
  guint n[3];

  if (self->filling || !dataset)
    return;
  get_plan (self, &plan);
  gboolean own = plan.own && nn_dataset_has_own_split (dataset);
  gtk_widget_set_sensitive (self->test_row, !own);
  nn_dataset_preview_split (dataset, &plan, n);
  guint all = n[NN_SPLIT_TRAIN] + n[NN_SPLIT_VAL] + n[NN_SPLIT_TEST];
  show_count (self->n_train, n[NN_SPLIT_TRAIN], all);
  show_count (self->n_validation, n[NN_SPLIT_VAL], all);
  show_count (self->n_test, n[NN_SPLIT_TEST], all);
  gtk_widget_set_sensitive (
      self->apply, n[NN_SPLIT_TRAIN] > 0
                       && !plan_equal (&plan, pcn_edits_get_plan (pcn_session_get_edits (self->session))));
}

/* One slider gives way to the other. */
static void
on_validation (PcnSplitPopover *self)
{
  double value = gtk_adjustment_get_value (self->validation);

  if (value + gtk_adjustment_get_value (self->test) > MOST)
    gtk_adjustment_set_value (self->test, MOST - value);
  update (self);
}

static void
on_test (PcnSplitPopover *self)
{
  double value = gtk_adjustment_get_value (self->test);

  if (value + gtk_adjustment_get_value (self->validation) > MOST)
    gtk_adjustment_set_value (self->validation, MOST - value);
  update (self);
}

static void
on_shuffle (PcnSplitPopover *self)
{
  double seed = gtk_adjustment_get_value (self->seed);

  gtk_adjustment_set_value (self->seed, seed < MAX_SEED ? seed + 1 : 1);
}

static void
fill (PcnSplitPopover *self)
{
  NnDataset *dataset = pcn_session_get_dataset (self->session);

  if (!dataset)
    return;
  NnSplitPlan plan = *pcn_edits_get_plan (pcn_session_get_edits (self->session));
  self->filling = TRUE;
  gtk_widget_set_visible (self->own_row, nn_dataset_has_own_split (dataset));
  gtk_switch_set_active (self->own, plan.own);
  gtk_adjustment_set_value (self->validation, plan.val_fraction * 100);
  gtk_adjustment_set_value (self->test, plan.test_fraction * 100);
  gtk_adjustment_set_value (self->seed, (double) plan.seed);
  self->filling = FALSE;
  update (self);
}

static void
on_apply (PcnSplitPopover *self)
{
  NnSplitPlan plan;
  g_autoptr (GSettings) settings = pcn_settings_new ();

  get_plan (self, &plan);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_settings_set_boolean (settings, "split-own", plan.own);
  g_settings_set_double (settings, "split-validation", plan.val_fraction);
  g_settings_set_double (settings, "split-test", plan.test_fraction);
  g_settings_set_int (settings, "split-seed", (int) plan.seed);
  pcn_edits_split (pcn_session_get_edits (self->session), &plan);
}

static void
pcn_split_popover_map (GtkWidget *widget)
{
  fill (PCN_SPLIT_POPOVER (widget));
  GTK_WIDGET_CLASS (pcn_split_popover_parent_class)->map (widget);
}

static void
pcn_split_popover_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_SPLIT_POPOVER (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_split_popover_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&PCN_SPLIT_POPOVER (object)->session, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
pcn_split_popover_dispose (GObject *object)
{
  g_clear_object (&PCN_SPLIT_POPOVER (object)->session);
  G_OBJECT_CLASS (pcn_split_popover_parent_class)->dispose (object);
}

static void
pcn_split_popover_class_init (PcnSplitPopoverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_split_popover_get_property;
  object_class->set_property = pcn_split_popover_set_property;
  object_class->dispose = pcn_split_popover_dispose;
  widget_class->map = pcn_split_popover_map;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/data/split-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, own);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, own_row);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, test_row);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, apply);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, validation);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, test);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, seed);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, n_train);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, n_validation);
  gtk_widget_class_bind_template_child (widget_class, PcnSplitPopover, n_test);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_validation);
  gtk_widget_class_bind_template_callback (widget_class, on_test);
  gtk_widget_class_bind_template_callback (widget_class, on_shuffle);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
}

static void
pcn_split_popover_init (PcnSplitPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
