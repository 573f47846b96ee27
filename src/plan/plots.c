/* The list `plots:` of an experiment file. */
#include "plan_int.h"

#include "quarry/plot_kinds.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include <stdlib.h>
#include <string.h>

/* {kind: tornado, metric: energy_uj, design: RDM, over: SDM, at: {channels: 4}}: one bar per constant. */
static qy_status read_tornado(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *metric, *design, *over = qy_yaml_get(node, "over");
  const char *name, *base = NULL;
  qy_status status = plan_require(&metric, node, "metric", "what the constants move", err);
  if (status || (status = plan_metric_read(&plot->x, metric, err)) ||
      (status = plan_require(&design, node, "design", "the design it is a metric of", err)) ||
      (status = qy_yaml_text(design, &name, err)) || (over && (status = qy_yaml_text(over, &base, err))))
    return status;
  plot->y = plot->x;
  if (!qy_metric_uncertain(plot->x))
    return qy_yaml_expected(metric, err, "a metric that depends on the library's constants");
  const int g = plan_find_entry(plan, name), b = base ? plan_find_entry(plan, base) : g;
  if (g < 0) return plan_unknown_design(plan, design, err);
  if (b < 0) return plan_unknown_design(plan, over, err);
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
    if (!qy_plain_file_name(one)) *c = '_';
  }
  return name;
}

/* "tornado-energy_uj-RDM-over-SDM" */
static const char *point_name(qy_plan *plan, const qy_plot_request *plot, const qy_yaml *node)
{
  const qy_yaml *over = qy_yaml_get(node, "over");
  char *name = qy_arena_format(plan->arena, "%s.%s-%s-%s%s%s", plan->info.name, plot->kind,
                               plot->bits ? "weight_bits" : qy_metric_table()[plot->x].name,
                               qy_yaml_get(node, "design")->text, over ? "-over-" : "", over ? over->text : "");
  return file_name(name);
}

/* "NAME.energy_uj-area_um2-over-SDM-bands" */
static const char *axes_name(qy_plan *plan, const qy_plot_request *plot)
{
  const qy_metric_info *table = qy_metric_table();
  const char *over = plot->over_design;
  if (strcmp(plot->kind, "parallel") == 0)
    return file_name(qy_arena_format(plan->arena, "%s.parallel", plan->info.name));
  const bool heat = strcmp(plot->kind, "heatmap") == 0;
  const char *x = plot->x_key ? plot->x_key : table[plot->x].name, *y = plot->y_key ? plot->y_key : table[plot->y].name;
  return file_name(qy_arena_format(plan->arena, "%s.%s%s%s-%s%s%s%s", plan->info.name,
                                   heat ? table[plot->colour].name : "", heat ? "-" : "", y, x, over ? "-over-" : "",
                                   over ? over : "", plot->bands ? "-bands" : ""));
}

/* Can a metric be shown layer by layer: one number, or in parts that are each of a layer? */
static bool is_layer_metric(int metric)
{
  int parts[QY_METRIC_COUNT];
  if (metric == QY_TRAFFIC_BYTES || metric == QY_LATENCY_US || metric == QY_ENERGY_DRAM_UJ) return true;
  return !qy_metric_of_parts(metric) && qy_metric_parts(metric, parts) > 0;
}

/* One of these, or the bits of weights. */
static qy_status read_layer_metric(qy_plot_request *plot, const qy_yaml *metric, qy_error *err)
{
  static const char bits[] = "weight_bits";
  const char *names[QY_METRIC_COUNT + 1];
  int of[QY_METRIC_COUNT + 1];
  size_t count = 0, index = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (is_layer_metric(m)) {
      names[count] = qy_metric_table()[m].name;
      of[count++] = m;
    }
  names[count] = bits;
  of[count++] = QY_WEIGHT_BYTES; /* of what has them */
  const qy_status status = qy_yaml_choice(metric, names, count, &index, err);
  plot->bits = index + 1 == count;
  plot->x = of[index];
  return status;
}

