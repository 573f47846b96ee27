/* Points as lanes of vectors (point_lanes.h): a tile is up to QY_LANES designs that can be and follow one another, each
 * at all precisions.  A lane is a design; precisions whose operands take the same modes of the element share a run.
 *
 * Designs of a tile are of one entry with one accelerator, one element, library and network; all precisions are
 * uniform.  Whatever else there is, is evaluated one by one (worker_point), with the same bits.
 */
#ifndef QUARRY_TILE_H
#define QUARRY_TILE_H

#include "model_int.h"

#include "quarry/point_lanes.h"

/* A design at all precisions. */
typedef struct tile_design {
  struct held held;
  int64_t first; /* its first point */
  size_t clock;  /* place on the axis */
  size_t index[QY_AXES_MAX];
  uint64_t made; /* walk.made when it was; 0: never, or it cannot be */
} tile_design;

/* One that cannot be. */
typedef struct tile_failed {
  const char *reason; /* as long as the worker lives */
  int64_t first;
  size_t clock;
} tile_failed;

enum { TILE_PRECISIONS = 64, TILE_FAILED = 32 };

typedef struct tile_values {
  const double (*metric)[QY_LANES]; /* [QY_METRIC_COUNT], aligned to 64 bytes: those wanted, or all */
  const char *reason[QY_LANES];     /* NULL: feasible */
  bool excluded;                    /* reasons are limits of the plan, points have metrics */
  unsigned feasible;                /* bit per lane */
} tile_values;

/* What draws of the designs at a precision take. */
typedef struct tile_drawn {
  _Alignas(64) double count[QY_COLUMNS_MAX][QY_LANES]; /* of the bill: columns of events */
  double all[QY_METRIC_COUNT][QY_LANES];               /* every metric, also those that do not apply */
} tile_drawn;

typedef struct tile {
  qy_lane_points lanes; /* of the run at hand */
  int64_t end;          /* of its points; those from the first one asked for on */
  bool one_by_one;      /* they have to be evaluated so */
  int entry;
  int technology, network;
  tile_design *design[QY_LANES];
  int designs;
  tile_failed failed[TILE_FAILED];
  int fails;
  qy_metric_set wanted, needs;                  /* metrics of its points that are looked at; what these follow from */
  size_t precisions;                            /* of the plan; 0: nothing is in lanes */
  tile_values *values;                          /* [precisions]; NULL: no lanes */
  double (*metrics)[QY_METRIC_COUNT][QY_LANES]; /* [precisions] */
  tile_drawn *drawn;                            /* [precisions]; NULL: nobody asks */
  unsigned where;
  /* Nothing but numbers is asked of its designs, so that where only clocks differ one may stand for all of them:
   * their `held` has no meaning then. */
  bool numbers_only, by_one;
  struct held one;
  uint64_t one_made; /* as tile_design.made */
  struct tile_walk {
    int entry;    /* -1: nowhere */
    int64_t next; /* point at index */
    int moved;    /* slowest axis that moved on the way there */
    size_t index[QY_AXES_MAX];
    size_t element;            /* at the parameters of params */
    uint64_t made;             /* how often an axis before the clock may have moved */
    const char *missed, *said; /* reason of a price list that was met last, and as the worker keeps it */
    qy_sram_known known[QY_BUFFER_ROLES];
    void *params;
    int narrow;  /* tiles in which only clocks differ, after one that was refused */
    int refused; /* tiles to leave alone, after one of these was refused */
  } walk;
  const ready_element *modes_of; /* what follows is of this element */
  bool can[TILE_PRECISIONS];
  qy_modes modes[TILE_PRECISIONS];
  uint8_t run[TILE_PRECISIONS]; /* the first precision with the same modes */
} tile;

/* Zeros, aligned to a vector of lanes, for free(); NULL: out of memory. */
void *lanes_alloc(size_t bytes);

/* wanted: metrics of its points that will be looked at.  NULL: out of memory. */
tile *tile_new(const qy_model *model, qy_metric_set wanted);
void tile_free(tile *t); /* NULL is allowed */

/* From now on it sets t->drawn, where it has lanes; false: out of memory. */
bool tile_keep_drawn(tile *t);
/* Has every point one precision for all layers? */
bool tile_uniform(const qy_plan *plan);
/* The number of a point's design, of the entry of the tile. */
int64_t tile_design_of(const tile *t, const qy_model *model, int64_t point);

/* Evaluate points from `first` on, below `end`: t->end says how far, and t->one_by_one that it was not done. */
qy_status tile_take(tile *t, worker *w, const qy_model *model, int64_t first, int64_t end, qy_error *err);
/* What worker_point says of them, points[0] of point `first`. */
qy_status tile_points(qy_point *points, const tile *t, worker *w, const qy_model *model, int64_t first, qy_error *err);

#endif
