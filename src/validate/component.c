/* Components of the synthesis study: see component.h. */
#include "component.h"

#include "quarry/integer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A component being built. */
typedef struct maker {
  component *made;
  qy_circuit *c;
  const char *params;
  const char *reason; /* first thing that is wrong, NULL: nothing */
} maker;

/* Value of KEY=VALUE in the parameters, NULL when missing; *length is that of the value. */
static const char *param_text(const maker *m, const char *key, size_t *length)
{
  size_t key_length = strlen(key);
  for (const char *p = m->params; *p;) {
    size_t part = strcspn(p, " ");
    if (part > key_length && p[key_length] == '=' && strncmp(p, key, key_length) == 0) {
      *length = part - key_length - 1;
      return p + key_length + 1;
    }
    p += part + strspn(p + part, " ");
  }
  return NULL;
}

/* An integer parameter within low..high; low when it is not (and the reason is kept). */
static int param(maker *m, const char *key, int low, int high)
{
  size_t length;
  const char *text = param_text(m, key, &length);
  if (!text) {
    if (!m->reason) m->reason = "a parameter of this kind is missing";
    return low;
  }
  char *end;
  long value = strtol(text, &end, 10);
  if (end != text + length || length == 0) {
    if (!m->reason) m->reason = "a parameter is not an integer";
    return low;
  }
  if (value < low || value > high) {
    if (!m->reason) m->reason = "a parameter is outside what can be built";
    return low;
  }
  return (int)value;
}

/* An input and its register. */
static qy_net in(maker *m, const char *name, int width, component_role role)
{
  component *made = m->made;
  if (made->inputs < COMPONENT_INPUTS_MAX) {
    made->role[made->inputs] = role;
    made->width[made->inputs++] = width;
  }
  static const char *const register_name[] = {"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"};
  qy_net port = qy_input(m->c, name, width);
  qy_net reg = qy_register(m->c, register_name[made->inputs - 1], width, -1);
  qy_register_connect(m->c, reg, port);
  return reg;
}

/* A register and its output. */
static void out(maker *m, const char *name, const char *register_name, qy_net net)
{
  qy_net reg = qy_register(m->c, register_name, qy_net_width(m->c, net), -1);
  qy_register_connect(m->c, reg, net);
  qy_output(m->c, name, reg);
}

/* The accumulator register and its value gated by `clr`: *gated is what is added to. */
static qy_net accumulator(maker *m, int width, qy_net *gated)
{
  qy_net acc = qy_register(m->c, "acc", width, -1);
  qy_net keep = qy_extend(m->c, in(m, "clr", 1, ROLE_CLEAR), width, true);
  *gated = qy_bitwise(m->c, QY_OP_AND, acc, keep);
  return acc;
}

static void accumulate(maker *m, qy_net acc, qy_net next)
{
  qy_register_connect(m->c, acc, next);
  qy_output(m->c, "y", acc);
}

static void multiplier(maker *m, qy_multiplier kind, bool is_signed)
{
  int n = param(m, "n", 1, 32), k = param(m, "m", 1, 32);
  qy_net a = in(m, "a", n, ROLE_DATA), b = in(m, "b", k, ROLE_WEIGHT);
  out(m, "y", "ry", qy_multiply(m->c, kind, a, b, is_signed));
}

static void make_mul_u(maker *m)
{
  multiplier(m, QY_MULTIPLIER_ARRAY, false);
}

static void make_mul_s(maker *m)
{
  multiplier(m, QY_MULTIPLIER_ARRAY, true);
}

static void make_mul_booth(maker *m)
{
  multiplier(m, QY_MULTIPLIER_BOOTH, true);
}

static void make_mul_sb(maker *m)
{
  m->reason = "product of sign-extended words: not a form that is built here (9 to 28 % larger than mul_s)";
}

static void mac(maker *m, bool is_signed)
{
  int n = param(m, "n", 2, 32), k = param(m, "m", 2, 32), width = param(m, "acc", n + k, 64);
  qy_net a = in(m, "a", n, ROLE_DATA), b = in(m, "b", k, ROLE_WEIGHT), gated;
  qy_net acc = accumulator(m, width, &gated);
  accumulate(m, acc, qy_multiply_add(m->c, QY_MULTIPLIER_ARRAY, a, b, gated, width, is_signed));
}

