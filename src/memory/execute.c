/* A schedule executed with integer data, stage by stage, and compared with the run layer by layer. */
#include "execute_int.h"

#include "quarry/decimal.h"
#include "quarry/integer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { DIFFERENCE = 240 };

/* ---- start ---- */

static size_t layer_named(const qy_network *n, const char *name)
{
  size_t i = 0;
  while (strcmp(n->layer[i].name, name) != 0)
    i++;
  return i;
}

/* Is the map, an input of the network, the other one of an add? */
static bool is_addend(const qy_graph *g, size_t map)
{
  if (g->map[map].first_use == QY_NO_INDEX) return false;
  const qy_graph_op *reader = &g->op[g->map[map].first_use];
  for (size_t k = 0; k < reader->addend_count; k++)
    if (reader->addend[k] == map) return true;
  return false;
}

static bool fill_dram(exec *x)
{
  const qy_graph *g = x->graph;
  for (size_t i = 0; i < g->map_count; i++) {
    const qy_map *m = &g->map[i];
    exec_dram *d = &x->dram[i];
    d->entries = m->h * m->w * m->c;
    d->value = qy_arena_alloc(x->arena, (size_t)d->entries, sizeof *d->value);
    if (!d->value) return exec_no_memory(x);
    if (m->maker != QY_NO_INDEX) continue;
    const size_t layer = layer_named(g->network, m->name);
    const bool other = g->network->layer[layer].type != QY_LAYER_COL2IM && is_addend(g, i);
    for (int64_t k = 0; k < d->entries; k++)
      d->value[k] = run_input(x->data, layer, other, k);
    d->written = d->entries;
  }
  return true;
}

static bool begin(exec *x)
{
  const qy_graph *g = x->graph;
  int64_t most = 1;
  for (size_t i = 0; i < g->op_count; i++)
    most = qy_max64(most, qy_max64(g->op[i].layer->in_c, g->op[i].layer->out_c));
  x->dram = qy_arena_alloc(x->arena, g->map_count, sizeof *x->dram);
  x->held = qy_arena_alloc(x->arena, g->map_count, sizeof *x->held);
  x->pixel = qy_arena_alloc(x->arena, (size_t)most, sizeof *x->pixel);
  if (!x->dram || !x->held || !x->pixel) return exec_no_memory(x);
  return fill_dram(x);
}

/* ---- stages ---- */

static bool uses(const qy_graph_op *op, size_t map)
{
  bool found = op->gate == map || op->output == map;
  for (size_t k = 0; k < op->input_count; k++)
    found = found || op->input[k] == map;
  for (size_t k = 0; k < op->addend_count; k++)
    found = found || op->addend[k] == map;
  return found;
}

/* Units of the held maps that the stage does not use. */
static int64_t waiting_units(const exec *x, const qy_stage *s)
{
  int64_t units = 0;
  for (size_t i = 0; i < x->graph->map_count; i++) {
    bool used = false;
    for (size_t o = s->first; o <= s->last; o++)
      used = used || uses(&x->graph->op[o], i);
    if (x->held[i] && !used) units += x->dram[i].entries * x->units.activation;
  }
  return units;
}

static void forget_used_up(exec *x, const qy_stage *s)
{
  for (size_t i = 0; i < x->graph->map_count; i++)
    if (x->graph->map[i].last_use == QY_NO_INDEX || x->graph->map[i].last_use <= s->last) x->held[i] = NULL;
}

/* The first tensor of which other counts moved than the schedule says; NULL: none. */
static const char *other_count(const qy_traffic *is, const qy_traffic *says, int64_t *is_count, int64_t *says_count)
{
  static const struct {
    const char *name;
    size_t at;
  } tensor[] = {
      {"input entries", offsetof(qy_traffic, input)},     {"weights", offsetof(qy_traffic, weights)},
      {"second operands", offsetof(qy_traffic, second)},  {"output entries", offsetof(qy_traffic, output)},
      {"sums written", offsetof(qy_traffic, sum_writes)}, {"sums read back", offsetof(qy_traffic, sum_reads)},
      {"addends", offsetof(qy_traffic, addends)},         {"factors of gates", offsetof(qy_traffic, gate)},
      {"pooled entries", offsetof(qy_traffic, pooled)},   {"multiply-accumulates", offsetof(qy_traffic, macs)},
  };
  for (size_t i = 0; i < sizeof tensor / sizeof *tensor; i++) {
    memcpy(is_count, (const char *)is + tensor[i].at, sizeof *is_count);
    memcpy(says_count, (const char *)says + tensor[i].at, sizeof *says_count);
    if (*is_count != *says_count) return tensor[i].name;
  }
  return NULL;
}

