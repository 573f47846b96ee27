/* The GEMM accelerator: cycles against a loop nest that is walked, assignments of rows against the first number of
 * tiles that does, sizes against all others within the limits, peak throughput and DSP slices of FILM-QNN's designs, a
 * bill by hand, reasons why a design cannot be. */
#include "quarry/packing.h"

#include "accel/gemm.h"
#include "accel/layer.h"
#include "tap.h"

#include <stdlib.h>

static uint32_t seed = 2031;

static int64_t random_in(int64_t low, int64_t high)
{
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

/* ---- rows ---- */

/* Can the arrays take n rows in so many tiles, at least `least` of them at high precision?  Every split is tried. */
static int can_take(const int blk[4], int64_t n, int64_t least, int64_t tiles)
{
  for (int64_t high = least; high <= n; high++)
    if (high <= tiles * (blk[2] + blk[3]) && n - high <= tiles * (blk[0] + blk[1])) return 1;
  return 0;
}

static int can_take_edge(const int blk[4], int64_t n, int passes, int64_t tiles)
{
  for (int64_t dsp = 0; dsp <= n; dsp++)
    if (dsp <= tiles / passes * blk[0] && n - dsp <= tiles * (blk[2] + blk[3])) return 1;
  return 0;
}

static int assignment_is_least(const int blk[4], int64_t n, int64_t percent, int edge, int passes)
{
  const qy_gemm_assignment a = qy_gemm_assign(blk, n, (double)percent / 100, edge, passes);
  const int64_t least = (n * percent + 99) / 100, most_tiles = 4 * n * passes;
  int64_t tiles = 1;
  while (tiles <= most_tiles && !(edge ? can_take_edge(blk, n, passes, tiles) : can_take(blk, n, least, tiles)))
    tiles++;
  if (tiles > most_tiles) return a.tiles == 0;
  double sum = 0;
  for (int i = 0; i < 4; i++) {
    const double room = i == 0 && edge ? (double)(tiles / passes * blk[0]) : (double)(tiles * blk[i]);
    if (a.rows[i] < 0 || a.rows[i] > room) return 0;
    sum += a.rows[i];
  }
  return a.tiles == (double)tiles && sum == (double)n && (edge || a.rows[2] + a.rows[3] >= (double)least) &&
         (!edge || a.rows[1] == 0);
}

static void check_assignments(void)
{
  int wrong = 0, cases = 20000;
  for (int i = 0; i < cases; i++) {
    int blk[4];
    for (int k = 0; k < 4; k++)
      blk[k] = random_in(0, 2) ? (int)random_in(0, 9) : 0;
    const int64_t n = random_in(1, 60), percent = random_in(0, 1) ? random_in(0, 100) : 0;
    wrong += !assignment_is_least(blk, n, percent, (int)random_in(0, 1), (int)random_in(1, 4));
  }
  is_int(wrong, 0, "rows go to arrays in the fewest tiles that take them, in 20,000 random cases");
}

/* ---- cycles ---- */

/* Push bits through the port. */
static int64_t moved(int64_t bits, int64_t port)
{
  int64_t cycles = 0;
  for (; bits > 0; bits -= port)
    cycles++;
  return cycles;
}

typedef struct walked {
  int64_t compute, load, store, total;
} walked;

static int64_t parts(int64_t cycles, int64_t tiles)
{
  return tiles > 1 ? (cycles + tiles - 1) / tiles : cycles;
}

/* The loop nest with g groups side by side: every product of every row is visited, in beats of Bat Blk_in. */
static walked walk(const qy_gemm_params *p, const int blk[4], const qy_layer *l, int64_t g, int64_t port)
{
  walked w = {0};
  int64_t first = 0, last = 0, fill = 2;
  for (int64_t lanes = 1; lanes < p->blk_in; lanes *= 2)
    fill++;
  const int64_t k = l->kernel_h * l->kernel_w * (l->in_c / l->groups), n = l->out_c / l->groups;
  const int64_t taps = p->by_taps ? l->kernel_h * l->kernel_w : 1;
  for (int64_t group = 0; group < l->groups; group += g) {
    int64_t left = g * n, weights = 0, tiles = 0;
    while (left > 0) { /* a tile: each array takes rows as long as there are any */
      tiles++;
      for (int a = 0; a < 4; a++)
        for (int row = 0; row < blk[a] && left > 0; row++, left--)
          weights += k * (a < 2 ? 4 : 8);
      for (int64_t pixel = 0; pixel < l->out_h * l->out_w; pixel += p->bat)
        for (int64_t tap = 0; tap < taps; tap++)
          for (int64_t step = 0; step < g * k / taps; step += p->blk_in)
            w.compute++;
    }
    w.load += moved(weights, port);
    for (int64_t t = 0; t < tiles; t++)
      w.load += moved(g * l->in_h * l->in_w * (l->in_c / l->groups) * 5, port);
    w.store += moved(g * n * l->out_h * l->out_w * 5, port);
    int64_t rows = 0; /* up to the last one that the first window reads */
    for (int64_t tap = 0, y = -l->pad_top; tap < l->kernel_h; tap++, y += l->dilation_h)
      if (y >= 0 && y < l->in_h) rows = y + 1;
    first = parts(moved(weights, port), tiles) + moved(g * rows * l->in_w * (l->in_c / l->groups) * 5, port);
    last = parts(moved(g * n * l->out_w * 5, port), tiles);
  }
  const int64_t alone = first + w.compute + fill + last, transfer = w.load + w.store;
  w.total = alone > transfer ? alone : transfer;
  return w;
}

static int layer_is_walked(subject *s, const qy_gemm_params *p, const qy_layer *l, int64_t port)
{
  qy_gemm_cycles c;
  const int *blk = qy_gemm_arrays_of(s->self)->rows;
  if (qy_gemm_layer_cycles(&c, s->self, l, NULL)) return 0;
  const walked w = walk(p, blk, l, (int64_t)c.bundle, port);
  for (int64_t g = 1; g <= l->groups; g++) /* no other bundle is shorter */
    if (walk(p, blk, l, g, port).total < w.total) return 0;
  return c.compute == (double)w.compute && c.load == (double)w.load && c.store == (double)w.store &&
         c.total == (double)w.total;
}

static void check_cycles(void)
{
  subject s;
  int wrong = 0, cases = 300;
  if (!prepare(&s, "zu9eg", QY_PE_SP2, 5, 4)) return;
  for (int i = 0; i < cases; i++) {
    const int64_t groups = random_in(0, 2) ? 1 : random_in(2, 12);
    qy_gemm_params p =
        sizes((int)random_in(1, 5), (int)random_in(1, 20), (int)random_in(1, 6), (int)random_in(1, 6), 0, 0);
    p.port_bits = (int)random_in(8, 200);
    p.by_taps = random_in(0, 1);
    const int64_t kernel = random_in(1, 5);
    qy_layer l = make_layer(random_in(3, 9), random_in(3, 9), groups * random_in(1, 5), groups * random_in(1, 14),
                            kernel, kernel < 3 ? kernel : 3, random_in(1, 2), kernel / 2, groups);
    if (i % 2) vary_window(&l, random_in);
    if (!make(&s, &p)) {
      ok(0, "a small design: %s", s.reason);
      return;
    }
    wrong += !layer_is_walked(&s, &p, &l, p.port_bits);
  }
  is_int(wrong, 0, "cycles of 300 random layers are those of the loop nest, groups side by side included");
}

/* ---- FILM-QNN ---- */

/* Table 4 of FILM-QNN (Sun et al., FPGA 2022): operations a cycle in LUTs and on DSP slices for weights of 4 bits
 * (activations 5), then for weights of 8 bits; GOPS and DSP slices in per cent. */
static void check_published(void)
{
  static const struct {
    const char *device;
    int lut4, dsp4, lut8, dsp8;
    double gops, dsp_pct;
  } row[] = {{"zu9eg", 10240, 0, 0, 0, 1536, 1},      {"zu9eg", 0, 16384, 0, 0, 2458, 82},
             {"zu9eg", 0, 0, 6656, 0, 998.4, 1},      {"zu9eg", 0, 0, 0, 8192, 1229, 82},
             {"zu9eg", 0, 16384, 1024, 0, 2611, 83},  {"zu9eg", 0, 14336, 0, 1024, 2304, 83},
             {"xc7z020", 1728, 0, 0, 0, 172.8, 13},   {"xc7z020", 0, 1440, 0, 0, 144, 95},
             {"xc7z020", 576, 1440, 0, 0, 201.6, 95}, {"xc7z020", 0, 0, 1152, 0, 115.2, 13},
             {"xc7z020", 0, 0, 0, 720, 72, 95},       {"xc7z020", 720, 1152, 0, 144, 201.6, 95}};
  int wrong_gops = 0, wrong_dsp = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const int zu = row[i].device[0] == 'z', bat = 2, blk_in = 4, ops = 2 * bat * blk_in;
    subject s;
    if (!prepare(&s, row[i].device, QY_PE_MUL, 5, 4)) return;
    qy_gemm_params p = sizes(bat, blk_in, row[i].dsp4 / ops, row[i].lut4 / ops, row[i].dsp8 / ops, row[i].lut8 / ops);
    const int high_only = !row[i].dsp4 && !row[i].lut4;
    if (high_only) { /* all rows of 8 bits: they are the low precision then */
      p = sizes(bat, blk_in, row[i].dsp8 / ops, row[i].lut8 / ops, 0, 0);
      p.weight_bits = 8;
      if (row[i].lut8 && !prepare(&s, row[i].device, QY_PE_MUL, 5, 5)) return;
    }
    make(&s, &p); /* LUTs may be short: the counts are there all the same */
    const qy_gemm_arrays *a = qy_gemm_arrays_of(s.self);
    double rows = 0;
    for (int k = 0; k < 4; k++)
      rows += a->rows[k];
    const double gops = rows * ops * (zu ? 0.15 : 0.1), dsp_pct = 100 * a->dsp / s.tech->fpga_value[QY_FPGA_DSPS];
    wrong_gops += fabs(gops - row[i].gops) > 0.6;
    wrong_dsp += fabs(dsp_pct - row[i].dsp_pct) > 1.2; /* 29 slices beside the products; 25 to 45 are published */
    printf("# %s: LUT %.0f, DSP %.0f (%.1f %%, published %.0f %%), %.1f GOPS\n", row[i].device, a->lut[0], a->dsp,
           dsp_pct, row[i].dsp_pct, gops);
  }
  is_int(wrong_gops, 0, "peak GOPS of FILM-QNN Table 4");
  is_int(wrong_dsp, 0, "DSP slices of FILM-QNN Table 4, in per cent of the device");
}

