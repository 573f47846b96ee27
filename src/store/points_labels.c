/* Labels of the points' keys: see points_labels.h. */
#include "points_labels.h"

#include "axes_int.h"
#include "quarry/alloc.h"
#include "quarry/axes.h"
#include "quarry/decimal.h"
#include "quarry/sort.h"
#include "quarry/text.h"
#include "sql.h"
#include "store_int.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_DIGITS = 6 };

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

/* Runs of equal ids are common, and ids that follow one another: these are tried first. */
qy_status points_label_names(qy_points *points, qy_key key, qy_store *store, const char *sql, const double *ids,
                             qy_error *err)
{
  names n = {.label = &points->label[key], .label_count = &points->label_count[key]};
  qy_status status = qy_store_query(store, sql, name_row, &n, err);
  if (!status && n.failed) status = qy_no_memory(err);
  if (!status && n.count) qsort(n.row, n.count, sizeof *n.row, by_id);
  struct name *last = NULL;
  for (size_t i = 0; !status && i < points->count; i++) {
    struct name wanted = {.id = (int64_t)ids[i]};
    if (last && last->id != wanted.id && last + 1 < n.row + n.count) last++;
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

/* The numbers, most of them that come again left out: those met lately.  Returns how many. */
static size_t most_distinct(double *out, const double *value, size_t count)
{
  enum { BITS = 12, LATELY = 1 << BITS };
  uint64_t lately[LATELY] = {0}, bits;
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    memcpy(&bits, &value[i], sizeof bits);
    uint64_t *at = &lately[bits * UINT64_C(11400714819323198485) >> (64 - BITS)]; /* Fibonacci hashing */
    if (*at == bits && bits) continue;
    *at = bits;
    out[n++] = value[i];
  }
  return n;
}

qy_status points_label_numbers(qy_points *points, qy_key key, const char *unit, const double *values, qy_error *err)
{
  double *distinct = qy_alloc(points->count, sizeof *distinct);
  const double *at = distinct;
  if (!distinct) return qy_no_memory(err);
  size_t count = most_distinct(distinct, values, points->count);
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
    if (i == 0 || values[i] != values[i - 1]) at = bsearch(&values[i], distinct, count, sizeof *distinct, qy_by_value);
    points->key[key][i] = (uint32_t)(at - distinct);
  }
  return status;
}

/* QY_BAD_INPUT: what the designs of the experiment do have. */
static qy_status no_parameter(qy_store *store, int64_t id, const char *parameter, qy_error *err)
{
  char sql[POINTS_SQL], advice[STORE_ADVICE];
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
  qy_status status =
      sql.failed ? qy_no_memory(err) : points_label_names(points, key, store, sql.data, points->point, err);
  qy_text_free(&sql);
  if (!status && !(points->unit[key] = strdup("bit"))) status = qy_no_memory(err);
  return status ? status : sort_numbers(points, key, "", err);
}

qy_status points_label_parameter(qy_points *points, qy_store *store, int64_t id, qy_key key, const double *designs,
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
    status =
        value && !sql.failed ? points_label_names(points, key, store, sql.data, points->point, err) : qy_no_memory(err);
  } else if (!status) {
    const char *value = qy_store_axis_value(&axes, (size_t)axis, arena);
    qy_text_add(&sql,
                "SELECT d.id, coalesce(%s, '-') FROM design d WHERE d.id >= %" PRId64 " << 40 AND d.id < (%" PRId64
                " + 1) << 40 ORDER BY d.id",
                value ? value : "", id, id);
    status = value && !sql.failed ? points_label_names(points, key, store, sql.data, designs, err) : qy_no_memory(err);
  }
  if (!status && *axes.axis[axis].unit && !(points->unit[key] = strdup(axes.axis[axis].unit)))
    status = qy_no_memory(err);
  qy_text_free(&sql);
  qy_arena_free(arena);
  return status ? status : sort_numbers(points, key, "", err);
}

qy_status points_has_column(bool *yes, qy_store *store, const char *table, const char *column, qy_error *err)
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

qy_status points_label_precisions(qy_points *points, qy_store *store, int64_t id, bool bits_only, const double *ids,
                                  qy_error *err)
{
  char sql[POINTS_SQL];
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
  qy_status status = points_label_names(points, QY_KEY_PRECISION, store, sql, ids, err);
  return status ? status : drop_unused(points, QY_KEY_PRECISION, err);
}

qy_status points_number_precisions(qy_points *points, qy_error *err)
{
  return sort_numbers(points, QY_KEY_PRECISION, " bit", err);
}

qy_status points_label_voltages(qy_points *points, qy_store *store, int64_t id, const double *ids, qy_error *err)
{
  char sql[POINTS_SQL];
  bool stored;
  int digits = LABEL_DIGITS;
  double *volts = NULL;
  size_t count = 0;
  qy_status status = points_has_column(&stored, store, "technology", "voltage_v", err);
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
  if (!status) status = points_label_names(points, QY_KEY_VOLTAGE, store, sql, ids, err);
  return status ? status : sort_numbers(points, QY_KEY_VOLTAGE, " V", err);
}
