/* The list `plots:` of an experiment file. */
#include "plan_int.h"

#include "quarry/units.h"

#include <math.h>
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
  if (plan_assignments_at(plan, plot->point) > 1 && b != g)
    return qy_yaml_expected(over, err,
                            "no `over` at one of several assignments: those of another design have other layers");
  plot->over = plan_partner(plan, plot->point, b);
  if (plot->over < 0)
    return qy_yaml_expected(over, err, "a design with a point at the same axes as that of \"%s\"", name);
  return QY_OK;
}

/* What may not stand in a file name becomes '_'. */
static char *file_name(char *name)
{
  for (char *c = name; c && *c; c++) {
    const char one[] = {'x', *c, '\0'};
    if (!plan_plain_file_name(one)) *c = '_';
  }
  return name;
}

/* "tornado-energy_uj-RDM-over-SDM" */
static const char *point_name(qy_plan *plan, const qy_plot_request *plot, const qy_yaml *node)
{
  const qy_yaml *over = qy_yaml_get(node, "over");
  char *name =
      qy_arena_format(plan->arena, "%s.%s-%s-%s%s%s", plan->info.name, plot->kind, qy_metric_table()[plot->x].name,
                      qy_yaml_get(node, "design")->text, over ? "-over-" : "", over ? over->text : "");
  return file_name(name);
}

/* "NAME.energy_uj-area_um2-over-SDM-bands" */
static const char *axes_name(qy_plan *plan, const qy_plot_request *plot)
{
  const qy_metric_info *table = qy_metric_table();
  const char *over = plot->over_design;
  return file_name(qy_arena_format(plan->arena, "%s.%s-%s%s%s%s", plan->info.name, table[plot->y].name,
                                   table[plot->x].name, over ? "-over-" : "", over ? over : "",
                                   plot->bands ? "-bands" : ""));
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
  plot->name = plot->point >= 0 ? point_name(plan, plot, node) : axes_name(plan, plot);
  return plot->name ? QY_OK : qy_no_memory(err);
}

/* The axes' metrics must be of all technologies, and some design must have both: the others' points are left out. */
static qy_status check_axes(const qy_plan *plan, const qy_plot_request *plot, const qy_yaml *x, const qy_yaml *y,
                            qy_error *err)
{
  bool has_x = false, has_y = false, has_both = false;
  qy_status status = plan_metric_check(plan, plot->x, x, err);
  if (!status) status = plan_metric_check(plan, plot->y, y, err);
  if (status) return status;
  for (int g = 0; g < plan->entry_count; g++) {
    const bool own_x = entry_has(&plan->entries[g], plot->x), own_y = entry_has(&plan->entries[g], plot->y);
    has_x |= own_x;
    has_y |= own_y;
    has_both |= own_x && own_y;
  }
  if (!has_x) return qy_yaml_expected(x, err, "a metric that one of the designs has");
  if (!has_y) return qy_yaml_expected(y, err, "a metric that one of the designs has");
  if (!has_both)
    return qy_yaml_expected(y, err, "a metric of a design that has %s too", qy_metric_table()[plot->x].name);
  return QY_OK;
}

/* The label of the experiment's precision that `text` names: "8", "w4a8", "mixed"; NULL: none. */
static const char *precision_label(const qy_plan *plan, const char *text)
{
  qy_precision p;
  char uniform[QY_PRECISION_TEXT];
  if (qy_precision_parse(&p, text)) text = qy_precision_text(uniform, p);
  for (int i = 0; i < plan->info.precision_count; i++)
    if (strcmp(plan->info.precision[i].label, text) == 0) return plan->info.precision[i].label;
  return NULL;
}

/* A value that the parameter has in some design, as tables show it; NULL: none has it. */
static const char *value_label(qy_plan *plan, const char *key, const char *text)
{
  char shown[VALUE_TEXT];
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++)
      for (size_t k = 0; strcmp(plan->entries[g].params[i].key, key) == 0 && k < plan->entries[g].param[i].count; k++)
        if (strcmp(value_text(shown, plan->entries[g].params[i].row, plan->entries[g].param[i].value[k]), text) == 0)
          return text;
  return NULL;
}

