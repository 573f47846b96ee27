/* Many clocks of one circuit: the stages and costs of the plain sums at each of them, to the last bit, at random clocks
 * and on both sides of every clock where the number of stages changes. */
#include "quarry/pe.h"
#include "quarry/random.h"
#include "tap.h"

#include <stdlib.h>

enum { CLOCKS = 60, BISECTIONS = 50 };

typedef struct subject {
  const qy_circuit *circuit;
  const qy_tech *tech;
  qy_pipelining how;
  qy_builder *builder;
  int compared, wrong, changes;
} subject;

/* Stages at this period; both ways are compared. */
static int stages_at(subject *s, double period_ps)
{
  qy_build plain, fast;
  if (qy_circuit_build_for(s->circuit, s->tech, period_ps, &s->how, &plain, NULL) ||
      qy_builder_at(s->builder, period_ps, &fast, NULL))
    exit(1);
  s->compared++;
  s->wrong += plain.feasible != fast.feasible || plain.reason != fast.reason || plain.stages != fast.stages ||
              plain.pipeline_bits != fast.pipeline_bits || plain.period_ps != fast.period_ps ||
              plain.min_period_ps != fast.min_period_ps || plain.area_um2 != fast.area_um2 ||
              plain.leakage_nw != fast.leakage_nw || plain.fast_share != fast.fast_share ||
              memcmp(plain.effort, fast.effort, sizeof plain.effort) != 0 ||
              memcmp(plain.effort_share, fast.effort_share, sizeof plain.effort_share) != 0;
  return plain.feasible ? plain.stages : -1;
}

/* Between two periods with different stages: where they change, down to neighbouring numbers. */
static void find_change(subject *s, double low, double high)
{
  const int stages = stages_at(s, low);
  for (int i = 0; i < BISECTIONS && nextafter(low, high) < high; i++) {
    const double middle = low + (high - low) / 2;
    *(stages_at(s, middle) == stages ? &low : &high) = middle;
  }
  s->changes++;
}

static void compare(subject *s)
{
  uint64_t state = 7;
  double period = 150;
  int before = stages_at(s, period);
  for (int i = 0; i < CLOCKS; i++) {
    const double next = period * (1.02 + 0.12 * qy_random_open(qy_random_word(&state)));
    const int stages = stages_at(s, next);
    if (stages != before) find_change(s, period, next);
    period = next;
    before = stages;
  }
}

int main(void)
{
  static const char *const libraries[] = {"fdsoi28", "osu018"};
  static const qy_pe_params elements[] = {{.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 24},
                                          {.kind = QY_PE_MUL, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16}};
  qy_arena *arena = qy_arena_new();
  qy_pe_stimulus words = qy_pe_stimulus_default();
  words.cycles = 200;
  for (size_t k = 0; k < sizeof elements / sizeof *elements; k++) {
    qy_pe pe;
    qy_pe_toggles toggles;
    if (qy_pe_build(&pe, &elements[k], arena, NULL) || qy_pe_activities(&toggles, &pe, &words, NULL)) return 1;
    for (size_t t = 0; t < sizeof libraries / sizeof *libraries; t++) {
      qy_tech *tech;
      if (qy_tech_read(&tech, "db", libraries[t], arena, NULL)) return 1;
      for (int aim = 0; aim < QY_PIPELINE_FOR_COUNT; aim++) {
        subject s = {.circuit = pe.circuit, .tech = tech, .how = {.aim = (qy_pipeline_for)aim}};
        qy_pe_weigh(&s.how, &pe, &toggles);
        if (qy_builder_new(&s.builder, pe.circuit, tech, &s.how, NULL)) return 1;
        compare(&s);
        ok(s.wrong == 0 && s.changes > 1, "%s in %s for %s: %d clocks, stages change %d times",
           qy_pe_row_of(pe.params.kind)->name, libraries[t], qy_pipeline_for_names[aim], s.compared, s.changes);
        qy_builder_free(s.builder);
      }
    }
  }
  qy_builder *none;
  qy_build build;
  qy_pe pe;
  qy_tech *tech;
  const qy_pipelining given = {.aim = QY_PIPELINE_GIVEN, .stages = 3};
  if (qy_pe_build(&pe, &elements[1], arena, NULL) || qy_tech_read(&tech, "db", "lp55", arena, NULL) ||
      qy_builder_new(&none, pe.circuit, tech, &given, NULL))
    return 1;
  ok(qy_builder_at(none, 5000, &build, NULL) == QY_OK && build.stages == 3, "stages as given");
  qy_error err = {0};
  ok(qy_builder_at(none, 0, &build, &err) == QY_BAD_INPUT, "a period of 0");
  qy_builder_free(none);
  qy_builder_free(NULL);
  qy_arena_free(arena);
  return done();
}
