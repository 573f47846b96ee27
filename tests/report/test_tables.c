/* The tables of a page: groups with their best values, gains, reasons, constants by their sources.  Each row is worked
 * out here from what was written to the database; how a number is written is the matter of test_words.c. */
#include "../../src/report/report_int.h"
#include "../../src/report/words.h"

#include "quarry/tech.h"
#include "random.h"
#include "report_test.h"

#include <stdlib.h>
#include <unistd.h>

enum { DESIGNS = 65, TECHS = 2, EACH = 3, POINTS = DESIGNS * TECHS * EACH, GAINS = 125, REASONS = 10, ID = 3 };
enum { ROWS_MOST = 120, REASONS_MOST = 8, CONSTANTS_MOST = 400, LIBRARIES = 5 };

static char folder[] = "/tmp/quarry-tables-XXXXXX", file[80];
static double area[POINTS], gops[POINTS], chance[POINTS];

/* ---- what is written ---- */

static int tech_of(int i)
{
  return i / EACH % TECHS;
}

static int design_of(int i)
{
  return i / EACH / TECHS;
}

/* The last design has no points in the second library. */
static bool is_there(int i)
{
  return design_of(i) < DESIGNS - 1 || tech_of(i) == 0;
}

static bool has_interval(int i)
{
  return i % 4 != 1;
}

static void write_points(void)
{
  uint64_t seed = 5;
  const long long key = (long long)ID << 40;
  for (int d = 0; d < DESIGNS; d++)
    sql("INSERT INTO design VALUES (%lld, 'D<%02d', '{}')", key + d, d);
  for (int i = 0; i < POINTS; i++) {
    area[i] = 1 + (double)random_below(&seed, 1000000) / 7;
    gops[i] = 1 + (double)random_below(&seed, 1000000) / 9;
    chance[i] = random_below(&seed, 3) ? (double)(1 + random_below(&seed, 20)) / 20 : 0;
    if (!is_there(i)) continue;
    sql("INSERT INTO result (id, design, technology, network, precision, precision_bits, clock_mhz, area_um2, gops) "
        "VALUES (%lld, %lld, %d, 1, 1, 8, 100, %.17g, %.17g)",
        key + i, key + design_of(i), 1 + tech_of(i), area[i], gops[i]);
    if (has_interval(i))
      sql("INSERT INTO interval (id, area_um2_p05, area_um2_p95) VALUES (%lld, %.17g, %.17g)", key + i, area[i] * 0.75,
          area[i] * 1.5);
    if (chance[i] > 0) sql("INSERT INTO front_chance VALUES (%lld, %.17g)", key + i, chance[i]);
  }
  /* Reason r is that of r / 2 + 1 points; two of a kind have what stands before a colon alike. */
  for (int r = 0, i = POINTS; r < REASONS; r++) {
    sql("INSERT INTO reason VALUES (%d, '%s%d%s')", r + 1, r < 2 ? "too slow: " : "reason ", r, r % 2 ? " & more" : "");
    for (int n = 0; n <= r / 2; n++, i++)
      sql("INSERT INTO result (id, design, technology, network, precision, precision_bits, clock_mhz, reason) VALUES "
          "(%lld, %lld, 1, 1, 1, 8, 100, %d)",
          key + i, key, r + 1);
  }
}

typedef struct gain {
  const char *at_equal, *low, *high, *number[6], *better, *from, *note; /* NULL: none; number: gain, unlimited */
} gain;

static const gain gains[] = {
    {"axes", NULL, NULL, {"1.5", "1.25", "1.75", NULL, NULL, NULL}, "75", NULL, NULL},
    {"latency_us", "20", "20", {"0.5", NULL, NULL, "0.25", NULL, NULL}, "0", "30", "one & all"},
    {"latency_us, sqnr_db", "20", "40", {"2", NULL, NULL, "3", "2.5", "4"}, "100", "20", NULL},
    {"latency_us", NULL, NULL, {NULL, NULL, NULL, NULL, NULL, NULL}, NULL, NULL, "none <"},
    {"latency_us, a, b", "1", "2", {"4", "3", NULL, "5", NULL, "6"}, "50", NULL, NULL}};
