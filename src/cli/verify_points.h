/* Elements of an experiment's points: for `quarry verify design`. */
#ifndef QUARRY_VERIFY_POINTS_H
#define QUARRY_VERIFY_POINTS_H

#include "cli.h"

#include "quarry/pe.h"

#include <stdbool.h>

/* Which points: one of point, design with at, front. */
typedef struct points_request {
  const char *file;
  int64_t point;           /* -1: not given */
  const char *design, *at; /* see qy_plan_find_point; NULL: not given */
  int front;               /* those on the stored front of the experiment of the file's name */
} points_request;

/* Is anything given? */
bool points_asked(const points_request *request);

typedef struct point_element {
  const char *name; /* kind, and what differs from its defaults as --param takes it: "mac_st multiplier=array,bits=8" */
  qy_pe_params params;
} point_element;

/* The different elements of the points, in the order of the points.  QY_BAD_INPUT: none or several of the choices, no
 * such point, an experiment that is not in the database. */
qy_status points_elements(const point_element **element, size_t *count, const points_request *request,
                          const places *where, qy_arena *arena, qy_error *err);

#endif
