/* The stored points of one experiment as columns; see points.h. */
#include "quarry/points.h"

#include "axes_int.h"
#include "chunk.h"
#include "quarry/alloc.h"
#include "quarry/axes.h"
#include "quarry/decimal.h"
#include "quarry/pareto.h"
#include "quarry/sort.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "quarry/units.h"
#include "quarry/yaml.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_DIGITS = 6, SQL_MAX = 2048, FIXED_COLUMNS = 6, COLUMNS_MAX = FIXED_COLUMNS + QY_METRIC_COUNT };

_Static_assert((int)QY_KEY_PARAMETER == (int)QY_AXIS_NAMES, "a name for each key");

const char *qy_key_name(qy_key key, const qy_key_list *parameters)
{
  assert((unsigned)key < QY_KEY_COUNT);
  if (key < QY_KEY_PARAMETER) return qy_axis_names[key];
  assert(parameters && (int)key - QY_KEY_PARAMETER < parameters->count);
  return parameters->name[key - QY_KEY_PARAMETER];
}

qy_status qy_key_find(qy_key *key, const char *name, qy_key_list *parameters, qy_error *err)
{
  assert(key && name && parameters);
  if (!*name) {
    return qy_fail(err, QY_BAD_INPUT, "expected " QY_AXIS_LIST " or a design parameter, found \"\"");
  }
  *key = QY_KEY_TECHNOLOGY;
  while (*key < QY_KEY_PARAMETER && strcmp(qy_axis_names[*key], name))
    ++*key;
  if (*key < QY_KEY_PARAMETER) return QY_OK;
  int p = 0;
  while (p < parameters->count && strcmp(parameters->name[p], name))
    p++;
  if (p == QY_KEY_COUNT - QY_KEY_PARAMETER)
    return qy_fail(err, QY_BAD_INPUT, "expected at most %d design parameters to tell points apart, found \"%s\" too", p,
                   name);
  if (p == parameters->count) parameters->name[parameters->count++] = name;
  *key = (qy_key)(QY_KEY_PARAMETER + p);
  return QY_OK;
}

/* ---- labels ---- */

/* Names by database id, in the order the experiment lists them. */
typedef struct names {
  size_t count, capacity;
  struct name {
    int64_t id;
    uint32_t label;
  } * row;
  char ***label; /* distinct texts, into qy_points */
  size_t *label_count;
  size_t label_capacity;
  qy_text_index index; /* of these */
  int failed;
} names;

static int name_row(void *ctx, int columns, const char *const *column, const char *const *value, const int *types)
{
  (void)columns;
  (void)column;
  (void)types;
  names *n = ctx;
  if (!value[0] || !value[1]) return 0; /* of a damaged file: who has this id has no name */
  size_t l = qy_text_index_find(&n->index, value[1]);
  if (l == SIZE_MAX) l = *n->label_count;
  void *rows = n->row, *labels = *n->label;
  if (qy_grow(&rows, &n->capacity, n->count + 1, sizeof *n->row)) return n->failed = 1;
  n->row = rows;
  if (l == *n->label_count) {
    if (qy_grow(&labels, &n->label_capacity, l + 1, sizeof(char *))) return n->failed = 1;
    *n->label = labels;
    if (!((*n->label)[l] = strdup(value[1]))) return n->failed = 1;
    ++*n->label_count;
    if (qy_text_index_add(&n->index, (*n->label)[l]) != l) return n->failed = 1;
  }
  n->row[n->count++] = (struct name){strtoll(value[0], NULL, 10), (uint32_t)l};
  return 0;
}

static int by_id(const void *p, const void *q)
{
  const struct name *a = p, *b = q;
  return (a->id > b->id) - (a->id < b->id);
}

/* Replace ids by label indices. Runs of equal ids are common: the last answer is tried first. */
static qy_status label_names(qy_points *points, qy_key key, qy_store *store, const char *sql, const double *ids,
                             qy_error *err)
{
  names n = {.label = &points->label[key], .label_count = &points->label_count[key]};
  qy_status status = qy_store_query(store, sql, name_row, &n, err);
  if (!status && n.failed) status = qy_no_memory(err);
  if (!status && n.count) qsort(n.row, n.count, sizeof *n.row, by_id);
  struct name *last = NULL;
  for (size_t i = 0; !status && i < points->count; i++) {
    struct name wanted = {.id = (int64_t)ids[i]};
    if ((!last || last->id != wanted.id) && n.count) last = bsearch(&wanted, n.row, n.count, sizeof *n.row, by_id);
    if (!last)
      status = qy_fail(err, QY_BAD_INPUT, "the database names no %s %" PRId64 " that a result uses",
                       qy_key_name(key, &points->parameters), wanted.id);
    else
      points->key[key][i] = last->label;
  }
  free(n.row);
  qy_text_index_free(&n.index);
  return status;
}

