/* A batch of points under draws: intervals of their metrics, and their objectives for the fronts; see model_int.h.
 *
 * Metrics that items feed are one matrix product each, coefficients (counts of the bill) times basis.  What follows
 * from them, and how, is read from the metric table: sums have draws of their own; a metric that is another one times
 * something certain has its draws and its interval by one factor.  The metrics of a system are the sums of its members'
 * products.
 */
#include "draws_lanes.h"
#include "model_int.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 8 }; /* points in one product: their draws stay in the cache */

/* ---- how a metric varies ---- */

typedef enum kind {
  KIND_CERTAIN,
  KIND_LINEAR, /* fed by items */
  KIND_SUM,    /* of other metrics */
  KIND_SCALED, /* one other metric, or its inverse, times something certain */
  KIND_MIXED   /* a product or quotient of two that vary */
} kind;

typedef struct role {
  kind kind;
  int of;        /* KIND_SCALED: the metric with draws of its own that it follows from */
  bool inverse;  /* falls when that one rises */
  bool of_parts; /* the same at all precisions: areas and leakage */
  bool needed;   /* other metrics are scaled from it */
} role;

typedef struct roles {
  role of[QY_METRIC_COUNT];
  int order[QY_METRIC_COUNT], count; /* sums and mixed metrics, each after what it follows from */
} roles;

/* The terms that a sum has without a memory, those of the memory alone left out: how many, and one of them. */
static int terms_left(const qy_metric_info *m, int *left)
{
  int count = 0;
  for (int i = 0; i < m->terms; i++)
    if (!qy_metric_of_memory(m->of[i])) {
      *left = m->of[i];
      count++;
    }
  return count;
}

/* Does it apply in a design with such a memory on this fabric (QY_ON_*)? */
static bool is_there(int metric, bool memory, unsigned fabric)
{
  return (qy_metric_where(metric) & fabric) && (memory || !qy_metric_of_memory(metric));
}

/* memory: in designs that have one; in others there is nothing of what is a memory's alone. */
static role role_of(int metric, bool memory, unsigned fabric)
{
  const qy_metric_info *m = &qy_metric_table()[metric];
  role r = {.of = metric, .of_parts = qy_metric_of_parts(metric)};
  int only = metric;
  if (!qy_metric_uncertain(metric) || !is_there(metric, memory, fabric)) return r;
  if (m->rule == QY_RULE_SUM && !memory && terms_left(m, &only) == 1) {
    const role base = role_of(only, memory, fabric); /* the other term itself */
    r.kind = base.kind == KIND_CERTAIN ? KIND_CERTAIN : KIND_SCALED;
    r.of = base.of;
    r.inverse = base.inverse;
    return r;
  }
  if (m->rule == QY_RULE_ITEMS || m->rule == QY_RULE_SUM) {
    r.kind = m->rule == QY_RULE_ITEMS ? KIND_LINEAR : KIND_SUM;
    return r;
  }
  const bool first = qy_metric_uncertain(m->of[0]), second = qy_metric_uncertain(m->of[1]);
  r.kind = first && second ? KIND_MIXED : KIND_SCALED;
  if (r.kind == KIND_MIXED) return r;
  const role base = role_of(m->of[first ? 0 : 1], memory, fabric);
  r.of = base.of;
  r.inverse = base.inverse != (second && m->rule == QY_RULE_QUOTIENT);
  return r;
}

bool draws_fall(int metric)
{
  return role_of(metric, true, qy_metric_where(metric) & QY_ON_CELLS ? QY_ON_CELLS : QY_ON_FPGA).inverse;
}

static void order_metric(roles *r, int metric)
{
  const qy_metric_info *m = &qy_metric_table()[metric];
  const kind k = r->of[metric].kind;
  const int terms = k == KIND_SUM || k == KIND_MIXED ? m->terms : 0;
  if (k == KIND_SCALED) order_metric(r, r->of[metric].of);
  for (int i = 0; i < r->count; i++)
    if (r->order[i] == metric) return;
  for (int i = 0; i < terms; i++)
    if (m->of[i] < QY_METRIC_COUNT) order_metric(r, m->of[i]);
  if (terms) r->order[r->count++] = metric;
}

