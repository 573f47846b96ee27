/* Elements made ready, each once, whatever designs and members have it: built, simulated, priced in every library at
 * every clock.
 *
 * A model of all points makes them in stages, each on all threads: circuits, activities, libraries, clocks.  What a job
 * makes depends on nothing but its number, so that the bytes are the same for any number of threads.  A failure is kept
 * in its element until the first member that has it is made ready, which is where the file says what is wrong.
 */
#include "model_int.h"

#include "quarry/progress.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const double ps_per_us = 1e6;

size_t list_at(const qy_model *model, size_t technology, size_t clock)
{
  return technology * model->plan->clock_mhz.count + clock;
}

bool wants(const scope *w, int axis, size_t value)
{
  return !w->index || w->elements || value == w->index[w->param_count + (size_t)axis];
}

/* The rows that a list is in; NULL: it is by itself. */
static const qy_price_rows *rows_of(const ready_element *e, const qy_model *model, size_t t, size_t clock)
{
  return e->rows && !e->prices[list_at(model, t, clock)] ? e->rows[rows_at(model, t, clock)] : NULL;
}

const qy_prices *element_list(const ready_element *e, const qy_model *model, size_t technology, size_t clock,
                              qy_prices *room)
{
  const qy_price_rows *rows = rows_of(e, model, technology, clock);
  if (!rows) return e->prices[list_at(model, technology, clock)];
  qy_price_rows_list(room, rows, (int)(clock % QY_LANES), &e->columns[0]);
  return room;
}

const char *element_missed(const ready_element *e, const qy_model *model, size_t technology, size_t clock)
{
  const qy_price_rows *rows = rows_of(e, model, technology, clock);
  return rows ? rows->reason : e->prices[list_at(model, technology, clock)]->reason;
}

bool element_has_list(const ready_element *e, const qy_model *model, size_t technology, size_t clock)
{
  return e->prices[list_at(model, technology, clock)] || rows_of(e, model, technology, clock);
}

/* ---- which there are ---- */

enum { OF_OPERANDS = 9, KEY_MOST = 64 };

/* Everything that an element made ready follows from; returns how many numbers. */
static size_t key_of(double key[KEY_MOST], const qy_pe_params *params, const qy_pe_stimulus *s, unsigned uses)
{
  size_t count;
  const qy_parameter *const *parameter = qy_pe_parameters(&count);
  const double operands[OF_OPERANDS] = {
      s->weights, s->relu, s->zero_frac, s->weight_range, s->hold, s->left, s->sum_length, (double)s->cycles, uses};
  assert(count + OF_OPERANDS + 1 <= KEY_MOST);
  memcpy(key, operands, sizeof operands);
  key[OF_OPERANDS] = params->kind;
  for (size_t i = 0; i < count; i++)
    key[OF_OPERANDS + 1 + i] = qy_parameter_get(params, parameter[i]);
  return OF_OPERANDS + 1 + count;
}

static size_t bucket_of(const double *key, size_t count)
{
  uint64_t hash = 0;
  for (size_t i = 0; i < count; i++)
    hash = (hash ^ (uint64_t)(int64_t)(key[i] * 16)) * UINT64_C(0x9e3779b97f4a7c15);
  return hash >> 32 & (ELEMENT_BUCKETS - 1);
}

/* Room for what is known of one. */
static qy_status make_arrays(ready_element *e, const qy_model *model, unsigned uses, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const size_t technologies = (size_t)plan->info.technology_count, lists = technologies * plan->clock_mhz.count;
  const size_t signals = (size_t)plan->option_count * QY_SIGNAL_SAMPLES;
  qy_columns_make(&e->columns[0], uses);
  qy_columns_make(&e->columns[1], QY_USES_FPGA);
  e->pricing = qy_arena_alloc(model->arena, technologies, sizeof *e->pricing);
  e->prices = qy_arena_alloc(model->arena, lists, sizeof *e->prices);
  e->basis = qy_arena_alloc(model->arena, lists, sizeof *e->basis);
  e->sqnr_db = qy_arena_alloc(model->arena, signals, sizeof *e->sqnr_db);
  e->noise = qy_arena_alloc(model->arena, signals, sizeof *e->noise);
  e->measured = qy_arena_alloc(model->arena, signals, sizeof *e->measured);
  if (plan->clock_mhz.count >= CLOCKS_IN_ROWS && e->entry->member[e->member].type->clocks &&
      qy_stored_partly(plan->info.stored)) {
    e->rows = qy_arena_alloc(model->arena, rows_at(model, technologies, 0), sizeof *e->rows);
    if (!e->rows) return qy_no_memory(err);
  }
  return e->pricing && e->prices && e->basis && e->sqnr_db && e->noise && e->measured ? QY_OK : qy_no_memory(err);
}

