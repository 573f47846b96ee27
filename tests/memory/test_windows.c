/* Windows of layers against marking, input by input, what each output reads. */
#include "quarry/traffic.h"
#include "random.h"
#include "tap.h"

enum { MOST = 64 };

typedef struct direction {
  int64_t in, out, kernel, stride, dilation, pad;
} direction;

/* A map that the kernel covers and padding smaller than its reach, as networks are read. */
static bool draw(direction *d, uint64_t *seed)
{
  d->kernel = 1 + (int64_t)random_below(seed, 5);
  d->stride = 1 + (int64_t)random_below(seed, 4);
  d->dilation = d->kernel > 1 ? 1 + (int64_t)random_below(seed, 3) : 1;
  d->in = 1 + (int64_t)random_below(seed, 30);
  const int64_t reach = (d->kernel - 1) * d->dilation + 1;
  d->pad = (int64_t)random_below(seed, (size_t)reach);
  const int64_t room = d->in + 2 * d->pad - reach;
  d->out = room < 0 ? 0 : room / d->stride + 1;
  return d->out >= 1;
}

/* Of outputs [begin, end): the first and the last input within a reach, how many are within one; taps that meet one. */
static void mark(int64_t *first, int64_t *last, int64_t *fetched, const direction *d, int64_t begin, int64_t end)
{
  bool read[MOST] = {false};
  *first = MOST;
  *last = -1;
  *fetched = 0;
  for (int64_t y = begin; y < end; y++)
    for (int64_t k = 0; k < (d->kernel - 1) * d->dilation + 1; k++) {
      const int64_t x = y * d->stride + k - d->pad;
      if (x >= 0 && x < d->in) read[x] = true;
    }
  for (int64_t x = 0; x < d->in; x++) {
    if (!read[x]) continue;
    *first = x < *first ? x : *first;
    *last = x;
    ++*fetched;
  }
}

static int64_t touched(const direction *d)
{
  int64_t count = 0;
  for (int64_t y = 0; y < d->out; y++)
    for (int64_t k = 0; k < d->kernel; k++) {
      const int64_t x = y * d->stride + k * d->dilation - d->pad;
      count += x >= 0 && x < d->in;
    }
  return count;
}

static qy_layer layer_of(const direction *rows, const direction *columns)
{
  return (qy_layer){.name = "l",
                    .type = QY_LAYER_CONV,
                    .in_h = rows->in,
                    .in_w = columns->in,
                    .in_c = 1,
                    .out_c = 1,
                    .kernel_h = rows->kernel,
                    .kernel_w = columns->kernel,
                    .stride_h = rows->stride,
                    .stride_w = columns->stride,
                    .dilation_h = rows->dilation,
                    .dilation_w = columns->dilation,
                    .pad_top = rows->pad,
                    .pad_bottom = rows->pad,
                    .pad_left = columns->pad,
                    .pad_right = columns->pad,
                    .groups = 1,
                    .batch = 1,
                    .out_h = rows->out,
                    .out_w = columns->out};
}

int main(void)
{
  uint64_t seed = 21;
  int rows_wrong = 0, columns_wrong = 0, touched_wrong = 0, compared = 0;
  for (int i = 0; i < 4000; i++) {
    direction d[2];
    if (!draw(&d[0], &seed) || !draw(&d[1], &seed)) continue;
    const qy_layer l = layer_of(&d[0], &d[1]);
    for (int side = 0; side < 2; side++) {
      int64_t first, last, fetched;
      const int64_t begin = (int64_t)random_below(&seed, (size_t)d[side].out);
      const int64_t end = begin + 1 + (int64_t)random_below(&seed, (size_t)(d[side].out - begin));
      const qy_span outputs = {begin, end};
      mark(&first, &last, &fetched, &d[side], begin, end);
      if (!fetched) continue;
      const qy_span got = side ? qy_layer_columns(&l, outputs) : qy_layer_rows(&l, outputs);
      const int64_t count = side ? qy_layer_columns_fetched(&l, outputs) : qy_layer_rows_fetched(&l, outputs);
      const int wrong = got.begin != first || got.end != last + 1 || count != fetched;
      if (wrong && rows_wrong + columns_wrong == 0)
        printf("# in %d kernel %d stride %d dilation %d pad %d, outputs %d-%d: %d-%d, %d; marked %d-%d, %d\n",
               (int)d[side].in, (int)d[side].kernel, (int)d[side].stride, (int)d[side].dilation, (int)d[side].pad,
               (int)begin, (int)end, (int)got.begin, (int)got.end, (int)count, (int)first, (int)last + 1, (int)fetched);
      *(side ? &columns_wrong : &rows_wrong) += wrong;
      compared++;
    }
    touched_wrong +=
        qy_layer_touched(d[0].in, d[0].out, d[0].kernel, d[0].stride, d[0].dilation, d[0].pad) != touched(d);
  }
  ok(compared > 3000, "%d windows", compared);
  is_int(rows_wrong, 0, "rows that outputs read, and those fetched");
  is_int(columns_wrong, 0, "columns likewise");
  is_int(touched_wrong, 0, "outputs and taps that meet an input");
  return done();
}
