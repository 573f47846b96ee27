/* Verilog of multipliers: their rows, written out, and one sum.
 *
 * Synthesis turns the sum into a carry-save tree.  What depends on the mode is chosen by NAME_k0 (full width) and
 * NAME_k1 (halves).  Sum-apart Booth multipliers stop the carries between lanes, so there the lanes are added one after
 * another with a gated carry.
 */
#include "verilog.h"

#include <stdio.h>

/* What the printers pass around. */
typedef struct writer {
  const multiplier_layout *p;
  const char *out;
  const char *columns, *lines;
  qy_text *text;
} writer;

/* A constant that may depend on the mode. */
static void put_modal(const writer *w, const uint64_t value[MULTIPLIER_MODES_MAX])
{
  int modes = w->p->modes;
  bool same = true;
  for (int k = 1; k < modes; k++)
    same = same && value[k] == value[0];
  for (int k = 0; !same && k + 1 < modes; k++) {
    qy_text_add(w->text, "%s%s_k%d ? ", k == 0 ? "(" : "", w->out, k);
    put_constant(w->text, value[k], w->p->width);
    qy_text_add(w->text, " : ");
  }
  put_constant(w->text, value[modes - 1], w->p->width);
  if (!same) qy_text_add(w->text, ")");
}

static uint64_t all_of(const multiplier_layout *p, const uint64_t value[MULTIPLIER_MODES_MAX])
{
  uint64_t all = 0;
  for (int k = 0; k < p->modes; k++)
    all |= value[k];
  return all;
}

/* A word of `width` bits at weight 2^shift inside the sum: zeros around it, what leaves the sum cut off. */
static void put_placed(const writer *w, const char *name, int width, int shift)
{
  int used = shift + width > w->p->width ? w->p->width - shift : width;
  qy_text_add(w->text, "{");
  put_zeros(w->text, w->p->width - shift - used, "", ", ");
  put_slice(w->text, name, width, 0, used);
  put_zeros(w->text, shift, ", ", "");
  qy_text_add(w->text, "}");
}

/* Row i of the sum: the placed word, masked and inverted as the modes want. */
static void put_row(const writer *w, int i, const char *word, int width, int shift)
{
  uint64_t keep[MULTIPLIER_MODES_MAX] = {0}, flip[MULTIPLIER_MODES_MAX] = {0};
  bool masked = false;
  uint64_t span = (width + shift >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (width + shift)) - 1) >> shift << shift;
  for (int k = 0; k < w->p->modes; k++) {
    keep[k] = w->p->mode[k].row[i].keep;
    flip[k] = w->p->mode[k].row[i].flip;
    masked = masked || keep[k] != (span & qy_word_mask(w->p->width));
  }
  char name[NAME_MAX_BYTES + 16];
  snprintf(name, sizeof name, "%s_row%d", w->out, i);
  put_wire(w->text, w->p->width, name);
  if (masked) qy_text_add(w->text, "(");
  put_placed(w, word, width, shift);
  if (masked) {
    qy_text_add(w->text, " & ");
    put_modal(w, keep);
    qy_text_add(w->text, ")");
  }
  if (all_of(w->p, flip)) {
    qy_text_add(w->text, " ^ ");
    put_modal(w, flip);
  }
  qy_text_add(w->text, ";\n");
}

static void put_array(const writer *w)
{
  const multiplier_layout *p = w->p;
  for (int i = 0; i < p->rows; i++) {
    char name[NAME_MAX_BYTES + 16];
    snprintf(name, sizeof name, "%s_and%d", w->out, i);
    put_wire(w->text, p->columns, name);
    qy_text_add(w->text, "%s & {%d{%s[%d]}};\n", w->columns, p->columns, w->lines, i);
    put_row(w, i, name, p->columns, i);
  }
}

/* The multiplicand of row i in each mode: bits [low, high), zeros below, its sign above, n + 1 bits. */
static void put_multiplicand(const writer *w, int i)
{
  const multiplier_layout *p = w->p;
  int n = p->columns;
  char name[NAME_MAX_BYTES + 16];
  snprintf(name, sizeof name, "%s_x%d", w->out, i);
  put_wire(w->text, n + 1, name);
  for (int k = 0; k < p->modes; k++) {
    const multiplier_row *row = &p->mode[k].row[i];
    if (k + 1 < p->modes) qy_text_add(w->text, "%s_k%d ? ", w->out, k);
    qy_text_add(w->text, "{{%d{%s[%d]}}, ", n + 1 - row->high, w->columns, row->high - 1);
    put_slice(w->text, w->columns, n, row->low, row->high - row->low);
    put_zeros(w->text, row->low, ", ", "");
    qy_text_add(w->text, "}%s", k + 1 < p->modes ? " : " : ";\n");
  }
}

/* Rows whose multiplicand is the same share it. */
static int multiplicand_of(const multiplier_layout *p, int i)
{
  int rows_per_block = p->rows >> (p->modes - 1);
  return i / rows_per_block * rows_per_block;
}