static qy_status find_element(ready_element **out, qy_model *model, const design_entry *g, int m, size_t number,
                              qy_error *err)
{
  qy_pe_params params;
  qy_pe_stimulus operands;
  double key[KEY_MOST];
  void *list = model->element;
  member_element(&params, &operands, g, m, number);
  const size_t count = key_of(key, &params, &operands, g->member[m].type->uses), bucket = bucket_of(key, count);
  ready_element *e = model->bucket[bucket];
  while (e && memcmp(e->key, key, count * sizeof *key))
    e = e->next;
  *out = e;
  if (e) return QY_OK;
  if (!(e = qy_arena_alloc(model->arena, 1, sizeof *e))) return qy_no_memory(err);
  *e = (ready_element){.entry = g, .member = m, .number = number, .next = model->bucket[bucket]};
  if (!(e->key = qy_arena_alloc(model->arena, count, sizeof *key)) ||
      qy_grow(&list, &model->element_room, model->element_total + 1, sizeof(ready_element *)))
    return qy_no_memory(err);
  memcpy(e->key, key, count * sizeof *key);
  model->element = list;
  model->element[model->element_total++] = e;
  model->bucket[bucket] = *out = e;
  return make_arrays(e, model, g->member[m].type->uses, err);
}

qy_status elements_find(ready_member *out, qy_model *model, const design_entry *g, int m, const scope *w, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t n = 0; !status && n < out->element_count; n++)
    if (!out->element[n] && (!w->index || n == member_element_of(g, m, w->index)))
      status = find_element(&out->element[n], model, g, m, n, err);
  return status;
}

/* ---- circuits ---- */

static qy_status build_element(ready_element *e, const qy_model *model, qy_arena *arena, qy_error *err)
{
  qy_pe_params params;
  qy_pe_stimulus operands;
  member_element(&params, &operands, e->entry, e->member, e->number);
  const qy_pe *built = plan_built(model->plan, &params);
  qy_status status = QY_OK;
  if (built)
    e->pe = *built;
  else
    status = qy_pe_build(&e->pe, &params, arena, err);
  if (!status && (model->plan->fabrics & QY_ON_CELLS))
    status = qy_components_make(&e->components, &e->pe, &operands, e->entry->member[e->member].type->uses, arena, err);
  return status;
}

static size_t tasks_of(const ready_element *e)
{
  return e->components && !e->status ? qy_components_tasks(e->components) : 0;
}

/* ---- price lists ---- */

static qy_status price_library(ready_element *e, const qy_model *model, size_t t, qy_arena *arena, qy_error *err)
{
  if (e->pricing[t] || model->plan->technology[t]->fpga) return QY_OK;
  return qy_pricing_new(&e->pricing[t], e->components, model->plan->technology[t],
                        model->draws ? model->library[t] : NULL, (qy_pricing_stop){model->stop, model->stop_ctx}, arena,
                        err);
}

/* The list at one clock and, under draws, its basis. */
static qy_status price_clock(ready_element *e, const qy_model *model, qy_pricer *pricer, size_t t, size_t c,
                             qy_prices *prices, double *const *sram, qy_arena *arena, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const qy_tech *tech = plan->technology[t];
  const qy_columns *columns = &e->columns[tech->fpga != NULL];
  const size_t at = list_at(model, t, c);
  const double mhz = plan->clock_mhz.value[c];
  assert(prices);
  qy_status status = tech->fpga ? qy_fabric_prices(prices, tech, columns, mhz, arena, err)
                                : qy_pricer_at(pricer, prices, ps_per_us / mhz, err);
  if (status) return status;
  e->prices[at] = prices;
  if (!model->draws || prices->reason) return QY_OK;
  e->basis[at] = qy_arena_lines(arena, (size_t)columns->count * model->draws, sizeof(double));
  if (!e->basis[at]) return qy_no_memory(err);
  if (!tech->fpga) return qy_prices_draws(e->basis[at], prices, e->pricing[t], columns, sram[t], err);
  qy_fabric_draws(e->basis[at], model->library[t], columns);
  return QY_OK;
}

