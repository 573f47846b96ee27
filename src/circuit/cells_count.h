/* Shared by the census files: small integer helpers and the forms of gates that recur. */
#ifndef QUARRY_CIRCUIT_CELLS_COUNT_H
#define QUARRY_CIRCUIT_CELLS_COUNT_H

#include "cells.h"

#include <string.h>

/* A gate of two times two inputs has four transistor pairs, AOI21 three; no census kind of its own. */
#define AOI22_PER_AOI21 (4.0 / 3.0)

/* A line is buffered once for this many gates it drives. */
#define FANOUT_PER_BUFFER 16

static inline void clear(double cells[QY_CELL_COUNT])
{
  memset(cells, 0, QY_CELL_COUNT * sizeof(double));
}

static inline int min_int(int a, int b)
{
  return a < b ? a : b;
}

static inline int max_int(int a, int b)
{
  return a > b ? a : b;
}

/* Buffers of one line that drives `loads` gates. */
static inline double buffers(double loads)
{
  return (double)(int)(loads / FANOUT_PER_BUFFER);
}

#endif
