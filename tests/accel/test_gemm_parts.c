/* What arrays of a GEMM accelerator take, counted anew from the words of gemm.h: placements in slices by trying all of
 * them, slices, LUTs, flip-flops and half blocks of given rows, passes at the edges, circuits that a design asks for. */
#include "accel/gemm.h"
#include "accel/layer.h"
#include "random.h"
#include "tap.h"

static uint64_t seed = 13;

static int64_t between(int64_t low, int64_t high)
{
  return low + (int64_t)random_below(&seed, (size_t)(high - low + 1));
}

static int log2_up(int64_t n)
{
  int bits = 0;
  while (INT64_C(1) << bits < n)
    bits++;
  return bits;
}

static double up(double a, double b)
{
  return ceil(a / b);
}

/* ---- products in a slice ---- */

enum { PORT_A = 25, PORT_B = 18, SUM = 48 }; /* of a DSP48E1 */

typedef struct placement {
  int weights, pixels, sums;
} placement;

/* Words side by side: `count` of `bits` bits, each `apart` from the next. */
static int long_word(int bits, int count, int apart)
{
  return bits + (count - 1) * apart;
}

static bool goes(int w, int a, int weights, int pixels, int field)
{
  if (weights * pixels * field > SUM) return false;
  for (int first = 0; first < 2; first++) { /* fields of weights within those of pixels, or the other way round */
    const int x = long_word(w, weights, first ? field : pixels * field),
              y = long_word(a, pixels, first ? weights * field : field);
    if ((x <= PORT_A && y <= PORT_B) || (x <= PORT_B && y <= PORT_A)) return true;
  }
  return false;
}

/* Fewest slices a row and Bat pixels; the first of several by weights and pixels, with the widest fields. */
static placement place(int w, int a, int bat)
{
  static placement known[16][40][8]; /* weights 0: not yet */
  if (known[w][a][bat].weights) return known[w][a][bat];
  const int product = w + a - 1;
  placement best = {1, 1, 1};
  double fewest = bat;
  for (int weights = 1; weights <= SUM; weights++)
    for (int pixels = 1; pixels <= bat; pixels++) {
      const double slices = up(bat, pixels) / weights;
      if (!goes(w, a, weights, pixels, product) || slices >= fewest) continue;
      int spare = 0;
      while (goes(w, a, weights, pixels, product + spare + 1))
        spare++;
      fewest = slices;
      best = (placement){weights, pixels, 1 << (spare < 10 ? spare : 10)};
    }
  return known[w][a][bat] = best;
}

/* Parts of an operand on a port: the topmost as wide as it, the others without sign a bit less. */
static int parts_of(int bits)
{
  int count = 1;
  for (; bits > PORT_A; bits -= PORT_A - 1)
    count++;
  return count;
}

/* ---- the whole ---- */

static double half_blocks(double lanes, int bits, double depth)
{
  const double group = bits > 36 ? 1 : floor(36.0 / bits), blocks = up(depth * bits * group, 18 * 1024);
  return up(lanes, group) * (blocks > 1 ? blocks : 1);
}

typedef struct counts {
  double lut[QY_FABRIC_TOOLS], ff, dsp, bram;
} counts;

static void add_on_dsp(counts *c, const subject *s, const qy_gemm_params *p, int rows, int w, int a, int64_t products)
{
  const placement one = {1, 1, 1}, k = p->packing == QY_GEMM_ONE ? one : place(w, a, p->bat);
  const int sum = w + a + log2_up(products) < 64 ? w + a + log2_up(products) : 64;
  double group = p->blk_in * up(p->bat, k.pixels);
  c->ff += (double)rows * p->blk_in * w;
  if (k.weights * k.pixels == 1) {
    const int slices = parts_of(a);
    const double outside = slices > 1 ? slices - 1 : sum > SUM;
    group *= slices;
    for (int t = 0; t < QY_FABRIC_TOOLS; t++)
      c->lut[t] += rows * p->bat * outside * s->fabric->adder_lut[t][sum];
    c->ff += rows * p->bat * outside * sum;
  } else {
    const int added = p->packing != QY_GEMM_CHAINED ? 1 : k.sums < p->blk_in ? k.sums : p->blk_in;
    const int words = (int)up(p->blk_in, added);
    for (int t = 0; t < QY_FABRIC_TOOLS; t++)
      c->lut[t] += (double)rows * p->bat *
                   (words * s->fabric->split_lut[t][w] +
                    qy_fabric_tree_lut(s->fabric, (qy_fabric_tool)t, w + a + log2_up(added), words) +
                    s->fabric->adder_lut[t][sum]);
    c->ff += (double)rows * p->bat * sum;
  }
  c->dsp += up(rows, k.weights) * group;
}

