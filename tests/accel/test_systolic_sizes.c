/* Lists of tile sizes of the systolic array's search: each size with its tiles and folds counted one by one, and none
 * that could be best left out. */
#include "../../src/accel/systolic_int.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { EVERY = 256 }; /* beyond so many tiles of more than so many units powers of two will do (systolic_tilings.c) */

static uint64_t seed = 41;

static int64_t between(int64_t low, int64_t high)
{
  return low + (int64_t)random_below(&seed, (size_t)(high - low + 1));
}

typedef struct direction {
  int64_t total, unit, side, limit;
} direction;

static int64_t tiles_of(const direction *d, int64_t size)
{
  return d->total / size + (d->total % size != 0);
}

/* Folds of all tiles: each takes its rows or columns of the array anew. */
static int64_t folds_of(const direction *d, int64_t size)
{
  int64_t folds = 0;
  for (int64_t done = 0; done < d->total; done += size) {
    const int64_t here = d->total - done < size ? d->total - done : size;
    folds += d->side > 0 ? (here * d->unit + d->side - 1) / d->side : 1;
  }
  return folds;
}

/* Sizes with tiles or folds that are not theirs, beyond the limit or out of order. */
static int wrong_sizes(const tilings *t, const direction *d)
{
  int wrong = 0;
  for (size_t i = 0; i < t->count; i++) {
    const tiling *one = &t->list[i];
    wrong += one->size < 1 || one->size > d->limit || one->size > d->total || (i > 0 && one->size >= one[-1].size) ||
             one->tiles != tiles_of(d, one->size) || one->folds != folds_of(d, one->size) || one->folds < t->least;
  }
  return wrong;
}

/* For any size there is one of the list that is no larger and makes as many tiles; and for any number of tiles one with
 * the fewest folds, unless there are more sizes than are kept. */
static int left_out(const tilings *t, const direction *d)
{
  int wrong = 0;
  for (int64_t size = 1; size <= d->total && size <= d->limit; size++) {
    const int64_t number = tiles_of(d, size), folds = folds_of(d, size);
    bool smaller = false, folded = false;
    for (size_t i = 0; i < t->count; i++) {
      if (t->list[i].tiles != number) continue;
      smaller = smaller || t->list[i].size <= size;
      folded = folded || t->list[i].folds <= folds;
    }
    wrong += !smaller || !folded;
  }
  return wrong;
}

/* All powers of two up to the largest size that is not one of every. */
static int powers_left_out(const tilings *t, const direction *d)
{
  int wrong = 0;
  for (int64_t power = 2 * EVERY; power <= d->limit && tiles_of(d, power) > EVERY; power *= 2) {
    bool found = false;
    for (size_t i = 0; i < t->count; i++)
      found = found || t->list[i].size == power;
    wrong += !found;
  }
  return wrong;
}

static void fill(tilings *t, tiling *list, const direction *d, tiled_direction which)
{
  const layer_shape s = {
      .channels = d->total, .outputs = d->total, .taps = d->unit, .pixels = 1, .out_h = 1, .out_w = 1};
  const tilings_of of = {&s, which, d->side, d->total, 1};
  systolic_tilings(t, list, &of, d->limit);
  while (systolic_tilings_more(t))
    ;
}

/* ---- rows and images ---- */

/* Input rows that output rows [from, to) read, one by one. */
static int64_t touched(const layer_shape *s, int64_t from, int64_t to)
{
  int64_t count = 0;
  for (int64_t row = 0; row < s->in_h; row++) {
    bool read = false;
    for (int64_t y = from; y < to && !read; y++)
      for (int64_t k = 0; k < s->kernel_h && !read; k++)
        read = y * s->stride_h + k * s->dilation_h - s->pad_top == row;
    count += read;
  }
  return count;
}

/* A tile of so many images, or of so many rows of one; added up from tile to tile. */
static tiling by_hand(const layer_shape *s, int64_t batch, int64_t side, int64_t images, int64_t rows)
{
  const bool whole = rows == s->out_h;
  const int64_t total = whole ? batch : s->out_h, step = whole ? images : rows;
  tiling t = {.size = rows, .images = images, .out = images * rows * s->out_w};
  for (int64_t done = 0; done < total; done += step) {
    const int64_t end = done + step < total ? done + step : total;
    const int64_t pixels = (end - done) * (whole ? s->pixels : s->out_w);
    const int64_t in = whole ? (end - done) * touched(s, 0, s->out_h) : touched(s, done, end);
    const int64_t copies = whole ? 1 : batch;
    t.tiles += copies;
    t.folds += copies * (side > 0 ? (pixels + side - 1) / side : 1);
    t.loaded += copies * in;
    t.most = in > t.most ? in : t.most;
  }
  return t;
}

