/* Reader of technology libraries: see tech.h.  Goes on after a mistake, to report several at once. */
#include "quarry/tech.h"

#include "quarry/constants.h"
#include "quarry/file.h"
#include "quarry/structure.h"
#include "schema.h"

#include <assert.h>
#include <float.h>
#include <string.h>
#include <sys/stat.h>

static const char *const cell_names[QY_CELL_COUNT] = {
    [QY_INV] = "inv",     [QY_BUF] = "buf",     [QY_NAND2] = "nand2", [QY_NOR2] = "nor2",   [QY_AND2] = "and2",
    [QY_OR2] = "or2",     [QY_NAND3] = "nand3", [QY_AOI21] = "aoi21", [QY_OAI21] = "oai21", [QY_XOR2] = "xor2",
    [QY_XNOR2] = "xnor2", [QY_MUX2] = "mux2",   [QY_HA] = "ha",       [QY_FA] = "fa",       [QY_DFF] = "dff"};

static const struct {
  int inputs, outputs;
} cell_pins[QY_CELL_COUNT] = {
    [QY_INV] = {1, 1},   [QY_BUF] = {1, 1},   [QY_NAND2] = {2, 1}, [QY_NOR2] = {2, 1},  [QY_AND2] = {2, 1},
    [QY_OR2] = {2, 1},   [QY_NAND3] = {3, 1}, [QY_AOI21] = {3, 1}, [QY_OAI21] = {3, 1}, [QY_XOR2] = {2, 1},
    [QY_XNOR2] = {2, 1}, [QY_MUX2] = {3, 1},  [QY_HA] = {2, 2},    [QY_FA] = {3, 2},    [QY_DFF] = {1, 1}};

static const char *const class_names[QY_CLASS_COUNT] = {
    [QY_CLASS_MULTIPLIER] = "multiplier", [QY_CLASS_BOOTH] = "booth",     [QY_CLASS_ADDER] = "adder",
    [QY_CLASS_SHIFTER] = "shifter",       [QY_CLASS_MUX] = "mux",         [QY_CLASS_COMPARE] = "compare",
    [QY_CLASS_LOGIC] = "logic",           [QY_CLASS_ENCODER] = "encoder", [QY_CLASS_MAC] = "mac",
    [QY_CLASS_REGISTER] = "register"};

static const char *const origin_names[] = {
    [QY_READ] = "read", [QY_DERIVED] = "derived", [QY_RECALLED] = "recalled", [QY_CALIBRATED] = "calibrated"};
enum { ORIGIN_COUNT = sizeof origin_names / sizeof origin_names[0] };

/* Keys that are no constants. */
static const char *const head_keys[] = {"name", "title", "license", "node", "voltage", "temperature", "flavour"};
enum { HEAD_COUNT = sizeof head_keys / sizeof head_keys[0] };

/* Those of them that may be left out. */
static const char *const optional_keys[] = {"sram", "voltage_range", "covariance"};
enum { OPTIONAL_COUNT = sizeof optional_keys / sizeof optional_keys[0] };

const char *qy_cell_name(qy_cell cell)
{
  return (size_t)cell < QY_CELL_COUNT ? cell_names[cell] : "unknown";
}

double qy_tech_gates_um2(const qy_tech *tech, qy_cell adder)
{
  assert(tech && (adder == QY_FA || adder == QY_HA));
  const double *area = tech->area_um2;
  return adder == QY_FA ? 2 * area[QY_XOR2] + 3 * area[QY_NAND2] : area[QY_XOR2] + area[QY_AND2];
}

int qy_cell_inputs(qy_cell cell)
{
  return (size_t)cell < QY_CELL_COUNT ? cell_pins[cell].inputs : 0;
}

int qy_cell_outputs(qy_cell cell)
{
  return (size_t)cell < QY_CELL_COUNT ? cell_pins[cell].outputs : 0;
}

const char *qy_origin_name(qy_origin origin)
{
  return (size_t)origin < ORIGIN_COUNT ? origin_names[origin] : "unknown";
}

const char *qy_operator_class_name(qy_operator_class class)
{
  return (size_t) class < QY_CLASS_COUNT ? class_names[class] : "unknown";
}

