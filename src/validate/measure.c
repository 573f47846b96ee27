/* One figure of one subject that a published entry names; see measure.h. */
#include "measure_subjects.h"

#include "quarry/fpga_tech.h"
#include "quarry/published.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool on_fpga(const measure_conditions *at)
{
  return at->technology[0] && qy_fpga_names_device(at->db_dir, at->technology);
}

qy_status measure_library_get(const measure_library **out, const qy_yaml *node, const measure_conditions *at,
                              qy_error *err)
{
  qy_status status = measure_technology_get(out, node, at, err);
  if (!status && (*out)->tech->fpga)
    return qy_yaml_expected(node, err, "something that is built on the FPGA %s, or a library of cells", at->technology);
  return status;
}

qy_status measure_technology_get(const measure_library **out, const qy_yaml *node, const measure_conditions *at,
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
  qy_status status = on_fpga(at) ? qy_tech_read_fpga(&l->tech, at->db_dir, l->name, at->arena, err)
                                 : qy_tech_read(&l->tech, at->db_dir, l->name, at->arena, err);
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
    bool timed; /* knows its shortest period */
  } functions[] = {{"pe", measure_element, true},          {"operator", measure_operator, true},
                   {"component", measure_component, true}, {"cell", measure_cell, false},
                   {"array", measure_array, false},        {"accelerator", measure_accelerator, false},
                   {"format", measure_format, false},      {"mixed", measure_mixed, false},
                   {"network", measure_network, false},    {"schedule", measure_schedule, false},
                   {"tiled", measure_rows, false},         {"fpga", measure_fpga, false}};
  *m = (measure_subject){.library = NULL};
  if (node->kind == QY_YAML_MAP)
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
      if (!qy_yaml_get(node, functions[i].key)) continue;
      if (at->period_over_fastest > 0 && !functions[i].timed)
        return qy_yaml_expected(node, err, "pe, operator or component beside `period_over_fastest`");
      return functions[i].run(m, node, quantity, at, err);
    }
  return qy_yaml_expected(
      node, err,
      "a mapping with pe, operator, component, cell, array, accelerator, format, network, schedule, tiled, "
      "fpga or mixed");
}

/* In draw number `draw` of the subject's library, or, < 0, in itself. */
static qy_status price_one(double *value, const char **reason, measure_subject *m, int64_t draw, qy_error *err)
{
  const qy_draws *draws = m->library->draws;
  qy_arena_reset(m->scratch);
  m->draw = draw;
  return m->price(value, reason, m, draw < 0 ? draws->nominal : &draws->draw[draw], err);
}

/* In the library and in each draw. */
static qy_status price_all(measure_result *g, measure_subject *m, const qy_yaml *node, const measure_conditions *at,
                           qy_error *err)
{
  const size_t draws = m->library->draws->count;
  const char *reason = "";
  qy_status status = price_one(&g->value, &reason, m, -1, err);
  if (at->central) {
    if (status == QY_INFEASIBLE) g->value = NAN;
    return status == QY_INFEASIBLE ? QY_OK : status;
  }
  double *value = qy_arena_alloc(at->arena, draws, sizeof *value);
  if (!value) return qy_no_memory(err);
  g->draw = value;
  if (status == QY_INFEASIBLE)
    return qy_fail_at(err, QY_BAD_INPUT, node->file, node->line, node->column, "%s: infeasible at %g MHz: %s",
                      node->path, at->clock_mhz, reason);
  for (size_t k = 0; k < draws && !status; k++) {
    status = price_one(&value[k], &reason, m, (int64_t)k, err);
    if (status != QY_INFEASIBLE) continue;
    value[k] = NAN;
    status = QY_OK;
  }
  return status;
}

