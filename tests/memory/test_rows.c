/* Rows stages one by one: for any ops of small networks, with any maps held, what the searches of one stage find
 * against all its tiles and choices.  A whole schedule shows a stage only where it is part of the best. */
#include "../../src/memory/slope_int.h"

#include "schedule_oracle.h"
#include "tap.h"

#include <math.h>

static qy_arena *arena;

/* One stage, with everything it can do. */
typedef struct draft {
  const qy_graph *g;
  size_t first, last;
  qy_place place[ORACLE_MAPS];
  qy_schedule_options options;
  oracle x;
  oracle_front all;
  rows_room *room;
  rows_front_room *front_room;
  rows_stage *stage;
} draft;

typedef struct tally {
  int stages, none, found, nothing, given_up, front_given_up, wider, reread, steps, wrong;
} tally;

static void complain(tally *t, const draft *s, const char *wrong)
{
  if (wrong && t->wrong++ < 5)
    printf("# ops %zu to %zu, units %lld %lld %lld, rule %d: %s\n", s->first, s->last,
           (long long)s->options.units.activation, (long long)s->options.units.weight, (long long)s->options.units.sum,
           (int)s->options.rule, wrong);
}

/* ---- the best ---- */

/* What is minimised, of a way. */
static rows_cost cost_of(const rows_wish *w, const oracle_way *way)
{
  const double t = (double)way->traffic, m = (double)way->macs;
  return w->price_mac > 0 ? (rows_cost){w->price_traffic * t + w->price_mac * m, t}
                          : (rows_cost){w->price_traffic * t, m};
}

/* The least cost within a capacity; second INFINITY: nothing fits. */
static rows_cost least(const oracle_front *f, const rows_wish *w)
{
  rows_cost best = {INFINITY, INFINITY};
  for (int i = 0; i < f->count; i++) {
    const rows_cost c = cost_of(w, &f->way[i]);
    if (f->way[i].peak > w->capacity) continue;
    if (c.first < best.first || (c.first == best.first && c.second < best.second)) best = c;
  }
  return best;
}

static bool near(double a, double b)
{
  return a == b || fabs(a - b) <= 1e-9 * fabs(b);
}

/* The stage of a choice. */
static qy_rows rows_of(const draft *s, const rows_choice *c, int64_t tile_h, int64_t tile_w)
{
  const rows_stage *stage = s->stage;
  qy_rows r = {.tile_h = tile_h, .tile_w = tile_w, .map_count = (size_t)stage->map_count};
  r.map = qy_arena_alloc(arena, r.map_count, sizeof *r.map);
  r.op = qy_arena_alloc(arena, (size_t)stage->op_count, sizeof *r.op);
  for (size_t m = 0; m < r.map_count; m++)
    r.map[m] = (qy_rows_map){stage->map[m].map, stage->map[m].place, c->keep[m], stage->map[m].whole};
  for (int o = 0; o < stage->op_count; o++)
    r.op[o] = (qy_rows_op){c->resident[o], c->reread[o]};
  return r;
}

static qy_traffic traffic_at(const draft *s, const rows_choice *c, int64_t tile_h, int64_t tile_w)
{
  const qy_rows r = rows_of(s, c, tile_h, tile_w);
  qy_traffic t = {0};
  qy_rows_count(&t, s->g, s->first, s->last, &r, s->options.units, s->options.rule, NULL);
  return t;
}

/* A choice is counted as it says. */
static bool is_counted(const draft *s, const rows_choice *c)
{
  const qy_traffic t = traffic_at(s, c, c->tile_h, c->tile_w);
  return qy_traffic_units(&t, s->options.units) == c->traffic && t.macs == c->macs && t.peak == c->peak;
}

static bool is_smallest(int64_t all, int64_t size)
{
  return size == 1 || (all + size - 2) / (size - 1) > (all + size - 1) / size;
}

/* Of all sizes that are the smallest for their number of tiles, and that move and compute no more within the capacity,
 * the largest tile. */
