/* What elements are made of: their operators and how wide these are, worked out by hand from each one's description.
 * Wiring (slices, concatenations, extensions, constant shifts) costs nothing and is left out. */
#include "quarry/pe.h"
#include "tap.h"

#include <stdlib.h>

enum { KINDS_MOST = 40 };

typedef struct part {
  char op[24];
  int width, count;
} part;

/* Operators of one kind and width each, in no order. */
typedef struct parts {
  part of[KINDS_MOST];
  int kinds;
} parts;

static qy_arena *arena;
static qy_tech *tech;

static void add(parts *p, const char *op, int width, int count)
{
  int k = 0;
  while (k < p->kinds && (p->of[k].width != width || strcmp(p->of[k].op, op)))
    k++;
  if (k == KINDS_MOST) exit(1);
  if (k == p->kinds) {
    snprintf(p->of[k].op, sizeof p->of[k].op, "%s", op);
    p->of[k].width = width;
    p->kinds++;
  }
  p->of[k].count += count;
}

static int count_of(const parts *p, const part *wanted)
{
  for (int k = 0; k < p->kinds; k++)
    if (p->of[k].width == wanted->width && strcmp(p->of[k].op, wanted->op) == 0) return p->of[k].count;
  return 0;
}

static int missing(const parts *has, const parts *wants)
{
  int wrong = 0;
  for (int k = 0; k < wants->kinds; k++)
    if (count_of(has, &wants->of[k]) != wants->of[k].count) {
      printf("# %s of %d bits: %d and %d\n", wants->of[k].op, wants->of[k].width, count_of(has, &wants->of[k]),
             wants->of[k].count);
      wrong++;
    }
  return wrong;
}

static void compare(qy_pe_params params, const parts *want, const char *what)
{
  static const char *const wiring[] = {"input", "slice", "concat", "extend", "shift_constant", "constant"};
  qy_error err = {0};
  qy_pe pe;
  parts has = {.kinds = 0};
  if (qy_pe_build(&pe, &params, arena, &err)) {
    ok(0, "%s: %s", what, err.diagnostic[0].text);
    return;
  }
  for (size_t i = 0; i < qy_circuit_op_count(pe.circuit); i++) {
    qy_op_report report;
    bool wire = false;
    qy_circuit_op_report(pe.circuit, i, tech, &report);
    for (size_t k = 0; k < sizeof wiring / sizeof *wiring; k++)
      wire = wire || strcmp(report.op, wiring[k]) == 0;
    if (!wire) add(&has, report.op, report.width, 1);
  }
  ok(missing(&has, want) + missing(want, &has) == 0, "%s of %d bits%s%s", qy_pe_row_of(params.kind)->name, params.bits,
     *what ? ": " : "", what);
}

/* ---- divide and conquer: four products of halves, each again in halves down to parts that are multiplied */

/* Parts of n bits make a product of 2 n + 2.  Cut: two gated halves; the crossed products, n + 2 bits each, are summed
 * in n + 3; the upper straight one is added above the n low bits of the other, n + 2 bits; a multiplexer shifts the
 * crossed sum or not, and it is added, 2 n + 2 bits. */
static void halves(parts *want, int n, int levels)
{
  if (levels == 0) {
    add(want, "and", 1, 2); /* is the top bit a sign? */
    add(want, "multiply", 2 * n + 2, 1);
    return;
  }
  add(want, "not", 1, 1);
  add(want, "and", n / 2, 2);
  add(want, "add", n + 3, 1);
  add(want, "add", n + 2, 1);
  add(want, "mux", 2 * n + 2, 1);
  add(want, "add", 2 * n + 2, 1);
  for (int k = 0; k < 4; k++)
    halves(want, n / 2, levels - 1);
}

static void sum(parts *want, int bits)
{
  add(want, "not", 1, 1); /* of clear */
  add(want, "register", bits, 1);
  add(want, "and", bits, 1);
  add(want, "add", bits, 1);
}

static void divided(void)
{
  for (int bits = 4; bits <= 16; bits *= 2) {
    parts want = {.kinds = 0};
    add(&want, "or", 1, 1); /* modes 1 and 2 split */
    halves(&want, bits, bits == 4 ? 1 : 2);
    sum(&want, 2 * bits + 8);
    compare((qy_pe_params){.kind = QY_PE_MAC_DC, .bits = bits}, &want, "");
  }
}

/* Products apart: a lane is as wide as the product of the first mode that uses it, and the headroom of 8; it has a
 * multiplexer for each mode after that and, beyond lane 0, a gate of its data. */
