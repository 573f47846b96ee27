/* Slopes against all schedules of small networks, at every capacity of the grid; and the slope of a network of full
 * size against searches at single capacities. */
#include "quarry/schedule.h"

#include "schedule_oracle.h"
#include "tap.h"

static qy_arena *arena;

enum { EVERY = 32, ALL = 4096 }; /* all capacities up to EVERY are in the grid, all where the largest is at most ALL */

typedef struct tally {
  int graphs, capacities, steps, wrong;
} tally;

static int64_t least_traffic(const oracle_front *f, int64_t capacity)
{
  int64_t least = INT64_MAX;
  for (int i = 0; i < f->count; i++)
    if (f->way[i].peak <= capacity && f->way[i].traffic < least) least = f->way[i].traffic;
  return least;
}

static int64_t largest_peak(const oracle_front *f)
{
  int64_t most = 0;
  for (int i = 0; i < f->count; i++)
    if (f->way[i].peak > most) most = f->way[i].peak;
  return most;
}

/* Is there a schedule of that traffic, with those MACs, in that room? */
static bool exists(const oracle_front *f, const qy_slope_step *s)
{
  for (int i = 0; i < f->count; i++)
    if (f->way[i].peak <= s->capacity && f->way[i].traffic == s->traffic && f->way[i].macs <= s->macs) return true;
  return false;
}

static int64_t slope_at(const qy_slope_step *s, size_t count, int64_t capacity)
{
  int64_t traffic = INT64_MAX;
  for (size_t i = 0; i < count && s[i].capacity <= capacity; i++)
    traffic = s[i].traffic;
  return traffic;
}

static bool in_grid(int64_t c, int64_t most)
{
  return c <= EVERY || most <= ALL || c == most || (c & (c - 1)) == 0;
}

/* One network: NULL, or what is wrong. */
static const char *check(tally *t, const oracle_front *f, const qy_slope_step *s, size_t count, int64_t most)
{
  static char text[256];
  for (int64_t c = 1; c <= most; c++) {
    if (!in_grid(c, most)) continue;
    t->capacities++;
    const int64_t got = slope_at(s, count, c), expected = least_traffic(f, c);
    snprintf(text, sizeof text, "capacity %lld: %lld, expected %lld", (long long)c, (long long)got,
             (long long)expected);
    if (got != expected) return text;
  }
  snprintf(text, sizeof text, "smallest %lld, expected %lld", count > 0 ? (long long)s[0].capacity : -1,
           (long long)oracle_smallest_peak(f));
  if ((count > 0 ? s[0].capacity : INT64_MAX) !=
      (oracle_smallest_peak(f) <= most ? oracle_smallest_peak(f) : INT64_MAX))
    return text;
  for (size_t i = 0; i < count; i++) {
    t->steps++;
    snprintf(text, sizeof text, "step %zu: capacity %lld, traffic %lld, MACs %lld", i, (long long)s[i].capacity,
             (long long)s[i].traffic, (long long)s[i].macs);
    if (i > 0 && (s[i].capacity <= s[i - 1].capacity || s[i].traffic >= s[i - 1].traffic)) return text;
    if (s[i].traffic != least_traffic(f, s[i].capacity) || !exists(f, &s[i]) || !s[i].optimal) return text;
  }
  return NULL;
}

static qy_schedule_options random_options(uint64_t *s)
{
  qy_schedule_options o = oracle_options(s);
  if (random_below(s, 5) == 0) o.fusion = QY_FUSION_NONE;
  return o;
}

