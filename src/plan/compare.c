/* `compare:` of an experiment file: every point beside the point of one base design with the same axes.
 *
 * The partner of a point has its technology, network, clock and precision, and its value of every parameter that is an
 * axis of the base design.  A parameter is the same when its key is, or its key within one member of a system: `rows`
 * of an array alone is `array.rows` of a system.
 */
#include "plan_int.h"

#include <string.h>

int entry_find_param(const design_entry *g, const char *key)
{
  int found = NO_PARAM;
  for (size_t i = 0; i < g->param_count; i++)
    if (strcmp(g->params[i].key, key) == 0) return (int)i;
  for (int m = 0; g->system && m < g->member_count; m++)
    for (size_t i = g->member[m].first; i < g->member[m].first + g->member[m].count; i++) {
      if (strcmp(g->params[i].key + strlen(g->member[m].name) + 1, key)) continue;
      if (found != NO_PARAM) return NO_PARAM;
      found = (int)i;
    }
  return found;
}

/* The same value in terms of the other parameter: choices by their word. */
static int same_value(const qy_parameter *p, double x, const qy_parameter *q, double y)
{
  if (p->type != QY_PARAMETER_CHOICE || q->type != QY_PARAMETER_CHOICE) return p->type == q->type && x == y;
  return strcmp(p->names[(size_t)x], q->names[(size_t)y]) == 0;
}

qy_status plan_compare_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"to", "metrics", NULL};
  const qy_yaml *node = qy_yaml_get(root, "compare"), *to, *list, *one;
  const qy_yaml *const *entry;
  const char *name;
  qy_plan_info *info = &plan->info;
  info->base = -1;
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping {to, metrics}");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status || (status = plan_require(&to, node, "to", "the design that others are compared with", err)) ||
      (status = qy_yaml_text(to, &name, err)) ||
      (status = plan_require(&list, node, "metrics", "what of them is compared", err)))
    return status;
  for (int g = 0; g < plan->entry_count; g++)
    if (strcmp(plan->entries[g].name, name) == 0) info->base = g;
  if (info->base < 0) return qy_yaml_expected(to, err, "the name of one of the designs");
  const design_entry *base = &plan->entries[info->base];
  for (size_t i = 0; i < base->param_count; i++)
    for (int g = 0; base->param[i].count > 1 && g < plan->entry_count; g++)
      if (entry_find_param(&plan->entries[g], base->params[i].key) == NO_PARAM)
        return qy_yaml_expected(to, err, "a design all of whose axes the others have (\"%s\" has no `%s`)",
                                plan->entries[g].name, base->params[i].key);
  size_t count = plan_names_of(list, &entry, &one);
  if (count == 0 || count > COMPARE_MAX) return qy_yaml_expected(list, err, "1 to %d metrics", COMPARE_MAX);
  for (size_t i = 0; i < count; i++) {
    int metric;
    if ((status = plan_metric_read(&metric, entry[i], err))) return status;
    if (qy_metric_table()[metric].sense >= 0)
      return qy_yaml_expected(entry[i], err, "a metric that is better when smaller");
    for (int g = 0; g < plan->entry_count; g++)
      if (!entry_has(&plan->entries[g], metric))
        return qy_yaml_expected(entry[i], err, "a metric that every design has (\"%s\" has it not)",
                                plan->entries[g].name);
    for (int k = 0; k < info->compared_count; k++)
      if (info->compared[k] == (qy_metric)metric) return qy_yaml_expected(entry[i], err, "each metric once");
    info->compared[info->compared_count++] = (qy_metric)metric;
  }
  return QY_OK;
}

int64_t plan_partner(const qy_plan *plan, int64_t point, int base_group)
{
  int g;
  size_t index[QY_AXES_MAX], at[QY_AXES_MAX] = {0};
  qy_space_decode(&plan->space, point, &g, index);
  const design_entry *own = &plan->entries[g], *base = &plan->entries[base_group];
  for (size_t i = 0; i < base->param_count; i++) {
    const values *v = &base->param[i];
    if (v->count == 1) continue;
    const int found = entry_find_param(own, base->params[i].key);
    if (found == NO_PARAM) return -1;
    const size_t p = (size_t)found;
    const double value = own->param[p].value[index[p]];
    while (at[i] < v->count && !same_value(base->params[i].row, v->value[at[i]], own->params[p].row, value))
      at[i]++;
    if (at[i] == v->count) return -1;
  }
  for (int a = 0; a < COMMON_AXES; a++)
    at[base->param_count + (size_t)a] = index[own->param_count + (size_t)a];
  return qy_space_encode(&plan->space, base_group, at);
}

/* The value of the precision axis of a point of design *g. */
static const precision_value *precision_at(int *g, const qy_plan *plan, int64_t point)
{
  size_t index[QY_AXES_MAX];
  qy_space_decode(&plan->space, point, g, index);
  return &plan->precision.value[index[plan->entries[*g].param_count + AXIS_PRECISION]];
}

size_t plan_assignments_at(const qy_plan *plan, int64_t point)
{
  int g;
  const precision_value *v = precision_at(&g, plan, point);
  return v->assign ? plan_assign_points(v->assign) : 0;
}

int64_t plan_first_assignment(const qy_plan *plan, int64_t point)
{
  int g;
  return point - (int64_t)precision_at(&g, plan, point)->place;
}

int64_t qy_plan_base_point(const qy_plan *plan, int64_t point)
{
  int g;
  if (plan->info.base < 0) return -1;
  const precision_value *v = precision_at(&g, plan, point);
  if (v->assign && plan_assign_points(v->assign) > 1) return -1;
  return g == plan->info.base ? -1 : plan_partner(plan, point, plan->info.base);
}