/* {kind: layers, metric: energy_uj, design: A, at: {...}}: a bar a layer. */
static qy_status read_layers(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *metric, *design;
  const char *name;
  qy_status status = plan_require(&metric, node, "metric", "what of each layer is shown", err);
  if (status || (status = read_layer_metric(plot, metric, err)) ||
      (status = plan_require(&design, node, "design", "the design whose layers they are", err)) ||
      (status = qy_yaml_text(design, &name, err)))
    return status;
  plot->y = plot->x;
  const int g = plan_find_entry(plan, name);
  if (g < 0) return plan_unknown_design(plan, design, err);
  const bool runs = (plan->entries[g].where & (QY_AT_ACCELERATOR | QY_AT_SYSTEM)) != 0;
  if (!runs) return qy_yaml_expected(design, err, "a design that runs layers");
  if (!entry_has(&plan->entries[g], plot->x)) return qy_yaml_expected(metric, err, "a metric that the design has");
  return plan_point_at(&plot->point, plan, g, qy_yaml_get(node, "at"), node, plan->arena, err);
}

static qy_status read_name(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *name = qy_yaml_get(node, "name");
  if (name) {
    qy_status status = qy_yaml_text(name, &plot->name, err);
    if (!status && !qy_plain_file_name(plot->name))
      status = qy_yaml_expected(name, err, "a file name of letters, digits, '.', '_' and '-'");
    return status;
  }
  plot->name = plot->point >= 0 ? point_name(plan, plot, node) : axes_name(plan, plot);
  return plot->name ? QY_OK : qy_no_memory(err);
}

/* A metric must be one of all technologies and of a design that `where` lets through; *entries: those that have it. */
static qy_status check_metric(unsigned *entries, const qy_plan *plan, int metric, const qy_yaml *node, qy_error *err)
{
  unsigned own = 0;
  qy_status status = plan_metric_check(plan, metric, node, err);
  for (int g = 0; !status && g < plan->entry_count; g++)
    if (entry_has(&plan->entries[g], metric)) own |= 1U << (g % 32);
  if (!status && !own) return qy_yaml_expected(node, err, "a metric that one of the designs has");
  if (!status && plan->entry_count <= 32) *entries &= own;
  return status;
}

/* Some design must have all metrics of the axes: the others' points are left out. */
static qy_status check_axes(unsigned *entries, const qy_plan *plan, const qy_plot_request *plot, const qy_yaml *x,
                            const qy_yaml *y, qy_error *err)
{
  qy_status status = plot->x_key ? QY_OK : check_metric(entries, plan, plot->x, x, err);
  if (!status && !plot->y_key) status = check_metric(entries, plan, plot->y, y, err);
  if (!status && !*entries)
    return qy_yaml_expected(y, err, "a metric of a design that has %s too", qy_metric_table()[plot->x].name);
  return status;
}

/* "points: best | median | all", where an axis is a key. */
static qy_status read_points(qy_plot_request *plot, const qy_yaml *node, int metric, qy_error *err)
{
  static const char *const which[] = {"best", "median", "all"};
  const qy_yaml *points = qy_yaml_get(node, "points");
  const qy_metric_info *info = &qy_metric_table()[metric];
  const bool keyed = plot->x_key || plot->y_key || strcmp(plot->kind, "heatmap") == 0;
  const bool dots = strcmp(plot->kind, "pareto") == 0 || strcmp(plot->kind, "lines") == 0;
  size_t index = info->sense == 0 ? 1 : strcmp(plot->kind, "pareto") == 0 && !qy_yaml_get(node, "over") ? 2 : 0;
  if (points && !keyed)
    return qy_yaml_expected(points, err, "no `points` but where an axis is a key, as clock_mhz or channels");
  qy_status status = points ? qy_yaml_choice(points, which, dots ? 3 : 2, &index, err) : QY_OK;
  if (status || !keyed) return status;
  if (points && index != 1 && info->sense == 0)
    return qy_yaml_expected(points, err, "median (%s is better neither smaller nor larger)", info->name);
  if (points && index == 2 && qy_yaml_get(node, "over"))
    return qy_yaml_expected(points, err, "best or median beside `over`");
  plot->points = which[index];
  return QY_OK;
}

static const char *axis_name(int metric, const char *key)
{
  return key ? key : qy_metric_table()[metric].name;
}

