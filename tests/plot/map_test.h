/* Shared by the tests of heat maps: names, edges and values of a map, and its script. */
#ifndef QUARRY_MAP_TEST_H
#define QUARRY_MAP_TEST_H

#include "quarry/heatmap.h"
#include "quarry/parallel.h"

#include "plot_test.h"

#include <math.h>

enum { SIDE = 201 };

static qy_error err;
static char text[SIDE][40];
static const char *name[SIDE];
static double edge[SIDE + 1], value[SIDE * SIDE];

static void make_names(size_t count, size_t columns)
{
  for (size_t i = 0; i < count; i++) {
    snprintf(text[i], sizeof text[i], "%0*zu", (int)columns, i);
    name[i] = text[i];
  }
}

static char *map_script(const qy_heatmap *m)
{
  qy_error_clear(&err);
  is_int(qy_plot_heatmap(m, QY_PLOT_SVG, in_folder("m"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "a heat map");
  return script_of("m");
}

#endif
