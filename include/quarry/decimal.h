/* Numbers in texts with a decimal point, whatever locale the program that calls the library has set: what is read from
 * files, written to them or sent to gnuplot must not depend on it.
 *
 * Ownership: nothing is kept.
 */
#ifndef QUARRY_DECIMAL_H
#define QUARRY_DECIMAL_H

#include <stdarg.h>
#include <stddef.h>

/* snprintf() and vsnprintf() in the C locale: bytes that the whole text takes, negative on failure; out may be NULL
 * where size is 0. */
int qy_print(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int qy_vprint(char *out, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

/* strtod() in the C locale; end: where the number ended, NULL: not wanted. */
double qy_decimal(const char *text, char **end);

#endif
