/* Widths of the codes of a quantized model: what its types and quantizers say, nothing is run. */
#include "onnx_run.h"

#include "quarry/precision.h"

#include <string.h>

static bool is_one_of(const char *op, const char *const *names)
{
  while (*names && strcmp(*names, op) != 0)
    names++;
  return *names != NULL;
}

static const onnx_tensor *operand(const onnx_graph *g, const node_proto *node, size_t i)
{
  return i < node->n_input ? onnx_tensor_named((onnx_graph *)g, node->input[i]) : NULL; /* none is new */
}

/* Of a type that codes have; 0: of another. */
static int bits_of_type(int32_t type)
{
  enum { UINT4 = 21, INT4 = 22, NIBBLE = 4 }; /* newer than the onnx.proto that this is built with may be */
  return type == UINT4 || type == INT4 ? NIBBLE : run_code_bits(type);
}

/* Of the output of a QLinear operator: those of its zero point, behind which nothing has so few bits. */
static int bits_of_zero(const onnx_graph *g, const node_proto *node)
{
  enum { FEW = 16 };
  for (size_t i = node->n_input; i-- > 0;) {
    const onnx_tensor *t = operand(g, node, i);
    const int bits = t ? bits_of_type(t->type) : 0;
    if (bits && bits <= FEW) return bits;
  }
  return 0;
}

/* The width that a Quant node states. */
static int bits_stated(const onnx_tensor *t)
{
  const bool known = t && t->value && t->count == 1;
  for (int bits = 1; known && bits <= QY_PRECISION_BITS_MAX; bits++)
    if (t->value[0] == bits) return bits;
  return 0;
}

int onnx_code_bits(const onnx_graph *g, const onnx_tensor *t)
{
  enum { CHAIN_MAX = 32, BYTE = 8, STATED = 3 };
  static const char *const passes[] = {"Identity",         "Reshape", "Squeeze",    "Unsqueeze", "Flatten",
                                       "Transpose",        "Dropout", "MaxPool",    "Relu",      "Split",
                                       "DequantizeLinear", "Slice",   "BatchSlice", NULL};
  for (int depth = 0; t && depth < CHAIN_MAX; depth++) {
    const node_proto *node = t->node;
    if (!node || t->data) return bits_of_type(t->type); /* types of what nodes make are not followed */
    if (!node->op_type) return 0;
    if (strcmp(node->op_type, "Quant") == 0) return bits_stated(operand(g, node, STATED));
    if (strcmp(node->op_type, "BipolarQuant") == 0) return 1;
    if (strcmp(node->op_type, "DynamicQuantizeLinear") == 0) return BYTE;
    if (strcmp(node->op_type, "QuantizeLinear") == 0) {
      const onnx_tensor *zero = operand(g, node, 2);
      return zero ? onnx_code_bits(g, zero) : BYTE;
    }
    if (strncmp(node->op_type, "QLinear", strlen("QLinear")) == 0) return bits_of_zero(g, node);
    if (!is_one_of(node->op_type, passes)) return 0;
    t = operand(g, node, 0);
  }
  return 0;
}
