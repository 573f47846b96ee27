/* Heat maps: a colour for each pair of values of two axes.
 *
 * The colours are viridis (van der Walt and Smith, matplotlib 1.5): lightness rises evenly with the value, so that a
 * grey print reads alike.  Ownership: all data stay with the caller.
 */
#ifndef QUARRY_HEATMAP_H
#define QUARRY_HEATMAP_H

#include "quarry/plot.h"

/* An axis of `count` cells: a name for each, or the count + 1 values between which they lie. */
typedef struct qy_heatmap_axis {
  const char *label; /* with unit */
  size_t count;
  const char *const *name; /* NULL: edges */
  const double *edge;
} qy_heatmap_axis;

typedef struct qy_heatmap {
  const char *title, *caption;
  const char *colour_label; /* with unit */
  int colour_log;           /* 1: on request; 0: linear; -1: choose (log when the values span more than 20) */
  qy_heatmap_axis x, y;
  size_t panel_count;       /* [1..12] */
  const char *const *panel; /* titles; NULL: none */
  const double *value;      /* [panel][y][x]; NaN: no feasible point; -INFINITY: one, but none to divide it by */
  const qy_plot_look *look; /* NULL: as on a screen */
} qy_heatmap;

/* Cells without a feasible point are hatched grey, those with none to divide by cross-hatched; up to 300 cells with
 * room show their numbers, more than some 3,000 are an image.  Up to 8 different values, each of several cells, are
 * listed instead of a bar of colours.  Files, formats and errors as for qy_plot_draw; also QY_BAD_INPUT beyond 200
 * cells a side. */
qy_status qy_plot_heatmap(const qy_heatmap *map, qy_plot_format format, const char *file_stem, const char *gnuplot,
                          char **text, qy_error *err);

#endif
