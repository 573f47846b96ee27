/* A point by its design and the values of its axes: see plan.h. */
#include "plan_int.h"

#include "quarry/decimal.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LISTED_DESIGNS = 256, NOT_THERE = -1 };

static const double supply_close = 1e-5; /* as many digits as tables show */

int plan_find_entry(const qy_plan *plan, const char *name)
{
  for (int g = 0; g < plan->entry_count; g++)
    if (strcmp(plan->entries[g].name, name) == 0) return g;
  return NOT_THERE;
}

/* One axis of a design: its values by name (names) or as numbers of a parameter (p, v). */
typedef struct axis_view {
  const char *key;
  size_t count;
  const qy_parameter *p;
  const values *v;
  const char *names[64];
} axis_view;

/* "16, 8, 4" */
static const char *list_values(char out[LISTED_BYTES], const axis_view *a)
{
  size_t at = 0;
  assert(!a->p || a->v);
  for (size_t i = 0; i < a->count && at < LISTED_BYTES; i++) {
    const char *comma = i ? ", " : "";
    if (i == LISTED_MAX) {
      snprintf(out + at, LISTED_BYTES - at, ", ...");
      break;
    }
    if (!a->p)
      at += (size_t)snprintf(out + at, LISTED_BYTES - at, "%s%s", comma, a->names[i]);
    else if (a->p->type == QY_PARAMETER_CHOICE)
      at += (size_t)snprintf(out + at, LISTED_BYTES - at, "%s%s", comma, a->p->names[(size_t)a->v->value[i]]);
    else if (a->p->automatic && a->v->value[i] == 0)
      at += (size_t)snprintf(out + at, LISTED_BYTES - at, "%sauto", comma);
    else
      at += (size_t)qy_print(out + at, LISTED_BYTES - at, "%s%.6g", comma, a->v->value[i]);
  }
  return out;
}

/* Place of the value in `node` on the axis. */
static qy_status place_of(size_t *place, const axis_view *a, const qy_yaml *node, qy_arena *arena, qy_error *err)
{
  static const double close = 1e-5; /* as numbers are printed in tables */
  char listed[LISTED_BYTES];
  if (node->kind != QY_YAML_SCALAR)
    return qy_yaml_expected(node, err, "one value of `%s` (%s)", a->key, list_values(listed, a));
  if (!a->p) return qy_yaml_choice(node, a->names, a->count, place, err);
  values one;
  qy_status status = values_read(&one, a->p, node, arena, err);
  if (status) return status;
  const size_t at = qy_number_near(a->v->value, a->count, one.value[0], close);
  if (at < a->count) {
    *place = at;
    return QY_OK;
  }
  return qy_yaml_expected(node, err, "a value that the axis `%s` has (%s)", a->key, list_values(listed, a));
}

static void view_axis(axis_view *out, const qy_plan *plan, const design_entry *g, size_t a)
{
  const size_t common = a - g->param_count;
  *out = (axis_view){0};
  if (a < g->param_count) {
    *out = (axis_view){.key = g->params[a].key, .p = g->params[a].row, .v = &g->param[a]};
  } else if (common == AXIS_CLOCK) {
    *out = (axis_view){.key = "clock_mhz", .p = &clock_parameter, .v = &plan->clock_mhz};
  } else if (common == AXIS_PRECISION) {
    *out = (axis_view){.key = "precision", .count = plan->precision.count};
  } else {
    const int technology = common == AXIS_TECHNOLOGY;
    out->key = technology ? "technology" : "network";
    out->count = (size_t)(technology ? plan->info.technology_count : plan->info.network_count);
    if (out->count > sizeof out->names / sizeof *out->names) out->count = sizeof out->names / sizeof *out->names;
    for (size_t i = 0; i < out->count; i++)
      out->names[i] = technology ? plan->technology[i]->name : plan->network[i]->name;
  }
  if (out->v) out->count = out->v->count;
}

const char *plan_list_axis(char out[LISTED_BYTES], const qy_plan *plan, const char *key)
{
  const design_entry *g = &plan->entries[0]; /* common axes are those of all */
  out[0] = '\0';
  for (size_t a = g->param_count; a < g->param_count + COMMON_AXES; a++) {
    axis_view view;
    view_axis(&view, plan, g, a);
    if (strcmp(view.key, key) == 0)
      return view.v || view.names[0] ? list_values(out, &view) : plan_list_precisions(out, LISTED_BYTES, plan);
  }
  for (int t = 0; strcmp(key, "voltage_v") == 0 && t < plan->info.technology_count && t < LISTED_MAX; t++) {
    int first = 0; /* libraries may have supplies in common */
    while (plan->technology[first]->voltage_v != plan->technology[t]->voltage_v)
      first++;
    if (first == t) qy_append(out, LISTED_BYTES, strlen(out), "%s%.6g", t ? ", " : "", plan->technology[t]->voltage_v);
  }
  return out;
}