/* Each of so many sorted numbers once; returns how many are left. */
static size_t drop_doubles(double *sorted, size_t count)
{
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || sorted[i] != sorted[kept - 1]) sorted[kept++] = sorted[i];
  return kept;
}

/* Distinct numbers, rising, as labels "200 MHz". */
static qy_status label_numbers(qy_points *points, qy_key key, const char *unit, const double *values, qy_error *err)
{
  double *distinct = qy_alloc(points->count, sizeof *distinct);
  size_t count = 0;
  if (!distinct) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++) /* runs of equal numbers are common */
    if (i == 0 || values[i] != values[i - 1]) distinct[count++] = values[i];
  qsort(distinct, count, sizeof *distinct, qy_by_value);
  count = drop_doubles(distinct, count);
  qy_status status = QY_OK;
  points->label[key] = qy_alloc(count, sizeof(char *));
  points->number[key] = distinct;
  if (!points->label[key]) status = qy_no_memory(err);
  const int digits = qy_digits_apart(distinct, count, LABEL_DIGITS);
  for (size_t l = 0; !status && l < count; l++) {
    char text[48];
    qy_print(text, sizeof text, "%.*g %s", digits, distinct[l], unit);
    if (!(points->label[key][l] = strdup(text))) status = qy_no_memory(err);
    points->label_count[key]++;
  }
  for (size_t i = 0; !status && i < points->count; i++) {
    const double *at = bsearch(&values[i], distinct, count, sizeof *distinct, qy_by_value);
    points->key[key][i] = (uint32_t)(at - distinct);
  }
  return status;
}

/* QY_BAD_INPUT: what the designs of the experiment do have. */
static qy_status no_parameter(qy_store *store, int64_t id, const char *parameter, qy_error *err)
{
  char sql[SQL_MAX], advice[STORE_ADVICE];
  snprintf(sql, sizeof sql,
           "SELECT DISTINCT replace(substr(t.fullkey, 3), '\"', '') FROM (SELECT parameters FROM design WHERE "
           "id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 GROUP BY name) d, json_tree(d.parameters) t "
           "WHERE t.atom IS NOT NULL UNION VALUES ('technology'), ('network'), ('design'), ('precision'), "
           "('clock_mhz'), ('voltage_v'), ('weight_bits'), ('activation_bits')",
           id, id);
  store_nearest(advice, store->db, sql, parameter);
  return qy_fail(err, QY_BAD_INPUT,
                 "expected " QY_AXIS_LIST ", " QY_AXIS_BITS_LIST " or a design parameter, found \"%.100s\"%s",
                 parameter, advice);
}

typedef struct numbered {
  double number;
  uint32_t label;
} numbered;

static int by_number(const void *p, const void *q)
{
  const numbered *a = p, *b = q;
  if (isnan(a->number) || isnan(b->number)) return isnan(a->number) - isnan(b->number);
  return (a->number > b->number) - (a->number < b->number);
}

/* Labels that are numbers, with a unit behind or none, rise by them. */
static qy_status sort_numbers(qy_points *points, qy_key key, const char *unit, qy_error *err)
{
  const size_t count = points->label_count[key];
  numbered *order = qy_alloc(count, sizeof *order);
  uint32_t *place = qy_alloc(count, sizeof *place);
  double *number = qy_alloc(count, sizeof *number);
  char **label = qy_alloc(count, sizeof *label);
  bool all = count > 0, any = false;
  qy_status status = order && place && number && label ? QY_OK : qy_no_memory(err);
  for (size_t l = 0; !status && all && l < count; l++) {
    char *end;
    const char *text = points->label[key][l];
    const bool none = strcmp(text, "-") == 0;
    order[l] = (numbered){none ? NAN : qy_decimal(text, &end), (uint32_t)l};
    all = none || (end > text && strcmp(end, unit) == 0);
    any |= !none;
  }
  if (!status && all && any) {
    qsort(order, count, sizeof *order, by_number);
    for (size_t l = 0; l < count; l++) {
      number[l] = order[l].number;
      label[l] = points->label[key][order[l].label];
      place[order[l].label] = (uint32_t)l;
    }
    for (size_t i = 0; i < points->count; i++)
      points->key[key][i] = place[points->key[key][i]];
    free(points->label[key]);
    points->label[key] = label;
    points->number[key] = number;
    label = NULL;
    number = NULL;
  }
  free(order);
  free(place);
  free(number);
  free(label);
  return status;
}

