/* Tiles of a layer that does not fit its buffers, and the words that go through the port: see systolic.h.
 *
 * The search goes through output channels x input channels x rows, each by its list of sizes that can be best
 * (systolic_tilings.c), and skips what cannot beat the best so far: cycles and port bits grow with the tiles and folds
 * of every direction, so those of the rows at their least bound what is left.
 */
#include "systolic_int.h"
#include "zero.h"

#include <assert.h>

static bool fits(const layer_shape *s, const array_mode *p, const halves *h, int64_t channel_words)
{
  return p->batch * s->rows_used * s->in_w * channel_words <= h->input_words &&
         s->taps * channel_words * s->outputs <= h->weight_words &&
         p->batch * s->pixels * s->outputs * h->whole_slot_bits <= h->output_bits;
}

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Words through the port in either order of the loops: channels are innermost, so that partial sums stay.  What is the
 * same in two tiles that follow one another stays too. */
typedef struct passes {
  int64_t inputs, weights; /* times each comes in */
} passes;

ALWAYS_INLINE passes count_passes(bool rows_first, int64_t m, int64_t n, int64_t k)
{
  if (k > 1) return (passes){n, m};
  return rows_first ? (passes){1, n > 1 ? m : 1} : (passes){m > 1 ? n : 1, 1};
}

/* ---- the search ---- */

/* A tiling as its cost sees it, or the least of some: every part of the cost grows with each of these. */
typedef struct point {
  int64_t row_folds, row_tiles, loaded; /* of images and rows */
  int64_t output_folds, output_tiles, channel_folds, channel_tiles;
} point;

/* The best so far; all INT64_MAX: none. */
typedef struct best_value {
  int64_t cycles, bits, accesses; /* compared in this order */
  int64_t most_bits, fewer_bits;  /* that the port takes in as many cycles, in fewer: compared without a division */
} best_value;

typedef struct search {
  const layer_shape *s;
  const array_mode *p;
  int64_t words, rows, columns, time;   /* sizes of the whole layer, as in the table of systolic.h */
  int64_t fold, base;                   /* cycles of all groups: per fold and tile of time; once per layer */
  int64_t stream, of_rows, of_columns;  /* per fold; edge used: per fold of columns, of rows, and tile of time */
  int64_t row_bits, weight_bits, store; /* of an input row of all channels and groups; all weights; cycles out */
  int64_t weights, out, real, port;
  double rows_a_output, channels_a_output; /* tiles of them at least, an output of a tile; see least_tiles */
  double rows_a_channel;
} search;

static search search_for(const layer_shape *s, const array_mode *p, const rates *c)
{
  const bool os = p->dataflow == QY_FLOW_OS;
  const int64_t words = qy_ceil_shift(s->channels, p->word_shift), window = s->taps * words;
  const int64_t pixels = p->batch * s->pixels;
  search a = {.s = s, .p = p, .words = words, .port = c->port};
  a.rows = os ? pixels : window;
  a.columns = p->dataflow == QY_FLOW_IS ? pixels : s->outputs;
  a.time = os ? window : p->dataflow == QY_FLOW_WS ? pixels : s->outputs;
  const int64_t row_steps = os && !p->serial ? 1 : 2; /* fill and drain, or operands down and sums up */
  const int64_t column_steps = p->bus ? 0 : 1;
  a.stream = s->groups * a.time;
  a.fold = s->groups * (c->fold_latency - 2 + (p->bus ? 1 : 0));
  if (p->full) {
    a.fold += s->groups * (row_steps * p->rows + column_steps * p->columns);
  } else {
    a.of_rows = s->groups * row_steps * a.rows;
    a.of_columns = s->groups * column_steps * a.columns;
  }
  a.weights = s->groups * window * s->outputs;
  a.row_bits = s->groups * s->in_w * words * c->input_bits;
  a.weight_bits = a.weights * c->weight_bits;
  a.out = s->groups * pixels * s->outputs;
  a.real = s->groups * p->batch * s->real * words;
  a.base = c->layer_latency;
  if (c->port == 0) return a;
  const corner first = systolic_corner(s, p);
  const bool held_inputs = p->dataflow == QY_FLOW_IS;
  const int64_t row_bits = held_inputs ? c->weight_bits : c->input_bits;
  const int64_t other_bits = held_inputs ? c->input_bits : c->weight_bits;
  a.base += transfer(first.rows * row_bits + (os ? first.columns : first.held) * other_bits, c->port) +
            transfer(first.columns * c->result_bits, c->port);
  a.store = transfer(a.out * c->result_bits, c->port);
  return a;
}

