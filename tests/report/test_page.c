/* Whole pages of a database written here: what is said of the experiment, its inputs and its points, what is left out
 * of a long page, and what is refused. */
#include "../../src/report/report_int.h"

#include "quarry/metric.h"
#include "quarry/report.h"
#include "quarry/sha256.h"
#include "random.h"
#include "report_test.h"

#include <stdlib.h>
#include <unistd.h>

enum { MANY = 12000, FEW = 60, LONG = 17000, PADDED = 100000, NONE_OF = 7 }; /* every NONE_OF-th point is infeasible */
enum { LINE = QY_REPORT_ROWS_MAX + 60 };

static const char *const metric_name[] = {"area_um2", "latency_us", "energy_uj",     "power_mw",
                                          "gops",     "leakage_mw", "area_sram_um2", "energy_sram_uj"};
enum { METRICS = sizeof metric_name / sizeof *metric_name };
static double area[MANY], latency[MANY];
static char file[80], text_of_file[LONG + 1];

/* An experiment of so many points: two precisions, three designs, values drawn at random. */
static void make_experiment(int id, int points, const char *objectives, const char *definition)
{
  uint64_t state = 11;
  const long long key = (long long)id << 40;
  sql("INSERT INTO experiment VALUES (%d, 'ex<%d', 'why & how?', 'some/file.yaml', '%s', 'hash-of-text', "
      "'identity-%d', "
      "'model 7', '17', 'quarry run x%*s', '%s', '%s', %d, 500, 'interrupted', '2026-01-02T03:04:05Z', "
      "'2026-05-06T07:08:09Z', 3, NULL, 'quarry 9', 'all')",
      id, id, text_of_file, id, points == MANY ? PADDED : 0, "", objectives, definition, points + 5);
  for (int d = 0; d < 3; d++)
    sql("INSERT INTO design VALUES (%lld, 'D%d', '{\"rows\":%d}')", key + d, d, 8 << d);
  sql("INSERT INTO axis VALUES (%d, 0, 'rows', 'rows', 'integer', '', 1)", id);
  for (int k = 0; k < 2; k++) {
    sql("INSERT INTO experiment_precision VALUES (%d, %d, %d)", id, k, k + 1);
    sql("INSERT INTO experiment_technology VALUES (%d, %d, %d)", id, k, k + 1);
  }
  sql("INSERT INTO experiment_network VALUES (%d, 0, 1)", id);
  sql("INSERT INTO experiment_device VALUES (%d, 0, 1)", id);
  sql("INSERT INTO experiment_noise_file VALUES (%d, 0, 1)", id);
  sql("INSERT INTO experiment_table_file VALUES (%d, 0, 1)", id);
  sql("INSERT INTO batch (experiment, batch, rows, intervals, assignments) VALUES (%d, 0, %d, 0, 0)", id, points);
  for (int i = 0; i < points; i++) {
    double value[METRICS];
    for (int m = 0; m < METRICS; m++)
      value[m] = 1 + (double)random_below(&state, 1000000) / 7;
    area[i] = value[0], latency[i] = value[1];
    sql("INSERT INTO result (id, design, technology, network, precision, precision_bits, clock_mhz, reason, area_um2, "
        "latency_us, energy_uj, power_mw, gops, leakage_mw, area_sram_um2, energy_sram_uj) VALUES (%lld, %lld, %d, 1, "
        "%d, "
        "%d, 100, %s, %.17g, %.17g, %.17g, %.17g, %.17g, %.17g, %.17g, %.17g)",
        key + i, key + i % 3, 1 + i / 2 % 2, 1 + i % 2, i % 2 ? 8 : 4,
        i % NONE_OF ? "NULL"
        : i % 2     ? "1"
        : i % 4     ? "2"
                    : "3",
        value[0], value[1], value[2], value[3], value[4], value[5], value[6], value[7]);
  }
}

static bool feasible(int i)
{
  return i % NONE_OF != 0;
}

/* Of the points of each precision those that none is as good as in both. */
static int on_fronts(int points)
{
  int count = 0;
  for (int i = 0; i < points; i++) {
    bool beaten = !feasible(i);
    for (int k = i % 2; k < points && !beaten; k += 2)
      beaten = k != i && feasible(k) && area[k] <= area[i] && latency[k] <= latency[i];
    count += !beaten;
  }
  return count;
}

