/* Sizes of the GEMM accelerator that its file leaves open, and what is counted of registers and blocks of memory. */
#include "accel/gemm.h"
#include "accel/layer.h"
#include "tap.h"

/* Rows of the map that leave are held a lane a pixel: wider ones take more blocks, whatever layers come with them. */
static void check_result_blocks(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 8, 8)) return;
  qy_layer wide = make_layer(1, 16384, 1, 8, 1, 1, 1, 0, 1), narrow = wide;
  narrow.stride_w = 64;
  narrow.out_w = 256;
  const qy_layer *const list[][2] = {{&narrow, &narrow}, {&wide, &wide}, {&narrow, &wide}, {&wide, &narrow}};
  double bram[4];
  for (int i = 0; i < 4; i++) {
    const qy_gemm_params p = sizes(1, 4, 4, 0, 0, 0);
    if (qy_accelerator_gemm.work(&s.work, list[i], 2, arena, NULL)) return;
    if (!ok(make(&s, &p), "two layers")) return;
    bram[i] = qy_gemm_arrays_of(s.self)->bram;
  }
  ok(bram[1] > bram[0] && bram[2] == bram[1] && bram[3] == bram[1], "%g blocks for wide rows, %g for narrow ones",
     bram[1], bram[0]);
}

/* Without layers a device is filled with so many rows of high precision as the share asks for. */
static void check_filled_share(void)
{
  subject s;
  int wrong = 0;
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 8, 4)) return;
  s.work = NULL;
  for (int percent = 10; percent <= 90; percent += 20) {
    qy_gemm_params p = sizes(1, 8, 0, 0, 0, 0);
    p.arrays = p.high_array = QY_GEMM_ANY;
    p.high_share = percent / 100.0;
    p.lut_limit = p.dsp_limit = p.bram_limit = 0.8;
    if (!make(&s, &p)) {
      ok(0, "a filled device: %s", s.reason ? s.reason : "refused");
      return;
    }
    const int *rows = qy_gemm_arrays_of(s.self)->rows, high = rows[2] + rows[3], all = rows[0] + rows[1] + high;
    wrong += all < 4 || high < p.high_share * all - 2 || high > p.high_share * all + 3 + 0.07 * all;
  }
  is_int(wrong, 0, "without layers rows of high precision are filled to their share");
}

/* Rows that the file leaves open are told by their key; the widths of fixed-point weights are those of the file. */
static void check_chosen(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4)) return;
  const qy_layer l = make_layer(4, 4, 8, 100, 1, 1, 1, 0, 1), *list[] = {&l};
  if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
  const qy_gemm_params p = sizes(1, 4, 6, 5, 3, 2);
  if (!ok(make(&s, &p), "a design of four arrays")) return;
  const struct {
    const char *key;
    double rows;
  } row[] = {{"blk_dsp", 6}, {"blk_lut", 5}, {"blk_dsp_high", 3}, {"blk_lut_high", 2}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    ok(qy_accelerator_gemm.chosen(s.self, row[i].key) == row[i].rows, "%s: %g rows", row[i].key, row[i].rows);
  ok(isnan(qy_accelerator_gemm.chosen(s.self, "bat")), "of nothing else");
  for (int low = 2; low <= 8; low++)
    for (int high = low; high <= 8; high++) {
      qy_gemm_params of = p;
      of.weight_bits = low;
      of.high_bits = high;
      if (qy_accelerator_gemm.formats(&of, &s.pe) != (1u << low | 1u << high))
        ok(0, "formats of %d and %d bits", low, high);
    }
  ok(qy_accelerator_gemm.formats(&p, &s.pe) == (1u << 4 | 1u << 8),
     "as wide as the element's weights where nothing is said");
}

/* Rows whose slices take several products: the sums of all pixels are registers outside, as wide as the products of a
 * result ask for. */
static void check_split_registers(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 4, 4)) return;
  const qy_layer l = make_layer(2, 2, 16, 3, 1, 1, 1, 0, 1), *list[] = {&l};
  if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
  for (int bat = 2; bat <= 4; bat += 2) {
    const qy_gemm_params p = sizes(bat, 8, 2, 0, 0, 0);
    const int made = make(&s, &p), sum = 8 + 4; /* 16 products of 8 bits */
    ok(made && s.design.bill.count[QY_PART_FF] == bat * 8 * 4 + 2 * (8 * 4 + bat * sum),
       "%d pixels: flip-flops of activations, weights and sums", bat);
  }
}

/* Channels of several steps: a slice works once for each product, whatever the pieces of a row. */
static void check_steps(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 8, 8)) return;
  for (int steps = 1; steps <= 5; steps += 2) {
    qy_gemm_params p = sizes(2, 8, 2, 0, 0, 0);
    p.packing = QY_GEMM_ONE;
    qy_layer l = make_layer(4, 4, 8 * steps, 6, 1, 1, 1, 0, 1);
    l.macs = 16 * 8 * steps * 6;
    const qy_layer *const list[] = {&l};
    if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
    const bool made = make(&s, &p) && !qy_design_run(&s.design, s.work, qy_precision_of(8));
    const double products = (double)l.macs, *count = s.design.bill.count;
    ok(made && s.design.bill.products == products && count[QY_EVENT_DSP] == products &&
           s.design.bill.compute_cycles == products / (2 * 8 * 2),
       "%d steps: %g products on slices", steps, count[QY_EVENT_DSP]);
  }
}

/* Groups that fill the rows and the activations each by itself run one after another, images too: still a cycle of a
 * slice for each product. */
static void check_groups(void)
{
  subject s;
  qy_error err = {0};
  ok(qy_accelerator_gemm.work(&s.work, NULL, 0, arena, &err) == QY_BAD_INPUT && err.count == 1, "no layers are none");
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 8, 8)) return;
  for (int groups = 1; groups <= 3; groups++)
    for (int batch = 1; batch <= 2; batch++) {
      qy_gemm_params p = sizes(2, 8, 2, 0, 0, 0);
      p.packing = QY_GEMM_ONE;
      qy_layer l = make_layer(4, 4, 8 * groups, 2 * groups, 1, 1, 1, 0, groups);
      l.macs = 16 * 8 * 2 * groups;
      l.batch = batch;
      const qy_layer *const list[] = {&l};
      if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
      const bool made = make(&s, &p) && !qy_design_run(&s.design, s.work, qy_precision_of(8));
      const double products = (double)l.macs * batch;
      ok(made && s.design.bill.products == products && s.design.bill.count[QY_EVENT_DSP] == products &&
             s.design.bill.compute_cycles == products / (2 * 8 * 2) &&
             s.design.bill.stored_bits == 16.0 * 2 * groups * batch * 8,
         "%d groups of %d images: %g products on slices", groups, batch, s.design.bill.count[QY_EVENT_DSP]);
    }
}

int main(void)
{
  arena = qy_arena_new();
  check_chosen();
  check_split_registers();
  check_result_blocks();
  check_filled_share();
  check_steps();
  check_groups();
  qy_arena_free(arena);
  return done();
}
