/* Targets of a calibration: read, built as circuits, simulated once, priced with any library. */
#include "calibrate_int.h"

#include "quarry/pe.h"
#include "quarry/random.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { CYCLES = 1024, WIDTH_MAX = 64 };

static const char *const kind_names[QY_TARGET_KINDS] = {"area", "power", "energy"};
static const char *const kind_units[QY_TARGET_KINDS] = {"um2", "mW", "fJ"};

const char *const calibrate_rows_keys[CALIBRATE_ROWS_KEYS + 1] = {"array", "unrolling", "column", NULL};

const char *qy_target_kind_name(qy_target_kind kind)
{
  return (size_t)kind < QY_TARGET_KINDS ? kind_names[kind] : "unknown";
}

const char *qy_target_kind_unit(qy_target_kind kind)
{
  return (size_t)kind < QY_TARGET_KINDS ? kind_units[kind] : "unknown";
}

/* ---- stimulus: uniform random operands; the first mode, sums that go on */

typedef struct stimulus {
  const qy_circuit *circuit;
  uint64_t state;
} stimulus;

static void next_inputs(void *ctx, int64_t cycle, uint64_t *inputs)
{
  stimulus *s = ctx;
  (void)cycle;
  for (int i = 0; i < qy_circuit_inputs(s->circuit); i++) {
    const char *name = qy_circuit_input_name(s->circuit, i);
    bool control = strcmp(name, "mode") == 0 || strcmp(name, "clear") == 0;
    inputs[i] = control ? 0 : qy_random_xorshift(&s->state) >> (WIDTH_MAX - qy_circuit_input_width(s->circuit, i));
  }
}

/* ---- parts ---- */

static qy_status read_width(const qy_yaml *part, const char *key, int *width, qy_error *err)
{
  int64_t value;
  const qy_yaml *node = qy_yaml_get(part, key);
  if (!node) return qy_yaml_expected(part, err, "a key `%s` (width in bits)", key);
  qy_status status = qy_yaml_integer(node, 1, WIDTH_MAX / 2, &value, err);
  *width = status == QY_OK ? (int)value : 0;
  return status;
}

static qy_status build_multiply(qy_circuit *c, const qy_yaml *part, qy_error *err)
{
  static const char *const keys[] = {"count", "op", "a", "b", NULL};
  int a = 0, b = 0;
  qy_status status = qy_yaml_check_keys(part, keys, err);
  if (status == QY_OK) status = read_width(part, "a", &a, err);
  if (status == QY_OK) status = read_width(part, "b", &b, err);
  if (status != QY_OK) return status;
  qy_net x = qy_input(c, "x", a), y = qy_input(c, "y", b);
  qy_output(c, "z", qy_multiply(c, QY_MULTIPLIER_ARRAY, x, y, false));
  return QY_OK;
}

/* Operators of one width. */
static qy_status read_bits(const qy_yaml *part, int *bits, qy_error *err)
{
  static const char *const keys[] = {"count", "op", "bits", NULL};
  qy_status status = qy_yaml_check_keys(part, keys, err);
  return status == QY_OK ? read_width(part, "bits", bits, err) : status;
}

static qy_status build_add(qy_circuit *c, const qy_yaml *part, qy_error *err)
{
  int bits = 0;
  qy_status status = read_bits(part, &bits, err);
  if (status != QY_OK) return status;
  qy_net x = qy_input(c, "x", bits), y = qy_input(c, "y", bits);
  qy_output(c, "z", qy_add(c, x, y, bits, false));
  return QY_OK;
}

static qy_status build_mux(qy_circuit *c, const qy_yaml *part, qy_error *err)
{
  int bits = 0;
  qy_status status = read_bits(part, &bits, err);
  if (status != QY_OK) return status;
  qy_net select = qy_input(c, "mode", 1), data[2] = {qy_input(c, "x", bits), qy_input(c, "y", bits)};
  qy_output(c, "z", qy_mux(c, select, data, 2));
  return QY_OK;
}

static qy_status build_and(qy_circuit *c, const qy_yaml *part, qy_error *err)
{
  int bits = 0;
  qy_status status = read_bits(part, &bits, err);
  if (status != QY_OK) return status;
  qy_net x = qy_input(c, "x", bits), y = qy_input(c, "y", bits);
  qy_output(c, "z", qy_bitwise(c, QY_OP_AND, x, y));
  return QY_OK;
}

static qy_status build_register(qy_circuit *c, const qy_yaml *part, qy_error *err)
{
  int bits = 0;
  qy_status status = read_bits(part, &bits, err);
  if (status != QY_OK) return status;
  qy_net reg = qy_register(c, "r", bits, -1);
  qy_register_connect(c, reg, qy_input(c, "x", bits));
  qy_output(c, "z", reg);
  return QY_OK;
}

/* What the model says of a circuit, at the part that asks for it. */
static qy_status refuse(const qy_yaml *part, qy_status status, const qy_error *inner, qy_error *err)
{
  return qy_fail_at(err, status, part->file, part->line, part->column, "%s: %s", part->path,
                    inner->count ? inner->diagnostic[0].text : qy_status_text(status));
}