enum { KINDS = sizeof gains / sizeof *gains };

static const char *or_null(const char *text)
{
  return text ? text : "NULL";
}

static void write_gains(void)
{
  for (int i = 0; i < GAINS; i++) {
    const gain *g = &gains[i % KINDS];
    sql("INSERT INTO comparison VALUES (%d, %d, '{\"technology\":\"lib<%d\",\"precision\":\"8 bit\"}', 'base>', "
        "'design %d', 'area_um2', '%s', %s, %s, %s, %s, %s, NULL, NULL, %s, %s, %s, %s, %s, %s%s%s)",
        ID, i, i % TECHS, i, g->at_equal, or_null(g->low), or_null(g->high), or_null(g->number[0]),
        or_null(g->number[1]), or_null(g->number[2]), or_null(g->number[3]), or_null(g->number[4]),
        or_null(g->number[5]), or_null(g->better), or_null(g->from), g->note ? "'" : "", or_null(g->note),
        g->note ? "'" : "");
  }
}

static char *library_text(void)
{
  FILE *in = fopen("db/tech/fdsoi28.yaml", "rb");
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  for (int c; in && (c = getc(in)) != EOF;)
    putc(c, out);
  if (in) fclose(in);
  fclose(out);
  return text;
}

static bool write_all(const char *library)
{
  qy_error err = {0};
  qy_store *store = NULL;
  snprintf(file, sizeof file, "%s/db", folder);
  if (qy_store_open(&store, file, QY_STORE_WRITE, &err)) return false;
  qy_store_close(store);
  if (sqlite3_open(file, &db)) return false;
  sql("BEGIN");
  char *quoted = sqlite3_mprintf("%Q", library);
  sql("INSERT INTO precision VALUES (1, '8 bit', 8, 8)");
  sql("INSERT INTO technology VALUES (1, 'lib<0', 'hash-0', 'no library', 0.9), (2, 'lib<1', 'hash-1', '', 0.8)");
  for (int l = 0; l < LIBRARIES; l++)
    sql("INSERT INTO technology VALUES (%d, 'cells%d', 'hash-c%d', %s, 0.9)", 3 + l, l, l, quoted);
  sqlite3_free(quoted);
  sql("INSERT INTO network VALUES (1, 'net', 'hash-n', '')");
  sql("INSERT INTO experiment VALUES (%d, 'ex', 'why?', 'some/file.yaml', 'text', 'hash', 'identity', 'model 7', '17', "
      "'quarry run', '[\"area_um2\",\"gops\"]', '{\"within\":[\"technology\"]}', %d, %d, 'interrupted', "
      "'2026-01-02T03:04:05Z', '2026-05-06T07:08:09Z', 1, NULL, '', 'all')",
      ID, POINTS, POINTS);
  sql("INSERT INTO experiment_precision VALUES (%d, 0, 1)", ID);
  for (int t = 0; t < TECHS + LIBRARIES; t++)
    sql("INSERT INTO experiment_technology VALUES (%d, %d, %d)", ID, t, t + 1);
  sql("INSERT INTO experiment_network VALUES (%d, 0, 1)", ID);
  sql("INSERT INTO batch (experiment, batch, rows, intervals, assignments) VALUES (%d, 0, %d, 0, 0)", ID, POINTS);
  write_points();
  write_gains();
  sql("COMMIT");
  return sql_failed == 0;
}

/* ---- what is read ---- */

static size_t count_of(const char *text, const char *what)
{
  size_t count = 0;
  for (const char *p = text; p && (p = strstr(p, what)); p += strlen(what))
    count++;
  return count;
}

