/* A small run step by step, and all that reads of its database: what tests of faults and of memory have in common. */
#ifndef QUARRY_STORE_STEPS_H
#define QUARRY_STORE_STEPS_H

#include "quarry/axes.h"
#include "quarry/comparison.h"
#include "quarry/points.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "store_test.h"

#include <math.h>

enum { POINTS = 24, BATCH = 8, WANTED = 2 };

static const int wanted[WANTED] = {QY_AREA_UM2, QY_ENERGY_UJ};
static const int64_t likely[] = {1, 2, 17};
static const double chance[] = {0.5, 1, 0.25};
enum { LIKELY = sizeof likely / sizeof *likely };

/* A batch with intervals, choices and, where rows are kept, details of points. */
static qy_status put_points(qy_store *store, int64_t batch, bool details, qy_error *err)
{
  static double interval[BATCH][QY_METRIC_COUNT][2], metric[QY_METRIC_COUNT];
  const qy_store_layer layer = {.place = 0, .layer = "conv1", .type = "conv", .weight_bits = 8, .metric = metric};
  const qy_store_member member = {.place = 0, .member = "array", .accelerator = "systolic", .metric = metric};
  const qy_store_detail detail = {&layer, 1, &member, 1};
  qy_store_row row[BATCH];
  qy_store_design design[BATCH];
  int64_t designs = 0;
  for (int64_t i = 0; i < BATCH; i++) {
    const int64_t p = batch * BATCH + i;
    row[i] = row_of(p);
    row[i].resolved = p % 6 ? NULL : "{\"columns\":16}";
    if (p % 3 == 0) row[i].interval = (const double(*)[2])interval[i];
    if (details && p % 5 == 0) row[i].detail = &detail;
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      metric[m] = (double)m;
      for (int end = 0; end < 2; end++)
        interval[i][m][end] = value_of(p, m) * (end ? 1.25 : 0.75);
    }
    if (i == 0 || row[i].design != row[i - 1].design)
      design[designs++] = (qy_store_design){row[i].design, row[i].design % 2 ? "RDM" : "SDM", "{\"p\": 4}"};
  }
  return qy_store_batch(store, batch, row, BATCH, design, designs, err);
}

/* ---- steps of a run ---- */

typedef struct run {
  qy_store *store;
  fixture f;
  int64_t id;
  const char *policy;
} run;

static qy_status begin(run *r, qy_error *err)
{
  int complete;
  return qy_store_begin(r->store, &r->f.e, &r->id, &complete, err);
}

static qy_status first_batch(run *r, qy_error *err)
{
  return put_points(r->store, 0, !r->policy, err);
}

static qy_status other_batches(run *r, qy_error *err)
{
  qy_status status = qy_store_hold(r->store, err); /* all or none */
  for (int64_t b = 1; b * BATCH < POINTS && !status; b++)
    if (!qy_store_has_batch(r->store, b)) status = put_points(r->store, b, !r->policy, err);
  const qy_status released = qy_store_release(r->store, err);
  return status ? status : released;
}

static qy_status chances(run *r, qy_error *err)
{
  return qy_store_chances(r->store, likely, chance, LIKELY, err);
}

static qy_status counts(run *r, qy_error *err)
{
  const qy_store_tally tally = {1, 5};
  const qy_store_infeasible none = {0, "too slow", 11};
  const qy_store_kept_front front = {"[\"area_um2\"]", "[\"technology\"]"};
  const qy_store_bin bin = {1, "area_um2", 64, 80, 3};
  const qy_store_counts all = {&tally, 1, &none, 1, &front, 1, &bin, 1, NULL};
  return qy_store_counts_write(r->store, &all, err);
}

static qy_status state(run *r, qy_error *err)
{
  const qy_store_part part[] = {{3, "a\0bc", 4}, {5, "x", 1}};
  return qy_store_state_write(r->store, part, 2, err);
}

static qy_status compared(run *r, qy_error *err)
{
  const qy_comparison row = {.within = "{}",
                             .base = "SDM",
                             .design = "RDM",
                             .metric = "area_um2",
                             .at_equal = "axes",
                             .low = 1,
                             .high = 2,
                             .gain = 3,
                             .p05 = NAN,
                             .p95 = NAN,
                             .gain_min = 1,
                             .gain_max = 4,
                             .unlimited = NAN,
                             .unlimited_p05 = NAN,
                             .unlimited_p95 = NAN,
                             .better_pct = 50,
                             .better_from = NAN};
  return qy_store_comparisons(r->store, r->id, &row, 1, err);
}

static qy_status finish(run *r, qy_error *err)
{
  const qy_store_front front = {"all", likely, LIKELY};
  return qy_store_finish(r->store, &front, 1, err);
}

typedef qy_status step_fn(run *r, qy_error *err);
static step_fn *const step[] = {begin, first_batch, other_batches, chances, counts, state, compared, finish};
static const char *const step_name[] = {"begin",  "a batch", "batches",     "chances",
                                        "counts", "state",   "comparisons", "the end"};
enum { STEPS = sizeof step / sizeof *step };

static qy_status open_run(run *r, const char *file, const char *policy, qy_error *err)
{
  *r = (run){.policy = policy};
  fixture_make(&r->f, "name: small\n", POINTS, BATCH);
  r->f.e.store = policy;
  return qy_store_open(&r->store, file, QY_STORE_WRITE, err);
}