static void add_in_lut(counts *c, const subject *s, const qy_gemm_params *p, int rows, int w, const qy_fabric_dot *dot,
                       int64_t products)
{
  const int wide = dot->product_bits + log2_up(products), sum = wide < 64 ? wide : 64;
  for (int t = 0; t < QY_FABRIC_TOOLS; t++)
    c->lut[t] += rows * p->bat *
                 (qy_fabric_dot_lut(s->fabric, dot, (qy_fabric_tool)t, p->blk_in) + s->fabric->adder_lut[t][sum]);
  c->ff += rows * ((double)p->blk_in * w + (double)p->bat * sum);
}

static counts count(const subject *s, const qy_gemm_params *p, const qy_layer *const *list, int layers, int a,
                    int element)
{
  const double *has = s->tech->fpga_value;
  const int rows[] = {p->blk_dsp, p->blk_lut, p->blk_dsp_high, p->blk_lut_high},
            low = p->weight_bits ? p->weight_bits : element;
  const int bits[] = {low, element, p->high_bits, p->high_bits};
  double depth = 1, words = 0, wide = 0, all = 0;
  int64_t products = p->blk_in;
  for (int i = 0; i < layers; i++) {
    const qy_layer *l = list[i];
    const int64_t channels = l->in_c / l->groups, taps = l->kernel_h * l->kernel_w,
                  reach = (l->kernel_h - 1) * l->dilation_h + 1 + l->stride_h;
    const double steps =
        p->by_taps ? (double)taps * up((double)channels, p->blk_in) : up((double)(taps * channels), p->blk_in);
    if (taps * channels > products) products = taps * channels;
    depth = fmax(depth, steps);
    words = fmax(words, (double)((reach < l->in_h ? reach : l->in_h) * l->in_w * l->in_c));
    wide = fmax(wide, (double)l->out_w);
  }
  counts c = {.ff = (double)p->bat * p->blk_in * a, .dsp = has[QY_FPGA_BASE_DSPS]};
  for (int t = 0; t < QY_FABRIC_TOOLS; t++)
    c.lut[t] = has[QY_FPGA_BASE_LUTS];
  for (int i = 0; i < QY_GEMM_ARRAYS; i++) {
    all += rows[i];
    if (!rows[i]) continue;
    if (i == QY_GEMM_ROWS_DSP || i == QY_GEMM_ROWS_DSP_HIGH)
      add_on_dsp(&c, s, p, rows[i], bits[i], a, products);
    else
      add_in_lut(&c, s, p, rows[i], bits[i], i == QY_GEMM_ROWS_LUT ? &s->fabric->dot : &s->fabric->fixed[p->high_bits],
                 products);
    c.bram += 2 * half_blocks((double)rows[i] * p->blk_in, bits[i], depth);
  }
  const double lanes = (double)p->bat * p->blk_in;
  c.bram += 2 * half_blocks(lanes, a, layers ? up(words, lanes) : 1);
  if (all > 0) c.bram += 2 * half_blocks(p->bat * all, a, layers ? up(wide, p->bat) : 1);
  return c;
}

static bool close_to(double got, double expected)
{
  return fabs(got - expected) <= 1e-9 * fabs(expected);
}

