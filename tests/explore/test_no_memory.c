/* Memory that runs out in fronts, volumes, archives, assignments, searches and their tables: it is said, and nothing
 * stays behind. */
#include "assign_oracle.h"
#include "files.h"
#include "no_memory.h"

#include "quarry/assign.h"
#include "quarry/assign_table.h"
#include "quarry/attain.h"
#include "quarry/crossover.h"
#include "quarry/front.h"
#include "quarry/layer_noise.h"
#include "quarry/pareto.h"
#include "quarry/search.h"
#include "quarry/sensitivity.h"

#include <gsl/gsl_errno.h>
#include <math.h>

enum { POINTS = 300, DIMENSIONS = 6 };

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  int objectives;
  size_t count, pad;
  double value[DIMENSIONS][POINTS];
  const double *column[DIMENSIONS];
  const oracle *o;
  size_t states;
  qy_assign_limit limit;
  const char *method, *file;
} context;

static qy_status fronts(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  uint8_t on_front[POINTS], picked[POINTS];
  double reference[DIMENSIONS], volume = 0;
  size_t count = 0;
  qy_front_choice choice = {0};
  qy_front_distance distance = {0};
  for (int d = 0; d < DIMENSIONS; d++)
    reference[d] = 1.1;
  qy_status status = qy_pareto(on_front, &count, c->column, c->objectives, c->count, err);
  if (!status) status = qy_hypervolume(&volume, c->column, c->objectives, c->count, reference, err);
  if (!status) status = qy_front_pick(picked, &choice, c->column, c->objectives, c->count, 5, err);
  if (!status)
    status = qy_front_distance_of(&distance, c->column, c->count / 2, c->column, c->count, c->objectives, NULL, err);
  *answer = status ? 0 : volume + choice.volume + distance.igd_plus;
  for (size_t i = 0; !status && i < c->count; i++)
    *answer += (double)(i * on_front[i]) + (double)(i * picked[i]) / 512;
  return status;
}

static qy_status archives(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_archive *half[2] = {qy_archive_new(c->objectives), qy_archive_new(c->objectives)};
  const int64_t *ids = NULL;
  size_t count = 0;
  qy_status status = half[0] && half[1] ? QY_OK : qy_no_memory(err);
  for (size_t i = 0; !status && i < c->count; i++) {
    double row[DIMENSIONS];
    for (int d = 0; d < c->objectives; d++)
      row[d] = c->value[d][i];
    status = qy_archive_put(half[i % 2], row, (int64_t)i, err);
  }
  if (!status) status = qy_archive_merge(half[0], half[1], err);
  if (!status) status = qy_archive_front(half[0], &count, &ids, NULL, err);
  *answer = 0;
  for (size_t i = 0; !status && i < count; i++)
    *answer = *answer / 2 + (double)ids[i];
  qy_archive_free(half[0]);
  qy_archive_free(half[1]);
  return status;
}

static qy_status compared(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  static const double shares[] = {0.25, 0.5, 1};
  uint32_t draw[POINTS];
  const size_t half = c->count / 2;
  qy_attainment surface[3] = {{0}};
  const bool held = c->objectives > 2, both = c->objectives > 3;
  const qy_crossover_set base = {half, c->column[0], c->column[1], held ? c->column[2] : NULL,
                                 both ? c->column[3] : NULL},
                         set = {half, c->column[0] + half, c->column[1] + half, held ? c->column[2] + half : NULL,
                                both ? c->column[3] + half : NULL};
  qy_crossover_range range = {0};
  qy_crossover found = {0}, at = {0};
  double median = 0;
  for (size_t i = 0; i < c->count; i++)
    draw[i] = (uint32_t)(i % 4);
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_attainment_find(surface, shares, 3, c->column[0], c->column[1], draw, c->count, 4, a, err);
  if (!status) status = qy_crossover_range_of(&range, &base, &set, err);
  if (!status) status = qy_crossover_find(&found, &base, &set, NULL, err);
  if (!status) status = qy_crossover_at(&at, &base, &set, 0.5, err);
  if (!status) status = qy_crossover_median(&median, c->column[0], c->column[1], c->count, err);
  *answer = median + (double)(surface[0].count + 3 * surface[1].count + 9 * surface[2].count);
  if (!status && isfinite(found.gain)) *answer += found.gain + (isfinite(at.gain) ? at.gain : 0);
  qy_arena_free(a);
  return status;
}

static qy_status assigned(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  const int objective[] = {0, 1};
  const qy_assign_question question = {2, objective, 1, &c->limit, 0, c->states};
  qy_assign_front *front = NULL;
  qy_assign_optimum best = {0};
  qy_arena *a = memory_arena(c->pad);
  *answer = 0;
  qy_status status = a ? qy_assign_front_find(&front, &c->o->problem, &question, err) : qy_no_memory(err);
  if (!status) *answer = (double)qy_assign_front_count(front) + qy_assign_front_epsilon(front);
  if (!status) status = qy_assign_minimize(&best, &c->o->problem, 1, &c->limit, 1, c->states, a, err);
  if (!status) *answer += best.total[1] + best.optimal;
  if (!status)
    status = qy_assign_prefer(&best, &c->o->problem, &objective[1], 1, &c->limit, 1, objective, 1, c->states, a, err);
  if (!status) *answer += (double)oracle_number(c->o, best.choice) / 64;
  qy_assign_front_free(front);
  qy_arena_free(a);
  return status;
}

