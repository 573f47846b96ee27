/* Cycles, words and moves of the systolic array in closed form: see systolic.h for the schedule.
 *
 * A layer divided into tiles and folds is a product of three directions (rows, columns, time), and every count is a sum
 * of products of what each direction adds up to over its tiles and folds.  So one pass over the directions gives the
 * sum over all folds, edge folds and edge tiles included.
 */
#include "systolic_one.h"
#include "zero.h"

static inline int64_t below(int64_t n)
{
  return one_below(n);
}

/* `times` copies of `total`, in tiles of at most `tile`. */
static inline one_direction split(int64_t times, int64_t total, int64_t tile, int64_t array, double by_array)
{
  one_direction d;
  if (tile >= total) {
    d = one_over_array(total, array, by_array);
  } else {
    const int64_t full = (total - 1) / tile;
    const one_direction one = one_over_array(tile, array, by_array),
                        rest = one_over_array(total - full * tile, array, by_array);
    d = (one_direction){full + 1, total, full * one.folds + rest.folds, full * one.lower + rest.lower};
  }
  d.tiles *= times;
  d.size *= times;
  d.folds *= times;
  d.lower *= times;
  return d;
}

/* `times` folds of d groups as blocks of sr x sc on the diagonal, added to c. */
static void add_packed(qy_systolic_counts *c, const array_mode *p, int64_t sr, int64_t sc, int64_t t, int64_t d,
                       int64_t times)
{
  const int64_t r = d * sr, k = d * sc, blocks = d * (d + 1) / 2;
  const int64_t a = p->full ? p->rows : r, b = p->bus ? 1 : p->full ? p->columns : k;
  const int64_t row_chain = r * (a - 1) - below(r), column_chain = p->bus ? 0 : k * (b - 1) - below(k);
  const int64_t along = p->bus ? 0 : sr * t * (sc * blocks - d), upright = sc * t * (sr * blocks - d),
                vertical = sc * below(r);
  qy_systolic_counts f = {.folds = 1, .stream = t, .active = d * sr * sc * t, .fold_pes = d * sr * sc};
  f.row_entries = r * t;
  f.row_writes = along + f.row_entries;
  if (p->dataflow == QY_FLOW_OS) {
    f.fill = a + b - 2;
    f.drain = p->serial ? a : 0;
    f.operand_hops = along + upright;
    f.operand_writes = f.row_writes + upright + k * t;
    f.sum_hops = p->serial ? vertical : 0;
    f.row_skew = t * below(r);
    f.operand_skew = f.row_skew + (p->bus ? 0 : t * below(k));
    f.sum_skew = p->serial ? 0 : sr * column_chain;
  } else {
    f.fill = 2 * a + b - 2;
    f.operand_hops = along + vertical;
    f.operand_writes = f.row_writes + vertical + f.fold_pes;
    f.sum_hops = upright;
    f.row_skew = f.operand_skew = t * row_chain;
    f.sum_skew = t * column_chain;
  }
  systolic_counts_add(c, &f, times);
}

/* All counts are int64_t: sums and multiples go through them as one array. */
enum { COUNTS = sizeof(qy_systolic_counts) / sizeof(int64_t) };
typedef union count_array {
  qy_systolic_counts counts;
  int64_t each[COUNTS];
} count_array;
_Static_assert(sizeof(count_array) == sizeof(qy_systolic_counts), "counts are int64_t and nothing else");

void systolic_counts_add(qy_systolic_counts *sum, const qy_systolic_counts *c, int64_t times)
{
  count_array all = {.counts = *sum}, more = {.counts = *c};
  for (int i = 0; i < COUNTS; i++)
    all.each[i] += times * more.each[i];
  *sum = all.counts;
}

/* Groups that share a fold. */
static inline int64_t packed_groups(const layer_shape *s, const array_mode *p, int64_t sr, int64_t sc)
{
  if (!p->pack || s->groups == 1 || 2 * sr > p->rows || 2 * sc > p->columns) return 1;
  return qy_min64(s->groups, qy_min64(p->rows / sr, p->columns / sc));
}

corner systolic_corner(const layer_shape *s, const array_mode *p)
{
  const int64_t window = s->taps * qy_ceil_shift(s->channels, p->word_shift), pixels = p->batch * s->pixels;
  const int64_t sr = p->dataflow == QY_FLOW_OS ? pixels : window;
  const int64_t sc = p->dataflow == QY_FLOW_IS ? pixels : s->outputs;
  const int64_t d = packed_groups(s, p, sr, sc), r = qy_min64(sr, p->rows), c = qy_min64(sc, p->columns);
  return (corner){d * r, d * c, p->dataflow == QY_FLOW_OS ? 0 : d * r * c, d};
}

