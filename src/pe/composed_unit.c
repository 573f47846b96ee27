/* Inside the composed element: which parts meet in which small multiplier, and how levels of 2 x 2 blocks add up. */
#include "composed.h"

/* ---- words with bounds ---- */

static int width_of(const composed *s, int64_t low, int64_t high)
{
  int width = s->is_signed ? 1 : 0;
  while (high >> (width - s->is_signed) > 0 || (s->is_signed && -low > INT64_C(1) << (width - 1)))
    width++;
  return width > 0 ? width : 1;
}

static qy_net widen(const composed *s, qy_net net, int width)
{
  return pe_widen(s->c, net, width, s->is_signed);
}

composed_word composed_add(const composed *s, composed_word a, composed_word b)
{
  composed_word sum = {.low = a.low + b.low, .high = a.high + b.high};
  sum.net = qy_add(s->c, a.net, b.net, width_of(s, sum.low, sum.high), s->is_signed);
  return sum;
}

/* a + b 2^left: the bits below pass.  Of words without sign, a below them is put beside b. */
static composed_word add_above(const composed *s, composed_word a, composed_word b, int left)
{
  const int64_t scale = INT64_C(1) << left;
  const int below = qy_net_width(s->c, a.net);
  composed_word sum = {.low = a.low + b.low * scale, .high = a.high + b.high * scale};
  const int width = width_of(s, sum.low, sum.high);
  if (!s->is_signed && below <= left) {
    sum.net = qy_concat(s->c, (qy_net[]){widen(s, a.net, left), b.net}, 2);
    return sum;
  }
  const qy_net upper = qy_slice(s->c, a.net, left, below - left);
  const qy_net added = qy_add(s->c, upper, b.net, width - left, s->is_signed);
  sum.net = qy_concat(s->c, (qy_net[]){qy_slice(s->c, a.net, 0, left), added}, 2);
  return sum;
}

static composed_word gated(const composed *s, composed_word a, qy_net enable)
{
  a.net = pe_gate(s->c, a.net, enable);
  a.low = a.low < 0 ? a.low : 0;
  a.high = a.high > 0 ? a.high : 0;
  return a;
}

/* a + b 2^left, or a + b where cut is 1: both are summed either way. */
static composed_word add_shifted(const composed *s, composed_word a, composed_word b, int left, qy_net cut)
{
  const int64_t scale = INT64_C(1) << left;
  const composed_word wide = {.low = b.low * scale, .high = b.high * scale};
  const int width = width_of(s, wide.low, wide.high);
  const qy_net plain = widen(s, b.net, width), shifted = qy_shift_constant(s->c, plain, left, width);
  composed_word chosen = wide;
  chosen.net = qy_mux(s->c, cut, (qy_net[]){shifted, plain}, 2);
  return composed_add(s, a, chosen);
}

/* ---- levels ---- */

static composed_block empty_block(int parts)
{
  composed_block b = {.parts = parts};
  for (int i = 0; i < COMPOSED_PARTS_MAX; i++)
    for (int j = 0; j < COMPOSED_PARTS_MAX; j++)
      b.slot[i][j].net = -1;
  return b;
}

/* Both halves of an operand are summed in every mode; only the shift depends on it. */
static composed_block summed_halves(const composed *s, const composed_block *low, const composed_block *high, int left,
                                    qy_net cut)
{
  composed_block out = empty_block(low->parts);
  for (int i = 0; i < low->parts; i++)
    for (int j = 0; j < low->parts; j++)
      if (low->slot[i][j].net >= 0) out.slot[i][j] = add_shifted(s, low->slot[i][j], high->slot[i][j], left, cut);
  return out;
}

/* The halves of x are summed where it is one word there, else both stay.  Then x is one word below, too: its slots are
 * those of part 0. */
static composed_block kept_halves_of_x(const composed *s, const composed_block *low, const composed_block *high,
                                       int left, qy_net whole)
{
  const int n = low->parts;
  composed_block out = empty_block(n);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      const composed_word a = low->slot[i][j], b = high->slot[i][j];
      if (a.net < 0) continue;
      out.slot[i][j] = i == 0 ? add_above(s, a, gated(s, b, whole), left) : a;
      out.slot[n + i][j] = b;
    }
  return out;
}

