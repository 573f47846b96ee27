/* Runs that store the points of fronts, or the best ones, alone: see kept_run.h.
 *
 * What is kept is what the tables and pictures of a run show: the fronts of the experiment, those of its plots, the
 * best point of each objective in each group of the summary, and what comparisons within budgets are found from.
 */
#include "kept_run.h"

#include "comparisons.h"

#include "quarry/progress.h"
#include "quarry/store_kept.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- which fronts ---- */

enum { FRONTS_MAX = 128 };

typedef struct front_list {
  qy_kept_front *front; /* [FRONTS_MAX] */
  size_t count;
  size_t counted; /* the one whose groups are those of the summary */
} front_list;

static bool has_key(const qy_kept_front *f, const char *key)
{
  for (int k = 0; k < f->key_count; k++)
    if (strcmp(f->key[k], key) == 0) return true;
  return false;
}

static void add_key(qy_kept_front *f, const char *key)
{
  assert(f->key_count < QY_KEPT_KEYS_MAX);
  if (!has_key(f, key)) f->key[f->key_count++] = key;
}

static void add_metric(qy_kept_front *f, int metric)
{
  if (metric < 0) return;
  f->metric[f->metric_count++] = metric;
}

static void add_front(front_list *list, const qy_kept_front *f)
{
  assert(list->count < FRONTS_MAX);
  list->front[list->count++] = *f;
}

/* What fronts are taken within; of the summary the design too. */
static qy_kept_front within(const qy_plan_info *info, bool summary)
{
  qy_kept_front f = {.distinct = summary};
  for (int k = 0; k < info->front_within_count; k++)
    add_key(&f, info->front_within[k]);
  if (summary) add_key(&f, "design");
  return f;
}

static void add_own(front_list *list, const qy_plan_info *info)
{
  qy_kept_front f = within(info, false);
  for (int m = 0; m < info->objective_count; m++)
    add_metric(&f, (int)info->objective[m]);
  add_front(list, &f);
}

/* The picture of a front is of points alike in panel and groups, of those that `where` names. */
static void add_plot(front_list *list, const qy_plot_request *p)
{
  qy_kept_front f = {.metric_count = 0};
  if (p->point >= 0) return;
  add_metric(&f, p->x);
  if (p->y != p->x) add_metric(&f, p->y);
  if (p->panel) add_key(&f, p->panel);
  for (int g = 0; g < p->group_count; g++)
    add_key(&f, p->group[g]);
  for (int w = 0; w < p->where_count; w++)
    add_key(&f, p->where_key[w]);
  add_front(list, &f);
}

static void add_summary(front_list *list, const qy_plan_info *info)
{
  list->counted = list->count;
  for (int m = 0; m < info->objective_count; m++) {
    qy_kept_front f = within(info, true);
    f.is_counted = m == 0;
    add_metric(&f, (int)info->objective[m]);
    add_front(list, &f);
  }
}

static void add_comparisons(front_list *list, const qy_plan_info *info)
{
  int metric[COMPARISON_KINDS_MAX][COMPARISON_METRICS];
  const int count = comparison_fronts(metric, info);
  for (int i = 0; i < count; i++) {
    qy_kept_front f = within(info, true), range = f;
    f.limited = range.limited = info->limit_count > 0;
    for (int m = 0; m < COMPARISON_METRICS; m++)
      add_metric(&f, metric[i][m]);
    /* The costliest point of a design is where its budgets end, which notes tell. */
    range.worst[0] = true;
    add_metric(&range, metric[i][COMPARISON_BUDGET]);
    add_metric(&range, metric[i][COMPARISON_HELD]);
    add_metric(&range, metric[i][COMPARISON_SECOND]);
    add_front(list, &f);
    add_front(list, &range);
  }
}

static qy_status list_fronts(front_list *list, const qy_plan_info *info, qy_arena *arena, qy_error *err)
{
  *list = (front_list){.front = qy_arena_alloc(arena, FRONTS_MAX, sizeof *list->front)};
  if (!list->front) return qy_no_memory(err);
  if (info->stored == QY_STORED_FRONT) add_own(list, info);
  add_summary(list, info);
  if (info->stored != QY_STORED_FRONT) return QY_OK;
  for (int i = 0; i < info->plot_count; i++)
    add_plot(list, &info->plot[i]);
  add_comparisons(list, info);
  return QY_OK;
}

/* ---- state ---- */

typedef struct saving {
  qy_kept *kept;
  qy_store *store;
  qy_progress progress;
  const kept_options *options;
} saving;