/* ---- packing ---- */

/* As many products in a slice as the packing compiler places and proves, where rows and pixels fill whole slices. */
static void check_packing(void)
{
  enum { MANY = 60 }; /* of all numbers of words on a port a multiple */
  static const char *const devices[] = {"xc7z020", "zu9eg"};
  for (size_t d = 0; d < 2; d++) {
    int wrong = 0;
    for (int a = 2; a <= 8; a++) {
      subject s;
      if (!prepare(&s, devices[d], QY_PE_MUL, a, 8)) return;
      for (int w = 2; w <= 8; w++) {
        const qy_packing_ask ask = {w, a, true, true, 1, 1, 0, QY_PACKING_AUTO, s.tech->fpga->slice};
        qy_packing packing;
        qy_gemm_params p = sizes(MANY, 1, MANY, 0, 0, 0);
        p.weight_bits = w;
        make(&s, &p);
        const double slices = qy_gemm_arrays_of(s.self)->dsp - s.tech->fpga_value[QY_FPGA_BASE_DSPS];
        if (qy_packing_find(&packing, &ask, NULL)) continue;
        const double products = MANY * MANY / slices;
        if (products == packing.products) continue;
        printf("# %d x %d bits on %s: %g, %g by the compiler (%d x %d)\n", w, a, devices[d], products, packing.products,
               packing.weights, packing.activations);
        wrong++;
      }
    }
    is_int(wrong, 0, "products in a slice, weights and activations of 2 to 8 bits");
  }
}

