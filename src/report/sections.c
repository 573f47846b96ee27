/* The parts of the page that are text: what was asked, what came out, what it rests on. */
#include "report_int.h"
#include "words.h"

#include "quarry/comparison.h"
#include "quarry/decimal.h"
#include "quarry/tech.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUMMARY_ROWS_MAX = 120, FILE_BYTES_MAX = 16384, REASONS_MAX = 8, CONSTANTS_MAX = 400 };

static void element(qy_text *out, const char *before, const char *text, const char *after)
{
  qy_text_add(out, "%s", before);
  words_html(out, text);
  qy_text_add(out, "%s", after);
}

static void fact(qy_text *out, const char *name, const char *value)
{
  if (!value || !*value) return;
  qy_text_add(out, "<dt>%s</dt><dd>", name);
  words_html(out, value);
  qy_text_add(out, "</dd>\n");
}

static qy_status done(const qy_text *out, qy_error *err)
{
  return out->failed ? qy_no_memory(err) : QY_OK;
}

qy_status section_title(qy_text *out, const experiment *e, qy_error *err)
{
  element(out, "<title>", e->name, " – Quarry report</title>\n");
  return done(out, err);
}

qy_status section_head(qy_text *out, const experiment *e, qy_error *err)
{
  size_t groups = 0;
  for (size_t g = 0; g < e->fronts.count; g++)
    groups += e->fronts.first[g + 1] > e->fronts.first[g];
  element(out, "<p class=\"name\">", e->name, "</p>\n");
  element(out, "<h1>", *e->question ? e->question : e->name, "</h1>\n");
  qy_text_add(out,
              "<ul class=\"facts\"><li><b>%" PRId64 "</b> points</li><li><b>%" PRId64
              "</b> feasible</li><li><b>%zu</b> on %s"
              "</li>",
              e->stored, e->feasible, e->front_count, groups > 1 ? "fronts" : "the front");
  if (groups > 1) qy_text_add(out, "<li><b>%zu</b> fronts</li>", groups);
  qy_text_add(out, "<li>");
  words_html_part(out, e->ended_utc, strlen("2026-11-27"));
  qy_text_add(out, "</li></ul>\n");
  if (strcmp(e->status, "complete")) {
    element(out, "<p class=\"warning\">This experiment is ", e->status, ": ");
    qy_text_add(out, "%" PRId64 " of its %" PRId64 " points are stored.</p>\n", e->stored, e->planned);
  }
  if (is_partly_stored(e))
    qy_text_add(out, "<p>Stored, and shown here, are %zu points: those of fronts and the best ones.</p>\n",
                e->points.count);
  element(out, "<pre class=\"command\">", e->command_line, "</pre>\n");
  return done(out, err);
}

/* ---- summary ---- */

static void metric_head(qy_text *out, const experiment *e, int metric, const char *before)
{
  const qy_metric_info *info = &qy_metric_table()[metric];
  const char *scope = qy_metric_scope(metric, e->points.on_chip);
  qy_text_add(out, "<th scope=\"col\" class=\"number\">%s%s%s%s", before, info->label, *scope ? " " : "", scope);
  if (*info->unit) element(out, " <span class=\"unit\">", info->unit, "</span>");
  qy_text_add(out, "</th>");
}

static void value_cell(qy_text *out, const qy_points *p, int metric, size_t i)
{
  qy_text_add(out, "<td class=\"number\">");
  words_number(out, i < p->count ? p->metric[metric][i] : NAN);
  if (i < p->count && p->low[metric] && isfinite(p->low[metric][i])) {
    qy_text_add(out, " <span class=\"interval\">");
    words_interval(out, p->metric[metric][i], p->low[metric][i], p->high[metric][i]);
    qy_text_add(out, "</span>");
  }
  qy_text_add(out, "</td>");
}

/* The member of group g with the best value; points.count: none has any. */
static size_t best_of(const qy_groups *groups, const qy_points *p, size_t g, int metric)
{
  const double sign = qy_metric_table()[metric].sense > 0 ? -1 : 1;
  size_t best = p->count;
  for (size_t k = groups->first[g]; k < groups->first[g + 1]; k++) {
    const double value = p->metric[metric][groups->member[k]];
    if (!isnan(value) && (best == p->count || sign * value < sign * p->metric[metric][best])) best = groups->member[k];
  }
  return best;
}

