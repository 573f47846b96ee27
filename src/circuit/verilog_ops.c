/* Verilog of single operators; multipliers are in verilog_multiply.c. */
#include "verilog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void put_range(qy_text *text, int width)
{
  if (width > 1) qy_text_add(text, "[%d:0] ", width - 1);
}

void put_constant(qy_text *text, uint64_t value, int width)
{
  qy_text_add(text, "%d'h%" PRIx64, width, value & qy_word_mask(width));
}

void put_zeros(qy_text *text, int count, const char *before, const char *after)
{
  if (count > 0) qy_text_add(text, "%s%d'b0%s", before, count, after);
}

void put_slice(qy_text *text, const char *name, int from, int low, int width)
{
  if (low == 0 && width == from)
    qy_text_add(text, "%s", name);
  else if (width == 1)
    qy_text_add(text, "%s[%d]", name, low);
  else
    qy_text_add(text, "%s[%d:%d]", name, low + width - 1, low);
}

void put_fitted(qy_text *text, const char *name, int from, int to, bool is_signed)
{
  if (to <= from) {
    put_slice(text, name, from, 0, to);
  } else if (!is_signed) {
    qy_text_add(text, "{%d'b0, %s}", to - from, name);
  } else {
    qy_text_add(text, "{{%d{", to - from);
    put_slice(text, name, from, from - 1, 1);
    qy_text_add(text, "}}, %s}", name);
  }
}

void put_wire(qy_text *text, int width, const char *name)
{
  qy_text_add(text, "  wire ");
  put_range(text, width);
  qy_text_add(text, "%s = ", name);
}

static void put_operand(const node *n, const verilog_names *names, int i, int width, qy_text *text)
{
  put_fitted(text, names->in[i], n->in_width[i], width, n->shape.is_signed);
}

/* Declare the output and start its expression. */
static void begin(const node *n, const verilog_names *names, qy_text *text)
{
  put_wire(text, n->shape.width, names->out);
}

/* "out = a SIGN b", both operands as wide as `width`. */
static void put_binary(const node *n, const verilog_names *names, int width, const char *sign, qy_text *text)
{
  begin(n, names, text);
  put_operand(n, names, 0, width, text);
  qy_text_add(text, " %s ", sign);
  put_operand(n, names, 1, width, text);
  qy_text_add(text, ";\n");
}

void verilog_none(const node *n, const verilog_names *names, qy_text *text)
{
  (void)n, (void)names, (void)text;
}

void verilog_constant(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  put_constant(text, n->value, n->shape.width);
  qy_text_add(text, ";\n");
}

void verilog_add(const node *n, const verilog_names *names, qy_text *text)
{
  put_binary(n, names, n->shape.width, "+", text);
}

void verilog_subtract(const node *n, const verilog_names *names, qy_text *text)
{
  put_binary(n, names, n->shape.width, "-", text);
}

/* One bit as the lowest of a word: a carry. */
static void put_carry(const char *name, int width, qy_text *text)
{
  qy_text_add(text, " + ");
  put_fitted(text, name, 1, width, false);
}

void verilog_addsub(const node *n, const verilog_names *names, qy_text *text)
{
  int w = n->shape.width;
  begin(n, names, text);
  put_operand(n, names, 0, w, text);
  qy_text_add(text, " + (");
  put_operand(n, names, 1, w, text);
  qy_text_add(text, " ^ {%d{%s}})", w, names->in[2]);
  put_carry(names->in[2], w, text);
  qy_text_add(text, ";\n");
}

void verilog_negate_if(const node *n, const verilog_names *names, qy_text *text)
{
  int w = n->shape.width;
  begin(n, names, text);
  qy_text_add(text, "(");
  put_operand(n, names, 0, w, text);
  qy_text_add(text, " ^ {%d{%s}})", w, names->in[1]);
  put_carry(names->in[1], w, text);
  qy_text_add(text, ";\n");
}

