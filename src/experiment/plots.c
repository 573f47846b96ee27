/* The list `plots:` of an experiment file. */
#include "plan_int.h"

#include <string.h>

static qy_status read_plot(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"name", "kind", "x", "y", "group", "panel", "x_scale", "y_scale", NULL};
  static const char *const kinds[] = {"pareto", "lines", "bars"};
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a plot");
  static const char *const scales[] = {"auto", "linear", "log"};
  const qy_yaml *kind, *x, *y;
  size_t index = 0, x_scale = 0, y_scale = 0;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status || (status = plan_require(&kind, node, "kind", "pareto, lines or bars", err)) ||
      (status = qy_yaml_choice(kind, kinds, 3, &index, err)) ||
      (status = plan_require(&x, node, "x", "the metric on the x axis", err)) ||
      (status = plan_metric_read(&plot->x, x, err)) ||
      (status = plan_require(&y, node, "y", "the metric on the y axis", err)) ||
      (status = plan_metric_read(&plot->y, y, err)))
    return status;
  plot->kind = kinds[index];
  const qy_yaml *xs = qy_yaml_get(node, "x_scale"), *ys = qy_yaml_get(node, "y_scale");
  if ((xs && (status = qy_yaml_choice(xs, scales, 3, &x_scale, err))) ||
      (ys && (status = qy_yaml_choice(ys, scales, 3, &y_scale, err))))
    return status;
  plot->x_log = (int)x_scale - 1;
  plot->y_log = (int)y_scale - 1;
  const qy_yaml *keys_node = qy_yaml_get(node, "group"), *panel = qy_yaml_get(node, "panel");
  const qy_yaml *name = qy_yaml_get(node, "name");
  plot->group[0] = "design";
  plot->group_count = 1;
  if (keys_node && (status = plan_group_names_read(plot->group, &plot->group_count, 4, plan, keys_node, err)))
    return status;
  if (panel) {
    int count;
    if (panel->kind != QY_YAML_SCALAR) return qy_yaml_expected(panel, err, "one name");
    if ((status = plan_group_names_read(&plot->panel, &count, 1, plan, panel, err))) return status;
  } else if (plan->info.technology_count > 1) {
    plot->panel = "technology";
  }
  if (name) {
    if ((status = qy_yaml_text(name, &plot->name, err))) return status;
    if (!plan_plain_file_name(plot->name))
      return qy_yaml_expected(name, err, "a file name of letters, digits, '.', '_' and '-'");
  } else {
    const qy_metric_info *table = qy_metric_table();
    plot->name = qy_arena_format(plan->arena, "%s.%s-%s", plan->info.name, table[plot->y].name, table[plot->x].name);
    if (!plot->name) return qy_no_memory(err);
  }
  return QY_OK;
}

qy_status plan_plots_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(root, "plots");
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_LIST || node->count > PLOTS_MAX)
    return qy_yaml_expected(node, err, "a list of at most %d plots", PLOTS_MAX);
  plan->plots = qy_arena_alloc(plan->arena, node->count, sizeof *plan->plots);
  if (!plan->plots) return qy_no_memory(err);
  for (size_t i = 0; i < node->count; i++) {
    qy_status status = read_plot(plan, &plan->plots[i], node->child[i], err);
    if (status) return status;
    for (size_t j = 0; j < i; j++)
      if (strcmp(plan->plots[i].name, plan->plots[j].name) == 0)
        return qy_yaml_expected(node->child[i], err, "a `name` that no other plot has (\"%s\" is taken)",
                                plan->plots[i].name);
  }
  plan->info.plot = plan->plots;
  plan->info.plot_count = (int)node->count;
  return QY_OK;
}
