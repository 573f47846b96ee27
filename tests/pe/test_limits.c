/* Every range of every kind of element, at both ends: the last value inside builds, the first outside is refused by the
 * parameter's name.  And which mode runs operands of a width. */
#include "quarry/pe.h"
#include "tap.h"

static qy_arena *arena;

static qy_status build(qy_pe *pe, qy_pe_params params, const char *key)
{
  qy_error err = {0};
  const qy_status status = qy_pe_build(pe, &params, arena, &err);
  const bool said = strncmp(err.diagnostic[0].text, "pe", 2) == 0 && strstr(err.diagnostic[0].text, key);
  return status && !said ? QY_SYSTEM : status;
}

/* The same element with one parameter at a value. */
static qy_status at(qy_pe *pe, qy_pe_params params, const qy_parameter *p, int value)
{
  qy_parameter_set(&params, p, value);
  return build(pe, params, p->key);
}

#define KIND(NAME)      .kind = QY_PE_##NAME
#define PARAMETER(name) &qy_pe_##name##_parameter

static void ranges(void)
{
  static const struct {
    qy_pe_params params;
    const qy_parameter *parameter;
    int below, low, high, above;
  } row[] = {
      {{KIND(MAC)}, PARAMETER(bits), 1, 2, 32, 33},
      {{KIND(MAC), .bits = 16}, PARAMETER(weight_bits), 1, 2, 32, 33},
      {{KIND(MAC), .bits = 8}, PARAMETER(accumulator_bits), 15, 16, 64, 65},
      {{KIND(MAC), .bits = 8, .weight_bits = 3}, PARAMETER(accumulator_bits), 10, 11, 64, 65},
      {{KIND(MAC), .bits = 2}, PARAMETER(accumulator_bits), 3, 4, 64, 65},
      {{KIND(MAC), .bits = 8}, PARAMETER(multiplier), -1, 0, 1, 2},
      {{KIND(MAC), .bits = 8}, PARAMETER(operands_at), -1, 0, 2, 3},
      {{KIND(MUL)}, PARAMETER(bits), 1, 2, 32, 33},
      {{KIND(MUL), .bits = 16}, PARAMETER(weight_bits), 1, 2, 32, 33},
      {{KIND(SERIAL)}, PARAMETER(bits), 1, 2, 32, 33},
      {{KIND(SERIAL), .bits = 8}, PARAMETER(accumulator_bits), 15, 16, 64, 65},
      {{KIND(MITCHELL)}, PARAMETER(bits), 1, 2, 16, 17},
      {{KIND(MITCHELL), .bits = 8}, PARAMETER(weight_bits), 1, 2, 16, 17},
      {{KIND(MITCHELL), .bits = 8}, PARAMETER(accumulator_bits), 15, 16, 64, 65},
      {{KIND(MAC_ST), .bits = 8}, PARAMETER(accumulator_bits), 15, 16, 64, 65},
      {{KIND(MAC_SA), .bits = 8}, PARAMETER(accumulator_bits), 15, 16, 64, 65},
      {{KIND(MAC_DC), .bits = 8}, PARAMETER(accumulator_bits), 15, 16, 64, 65},
      {{KIND(COMPOSED), .bits = 8}, PARAMETER(accumulator_bits), 15, 16, 64, 65},
      {{KIND(COMPOSED), .bits = 4, .group = 4, .units = 2}, PARAMETER(accumulator_bits), 10, 11, 64, 65},
      {{KIND(COMPOSED), .bits = 4}, PARAMETER(group), -1, 1, 16, 17},
      {{KIND(COMPOSED), .bits = 4}, PARAMETER(units), -1, 1, 16, 257},
      {{KIND(COMPOSED), .bits = 4, .group = 16}, PARAMETER(units), -1, 1, 16, 17},
      {{KIND(COMPOSED), .bits = 4}, PARAMETER(sharing), -1, 0, 2, 3},
      {{KIND(POT)}, PARAMETER(bits), 1, 2, 24, 25},
      {{KIND(POT), .bits = 8}, PARAMETER(weight_bits), 1, 2, 6, 7},
      {{KIND(POT), .bits = 8}, PARAMETER(output_bits), 8, 9, 64, 65},
      {{KIND(SP2)}, PARAMETER(bits), 1, 2, 24, 25},
      {{KIND(SP2), .bits = 8}, PARAMETER(weight_bits), 2, 3, 8, 9},
      {{KIND(SP2), .bits = 8}, PARAMETER(output_bits), 8, 9, 64, 65},
      {{KIND(SEGLOG)}, PARAMETER(bits), 1, 2, 24, 25},
      {{KIND(SEGLOG), .bits = 8}, PARAMETER(weight_bits), 2, 3, 6, 7},
      {{KIND(SEGLOG), .bits = 8}, PARAMETER(output_bits), 8, 9, 64, 65},
      {{KIND(SEGLOG), .bits = 8}, PARAMETER(root), -1, 1, 4, 5},
      {{KIND(BRSLOG)}, PARAMETER(bits), 1, 2, 24, 25},
      {{KIND(BRSLOG), .bits = 8}, PARAMETER(weight_bits), 2, 3, 6, 7},
      {{KIND(BRSLOG), .bits = 8}, PARAMETER(output_bits), 8, 9, 64, 65},
      {{KIND(BRSLOG), .bits = 8}, PARAMETER(root), -1, 1, 4, 5},
      {{KIND(LIGHTPE)}, PARAMETER(bits), 1, 2, 24, 25},
      {{KIND(LIGHTPE), .bits = 8}, PARAMETER(weight_bits), 1, 2, 5, 6},
      {{KIND(LIGHTPE), .bits = 8, .terms = 2}, PARAMETER(weight_bits), 3, 4, 10, 12},
      {{KIND(LIGHTPE), .bits = 8}, PARAMETER(terms), -1, 1, 2, 3},
      {{KIND(SHIFT_ADD)}, PARAMETER(bits), 1, 2, 24, 25},
      {{KIND(SHIFT_ADD), .bits = 8}, PARAMETER(weight_bits), 3, 4, 10, 11},
      {{KIND(SHIFT_ADD), .bits = 8}, PARAMETER(m_bits), 1, 2, 4, 5},
      {{KIND(MULTIPLES)}, PARAMETER(bits), 1, 2, 24, 25},
      {{KIND(MULTIPLES), .bits = 8}, PARAMETER(m_bits), 1, 2, 4, 5},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe pe;
    const qy_parameter *p = row[i].parameter;
    const qy_pe_params params = row[i].params;
    const qy_status below = at(&pe, params, p, row[i].below), low = at(&pe, params, p, row[i].low),
                    high = at(&pe, params, p, row[i].high), above = at(&pe, params, p, row[i].above);
    ok(below == QY_BAD_INPUT && low == QY_OK && high == QY_OK && above == QY_BAD_INPUT,
       "%s: %s from %d to %d (%d %d %d %d)", qy_pe_row_of(params.kind)->name, p->key, row[i].low, row[i].high,
       (int)below, (int)low, (int)high, (int)above);
  }
}