static void make_roles(roles *r, bool memory, unsigned fabric)
{
  memset(r, 0, sizeof *r);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    r->of[m] = role_of(m, memory, fabric);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    order_metric(r, m);
    if (r->of[m].kind == KIND_SCALED) r->of[r->of[m].of].needed = true;
  }
}

/* ---- quantiles ---- */

static void interval_of(double out[2], const draws_loops *loops, const double *v, size_t count, draws_guess guess[2],
                        double *room)
{
  const double at = 0.05 * (double)(count - 1);
  const size_t below = (size_t)at;
  const draws_ends e = draws_select(loops, v, count, below, guess, room);
  out[0] = e.lower[0] + (at - (double)below) * (e.lower[1] - e.lower[0]);
  out[1] = e.upper[0] - (at - (double)below) * (e.upper[0] - e.upper[1]);
}

/* ---- batches ---- */

typedef struct noted { /* a point of the batch */
  int64_t k;
  const qy_point *point;
  int entry;
  size_t front_group;
  const double *basis[PARTS_MAX]; /* of its members and memory */
} noted;

struct draws_batch {
  const qy_model *model;
  size_t draws;
  size_t columns;        /* of the widest design: those of its members side by side */
  roles all_roles[2][2]; /* on cells, on an FPGA; without a memory, with one */
  const roles *roles;    /* of the entry at work */
  noted *note;
  size_t count;
  double *coefficient;            /* [points][columns], by k */
  double (*all)[QY_METRIC_COUNT]; /* [points] by k: every metric, also those that do not apply */
  double *tile;                   /* [TILE][columns] */
  double *modules;                /* the same, one row for all points of a module */
  size_t module[TILE];            /* of each point of the tile: its row among the modules */
  size_t row[TILE];               /* and its row in the tile: points of equal coefficients share one */
  double *draw;                   /* [metric][TILE][draws] */
  double *turned;                 /* objectives that are scaled or to be maximised: [objective][draws] */
  double *room;                   /* [2 * (draws + DRAWS_SLACK)] */
  const draws_loops *loops;
  draws_guess guess[QY_METRIC_COUNT][2];
  double last[QY_METRIC_COUNT][2]; /* intervals of the point before */
};

static const qy_tech *tech_of(const draws_batch *b, const noted *n)
{
  return b->model->plan->technology[n->point->technology];
}

static size_t widest(const qy_model *model)
{
  size_t most = 0;
  for (int g = 0; g < model->plan->entry_count; g++) {
    for (int t = 0; t < model->plan->info.technology_count; t++) {
      size_t columns = 0;
      for (int m = 0; m < model->plan->entries[g].part_count; m++)
        columns += (size_t)part_columns(model, g, m, model->plan->technology[t])->count;
      if (columns > most) most = columns;
    }
  }
  return most;
}

draws_batch *draws_batch_new(const qy_model *model, size_t draws, int64_t points)
{
  draws_batch *b = qy_alloc(1, sizeof *b);
  if (!b) return NULL;
  b->model = model;
  b->draws = draws;
  b->loops = draws_loops_here();
  b->columns = widest(model);
  for (int memory = 0; memory < 2; memory++) {
    make_roles(&b->all_roles[0][memory], memory, QY_ON_CELLS);
    make_roles(&b->all_roles[1][memory], memory, QY_ON_FPGA);
  }
  b->note = qy_alloc((size_t)points, sizeof *b->note);
  b->coefficient = qy_alloc((size_t)points * b->columns, sizeof(double));
  b->all = qy_alloc((size_t)points, sizeof *b->all);
  b->tile = qy_alloc(TILE * b->columns, sizeof(double));
  b->modules = qy_alloc(TILE * b->columns, sizeof(double));
  b->draw = qy_alloc_lines((size_t)QY_METRIC_COUNT * TILE * draws, sizeof(double));
  b->turned = qy_alloc_lines((size_t)OBJECTIVES_MAX * draws, sizeof(double));
  b->room = qy_alloc_lines(2 * (draws + DRAWS_SLACK), sizeof(double));
  if (b->note && b->coefficient && b->all && b->tile && b->modules && b->draw && b->turned && b->room) return b;
  draws_batch_free(b);
  return NULL;
}