/* ---- sizes ---- */

/* Do the given sizes stay within the limits by which devices are filled? */
static int within_limits(subject *s, const qy_gemm_params *p)
{
  const double *v = s->tech->fpga_value;
  if (!make(s, p)) return 0;
  const qy_gemm_arrays *a = qy_gemm_arrays_of(s->self);
  return a->lut[0] <= v[QY_FPGA_LUTS] * v[QY_FPGA_LUT_LIMIT] && a->dsp <= v[QY_FPGA_DSPS] * v[QY_FPGA_DSP_LIMIT] &&
         a->bram <= v[QY_FPGA_BRAM18S] * v[QY_FPGA_BRAM_LIMIT];
}

/* The most rows within the limits: every number of them on DSP slices, with as many in LUTs as fit beside them. */
static int most_rows(subject *s, const qy_gemm_params *like, int total)
{
  int best = 0, lut = 2 * total + 8; /* the more on slices, the fewer in LUTs */
  for (int dsp = 1; dsp <= total + 8; dsp++) {
    for (; lut > 0; lut--) {
      const qy_gemm_params p = sizes(like->bat, like->blk_in, dsp, lut, 0, 0);
      if (within_limits(s, &p)) break;
    }
    if (lut > 0 && dsp + lut > best) best = dsp + lut;
  }
  return best;
}

