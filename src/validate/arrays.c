/* Precision-scalable arrays against synthesis: see validate.h. */
#include "array_serial.h"
#include "array_shape.h"
#include "calibrate_int.h"
#include "quarry/csv.h"
#include "quarry/random.h"
#include "quarry/tech.h"
#include "quarry/validate.h"
#include "statistics.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns: the first three are needed. */
enum { COLUMN_ARRAY, COLUMN_UNROLLING, COLUMN_CLOCK, COLUMN_FIRST_FIGURE };
enum {
  FIGURE_AREA,
  FIGURE_SEQUENTIAL,
  FIGURE_COMBINATIONAL,
  FIGURE_MULTIPLIERS,
  FIGURE_FIRST_POWER,
  MODE_COUNT = 5,
  FIGURE_COUNT = FIGURE_FIRST_POWER + MODE_COUNT,
  COLUMN_COUNT = COLUMN_FIRST_FIGURE + FIGURE_COUNT
};

static const char *const column_names[COLUMN_COUNT] = {"array",
                                                       "unrolling",
                                                       "clock_mhz",
                                                       "area_um2",
                                                       "area_sequential_um2",
                                                       "area_combinational_um2",
                                                       "area_2bit_multipliers_um2",
                                                       "power_8x8_mw",
                                                       "power_8x4_mw",
                                                       "power_8x2_mw",
                                                       "power_4x4_mw",
                                                       "power_2x2_mw"};
/* Powers are compared as energy of a product. */
static const char *const quantities[FIGURE_COUNT] = {
    "area_um2",      "area_sequential_um2", "area_combinational_um2", "area_2bit_multipliers_um2",
    "energy_8x8_fj", "energy_8x4_fj",       "energy_8x2_fj",          "energy_4x4_fj",
    "energy_2x2_fj"};
static const char *const ratio_quantities[FIGURE_COUNT] = {
    "ratio_area_um2",      "ratio_area_sequential_um2", "ratio_area_combinational_um2", NULL,
    "ratio_energy_8x8_fj", "ratio_energy_8x4_fj",       "ratio_energy_8x2_fj",          "ratio_energy_4x4_fj",
    "ratio_energy_2x2_fj"};

/* The modes of the columns: the element's number, products of the array a cycle over those of 8 x 8 bits. */
static const struct {
  int mode, products, subword_products; /* 0: it has no such mode */
} modes[MODE_COUNT] = {{0, 1, 1}, {3, 2, 0}, {4, 4, 0}, {1, 4, 2}, {2, 16, 4}};

static const char *const unrollings[] = {"FU", "SWU"};
/* Kinds of the report: arrays that the model brings to their clock, and those that it prices at its own shortest
 * period, as synthesis has shown that they need no pipeline. */
static const char *const kinds[2][2] = {{"FU", "SWU"}, {"FU_at_limit", "SWU_at_limit"}};

typedef struct array_row {
  int line, unrolling;
  const char *array, *reason;                                    /* reason: why it is not compared */
  double clock_mhz, measured[FIGURE_COUNT], model[FIGURE_COUNT]; /* NaN: none */
  bool fitted, done, at_limit;
} array_row;

typedef struct run {
  const qy_validate_options *options;
  qy_tech *tech;
  qy_arena *arena;
  array_row *row;
  size_t count, capacity;
  bool fitted[FIGURE_COUNT]; /* in all rows */
  tally tally;
} run;

/* ---- the table ---- */

static qy_status find_columns(const qy_csv *csv, int *at, qy_error *err)
{
  qy_status status = qy_csv_columns(csv, column_names, COLUMN_FIRST_FIGURE, at, err);
  int figures = 0;
  for (int k = COLUMN_FIRST_FIGURE; k < COLUMN_COUNT; k++) {
    at[k] = qy_csv_column(csv, column_names[k]);
    figures += at[k] >= 0;
  }
  for (int i = 0; i < csv->count && status == QY_OK; i++) {
    int k = 0;
    while (k < COLUMN_COUNT && strcmp(csv->name[i], column_names[k]) != 0)
      k++;
    if (k == COLUMN_COUNT)
      status = qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, csv->column[i],
                          "found a column '%s', expected array, unrolling, clock_mhz, area_... and power_..._mw of the "
                          "array benchmark",
                          csv->name[i]);
  }
  if (status == QY_OK && figures == 0)
    status = qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, 0,
                        "expected a column of figures such as area_um2, found none");
  return status;
}

