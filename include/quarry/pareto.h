/* Exact Pareto fronts: any number of objectives, ties kept, O(n log n) for two and three objectives.
 *
 * A point is on the front when no other point is at least as good in every objective and better in one; points equal in
 * every objective stay together.  All objectives are minimised here: negate those to maximise.  NaN is refused,
 * infinities are numbers like others, -0 equals +0.
 * Methods: sorting and staircases for 2 and 3 objectives, a window of the front so far or, for many points, divide and
 * conquer for more (Kung, Luccio, Preparata, J. ACM 22(4), 1975), after pivots dropped most points in one pass.
 * Nothing depends on chance or on the processor: the same points give the same answer.
 * Ownership: the caller's arrays stay the caller's; an archive copies what it keeps.
 */
#ifndef QUARRY_PARETO_H
#define QUARRY_PARETO_H

#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

enum { QY_OBJECTIVES_MAX = 16 };

/* columns[d][i]: objective d of point i, d in [0, objectives), i in [0, count), count < 2^32 - 1.
 * on_front[i] = 1 or 0.  *front_count: how many are 1.
 * QY_BAD_INPUT: NaN (the text names the first such point, counted from 0), or an objective or point count out of range;
 * on_front is then undefined.  O(n log n) for up to 3 objectives, O(n log^(d-2) n) for d >= 4 and many points; a few
 * nanoseconds per point when most points are dominated, one or two in 2 objectives when they come in order.  Memory: up
 * to 60 + 20 d bytes per point that pivots do not drop. */
qy_status qy_pareto(uint8_t *on_front, size_t *front_count, const double *const *columns, int objectives, size_t count,
                    qy_error *err);

enum { QY_HYPERVOLUME_OBJECTIVES_MAX = 8 };

/* Volume of what the points dominate, up to the reference point: the usual measure of how good a front is.  1 to
 * QY_HYPERVOLUME_OBJECTIVES_MAX objectives, exact up to rounding: O(n log n) for up to 3, O(n^2) for 4, then O(n) times
 * that for each further one at least.  10^5 points on a sphere take 0.02 s in 3 objectives and 0.6 s in 4; 1000 in 5
 * take 0.012 s, 500 in 6 and 100 in 8 0.02 s each.
 * Points that are not below the reference in every objective add nothing; dominated points need not be removed first.
 * QY_BAD_INPUT: NaN, -infinity, a reference that is not finite, or another number of objectives. */
qy_status qy_hypervolume(double *volume, const double *const *columns, int objectives, size_t count,
                         const double *reference, qy_error *err);

/* A front that grows: keeps only what is not dominated, with the 64-bit id of each point.  The front it gives is that
 * of qy_pareto on all points ever added, whatever their order and the merges.  An empty archive takes
 * under 100 bytes, one with few points under 1 KiB at two objectives, so one per group of points is cheap.  Amortised
 * O(log n) filter steps per point; memory within a small multiple of the front.  One thread at a time per archive. */
typedef struct qy_archive qy_archive;

/* objectives in [1..QY_OBJECTIVES_MAX].  NULL when out of memory. */
qy_archive *qy_archive_new(int objectives);

/* Add one point: row[0..objectives).  On QY_BAD_INPUT (NaN) nothing was added. */
qy_status qy_archive_put(qy_archive *archive, const double *row, int64_t id, qy_error *err);

/* Add all points of b, another archive of as many objectives, to a: for fronts kept per thread. */
qy_status qy_archive_merge(qy_archive *a, const qy_archive *b, qy_error *err);

/* The front, sorted by id (points that share an id: by their objectives): *count points, (*ids)[i],
 * (*rows)[i * objectives + d].  ids and rows may be NULL; *ids never is.  Pointers are valid until the next call on
 * this archive.  QY_NO_MEMORY is the only failure; the archive then still holds all its points. */
qy_status qy_archive_front(qy_archive *archive, size_t *count, const int64_t **ids, const double **rows, qy_error *err);

void qy_archive_free(qy_archive *archive); /* NULL is allowed */

#endif