/* Which axes may be keys. */
static qy_status check_keys(const qy_plot_request *plot, const qy_yaml *x, const qy_yaml *y, qy_error *err)
{
  const char *const axes[] = {axis_name(plot->x, plot->x_key), axis_name(plot->y, plot->y_key)};
  if (qy_plot_axis_again(plot->kind, axes, 2) < 2) return qy_yaml_expected(y, err, QY_PLOT_AXIS_ONCE);
  if (strcmp(plot->kind, "heatmap") == 0) return QY_OK;
  if (plot->x_key && plot->y_key) return qy_yaml_expected(y, err, "a metric, as x is the key %s", plot->x_key);
  if (plot->y_key && strcmp(plot->kind, "bars") == 0) return qy_yaml_expected(y, err, "a metric, whose bars they are");
  (void)x;
  return QY_OK;
}

/* {kind: parallel, axes: [channels, clock_mhz, area_um2, energy_uj], group: design, where: {...}} */
static qy_status read_axes(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *axes;
  unsigned entries = ~0U;
  qy_status status = plan_require(&axes, node, "axes", "the upright axes: keys and metrics", err);
  if (status) return status;
  if (axes->kind != QY_YAML_LIST || axes->count < 2 || axes->count > QY_PLOT_AXES_MAX)
    return qy_yaml_expected(axes, err, "a list of 2 to %d keys and metrics", QY_PLOT_AXES_MAX);
  const char *name[QY_PLOT_AXES_MAX];
  bool metrics = false;
  for (size_t i = 0; !status && i < axes->count; i++) {
    status = plan_axis_read(&plot->axis[i], &plot->axis_key[i], plan, axes->child[i], err);
    if (status) return status;
    if (!plot->axis_key[i]) status = check_metric(&entries, plan, plot->axis[i], axes->child[i], err);
    if (!status && !plot->axis_key[i] && !entries)
      return qy_yaml_expected(axes->child[i], err, "a metric of a design that has those before it too");
    name[i] = axis_name(plot->axis[i], plot->axis_key[i]);
    if (qy_plot_axis_again(plot->kind, name, i + 1) == i)
      return qy_yaml_expected(axes->child[i], err, QY_PLOT_AXIS_ONCE);
    metrics = metrics || (!plot->axis_key[i] && qy_metric_table()[plot->axis[i]].sense != 0);
    plot->axis_count++;
  }
  if (!status && !metrics)
    return qy_yaml_expected(axes, err, "a metric to minimize or maximize among the axes, over which the front is");
  return status;
}

static bool on_axis(const qy_plot_request *plot, const char *key)
{
  return (plot->x_key && strcmp(plot->x_key, key) == 0) || (plot->y_key && strcmp(plot->y_key, key) == 0);
}

/* Does the plot tell points apart by this key? */
bool plan_plot_has_key(const qy_plot_request *plot, const char *key)
{
  bool has = on_axis(plot, key);
  for (int a = 0; a < plot->axis_count; a++)
    has = has || (plot->axis_key[a] && strcmp(plot->axis_key[a], key) == 0);
  for (int g = 0; g < plot->group_count; g++)
    has = has || strcmp(plot->group[g], key) == 0;
  return has;
}

/* `floor: traffic_floor_bytes`. */
static qy_status read_floor(const qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *floor = qy_yaml_get(node, "floor");
  const qy_metric_info *table = qy_metric_table();
  if (!floor) return QY_OK;
  qy_status status = plan_metric_read(&plot->floor, floor, err);
  if (status) return status;
  if (plot->x_key || plot->y_key) return qy_yaml_expected(floor, err, "no `floor` where an axis is a key");
  if (strcmp(table[plot->floor].unit, table[plot->y].unit))
    return qy_yaml_expected(floor, err, "a metric in %s, as y is", table[plot->y].unit);
  bool has = false;
  for (int g = 0; g < plan->entry_count; g++)
    has |= entry_has(&plan->entries[g], plot->floor);
  if (!has) return qy_yaml_expected(floor, err, "a metric that one of the designs has");
  plot->has_floor = true;
  return QY_OK;
}