/* Cycles on the array, by folds of rows and columns and tiles of time. */
ALWAYS_INLINE int64_t array_cycles(const search *a, int64_t rows, int64_t columns, int64_t time)
{
  return rows * columns * (a->stream + time * a->fold) + time * (a->of_rows * columns + a->of_columns * rows) + a->base;
}

/* The dataflow is the search's, said apart so that each has a search of its own. */
ALWAYS_INLINE int64_t cycles_of(const search *a, qy_dataflow flow, const point *at)
{
  if (flow == QY_FLOW_OS) return array_cycles(a, at->row_folds, at->output_folds, at->channel_tiles);
  if (flow == QY_FLOW_WS) return array_cycles(a, at->channel_folds, at->output_folds, at->row_tiles);
  return array_cycles(a, at->channel_folds, at->row_folds, at->output_tiles);
}

/* Words that the array reads, and partial sums both ways. */
ALWAYS_INLINE int64_t accesses_of(const search *a, qy_dataflow flow, const point *at)
{
  const int64_t sums = 2 * a->out;
  if (flow == QY_FLOW_OS) return a->real * at->output_folds + a->weights * at->row_folds + sums * at->channel_tiles;
  if (flow == QY_FLOW_WS) return a->real * at->output_folds + a->weights * at->row_tiles + sums * at->channel_folds;
  return a->real * at->output_tiles + a->weights * at->row_folds + sums * at->channel_folds;
}

/* Through the port, in the better order of the loops. */
ALWAYS_INLINE int64_t bits_of(const search *a, const point *at)
{
  const int64_t inputs = a->row_bits * at->loaded, m = at->row_tiles, n = at->output_tiles;
  if (at->channel_tiles > 1) return inputs * n + a->weight_bits * m;
  return qy_min64(inputs * n + a->weight_bits, inputs + a->weight_bits * m);
}

ALWAYS_INLINE bool better(const search *a, qy_dataflow flow, const point *at, const best_value *best)
{
  const int64_t cycles = cycles_of(a, flow, at);
  if (cycles > best->cycles) return false;
  const int64_t bits = bits_of(a, at);
  if (bits > best->most_bits) return false;
  if (cycles < best->cycles && bits <= best->fewer_bits) return true;
  return bits != best->bits ? bits < best->bits : accesses_of(a, flow, at) < best->accesses;
}

/* Bits that the port takes in so many cycles. */
static int64_t bits_in(int64_t cycles, int64_t port)
{
  int64_t bits;
  return __builtin_mul_overflow(cycles, port, &bits) ? INT64_MAX : bits;
}

static best_value value_of(const search *a, qy_dataflow flow, const point *at)
{
  best_value v = {.cycles = cycles_of(a, flow, at),
                  .bits = bits_of(a, at),
                  .accesses = accesses_of(a, flow, at),
                  .most_bits = INT64_MAX,
                  .fewer_bits = INT64_MAX};
  if (a->port == 0) return v;
  v.cycles = qy_max64(v.cycles, transfer(v.bits, a->port) + a->store);
  v.most_bits = bits_in(v.cycles - a->store, a->port);
  v.fewer_bits = bits_in(v.cycles - a->store - 1, a->port);
  return v;
}

static bool rows_first(const search *a, const point *at)
{
  const passes one = count_passes(false, at->row_tiles, at->output_tiles, at->channel_tiles);
  const passes other = count_passes(true, at->row_tiles, at->output_tiles, at->channel_tiles);
  const int64_t inputs = a->row_bits * at->loaded;
  return inputs * other.inputs + a->weight_bits * other.weights < inputs * one.inputs + a->weight_bits * one.weights;
}

typedef struct lists {
  tile_walk of[TILED_DIRECTIONS];
  tilings_of asked[TILED_DIRECTIONS];
  tilings own[TILED_DIRECTIONS];
  tiling room[TILED_DIRECTIONS][SYSTOLIC_TILINGS];
} lists;