static void apart(void)
{
  for (int bits = 4; bits <= 16; bits *= 2) {
    const int modes = bits == 4 ? 2 : 3;
    parts want = {.kinds = 0};
    add(&want, "or", 1, 1);
    add(&want, "not", 1, 1);
    add(&want, "multiply_sa", 2 * bits, 1);
    for (int lane = 0; lane < 1 << (modes - 1); lane++) {
      const int first = lane == 0 ? 0 : lane == 1 ? 1 : 2, wide = 2 * bits >> first;
      add(&want, "mux", wide, modes - 1 - first);
      if (lane > 0) add(&want, "and", wide, 1);
      add(&want, "register", wide + 8, 1);
      add(&want, "and", wide + 8, 1);
      add(&want, "add", wide + 8, 1);
    }
    for (int k = 0; k < want.kinds; k++) /* none of a width */
      if (want.of[k].count == 0) want.of[k--] = want.of[--want.kinds];
    compare((qy_pe_params){.kind = QY_PE_MAC_SA, .bits = bits}, &want, "");

    want = (parts){.kinds = 0};
    add(&want, "multiply_st", 2 * bits, 1);
    sum(&want, 2 * bits + 8);
    compare((qy_pe_params){.kind = QY_PE_MAC_ST, .bits = bits}, &want, "");
  }
}

/* One weight bit a cycle: the partial sum doubled unless it is the first, x or nothing added or (sign) subtracted. */
static void serial(void)
{
  for (int bits = 4; bits <= 12; bits += 8) {
    const int weight_bits = 7, width = bits + weight_bits;
    parts want = {.kinds = 0};
    add(&want, "register", width, 1);
    add(&want, "not", 1, 1);
    add(&want, "and", width, 1);
    add(&want, "and", bits, 1);
    add(&want, "addsub", width, 1);
    sum(&want, width + 8);
    compare((qy_pe_params){.kind = QY_PE_SERIAL, .bits = bits, .weight_bits = weight_bits}, &want, "7-bit weights");
  }
}

/* ---- codes, on activations of 8 bits */

