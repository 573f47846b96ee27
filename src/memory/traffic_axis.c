/* One direction of a nest and its tiles: windows, what neighbours share, sums over all tiles.
 *
 * Tiles whose windows the border does not cut are alike, so sums need a loop over the others only: those within the
 * padding, and the last.
 */
#include "traffic_int.h"

#include <assert.h>

/* Windows of a tile: what the middle must have, and what is fetched. */
typedef struct window {
  qy_span middle; /* outputs of the last step */
  qy_span in;
  int64_t fetched;
} window;

static qy_span read_by(const traffic_step *s, qy_span outputs)
{
  return (qy_span){qy_max64(0, outputs.begin * s->stride - s->pad),
                   qy_min64(s->in, (outputs.end - 1) * s->stride - s->pad + s->reach)};
}

/* Inputs of a span of outputs, without those between two reaches.  There (reach < stride) at most the first output
 * lacks inputs at the top, since pad < reach, and at most the last at the end. */
static int64_t fetched_by(const traffic_step *s, qy_span outputs)
{
  const qy_span in = read_by(s, outputs);
  if (outputs.end <= outputs.begin) return 0;
  if (s->reach >= s->stride) return in.end - in.begin;
  const int64_t top = qy_max64(0, s->pad - outputs.begin * s->stride);
  const int64_t end = qy_max64(0, (outputs.end - 1) * s->stride - s->pad + s->reach - s->in);
  return (outputs.end - outputs.begin) * s->reach - top - end;
}

static window window_of(const traffic_axis *a, int64_t size, int64_t tile)
{
  const traffic_step *last = &a->step[a->steps - 1];
  window w;
  w.middle = (qy_span){tile * size, qy_min64(a->out, (tile + 1) * size)};
  if (a->steps == 2) w.middle = read_by(&a->step[0], w.middle);
  w.in = read_by(last, w.middle);
  w.fetched = fetched_by(last, w.middle);
  return w;
}

/* Inputs that two windows both fetch. */
static int64_t shared(const traffic_axis *a, const window *x, const window *y)
{
  const traffic_step *last = &a->step[a->steps - 1];
  if (last->reach >= last->stride) {
    const int64_t begin = qy_max64(x->in.begin, y->in.begin), end = qy_min64(x->in.end, y->in.end);
    return qy_max64(0, end - begin);
  }
  const qy_span both = {qy_max64(x->middle.begin, y->middle.begin), qy_min64(x->middle.end, y->middle.end)};
  return fetched_by(last, both);
}

/* Tiles [from, to) are whole and the border cuts none of their windows. */
static void inner_tiles(int64_t *from, int64_t *to, const traffic_axis *a, int64_t size, int64_t count)
{
  int64_t begin = 0,
          end = a->step[a->steps - 1].in; /* of outputs whose reach the border does not cut; of inputs first */
  for (int i = a->steps - 1; i >= 0; i--) {
    const traffic_step *s = &a->step[i];
    begin = qy_ceil_div(begin + s->pad, s->stride);
    const int64_t room = end + s->pad - s->reach;
    end = room < 0 ? 0 : room / s->stride + 1;
    if (i > 0) end = qy_min64(end, a->step[i - 1].in);
  }
  *from = qy_min64(count, qy_ceil_div(begin, size));
  *to = qy_max64(*from, qy_min64(end, a->out) / size);
}

static int64_t evens(int64_t n) /* even numbers in [0, n) */
{
  return (n + 1) / 2;
}

/* Tiles that are alike. */
static void add_tiles(traffic_cut *c, const window *w, int64_t alike)
{
  c->in.sum += alike * w->fetched;
  c->middle_sum += alike * (w->middle.end - w->middle.begin);
  c->most = qy_max64(c->most, w->fetched);
  c->middle_most = qy_max64(c->middle_most, w->middle.end - w->middle.begin);
}

