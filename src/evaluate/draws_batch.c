/* A batch of points under draws: intervals of their metrics, and their objectives for the fronts; see model_int.h.
 *
 * Metrics that items feed are one matrix product each, coefficients (counts of the bill) times basis.  What follows
 * from them, and how, is read from the metric table: sums have draws of their own; a metric that is another one times
 * something certain has its draws and its interval by one factor.  The metrics of a system are the sums of its members'
 * products.
 */
#include "draws_lanes.h"
#include "draws_roles.h"
#include "draws_tile.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  TILE = 16, /* points in one product: their draws stay in the cache */
  MEMO = 256 /* places of intervals known, for each metric */
};

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

/* Intervals of a metric that items feed, on the prices at hand: buffers are the same at all clocks, parts at all
 * precisions, and for others. */
typedef struct memo {
  const double *price; /* of those; NULL: they are unknown */
  size_t columns;      /* of them */
  uint64_t round;      /* places of other rounds are free */
  struct known {
    uint64_t round;
    double end[2];
  } * known;           /* [MEMO]; NULL: no room yet */
  double *coefficient; /* [MEMO][columns of the widest design] */
  int asked, found;
} memo;

/* What feeds a metric in the designs at hand, part after part. */
typedef struct feeds {
  int count;
  struct feed {
    size_t first, count; /* among the coefficients of a point */
    const double *price;
  } of[PARTS_MAX];
  size_t columns;
} feeds;

struct draws_batch {
  const qy_model *model;
  size_t draws;
  size_t columns;        /* of the widest design: those of its members side by side */
  roles all_roles[2][2]; /* on cells, on an FPGA; without a memory, with one */
  const roles *roles;    /* of the entry at work */
  bool objectives_only;  /* nothing else is asked for */
  noted *note;
  size_t count;
  noted *sorted;                     /* [points] the same in groups */
  size_t *place, *group, *first;     /* [places], [points], [points]: of group_notes */
  size_t places;                     /* a power of two, more than points */
  double *coefficient;               /* [points][columns], by k */
  double (*all)[QY_METRIC_COUNT];    /* [points] by k: every metric, also those that do not apply */
  double *tile;                      /* [TILE][columns] */
  size_t row[QY_METRIC_COUNT][TILE]; /* of each point of the tile: where its draws are; equal ones share a row */
  double *draw;                      /* [metric][TILE][draws] */
  double *turned;                    /* objectives that are scaled or to be maximised: [objective][draws] */
  double *room;                      /* [2 * (draws + DRAWS_SLACK)] */
  const draws_loops *loops;
  draws_guess guess[QY_METRIC_COUNT][2];
  double last[QY_METRIC_COUNT][2]; /* intervals of the point before */
  feeds feeds[QY_METRIC_COUNT];
  memo memo[QY_METRIC_COUNT];
  uint64_t round;
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
  const qy_plan_info *info = &model->plan->info;
  draws_batch *b = qy_alloc(1, sizeof *b);
  if (!b) return NULL;
  b->model = model;
  b->draws = draws;
  b->loops = draws_loops_here();
  b->columns = widest(model);
  for (int memory = 0; memory < 2; memory++) {
    roles_make(&b->all_roles[0][memory], memory, QY_ON_CELLS);
    roles_make(&b->all_roles[1][memory], memory, QY_ON_FPGA);
    for (int o = 0; o < info->objective_count; o++) {
      roles_mark(&b->all_roles[0][memory], (int)info->objective[o]);
      roles_mark(&b->all_roles[1][memory], (int)info->objective[o]);
    }
  }
  for (b->places = 2; b->places < 2 * (size_t)points; b->places *= 2) {
  }
  b->note = qy_alloc((size_t)points, sizeof *b->note);
  b->sorted = qy_alloc((size_t)points, sizeof *b->sorted);
  b->place = qy_alloc(b->places, sizeof *b->place);
  b->group = qy_alloc((size_t)points, sizeof *b->group);
  b->first = qy_alloc((size_t)points, sizeof *b->first);
  b->coefficient = qy_alloc((size_t)points * b->columns, sizeof(double));
  b->all = qy_alloc((size_t)points, sizeof *b->all);
  b->tile = qy_alloc(TILE * b->columns, sizeof(double));
  b->draw = qy_alloc_lines((size_t)QY_METRIC_COUNT * TILE * draws, sizeof(double));
  b->turned = qy_alloc_lines((size_t)OBJECTIVES_MAX * draws, sizeof(double));
  b->room = qy_alloc_lines(2 * (draws + DRAWS_SLACK), sizeof(double));
  if (b->note && b->sorted && b->place && b->group && b->first && b->coefficient && b->all && b->tile && b->draw &&
      b->turned && b->room)
    return b;
  draws_batch_free(b);
  return NULL;
}