void draws_batch_free(draws_batch *b)
{
  if (!b) return;
  free(b->note);
  free(b->coefficient);
  free(b->all);
  free(b->tile);
  free(b->modules);
  free(b->draw);
  free(b->turned);
  free(b->room);
  free(b);
}

void draws_batch_add(draws_batch *b, int64_t k, const qy_point *point, const worker *w, size_t front_group,
                     const double *const *basis)
{
  const design_entry *g = &b->model->plan->entries[w->entry];
  double *coefficient = b->coefficient + (size_t)k * b->columns;
  noted *n = &b->note[b->count++];
  *n = (noted){.k = k, .point = point, .entry = w->entry, .front_group = front_group};
  memset(coefficient, 0, b->columns * sizeof *coefficient);
  for (int m = 0; m < g->part_count; m++) {
    const qy_design *d = &w->member[m].design;
    n->basis[m] = basis[m];
    for (int c = 0; c < d->columns->count; c++)
      *coefficient++ = d->bill.count[d->columns->item[c]];
  }
  qy_metric_derive(b->all[k], w->in, QY_AT_PLACES | (w->where & QY_ON_FABRICS));
}

static int same_bases(const noted *x, const noted *y)
{
  return memcmp(x->basis, y->basis, sizeof x->basis) == 0;
}

static int by_basis(const void *p, const void *q)
{
  const noted *a = p, *b = q;
  for (int m = 0; m < PARTS_MAX; m++)
    if (a->basis[m] != b->basis[m]) return (uintptr_t)a->basis[m] < (uintptr_t)b->basis[m] ? -1 : 1;
  return (a->k > b->k) - (a->k < b->k);
}

/* Do two points differ in events only: the same module at another precision? */
static int same_module(const noted *x, const noted *y)
{
  return same_bases(x, y) && x->entry == y->entry && x->point->design == y->point->design &&
         x->point->network == y->point->network;
}

/* Two points of one module whose events and times are the same too: precisions that one mode serves. */
static int same_run(const draws_batch *b, const noted *x, const noted *y)
{
  const double *own = b->coefficient + (size_t)x->k * b->columns, *other = b->coefficient + (size_t)y->k * b->columns;
  if (!same_module(x, y) || memcmp(own, other, b->columns * sizeof *own) != 0) return 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (b->roles->of[m].kind != KIND_CERTAIN && b->all[x->k][m] != b->all[y->k][m]) return 0;
  return 1;
}

/* ---- products ---- */

/* Draws of a metric of point i of the tile. */
static double *draws_of(const draws_batch *b, int metric, size_t i)
{
  const size_t row = b->roles->of[metric].of_parts ? b->module[i] : b->row[i];
  return b->draw + ((size_t)metric * TILE + row) * b->draws;
}

/* Set the draws of the linear metrics of `n` points or `modules` modules to what one member, from column `at` on,
 * contributes, or add it. */
static void multiply_member(draws_batch *b, const double *basis, const qy_columns *columns, size_t at, size_t n,
                            size_t modules, bool add)
{
  for (int r = 0; r < columns->range_count; r++) {
    const size_t from = (size_t)columns->range[r].first, count = (size_t)columns->range[r].count;
    const int metric = columns->range[r].metric;
    const bool shared = b->roles->of[metric].of_parts;
    const draws_product p = {.out = b->draw + (size_t)metric * TILE * b->draws,
                             .coefficient = (shared ? b->modules : b->tile) + at + from,
                             .basis = basis + from * b->draws,
                             .rows = shared ? modules : n,
                             .stride = b->columns,
                             .count = count,
                             .draws = b->draws,
                             .add = add};
    b->loops->multiply(&p);
  }
}