/* The node of `at` that speaks of axis a, or NULL. */
static const qy_yaml *said_of(const design_entry *g, const qy_yaml *at, size_t a, const char *key)
{
  for (size_t i = 0; at && i < at->count; i++)
    if (strcmp(at->child[i]->key, key) == 0 || (a < g->param_count && entry_find_param(g, at->child[i]->key) == (int)a))
      return at->child[i];
  return NULL;
}

/* Is this axis of g the common one? */
static bool is_common(const design_entry *g, size_t a, size_t common)
{
  return a >= g->param_count && a - g->param_count == common;
}

static qy_status left_open(const axis_view *view, const char *listed, const design_entry *g, const qy_yaml *where,
                           qy_error *err)
{
  return qy_fail_at(err, QY_BAD_INPUT, where ? where->file : NULL, where ? where->line : 0, where ? where->column : 0,
                    "%s%sexpected a value of `%s` for the design \"%s\" (`at: {%s: ...}`), found none; it has %s",
                    where ? where->path : "", where ? ": " : "", view->key, g->name, view->key, listed);
}

/* The place on the precision axis that `at` says; `precision` may be left out where there is one label. */
static qy_status precision_place(size_t *place, const axis_view *view, const qy_plan *plan, const design_entry *g,
                                 const qy_yaml *at, const qy_yaml *where, qy_error *err)
{
  char listed[LISTED_BYTES];
  const qy_yaml *precision = at ? qy_yaml_get(at, "precision") : NULL;
  const qy_yaml *assignment = at ? qy_yaml_get(at, "assignment") : NULL;
  if (!precision && plan->info.precision_count > 1)
    return left_open(view, plan_list_precisions(listed, LISTED_BYTES, plan), g, where, err);
  if (!precision && !assignment && plan->precision.count > 1) {
    axis_view points = {.key = "assignment"};
    snprintf(listed, sizeof listed, "1 .. %zu", plan->precision.count);
    return left_open(&points, listed, g, where, err);
  }
  return plan_precision_at(place, plan, precision, assignment, err);
}

/* Is it the library, at whatever supply? */
static bool is_library(const char *technology, const char *name)
{
  const size_t length = qy_tech_base_length(technology);
  return strcmp(technology, name) == 0 || (strlen(name) == length && strncmp(technology, name, length) == 0);
}

/* Which of the technologies has this supply; name: and is of this library, NULL: of any. */
static qy_status supplied_place(size_t *place, const axis_view *view, const qy_plan *plan, const design_entry *g,
                                const qy_yaml *supply, const qy_yaml *name, const qy_yaml *where, qy_error *err)
{
  char listed[LISTED_BYTES];
  double volts;
  size_t of_name = 0, found = 0;
  assert(!view->p); /* technologies have names */
  const qy_status status =
      qy_yaml_measure(supply, voltage_parameter.unit, voltage_parameter.low, voltage_parameter.high, &volts, err);
  if (status) return status;
  for (int t = 0; t < plan->info.technology_count; t++) {
    if (name && (name->kind != QY_YAML_SCALAR || !is_library(plan->technology[t]->name, name->text))) continue;
    of_name++;
    if (fabs(plan->technology[t]->voltage_v - volts) > supply_close * volts) continue;
    *place = (size_t)t;
    found++;
  }
  if (name && !of_name) return place_of(place, view, name, NULL, err); /* which names there are */
  if (!found)
    return qy_yaml_expected(supply, err, "a supply that %s has (%s)", name ? name->text : "one of the libraries",
                            name ? list_values(listed, view) : plan_list_axis(listed, plan, "voltage_v"));
  return found > 1 ? left_open(view, list_values(listed, view), g, where, err) : QY_OK;
}

qy_status plan_point_at(int64_t *point, const qy_plan *plan, int design, const qy_yaml *at, const qy_yaml *where,
                        qy_arena *arena, qy_error *err)
{
  const design_entry *g = &plan->entries[design];
  const size_t axes = g->param_count + COMMON_AXES;
  size_t index[QY_AXES_MAX] = {0};
  const char *keys[QY_AXES_MAX];
  char listed[LISTED_BYTES];
  size_t used = 0;
  if (at && at->kind != QY_YAML_MAP) return qy_yaml_expected(at, err, "a mapping from axes to values");
  for (size_t a = 0; a < axes; a++) {
    axis_view view;
    view_axis(&view, plan, g, a);
    keys[a] = view.key;
    const qy_yaml *said = said_of(g, at, a, view.key);
    const qy_yaml *supply = at && is_common(g, a, AXIS_TECHNOLOGY) ? qy_yaml_get(at, "voltage_v") : NULL;
    const bool own = is_common(g, a, AXIS_PRECISION);
    used += said != NULL;
    used += supply != NULL;
    used += own && at && qy_yaml_get(at, "assignment") != NULL;
    qy_status status = own      ? precision_place(&index[a], &view, plan, g, at, where, err)
                       : supply ? supplied_place(&index[a], &view, plan, g, supply, said, where, err)
                       : said   ? place_of(&index[a], &view, said, arena, err)
                                : QY_OK;
    if (status) return status;
    if (!own && !said && !supply && view.count > 1) return left_open(&view, list_values(listed, &view), g, where, err);
  }
  for (size_t i = 0; at && used < at->count && i < at->count; i++) {
    int known = strcmp(at->child[i]->key, "assignment") == 0 || strcmp(at->child[i]->key, "voltage_v") == 0;
    known |= g->system && entry_find_param(g, at->child[i]->key) != NO_PARAM;
    for (size_t a = 0; a < axes; a++)
      known |= strcmp(keys[a], at->child[i]->key) == 0;
    if (known) continue;
    const char *nearest = qy_nearest(at->child[i]->key, keys, axes);
    return qy_fail_at(err, QY_BAD_INPUT, at->child[i]->file, at->child[i]->key_line, at->child[i]->key_column,
                      "%s: expected an axis or parameter of the design \"%s\", found \"%s\"%s%s%s", at->path, g->name,
                      at->child[i]->key, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                      nearest ? "\"?" : "");
  }
  if (at && used < at->count) return qy_yaml_expected(at, err, "each axis once"); /* `rows` and `array.rows` */
  *point = qy_space_encode(&plan->space, design, index);
  return QY_OK;
}