/* Does a design leave it open what the models choose for each point? */
static qy_status is_left_open(bool *yes, qy_store *store, const qy_axes *axes, size_t axis, qy_arena *arena,
                              qy_error *err)
{
  int64_t open = 0;
  *yes = false;
  if (axes->axis[axis].type != QY_AXIS_TEXT || axes->version < STORE_AXES_SINCE) return QY_OK;
  const char *value = qy_store_axis_value(axes, axis, arena);
  const char *sql = value ? qy_arena_format(arena,
                                            "SELECT EXISTS (SELECT 1 FROM design d WHERE d.id >= %" PRId64
                                            " << 40 AND d.id < (%" PRId64 " + 1) << 40 AND %s = 'auto')",
                                            axes->experiment, axes->experiment, value)
                          : NULL;
  qy_status status = sql ? qy_sql_number(store->db, store->file, sql, &open, err) : qy_no_memory(err);
  *yes = open != 0;
  return status;
}

/* Bits of weights or of activations: of the precision, or of the point where its layers differ. */
static qy_status label_bits(qy_points *points, qy_store *store, qy_key key, const qy_axes *axes, qy_error *err)
{
  qy_text sql = {0};
  qy_text_add(&sql,
              "SELECT r.id & 0xffffffffff, coalesce(%s, '-') FROM result r%s WHERE r.id >= %" PRId64
              " << 40 AND r.id < (%" PRId64 " + 1) << 40 AND r.reason IS NULL ORDER BY r.id",
              axes_fixed_value(axes, qy_key_name(key, &points->parameters)), axes_join(axes), axes->experiment,
              axes->experiment);
  qy_status status = sql.failed ? qy_no_memory(err) : label_names(points, key, store, sql.data, points->point, err);
  qy_text_free(&sql);
  if (!status && !(points->unit[key] = strdup("bit"))) status = qy_no_memory(err);
  return status ? status : sort_numbers(points, key, "", err);
}

/* A parameter's value per design, or per point where one is chosen for each, numbers rising, words in the order
 * designs first show them; designs without it share the label "-". */
static qy_status label_parameter(qy_points *points, qy_store *store, int64_t id, qy_key key, const double *designs,
                                 qy_error *err)
{
  const char *parameter = qy_key_name(key, &points->parameters);
  qy_axes axes;
  qy_text sql = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? qy_store_axes(&axes, store, id, arena, err) : qy_no_memory(err);
  const int axis = status ? -1 : qy_axes_find(&axes, parameter);
  if (!status && qy_axis_bits_find(parameter)) {
    status = label_bits(points, store, key, &axes, err);
    qy_arena_free(arena);
    return status;
  }
  if (!status && (axis < 0 || !axes_of_designs(&axes, (size_t)axis))) status = no_parameter(store, id, parameter, err);
  bool open = false;
  if (!status) status = is_left_open(&open, store, &axes, (size_t)axis, arena, err);
  if (!status && open) {
    const char *value = qy_store_axis_resolved(&axes, (size_t)axis, arena);
    qy_text_add(&sql,
                "SELECT r.id & 0xffffffffff, coalesce(%s, '-') FROM result r JOIN design d ON d.id = r.design%s WHERE "
                "r.id >= %" PRId64 " << 40 AND r.id < (%" PRId64 " + 1) << 40 AND r.reason IS NULL ORDER BY r.id",
                value ? value : "", axes_join_resolved(&axes), id, id);
    status = value && !sql.failed ? label_names(points, key, store, sql.data, points->point, err) : qy_no_memory(err);
  } else if (!status) {
    const char *value = qy_store_axis_value(&axes, (size_t)axis, arena);
    qy_text_add(&sql,
                "SELECT d.id, coalesce(%s, '-') FROM design d WHERE d.id >= %" PRId64 " << 40 AND d.id < (%" PRId64
                " + 1) << 40 ORDER BY d.id",
                value ? value : "", id, id);
    status = value && !sql.failed ? label_names(points, key, store, sql.data, designs, err) : qy_no_memory(err);
  }
  if (!status && *axes.axis[axis].unit && !(points->unit[key] = strdup(axes.axis[axis].unit)))
    status = qy_no_memory(err);
  qy_text_free(&sql);
  qy_arena_free(arena);
  return status ? status : sort_numbers(points, key, "", err);
}