static void summary_row(qy_text *out, const experiment *e, const qy_groups *groups, size_t g)
{
  const qy_points *p = &e->points;
  size_t on = 0, robust = 0;
  for (size_t k = groups->first[g]; k < groups->first[g + 1]; k++) {
    on += e->on_front[groups->member[k]];
    if (p->chance) robust += p->chance[groups->member[k]] >= QY_ROBUST_SHARE;
  }
  qy_text_add(out, "<tr>");
  for (int k = 0; k < groups->key_count; k++)
    element(out, "<td>", p->label[groups->key[k]][qy_groups_index(groups, p, g, groups->key[k])], "</td>");
  qy_text_add(out, "<td class=\"number\">%zu</td><td class=\"number\">%zu</td>",
              groups->first[g + 1] - groups->first[g], on);
  if (p->chance) qy_text_add(out, "<td class=\"number\">%zu</td>", robust);
  for (int m = 0; m < e->objective_count && m < METRICS_MAX; m++)
    value_cell(out, p, e->objective[m], best_of(groups, p, g, e->objective[m]));
  qy_text_add(out, "</tr>\n");
}

static void summary_table(qy_text *out, const experiment *e, const qy_groups *groups)
{
  size_t rows = 0, left = 0;
  qy_text_add(out, "<div class=\"wide\"><table><thead><tr>");
  for (int k = 0; k < groups->key_count; k++)
    element(out, "<th scope=\"col\">", qy_key_name(groups->key[k], &e->parameters), "</th>");
  qy_text_add(out,
              "<th scope=\"col\" class=\"number\">points</th><th scope=\"col\" class=\"number\">on the front</th>");
  const double robust_pct = 100 * QY_ROBUST_SHARE;
  if (e->points.chance) qy_text_add(out, "<th scope=\"col\" class=\"number\">in ≥ %.0f %% of draws</th>", robust_pct);
  for (int m = 0; m < e->objective_count && m < METRICS_MAX; m++)
    metric_head(out, e, e->objective[m], "best ");
  qy_text_add(out, "</tr></thead><tbody>\n");
  for (size_t g = 0; g < groups->count; g++) {
    if (groups->first[g + 1] == groups->first[g]) continue;
    if (rows++ < SUMMARY_ROWS_MAX)
      summary_row(out, e, groups, g);
    else
      left++;
  }
  qy_text_add(out, "</tbody></table></div>\n");
  if (left) qy_text_add(out, "<p class=\"note\">%zu more rows are left out.</p>\n", left);
}

static int reason_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  element(ctx, "<li><b>", value[0], "</b> infeasible: ");
  element(ctx, "", value[1], "");
  if (strcmp(value[2], "1")) element(ctx, " (and ", value[2], " reasons of this kind)");
  qy_text_add(ctx, "</li>\n");
  return 0;
}

/* ---- comparisons ---- */

typedef struct gains {
  qy_text *out;
  size_t rows, left;
} gains;

/* A number of the database as words write it; NULL: nothing. */
static void stored_number(qy_text *out, const char *text)
{
  words_number(out, text ? qy_decimal(text, NULL) : NAN);
}

/* A cell of a gain, its p05 and its p95. */
static void stored_interval(qy_text *out, const char *const v[3])
{
  qy_text_add(out, "</td><td class=\"number\">");
  stored_number(out, v[0]);
  if (!v[1] || !v[2]) return;
  qy_text_add(out, " <span class=\"interval\">");
  stored_number(out, v[1]);
  qy_text_add(out, " … ");
  stored_number(out, v[2]);
  qy_text_add(out, "</span>");
}

/* Columns: the labels, design, metric, budget, held, low, high, gain, p05, p95, unlimited, its p05 and p95,
 * better_pct, better_from, note. */
