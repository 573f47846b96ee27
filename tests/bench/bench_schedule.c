/* Planning: least traffic of a network on one buffer and on all sizes at once; CPU time of one core.
 *
 * All tiles and orders, free fusion, 65,536 entries; reading the network and building its graph are not in the times.
 * Option: runs (default 7).
 */
#include "quarry/schedule.h"

#include "bench.h"

enum { RUNS_MAX = 101, BUFFER = 65536, MOST = 1 << 20 };

typedef struct planned {
  int64_t traffic, floor;
  bool optimal;
  size_t steps;
} planned;

static qy_status plan(planned *p, const qy_graph *graph, bool slope, qy_error *err)
{
  const qy_schedule_options options = {
      .capacity = BUFFER, .units = {1, 1, 1}, .fusion = QY_FUSION_FREE, .orders = QY_ORDERS_BEST, .price_traffic = 1};
  qy_arena *arena = qy_arena_new();
  qy_schedule *s = NULL;
  qy_slope_step *step;
  qy_least_capacity smallest;
  qy_status status = !arena  ? qy_no_memory(err)
                     : slope ? qy_schedule_slope(&step, &p->steps, graph, &options, MOST, arena, err)
                             : qy_schedule_find(&s, &smallest, graph, &options, arena, err);
  if (!status && s) *p = (planned){.traffic = s->traffic, .floor = s->floor, .optimal = s->optimal};
  qy_arena_free(arena);
  return status;
}

static int measure(const char *name, bool slope, int runs)
{
  double ms[RUNS_MAX];
  char what[128];
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_network *network;
  qy_graph *graph;
  planned p = {0};
  qy_status status = qy_network_read(&network, "db", name, arena, &err);
  if (!status) status = qy_graph_new(&graph, network, arena, &err);
  for (int i = 0; i < runs && !status; i++) {
    const double start = bench_cpu_s();
    status = plan(&p, graph, slope, &err);
    ms[i] = 1e3 * (bench_cpu_s() - start);
  }
  qy_arena_free(arena);
  if (status) {
    printf("%s: %s\n", name, err.count ? err.diagnostic[0].text : qy_status_text(status));
    return 1;
  }
  if (slope)
    snprintf(what, sizeof what, "planning: %s, all sizes", name);
  else
    snprintf(what, sizeof what, "planning: %s, %d entries", name, BUFFER);
  bench_report(what, ms, runs, "ms");
  if (slope)
    printf("# %s: %zu steps\n", what, p.steps);
  else
    printf("# %s: %lld entries moved, %.2f %% above the floor%s\n", what, (long long)p.traffic,
           100 * ((double)p.traffic / (double)p.floor - 1), p.optimal ? ", proved least" : "");
  return 0;
}

int main(int argc, char **argv)
{
  int runs = argc > 1 ? atoi(argv[1]) : 7;
  if (runs < 1 || runs > RUNS_MAX) runs = 7;
  puts("# planning: free fusion, all orders");
  int failed = measure("mobilenet_v2_1.0_224", false, runs) | measure("efficientnet_b0", false, runs);
  failed |= measure("mobilenet_v2_1.0_224", true, runs);
  return failed;
}
