/* Sums on carry chains alone: what vivado makes of expressions of +, - and *, and of rows that are written out.
 *
 * A product becomes rows of two partial products each: bit k of such a row adds a[k] b[i] and a[k - 1] b[i + 1], which
 * a LUT of two outputs takes with its place in the chain.  Rows and other terms are added in pairs, chain after chain.
 * The structure is that of the LUT multipliers of AMD's tools: E. G. Walters, "Array multipliers for high throughput in
 * Xilinx FPGAs with 6-input LUTs", Computers 5 (2016) 20.
 */
#include "lut_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A summand and the range of its value; it is signed when that may be negative. */
typedef struct summand {
  lut_word word;
  double low, high;
  bool subtract;
} summand;

typedef struct summands {
  lut_net *net;
  summand *at;
  size_t count, capacity;
  int width; /* of the result */
} summands;

static bool is_signed(const summand *one)
{
  return one->low < 0;
}

/* Bits that hold a range. */
static int bits_of(double low, double high)
{
  int bits = low < 0 ? 1 : 0;
  while (bits < WORD_BITS && (high >= ldexp(1, bits - (low < 0)) || low < -ldexp(1, bits - 1)))
    bits++;
  return bits > 0 ? bits : 1;
}

/* A word that stands for itself. */
static summand whole(const lut_word *word, bool as_signed, bool subtract)
{
  summand one = {.word = *word, .subtract = subtract};
  while (!as_signed && one.word.width > 1 && one.word.bit[one.word.width - 1] == LUT_ZERO)
    one.word.width--;
  one.low = as_signed ? -ldexp(1, word->width - 1) : 0;
  one.high = ldexp(1, one.word.width - as_signed) - 1;
  return one;
}

static void put(summands *s, summand one)
{
  if (s->net->failed || qy_grow((void **)&s->at, &s->capacity, s->count + 1, sizeof *s->at)) {
    s->net->failed = true;
    return;
  }
  if (one.word.width > s->width) one.word.width = s->width;
  s->at[s->count++] = one;
}

static int low_zeros(const lut_word *w)
{
  int low = 0;
  while (low < w->width && w->bit[low] == LUT_ZERO)
    low++;
  return low;
}

static void add_high(lut_net *net, const lut_word *a, const lut_word *b, bool minus, int low, int width, lut_word *out)
{
  lut_word x = {.width = width - low}, y = x, sum;
  memcpy(x.bit, a->bit + low, (size_t)(width - low) * sizeof *x.bit);
  memcpy(y.bit, b->bit + low, (size_t)(width - low) * sizeof *y.bit);
  lut_add(net, &x, &y, minus, minus ? LUT_ONE : LUT_ZERO, width - low, &sum);
  memcpy(out->bit, a->bit, (size_t)low * sizeof *out->bit);
  memcpy(out->bit + low, sum.bit, (size_t)(width - low) * sizeof *out->bit);
}

/* Bits that take a LUT of their own when a stage passes them on. */
static int gates(const lut_net *net, const lut_word *w)
{
  int count = 0;
  for (int k = 0; k < w->width && !net->failed; k++)
    count += lut_is_gate(&net->node[w->bit[k] >> 1]);
  return count;
}

/* a + b or a - b; low bits that only one of them has pass by, but for a row of a product, which is made as a whole. */
static summand add_pair(summands *s, summand a, summand b, bool is_row)
{
  if (a.subtract && !b.subtract) {
    summand t = a;
    a = b;
    b = t;
  }
  bool minus = b.subtract && !a.subtract;
  summand out = {.low = a.low + (minus ? -b.high : b.low), .high = a.high + (minus ? -b.low : b.high)};
  out.subtract = a.subtract && b.subtract;
  out.word.width = qy_min_int(s->width, bits_of(out.low, out.high));
  lut_word x, y;
  lut_extend(&x, &a.word, out.word.width, is_signed(&a));
  lut_extend(&y, &b.word, out.word.width, is_signed(&b));
  if (!minus &&
      (low_zeros(&x) > low_zeros(&y) || (low_zeros(&x) == low_zeros(&y) && gates(s->net, &x) > gates(s->net, &y)))) {
    lut_word t = x;
    x = y;
    y = t;
  }
  int low = is_row ? 0 : qy_min_int(low_zeros(&y), out.word.width);
  add_high(s->net, &x, &y, minus, low, out.word.width, &out.word);
  return out;
}

