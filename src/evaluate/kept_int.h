/* Inside of what is kept while points are swept: kept.h. */
#ifndef QUARRY_KEPT_INT_H
#define QUARRY_KEPT_INT_H

#include "model_int.h"
#include "tile.h"

#include "quarry/kept.h"
#include "quarry/pareto.h"

/* ---- fronts in groups ---- */

/* Keys, compiled; fronts with the same keys share them. */
typedef struct grouping {
  size_t groups;
  const key_group *entry; /* per entry of the plan */
} grouping;

/* The one that beat a point last, and the one that was kept last: others hardly ever beat what these do not. */
enum { KEPT_GUARDS = 2 };

/* A group of a front.
 * Points of one clock are beaten by others of that clock or of one nearby, so that points of tiles are held against a
 * few of them besides.  Places are clocks, or several of them (kept_plan.near_shift). */
typedef struct kept_cell {
  int64_t first; /* of kept_single: the point, and its value */
  double best;
  /* Of a worker's: its points are those of another cell, `shift` further, and it holds nothing itself; NULL: it has its
   * own (kept_twin.c).  followers: cells whose twin it is. */
  struct kept_cell *twin;
  int64_t shift;
  int followers;
  qy_archive *archive; /* NULL: nothing yet, or handed over */
  /* Likewise, [place / near_wide][KEPT_NEAR][metric][near_wide], infinity: none; NULL: no point of a tile yet. */
  double *near_by;
  unsigned near_turn; /* points put there but for the first of a place */
  int guards;         /* points that were put in an archive and beat others: [guards][metrics] */
  double guard[];
} kept_cell;

/* Is it the best point of one metric, for which there is no archive? */
static inline bool kept_single(const qy_kept_front *f)
{
  return f->metric_count == 1 && f->distinct;
}

/* What is the same for all workers. */
typedef struct kept_plan {
  const qy_plan *plan;
  const qy_kept_front *front; /* [fronts] */
  size_t fronts;
  size_t *of;         /* [fronts] grouping */
  grouping *grouping; /* [groupings] */
  size_t groupings;
  double (*sign)[QY_OBJECTIVES_MAX]; /* [fronts]: values times it are minimised */
  double sense[QY_METRIC_COUNT];
  int metric[QY_METRIC_COUNT]; /* those whose best points are kept: with bins all, else those of the fronts */
  int metrics;
  bool bins;
  int near_shift;                 /* a place of near_by is a clock's without these bits */
  size_t near_wide;               /* places beside one another: those of a tile, or 1 where these are one place */
  const struct kept_loops *loops; /* over the points of a tile */
} kept_plan;

/* The reasons why points are infeasible, and of how many in each technology. */
typedef struct kept_reason {
  const char *text; /* NULL: a free place */
  int technology;
  int64_t points;
} kept_reason;
typedef struct kept_reasons {
  kept_reason *place; /* hash table of `room` places, a power of two or 0, by the address of the text */
  size_t count, room;
  size_t last; /* place found last */
} kept_reasons;

/* Best values of the metrics at one technology, network and precision, times sense: larger is better. */
typedef struct kept_best {
  double value[QY_METRIC_COUNT];
  int64_t point[QY_METRIC_COUNT]; /* -1: none */
} kept_best;

/* Ranges of values by sign, exponent and the first bits of the mantissa of a double, which rise with its size. */
enum { KEPT_BIN_SHIFT = 50, KEPT_BINS = 1 << 14 };

/* What one worker has found, or all. */
typedef struct kept_set {
  kept_cell ***cell;    /* [front][group]; NULL: no point */
  int64_t **feasible;   /* [front][group] of fronts that are counted; NULL: of others */
  int64_t **bin;        /* [technology][metric] of [KEPT_BINS]; NULL: no value, or nobody asked */
  kept_best **best;     /* [technology][network][precision]; NULL: no point */
  kept_reasons reasons; /* texts belong to the worker, or to `texts` */
  kept_texts texts;     /* of all */
  size_t *group;        /* [groupings] of the point at hand: all axes but the precision, then all */
  size_t *slow;
  uint64_t moves; /* of the worker, when slow was found */
} kept_set;

qy_status kept_set_new(kept_set *set, const kept_plan *p, qy_error *err);
void kept_set_drop(kept_set *set, const kept_plan *p);

