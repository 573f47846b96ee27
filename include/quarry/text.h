/* Texts that grow, and texts in a buffer of fixed size.
 *
 * A qy_text is appended to without a check after each call: a failed allocation is remembered in `failed`, what was
 * added later is dropped, and whoever finishes the text reports it once.
 * Ownership: a qy_text owns its bytes; qy_text_free frees them.  What is appended is copied.
 */
#ifndef QUARRY_TEXT_H
#define QUARRY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise. */
typedef struct qy_text {
  char *data; /* NUL-terminated, NULL when empty */
  size_t length, capacity;
  bool failed; /* out of memory: the text is incomplete */
} qy_text;

/* Append, formatted as by printf. */
void qy_text_add(qy_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append `length` bytes as they are. */
void qy_text_put(qy_text *text, const char *bytes, size_t length);

/* Append a JSON string: quoted; quotes, backslashes and what is not safe to show (escape.h) are escaped, a byte that is
 * no UTF-8 is U+FFFD. */
void qy_text_json(qy_text *text, const char *string);

/* The same of bytes[0..length), NUL bytes among them. */
void qy_text_json_bytes(qy_text *text, const char *bytes, size_t length);

/* Free the bytes; the text is empty and may be used again. */
void qy_text_free(qy_text *text);

/* Append to out[size], size > 0, behind the `used` < size bytes that stand there; what does not fit is left out.
 * Returns the bytes used now, at most size - 1; out is NUL-terminated. */
size_t qy_append(char *out, size_t size, size_t used, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Texts with their numbers: 0 for the first that is added, and so on.  Zero-initialise; texts are borrowed. */
typedef struct qy_text_index {
  const char **text; /* [count] */
  size_t *slot, slots, count, capacity;
} qy_text_index;
/* The number of the text; it is added where it is not there.  SIZE_MAX: out of memory.  O(1). */
size_t qy_text_index_add(qy_text_index *index, const char *text);
/* The same, SIZE_MAX where it is not there. */
size_t qy_text_index_find(const qy_text_index *index, const char *text);
void qy_text_index_free(qy_text_index *index);

/* May the text be a file's name without a directory, wherever it comes from: 1 to 99 letters, digits, '_', '-', '.',
 * the first of them no '.'? */
bool qy_plain_file_name(const char *text);

enum { QY_NUMBER_EXACT = 32 };
/* The number with as few significant digits, 15 to 17, as read back to it ("0.1", "400.0001"); returns out. */
const char *qy_number_exact(char out[QY_NUMBER_EXACT], double value);

/* Significant digits that tell numbers apart when each is printed by "%.*g": at least `least`, 17 where it takes as
 * many.  They rise, no two are equal. */
int qy_digits_apart(const double *rising, size_t count, int least);
/* The place of the number nearest to x among those within close * |x| of it, the first of several; SIZE_MAX: none is.
 * NaNs are none. */
size_t qy_number_near(const double *number, size_t count, double x, double close);

#endif
