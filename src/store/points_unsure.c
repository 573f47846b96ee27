/* Intervals and front probabilities of stored points; see points.h. */
#include "quarry/alloc.h"
#include "quarry/points.h"
#include "quarry/text.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SQL_MAX = 4096, COLUMNS_MAX = 1 + 2 * QY_METRIC_COUNT };

/* A database that was made before there were draws, and only read since, has no such tables. */
static qy_status has_tables(int *yes, qy_store *store, qy_error *err)
{
  double *found = NULL;
  size_t count;
  qy_status status =
      qy_store_columns(store, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'front_chance'", 1,
                       &found, &count, err);
  *yes = !status && count == 1 && found[0] > 0;
  free(found);
  return status;
}

/* Spread column[0..count), whose points are number[], over the points; others get `rest`. Both rise by number. */
static double *spread(const qy_points *points, const double *number, const double *column, size_t count, double rest)
{
  double *out = qy_alloc(points->count, sizeof *out);
  for (size_t i = 0, j = 0; out && i < points->count; i++) {
    while (j < count && number[j] < points->point[i])
      j++;
    out[i] = j < count && number[j] == points->point[i] ? column[j] : rest;
  }
  return out;
}

static qy_status read_intervals(qy_points *points, qy_store *store, int64_t id, const int *metrics, int metric_count,
                                size_t *found, qy_error *err)
{
  char sql[SQL_MAX];
  double *column[COLUMNS_MAX] = {0};
  int wanted[QY_METRIC_COUNT], count = 0;
  size_t used = qy_append(sql, sizeof sql, 0, "SELECT id & 0xffffffffff");
  for (int m = 0; m < metric_count; m++) {
    const char *name = qy_metric_table()[metrics[m]].name;
    if (!qy_metric_uncertain(metrics[m]) || points->low[metrics[m]]) continue;
    wanted[count++] = metrics[m];
    used = qy_append(sql, sizeof sql, used, ", %s_p05, %s_p95", name, name);
  }
  qy_append(sql, sizeof sql, used,
            " FROM interval WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 ORDER BY id", id, id);
  qy_status status = qy_store_columns(store, sql, 1 + 2 * count, column, found, err);
  for (int m = 0; m < count && !status && *found > 0; m++) {
    points->low[wanted[m]] = spread(points, column[0], column[1 + 2 * m], *found, NAN);
    points->high[wanted[m]] = spread(points, column[0], column[2 + 2 * m], *found, NAN);
    if (!points->low[wanted[m]] || !points->high[wanted[m]]) status = qy_no_memory(err);
  }
  for (int c = 0; c < COLUMNS_MAX; c++)
    free(column[c]);
  return status;
}

qy_status qy_points_unsure(qy_points *points, qy_store *store, int64_t id, const int *metrics, int metric_count,
                           qy_error *err)
{
  assert(points && store && (metrics || metric_count == 0));
  int yes = 0;
  size_t found = 0, chances = 0;
  double *column[2] = {0};
  char sql[200];
  qy_status status = has_tables(&yes, store, err);
  if (status || !yes) return status;
  status = read_intervals(points, store, id, metrics, metric_count, &found, err);
  if (status || found == 0 || points->chance) return status;
  snprintf(sql, sizeof sql,
           "SELECT point & 0xffffffffff, probability FROM front_chance WHERE point >= %" PRId64
           " << 40 AND point < (%" PRId64 " + 1) << 40 ORDER BY point",
           id, id);
  status = qy_store_columns(store, sql, 2, column, &chances, err);
  if (!status && !(points->chance = spread(points, column[0], column[1], chances, 0))) status = qy_no_memory(err);
  free(column[0]);
  free(column[1]);
  return status;
}
