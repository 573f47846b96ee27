/* `noise:` of an experiment file: where the noise of layers comes from (layer_noise.h). */
#include "plan_int.h"

#include "quarry/file.h"
#include "quarry/sha256.h"
#include "quarry/text.h"

#include <stdio.h>
#include <string.h>

enum { WHERE_BYTES = 24 };

/* As of networks: a path holds a '/' or ends in .csv, anything else is a file of db/sensitivity. */
static const char *table_path(const qy_plan *plan, const char *name)
{
  const size_t length = strlen(name);
  const bool path = strchr(name, '/') || (length > 4 && strcmp(name + length - 4, ".csv") == 0);
  return path ? name : qy_arena_format(plan->arena, "%s/sensitivity/%s.csv", plan->db_dir, name);
}

static qy_status read_table(qy_layer_noise **noise, const qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  static const char *const keys[] = {"file", "cost", NULL};
  const qy_yaml *node = qy_yaml_get(map, "file"), *cost_node = qy_yaml_get(map, "cost");
  const char *name, *cost = NULL;
  qy_status status = qy_yaml_check_keys(map, keys, err);
  if (status || (status = qy_yaml_text(node, &name, err)) ||
      (cost_node && (status = qy_yaml_text(cost_node, &cost, err))))
    return status;
  const char *file;
  if ((status = qy_yaml_file(&file, node, name, plan->arena, err))) return status;
  const char *path = table_path(plan, file);
  if (!path) return qy_no_memory(err);
  status = qy_layer_noise_read(noise, path, cost, plan->arena, err);
  if (!status) return QY_OK;
  return qy_fail_at(err, status, node->file, node->line, node->column, "%s: sensitivities \"%s\" cannot be used",
                    node->path, name);
}

/* The factor of each layer that is run, found as its precision is in a map of layers. */
static qy_status fill_factors(qy_layer_weight *weight, const qy_plan *plan, const qy_yaml *node,
                              const layer_rule *rules, const double *factor, qy_error *err)
{
  size_t at = 0;
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++) {
      const layer_rule *rule = plan_rule_of(rules, node->count, plan, n, i);
      if (!rule)
        return qy_yaml_expected(node, err, "a weight for layer %s of network %s, or `default`",
                                plan->layers[n][i]->name, plan->network[n]->name);
      weight[at++] = (qy_layer_weight){plan->layers[n][i], factor[rule - rules]};
    }
  return QY_OK;
}

static qy_status read_weights(qy_layer_noise **noise, const qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  static const double most = 1e9;
  static const char *const keys[] = {"weights", NULL};
  const qy_yaml *node = qy_yaml_get(map, "weights");
  size_t count = 0;
  qy_status status = qy_yaml_check_keys(map, keys, err);
  if (status) return status;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping from layers to weights");
  for (int n = 0; n < plan->info.network_count; n++)
    count += plan->layer_count[n];
  layer_rule *rules = qy_arena_alloc(plan->arena, node->count, sizeof *rules);
  double *factor = qy_arena_alloc(plan->arena, node->count, sizeof *factor);
  qy_layer_weight *weight = qy_arena_alloc(plan->arena, count, sizeof *weight);
  if (!rules || !factor || !weight) return qy_no_memory(err);
  for (size_t i = 0; !status && i < node->count; i++) {
    status = plan_rule_read(&rules[i], plan, node, node->child[i], err);
    if (!status) status = qy_yaml_number(node->child[i], 0, most, &factor[i], err);
  }
  if (!status) status = fill_factors(weight, plan, node, rules, factor, err);
  return status ? status : qy_layer_noise_given(noise, weight, count, plan->arena, err);
}

static qy_status read_tensors(qy_layer_noise **noise, const qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  static const char *const keys[] = {"tensors", "scale", NULL}, *const scales[] = {"layer", "channel"};
  const qy_yaml *node = qy_yaml_get(map, "tensors"), *scale = qy_yaml_get(map, "scale");
  const char *folder;
  size_t which = 0;
  qy_error inner = {0};
  qy_status status = qy_yaml_check_keys(map, keys, err);
  if (status || (status = qy_yaml_text(node, &folder, err)) ||
      (scale && (status = qy_yaml_choice(scale, scales, 2, &which, err))))
    return status;
  if (!strchr(folder, '/')) folder = qy_arena_format(plan->arena, "./%s", folder); /* a path, even without a slash */
  if (!folder) return qy_no_memory(err);
  if ((status = qy_yaml_file(&folder, node, folder, plan->arena, err))) return status;
  status = qy_layer_noise_tensors(noise, folder, which == 1, plan->arena, &inner);
  return status ? plan_fail(node, status, &inner, "", err) : QY_OK;
}

/* Each layer's weights must be there and be weights: said before anything is computed. */
static qy_status check_tensors(const qy_plan *plan, const qy_layer_noise *noise, const qy_yaml *node, qy_error *err)
{
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++) {
      const qy_layer *layer = plan->layers[n][i];
      qy_error inner = {0};
      char where[WHERE_BYTES];
      const qy_status status = qy_layer_noise_check(noise, layer, &inner);
      if (!status) continue;
      const qy_diagnostic *first = &inner.diagnostic[0];
      const char *file = qy_layer_noise_file(noise, layer, plan->arena);
      snprintf(where, sizeof where, ": ");
      if (first->line > 0) snprintf(where, sizeof where, ":%d: ", first->line);
      return qy_fail_at(err, status, node->file, node->line, node->column, "%s: layer %s of network %s: %s%s%s",
                        node->path, layer->name, plan->network[n]->name, file ? file : "", file ? where : "",
                        inner.count ? first->text : qy_status_text(status));
    }
  return QY_OK;
}