/* "200 MHz", as points have it, of a clock of the experiment; NULL: none. */
static const char *clock_label(const qy_plan *plan, const char *text)
{
  double mhz;
  if (!qy_number_parse(text, &mhz)) return NULL;
  for (size_t i = 0; i < plan->clock_mhz.count; i++)
    if (fabs(plan->clock_mhz.value[i] - mhz) <= 1e-5 * mhz) /* as many digits as tables show */
      return qy_arena_format(plan->arena, "%.6g MHz", plan->clock_mhz.value[i]);
  return NULL;
}

/* The label that points have for what `text` calls a value of a key that is no parameter; NULL: it is none. */
static const char *class_label(const qy_plan *plan, const char *key, const char *text)
{
  if (strcmp(key, "precision") == 0) return precision_label(plan, text);
  if (strcmp(key, "clock_mhz") == 0) return clock_label(plan, text);
  if (strcmp(key, "design") == 0) return plan_find_entry(plan, text) >= 0 ? text : NULL;
  for (int t = 0; strcmp(key, "technology") == 0 && t < plan->info.technology_count; t++)
    if (strcmp(plan->info.technology[t]->name, text) == 0) return text;
  for (int n = 0; strcmp(key, "network") == 0 && n < plan->info.network_count; n++)
    if (strcmp(plan->info.network[n]->name, text) == 0) return text;
  return NULL;
}

static bool has_name(const char *const *names, const char *name)
{
  while (*names && strcmp(*names, name))
    names++;
  return *names != NULL;
}

/* Keys that tell points apart, and the parameters of the designs: those that `node` names and those with several
 * values. */
static qy_status where_keys(const char *const **keys, const qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  size_t count = plan_class_count, most = count + node->count + 1;
  for (int g = 0; g < plan->entry_count; g++)
    most += plan->entries[g].param_count;
  const char **known = qy_arena_alloc(plan->arena, most, sizeof *known);
  if (!known) return qy_no_memory(err);
  memcpy(known, plan_class_names, count * sizeof *known);
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++) {
      const char *key = plan->entries[g].params[i].key;
      const bool named = qy_yaml_get(node, key) != NULL;
      if ((named || plan->entries[g].param[i].count > 1) && !has_name(known, key)) known[count++] = key;
    }
  *keys = known;
  return QY_OK;
}

/* `where: {network: vgg16, channels: 4}`: the points a plot shows. */
static qy_status read_where(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const char *const *keys;
  if (node->kind != QY_YAML_MAP)
    return qy_yaml_expected(
        node, err, "a mapping {technology, network, design, precision, clock_mhz, a parameter of the designs}");
  qy_status status = where_keys(&keys, plan, node, err);
  if (!status) status = qy_yaml_check_keys(node, keys, err);
  if (!status && node->count > QY_PLOT_WHERE_MAX)
    return qy_yaml_expected(node, err, "at most %d keys", QY_PLOT_WHERE_MAX);
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    const char *text = NULL, *parameter = plan_parameter_key(plan, child->key);
    if ((status = qy_yaml_text(child, &text, err))) break;
    if (parameter && (status = plan_parameter_take(plan, parameter, child, err))) break;
    const char *label = parameter ? value_label(plan, parameter, text) : class_label(plan, child->key, text);
    if (!label || strpbrk(label, "\"\\=,"))
      return parameter ? qy_yaml_expected(child, err, "a value of %s that a design has", parameter)
                       : qy_yaml_expected(child, err, "a %s of this experiment", child->key);
    plot->where_key[plot->where_count] = parameter ? parameter : child->key;
    plot->where_label[plot->where_count++] = label;
  }
  return status;
}

