/* How pictures look: one table of options, from which keys of experiment files (`plots_style:` for all plots, the same
 * keys in a plot for itself), options of `quarry plot` and `quarry run`, their help and `list keys` are made.
 *
 * A qy_plot_style is what was said, as text; styles lie over each other (file, plot, command line), and a qy_plot_look
 * is what follows.  A preset takes back what the styles below it say of what it decides itself (all but scales, ranges
 * and per_x).
 * Lengths are inches (1 in = 25.4 mm = 72 pt = 96 px), sizes of type points of 1/72 in.
 * Ownership: a style borrows its texts; a look holds copies.
 */
#ifndef QUARRY_PLOT_STYLE_H
#define QUARRY_PLOT_STYLE_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/yaml.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum qy_style_option {
  QY_STYLE_PRESET,
  QY_STYLE_SIZE,
  QY_STYLE_FONT,
  QY_STYLE_FONT_SIZE,
  QY_STYLE_TITLE,
  QY_STYLE_CAPTION,
  QY_STYLE_LEGEND,
  QY_STYLE_FORMATS,
  QY_STYLE_DPI,
  QY_STYLE_X_SCALE, /* from here on of plots with axes x and y only */
  QY_STYLE_Y_SCALE,
  QY_STYLE_X_RANGE,
  QY_STYLE_Y_RANGE,
  QY_STYLE_PER_X,
  QY_STYLE_COUNT
} qy_style_option;

typedef struct qy_style_info {
  const char *key;      /* "font_size"; on the command line --font-size */
  const char *argument; /* "SIZE" */
  const char *values;   /* "WIDTH x HEIGHT": what is expected */
  const char *fallback; /* where nothing is said */
  const char *help;
  bool axes; /* of plots of kind pareto, lines and bars */
} qy_style_info;

const qy_style_info *qy_style_table(void); /* [QY_STYLE_COUNT] */

typedef struct qy_plot_style {
  const char *said[QY_STYLE_COUNT]; /* NULL: nothing */
} qy_plot_style;

/* Is `text` a value of the option?  Lists have commas between: "png, pdf", "1, 100". */
bool qy_style_valid(qy_style_option option, const char *text);

/* "; did you mean \"paper\"?" where the option takes one of some words and `text` is near one, else "". */
const char *qy_style_advice(char out[QY_DID_YOU_MEAN], qy_style_option option, const char *text);

/* Ranges of the axes x and y in plain numbers: "0, 0.1 mm2" of an axis in "µm²" becomes "0, 100000", a new text in the
 * arena; what has no unit stays.  unit: of each axis, NULL or "": none.  QY_BAD_INPUT, with *option, where a range has
 * a unit of another dimension than its axis, or does not rise. */
qy_status qy_style_ranges(qy_plot_style *style, qy_style_option *option, const char *const unit[2], qy_arena *arena,
                          qy_error *err);

/* Lay `top` over `base`. */
void qy_style_over(qy_plot_style *base, const qy_plot_style *top);

typedef enum qy_plot_format { QY_PLOT_SVG, QY_PLOT_PNG, QY_PLOT_PDF, QY_PLOT_DUMB, QY_PLOT_EPS } qy_plot_format;
enum { QY_PLOT_FORMAT_COUNT = QY_PLOT_EPS + 1 };

/* "svg", "png", "pdf", "txt", "eps": the word of a format and the ending of its files. */
const char *qy_plot_format_name(qy_plot_format format);

typedef enum qy_legend { QY_LEGEND_RIGHT, QY_LEGEND_ABOVE, QY_LEGEND_NONE } qy_legend;
typedef enum qy_per_x { QY_PER_X_AUTO, QY_PER_X_ALL, QY_PER_X_BEST, QY_PER_X_MEDIAN } qy_per_x;

enum { QY_PLOT_LIMIT_S = 1800 }; /* a million points take minutes */

typedef struct qy_plot_look {
  double width_in, height_in; /* of the whole picture */
  bool sized;                 /* asked for: else further rows of panels make it higher */
  char font[64];              /* "DejaVu Sans" */
  double font_pt, small_pt, title_pt;
  bool titled, captioned;
  char title[512]; /* "": that of the plot */
  qy_legend legend;
  int format_count;
  qy_plot_format format[QY_PLOT_FORMAT_COUNT]; /* each once, at least one */
  double dpi;                                  /* of PNG */
  int x_scale, y_scale;                        /* -1: choose, 0: linear, 1: logarithmic */
  double range[2][2];                          /* x, y by low, high, in the metric's unit; NaN: chosen */
  qy_per_x per_x;
  bool screen;           /* what pictures are where nobody says anything */
  double limit_s;        /* time gnuplot may take for a file; 0: QY_PLOT_LIMIT_S */
  struct qy_text *notes; /* what the picture does not say itself is added, a line each; NULL: not wanted */
} qy_plot_look;

/* The look of a style whose texts are valid. */
void qy_style_look(qy_plot_look *look, const qy_plot_style *style);

/* What options of a style that contradict each other should be, and which of them is said; NULL: none do.  Ranges from
 * zero on logarithmic axes; type too large for the page; more dots than a PNG can have. */
const char *qy_style_conflict(qy_style_option *option, const qy_plot_style *style);

#endif
