/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/family-row.h"
#include "settings.h"

#include <glib/gi18n.h>

struct _PcnFamilyRow {
  GtkListBoxRow parent_instance;
  GtkImage *icon;
  GtkLabel *title, *summary, *failures;
  PcnFamily *family;
};

G_DEFINE_FINAL_TYPE (PcnFamilyRow, pcn_family_row, GTK_TYPE_LIST_BOX_ROW)

static const struct {
  const char *icon, *word, *style;
} verdicts[] = {
  [PCN_TEST_NONE] = { NULL, NULL, NULL },
  [PCN_TEST_WAITING] = { "content-loading-symbolic", N_ ("Waiting"), "dim-label" },
  [PCN_TEST_RUNNING] = { "content-loading-symbolic", N_ ("Running"), "dim-label" },
  [PCN_TEST_PASSED] = { "emblem-ok-symbolic", N_ ("Passed"), "success" },
  [PCN_TEST_FAILED] = { "dialog-error-symbolic", N_ ("Failed"), "error" },
  [PCN_TEST_CRASHED] = { "dialog-error-symbolic", N_ ("Crashed"), "error" },
  [PCN_TEST_CANCELLED] = { "media-playback-stop-symbolic", N_ ("Stopped"), "dim-label" },
};

const char *
pcn_test_state_get_icon (PcnTestState state)
{
  return verdicts[state].icon;
}

const char *
pcn_test_state_get_word (PcnTestState state)
{
  return verdicts[state].word ? _ (verdicts[state].word) : NULL;
}

void
pcn_family_row_set_icon (GtkImage *image, PcnTestState state)
{
  gtk_image_set_from_icon_name (image, verdicts[state].icon);
  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (verdicts[i].style)
      gtk_widget_remove_css_class (GTK_WIDGET (image), verdicts[i].style);
  if (verdicts[state].style)
    gtk_widget_add_css_class (GTK_WIDGET (image), verdicts[state].style);
}

static void
update (PcnFamilyRow *self)
{
  PcnTestState state = pcn_family_get_state (self->family);
  g_autofree char *title = NULL, *summary = NULL, *failures = NULL;

  g_object_get (self->family, "title", &title, "summary", &summary, "failures", &failures, NULL);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->summary, summary);
  gtk_label_set_label (self->failures, failures);
  gtk_widget_set_visible (GTK_WIDGET (self->failures), failures[0] != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->failures), GTK_ACCESSIBLE_PROPERTY_LABEL, failures,
                                  -1);
  pcn_family_row_set_icon (self->icon, state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  pcn_test_state_get_word (state), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static void
pcn_family_row_dispose (GObject *object)
{
  g_clear_object (&PCN_FAMILY_ROW (object)->family);
  G_OBJECT_CLASS (pcn_family_row_parent_class)->dispose (object);
}

static void
pcn_family_row_class_init (PcnFamilyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_family_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/preferences/family-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnFamilyRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PcnFamilyRow, title);
  gtk_widget_class_bind_template_child (widget_class, PcnFamilyRow, summary);
  gtk_widget_class_bind_template_child (widget_class, PcnFamilyRow, failures);
}

static void
pcn_family_row_init (PcnFamilyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PcnFamilyRow *
pcn_family_row_new (PcnFamily *family)
{
  PcnFamilyRow *self = g_object_new (PCN_TYPE_FAMILY_ROW, NULL);

  self->family = g_object_ref (family);
  g_signal_connect_object (family, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