static bool open_database(void)
{
  qy_error err = {0};
  qy_store *store = NULL;
  if (qy_store_open(&store, file, QY_STORE_WRITE, &err)) return false;
  qy_store_close(store);
  if (sqlite3_open(file, &db)) return false;
  sql("BEGIN");
  sql("INSERT INTO precision VALUES (1, '4 bit', 4, 4), (2, '8 bit', 8, 8)");
  sql("INSERT INTO technology VALUES (1, 'lib<1', 'hash-t1', 'no library', 0.9), (2, 'lib2', 'hash-t2', '', 0.8)");
  sql("INSERT INTO network VALUES (1, 'net', 'hash-n', '')");
  sql("INSERT INTO device VALUES (1, 'ddr', 'hash-d', '')");
  sql("INSERT INTO noise_file VALUES (1, 'noisy', 'hash-s', '')");
  sql("INSERT INTO table_file VALUES (1, 'table', 'hash-f', '')");
  sql("INSERT INTO reason VALUES (1, 'too slow: by half'), (2, 'too large'), (3, 'too slow: by far')");
  return true;
}

/* ---- pages ---- */

static char *page_of(int id, qy_status expected, const char *said)
{
  qy_error err = {0};
  qy_store *store = NULL;
  qy_text out = {0};
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  if (!status) status = qy_report_write(&out, store, id, NULL, &err);
  qy_store_close(store);
  ok(status == expected && err.count == (expected != QY_OK) && (!said || strstr(err.diagnostic[0].text, said)),
     "a page of experiment %d: %s", id, err.count ? err.diagnostic[0].text : "written");
  return out.data;
}

static void holds(const char *page, const char *wanted)
{
  ok(page && strstr(page, wanted) != NULL, "the page has %s", wanted);
}

static void holds_not(const char *page, const char *wanted)
{
  ok(page && !strstr(page, wanted), "the page has no %s", wanted);
}

/* As many ends as beginnings of each kind of element. */
static void balanced(const char *page)
{
  static const char *const tag[] = {
      "html", "head", "body", "main", "header", "section", "div",   "figure",  "table",   "thead", "tbody", "tr",
      "th",   "td",   "ul",   "li",   "dl",     "dt",      "dd",    "details", "summary", "p",     "pre",   "code",
      "span", "b",    "h1",   "h2",   "h3",     "style",   "title", "script",  "button",  "a",     "footer"};
  int wrong = 0, found = 0;
  for (size_t t = 0; t < sizeof tag / sizeof *tag; t++) {
    const size_t length = strlen(tag[t]);
    int begun = 0, ended = 0;
    for (const char *p = page; p && (p = strchr(p, '<')); p++) {
      begun += strncmp(p + 1, tag[t], length) == 0 && strchr(" >", p[1 + length]);
      ended += p[1] == '/' && strncmp(p + 2, tag[t], length) == 0 && p[2 + length] == '>';
    }
    found += begun;
    wrong += begun != ended;
    if (begun != ended) printf("# %s: %d, %d ends\n", tag[t], begun, ended);
  }
  ok(wrong == 0 && found > 100, "%d elements end", found);
}

/* The hash that the policy has of what stands between two tags is that of the text there. */
static void hashed(const char *page, const char *begin, const char *end, const char *policy)
{
  static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char hex[65] = "", found[80] = "";
  const char *from = page ? strstr(page, begin) : NULL, *to = from ? strstr(from, end) : NULL;
  const char *in = page ? strstr(page, policy) : NULL;
  if (to && in) {
    in += strlen(policy);
    qy_sha256_text(hex, from + strlen(begin), (size_t)(to - from) - strlen(begin));
    for (int i = 0; i < 64; i++) { /* hexadecimal digit i: four of the bits */
      int bits = 0;
      for (int b = 4 * i; b < 4 * i + 4; b++) {
        const char *d = strchr(digit, in[b / 6]);
        bits = bits << 1 | (d && *d ? (int)(d - digit) >> (5 - b % 6) & 1 : 0);
      }
      found[i] = "0123456789abcdef"[bits];
    }
  }
  ok(to && in && strcmp(hex, found) == 0 && in[43] == '=' && in[44] == '\'', "the policy has the hash of %s", begin);
}

