/* The best points of a batch by columns, against going through them row by row: places by keys, values that are equal,
 * metrics that some or all rows lack, infeasible rows. */
#include "../../src/store/best_columns.h"
#include "random.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 700, TECHNOLOGIES = 3, NETWORKS = 2, PRECISIONS = 4, PLACES = TECHNOLOGIES * NETWORKS * PRECISIONS };
static const int64_t technology[] = {7, 3, 12}, network[] = {2, 1}, precision[] = {5, 4, 9, 30};
static const best_lists lists = {{technology, network, precision}, {TECHNOLOGIES, NETWORKS, PRECISIONS}};

static double key[BEST_LISTS][ROWS], reason[ROWS], value[QY_METRIC_COUNT][ROWS];
static int place[ROWS];

static void fill(uint64_t *seed, size_t rows)
{
  for (size_t i = 0; i < rows; i++) {
    const int t = (int)(random_bits(seed) % TECHNOLOGIES), n = (int)(random_bits(seed) % NETWORKS),
              p = (int)(random_bits(seed) % 3); /* no row has the last precision */
    key[BEST_TECHNOLOGY][i] = (double)technology[t];
    key[BEST_NETWORK][i] = (double)network[n];
    key[BEST_PRECISION][i] = (double)precision[p];
    reason[i] = random_bits(seed) % 5 ? NAN : 1;
    place[i] = (t * NETWORKS + n) * PRECISIONS + p;
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      value[m][i] = random_bits(seed) % 4 == 0 || m == QY_GOPS ? NAN : (double)(random_bits(seed) % 9) - 4;
  }
}

/* The first row of a place that none is better than; one that any has a value is better than none. */
static size_t best_row(size_t rows, int at, int metric)
{
  size_t best = rows;
  for (size_t i = 0; i < rows; i++) {
    if (place[i] != at || !isnan(reason[i])) continue;
    const double had = best < rows ? value[metric][best] : NAN, has = value[metric][i];
    if (best == rows || (isnan(had) && !isnan(has)) || (has - had) * qy_metric_table()[metric].sense > 0) best = i;
  }
  return best;
}

static bool is_same(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

static void brute_force(void)
{
  static const int64_t base = (int64_t)3 << 40;
  static const size_t length[] = {1, 2, 5, 64, 65, 200, ROWS};
  uint64_t seed = 17;
  int wrong = 0, found = 0;
  for (size_t l = 0; l < sizeof length / sizeof *length; l++) {
    const int64_t point = (int64_t)l * 1000;
    store_best best;
    best_columns of;
    qy_error err = {0};
    fill(&seed, length[l]);
    if (qy_store_best_start(&best, TECHNOLOGIES, NETWORKS, PRECISIONS)) abort();
    if (best_columns_new(&of, &best, point, (int64_t)length[l], NULL)) abort();
    wrong += best_columns_place(&of, &lists, (const double *const[]){key[0], key[1], key[2]}, reason, &err) != QY_OK;
    wrong += best_columns_sort(&of, &best) != 0;
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      best_columns_take(&of, m, value[m]);
    for (size_t k = 0; k < of.bests; k++)
      wrong += store_best_merge(&best, (size_t)of.best[k].place, base, &of.best[k].entry) != 0;
    for (int at = 0; at < PLACES; at++)
      for (int m = 0; m < QY_METRIC_COUNT; m++) {
        const size_t row = best_row(length[l], at, m);
        const store_best_entry *e = best.entry[at];
        wrong += (e != NULL) != (row < length[l]);
        if (!e || row == length[l]) continue;
        found++;
        wrong += e->id[m] != base + point + (int64_t)row || !is_same(e->value[m], value[m][row]);
      }
    best_columns_free(&of);
    qy_store_best_stop(&best);
  }
  ok(wrong == 0 && found > 3000, "best points of %d places and metrics as row by row", found);
}

/* One at a time: a key in none of the lists, and none where there has to be one. */
static void unknown_keys(void)
{
  static const char *const said[] = {"the database is damaged: no technology 8",
                                     "the database is damaged: no network 0",
                                     "the database is damaged: no precision 6"};
  static const double wrong[] = {8, NAN, 6};
  uint64_t seed = 3;
  store_best best;
  best_columns of;
  if (qy_store_best_start(&best, TECHNOLOGIES, NETWORKS, PRECISIONS)) abort();
  for (int l = 0; l < BEST_LISTS; l++) {
    qy_error err = {0};
    fill(&seed, 10);
    key[l][9] = wrong[l];
    if (best_columns_new(&of, &best, 0, 10, NULL)) abort();
    is_int(best_columns_place(&of, &lists, (const double *const[]){key[0], key[1], key[2]}, reason, &err), QY_BAD_INPUT,
           "a row with a key that is in no list");
    is_text(err.diagnostic[0].text, said[l], "which is said");
    best_columns_free(&of);
  }
  qy_store_best_stop(&best);
}

int main(void)
{
  brute_force();
  unknown_keys();
  return done();
}
