/* NSGA-II by what can be seen of it: who is kept, against a ranking of all pairs and crowding by its formula (Deb et
 * al., IEEE Trans. Evol. Comput. 6(2), 2002); which parents have children; how children differ from their parents.
 *
 * What a point is worth is told by when it is evaluated, so that a test decides who is good.  Points have so many
 * values along each axis that a child's tell where they come from. */
#include "quarry/search.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { AXES = 5, VALUES = 1000, MOST = 96, OBJECTIVES = 3 };

/* What the points of one search are worth, in the order in which they are evaluated. */
typedef struct script {
  const qy_space *space;
  size_t seen;
  int64_t point[MOST];
  double objective[MOST][OBJECTIVES], violation[MOST];
  size_t group[MOST];
  int objectives;
} script;

static qy_status evaluate(void *ctx, void *worker, int64_t point, double *objective, double *violation, qy_error *err)
{
  script *s = ctx;
  (void)worker, (void)err;
  for (int d = 0; d < s->objectives; d++)
    objective[d] = s->objective[s->seen][d];
  *violation = s->violation[s->seen];
  s->point[s->seen++] = point;
  return QY_OK;
}

static size_t group_of(void *ctx, int64_t point)
{
  const script *s = ctx;
  size_t i = 0;
  while (s->point[i] != point)
    i++;
  return s->group[i];
}

static qy_space_entry entry[2];

static qy_space cube_of(int axes, size_t values)
{
  qy_space space = {1, entry, 0};
  entry[0] = (qy_space_entry){.name = "e", .axis_count = axes};
  for (int a = 0; a < axes; a++)
    entry[0].axis[a] = (qy_axis){"x", values};
  qy_space_finish(&space, NULL);
  return space;
}

/* Evaluate `points` in generations of `population`; false: it went wrong. */
static bool run(script *s, size_t groups, size_t population, size_t points, uint64_t seed)
{
  const qy_search_problem problem = {.space = s->space,
                                     .objectives = s->objectives,
                                     .groups = groups,
                                     .threads = 1,
                                     .ctx = s,
                                     .group = group_of,
                                     .evaluate = evaluate};
  const qy_search_budget budget = {.points = (int64_t)points, .seed = seed, .population = population};
  qy_search_result r;
  s->seen = 0;
  const qy_status status = qy_search_run(&r, qy_search_find("nsga2"), &problem, &budget, NULL);
  qy_search_free(&r);
  return status == QY_OK && s->seen == points;
}

static int values_of(const script *s, size_t i, size_t *value)
{
  int e;
  qy_space_decode(s->space, s->point[i], &e, value);
  return e;
}

/* ---- who is kept ---- */

static bool dominates(const script *s, size_t a, size_t b)
{
  bool less = false;
  for (int d = 0; d < s->objectives; d++) {
    if (s->objective[a][d] > s->objective[b][d]) return false;
    less = less || s->objective[a][d] < s->objective[b][d];
  }
  return less;
}

/* Ranks of feasible points of one group: 0 for what none of them dominates, 1 for what none is left to dominate without
 * these, and so on. */
static void rank_all(int *rank, const script *s, const size_t *member, size_t count)
{
  size_t ranked = 0;
  for (size_t j = 0; j < count; j++)
    rank[j] = -1;
  for (int now = 0; ranked < count; now++) {
    bool on_front[MOST];
    for (size_t j = 0; j < count; j++) {
      on_front[j] = rank[j] < 0;
      for (size_t k = 0; k < count && on_front[j]; k++)
        on_front[j] = rank[k] >= 0 || !dominates(s, member[k], member[j]);
    }
    for (size_t j = 0; j < count; j++)
      if (on_front[j]) {
        rank[j] = now;
        ranked++;
      }
  }
}

/* Sum over the objectives of how far the neighbours of its rank are apart, in ranges; ends have no bound.  Of equal
 * values the one that was seen first is the lower. */