static void put_digit(const writer *w, int i)
{
  const multiplier_layout *p = w->p;
  qy_text *text = w->text;
  int top = 2 * i + 1 < p->lines ? 2 * i + 1 : p->lines - 1;
  qy_text_add(text, "  // digit %d: once, twice or not, negated\n  wire %s_neg%d = %s[%d];\n", i, w->out, i, w->lines,
              top);
  qy_text_add(text, "  wire %s_behind%d = ", w->out, i);
  if (i == 0) {
    qy_text_add(text, "1'b0;\n");
  } else {
    qy_text_add(text, "%s[%d]", w->lines, 2 * i - 1);
    for (int k = 0; k < p->modes; k++)
      if (p->mode[k].row[i].border) {
        if (k + 1 < p->modes)
          qy_text_add(text, " & ~%s_k%d", w->out, k);
        else if (p->modes > 2) /* the last mode: neither of the others */
          qy_text_add(text, " & (%s_k0 | %s_k1)", w->out, w->out);
        else
          qy_text_add(text, " & %s_k0", w->out);
      }
    qy_text_add(text, ";\n");
  }
  qy_text_add(text, "  wire %s_one%d = %s[%d] ^ %s_behind%d;\n", w->out, i, w->lines, 2 * i, w->out, i);
  qy_text_add(text, "  wire %s_two%d = ~%s_one%d & (%s_neg%d ^ %s_behind%d);\n", w->out, i, w->out, i, w->out, i,
              w->out, i);
}

/* The bits that complete the negations, at places that may depend on the mode. */
static void put_negations(const writer *w)
{
  const multiplier_layout *p = w->p;
  char name[NAME_MAX_BYTES + 16];
  snprintf(name, sizeof name, "%s_negate", w->out);
  put_wire(w->text, p->width, name);
  bool same = true;
  for (int k = 1; k < p->modes; k++)
    for (int i = 0; i < p->rows; i++)
      same = same && p->mode[k].row[i].negate_at == p->mode[0].row[i].negate_at;
  for (int k = same ? p->modes - 1 : 0; k < p->modes; k++) {
    if (k + 1 < p->modes) qy_text_add(w->text, "\n    %s_k%d ? ", w->out, k);
    qy_text_add(w->text, "{");
    int above = p->width; /* bits not yet written */
    for (int i = p->rows - 1; i >= 0; i--) {
      int at = p->mode[k].row[i].negate_at;
      put_zeros(w->text, above - at - 1, "", ", ");
      qy_text_add(w->text, "%s_neg%d%s", w->out, i, at > 0 ? ", " : "");
      above = at;
    }
    put_zeros(w->text, above, "", "");
    qy_text_add(w->text, "}%s", k + 1 < p->modes ? " : " : ";\n");
  }
}

static void put_booth(const writer *w)
{
  const multiplier_layout *p = w->p;
  int n = p->columns;
  for (int i = 0; i < p->rows; i++) {
    char name[NAME_MAX_BYTES + 16], x[NAME_MAX_BYTES + 16];
    int owner = multiplicand_of(p, i);
    snprintf(name, sizeof name, "%s_pp%d", w->out, i);
    snprintf(x, sizeof x, "%s_x%d", w->out, owner);
    put_digit(w, i);
    if (owner == i) put_multiplicand(w, i);
    put_wire(w->text, n + 1, name);
    qy_text_add(w->text, "(({%d{%s_one%d}} & %s) | ({%d{%s_two%d}} & {%s[%d:0], 1'b0})) ^ {%d{%s_neg%d}};\n", n + 1,
                w->out, i, x, n + 1, w->out, i, x, n - 1, n + 1, w->out, i);
    put_row(w, i, name, n + 1, 2 * i);
  }
  put_negations(w);
}

/* Names of everything that is added. */
static void put_terms(const writer *w, const char *addend, int low, int width, int wide)
{
  const multiplier_layout *p = w->p;
  uint64_t constant[MULTIPLIER_MODES_MAX] = {0};
  for (int k = 0; k < p->modes; k++)
    constant[k] = p->mode[k].constant;
  bool has_constant = all_of(p, constant) != 0, whole = width == p->width;
  int count = 0;
  for (int i = 0; i <= p->rows + 2; i++) {
    char name[NAME_MAX_BYTES + 16];
    if (i < p->rows)
      snprintf(name, sizeof name, "%s_row%d", w->out, i);
    else if (i == p->rows && p->kind == QY_MULTIPLIER_BOOTH)
      snprintf(name, sizeof name, "%s_negate", w->out);
    else if (i == p->rows + 1 && addend)
      snprintf(name, sizeof name, "%s", addend);
    else if (i == p->rows + 2 && has_constant)
      snprintf(name, sizeof name, "%s_constant", w->out);
    else
      continue;
    qy_text_add(w->text, "%s", count == 0 ? "" : count % 6 == 0 ? "\n      + " : " + ");
    count++;
    if (whole) {
      qy_text_add(w->text, "%s", name);
    } else {
      qy_text_add(w->text, "{%d'b0, ", wide - width);
      put_slice(w->text, name, p->width, low, width);
      qy_text_add(w->text, "}");
    }
  }
}

