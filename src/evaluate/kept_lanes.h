/* What is asked of the points of a tile at once, for what is kept of them: loops over QY_LANES points, compiled for
 * each set of instructions.  Sets of lanes are bits, lane k is bit k.  No result depends on the set. */
#ifndef QUARRY_KEPT_LANES_H
#define QUARRY_KEPT_LANES_H

#include "quarry/point_lanes.h"

/* Points that beat others, of a front: [guards][metrics], the last successful first. */
typedef struct lane_guards {
  double *value;
  int guards, metrics;
  bool distinct; /* they beat equal points, too */
} lane_guards;

/* Points that beat others, of each lane its own: near[level * metrics + metric][lane]. */
enum { KEPT_NEAR = 12 };
typedef struct lane_near {
  const double *value;
  int metrics;
  bool distinct;
} lane_near;

/* Limits that some metrics, times signs, are held against. */
enum { LANE_LIMITS = 16 };
typedef struct lane_limits {
  int metric[LANE_LIMITS];
  double sign[LANE_LIMITS], limit[LANE_LIMITS];
  int count;
} lane_limits;

typedef struct kept_loops {
  /* Points with one of these metrics, times its sense, above the best. */
  unsigned (*better)(const double (*metric)[QY_LANES], const int *of, int metrics, const double *sense,
                     const double *best);
  /* Points whose value times the sign is below a limit; or: or equal. */
  unsigned (*below)(const double *value, double sign, double limit, bool or);
  /* Points with one of so many values, times its sign, below its limit. */
  unsigned (*any_below)(const lane_limits *l, const double (*metric)[QY_LANES]);
  /* row[d] = sign[d] * metric[of[d]]; points that have all of these. */
  unsigned (*rows)(double (*row)[QY_LANES], const double (*metric)[QY_LANES], const int *of, const double *sign,
                   int metrics);
  /* Those of `left` that no guard beats. */
  unsigned (*unbeaten)(const lane_guards *g, const double (*row)[QY_LANES], unsigned left);
  /* Those of `left` that none of their own lane does. */
  unsigned (*unbeaten_near)(const lane_near *g, const double (*row)[QY_LANES], unsigned left);
} kept_loops;

const kept_loops *kept_loops_of(qy_lane_set set);

#endif
