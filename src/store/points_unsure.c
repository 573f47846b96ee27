/* Intervals and front probabilities of stored points; see points.h. */
#include "quarry/points.h"

#include "chunk.h"
#include "quarry/alloc.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Ends of the intervals of these metrics, behind the numbers of the points. */
static qy_status read_rows(double **column, size_t *found, qy_store *store, int64_t id, const int *metrics, int count,
                           qy_error *err)
{
  char sql[SQL_MAX];
  size_t used = qy_append(sql, sizeof sql, 0, "SELECT id & 0xffffffffff");
  for (int m = 0; m < count; m++)
    used = qy_append(sql, sizeof sql, used, ", %s, %s", chunk_name(chunk_interval(metrics[m], 0)),
                     chunk_name(chunk_interval(metrics[m], 1)));
  qy_append(sql, sizeof sql, used,
            " FROM interval WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 ORDER BY id", id, id);
  return qy_store_columns(store, sql, 1 + 2 * count, column, found, err);
}

/* The same where they are packed; *found 0: there are none. */
static qy_status read_chunks(double **column, size_t *found, qy_store *store, int64_t id, const int *metrics, int count,
                             qy_error *err)
{
  int wanted[COLUMNS_MAX];
  size_t kept = 0, rows = 0;
  for (int m = 0; m < count; m++)
    for (int end = 0; end < 2; end++)
      wanted[2 * m + end] = chunk_interval(metrics[m], end);
  const int ends = 2 * count;
  wanted[ends] = chunk_unsure();
  double *unsure[COLUMNS_MAX] = {NULL}, *number = NULL;
  const qy_status status = chunk_feasible(unsure, &number, &rows, store, id, wanted, ends + 1, err);
  for (size_t i = 0; !status && i < rows; i++) {
    if (isnan(unsure[ends][i])) continue;
    for (int c = 0; c < ends; c++)
      unsure[c][kept] = unsure[c][i];
    number[kept++] = number[i];
  }
  free(unsure[ends]);
  column[0] = number;
  for (int c = 0; c < ends; c++)
    column[1 + c] = unsure[c];
  *found = status ? 0 : kept;
  return status;
}

static qy_status are_packed(bool *packed, qy_store *store, int64_t id, qy_error *err)
{
  chunk_reader r;
  char policy[QY_STORE_POLICY];
  qy_status status = qy_store_policy(policy, store, id, err);
  *packed = false;
  if (status || strcmp(policy, "columns") != 0) return status;
  status = chunk_open(&r, store->db, store->file, id, err);
  if (status) return status;
  *packed = chunk_has_intervals(&r);
  chunk_close(&r);
  return QY_OK;
}

static qy_status read_intervals(qy_points *points, qy_store *store, int64_t id, const int *metrics, int metric_count,
                                size_t *found, qy_error *err)
{
  double *column[COLUMNS_MAX] = {0};
  int wanted[QY_METRIC_COUNT], count = 0;
  bool packed;
  for (int m = 0; m < metric_count; m++)
    if (qy_metric_uncertain(metrics[m]) && !points->low[metrics[m]]) wanted[count++] = metrics[m];
  qy_status status = are_packed(&packed, store, id, err);
  if (!status) status = (packed ? read_chunks : read_rows)(column, found, store, id, wanted, count, err);
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