typedef struct reader {
  qy_tech *tech;
  const tech_row *row;
  size_t row_count;
  qy_arena *arena;
  qy_error *err;
  qy_status status; /* of all findings so far: reading goes on after a mistake, to report several at once */
} reader;

static void note(reader *r, qy_status status)
{
  if (status != QY_OK && r->status != QY_NO_MEMORY) r->status = status;
}

/* Report a key that the file should have. */
static void missing(reader *r, const qy_yaml *map, const char *key)
{
  note(r, qy_fail_at(r->err, QY_BAD_INPUT, map->file, map->line, map->column, "%s%smissing key \"%s\"", map->path,
                     map->path[0] ? ": " : "", key));
}

static const qy_yaml *required(reader *r, const qy_yaml *map, const char *key)
{
  const qy_yaml *child = qy_yaml_get(map, key);
  if (!child) missing(r, map, key);
  return child;
}

/* {value: 0.49 um2, low: 0.33 um2, high: 0.61 um2, status: recalled, source: ...} */
static void read_constant(reader *r, const qy_yaml *node, const tech_row *row)
{
  static const char *const keys[] = {"value", "low", "high", "status", "source", NULL};
  qy_constant c = {0};
  size_t origin = 0;
  if (node->kind != QY_YAML_MAP) {
    note(r, qy_yaml_expected(node, r->err, "a mapping {value, low, high, status, source}"));
    return;
  }
  qy_status before = r->status;
  r->status = QY_OK;
  note(r, qy_yaml_check_keys(node, keys, r->err));
  const qy_yaml *value = required(r, node, "value"), *low = required(r, node, "low"), *high = required(r, node, "high");
  const qy_yaml *status = required(r, node, "status"), *source = required(r, node, "source");
  if (value) note(r, qy_yaml_quantity(value, row->unit, row->low, row->high, &c.value, r->err));
  if (low) note(r, qy_yaml_quantity(low, row->unit, row->low, row->high, &c.low, r->err));
  if (high) note(r, qy_yaml_quantity(high, row->unit, row->low, row->high, &c.high, r->err));
  if (status) note(r, qy_yaml_choice(status, origin_names, ORIGIN_COUNT, &origin, r->err));
  if (source) note(r, qy_yaml_text(source, &c.source, r->err));
  c.status = (qy_origin)origin;
  if (r->status == QY_OK && value && c.low > c.value) {
    note(r, qy_yaml_expected(low, r->err, "at most the value %s", value->text));
  }
  if (r->status == QY_OK && value && c.high < c.value) {
    note(r, qy_yaml_expected(high, r->err, "at least the value %s", value->text));
  }
  note(r, before);
  r->tech->entry[r->tech->entry_count++] =
      (struct qy_tech_entry){row->path, row->unit, c, node->line, false, row->offset / sizeof(double)};
}

/* The row of the constant at `path`, or NULL. */
static const tech_row *find_row(const reader *r, const char *path)
{
  for (size_t i = 0; i < r->row_count; i++) {
    if (strcmp(r->row[i].path, path) == 0) return &r->row[i];
  }
  return NULL;
}

/* The keys that may stand under `path` ("" or "cells" or "cells.fa"), NULL-terminated, in the schema's order. */
static const char **known_keys(reader *r, const char *path)
{
  size_t length = strlen(path), count = 0;
  const char **key = qy_arena_alloc(r->arena, r->row_count + HEAD_COUNT + OPTIONAL_COUNT + 1, sizeof *key);
  if (!key) return NULL;
  for (size_t i = 0; length == 0 && i < HEAD_COUNT; i++)
    key[count++] = head_keys[i];
  for (size_t i = 0; i < r->row_count; i++) {
    const char *rest = r->row[i].path;
    if (length > 0 && (strncmp(rest, path, length) != 0 || rest[length] != '.')) continue;
    rest += length > 0 ? length + 1 : 0;
    size_t size = strcspn(rest, "."), k = 0;
    while (k < count && !(strlen(key[k]) == size && memcmp(key[k], rest, size) == 0))
      k++;
    if (k < count) continue;
    key[count] = qy_arena_text(r->arena, rest, size);
    if (!key[count++]) return NULL;
  }
  for (size_t i = 0; length == 0 && i < OPTIONAL_COUNT; i++)
    key[count++] = optional_keys[i];
  return key;
}