/* PEs along a direction of the tiling; 0: time. */
static int64_t side_of(const array_mode *p, tiled_direction direction)
{
  const bool os = p->dataflow == QY_FLOW_OS, is = p->dataflow == QY_FLOW_IS;
  switch (direction) {
  case TILED_OUTPUTS: return is ? 0 : p->columns;
  case TILED_CHANNELS: return os ? 0 : p->rows;
  default: return os ? p->rows : is ? p->columns : 0;
  }
}

tile_sets systolic_sets(const qy_systolic_work *work, const array_mode *p)
{
  const int64_t of[TILED_DIRECTIONS] = {[TILED_CHANNELS] = p->word_shift, [TILED_ROWS] = p->batch};
  tile_sets sets;
  for (int d = 0; d < TILED_DIRECTIONS; d++)
    sets.of[d] = systolic_lists_of(work->lists, (tiled_direction)d, side_of(p, (tiled_direction)d), of[d]);
  return sets;
}

static void make_lists(lists *l, const search *a, const halves *h, const tile_sets *sets, size_t shape)
{
  const layer_shape *s = a->s;
  accel_zero(l->of, sizeof l->of);
  const int64_t weights = h->weight_words / s->taps, pixels = h->output_bits / h->slot_bits;
  const int64_t most[TILED_DIRECTIONS] = {[TILED_OUTPUTS] =
                                              qy_min64(weights, h->output_bits / (s->out_w * h->slot_bits)),
                                          [TILED_CHANNELS] = weights,
                                          [TILED_ROWS] = pixels};
  for (int d = 0; d < TILED_DIRECTIONS; d++) {
    l->asked[d] = (tilings_of){s, (tiled_direction)d, side_of(a->p, (tiled_direction)d), a->words, a->p->batch};
    systolic_walk(&l->of[d], &l->own[d], l->room[d], &l->asked[d], sets->of[d], shape, most[d]);
  }
}

/* Equal tiles of at most a buffer's half: so many at least, `size` of that times one in which they are that many times
 * `share` of all that is tiled, less more than what roundings add. */
static double share_of(double all, double half)
{
  static const double below = 1 - 1e-12;
  return all / half * below;
}

/* An integer above the product is at most the quotient rounded up. */
static inline int64_t least_tiles(double share, int64_t size)
{
  return (int64_t)(share * (double)size) + 1;
}

static void bound_tiles(search *a, const halves *h)
{
  const layer_shape *s = a->s;
  a->rows_a_output = share_of((double)(a->p->batch * s->pixels * h->slot_bits), (double)h->output_bits);
  a->channels_a_output = share_of((double)(s->taps * a->words), (double)h->weight_words);
  a->rows_a_channel = share_of((double)(a->p->batch * s->rows_used * s->in_w), (double)h->input_words);
}

/* The first sizes that fit, of rows and channels: with fewer outputs at a time they are larger, so that the places only
 * fall.  false: no rows fit. */
typedef struct places {
  size_t rows, channels;
  bool known;
} places;

static inline bool go_to_fitting(places *at, lists *l, const halves *h, int64_t out, int64_t weights)
{
  tile_walk *rows = &l->of[TILED_ROWS], *channels = &l->of[TILED_CHANNELS];
  const tiling *t;
  if (!at->known)
    while ((t = systolic_tiling_at(rows, at->rows)) && t->out * out > h->output_bits)
      at->rows++;
  while (at->rows > 0 && systolic_tiling_at(rows, at->rows - 1)->out * out <= h->output_bits)
    at->rows--;
  if (!systolic_tiling_at(rows, at->rows)) return false;
  if (!at->known)
    while ((t = systolic_tiling_at(channels, at->channels)) && t->size * weights > h->weight_words)
      at->channels++;
  while (at->channels > 0 && systolic_tiling_at(channels, at->channels - 1)->size * weights <= h->weight_words)
    at->channels--;
  at->known = true;
  return true;
}

/* What a search has found. */
typedef struct found {
  best_value best;
  const tiling *of[TILED_DIRECTIONS];
  size_t place[TILED_DIRECTIONS]; /* in the walks */
} found;

ALWAYS_INLINE point point_of(const tiling *const of[TILED_DIRECTIONS])
{
  const tiling *n = of[TILED_OUTPUTS], *k = of[TILED_CHANNELS], *m = of[TILED_ROWS];
  return (point){m->folds, m->tiles, m->loaded, n->folds, n->tiles, k->folds, k->tiles};
}

