/* The model's own discrepancy of a circuit: see discrepancy.h. */
#include "quarry/discrepancy.h"

#include "graph.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- operators ---- */

static double lean_area(const qy_circuit *c, size_t i, const qy_tech *tech)
{
  double cells[QY_CELL_COUNT] = {0}, area = 0;
  bit_cells_of_node(c, i, tech, cells);
  for (int k = 0; k < QY_CELL_COUNT; k++)
    area += cells[k] * tech->area_um2[k];
  return area;
}

/* Add the area of a node to that of its like. */
static qy_status add_node(qy_operator_share *share, size_t *count, const node *n, double area, qy_arena *arena,
                          qy_error *err)
{
  const qy_shape *s = &n->shape;
  const qy_operator_class class = node_class(n);
  const char *kind = qy_arena_format(arena, "%s %s", qy_operator_class_name(class), operator_of(n)->name);
  const char *shape =
      kind ? qy_arena_format(arena, "%s %d %d %d to %d%s, %d inputs, %d dropped%s", kind, s->a, s->b, s->c, s->width,
                             s->is_signed ? " signed" : "", n->count, s->drop, s->has_constant ? ", constant" : "")
           : NULL;
  if (!shape) return qy_no_memory(err);
  size_t i = 0;
  while (i < *count && strcmp(share[i].shape, shape) != 0)
    i++;
  if (i == *count) share[(*count)++] = (qy_operator_share){.kind = kind, .shape = shape, .class = class};
  share[i].weight += area;
  return QY_OK;
}

qy_status qy_operator_shares(qy_operator_share **out, size_t *count, const qy_circuit *c, const qy_tech *tech,
                             qy_arena *arena, qy_error *err)
{
  assert(out && count && c && c->bits && tech && arena);
  qy_operator_share *share = qy_arena_alloc(arena, c->count + 1, sizeof *share);
  double total = 0;
  *out = share;
  *count = 0;
  if (!share) return qy_no_memory(err);
  for (int with_registers = 0; with_registers < 2 && total == 0; with_registers++)
    for (size_t i = 0; i < c->count; i++) {
      const double area = lean_area(c, i, tech);
      if (!(area > 0) || (node_class(&c->node[i]) == QY_CLASS_REGISTER && !with_registers)) continue;
      qy_status status = add_node(share, count, &c->node[i], area, arena, err);
      if (status) return status;
      total += area;
    }
  for (size_t i = 0; i < *count; i++)
    share[i].weight /= total;
  return QY_OK;
}

/* Correlation of y_o of two operators. */
static double likeness(const qy_operator_share *a, const qy_operator_share *b, const struct qy_structure_flow *f)
{
  if (strcmp(a->shape, b->shape) == 0) return 1;
  if (f->family[a->class] != f->family[b->class]) return 0;
  return f->family_share + (strcmp(a->kind, b->kind) == 0 ? f->kind_share : 0);
}

/* Covariance of sum(w_o s_o y_o) of two circuits; scaled: false: all s are 1. */
static double covariance(const qy_operator_share *a, size_t a_count, const qy_operator_share *b, size_t b_count,
                         const struct qy_structure_flow *f, bool scaled)
{
  double sum = 0;
  for (size_t i = 0; i < a_count; i++)
    for (size_t j = 0; j < b_count; j++) {
      const double scale = scaled ? f->log_sigma[a[i].class] * f->log_sigma[b[j].class] : 1;
      sum += a[i].weight * b[j].weight * scale * likeness(&a[i], &b[j], f);
    }
  return sum;
}

double qy_operator_norm(const qy_operator_share *share, size_t count, const struct qy_structure_flow *flow)
{
  return sqrt(covariance(share, count, share, count, flow, false));
}

double qy_operator_mixture(const qy_operator_share *share, size_t count)
{
  double alike = 0, all = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < count; j++) {
      all += share[i].weight * share[j].weight;
      if (strcmp(share[i].kind, share[j].kind) == 0) alike += share[i].weight * share[j].weight;
    }
  return all > 0 ? fmax(0, 1 - alike / all) : 0;
}

double qy_operator_distance(const qy_operator_share *a, size_t a_count, const qy_operator_share *b, size_t b_count,
                            const struct qy_structure_flow *f)
{
  const double na = qy_operator_norm(a, a_count, f), nb = qy_operator_norm(b, b_count, f);
  const double ca = na > 0 ? (1 + f->composition * qy_operator_mixture(a, a_count)) / na : 0;
  const double cb = nb > 0 ? (1 + f->composition * qy_operator_mixture(b, b_count)) / nb : 0;
  const double variance = ca * ca * covariance(a, a_count, a, a_count, f, true) +
                          cb * cb * covariance(b, b_count, b, b_count, f, true) -
                          2 * ca * cb * covariance(a, a_count, b, b_count, f, true);
  return sqrt(fmax(0, variance));
}

/* ---- draws ---- */

struct qy_discrepancy {
  const qy_structure *structure;
  size_t draws;
  double *log[QY_STRUCTURE_QUANTITIES]; /* [flow * draws + k] */
};

typedef struct maker {
  qy_discrepancy *d;
  const qy_draws *draws;
  const qy_operator_share *share;
  size_t count;
  double mixture;
  double norm[QY_STRUCTURE_QUANTITIES][QY_STRUCTURE_FLOWS];
  double *z; /* [draws] */
  qy_error *err;
} maker;

/* What operators share a random number: all of the library; those of the family of a class, of a kind, of a shape. */
enum { PART_LIBRARY, PART_FAMILY, PART_KIND, PART_SHAPE };
typedef struct part {
  int of;
  const qy_operator_share *like;
} part;

