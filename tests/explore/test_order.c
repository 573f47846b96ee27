/* Radix sort, ranks and integer sets, which the fronts rest on, against qsort and plain search. */
#include "../../src/explore/intset.h"
#include "../../src/explore/order.h"
#include "random.h"
#include "tap.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static int by_key_then_at(const void *x, const void *y)
{
  const order_item *a = x, *b = y;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return (a->at > b->at) - (a->at < b->at);
}

static uint64_t key_of(int kind, size_t i, size_t n, uint64_t *seed)
{
  uint64_t bits = random_bits(seed);
  switch (kind) {
  case 0: return bits;
  case 1: return bits & 7;
  case 2: return (bits >> 62 << 62) | (bits & 3); /* few leading values, differing in the last bits only */
  case 3: return (uint64_t)1 << (bits & 63);      /* all magnitudes */
  case 4: return i;                               /* sorted */
  case 5: return n - i;                           /* reversed */
  case 6: return i == n / 2 ? 0 : (bits & 0xffff) + (~(uint64_t)0 - 0xffff); /* one far away from all others */
  default: return order_key(random_unit(seed));
  }
}

static void sorting(void)
{
  static const size_t sizes[] = {0, 1, 2, 24, 25, 100, 1499, 1500, 1501, 5000, 60000};
  uint64_t seed = 6;
  int wrong = 0;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int kind = 0; kind < 8; kind++) {
      size_t n = sizes[s];
      order_item *a = malloc((n + 1) * sizeof *a), *t = malloc((n + 1) * sizeof *t), *e = malloc((n + 1) * sizeof *e);
      for (size_t i = 0; i < n; i++)
        e[i] = a[i] = (order_item){key_of(kind, i, n, &seed), (uint32_t)i};
      qsort(e, n, sizeof *e, by_key_then_at); /* equal keys by position: the sort must be stable */
      const order_item *got = order_sort(a, t, n);
      for (size_t i = 0; i < n; i++)
        if (got[i].key != e[i].key || got[i].at != e[i].at) {
          wrong++;
          break;
        }
      free(a);
      free(t);
      free(e);
    }
  is_int(wrong, 0, "11 sizes x 8 kinds of keys: sorted as qsort does, equal keys in their old order");
}

/* Keys of every width, few and many, some of them alike. */
static void widths(void)
{
  enum { MOST = 3000 };
  static order_item a[MOST], t[MOST], e[MOST];
  uint64_t seed = 8;
  int wrong = 0;
  for (int bits = 1; bits <= 64; bits++)
    for (size_t n = 25; n <= MOST; n = n < 1500 ? 1501 : n + 1499) {
      const uint64_t low = bits < 64 ? random_bits(&seed) >> (64 - (64 - bits)) << bits : 0;
      for (size_t i = 0; i < n; i++) {
        const uint64_t own = i % 7 ? random_bits(&seed) >> (64 - bits) : i % 2 ? UINT64_MAX >> (64 - bits) : 0;
        e[i] = a[i] = (order_item){low + (i % 5 ? own : own & ~UINT64_C(3)), (uint32_t)i};
      }
      qsort(e, n, sizeof *e, by_key_then_at);
      const order_item *got = order_sort(a, t, n);
      size_t i = 0;
      while (i < n && got[i].key == e[i].key && got[i].at == e[i].at)
        i++;
      wrong += i < n;
    }
  is_int(wrong, 0, "keys of 1 to 64 bits are sorted");
}

static void keys(void)
{
  const double rising[] = {-INFINITY, -1e300, -1, -0x1p-1074, 0.0, 0x1p-1074, 1, 1e300, INFINITY};
  int wrong = 0;
  for (int i = 0; i < 9; i++)
    for (int j = 0; j < 9; j++)
      wrong += (order_key(rising[i]) < order_key(rising[j])) != (i < j);
  is_int(wrong, 0, "keys compare like the numbers from -infinity to infinity");
  ok(order_key(-0.0) == order_key(0.0), "-0 and +0 have one key");
  double v[6] = {3, -0.0, 7, 3, 0.0, -1};
  uint32_t rank[6];
  order_item a[6], t[6];
  is_int((int64_t)order_rank(rank, v, 6, a, t), 4, "ranks: as many as there are distinct values");
  ok(rank[0] == 2 && rank[1] == 1 && rank[2] == 3 && rank[3] == 2 && rank[4] == 1 && rank[5] == 0,
     "rank is the number of distinct values below");
}