static qy_status save(void *ctx, qy_kept *kept, qy_error *err)
{
  const saving *s = ctx;
  const size_t parts = qy_kept_parts(kept);
  qy_text *bytes = qy_alloc(parts, sizeof *bytes);
  qy_store_part *part = qy_alloc(parts, sizeof *part);
  size_t count = 0;
  qy_status status = bytes && part ? QY_OK : qy_no_memory(err);
  for (size_t p = 0; p < parts && !status; p++) {
    bool changed = false;
    status = qy_kept_write(kept, p, &bytes[p], &changed, err);
    if (!status && changed) part[count++] = (qy_store_part){(int64_t)p, bytes[p].data, bytes[p].length};
  }
  if (!status) status = qy_store_state_write(s->store, part, count, err);
  for (size_t p = 0; p < parts && bytes; p++)
    qy_text_free(&bytes[p]);
  free(bytes);
  free(part);
  return status;
}

static qy_status restore(void *ctx, const qy_store_part *part, qy_error *err)
{
  const saving *s = ctx;
  if (part->part < 0) return QY_OK;                                      /* a note of a share */
  if ((size_t)part->part >= qy_kept_parts(s->kept)) return QY_BAD_INPUT; /* begin anew */
  return qy_kept_restore(s->kept, (size_t)part->part, part->bytes, part->size, err);
}

static void show(void *ctx, int64_t points)
{
  saving *s = ctx;
  qy_progress_update(&s->progress, points, NULL);
}

static int stop(void *ctx)
{
  const saving *s = ctx;
  return s->options->stop(NULL);
}

static qy_status make(qy_kept **kept, qy_model *model, const front_list *list, unsigned what,
                      const kept_options *options, qy_error *err)
{
  const qy_status status = qy_kept_new(kept, model, list->front, list->count, what, err);
  if (!status && options->is_share) qy_kept_share(*kept, options->first, options->end);
  return status;
}

/* What an earlier run left; *kept is new where it left none, or another program did. */
static qy_status go_on(saving *s, qy_model *model, const front_list *list, unsigned what, qy_error *err)
{
  qy_error why = {0};
  qy_status status = make(&s->kept, model, list, what, s->options, err);
  if (status) return status;
  status = qy_store_state_read(s->store, restore, s, &why);
  if (!status) return QY_OK;
  if (status != QY_BAD_INPUT) return qy_fail(err, status, "%s", why.count ? why.diagnostic[0].text : "");
  qy_kept_free(s->kept);
  status = qy_store_state_drop(s->store, err);
  return status ? status : make(&s->kept, model, list, what, s->options, err);
}

/* What is kept beside the fronts. */
static unsigned beside(const qy_plan_info *info)
{
  return info->stored == QY_STORED_FRONT ? QY_KEPT_DRAWS : QY_KEPT_BINS;
}

qy_status kept_sweep(qy_kept **kept, const qy_plan *plan, qy_model *model, qy_store *store, const kept_options *options,
                     qy_arena *arena, qy_error *err)
{
  const double round_s = 1; /* what a kill may cost */
  const qy_plan_info *info = qy_plan_get(plan);
  front_list list;
  saving s = {.store = store, .options = options};
  qy_status status = list_fronts(&list, info, arena, err);
  if (!status) status = go_on(&s, model, &list, beside(info), err);
  *kept = s.kept;
  if (status) return status;
  const qy_kept_run run = {.threads = options->threads,
                           .seconds = round_s,
                           .ctx = &s,
                           .progress = show,
                           .stop = stop,
                           .save = save,
                           .save_end = options->is_share};
  qy_progress_start(&s.progress, STDERR_FILENO, options->quiet, info->name, "points", qy_kept_done(s.kept),
                    qy_kept_total(s.kept));
  status = qy_kept_sweep(s.kept, &run, err);
  qy_progress_finish(&s.progress);
  return status;
}

/* ---- parts ---- */

static qy_status add_part(qy_kept *kept, qy_model *model, const front_list *list, unsigned what, const qy_parts *parts,
                          int part, qy_error *err)
{
  kept_options share = {.is_share = true};
  qy_parts_range(parts, part, &share.first, &share.end);
  saving s = {.options = &share};
  qy_status status = make(&s.kept, model, list, what, &share, err);
  if (!status) status = qy_parts_state(parts, part, restore, &s, err);
  if (!status && qy_kept_done(s.kept) != qy_kept_total(s.kept))
    status =
        qy_fail(err, QY_BAD_INPUT, "%s: the database is damaged: %" PRId64 " of %" PRId64 " points were gone through",
                qy_parts_name(parts, part), qy_kept_done(s.kept), qy_kept_total(s.kept));
  if (!status) status = qy_kept_add(kept, s.kept, err);
  qy_kept_free(s.kept);
  return status;
}

qy_status kept_of_parts(qy_kept **kept, const qy_plan *plan, qy_model *model, const qy_parts *parts, qy_arena *arena,
                        qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  front_list list;
  *kept = NULL;
  qy_status status = list_fronts(&list, info, arena, err);
  if (!status) status = qy_kept_new(kept, model, list.front, list.count, beside(info), err);
  for (int i = 0; i < qy_parts_count(parts) && !status; i++)
    status = add_part(*kept, model, &list, beside(info), parts, i, err);
  return status;
}

