/* Stored plots: see plot_stored.h. */
#include "plot_stored.h"

#include "quarry/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Key of a name; design parameters are remembered. */
qy_status plot_key(stored_plots *plots, qy_key *key, const char *name, qy_error *err)
{
  const char *kept = qy_arena_text(plots->arena, name, strlen(name));
  return kept ? qy_key_find(key, kept, &plots->parameters, err) : qy_no_memory(err);
}

static int kind_find(const char *name)
{
  for (int k = 0; k < QY_CHART_KIND_COUNT; k++)
    if (strcmp(qy_chart_kind_name((qy_chart_kind)k), name) == 0) return k;
  return -1;
}

/* "network=vgg16,precision=8 bit" into the chart; the text is split in place and must stay. */
qy_status plot_where(stored_plots *plots, stored_plot *p, const char *text, qy_error *err)
{
  char *rest = p->where, *word;
  if (snprintf(p->where, sizeof p->where, "%s", text) >= (int)sizeof p->where)
    return qy_fail(err, QY_BAD_INPUT, "--where: expected at most %zu bytes, found \"%.40s...\"", sizeof p->where - 1,
                   text);
  while ((word = strsep(&rest, ",")) && *word) {
    qy_key key;
    char *label = strchr(word, '=');
    if (!label || p->chart.where_count == QY_KEY_COUNT)
      return qy_fail(err, QY_BAD_INPUT, "--where: expected KEY=LABEL with commas between, found \"%s\"", word);
    *label++ = 0;
    qy_status status = plot_key(plots, &key, word, err);
    if (status) return status;
    p->chart.where[p->chart.where_count++] = (qy_chart_where){key, label};
  }
  return QY_OK;
}

/* A metric, or a key of the points; text stays. */
qy_status plot_axis(stored_plots *plots, int *out, const char *text, qy_error *err)
{
  qy_key key = QY_KEY_TECHNOLOGY;
  *out = qy_metric_find(text);
  if (*out >= 0) return QY_OK;
  qy_status status = plot_key(plots, &key, text, err);
  *out = qy_chart_key(key);
  return status;
}

/* "a,b" one after another, each by `read`: as stored, or as an option says. */
qy_status plot_axes(stored_plots *plots, qy_chart *chart, const char *text, read_axis *read, qy_error *err)
{
  char words[400], *rest = words, *word;
  if (snprintf(words, sizeof words, "%s", text) >= (int)sizeof words)
    return qy_fail(err, QY_BAD_INPUT, "--axes: expected at most %zu bytes, found \"%.40s...\"", sizeof words - 1, text);
  qy_status status = QY_OK;
  while (!status && (word = strsep(&rest, ","))) {
    if (chart->axis_count == QY_CHART_AXES_MAX)
      return qy_fail(err, QY_BAD_INPUT, "--axes: expected 2 to %d keys and metrics, found more", QY_CHART_AXES_MAX);
    status = read(plots, &chart->axis[chart->axis_count++], word, err);
  }
  return status;
}

static int number_or(const char *text, int fallback)
{
  return text ? (int)strtol(text, NULL, 10) : fallback;
}

/* What the kinds have beside x and y; false: not of this version. */
static bool stored_kind(stored_plots *s, qy_chart *chart, const char *const *value)
{
  if (value[10])
    for (int w = 0; w < QY_CHART_WHICH_COUNT; w++)
      if (strcmp(qy_chart_which_name((qy_chart_which)w), value[10]) == 0) chart->which = (qy_chart_which)w;
  chart->colour = value[11] ? qy_metric_find(value[11]) : 0;
  chart->colour_log = number_or(value[12], -1);
  chart->bins = number_or(value[13], 0);
  return chart->colour >= 0 && (!value[14] || !plot_axes(s, chart, value[14], plot_axis, NULL));
}

/* Columns: name, kind, x, y, panel, groups with commas between, x_log, y_log, where, floor, points, colour, colour_log,
 * bins, axes. */
