/* Rows stages that are given: see rows_given.h. */
#include "rows_given.h"

#include "quarry/integer.h"

#include <assert.h>
#include <string.h>

/* ---- one stage ---- */

static void take(qy_rows *rows, size_t map, qy_place place, bool keep)
{
  for (size_t i = 0; i < rows->map_count; i++)
    if (rows->map[i].map == map) return;
  rows->map[rows->map_count++] = (qy_rows_map){.map = map, .place = place, .keep = keep};
}

/* Where a map of the stage lies: made and used up in it, or in DRAM. */
static qy_place place_of(const qy_graph *g, size_t map, size_t first, size_t last)
{
  const qy_map *m = &g->map[map];
  const bool made = m->maker != QY_NO_INDEX && m->maker >= first && m->maker <= last;
  const bool after = m->wanted || m->last_use == QY_NO_INDEX || m->last_use > last;
  return made && !after ? QY_PLACE_INSIDE : QY_PLACE_DRAM;
}

static qy_status stage_rows(qy_rows *rows, const qy_graph *g, size_t first, size_t last, const rows_given *given,
                            qy_arena *arena, qy_error *err)
{
  const bool keep = given->halo != ROWS_RECOMPUTE;
  const qy_layer *driver = g->op[last].layer;
  size_t most = 0;
  for (size_t o = first; o <= last; o++)
    most += g->op[o].input_count + g->op[o].addend_count + 2;
  *rows = (qy_rows){.tile_h = given->tile_h < driver->out_h ? given->tile_h : driver->out_h,
                    .tile_w = given->tile_w < driver->out_w ? given->tile_w : driver->out_w,
                    .map = qy_arena_alloc(arena, most, sizeof *rows->map),
                    .op = qy_arena_alloc(arena, last - first + 1, sizeof *rows->op)};
  if (!rows->map || !rows->op) return qy_no_memory(err);
  for (size_t o = first; o <= last; o++) {
    const qy_graph_op *op = &g->op[o];
    for (size_t i = 0; i < op->input_count; i++)
      take(rows, op->input[i], place_of(g, op->input[i], first, last), keep);
    for (size_t i = 0; i < op->addend_count; i++)
      take(rows, op->addend[i], place_of(g, op->addend[i], first, last), keep);
    if (op->gate != QY_NO_INDEX) take(rows, op->gate, place_of(g, op->gate, first, last), keep);
    take(rows, op->output, place_of(g, op->output, first, last), keep);
    rows->op[o - first].resident = given->resident;
  }
  return QY_OK;
}

/* Stage i begins at *first and ends at *last. */
static void stage_ends(size_t *first, size_t *last, const rows_given *given, size_t i)
{
  *first = i ? given->cut[i - 1] : 0;
  *last = i < given->cut_count ? given->cut[i] - 1 : given->graph->op_count - 1;
}

static qy_status count_stage(qy_traffic *t, const qy_graph *g, size_t first, size_t last, const rows_given *given,
                             qy_arena *arena, qy_error *err)
{
  static const qy_units entries = {1, 1, 1};
  qy_rows rows;
  qy_status status = stage_rows(&rows, g, first, last, given, arena, err);
  if (!status) status = qy_rows_count(t, g, first, last, &rows, entries, QY_CAPACITY_STRICT, err);
  return status == QY_INFEASIBLE ? QY_BAD_INPUT : status;
}

/* ---- keep_columns: each row of tiles by itself ---- */

static qy_status check_chain(const qy_graph *g, bool unpadded, qy_error *err)
{
  for (size_t o = 0; o < g->op_count; o++) {
    const qy_graph_op *op = &g->op[o];
    const qy_layer *l = op->layer;
    if (op->input_count != 1 || op->addend_count || op->gate != QY_NO_INDEX ||
        (o && op->input[0] != g->op[o - 1].output))
      return qy_fail(err, QY_BAD_INPUT, "%s: expected a chain, each layer reading the one before", l->name);
    if (unpadded &&
        (l->pad_top || l->pad_bottom || (l->in_h - qy_layer_reach(l->kernel_h, l->dilation_h)) % l->stride_h))
      return qy_fail(err, QY_BAD_INPUT, "%s: expected no padding and no rows left over for keep_columns", l->name);
  }
  return QY_OK;
}