static const char *check_widened(tally *t, const draft *s, rows_choice c, int64_t capacity)
{
  static char text[160];
  const qy_map *cut = &s->g->map[s->stage->map[s->stage->op[s->stage->driver].output].map];
  int64_t area = c.tile_h * c.tile_w;
  const int64_t before = area;
  for (int64_t h = 1; h <= cut->h; h++)
    for (int64_t w = 1; w <= cut->w; w++) {
      if (h * w <= area || !is_smallest(cut->h, h) || !is_smallest(cut->w, w)) continue;
      const qy_traffic at = traffic_at(s, &c, h, w);
      if (at.peak <= capacity && qy_traffic_units(&at, s->options.units) <= c.traffic && at.macs <= c.macs)
        area = h * w;
    }
  rows_widen(&c, s->stage, capacity, s->room);
  t->wider += area > before;
  const qy_traffic at = traffic_at(s, &c, c.tile_h, c.tile_w);
  snprintf(text, sizeof text, "widened to %lld x %lld, peak %lld; expected an area of %lld, peak %lld of %lld",
           (long long)c.tile_h, (long long)c.tile_w, (long long)c.peak, (long long)area, (long long)at.peak,
           (long long)capacity);
  return c.tile_h * c.tile_w == area && c.peak == at.peak && at.peak <= capacity ? NULL : text;
}

/* With everything kept, nothing read again: one output, a row, two rows and the whole map at a time where all weights
 * fit beside what is always there, else the whole map. */
static oracle_front quick_ways(draft *s, int64_t capacity)
{
  oracle_front f = {0};
  oracle_rows r;
  int64_t always = 0;
  oracle_rows_begin(&r, &s->x, s->first, s->last, s->place);
  for (int i = 0; i < r.maps; i++) {
    const oracle_map *m = &r.map[i];
    r.map[i].keep = true;
    if (m->whole)
      always += m->c * s->options.units.sum;
    else if (m->held || m->gate)
      always += (int64_t)m->size[0] * m->size[1] * m->c * s->options.units.activation;
  }
  for (int o = 0; o < r.ops; o++)
    always += oracle_op(&r, o)->layer->weights * s->options.units.weight;
  const int *all = r.map[r.driver].size;
  const int size[][2] = {{1, 1}, {1, all[1]}, {2, all[1]}, {all[0], all[1]}};
  for (int k = always <= capacity ? 0 : 3; k < 4; k++) {
    if (size[k][0] > all[0]) continue;
    for (int d = 0; d < 2; d++) {
      r.tile[d] = size[k][d];
      r.tiles[d] = (all[d] + size[k][d] - 1) / size[k][d];
      for (int o = r.ops - 1; o >= 0; o--)
        if (!oracle_op(&r, o)->whole) oracle_need(&r, &r.map[oracle_local(&r, oracle_op(&r, o)->output)], d);
      for (int i = 0; i < r.maps; i++)
        if (r.map[i].maker < 0) oracle_need(&r, &r.map[i], d);
    }
    oracle_weights(&r, &f);
  }
  return f;
}

/* One search: found where something is, the least, counted as it says; a search that gives up may miss what is less,
 * and one that does not may not. */
static const char *check_find(tally *t, draft *s, const rows_wish *wish, int64_t steps)
{
  static char text[200];
  rows_choice c = {0};
  bool found = false, complete = false;
  rows_budget budget = {steps, INT64_MAX};
  const oracle_front quick = wish->effort == ROWS_QUICK ? quick_ways(s, wish->capacity) : (oracle_front){0};
  const rows_cost best = least(wish->effort == ROWS_QUICK ? &quick : &s->all, wish);
  const bool expected = best.first <= wish->limit && best.first < INFINITY;
  if (rows_find(&c, &found, &complete, s->stage, wish, s->room, &budget, arena, NULL)) return "no answer";
  const int64_t taken = INT64_MAX - budget.left;
  const rows_cost is = cost_of(wish, &(oracle_way){0, c.traffic, c.macs});
  snprintf(text, sizeof text,
           "effort %d, capacity %lld, limit %g, %lld steps of %lld, complete %d: found %d at %g, %g; expected %d, "
           "%g, %g",
           (int)wish->effort, (long long)wish->capacity, wish->limit, (long long)taken, (long long)steps, complete,
           found, is.first, is.second, expected, best.first, best.second);
  t->found += found;
  t->nothing += !found;
  t->given_up += !complete;
  for (int o = 0; found && o < s->stage->op_count; o++)
    t->reread += c.reread[o];
  if (taken < 0 || taken > steps || (complete && taken == steps)) return text;
  if (wish->effort == ROWS_QUICK && taken > 0) return text;
  if (found && (!is_counted(s, &c) || c.peak > wish->capacity || is.first > wish->limit)) return text;
  if (!complete) return steps < ROWS_STEPS_STAGE && taken >= steps ? NULL : text;
  if (found != expected || (found && !near(is.first, best.first))) return text;
  if (found && wish->effort == ROWS_BOTH && near(is.first, best.first) && !near(is.second, best.second)) return text;
  return found ? check_widened(t, s, c, wish->capacity) : NULL;
}

