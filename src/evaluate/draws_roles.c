/* How metrics vary between draws: see draws_roles.h. */
#include "draws_roles.h"

#include "model_int.h"

#include <string.h>

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

void roles_make(roles *r, bool memory, unsigned fabric)
{
  memset(r, 0, sizeof *r);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    r->of[m] = role_of(m, memory, fabric);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    order_metric(r, m);
    if (r->of[m].kind == KIND_SCALED) r->of[r->of[m].of].needed = true;
    if (r->of[m].kind == KIND_SCALED)
      r->scaled[r->scaled_count++] = m;
    else if (r->of[m].kind != KIND_CERTAIN)
      r->own[r->own_count++] = m;
  }
}

void roles_mark(roles *r, int objective)
{
  const qy_metric_info *m = &qy_metric_table()[objective];
  const role *own = &r->of[objective];
  if (own->kind == KIND_CERTAIN || r->of_objectives[objective]) return;
  r->of_objectives[objective] = true;
  if (own->kind == KIND_SCALED) roles_mark(r, own->of);
  for (int t = 0; t < m->terms && (own->kind == KIND_SUM || own->kind == KIND_MIXED); t++)
    if (m->of[t] < QY_METRIC_COUNT) roles_mark(r, m->of[t]);
}
