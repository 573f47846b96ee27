/* Memory that runs out while tables are compared with: it is said, nothing stays behind, and what is compared after all
 * gives the same report. */
#include "files.h"
#include "no_memory.h"
#include "some_rows.h"

#include "quarry/validate.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <unistd.h>

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  validation *run;
  const char *file;
  size_t pad;
} context;

static qy_status compared(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_validate_report *r = NULL;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? QY_OK : qy_no_memory(err);
  if (!status) status = c->run(&r, c->file, a, err);
  *answer = status ? 0 : (double)(r->compared + 8 * r->skipped + 64 * r->omit_count);
  for (size_t i = 0; !status && i < r->stratum_count; i++)
    *answer = *answer / 2 + r->stratum[i].bias_pct + r->stratum[i].max_pct +
              (isfinite(r->stratum[i].coverage) ? r->stratum[i].coverage : 0);
  qy_arena_free(a);
  return status;
}

static qy_status with_draws(qy_validate_report **r, const char *file, qy_arena *a, qy_error *err)
{
  static const qy_validate_options drawn = {.cycles = 16, .worst_count = 3, .draws = 16};
  return qy_validate_synthesis(r, file, &drawn, a, err);
}

static qy_status left_out(qy_validate_report **r, const char *file, qy_arena *a, qy_error *err)
{
  static const qy_validate_options left = {.cycles = 16, .worst_count = 3, .leave_out = true};
  return qy_validate_synthesis(r, file, &left, a, err);
}

static void test_table(memory_tally *t, validation *run, const char *text, size_t pad, long each)
{
  char file[] = "/tmp/quarry-memory-XXXXXX.csv";
  context c = {.run = run, .file = file, .pad = pad};
  if (!ok(write_new_file(file, 4, text), "some rows")) return;
  memory_try(t, compared, &c, 1 + (long)pad % each, each);
  unlink(file);
}

int main(void)
{
  static char text[TEXT];
  gsl_set_error_handler_off();
  for (size_t i = 0; i < TABLES; i++) {
    memory_tally t = {0};
    const bool priced = tables[i].run == synthesis || tables[i].run == elements;
    some_rows(text, tables[i].file, tables[i].step, 2);
    test_table(&t, tables[i].run, text, 70 + 450 * i, priced ? 101 : 3);
    if (tables[i].run == synthesis) test_table(&t, with_draws, text, 500, 151);
    if (i == 0) test_table(&t, left_out, text, 900, 151);
    memory_said(&t, tables[i].what);
  }
  return done();
}