void draws_batch_free(draws_batch *b)
{
  if (!b) return;
  free(b->note);
  free(b->sorted);
  free(b->place);
  free(b->group);
  free(b->first);
  free(b->coefficient);
  free(b->all);
  free(b->tile);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    free(b->memo[m].known);
    free(b->memo[m].coefficient);
  }
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

void draws_batch_add_lane(draws_batch *b, int64_t k, const qy_point *point, const tile *t, int lane, size_t precision,
                          size_t front_group)
{
  const struct held *h = &t->design[lane]->held;
  const tile_drawn *drawn = &t->drawn[precision];
  const qy_columns *columns = h->design.columns;
  double *coefficient = b->coefficient + (size_t)k * b->columns;
  noted *n = &b->note[b->count++];
  *n = (noted){.k = k, .point = point, .entry = t->entry, .front_group = front_group};
  n->basis[0] = h->element->basis[h->at];
  for (int c = 0; c < columns->count; c++)
    coefficient[c] = c < columns->part_count ? h->design.bill.count[columns->item[c]] : drawn->count[c][lane];
  memset(coefficient + columns->count, 0, (b->columns - (size_t)columns->count) * sizeof *coefficient);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    b->all[k][m] = drawn->all[m][lane];
}

static int same_bases(const noted *x, const noted *y)
{
  return memcmp(x->basis, y->basis, sizeof x->basis) == 0;
}

/* Points of one entry on the same bases one after another, else in the order in which they were noted: groups are
 * numbered as they are met, in a hash table, and then counted. */
static void group_notes(draws_batch *b)
{
  const size_t places = b->places;
  size_t groups = 0, at = 0;
  memset(b->place, 0, places * sizeof *b->place);
  for (size_t i = 0; i < b->count; i++) {
    const noted *n = &b->note[i];
    const bool as_before = i > 0 && n->entry == n[-1].entry && same_bases(n, n - 1);
    size_t p = ((uintptr_t)n->basis[0] >> 6) * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (places - 1);
    while (!as_before && b->place[p] &&
           !(b->note[b->place[p] - 1].entry == n->entry && same_bases(&b->note[b->place[p] - 1], n)))
      p = (p + 1) & (places - 1);
    if (!as_before && !b->place[p]) {
      b->place[p] = i + 1;
      b->group[i] = groups;
      b->first[groups++] = 0;
    } else {
      b->group[i] = as_before ? b->group[i - 1] : b->group[b->place[p] - 1];
    }
    b->first[b->group[i]]++;
  }
  for (size_t g = 0; g < groups; g++) {
    const size_t own = b->first[g];
    b->first[g] = at;
    at += own;
  }
  for (size_t i = 0; i < b->count; i++)
    b->sorted[b->first[b->group[i]]++] = b->note[i];
}

/* ---- what points of the same bases share ---- */

