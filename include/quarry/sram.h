/* On-chip SRAM macros, from a table of CACTI 7 results (db/memory/sram.csv).
 *
 * Method: log-log interpolation in capacity between the two neighbours of the same node, flavour, word width and banks;
 * a word width between two of the table's is interpolated log-log between the results at these two.  A row of the table
 * comes back exactly.  Node, flavour and banks must be the table's own.  Outside the table is an error, not an
 * extrapolation.  LSTP or HP is said, never guessed: they differ by x1200 (28 nm) to x6000 (55 nm) in leakage.
 * Source: CACTI 7.0 (HewlettPackard/cacti 1ffd8df), ED^2, 300 K.  CACTI is not smooth: on buffers between the table's
 * sizes expect 5 % median and 15-18 % p95 error in read energy; cycle_ns jumps by up to 2x between neighbours.
 * Ownership: a table and the rows of a reader live in the arena they were read into; a macro is a plain struct.
 */
#ifndef QUARRY_SRAM_H
#define QUARRY_SRAM_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum qy_sram_flavour { QY_SRAM_LSTP, QY_SRAM_HP, QY_SRAM_FLAVOUR_COUNT } qy_sram_flavour;

typedef struct qy_sram_query {
  int node_nm; /* 28 or 55 */
  qy_sram_flavour flavour;
  double capacity_bytes; /* all banks together */
  int word_bits, banks;
  double voltage_v; /* supply, see sram_supply.h; 0: the table's own */
} qy_sram_query;

typedef struct qy_sram {
  double read_pj, write_pj;   /* per access of one word */
  double leakage_mw;          /* all banks */
  double area_mm2;            /* all banks */
  double access_ns, cycle_ns; /* first word out; shortest time between two accesses of a bank */
} qy_sram;

typedef struct qy_sram_table qy_sram_table;

/* Read a table.  Errors, each with file, line and column: missing column, a number that is not finite and positive, an
 * unknown flavour, two rows for one macro, rows of different temperature.  The table lives in the arena. */
qy_status qy_sram_table_read(qy_sram_table **table, const char *file, qy_arena *arena, qy_error *err);

/* What the table is of: temperature of all rows; is there a row of the node? */
double qy_sram_table_temperature_k(const qy_sram_table *table);
bool qy_sram_table_has_node(const qy_sram_table *table, int node_nm);

/* One macro.  QY_BAD_INPUT with the table's range when outside.  Under 100 ns when the query is inside and at the
 * table's own supply. */
qy_status qy_sram_lookup(qy_sram *macro, const qy_sram_table *table, const qy_sram_query *query, qy_error *err);

/* The smallest capacity of the table that holds query->capacity_bytes with the query's other values, into *bytes, and
 * that macro.  QY_BAD_INPUT with the range when there is none. */
qy_status qy_sram_fit(qy_sram *macro, double *bytes, const qy_sram_table *table, const qy_sram_query *query,
                      qy_error *err);

/* Narrowest and widest word of the table. */
void qy_sram_word_range(const qy_sram_table *table, int *low_bits, int *high_bits);

/* The smallest number of banks in the table that is at least `banks`; 0 when there is none. */
int qy_sram_fit_banks(const qy_sram_table *table, int64_t banks);

const char *qy_sram_flavour_name(qy_sram_flavour flavour); /* "lstp" */

/* Measurements to compare with: a CSV file in the column format of CACTI sweeps: set, tech_nm, cell_type,
 * periphery_type, temperature_K, capacity_bytes, word_bits, banks, read_pJ, write_pJ, leak_total_mW, area_mm2,
 * access_ns, cycle_ns (others are ignored). */
typedef struct qy_sram_csv qy_sram_csv;

typedef struct qy_sram_csv_row {
  int line;
  const char *set;     /* as in the file */
  const char *skip;    /* static text: why the row cannot be compared; NULL: it can */
  qy_sram_query query; /* valid when skip is NULL */
  qy_sram expected;    /* what the file says */
  qy_sram found;       /* what the table says */
} qy_sram_csv_row;

/* Open and check the head line; *csv lives in the arena.  QY_BAD_INPUT: what qy_csv finds wrong, a missing column. */
qy_status qy_sram_csv_open(qy_sram_csv **csv, const char *file, qy_arena *arena, qy_error *err);
/* Next row; *more is false at the end.  A row is skipped when it is of another node, flavour (cells and periphery must
 * agree), temperature or optimisation target than the table, outside the table, or has no result. */
qy_status qy_sram_csv_next(qy_sram_csv *csv, const qy_sram_table *table, qy_sram_csv_row *row, bool *more,
                           qy_error *err);

#endif
