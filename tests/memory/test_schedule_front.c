/* What is asked about schedules beside the best one, against all schedules of small networks: the front of traffic
 * against MACs, whether two stages could be one, the layer that does not fit, and searches that are stopped. */
#include "quarry/schedule.h"

#include "schedule_oracle.h"
#include "tap.h"

static qy_arena *arena;

typedef struct tally {
  int graphs, asked, more, wrong; /* more: of the answers that say something */
} tally;

/* A network, its options and all its schedules; false: this draft is none. */
static bool draw(char text[SMALL_TEXT], const qy_graph **g, qy_schedule_options *options, oracle *x,
                 const oracle_front **f, const small_kind *kind, uint64_t *state)
{
  qy_arena_reset(arena);
  if (!(*g = small_graph(text, kind, state, arena))) return false;
  *options = oracle_options(state);
  *f = oracle_all(x, *g, options, arena);
  return *f && (*f)->count > 0;
}

static void complain(tally *t, uint64_t seed, const char *wrong, const qy_schedule_options *o, const char *text)
{
  if (!wrong || t->wrong++ >= 3) return;
  printf("# seed %llu: %s; capacity %lld, units %lld %lld %lld, rule %d, orders %d\n%s", (unsigned long long)seed,
         wrong, (long long)o->capacity, (long long)o->units.activation, (long long)o->units.weight,
         (long long)o->units.sum, (int)o->rule, (int)o->orders, text);
}

/* ---- the front ---- */

/* Above 0: (traffic, MACs) of w lies above the line from a to b. */
static double above(const qy_schedule *a, const qy_schedule *b, const oracle_way *w)
{
  const double traffic = (double)(b->traffic - a->traffic), macs = (double)(b->total.macs - a->total.macs);
  return traffic * (double)(w->macs - a->total.macs) - macs * (double)(w->traffic - a->traffic);
}

/* The first is the least traffic, the last the least at the highest price of a MAC, and no schedule lies below the
 * lines between; NULL: all so. */
static const char *check_front(qy_schedule *const *s, size_t count, const oracle_front *f, int64_t capacity)
{
  static char text[160];
  int64_t traffic = INT64_MAX, macs = INT64_MAX;
  double least = INFINITY;
  for (int i = 0; i < f->count; i++) {
    const oracle_way *w = &f->way[i];
    if (w->peak > capacity) continue;
    if (w->traffic < traffic || (w->traffic == traffic && w->macs < macs)) traffic = w->traffic, macs = w->macs;
    least = fmin(least, (double)w->traffic + QY_MAC_PRICE_MOST * (double)w->macs);
  }
  const qy_schedule *last = s[count - 1];
  snprintf(text, sizeof text, "first traffic %lld MACs %lld of %lld %lld; last %lld %lld, cost %g",
           (long long)s[0]->traffic, (long long)s[0]->total.macs, (long long)traffic, (long long)macs,
           (long long)last->traffic, (long long)last->total.macs, least);
  if (s[0]->traffic != traffic || s[0]->total.macs != macs) return text;
  if (fabs((double)last->traffic + QY_MAC_PRICE_MOST * (double)last->total.macs - least) > 1e-9 * least) return text;
  for (size_t i = 1; i < count; i++) {
    if (s[i]->traffic <= s[i - 1]->traffic || s[i]->total.macs >= s[i - 1]->total.macs) return "does not fall";
    for (int k = 0; k < f->count; k++)
      if (f->way[k].peak <= capacity && above(s[i - 1], s[i], &f->way[k]) < -1e-6) return "a schedule lies below";
  }
  return NULL;
}

