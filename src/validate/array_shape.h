/* Precision-scalable arrays of the KU Leuven benchmark (github.com/KULeuven-MICAS/PSMA-benchmark, arXiv:2108.04773) as
 * composed elements: what an array's name says.
 *
 * 4096 multipliers of 2 x 2 bits in three levels of 16: level 2 (4 x 4 multipliers), level 3, level 4.  Each level
 * shares inputs (00), both (10: sums along one axis) or outputs (11).  BG_L2, BG_L3, BG_BS: where products of different
 * weight are shifted and added: in level 2, in level 3 over sums of level 2, or bit-serially.  DVAFS_1: sub-words that
 * meet one partner each.  Lanes that a level sums are those of one element; where inputs are shared, there are more
 * elements.
 *
 * The RTL writes its sums as a case over precisions, a branch each: separate_sums.  That form was taken after the
 * table's errors with shared sums had been seen (areas at 200 MHz 19.5 % fully unrolled, 15.8 % with sub-words, ratios
 * of areas 14.0 %), so `held_out` speaks of a library's constants, not of this choice of structure. */
#ifndef QUARRY_VALIDATE_ARRAY_SHAPE_H
#define QUARRY_VALIDATE_ARRAY_SHAPE_H

#include "quarry/pe.h"

enum { ARRAY_MULTIPLIERS = 4096, ARRAY_BITS = 8, ARRAY_PRODUCTS = 256 /* of 8 x 8 bits a cycle */ };

typedef struct array_shape {
  bool serial;          /* lanes of array_serial.h instead of an element */
  qy_pe_params element; /* unsigned, of 8 bits, with an accumulator of 4 bits headroom; no input registers */
  int lanes, elements;  /* lanes: of an element */
  int input_bits;       /* registers in front of the array, shared by the elements */
} array_shape;

/* NULL, or static text: why the array cannot be described. */
const char *array_shape_read(array_shape *out, const char *name, bool subword);

#endif