static int gain_row(void *ctx, int columns, const char *const *names, const char *const *v, const int *types)
{
  enum {
    WITHIN,
    DESIGN,
    METRIC,
    BUDGET,
    HELD,
    LOW,
    HIGH,
    GAIN,
    P05,
    P95,
    UNLIMITED,
    LOOSE_P05,
    LOOSE_P95,
    BETTER,
    FROM,
    NOTE
  };
  (void)columns, (void)names, (void)types;
  gains *g = ctx;
  qy_text *out = g->out;
  if (g->rows++ >= SUMMARY_ROWS_MAX) {
    g->left++;
    return 0;
  }
  qy_text_add(out, "<tr>");
  for (int i = WITHIN; i <= HELD; i++)
    element(out, "<td>", v[i] ? v[i] : "", "</td>");
  qy_text_add(out, "<td class=\"number\">");
  if (v[LOW]) {
    stored_number(out, v[LOW]);
    if (strcmp(v[LOW], v[HIGH])) {
      qy_text_add(out, " … ");
      stored_number(out, v[HIGH]);
    }
  }
  stored_interval(out, v + GAIN);
  stored_interval(out, v + UNLIMITED);
  for (int i = BETTER; i <= FROM; i++) {
    qy_text_add(out, "</td><td class=\"number\">");
    stored_number(out, v[i]);
  }
  element(out, "</td><td>", v[NOTE] ? v[NOTE] : "", "</td></tr>\n");
  return 0;
}

static int base_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  element(ctx, "<p><b>Gains over ", value[0], "</b></p>\n");
  return 1;
}

/* Is there the column?  Older databases that are only read have not all of them. */
static qy_status has_column(bool *has, const experiment *e, const char *column, qy_error *err)
{
  double *count = NULL;
  size_t rows = 0;
  char sql[160];
  snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('comparison') WHERE name = '%s'", column);
  const qy_status status = qy_store_columns(e->store, sql, 1, &count, &rows, err);
  *has = !status && count[0] > 0;
  free(count);
  return status;
}

/* What `quarry run` stored of them; nothing where there is nothing. */
static qy_status comparisons(qy_text *out, const experiment *e, qy_error *err)
{
  char sql[800];
  gains g = {.out = out};
  const size_t before = out->length;
  snprintf(sql, sizeof sql, "SELECT base FROM comparison WHERE experiment = %" PRId64 " LIMIT 1", e->id);
  qy_status status = qy_store_query(e->store, sql, base_row, out, err);
  if (status || out->length == before) return status;
  bool unlimited, drawn;
  if ((status = has_column(&unlimited, e, "unlimited", err))) return status;
  if ((status = has_column(&drawn, e, "unlimited_p05", err))) return status;
  qy_text_add(
      out, "<p class=\"note\">Above 1 a design is better: base over design, the median over the pairs of points "
           "with the same axes, or over the budgets up to the last at which a front falls, spread evenly in the "
           "logarithm; unlimited: without a limit on the budget; held: the axes of a pair, or qualities, which are no "
           "worse.</p>\n<div class=\"wide\"><table class=\"gains\"><thead><tr>"
           "<th scope=\"col\">front</th><th scope=\"col\">design</th><th scope=\"col\">metric</th>"
           "<th scope=\"col\">budget</th><th scope=\"col\">held</th><th scope=\"col\" class=\"number\">from … to</th>"
           "<th scope=\"col\" class=\"number\">gain</th><th scope=\"col\" class=\"number\">unlimited</th><th "
           "scope=\"col\" class=\"number\">better at, %%</th>"
           "<th scope=\"col\" class=\"number\">better from</th><th scope=\"col\">note</th></tr></thead><tbody>\n");
  snprintf(sql, sizeof sql,
           "SELECT (SELECT group_concat(value, ', ') FROM json_each(within)), design, metric, " QY_COMPARISON_BUDGET
           ", " QY_COMPARISON_HELD ", low, high, "
           "gain, p05, p95, %s, %s, better_pct, better_from, note FROM comparison WHERE experiment = %" PRId64
           " ORDER BY position",
           unlimited ? "unlimited" : "NULL", drawn ? "unlimited_p05, unlimited_p95" : "NULL, NULL", e->id);
  status = qy_store_query(e->store, sql, gain_row, &g, err);
  qy_text_add(out, "</tbody></table></div>\n");
  if (g.left) qy_text_add(out, "<p class=\"note\">%zu more rows stand in table comparison.</p>\n", g.left);
  return status;
}

