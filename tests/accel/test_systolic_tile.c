/* Systolic array, tile auto: the tiling that is chosen against every tiling there is.
 *
 * The cost of a tiling is added up here from tile to tile and fold to fold, out of the schedule and the order of
 * transfers in systolic.h; no formula is shared with the library.  Buffers, word widths and latencies are set in the
 * module by hand, so that small layers have to be cut.  The rule that was used before the search is kept here: the
 * search may never be worse. */
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

static qy_arena *arena;
static qy_sram_table *table;
static uint32_t seed = 2028;

static int64_t random_in(int64_t low, int64_t high)
{
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

static int64_t smaller(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
  return a > b ? a : b;
}

static int64_t up(int64_t a, int64_t b)
{
  return a / b + (a % b != 0);
}

static qy_pe make_pe(int products)
{
  qy_pe pe = {.params = {.kind = QY_PE_MAC_ST, .bits = 8, .accumulator_bits = 24}, .mode_count = 1};
  pe.mode[0] = (qy_pe_mode){8 / products, products, 1};
  return pe;
}

static const hand_prices hand = {
    .area_um2 = 300, .leakage_nw = 5, .cycle_fj = {110}, .clock_fj = 10, .stages = 2, .requantizer = {.stages = 3}};
static const qy_tech tech = {.name = "round", .sram_node = "28", .density_frac = 0.5, .dff_clock_fj = 2};

/* A module whose buffers hold `half` words or bits in a half. */
typedef struct half {
  int64_t inputs, weights, out_bits;
} half;

static int make_module(qy_systolic *m, const qy_systolic_params *s, const qy_pe *pe, const qy_layer *l, const half *h)
{
  made d;
  const request r = {.accelerator = &qy_accelerator_systolic,
                     .params = s,
                     .pe = pe,
                     .tech = &tech,
                     .sram = table,
                     .clock_mhz = 50,
                     .layers = &l,
                     .layer_count = 1,
                     .hand = &hand};
  if (why_not(&d, &r, arena)) return 0;
  *m = *(const qy_systolic *)d.design.self;
  m->buffer[QY_BUFFER_INPUT].bytes = (double)(2 * h->inputs * m->input_bits) / 8;
  m->buffer[QY_BUFFER_WEIGHTS].bytes = (double)(2 * h->weights * m->weight_bits) / 8;
  m->buffer[QY_BUFFER_OUTPUT].bytes = (double)(2 * h->out_bits) / 8;
  return 1;
}

/* ---- what a tiling costs ---- */

typedef struct tiling {
  int64_t rows, images, channels, outputs;
  int rows_first;
} tiling;

typedef struct price {
  int64_t cycles, bits, accesses;
} price;

/* A layer on a module. */
typedef struct subject {
  const qy_systolic *m;
  const qy_layer *l;
  int64_t batch, words, outputs;                       /* of a group */
  int64_t first, last, slot, result_bits, weight_bits; /* weight_bits: of what stands where weights do */
  int64_t together;                                    /* groups that share a fold when nothing is cut */
  int64_t loaded[256], most[256];                      /* input rows by rows of a tile: of all tiles, of the largest */
  int64_t real;
} subject;

/* Rows of the map that output rows [y0, y1) touch. */
static int64_t touched(const qy_layer *l, int64_t y0, int64_t y1)
{
  int64_t sum = 0;
  for (int64_t row = 0; row < l->in_h; row++) {
    int hit = 0;
    for (int64_t y = y0; y < y1 && !hit; y++)
      for (int64_t a = 0; a < l->kernel_h && !hit; a++)
        hit = row == y * l->stride_h + a * l->dilation_h - l->pad_top;
    sum += hit;
  }
  return sum;
}

static subject subject_of(const qy_systolic *m, const qy_layer *l)
{
  const qy_systolic_params *s = &m->params;
  subject u = {.m = m, .l = l, .batch = s->batch, .outputs = l->out_c / l->groups, .slot = m->sum_bits};
  u.words = up(l->in_c / l->groups, m->pe->mode[0].products);
  u.result_bits = m->pe->mode[0].bits;
  u.weight_bits = l->computed ? m->input_bits : m->weight_bits;
  const int64_t k = u.words * l->kernel_h * l->kernel_w, pixels = u.batch * l->out_h * l->out_w;
  const int os = s->dataflow == QY_FLOW_OS, is = s->dataflow == QY_FLOW_IS;
  const int64_t sr = os ? pixels : k, sc = is ? pixels : u.outputs;
  int64_t d = 1;
  while (s->packing == QY_PACK_DIAGONAL && d < l->groups && (d + 1) * sr <= s->rows && (d + 1) * sc <= s->columns)
    d++;
  u.together = d;
  const int64_t r = d * smaller(sr, s->rows), c = d * smaller(sc, s->columns);
  const int64_t row_bits = is ? u.weight_bits : m->input_bits, other_bits = is ? m->input_bits : u.weight_bits;
  if (s->port_bits) {
    u.first = up(r * row_bits + (os ? c : r * c / d * (d > 1 ? d : 1)) * other_bits, s->port_bits);
    u.last = up(c * u.result_bits, s->port_bits);
  }
  for (int64_t rows = 1; rows <= l->out_h && rows < 256; rows++)
    for (int64_t y = 0; y < l->out_h; y += rows) {
      const int64_t n = touched(l, y, smaller(y + rows, l->out_h));
      u.loaded[rows] += n;
      u.most[rows] = larger(u.most[rows], n);
    }
  for (int64_t y = 0; y < l->out_h; y++)
    for (int64_t x = 0; x < l->out_w; x++)
      for (int64_t a = 0; a < l->kernel_h; a++)
        for (int64_t b = 0; b < l->kernel_w; b++) {
          const int64_t row = y * l->stride_h + a * l->dilation_h - l->pad_top;
          const int64_t column = x * l->stride_w + b * l->dilation_w - l->pad_left;
          u.real += row >= 0 && row < l->in_h && column >= 0 && column < l->in_w;
        }
  return u;
}

static int possible(const subject *u, const half *h, const tiling *t)
{
  const qy_layer *l = u->l;
  return t->images * u->most[t->rows] * l->in_w * t->channels <= h->inputs &&
         l->kernel_h * l->kernel_w * t->channels * t->outputs <= h->weights &&
         t->images * t->rows * l->out_w * t->outputs * u->slot <= h->out_bits;
}

/* Does a group fit without being cut?  Sums that leave the array whole are results by then. */
static int fits_whole(const subject *u, const half *h)
{
  const qy_layer *l = u->l;
  const int64_t slot = u->m->params.dataflow == QY_FLOW_OS ? u->result_bits : u->slot;
  return u->batch * touched(l, 0, l->out_h) * l->in_w * u->words <= h->inputs &&
         l->kernel_h * l->kernel_w * u->words * u->outputs <= h->weights &&
         u->batch * l->out_h * l->out_w * u->outputs * slot <= h->out_bits;
}

/* The sizes of the tiles of a direction: `number` of `size`, one of `last`. */
typedef struct pieces {
  int64_t size[2], number[2];
} pieces;

static pieces cut(int64_t total, int64_t size, int64_t unit, int64_t times)
{
  int64_t full = 0, left = total;
  for (; left >= size; left -= size)
    full++;
  return (pieces){{size * unit, left * unit}, {full * times, left > 0 ? times : 0}};
}

/* Cycles of the folds of one tile, fold by fold. */
static int64_t tile_cycles(const qy_systolic *m, int64_t pixels, int64_t outputs, int64_t k, price *p, int64_t times)
{
  const qy_systolic_params *s = &m->params;
  const int os = s->dataflow == QY_FLOW_OS, is = s->dataflow == QY_FLOW_IS;
  const int64_t sr = os ? pixels : k, sc = is ? pixels : outputs, time = os ? k : is ? outputs : pixels;
  int64_t cycles = 0;
  for (int64_t j = 0; j < sc; j += s->columns)
    for (int64_t i = 0; i < sr; i += s->rows) {
      const int64_t r = smaller(s->rows, sr - i), c = smaller(s->columns, sc - j);
      const int64_t a = s->edge == QY_EDGE_FULL ? s->rows : r, b = s->edge == QY_EDGE_FULL ? s->columns : c;
      cycles += time + a - 1 + (s->row == QY_ROW_MOVED ? b - 1 : 0) + (os ? 0 : a) +
                (os && s->drain == QY_DRAIN_SERIAL ? a : 0) + m->fold_latency;
      p->accesses += times * (os ? time * c : is ? time * r : r * c); /* weights */
      p->accesses += times * 2 * (os ? r * c : time * c);             /* partial sums out and in, but for the first */
    }
  return cycles;
}

static price cost_of(const subject *u, const tiling *t)
{
  const qy_systolic *m = u->m;
  const qy_layer *l = u->l;
  const int64_t taps = l->kernel_h * l->kernel_w, g = l->groups, port = m->params.port_bits;
  const int all_rows = t->rows == l->out_h;
  const pieces mt =
      all_rows ? cut(u->batch, t->images, l->out_h * l->out_w, 1) : cut(l->out_h, t->rows, l->out_w, u->batch);
  const pieces nt = cut(u->outputs, t->outputs, 1, 1), kt = cut(u->words, t->channels, taps, 1);
  const int64_t mn = mt.number[0] + mt.number[1], nn = nt.number[0] + nt.number[1], kn = kt.number[0] + kt.number[1];
  price p = {0};
  int64_t cycles = 0, columns = 0;
  for (int a = 0; a < 2; a++)
    for (int b = 0; b < 2; b++)
      for (int c = 0; c < 2; c++) {
        const int64_t times = g * mt.number[a] * nt.number[b] * kt.number[c];
        if (times > 0) cycles += times * tile_cycles(m, mt.size[a], nt.size[b], kt.size[c], &p, times);
      }
  const int64_t outs = g * u->batch * l->out_h * l->out_w * u->outputs;
  for (int b = 0; b < 2; b++) /* inputs come once per column fold; is: once per tile of outputs */
    columns += nt.number[b] * (m->params.dataflow == QY_FLOW_IS ? 1 : up(nt.size[b], m->params.columns));
  p.accesses += g * u->batch * u->real * u->words * columns - 2 * outs;
  /* The port: in the order of the tiles, what the tile before had does not come again.  Only the next tile counts: in
   * the inner loops channels change unless there is one tile of them, then the second loop unless it has one. */
  const int64_t inputs = g * u->batch * u->loaded[t->rows] * l->in_w * u->words,
                weights = g * taps * u->words * u->outputs;
  int64_t input_passes = nn, weight_passes = mn;
  if (kn == 1 && t->rows_first) input_passes = 1, weight_passes = nn == 1 ? 1 : mn;
  if (kn == 1 && !t->rows_first) weight_passes = 1, input_passes = mn == 1 ? 1 : nn;
  p.bits = inputs * input_passes * m->input_bits + weights * weight_passes * u->weight_bits;
  p.cycles = u->first + cycles + m->layer_latency + u->last;
  if (port) p.cycles = larger(p.cycles, up(p.bits, port) + up(outs * u->result_bits, port));
  return p;
}

static int before(price a, price b)
{
  if (a.cycles != b.cycles) return a.cycles < b.cycles;
  return a.bits != b.bits ? a.bits < b.bits : a.accesses < b.accesses;
}

/* ---- every tiling ---- */

/* The best of all, and how many there are. */
static int64_t best_of_all(price *best, const subject *u, const half *h)
{
  int64_t count = 0;
  for (int64_t images = 1; images <= u->batch; images++)
    for (int64_t rows = images > 1 ? u->l->out_h : 1; rows <= u->l->out_h; rows++)
      for (int64_t k = 1; k <= u->words; k++)
        for (int64_t n = 1; n <= u->outputs; n++)
          for (int order = 0; order < 2; order++) {
            const tiling t = {rows, images, k, n, order};
            if (!possible(u, h, &t)) continue;
            const price p = cost_of(u, &t);
            if (count++ == 0 || before(p, *best)) *best = p;
          }
  return count;
}

static qy_systolic_params random_params(int64_t side)
{
  return (qy_systolic_params){.rows = (int)random_in(1, side),
                              .columns = (int)random_in(1, side),
                              .dataflow = (qy_dataflow)random_in(0, 2),
                              .drain = (qy_drain)random_in(0, 1),
                              .edge = (qy_edge)random_in(0, 1),
                              .row = (qy_row)random_in(0, 1),
                              .packing = (qy_systolic_packing)random_in(0, 1),
                              .tile = QY_TILE_AUTO,
                              .batch = random_in(0, 3) ? 1 : (int)random_in(2, 5),
                              .port_bits = random_in(0, 3) ? (int)random_in(8, 200) : 0};
}

static void print_case(const char *what, int i, const qy_systolic_params *s, const qy_layer *l, const half *h)
{
  printf("# %s %d: %dx%d flow %d drain %d edge %d row %d pack %d batch %d port %d, %lldx%lld c %lld n %lld k %lldx%lld "
         "s %lldx%lld d %lldx%lld p %lld %lld %lld %lld g %lld, half %lld %lld %lld\n",
         what, i, s->rows, s->columns, (int)s->dataflow, (int)s->drain, (int)s->edge, (int)s->row, (int)s->packing,
         s->batch, s->port_bits, (long long)l->in_h, (long long)l->in_w, (long long)l->in_c, (long long)l->out_c,
         (long long)l->kernel_h, (long long)l->kernel_w, (long long)l->stride_h, (long long)l->stride_w,
         (long long)l->dilation_h, (long long)l->dilation_w, (long long)l->pad_top, (long long)l->pad_bottom,
         (long long)l->pad_left, (long long)l->pad_right, (long long)l->groups, (long long)h->inputs,
         (long long)h->weights, (long long)h->out_bits);
}

/* varied: strides, dilation and pads of their own for each direction and side. */
static void optimum_tests(bool varied)
{
  enum { CASES = 1500 };
  int cut_cases = 0, optimal = 0, first_equal = 0, accesses = 0, run = 0, whole = 0, order = 0;
  int64_t tilings = 0;
  for (int i = 0; i < CASES; i++) {
    const int64_t groups = i % 5 ? 1 : random_in(1, 4), k = random_in(1, 4), size = random_in(k, 9);
    qy_layer l = make_layer(size, random_in(k, 9), groups * random_in(1, 10), groups * random_in(1, 14), k,
                            random_in(1, k), random_in(1, 3), k > 1 ? random_in(0, k - 1) : 0, groups);
    if (i % 9 == 0) l = make_layer(random_in(1, 30), 1, random_in(1, 40), random_in(1, 40), 1, 1, 1, 0, 1);
    if (i % 50 == 0) l = make_layer(random_in(1, 3), 1, random_in(400, 1000), random_in(1, 4), 1, 1, 1, 0, 1);
    if (i % 50 == 1) l = make_layer(1, random_in(1, 3), random_in(1, 4), random_in(400, 1000), 1, 1, 1, 0, 1);
    if (i % 50 == 2) l = make_layer(random_in(20, 60), random_in(3, 5), 1, random_in(1, 3), 3, 3, 1, 2, 1);
    if (varied && i % 2 == 0) l = make_layer(random_in(8, 60), random_in(1, 5), 2, 2, random_in(2, 5), 1, 1, 0, 1);
    if (varied && vary_window(&l, random_in) && i % 4 == 0) { /* padding below alone, or none */
      window w = {l.stride_h, l.stride_w, l.dilation_h, l.dilation_w, 0, i % 8 ? l.pad_bottom : 0, 0, 0};
      if (qy_layer_reach(l.kernel_h, l.dilation_h) <= l.in_h) set_window(&l, &w);
    }
    half h = {random_in(4, 200), random_in(4, 200), random_in(100, 4000)};
    qy_systolic_params s = random_params(i % 50 < 2 ? 32 : i % 2 ? 5 : 16);
    if (i % 10 == 3) { /* one buffer or all of just the size that is needed, or one less */
      const int which = (int)random_in(1, 7), less = (int)random_in(0, 1);
      const int64_t in = l.in_c / l.groups, out = l.out_c / l.groups, rows = touched(&l, 0, l.out_h);
      s.batch = 1;
      h.inputs = which & 1 ? larger(4, rows * l.in_w * in - less) : 100000;
      h.weights = which & 2 ? larger(4, l.kernel_h * l.kernel_w * in * out - less) : 100000;
      h.out_bits =
          which & 4 ? larger(100, l.out_h * l.out_w * out * (s.dataflow == QY_FLOW_OS ? 8 : 24) - less) : 4000000;
    }
    if (varied && i % 50 == 17) { /* windows longer than the map and what is above it */
      l = make_layer(random_in(1, 3), 3, 2, 2, 5, 1, 1, 0, 1);
      set_window(&l, &(window){1, 1, 1, 1, 0, 4, 0, 0});
      h = (half){random_in(4, 30), random_in(10, 40), random_in(72, 200)};
    }
    if (varied && i % 50 == 7) { /* padding below: the largest tile and a small last one load the fewest rows */
      l = make_layer(20, 3, 1, 1, 5, 1, 1, 0, 1);
      set_window(&l, &(window){1, 1, 1, 1, 0, random_in(1, 4), 0, 0});
      h = (half){60, 60, l.out_h * 3 * 24 - 1};
      s.dataflow = QY_FLOW_WS;
      s.port_bits = 8;
    }
    const qy_pe pe = make_pe(i % 4 ? 1 : 2);
    qy_systolic m;
    qy_systolic_layer r;
    const char *reason;
    if (!make_module(&m, &s, &pe, &l, &h)) continue;
    if (i % 7 == 0) { /* codes, beside which a product of two activations brings in more */
      m.weight_bits = 3;
      m.buffer[QY_BUFFER_WEIGHTS].bytes = (double)(2 * h.weights * m.weight_bits) / 8;
      l.computed = i % 2;
    }
    if (qy_systolic_layer_report(&r, &reason, &m, &l, 0, NULL)) continue;
    const subject u = subject_of(&m, &l);
    price best = {0};
    run++;
    const int64_t count = best_of_all(&best, &u, &h);
    const int fits = fits_whole(&u, &h);
    whole += fits ? r.tiles == up(l.groups, u.together) : r.tiles > l.groups;
    if (r.tiles <= l.groups) { /* not cut: nothing may be better */
      if (count > 0 && best.cycles < r.total) print_case("whole", i, &s, &l, &h);
      optimal += count == 0 || best.cycles >= r.total;
      continue;
    }
    const tiling mine = {r.tile_rows, r.tile_images, r.tile_channels, r.tile_outputs, r.rows_first};
    const price p = cost_of(&u, &mine);
    tilings += count;
    cut_cases++;
    first_equal += p.cycles == r.total && u.first == r.first && u.last == r.last && possible(&u, &h, &mine);
    optimal += r.total == best.cycles && p.bits == best.bits;
    accesses += p.accesses == best.accesses;
    tiling other = mine;
    other.rows_first = 0;
    const int64_t bits = cost_of(&u, &other).bits;
    other.rows_first = 1;
    order += r.rows_first == (cost_of(&u, &other).bits < bits);
    if (r.total != best.cycles || p.bits != best.bits || p.cycles != r.total) {
      print_case("case", i, &s, &l, &h);
      printf("#   got %lld cycles (%lld here) %lld bits, best %lld cycles %lld bits\n", (long long)r.total,
             (long long)p.cycles, (long long)p.bits, (long long)best.cycles, (long long)best.bits);
    }
  }
  if (varied) printf("# strides, dilation and pads of each direction and side:\n");
  ok(cut_cases > 500 && first_equal == cut_cases, "%d layers cut into tiles: cycles as added up here", cut_cases);
  ok(optimal == run, "of all tilings (%lld on average) the best in cycles and words through the port, %d of %d",
     (long long)(tilings / (cut_cases ? cut_cases : 1)), optimal, run);
  ok(accesses == cut_cases, "and among equals in buffer accesses (%d)", accesses);
  ok(order == cut_cases, "rows come first where less moves then, else output channels: %d", order);
  ok(whole == run, "a layer is cut where it does not fit and only there: %d of %d", whole, run);
}

/* ---- the rule that was ---- */

static int old_rule(tiling *t, const subject *u, const half *h)
{
  const qy_layer *l = u->l;
  const qy_systolic_params *s = &u->m->params;
  const int64_t taps = l->kernel_h * l->kernel_w, window_rows = smaller(l->in_h, l->kernel_h);
  const int64_t last = smaller(l->in_h - 1, (l->out_h - 1) * l->stride_h - l->pad_top + l->kernel_h - 1);
  const int64_t used = larger(0, last + 1);
  const int64_t by_input = h->inputs / (window_rows * l->in_w);
  const int64_t by_weight = h->weights / (taps * smaller(u->outputs, s->columns));
  if (by_input == 0 || by_weight == 0) return 0;
  int64_t k = smaller(u->words, smaller(by_input, by_weight));
  if (taps == 1 && k < u->words && k > s->rows) k -= k % s->rows;
  int64_t n = smaller(u->outputs, smaller(h->weights / (taps * k), h->out_bits / (l->out_w * u->slot)));
  if (n == 0) return 0;
  if (n < u->outputs && n > s->columns) n -= n % s->columns;
  const int64_t result = l->out_h * l->out_w * n * u->slot;
  const int64_t images = smaller(u->batch, smaller(h->inputs / larger(1, used * l->in_w * k), h->out_bits / result));
  *t = (tiling){l->out_h, images, k, n, 0};
  if (images > 0) return 1;
  const int64_t room = h->inputs / (l->in_w * k);
  const int64_t rows = room >= used ? l->out_h : (room - window_rows) / l->stride_h + 1;
  t->images = 1;
  t->rows = smaller(l->out_h, smaller(rows, h->out_bits / (l->out_w * u->slot * n)));
  return 1;
}

static void rule_tests(void)
{
  enum { CASES = 1500 };
  int run = 0, no_worse = 0, better = 0;
  for (int i = 0; i < CASES; i++) {
    const int64_t groups = i % 5 ? 1 : random_in(1, 6), k = i % 2 ? 1 : random_in(2, 7), size = random_in(k, 60);
    const qy_layer l = make_layer(size, random_in(k, 60), groups * random_in(1, 300), groups * random_in(1, 300), k,
                                  random_in(1, k), random_in(1, 3), k > 1 ? random_in(0, k - 1) : 0, groups);
    if (l.out_h > 63) continue;
    const half h = {random_in(100, 30000), random_in(100, 30000), random_in(2000, 300000)};
    const qy_systolic_params s = random_params(i % 3 ? 64 : 20);
    const qy_pe pe = make_pe(i % 4 ? 1 : 2);
    qy_systolic m;
    qy_systolic_layer r;
    const char *reason;
    tiling t;
    if (!make_module(&m, &s, &pe, &l, &h)) continue;
    const subject u = subject_of(&m, &l);
    const int old = old_rule(&t, &u, &h);
    const int now = !qy_systolic_layer_report(&r, &reason, &m, &l, 0, NULL);
    if (now && r.tiles <= groups) continue;
    run++;
    no_worse += now == old && (!now || r.total <= cost_of(&u, &t).cycles);
    better += now && old && r.total < cost_of(&u, &t).cycles;
    if (now != old || (now && r.total > cost_of(&u, &t).cycles)) print_case("rule", i, &s, &l, &h);
  }
  ok(run > 400 && no_worse == run, "never more cycles than the rule used before, on %d layers; fewer on %d", run,
     better);
}

/* The layers of a network with buffers of 64 KiB. */
static void network_rule_tests(void)
{
  qy_network *network;
  int run = 0, no_worse = 0, better = 0;
  double before_cycles = 0, cycles = 0;
  if (qy_network_read(&network, "db", "vgg16", arena, NULL)) {
    ok(0, "VGG-16 can be read");
    return;
  }
  for (size_t i = 0; i < network->layer_count; i++)
    for (int f = 0; f < QY_FLOW_COUNT; f++) {
      const qy_layer *l = &network->layer[i];
      if (!qy_layer_multiplies(l->type)) continue;
      const half h = {32768, 32768, INT64_C(8) * 32768};
      const qy_systolic_params s = {
          .rows = 16, .columns = 16, .dataflow = (qy_dataflow)f, .tile = QY_TILE_AUTO, .batch = 1, .port_bits = 256};
      const qy_pe pe = make_pe(1);
      qy_systolic m;
      qy_systolic_layer r;
      const char *reason;
      tiling t;
      if (!make_module(&m, &s, &pe, l, &h) || qy_systolic_layer_report(&r, &reason, &m, l, 0, NULL)) continue;
      const subject u = subject_of(&m, l);
      if (!old_rule(&t, &u, &h)) continue;
      const price old = cost_of(&u, &t);
      run++;
      no_worse += r.total <= old.cycles;
      better += r.total < old.cycles;
      before_cycles += (double)old.cycles;
      cycles += (double)r.total;
    }
  ok(run == 3 * 16 && no_worse == run, "nor on the layers of VGG-16: %d, fewer on %d; %.3g cycles in all, before %.3g",
     run, better, cycles, before_cycles);
}

/* ---- narrower words, larger buffers ---- */

static void monotone_tests(void)
{
  enum { CASES = 1500 };
  int run = 0, good = 0, fewer = 0;
  for (int i = 0; i < CASES; i++) {
    const int64_t groups = i % 5 ? 1 : random_in(1, 6), k = i % 2 ? 1 : random_in(2, 7), size = random_in(k, 120);
    const qy_layer l = make_layer(size, random_in(k, 60), groups * random_in(1, 600), groups * random_in(1, 600), k,
                                  random_in(1, k), random_in(1, 3), k > 1 ? random_in(0, k - 1) : 0, groups);
    const half h = {random_in(30, 30000), random_in(30, 30000), random_in(2000, 300000)};
    const qy_systolic_params s = random_params(i % 3 ? 64 : 256);
    const qy_pe pe = make_pe(i % 4 ? 1 : 4);
    qy_systolic m, n;
    qy_systolic_layer small, large;
    const char *reason;
    if (!make_module(&m, &s, &pe, &l, &h)) continue;
    if (qy_systolic_layer_report(&small, &reason, &m, &l, 0, NULL)) continue;
    n = m;
    const int which = (int)random_in(1, 31);
    if (which & 1) n.weight_bits -= (int)random_in(1, 6);
    if (which & 2) n.input_bits -= (int)random_in(1, 6);
    if (which & 4) n.buffer[QY_BUFFER_INPUT].bytes *= (double)random_in(4, 40) / 4;
    if (which & 8) n.buffer[QY_BUFFER_WEIGHTS].bytes *= (double)random_in(4, 40) / 4;
    if (which & 16) n.buffer[QY_BUFFER_OUTPUT].bytes *= (double)random_in(4, 40) / 4;
    const int fine = !qy_systolic_layer_report(&large, &reason, &n, &l, 0, NULL) && large.total <= small.total;
    run++;
    good += fine;
    fewer += large.total < small.total;
    if (!fine) {
      print_case("monotone", i, &s, &l, &h);
      printf("#   change %d: %lld to %lld cycles\n", which, (long long)small.total, (long long)large.total);
    }
  }
  ok(run > 800 && good == run, "narrower words or larger buffers never cost cycles: %d layers, fewer on %d", run,
     fewer);
}

/* ---- lists and choices that the designs of a work share ---- */

enum { LAYERS = 6 };

/* Does a run of all layers add up to the layers one by one, each with lists of its own?  -1: it cannot be run. */
static int adds_up(const qy_systolic *m, void *work, const qy_layer *layer)
{
  const qy_accelerator *a = &qy_accelerator_systolic;
  const qy_modes modes = {0, 0, 0};
  qy_bill all = {0}, sum = {0};
  const char *reason = a->run(&all, m, work, modes);
  for (int i = 0; i < LAYERS; i++) {
    qy_bill one = {0};
    const char *why = NULL;
    if (a->layer(&one, &why, m, &layer[i], modes, NULL)) return reason == NULL ? 0 : -1;
    sum.cycles += one.cycles;
    sum.loaded_bits += one.loaded_bits;
    sum.count[QY_EVENT_ADD] += one.count[QY_EVENT_ADD];
    sum.count[QY_EVENT_CLOCK] += one.count[QY_EVENT_CLOCK];
  }
  return reason == NULL && all.cycles == sum.cycles && all.loaded_bits == sum.loaded_bits &&
         all.count[QY_EVENT_ADD] == sum.count[QY_EVENT_ADD] && all.count[QY_EVENT_CLOCK] == sum.count[QY_EVENT_CLOCK];
}

/* Designs of few sides and many buffers in any order, so that each finds the choices of others. */
static void shared_tests(void)
{
  enum { DESIGNS = 3000 };
  qy_layer layer[LAYERS];
  const qy_layer *list[LAYERS];
  void *work;
  int run = 0, same = 0;
  for (int i = 0; i < LAYERS; i++) {
    const int64_t k = 1 + i % 3;
    layer[i] = make_layer(random_in(k, 40), random_in(k, 40), random_in(1, 150), random_in(1, 300), k, k, 1, k / 2, 1);
    list[i] = &layer[i];
  }
  if (qy_accelerator_systolic.work(&work, list, LAYERS, arena, NULL)) {
    ok(0, "layers can be taken together");
    return;
  }
  for (int i = 0; i < DESIGNS; i++) {
    qy_systolic_params s = random_params(64);
    s.rows = s.columns = 8 << i % 3;
    s.batch = i % 4 ? 1 : 3;
    const int64_t small = i % 3 ? 1 : 8; /* so small that what others chose is left out of every list */
    const half h = {random_in(2000, 30000) / small, random_in(2000, 30000) / small, random_in(20000, 600000) / small};
    const qy_pe pe = make_pe(i % 4 ? 1 : 2);
    qy_systolic m;
    if (!make_module(&m, &s, &pe, &layer[0], &h)) continue;
    const int fine = adds_up(&m, work, layer);
    run += fine >= 0;
    same += fine > 0;
  }
  ok(run > DESIGNS / 2 && same == run, "designs that share lists and choices as each alone: %d of %d", same, run);
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena || qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL) != QY_OK) {
    ok(0, "db/memory/sram.csv can be read");
    return done();
  }
  optimum_tests(false);
  optimum_tests(true);
  rule_tests();
  network_rule_tests();
  monotone_tests();
  shared_tests();
  qy_arena_free(arena);
  return done();
}
