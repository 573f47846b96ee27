/* Memory that runs out while levels are built, weights read, and scales and formats of rows chosen: it is said, and
 * nothing stays behind. */
#include "no_memory.h"

#include "quarry/number.h"
#include "quarry/random.h"
#include "quarry/row_mix.h"
#include "quarry/sqnr.h"

#include "random.h"

#include <gsl/gsl_errno.h>
#include <math.h>

enum { ROWS = 12, COLUMNS = 9 };

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  qy_number number;
  qy_signal signal;
  const double *weight;
  const char *file;
  qy_row_scale scale;
  size_t pad;
} context;

static qy_status best(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_levels *levels = NULL;
  qy_best scale = {.scale = 0}, format = {.scale = 0};
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_levels_build(&levels, &c->number, a, err) : qy_no_memory(err);
  if (!status) status = qy_best_scale(&scale, levels, &c->signal, err);
  if (!status) status = qy_best_format(&format, &c->number, &c->signal, err);
  *answer = status ? 0 : scale.scale + 2 * format.scale + (isfinite(format.sqnr_db) ? format.sqnr_db : 1);
  qy_arena_free(a);
  return status;
}

static qy_status given(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_signal signal;
  qy_best format = {.scale = 0};
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_signal_from_array(&signal, c->weight, ROWS * COLUMNS, a, err) : qy_no_memory(err);
  if (!status) status = qy_best_format(&format, &c->number, &signal, err);
  *answer = status ? 0 : format.scale + format.sqnr_db;
  qy_arena_free(a);
  return status;
}

static qy_status weights(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  double *value = NULL;
  size_t count = 0;
  qy_signal signal;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_weights_read(&value, &count, c->file, a, err) : qy_no_memory(err);
  if (!status) status = qy_signal_read(&signal, c->file, a, err);
  *answer = (double)count;
  for (size_t i = 0; !status && i < count; i++)
    *answer = *answer / 2 + value[i];
  qy_arena_free(a);
  return status;
}

static qy_status rows(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_row_choice choice[ROWS];
  qy_row_result result = {0};
  const qy_row_task task = {
      .weight = c->weight,
      .rows = ROWS,
      .columns = COLUMNS,
      .format = {c->number, qy_number_default(QY_NUMBER_UNIFORM, 4), qy_number_default(QY_NUMBER_UNIFORM, 8)},
      .scheme_share = 0.5,
      .high_share = 0.2,
      .scale = c->scale};
  const qy_status status = qy_row_assign(&result, choice, &task, err);
  *answer = status ? 0 : result.sqnr_db;
  for (size_t i = 0; !status && i < ROWS; i++)
    *answer += (double)choice[i].part * (double)(i + 1) + choice[i].scale;
  return status;
}

static qy_status described(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_quantize_report report = {0};
  qy_format_noise noise = {0};
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_quantize_describe(&report, &c->number, &c->signal, 1, a, err) : qy_no_memory(err);
  if (!status) status = qy_format_noise_make(&noise, &c->number, &c->signal, a, err);
  *answer = status ? 0 : report.row[0].best.scale + noise.noise + (double)noise.count;
  qy_arena_free(a);
  return status;
}

int main(void)
{
  static const char *const files[] = {"f2.npy", "f4.npy", "i1.npy", "i8.npy", "text.csv", "two.csv"};
  static const qy_number_kind kinds[] = {QY_NUMBER_UNIFORM, QY_NUMBER_POT, QY_NUMBER_SEGLOG, QY_NUMBER_BRSLOG};
  memory_tally bests = {0}, arrays = {0}, reads = {0}, mixes = {0}, reports = {0};
  double weight[ROWS * COLUMNS];
  uint64_t state = 3;
  context c = {.weight = weight};
  gsl_set_error_handler_off();
  for (size_t i = 0; i < ROWS * COLUMNS; i++)
    weight[i] = random_unit(&state) - 0.5;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    qy_error err = {0};
    c.number = qy_number_default(kinds[i], 4);
    c.scale = i % 2 ? QY_ROW_SCALE_ROW : QY_ROW_SCALE_LAYER;
    c.pad = 90 + 1000 * i;
    if (qy_signal_make(&c.signal, i % 2 ? QY_SIGNAL_LAPLACIAN : QY_SIGNAL_GAUSSIAN, NAN, &err)) continue;
    memory_try(&bests, best, &c, 1, 1);
    memory_try(&arrays, given, &c, 1, 1);
    memory_try(&mixes, rows, &c, 1, 7);
    if (i == 0) memory_try(&reports, described, &c, 1, 1);
  }
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    for (c.pad = 40; c.pad < 4096; c.pad += 700) {
      char file[64];
      snprintf(file, sizeof file, "tests/fuzz/corpus/weights/%s", files[i]);
      c.file = file;
      memory_try(&reads, weights, &c, 1, 1);
    }
  memory_said(&bests, "formats of distributions");
  memory_said(&arrays, "formats of weights");
  memory_said(&mixes, "formats of rows");
  memory_said(&reports, "reports");
  memory_said(&reads, "files of weights");
  return done();
}
