/* Devices as technologies: see fpga_tech.h. */
#include "quarry/fpga_tech.h"

#include "quarry/constants.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

enum { COMMON = QY_FPGA_VALUE_COUNT - QY_FPGA_CONSTANT_COUNT };
_Static_assert((int)QY_FPGA_VALUE_COUNT <= (int)QY_TECH_FPGA_VALUES, "room for all constants");

static const qy_constant_row common_row[COMMON] = {
    [QY_FPGA_BASE_LUTS - QY_FPGA_CONSTANT_COUNT] = {"base_luts", "count", 0, 1e6},
    [QY_FPGA_BASE_DSPS - QY_FPGA_CONSTANT_COUNT] = {"base_dsps", "count", 0, 1e5},
    [QY_FPGA_LUT_LIMIT - QY_FPGA_CONSTANT_COUNT] = {"lut_limit", "ratio", 0.01, 1},
    [QY_FPGA_DSP_LIMIT - QY_FPGA_CONSTANT_COUNT] = {"dsp_limit", "ratio", 0.01, 1},
    [QY_FPGA_BRAM_LIMIT - QY_FPGA_CONSTANT_COUNT] = {"bram_limit", "ratio", 0.01, 1},
    [QY_FPGA_OTHER_TOOLCHAIN - QY_FPGA_CONSTANT_COUNT] = {"other_toolchain", "ratio", 0, 1},
};

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
    const char *key;
    if (i < QY_FPGA_CONSTANT_COUNT) {
      e->constant = device->constant[i];
      e->unit = qy_fpga_constant_unit((qy_fpga_constant)i);
      e->line = device->line[i];
      e->is_factor = false;
      key = qy_fpga_constant_key((qy_fpga_constant)i);
    } else {
      const int shared = i - QY_FPGA_CONSTANT_COUNT;
      e->constant = common[shared];
      e->unit = common_row[shared].unit;
      e->line = 0;
      e->is_factor = true;
      key = common_row[shared].name;
    }
    e->slot = (size_t)i;
    e->path = qy_arena_format(arena, "fpga.%s", key);
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
  if (!status) status = qy_constants_read(common, NULL, common_row, COMMON, "constant", file, arena, err);
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
