/* Intervals of a batch of points: see uncertain.h. */
#include "uncertain.h"

#include "quarry/sram_supply.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 16 }; /* points in one matrix product: their draws stay in the cache */

static const double bases_max_bytes = 2e9;

/* ---- bases ---- */

qy_status uncertain_sram_errors(double p95[QY_SRAM_QUANTITY_COUNT], bool *has, const qy_plan *plan, const qy_tech *tech,
                                qy_arena *arena, qy_error *err)
{
  *has = tech->sram_node && plan->sram_error_file;
  if (!*has) return QY_OK;
  qy_status status = qy_sram_error_read(p95, plan->sram_error_file, atoi(tech->sram_node), arena, err);
  if (!status) qy_sram_supply_widen(p95, plan->sram, tech);
  return status;
}

void uncertain_sram_name(int factor, char name[UNCERTAIN_NAME])
{
  snprintf(name, UNCERTAIN_NAME, "sram.%s.%s", qy_sram_quantity_name((qy_sram_quantity)(factor / QY_BUFFER_ROLES)),
           qy_buffer_role_name(factor % QY_BUFFER_ROLES));
}

qy_status uncertain_sram_factors(double **out, const uncertain *u, const qy_tech *tech, uint64_t seed, qy_arena *arena,
                                 qy_error *err)
{
  double p95[QY_SRAM_QUANTITY_COUNT];
  bool has;
  *out = NULL;
  qy_status status = uncertain_sram_errors(p95, &has, u->plan, tech, arena, err);
  if (status || !has) return status;
  double *factor = qy_arena_alloc(arena, QY_SRAM_FACTORS * u->draws, sizeof *factor);
  if (!factor) return qy_no_memory(err);
  for (int f = 0; !status && f < QY_SRAM_FACTORS; f++) {
    char name[UNCERTAIN_NAME];
    double *z = factor + (size_t)f * u->draws;
    uncertain_sram_name(f, name);
    status = qy_draws_normal(z, u->draws, seed, name, err);
    for (size_t k = 0; !status && k < u->draws; k++)
      z[k] = qy_sram_error_factor(p95[f / QY_BUFFER_ROLES], z[k]);
  }
  if (!status) *out = factor;
  return status;
}

qy_status uncertain_new(uncertain **out, const qy_plan *plan, qy_arena *arena, qy_error *err)
{
  const size_t technologies = (size_t)plan->info.technology_count;
  uncertain *u = qy_arena_alloc(arena, 1, sizeof *u);
  if (!u) return qy_no_memory(err);
  *u = (uncertain){.plan = plan, .draws = (size_t)plan->info.draws};
  u->library = qy_arena_alloc(arena, technologies, sizeof(qy_draws *));
  u->sram = qy_arena_alloc(arena, technologies, sizeof(double *));
  u->basis = qy_arena_alloc(arena, (size_t)plan->entry_count, sizeof *u->basis);
  if (!u->library || !u->sram || !u->basis) return qy_no_memory(err);
  double bytes = 0;
  for (int g = 0; g < plan->entry_count; g++)
    for (int m = 0; m < plan->entries[g].member_count; m++)
      if (plan->entries[g].member[m].type->basis)
        bytes += (double)member_element_count(&plan->entries[g], m) * (double)(technologies * plan->clock_mhz.count) *
                 (double)(plan->entries[g].member[m].type->columns * u->draws * sizeof(double));
  if (bytes > bases_max_bytes)
    return qy_fail(err, QY_BAD_INPUT,
                   "uncertainty: expected elements, libraries and clocks whose parts under %zu draws fit into %.3g GB, "
                   "found %.3g GB",
                   u->draws, bases_max_bytes / 1e9, bytes / 1e9);
  qy_status status = QY_OK;
  for (size_t t = 0; !status && t < technologies; t++) {
    status = qy_draws_new(&u->library[t], plan->technology[t], u->draws, plan->info.draw_seed, (int)t, arena, err);
    if (!status) status = uncertain_sram_factors(&u->sram[t], u, plan->technology[t], plan->info.draw_seed, arena, err);
  }
  *out = u;
  return status;
}

