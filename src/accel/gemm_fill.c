/* How large the arrays of a GEMM accelerator are, and what they take: see gemm.h. */
#include "gemm_int.h"

#include "quarry/buffer.h"
#include "quarry/dsp.h"
#include "quarry/integer.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const bool is_high[QY_GEMM_ARRAYS] = {[QY_GEMM_ROWS_DSP_HIGH] = true, [QY_GEMM_ROWS_LUT_HIGH] = true};
static const bool on_dsp[QY_GEMM_ARRAYS] = {[QY_GEMM_ROWS_DSP] = true, [QY_GEMM_ROWS_DSP_HIGH] = true};

/* Lanes that stand side by side in a block. */
static double group_of(int bits)
{
  return fmax(1, floor((double)QY_BLOCK_WIDTH / bits));
}

double gemm_blocks(double lanes, int bits, double depth)
{
  const double group = group_of(bits);
  return ceil(lanes / group) * fmax(1, ceil(depth * bits * group / QY_BLOCK_BITS));
}

/* ---- what a row takes ---- */

/* Products of `weights` rows and `pixels` pixels in one slice, each in a field that holds the sum of `sums` of them. */
typedef struct packing {
  int weights, pixels, sums;
} packing;

typedef struct ports {
  int a, b, sum; /* bits */
} ports;

/* Do words of these bits fit, so many of the first `field` bits apart and the fields of one of the second within those
 * of the next? */
static bool fits_within(const ports *port, int first_bits, int first, int second_bits, int second, int field)
{
  const int x = first_bits + (first - 1) * field, y = second_bits + (second - 1) * first * field;
  return (x <= port->a && y <= port->b) || (x <= port->b && y <= port->a);
}

static bool fits(const ports *port, int w, int a, int weights, int pixels, int field)
{
  return weights * pixels * field <= port->sum &&
         (fits_within(port, w, weights, a, pixels, field) || fits_within(port, a, pixels, w, weights, field));
}

/* The placement that takes the fewest slices for a row and Bat pixels; of these the one with the widest fields.  A
 * product takes w + a - 1 bits: weights do not reach the most negative value. */
static packing pack(const ports *port, int w, int a, int bat)
{
  const int least = w + a - 1;
  packing best = {1, 1, 1};
  double fewest = bat;
  for (int weights = 1; weights * least <= port->sum; weights++)
    for (int pixels = 1; pixels <= bat && weights * pixels * least <= port->sum; pixels++) {
      const double slices = ceil((double)bat / pixels) / weights;
      int field = least;
      if (!fits(port, w, a, weights, pixels, field) || slices >= fewest) continue;
      while (fits(port, w, a, weights, pixels, field + 1))
        field++;
      fewest = slices;
      best = (packing){weights, pixels, 1 << qy_min_int(field - least, 10)};
    }
  return best;
}

/* Sums of a row: accumulators of all pixels. */
static int sum_bits(const gemm_engine *e, int product_bits)
{
  const int64_t products = e->work ? qy_max64(e->work->products, e->params.blk_in) : e->params.blk_in;
  return qy_min_int(product_bits + qy_log2_ceil((int)qy_min64(products, INT32_MAX)), QY_FABRIC_WORD_MAX);
}

/* One product in a slice, or in several where it is wider than the ports: each slice sums its part of all products, and
 * one adder a slice more puts the parts together.  Sums beyond the slice's are accumulated outside. */
static void cost_whole(gemm_cost *c, const gemm_engine *e, const qy_fabric *f, int sum)
{
  const qy_gemm_params *p = &e->params;
  const qy_dsp_kind kind = f->tech->fpga->slice;
  const int product = c->weight_bits + e->a_bits;
  const qy_dsp_split split =
      qy_dsp_split_product(c->weight_bits, true, e->a_bits, true, product, kind, QY_TOOLCHAIN_VIVADO);
  const int slices = qy_max_int(1, split.slices);
  c->dsp *= slices;
  const double outside = slices - 1 + (slices == 1 && sum > qy_dsp_shapes[kind].sum);
  for (int t = 0; t < QY_FABRIC_TOOLS; t++)
    c->lut[t] = p->bat * outside * f->adder_lut[t][sum];
  c->ff += p->bat * outside * sum;
}