/* Given rows of all four arrays, with layers and without. */
static void check_parts(void)
{
  static const struct {
    qy_pe_kind kind;
    int a, w;
  } element[] = {{QY_PE_SP2, 5, 4}, {QY_PE_MUL, 8, 8}, {QY_PE_MUL, 4, 4}, {QY_PE_MUL, 12, 6}, {QY_PE_MUL, 30, 8}};
  int wrong = 0;
  for (int i = 0; i < 40 * (int)(sizeof element / sizeof *element); i++) {
    static subject s;
    const int a = element[i / 40].a, w = element[i / 40].w;
    if (i % 40 == 0 && !prepare(&s, "xc7z020", element[i / 40].kind, a, w)) return;
    qy_gemm_params p = sizes((int)between(1, 6), (int)between(1, 20), (int)between(1, 9), (int)between(1, 9),
                             (int)between(0, 5), (int)between(0, 5));
    if (i % 5 == 0) p.blk_dsp_high = p.blk_lut_high = 0;
    p.packing = (int)between(0, QY_GEMM_PACKINGS - 1);
    p.by_taps = between(0, 1);
    p.toolchain = (int)between(0, 1);
    if (element[i / 40].kind == QY_PE_MUL) p.weight_bits = (int)between(2, w); /* else as wide as the element's */
    qy_layer l[2];
    const qy_layer *list[2] = {&l[0], &l[1]};
    const int layers = (int)between(0, 2);
    for (int k = 0; k < 2; k++) {
      const int64_t groups = between(0, 2) ? 1 : between(2, 3), kernel = between(1, 3);
      l[k] = make_layer(between(3, 40), between(3, 700), groups * (between(0, 2) ? between(1, 70) : between(500, 3000)),
                        groups * between(1, 20), kernel, kernel, between(1, 2), kernel / 2, groups);
    }
    s.work = NULL;
    if (layers && qy_accelerator_gemm.work(&s.work, list, (size_t)layers, arena, NULL)) return;
    make(&s, &p); /* whether it fits or not */
    const counts c = count(&s, &p, list, layers, a, w);
    const qy_gemm_arrays *got = qy_gemm_arrays_of(s.self);
    const bool is = close_to(got->lut[0], c.lut[0]) && close_to(got->lut[1], c.lut[1]) && got->ff == c.ff &&
                    got->dsp == c.dsp && got->bram == c.bram;
    if (!is && wrong++ < 5)
      printf("# %d x %d bits, Bat %d, Blk %d, rows %d %d %d %d: %g %g LUTs, %g FF, %g DSP, %g BRAM; "
             "not %g %g, %g, %g, %g\n",
             w, a, p.bat, p.blk_in, p.blk_dsp, p.blk_lut, p.blk_dsp_high, p.blk_lut_high, got->lut[0], got->lut[1],
             got->ff, got->dsp, got->bram, c.lut[0], c.lut[1], c.ff, c.dsp, c.bram);
  }
  is_int(wrong, 0, "200 designs take what their parts take");
}

/* Sums beyond those of a slice are added outside: of 2^14 products of 33 bits none is, of 2^16 all are. */
static void check_wide_sums(void)
{
  subject s;
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 25, 8)) return;
  for (int channels = 1 << 14; channels <= 1 << 16; channels *= 2) {
    const qy_layer l = make_layer(1, 1, channels, 4, 1, 1, 1, 0, 1), *list[] = {&l};
    if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
    qy_gemm_params p = sizes(2, 4, 3, 0, 0, 0);
    p.packing = QY_GEMM_ONE;
    make(&s, &p);
    const int sum = 33 + log2_up(channels);
    const double lut = qy_gemm_arrays_of(s.self)->lut[0] - s.tech->fpga_value[QY_FPGA_BASE_LUTS];
    ok(sum > 48 ? lut == 3 * 2 * s.fabric->adder_lut[0][sum] && lut > 0 : lut == 0, "sums of %d bits: %g LUTs", sum,
       lut);
  }
}

