/* The planner against all schedules of small networks, at capacities where something changes; every
 * schedule that it finds is executed. */
#include "quarry/schedule.h"

#include "schedule_oracle.h"
#include "tap.h"

#include <math.h>

static qy_arena *arena;

typedef struct tally {
  int graphs, found, infeasible, wrong, stages, rows, nests, waits, recomputed;
  int adds, gates, joins, pools; /* ops of these networks */
} tally;

/* The least that fits, by the objective. */
static const oracle_way *best_way(const oracle_front *f, const qy_schedule_options *o, int64_t capacity)
{
  const oracle_way *best = NULL;
  const bool energy = o->objective == QY_LEAST_ENERGY;
  for (int i = 0; i < f->count; i++) {
    const oracle_way *w = &f->way[i];
    if (w->peak > capacity) continue;
    const double cost = energy ? (double)w->traffic * o->price_traffic + (double)w->macs * o->price_mac : 0;
    const double least =
        best && energy ? (double)best->traffic * o->price_traffic + (double)best->macs * o->price_mac : 0;
    const bool less =
        energy ? best && cost < least
               : best && (w->traffic < best->traffic || (w->traffic == best->traffic && w->macs < best->macs));
    if (!best || less) best = w;
  }
  return best;
}

static bool right_cost(const qy_schedule *s, const oracle_way *w)
{
  const qy_schedule_options *o = &s->options;
  if (o->objective == QY_LEAST_TRAFFIC)
    return s->traffic == w->traffic && s->total.macs == w->macs && s->cost == (double)w->traffic;
  const double cost = (double)w->traffic * o->price_traffic + (double)w->macs * o->price_mac;
  return fabs(s->cost - cost) <= 1e-9 * cost;
}

static void count_stages(tally *t, const qy_schedule *s)
{
  t->stages += (int)s->stage_count;
  for (size_t i = 0; i < s->stage_count; i++) {
    t->nests += s->stage[i].is_nest;
    t->rows += !s->stage[i].is_nest;
    t->waits += s->stage[i].held_count > 0;
  }
  t->recomputed += s->total.macs > s->graph->macs;
}

static void count_ops(tally *t, const qy_graph *g)
{
  for (size_t o = 0; o < g->op_count; o++) {
    t->adds += g->op[o].addend_count > 0;
    t->gates += g->op[o].gate != QY_NO_INDEX;
    t->joins += g->op[o].input_count > 1;
    t->pools += g->op[o].whole;
  }
}

/* One capacity: NULL, or what is wrong. */
static const char *check(tally *t, const qy_graph *g, const oracle_front *f, qy_schedule_options options,
                         int64_t capacity)
{
  static char text[2 * QY_DIAGNOSTIC_TEXT];
  qy_schedule *s = NULL;
  qy_execution e;
  qy_error err = {0};
  qy_least_capacity smallest = {.units = -1};
  options.capacity = capacity;
  const oracle_way *best = best_way(f, &options, capacity);
  const qy_status status = qy_schedule_find(&s, &smallest, g, &options, arena, &err);
  if (!best) {
    t->infeasible++;
    snprintf(text, sizeof text, "capacity %lld: status %d, smallest %lld, expected %lld", (long long)capacity,
             (int)status, (long long)smallest.units, (long long)oracle_smallest_peak(f));
    return status == QY_INFEASIBLE && smallest.units == oracle_smallest_peak(f) ? NULL : text;
  }
  t->found++;
  if (status != QY_OK) {
    snprintf(text, sizeof text, "capacity %lld: status %d, %s", (long long)capacity, (int)status,
             err.count > 0 ? err.diagnostic[0].text : "");
    return text;
  }
  count_stages(t, s);
  if (!right_cost(s, best) || !s->optimal || s->lower_bound != s->cost) {
    snprintf(text, sizeof text,
             "capacity %lld: found traffic %lld, MACs %lld, peak %lld, cost %g; all: %lld, %lld, %lld",
             (long long)capacity, (long long)s->traffic, (long long)s->total.macs, (long long)s->total.peak, s->cost,
             (long long)best->traffic, (long long)best->macs, (long long)best->peak);
    return text;
  }
  if (qy_schedule_execute(&e, s, (uint64_t)capacity, arena, NULL) == QY_OK && e.equal && e.counts_equal && e.within &&
      s->total.peak <= capacity && e.counted.peak <= s->total.peak)
    return NULL;
  snprintf(text, sizeof text, "capacity %lld: executed: %s", (long long)capacity, e.fault ? e.fault : "");
  return text;
}