/* `bands: true` and `over: DESIGN`: plots of what the draws say. */
static qy_status read_draws(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  static const char *const answers[] = {"false", "true"};
  const qy_yaml *bands = qy_yaml_get(node, "bands"), *over = qy_yaml_get(node, "over");
  const bool pareto = strcmp(plot->kind, "pareto") == 0, heat = strcmp(plot->kind, "heatmap") == 0;
  const bool keyed = plot->x_key || plot->y_key;
  size_t yes = 0;
  qy_status status = bands ? qy_yaml_choice(bands, answers, 2, &yes, err) : QY_OK;
  if (!status && over) status = qy_yaml_text(over, &plot->over_design, err);
  if (status) return status;
  plot->bands = yes;
  if (plot->bands && keyed) return qy_yaml_expected(bands, err, "no `bands` where an axis is a key");
  if (over && plan_find_entry(plan, plot->over_design) < 0) return plan_unknown_design(plan, over, err);
  const int divided = heat ? plot->colour : plot->y_key ? plot->x : plot->y;
  if (over && (qy_metric_is_level(divided) || (pareto && !keyed && qy_metric_is_level(plot->x))))
    return qy_yaml_expected(over, err, "no `over` of a metric in dB, which is a ratio itself");
  if (over && !keyed && !heat && plot->x == plot->y)
    return qy_yaml_expected(over, err, "no `over` where x and y are one metric");
  if (over && plot->has_floor) return qy_yaml_expected(over, err, "no `over` beside `floor`");
  if ((plot->bands || over) && !plan->info.draws)
    return qy_yaml_expected(plot->bands ? bands : over, err,
                            "an experiment with `uncertainty: {draws: N}`, whose draws this shows");
  return QY_OK;
}

/* Do technologies differ in more than their supply? */
static bool libraries_differ(const qy_plan *plan)
{
  const char *one = plan->technology[0]->name;
  const size_t length = qy_tech_base_length(one);
  for (int t = 1; t < plan->info.technology_count; t++) {
    const char *name = plan->technology[t]->name;
    if (qy_tech_base_length(name) != length || strncmp(name, one, length) != 0) return true;
  }
  return false;
}

/* Does a plot tell technologies apart, where nobody says so?  Where the supply is a key of it, by more than that. */
static bool tells_technologies(const qy_plan *plan, const qy_plot_request *plot)
{
  return plan_plot_has_key(plot, "voltage_v") ? libraries_differ(plan) : plan->info.technology_count > 1;
}

/* What the kinds of points have alike. */
static qy_status read_groups(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *keys_node = qy_yaml_get(node, "group"), *panel = qy_yaml_get(node, "panel");
  const qy_yaml *where = qy_yaml_get(node, "where");
  qy_status status = QY_OK;
  plot->group[0] = "design";
  plot->group_count = 1;
  if (keys_node && (status = plan_group_names_read(plot->group, &plot->group_count, 4, plan, keys_node, true, err)))
    return status;
  const bool of_panels = strcmp(plot->kind, "parallel") != 0;
  if (panel) {
    int count;
    if (panel->kind != QY_YAML_SCALAR) return qy_yaml_expected(panel, err, "one name");
    if ((status = plan_group_names_read(&plot->panel, &count, 1, plan, panel, true, err))) return status;
    if ((plot->x_key && strcmp(plot->x_key, plot->panel) == 0) ||
        (plot->y_key && strcmp(plot->y_key, plot->panel) == 0))
      return qy_yaml_expected(panel, err, "another key than that of an axis");
  } else if (of_panels && tells_technologies(plan, plot) && !on_axis(plot, "technology")) {
    plot->panel = "technology";
  }
  return where ? plan_where_read(plan, plot, where, err) : QY_OK;
}

static qy_status read_scale(int *log, const qy_yaml *node, const char *key, qy_error *err)
{
  static const char *const scales[] = {"auto", "linear", "log"};
  const qy_yaml *scale = qy_yaml_get(node, key);
  size_t index = 0;
  qy_status status = scale ? qy_yaml_choice(scale, scales, 3, &index, err) : QY_OK;
  *log = (int)index - 1;
  return status;
}

/* `colour`, `colour_scale` and `bins` of a heat map. */
static qy_status read_colour(unsigned *entries, qy_plan *plan, qy_plot_request *plot, const qy_yaml *node,
                             qy_error *err)
{
  const qy_yaml *colour, *bins = qy_yaml_get(node, "bins");
  int64_t count = 12;
  qy_status status = plan_require(&colour, node, "colour", "the metric that colours show", err);
  if (!status) status = plan_metric_read(&plot->colour, colour, err);
  if (!status) status = check_metric(entries, plan, plot->colour, colour, err);
  if (!status && !*entries) return qy_yaml_expected(colour, err, "a metric of a design that has those of the axes too");
  if (!status) status = read_scale(&plot->colour_log, node, "colour_scale", err);
  if (!status && bins && plot->x_key && plot->y_key)
    return qy_yaml_expected(bins, err, "no `bins` where both axes are keys");
  if (!status && bins) status = qy_yaml_integer(bins, 2, 100, &count, err);
  plot->bins = (int)count;
  return status;
}