/* Layers at the edges in rows on slices: in so many passes as cut the magnitudes of high precision into pieces. */
static void check_passes(void)
{
  subject s;
  int wrong = 0;
  if (!prepare(&s, "xc7z020", QY_PE_MUL, 8, 8)) return;
  for (int low = 2; low <= 8; low++)
    for (int high = low; high <= 8; high++)
      for (int outputs = 1; outputs <= 9; outputs += 4) {
        const qy_layer l = make_layer(4, 4, 8, outputs, 1, 1, 1, 0, 1), *list[] = {&l};
        qy_gemm_params p = sizes(2, 8, 4, 0, 0, 0);
        p.weight_bits = low;
        p.high_bits = high;
        p.high_edges = true;
        if (qy_accelerator_gemm.work(&s.work, list, 1, arena, NULL)) return;
        int passes = 0;
        for (int left = high - 1; left > 0; left -= low - 1) /* bits of the magnitude */
          passes++;
        const bool made = make(&s, &p) && !qy_design_run(&s.design, s.work, qy_precision_of(8));
        wrong += !made || s.design.bill.compute_cycles != up(outputs, 4) * passes * 8;
      }
  is_int(wrong, 0, "passes at the edges, widths of 2 to 8 bits");
}

/* What is asked for of the fabric: of each array that may have rows. */
static void check_circuits(void)
{
  subject s;
  int wrong = 0;
  if (!prepare(&s, "xc7z020", QY_PE_SP2, 5, 4)) return;
  for (int i = 0; i < 3 * 3 * 3 * 2 * 2 * 2 * 2; i++) {
    qy_gemm_params p = {.arrays = i % 3,
                        .high_array = i / 3 % 3,
                        .packing = i / 9 % 3,
                        .blk_dsp_high = i / 27 % 2,
                        .blk_lut_high = i / 54 % 2,
                        .high_share = i / 108 % 2 / 4.0,
                        .weight_bits = i / 216 % 2 ? 3 : 0,
                        .high_bits = 7};
    const bool high = p.blk_dsp_high || p.blk_lut_high || p.high_share > 0, split = p.packing != QY_GEMM_ONE;
    unsigned expected = QY_FABRIC_OF_ADDERS;
    if (p.arrays == QY_GEMM_ANY || p.arrays == QY_GEMM_LUT) expected |= QY_FABRIC_OF_ELEMENT;
    if (split && (p.arrays == QY_GEMM_ANY || p.arrays == QY_GEMM_DSP))
      expected |= 1u << (QY_FABRIC_OF_SPLITS + (p.weight_bits ? 3 : 4));
    if (high && (p.high_array == QY_GEMM_ANY || p.high_array == QY_GEMM_LUT)) expected |= 1u << 7;
    if (high && split && (p.high_array == QY_GEMM_ANY || p.high_array == QY_GEMM_DSP))
      expected |= 1u << (QY_FABRIC_OF_SPLITS + 7);
    wrong += qy_accelerator_gemm.circuits(&p, &s.pe) != expected;
    for (p.high_bits = 2; p.high_bits <= 8; p.high_bits++) { /* widths in order; edges ask for high precision, too */
      qy_gemm_params edges = p;
      edges.high_edges = true;
      edges.blk_dsp_high = edges.blk_lut_high = 0;
      const int low = p.arrays != QY_GEMM_LUT && p.weight_bits ? p.weight_bits : 4;
      wrong += (qy_accelerator_gemm.mistake(&edges, &s.pe) != NULL) != (p.high_bits < low);
    }
  }
  is_int(wrong, 0, "circuits and widths of every kind of design");
}

/* ---- sizes that are left open ---- */

enum { MOST_ROWS = 65536 };

typedef struct filled {
  const subject *s;
  qy_gemm_params p; /* rows as they are tried */
  int a, w, step[QY_GEMM_ARRAYS];
  bool open[QY_GEMM_ARRAYS];
  double share, least, most; /* of high precision; time and rows of the best so far */
} filled;

static int *rows_of(filled *f, int i)
{
  int *const rows[] = {&f->p.blk_dsp, &f->p.blk_lut, &f->p.blk_dsp_high, &f->p.blk_lut_high};
  return rows[i];
}

static double all_rows(filled *f)
{
  return (double)f->p.blk_dsp + f->p.blk_lut + f->p.blk_dsp_high + f->p.blk_lut_high;
}

