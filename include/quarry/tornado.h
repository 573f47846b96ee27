/* A tornado plot: what moves a result, the strongest on top, as horizontal bars.
 *
 * Each bar is drawn twice: pale to `total`, strong to `part` (total and first-order Sobol index, say).
 * Ownership: a tornado borrows its arrays during the call; *text as for qy_plot_draw.
 */
#ifndef QUARRY_TORNADO_H
#define QUARRY_TORNADO_H

#include "quarry/plot.h"

typedef struct qy_tornado {
  const char *title, *caption, *x_label;
  const char *total_label, *part_label; /* for the key */
  size_t count;                         /* [1..60], in the order given from the top down */
  const char *const *name;
  const double *total, *part; /* drawn as 0 when negative or not finite */
  const qy_plot_look *look;   /* NULL: as on a screen */
} qy_tornado;

/* Files, formats and errors as for qy_plot_draw. */
qy_status qy_plot_tornado(const qy_tornado *tornado, qy_plot_format format, const char *file_stem, const char *gnuplot,
                          char **text, qy_error *err);

#endif
