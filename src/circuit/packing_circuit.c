/* A packed slice as a circuit: operands to words, the product, the sum, and its fields.
 *
 * Words of signed operands are made before the registers, so that the slice can take these in; gaps of unsigned ones
 * are constants, which tools cut out of registers, so those are registered one by one.
 */
#include "packing_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

typedef struct builder {
  qy_circuit *c;
  const qy_packing *p;
  qy_net weight[QY_PACKING_OPERANDS_MAX], activation[QY_PACKING_OPERANDS_MAX];
  qy_net clear; /* registered; < 0: every result stands alone */
} builder;

static qy_net named_register(builder *b, const char *prefix, int i, qy_net data)
{
  char name[32];
  snprintf(name, sizeof name, "%s%d", prefix, i);
  qy_net r = qy_register(b->c, name, qy_net_width(b->c, data), -1);
  qy_register_connect(b->c, r, data);
  return r;
}

/* word + x 2^place, both as signed as they say; the result is wide enough. */
static qy_net add_at(qy_circuit *c, qy_net word, qy_net x, int place, bool is_signed)
{
  int width = qy_net_width(c, word);
  if (width <= place && !is_signed) {
    qy_net part[3] = {word, qy_constant_word(c, 0, qy_max_int(1, place - width)), x};
    if (width == place) part[1] = x;
    return qy_concat(c, part, width == place ? 2 : 3);
  }
  if (width <= place) word = qy_extend(c, word, place + 1, is_signed);
  int above = qy_net_width(c, word) - place;
  qy_net upper = qy_slice(c, word, place, above);
  qy_net part[2] = {qy_slice(c, word, 0, place), -1};
  part[1] = qy_add(c, x, upper, qy_max_int(above, qy_net_width(c, x)) + 1, is_signed);
  return qy_concat(c, part, 2);
}

/* Operands of one port. */
typedef struct side {
  qy_net *operand;
  int count, step, port_bits, low_bits; /* low_bits: of each that are needed beside the slice */
  bool is_signed, adds_before;          /* the slice's own adder puts two of them together */
  const char *name[3];                  /* of registers: operands, the word, low bits */
} side;

static void keep_operands(builder *b, const side *s)
{
  for (int i = 0; i < s->count; i++)
    s->operand[i] = named_register(b, s->name[0], i, s->operand[i]);
}

/* The low bits of operands behind a register of their own: the packed word's is inside the slice. */
static void keep_low_bits(builder *b, const side *s)
{
  for (int i = 0; i < s->count && s->low_bits > 0; i++) {
    qy_net low = qy_slice(b->c, s->operand[i], 0, qy_min_int(s->low_bits, qy_net_width(b->c, s->operand[i])));
    s->operand[i] = named_register(b, s->name[2], i, low);
  }
}

static qy_net put_together(builder *b, const side *s)
{
  qy_net word = s->operand[0];
  for (int i = 1; i < s->count; i++)
    word = add_at(b->c, word, s->operand[i], i * s->step, s->is_signed);
  return qy_net_width(b->c, word) > s->port_bits ? qy_slice(b->c, word, 0, s->port_bits) : word;
}

/* One port's word behind its registers, as a signed one. */
static qy_net port_word(builder *b, const side *s)
{
  qy_circuit *c = b->c;
  if (s->is_signed && s->count > 1 && !s->adds_before) {
    qy_net word = put_together(b, s);
    keep_low_bits(b, s);
    return named_register(b, s->name[1], 0, word);
  }
  keep_operands(b, s);
  if (s->is_signed && s->count > 1) {
    qy_net part[2] = {qy_constant_word(c, 0, s->step), s->operand[1]};
    int width = qy_min_int(s->port_bits, s->step + qy_net_width(c, s->operand[1]) + 1);
    return qy_add(c, s->operand[0], qy_concat(c, part, 2), width, true);
  }
  qy_net word = put_together(b, s);
  int width = qy_net_width(c, word);
  return s->is_signed || width == s->port_bits ? word : qy_extend(c, word, width + 1, false);
}