/* Rows of the lists from a clock on; *room: memory for some, NULL where it was taken. */
static void make_rows(ready_element *e, const qy_model *model, size_t t, size_t clock, qy_price_rows **room)
{
  const values *clocks = &model->plan->clock_mhz;
  const qy_prices *list[QY_LANES];
  double mhz[QY_LANES];
  for (size_t i = 0; i < QY_LANES; i++) {
    const size_t c = clock + i < clocks->count ? clock + i : clocks->count - 1;
    list[i] = e->prices[list_at(model, t, c)];
    mhz[i] = clocks->value[c];
  }
  if (!qy_price_rows_put(*room, list, mhz, &e->columns[0], &e->pe)) return;
  e->rows[rows_at(model, t, clock)] = *room;
  *room = NULL;
}

/* Those within clocks first, first + 1, ..., whose lists are there. */
static qy_status make_all_rows(ready_element *e, const qy_model *model, size_t t, size_t first, size_t count,
                               qy_arena *arena, qy_error *err)
{
  const size_t end = first + count, last = model->plan->clock_mhz.count;
  qy_price_rows *room = NULL;
  if (!e->rows || model->plan->technology[t]->fpga) return QY_OK;
  for (size_t c = (first + QY_LANES - 1) / QY_LANES * QY_LANES; c < end; c += QY_LANES) {
    if ((c + QY_LANES > end && end < last) || e->rows[rows_at(model, t, c)]) continue;
    if (!room && !(room = qy_arena_lines(arena, 1, qy_price_rows_bytes(&e->columns[0])))) return qy_no_memory(err);
    make_rows(e, model, t, c, &room);
  }
  return QY_OK;
}

/* Rows are a fourth of their lists, which nothing but draws asks for beside them. */
static bool only_rows(const ready_element *e, const qy_model *model, size_t t)
{
  return e->rows && !model->draws && !model->single && !model->plan->technology[t]->fpga;
}

/* Of lists that will be gone, those that are in no rows. */
static qy_status keep_lists(ready_element *e, const qy_model *model, size_t t, size_t first, size_t count,
                            const qy_prices *gone, size_t gone_count, qy_arena *arena, qy_error *err)
{
  for (size_t c = first; c < first + count; c++) {
    qy_prices **at = &e->prices[list_at(model, t, c)];
    if (!*at || *at < gone || *at >= gone + gone_count) continue;
    const qy_prices *list = *at;
    *at = NULL;
    if (e->rows[rows_at(model, t, c)]) continue;
    if (!(*at = qy_arena_alloc(arena, 1, sizeof **at))) return qy_no_memory(err);
    **at = *list;
  }
  return QY_OK;
}

/* Those of clocks first, first + 1, ... that are not there, into list[0], list[1], ... */
static qy_status price_missing(ready_element *e, const qy_model *model, size_t t, size_t first, size_t count,
                               qy_prices *list, double *const *sram, list_times *times, qy_arena *arena, qy_error *err)
{
  qy_status status = QY_OK;
  qy_pricer *pricer = NULL;
  if (e->pricing[t]) status = qy_pricer_new(&pricer, e->pricing[t], &e->columns[0], model->plan->pipeline_for, err);
  for (size_t c = first; !status && c < first + count; c++) {
    if (element_has_list(e, model, t, c)) continue;
    const double before = times ? qy_seconds_now() : 0;
    status = price_clock(e, model, pricer, t, c, list++, sram, arena, err);
    if (times && times->count < times->room) times->seconds[times->count++] = qy_seconds_now() - before;
  }
  qy_pricer_free(pricer);
  return status;
}

static qy_status price_clocks(ready_element *e, const qy_model *model, size_t t, size_t first, size_t count,
                              double *const *sram, list_times *times, qy_arena *arena, qy_error *err)
{
  const bool rows = only_rows(e, model, t);
  size_t missing = 0;
  for (size_t c = first; c < first + count; c++)
    missing += !element_has_list(e, model, t, c);
  if (!missing) return make_all_rows(e, model, t, first, count, arena, err);
  qy_prices *list = rows ? qy_alloc(missing, sizeof *list) : qy_arena_alloc(arena, missing, sizeof *list);
  qy_status status = list ? price_missing(e, model, t, first, count, list, sram, times, arena, err) : qy_no_memory(err);
  if (!status) status = make_all_rows(e, model, t, first, count, arena, err);
  if (!rows) return status;
  const qy_status kept = list ? keep_lists(e, model, t, first, count, list, missing, arena, err) : QY_OK;
  free(list);
  return status ? status : kept;
}

/* ---- one, for a point ---- */