/* Does a table have this column?  A database of an older version that is only read stays as it was. */
static qy_status has_column(bool *yes, qy_store *store, const char *table, const char *column, qy_error *err)
{
  char sql[160];
  double *found = NULL;
  size_t count;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'", table, column);
  qy_status status = qy_store_columns(store, sql, 1, &found, &count, err);
  *yes = !status && count == 1 && found[0] > 0;
  free(found);
  return status;
}

/* Forget the labels that no point has. */
static qy_status drop_unused(qy_points *points, qy_key key, qy_error *err)
{
  uint32_t *place = qy_alloc(points->label_count[key], sizeof *place), used = 0;
  if (!place) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++)
    place[points->key[key][i]] = 1;
  for (size_t l = 0; l < points->label_count[key]; l++) {
    char *label = points->label[key][l];
    if (!place[l]) {
      free(label);
      continue;
    }
    points->label[key][used] = label;
    place[l] = used++;
  }
  points->label_count[key] = used;
  for (size_t i = 0; i < points->count; i++)
    points->key[key][i] = place[points->key[key][i]];
  free(place);
  return QY_OK;
}

/* Uniform precisions first, rising, then the others in the order of the experiment.  Before there were precisions, a
 * result had its number of bits: *ids are those then. */
static qy_status label_precisions(qy_points *points, qy_store *store, int64_t id, bool bits_only, const double *ids,
                                  qy_error *err)
{
  char sql[SQL_MAX];
  if (bits_only)
    snprintf(sql, sizeof sql,
             "SELECT DISTINCT precision_bits, precision_bits || ' bit' FROM result WHERE id >= %" PRId64
             " << 40 AND id < (%" PRId64 " + 1) << 40 ORDER BY 1",
             id, id);
  else
    snprintf(sql, sizeof sql,
             "SELECT p.id, p.label FROM experiment_precision x JOIN precision p ON p.id = x.precision "
             "WHERE x.experiment = %" PRId64 " ORDER BY p.weight_bits IS NULL, max(p.weight_bits, p.activation_bits), "
             "p.weight_bits + p.activation_bits, p.weight_bits, x.position",
             id);
  qy_status status = label_names(points, QY_KEY_PRECISION, store, sql, ids, err);
  return status ? status : drop_unused(points, QY_KEY_PRECISION, err);
}

/* Precisions are numbers where weights and activations of all have the same bits. */
static qy_status number_precisions(qy_points *points, qy_error *err)
{
  return sort_numbers(points, QY_KEY_PRECISION, " bit", err);
}

/* The supplies of the technologies, *ids; older databases that are only read do not hold them. */
static qy_status label_voltages(qy_points *points, qy_store *store, int64_t id, const double *ids, qy_error *err)
{
  char sql[SQL_MAX];
  bool stored;
  int digits = LABEL_DIGITS;
  double *volts = NULL;
  size_t count = 0;
  qy_status status = has_column(&stored, store, "technology", "voltage_v", err);
  snprintf(sql, sizeof sql,
           "SELECT DISTINCT t.voltage_v FROM experiment_technology x JOIN technology t ON t.id = x.technology WHERE "
           "x.experiment = %" PRId64 " AND t.voltage_v IS NOT NULL ORDER BY 1",
           id);
  if (!status && stored) status = qy_store_columns(store, sql, 1, &volts, &count, err);
  if (!status) digits = qy_digits_apart(volts, count, LABEL_DIGITS);
  free(volts);
  char value[80] = "'-'";
  if (stored) /* SQLite prints 16 digits without the "!" */
    snprintf(value, sizeof value, "CASE WHEN t.voltage_v IS NULL THEN '-' ELSE printf('%%%s.%dg V', t.voltage_v) END",
             digits > 15 ? "!" : "", digits);
  snprintf(sql, sizeof sql,
           "SELECT t.id, %s FROM experiment_technology x JOIN technology t ON t.id = x.technology WHERE "
           "x.experiment = %" PRId64 " ORDER BY x.position",
           value, id);
  if (!status) status = label_names(points, QY_KEY_VOLTAGE, store, sql, ids, err);
  return status ? status : sort_numbers(points, QY_KEY_VOLTAGE, " V", err);
}

/* ---- titles ---- */

/* Words that are not written as they are in a key. */
static const char *written(const char *word)
{
  static const char *const words[][2] = {{"pe", "PE"},
                                         {"sram", "SRAM"},
                                         {"dram", "DRAM"},
                                         {"lut", "LUT"},
                                         {"dsp", "DSP"},
                                         {"bram", "BRAM"},
                                         {"signal", "weight distribution"},
                                         {"blk", "block"},
                                         {"bat", "batch"},
                                         {"voltage", "supply voltage"}};
  for (size_t w = 0; w < sizeof words / sizeof *words; w++)
    if (strcmp(words[w][0], word) == 0) return words[w][1];
  return word;
}

