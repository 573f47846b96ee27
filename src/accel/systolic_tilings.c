/* Ways to divide one direction of a layer into equal tiles (the last one smaller), for the search in systolic_tile.c.
 *
 * A tile size matters through its size (smaller ones fit where larger ones do not), the number of tiles, the number of
 * folds, and for output rows the input rows that are loaded.  Sizes with the same number of tiles form a range; of each
 * range those are kept that no smaller one equals or betters in all of it.  So the list holds an optimum of any cost
 * that grows with tiles, folds and rows.  It does not depend on the buffers but for their upper limit: what fits a
 * small buffer is in the list of a larger one too.
 *
 * Beyond EVERY tiles of more than EVERY units only powers of two are tried, and no more than WIDE sizes of a range (FEW
 * of ranges of more than WIDE tiles).  Ranges that long begin where a direction has more than about 1000 units.
 */
#include "systolic_int.h"

enum { EVERY = 256, WIDE = 24, FEW = 2 };
_Static_assert((int)SYSTOLIC_MORE >= (int)WIDE && WIDE >= FEW, "room for what one range has");
_Static_assert(SYSTOLIC_TILINGS >= 2 * (WIDE * WIDE + FEW * 2 * EVERY + 64), "room for all sizes of images and rows");

static int64_t pieces(int64_t total, int64_t tile)
{
  return qy_ceil_div_exact(total, (double)tile);
}

/* ---- input rows ---- */

/* Stride and dilation without their common divisor: output row y reads with tap k + stride what output row
 * y + dilation reads with tap k, so a row is counted where no later output row of the tile reads it too. */
typedef struct steps {
  int64_t stride, dilation;
} steps;

static steps steps_of(const layer_shape *s)
{
  const int64_t divisor = qy_common_divisor(s->stride_h, s->dilation_h);
  return (steps){s->stride_h / divisor, s->dilation_h / divisor};
}

static bool without_gaps(const layer_shape *s)
{
  return s->dilation_h == 1 && s->kernel_h >= s->stride_h;
}

/* Input rows that output rows [y0, y1) touch. */
static int64_t touched(const layer_shape *s, int64_t y0, int64_t y1)
{
  if (without_gaps(s)) {
    const int64_t first = qy_max64(0, y0 * s->stride_h - s->pad_top);
    const int64_t last = qy_min64(s->in_h - 1, (y1 - 1) * s->stride_h - s->pad_top + s->kernel_h - 1);
    return qy_max64(0, last - first + 1);
  }
  const steps step = steps_of(s);
  int64_t sum = 0;
  for (int64_t k = 0; k < s->kernel_h; k++) { /* kernel row k touches row y stride + k dilation - pad */
    const int64_t below = s->pad_top - k * s->dilation_h, room = s->in_h - 1 + below;
    const int64_t alone =
        k < step.stride ? y0 : qy_max64(y0, y1 - step.dilation); /* others: counted with tap k - stride */
    const int64_t first = qy_max64(alone, (qy_max64(0, below) + s->stride_h - 1) / s->stride_h);
    const int64_t end = room < 0 ? 0 : qy_min64(y1, room / s->stride_h + 1);
    sum += qy_max64(0, end - first);
  }
  return sum;
}

/* The same where no padding is touched and none is left off. */
static int64_t touched_inside(const layer_shape *s, int64_t rows)
{
  const steps step = steps_of(s);
  return qy_min64(s->kernel_h, step.stride) * rows +
         qy_max64(0, s->kernel_h - step.stride) * qy_min64(rows, step.dilation);
}

int64_t systolic_rows_touched(const layer_shape *s)
{
  return touched(s, 0, s->out_h);
}

tile_rows systolic_tile_rows(const layer_shape *s, int64_t rows)
{
  const int64_t number = pieces(s->out_h, rows);
  tile_rows r = {0, 0};
  /* Tiles [from, to) are whole and touch no padding: all alike. */
  const int64_t from = qy_min64(number, pieces(s->pad_top, rows * s->stride_h));
  const int64_t room = s->in_h - qy_layer_reach(s->kernel_h, s->dilation_h) + s->pad_top;
  const int64_t to = qy_max64(from, room < 0 ? 0 : qy_min64(room / s->stride_h + 1, s->out_h) / rows);
  if (to > from) {
    r.most = touched_inside(s, rows);
    r.loaded = (to - from) * r.most;
  }
  for (int64_t i = 0; i < number; i++) {
    if (i == from) i = to;
    if (i == number) break;
    const int64_t one = touched(s, i * rows, qy_min64((i + 1) * rows, s->out_h));
    r.most = qy_max64(r.most, one);
    r.loaded += one;
  }
  return r;
}

/* ---- sizes ---- */

static inline int64_t folds_of(const tilings *d, int64_t size, int64_t number)
{
  const int64_t rest = d->total - (number - 1) * size;
  return d->times *
         ((number - 1) * qy_ceil_div_exact(d->unit * size, d->array_d) + qy_ceil_div_exact(d->unit * rest, d->array_d));
}

static inline bool beaten(const tiling *by, const tiling *c)
{
  return by->folds <= c->folds && by->loaded <= c->loaded && by->most <= c->most;
}

