/* Tiles of a layer that does not fit its buffers, and the words that go through the port: see systolic.h. */
#include "systolic_int.h"

/* Cut to a multiple of the array, where there is more than one. */
static int64_t align(int64_t size, int64_t all, int64_t array)
{
  return size < all && size > array ? size - size % array : size;
}

static bool fits(const shape *s, const plan *p, const halves *h, int64_t channel_words, int64_t slot_bits)
{
  return p->batch * s->rows_used * s->in_w * channel_words <= h->input_words &&
         s->taps * channel_words * s->outputs <= h->weight_words &&
         p->batch * s->pixels * s->outputs * slot_bits <= h->output_bits;
}

const char *systolic_tile(tiles *t, const shape *s, const plan *p, const halves *h, int64_t whole_slot_bits)
{
  const int64_t words = ceil_shift(s->channels, p->word_shift);
  *t = (tiles){true, s->out_h, p->batch, words, s->outputs};
  if (fits(s, p, h, words, whole_slot_bits)) return NULL;
  t->whole = false;
  const int64_t row_words = min64(s->in_h, s->kernel_h) * s->in_w, outputs = min64(s->outputs, p->columns);
  const int64_t by_input = h->input_words / row_words, by_weight = h->weight_words / (s->taps * outputs);
  if (by_input == 0) return "input buffer too small for one output row";
  if (by_weight == 0) return "weight buffer too small for one channel on all columns";
  t->channels = min64(words, min64(by_input, by_weight));
  if (s->taps == 1) t->channels = align(t->channels, words, p->rows);
  const int64_t row_bits = s->out_w * h->slot_bits;
  t->outputs = min64(s->outputs, min64(h->weight_words / (s->taps * t->channels), h->output_bits / row_bits));
  if (t->outputs == 0) return "output buffer too small for one output row";
  t->outputs = align(t->outputs, s->outputs, p->columns);
  const int64_t image = s->rows_used * s->in_w * t->channels, result = s->pixels * t->outputs * h->slot_bits;
  t->images = min64(p->batch, min64(h->input_words / image, h->output_bits / result));
  if (t->images > 0) return NULL;
  t->images = 1;
  const int64_t room = h->input_words / (s->in_w * t->channels);
  const int64_t by_rows = room >= s->rows_used ? s->out_h : (room - min64(s->in_h, s->kernel_h)) / s->stride + 1;
  t->rows = min64(s->out_h, min64(by_rows, h->output_bits / (row_bits * t->outputs)));
  return NULL;
}

/* Input rows from the first that a tile touches to the last, summed over the tiles of an image. */
static int64_t rows_loaded(const shape *s, int64_t tile_rows)
{
  int64_t sum = 0;
  for (int64_t y = 0; y < s->out_h; y += tile_rows) {
    const int64_t first = max64(0, y * s->stride - s->pad), end = min64(y + tile_rows, s->out_h);
    const int64_t last = min64(s->in_h - 1, (end - 1) * s->stride - s->pad + s->kernel_h - 1);
    sum += max64(0, last - first + 1);
  }
  return sum;
}

static int64_t pieces(int64_t total, int64_t tile)
{
  return (total + tile - 1) / tile;
}

traffic systolic_traffic(const shape *s, const plan *p, const tiles *t, int64_t groups_per_fold)
{
  const int64_t words = ceil_shift(s->channels, p->word_shift);
  traffic a = {.inputs = s->groups * p->batch * s->rows_used * s->in_w * words,
               .weights = s->groups * s->taps * words * s->outputs,
               .results = s->groups * p->batch * s->pixels * s->outputs};
  if (t->whole) {
    a.count = groups_per_fold > 1 ? pieces(s->groups, groups_per_fold) : s->groups;
    return a;
  }
  const bool rows_cut = t->rows < s->out_h;
  const int64_t m = rows_cut ? p->batch * pieces(s->out_h, t->rows) : pieces(p->batch, t->images);
  const int64_t n = pieces(s->outputs, t->outputs), k = pieces(words, t->channels);
  if (rows_cut) a.inputs = s->groups * p->batch * rows_loaded(s, t->rows) * s->in_w * words;
  if (m * k > 1) a.inputs *= n;
  if (k > 1) a.weights *= m;
  a.count = s->groups * m * n * k;
  return a;
}
