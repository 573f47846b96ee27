/* Readers of DRAM devices and controllers: see dram.h.  They go on after a mistake, to report several at once. */
#include "quarry/dram.h"

#include "quarry/constants.h"
#include "quarry/file.h"
#include "quarry/sha256.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define CURRENT_MAX_MA 10000.0
#define CYCLES_MAX     100000.0

/* A constant of a device. */
typedef struct constant_row {
  const char *key;
  double low, high;
  bool optional;
} constant_row;

#define CURRENT(key)                                                                                                   \
  {                                                                                                                    \
    key, 0, CURRENT_MAX_MA, false                                                                                      \
  }
#define CYCLES(key)                                                                                                    \
  {                                                                                                                    \
    key, 0, CYCLES_MAX, false                                                                                          \
  }

static const constant_row constant_rows[QY_DRAM_CONSTANT_COUNT] = {
    [QY_DRAM_VDD] = {"vdd_v", 0.1, 10, false},
    [QY_DRAM_IDD0] = CURRENT("idd0_ma"),
    [QY_DRAM_IDD2N] = CURRENT("idd2n_ma"),
    [QY_DRAM_IDD3N] = CURRENT("idd3n_ma"),
    [QY_DRAM_IDD4R] = CURRENT("idd4r_ma"),
    [QY_DRAM_IDD4W] = CURRENT("idd4w_ma"),
    [QY_DRAM_IDD5] = CURRENT("idd5_ma"),
    [QY_DRAM_TCK] = {"tck_ns", 0.01, 1000, false},
    [QY_DRAM_CL] = CYCLES("cl_ck"),
    [QY_DRAM_CWL] = CYCLES("cwl_ck"),
    [QY_DRAM_TRCD] = CYCLES("trcd_ck"),
    [QY_DRAM_TRP] = CYCLES("trp_ck"),
    [QY_DRAM_TRAS] = CYCLES("tras_ck"),
    [QY_DRAM_TRRD_S] = CYCLES("trrd_s_ck"),
    [QY_DRAM_TRRD_L] = CYCLES("trrd_l_ck"),
    [QY_DRAM_TFAW] = CYCLES("tfaw_ck"),
    [QY_DRAM_TCCD_S] = CYCLES("tccd_s_ck"),
    [QY_DRAM_TCCD_L] = CYCLES("tccd_l_ck"),
    [QY_DRAM_TRTP] = CYCLES("trtp_ck"),
    [QY_DRAM_TWR] = CYCLES("twr_ck"),
    [QY_DRAM_TWTR_S] = CYCLES("twtr_s_ck"),
    [QY_DRAM_TWTR_L] = CYCLES("twtr_l_ck"),
    [QY_DRAM_TRTRS] = CYCLES("trtrs_ck"),
    [QY_DRAM_TRPRE] = CYCLES("trpre_ck"),
    [QY_DRAM_TRFC] = CYCLES("trfc_ck"),
    [QY_DRAM_TREFI] = {"trefi_ck", 1, 1e7, false},
    [QY_DRAM_TREFI_SIMULATED] = {"trefi_simulated_ck", 1, 1e7, true},
};

/* Whole numbers of a device. */
static const struct {
  const char *key;
  size_t offset;
  int64_t low, high;
} geometry_rows[] = {
    {"width_bits", offsetof(qy_dram_device, width_bits), 1, 1024},
    {"bus_bits", offsetof(qy_dram_device, bus_bits), 8, 4096},
    {"bank_groups", offsetof(qy_dram_device, bank_groups), 1, 8},
    {"banks", offsetof(qy_dram_device, banks), 1, QY_DRAM_BANKS_MAX},
    {"rows", offsetof(qy_dram_device, rows), 1, 1 << 24},
    {"columns", offsetof(qy_dram_device, columns), 1, 1 << 20},
    {"burst_length", offsetof(qy_dram_device, burst_length), 2, 64},
};
enum { GEOMETRY_COUNT = sizeof geometry_rows / sizeof geometry_rows[0] };

static const char *const head_keys[] = {"name", "title", "license"};
enum { HEAD_COUNT = sizeof head_keys / sizeof head_keys[0] };

