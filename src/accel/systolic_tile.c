/* Tiles of a layer that does not fit its buffers, and the words that go through the port: see systolic.h.
 *
 * The search goes through output channels x input channels x rows, each by its list of sizes that can be best
 * (systolic_tilings.c), and skips what cannot beat the best so far: cycles and port bits grow with the tiles and folds
 * of every direction, so those of the rows at their least bound what is left.
 */
#include "systolic_int.h"

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

typedef struct value {
  int64_t cycles, bits, accesses; /* compared in this order */
} value;

typedef struct search {
  const layer_shape *s;
  const array_mode *p;
  const rates *c;
  int64_t words, rows, columns, time;          /* sizes of the whole layer, as in the table of systolic.h */
  int64_t fold, row_steps, column_steps, base; /* cycles: per fold; its row, its column (edge used); once per layer */
  int64_t row_bits, weight_bits, store;        /* of an input row of all channels and groups; all weights; cycles out */
  int64_t weights, out, real;
} search;

static search search_for(const layer_shape *s, const array_mode *p, const rates *c)
{
  const bool os = p->dataflow == QY_FLOW_OS;
  const int64_t words = qy_ceil_shift(s->channels, p->word_shift), window = s->taps * words;
  const int64_t pixels = p->batch * s->pixels;
  search a = {.s = s, .p = p, .c = c, .words = words};
  a.rows = os ? pixels : window;
  a.columns = p->dataflow == QY_FLOW_IS ? pixels : s->outputs;
  a.time = os ? window : p->dataflow == QY_FLOW_WS ? pixels : s->outputs;
  a.row_steps = os && !p->serial ? 1 : 2; /* fill and drain, or operands down and sums up */
  a.column_steps = p->bus ? 0 : 1;
  a.fold = c->fold_latency - 2 + (p->bus ? 1 : 0);
  if (p->full) a.fold += a.row_steps * p->rows + a.column_steps * p->columns;
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
  const int64_t folds = rows * columns;
  int64_t cycles = folds * (a->time + time * a->fold);
  if (!a->p->full) cycles += time * (a->row_steps * a->rows * columns + a->column_steps * a->columns * rows);
  return a->s->groups * cycles + a->base;
}

static inline bool rows_first(const search *a, const point *at)
{
  const passes one = count_passes(false, at->row_tiles, at->output_tiles, at->channel_tiles);
  const passes other = count_passes(true, at->row_tiles, at->output_tiles, at->channel_tiles);
  const int64_t inputs = a->row_bits * at->loaded;
  return inputs * other.inputs + a->weight_bits * other.weights < inputs * one.inputs + a->weight_bits * one.weights;
}

/* Of the search's dataflow, which is said apart so that each has a search of its own.  Those with more cycles on the
 * array than `most` are not priced to the end. */
ALWAYS_INLINE value value_of(const search *a, qy_dataflow flow, const point *at, int64_t most)
{
  value v = {0, 0, 0};
  /* Words that the array reads, and partial sums both ways. */
  const int64_t sums = 2 * a->out;
  if (flow == QY_FLOW_OS) {
    v.cycles = array_cycles(a, at->row_folds, at->output_folds, at->channel_tiles);
    v.accesses = a->real * at->output_folds + a->weights * at->row_folds + sums * at->channel_tiles;
  } else if (flow == QY_FLOW_WS) {
    v.cycles = array_cycles(a, at->channel_folds, at->output_folds, at->row_tiles);
    v.accesses = a->real * at->output_folds + a->weights * at->row_tiles + sums * at->channel_folds;
  } else {
    v.cycles = array_cycles(a, at->channel_folds, at->row_folds, at->output_tiles);
    v.accesses = a->real * at->output_tiles + a->weights * at->row_folds + sums * at->channel_folds;
  }
  if (v.cycles > most) return v;
  const int64_t inputs = a->row_bits * at->loaded;
  const passes one = count_passes(false, at->row_tiles, at->output_tiles, at->channel_tiles);
  const passes other = count_passes(true, at->row_tiles, at->output_tiles, at->channel_tiles);
  v.bits = qy_min64(inputs * one.inputs + a->weight_bits * one.weights,
                    inputs * other.inputs + a->weight_bits * other.weights);
  if (a->c->port > 0) v.cycles = qy_max64(v.cycles, transfer(v.bits, a->c->port) + a->store);
  return v;
}

ALWAYS_INLINE bool better(const value *v, const value *best)
{
  if (v->cycles != best->cycles) return v->cycles < best->cycles;
  if (v->bits != best->bits) return v->bits < best->bits;
  return v->accesses < best->accesses;
}