static double crowding_of(const script *s, const size_t *member, const int *rank, size_t count, size_t one)
{
  double sum = 0;
  for (int d = 0; d < s->objectives; d++) {
    double below = -INFINITY, above = INFINITY, least = INFINITY, most = -INFINITY;
    bool lowest = true, highest = true;
    for (size_t j = 0; j < count; j++) {
      const double x = s->objective[member[j]][d], own = s->objective[member[one]][d];
      if (rank[j] != rank[one]) continue;
      least = fmin(least, x);
      most = fmax(most, x);
      if (j == one) continue;
      if (x < own || (x == own && j < one)) {
        below = fmax(below, x);
        lowest = false;
      } else {
        above = fmin(above, x);
        highest = false;
      }
    }
    if (lowest || highest) return INFINITY;
    if (most > least) sum += (above - below) / (most - least);
  }
  return sum;
}

/* Of the points in kept[0..count) leave the best `population`, groups taking turns. */
static void select_kept(bool *kept, const script *s, size_t groups, size_t count, size_t population)
{
  size_t left[OBJECTIVES][MOST], lefts[OBJECTIVES] = {0}, taken = 0;
  for (size_t g = 0; g < groups; g++) {
    size_t member[MOST], members = 0;
    int rank[MOST];
    double crowding[MOST];
    for (size_t i = 0; i < count; i++)
      if (kept[i] && s->group[i] == g && s->violation[i] <= 0) member[members++] = i;
    rank_all(rank, s, member, members);
    for (size_t j = 0; j < members; j++)
      crowding[j] = crowding_of(s, member, rank, members, j);
    bool used[MOST] = {0};
    for (size_t n = 0; n < members; n++) {
      size_t best = members;
      for (size_t j = 0; j < members; j++)
        if (!used[j] &&
            (best == members || rank[j] < rank[best] || (rank[j] == rank[best] && crowding[j] > crowding[best])))
          best = j;
      used[best] = true;
      left[g][lefts[g]++] = member[best];
    }
    bool placed[MOST] = {0};
    for (;;) { /* then those that break a limit, by how much */
      size_t best = count;
      for (size_t i = 0; i < count; i++)
        if (kept[i] && s->group[i] == g && s->violation[i] > 0 && !placed[i] &&
            (best == count || s->violation[i] < s->violation[best]))
          best = i;
      if (best == count) break;
      placed[best] = true;
      left[g][lefts[g]++] = best;
    }
  }
  memset(kept, 0, count * sizeof *kept);
  for (size_t turn = 0; taken < population && turn < count; turn++)
    for (size_t g = 0; g < groups && taken < population; g++)
      if (turn < lefts[g]) {
        kept[left[g][turn]] = true;
        taken++;
      }
}

/* Most axes of a point that two of the first `count` points explain; only kept ones, or any. */
static int explained(const script *s, size_t i, size_t count, const bool *kept)
{
  size_t own[QY_AXES_MAX], value[MOST][QY_AXES_MAX];
  unsigned same[MOST] = {0};
  int most = 0;
  values_of(s, i, own);
  for (size_t p = 0; p < count; p++) {
    values_of(s, p, value[p]);
    for (int a = 0; a < AXES; a++)
      same[p] |= (unsigned)(value[p][a] == own[a]) << a;
    for (size_t q = 0; q <= p; q++) {
      const int by = __builtin_popcount(same[p] | same[q]);
      if ((!kept || (kept[p] && kept[q])) && by > most) most = by;
    }
  }
  return most;
}