static int plot_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns;
  (void)names;
  (void)types;
  stored_plots *s = ctx;
  if (s->count == STORED_MAX) return 1;
  stored_plot *p = &s->plot[s->count];
  int kind = value[1] ? kind_find(value[1]) : -1;
  p->chart = (qy_chart){.panel = -1, .x_log = number_or(value[6], -1), .y_log = number_or(value[7], -1)};
  if (kind < 0 || !value[2] || !value[3] || plot_axis(s, &p->chart.x, value[2], NULL) ||
      plot_axis(s, &p->chart.y, value[3], NULL) || !stored_kind(s, &p->chart, value)) {
    s->bad = "plot";
    return 1;
  }
  p->chart.floor = value[9] ? qy_metric_find(value[9]) : -1;
  p->chart.has_floor = p->chart.floor >= 0;
  qy_key panel;
  if (value[4] && !plot_key(s, &panel, value[4], NULL)) p->chart.panel = (int)panel;
  p->chart.kind = (qy_chart_kind)kind;
  if (!value[0] || !qy_plain_file_name(value[0])) { /* files are named by it */
    s->bad_name = qy_arena_text(s->arena, value[0] ? value[0] : "", value[0] ? strlen(value[0]) : 0);
    return 1;
  }
  snprintf(p->name, sizeof p->name, "%s", value[0]);
  char text[256], *rest = text, *word;
  snprintf(text, sizeof text, "%s", value[5] ? value[5] : "design");
  while ((word = strsep(&rest, ",")) && p->chart.group_count < QY_KEY_COUNT) {
    qy_key key;
    if (!plot_key(s, &key, word, NULL)) p->chart.group[p->chart.group_count++] = key;
  }
  if (value[8] && plot_where(s, p, value[8], NULL)) {
    s->bad = "plot";
    return 1;
  }
  s->count++;
  return 0;
}

/* Columns: key.  What fronts are taken within. */
static int within_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  stored_plots *s = ctx;
  qy_key key;
  if (!value[0] || s->within_count == QY_KEY_COUNT || plot_key(s, &key, value[0], NULL)) {
    s->bad = "front";
    return 1;
  }
  s->within[s->within_count++] = key;
  return 0;
}

qy_status plots_read_within(stored_plots *plots, qy_store *store, int64_t id, qy_error *err)
{
  char sql[160];
  snprintf(sql, sizeof sql,
           "SELECT w.value FROM experiment e, json_each(e.definition, '$.within') w WHERE e.id = %" PRId64
           " ORDER BY w.key",
           id);
  qy_status status = qy_store_query(store, sql, within_row, plots, err);
  if (!status && plots->bad)
    status = qy_fail(err, QY_BAD_INPUT, "experiment %" PRId64 ": its fronts are of another version of quarry", id);
  for (int i = 0; i < plots->count; i++) {
    plots->plot[i].chart.within_count = plots->within_count;
    memcpy(plots->plot[i].chart.within, plots->within, sizeof plots->within);
  }
  return status;
}

qy_status plots_read(stored_plots *plots, qy_store *store, int64_t id, qy_error *err)
{
  char sql[1200];
  snprintf(sql, sizeof sql,
           "SELECT json_extract(p.value, '$.name'), json_extract(p.value, '$.kind'), json_extract(p.value, '$.x'), "
           "json_extract(p.value, '$.y'), json_extract(p.value, '$.panel'), "
           "(SELECT group_concat(g.value) FROM json_each(p.value, '$.group') g), "
           "json_extract(p.value, '$.x_log'), json_extract(p.value, '$.y_log'), "
           "(SELECT group_concat(w.key || '=' || w.value) FROM json_each(p.value, '$.where') w), "
           "json_extract(p.value, '$.floor'), json_extract(p.value, '$.points'), json_extract(p.value, '$.colour'), "
           "json_extract(p.value, '$.colour_log'), json_extract(p.value, '$.bins'), "
           "(SELECT group_concat(a.value) FROM json_each(p.value, '$.axes') a) "
           "FROM experiment e, json_each(e.definition, '$.plots') p WHERE e.id = %" PRId64 " ORDER BY p.key",
           id);
  qy_status status = qy_store_query(store, sql, plot_row, plots, err);
  if (!status && plots->bad_name)
    status = qy_fail(err, QY_BAD_INPUT,
                     "table experiment, row of id %" PRId64 ", column definition, plot %d: expected a file name of "
                     "letters, digits, '.', '_' and '-', found \"%.80s\"",
                     id, plots->count + 1, plots->bad_name);
  if (!status && plots->bad)
    status =
        qy_fail(err, QY_BAD_INPUT, "experiment %" PRId64 ": its stored plots are of another version of quarry", id);
  return status;
}

/* Columns: key and text of what a stored plot says of its look. */
static int style_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  stored_plot *p = ctx;
  for (int o = 0; o < QY_STYLE_COUNT; o++)
    if (value[1] && value[0] && !p->style[o] && strcmp(qy_style_table()[o].key, value[0]) == 0 &&
        qy_style_valid((qy_style_option)o, value[1]))
      p->style[o] = strdup(value[1]);
  return 0;
}

qy_status plot_read_style(stored_plot *p, qy_store *store, int64_t id, int place, qy_error *err)
{
  char sql[200];
  snprintf(
      sql, sizeof sql,
      "SELECT s.key, s.value FROM experiment e, json_each(e.definition, '$.plots[%d].style') s WHERE e.id = %" PRId64,
      place, id);
  return qy_store_query(store, sql, style_row, p, err);
}