static qy_status read_row(array_row *row, const qy_csv *csv, const int *at, qy_error *err)
{
  *row = (array_row){.line = csv->line, .array = csv->field[at[COLUMN_ARRAY]]};
  if (!*row->array) return qy_csv_expected(csv, at[COLUMN_ARRAY], err, "an array's name");
  qy_status status = qy_csv_choice(csv, at[COLUMN_UNROLLING], unrollings, 2, &row->unrolling, err);
  if (status == QY_OK) status = qy_csv_number(csv, at[COLUMN_CLOCK], 1e-3, 1e5, &row->clock_mhz, err);
  for (int k = 0; k < FIGURE_COUNT && status == QY_OK; k++) {
    const int column = at[COLUMN_FIRST_FIGURE + k];
    row->measured[k] = row->model[k] = NAN;
    if (column < 0 || !*csv->field[column]) continue;
    status = qy_csv_number(csv, column, 1e-9, 1e12, &row->measured[k], err);
  }
  return status;
}

static qy_status read_table(run *r, const char *file, qy_error *err)
{
  qy_csv csv = {0};
  int at[COLUMN_COUNT];
  qy_status status = qy_csv_open(&csv, file, r->arena, err);
  if (status == QY_OK) status = find_columns(&csv, at, err);
  for (bool more = true; status == QY_OK;) {
    status = qy_csv_next(&csv, &more, err);
    if (status != QY_OK || !more) break;
    if (qy_grow((void **)&r->row, &r->capacity, r->count + 1, sizeof *r->row) != 0) return qy_no_memory(err);
    status = read_row(&r->row[r->count], &csv, at, err);
    r->count += status == QY_OK;
  }
  return status;
}

/* ---- what calibrations have seen ---- */

/* `rows` of a target that took part in a fit: {array, unrolling} for all figures of such rows, {column} for one figure
 * of all rows. */
static qy_status mark_target(run *r, const qy_yaml *target, qy_error *err)
{
  const qy_yaml *rows = qy_yaml_get(target, "rows"), *held = qy_yaml_get(target, "held_out");
  const char *text[3] = {NULL, NULL, NULL};
  int held_out = 0;
  qy_status status = held ? qy_yaml_boolean(held, &held_out, err) : QY_OK;
  if (status != QY_OK || !rows || held_out) return status;
  for (int k = 0; k < CALIBRATE_ROWS_KEYS && status == QY_OK; k++) {
    const qy_yaml *node = qy_yaml_get(rows, calibrate_rows_keys[k]);
    if (node) status = qy_yaml_text(node, &text[k], err);
  }
  if (status != QY_OK) return status;
  for (int k = 0; text[2] && k < FIGURE_COUNT; k++)
    if (strcmp(text[2], column_names[COLUMN_FIRST_FIGURE + k]) == 0) r->fitted[k] = true;
  for (size_t i = 0; text[0] && text[1] && i < r->count; i++)
    if (strcmp(text[0], r->row[i].array) == 0 && strcmp(text[1], unrollings[r->row[i].unrolling]) == 0)
      r->row[i].fitted = true;
  return QY_OK;
}

/* A calibration concerns the library it started from and the one it makes. */
static qy_status mark_file(run *r, const char *file, qy_error *err)
{
  qy_yaml *root = NULL;
  const char *name = "", *base = "";
  qy_status status = qy_yaml_read_file(&root, file, r->arena, err);
  if (status != QY_OK) return status;
  const qy_yaml *targets = qy_yaml_get(root, "targets"),
                *names[2] = {qy_yaml_get(root, "name"), qy_yaml_get(root, "base")};
  if (!targets || !names[0] || !names[1]) return QY_OK;
  status = qy_yaml_text(names[0], &name, err);
  if (status == QY_OK) status = qy_yaml_text(names[1], &base, err);
  if (strcmp(r->tech->name, name) != 0 && strcmp(r->tech->name, base) != 0) return status;
  for (size_t i = 0; i < targets->count && status == QY_OK; i++)
    status = mark_target(r, targets->child[i], err);
  return status;
}

static int is_yaml(const struct dirent *entry)
{
  const char *dot = strrchr(entry->d_name, '.');
  return dot && strcmp(dot, ".yaml") == 0;
}

static qy_status mark_fitted(run *r, const char *db_dir, qy_error *err)
{
  struct dirent **entries;
  const char *directory = qy_arena_format(r->arena, "%s/published/calibration", db_dir);
  if (!directory) return qy_no_memory(err);
  const int count = scandir(directory, &entries, is_yaml, alphasort);
  if (count < 0 && errno == ENOENT) return QY_OK;
  if (count < 0 && errno == ENOMEM) return qy_no_memory(err);
  if (count < 0) return qy_fail_at(err, QY_BAD_INPUT, directory, 0, 0, "expected a directory of calibrations");
  qy_status status = QY_OK;
  for (int i = 0; i < count; i++) {
    const char *file = qy_arena_format(r->arena, "%s/%s", directory, entries[i]->d_name);
    if (status == QY_OK) status = file ? mark_file(r, file, err) : qy_no_memory(err);
    free(entries[i]);
  }
  free(entries);
  return status;
}