/* ---- counts ---- */

typedef struct counting {
  void *tally, *infeasible, *bin;
  size_t tallies, tally_room, infeasibles, infeasible_room, bins, bin_room;
} counting;

static qy_status take_group(void *ctx, int64_t point, int64_t feasible, qy_error *err)
{
  counting *c = ctx;
  if (qy_grow(&c->tally, &c->tally_room, c->tallies + 1, sizeof(qy_store_tally))) return qy_no_memory(err);
  ((qy_store_tally *)c->tally)[c->tallies++] = (qy_store_tally){point, feasible};
  return QY_OK;
}

static qy_status take_reason(void *ctx, int technology, const char *reason, int64_t points, qy_error *err)
{
  counting *c = ctx;
  if (qy_grow(&c->infeasible, &c->infeasible_room, c->infeasibles + 1, sizeof(qy_store_infeasible)))
    return qy_no_memory(err);
  ((qy_store_infeasible *)c->infeasible)[c->infeasibles++] = (qy_store_infeasible){technology, reason, points};
  return QY_OK;
}

static qy_status take_bin(void *ctx, int technology, int metric, double low, double high, int64_t points, qy_error *err)
{
  counting *c = ctx;
  if (qy_grow(&c->bin, &c->bin_room, c->bins + 1, sizeof(qy_store_bin))) return qy_no_memory(err);
  ((qy_store_bin *)c->bin)[c->bins++] = (qy_store_bin){technology, qy_metric_table()[metric].name, low, high, points};
  return QY_OK;
}

/* Names are plain words, or those of metrics: no JSON escapes are needed. */
static const char *json_names(const char *const *name, int count, qy_arena *arena)
{
  const char *text = "[";
  for (int i = 0; i < count && text; i++)
    text = qy_arena_format(arena, "%s%s\"%s\"", text, i ? "," : "", name[i]);
  return text ? qy_arena_format(arena, "%s]", text) : NULL;
}

/* Fronts that have all of their points. */
static qy_status whole_fronts(qy_store_kept_front *out, size_t *count, const front_list *list, qy_arena *arena,
                              qy_error *err)
{
  *count = 0;
  for (size_t f = 0; f < list->count; f++) {
    const qy_kept_front *front = &list->front[f];
    const char *metric[QY_OBJECTIVES_MAX];
    if (front->distinct || front->limited) continue;
    for (int m = 0; m < front->metric_count; m++)
      metric[m] = qy_metric_table()[front->metric[m]].name;
    qy_store_kept_front *to = &out[(*count)++];
    to->metrics = json_names(metric, front->metric_count, arena);
    to->within = json_names(front->key, front->key_count, arena);
    if (!to->metrics || !to->within) return qy_no_memory(err);
  }
  return QY_OK;
}

/* The metrics of the fronts: their best points are kept. */
static void best_metrics(bool best[QY_METRIC_COUNT], const front_list *list)
{
  for (size_t f = 0; f < list->count; f++)
    for (int m = 0; m < list->front[f].metric_count; m++)
      best[list->front[f].metric[m]] = true;
}

static qy_status store_chances(qy_kept *kept, qy_store *store, qy_error *err)
{
  int64_t *point = NULL;
  double *probability = NULL;
  size_t count = 0;
  qy_status status = qy_kept_chances(kept, &point, &probability, &count, err);
  if (!status) status = qy_store_chances(store, point, probability, count, err);
  free(point);
  free(probability);
  return status;
}

qy_status kept_store(qy_kept *kept, const qy_plan *plan, qy_store *store, qy_arena *arena, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  counting c = {.tally = NULL};
  front_list list;
  qy_store_kept_front *whole = qy_arena_alloc(arena, FRONTS_MAX, sizeof *whole);
  size_t whole_count = 0;
  bool best[QY_METRIC_COUNT] = {false};
  qy_status status = whole ? list_fronts(&list, info, arena, err) : qy_no_memory(err);
  if (!status) status = whole_fronts(whole, &whole_count, &list, arena, err);
  if (!status) status = qy_kept_groups(kept, list.counted, take_group, &c, err);
  if (!status) status = qy_kept_reasons(kept, take_reason, &c, err);
  if (!status) status = qy_kept_bins(kept, take_bin, &c, err);
  if (!status) best_metrics(best, &list);
  const qy_store_counts counts = {c.tally,       c.tallies, c.infeasible,
                                  c.infeasibles, whole,     whole_count,
                                  c.bin,         c.bins,    info->stored == QY_STORED_FRONT ? best : NULL};
  if (!status) status = qy_store_counts_write(store, &counts, err);
  if (!status && info->draws && info->stored == QY_STORED_FRONT) status = store_chances(kept, store, err);
  free(c.tally);
  free(c.infeasible);
  free(c.bin);
  return status;
}
