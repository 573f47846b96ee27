/* The axes of a plan as columns of tables; see axis.h. */
#include "plan_int.h"

#include "quarry/axis.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 128 };

const char *const qy_axis_names[QY_AXIS_NAMES] = {"technology", "network",   "design",
                                                  "precision",  "clock_mhz", "voltage_v"};

const char *const qy_axis_bits[QY_AXIS_BITS] = {"weight_bits", "activation_bits"};

const char *qy_axis_bits_find(const char *name)
{
  for (int i = 0; i < QY_AXIS_BITS; i++)
    if (strcmp(qy_axis_bits[i], name) == 0) return qy_axis_bits[i];
  return NULL;
}

static const char *const type_names[QY_AXIS_TYPES] = {"integer", "real", "text"};

const char *qy_axis_type_name(qy_axis_type type)
{
  assert((unsigned)type < QY_AXIS_TYPES);
  return type_names[type];
}

/* A list that grows, with the first value of each axis. */
typedef struct axis_maker {
  qy_axis_list *list;
  struct first_value {
    const char *text;
    const qy_parameter *row; /* NULL: no parameter */
    double value;
  } * first;
  size_t room;
  size_t next; /* entries often have the same axes: the one after that which was found last */
  qy_arena *arena;
} axis_maker;

static qy_axis_column *find_axis(axis_maker *to, const char *key)
{
  const qy_axis_list *list = to->list;
  size_t i = to->next;
  if (i >= list->count || strcmp(list->axis[i].key, key) != 0)
    for (i = 0; i < list->count && strcmp(list->axis[i].key, key) != 0;)
      i++;
  to->next = i + 1;
  return i < list->count ? &list->axis[i] : NULL;
}

/* NULL: out of memory. */
static qy_axis_column *add_axis(axis_maker *to, const char *key, qy_axis_type type, const char *unit)
{
  assert(to->list->count < to->room);
  qy_axis_column *a = &to->list->axis[to->list->count];
  if (!(key = qy_arena_text(to->arena, key, strlen(key)))) return NULL;
  *a = (qy_axis_column){.key = key, .unit = unit ? unit : "", .type = type};
  to->list->count++;
  return a;
}

static qy_status add_fixed(axis_maker *to, const char *key, qy_axis_type type, const char *unit, bool varies,
                           qy_error *err)
{
  if (!varies) return QY_OK;
  qy_axis_column *a = add_axis(to, key, type, unit);
  if (!a) return qy_no_memory(err);
  a->varies = true;
  return QY_OK;
}

/* One value of a parameter; the axis is made where it is the first. */
static qy_status add_value(axis_maker *to, const char *key, qy_axis_type type, const char *unit, const char *text,
                           qy_error *err)
{
  qy_axis_column *a = find_axis(to, key);
  const bool known = a != NULL;
  if (!known && !(a = add_axis(to, key, type, unit))) return qy_no_memory(err);
  struct first_value *first = &to->first[a - to->list->axis];
  if (type > a->type) a->type = type;
  if (known) {
    a->varies = a->varies || strcmp(first->text, text) != 0;
    return QY_OK;
  }
  first->text = qy_arena_text(to->arena, text, strlen(text));
  return first->text ? QY_OK : qy_no_memory(err);
}

static qy_axis_type type_of(const qy_parameter *row, double value)
{
  if (row->type == QY_PARAMETER_CHOICE || (row->automatic && value == 0)) return QY_AXIS_TEXT;
  if (row->type == QY_PARAMETER_NUMBER || value != floor(value)) return QY_AXIS_REAL;
  return QY_AXIS_INTEGER;
}

/* Would the value say no more of its axis?  Of a million, or of thousands of entries, few do. */
static bool says_nothing(const axis_maker *to, const qy_axis_column *a, const qy_parameter *row, double value)
{
  const struct first_value *first = &to->first[a - to->list->axis];
  return a->varies ? a->type >= type_of(row, value) : first->row == row && first->value == value;
}

