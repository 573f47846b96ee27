/* `compare:` of an experiment file: every point beside the point of one base design with the same axes (`to`), and
 * designs within equal budgets (`at`; without `to` over the first design, as without `compare:`).
 *
 * The partner of a point has its technology, network, clock and precision, and its value of every parameter that is an
 * axis of the base design.  A parameter is the same when its key is, or its key within one member of a system: `rows`
 * of an array alone is `array.rows` of a system.
 */
#include "plan_int.h"
#include "quarry/decimal.h"

#include <stdlib.h>
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

/* A metric that each design has. */
static qy_status common_metric(int *metric, const qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const qy_status status = plan_metric_read(metric, node, err);
  if (status) return status;
  for (int g = 0; g < plan->entry_count; g++)
    if (!entry_has(&plan->entries[g], *metric))
      return qy_yaml_expected(node, err, "a metric that every design has (\"%s\" has it not)", plan->entries[g].name);
  return QY_OK;
}

static qy_status read_metrics(qy_plan *plan, const qy_yaml *list, qy_error *err)
{
  const qy_yaml *const *entry, *one;
  qy_plan_info *info = &plan->info;
  const size_t count = plan_names_of(list, &entry, &one);
  if (count == 0 || count > COMPARE_MAX) return qy_yaml_expected(list, err, "1 to %d metrics", COMPARE_MAX);
  for (size_t i = 0; i < count; i++) {
    int metric;
    const qy_status status = common_metric(&metric, plan, entry[i], err);
    if (status) return status;
    if (qy_metric_table()[metric].sense >= 0)
      return qy_yaml_expected(entry[i], err, "a metric that is better when smaller");
    for (int k = 0; k < info->compared_count; k++)
      if (info->compared[k] == (qy_metric)metric) return qy_yaml_expected(entry[i], err, "each metric once");
    info->compared[info->compared_count++] = (qy_metric)metric;
  }
  return QY_OK;
}

/* "12000", "1 mm2", or "25 %": a place in the common range. */
static qy_status read_budget(qy_plan_budget *budget, int metric, const qy_yaml *node, qy_error *err)
{
  const char *unit = qy_metric_table()[metric].unit;
  const char *text = node->kind == QY_YAML_SCALAR ? node->text : "";
  const size_t length = strlen(text);
  *budget = (qy_plan_budget){0};
  if (length > 1 && text[length - 1] == '%' && strcmp(unit, "%")) {
    char *end;
    budget->value = qy_decimal(text, &end) / 100;
    budget->is_share = true;
    const bool none = end == text;
    end += strspn(end, " ");
    if (none || strpbrk(text, "xX") || end != text + length - 1 || !(budget->value >= 0 && budget->value <= 1))
      return qy_yaml_expected(node, err, "0 to 100 %% of the range of budgets that the designs have in common");
    return QY_OK;
  }
  const bool logarithm = strcmp(unit, "dB") == 0;
  return qy_yaml_measure(node, unit, logarithm ? -1000 : 0, logarithm ? 1000 : 1e300, &budget->value, err);
}

/* The first metric has the budgets; further ones are bounds that hold beside. */
static qy_status read_budgets(qy_plan *plan, const qy_yaml *at, qy_error *err)
{
  qy_plan_info *info = &plan->info;
  if (at->kind != QY_YAML_MAP || at->count == 0 || at->count > QY_BUDGETS_MAX)
    return qy_yaml_expected(at, err, "a mapping from a metric to budgets, such as {area_um2: [12000, 1 mm2]}");
  for (size_t m = 0; m < at->count; m++) {
    const qy_yaml *node = at->child[m], *const * entry, *one;
    const qy_yaml name = {.kind = QY_YAML_SCALAR,
                          .file = node->file,
                          .line = node->key_line,
                          .column = node->key_column,
                          .text = node->key,
                          .path = at->path};
    int metric;
    qy_status status = common_metric(&metric, plan, &name, err);
    if (!status && !qy_metric_table()[metric].sense)
      return qy_yaml_expected(&name, err, "a metric that is better when smaller or larger");
    const size_t count = status ? 0 : plan_names_of(node, &entry, &one), most = m ? 1 : QY_BUDGETS_MAX;
    if (!status && (count == 0 || count > most))
      return qy_yaml_expected(node, err, m ? "one bound (the first metric alone may have several)" : "1 to %zu budgets",
                              most);
    for (size_t i = 0; !status && i < count; i++) {
      qy_plan_budget budget;
      status = read_budget(&budget, metric, entry[i], err);
      if (!status && m && budget.is_share) return qy_yaml_expected(entry[i], err, "a bound in the metric's unit");
      if (m)
        info->limit[info->limit_count++] = (qy_plan_limit){metric, budget.value};
      else
        info->budget[info->budget_count++] = budget;
    }
    if (status) return status;
    if (!m) info->budget_metric = metric;
  }
  return QY_OK;
}

/* The design that others are compared with.  Beside budgets, its axes need not be those of the others. */
static qy_status read_base(qy_plan *plan, const qy_yaml *to, bool at_axes, qy_error *err)
{
  const char *name;
  qy_plan_info *info = &plan->info;
  const qy_status status = qy_yaml_text(to, &name, err);
  if (status) return status;
  for (int g = 0; g < plan->entry_count; g++)
    if (strcmp(plan->entries[g].name, name) == 0) info->base = g;
  if (info->base < 0) return plan_unknown_design(plan, to, err);
  info->base_name = name;
  const design_entry *base = &plan->entries[info->base];
  for (size_t i = 0; i < base->param_count && at_axes; i++)
    for (int g = 0; base->param[i].count > 1 && g < plan->entry_count; g++)
      if (entry_find_param(&plan->entries[g], base->params[i].key) == NO_PARAM)
        return qy_yaml_expected(to, err, "a design all of whose axes the others have (\"%s\" has no `%s`)",
                                plan->entries[g].name, base->params[i].key);
  return QY_OK;
}

qy_status plan_compare_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"to", "metrics", "at", NULL};
  const qy_yaml *node = qy_yaml_get(root, "compare");
  qy_plan_info *info = &plan->info;
  info->base = info->budget_metric = -1;
  info->base_name = plan->entries[0].name;
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping {to, metrics, at}");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status) return status;
  const qy_yaml *to = qy_yaml_get(node, "to"), *at = qy_yaml_get(node, "at"), *list = qy_yaml_get(node, "metrics");
  if (!to && !at)
    return qy_yaml_expected(node, err, "a key `to` (the design that others are compared with) or `at` (budgets)");
  if (to) status = read_base(plan, to, !at, err);
  if (!status && to) status = plan_require(&list, node, "metrics", "what of them is compared", err);
  if (!status && list) status = read_metrics(plan, list, err);
  return status || !at ? status : read_budgets(plan, at, err);
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