static const char *const mapping_names[QY_DRAM_MAPPING_COUNT] = {
    [QY_DRAM_MAP_COLUMN] = "column", [QY_DRAM_MAP_GROUP] = "group", [QY_DRAM_MAP_BANK] = "bank"};

const char *qy_dram_constant_key(qy_dram_constant constant)
{
  return (size_t)constant < QY_DRAM_CONSTANT_COUNT ? constant_rows[constant].key : "unknown";
}

const char *qy_dram_mapping_name(qy_dram_mapping mapping)
{
  return (size_t)mapping < QY_DRAM_MAPPING_COUNT ? mapping_names[mapping] : "unknown";
}

/* ---- one file ---- */

static void check_device_keys(qy_reader *r, const qy_yaml *root)
{
  const char *keys[HEAD_COUNT + GEOMETRY_COUNT + QY_DRAM_CONSTANT_COUNT + 1];
  size_t count = 0;
  for (size_t i = 0; i < HEAD_COUNT; i++)
    keys[count++] = head_keys[i];
  for (size_t i = 0; i < GEOMETRY_COUNT; i++)
    keys[count++] = geometry_rows[i].key;
  for (size_t i = 0; i < QY_DRAM_CONSTANT_COUNT; i++)
    keys[count++] = constant_rows[i].key;
  keys[count] = NULL;
  qy_reader_note(r, qy_yaml_check_keys(root, keys, r->err));
}

static void read_geometry(qy_reader *r, const qy_yaml *root, qy_dram_device *d)
{
  for (size_t i = 0; i < GEOMETRY_COUNT; i++) {
    const qy_yaml *node = qy_reader_required(r, root, geometry_rows[i].key);
    int64_t value = 1;
    if (node) qy_reader_note(r, qy_yaml_integer(node, geometry_rows[i].low, geometry_rows[i].high, &value, r->err));
    const int stored = (int)value;
    memcpy((char *)d + geometry_rows[i].offset, &stored, sizeof stored);
  }
  if (r->status) return;
  d->chips = d->bus_bits / d->width_bits;
  if (d->bus_bits % d->width_bits || d->bus_bits % 8)
    qy_reader_note(r, qy_yaml_expected(qy_yaml_get(root, "bus_bits"), r->err, "a multiple of width_bits %d and of 8",
                                       d->width_bits));
  if (d->banks % d->bank_groups)
    qy_reader_note(
        r, qy_yaml_expected(qy_yaml_get(root, "banks"), r->err, "a multiple of bank_groups %d", d->bank_groups));
  if (d->burst_length % 2)
    qy_reader_note(r, qy_yaml_expected(qy_yaml_get(root, "burst_length"), r->err, "an even number"));
  if (d->columns % d->burst_length)
    qy_reader_note(
        r, qy_yaml_expected(qy_yaml_get(root, "columns"), r->err, "a multiple of burst_length %d", d->burst_length));
}

static void read_constants(qy_reader *r, const qy_yaml *root, qy_dram_device *d)
{
  for (size_t i = 0; i < QY_DRAM_CONSTANT_COUNT; i++) {
    const constant_row *row = &constant_rows[i];
    const qy_yaml *node = row->optional ? qy_yaml_get(root, row->key) : qy_reader_required(r, root, row->key);
    if (!node) continue;
    d->line[i] = node->line;
    qy_reader_constant(r, node, row->low, row->high, &d->constant[i]);
  }
  if (d->line[QY_DRAM_TREFI_SIMULATED] == 0) d->constant[QY_DRAM_TREFI_SIMULATED] = d->constant[QY_DRAM_TREFI];
}