static bool fits_device(filled *f)
{
  const double *has = f->s->tech->fpga_value;
  const counts c = count(f->s, &f->p, NULL, 0, f->a, f->w);
  return all_rows(f) <= MOST_ROWS && c.lut[f->p.toolchain] <= has[QY_FPGA_LUTS] * f->p.lut_limit &&
         c.dsp <= has[QY_FPGA_DSPS] * f->p.dsp_limit && c.bram <= has[QY_FPGA_BRAM18S] * f->p.bram_limit;
}

/* As many rows as fit, one step after another; none where the array is not open. */
static void most_of(filled *f, int i)
{
  int *rows = rows_of(f, i);
  if (!f->open[i]) return;
  for (*rows = 0; fits_device(f);)
    *rows += f->step[i];
  if (*rows) *rows -= f->step[i];
}

/* Without layers: rows for a tile of all, or of those of high precision, whatever takes longer. */
static double time_of(filled *f)
{
  const double high = (double)f->p.blk_dsp_high + f->p.blk_lut_high, all = all_rows(f);
  return f->share > 0 ? fmax(1 / all, f->share / high) : 1 / all;
}

static void take_if_better(filled *f)
{
  if (all_rows(f) == 0 || !fits_device(f)) return;
  const double time = time_of(f), all = all_rows(f);
  if (f->most > 0 && (time > f->least || (time == f->least && all <= f->most))) return;
  f->least = time;
  f->most = all;
}

static void try_low(filled *f)
{
  if (f->open[QY_GEMM_ROWS_DSP]) f->p.blk_dsp = 0;
  if (f->open[QY_GEMM_ROWS_LUT]) f->p.blk_lut = 0;
  if (!fits_device(f)) return;
  most_of(f, QY_GEMM_ROWS_DSP);
  take_if_better(f);
  if (!f->open[QY_GEMM_ROWS_LUT]) return;
  const int most = f->p.blk_dsp, step = f->step[QY_GEMM_ROWS_DSP];
  for (int fewer = 0; fewer <= 8; fewer++) { /* 8: none */
    if (fewer && !f->open[QY_GEMM_ROWS_DSP]) return;
    if (fewer && fewer < 8 && most < fewer * step) continue;
    if (f->open[QY_GEMM_ROWS_DSP]) f->p.blk_dsp = fewer == 8 ? 0 : most - fewer * step;
    f->p.blk_lut = 0;
    most_of(f, QY_GEMM_ROWS_LUT);
    take_if_better(f);
  }
}

static void try_all(filled *f)
{
  const qy_gemm_params given = f->p;
  const bool dsp = f->open[QY_GEMM_ROWS_DSP_HIGH], lut = f->open[QY_GEMM_ROWS_LUT_HIGH];
  const int step = f->step[QY_GEMM_ROWS_DSP_HIGH];
  if (!dsp && !lut) {
    try_low(f);
    return;
  }
  most_of(f, QY_GEMM_ROWS_DSP_HIGH);
  most_of(f, QY_GEMM_ROWS_LUT_HIGH);
  const int room = f->p.blk_dsp_high + f->p.blk_lut_high;
  for (int high = 1; high <= room && high <= MOST_ROWS; high += high < 32 ? 1 : high / 16) {
    const int on_slices[] = {high, 0, high / 2};
    for (int k = 0; k < 3; k++) {
      f->p = given;
      f->p.blk_dsp_high = dsp ? on_slices[lut ? k : 0] / step * step : 0;
      f->p.blk_lut_high = high - f->p.blk_dsp_high;
      if (!lut && f->p.blk_lut_high > 0) { /* slices are whole */
        f->p.blk_dsp_high += step;
        f->p.blk_lut_high = 0;
      }
      try_low(f);
    }
  }
}