qy_status element_make(ready_element *e, const qy_model *model, const scope *w, double *const *sram, qy_error *err)
{
  const size_t clock = w->index[w->param_count + AXIS_CLOCK];
  qy_status status = QY_OK;
  if (!e->pe.circuit) {
    status = build_element(e, model, model->arena, err);
    for (size_t i = 0; !status && i < tasks_of(e); i++)
      status = qy_components_simulate(e->components, i, model->known, err);
  }
  for (size_t t = 0; !status && t < (size_t)model->plan->info.technology_count; t++) {
    if (!wants(w, AXIS_TECHNOLOGY, t)) continue;
    status = price_library(e, model, t, model->arena, err);
    if (!status && !w->elements) status = price_clocks(e, model, t, clock, 1, sram, NULL, model->arena, err);
  }
  return status;
}

qy_status element_price(ready_element *e, const qy_model *model, size_t technology, size_t first, size_t count,
                        double *const *sram, list_times *times, qy_error *err)
{
  return price_clocks(e, model, technology, first, count, sram, times, model->arena, err);
}

/* ---- all, on threads ---- */

/* So many jobs, numbered. */
typedef struct stage {
  qy_model *model;
  ready_element **list; /* [total] */
  size_t total;
  double *const *sram;
  qy_status (*job)(struct stage *s, size_t number, qy_arena *arena, qy_error *err);
  ready_element *(*element)(const struct stage *s, size_t number); /* that the job is for */
  size_t count;
  size_t *first; /* [elements + 1] activities: number of an element's first job */
  size_t chunk;  /* of clocks */
  int workers;   /* that have an arena */
  pthread_mutex_t failing;
} stage;

static void *take_arena(void *ctx, qy_error *err)
{
  stage *s = ctx;
  qy_arena **own = &s->model->own[s->workers++];
  if (!*own && !(*own = qy_arena_new())) qy_no_memory(err);
  return *own;
}

static void keep_failure(stage *s, ready_element *e, qy_status status, const qy_error *err)
{
  pthread_mutex_lock(&s->failing);
  if (!e->status) {
    e->status = status;
    e->err = *err;
  }
  pthread_mutex_unlock(&s->failing);
}

static qy_status run_job(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  stage *s = ctx;
  (void)buffer, (void)err;
  for (size_t i = (size_t)first; i < (size_t)(first + count); i++) {
    ready_element *e = s->element(s, i);
    qy_error inner = {0};
    const qy_status status = s->job(s, i, state, &inner);
    if (status) keep_failure(s, e, status, &inner);
  }
  return QY_OK;
}

static qy_status no_sink(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)ctx, (void)batch, (void)first, (void)count, (void)buffer, (void)err;
  return QY_OK;
}

static int stage_stopped(void *ctx)
{
  return model_stopped(((const stage *)ctx)->model);
}

static qy_status run_stage(stage *s, qy_error *err)
{
  const int64_t jobs = (int64_t)s->count;
  const qy_sweep plan = {.count = jobs,
                         .batch = 1,
                         .threads = jobs < s->model->threads ? (int)(jobs > 0 ? jobs : 1) : s->model->threads,
                         .buffer_bytes = 1,
                         .ctx = s,
                         .worker_new = take_arena,
                         .evaluate = run_job,
                         .sink = no_sink,
                         .stop = stage_stopped};
  s->workers = 0;
  return qy_sweep_run(&plan, err);
}

static ready_element *by_number(const stage *s, size_t number)
{
  return s->list[number];
}

static qy_status build_job(stage *s, size_t number, qy_arena *arena, qy_error *err)
{
  return build_element(s->list[number], s->model, arena, err);
}

/* The element whose activities hold this number. */
static size_t element_of_task(const stage *s, size_t number)
{
  size_t low = 0, high = s->total - 1;
  while (low < high) {
    const size_t middle = low + (high - low + 1) / 2;
    if (s->first[middle] <= number)
      low = middle;
    else
      high = middle - 1;
  }
  while (s->first[low + 1] <= number) /* those without any */
    low++;
  return low;
}

static ready_element *by_task(const stage *s, size_t number)
{
  return s->list[element_of_task(s, number)];
}

static qy_status simulate_job(stage *s, size_t number, qy_arena *arena, qy_error *err)
{
  const size_t e = element_of_task(s, number);
  (void)arena;
  return qy_components_simulate(s->list[e]->components, number - s->first[e], s->model->known, err);
}

static ready_element *by_library(const stage *s, size_t number)
{
  return s->list[number / (size_t)s->model->plan->info.technology_count];
}

static qy_status library_job(stage *s, size_t number, qy_arena *arena, qy_error *err)
{
  ready_element *e = by_library(s, number);
  return e->status ? QY_OK
                   : price_library(e, s->model, number % (size_t)s->model->plan->info.technology_count, arena, err);
}