static qy_status build_operator(calibrate_part *p, const qy_yaml *part, const qy_yaml *op, qy_arena *arena,
                                qy_error *err)
{
  static const char *const names[] = {"multiply", "add", "mux", "and", "register"};
  static qy_status (*const build[])(qy_circuit *, const qy_yaml *, qy_error *) = {build_multiply, build_add, build_mux,
                                                                                  build_and, build_register};
  size_t which;
  qy_status status = qy_yaml_choice(op, names, sizeof names / sizeof *names, &which, err);
  if (status != QY_OK) return status;
  p->circuit = qy_circuit_new(names[which], arena);
  status = build[which](p->circuit, part, err);
  if (status != QY_OK) return status;
  qy_error inner = {0};
  status = qy_circuit_finish(p->circuit, &inner);
  return status == QY_OK ? QY_OK : refuse(part, status, &inner, err);
}

static qy_status build_element(calibrate_part *p, const qy_yaml *part, const qy_yaml *kind, qy_arena *arena,
                               qy_error *err)
{
  size_t which;
  qy_pe pe;
  qy_status status = qy_yaml_choice(kind, qy_pe_kind_parameter.names, QY_PE_KIND_COUNT, &which, err);
  if (status != QY_OK) return status;
  qy_pe_params params = qy_pe_default((qy_pe_kind)which);
  params.bits = 0; /* a part says it */
  for (size_t i = 0; i < part->count && status == QY_OK; i++) {
    const qy_yaml *child = part->child[i];
    const char *value;
    if (strcmp(child->key, "count") == 0 || strcmp(child->key, "pe") == 0) continue;
    status = qy_yaml_text(child, &value, err);
    qy_error inner = {0};
    if (status == QY_OK && qy_pe_set(&params, child->key, value, &inner) != QY_OK)
      status = qy_yaml_expected(child, err, "a parameter of element %s in its range (%s)",
                                qy_pe_row_of((qy_pe_kind)which)->name, inner.count ? inner.diagnostic[0].text : "");
  }
  if (status != QY_OK) return status;
  qy_error inner = {0};
  status = qy_pe_build(&pe, &params, arena, &inner);
  if (status != QY_OK) return refuse(part, status, &inner, err);
  p->circuit = pe.circuit;
  return QY_OK;
}

static qy_status read_part(calibrate_part *p, const qy_yaml *part, qy_target_kind kind, qy_arena *arena, qy_error *err)
{
  static const char *const cell_keys[] = {"count", "cell", NULL};
  const char *cells[QY_CELL_COUNT];
  const qy_yaml *op = qy_yaml_get(part, "op"), *cell = qy_yaml_get(part, "cell"), *pe = qy_yaml_get(part, "pe");
  const qy_yaml *count = qy_yaml_get(part, "count");
  if (part->kind != QY_YAML_MAP || !count || (op != NULL) + (cell != NULL) + (pe != NULL) != 1)
    return qy_yaml_expected(part, err, "a mapping with `count` and one of `op`, `cell`, `pe`");
  qy_status status = qy_yaml_number(count, -1e9, 1e9, &p->count, err);
  if (status != QY_OK) return status;
  if (cell) {
    size_t which;
    for (size_t i = 0; i < QY_CELL_COUNT; i++)
      cells[i] = qy_cell_name((qy_cell)i);
    if (kind != QY_TARGET_AREA) return qy_yaml_expected(cell, err, "op or pe (a cell alone has an area only)");
    status = qy_yaml_check_keys(part, cell_keys, err);
    if (status == QY_OK) status = qy_yaml_choice(cell, cells, QY_CELL_COUNT, &which, err);
    if (status == QY_OK) p->cell = (qy_cell)which;
    return status;
  }
  status = op ? build_operator(p, part, op, arena, err) : build_element(p, part, pe, arena, err);
  if (status == QY_OK && kind != QY_TARGET_AREA) {
    stimulus s = {p->circuit, UINT64_C(0x9E3779B97F4A7C15)};
    status = qy_circuit_activity(p->circuit, next_inputs, &s, CYCLES, &p->activity, err);
  }
  return status;
}

/* ---- targets ---- */

/* `array` and `unrolling`, or `column`; NULL: not given. */
static qy_status check_rows(const qy_yaml *rows, qy_error *err)
{
  if (!rows) return QY_OK;
  if (rows->kind != QY_YAML_MAP) return qy_yaml_expected(rows, err, "a mapping");
  qy_status status = qy_yaml_check_keys(rows, calibrate_rows_keys, err);
  const bool array = qy_yaml_get(rows, calibrate_rows_keys[0]) != NULL,
             unrolling = qy_yaml_get(rows, calibrate_rows_keys[1]) != NULL,
             column = qy_yaml_get(rows, calibrate_rows_keys[2]) != NULL;
  if (status == QY_OK && (array != unrolling || array == column))
    return qy_yaml_expected(rows, err, "keys `array` and `unrolling`, or `column`");
  return status;
}

