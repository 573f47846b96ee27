/* Runs of depthwise modules in the lanes of vectors: see point_lanes.h. */
#include "depthwise_one.h"
#include "lane_inverse.h"

#include "quarry/point_lanes.h"

#include <string.h>

static const double exact_most = 0x1p50 - 1;

/* Of each lane. */
typedef struct depthwise_lists {
  const double *module[QY_LANES], *mode[QY_LANES];
  double made[QY_LANES][MODE_ROWS]; /* of modes that no module has a list of */
} depthwise_lists;

static void put_mode(double *of, const module *m, qy_modes modes)
{
  one_mode p;
  depthwise_in_mode(&p, m, modes);
  of[MODE_RUN] = modes.run;
  of[MODE_INTERVAL] = (double)p.interval;
  of[MODE_PRODUCTS] = p.products;
  of[MODE_RESULTS] = p.results;
  of[MODE_RESULTS_INVERSE] = 1.0 / p.results;
  of[MODE_TAPS_INVERSE] = 1.0 / (double)(1 << p.tap_shift);
  of[MODE_MAP_BITS] = (double)p.map.bits;
  of[MODE_MAP_INVERSE] = 1.0 / (double)(1 << p.map.shift);
  of[MODE_WEIGHT_BITS] = (double)p.weight.bits;
  of[MODE_WEIGHT_INVERSE] = 1.0 / (double)(1 << p.weight.shift);
  of[MODE_CONSTANT_BITS] = (double)p.constant_bits;
  of[MODE_CONSTANT_WORDS] = (double)p.constant_words;
  of[MODE_BITS] = p.bits;
  of[MODE_USED_BITS] = p.used_bits;
  of[MODE_SUM_BITS] = p.sum_bits;
}

void depthwise_put_clock_rows(module *m)
{
  double *row = m->row;
  row[MODULE_FILL] = (double)m->fill;
  row[MODULE_LANE] = m->lane;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    row[MODULE_MACROS + role] = m->buffer[role].count;
    row[MODULE_READ_PJ + role] = m->buffer[role].macro.read_pj;
    row[MODULE_WRITE_PJ + role] = m->buffer[role].macro.write_pj;
  }
  for (int k = 0; k < m->pe->mode_count; k++)
    m->mode[k][MODE_USED_BITS] = depthwise_used_bits(m, k);
}

void depthwise_put_rows(module *m)
{
  m->row[MODULE_COUNT] = m->params.channels;
  m->row[MODULE_MULTIPLIERS] = m->params.multipliers;
  m->row[MODULE_COUNT_INVERSE] = lane_inverse(m->params.channels);
  m->row[MODULE_MULTIPLIERS_INVERSE] = lane_inverse(m->params.multipliers);
  m->row[MODULE_PORT_INVERSE] = lane_inverse(m->params.port_bits);
  for (int k = 0; k < m->pe->mode_count; k++)
    put_mode(m->mode[k], m, (qy_modes){k, k, k});
  depthwise_put_clock_rows(m);
}

static void find_lists(depthwise_lists *lists, const void *const self[QY_LANES], const qy_modes modes[QY_LANES])
{
  for (int i = 0; i < QY_LANES; i++) {
    const module *m = self[i];
    const int run = modes[i].run;
    lists->module[i] = m->row;
    lists->mode[i] = m->mode[run];
    if (modes[i].weights == run && modes[i].activations == run) continue;
    put_mode(lists->made[i], m, modes[i]);
    lists->mode[i] = lists->made[i];
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
  depthwise_lists lists;
  find_lists(&lists, self, modes);
  switch ((qy_lane_set)set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: return run_lanes_avx512(bill, &lists, work);
  case QY_LANE_SET_AVX2: return run_lanes_avx2(bill, &lists, work);
#endif
  default: return run_lanes_plain(bill, &lists, work);
  }
}

bool depthwise_clocks(qy_lane_bill *bill, void *self, const qy_bill *parts, const qy_price_rows *at, const void *work,
                      qy_modes modes, int set)
{
  module *m = self;
  if (!qy_buffers_stay(m->buffer, at->least_ns, at->most_ns)) return false;
  switch ((qy_lane_set)set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: return run_clocks_avx512(bill, m, parts, at, work, modes);
  case QY_LANE_SET_AVX2: return run_clocks_avx2(bill, m, parts, at, work, modes);
#endif
  default: return run_clocks_plain(bill, m, parts, at, work, modes);
  }
}
