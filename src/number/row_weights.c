/* Mixed rows of given weights: see row_mix.h. */
#include "quarry/row_mix.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is found while the rows are shared out. */
typedef struct work {
  const qy_row_task *task;
  qy_row_choice *choice;
  qy_levels *levels[QY_ROW_PARTS];
  double *gathered;
  qy_arena *arena, *scratch; /* scratch: of one best scale */
} work;

static double sum_of_squares(const double *x, size_t count)
{
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += x[i] * x[i];
  return sum;
}

static double variance_of(const double *x, size_t count)
{
  double mean = 0, sum = 0;
  for (size_t i = 0; i < count; i++)
    mean += x[i];
  mean /= (double)count;
  for (size_t i = 0; i < count; i++)
    sum += (x[i] - mean) * (x[i] - mean);
  return sum / (double)count;
}

static const double *row_of(const work *w, size_t row)
{
  return w->task->weight + row * w->task->columns;
}

/* Sum of squares of the differences. */
static double error_of(work *w, size_t row, int part, double scale)
{
  const size_t columns = w->task->columns;
  const double *x = row_of(w, row);
  double sum = 0;
  if (scale <= 0) return 0;
  qy_quantize(w->levels[part], scale, x, columns, w->gathered);
  for (size_t i = 0; i < columns; i++)
    sum += (x[i] - w->gathered[i]) * (x[i] - w->gathered[i]);
  return sum;
}

/* Best scale of a format on numbers; 0 where all are zero. */
static qy_status best_of(double *scale, work *w, int part, const double *x, size_t count, qy_error *err)
{
  qy_signal signal;
  qy_best best = {0};
  *scale = 0;
  qy_arena_reset(w->scratch);
  for (size_t i = 0; i < count; i++)
    if (!isfinite(x[i]))
      return qy_fail(err, QY_BAD_INPUT, "weights: expected finite numbers, found %g at index %zu", x[i], i);
  if (sum_of_squares(x, count) == 0) return QY_OK;
  qy_status status = qy_signal_from_array(&signal, x, count, w->scratch, err);
  if (!status) status = qy_best_scale(&best, w->levels[part], &signal, err);
  if (!status) *scale = best.scale;
  return status;
}

/* The scales of all rows of a part, by the rule. */
static qy_status scale_part(work *w, int part, qy_error *err)
{
  const size_t rows = w->task->rows, columns = w->task->columns;
  qy_status status = QY_OK;
  size_t count = 0;
  for (size_t r = 0; !status && r < rows; r++) {
    if ((int)w->choice[r].part != part) continue;
    if (w->task->scale == QY_ROW_SCALE_ROW)
      status = best_of(&w->choice[r].scale, w, part, row_of(w, r), columns, err);
    else
      memcpy(w->gathered + columns * count++, row_of(w, r), columns * sizeof *w->gathered);
  }
  if (status || w->task->scale == QY_ROW_SCALE_ROW || count == 0) return status;
  double scale;
  status = best_of(&scale, w, part, w->gathered, columns * count, err);
  for (size_t r = 0; r < rows; r++)
    if ((int)w->choice[r].part == part) w->choice[r].scale = scale;
  return status;
}

/* A row and what it is sorted by; equal ones keep their order. */
typedef struct rank {
  double key;
  size_t row;
} rank;

static int by_key(const void *left, const void *right)
{
  const rank *a = left, *b = right;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}

/* Everything in low precision first: who has the largest error; of the others, who the smallest variance. */
static qy_status choose(work *w, qy_error *err)
{
  const qy_row_task *t = w->task;
  rank *order = qy_arena_alloc(w->arena, t->rows, sizeof *order);
  if (!order) return qy_no_memory(err);
  for (size_t r = 0; r < t->rows; r++)
    w->choice[r] = (qy_row_choice){.part = QY_ROWS_LOW, .variance = variance_of(row_of(w, r), t->columns)};
  qy_status status = scale_part(w, QY_ROWS_LOW, err);
  if (status) return status;
  for (size_t r = 0; r < t->rows; r++) {
    w->choice[r].error = sqrt(error_of(w, r, QY_ROWS_LOW, w->choice[r].scale));
    order[r] = (rank){-w->choice[r].error, r};
  }
  qsort(order, t->rows, sizeof *order, by_key);
  const size_t high = (size_t)llround(t->high_share * (double)t->rows);
  for (size_t i = 0; i < high && i < t->rows; i++)
    w->choice[order[i].row].part = QY_ROWS_HIGH;
  for (size_t r = 0; r < t->rows; r++)
    order[r] = (rank){w->choice[r].variance, r};
  qsort(order, t->rows, sizeof *order, by_key);
  size_t scheme = (size_t)llround(t->scheme_share * (double)t->rows);
  for (size_t i = 0; i < t->rows && scheme > 0; i++) {
    if (w->choice[order[i].row].part == QY_ROWS_HIGH) continue;
    w->choice[order[i].row].part = QY_ROWS_SCHEME;
    scheme--;
  }
  return QY_OK;
}

