/* The list `plots:` of an experiment file. */
#include "plan_int.h"

#include <string.h>

/* {kind: tornado, metric: energy_uj, design: RDM, over: SDM, at: {channels: 4}}: one bar per constant. */
static qy_status read_tornado(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"name", "kind", "metric", "design", "over", "at", NULL};
  const qy_yaml *metric, *design, *over = qy_yaml_get(node, "over");
  const char *name, *base = NULL;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status || (status = plan_require(&metric, node, "metric", "what the constants move", err)) ||
      (status = plan_metric_read(&plot->x, metric, err)) ||
      (status = plan_require(&design, node, "design", "the design it is a metric of", err)) ||
      (status = qy_yaml_text(design, &name, err)) || (over && (status = qy_yaml_text(over, &base, err))))
    return status;
  plot->kind = "tornado";
  plot->y = plot->x;
  if (!qy_metric_uncertain(plot->x))
    return qy_yaml_expected(metric, err, "a metric that depends on the library's constants");
  const int g = plan_find_entry(plan, name), b = base ? plan_find_entry(plan, base) : g;
  if (g < 0) return qy_yaml_expected(design, err, "the name of one of the designs");
  if (b < 0) return qy_yaml_expected(over, err, "the name of one of the designs");
  if (!entry_has(&plan->entries[g], plot->x) || !entry_has(&plan->entries[b], plot->x))
    return qy_yaml_expected(metric, err, "a metric that the design has");
  if ((status = plan_point_at(&plot->point, plan, g, qy_yaml_get(node, "at"), node, plan->arena, err))) return status;
  if (!over) return QY_OK;
  plot->over = plan_partner(plan, plot->point, b);
  if (plot->over < 0)
    return qy_yaml_expected(over, err, "a design with a point at the same axes as that of \"%s\"", name);
  return QY_OK;
}

/* "tornado-energy_uj-RDM-over-SDM": what may not stand in a file name becomes '_'. */
static const char *point_name(qy_plan *plan, const qy_plot_request *plot, const qy_yaml *node)
{
  const qy_yaml *over = qy_yaml_get(node, "over");
  char *name =
      qy_arena_format(plan->arena, "%s.%s-%s-%s%s%s", plan->info.name, plot->kind, qy_metric_table()[plot->x].name,
                      qy_yaml_get(node, "design")->text, over ? "-over-" : "", over ? over->text : "");
  for (char *c = name; c && *c; c++) {
    const char one[] = {'x', *c, '\0'};
    if (!plan_plain_file_name(one)) *c = '_';
  }
  return name;
}

/* {kind: layers, metric: energy_uj, design: A, at: {...}}: a bar a layer. */
static qy_status read_layers(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"name", "kind", "metric", "design", "at", NULL};
  int parts[QY_METRIC_COUNT];
  const qy_yaml *metric, *design;
  const char *name;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status || (status = plan_require(&metric, node, "metric", "what of each layer is shown", err)) ||
      (status = plan_metric_read(&plot->x, metric, err)) ||
      (status = plan_require(&design, node, "design", "the design whose layers they are", err)) ||
      (status = qy_yaml_text(design, &name, err)))
    return status;
  plot->kind = "layers";
  plot->y = plot->x;
  const int g = plan_find_entry(plan, name);
  if (g < 0) return qy_yaml_expected(design, err, "the name of one of the designs");
  const bool runs = (plan->entries[g].where & (QY_AT_ACCELERATOR | QY_AT_SYSTEM)) != 0;
  if (!runs) return qy_yaml_expected(design, err, "a design that runs layers");
  if (!entry_has(&plan->entries[g], plot->x)) return qy_yaml_expected(metric, err, "a metric that the design has");
  if (qy_metric_of_parts(plot->x) || (plot->x != QY_TRAFFIC_BYTES && plot->x != QY_LATENCY_US &&
                                      plot->x != QY_ENERGY_DRAM_UJ && !qy_metric_parts(plot->x, parts)))
    return qy_yaml_expected(metric, err, "energy_uj, energy_onchip_uj, energy_dram_uj, traffic_bytes or latency_us");
  return plan_point_at(&plot->point, plan, g, qy_yaml_get(node, "at"), node, plan->arena, err);
}

static qy_status read_name(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *name = qy_yaml_get(node, "name");
  if (name) {
    qy_status status = qy_yaml_text(name, &plot->name, err);
    if (!status && !plan_plain_file_name(plot->name))
      status = qy_yaml_expected(name, err, "a file name of letters, digits, '.', '_' and '-'");
    return status;
  }
  const qy_metric_info *table = qy_metric_table();
  plot->name = plot->point >= 0 ? point_name(plan, plot, node)
                                : qy_arena_format(plan->arena, "%s.%s-%s", plan->info.name, table[plot->y].name,
                                                  table[plot->x].name);
  return plot->name ? QY_OK : qy_no_memory(err);
}