static void make_mac_u(maker *m)
{
  mac(m, false);
}

static void make_mac_s(maker *m)
{
  mac(m, true);
}

static void make_add(maker *m)
{
  int n = param(m, "n", 1, 63);
  qy_net a = in(m, "a", n, ROLE_DATA), b = in(m, "b", n, ROLE_WEIGHT);
  out(m, "y", "ry", qy_add(m->c, a, b, n + 1, false));
}

static void make_addsub(maker *m)
{
  int n = param(m, "n", 1, 64);
  qy_net a = in(m, "a", n, ROLE_DATA), b = in(m, "b", n, ROLE_WEIGHT), s = in(m, "s", 1, ROLE_CONTROL);
  out(m, "y", "ry", qy_addsub(m->c, a, b, s, n, true));
}

/* Left with zero fill, arithmetic right, left with a growing signed result. */
static void shifter(maker *m, qy_op op, bool grows, bool is_signed)
{
  int w = param(m, "w", 2, 64), s = param(m, "s", 1, 6), width = w + (grows ? (1 << s) - 1 : 0);
  if (width > 64) m->reason = "a word of more than 64 bits";
  if (m->reason) return;
  qy_net a = in(m, "a", w, ROLE_DATA), b = in(m, "s", s, ROLE_WEIGHT);
  out(m, "y", "ry", qy_shift(m->c, op, a, b, width, is_signed));
}

static void make_bshl(maker *m)
{
  shifter(m, QY_OP_SHIFT_LEFT, false, false);
}

static void make_bsra(maker *m)
{
  shifter(m, QY_OP_SHIFT_RIGHT_SIGNED, false, true);
}

static void make_bshx(maker *m)
{
  shifter(m, QY_OP_SHIFT_LEFT, true, true);
}

static void selector(maker *m, int count)
{
  static const char *const name[] = {"a", "b", "c", "d"};
  int w = param(m, "w", 1, 64);
  qy_net data[4];
  for (int i = 0; i < count; i++)
    data[i] = in(m, name[i], w, ROLE_DATA);
  out(m, "y", "ry", qy_mux(m->c, in(m, "s", count == 2 ? 1 : 2, ROLE_CONTROL), data, count));
}

static void make_mux2(maker *m)
{
  selector(m, 2);
}

static void make_mux4(maker *m)
{
  selector(m, 4);
}

static void make_reg2(maker *m)
{
  out(m, "y", "ry", in(m, "a", param(m, "w", 1, 64), ROLE_DATA));
}

static void make_lt(maker *m)
{
  int w = param(m, "w", 1, 64);
  qy_net a = in(m, "a", w, ROLE_DATA);
  out(m, "y", "ry", qy_less(m->c, a, in(m, "b", w, ROLE_WEIGHT), false));
}

static void make_eq(maker *m)
{
  int w = param(m, "w", 1, 64);
  qy_net a = in(m, "a", w, ROLE_DATA);
  out(m, "y", "ry", qy_equal(m->c, a, in(m, "b", w, ROLE_WEIGHT)));
}

static void make_max(maker *m)
{
  int w = param(m, "w", 1, 64);
  qy_net a = in(m, "a", w, ROLE_DATA);
  out(m, "y", "ry", qy_max(m->c, a, in(m, "b", w, ROLE_WEIGHT), false));
}

static void make_lod(maker *m)
{
  int w = param(m, "w", 2, 64);
  qy_net a = in(m, "a", w, ROLE_DATA);
  out(m, "y", "ry", qy_leading_one(m->c, a));
  out(m, "valid", "rv", qy_slice(m->c, a, w - 1, 1));
}