static void codes(void)
{
  static const struct {
    const char *what;
    qy_pe_params params;
    part of[20];
  } row[] = {
      /* field of 3 bits: x 2^(7 - k) takes 8 + 7, and the sign of the code a bit more */
      {"one term",
       {.kind = QY_PE_LIGHTPE, .weight_bits = 4},
       {{"not", 3, 1}, {"shift_left", 15, 1}, {"negate_if", 16, 1}}},
      {"one term of 3 bits",
       {.kind = QY_PE_LIGHTPE, .weight_bits = 3},
       {{"not", 2, 1}, {"shift_left", 11, 1}, {"negate_if", 12, 1}}},
      {"two terms", /* the second added or subtracted by its sign relative to the first */
       {.kind = QY_PE_LIGHTPE, .weight_bits = 8, .terms = 2},
       {{"not", 3, 2}, {"shift_left", 15, 2}, {"xor", 1, 1}, {"addsub", 16, 1}, {"negate_if", 17, 1}}},
      {"two terms of 3 bits, summed", /* products of 13 bits and their sign go into a sum of 8 bits more */
       {.kind = QY_PE_LIGHTPE, .weight_bits = 6, .terms = 2, .accumulator_bits = 21},
       {{"not", 2, 2},
        {"shift_left", 11, 2},
        {"xor", 1, 1},
        {"addsub", 12, 1},
        {"not", 1, 1},
        {"register", 21, 1},
        {"and", 21, 1},
        {"addsub", 21, 1}}},
      /* 2^-k, k = 0 .. 6, 7 is zero: 6 fraction bits, one place too many in the shifter */
      {"lossless",
       {.kind = QY_PE_POT, .weight_bits = 4},
       {{"equal", 1, 1}, {"not", 1, 1}, {"and", 8, 1}, {"not", 3, 1}, {"shift_left", 15, 1}, {"negate_if", 15, 1}}},
      {"three of six fraction bits",
       {.kind = QY_PE_POT, .weight_bits = 4, .output_bits = 12},
       {{"equal", 1, 1}, {"not", 1, 1}, {"and", 8, 1}, {"shift_right_signed", 11, 1}, {"negate_if", 12, 1}}},
      /* k1 of 3 bits reaches 2^-7, k2 of 2 bits 2^-3: zero where the field is; the sum has 8 + 7 bits */
      {"fields of 3 and 2 bits",
       {.kind = QY_PE_SP2, .weight_bits = 6},
       {{"equal", 1, 2},
        {"not", 1, 2},
        {"and", 8, 2},
        {"not", 3, 1},
        {"not", 2, 1},
        {"shift_left", 15, 1},
        {"shift_left", 11, 1},
        {"add", 15, 1},
        {"negate_if", 16, 1}}},
      {"one fraction bit of them",
       {.kind = QY_PE_SP2, .weight_bits = 6, .output_bits = 10},
       {{"equal", 1, 2},
        {"not", 1, 2},
        {"and", 8, 2},
        {"not", 3, 1},
        {"not", 2, 1},
        {"shift_left", 15, 1},
        {"shift_left", 11, 1},
        {"add", 15, 1},
        {"negate_if", 10, 1}}},
      /* 16 codes, half of them half steps: shifts to 10, 4 bits; 11 x = x + 2 x + 8 x in 12 bits, of which adders make
       * the upper 9 each; 8 + 13 bits and the sign, and 5 places that the inverted shift is too far */
      {"root 11 / 8, fixed split",
       {.kind = QY_PE_SEGLOG, .weight_bits = 5, .root = 2},
       {{"equal", 1, 1},
        {"not", 1, 1},
        {"truth_table", 5, 1},
        {"and", 8, 1},
        {"add", 9, 2},
        {"mux", 12, 1},
        {"not", 4, 1},
        {"shift_left", 26, 1},
        {"negate_if", 22, 1}}},
      {"no half steps", /* shifts to 14 */
       {.kind = QY_PE_SEGLOG, .weight_bits = 5, .split = -1},
       {{"equal", 1, 1},
        {"not", 1, 1},
        {"truth_table", 5, 1},
        {"and", 8, 1},
        {"not", 4, 1},
        {"shift_left", 23, 1},
        {"negate_if", 23, 1}}},
      /* magnitudes of 8 bits, places of 3; the sum of logarithms has a place of 4 bits above 7 of fraction; 1.f of 8
       * bits up by 14 at most, its whole part kept */
      {"",
       {.kind = QY_PE_MITCHELL},
       {{"negate_if", 8, 2},
        {"equal", 1, 2},
        {"not", 1, 2},
        {"leading_one", 3, 2},
        {"not", 3, 2},
        {"shift_left", 8, 2},
        {"add", 11, 1},
        {"shift_left", 22, 1},
        {"and", 1, 1},
        {"and", 15, 1},
        {"xor", 1, 1},
        {"negate_if", 16, 1}}},
      {"weights of 5 bits", /* of which 3 are fraction places too many, and zeros below those 4 */
       {.kind = QY_PE_MITCHELL, .weight_bits = 5},
       {{"negate_if", 8, 1},
        {"negate_if", 5, 1},
        {"equal", 1, 2},
        {"not", 1, 2},
        {"leading_one", 3, 2},
        {"not", 3, 2},
        {"shift_left", 8, 2},
        {"add", 11, 1},
        {"shift_left", 19, 1},
        {"and", 1, 1},
        {"and", 12, 1},
        {"xor", 1, 1},
        {"negate_if", 13, 1}}},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe_params params = row[i].params;
    parts want = {.kinds = 0};
    params.bits = 8;
    for (int k = 0; k < 20 && row[i].of[k].count; k++)
      add(&want, row[i].of[k].op, row[i].of[k].width, row[i].of[k].count);
    compare(params, &want, row[i].what);
  }
}

/* ---- composed, 4 bits: parts of 2 bits and a sign make products of -6 to 9, in 5 bits */