typedef struct lists {
  tile_walk outputs, channels, rows;
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
  const array_mode *p = a->p;
  const int64_t weights = h->weight_words / s->taps, pixels = h->output_bits / h->slot_bits;
  const int64_t outputs = qy_min64(weights, h->output_bits / (s->out_w * h->slot_bits));
  tile_set *const *set = sets->of;
  systolic_tilings(&l->own[TILED_OUTPUTS], l->room[TILED_OUTPUTS], s->outputs, 1, side_of(p, TILED_OUTPUTS),
                   set[TILED_OUTPUTS] ? s->outputs : outputs);
  systolic_walk(&l->outputs, &l->own[TILED_OUTPUTS], set[TILED_OUTPUTS], shape, outputs);
  systolic_tilings(&l->own[TILED_CHANNELS], l->room[TILED_CHANNELS], a->words, s->taps, side_of(p, TILED_CHANNELS),
                   set[TILED_CHANNELS] ? a->words : weights);
  systolic_walk(&l->channels, &l->own[TILED_CHANNELS], set[TILED_CHANNELS], shape, weights);
  systolic_tilings_of_rows(&l->own[TILED_ROWS], l->room[TILED_ROWS], s, side_of(p, TILED_ROWS), p->batch,
                           set[TILED_ROWS] ? p->batch * s->pixels : pixels);
  systolic_walk(&l->rows, &l->own[TILED_ROWS], set[TILED_ROWS], shape, pixels);
}

/* The first sizes that fit, of rows and channels: with fewer outputs at a time they are larger, so that the places only
 * fall.  false: no rows fit. */
typedef struct places {
  size_t rows, channels;
  bool known;
} places;

static inline bool go_to_fitting(places *at, lists *l, const halves *h, int64_t out, int64_t weights)
{
  const tiling *t;
  if (!at->known)
    while ((t = systolic_tiling_at(&l->rows, at->rows)) && t->out * out > h->output_bits)
      at->rows++;
  while (at->rows > 0 && systolic_tiling_at(&l->rows, at->rows - 1)->out * out <= h->output_bits)
    at->rows--;
  if (!systolic_tiling_at(&l->rows, at->rows)) return false;
  if (!at->known)
    while ((t = systolic_tiling_at(&l->channels, at->channels)) && t->size * weights > h->weight_words)
      at->channels++;
  while (at->channels > 0 && systolic_tiling_at(&l->channels, at->channels - 1)->size * weights <= h->weight_words)
    at->channels--;
  at->known = true;
  return true;
}

ALWAYS_INLINE void find(tiles *t, const search *a, qy_dataflow flow, const halves *h, lists *l)
{
  value best = {INT64_MAX, INT64_MAX, INT64_MAX};
  const tiling *n, *k, *m;
  const int64_t least_loaded = a->p->batch * a->s->rows_used;
  const point least = {.row_folds = l->rows.least,
                       .row_tiles = 1,
                       .loaded = least_loaded,
                       .output_folds = l->outputs.least,
                       .channel_folds = l->channels.least,
                       .channel_tiles = 1};
  places first = {0, 0, false};
  for (size_t i = 0; (n = systolic_tiling_at(&l->outputs, i)); i++) {
    point left = least; /* of these and all fewer outputs */
    left.output_tiles = n->tiles;
    value bound = value_of(a, flow, &left, best.cycles);
    if (!better(&bound, &best)) return;
    const int64_t weights = a->s->taps * n->size, out = n->size * h->slot_bits;
    if (!go_to_fitting(&first, l, h, out, weights)) continue;
    left.output_folds = n->folds;
    left.row_tiles = systolic_tiling_at(&l->rows, first.rows)->tiles;
    for (size_t j = first.channels; (k = systolic_tiling_at(&l->channels, j)); j++) {
      left.channel_tiles = k->tiles; /* of these and all fewer channels */
      bound = value_of(a, flow, &left, best.cycles);
      if (!better(&bound, &best)) break;
      const int64_t in = a->s->in_w * k->size;
      point at = left;
      at.channel_folds = k->folds;
      for (size_t r = first.rows; (m = systolic_tiling_at(&l->rows, r)); r++) {
        if (m->most * in > h->input_words) continue;
        at.row_folds = l->rows.least;
        at.row_tiles = m->tiles; /* of these and all fewer rows */
        at.loaded = least_loaded;
        bound = value_of(a, flow, &at, best.cycles);
        if (!better(&bound, &best)) break;
        at.row_folds = m->folds;
        at.loaded = m->loaded;
        bound = value_of(a, flow, &at, best.cycles);
        if (!better(&bound, &best)) continue;
        best = bound;
        *t = (tiles){.rows_first = rows_first(a, &at),
                     .rows = m->size,
                     .images = m->images,
                     .channels = k->size,
                     .outputs = n->size};
      }
    }
  }
}

static void search_lists(tiles *t, const search *a, const halves *h, const tile_sets *sets, size_t shape)
{
  lists l;
  make_lists(&l, a, h, sets, shape);
  switch (a->p->dataflow) {
  case QY_FLOW_OS: find(t, a, QY_FLOW_OS, h, &l); break;
  case QY_FLOW_WS: find(t, a, QY_FLOW_WS, h, &l); break;
  default: find(t, a, QY_FLOW_IS, h, &l);
  }
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
  const search a = search_for(s, p, c);
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
  if (rows_cut) a.inputs = s->groups * p->batch * systolic_tile_rows(s, t->rows).loaded * s->in_w * words;
  a.inputs *= come.inputs;
  a.weights *= come.weights;
  a.count = s->groups * m * n * k;
  return a;
}