/* One enable per word: the write bit, gated by one address bit after another. */
static void decode(maker *m, qy_net write, qy_net enable, int bits, qy_net *line)
{
  line[0] = enable;
  for (int k = bits - 1; k >= 0; k--) {
    qy_net set = qy_slice(m->c, write, k, 1), clear = qy_bitwise(m->c, QY_OP_NOT, set, -1);
    for (int i = (1 << (bits - 1 - k)) - 1; i >= 0; i--) {
      qy_net above = line[i];
      size_t to = 2 * (size_t)i;
      line[to] = qy_bitwise(m->c, QY_OP_AND, above, clear);
      line[to + 1] = qy_bitwise(m->c, QY_OP_AND, above, set);
    }
  }
}

/* Words of a register file as registers with enable, a decoder and a tree of multiplexers. */
static void make_rf(maker *m)
{
  int d = param(m, "d", 2, 64), w = param(m, "w", 1, 64), s = qy_log2_ceil(d);
  if (m->reason) return;
  qy_net data = in(m, "d", w, ROLE_DATA), write = in(m, "wa", s, ROLE_CONTROL), read = in(m, "ra", s, ROLE_CONTROL);
  qy_net enable = in(m, "we", 1, ROLE_CONTROL), word[64] = {0}, line[64] = {0};
  decode(m, write, enable, s, line);
  for (int i = 0; i < d; i++) {
    char name[8] = {'w', (char)('0' + i / 10), (char)('0' + i % 10)};
    word[i] = qy_register(m->c, name, w, line[i]);
    qy_register_connect(m->c, word[i], data);
  }
  /* Read tree: multiplexers of up to 16 words. */
  int low = s < 4 ? s : 4, count = d;
  for (int from = 0; from < s; from += low, low = s - from < 4 ? s - from : 4) {
    qy_net select = qy_slice(m->c, read, from, low);
    int groups = (count + (1 << low) - 1) >> low;
    for (int g = 0; g < groups; g++) {
      int here = count - (g << low) < 1 << low ? count - (g << low) : 1 << low;
      word[g] = here > 1 ? qy_mux(m->c, select, word + (g << low), here) : word[g << low];
    }
    count = groups;
  }
  out(m, "y", "ry", word[0]);
}

static void make_sa(maker *m)
{
  int n = param(m, "N", 4, 16);
  m->made->modes = 3;
  qy_net a = in(m, "a", n, ROLE_DATA), b = in(m, "b", n, ROLE_WEIGHT), mode = in(m, "mode", 2, ROLE_MODE);
  out(m, "y", "ry", qy_multiply_sa(m->c, QY_MULTIPLIER_ARRAY, a, b, mode, false));
}

static void make_macst(maker *m)
{
  int n = param(m, "N", 4, 16), width = param(m, "acc", 2 * n, 64);
  m->made->modes = 3;
  qy_net a = in(m, "a", n, ROLE_DATA), b = in(m, "b", n, ROLE_WEIGHT), mode = in(m, "mode", 2, ROLE_MODE), gated;
  qy_net acc = accumulator(m, width, &gated);
  qy_net product = qy_multiply_st(m->c, QY_MULTIPLIER_ARRAY, a, b, mode, false);
  accumulate(m, acc, qy_add(m->c, gated, product, width, false));
}

/* x + (x >> 1) - (x >> 4) [- (x >> 6)] with two guard bits: one octave of sqrt(2). */
static qy_net times_sqrt2(maker *m, qy_net x, int width, int terms)
{
  qy_net guard[2] = {qy_constant_word(m->c, 0, 2), x};
  qy_net word = qy_concat(m->c, guard, 2), sum;
  int w = width + 2;
  sum = qy_add(m->c, word, qy_slice(m->c, word, 1, w - 1), w + 1, true);
  sum = qy_subtract(m->c, sum, qy_slice(m->c, word, 4, w - 4), w + 1, true);
  if (terms == 3) sum = qy_subtract(m->c, sum, qy_slice(m->c, word, 6, w - 6), w + 1, true);
  return sum;
}