static void check_sizes(void)
{
  static const char *const devices[] = {"xc7z020", "xc7z045", "zu3eg"};
  static const int shape[][2] = {{2, 8}, {4, 16}, {1, 32}};
  for (size_t d = 0; d < 3; d++) {
    subject s;
    if (!prepare(&s, devices[d], QY_PE_SP2, 5, 4)) return;
    int wrong = 0;
    for (size_t k = 0; k < 3; k++) {
      qy_gemm_params p = sizes(shape[k][0], shape[k][1], 0, 0, 0, 0);
      p.arrays = QY_GEMM_ANY;
      if (!make(&s, &p)) {
        wrong++;
        continue;
      }
      const qy_gemm_arrays a = *qy_gemm_arrays_of(s.self);
      const int total = a.rows[0] + a.rows[1];
      wrong += total < most_rows(&s, &p, total);
    }
    is_int(wrong, 0, devices[d]);
  }
}

static int load(subject *s, const char *name)
{
  qy_network *network;
  const qy_layer **list;
  const qy_layer_filter filter = {.types = 1u << QY_LAYER_CONV | 1u << QY_LAYER_DWCONV | 1u << QY_LAYER_PWCONV |
                                           1u << QY_LAYER_FC};
  size_t count = 0;
  const int failed = qy_network_read(&network, "db", name, arena, NULL) ||
                     qy_network_select(&list, &count, network, &filter, arena, NULL) ||
                     qy_accelerator_gemm.work(&s->work, list, count, arena, NULL);
  return failed ? ok(0, "layers of %s", name) : 1;
}

/* Cycles of the network; infinite: none. */
static double cycles_of(subject *s, const qy_gemm_params *p)
{
  return !make(s, p) || qy_design_run(&s->design, s->work, qy_precision_of(5)) ? INFINITY : s->design.bill.cycles;
}

/* Sizes of least time by trying all of them, rows of low precision only. */
static double least_cycles(subject *s, const qy_gemm_params *like)
{
  double least = INFINITY;
  for (int dsp = 0; dsp <= 40; dsp++)
    for (int lut = 0; lut <= 40; lut++) {
      const qy_gemm_params p = sizes(like->bat, like->blk_in, dsp, lut, 0, 0);
      if (dsp + lut == 0 || !within_limits(s, &p)) continue;
      const double cycles = cycles_of(s, &p);
      if (cycles < least) least = cycles;
    }
  return least;
}

static void check_least_time(void)
{
  static const char *const networks[] = {"resnet18", "mobilenet_v2_1.0_224"};
  static const int shape[][2] = {{4, 32}, {2, 64}};
  int wrong = 0;
  for (size_t i = 0; i < 4; i++) {
    subject s;
    if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4) || !load(&s, networks[i / 2])) return;
    qy_gemm_params p = sizes(shape[i % 2][0], shape[i % 2][1], 0, 0, 0, 0);
    p.arrays = QY_GEMM_ANY;
    const double cycles = cycles_of(&s, &p), least = least_cycles(&s, &p);
    if (cycles > least) printf("# %s: %.0f cycles, least %.0f\n", networks[i / 2], cycles, least);
    wrong += cycles > least;
  }
  is_int(wrong, 0, "no sizes within the limits are faster than those that fill the device");
}

/* Larger limits are never slower, both arrays never slower than either, and limits are kept. */
static void check_limits(void)
{
  static const char *const networks[] = {"mobilenet_v2_1.0_224", "alexnet_227"};
  static const double shares[] = {0, 0.05, 1};
  int over = 0, slower = 0, mixed = 0;
  for (size_t i = 0; i < 12; i++) { /* two networks, Bat and shares */
    subject s;
    if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4) || !load(&s, networks[i % 2])) return;
    double before[3] = {INFINITY, INFINITY, INFINITY};
    for (int limit = 45; limit <= 100; limit += 5) {
      double cycles[QY_GEMM_SIDES];
      for (int side = 0; side < QY_GEMM_SIDES; side++) {
        qy_gemm_params p = sizes(i / 2 % 2 ? 4 : 1, 8, 0, 0, 0, 0);
        p.arrays = side;
        p.high_share = shares[i / 4];
        p.lut_limit = limit / 100.0;
        p.bram_limit = 0.5 + limit / 300.0;
        cycles[side] = cycles_of(&s, &p);
        const qy_gemm_arrays *a = qy_gemm_arrays_of(s.self);
        over += isinf(cycles[side]) || a->lut[0] > p.lut_limit * s.tech->fpga_value[QY_FPGA_LUTS] ||
                a->bram > p.bram_limit * s.tech->fpga_value[QY_FPGA_BRAM18S];
        slower += cycles[side] > before[side];
        before[side] = cycles[side];
      }
      mixed += cycles[QY_GEMM_ANY] > cycles[QY_GEMM_DSP] || cycles[QY_GEMM_ANY] > cycles[QY_GEMM_LUT];
    }
  }
  is_int(over, 0, "filled devices stay within the limits");
  is_int(slower, 0, "larger limits are never slower");
  is_int(mixed, 0, "rows on slices and in LUTs are never slower than either alone");
}