void systolic_count_shape(qy_systolic_counts *c, const layer_shape *s, const array_mode *p, const tiles *t)
{
  const one_gemm l = one_layer_of(s, p);
  const int64_t window = l.window, pixels = l.pixels;
  const bool rows_cut = !t->whole && t->rows < s->out_h;
  const int64_t m_times = rows_cut ? p->batch : 1, m_total = rows_cut ? s->pixels : pixels;
  const int64_t m_tile = t->whole ? pixels : rows_cut ? t->rows * s->out_w : t->images * s->pixels;
  const int64_t n_tile = t->whole ? s->outputs : t->outputs, k_tile = t->whole ? window : t->channels * s->taps;
  one_direction m, n, k;
  const one_direction *row, *column, *time;
  if (p->dataflow == QY_FLOW_OS) {
    m = split(m_times, m_total, m_tile, p->rows, p->by_rows);
    n = split(1, s->outputs, n_tile, p->columns, p->by_columns);
    k = split(1, window, k_tile, 1, 1);
    row = &m, column = &n, time = &k;
  } else if (p->dataflow == QY_FLOW_WS) {
    m = split(m_times, m_total, m_tile, 1, 1);
    n = split(1, s->outputs, n_tile, p->columns, p->by_columns);
    k = split(1, window, k_tile, p->rows, p->by_rows);
    row = &k, column = &n, time = &m;
  } else {
    m = split(m_times, m_total, m_tile, p->columns, p->by_columns);
    n = split(1, s->outputs, n_tile, 1, 1);
    k = split(1, window, k_tile, p->rows, p->by_rows);
    row = &k, column = &m, time = &n;
  }
  accel_zero(c, sizeof *c);
  const int64_t sr = row->size, sc = column->size;
  const int64_t d = t->whole ? packed_groups(s, p, sr, sc) : 1;
  if (d > 1) {
    const int64_t full = (s->groups - 1) / d;
    add_packed(c, p, sr, sc, time->size, d, full);
    add_packed(c, p, sr, sc, time->size, s->groups - full * d, 1);
  } else {
    one_count_folds(c, p, row, column, time);
    one_scale(c, s->groups);
  }
  c->macs = s->macs * p->batch;
  one_count_words(c, s, p, &l, row, column, time);
}

array_mode systolic_array_mode(const qy_systolic_params *params, int products)
{
  return (array_mode){.rows = params->rows,
                      .columns = params->columns,
                      .batch = params->batch ? params->batch : 1,
                      .by_rows = params->rows,
                      .by_columns = params->columns,
                      .dataflow = params->dataflow,
                      .serial = params->drain == QY_DRAIN_SERIAL,
                      .full = params->edge == QY_EDGE_FULL,
                      .pack = params->packing == QY_PACK_DIAGONAL,
                      .bus = params->row == QY_ROW_BROADCAST,
                      .word_shift = __builtin_ctz((unsigned)products)};
}

qy_status systolic_check(qy_systolic_params *filled, const qy_systolic_params *params, qy_error *err)
{
  *filled = *params;
  if (filled->columns == 0) filled->columns = filled->rows;
  if (filled->batch == 0) filled->batch = 1;
  return qy_accelerator_check(&qy_accelerator_systolic, filled, err);
}

qy_status systolic_check_batch(int64_t bound, int batch, const char *name, qy_error *err)
{
  int64_t batched;
  if (!__builtin_mul_overflow(bound, batch, &batched) && batched <= SYSTOLIC_BOUND) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "%s%sbatch: expected one whose cycles can be counted exactly, found %d images",
                 name ? name : "", name ? ": " : "", batch);
}

static const tiles whole = {.whole = true};

qy_status qy_systolic_layer_counts(qy_systolic_counts *counts, const qy_systolic_params *params, const qy_layer *layer,
                                   qy_error *err)
{
  layer_shape s;
  int64_t bound;
  qy_systolic_params filled;
  qy_status status = systolic_check(&filled, params, err);
  if (!status) status = systolic_shape(&s, &bound, layer, err);
  if (!status) status = systolic_check_batch(bound, filled.batch, layer->name, err);
  if (status) return status;
  const array_mode p = systolic_array_mode(&filled, 1);
  systolic_count_shape(counts, &s, &p, &whole);
  return QY_OK;
}

qy_status qy_systolic_count(qy_systolic_counts *sum, const qy_systolic_params *params, const qy_systolic_work *work,
                            qy_error *err)
{
  qy_systolic_params filled;
  qy_status status = systolic_check(&filled, params, err);
  if (!status) status = systolic_check_batch(work->bound, filled.batch, NULL, err);
  if (status) return status;
  const array_mode p = systolic_array_mode(&filled, 1);
  *sum = (qy_systolic_counts){0};
  for (size_t i = 0; i < work->count; i++) {
    qy_systolic_counts c;
    systolic_count_shape(&c, &work->shape[i], &p, &whole);
    systolic_counts_add(sum, &c, work->shape[i].count);
  }
  return QY_OK;
}

qy_status qy_systolic_gemm_counts(qy_systolic_counts *counts, const qy_systolic_params *params, int64_t m, int64_t n,
                                  int64_t k, qy_error *err)
{
  const int64_t size_max = INT64_C(1) << 24, size[] = {m, n, k};
  for (int i = 0; i < 3; i++)
    if (size[i] < 1 || size[i] > size_max)
      return qy_fail(err, QY_BAD_INPUT, "GEMM: expected sizes of 1 to %lld, found %lld", (long long)size_max,
                     (long long)size[i]);
  const qy_layer layer = qy_layer_product("GEMM", m, n, k);
  return qy_systolic_layer_counts(counts, params, &layer, err);
}

double qy_systolic_mapping_frac(const qy_systolic_counts *counts, const qy_systolic_params *params)
{
  return (double)counts->fold_pes / ((double)counts->folds * params->rows * params->columns);
}
