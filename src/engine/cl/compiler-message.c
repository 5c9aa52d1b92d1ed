/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/compiler-message.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* More than any program or binary of one has; a length beyond it is nonsense. */
#define LONGEST (1u << 30)

static gboolean
write_all (int fd, const void *data, gsize size)
{
  for (const char *at = data; size > 0;) {
    gssize n = write (fd, at, size);
    if (n < 0 && errno != EINTR)
      return FALSE;
    at += MAX (n, 0);
    size -= (gsize) MAX (n, 0);
  }
  return TRUE;
}

/* @end: monotonic time */
static gboolean
wait_for_input (int fd, gint64 end)
{
  struct pollfd input = { .fd = fd, .events = POLLIN };
  for (gint64 left; (left = end - g_get_monotonic_time ()) > 0;) {
    int n = poll (&input, 1, (int) (left / 1000) + 1);
    if (n != 0 && !(n < 0 && errno == EINTR))
      return n > 0;
  }
  return FALSE;
}

static gboolean
read_all (int fd, void *data, gsize size, gint64 end)
{
  for (char *at = data; size > 0;) {
    if (!wait_for_input (fd, end))
      return FALSE;
    gssize n = read (fd, at, size);
    if (n == 0 || (n < 0 && errno != EINTR))
      return FALSE;
    at += MAX (n, 0);
    size -= (gsize) MAX (n, 0);
  }
  return TRUE;
}

gboolean
nn_compiler_message_write (int fd, GVariant *message)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (message);
  guint64 size = g_variant_get_size (sunk);
  return write_all (fd, &size, sizeof size) && write_all (fd, g_variant_get_data (sunk), size);
}

GVariant *
nn_compiler_message_read (int fd, const char *type, int seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  guint64 size;
  if (!read_all (fd, &size, sizeof size, end) || size == 0 || size > LONGEST)
    return NULL;
  g_autofree guchar *data = g_try_malloc (size);
  if (data == NULL || !read_all (fd, data, size, end))
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  g_autoptr (GVariant) message = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
  return g_variant_is_normal_form (message) ? g_steal_pointer (&message) : NULL;
}