/* The design to divide by must have the metrics that some other design has too. */
static qy_status check_over(unsigned entries, const qy_plan *plan, const qy_plot_request *plot, const qy_yaml *node,
                            qy_error *err)
{
  const qy_yaml *over = qy_yaml_get(node, "over");
  if (!over) return QY_OK;
  const int g = plan_find_entry(plan, plot->over_design);
  const bool lines = strcmp(plot->kind, "lines") == 0, heat = strcmp(plot->kind, "heatmap") == 0;
  const int metric[2] = {heat ? plot->colour : plot->y_key ? plot->x : plot->y, plot->x};
  const bool both = !lines && !heat && !plot->x_key && !plot->y_key;
  for (int m = 0; m < (both ? 2 : 1); m++)
    if (!entry_has(&plan->entries[g], metric[m]))
      return qy_yaml_expected(over, err, "a design that has %s, which is divided", qy_metric_table()[metric[m]].name);
  (void)entries;
  return QY_OK;
}

static qy_status read_xy(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *x, *y;
  unsigned entries = ~0U;
  const bool heat = strcmp(plot->kind, "heatmap") == 0;
  qy_status status = plan_require(&x, node, "x", "the metric or key on the x axis", err);
  if (!status) status = plan_axis_read(&plot->x, &plot->x_key, plan, x, err);
  if (!status) status = plan_require(&y, node, "y", "the metric or key on the y axis", err);
  if (!status) status = plan_axis_read(&plot->y, &plot->y_key, plan, y, err);
  if (!status) status = check_keys(plot, x, y, err);
  if (!status) status = check_axes(&entries, plan, plot, x, y, err);
  if (!status && heat) status = read_colour(&entries, plan, plot, node, err);
  if (!status) status = read_points(plot, node, heat ? plot->colour : plot->y_key ? plot->x : plot->y, err);
  if (!status) status = read_floor(plan, plot, node, err);
  if (!status) status = read_draws(plan, plot, node, err);
  return status ? status : check_over(entries, plan, plot, node, err);
}

/* Do points have words for this key, or "auto" among numbers? */
static bool is_of_words(const qy_plan *plan, const char *key)
{
  double number;
  char text[VALUE_TEXT];
  if (strcmp(key, "clock_mhz") == 0) return false;
  bool supply = false;
  for (int t = 0; t < plan->info.technology_count; t++)
    supply = supply || plan->technology[t]->voltage_v > 0;
  if (strcmp(key, "voltage_v") == 0) return !supply;
  if (qy_axis_bits_find(key)) return false;
  if (!plan_parameter_key(plan, key) && strcmp(key, "precision")) return true;
  for (int p = 0; strcmp(key, "precision") == 0 && p < plan->info.precision_count; p++) {
    const qy_plan_precision *one = &plan->info.precision[p];
    if (!one->uniform || one->all.weights != one->all.activations) return true;
  }
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++)
      for (size_t k = 0; strcmp(plan->entries[g].params[i].key, key) == 0 && k < plan->entries[g].param[i].count; k++)
        if (!qy_number_parse(value_text(text, plan->entries[g].params[i].row, plan->entries[g].param[i].value[k]),
                             &number))
          return true;
  return false;
}

/* NULL: none. */
static const char *axis_unit(const qy_plan *plan, int metric, const char *key)
{
  if (!key) return qy_metric_table()[metric].unit;
  if (strcmp(key, "clock_mhz") == 0) return "MHz";
  if (strcmp(key, "voltage_v") == 0) return "V";
  if (qy_axis_bits_find(key)) return "bit";
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++)
      if (strcmp(plan->entries[g].params[i].key, key) == 0) return plan->entries[g].params[i].row->unit;
  return NULL;
}

