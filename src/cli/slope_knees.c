/* Knees of a slope: see slope_knees.h. */
#include "slope_knees.h"

#include "schedule_words.h"

#include <assert.h>
#include <stdlib.h>

static const double least_fall = 0.03; /* of the traffic */

/* ---- which steps ---- */

static double fall(const qy_slope_step *step, size_t i)
{
  return 1 - (double)step[i].traffic / (double)step[i - 1].traffic;
}

static int by_step(const void *a, const void *b)
{
  const slope_knee *p = a, *q = b;
  return p->step < q->step ? -1 : p->step > q->step;
}

static size_t choose(slope_knee knee[SLOPE_KNEES_MAX], const qy_slope_step *step, size_t steps)
{
  size_t count = 0;
  for (size_t i = 1; i < steps; i++) {
    if (fall(step, i) < least_fall) continue;
    size_t at = count < SLOPE_KNEES_MAX ? count++ : SLOPE_KNEES_MAX;
    for (size_t k = 0; at == SLOPE_KNEES_MAX && k < count; k++) /* in place of the smallest, if that is smaller */
      if (fall(step, knee[k].step) < fall(step, i) &&
          (at == SLOPE_KNEES_MAX || fall(step, knee[k].step) < fall(step, knee[at].step)))
        at = k;
    if (at < SLOPE_KNEES_MAX) knee[at] = (slope_knee){.step = i};
  }
  qsort(knee, count, sizeof *knee, by_step);
  return count;
}

/* ---- what changes ---- */

/* A schedule, and which maps cross between DRAM and buffer. */
typedef struct moved {
  const qy_schedule *schedule;
  bool *map; /* [map_count] */
} moved;

static void mark(bool *map, const size_t *list, size_t count)
{
  for (size_t i = 0; i < count; i++)
    map[list[i]] = true;
}

static void mark_nest(moved *m, const qy_graph *g, const qy_stage *s)
{
  const qy_graph_op *first = &g->op[s->first], *last = &g->op[s->last];
  if (!s->nest.input_held) mark(m->map, first->input, first->input_count);
  if (!s->nest.output_held && !s->nest.output_unused) m->map[last->output] = true;
  if (s->nest.addends_read > 0) mark(m->map, last->addend, last->addend_count);
}

static qy_status find_moved(moved *m, const qy_schedule *s, qy_arena *arena, qy_error *err)
{
  const qy_graph *g = s->graph;
  m->map = qy_arena_alloc(arena, g->map_count, sizeof *m->map);
  m->schedule = s;
  if (!m->map) return qy_no_memory(err);
  for (size_t i = 0; i < s->stage_count; i++) {
    const qy_stage *t = &s->stage[i];
    if (t->is_nest) mark_nest(m, g, t);
    for (size_t k = 0; !t->is_nest && k < t->rows.map_count; k++)
      if (t->rows.map[k].place == QY_PLACE_DRAM) m->map[t->rows.map[k].map] = true;
  }
  return QY_OK;
}

static int64_t entries(const qy_map *map)
{
  return map->h * map->w * map->c;
}

/* The largest map that crosses before and no more after, and how many do. */
static size_t largest_kept(size_t *kept, const moved *before, const moved *after, const qy_graph *g)
{
  size_t best = QY_NO_INDEX;
  *kept = 0;
  for (size_t i = 0; i < g->map_count; i++) {
    if (!before->map[i] || after->map[i]) continue;
    ++*kept;
    if (best == QY_NO_INDEX || entries(&g->map[i]) > entries(&g->map[best])) best = i;
  }
  return best;
}

/* The stage with the same ops before. */
static const qy_stage *same_stage(const qy_schedule *before, const qy_stage *stage)
{
  for (size_t i = 0; i < before->stage_count; i++)
    if (before->stage[i].first == stage->first && before->stage[i].last == stage->last) return &before->stage[i];
  return NULL;
}

