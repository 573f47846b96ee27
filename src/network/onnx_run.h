/* What running a model in real numbers and in codes shares. */
#ifndef QUARRY_ONNX_RUN_H
#define QUARRY_ONNX_RUN_H

#include "onnx_int.h"

#include "quarry/onnx_signal.h"

/* A tensor of both networks.  Its elements in codes are sums * unit: values, or the codes of an integer type. */
typedef struct run_tensor {
  size_t count;
  double *real, *sums; /* in real numbers; in the network of codes, before rounding */
  double unit;         /* of all of them */
  double *units;       /* [unit_count] instead, of element i: units[i / inner % unit_count]; NULL: unit */
  size_t unit_count, inner;
  double zero;    /* the code that stands for 0 */
  int32_t type;   /* of the elements, as in onnx.proto; 0: floating point */
  int bits;       /* of the codes in the file that these are multiples of; 0: real numbers */
  bool whole;     /* sums are whole numbers: an integer machine's */
  size_t readers; /* nodes that still read it */
} run_tensor;

/* A model in work. */
typedef struct run {
  const onnx_graph *g;
  const Onnx__GraphProto *p;
  qy_status (*run)(struct run *r, const node_proto *node); /* a node */
  bool (*runs)(const node_proto *node);                    /* nodes of constants too where this is true */
  run_tensor *tensor;                                      /* [g->tensor_count] */
  bool *done;                                              /* [nodes] folded into one before */
  const qy_number *weights;                                /* a format, and the bits of activations */
  int bits;
  qy_onnx_signal *layer;
  size_t layer_count;
  qy_arena *arena;
  qy_error *err;
} run;

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

/* ---- onnx_walk.c ---- */
/* A node cannot be run, in a sentence that names it. */
qy_status run_refuse(const run *r, const node_proto *node, const char *why);
const onnx_tensor *run_named(const run *r, const char *name); /* NULL: no name */
run_tensor *run_of(const run *r, const onnx_tensor *t);
/* The computed tensor that a node reads at i; NULL: none, or it has no contents. */
run_tensor *run_read(const run *r, const node_proto *node, size_t i);
/* The same, or a constant of the file; NULL: left out. */
qy_status run_operand(run_tensor **found, const run *r, const node_proto *node, size_t i);
qy_status run_room(run_tensor *t, size_t count, const run *r); /* empty, of unit 1; run_drop frees it */
qy_status run_output(run_tensor **out, const run *r, const node_proto *node, size_t i); /* room for a node's output */
void run_drop(run_tensor *t);
int run_code_bits(int32_t type); /* of an integer type that codes have; 0: of another */
/* The pool that a node is, checked against the tensors, and room for its output. */
typedef struct run_window {
  const qy_layer *layer;
  bool maximum, padded; /* means count padding */
} run_window;
qy_status run_find_pool(run_window *w, run_tensor **out, const run *r, const node_proto *node, const run_tensor *in);
double run_unit(const run_tensor *t, size_t i);                           /* of element i */
qy_status run_like(run_tensor *to, const run_tensor *from, const run *r); /* the units and type of another */
qy_status run_signal_db(double *db, const run_tensor *t, const run *r);
/* Where element `at` of a tensor of shape `whole` reads one that is stretched to it; ONNX_NONE: it does not fit. */
size_t run_stretched(const onnx_tensor *whole, const onnx_tensor *part, size_t at);
size_t run_layer_of(const run *r, const node_proto *node);                             /* ONNX_NONE: none */
const char *run_left_out(const run *r, const node_proto *node, const char *otherwise); /* why the reader did */
qy_status run_clip(run *r, const node_proto *node);                /* Relu, Clip, and what changes no value */
qy_status run_softmax(run *r, const node_proto *node);             /* at the end: left out */
const onnx_tensor *run_graph_input(const onnx_graph *g, size_t i); /* without initializers; NULL: no more */
/* Run the model that r->g is; r has all but what lies in the arena: tensors, done, layer, p. */
qy_status run_model(qy_onnx_signals *signals, run *r, const qy_onnx_values *input, size_t inputs,
                    const qy_onnx_limits *limits);

#endif
