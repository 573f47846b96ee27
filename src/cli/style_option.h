/* Options of a picture's look, for the commands that draw. */
#ifndef QUARRY_STYLE_OPTION_H
#define QUARRY_STYLE_OPTION_H

#include "cli.h"

#include "quarry/plot_style.h"

typedef struct style_options {
  qy_plot_style style;
  char name[QY_STYLE_COUNT][16]; /* "font-size" */
  double limit_s;                /* of gnuplot; 0: not said */
} style_options;

/* The names of those of every picture, for option_form. */
#define STYLE_NAMES "preset size font font-size title caption legend formats dpi gnuplot-timeout"
/* Rows that style_rows appends at most. */
enum { STYLE_ROWS = QY_STYLE_COUNT + 1 };

/* Append a row an option to rows[count]; formats: --formats too.  Returns the new count. */
size_t style_rows(option_row *rows, size_t count, style_options *options, bool formats);

/* Those of every picture, without those of axes x and y. */
size_t style_rows_of_page(option_row *rows, size_t count, style_options *options);

/* QY_BAD_INPUT for a text that is no value of its option. */
qy_status style_check(const style_options *options, qy_error *err);

/* Ranges in numbers of the axes' units: qy_style_ranges, with the option's name. */
qy_status style_ranges(style_options *options, const char *const unit[2], qy_arena *arena, qy_error *err);
/* The options without --x-range and --y-range; false: they give none. */
bool style_no_ranges(style_options *plain, const style_options *options);
/* Say that a picture was drawn so, and why. */
void style_say_no_ranges(const char *picture, const qy_error *why);
/* The look of `base` (NULL: nothing said) with the options over it.  QY_BAD_INPUT where the two contradict. */
qy_status style_look(qy_plot_look *look, const style_options *options, const qy_plot_style *base, qy_error *err);

#endif
