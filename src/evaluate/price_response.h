/* How prices follow from independent standard normal inputs, fitted once instead of priced again for every sample.
 *
 * The logarithm of a price is taken as a sum of functions of one input each, a parabola for either sign of the input,
 * through the price at 0 and at two nodes: exact for products of powers of lognormal constants.  For sums of them
 * products of two inputs are added, in each quadrant through the price at a node, for the pairs that matter most.
 * The last input may be a group: random words of which everything follows, with no shape to fit; its factor on a price
 * is then priced, sample by sample, with all others at 0.
 */
#ifndef QUARRY_PRICE_RESPONSE_H
#define QUARRY_PRICE_RESPONSE_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { RESPONSE_NODES = 4, RESPONSE_PAIRS = 48 };

/* price[column * count + k] at z[input * count + k]. */
typedef qy_status price_source(void *ctx, const double *z, size_t count, double *price, qy_error *err);

typedef struct response_pair {
  size_t of[2];
  double score;
  double (*bend)[4]; /* [column]: by quadrant */
} response_pair;

typedef struct price_response {
  size_t inputs, columns, samples;
  bool group;          /* the last input is one */
  const double *count; /* [column]: how often a price is taken; what matters is judged by it */
  const int *sum;      /* [column]: the sum that it goes into */
  double *nominal;     /* [column] */
  response_pair pair[RESPONSE_PAIRS];
  size_t pairs;
  double (*bend)[4];  /* [input][column]: slope and curvature below 0, above 0 */
  bool *moves;        /* [input][column] */
  double *price;      /* [column][samples] of the inputs set last */
  double *own, *last; /* [column][samples]: factors of the group; of the inputs set before */
  double *kept;       /* columns of `price` before an input was replaced */
  double *change;     /* [samples] of a logarithm */
  double *z;          /* room for inputs of the source */
  price_source *source;
  void *ctx;
} price_response;

/* *fits: are all prices of the nodes positive and finite?  If not it is of no use. */
qy_status price_response_make(price_response *r, bool *fits, qy_arena *arena, qy_error *err);

/* Set r->price to that at z[input * samples + k]. */
qy_status price_response_set(price_response *r, const double *z, qy_error *err);

/* Take one input from `other` instead of z, those that were set last; then put r->price back.  `other` must have been
 * set before those.  False: the input moves no price. */
bool price_response_replace(price_response *r, const double *z, const double *other, size_t input);
void price_response_restore(price_response *r, size_t input);

#endif
