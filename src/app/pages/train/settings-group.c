/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/train/settings-group.h"
#include "session/preset-info.h"
#include "session/train-settings.h"
#include "settings.h"
#include "widgets/spin-row.h"

#include <glib/gi18n.h>
#include <math.h>

struct _PcnSettingsGroup {
  AdwBin parent_instance;
  PcnSpinRow *epochs, *batch, *rate, *momentum, *decay, *warm_up, *patience, *seed, *more, *tune;
  AdwComboRow *optimizer, *schedule, *augment;
  GtkWidget *reset;
  PcnSession *session;
  gboolean showing; /* our own change of a row, not the user's */
};

G_DEFINE_FINAL_TYPE (PcnSettingsGroup, pcn_settings_group, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static char *
get_preset_title (GObject *object, const char *name)
{
  return g_strdup (pcn_preset_get_title (name));
}

static gboolean
not (GObject *object, gboolean a)
{
  return !a;
}

static gboolean
word_to_row (GValue *value, GVariant *variant, gpointer data)
{
  const PcnChoice *choices = data;
  const char *id = g_variant_get_string (variant, NULL);

  for (guint i = 0; choices[i].id; i++)
    if (g_str_equal (choices[i].id, id))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
row_to_word (const GValue *value, const GVariantType *type, gpointer data)
{
  const PcnChoice *choices = data;
  guint row = g_value_get_uint (value);

  return row == GTK_INVALID_LIST_POSITION ? NULL : g_variant_new_string (choices[row].id);
}

static void
bind_words (GSettings *settings, const char *key, AdwComboRow *row)
{
  const PcnChoice *choices = pcn_train_settings_get_choices (key);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; choices[i].id; i++)
    gtk_string_list_append (titles, _ (choices[i].title));
  adw_combo_row_set_model (row, G_LIST_MODEL (titles));
  g_settings_bind_with_mapping (settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT, word_to_row, row_to_word,
                                (gpointer) choices, NULL);
}

static gboolean
int_to_number (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_double (value, g_variant_get_int32 (variant));
  return TRUE;
}

static GVariant *
number_to_int (const GValue *value, const GVariantType *type, gpointer data)
{
  return g_variant_new_int32 ((int) g_value_get_double (value));
}

/* Of these the network knows better than the settings what is usual: a row shows what the next run would take, and only a
 * change by the user goes into the settings. Rounded as the row does it, which is no change. */
static void
show_usual (PcnSettingsGroup *self)
{
  NnTrainConfig config = pcn_session_get_train_config (self->session);

  self->showing = TRUE;
  pcn_spin_row_set_value (self->epochs, config.epochs);
  pcn_spin_row_set_value (self->batch, config.batch);
  pcn_spin_row_set_value (self->rate, round (config.learning_rate * 1e4) / 1e4);
  pcn_spin_row_set_value (self->decay, round (config.weight_decay * 1e5) / 1e5);
  self->showing = FALSE;
}

static void
on_number_set (PcnSettingsGroup *self, GParamSpec *pspec, PcnSpinRow *row)
{
  GSettings *settings = pcn_session_get_settings (self->session);
  double value = pcn_spin_row_get_value (row);

  if (self->showing)
    return;
  if (row == self->epochs || row == self->batch)
    g_settings_set_int (settings, row == self->epochs ? "epochs" : "batch-size", (int) value);
  else
    g_settings_set_double (settings, row == self->rate ? "learning-rate" : "weight-decay", value);
}

static void
update_dependents (PcnSettingsGroup *self)
{
  GSettings *settings = pcn_session_get_settings (self->session);
  const NnGraph *graph = pcn_network_get_graph (pcn_session_get_network (self->session));
  g_autofree char *optimizer = g_settings_get_string (settings, "optimizer");
  guint n_blocks = graph ? nn_graph_count_blocks (graph) : 0;

  show_usual (self);
  /* Adam has its own. */
  gtk_widget_set_visible (GTK_WIDGET (self->momentum), !g_str_has_prefix (optimizer, "adam"));
  gtk_widget_set_visible (GTK_WIDGET (self->tune), n_blocks > 0);
  if (n_blocks > 0)
    g_object_set (self->tune, "upper", (double) n_blocks, NULL);
  gtk_widget_set_sensitive (self->reset, !pcn_train_settings_are_default (settings));
}

static void
bind_all (PcnSettingsGroup *self, GSettings *settings)
{
  const struct {
    const char *key;
    PcnSpinRow *row;
    gboolean integer;
  } numbers[] = { { "momentum", self->momentum, FALSE }, { "warm-up", self->warm_up, FALSE },
                  { "patience", self->patience, TRUE },  { "seed", self->seed, TRUE },
                  { "more-epochs", self->more, TRUE },   { "fine-tune", self->tune, TRUE } };
  PcnSpinRow *const usual[] = { self->epochs, self->batch, self->rate, self->decay };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].integer)
      g_settings_bind_with_mapping (settings, numbers[i].key, numbers[i].row, "value", G_SETTINGS_BIND_DEFAULT,
                                    int_to_number, number_to_int, NULL, NULL);
    else
      g_settings_bind (settings, numbers[i].key, numbers[i].row, "value", G_SETTINGS_BIND_DEFAULT);
  bind_words (settings, "optimizer", self->optimizer);
  bind_words (settings, "schedule", self->schedule);
  bind_words (settings, "augment", self->augment);
  update_dependents (self);
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++)
    g_signal_connect_object (usual[i], "notify::value", G_CALLBACK (on_number_set), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed", G_CALLBACK (update_dependents), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "data-changed", G_CALLBACK (update_dependents), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pcn_session_get_network (self->session), "checked", G_CALLBACK (update_dependents), self,
                           G_CONNECT_SWAPPED);
}

static void
on_reset (PcnSettingsGroup *self)
{
  pcn_train_settings_reset (pcn_session_get_settings (self->session));
}

static void
pcn_settings_group_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_SETTINGS_GROUP (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_settings_group_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnSettingsGroup *self = PCN_SETTINGS_GROUP (object);

  if (id != PROP_SESSION) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  if (!g_set_object (&self->session, g_value_get_object (value)))
    return;
  if (self->session)
    bind_all (self, pcn_session_get_settings (self->session));
  g_object_notify_by_pspec (object, pspec);
}

static void
pcn_settings_group_dispose (GObject *object)
{
  g_clear_object (&PCN_SETTINGS_GROUP (object)->session);
  G_OBJECT_CLASS (pcn_settings_group_parent_class)->dispose (object);
}

static void
pcn_settings_group_class_init (PcnSettingsGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_settings_group_get_property;
  object_class->set_property = pcn_settings_group_set_property;
  object_class->dispose = pcn_settings_group_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_SPIN_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/train/settings-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, epochs);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, batch);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, rate);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, momentum);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, decay);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, warm_up);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, patience);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, seed);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, more);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, tune);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, optimizer);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, schedule);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, augment);
  gtk_widget_class_bind_template_child (widget_class, PcnSettingsGroup, reset);
  gtk_widget_class_bind_template_callback (widget_class, get_preset_title);
  gtk_widget_class_bind_template_callback (widget_class, not);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
}

static void
pcn_settings_group_init (PcnSettingsGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