/* No event may give energy back, at any value of the currents that the file allows. */
static void check_energies(qy_reader *r, const qy_yaml *root, const qy_dram_device *d)
{
  const double quantile = 1.6448536269514722; /* 95 % of a normal: low and high */
  static const qy_dram_constant blame[QY_DRAM_EVENT_COUNT] = {
      [QY_DRAM_ACTIVATE] = QY_DRAM_IDD0, [QY_DRAM_READ] = QY_DRAM_IDD4R, [QY_DRAM_WRITE] = QY_DRAM_IDD4W,
      [QY_DRAM_REFRESH] = QY_DRAM_IDD5,  [QY_DRAM_OPEN] = QY_DRAM_IDD3N, [QY_DRAM_CLOSED] = QY_DRAM_IDD2N};
  for (int event = 0; event < QY_DRAM_EVENT_COUNT; event++)
    for (int z = -1; z <= 1; z++) {
      qy_dram_prices prices;
      qy_dram_prices_at(&prices, d, z * quantile);
      if (prices.pj[event] >= 0) continue;
      const qy_yaml *node = qy_yaml_get(root, constant_rows[blame[event]].key);
      qy_reader_note(r, qy_fail_at(r->err, QY_BAD_INPUT, node->file, node->line, node->column,
                                   "%s: found currents that make the energy of %s %g %s, expected at least 0",
                                   node->path, qy_dram_event_name((qy_dram_event)event), prices.pj[event],
                                   qy_dram_event_unit((qy_dram_event)event)));
      break;
    }
}

/* A refresh must leave time for anything else. */
static void check_refresh(qy_reader *r, const qy_yaml *root, const qy_dram_device *d)
{
  const qy_constant *c = d->constant;
  const double taken = c[QY_DRAM_TRFC].value + c[QY_DRAM_TRP].value + c[QY_DRAM_TRCD].value + c[QY_DRAM_TRTP].value;
  for (int i = QY_DRAM_TREFI; i <= QY_DRAM_TREFI_SIMULATED; i++)
    if (d->line[i] && c[i].value <= taken)
      qy_reader_note(r, qy_yaml_expected(qy_yaml_get(qy_yaml_get(root, constant_rows[i].key), "value"), r->err,
                                         "more than the %g cycles that a refresh takes", taken));
}

static qy_status read_device(qy_dram_device *d, qy_arena *arena, qy_error *err)
{
  qy_reader r = {arena, err, QY_OK};
  qy_yaml *root;
  const qy_status status = qy_yaml_read_kept(&root, &d->text, d->sha256, d->file, "a DRAM device", arena, err);
  if (status) return status;
  check_device_keys(&r, root);
  qy_reader_text(&r, root, "name", &d->name);
  qy_reader_text(&r, root, "title", &d->title);
  qy_reader_text(&r, root, "license", &d->license);
  read_geometry(&r, root, d);
  read_constants(&r, root, d);
  if (!r.status) check_energies(&r, root, d);
  if (!r.status) check_refresh(&r, root, d);
  return r.status;
}

/* ---- the folder ---- */

static const char *folder_of(const char *db_dir, qy_arena *arena)
{
  return qy_arena_format(arena, "%s/memory/dram", db_dir);
}

qy_status qy_dram_device_names(const char *const **names, size_t *count, const char *db_dir, qy_arena *arena,
                               qy_error *err)
{
  assert(names && count && db_dir && arena);
  const char *folder = folder_of(db_dir, arena);
  return folder ? qy_folder_names(names, count, folder, "DRAM devices", arena, err) : qy_no_memory(err);
}

qy_status qy_dram_device_read(qy_dram_device **device, const char *db_dir, const char *name, qy_arena *arena,
                              qy_error *err)
{
  assert(device && db_dir && name && arena);
  *device = NULL;
  qy_dram_device *d = qy_arena_alloc(arena, 1, sizeof *d);
  if (!d) return qy_no_memory(err);
  const char *folder = folder_of(db_dir, arena);
  qy_status status = folder ? qy_folder_file(&d->file, folder, "DRAM device", name, arena, err) : qy_no_memory(err);
  if (!status) status = read_device(d, arena, err);
  if (!status) *device = d;
  return status;
}

/* ---- controllers ---- */

static const struct {
  const char *key;
  size_t offset;
  double high;
} controller_rows[] = {
    {"queued_reads", offsetof(qy_dram_controller, queued_reads), 64},
    {"bank_queue", offsetof(qy_dram_controller, bank_queue), 64},
    {"command_queue", offsetof(qy_dram_controller, command_queue), 64},
    {"write_batch", offsetof(qy_dram_controller, write_batch), 64},
    {"write_idle", offsetof(qy_dram_controller, write_idle), 64},
    {"row_limit", offsetof(qy_dram_controller, row_limit), 1e6},
    {"turn_limit", offsetof(qy_dram_controller, turn_limit), 1e6},
    {"write_latency_below", offsetof(qy_dram_controller, write_latency_below), 64},
};
enum { CONTROLLER_COUNT = sizeof controller_rows / sizeof controller_rows[0] };

