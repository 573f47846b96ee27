/* Subjects that no library has a part in: number formats and layer tables; see measure.h. */
#include "measure_subjects.h"

#include "quarry/network.h"
#include "quarry/sqnr.h"

#include <assert.h>
#include <string.h>

/* ---- formats ---- */

qy_status measure_format(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                         qy_error *err)
{
  assert(m && node && quantity && at);
  const char *name = "", *signal_name = "gaussian";
  const qy_yaml *shape_node = qy_yaml_get(node, "shape"), *signal_node = qy_yaml_get(node, "signal");
  double shape = 2;
  int bits = 5;
  qy_signal signal;
  qy_levels *levels = NULL;
  qy_best best = {.sqnr_db = 0};
  qy_status status = qy_yaml_text(qy_yaml_get(node, "format"), &name, err);
  if (!status && signal_node) status = qy_yaml_text(signal_node, &signal_name, err);
  if (!status && shape_node) status = qy_yaml_number(shape_node, 0.3, 10, &shape, err);
  if (!status) status = measure_integer(&bits, node, "bits", 1, 24, err);
  if (status) return status;
  int kind = qy_number_find(name), distribution = qy_signal_find(signal_name);
  if (kind < 0) return qy_yaml_expected(node, err, "a format that `quarry list formats` shows");
  if (distribution < 0 || distribution == QY_SIGNAL_SAMPLES)
    return qy_yaml_expected(signal_node, err, "gaussian, laplacian, generalized or uniform");
  qy_number number = qy_number_default((qy_number_kind)kind, bits);
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    int64_t parameter = 0;
    if (!strcmp(child->key, "format") || !strcmp(child->key, "bits") || child == shape_node || child == signal_node)
      continue;
    status = qy_yaml_integer(child, -1000, 1000, &parameter, err);
    if (!status) status = qy_number_set(&number, child->key, parameter, err);
  }
  if (!status) status = qy_number_check(&number, err);
  if (status) return status;
  if (strcmp(quantity, "compression") == 0) {
    m->exact = qy_number_compression(&number);
    return QY_OK;
  }
  if ((status = qy_levels_build(&levels, &number, at->arena, err))) return status;
  if (strcmp(quantity, "levels") == 0) {
    m->exact = (double)levels->count;
    return QY_OK;
  }
  if (strcmp(quantity, "sqnr_db")) return qy_yaml_expected(node, err, "something with the quantity %s", quantity);
  status = qy_signal_make(&signal, (qy_signal_kind)distribution, shape, err);
  if (!status) status = qy_best_format(&best, &number, &signal, err);
  if (!status) m->exact = best.sqnr_db;
  return status;
}

/* ---- networks ---- */

qy_status measure_network(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                          qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const keys[] = {"network", "type", NULL};
  const char *types[QY_LAYER_TYPE_COUNT];
  const qy_yaml *type = qy_yaml_get(node, "type");
  size_t wanted = QY_LAYER_TYPE_COUNT;
  qy_network *network = NULL;
  for (int i = 0; i < QY_LAYER_TYPE_COUNT; i++)
    types[i] = qy_layer_type_name((qy_layer_type)i);
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status && type) status = qy_yaml_choice(type, types, QY_LAYER_TYPE_COUNT, &wanted, err);
  if (!status) status = measure_network_read(&network, node, "network", at, err);
  if (status) return status;
  int macs = strcmp(quantity, "macs") == 0;
  if (!macs && strcmp(quantity, "weights"))
    return qy_yaml_expected(node, err, "something with the quantity %s", quantity);
  m->exact = 0;
  for (size_t i = 0; i < network->layer_count; i++)
    if (!type || network->layer[i].type == (qy_layer_type)wanted)
      m->exact += (double)(macs ? network->layer[i].macs : network->layer[i].weights);
  return QY_OK;
}
