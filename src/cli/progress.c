/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "output.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_CELLS 24
#define REDRAW_US (G_USEC_PER_SEC / 10)
#define PLAIN_US (10 * G_USEC_PER_SEC)

struct _CliProgress {
  gboolean terminal;
  gboolean drawn;
  gint64 start, last; /* monotonic microseconds; last of what was shown */
  double start_fraction;
};

CliProgress *
cli_progress_new (void)
{
  CliProgress *self = g_new0 (CliProgress, 1);
  self->terminal = isatty (STDERR_FILENO) != 0;
  self->last = g_get_monotonic_time ();
  self->start = -1;
  return self;
}

static void
erase (CliProgress *self)
{
  if (self->drawn)
    fputs ("\r\033[K", stderr);
  self->drawn = FALSE;
}

void
cli_progress_free (CliProgress *self)
{
  erase (self);
  g_free (self);
}

static guint
terminal_width (void)
{
  struct winsize size = { 0 };
  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

/* Cut to the terminal's width, so that the line never wraps and can be drawn over. */
static void
draw_bar (CliProgress *self, double fraction, const char *text, const char *left)
{
  g_autoptr (GString) line = g_string_new ("[");
  guint full = (guint) (fraction * BAR_CELLS + 0.5);
  for (guint i = 0; i < BAR_CELLS; i++)
    g_string_append (line, i < full ? "━" : " ");
  g_string_append_printf (line, "] %3d %%  %s  %s", (int) (fraction * 100), left, text);
  g_autofree char *cut = g_utf8_substring (line->str, 0, MIN (terminal_width () - 1, g_utf8_strlen (line->str, -1)));
  fprintf (stderr, "\r%s\033[K", cut);
  fflush (stderr);
  self->drawn = TRUE;
}

void
cli_progress_update (CliProgress *self, double fraction, const char *text)
{
  gint64 now = g_get_monotonic_time ();
  fraction = CLAMP (fraction, 0.0, 1.0);
  if (self->start < 0) {
    self->start = now;
    self->start_fraction = fraction;
  }
  if (now - self->last < (self->terminal ? REDRAW_US : PLAIN_US))
    return;
  self->last = now;
  double done = fraction - self->start_fraction;
  double elapsed = (double) (now - self->start) / G_USEC_PER_SEC;
  g_autofree char *time = done > 0 ? cli_format_time (elapsed * (1 - fraction) / done) : NULL;
  g_autofree char *left = time != NULL ? g_strconcat (time, " left", NULL) : g_strdup ("");
  if (self->terminal)
    draw_bar (self, fraction, text, left);
  else
    fprintf (stderr, "%3d %%  %s  %s\n", (int) (fraction * 100), left, text);
}

void
cli_progress_line (CliProgress *self, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  erase (self);
  fprintf (stderr, "%s\n", text);
  fflush (stderr);
  self->last = self->terminal ? 0 : g_get_monotonic_time ();
}
