/* Memory that runs out while elements are priced, judged and written with their test benches: it is said, and nothing
 * stays behind. */
#include "no_memory.h"

#include "quarry/pe.h"
#include "quarry/quality.h"
#include "quarry/tech.h"

#include <gsl/gsl_errno.h>
#include <math.h>

enum { CYCLES = 24, PERIOD_PS = 800, BITS = 8 };

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  qy_pe_params params;
  const qy_tech *tech;
  qy_signal signal;
  size_t pad;
} context;

static qy_status begin(qy_arena **a, qy_pe *pe, const context *c, qy_error *err)
{
  *a = memory_arena(c->pad);
  if (!*a) return qy_no_memory(err);
  return qy_pe_build(pe, &c->params, *a, err);
}

static qy_pe_stimulus few_cycles(void)
{
  qy_pe_stimulus s = qy_pe_stimulus_default();
  s.cycles = CYCLES;
  return s;
}

static qy_status priced(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_arena *a = NULL;
  qy_pe pe;
  qy_pe_cost cost = {.idle_fj = 0};
  const qy_pe_stimulus stimulus = few_cycles();
  qy_status status = begin(&a, &pe, c, err);
  if (!status) status = qy_pe_price_with(&cost, &pe, c->tech, PERIOD_PS, &stimulus, err);
  *answer = status ? 0 : cost.build.area_um2 + cost.idle_fj;
  for (int mode = 0; !status && mode < QY_PE_MODES_MAX; mode++)
    *answer = *answer / 2 + cost.energy_fj[mode];
  qy_arena_free(a);
  return status;
}

static qy_status judged(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_arena *a = NULL;
  qy_pe pe;
  qy_pe_fit fit = {.split = 0};
  qy_pe_noise noise = {.weights = 0};
  double db = 0;
  qy_status status = begin(&a, &pe, c, err);
  if (!status) status = qy_pe_fit_weights(&fit, &pe, BITS, &c->signal, NULL, err);
  if (!status) status = qy_pe_noise_at(&noise, &pe, (qy_precision){BITS, BITS}, &c->signal, &fit, err);
  if (!status) status = qy_pe_sqnr_db(&db, &pe, BITS, &c->signal, NULL, NULL, err);
  *answer = status ? 0 : db + noise.weights + noise.products + fit.best.scale;
  qy_arena_free(a);
  return status;
}

int main(void)
{
  static context c;
  qy_error err = {0};
  qy_tech *tech = NULL;
  qy_arena *arena = qy_arena_new();
  memory_tally prices = {0}, judgements = {0};
  gsl_set_error_handler_off();
  if (ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, &err) &&
             !qy_signal_make(&c.signal, QY_SIGNAL_GAUSSIAN, NAN, &err),
         "a library and a distribution"))
    for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
      double answer;
      c.tech = tech;
      c.params = qy_pe_default((qy_pe_kind)kind);
      c.params.bits = BITS;
      c.pad = 50 + 290 * (size_t)kind;
      memory_try(&prices, priced, &c, 1 + kind % 5, 5);
      qy_error_clear(&err);
      if (judged(&c, &answer, &err) == QY_OK) memory_try(&judgements, judged, &c, 0, 0);
    }
  memory_said(&prices, "prices");
  memory_said(&judgements, "noise");
  qy_arena_free(arena);
  return done();
}
