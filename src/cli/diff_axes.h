/* Axes that have one value in each of two experiments, but not the same one: points are matched without them. */
#ifndef QUARRY_CLI_DIFF_AXES_H
#define QUARRY_CLI_DIFF_AXES_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>

typedef struct diff_axis {
  const char *name;     /* "clock_mhz", "design", "pe.bits", or "pe.bits of RDM" where designs have other values */
  const char *value[2]; /* NULL: that one has no such parameter */
} diff_axis;

typedef struct diff_axes {
  qy_arena *arena; /* owner of the texts */
  void *at;        /* owned: diff_axis[count] */
  size_t count, capacity;
} diff_axes;

const diff_axis *diff_axis_at(const diff_axes *axes, size_t i);
qy_status diff_axes_add(diff_axes *axes, const char *name, const char *a, const char *b, qy_error *err);

/* A design as text: its name, then lines KEY=VALUE, the same keys in one order in all. */
typedef struct diff_design {
  char *text;
  int side;
} diff_design;

/* Cut the parameters that all designs of a name have one value of in each side, other ones in the two, out of the
 * texts, and list them; the name itself where each side has but one.  O(n) for n lines. */
qy_status diff_axes_cut(diff_axes *axes, diff_design *design, size_t count, qy_error *err);

#endif