/* The same of w: where it is one word, x is, too. */
static composed_block kept_halves_of_w(const composed *s, const composed_block *low, const composed_block *high,
                                       int left, qy_net whole)
{
  const int n = low->parts;
  composed_block out = empty_block(n);
  for (int i = 0; i < 2 * n; i++)
    for (int j = 0; j < n; j++) {
      const composed_word a = low->slot[i][j], b = high->slot[i][j];
      if (a.net < 0) continue;
      out.slot[i][j] = i == 0 && j == 0 ? add_above(s, a, gated(s, b, whole), left) : a;
      out.slot[i][n + j] = b;
    }
  return out;
}

/* Four blocks, [half of x][half of w], to one of twice the width: every pair of sub-words meets. */
static composed_block unrolled(const composed *s, composed_block b[2][2], int level)
{
  const int n = b[0][0].parts, left = n * s->part_bits;
  const qy_net x_cut = s->x_cut[level], w_cut = s->w_cut[level];
  composed_block half[2], out;
  if (s->sharing == QY_PE_SHARE_INPUTS) {
    for (int k = 0; k < 2; k++)
      half[k] = kept_halves_of_x(s, &b[0][k], &b[1][k], left, pe_not(s->c, x_cut));
    out = kept_halves_of_w(s, &half[0], &half[1], left, pe_not(s->c, w_cut));
  } else {
    for (int k = 0; k < 2; k++)
      half[k] = summed_halves(s, &b[k][0], &b[k][1], left, w_cut);
    out = s->sharing == QY_PE_SHARE_HYBRID ? kept_halves_of_x(s, &half[0], &half[1], left, pe_not(s->c, x_cut))
                                           : summed_halves(s, &half[0], &half[1], left, x_cut);
  }
  out.parts = 2 * n;
  return out;
}

/* The same where sub-words meet one partner each: the other products' operands are zero then.  Summed, the crossed
 * products stay (opposite sub-words meet), and the shift is all that changes; apart, the straight ones. */
static composed_block paired(const composed *s, composed_block b[2][2], int level)
{
  const int n = b[0][0].parts, left = n * s->part_bits;
  const qy_net cut = s->x_cut[level];
  composed_block out = empty_block(2 * n);
  composed_word straight[2];
  if (s->sharing == QY_PE_SHARE_INPUTS) {
    for (int i = 0; i < n; i++)
      out.slot[i][0] = b[0][0].slot[i][0], out.slot[n + i][0] = b[1][1].slot[i][0];
    straight[0] = b[0][0].slot[0][0];
    straight[1] = gated(s, b[1][1].slot[0][0], pe_not(s->c, cut));
  } else {
    straight[0] = b[0][0].slot[0][0], straight[1] = b[1][1].slot[0][0];
  }
  const composed_word cross = composed_add(s, b[0][1].slot[0][0], b[1][0].slot[0][0]);
  const composed_word both = add_above(s, straight[0], straight[1], 2 * left);
  out.slot[0][0] =
      s->sharing == QY_PE_SHARE_INPUTS ? add_above(s, both, cross, left) : add_shifted(s, both, cross, left, cut);
  return out;
}

/* ---- operands ---- */

/* The part's top bit is a sign where it ends a sub-word: the last part of the operand, or of what it is cut into. */
static qy_net is_top(const composed *s, const qy_net *cut, int part)
{
  for (int level = -1; level < s->levels; level++) {
    const int run = s->parts >> (level + 1); /* parts of a sub-word once it is cut there */
    assert(run > 0);
    if ((part + 1) % run == 0) return level < 0 ? qy_constant_word(s->c, 1, 1) : cut[level];
  }
  assert(0);
  return -1;
}

/* A part as a signed word one bit wider. */
static qy_net signed_part(const composed *s, qy_net part, qy_net sign)
{
  const qy_net top = qy_bitwise(s->c, QY_OP_AND, qy_slice(s->c, part, s->part_bits - 1, 1), sign);
  return qy_concat(s->c, (qy_net[]){part, top}, 2);
}

static qy_net word_at(const composed *s, qy_net port, int index)
{
  return qy_net_width(s->c, port) > s->bits ? qy_slice(s->c, port, index * s->bits, s->bits) : port;
}

/* The word of B bits that the k-th parts of the other operand meet.  Where that one is not cut it is word 0; its upper
 * half meets word 1 once it is cut, its odd quarters words 2 and 3 when cut again. */