/* The list whose sizes are over the rows of the array keeps what the last search chose. */
static tile_walk *keeper(lists *l, qy_dataflow flow)
{
  return &l->of[flow == QY_FLOW_OS ? TILED_ROWS : TILED_CHANNELS];
}

/* Designs beside one another mostly choose alike: where the last choice fits, nothing worse is looked at.  It is found
 * again, or what comes before it and is as good, so that the choice is the same whatever was kept. */
ALWAYS_INLINE void bound_by_last(found *f, const search *a, qy_dataflow flow, const halves *h, lists *l)
{
  tiling_numbers number;
  if (!systolic_last(&number, keeper(l, flow), flow)) return;
  const tiling *of[TILED_DIRECTIONS];
  for (int d = 0; d < TILED_DIRECTIONS; d++)
    if (!(of[d] = systolic_tiling_numbered(&l->of[d], number.of[d]))) return;
  const int64_t n = of[TILED_OUTPUTS]->size, k = of[TILED_CHANNELS]->size;
  if (of[TILED_ROWS]->most * a->s->in_w * k > h->input_words || a->s->taps * k * n > h->weight_words ||
      of[TILED_ROWS]->out * n * h->slot_bits > h->output_bits)
    return;
  const point at = point_of(of);
  f->best = value_of(a, flow, &at);
  f->best.accesses++;
}

static void keep_last(const found *f, qy_dataflow flow, lists *l)
{
  tiling_numbers number;
  for (int d = 0; d < TILED_DIRECTIONS; d++)
    number.of[d] = (uint16_t)(l->of[d].skipped + f->place[d]);
  systolic_keep_last(keeper(l, flow), flow, number);
}

/* Rows for so many outputs and channels at a time.  left: the least of all of them. */
ALWAYS_INLINE void find_rows(found *f, const search *a, qy_dataflow flow, const halves *h, lists *l, const point *left,
                             const size_t from[TILED_DIRECTIONS])
{
  const tiling *n = l->of[TILED_OUTPUTS].at + from[TILED_OUTPUTS];
  const tiling *k = l->of[TILED_CHANNELS].at + from[TILED_CHANNELS], *m;
  const int64_t in = a->s->in_w * k->size;
  point at = *left;
  for (size_t r = from[TILED_ROWS]; (m = systolic_tiling_at(&l->of[TILED_ROWS], r)); r++) {
    if (m->most * in > h->input_words) continue;
    at.row_folds = left->row_folds;
    at.row_tiles = m->tiles; /* of these and all fewer rows */
    at.loaded = left->loaded;
    if (!better(a, flow, &at, &f->best)) return;
    at.row_folds = m->folds;
    at.loaded = m->loaded;
    if (!better(a, flow, &at, &f->best)) continue;
    *f = (found){value_of(a, flow, &at),
                 {[TILED_OUTPUTS] = n, [TILED_CHANNELS] = k, [TILED_ROWS] = m},
                 {[TILED_OUTPUTS] = from[TILED_OUTPUTS], [TILED_CHANNELS] = from[TILED_CHANNELS], [TILED_ROWS] = r}};
  }
}

ALWAYS_INLINE void find(found *f, const search *a, qy_dataflow flow, const halves *h, lists *l)
{
  const tiling *n, *k;
  const point least = {.row_folds = l->of[TILED_ROWS].least,
                       .row_tiles = 1,
                       .loaded = a->p->batch * a->s->rows_used,
                       .output_folds = l->of[TILED_OUTPUTS].least,
                       .channel_folds = l->of[TILED_CHANNELS].least,
                       .channel_tiles = 1};
  places first = {0, 0, false};
  for (size_t i = 0; (n = systolic_tiling_at(&l->of[TILED_OUTPUTS], i)); i++) {
    point left = least; /* of these and all fewer outputs */
    left.output_tiles = n->tiles;
    if (!better(a, flow, &left, &f->best)) return;
    left.output_folds = n->folds; /* of these */
    left.row_tiles = least_tiles(a->rows_a_output, n->size);
    left.channel_tiles = least_tiles(a->channels_a_output, n->size);
    if (!better(a, flow, &left, &f->best)) continue;
    if (!go_to_fitting(&first, l, h, n->size * h->slot_bits, a->s->taps * n->size)) continue;
    const int64_t row_tiles = systolic_tiling_at(&l->of[TILED_ROWS], first.rows)->tiles;
    for (size_t j = first.channels; (k = systolic_tiling_at(&l->of[TILED_CHANNELS], j)); j++) {
      left.row_tiles = row_tiles;
      left.channel_folds = least.channel_folds;
      left.channel_tiles = k->tiles; /* of these and all fewer channels */
      if (!better(a, flow, &left, &f->best)) break;
      left.row_tiles = qy_max64(row_tiles, least_tiles(a->rows_a_channel, k->size));
      left.channel_folds = k->folds; /* of these */
      if (better(a, flow, &left, &f->best)) find_rows(f, a, flow, h, l, &left, (size_t[]){i, j, first.rows});
    }
  }
}

