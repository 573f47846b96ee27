/* Plots through gnuplot: a child process, script on its standard input, no shell (DESIGN section 12).
 *
 * The script is kept beside the picture as NAME.gp: edit it and run gnuplot on it again.  User text goes in single
 * quotes with control characters dropped; PNG and PDF have '?' for what no font of this machine has.  gnuplot's own
 * messages are read back and reported with the script line they name.  A picture is written under another name first,
 * so a failed run leaves an earlier picture as it was. Ownership: all data stay with the caller; *text is freed with
 * free().
 */
#ifndef QUARRY_PLOT_H
#define QUARRY_PLOT_H

#include "quarry/plot_style.h"
#include "quarry/status.h"

#include <stddef.h>

/* Points that are off the front drawn, but not surely so. */
typedef struct qy_plot_near {
  size_t count;
  const double *x, *y;
  const double *x_low, *x_high, *y_low, *y_high; /* intervals; NULL: none */
  const double *chance;                          /* [0, 1]; NULL: not shaded */
} qy_plot_near;

/* The area between two staircases, and a dashed one between them: corners in the order of x as the axis has it best
 * first, from which each reaches to the worse ends of both axes. */
typedef struct qy_plot_steps {
  size_t count;
  const double *x, *y;
} qy_plot_steps;

enum { QY_PLOT_BAND_BEST, QY_PLOT_BAND_MIDDLE, QY_PLOT_BAND_WORST, QY_PLOT_BAND_STEPS };

/* Ticks in place of those chosen; words stand at 0, 1, 2 ..., and the axis ends half a step beyond them. */
typedef struct qy_plot_ticks {
  size_t count;
  const double *at;
  const char *const *name;
  int words;
} qy_plot_ticks;

/* One set of points drawn alike: the front of one group, with the dominated points faint behind. */
typedef struct qy_plot_series {
  const char *label; /* "RDM, 4 bit" */
  size_t count;
  const double *x, *y;
  const double *x_low, *x_high, *y_low, *y_high; /* intervals; NULL: none */
  const double *chance;                          /* front probability, [0, 1]: shades the points; NULL: none */
  const char *const *tip;                        /* per point tool-tip for SVG; NULL: label and values */
  qy_plot_near near;                             /* small markers, behind the front's */
  size_t cloud_count;                            /* dominated points of the same group */
  const double *cloud_x, *cloud_y;
  const qy_plot_steps *band; /* [QY_PLOT_BAND_STEPS], behind all markers; NULL: none */
} qy_plot_series;

typedef struct qy_plot_panel {
  const char *title; /* "28 nm FDSOI" */
  size_t series_count;
  const qy_plot_series *series;
} qy_plot_panel;

typedef struct qy_plot {
  const char *title;             /* the experiment's question */
  const char *caption;           /* small print under the picture: counts, infeasible share; NULL: none */
  const char *x_label, *y_label; /* with unit: "Area (µm²)" */
  int x_log, y_log; /* 1: on request; 0: linear; -1: choose (log when the values span more than 20, but dB) */
  int lines;        /* 1: join points in x order; 2: in y order; 0: step through a front */
  int x_maximise;   /* 1: larger x is better, which turns the steps of a front; 0: smaller */
  int y_maximise;   /* the same of y, for bands */
  const qy_plot_ticks *x_ticks, *y_ticks; /* NULL: chosen */
  size_t panel_count;                     /* [1..12], side by side, shared scales */
  const qy_plot_panel *panel;
  const double *floor;      /* [panel_count]: a level dashed line in each, 0: none; NULL: none at all */
  const char *floor_label;  /* for the key */
  const qy_plot_look *look; /* NULL: as on a screen */
} qy_plot;

/* The first line of every script. */
#define QY_PLOT_FIRST_LINE "# A plot by quarry.  Draw it again: gnuplot --default-settings THIS_FILE\n"

/* Draw a Pareto or line plot into FILE_STEM.svg / .png / .pdf, script to FILE_STEM.gp.  QY_PLOT_DUMB returns text in
 * *text, needs no file_stem and writes no file.  gnuplot: program name or path, NULL: "gnuplot".
 * Series of one label share colour and marker in all panels; one key serves them all.  Clouds of up to 3000 points are
 * drawn as dots, larger ones as a density; of fronts and lines of more than some 13,000 points in all every second,
 * third, ... is drawn, and tool-tips are shortened or left out, so that an SVG has less than 2 MB.  A chance fills a
 * marker between white (0) and its group's colour (1) inside a rim of that colour, so that both the lightness and the
 * hollow shape tell it; markers too small for a rim are blended towards white.  A second key says so.  Series of
 * higher mean chance lie on top.  Intervals lie pale behind the markers; a panel with more than 150 front points with
 * intervals shows every second, third, ... of them, and points near the front have theirs in panels of at most 40
 * points; the caption says what is left out.  Axes reach all fronts and intervals, and clouds as far as 0.4 of the
 * front's own length beyond it.  Points that are not finite, or not above zero on a logarithmic axis, are left out;
 * they and the cloud points beyond the axes are counted in the caption.  An axis without positive values is linear
 * even on request. Errors: QY_BAD_INPUT for no panel, too many
 * panels or series, or a stem that is empty, names a folder, holds control characters or starts with | or <; QY_SYSTEM
 * when gnuplot is missing or fails or a file cannot be written; QY_NO_MEMORY. */
qy_status qy_plot_draw(const qy_plot *plot, qy_plot_format format, const char *file_stem, const char *gnuplot,
                       char **text, qy_error *err);

/* Stacked bars: parts (rows) of several designs (columns); values[part * bar_count + bar].  Negative values stack
 * downwards from zero; values that are not finite count as 0 and are counted in the caption.
 * Limits: 200 bars, 40 parts.  Files and errors as for qy_plot_draw. */
typedef struct qy_bars {
  const char *title, *caption, *y_label;
  size_t bar_count, part_count;
  const char *const *bar, *const *part;
  const double *values;
  const char *x_label;      /* NULL: none */
  const double *low, *high; /* [bar_count] interval of the sum, NaN or NULL: none */
  double level;             /* a dashed line across, where not 0: 1 for ratios; NaN: none */
  const qy_plot_look *look; /* NULL: as on a screen */
} qy_bars;
/* Files, formats and errors as for qy_plot_draw; also QY_BAD_INPUT beyond the limits. */
qy_status qy_plot_bars(const qy_bars *bars, qy_plot_format format, const char *file_stem, const char *gnuplot,
                       char **text, qy_error *err);

#endif
