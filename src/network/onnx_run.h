/* What running a model in real numbers and in codes shares. */
#ifndef QUARRY_ONNX_RUN_H
#define QUARRY_ONNX_RUN_H

#include "onnx_int.h"

#include "quarry/onnx_signal.h"

/* A tensor of both networks. */
typedef struct run_tensor {
  size_t count;
  double *real, *sums; /* in real numbers; in the network of codes, before rounding */
  size_t readers;      /* nodes that still read it */
} run_tensor;

/* Rounded to codes: sums become codes * scale. */
typedef struct run_codes {
  double *code;
  double scale;
} run_codes;

/* Weights of a layer: real ones, and W with the factor that makes them values. */
typedef struct run_weights {
  double *real, *w;
  double factor, db;
} run_weights;

/* A convolution: [batch][in_c][in_h][in_w] to [batch][out_c][out_h][out_w]; w: [out_c][in_c / groups][kernel]. */
void run_convolve(double *out, const double *in, const double *w, const qy_layer *l);
/* Maxima or means; means count padding when `padded`. */
void run_pool(double *out, const double *in, const qy_layer *l, bool maximum, bool padded);
double run_ratio_db(const double *x, const double *q, size_t count);

#endif
