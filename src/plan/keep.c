/* `store:` of an experiment file: of which points layers and members are stored beside the metrics. */
#include "plan_int.h"

static const char *const words[] = {[QY_KEEP_NONE] = "none", [QY_KEEP_FRONT] = "front", [QY_KEEP_ALL] = "all"};

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

qy_status plan_keep_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"layers", "members", NULL};
  const qy_yaml *node = qy_yaml_get(root, "store");
  bool any = false;
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_MAP || node->count == 0)
    return qy_yaml_expected(node, err, "a mapping {layers, members}, each front or all");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = read_keep(&plan->info.keep_layers, qy_yaml_get(node, "layers"), err);
  if (!status) status = read_keep(&plan->info.keep_members, qy_yaml_get(node, "members"), err);
  for (int g = 0; g < plan->entry_count; g++)
    any = any || runs_layers(&plan->entries[g]);
  if (!status && !any)
    status = qy_yaml_expected(node, err, "designs that run layers beside it (all are elements alone)");
  return status;
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
