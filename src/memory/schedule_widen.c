/* Larger tiles of equal traffic, for longer runs in DRAM: see schedule.h. */
#include "quarry/schedule.h"

#include "quarry/integer.h"

#include <assert.h>

typedef struct widening {
  const qy_schedule_options *options;
  const qy_stage *stage;
  int64_t units;
} widening;

/* Does a tiling move no more, compute no more and fit? */
static bool as_good(const widening *w, const qy_tiling *t, qy_traffic *traffic)
{
  qy_traffic_count(traffic, &w->stage->nest, t, w->options->units, w->options->rule);
  return qy_traffic_units(traffic, w->options->units) <= w->units && traffic->macs <= w->stage->traffic.macs &&
         traffic->peak + w->stage->waiting <= w->options->capacity;
}

/* Grow one size of the tiling as far as it stays as good, by halves of what is left. */
static void grow(const widening *w, qy_tiling *t, int64_t *size, int64_t most)
{
  qy_traffic traffic;
  for (int64_t step = most - *size; step > 0; step /= 2) {
    const int64_t before = *size;
    *size = qy_min64(before + step, most);
    if (!as_good(w, t, &traffic)) *size = before;
  }
}

void qy_schedule_widen(qy_schedule *schedule)
{
  assert(schedule);
  schedule->total.peak = 0;
  for (size_t i = 0; i < schedule->stage_count; i++) {
    qy_stage *s = &schedule->stage[i];
    if (s->is_nest) {
      const widening w = {&schedule->options, s, qy_traffic_units(&s->traffic, schedule->options.units)};
      const qy_tiling whole = qy_nest_whole(&s->nest);
      qy_tiling t = s->tiling;
      qy_traffic traffic;
      /* Channels together, or rows and planes whole: what lies together in DRAM. */
      if (s->nest.kind == QY_NEST_DENSE) {
        grow(&w, &t, &t.k, whole.k);
        grow(&w, &t, &t.n, whole.n);
      }
      if (qy_nest_is_flat(&s->nest)) {
        grow(&w, &t, &t.m, whole.m);
      } else {
        grow(&w, &t, &t.w, whole.w);
        grow(&w, &t, &t.h, whole.h);
      }
      if (s->nest.kind != QY_NEST_DENSE) grow(&w, &t, &t.n, whole.n);
      if (as_good(&w, &t, &traffic)) {
        s->tiling = t;
        s->traffic = traffic;
      }
    }
    schedule->total.peak = qy_max64(schedule->total.peak, s->traffic.peak + s->waiting);
  }
}
