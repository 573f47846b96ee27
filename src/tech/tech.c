/* Reader of technology libraries: see tech.h.
 *
 * The file gives a NAND2 scale and ratios to it; the reader resolves them:
 *   area, in_cap, delay, leakage of a cell = NAND2's value * the cell's ratio
 *   energy of a cell, per output toggle = NAND2's internal energy * ratio + 1/2 V^2 * fan-out * (mean pin + wire)
 * where "mean pin" is the mean input capacitance over all cell kinds of the library and "wire" the wire capacitance per
 * driven pin: which kind of cell drives which is not known before mapping, so every net carries the same mean load.
 * Units: fF * V^2 = fJ.
 */
#include "quarry/tech.h"

#include "quarry/file.h"
#include "quarry/sha256.h"
#include "schema.h"

#include <dirent.h>
#include <float.h>
#include <stdlib.h>
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

static const char *const group_names[QY_GROUP_COUNT] = {
    [QY_GROUP_MULTIPLIER] = "multiplier", [QY_GROUP_BOOTH] = "booth",     [QY_GROUP_ADDER] = "adder",
    [QY_GROUP_SHIFTER] = "shifter",       [QY_GROUP_MUX] = "mux",         [QY_GROUP_COMPARE] = "compare",
    [QY_GROUP_LOGIC] = "logic",           [QY_GROUP_ENCODER] = "encoder", [QY_GROUP_MAC] = "mac",
    [QY_GROUP_REGISTER] = "register"};

static const char *const origin_names[] = {
    [QY_READ] = "read", [QY_DERIVED] = "derived", [QY_RECALLED] = "recalled", [QY_CALIBRATED] = "calibrated"};
enum { ORIGIN_COUNT = sizeof origin_names / sizeof origin_names[0] };

/* Keys that are no constants. */
static const char *const head_keys[] = {"name", "title", "license", "node", "voltage", "temperature", "flavour"};
enum { HEAD_COUNT = sizeof head_keys / sizeof head_keys[0] };

const char *qy_cell_name(qy_cell cell)
{
  return (size_t)cell < QY_CELL_COUNT ? cell_names[cell] : "unknown";
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

const char *qy_group_name(qy_group group)
{
  return (size_t)group < QY_GROUP_COUNT ? group_names[group] : "unknown";
}

typedef struct reader {
  qy_tech *tech;
  tech_raw raw;
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
  if (r->status == QY_OK && c.low > c.value) {
    note(r, qy_yaml_expected(low, r->err, "at most the value %s", value->text));
  }
  if (r->status == QY_OK && c.high < c.value) {
    note(r, qy_yaml_expected(high, r->err, "at least the value %s", value->text));
  }
  note(r, before);
  memcpy((char *)&r->raw + row->offset, &c.value, sizeof c.value);
  r->tech->entry[r->tech->entry_count++] = (struct qy_tech_entry){row->path, row->unit, c, node->line};
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
  const char **key = qy_arena_alloc(r->arena, r->row_count + HEAD_COUNT + 2, sizeof *key);
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
  if (length == 0) key[count++] = "sram"; /* the only key that may be left out */
  return key;
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
    if (strcmp(key[k], "sram") != 0 && !qy_yaml_get(map, key[k])) missing(r, map, key[k]);
  }
  for (size_t i = 0; i < map->count; i++) {
    const qy_yaml *child = map->child[i];
    size_t k = 0, h = 0;
    while (key[k] && strcmp(key[k], child->key) != 0)
      k++;
    while (h < HEAD_COUNT && strcmp(head_keys[h], child->key) != 0)
      h++;
    bool head = map->path[0] == '\0' && (h < HEAD_COUNT || strcmp(child->key, "sram") == 0);
    if (!key[k] || head) continue;
    const tech_row *row = find_row(r, child->path);
    if (row)
      read_constant(r, child, row);
    else
      read_section(r, child);
  }
}

static void read_head(reader *r, const qy_yaml *root)
{
  static const char *const sram_keys[] = {"node", NULL};
  qy_tech *t = r->tech;
  const struct {
    const char *key, **text;
  } texts[] = {{"name", &t->name}, {"title", &t->title}, {"license", &t->license}, {"flavour", &t->flavour}};
  const struct {
    const char *key, *unit;
    double low, high, *value;
  } conditions[] = {{"node", "nm", 1, 1000, &t->node_nm},
                    {"voltage", "V", 0.1, 10, &t->voltage_v},
                    {"temperature", "C", -100, 300, &t->temperature_c}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    const qy_yaml *node = qy_yaml_get(root, texts[i].key);
    if (node) note(r, qy_yaml_text(node, texts[i].text, r->err));
  }
  for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
    const qy_yaml *node = qy_yaml_get(root, conditions[i].key);
    if (!node) continue;
    note(r, qy_yaml_quantity(node, conditions[i].unit, conditions[i].low, conditions[i].high, conditions[i].value,
                             r->err));
  }
  const qy_yaml *sram = qy_yaml_get(root, "sram");
  if (!sram) return;
  qy_status keys = qy_yaml_check_keys(sram, sram_keys, r->err);
  note(r, keys);
  const qy_yaml *node = keys == QY_OK ? required(r, sram, "node") : NULL;
  if (node) note(r, qy_yaml_text(node, &t->sram_node, r->err));
}

