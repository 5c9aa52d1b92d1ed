/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/pen.h"

gboolean
pcn_pen_has_pressure (GdkEvent *event)
{
  GdkDevice *device = event ? gdk_event_get_device (event) : NULL;

  return device && gdk_device_get_source (device) == GDK_SOURCE_PEN;
}

double
pcn_pen_get_pressure (GdkEvent *event, double fallback)
{
  double pressure;

  return pcn_pen_has_pressure (event) && gdk_event_get_axis (event, GDK_AXIS_PRESSURE, &pressure) ? pressure
                                                                                                  : fallback;
}

gboolean
pcn_pen_is_eraser (GdkEvent *event)
{
  GdkDeviceTool *tool = event ? gdk_event_get_device_tool (event) : NULL;

  return tool && gdk_device_tool_get_tool_type (tool) == GDK_DEVICE_TOOL_TYPE_ERASER;
}
