/* Archives against the definition, for random batches, single points and merge orders. */
#include "quarry/pareto.h"
#include "quarry/space.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { ROUNDS = 400, POINTS_MAX = 3000, PARTS_MAX = 7 };

typedef struct set {
  int objectives;
  size_t n;
  double *column[QY_OBJECTIVES_MAX];
  int64_t *id;
} set;

static int dominates(const set *s, size_t a, size_t b)
{
  int better = 0;
  for (int d = 0; d < s->objectives; d++) {
    if (s->column[d][a] > s->column[d][b]) return 0;
    better |= s->column[d][a] < s->column[d][b];
  }
  return better;
}

static void fill(set *s, int round, uint64_t *seed)
{
  s->objectives = 1 + (int)random_below(seed, 5);
  s->n = random_below(seed, round % 4 ? 300 : POINTS_MAX);
  size_t levels = round % 3 == 0 ? 1000000 : 3 + random_below(seed, 20);
  for (size_t i = 0; i < s->n; i++) {
    double sum = 0;
    for (int d = 0; d < s->objectives; d++) {
      double x = (double)random_below(seed, levels);
      if (round % 5 == 0 && d == s->objectives - 1) x = (double)levels * 5 - sum; /* every point is on the front */
      s->column[d][i] = x;
      sum += x;
    }
    s->id[i] = (int64_t)i * 7 - 1000;
  }
}

/* The archive's front equals the points no other dominates, in order of their ids. */
static int is_front(qy_archive *archive, const set *s)
{
  const int64_t *ids;
  const double *rows;
  size_t count, k = 0;
  if (qy_archive_front(archive, &count, &ids, &rows, NULL) != QY_OK) return 0;
  for (size_t i = 0; i < s->n; i++) {
    int alive = 1;
    for (size_t j = 0; j < s->n && alive; j++)
      alive = !dominates(s, j, i);
    if (!alive) continue;
    if (k == count || ids[k] != s->id[i]) return 0;
    for (int d = 0; d < s->objectives; d++)
      if (rows[k * (size_t)s->objectives + (size_t)d] != s->column[d][i]) return 0;
    k++;
  }
  return k == count;
}

static int add_range(qy_archive *archive, const set *s, const size_t *order, size_t first, size_t count)
{
  qy_status status = QY_OK;
  for (size_t i = first; i < first + count && status == QY_OK; i++) {
    double row[QY_OBJECTIVES_MAX];
    for (int d = 0; d < s->objectives; d++)
      row[d] = s->column[d][order[i]];
    status = qy_archive_put(archive, row, s->id[order[i]], NULL);
  }
  return status == QY_OK;
}

static void shuffle(size_t *order, size_t n, uint64_t *seed)
{
  for (size_t i = 0; i < n; i++)
    order[i] = i;
  for (size_t i = n; i > 1; i--) {
    size_t j = random_below(seed, i), x = order[i - 1];
    order[i - 1] = order[j];
    order[j] = x;
  }
}

static void batches_and_merges(set *s)
{
  uint64_t seed = 4242;
  int one_wrong = 0, merged_wrong = 0, asked_wrong = 0;
  size_t *order = malloc(POINTS_MAX * sizeof *order), part_order[PARTS_MAX];
  for (int round = 0; round < ROUNDS; round++) {
    fill(s, round, &seed);
    shuffle(order, s->n, &seed);
    int parts = 1 + (int)random_below(&seed, PARTS_MAX);
    qy_archive *one = qy_archive_new(s->objectives), *part[PARTS_MAX], *all = qy_archive_new(s->objectives);
    for (int p = 0; p < parts; p++)
      part[p] = qy_archive_new(s->objectives);
    for (size_t at = 0; at < s->n;) {
      size_t step = 1 + random_below(&seed, random_below(&seed, 2) ? 40 : 1500);
      if (step > s->n - at) step = s->n - at;
      one_wrong += !add_range(one, s, order, at, step);
      merged_wrong += !add_range(part[random_below(&seed, (size_t)parts)], s, order, at, step);
      size_t kept;
      if (random_below(&seed, 8) == 0)
        qy_archive_front(one, &kept, NULL, NULL, NULL); /* asking in between changes nothing */
      at += step;
    }
    shuffle(part_order, (size_t)parts, &seed);
    for (int p = 0; p < parts; p++)
      merged_wrong += qy_archive_merge(all, part[part_order[p]], NULL) != QY_OK;
    one_wrong += !is_front(one, s);
    merged_wrong += !is_front(all, s);
    asked_wrong += !is_front(all, s);
    for (int p = 0; p < parts; p++)
      qy_archive_free(part[p]);
    qy_archive_free(one);
    qy_archive_free(all);
  }
  free(order);
  is_int(one_wrong, 0, "400 sets in random order, batches and single points: the front by definition");
  is_int(merged_wrong, 0, "400 sets spread over 1 to 7 archives, merged in random order: the front by definition");
  is_int(asked_wrong, 0, "asked twice: the same");
}

