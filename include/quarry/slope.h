/* A slope plot: the least of something against a size that it may use, for all sizes at once, as falling steps.
 *
 * Both axes are logarithmic.  Each series ends in a level line; floors, below which none can fall, are dashed; marks
 * name the largest steps.  Ownership: a slope plot borrows its arrays during the call; *text as for qy_plot_draw.
 */
#ifndef QUARRY_SLOPE_H
#define QUARRY_SLOPE_H

#include "quarry/plot.h"

/* Text beside the step at x. */
typedef struct qy_slope_mark {
  double x, y_before, y_after;
  const char *text;
} qy_slope_mark;

typedef struct qy_slope_series {
  const char *label;
  size_t count;        /* steps, at least 1 */
  const double *x, *y; /* x rising, y falling: from x on, y.  All above 0 */
  double floor;        /* 0: none */
  size_t mark_count;
  const qy_slope_mark *mark;
} qy_slope_series;

typedef struct qy_slope_plot {
  const char *title, *caption; /* caption NULL: none */
  const char *x_label, *y_label;
  const char *floor_label; /* for the key */
  double x_end;            /* where the level lines end; at least every x */
  size_t series_count;     /* [1..20] */
  const qy_slope_series *series;
  const qy_plot_look *look; /* NULL: as on a screen */
} qy_slope_plot;

/* Files, formats and errors as for qy_plot_draw; also QY_BAD_INPUT for no series, or too many. */
qy_status qy_plot_slope(const qy_slope_plot *plot, qy_plot_format format, const char *file_stem, const char *gnuplot,
                        char **text, qy_error *err);

#endif
