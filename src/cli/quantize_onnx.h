/* A model run with weights in a format and activations in codes, or in codes of its own: `quarry quantize --onnx`. */
#ifndef QUARRY_CLI_QUANTIZE_ONNX_H
#define QUARRY_CLI_QUANTIZE_ONNX_H

#include "cli.h"

#include "quarry/number.h"

typedef struct network_request {
  const char *model, *input; /* files; NULL: not given */
  int64_t bits, images, limit;
  option_list dims; /* NAME=N */
} network_request;

#define NETWORK_OPTIONS(q)                                                                                             \
  {"onnx",     0,      OPTION_TEXT,                                                                                    \
   &(q).model, "FILE", "a model, run in real numbers and with weights in FORMAT: signal at each layer and at the end", \
   0,          0,      NULL},                                                                                          \
      {"activation-bits", 0, OPTION_INTEGER, &(q).bits, "N", "of what its layers read (default 8)", 2, 16, NULL},      \
      {"input",    0,      OPTION_TEXT,                                                                                \
       &(q).input, "FILE", "what it reads (text or .f32; default: normal deviates, own: all codes alike)",             \
       0,          0,      NULL},                                                                                      \
      {"dim", 0, OPTION_LIST, &(q).dims, "NAME=N", "size of a symbolic dimension of the model", 0, 0, NULL},           \
      {"limit", 0,   OPTION_INTEGER, &(q).limit, "N", "run it up to N GiB and N * 25 * 10^9 products (default 4)", 1,  \
       1 << 16, NULL},                                                                                                 \
  {                                                                                                                    \
    "images", 0, OPTION_INTEGER, &(q).images, "N", "where its first dimension is symbolic (default 1)", 1, 1 << 16,    \
        NULL                                                                                                           \
  }

/* Print a row per layer with weights and one of the output; `number` is FORMAT, checked; NULL: the model's own codes.
 * Returns the exit code. */
int quantize_network(const network_request *q, const qy_number *number, int format, qy_arena *arena, qy_error *err);

#endif