/* Orders of up to ORDER_CUTS points by value. */
static void few(void)
{
  static double v[ORDER_CUTS];
  static uint32_t item[ORDER_CUTS], spare[ORDER_CUTS];
  static const size_t sizes[] = {1, 2, 40, 41, 300, 5000, ORDER_CUTS};
  uint64_t seed = 12;
  int wrong = 0, ordered = 0, refused = 0;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int kind = 0; kind < 6; kind++) {
      const size_t n = sizes[s];
      for (size_t i = 0; i < n; i++) {
        const double u = random_unit(&seed);
        v[i] = kind == 0 ? u : kind == 1 ? -1e6 + (double)i : kind == 2 ? floor(9 * u) : kind == 3 ? pow(u, 40) : 1 - u;
        if (kind == 4 && random_below(&seed, 5)) v[i] = -0.0;
        if (kind == 5 && i == n / 2) v[i] = INFINITY;
      }
      const uint32_t *got = order_few(item, spare, v, n);
      if (got) ordered++;
      if (kind == 5) wrong += got != NULL; /* no finite range */
      if (kind <= 1) wrong += got == NULL; /* spread evenly */
      for (size_t i = 1; got && i < n; i++) {
        const double a = v[got[i - 1] & 0xffff], b = v[got[i] & 0xffff];
        wrong += a > b || (a == b && (got[i - 1] & 0xffff) >= (got[i] & 0xffff)); /* stable, and so each once */
      }
      if (kind == 5) continue;
      got = order_cuts(item, spare, v, n);
      for (size_t i = 1; i < n; i++)
        wrong +=
            got[i - 1] >= got[i] || (got[i - 1] >> 16 < got[i] >> 16 && v[got[i - 1] & 0xffff] >= v[got[i] & 0xffff]);
    }
  ok(!wrong && ordered > 14, "7 sizes x 6 kinds of values: %d ordered, steps rise with the values", ordered);
  static const double odd[] = {-INFINITY, INFINITY, NAN, -DBL_MAX, DBL_MAX};
  for (size_t k = 0; k < sizeof odd / sizeof *odd; k++)
    for (size_t at = 0; at < 3; at++) {
      const double row[] = {at == 0 ? odd[k] : 1, at == 1 ? odd[k] : 2, at == 2 ? odd[k] : 3};
      refused += order_few(item, spare, row, 3) == NULL;
    }
  is_int(refused, 15, "no order for infinities, NaN and values whose difference may be none");
  const double rising[] = {1, 1, 2, 2}, falling[] = {2, 1, 1, -0.0, 0.0}, neither[] = {1, 2, 1}, nan[] = {1, NAN, 2};
  ok(order_found(rising, 4) == 1 && order_found(falling, 5) == -1 && order_found(neither, 3) == 0 &&
         order_found(nan, 3) == 0 && order_found(rising, 2) == 1,
     "rising, falling, neither, NaN");
}

/* The reference is a plain unsorted list of members. */
static void sets(void)
{
  static const size_t sizes[] = {1, 2, 63, 64, 65, 4096, 4097, 262145, 20000000};
  uint64_t seed = 44;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    intset set;
    uint32_t member[100];
    size_t members = 0;
    int wrong = intset_init(&set, sizes[s]) != 0;
    for (int step = 0; step < 20000 && !wrong; step++) {
      /* half of the time near a member, so that neighbours share words */
      uint32_t x = (uint32_t)random_below(&seed, sizes[s]), below = INTSET_NONE, above = INTSET_NONE;
      if (members && step % 2) {
        uint64_t near = member[random_below(&seed, members)] + random_below(&seed, 5);
        x = near < sizes[s] ? (uint32_t)near : x;
      }
      size_t found = members;
      for (size_t i = 0; i < members; i++) {
        if (member[i] == x) found = i;
        if (member[i] <= x && (below == INTSET_NONE || member[i] > below)) below = member[i];
        if (member[i] > x && (above == INTSET_NONE || member[i] < above)) above = member[i];
      }
      wrong += intset_at_most(&set, x) != below || intset_above(&set, x) != above;
      if (found < members && random_below(&seed, 2)) {
        intset_remove(&set, x);
        member[found] = member[--members];
      } else if (found == members && members < 100) {
        intset_add(&set, x);
        member[members++] = x;
      } else if (members == 100) {
        intset_remove(&set, member[--members]);
      }
    }
    intset_free(&set);
    ok(!wrong, "integer set below %zu: 20000 steps as a plain list", sizes[s]);
  }
}

int main(void)
{
  sorting();
  widths();
  keys();
  few();
  sets();
  return done();
}
