/* What the parts of running a quantized model in its own codes share. */
#ifndef QUARRY_ONNX_CODES_H
#define QUARRY_ONNX_CODES_H

#include "onnx_run.h"

/* Where an operand stands among a node's inputs: its codes, and what makes values of them.  -1: left out. */
typedef struct codes_place {
  int at, scale, zero;
  int64_t axis; /* of a scale or zero point per channel, from the end where negative */
} codes_place;

/* ---- onnx_codes.c ---- */
/* An operand less its zero point, in units of its scale; codes_drop frees it.  A scale of -1 or none is 1. */
qy_status codes_read(run_tensor *to, const run *r, const node_proto *node, codes_place p);
/* Round to codes of the type of the zero point, into a tensor with room: saturated, halves to even.  `single`: in
 * float32 as QuantizeLinear is defined; else the factor from sums to codes is a real number. */
qy_status codes_write(run_tensor *to, const run_tensor *from, const run *r, const node_proto *node, codes_place p,
                      bool single);
/* The lowest and the highest of an integer type.  False: no type of codes: they have 8 or 16 bits. */
bool codes_range(double *low, double *high, int32_t type);
qy_status codes_flatten(run_tensor *t); /* to one unit of 1 where there are several */
/* The shape of an operand, NULL: none. */
const onnx_tensor *codes_shape(const run *r, const node_proto *node, int i);

/* ---- onnx_codes_multiply.c ---- */
qy_status codes_conv(run *r, const node_proto *node);
qy_status codes_matmul(run *r, const node_proto *node);

/* ---- onnx_codes_join.c ---- */
qy_status codes_binary(run *r, const node_proto *node);
qy_status codes_concat(run *r, const node_proto *node);
qy_status codes_pool(run *r, const node_proto *node);
qy_status codes_reshape(run *r, const node_proto *node);
qy_status codes_transpose(run *r, const node_proto *node);
qy_status codes_cast(run *r, const node_proto *node);

#endif