const char *qy_axis_title(char out[QY_KEY_TITLE], const char *name, const char *unit)
{
  assert(out && name);
  char of_name[QY_UNIT_TEXT], rest[QY_KEY_TITLE], *words = rest, *word, *last = NULL;
  qy_unit_of_name(of_name, rest, sizeof rest, name);
  if (!unit && of_name[0]) unit = of_name;
  size_t at = 0;
  bool of_buffer = false;
  out[0] = '\0';
  while ((word = strsep(&words, "._"))) {
    const bool buffers = strcmp(word, "buffers") == 0; /* buffers.input: "input buffer" */
    if (*word && !buffers)
      at = qy_append(out, QY_KEY_TITLE, at, "%s%s%s", at ? " " : "", written(word), of_buffer ? " buffer" : "");
    if (*word && !buffers) last = word;
    of_buffer = buffers;
  }
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = (char)(out[0] - 'a' + 'A');
  /* "bits" says that it is counted in bits */
  const bool said = unit && last && strncmp(last, unit, strlen(unit)) == 0 && strcmp(last + strlen(unit), "s") == 0;
  if (unit && *unit && !said) qy_append(out, QY_KEY_TITLE, at, " (%s)", unit);
  return out;
}

const char *qy_key_title(char out[QY_KEY_TITLE], qy_key key, const qy_points *points, bool unit)
{
  assert(out && points && (unsigned)key < QY_KEY_COUNT);
  const bool parameter = key >= QY_KEY_PARAMETER;
  bool numbers = points->number[key] != NULL;
  for (size_t l = 0; parameter && l < points->label_count[key] && !numbers; l++) /* beside "auto" */
    numbers = isdigit((unsigned char)points->label[key][l][0]);
  return qy_axis_title(out, qy_key_name(key, &points->parameters), unit && numbers ? points->unit[key] : "");
}

const char *qy_key_tick(char out[QY_KEY_TITLE], qy_key key, const qy_points *points, size_t label)
{
  assert(out && points && label < points->label_count[key]);
  const double number = points->number[key] ? points->number[key][label] : NAN;
  const char *text = points->label[key][label], *unit = strchr(text, ' ');
  if (isnan(number))
    snprintf(out, QY_KEY_TITLE, "%s", text);
  else if (unit) /* as many digits as the label has */
    snprintf(out, QY_KEY_TITLE, "%.*s", (int)(unit - text), text);
  else
    qy_print(out, QY_KEY_TITLE, "%.6g", number);
  return out;
}

/* ---- reading ---- */

typedef struct scope {
  qy_points *points;
  bool failed;
} scope;

static int scope_row(void *ctx, int columns, const char *const *column, const char *const *value, const int *types)
{
  scope *s = ctx;
  (void)columns, (void)column, (void)types;
  s->points->on_chip = value[0] && strcmp(value[0], "1") == 0;
  s->failed = (value[1] && !(s->points->noise = strdup(value[1]))) ||
              (value[2] && !(s->points->noise_sha256 = strdup(value[2])));
  return 1;
}

/* As the definition of the experiment says. */
static qy_status read_scope(qy_points *points, qy_store *store, int64_t id, qy_error *err)
{
  char sql[200];
  scope s = {.points = points};
  snprintf(sql, sizeof sql,
           "SELECT json_extract(definition, '$.on_chip'), json_extract(definition, '$.noise'), "
           "json_extract(definition, '$.noise_sha256') FROM experiment WHERE id = %" PRId64,
           id);
  qy_status status = qy_store_query(store, sql, scope_row, &s, err);
  return !status && s.failed ? qy_no_memory(err) : status;
}

/* The same from packed columns. */
static qy_status read_chunks(double **column, size_t *count, qy_store *store, int64_t id, const int *metrics,
                             int metric_count, qy_error *err)
{
  int wanted[COLUMNS_MAX] = {CHUNK_TECHNOLOGY, CHUNK_NETWORK, CHUNK_DESIGN, CHUNK_PRECISION, CHUNK_CLOCK};
  for (int m = 0; m < metric_count; m++)
    wanted[FIXED_COLUMNS - 1 + m] = CHUNK_METRIC + metrics[m];
  const qy_status status =
      chunk_feasible(column + 1, &column[0], count, store, id, wanted, FIXED_COLUMNS - 1 + metric_count, err);
  for (size_t i = 0; !status && i < *count; i++)
    column[3][i] += (double)(id << STORE_KEY_SHIFT); /* the key of the design */
  for (int c = 0; status && c < FIXED_COLUMNS + metric_count; c++) {
    free(column[c]);
    column[c] = NULL;
  }
  return status;
}