static void put_value(qy_text *out, int best, const double *value, bool interval)
{
  qy_text_add(out, "<td class=\"number\">");
  words_number(out, value[best]);
  if (interval && has_interval(best)) {
    qy_text_add(out, " <span class=\"interval\">");
    words_interval(out, value[best], 0.75 * value[best], 1.5 * value[best]);
    qy_text_add(out, "</span>");
  }
  qy_text_add(out, "</td>");
}

/* No other point of the library is as small and as fast. */
static bool on_front(int i)
{
  bool beaten = false;
  for (int k = 0; k < POINTS; k++)
    beaten = beaten || (k != i && is_there(k) && tech_of(k) == tech_of(i) && area[k] <= area[i] && gops[k] >= gops[i]);
  return !beaten;
}

/* Without draws there is no share of them, in no row. */
static void sure_summary(experiment *e)
{
  qy_text out = {0};
  qy_error err = {0};
  double *own = e->points.chance;
  e->points.chance = NULL;
  is_int(section_summary(&out, e, &err), QY_OK, "the summary without draws");
  ok(count_of(out.data, "of draws</th>") == 0, "no column of them");
  const char *row = out.data ? strstr(out.data, "<tr><td>lib") : NULL, *end = row ? strchr(row, '\n') : NULL;
  int cells = 0;
  for (const char *c = row; c && (c = strstr(c, "<td")) && c < end; c++)
    cells++;
  is_int(cells, 2 + 2 + 2, "two labels, two counts, two metrics");
  const char *head = out.data ? strstr(out.data, "</thead>") : NULL;
  ok(head && count_of(out.data, "<th ") - count_of(head, "<th ") == 6, "as many columns have names");
  e->points.chance = own;
  qy_text_free(&out);
}

static void summary(const experiment *e)
{
  qy_text out = {0};
  qy_error err = {0};
  is_int(section_summary(&out, e, &err), QY_OK, "the summary");
  int found = 0, groups = 0, fronts = 0;
  for (int d = 0; d < DESIGNS; d++)
    for (int t = 0; t < TECHS; t++) {
      const int first = (d * TECHS + t) * EACH;
      int on = 0, robust = 0, least = first, most = first;
      qy_text row = {0};
      if (!is_there(first)) continue;
      groups++;
      for (int i = first; i < first + EACH; i++) {
        on += on_front(i);
        robust += chance[i] >= 0.9;
        if (area[i] < area[least]) least = i;
        if (gops[i] > gops[most]) most = i;
      }
      fronts += on;
      qy_text_add(&row,
                  "<tr><td>lib&lt;%d</td><td>D&lt;%02d</td><td class=\"number\">%d</td><td class=\"number\">%d</td><td "
                  "class=\"number\">%d</td>",
                  t, d, EACH, on, robust);
      put_value(&row, least, area, true);
      put_value(&row, most, gops, false);
      qy_text_add(&row, "</tr>\n");
      found += count_of(out.data, row.data) == 1;
      qy_text_free(&row);
    }
  const char *end = out.data ? strstr(out.data, "</table>") : NULL;
  ok(groups == DESIGNS * TECHS - 1 && found == ROWS_MOST && fronts > 4, "%d rows of %d groups are as they are", found,
     groups);
  is_int((int64_t)count_of(out.data, "<tr><td>lib"), ROWS_MOST + ROWS_MOST, "and no others, but those of gains");
  ok(end && count_of(end, "<p class=\"note\">9 more rows are left out.</p>") == 1, "the others are counted");
  ok(count_of(out.data, "<th scope=\"col\">technology</th><th scope=\"col\">design</th><th scope=\"col\" "
                        "class=\"number\">points</th><th scope=\"col\" class=\"number\">on the front</th><th "
                        "scope=\"col\" class=\"number\">in ≥ 90 % of draws</th><th scope=\"col\" "
                        "class=\"number\">best Area") == 1,
     "the columns have names");
  /* Five of the last kinds, four of those before, and so on: of as many points the first by name. */
  int before = 0, at = 0;
  static const struct {
    int points, first;
    const char *more;
  } reasons[] = {{5, 8, ""}, {5, 9, " &amp; more"}, {4, 6, ""}, {4, 7, " &amp; more"},
                 {3, 4, ""}, {3, 5, " &amp; more"}, {2, 2, ""}, {2, 3, " &amp; more"}};
  for (size_t r = 0; r < sizeof reasons / sizeof *reasons; r++) {
    char line[120];
    snprintf(line, sizeof line, "<li><b>%d</b> infeasible: reason %d%s</li>\n", reasons[r].points, reasons[r].first,
             reasons[r].more);
    const char *here = out.data ? strstr(out.data, line) : NULL;
    at = here ? (int)(here - out.data) : -1;
    if (!ok(at > before, "%s", line)) break;
    before = at;
  }
  is_int((int64_t)count_of(out.data, " infeasible: "), REASONS_MOST, "no more reasons than eight");
  qy_text_free(&out);
}

