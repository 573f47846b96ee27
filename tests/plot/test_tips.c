/* Tool-tips of fronts: what is read from the database of a point, and which point it stands at.  Scripts alone: nothing
 * is drawn. */
#include "chart_test.h"
#include "quarry/store.h"

#include <sqlite3.h>

static double chance[COUNT];

/* A database of one experiment: as many points as given, every second one with a probability. */
static qy_store *store_of(int64_t experiment, size_t points)
{
  const char *file = in_folder("tips.sqlite");
  qy_store *store = NULL;
  sqlite3 *db = NULL;
  char sql[400];
  if (qy_store_open(&store, file, QY_STORE_WRITE, &err)) return NULL;
  qy_store_close(store);
  if (sqlite3_open(file, &db)) return NULL;
  int wrong = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
  for (size_t i = 0; i < points; i++) {
    const long long key = (experiment << 40) + (long long)i;
    snprintf(sql, sizeof sql,
             "INSERT INTO design VALUES (%lld, 'D%zu', '{\"rows\":%zu}');"
             "INSERT INTO result (id, design, technology, network, precision_bits, clock_mhz) "
             "VALUES (%lld, %lld, 1, 1, 8, %zu.25);",
             key, i, i + 2, key, key, 100 + i);
    wrong += sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (i % 2) continue;
    snprintf(sql, sizeof sql, "INSERT INTO front_chance VALUES (%lld, %.4f)", key, 0.25 + (double)i / 1000);
    wrong += sqlite3_exec(db, sql, NULL, NULL, NULL);
  }
  wrong += sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
  if (wrong) printf("# %s\n", sqlite3_errmsg(db));
  sqlite3_close(db);
  return wrong || qy_store_open(&store, file, QY_STORE_READ, &err) ? NULL : store;
}

/* The row of a point in the script: its two values and its text, or NULL where there is none. */
static const char *row_of(const char *script, double x, double y, char out[160])
{
  for (const char *l = script; l; l = strchr(l, '\n') ? strchr(l, '\n') + 1 : NULL) {
    double got[2];
    const char *quote = strchr(l, '"'), *end = strchr(l, '\n');
    if (sscanf(l, "%lf %lf", &got[0], &got[1]) != 2 || !is(got[0], x) || !is(got[1], y)) continue;
    if (!quote || (end && quote > end)) continue;
    snprintf(out, 160, "%.*s", (int)strcspn(quote + 1, "\""), quote + 1);
    return out;
  }
  return NULL;
}

/* Each point of a front, and no other, has the text of its own row of the database. */
static void texts(qy_store *store, int64_t experiment, size_t stored)
{
  qy_points p = make();
  const qy_chart f = {.kind = QY_CHART_PARETO,
                      .x = QY_AREA_UM2,
                      .y = QY_LATENCY_US,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = QY_KEY_TECHNOLOGY};
  for (int uncertain = 0; uncertain < 2; uncertain++) {
    p.chance = uncertain ? chance : NULL;
    is_int(qy_chart_draw(&f, &p, store, experiment, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err), QY_SYSTEM,
           "a chart with tool-tips");
    char *s = script_of("c");
    int wrong = 0, fronts = 0;
    for (size_t i = 0; i < p.count; i++) {
      char got[160], want[160], share[40] = "";
      bool beaten = false;
      for (size_t k = 0; k < p.count; k++)
        beaten = beaten || (k != i && tech[k] == tech[i] && design[k] == design[i] && area[k] <= area[i] &&
                            latency[k] <= latency[i]);
      fronts += !beaten;
      if (uncertain) snprintf(share, sizeof share, ", front probability %.3g", i % 2 ? 0 : 0.25 + (double)i / 1000);
      snprintf(want, sizeof want, "point %zu: D%zu, %s, %zu.25 MHz, rows:%zu%s", i, i, bits_label[precision[i]],
               100 + i, i + 2, share);
      const char *text = row_of(s, area[i], latency[i], got);
      const bool right = beaten ? !text : i >= stored ? text && !*text : text && strcmp(text, want) == 0;
      if (!right) printf("# point %zu: %s, expected %s\n", i, text ? text : "none", want);
      wrong += !right;
    }
    ok(wrong == 0 && fronts > 12, "tool-tips of %d points, %zu of %zu stored", fronts, stored, p.count);
    free(s);
  }
}