static void cost_on_dsp(gemm_cost *c, const gemm_engine *e, const qy_fabric *f)
{
  const qy_gemm_params *p = &e->params;
  const qy_dsp_shape *shape = &qy_dsp_shapes[f->tech->fpga->slice];
  const ports port = {shape->a, shape->b, shape->sum};
  const packing one = {1, 1, 1};
  const packing k = p->packing == QY_GEMM_ONE ? one : pack(&port, c->weight_bits, e->a_bits, p->bat);
  const int fields = k.weights * k.pixels, product = c->weight_bits + e->a_bits, sum = sum_bits(e, product);
  c->together = k.weights;
  c->dsp = (double)p->blk_in * ceil((double)p->bat / k.pixels);
  c->ff = (double)p->blk_in * c->weight_bits;
  if (fields == 1) {
    cost_whole(c, e, f, sum);
    return;
  }
  const int chain = p->packing == QY_GEMM_CHAINED ? qy_min_int(k.sums, p->blk_in) : 1;
  const int words = (int)qy_ceil_div(p->blk_in, chain), bits = product + qy_log2_ceil(chain); /* that come out split */
  for (int t = 0; t < QY_FABRIC_TOOLS; t++) {
    const double split = f->split_lut[t][c->weight_bits];
    const double tree = qy_fabric_tree_lut(f, (qy_fabric_tool)t, bits, words);
    c->lut[t] = p->bat * (words * split + tree + f->adder_lut[t][sum]);
  }
  c->ff += (double)p->bat * sum;
}

static void cost_in_lut(gemm_cost *c, const gemm_engine *e, const qy_fabric *f, const qy_fabric_dot *dot)
{
  const qy_gemm_params *p = &e->params;
  const int sum = sum_bits(e, dot->product_bits);
  for (int t = 0; t < QY_FABRIC_TOOLS; t++)
    c->lut[t] = p->bat * (qy_fabric_dot_lut(f, dot, (qy_fabric_tool)t, p->blk_in) + f->adder_lut[t][sum]);
  c->ff = (double)p->blk_in * c->weight_bits + (double)p->bat * sum;
}

/* May the design have rows in this array? */
static bool may_have(const gemm_engine *e, int i)
{
  const qy_gemm_params *p = &e->params;
  const int other = on_dsp[i] ? QY_GEMM_LUT : QY_GEMM_DSP, given = on_dsp[i] ? p->blk_dsp_high : p->blk_lut_high;
  if (!is_high[i]) return p->arrays != other;
  return p->high_array != other && (p->high_share > 0 || given > 0);
}

static void cost_rows(gemm_engine *e, const qy_fabric *f, int element_weight_bits)
{
  const qy_gemm_params *p = &e->params;
  const int low = p->weight_bits ? p->weight_bits : qy_min_int(element_weight_bits, QY_FABRIC_WEIGHT_MAX);
  e->passes = (int)qy_ceil_div(p->high_bits - 1, low > 1 ? low - 1 : 1);
  for (int i = 0; i < QY_GEMM_ARRAYS; i++) {
    gemm_cost *c = &e->cost[i];
    c->together = 1;
    c->weight_bits = is_high[i] ? p->high_bits : i == QY_GEMM_ROWS_LUT ? element_weight_bits : low;
    if (on_dsp[i])
      cost_on_dsp(c, e, f);
    else if (may_have(e, i))
      cost_in_lut(c, e, f, is_high[i] ? &f->fixed[p->high_bits] : &f->dot);
    c->bram_lanes = p->blk_in / group_of(c->weight_bits);
  }
}

/* ---- what all takes ---- */

/* Blocks of the weights of so many rows, one half. */
static double weight_blocks(const gemm_engine *e, int i, int rows)
{
  return rows ? gemm_blocks((double)rows * e->params.blk_in, e->cost[i].weight_bits, e->weight_depth) : 0;
}

/* Words of a result lane: a row of the map. */
static double result_depth(const gemm_engine *e)
{
  return e->work ? ceil((double)e->work->row_outputs / e->params.bat) : 1;
}

