/* quarry front: the Pareto front of a stored experiment, over its own objectives or others. */
#include "cli.h"
#include "front_compare.h"
#include "front_layers.h"
#include "front_table.h"
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
  char advice[QY_DID_YOU_MEAN];
  *index = qy_metric_find(name);
  return *index >= 0 ? QY_OK
                     : qy_fail(err, QY_BAD_INPUT,
                               "--objectives: expected metrics that `quarry list metrics` shows, found \"%s\"%s", name,
                               qy_metric_advice(advice, name));
}

/* The design parameters among the keys: names are of a buffer, so they are kept. */
typedef struct kept_keys {
  qy_key_list list;
  char name[QY_KEY_COUNT - QY_KEY_PARAMETER][64];
} kept_keys;

static qy_status find_key(int *index, const char *name, void *ctx, qy_error *err)
{
  qy_key key = QY_KEY_TECHNOLOGY;
  kept_keys *kept = ctx;
  const int before = kept->list.count;
  qy_status status = qy_key_find(&key, name, &kept->list, err);
  if (!status && kept->list.count > before) {
    snprintf(kept->name[before], sizeof kept->name[before], "%s", name);
    kept->list.name[before] = kept->name[before];
  }
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

typedef struct front_options {
  places where;
  int format, assignments, all_columns;
  const char *objectives, *within, *against;
  double robust;
  int64_t pick;
} front_options;

/* The fronts of one experiment, with what they are over. */
typedef struct asked {
  stored_fronts fronts;
  int64_t id;
  int metrics[QY_OBJECTIVES_MAX];
  kept_keys parameters;
} asked;

/* within: NULL: the experiment's own. */
static qy_status read_fronts(asked *a, qy_store *store, const char *name, const char *objectives, const char *within,
                             qy_error *err)
{
  list own_objectives, own_within;
  int keys[QY_KEY_COUNT], key_count;
  qy_key key[QY_KEY_COUNT];
  stored_fronts *f = &a->fronts;
  f->name = name;
  f->metric = a->metrics;
  qy_status status = session_find(&a->id, store, name, err);
  if (!status) status = stored_list(&own_objectives, store, a->id, "e.objectives", err);
  if (!status) status = stored_list(&own_within, store, a->id, "e.definition, '$.within'", err);
  if (!status)
    status = split_names(a->metrics, &f->metric_count, QY_OBJECTIVES_MAX, objectives ? objectives : own_objectives.text,
                         find_metric, NULL, "--objectives", err);
  if (!status && f->metric_count == 0)
    status = qy_fail(err, QY_BAD_INPUT, "--objectives: expected at least one metric, found ''");
  if (!status)
    status = split_names(keys, &key_count, QY_KEY_COUNT, within ? within : own_within.text, find_key, &a->parameters,
                         "--within", err);
  for (int k = 0; !status && k < key_count; k++)
    key[k] = (qy_key)keys[k];
  if (!status)
    status = session_check_front(store, a->id, a->metrics, f->metric_count, key, key_count, &a->parameters.list,
                                 objectives ? "--objectives"
                                 : within   ? "--within"
                                            : "front",
                                 err);
  if (!status) status = qy_points_read(&f->points, store, a->id, a->metrics, f->metric_count, &a->parameters.list, err);
  if (!status) status = qy_groups_make(&f->groups, &f->points, key, key_count, err);
  if (!status) status = qy_points_front(&f->on_front, &f->points, &f->groups, a->metrics, f->metric_count, err);
  return status;
}

/* Keep the points that are on their front in at least the share of the draws that --robust asks for. */
static qy_status keep_robust(stored_fronts *f, double robust, qy_error *err)
{
  if (robust < 0) return QY_OK;
  if (!f->points.chance)
    return qy_fail(
        err, QY_BAD_INPUT,
        "--robust: expected an experiment with `uncertainty: {draws: 256}` in its file, found \"%s\" without", f->name);
  for (size_t i = 0; i < f->points.count; i++)
    f->on_front[i] = f->points.chance[i] >= robust && f->points.chance[i] > 0;
  return QY_OK;
}

static qy_status print_fronts(asked *a, const front_options *o, qy_store *store, qy_error *err)
{
  stored_fronts *f = &a->fronts;
  qy_status status = qy_points_unsure(&f->points, store, a->id, a->metrics, f->metric_count, err);
  if (status) return status;
  if (o->objectives || o->within) { /* the stored probabilities are of other fronts */
    free(f->points.chance);
    f->points.chance = NULL;
  }
  status = keep_robust(f, o->robust, err);
  if (!status && o->pick > 0) status = fronts_pick(f, o->pick, err);
  if (status) return status;
  for (int m = 0; m < f->metric_count; m++)
    if (a->metrics[m] == QY_NOISE && f->points.noise) say("noise: %s\n", f->points.noise);
  if (o->assignments) return front_layers_print(&f->points, &f->groups, f->on_front, store, a->id, o->format, err);
  const front_table shown = {&f->points,      &f->groups,     f->on_front, a->metrics,
                             f->metric_count, o->all_columns, o->format};
  return front_table_print(&shown, store, a->id, err);
}

/* The metrics of a front as "a,b". */
static void metric_names(list *out, const asked *a)
{
  out->text[0] = '\0';
  for (int m = 0; m < a->fronts.metric_count; m++)
    qy_append(out->text, sizeof out->text, strlen(out->text), "%s%s", m ? "," : "",
              qy_metric_table()[a->metrics[m]].name);
}

static bool both_differ(const char *a, const char *b)
{
  return a && b && strcmp(a, b) != 0;
}

/* Where noise is an objective, it must be the same sum in both. */
static qy_status check_noise(const asked *a, const asked *other, qy_error *err)
{
  const qy_points *p = &a->fronts.points, *q = &other->fronts.points;
  bool counts = false;
  for (int m = 0; m < a->fronts.metric_count; m++)
    counts |= a->metrics[m] == QY_NOISE;
  const bool text = both_differ(p->noise, q->noise);
  if (!counts || (!text && !both_differ(p->noise_sha256, q->noise_sha256))) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
                 "--against: expected an experiment whose noise is that of \"%s\" (%s), or --objectives without noise; "
                 "found \"%s\" with %s%s",
                 a->fronts.name, p->noise, other->fronts.name, text ? q->noise : "other values",
                 text ? "" : " of them");
}