qy_status plan_no_design(const qy_plan *plan, const char *name, qy_error *err)
{
  char listed[LISTED_BYTES] = "", advice[QY_DID_YOU_MEAN];
  const char *names[LISTED_DESIGNS];
  size_t at = 0, count = 0;
  for (int g = 0; g < plan->entry_count && count < LISTED_DESIGNS; g++)
    names[count++] = plan->entries[g].name;
  for (int g = 0; g < plan->entry_count && at < sizeof listed; g++)
    at += (size_t)snprintf(listed + at, sizeof listed - at, "%s%s", g ? ", " : "", plan->entries[g].name);
  return qy_fail(err, QY_BAD_INPUT, "expected a design of %s (%s), found \"%s\"%s", plan->info.name, listed, name,
                 qy_did_you_mean(advice, name, names, count));
}

qy_status qy_plan_find_point(int64_t *point, const qy_plan *plan, const char *design, const char *at, qy_error *err)
{
  const int g = plan_find_entry(plan, design);
  if (g < 0) return plan_no_design(plan, design, err);
  qy_arena *arena = qy_arena_new();
  const char *text = arena ? qy_arena_format(arena, "at: {%s}", at ? at : "") : NULL;
  qy_yaml *root = NULL;
  qy_status status = text ? qy_yaml_read_text(&root, "--at", text, strlen(text), arena, err) : qy_no_memory(err);
  if (!status) status = plan_point_at(point, plan, g, qy_yaml_get(root, "at"), NULL, arena, err);
  qy_arena_free(arena);
  return status;
}

qy_status plan_check_point(const qy_plan *plan, int64_t point, qy_error *err)
{
  if (point >= 0 && point < plan->info.points) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "expected a point of %s, 0 to %lld, found %lld", plan->info.name,
                 (long long)plan->info.points - 1, (long long)point);
}

qy_status qy_plan_elements(const qy_plan *plan, int64_t point, qy_element_visit *visit, void *ctx, qy_error *err)
{
  int entry;
  size_t index[QY_AXES_MAX];
  qy_status status = plan_check_point(plan, point, err);
  if (status) return status;
  qy_space_decode(&plan->space, point, &entry, index);
  const design_entry *g = &plan->entries[entry];
  for (int m = 0; !status && m < g->member_count; m++) {
    qy_pe_params element;
    qy_pe_stimulus operands;
    member_element(&element, &operands, g, m, member_element_of(g, m, index));
    status = visit(ctx, g->member[m].name, &element, err);
  }
  return status;
}

qy_status plan_no_partner(const char *design, int64_t point, qy_error *err)
{
  return qy_fail(err, QY_BAD_INPUT,
                 "expected a point of the design \"%s\" with the same axes as point %lld, found none: it has other "
                 "axes, or other values on them",
                 design, (long long)point);
}

qy_status qy_plan_find_partner(int64_t *partner, const qy_plan *plan, int64_t point, const char *design, qy_error *err)
{
  const int g = plan_find_entry(plan, design);
  if (g < 0) return plan_no_design(plan, design, err);
  qy_status status = plan_check_point(plan, point, err);
  if (status) return status;
  if (plan_assignments_at(plan, point) > 1)
    return qy_fail(err, QY_BAD_INPUT,
                   "expected a point with one partner, found point %lld: it is one of several assignments",
                   (long long)point);
  *partner = plan_partner(plan, point, g);
  return *partner < 0 ? plan_no_partner(design, point, err) : QY_OK;
}

qy_status plan_unknown_design(const qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  size_t index;
  const char **names = qy_arena_alloc(plan->arena, (size_t)plan->entry_count, sizeof *names);
  if (!names) return qy_no_memory(err);
  for (int i = 0; i < plan->entry_count; i++)
    names[i] = plan->entries[i].name;
  qy_status status = qy_yaml_choice(node, names, (size_t)plan->entry_count, &index, err);
  assert(status != QY_OK);
  return status;
}
