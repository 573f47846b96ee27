/* Precision of operands: how many bits the weights of a layer have, and how many the map that it reads.
 *
 * The two are chosen apart.  An element runs a layer in the mode of the wider of them; where operands lie in words of
 * several, each is packed at its own width.  Bits are those of two's complement or of a code, 1 to 32.
 * As text: "8 bit" where both are alike, else "w4a8".
 * Ownership: plain data.
 */
#ifndef QUARRY_PRECISION_H
#define QUARRY_PRECISION_H

#include <stdbool.h>

typedef struct qy_precision {
  int weights, activations; /* bits, [1..QY_PRECISION_BITS_MAX] */
} qy_precision;

enum { QY_PRECISION_BITS_MAX = 32, QY_PRECISION_TEXT = 16 };

qy_precision qy_precision_of(int bits); /* both alike */
int qy_precision_widest(qy_precision p);
bool qy_precision_equal(qy_precision a, qy_precision b);

/* "8 bit", "w4a8" into text; returns it. */
const char *qy_precision_text(char text[QY_PRECISION_TEXT], qy_precision p);

/* From "8", "8 bit", "w4a8" or "w4 a8".  false: none of these, or bits outside their range; *p is then undefined. */
bool qy_precision_parse(qy_precision *p, const char *text);

#endif