/* ---- wide products ---- */

/* Parts of an operand: the topmost as wide as the port, the others without sign a bit less. */
static int parts_of(int bits, int port)
{
  int count = 1;
  for (; bits > port; bits -= port - 1)
    count++;
  return count;
}

static void check_wide(void)
{
  int wrong = 0;
  for (int a = 8; a <= 32; a += 4) {
    subject s;
    if (!prepare(&s, "xc7z020", QY_PE_MUL, a, 8)) return;
    qy_gemm_params p = sizes(1, 4, 3, 0, 0, 0);
    p.packing = QY_GEMM_ONE;
    const int slices = parts_of(a, 25), made = make(&s, &p);
    const double dsp = qy_gemm_arrays_of(s.self)->dsp - s.tech->fpga_value[QY_FPGA_BASE_DSPS];
    const double lut = qy_gemm_arrays_of(s.self)->lut[0] - s.tech->fpga_value[QY_FPGA_BASE_LUTS];
    wrong += !made || dsp != 3 * 4 * slices || (lut > 0) != (slices > 1);
  }
  is_int(wrong, 0, "products wider than 25 bits take two slices");
}

/* ---- shares of the rows ---- */

static void check_shares(void)
{
  subject s;
  int bits[QY_ROW_PARTS], wrong = 0;
  if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4)) return;
  const qy_layer l = make_layer(4, 4, 8, 100, 1, 1, 1, 0, 1), *list[] = {&l, &l, &l, &l};
  if (qy_accelerator_gemm.work(&s.work, list, 4, arena, NULL)) return;
  for (int percent = 0; percent <= 100; percent += 10) { /* the only row of high precision does not limit the share */
    double share[QY_ROW_PARTS];
    qy_gemm_params p = sizes(1, 4, 60, 40, 0, 1);
    p.high_share = percent / 100.0;
    make(&s, &p);
    bits[QY_ROWS_SCHEME] = bits[QY_ROWS_HIGH] = 77;
    qy_accelerator_gemm.shares(share, bits, s.self);
    wrong += bits[QY_ROWS_SCHEME] != 0 || bits[QY_ROWS_HIGH] != p.high_bits; /* 0: those of the element */
    const double expected = percent ? p.high_share : 0;
    wrong += fabs(share[QY_ROWS_HIGH] - expected) > 1e-12 ||
             fabs(share[QY_ROWS_HIGH] + share[QY_ROWS_LOW] + share[QY_ROWS_SCHEME] - 1) > 1e-12;
    p.high_edges = true; /* two layers of four */
    make(&s, &p);
    qy_accelerator_gemm.shares(share, bits, s.self);
    wrong += fabs(share[QY_ROWS_HIGH] - (1 + expected) / 2) > 1e-12;
  }
  is_int(wrong, 0, "shares of rows are those that layers assign, first and last layer included");
  s.work = NULL; /* without layers: those of the arrays, of high precision no fewer than asked for */
  wrong = 0;
  for (int high = 0; high <= 20; high += 10)
    for (int percent = 0; percent <= 100; percent += 10) {
      double share[QY_ROW_PARTS];
      qy_gemm_params p = sizes(1, 4, 60, 40, 0, high);
      p.high_share = percent / 100.0;
      if (percent && !high) continue;
      make(&s, &p);
      qy_accelerator_gemm.shares(share, bits, s.self);
      const double own = high / (100.0 + high), expected = fmax(own, p.high_share);
      wrong += fabs(share[QY_ROWS_HIGH] - expected) > 1e-12 ||
               fabs(share[QY_ROWS_LOW] - 0.6 * (1 - expected)) > 1e-12 ||
               fabs(share[QY_ROWS_SCHEME] - 0.4 * (1 - expected)) > 1e-12;
    }
  is_int(wrong, 0, "without layers those of the arrays, but for the share of high precision that is asked for");
}

/* ---- a bill by hand ---- */