static void test_one(tally *t, draft *s, uint64_t *state)
{
  for (int k = 0; k < 4; k++) {
    rows_wish w = {.effort = (rows_effort)random_below(state, 3), .price_traffic = 1, .limit = INFINITY};
    w.capacity = s->all.way[random_below(state, (size_t)s->all.count)].peak - (int64_t)random_below(state, 2);
    if (random_below(state, 3) == 0) w.capacity = oracle_smallest_peak(&s->all) + (int64_t)random_below(state, 4);
    if (random_below(state, 3) == 0) {
      w.price_traffic = 1 + (double)random_below(state, 2) * (double)random_below(state, 20);
      w.price_mac = (double)random_below(state, 4) / 2;
    }
    const rows_cost best = least(&s->all, &w);
    if (best.first < INFINITY && random_below(state, 3) == 0)
      w.limit = best.first + (double)random_below(state, 3) - 1; /* one less: nothing; just so; more than the least */
    const int64_t few = 1 + (int64_t)random_below(state, 40);
    complain(t, s,
             check_find(t, s, &w, w.effort != ROWS_QUICK && random_below(state, 4) == 0 ? few : ROWS_STEPS_STAGE));
  }
}

/* ---- all capacities at once ---- */

static const char *check_front(tally *t, draft *s, uint64_t *state)
{
  enum { MOST = 12 };
  static char text[200];
  int64_t capacity[MOST], below[MOST], limit[MOST], traffic[MOST], macs[MOST], peak[MOST];
  slope_front f = {.capacity = capacity, .below = below, .traffic = traffic, .macs = macs, .peak = peak};
  const size_t wanted = 1 + random_below(state, MOST);
  int64_t at = s->all.way[random_below(state, (size_t)s->all.count)].peak - (int64_t)random_below(state, 3);
  const bool limits = random_below(state, 3) == 0;
  for (f.count = 0; f.count < wanted; f.count++) {
    capacity[f.count] = at;
    int64_t next = INT64_MAX; /* the next peak of a way, sometimes a unit less or a few more */
    for (int i = 0; i < s->all.count; i++)
      if (s->all.way[i].peak > at && s->all.way[i].peak < next) next = s->all.way[i].peak;
    at = next == INT64_MAX || random_below(state, 3) == 0 ? at + 1 + (int64_t)random_below(state, 9) : next;
  }
  const rows_wish loose = {.capacity = INT64_MAX, .price_traffic = 1};
  int64_t most = INT64_MAX / 4;
  for (size_t g = 0; g < f.count; g++) {
    if (limits && (g == 0 || random_below(state, 3) == 0)) {
      const int64_t now = (int64_t)least(&s->all, &loose).first + (int64_t)random_below(state, 60);
      if (now < most) most = now;
    }
    below[g] = limit[g] = most;
    traffic[g] = INT64_MAX;
    macs[g] = peak[g] = -1;
  }
  bool complete = false;
  const int64_t steps = random_below(state, 4) ? ROWS_STEPS_STAGE : 1 + (int64_t)random_below(state, 3);
  rows_budget budget = {steps, INT64_MAX};
  if (rows_front_find(&f, &complete, s->stage, s->front_room, &budget, NULL)) return "no answer";
  const int64_t taken = INT64_MAX - budget.left;
  snprintf(text, sizeof text, "a front of %zu, complete %d: %lld steps of %lld", f.count, complete, (long long)taken,
           (long long)steps);
  if (taken < 0 || taken > steps || (steps == ROWS_STEPS_STAGE && !complete)) return text;
  if (!complete && taken < steps) return text;
  t->front_given_up += !complete;
  for (size_t g = 0; g < f.count; g++) {
    const rows_wish w = {.capacity = capacity[g], .price_traffic = 1};
    const rows_cost best = least(&s->all, &w);
    const bool matters = best.first < (double)limit[g];
    bool there = false;
    for (int i = 0; i < s->all.count && !there; i++) /* or one that beats it */
      there = s->all.way[i].peak <= peak[g] && s->all.way[i].traffic <= traffic[g] && s->all.way[i].macs <= macs[g];
    snprintf(text, sizeof text,
             "a front of %zu, capacity %lld, below %lld: traffic %lld, MACs %lld, peak %lld; least %g", f.count,
             (long long)capacity[g], (long long)limit[g], (long long)traffic[g], (long long)macs[g], (long long)peak[g],
             best.first);
    t->steps += matters;
    if (complete && matters && (double)traffic[g] != best.first) return text;
    if (traffic[g] < INT64_MAX && ((double)traffic[g] < best.first || taken == 0)) return text;
    if (traffic[g] < INT64_MAX && (!there || peak[g] > capacity[g])) return text;
  }
  return NULL;
}