static size_t chunks_of(const stage *s)
{
  return (s->model->plan->clock_mhz.count - 1) / s->chunk + 1;
}

static ready_element *by_clocks(const stage *s, size_t number)
{
  return by_library(s, number / chunks_of(s));
}

static qy_status clocks_job(stage *s, size_t number, qy_arena *arena, qy_error *err)
{
  ready_element *e = by_clocks(s, number);
  const size_t first = number % chunks_of(s) * s->chunk, left = s->model->plan->clock_mhz.count - first;
  const size_t t = number / chunks_of(s) % (size_t)s->model->plan->info.technology_count;
  if (e->status) return QY_OK;
  return price_clocks(e, s->model, t, first, left < s->chunk ? left : s->chunk, s->sram, NULL, arena, err);
}

static qy_status simulate_all(stage *s, qy_error *err)
{
  const size_t total = s->total;
  if (!(s->first = qy_alloc(total + 1, sizeof *s->first))) return qy_no_memory(err);
  for (size_t e = 0; e < total; e++)
    s->first[e + 1] = s->first[e] + tasks_of(s->list[e]);
  s->job = simulate_job;
  s->element = by_task;
  s->count = s->first[total];
  const qy_status status = run_stage(s, err);
  free(s->first);
  return status;
}

/* A pricer is made for each job, which takes as long as some dozens of lists, and a list under draws as long as some
 * hundred others; each thread should have several.  Rows are within a job. */
static size_t clocks_in_a_job(const qy_model *model)
{
  enum { LEAST = 128, MOST = 1024, DRAWN = QY_LANES, JOBS = 4 };
  const size_t share = model->plan->clock_mhz.count / (JOBS * (size_t)model->threads);
  const size_t even = (share / QY_LANES + 1) * QY_LANES;
  if (model->draws) return DRAWN;
  return even < LEAST ? LEAST : even > MOST ? MOST : even;
}

static qy_status run_stages(stage *s, qy_error *err)
{
  const size_t technologies = (size_t)s->model->plan->info.technology_count;
  s->job = build_job;
  s->element = by_number;
  s->count = s->total;
  qy_status status = run_stage(s, err);
  if (!status) status = simulate_all(s, err);
  s->job = library_job;
  s->element = by_library;
  s->count = s->total * technologies;
  if (!status) status = run_stage(s, err);
  s->chunk = clocks_in_a_job(s->model);
  s->job = clocks_job;
  s->element = by_clocks;
  s->count = s->total * technologies * chunks_of(s);
  return status ? status : run_stage(s, err);
}

qy_status elements_make(qy_model *model, ready_element **list, size_t count, double *const *sram, qy_error *err)
{
  stage s = {.model = model, .list = list, .total = count, .sram = sram};
  if (!count) return QY_OK;
  pthread_mutex_init(&s.failing, NULL);
  const qy_status status = run_stages(&s, err);
  pthread_mutex_destroy(&s.failing);
  return status;
}

/* ---- on an FPGA ---- */

/* Circuits of an element there; accelerators look at some of them. */
typedef struct ready_fabric {
  unsigned circuits;
  size_t technology;
  qy_fabric *fabric;
  struct ready_fabric *next;
} ready_fabric;

static qy_status keep_fabric(ready_element *e, const qy_model *model, unsigned circuits, size_t t, qy_fabric *fabric,
                             qy_error *err)
{
  ready_fabric *f = qy_arena_alloc(model->arena, 1, sizeof *f);
  if (!f) return qy_no_memory(err);
  *f = (ready_fabric){circuits, t, fabric, e->fabrics};
  e->fabrics = f;
  return QY_OK;
}

qy_status element_fabric(qy_fabric **out, ready_element *e, const qy_model *model, unsigned circuits, size_t t,
                         qy_error *err)
{
  qy_tech *const *tech = model->plan->technology;
  qy_status status = QY_OK;
  const ready_fabric *same = NULL, *f;
  for (f = e->fabrics; f && !(f->circuits == circuits && f->technology == t); f = f->next)
    if (f->circuits == circuits && tech[f->technology]->fpga->family == tech[t]->fpga->family) same = f;
  if (f) {
    *out = f->fabric;
    return QY_OK;
  }
  if (same) { /* another device of the same family and slices */
    if (!(*out = qy_arena_alloc(model->arena, 1, sizeof **out))) return qy_no_memory(err);
    **out = *same->fabric;
    (*out)->tech = tech[t];
  } else {
    status = qy_fabric_new(out, &e->pe, tech[t], circuits, model->arena, err);
  }
  return status ? status : keep_fabric(e, model, circuits, t, *out, err);
}