/* `floor: traffic_floor_bytes`. */
static qy_status read_floor(const qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *floor = qy_yaml_get(node, "floor");
  const qy_metric_info *table = qy_metric_table();
  if (!floor) return QY_OK;
  qy_status status = plan_metric_read(&plot->floor, floor, err);
  if (status) return status;
  if (strcmp(plot->kind, "lines")) return qy_yaml_expected(floor, err, "no `floor` but in a plot of kind lines");
  if (strcmp(table[plot->floor].unit, table[plot->y].unit))
    return qy_yaml_expected(floor, err, "a metric in %s, as y is", table[plot->y].unit);
  bool has = false;
  for (int g = 0; g < plan->entry_count; g++)
    has |= entry_has(&plan->entries[g], plot->floor);
  if (!has) return qy_yaml_expected(floor, err, "a metric that one of the designs has");
  plot->has_floor = true;
  return QY_OK;
}

/* Bars are of the parts of a metric: some design must have one of them. */
static qy_status check_parts(const qy_plan *plan, const qy_plot_request *plot, const qy_yaml *y, qy_error *err)
{
  int parts[QY_METRIC_COUNT];
  const int count = qy_metric_parts(plot->y, parts);
  if (strcmp(plot->kind, "bars")) return QY_OK;
  for (int p = 0; p < count; p++)
    for (int g = 0; g < plan->entry_count; g++)
      if (entry_has(&plan->entries[g], parts[p])) return QY_OK;
  return qy_yaml_expected(y, err, "a metric with parts, as area_um2 or energy_uj, of which bars are made");
}

static bool is_level(int metric)
{
  return strcmp(qy_metric_table()[metric].unit, "dB") == 0;
}

/* `bands: true` and `over: DESIGN`: plots of what the draws say. */
static qy_status read_draws(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const answers[] = {"false", "true"};
  const qy_yaml *bands = qy_yaml_get(node, "bands"), *over = qy_yaml_get(node, "over");
  const bool pareto = strcmp(plot->kind, "pareto") == 0;
  size_t yes = 0;
  qy_status status = bands ? qy_yaml_choice(bands, answers, 2, &yes, err) : QY_OK;
  if (!status && over) status = qy_yaml_text(over, &plot->over_design, err);
  if (status) return status;
  plot->bands = yes;
  if (plot->bands && !pareto) return qy_yaml_expected(bands, err, "no `bands` but in a plot of kind pareto");
  if (over && !pareto && strcmp(plot->kind, "lines"))
    return qy_yaml_expected(over, err, "no `over` but in a plot of kind pareto, lines or tornado");
  if (over && plan_find_entry(plan, plot->over_design) < 0)
    return qy_yaml_expected(over, err, "the name of one of the designs");
  if (over && (is_level(plot->y) || (pareto && is_level(plot->x))))
    return qy_yaml_expected(over, err, "no `over` of a metric in dB, which is a ratio itself");
  if (over && plot->x == plot->y) return qy_yaml_expected(over, err, "no `over` where x and y are one metric");
  if (over && plot->has_floor) return qy_yaml_expected(over, err, "no `over` beside `floor`");
  if ((plot->bands || over) && !plan->info.draws)
    return qy_yaml_expected(plot->bands ? bands : over, err,
                            "an experiment with `uncertainty: {draws: N}`, whose draws this shows");
  return QY_OK;
}

static qy_status read_plot(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"name",    "kind",  "x",     "y",     "group", "panel", "x_scale",
                                     "y_scale", "floor", "where", "bands", "over",  NULL};
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
      (status = plan_metric_read(&plot->x, x, err)) ||
      (status = plan_require(&y, node, "y", "the metric on the y axis", err)) ||
      (status = plan_metric_read(&plot->y, y, err)) || (status = check_axes(plan, plot, x, y, err)))
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
  if ((status = read_floor(plan, plot, node, err)) || (status = read_draws(plan, plot, node, err)) ||
      (status = check_parts(plan, plot, y, err)))
    return status;
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
