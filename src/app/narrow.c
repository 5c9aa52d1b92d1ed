/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "narrow.h"
#include "widgets/device-row.h"

#define NARROW_WIDTH 560

typedef struct {
  GtkDropDown *devices;
  GtkWidget *extra;
  gboolean narrow;
} Header;

static void
on_width (GdkSurface *surface, GParamSpec *pspec, Header *header)
{
  gboolean narrow = gdk_surface_get_width (surface) < NARROW_WIDTH;

  if (narrow == header->narrow)
    return;
  header->narrow = narrow;
  pcn_device_row_set_drop_down_narrow (header->devices, narrow);
  gtk_widget_set_visible (header->extra, !narrow);
}

static void
on_realize (GtkWidget *window, Header *header)
{
  g_signal_connect (gtk_native_get_surface (GTK_NATIVE (window)), "notify::width", G_CALLBACK (on_width),
                    header);
}

static void
on_unrealize (GtkWidget *window, Header *header)
{
  g_signal_handlers_disconnect_by_func (gtk_native_get_surface (GTK_NATIVE (window)), on_width, header);
}

void
pcn_narrow_follow (GtkWindow *window, GtkDropDown *devices, GtkWidget *extra)
{
  g_return_if_fail (GTK_IS_WINDOW (window) && GTK_IS_DROP_DOWN (devices) && GTK_IS_WIDGET (extra));

  Header *header = g_new0 (Header, 1);
  header->devices = devices;
  header->extra = extra;
  g_object_set_data_full (G_OBJECT (window), "pcn-narrow", header, g_free);
  g_signal_connect (window, "realize", G_CALLBACK (on_realize), header);
  g_signal_connect (window, "unrealize", G_CALLBACK (on_unrealize), header);
}
