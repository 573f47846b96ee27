/* What there is to say of FPGA devices, and of an element on one: for `quarry list fpga`, `quarry describe fpga` and
 * `quarry describe pe --fpga`. */
#ifndef QUARRY_CLI_FPGA_REPORT_H
#define QUARRY_CLI_FPGA_REPORT_H

#include "cli.h"

#include "quarry/alloc.h"
#include "quarry/pe.h"

/* Columns of `quarry list fpga`, and the row of one device. */
enum { FPGA_COLUMNS = 9 };
extern const char *const fpga_columns[FPGA_COLUMNS];
qy_status fpga_row(table *t, const char *name, const char *db_dir, qy_arena *arena, qy_error *err);

/* Print every constant of a device.  Returns the exit code. */
int describe_fpga_device(const char *name, const char *db_dir, int format, qy_arena *arena, qy_error *err);

/* Print what elements take on a device, by toolchain, with and without DSP slices: counts, how many fit alone, and how
 * many of each there are in the split of the whole device that makes most products.  Returns the exit code. */
enum { FPGA_ELEMENTS_MAX = 2 };
int describe_fpga_elements(const qy_pe *const *pe, int count, const char *device, const char *db_dir, int format,
                           qy_arena *arena, qy_error *err);

#endif
