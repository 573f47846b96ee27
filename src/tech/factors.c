/* Reader of the factors that hold in every library: see qy_factor.
 *
 * Columns: name, value, low, high, unit, status, source; one row for each factor.  They become constants
 * "circuit.NAME" of the library they are read with, so that they are shown and drawn like its own.
 */
#include "schema.h"

#include "quarry/constants.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const qy_constant_row factors[QY_FACTOR_COUNT] = {
    [QY_LEAN_SELECT_DATA] = {"lean_select_data", "ratio", 0.1, 10},
    [QY_LEAN_SELECT_LINE] = {"lean_select_line", "ratio", 0.1, 10},
    [QY_HALF_CARRY] = {"half_carry", "ratio", 0.1, 10},
    [QY_LEAN_FULL_DATA] = {"lean_full_data", "ratio", 0.1, 10},
    [QY_LEAN_FULL_CARRY] = {"lean_full_carry", "ratio", 0.1, 10},
    [QY_LEAN_LEADING_ONE] = {"lean_leading_one", "ratio", 0.1, 10},
    [QY_FAST_LOADS] = {"fast_loads", "ratio", 0.1, 10},
    [QY_FAST_GATE] = {"fast_gate", "ratio", 0.1, 10},
    [QY_FAST_XOR] = {"fast_xor", "ratio", 0.1, 10},
    [QY_FAST_SELECT_DATA] = {"fast_select_data", "ratio", 0.1, 10},
    [QY_FAST_SELECT_LINE] = {"fast_select_line", "ratio", 0.1, 10},
    [QY_FAST_CARRY] = {"fast_carry", "ratio", 0.1, 10},
    [QY_LINE_GATES] = {"line_gates", "ratio", 2, 1000},
    [QY_LINE_LOADS] = {"line_loads", "ratio", 2, 1000},
    [QY_ADDEND_SHARE] = {"addend_share", "ratio", 0, 2},
    [QY_EFFORT_BITS_NONE] = {"effort_bits_none", "ratio", 0, 7},
    [QY_EFFORT_BITS_FULL] = {"effort_bits_full", "ratio", 7.5, 64}};

static qy_status read_rows(struct qy_tech_entry entry[QY_FACTOR_COUNT], const char *file, qy_arena *arena,
                           qy_error *err)
{
  qy_constant constant[QY_FACTOR_COUNT] = {{0}};
  int line[QY_FACTOR_COUNT];
  const qy_status status = qy_constants_read(constant, line, factors, QY_FACTOR_COUNT, "factor", file, arena, err);
  for (int i = 0; !status && i < QY_FACTOR_COUNT; i++) {
    entry[i] = (struct qy_tech_entry){.path = qy_arena_format(arena, "circuit.%s", factors[i].name),
                                      .unit = factors[i].unit,
                                      .constant = constant[i],
                                      .line = line[i],
                                      .is_factor = true,
                                      .slot = offsetof(tech_raw, factor) / sizeof(double) + (size_t)i};
    if (!entry[i].path) return qy_no_memory(err);
  }
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