/* x modulo 2^bits of a product's operand. */
static qy_net low_operand(builder *b, qy_net x, int bits, bool is_signed)
{
  int width = qy_net_width(b->c, x);
  return width > bits ? qy_slice(b->c, x, 0, bits) : width < bits ? qy_extend(b->c, x, bits, is_signed) : x;
}

static qy_net low_product(builder *b, qy_net w, qy_net a, int bits)
{
  w = low_operand(b, w, bits, b->p->ask.weight_signed);
  a = low_operand(b, a, bits, b->p->ask.activation_signed);
  if (bits == 1) return qy_bitwise(b->c, QY_OP_AND, w, a);
  return qy_slice(b->c, qy_multiply(b->c, QY_MULTIPLIER_ARRAY, w, a, false), 0, bits);
}

/* The register of a sum: of one result and the start, or of all results since `clear`. */
static qy_net sum_register(builder *b, const char *name, qy_net result, uint64_t start, int width, bool is_signed)
{
  qy_circuit *c = b->c;
  qy_net first = qy_constant_word(c, start, width);
  qy_net r = qy_register(c, name, width, -1);
  qy_net to = first;
  if (b->clear >= 0) {
    qy_net choice[2] = {r, first};
    to = qy_mux(c, b->clear, choice, 2);
  }
  qy_register_connect(c, r, qy_add(c, result, to, width, is_signed));
  return r;
}

/* Bits of field f - 1 that reach into field f. */
static int shared_below(const qy_packing *p, int f)
{
  return f == 0 ? 0 : qy_max_int(0, p->field[f - 1].bits - p->step);
}

/* The low bits of field f with its bias, at the time of the slice's sum. */
static qy_net known_bits(builder *b, int f)
{
  const qy_packing *p = b->p;
  int bits = shared_below(p, f);
  qy_net sum = -1;
  for (int i = 0; i < p->weights; i++)
    for (int j = 0; j < p->activations; j++) {
      if (qy_packing_field_of(p, i, j) != f) continue;
      qy_net product = low_product(b, b->weight[i], b->activation[j], bits);
      sum = sum < 0 ? product : qy_add(b->c, sum, product, bits, false);
    }
  char name[32];
  snprintf(name, sizeof name, "known%d", f);
  uint64_t bias = (uint64_t)p->field[f].bias & qy_word_mask(bits);
  return sum_register(b, name, sum, bias, bits, false);
}

/* The field less its bias. */
static qy_net true_field(qy_circuit *c, const qy_packing_field *f, qy_net word)
{
  if (f->bias == 0) return word;
  if (f->bias == INT64_C(1) << (f->bits - 1)) {
    qy_net top = qy_bitwise(c, QY_OP_NOT, qy_slice(c, word, f->bits - 1, 1), -1);
    if (f->bits == 1) return top;
    return qy_concat(c, (qy_net[]){qy_slice(c, word, 0, f->bits - 1), top}, 2);
  }
  return qy_subtract(c, word, qy_constant_word(c, (uint64_t)f->bias, f->bits + 1), f->bits + 1, false);
}

int qy_packing_output_bits(const qy_packing *p, int field)
{
  const qy_packing_field *f = &p->field[field];
  return f->bias == 0 || f->bias == INT64_C(1) << (f->bits - 1) ? f->bits : f->bits + 1;
}

