/* The functions behind the rows of the format table; see number.h for the contract of each column. */
#ifndef QUARRY_NUMBER_ROWS_H
#define QUARRY_NUMBER_ROWS_H

#include "quarry/number.h"

bool uniform_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int64_t uniform_full(const qy_number *number);
bool affine_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);

bool pot_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int pot_frac(const qy_number *number);
bool inq_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int inq_frac(const qy_number *number);
bool seglog_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int64_t seglog_full(const qy_number *number);
int seglog_frac(const qy_number *number);

bool lightpe_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int64_t lightpe_full(const qy_number *number);
int lightpe_frac(const qy_number *number);
bool sp2_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int sp2_frac(const qy_number *number);
bool apot_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int64_t apot_full(const qy_number *number);
int apot_frac(const qy_number *number);
bool codebook_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
int codebook_code_bits(const qy_number *number);

/* Sign-magnitude words: the magnitude code under the sign bit, and a weight with that sign. */
static inline uint32_t low_bits(uint32_t code, int bits)
{
  return code & ((1U << bits) - 1U);
}

static inline int64_t with_sign(int64_t magnitude, uint32_t sign)
{
  return sign ? -magnitude : magnitude;
}

#endif