/* `where: {network: vgg16}`: the points a plot shows. */
static qy_status read_where(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"technology", "network", "precision", NULL};
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping {technology, network, precision}");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    const char *text = NULL;
    int found = 0;
    if ((status = qy_yaml_text(child, &text, err))) break;
    for (int t = 0; child->key[0] == 't' && t < plan->info.technology_count; t++)
      found |= strcmp(plan->info.technology[t]->name, text) == 0;
    for (int n = 0; child->key[0] == 'n' && n < plan->info.network_count; n++)
      found |= strcmp(plan->info.network[n]->name, text) == 0;
    if (child->key[0] == 'p') {
      int64_t bits = 0;
      if ((status = qy_yaml_integer(child, 1, 32, &bits, err))) break;
      for (size_t p = 0; p < plan->precision.count; p++)
        found |= plan->precision.value[p] == (double)bits;
      if (!(text = qy_arena_format(plan->arena, "%d bit", (int)bits))) return qy_no_memory(err);
    }
    if (!found || strpbrk(text, "\"\\=,")) return qy_yaml_expected(child, err, "a %s of this experiment", child->key);
    plot->where_key[plot->where_count] = child->key;
    plot->where_label[plot->where_count++] = text;
  }
  return status;
}

/* `floor: traffic_floor_bytes`. */
static qy_status read_floor(qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *floor = qy_yaml_get(node, "floor");
  const qy_metric_info *table = qy_metric_table();
  if (!floor) return QY_OK;
  qy_status status = plan_metric_read(&plot->floor, floor, err);
  if (status) return status;
  if (strcmp(plot->kind, "lines")) return qy_yaml_expected(floor, err, "no `floor` but in a plot of kind lines");
  if (strcmp(table[plot->floor].unit, table[plot->y].unit))
    return qy_yaml_expected(floor, err, "a metric in %s, as y is", table[plot->y].unit);
  plot->has_floor = true;
  return QY_OK;
}

static qy_status read_plot(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"name",    "kind",    "x",     "y",     "group", "panel",
                                     "x_scale", "y_scale", "floor", "where", NULL};
  static const char *const kinds[] = {"pareto", "lines", "bars", "tornado", "layers"};
  enum { KINDS = 5, TORNADO = 3, LAYERS = 4 };
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a plot");
  static const char *const scales[] = {"auto", "linear", "log"};
  const qy_yaml *kind, *x, *y;
  size_t index = 0, x_scale = 0, y_scale = 0;
  plot->point = plot->over = -1;
  kind = qy_yaml_get(node, "kind");
  qy_status status = kind ? qy_yaml_choice(kind, kinds, KINDS, &index, err) : QY_OK;
  if (status) return status;
  if (kind && index >= TORNADO) {
    status = index == LAYERS ? read_layers(plan, plot, node, err) : read_tornado(plan, plot, node, err);
    return status ? status : read_name(plan, plot, node, err);
  }
  if ((status = qy_yaml_check_keys(node, keys, err)) ||
      (status = plan_require(&kind, node, "kind", "pareto, lines, bars, tornado or layers", err)) ||
      (status = plan_require(&x, node, "x", "the metric on the x axis", err)) ||
      (status = plan_metric_read(&plot->x, x, err)) || (status = plan_metric_check(plan, plot->x, x, err)) ||
      (status = plan_require(&y, node, "y", "the metric on the y axis", err)) ||
      (status = plan_metric_read(&plot->y, y, err)) || (status = plan_metric_check(plan, plot->y, y, err)))
    return status;
  plot->kind = kinds[index];
  const qy_yaml *xs = qy_yaml_get(node, "x_scale"), *ys = qy_yaml_get(node, "y_scale");
  if ((xs && (status = qy_yaml_choice(xs, scales, 3, &x_scale, err))) ||
      (ys && (status = qy_yaml_choice(ys, scales, 3, &y_scale, err))))
    return status;
  plot->x_log = (int)x_scale - 1;
  plot->y_log = (int)y_scale - 1;
  const qy_yaml *keys_node = qy_yaml_get(node, "group"), *panel = qy_yaml_get(node, "panel");
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
  if ((status = read_floor(plot, node, err))) return status;
  const qy_yaml *where = qy_yaml_get(node, "where");
  if (where && (status = read_where(plan, plot, where, err))) return status;
  return read_name(plan, plot, node, err);
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