static void find_feeds(draws_batch *b, const noted *note)
{
  const design_entry *g = &b->model->plan->entries[note->entry];
  size_t at = 0;
  memset(b->feeds, 0, sizeof b->feeds);
  for (int m = 0; m < g->part_count; m++) {
    const qy_columns *columns = part_columns(b->model, note->entry, m, tech_of(b, note));
    for (int r = 0; r < columns->range_count; r++) {
      const size_t first = (size_t)columns->range[r].first, count = (size_t)columns->range[r].count;
      feeds *f = &b->feeds[columns->range[r].metric];
      f->of[f->count++] = (struct feed){at + first, count, note->basis[m] + first * b->draws};
      f->columns += count;
    }
    at += (size_t)columns->count;
  }
}

/* What is known of a metric stays so, if it is on the same prices as in the designs before. */
static void keep_known(draws_batch *b, int metric)
{
  const feeds *f = &b->feeds[metric];
  memo *known = &b->memo[metric];
  const double *price = f->count == 1 ? f->of[0].price : NULL;
  const size_t bytes = f->columns * b->draws * sizeof *price;
  known->asked = known->found = 0;
  const bool same = price && known->price && f->columns == known->columns &&
                    (price == known->price || memcmp(price, known->price, bytes) == 0);
  if (!same) known->round = ++b->round;
  known->price = price;
  known->columns = f->columns;
}

/* The designs of these points come next. */
static void begin(draws_batch *b, const noted *note)
{
  const design_entry *g = &b->model->plan->entries[note->entry];
  b->roles = &b->all_roles[tech_of(b, note)->fpga != NULL][g->memory != NULL];
  find_feeds(b, note);
  for (int i = 0; i < b->roles->own_count; i++)
    keep_known(b, b->roles->own[i]);
}

/* ---- products ---- */

/* Draws of a metric of point i of the tile. */
static double *draws_of(const draws_batch *b, int metric, size_t i)
{
  return b->draw + ((size_t)metric * TILE + b->row[metric][i]) * b->draws;
}

static void coefficients_of(double *to, const draws_batch *b, const feeds *f, const noted *n)
{
  const double *own = b->coefficient + (size_t)n->k * b->columns;
  for (int i = 0; i < f->count; i++) {
    for (size_t c = 0; c < f->of[i].count; c++)
      to[c] = own[f->of[i].first + c];
    to += f->of[i].count;
  }
}

/* Coefficients of a metric of `n` points into the tile, a row each but where they are those of the point before;
 * returns how many rows. */
static size_t take_rows(draws_batch *b, const feeds *f, size_t row[TILE], const noted *note, size_t n)
{
  size_t rows = 0;
  for (size_t i = 0; i < n; i++) {
    double *own = b->tile + rows * f->columns;
    coefficients_of(own, b, f, &note[i]);
    if (rows == 0 || memcmp(own, own - f->columns, f->columns * sizeof *own) != 0) rows++;
    row[i] = rows - 1;
  }
  return rows;
}

static bool is_wanted(const draws_batch *b, int metric)
{
  return !b->objectives_only || b->roles->of_objectives[metric];
}

