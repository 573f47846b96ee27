/* `plots_style:` of an experiment file and the same keys in its plots. */
#include "plan_int.h"

#include <string.h>

/* The text of a scalar, or of a list with commas between; NULL: out of memory. */
static const char *style_text(const qy_yaml *node, qy_arena *arena)
{
  if (node->kind == QY_YAML_SCALAR) return node->text;
  const char *text = "";
  for (size_t i = 0; text && i < node->count; i++)
    text = qy_arena_format(arena, "%s%s%s", text, i ? ", " : "", node->child[i]->text ? node->child[i]->text : "?");
  return text;
}

qy_status plan_style_read(qy_plot_style *style, qy_plan *plan, const qy_yaml *map, bool axes, qy_error *err)
{
  const qy_style_info *table = qy_style_table();
  qy_plot_style own = {{NULL}};
  for (int o = 0; o < QY_STYLE_COUNT; o++) {
    const qy_yaml *node = axes || !table[o].axes ? qy_yaml_get(map, table[o].key) : NULL;
    if (!node) continue;
    const char *text = node->kind == QY_YAML_MAP ? "" : style_text(node, plan->arena);
    if (!text) return qy_no_memory(err);
    if (node->kind == QY_YAML_MAP || !qy_style_valid((qy_style_option)o, text))
      return qy_yaml_expected(node, err, "%s", table[o].values);
    own.said[o] = text;
  }
  qy_style_over(style, &own);
  qy_style_option bad = QY_STYLE_COUNT;
  const char *expected = qy_style_conflict(&bad, style);
  if (!expected) return QY_OK;
  const qy_yaml *at = qy_yaml_get(map, table[bad].key);
  return qy_yaml_expected(at ? at : map, err, "%s", expected);
}

qy_status plan_plots_style_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(root, "plots_style");
  const char *const *keys;
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_MAP)
    return qy_yaml_expected(node, err, "a mapping such as {preset: paper, size: 3.5in x 2.6in}");
  qy_status status = plan_style_keys(&keys, plan, NULL, true, err);
  if (!status) status = qy_yaml_check_keys(node, keys, err);
  return status ? status : plan_style_read(&plan->plots_style, plan, node, true, err);
}

qy_status plan_style_keys(const char *const **keys, qy_plan *plan, const char *const *own, bool axes, qy_error *err)
{
  const qy_style_info *table = qy_style_table();
  size_t count = 0;
  while (own && own[count])
    count++;
  const char **all = qy_arena_alloc(plan->arena, count + QY_STYLE_COUNT + 1, sizeof *all);
  if (!all) return qy_no_memory(err);
  if (count) memcpy(all, own, count * sizeof *all);
  for (int o = 0; o < QY_STYLE_COUNT; o++)
    if (axes || !table[o].axes) all[count++] = table[o].key;
  *keys = all;
  return QY_OK;
}