/* Fronts of another experiment over the same metrics, in the same groups. */
static qy_status print_distances(asked *a, const front_options *o, qy_store *store, qy_error *err)
{
  const stored_fronts *f = &a->fronts;
  asked other = {.id = 0};
  list own, found, within = {""};
  metric_names(&own, a);
  for (int k = 0; k < f->groups.key_count; k++)
    qy_append(within.text, sizeof within.text, strlen(within.text), "%s%s", k ? "," : "",
              qy_key_name(f->groups.key[k], &f->points.parameters));
  /* Over its own metrics first: to be refused where they are others. */
  qy_status status = read_fronts(&other, store, o->against, o->objectives, within.text, err);
  if (!status) {
    int same = other.fronts.metric_count == f->metric_count;
    for (int m = 0; same && m < f->metric_count; m++) {
      same = 0;
      for (int n = 0; n < f->metric_count; n++)
        same |= other.metrics[n] == a->metrics[m];
    }
    other.fronts.metric = a->metrics; /* in one order */
    metric_names(&found, &other);
    if (!same)
      status = qy_fail(err, QY_BAD_INPUT,
                       "--against: expected an experiment with the objectives %s (or --objectives, for both), found "
                       "\"%s\" with %s",
                       own.text, o->against, found.text);
  }
  if (!status) status = check_noise(a, &other, err);
  if (!status) status = fronts_compare(f, &other.fronts, o->format, err);
  stored_fronts_free(&other.fronts);
  return status;
}

/* Options that have no meaning together. */
static qy_status check_together(const front_options *o, qy_error *err)
{
  if (o->robust >= 0 && (o->objectives || o->within))
    return qy_fail(err, QY_BAD_INPUT,
                   "--robust: expected the experiment's own objectives and groups, for which probabilities are stored; "
                   "found --%s",
                   o->objectives ? "objectives" : "within");
  const char *beside = o->robust >= 0 ? "robust" : o->pick > 0 ? "pick" : o->assignments ? "assignments" : NULL;
  if (o->against && beside) return qy_fail(err, QY_BAD_INPUT, "--against: expected whole fronts, found --%s", beside);
  return QY_OK;
}

int cmd_front(int argc, char **argv)
{
  front_options o = {.format = FORMAT_TABLE, .robust = -1};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"objectives", 'o', OPTION_TEXT, &o.objectives, "METRICS", "other metrics than the experiment's, as a,b,c", 0, 0,
       NULL},
      {"within", 'w', OPTION_TEXT, &o.within, "KEYS",
       "a front each: technology, network, design, precision, clock_mhz or a parameter of the designs (channels)", 0, 0,
       NULL},
      {"robust", 'r', OPTION_NUMBER, &o.robust, "P", "points on their front in at least this share of the draws", 0, 1,
       NULL},
      {"pick", 'k', OPTION_INTEGER, &o.pick, "K", "of each front only the K points that have most hypervolume", 1,
       UINT32_MAX, NULL},
      {"against", 0, OPTION_TEXT, &o.against, "EXPERIMENT", "how far its fronts and those of this one are apart", 0, 0,
       NULL},
      {"assignments", 'a', OPTION_FLAG, &o.assignments, NULL, "the precision of each layer of its points instead", 0, 0,
       NULL},
      {"all-columns", 0, OPTION_FLAG, &o.all_columns, NULL,
       "table: also what is the same in all rows; all formats: also axes that do not vary", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "front",
      "EXPERIMENT",
      "Print the Pareto front of a stored experiment (name, or number from `quarry list experiments`).\n"
      "A row a point, with a column for each axis that varies; sorted by the first objective in each front.\n"
      "`quarry describe design FILE --point N` explains one: N is in the column point.\n"
      "--pick: exact for two objectives, else point after point (at least 63 % of what as many could have);\n"
      "each objective counts in its range on the front, the reference lies a tenth of that beyond it.\n"
      "--against: lengths in ranges of both fronts; igd_plus: mean shortfall, epsilon: greatest one, epsilon_factor:\n"
      "the same as a factor, volume_ratio: hypervolume of the one over that of the other.",
      "  quarry front rdm_vs_sdm\n"
      "  quarry front rdm_vs_sdm --robust 0.9\n"
      "  quarry front rdm_vs_sdm --pick 5\n"
      "  quarry front my_search --against my_sweep\n"
      "  quarry front heterogeneous_quantization --assignments\n"
      "  quarry front rdm_vs_sdm --objectives area_um2,energy_uj --within technology,precision --format csv\n",
      1,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_store *store = NULL;
  asked a = {.id = 0};
  qy_status status = check_together(&o, &err);
  if (!status) status = qy_store_open(&store, o.where.database, QY_STORE_READ, &err);
  if (!status) status = read_fronts(&a, store, argv[first], o.objectives, o.within, &err);
  if (!status) status = o.against ? print_distances(&a, &o, store, &err) : print_fronts(&a, &o, store, &err);
  code = status ? report(status, &err) : EXIT_DONE;
  stored_fronts_free(&a.fronts);
  qy_store_close(store);
  return finish_output(code);
}