static double map_blocks(const gemm_engine *e, double rows)
{
  const qy_gemm_params *p = &e->params;
  const double lanes = (double)p->bat * p->blk_in, words = e->work ? (double)e->work->input_words : lanes;
  return gemm_blocks(lanes, e->a_bits, ceil(words / lanes)) +
         (rows > 0 ? gemm_blocks(p->bat * rows, e->a_bits, result_depth(e)) : 0);
}

static void add_up(gemm_engine *e, const qy_tech *tech)
{
  enum { HALVES = 2 };
  const qy_gemm_params *p = &e->params;
  qy_gemm_arrays *a = &e->arrays;
  e->all_rows = 0;
  for (int t = 0; t < QY_FABRIC_TOOLS; t++)
    a->lut[t] = tech->fpga_value[QY_FPGA_BASE_LUTS];
  a->dsp = tech->fpga_value[QY_FPGA_BASE_DSPS];
  a->ff = (double)p->bat * p->blk_in * e->a_bits;
  a->bram = 0;
  for (int i = 0; i < QY_GEMM_ARRAYS; i++) {
    const gemm_cost *c = &e->cost[i];
    for (int t = 0; t < QY_FABRIC_TOOLS; t++)
      a->lut[t] += a->rows[i] * c->lut[t];
    a->dsp += ceil((double)a->rows[i] / c->together) * c->dsp;
    a->ff += a->rows[i] * c->ff;
    a->bram += weight_blocks(e, i, a->rows[i]);
    e->all_rows += a->rows[i];
  }
  a->bram = HALVES * (a->bram + map_blocks(e, e->all_rows));
}

/* ---- sizes ---- */

typedef struct budget {
  double dsp, lut, bram; /* of the device, within its limits */
} budget;

static double limit_of(double asked, const qy_tech *tech, int which)
{
  return asked > 0 ? asked : tech->fpga_value[which];
}

static budget budget_of(const gemm_engine *e, const qy_tech *tech)
{
  const qy_gemm_params *p = &e->params;
  const double *has = tech->fpga_value;
  return (budget){.dsp = has[QY_FPGA_DSPS] * limit_of(p->dsp_limit, tech, QY_FPGA_DSP_LIMIT),
                  .lut = has[QY_FPGA_LUTS] * limit_of(p->lut_limit, tech, QY_FPGA_LUT_LIMIT),
                  .bram = has[QY_FPGA_BRAM18S] * limit_of(p->bram_limit, tech, QY_FPGA_BRAM_LIMIT)};
}

/* May the array be filled? */
static bool is_open(const gemm_engine *e, int i, bool some_given)
{
  return e->arrays.rows[i] == 0 && may_have(e, i) && (!is_high[i] || !some_given);
}

/* Rows beyond the output channels of all layers have nothing to do. */
static int most_rows(const gemm_engine *e)
{
  enum { MOST_ROWS = 65536 };
  return e->work && e->work->channels < MOST_ROWS ? (int)e->work->channels : MOST_ROWS;
}

/* The search for sizes. */
typedef struct filling {
  gemm_engine *e;
  const qy_tech *tech;
  budget most;
  bool open[QY_GEMM_ARRAYS];
  double share;             /* of high precision that the arrays are made for */
  int rows[QY_GEMM_ARRAYS]; /* tried */
  int best[QY_GEMM_ARRAYS];
  double least; /* cycles of all layers; without layers tiles of a row */
  double best_rows;
} filling;

static int sum_of(const int rows[QY_GEMM_ARRAYS])
{
  return rows[0] + rows[1] + rows[2] + rows[3];
}

static bool within(filling *f)
{
  const qy_gemm_arrays *a = &f->e->arrays;
  if (sum_of(f->rows) > most_rows(f->e)) return false;
  memcpy(f->e->arrays.rows, f->rows, sizeof f->rows);
  add_up(f->e, f->tech);
  return a->dsp <= f->most.dsp && a->lut[f->e->params.toolchain] <= f->most.lut && a->bram <= f->most.bram;
}

/* As many rows of an open array as go beside the others, by bisection; leaves them in f->rows. */
static void grow(filling *f, int i)
{
  const int step = f->e->cost[i].together;
  int low = 0, high = most_rows(f->e) / step + 1;
  if (!f->open[i]) return;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    f->rows[i] = middle * step;
    if (within(f))
      low = middle;
    else
      high = middle;
  }
  f->rows[i] = low * step;
}

