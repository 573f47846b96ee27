/* Columns that follow from others: stored as the rule where every number is as the rule has it, which is worked out
 * here once more; else, were it by one bit in one point, as they are.  Both are read back bit for bit. */
#include "store_test.h"

#include "quarry/points.h"

#include <math.h>

enum { POINTS = 384, BATCH = 128, METRICS = 8 };

static const int wanted[METRICS] = {QY_LATENCY_US,        QY_ENERGY_UJ, QY_POWER_MW, QY_EDP_UJ_US,
                                    QY_ENERGY_LEAKAGE_UJ, QY_FPS,       QY_GOPS,     QY_AREA_UM2};
static const int64_t odd_one = 152; /* the point whose power is another; alone in its batch */

static bool is_there(int64_t point)
{
  return point % 7 != 2; /* the second batch begins with one that is not */
}

/* A design without memory: all energy is on the chip. */
static void derive(double *metric, int64_t point, double clock_mhz)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    metric[m] = is_there(point) ? value_of(point, m) : NAN;
  if (!is_there(point)) return;
  metric[QY_CYCLES] = floor(1e5 + 17 * (double)point);
  metric[QY_LATENCY_US] = metric[QY_CYCLES] / clock_mhz;
  metric[QY_ENERGY_DRAM_UJ] = NAN;
  metric[QY_ENERGY_UJ] = metric[QY_ENERGY_ONCHIP_UJ];
  metric[QY_POWER_MW] = 1e3 * metric[QY_ENERGY_UJ] / metric[QY_LATENCY_US];
  metric[QY_EDP_UJ_US] = metric[QY_ENERGY_UJ] * metric[QY_LATENCY_US];
  metric[QY_ENERGY_LEAKAGE_UJ] = 1e-3 * metric[QY_LEAKAGE_MW] * metric[QY_LATENCY_US];
  metric[QY_FPS] = 1e6 / metric[QY_LATENCY_US];
  metric[QY_GOPS] = 2e-3 * 1.7e6 / metric[QY_LATENCY_US]; /* of 1.7e6 products, which are no column */
  if (point == odd_one) metric[QY_POWER_MW] = nextafter(metric[QY_POWER_MW], 0);
}

/* Ends of intervals: those of the energy and of what is in proportion to it, or to its inverse.  The upper one of the
 * power of one point is another by one bit. */
static void spread(double (*interval)[2], const double *metric, int64_t point)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    for (int end = 0; end < 2; end++)
      interval[m][end] = metric[m] * (end ? 1.125 + 1e-4 * (double)point : 0.875);
  const double *energy = interval[QY_ENERGY_ONCHIP_UJ];
  interval[QY_ENERGY_DRAM_UJ][0] = interval[QY_ENERGY_DRAM_UJ][1] = NAN;
  for (int end = 0; end < 2; end++) {
    interval[QY_ENERGY_UJ][end] = energy[end];
    interval[QY_POWER_MW][end] = metric[QY_POWER_MW] / metric[QY_ENERGY_UJ] * energy[end];
    interval[QY_EDP_UJ_US][end] = metric[QY_EDP_UJ_US] / metric[QY_ENERGY_UJ] * energy[end];
    interval[QY_TOPS_PER_W][end] = metric[QY_TOPS_PER_W] * metric[QY_ENERGY_UJ] / energy[!end];
  }
  if (point == odd_one) interval[QY_POWER_MW][1] = nextafter(interval[QY_POWER_MW][1], 0);
}

static qy_store_row row_at(int64_t point)
{
  qy_store_row row = {.point = point,
                      .design = point / 10,
                      .precision_bits = 16,
                      .clock_mhz = 100.5 + (double)(point / 10 % 9) * 1.7,
                      .reason = is_there(point) ? NULL : "it cannot be"};
  derive(row.metric, point, row.clock_mhz);
  return row;
}

static const char *make(int64_t *id)
{
  const char *file = scratch_file("follow.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int complete;
  fixture_make(&f, "name: follow\n", POINTS, BATCH);
  f.e.store = "columns";
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, id, &complete, &err);
  for (int64_t b = 0; b * BATCH < POINTS && !status; b++) {
    static double interval[BATCH][QY_METRIC_COUNT][2];
    qy_store_row row[BATCH];
    qy_store_design design[BATCH];
    int64_t designs = 0;
    for (int64_t i = 0; i < BATCH; i++) {
      row[i] = row_at(b * BATCH + i);
      spread(interval[i], row[i].metric, row[i].point);
      if (is_there(row[i].point)) row[i].interval = (const double(*)[2])interval[i];
      if (i == 0 || row[i].design != row[i - 1].design)
        design[designs++] = (qy_store_design){row[i].design, "SDM", "{\"p\": 4}"};
    }
    status = qy_store_batch(store, b, row, BATCH, design, designs, &err);
  }
  static const int64_t on_front[] = {0, 3, 152, 153, 383};
  const qy_store_front front = {"all", on_front, 5};
  if (!status) status = qy_store_finish(store, &front, 1, &err);
  is_status(status, QY_OK, &err, "stored");
  qy_store_close(store);
  return file;
}

