/* Two experiments as packed columns or as rows. */
#ifndef TESTS_STORE_PACKED_POINTS_H
#define TESTS_STORE_PACKED_POINTS_H

#include "packed_test.h"

#include <math.h>

enum { POINTS = 503, BATCH = 100 };

/* Every third point has intervals. */
static void fill_interval(double (*interval)[2], int64_t point)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    for (int end = 0; end < 2; end++)
      interval[m][end] = value_of(point, m) * (end ? 1.25 : 0.75);
}

static qy_status put_points(qy_store *store, int64_t batch, qy_error *err)
{
  static double interval[BATCH][QY_METRIC_COUNT][2];
  qy_store_row row[BATCH];
  qy_store_design design[BATCH];
  int64_t count = 0, designs = 0;
  for (int64_t p = batch * BATCH; p < POINTS && count < BATCH; p++, count++) {
    row[count] = row_of(p);
    row[count].design *= row[count].design; /* their numbers do not follow one another */
    row[count].weight_bits = p % 4 == 1 ? 3 : p % 4 == 2 ? -1 : 0;
    row[count].excluded = p % 7 == 5;
    row[count].resolved = p % 6 ? NULL : "{\"columns\":16}";
    if (p % 11 == 0) row[count].metric[QY_LATENCY_US] = NAN;
    if (p % 3 == 0) row[count].interval = (const double(*)[2])interval[count];
    fill_interval(interval[count], p);
    const int64_t d = row[count].design;
    if (count == 0 || d != row[count - 1].design)
      design[designs++] =
          (qy_store_design){d, d % 3 ? d % 2 ? "RDM" : "it's" : "SDM", d % 2 ? "{\"p\": 4}" : "{\"q\": 1}"};
  }
  return qy_store_batch(store, batch, row, count, design, designs, err);
}

/* Two experiments of these names, of the second the first batches only. */
static int64_t store_points(const char *file, const char *policy)
{
  static const char *const text[] = {"name: whole\n", "name: begun\n"};
  static const int64_t likely[] = {0, 6};
  static const double chance[] = {0.5, 1};
  int64_t id[2] = {0};
  int complete;
  qy_error err = {0};
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  for (int e = 0; e < 2 && !status; e++) {
    fixture f;
    fixture_make(&f, text[e], POINTS, BATCH);
    f.e.store = policy;
    f.e.name = e ? "begun" : "whole";
    status = qy_store_begin(store, &f.e, &id[e], &complete, &err);
    for (int64_t b = 0; b * BATCH < (e ? 3 * BATCH : POINTS) && !status; b++)
      if (e == 0 || b != 1) status = put_points(store, b, &err);
    if (!status && e == 0) status = qy_store_chances(store, likely, chance, 2, &err);
    const qy_store_front front = {"all", likely, 2};
    if (!status) status = e ? qy_store_abandon(store, "interrupted", &err) : qy_store_finish(store, &front, 1, &err);
  }
  qy_store_close(store);
  is_status(status, QY_OK, &err, policy ? "columns are stored" : "rows are stored");
  ask(file, "ALTER TABLE result ADD COLUMN note TEXT DEFAULT 'of another program'");
  return id[0];
}

/* The second, of a file of columns, to its end. */
static UNUSED void go_on(const char *file)
{
  fixture f;
  int64_t id;
  int complete;
  qy_error err = {0};
  qy_store *store = NULL;
  fixture_make(&f, "name: begun\n", POINTS, BATCH);
  f.e.store = "columns";
  f.e.name = "begun";
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  ok(!status && id == 2 && !complete && qy_store_has_batch(store, 2) && !qy_store_has_batch(store, 1),
     "what was begun goes on");
  for (int64_t b = 0; b * BATCH < POINTS && !status; b++)
    if (!qy_store_has_batch(store, b)) status = put_points(store, b, &err);
  static const int64_t on_front[] = {102, 402};
  const qy_store_front front = {"all", on_front, 2};
  if (!status) status = qy_store_finish(store, &front, 1, &err);
  is_status(status, QY_OK, &err, "to its end");
  qy_store_close(store);
}

#endif
