/* Placements of products in a slice: nothing better fits, and sums run over just where they are said to.
 *
 * Oracle: every number of words, order, side, overlap and step, with ranges of words and fields worked out here.
 */
#include "../../src/circuit/packing_int.h"
#include "quarry/packing.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

static uint64_t state = 41;

static int pick(int n)
{
  return (int)random_below(&state, (size_t)n);
}

typedef struct range {
  int64_t low, high;
} range;

static range word_of(int bits, bool is_signed)
{
  const int64_t values = INT64_C(1) << bits;
  return is_signed ? (range){-values / 2, values / 2 - 1} : (range){0, values - 1};
}

static range product_of(range x, range y)
{
  range p = {INT64_MAX, INT64_MIN};
  for (int k = 0; k < 4; k++) {
    const int64_t v = (k & 1 ? x.low : x.high) * (k & 2 ? y.low : y.high);
    p.low = v < p.low ? v : p.low, p.high = v > p.high ? v : p.high;
  }
  return p;
}

/* Words so far apart, all lowest and all highest, on a signed port: 0 they fit, 1 without the lowest value, -1 not. */
static int leaves_out(range word, bool is_signed, int count, int step, int port_bits, qy_packing_range how)
{
  const int64_t half = INT64_C(1) << (port_bits - 1);
  for (int out = 0; out <= (is_signed && how == QY_PACKING_AUTO); out++) {
    int64_t low = 0, high = 0;
    bool fits = true;
    for (int i = 0; i < count && fits; i++) {
      fits = i * step < port_bits;
      low += fits ? (word.low + out) * (INT64_C(1) << (i * step)) : 0;
      high += fits ? word.high * (INT64_C(1) << (i * step)) : 0;
    }
    if (fits && low >= -half && high < half) return out;
  }
  return -1;
}

/* Products in each field, and how many results its bits hold: shifted to be no less than 0; read as they are. */
static bool fields_of(const qy_packing *p, int64_t *sums_max, int64_t *sums_read)
{
  const range one = product_of(word_of(p->ask.weight_bits, p->ask.weight_signed),
                               word_of(p->ask.activation_bits, p->ask.activation_signed));
  *sums_max = *sums_read = INT64_MAX;
  for (int f = 0; f < p->fields; f++) {
    int products = 0;
    for (int i = 0; i < p->weights; i++)
      for (int j = 0; j < p->activations; j++)
        products += i * p->weight_step + j * p->activation_step == f * p->step;
    const int more = p->overlap < p->step ? p->overlap : p->step;
    const int bits = f + 1 < p->fields ? p->step + more : (p->ask.slice == QY_DSP58 ? 58 : 48) - f * p->step;
    if (bits < 1) return false;
    const int64_t low = one.low * products, high = one.high * products, values = INT64_C(1) << bits;
    const int64_t span = high - low, all = span > 0 ? (values - 1) / span : values - 1;
    int64_t read = high > 0 ? (low < 0 ? values / 2 - 1 : values - 1) / high : values - 1;
    if (low < 0 && values / 2 / -low < read) read = values / 2 / -low;
    if (all < p->ask.sums) return false;
    *sums_max = all < *sums_max ? all : *sums_max, *sums_read = read < *sums_read ? read : *sums_read;
  }
  if (p->overlap > 0) *sums_read = 0;
  return true;
}

/* Whether this placement can be, all else of it filled in. */
static bool is_possible(qy_packing *p, bool inside)
{
  static const int ports[QY_DSP_KIND_COUNT][2] = {
      [QY_DSP48E1] = {25, 18}, [QY_DSP48E2] = {27, 18}, [QY_DSP58] = {27, 24}};
  const bool rows = p->ask.kernel > 1;
  p->fields = rows ? p->weights + p->activations - 1 : p->weights * p->activations;
  p->weight_step = rows || inside ? p->step : p->step * p->activations;
  p->activation_step = rows || !inside ? p->step : p->step * p->weights;
  if (p->fields > QY_PACKING_FIELDS_MAX) return false;
  const int w = leaves_out(word_of(p->ask.weight_bits, p->ask.weight_signed), p->ask.weight_signed, p->weights,
                           p->weight_step, ports[p->ask.slice][!p->weights_wider], p->ask.range);
  const int a = leaves_out(word_of(p->ask.activation_bits, p->ask.activation_signed), p->ask.activation_signed,
                           p->activations, p->activation_step, ports[p->ask.slice][p->weights_wider], p->ask.range);
  p->weight_leaves_out = w > 0, p->activation_leaves_out = a > 0;
  return w >= 0 && a >= 0 && fields_of(p, &p->sums_max, &p->sums_read);
}