/* Metrics without a column of this entry are 0 in all draws. */
static void clear_unfed(draws_batch *b, const noted *note)
{
  const design_entry *g = &b->model->plan->entries[note->entry];
  const bool several = g->system || g->part_count > 1;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    bool fed = several; /* parts need not feed the same metrics: all are cleared, then added to */
    const qy_columns *c = part_columns(b->model, note->entry, 0, tech_of(b, note));
    for (int r = 0; !fed && r < c->range_count; r++)
      fed = c->range[r].metric == m;
    if (b->roles->of[m].kind == KIND_LINEAR && (!fed || several))
      memset(b->draw + (size_t)m * TILE * b->draws, 0, TILE * b->draws * sizeof *b->draw);
  }
}

/* All draws of the linear metrics of `n` points of one entry on the same bases. */
static void multiply(draws_batch *b, const noted *note, size_t n)
{
  const design_entry *g = &b->model->plan->entries[note->entry];
  const size_t width = b->columns * sizeof(double);
  size_t modules = 0, rows = 0, at = 0;
  b->roles = &b->all_roles[tech_of(b, note)->fpga != NULL][g->memory != NULL];
  for (size_t i = 0; i < n; i++) {
    const double *own = b->coefficient + (size_t)note[i].k * b->columns;
    if (i == 0 || !same_run(b, &note[i], &note[i] - 1)) memcpy(b->tile + rows++ * b->columns, own, width);
    b->row[i] = rows - 1;
    if (i == 0 || !same_module(&note[i], &note[i] - 1)) memcpy(b->modules + modules++ * b->columns, own, width);
    b->module[i] = modules - 1;
  }
  clear_unfed(b, note);
  for (int m = 0; m < g->part_count; m++) {
    const qy_columns *columns = part_columns(b->model, note->entry, m, tech_of(b, note));
    multiply_member(b, note->basis[m], columns, at, rows, modules, g->system || g->part_count > 1);
    at += (size_t)columns->count;
  }
}

/* ---- what follows ---- */

/* Factor (or, inverse, dividend) that leads from the metric that a scaled one follows from to it. */
static double scale_of(const draws_batch *b, const double *all, int metric)
{
  const role *r = &b->roles->of[metric];
  return r->inverse ? all[metric] * all[r->of] : all[metric] / all[r->of];
}

/* Draws of a metric of point i, as a term of a sum; they need not be its own. */
static draws_term term_of(const draws_batch *b, const double *all, int metric, size_t i)
{
  const role *r = &b->roles->of[metric];
  if (r->kind == KIND_CERTAIN || (r->kind == KIND_SCALED && all[r->of] == 0))
    return (draws_term){.kind = DRAWS_CERTAIN, .scale = all[metric]};
  return (draws_term){.kind = r->inverse ? DRAWS_OVER : DRAWS_TIMES,
                      .scale = r->kind == KIND_SCALED ? scale_of(b, all, metric) : 1,
                      .from = draws_of(b, r->of, i)};
}

static void draws_to(double *out, const draws_batch *b, const double *all, int metric, size_t i)
{
  const draws_term term = term_of(b, all, metric, i);
  b->loops->sum(out, &term, 1, b->draws);
}

/* Draws of the sums and mixed metrics of point i of the tile; static ones once a module. */
static void derive(const draws_batch *b, const noted *n, size_t i)
{
  const double *all = b->all[n->k];
  const bool new_module = i == 0 || b->module[i] != b->module[i - 1];
  for (int o = 0; o < b->roles->count; o++) {
    const int metric = b->roles->order[o];
    const qy_metric_info *info = &qy_metric_table()[metric];
    double *to = draws_of(b, metric, i);
    if (b->roles->of[metric].of_parts && !new_module) continue;
    if (b->roles->of[metric].kind == KIND_SUM) {
      draws_term term[DRAWS_TERMS_MAX];
      for (int t = 0; t < info->terms; t++)
        term[t] = term_of(b, all, info->of[t], i);
      b->loops->sum(to, term, info->terms, b->draws);
      continue;
    }
    draws_to(to, b, all, info->of[0], i);
    draws_to(b->room, b, all, info->of[1], i);
    for (size_t k = 0; k < b->draws; k++)
      to[k] = info->scale * (info->rule == QY_RULE_PRODUCT ? to[k] * b->room[k] : to[k] / b->room[k]);
  }
}