/* ---- stages ---- */

/* No stage from `first` that holds op `last` is one where it is said so. */
static const char *check_ends(const draft *s)
{
  for (size_t last = s->first; last <= s->last; last++)
    if (rows_stage_ends(s->g, s->first, last)) return "a stage that ends before has more ops";
  return NULL;
}

static void test_stage(tally *t, draft *s, uint64_t *state)
{
  s->all = (oracle_front){0};
  s->x = (oracle){.g = s->g, .options = &s->options, .arena = arena};
  oracle_rows_all(&s->x, &s->all, s->first, s->last, s->place);
  const qy_status status =
      rows_stage_new(&s->stage, s->g, s->first, s->last, s->place, s->options.units, s->options.rule, arena, NULL);
  t->stages++;
  t->none += status != QY_OK;
  complain(t, s, (s->all.count > 0) == (status == QY_OK) ? NULL : "it is one, or is none");
  if (status || s->all.count == 0) return;
  complain(t, s, check_ends(s));
  if (rows_stage_ready(s->stage, s->room, arena, NULL)) {
    complain(t, s, "not ready");
    return;
  }
  test_one(t, s, state);
  complain(t, s, check_front(t, s, state));
}

/* Windows of windows of a map that is added behind them, so that it waits or is read again; a second map is added too,
 * from DRAM, from before the stage or from within. */
static const qy_graph *residual(char text[SMALL_TEXT], uint64_t *s)
{
  static const char *const type[] = {"conv", "dwconv"}, *const also[] = {"", "+l0", "+l2"};
  const int h = 2 + (int)random_below(s, 6), w = 1 + (int)random_below(s, 6), c = 1 + (int)random_below(s, 2);
  snprintf(text, SMALL_TEXT,
           "layer,type,inputs,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad\nl0,pwconv,-,%d,%d,%d,%d,,,,\n"
           "l1,%s,l0,,,,%d,,,,\nl2,%s,l1,,,,%d,3,3,1,1\nl3,%s,l2,,,,%d,3,3,1,1\nl4,add,l3+l1%s,,,,,,,,\n%s",
           h, w, 1 + (int)random_below(s, 3), c, "pwconv", c, type[random_below(s, 2)], c, type[random_below(s, 2)], c,
           also[random_below(s, 3)], random_below(s, 2) ? "l5,pwconv,l4,,,,2,,,,\n" : "");
  return small_read(text, arena);
}

/* Chains that differ in the two directions, mostly in one way alone. */
static const qy_graph *uneven(char text[SMALL_TEXT], uint64_t *s)
{
  return small_uneven(text, s, arena);
}