/* More products, fewer overlapping bits, fewer values left out, more sums. */
static int is_better(const qy_packing *x, const qy_packing *y)
{
  const int out_x = x->weight_leaves_out + x->activation_leaves_out;
  const int out_y = y->weight_leaves_out + y->activation_leaves_out;
  if (x->products != y->products) return x->products > y->products;
  if (x->overlap != y->overlap) return x->overlap < y->overlap;
  if (out_x != out_y) return out_x < out_y;
  return x->sums_max > y->sums_max;
}

static qy_packing best_of(const qy_packing_ask *ask)
{
  qy_packing best = {.products = 0};
  const int most = ask->kernel > 1 ? ask->kernel : QY_PACKING_OPERANDS_MAX;
  for (int weights = 1; weights <= most; weights++)
    for (int activations = 1; activations <= QY_PACKING_OPERANDS_MAX; activations++) {
      const int passes = (ask->kernel + weights - 1) / weights; /* over a row of the kernel */
      const double products = ask->kernel == 1 ? weights * activations : (double)ask->kernel * activations / passes;
      if (products < best.products) continue;
      for (int overlap = 0; overlap <= ask->overlap; overlap++)
        for (int side = 0; side < 4; side++)
          for (int step = 1; step <= 27; step++) {
            qy_packing p = {.ask = *ask,
                            .weights = weights,
                            .activations = activations,
                            .overlap = overlap,
                            .step = step,
                            .weights_wider = side & 1,
                            .products = products};
            if (is_possible(&p, side & 2) && is_better(&p, &best)) best = p;
          }
    }
  return best;
}

static void check_places(void)
{
  enum { ASKS = 140 };
  int wrong = 0, none = 0, shared = 0;
  for (int i = 0; i < ASKS; i++) {
    const qy_packing_ask ask = {.weight_bits = i % 9 ? 2 + pick(9) : 13 + pick(4),
                                .activation_bits = i % 9 ? 2 + pick(9) : 12 + pick(5),
                                .weight_signed = pick(2),
                                .activation_signed = pick(2),
                                .kernel = i % 2 ? 1 : 2 + pick(6),
                                .sums = i % 9 == 0 ? 1 << pick(21)
                                        : pick(3)  ? 1
                                                   : 1 << pick(12),
                                .overlap = i % 4 ? 0 : pick(QY_PACKING_OVERLAP_MAX + 1),
                                .range = (qy_packing_range)pick(2),
                                .slice = (qy_dsp_kind)pick(QY_DSP_KIND_COUNT)};
    const qy_packing want = best_of(&ask);
    qy_packing got = {.products = 0};
    const qy_status status = qy_packing_find(&got, &ask, NULL);
    int64_t sums_max = 0, sums_read = 0;
    none += want.products == 0, shared += want.overlap > 0;
    if (want.products == 0) {
      wrong += status != QY_INFEASIBLE;
      continue;
    }
    bool same =
        !status && got.products == want.products && got.overlap == want.overlap &&
        got.weight_leaves_out + got.activation_leaves_out == want.weight_leaves_out + want.activation_leaves_out &&
        got.sums_max == want.sums_max;
    same = same && fields_of(&got, &sums_max, &sums_read) && got.sums_max == sums_max && got.sums_read == sums_read;
    if (!same)
      printf("# %d x %d bits, kernel %d, sums %d: %g products of overlap %d, by hand %g of %d; sums %lld %lld\n",
             ask.weight_bits, ask.activation_bits, ask.kernel, ask.sums, got.products, got.overlap, want.products,
             want.overlap, (long long)got.sums_max, (long long)want.sums_max);
    wrong += !same;
  }
  ok(wrong == 0 && none > 0 && shared > 0, "of %d placements %d are not the best, %d do not fit, %d overlap", ASKS,
     wrong, none, shared);
}