/* What is allowed, in words: ranges as the header has them, whatever stands for the usual value left out of them. */
static void said(void)
{
  static const struct {
    qy_pe_kind kind;
    const char *key, *value, *allowed;
  } row[] = {
      {QY_PE_MAC, "bits", "0", "expected 2 to 32,"},
      {QY_PE_MAC, "weight_bits", "1", "expected auto or 2 to 32,"},
      {QY_PE_MAC, "accumulator_bits", "3", "expected auto or 4 to 64,"},
      {QY_PE_MAC, "multiplier", "2", "expected array or booth,"},
      {QY_PE_MAC, "operands_at", "3", "expected best, left or right,"},
      {QY_PE_MAC, "input_registers", "2", "expected no or yes,"},
      {QY_PE_MUL, "output_registers", "maybe", "expected no or yes,"},
      {QY_PE_SEGLOG, "split", "33", "expected auto or -1 to 32,"},
      {QY_PE_SEGLOG, "root", "5", "expected auto or 1 to 4,"},
      {QY_PE_BRSLOG, "splits", "1", "expected auto or 2 to 8,"},
      {QY_PE_POT, "output_bits", "2", "expected auto or 3 to 64,"},
      {QY_PE_SHIFT_ADD, "m_bits", "5", "expected auto or 2 to 4,"},
      {QY_PE_SHIFT_ADD, "m_odd", "-1", "expected no or yes,"},
      {QY_PE_SHIFT_ADD, "shared", "2", "expected no or yes,"},
      {QY_PE_LIGHTPE, "terms", "3", "expected auto or 1 to 2,"},
      {QY_PE_COMPOSED, "sharing", "3", "expected outputs, hybrid or inputs,"},
      {QY_PE_COMPOSED, "subword", "2", "expected no or yes,"},
      {QY_PE_COMPOSED, "group", "17", "expected auto or 1 to 16,"},
      {QY_PE_COMPOSED, "units", "257", "expected auto or 1 to 256,"},
      {QY_PE_COMPOSED, "unsigned_operands", "2", "expected no or yes,"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_pe_params params = qy_pe_default(row[i].kind);
    const qy_status status = qy_pe_set(&params, row[i].key, row[i].value, &err);
    ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, row[i].key) &&
           strstr(err.diagnostic[0].text, row[i].allowed) && strstr(err.diagnostic[0].text, row[i].value),
       "%s", err.diagnostic[0].text);
  }
}