/* kind NULL: those that `other` makes. */
static void test_stages(int graphs, uint64_t state, const small_kind *kind,
                        const qy_graph *(*other)(char text[SMALL_TEXT], uint64_t *s), const char *what)
{
  tally t = {0};
  for (int i = 0; i < graphs;) {
    char text[SMALL_TEXT];
    draft s = {.options = oracle_options(&state)};
    const int before = t.wrong;
    qy_arena_reset(arena);
    s.g = kind ? small_graph(text, kind, &state, arena) : other(text, &state);
    if (!s.g || s.g->map_count > ORACLE_MAPS) continue;
    i++;
    if (rows_room_new(&s.room, s.g, arena, NULL) || rows_front_room_new(&s.front_room, s.g, arena, NULL)) continue;
    for (s.first = 0; s.first < s.g->op_count; s.first++)
      for (s.last = s.first; s.last < s.g->op_count; s.last++) {
        for (size_t m = 0; m < s.g->map_count; m++) {
          const bool may = s.g->map[m].maker != QY_NO_INDEX && !s.g->map[m].wanted;
          s.place[m] = may && random_below(&state, 3) == 0 ? QY_PLACE_HELD : QY_PLACE_DRAM;
        }
        test_stage(&t, &s, &state);
      }
    rows_front_room_free(s.front_room);
    if (t.wrong > before && before < 5) printf("# in\n%s", text);
  }
  ok(t.wrong == 0 && t.found > 0 && t.nothing > 0 && t.given_up > 0 && t.wider > 0 && t.steps > 0,
     "%s: %d stages, %d of them none; %d found, %d that do not fit, %d given up, %d fronts given up, %d wider, %d "
     "addends read again; %d capacities; %d wrong",
     what, t.stages, t.none, t.found, t.nothing, t.given_up, t.front_given_up, t.wider, t.reread, t.steps, t.wrong);
}

/* Every size that no smaller one has as few tiles as, and no other. */
static void test_sizes(void)
{
  int wrong = 0;
  for (int64_t n = 1; n <= 300; n++) {
    int64_t size[64];
    size_t count = 0;
    const size_t is = rows_tile_sizes(size, n);
    for (int64_t s = 1; s <= n; s++)
      if (is_smallest(n, s)) wrong += count >= is || size[count++] != s;
    wrong += count != is;
  }
  ok(wrong == 0, "tile sizes of 1 to 300 lines: those that are the smallest for their number of tiles");
}

/* A stage has at most so many maps: of a chain one more than ops. */
static void test_most_maps(void)
{
  enum { OPS = ROWS_MAPS_MAX + 1, LINE = 40 };
  static char text[(OPS + 1) * LINE];
  size_t length = (size_t)snprintf(text, sizeof text, "layer,type,inputs,in_h,in_w,in_c,out_c\nl0,pwconv,-,2,2,1,1\n");
  for (int i = 1; i < OPS; i++)
    length += (size_t)snprintf(text + length, sizeof text - length, "l%d,pwconv,l%d,,,,1\n", i, i - 1);
  qy_arena_reset(arena);
  const qy_graph *g = small_read(text, arena);
  qy_place *place = g ? qy_arena_alloc(arena, g->map_count, sizeof *place) : NULL;
  if (!ok(place != NULL, "a chain of %d layers", (int)OPS)) return;
  for (size_t m = 0; m < g->map_count; m++)
    place[m] = QY_PLACE_DRAM;
  for (int more = 0; more < 2; more++) {
    rows_stage *stage = NULL;
    qy_error err = {0};
    const size_t last = ROWS_MAPS_MAX - 2 + (size_t)more;
    const qy_status status =
        rows_stage_new(&stage, g, 0, last, place, (qy_units){1, 1, 1}, QY_CAPACITY_STRICT, arena, &err);
    if (more)
      ok(status == QY_INFEASIBLE && err.count == 1 && strstr(err.diagnostic[0].text, "too many maps"),
         "with one map more they are none");
    else
      ok(!status && stage->map_count == ROWS_MAPS_MAX, "%d maps are a stage", stage ? stage->map_count : 0);
  }
}

int main(void)
{
  const char *cases = getenv("CASES"), *seeds = getenv("SEED");
  const int n = cases ? atoi(cases) : 120;
  const uint64_t seed = seeds ? strtoull(seeds, NULL, 10) : 1;
  arena = qy_arena_new();
  test_sizes();
  test_most_maps();
  test_stages(3 * n, seed, &(small_kind){3, 6, 3, true}, NULL, "chains");
  test_stages(3 * n, seed + 1, &(small_kind){4, 4, 3, false}, NULL, "graphs");
  test_stages(n / 2, seed + 2, &(small_kind){3, 11, 3, false}, NULL, "larger maps");
  test_stages(n / 8, seed + 3, &(small_kind){6, 4, 2, false}, NULL, "deeper graphs");
  test_stages(n / 2, seed + 4, NULL, residual, "residual graphs");
  test_stages(n, seed + 5, NULL, uneven, "uneven chains");
  qy_arena_free(arena);
  return done();
}
