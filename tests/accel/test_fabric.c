/* LUTs of trees of adders and of dot products, from tables by hand, against trees that are built word by word; that a
 * design needs no other circuits than those its accelerator asks for. */
#include "quarry/fabric.h"
#include "quarry/gemm.h"

#include "tap.h"

#include <stdlib.h>

enum { WORDS_MOST = 70, OF_WIDTHS = 1 << 4 | 1 << 8 };

static double adder(int tool, int bits)
{
  return bits * bits + 7.0 * tool;
}

static qy_fabric by_hand(void)
{
  qy_fabric f = {.dot = {.product_bits = 11}};
  for (int tool = 0; tool < QY_FABRIC_TOOLS; tool++) {
    for (int bits = 1; bits <= QY_FABRIC_WORD_MAX; bits++)
      f.adder_lut[tool][bits] = adder(tool, bits);
    for (int s = 0; s < QY_FABRIC_DOT_STEPS; s++)
      f.dot.lut[tool][s] = 1e5 * (s + 1) * (s + 1) + tool;
  }
  return f;
}

static int at_most(int bits)
{
  return bits < QY_FABRIC_WORD_MAX ? bits : QY_FABRIC_WORD_MAX;
}

/* Words are added two by two, an odd one waits for the next level; sums of a level are a bit wider. */
static double tree(int tool, int bits, int n)
{
  double lut = 0;
  for (int level = 1; n > 1; level++) {
    const int waits = n % 2;
    for (int k = 0; k + 1 < n; k += 2)
      lut += adder(tool, at_most(bits + level));
    n = n / 2 + waits;
  }
  return lut;
}

static int log2_up(int n)
{
  int bits = 0;
  while (1 << bits < n)
    bits++;
  return bits;
}

static void trees(const qy_fabric *f)
{
  int wrong = 0;
  for (int tool = 0; tool < QY_FABRIC_TOOLS; tool++)
    for (int bits = 1; bits <= QY_FABRIC_WORD_MAX; bits += 3)
      for (int n = 1; n <= WORDS_MOST; n++)
        wrong += qy_fabric_tree_lut(f, (qy_fabric_tool)tool, bits, n) != tree(tool, bits, n);
  is_int(wrong, 0, "trees of up to 70 words of any width");
  for (int n = 1; n <= WORDS_MOST; n++)
    wrong += qy_fabric_dot_bits(&f->dot, n) != 11 + log2_up(n);
  const qy_fabric_dot wide = {.product_bits = 62};
  ok(!wrong && qy_fabric_dot_bits(&wide, 4) == 64 && qy_fabric_dot_bits(&wide, 5) == 64, "bits of dot products");
}

/* Blocks of 8, then those of 4, 2 and 1 that are left, each added to what there is. */
static void dots(const qy_fabric *f)
{
  int wrong = 0;
  for (int tool = 0; tool < QY_FABRIC_TOOLS; tool++)
    for (int n = 1; n <= WORDS_MOST; n++) {
      const int blocks = n / 8;
      double lut = blocks * f->dot.lut[tool][3] + tree(tool, 11 + 3, blocks);
      int done = 8 * blocks;
      for (int size = 4, s = 2; size >= 1; size /= 2, s--) {
        if (n % (2 * size) < size) continue;
        lut += f->dot.lut[tool][s];
        if (done) lut += adder(tool, 11 + log2_up(done + size));
        done += size;
      }
      wrong += fabs(qy_fabric_dot_lut(f, &f->dot, (qy_fabric_tool)tool, n) - lut) > 1e-6;
    }
  is_int(wrong, 0, "dot products of up to 70");
}

/* ---- circuits that are asked for ---- */

static qy_arena *arena;