qy_status qy_points_read(qy_points *points, qy_store *store, int64_t id, const int *metrics, int metric_count,
                         const qy_key_list *parameters, qy_error *err)
{
  assert(points && store && (metrics || metric_count == 0) && metric_count >= 0);
  *points = (qy_points){0};
  char sql[SQL_MAX];
  bool precisions = false;
  qy_status status = has_column(&precisions, store, "result", "precision", err);
  if (!status) status = qy_store_check_whole(store, id, err);
  if (status) return status;
  size_t used = qy_append(sql, sizeof sql, 0, "SELECT id & 0xffffffffff, technology, network, design, %s, clock_mhz",
                          precisions ? "coalesce(precision, 0)" : "precision_bits");
  for (int m = 0; m < metric_count; m++)
    used = qy_append(sql, sizeof sql, used, ", %s", qy_metric_table()[metrics[m]].name);
  qy_append(sql, sizeof sql, used,
            " FROM result WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 AND reason IS NULL", id, id);
  double *column[COLUMNS_MAX] = {0};
  char policy[QY_STORE_POLICY];
  status = qy_store_policy(policy, store, id, err);
  if (!status)
    status = strcmp(policy, "columns") == 0
                 ? read_chunks(column, &points->count, store, id, metrics, metric_count, err)
                 : qy_store_columns(store, sql, FIXED_COLUMNS + metric_count, column, &points->count, err);
  if (status) return status;
  points->point = column[0];
  for (int m = 0; m < metric_count; m++) {
    if (points->metric[metrics[m]]) {
      free(column[FIXED_COLUMNS + m]);
      continue;
    }
    points->metric[metrics[m]] = column[FIXED_COLUMNS + m];
  }
  for (int p = 0; parameters && !status && p < parameters->count; p++) {
    if (!(points->parameters.name[p] = strdup(parameters->name[p]))) status = qy_no_memory(err);
    points->parameters.count = p + !status;
  }
  for (int k = 0; !status && k < QY_KEY_PARAMETER + points->parameters.count; k++)
    if (!(points->key[k] = qy_alloc(points->count, sizeof(uint32_t)))) status = qy_no_memory(err);
  static const char *const list[] = {"technology", "network"};
  for (int k = 0; !status && k < 2; k++) {
    snprintf(sql, sizeof sql,
             "SELECT t.id, t.name FROM experiment_%s x JOIN %s t ON t.id = x.%s WHERE x.experiment = %" PRId64
             " ORDER BY x.position",
             list[k], list[k], list[k], id);
    status = label_names(points, (qy_key)k, store, sql, column[1 + k], err);
  }
  snprintf(sql, sizeof sql,
           "SELECT id, name FROM design WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 ORDER BY id", id,
           id);
  if (!status) status = label_names(points, QY_KEY_DESIGN, store, sql, column[3], err);
  if (!status) status = read_scope(points, store, id, err);
  if (!status) status = label_precisions(points, store, id, !precisions, column[4], err);
  if (!status) status = label_numbers(points, QY_KEY_CLOCK, "MHz", column[5], err);
  if (!status) status = label_voltages(points, store, id, column[1], err);
  for (int p = 0; !status && p < points->parameters.count; p++)
    status = label_parameter(points, store, id, (qy_key)(QY_KEY_PARAMETER + p), column[3], err);
  if (!status) status = number_precisions(points, err);
  if (!status && !(points->unit[QY_KEY_PRECISION] = strdup("bit"))) status = qy_no_memory(err);
  for (int c = 1; c < FIXED_COLUMNS; c++)
    free(column[c]);
  if (status) qy_points_free(points);
  return status;
}

void qy_points_free(qy_points *points)
{
  assert(points);
  free(points->point);
  free(points->chance);
  free(points->noise);
  free(points->noise_sha256);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    free(points->low[m]);
    free(points->high[m]);
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    free(points->metric[m]);
  for (int k = 0; k < QY_KEY_COUNT; k++) {
    free(points->key[k]);
    for (size_t l = 0; l < points->label_count[k]; l++)
      free(points->label[k][l]);
    free(points->label[k]);
    free(points->number[k]);
    free(points->unit[k]);
  }
  for (int p = 0; p < points->parameters.count; p++)
    free((char *)points->parameters.name[p]); /* a copy of qy_points_read */
  *points = (qy_points){0};
}

/* ---- groups ---- */