/* Lanes of the narrowest product, each with room for the carries of all rows. */
static void put_lanes(const writer *w)
{
  const multiplier_layout *p = w->p;
  int lanes = 1 << (p->modes - 1), width = p->width / lanes, room = qy_log2_ceil(p->rows + 3), wide = width + room;
  for (int lane = 0; lane < lanes; lane++) {
    char name[NAME_MAX_BYTES + 16];
    snprintf(name, sizeof name, "%s_lane%d", w->out, lane);
    put_wire(w->text, wide, name);
    put_terms(w, NULL, lane * width, width, wide);
    if (lane > 0) {
      qy_text_add(w->text, "\n      + ({%d'b0, %s_lane%d[%d:%d]}", wide - room, w->out, lane - 1, wide - 1, width);
      /* The carry passes in the modes that do not stop it here. */
      qy_text_add(w->text, " & {%d{%s_k0", wide, w->out);
      for (int k = 1; k + 1 < p->modes; k++)
        if (!(p->mode[k].carry_stop >> (lane * width) & 1)) qy_text_add(w->text, " | %s_k%d", w->out, k);
      qy_text_add(w->text, "}})");
    }
    qy_text_add(w->text, ";\n");
  }
  char name[NAME_MAX_BYTES + 16];
  snprintf(name, sizeof name, "%s_sum", w->out);
  put_wire(w->text, p->width, name);
  qy_text_add(w->text, "{");
  for (int lane = lanes - 1; lane >= 0; lane--)
    qy_text_add(w->text, "%s_lane%d[%d:0]%s", w->out, lane, width - 1, lane > 0 ? ", " : "};\n");
}

/* The result: inverted top bits, and for sum-together the field of the mode. */
static void put_result(const writer *w, bool is_signed)
{
  const multiplier_layout *p = w->p;
  uint64_t flip[MULTIPLIER_MODES_MAX] = {0};
  for (int k = 0; k < p->modes; k++)
    flip[k] = p->mode[k].result_flip;
  char name[NAME_MAX_BYTES + 16];
  snprintf(name, sizeof name, "%s_%s", w->out, all_of(p, flip) ? "product" : "sum");
  if (all_of(p, flip)) {
    put_wire(w->text, p->width, name);
    qy_text_add(w->text, "%s_sum ^ ", w->out);
    put_modal(w, flip);
    qy_text_add(w->text, ";\n");
  }
  put_wire(w->text, p->width, w->out);
  for (int k = 0; k < p->modes; k++) {
    const multiplier_mode *mode = &p->mode[k];
    int low = mode->field_low, width = mode->field_width;
    if (p->join != JOIN_TOGETHER) {
      qy_text_add(w->text, "%s;\n", name);
      return;
    }
    if (k + 1 < p->modes) qy_text_add(w->text, "%s_k%d ? ", w->out, k);
    if (width == p->width) {
      qy_text_add(w->text, "%s", name);
    } else {
      qy_text_add(w->text, is_signed ? "{{%d{%s[%d]}}, " : "{{%d{1'b0}}, ", p->width - width, name, low + width - 1);
      qy_text_add(w->text, "%s[%d:%d]}", name, low + width - 1, low);
    }
    qy_text_add(w->text, k + 1 < p->modes ? " : " : ";\n");
  }
}

void verilog_multiply(const node *n, const verilog_names *names, qy_text *text)
{
  const multiplier_layout *p = n->layout;
  writer w = {p, names->out, names->in[p->swapped ? 1 : 0], names->in[p->swapped ? 0 : 1], text};
  bool booth = p->kind == QY_MULTIPLIER_BOOTH, plain = p->join == JOIN_PLAIN;
  for (int k = 0; k + 1 < p->modes; k++)
    qy_text_add(text, "  wire %s_k%d = %s == 2'd%d;\n", w.out, k, names->in[2], k);
  if (booth)
    put_booth(&w);
  else
    put_array(&w);
  uint64_t constant[MULTIPLIER_MODES_MAX] = {0};
  for (int k = 0; k < p->modes; k++)
    constant[k] = p->mode[k].constant;
  if (all_of(p, constant)) {
    char name[NAME_MAX_BYTES + 16];
    snprintf(name, sizeof name, "%s_constant", w.out);
    put_wire(text, p->width, name);
    put_modal(&w, constant);
    qy_text_add(text, "; // completes the signs\n");
  }
  if (booth && p->join == JOIN_APART) {
    put_lanes(&w);
  } else {
    char name[NAME_MAX_BYTES + 16];
    snprintf(name, sizeof name, "%s_sum", w.out);
    put_wire(text, p->width, name);
    put_terms(&w, plain && n->count > 2 ? names->in[2] : NULL, 0, p->width, p->width);
    qy_text_add(text, ";\n");
  }
  put_result(&w, n->shape.is_signed);
}
