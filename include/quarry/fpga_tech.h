/* FPGA devices as technologies: what a point can be built on besides a library of cells.
 *
 * Such a technology has the device's constants and those that designs on all devices have in common, which stand in
 * <db_dir>/circuit/fpga.csv (columns as factors.csv); the path of each is "fpga.key".  All have intervals and are drawn
 * like those of a library; devices share the random numbers, as they share the sources.
 * Ownership: as tech.h.
 */
#ifndef QUARRY_FPGA_TECH_H
#define QUARRY_FPGA_TECH_H

#include "quarry/fpga.h"

/* Places in fpga_value of a technology, after those of the device (qy_fpga_constant). */
typedef enum qy_fpga_common {
  QY_FPGA_BASE_LUTS = QY_FPGA_CONSTANT_COUNT, /* of an accelerator beside its arrays: control, addresses, AXI ports */
  QY_FPGA_BASE_DSPS,
  QY_FPGA_LUT_LIMIT, /* shares of the device that designs reach before placement and routing fail */
  QY_FPGA_DSP_LIMIT,
  QY_FPGA_BRAM_LIMIT,
  QY_FPGA_OTHER_TOOLCHAIN, /* 0: LUTs are those of the design's toolchain; 1: those of the other one */
  QY_FPGA_VALUE_COUNT
} qy_fpga_common;

/* Is `name` a device: that of a file of <db_dir>/fpga, or a path to a file with the keys of a device? */
bool qy_fpga_names_device(const char *db_dir, const char *name);

/* Read a device as a technology.  QY_BAD_INPUT as qy_fpga_read, and for what is wrong with fpga.csv. */
qy_status qy_tech_read_fpga(qy_tech **tech, const char *db_dir, const char *name, qy_arena *arena, qy_error *err);

/* The technology of a device with these common constants, [0] being the first after the device's. */
qy_status qy_tech_of_fpga(qy_tech **tech, const qy_fpga_device *device,
                          const qy_constant common[QY_FPGA_VALUE_COUNT - QY_FPGA_CONSTANT_COUNT], qy_arena *arena,
                          qy_error *err);

#endif