static void resolve(qy_tech *t, const tech_raw *raw)
{
  double pin_sum = 0;
  for (size_t c = 0; c < QY_CELL_COUNT; c++) {
    bool scale = c == QY_NAND2;
    t->area_um2[c] = raw->nand2.area_um2 * (scale ? 1 : raw->cells[c].area);
    t->in_cap_ff[c] = raw->nand2.in_cap_ff * (scale ? 1 : raw->cells[c].in_cap);
    t->delay_ps[c] = raw->nand2.delay_ps * (scale ? 1 : raw->cells[c].delay);
    t->internal_fj[c] = raw->nand2.energy_fj * (scale ? 1 : raw->cells[c].energy);
    t->leakage_nw[c] = raw->nand2.leakage_nw * (scale ? 1 : raw->cells[c].leakage);
    pin_sum += t->in_cap_ff[c];
  }
  t->load_fanout = raw->fanout;
  t->load_wire_ff = raw->wire_cap_ff;
  double load_ff = raw->fanout * (pin_sum / QY_CELL_COUNT + raw->wire_cap_ff);
  for (size_t c = 0; c < QY_CELL_COUNT; c++) {
    t->energy_fj[c] = t->internal_fj[c] + 0.5 * t->voltage_v * t->voltage_v * load_ff;
  }
  t->fa_carry_ps = raw->nand2.delay_ps * raw->fa_carry;
  t->dff_clock_fj = raw->nand2.energy_fj * raw->dff_clock_energy;
  t->dff_setup_ps = raw->nand2.delay_ps * raw->dff_setup;
  memcpy(t->effort_k, raw->effort_k, sizeof t->effort_k);
  t->effort_p = raw->effort_p;
  memcpy(t->glitch_base, raw->glitch_base, sizeof t->glitch_base);
  memcpy(t->glitch_slope, raw->glitch_slope, sizeof t->glitch_slope);
  t->density_frac = raw->density_frac;
  t->clock_tree_frac = raw->clock_tree_frac;
}

const qy_constant *qy_tech_constant(const qy_tech *tech, const char *path)
{
  for (size_t i = 0; i < tech->entry_count; i++) {
    if (strcmp(tech->entry[i].path, path) == 0) return &tech->entry[i].constant;
  }
  return NULL;
}

static int compare_names(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Says which libraries there are. */
static qy_status no_such_library(const char *directory, const char *name, qy_arena *arena, qy_error *err)
{
  const char *names[64], *list = "";
  size_t count = 0;
  DIR *dir = opendir(directory);
  if (!dir) return qy_fail(err, QY_BAD_INPUT, "no technology library \"%.80s\": no directory %s", name, directory);
  for (struct dirent *d; (d = readdir(dir)) && count < sizeof names / sizeof names[0];) {
    size_t length = strlen(d->d_name);
    if (d->d_name[0] == '.' || length <= 5 || strcmp(d->d_name + length - 5, ".yaml") != 0) continue;
    names[count] = qy_arena_text(arena, d->d_name, length - 5);
    if (names[count]) count++;
  }
  closedir(dir);
  qsort(names, count, sizeof *names, compare_names);
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

qy_status qy_tech_read(qy_tech **tech, const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  const char *file = NULL;
  char *text = NULL;
  size_t length = 0;
  qy_yaml *root = NULL;
  reader r = {.arena = arena, .err = err};
  *tech = NULL;
  qy_status status = find_file(&file, db_dir, name, arena, err);
  if (status == QY_OK) status = qy_file_read(&text, &length, file, arena, err);
  if (status == QY_OK) status = qy_yaml_read_text(&root, file, text, length, arena, err);
  if (status != QY_OK) return status;

  r.row = tech_schema(&r.row_count, arena);
  r.tech = qy_arena_alloc(arena, 1, sizeof *r.tech);
  if (!r.row || !r.tech) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  r.tech->entry = qy_arena_alloc(arena, r.row_count, sizeof *r.tech->entry);
  if (!r.tech->entry) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  r.tech->file = file;
  r.tech->text = text;
  qy_sha256_text(r.tech->sha256, text, length);

  read_section(&r, root);
  if (root->kind == QY_YAML_MAP) read_head(&r, root);
  if (r.status != QY_OK) return r.status;
  resolve(r.tech, &r.raw);
  *tech = r.tech;
  return QY_OK;
}
