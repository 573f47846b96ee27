/* Predicted beside measured noise of mixed assignments as a subject of published figures; see measure.h and mixed.h.
 *
 *   mixed: NAME            assignments, <db_dir>/sensitivity/NAME.csv
 *   sensitivities: NAME    likewise
 *   network: NAME          of those in the files
 *   widths: weights | with activations | all
 *   prediction: measured layers | tensors | equal weights
 * Quantities: spearman, mean_error_db, mean_absolute_error_db.
 */
#include "measure_subjects.h"

#include "quarry/mixed.h"

#include <assert.h>

typedef enum mixed_quantity { SPEARMAN, MEAN_ERROR, MEAN_ABSOLUTE_ERROR, MIXED_COUNT } mixed_quantity;
static const char *const quantity_names[MIXED_COUNT] = {"spearman", "mean_error_db", "mean_absolute_error_db"};

static qy_status read_table(const char **file, const qy_yaml *node, const char *key, const measure_conditions *at,
                            qy_error *err)
{
  const char *name = "";
  const qy_yaml *given = qy_yaml_get(node, key);
  if (!given) return qy_yaml_expected(node, err, "a key `%s`", key);
  const qy_status status = qy_yaml_text(given, &name, err);
  if (status) return status;
  *file = qy_arena_format(at->arena, "%s/sensitivity/%s.csv", at->db_dir, name);
  return *file ? QY_OK : qy_no_memory(err);
}

qy_status measure_mixed(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                        qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const keys[] = {"mixed", "sensitivities", "network", "widths", "prediction", NULL};
  const char *assignments = "", *sensitivities = "", *network = "";
  int what = 0, widths = QY_MIXED_ALL, source = QY_MIXED_LAYERS;
  qy_mixed_report *report = NULL;
  const qy_yaml *network_node = qy_yaml_get(node, "network");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = measure_quantity(&what, node, quantity, quantity_names, MIXED_COUNT, err);
  if (!status) status = read_table(&assignments, node, "mixed", at, err);
  if (!status) status = read_table(&sensitivities, node, "sensitivities", at, err);
  if (!status && !network_node) status = qy_yaml_expected(node, err, "a key `network`");
  if (!status) status = qy_yaml_text(network_node, &network, err);
  if (!status) status = measure_choice(&widths, node, "widths", qy_mixed_widths_names, QY_MIXED_WIDTHS_COUNT, err);
  if (!status) status = measure_choice(&source, node, "prediction", qy_mixed_source_names, QY_MIXED_SOURCE_COUNT, err);
  if (!status) status = qy_mixed_compare(&report, sensitivities, assignments, at->arena, err);
  if (status) return status;
  const qy_mixed_group *g = qy_mixed_find(report, network, (qy_mixed_widths)widths, (qy_mixed_source)source);
  if (!g) return qy_yaml_expected(network_node, err, "a network of %s that can be compared so", assignments);
  const double value[MIXED_COUNT] = {
      [SPEARMAN] = g->spearman, [MEAN_ERROR] = g->mean_error_db, [MEAN_ABSOLUTE_ERROR] = g->mean_absolute_error_db};
  m->exact = value[what];
  return QY_OK;
}