static bool listed(const char *key, const char *const *list, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (strcmp(list[i], key) == 0) return true;
  }
  return false;
}

/* A key of `map` that need not be there. */
static bool may_miss(const reader *r, const qy_yaml *map, const char *key)
{
  size_t length = strlen(key), above = strlen(map->path);
  if (above > 0) {
    for (size_t i = 0; i < r->row_count; i++) {
      const char *path = r->row[i].path;
      if (r->row[i].alone && strncmp(path, map->path, above) == 0 && path[above] == '.' &&
          strcmp(path + above + 1, key) == 0)
        return true;
    }
    return false;
  }
  if (listed(key, optional_keys, OPTIONAL_COUNT)) return true;
  for (size_t i = 0; i < r->row_count; i++) {
    const char *path = r->row[i].path;
    if (strncmp(path, key, length) == 0 && path[length] == '.') return r->row[i].optional;
  }
  return false;
}

/* A section of the file: every key known, every key there, constants read in file order. */
static void read_section(reader *r, const qy_yaml *map)
{
  if (map->kind != QY_YAML_MAP) {
    note(r, qy_yaml_expected(map, r->err, "a mapping"));
    return;
  }
  const char **key = known_keys(r, map->path);
  if (!key) {
    note(r, qy_fail(r->err, QY_NO_MEMORY, "out of memory"));
    return;
  }
  note(r, qy_yaml_check_keys(map, key, r->err));
  for (size_t k = 0; key[k]; k++) {
    if (!qy_yaml_get(map, key[k]) && !may_miss(r, map, key[k])) missing(r, map, key[k]);
  }
  for (size_t i = 0; i < map->count; i++) {
    const qy_yaml *child = map->child[i];
    size_t k = 0;
    while (key[k] && strcmp(key[k], child->key) != 0)
      k++;
    bool head = map->path[0] == '\0' &&
                (listed(child->key, head_keys, HEAD_COUNT) || listed(child->key, optional_keys, OPTIONAL_COUNT));
    if (!key[k] || head) continue;
    const tech_row *row = find_row(r, child->path);
    if (row)
      read_constant(r, child, row);
    else
      read_section(r, child);
  }
}

static void read_condition(reader *r, const qy_yaml *node, const char *unit, double low, double high, double *value)
{
  if (node) note(r, qy_yaml_quantity(node, unit, low, high, value, r->err));
}

static void read_sram(reader *r, const qy_yaml *sram)
{
  static const char *const keys[] = {"node", "voltage", NULL};
  if (!sram) return;
  qy_status status = qy_yaml_check_keys(sram, keys, r->err);
  note(r, status);
  const qy_yaml *node = status == QY_OK ? required(r, sram, "node") : NULL;
  if (!node) return;
  note(r, qy_yaml_text(node, &r->tech->sram_node, r->err));
  if (r->status == QY_OK && strspn(r->tech->sram_node, "0123456789") != strlen(r->tech->sram_node))
    note(r, qy_yaml_expected(node, r->err, "a node of the SRAM table in nm, \"28\" say"));
  read_condition(r, qy_yaml_get(sram, "voltage"), "V", TECH_VOLTAGE_MIN_V, TECH_VOLTAGE_MAX_V,
                 &r->tech->sram_voltage_v);
}

/* The range and the law belong together, and the threshold lies below the range. */
static void read_voltage_range(reader *r, const qy_yaml *root)
{
  static const char *const keys[] = {"low", "high", NULL};
  qy_tech *t = r->tech;
  const qy_yaml *range = qy_yaml_get(root, "voltage_range");
  const qy_constant *threshold = qy_tech_constant(t, "voltage_law.threshold");
  if (!range) {
    if (qy_yaml_get(root, "voltage_law")) missing(r, root, "voltage_range");
    return;
  }
  if (!qy_yaml_get(root, "voltage_law")) missing(r, root, "voltage_law");
  qy_status status = qy_yaml_check_keys(range, keys, r->err);
  note(r, status);
  if (status != QY_OK) return;
  const qy_yaml *low = required(r, range, "low"), *high = required(r, range, "high");
  read_condition(r, low, "V", TECH_VOLTAGE_MIN_V, TECH_VOLTAGE_MAX_V, &t->voltage_low_v);
  read_condition(r, high, "V", TECH_VOLTAGE_MIN_V, TECH_VOLTAGE_MAX_V, &t->voltage_high_v);
  if (r->status != QY_OK) return;
  if (t->voltage_low_v > t->voltage_v)
    note(r, qy_yaml_expected(low, r->err, "at most the library's voltage %g V", t->voltage_v));
  else if (t->voltage_high_v < t->voltage_v)
    note(r, qy_yaml_expected(high, r->err, "at least the library's voltage %g V", t->voltage_v));
  else if (threshold && t->voltage_low_v <= threshold->high)
    note(r, qy_yaml_expected(low, r->err, "more than the threshold's high end %g V", threshold->high));
}