static void texts(void)
{
  char *page = page_of(1, QY_OK, NULL), line[200];
  const int left = LONG - 16384;
  int good = 0;
  for (int i = 0; i < FEW; i++)
    good += feasible(i);
  holds(page, "<title>ex&lt;1 – Quarry report</title>\n");
  holds(page, "<p class=\"name\">ex&lt;1</p>\n<h1>why &amp; how?</h1>\n");
  snprintf(line, sizeof line,
           "<li><b>%d</b> points</li><li><b>%d</b> feasible</li><li><b>%d</b> on fronts</li><li><b>2</b> fronts</li>"
           "<li>2026-05-06</li></ul>\n",
           FEW, good, on_fronts(FEW));
  holds(page, line);
  snprintf(line, sizeof line,
           "<p class=\"warning\">This experiment is interrupted: %d of its %d points are stored.</p>\n", FEW, FEW + 5);
  holds(page, line);
  holds(page, "<pre class=\"command\">quarry run x</pre>\n");
  static const char *const facts[] = {
      "<dt>Objectives</dt><dd>smallest area_um2, smallest latency_us</dd>",
      "<dt>A front each</dt><dd>precision</dd>",
      "<dt>Intervals</dt><dd>none: ",
      "<dt>Models</dt><dd>model 7</dd>",
      "<dt>Program</dt><dd>quarry 9</dd>",
      "<dt>Seed</dt><dd>17</dd>",
      "<dt>Runs</dt><dd>3</dd>",
      "<dt>Started (UTC)</dt><dd>2026-01-02T03:04:05Z</dd>",
      "<dt>Ended (UTC)</dt><dd>2026-05-06T07:08:09Z</dd>",
      "<dt>File</dt><dd>some/file.yaml</dd>",
      "<dt>SHA-256 of the file</dt><dd>hash-of-text</dd>",
      "<dt>SHA-256 of all inputs</dt><dd>identity-1</dd>",
      "<li>Technology <b>lib&lt;1</b> <code class=\"hash\">hash-t1</code>\n</li>\n<li>Technology <b>lib2</b> <code "
      "class=\"hash\">hash-t2</code>\n</li>\n<li>Network <b>net</b> <code "
      "class=\"hash\">hash-n</code>\n</li>\n<li>DRAM "
      "device <b>ddr</b> <code class=\"hash\">hash-d</code>\n</li>\n<li>Noise of layers <b>noisy</b> <code "
      "class=\"hash\">hash-s</code>\n</li>\n<li>Table <b>table</b> <code class=\"hash\">hash-f</code>\n</li>\n</ul>",
      "Left out of this report."};
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
    holds(page, facts[i]);
  /* 0, 14, 28, 42, 56 are even; of them 0, 28 and 56 can be divided by 4. */
  holds(page,
        "<li><b>7</b> infeasible: too slow: by far (and 2 reasons of this kind)</li>\n<li><b>2</b> infeasible: too "
        "large</li>\n");
  snprintf(line, sizeof line, "x</pre><p class=\"note\">%d more bytes stand in the database.</p>", left);
  holds(page, line);
  for (int m = 0; m < 5; m++) {
    const qy_metric_info *info = &qy_metric_table()[qy_metric_find(metric_name[m])];
    snprintf(line, sizeof line, "<dt>%s</dt><dd>%.20s", info->name, info->help);
    holds(page, line);
  }
  static const char *const unseen[] = {"Drawn: ", "In the table: ", "Stored, and shown", "table comparison",
                                       "<dt>Noise"};
  for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
    holds_not(page, unseen[i]);
  /* Beyond eight plots, beyond eight metrics, a list of axes beyond what is read, and what the model draws. */
  holds(page, "not on this page: long, bars, p7, p8, of the model, another.</p>\n");
  holds(page, "content=\"default-src 'none'; style-src 'sha256-");
  holds(page, "; base-uri 'none'; form-action 'none'\" />\n"); /* nothing else is loaded, sent, or led elsewhere */
  balanced(page);
  hashed(page, "<style>", "</style>", "style-src 'sha256-");
  hashed(page, "<script>", "</script>", "script-src 'sha256-");
  free(page);
}

