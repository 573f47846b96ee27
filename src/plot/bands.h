/* What a chart shows of the plan's draws: bands of fronts, ratios to another design. */
#ifndef QUARRY_PLOT_BANDS_H
#define QUARRY_PLOT_BANDS_H

#include "quarry/chart.h"

/* The steps that 5 %, half and 95 % of the draws reach, of the points `member` of a series. */
qy_status bands_find(const qy_plot_steps **band, const qy_chart *chart, const qy_points *points, const uint32_t *member,
                     size_t count, qy_arena *arena, qy_error *err);

/* A metric of points over that of others, with the interval of the ratio; low and high NULL: certain in all points. */
typedef struct bands_ratio {
  double *value, *low, *high; /* [count] */
} bands_ratio;

/* Ratios of x and y of the points that have one of the chart's other design at the same axes: index[*count], rising. */
qy_status bands_ratios(bands_ratio ratio[2], uint32_t **index, size_t *count, const qy_chart *chart,
                       const qy_points *points, qy_arena *arena, qy_error *err);

#endif