static void test_kept(void)
{
  enum { CASES = 180, POPULATION = 12, GENERATIONS = 5 };
  const qy_space space = cube_of(AXES, VALUES);
  uint64_t seed = 5;
  int failed = 0, strange = 0, seconds = 0, far = 0, children = 0;
  for (int c = 0; c < CASES; c++) {
    script s = {.space = &space, .objectives = 1 + c % OBJECTIVES};
    const size_t groups = 1 + (size_t)c / 3 % 3, population = POPULATION - (size_t)c % 4;
    const bool coarse = c % 5 < 2, broken = c % 4 == 3;
    for (size_t i = 0; i < MOST; i++) {
      double sum = 0;
      for (int d = 0; d < s.objectives; d++) {
        s.objective[i][d] = coarse ? (double)random_below(&seed, 4) : random_unit(&seed);
        if (d > 0 && d + 1 == s.objectives && c % 3) s.objective[i][d] += 2 - sum;
        sum += s.objective[i][d];
      }
      s.violation[i] = broken && random_below(&seed, 2) ? (double)(1 + random_below(&seed, 3)) : 0;
      s.group[i] = random_below(&seed, groups);
    }
    if (!run(&s, groups, population, GENERATIONS * population, (uint64_t)c)) {
      failed++;
      continue;
    }
    bool kept[MOST] = {0};
    for (size_t from = 0; from < s.seen; from += population) {
      for (size_t i = from; i < from + population; i++) {
        const int short_of = from ? explained(&s, i, from, NULL) - explained(&s, i, from, kept) : 0;
        children += from > 0;
        seconds += from == 2 * population;
        strange += from == 2 * population && short_of > 0;
        far += short_of > 1;
      }
      memset(kept + from, 1, population);
      select_kept(kept, &s, groups, from + population, population);
    }
  }
  is_int(failed, 0, "searches of five generations");
  /* a value that mutation drew may be that of a point which was dropped, all the more the longer points descend from
   * one another */
  ok(strange * 100 <= seconds, "of %d of the third one %d are not children of two that the ranking keeps", seconds,
     strange);
  ok(far * 1000 <= children, "of all %d behind the first %d differ in more than one axis", children, far);
}

/* ---- children ---- */

static bool within(double got, double expected, double apart)
{
  return fabs(got - expected) <= apart;
}

/* One member: each child is it, changed.  Half the time by a step of 1 or, each time half as often, one more, up or
 * down, not beyond the ends; else to any value; again and again until it is another. */
static void test_steps(void)
{
  enum { COUNT = 6, CASES = 6000 };
  const qy_space space = cube_of(1, COUNT);
  double times[COUNT][COUNT] = {{0}}, from[COUNT] = {0}, chance[COUNT][COUNT] = {{0}}, worst = 0;
  for (int v = 0; v < COUNT; v++) {
    for (int w = 0; w < COUNT; w++)
      chance[v][w] = 0.5 / COUNT;
    for (int step = 1; step < 40; step++) {
      chance[v][v > step ? v - step : 0] += ldexp(0.25, -step);
      chance[v][v + step < COUNT ? v + step : COUNT - 1] += ldexp(0.25, -step);
    }
  }
  for (int c = 0; c < CASES; c++) {
    script s = {.space = &space, .objectives = 1, .objective = {{0}, {1}}};
    if (!run(&s, 1, 1, 2, (uint64_t)c)) continue;
    times[s.point[0]][s.point[1]]++;
    from[s.point[0]]++;
  }
  for (int v = 0; v < COUNT; v++)
    for (int w = 0; w < COUNT; w++) {
      const double expected = v == w ? 0 : chance[v][w] / (1 - chance[v][v]);
      worst = fmax(worst, from[v] > CASES / COUNT / 2 ? fabs(times[v][w] / from[v] - expected) : 1);
    }
  ok(worst < 0.06, "steps of 1, 2, ... values, each half as often, or any: %.3f off at most", worst);
  const qy_space wide = cube_of(1, VALUES);
  double up[4] = {0}, down[4] = {0}, far = 0;
  for (int c = 0; c < CASES / 3; c++) {
    script s = {.space = &wide, .objectives = 1, .objective = {{0}, {1}}};
    if (!run(&s, 1, 1, 2, (uint64_t)c)) continue;
    const int64_t step = s.point[1] - s.point[0];
    if (step > 0 && step < 4) up[step]++;
    if (step < 0 && step > -4) down[-step]++;
    far += step > 12 || step < -12;
  }
  bool good = within(far / (CASES / 3), 0.5, 0.05);
  for (int k = 1; k < 4; k++)
    good = good && within(up[k] / (CASES / 3), ldexp(0.25, -k), 0.03) &&
           within(down[k] / (CASES / 3), ldexp(0.25, -k), 0.03);
  ok(good, "the same among many values, half of them anywhere");
}