static qy_status tables(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_assign_table table = {0};
  qy_assign_groups groups = {0};
  qy_layer_noise *noise = NULL;
  const char **layer = NULL;
  size_t layers = 0;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_assign_table_read(&table, c->file, a, err) : qy_no_memory(err);
  if (!status) status = qy_assign_table_groups(&groups, &table, err);
  if (!status) status = qy_layer_noise_read(&noise, "db/sensitivity/hawqv3_resnet18.csv", NULL, a, err);
  if (!status) status = qy_layer_noise_layers(&layer, &layers, noise, NULL, a, err);
  *answer = status ? 0 : (double)table.layers + 64 * (double)layers;
  qy_arena_free(a);
  return status;
}

static qy_status evaluate(void *ctx, void *worker, int64_t point, double *objective, double *violation, qy_error *err)
{
  const uint64_t word = (uint64_t)point * 2654435761u;
  (void)ctx, (void)worker, (void)err;
  objective[0] = (double)(word >> 8 & 1023);
  objective[1] = (double)(1023 - (word >> 8 & 1023)) + (double)(word >> 20 & 63);
  if (word % 5 == 0) *violation = 1;
  return QY_OK;
}

static qy_status searched(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_space_entry entry[2] = {{.name = "a", .axis_count = 3, .axis = {{"p", 6}, {"q", 5}, {"c", 3}}},
                             {.name = "b", .axis_count = 2, .axis = {{"q", 9}, {"c", 3}}}};
  qy_space space = {2, entry, 0};
  const qy_search_problem problem = {.space = &space, .objectives = 2, .groups = 1, .threads = 1, .evaluate = evaluate};
  const qy_search_budget budget = {.points = 70, .seed = 3, .population = 10};
  qy_search_result r = {0};
  qy_status status = qy_space_finish(&space, err);
  if (!status) status = qy_search_run(&r, qy_search_find(c->method), &problem, &budget, err);
  *answer = 0;
  for (size_t i = 0; !status && i < r.count; i++)
    *answer = *answer / 2 + (double)r.point[i];
  if (!status) qy_search_free(&r);
  return status;
}

static qy_status model(void *ctx, const double *z, double *output, qy_error *err)
{
  (void)ctx, (void)err;
  output[0] = z[0] + z[1] * z[2];
  return QY_OK;
}

static qy_status analysed(void *ctx, double *answer, qy_error *err)
{
  const qy_sensitivity s = {.inputs = 3, .outputs = 1, .samples = 32, .seed = 5, .model = model};
  qy_sensitivity_index index[3];
  (void)ctx;
  const qy_status status = qy_sensitivity_run(index, &s, err);
  *answer = status ? 0 : index[0].first + index[1].total;
  return status;
}

int main(void)
{
  static context c;
  static oracle o;
  static const char *const methods[] = {"nsga2", "random"};
  memory_tally front = {0}, archive = {0}, compare = {0}, assign = {0}, table = {0}, search = {0}, analysis = {0};
  uint64_t state = 9;
  gsl_set_error_handler_off();
  for (c.objectives = 1; c.objectives <= DIMENSIONS; c.objectives++) {
    c.count = POINTS - 20 * (size_t)c.objectives;
    c.pad = 100 + 600 * (size_t)c.objectives;
    for (int d = 0; d < DIMENSIONS; d++) {
      c.column[d] = c.value[d];
      for (size_t i = 0; i < c.count; i++)
        c.value[d][i] = floor(random_unit(&state) * 64) / 64;
    }
    memory_try(&front, fronts, &c, 1, c.objectives > 3 ? 3 : 1);
    memory_try(&archive, archives, &c, 1, 1);
    if (c.objectives > 1) memory_try(&compare, compared, &c, 1, 1);
  }
  for (int i = 0; i < 12; i++) {
    oracle_new(&o, &state, 2, 4000);
    c.o = &o;
    c.states = i % 3 ? 0 : 8;
    c.pad = 1 + random_below(&state, 4000);
    c.limit = oracle_limit(&o, &state, 1);
    if (i % 3 == 0) c.limit.most = 1e30;
    double answer;
    qy_error err = {0};
    if (assigned(&c, &answer, &err) == QY_OK) memory_try(&assign, assigned, &c, 1, 1);
    oracle_free(&o);
  }
  char file[] = "/tmp/quarry_memory_XXXXXX.csv";
  c.file = file;
  ok(write_new_file(file, 4, "layer,option,latency,noise\na,8,4,1\na,4,2,3\nb,8,7,2\nb,4,3,5\nc,8,1,1\n"), "a table");
  memory_try(&table, tables, &c, 1, 1);
  unlink(file);
  for (size_t i = 0; i < 2; i++) {
    c.method = methods[i];
    memory_try(&search, searched, &c, 1, 1);
  }
  memory_try(&analysis, analysed, &c, 1, 1);
  memory_said(&front, "fronts");
  memory_said(&archive, "archives");
  memory_said(&compare, "comparisons");
  memory_said(&assign, "assignments");
  memory_said(&table, "tables");
  memory_said(&search, "searches");
  memory_said(&analysis, "sensitivities");
  return done();
}
