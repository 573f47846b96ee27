/* FPGA devices: what one part offers, and how sure that is.
 *
 * A device is read from <db_dir>/fpga/NAME.yaml: name, title, license, part (texts), family, slice (choices; the slice
 * must be that of the family), and constants, each {value, low, high, status, source} as in technology libraries
 * (tech.h). Ownership: a device and everything in it lives in the arena it was read into.
 */
#ifndef QUARRY_FPGA_H
#define QUARRY_FPGA_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/tech.h"

/* Logic fabrics.  xc7: LUT6 with two outputs, CARRY4, MUXF7/8; xcup: the same with CARRY8 and MUXF9. */
typedef enum qy_fpga_family { QY_FPGA_XC7, QY_FPGA_XCUP, QY_FPGA_FAMILY_COUNT } qy_fpga_family;
extern const char *const qy_fpga_family_names[QY_FPGA_FAMILY_COUNT + 1]; /* "xc7", "xcup"; NULL at the end */

/* Kinds of DSP slice. */
typedef enum qy_dsp_kind { QY_DSP48E1, QY_DSP48E2, QY_DSP58, QY_DSP_KIND_COUNT } qy_dsp_kind;
extern const char *const qy_dsp_kind_names[QY_DSP_KIND_COUNT + 1]; /* "dsp48e1", ...; NULL at the end */

/* The slice that devices of a family have: xc7 DSP48E1, xcup DSP48E2.  No family here has the DSP58 (it is of Versal):
 * products can be packed into one, but no device file may name it. */
qy_dsp_kind qy_fpga_family_slice(qy_fpga_family family);

/* Who maps a design to the fabric.  vivado: two functions of at most five shared inputs in one LUT6, products as rows
 * on carry chains; yosys: one function a LUT.  abc9_nowide and abc are the flows of synth_xilinx of yosys 0.23: -abc9
 * -nowidelut, and neither. */
typedef enum qy_toolchain {
  QY_TOOLCHAIN_VIVADO,
  QY_TOOLCHAIN_ABC9_NOWIDE,
  QY_TOOLCHAIN_ABC,
  QY_TOOLCHAIN_COUNT
} qy_toolchain;
extern const char
    *const qy_toolchain_names[QY_TOOLCHAIN_COUNT + 1]; /* "vivado", "abc9_nowide", "abc"; NULL at the end */

/* Constants of a device, keys of its file in this order. */
typedef enum qy_fpga_constant {
  QY_FPGA_LUTS,
  QY_FPGA_FFS,
  QY_FPGA_DSPS,
  QY_FPGA_BRAM18S,
  QY_FPGA_URAMS,
  QY_FPGA_AXI_PORTS,     /* between fabric and the memory controller */
  QY_FPGA_AXI_PORT_BITS, /* of each */
  QY_FPGA_CLOCK_MHZ,     /* what designs of the literature run at: value, low and high bound the clocks allowed */
  QY_FPGA_STATIC_W,
  QY_FPGA_SYSTEM_W, /* what runs beside the fabric: processors and memory controller, or memory interfaces and link */
  QY_FPGA_LUT_PJ,   /* energy of one LUT with its flip-flop and wires in a cycle at usual activity */
  QY_FPGA_FF_PJ,
  QY_FPGA_DSP_PJ,
  QY_FPGA_BRAM18_PJ, /* of an access */
  QY_FPGA_CONSTANT_COUNT
} qy_fpga_constant;

typedef struct qy_fpga_device {
  const char *name, *title, *file, *license, *part;
  const char *text; /* the file, verbatim */
  char sha256[65];
  qy_fpga_family family;
  qy_dsp_kind slice;
  qy_constant constant[QY_FPGA_CONSTANT_COUNT];
  int line[QY_FPGA_CONSTANT_COUNT];
} qy_fpga_device;

/* Key of a constant in the file, its unit in the end of the key; and that unit: "count", "bit", "MHz", "W", "pJ". */
const char *qy_fpga_constant_key(qy_fpga_constant constant);
const char *qy_fpga_constant_unit(qy_fpga_constant constant);

/* Read and check a device; `name` is a path (it holds a '/' or ends in .yaml) or the name of a file of
 * <db_dir>/fpga.  QY_BAD_INPUT with file, line, column, what was found and what was expected. */
qy_status qy_fpga_read(qy_fpga_device **device, const char *db_dir, const char *name, qy_arena *arena, qy_error *err);

#endif