/* ---- prices ---- */

typedef struct stimulus {
  const qy_circuit *circuit;
  uint64_t state;
  int mode, product_cycles;
} stimulus;

/* All operand bits uniform, those that a mode does not read, too: they come from registers that are written. */
static void next_inputs(void *ctx, int64_t cycle, uint64_t *inputs)
{
  enum { SUM_LENGTH = 16, WORD = 64 };
  stimulus *s = ctx;
  for (int i = 0; i < qy_circuit_inputs(s->circuit); i++) {
    const char *name = qy_circuit_input_name(s->circuit, i);
    if (strcmp(name, "mode") == 0)
      inputs[i] = (uint64_t)s->mode;
    else if (strcmp(name, "inner") == 0)
      inputs[i] = cycle % array_serial_steps_of[s->mode].inner == 0;
    else if (strcmp(name, "outer") == 0)
      inputs[i] = cycle % array_serial_steps_of[s->mode].outer == 0;
    else if (strcmp(name, "clear") == 0)
      inputs[i] = cycle / s->product_cycles % SUM_LENGTH == 0;
    else
      inputs[i] = qy_random_xorshift(&s->state) >> (WORD - qy_circuit_input_width(s->circuit, i));
  }
}

/* An array, its element simulated in every mode. */
typedef struct array {
  array_shape shape;
  qy_circuit *element;
  qy_activity activity[MODE_COUNT], input;
  qy_circuit *inputs, *multiplier; /* 64 register bits, a multiplier of 2 x 2 bits */
  double flip_flops;               /* of an element */
} array;

enum { REGISTER_BITS = 64 };

static qy_status small_circuits(array *a, qy_arena *arena, qy_error *err)
{
  qy_circuit *c = a->inputs = qy_circuit_new("inputs", arena);
  const qy_net x = qy_input(c, "x", REGISTER_BITS), reg = qy_register(c, "r", REGISTER_BITS, -1);
  qy_register_connect(c, reg, x);
  qy_output(c, "y", reg);
  qy_status status = qy_circuit_finish(c, err);
  c = a->multiplier = qy_circuit_new("multiplier", arena);
  const int part_bits = ARRAY_BITS / 4;
  qy_output(c, "y",
            qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_input(c, "x", part_bits), qy_input(c, "w", part_bits), false));
  return status == QY_OK ? qy_circuit_finish(c, err) : status;
}

/* The same number of lanes' cycles whatever the element's size: large ones need fewer. */
static qy_status simulate(array *a, const qy_validate_options *o, qy_error *err)
{
  enum { LANE_CYCLES = 4096, CYCLES_MIN = 64 };
  const int64_t cycles = o->cycles ? o->cycles : LANE_CYCLES / a->shape.lanes + CYCLES_MIN;
  qy_status status = QY_OK;
  for (int k = 0; k < MODE_COUNT && status == QY_OK; k++) {
    if (a->shape.element.subword && !modes[k].subword_products) continue;
    const int mode = modes[k].mode, steps = a->shape.serial ? array_serial_steps_of[mode].outer : 1;
    stimulus s = {a->element, UINT64_C(0x9E3779B97F4A7C15) + 2 * o->seed, mode, steps};
    status = qy_circuit_activity(a->element, next_inputs, &s, cycles, &a->activity[k], err);
  }
  stimulus s = {a->inputs, UINT64_C(0x9E3779B97F4A7C15) + 2 * o->seed, 0, 1};
  return status == QY_OK ? qy_circuit_activity(a->inputs, next_inputs, &s, LANE_CYCLES, &a->input, err) : status;
}

static qy_status make_array(array *a, const qy_validate_options *o, qy_arena *arena, qy_error *err)
{
  qy_census census;
  qy_pe pe = {.circuit = NULL};
  qy_status status = a->shape.serial ? array_serial_build(&a->element, a->shape.lanes, arena, err)
                                     : qy_pe_build(&pe, &a->shape.element, arena, err);
  if (!a->shape.serial) a->element = pe.circuit;
  if (status == QY_OK) status = small_circuits(a, arena, err);
  if (status == QY_OK) status = simulate(a, o, err);
  if (status != QY_OK) return status;
  qy_circuit_census(a->element, &census);
  a->flip_flops = 0;
  for (int class = 0; class < QY_CLASS_COUNT; class ++)
    a->flip_flops += census.cells[class][QY_DFF];
  return QY_OK;
}

