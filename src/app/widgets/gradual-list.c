/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/gradual-list.h"

/* Items that are added in one frame: their cells take some 10 ms. */
#define STEP 64
/* More than a view makes cells for. */
#define ENOUGH 640

static gboolean
grow (GtkWidget *view, GdkFrameClock *clock, gpointer data)
{
  GtkSliceListModel *slice = GTK_SLICE_LIST_MODEL (data);
  guint size = gtk_slice_list_model_get_size (slice) + STEP;
  gboolean done = size >= ENOUGH;

  gtk_slice_list_model_set_size (slice, done ? G_MAXUINT : size);
  return done ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

GListModel *
pcn_gradual_list_new (GListModel *model, GtkWidget *view)
{
  g_return_val_if_fail (G_IS_LIST_MODEL (model) && GTK_IS_WIDGET (view), NULL);

  GtkSliceListModel *slice = gtk_slice_list_model_new (model, 0, STEP);
  gtk_widget_add_tick_callback (view, grow, g_object_ref (slice), g_object_unref);
  return G_LIST_MODEL (slice);
}