/* The network with so many rows of output, and no more of everything before than they need. */
static qy_status strip_graph(qy_graph **out, const qy_graph *g, int64_t rows, qy_arena *arena, qy_error *err)
{
  const qy_network *whole = g->network;
  qy_network *n = qy_arena_alloc(arena, 1, sizeof *n);
  qy_layer *layer = qy_arena_alloc(arena, whole->layer_count, sizeof *layer);
  if (!n || !layer) return qy_no_memory(err);
  *n = *whole;
  n->layer = layer;
  for (size_t i = whole->layer_count; i-- > 0;) {
    qy_layer *l = &layer[i];
    *l = whole->layer[i];
    l->macs = l->macs / l->out_h * rows;
    l->out_h = rows;
    l->in_h = (rows - 1) * l->stride_h + qy_layer_reach(l->kernel_h, l->dilation_h);
    rows = l->in_h;
  }
  return qy_graph_new(out, n, arena, err);
}

static void add(qy_traffic *sum, const qy_traffic *t, int64_t times)
{
  sum->input += times * t->input;
  sum->weights += times * t->weights;
  sum->output += times * t->output;
  sum->macs += times * t->macs;
  if (t->peak > sum->peak) sum->peak = t->peak;
}

static qy_status count_strips(qy_traffic *t, const rows_given *given, qy_arena *arena, qy_error *err)
{
  const qy_graph *g = given->graph;
  const int64_t all = g->op[g->op_count - 1].layer->out_h;
  const int64_t height = given->tile_h < all ? given->tile_h : all, strips = all / height, rest = all % height;
  qy_status status = given->cut_count ? qy_fail(err, QY_BAD_INPUT, "expected one stage beside keep_columns")
                                      : check_chain(g, true, err);
  for (int ragged = 0; ragged < 2 && !status; ragged++) {
    const int64_t rows = ragged ? rest : height;
    qy_graph *strip;
    qy_traffic one;
    if (rows == 0) continue;
    status = strip_graph(&strip, g, rows, arena, err);
    if (!status) status = count_stage(&one, strip, 0, g->op_count - 1, given, arena, err);
    if (!status) add(t, &one, ragged ? 1 : strips);
  }
  if (!status && given->resident) t->weights = g->weights; /* those of all strips stay */
  return status;
}

qy_status rows_given_count(qy_traffic *t, const rows_given *given, qy_arena *arena, qy_error *err)
{
  assert(t && given && given->tile_h > 0 && given->tile_w > 0 && arena);
  *t = (qy_traffic){0};
  if (given->halo == ROWS_KEEP_COLUMNS) return count_strips(t, given, arena, err);
  qy_status status = QY_OK;
  for (size_t i = 0; i <= given->cut_count && !status; i++) {
    qy_traffic one;
    size_t first, last;
    stage_ends(&first, &last, given, i);
    status = count_stage(&one, given->graph, first, last, given, arena, err);
    if (!status) qy_traffic_add(t, &one);
  }
  return status;
}

/* ---- what each op makes ---- */

/* Of one direction: what an op makes at each tile, [n, e). */
typedef struct made {
  qy_span *at;
  size_t count;
} made;

static qy_status tiles_new(made *m, int64_t size, int64_t tile, qy_arena *arena, qy_error *err)
{
  m->count = (size_t)qy_ceil_div(size, tile);
  m->at = qy_arena_alloc(arena, m->count, sizeof *m->at);
  if (!m->at) return qy_no_memory(err);
  for (size_t i = 0; i < m->count; i++)
    m->at[i] = (qy_span){(int64_t)i * tile, (int64_t)(i + 1) * tile < size ? (int64_t)(i + 1) * tile : size};
  return QY_OK;
}