/* All draws of the linear metrics of `n` points of one entry on the same bases. */
static void multiply(draws_batch *b, const noted *note, size_t n)
{
  for (int i = 0; i < b->roles->own_count; i++) {
    const int metric = b->roles->own[i];
    const feeds *f = &b->feeds[metric];
    if (b->roles->of[metric].kind != KIND_LINEAR || !is_wanted(b, metric)) continue;
    draws_product p = {.out = b->draw + (size_t)metric * TILE * b->draws,
                       .coefficient = b->tile,
                       .rows = take_rows(b, f, b->row[metric], note, n),
                       .stride = f->columns,
                       .draws = b->draws};
    if (f->count == 0) memset(p.out, 0, b->draws * sizeof *p.out); /* no column of these designs feeds it */
    for (int k = 0; k < f->count; k++) {
      p.basis = f->of[k].price;
      p.count = f->of[k].count;
      p.add = k > 0;
      b->loops->multiply(&p);
      p.coefficient += p.count;
    }
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

static bool same_terms(const draws_term *x, const draws_term *y, int terms)
{
  bool same = true;
  for (int t = 0; t < terms; t++)
    same &= x[t].kind == y[t].kind && x[t].scale == y[t].scale && x[t].from == y[t].from;
  return same;
}

/* Draws of the sums and mixed metrics of point i of the tile; where they are those of the point before they share its
 * row.  before: terms of that point. */
static void derive(draws_batch *b, const noted *n, size_t i, draws_term before[QY_METRIC_COUNT][DRAWS_TERMS_MAX])
{
  const double *all = b->all[n->k];
  for (int o = 0; o < b->roles->count; o++) {
    const int metric = b->roles->order[o];
    const qy_metric_info *info = &qy_metric_table()[metric];
    const bool sum = b->roles->of[metric].kind == KIND_SUM;
    draws_term term[DRAWS_TERMS_MAX];
    if (!is_wanted(b, metric)) continue;
    for (int t = 0; t < info->terms; t++)
      term[t] = term_of(b, all, info->of[t], i);
    const bool shared = i > 0 && same_terms(term, before[metric], info->terms);
    b->row[metric][i] = i == 0 ? 0 : b->row[metric][i - 1] + !shared;
    if (shared) continue;
    memcpy(before[metric], term, sizeof term);
    double *to = draws_of(b, metric, i);
    b->loops->sum(to, term, sum ? info->terms : 1, b->draws);
    if (sum) continue;
    b->loops->sum(b->room, &term[1], 1, b->draws);
    for (size_t k = 0; k < b->draws; k++)
      to[k] = info->scale * (info->rule == QY_RULE_PRODUCT ? to[k] * b->room[k] : to[k] / b->room[k]);
  }
}

/* ---- intervals ---- */

/* Does it pay to look?  It does not where points hardly ever share coefficients. */
static bool may_be_known(const draws_batch *b, int metric)
{
  enum { PATIENCE = 64, SHARE = 8 };
  const memo *m = &b->memo[metric];
  return b->roles->of[metric].kind == KIND_LINEAR && m->price && m->asked <= PATIENCE + SHARE * m->found;
}

/* The place of these coefficients among the intervals known, and whether it is taken by them; NULL: none. */
static struct known *place_of(bool *taken, draws_batch *b, int metric, const double *coefficient)
{
  memo *m = &b->memo[metric];
  const size_t count = b->feeds[metric].columns;
  uint64_t hash = 0, bits;
  *taken = false;
  if (!m->known) {
    m->known = qy_alloc(MEMO, sizeof *m->known);
    m->coefficient = qy_alloc(MEMO * b->columns, sizeof *m->coefficient);
    if (!m->known || !m->coefficient) { /* it is only slower */
      free(m->known);
      free(m->coefficient);
      m->known = NULL;
      m->coefficient = NULL;
      m->price = NULL;
      return NULL;
    }
  }
  for (size_t c = 0; c < count; c++) {
    memcpy(&bits, &coefficient[c], sizeof bits);
    hash = (hash ^ bits) * UINT64_C(1099511628211);
    hash ^= hash >> 32;
  }
  struct known *at = &m->known[hash % MEMO];
  double *own = m->coefficient + hash % MEMO * b->columns;
  *taken = at->round == m->round && memcmp(own, coefficient, count * sizeof *own) == 0;
  if (!*taken) memcpy(own, coefficient, count * sizeof *own);
  at->round = m->round;
  m->asked++;
  m->found += *taken;
  return at;
}

/* Of a metric with draws of its own, of point i. */
static void find_interval(double out[2], draws_batch *b, const noted *n, int metric, size_t i)
{
  struct known *known = NULL;
  bool taken = false;
  if (may_be_known(b, metric)) {
    double *coefficient = b->room;
    coefficients_of(coefficient, b, &b->feeds[metric], n);
    known = place_of(&taken, b, metric, coefficient);
  }
  if (taken) {
    memcpy(out, known->end, sizeof known->end);
    return;
  }
  interval_of(out, b->loops, draws_of(b, metric, i), b->draws, b->guess[metric], b->room);
  if (known) memcpy(known->end, out, sizeof known->end);
}

/* Of point i; those of the point before are in b->last. */
static void intervals(draws_batch *b, double out[QY_METRIC_COUNT][2], const noted *n, size_t i)
{
  const roles *of_all = b->roles;
  const double *all = b->all[n->k];
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    out[m][0] = out[m][1] = NAN;
  for (int k = 0; k < of_all->own_count; k++) {
    const int m = of_all->own[k];
    if (isnan(n->point->metric[m]) && !of_all->of[m].needed) continue;
    if (i == 0 || b->row[m][i] != b->row[m][i - 1]) find_interval(b->last[m], b, n, m, i);
    if (!isnan(n->point->metric[m])) memcpy(out[m], b->last[m], sizeof out[m]);
  }
  for (int k = 0; k < of_all->scaled_count; k++) {
    const int m = of_all->scaled[k];
    const role *r = &of_all->of[m];
    if (isnan(n->point->metric[m])) continue;
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
  const bool as_is = r->kind != KIND_SCALED || (!r->inverse && scale_of(b, b->all[n->k], metric) == 1);
  if (as_is && sign > 0) return draws_of(b, r->of, i);
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

static void prefetch(const void *from, size_t bytes)
{
  enum { LINE = 64 };
  for (size_t at = 0; at < bytes; at += LINE)
    __builtin_prefetch((const char *)from + at);
}

/* What is known of the points that come next: they lie far apart in their batch. */
static void prefetch_points(const draws_batch *b, const noted *note, size_t n, double (*interval)[QY_METRIC_COUNT][2])
{
  for (size_t i = 0; i < n; i++) {
    const size_t k = (size_t)note[i].k;
    prefetch(b->coefficient + k * b->columns, b->columns * sizeof *b->coefficient);
    prefetch(b->all[k], sizeof b->all[k]);
    prefetch(note[i].point, sizeof *note[i].point);
    if (interval) prefetch(interval[k], sizeof interval[k]);
  }
}

/* `n` points of one entry on the same bases. */
static qy_status run_tile(draws_batch *b, const noted *note, size_t n, double (*interval)[QY_METRIC_COUNT][2],
                          chance *c, qy_error *err)
{
  draws_term terms[QY_METRIC_COUNT][DRAWS_TERMS_MAX];
  qy_status status = QY_OK;
  multiply(b, note, n);
  for (size_t i = 0; !status && i < n; i++) {
    derive(b, &note[i], i, terms);
    if (interval) intervals(b, interval[note[i].k], &note[i], i);
    if (c) status = to_fronts(b, &note[i], i, c, err);
  }
  return status;
}

qy_status draws_batch_run(draws_batch *b, double (*interval)[QY_METRIC_COUNT][2], chance *c, qy_error *err)
{
  qy_status status = QY_OK;
  b->objectives_only = !interval;
  group_notes(b);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    b->memo[m].price = NULL;
  for (size_t first = 0, n; !status && first < b->count; first += n) {
    const noted *note = b->sorted + first;
    if (first == 0 || note->entry != note[-1].entry || !same_bases(note, note - 1)) begin(b, note);
    for (n = 1; n < TILE && first + n < b->count && note[n].entry == note->entry && same_bases(&note[n], note); n++) {
    }
    const size_t left = b->count - first - n;
    prefetch_points(b, note + n, left < TILE ? left : TILE, interval);
    status = run_tile(b, note, n, interval, c, err);
  }
  b->count = 0;
  return status;
}

void draws_batch_values(draws_batch *b, const int *metric, int count, double *to)
{
  draws_term terms[QY_METRIC_COUNT][DRAWS_TERMS_MAX];
  const noted *n = b->note;
  b->objectives_only = false;
  b->count = 0;
  begin(b, n);
  multiply(b, n, 1);
  derive(b, n, 0, terms);
  for (int i = 0; i < count; i++)
    draws_to(to + (size_t)i * b->draws, b, b->all[n->k], metric[i], 0);
}