qy_status section_summary(qy_text *out, const experiment *e, qy_error *err)
{
  qy_key keys[QY_KEY_COUNT];
  int count = 0;
  for (int k = 0; k < e->within_count; k++)
    if (e->within[k] != QY_KEY_DESIGN) keys[count++] = e->within[k];
  keys[count++] = QY_KEY_DESIGN;
  qy_groups groups = {0};
  qy_status status = qy_groups_make(&groups, &e->points, keys, count, err);
  if (status) return status;
  summary_table(out, e, &groups);
  qy_groups_free(&groups);
  char sql[400];
  snprintf(sql, sizeof sql,
           "SELECT sum(points), min(reason), count(DISTINCT reason) FROM infeasible_all WHERE experiment_id = %" PRId64
           " GROUP BY substr(reason, 1, instr(reason || ':', ':')) ORDER BY 1 DESC, 2 LIMIT %d",
           e->id, REASONS_MAX);
  qy_text_add(out, "<ul class=\"reasons\">\n");
  status = qy_store_query(e->store, sql, reason_row, out, err);
  qy_text_add(out, "</ul>\n");
  if (!status) status = comparisons(out, e, err);
  return status ? status : done(out, err);
}

/* ---- assumptions ---- */

static void objectives(qy_text *out, const experiment *e)
{
  qy_text_add(out, "<dt>Objectives</dt><dd>");
  for (int m = 0; m < e->objective_count; m++) {
    const qy_metric_info *info = &qy_metric_table()[e->objective[m]];
    qy_text_add(out, "%s%s %s", m ? ", " : "", info->sense > 0 ? "largest" : "smallest", info->name);
  }
  qy_text_add(out, "</dd>\n<dt>A front each</dt><dd>");
  for (int k = 0; k < e->within_count; k++)
    element(out, k ? ", " : "", qy_key_name(e->within[k], &e->parameters), "");
  qy_text_add(out, "%s</dd>\n", e->within_count ? "" : "one of all points");
}

qy_status section_assumptions(qy_text *out, const experiment *e, qy_error *err)
{
  qy_text_add(out, "<dl>\n");
  objectives(out, e);
  fact(out, "Intervals",
       e->points.chance
           ? "5 % to 95 % quantiles over draws of the libraries' constants, the same draws for every design: "
             "what two designs share cancels in their ratio, which these intervals do not show"
           : "none: the file asks for no draws of the libraries' constants, so what they leave open is not shown");
  if (e->points.on_chip)
    fact(out, "Energy", "on chip: no design of this experiment has a memory beside its own buffers");
  for (int m = 0; m < e->metric_count; m++)
    if (e->metric[m] == QY_NOISE) fact(out, "Noise", e->points.noise);
  fact(out, "Models", e->model_version);
  if (*e->program) fact(out, "Program", e->program);
  fact(out, "Seed", e->seed);
  fact(out, "Runs", e->runs);
  fact(out, "Started (UTC)", e->started_utc);
  fact(out, "Ended (UTC)", e->ended_utc);
  fact(out, "File", e->file);
  fact(out, "SHA-256 of the file", e->sha256);
  fact(out, "SHA-256 of all inputs", e->identity);
  qy_text_add(out, "</dl>\n<details><summary>What the metrics mean</summary><dl>\n");
  for (int m = 0; m < e->metric_count; m++)
    fact(out, qy_metric_table()[e->metric[m]].name, qy_metric_table()[e->metric[m]].help);
  qy_text_add(out, "</dl></details>\n<details><summary>Experiment file</summary><pre>");
  words_html_part(out, e->text, FILE_BYTES_MAX);
  qy_text_add(out, "</pre>");
  if (strlen(e->text) > FILE_BYTES_MAX)
    qy_text_add(out, "<p class=\"note\">%zu more bytes stand in the database.</p>", strlen(e->text) - FILE_BYTES_MAX);
  qy_text_add(out, "</details>\n");
  return done(out, err);
}

/* ---- sources ---- */

typedef struct sources {
  qy_text *out;
  const char *what;
  qy_arena *arena;
  int constants;
} sources;

