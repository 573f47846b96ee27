/* The SRAM table beside a table of macros in the column format of CACTI sweeps.
 *
 * Groups: quantity; kind = flavour, library = node ("28 nm"), flow = the file's own `set`.
 */
#include "quarry/validate.h"

#include "statistics.h"

#include "quarry/sram.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* One figure of a macro, by its place in qy_sram. */
static const struct {
  const char *name;
  size_t offset;
} quantities[] = {
    {"read_pj", offsetof(qy_sram, read_pj)},       {"write_pj", offsetof(qy_sram, write_pj)},
    {"leakage_mw", offsetof(qy_sram, leakage_mw)}, {"area_mm2", offsetof(qy_sram, area_mm2)},
    {"access_ns", offsetof(qy_sram, access_ns)},   {"cycle_ns", offsetof(qy_sram, cycle_ns)},
};

static double figure(const qy_sram *macro, size_t offset)
{
  double value;
  memcpy(&value, (const char *)macro + offset, sizeof value);
  return value;
}

static qy_status compare_row(tally *t, const qy_sram_csv_row *row, qy_arena *arena, qy_error *err)
{
  const qy_sram_query *q = &row->query;
  const char *library = qy_arena_format(arena, "%d nm", q->node_nm);
  const char *params = qy_arena_format(arena, "%.0f B, %d bit, %d banks", q->capacity_bytes, q->word_bits, q->banks);
  const char *set = qy_arena_format(arena, "%s", row->set);
  int failed = !library || !params || !set;
  for (size_t i = 0; !failed && i < sizeof quantities / sizeof *quantities; i++) {
    qy_validate_row one = {.quantity = quantities[i].name,
                           .kind = qy_sram_flavour_name(q->flavour),
                           .params = params,
                           .library = library,
                           .flow = set,
                           .line = row->line,
                           .measured = figure(&row->expected, quantities[i].offset),
                           .model = figure(&row->found, quantities[i].offset)};
    failed = tally_add(t, one);
  }
  t->compared++;
  return failed ? qy_no_memory(err) : QY_OK;
}

qy_status qy_validate_sram(qy_validate_report **report, const char *file, const char *db_dir, int worst_count,
                           qy_arena *arena, qy_error *err)
{
  assert(report && file && db_dir && arena);
  tally t = {.mismatches = -1};
  qy_sram_table *table = NULL;
  qy_sram_csv *csv = NULL;
  const char *table_file = qy_arena_format(arena, "%s/memory/sram.csv", db_dir);
  qy_status status = table_file ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_sram_table_read(&table, table_file, arena, err);
  if (!status) status = qy_sram_csv_open(&csv, file, arena, err);
  while (!status) {
    qy_sram_csv_row row;
    bool more;
    status = qy_sram_csv_next(csv, table, &row, &more, err);
    if (status || !more) break;
    t.rows++;
    if (!row.skip)
      status = compare_row(&t, &row, arena, err);
    else if (tally_skip(&t, row.skip))
      status = qy_no_memory(err);
  }
  if (!status) status = tally_report(&t, report, file, worst_count, arena, err);
  tally_free(&t);
  return status;
}
