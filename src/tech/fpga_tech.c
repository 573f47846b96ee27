/* Devices as technologies: see fpga_tech.h. */
#include "quarry/fpga_tech.h"

#include "quarry/csv.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

enum { COMMON = QY_FPGA_VALUE_COUNT - QY_FPGA_CONSTANT_COUNT };
_Static_assert((int)QY_FPGA_VALUE_COUNT <= (int)QY_TECH_FPGA_VALUES, "room for all constants");

/* What a common constant may be: outside is a slip of the pen. */
static const struct {
  const char *name, *unit;
  double low, high;
} common_row[COMMON] = {
    [QY_FPGA_BASE_LUTS - QY_FPGA_CONSTANT_COUNT] = {"base_luts", "count", 0, 1e6},
    [QY_FPGA_BASE_DSPS - QY_FPGA_CONSTANT_COUNT] = {"base_dsps", "count", 0, 1e5},
    [QY_FPGA_LUT_LIMIT - QY_FPGA_CONSTANT_COUNT] = {"lut_limit", "ratio", 0.01, 1},
    [QY_FPGA_DSP_LIMIT - QY_FPGA_CONSTANT_COUNT] = {"dsp_limit", "ratio", 0.01, 1},
    [QY_FPGA_BRAM_LIMIT - QY_FPGA_CONSTANT_COUNT] = {"bram_limit", "ratio", 0.01, 1},
    [QY_FPGA_OTHER_TOOLCHAIN - QY_FPGA_CONSTANT_COUNT] = {"other_toolchain", "ratio", 0, 1},
};

/* ---- the common constants ---- */

enum { NAME, VALUE, LOW, HIGH, UNIT, STATUS, SOURCE, COLUMNS };

static qy_status read_row(qy_constant *c, const qy_csv *csv, const int *at, int which, qy_error *err)
{
  const char *origins[QY_CALIBRATED + 1];
  int origin;
  const double low = common_row[which].low, high = common_row[which].high;
  for (int i = 0; i <= QY_CALIBRATED; i++)
    origins[i] = qy_origin_name((qy_origin)i);
  qy_status status = qy_csv_number(csv, at[VALUE], low, high, &c->value, err);
  if (!status) status = qy_csv_number(csv, at[LOW], low, c->value, &c->low, err);
  if (!status) status = qy_csv_number(csv, at[HIGH], c->value, high, &c->high, err);
  if (!status) status = qy_csv_choice(csv, at[STATUS], origins, QY_CALIBRATED + 1, &origin, err);
  if (status) return status;
  c->status = (qy_origin)origin;
  c->source = csv->field[at[SOURCE]];
  if (strcmp(csv->field[at[UNIT]], common_row[which].unit) != 0)
    return qy_csv_expected(csv, at[UNIT], err, "%s", common_row[which].unit);
  return *c->source ? QY_OK : qy_csv_expected(csv, at[SOURCE], err, "where the number is from");
}

static qy_status read_common(qy_constant common[COMMON], const char *file, qy_arena *arena, qy_error *err)
{
  static const char *const columns[COLUMNS] = {"name", "value", "low", "high", "unit", "status", "source"};
  const char *names[COMMON];
  int at[COLUMNS], which;
  bool more;
  qy_csv csv;
  for (int i = 0; i < COMMON; i++)
    names[i] = common_row[i].name;
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, columns, COLUMNS, at, err);
  while (!status && !(status = qy_csv_next(&csv, &more, err)) && more) {
    status = qy_csv_choice(&csv, at[NAME], names, COMMON, &which, err);
    if (!status && common[which].source) status = qy_csv_expected(&csv, at[NAME], err, "each constant once");
    if (!status) status = read_row(&common[which], &csv, at, which, err);
  }
  for (int i = 0; !status && i < COMMON; i++)
    if (!common[i].source)
      status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a row for %s, found none", names[i]);
  return status;
}

/* ---- the technology ---- */

/* The name that files call it by: that of its own file. */
static const char *name_of(const qy_fpga_device *device, qy_arena *arena)
{
  const char *slash = strrchr(device->file, '/'), *start = slash ? slash + 1 : device->file;
  const char *dot = strrchr(start, '.');
  return qy_arena_text(arena, start, dot ? (size_t)(dot - start) : strlen(start));
}

qy_status qy_tech_of_fpga(qy_tech **out, const qy_fpga_device *device, const qy_constant common[COMMON],
                          qy_arena *arena, qy_error *err)
{
  assert(out && device && common && arena);
  qy_tech *t = qy_arena_alloc(arena, 1, sizeof *t);
  *out = NULL;
  if (!t || !(t->entry = qy_arena_alloc(arena, QY_FPGA_VALUE_COUNT, sizeof *t->entry))) return qy_no_memory(err);
  if (!(t->name = name_of(device, arena))) return qy_no_memory(err);
  t->title = device->title;
  t->file = device->file;
  t->text = device->text;
  t->license = device->license;
  t->flavour = qy_fpga_family_names[device->family];
  memcpy(t->sha256, device->sha256, sizeof t->sha256);
  t->fpga = device;
  for (int i = 0; i < QY_FPGA_VALUE_COUNT; i++) {
    struct qy_tech_entry *e = &t->entry[t->entry_count++];
    const bool own = i < QY_FPGA_CONSTANT_COUNT;
    const int shared = i - QY_FPGA_CONSTANT_COUNT;
    e->constant = own ? device->constant[i] : common[shared];
    e->unit = own ? qy_fpga_constant_unit((qy_fpga_constant)i) : common_row[shared].unit;
    e->line = own ? device->line[i] : 0;
    e->is_factor = !own;
    e->slot = (size_t)i;
    e->path =
        qy_arena_format(arena, "fpga.%s", own ? qy_fpga_constant_key((qy_fpga_constant)i) : common_row[shared].name);
    if (!e->path) return qy_no_memory(err);
  }
  qy_tech_resolve(t);
  *out = t;
  return QY_OK;
}

qy_status qy_tech_read_fpga(qy_tech **tech, const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  assert(tech && db_dir && name && arena);
  qy_fpga_device *device;
  qy_constant common[COMMON] = {{0}};
  const char *file = qy_arena_format(arena, "%s/circuit/fpga.csv", db_dir);
  if (!file) return qy_no_memory(err);
  qy_status status = qy_fpga_read(&device, db_dir, name, arena, err);
  if (!status) status = read_common(common, file, arena, err);
  return status ? status : qy_tech_of_fpga(tech, device, common, arena, err);
}

bool qy_fpga_names_device(const char *db_dir, const char *name)
{
  assert(db_dir && name);
  qy_arena *arena = qy_arena_new();
  if (!arena) return false;
  const size_t length = strlen(name);
  const bool path = strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
  const char *file = path ? name : qy_arena_format(arena, "%s/fpga/%s.yaml", db_dir, name);
  bool is_device = file && access(file, F_OK) == 0;
  qy_yaml *root;
  qy_error own = {0};
  if (is_device && path)
    is_device = !qy_yaml_read_file(&root, file, arena, &own) && root->kind == QY_YAML_MAP && qy_yaml_get(root, "slice");
  qy_arena_free(arena);
  return is_device;
}