/* Take in the point at which the worker stands. */
qy_status kept_take(kept_set *set, const kept_plan *p, const worker *w, const qy_point *point, qy_error *err);
/* The same of all points of a tile. */
qy_status kept_take_tile(kept_set *set, const kept_plan *p, const tile *t, qy_error *err);
/* A point of a group of a front, values times the sign; not of one metric alone. */
qy_status kept_cell_put(kept_cell *c, const qy_kept_front *f, const double *row, int64_t point, qy_error *err);
/* The same where no guard beats it. */
qy_status kept_cell_add(kept_cell *c, const qy_kept_front *f, const double *row, int64_t point, qy_error *err);
/* The same of one metric; points may come in any order. */
static inline void kept_cell_single(kept_cell *c, double value, int64_t point)
{
  if (!(value < c->best) && !(value == c->best && point < c->first)) return;
  c->best = value;
  c->first = point;
}
/* Of metrics[m * stride]: does a point keep the limits of the file? */
bool kept_limits(const qy_plan_info *info, const double *metric, size_t stride);

/* Precisions at which all designs of a tile run alike have the same points but for their numbers, in groups of their
 * own.  skip[i] is set where the cell of precision i of a tile has a twin that takes its points: cell[add[i]] are those
 * of the front.  A cell that has a twin, or is one, takes no point by itself before it was parted. */
qy_status kept_twins_find(bool *skip, kept_set *set, const kept_plan *p, size_t front, const tile *t, size_t group,
                          const uint32_t *add, qy_error *err);
/* Has every precision a cell, and is it as the tiles before left it? */
bool kept_twins_settled(bool *skip, kept_cell *const *cell, const tile *t, const uint32_t *add);
/* From now on the cells of a front have their own points. */
qy_status kept_twins_part(kept_set *set, const kept_plan *p, size_t front, qy_error *err);
/* Add the points of a cell's twin to one that has its own. */
qy_status kept_twin_add(kept_cell *into, const kept_cell *c, const qy_kept_front *f, qy_error *err);
static inline bool kept_is_tied(const kept_cell *c)
{
  return c->twin || c->followers;
}

/* Add what `from` holds, which is empty then but for its guards. */
qy_status kept_merge(kept_set *into, kept_set *from, const kept_plan *p, qy_error *err);
/* The front of a cell of all; rows may be NULL. */
qy_status kept_front_of(const kept_cell *c, const qy_kept_front *f, size_t *count, const int64_t **ids,
                        const double **rows, qy_error *err);
/* A cell of group g, made where there is none; NULL: out of memory. */
kept_cell *kept_cell_of(kept_set *set, const kept_plan *p, size_t front, size_t group);

qy_status kept_reason_add(kept_reasons *r, const char *text, int technology, int64_t points, qy_error *err);
/* Into what holds all, which has texts of its own. */
qy_status kept_reason_merge(kept_set *into, const char *text, int technology, int64_t points, qy_error *err);
void kept_reasons_clear(kept_reasons *r);

kept_best *kept_best_at(kept_set *set, size_t place); /* NULL: out of memory */
size_t kept_best_places(const kept_plan *p);

size_t kept_bin_places(const kept_plan *p);
int64_t *kept_bins_at(kept_set *set, size_t place); /* NULL: out of memory */
/* metric[m * stride] */
qy_status kept_bins_take(kept_set *set, int technology, const double *metric, size_t stride, qy_error *err);
qy_status kept_bins_merge(kept_set *into, const kept_set *from, const kept_plan *p, qy_error *err);
void kept_bins_write(qy_text *out, const kept_set *set, const kept_plan *p);

/* ---- all of it ---- */

struct qy_kept {
  qy_model *model;
  kept_plan plan;
  qy_arena *arena;
  kept_set all;
  chance *fronts;     /* in draws; NULL: there are none */
  int64_t first, end; /* points [first, end) are gone through */
  int64_t done;       /* points [first, done) are in `all` */
  int64_t drawn;      /* points [first, drawn) are in `fronts` */
  uint64_t *saved;    /* [parts] hash of what was written last */
};

/* ---- bytes ---- */

/* What is read, and how much is left; failed: it ended too soon. */
typedef struct kept_bytes {
  const char *at;
  size_t left;
  bool failed;
} kept_bytes;
int64_t kept_get(kept_bytes *in);
void kept_get_many(void *to, kept_bytes *in, size_t count, size_t size);
void kept_put(qy_text *out, int64_t number);
qy_status kept_bins_read(kept_set *set, const kept_plan *p, kept_bytes *in, qy_error *err);

/* Archives of fronts in draws. */
qy_status chance_write(chance *c, qy_text *out, qy_error *err);
qy_status chance_read(chance *c, kept_bytes *in, qy_error *err);
/* As chance_merge; `from` stays in use: it forgets its points, but not what beats others. */
qy_status chance_hand_over(chance *into, chance *from, qy_error *err);

#endif
