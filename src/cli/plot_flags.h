/* A plot of one's own from the options of `quarry plot`. */
#ifndef QUARRY_CLI_PLOT_FLAGS_H
#define QUARRY_CLI_PLOT_FLAGS_H

#include "cli.h"
#include "plot_stored.h"
#include "style_option.h"

typedef struct plot_options {
  places where;
  const char *x, *y, *group, *panel, *where_points, *axes, *colour, *output, *gnuplot, *format;
  int kind, which;
  int64_t bins;
  style_options style;
} plot_options;

/* The chart that the options describe, as the only one of the plots. */
qy_status plot_from_flags(stored_plots *plots, const plot_options *o, const char *experiment, qy_error *err);
/* Options that the kind does not take would say nothing: bad input.  given: bits of the rows. */
qy_status plot_check_kind(const option_row *rows, size_t count, uint64_t given, int kind, qy_error *err);
/* So would options of what is drawn where the experiment's file says that. */
qy_status plot_check_stored(const plot_options *o, const option_row *rows, size_t count, uint64_t given, qy_error *err);

#endif
