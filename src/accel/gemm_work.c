/* Layers on the GEMM accelerator: see gemm.h for the schedule. */
#include "countable.h"
#include "gemm_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char no_high[] = "the first and the last layer have no array of high precision, nor DSP slices";

/* ---- layers ---- */

static qy_status shape_of(gemm_shape *s, const qy_layer *l, qy_error *err)
{
  double macs;
  qy_status status = accel_check_countable(&macs, l, "a GEMM", err);
  if (status) return status;
  const int64_t last_tap = qy_min64(l->kernel_h - 1, (l->in_h - 1 + l->pad_top) / l->dilation_h);
  *s = (gemm_shape){.groups = l->groups,
                    .pixels = l->out_h * l->out_w,
                    .products = l->kernel_h * l->kernel_w * (l->in_c / l->groups),
                    .taps = l->kernel_h * l->kernel_w,
                    .channels = l->in_c / l->groups,
                    .outputs = l->out_c / l->groups,
                    .in_rows = l->in_h,
                    .in_row_words = l->in_w * (l->in_c / l->groups),
                    .out_rows = l->out_h,
                    .out_row = l->out_w,
                    .first_rows = qy_max64(0, last_tap * l->dilation_h - l->pad_top + 1),
                    .repeats = l->batch,
                    .macs = macs,
                    .computed = l->computed};
  return QY_OK;
}

static bool same_shape(const gemm_shape *a, const gemm_shape *b)
{
  return a->groups == b->groups && a->pixels == b->pixels && a->products == b->products && a->taps == b->taps &&
         a->outputs == b->outputs && a->in_rows == b->in_rows && a->in_row_words == b->in_row_words &&
         a->out_rows == b->out_rows && a->out_row == b->out_row && a->first_rows == b->first_rows &&
         a->edge == b->edge && a->computed == b->computed;
}

/* Layers of one shape are counted once. */
static void add_shape(gemm_work *w, const gemm_shape *s)
{
  for (size_t i = 0; i < w->count; i++)
    if (same_shape(&w->shape[i], s)) {
      w->shape[i].repeats += s->repeats;
      return;
    }
  w->shape[w->count++] = *s;
}

qy_status gemm_work_new(void **out, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  *out = NULL;
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one layer for a GEMM, found none");
  gemm_work *w = qy_arena_alloc(arena, 1, sizeof *w);
  if (!w || !(w->shape = qy_arena_alloc(arena, count, sizeof *w->shape))) return qy_no_memory(err);
  w->first = layers[0]->name;
  w->last = layers[count - 1]->name;
  for (size_t i = 0; i < count; i++) {
    gemm_shape s = {0};
    const qy_layer *l = layers[i];
    qy_status status = shape_of(&s, l, err);
    if (status) return status;
    s.edge = i == 0 || i == count - 1;
    add_shape(w, &s);
    const int64_t window = qy_layer_reach(l->kernel_h, l->dilation_h) + l->stride_h;
    w->input_words = qy_max64(w->input_words, qy_min64(window, l->in_h) * l->in_w * l->in_c);
    w->products = qy_max64(w->products, s.products);
    w->row_outputs = qy_max64(w->row_outputs, l->out_w);
    w->channels = qy_max64(w->channels, l->out_c);
  }
  *out = w;
  return QY_OK;
}

/* ---- rows ---- */

static double up(double a, double b)
{
  return (double)qy_ceil_div_exact((int64_t)a, b);
}

gemm_divisor gemm_divide_by(double by)
{
  return (gemm_divisor){by, 1 / by};
}

/* ceil(a / by), by a multiplication: the product with the inverse is off by less than one, which the remainder, exact
 * below 2^52, shows. */
static double up_by(double a, gemm_divisor d)
{
  const double q = (double)(int64_t)(a * d.inverse), rest = a - q * d.by;
  return q + (rest > 0) + (rest > d.by);
}

/* Inline, unlike fmin and fmax, which mind what is no number. */
static double least_of(double a, double b)
{
  return a < b ? a : b;
}

static double most_of(double a, double b)
{
  return a > b ? a : b;
}