traffic_cut traffic_cut_axis(const traffic_axis *a, int64_t size)
{
  assert(size >= 1 && size <= a->out);
  const int64_t count = qy_ceil_div(a->out, size);
  traffic_cut c = {.size = size, .count = count};
  c.out = (traffic_lengths){a->out, size, a->out - (count - 1) * size};
  int64_t from, to;
  inner_tiles(&from, &to, a, size, count);
  window before = {0};
  for (int64_t i = 0; i < count; i++) {
    const window w = window_of(a, size, i);
    const bool first = i == from && to > from;
    const int64_t alike = first ? to - from : 1;
    add_tiles(&c, &w, alike);
    if (i == 0) c.in.first = w.fetched;
    if (i > 0) c.shared[i % 2] += shared(a, &before, &w);
    before = w;
    if (alike > 1) { /* the tiles up to `to` share the same with the one before */
      const window next = window_of(a, size, i + 1);
      const int64_t both = shared(a, &w, &next), even = evens(to) - evens(from + 1);
      c.shared[0] += even * both;
      c.shared[1] += (to - from - 1 - even) * both;
      i = to - 1;
      before = window_of(a, size, i);
    }
    if (i == count - 1) c.in.last = before.fetched;
  }
  const window start = window_of(a, size, 0);
  c.wrap = shared(a, &start, &before);
  return c;
}

static traffic_step rows_of(const qy_layer *l)
{
  return (traffic_step){l->in_h, l->stride_h, qy_layer_reach(l->kernel_h, l->dilation_h), l->pad_top};
}

static traffic_step columns_of(const qy_layer *l)
{
  return (traffic_step){l->in_w, l->stride_w, qy_layer_reach(l->kernel_w, l->dilation_w), l->pad_left};
}

qy_span qy_layer_rows(const qy_layer *layer, qy_span outputs)
{
  const traffic_step s = rows_of(layer);
  return read_by(&s, outputs);
}

qy_span qy_layer_columns(const qy_layer *layer, qy_span outputs)
{
  const traffic_step s = columns_of(layer);
  return read_by(&s, outputs);
}

int64_t qy_layer_rows_fetched(const qy_layer *layer, qy_span outputs)
{
  const traffic_step s = rows_of(layer);
  return fetched_by(&s, outputs);
}

int64_t qy_layer_columns_fetched(const qy_layer *layer, qy_span outputs)
{
  const traffic_step s = columns_of(layer);
  return fetched_by(&s, outputs);
}

void traffic_axes(traffic_axis *h, traffic_axis *w, const qy_layer *head, const qy_layer *middle)
{
  const qy_layer *last = middle ? middle : head;
  *h = (traffic_axis){.out = last->out_h};
  *w = (traffic_axis){.out = last->out_w};
  const qy_layer *const layer[2] = {middle, head};
  for (int i = 0; i < 2; i++) {
    if (!layer[i]) continue;
    h->step[h->steps++] = rows_of(layer[i]);
    w->step[w->steps++] = columns_of(layer[i]);
  }
}

/* ---- the cuts to try ---- */

/* Wider than this, only the smallest and the largest size of each number of tiles. */
enum { EVERY_SIZE = 1024 };

static bool beats(const traffic_cut *a, const traffic_cut *b)
{
  return a->size <= b->size && a->most <= b->most && a->middle_most <= b->middle_most && a->in.sum <= b->in.sum &&
         a->middle_sum <= b->middle_sum && a->count <= b->count;
}

static int64_t next_size(int64_t out, int64_t size)
{
  if (out <= EVERY_SIZE || size >= out) return size + 1;
  const int64_t count = qy_ceil_div(out, size);
  const int64_t largest = count == 1 ? out : (out - 1) / (count - 1);
  return size < largest ? largest : size + 1;
}

traffic_cut *traffic_cuts(size_t *count, const traffic_axis *axis, bool refetched, qy_arena *arena)
{
  size_t room = 0;
  for (int64_t size = 1; size <= axis->out; size = next_size(axis->out, size))
    room++;
  traffic_cut *cuts = qy_arena_alloc(arena, room, sizeof *cuts);
  *count = 0;
  if (!cuts) return NULL;
  for (int64_t size = 1; size <= axis->out; size = next_size(axis->out, size)) {
    const traffic_cut c = traffic_cut_axis(axis, size);
    bool beaten = false;
    for (size_t i = *count; refetched && size < axis->out && i-- > 0 && !beaten;)
      beaten = beats(&cuts[i], &c);
    if (!beaten) cuts[(*count)++] = c;
  }
  for (size_t i = 0; i < *count; i++)
    cuts[i].most_below = i > 0 ? qy_max64(cuts[i - 1].most_below, cuts[i].most) : cuts[i].most;
  for (size_t i = *count; i-- > 0;)
    cuts[i].least_above = i + 1 < *count ? qy_min64(cuts[i + 1].least_above, cuts[i].most) : cuts[i].most;
  return cuts;
}