static tiling tiling_of(const tilings *d, int64_t size, int64_t number)
{
  tiling c = {.size = size, .tiles = number * d->times, .folds = number * d->times};
  if (d->folded) c.folds = folds_of(d, size, number);
  const layer_shape *s = d->of;
  if (!s) return c;
  if (d->images) { /* whole ones */
    c.images = size;
    c.size = s->out_h;
    c.most = size * s->rows_used;
    c.loaded = d->total * s->rows_used;
    c.out = size * s->pixels;
  } else {
    const tile_rows r = systolic_tile_rows(s, size);
    c.images = 1;
    c.most = r.most;
    c.loaded = r.loaded * d->times;
    c.out = size * s->out_w;
  }
  return c;
}

/* The largest size that makes so many tiles. */
static int64_t largest(const tilings *d, int64_t number)
{
  return number == 1 ? d->total : (int64_t)((double)(d->total - 1) / (double)(number - 1));
}

/* After `low`, the next size that can be better than it. */
static int64_t next_size(const tilings *d, int64_t low, int64_t number)
{
  if (d->folded) return low + 1;
  /* Fewer rows are loaded where padding shortens what neighbours share: next to the last tile if that is small, and at
   * the top for tiles smaller than the padding. */
  const layer_shape *s = d->of;
  if (s->dilation_h > 1 || low * s->stride_h < s->pad_top || number <= 2) return low + 1; /* two: both are at an end */
  return qy_max64(low + 1, (s->out_h - s->kernel_h) / (number - 1));
}

/* Does more than the number of tiles decide how many rows are loaded?  Padding shortens what neighbours share; with
 * dilation it depends on the size which tiles share rows. */
static bool has_edges(const layer_shape *s)
{
  const int64_t end = (s->out_h - 1) * s->stride_h + qy_layer_reach(s->kernel_h, s->dilation_h);
  const bool padded = s->pad_top > 0 || end - s->pad_top > s->in_h;
  return s->kernel_h > 1 && (s->dilation_h > 1 || (padded && s->kernel_h > s->stride_h));
}

/* Add the sizes worth trying in low..high, all of `number` tiles, largest first: where padding shortens what is loaded.
 * Those above d->next are left out at the end, so that it does not matter for the others. */
static void add_edge_range(tilings *d, int64_t low, int64_t high, int64_t number, int most)
{
  tiling found[WIDE];
  int count = 0;
  for (int64_t size = low; size <= high; size = size > low ? size + 1 : next_size(d, low, number)) {
    const tiling c = tiling_of(d, size, number);
    bool better = true;
    for (int i = 0; i < count && better; i++)
      better = !beaten(&found[i], &c);
    if (better) found[count < most ? count++ : most - 1] = c;
  }
  while (count-- > 0)
    if (found[count].size <= d->next) d->list[d->count++] = found[count];
}

/* The same where only folds can make a larger size the better one. */
static void add_range(tilings *d, int64_t low, int64_t number)
{
  const int most = number > WIDE ? FEW : WIDE;
  if (d->of && !d->images && has_edges(d->of)) {
    add_edge_range(d, low, largest(d, number), number, most);
    return;
  }
  /* No size has more folds than the fewest and one for each tile but one: so few tiles leave none out. */
  const int64_t high = number <= WIDE ? d->next : largest(d, number);
  int64_t found[WIDE], least = INT64_MAX;
  int count = 0;
  for (int64_t size = low; size <= high && least > d->fewest; size++) {
    const int64_t folds = d->folded ? folds_of(d, size, number) : d->fewest;
    if (folds >= least) continue;
    least = folds;
    found[count < most ? count++ : most - 1] = size;
  }
  while (count-- > 0)
    if (found[count] <= d->next) d->list[d->count++] = tiling_of(d, found[count], number);
}

bool systolic_tilings_more(tilings *d)
{
  if (d->images && d->next < 2) { /* one image: divided into rows */
    const layer_shape *s = d->of;
    d->times = d->total;
    d->total = s->out_h;
    d->unit = s->out_w;
    d->next = qy_min64(s->out_h, d->limit / s->out_w);
    d->images = false;
    if (d->folded) d->fewest = d->times * qy_ceil_div_exact(s->pixels, d->array_d);
  }
  const int64_t size = d->next;
  if (size < 1) return false;
  const int64_t number = pieces(d->total, size);
  if (size <= EVERY || number <= EVERY) {
    const int64_t low = pieces(d->total, number);
    add_range(d, low, number);
    d->next = low - 1;
  } else {
    const int64_t power = INT64_C(1) << (63 - __builtin_clzll((unsigned long long)size));
    d->list[d->count++] = tiling_of(d, power, pieces(d->total, power));
    d->next = power - 1;
  }
  return true;
}

void systolic_tilings(tilings *d, tiling *list, const tilings_of *of, int64_t limit)
{
  const bool rows = of->direction == TILED_ROWS;
  const layer_shape *s = of->s;
  d->list = list;
  d->total = rows ? of->batch : of->direction == TILED_OUTPUTS ? s->outputs : of->words;
  d->unit = rows ? s->pixels : of->direction == TILED_OUTPUTS ? 1 : s->taps;
  d->times = 1;
  d->images = rows;
  d->of = rows ? s : NULL;
  d->limit = limit;
  d->next = qy_min64(d->total, rows ? limit / s->pixels : limit);
  d->folded = of->side > 0;
  d->array_d = (double)qy_max64(1, of->side);
  d->least = d->fewest = d->folded ? qy_ceil_div_exact(d->unit * d->total, d->array_d) : 1;
  d->count = 0;
}