/* Modes: four by four bits; two by two; x of four, w of two.  The word of the mode is taken apart by six operators. */
static void composed(void)
{
  static const struct {
    const char *what;
    qy_pe_params params;
    part of[20];
  } row[] = {
      /* Upper halves of x and w come from one word or another.  -6 to 9 and 4 times that or not: 7 bits each, -30 to
       * 45; two of those: 9 bits.  A sum of 16. */
      {"one sum",
       {.separate_sums = false},
       {{"mux", 4, 2},
        {"mux", 7, 2},
        {"add", 7, 2},
        {"mux", 9, 1},
        {"add", 9, 1},
        {"register", 16, 1},
        {"and", 16, 1},
        {"add", 16, 1}}},
      /* Results of 8, 6 (four products of 4 bits) and 7 bits (two of 6), 8 of headroom, and a choice. */
      {"one sum, adders for each mode",
       {.separate_sums = true},
       {{"mux", 4, 2},
        {"mux", 7, 2},
        {"add", 7, 2},
        {"mux", 9, 1},
        {"add", 9, 1},
        {"register", 16, 1},
        {"and", 16, 1},
        {"add", 16, 1},
        {"add", 14, 1},
        {"add", 15, 1},
        {"mux", 16, 1}}},
      /* The sum over both halves of x begins above the 2 low bits of the lower one: 7 bits of 9.  Two places of 5 bits
       * (two products of 4), x cut or not; results of 8, 5 and 5, and 7 bits. */
      {"shared by halves, adders for each mode",
       {.separate_sums = true, .sharing = QY_PE_SHARE_HYBRID},
       {{"mux", 4, 1},
        {"mux", 7, 2},
        {"add", 7, 3},
        {"not", 1, 1},
        {"and", 7, 1},
        {"mux", 5, 2},
        {"register", 13, 2},
        {"and", 13, 2},
        {"add", 16, 1},
        {"add", 13, 2},
        {"add", 15, 1},
        {"mux", 13, 2}}},
      /* All apart: halves of x for each of w, 5 of 7 bits, then those of w, 7 of 9.  Four places of 4 bits; one result
       * of 8 bits, four of 4, two of 6. */
      {"shared, adders for each mode",
       {.separate_sums = true, .sharing = QY_PE_SHARE_INPUTS},
       {{"not", 1, 3},
        {"and", 5, 2},
        {"add", 5, 2},
        {"and", 7, 1},
        {"add", 7, 1},
        {"mux", 4, 4},
        {"register", 12, 4},
        {"and", 12, 4},
        {"add", 16, 1},
        {"add", 12, 4},
        {"add", 14, 2},
        {"mux", 12, 4}}},
      /* Eight lanes; in each of two groups -6 to 9 grows to 6 and 7 bits at four places; shifted or not 144 and 180, 9
       * bits, 720 and 900, 11 bits, of which a sum of four products of 8 bits has 10; two of them 11.  Results of 11, 9
       * (32 of 4) and 10 bits (16 of 6). */
      {"two groups of four, adders for each mode",
       {.separate_sums = true, .group = 4, .units = 2},
       {{"mux", 4, 16},
        {"add", 6, 16},
        {"add", 7, 8},
        {"mux", 9, 4},
        {"add", 9, 4},
        {"mux", 11, 2},
        {"add", 11, 3},
        {"register", 19, 1},
        {"and", 19, 1},
        {"add", 19, 1},
        {"add", 17, 1},
        {"add", 18, 1},
        {"mux", 19, 1}}},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe_params params = row[i].params;
    parts want = {.kinds = 0};
    const int lanes = (params.group ? params.group : 1) * (params.units ? params.units : 1);
    params.kind = QY_PE_COMPOSED;
    params.bits = 4;
    add(&want, "not", 1, 2);             /* of clear, and in the mode's word */
    add(&want, "and", 1, 1 + 8 * lanes); /* there, and at both tops of each small product */
    add(&want, "xor", 1, 1);
    add(&want, "or", 1, 3);
    add(&want, "multiply", 6, 4 * lanes);
    for (int k = 0; k < 20 && row[i].of[k].count; k++)
      add(&want, row[i].of[k].op, row[i].of[k].width, row[i].of[k].count);
    compare(params, &want, row[i].what);
  }
}

/* ---- ports: sums are cleared by one bit, where there are sums; modes and splits have as many bits as they need */

static int width_of(const qy_pe *pe, const char *name)
{
  for (int i = 0; i < qy_circuit_inputs(pe->circuit); i++)
    if (strcmp(qy_circuit_input_name(pe->circuit, i), name) == 0) return qy_circuit_input_width(pe->circuit, i);
  return 0;
}