/* One axis changes on average, those of one value apart; at least one, as no point comes twice. */
static void test_axes(void)
{
  enum { CASES = 3000, VARIED = 4 };
  qy_space space = cube_of(VARIED + 1, VALUES);
  double changed[VARIED + 1] = {0}, all = 0;
  entry[0].axis[2].count = 1;
  qy_space_finish(&space, NULL);
  for (int c = 0; c < CASES; c++) {
    script s = {.space = &space, .objectives = 1, .objective = {{0}, {1}}};
    size_t was[QY_AXES_MAX], is[QY_AXES_MAX];
    if (!run(&s, 1, 1, 2, (uint64_t)c)) continue;
    values_of(&s, 0, was);
    values_of(&s, 1, is);
    for (int a = 0; a <= VARIED; a++) {
      changed[a] += was[a] != is[a];
      all += was[a] != is[a];
    }
  }
  const double expected = 1 / (1 - pow(1 - 1. / VARIED, VARIED));
  ok(within(all / CASES, expected, 0.07), "%.3f axes change, of %.3f expected", all / CASES, expected);
  bool good = changed[2] <= 0;
  for (int a = 0; a <= VARIED; a++)
    good = good && (a == 2 || within(changed[a] / CASES, expected / VARIED, 0.04));
  ok(good, "each as often as any other");
}

/* Two designs: the choice counts as one more axis, and what both have by name and length is taken along. */
static void test_designs(void)
{
  enum { CASES = 6000 };
  qy_space space = {2, entry, 0};
  entry[0] = (qy_space_entry){.name = "a", .axis_count = 3, .axis = {{"p", 1000}, {"q", 4000}, {"c", 300}}};
  entry[1] = (qy_space_entry){.name = "b", .axis_count = 4, .axis = {{"c", 300}, {"r", 1000}, {"p", 1000}, {"q", 5}}};
  qy_space_finish(&space, NULL);
  static const int at[2][4] = {{0, 2, 1, 0}, {2, 0, 3, 1}}; /* p, c, q; p and r, both as long */
  double from[2] = {0}, jumps[2] = {0}, kept[2][4] = {{0}};
  for (int c = 0; c < CASES; c++) {
    script s = {.space = &space, .objectives = 1, .objective = {{0}, {1}}};
    size_t was[QY_AXES_MAX], is[QY_AXES_MAX];
    if (!run(&s, 1, 1, 2, (uint64_t)c)) continue;
    const int one = values_of(&s, 0, was), other = values_of(&s, 1, is);
    from[one]++;
    jumps[one] += one != other;
    for (int k = 0; k < 4; k++)
      kept[one][k] += one != other && was[at[one][k]] == is[at[other][k]];
  }
  for (int e = 0; e < 2; e++) {
    const double axes = 3 + e, varied = axes + 1, jump = 0.5 / varied;
    const double expected = jump / (1 - (1 - jump) * pow(1 - 1 / varied, axes));
    if (from[e] < 0.1 * CASES) continue; /* designs have points in proportion */
    ok(within(jumps[e] / from[e], expected, 0.03), "design %d: %.3f change to the other, of %.3f expected", e,
       jumps[e] / from[e], expected);
    ok(within(kept[e][0] / jumps[e], 1 - 1 / varied, 0.08) && within(kept[e][1] / jumps[e], 1 - 1 / varied, 0.08),
       "and keep the values of both axes that are there, %.3f and %.3f of %.3f", kept[e][0] / jumps[e],
       kept[e][1] / jumps[e], 1 - 1 / varied);
    ok(kept[e][2] / jumps[e] < 0.06 && kept[e][3] / jumps[e] < 0.06, "not of one of another length or name");
  }
}

