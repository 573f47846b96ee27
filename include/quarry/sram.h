/* On-chip SRAM macros, from a table of CACTI 7 results (db/memory/sram.csv).
 *
 * Method: log-log interpolation in capacity between the two neighbours of the same node, flavour, word width and banks;
 * a word width between two of the table's is interpolated log-log between the results at these two.  A row of the table
 * comes back exactly.  Node, flavour and banks must be the table's own.  Outside the table is an error, not an
 * extrapolation.  LSTP or HP is said, never guessed: they differ by x1200 (28 nm) to x6000 (55 nm) in leakage.
 * Buffers are built from what the table says of macros whose capacity grows (qy_sram_built): with a number of banks
 * none of the figures falls with the capacity.  Energies, leakage, area and access time are the non-falling numbers
 * closest to the table's logarithms (in the shipped table 14 of 1204 pairs of neighbours fall, in read energy, by up to
 * 32 %, and 17 in access time, by up to 10 %; nothing else does), cycle times the largest up to there (90 pairs fall,
 * by up to 60 %).  A macro may stand in for a smaller one.  Banks cost what CACTI makes them cost: each has decoder and
 * periphery of its own, an H-tree joins them; area_mm2 and the energies hold all of it.
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

/* Banks of a buffer as a parameter. */
typedef enum qy_sram_banks {
  QY_SRAM_BANKS_AUTO, /* qy_sram_choose */
  QY_SRAM_BANKS_1,
  QY_SRAM_BANKS_2,
  QY_SRAM_BANKS_4,
  QY_SRAM_BANKS_8,
  QY_SRAM_BANKS_COUNT
} qy_sram_banks;

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

/* The macro that a buffer of query->capacity_bytes is built from, with the query's banks, and its capacity into *bytes:
 * the capacity itself, or, of_table, the smallest of the table that holds it; a buffer below the smallest macro of the
 * table with so many banks is that one.  For fixed other values no figure falls with the capacity.  QY_BAD_INPUT with
 * the range when there is none. */
qy_status qy_sram_built(qy_sram *macro, double *bytes, const qy_sram_table *table, const qy_sram_query *query,
                        bool of_table, qy_error *err);

/* Energy of an access: half reads, half writes. */
double qy_sram_access_pj(const qy_sram *macro);

/* What a buffer has to be: query.banks is the smallest number of banks allowed. */
typedef struct qy_sram_wish {
  qy_sram_query query;
  int most_banks;  /* the largest; query.banks: exactly so many */
  bool of_table;   /* the capacity may grow to the next of the table */
  double cycle_ns; /* longest cycle time allowed */
} qy_sram_wish;

typedef struct qy_sram_choice {
  qy_sram macro;
  double bytes; /* of the macro, at least those asked for */
  int banks;
  double low_ns, high_ns; /* it is the same for all cycle times allowed in [low_ns, high_ns) */
} qy_sram_choice;

/* Of the table's numbers of banks that are allowed and fast enough the one with the least energy an access
 * (qy_sram_access_pj), of equal ones the fewest.  As each number of banks never gets faster or saves energy with the
 * capacity, neither does the choice: a buffer is feasible where a larger one is, and takes no more energy an access.
 * Where
 * the number of banks changes its area may fall, in the shipped table by up to 12 %, and reads, writes and leakage
 * alone by up to 20 %.  QY_INFEASIBLE: none is fast enough; *choice is the fastest.
 * QY_BAD_INPUT with the table's range: there is none at all. */
qy_status qy_sram_choose(qy_sram_choice *choice, const qy_sram_table *table, const qy_sram_wish *wish, qy_error *err);

/* What was chosen last; zeroed: nothing. */
typedef struct qy_sram_known {
  const qy_sram_table *table;
  qy_sram_wish wish;
  qy_sram_choice choice;
  qy_status status;
} qy_sram_known;
/* The same: where no more than the cycle time differs from the last wish, and does not matter, nothing is looked up. */
qy_status qy_sram_choose_again(qy_sram_choice *choice, qy_sram_known *known, const qy_sram_table *table,
                               const qy_sram_wish *wish, qy_error *err);

/* Narrowest and widest word of the table. */
void qy_sram_word_range(const qy_sram_table *table, int *low_bits, int *high_bits);

/* The smallest number of banks in the table that is at least `banks`; 0 when there is none.  The largest of all. */
int qy_sram_fit_banks(const qy_sram_table *table, int64_t banks);
int qy_sram_most_banks(const qy_sram_table *table);

const char *qy_sram_flavour_name(qy_sram_flavour flavour); /* "lstp" */
int qy_sram_bank_count(qy_sram_banks banks);               /* 4; 0: automatic */

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
