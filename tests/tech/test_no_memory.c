/* Memory that runs out while libraries are read, written, imported, moved to another supply or drawn: it is said, and
 * nothing stays behind. */
#include "no_memory.h"

#include "quarry/draws.h"
#include "quarry/fpga.h"
#include "quarry/fpga_tech.h"
#include "quarry/liberty.h"
#include "quarry/structure.h"
#include "quarry/tech.h"

#include <gsl/gsl_errno.h>

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  const char *name;
  const qy_tech *tech;
  double voltage_v;
  size_t pad;
} context;

static double sum_of(const qy_tech *t)
{
  double sum = t->voltage_v + (double)t->entry_count;
  for (size_t i = 0; i < t->entry_count; i++)
    sum = sum / 2 + t->entry[i].constant.value + t->entry[i].constant.low;
  return sum;
}

static qy_status library(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_tech *t = NULL;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_tech_read(&t, "db", c->name, a, err) : qy_no_memory(err);
  if (!status) status = qy_tech_render(t, a, err);
  if (!status) *answer = sum_of(t) + (double)strlen(t->text);
  qy_arena_free(a);
  return status;
}

static qy_status changed(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_tech *copy = NULL, *bare = NULL, *moved = NULL, *memory = NULL;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_tech_copy(&copy, c->tech, a, err) : qy_no_memory(err);
  if (!status) status = qy_tech_unplaced(&bare, copy, a, err);
  if (!status) status = qy_tech_at_voltage(&moved, copy, c->voltage_v, a, err);
  if (!status) status = qy_tech_sram_at(&memory, copy, c->voltage_v, a, err);
  if (!status) *answer = sum_of(copy) + 2 * sum_of(bare) + 4 * sum_of(moved) + 8 * sum_of(memory);
  qy_arena_free(a);
  return status;
}

static qy_status imported(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_liberty_source source = {0};
  qy_liberty_report report;
  qy_tech *t = NULL;
  const qy_liberty_options options = {.name = "made", .base = c->tech};
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_liberty_load(&source, c->name, a, err) : qy_no_memory(err);
  if (!status) status = qy_liberty_import(&t, &report, &source, 1, &options, a, err);
  if (!status) *answer = sum_of(t) + (double)report.warning_count + (double)report.cells;
  qy_arena_free(a);
  return status;
}

static qy_status drawn(void *ctx, double *answer, qy_error *err)
{
  enum { DRAWS = 16 };
  const context *c = ctx;
  qy_draws *draws = NULL;
  double column[DRAWS];
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_draws_new(&draws, c->tech, DRAWS, 3, 0, a, err) : qy_no_memory(err);
  if (!status) status = qy_draws_column(column, draws, "structure", err);
  *answer = 0;
  for (int i = 0; !status && i < DRAWS; i++)
    *answer = *answer / 2 + column[i];
  qy_arena_free(a);
  return status;
}

static qy_status device(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_fpga_device *d = NULL;
  qy_tech *t = NULL;
  qy_structure *s = NULL;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_fpga_read(&d, "db", c->name, a, err) : qy_no_memory(err);
  if (!status) status = qy_tech_read_fpga(&t, "db", c->name, a, err);
  if (!status) status = qy_structure_read(&s, "db/structure.csv", a, err);
  if (!status) *answer = sum_of(t);
  qy_arena_free(a);
  return status;
}

static void test_libraries(const qy_tech *base)
{
  static const char *const names[] = {"fdsoi28", "lp55", "asap7", "osu018"}, *const devices[] = {"zu3eg", "xc7z020"};
  static const char *const files[] = {
      "tests/data/liberty/f01_leak_lower_vss.lib", "tests/data/liberty/f02_power_body_rail.lib",
      "tests/data/liberty/f03_strong_cell_small_area.lib", "tests/data/liberty/f06_no_internal_power.lib"};
  memory_tally reads = {0}, moves = {0}, imports = {0}, draws = {0}, fpga = {0};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    context c = {.name = names[i], .pad = 100 + 900 * i};
    memory_try(&reads, library, &c, 1 + (long)i * 7, 61);
  }
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    for (size_t pad = 60; pad < 4096; pad += 1900) {
      context c = {.name = files[i], .tech = base, .pad = pad + 150 * i};
      memory_try(&imports, imported, &c, 1 + (long)(pad % 97), 211);
    }
  for (size_t pad = 60; pad < 4096; pad += 300) {
    context c = {.tech = base, .voltage_v = 0.8 + 1e-5 * (double)pad, .pad = pad};
    memory_try(&moves, changed, &c, 1, 1);
    memory_try(&draws, drawn, &c, 1, 1);
  }
  for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
    memory_try(&fpga, device, &(context){.name = devices[i], .pad = 500 + 900 * i}, 3, 41);
  memory_said(&reads, "libraries");
  memory_said(&moves, "copies and other supplies");
  memory_said(&imports, "imports");
  memory_said(&draws, "draws");
  memory_said(&fpga, "devices");
}

int main(void)
{
  qy_error err = {0};
  qy_tech *base = NULL;
  qy_arena *arena = qy_arena_new();
  gsl_set_error_handler_off();
  if (ok(!qy_tech_read(&base, "db", "fdsoi28", arena, &err), "a library")) test_libraries(base);
  qy_arena_free(arena);
  return done();
}