/* What is asked beyond its limits, and the words. */
static void check_limits(void)
{
  static const qy_packing_ask usual = {4, 4, true, true, 1, 1, 0, QY_PACKING_AUTO, QY_DSP48E2};
  enum { WEIGHT_BITS, ACTIVATION_BITS, KERNEL, SUMS, OVERLAP };
  static const struct {
    int what, value;
    bool is_signed;
    const char *said; /* NULL: taken */
  } row[] = {
      {WEIGHT_BITS, 1, true, "weight bits: expected 2 to 16, found 1"},
      {WEIGHT_BITS, 2, true, NULL},
      {WEIGHT_BITS, 1, false, NULL},
      {WEIGHT_BITS, 0, false, "weight bits: expected 1 to 16, found 0"},
      {WEIGHT_BITS, 16, true, NULL},
      {WEIGHT_BITS, 17, true, "weight bits: expected 2 to 16, found 17"},
      {ACTIVATION_BITS, 1, true, "activation bits: expected 2 to 16, found 1"},
      {ACTIVATION_BITS, 2, true, NULL},
      {ACTIVATION_BITS, 1, false, NULL},
      {ACTIVATION_BITS, 16, true, NULL},
      {ACTIVATION_BITS, 17, false, "activation bits: expected 1 to 16, found 17"},
      {KERNEL, 0, true, "kernel: expected 1 to 16, found 0"},
      {KERNEL, 16, true, NULL},
      {KERNEL, 17, true, "kernel: expected 1 to 16, found 17"},
      {SUMS, 0, true, "sums: expected 1 to 1048576, found 0"},
      {SUMS, 1 << 20, true, NULL},
      {SUMS, (1 << 20) + 1, true, "sums: expected 1 to 1048576, found 1048577"},
      {OVERLAP, -1, true, "overlap: expected 0 to 4, found -1"},
      {OVERLAP, 4, true, NULL},
      {OVERLAP, 5, true, "overlap: expected 0 to 4, found 5"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_packing_ask ask = usual;
    int *const field[] = {&ask.weight_bits, &ask.activation_bits, &ask.kernel, &ask.sums, &ask.overlap};
    qy_packing p;
    qy_error err = {0};
    *field[row[i].what] = row[i].value;
    ask.weight_signed = ask.activation_signed = row[i].is_signed;
    const qy_status status = qy_packing_find(&p, &ask, &err);
    if (row[i].said)
      ok(status == QY_BAD_INPUT && strcmp(err.diagnostic[0].text, row[i].said) == 0, "%s", err.diagnostic[0].text);
    else
      ok(status == QY_OK, "%d is taken: %s", row[i].value, status ? err.diagnostic[0].text : "yes");
  }
}

/* Words fit a port where the lowest and the highest of all of them do, at ports of every width. */
static void check_fits(void)
{
  int wrong = 0, fit = 0, tried = 0;
  for (int bits = 1; bits <= 6; bits++)
    for (int is_signed = 0; is_signed < 2; is_signed++)
      for (int out = 0; out <= is_signed; out++)
        for (int count = 1; count <= 4; count++)
          for (int step = 1; step <= 9; step++)
            for (int port = 1; port <= 30; port++) {
              const range word = word_of(bits, is_signed);
              const int64_t half = INT64_C(1) << (port - 1);
              int64_t low = 0, high = 0;
              for (int i = 0; i < count; i++) {
                low += (word.low + out) * (INT64_C(1) << (i * step));
                high += word.high * (INT64_C(1) << (i * step));
              }
              const bool fits = (count - 1) * step < port && low >= -half && high < half;
              wrong += packing_fits(packing_word(bits, is_signed, out), count, step, port) != fits;
              fit += fits;
              tried++;
            }
  ok(wrong == 0 && fit > 1000 && tried - fit > 1000, "%d of %d words fit", fit, tried);
}

int main(void)
{
  check_fits();
  check_places();
  check_limits();
  return done();
}