qy_status uncertain_anatomy(void **anatomy, const void *twin, const uncertain *u, int g, int m, const qy_pe *pe,
                            size_t element, const qy_draws *library, qy_arena *arena, qy_error *err)
{
  const accelerator *type = u->plan->entries[g].member[m].type;
  double value[QY_AXES_MAX];
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  member_element_values(&u->plan->entries[g], m, element, value);
  if (type->pe_stimulus) type->pe_stimulus(&stimulus, value);
  return type->anatomy(anatomy, twin, pe, &stimulus, library, arena, err);
}

qy_status uncertain_point(uncertain *u, const void *twin, int g, int m, const qy_pe *pe, size_t element,
                          size_t technology, size_t clock, qy_arena *arena, qy_error *err)
{
  const accelerator *type = u->plan->entries[g].member[m].type;
  const size_t technologies = (size_t)u->plan->info.technology_count, clocks = u->plan->clock_mhz.count;
  if (!type->basis) return QY_OK;
  const size_t at = (element * technologies + technology) * clocks + clock;
  void *anatomy = NULL;
  double **bases = qy_arena_alloc(arena, at + 1, sizeof(double *));
  double *basis = qy_arena_alloc(arena, type->columns * u->draws, sizeof *basis);
  if (!bases || !basis) return qy_no_memory(err);
  u->basis[g][m] = bases;
  qy_status status = uncertain_anatomy(&anatomy, twin, u, g, m, pe, element, u->library[technology], arena, err);
  if (!status) status = type->basis(basis, anatomy, 1e6 / u->plan->clock_mhz.value[clock], u->sram[technology], err);
  if (!status) bases[at] = basis;
  return status;
}

qy_status uncertain_member(uncertain *u, int g, int m, const qy_pe *element, size_t element_count, qy_arena *arena,
                           qy_error *err)
{
  const accelerator *type = u->plan->entries[g].member[m].type;
  const size_t technologies = (size_t)u->plan->info.technology_count, clocks = u->plan->clock_mhz.count;
  if (!type->basis) return QY_OK;
  double **bases = qy_arena_alloc(arena, element_count * technologies * clocks, sizeof(double *));
  if (!bases) return qy_no_memory(err);
  u->basis[g][m] = bases;
  for (size_t e = 0; e < element_count; e++) {
    void *anatomy = NULL, *twin;
    for (size_t t = 0; t < technologies; t++) {
      twin = anatomy;
      qy_status status = uncertain_anatomy(&anatomy, twin, u, g, m, &element[e], e, u->library[t], arena, err);
      for (size_t c = 0; !status && c < clocks; c++) {
        double *basis = qy_arena_alloc(arena, type->columns * u->draws, sizeof *basis);
        if (!basis) return qy_no_memory(err);
        status = type->basis(basis, anatomy, 1e6 / u->plan->clock_mhz.value[c], u->sram[t], err);
        bases[(e * technologies + t) * clocks + c] = status ? NULL : basis;
        if (status == QY_INFEASIBLE) status = QY_OK;
      }
      if (status) return status;
    }
  }
  return QY_OK;
}

/* ---- quantiles ---- */

/* The few smallest values of one metric lie in nearly the same draws from point to point: what was a little above the
 * quantile last time is a good first cut now. */
typedef struct cut {
  size_t draw;
  int known;
} cut;

static int rising(const void *p, const void *q)
{
  const double *a = p, *b = q;
  return (*a > *b) - (*a < *b);
}

/* Value at position `at` (of count - 1) from below in sign * v. */
static double order_value(const double *v, size_t count, double sign, double at, cut *guess, double *room)
{
  const size_t below = (size_t)at, need = below + 2 < count ? below + 2 : count;
  size_t n = 0;
  if (guess->known) {
    const double bound = sign * v[guess->draw];
    for (size_t k = 0; k < count; k++) {
      room[n] = sign * v[k];
      n += room[n] <= bound;
    }
  }
  if (n < need) {
    for (n = 0; n < count; n++)
      room[n] = sign * v[n];
  }
  if (n > 48) {
    qsort(room, n, sizeof *room, rising);
  } else {
    for (size_t i = 1; i < n; i++) {
      const double x = room[i];
      size_t j = i;
      for (; j > 0 && room[j - 1] > x; j--)
        room[j] = room[j - 1];
      room[j] = x;
    }
  }
  /* Far too many or too few: look for a better cut, a third above what is needed. */
  if (!guess->known || n == count || n > 2 * need + 8) {
    const size_t rank = need + need / 3 < n ? need + need / 3 : n - 1;
    for (size_t k = 0; k < count; k++)
      if (sign * v[k] == room[rank]) guess->draw = k;
    guess->known = 1;
  }
  const double first = room[below], second = room[need - 1];
  return sign * (first + (at - (double)below) * (second - first));
}