static void read_flag(qy_reader *r, const qy_yaml *map, const char *key, bool *flag)
{
  const qy_yaml *node = qy_reader_required(r, map, key);
  int value = 0;
  if (node) qy_reader_note(r, qy_yaml_boolean(node, &value, r->err));
  *flag = value != 0;
}

static void read_controller(qy_reader *r, const qy_yaml *node, qy_dram_controller *c)
{
  enum { OTHER_COUNT = 5 };
  const char *keys[CONTROLLER_COUNT + OTHER_COUNT + 1] = {"name", "title", "closes_idle_rows", "refresh_counts_open",
                                                          "simulated_refresh"};
  for (size_t i = 0; i < CONTROLLER_COUNT; i++)
    keys[OTHER_COUNT + i] = controller_rows[i].key;
  if (node->kind != QY_YAML_MAP) {
    qy_reader_note(r, qy_yaml_expected(node, r->err, "a mapping with the keys of a controller"));
    return;
  }
  qy_reader_note(r, qy_yaml_check_keys(node, keys, r->err));
  qy_reader_text(r, node, "name", &c->name);
  qy_reader_text(r, node, "title", &c->title);
  read_flag(r, node, "closes_idle_rows", &c->closes_idle_rows);
  read_flag(r, node, "refresh_counts_open", &c->refresh_counts_open);
  read_flag(r, node, "simulated_refresh", &c->simulated_refresh);
  for (size_t i = 0; i < CONTROLLER_COUNT; i++) {
    const qy_yaml *child = qy_reader_required(r, node, controller_rows[i].key);
    qy_constant *constant = (qy_constant *)(void *)((char *)c + controller_rows[i].offset);
    if (child) qy_reader_constant(r, child, 0, controller_rows[i].high, constant);
  }
  if (r->status) return;
  if (c->bank_queue.value < 1 && c->command_queue.value < 2)
    qy_reader_note(r, qy_yaml_expected(node, r->err, "a bank_queue of at least 1 or a command_queue of at least 2"));
  if (c->bank_queue.value >= 1 && (c->queued_reads.value < 1 || c->write_batch.value < 1))
    qy_reader_note(r, qy_yaml_expected(node, r->err, "queued_reads and write_batch of at least 1 beside a bank_queue"));
}

qy_status qy_dram_controllers_read(const qy_dram_controller **list, size_t *count, const char *db_dir, qy_arena *arena,
                                   qy_error *err)
{
  assert(list && count && db_dir && arena);
  static const char *const keys[] = {"controllers", NULL};
  qy_reader r = {arena, err, QY_OK};
  qy_yaml *root;
  const char *file = qy_arena_format(arena, "%s/memory/dram_controllers.yaml", db_dir);
  qy_status status = file ? qy_yaml_read_file(&root, file, arena, err) : qy_no_memory(err);
  if (status) return status;
  if (root->kind != QY_YAML_MAP) return qy_yaml_expected(root, err, "a mapping with the key \"controllers\"");
  qy_reader_note(&r, qy_yaml_check_keys(root, keys, err));
  const qy_yaml *all = qy_reader_required(&r, root, "controllers");
  if (!all) return r.status;
  if (all->kind != QY_YAML_LIST) return qy_yaml_expected(all, err, "a list of controllers");
  qy_dram_controller *made = qy_arena_alloc(arena, all->count + 1, sizeof *made);
  if (!made) return qy_no_memory(err);
  for (size_t i = 0; i < all->count; i++)
    read_controller(&r, all->child[i], &made[i]);
  *list = made;
  *count = all->count;
  return r.status;
}

const qy_dram_controller *qy_dram_controller_find(const qy_dram_controller *list, size_t count, const char *name)
{
  assert((list || count == 0) && name);
  for (size_t i = 0; i < count; i++)
    if (strcasecmp(list[i].name, name) == 0) return &list[i];
  return NULL;
}