static void test_networks(int graphs, uint64_t state, const small_kind *kind, const char *what)
{
  tally t = {0};
  while (t.graphs < graphs) {
    char text[SMALL_TEXT];
    oracle x;
    qy_slope_step *step = NULL;
    size_t count = 0;
    qy_error err = {0};
    const uint64_t seed = state;
    qy_arena_reset(arena);
    const qy_graph *g = small_next(text, kind, t.graphs, &state, arena);
    if (!g) continue;
    const qy_schedule_options options = random_options(&state);
    const oracle_front *f = oracle_all(&x, g, &options, arena);
    if (!f || f->count == 0) continue;
    t.graphs++;
    const int64_t some = 1 + (int64_t)random_below(&state, 100);
    const int64_t most = random_below(&state, 4) == 0 ? some : random_below(&state, 2) ? largest_peak(f) : 2 * ALL;
    const qy_status status = qy_schedule_slope(&step, &count, g, &options, most, arena, &err);
    const char *wrong = status ? err.diagnostic[0].text : check(&t, f, step, count, most);
    if (wrong && t.wrong++ < 3)
      printf("# seed %llu: %s; most %lld, unit of activations %lld, rule %d, orders %d, fusion %d\n%s",
             (unsigned long long)seed, wrong, (long long)most, (long long)options.units.activation, (int)options.rule,
             (int)options.orders, (int)options.fusion, text);
  }
  ok(t.wrong == 0, "%s: %d networks at %d capacities, %d steps; %d wrong", what, t.graphs, t.capacities, t.steps,
     t.wrong);
}

/* The slope of a network against searches at these capacities. */
static void test_network(const char *name, const qy_schedule_options *options, const int64_t *capacity, size_t count)
{
  enum { MOST = 1 << 18 };
  qy_network *n = NULL;
  qy_graph *g = NULL;
  qy_slope_step *step = NULL;
  size_t steps = 0;
  qy_arena_reset(arena);
  bool found = qy_network_read(&n, "db", name, arena, NULL) == QY_OK && qy_graph_new(&g, n, arena, NULL) == QY_OK &&
               qy_schedule_slope(&step, &steps, g, options, MOST, arena, NULL) == QY_OK;
  size_t proved = 0;
  for (size_t i = 0; i < steps; i++)
    proved += step[i].optimal;
  ok(found && steps > 100 && proved == steps, "%s, fusion %s: %zu steps, %zu proved", name,
     qy_fusion_name(options->fusion), steps, proved);
  for (size_t i = 0; i < count && found; i++) {
    qy_schedule_options o = *options;
    qy_schedule *s = NULL;
    qy_least_capacity smallest;
    o.capacity = capacity[i];
    found = qy_schedule_find(&s, &smallest, g, &o, arena, NULL) == QY_OK;
    is_int(found ? slope_at(step, steps, capacity[i]) : -1, found ? s->traffic : 0, "a search at one capacity agrees");
  }
  qy_schedule *s = NULL;
  qy_schedule_options o = *options;
  qy_least_capacity smallest = {0};
  o.capacity = 1;
  ok(qy_schedule_find(&s, &smallest, g, &o, arena, NULL) == QY_INFEASIBLE, "one entry is not enough");
  is_int(steps > 0 ? step[0].capacity : 0, smallest.units, "the slope begins at the least capacity");
}

/* CASES: networks of each of the first kinds. */
int main(void)
{
  const char *cases = getenv("CASES"), *seeds = getenv("SEED");
  const int n = cases ? atoi(cases) : 400;
  const uint64_t seed = seeds ? strtoull(seeds, NULL, 10) : 1;
  const int64_t capacity[] = {64, 1024, 8192, 65536};
  const size_t count = sizeof capacity / sizeof *capacity;
  arena = qy_arena_new();
  test_networks(n, seed, &(small_kind){3, 5, 3, true}, "chains");
  test_networks(n, seed + 1, &(small_kind){4, 4, 3, false}, "graphs");
  test_networks(n / 6, seed + 2, &(small_kind){3, 8, 4, false}, "larger maps");
  test_networks(n / 12, seed + 3, &(small_kind){6, 4, 2, false}, "deeper graphs");
  test_networks(n / 4, seed + 4, NULL, "listed, and uneven layers");
  const qy_schedule_options free = {.units = {1, 1, 1}, .fusion = QY_FUSION_FREE, .orders = QY_ORDERS_BEST};
  const qy_schedule_options block = {.units = {1, 1, 1}, .fusion = QY_FUSION_BLOCK, .orders = QY_ORDERS_SCAN};
  test_network("mobilenet_v2_1.0_224", &free, capacity, count);
  test_network("mobilenet_v2_1.0_224", &block, capacity, count);
  qy_arena_free(arena);
  return done();
}