/* {constants: [nand2.area, cells.fa.area], log: [[0.01, 0.002], [0.002, 0.02]]} */
static void read_covariance(reader *r, const qy_yaml *map)
{
  static const char *const keys[] = {"constants", "log", NULL};
  if (!map) return;
  qy_status status = qy_yaml_check_keys(map, keys, r->err);
  note(r, status);
  const qy_yaml *paths = status == QY_OK ? required(r, map, "constants") : NULL;
  const qy_yaml *rows = paths ? required(r, map, "log") : NULL;
  if (!rows) return;
  if (paths->kind != QY_YAML_LIST || paths->count == 0) {
    note(r, qy_yaml_expected(paths, r->err, "a list of constants"));
    return;
  }
  struct qy_tech_covariance *c = &r->tech->covariance;
  size_t n = paths->count;
  c->path = qy_arena_alloc(r->arena, n, sizeof *c->path);
  c->matrix = n <= r->row_count ? qy_arena_alloc(r->arena, n * n, sizeof *c->matrix) : NULL;
  if (n > r->row_count || rows->kind != QY_YAML_LIST || rows->count != n) {
    note(r, qy_yaml_expected(rows, r->err, "one row for each of the %zu constants, each constant once", n));
    return;
  }
  if (!c->path || !c->matrix) {
    note(r, qy_fail(r->err, QY_NO_MEMORY, "out of memory"));
    return;
  }
  for (size_t i = 0; i < n; i++) {
    note(r, qy_yaml_text(paths->child[i], &c->path[i], r->err));
    if (r->status == QY_OK && !find_row(r, c->path[i]))
      note(r, qy_yaml_expected(paths->child[i], r->err, "the path of a constant such as nand2.area"));
    const qy_yaml *row = rows->child[i];
    if (row->kind != QY_YAML_LIST || row->count != n) {
      note(r, qy_yaml_expected(row, r->err, "a list of %zu numbers", n));
      return;
    }
    for (size_t j = 0; j < n; j++) {
      double *at = &c->matrix[i * n + j];
      note(r, qy_yaml_number(row->child[j], i == j ? 0 : -1e3, 1e3, at, r->err));
      if (r->status == QY_OK && j < i && *at != c->matrix[j * n + i])
        note(r, qy_yaml_expected(row->child[j], r->err, "a symmetric matrix"));
    }
  }
  c->count = n;
}

static void read_head(reader *r, const qy_yaml *root)
{
  qy_tech *t = r->tech;
  const struct {
    const char *key, **text;
  } texts[] = {{"name", &t->name}, {"title", &t->title}, {"license", &t->license}, {"flavour", &t->flavour}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    const qy_yaml *node = qy_yaml_get(root, texts[i].key);
    if (node) note(r, qy_yaml_text(node, texts[i].text, r->err));
  }
  read_condition(r, qy_yaml_get(root, "node"), "nm", 1, 1000, &t->node_nm);
  read_condition(r, qy_yaml_get(root, "voltage"), "V", TECH_VOLTAGE_MIN_V, TECH_VOLTAGE_MAX_V, &t->voltage_v);
  read_condition(r, qy_yaml_get(root, "temperature"), "C", TECH_TEMPERATURE_MIN_C, TECH_TEMPERATURE_MAX_C,
                 &t->temperature_c);
  read_sram(r, qy_yaml_get(root, "sram"));
  read_voltage_range(r, root);
  read_covariance(r, qy_yaml_get(root, "covariance"));
}

