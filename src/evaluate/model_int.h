/* Points under draws of their libraries: intervals of their metrics, and how often each is on a front.
 *
 * The bases (what one part costs in each draw) are made once per element, library and clock; a batch of points is then
 * one matrix product per metric and basis.  The metrics of a system that are linear in its parts are the sums of those
 * of its members, so their draws are the sums of the members' products.
 */
#ifndef QUARRY_EXPERIMENT_UNCERTAIN_H
#define QUARRY_EXPERIMENT_UNCERTAIN_H

#include "plan_int.h"

#include "quarry/sram_error.h"

/* Shared by all workers, read only once made. */
typedef struct uncertain {
  const qy_plan *plan;
  size_t draws;
  qy_draws **library; /* per technology */
  double **sram;      /* per technology: factors, see part_draws.h; NULL: no SRAM */
  /* Per design group and member: [element][technology][clock], NULL where the circuits miss the clock; the array itself
   * is NULL when the accelerator has no draws of its metrics. */
  double **(*basis)[MEMBERS_MAX];
} uncertain;

qy_status uncertain_new(uncertain **u, const qy_plan *plan, qy_arena *arena, qy_error *err);
/* The bases of member m of design group g with these elements. */
qy_status uncertain_member(uncertain *u, int g, int m, const qy_pe *element, size_t element_count, qy_arena *arena,
                           qy_error *err);

/* A point with its objectives in every draw, kept to hold others against. */
typedef struct champion {
  double nominal[OBJECTIVES_MAX];
  double *draw; /* [objectives][draws]; certain objectives unused */
} champion;

/* The points on the nominal fronts, known before the sweep: they spare the archives of the draws most of the others.
 * No result depends on them. */
typedef struct champions champions;
champions *champions_new(const qy_plan *plan, size_t draws); /* NULL: out of memory */
void champions_free(champions *c);
/* Arguments as of chance_put; those above a number per group are not kept. */
qy_status champions_put(champions *c, size_t front_group, const double *nominal, const double *const *draw,
                        qy_error *err);
/* The few that beat a point of these nominal values by most; returns how many. */
enum { CHALLENGERS = 4 };
size_t champions_against(const champion *out[CHALLENGERS], const champions *c, size_t front_group,
                         const double *nominal);

/* What the accelerator takes from one element and a library for draws; twin: as the hook has it. */
qy_status uncertain_anatomy(void **anatomy, const void *twin, const uncertain *u, int g, int m, const qy_pe *pe,
                            size_t element, const qy_draws *library, qy_arena *arena, qy_error *err);

/* The bases of one element, library and clock alone, where uncertain_batch_add looks for them.  QY_INFEASIBLE when the
 * circuits miss the clock. */
qy_status uncertain_point(uncertain *u, const void *twin, int g, int m, const qy_pe *pe, size_t element,
                          size_t technology, size_t clock, qy_arena *arena, qy_error *err);

/* How far the SRAM of a library may be off; has: false when it has none. */
qy_status uncertain_sram_errors(double p95[QY_SRAM_QUANTITY_COUNT], bool *has, const qy_plan *plan, const qy_tech *tech,
                                qy_arena *arena, qy_error *err);
/* The name of an SRAM factor's random number: "sram.read.input". */
enum { UNCERTAIN_NAME = 64 };
void uncertain_sram_name(int factor, char name[UNCERTAIN_NAME]);
/* Factors [factor * u->draws + k]; NULL: no SRAM. */
qy_status uncertain_sram_factors(double **out, const uncertain *u, const qy_tech *tech, uint64_t seed, qy_arena *arena,
                                 qy_error *err);

/* How often is a point on its front?  One archive per group of points and draw; points that another one beats in every
 * draw are dropped before they reach the archives, so what comes out is exact. */
typedef struct chance chance;
chance *chance_new(const qy_plan *plan, size_t draws, const champions *known); /* known may be NULL; NULL: no memory */
void chance_free(chance *c);
/* From now on points are handed to `into` and not counted. */
void chance_collect(chance *c, champions *into);
/* One point: nominal[o] and draws of objective o (NULL: certain), both to be minimised. */
qy_status chance_put(chance *c, size_t front_group, int64_t point, const double *nominal, const double *const *draw,
                     qy_error *err);
/* Add what `from` holds, which is of no more use then. */
qy_status chance_merge(chance *into, chance *from, qy_error *err);
/* Points on at least one draw's front, rising by number; arrays from malloc. */
qy_status chance_result(chance *c, int64_t **point, double **probability, size_t *count, qy_error *err);

/* What a worker needs for one batch at a time. */
typedef struct uncertain_batch uncertain_batch;
uncertain_batch *uncertain_batch_new(const uncertain *u, int64_t points); /* NULL: out of memory */
void uncertain_batch_free(uncertain_batch *b);
/* What a member of a point was evaluated with; at: element, technology and clock as one index. */
typedef struct uncertain_member_at {
  size_t at;
  const void *module, *work;
} uncertain_member_at;

/* Take note of feasible point `k` of the batch; of[]: each member of its design. */
void uncertain_batch_add(uncertain_batch *b, int64_t k, const qy_point *point, int design_group, size_t front_group,
                         const uncertain_member_at *of);
/* Intervals of all points noted, into interval[k] (NULL: not wanted), fronts into c (NULL: not wanted); the batch is
 * empty again. */
qy_status uncertain_batch_run(uncertain_batch *b, double (*interval)[QY_METRIC_COUNT][2], chance *c, qy_error *err);

/* Draws of metrics of the only point noted, to[i * draws + k] for metric[i]; of a certain one its value.  The batch is
 * empty again. */
qy_status uncertain_batch_draws(uncertain_batch *b, const int *metric, int count, double *to, qy_error *err);

#endif
