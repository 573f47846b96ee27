/* quarry import onnx: a model of ONNX as a network file, and its weights. */
#ifndef QUARRY_IMPORT_ONNX_H
#define QUARRY_IMPORT_ONNX_H

#include "cli.h"

#include "quarry/onnx.h"

typedef struct onnx_request {
  const char *output;  /* network file; NULL: named as the model */
  const char *weights; /* directory; NULL: none are written */
  int64_t batch;
  option_list dims; /* NAME=N */
  int shapes;
} onnx_request;

/* dim[list->count] from NAME=N; names live in the arena. */
qy_status onnx_read_dims(qy_onnx_dim *dim, const option_list *list, qy_arena *arena, qy_error *err);

/* Returns the exit code. */
int import_onnx(const char *model, const onnx_request *request);

#endif
