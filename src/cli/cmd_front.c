/* quarry front: the Pareto front of a stored experiment, over its own objectives or others. */
#include "cli.h"
#include "session.h"

#include "quarry/pareto.h"
#include "quarry/plan.h"
#include "quarry/points.h"
#include "quarry/text.h"
#include "quarry/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a name stands for; name: a buffer that is overwritten by the next. */
typedef qy_status find_name(int *index, const char *name, void *ctx, qy_error *err);

static qy_status find_metric(int *index, const char *name, void *ctx, qy_error *err)
{
  (void)ctx;
  *index = qy_metric_find(name);
  return *index >= 0 ? QY_OK
                     : qy_fail(err, QY_BAD_INPUT,
                               "--objectives: expected metrics that `quarry list metrics` shows, found \"%s\"", name);
}

/* ctx: a buffer of PARAMETER_MAX for the design parameter among the keys. */
enum { PARAMETER_MAX = 128 };

static qy_status find_key(int *index, const char *name, void *ctx, qy_error *err)
{
  qy_key key;
  char *kept = ctx;
  const char *parameter = kept[0] ? kept : NULL, *before = parameter;
  qy_status status = qy_key_find(&key, name, &parameter, err);
  if (!status && parameter != before) snprintf(kept, PARAMETER_MAX, "%s", parameter);
  *index = (int)key;
  return status;
}

/* "a,b,c" into indices. */
static qy_status split_names(int *out, int *count, int max, const char *text, find_name *find, void *ctx,
                             const char *what, qy_error *err)
{
  char name[64];
  *count = 0;
  while (*text) {
    size_t length = strcspn(text, ",");
    if (length == 0 || length >= sizeof name || *count == max)
      return qy_fail(err, QY_BAD_INPUT, "%s: expected at most %d names with commas between, found \"%s\"", what, max,
                     text);
    memcpy(name, text, length);
    name[length] = '\0';
    int index;
    qy_status status = find(&index, name, ctx, err);
    if (status) return status;
    for (int i = 0; i < *count; i++)
      if (out[i] == index)
        return qy_fail(err, QY_BAD_INPUT, "%s: expected each name once, found \"%s\" twice", what, name);
    out[(*count)++] = index;
    text += length + (text[length] == ',' && text[length + 1]);
  }
  return QY_OK;
}

typedef struct list {
  char text[512];
} list;

static int join_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns;
  (void)names;
  (void)types;
  list *l = ctx;
  size_t at = strlen(l->text);
  qy_append(l->text, sizeof l->text, at, "%s%s", at ? "," : "", values[0]);
  return 0;
}

/* A JSON array of the experiment's row as "a,b". */
static qy_status stored_list(list *out, qy_store *store, int64_t id, const char *expression, qy_error *err)
{
  char sql[200];
  snprintf(sql, sizeof sql, "SELECT j.value FROM experiment e, json_each(%s) j WHERE e.id = %" PRId64, expression, id);
  out->text[0] = '\0';
  return qy_store_query(store, sql, join_row, out, err);
}

static void print_front(const qy_points *points, const qy_groups *groups, const uint8_t *on_front, const int *metrics,
                        int metric_count, const char *parameter, int format)
{
  int keys = parameter[0] ? QY_KEY_COUNT : QY_KEY_PARAMETER;
  const char *names[QY_KEY_COUNT + 2 + 3 * QY_OBJECTIVES_MAX];
  char text[2 * QY_OBJECTIVES_MAX][80];
  int columns = 0, texts = 0;
  for (int k = 0; k < keys; k++)
    names[columns++] = k == QY_KEY_PARAMETER ? parameter : qy_key_name((qy_key)k);
  for (int m = 0; m < metric_count; m++) {
    const char *name = qy_metric_table()[metrics[m]].name;
    names[columns++] = name;
    for (int end = 0; points->low[metrics[m]] && end < 2; end++) {
      snprintf(text[texts], sizeof *text, "%s_%s", name, end ? "p95" : "p05");
      names[columns++] = text[texts++];
    }
  }
  if (points->chance) names[columns++] = "front_probability";
  names[columns++] = "point";
  table *t = table_new(format, columns, names);
  for (size_t i = 0; i < groups->first[groups->count]; i++) {
    uint32_t p = groups->member[i];
    if (!on_front[p]) continue;
    for (int k = 0; k < keys; k++)
      table_text(t, points->label[k][points->key[k][p]]);
    for (int m = 0; m < metric_count; m++) {
      table_number(t, points->metric[metrics[m]][p]);
      if (!points->low[metrics[m]]) continue;
      table_row(t, NUMBER(points->low[metrics[m]][p]), NUMBER(points->high[metrics[m]][p]));
    }
    if (points->chance) table_number(t, points->chance[p]);
    table_integer(t, (int64_t)points->point[p]);
  }
  table_print(t);
}