static void ports(void)
{
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    const qy_pe_row *row = qy_pe_row_of((qy_pe_kind)kind);
    int wrong = 0;
    for (int needed = 0; needed < 2; needed++)
      for (int registers = 0; registers < 2; registers++) {
        qy_error err = {0};
        qy_pe pe;
        const qy_pe_params params = {.kind = (qy_pe_kind)kind,
                                     .bits = 8,
                                     .input_registers = registers,
                                     .accumulator_bits = needed ? QY_PE_ACCUMULATOR_NEEDED : 0};
        if (needed && row->accumulates == QY_PE_SUMS_NEVER) continue;
        wrong += qy_pe_build(&pe, &params, arena, &err) != QY_OK;
        const bool sums = row->accumulates == QY_PE_SUMS_ALWAYS || needed;
        wrong += width_of(&pe, "clear") != sums || (pe.params.accumulator_bits > 0) != sums;
        wrong += width_of(&pe, "x") < 8 || (width_of(&pe, "w") > 0) != row->multiplies;
        wrong += width_of(&pe, "first") != (kind == QY_PE_SERIAL) || width_of(&pe, "last") != (kind == QY_PE_SERIAL);
        wrong += width_of(&pe, "split") != (kind == QY_PE_BRSLOG ? 2 : 0); /* four splits */
        const bool packs = pe.mode_count > 1 && pe.mode[pe.mode_count - 1].products > 1;
        wrong += width_of(&pe, "mode") != (kind == QY_PE_COMPOSED ? 3 : packs ? 2 : 0);
      }
    is_int(wrong, 0, row->name);
  }
  /* Composed: operands of all small products, parts of them or as many words, where those are not shared. */
  for (int bits = 4; bits <= 16; bits *= 2)
    for (int sharing = 0; sharing < QY_PE_SHARING_COUNT; sharing++)
      for (int subword = 0; subword < 2; subword++) {
        qy_error err = {0};
        qy_pe pe;
        const qy_pe_params params = {
            .kind = QY_PE_COMPOSED, .bits = bits, .sharing = (qy_pe_sharing)sharing, .subword = subword};
        const int words = bits == 4 ? 2 : 4;
        if (qy_pe_build(&pe, &params, arena, &err)) continue;
        ok(width_of(&pe, "x") == bits * (subword || sharing == QY_PE_SHARE_INPUTS ? 1 : words) &&
               width_of(&pe, "w") == bits * (subword || sharing != QY_PE_SHARE_OUTPUTS ? 1 : words),
           "composed of %d bits, sharing %d%s: ports of %d and %d bits", bits, sharing, subword ? ", sub-words" : "",
           width_of(&pe, "x"), width_of(&pe, "w"));
        /* One sum, or one for each place, by its number. */
        for (int separate = 0; separate < 2; separate++) {
          qy_pe_params named = params;
          named.separate_sums = separate;
          qy_pe_build(&pe, &named, arena, &err);
          const int places = sharing == QY_PE_SHARE_OUTPUTS              ? 1
                             : sharing == QY_PE_SHARE_INPUTS && !subword ? words * words
                                                                         : words;
          int wrong = qy_circuit_outputs(pe.circuit) != places;
          for (int i = 0; i < places && !wrong; i++) {
            char name[16] = "sum";
            if (places > 1) snprintf(name, sizeof name, "sum%d", i);
            wrong += strcmp(qy_circuit_output_name(pe.circuit, i), name) != 0;
          }
          is_int(wrong, 0, "its sums by name");
        }
      }
}

/* A flip-flop for each bit that comes in, and for each that goes out, where registers are asked for. */
static void registers(void)
{
  const qy_parameter *const asked[2] = {&qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter};
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
    for (int way = 0; way < 2; way++) {
      qy_error err = {0};
      qy_pe pe[2];
      double flip_flops[2] = {0};
      int bits = 0;
      qy_status status = QY_OK;
      for (int with = 0; with < 2; with++) {
        qy_pe_params params = {.kind = (qy_pe_kind)kind, .bits = 8};
        qy_census census;
        qy_parameter_set(&params, asked[way], with);
        status = qy_pe_build(&pe[with], &params, arena, &err);
        if (status) break;
        qy_circuit_census(pe[with].circuit, &census);
        for (int class = 0; class < QY_CLASS_COUNT; class ++)
          flip_flops[with] += census.cells[class][QY_DFF];
      }
      if (status) continue; /* it has none to ask for */
      const qy_circuit *c = pe[1].circuit;
      for (int i = 0; i < (way ? qy_circuit_outputs(c) : qy_circuit_inputs(c)); i++)
        bits += way ? qy_circuit_output_width(c, i) : qy_circuit_input_width(c, i);
      ok(flip_flops[1] - flip_flops[0] == bits, "%s: %s of %d bits", qy_pe_row_of((qy_pe_kind)kind)->name,
         asked[way]->key, bits);
    }
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "library reads")) {
    divided();
    apart();
    serial();
    codes();
    composed();
    ports();
    registers();
  }
  qy_arena_free(arena);
  return done();
}