static bool belongs(const qy_operator_share *o, const part *what, const struct qy_structure_flow *f)
{
  switch (what->of) {
  case PART_LIBRARY: return true;
  case PART_FAMILY: return f->family[o->class] == f->family[what->like->class];
  case PART_KIND: return strcmp(o->kind, what->like->kind) == 0;
  default: return strcmp(o->shape, what->like->shape) == 0;
  }
}

static double coefficient(const maker *m, int quantity, int flow, const part *what)
{
  const struct qy_structure_flow *f = &m->d->structure->flow[quantity][flow];
  const double scale = 1 + f->composition * m->mixture;
  const double own[] = {0, f->family_share, f->kind_share, 1 - f->family_share - f->kind_share};
  double sum = 0;
  for (size_t i = 0; i < m->count; i++)
    if (belongs(&m->share[i], what, f)) sum += m->share[i].weight * f->log_sigma[m->share[i].class];
  if (what->of == PART_LIBRARY) return scale * sqrt(f->library_share) * sum;
  return scale * sqrt((1 - f->library_share) * fmax(0, own[what->of])) * sum / m->norm[quantity][flow];
}

/* Families have one number for all flows: they are named by their first class in the first flow. */
static const char *part_name(const maker *m, int quantity, const part *what)
{
  const struct qy_structure_flow *first = &m->d->structure->flow[quantity][0];
  switch (what->of) {
  case PART_LIBRARY: return "library";
  case PART_FAMILY: return qy_operator_class_name((qy_operator_class)first->family[what->like->class]);
  case PART_KIND: return what->like->kind;
  default: return what->like->shape;
  }
}

static qy_status add_part(maker *m, int quantity, const part *what)
{
  enum { NAME_MAX = 256 };
  static const char *const parts[] = {"library", "family", "kind", "shape"};
  char stream[NAME_MAX];
  snprintf(stream, sizeof stream, "structure.%s.%s.%s", qy_structure_quantity_name((qy_structure_quantity)quantity),
           parts[what->of], part_name(m, quantity, what));
  qy_status status = qy_draws_column(m->z, m->draws, stream, m->err);
  for (int f = 0; f < QY_STRUCTURE_FLOWS && !status; f++) {
    const double scale = coefficient(m, quantity, f, what);
    double *restrict log = m->d->log[quantity] + (size_t)f * m->d->draws;
    for (size_t k = 0; k < m->d->draws; k++)
      log[k] += scale * m->z[k];
  }
  return status;
}

/* Is it the first of its family, kind or shape? */
static bool is_first(const maker *m, int quantity, const part *what)
{
  const struct qy_structure_flow *f = &m->d->structure->flow[quantity][0];
  size_t first = 0;
  while (!belongs(&m->share[first], what, f))
    first++;
  return &m->share[first] == what->like;
}

static qy_status add_parts(maker *m, int quantity)
{
  const part all = {PART_LIBRARY, NULL};
  qy_status status = add_part(m, quantity, &all);
  for (size_t i = 0; i < m->count && !status; i++)
    for (int of = PART_FAMILY; of <= PART_SHAPE && !status; of++) {
      const part one = {.of = of, .like = &m->share[i]};
      if (is_first(m, quantity, &one)) status = add_part(m, quantity, &one);
    }
  return status;
}

static qy_status allocate(maker *m, qy_arena *arena)
{
  const size_t draws = m->draws->count;
  m->d->structure = m->draws->nominal->structure;
  m->d->draws = draws;
  m->mixture = qy_operator_mixture(m->share, m->count);
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES; q++) {
    m->d->log[q] = qy_arena_alloc(arena, QY_STRUCTURE_FLOWS * draws, sizeof(double));
    if (!m->d->log[q]) return qy_no_memory(m->err);
    for (int f = 0; f < QY_STRUCTURE_FLOWS; f++)
      m->norm[q][f] = qy_operator_norm(m->share, m->count, &m->d->structure->flow[q][f]);
  }
  return QY_OK;
}

qy_status qy_discrepancy_new(qy_discrepancy **out, const qy_circuit *circuit, const qy_draws *draws, qy_arena *arena,
                             qy_error *err)
{
  assert(out && circuit && draws && draws->nominal && arena);
  *out = NULL;
  if (!draws->nominal->structure) return QY_OK;
  qy_arena *scratch = qy_arena_new();
  qy_operator_share *share = NULL;
  maker m = {.d = qy_arena_alloc(arena, 1, sizeof *m.d), .draws = draws, .err = err};
  m.z = scratch ? qy_arena_alloc(scratch, draws->count, sizeof *m.z) : NULL;
  qy_status status = m.d && m.z ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_operator_shares(&share, &m.count, circuit, draws->nominal, scratch, err);
  m.share = share;
  if (!status) status = allocate(&m, arena);
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES && m.count && !status; q++)
    status = add_parts(&m, q);
  if (!status) *out = m.d;
  qy_arena_free(scratch);
  return status;
}

double qy_discrepancy_factor(const qy_discrepancy *d, qy_structure_quantity quantity, double effort, size_t k)
{
  if (!d) return 1;
  assert((unsigned)quantity < QY_STRUCTURE_QUANTITIES && k < d->draws);
  double weight[QY_STRUCTURE_FLOWS], log = 0;
  qy_structure_weights(weight, d->structure, effort);
  for (int f = 0; f < QY_STRUCTURE_FLOWS; f++)
    log += weight[f] * d->log[quantity][(size_t)f * d->draws + k];
  return exp(log);
}

double qy_build_effort(const qy_build *build, const qy_tech *tech)
{
  assert(build && tech && build->period_ps > 0);
  return pow(fmin(1, build->min_period_ps / build->period_ps), tech->effort_p);
}