/* All rows at high precision: arrays of high precision, and the DSP array in passes. */
static void assign_edge(qy_gemm_assignment *a, const gemm_rows *r, double n, int passes)
{
  const double dsp = r->blk[QY_GEMM_ROWS_DSP], both = passes * r->high + dsp;
  *a = (qy_gemm_assignment){0};
  if (both == 0) return;
  /* In `passes` tiles the arrays take passes * high + dsp rows; what is left takes fewer tiles than that. */
  const double whole = floor(n / both), left = n - whole * both;
  const double more = r->high > 0 ? least_of(passes, up(left, r->high)) : left > 0 ? passes : 0;
  const double taken = whole * dsp + (more == passes ? least_of(left, dsp) : 0);
  a->tiles = whole * passes + more;
  a->rows[QY_GEMM_ROWS_DSP] = taken;
  a->rows[QY_GEMM_ROWS_DSP_HIGH] = least_of(n - taken, a->tiles * r->blk[QY_GEMM_ROWS_DSP_HIGH]);
  a->rows[QY_GEMM_ROWS_LUT_HIGH] = n - taken - a->rows[QY_GEMM_ROWS_DSP_HIGH];
}

static void assign(qy_gemm_assignment *a, const gemm_rows *r, double n)
{
  /* A share of 0.05 of 20 rows is one row, whatever 0.05 is in binary. */
  const double least = r->share > 0 ? least_of(n, ceil(r->share * n - 1e-9)) : 0;
  a->tiles = 0;
  if (r->high + r->low == 0 || (least > 0 && r->high == 0)) return;
  a->tiles = up_by(n, r->all);
  if (least > 0) a->tiles = most_of(a->tiles, up(least, r->high));
  const double low = least_of(n - least, a->tiles * r->low), high = n - low;
  a->rows[QY_GEMM_ROWS_DSP] = least_of(low, a->tiles * r->blk[QY_GEMM_ROWS_DSP]);
  a->rows[QY_GEMM_ROWS_LUT] = low - a->rows[QY_GEMM_ROWS_DSP];
  a->rows[QY_GEMM_ROWS_DSP_HIGH] = least_of(high, a->tiles * r->blk[QY_GEMM_ROWS_DSP_HIGH]);
  a->rows[QY_GEMM_ROWS_LUT_HIGH] = high - a->rows[QY_GEMM_ROWS_DSP_HIGH];
}

gemm_rows gemm_rows_of(const int blk[QY_GEMM_ARRAYS], double share)
{
  gemm_rows r = {.share = share};
  for (int i = 0; i < QY_GEMM_ARRAYS; i++)
    r.blk[i] = blk[i];
  r.low = r.blk[QY_GEMM_ROWS_DSP] + r.blk[QY_GEMM_ROWS_LUT];
  r.high = r.blk[QY_GEMM_ROWS_DSP_HIGH] + r.blk[QY_GEMM_ROWS_LUT_HIGH];
  if (r.low + r.high > 0) r.all = gemm_divide_by(r.low + r.high);
  return r;
}

qy_gemm_assignment qy_gemm_assign(const int blk[QY_GEMM_ARRAYS], int64_t rows, double share, bool edge, int passes)
{
  assert(blk && rows >= 1 && share >= 0 && share <= 1 && passes >= 1);
  const gemm_rows r = gemm_rows_of(blk, share);
  qy_gemm_assignment a = {0};
  if (edge)
    assign_edge(&a, &r, (double)rows, passes);
  else
    assign(&a, &r, (double)rows);
  return a;
}

/* ---- cycles ---- */

typedef struct counted {
  qy_gemm_cycles cycles;
  qy_gemm_assignment rows; /* of a bundle of groups */
  double pieces, steps;    /* of the map, of a product */
  double bundles;          /* of groups */
  double weight_bits;      /* at the port, of a bundle, without the zeros between groups */
} counted;

/* With g groups side by side. */
static double compute_of(counted *c, const gemm_engine *e, const gemm_shape *s, double g)
{
  if (s->edge && e->params.high_edges)
    assign_edge(&c->rows, &e->rows, g * (double)s->outputs, e->passes);
  else
    assign(&c->rows, &e->rows, g * (double)s->outputs);
  c->pieces = up_by((double)s->pixels, e->bat);
  c->steps = e->params.by_taps ? (double)s->taps * up_by(g * (double)s->channels, e->blk_in)
                               : up_by(g * (double)s->products, e->blk_in);
  c->bundles = s->groups == 1 ? 1 : up((double)s->groups, g);
  c->cycles.bundle = g;
  return c->cycles.compute = c->bundles * c->rows.tiles * c->pieces * c->steps;
}