void verilog_shift_left(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  put_operand(n, names, 0, n->shape.width, text);
  qy_text_add(text, " << %s;\n", names->in[1]);
}

void verilog_shift_right(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  qy_text_add(text, n->shape.is_signed ? "$signed(%s) >>> %s;\n" : "%s >> %s;\n", names->in[0], names->in[1]);
}

void verilog_shift_constant(const node *n, const verilog_names *names, qy_text *text)
{
  int from = n->in_width[0], w = n->shape.width, left = n->amount > 0 ? n->amount : 0;
  int low = n->amount < 0 ? -n->amount : 0, used = from - low < w - left ? from - low : w - left;
  begin(n, names, text);
  if (used <= 0) {
    put_constant(text, 0, w);
  } else {
    bool whole = used == w;
    if (!whole) qy_text_add(text, "{");
    put_zeros(text, w - left - used, "", ", ");
    put_slice(text, names->in[0], from, low, used);
    put_zeros(text, left, ", ", "");
    if (!whole) qy_text_add(text, "}");
  }
  qy_text_add(text, ";\n");
}

void verilog_mux(const node *n, const verilog_names *names, qy_text *text)
{
  int count = n->shape.count, select = n->in_width[0];
  begin(n, names, text);
  if (select == 1) {
    qy_text_add(text, "%s ? %s : %s;\n", names->in[0], names->in[2], names->in[1]);
    return;
  }
  for (int i = 0; i + 1 < count; i++)
    qy_text_add(text, "%s == %d'd%d ? %s : ", names->in[0], select, i, names->in[1 + i]);
  qy_text_add(text, "%s;\n", names->in[count]);
}

void verilog_and(const node *n, const verilog_names *names, qy_text *text)
{
  put_binary(n, names, n->shape.width, "&", text);
}

void verilog_or(const node *n, const verilog_names *names, qy_text *text)
{
  put_binary(n, names, n->shape.width, "|", text);
}

void verilog_xor(const node *n, const verilog_names *names, qy_text *text)
{
  put_binary(n, names, n->shape.width, "^", text);
}

void verilog_not(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  qy_text_add(text, "~%s;\n", names->in[0]);
}

static int wider(const node *n)
{
  return n->in_width[0] > n->in_width[1] ? n->in_width[0] : n->in_width[1];
}

static void put_less(const node *n, const verilog_names *names, qy_text *text)
{
  const char *open = n->shape.is_signed ? "$signed(" : "", *close = n->shape.is_signed ? ")" : "";
  qy_text_add(text, "%s", open);
  put_operand(n, names, 0, wider(n), text);
  qy_text_add(text, "%s < %s", close, open);
  put_operand(n, names, 1, wider(n), text);
  qy_text_add(text, "%s", close);
}

void verilog_less(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  put_less(n, names, text);
  qy_text_add(text, ";\n");
}

void verilog_equal(const node *n, const verilog_names *names, qy_text *text)
{
  put_binary(n, names, wider(n), "==", text);
}

void verilog_max(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  put_less(n, names, text);
  qy_text_add(text, " ? %s : %s;\n", names->in[1], names->in[0]);
}

void verilog_leading_one(const node *n, const verilog_names *names, qy_text *text)
{
  int from = n->in_width[0];
  begin(n, names, text);
  for (int i = from - 1; i > 0; i--) {
    put_slice(text, names->in[0], from, i, 1);
    qy_text_add(text, " ? %d'd%d :%s", n->shape.width, i, i % 4 == 0 ? "\n    " : " ");
  }
  qy_text_add(text, "%d'd0;\n", n->shape.width);
}

void verilog_truth_table(const node *n, const verilog_names *names, qy_text *text)
{
  qy_text_add(text, "  reg ");
  put_range(text, n->shape.width);
  qy_text_add(text, "%s;\n  always @(*)\n    case (%s)\n", names->out, names->in[0]);
  for (uint64_t i = 0; i < UINT64_C(1) << n->shape.a; i++) {
    qy_text_add(text, "      %d'd%" PRIu64 ": %s = ", n->shape.a, i, names->out);
    put_constant(text, n->shape.table[i], n->shape.width);
    qy_text_add(text, ";\n");
  }
  qy_text_add(text, "    endcase\n");
}