static qy_schedule_options random_options(uint64_t *s)
{
  qy_schedule_options o = oracle_options(s);
  if (random_below(s, 4) == 0) o.fusion = random_below(s, 2) ? QY_FUSION_NONE : QY_FUSION_BLOCK;
  if (random_below(s, 3) == 0) {
    o.objective = QY_LEAST_ENERGY;
    o.price_traffic = 1 + random_unit(s) * 20;
    o.price_mac = random_unit(s) * 2;
  }
  return o;
}

enum { CAPACITIES = 6 };

/* The ops of a whole block, which is the longest nest, and sometimes one behind it. */
static const small_kind blocks = {.layers = 5};

static const qy_graph *block_graph(char text[SMALL_TEXT], uint64_t *s)
{
  const int stride = 1 + (int)random_below(s, 2);
  snprintf(text, SMALL_TEXT,
           "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\nl0,pwconv,-,%d,%d,%d,%d,,,\n"
           "l1,dwconv,l0,,,,,3,%d,1\nl2,pwconv,l1,,,,%d,,,\nl3,pool,l2,,,,,,,\n%s",
           2 + (int)random_below(s, 3), 2 + (int)random_below(s, 3), 1 + (int)random_below(s, 3),
           1 + (int)random_below(s, 4), stride, 1 + (int)random_below(s, 3),
           random_below(s, 2) ? "l4,fc,l3,,,,2,,,\n" : "");
  return small_read(text, arena);
}

static void test_planner(int graphs, uint64_t state, const small_kind *kind, const char *what)
{
  tally t = {0};
  while (t.graphs < graphs) {
    char text[SMALL_TEXT];
    oracle x;
    const uint64_t seed = state;
    qy_arena_reset(arena);
    const qy_graph *g = kind == &blocks ? block_graph(text, &state) : small_next(text, kind, t.graphs, &state, arena);
    if (!g) continue;
    qy_schedule_options options = random_options(&state);
    if (kind == &blocks) options.fusion = QY_FUSION_BLOCK;
    const oracle_front *f = oracle_all(&x, g, &options, arena);
    if (!f || f->count == 0) continue;
    t.graphs++;
    count_ops(&t, g);
    for (int k = 0; k < CAPACITIES; k++) {
      const int64_t peak = f->way[random_below(&state, (size_t)f->count)].peak;
      const int64_t capacity = k == 0   ? oracle_smallest_peak(f) - 1
                               : k == 1 ? oracle_smallest_peak(f)
                                        : peak - (int64_t)random_below(&state, 2);
      const char *wrong = check(&t, g, f, options, capacity);
      if (!wrong) continue;
      if (t.wrong++ < 3)
        printf("# seed %llu: %s; units %lld %lld %lld, rule %d, orders %d, fusion %d, objective %d\n%s",
               (unsigned long long)seed, wrong, (long long)options.units.activation, (long long)options.units.weight,
               (long long)options.units.sum, (int)options.rule, (int)options.orders, (int)options.fusion,
               (int)options.objective, text);
    }
  }
  printf(
      "# %s: %d adds, %d gates, %d joins, %d pools; %d stages: %d nests, %d rows, %d while maps wait; %d recompute\n",
      what, t.adds, t.gates, t.joins, t.pools, t.stages, t.nests, t.rows, t.waits, t.recomputed);
  ok(t.wrong == 0, "%s: %d networks, %d schedules found and executed, %d infeasible, %d wrong", what, t.graphs, t.found,
     t.infeasible, t.wrong);
}

/* CASES: networks of each of the first kinds. */
int main(void)
{
  const char *cases = getenv("CASES"), *seeds = getenv("SEED");
  const int n = cases ? atoi(cases) : 1000;
  const uint64_t seed = seeds ? strtoull(seeds, NULL, 10) : 1;
  arena = qy_arena_new();
  test_planner(n / 25, seed + 9, &blocks, "blocks");
  test_planner(n, seed, &(small_kind){3, 5, 3, true}, "chains");
  test_planner(n, seed + 1, &(small_kind){4, 4, 3, false}, "graphs");
  test_planner(n / 6, seed + 2, &(small_kind){3, 8, 4, false}, "larger maps");
  test_planner(n / 12, seed + 3, &(small_kind){6, 4, 2, false}, "deeper graphs");
  test_planner(n / 4, seed + 4, NULL, "listed, and uneven layers");
  qy_arena_free(arena);
  return done();
}