/* Of up to 2000 points of a front; more have none. */
static void many(qy_store *store, int64_t experiment)
{
  enum { MOST = 2001 };
  static double id[MOST], rising[MOST], falling[MOST];
  static uint32_t nought[MOST];
  for (size_t count = MOST - 1; count <= MOST; count++) {
    qy_points p = {.count = count, .point = id};
    for (size_t i = 0; i < count; i++)
      id[i] = (double)i, rising[i] = 1 + (double)i, falling[i] = (double)(count - i);
    for (int k = 0; k < QY_KEY_COUNT; k++)
      p.key[k] = nought, p.label[k] = one_label, p.label_count[k] = 1;
    p.metric[QY_AREA_UM2] = rising, p.metric[QY_LATENCY_US] = falling;
    const qy_chart f = {.kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_LATENCY_US, .panel = -1};
    is_int(qy_chart_draw(&f, &p, store, experiment, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err), QY_SYSTEM,
           "a long front");
    char *s = script_of("c");
    ok((s && strstr(s, "\"point 7: D7, one, 107.25 MHz, rows:9\"")) == (count < MOST), "tool-tips of %zu points",
       count);
    free(s);
  }
}

/* Texts given are shortened to the values of the axes where the file would be too long. */
static void lengths(void)
{
  enum { MOST = 3000, LONGEST = 1300 };
  static double x[MOST], y[MOST];
  static char text[LONGEST + 1];
  static const char *tip[MOST];
  /* Of 1,700,000 bytes a marker of so many takes 130, the series as much as five, a tool-tip 330 and its text. */
  static const struct {
    size_t count, length;
    int kind; /* 2: whole, 1: short */
  } row[] = {{1000, 1239, 2}, {1000, 1240, 1}, {1500, 672, 2}, {1500, 673, 1}};
  /* To the byte: of 1000 points the first alone has a longer text. */
  for (int beyond = 0; beyond < 2; beyond++) {
    enum { FEW = 1000, EACH = 1000 };
    const size_t rest = 1700000 - (FEW + 5) * 130 - FEW * 330 - (FEW - 1) * EACH;
    static const char *of_all[FEW];
    static char usual[EACH + 1];
    static double up[FEW], down[FEW];
    char *large = malloc(rest + 2);
    if (!large) continue;
    memset(large, 'l', rest + 2);
    large[rest + (size_t)beyond] = '\0';
    memset(usual, 'u', EACH);
    for (int i = 0; i < FEW; i++)
      up[i] = 1 + i, down[i] = FEW - i, of_all[i] = i ? usual : large;
    const qy_plot_series series = {.label = "a", .count = FEW, .x = up, .y = down, .tip = of_all};
    const qy_plot_panel panel = {NULL, 1, &series};
    const qy_plot plot = {.panel_count = 1, .panel = &panel};
    qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
    char *s = script_of("t");
    ok((s && strstr(s, usual)) == !beyond, "texts of %zu bytes of 1000 points", rest + (size_t)beyond);
    free(s);
    free(large);
  }
  memset(text, 't', LONGEST);
  for (int i = 0; i < MOST; i++)
    x[i] = 1 + i, y[i] = MOST - i, tip[i] = text;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_plot_series series = {.label = "a", .count = row[i].count, .x = x, .y = y, .tip = tip};
    const qy_plot_panel panel = {NULL, 1, &series};
    const qy_plot plot = {.panel_count = 1, .panel = &panel};
    text[row[i].length] = '\0';
    qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
    char *s = script_of("t");
    const int whole = count_text(s, text), brief = count_text(s, "\"a: ");
    ok(whole == (row[i].kind == 2 ? (int)row[i].count : 0) && brief == (row[i].kind == 1 ? (int)row[i].count : 0),
       "texts of %zu letters of %zu points: %d whole, %d short", row[i].length, row[i].count, whole, brief);
    free(s);
    text[row[i].length] = 't';
  }
}

/* A database that cannot be read is said, and nothing is drawn. */
static void unreadable(qy_store *store, int64_t experiment)
{
  sqlite3 *db = NULL;
  qy_points p = make();
  p.chance = chance;
  const qy_chart f = {.kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_LATENCY_US, .panel = -1};
  if (!ok(!sqlite3_open(in_folder("tips.sqlite"), &db) &&
              !sqlite3_exec(db, "DROP TABLE front_chance", NULL, NULL, NULL),
          "a table that is gone"))
    return;
  sqlite3_close(db);
  qy_error_clear(&err);
  unlink(in_folder("c.gp"));
  const qy_status status =
      qy_chart_draw(&f, &p, store, experiment, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err);
  ok(status && err.count == 1 && !strstr(said(&err), "/bin/false") && strstr(said(&err), "front_chance"), "%s",
     said(&err));
  ok(!exists(in_folder("c.gp")), "no script");
}

int main(void)
{
  enum { EXPERIMENT = 3, SOME = 50 };
  make_folder();
  const qy_points p = make();
  for (size_t stored = SOME; stored <= p.count; stored += p.count - SOME) {
    empty_folder();
    qy_store *store = store_of(EXPERIMENT, stored);
    if (!ok(store != NULL, "a database of %zu points", stored)) continue;
    texts(store, EXPERIMENT, stored);
    if (stored == p.count) many(store, EXPERIMENT);
    if (stored == p.count) unreadable(store, EXPERIMENT);
    qy_store_close(store);
  }
  lengths();
  remove_folder();
  return done();
}