static double cycle_fj(const qy_build *build, const qy_activity *activity, const qy_tech *tech)
{
  qy_energy energy;
  qy_circuit_energy(build, activity, tech, &energy);
  return energy.comb_fj + energy.register_fj + energy.clock_fj;
}

/* mW at so many MHz, a cycle and product: fJ. */
static double product_fj(double power_mw, double clock_mhz, double products)
{
  return power_mw / clock_mhz * 1e6 / products;
}

static double products_of(const array_row *row, int mode)
{
  return ARRAY_PRODUCTS * (row->unrolling ? modes[mode].subword_products : modes[mode].products);
}

/* At the row's clock, or without pipeline stages at the shortest period. */
static qy_status build_element(qy_build *build, bool *at_limit, const qy_circuit *c, const qy_tech *tech,
                               double period_ps, qy_error *err)
{
  qy_timing timing;
  qy_status status = qy_circuit_build(c, tech, period_ps, build, err);
  *at_limit = status == QY_OK && (!build->feasible || build->stages > 0);
  if (!*at_limit) return status;
  status = qy_circuit_timing(c, tech, &timing, err);
  return status == QY_OK ? qy_circuit_build(c, tech, timing.fast_ps * (1 + 1e-9), build, err) : status;
}

static qy_status price_row(array_row *row, const array *a, const qy_tech *tech, qy_error *err)
{
  const double period_ps = 1e6 / row->clock_mhz, elements = a->shape.elements;
  const double registers = (double)a->shape.input_bits / REGISTER_BITS;
  qy_build build, inputs, multiplier;
  qy_status status = build_element(&build, &row->at_limit, a->element, tech, period_ps, err);
  if (status == QY_OK) status = qy_circuit_build(a->inputs, tech, period_ps, &inputs, err);
  if (status == QY_OK) status = qy_circuit_build(a->multiplier, tech, period_ps, &multiplier, err);
  if (status != QY_OK) return status;
  if (!build.feasible || build.stages > 0 || !inputs.feasible || !multiplier.feasible) {
    row->reason = "a clock that not even its registers reach";
    return QY_OK;
  }
  double *m = row->model;
  m[FIGURE_AREA] = elements * build.area_um2 + registers * inputs.area_um2;
  m[FIGURE_SEQUENTIAL] = (elements * a->flip_flops + a->shape.input_bits) * tech->area_um2[QY_DFF];
  m[FIGURE_COMBINATIONAL] = m[FIGURE_AREA] - m[FIGURE_SEQUENTIAL];
  m[FIGURE_MULTIPLIERS] = ARRAY_MULTIPLIERS * multiplier.area_um2;
  const double input_fj = registers * cycle_fj(&inputs, &a->input, tech);
  const double leakage_nw = elements * build.leakage_nw + registers * inputs.leakage_nw;
  for (int k = 0; k < MODE_COUNT; k++) {
    const double products = products_of(row, k);
    if (products <= 0) continue;
    const double fj = elements * cycle_fj(&build, &a->activity[k], tech) + input_fj;
    /* fJ a cycle over ps is mW; nW is 1e-6 mW */
    m[FIGURE_FIRST_POWER + k] = product_fj(fj / period_ps + leakage_nw * 1e-6, row->clock_mhz, products);
  }
  return QY_OK;
}

/* An array is built once for all its rows. */
static qy_status price_alike(run *r, size_t first, qy_arena *scratch, qy_error *err)
{
  array a = {.flip_flops = 0};
  const array_row *like = &r->row[first];
  const char *reason = array_shape_read(&a.shape, like->array, like->unrolling == 1);
  qy_status status = reason ? QY_OK : make_array(&a, r->options, scratch, err);
  for (size_t i = first; i < r->count && status == QY_OK; i++) {
    array_row *row = &r->row[i];
    if (row->done || row->unrolling != like->unrolling || strcmp(row->array, like->array) != 0) continue;
    row->done = true;
    row->reason = reason;
    if (!reason) status = price_row(row, &a, r->tech, err);
  }
  return status;
}

/* ---- the report ---- */

static bool in_filter(const run *r, bool fitted)
{
  return !r->options->flow || strcmp(r->options->flow, fitted ? "fitted" : "held_out") == 0;
}