static void make_logpe(maker *m)
{
  size_t length = 0;
  const char *base = param_text(m, "base", &length);
  int x = param(m, "x", 8, 32), width = param(m, "acc", 16, 64);
  int terms = 0;
  if (!base)
    m->reason = "a parameter of this kind is missing";
  else if (length == 1 && base[0] == '2')
    terms = 0;
  else if (length == 8 && strncmp(base, "sqrt2_t2", length) == 0)
    terms = 2;
  else if (length == 8 && strncmp(base, "sqrt2_t3", length) == 0)
    terms = 3;
  else
    m->reason = "a base other than 2, sqrt2_t2 and sqrt2_t3";
  if (m->reason) return;
  qy_net word = in(m, "x", x, ROLE_DATA), e = in(m, "e", 4, ROLE_WEIGHT), sign = in(m, "s", 1, ROLE_WEIGHT), gated;
  qy_net acc = accumulator(m, width, &gated), product;
  if (terms) {
    qy_net guard[2] = {qy_constant_word(m->c, 0, 2), word};
    qy_net data[2] = {qy_extend(m->c, qy_concat(m->c, guard, 2), x + 3, true), times_sqrt2(m, word, x, terms)};
    qy_net stage = qy_mux(m->c, qy_slice(m->c, e, 0, 1), data, 2);
    product = qy_shift(m->c, QY_OP_SHIFT_LEFT, stage, qy_slice(m->c, e, 1, 3), x + 3 + 7, true);
    product = qy_slice(m->c, product, 2, x + 8);
  } else {
    product = qy_shift(m->c, QY_OP_SHIFT_LEFT, word, e, x + 15, true);
  }
  if (qy_net_width(m->c, product) > width) product = qy_slice(m->c, product, 0, width);
  accumulate(m, acc, qy_addsub(m->c, gated, product, sign, width, true));
}

/* A growing shifter that also serves two lanes: bits that cross from the lower lane are replaced. */
static qy_net lane_shift(maker *m, qy_net x, int w, qy_net amount, int s, qy_net split, int width)
{
  int grown = w + (1 << s) - 1, crossing = (1 << s) - 1;
  qy_net shifted = qy_shift(m->c, QY_OP_SHIFT_LEFT, x, amount, grown, true);
  qy_net middle[2] = {qy_slice(m->c, shifted, w / 2, crossing),
                      qy_extend(m->c, qy_slice(m->c, x, w / 2 - 1, 1), crossing, true)};
  qy_net part[3] = {qy_slice(m->c, shifted, 0, w / 2), qy_mux(m->c, split, middle, 2),
                    qy_slice(m->c, shifted, w / 2 + crossing, grown - w / 2 - crossing)};
  qy_net joined = qy_concat(m->c, part, 3);
  /* Lane extension: one signed word, or each half in its own half of the accumulator. */
  int half = width / 2;
  qy_net one = qy_extend(m->c, joined, width, true);
  qy_net lower = qy_extend(m->c, qy_slice(m->c, joined, 0, half < grown ? half : grown), half, true);
  int above = grown - w / 2 < half ? grown - w / 2 : half;
  qy_net upper = qy_extend(m->c, qy_slice(m->c, joined, w / 2, above), half, true);
  qy_net lanes[2] = {lower, upper}, joined_lanes = qy_concat(m->c, lanes, 2);
  int keep = w < width ? w : width;
  qy_net choice[2] = {qy_slice(m->c, one, keep, width - keep), qy_slice(m->c, joined_lanes, keep, width - keep)};
  qy_net result[2] = {qy_slice(m->c, one, 0, keep), qy_mux(m->c, split, choice, 2)};
  return qy_concat(m->c, result, 2);
}

static void make_logpe_sw(maker *m)
{
  int x = param(m, "x", 16, 32), width = param(m, "acc", 40, 64), s = param(m, "s", 2, 4);
  if (m->reason) return;
  m->made->modes = 2;
  qy_net word = in(m, "x", x, ROLE_DATA), e = in(m, "e", s, ROLE_WEIGHT), sign = in(m, "s", 1, ROLE_WEIGHT);
  qy_net split = in(m, "mode", 1, ROLE_MODE), gated, acc = accumulator(m, width, &gated);
  qy_net product = lane_shift(m, word, x, e, s, split, width);
  accumulate(m, acc, qy_addsub(m->c, gated, product, sign, width, true));
}