static bool is_one(const tiling *a, const tiling *b)
{
  return a->size == b->size && a->tiles == b->tiles && a->folds == b->folds && a->images == b->images &&
         a->most == b->most && a->loaded == b->loaded && a->out == b->out;
}

/* Is there one of the list with as many tiles and no more of anything? */
static bool equalled(const tilings *t, const tiling *one)
{
  for (size_t i = 0; i < t->count; i++) {
    const tiling *by = &t->list[i];
    if (by->tiles == one->tiles && by->out <= one->out && by->folds <= one->folds && by->loaded <= one->loaded &&
        by->most <= one->most)
      return true;
  }
  return false;
}

static layer_shape random_map(void)
{
  layer_shape s = {.channels = 3, .outputs = 3, .taps = 9, .groups = 1};
  s.out_h = between(1, 24); /* more tiles than that have not all their sizes */
  s.out_w = between(1, 6);
  s.kernel_h = between(1, 5);
  s.stride_h = between(1, 3);
  s.dilation_h = between(0, 3) ? 1 : 2;
  s.pad_top = s.kernel_h > 1 ? between(0, 2) : 0; /* no kernel of one row reads padding in earnest */
  const int64_t reach = (s.kernel_h - 1) * s.dilation_h + 1, end = (s.out_h - 1) * s.stride_h + reach;
  const int64_t below = s.kernel_h > 1 ? between(0, 2) : 0;
  s.in_h = end - s.pad_top - below > 0 ? end - s.pad_top - below : 1;
  s.in_w = s.out_w;
  s.pixels = s.out_h * s.out_w;
  s.rows_used = systolic_rows_touched(&s);
  return s;
}

static void row_sizes(tiling *list)
{
  int wrong = 0, missing = 0;
  for (int i = 0; i < 1500; i++) {
    const layer_shape s = random_map();
    const int64_t batch = between(1, i % 3 ? 1 : 5), side = i % 2 ? between(1, 20) : 0;
    const int64_t limit = i % 4 ? batch * s.pixels : between(1, batch * s.pixels);
    const tilings_of of = {&s, TILED_ROWS, side, 1, batch};
    tilings t;
    systolic_tilings(&t, list, &of, limit);
    while (systolic_tilings_more(&t))
      ;
    wrong += s.rows_used != touched(&s, 0, s.out_h);
    for (size_t k = 0; k < t.count; k++) {
      const tiling one = by_hand(&s, batch, side, list[k].images, list[k].size);
      wrong += !is_one(&one, &list[k]) || one.out > limit || (k > 0 && one.out > list[k - 1].out);
    }
    for (int64_t rows = 1; rows <= s.out_h && rows * s.out_w <= limit; rows++) {
      const tiling one = by_hand(&s, batch, side, 1, rows);
      missing += !equalled(&t, &one);
    }
    for (int64_t images = 1; images <= batch && images * s.pixels <= limit; images++) {
      const tiling one = by_hand(&s, batch, side, images, s.out_h);
      missing += !equalled(&t, &one);
    }
  }
  is_int(wrong, 0, "tiles of rows and images have their tiles, folds and rows that are loaded");
  is_int(missing, 0, "and each there is has one of the list with as many tiles and no more of anything");
}

int main(void)
{
  tiling *list = malloc(SYSTOLIC_TILINGS * sizeof *list);
  int wrong = 0, missing = 0, large = 0, powers = 0;
  if (!list) return 1;
  for (int i = 0; i < 400; i++) {
    const bool channels = i % 2;
    direction d = {between(1, i % 4 ? 60 : 400), channels ? between(1, 9) : 1, i % 3 ? between(1, 40) : 0, 0};
    tilings t;
    d.limit = i % 5 ? between(1, 2 * d.total) : d.total;
    fill(&t, list, &d, channels ? TILED_CHANNELS : TILED_OUTPUTS);
    wrong += wrong_sizes(&t, &d);
    missing += left_out(&t, &d);
  }
  is_int(wrong, 0, "sizes fall and have their tiles and folds");
  is_int(missing, 0, "for each size one of the list makes as many tiles and is no larger, and one has no more folds");
  wrong = 0;
  for (int i = 0; i < 12; i++) {
    direction d = {between(EVERY * EVERY, i % 2 ? 1 << 20 : 1 << 17), i % 3 ? 1 : 9, i % 4 ? between(1, 256) : 0, 0};
    tilings t;
    d.limit = i % 2 ? d.total : between(600, d.total / 200);
    fill(&t, list, &d, d.unit > 1 ? TILED_CHANNELS : TILED_OUTPUTS);
    wrong += wrong_sizes(&t, &d);
    powers += powers_left_out(&t, &d);
    large += t.count > 0 && t.list[0].size > EVERY;
  }
  is_int(wrong, 0, "of large directions too");
  ok(powers == 0 && large > 6, "where powers of two alone are tried there are all of them: %d left out", powers);
  row_sizes(list);
  free(list);
  return done();
}