static void check_bill(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 8, 8)) return;
  qy_gemm_params p = sizes(2, 8, 2, 0, 0, 0);
  p.packing = QY_GEMM_ONE;
  const qy_layer l = make_layer(2, 2, 8, 3, 1, 1, 1, 0, 1), *list[] = {&l};
  if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL) || !make(&s, &p)) {
    ok(0, "a small design: %s", s.reason);
    return;
  }
  const char *reason = qy_design_run(&s.design, s.work, qy_precision_of(8));
  const double *count = s.design.bill.count;
  /* 4 pixels, 8 products, 3 rows: two tiles of two rows, two pieces, one step.  A row has 16 slices. */
  ok(!reason && s.design.bill.compute_cycles == 4, "compute cycles of a small layer");
  ok(s.design.bill.products == 96 && count[QY_EVENT_DSP] == 96, "a slice works once for each product where it has one");
  ok(count[QY_PART_DSP] == 32 && count[QY_PART_BASE_DSP] == 1, "slices of two rows, and what surrounds them");
  /* Registers: 16 activations of 8 bits, and 8 weights of each row, which is at work in two cycles of a tile. */
  ok(count[QY_PART_FF] == 16 * 8 + 2 * 8 * 8 && count[QY_EVENT_FF] == 4 * 16 * 8 + 3 * 2 * 8 * 8,
     "flip-flops of operands");
  /* Four words of 8 bits in a block: 4 blocks of activations, 2 of the weights of a row; what passes the port is
   * written and read in words of 36 bits. */
  const double port_bits = s.tech->fpga_value[QY_FPGA_AXI_PORTS] * s.tech->fpga_value[QY_FPGA_AXI_PORT_BITS];
  const double moved = s.design.bill.transfer_cycles * 2 * port_bits / 36;
  ok(fabs(count[QY_EVENT_BRAM] - (4 * 4 + 3 * 2 * 2 + moved)) < 1e-9, "accesses of blocks: %g", count[QY_EVENT_BRAM]);
  ok(s.design.bill.slots == 32 * s.design.bill.cycles && s.design.bill.loaded_bits == 8 * (3 * 8 + 2 * 4 * 8) &&
         s.design.bill.stored_bits == 8 * 3 * 4,
     "slots, words through the port: %g, %g", s.design.bill.loaded_bits, s.design.bill.stored_bits);
  ok(count[QY_PART_LUT] == 0 && count[QY_EVENT_LUT] == 0, "sums of unpacked products stay in the slices");
  const double *v = s.tech->fpga_value, us = s.design.bill.cycles / 100;
  double metric[QY_METRIC_COUNT];
  qy_metric_derive(metric, s.design.in, QY_AT_ACCELERATOR | QY_ON_FPGA);
  const double dynamic_uj = metric[QY_ENERGY_UJ] - (v[QY_FPGA_STATIC_W] + v[QY_FPGA_SYSTEM_W]) * us;
  const double by_hand_uj =
      (96 * v[QY_FPGA_DSP_PJ] + count[QY_EVENT_FF] * v[QY_FPGA_FF_PJ] + count[QY_EVENT_BRAM] * v[QY_FPGA_BRAM18_PJ] +
       s.design.bill.cycles * v[QY_FPGA_BASE_LUTS] * v[QY_FPGA_LUT_PJ]) /
      1e6;
  ok(fabs(dynamic_uj / by_hand_uj - 1) < 1e-6, "energy: events times the device's prices, and static power");
  ok(isnan(metric[QY_AREA_UM2]) && metric[QY_DSP] == 32 + 29 && fabs(metric[QY_FPS] - 1e6 / us) < 1e-3,
     "metrics of an FPGA, none of cells");
}

static int near(double a, double b)
{
  return fabs(a - b) <= 1e-9 * fabs(b);
}

/* LUTs by the rules of one toolchain, and what the other one has more: two counts, whichever is the design's. */
static void check_toolchains(void)
{
  static const int parts[] = {QY_PART_LUT, QY_EVENT_LUT}, others[] = {QY_PART_LUT_OTHER, QY_EVENT_LUT_OTHER};
  double lut[2][2], more[2][2];
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4)) return;
  const qy_layer l = make_layer(6, 6, 24, 30, 3, 3, 1, 1, 1), *list[] = {&l};
  if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
  for (int tool = 0; tool < 2; tool++) {
    qy_gemm_params p = sizes(2, 8, 4, 6, 0, 2);
    p.high_share = 0.2;
    p.toolchain = tool;
    const bool ran = make(&s, &p) && !qy_design_run(&s.design, s.work, qy_precision_of(5));
    if (!ok(ran, "by toolchain %d", tool)) return;
    for (int k = 0; k < 2; k++) {
      lut[tool][k] = s.design.bill.count[parts[k]];
      more[tool][k] = s.design.bill.count[others[k]];
    }
  }
  for (int k = 0; k < 2; k++)
    ok(more[0][k] != 0 && near(lut[0][k] + more[0][k], lut[1][k]) && near(lut[1][k] + more[1][k], lut[0][k]),
       "%s: %g LUTs and %g, %g and %g", k ? "at work" : "there", lut[0][k], more[0][k], lut[1][k], more[1][k]);
}

