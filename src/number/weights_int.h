/* Files of weights that are no text: shared by weights.c and weights_npy.c. */
#ifndef QUARRY_NUMBER_WEIGHTS_INT_H
#define QUARRY_NUMBER_WEIGHTS_INT_H

#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>

bool weights_is_npy(const char *bytes, size_t length);
/* Numbers of an .npy file into x, which has room for one a byte.  QY_BAD_INPUT: a damaged file, values that are not
 * finite, types other than integers and floats, an order other than C's where there are several dimensions. */
qy_status weights_read_npy(double *x, size_t *count, const char *bytes, size_t length, const char *file, qy_error *err);
/* QY_BAD_INPUT with what to do: the bytes are those of another format that weights come in. */
qy_status weights_known_format(const char *bytes, size_t length, const char *file, qy_error *err);

#endif
