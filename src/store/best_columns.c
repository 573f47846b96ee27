/* The best points of one batch, by columns: see best_columns.h. */
#include "best_columns.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

const char *const best_list_name[BEST_LISTS] = {"technology", "network", "precision"};

size_t best_columns_room(const store_best *best, int64_t count)
{
  const size_t places = store_best_places(best);
  return places < (size_t)count ? places : (size_t)count;
}

int best_columns_new(best_columns *o, const store_best *best, int64_t point, int64_t count, best_found *found)
{
  const size_t rows = (size_t)count + 1, room = best_columns_room(best, count);
  *o = (best_columns){.place = malloc(rows * sizeof *o->place),
                      .count = (size_t)count,
                      .point = point,
                      .row = malloc(rows * sizeof *o->row),
                      .first = qy_alloc(room + 3, sizeof *o->first),
                      .own = found ? NULL : malloc((room + 1) * sizeof *o->own)};
  o->best = found ? found : o->own;
  return o->place && o->row && o->first && o->best ? 0 : -1;
}

void best_columns_free(best_columns *o)
{
  free(o->place);
  free(o->row);
  free(o->first);
  free(o->own);
  *o = (best_columns){.place = NULL};
}

/* Numbers of best[] in place of places, a new one for the first row that needs it. */
static void number_places(best_columns *o, int *number)
{
  for (size_t i = 0; i < o->count; i++) {
    if (o->place[i] < 0) continue;
    int *at = &number[o->place[i]];
    if (!*at) {
      best_found *new = &o->best[o->bests++];
      *at = (int)o->bests;
      new->place = o->place[i];
      for (int m = 0; m < QY_METRIC_COUNT; m++) {
        new->entry.value[m] = NAN;
        new->entry.id[m] = o->point + (int64_t)i;
      }
    }
    o->place[i] = *at - 1;
  }
}

int best_columns_sort(best_columns *o, const store_best *best)
{
  int *number = qy_alloc(store_best_places(best) + 1, sizeof *number);
  if (!number) return -1;
  number_places(o, number);
  free(number);
  for (size_t i = 0; i < o->count; i++)
    if (o->place[i] >= 0) o->first[o->place[i] + 2]++;
  for (size_t k = 0; k < o->bests; k++)
    o->first[k + 2] += o->first[k + 1];
  for (size_t i = 0; i < o->count; i++)
    if (o->place[i] >= 0) o->row[o->first[o->place[i] + 1]++] = (uint32_t)i;
  return 0;
}

/* The largest of value[row[i]] times sense; NaN is none, -infinity: there is none. */
static double most_of(const double *value, double sense, const uint32_t *row, size_t count)
{
  double most[2] = {-INFINITY, -INFINITY}; /* not one after another */
  size_t i = 0;
  for (; i + 2 <= count; i += 2)
    for (size_t k = 0; k < 2; k++) {
      const double x = value[row[i + k]] * sense;
      most[k] = x > most[k] ? x : most[k];
    }
  if (i < count && value[row[i]] * sense > most[0]) most[0] = value[row[i]] * sense;
  return most[0] > most[1] ? most[0] : most[1];
}

/* The first of the best points of a place; without a better and worse, the first that has a value. */
static void find_best(store_best_entry *e, int m, const double *value, const uint32_t *row, size_t count, int64_t first)
{
  enum { FEW = 64 };
  const double sense = qy_metric_table()[m].sense;
  const bool ordered = sense != 0;
  double most = -INFINITY;
  size_t at = ordered ? count : 0;
  for (size_t from = 0; from < count && ordered; from += FEW) {
    const double own = most_of(value, sense, row + from, count - from < FEW ? count - from : FEW);
    if (!(own > most)) continue;
    most = own;
    at = from;
  }
  while (at < count && (ordered ? value[row[at]] * sense != most : isnan(value[row[at]])))
    at++;
  if (at == count) return;
  e->value[m] = value[row[at]];
  e->id[m] = first + row[at];
}

void best_columns_take(best_columns *o, int metric, const double *value)
{
  for (size_t k = 0; k < o->bests; k++)
    find_best(&o->best[k].entry, metric, value, o->row + o->first[k], o->first[k + 1] - o->first[k], o->point);
}

/* ---- places by keys ---- */

int best_key_place(const int64_t *key, int count, int64_t wanted)
{
  for (int i = 0; i < count; i++)
    if (key[i] == wanted) return i;
  return -1;
}

qy_status best_no_key(qy_error *err, const char *what, int64_t key)
{
  return qy_fail(err, QY_BAD_INPUT, "the database is damaged: no %s %" PRId64, what, key);
}

/* Keys of rows that follow one another are mostly the same, or come again soon: the last position is tried first. */
static qy_status add_list(int *place, size_t count, const int64_t *list, int listed, const double *key,
                          const char *what, qy_error *err)
{
  double last = NAN;
  int at = 0;
  for (size_t i = 0; i < count; i++) {
    if (key[i] != last) {
      at = isnan(key[i]) ? -1 : best_key_place(list, listed, (int64_t)key[i]);
      if (at < 0) return best_no_key(err, what, isnan(key[i]) ? 0 : (int64_t)key[i]);
      last = key[i];
    }
    place[i] = place[i] * listed + at;
  }
  return QY_OK;
}

qy_status best_columns_place(best_columns *o, const best_lists *lists, const double *const key[BEST_LISTS],
                             const double *reason, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < o->count; i++)
    o->place[i] = 0;
  for (int l = 0; l < BEST_LISTS && !status; l++)
    status = add_list(o->place, o->count, lists->key[l], lists->count[l], key[l], best_list_name[l], err);
  for (size_t i = 0; i < o->count; i++)
    if (!isnan(reason[i])) o->place[i] = -1;
  return status;
}