static qy_status read_target(calibrate_target *t, qy_target_result *r, const qy_yaml *node, qy_arena *arena,
                             qy_error *err)
{
  static const char *const keys[] = {"name",     "area",       "power",  "energy", "clock", "sigma",
                                     "held_out", "structured", "source", "rows",   "of",    NULL};
  enum { NEEDED = 5 };
  static const char *const needed[NEEDED] = {"name", "clock", "sigma", "source", "of"};
  const qy_yaml *found[NEEDED], *figure = NULL, *held = NULL;
  int held_out = 0, figures = 0;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  for (int i = 0; i < NEEDED && status == QY_OK; i++) {
    found[i] = qy_yaml_get(node, needed[i]);
    if (!found[i]) status = qy_yaml_expected(node, err, "a key `%s`", needed[i]);
  }
  if (status != QY_OK) return status;
  for (int k = 0; k < QY_TARGET_KINDS; k++) {
    const qy_yaml *child = qy_yaml_get(node, kind_names[k]);
    if (!child) continue;
    figure = child;
    t->kind = r->kind = (qy_target_kind)k;
    figures++;
  }
  if ((status = check_rows(qy_yaml_get(node, "rows"), err))) return status;
  if (figures != 1) return qy_yaml_expected(node, err, "one of the keys `area`, `power` and `energy`");
  if ((status = qy_yaml_text(found[0], &r->name, err)) ||
      (status = qy_yaml_quantity(found[1], "MHz", 1e-3, 1e5, &r->clock_mhz, err)) ||
      (status = qy_yaml_number(found[2], 1e-3, 10, &r->sigma, err)) ||
      (status = qy_yaml_text(found[3], &r->source, err)) ||
      (status = qy_yaml_quantity(figure, kind_units[t->kind], 1e-6, 1e15, &r->measured, err)))
    return status;
  held = qy_yaml_get(node, "held_out");
  if (held && (status = qy_yaml_boolean(held, &held_out, err))) return status;
  r->held_out = held_out != 0;
  const qy_yaml *structured = qy_yaml_get(node, "structured");
  if (structured && (status = qy_yaml_boolean(structured, &held_out, err))) return status;
  r->structured = structured && held_out;
  t->node = node;
  t->period_ps = 1e6 / r->clock_mhz;
  if (found[4]->kind != QY_YAML_LIST || found[4]->count == 0)
    return qy_yaml_expected(found[4], err, "a list of at least one part");
  t->part_count = found[4]->count;
  t->part = qy_arena_alloc(arena, t->part_count, sizeof *t->part);
  if (!t->part) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < t->part_count && status == QY_OK; i++)
    status = read_part(&t->part[i], found[4]->child[i], t->kind, arena, err);
  return status;
}

qy_status calibrate_read_targets(calibrate_target **target, qy_target_result **results, size_t *count,
                                 const qy_yaml *list, qy_arena *arena, qy_error *err)
{
  assert(target && results && count && list && arena);
  qy_status status = QY_OK;
  if (list->kind != QY_YAML_LIST || list->count == 0)
    return qy_yaml_expected(list, err, "a list of at least one target");
  *count = list->count;
  *target = qy_arena_alloc(arena, *count, sizeof **target);
  *results = qy_arena_alloc(arena, *count, sizeof **results);
  if (!*target || !*results) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < *count && status == QY_OK; i++)
    status = read_target(&(*target)[i], &(*results)[i], list->child[i], arena, err);
  return status;
}

qy_status calibrate_price(double *value, const calibrate_target *target, const qy_tech *tech, const char *name,
                          qy_error *err)
{
  assert(value && target && tech && name);
  double sum = 0;
  for (size_t i = 0; i < target->part_count; i++) {
    const calibrate_part *p = &target->part[i];
    qy_build build;
    qy_energy energy;
    if (!p->circuit) {
      sum += p->count * tech->area_um2[p->cell];
      continue;
    }
    qy_status status = qy_circuit_build(p->circuit, tech, target->period_ps, &build, err);
    if (status != QY_OK) return status;
    if (!build.feasible)
      return qy_fail_at(err, QY_INFEASIBLE, target->node->file, target->node->line, target->node->column,
                        "target \"%s\": %s cannot run at %g MHz: %s", name, qy_circuit_name(p->circuit),
                        1e6 / target->period_ps, build.reason);
    if (target->kind == QY_TARGET_AREA) {
      sum += p->count * build.area_um2;
      continue;
    }
    qy_circuit_energy(&build, &p->activity, tech, &energy);
    double cycle_fj = energy.comb_fj + energy.register_fj + energy.clock_fj;
    /* fJ a cycle over ps is mW; nW is 1e-6 mW */
    sum += p->count *
           (target->kind == QY_TARGET_ENERGY ? cycle_fj : cycle_fj / target->period_ps + build.leakage_nw * 1e-6);
  }
  *value = sum;
  if (sum > 0 && isfinite(sum)) return QY_OK;
  return qy_fail_at(err, QY_INFEASIBLE, target->node->file, target->node->line, target->node->column,
                    "target \"%s\": expected parts with a sum above zero, found %g", name, sum);
}
