/* `search:` of an experiment file: which points are evaluated, where all would be too many. */
#include "plan_int.h"

enum { METHODS_MAX = 8, POINTS_MOST = INT32_MAX - 1, SECONDS_MOST = 30 * 24 * 3600 };
static const int64_t space_most = ((int64_t)1 << 40) - 1; /* what the database has numbers for */

static qy_status read_method(qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const char *names[METHODS_MAX];
  size_t count, at = 0;
  const qy_search_method *table = qy_search_table(&count);
  for (size_t i = 0; i < count && i < METHODS_MAX; i++)
    names[i] = table[i].name;
  qy_status status = node ? qy_yaml_choice(node, names, count, &at, err) : QY_OK;
  plan->info.search = &table[at];
  return status;
}

qy_status plan_search_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"method", "points", "seconds", "seed", NULL};
  const qy_yaml *node = qy_yaml_get(root, "search"), *points, *seconds, *seed;
  qy_search_budget *budget = &plan->info.search_budget;
  int64_t number = 1;
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping {method, points, seconds, seed}");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = read_method(plan, qy_yaml_get(node, "method"), err);
  points = qy_yaml_get(node, "points");
  seconds = qy_yaml_get(node, "seconds");
  if (!status && !points && !seconds) status = qy_yaml_expected(node, err, "a budget: points, seconds or both");
  if (!status && points) status = qy_yaml_integer(points, 1, POINTS_MOST, &budget->points, err);
  if (!status && seconds) status = qy_yaml_measure(seconds, "s", 1e-3, SECONDS_MOST, &budget->seconds, err);
  seed = qy_yaml_get(node, "seed");
  if (!seed) seed = qy_yaml_get(root, "seed");
  if (!status && seed) status = qy_yaml_integer(seed, 0, INT64_MAX, &number, err);
  budget->seed = (uint64_t)number;
  if (!status && plan->space.count > space_most)
    status = qy_yaml_expected(node, err, "a space of at most %lld points", (long long)space_most);
  return status;
}
