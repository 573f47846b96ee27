/* Circuits on an FPGA: what an element and what surrounds it take of a device, made once for each element and device.
 *
 * Counts are those of qy_circuit_fpga (lut.h), products in LUTs, by both toolchains.  A dot product of k elements is
 * one circuit up to QY_FABRIC_DOT_MAX of them: k bare products and a tree of adders, each level a bit wider, so that
 * logic of a product and of the adder behind it share LUTs.  Longer ones are such blocks and adders between them.
 * Price lists: resources cost 1 of themselves; a cycle of a LUT, flip-flop or DSP slice at work, an access of a block
 * RAM and the static power are the device's; what every accelerator has around its arrays is fpga.base_luts and
 * fpga.base_dsps.  Under draws fpga.other_toolchain moves LUTs from the design's toolchain (0) towards the other one
 * (1).
 * Units as in the names.  Ownership: a fabric lives in the arena given; element and technology must outlive it.
 */
#ifndef QUARRY_FABRIC_H
#define QUARRY_FABRIC_H

#include "quarry/bill.h"
#include "quarry/fpga_tech.h"
#include "quarry/lut.h"
#include "quarry/prices.h"

/* By whose rules LUTs are counted. */
typedef enum qy_fabric_tool { QY_FABRIC_VIVADO, QY_FABRIC_YOSYS, QY_FABRIC_TOOLS } qy_fabric_tool;
extern const char *const qy_fabric_tool_names[QY_FABRIC_TOOLS]; /* "vivado", "yosys" */

enum {
  QY_FABRIC_WORD_MAX = 64,
  QY_FABRIC_DOT_STEPS = 4, /* blocks of 1, 2, 4, ... products */
  QY_FABRIC_DOT_MAX = 1 << (QY_FABRIC_DOT_STEPS - 1),
  QY_FABRIC_WEIGHT_MIN = 2, /* widths of fixed-point weights */
  QY_FABRIC_WEIGHT_MAX = 8
};

/* Dot products of one kind of element. */
typedef struct qy_fabric_dot {
  int product_bits;                                 /* of one signed product */
  double lut[QY_FABRIC_TOOLS][QY_FABRIC_DOT_STEPS]; /* of blocks of 1, 2, 4, ... */
} qy_fabric_dot;

typedef struct qy_fabric {
  const qy_tech *tech;                           /* an FPGA */
  qy_fpga_count element[QY_FABRIC_TOOLS];        /* the element as it is */
  qy_fabric_dot dot;                             /* of the element */
  qy_fabric_dot fixed[QY_FABRIC_WEIGHT_MAX + 1]; /* of fixed-point products, by bits of the weight */
  double split_lut[QY_FABRIC_TOOLS]
                  [QY_FABRIC_WEIGHT_MAX + 1]; /* of a field behind a slice of packed products, likewise */
  double adder_lut[QY_FABRIC_TOOLS][QY_FABRIC_WORD_MAX + 1]; /* by bits of the sum */
} qy_fabric;

/* Does one bare product a cycle come out of the element, without accumulator? */
bool qy_fabric_has_dots(const qy_pe *pe);

/* Make it, with the circuits that are asked for: dot products of the element (it must have them), those of fixed-point
 * weights of w bits (1 << w), what splits packed products of such weights (1 << (QY_FABRIC_OF_SPLITS + w)), adders. */
enum { QY_FABRIC_OF_ELEMENT = 1 << 0, QY_FABRIC_OF_ADDERS = 1 << 1, QY_FABRIC_OF_SPLITS = 16 };
qy_status qy_fabric_new(qy_fabric **fabric, const qy_pe *pe, const qy_tech *tech, unsigned circuits, qy_arena *arena,
                        qy_error *err);

/* LUTs of a dot product of n >= 1 products without accumulator, and bits of its sum, at most QY_FABRIC_WORD_MAX. */
double qy_fabric_dot_lut(const qy_fabric *fabric, const qy_fabric_dot *dot, qy_fabric_tool tool, int n);
int qy_fabric_dot_bits(const qy_fabric_dot *dot, int n);
/* LUTs of adders that add n words of `bits` bits, each level of the tree a bit wider. */
double qy_fabric_tree_lut(const qy_fabric *fabric, qy_fabric_tool tool, int bits, int n);

/* The price list at a clock, in the order of the columns.  Out of the clocks that the device allows: prices->reason,
 * text in the arena. */
qy_status qy_fabric_prices(qy_prices *prices, const qy_tech *tech, const qy_columns *columns, double clock_mhz,
                           qy_arena *arena, qy_error *err);
/* The same in all draws, basis[column * draws + k]. */
void qy_fabric_draws(double *basis, const qy_draws *draws, const qy_columns *columns);

/* Resources that a design takes of a device.  NULL: it has as many; else the first it has too few of, "LUTs: 61,204 of
 * 53,200", into why. */
typedef struct qy_fabric_used {
  double lut, ff, dsp, bram;
} qy_fabric_used;
enum { QY_FABRIC_WHY = 160 };
const char *qy_fabric_short(char why[QY_FABRIC_WHY], const qy_tech *tech, const qy_fabric_used *used);

/* QY_ON_CELLS or QY_ON_FPGA. */
unsigned qy_tech_fabric(const qy_tech *tech);

#endif