/* What a plot says of an axis must have a meaning there: cells of keys and words have even steps. */
static qy_status check_axis_style(const qy_plan *plan, const qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const char *const axis_key[2] = {plot->x_key, plot->y_key};
  static const char *const said[2][2] = {{"x_scale", "x_range"}, {"y_scale", "y_range"}};
  const bool heat = strcmp(plot->kind, "heatmap") == 0;
  for (int d = 0; d < 2; d++)
    for (int o = 0; o < 2 && axis_key[d]; o++) {
      const qy_yaml *own = qy_yaml_get(node, said[d][o]);
      if (!own || (own->kind == QY_YAML_SCALAR && strcmp(own->text, "auto") == 0)) continue;
      if (heat) return qy_yaml_expected(own, err, "no `%s` of a key, whose values are cells of one size", said[d][o]);
      if (is_of_words(plan, axis_key[d]))
        return qy_yaml_expected(own, err, "no `%s` of %s, whose values are words", said[d][o], axis_key[d]);
    }
  const qy_yaml *per_x = qy_yaml_get(node, "per_x");
  if (per_x && (plot->x_key || plot->y_key))
    return qy_yaml_expected(per_x, err, "no `per_x` where an axis is a key: `points` says which are shown");
  return QY_OK;
}

/* Ranges in the units of their axes. */
static qy_status read_ranges(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const bool parallel = strcmp(plot->kind, "parallel") == 0;
  const char *const unit[2] = {parallel ? NULL : axis_unit(plan, plot->x, plot->x_key),
                               parallel ? NULL : axis_unit(plan, plot->y, plot->y_key)};
  qy_style_option bad;
  qy_error why = {0};
  qy_status status = qy_style_ranges(&plot->style, &bad, unit, plan->arena, &why);
  if (!status || status == QY_NO_MEMORY) return status ? qy_no_memory(err) : QY_OK;
  const qy_yaml *own = qy_yaml_get(node, qy_style_table()[bad].key);
  const char *of = unit[bad == QY_STYLE_Y_RANGE];
  if (!of || !*of) return qy_yaml_expected(own ? own : node, err, "two rising numbers without a unit");
  return qy_yaml_expected(own ? own : node, err, "two rising numbers in %s or a unit of its kind", of);
}

/* Keys are checked against what the kind takes; *index: of qy_plot_kinds. */
static qy_status read_kind(size_t *index, qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *kind;
  const char *own[QY_PLOT_KEYS_MAX];
  const char *const *keys;
  qy_status status =
      plan_require(&kind, node, "kind", "pareto, lines, bars, heatmap, parallel, tornado or layers", err);
  if (!status) status = qy_yaml_choice(kind, qy_plot_kinds, QY_PLOT_KINDS, index, err);
  if (status) return status;
  plot->kind = qy_plot_kinds[*index];
  qy_plot_keys(own, plot->kind);
  status = plan_style_keys(&keys, plan, own, false, err);
  if (!status) status = qy_yaml_check_keys(node, keys, err);
  return status ? status : plan_style_read(&plot->style, plan, node, *index < QY_PLOT_KINDS_OF_POINTS, err);
}

static qy_status read_plot(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a plot");
  size_t index = 0;
  plot->point = plot->over = -1;
  plot->style = plan->plots_style;
  qy_status status = read_kind(&index, plan, plot, node, err);
  if (status) return status;
  if (index >= QY_PLOT_KINDS_OF_POINTS) {
    status =
        strcmp(plot->kind, "layers") == 0 ? read_layers(plan, plot, node, err) : read_tornado(plan, plot, node, err);
    return status ? status : read_name(plan, plot, node, err);
  }
  qy_plot_look look;
  qy_style_look(&look, &plot->style);
  plot->x_log = look.x_scale;
  plot->y_log = look.y_scale;
  status = strcmp(plot->kind, "parallel") == 0 ? read_axes(plan, plot, node, err) : read_xy(plan, plot, node, err);
  if (!status) status = check_axis_style(plan, plot, node, err);
  if (!status) status = read_ranges(plan, plot, node, err);
  if (!status) status = read_groups(plan, plot, node, err);
  return status ? status : read_name(plan, plot, node, err);
}

qy_status plan_plots_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(root, "plots");
  qy_status style = plan_plots_style_read(plan, root, err);
  if (style || !node) return style;
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
