/* DSP slices and flip-flops of circuits against open synthesis, row by row; widths at which products split. */
#include "../../src/circuit/dsp_int.h"
#include "quarry/csv.h"
#include "quarry/dsp.h"
#include "quarry/lut.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;
static int flops; /* of the circuit being built */

static qy_net stored(qy_circuit *c, const char *name, qy_net data)
{
  qy_net r = qy_register(c, name, qy_net_width(c, data), -1);
  qy_register_connect(c, r, data);
  flops += qy_net_width(c, data);
  return r;
}

static qy_net ported(qy_circuit *c, char kind, int i, int width)
{
  char name[32], reg[32];
  snprintf(name, sizeof name, "%c%d", kind, i);
  snprintf(reg, sizeof reg, "r%c%d", kind, i);
  return stored(c, reg, qy_input(c, name, width));
}

static qy_net product(qy_circuit *c, qy_net a, qy_net b, bool is_signed)
{
  return qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, is_signed);
}

/* The accumulator and what is added to: one that `clr` = 0 clears. */
static qy_net accumulator(qy_circuit *c, int width, qy_net *gated)
{
  qy_net acc = qy_register(c, "acc", width, -1);
  flops += width;
  *gated = qy_bitwise(c, QY_OP_AND, acc, qy_extend(c, ported(c, 'k', 0, 1), width, true));
  return acc;
}

static void accumulate(qy_circuit *c, qy_net acc, qy_net next)
{
  qy_register_connect(c, acc, next);
  qy_output(c, "y", acc);
}

static int value(const char *params, const char *key)
{
  char text[16];
  snprintf(text, sizeof text, "%s=", key);
  const char *at = strstr(params, text);
  return at ? atoi(at + strlen(text)) : 0;
}

static void build_mul(qy_circuit *c, const char *kind, int n, int m)
{
  bool is_signed = strcmp(kind, "mul_s") == 0, mixed = strcmp(kind, "mul_us") == 0;
  qy_net a = ported(c, 'a', 0, n), b = ported(c, 'b', 0, m);
  qy_net y = product(c, mixed ? qy_extend(c, a, n + 1, false) : a, b, is_signed || mixed);
  if (mixed) y = qy_slice(c, y, 0, n + m);
  qy_output(c, "y", stored(c, "ry", y));
}

static void build_mac(qy_circuit *c, bool is_signed, int n, int m, int width)
{
  qy_net a = ported(c, 'a', 0, n), b = ported(c, 'b', 0, m), gated, acc = accumulator(c, width, &gated);
  accumulate(c, acc, qy_multiply_add(c, QY_MULTIPLIER_ARRAY, a, b, gated, width, is_signed));
}

/* Products, a balanced tree, an accumulator. */
static void build_dot(qy_circuit *c, int k, int n, int m, int width)
{
  qy_net sum[32], gated;
  for (int i = 0; i < k; i++) {
    qy_net a = ported(c, 'a', i, n);
    sum[i] = product(c, a, ported(c, 'b', i, m), true);
  }
  for (int count = k; count > 1; count = (count + 1) / 2)
    for (int i = 0; 2 * i < count; i++)
      sum[i] = 2 * i + 1 < count ? qy_add(c, sum[2 * i], sum[2 * i + 1], width, true) : sum[2 * i];
  qy_net acc = accumulator(c, width, &gated);
  accumulate(c, acc, qy_add(c, gated, sum[0], width, true));
}

static void build_rescale(qy_circuit *c, int n, int m, int drop, int width)
{
  qy_net y = product(c, ported(c, 'a', 0, n), ported(c, 'b', 0, m), true);
  qy_output(c, "y", stored(c, "ry", qy_round_saturate(c, y, drop, width, true)));
}

/* 1 x N, 2 x N/2 or 4 x N/4 bits as separate products. */
static void build_st(qy_circuit *c, int n)
{
  qy_net a = ported(c, 'a', 0, n), b = ported(c, 'b', 0, n), mode = ported(c, 'm', 0, 2), sum[3];
  for (int level = 0; level < 3; level++) {
    int bits = n >> level;
    sum[level] = -1;
    for (int i = 0; i < 1 << level; i++) {
      qy_net p = product(c, qy_slice(c, a, i * bits, bits), qy_slice(c, b, i * bits, bits), false);
      sum[level] = sum[level] < 0 ? qy_extend(c, p, 2 * n, false) : qy_add(c, sum[level], p, 2 * n, false);
    }
  }
  qy_output(c, "y", stored(c, "ry", qy_mux(c, mode, sum, 3)));
}

