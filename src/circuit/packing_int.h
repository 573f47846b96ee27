/* Ranges of words on the ports of a slice and in the fields of its result. */
#ifndef QUARRY_CIRCUIT_PACKING_INT_H
#define QUARRY_CIRCUIT_PACKING_INT_H

#include "quarry/packing.h"

typedef struct packing_span {
  int64_t low, high;
} packing_span;

packing_span packing_word(int bits, bool is_signed, bool leaves_out);
packing_span packing_product(packing_span x, packing_span y);
/* Of one product of full-range words. */
packing_span packing_one(const qy_packing_ask *ask);
/* Whether `count` such words, `step` bits apart, fit a signed port. */
bool packing_fits(packing_span word, int count, int step, int port_bits);

#endif
