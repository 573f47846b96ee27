/* The values a parameter takes: a scalar, a list, or a range, each checked against the parameter's own table row. */
#include "plan_int.h"

#include "quarry/sort.h"
#include "quarry/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AXIS_VALUES_MAX = 1000000 };

/* Digits and a unit? */
static bool has_unit(const qy_parameter *p, const qy_yaml *node)
{
  double number;
  if (!p->unit || node->kind != QY_YAML_SCALAR || !qy_unit_known(p->unit)) return false;
  const size_t digits = strspn(node->text, "0123456789.");
  return digits > 0 && node->text[digits] && !qy_number_parse(node->text, &number);
}

/* "256 bit", "32 B": a whole number of the parameter's unit. */
static qy_status whole_read(double *value, const qy_parameter *p, const qy_yaml *node, qy_error *err)
{
  qy_status status = qy_yaml_measure(node, p->unit, p->low, p->high, value, err);
  if (!status && *value != floor(*value)) return qy_yaml_expected(node, err, "a whole number of %s", p->unit);
  return status;
}

/* One scalar as a double, in the parameter's unit. */
static qy_status scalar_read(double *value, const qy_parameter *p, const qy_yaml *node, qy_error *err)
{
  if (p->automatic && node->kind == QY_YAML_SCALAR && strcmp(node->text, "auto") == 0) {
    *value = 0;
    return QY_OK;
  }
  switch (p->type) {
  case QY_PARAMETER_INTEGER: {
    int64_t integer = 0;
    if (has_unit(p, node)) return whole_read(value, p, node, err);
    qy_status status = qy_yaml_integer(node, (int64_t)p->low, (int64_t)p->high, &integer, err);
    *value = (double)integer;
    return status;
  }
  case QY_PARAMETER_SIZE: return qy_yaml_quantity(node, p->unit, p->low, p->high, value, err);
  case QY_PARAMETER_CHOICE: {
    size_t index = 0;
    qy_status status = qy_yaml_choice(node, p->names, p->name_count, &index, err);
    *value = (double)index;
    return status;
  }
  case QY_PARAMETER_NUMBER: break;
  }
  return qy_yaml_measure(node, p->unit ? p->unit : "", p->low, p->high, value, err);
}

typedef struct placed {
  double value;
  size_t place;
} placed;

static int by_value_then_place(const void *left, const void *right)
{
  const placed *a = left, *b = right;
  const int order = qy_by_value(&a->value, &b->value);
  return order ? order : (a->place > b->place) - (a->place < b->place);
}

/* The first value that stands in the list before; count: none does. */
static qy_status find_repeated(size_t *place, const double *value, size_t count, qy_error *err)
{
  placed *sorted = qy_alloc(count, sizeof *sorted);
  *place = count;
  if (!sorted) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    sorted[i] = (placed){value[i], i};
  qsort(sorted, count, sizeof *sorted, by_value_then_place);
  for (size_t i = 1; i < count; i++)
    if (sorted[i].value == sorted[i - 1].value && sorted[i].place < *place) *place = sorted[i].place;
  free(sorted);
  return QY_OK;
}

static qy_status list_read(values *out, const qy_parameter *p, const qy_yaml *node, qy_arena *arena, qy_error *err)
{
  if (node->count == 0) return qy_yaml_expected(node, err, "at least one value");
  if (node->count > AXIS_VALUES_MAX) return qy_yaml_expected(node, err, "at most %d values", AXIS_VALUES_MAX);
  out->value = qy_arena_alloc(arena, node->count, sizeof *out->value);
  if (!out->value) return qy_no_memory(err);
  size_t read = 0, repeated;
  qy_error ignored = {0}; /* a value that repeats may stand before one that is wrong */
  while (read < node->count && !scalar_read(&out->value[read], p, node->child[read], &ignored))
    read++;
  const qy_status status = find_repeated(&repeated, out->value, read, err);
  if (status) return status;
  if (repeated < read) return qy_yaml_expected(node->child[repeated], err, "each value once");
  if (read < node->count) return scalar_read(&out->value[read], p, node->child[read], err);
  out->count = node->count;
  return QY_OK;
}