static void interval_of(double out[2], const double *v, size_t count, cut guess[2], double *room)
{
  const double at = 0.05 * (double)(count - 1);
  out[0] = order_value(v, count, 1, at, &guess[0], room);
  out[1] = order_value(v, count, -1, at, &guess[1], room);
}

/* ---- batches ---- */

typedef struct noted { /* a point of the batch */
  int64_t k;
  const qy_point *point;
  int group;
  size_t front_group;
  const double *basis[MEMBERS_MAX]; /* of its members; the first NULL: all metrics are certain */
} noted;

struct uncertain_batch {
  const uncertain *u;
  size_t columns; /* of the widest design: those of its members side by side */
  noted *note;
  size_t count;
  double *coefficient; /* [points][columns], by k */
  double *tile;        /* [TILE][columns] */
  double *modules;     /* the same, one row for all points of a module */
  size_t module[TILE]; /* of each point of the tile: its row among the modules */
  size_t row[TILE];    /* and its row in the tile: points of equal coefficients share one */
  double *draw;        /* [metric][TILE][draws] */
  double *turned;      /* objectives to be maximised, with their sign turned: [objective][draws] */
  double *room;
  cut guess[QY_METRIC_COUNT][2];
};

uncertain_batch *uncertain_batch_new(const uncertain *u, int64_t points)
{
  uncertain_batch *b = qy_alloc(1, sizeof *b);
  if (!b) return NULL;
  b->u = u;
  for (int g = 0; g < u->plan->entry_count; g++) {
    size_t columns = 0;
    for (int m = 0; m < u->plan->entries[g].member_count; m++)
      columns += u->plan->entries[g].member[m].type->columns;
    if (columns > b->columns) b->columns = columns;
  }
  b->note = qy_alloc((size_t)points, sizeof *b->note);
  b->coefficient = qy_alloc((size_t)points * b->columns, sizeof(double));
  b->tile = qy_alloc(TILE * b->columns, sizeof(double));
  b->modules = qy_alloc(TILE * b->columns, sizeof(double));
  b->draw = qy_alloc((size_t)QY_METRIC_COUNT * TILE * u->draws, sizeof(double));
  b->turned = qy_alloc((size_t)OBJECTIVES_MAX * u->draws, sizeof(double));
  b->room = qy_alloc(u->draws + 1, sizeof(double));
  if (b->note && b->coefficient && b->tile && b->modules && b->draw && b->turned && b->room) return b;
  uncertain_batch_free(b);
  return NULL;
}

void uncertain_batch_free(uncertain_batch *b)
{
  if (!b) return;
  free(b->note);
  free(b->coefficient);
  free(b->tile);
  free(b->modules);
  free(b->draw);
  free(b->turned);
  free(b->room);
  free(b);
}

void uncertain_batch_add(uncertain_batch *b, int64_t k, const qy_point *point, int design_group, size_t front_group,
                         const uncertain_member_at *of)
{
  const entry *g = &b->u->plan->entries[design_group];
  double *coefficient = b->coefficient + (size_t)k * b->columns;
  noted *n = &b->note[b->count++];
  *n = (noted){.k = k, .point = point, .group = design_group, .front_group = front_group};
  for (int m = 0; m < g->member_count; m++) {
    const accelerator *type = g->member[m].type;
    double **bases = b->u->basis[design_group][m];
    n->basis[m] = bases ? bases[of[m].at] : NULL;
    if (n->basis[m] && type->coefficients(coefficient, of[m].module, of[m].work, point->precision_bits) != QY_OK)
      n->basis[m] = NULL;
    if (!n->basis[m]) { /* one that is certain by default would pass for a certain whole */
      memset(n->basis, 0, sizeof n->basis);
      return;
    }
    coefficient += type->columns;
  }
}

static int same_bases(const noted *x, const noted *y)
{
  return memcmp(x->basis, y->basis, sizeof x->basis) == 0;
}

