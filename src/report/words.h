/* Texts of others inside of the page. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "quarry/text.h"

#include <stddef.h>

/* As HTML text or quoted attribute; NULL: nothing.  Control characters but line ends and tabs, bytes that are no UTF-8,
 * and characters that turn the direction of what follows become U+FFFD. */
void words_html(qy_text *out, const char *text);
/* At most `length` bytes of it, ending between characters. */
void words_html_part(qy_text *out, const char *text, size_t length);
/* As a JSON string, quotes included; replaced alike. */
void words_json(qy_text *out, const char *text);
void words_base64(qy_text *out, const unsigned char *bytes, size_t length);
/* The bounds of a value, "80 … 630", as tables round them. */
void words_interval(qy_text *out, double value, double low, double high);
/* At least four significant digits, no exponent from 0.001 to 10 million; NaN: a dash. */
void words_number(qy_text *out, double value);

#endif
