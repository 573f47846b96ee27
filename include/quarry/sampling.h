/* Samples of a design space (space.h): some of its points, spread evenly, where all would be too many.
 *
 * A method is a const descriptor.  All are seeded and depend on nothing else: the same space, number and seed give the
 * same points everywhere.  Points are distinct, a design entry gets points in proportion to how many it has (lhs: whole
 * numbers of them, the largest fractions rounded up, so that a small entry may get none), and every point of an entry
 * is as likely as any other of it.
 * Methods:
 *   sobol   Sobol sequence (I. M. Sobol, 1967; directions of Bratley and Fox, ACM TOMS 14(1), 1988, as in GSL), each
 *           dimension shifted digit by digit by a random word; the first dimension picks the entry, one more stands for
 *           each axis of more than one value.  A larger number keeps the points of a smaller one.  Up to 40 dimensions.
 *   lhs     Latin hypercube (McKay, Beckman, Conover, Technometrics 21(2), 1979), entry by entry: every value of an
 *           axis comes as often as any other, give or take one.
 *   random  uniform, without repetition.  A larger number keeps the points of a smaller one.
 * A point drawn twice is left out and the sequence goes on (lhs: values are exchanged between points, which keeps the
 * balance); where that leads nowhere, as in a sample of nearly all of a space, the rest is uniform over what is left.
 * Ownership: the caller's array is filled; nothing is kept.
 */
#ifndef QUARRY_SAMPLING_H
#define QUARRY_SAMPLING_H

#include "quarry/space.h"

typedef struct qy_sampling {
  const char *name, *help;
  /* Fills point[0..*count); at entry *count is how many are wanted, < 2^31, at return that or the number of points of
   * the space, whichever is less.  QY_BAD_INPUT: more dimensions than the method has. */
  qy_status (*draw)(int64_t *point, size_t *count, const qy_space *space, uint64_t seed, qy_error *err);
} qy_sampling;

/* NULL: there is none of this name. */
const qy_sampling *qy_sampling_find(const char *name);

#endif