/* The number of a text of the database; nothing is a dash. */
static void put_number(qy_text *out, const char *text)
{
  words_number(out, text ? strtod(text, NULL) : NAN);
}

static void put_gain(qy_text *row, const char *const v[3])
{
  qy_text_add(row, "<td class=\"number\">");
  put_number(row, v[0]);
  if (v[1] && v[2]) {
    qy_text_add(row, " <span class=\"interval\">");
    put_number(row, v[1]);
    qy_text_add(row, " … ");
    put_number(row, v[2]);
    qy_text_add(row, "</span>");
  }
  qy_text_add(row, "</td>");
}

static void comparisons(const experiment *e)
{
  static const char *const held[KINDS][2] = {
      {"", "axes"}, {"latency_us", ""}, {"latency_us", "sqnr_db"}, {"latency_us", ""}, {"latency_us", "a, b"}};
  static const char *const note[KINDS] = {"", "one &amp; all", "", "none &lt;", ""};
  qy_text out = {0};
  qy_error err = {0};
  is_int(section_summary(&out, e, &err), QY_OK, "the summary with gains");
  int found = 0;
  for (int i = 0; i < GAINS; i++) {
    const gain *g = &gains[i % KINDS];
    qy_text row = {0};
    qy_text_add(&row,
                "<tr><td>lib&lt;%d, 8 bit</td><td>design %d</td><td>area_um2</td><td>%s</td><td>%s</td><td "
                "class=\"number\">",
                i % TECHS, i, held[i % KINDS][0], held[i % KINDS][1]);
    if (g->low) put_number(&row, g->low);
    if (g->low && strcmp(g->low, g->high) != 0) {
      qy_text_add(&row, " … ");
      put_number(&row, g->high);
    }
    qy_text_add(&row, "</td>");
    put_gain(&row, g->number);
    put_gain(&row, g->number + 3);
    qy_text_add(&row, "<td class=\"number\">");
    put_number(&row, g->better);
    qy_text_add(&row, "</td><td class=\"number\">");
    put_number(&row, g->from);
    qy_text_add(&row, "</td><td>%s</td></tr>\n", note[i % KINDS]);
    const bool there = count_of(out.data, row.data) == 1;
    if (there != (i < ROWS_MOST)) printf("# %s", row.data);
    found += there == (i < ROWS_MOST);
    qy_text_free(&row);
  }
  is_int(found, GAINS, "the first gains are as they were stored");
  ok(count_of(out.data, "<p><b>Gains over base&gt;</b></p>") == 1, "over the base");
  ok(count_of(out.data, "<p class=\"note\">5 more rows stand in table comparison.</p>") == 1, "the others are counted");
  qy_text_free(&out);
}