qy_status qy_groups_make(qy_groups *groups, const qy_points *points, const qy_key *keys, int key_count, qy_error *err)
{
  assert(groups && points && (keys || key_count == 0) && key_count >= 0 && key_count <= QY_KEY_COUNT);
  *groups = (qy_groups){.count = 1, .key_count = key_count};
  for (int k = 0; k < key_count; k++) {
    groups->key[k] = keys[k];
    groups->count *= points->label_count[keys[k]] ? points->label_count[keys[k]] : 1;
  }
  groups->first = qy_alloc(groups->count + 2, sizeof *groups->first);
  groups->member = qy_alloc(points->count, sizeof *groups->member);
  if (!groups->first || !groups->member) {
    qy_groups_free(groups);
    return qy_no_memory(err);
  }
  /* Counting sort; the counts sit two places up so that first[] is in place after the second pass. */
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < points->count; i++) {
      size_t g = 0;
      for (int k = 0; k < key_count; k++)
        g = g * points->label_count[keys[k]] + points->key[keys[k]][i];
      if (pass == 0)
        groups->first[g + 2]++;
      else
        groups->member[groups->first[g + 1]++] = (uint32_t)i;
    }
    for (size_t g = 2; pass == 0 && g < groups->count + 2; g++)
      groups->first[g] += groups->first[g - 1];
  }
  return QY_OK;
}

void qy_groups_free(qy_groups *groups)
{
  assert(groups);
  free(groups->first);
  free(groups->member);
  *groups = (qy_groups){0};
}

size_t qy_groups_index(const qy_groups *groups, const qy_points *points, size_t g, qy_key key)
{
  assert(groups && points && g < groups->count);
  for (int k = groups->key_count; k-- > 0;) {
    size_t labels = points->label_count[groups->key[k]];
    if (labels == 0) return 0;
    if (groups->key[k] == key) return g % labels;
    g /= labels;
  }
  return 0;
}

enum { AMOUNT = 48 }; /* of a number with its unit */

/* A number of a parameter as people read it: sizes in KiB or MiB where they are whole ones, others with their unit
 * unless the name says it ("bits"). */
static const char *amount(char out[AMOUNT], const qy_points *points, qy_key key, size_t label)
{
  static const double kib = 1024;
  const char *text = points->label[key][label], *unit = points->unit[key];
  const double number = points->number[key][label];
  if (!unit || isnan(number)) return text;
  if (strcmp(unit, "B") == 0) {
    const bool large = number >= kib && fmod(number, kib) == 0,
               larger = number >= kib * kib && fmod(number, kib * kib) == 0;
    qy_print(out, AMOUNT, "%.17g %s",
             larger  ? number / (kib * kib)
             : large ? number / kib
                     : number,
             larger  ? "MiB"
             : large ? "KiB"
                     : unit);
    return out;
  }
  const char *name = qy_key_name(key, &points->parameters), *last = strstr(name, unit);
  if (last && strcmp(last + strlen(unit), "s") == 0) return text;
  snprintf(out, AMOUNT, "%.24s %s", text, unit);
  return out;
}

const char *qy_groups_label(char *out, size_t size, const qy_groups *groups, const qy_points *points, size_t g)
{
  assert(out && size > 0 && groups && points && g < groups->count);
  size_t at = 0;
  out[0] = '\0';
  for (int all = 0; all < 2 && at == 0; all++)
    for (int k = 0; k < groups->key_count; k++) {
      qy_key key = groups->key[k];
      if (points->label_count[key] < (all ? 1 : 2)) continue;
      const size_t label = qy_groups_index(groups, points, g, key);
      char number[AMOUNT];
      /* A value alone does not say of what. */
      const bool named = key >= QY_KEY_PARAMETER && groups->key_count > 1 && points->number[key];
      const char *text = named ? amount(number, points, key, label) : points->label[key][label];
      at = qy_append(out, size, at, "%s%s%s%s", at ? ", " : "", named ? qy_key_name(key, &points->parameters) : "",
                     named ? " " : "", text);
    }
  return out;
}

char *qy_groups_label_whole(const qy_groups *groups, const qy_points *points, size_t g)
{
  size_t size = 1;
  for (int k = 0; k < groups->key_count; k++) {
    const qy_key key = groups->key[k];
    if (points->label_count[key] == 0) continue;
    size += strlen(points->label[key][qy_groups_index(groups, points, g, key)]) + sizeof ",  " + AMOUNT;
    if (key >= QY_KEY_PARAMETER) size += strlen(qy_key_name(key, &points->parameters));
  }
  char *label = qy_alloc(size, 1);
  if (label) qy_groups_label(label, size, groups, points, g);
  return label;
}

