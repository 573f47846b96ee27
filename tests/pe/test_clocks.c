/* Every element at many clocks: no cost falls by 1 % when the clock gets faster, and the stages are those that trying
 * all finds. CLOCKS (environment): how many; 20. */
#include "quarry/pe.h"

#include "tap.h"

#include <stdlib.h>

enum { MORE = 8, COSTS = 2 + QY_PE_MODES_MAX };
static const double worth = 0.99, slack = 1 - 1e-9, slow_ps = 1e12;
static qy_arena *arena;
static int clocks = 20;

typedef struct subject {
  qy_pe pe;
  qy_pe_toggles toggles;
  const qy_tech *tech;
  int costs;
} subject;

typedef struct costs {
  qy_build build;
  double cost[COSTS]; /* area, leakage, energy of each mode */
  double energy;      /* of all modes */
} costs;

static bool cost_of(costs *x, const subject *s, double period_ps, qy_pipelining how)
{
  qy_pe_cost cost;
  if (qy_pe_price_activities(&cost, &s->pe, s->tech, period_ps, how, &s->toggles, NULL)) return false;
  *x = (costs){.build = cost.build, .cost = {cost.build.area_um2, cost.build.leakage_nw}};
  for (int m = 0; m < s->pe.mode_count; m++) {
    x->cost[2 + m] = cost.energy_fj[m];
    x->energy += cost.energy_fj[m];
  }
  return true;
}

static double number(const costs *x, qy_pipeline_for aim)
{
  if (aim == QY_PIPELINE_FOR_AREA) return x->cost[0];
  return x->energy * (aim == QY_PIPELINE_FOR_PRODUCT ? x->cost[0] : 1);
}

/* Stages found by trying them all, up to twice the fewest and MORE; -1: none meets the clock. */
static int tried(const subject *s, double period_ps, qy_pipeline_for aim)
{
  enum { MOST = 64 };
  static costs now[MOST + 1], slow[MOST + 1];
  qy_pipelining how = {.aim = QY_PIPELINE_GIVEN};
  int fewest = -1, most = MOST, best = -1;
  for (how.stages = 0; how.stages <= most; how.stages++) {
    costs *x = &now[how.stages];
    if (!cost_of(x, s, period_ps, how) || !cost_of(&slow[how.stages], s, slow_ps, how)) return -2;
    if (fewest >= 0 || !x->build.feasible) continue;
    fewest = how.stages;
    most = 2 * fewest + MORE < MOST ? 2 * fewest + MORE : MOST;
  }
  if (fewest < 0 || aim == QY_PIPELINE_FOR_CLOCK) return fewest;
  for (int n = most; n >= fewest; n--) {
    bool saved = false;
    for (int more = n + 1; more <= most; more++)
      for (int i = 0; i < s->costs; i++)
        saved |= now[more].cost[i] < worth * now[n].cost[i] || slow[more].cost[i] < worth * slow[n].cost[i];
    if (aim == QY_PIPELINE_FOR_BOTH ? !saved : best < 0 || number(&now[n], aim) <= number(&now[best], aim)) best = n;
  }
  return best;
}

/* Fastest clock last: is a cost less than at any slower clock? */
static void expect_rising(const subject *s, qy_pipeline_for aim, double shortest_ps, int *points, int *falls,
                          int *stages)
{
  static const double slowest = 20;
  const bool one = aim != QY_PIPELINE_FOR_BOTH && aim != QY_PIPELINE_FOR_CLOCK;
  double most[COSTS] = {0}, most_of_aim = 0;
  int before = -1;
  for (int i = 0; i < clocks; i++) {
    const double period_ps = shortest_ps * pow(slowest, 1 - (double)i / (clocks - 1));
    costs x;
    if (!cost_of(&x, s, period_ps, (qy_pipelining){.aim = aim})) return;
    if (!x.build.feasible) continue;
    ++*points;
    for (int k = 0; k < s->costs && aim == QY_PIPELINE_FOR_BOTH; k++) {
      *falls += x.cost[k] < worth * slack * most[k];
      most[k] = fmax(most[k], x.cost[k]);
    }
    *falls += one && number(&x, aim) < slack * most_of_aim;
    most_of_aim = fmax(most_of_aim, number(&x, aim));
    *stages += x.build.stages < before;
    before = x.build.stages;
  }
}

static void test_element(subject *s, int tally[QY_PIPELINE_FOR_COUNT][3], int *wrong, int *run)
{
  qy_timing timing;
  const qy_pe_stimulus words = qy_pe_stimulus_default();
  if (qy_pe_activities(&s->toggles, &s->pe, &words, NULL) || qy_circuit_timing(s->pe.circuit, s->tech, &timing, NULL)) {
    ok(0, "%s", qy_circuit_name(s->pe.circuit));
    return;
  }
  s->costs = 2 + s->pe.mode_count;
  const double shortest_ps = fmax(timing.loop_ps, timing.fast_ps / 5);
  for (int aim = 0; aim < QY_PIPELINE_FOR_COUNT; aim++) {
    int *t = tally[aim];
    expect_rising(s, (qy_pipeline_for)aim, shortest_ps, &t[0], &t[1], &t[2]);
    for (double period_ps = shortest_ps; period_ps < 4 * timing.fast_ps; period_ps *= 1.3, ++*run) {
      costs x;
      if (!cost_of(&x, s, period_ps, (qy_pipelining){.aim = (qy_pipeline_for)aim})) return;
      *wrong += tried(s, period_ps, (qy_pipeline_for)aim) != (x.build.feasible ? x.build.stages : -1);
    }
  }
}

static void test_library(const char *library)
{
  static const int bits[] = {8, 16};
  int tally[QY_PIPELINE_FOR_COUNT][3] = {{0}}, wrong = 0, run = 0;
  qy_tech *tech;
  if (!ok(!qy_tech_read(&tech, "db", library, arena, NULL), "library %s", library)) return;
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
    for (size_t b = 0; b < sizeof bits / sizeof *bits; b++)
      for (int sums = 0; sums < 2; sums++) {
        qy_pe_params params = qy_pe_default((qy_pe_kind)kind);
        subject s = {.tech = tech};
        params.bits = bits[b];
        if (sums) params.accumulator_bits = QY_PE_ACCUMULATOR_NEEDED;
        if (qy_pe_row_of((qy_pe_kind)kind)->accumulates != QY_PE_SUMS_OPTIONAL && sums) continue;
        if (qy_pe_build(&s.pe, &params, arena, NULL)) continue; /* no such width */
        test_element(&s, tally, &wrong, &run);
      }
  for (int aim = 0; aim < QY_PIPELINE_FOR_COUNT; aim++) {
    const int *t = tally[aim];
    ok(t[0] > 10 * clocks && t[1] == 0, "%s, for %s: %d points, %d falls", library, qy_pipeline_for_names[aim], t[0],
       t[1]);
    if (aim == QY_PIPELINE_FOR_BOTH || aim == QY_PIPELINE_FOR_CLOCK)
      ok(t[2] == 0, "and never fewer stages at a faster clock (%d)", t[2]);
  }
  ok(run > 0 && wrong == 0, "%s: stages of %d builds are those that trying all finds (%d are not)", library, run,
     wrong);
}

int main(void)
{
  arena = qy_arena_new();
  const char *given = getenv("CLOCKS");
  if (given) clocks = atoi(given);
  test_library("fdsoi28");
  test_library("lp55");
  qy_arena_free(arena);
  return done();
}
