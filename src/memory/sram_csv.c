/* Rows of a CACTI sweep beside what the SRAM table says: see sram.h.
 *
 * CACTI's names: itrs-lstp and itrs-hp are the flavours; a sweep's column `set` says what a row was run for, and sets
 * named variant_* were run with another optimisation target than the table.
 */
#include "quarry/sram.h"

#include "quarry/csv.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

enum { SET, NODE, CELL, PERIPHERY, TEMPERATURE, CAPACITY, WORD, BANKS, VALUE, VALUES = 6, COLUMNS = VALUE + VALUES };

static const char *const column_names[COLUMNS] = {
    "set",   "tech_nm", "cell_type", "periphery_type", "temperature_K", "capacity_bytes", "word_bits",
    "banks", "read_pJ", "write_pJ",  "leak_total_mW",  "area_mm2",      "access_ns",      "cycle_ns"};
static const char *const flavour_names[QY_SRAM_FLAVOUR_COUNT] = {
    [QY_SRAM_LSTP] = "itrs-lstp", [QY_SRAM_HP] = "itrs-hp"};

struct qy_sram_csv {
  qy_csv csv;
  int at[COLUMNS];
};

qy_status qy_sram_csv_open(qy_sram_csv **csv, const char *file, qy_arena *arena, qy_error *err)
{
  assert(csv && file && arena);
  *csv = NULL;
  qy_sram_csv *c = qy_arena_alloc(arena, 1, sizeof *c);
  if (!c) return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory");
  qy_status status = qy_csv_open(&c->csv, file, arena, err);
  if (!status) status = qy_csv_columns(&c->csv, column_names, COLUMNS, c->at, err);
  if (!status) *csv = c;
  return status;
}

/* -1: a flavour the table does not know. */
static int flavour_of(const char *text)
{
  for (int i = 0; i < QY_SRAM_FLAVOUR_COUNT; i++)
    if (strcmp(text, flavour_names[i]) == 0) return i;
  return -1;
}

static qy_status read_query(const qy_sram_csv *c, double *node_nm, double *temperature_k, qy_sram_query *query,
                            qy_error *err)
{
  int64_t word, banks;
  qy_status status = qy_csv_number(&c->csv, c->at[NODE], 1, 1000, node_nm, err);
  if (!status) status = qy_csv_number(&c->csv, c->at[TEMPERATURE], 1, 1000, temperature_k, err);
  if (!status) status = qy_csv_number(&c->csv, c->at[CAPACITY], 1, 1e15, &query->capacity_bytes, err);
  if (!status) status = qy_csv_integer(&c->csv, c->at[WORD], 1, INT_MAX, &word, err);
  if (!status) status = qy_csv_integer(&c->csv, c->at[BANKS], 1, INT_MAX, &banks, err);
  if (status) return status;
  query->node_nm = (int)*node_nm;
  query->word_bits = (int)word;
  query->banks = (int)banks;
  return QY_OK;
}

/* The six results; *skip when the tool that wrote the file had none. */
static qy_status read_values(const qy_sram_csv *c, qy_sram *expected, const char **skip, qy_error *err)
{
  double value[VALUES] = {0};
  for (int i = 0; i < VALUES; i++) {
    if (*c->csv.field[c->at[VALUE + i]] == '\0') {
      *skip = "no result in the file";
      return QY_OK;
    }
    qy_status status = qy_csv_number(&c->csv, c->at[VALUE + i], 1e-30, 1e30, &value[i], err);
    if (status) return status;
  }
  *expected = (qy_sram){value[0], value[1], value[2], value[3], value[4], value[5]};
  return QY_OK;
}

qy_status qy_sram_csv_next(qy_sram_csv *csv, const qy_sram_table *table, qy_sram_csv_row *row, bool *more,
                           qy_error *err)
{
  assert(csv && table && row && more);
  double node_nm, temperature_k;
  *row = (qy_sram_csv_row){0};
  qy_status status = qy_csv_next(&csv->csv, more, err);
  if (status || !*more) return status;
  const char *const *field = csv->csv.field;
  row->line = csv->csv.line;
  row->set = field[csv->at[SET]];
  if ((status = read_query(csv, &node_nm, &temperature_k, &row->query, err))) return status;
  if ((status = read_values(csv, &row->expected, &row->skip, err)) || row->skip) return status;
  int flavour = flavour_of(field[csv->at[CELL]]);
  if (flavour < 0)
    row->skip = "a cell type the table does not have";
  else if (strcmp(field[csv->at[CELL]], field[csv->at[PERIPHERY]]) != 0)
    row->skip = "cells and periphery of different flavour";
  else if (temperature_k != qy_sram_table_temperature_k(table))
    row->skip = "another temperature than the table";
  else if (strncmp(row->set, "variant", strlen("variant")) == 0)
    row->skip = "another optimisation target than the table";
  if (row->skip) return QY_OK;
  row->query.flavour = (qy_sram_flavour)flavour;
  if (node_nm != row->query.node_nm || !qy_sram_table_has_node(table, row->query.node_nm))
    row->skip = "a node the table does not have";
  else if (qy_sram_lookup(&row->found, table, &row->query, NULL) != QY_OK)
    row->skip = "outside the table";
  return QY_OK;
}
