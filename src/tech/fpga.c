/* Reader of FPGA devices: see fpga.h. */
#include "quarry/fpga.h"
#include "quarry/constants.h"
#include "quarry/file.h"
#include "quarry/sha256.h"

#include <assert.h>
#include <math.h>

/* A constant of a device: the largest part sold stays below the limits. */
typedef struct constant_row {
  const char *key, *unit;
  double low, high;
  bool whole; /* a count */
} constant_row;

static const constant_row constant_rows[QY_FPGA_CONSTANT_COUNT] = {
    [QY_FPGA_LUTS] = {"luts", "count", 1, 1e8, true},
    [QY_FPGA_FFS] = {"ffs", "count", 1, 1e9, true},
    [QY_FPGA_DSPS] = {"dsps", "count", 0, 1e6, true},
    [QY_FPGA_BRAM18S] = {"bram18s", "count", 0, 1e6, true},
    [QY_FPGA_URAMS] = {"urams", "count", 0, 1e6, true},
    [QY_FPGA_AXI_PORTS] = {"axi_ports", "count", 1, 1e3, true},
    [QY_FPGA_AXI_PORT_BITS] = {"axi_port_bits", "bit", 8, 4096, true},
    [QY_FPGA_CLOCK_MHZ] = {"clock_mhz", "MHz", 1, 2000, false},
    [QY_FPGA_STATIC_W] = {"static_w", "W", 0, 200, false},
    [QY_FPGA_SYSTEM_W] = {"system_w", "W", 0, 200, false},
    [QY_FPGA_LUT_PJ] = {"lut_pj", "pJ", 0, 100, false},
    [QY_FPGA_FF_PJ] = {"ff_pj", "pJ", 0, 100, false},
    [QY_FPGA_DSP_PJ] = {"dsp_pj", "pJ", 0, 1000, false},
    [QY_FPGA_BRAM18_PJ] = {"bram18_pj", "pJ", 0, 1000, false},
};

static const char *const text_keys[] = {"name", "title", "license", "part"};
static const char *const choice_keys[] = {"family", "slice"};
enum { TEXT_COUNT = sizeof text_keys / sizeof *text_keys, CHOICE_COUNT = sizeof choice_keys / sizeof *choice_keys };

const char *qy_fpga_constant_key(qy_fpga_constant constant)
{
  assert((size_t)constant < QY_FPGA_CONSTANT_COUNT);
  return constant_rows[constant].key;
}

const char *qy_fpga_constant_unit(qy_fpga_constant constant)
{
  assert((size_t)constant < QY_FPGA_CONSTANT_COUNT);
  return constant_rows[constant].unit;
}

static void check_keys(qy_reader *r, const qy_yaml *root)
{
  const char *keys[TEXT_COUNT + CHOICE_COUNT + QY_FPGA_CONSTANT_COUNT + 1];
  size_t count = 0;
  for (size_t i = 0; i < TEXT_COUNT; i++)
    keys[count++] = text_keys[i];
  for (size_t i = 0; i < CHOICE_COUNT; i++)
    keys[count++] = choice_keys[i];
  for (size_t i = 0; i < QY_FPGA_CONSTANT_COUNT; i++)
    keys[count++] = constant_rows[i].key;
  keys[count] = NULL;
  qy_reader_note(r, qy_yaml_check_keys(root, keys, r->err));
}

static size_t read_choice(qy_reader *r, const qy_yaml *root, const char *key, const char *const *names, size_t count)
{
  const qy_yaml *node = qy_reader_required(r, root, key);
  size_t index = 0;
  if (node) qy_reader_note(r, qy_yaml_choice(node, names, count, &index, r->err));
  return index;
}

static void check_whole(qy_reader *r, const qy_yaml *node, const qy_constant *c)
{
  static const char *const keys[] = {"value", "low", "high"};
  const double number[] = {c->value, c->low, c->high};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (number[i] != floor(number[i]))
      qy_reader_note(r, qy_yaml_expected(qy_yaml_get(node, keys[i]), r->err, "a whole number"));
}

static void read_constants(qy_reader *r, const qy_yaml *root, qy_fpga_device *d)
{
  for (size_t i = 0; i < QY_FPGA_CONSTANT_COUNT; i++) {
    const constant_row *row = &constant_rows[i];
    const qy_yaml *node = qy_reader_required(r, root, row->key);
    if (!node) continue;
    const qy_status before = r->status;
    r->status = QY_OK;
    d->line[i] = node->line;
    qy_reader_constant(r, node, row->low, row->high, &d->constant[i]);
    if (!r->status && row->whole) check_whole(r, node, &d->constant[i]);
    qy_reader_note(r, before);
  }
}

static qy_status read_device(qy_fpga_device *d, qy_arena *arena, qy_error *err)
{
  qy_reader r = {arena, err, QY_OK};
  qy_yaml *root;
  const qy_status status = qy_yaml_read_kept(&root, &d->text, d->sha256, d->file, "an FPGA device", arena, err);
  if (status) return status;
  check_keys(&r, root);
  const char **const texts[TEXT_COUNT] = {&d->name, &d->title, &d->license, &d->part};
  for (size_t i = 0; i < TEXT_COUNT; i++)
    qy_reader_text(&r, root, text_keys[i], texts[i]);
  d->family = (qy_fpga_family)read_choice(&r, root, choice_keys[0], qy_fpga_family_names, QY_FPGA_FAMILY_COUNT);
  d->slice = (qy_dsp_kind)read_choice(&r, root, choice_keys[1], qy_dsp_kind_names, QY_DSP_KIND_COUNT);
  if (!r.status && d->slice != qy_fpga_family_slice(d->family))
    qy_reader_note(&r, qy_yaml_expected(qy_yaml_get(root, choice_keys[1]), err, "%s, the slice of family %s",
                                        qy_dsp_kind_names[qy_fpga_family_slice(d->family)],
                                        qy_fpga_family_names[d->family]));
  read_constants(&r, root, d);
  return r.status;
}

qy_status qy_fpga_read(qy_fpga_device **device, const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  assert(device && db_dir && name && arena);
  *device = NULL;
  qy_fpga_device *d = qy_arena_alloc(arena, 1, sizeof *d);
  const char *folder = qy_arena_format(arena, "%s/fpga", db_dir);
  if (!d || !folder) return qy_no_memory(err);
  qy_status status = qy_folder_file(&d->file, folder, "FPGA device", name, arena, err);
  if (!status) status = read_device(d, arena, err);
  if (!status) *device = d;
  return status;
}
