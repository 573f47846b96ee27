/* How good the fronts of a search were: shares of hypervolumes against closed forms and volumes cell by cell. */
#include "quarry/random.h"
#include "quarry/search.h"

#include "tap.h"

#include <stdlib.h>

static qy_space_entry entry[1];

static qy_status evaluate_line(void *ctx, void *worker, int64_t point, double *objective, double *violation,
                               qy_error *err)
{
  (void)ctx, (void)worker, (void)violation, (void)err;
  objective[0] = 3 + 0.5 * (double)point;
  objective[1] = -7 - 0.25 * (double)point;
  return QY_OK;
}

/* Eleven points on a falling line, seen one by one.  Scaled they are (i/10, 1 - i/10), so points i < j < ... add boxes
 * of width (j - i)/10 and height 0.1 + i/10. */
static void convergence(void)
{
  qy_space space = {1, entry, 0};
  entry[0] = (qy_space_entry){.name = "e", .axis_count = 1, .axis = {{"x", 11}}};
  qy_space_finish(&space, NULL);
  const qy_search_problem problem = {
      .space = &space, .objectives = 2, .groups = 1, .threads = 1, .evaluate = evaluate_line};
  const qy_search_budget budget = {.points = 11, .seed = 3, .population = 1};
  qy_search_result r;
  double share[11], worst = 0;
  int seen[12] = {0};
  seen[11] = 1; /* the reference */
  if (qy_search_run(&r, qy_search_find("random"), &problem, &budget, NULL) ||
      qy_search_convergence(share, &r, NULL, NULL)) {
    ok(0, "a search of eleven points");
    return;
  }
  for (size_t g = 0; g < r.generations && g < 11; g++) {
    double volume = 0, whole = 0;
    seen[r.point[g]] = 1;
    for (int i = 0, j; i < 11; i++) {
      for (j = i + 1; !seen[j];)
        j++;
      if (seen[i]) volume += 0.1 * (j - i) * (0.1 + 0.1 * i);
      whole += 0.1 * (0.1 + 0.1 * i);
    }
    worst = fmax(worst, fabs(share[g] - volume / whole));
  }
  is_int((int64_t)r.generations, 11, "eleven generations of one point");
  ok(worst < 1e-12, "their hypervolumes are those of the boxes (worst %.1e)", worst);
  qy_search_free(&r);
}

/* Two fronts, one of which is met at once, and points that are not feasible: the share is the mean over the fronts. */
static qy_status evaluate_groups(void *ctx, void *worker, int64_t point, double *objective, double *violation,
                                 qy_error *err)
{
  (void)ctx, (void)worker, (void)err;
  objective[0] = point % 3 ? 4 : (double)(point / 3);
  objective[1] = point % 3 ? 9 : 10 - (double)(point / 3);
  if (point % 3 == 2) *violation = 2;
  return QY_OK;
}

static size_t group_of_three(void *ctx, int64_t point)
{
  (void)ctx;
  return (size_t)(point % 3);
}

static void convergence_of_groups(void)
{
  enum { POINTS = 33 };
  qy_space space = {1, entry, 0};
  entry[0] = (qy_space_entry){.name = "e", .axis_count = 1, .axis = {{"x", POINTS}}};
  qy_space_finish(&space, NULL);
  const qy_search_problem problem = {.space = &space,
                                     .objectives = 2,
                                     .groups = 3,
                                     .threads = 1,
                                     .group = group_of_three,
                                     .evaluate = evaluate_groups};
  const qy_search_budget budget = {.points = POINTS, .seed = 5, .population = 1};
  qy_search_result r;
  double share[POINTS], worst = 0;
  int seen[12] = {0}, other = 0;
  seen[11] = 1; /* the reference */
  if (!ok(!qy_search_run(&r, qy_search_find("random"), &problem, &budget, NULL) && r.generations == POINTS &&
              !qy_search_convergence(share, &r, NULL, NULL),
          "a search of two fronts"))
    return;
  for (size_t g = 0; g < POINTS; g++) {
    double volume = 0, whole = 0;
    if (r.point[g] % 3 == 0) seen[r.point[g] / 3] = 1;
    other |= r.point[g] % 3 == 1;
    for (int i = 0, j; i < 11; i++) {
      for (j = i + 1; !seen[j];)
        j++;
      if (seen[i]) volume += 0.1 * (j - i) * (0.1 + 0.1 * i);
      whole += 0.1 * (0.1 + 0.1 * i);
    }
    worst = fmax(worst, fabs(share[g] - (volume / whole + other) / 2));
  }
  ok(worst < 1e-12, "their share is the mean of the two, the third has none (worst %.1e)", worst);
  qy_archive *none[3], *one[3];
  for (int g = 0; g < 3; g++) {
    none[g] = qy_archive_new(2);
    one[g] = qy_archive_new(2);
  }
  ok(!qy_search_convergence(share, &r, none, NULL) && share[0] == 0 && share[POINTS - 1] == 0,
     "without any exact front it is 0");
  qy_archive_put(one[1], (const double[]){3.5, 8.5}, 1, NULL); /* one point is not scaled: (1.1 - 0.5)^2 of 1.1^2 */
  ok(!qy_search_convergence(share, &r, one, NULL), "one exact front of a point that was not found");
  near_rel(share[POINTS - 1], 0.36 / 1.21, 1e-12, "what dominates less of the box than the exact one has that share");
  for (int g = 0; g < 3; g++) {
    qy_archive_free(none[g]);
    qy_archive_free(one[g]);
  }
  qy_error err = {0};
  r.objectives = QY_HYPERVOLUME_OBJECTIVES_MAX + 1;
  ok(qy_search_convergence(share, &r, NULL, &err) == QY_BAD_INPUT, "more objectives than a volume can have: refused");
  r.objectives = 2;
  qy_search_free(&r);
}

