/* A library as it would be had it not been in the study that constants were calibrated on. */
#ifndef QUARRY_VALIDATE_LEAVE_OUT_H
#define QUARRY_VALIDATE_LEAVE_OUT_H

#include "quarry/tech.h"

/* A copy of `tech` whose calibrated constants are what `quarry tech import` would give it from a base library that
 * knows only the others: factors of area (effort.k) the geometric mean of 1 + k over the others, all else the geometric
 * mean over the others (arithmetic where one is 0); interval: the range of the others.  What the
 * others do not state, and what is the same in all libraries, stays.  others[count] may hold `tech` itself (by name),
 * which is skipped.  Without any other the copy is the library as it is.  QY_NO_MEMORY. */
qy_status leave_out(qy_tech **copy, const qy_tech *tech, const qy_tech *const *others, size_t count, qy_arena *arena,
                    qy_error *err);

#endif