static void constant_row(qy_text *out, const struct qy_tech_entry *entry)
{
  const qy_constant *c = &entry->constant;
  element(out, "<tr><td>", entry->path, "</td><td class=\"number\">");
  words_number(out, c->value);
  qy_text_add(out, "</td><td class=\"number interval\">");
  words_number(out, c->low);
  qy_text_add(out, " … ");
  words_number(out, c->high);
  element(out, "</td><td>", entry->unit, "</td>");
  qy_text_add(out, "<td>%s</td></tr>\n", qy_origin_name(c->status));
}

static bool same_source(const struct qy_tech_entry *a, const struct qy_tech_entry *b)
{
  return strcmp(a->constant.source, b->constant.source) == 0;
}

/* The constants of a library, those of one source together. */
static void library(sources *s, const qy_tech *tech)
{
  qy_text_add(s->out,
              "<details><summary>%zu constants by their sources</summary><div class=\"wide\"><table><thead><tr>"
              "<th>constant</th><th class=\"number\">value</th><th class=\"number\">90 %% interval</th>"
              "<th>unit</th><th>status</th></tr></thead>\n",
              tech->entry_count);
  size_t left = 0;
  for (size_t i = 0; i < tech->entry_count; i++) {
    bool first = true;
    for (size_t k = 0; k < i && first; k++)
      first = !same_source(&tech->entry[k], &tech->entry[i]);
    if (!first) continue;
    element(s->out, "<tbody><tr><th colspan=\"5\" scope=\"rowgroup\">", tech->entry[i].constant.source, "</th></tr>\n");
    for (size_t k = i; k < tech->entry_count; k++) {
      if (!same_source(&tech->entry[k], &tech->entry[i])) continue;
      if (s->constants++ < CONSTANTS_MAX)
        constant_row(s->out, &tech->entry[k]);
      else
        left++;
    }
    qy_text_add(s->out, "</tbody>\n");
  }
  qy_text_add(s->out, "</table></div>");
  if (left) qy_text_add(s->out, "<p class=\"note\">%zu more constants stand in the database.</p>", left);
  qy_text_add(s->out, "</details>\n");
}

/* Columns: name, hash, text.  A text that is no library of cells is named by its hash alone. */
static int source_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  sources *s = ctx;
  qy_text_add(s->out, "<li>%s ", s->what);
  element(s->out, "<b>", value[0], "</b>");
  qy_tech *tech = NULL;
  qy_error ignored = {0};
  const qy_status status =
      value[2] ? qy_tech_read_text(&tech, value[0], value[2], strlen(value[2]), s->arena, &ignored) : QY_BAD_INPUT;
  if (status == QY_NO_MEMORY) {
    s->out->failed = true;
    return 1;
  }
  if (!status) {
    element(s->out, ": ", tech->title, "");
    qy_text_add(s->out, " (%g nm, %g V, %g °C)", tech->node_nm, tech->voltage_v, tech->temperature_c);
  }
  element(s->out, " <code class=\"hash\">", value[1], "</code>\n");
  if (tech) library(s, tech);
  qy_text_add(s->out, "</li>\n");
  return 0;
}

qy_status section_sources(qy_text *out, const experiment *e, qy_error *err)
{
  static const struct {
    const char *what, *table, *text;
  } input[] = {{"Technology", "technology", "t.text"},
               {"Network", "network", "NULL"},
               {"DRAM device", "device", "NULL"},
               {"Noise of layers", "noise_file", "NULL"},
               {"Table", "table_file", "NULL"}};
  qy_status status = QY_OK;
  qy_text_add(out, "<ul class=\"sources\">\n");
  for (size_t i = 0; !status && i < sizeof input / sizeof *input; i++) {
    char sql[400];
    sources s = {out, input[i].what, e->arena, 0};
    snprintf(sql, sizeof sql,
             "SELECT t.name, t.sha256, %s FROM experiment_%s x JOIN %s t ON t.id = x.%s WHERE x.experiment = %" PRId64
             " ORDER BY x.position",
             input[i].text, input[i].table, input[i].table, input[i].table, e->id);
    status = qy_store_query(e->store, sql, source_row, &s, err);
  }
  qy_text_add(out, "</ul>\n");
  return status ? status : done(out, err);
}