static double time_of(filling *f)
{
  const double high = f->rows[QY_GEMM_ROWS_DSP_HIGH] + f->rows[QY_GEMM_ROWS_LUT_HIGH];
  if (!f->e->work) return f->share > 0 ? fmax(1.0 / sum_of(f->rows), f->share / high) : 1.0 / sum_of(f->rows);
  gemm_rows_set(f->e);
  return gemm_work_cycles(f->e);
}

static void judge(filling *f)
{
  if (!within(f) || f->e->all_rows == 0) return;
  const double time = time_of(f);
  if (f->best_rows > 0 && (time > f->least || (time == f->least && f->e->all_rows <= f->best_rows))) return;
  f->least = time;
  f->best_rows = f->e->all_rows;
  memcpy(f->best, f->rows, sizeof f->rows);
}

/* Rows of low precision beside those of high precision: as many as fit on slices, or some of them less, or none, and
 * what then fits in LUTs, or none. */
static void try_low(filling *f)
{
  enum { LESS = 8 };
  int *dsp = &f->rows[QY_GEMM_ROWS_DSP], *lut = &f->rows[QY_GEMM_ROWS_LUT];
  if (f->open[QY_GEMM_ROWS_DSP]) *dsp = 0;
  if (f->open[QY_GEMM_ROWS_LUT]) *lut = 0;
  if (!within(f)) return;
  grow(f, QY_GEMM_ROWS_DSP);
  const int most = *dsp, step = f->e->cost[QY_GEMM_ROWS_DSP].together;
  judge(f);
  if (!f->open[QY_GEMM_ROWS_LUT]) return;
  for (int k = 0; k <= LESS && *dsp >= 0; k++) {
    grow(f, QY_GEMM_ROWS_LUT);
    judge(f);
    *lut = 0;
    if (!f->open[QY_GEMM_ROWS_DSP] || most == 0) return;
    *dsp = k + 1 < LESS ? most - (k + 1) * step : 0;
    if (*dsp < 0) return;
  }
}

/* Rows of high precision on slices, in LUTs, or half on each. */
static void try_high(filling *f, int high)
{
  int *dsp = &f->rows[QY_GEMM_ROWS_DSP_HIGH], *lut = &f->rows[QY_GEMM_ROWS_LUT_HIGH];
  const bool on_both = f->open[QY_GEMM_ROWS_DSP_HIGH] && f->open[QY_GEMM_ROWS_LUT_HIGH];
  const int step = f->e->cost[QY_GEMM_ROWS_DSP_HIGH].together;
  const int on_slices[] = {high, 0, high / 2};
  for (int k = 0; k < (on_both ? 3 : 1); k++) {
    *dsp = f->open[QY_GEMM_ROWS_DSP_HIGH] ? qy_min_int(on_slices[k], most_rows(f->e)) / step * step : 0;
    *lut = high - *dsp;
    if (*lut > 0 && !f->open[QY_GEMM_ROWS_LUT_HIGH]) { /* whole slices */
      *dsp += step;
      *lut = 0;
    }
    try_low(f);
  }
}

/* Do so many rows of high precision fit at all, slices or LUTs? */
static bool high_fits(filling *f, int high)
{
  static const int arrays[] = {QY_GEMM_ROWS_DSP_HIGH, QY_GEMM_ROWS_LUT_HIGH};
  int room = 0;
  f->rows[QY_GEMM_ROWS_DSP] = f->e->params.blk_dsp;
  f->rows[QY_GEMM_ROWS_LUT] = f->e->params.blk_lut;
  f->rows[arrays[0]] = f->rows[arrays[1]] = 0;
  for (size_t k = 0; k < 2; k++) {
    grow(f, arrays[k]);
    room += f->rows[arrays[k]];
  }
  return high <= room;
}

/* Fill the device with rows of the arrays that the file leaves open, so that the layers take least time.  Numbers of
 * rows of high precision: each up to 32, then in steps of a sixteenth or less; for each of them the most rows of low
 * precision. */
