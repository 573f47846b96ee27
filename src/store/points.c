/* The stored points of one experiment as columns; see points.h. */
#include "quarry/points.h"

#include "chunk.h"
#include "points_labels.h"
#include "quarry/alloc.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXED_COLUMNS = 6, COLUMNS_MAX = FIXED_COLUMNS + QY_METRIC_COUNT };

typedef struct scope {
  qy_points *points;
  bool failed;
} scope;

static int scope_row(void *ctx, int columns, const char *const *column, const char *const *value, const int *types)
{
  scope *s = ctx;
  (void)columns, (void)column, (void)types;
  s->points->on_chip = value[0] && strcmp(value[0], "1") == 0;
  s->failed = (value[1] && !(s->points->noise = strdup(value[1]))) ||
              (value[2] && !(s->points->noise_sha256 = strdup(value[2])));
  return 1;
}

/* As the definition of the experiment says. */
static qy_status read_scope(qy_points *points, qy_store *store, int64_t id, qy_error *err)
{
  char sql[200];
  scope s = {.points = points};
  snprintf(sql, sizeof sql,
           "SELECT json_extract(definition, '$.on_chip'), json_extract(definition, '$.noise'), "
           "json_extract(definition, '$.noise_sha256') FROM experiment WHERE id = %" PRId64,
           id);
  qy_status status = qy_store_query(store, sql, scope_row, &s, err);
  return !status && s.failed ? qy_no_memory(err) : status;
}

int points_columns(int column[CHUNK_COLUMNS], const int *metrics, int metric_count)
{
  static const int fixed[FIXED_COLUMNS - 1] = {CHUNK_TECHNOLOGY, CHUNK_NETWORK, CHUNK_DESIGN, CHUNK_PRECISION,
                                               CHUNK_CLOCK};
  memcpy(column, fixed, sizeof fixed);
  for (int m = 0; m < metric_count; m++)
    column[FIXED_COLUMNS - 1 + m] = CHUNK_METRIC + metrics[m];
  return FIXED_COLUMNS - 1 + metric_count;
}

/* The same from packed columns. */
static qy_status read_chunks(double **column, size_t *count, qy_store *store, int64_t id, const int *metrics,
                             int metric_count, qy_error *err)
{
  int wanted[CHUNK_COLUMNS];
  const int columns = points_columns(wanted, metrics, metric_count);
  const qy_status status = chunk_feasible(column + 1, &column[0], count, store, id, wanted, columns, err);
  for (size_t i = 0; !status && i < *count; i++)
    column[3][i] += (double)(id << STORE_KEY_SHIFT); /* the key of the design */
  for (int c = 0; status && c < FIXED_COLUMNS + metric_count; c++) {
    free(column[c]);
    column[c] = NULL;
  }
  return status;
}

/* A column that is read no more: many points have several, and labels of all of them come. */
static void drop(double **column)
{
  free(*column);
  *column = NULL;
}

qy_status qy_points_read(qy_points *points, qy_store *store, int64_t id, const int *metrics, int metric_count,
                         const qy_key_list *parameters, qy_error *err)
{
  assert(points && store && (metrics || metric_count == 0) && metric_count >= 0);
  *points = (qy_points){0};
  char sql[POINTS_SQL];
  bool precisions = false;
  qy_status status = points_has_column(&precisions, store, "result", "precision", err);
  if (!status) status = qy_store_check_whole(store, id, err);
  if (status) return status;
  size_t used = qy_append(sql, sizeof sql, 0, "SELECT id & 0xffffffffff, technology, network, design, %s, clock_mhz",
                          precisions ? "coalesce(precision, 0)" : "precision_bits");
  for (int m = 0; m < metric_count; m++)
    used = qy_append(sql, sizeof sql, used, ", %s", qy_metric_table()[metrics[m]].name);
  qy_append(sql, sizeof sql, used,
            " FROM result WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 AND reason IS NULL", id, id);
  double *column[COLUMNS_MAX] = {0};
  char policy[QY_STORE_POLICY];
  status = qy_store_policy(policy, store, id, err);
  if (!status)
    status = strcmp(policy, "columns") == 0
                 ? read_chunks(column, &points->count, store, id, metrics, metric_count, err)
                 : qy_store_columns(store, sql, FIXED_COLUMNS + metric_count, column, &points->count, err);
  if (status) return status;
  points->point = column[0];
  for (int m = 0; m < metric_count; m++) {
    if (points->metric[metrics[m]]) {
      free(column[FIXED_COLUMNS + m]);
      continue;
    }
    points->metric[metrics[m]] = column[FIXED_COLUMNS + m];
  }
  for (int p = 0; parameters && !status && p < parameters->count; p++) {
    if (!(points->parameters.name[p] = strdup(parameters->name[p]))) status = qy_no_memory(err);
    points->parameters.count = p + !status;
  }
  for (int k = 0; !status && k < QY_KEY_PARAMETER + points->parameters.count; k++)
    if (!(points->key[k] = qy_alloc(points->count, sizeof(uint32_t)))) status = qy_no_memory(err);
  static const char *const list[] = {"technology", "network"};
  for (int k = 0; !status && k < 2; k++) {
    snprintf(sql, sizeof sql,
             "SELECT t.id, t.name FROM experiment_%s x JOIN %s t ON t.id = x.%s WHERE x.experiment = %" PRId64
             " ORDER BY x.position",
             list[k], list[k], list[k], id);
    status = points_label_names(points, (qy_key)k, store, sql, column[1 + k], err);
  }
  drop(&column[2]);
  snprintf(sql, sizeof sql,
           "SELECT id, name FROM design WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 ORDER BY id", id,
           id);
  if (!status) status = points_label_names(points, QY_KEY_DESIGN, store, sql, column[3], err);
  if (!status) status = read_scope(points, store, id, err);
  if (!status) status = points_label_precisions(points, store, id, !precisions, column[4], err);
  drop(&column[4]);
  if (!status) status = points_label_numbers(points, QY_KEY_CLOCK, "MHz", column[5], err);
  drop(&column[5]);
  if (!status) status = points_label_voltages(points, store, id, column[1], err);
  for (int p = 0; !status && p < points->parameters.count; p++)
    status = points_label_parameter(points, store, id, (qy_key)(QY_KEY_PARAMETER + p), column[3], err);
  if (!status) status = points_number_precisions(points, err);
  if (!status && !(points->unit[QY_KEY_PRECISION] = strdup("bit"))) status = qy_no_memory(err);
  for (int c = 1; c < FIXED_COLUMNS; c++)
    free(column[c]);
  if (status) qy_points_free(points);
  return status;
}

void qy_points_free(qy_points *points)
{
  assert(points);
  free(points->point);
  free(points->chance);
  free(points->noise);
  free(points->noise_sha256);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    free(points->low[m]);
    free(points->high[m]);
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    free(points->metric[m]);
  for (int k = 0; k < QY_KEY_COUNT; k++) {
    free(points->key[k]);
    for (size_t l = 0; l < points->label_count[k]; l++)
      free(points->label[k][l]);
    free(points->label[k]);
    free(points->number[k]);
    free(points->unit[k]);
  }
  for (int p = 0; p < points->parameters.count; p++)
    free((char *)points->parameters.name[p]); /* a copy of qy_points_read */
  *points = (qy_points){0};
}
