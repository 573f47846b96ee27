/* What the parts of a chart share: see chart.h. */
#ifndef QUARRY_PLOT_CHART_INT_H
#define QUARRY_PLOT_CHART_INT_H

#include "quarry/alloc.h"
#include "quarry/chart.h"

/* Where a picture goes. */
typedef struct chart_target {
  qy_plot_format format;
  const char *stem, *gnuplot;
  char **text;
} chart_target;

/* "Energy on chip (µJ)", "Clock (MHz)", "channels": of a metric or a key; NULL: out of memory. */
const char *chart_axis_label(qy_arena *arena, const qy_chart *chart, const qy_points *points, int axis);
/* The labels of a key as they stand at an axis whose title says the unit; NULL: out of memory. */
const char *const *chart_ticks(qy_arena *arena, const qy_points *points, qy_key key);
/* Series of no point in any panel go from all of them: the legend is of the others.  series: of all panels, one behind
 * another. */
void chart_keep_drawn(qy_plot_panel *panel, size_t panels, qy_plot_series *series);
/* The design to divide by where it is among the points but not asked for: `where` names another, or keys do not tell
 * designs apart.  NULL: none. */
const char *chart_hidden_base(const qy_chart *chart, const qy_key *keys, int key_count);
/* Keys of the groups: the panel first (if it is no group key already), then the group keys. */
int chart_keys(const qy_chart *chart, qy_key *keys);
/* Of group g of these, without what the title of the panel says; NULL: out of memory. */
const char *chart_series_label(qy_arena *arena, const qy_groups *groups, const qy_points *points, int panel, size_t g);
/* NULL: out of memory. */
const char *chart_panel_title(qy_arena *arena, const qy_chart *chart, const qy_points *points, size_t panel);
/* ", best over precision (4, 8, 16 bit)": keys that fronts are within or that a reader looks for, which are none of the
 * chart's keys[count] and of which the points have several values; "": none; NULL: out of memory. */
const char *chart_pooled(qy_arena *arena, const qy_chart *chart, const qy_points *points, const qy_key *keys,
                         int count);
/* A part of the caption behind the chart's own; NULL: out of memory, also where `more` is NULL. */
const char *chart_caption(qy_arena *arena, const qy_chart *chart, const char *more);

/* The points that the chart's `where` asks for, in the arena; the caption tells them.  Bad input: there are none. */
qy_status chart_narrow(qy_points *out, qy_chart *chart, const qy_points *points, qy_arena *arena, qy_error *err);
/* The front over these metrics of the members that are usable: flag[i] is 1 for those on it. */
qy_status chart_front(uint8_t *flag, const qy_points *points, const int *metric, int metrics, const uint32_t *member,
                      const bool *usable, size_t n, qy_arena *arena, qy_error *err);

/* Where the supply is among the keys of the chart, the libraries that stand for one at several supplies get one label,
 * in *out; points: those to draw then. */
qy_status chart_join_libraries(qy_points *out, const qy_points **points, const qy_chart *chart, qy_arena *arena,
                               qy_error *err);
/* Points of several libraries are never one series, nor stand for each other: where no key of the chart tells them
 * apart, each has a panel; where its panels are of another key, or would be too many, its group does. */
void chart_tell_libraries(qy_chart *chart, const qy_points *points);
/* The points that have one of the other design at the same axes, y and, of a front, x divided by that one's; the
 * caption tells how many are left out.  Bad input: there are none. */
qy_status chart_divide(qy_points *out, qy_chart *chart, const qy_points *points, qy_arena *arena, qy_error *err);

/* Points sorted into cells of equal keys, and the one that stands for each: best or in the middle by the criterion. */
#define CELL_EMPTY UINT32_MAX
typedef struct chart_cells {
  qy_groups groups;    /* a cell each; freed by chart_cells_free */
  uint32_t *chosen;    /* CELL_EMPTY: none */
  double *value;       /* of the metric; NaN: none */
  double *low, *high;  /* NULL: no intervals */
  size_t without_base; /* cells that have a point, but the design to divide by none */
} chart_cells;

/* criterion, metric: read into the points.  chart->over: values are over that of the point which stands for the same
 * cell of the other design, chosen alike; parameters of which it has one value do not count. */
qy_status chart_cells_make(chart_cells *cells, const qy_chart *chart, const qy_points *points, const qy_key *keys,
                           int key_count, int criterion, int metric, qy_arena *arena, qy_error *err);
void chart_cells_free(chart_cells *cells);

/* Drawing the kinds; `points` are those shown, `groups` theirs by chart_keys; store: of experiment `id`, for tool-tips,
 * NULL: none. */
qy_status chart_draw_xy(const qy_chart *chart, const qy_points *points, const qy_groups *groups, qy_store *store,
                        int64_t id, const chart_target *to, qy_arena *arena, qy_error *err);
qy_status chart_draw_stacked_bars(const qy_chart *chart, const qy_points *points, const qy_groups *groups,
                                  const chart_target *to, qy_arena *arena, qy_error *err);
qy_status chart_draw_keyed(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                           qy_error *err);
qy_status chart_draw_plain_bars(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                                qy_error *err);
qy_status chart_draw_heatmap(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                             qy_error *err);
qy_status chart_draw_parallel(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                              qy_error *err);

#endif