/* Pages are shorter than 300,000 bytes: of the points four fifths are left, and of those, until they are.  A long
 * command takes a third of the room here. */
static void lengths(void)
{
  char *page = page_of(2, QY_OK, NULL), line[120];
  int good = 0, drawn = QY_REPORT_POINTS_MAX, found = 0, tried = 0;
  for (int i = 0; i < MANY; i++)
    good += feasible(i);
  for (; tried < 8 && !found; tried++, drawn = drawn * 4 / 5) {
    snprintf(line, sizeof line, "<p class=\"note\">Drawn: %d of %d feasible points, those on fronts first, ", drawn,
             good);
    found = page && strstr(page, line);
  }
  ok(found && tried > 1 && tried < 6, "four fifths of the points, %d times", tried - 1);
  ok(page && strlen(page) <= QY_REPORT_BYTES && strlen(page) > QY_REPORT_BYTES * 3 / 4, "%zu bytes",
     page ? strlen(page) : 0);
  free(page);
}

/* Of points that are all on the front the table has as many as it may. */
static void fronts(void)
{
  char *page = page_of(7, QY_OK, NULL), line[120];
  snprintf(line, sizeof line, "<p class=\"note\">In the table: %d of %d points on fronts, an even share.</p>\n",
           QY_REPORT_ROWS_MAX, LINE);
  holds(page, line);
  holds_not(page, "Drawn: ");
  snprintf(line, sizeof line, "<li><b>%d</b> on the front</li>", LINE);
  holds(page, line);
  free(page);
}

/* Plots of what no point has are left out, whichever axis it is; the others stay, in their order. */
static void empty_metrics(void)
{
  qy_error err = {0};
  qy_store *store = NULL;
  experiment e = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  if (!status) status = experiment_read(&e, store, 8, arena, &err);
  is_int(status, QY_OK, "an experiment without areas");
  bool has_area = false;
  for (int m = 0; m < e.metric_count; m++)
    has_area |= e.metric[m] == QY_AREA_UM2;
  ok(!has_area && e.metric_count == 4 && e.metric[0] == QY_LATENCY_US && e.metric[1] == QY_GOPS,
     "%d metrics, of which the area is none", e.metric_count);
  ok(e.plot_count == 2 && strcmp(e.plot[0].name, "q0") == 0 && strcmp(e.plot[1].name, "q5") == 0,
     "two plots of six are without it");
  experiment_free(&e);
  qy_arena_free(arena);
  qy_store_close(store);
}

/* Where none are asked for: each pair of two metrics, or of three where there are as many objectives. */
static void usual_plots(int id, const char *expected)
{
  qy_error err = {0};
  qy_store *store = NULL;
  experiment e = {0};
  qy_arena *arena = qy_arena_new();
  qy_text pairs = {0};
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  if (!status) status = experiment_read(&e, store, id, arena, &err);
  is_int(status, QY_OK, "an experiment without plots");
  for (int p = 0; p < e.plot_count; p++)
    qy_text_add(&pairs, "%s over %s; ", e.plot[p].y, e.plot[p].x);
  is_text(pairs.data, expected, "its plots");
  qy_text_free(&pairs);
  experiment_free(&e);
  qy_arena_free(arena);
  qy_store_close(store);
}