static void spread(const composed *s, qy_net port, const qy_net *cut, bool shares, qy_net *word)
{
  for (int k = 0; k < s->parts; k++)
    word[k] = word_at(s, port, 0);
  if (shares) return;
  const int half = s->parts / 2;
  const qy_net upper = qy_mux(s->c, cut[0], (qy_net[]){word[0], word_at(s, port, 1)}, 2);
  for (int k = half; k < s->parts; k++)
    word[k] = upper;
  if (s->levels < 2) return;
  for (int k = 1; k < s->parts; k += 2)
    word[k] = qy_mux(s->c, cut[1], (qy_net[]){word[k], word_at(s, port, k / 2 + 2)}, 2);
}

/* 1 where parts i and j do not meet: from the first level on at which they lie in halves that are no partners, once the
 * operands are cut there.  < 0: they always meet. */
static qy_net switched_off(const composed *s, int i, int j)
{
  for (int level = 0; level < s->levels; level++) {
    const int run = s->parts >> (level + 1);
    assert(run > 0);
    const bool crossed = (i / run & 1) != (j / run & 1);
    if (crossed != (s->sharing != QY_PE_SHARE_INPUTS)) return s->x_cut[level];
  }
  return -1;
}

static composed_word multiply(const composed *s, qy_net x, qy_net w, int i, int j)
{
  const int64_t top = (INT64_C(1) << s->part_bits) - 1, bottom = -(INT64_C(1) << (s->part_bits - 1));
  if (!s->is_signed) return (composed_word){qy_multiply(s->c, QY_MULTIPLIER_ARRAY, x, w, false), 0, top * top};
  const qy_net a = signed_part(s, x, is_top(s, s->x_cut, i)), b = signed_part(s, w, is_top(s, s->w_cut, j));
  const composed_word y = {qy_multiply(s->c, QY_MULTIPLIER_ARRAY, a, b, true), bottom * top, top * top};
  return (composed_word){qy_slice(s->c, y.net, 0, width_of(s, y.low, y.high)), y.low, y.high};
}

/* The small multipliers of one lane. */
static void lane_products(const composed *s, qy_net x, qy_net w,
                          composed_word product[COMPOSED_PARTS_MAX][COMPOSED_PARTS_MAX])
{
  qy_net x_word[COMPOSED_PARTS_MAX], w_word[COMPOSED_PARTS_MAX]; /* by j, by i */
  spread(s, x, s->w_cut, s->subword || s->sharing == QY_PE_SHARE_INPUTS, x_word);
  spread(s, w, s->x_cut, s->subword || s->sharing != QY_PE_SHARE_OUTPUTS, w_word);
  for (int i = 0; i < s->parts; i++)
    for (int j = 0; j < s->parts; j++) {
      qy_net a = qy_slice(s->c, x_word[j], i * s->part_bits, s->part_bits);
      qy_net b = qy_slice(s->c, w_word[i], j * s->part_bits, s->part_bits);
      const qy_net off = s->subword ? switched_off(s, i, j) : -1;
      if (off >= 0) {
        const qy_net on = pe_not(s->c, off);
        a = pe_gate(s->c, a, on), b = pe_gate(s->c, b, on);
      }
      product[i][j] = multiply(s, a, b, i, j);
    }
}

composed_block composed_unit(const composed *s, const qy_net *x, const qy_net *w)
{
  composed_word all[QY_PE_GROUP_MAX][COMPOSED_PARTS_MAX][COMPOSED_PARTS_MAX];
  for (int g = 0; g < s->group; g++)
    lane_products(s, x[g], w[g], all[g]);
  /* Pairs of lanes, pairs of those, ... */
  for (int step = 1; step < s->group; step *= 2)
    for (int g = 0; g + step < s->group; g += 2 * step)
      for (int i = 0; i < s->parts; i++)
        for (int j = 0; j < s->parts; j++)
          all[g][i][j] = composed_add(s, all[g][i][j], all[g + step][i][j]);
  composed_block block[COMPOSED_PARTS_MAX][COMPOSED_PARTS_MAX];
  for (int i = 0; i < s->parts; i++)
    for (int j = 0; j < s->parts; j++) {
      block[i][j] = empty_block(1);
      block[i][j].slot[0][0] = all[0][i][j];
    }
  for (int level = s->levels - 1, count = s->parts / 2; level >= 0; level--, count /= 2)
    for (int i = 0; i < count; i++)
      for (int j = 0; j < count; j++) {
        const size_t row = 2 * (size_t)i, column = 2 * (size_t)j;
        composed_block four[2][2] = {{block[row][column], block[row][column + 1]},
                                     {block[row + 1][column], block[row + 1][column + 1]}};
        block[i][j] = s->subword ? paired(s, four, level) : unrolled(s, four, level);
      }
  return block[0][0];
}