int cmd_front(int argc, char **argv)
{
  places where;
  int format = FORMAT_TABLE;
  const char *objectives = NULL, *within = NULL;
  double robust = -1;
  places_default(&where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &where.database, "FILE", "results database", 0, 0, NULL},
      {"objectives", 'o', OPTION_TEXT, &objectives, "METRICS", "other metrics than the experiment's, as a,b,c", 0, 0,
       NULL},
      {"within", 'w', OPTION_TEXT, &within, "KEYS", "a front each: technology, network, design, precision, clock_mhz",
       0, 0, NULL},
      {"robust", 'r', OPTION_NUMBER, &robust, "P", "points on their front in at least this share of the draws", 0, 1,
       NULL},
      FORMAT_OPTION(&format),
  };
  static const usage help = {
      "front",
      "EXPERIMENT",
      "Print the Pareto front of a stored experiment (name, or number from `quarry list experiments`).",
      "  quarry front rdm_vs_sdm\n"
      "  quarry front rdm_vs_sdm --robust 0.9\n"
      "  quarry front rdm_vs_sdm --objectives area_um2,energy_uj --within technology,precision --format csv\n",
      1,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points points = {0};
  qy_groups groups = {0};
  uint8_t *on_front = NULL;
  char parameter[PARAMETER_MAX] = "";
  int64_t id = 0;
  list own_objectives, own_within;
  int metrics[QY_OBJECTIVES_MAX], metric_count, keys[QY_KEY_COUNT], key_count;
  qy_key key[QY_KEY_COUNT];
  qy_status status = robust >= 0 && (objectives || within)
                         ? qy_fail(&err, QY_BAD_INPUT,
                                   "--robust: expected the experiment's own objectives and groups, for which "
                                   "probabilities are stored; found --%s",
                                   objectives ? "objectives" : "within")
                         : QY_OK;
  if (!status) status = qy_store_open(&store, where.database, QY_STORE_READ, &err);
  if (!status) status = session_find(&id, store, argv[first], &err);
  if (!status) status = stored_list(&own_objectives, store, id, "e.objectives", &err);
  if (!status) status = stored_list(&own_within, store, id, "e.definition, '$.within'", &err);
  if (!status)
    status = split_names(metrics, &metric_count, QY_OBJECTIVES_MAX, objectives ? objectives : own_objectives.text,
                         find_metric, NULL, "--objectives", &err);
  if (!status && metric_count == 0)
    status = qy_fail(&err, QY_BAD_INPUT, "--objectives: expected at least one metric, found ''");
  if (!status)
    status = split_names(keys, &key_count, QY_KEY_COUNT, within ? within : own_within.text, find_key, parameter,
                         "--within", &err);
  for (int k = 0; !status && k < key_count; k++)
    key[k] = (qy_key)keys[k];
  if (!status)
    status = qy_points_read(&points, store, id, metrics, metric_count, parameter[0] ? parameter : NULL, &err);
  if (!status) status = qy_groups_make(&groups, &points, key, key_count, &err);
  if (!status) status = qy_points_front(&on_front, &points, &groups, metrics, metric_count, &err);
  if (!status) status = qy_points_unsure(&points, store, id, metrics, metric_count, &err);
  if (!status && (objectives || within)) { /* the stored probabilities are of other fronts */
    free(points.chance);
    points.chance = NULL;
  }
  if (!status && robust >= 0 && !points.chance)
    status =
        qy_fail(&err, QY_BAD_INPUT,
                "--robust: expected an experiment with `uncertainty: {draws: 256}` in its file, found \"%s\" without",
                argv[first]);
  for (size_t i = 0; !status && points.chance && robust >= 0 && i < points.count; i++)
    on_front[i] = points.chance[i] >= robust && points.chance[i] > 0;
  if (status)
    code = report(status, &err);
  else {
    print_front(&points, &groups, on_front, metrics, metric_count, parameter, format);
    code = EXIT_DONE;
  }
  free(on_front);
  qy_groups_free(&groups);
  qy_points_free(&points);
  qy_store_close(store);
  return finish_output(code);
}
