/* `store:` of an experiment file: which points are stored, and of which of them layers and members beside the metrics.
 */
#include "plan_int.h"

#include <assert.h>
#include <string.h>

static const char *const words[] = {[QY_KEEP_NONE] = "none", [QY_KEEP_FRONT] = "front", [QY_KEEP_ALL] = "all"};
static const char *const policies[QY_STORED_COUNT] = {[QY_STORED_ALL] = "all",
                                                      [QY_STORED_COLUMNS] = "columns",
                                                      [QY_STORED_FRONT] = "front",
                                                      [QY_STORED_SUMMARY] = "summary"};

const char *qy_stored_name(qy_stored stored)
{
  assert((unsigned)stored < QY_STORED_COUNT);
  return policies[stored];
}

static bool runs_layers(const design_entry *g)
{
  return g->where & (QY_AT_ACCELERATOR | QY_AT_SYSTEM);
}

static qy_status read_keep(qy_keep *keep, const qy_yaml *node, qy_error *err)
{
  size_t at = 0;
  qy_status status = node ? qy_yaml_choice(node, words, sizeof words / sizeof *words, &at, err) : QY_OK;
  *keep = (qy_keep)at;
  return status;
}

static qy_status read_stored(qy_stored *stored, const qy_yaml *node, qy_error *err)
{
  size_t at = 0;
  const qy_status status = node ? qy_yaml_choice(node, policies, QY_STORED_COUNT, &at, err) : QY_OK;
  *stored = (qy_stored)at;
  return status;
}

/* Is it a key whose values are known of points alone, not of the designs that fronts are kept by? */
static bool is_of_points(const qy_plan *plan, const char *key)
{
  return key && (qy_axis_bits_find(key) || plan_is_left_open(plan, key));
}

static bool told_by_points(const qy_plan *plan, const qy_plot_request *p)
{
  bool any = is_of_points(plan, p->panel);
  for (int g = 0; g < p->group_count; g++)
    any = any || is_of_points(plan, p->group[g]);
  for (int w = 0; w < p->where_count; w++)
    any = any || is_of_points(plan, p->where_key[w]);
  return any;
}

/* Is it drawn from a front over x and y, or from no stored point at all? */
static bool drawn_from_fronts(const qy_plan *plan, const qy_plot_request *p, qy_stored stored)
{
  if (p->point >= 0) return true;
  return stored == QY_STORED_FRONT && strcmp(p->kind, "pareto") == 0 && !p->x_key && !p->y_key && !p->bands &&
         !p->over_design && !told_by_points(plan, p);
}

/* What the rest of the file asks of points that are not stored. */
static qy_status check_asked(const qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_plan_info *info = &plan->info;
  const char *policy = qy_stored_name(info->stored);
  const qy_yaml *plots = qy_yaml_get(root, "plots"), *search = qy_yaml_get(root, "search"),
                *compare = qy_yaml_get(root, "compare");
  if (info->stored == QY_STORED_ALL) return QY_OK;
  if (search)
    return qy_yaml_expected(search, err, "no `search` beside `store: %s`: what it finds is few points", policy);
  if (!qy_stored_partly(info->stored)) return QY_OK;
  for (int i = 0; i < info->plot_count; i++)
    if (!drawn_from_fronts(plan, &info->plot[i], info->stored))
      return qy_yaml_expected(
          plots->child[i], err, "%s beside `store: %s` (`store: all` has the points of others)",
          info->stored == QY_STORED_FRONT
              ? "a plot of kind pareto over two metrics without bands, over, bits and what is auto, tornado or layers"
              : "a plot of kind tornado or layers",
          policy);
  if (compare && info->stored == QY_STORED_SUMMARY)
    return qy_yaml_expected(compare, err, "no `compare` beside `store: summary`: it needs fronts (`store: front`)");
  return QY_OK;
}

qy_status plan_keep_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"points", "layers", "members", NULL};
  const qy_yaml *node = qy_yaml_get(root, "store");
  qy_plan_info *info = &plan->info;
  bool any = false;
  if (!node) return QY_OK;
  qy_status status = QY_OK;
  if (node->kind == QY_YAML_SCALAR) {
    status = read_stored(&info->stored, node, err);
    return status ? status : check_asked(plan, root, err);
  }
  if (node->kind != QY_YAML_MAP || node->count == 0)
    return qy_yaml_expected(node, err, "all, columns, front or summary, or a mapping {points, layers, members}");
  status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = read_stored(&info->stored, qy_yaml_get(node, "points"), err);
  if (!status) status = read_keep(&info->keep_layers, qy_yaml_get(node, "layers"), err);
  if (!status) status = read_keep(&info->keep_members, qy_yaml_get(node, "members"), err);
  if (status) return status;
  for (int g = 0; g < plan->entry_count; g++)
    any = any || runs_layers(&plan->entries[g]);
  const bool details = info->keep_layers || info->keep_members;
  if (details && !any) return qy_yaml_expected(node, err, "designs that run layers beside it (all are elements alone)");
  if (details && info->stored == QY_STORED_SUMMARY)
    return qy_yaml_expected(node, err, "no layers or members beside `points: summary`, which has no fronts");
  if (info->stored == QY_STORED_COLUMNS && (info->keep_layers == QY_KEEP_ALL || info->keep_members == QY_KEEP_ALL))
    return qy_yaml_expected(node, err, "layers and members of fronts beside `points: columns`");
  return check_asked(plan, root, err);
}

/* Layers of a network as a design sees them: those selected, or all that its memory moves. */
static size_t layers_of(const qy_plan *plan, const design_entry *g, int n)
{
  if (!runs_layers(g)) return 0;
  return g->memory ? plan->graph[n]->op_count : plan->layer_count[n];
}

size_t qy_plan_layers_most(const qy_plan *plan)
{
  size_t most = 0;
  for (int g = 0; g < plan->entry_count; g++)
    for (int n = 0; n < plan->info.network_count; n++) {
      const size_t layers = layers_of(plan, &plan->entries[g], n);
      most = layers > most ? layers : most;
    }
  return most;
}

double qy_plan_layers_mean(const qy_plan *plan)
{
  double rows = 0;
  for (int g = 0; g < plan->entry_count; g++) {
    double own = 0;
    for (int n = 0; n < plan->info.network_count; n++)
      own += (double)layers_of(plan, &plan->entries[g], n);
    rows += own / plan->info.network_count * (double)plan->space.entry[g].count;
  }
  return rows / (double)plan->space.count;
}

double qy_plan_members_mean(const qy_plan *plan)
{
  double rows = 0;
  for (int g = 0; g < plan->entry_count; g++)
    if (runs_layers(&plan->entries[g])) rows += plan->entries[g].part_count * (double)plan->space.entry[g].count;
  return rows / (double)plan->space.count;
}