static void check_filled(void)
{
  static const struct {
    qy_pe_kind kind;
    int a, w;
  } element[] = {{QY_PE_SP2, 5, 4}, {QY_PE_MUL, 8, 8}, {QY_PE_MUL, 4, 4}};
  enum { EACH = 40 };
  int wrong = 0, none = 0, high = 0;
  for (int i = 0; i < EACH * (int)(sizeof element / sizeof *element); i++) {
    static subject s;
    const int a = element[i / EACH].a, w = element[i / EACH].w;
    if (i % EACH == 0 && !prepare(&s, "xc7z020", element[i / EACH].kind, a, w)) return;
    qy_gemm_params p = sizes((int)between(1, 6), (int)between(4, 20), 0, 0, 0, 0);
    p.arrays = (int)between(0, 2);
    p.high_array = (int)between(0, 2);
    p.high_share = between(0, 1) ? (double)between(1, 20) / 20 : 0;
    p.lut_limit = (double)between(35, 90) / 100;
    p.dsp_limit = (double)between(10, 90) / 100;
    p.bram_limit = (double)between(20, 100) / 100;
    p.packing = (int)between(0, QY_GEMM_PACKINGS - 1);
    p.toolchain = (int)between(0, 1);
    if (between(0, 3) == 0 && p.arrays != QY_GEMM_LUT) p.blk_dsp = (int)between(1, 6);
    if (between(0, 3) == 0 && p.arrays != QY_GEMM_DSP) p.blk_lut = (int)between(1, 6);
    if (between(0, 5) == 0 && p.high_array != QY_GEMM_LUT) p.blk_dsp_high = (int)between(1, 4);
    if (between(0, 5) == 0 && p.high_array != QY_GEMM_DSP) p.blk_lut_high = (int)between(1, 4);
    filled f = {.s = &s, .p = p, .a = a, .w = w};
    const bool given = p.blk_dsp_high || p.blk_lut_high, one = p.packing == QY_GEMM_ONE;
    f.share = given ? 0 : p.high_share;
    for (int k = 0; k < QY_GEMM_ARRAYS; k++) {
      const bool of_high = k >= QY_GEMM_ROWS_DSP_HIGH, on_slices = k % 2 == 0;
      const int side = of_high ? p.high_array : p.arrays;
      f.step[k] = !on_slices || one ? 1 : place(of_high ? p.high_bits : w, a, p.bat).weights;
      f.open[k] = side != (on_slices ? QY_GEMM_LUT : QY_GEMM_DSP) && *rows_of(&f, k) == 0 &&
                  (!of_high || (p.high_share > 0 && !given));
    }
    s.work = NULL;
    const bool open = f.open[0] || f.open[1] || f.open[2] || f.open[3];
    if (open) try_all(&f);
    make(&s, &p);
    const int *rows = qy_gemm_arrays_of(s.self)->rows;
    filled got = f;
    for (int k = 0; k < QY_GEMM_ARRAYS; k++)
      *rows_of(&got, k) = rows[k];
    high += rows[2] + rows[3] > 0;
    none += f.most == 0;
    if (!open) continue;
    /* Where nothing fits beside what is given, that stays as it is. */
    const bool is = f.most > 0 ? fits_device(&got) && time_of(&got) == f.least && all_rows(&got) == f.most
                               : rows[0] == p.blk_dsp && rows[1] == p.blk_lut && rows[2] == p.blk_dsp_high &&
                                     rows[3] == p.blk_lut_high;
    if (!is && wrong++ < 5)
      printf("# %d x %d bits, Bat %d, Blk %d, sides %d %d, share %g, given %d %d %d %d: %d %d %d %d, %g; not %g, %g\n",
             w, a, p.bat, p.blk_in, p.arrays, p.high_array, p.high_share, p.blk_dsp, p.blk_lut, p.blk_dsp_high,
             p.blk_lut_high, rows[0], rows[1], rows[2], rows[3], time_of(&got), f.least, f.most);
  }
  is_int(wrong, 0, "devices are filled with the best of the sizes that gemm.h names");
  ok(none > 0 && high > 20, "%d of them with rows of high precision, %d with none at all", high, none);
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena) return 1;
  check_parts();
  check_wide_sums();
  check_passes();
  check_circuits();
  check_filled();
  qy_arena_free(arena);
  return done();
}
