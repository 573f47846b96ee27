/* What a chart shows of the plan's draws: see bands.h. */
#include "bands.h"

#include "quarry/alloc.h"
#include "quarry/attain.h"
#include "quarry/pareto.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const double shares[QY_PLOT_BAND_STEPS] = {
    [QY_PLOT_BAND_BEST] = 0.05, [QY_PLOT_BAND_MIDDLE] = 0.5, [QY_PLOT_BAND_WORST] = 0.95};

/* Numbers of the points `member` (NULL: all), and of those they go over, -1: there is none. */
static qy_status point_numbers(int64_t **number, int64_t **over, const qy_chart *f, const qy_points *points,
                               const uint32_t *member, size_t count, qy_arena *arena, qy_error *err)
{
  *number = qy_arena_alloc(arena, count, sizeof **number);
  *over = f->over ? qy_arena_alloc(arena, count, sizeof **over) : NULL;
  if (!*number || (f->over && !*over)) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    (*number)[i] = (int64_t)points->point[member ? member[i] : i];
  return f->over ? qy_model_partners(*over, f->model, *number, count, f->over, err) : QY_OK;
}

/* ---- bands ---- */

/* One archive a draw: what dominated points would add is never kept. */
typedef struct fronts {
  size_t draws;
  qy_archive **draw;
  double sign[2];
} fronts;

static qy_status put(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *err)
{
  fronts *f = ctx;
  qy_status status = QY_OK;
  (void)row;
  for (size_t k = 0; !status && k < f->draws; k++) {
    const double point[2] = {f->sign[0] * draw[0][k], f->sign[1] * draw[1][k]};
    if (isfinite(point[0]) && isfinite(point[1])) status = qy_archive_put(f->draw[k], point, (int64_t)i, err);
  }
  return status;
}

/* The fronts of all draws as one list. */
static qy_status list_points(double **x, double **y, uint32_t **draw, size_t *count, const fronts *f, qy_arena *arena,
                             qy_error *err)
{
  const int64_t *ids;
  const double *row;
  size_t n, total = 0;
  for (size_t k = 0; k < f->draws; k++) {
    qy_status status = qy_archive_front(f->draw[k], &n, &ids, NULL, err);
    if (status) return status;
    total += n;
  }
  *x = qy_arena_alloc(arena, total, sizeof **x);
  *y = qy_arena_alloc(arena, total, sizeof **y);
  *draw = qy_arena_alloc(arena, total, sizeof **draw);
  if (!*x || !*y || !*draw) return qy_no_memory(err);
  *count = 0;
  for (size_t k = 0; k < f->draws; k++) {
    qy_status status = qy_archive_front(f->draw[k], &n, &ids, &row, err);
    if (status) return status;
    for (size_t i = 0; i < n; i++, ++*count) {
      (*x)[*count] = row[2 * i];
      (*y)[*count] = row[2 * i + 1];
      (*draw)[*count] = (uint32_t)k;
    }
  }
  return QY_OK;
}

static qy_status surfaces(const qy_plot_steps **band, const fronts *f, qy_arena *arena, qy_error *err)
{
  double *x, *y;
  uint32_t *draw;
  size_t count;
  qy_attainment surface[QY_PLOT_BAND_STEPS];
  qy_plot_steps *steps = qy_arena_alloc(arena, QY_PLOT_BAND_STEPS, sizeof *steps);
  if (!steps) return qy_no_memory(err);
  qy_status status = list_points(&x, &y, &draw, &count, f, arena, err);
  if (!status)
    status = qy_attainment_find(surface, shares, QY_PLOT_BAND_STEPS, x, y, draw, count, f->draws, arena, err);
  for (int s = 0; s < QY_PLOT_BAND_STEPS && !status; s++) {
    for (size_t i = 0; i < surface[s].count; i++) {
      surface[s].x[i] *= f->sign[0];
      surface[s].y[i] *= f->sign[1];
    }
    steps[s] = (qy_plot_steps){surface[s].count, surface[s].x, surface[s].y};
  }
  *band = steps;
  return status;
}

qy_status bands_find(const qy_plot_steps **band, const qy_chart *chart, const qy_points *points, const uint32_t *member,
                     size_t count, qy_arena *arena, qy_error *err)
{
  assert(chart->model);
  const int metric[2] = {chart->x, chart->y};
  int64_t *number, *over;
  fronts f = {.draws = qy_model_draw_count(chart->model)};
  for (int d = 0; d < 2; d++)
    f.sign[d] = qy_metric_table()[metric[d]].sense > 0 ? -1 : 1;
  qy_status status = point_numbers(&number, &over, chart, points, member, count, arena, err);
  f.draw = status ? NULL : qy_arena_alloc(arena, f.draws, sizeof(qy_archive *));
  if (!status && !f.draw) status = qy_no_memory(err);
  for (size_t k = 0; k < f.draws && !status; k++)
    if (!(f.draw[k] = qy_archive_new(2))) status = qy_no_memory(err);
  if (!status) status = qy_model_draws(chart->model, number, over, count, metric, 2, put, &f, err);
  if (!status) status = surfaces(band, &f, arena, err);
  for (size_t k = 0; f.draw && k < f.draws; k++)
    qy_archive_free(f.draw[k]);
  return status;
}

/* ---- ratios ---- */

typedef struct divided {
  bands_ratio *ratio;
  const uint32_t *of; /* index of each point asked for */
  uint32_t *index;
  size_t count;
  int first; /* of the two metrics that are divided */
} divided;

static qy_status take(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *err)
{
  divided *d = ctx;
  (void)draw, (void)err;
  for (int m = d->first; m < 2; m++)
    if (!isfinite(row[m].value)) return QY_OK; /* over nothing */
  d->index[d->count] = d->of[i];
  for (int m = 0; m < 2; m++) {
    d->ratio[m].value[d->count] = row[m].value;
    d->ratio[m].low[d->count] = row[m].low;
    d->ratio[m].high[d->count] = row[m].high;
  }
  d->count++;
  return QY_OK;
}

qy_status bands_ratios(bands_ratio ratio[2], uint32_t **index, size_t *count, const qy_chart *chart,
                       const qy_points *points, qy_arena *arena, qy_error *err)
{
  assert(chart->model && chart->plan && chart->over);
  const int metric[2] = {chart->x, chart->y};
  int64_t *number, *over;
  size_t n = 0;
  qy_status status = point_numbers(&number, &over, chart, points, NULL, points->count, arena, err);
  if (status) return status;
  uint32_t *of = qy_arena_alloc(arena, points->count, sizeof *of);
  *index = qy_arena_alloc(arena, points->count, sizeof **index);
  if (!of || !*index) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++) {
    if (over[i] < 0) continue;
    number[n] = number[i];
    over[n] = over[i];
    of[n++] = (uint32_t)i;
  }
  for (int m = 0; m < 2; m++) {
    double *room = qy_arena_alloc(arena, 3 * n, sizeof *room);
    if (!room) return qy_no_memory(err);
    ratio[m] = (bands_ratio){room, room + n, room + 2 * n};
  }
  divided d = {ratio, of, *index, 0, chart->kind == QY_CHART_LINES};
  status = qy_model_draws(chart->model, number, over, n, metric, 2, take, &d, err);
  *count = d.count;
  for (int m = 0; m < 2; m++)
    if (!qy_metric_uncertain(metric[m])) ratio[m].low = ratio[m].high = NULL;
  return status;
}
