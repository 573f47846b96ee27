/* Inside of the hypervolume: sums without loss, and the volumes of four and of more objectives.
 *
 * A set of points is a table: objective d of point i is value[i * step + d * across].  All points lie below the
 * reference in every objective; dominated and equal points are allowed.
 */
#ifndef QUARRY_EXPLORE_VOLUME_H
#define QUARRY_EXPLORE_VOLUME_H

#include <math.h>
#include <stddef.h>

/* A running sum with the rounding error carried along (Neumaier, ZAMM 54, 1974). */
typedef struct total {
  double sum, lost;
} total;

static inline void total_add(total *t, double x)
{
  double next = t->sum + x;
  t->lost += fabs(t->sum) >= fabs(x) ? (t->sum - next) + x : (x - next) + t->sum;
  t->sum = next;
}

static inline double total_value(const total *t)
{
  return t->sum + t->lost;
}

typedef struct volume_set {
  const double *value;
  size_t count, step, across;
} volume_set;

/* Volumes of four objectives, one set after another in the same memory (hypervolume_4.c). */
typedef struct corners corners;
corners *corners_new(void); /* NULL: out of memory */
void corners_free(corners *c);
/* 0, or -1: out of memory.  count < 2^31 - 4. */
int corners_volume(double *volume, corners *c, const volume_set *set, const double *reference);

/* Of five objectives and more (hypervolume_many.c).  0, or -1: out of memory.  count < 2^31 - 4. */
int volume_many(double *volume, const volume_set *set, int objectives, const double *reference);

#endif