static int by_basis(const void *p, const void *q)
{
  const noted *a = p, *b = q;
  for (int m = 0; m < MEMBERS_MAX; m++)
    if (a->basis[m] != b->basis[m]) return (uintptr_t)a->basis[m] < (uintptr_t)b->basis[m] ? -1 : 1;
  return (a->k > b->k) - (a->k < b->k);
}

/* Areas and leakage are those of the module, whatever the precision. */
static int of_module(int metric)
{
  return metric == QY_AREA_UM2 || metric == QY_AREA_DATAPATH_UM2 || metric == QY_AREA_REGISTER_UM2 ||
         metric == QY_AREA_CONTROL_UM2 || metric == QY_AREA_SRAM_UM2 || metric == QY_LEAKAGE_MW;
}

/* Draws of a metric of point i of the tile. */
static double *draws_of(const uncertain_batch *b, int metric, size_t i)
{
  const size_t row = of_module(metric) ? b->module[i] : b->row[i];
  return b->draw + ((size_t)metric * TILE + row) * b->u->draws;
}

/* Sum of the parts of a total, all of them linear metrics; all accelerators have the first. */
static void add_parts(const uncertain_batch *b, const qy_point *point, int total, const int *part, int parts, size_t i)
{
  const size_t draws = b->u->draws;
  double *to = draws_of(b, total, i);
  memcpy(to, draws_of(b, part[0], i), draws * sizeof *to);
  for (int p = 1; p < parts; p++) {
    if (isnan(point->metric[part[p]])) continue;
    const double *from = draws_of(b, part[p], i);
    for (size_t k = 0; k < draws; k++)
      to[k] += from[k];
  }
}

static void scale(double out[2], const double in[2], double factor)
{
  out[0] = in[0] * factor;
  out[1] = in[1] * factor;
}

/* Totals of point i of the tile from its linear metrics. */
static void derive(const uncertain_batch *b, const qy_point *p, size_t i)
{
  static const int area[] = {QY_AREA_DATAPATH_UM2, QY_AREA_REGISTER_UM2, QY_AREA_CONTROL_UM2, QY_AREA_SRAM_UM2};
  static const int energy[] = {QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ, QY_ENERGY_SRAM_UJ, QY_ENERGY_LEAKAGE_UJ};
  if (i == 0 || b->module[i] != b->module[i - 1]) add_parts(b, p, QY_AREA_UM2, area, 4, i);
  if (isnan(p->metric[QY_ENERGY_UJ])) return; /* an element: its energy per product is linear itself */
  const double *leakage = draws_of(b, QY_LEAKAGE_MW, i);
  double *leaked = draws_of(b, QY_ENERGY_LEAKAGE_UJ, i);
  /* At a fixed clock the time is certain, so energies that go with it are one factor away. */
  const double time = p->metric[QY_ENERGY_LEAKAGE_UJ] / p->metric[QY_LEAKAGE_MW];
  for (size_t k = 0; k < b->u->draws; k++)
    leaked[k] = leakage[k] * time;
  add_parts(b, p, QY_ENERGY_UJ, energy, 4, i);
}

/* Metrics that follow from the energy (of an element: per product) at a certain time: factor (or, inverse, divisor)
 * of it. */
static const struct {
  int metric, inverse;
} from_energy[] = {{QY_POWER_MW, 0}, {QY_EDP_UJ_US, 0}, {QY_TOPS_PER_W, 1}};
enum { FROM_ENERGY = sizeof from_energy / sizeof *from_energy };

static int energy_form(int metric)
{
  for (int f = 0; f < FROM_ENERGY; f++)
    if (from_energy[f].metric == metric) return f;
  return -1;
}

static int energy_metric(const qy_point *p)
{
  return isnan(p->metric[QY_ENERGY_UJ]) ? QY_ENERGY_PER_PRODUCT_FJ : QY_ENERGY_UJ;
}

/* Metrics with draws of their own; the others are certain or follow from the energy. */
static const int drawn[] = {QY_AREA_UM2,         QY_AREA_DATAPATH_UM2,    QY_AREA_REGISTER_UM2,
                            QY_AREA_CONTROL_UM2, QY_AREA_SRAM_UM2,        QY_LEAKAGE_MW,
                            QY_ENERGY_UJ,        QY_ENERGY_DATAPATH_UJ,   QY_ENERGY_REGISTER_UJ,
                            QY_ENERGY_SRAM_UJ,   QY_ENERGY_PER_PRODUCT_FJ};
