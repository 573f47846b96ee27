/* Runs of depthwise modules in the lanes of vectors: see point_lanes.h. */
#include "depthwise_one.h"

#include "quarry/point_lanes.h"

#include <string.h>

static const double exact_below = 0x1p50;

/* What the equations take: of a module in modes, and of the module alone. */
enum {
  ROW_MODE,
  ROW_INTERVAL,
  ROW_TAPS_INVERSE,
  ROW_RESULTS,
  ROW_RESULTS_INVERSE,
  ROW_MAP_BITS,
  ROW_MAP_INVERSE,
  ROW_WEIGHT_BITS,
  ROW_WEIGHT_INVERSE,
  ROW_CONSTANT_WORDS,
  ROW_USED_BITS,
  ROW_BY_BLOCK,
  ROW_BY_TAPS,
  ROW_PRODUCTS,
  ROW_COUNT,
  ROW_OF_MODULE = ROW_COUNT,
  ROW_PORT,
  ROW_CONSTANT_BITS,
  ROW_FILL,
  ROW_MULTIPLIERS,
  ROW_BITS,
  ROW_SUM_BITS,
  ROW_LANE,
  ROW_MACROS,
  ROW_READ_PJ = ROW_MACROS + QY_BUFFER_ROLES,
  ROW_WRITE_PJ = ROW_READ_PJ + QY_BUFFER_ROLES,
  ROWS = ROW_WRITE_PJ + QY_BUFFER_ROLES
};

/* The different ones of all lanes, and which each lane has. */
typedef struct depthwise_setups {
  double of[QY_LANES][ROWS];
  int lane[QY_LANES];
  bool one_module;
} depthwise_setups;

static void set_up(double row[ROWS], const module *m, qy_modes modes)
{
  one_mode p;
  depthwise_in_mode(&p, m, modes);
  row[ROW_MODE] = modes.run;
  row[ROW_INTERVAL] = (double)p.interval;
  row[ROW_TAPS_INVERSE] = 1.0 / (double)(1 << p.tap_shift);
  row[ROW_RESULTS_INVERSE] = 1.0 / p.results;
  row[ROW_BY_BLOCK] = p.by_block;
  row[ROW_BY_TAPS] = p.by_taps;
  row[ROW_RESULTS] = p.results;
  row[ROW_MAP_BITS] = (double)p.map.bits;
  row[ROW_MAP_INVERSE] = 1.0 / (double)(1 << p.map.shift);
  row[ROW_WEIGHT_BITS] = (double)p.weight.bits;
  row[ROW_WEIGHT_INVERSE] = 1.0 / (double)(1 << p.weight.shift);
  row[ROW_CONSTANT_WORDS] = (double)p.constant_words;
  row[ROW_USED_BITS] = p.used_bits;
  row[ROW_PRODUCTS] = p.products;
  row[ROW_COUNT] = (double)p.count;
  row[ROW_PORT] = p.by_port;
  row[ROW_CONSTANT_BITS] = (double)p.constant_bits;
  row[ROW_FILL] = (double)p.fill;
  row[ROW_MULTIPLIERS] = p.multipliers;
  row[ROW_BITS] = p.bits;
  row[ROW_SUM_BITS] = p.sum_bits;
  row[ROW_LANE] = p.lane;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    row[ROW_MACROS + role] = p.macros[role];
    row[ROW_READ_PJ + role] = p.read_pj[role];
    row[ROW_WRITE_PJ + role] = p.write_pj[role];
  }
}

static bool same_modes(const qy_modes *a, const qy_modes *b)
{
  return a->run == b->run && a->weights == b->weights && a->activations == b->activations;
}

static void set_up_all(depthwise_setups *s, const void *const self[QY_LANES], const qy_modes modes[QY_LANES])
{
  int count = 0, first[QY_LANES]; /* lanes with different ones */
  s->one_module = true;
  for (int i = 0; i < QY_LANES; i++) {
    int k = 0;
    while (k < count && !(self[first[k]] == self[i] && same_modes(&modes[first[k]], &modes[i])))
      k++;
    s->lane[i] = k;
    s->one_module = s->one_module && self[i] == self[0];
    if (k < count) continue;
    first[count++] = i;
    set_up(s->of[k], self[i], modes[i]);
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
