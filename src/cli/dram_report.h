/* What there is to say of DRAM devices: for `quarry list dram` and `quarry describe dram`. */
#ifndef QUARRY_CLI_DRAM_REPORT_H
#define QUARRY_CLI_DRAM_REPORT_H

#include "cli.h"

#include "quarry/alloc.h"

/* Columns of `quarry list dram`, and the row of one device. */
enum { DRAM_COLUMNS = 7 };
extern const char *const dram_columns[DRAM_COLUMNS];
qy_status dram_row(table *t, const char *name, const char *db_dir, qy_arena *arena, qy_error *err);

/* Print prices of events, energy and bandwidth of simple traffic, and every constant.  Returns the exit code. */
int describe_dram_device(const char *name, const char *db_dir, int format, qy_arena *arena, qy_error *err);

#endif