/* Of the stages that are in both, the one that saves the most, and what it was. */
static const qy_stage *largest_saved(const qy_stage **was, const qy_schedule *before, const qy_schedule *after)
{
  const qy_stage *best = NULL;
  int64_t most = 0;
  for (size_t i = 0; i < after->stage_count; i++) {
    const qy_stage *old = same_stage(before, &after->stage[i]);
    const int64_t saved = old ? qy_traffic_entries(&old->traffic) - qy_traffic_entries(&after->stage[i].traffic) : 0;
    if (saved <= most) continue;
    most = saved;
    best = &after->stage[i];
    *was = old;
  }
  return best;
}

static const char *stage_text(const qy_stage *stage, const qy_stage *was, const qy_graph *g, qy_arena *arena)
{
  const char *first = g->op[stage->first].layer->name, *last = schedule_op_name(&g->op[stage->last]);
  const char *what = was->traffic.weights > stage->traffic.weights ? "weights" : "input";
  return stage->first == stage->last ? qy_arena_format(arena, "%s: %s less often", first, what)
                                     : qy_arena_format(arena, "%s to %s: %s less often", first, last, what);
}

/* The stage with the most layers that is new. */
static const qy_stage *largest_new(const qy_schedule *before, const qy_schedule *after)
{
  const qy_stage *best = NULL;
  for (size_t i = 0; i < after->stage_count; i++) {
    const qy_stage *s = &after->stage[i];
    if (s->first == s->last || same_stage(before, s)) continue;
    if (!best || s->last - s->first > best->last - best->first) best = s;
  }
  return best;
}

static const char *together_text(const qy_stage *stage, const qy_graph *g, qy_arena *arena)
{
  return qy_arena_format(arena, "%s to %s together", g->op[stage->first].layer->name,
                         schedule_op_name(&g->op[stage->last]));
}

static const char *change_text(const moved *before, const moved *after, const qy_graph *g, qy_arena *arena)
{
  size_t kept;
  const qy_stage *was = NULL, *stage = largest_saved(&was, before->schedule, after->schedule);
  const size_t map = largest_kept(&kept, before, after, g);
  if (map != QY_NO_INDEX && kept > 1)
    return qy_arena_format(arena, "%s and %zu more stay on chip", g->map[map].name, kept - 1);
  if (map != QY_NO_INDEX) return qy_arena_format(arena, "%s stays on chip", g->map[map].name);
  const qy_stage *new = largest_new(before->schedule, after->schedule);
  return stage ? stage_text(stage, was, g, arena) : new ? together_text(new, g, arena) : "larger tiles";
}

static qy_status name_knee(slope_knee *knee, const qy_graph *graph, const qy_schedule_options *options,
                           const qy_slope_step *step, qy_arena *arena, qy_error *err)
{
  moved around[2];
  for (int i = 0; i < 2; i++) {
    qy_schedule_options o = *options;
    qy_schedule *s;
    qy_least_capacity smallest;
    o.capacity = step[knee->step - 1 + (size_t)i].capacity;
    qy_status status = qy_schedule_find(&s, &smallest, graph, &o, arena, err);
    if (!status) status = find_moved(&around[i], s, arena, err);
    if (status) return status;
  }
  knee->text = change_text(&around[0], &around[1], graph, arena);
  return knee->text ? QY_OK : qy_no_memory(err);
}

qy_status slope_knees_find(slope_knee knee[SLOPE_KNEES_MAX], size_t *count, const qy_graph *graph,
                           const qy_schedule_options *options, const qy_slope_step *step, size_t steps, qy_arena *arena,
                           qy_error *err)
{
  assert(knee && count && graph && options && step && arena);
  qy_status status = QY_OK;
  *count = choose(knee, step, steps);
  for (size_t i = 0; i < *count && !status; i++)
    status = name_knee(&knee[i], graph, options, step, arena, err);
  return status;
}