/* Volume up to 1.1 in each of three objectives below which a point of rows[0..count) is: cell by cell between all
 * values. */
static double volume_of(double (*row)[3], size_t count)
{
  double cut[3][32], volume = 0;
  for (int d = 0; d < 3; d++) {
    for (size_t i = 0; i < count; i++) { /* insertion */
      size_t j = i;
      for (; j > 0 && cut[d][j - 1] > fmin(row[i][d], 1.1); j--)
        cut[d][j] = cut[d][j - 1];
      cut[d][j] = fmin(row[i][d], 1.1);
    }
    cut[d][count] = 1.1;
  }
  for (size_t x = 0; x < count; x++)
    for (size_t y = 0; y < count; y++)
      for (size_t z = 0; z < count; z++) {
        bool below = false;
        for (size_t i = 0; i < count; i++)
          below = below || (row[i][0] <= cut[0][x] && row[i][1] <= cut[1][y] && row[i][2] <= cut[2][z]);
        if (below && cut[0][x] < 1.1 && cut[1][y] < 1.1 && cut[2][z] < 1.1)
          volume += (cut[0][x + 1] - cut[0][x]) * (cut[1][y + 1] - cut[1][y]) * (cut[2][z + 1] - cut[2][z]);
      }
  return volume;
}

/* Results made by hand: random points of two groups, some of them infeasible, in generations of any length. */
static void convergence_of_any(void)
{
  enum { POINTS = 12, CASES = 60 };
  static const double scale_of[3] = {1, 10, 100};
  uint64_t word = 77;
  double worst = 0;
  int failed = 0;
  for (int c = 0; c < CASES; c++) {
    double objective[POINTS * 3], violation[POINTS], share[POINTS + 1], expected[POINTS] = {0};
    int64_t point[POINTS];
    uint32_t group[POINTS];
    size_t end[POINTS], generations = 0;
    qy_archive *front[2] = {qy_archive_new(3), qy_archive_new(3)};
    int groups = 0;
    for (size_t i = 0; i < POINTS; i++) {
      point[i] = (int64_t)i;
      group[i] = c % 2 ? 0 : (uint32_t)(qy_random_xorshift(&word) % 2);
      violation[i] = qy_random_xorshift(&word) % 4 ? 0 : 1;
      for (size_t d = 0; d < 3; d++) /* of other ranges, and of a few values only */
        objective[3 * i + d] = violation[i] > 0 ? NAN : (double)(qy_random_xorshift(&word) % 7) * scale_of[d] - 4;
      if (c % 5 == 0 && violation[i] <= 0) objective[3 * i + 1] = 3;
      if (violation[i] <= 0) qy_archive_put(front[group[i]], objective + 3 * i, point[i], NULL);
      if (i + 1 == POINTS || qy_random_xorshift(&word) % 3 == 0) end[generations++] = i + 1;
    }
    const qy_search_result r = {.objectives = 3,
                                .groups = 2,
                                .count = POINTS,
                                .point = point,
                                .group = group,
                                .objective = objective,
                                .violation = violation,
                                .end = end,
                                .generations = generations,
                                .front = front};
    for (size_t i = 0; i <= POINTS; i++)
      share[i] = -9;
    failed +=
        qy_search_convergence(share, &r, NULL, NULL) != QY_OK || share[generations] > -9 || share[generations] < -9;
    for (uint32_t k = 0; k < 2; k++) {
      const int64_t *ids;
      size_t count;
      double low[3], range[3], row[POINTS][3];
      qy_archive_front(front[k], &count, &ids, NULL, NULL);
      if (count == 0) continue;
      groups++;
      for (size_t d = 0; d < 3; d++) {
        double high = -INFINITY;
        low[d] = INFINITY;
        for (size_t i = 0; i < count; i++) {
          low[d] = fmin(low[d], objective[3 * (size_t)ids[i] + d]);
          high = fmax(high, objective[3 * (size_t)ids[i] + d]);
        }
        range[d] = high > low[d] ? high - low[d] : 1;
      }
      double volume[POINTS];
      for (size_t g = 0; g < generations; g++) {
        size_t seen = 0;
        for (size_t i = 0; i < end[g]; i++) {
          if (group[i] != k || violation[i] > 0) continue;
          for (size_t d = 0; d < 3; d++)
            row[seen][d] = (objective[3 * i + d] - low[d]) / range[d];
          seen++;
        }
        volume[g] = volume_of(row, seen);
      }
      for (size_t g = 0; g < generations; g++)
        expected[g] += volume[g] / volume[generations - 1];
    }
    for (size_t g = 0; g < generations; g++)
      worst = fmax(worst, fabs(share[g] - (groups ? expected[g] / groups : 0)));
    qy_archive_free(front[0]);
    qy_archive_free(front[1]);
  }
  ok(!failed && worst < 1e-12, "of any three objectives shares are those of volumes cell by cell (worst %.1e)", worst);
}

int main(void)
{
  convergence();
  convergence_of_groups();
  convergence_of_any();
  return done();
}
