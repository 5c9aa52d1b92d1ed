/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "about.h"

#include <glib/gi18n.h>

/* As in the metainfo file; not translated, as release notes aren't elsewhere either. */
#define RELEASE_NOTES                                                                                        \
  "<p>The first version with every screen:</p>"                                                              \
  "<ul>"                                                                                                     \
  "<li>Drop folders of pictures, look through them, rename, merge and leave out</li>"                        \
  "<li>Start from a preset and edit the network, layer by layer</li>"                                        \
  "<li>Train on any OpenCL device with live curves and plain advice</li>"                                    \
  "<li>Draw digits, classify pictures, see every mistake</li>"                                               \
  "<li>Check and compare all devices by real training</li>"                                                  \
  "</ul>"

static void
append_device (GString *text, NnDevice *device)
{
  const NnDeviceLimits *limits = nn_device_get_limits (device);
  const char *reason = nn_device_get_unusable_reason (device);

  g_string_append_printf (text, "- %s (%s)\n", nn_device_get_name (device),
                          nn_device_kind_name (nn_device_get_kind (device)));
  g_string_append_printf (text, "  Platform: %s\n  Version: %s\n  Driver: %s\n",
                          nn_device_get_platform (device), nn_device_get_version (device),
                          nn_device_get_driver (device));
  g_string_append_printf (text, "  Compute units: %u\n  Memory: %" G_GUINT64_FORMAT " MiB\n",
                          limits->compute_units, limits->memory >> 20);
  if (reason)
    g_string_append_printf (text, "  Not usable: %s\n", reason);
}

char *
pcn_about_debug_info (PcnSession *session)
{
  GString *text = g_string_new (NULL);
  GListModel *devices = pcn_session_get_devices (session);
  NnDevice *chosen = pcn_session_get_device (session);
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");

  g_string_append_printf (text, "Perceptron " PACKAGE_VERSION "%s\n",
                          PERCEPTRON_DEVEL ? " (development)" : "");
  g_string_append_printf (text, "System: %s\n", system ? system : "unknown");
  g_string_append_printf (text, "GTK %u.%u.%u, libadwaita %u.%u.%u, GLib %u.%u.%u\n",
                          gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
                          glib_major_version, glib_minor_version, glib_micro_version);
  g_string_append_printf (text, "Desktop: %s, %s\n", desktop && *desktop ? desktop : "unknown",
                          G_OBJECT_TYPE_NAME (gdk_display_get_default ()));
  g_string_append_printf (text, "Flatpak: %s\n",
                          g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) ? "yes" : "no");
  g_string_append_printf (text, "Chosen device: %s\n\nDevices:\n",
                          chosen ? nn_device_get_name (chosen) : "none");
  for (guint i = 0; devices && i < g_list_model_get_n_items (devices); i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (devices, i);
    append_device (text, device);
  }
  return g_string_free (text, FALSE);
}

static void
add_licences (AdwAboutWindow *about)
{
  adw_about_window_add_legal_section (
      about, _ ("Model of Digits"), NULL, GTK_LICENSE_CUSTOM,
      _ ("Trained by this program on the MNIST digits (Y. LeCun, C. Cortes, "
         "C. J. C. Burges; CC BY-SA 3.0) and on strokes of its own generator."));
  adw_about_window_add_legal_section (about, "json-glib", NULL, GTK_LICENSE_LGPL_2_1, NULL);
  adw_about_window_add_legal_section (about, "libarchive", NULL, GTK_LICENSE_BSD, NULL);
  adw_about_window_add_legal_section (about, "protobuf-c", NULL, GTK_LICENSE_BSD, NULL);
}

void
pcn_about_show (GtkWindow *parent, PcnSession *session)
{
  const char *developers[] = { "The Perceptron developers", NULL };
  g_autofree char *debug_info = pcn_about_debug_info (session);
  AdwAboutWindow *about = ADW_ABOUT_WINDOW (adw_about_window_new ());

  g_object_set (about, "application-name", _ ("Perceptron"), "application-icon", APPLICATION_ID,
                "developer-name", _ ("The Perceptron developers"), "developers", developers, "version",
                PACKAGE_VERSION, "comments",
                _ ("Train image classifiers on your own computer, with any OpenCL device."), "copyright",
                "© 2026 The Perceptron developers", "license-type", GTK_LICENSE_GPL_3_0, "release-notes",
                RELEASE_NOTES, "release-notes-version", PACKAGE_VERSION, "debug-info", debug_info,
                "debug-info-filename", "perceptron-debug-info.txt",
                /* Translators: put your name here, one translator on each line */
                "translator-credits", _ ("translator-credits"), "modal", TRUE, "transient-for", parent, NULL);
  add_licences (about);
  gtk_window_present (GTK_WINDOW (about));
}
