/* Charts of stored points: from a qy_points and a request to a picture.
 *
 * pareto: per panel and group, the two-objective front over x and y as a step line, the other points faint.  In an
 *         experiment with draws points are shaded by their front probability (of the experiment's own front, over all
 *         its objectives), and points off this line that have one of at least 5 % get markers too (10, 20, 50 or 90 %
 *         where more than 2000 points have less; none where that many have even those).
 *         bands: instead of intervals, what 5 % to 95 % of the draws reach (attain.h), half of them dashed.  They are
 * of
 *         all points of the series, exact over the plan's draws: what a draw reaches follows from its front over x and
 * y
 *         alone, whatever the objectives of the experiment.
 * lines:  per panel and group, all points joined in the order of x.
 * bars:   per panel and group one stacked bar: the parts of y (area_* or energy_*) of the point with the best x.
           A y without parts, or over another design: one bar with its interval, coloured by the group.
 * A key (technology, clock_mhz, a parameter) in place of x, of pareto and lines also of y: for each of its values the
 * point of the series with the best other metric, or that in the middle of all, joined along the key; words at even
 * steps, numbers in place, on a logarithmic axis where they rise by one factor.  Pareto shows the other points as dots.
 * heatmap:  per panel a cell for each pair of values of x and y, keys or metrics in bins: the best (or middle) of a
 *           metric, as a colour, and as a number where there is room; cells without a feasible point are hatched.
 * parallel: per panel an upright axis each for keys and metrics, a line for each point: those on the front over the
 *           metrics among them (a front each, within what the experiment's are) in the colour of their group, the
 *           others faint.
 * over:   y and, of a pareto plot, x of each point over that of the point of another design at the same axes, draw by
 *         draw: what all designs share is not in the intervals.  Points without such a one are left out.  With a key
 *         on an axis, of bars and of a heatmap: the point that stands for a cell over the one that stands, chosen
 *         alike, for the same cell of the other design: best over best, middle over middle.  A parameter of which
 *         that design has one value does not count.
 * Points without x or y, or not above zero on a logarithmic axis that was asked for, are left out and counted in the
 * caption: fronts and axes are those of the others.
 * Ownership: a chart borrows its texts during the call; *text of QY_PLOT_DUMB is freed by the caller with free().
 */
#ifndef QUARRY_CHART_H
#define QUARRY_CHART_H

#include "quarry/alloc.h"
#include "quarry/model.h"
#include "quarry/plot.h"
#include "quarry/points.h"

#include <stdbool.h>

typedef enum qy_chart_kind {
  QY_CHART_PARETO,
  QY_CHART_LINES,
  QY_CHART_BARS,
  QY_CHART_HEATMAP,
  QY_CHART_PARALLEL,
  QY_CHART_KIND_COUNT
} qy_chart_kind;

/* Which of the points that agree in groups and key are shown.  Of an even number in the middle the better one. */
typedef enum qy_chart_which { QY_CHART_BEST, QY_CHART_MEDIAN, QY_CHART_ALL, QY_CHART_WHICH_COUNT } qy_chart_which;

/* What an axis shows: a metric, or a key of the points as qy_chart_key gives it. */
static inline int qy_chart_key(qy_key key)
{
  return QY_METRIC_COUNT + (int)key;
}
static inline bool qy_chart_is_key(int shown)
{
  return shown >= QY_METRIC_COUNT;
}
static inline qy_key qy_chart_key_of(int shown)
{
  return (qy_key)(shown - QY_METRIC_COUNT);
}

enum { QY_CHART_AXES_MAX = 12, QY_CHART_BINS = 12 };

/* "pareto", "lines", "bars", "heatmap", "parallel": the words of experiment files. */
const char *qy_chart_kind_name(qy_chart_kind kind);
const char *qy_chart_which_name(qy_chart_which which); /* "best", "median", "all" */

/* Only points whose `key` has this label ("fdsoi28", "8 bit"). */
typedef struct qy_chart_where {
  qy_key key;
  const char *label;
} qy_chart_where;

typedef struct qy_chart {
  qy_chart_kind kind;
  int x, y; /* metrics or keys, read into the points; of lines and pareto at most one a key, of bars y a metric */
  qy_chart_which which; /* with a key on an axis, and of a heatmap, there not all */
  int colour;           /* heatmap: metric */
  int colour_log;       /* as x_log */
  int bins;             /* heatmap: of an axis that is a metric; 0: QY_CHART_BINS */
  int axis_count;       /* parallel: at least 2 */
  int axis[QY_CHART_AXES_MAX];
  int within_count; /* points compete for a front within equal values of these, read into the points */
  qy_key within[QY_KEY_COUNT];
  int group_count;
  qy_key group[QY_KEY_COUNT];
  int where_count;
  qy_chart_where where[QY_KEY_COUNT];
  bool has_floor;        /* lines: a level line in each panel ... */
  int floor;             /* ... at the least of this metric, of the unit of y */
  int panel;             /* qy_key, or -1: one panel */
  int x_log, y_log;      /* -1: choose, 0: linear, 1: logarithmic */
  bool bands;            /* pareto */
  const char *over;      /* not of parallel: design; NULL: none */
  const qy_plan *plan;   /* for `over` */
  const qy_model *model; /* for `bands` and `over`: of all points of the plan, which has draws; NULL with a key on
                          * an axis, of bars and of a heatmap: ratios have no intervals */
  const char *title, *caption;
  const qy_plot_look *look; /* NULL: as on a screen */
} qy_chart;

/* "energy on chip", "clock", "SQNR": of a metric or a key (qy_chart_key), as words of a sentence without the unit; in
 * the arena; NULL: out of memory. */
const char *qy_chart_name(qy_arena *arena, const qy_points *points, int axis);

/* Metrics a chart needs, into metrics[QY_METRIC_COUNT]; returns how many. */
int qy_chart_metrics(const qy_chart *chart, int *metrics);

/* Draw.  store and id give the tool-tips (design parameters of front points); store NULL: none.  text: for
 * QY_PLOT_DUMB. Errors: QY_BAD_INPUT when there is no point to draw, none with both metrics, or none with the
 * labels of `where`; those of qy_plot_draw and qy_model_draws. */
qy_status qy_chart_draw(const qy_chart *chart, const qy_points *points, qy_store *store, int64_t id,
                        qy_plot_format format, const char *file_stem, const char *gnuplot, char **text, qy_error *err);

#endif
