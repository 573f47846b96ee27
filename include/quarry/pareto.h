/* Exact Pareto fronts: any number of objectives, ties kept, O(n log n) for two and three objectives.
 *
 * A point is on the front when no other point is at least as good in every objective and better in one; points equal in
 * every objective stay together.  All objectives are minimised here: negate those to maximise.  NaN is refused.
 * Methods: Kung, Luccio, Preparata (J. ACM 22(4), 1975) for 3-D staircase; sample pivots drop most points in one pass.
 */
#ifndef QUARRY_PARETO_H
#define QUARRY_PARETO_H

#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

enum { QY_OBJECTIVES_MAX = 16 };

/* columns[d][i]: objective d of point i.  on_front[i] = 1 or 0. *front_count: how many. */
qy_status qy_pareto(uint8_t *on_front, size_t *front_count, const double *const *columns, int objectives, size_t count,
                    qy_error *err);

/* A front that grows: keeps only what is not dominated, with the 64-bit id of each point. */
typedef struct qy_archive qy_archive;
qy_archive *qy_archive_new(int objectives);
qy_status qy_archive_add(qy_archive *archive, const double *const *columns, const int64_t *ids, size_t count,
                         qy_error *err);
/* Merge b into a: for fronts kept per thread. The result does not depend on the order of merging. */
qy_status qy_archive_merge(qy_archive *a, const qy_archive *b, qy_error *err);
/* The front, sorted by id. Pointers are valid until the next add. columns may be NULL. */
size_t qy_archive_front(qy_archive *archive, const int64_t **ids, const double **rows);
void qy_archive_free(qy_archive *archive);

#endif