ALWAYS_INLINE void find_from_last(found *f, const search *a, qy_dataflow flow, const halves *h, lists *l)
{
  bound_by_last(f, a, flow, h, l);
  find(f, a, flow, h, l);
  keep_last(f, flow, l);
}

static void search_lists(tiles *t, const search *a, const halves *h, const tile_sets *sets, size_t shape)
{
  lists l;
  found f = {.best = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}};
  make_lists(&l, a, h, sets, shape);
  switch (a->p->dataflow) {
  case QY_FLOW_OS: find_from_last(&f, a, QY_FLOW_OS, h, &l); break;
  case QY_FLOW_WS: find_from_last(&f, a, QY_FLOW_WS, h, &l); break;
  default: find_from_last(&f, a, QY_FLOW_IS, h, &l);
  }
  const tiling *m = f.of[TILED_ROWS];
  assert(m && f.of[TILED_CHANNELS] && f.of[TILED_OUTPUTS]); /* the smallest tiles fit */
  const point at = point_of(f.of);
  *t = (tiles){.rows_first = rows_first(a, &at),
               .rows = m->size,
               .images = m->images,
               .channels = f.of[TILED_CHANNELS]->size,
               .outputs = f.of[TILED_OUTPUTS]->size,
               .loaded = m->loaded};
}

const char *systolic_tile(tiles *t, const layer_shape *s, const array_mode *p, const halves *h, const rates *c,
                          const tile_sets *sets, size_t shape)
{
  const int64_t words = qy_ceil_shift(s->channels, p->word_shift);
  *t = (tiles){.whole = true, .rows = s->out_h, .images = p->batch, .channels = words, .outputs = s->outputs};
  if (fits(s, p, h, words)) return NULL;
  if (qy_min64(s->in_h, s->kernel_h) * s->in_w > h->input_words) return "input buffer too small for one output row";
  if (s->taps * qy_min64(s->outputs, p->columns) > h->weight_words)
    return "weight buffer too small for one channel on all columns";
  if (s->out_w * h->slot_bits > h->output_bits) return "output buffer too small for one output row";
  search a = search_for(s, p, c);
  bound_tiles(&a, h);
  search_lists(t, &a, h, sets, shape);
  return NULL;
}

traffic systolic_traffic(const layer_shape *s, const array_mode *p, const tiles *t, int64_t groups_per_fold)
{
  const int64_t words = qy_ceil_shift(s->channels, p->word_shift);
  traffic a = {.inputs = s->groups * p->batch * s->rows_used * s->in_w * words,
               .weights = s->groups * s->taps * words * s->outputs,
               .results = s->groups * p->batch * s->pixels * s->outputs};
  if (t->whole) {
    a.count = groups_per_fold > 1 ? qy_ceil_div_exact(s->groups, (double)groups_per_fold) : s->groups;
    return a;
  }
  const bool rows_cut = t->rows < s->out_h;
  const int64_t m = rows_cut ? p->batch * qy_ceil_div_exact(s->out_h, (double)t->rows)
                             : qy_ceil_div_exact(p->batch, (double)t->images);
  const int64_t n = qy_ceil_div_exact(s->outputs, (double)t->outputs),
                k = qy_ceil_div_exact(words, (double)t->channels);
  const passes come = count_passes(t->rows_first, m, n, k);
  if (rows_cut) a.inputs = s->groups * t->loaded * s->in_w * words;
  a.inputs *= come.inputs;
  a.weights *= come.weights;
  a.count = s->groups * m * n * k;
  return a;
}
