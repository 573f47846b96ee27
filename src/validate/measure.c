/* One figure of one thing that a published entry names; see measure.h. */
#include "measure_things.h"

#include "quarry/published.h"

#include <string.h>

qy_status measure_library_get(const measure_library **out, const qy_yaml *node, const measure_conditions *at,
                              qy_error *err)
{
  enum { STREAM = 0 }; /* one for all: the same draws on both sides of a ratio */
  if (!at->technology[0]) return qy_yaml_expected(node, err, "a key `technology` beside it");
  measure_library *l = *at->libraries;
  while (l && strcmp(l->name, at->technology))
    l = l->next;
  *out = l;
  if (l) return QY_OK;
  l = qy_arena_alloc(at->arena, 1, sizeof *l);
  if (!l) return qy_no_memory(err);
  l->name = at->technology;
  qy_status status = qy_tech_read(&l->tech, at->db_dir, l->name, at->arena, err);
  if (!status) status = qy_draws_new(&l->draws, l->tech, QY_PUBLISHED_DRAWS, QY_PUBLISHED_SEED, STREAM, at->arena, err);
  if (status) return status;
  l->next = *at->libraries;
  *at->libraries = l;
  *out = l;
  return QY_OK;
}

qy_status measure_quantity(int *index, const qy_yaml *node, const char *quantity, const char *const *names, int count,
                           qy_error *err)
{
  for (*index = 0; *index < count; ++*index)
    if (strcmp(names[*index], quantity) == 0) return QY_OK;
  return qy_yaml_expected(node, err, "a thing that has the quantity %s", quantity);
}

qy_status measure_integer(int *out, const qy_yaml *map, const char *key, int low, int high, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, key);
  int64_t value = *out;
  qy_status status = node ? qy_yaml_integer(node, low, high, &value, err) : QY_OK;
  *out = (int)value;
  return status;
}

qy_status measure_choice(int *out, const qy_yaml *map, const char *key, const char *const *names, size_t count,
                         qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, key);
  size_t index = (size_t)*out;
  qy_status status = node ? qy_yaml_choice(node, names, count, &index, err) : QY_OK;
  *out = (int)index;
  return status;
}

/* ---- cells ---- */

static qy_status price_cell(double *value, const char **reason, const gauge *g, const qy_tech *tech, qy_error *err)
{
  (void)reason, (void)err;
  *value = tech->area_um2[*(const size_t *)g->thing];
  return QY_OK;
}

static qy_status measure_cell(gauge *g, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                              qy_error *err)
{
  static const char *const keys[] = {"cell", NULL}, *const quantities[] = {"area_um2"};
  const char *names[QY_CELL_COUNT];
  size_t *cell = qy_arena_alloc(at->arena, 1, sizeof *cell);
  if (!cell) return qy_no_memory(err);
  for (int i = 0; i < QY_CELL_COUNT; i++)
    names[i] = qy_cell_name((qy_cell)i);
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_choice(qy_yaml_get(node, "cell"), names, QY_CELL_COUNT, cell, err);
  if (!status) status = measure_library_get(&g->library, node, at, err);
  if (!status) status = measure_quantity(&g->quantity, node, quantity, quantities, 1, err);
  g->thing = cell;
  g->price = price_cell;
  return status;
}

qy_status measure(gauge *g, const qy_yaml *node, const char *quantity, const measure_conditions *at, qy_error *err)
{
  static const struct {
    const char *key;
    measure_thing *run;
  } things[] = {{"pe", measure_element}, {"operator", measure_operator}, {"component", measure_component},
                {"cell", measure_cell},  {"format", measure_format},     {"network", measure_network}};
  *g = (gauge){.library = NULL};
  if (node->kind == QY_YAML_MAP)
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
      if (qy_yaml_get(node, things[i].key)) return things[i].run(g, node, quantity, at, err);
  return qy_yaml_expected(node, err, "a mapping with pe, operator, component, cell, format or network");
}