/* Bytes of a column's chunk in a batch. */
static int64_t bytes_of(const char *file, const char *name, int batch)
{
  char sql[300];
  snprintf(
      sql, sizeof sql,
      "SELECT length(data) FROM result_chunk r JOIN chunk_column c ON c.experiment = r.id >> 40 AND c.number = r.id "
      "& 255 WHERE c.name = '%s' AND r.id >> 8 & 0xffffffff = %d",
      name, batch);
  return ask_number(file, sql);
}

static void sizes(const char *file)
{
  static const int64_t rule = 64, numbers = 800; /* 109 or 110 feasible points of 8 bytes */
  for (int m = 0; m < METRICS - 1; m++) {
    const char *name = qy_metric_table()[wanted[m]].name;
    ok(bytes_of(file, name, 0) < rule && bytes_of(file, name, 0) > 0, "%s: a rule", name);
  }
  ok(bytes_of(file, "power_mw", 1) > numbers, "where one point is another by one bit, the numbers");
  ok(bytes_of(file, "power_mw", 2) < rule, "in that batch alone");
  ok(bytes_of(file, "area_um2", 0) > numbers, "a sum of several is stored");
  static const char *const end[] = {"energy_uj_p05", "energy_uj_p95", "power_mw_p05",   "power_mw_p95",
                                    "edp_uj_us_p05", "edp_uj_us_p95", "tops_per_w_p05", "tops_per_w_p95"};
  for (size_t i = 0; i < sizeof end / sizeof *end; i++)
    ok(bytes_of(file, end[i], 0) < 2 * rule && bytes_of(file, end[i], 0) > 0, "%s: a rule", end[i]);
  ok(bytes_of(file, "power_mw_p95", 1) > numbers && bytes_of(file, "power_mw_p05", 1) > 0,
     "but where one end is another by one bit");
  ok(bytes_of(file, "energy_onchip_uj_p95", 0) > numbers, "those of the energy are numbers");
}

/* Both ends of each metric, through the table that a connection sees which reads. */
static int find_point(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  static const int uncertain[] = {QY_ENERGY_UJ, QY_POWER_MW, QY_EDP_UJ_US, QY_TOPS_PER_W, QY_ENERGY_LEAKAGE_UJ};
  double interval[QY_METRIC_COUNT][2];
  int *equal = ctx;
  const qy_store_row row = row_at(strtoll(values[0], NULL, 10));
  (void)columns, (void)names, (void)types;
  spread(interval, row.metric, row.point);
  bool same = true;
  for (int m = 0; m < 5; m++)
    for (int end = 0; end < 2; end++)
      same = same && strtod(values[1 + 2 * m + end], NULL) == interval[uncertain[m]][end];
  *equal += same;
  return 0;
}

static void intervals(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  int equal = 0;
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_status(qy_store_query(store,
                           "SELECT id & 0xffffffffff, energy_uj_p05, energy_uj_p95, power_mw_p05, power_mw_p95, "
                           "edp_uj_us_p05, edp_uj_us_p95, tops_per_w_p05, tops_per_w_p95, energy_leakage_uj_p05, "
                           "energy_leakage_uj_p95 FROM interval",
                           find_point, &equal, &err),
            QY_OK, &err, "intervals");
  is_int(equal, POINTS - POINTS / 7 - 1, "each end is as it was stored");
  qy_store_close(store);
}

static void arrays(const char *file, int64_t id)
{
  qy_error err = {0};
  qy_store *store = NULL;
  double *metric[METRICS], *point;
  size_t count = 0, equal = 0;
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_status(qy_store_metrics(metric, &point, &count, store, id, wanted, METRICS, &err), QY_OK, &err, "read at once");
  for (size_t i = 0; i < count; i++) {
    const qy_store_row row = row_at((int64_t)point[i]);
    bool same = true;
    for (int m = 0; m < METRICS; m++)
      same = same && memcmp(&metric[m][i], &row.metric[wanted[m]], sizeof(double)) == 0;
    equal += same;
  }
  ok(equal == count && count == POINTS - POINTS / 7 - 1, "every bit of %zu points", count);
  for (int m = 0; m < METRICS; m++)
    free(metric[m]);
  free(point);
  qy_store_close(store);
}

