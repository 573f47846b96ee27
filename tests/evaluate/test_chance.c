/* Front probabilities against counting by hand: every draw's front by comparing all pairs. */
#include "../../src/evaluate/model_int.h"

#include "tap.h"

#include <stdlib.h>

enum { POINTS = 300, DRAWS = 40, GROUPS = 3, OBJECTIVES = 3 };

static double value[OBJECTIVES][POINTS][DRAWS], nominal[POINTS][OBJECTIVES];
static size_t group_of[POINTS];

static double uniform(uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 11) * 0x1p-53;
}

/* Objective 1 is certain; values are coarse, so that ties happen; a common factor per draw, as a library has.  Of
 * `levels` values each: with few, many points are the same but for what is certain.  Of some seeds the last objective
 * is to be maximised: its values are negative. */
static void make(uint64_t seed, int levels)
{
  uint64_t state = seed;
  double factor[DRAWS];
  for (int k = 0; k < DRAWS; k++)
    factor[k] = exp(2 * uniform(&state) - 1);
  for (int i = 0; i < POINTS; i++) {
    group_of[i] = (size_t)(uniform(&state) * GROUPS);
    for (int o = 0; o < OBJECTIVES; o++) {
      const double sign = o == 2 && seed % 3 == 0 ? -1 : 1;
      nominal[i][o] = sign * (1 + floor((o == 1 ? 12 : levels) * uniform(&state)));
      for (int k = 0; k < DRAWS; k++)
        value[o][i][k] =
            o == 1 ? nominal[i][o] : factor[k] * (nominal[i][o] + (levels > 4 ? floor(4 * uniform(&state)) / 4 : 0));
    }
  }
}

static int on_front(int i, int k)
{
  for (int j = 0; j < POINTS; j++) {
    int worse = 0, better = 0;
    if (group_of[j] != group_of[i]) continue;
    for (int o = 0; o < OBJECTIVES; o++) {
      worse |= value[o][j][k] > value[o][i][k];
      better |= value[o][j][k] < value[o][i][k];
    }
    if (!worse && better) return 0;
  }
  return 1;
}

static qy_status put(chance *c, int i, qy_error *err)
{
  const double *draw[OBJECTIVES] = {value[0][i], NULL, value[2][i]};
  return chance_put(c, group_of[i], i, nominal[i], draw, err);
}

/* `every`: each such point is a leader; 0: there are none.  Of an odd seed the objective without draws never has
 * any. */
static void trial(uint64_t seed, int every, int levels)
{
  qy_plan plan = {.info = {.objective_count = OBJECTIVES,
                           .objective = {QY_AREA_UM2, seed % 2 ? QY_LATENCY_US : QY_POWER_MW, QY_ENERGY_UJ}},
                  .front_groups = GROUPS};
  qy_error err = {0};
  qy_status status = QY_OK;
  leaders *known = every ? leaders_new(&plan, DRAWS) : NULL;
  make(seed, levels);
  for (int i = 0; known && i < POINTS && !status; i += every) {
    const double *draw[OBJECTIVES] = {value[0][i], NULL, value[2][i]};
    status = leaders_put(known, group_of[i], nominal[i], draw, &err);
  }
  chance *a = chance_new(&plan, DRAWS, known), *b = chance_new(&plan, DRAWS, known);
  for (int i = 0; i < POINTS && !status; i++)
    status = put(i % 3 ? a : b, i, &err);
  if (!status) status = chance_merge(a, b, &err);
  int64_t *point = NULL;
  double *probability = NULL, worst = 0;
  size_t count = 0, at = 0, robust = 0;
  if (!status) status = chance_result(a, &point, &probability, &count, &err);
  ok(status == QY_OK, "300 points, two workers, 40 draws");
  for (int i = 0; i < POINTS; i++) {
    int times = 0;
    for (int k = 0; k < DRAWS; k++)
      times += on_front(i, k);
    double got = at < count && point[at] == i ? probability[at++] : 0;
    worst = fmax(worst, fabs(got - (double)times / DRAWS));
    robust += got > 0 && got < 1;
  }
  ok(at == count && worst < 1e-12, "every share is that of all pairs compared, %zu points on some front", count);
  if (levels > 4) ok(robust > 10, "%zu of them on some fronts only", robust);
  free(point);
  free(probability);
  chance_free(a);
  chance_free(b);
  leaders_free(known);
}

int main(void)
{
  for (uint64_t seed = 1; seed <= 5; seed++)
    for (int every = 0; every <= 7; every += 7) {
      trial(seed, every, 12);
      trial(seed, every, 3);
    }
  return done();
}