/* The keys of a subject that say its clock are read and left out of *node. */
static qy_status take_clock(measure_conditions *here, const qy_yaml **node, qy_error *err)
{
  const qy_yaml *given = *node, *clock = qy_yaml_get(given, "clock_mhz"),
                *multiple = qy_yaml_get(given, "period_over_fastest");
  qy_yaml *rest = qy_arena_alloc(here->arena, 1, sizeof *rest);
  qy_yaml **child = qy_arena_alloc(here->arena, given->count + 1, sizeof *child);
  if (!rest || !child) return qy_no_memory(err);
  if (clock && multiple) return qy_yaml_expected(multiple, err, "either `clock_mhz` or `period_over_fastest`");
  qy_status status = clock ? qy_yaml_number(clock, 1e-3, 1e5, &here->clock_mhz, err) : QY_OK;
  if (!status && multiple) status = qy_yaml_number(multiple, 1, 1e3, &here->period_over_fastest, err);
  *rest = *given;
  rest->child = child;
  rest->count = 0;
  for (size_t i = 0; i < given->count; i++)
    if (given->child[i] != clock && given->child[i] != multiple) child[rest->count++] = given->child[i];
  *node = rest;
  return status;
}

/* What the models refuse has no position of its own: it is the subject's. */
static qy_status place(qy_status status, const qy_error *inner, const qy_yaml *node, qy_error *err)
{
  const qy_diagnostic *d = &inner->diagnostic[0];
  if (status == QY_BAD_INPUT && inner->count > 0 && d->line == 0 && !d->file[0])
    return qy_fail_at(err, status, node->file, node->line, node->column, "%s: %s", node->path, d->text);
  if (err) *err = *inner;
  return status;
}

/* What is measured: equal texts are the same figure, also in another run.  Files that a node names are beside its own,
 * under db_dir or not. */
static const char *text_of(const qy_yaml *node, const char *quantity, const measure_conditions *at)
{
  const size_t root = strlen(at->db_dir);
  const char *text = measure_text(node, at->arena), *file = node->file;
  if (strncmp(file, at->db_dir, root) == 0 && file[root] == '/') file += root + 1;
  const char *slash = strrchr(file, '/');
  if (!text) return NULL;
  return qy_arena_format(at->arena, "%s in %.*s at %s %.17g %.17g %d %s", quantity, slash ? (int)(slash - file) : 0,
                         file, at->technology, at->clock_mhz, at->period_over_fastest, at->central, text);
}

/* Without what is known already. */
static qy_status measure_new(measure_result *g, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                             qy_error *err)
{
  measure_subject m;
  qy_status status = build(&m, node, quantity, at, err);
  *g = (measure_result){.library = m.library,
                        .value = m.exact,
                        .exact = !m.library && !m.drawn && !m.mapped,
                        .draw = at->central ? NULL : m.drawn};
  if (status || !m.library) return status;
  m.scratch = qy_arena_new();
  status = m.scratch ? price_all(g, &m, node, at, err) : qy_no_memory(err);
  qy_arena_free(m.scratch);
  return status;
}

qy_status measure(measure_result *g, const qy_yaml *node, const char *quantity, const measure_conditions *given,
                  qy_error *err)
{
  assert(g && node && quantity && given);
  measure_conditions here = *given;
  const measure_conditions *at = &here;
  *g = (measure_result){.library = NULL};
  qy_status status = node->kind == QY_YAML_MAP ? take_clock(&here, &node, err) : QY_OK;
  if (status) return status;
  const char *text = text_of(node, quantity, at);
  struct measure_result_cache *c = at->shared->results;
  while (text && c && strcmp(c->text, text))
    c = c->next;
  if (!text) return qy_no_memory(err);
  if (c) {
    *g = c->result;
    return QY_OK;
  }
  qy_error inner = {0};
  qy_file_log *const before = qy_arena_file_log(at->arena);
  qy_arena_log_files(at->arena, &at->shared->log);
  status = measure_new(g, node, quantity, at, &inner);
  qy_arena_log_files(at->arena, before);
  if (status) return place(status, &inner, node, err);
  if (!(c = qy_arena_alloc(at->arena, 1, sizeof *c))) return qy_no_memory(err);
  *c = (struct measure_result_cache){text, *g, at->shared->results};
  at->shared->results = c;
  return QY_OK;
}
