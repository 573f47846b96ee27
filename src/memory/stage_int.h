/* Ways to run given ops as one stage, each found once: inside of schedules. */
#ifndef QUARRY_STAGE_INT_H
#define QUARRY_STAGE_INT_H

#include "rows_int.h"

/* Ops first..last and where the maps lie that are made before or needed after. */
typedef struct stage_query {
  size_t first, last;
  const qy_place *place; /* [map_count of the graph] */
  rows_wish wish;
} stage_query;

typedef struct stage_result {
  bool found;  /* within the limit */
  double open; /* what a better way costs at least, where the search was given up; INFINITY: there is none */
  bool is_nest;
  qy_nest nest;
  qy_tiling tiling;
  rows_choice rows;
  qy_traffic nest_traffic;
  int64_t traffic, macs, peak; /* units */
} stage_result;

/* Stages of one graph and one set of options. */
typedef struct stage_book stage_book;
qy_status stage_book_new(stage_book **book, const qy_graph *graph, const qy_schedule_options *options, qy_arena *arena,
                         qy_error *err);

void stage_book_begin(stage_book *book, int64_t steps); /* a new schedule: as many steps of searches as one may take */
size_t stage_book_bytes(const stage_book *book);        /* of memory that is not in the arena */
void stage_book_free(stage_book *book);                 /* what is not in the arena; NULL is allowed */

/* The best way within the capacity, if its cost is within the limit; it may be one beyond the limit.  Valid as long as
 * the book.
 * *open: what a better one costs at least, if there may be one, as the search was given up; else INFINITY. */
qy_status stage_best(const stage_result **result, double *open, stage_book *book, const stage_query *query,
                     qy_error *err);

/* The stage of a result, with counts; the maps that wait are the caller's to fill in. */
qy_status stage_write(qy_stage *stage, stage_book *book, const stage_query *query, const stage_result *result,
                      qy_arena *arena, qy_error *err);

/* Can it be a stage at all in this fusion, whatever the capacity?  Only that, no search. */
qy_status stage_can(bool *can, stage_book *book, const stage_query *query, qy_error *err);

/* What is remembered of all stages of one shape. */
typedef struct stage_shape {
  bool can;               /* be a stage at all */
  const rows_stage *rows; /* ready; NULL: not one */
  void **kept;            /* for what the caller finds; NULL at first */
} stage_shape;
qy_status stage_shape_of(stage_shape *shape, stage_book *book, const stage_query *query, qy_error *err);

/* Nests that run the ops, with the maps where they are; at most STAGE_NESTS_MAX. */
enum { STAGE_NESTS_MAX = 3 };
int stage_nests(qy_nest nest[STAGE_NESTS_MAX], const qy_graph *graph, size_t first, size_t last, const qy_place *place,
                bool block_only);

#endif