/* ---- fronts ---- */

qy_status qy_points_front(uint8_t **on_front, const qy_points *points, const qy_groups *groups, const int *metrics,
                          int metric_count, qy_error *err)
{
  assert(on_front && points && groups && metrics && metric_count >= 1);
  size_t largest = 0;
  for (size_t g = 0; g < groups->count; g++)
    if (groups->first[g + 1] - groups->first[g] > largest) largest = groups->first[g + 1] - groups->first[g];
  uint8_t *flags = qy_alloc(points->count, 1), *part = qy_alloc(largest, 1);
  double *values = qy_alloc(largest * (size_t)metric_count, sizeof *values);
  const double *column[QY_OBJECTIVES_MAX];
  qy_status status = flags && part && values ? QY_OK : qy_no_memory(err);
  for (size_t g = 0; !status && g < groups->count; g++) {
    const uint32_t *member = groups->member + groups->first[g];
    size_t n = groups->first[g + 1] - groups->first[g], kept;
    for (int m = 0; m < metric_count; m++) {
      double sign = qy_metric_table()[metrics[m]].sense > 0 ? -1 : 1;
      double *to = values + (size_t)m * n;
      for (size_t i = 0; i < n; i++)
        to[i] = sign * points->metric[metrics[m]][member[i]];
      column[m] = to;
    }
    status = qy_pareto(part, &kept, column, metric_count, n, err);
    for (size_t i = 0; !status && i < n; i++)
      flags[member[i]] = part[i];
  }
  free(part);
  free(values);
  if (status) {
    free(flags);
    flags = NULL;
  }
  *on_front = flags;
  return status;
}

/* ---- finding an experiment ---- */

typedef struct found {
  int64_t id;
  const char *wanted;
  char names[300];
} found;

static int found_row(void *ctx, int columns, const char *const *column, const char *const *value, const int *types)
{
  (void)columns;
  (void)column;
  (void)types;
  found *f = ctx;
  if (strcmp(value[1], f->wanted) == 0 || strcmp(value[0], f->wanted) == 0) f->id = strtoll(value[0], NULL, 10);
  size_t used = strlen(f->names);
  qy_append(f->names, sizeof f->names, used, "%s%s (%s)", used ? ", " : "", value[1], value[0]);
  return 0;
}

/* NAME@N: the N-th last run of a name; *id stays as it is where the name is not of that form, or has no run. */
static qy_status find_run(int64_t *id, qy_store *store, const char *name, qy_error *err)
{
  const char *at = strrchr(name, '@');
  char *end = NULL;
  if (!at || at == name || at[1] < '1' || at[1] > '9') return QY_OK;
  const long long run = strtoll(at + 1, &end, 10);
  if (*end) return QY_OK;
  sqlite3_stmt *read = NULL;
  int64_t runs = 0;
  if (sqlite3_prepare_v2(store->db, "SELECT id FROM experiment WHERE name = ? ORDER BY id DESC", -1, &read, NULL) !=
      SQLITE_OK)
    return qy_fail(err, QY_SYSTEM, "%s: %s", store->file, sqlite3_errmsg(store->db));
  sqlite3_bind_text(read, 1, name, (int)(at - name), SQLITE_STATIC);
  while (sqlite3_step(read) == SQLITE_ROW && ++runs < run)
    continue;
  if (runs == run) *id = sqlite3_column_int64(read, 0);
  if (sqlite3_finalize(read) != SQLITE_OK)
    return qy_fail(err, QY_SYSTEM, "%s: %s", store->file, sqlite3_errmsg(store->db));
  if (runs == 0 || runs == run) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "expected one of the %lld runs of \"%.*s\", found \"%s\"", (long long)runs,
                 (int)(at - name), name, name);
}

qy_status qy_store_find(int64_t *id, qy_store *store, const char *name, qy_error *err)
{
  assert(id && store && name);
  found f = {.id = 0, .wanted = name};
  qy_status status = qy_store_query(store, "SELECT id, name FROM experiment ORDER BY id", found_row, &f, err);
  if (!status && !f.id) status = find_run(&f.id, store, name, err);
  if (status) return status;
  if (!f.id) {
    char advice[STORE_ADVICE];
    store_nearest(advice, store->db, "SELECT DISTINCT name FROM experiment", name);
    return qy_fail(err, QY_BAD_INPUT, "expected an experiment of the database (%s), found \"%s\"%s",
                   f.names[0] ? f.names : "it holds none", name, advice);
  }
  *id = f.id;
  return QY_OK;
}