/* All rows of all tables, and the names of views, as text; times and marks of processes left out. */
static void dump(qy_text *out, const char *file)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *names = NULL;
  sqlite3_open(file, &db);
  sqlite3_busy_timeout(db, 5000);
  sqlite3_prepare_v2(db, "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name", -1,
                     &names, NULL);
  while (sqlite3_step(names) == SQLITE_ROW) {
    sqlite3_stmt *read = NULL;
    char sql[200];
    qy_text_add(out, "%s\n", (const char *)sqlite3_column_text(names, 0));
    if (sqlite3_column_text(names, 1)[0] == 'v') continue;
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY 1, 2", sqlite3_column_text(names, 0));
    sqlite3_prepare_v2(db, sql, -1, &read, NULL);
    while (sqlite3_step(read) == SQLITE_ROW)
      for (int c = 0; c < sqlite3_column_count(read); c++) {
        const char *name = sqlite3_column_name(read, c), *text = (const char *)sqlite3_column_text(read, c);
        if (strstr(name, "utc") || strcmp(name, "runner") == 0 || strcmp(name, "runs") == 0) continue;
        qy_text_put(out, text ? text : "-", text ? (size_t)sqlite3_column_bytes(read, c) : 1);
        qy_text_add(out, "|");
      }
    sqlite3_finalize(read);
  }
  sqlite3_finalize(names);
  sqlite3_close(db);
}

static bool same_text(const qy_text *a, const qy_text *b)
{
  return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

/* ---- readers ---- */

static int add_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  for (int c = 0; c < columns; c++)
    qy_text_add(ctx, "%s|", values[c] ? values[c] : "-");
  return 0;
}

static qy_status read_metrics(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  double *metric[WANTED] = {NULL}, *point = NULL;
  size_t count = 0;
  const qy_status status = qy_store_metrics(metric, &point, &count, store, id, wanted, WANTED, err);
  for (size_t i = 0; i < count && !status; i++)
    qy_text_add(out, "%g %g %g|", point[i], metric[0][i], metric[1][i]);
  for (int m = 0; m < WANTED; m++)
    free(metric[m]);
  free(point);
  return status;
}

static qy_status read_points(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  static const char *const keys[] = {"p", "activation_bits"};
  qy_key_list list = {0};
  qy_key key;
  qy_points p;
  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
    qy_key_find(&key, keys[k], &list, err);
  qy_status status = qy_points_read(&p, store, id, wanted, WANTED, &list, err);
  if (status) return status;
  status = qy_points_unsure(&p, store, id, wanted, WANTED, err);
  for (size_t i = 0; i < p.count && !status; i++) {
    qy_text_add(out, "%g %g", p.point[i], p.metric[wanted[1]][i]);
    for (int k = 0; k < QY_KEY_PARAMETER + list.count; k++)
      qy_text_add(out, " %s", p.label[k] ? p.label[k][p.key[k][i]] : "-");
    qy_text_add(out, " %g %g|", p.low[wanted[0]] ? p.low[wanted[0]][i] : NAN, p.chance ? p.chance[i] : NAN);
  }
  qy_points_free(&p);
  return status;
}

static qy_status read_whole(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  (void)out;
  return qy_store_check_whole(store, id, err);
}

static qy_status read_number(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  int64_t found = 0;
  (void)id;
  const qy_status status = qy_store_find(&found, store, "small", err);
  qy_text_add(out, "%lld", (long long)found);
  return status;
}

static qy_status read_policy(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  char policy[QY_STORE_POLICY];
  bool is = true;
  qy_status status = qy_store_policy(policy, store, id, err);
  if (!status) status = qy_store_is_run(&is, store, id, err);
  qy_text_add(out, "%s %d", policy, is);
  return status;
}

static qy_status read_axes(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  qy_axes axes;
  const char *select[2], *view = NULL;
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? qy_store_axes(&axes, store, id, arena, err) : qy_no_memory(err);
  for (size_t a = 0; !status && a < axes.count; a++)
    qy_text_add(out, "%s|", axes.axis[a].column);
  if (!status) status = qy_store_view_select(select, store, id, arena, err);
  if (!status) status = qy_store_query(store, select[1], add_row, out, err);
  if (!status) status = qy_store_view_name(&view, store, "small", false, arena, err);
  qy_text_add(out, "%s", view ? view : "no view");
  qy_arena_free(arena);
  return status;
}

static qy_status read_feasible(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  int64_t feasible = 0;
  qy_store_tally *tally = NULL;
  size_t count = 0;
  const qy_status status = qy_store_feasible(&feasible, &tally, &count, store, id, err);
  qy_text_add(out, "%lld %zu", (long long)feasible, count);
  free(tally);
  return status;
}

static qy_status read_views(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  static const char *const sql[] = {"SELECT * FROM point_all ORDER BY point_id",
                                    "SELECT * FROM front_point_all ORDER BY point",
                                    "SELECT * FROM best_all ORDER BY 1, 2, 3, 4"};
  qy_status status = QY_OK;
  (void)id;
  for (size_t i = 0; i < sizeof sql / sizeof *sql && !status; i++)
    status = qy_store_query(store, sql[i], add_row, out, err);
  return status;
}

typedef qy_status read_fn(qy_text *out, qy_store *store, int64_t id, qy_error *err);
static read_fn *const reader[] = {read_metrics, read_points, read_whole,    read_number,
                                  read_policy,  read_axes,   read_feasible, read_views};
static const char *const reader_name[] = {"metrics", "points", "whole",    "number",
                                          "policy",  "axes",   "feasible", "views"};
enum { READERS = sizeof reader / sizeof *reader };

/* A database of this name with all steps done. */
static const char *make(const char *name, const char *policy)
{
  run r;
  qy_error err = {0};
  const char *file = scratch_file_kept(name);
  qy_status status = open_run(&r, file, policy, &err);
  for (int s = 0; s < STEPS && !status; s++)
    status = step[s](&r, &err);
  qy_store_close(r.store);
  is_status(status, QY_OK, &err, name);
  return file;
}

#endif