/* ---- files ---- */

static qy_status add_file(qy_plan *plan, qy_plan_file *files, const char *name, bool text, qy_error *err)
{
  for (int i = 0; i < plan->info.noise_file_count; i++)
    if (strcmp(files[i].name, name) == 0) return QY_OK;
  char *bytes, *hex = qy_arena_alloc(plan->arena, 1, sizeof plan->info.sha256);
  size_t length;
  qy_arena *scratch = text ? plan->arena : qy_arena_new();
  qy_status status = hex && scratch ? qy_file_read(&bytes, &length, name, scratch, err) : qy_no_memory(err);
  if (!status) {
    qy_sha256_text(hex, bytes, length);
    files[plan->info.noise_file_count++] = (qy_plan_file){name, hex, text ? bytes : NULL};
  }
  if (!text) qy_arena_free(scratch);
  return status;
}

/* Those that the noise of any layer is read from. */
static qy_status list_files(qy_plan *plan, bool text, qy_error *err)
{
  size_t layers = 0;
  qy_status status = QY_OK;
  for (int n = 0; n < plan->info.network_count; n++)
    layers += plan->layer_count[n];
  qy_plan_file *files = qy_arena_alloc(plan->arena, layers, sizeof *files);
  if (!files) return qy_no_memory(err);
  plan->info.noise_file = files;
  for (int n = 0; !status && n < plan->info.network_count; n++)
    for (size_t i = 0; !status && i < plan->layer_count[n]; i++) {
      const char *name = qy_layer_noise_file(plan->noise, plan->layers[n][i], plan->arena);
      if (name) status = add_file(plan, files, name, text, err);
    }
  for (int i = 0; i < plan->info.noise_file_count; i++)
    files[i].name = plan_shown_name(plan, files[i].name);
  return status;
}

/* A table must have what any point asks it for: said before anything is computed. */
static qy_status check_table(const qy_plan *plan, qy_error *err)
{
  static const qy_pe_noise none = {.weights = 0};
  qy_status status = QY_OK;
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++)
      for (int o = 0; o < plan->option_count; o++) {
        bool asked = false;
        double noise;
        for (size_t p = 0; !asked && p < plan->precision.count; p++)
          asked = plan_asks_of_layer(plan, p, n, i, o);
        if (asked)
          status = qy_layer_noise_at(&noise, plan->noise, plan->network_own[n], plan->layers[n][i], &none,
                                     plan->option[o], err);
        if (status)
          return qy_fail_at(err, status, plan->noise_node->file, plan->noise_node->line, plan->noise_node->column,
                            "%s: expected sensitivities of every layer at every precision that it may have",
                            plan->noise_node->path);
      }
  return QY_OK;
}

/* `weights` as the file has them, else the files' contents. */
static qy_status identify(qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *weights = node ? qy_yaml_get(node, "weights") : NULL;
  qy_text all = {0};
  for (size_t i = 0; weights && i < weights->count; i++)
    qy_text_add(&all, "%s: %s\n", weights->child[i]->key, weights->child[i]->text);
  for (int i = 0; i < plan->info.noise_file_count; i++)
    qy_text_add(&all, "%s\n", plan->info.noise_file[i].sha256);
  if (!all.failed) qy_sha256_text(plan->info.noise_sha256, all.data ? all.data : "", all.length);
  const bool failed = all.failed;
  qy_text_free(&all);
  return failed ? qy_no_memory(err) : QY_OK;
}

qy_status plan_noise_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(root, "noise");
  qy_layer_noise *noise = NULL;
  qy_status status = QY_OK;
  if (node && !plan->layers) return qy_yaml_expected(node, err, "a key `network` beside `noise`");
  if (node && node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping with file, weights or tensors");
  static const char *const kinds[] = {"file", "weights", "tensors", "scale", NULL};
  const bool file = node && qy_yaml_get(node, "file");
  if (node && !file && !qy_yaml_get(node, "weights") && !qy_yaml_get(node, "tensors") &&
      (status = qy_yaml_check_keys(node, kinds, err)))
    return status;
  if (file)
    status = read_table(&noise, plan, node, err);
  else if (node && qy_yaml_get(node, "weights"))
    status = read_weights(&noise, plan, node, err);
  else if (node && qy_yaml_get(node, "tensors"))
    status = read_tensors(&noise, plan, node, err);
  else if (node)
    return qy_yaml_expected(node, err, "a mapping with file, weights or tensors");
  if (status) return status;
  plan->noise = noise;
  plan->noise_node = node;
  plan->info.noise_worth = qy_layer_noise_worth(noise);
  if (!(plan->info.noise_source = qy_layer_noise_text(noise, plan->arena))) return qy_no_memory(err);
  const qy_yaml *tensors = node ? qy_yaml_get(node, "tensors") : NULL;
  status = tensors ? check_tensors(plan, noise, tensors, err) : QY_OK;
  if (!status && noise) status = list_files(plan, file, err);
  if (!status) status = identify(plan, node, err);
  return !status && file ? check_table(plan, err) : status;
}