/* Integers of a logarithmic range may fall together after rounding: each is kept once. */
static void range_push(values *out, const qy_parameter *p, double x)
{
  if (p->type == QY_PARAMETER_INTEGER) x = round(x);
  if (out->count && out->value[out->count - 1] == x) return;
  out->value[out->count++] = x;
}

static qy_status range_read(values *out, const qy_parameter *p, const qy_yaml *node, qy_arena *arena, qy_error *err)
{
  static const char *const keys[] = {"from", "to", "points", "step", "scale", NULL};
  static const char *const scales[] = {"linear", "log"};
  if (p->type == QY_PARAMETER_CHOICE) return qy_yaml_expected(node, err, "a name or a list of names");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status) return status;
  const qy_yaml *from = qy_yaml_get(node, "from"), *to = qy_yaml_get(node, "to");
  const qy_yaml *points = qy_yaml_get(node, "points"), *step = qy_yaml_get(node, "step");
  const qy_yaml *scale = qy_yaml_get(node, "scale");
  if (!from || !to || !points == !step)
    return qy_yaml_expected(node, err, "a range {from, to, points} or {from, to, step}");
  double low = 0, high = 0;
  size_t log_scale = 0;
  if ((status = scalar_read(&low, p, from, err)) || (status = scalar_read(&high, p, to, err)) ||
      (scale && (status = qy_yaml_choice(scale, scales, 2, &log_scale, err))))
    return status;
  if (high < low) return qy_yaml_expected(to, err, "a value not below `from`");
  if (log_scale && (step || low <= 0))
    return qy_yaml_expected(scale, err, step ? "no `step` beside a log scale" : "`from` above 0 for a log scale");

  double count = 1, width = 0;
  if (points) {
    int64_t n = 0;
    if ((status = qy_yaml_integer(points, 1, AXIS_VALUES_MAX, &n, err))) return status;
    if (n == 1 && high > low) return qy_yaml_expected(points, err, "at least 2 points between different ends");
    count = (double)n;
  } else {
    qy_parameter one = *p;
    one.low = 0;
    one.automatic = false;
    if ((status = scalar_read(&width, &one, step, err))) return status;
    if (!(width > 0)) return qy_yaml_expected(step, err, "a step above 0");
    /* A last value that misses `to` by rounding alone still belongs to the range. */
    count = floor((high - low) / width * (1 + 1e-12) + 1e-9) + 1;
    if (count > AXIS_VALUES_MAX) return qy_yaml_expected(step, err, "at most %d values", AXIS_VALUES_MAX);
  }
  out->value = qy_arena_alloc(arena, (size_t)count, sizeof *out->value);
  if (!out->value) return qy_no_memory(err);
  size_t last = (size_t)count - 1;
  for (size_t i = 0; i <= last; i++) {
    double t = last ? (double)i / (double)last : 0;
    double x = step ? low + (double)i * width : log_scale ? low * pow(high / low, t) : low + (high - low) * t;
    range_push(out, p, i == last && points ? high : x);
  }
  return QY_OK;
}

qy_status values_read(values *out, const qy_parameter *p, const qy_yaml *node, qy_arena *arena, qy_error *err)
{
  *out = (values){.node = node};
  if (node->kind == QY_YAML_LIST) return list_read(out, p, node, arena, err);
  if (node->kind == QY_YAML_MAP) return range_read(out, p, node, arena, err);
  out->value = qy_arena_alloc(arena, 1, sizeof *out->value);
  if (!out->value) return qy_no_memory(err);
  out->count = 1;
  return scalar_read(out->value, p, node, err);
}

qy_status values_default(values *out, const qy_parameter *p, const char *key, const qy_yaml *where, qy_arena *arena,
                         qy_error *err)
{
  *out = (values){.count = 1};
  if (p->required) return qy_yaml_expected(where, err, "a key `%s` (%s)", key, p->help);
  out->value = qy_arena_alloc(arena, 1, sizeof *out->value);
  if (!out->value) return qy_no_memory(err);
  out->value[0] = p->fallback;
  return QY_OK;
}