static qy_status add_parameter(axis_maker *to, const param *p, const values *v, qy_error *err)
{
  qy_status status = QY_OK;
  qy_axis_column *a = find_axis(to, p->key);
  for (size_t i = 0; !status && i < v->count; i++) {
    char text[VALUE_TEXT];
    const double value = v->value[i];
    if (a && says_nothing(to, a, p->row, value)) continue;
    status = add_value(to, p->key, type_of(p->row, value), p->row->unit, value_text(text, p->row, value), err);
    if (a || status) continue;
    a = &to->list->axis[to->list->count - 1];
    to->first[to->list->count - 1].row = p->row;
    to->first[to->list->count - 1].value = value;
  }
  return status;
}

/* In the order of qy_plan_design_parameters. */
static qy_status add_entry(axis_maker *to, const design_entry *g, qy_error *err)
{
  qy_status status =
      add_value(to, "accelerator", QY_AXIS_TEXT, NULL, g->system ? "system" : g->member[0].type->name, err);
  for (int m = 0; !status && g->system && m < g->member_count; m++) {
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "%.100s.accelerator", g->member[m].name);
    status = add_value(to, key, QY_AXIS_TEXT, NULL, g->member[m].type->name, err);
  }
  for (size_t i = 0; !status && i < g->param_count; i++)
    status = add_parameter(to, &g->params[i], &g->param[i], err);
  return status;
}

static bool voltages_differ(const qy_plan *plan)
{
  for (int t = 1; t < plan->info.technology_count; t++)
    if (plan->technology[t]->voltage_v != plan->technology[0]->voltage_v) return true;
  return false;
}

/* Do precisions differ in the width of weights, or of activations?  Of maps and assignments: yes. */
static bool widths_differ(const qy_plan *plan, bool weights)
{
  const qy_plan_precision *p = plan->info.precision;
  for (int i = 0; i < plan->info.precision_count; i++) {
    const int one = weights ? p[i].all.weights : p[i].all.activations;
    if (!p[i].uniform || one != (weights ? p[0].all.weights : p[0].all.activations)) return true;
  }
  return false;
}

static qy_status add_all_fixed(axis_maker *to, const qy_plan *plan, qy_error *err)
{
  const qy_plan_info *info = &plan->info;
  const struct {
    const char *key, *unit;
    qy_axis_type type;
    bool varies;
  } fixed[] = {{"technology", "", QY_AXIS_TEXT, info->technology_count > 1},
               {"voltage_v", "V", QY_AXIS_REAL, voltages_differ(plan)},
               {"network", "", QY_AXIS_TEXT, info->network_count > 1},
               {"design", "", QY_AXIS_TEXT, plan->entry_count > 1},
               {"precision", "", QY_AXIS_TEXT, info->precision_count > 1},
               {"weight_bits", "bit", QY_AXIS_INTEGER, widths_differ(plan, true)},
               {"activation_bits", "bit", QY_AXIS_INTEGER, widths_differ(plan, false)},
               {"clock_mhz", "MHz", QY_AXIS_REAL, plan->clock_mhz.count > 1}};
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < sizeof fixed / sizeof *fixed; i++)
    status = add_fixed(to, fixed[i].key, fixed[i].type, fixed[i].unit, fixed[i].varies, err);
  return status;
}

qy_status qy_plan_axes(qy_axis_list *list, const qy_plan *plan, qy_arena *arena, qy_error *err)
{
  assert(list && plan && arena);
  enum { FIXED = 8 };
  axis_maker to = {.list = list, .room = FIXED, .arena = arena};
  for (int i = 0; i < plan->entry_count; i++)
    to.room += plan->entries[i].param_count + 1 + MEMBERS_MAX;
  *list = (qy_axis_list){.axis = qy_arena_alloc(arena, to.room, sizeof *list->axis)};
  to.first = qy_arena_alloc(arena, to.room, sizeof *to.first);
  if (!list->axis || !to.first) return qy_no_memory(err);
  qy_status status = add_all_fixed(&to, plan, err);
  for (int i = 0; !status && i < plan->entry_count; i++)
    status = add_entry(&to, &plan->entries[i], err);
  return status;
}
