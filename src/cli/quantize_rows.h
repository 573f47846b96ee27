/* Rows of a layer in mixed formats: for `quarry quantize --mix --high`. */
#ifndef QUARRY_CLI_QUANTIZE_ROWS_H
#define QUARRY_CLI_QUANTIZE_ROWS_H

#include "cli.h"

#include "quarry/row_mix.h"

typedef struct rows_request {
  double mix, high; /* shares of the rows; NaN: not given */
  double spread;
  int64_t high_bits, rows, layers; /* rows: of the weights given; 0: not given */
  int scale, format;
  const char *weights; /* file, or NULL */
} rows_request;

/* What is not given: no mix. */
rows_request rows_request_default(void);
bool rows_request_asks(const rows_request *q);

#define ROWS_OPTIONS(q)                                                                                                \
  {"mix",    0,       OPTION_NUMBER,                                                                                   \
   &(q).mix, "SHARE", "share of the rows, those of least variance, in FORMAT; the others uniform of as many bits",     \
   0,        1,       NULL},                                                                                           \
      {"high", 0, OPTION_NUMBER, &(q).high, "SHARE", "share of the rows, those of largest error, with --high-bits",    \
       0,      1, NULL},                                                                                               \
      {"high-bits", 0, OPTION_INTEGER, &(q).high_bits, "N", "of these rows, uniform (default 8)", 2, 16, NULL},        \
      {"row-scale", 0,      OPTION_CHOICE,                                                                             \
       &(q).scale,  "WHAT", "layer (a scale for each part, default) or row (for each)",                                \
       0,           0,      qy_row_scale_names},                                                                       \
      {"spread", 0, OPTION_NUMBER, &(q).spread, "S", "deviation of ln sigma over the rows of distributions",           \
       0,        2, NULL},                                                                                             \
      {"rows", 0,   OPTION_INTEGER, &(q).rows, "N", "rows (filters) of the given weights, one after the other", 1,     \
       1e9,    NULL},                                                                                                  \
  {                                                                                                                    \
    "layers", 0, OPTION_INTEGER, &(q).layers, "N",                                                                     \
        "so many layers: intra_layer, the mix in each; inter_layer, high bits in the first and the last alone", 1,     \
        1e6, NULL                                                                                                      \
  }

/* Print each part and the whole; `number` is FORMAT, checked.  Returns the exit code. */
int quantize_rows(const rows_request *q, const qy_number *number, qy_arena *arena, qy_error *err);

#endif