/* Every constant of each library once, below the heading of its source, up to as many as a page has. */
static void sources(const experiment *e, const char *library)
{
  qy_text out = {0};
  qy_error err = {0};
  qy_tech *tech = NULL;
  is_int(qy_tech_read_text(&tech, "cells", library, strlen(library), e->arena, &err), QY_OK, "a library is read");
  is_int(section_sources(&out, e, &err), QY_OK, "the sources");
  if (!tech || !out.data) return;
  int wrong = 0, shown = 0, headings = 0;
  const char *at = out.data;
  for (int l = 0; l < LIBRARIES; l++) {
    char head[300];
    snprintf(head, sizeof head, "<li>Technology <b>cells%d</b>: ", l);
    at = strstr(at, head);
    if (!ok(at != NULL, "library %d is there", l)) return;
    snprintf(head, sizeof head, " (%g nm, %g V, %g °C) <code class=\"hash\">hash-c%d</code>\n<details><summary>%zu ",
             tech->node_nm, tech->voltage_v, tech->temperature_c, l, tech->entry_count);
    wrong += !strstr(at, head) || strstr(at, head) > strchr(at, '\n');
    const char *end = strstr(at, "</details>");
    int own = 0;
    for (size_t i = 0; i < tech->entry_count; i++) {
      const qy_constant *c = &tech->entry[i].constant;
      qy_text row = {0}, heading = {0};
      qy_text_add(&row, "<tr><td>");
      words_html(&row, tech->entry[i].path);
      qy_text_add(&row, "</td><td class=\"number\">");
      words_number(&row, c->value);
      qy_text_add(&row, "</td><td class=\"number interval\">");
      words_number(&row, c->low);
      qy_text_add(&row, " … ");
      words_number(&row, c->high);
      qy_text_add(&row, "</td><td>");
      words_html(&row, tech->entry[i].unit);
      qy_text_add(&row, "</td><td>%s</td></tr>\n", qy_origin_name(c->status));
      qy_text_add(&heading, "scope=\"rowgroup\">");
      words_html(&heading, c->source);
      qy_text_add(&heading, "</th></tr>\n");
      const char *here = strstr(at, row.data), *of = strstr(at, heading.data);
      wrong += !of || of > end || (strstr(of + 1, heading.data) && strstr(of + 1, heading.data) < end);
      if (here && here < end) {
        own++; /* behind its own heading, before the end of that group */
        wrong += of > here || strstr(of, "</tbody>") < here;
      }
      qy_text_free(&row);
      qy_text_free(&heading);
    }
    for (const char *h = at; (h = strstr(h, "scope=\"rowgroup\">")) && h < end; h++)
      headings++;
    const int room = CONSTANTS_MOST - shown, all = (int)tech->entry_count, want = room < all ? room : all;
    wrong += own != want;
    snprintf(head, sizeof head, "<p class=\"note\">%d more constants stand in the database.</p></details>", all - want);
    wrong += (strstr(at, head) != NULL && strstr(at, head) < end) != (want < all);
    shown += own;
  }
  ok(wrong == 0 && shown == CONSTANTS_MOST && headings > LIBRARIES, "%d constants below %d sources", shown, headings);
  qy_text_free(&out);
}

/* What is said of points that are stored in part, of what is on the chip alone, of noise. */
static void notes(experiment *e)
{
  qy_text out = {0};
  qy_error err = {0};
  char noise[] = "noise <of> layers", *own = e->points.noise;
  is_int(section_assumptions(&out, e, &err), QY_OK, "assumptions");
  ok(count_of(out.data, "<dt>Intervals</dt><dd>5 % to 95 % quantiles over draws") == 1, "of draws");
  ok(count_of(out.data, "<dt>Energy</dt>") == 0 && count_of(out.data, "<dt>Noise</dt>") == 0 &&
         count_of(out.data, "<dt>Program</dt>") == 0 && count_of(out.data, "more bytes") == 0,
     "nothing of what there is not");
  ok(count_of(out.data, "<dd>smallest area_um2, largest gops</dd>") == 1, "the objectives");
  qy_text_free(&out);
  e->points.on_chip = true;
  e->points.noise = noise;
  e->metric[e->metric_count++] = QY_NOISE;
  e->within_count = 0;
  e->status = "complete";
  is_int(section_assumptions(&out, e, &err), QY_OK, "assumptions of other points");
  ok(count_of(out.data, "<dt>Energy</dt><dd>on chip: ") == 1, "of what is on the chip alone");
  ok(count_of(out.data, "<dt>Noise</dt><dd>noise &lt;of&gt; layers</dd>") == 1, "of the noise");
  ok(count_of(out.data, "<dt>A front each</dt><dd>one of all points</dd>") == 1, "of one front");
  qy_text_free(&out);
  is_int(section_head(&out, e, &err), QY_OK, "the head");
  ok(count_of(out.data, "Stored, and shown here") == 0 && count_of(out.data, "class=\"warning\"") == 0,
     "all points are stored");
  qy_text_free(&out);
  e->points.noise = own;
}

