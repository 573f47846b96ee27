/* The loops over draws: products of bills and prices, sums, selection, comparisons.
 *
 * Written once with the compiler's vector types and compiled for each instruction set; the widest the processor has is
 * chosen at run time.  Each draw is computed alone, by the same operations in the same order in all versions, without
 * contraction: so no result depends on the choice, on the number of draws done together or on that of points.
 */
#ifndef QUARRY_DRAWS_LANES_H
#define QUARRY_DRAWS_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A matrix product: out[row * draws + k] = sum of coefficient[row * stride + c] basis[c * draws + k], c rising. */
typedef struct draws_product {
  double *out;
  const double *coefficient, *basis;
  size_t rows, stride, count, draws;
  bool add; /* to what out has */
} draws_product;

/* What a sum adds: scale times from[k], scale / from[k], or scale. */
typedef struct draws_term {
  enum { DRAWS_TIMES, DRAWS_OVER, DRAWS_CERTAIN } kind;
  double scale;
  const double *from;
} draws_term;

/* Values in low..high, both included; how many are before them in the order that is asked for. */
typedef struct draws_window {
  double low, high;
  size_t before, count;
  double *in; /* [count], room for all values and DRAWS_SLACK more */
} draws_window;
enum { DRAWS_SLACK = 8, DRAWS_TERMS_MAX = 4 };

/* Points in a block of draws, by slot, and one of them: all objectives are to be minimised. */
enum { DRAWS_BLOCK = 8 };
typedef struct draws_rows {
  const double *value;   /* [slot][varying][DRAWS_BLOCK] */
  const double *certain; /* [slot][certain]: the same in all draws */
  size_t varying, certains;
} draws_rows;
typedef struct draws_row {
  const double *value, *certain;
  unsigned lanes; /* bits of the draws that are asked for */
  bool ahead;     /* one of the two is better in the first certain objective, else they are equal in it */
} draws_row;

/* Points of a block in their order, with a bound of each objective in any draw. */
typedef struct draws_bounds {
  const double *bound;  /* [varying][stride], room for DRAWS_SLACK more */
  const uint32_t *slot; /* by place */
  size_t varying, stride;
} draws_bounds;

typedef struct draws_loops {
  void (*multiply)(const draws_product *p);
  void (*sum)(double *out, const draws_term *term, int terms, size_t count);
  /* Fill a window at the lower end of v (before: below low) and one at the upper end (before: above high). */
  void (*windows)(draws_window *lower, draws_window *upper, const double *v, size_t count);
  /* The values at two positions of v[n] were it sorted; v has room for DRAWS_SLACK more. */
  void (*pick)(double out[2], double *v, size_t n, const size_t place[2]);
  /* Lower each least[i] to (own - other[i]) * scale where that is less. */
  void (*lower)(double *least, const double *other, double own, double scale, size_t count);
  /* Is a[k] <= b[k] (strict: <) for all k? */
  bool (*below)(const double *a, const double *b, size_t count, bool strict);
  /* Slots of the points at places [first, end) whose bounds are all at least `limit` (least), or all at most, in order;
   * returns how many. */
  size_t (*within)(uint32_t *found, const draws_bounds *b, size_t first, size_t end, const double *limit, bool least);
  /* The lanes asked for in which none of the points slot[0..count) beats it: ahead, they are better in the first
   * certain objective. */
  unsigned (*unbeaten)(const draws_rows *rows, const uint32_t *slot, size_t count, const draws_row *own);
  /* Clear in alive[slot] the lanes asked for in which it beats the points slot[0..count): ahead, it is better in the
   * first certain objective.  Returns how many of them became 0. */
  size_t (*beat)(uint8_t *alive, const draws_rows *rows, const uint32_t *slot, size_t count, const draws_row *own);
  /* Clear in left[k / DRAWS_BLOCK] the bits of draws in which own is no worse than other in all objectives and, where
   * not `ahead` in something certain, better in one; true: none is left. */
  bool (*mark)(uint8_t *left, const double *const *own, const double *const *other, size_t objectives, bool ahead,
               size_t count);
} draws_loops;

/* Versions that run here, and one of them, [0..versions): wider ones have higher numbers. */
int draws_loops_versions(void);
const draws_loops *draws_loops_version(int version);
const draws_loops *draws_loops_here(void); /* the widest */

/* Values at positions `below` and `below` + 1 (but the last there is) of v[count], rising from the lower end, or
 * falling from the upper; count >= 1.  Between points of one space draws hardly change places: values of two draws
 * bound those that matter. */
typedef struct draws_guess {
  size_t first, last; /* draws whose values bound the window */
  bool known;
} draws_guess;
typedef struct draws_ends {
  double lower[2], upper[2];
} draws_ends;
/* guess[0]: of the lower end, guess[1]: of the upper; room[2 * (count + DRAWS_SLACK)]. */
draws_ends draws_select(const draws_loops *loops, const double *v, size_t count, size_t below, draws_guess guess[2],
                        double *room);

#endif
