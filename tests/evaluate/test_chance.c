/* Front probabilities against counting by hand: every draw's front by comparing all pairs; of points that are handed
 * over, merged, or written and read again. */
#include "../../src/evaluate/kept_int.h"
#include "quarry/text.h"

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

/* Values of all but one draw are alike; in that one, another for each point, all objectives are far lower, or far
 * higher: points beat others, or are beaten, in a single draw. */
static void make_spikes(uint64_t seed)
{
  uint64_t state = seed;
  make(seed, 12);
  for (int i = 0; i < POINTS; i++) {
    const int at = (int)(uniform(&state) * DRAWS);
    const double times = uniform(&state) < 0.5 ? 32 : 1.0 / 32;
    for (int o = 0; o < OBJECTIVES; o += 2)
      for (int k = 0; k < DRAWS; k++)
        value[o][i][k] = nominal[i][o] * (k == at ? times : 1);
  }
}

static size_t draws = DRAWS; /* of them, from the first */

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

static qy_plan plan_of(uint64_t seed)
{
  return (qy_plan){.info = {.objective_count = OBJECTIVES,
                            .objective = {QY_AREA_UM2, seed % 2 ? QY_LATENCY_US : QY_POWER_MW, QY_ENERGY_UJ}},
                   .front_groups = GROUPS};
}

/* The result against all pairs compared. */
static void counted(chance *c, const char *what)
{
  int64_t *point = NULL;
  double *probability = NULL, worst = 0;
  size_t count = 0, at = 0, robust = 0;
  qy_error err = {0};
  is_int(chance_result(c, &point, &probability, &count, &err), QY_OK, what);
  for (int i = 0; i < POINTS; i++) {
    int times = 0;
    for (int k = 0; k < (int)draws; k++)
      times += on_front(i, k);
    double got = at < count && point[at] == i ? probability[at++] : 0;
    worst = fmax(worst, fabs(got - (double)times / (double)draws));
    robust += got > 0 && got < 1;
  }
  ok(at == count && count > 0 && worst < 1e-12, "every share is that of all pairs compared, %zu points on some front",
     count);
  if (draws == DRAWS && !strchr(what, '3')) ok(robust > 10, "%zu of them on some fronts only", robust);
  free(point);
  free(probability);
}

/* `every`: each such point is a leader; 0: there are none.  Of an odd seed the objective without draws never has
 * any.  Levels of 0: spikes. */
static void trial(uint64_t seed, int every, int levels)
{
  const qy_plan plan = plan_of(seed);
  qy_error err = {0};
  qy_status status = QY_OK;
  leaders *known = every ? leaders_new(&plan, draws) : NULL;
  if (levels)
    make(seed, levels);
  else
    make_spikes(seed);
  for (int i = 0; known && i < POINTS && !status; i += every) {
    const double *draw[OBJECTIVES] = {value[0][i], NULL, value[2][i]};
    status = leaders_put(known, group_of[i], nominal[i], draw, &err);
  }
  chance *a = chance_new(&plan, draws, known), *b = chance_new(&plan, draws, known);
  for (int i = 0; i < POINTS && !status; i++)
    status = put(i % 3 ? a : b, i, &err);
  if (!status) status = chance_merge(a, b, &err);
  is_int(status, QY_OK, "300 points, two workers");
  counted(a, levels == 3 ? "shares of 3 levels" : "shares");
  counted(a, "the same asked again, of 3 levels or 12");
  chance_free(a);
  chance_free(b);
  leaders_free(known);
}

/* Two workers hand over what they have three times, one of them nothing in between; of one draw too. */
static void handed_over(uint64_t seed)
{
  const qy_plan plan = plan_of(seed);
  qy_error err = {0};
  qy_status status = QY_OK;
  make(seed, 12);
  chance *all = chance_new(&plan, draws, NULL), *a = chance_new(&plan, draws, NULL),
         *b = chance_new(&plan, draws, NULL);
  for (int i = 0; i < POINTS && !status; i++) {
    status = put(i % 2 || i < POINTS / 2 ? a : b, i, &err);
    if (status || i % (POINTS / 3) != POINTS / 3 - 1) continue;
    status = chance_hand_over(all, a, &err);
    if (!status) status = chance_hand_over(all, b, &err);
  }
  is_int(status, QY_OK, "points handed over");
  counted(all, "of 3 times");
  int64_t *point = NULL;
  double *probability = NULL;
  size_t left = 1;
  ok(!chance_result(a, &point, &probability, &left, &err) && left == 0, "nothing is left behind");
  free(point);
  free(probability);
  chance_free(all);
  chance_free(a);
  chance_free(b);
}