/* The capacity with the most schedules of which none has both less traffic and fewer MACs than another. */
static int64_t widest(const oracle_front *f)
{
  int64_t capacity = 0;
  int most = 0;
  for (int c = 0; c < f->count; c++) {
    int count = 0;
    for (int i = 0; i < f->count; i++) {
      const oracle_way *w = &f->way[i];
      bool best = w->peak <= f->way[c].peak;
      for (int k = 0; k < f->count && best; k++)
        best = k == i || f->way[k].peak > f->way[c].peak || f->way[k].traffic > w->traffic || f->way[k].macs > w->macs;
      count += best;
    }
    if (count > most) most = count, capacity = f->way[c].peak;
  }
  return capacity;
}

static void test_fronts(int graphs, uint64_t state, const small_kind *kind)
{
  tally t = {0};
  while (t.graphs < graphs) {
    char text[SMALL_TEXT];
    const qy_graph *g;
    qy_schedule_options o;
    oracle x;
    const oracle_front *f;
    const uint64_t seed = state;
    if (!draw(text, &g, &o, &x, &f, kind, &state)) continue;
    t.graphs++;
    for (int k = 0; k < 3; k++) {
      qy_schedule *const *s = NULL;
      size_t count = 0;
      qy_least_capacity smallest = {0};
      o.capacity = k == 0   ? oracle_smallest_peak(f) - 1
                   : k == 1 ? widest(f)
                            : f->way[random_below(&state, (size_t)f->count)].peak;
      const qy_status status = qy_schedule_front(&s, &count, &smallest, g, &o, arena, NULL);
      t.asked++;
      t.more += status == QY_OK && count > 2;
      complain(&t, seed,
               k == 0             ? (status == QY_INFEASIBLE && smallest.units == o.capacity + 1 ? NULL : "fits")
               : status || !count ? "none"
                                  : check_front(s, count, f, o.capacity),
               &o, text);
    }
  }
  ok(t.wrong == 0 && t.more > 0, "fronts of %d networks: %d, %d of them of 3 or more schedules, %d wrong", t.graphs,
     t.asked, t.more, t.wrong);
}

/* ---- two stages as one ---- */

static const char *check_merged(tally *t, oracle *x, const qy_schedule *s, size_t i)
{
  static char text[160];
  const qy_graph *g = x->g;
  const qy_stage *a = &s->stage[i], *b = &s->stage[i + 1];
  const qy_units u = s->options.units;
  const int64_t limit = qy_traffic_units(&a->traffic, u) + qy_traffic_units(&b->traffic, u);
  uint32_t held = 0, wait = 0;
  for (size_t k = 0; k < g->map_count; k++)
    if (s->place[k] == QY_PLACE_HELD) {
      held |= 1u << k;
      if (g->map[k].maker < a->first && g->map[k].last_use > b->last) wait |= 1u << k;
    }
  const int64_t waiting = oracle_waiting(x, a->first, b->last, wait);
  const oracle_front *f = oracle_stage(x, a->first, b->last, held);
  int64_t needs = INT64_MAX;
  for (int k = 0; k < f->count; k++)
    if (f->way[k].traffic <= limit && f->way[k].peak < needs) needs = f->way[k].peak;
  const bool pays = needs < INT64_MAX;
  qy_merged m;
  if (qy_schedule_merged(&m, s, i, NULL)) return "no answer";
  t->asked++;
  t->more += pays;
  snprintf(text, sizeof text, "stages %zu: can %d, pays %d, needs %lld; expected %d, %d, %lld", i, m.can, m.pays,
           (long long)m.needs, f->count > 0, pays, pays ? (long long)(needs + waiting) : -1);
  if (m.given_up || m.can != (f->count > 0) || m.pays != pays || (pays && m.needs != needs + waiting)) return text;
  return NULL;
}