int main(void)
{
  /* Lists of axes of 399 and of 400 characters. */
  char folder[] = "/tmp/quarry-page-XXXXXX", plots[6000], fits[800] = "\"area_um2\",\"latency_us\"",
       axes[800] = "\"area_um2\",\"latency_us\",\"latency_us\"";
  if (!mkdtemp(folder)) return 1;
  snprintf(file, sizeof file, "%s/db", folder);
  memset(text_of_file, 'x', LONG);
  for (int i = 0; i < 76; i++) {
    strcat(fits, ",\"rows\"");
    if (i < 74) strcat(axes, ",\"rows\"");
  }
  snprintf(
      plots, sizeof plots,
      "{\"within\":[\"precision\"],\"of_model\":[\"of the model\",\"another\"],\"plots\":["
      "{\"kind\":\"parallel\",\"name\":\"fits\",\"axes\":[%s]},{\"kind\":\"parallel\",\"name\":\"long\",\"axes\":[%s]},"
      "{\"kind\":\"pareto\",\"name\":\"p0\",\"x\":\"energy_uj\",\"y\":\"power_mw\"},"
      "{\"kind\":\"pareto\",\"name\":\"p1\",\"x\":\"gops\",\"y\":\"leakage_mw\"},"
      "{\"kind\":\"heatmap\",\"name\":\"p2\",\"x\":\"rows\",\"y\":\"area_sram_um2\",\"colour\":\"energy_sram_uj\"},"
      "{\"kind\":\"bars\",\"x\":\"rows\",\"y\":\"energy_dram_uj\"}",
      fits, axes);
  for (int i = 3; i < 9; i++)
    snprintf(plots + strlen(plots), sizeof plots - strlen(plots),
             ",{\"kind\":\"pareto\",\"name\":\"p%d\",\"x\":\"area_um2\",\"y\":\"gops\"}", i);
  strcat(plots, "]}");
  if (ok(open_database(), "a database")) {
    static const char two[] = "[\"area_um2\",\"latency_us\"]";
    make_experiment(2, MANY, two, plots);
    make_experiment(1, FEW, two, plots);
    make_experiment(3, FEW, "[\"area_um2\",\"beauty\"]", "{\"within\":[]}");
    make_experiment(4, FEW, two, "{\"within\":[\"colour\"]}");
    make_experiment(5, FEW, "[]", "{\"within\":[]}");
    make_experiment(6, FEW, two, "{\"within\":[]}");
    sql("UPDATE result SET reason = 2 WHERE id >> 40 = 6");
    make_experiment(7, LINE, two, "{\"within\":[]}");
    sql("UPDATE result SET area_um2 = 1 + (id & 65535), latency_us = %d - (id & 65535), reason = NULL WHERE id >> 40 "
        "= 7",
        LINE);
    make_experiment(8, FEW, "[\"latency_us\",\"gops\"]",
                    "{\"within\":[],\"plots\":["
                    "{\"kind\":\"pareto\",\"name\":\"q0\",\"x\":\"latency_us\",\"y\":\"gops\"},"
                    "{\"kind\":\"pareto\",\"name\":\"q1\",\"x\":\"area_um2\",\"y\":\"gops\"},"
                    "{\"kind\":\"pareto\",\"name\":\"q2\",\"x\":\"gops\",\"y\":\"area_um2\"},"
                    "{\"kind\":\"pareto\",\"name\":\"q3\",\"x\":\"gops\",\"y\":\"latency_us\",\"colour\":\"area_um2\"},"
                    "{\"kind\":\"parallel\",\"name\":\"q4\",\"axes\":[\"gops\",\"area_um2\"]},"
                    "{\"kind\":\"pareto\",\"name\":\"q5\",\"x\":\"leakage_mw\",\"y\":\"gops\"}]}");
    sql("UPDATE result SET area_um2 = NULL WHERE id >> 40 = 8");
    make_experiment(9, FEW, "[\"area_um2\",\"latency_us\",\"gops\"]", "{\"within\":[]}");
    char within[1000] = "{\"within\":[\"network\"";
    for (int k = 0; k < QY_KEY_COUNT; k++)
      strcat(within, ",\"precision\"");
    make_experiment(10, FEW, two, strcat(within, "]}"));
    sql("COMMIT");
    sqlite3_close(db);
    is_int(sql_failed, 0, "experiments are written");
    texts();
    lengths();
    fronts();
    empty_metrics();
    usual_plots(7, "latency_us over area_um2; ");
    usual_plots(9, "latency_us over area_um2; gops over area_um2; gops over latency_us; ");
    free(page_of(3, QY_BAD_INPUT, "experiment \"ex<3\" is of another version of quarry"));
    free(page_of(4, QY_BAD_INPUT, "colour"));
    free(page_of(5, QY_BAD_INPUT, "experiment \"ex<5\" is of another version of quarry"));
    free(page_of(6, QY_BAD_INPUT, "experiment \"ex<6\" has no feasible point: there is nothing to report"));
    free(page_of(10, QY_BAD_INPUT, "experiment \"ex<10\" is of another version of quarry")); /* keys beyond all */
    free(page_of(11, QY_BAD_INPUT, "the database holds no experiment 11"));
  }
  unlink(file);
  rmdir(folder);
  return done();
}