static void count_transfers(counted *c, const gemm_engine *e, const gemm_shape *s)
{
  qy_gemm_cycles *k = &c->cycles;
  const bool edge = s->edge && e->params.high_edges;
  const double a = e->a_bits, g = k->bundle, tiles = c->rows.tiles;
  const double row = g * (double)s->in_row_words * a, results = g * (double)s->outputs * (double)s->out_row * a;
  double bits = 0;
  for (int u = 0; u < e->used_count; u++) {
    const int i = e->used[u];
    const int weight_bits = edge ? e->params.high_bits : e->cost[i].weight_bits;
    bits += c->rows.rows[i] * (s->computed ? e->a_bits : weight_bits);
  }
  c->weight_bits = bits * (double)s->products;
  const double weights = up_by(c->weight_bits, e->port), result = up_by(results, e->port);
  k->load = c->bundles * (weights + tiles * up_by(row * (double)s->in_rows, e->port));
  k->store = c->bundles * up_by(results * (double)s->out_rows, e->port);
  k->first = (tiles > 1 ? up(weights, tiles) : weights) + up_by(row * (double)s->first_rows, e->port);
  k->last = tiles > 1 ? up(result, tiles) : result;
  k->total = most_of(k->first + k->compute + e->fill + k->last, k->load + k->store);
}

static void try_bundle(counted *c, const gemm_engine *e, const gemm_shape *s, double g)
{
  counted other;
  if (compute_of(&other, e, s, g) >= c->cycles.total) return;
  count_transfers(&other, e, s);
  if (other.cycles.total < c->cycles.total) *c = other;
}

/* The number of groups side by side of least cycles.  Of those that make as many bundles the fewest are best: tiles,
 * steps and what is moved only grow with the groups.  Bundles, tiles and steps of g groups are at least groups / g,
 * g outputs / rows and g depth / Blk_in, which spares most of them. */
static void choose_bundle(counted *c, const gemm_engine *e, const gemm_shape *s)
{
  compute_of(c, e, s, 1);
  if (c->cycles.compute == 0) return;
  count_transfers(c, e, s);
  if (s->groups == 1) return;
  const double groups = (double)s->groups, outputs = (double)s->outputs;
  const double depth = (double)(e->params.by_taps ? s->channels : s->products);
  const double beats = (e->params.by_taps ? (double)s->taps : 1) * c->pieces; /* of a step and a tile */
  const double first[] = {floor(e->params.blk_in / depth), floor(e->all_rows / outputs)};
  for (int i = 0; i < 2; i++) /* near the best */
    if (first[i] > 1) try_bundle(c, e, s, up(groups, up(groups, least_of(first[i], groups))));
  for (double bundles = least_of(groups - 1, floor(c->cycles.total / beats)); bundles >= 1;) {
    const double g = up(groups, bundles), tiles = g * outputs / e->all_rows, steps = g * depth / e->params.blk_in;
    bundles = up(groups, g);
    if (tiles > 1 && steps > 1 && tiles * steps * groups / g * beats >= c->cycles.total) return;
    if (bundles * up_by(g * outputs, e->rows.all) * up_by(g * depth, e->blk_in) * beats < c->cycles.total)
      try_bundle(c, e, s, g);
    bundles--;
  }
}

/* NULL, or why it cannot be. */
static const char *count(counted *c, const gemm_engine *e, const gemm_shape *s)
{
  choose_bundle(c, e, s);
  return c->cycles.compute == 0 ? no_high : NULL;
}

qy_status qy_gemm_layer_cycles(qy_gemm_cycles *cycles, const void *self, const qy_layer *layer, qy_error *err)
{
  gemm_shape s = {0};
  counted c;
  qy_status status = shape_of(&s, layer, err);
  if (!status && count(&c, self, &s)) status = qy_fail(err, QY_BAD_INPUT, "layer %s: %s", layer->name, no_high);
  if (!status) *cycles = c.cycles;
  return status;
}

double gemm_work_cycles(const gemm_engine *e)
{
  double cycles = 0;
  for (size_t i = 0; i < e->work->count; i++) {
    counted c;
    const gemm_shape *s = &e->work->shape[i];
    if (count(&c, e, s)) return INFINITY;
    cycles += (double)s->repeats * c.cycles.total;
  }
  return cycles;
}

static void add_shares(double share[QY_ROW_PARTS], const double rows[QY_GEMM_ARRAYS], bool edge, double weight)
{
  const double dsp = rows[QY_GEMM_ROWS_DSP], high = rows[QY_GEMM_ROWS_DSP_HIGH] + rows[QY_GEMM_ROWS_LUT_HIGH];
  const double all = dsp + high + rows[QY_GEMM_ROWS_LUT];
  share[QY_ROWS_SCHEME] += weight * rows[QY_GEMM_ROWS_LUT] / all;
  share[QY_ROWS_LOW] += edge ? 0 : weight * dsp / all;
  share[QY_ROWS_HIGH] += weight * (edge ? high + dsp : high) / all; /* in passes the DSP array is of high precision */
}

