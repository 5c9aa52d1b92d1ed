/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "application.h"
#include "settings.h"

#include "cl/device-list.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
  nn_device_prepare_environment ();
  g_autofree char *locale_dir = pcn_settings_get_locale_dir ();

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  g_autoptr (PcnApplication) app = pcn_application_new ();
  int status = g_application_run (G_APPLICATION (app), argc, argv);
  if (pcn_application_get_restarts (app)) {
    char *const again[] = { argv[0], NULL };
    execv ("/proc/self/exe", again);
  }
  return status;
}
