/* On-chip SRAM macros, from a table of CACTI 7 results (db/memory/sram.csv), interpolated log-log in capacity.
 *
 * Outside the table is an error, not an extrapolation.  LSTP or HP is said, never guessed: they differ by x1200 (28 nm)
 * to x6000 (55 nm) in leakage.  Source: CACTI 7.0 (HewlettPackard/cacti 1ffd8df), ED^2, 300 K.
 */
#ifndef QUARRY_SRAM_H
#define QUARRY_SRAM_H

#include "quarry/alloc.h"
#include "quarry/status.h"

typedef enum qy_sram_flavour { QY_SRAM_LSTP, QY_SRAM_HP, QY_SRAM_FLAVOUR_COUNT } qy_sram_flavour;

typedef struct qy_sram_query {
  int node_nm;              /* 28 or 55 */
  qy_sram_flavour flavour;
  double capacity_bytes;    /* all banks together */
  int word_bits, banks;
} qy_sram_query;

typedef struct qy_sram {
  double read_pj, write_pj;  /* per access of one word */
  double leakage_mw;         /* all banks */
  double area_mm2;           /* all banks */
  double access_ns, cycle_ns;
} qy_sram;

typedef struct qy_sram_table qy_sram_table;
qy_status qy_sram_table_read(qy_sram_table **table, const char *file, qy_arena *arena, qy_error *err);
/* QY_BAD_INPUT with the table's range when outside. */
qy_status qy_sram_lookup(qy_sram *macro, const qy_sram_table *table, const qy_sram_query *query, qy_error *err);

#endif