/* Kinds of three modes take 4, 8 and 16 bits and no other width. */
static void widths_of_modes(void)
{
  static const qy_pe_kind kind[] = {QY_PE_MAC_ST, QY_PE_MAC_SA, QY_PE_MAC_DC, QY_PE_COMPOSED};
  for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
    int wrong = 0;
    for (int bits = 2; bits <= 32; bits++) {
      qy_pe pe;
      const bool may = bits == 4 || bits == 8 || bits == 16;
      wrong += build(&pe, (qy_pe_params){.kind = kind[i], .bits = bits}, "bits") != (may ? QY_OK : QY_BAD_INPUT);
    }
    is_int(wrong, 0, qy_pe_row_of(kind[i])->name);
  }
}

/* A coded product is as wide as the element without accumulator shows it; a sum is at least that, and 8 bits more, at
 * most 64, where only "needed" is asked. */
static void widths_of_sums(void)
{
  static const qy_pe_params element[] = {
      {KIND(POT)},       {KIND(SP2)},      {KIND(SEGLOG)},  {KIND(BRSLOG)},
      {KIND(SHIFT_ADD)}, {KIND(MITCHELL)}, {KIND(LIGHTPE)}, {KIND(LIGHTPE), .terms = 2}};
  for (size_t i = 0; i < sizeof element / sizeof *element; i++)
    for (int bits = 4; bits <= 16; bits += 6) {
      qy_pe pe;
      qy_pe_params params = element[i];
      params.bits = bits;
      if (!ok(build(&pe, params, "") == QY_OK, "%s of %d bits", qy_pe_row_of(params.kind)->name, bits)) continue;
      const int width = qy_circuit_output_width(pe.circuit, 0);
      const qy_status small = at(&pe, params, PARAMETER(accumulator_bits), width - 1);
      const qy_status fits = at(&pe, params, PARAMETER(accumulator_bits), width);
      params.accumulator_bits = QY_PE_ACCUMULATOR_NEEDED;
      const qy_status needed = build(&pe, params, "");
      ok(small == QY_BAD_INPUT && fits == QY_OK && needed == QY_OK &&
             pe.params.accumulator_bits == (width + 8 < 64 ? width + 8 : 64),
         "a sum of its products of %d bits: %d to 64, by itself %d", width, width, pe.params.accumulator_bits);
    }
}

