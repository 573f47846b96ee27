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
#include <stddef.h>

/* Parse "0.49 um2" (the space is optional) into `unit`, which must be a known unit ("mm2" text gives um2 when asked).
 * A bare number is accepted only when `unit` is "ratio".  Refused with QY_BAD_INPUT and a message that says what was
 * expected: no number, trailing text, unknown unit, a unit of another dimension, a value that is not finite. */
qy_status qy_unit_parse(const char *text, const char *unit, double *value, qy_error *err);

enum { QY_UNIT_TEXT = 16 };

/* The unit that a name ends in ("area_um2", "best_area_um2", "area_um2_p05", "edp_uj_us"), as it is printed ("µm²"),
 * and the name without it ("area", "best_area", "area_p05", "edp") into head[size].  False: the name ends in none; the
 * unit is "" and the head is the name. */
bool qy_unit_of_name(char unit[QY_UNIT_TEXT], char *head, size_t size, const char *name);

/* The unit in which people read values of `unit` whose median size is `middle` ("µm²" and 2.5e5: "mm²") into out, and
 * what values are multiplied by (1e-6).  Monotone in `middle`.  `unit` itself and 1 where values are read as they are:
 * voltages, lengths, units that are not of the table, middle not above 0. */
double qy_unit_for_reading(char out[QY_UNIT_TEXT], const char *unit, double middle);

/* Is it a unit of the table?  "µ" is read as u, "²" as 2. */
bool qy_unit_known(const char *name);

/* Parse a plain decimal number: [sign] digits [. digits] [e [sign] digits], no leading zeros such as 010, no
 * hexadecimal, no "inf" or "nan", all of the text used, always with a point, and finite.  True when it is one. */
bool qy_number_parse(const char *text, double *value);

#endif