/* Weight +-2^e1 +- 2^e2: two growing shifters, one add or subtract by the relative sign. */
static qy_net two_terms(maker *m, int x, qy_net *lead)
{
  qy_net word = in(m, "x", x, ROLE_DATA), e1 = in(m, "e1", 3, ROLE_WEIGHT), e2 = in(m, "e2", 3, ROLE_WEIGHT);
  qy_net s1 = in(m, "s1", 1, ROLE_WEIGHT), s2 = in(m, "s2", 1, ROLE_WEIGHT);
  qy_net a = qy_shift(m->c, QY_OP_SHIFT_LEFT, word, e1, x + 7, true);
  qy_net b = qy_shift(m->c, QY_OP_SHIFT_LEFT, word, e2, x + 7, true);
  *lead = s1;
  return qy_addsub(m->c, a, b, qy_bitwise(m->c, QY_OP_XOR, s1, s2), x + 8, true);
}

static void make_mpe(maker *m)
{
  int x = param(m, "x", 4, 32);
  qy_net lead, sum = two_terms(m, x, &lead);
  out(m, "y", "ry", sum);
  out(m, "s", "rs", lead);
}

static void make_mpe_acc(maker *m)
{
  int x = param(m, "x", 4, 32), width = param(m, "acc", x + 8, 64);
  qy_net lead, sum = two_terms(m, x, &lead), gated, acc = accumulator(m, width, &gated);
  accumulate(m, acc, qy_addsub(m->c, gated, sum, lead, width, true));
}

static void make_mpe_sw(maker *m)
{
  int x = param(m, "x", 16, 32), width = param(m, "acc", 40, 64);
  m->made->modes = 2;
  qy_net word = in(m, "x", x, ROLE_DATA), e1 = in(m, "e1", 3, ROLE_WEIGHT), e2 = in(m, "e2", 3, ROLE_WEIGHT);
  qy_net s1 = in(m, "s1", 1, ROLE_WEIGHT), s2 = in(m, "s2", 1, ROLE_WEIGHT), split = in(m, "mode", 1, ROLE_MODE);
  qy_net gated, acc = accumulator(m, width, &gated);
  qy_net a = lane_shift(m, word, x, e1, 3, split, width), b = lane_shift(m, word, x, e2, 3, split, width);
  qy_net first = qy_addsub(m->c, gated, a, s1, width, true);
  accumulate(m, acc, qy_addsub(m->c, first, b, s2, width, true));
}

typedef struct kind_row {
  const char *name;
  void (*make)(maker *m);
} kind_row;

/* clang-format off */
#define KINDS \
  ROW(mul_u) ROW(mul_s) ROW(mul_sb) ROW(mul_booth) ROW(mac_u) ROW(mac_s) ROW(add) \
  ROW(addsub) ROW(bshl) ROW(bsra) ROW(bshx) ROW(mux2) ROW(mux4) ROW(reg2) \
  ROW(lt) ROW(eq) ROW(max) ROW(lod) ROW(rf) ROW(sa) ROW(macst) \
  ROW(logpe) ROW(logpe_sw) ROW(mpe) ROW(mpe_acc) ROW(mpe_sw)
/* clang-format on */

static const kind_row kinds[] = {
#define ROW(name) {#name, make_##name},
    KINDS
#undef ROW
    {"st", make_sa},
};

qy_status component_build(component *made, const char *kind, const char *params, const char **reason, qy_arena *arena,
                          qy_error *err)
{
  assert(made && kind && params && reason && arena);
  *made = (component){.modes = 1};
  *reason = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, kind) != 0) continue;
    made->circuit = qy_circuit_new(kind, arena);
    if (!made->circuit) return qy_fail(err, QY_NO_MEMORY, "out of memory while building %s", kind);
    maker m = {.made = made, .c = made->circuit, .params = params};
    kinds[i].make(&m);
    *reason = m.reason;
    if (m.reason) return QY_INFEASIBLE;
    return qy_circuit_finish(made->circuit, err);
  }
  *reason = "unknown kind of component";
  return QY_INFEASIBLE;
}
