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
 * over:   y and, of a pareto plot, x of each point over that of the point of another design at the same axes, draw by
 *         draw: what all designs share is not in the intervals.  Points without such a one are left out.
 * Points without x or y, or not above zero on a logarithmic axis that was asked for, are left out and counted in the
 * caption: fronts and axes are those of the others.
 * Ownership: a chart borrows its texts during the call; *text of QY_PLOT_DUMB is freed by the caller with free().
 */
#ifndef QUARRY_CHART_H
#define QUARRY_CHART_H

#include "quarry/model.h"
#include "quarry/plot.h"
#include "quarry/points.h"

#include <stdbool.h>

typedef enum qy_chart_kind { QY_CHART_PARETO, QY_CHART_LINES, QY_CHART_BARS, QY_CHART_KIND_COUNT } qy_chart_kind;

/* "pareto", "lines", "bars": the words of experiment files. */
const char *qy_chart_kind_name(qy_chart_kind kind);

/* Only points whose `key` has this label ("fdsoi28", "8 bit"). */
typedef struct qy_chart_where {
  qy_key key;
  const char *label;
} qy_chart_where;

typedef struct qy_chart {
  qy_chart_kind kind;
  int x, y; /* metrics; both read into the points */
  int group_count;
  qy_key group[QY_KEY_COUNT];
  int where_count;
  qy_chart_where where[QY_KEY_COUNT];
  bool has_floor;        /* lines: a level line in each panel ... */
  int floor;             /* ... at the least of this metric, of the unit of y */
  int panel;             /* qy_key, or -1: one panel */
  const char *parameter; /* what QY_KEY_PARAMETER stands for, for titles of panels; NULL: not said */
  int x_log, y_log;      /* -1: choose, 0: linear, 1: logarithmic */
  bool bands;            /* pareto */
  const char *over;      /* pareto, lines: design; NULL: none */
  const qy_plan *plan;   /* for `over` */
  const qy_model *model; /* for `bands` and `over`: of all points of the plan, which has draws */
  const char *title, *caption;
} qy_chart;

/* Metrics a chart needs, into metrics[QY_METRIC_COUNT]; returns how many. */
int qy_chart_metrics(const qy_chart *chart, int *metrics);

/* Draw.  store and id give the tool-tips (design parameters of front points); store NULL: none.  text: for
 * QY_PLOT_DUMB. Errors: QY_BAD_INPUT when there is no point to draw, none with both metrics, or none with the
 * labels of `where`; those of qy_plot_draw and qy_model_draws. */
qy_status qy_chart_draw(const qy_chart *chart, const qy_points *points, qy_store *store, int64_t id,
                        qy_plot_format format, const char *file_stem, const char *gnuplot, char **text, qy_error *err);

#endif
