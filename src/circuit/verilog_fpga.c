/* Verilog from which tools infer DSP slices: products and sums with the signs of their operands, gates as selections.
 *
 * Written out as rows, a product is no product to a tool.  An adder is taken into a slice when it is seen to extend its
 * operands by their sign, and a cleared accumulator when it is a selection between the sum and zero.
 */
#include "dsp_int.h"

#include "verilog.h"

static void put_signed(const node *n, const verilog_names *names, int k, qy_text *text)
{
  qy_text_add(text, n->shape.is_signed ? "$signed(%s)" : "%s", names->in[k]);
}

static void put_two(const node *n, const verilog_names *names, const char *sign, qy_text *text)
{
  put_signed(n, names, 0, text);
  qy_text_add(text, " %s ", sign);
  put_signed(n, names, 1, text);
}

static bool put_product(const node *n, const verilog_names *names, qy_text *text)
{
  put_wire(text, n->shape.width, names->out);
  if (n->op == QY_OP_MULTIPLY_ADD) {
    put_signed(n, names, 2, text);
    qy_text_add(text, " + ");
  }
  put_two(n, names, "*", text);
  qy_text_add(text, ";\n");
  return true;
}

/* Words that are cut are no signed sum. */
static bool put_sum(const node *n, const verilog_names *names, qy_text *text)
{
  if (!n->shape.is_signed || n->shape.width < qy_max_int(n->in_width[0], n->in_width[1])) return false;
  put_wire(text, n->shape.width, names->out);
  put_two(n, names, n->op == QY_OP_ADD ? "+" : "-", text);
  qy_text_add(text, ";\n");
  return true;
}

static bool put_gate(const qy_circuit *c, const node *n, const verilog_names *names, qy_text *text)
{
  int w = n->shape.width;
  for (int k = 0; w > 1 && k < 2; k++) {
    if (!repeats_one_bit(c, n->in[k])) continue;
    put_wire(text, w, names->out);
    put_slice(text, names->in[k], w, 0, 1);
    qy_text_add(text, " ? %s : ", names->in[1 - k]);
    put_constant(text, 0, w);
    qy_text_add(text, ";\n");
    return true;
  }
  return false;
}

bool verilog_for_slices(const qy_circuit *c, const node *n, const verilog_names *names, qy_text *text)
{
  switch (n->op) {
  case QY_OP_MULTIPLY:
  case QY_OP_MULTIPLY_ADD: return put_product(n, names, text);
  case QY_OP_ADD:
  case QY_OP_SUBTRACT: return put_sum(n, names, text);
  case QY_OP_AND: return put_gate(c, n, names, text);
  default: return false;
  }
}
