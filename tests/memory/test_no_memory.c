/* Memory that runs out at any of the calls of what this module offers: it is said, nothing stays behind, and what does
 * not need the memory is done as ever.  Networks and nests are drawn, so that arenas are full in different places. */
#include "no_memory.h"

#include "quarry/dram.h"
#include "quarry/schedule.h"
#include "quarry/sram.h"

#include "small_networks.h"
#include "traffic_nests.h"

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  const qy_graph *graph;
  const qy_network *network;
  qy_schedule_options options;
  const qy_schedule *schedule;
  qy_nest nest;
  size_t pad;
} context;

static qy_status graph(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_graph *g = NULL;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_graph_new(&g, c->network, a, err) : qy_no_memory(err);
  if (!status) *answer = (double)(g->macs + g->weights) + (double)g->map_count + (double)g->op_count / 64;
  qy_arena_free(a);
  return status;
}

static qy_status plan(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_schedule *s = NULL;
  qy_least_capacity least = {0};
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_schedule_find(&s, &least, c->graph, &c->options, a, err) : qy_no_memory(err);
  if (!status) *answer = s->cost + (double)s->total.peak / 1024;
  if (status == QY_INFEASIBLE) *answer = (double)least.units;
  qy_arena_free(a);
  return status;
}

static qy_status front(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_schedule *const *s = NULL;
  qy_least_capacity least = {0};
  size_t count = 0;
  qy_arena *a = memory_arena(c->pad);
  *answer = 0;
  qy_status status = a ? qy_schedule_front(&s, &count, &least, c->graph, &c->options, a, err) : qy_no_memory(err);
  if (status == QY_INFEASIBLE) *answer = (double)least.units;
  for (size_t i = 0; !status && i < count; i++)
    *answer = 3 * *answer + (double)(s[i]->traffic + s[i]->total.macs);
  qy_arena_free(a);
  return status;
}

static qy_status slope(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_slope_step *step = NULL;
  size_t count = 0;
  qy_arena *a = memory_arena(c->pad);
  *answer = 0;
  qy_status status = a ? qy_schedule_slope(&step, &count, c->graph, &c->options, 300, a, err) : qy_no_memory(err);
  for (size_t i = 0; !status && i < count; i++)
    *answer += (double)(step[i].traffic * (int64_t)(i + 1) + step[i].capacity);
  qy_arena_free(a);
  return status;
}

static qy_status executed(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_execution e = {0};
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_schedule_execute(&e, c->schedule, 3, a, err) : qy_no_memory(err);
  *answer = (double)e.equal + 2 * (double)e.counts_equal + 4 * (double)e.within + (double)e.counted.peak;
  qy_arena_free(a);
  return status;
}

static qy_status merged(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_status status = QY_OK;
  *answer = 0;
  for (size_t i = 0; i + 1 < c->schedule->stage_count && !status; i++) {
    qy_merged m;
    status = qy_schedule_merged(&m, c->schedule, i, err);
    if (!status) *answer += (double)m.can + (double)m.pays * (double)m.needs;
  }
  return status;
}

static qy_status counted(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_status status = QY_OK;
  *answer = 0;
  for (size_t i = 0; i < c->schedule->stage_count && !status; i++) {
    const qy_stage *s = &c->schedule->stage[i];
    qy_traffic t;
    if (s->is_nest) continue;
    status = qy_rows_count(&t, c->graph, s->first, s->last, &s->rows, c->options.units, c->options.rule, err);
    if (!status) *answer += (double)(t.peak + t.macs);
  }
  return status;
}

static qy_status tilings(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_tiling_front f = {0};
  const qy_traffic_query q = {.capacity = c->options.capacity, .units = c->options.units, .orders = QY_ORDERS_BEST};
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_traffic_best(&f, &c->nest, &q, a, err) : qy_no_memory(err);
  *answer = 0;
  for (size_t i = 0; !status && i < f.count; i++)
    *answer += (double)(f.choice[i].units + f.choice[i].traffic.macs);
  qy_arena_free(a);
  return status;
}

/* ---- tables ---- */

