/* Physical units: one table, strict parsing of "number unit" texts.
 *
 * Inside quarry a quantity has one unit, stated in its name (area_um2); conversion happens here, at input and output
 * only.  Known units per dimension: see the table in src/base/units.c.
 * Ownership: nothing is allocated; results are numbers.
 */
#ifndef QUARRY_UNITS_H
#define QUARRY_UNITS_H

#include "quarry/status.h"

#include <stdbool.h>

/* Parse "0.49 um2" (the space is optional) into `unit`, which must be a known unit ("mm2" text gives um2 when asked).
 * A bare number is accepted only when `unit` is "ratio".  Refused with QY_BAD_INPUT and a message that says what was
 * expected: no number, trailing text, unknown unit, a unit of another dimension, a value that is not finite. */
qy_status qy_unit_parse(const char *text, const char *unit, double *value, qy_error *err);

/* Is it a unit of the table?  "µ" is read as u, "²" as 2. */
bool qy_unit_known(const char *name);

/* Parse a plain decimal number: [sign] digits [. digits] [e [sign] digits], no leading zeros such as 010, no
 * hexadecimal, no "inf" or "nan", all of the text used, always with a point, and finite.  True when it is one. */
bool qy_number_parse(const char *text, double *value);

#endif