/* The first difference stays; the run goes on. */
static void differ(exec *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void differ(exec *x, const char *format, ...)
{
  char text[DIFFERENCE];
  va_list args;
  if (x->difference) return;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  x->difference = qy_arena_text(x->arena, text, strlen(text));
  if (!x->difference) x->no_memory = true;
}

static void check_stage(exec *x, qy_execution *e, const qy_stage *s, int64_t capacity, int64_t waiting)
{
  int64_t is, says;
  const qy_graph_op *first = &x->graph->op[s->first], *last = &x->graph->op[s->last];
  const char *tensor = other_count(&x->counted, &s->traffic, &is, &says);
  if (tensor) {
    e->counts_equal = false;
    differ(x, "%s to %s: %" PRId64 " %s, the schedule says %" PRId64, first->layer->name, last->layer->name, is, tensor,
           says);
  }
  if (waiting != s->waiting) {
    e->counts_equal = false;
    differ(x, "%s to %s: maps of %" PRId64 " units wait, the schedule says %" PRId64, first->layer->name,
           last->layer->name, waiting, s->waiting);
  }
  if (x->peak <= s->traffic.peak && s->traffic.peak + s->waiting <= capacity) return;
  e->within = false;
  differ(x, "%s to %s: %" PRId64 " units in the buffer, of %" PRId64 " that the schedule takes and %" PRId64,
         first->layer->name, last->layer->name, x->peak + waiting, s->traffic.peak + s->waiting, capacity);
}

static bool run_stage(exec *x, qy_execution *e, const qy_stage *s, int64_t capacity)
{
  const int64_t waiting = waiting_units(x, s);
  x->counted = (qy_traffic){0};
  x->live = x->peak = 0;
  const bool good = s->is_nest ? exec_nest(x, s) : exec_rows(x, s);
  qy_arena_reset(x->scratch);
  if (!good) return false;
  check_stage(x, e, s, capacity, waiting);
  forget_used_up(x, s);
  x->counted.peak = x->peak + waiting;
  qy_traffic_add(&e->counted, &x->counted);
  return true;
}

/* Every op once, in order. */
static bool in_order(exec *x, const qy_schedule *s)
{
  size_t next = 0;
  for (size_t i = 0; i < s->stage_count; i++) {
    if (s->stage[i].first != next || s->stage[i].last < next) return exec_fault(x, "stages do not follow each other");
    next = s->stage[i].last + 1;
  }
  return next == x->graph->op_count || exec_fault(x, "stages leave out ops");
}

static bool run_stages(exec *x, qy_execution *e, const qy_schedule *s)
{
  if (!in_order(x, s)) return false;
  for (size_t i = 0; i < s->stage_count; i++)
    if (!run_stage(x, e, &s->stage[i], s->options.capacity)) return false;
  return true;
}

/* ---- comparison ---- */

/* A map in DRAM against the run layer by layer. */
static bool same_map(exec *x, size_t map, uint32_t *const *plain)
{
  const qy_map *m = &x->graph->map[map];
  const exec_dram *d = &x->dram[map];
  const size_t layer = layer_named(x->graph->network, m->name);
  for (int64_t k = 0; k < d->entries; k++)
    if (d->value[k] != plain[layer][k])
      return exec_fault(x, "entry %" PRId64 " of %s is %" PRIu32 ", layer by layer %" PRIu32, k, m->name, d->value[k],
                        plain[layer][k]);
  return true;
}

/* Is the output of a layer in DRAM, itself or the maps that it joins? */
static bool is_there(const exec *x, size_t layer)
{
  const qy_layer *l = &x->graph->network->layer[layer];
  bool parts = l->type == QY_LAYER_CONCAT;
  for (size_t i = 0; i < x->graph->map_count; i++)
    if (x->graph->map[i].maker != QY_NO_INDEX && strcmp(x->graph->map[i].name, l->name) == 0)
      return x->dram[i].written == x->dram[i].entries;
  for (size_t k = 0; k < l->input_count; k++)
    parts = parts && is_there(x, l->input[k]);
  return parts;
}

static bool compare(exec *x, uint32_t *const *plain)
{
  const qy_network *n = x->graph->network;
  for (size_t i = 0; i < x->graph->map_count; i++) {
    const exec_dram *d = &x->dram[i];
    if (x->graph->map[i].maker == QY_NO_INDEX || d->written == 0) continue;
    if (d->written != d->entries)
      return exec_fault(x, "%s: %" PRId64 " entries written of %" PRId64, x->graph->map[i].name, d->written,
                        d->entries);
    if (!same_map(x, i, plain)) return false;
  }
  for (size_t i = 0; i < n->layer_count; i++)
    if (n->layer[i].consumer_count == 0 && n->layer[i].type != QY_LAYER_COL2IM && !is_there(x, i))
      return exec_fault(x, "%s, an output of the network, is not in DRAM", n->layer[i].name);
  return true;
}

qy_status qy_schedule_execute(qy_execution *execution, const qy_schedule *schedule, uint64_t seed, qy_arena *arena,
                              qy_error *err)
{
  assert(execution && schedule && schedule->graph);
  run_data data;
  uint32_t **plain = NULL;
  qy_arena *all = qy_arena_new(), *scratch = qy_arena_new();
  exec x = {.graph = schedule->graph,
            .data = &data,
            .units = schedule->options.units,
            .twice = schedule->options.rule == QY_CAPACITY_DOUBLE_BUFFERED,
            .arena = all,
            .scratch = scratch};
  *execution = (qy_execution){.counts_equal = true, .within = true};
  qy_status status = all && scratch ? run_data_new(&data, schedule->graph->network, seed, all, err) : qy_no_memory(err);
  if (!status) status = run_plain(&plain, &data, all, err);
  if (!status) {
    const bool ran = begin(&x) && run_stages(&x, execution, schedule);
    execution->equal = ran && compare(&x, plain);
    execution->counts_equal = execution->counts_equal && ran;
    execution->within = execution->within && ran;
    const char *fault = x.difference ? x.difference : x.fault; /* a fault ends the run */
    if (fault) execution->fault = qy_arena_text(arena, fault, strlen(fault));
    if (x.no_memory || (fault && !execution->fault)) status = qy_no_memory(err);
  }
  qy_arena_free(scratch);
  qy_arena_free(all);
  return status;
}