static qy_status macros(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_sram_table *table = NULL;
  qy_sram_choice choice = {0};
  qy_sram_csv *csv = NULL;
  qy_sram_csv_row row;
  qy_arena *a = memory_arena(c->pad);
  const qy_sram_wish wish = {{28, QY_SRAM_LSTP, 9000, 64, 1, 0}, 8, true, 2};
  qy_status status = a ? qy_sram_table_read(&table, "db/memory/sram.csv", a, err) : qy_no_memory(err);
  if (!status) status = qy_sram_choose(&choice, table, &wish, err);
  if (!status) status = qy_sram_csv_open(&csv, "tests/data/cacti_sample.csv", a, err);
  *answer = choice.macro.read_pj + choice.bytes;
  for (bool more = true; more && !status;) {
    status = qy_sram_csv_next(csv, table, &row, &more, err);
    if (!status && more && !row.skip) *answer += row.expected.read_pj;
  }
  qy_arena_free(a);
  return status;
}

static qy_status devices(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_dram_device *d = NULL;
  const char *const *names = NULL;
  const qy_dram_controller *list = NULL;
  size_t count = 0, controllers = 0;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_dram_device_names(&names, &count, "db", a, err) : qy_no_memory(err);
  if (!status) status = qy_dram_device_read(&d, "db", names[0], a, err);
  if (!status) status = qy_dram_controllers_read(&list, &controllers, "db", a, err);
  if (!status) *answer = d->constant[QY_DRAM_IDD0].value + (double)count + 100 * (double)controllers;
  qy_arena_free(a);
  return status;
}

/* ---- what is drawn ---- */

static void test_networks(int networks, uint64_t state)
{
  memory_tally graphs = {0}, plans = {0}, fronts = {0}, slopes = {0}, runs = {0}, merges = {0}, counts = {0};
  qy_arena *arena = qy_arena_new();
  for (int i = 0; i < networks;) {
    static const small_kind kind = {5, 7, 4, false};
    char text[SMALL_TEXT];
    context c = {.options = {.units = {8, 8, 24}, .fusion = QY_FUSION_FREE, .orders = QY_ORDERS_BEST}};
    qy_schedule *s = NULL;
    qy_least_capacity least;
    qy_arena_reset(arena);
    if (!(c.graph = small_graph(text, &kind, &state, arena))) continue;
    c.network = c.graph->network;
    c.pad = random_below(&state, 4000);
    c.options.capacity = 1 + (int64_t)random_below(&state, 4000);
    const qy_status status = qy_schedule_find(&s, &least, c.graph, &c.options, arena, NULL);
    memory_try(&graphs, graph, &c, 1, 1);
    memory_try(&plans, plan, &c, 1, 1);
    if (i % 4 == 0) memory_try(&fronts, front, &c, 1 + (long)random_below(&state, 3), 3);
    if (i % 4 == 1) memory_try(&slopes, slope, &c, 1, 1);
    c.schedule = s;
    if (!status) memory_try(&runs, executed, &c, 1, 1);
    if (!status) memory_try(&merges, merged, &c, 1, 1);
    if (!status) memory_try(&counts, counted, &c, 1, 1);
    i++;
  }
  memory_said(&graphs, "graphs");
  memory_said(&plans, "schedules");
  memory_said(&fronts, "fronts");
  memory_said(&slopes, "slopes");
  memory_said(&runs, "executions");
  memory_said(&merges, "two stages as one");
  memory_said(&counts, "counts of rows");
  qy_arena_free(arena);
}

static void test_nests(int nests, uint64_t state)
{
  memory_tally t = {0};
  for (int i = 0; i < nests;) {
    qy_layer layer[3];
    context c = {.options = {.units = {1, 1, 1}}, .pad = random_below(&state, 4000)};
    c.options.capacity = 1 + (int64_t)random_below(&state, 500);
    random_nest(&c.nest, layer, &state, 9, 8);
    if (qy_nest_check(&c.nest, NULL)) continue;
    memory_try(&t, tilings, &c, 1, 1);
    i++;
  }
  memory_said(&t, "tilings");
}

int main(void)
{
  memory_tally sram = {0}, dram = {0};
  test_networks(48, 7);
  test_nests(60, 8);
  for (size_t pad = 100; pad <= 4000; pad += 1300) {
    memory_try(&sram, macros, &(context){.pad = pad}, 1, 1);
    memory_try(&dram, devices, &(context){.pad = pad}, 1 + (long)(pad % 7), 7);
  }
  memory_said(&sram, "tables of macros");
  memory_said(&dram, "devices");
  return done();
}
