/* Cells of a truth table: a decision diagram shared between its output bits; see cells.h.
 *
 * R. E. Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE TC 1986: equal sub-functions are made
 * once.  The lowest address bit is decided first, next to the leaves.  A node with a constant branch is one gate, any
 * other a two-to-one multiplexer; a node on constants only is the address bit or its inverse.
 */
#include "cells.h"

#include <assert.h>
#include <stdlib.h>

/* Sub-functions: 0 and 1 are the constants. */
typedef struct decision {
  int32_t low, high; /* sub-function when the address bit is 0, 1 */
  int32_t place;     /* where its number goes */
} decision;

static int by_branches(const void *x, const void *y)
{
  const decision *a = x, *b = y;
  if (a->low != b->low) return a->low < b->low ? -1 : 1;
  return (a->high > b->high) - (a->high < b->high);
}

typedef struct table_count {
  double gates, selections, inverters;
} table_count;

/* One address bit: pairs of sub-functions in id[0..2n) become n, numbered anew from `next`; returns the next number. */
static int32_t decide(int32_t *id, size_t n, int32_t next, decision *pair, table_count *count)
{
  for (size_t i = 0; i < n; i++)
    pair[i] = (decision){id[2 * i], id[2 * i + 1], (int32_t)i};
  qsort(pair, n, sizeof *pair, by_branches);
  int32_t number = 0;
  for (size_t i = 0; i < n; i++) {
    decision d = pair[i];
    if (i > 0 && by_branches(&pair[i - 1], &d) == 0) {
      id[d.place] = number;
      continue;
    }
    bool low_fixed = d.low <= 1, high_fixed = d.high <= 1;
    number = d.low == d.high ? d.low : next++;
    if (d.low != d.high) {
      if (low_fixed && high_fixed)
        count->inverters += d.low == 1;
      else if (low_fixed || high_fixed)
        count->gates++;
      else
        count->selections++;
    }
    id[d.place] = number;
  }
  return next;
}

/* False: out of memory. */
static bool diagram(const qy_shape *shape, table_count *count)
{
  assert(shape->table && shape->a >= 1);
  size_t entries = (size_t)1 << shape->a, functions = entries * (size_t)shape->width;
  int32_t *id = qy_alloc(functions, sizeof *id);
  decision *pair = qy_alloc(functions, sizeof *pair);
  const bool room = id && pair;
  for (int bit = 0; room && bit < shape->width; bit++)
    for (size_t i = 0; i < entries; i++)
      id[(size_t)bit * entries + i] = (int32_t)(shape->table[i] >> bit & 1);
  int32_t next = 2;
  for (size_t n = functions / 2; room && n >= (size_t)shape->width && n > 0; n /= 2)
    next = decide(id, n, next, pair, count);
  free(id);
  free(pair);
  return room;
}

bool qy_cells_truth_table(const qy_shape *shape, bit_census *census)
{
  table_count count = {0};
  if (!diagram(shape, &count)) return false;
  census->select += count.selections;
  census->select_inverters += count.selections / shape->a;
  census->gate += count.gates;
  census->gate_inverters += count.gates / shape->a;
  census->cells[QY_INV] += count.inverters;
  return true;
}
