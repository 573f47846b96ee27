/* Text of a gnuplot script: quoting of user text, wrapping.
 *
 * User text reaches gnuplot only through script_quote(), script_path() and script_tip(): nothing else may carry it.
 * Ownership: a script is a qy_text of its caller.
 */
#ifndef QUARRY_PLOT_SCRIPT_H
#define QUARRY_PLOT_SCRIPT_H

#include "quarry/text.h"

/* Append text in single quotes: apostrophes joined by gnuplot's ".", control and direction characters dropped, line
 * ends to spaces, broken UTF-8 to '?', at most `columns` columns (then cut with an ellipsis). NULL counts as "". */
void script_quote(qy_text *s, const char *text, size_t columns);

/* As script_quote, with every % doubled: tick labels pass through gnuplot's number formatting. */
void script_quote_tick(qy_text *s, const char *text, size_t columns);

/* Append a file name in single quotes, byte by byte; the caller has refused control characters. */
void script_path(qy_text *s, const char *path);

/* Append a script as gnuplot is to draw it with the fonts of this machine: '?' for each character that none of them
 * has, one for a sequence that is drawn as one (emoji joined or modified); marks that combine are dropped.  What was
 * replaced goes into notes (NULL: not wanted), each character once.  Where pango finds no glyph it draws the
 * character's number in a box, which gnuplot 5.4 makes larger than the picture. */
void script_with_glyphs(qy_text *s, const char *script, size_t length, qy_text *notes);

/* Note when no font of this machine is of the family: another takes its place. */
void script_check_font(const char *family, qy_text *notes);

/* Append text for a tool-tip in double quotes: of ASCII only [A-Za-z0-9 _.,:;=+/%()-] is kept; µ and ² become u and 2;
 * line separators, controls and broken UTF-8 are dropped. */
void script_tip(qy_text *s, const char *text);

/* Columns that text takes: one per character, two for wide East Asian ones. */
size_t text_columns(const char *text);

/* Find the next line of at most `columns` columns, broken at spaces where there are any. *text moves behind it.
 * Returns the length in bytes, starting at *start; 0 when the text is used up. */
size_t text_wrap(const char **text, const char **start, size_t columns);

#endif
