/* Texts from files and databases made safe to show.
 *
 * A terminal acts on control characters, and a reader of JSON refuses bytes that are no UTF-8.  Well-formed is what
 * table 3-7 of the Unicode standard (15.0, section 3.9) says: no overlong forms, no surrogates, at most U+10FFFF.
 * Not safe to show are C0 and C1 controls, DEL, line and paragraph separators, and marks that change the direction of
 * the text around them (Unicode technical report 36, section 2.9).
 * Ownership: as text.h.
 */
#ifndef QUARRY_ESCAPE_H
#define QUARRY_ESCAPE_H

#include "quarry/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What bytes[0..length), length > 0, begin with. */
typedef struct qy_character {
  uint32_t code; /* code point, where well_formed */
  size_t length; /* bytes it takes, at least 1; 1 where it is not well-formed */
  bool well_formed;
  bool cut; /* not well-formed, but further bytes could make it so */
} qy_character;
qy_character qy_character_at(const char *bytes, size_t length);

/* May this code point be shown as it is? */
bool qy_is_shown(uint32_t code);

/* Append bytes[0..length) with what is not safe to show written as \n, \t, \r, \xHH (a byte) or \uHHHH; characters in
 * `keep` stay.  Returns the bytes taken: all but a last character that is cut. */
size_t qy_escape_part(qy_text *out, const char *bytes, size_t length, const char *keep);

/* The same of a whole text. */
void qy_escape(qy_text *out, const char *text, const char *keep);

#endif