/* A front per group: 3 technologies x 8 precisions x 40 sizes, points arriving mixed. */
static void many_groups(void)
{
  enum { GROUPS = 960, EACH = 100 };
  uint64_t seed = 31;
  qy_archive *archive[GROUPS];
  static double x[GROUPS][EACH], y[GROUPS][EACH];
  int wrong = 0;
  for (int g = 0; g < GROUPS; g++)
    archive[g] = qy_archive_new(2);
  for (int i = 0; i < EACH; i++)
    for (int g = 0; g < GROUPS; g++) {
      double row[2] = {(double)random_below(&seed, 30), (double)random_below(&seed, 30)};
      x[g][i] = row[0];
      y[g][i] = row[1];
      wrong += qy_archive_put(archive[g], row, i, NULL) != QY_OK;
    }
  for (int g = 0; g < GROUPS; g++) {
    set s = {.objectives = 2, .n = EACH, .column = {x[g], y[g]}};
    int64_t id[EACH];
    for (int i = 0; i < EACH; i++)
      id[i] = i;
    s.id = id;
    wrong += !is_front(archive[g], &s);
    qy_archive_free(archive[g]);
  }
  is_int(wrong, 0, "960 archives at once, one point at a time: each group's front by definition");
}

/* One archive per worker of a sweep, merged at the end in whatever order the workers are freed. */
enum { SWEPT = 60000 };
typedef struct swept {
  int64_t *id;
  double *column[3];
  qy_archive *all;
  int failed;
} swept;

static void *worker_archive(void *ctx, qy_error *err)
{
  (void)ctx, (void)err;
  return qy_archive_new(3);
}

static void merge_worker(void *ctx, void *worker)
{
  swept *s = ctx;
  s->failed += qy_archive_merge(s->all, worker, NULL) != QY_OK;
  qy_archive_free(worker);
}

static qy_status add_batch(void *ctx, void *worker, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  const swept *s = ctx;
  qy_status status = QY_OK;
  (void)buffer;
  for (int64_t i = first; !status && i < first + count; i++) {
    const double row[3] = {s->column[0][i], s->column[1][i], s->column[2][i]};
    status = qy_archive_put(worker, row, s->id[i], err);
  }
  return status;
}

static qy_status no_sink(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)ctx, (void)batch, (void)first, (void)count, (void)buffer, (void)err;
  return QY_OK;
}