/* ---- a network ---- */

/* Events and times of a run are those of its layers, layers of one shape counted together. */
static void check_layers(void)
{
  subject s;
  qy_network *network;
  const qy_layer **list;
  const qy_layer_filter filter = {.types = 1u << QY_LAYER_CONV | 1u << QY_LAYER_DWCONV | 1u << QY_LAYER_PWCONV |
                                           1u << QY_LAYER_FC};
  size_t count = 0;
  if (!prepare(&s, "zu9eg", QY_PE_SP2, 5, 4)) return;
  qy_gemm_params p = sizes(4, 16, 64, 20, 8, 0);
  p.high_share = 0.05;
  p.high_edges = true;
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) ||
      qy_network_select(&list, &count, network, &filter, arena, NULL) ||
      qy_accelerator_gemm.work(&s.work, list, count, arena, NULL) || !make(&s, &p) ||
      qy_design_run(&s.design, s.work, qy_precision_of(5))) {
    ok(0, "MobileNetV2 on ZU9EG: %s", s.reason ? s.reason : "");
    return;
  }
  qy_bill sum = {0};
  int failed = 0, wrong = 0;
  for (size_t i = 0; i < count; i++) {
    const char *reason;
    failed += qy_accelerator_gemm.layer(&sum, &reason, s.self, list[i], (qy_modes){0}, NULL) != QY_OK;
  }
  for (int i = QY_EVENT_FIRST; i < QY_ITEM_COUNT; i++)
    wrong += !near(s.design.bill.count[i], sum.count[i]);
  ok(!failed && count == 53 && wrong == 0 && near(s.design.bill.cycles, sum.cycles) &&
         near(s.design.bill.products, sum.products) && near(s.design.bill.loaded_bits, sum.loaded_bits),
     "a run of MobileNetV2 is the sum of its %zu layers", count);
  ok(sum.products == 300774272, "and makes its 300,774,272 products");
}

/* Sums of several products in one field: as many slices, fewer splits of their words; of one product nothing. */
static void check_chained(void)
{
  subject s;
  if (!prepare(&s, "zu3eg", QY_PE_MUL, 8, 8)) return;
  for (int blk_in = 1; blk_in <= 64; blk_in *= 64) {
    qy_gemm_arrays of[2];
    for (int chained = 0; chained < 2; chained++) {
      qy_gemm_params p = sizes(1, blk_in, 2, 0, 0, 0);
      p.packing = chained ? QY_GEMM_CHAINED : QY_GEMM_SPLIT;
      if (!ok(make(&s, &p), "rows of %d products", blk_in)) return;
      of[chained] = *qy_gemm_arrays_of(s.self);
    }
    ok(of[0].dsp == of[1].dsp && (blk_in == 1 ? of[0].lut[0] == of[1].lut[0] : of[0].lut[0] > of[1].lut[0]),
       "chained: %g slices for %g, %g LUTs for %g", of[1].dsp, of[0].dsp, of[1].lut[0], of[0].lut[0]);
  }
}

/* ---- reasons ---- */

static void check_reasons(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4)) return;
  qy_gemm_params p = sizes(4, 16, 0, 100, 0, 0);
  int made = make(&s, &p);
  ok(!made && strncmp(s.reason, "LUTs: ", 6) == 0 && strstr(s.reason, " of 53,200"), "too few LUTs: %s", s.reason);
  p = sizes(4, 16, 100, 0, 0, 0);
  p.packing = QY_GEMM_ONE;
  made = make(&s, &p);
  ok(!made && strcmp(s.reason, "DSP slices: 6,429 of 220") == 0, "too few slices: %s", s.reason);
  for (int side = 0; side < 2; side++) { /* what is between lies on the device, and one row is too much */
    p = sizes(256, 1024, 0, 0, 0, 0);
    p.arrays = side ? QY_GEMM_DSP : QY_GEMM_LUT;
    p.packing = QY_GEMM_ONE;
    const char *const said[] = {"no row of the arrays fits: too few LUTs within the limits of xc7z020",
                                "no row of the arrays fits: too few DSP slices within the limits of xc7z020"};
    ok(!make(&s, &p), "no row fits");
    is_text(s.reason, said[side], "and what there is too little of");
  }
  p = sizes(1, 8, 0, 4, 0, 0);
  p.high_edges = true;
  const qy_layer l = make_layer(4, 4, 8, 8, 1, 1, 1, 0, 1), *list[] = {&l};
  if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL) || !make(&s, &p)) return;
  const char *reason = qy_design_run(&s.design, s.work, qy_precision_of(5));
  ok(reason && strstr(reason, "no array of high precision"), "edges without an array: %s", reason ? reason : "");
  qy_error err = {0};
  for (int low = 0; low < 2; low++)
    ok(!qy_fabric_prices(&s.prices, s.tech, &s.columns, low ? 40 : 900, arena, &err) && s.prices.reason &&
           strcmp(s.prices.reason, "clock outside the 50 to 250 MHz that designs on xc7z020 reach") == 0,
       "a clock out of reach");
}

