/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/spin-row.h"

struct _PcnSpinRow {
  AdwActionRow parent_instance;
  GtkSpinButton *spin;
  GtkAdjustment *adjustment;
  char *zero_text;
};

G_DEFINE_FINAL_TYPE (PcnSpinRow, pcn_spin_row, ADW_TYPE_ACTION_ROW)

enum {
  PROP_VALUE = 1,
  PROP_LOWER,
  PROP_UPPER,
  PROP_STEP,
  PROP_DIGITS,
  PROP_ZERO_TEXT,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* Zero is written as a word where one is given. */
static gboolean
on_output (GtkSpinButton *spin, PcnSpinRow *self)
{
  if (!self->zero_text || gtk_adjustment_get_value (self->adjustment) != 0)
    return FALSE;
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (spin)), self->zero_text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), self->zero_text);
  return TRUE;
}

static int
on_input (GtkSpinButton *spin, double *value, PcnSpinRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (spin));
  char *end;

  if (!self->zero_text)
    return FALSE;
  *value = g_strtod (text, &end);
  /* A word, that one or another. */
  if (end == text)
    *value = 0;
  return TRUE;
}

static void
on_value_changed (PcnSpinRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VALUE]);
}

/* The spin button is what a screen reader hears of. */
static void
on_title_changed (PcnSpinRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->spin), GTK_ACCESSIBLE_PROPERTY_LABEL, title ? title : "", -1);
}

static void
pcn_spin_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnSpinRow *self = PCN_SPIN_ROW (object);

  switch (id) {
  case PROP_VALUE:
    g_value_set_double (value, gtk_adjustment_get_value (self->adjustment));
    break;
  case PROP_LOWER:
    g_value_set_double (value, gtk_adjustment_get_lower (self->adjustment));
    break;
  case PROP_UPPER:
    g_value_set_double (value, gtk_adjustment_get_upper (self->adjustment));
    break;
  case PROP_STEP:
    g_value_set_double (value, gtk_adjustment_get_step_increment (self->adjustment));
    break;
  case PROP_DIGITS:
    g_value_set_uint (value, gtk_spin_button_get_digits (self->spin));
    break;
  case PROP_ZERO_TEXT:
    g_value_set_string (value, self->zero_text);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_spin_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnSpinRow *self = PCN_SPIN_ROW (object);

  switch (id) {
  case PROP_VALUE:
    gtk_adjustment_set_value (self->adjustment, g_value_get_double (value));
    break;
  case PROP_LOWER:
    gtk_adjustment_set_lower (self->adjustment, g_value_get_double (value));
    break;
  case PROP_UPPER:
    gtk_adjustment_set_upper (self->adjustment, g_value_get_double (value));
    break;
  case PROP_STEP:
    gtk_adjustment_set_step_increment (self->adjustment, g_value_get_double (value));
    gtk_adjustment_set_page_increment (self->adjustment, 10 * g_value_get_double (value));
    break;
  case PROP_DIGITS:
    gtk_spin_button_set_digits (self->spin, g_value_get_uint (value));
    break;
  case PROP_ZERO_TEXT:
    g_free (self->zero_text);
    self->zero_text = g_value_dup_string (value);
    gtk_spin_button_update (self->spin);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_spin_row_finalize (GObject *object)
{
  g_free (PCN_SPIN_ROW (object)->zero_text);
  G_OBJECT_CLASS (pcn_spin_row_parent_class)->finalize (object);
}

static void
pcn_spin_row_class_init (PcnSpinRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_spin_row_get_property;
  object_class->set_property = pcn_spin_row_set_property;
  object_class->finalize = pcn_spin_row_finalize;
  props[PROP_VALUE]
      = g_param_spec_double ("value", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, rw | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_LOWER] = g_param_spec_double ("lower", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, rw);
  props[PROP_UPPER] = g_param_spec_double ("upper", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, rw);
  props[PROP_STEP] = g_param_spec_double ("step", NULL, NULL, 0, G_MAXDOUBLE, 0, rw);
  props[PROP_DIGITS] = g_param_spec_uint ("digits", NULL, NULL, 0, 20, 0, rw);
  props[PROP_ZERO_TEXT] = g_param_spec_string ("zero-text", NULL, NULL, NULL, rw);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_spin_row_init (PcnSpinRow *self)
{
  self->adjustment = gtk_adjustment_new (0, 0, 0, 1, 10, 0);
  self->spin = GTK_SPIN_BUTTON (gtk_spin_button_new (self->adjustment, 0, 0));
  gtk_widget_set_valign (GTK_WIDGET (self->spin), GTK_ALIGN_CENTER);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->spin), 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->spin), 10);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->spin));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->spin));
  g_signal_connect (self->spin, "output", G_CALLBACK (on_output), self);
  g_signal_connect (self->spin, "input", G_CALLBACK (on_input), self);
  g_signal_connect_object (self->adjustment, "value-changed", G_CALLBACK (on_value_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::title", G_CALLBACK (on_title_changed), NULL);
}

GtkWidget *
pcn_spin_row_new (const char *title, double lower, double upper, double step)
{
  return g_object_new (PCN_TYPE_SPIN_ROW, "title", title, "lower", lower, "upper", upper, "step", step, NULL);
}

double
pcn_spin_row_get_value (PcnSpinRow *self)
{
  g_return_val_if_fail (PCN_IS_SPIN_ROW (self), 0);
  return gtk_adjustment_get_value (self->adjustment);
}

void
pcn_spin_row_set_value (PcnSpinRow *self, double value)
{
  g_return_if_fail (PCN_IS_SPIN_ROW (self));
  gtk_adjustment_set_value (self->adjustment, value);
}