static void threads(void)
{
  uint64_t seed = 71;
  swept s = {.id = malloc(SWEPT * sizeof *s.id)};
  uint8_t *front = malloc(SWEPT);
  size_t expected;
  for (int d = 0; d < 3; d++)
    s.column[d] = malloc(SWEPT * sizeof(double));
  for (int64_t i = 0; i < SWEPT; i++) { /* a thick, coarse plane: a front of many points with many twins */
    s.id[i] = i;
    s.column[0][i] = (double)random_below(&seed, 60);
    s.column[1][i] = (double)random_below(&seed, 60);
    s.column[2][i] = 120 - s.column[0][i] - s.column[1][i] + (double)random_below(&seed, 4);
  }
  qy_pareto(front, &expected, (const double *const *)s.column, 3, SWEPT, NULL);
  int wrong = 0;
  for (int workers = 1; workers <= 6; workers++) {
    s.all = qy_archive_new(3);
    qy_sweep sweep = {.count = SWEPT,
                      .batch = 300 * workers,
                      .threads = workers,
                      .buffer_bytes = 1,
                      .ctx = &s,
                      .worker_new = worker_archive,
                      .worker_free = merge_worker,
                      .evaluate = add_batch,
                      .sink = no_sink};
    wrong += qy_sweep_run(&sweep, NULL) != QY_OK;
    const int64_t *ids;
    size_t n, k = 0;
    wrong += qy_archive_front(s.all, &n, &ids, NULL, NULL) != QY_OK;
    for (int64_t i = 0; i < SWEPT; i++)
      if (front[i] && (k >= n || ids[k++] != i)) wrong++;
    wrong += n != expected;
    qy_archive_free(s.all);
  }
  ok(!wrong && !s.failed, "an archive per worker, 1 to 6 workers, merged: the %zu points of one qy_pareto on all %d",
     expected, (int)SWEPT);
  for (int d = 0; d < 3; d++)
    free(s.column[d]);
  free(s.id);
  free(front);
}

static void edges(void)
{
  const double three[3] = {1, 2, 3}, nan_row[2] = {1, NAN};
  const int64_t *ids;
  const double *rows;
  qy_error err = {0};
  qy_archive *a = qy_archive_new(2), *b = qy_archive_new(3), *c = qy_archive_new(2);
  size_t n = 1;
  is_int(qy_archive_front(a, &n, &ids, NULL, &err), QY_OK, "the front of an empty archive");
  ok(n == 0 && ids != NULL, "is empty");
  is_int(qy_archive_put(a, nan_row, 5, &err), QY_BAD_INPUT, "NaN in a point is refused");
  is_text(err.diagnostic[0].text, "expected a number for objective 2 of point 5, found NaN", "and named by id");
  qy_archive_front(a, &n, &ids, &rows, NULL);
  is_int((int64_t)n, 0, "nothing of them was taken in");
  qy_archive_put(b, three, 1, NULL);
  is_int(qy_archive_merge(a, b, NULL), QY_BAD_INPUT, "archives of 2 and 3 objectives do not merge");
  is_int(qy_archive_merge(a, c, NULL), QY_OK, "merging an empty archive is fine");
  const double p[4][2] = {{2, 1}, {1, 2}, {1, 2}, {3, 3}};
  const int64_t p_id[4] = {9, 9, -1, 0};
  for (int i = 0; i < 4; i++)
    qy_archive_put(a, p[i], p_id[i], NULL);
  qy_archive_front(a, &n, &ids, &rows, NULL);
  ok(n == 3 && ids[0] == -1 && ids[1] == 9 && ids[2] == 9, "equal points and equal ids are all kept, sorted by id");
  ok(n == 3 && rows[2] == 1 && rows[4] == 2, "and then by objectives");
  qy_archive *alike = qy_archive_new(2);
  for (int i = 0; i < 3; i++)
    qy_archive_put(alike, (const double[]){3 - i, i}, 9, NULL);
  qy_archive_front(alike, &n, &ids, &rows, NULL);
  ok(n == 3 && rows[0] == 1 && rows[2] == 2 && rows[4] == 3, "those of one id by their objectives");
  qy_archive_free(alike);
  qy_archive_free(a);
  qy_archive_free(b);
  qy_archive_free(c);
  qy_archive_free(NULL);
}

int main(void)
{
  set s = {0};
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    s.column[d] = malloc(POINTS_MAX * sizeof(double));
  s.id = malloc(POINTS_MAX * sizeof *s.id);
  batches_and_merges(&s);
  many_groups();
  threads();
  edges();
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    free(s.column[d]);
  free(s.id);
  return done();
}