static void split(builder *b, qy_net sum)
{
  qy_circuit *c = b->c;
  const qy_packing *p = b->p;
  qy_net rest = sum;
  for (int f = 0; f < p->fields; f++) {
    const qy_packing_field *field = &p->field[f];
    int shared = shared_below(p, f + 1), left = qy_net_width(c, rest) - p->step;
    qy_net word;
    if (f + 1 == p->fields || shared == 0) {
      word = qy_slice(c, rest, 0, field->bits);
      if (f + 1 < p->fields) rest = qy_slice(c, rest, p->step, left);
    } else {
      qy_net upper = qy_slice(c, rest, p->step, left);
      qy_net above = qy_subtract(c, qy_slice(c, upper, 0, shared), known_bits(b, f + 1), shared, false);
      word = qy_concat(c, (qy_net[]){qy_slice(c, rest, 0, p->step), above}, 2);
      rest = qy_subtract(c, upper, above, left, false);
    }
    char name[32];
    snprintf(name, sizeof name, "y%d", f);
    qy_output(c, name, true_field(c, field, word));
  }
}

static void inputs(builder *b, qy_net *operand, int count, int bits, char kind)
{
  for (int i = 0; i < count; i++) {
    char name[32];
    snprintf(name, sizeof name, "%c%d", kind, i);
    operand[i] = qy_input(b->c, name, bits);
  }
}

static void build(builder *b)
{
  const qy_packing *p = b->p;
  const qy_packing_ask *ask = &p->ask;
  const qy_dsp_shape *shape = &qy_dsp_shapes[ask->slice];
  qy_circuit *c = b->c;
  inputs(b, b->weight, p->weights, ask->weight_bits, 'w');
  inputs(b, b->activation, p->activations, ask->activation_bits, 'a');
  b->clear = ask->sums > 1 ? named_register(b, "rclear", 0, qy_input(c, "clear", 1)) : -1;
  int weight_port = p->weights_wider ? shape->a : shape->b, activation_port = p->weights_wider ? shape->b : shape->a;
  const side weights = {b->weight,
                        p->weights,
                        p->weight_step,
                        weight_port,
                        p->overlap,
                        ask->weight_signed,
                        p->weights == 2 && p->weights_wider,
                        {"rw", "word_w", "low_w"}};
  const side activations = {b->activation,
                            p->activations,
                            p->activation_step,
                            activation_port,
                            p->overlap,
                            ask->activation_signed,
                            p->activations == 2 && !p->weights_wider,
                            {"ra", "word_a", "low_a"}};
  qy_net w = port_word(b, &weights), a = port_word(b, &activations);
  qy_net product = qy_multiply(c, QY_MULTIPLIER_ARRAY, w, a, true);
  const qy_packing_field *top = &p->field[p->fields - 1];
  int width = qy_max_int(top->low + top->bits, qy_net_width(c, product));
  width = qy_min_int(width, shape->sum);
  uint64_t start = qy_packing_start(p) & qy_word_mask(width);
  if (start == 0 && b->clear < 0)
    split(b, qy_extend(c, named_register(b, "p", 0, product), width, true));
  else
    split(b, sum_register(b, "p", product, start, width, true));
}

qy_status qy_packing_circuit(qy_circuit **c, const qy_packing *p, const char *name, qy_arena *arena, qy_error *err)
{
  assert(c && p && name && arena);
  builder b = {.c = qy_circuit_new(name, arena), .p = p};
  *c = b.c;
  if (!b.c) return qy_fail(err, QY_NO_MEMORY, "out of memory while building %s", name);
  build(&b);
  char note[256], sums[64] = "";
  int64_t w[2], a[2];
  qy_packing_weight_range(p, &w[0], &w[1]);
  qy_packing_activation_range(p, &a[0], &a[1]);
  if (p->ask.sums > 1) snprintf(sums, sizeof sums, ", %d results added up before the split", p->ask.sums);
  snprintf(note, sizeof note,
           "one %s: weights %d of %d bits in %" PRId64 "..%" PRId64 ", activations %d of %d bits in %" PRId64
           "..%" PRId64 "%s",
           qy_dsp_kind_names[p->ask.slice], p->weights, p->ask.weight_bits, w[0], w[1], p->activations,
           p->ask.activation_bits, a[0], a[1], sums);
  qy_circuit_note(b.c, note);
  return qy_circuit_finish(b.c, err);
}
