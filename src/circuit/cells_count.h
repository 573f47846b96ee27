/* Shared by the census files: small integer helpers and the forms of gates that recur. */
#ifndef QUARRY_CIRCUIT_CELLS_COUNT_H
#define QUARRY_CIRCUIT_CELLS_COUNT_H

#include "cells.h"
#include "cells_tree.h"

#include <string.h>

/* A gate of two times two inputs has four transistor pairs, AOI21 three; no census kind of its own. */
#define AOI22_PER_AOI21 (4.0 / 3.0)

/* A line is buffered once for this many gates it drives. */
#define FANOUT_PER_BUFFER 16

static inline void clear(double cells[QY_CELL_COUNT])
{
  memset(cells, 0, QY_CELL_COUNT * sizeof(double));
}

/* Buffers of one line that drives `loads` gates. */
static inline double buffers(double loads)
{
  return (double)(int)(loads / FANOUT_PER_BUFFER);
}

/* Two-to-one selection of `count` bits in a chain of `levels` such stages.  Two forms: the MUX2 cell, or OAI21 + NAND2,
 * which inverts one input, so that polarity is put right once per output (1 / levels inverters for each).
 * `edges` bits choose between a bit and a constant or the sign: one gate each. */
void qy_cells_select(const qy_tech *tech, double count, double edges, double levels, double cells[QY_CELL_COUNT]);

/* The carry-save tree of a product, modulo 2^width, with or without the addend of MULTIPLY_ADD. */
tree_count qy_cells_product_tree(const qy_shape *shape, int width, bool has_addend);

#endif
