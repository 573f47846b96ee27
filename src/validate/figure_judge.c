/* Interval, verdict and count of published figures: see published.h. */
#include "published_int.h"

#include "quarry/draws.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char figure_section_published[] = "published figures (nothing was fitted to them)";
const char figure_section_used[] = "published figures: used to set constants";

const char *qy_verdict_name(qy_verdict verdict)
{
  static const char *const names[QY_VERDICT_COUNT] = {"reproduced",       "off",     "calibrated",      "prediction",
                                                      "within tolerance", "outside", "misses its clock"};
  return (size_t)verdict < QY_VERDICT_COUNT ? names[verdict] : "unknown";
}

const char *qy_inside_name(qy_inside inside)
{
  return inside == QY_INSIDE_YES ? "yes" : inside == QY_INSIDE_NO ? "no" : NULL;
}

/* A figure is stated once. */
static const qy_figure_result *named_before(const figure_list *list, const qy_figure_result *result)
{
  for (size_t i = 0; i < list->count; i++) {
    const qy_figure_result *f = &list->result[i];
    if (!*f->variant && strcmp(f->name, result->name) == 0 && strcmp(f->section, result->section) == 0) return f;
  }
  return NULL;
}

qy_status figure_add(figure_list *list, const qy_figure_result *result, qy_error *err)
{
  assert(list && result);
  const qy_figure_result *before = *result->variant ? NULL : named_before(list, result);
  if (before)
    return qy_fail_at(err, QY_BAD_INPUT, result->file, result->line, 0,
                      "expected a figure with a name of its own, found \"%s\" as in %s:%d", result->name, before->file,
                      before->line);
  void *results = list->result;
  if (qy_grow(&results, &list->capacity, list->count + 1, sizeof *list->result)) return qy_no_memory(err);
  list->result = results;
  list->result[list->count++] = *result;
  return QY_OK;
}

qy_status figure_add_paper(figure_list *list, const qy_paper_result *paper, qy_error *err)
{
  assert(list && paper);
  void *papers = list->paper;
  if (qy_grow(&papers, &list->paper_capacity, list->paper_count + 1, sizeof *list->paper)) return qy_no_memory(err);
  list->paper = papers;
  list->paper[list->paper_count++] = *paper;
  return QY_OK;
}

void figure_list_free(figure_list *list)
{
  assert(list);
  free(list->result);
  free(list->paper);
  *list = (figure_list){0};
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

bool figure_within(const qy_figure_result *r)
{
  assert(r);
  return fabs(r->model / r->published - 1) <= r->tolerance_frac; /* false where either is NaN */
}

bool figure_scored(const qy_figure_result *r)
{
  assert(r);
  return r->verdict == QY_VERDICT_REPRODUCED || r->verdict == QY_VERDICT_OFF;
}

void figure_judge(qy_figure_result *r, bool calibrated, bool prediction)
{
  assert(r);
  r->error_pct = 100 * (r->model / r->published - 1);
  r->inside = QY_INSIDE_UNKNOWN;
  if (r->draws == 0) r->p05 = r->p95 = NAN;
  if (isnan(r->published) || prediction)
    r->verdict = QY_VERDICT_PREDICTION;
  else if (calibrated)
    r->verdict = QY_VERDICT_CALIBRATED;
  else
    r->verdict = figure_within(r) ? QY_VERDICT_REPRODUCED : QY_VERDICT_OFF;
  const double slack = 1e-9 * fabs(r->published); /* an interval of one point is met but for rounding */
  if (!isnan(r->published) && r->p05 <= r->p95)
    r->inside = r->p05 - slack <= r->published && r->published <= r->p95 + slack ? QY_INSIDE_YES : QY_INSIDE_NO;
}

void qy_figures_tally(qy_figure_tally *tally, const qy_figure_result *figure, size_t count, bool exact)
{
  assert(tally && (figure || count == 0));
  *tally = (qy_figure_tally){0};
  for (size_t i = 0; i < count; i++) {
    const qy_figure_result *f = &figure[i];
    if (f->exact != exact || *f->variant) continue;
    tally->figures++;
    tally->calibrated += f->verdict == QY_VERDICT_CALIBRATED;
    tally->predictions += f->verdict == QY_VERDICT_PREDICTION;
    if (!figure_scored(f)) continue;
    tally->scored++;
    tally->reproduced += f->verdict == QY_VERDICT_REPRODUCED;
    tally->with_interval += f->inside != QY_INSIDE_UNKNOWN;
    tally->inside += f->inside == QY_INSIDE_YES;
  }
}