/* ---- what is read of plots ---- */

static bool is(const char *got, const char *expected)
{
  return got && expected ? strcmp(got, expected) == 0 : got == expected;
}

/* The experiment with another definition; free it. */
static qy_status read_as(experiment *e, qy_store **store, qy_arena **arena, const char *objectives,
                         const char *definition)
{
  qy_error err = {0};
  sql("UPDATE experiment SET objectives = '%s', definition = '%s'", objectives, definition);
  *e = (experiment){0};
  *arena = qy_arena_new();
  qy_status status = qy_store_open(store, file, QY_STORE_READ, &err);
  if (!status) status = experiment_read(e, *store, ID, *arena, &err);
  if (status) printf("# %s\n", err.count ? err.diagnostic[0].text : "no message");
  return status;
}

static void free_all(experiment *e, qy_store *store, qy_arena *arena)
{
  experiment_free(e);
  qy_store_close(store);
  qy_arena_free(arena);
}

/* Each word of a plot where it belongs; plots over metrics that no point has are not there, nor are these. */
static void plots(void)
{
  experiment e;
  qy_store *store = NULL;
  qy_arena *arena;
  static const char all[] =
      "{\"within\":[\"design\",\"technology\"],\"of_model\":[\"m1\"],\"plots\":["
      "{\"kind\":\"heatmap\",\"name\":\"a\",\"x\":\"area_um2\",\"y\":\"precision\",\"colour\":\"gops\",\"x_log\":1,"
      "\"y_log\":0,\"colour_log\":1,\"panel\":\"technology\",\"group\":[\"design\",\"precision\"],"
      "\"where\":{\"precision\":\"8 bit\"},\"bins\":19,\"points\":\"median\"},"
      "{\"kind\":\"parallel\",\"axes\":[\"area_um2\",\"design\"]},"
      "{\"kind\":\"pareto\",\"name\":\"no x\",\"x\":\"energy_uj\",\"y\":\"area_um2\"},"
      "{\"kind\":\"pareto\",\"name\":\"no y\",\"x\":\"area_um2\",\"y\":\"latency_us\"},"
      "{\"kind\":\"heatmap\",\"name\":\"no colour\",\"x\":\"area_um2\",\"y\":\"gops\",\"colour\":\"power_mw\"},"
      "{\"kind\":\"parallel\",\"name\":\"no axis\",\"axes\":[\"area_um2\",\"energy_uj\"]},"
      "{\"kind\":\"bars\",\"x\":\"design\"}]}";
  is_int(read_as(&e, &store, &arena, "[\"gops\",\"area_um2\"]", all), QY_OK, "an experiment with plots");
  const report_plot *p = e.plot;
  ok(e.metric_count == 2 && e.metric[0] == QY_GOPS && e.metric[1] == QY_AREA_UM2,
     "the objectives are the metrics, those of no point are left out");
  ok(e.plot_count == 2 && is(e.absent, "bars, m1"), "two plots can be drawn, not here: %s", e.absent);
  ok(is(p->kind, "heatmap") && is(p->name, "a") && is(p->x, "area_um2") && is(p->y, "precision") &&
         is(p->colour, "gops") && !p->axes && is(p->which, "median") && is(p->panel, "technology") &&
         is(p->group, "design,precision") && is(p->where, "{\"precision\":\"8 bit\"}"),
     "the words of a plot");
  ok(p->x_log == 1 && p->y_log == 0 && p->colour_log == 1 && p->bins == 19, "its numbers");
  p++;
  ok(is(p->kind, "parallel") && is(p->name, "") && is(p->axes, "area_um2,design") && !p->x && !p->y && !p->colour &&
         !p->which && !p->panel && is(p->group, "design") && is(p->where, "{}"),
     "what is not said of another");
  ok(p->x_log == -1 && p->y_log == -1 && p->colour_log == -1 && p->bins == 0, "is left to choose");
  ok(e.within_count == 2 && e.within[0] == QY_KEY_DESIGN && e.within[1] == QY_KEY_TECHNOLOGY, "fronts within two keys");
  qy_text out = {0};
  qy_error err = {0};
  is_int(section_summary(&out, &e, &err), QY_OK, "a summary within designs");
  ok(count_of(out.data, "<thead><tr><th scope=\"col\">technology</th><th scope=\"col\">design</th>") == 1 &&
         count_of(out.data, ">design</th><th scope=\"col\">metric") == 1 && count_of(out.data, ">design</th>") == 2,
     "which are named once, and once above the gains");
  qy_text_free(&out);
  free_all(&e, store, arena);
  /* Without plots: each pair of the first two, or where there are three objectives three, metrics. */
  is_int(read_as(&e, &store, &arena, "[\"gops\",\"area_um2\"]", "{}"), QY_OK, "an experiment without plots");
  ok(e.plot_count == 1 && is(e.plot[0].kind, "pareto") && is(e.plot[0].x, "gops") && is(e.plot[0].y, "area_um2") &&
         is(e.plot[0].group, "design") && is(e.plot[0].where, "{}") && e.plot[0].x_log == -1 && e.plot[0].y_log == -1 &&
         e.plot[0].colour_log == -1 && e.within_count == 0 && !e.absent,
     "has a front of its objectives");
  free_all(&e, store, arena);
  sql("UPDATE result SET energy_uj = area_um2 * 2 WHERE reason IS NULL");
  is_int(read_as(&e, &store, &arena, "[\"gops\",\"area_um2\",\"energy_uj\"]", "{}"), QY_OK, "of three objectives");
  static const char *const pair[][2] = {{"gops", "area_um2"}, {"gops", "energy_uj"}, {"area_um2", "energy_uj"}};
  int wrong = e.plot_count != 3;
  for (int i = 0; i < 3 && !wrong; i++)
    wrong += !is(e.plot[i].x, pair[i][0]) || !is(e.plot[i].y, pair[i][1]);
  is_int(wrong, 0, "each pair of them");
  free_all(&e, store, arena);
  /* What cannot be read is no section without it. */
  is_int(read_as(&e, &store, &arena, "[\"gops\",\"area_um2\"]", "{}"), QY_OK, "an experiment that will lack tables");
  static const char *const lost[] = {"comparison", "device"};
  for (int i = 0; i < 2; i++) {
    sql("ALTER TABLE %s RENAME TO lost", lost[i]);
    qy_error_clear(&err);
    const qy_status status = i ? section_sources(&out, &e, &err) : section_summary(&out, &e, &err);
    ok(status != QY_OK && err.count > 0, "without %s: %s", lost[i], err.count ? err.diagnostic[0].text : "no message");
    sql("ALTER TABLE lost RENAME TO %s", lost[i]);
    qy_text_free(&out);
  }
  free_all(&e, store, arena);
}