static qy_status add(run *r, const char *quantity, const array_row *row, const char *params, bool fitted,
                     double measured, double model, qy_error *err)
{
  if (!in_filter(r, fitted)) return QY_OK;
  const qy_validate_row one = {.quantity = quantity,
                               .kind = kinds[row->at_limit][row->unrolling],
                               .params = params,
                               .library = r->tech->name,
                               .flow = fitted ? "fitted" : "held_out",
                               .line = row->line,
                               .measured = measured,
                               .model = model};
  return tally_add(&r->tally, one) == 0 ? QY_OK : qy_no_memory(err);
}

static double compared_figure(const array_row *row, int k)
{
  const double value = row->measured[k];
  return k < FIGURE_FIRST_POWER ? value : product_fj(value, row->clock_mhz, products_of(row, k - FIGURE_FIRST_POWER));
}

static bool has_figure(const array_row *row, int k)
{
  return !row->reason && isfinite(row->measured[k]) && isfinite(row->model[k]);
}

static qy_status compare_row(run *r, const array_row *row, qy_error *err)
{
  const char *params = qy_arena_format(r->arena, "%s at %g MHz", row->array, row->clock_mhz);
  if (!params) return qy_no_memory(err);
  qy_status status = QY_OK;
  r->tally.rows++;
  if (row->reason) return tally_skip(&r->tally, row->reason) == 0 ? QY_OK : qy_no_memory(err);
  r->tally.compared++;
  for (int k = 0; k < FIGURE_COUNT && status == QY_OK; k++) {
    if (has_figure(row, k))
      status =
          add(r, quantities[k], row, params, row->fitted || r->fitted[k], compared_figure(row, k), row->model[k], err);
    else if (isfinite(row->measured[k]) && tally_omit(&r->tally, "a mode that sub-words do not have") != 0)
      status = qy_no_memory(err);
  }
  return status;
}

/* Two rows: how much larger the first is. */
static qy_status compare_pair(run *r, const array_row *a, const array_row *b, qy_error *err)
{
  const char *params = qy_arena_format(r->arena, "%s over %s at %g MHz", a->array, b->array, a->clock_mhz);
  qy_status status = params ? QY_OK : qy_no_memory(err);
  for (int k = 0; k < FIGURE_COUNT && status == QY_OK; k++)
    if (ratio_quantities[k] && has_figure(a, k) && has_figure(b, k))
      status = add(r, ratio_quantities[k], a, params, a->fitted || b->fitted || r->fitted[k],
                   compared_figure(a, k) / compared_figure(b, k), a->model[k] / b->model[k], err);
  return status;
}

static qy_status compare(run *r, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < r->count && status == QY_OK; i++)
    status = compare_row(r, &r->row[i], err);
  for (size_t i = 0; i < r->count; i++)
    for (size_t j = i + 1; j < r->count && status == QY_OK; j++) {
      const array_row *a = &r->row[i], *b = &r->row[j];
      if (!a->reason && !b->reason && a->unrolling == b->unrolling && a->at_limit == b->at_limit &&
          a->clock_mhz == b->clock_mhz)
        status = compare_pair(r, a, b, err);
    }
  return status;
}

/* The library without its clock tree: the figures are those of netlists. */
static qy_status open_library(run *r, const char *db_dir, qy_error *err)
{
  const qy_validate_options *o = r->options;
  const char *name = o->library_file ? o->library_file : o->library ? o->library : "fdsoi28";
  qy_tech *shipped;
  qy_status status = qy_tech_read(&shipped, db_dir, name, r->arena, err);
  if (status == QY_OK) status = qy_tech_copy(&r->tech, shipped, r->arena, err);
  if (status == QY_OK) r->tech->clock_tree_frac = 0;
  return status;
}

qy_status qy_validate_arrays(qy_validate_report **report, const char *file, const qy_validate_options *options,
                             qy_arena *arena, qy_error *err)
{
  assert(report && file && options && arena);
  const char *db_dir = options->db_dir ? options->db_dir : "db";
  run r = {.options = options, .arena = arena, .tally = {.mismatches = -1}};
  qy_status status = open_library(&r, db_dir, err);
  if (status == QY_OK) status = read_table(&r, file, err);
  if (status == QY_OK) status = mark_fitted(&r, db_dir, err);
  for (size_t i = 0; i < r.count && status == QY_OK; i++) {
    if (r.row[i].done) continue;
    qy_arena *scratch = qy_arena_new();
    status = scratch ? price_alike(&r, i, scratch, err) : qy_no_memory(err);
    qy_arena_free(scratch);
  }
  if (status == QY_OK) status = compare(&r, err);
  if (status == QY_OK) status = tally_report(&r.tally, report, file, options->worst_count, arena, err);
  tally_free(&r.tally);
  free(r.row);
  return status;
}