static void check_mistakes(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4)) return;
  qy_gemm_params p = sizes(1, 8, 4, 4, 0, 0);
  p.high_bits = 3;
  ok(make(&s, &p), "high_bits does not matter without rows of high precision");
  p.high_share = 0.1;
  ok(!make(&s, &p) && strstr(s.reason, "`high_bits`"), "high_bits below the low width: %s", s.reason);
  p = sizes(1, 8, 4, 4, 0, 0);
  if (make(&s, &p)) {
    const qy_layer l = make_layer(4, 4, 8, 8, 1, 1, 1, 0, 1), *list[] = {&l};
    if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
    is_text(qy_design_run(&s.design, s.work, qy_precision_of(4)), "arrays are built for 5 bits", "a lower precision");
    ok(!qy_design_run(&s.design, s.work, qy_precision_of(5)), "the precision of the arrays");
  }
  if (make(&s, &p)) {
    qy_gemm_cycles c = {.total = 7};
    qy_error err = {0};
    qy_layer l = make_layer(4, 4, 8, 8, 2, 2, 2, 0, 1);
    l.type = QY_LAYER_POOL;
    ok(qy_gemm_layer_cycles(&c, s.self, &l, &err) == QY_BAD_INPUT && err.count == 1 && c.total == 7,
       "a layer without products has no cycles");
  }
  p = sizes(64, 1024, 65536, 65536, 0, 0);
  ok(!make(&s, &p), "a design beyond all devices");
  double count = 0;
  int groups = 0;
  for (const char *c = s.reason + strlen("LUTs: "); *c != ' '; c++) {
    if (*c != ',') count = 10 * count + (*c - '0');
    groups += *c == ',' && strspn(c + 1, "0123456789") == 3;
  }
  ok(groups == 3 && count == ceil(qy_gemm_arrays_of(s.self)->lut[0]), "large numbers: %s", s.reason);
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 12, 12)) return;
  p = sizes(1, 8, 4, 4, 0, 0);
  ok(!make(&s, &p) && strstr(s.reason, "`weight_bits: auto`"), "weights wider than fixed-point rows: %s", s.reason);
  p.weight_bits = 8;
  ok(make(&s, &p), "and rows of a width that is given");
  is_text(qy_accelerator_gemm.one_precision(s.self), "arrays are built for 12 bits", "what they are built for");
  p.arrays = QY_GEMM_LUT, p.blk_dsp = 0, p.weight_bits = 0;
  for (int what = 0; what < 5; what++) { /* any of these asks for rows of high precision, of 12 bits at least */
    qy_gemm_params high = p;
    if (what == 1) high.high_share = 0.5;
    if (what == 2) high.high_edges = true;
    if (what == 3) high.blk_dsp_high = 1;
    if (what == 4) high.blk_lut_high = 1;
    const char *said = qy_accelerator_gemm.mistake(&high, &s.pe);
    ok(what == 0 ? !said : said && strstr(said, "`high_bits` is less"), "rows of high precision by parameter %d: %s",
       what, said ? said : "none");
  }
  static const struct {
    qy_gemm_params p;
    const char *why;
  } row[] = {{{.arrays = QY_GEMM_LUT, .blk_dsp = 1}, "`arrays: lut` has no rows `blk_dsp`"},
             {{.arrays = QY_GEMM_DSP, .blk_lut = 1}, "`arrays: dsp` has no rows `blk_lut`"},
             {{.high_array = QY_GEMM_LUT, .blk_dsp_high = 1}, "`high_array: lut` has no rows `blk_dsp_high`"},
             {{.high_array = QY_GEMM_DSP, .blk_lut_high = 1}, "`high_array: dsp` has no rows `blk_lut_high`"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    is_text(qy_accelerator_gemm.mistake(&row[i].p, &s.pe), row[i].why, "rows where there are none");
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena) return 1;
  check_assignments();
  check_cycles();
  check_published();
  check_packing();
  check_sizes();
  check_least_time();
  check_limits();
  check_wide();
  check_shares();
  check_bill();
  check_toolchains();
  check_layers();
  check_chained();
  check_reasons();
  check_mistakes();
  qy_arena_free(arena);
  return done();
}
