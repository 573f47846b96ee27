/* What vivado puts into one LUT6, MUXF7 or MUXF8, on coverings chosen by hand.
 *
 * Oracle: UG474, 7 Series FPGAs Configurable Logic Block: a LUT6 is two functions of five shared inputs, a MUXF7
 * selects between two LUTs of a slice and a MUXF8 between two MUXF7.
 */
#include "../../src/circuit/lut_int.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 64 };

typedef struct hand {
  lut_net net;
  lut_cover cover;
  uint64_t chosen; /* by node: the gates that are LUTs */
} hand;

static lut_signal source(hand *h)
{
  return lut_source(&h->net, 0, (uint32_t)h->net.count);
}

/* That gate is a LUT. */
static lut_signal lut(hand *h, lut_signal s)
{
  h->chosen |= UINT64_C(1) << (s >> 1);
  return s;
}

/* A LUT of so many inputs of its own. */
static lut_signal word(hand *h, int inputs)
{
  lut_signal all = source(h);
  for (int i = 1; i < inputs; i++)
    all = lut_and(&h->net, all, source(h));
  return lut(h, all);
}

static uint64_t leaves_of(const hand *h, uint32_t at)
{
  uint64_t leaves = 0;
  for (int k = 0; k < 2; k++) {
    uint32_t in = h->net.node[at].in[k] >> 1;
    bool stop = !lut_is_gate(&h->net.node[in]) || (h->chosen >> in & 1);
    leaves |= stop ? UINT64_C(1) << in : leaves_of(h, in);
  }
  return leaves;
}

/* Pack the covering; how many LUTs it has. */
static int packed(hand *h)
{
  lut_cover *cover = &h->cover;
  const size_t n = h->net.count;
  *cover = (lut_cover){.net = &h->net, .best = calloc(n, sizeof *cover->best), .readers = calloc(n, sizeof(uint32_t))};
  if (!cover->best || !cover->readers || n > NODES_MAX) return -1;
  for (size_t i = 0; i < h->net.outs; i++)
    cover->readers[h->net.out[i] >> 1]++;
  for (size_t i = 0; i < h->net.stages; i++) {
    cover->readers[h->net.stage[i].select >> 1]++;
    cover->readers[h->net.stage[i].data >> 1]++;
  }
  for (uint32_t i = 1; i < n; i++) {
    if (!(h->chosen >> i & 1)) continue;
    lut_cut *cut = &cover->best[i];
    for (uint64_t left = leaves_of(h, i); left && cut->size < LUT_INPUTS; left &= left - 1) {
      cut->leaf[cut->size++] = (uint32_t)__builtin_ctzll(left);
      cover->readers[__builtin_ctzll(left)]++;
    }
  }
  return lut_cover_pack(cover) ? -1 : __builtin_popcountll(h->chosen);
}

static void close_hand(hand *h)
{
  lut_cover_free(&h->cover);
  lut_net_free(&h->net);
}

/* ---- wide selections */

static lut_signal selection(hand *h, lut_signal zero, lut_signal one)
{
  return lut(h, lut_mux(&h->net, source(h), zero, one));
}

/* Two or four words of some inputs; also: a reader more of the first word or of the first selection. */
static void wide(int words, int inputs, const char *also, double muxf7, double muxf8)
{
  hand h = {0};
  lut_signal list[4];
  for (int i = 0; i < words; i++)
    list[i] = word(&h, inputs);
  if (strcmp(also, "word") == 0) lut_add_out(&h.net, list[0]);
  for (int n = words; n > 1; n /= 2)
    for (int i = 0; i < n / 2; i++) {
      list[i] = selection(&h, list[2 * i], list[2 * i + 1]);
      if (strcmp(also, "selection") == 0 && n == words && i == 0) lut_add_out(&h.net, list[0]);
    }
  lut_add_out(&h.net, list[0]);
  const int luts = packed(&h);
  ok(luts == 2 * words - 1 && h.cover.muxf7 == muxf7 && h.cover.muxf8 == muxf8 && h.cover.pairs == 0,
     "%d words of %d inputs, %s read: %g MUXF7, %g MUXF8", words, inputs, also, h.cover.muxf7, h.cover.muxf8);
  close_hand(&h);
}

/* Words of the same three inputs could share a LUT6, but the MUXF7 wants them in two. */
static void wide_of_shared(void)
{
  hand h = {0};
  lut_signal a = source(&h), b = source(&h), c = source(&h);
  lut_signal x = lut(&h, lut_and(&h.net, lut_and(&h.net, a, b), c));
  lut_signal y = lut(&h, lut_xor(&h.net, lut_xor(&h.net, a, b), c));
  lut_add_out(&h.net, selection(&h, x, y));
  const int luts = packed(&h);
  ok(luts == 3 && h.cover.muxf7 == 1 && h.cover.pairs == 0, "words of a MUXF7 share no LUT: %g pairs", h.cover.pairs);
  close_hand(&h);
}

/* Nor does one of them share its LUT with another function of its inputs. */
static void wide_beside_others(void)
{
  for (int of = 0; of < 3; of++) { /* like the first word, like the second, like neither */
    hand h = {0};
    lut_signal in[6];
    for (int i = 0; i < 6; i++)
      in[i] = source(&h);
    const lut_signal *like = of == 0 ? in : in + 3;
    lut_signal x = lut(&h, lut_and(&h.net, lut_and(&h.net, in[0], in[1]), in[2]));
    lut_signal y = lut(&h, lut_and(&h.net, lut_and(&h.net, in[3], in[4]), in[5]));
    lut_signal z = lut(&h, lut_xor(&h.net, lut_xor(&h.net, like[0], like[1]), of == 2 ? source(&h) : like[2]));
    lut_add_out(&h.net, selection(&h, x, y));
    lut_add_out(&h.net, z);
    const int luts = packed(&h);
    ok(luts == 4 && h.cover.muxf7 == 1 && h.cover.pairs == 0, "a function beside a MUXF7: %g pairs", h.cover.pairs);
    close_hand(&h);
  }
}