/* Fronts as bytes, of groups that some have and others have not; and bytes that are none. */
static void as_bytes(uint64_t seed)
{
  const qy_plan plan = plan_of(seed);
  qy_error err = {0};
  qy_status status = QY_OK;
  qy_text text = {0}, again = {0};
  make(seed, 12);
  chance *a = chance_new(&plan, draws, NULL), *b = chance_new(&plan, draws, NULL);
  for (int i = 0; i < POINTS && !status; i++)
    if (seed % 2 || group_of[i] != 1) status = put(a, i, &err);
  for (int i = 0; i < POINTS && !(seed % 2); i++)
    if (group_of[i] == 1) group_of[i] = GROUPS; /* a front that nobody asks for */
  if (!status) status = chance_write(a, &text, &err);
  kept_bytes in = {text.data, text.length, false};
  ok(!status && !chance_read(b, &in, &err) && !in.failed && in.left == 0, "%zu bytes are read", text.length);
  ok(!chance_write(b, &again, &err) && again.length == text.length && !memcmp(again.data, text.data, text.length),
     "and written as they were");
  int64_t *point[2] = {NULL}, first;
  double *probability[2] = {NULL};
  size_t count[2] = {0};
  ok(!chance_result(a, &point[0], &probability[0], &count[0], &err) &&
         !chance_result(b, &point[1], &probability[1], &count[1], &err) && count[0] == count[1] && count[0] > 0 &&
         !memcmp(point[0], point[1], count[0] * sizeof(int64_t)) &&
         !memcmp(probability[0], probability[1], count[0] * sizeof(double)),
     "with the shares of %zu points", count[0]);
  if (seed % 2) counted(b, "of 3 groups");
  memcpy(&first, text.data, sizeof first);
  is_int(first, 0, "the first group comes first");
  size_t bad = 0, tried = 0;
  for (size_t length = 1; length < text.length; length += length < 200 ? 13 : 1999) {
    chance *c = chance_new(&plan, draws, NULL);
    in = (kept_bytes){text.data, length, false};
    tried++, bad += chance_read(c, &in, &err) == QY_OK && in.failed;
    chance_free(c);
  }
  ok(bad == tried || (seed % 2 == 0 && bad + 1 == tried), "cut short %zu times, %zu times found", tried, bad);
  static const int64_t wrong[] = {-1, GROUPS, INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < 2 * sizeof wrong / sizeof *wrong; i++) {
    chance *c = chance_new(&plan, draws, NULL);
    char *copy = malloc(text.length);
    memcpy(copy, text.data, text.length);
    memcpy(copy + (i % 2 ? 8 : 0), &wrong[i / 2],
           sizeof *wrong); /* the group, or how many points its first block has */
    in = (kept_bytes){copy, text.length, false};
    if (i % 2 == 0 || wrong[i / 2] != GROUPS)
      ok(!chance_read(c, &in, &err) && in.failed, "%s %lld", i % 2 ? "points" : "group", (long long)wrong[i / 2]);
    free(copy);
    chance_free(c);
  }
  for (int i = 0; i < 2; i++) {
    free(point[i]);
    free(probability[i]);
  }
  qy_text_free(&text);
  qy_text_free(&again);
  chance_free(a);
  chance_free(b);
}

/* Points of which none beats another are all on their front in every draw, more of them than there is room for at
 * first, number 0 among them. */
static void all_on_front(void)
{
  enum { MANY = 1500 };
  const qy_plan plan = plan_of(1);
  qy_error err = {0};
  qy_status status = QY_OK;
  chance *c = chance_new(&plan, draws, NULL);
  int64_t *point = NULL, wrong = 0;
  double *probability = NULL;
  size_t count = 0;
  for (int i = 0; i < MANY && !status; i++) {
    double rising[DRAWS], falling[DRAWS];
    const double own[OBJECTIVES] = {1 + i, 1, 2 * MANY - i};
    const double *draw[OBJECTIVES] = {rising, NULL, falling};
    for (size_t k = 0; k < draws; k++) {
      rising[k] = own[0] * (double)(1 + k);
      falling[k] = own[2] / (double)(1 + k);
    }
    status = chance_put(c, (size_t)(i % GROUPS), i, own, draw, &err);
  }
  if (!status) status = chance_result(c, &point, &probability, &count, &err);
  for (size_t i = 0; i < count; i++)
    wrong += point[i] != (int64_t)i || fabs(probability[i] - 1) > 1e-12;
  ok(!status && count == MANY && wrong == 0, "%zu points, all of them on their front", count);
  free(point);
  free(probability);
  chance_free(c);
}

/* Points that are handed on to be leaders are not counted. */
static void collected(void)
{
  const qy_plan plan = plan_of(1);
  qy_error err = {0};
  leaders *l = leaders_new(&plan, draws);
  const reference_point *strong[CHALLENGERS];
  chance *c = chance_new(&plan, draws, NULL);
  int64_t *point = NULL;
  double *probability = NULL;
  size_t count = 1;
  make(1, 12);
  chance_collect(c, l);
  ok(!put(c, 7, &err) && !chance_result(c, &point, &probability, &count, &err) && count == 0, "none is counted");
  const double worse[OBJECTIVES] = {1e9, 1e9, 1e9};
  ok(leaders_against(strong, l, group_of[7], worse) == 1 && !memcmp(strong[0]->nominal, nominal[7], sizeof nominal[7]),
     "it is a leader");
  free(point);
  free(probability);
  chance_free(c);
  leaders_free(l);
}

int main(void)
{
  static const size_t some[] = {1, 2, 7, 8, 9, 16, 17};
  for (uint64_t seed = 1; seed <= 5; seed++)
    for (int every = 0; every <= 7; every += 7) {
      trial(seed, every, 12);
      trial(seed, every, 3);
      trial(seed, every, 0);
    }
  handed_over(4);
  as_bytes(2);
  as_bytes(5);
  collected();
  all_on_front();
  for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
    draws = some[i];
    trial(3 + i, 7 * (int)(i % 2), 12);
    handed_over(6 + i);
    if (draws > 1) as_bytes(1 + 2 * i);
  }
  return done();
}