static bool design_on(qy_bill *bill, const qy_gemm_params *params, const qy_pe *pe, const qy_tech *tech,
                      const qy_fabric *fabric)
{
  qy_columns columns;
  qy_prices prices;
  qy_design design;
  void *self = qy_arena_alloc(arena, 1, qy_accelerator_gemm.design_bytes);
  qy_columns_make(&columns, QY_USES_FPGA);
  if (!self || qy_fabric_prices(&prices, tech, &columns, 100, arena, NULL)) return false;
  const qy_design_input input = {
      .params = params, .pe = pe, .prices = &prices, .tech = tech, .fabric = fabric, .clock_mhz = 100};
  if (qy_design_make(&design, &qy_accelerator_gemm, self, &columns, &input, NULL) || design.reason) return false;
  *bill = design.bill;
  return true;
}

static void asked(void)
{
  static const int arrays[] = {QY_GEMM_DSP, QY_GEMM_LUT, QY_GEMM_ANY};
  const qy_pe_params mul = {.kind = QY_PE_MUL, .bits = 8, .weight_bits = 4};
  qy_pe pe;
  qy_tech *tech;
  qy_error err = {0};
  int designs = 0, wrong = 0, lean = 0;
  if (!ok(!qy_tech_read_fpga(&tech, "db", "zu3eg", arena, &err) && !qy_pe_build(&pe, &mul, arena, &err),
          "an element and a device"))
    return;
  const unsigned all =
      QY_FABRIC_OF_ELEMENT | QY_FABRIC_OF_ADDERS | (unsigned)OF_WIDTHS | (unsigned)OF_WIDTHS << QY_FABRIC_OF_SPLITS;
  qy_fabric *full, *own_fabric;
  if (!ok(!qy_fabric_new(&full, &pe, tech, all, arena, &err), "all circuits")) return;
  for (int a = 0; a < 3; a++)
    for (int h = 0; h < 3; h++)
      for (int high = 0; high < 2; high++)
        for (int packed = 0; packed <= high; packed++) {
          qy_bill own, whole;
          qy_gemm_params p = {.bat = 1, .blk_in = 8, .arrays = arrays[a], .high_array = arrays[h], .high_bits = 8};
          p.lut_limit = p.dsp_limit = p.bram_limit = 0.7;
          p.high_share = high ? 0.25 : 0;
          p.blk_dsp = a != 1 ? 4 : 0;
          p.blk_lut = a != 0 ? 4 : 0;
          p.blk_dsp_high = high && h != 1 ? 2 : 0;
          p.blk_lut_high = high && h != 0 ? 2 : 0;
          p.packing = packed ? QY_GEMM_SPLIT : QY_GEMM_ONE;
          const unsigned circuits = qy_accelerator_gemm.circuits(&p, &pe);
          if (!design_on(&whole, &p, &pe, tech, full)) continue;
          designs++;
          lean += circuits != all && (circuits & ~all) == 0;
          bool same = !qy_fabric_new(&own_fabric, &pe, tech, circuits, arena, NULL) &&
                      design_on(&own, &p, &pe, tech, own_fabric);
          for (int item = 0; same && item < QY_ITEM_COUNT; item++)
            same = own.count[item] == whole.count[item];
          wrong += !same;
        }
  ok(designs >= 9 && lean == designs && wrong == 0, "%d designs, %d wrong with what they ask for alone", designs,
     wrong);
  wrong = 0; /* of twice as many products: nearly twice the LUTs, and those of an adder */
  for (int t = 0; t < QY_FABRIC_TOOLS; t++)
    for (int s = 1; s < QY_FABRIC_DOT_STEPS; s++) {
      const double *lut = full->dot.lut[t], *fixed = full->fixed[8].lut[t];
      wrong += lut[s] < 1.6 * lut[s - 1] + full->dot.product_bits / 2.0;
      wrong += fixed[s] < 1.6 * fixed[s - 1] + full->fixed[8].product_bits / 2.0;
    }
  is_int(wrong, 0, "dot products grow by more than their products");
  wrong = 0; /* one width alone: what is asked for is as it is among all, all else is not made */
  for (int w = 4; w <= 8; w += 4)
    for (int split = 0; split < 2; split++) {
      const unsigned circuits = split ? 1u << (QY_FABRIC_OF_SPLITS + w) : 1u << w;
      if (!ok(!qy_fabric_new(&own_fabric, &pe, tech, circuits, arena, &err), "a width of %d bits", w)) return;
      for (int t = 0; t < QY_FABRIC_TOOLS; t++) {
        wrong += own_fabric->dot.lut[t][0] != 0 || own_fabric->adder_lut[t][8] != 0;
        wrong += own_fabric->element[t].lut != full->element[t].lut || !(full->dot.lut[t][0] > 0);
        for (int other = QY_FABRIC_WEIGHT_MIN; other <= QY_FABRIC_WEIGHT_MAX; other++) {
          const double fixed = own_fabric->fixed[other].lut[t][1], piece = own_fabric->split_lut[t][other];
          wrong += fixed != (other == w && !split ? full->fixed[other].lut[t][1] : 0);
          wrong += piece != (other == w && split ? full->split_lut[t][other] : 0);
          const bool made = OF_WIDTHS >> other & 1;
          wrong += (full->fixed[other].lut[t][1] > 0) != made || (full->split_lut[t][other] > 0) != made;
        }
      }
    }
  is_int(wrong, 0, "circuits are made of what is asked for, and of nothing else");
}

