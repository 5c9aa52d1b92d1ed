/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/pixel-range.h"

#include "onnx/pixel-range.h"

#include <glib/gi18n.h>

struct _PcnPixelRange {
  AdwBin parent_instance;
  GtkDropDown *choice;
  PcnSession *session;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (PcnPixelRange, pcn_pixel_range, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
update (PcnPixelRange *self)
{
  const char *const *names = nn_onnx_pixel_ranges ();
  const char *present = pcn_session_get_pixel_range (self->session);

  gtk_widget_set_visible (GTK_WIDGET (self), present != NULL);
  self->updating = TRUE;
  for (guint i = 0; present && names[i]; i++)
    if (g_str_equal (names[i], present))
      gtk_drop_down_set_selected (self->choice, i);
  self->updating = FALSE;
}

static void
on_selected (PcnPixelRange *self)
{
  guint selected = gtk_drop_down_get_selected (self->choice);

  if (!self->updating && self->session && selected != GTK_INVALID_LIST_POSITION)
    pcn_session_set_pixel_range (self->session, nn_onnx_pixel_ranges ()[selected]);
}

static void
set_session (PcnPixelRange *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "notify::pixel-range", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    update (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_pixel_range_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_PIXEL_RANGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_pixel_range_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_PIXEL_RANGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_pixel_range_dispose (GObject *object)
{
  g_clear_object (&PCN_PIXEL_RANGE (object)->session);
  G_OBJECT_CLASS (pcn_pixel_range_parent_class)->dispose (object);
}

static void
pcn_pixel_range_class_init (PcnPixelRangeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pcn_pixel_range_get_property;
  object_class->set_property = pcn_pixel_range_set_property;
  object_class->dispose = pcn_pixel_range_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_pixel_range_init (PcnPixelRange *self)
{
  /* In the order of nn_onnx_pixel_ranges(). */
  const char *const names[] = { _ ("Pixels 0 to 1"), _ ("Pixels 0 to 255"), _ ("Pixels −1 to 1"), NULL };

  self->choice = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (names));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->choice),
                               _ ("Numbers That the Model Takes for Black to White"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Range of Pixels"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->choice), "pixel-range");
  g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->choice));
}
