/* One figure of one subject that a published entry names; see measure.h. */
#include "measure_subjects.h"

#include "quarry/published.h"

#include <assert.h>
#include <math.h>
#include <string.h>

qy_status measure_library_get(const measure_library **out, const qy_yaml *node, const measure_conditions *at,
                              qy_error *err)
{
  assert(out && node && at);
  enum { STREAM = 0 }; /* one for all: the same draws on both sides of a ratio */
  if (!at->technology[0]) return qy_yaml_expected(node, err, "a key `technology` beside it");
  measure_library *l = at->shared->libraries;
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
  l->next = at->shared->libraries;
  at->shared->libraries = l;
  *out = l;
  return QY_OK;
}

qy_status measure_quantity(int *index, const qy_yaml *node, const char *quantity, const char *const *names, int count,
                           qy_error *err)
{
  assert(index && node && quantity && names && count > 0);
  for (*index = 0; *index < count; ++*index)
    if (strcmp(names[*index], quantity) == 0) return QY_OK;
  return qy_yaml_expected(node, err, "something with the quantity %s", quantity);
}

qy_status measure_integer(int *out, const qy_yaml *map, const char *key, int low, int high, qy_error *err)
{
  assert(out && map && key && low <= high);
  const qy_yaml *node = qy_yaml_get(map, key);
  int64_t value = *out;
  qy_status status = node ? qy_yaml_integer(node, low, high, &value, err) : QY_OK;
  *out = (int)value;
  return status;
}

qy_status measure_choice(int *out, const qy_yaml *map, const char *key, const char *const *names, size_t count,
                         qy_error *err)
{
  assert(out && map && key && names && count > 0);
  const qy_yaml *node = qy_yaml_get(map, key);
  size_t index = (size_t)*out;
  qy_status status = node ? qy_yaml_choice(node, names, count, &index, err) : QY_OK;
  *out = (int)index;
  return status;
}

/* ---- cells ---- */

static qy_status price_cell(double *value, const char **reason, const measure_subject *m, const qy_tech *tech,
                            qy_error *err)
{
  (void)reason, (void)err;
  *value = tech->area_um2[*(const size_t *)m->built];
  return QY_OK;
}

static qy_status measure_cell(measure_subject *m, const qy_yaml *node, const char *quantity,
                              const measure_conditions *at, qy_error *err)
{
  static const char *const keys[] = {"cell", NULL}, *const quantities[] = {"area_um2"};
  const char *names[QY_CELL_COUNT];
  size_t *cell = qy_arena_alloc(at->arena, 1, sizeof *cell);
  if (!cell) return qy_no_memory(err);
  for (int i = 0; i < QY_CELL_COUNT; i++)
    names[i] = qy_cell_name((qy_cell)i);
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_choice(qy_yaml_get(node, "cell"), names, QY_CELL_COUNT, cell, err);
  if (!status) status = measure_library_get(&m->library, node, at, err);
  if (!status) status = measure_quantity(&m->quantity, node, quantity, quantities, 1, err);
  m->built = cell;
  m->price = price_cell;
  return status;
}

/* ---- all of them ---- */

const char *measure_text(const qy_yaml *map, qy_arena *arena)
{
  assert(map && arena);
  const char *text = "";
  for (size_t i = 0; text && i < map->count; i++) {
    const qy_yaml *child = map->child[i];
    const char *value = child->kind != QY_YAML_SCALAR ? measure_text(child, arena) : child->text ? child->text : "";
    text =
        value ? qy_arena_format(arena, "%s%s=%zu:%s;", text, child->key ? child->key : "", strlen(value), value) : NULL;
  }
  return text;
}

static qy_status build(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                       qy_error *err)
{
  static const struct {
    const char *key;
    measure_function *run;
  } functions[] = {{"pe", measure_element},     {"operator", measure_operator}, {"component", measure_component},
                   {"cell", measure_cell},      {"array", measure_array},       {"format", measure_format},
                   {"network", measure_network}};
  *m = (measure_subject){.library = NULL};
  if (node->kind == QY_YAML_MAP)
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
      if (qy_yaml_get(node, functions[i].key)) return functions[i].run(m, node, quantity, at, err);
  return qy_yaml_expected(node, err, "a mapping with pe, operator, component, cell, array, format or network");
}

/* In the library and in each draw. */
static qy_status price_all(measure_result *g, const measure_subject *m, const qy_yaml *node,
                           const measure_conditions *at, qy_error *err)
{
  const qy_draws *draws = m->library->draws;
  const char *reason = "";
  measure_subject one = *m;
  one.draw = -1;
  double *value = qy_arena_alloc(at->arena, draws->count, sizeof *value);
  if (!value) return qy_no_memory(err);
  g->draw = value;
  qy_status status = m->price(&g->value, &reason, &one, draws->nominal, err);
  if (status == QY_INFEASIBLE)
    return qy_fail_at(err, QY_BAD_INPUT, node->file, node->line, node->column, "%s: infeasible at %g MHz: %s",
                      node->path, at->clock_mhz, reason);
  for (size_t k = 0; k < draws->count && !status; k++) {
    one.draw = (int64_t)k;
    status = m->price(&value[k], &reason, &one, &draws->draw[k], err);
    if (status != QY_INFEASIBLE) continue;
    value[k] = NAN;
    status = QY_OK;
  }
  return status;
}

struct measure_result_cache {
  const char *text; /* node, quantity and conditions */
  measure_result result;
  struct measure_result_cache *next;
};

qy_status measure(measure_result *g, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                  qy_error *err)
{
  assert(g && node && quantity && at);
  measure_subject m;
  *g = (measure_result){.library = NULL};
  const char *text = measure_text(node, at->arena);
  if (text) text = qy_arena_format(at->arena, "%s at %s %.17g %s", quantity, at->technology, at->clock_mhz, text);
  struct measure_result_cache *c = at->shared->results;
  while (text && c && strcmp(c->text, text))
    c = c->next;
  if (!text) return qy_no_memory(err);
  if (c) {
    *g = c->result;
    return QY_OK;
  }
  qy_status status = build(&m, node, quantity, at, err);
  if (status) return status;
  *g = (measure_result){.library = m.library, .value = m.exact};
  if (m.library) status = price_all(g, &m, node, at, err);
  if (status) return status;
  if (!(c = qy_arena_alloc(at->arena, 1, sizeof *c))) return qy_no_memory(err);
  *c = (struct measure_result_cache){text, *g, at->shared->results};
  at->shared->results = c;
  return QY_OK;
}
