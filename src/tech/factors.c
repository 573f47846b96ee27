/* Reader of the factors that hold in every library: see qy_factor.
 *
 * Columns: name, value, low, high, unit, status, source; one row for each factor.  They become constants
 * "circuit.NAME" of the library they are read with, so that they are shown and drawn like its own.
 */
#include "schema.h"

#include "quarry/csv.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* What a factor may be: outside is a slip of the pen. */
static const struct {
  const char *name;
  double low, high;
} factors[QY_FACTOR_COUNT] = {[QY_LEAN_SELECT_DATA] = {"lean_select_data", 0.1, 10},
                              [QY_LEAN_SELECT_LINE] = {"lean_select_line", 0.1, 10},
                              [QY_HALF_CARRY] = {"half_carry", 0.1, 10},
                              [QY_LEAN_FULL_DATA] = {"lean_full_data", 0.1, 10},
                              [QY_LEAN_FULL_CARRY] = {"lean_full_carry", 0.1, 10},
                              [QY_LEAN_LEADING_ONE] = {"lean_leading_one", 0.1, 10},
                              [QY_FAST_LOADS] = {"fast_loads", 0.1, 10},
                              [QY_FAST_GATE] = {"fast_gate", 0.1, 10},
                              [QY_FAST_XOR] = {"fast_xor", 0.1, 10},
                              [QY_FAST_SELECT_DATA] = {"fast_select_data", 0.1, 10},
                              [QY_FAST_SELECT_LINE] = {"fast_select_line", 0.1, 10},
                              [QY_FAST_CARRY] = {"fast_carry", 0.1, 10},
                              [QY_LINE_GATES] = {"line_gates", 2, 1000},
                              [QY_LINE_LOADS] = {"line_loads", 2, 1000},
                              [QY_ADDEND_SHARE] = {"addend_share", 0, 2},
                              [QY_EFFORT_BITS_NONE] = {"effort_bits_none", 0, 7},
                              [QY_EFFORT_BITS_FULL] = {"effort_bits_full", 7.5, 64}};

enum { NAME, VALUE, LOW, HIGH, UNIT, STATUS, SOURCE, COLUMNS };

/* The row's numbers, status and source. */
static qy_status read_row(qy_constant *c, const qy_csv *csv, const int *at, int which, qy_error *err)
{
  const char *origins[QY_CALIBRATED + 1];
  int origin;
  const double low = factors[which].low, high = factors[which].high;
  for (int i = 0; i <= QY_CALIBRATED; i++)
    origins[i] = qy_origin_name((qy_origin)i);
  qy_status status = qy_csv_number(csv, at[VALUE], low, high, &c->value, err);
  if (!status) status = qy_csv_number(csv, at[LOW], low, c->value, &c->low, err);
  if (!status) status = qy_csv_number(csv, at[HIGH], c->value, high, &c->high, err);
  if (!status) status = qy_csv_choice(csv, at[STATUS], origins, QY_CALIBRATED + 1, &origin, err);
  if (status) return status;
  c->status = (qy_origin)origin;
  c->source = csv->field[at[SOURCE]];
  if (strcmp(csv->field[at[UNIT]], "ratio") != 0) return qy_csv_expected(csv, at[UNIT], err, "ratio");
  if (!*c->source) return qy_csv_expected(csv, at[SOURCE], err, "where the number is from");
  return QY_OK;
}

static qy_status read_rows(struct qy_tech_entry entry[QY_FACTOR_COUNT], const char *file, qy_arena *arena,
                           qy_error *err)
{
  static const char *const columns[COLUMNS] = {"name", "value", "low", "high", "unit", "status", "source"};
  const char *names[QY_FACTOR_COUNT];
  int at[COLUMNS], which;
  bool more;
  qy_csv csv;
  for (int i = 0; i < QY_FACTOR_COUNT; i++)
    names[i] = factors[i].name;
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, columns, COLUMNS, at, err);
  while (!status && !(status = qy_csv_next(&csv, &more, err)) && more) {
    status = qy_csv_choice(&csv, at[NAME], names, QY_FACTOR_COUNT, &which, err);
    if (!status && entry[which].path) status = qy_csv_expected(&csv, at[NAME], err, "each factor once");
    if (!status) status = read_row(&entry[which].constant, &csv, at, which, err);
    if (status) return status;
    entry[which].path = qy_arena_format(arena, "circuit.%s", names[which]);
    if (!entry[which].path) return qy_no_memory(err);
    entry[which].unit = "ratio";
    entry[which].line = csv.line;
    entry[which].slot = offsetof(tech_raw, factor) / sizeof(double) + (size_t)which;
    entry[which].is_factor = true;
  }
  for (int i = 0; !status && i < QY_FACTOR_COUNT; i++)
    if (!entry[i].path)
      status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a row for %s, found none", names[i]);
  return status;
}

/* The library's own entries, then these. */
static qy_status append(qy_tech *tech, const struct qy_tech_entry *entry, qy_arena *arena, qy_error *err)
{
  struct qy_tech_entry *all = qy_arena_alloc(arena, tech->entry_count + QY_FACTOR_COUNT, sizeof *all);
  if (!all) return qy_no_memory(err);
  memcpy(all, tech->entry, tech->entry_count * sizeof *all);
  memcpy(all + tech->entry_count, entry, QY_FACTOR_COUNT * sizeof *all);
  tech->entry = all;
  tech->entry_count += QY_FACTOR_COUNT;
  qy_tech_resolve(tech);
  return QY_OK;
}

qy_status tech_read_factors(qy_tech *tech, const char *file, qy_arena *arena, qy_error *err)
{
  assert(tech && file && arena);
  struct qy_tech_entry entry[QY_FACTOR_COUNT] = {0};
  qy_status status = read_rows(entry, file, arena, err);
  return status ? status : append(tech, entry, arena, err);
}

qy_status qy_tech_share(qy_tech *tech, const qy_tech *from, qy_arena *arena, qy_error *err)
{
  assert(tech && from && arena);
  assert(from->entry_count >= QY_FACTOR_COUNT && from->entry[from->entry_count - 1].is_factor);
  return append(tech, from->entry + from->entry_count - QY_FACTOR_COUNT, arena, err);
}
