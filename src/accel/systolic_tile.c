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

/* Words through the port in either order of the loops: channels are innermost, so that partial sums stay.  What is the
 * same in two tiles that follow one another stays too. */
typedef struct passes {
  int64_t inputs, weights; /* times each comes in */
} passes;

static inline passes count_passes(bool rows_first, int64_t m, int64_t n, int64_t k)
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
static inline int64_t array_cycles(const search *a, int64_t rows, int64_t columns, int64_t time)
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

/* Those with more cycles on the array than `most` are not priced to the end. */
static inline value value_of(const search *a, const point *at, int64_t most)
{
  value v = {0, 0, 0};
  /* Words that the array reads, and partial sums both ways. */
  const int64_t sums = 2 * a->out;
  if (a->p->dataflow == QY_FLOW_OS) {
    v.cycles = array_cycles(a, at->row_folds, at->output_folds, at->channel_tiles);
    v.accesses = a->real * at->output_folds + a->weights * at->row_folds + sums * at->channel_tiles;
  } else if (a->p->dataflow == QY_FLOW_WS) {
    v.cycles = array_cycles(a, at->channel_folds, at->output_folds, at->row_tiles);
    v.accesses = a->real * at->output_folds + a->weights * at->row_tiles + sums * at->channel_folds;
  } else {
    v.cycles = array_cycles(a, at->channel_folds, at->row_folds, at->output_tiles);
    v.accesses = a->real * at->output_tiles + a->weights * at->row_folds + sums * at->channel_folds;
  }
  if (v.cycles > most) return v;
  const int64_t inputs = a->row_bits * at->loaded;
  int64_t bits = INT64_MAX;
  for (int order = 0; order < 2; order++) {
    const passes n = count_passes(order, at->row_tiles, at->output_tiles, at->channel_tiles);
    bits = qy_min64(bits, inputs * n.inputs + a->weight_bits * n.weights);
  }
  v.bits = bits;
  if (a->c->port > 0) v.cycles = qy_max64(v.cycles, transfer(bits, a->c->port) + a->store);
  return v;
}

static inline bool better(const value *v, const value *best)
{
  if (v->cycles != best->cycles) return v->cycles < best->cycles;
  if (v->bits != best->bits) return v->bits < best->bits;
  return v->accesses < best->accesses;
}

typedef struct lists {
  tilings outputs, channels, rows;
} lists;

static void make_lists(lists *l, const search *a, const halves *h)
{
  const layer_shape *s = a->s;
  const array_mode *p = a->p;
  const bool os = p->dataflow == QY_FLOW_OS, is = p->dataflow == QY_FLOW_IS;
  const int64_t weights = h->weight_words / s->taps;
  systolic_tilings(&l->outputs, s->outputs, 1, is ? 0 : p->columns,
                   qy_min64(weights, h->output_bits / (s->out_w * h->slot_bits)));
  systolic_tilings(&l->channels, a->words, s->taps, os ? 0 : p->rows, weights);
  systolic_tilings_of_rows(&l->rows, s, os ? p->rows : is ? p->columns : 0, p->batch, h->output_bits / h->slot_bits);
}

static void find(tiles *t, const search *a, const halves *h)
{
  lists l;
  value best = {INT64_MAX, INT64_MAX, INT64_MAX};
  make_lists(&l, a, h);
  const tiling *n, *k, *m;
  const int64_t least_loaded = a->p->batch * a->s->rows_used;
  const point least = {.row_folds = l.rows.least,
                       .row_tiles = 1,
                       .loaded = least_loaded,
                       .output_folds = l.outputs.least,
                       .channel_folds = l.channels.least,
                       .channel_tiles = 1};
  for (size_t i = 0; (n = systolic_tiling_at(&l.outputs, i)); i++) {
    point left = least; /* of these and all fewer outputs */
    left.output_tiles = n->tiles;
    value bound = value_of(a, &left, best.cycles);
    if (!better(&bound, &best)) return;
    const int64_t weights = a->s->taps * n->size, out = n->size * h->slot_bits;
    size_t first = 0;
    while ((m = systolic_tiling_at(&l.rows, first)) && m->out * out > h->output_bits)
      first++;
    if (!m) continue;
    left.output_folds = n->folds;
    left.row_tiles = m->tiles;
    for (size_t j = 0; (k = systolic_tiling_at(&l.channels, j)); j++) {
      if (k->size * weights > h->weight_words) continue;
      left.channel_tiles = k->tiles; /* of these and all fewer channels */
      bound = value_of(a, &left, best.cycles);
      if (!better(&bound, &best)) break;
      const int64_t in = a->s->in_w * k->size;
      point at = left;
      at.channel_folds = k->folds;
      for (size_t r = first; (m = systolic_tiling_at(&l.rows, r)); r++) {
        if (m->most * in > h->input_words || m->out * out > h->output_bits) continue;
        at.row_folds = l.rows.least;
        at.row_tiles = m->tiles; /* of these and all fewer rows */
        at.loaded = least_loaded;
        bound = value_of(a, &at, best.cycles);
        if (!better(&bound, &best)) break;
        at.row_folds = m->folds;
        at.loaded = m->loaded;
        bound = value_of(a, &at, best.cycles);
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

const char *systolic_tile(tiles *t, const layer_shape *s, const array_mode *p, const halves *h, const rates *c)
{
  const int64_t words = qy_ceil_shift(s->channels, p->word_shift);
  *t = (tiles){.whole = true, .rows = s->out_h, .images = p->batch, .channels = words, .outputs = s->outputs};
  if (fits(s, p, h, words)) return NULL;
  if (qy_min64(s->in_h, s->kernel_h) * s->in_w > h->input_words) return "input buffer too small for one output row";
  if (s->taps * qy_min64(s->outputs, p->columns) > h->weight_words)
    return "weight buffer too small for one channel on all columns";
  if (s->out_w * h->slot_bits > h->output_bits) return "output buffer too small for one output row";
  const search a = search_for(s, p, c);
  find(t, &a, h);
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