/* What the code's own parameters may be, by trying all. */
static void codes(void)
{
  int split = 0, splits = 0, halves = 0, lossless = 0;
  qy_pe pe;
  for (int bits = 3; bits <= 6; bits++) {
    const int codes = 1 << (bits - 1);
    for (int r = -1; r <= 32; r++) {
      const bool may = r == -1 || (r % 2 == 0 && r <= codes);
      const qy_pe_params params = {KIND(SEGLOG), .bits = 8, .weight_bits = bits, .split = r};
      split += build(&pe, params, "split") != (may ? QY_OK : QY_BAD_INPUT);
      split += may && pe.params.split != (r == 0 ? codes / 2 : r < 0 ? 0 : r);
    }
    for (int k = 2; k <= 8; k++) {
      const bool may = (k == 2 || k == 4 || k == 8) && codes / k >= 2;
      const qy_pe_params params = {KIND(BRSLOG), .bits = 8, .weight_bits = bits, .splits = k};
      splits += build(&pe, params, "splits") != (may ? QY_OK : QY_BAD_INPUT);
    }
    splits += at(&pe, (qy_pe_params){KIND(BRSLOG), .bits = 8}, PARAMETER(weight_bits), bits) != QY_OK;
    splits += pe.params.splits != (bits == 3 ? 2 : 4);
  }
  ok(split == 0, "seglog: even splits up to the number of codes, half of them by itself, -1 for none");
  ok(splits == 0, "brslog: 2, 4 or 8 splits of at least two codes");
  for (int bits = 4; bits <= 10; bits++) {
    const qy_pe_params params = {KIND(LIGHTPE), .bits = 8, .weight_bits = bits, .terms = 2};
    halves += build(&pe, params, "weight_bits") != (bits % 2 == 0 ? QY_OK : QY_BAD_INPUT);
  }
  ok(halves == 0, "lightpe of two terms: an even number of bits");
  /* pot of 6 bits: x |W| has bits + 30 places and a sign: 62 of them are allowed. */
  for (int bits = 22; bits <= 24; bits++)
    for (int out = 0; out <= 40; out += 40) {
      const qy_pe_params params = {KIND(POT), .bits = bits, .weight_bits = 6, .output_bits = out};
      lossless += build(&pe, params, "") != QY_OK;
    }
  ok(lossless == 0, "products of up to 62 bits are kept whole");
  ok(build(&pe, (qy_pe_params){KIND(COMPOSED), .bits = 8, .subword = true, .sharing = QY_PE_SHARE_HYBRID}, "sharing") ==
         QY_BAD_INPUT,
     "sub-words that meet one partner share nothing by halves");
  ok(build(&pe, (qy_pe_params){KIND(POT), .bits = 8, .output_bits = 12, .accumulator_bits = 24}, "accumulator") ==
             QY_BAD_INPUT &&
         build(&pe, (qy_pe_params){.kind = (qy_pe_kind)QY_PE_KIND_COUNT}, "kind") == QY_BAD_INPUT &&
         build(&pe, (qy_pe_params){.kind = (qy_pe_kind)-1}, "kind") == QY_BAD_INPUT,
     "output_bits with an accumulator, and kinds that are none");
}

/* What the kinds fall back to, as the header says. */
static void fallbacks(void)
{
  static const struct {
    qy_pe_kind kind;
    int weight_bits;
  } row[] = {{QY_PE_POT, 4},       {QY_PE_SP2, 4},  {QY_PE_SEGLOG, 5}, {QY_PE_BRSLOG, 5},    {QY_PE_LIGHTPE, 4},
             {QY_PE_SHIFT_ADD, 8}, {QY_PE_MAC, 12}, {QY_PE_MUL, 12},   {QY_PE_MITCHELL, 12}, {QY_PE_SERIAL, 12}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe pe;
    build(&pe, (qy_pe_params){.kind = row[i].kind, .bits = 12}, "");
    is_int(pe.params.weight_bits, row[i].weight_bits, qy_pe_row_of(row[i].kind)->name);
  }
  qy_pe pe;
  build(&pe, (qy_pe_params){KIND(LIGHTPE), .bits = 8, .terms = 2}, "");
  ok(pe.params.weight_bits == 8 && pe.mode_count == 1, "lightpe of two terms: 4 bits a term");
  build(&pe, (qy_pe_params){KIND(SHIFT_ADD), .bits = 8}, "");
  is_int(pe.params.m_bits, 2, "shift_add: two bits of m");
  build(&pe, (qy_pe_params){KIND(SEGLOG), .bits = 8}, "");
  is_int(pe.params.root, 2, "seglog: the second root");
}