/* An older database has no interval of gains without a limit, one before it none of these gains. */
static void older(void)
{
  experiment e;
  qy_store *store = NULL;
  qy_arena *arena;
  sql("DROP VIEW compare; DROP VIEW compare_all");
  for (int i = 0; i < 2; i++) {
    qy_text out = {0}, cells = {0};
    qy_error err = {0};
    sql("ALTER TABLE comparison DROP COLUMN unlimited%s", i ? "" : "_p05");
    is_int(read_as(&e, &store, &arena, "[\"gops\",\"area_um2\"]", "{}"), QY_OK, "an older database");
    is_int(section_summary(&out, &e, &err), QY_OK, "has a summary");
    qy_text_add(&cells, "<td class=\"number\">");
    words_number(&cells, i ? NAN : 3);
    qy_text_add(&cells, "</td><td class=\"number\">");
    words_number(&cells, 100);
    ok((int)count_of(out.data, cells.data) == ROWS_MOST / KINDS, "its gains: %s", cells.data);
    qy_text_free(&out);
    qy_text_free(&cells);
    free_all(&e, store, arena);
  }
}

static void partly_stored(void)
{
  experiment e = {0};
  qy_error err = {0};
  qy_store *store = NULL;
  qy_text out = {0};
  qy_arena *arena = qy_arena_new();
  char line[200];
  sql("UPDATE experiment SET store = 'front', points = 100000");
  sql("UPDATE batch SET rows = 99990");
  sql("INSERT INTO tally SELECT min(id), 1000 FROM result");
  sql("INSERT INTO infeasible_count VALUES (%d, 1, 3, 99000)", ID);
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  if (!status) status = experiment_read(&e, store, ID, arena, &err);
  if (!status) status = section_head(&out, &e, &err);
  ok(status == QY_OK && out.data, "a sweep that keeps its fronts: %s", err.count ? err.diagnostic[0].text : "read");
  snprintf(line, sizeof line, "<p>Stored, and shown here, are %d points: those of fronts and the best ones.</p>\n",
           POINTS - EACH);
  ok(count_of(out.data, line) == 1, "is told from all points");
  ok(count_of(out.data, "<li><b>99990</b> points</li><li><b>1000</b> feasible</li>") == 1, "which are counted");
  qy_text_free(&out);
  free_all(&e, store, arena);
  /* Once it is complete all of its points were evaluated, and it is as whole as its counts say. */
  sql("UPDATE experiment SET status = 'complete', batch_points = points");
  sql("UPDATE batch SET rows = (SELECT count(*) FROM result), intervals = (SELECT count(*) FROM interval)");
  static const char *const counted[] = {"design",     "front",        "front_chance",
                                        "best_point", "layer_result", "member_result"};
  for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
    sql("INSERT INTO content (experiment, name, rows) VALUES (%d, '%s', (SELECT count(*) FROM %s))", ID, counted[i],
        counted[i]);
  is_int(read_as(&e, &store, &arena, "[\"area_um2\"]", "{}"), QY_OK, "the same, complete");
  is_int(section_head(&out, &e, &err), QY_OK, "its head");
  ok(count_of(out.data, "<li><b>100000</b> points</li><li><b>1000</b> feasible</li>") == 1 &&
         count_of(out.data, "class=\"warning\"") == 0,
     "has all of them");
  qy_text_free(&out);
  free_all(&e, store, arena);
}

int main(void)
{
  if (!mkdtemp(folder)) return 1;
  char *library = library_text();
  if (ok(write_all(library), "a database")) {
    experiment e = {0};
    qy_error err = {0};
    qy_store *store = NULL;
    qy_arena *arena = qy_arena_new();
    qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
    if (!status) status = experiment_read(&e, store, ID, arena, &err);
    if (ok(status == QY_OK, "an experiment: %s", err.count ? err.diagnostic[0].text : "read")) {
      summary(&e);
      sure_summary(&e);
      comparisons(&e);
      sources(&e, library);
      notes(&e);
    }
    experiment_free(&e);
    qy_store_close(store);
    qy_arena_free(arena);
    plots();
    older();
    partly_stored();
  }
  sqlite3_close(db);
  free(library);
  unlink(file);
  rmdir(folder);
  return done();
}
