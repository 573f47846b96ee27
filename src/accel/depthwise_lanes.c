/* Runs of depthwise modules in the lanes of vectors: see point_lanes.h. */
#include "depthwise_one.h"

#include "quarry/point_lanes.h"

#include <string.h>

static const double exact_below = 0x1p50;

/* What the equations take: of a module in modes, and of the module alone; from ROW_FIRST_OF_CLOCK on what depends on
 * its clock, too. */
enum {
  ROW_INTERVAL,
  ROW_TAPS_INVERSE,
  ROW_RESULTS,
  ROW_RESULTS_INVERSE,
  ROW_MAP_BITS,
  ROW_MAP_INVERSE,
  ROW_WEIGHT_BITS,
  ROW_WEIGHT_INVERSE,
  ROW_CONSTANT_WORDS,
  ROW_BY_BLOCK,
  ROW_BY_TAPS,
  ROW_PRODUCTS,
  ROW_COUNT,
  ROW_PORT,
  ROW_CONSTANT_BITS,
  ROW_MULTIPLIERS,
  ROW_BITS,
  ROW_SUM_BITS,
  ROW_MODE,
  ROW_FIRST_OF_CLOCK,
  ROW_USED_BITS = ROW_FIRST_OF_CLOCK,
  ROW_FILL,
  ROW_LANE,
  ROW_MACROS,
  ROW_READ_PJ = ROW_MACROS + QY_BUFFER_ROLES,
  ROW_WRITE_PJ = ROW_READ_PJ + QY_BUFFER_ROLES,
  ROWS = ROW_WRITE_PJ + QY_BUFFER_ROLES
};

typedef struct depthwise_setups {
  _Alignas(64) double of[ROWS][QY_LANES];
  bool alike; /* but for the clock: rows before ROW_FIRST_OF_CLOCK are set in lane 0 alone */
} depthwise_setups;

static void set_up_clock(depthwise_setups *s, int i, const module *m, double used_bits)
{
  s->of[ROW_USED_BITS][i] = used_bits;
  s->of[ROW_FILL][i] = (double)m->fill;
  s->of[ROW_LANE][i] = m->lane;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    s->of[ROW_MACROS + role][i] = m->buffer[role].count;
    s->of[ROW_READ_PJ + role][i] = m->buffer[role].macro.read_pj;
    s->of[ROW_WRITE_PJ + role][i] = m->buffer[role].macro.write_pj;
  }
}

static void set_up(depthwise_setups *s, int i, const module *m, qy_modes modes)
{
  one_mode p;
  depthwise_in_mode(&p, m, modes);
  s->of[ROW_MODE][i] = modes.run;
  s->of[ROW_INTERVAL][i] = (double)p.interval;
  s->of[ROW_TAPS_INVERSE][i] = 1.0 / (double)(1 << p.tap_shift);
  s->of[ROW_RESULTS_INVERSE][i] = 1.0 / p.results;
  s->of[ROW_BY_BLOCK][i] = p.by_block;
  s->of[ROW_BY_TAPS][i] = p.by_taps;
  s->of[ROW_RESULTS][i] = p.results;
  s->of[ROW_MAP_BITS][i] = (double)p.map.bits;
  s->of[ROW_MAP_INVERSE][i] = 1.0 / (double)(1 << p.map.shift);
  s->of[ROW_WEIGHT_BITS][i] = (double)p.weight.bits;
  s->of[ROW_WEIGHT_INVERSE][i] = 1.0 / (double)(1 << p.weight.shift);
  s->of[ROW_CONSTANT_WORDS][i] = (double)p.constant_words;
  s->of[ROW_PRODUCTS][i] = p.products;
  s->of[ROW_COUNT][i] = (double)p.count;
  s->of[ROW_PORT][i] = p.by_port;
  s->of[ROW_CONSTANT_BITS][i] = (double)p.constant_bits;
  s->of[ROW_MULTIPLIERS][i] = p.multipliers;
  s->of[ROW_BITS][i] = p.bits;
  s->of[ROW_SUM_BITS][i] = p.sum_bits;
  set_up_clock(s, i, m, p.used_bits);
}

static void copy_lane(depthwise_setups *s, int to, int from)
{
  for (int row = 0; row < ROWS; row++)
    s->of[row][to] = s->of[row][from];
}

static bool same_modes(const qy_modes *a, const qy_modes *b)
{
  return a->run == b->run && a->weights == b->weights && a->activations == b->activations;
}

/* Do they differ in the clock and what follows from it alone?  false may also be padding that differs: it takes longer,
 * nothing else. */
static bool are_alike(const module *a, const module *b)
{
  const void *params = &a->params, *others = &b->params;
  return a == b || (a->pe == b->pe && memcmp(params, others, sizeof a->params) == 0);
}

static void set_up_all(depthwise_setups *s, const void *const self[QY_LANES], const qy_modes modes[QY_LANES])
{
  const module *first = self[0], *m;
  set_up(s, 0, first, modes[0]);
  s->alike = true;
  for (int i = 1; i < QY_LANES && s->alike; i++)
    s->alike = same_modes(&modes[0], &modes[i]) && are_alike(first, self[i]);
  for (int i = 1; i < QY_LANES; i++) {
    int k = 0;
    m = self[i];
    while (!s->alike && k < i && !(self[k] == m && same_modes(&modes[k], &modes[i])))
      k++;
    if (!s->alike && k < i)
      copy_lane(s, i, k);
    else if (!s->alike)
      set_up(s, i, m, modes[i]);
    else if (m->prices->side[modes[0].run] == first->prices->side[modes[0].run])
      set_up_clock(s, i, m, s->of[ROW_USED_BITS][0]);
    else
      set_up_clock(s, i, m, depthwise_used_bits(m, modes[0].run));
  }
}

#include "lane_plain.h"

#include "depthwise_vector.h"

#include "vectors_end.h"
#ifdef __x86_64__
#include "lane_avx2.h"

#include "depthwise_vector.h"

#include "vectors_end.h"

#include "lane_avx512.h"

#include "depthwise_vector.h"

#include "vectors_end.h"
#endif

bool depthwise_lanes(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work,
                     const qy_modes modes[QY_LANES], int set)
{
  depthwise_setups s;
  set_up_all(&s, self, modes);
  switch ((qy_lane_set)set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: return run_lanes_avx512(bill, &s, work);
  case QY_LANE_SET_AVX2: return run_lanes_avx2(bill, &s, work);
#endif
  default: return run_lanes_plain(bill, &s, work);
  }
}