static void test_merged(int graphs, uint64_t state, const small_kind *kind)
{
  tally t = {0};
  while (t.graphs < graphs) {
    char text[SMALL_TEXT];
    const qy_graph *g;
    qy_schedule_options o;
    oracle x;
    const oracle_front *f;
    const uint64_t seed = state;
    if (!draw(text, &g, &o, &x, &f, kind, &state)) continue;
    t.graphs++;
    for (int k = 0; k < 3; k++) {
      qy_schedule *s = NULL;
      qy_least_capacity smallest;
      o.capacity = f->way[random_below(&state, (size_t)f->count)].peak;
      if (qy_schedule_find(&s, &smallest, g, &o, arena, NULL)) continue;
      for (size_t i = 0; i + 1 < s->stage_count; i++)
        complain(&t, seed, check_merged(&t, &x, s, i), &o, text);
    }
  }
  ok(t.wrong == 0 && t.more > 0 && t.more < t.asked,
     "two stages as one, of %d networks: %d, %d of which pay somewhere, %d wrong", t.graphs, t.asked, t.more, t.wrong);
}

/* ---- what does not fit ---- */

/* The furthest op that stages within the capacity lead up to. */
static size_t furthest(oracle *x, size_t first, uint32_t held, int64_t capacity)
{
  const qy_graph *g = x->g;
  size_t most = first;
  for (size_t last = first; last < g->op_count; last++) {
    uint32_t fresh, stay;
    oracle_live(&fresh, &stay, g, first, last, held);
    const int64_t waiting = oracle_waiting(x, first, last, held);
    for (uint32_t hold = fresh;; hold = (hold - 1) & fresh) {
      const oracle_front *stage = oracle_stage(x, first, last, held | hold);
      bool fits = false;
      for (int i = 0; i < stage->count; i++)
        fits = fits || stage->way[i].peak + waiting <= capacity;
      const size_t from = fits ? furthest(x, last + 1, stay | hold, capacity) : first;
      if (from > most) most = from;
      if (hold == 0) break;
    }
  }
  return most;
}

static void test_too_small(int graphs, uint64_t state, const small_kind *kind)
{
  tally t = {0};
  while (t.graphs < graphs) {
    char text[SMALL_TEXT], wrong[160];
    const qy_graph *g;
    qy_schedule_options o;
    oracle x;
    const oracle_front *f;
    const uint64_t seed = state;
    if (!draw(text, &g, &o, &x, &f, kind, &state)) continue;
    t.graphs++;
    qy_schedule *s = NULL;
    qy_least_capacity smallest = {0};
    o.capacity = oracle_smallest_peak(f) - 1 - (int64_t)random_below(&state, 3);
    if (o.capacity < 0) continue;
    const size_t op = furthest(&x, 0, 0, o.capacity);
    const qy_status status = qy_schedule_find(&s, &smallest, g, &o, arena, NULL);
    t.asked++;
    t.more += op > 0;
    snprintf(wrong, sizeof wrong, "status %d, layer %s, expected %s", (int)status,
             smallest.layer ? smallest.layer->name : "-", g->op[op].layer->name);
    complain(&t, seed, status == QY_INFEASIBLE && smallest.layer == g->op[op].layer ? NULL : wrong, &o, text);
  }
  ok(t.wrong == 0 && t.more > 0, "the layer that does not fit, of %d networks, %d not the first; %d wrong", t.asked,
     t.more, t.wrong);
}

/* ---- stopped ---- */

typedef struct clock {
  int calls, last; /* answers 1 from this one on */
} clock;

static int tick(void *ctx)
{
  clock *c = ctx;
  return ++c->calls >= c->last;
}