enum { DRAWN = sizeof drawn / sizeof *drawn };

static int is_drawn(int metric)
{
  for (int d = 0; d < DRAWN; d++)
    if (drawn[d] == metric) return 1;
  return metric == QY_ENERGY_LEAKAGE_UJ;
}

/* before: intervals of the point before when that is of the same module: areas and leakage are the same; `all`: and so
 * are the energies. */
static void intervals(uncertain_batch *b, double out[QY_METRIC_COUNT][2], const qy_point *p, size_t i,
                      double (*before)[2], bool all)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    out[m][0] = out[m][1] = NAN;
  for (int d = 0; d < DRAWN; d++) {
    const int m = drawn[d];
    if (isnan(p->metric[m])) continue; /* a metric the accelerator does not have */
    if (before && (all || of_module(m)))
      memcpy(out[m], before[m], sizeof out[m]);
    else
      interval_of(out[m], draws_of(b, m, i), b->u->draws, b->guess[m], b->room);
  }
  scale(out[QY_ENERGY_LEAKAGE_UJ], out[QY_LEAKAGE_MW], p->metric[QY_ENERGY_LEAKAGE_UJ] / p->metric[QY_LEAKAGE_MW]);
  const double *energy = out[energy_metric(p)];
  for (int f = 0; f < FROM_ENERGY; f++) {
    const double value = p->metric[from_energy[f].metric], nominal = p->metric[energy_metric(p)];
    const double turned[2] = {nominal / energy[1], nominal / energy[0]};
    if (from_energy[f].inverse)
      scale(out[from_energy[f].metric], turned, value);
    else
      scale(out[from_energy[f].metric], energy, value / nominal);
  }
}

/* Hand point i of the tile to the fronts. */
static qy_status to_fronts(uncertain_batch *b, const noted *n, size_t i, chance *c, qy_error *err)
{
  const qy_plan_info *info = &b->u->plan->info;
  const double *draw[OBJECTIVES_MAX];
  double nominal[OBJECTIVES_MAX];
  const size_t draws = b->u->draws;
  for (int o = 0; o < info->objective_count; o++) {
    const int m = (int)info->objective[o], form = energy_form(m), spread = n->basis[0] && (form >= 0 || is_drawn(m));
    const double sign = qy_metric_table()[m].sense > 0 ? -1 : 1, value = n->point->metric[m];
    double *turned = b->turned + (size_t)o * draws;
    nominal[o] = sign * value;
    draw[o] = NULL;
    if (!spread) continue;
    const int base = energy_metric(n->point);
    const double *own = draws_of(b, form >= 0 ? base : m, i), energy = n->point->metric[base];
    draw[o] = turned;
    if (form < 0 && sign > 0)
      draw[o] = own;
    else if (form < 0)
      for (size_t k = 0; k < draws; k++)
        turned[k] = -own[k];
    else
      for (size_t k = 0; k < draws; k++)
        turned[k] = sign * value * (from_energy[form].inverse ? energy / own[k] : own[k] / energy);
  }
  return chance_put(c, n->front_group, n->point->index, nominal, draw, err);
}

/* Do two points differ in energies only: the same module at another precision? */
static int same_module(const noted *x, const noted *y)
{
  return same_bases(x, y) && x->group == y->group && x->point->design == y->point->design &&
         x->point->network == y->point->network;
}

/* Two points of one module whose energies are the same too: precisions that one mode serves. */
static int same_energies(const uncertain_batch *b, const noted *x, const noted *y)
{
  const double *own = b->coefficient + (size_t)x->k * b->columns, *other = b->coefficient + (size_t)y->k * b->columns;
  return same_module(x, y) && x->point->metric[QY_ENERGY_LEAKAGE_UJ] == y->point->metric[QY_ENERGY_LEAKAGE_UJ] &&
         memcmp(own, other, b->columns * sizeof *own) == 0;
}

/* Set the draws of the linear metrics of `n` points or `modules` modules to what one member, from column `at` on,
 * contributes, or add it: a matrix product each. */