static qy_circuit *build(const char *kind, const char *params)
{
  qy_circuit *c = qy_circuit_new("row", arena);
  int n = value(params, "n"), m = value(params, "m"), acc = value(params, "acc");
  flops = 0;
  if (strncmp(kind, "mul_", 4) == 0)
    build_mul(c, kind, n, m);
  else if (strncmp(kind, "mac_", 4) == 0)
    build_mac(c, kind[4] == 's', n, m, acc);
  else if (strcmp(kind, "dot") == 0)
    build_dot(c, value(params, "k"), n, m, acc);
  else if (strcmp(kind, "rescale") == 0)
    build_rescale(c, n, m, value(params, "drop"), value(params, "w"));
  else
    build_st(c, value(params, "N"));
  return qy_circuit_finish(c, NULL) ? NULL : c;
}

typedef struct left {
  int dsp, ff, lut, carry;
} left;

static left count(const qy_circuit *c, qy_dsp_kind slice, qy_toolchain toolchain)
{
  left l = {0};
  size_t operators = qy_circuit_op_count(c);
  qy_dsp_use *use = qy_arena_alloc(arena, operators, sizeof *use);
  qy_dsp_total total;
  if (!use || qy_circuit_dsp(use, &total, c, slice, toolchain, NULL)) return (left){0};
  l = (left){.dsp = total.slices, .ff = flops - total.ff, .lut = total.adder_bits};
  for (size_t i = 0; i < operators; i++)
    for (int k = 0; k < use[i].adder_count; k++)
      l.carry += (use[i].adder_bits[k] + 3) / 4;
  return l;
}

static void check_rows(void)
{
  qy_error err = {0};
  qy_csv csv;
  const char *const names[] = {"component", "kind", "params", "family", "lut", "carry4", "ff", "dsp"};
  int at[8], rows = 0, wrong = 0;
  bool more = false;
  ok(!qy_csv_open(&csv, "tests/data/fpga_dsp.csv", arena, &err) && !qy_csv_columns(&csv, names, 8, at, &err),
     "the table");
  while (!qy_csv_next(&csv, &more, &err) && more) {
    const char *kind = csv.field[at[1]];
    const qy_circuit *c = build(kind, csv.field[at[2]]);
    if (!c) {
      printf("# %s is not built\n", csv.field[at[0]]);
      wrong++;
      continue;
    }
    bool old = strcmp(csv.field[at[3]], "xc7") == 0;
    left l = count(c, old ? QY_DSP48E1 : QY_DSP48E2, QY_TOOLCHAIN_ABC);
    int dsp = atoi(csv.field[at[7]]), ff = atoi(csv.field[at[6]]);
    bool sums = strncmp(kind, "mul_", 4) == 0 && dsp > 0;
    bool same =
        l.dsp == dsp && l.ff == ff && (!sums || (l.lut == atoi(csv.field[at[4]]) && l.carry == atoi(csv.field[at[5]])));
    if (!same)
      printf("# %s %s: dsp %d, ff %d, lut %d, carry %d; synthesis %d, %d, %s, %s\n", csv.field[at[0]], csv.field[at[3]],
             l.dsp, l.ff, l.lut, l.carry, dsp, ff, csv.field[at[4]], csv.field[at[5]]);
    wrong += !same;
    rows++;
  }
  ok(rows > 100 && wrong == 0, "slices and flip-flops of %d rows are those of synthesis", rows);
}

/* Ports filled: UG479, UG579 and AM004 give 25 x 18, 27 x 18 and 27 x 24 signed bits; longer words go in parts, all but
 * the topmost unsigned, one bit narrower than the port. */