/* Rows i and i + 1 of a product; the last one of a signed product counts against the others. */
static summand row_pair(summands *s, const summand *a, const lut_word *lines, int i, bool lines_signed)
{
  const int n = a->word.width;
  summand one = {.word = {.width = n}, .low = a->low < 0 ? a->low : 0, .high = a->high}, two = one;
  bool last = i + 1 == lines->width;
  for (int k = 0; k < n; k++)
    one.word.bit[k] = lut_and(s->net, a->word.bit[k], lines->bit[i]);
  one.subtract = lines_signed && last;
  if (last) return one;
  two.word.width = n + 1;
  for (int k = 0; k < n; k++)
    two.word.bit[k + 1] = lut_and(s->net, a->word.bit[k], lines->bit[i + 1]);
  two.low *= 2;
  two.high *= 2;
  two.subtract = lines_signed && i + 2 == lines->width;
  return add_pair(s, one, two, true);
}

static void put_product(summands *s, const lut_term *t)
{
  bool swap = t->a.width < t->b.width;
  const lut_word *lines = swap ? &t->a : &t->b;
  const summand a = whole(swap ? &t->b : &t->a, t->is_signed, false);
  for (int i = 0; i < lines->width && i < s->width; i += 2) {
    summand row = row_pair(s, &a, lines, i, t->is_signed), placed = row;
    placed.word = (lut_word){.width = qy_min_int(row.word.width + i, WORD_BITS)};
    memcpy(placed.word.bit + i, row.word.bit, (size_t)(placed.word.width - i) * sizeof *row.word.bit);
    placed.low = ldexp(row.low, i);
    placed.high = ldexp(row.high, i);
    placed.subtract = row.subtract != t->subtract;
    put(s, placed);
  }
}

static void put_terms(summands *s, const lut_sum *sum)
{
  for (int i = 0; i < sum->count; i++) {
    const lut_term *t = &sum->term[i];
    if (t->b.width > 0)
      put_product(s, t);
    else
      put(s, whole(&t->a, t->is_signed, t->subtract));
  }
}

/* A bit beside two words goes into the chain's carry. */
static bool add_with_carry(summands *s, lut_word *out)
{
  if (s->count != 3 || s->at[2].word.width != 1 || is_signed(&s->at[2]) || s->at[2].subtract) return false;
  if (s->at[0].subtract || s->at[1].subtract) return false;
  lut_word x, y;
  lut_extend(&x, &s->at[0].word, s->width, is_signed(&s->at[0]));
  lut_extend(&y, &s->at[1].word, s->width, is_signed(&s->at[1]));
  lut_add(s->net, &x, &y, false, s->at[2].word.bit[0], s->width, out);
  return true;
}

static void add_all(summands *s, lut_word *out)
{
  while (s->count > 1) {
    size_t made = 0, i = 0;
    for (; i + 1 < s->count; i += 2)
      s->at[made++] = add_pair(s, s->at[i], s->at[i + 1], false);
    if (i < s->count) s->at[made++] = s->at[i];
    s->count = made;
  }
  summand last = s->count > 0 ? s->at[0] : (summand){.word = {.width = 1}};
  if (last.subtract) last = add_pair(s, (summand){.word = {.width = 1}}, last, false);
  lut_extend(out, &last.word, s->width, is_signed(&last));
}

void lut_tree_make(lut_maker *m, const lut_sum *sum, int width, lut_word *out)
{
  summands s = {.net = m->net, .width = width};
  put_terms(&s, sum);
  if (!add_with_carry(&s, out)) add_all(&s, out);
  free(s.at);
}
