/* Runs of systolic arrays in the lanes of vectors: see point_lanes.h and systolic_lanes.h. */
#include "systolic_lanes.h"

#include "scalars.h"
/* For one point. */
#include "pitches.h"
#include "scalars_end.h"

/* No count of a work is above 256 times its bound (systolic_int.h), no bits above 64 times that: below 2^50. */
static bool counts_exactly(const double batch[QY_LANES], const qy_systolic_work *work)
{
  static const double bound_most = 0x1p36;
  for (int i = 0; i < QY_LANES; i++)
    if ((double)work->bound * batch[i] > bound_most) return false;
  return true;
}

_Static_assert(sizeof(one_sums) == SYSTOLIC_SUMS * sizeof(double), "sums are doubles and nothing else");

#include "lane_plain.h"

#include "systolic_vector.h"

#include "vectors_end.h"
#ifdef __x86_64__
#include "lane_avx2.h"

#include "systolic_vector.h"

#include "vectors_end.h"

#include "lane_avx512.h"

#include "systolic_vector.h"

#include "vectors_end.h"
#endif

/* Are these of all lanes alike, so that one loop counts for all? */
static bool alike(const qy_systolic *a, const qy_systolic *b)
{
  const qy_systolic_params *p = &a->params, *q = &b->params;
  return p->dataflow == q->dataflow && p->drain == q->drain && p->edge == q->edge && p->row == q->row &&
         p->activations == q->activations && p->tile == q->tile;
}

/* Groups run one after another, and transfers take time. */
static bool counted_in_lanes(const qy_systolic *m)
{
  return m->params.packing != QY_PACK_DIAGONAL && m->params.port_bits > 0;
}

static bool in_one_mode(qy_modes modes)
{
  return modes.weights == modes.run && modes.activations == modes.run;
}

/* Layers are counted in lanes where none is divided. */
bool systolic_lanes(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work,
                    const qy_modes modes[QY_LANES], int set)
{
  const systolic_design *first = self[0];
  const systolic_kind kind = systolic_kind_of(&first->array);
  double made[QY_LANES][SYSTOLIC_ROWS];
  const double *list[QY_LANES];
  for (int i = 0; i < QY_LANES; i++) {
    const systolic_design *d = self[i];
    if (!alike(&d->array, &first->array) || !counted_in_lanes(&d->array)) return false;
    list[i] = in_one_mode(modes[i]) ? d->list[modes[i].run] : made[i];
    if (!in_one_mode(modes[i])) systolic_put_rows(made[i], &d->array, modes[i]);
  }
  switch ((qy_lane_set)set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: return run_lanes_avx512(bill, list, &kind, work);
  case QY_LANE_SET_AVX2: return run_lanes_avx2(bill, list, &kind, work);
#endif
  default: return run_lanes_plain(bill, list, &kind, work);
  }
}

/* ---- one array at several clocks ---- */

/* It can be at all clocks, with the buffers that it was made with. */
static bool can_be(const systolic_design *d, const qy_price_rows *at)
{
  bool can = qy_buffers_stay(d->array.buffer, at->least_ns, at->most_ns);
  for (int i = 0; i < QY_LANES; i++)
    can = can && !systolic_bus_misses(d, at->min_period_ps[i], at->period_ps[i]);
  return can;
}

static void put_known(qy_lane_bill *bill, const double (*of)[QY_LANES], const systolic_kind *kind,
                      const one_sums *const sums[QY_LANES], double macs, qy_lane_set set)
{
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: put_known_avx512(bill, of, kind, sums, macs); break;
  case QY_LANE_SET_AVX2: put_known_avx2(bill, of, kind, sums, macs); break;
#endif
  default: put_known_plain(bill, of, kind, sums, macs);
  }
}

/* Rows of the array in its mode, those of the clocks with what they have there. */
static void put_clocks(double (*of)[QY_LANES], const systolic_design *d, const double *list, const qy_price_rows *at,
                       int mode)
{
  const uint8_t *side = systolic_holds(&d->array) ? at->held_side[mode] : at->side[mode];
  double words[SYSTOLIC_ROWS], stages[QY_ROLE_COUNT];
  for (int k = 0; k < SYSTOLIC_ROWS; k++)
    for (int i = 0; i < QY_LANES; i++)
      of[k][i] = list[k];
  for (int i = 0; i < QY_LANES; i++) {
    const double element_um2 = at->placed_um2[QY_ROLE_ELEMENT][i];
    for (int r = 0; r < QY_ROLE_COUNT; r++)
      stages[r] = at->stages[r][i];
    of[ROW_FOLD_LATENCY][i] = stages[QY_ROLE_ELEMENT];
    of[ROW_LAYER_LATENCY][i] = (double)systolic_layer_latency(&d->array, at->clock_mhz[i], stages);
    of[ROW_PITCH][i] = one_pitches(element_um2, element_um2 + d->beside_um2);
    if (i == 0 || side[i] != side[i - 1]) systolic_put_words(words, &d->array, mode, (qy_pe_side)side[i]);
    for (int k = ROW_WORD_BITS; k <= ROW_BUS_BITS; k++)
      of[k][i] = words[k];
  }
}

/* Sums at the latencies of the lanes. */
typedef struct lane_sums {
  const one_sums *of[QY_LANES];
  known_sums room[QY_LANES + 1]; /* those that are known before, and each that is not */
  int count;
} lane_sums;

/* false: layers cannot be run. */
static bool find_sums(lane_sums *s, systolic_design *d, const double (*of)[QY_LANES], const qy_systolic_work *work,
                      qy_modes modes)
{
  mode_run r = systolic_run_for(&d->array, modes);
  const bool kept = in_one_mode(modes);
  int k = 0;
  s->count = 0;
  if (kept && d->known[modes.run].work == work) s->room[s->count++] = d->known[modes.run];
  for (int i = 0; i < QY_LANES; i++) {
    r.rate.fold_latency = (int64_t)of[ROW_FOLD_LATENCY][i];
    r.rate.layer_latency = (int64_t)of[ROW_LAYER_LATENCY][i];
    for (k = 0; k < s->count; k++)
      if (s->room[k].fold_latency == r.rate.fold_latency && s->room[k].layer_latency == r.rate.layer_latency) break;
    s->of[i] = &s->room[k].sums;
    if (k < s->count) continue;
    known_sums *new = &s->room[s->count++];
    new->work = work;
    new->fold_latency = r.rate.fold_latency;
    new->layer_latency = r.rate.layer_latency;
    if (systolic_sum_work(&new->sums, &d->array, &r, work)) return false;
  }
  if (kept) d->known[modes.run] = s->room[k]; /* of the last lane: the next clocks are likely to be like it */
  return true;
}

bool systolic_clocks(qy_lane_bill *bill, void *self, const qy_bill *parts, const qy_price_rows *at, const void *work,
                     qy_modes modes, int set)
{
  systolic_design *d = self;
  const qy_systolic_work *w = work;
  const systolic_kind kind = systolic_kind_of(&d->array);
  _Alignas(64) double of[SYSTOLIC_ROWS][QY_LANES];
  double made[SYSTOLIC_ROWS];
  lane_sums sums;
  (void)parts;
  if (!can_be(d, at)) return false;
  if (!in_one_mode(modes)) systolic_put_rows(made, &d->array, modes);
  put_clocks(of, d, in_one_mode(modes) ? d->list[modes.run] : made, at, modes.run);
  if (!find_sums(&sums, d, (const double(*)[QY_LANES])of, w, modes)) return false;
  put_known(bill, (const double(*)[QY_LANES])of, &kind, sums.of, w->macs, (qy_lane_set)set);
  return true;
}