/* ---- prices ---- */

/* Constants of a device in round numbers, in which all differ. */
static void set_values(double value[QY_FPGA_VALUE_COUNT], double times)
{
  for (int k = 0; k < QY_FPGA_VALUE_COUNT; k++)
    value[k] = times * (3 + 7 * k);
  value[QY_FPGA_OTHER_TOOLCHAIN] = 0.25 * times;
}

/* What an item costs by fabric.h: energies in uJ, powers in mW, a resource 1 of itself. */
static double expected_price(int item, const double *value)
{
  const double other = value[QY_FPGA_OTHER_TOOLCHAIN] < 1 ? value[QY_FPGA_OTHER_TOOLCHAIN] : 1;
  const struct {
    int item;
    double price;
  } row[] = {{QY_PART_LUT_OTHER, other},
             {QY_PART_BASE_LUT, value[QY_FPGA_BASE_LUTS]},
             {QY_PART_BASE_DSP, value[QY_FPGA_BASE_DSPS]},
             {QY_PART_FPGA_STATIC, 1000 * value[QY_FPGA_STATIC_W]},
             {QY_PART_FPGA_SYSTEM, 1000 * value[QY_FPGA_SYSTEM_W]},
             {QY_EVENT_LUT, value[QY_FPGA_LUT_PJ] / 1e6},
             {QY_EVENT_LUT_OTHER, other * value[QY_FPGA_LUT_PJ] / 1e6},
             {QY_EVENT_FF, value[QY_FPGA_FF_PJ] / 1e6},
             {QY_EVENT_DSP, value[QY_FPGA_DSP_PJ] / 1e6},
             {QY_EVENT_BRAM, value[QY_FPGA_BRAM18_PJ] / 1e6},
             {QY_EVENT_BASE, value[QY_FPGA_BASE_LUTS] * value[QY_FPGA_LUT_PJ] / 1e6}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    if (row[i].item == item) return row[i].price;
  return 1;
}

static bool near_to(double a, double b)
{
  return fabs(a - b) <= 1e-12 * fabs(b);
}

static void prices(void)
{
  enum { DRAWS = 5 };
  static qy_tech draw[DRAWS];
  static qy_prices list;
  double basis[QY_COLUMNS_MAX * DRAWS];
  qy_tech *tech;
  qy_columns columns;
  if (!ok(!qy_tech_read_fpga(&tech, "db", "zu3eg", arena, NULL), "a device")) return;
  const qy_constant clock = tech->fpga->constant[QY_FPGA_CLOCK_MHZ];
  qy_columns_make(&columns, QY_USES_FPGA);
  qy_tech made = *tech;
  set_values(made.fpga_value, 1);
  for (int k = 0; k < DRAWS; k++)
    set_values(draw[k].fpga_value, 1 + k);
  const qy_draws draws = {.count = DRAWS, .draw = draw};
  qy_fabric_draws(basis, &draws, &columns);
  int wrong = 0, drawn = 0;
  const double mhz[] = {clock.low, clock.high, clock.low * 0.999, clock.high * 1.001};
  for (int i = 0; i < 4; i++) {
    wrong += qy_fabric_prices(&list, &made, &columns, mhz[i], arena, NULL) != QY_OK;
    wrong += !near_to(list.period_ps, 1e6 / mhz[i]) || (list.reason != NULL) != (i > 1);
    for (int c = 0; c < columns.count; c++)
      wrong += !near_to(list.price[c], expected_price(columns.item[c], made.fpga_value));
  }
  for (int c = 0; c < columns.count; c++)
    for (int k = 0; k < DRAWS; k++)
      drawn += !near_to(basis[c * DRAWS + k], expected_price(columns.item[c], draw[k].fpga_value));
  ok(columns.count > 10 && wrong == 0, "%d prices at clocks within and beyond the limits", columns.count);
  is_int(drawn, 0, "and in draws");
}

/* What a design takes more than there is, the first of them, with the thousands apart. */
static void shorts(void)
{
  static const struct {
    qy_fabric_used used;
    const char *why;
  } row[] = {{{100, 2000000, 1000, 7}, NULL},
             {{100.5, 0, 0, 0}, "LUTs: 101 of 100"},
             {{999.2, 9e9, 9e9, 9e9}, "LUTs: 1,000 of 100"},
             {{999, 0, 0, 0}, "LUTs: 999 of 100"},
             {{1000, 0, 0, 0}, "LUTs: 1,000 of 100"},
             {{1234567, 0, 0, 0}, "LUTs: 1,234,567 of 100"},
             {{1000000, 0, 0, 0}, "LUTs: 1,000,000 of 100"},
             {{100, 9e9, 1001, 9e9}, "DSP slices: 1,001 of 1,000"},
             {{0, 9e9, 1000, 20}, "block RAMs of 18 Kibit: 20 of 7"},
             {{0, 12000078, 1000, 7}, "flip-flops: 12,000,078 of 2,000,000"}};
  qy_tech tech = {0};
  tech.fpga_value[QY_FPGA_LUTS] = 100;
  tech.fpga_value[QY_FPGA_DSPS] = 1000;
  tech.fpga_value[QY_FPGA_BRAM18S] = 7;
  tech.fpga_value[QY_FPGA_FFS] = 2000000;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char why[QY_FABRIC_WHY];
    const char *said = qy_fabric_short(why, &tech, &row[i].used);
    is_text(said ? said : "enough", row[i].why ? row[i].why : "enough", "resources");
  }
}

/* An element that accumulates, has lanes or takes several cycles gives no bare product. */
static void bare_products(void)
{
  static const struct {
    qy_pe_params params;
    bool bare;
  } row[] = {{{.kind = QY_PE_MUL, .bits = 8}, true},
             {{.kind = QY_PE_SP2, .bits = 5, .weight_bits = 4}, true},
             {{.kind = QY_PE_MAC, .bits = 8}, false},
             {{.kind = QY_PE_MUL, .bits = 8, .accumulator_bits = 24}, false},
             {{.kind = QY_PE_MAC_ST, .bits = 8}, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe pe;
    if (qy_pe_build(&pe, &row[i].params, arena, NULL)) continue; /* where the kind has none of these */
    ok(qy_fabric_has_dots(&pe) == row[i].bare, "%s with %d bits of accumulator", qy_pe_row_of(row[i].params.kind)->name,
       pe.params.accumulator_bits);
  }
}

int main(void)
{
  const qy_fabric f = by_hand();
  arena = qy_arena_new();
  bare_products();
  trees(&f);
  dots(&f);
  asked();
  prices();
  shorts();
  qy_arena_free(arena);
  return done();
}