/* What axes of the children of few members come from: share[i] of all from member i. */
static double shares_of(double *share, double *mixed, int members, const double (*objective)[2],
                        const double *violation)
{
  enum { CASES = 1200 };
  const qy_space space = cube_of(AXES, VALUES);
  double children = 0;
  for (int i = 0; i < members; i++)
    share[i] = 0;
  *mixed = 0;
  for (int c = 0; c < CASES; c++) {
    script s = {.space = &space, .objectives = 2};
    size_t value[4][QY_AXES_MAX], own[QY_AXES_MAX];
    for (int i = 0; i < MOST; i++) {
      for (int d = 0; d < 2; d++)
        s.objective[i][d] = i < members && objective ? objective[i][d] : 9;
      if (violation) s.violation[i] = i < members ? violation[i] : 9;
    }
    if (!run(&s, 1, (size_t)members, 2 * (size_t)members, (uint64_t)c)) continue;
    for (int i = 0; i < members; i++)
      values_of(&s, (size_t)i, value[i]);
    for (int i = members; i < 2 * members; i++, children++) {
      int of[4] = {0}, several = 0;
      values_of(&s, (size_t)i, own);
      for (int a = 0; a < AXES; a++)
        for (int m = 0; m < members; m++)
          of[m] += own[a] == value[m][a];
      for (int m = 0; m < members; m++) {
        share[m] += of[m];
        several += of[m] > 0;
      }
      *mixed += several > 1;
    }
  }
  for (int i = 0; i < members; i++)
    share[i] /= children * AXES;
  *mixed /= children;
  return children;
}

/* Share of axes that come from a member which a tournament has as a parent with chance p: where both parents are it,
 * one axis or more has changed, as no point comes twice. */
static double share_of(double p)
{
  const double stays = 1 - 1. / AXES, some_changed = 1 - pow(stays, AXES);
  return p * p * (1 - (1 - stays) / some_changed) + p * (1 - p) * stays;
}

/* Both parents win a tournament of two; each axis is of either with the same chance, and one in five changes. */
static void test_parents(void)
{
  static const double equal[][2] = {{0, 1}, {1, 0}}, better[][2] = {{0, 0}, {1, 1}},
                      crowded[][2] = {{0, 2}, {1, 1}, {2, 0}};
  const double stays = 1 - 1. / AXES;
  const double both = 1 - 2 * pow(1 - stays / 2, AXES) + pow(1 - stays, AXES); /* of two that differ */
  double share[4], mixed;
  shares_of(share, &mixed, 2, equal, NULL);
  ok(within(share[0], share_of(0.5), 0.025) && within(share[1], share_of(0.5), 0.025),
     "of two that are as good each axis comes from either: %.3f, %.3f", share[0], share[1]);
  ok(within(mixed, both / 2, 0.03), "%.3f of the children are of both, of %.3f expected", mixed, both / 2);
  shares_of(share, &mixed, 2, better, NULL);
  ok(within(share[0], share_of(0.75), 0.025) && within(share[1], share_of(0.25), 0.025),
     "the one that dominates wins where it is drawn at all: %.3f, %.3f", share[0], share[1]);
  ok(within(mixed, 0.375 * both, 0.03), "%.3f of the children are of both, of %.3f expected", mixed, 0.375 * both);
  shares_of(share, &mixed, 3, crowded, NULL);
  ok(within(share[0], share_of(4. / 9), 0.025) && within(share[1], share_of(1. / 9), 0.025) &&
         within(share[2], share_of(4. / 9), 0.025),
     "the one between two others loses to either: %.3f, %.3f, %.3f", share[0], share[1], share[2]);
  shares_of(share, &mixed, 2, NULL, (const double[]){1, 1});
  ok(within(share[0], share_of(0.5), 0.025) && within(share[1], share_of(0.5), 0.025),
     "of two that break a limit by as much none wins: %.3f, %.3f", share[0], share[1]);
  shares_of(share, &mixed, 2, NULL, (const double[]){1, 0.5});
  ok(within(share[0], share_of(0.25), 0.025) && within(share[1], share_of(0.75), 0.025),
     "else the one that breaks it by less: %.3f, %.3f", share[0], share[1]);
  shares_of(share, &mixed, 2, better, (const double[]){0.5, 0});
  ok(within(share[0], share_of(0.25), 0.025) && within(share[1], share_of(0.75), 0.025),
     "and one that breaks none: %.3f, %.3f", share[0], share[1]);
}

int main(void)
{
  test_kept();
  test_steps();
  test_axes();
  test_designs();
  test_parents();
  return done();
}
