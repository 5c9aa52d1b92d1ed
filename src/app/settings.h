/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** PCN_RESOURCE: where ui/, icons/ and style.css lie in the program, whatever its application id */
#define PCN_RESOURCE "/io/github/perceptron/Perceptron"

/** pcn_settings_new: Returns: (transfer full): the program's settings; uninstalled, those of the build folder */
GSettings *pcn_settings_new (void);

/** pcn_settings_find_data: Returns: (transfer full) (type filename): an installed data file, such as "models/digits.onnx" */
char *pcn_settings_find_data (const char *name);

/** pcn_settings_find_cli: Returns: (transfer full) (type filename): the command line program; PERCEPTRON_CLI names another */
char *pcn_settings_find_cli (void);

/** pcn_settings_get_mnist: Returns: (transfer full) (nullable) (type filename): the folder of MNIST if it is there */
char *pcn_settings_get_mnist (void);
/** pcn_settings_get_fashion: Returns: (transfer full) (nullable) (type filename): the same for Fashion-MNIST */
char *pcn_settings_get_fashion (void);

/** pcn_settings_get_locale_dir: Returns: the folder of translations: the build's own for a program that lies in the build */
char *pcn_settings_get_locale_dir (void);

G_END_DECLS
