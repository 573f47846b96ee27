/* Sensitivity indices for people: a table of the strongest inputs, a tornado plot. */
#ifndef QUARRY_CLI_INDICES_H
#define QUARRY_CLI_INDICES_H

#include "quarry/plot_style.h"
#include "quarry/sensitivity.h"

typedef struct indices {
  size_t inputs, outputs;
  const char *const *input;          /* [inputs] names */
  const char *const *output;         /* [outputs] */
  const qy_sensitivity_index *index; /* [input * outputs + output] */
} indices;

/* A row an input, strongest first; in tables only those worth showing. */
qy_status indices_print(const indices *f, int format, qy_error *err);

/* Bars of the strongest inputs of one output into the files that the look asks for; *shown of them
 * (the caption may say so). */
enum { INDICES_BARS_MAX = 16 };
size_t indices_shown(const indices *f, size_t output);
qy_status indices_draw(const indices *f, size_t output, const char *title, const char *caption,
                       const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err);

#endif
