/* Building a circuit: one function per operator, all through append(). */
#include "graph.h"
#include "quarry/decimal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

qy_circuit *qy_circuit_new(const char *name, qy_arena *arena)
{
  assert(name && arena);
  qy_circuit *c = qy_arena_alloc(arena, 1, sizeof *c);
  if (!c) return NULL;
  c->arena = arena;
  c->name = qy_arena_text(arena, name, strlen(name));
  return c->name ? c : NULL;
}

static void keep_text(qy_circuit *c, const char *format, va_list args)
{
  qy_vprint(c->mistake, sizeof c->mistake, format, args);
}

/* Remember the first mistake. */
static qy_net mistake(qy_circuit *c, qy_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

static qy_net mistake(qy_circuit *c, qy_status status, const char *format, ...)
{
  if (!c || c->status) return -1;
  va_list args;
  va_start(args, format);
  keep_text(c, format, args);
  va_end(args);
  c->status = status;
  return -1;
}

static qy_net no_memory(qy_circuit *c)
{
  return mistake(c, QY_NO_MEMORY, "out of memory while building a circuit");
}

/* Arrays live in the arena: grow by copying to twice the size. */
static void *grow(qy_circuit *c, void *array, size_t count, size_t *capacity, size_t size)
{
  if (count < *capacity) return array;
  size_t wanted = *capacity ? *capacity * 2 : 16;
  void *grown = qy_arena_alloc(c->arena, wanted, size);
  if (!grown) return NULL;
  if (count) memcpy(grown, array, count * size);
  *capacity = wanted;
  return grown;
}

static bool known(const qy_circuit *c, qy_net net)
{
  return c && net >= 0 && (size_t)net < c->count;
}

int qy_net_width(const qy_circuit *c, qy_net net)
{
  return known(c, net) ? c->node[net].shape.width : 0;
}

const char *qy_circuit_name(const qy_circuit *c)
{
  assert(c);
  return c->name;
}

/* Add a node; n holds everything but its inputs. */
static qy_net append(qy_circuit *c, node n, const qy_net *in, int count)
{
  if (!c || c->status) return -1;
  const operator_row *row = operator_of(&n);
  if (c->finished) return mistake(c, QY_INTERNAL, "%s added to circuit %s after it was finished", row->name, c->name);
  n.count = count;
  n.state = row->is_state ? c->state_words : -1;
  if (n.shape.width < 1 || n.shape.width > WORD_BITS)
    return mistake(c, QY_BAD_INPUT, "%s in circuit %s: expected a width of 1 to %d bits, found %d", row->name, c->name,
                   WORD_BITS, n.shape.width);
  n.in = qy_arena_alloc(c->arena, (size_t)count, sizeof *n.in);
  n.in_width = qy_arena_alloc(c->arena, (size_t)count, sizeof *n.in_width);
  if (!n.in || !n.in_width) return no_memory(c);
  for (int i = 0; i < count; i++) {
    n.in[i] = in[i];
    n.in_width[i] = qy_net_width(c, in[i]);
    if (!row->is_state && !known(c, in[i]))
      return mistake(c, QY_INTERNAL, "%s in circuit %s: input %d does not exist", row->name, c->name, i);
  }
  const char *wrong = row->check ? row->check(&n) : NULL;
  if (wrong) return mistake(c, QY_BAD_INPUT, "%s in circuit %s: %s", row->name, c->name, wrong);
  node *array = grow(c, c->node, c->count, &c->capacity, sizeof n);
  if (!array) return no_memory(c);
  c->node = array;
  c->node[c->count] = n;
  if (row->is_state) c->state_words++;
  return (qy_net)c->count++;
}

qy_net circuit_append(qy_circuit *c, node n, const qy_net *net)
{
  enum { INPUTS_MAX = WORD_BITS };
  qy_net in[INPUTS_MAX];
  assert(n.count <= INPUTS_MAX);
  for (int i = 0; i < n.count; i++)
    in[i] = operator_of(&n)->is_state || n.in[i] < 0 ? -1 : net[n.in[i]];
  return append(c, n, in, n.count);
}

static void add_port(qy_circuit *c, port **ports, int *count, int *capacity, const char *name, qy_net net)
{
  size_t room = (size_t)*capacity;
  port *array = grow(c, *ports, (size_t)*count, &room, sizeof *array);
  char *copy = qy_arena_text(c->arena, name, strlen(name));
  if (!array || !copy) {
    no_memory(c);
    return;
  }
  *ports = array;
  *capacity = (int)room;
  (*ports)[(*count)++] = (port){copy, net};
}

void qy_label(qy_circuit *c, qy_net net, const char *label)
{
  assert(label);
  if (!known(c, net)) return;
  c->node[net].label = qy_arena_text(c->arena, label, strlen(label));
  if (!c->node[net].label) no_memory(c);
}

void qy_circuit_note(qy_circuit *c, const char *text)
{
  assert(text);
  if (!c) return;
  c->note = qy_arena_text(c->arena, text, strlen(text));
  if (!c->note) no_memory(c);
}

qy_net qy_input(qy_circuit *c, const char *name, int width)
{
  assert(name);
  qy_net net = append(c, (node){.op = QY_OP_INPUT, .shape = {.width = width}}, NULL, 0);
  if (net < 0) return net;
  add_port(c, &c->input, &c->input_count, &c->input_capacity, name, net);
  qy_label(c, net, name);
  return net;
}

void qy_output(qy_circuit *c, const char *name, qy_net net)
{
  assert(name);
  if (!c || c->status) return;
  if (!known(c, net))
    mistake(c, QY_INTERNAL, "output %s of circuit %s does not exist", name, c->name);
  else
    add_port(c, &c->output, &c->output_count, &c->output_capacity, name, net);
}

qy_net qy_constant_word(qy_circuit *c, uint64_t value, int width)
{
  node n = {.op = QY_OP_CONSTANT, .shape = {.width = width}, .value = value & qy_word_mask(width)};
  return append(c, n, NULL, 0);
}

enum { NO_NET = -1 };

/* The shape of an operator with up to three operands. */
static qy_shape shape_of(const qy_circuit *c, qy_net a, qy_net b, qy_net addend, int width, bool is_signed)
{
  qy_shape s = {.a = qy_net_width(c, a),
                .b = qy_net_width(c, b),
                .c = qy_net_width(c, addend),
                .width = width,
                .is_signed = is_signed};
  if (known(c, b) && c->node[b].op == QY_OP_CONSTANT) {
    s.has_constant = true;
    s.constant = c->node[b].value;
  }
  return s;
}

static qy_net two(qy_circuit *c, qy_op op, qy_net a, qy_net b, int width, bool is_signed)
{
  return append(c, (node){.op = op, .shape = shape_of(c, a, b, NO_NET, width, is_signed)}, (qy_net[]){a, b}, 2);
}

static int wider(const qy_circuit *c, qy_net a, qy_net b)
{
  int wa = qy_net_width(c, a), wb = qy_net_width(c, b);
  return wa > wb ? wa : wb;
}

qy_net qy_add(qy_circuit *c, qy_net a, qy_net b, int width, bool is_signed)
{
  return two(c, QY_OP_ADD, a, b, width, is_signed);
}

qy_net qy_subtract(qy_circuit *c, qy_net a, qy_net b, int width, bool is_signed)
{
  return two(c, QY_OP_SUBTRACT, a, b, width, is_signed);
}

qy_net qy_addsub(qy_circuit *c, qy_net a, qy_net b, qy_net subtract, int width, bool is_signed)
{
  node n = {.op = QY_OP_ADDSUB, .shape = shape_of(c, a, b, subtract, width, is_signed)};
  return append(c, n, (qy_net[]){a, b, subtract}, 3);
}

qy_net qy_negate_if(qy_circuit *c, qy_net a, qy_net negate, int width, bool is_signed)
{
  return two(c, QY_OP_NEGATE_IF, a, negate, width, is_signed);
}

/* A product; its cost does not depend on the operands' order, so the wider one is put first. */
static qy_net product(qy_circuit *c, qy_op op, multiplier_join join, qy_multiplier kind, const qy_net *in, int count,
                      int width, bool is_signed)
{
  if (!c || c->status) return -1;
  node n = {.op = op, .shape = shape_of(c, in[0], in[1], count > 2 ? in[2] : NO_NET, width, is_signed)};
  n.shape.multiplier = kind;
  if (n.shape.a < n.shape.b) {
    int a = n.shape.a;
    n.shape.a = n.shape.b;
    n.shape.b = a;
  }
  n.shape.has_constant = false;
  int wa = qy_net_width(c, in[0]), wb = qy_net_width(c, in[1]);
  if (wa < 2 || wb < 2 || wa + wb > WORD_BITS || width < wa + wb || width > WORD_BITS)
    return mistake(c, QY_BAD_INPUT,
                   "%s in circuit %s: expected operands of at least 2 bits whose product fits into %d bits, found "
                   "%d and %d",
                   operator_of(&n)->name, c->name, width < WORD_BITS ? width : WORD_BITS, wa, wb);
  if (join != JOIN_PLAIN && wa != wb)
    return mistake(c, QY_BAD_INPUT, "%s in circuit %s: expected operands of equal width, found %d and %d bits",
                   operator_of(&n)->name, c->name, wa, wb);
  n.layout = multiplier_layout_new(kind, join, is_signed, wa, wb, width, c->arena);
  if (!n.layout) return no_memory(c);
  return append(c, n, in, count);
}

qy_net qy_multiply(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, bool is_signed)
{
  int width = qy_net_width(c, a) + qy_net_width(c, b);
  return product(c, QY_OP_MULTIPLY, JOIN_PLAIN, kind, (qy_net[]){a, b}, 2, width, is_signed);
}

qy_net qy_multiply_st(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, qy_net mode, bool is_signed)
{
  int width = qy_net_width(c, a) + qy_net_width(c, b);
  return product(c, QY_OP_MULTIPLY_ST, JOIN_TOGETHER, kind, (qy_net[]){a, b, mode}, 3, width, is_signed);
}

qy_net qy_multiply_sa(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, qy_net mode, bool is_signed)
{
  int width = qy_net_width(c, a) + qy_net_width(c, b);
  return product(c, QY_OP_MULTIPLY_SA, JOIN_APART, kind, (qy_net[]){a, b, mode}, 3, width, is_signed);
}

qy_net qy_multiply_add(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, qy_net addend, int width, bool is_signed)
{
  return product(c, QY_OP_MULTIPLY_ADD, JOIN_PLAIN, kind, (qy_net[]){a, b, addend}, 3, width, is_signed);
}

qy_net qy_shift(qy_circuit *c, qy_op kind, qy_net a, qy_net amount, int width, bool is_signed)
{
  if (kind != QY_OP_SHIFT_LEFT && kind != QY_OP_SHIFT_RIGHT && kind != QY_OP_SHIFT_RIGHT_SIGNED)
    return mistake(c, QY_INTERNAL, "qy_shift: operator %d is no barrel shifter", (int)kind);
  return two(c, kind, a, amount, width, is_signed || kind == QY_OP_SHIFT_RIGHT_SIGNED);
}

qy_net qy_shift_constant(qy_circuit *c, qy_net a, int left, int width)
{
  node n = {.op = QY_OP_SHIFT_CONSTANT, .shape = shape_of(c, a, NO_NET, NO_NET, width, false), .amount = left};
  return append(c, n, &a, 1);
}

qy_net qy_mux(qy_circuit *c, qy_net select, const qy_net *data, int count)
{
  assert(data || count == 0);
  if (!c || c->status) return -1;
  if (count < 2 || count > MUX_MAX)
    return mistake(c, QY_BAD_INPUT, "mux in circuit %s: expected 2 to %d data nets, found %d", c->name, MUX_MAX, count);
  qy_net in[MUX_MAX + 1] = {select};
  memcpy(in + 1, data, (size_t)count * sizeof *data);
  node n = {.op = QY_OP_MUX, .shape = {.a = qy_net_width(c, data[0]), .count = count}};
  n.shape.width = n.shape.a;
  return append(c, n, in, count + 1);
}

qy_net qy_bitwise(qy_circuit *c, qy_op kind, qy_net a, qy_net b)
{
  if (kind == QY_OP_NOT)
    return append(c, (node){.op = kind, .shape = shape_of(c, a, NO_NET, NO_NET, qy_net_width(c, a), false)}, &a, 1);
  if (kind != QY_OP_AND && kind != QY_OP_OR && kind != QY_OP_XOR)
    return mistake(c, QY_INTERNAL, "qy_bitwise: operator %d is not bitwise", (int)kind);
  return two(c, kind, a, b, wider(c, a, b), false);
}

qy_net qy_less(qy_circuit *c, qy_net a, qy_net b, bool is_signed)
{
  return two(c, QY_OP_LESS, a, b, 1, is_signed);
}

qy_net qy_equal(qy_circuit *c, qy_net a, qy_net b)
{
  return two(c, QY_OP_EQUAL, a, b, 1, false);
}

qy_net qy_max(qy_circuit *c, qy_net a, qy_net b, bool is_signed)
{
  return two(c, QY_OP_MAX, a, b, wider(c, a, b), is_signed);
}

qy_net qy_leading_one(qy_circuit *c, qy_net a)
{
  int width = qy_log2_ceil(qy_net_width(c, a));
  node n = {.op = QY_OP_LEADING_ONE, .shape = shape_of(c, a, NO_NET, NO_NET, width > 0 ? width : 1, false)};
  return append(c, n, &a, 1);
}

qy_net qy_truth_table(qy_circuit *c, qy_net a, const uint64_t *entry, int width)
{
  assert(entry);
  if (!c || c->status) return -1;
  int bits = qy_net_width(c, a);
  if (bits < 1 || bits > TABLE_BITS_MAX)
    return mistake(c, QY_BAD_INPUT, "truth_table in circuit %s: expected an address of 1 to %d bits, found %d", c->name,
                   TABLE_BITS_MAX, bits);
  size_t words = (size_t)1 << bits;
  uint64_t *copy = qy_arena_alloc(c->arena, words, sizeof *copy);
  if (!copy) return no_memory(c);
  for (size_t i = 0; i < words; i++)
    copy[i] = entry[i] & qy_word_mask(width);
  node n = {.op = QY_OP_TRUTH_TABLE, .shape = shape_of(c, a, NO_NET, NO_NET, width, false)};
  n.shape.table = copy;
  return append(c, n, &a, 1);
}

qy_net qy_slice(qy_circuit *c, qy_net a, int low, int width)
{
  node n = {.op = QY_OP_SLICE, .shape = shape_of(c, a, NO_NET, NO_NET, width, false), .amount = low};
  return append(c, n, &a, 1);
}

qy_net qy_concat(qy_circuit *c, const qy_net *part, int count)
{
  assert(part || count == 0);
  int width = 0;
  if (!c || c->status) return -1;
  if (count < 1 || count > WORD_BITS)
    return mistake(c, QY_INTERNAL, "concat in circuit %s: expected 1 to %d inputs, found %d", c->name, WORD_BITS,
                   count);
  for (int i = 0; i < count; i++)
    width += qy_net_width(c, part[i]);
  return append(c, (node){.op = QY_OP_CONCAT, .shape = {.width = width}}, part, count);
}

qy_net qy_extend(qy_circuit *c, qy_net a, int width, bool is_signed)
{
  return append(c, (node){.op = QY_OP_EXTEND, .shape = shape_of(c, a, NO_NET, NO_NET, width, is_signed)}, &a, 1);
}

qy_net qy_round_saturate(qy_circuit *c, qy_net a, int drop, int width, bool is_signed)
{
  node n = {.op = QY_OP_ROUND_SATURATE, .shape = shape_of(c, a, NO_NET, NO_NET, width, is_signed)};
  n.shape.drop = drop;
  return append(c, n, &a, 1);
}

qy_net qy_register(qy_circuit *c, const char *name, int width, qy_net enable)
{
  node n = {.op = QY_OP_REGISTER, .shape = {.a = width, .width = width, .enable = enable >= 0}};
  qy_net net = append(c, n, (qy_net[]){-1, enable}, enable >= 0 ? 2 : 1);
  if (name) qy_label(c, net, name);
  return net;
}

void qy_register_connect(qy_circuit *c, qy_net reg, qy_net data)
{
  if (!c || c->status) return;
  if (!known(c, reg) || c->node[reg].op != QY_OP_REGISTER || !known(c, data)) {
    mistake(c, QY_INTERNAL, "circuit %s: a register is connected to a net that does not exist", c->name);
    return;
  }
  node *n = &c->node[reg];
  if (n->in[0] >= 0)
    mistake(c, QY_INTERNAL, "circuit %s: register %s is connected twice", c->name, n->label ? n->label : "");
  else if (qy_net_width(c, data) != n->shape.width)
    mistake(c, QY_BAD_INPUT, "circuit %s: register %s has %d bits, its input %d", c->name, n->label ? n->label : "",
            n->shape.width, qy_net_width(c, data));
  n->in[0] = data;
  n->in_width[0] = n->shape.width;
}

qy_net qy_counter(qy_circuit *c, const char *name, int width, qy_net enable)
{
  node n = {.op = QY_OP_COUNTER, .shape = {.a = width, .width = width, .enable = enable >= 0}};
  qy_net net = append(c, n, &enable, enable >= 0 ? 1 : 0);
  if (name) qy_label(c, net, name);
  return net;
}

/* Words that Verilog or our modules keep for themselves. */
static bool is_keyword(const char *name)
{
  static const char *const keyword[] = {
      "always",   "and",    "assign",    "begin",   "buf",   "case",    "clk",    "dut",  "else",    "end",     "for",
      "function", "if",     "initial",   "input",   "inout", "integer", "module", "nand", "negedge", "nor",     "not",
      "or",       "output", "parameter", "posedge", "real",  "reg",     "signed", "step", "supply0", "supply1", "table",
      "task",     "time",   "tri",       "wait",    "while", "wire",    "xnor",   "xor"};
  for (size_t i = 0; i < sizeof keyword / sizeof *keyword; i++)
    if (strcmp(name, keyword[i]) == 0) return true;
  return false;
}

static bool is_identifier(const char *name)
{
  for (const char *p = name; *p; p++) {
    bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_';
    if (!letter && (p == name || *p < '0' || *p > '9')) return false;
  }
  return name[0] != '\0' && strlen(name) < NAME_MAX_BYTES / 2 && !is_keyword(name);
}

qy_status qy_circuit_finish(qy_circuit *c, qy_error *err)
{
  if (!c) return qy_fail(err, QY_NO_MEMORY, "out of memory while building a circuit");
  if (c->status) return qy_fail(err, c->status, "%s", c->mistake);
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    for (int k = 0; k < n->count; k++) {
      if (!known(c, n->in[k]))
        return qy_fail(err, QY_INTERNAL, "circuit %s: %s %s is not connected", c->name, operator_of(n)->name,
                       n->label ? n->label : "");
      if (!operator_of(n)->is_state && (size_t)n->in[k] >= i)
        return qy_fail(err, QY_INTERNAL, "circuit %s: a loop without a register at %s", c->name, operator_of(n)->name);
    }
    if (n->label && !is_identifier(n->label))
      return qy_fail(
          err, QY_BAD_INPUT,
          "circuit %s: expected a C identifier of less than %d letters that Verilog does not use, found \"%s\"",
          c->name, NAME_MAX_BYTES / 2, n->label);
  }
  for (int i = 0; i < c->output_count; i++)
    if (!is_identifier(c->output[i].name))
      return qy_fail(err, QY_BAD_INPUT,
                     "circuit %s: expected a C identifier that Verilog does not use, found output \"%s\"", c->name,
                     c->output[i].name);
  c->bits = bit_net_new(c);
  if (!c->bits) return qy_fail(err, QY_NO_MEMORY, "out of memory for the bits of circuit %s", c->name);
  c->finished = true;
  return QY_OK;
}

size_t qy_circuit_op_count(const qy_circuit *c)
{
  assert(c);
  return c->count;
}