static void multiply_member(uncertain_batch *b, const double *basis, const accelerator *type, size_t at, size_t n,
                            size_t modules, bool add)
{
  const size_t draws = b->u->draws;
  size_t rows;
  const qy_linear *row = type->linear(&rows);
  for (size_t r = 0; r < rows; r++) {
    const size_t from = (size_t)row[r].first, count = (size_t)row[r].count;
    const int shared = of_module(row[r].metric);
    const double *tile = (shared ? b->modules : b->tile) + at + from;
    gsl_matrix_const_view a = gsl_matrix_const_view_array_with_tda(tile, shared ? modules : n, count, b->columns);
    gsl_matrix_const_view parts = gsl_matrix_const_view_array(basis + from * draws, count, draws);
    gsl_matrix_view to =
        gsl_matrix_view_array(b->draw + (size_t)row[r].metric * TILE * draws, shared ? modules : n, draws);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &a.matrix, &parts.matrix, add ? 1 : 0, &to.matrix);
  }
}

/* All draws of the linear metrics of `n` points of one design group on the same bases. */
static void multiply(uncertain_batch *b, const noted *note, size_t n)
{
  const entry *g = &b->u->plan->entries[note->group];
  const size_t width = b->columns * sizeof(double);
  size_t modules = 0, rows = 0, at = 0;
  for (size_t i = 0; i < n; i++) {
    const double *own = b->coefficient + (size_t)note[i].k * b->columns;
    if (i == 0 || !same_energies(b, &note[i], &note[i] - 1)) memcpy(b->tile + rows++ * b->columns, own, width);
    b->row[i] = rows - 1;
    if (i == 0 || !same_module(&note[i], &note[i] - 1)) memcpy(b->modules + modules++ * b->columns, own, width);
    b->module[i] = modules - 1;
  }
  /* Members need not have the same linear metrics. */
  if (g->system) memset(b->draw, 0, (size_t)QY_METRIC_COUNT * TILE * b->u->draws * sizeof *b->draw);
  for (int m = 0; m < g->member_count; m++) {
    multiply_member(b, note->basis[m], g->member[m].type, at, rows, modules, g->system);
    at += g->member[m].type->columns;
  }
}

qy_status uncertain_batch_run(uncertain_batch *b, double (*interval)[QY_METRIC_COUNT][2], chance *c, qy_error *err)
{
  qy_status status = QY_OK;
  if (b->count) qsort(b->note, b->count, sizeof *b->note, by_basis);
  for (size_t first = 0, n; !status && first < b->count; first += n) {
    const noted *note = b->note + first;
    for (n = 1; n < TILE && first + n < b->count && note[n].group == note->group && same_bases(&note[n], note); n++) {
    }
    if (note->basis[0]) multiply(b, note, n);
    for (size_t i = 0; !status && i < n; i++) {
      if (note->basis[0] && (i == 0 || b->row[i] != b->row[i - 1])) derive(b, note[i].point, i);
      if (interval && note->basis[0]) {
        const int same = first + i > 0 && same_module(&note[i], &note[i] - 1);
        const bool all = same && same_energies(b, &note[i], &note[i] - 1);
        intervals(b, interval[note[i].k], note[i].point, i, same ? interval[(&note[i] - 1)->k] : NULL, all);
      } else if (interval) {
        for (int m = 0; m < QY_METRIC_COUNT; m++)
          interval[note[i].k][m][0] = interval[note[i].k][m][1] = NAN;
      }
      if (c) status = to_fronts(b, &note[i], i, c, err);
    }
  }
  b->count = 0;
  return status;
}

qy_status uncertain_batch_draws(uncertain_batch *b, const int *metric, int count, double *to, qy_error *err)
{
  const noted *n = b->note;
  const size_t draws = b->u->draws;
  const int spread = b->count == 1 && n->basis[0];
  b->count = 0;
  if (!spread) return qy_fail(err, QY_INTERNAL, "a design without draws of its metrics");
  multiply(b, n, 1);
  derive(b, n->point, 0);
  const int base = energy_metric(n->point);
  const double *energy = draws_of(b, base, 0);
  for (int i = 0; i < count; i++) {
    double *out = to + (size_t)i * draws;
    const double value = n->point->metric[metric[i]], nominal = n->point->metric[base];
    const int form = energy_form(metric[i]);
    const double *own = form < 0 && is_drawn(metric[i]) ? draws_of(b, metric[i], 0) : NULL;
    for (size_t k = 0; k < draws; k++)
      out[k] = own        ? own[k]
               : form < 0 ? value
                          : value * (from_energy[form].inverse ? nominal / energy[k] : energy[k] / nominal);
  }
  return QY_OK;
}
