/* Text of a gnuplot script: a growing buffer, quoting of user text, wrapping.
 *
 * User text reaches gnuplot only through script_quote(), script_path() and script_tip(): nothing else may carry it.
 * Ownership: script.text is freed with script_free().
 */
#ifndef QUARRY_PLOT_SCRIPT_H
#define QUARRY_PLOT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct script {
  char *text; /* NULL when empty, else with a closing NUL */
  size_t length, capacity;
  bool failed; /* out of memory: all later calls do nothing */
} script;

void script_add(script *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void script_bytes(script *s, const char *bytes, size_t count);

/* Append text in single quotes: apostrophes joined by gnuplot's ".", control and direction characters dropped, line
 * ends to spaces, broken UTF-8 to '?', at most `columns` columns (then cut with an ellipsis). NULL counts as "". */
void script_quote(script *s, const char *text, size_t columns);

/* As script_quote, with every % doubled: tick labels pass through gnuplot's number formatting. */
void script_quote_tick(script *s, const char *text, size_t columns);

/* Append a file name in single quotes, byte by byte; the caller has refused control characters. */
void script_path(script *s, const char *path);

/* Append text for a tool-tip in double quotes: only [A-Za-z0-9 _.,:;=+/%()-] is kept; µ and ² become u and 2. */
void script_tip(script *s, const char *text);

void script_free(script *s);

/* Columns that text takes: one per character, two for wide East Asian ones. */
size_t text_columns(const char *text);

/* Find the next line of at most `columns` columns, broken at spaces where there are any. *text moves behind it.
 * Returns the length in bytes, starting at *start; 0 when the text is used up. */
size_t text_wrap(const char **text, const char **start, size_t columns);

#endif