void gemm_shares(double share[QY_ROW_PARTS], const gemm_engine *e)
{
  double layers = 0;
  for (int i = 0; i < QY_ROW_PARTS; i++)
    share[i] = 0;
  for (size_t i = 0; e->work && i < e->work->count; i++)
    layers += (double)e->work->shape[i].repeats;
  for (size_t i = 0; e->work && i < e->work->count; i++) {
    counted c;
    const gemm_shape *s = &e->work->shape[i];
    if (!count(&c, e, s)) add_shares(share, c.rows.rows, s->edge && e->params.high_edges, (double)s->repeats / layers);
  }
  if (e->work) return;
  add_shares(share, e->rows.blk, false, 1);
  const double low = 1 - share[QY_ROWS_HIGH], least = e->params.high_share;
  if (low == 0 || share[QY_ROWS_HIGH] >= least) return;
  share[QY_ROWS_SCHEME] *= (1 - least) / low;
  share[QY_ROWS_LOW] *= (1 - least) / low;
  share[QY_ROWS_HIGH] = least;
}

/* ---- events ---- */

static void add_events(qy_bill *bill, const gemm_engine *e, const gemm_shape *s, const counted *c, double images)
{
  double *to = bill->count;
  const double beats = images * c->bundles * c->pieces * c->steps; /* cycles of a row of a tile */
  const bool edge = s->edge && e->params.high_edges;
  double lut = 0, lut_other = 0, ff = 0, dsp = 0, lanes = 0;
  for (int u = 0; u < e->used_count; u++) {
    const int i = e->used[u];
    const gemm_cost *cost = &e->cost[i];
    const double rows = c->rows.rows[i] * (edge && i == QY_GEMM_ROWS_DSP ? e->passes : 1);
    lut += rows * cost->lut[e->params.toolchain];
    lut_other += rows * cost->lut[1 - e->params.toolchain];
    ff += rows * cost->ff;
    dsp += rows * cost->dsp_a_row;
    lanes += rows * cost->bram_lanes;
  }
  const double compute = images * c->cycles.compute;
  const double moved = images * (c->cycles.load + c->cycles.store) * e->port_blocks;
  to[QY_EVENT_LUT] += beats * lut;
  to[QY_EVENT_LUT_OTHER] += beats * (lut_other - lut);
  to[QY_EVENT_FF] += beats * ff + compute * e->activation_bits;
  to[QY_EVENT_DSP] += beats * dsp;
  to[QY_EVENT_BRAM] += beats * lanes + compute * e->input_blocks + moved;
  to[QY_EVENT_BASE] += images * c->cycles.total;
}

static const char *add_shape_events(qy_bill *bill, const gemm_engine *e, const gemm_shape *s)
{
  counted c;
  const char *reason = count(&c, e, s);
  if (reason) return reason;
  const double images = (double)s->repeats;
  add_events(bill, e, s, &c, images);
  bill->cycles += images * c.cycles.total;
  bill->compute_cycles += images * c.cycles.compute;
  bill->transfer_cycles += images * (c.cycles.load + c.cycles.store);
  bill->products += images * s->macs;
  bill->slots += images * c.cycles.total * e->products_a_row * e->all_rows;
  bill->loaded_bits +=
      images * c.bundles *
      (c.weight_bits + c.rows.tiles * c.cycles.bundle * (double)(s->in_row_words * s->in_rows) * e->a_bits);
  bill->stored_bits += images * (double)(s->groups * s->outputs * s->pixels) * e->a_bits;
  return NULL;
}

const char *gemm_run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const gemm_work *w = work;
  const char *reason = NULL;
  (void)modes;
  for (size_t i = 0; !reason && i < w->count; i++)
    reason = add_shape_events(bill, self, &w->shape[i]);
  return reason;
}

qy_status gemm_layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *l, qy_modes modes,
                     qy_error *err)
{
  const gemm_engine *e = self;
  gemm_shape s = {0};
  (void)modes;
  qy_status status = shape_of(&s, l, err);
  if (status) return status;
  s.edge = e->work && (strcmp(l->name, e->work->first) == 0 || strcmp(l->name, e->work->last) == 0);
  *reason = add_shape_events(bill, e, &s);
  return *reason ? QY_INFEASIBLE : QY_OK;
}
