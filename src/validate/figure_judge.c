/* Interval and verdict of a published figure: see published.h. */
#include "published_int.h"

#include "quarry/draws.h"

#include <assert.h>
#include <math.h>

const char *qy_verdict_name(qy_verdict verdict)
{
  static const char *const names[QY_VERDICT_COUNT] = {"reproduced", "off", "calibrated", "prediction"};
  return (size_t)verdict < QY_VERDICT_COUNT ? names[verdict] : "unknown";
}

const char *qy_inside_name(qy_inside inside)
{
  return inside == QY_INSIDE_YES ? "yes" : inside == QY_INSIDE_NO ? "no" : NULL;
}

qy_status figure_add(figure_list *list, const qy_figure_result *result, qy_error *err)
{
  assert(list && result);
  void *results = list->result;
  if (qy_grow(&results, &list->capacity, list->count + 1, sizeof *list->result)) return qy_no_memory(err);
  list->result = results;
  list->result[list->count++] = *result;
  return QY_OK;
}

void figure_interval(qy_figure_result *r, double *value, size_t count)
{
  assert(r && (value || count == 0));
  size_t n = 0;
  for (size_t k = 0; k < count; k++)
    if (!isnan(value[k])) value[n++] = value[k];
  r->draws = count;
  r->missed = count - n;
  r->p05 = r->p95 = NAN;
  if (2 * n < count) return;
  r->p05 = qy_quantile(value, n, 0.05);
  r->p95 = qy_quantile(value, n, 0.95);
}

void figure_judge(qy_figure_result *r, bool calibrated)
{
  assert(r);
  r->error_pct = 100 * (r->model / r->published - 1);
  r->inside = QY_INSIDE_UNKNOWN;
  if (r->draws == 0) r->p05 = r->p95 = NAN;
  if (isnan(r->published))
    r->verdict = QY_VERDICT_PREDICTION;
  else if (calibrated)
    r->verdict = QY_VERDICT_CALIBRATED;
  else
    r->verdict = fabs(r->model / r->published - 1) <= r->tolerance_frac ? QY_VERDICT_REPRODUCED : QY_VERDICT_OFF;
  if (!isnan(r->published) && r->p05 <= r->p95)
    r->inside = r->p05 <= r->published && r->published <= r->p95 ? QY_INSIDE_YES : QY_INSIDE_NO;
}