static void fill(gemm_engine *e, const qy_tech *tech, bool some_given)
{
  enum { EACH = 32, PARTS = 16 };
  filling f = {.e = e, .tech = tech, .most = budget_of(e, tech), .share = some_given ? 0 : e->params.high_share};
  for (int i = 0; i < QY_GEMM_ARRAYS; i++)
    f.open[i] = is_open(e, i, some_given);
  memcpy(f.rows, e->arrays.rows, sizeof f.rows);
  memcpy(f.best, f.rows, sizeof f.rows);
  const bool high = f.open[QY_GEMM_ROWS_DSP_HIGH] || f.open[QY_GEMM_ROWS_LUT_HIGH];
  if (!high) try_low(&f);
  for (int n = 1; high && n <= most_rows(e) && high_fits(&f, n); n += n < EACH ? 1 : n / PARTS)
    try_high(&f, n);
  memcpy(e->arrays.rows, f.best, sizeof f.best);
  add_up(e, tech);
}

/* No row fits beside what surrounds the arrays: what is there too little of for the first array that may be filled? */
static const char *no_row(gemm_engine *e, const qy_tech *tech)
{
  const budget has = budget_of(e, tech);
  const int tool = e->params.toolchain;
  const char *what = "block RAMs";
  for (int i = QY_GEMM_ARRAYS - 1; i >= 0; i--) {
    if (!may_have(e, i)) continue;
    const bool lut = e->arrays.lut[tool] + e->cost[i].lut[tool] > has.lut;
    what = e->arrays.dsp + (on_dsp[i] ? e->cost[i].dsp : 0) > has.dsp ? "DSP slices" : lut ? "LUTs" : "block RAMs";
  }
  qy_append(e->why, QY_FABRIC_WHY, 0, "no row of the arrays fits: too few %s within the limits of %s", what,
            tech->name);
  return e->why;
}

/* Words of a weight lane: the most steps of a layer. */
static double depth_of(const gemm_engine *e)
{
  double most = 1;
  for (size_t i = 0; e->work && i < e->work->count; i++) {
    const gemm_shape *s = &e->work->shape[i];
    most = fmax(most, e->params.by_taps ? (double)s->taps * ceil((double)s->channels / e->params.blk_in)
                                        : ceil((double)s->products / e->params.blk_in));
  }
  return most;
}

void gemm_rows_set(gemm_engine *e)
{
  e->used_count = 0;
  for (int i = 0; i < QY_GEMM_ARRAYS; i++)
    if (e->arrays.rows[i] > 0) e->used[e->used_count++] = i;
  e->rows = gemm_rows_of(e->arrays.rows, e->params.high_share);
}

const char *gemm_build(gemm_engine *e, const qy_design_input *in)
{
  const qy_gemm_params *p = &e->params;
  const int given[QY_GEMM_ARRAYS] = {p->blk_dsp, p->blk_lut, p->blk_dsp_high, p->blk_lut_high};
  bool some_given = false, open = false;
  e->products_a_row = (double)p->bat * p->blk_in;
  e->weight_depth = depth_of(e);
  cost_rows(e, in->fabric, qy_element_port_bits(in->pe, "w"));
  for (int i = 0; i < QY_GEMM_ARRAYS; i++) {
    e->arrays.rows[i] = given[i];
    some_given = some_given || (given[i] > 0 && is_high[i]);
  }
  add_up(e, in->tech);
  for (int i = 0; i < QY_GEMM_ARRAYS; i++) {
    e->cost[i].dsp_a_row = e->cost[i].dsp / e->cost[i].together;
    open = open || is_open(e, i, some_given);
  }
  if (open) fill(e, in->tech, some_given);
  if (e->all_rows == 0) return no_row(e, in->tech);
  gemm_rows_set(e);
  e->input_blocks = gemm_blocks(e->products_a_row, e->a_bits, 1);
  e->activation_bits = e->products_a_row * e->a_bits;
  e->port_blocks = 2.0 * e->port.by / QY_BLOCK_WIDTH; /* a word is written, and is read */
  const qy_gemm_arrays *a = &e->arrays;
  const qy_fabric_used used = {.lut = a->lut[p->toolchain], .ff = a->ff, .dsp = a->dsp, .bram = a->bram};
  return qy_fabric_short(e->why, in->tech, &used);
}