void verilog_slice(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  put_slice(text, names->in[0], n->in_width[0], n->amount, n->shape.width);
  qy_text_add(text, ";\n");
}

void verilog_concat(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  qy_text_add(text, "{");
  for (int i = n->count; i > 0;) { /* highest first; a repeated part is written once */
    int run = 1;
    while (run < i && strcmp(names->in[i - 1 - run], names->in[i - 1]) == 0)
      run++;
    qy_text_add(text, run > 1 ? "{%d{%s}}" : "%.0d%s", run > 1 ? run : 0, names->in[i - 1]);
    i -= run;
    if (i > 0) qy_text_add(text, ", ");
  }
  qy_text_add(text, "};\n");
}

void verilog_extend(const node *n, const verilog_names *names, qy_text *text)
{
  begin(n, names, text);
  put_operand(n, names, 0, n->shape.width, text);
  qy_text_add(text, ";\n");
}

void verilog_round_saturate(const node *n, const verilog_names *names, qy_text *text)
{
  const qy_shape *s = &n->shape;
  int wide = s->a + 1, kept = wide - s->drop, w = s->width;
  char name[NAME_MAX_BYTES + 16];
  snprintf(name, sizeof name, "%s_sum", names->out);
  put_wire(text, wide, name); /* half a step added */
  put_operand(n, names, 0, wide, text);
  qy_text_add(text, " + ");
  put_constant(text, s->drop > 0 ? UINT64_C(1) << (s->drop - 1) : 0, wide);
  qy_text_add(text, ";\n");
  if (w >= kept) {
    char cut[NAME_MAX_BYTES + 16];
    snprintf(cut, sizeof cut, "%s_cut", names->out);
    put_wire(text, kept, cut);
    put_slice(text, name, wide, s->drop, kept);
    qy_text_add(text, ";\n");
    begin(n, names, text);
    put_fitted(text, cut, kept, w, s->is_signed);
    qy_text_add(text, ";\n");
    return;
  }
  /* Signed: the bits above the result must equal its sign. Unsigned: they must be zero. */
  int above = s->is_signed ? kept - w + 1 : kept - w;
  qy_text_add(text, "  wire %s_fits = ~(|", names->out);
  put_slice(text, name, wide, wide - above, above);
  qy_text_add(text, ")");
  if (s->is_signed) {
    qy_text_add(text, " | (&");
    put_slice(text, name, wide, wide - above, above);
    qy_text_add(text, ")");
  }
  qy_text_add(text, ";\n");
  begin(n, names, text);
  qy_text_add(text, "%s_fits ? ", names->out);
  put_slice(text, name, wide, s->drop, w);
  if (!s->is_signed)
    qy_text_add(text, " : {%d{1'b1}};\n", w);
  else if (w == 1)
    qy_text_add(text, " : %s[%d];\n", name, wide - 1);
  else
    qy_text_add(text, " : {%s[%d], {%d{~%s[%d]}}};\n", name, wide - 1, w - 1, name, wide - 1);
}

void verilog_register(const node *n, const verilog_names *names, qy_text *text)
{
  qy_text_add(text, "  always @(posedge clk)\n    ");
  if (n->count > 1) qy_text_add(text, "if (%s) ", names->in[1]);
  qy_text_add(text, "%s <= %s;\n", names->out, names->in[0]);
}

void verilog_counter(const node *n, const verilog_names *names, qy_text *text)
{
  qy_text_add(text, "  always @(posedge clk)\n    ");
  if (n->count > 0) qy_text_add(text, "if (%s) ", names->in[0]);
  qy_text_add(text, "%s <= %s + %d'd1;\n", names->out, names->out, n->shape.width);
}
