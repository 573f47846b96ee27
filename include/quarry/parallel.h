/* Parallel coordinates (Inselberg, 1985): upright axes side by side, a line through all of them for each point.
 *
 * Ownership: all data stay with the caller.
 */
#ifndef QUARRY_PARALLEL_H
#define QUARRY_PARALLEL_H

#include "quarry/plot.h"

typedef struct qy_parallel_axis {
  const char *label;   /* with unit */
  int log;             /* 1: on request; 0: linear; -1: choose */
  qy_plot_ticks ticks; /* count 0: chosen */
} qy_parallel_axis;

typedef struct qy_parallel {
  const char *title, *caption;
  size_t axis_count; /* [2..12] */
  const qy_parallel_axis *axis;
  size_t line_count;
  const double *value; /* [line][axis]; a line breaks where there is none */
  const int *group;    /* [line]; -1: faint, behind the others */
  size_t group_count;
  const char *const *name;  /* of the groups */
  const qy_plot_look *look; /* NULL: as on a screen */
} qy_parallel;

/* Each axis has its own range, over all lines.  Files, formats and errors as for qy_plot_draw. */
qy_status qy_plot_parallel(const qy_parallel *plot, qy_plot_format format, const char *file_stem, const char *gnuplot,
                           char **text, qy_error *err);

#endif