/* Most products a cycle among the modes that are wide enough, then the narrowest: by comparing all with all. */
static int mode_by_hand(const qy_pe *pe, int bits)
{
  for (int k = 0; k < pe->mode_count; k++) {
    bool best = pe->mode[k].bits >= bits;
    for (int j = 0; j < pe->mode_count && best; j++) {
      if (j == k || pe->mode[j].bits < bits) continue;
      const double mine = (double)pe->mode[k].products / pe->mode[k].cycles,
                   other = (double)pe->mode[j].products / pe->mode[j].cycles;
      best = mine > other || (mine == other && pe->mode[k].bits < pe->mode[j].bits);
    }
    if (best) return k;
  }
  return -1;
}

static void modes(void)
{
  int wrong = 0, asked = 0;
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
    for (int bits = 4; bits <= 16; bits *= 2) {
      qy_pe pe;
      if (build(&pe, (qy_pe_params){.kind = (qy_pe_kind)kind, .bits = bits}, "")) continue;
      for (int b = 1; b <= 17; b++, asked++)
        wrong += qy_pe_mode_for(&pe, b) != mode_by_hand(&pe, b);
    }
  ok(wrong == 0 && asked > 500, "the mode for operands of each width, %d asked", asked);
  /* Ties, and modes that no element has: fewer cycles, equal rates, any order. */
  static const struct {
    qy_pe_mode mode[3];
    int bits, want;
  } row[] = {
      {{{16, 1, 1}, {8, 1, 1}, {4, 1, 1}}, 8, 1},   {{{16, 1, 1}, {8, 1, 1}, {4, 1, 1}}, 3, 2},
      {{{4, 1, 1}, {8, 1, 1}, {16, 1, 1}}, 3, 0},   {{{16, 2, 2}, {8, 1, 1}, {4, 3, 3}}, 4, 2},
      {{{16, 1, 2}, {8, 1, 3}, {4, 1, 1}}, 5, 0},   {{{16, 4, 8}, {8, 1, 1}, {4, 4, 8}}, 4, 1},
      {{{16, 1, 1}, {8, 2, 1}, {4, 4, 1}}, 17, -1},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe pe = {.mode_count = 3};
    memcpy(pe.mode, row[i].mode, sizeof pe.mode);
    is_int(qy_pe_mode_for(&pe, row[i].bits), row[i].want, "the mode by hand");
  }
  /* A mac of b bits has modes of b, b/2 and b/4 bits, of those with two bits or more. */
  for (int bits = 2; bits <= 17; bits++) {
    qy_pe pe;
    build(&pe, (qy_pe_params){KIND(MAC), .bits = bits}, "");
    ok(pe.mode_count == 1 + (bits >= 4) + (bits >= 8) && pe.mode[pe.mode_count - 1].bits == bits >> (pe.mode_count - 1),
       "a mac of %d bits: %d modes", bits, pe.mode_count);
  }
}

/* Results stand behind one register more for each that is asked for. */
static void latencies(void)
{
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    const qy_pe_row *r = qy_pe_row_of((qy_pe_kind)kind);
    qy_pe pe, in, out;
    const qy_pe_params params = {.kind = (qy_pe_kind)kind, .bits = 8};
    build(&pe, params, "");
    const qy_status inside = at(&in, params, PARAMETER(input_registers), 1),
                    behind = at(&out, params, PARAMETER(output_registers), 1);
    if (inside == QY_OK && kind != QY_PE_SERIAL) is_int(in.latency, pe.latency + 1, r->name);
    if (behind == QY_OK) is_int(out.latency, pe.latency + 1, r->name);
    if (kind != QY_PE_SERIAL) is_int(pe.latency, r->accumulates == QY_PE_SUMS_ALWAYS, "latency of the bare element");
  }
}

int main(void)
{
  arena = qy_arena_new();
  ranges();
  said();
  widths_of_modes();
  widths_of_sums();
  codes();
  fallbacks();
  modes();
  latencies();
  qy_arena_free(arena);
  return done();
}