/* Stopped at any of the questions each search ends at once; unless it is, the answer is the same. */
static void test_stopped(void)
{
  enum { NEVER = 1 << 30, CAPACITY = 200, MOST = 400 };
  static const small_kind kind = {5, 5, 3, false};
  char text[SMALL_TEXT];
  const qy_graph *g = NULL;
  uint64_t state = 31;
  while (!g || g->op_count < 4)
    g = small_graph(text, &kind, &state, arena);
  qy_schedule_options o = {
      .capacity = CAPACITY, .units = {1, 1, 1}, .fusion = QY_FUSION_FREE, .orders = QY_ORDERS_BEST};
  for (int slope = 0; slope < 2; slope++) {
    int wrong = 0, all = 1;
    for (int last = 1; last <= all + 1; last++) {
      clock c = {0, last == 1 ? NEVER : last - 1};
      qy_schedule *s = NULL;
      qy_slope_step *step = NULL;
      size_t count = 0;
      qy_least_capacity smallest;
      qy_error err = {0};
      o.stop = tick;
      o.stop_ctx = &c;
      const qy_status status = slope ? qy_schedule_slope(&step, &count, g, &o, MOST, arena, &err)
                                     : qy_schedule_find(&s, &smallest, g, &o, arena, &err);
      if (last == 1)
        all = c.calls, wrong += status != QY_OK;
      else
        wrong += status != QY_INTERRUPTED || c.calls != last - 1 || strcmp(err.diagnostic[0].text, "interrupted") != 0;
    }
    ok(wrong == 0 && all > 8, "a %s asks %d times whether to go on, and stops each time", slope ? "slope" : "search",
       all);
  }
}

/* So many branches of one map, all made before the first of their readers.  In one stage everything moves once.  One
 * that makes more than 8 maps for later ones is tried with 8 of them in the buffer: what it moves at least is then all
 * that is proved, first of that map and 8 branches, one of them written. */
static void test_many_ends(size_t branches, bool proved)
{
  enum { PIXELS = 16, IN = 2 };
  char text[SMALL_TEXT], path[] = "/tmp/quarry_front_XXXXXX.csv";
  size_t used = (size_t)snprintf(text, sizeof text, "layer,type,inputs,in_h,in_w,in_c,out_c\nin,pwconv,-,4,4,2,2\n");
  for (size_t i = 0; i < branches; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "a%zu,pwconv,in,,,,1\n", i);
  for (size_t i = 0; i < branches; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "r%zu,pwconv,a%zu,,,,1\n", i, i);
  qy_network *n = NULL;
  qy_graph *g = NULL;
  qy_schedule *s = NULL;
  qy_least_capacity smallest;
  const qy_schedule_options o = {
      .capacity = 4096, .units = {1, 1, 1}, .fusion = QY_FUSION_FREE, .orders = QY_ORDERS_BEST};
  qy_arena_reset(arena);
  write_new_file(path, 4, text);
  const bool found = qy_network_read(&n, "db", path, arena, NULL) == QY_OK &&
                     qy_graph_new(&g, n, arena, NULL) == QY_OK &&
                     qy_schedule_find(&s, &smallest, g, &o, arena, NULL) == QY_OK;
  unlink(path);
  if (!ok(found, "%zu branches", branches)) return;
  const int64_t many = (int64_t)branches, in = PIXELS * IN + IN * IN;
  const int64_t all = in + IN * many + many + PIXELS * many, least = proved ? all : in + IN * 8 + PIXELS;
  ok(s->traffic == all && s->floor == all && s->optimal == proved && s->lower_bound == (double)least,
     "move %lld words, of which %g are proved: %lld, %lld", (long long)s->traffic, s->lower_bound, (long long)all,
     (long long)least);
}

int main(void)
{
  const char *cases = getenv("CASES"), *seeds = getenv("SEED");
  const int n = cases ? atoi(cases) : 100;
  const uint64_t seed = seeds ? strtoull(seeds, NULL, 10) : 1;
  arena = qy_arena_new();
  test_fronts(2 * n, seed, &(small_kind){3, 9, 3, true});
  test_fronts(2 * n, seed + 1, &(small_kind){4, 7, 2, false});
  test_merged(n, seed + 2, &(small_kind){4, 4, 3, false});
  test_merged(n / 4, seed + 3, &(small_kind){6, 4, 2, false});
  test_too_small(n, seed + 4, &(small_kind){4, 4, 3, false});
  test_stopped();
  test_many_ends(8, true);
  test_many_ends(9, false);
  qy_arena_free(arena);
  return done();
}