/* Three leaves alone are no selection. */
static void no_selection(void)
{
  hand h = {0};
  lut_signal x = word(&h, 6), y = word(&h, 6), s = source(&h);
  lut_add_out(&h.net, lut(&h, lut_xor(&h.net, lut_xor(&h.net, x, y), s)));
  const int luts = packed(&h);
  ok(luts == 3 && h.cover.muxf7 == 0, "a sum of two words and a bit is no MUXF7");
  close_hand(&h);
}

/* ---- two functions in one LUT */

/* Two LUTs of a and b inputs of which the first `shared` are the same. */
static void pair(int a, int b, int shared, double pairs)
{
  hand h = {0};
  lut_signal in[2 * LUT_INPUTS];
  for (int i = 0; i < a + b - shared; i++)
    in[i] = source(&h);
  lut_signal x = in[0], y = in[a - shared];
  for (int i = 1; i < a; i++)
    x = lut_and(&h.net, x, in[i]);
  for (int i = 1; i < b; i++)
    y = lut_xor(&h.net, y, in[a - shared + i]);
  lut_add_out(&h.net, lut(&h, x));
  lut_add_out(&h.net, lut(&h, y));
  const int luts = packed(&h);
  ok(luts == 2 && h.cover.pairs == pairs, "functions of %d and %d inputs, %d the same: %g LUT saved", a, b, shared,
     h.cover.pairs);
  close_hand(&h);
}

/* Of three functions of shared inputs the two that are nearest to each other share the LUT. */
static void nearest(void)
{
  hand h = {0};
  lut_signal in[6];
  for (int i = 0; i < 6; i++)
    in[i] = source(&h);
  lut_signal two = lut_and(&h.net, in[0], in[1]), far = lut_xor(&h.net, lut_xor(&h.net, in[1], in[2]), in[3]);
  lut_signal same = lut_xor(&h.net, in[0], in[1]), last = lut_and(&h.net, lut_xor(&h.net, in[2], in[3]), in[5]);
  lut_add_out(&h.net, lut(&h, two));
  lut_add_out(&h.net, lut(&h, far));
  lut_add_out(&h.net, lut(&h, same));
  lut_add_out(&h.net, lut(&h, last));
  const int luts = packed(&h);
  ok(luts == 4 && h.cover.pairs == 2, "four functions in two LUTs: %g pairs", h.cover.pairs);
  close_hand(&h);
}

/* ---- chains */

/* What is a stage's select and data: a LUT of so many inputs or, for 0, a wire; shared: inputs that both have. */
static void stage(int select, int data, int shared, double pairs, double through)
{
  hand h = {0};
  lut_signal in[2 * LUT_INPUTS], s, d, sum, carry;
  for (int i = 0; i < 2 * LUT_INPUTS; i++)
    in[i] = source(&h);
  s = in[0];
  for (int i = 1; i < select; i++)
    s = lut_xor(&h.net, s, in[i]);
  if (select) lut(&h, s);
  const int from = select - shared;
  d = in[from > 0 ? from : select ? select : 1];
  for (int i = 1; i < data; i++)
    d = lut_and(&h.net, d, in[(from > 0 ? from : select ? select : 1) + i]);
  if (data) lut(&h, d);
  h.net.whole_chains = true;
  lut_chain(&h.net, &s, &d, in[2 * LUT_INPUTS - 1], 1, &sum, &carry);
  lut_add_out(&h.net, sum);
  lut_add_out(&h.net, carry);
  const int luts = packed(&h);
  ok(luts >= 0 && h.cover.pairs == pairs && h.cover.through == through,
     "a stage of select %d, data %d inputs, %d the same: %g saved, %g through", select, data, shared, h.cover.pairs,
     h.cover.through);
  close_hand(&h);
}

int main(void)
{
  wide(2, 6, "nothing", 1, 0);
  wide(2, 5, "nothing", 1, 0);
  wide(4, 6, "nothing", 2, 1);
  wide(2, 6, "word", 0, 0);
  wide(4, 6, "word", 1, 0);
  wide(4, 6, "selection", 2, 0);
  wide_of_shared();
  wide_beside_others();
  no_selection();
  pair(2, 2, 2, 1);
  pair(3, 3, 1, 1);
  pair(2, 2, 0, 0); /* nothing in common */
  pair(5, 5, 5, 1);
  pair(5, 5, 4, 0); /* six inputs together */
  pair(4, 3, 2, 1);
  pair(4, 3, 1, 0);
  pair(6, 2, 2, 0); /* the larger one needs all six */
  nearest();
  stage(2, 2, 2, 1, 0);
  stage(2, 2, 0, 1, 0); /* at one stage they need no input in common */
  stage(3, 3, 0, 0, 0); /* six inputs together */
  stage(3, 2, 0, 1, 0);
  stage(2, 0, 0, 0, 0);
  stage(0, 0, 0, 0, 1); /* a wire goes through a LUT */
  stage(0, 4, 0, 0, 0); /* which has room for the data */
  stage(0, 5, 0, 0, 1);
  return done();
}
