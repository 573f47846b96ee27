/* Leaders of a front: which of them a point is held against, by sorting all of them. */
#include "../../src/evaluate/model_int.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { DRAWS = 3, GROUPS = 2, OBJECTIVES = 3, POINTS = 1500, KEPT = 1024, CERTAIN = 1 };

static double put[GROUPS][POINTS][OBJECTIVES], drawn[POINTS][OBJECTIVES][DRAWS];

static int falling(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

/* Least gain over the objectives that vary, as a part of the point's own value; -1: it is worse in a certain one. */
static double margin_of(const double *own, const double *other)
{
  double least = INFINITY;
  for (int o = 0; o < OBJECTIVES; o++)
    if (o != CERTAIN) least = fmin(least, (own[o] - other[o]) / (own[o] != 0 ? fabs(own[o]) : 1));
  return own[CERTAIN] < other[CERTAIN] ? -1 : least;
}

static int wrong_choice(const leaders *c, size_t group, int count, const double *own)
{
  static double margin[KEPT];
  const reference_point *out[CHALLENGERS];
  int better = 0, wrong = 0;
  for (int i = 0; i < count && i < KEPT; i++) {
    const double m = margin_of(own, put[group][i]);
    if (m >= 0) margin[better++] = m;
  }
  qsort(margin, (size_t)better, sizeof *margin, falling);
  const size_t found = leaders_against(out, c, group, own);
  wrong += (int)found != (better < CHALLENGERS ? better : CHALLENGERS);
  for (size_t i = 0; i < found && !wrong; i++)
    wrong += fabs(margin_of(own, out[i]->nominal) - margin[i]) > 1e-12 * (1 + margin[i]);
  return wrong;
}

int main(void)
{
  uint64_t state = 4711;
  qy_error err = {0};
  qy_plan plan = {.front_groups = GROUPS};
  plan.info.objective_count = OBJECTIVES;
  plan.info.objective[CERTAIN] = QY_LATENCY_US;
  leaders *c = leaders_new(&plan, DRAWS);
  int wrong = 0, asked = 0, draws = 0, several = 0;
  double own[OBJECTIVES];
  const reference_point *out[CHALLENGERS];
  own[0] = own[1] = own[2] = 5;
  ok(leaders_against(out, c, 0, own) == 0, "nobody yet");
  for (int i = 0; i < POINTS; i++) {
    const size_t group = 0;
    const double *draw[OBJECTIVES];
    for (int o = 0; o < OBJECTIVES; o++) {
      put[group][i][o] = (double)random_below(&state, 40) - 10; /* zero and negative values, many equal */
      for (int d = 0; d < DRAWS; d++)
        drawn[i][o][d] = put[group][i][o] + d;
      draw[o] = o == CERTAIN ? NULL : drawn[i][o];
    }
    if (leaders_put(c, group, put[group][i], draw, &err)) exit(1);
    if (i % 50 > 2 && i != KEPT - 1 && i != KEPT) continue;
    for (int again = 0; again < 20; again++, asked++) {
      for (int o = 0; o < OBJECTIVES; o++)
        own[o] = (double)random_below(&state, 40) - 10;
      wrong += wrong_choice(c, group, i + 1, own);
      const size_t found = leaders_against(out, c, group, own);
      several += found == CHALLENGERS;
      for (size_t k = 0; k < found; k++)
        for (int d = 0; d < DRAWS; d++)
          draws += out[k]->draw[d] != out[k]->nominal[0] + d || out[k]->draw[2 * DRAWS + d] != out[k]->nominal[2] + d;
      wrong += leaders_against(out, c, 1, own) != 0;
    }
  }
  ok(wrong == 0 && several > 20, "%d points, each held against those that beat it by most (%d wrong)", asked, wrong);
  is_int(draws, 0, "with the draws that were given");
  leaders_free(c);
  leaders_free(NULL);
  return done();
}