/* What the op must have becomes what it makes, sums of it are taken, and then what its input must have. */
static void step_back(made *m, const qy_layer *l, bool rows, bool keep, int64_t at_once, double *sum, double *steps)
{
  int64_t done = 0;
  *sum = *steps = 0;
  for (size_t i = 0; i < m->count; i++) {
    qy_span s = m->at[i];
    if (keep && s.begin < done) s.begin = done < s.end ? done : s.end;
    if (s.end > done) done = s.end;
    *sum += (double)(s.end - s.begin);
    *steps += (double)qy_ceil_div(s.end - s.begin, at_once);
    if (s.end > s.begin) s = rows ? qy_layer_rows(l, s) : qy_layer_columns(l, s);
    m->at[i] = s;
  }
}

typedef struct op_steps {
  double rows, columns, row_steps, column_steps;
} op_steps;

/* Of every op, with y rows and x columns at once. */
static qy_status find_steps(op_steps *out, const rows_given *given, int64_t y, int64_t x, qy_arena *arena,
                            qy_error *err)
{
  const qy_graph *g = given->graph;
  qy_status status = check_chain(g, false, err);
  for (size_t i = 0; i <= given->cut_count && !status; i++) {
    size_t first, last;
    made rows, columns;
    stage_ends(&first, &last, given, i);
    status = tiles_new(&rows, g->op[last].layer->out_h, given->tile_h, arena, err);
    if (!status) status = tiles_new(&columns, g->op[last].layer->out_w, given->tile_w, arena, err);
    for (size_t o = last + 1; o-- > first && !status;) {
      const qy_layer *l = g->op[o].layer;
      step_back(&rows, l, true, given->halo == ROWS_KEEP, y, &out[o].rows, &out[o].row_steps);
      step_back(&columns, l, false, given->halo != ROWS_RECOMPUTE, x, &out[o].columns, &out[o].column_steps);
    }
  }
  return status;
}

qy_status rows_given_cycles(double *cycles, const rows_given *given, const rows_array *a, qy_arena *arena,
                            qy_error *err)
{
  assert(cycles && given && a && a->k > 0 && a->c > 0 && a->y > 0 && a->x > 0 && arena);
  const qy_graph *g = given->graph;
  op_steps *steps = qy_arena_alloc(arena, g->op_count, sizeof *steps);
  if (!steps) return qy_no_memory(err);
  qy_status status = find_steps(steps, given, a->y, a->x, arena, err);
  for (size_t o = 0; o < g->op_count && !status; o++) {
    const qy_layer *l = g->op[o].layer;
    const int64_t channels =
        qy_ceil_div(l->out_c / l->groups, a->k) * qy_ceil_div(l->in_c / l->groups, a->c) * l->groups;
    cycles[o] = qy_layer_multiplies(l->type)
                    ? (double)(channels * l->kernel_h * l->kernel_w) * steps[o].row_steps * steps[o].column_steps
                    : 0;
  }
  return status;
}

qy_status rows_given_work(double *macs, double *outputs, const rows_given *given, qy_arena *arena, qy_error *err)
{
  assert(macs && outputs && given && arena);
  const qy_graph *g = given->graph;
  op_steps *steps = qy_arena_alloc(arena, g->op_count, sizeof *steps);
  if (!steps) return qy_no_memory(err);
  qy_status status = find_steps(steps, given, 1, 1, arena, err);
  for (size_t o = 0; o < g->op_count && !status; o++) {
    const qy_layer *l = g->op[o].layer;
    const double pixels = steps[o].rows * steps[o].columns;
    outputs[o] = pixels * (double)l->out_c;
    macs[o] = pixels * (double)l->macs / ((double)l->out_h * (double)l->out_w);
  }
  return status;
}
