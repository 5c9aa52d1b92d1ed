/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "output.h"

#include <stdio.h>
#include <string.h>

struct _CliTable {
  guint n_columns;
  char *alignment; /* one letter a column, 'l' or 'r' */
  char **headings;
  GPtrArray *rows; /* of char **, the cells of one row */
};

CliTable *
cli_table_new (const char *const *headings, const char *alignment)
{
  CliTable *self = g_new0 (CliTable, 1);
  self->headings = g_strdupv ((char **) headings);
  self->n_columns = g_strv_length (self->headings);
  self->alignment = alignment != NULL ? g_strdup (alignment) : g_strnfill (self->n_columns, 'l');
  g_assert (strlen (self->alignment) == self->n_columns);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return self;
}

void
cli_table_free (CliTable *self)
{
  g_strfreev (self->headings);
  g_free (self->alignment);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

void
cli_table_add (CliTable *self, const char *const *cells)
{
  char **row = g_new0 (char *, self->n_columns + 1);
  for (guint i = 0; i < self->n_columns; i++)
    row[i] = cells[i] != NULL ? g_utf8_make_valid (cells[i], -1) : g_strdup ("");
  g_ptr_array_add (self->rows, row);
}

void
cli_table_add_format (CliTable *self, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *line = g_strdup_vprintf (format, args);
  va_end (args);
  g_auto (GStrv) cells = g_strsplit (line, "\t", (int) self->n_columns);
  g_return_if_fail (g_strv_length (cells) == self->n_columns);
  cli_table_add (self, (const char *const *) cells);
}

/* How many columns of a terminal a text takes; wide characters (CJK) take two. */
static guint
width_of (const char *text)
{
  guint width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static void
print_row (CliTable *self, char **cells, const guint *widths)
{
  g_autoptr (GString) line = g_string_new (NULL);
  for (guint i = 0; i < self->n_columns; i++) {
    gboolean right = self->alignment[i] == 'r';
    guint pad = widths[i] - width_of (cells[i]);
    g_string_append_printf (line, "%*s%s%*s%s", right ? (int) pad : 0, "", cells[i], right ? 0 : (int) pad, "",
                            i + 1 < self->n_columns ? "  " : "");
  }
  g_strchomp (line->str);
  puts (line->str);
}

void
cli_table_print (CliTable *self)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);
  for (guint i = 0; i < self->n_columns; i++) {
    widths[i] = width_of (self->headings[i]);
    for (guint r = 0; r < self->rows->len; r++) {
      char **cells = g_ptr_array_index (self->rows, r);
      widths[i] = MAX (widths[i], width_of (cells[i]));
    }
  }
  print_row (self, self->headings, widths);
  for (guint r = 0; r < self->rows->len; r++)
    print_row (self, g_ptr_array_index (self->rows, r), widths);
}

char *
cli_csv_escape (const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    return g_strdup (text);
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);
  return g_strdup_printf ("\"%s\"", doubled);
}

static void
append_csv_row (CliTable *self, GString *csv, char **cells)
{
  for (guint i = 0; i < self->n_columns; i++) {
    g_autofree char *field = cli_csv_escape (cells[i]);
    g_string_append_printf (csv, "%s%s", i > 0 ? "," : "", field);
  }
  g_string_append_c (csv, '\n');
}

GString *
cli_table_to_csv (CliTable *self)
{
  GString *csv = g_string_new (NULL);
  append_csv_row (self, csv, self->headings);
  for (guint r = 0; r < self->rows->len; r++)
    append_csv_row (self, csv, g_ptr_array_index (self->rows, r));
  return csv;
}

void
cli_table_print_csv (CliTable *self)
{
  g_autoptr (GString) csv = cli_table_to_csv (self);
  fwrite (csv->str, 1, csv->len, stdout);
}