/* ---- intervals ---- */

/* Of point i; those of the point before are in b->last.  same_module_, same_run_: as the point before. */
static void intervals(draws_batch *b, double out[QY_METRIC_COUNT][2], const noted *n, size_t i, bool same_module_,
                      bool same_run_)
{
  const double *all = b->all[n->k];
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const role *r = &b->roles->of[m];
    out[m][0] = out[m][1] = NAN;
    if (r->kind == KIND_CERTAIN || r->kind == KIND_SCALED || (isnan(n->point->metric[m]) && !r->needed)) continue;
    if (!(same_run_ || (same_module_ && r->of_parts)))
      interval_of(b->last[m], b->loops, draws_of(b, m, i), b->draws, b->guess[m], b->room);
    if (!isnan(n->point->metric[m])) memcpy(out[m], b->last[m], sizeof out[m]);
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const role *r = &b->roles->of[m];
    if (r->kind != KIND_SCALED || isnan(n->point->metric[m])) continue;
    const double *of = b->last[r->of], scale = scale_of(b, all, m);
    out[m][0] = all[r->of] == 0 ? all[m] : r->inverse ? scale / of[1] : scale * of[0];
    out[m][1] = all[r->of] == 0 ? all[m] : r->inverse ? scale / of[0] : scale * of[1];
  }
}

/* ---- fronts ---- */

/* Draws of objective `metric`, to be minimised: NULL where it is certain; else its own, or made in `room`. */
static const double *objective(double *room, const draws_batch *b, const noted *n, size_t i, int metric)
{
  const role *r = &b->roles->of[metric];
  const double sign = qy_metric_table()[metric].sense > 0 ? -1 : 1;
  if (r->kind == KIND_CERTAIN) return NULL;
  if (r->kind != KIND_SCALED && sign > 0) return draws_of(b, metric, i);
  draws_to(room, b, b->all[n->k], metric, i);
  if (sign < 0)
    for (size_t k = 0; k < b->draws; k++)
      room[k] = -room[k];
  return room;
}

/* Hand point i of the tile to the fronts. */
static qy_status to_fronts(draws_batch *b, const noted *n, size_t i, chance *c, qy_error *err)
{
  const qy_plan_info *info = &b->model->plan->info;
  const double *draw[OBJECTIVES_MAX];
  double nominal[OBJECTIVES_MAX];
  for (int o = 0; o < info->objective_count; o++) {
    const int m = (int)info->objective[o];
    nominal[o] = (qy_metric_table()[m].sense > 0 ? -1 : 1) * n->point->metric[m];
    draw[o] = objective(b->turned + (size_t)o * b->draws, b, n, i, m);
  }
  return chance_put(c, n->front_group, n->point->index, nominal, draw, err);
}

qy_status draws_batch_run(draws_batch *b, double (*interval)[QY_METRIC_COUNT][2], chance *c, qy_error *err)
{
  qy_status status = QY_OK;
  if (b->count) qsort(b->note, b->count, sizeof *b->note, by_basis);
  for (size_t first = 0, n; !status && first < b->count; first += n) {
    const noted *note = b->note + first;
    for (n = 1; n < TILE && first + n < b->count && note[n].entry == note->entry && same_bases(&note[n], note); n++) {
    }
    multiply(b, note, n);
    for (size_t i = 0; !status && i < n; i++) {
      if (i == 0 || b->row[i] != b->row[i - 1]) derive(b, &note[i], i);
      if (interval) {
        const bool module = first + i > 0 && same_module(&note[i], &note[i] - 1);
        intervals(b, interval[note[i].k], &note[i], i, module, module && same_run(b, &note[i], &note[i] - 1));
      }
      if (c) status = to_fronts(b, &note[i], i, c, err);
    }
  }
  b->count = 0;
  return status;
}

void draws_batch_values(draws_batch *b, const int *metric, int count, double *to)
{
  const noted *n = b->note;
  b->count = 0;
  multiply(b, n, 1);
  derive(b, n, 0);
  for (int i = 0; i < count; i++)
    draws_to(to + (size_t)i * b->draws, b, b->all[n->k], metric[i], 0);
}