/* In the table, asked by SQLite: rows of points on fronts, taken one by one out of the chunks. */
static void rows(const char *file)
{
  static const int64_t point[] = {0, 3, 152, 153, 383};
  for (size_t i = 0; i < sizeof point / sizeof *point; i++)
    for (int m = 0; m < METRICS; m++) {
      char sql[200];
      const qy_store_row row = row_at(point[i]);
      snprintf(sql, sizeof sql, "SELECT printf('%%!.17g', %s) FROM result WHERE id & 0xffffffffff = %d",
               qy_metric_table()[wanted[m]].name, (int)point[i]);
      ok(strtod(ask(file, sql), NULL) == row.metric[wanted[m]], "point %d: %s in its row", (int)point[i],
         qy_metric_table()[wanted[m]].name);
    }
}

/* The chunk of a column in the last batch: that it is another column. */
static void put_same(const char *file, const char *name, const char *other)
{
  char sql[500];
  snprintf(sql, sizeof sql,
           "INSERT OR REPLACE INTO result_chunk (id, data) SELECT (1 << 40) + (2 << 8) + number, "
           "CAST(x'0401000000000000f03f' || char(%d) || '%s' AS BLOB) FROM chunk_column WHERE name = '%s'",
           (int)strlen(other), other, name);
  ask(file, sql);
}

/* A rule may take columns that follow from others in turn: eight, one behind the other; more are taken for a circle. */
static void chains(const char *file, int64_t id)
{
  enum { DEEP = 8 };
  const int last = QY_AREA_UM2;
  int chain[DEEP + 2], links = 0;
  for (int m = 0; m < QY_METRIC_COUNT && links < DEEP + 1; m++)
    if (m != last && m != QY_CYCLES) chain[links++] = m;
  chain[links] = last;
  for (int i = 0; i < links; i++)
    put_same(file, qy_metric_table()[chain[i]].name, qy_metric_table()[chain[i + 1]].name);
  for (int from = 0; from < links; from++) {
    qy_error err = {0};
    qy_store *store = NULL;
    double *metric[2] = {NULL}, *point = NULL;
    size_t count = 0, wrong = 0;
    const int of[2] = {chain[from], last};
    qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
    if (!status) status = qy_store_metrics(metric, &point, &count, store, id, of, 2, &err);
    for (size_t i = 0; i < count && !status; i++)
      wrong += point[i] >= 2 * BATCH && metric[0][i] != row_at((int64_t)point[i]).metric[last];
    if (links - from > DEEP)
      is_int(status, QY_BAD_INPUT, "nine columns that follow from one another are refused");
    else
      ok(!status && count > 0 && wrong == 0, "%d columns that follow from one another are read", links - from);
    for (int m = 0; m < 2; m++)
      free(metric[m]);
    free(point);
    qy_store_close(store);
  }
}

static void damaged(const char *file, int64_t id)
{
  static const struct {
    const char *chunk, *what;
  } wrong[] = {{"x'04'", "a rule that ends"},
               {"x'0401000000000000f03f'", "without its column"},
               {"x'0409000000000000f03f03667073'", "of a kind that there is not"},
               {"x'0401000000000000f03f0478797a7a'", "of a column that there is not"},
               {"x'0401000000000000f03f0366707300'", "with more behind it"},
               {"x'0401000000000000f03f03667073'", "of a column that follows from itself"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char sql[400];
    qy_error err = {0};
    qy_store *store = NULL;
    double *metric = NULL;
    size_t count;
    const int fps = QY_FPS;
    snprintf(sql, sizeof sql,
             "UPDATE result_chunk SET data = %s WHERE id & 255 = (SELECT number FROM chunk_column WHERE name = "
             "'fps') AND id >> 8 & 0xffffffff = 2",
             wrong[i].chunk);
    ask(file, sql);
    qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
    if (!status) status = qy_store_metrics(&metric, NULL, &count, store, id, &fps, 1, &err);
    is_int(status, QY_BAD_INPUT, wrong[i].what);
    says(&err, "the database is damaged: experiment 1, batch 2: its column fps", "says so");
    free(metric);
    qy_store_close(store);
  }
}

int main(void)
{
  int64_t id = 0;
  scratch_make();
  const char *file = make(&id);
  sizes(file);
  arrays(file, id);
  intervals(file);
  rows(file);
  chains(file, id);
  damaged(file, id);
  scratch_remove();
  return done();
}