const qy_constant *qy_tech_constant(const qy_tech *tech, const char *path)
{
  assert(tech && path);
  for (size_t i = 0; i < tech->entry_count; i++) {
    if (strcmp(tech->entry[i].path, path) == 0) return &tech->entry[i].constant;
  }
  return NULL;
}

/* Says which libraries there are. */
static qy_status no_such_library(const char *directory, const char *name, qy_arena *arena, qy_error *err)
{
  const char *const *names, *list = "";
  size_t count;
  if (qy_folder_names(&names, &count, directory, "technology libraries", arena, NULL))
    return qy_fail(err, QY_BAD_INPUT, "no technology library \"%.80s\": no directory %s", name, directory);
  const char *nearest = qy_nearest(name, names, count);
  if (nearest) {
    return qy_fail(err, QY_BAD_INPUT, "no technology library \"%.80s\" in %s; did you mean \"%s\"?", name, directory,
                   nearest);
  }
  for (size_t i = 0; i < count && list; i++)
    list = qy_arena_format(arena, "%s%s%s", list, i ? ", " : "", names[i]);
  return qy_fail(err, QY_BAD_INPUT, "no technology library \"%.80s\" in %s; there are: %s", name, directory,
                 list ? list : "");
}

static qy_status find_file(const char **file, const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  struct stat info;
  size_t length = strlen(name);
  bool is_path = strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
  *file = is_path ? qy_arena_text(arena, name, length) : qy_arena_format(arena, "%s/tech/%s.yaml", db_dir, name);
  if (!*file) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  if (is_path || stat(*file, &info) == 0) return QY_OK;
  const char *directory = qy_arena_format(arena, "%s/tech", db_dir);
  if (!directory) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  return no_such_library(directory, name, arena, err);
}

qy_status qy_tech_read_text(qy_tech **tech, const char *file, const char *text, size_t length, qy_arena *arena,
                            qy_error *err)
{
  assert(tech && file && (text || length == 0) && arena);
  qy_yaml *root = NULL;
  reader r = {.arena = arena, .err = err};
  *tech = NULL;
  qy_status status = qy_yaml_read_text(&root, file, text, length, arena, err);
  if (status != QY_OK) return status;

  r.row = tech_schema(&r.row_count, arena);
  r.tech = qy_arena_alloc(arena, 1, sizeof *r.tech);
  if (!r.row || !r.tech) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  r.tech->entry = qy_arena_alloc(arena, r.row_count, sizeof *r.tech->entry);
  if (!r.tech->entry) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  r.tech->file = file;
  r.tech->text = text;
  qy_file_sha256(r.tech->sha256, text, length, arena);

  read_section(&r, root);
  if (root->kind == QY_YAML_MAP) read_head(&r, root);
  if (r.status != QY_OK) return r.status;
  qy_tech_resolve(r.tech);
  *tech = r.tech;
  return QY_OK;
}

/* A directory without the table has no discrepancies. */
static qy_status read_structure(qy_tech *tech, const char *db_dir, qy_arena *arena, qy_error *err)
{
  struct stat info;
  qy_structure *structure = NULL;
  const char *file = qy_arena_format(arena, "%s/structure.csv", db_dir);
  if (!file) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  if (stat(file, &info) != 0) return QY_OK;
  qy_status status = qy_structure_read(&structure, file, arena, err);
  tech->structure = structure;
  return status;
}

qy_status qy_tech_read(qy_tech **tech, const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  assert(tech && name && arena);
  const char *file = NULL;
  char *text = NULL;
  size_t length = 0;
  *tech = NULL;
  qy_status status = find_file(&file, db_dir, name, arena, err);
  if (status == QY_OK) status = qy_file_read(&text, &length, file, arena, err);
  qy_tech *t = NULL;
  if (status == QY_OK) status = qy_tech_read_text(&t, file, text, length, arena, err);
  if (status != QY_OK || !t) return status;
  const char *factors = qy_arena_format(arena, "%s/circuit/factors.csv", db_dir);
  if (!factors) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  status = tech_read_factors(t, factors, arena, err);
  if (status == QY_OK) status = read_structure(t, db_dir, arena, err);
  if (status == QY_OK) *tech = t;
  return status;
}
