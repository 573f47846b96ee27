/* Memory that runs out while experiments are read: it is said, nothing stays behind, and what is read after all is the
 * same plan.  The experiments are those of the project. */
#include "no_memory.h"

#include "quarry/file.h"
#include "quarry/plan.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>

/* The pad moves the places where the caller's arena is full. */
typedef struct context {
  const char *file, *text;
  size_t length, pad;
} context;

static double hash_of(const char *text)
{
  double hash = 0;
  for (const char *p = text; p && *p; p++)
    hash = hash / 2 + (double)(unsigned char)*p;
  return hash;
}

static qy_status note(void *ctx, const char *member, const qy_pe_params *element, qy_error *err)
{
  double *sum = ctx;
  (void)err;
  *sum += (double)element->bits + hash_of(member);
  return QY_OK;
}

static qy_status read_plan(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_plan *plan = NULL;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? QY_OK : qy_no_memory(err);
  *answer = 0;
  if (!status) status = qy_plan_read_text(&plan, c->file, c->text, c->length, "db", a, err);
  const qy_plan_info *info = status ? NULL : qy_plan_get(plan);
  if (info) *answer += (double)info->points + hash_of(info->noise_source) + (double)info->table_count;
  for (int i = 0; info && i < info->precision_count; i++)
    *answer = *answer / 2 + hash_of(info->precision[i].label);
  if (!status) status = qy_plan_elements(plan, info->points - 1, note, answer, err);
  qy_arena_free(a);
  return status;
}

int main(void)
{
  static const char *const files[] = {"experiments/rdm_vs_sdm.yaml",
                                      "experiments/fpga_mixed_scheme.yaml",
                                      "experiments/dram_energy.yaml",
                                      "experiments/mobilenet_system.yaml",
                                      "experiments/number_formats.yaml",
                                      "experiments/hawq.yaml",
                                      "experiments/multiplierless_systolic.yaml"};
  enum { EACH = 151 };
  memory_tally t = {0};
  gsl_set_error_handler_off();
  qy_arena *arena = qy_arena_new();
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    qy_error err = {0};
    context c = {.file = files[i], .pad = 100 + 550 * i};
    char *text = NULL;
    if (!ok(!qy_file_read(&text, &c.length, files[i], arena, &err), "%s", files[i])) continue;
    c.text = text;
    memory_try(&t, read_plan, &c, 1 + (long)(i * 67), EACH);
    memory_try(&t, read_plan, &c, 0, 0);
  }
  memory_said(&t, "plans");
  qy_arena_free(arena);
  return done();
}