static void check_ports(void)
{
  static const struct {
    qy_dsp_kind slice;
    int a, b;
    bool is_signed;
    int slices;
  } rows[] = {{QY_DSP48E1, 25, 18, true, 1},  {QY_DSP48E1, 18, 25, true, 1},  {QY_DSP48E1, 24, 17, false, 1},
              {QY_DSP48E1, 18, 18, false, 2}, {QY_DSP48E1, 26, 18, true, 2},  {QY_DSP48E1, 32, 32, true, 4},
              {QY_DSP48E2, 27, 18, true, 1},  {QY_DSP48E2, 26, 17, false, 1}, {QY_DSP48E2, 32, 18, true, 2},
              {QY_DSP58, 27, 24, true, 1},    {QY_DSP58, 24, 24, true, 1},    {QY_DSP58, 32, 24, true, 2},
              {QY_DSP58, 26, 23, false, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_dsp_split split = qy_dsp_split_product(rows[i].a, rows[i].is_signed, rows[i].b, rows[i].is_signed,
                                              rows[i].a + rows[i].b, rows[i].slice, QY_TOOLCHAIN_VIVADO);
    ok(split.slices == rows[i].slices, "%d x %d bits, %s, %s: %d", rows[i].a, rows[i].b,
       rows[i].is_signed ? "signed" : "unsigned", qy_dsp_kind_names[rows[i].slice], rows[i].slices);
  }
}

/* What is left of a multiplier with accumulator: the register of `clr`, and the accumulator where it is too wide. */
static void check_accumulators(void)
{
  static const struct {
    qy_dsp_kind slice;
    const char *params;
    int ff;
  } rows[] = {{QY_DSP48E1, "n=8 m=8 acc=48", 1},
              {QY_DSP48E2, "n=16 m=16 acc=48", 1},
              {QY_DSP48E2, "n=16 m=16 acc=50", 51},
              {QY_DSP58, "n=16 m=16 acc=58", 1},
              {QY_DSP58, "n=16 m=16 acc=60", 61}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    left l = count(build("mac_s", rows[i].params), rows[i].slice, QY_TOOLCHAIN_VIVADO);
    ok(l.dsp == 1 && l.ff == rows[i].ff, "%s in a %s: %d flip-flops outside", rows[i].params,
       qy_dsp_kind_names[rows[i].slice], rows[i].ff);
  }
}

/* A multiplier whose accumulator is gated: by an AND with one bit, by a selection against zero in either order; what
 * is no gate takes LUTs. */
enum { GATE_AND, GATE_AND_SWAPPED, GATE_PARTS, GATE_MUX, GATE_MUX_SWAPPED, GATE_NONE, NO_GATES };
enum { NOT_MUX_OF_3 = NO_GATES, NOT_TWO_BITS, NOT_OR, NOT_READ_TWICE, GATE_COUNT };

/* LUTs beside the slice; -1: there is not one slice, or it fails. */
static double gated_accumulator(int gate)
{
  enum { WIDTH = 24 };
  flops = 0;
  qy_circuit *c = qy_circuit_new("gated", arena);
  qy_net a = ported(c, 'a', 0, 8), b = ported(c, 'b', 0, 8), one = ported(c, 'k', 0, 1), two = ported(c, 'k', 1, 2),
         part[WIDTH];
  qy_net acc = qy_register(c, "acc", WIDTH, -1), zero = qy_constant_word(c, 0, WIDTH), addend = acc;
  flops += WIDTH;
  for (int i = 0; i < WIDTH; i++)
    part[i] = one;
  qy_net mask = qy_extend(c, one, WIDTH, true);
  switch (gate) {
  case GATE_AND: addend = qy_bitwise(c, QY_OP_AND, acc, mask); break;
  case GATE_AND_SWAPPED: addend = qy_bitwise(c, QY_OP_AND, mask, acc); break;
  case GATE_PARTS: addend = qy_bitwise(c, QY_OP_AND, acc, qy_concat(c, part, WIDTH)); break;
  case GATE_MUX: addend = qy_mux(c, one, (qy_net[]){zero, acc}, 2); break;
  case GATE_MUX_SWAPPED: addend = qy_mux(c, one, (qy_net[]){acc, zero}, 2); break;
  case NOT_MUX_OF_3: addend = qy_mux(c, two, (qy_net[]){acc, zero, mask}, 3); break;
  case NOT_TWO_BITS: addend = qy_bitwise(c, QY_OP_AND, acc, qy_extend(c, two, WIDTH, true)); break;
  case NOT_OR: addend = qy_bitwise(c, QY_OP_OR, acc, mask); break;
  case NOT_READ_TWICE:
    addend = qy_bitwise(c, QY_OP_AND, acc, mask);
    qy_output(c, "z", addend);
    break;
  default: break;
  }
  qy_register_connect(c, acc, qy_multiply_add(c, QY_MULTIPLIER_ARRAY, a, b, addend, WIDTH, true));
  qy_output(c, "y", acc);
  const qy_fpga_how how = {
      .family = QY_FPGA_XCUP, .slice = QY_DSP48E2, .toolchain = QY_TOOLCHAIN_VIVADO, .use_dsp = true};
  qy_fpga_count f;
  if (qy_circuit_finish(c, NULL) || qy_circuit_fpga(&f, c, &how, NULL) || f.dsp != 1) return -1;
  return f.lut;
}

static void check_gates(void)
{
  for (int gate = 0; gate < GATE_COUNT; gate++) {
    const double lut = gated_accumulator(gate);
    ok(gate < NO_GATES ? lut == 0 : lut >= 8, "gate %d: %g LUTs beside the slice", gate, lut);
  }
}

/* Words that are one bit in every place. */
static void check_one_bit(void)
{
  qy_circuit *c = qy_circuit_new("bits", arena);
  qy_net s = qy_input(c, "s", 1), t = qy_input(c, "t", 1), w = qy_input(c, "w", 2);
  const struct {
    qy_net net;
    bool one;
  } row[] = {{s, true},
             {w, false},
             {qy_extend(c, s, 5, true), true},
             {qy_extend(c, s, 5, false), false},
             {qy_extend(c, w, 5, true), false},
             {qy_concat(c, (qy_net[]){s, s, s}, 3), true},
             {qy_concat(c, (qy_net[]){s, t, s}, 3), false},
             {qy_concat(c, (qy_net[]){s, s, t}, 3), false},
             {qy_concat(c, (qy_net[]){w, w}, 2), false},
             {qy_concat(c, (qy_net[]){w}, 1), false},
             {qy_bitwise(c, QY_OP_NOT, w, -1), false},
             {qy_bitwise(c, QY_OP_NOT, s, -1), true}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    is_int(repeats_one_bit(c, row[i].net), row[i].one, "one bit in every place");
}

/* A sum of products whose register is made before all else, or behind its inputs: the same slices. */
static void check_order(void)
{
  for (int slice = 0; slice < 2 * QY_DSP_KIND_COUNT; slice++) /* its bits read as they are, or by gates */
    for (int toolchain = 0; toolchain < QY_TOOLCHAIN_COUNT; toolchain++) {
      qy_dsp_total total[2];
      for (int late = 0; late < 2; late++) {
        qy_circuit *c = qy_circuit_new("mac", arena);
        qy_net acc = late ? -1 : qy_register(c, "acc", 30, -1);
        qy_net a = qy_input(c, "a", 9), b = qy_input(c, "b", 9);
        if (late) acc = qy_register(c, "acc", 30, -1);
        qy_net ra = stored(c, "ra", a), rb = stored(c, "rb", b);
        qy_register_connect(c, acc, qy_add(c, acc, stored(c, "p", product(c, ra, rb, true)), 30, true));
        qy_output(c, "y", slice < QY_DSP_KIND_COUNT ? acc : qy_slice(c, qy_bitwise(c, QY_OP_NOT, acc, -1), 0, 12));
        qy_dsp_use use[32];
        if (!ok(!qy_circuit_finish(c, NULL) && qy_circuit_op_count(c) <= 32 &&
                    !qy_circuit_dsp(use, &total[late], c, (qy_dsp_kind)(slice % QY_DSP_KIND_COUNT),
                                    (qy_toolchain)toolchain, NULL),
                "a MAC"))
          return;
      }
      ok(total[0].slices == 1 && total[0].slices == total[1].slices && total[0].ff == total[1].ff &&
             total[0].adder_bits == total[1].adder_bits,
         "%d slices, %d and %d flip-flops in them", total[0].slices, total[0].ff, total[1].ff);
    }
}

int main(void)
{
  arena = qy_arena_new();
  check_rows();
  check_ports();
  check_accumulators();
  check_gates();
  check_one_bit();
  check_order();
  qy_arena_free(arena);
  return done();
}