static void sum_up(qy_row_result *result, work *w)
{
  const qy_row_task *t = w->task;
  const double all = sum_of_squares(t->weight, t->rows * t->columns);
  double power[QY_ROW_PARTS] = {0}, noise[QY_ROW_PARTS] = {0}, total = 0;
  *result = (qy_row_result){0};
  for (int i = 0; i < QY_ROW_PARTS; i++)
    result->part[i].scale = result->part[i].sqnr_db = NAN;
  for (size_t r = 0; r < t->rows; r++) {
    const int part = (int)w->choice[r].part;
    power[part] += sum_of_squares(row_of(w, r), t->columns);
    noise[part] += error_of(w, r, part, w->choice[r].scale);
    result->part[part].rows += 1 / (double)t->rows;
    if (t->scale == QY_ROW_SCALE_LAYER)
      result->part[part].scale = w->choice[r].scale / sqrt(all / (double)(t->rows * t->columns));
  }
  for (int i = 0; i < QY_ROW_PARTS; i++)
    total += noise[i];
  for (int i = 0; i < QY_ROW_PARTS; i++) {
    result->part[i].power = power[i] / all;
    result->part[i].noise = total > 0 ? noise[i] / total : 0;
    if (result->part[i].rows > 0) result->part[i].sqnr_db = 10 * log10(power[i] / noise[i]);
  }
  result->sqnr_db = 10 * log10(all / total);
}

static qy_status assign(qy_row_result *result, work *w, qy_error *err)
{
  const qy_row_task *t = w->task;
  qy_status status = QY_OK;
  w->gathered = qy_arena_alloc(w->arena, t->rows * t->columns, sizeof *w->gathered);
  if (!w->gathered) return qy_no_memory(err);
  for (int i = 0; !status && i < QY_ROW_PARTS; i++)
    status = qy_levels_build(&w->levels[i], &t->format[i], w->arena, err);
  if (!status) status = choose(w, err);
  for (int i = 0; !status && i < QY_ROW_PARTS; i++)
    status = scale_part(w, i, err);
  if (!status && sum_of_squares(t->weight, t->rows * t->columns) == 0)
    status = qy_fail(err, QY_BAD_INPUT, "weights: expected some that are not zero");
  if (!status) sum_up(result, w);
  return status;
}

qy_status qy_row_assign(qy_row_result *result, qy_row_choice *choice, const qy_row_task *task, qy_error *err)
{
  assert(result && choice && task && task->weight && task->rows >= 1 && task->columns >= 1);
  assert(task->scheme_share >= 0 && task->high_share >= 0 && task->scheme_share + task->high_share <= 1 + 1e-12);
  work w = {.task = task, .choice = choice, .arena = qy_arena_new(), .scratch = qy_arena_new()};
  const qy_status status = w.arena && w.scratch ? assign(result, &w, err) : qy_no_memory(err);
  qy_arena_free(w.arena);
  qy_arena_free(w.scratch);
  return status;
}

double qy_row_spread(const double *weight, size_t rows, size_t columns)
{
  assert(weight && rows >= 1 && columns >= 1);
  double mean = 0, square = 0;
  size_t count = 0;
  for (size_t r = 0; r < rows; r++) {
    const double variance = variance_of(weight + r * columns, columns);
    if (variance <= 0) continue;
    const double x = 0.5 * log(variance);
    count++;
    const double step = x - mean; /* Welford */
    mean += step / (double)count;
    square += step * (x - mean);
  }
  return count > 1 ? sqrt(square / (double)(count - 1)) : 0;
}
