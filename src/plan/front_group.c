/* Numbers for the groups of points that have a front of their own: the same groups as those of stored points. */
#include "plan_int.h"

#include <stdio.h>
#include <string.h>

/* Axes a front may be taken within; parameters follow. */
enum { BY_TECHNOLOGY, BY_NETWORK, BY_DESIGN, BY_PRECISION, BY_CLOCK, BY_VOLTAGE, BY_PARAMETER };
_Static_assert((int)BY_PARAMETER == (int)QY_AXIS_NAMES, "one for each name");

static int by_of(const qy_plan *plan, const char *name)
{
  int by = 0, p = 0;
  while (by < BY_PARAMETER && strcmp(qy_axis_names[by], name))
    by++;
  if (by < BY_PARAMETER) return by;
  while (strcmp(plan->info.parameter[p], name)) /* the reader has noted it */
    p++;
  return BY_PARAMETER + p;
}

/* The first technology of this one's supply voltage. */
static size_t voltage_place(const qy_plan *plan, size_t technology)
{
  size_t first = 0;
  while (plan->technology[first]->voltage_v != plan->technology[technology]->voltage_v)
    first++;
  return first;
}

static size_t count_of(const qy_plan *plan, int by)
{
  const size_t count[BY_PARAMETER] = {(size_t)plan->info.technology_count,
                                      (size_t)plan->info.network_count,
                                      (size_t)plan->entry_count,
                                      (size_t)plan->info.precision_count,
                                      plan->clock_mhz.count,
                                      (size_t)plan->info.technology_count};
  return by < BY_PARAMETER ? count[by] : plan->labels[by - BY_PARAMETER].count;
}

/* Room for the texts of a parameter, "has none" among them. */
static size_t most_labels(const qy_plan *plan, const char *key)
{
  size_t room = 1;
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++)
      if (strcmp(plan->entries[g].params[i].key, key) == 0) room += plan->entries[g].param[i].count;
  return room;
}

/* The labels of parameter i of entry g. */
static qy_status label_values(parameter_labels *l, const char **text, const qy_plan *plan, size_t g, size_t i,
                              qy_error *err)
{
  const values *v = &plan->entries[g].param[i];
  l->axis[g] = i;
  if (!(l->label[g] = qy_arena_alloc(plan->arena, v->count, sizeof(size_t)))) return qy_no_memory(err);
  for (size_t k = 0; k < v->count; k++) {
    char room_for_text[VALUE_TEXT];
    const char *shown = value_text(room_for_text, plan->entries[g].params[i].row, v->value[k]);
    const char *one = qy_arena_text(plan->arena, shown, strlen(shown));
    size_t label = 0;
    if (!one) return qy_no_memory(err);
    while (label < l->count && strcmp(text[label], one))
      label++;
    if (label == l->count) text[l->count++] = one;
    l->label[g][k] = label;
  }
  return QY_OK;
}

/* Equal texts get one label, whatever the accelerator. */
static qy_status label_parameter(parameter_labels *l, const qy_plan *plan, const char *key, qy_error *err)
{
  const size_t groups = (size_t)plan->entry_count;
  const char **text = qy_arena_alloc(plan->arena, most_labels(plan, key), sizeof *text);
  l->label = qy_arena_alloc(plan->arena, groups, sizeof(size_t *));
  l->axis = qy_arena_alloc(plan->arena, groups, sizeof(size_t));
  if (!text || !l->label || !l->axis) return qy_no_memory(err);
  l->count = 1; /* the first: no such parameter */
  text[0] = "";
  qy_status status = QY_OK;
  for (size_t g = 0; g < groups; g++)
    for (size_t i = 0; !status && i < plan->entries[g].param_count; i++)
      if (strcmp(plan->entries[g].params[i].key, key) == 0) status = label_values(l, text, plan, g, i, err);
  return status;
}

qy_status plan_front_groups_make(qy_plan *plan, qy_error *err)
{
  qy_status status = QY_OK;
  plan->labels = qy_arena_alloc(plan->arena, (size_t)plan->info.parameter_count, sizeof *plan->labels);
  if (!plan->labels) return qy_no_memory(err);
  for (int p = 0; !status && p < plan->info.parameter_count; p++)
    status = label_parameter(&plan->labels[p], plan, plan->info.parameter[p], err);
  plan->front_groups = 1;
  double groups = 1; /* the product may be larger than any size */
  for (int i = 0; !status && i < plan->info.front_within_count; i++) {
    const size_t count = count_of(plan, by_of(plan, plan->info.front_within[i]));
    groups *= (double)count;
    plan->front_groups *= count;
  }
  const double most = 4e6; /* archives: an empty one takes 100 bytes */
  if (!status && (groups > 1e9 || groups * (double)plan->info.draws > most))
    status = qy_fail(err, QY_BAD_INPUT,
                     "uncertainty: expected at most %.0f fronts (groups of points times draws), found %.0f", most,
                     groups * (double)plan->info.draws);
  return status;
}

size_t plan_front_group_of(const qy_plan *plan, int g, const size_t *index)
{
  const size_t *common = index + plan->entries[g].param_count;
  const size_t at[BY_PARAMETER] = {common[AXIS_TECHNOLOGY],
                                   common[AXIS_NETWORK],
                                   (size_t)g,
                                   (size_t)plan->precision.value[common[AXIS_PRECISION]].label,
                                   common[AXIS_CLOCK],
                                   voltage_place(plan, common[AXIS_TECHNOLOGY])};
  size_t number = 0;
  for (int i = 0; i < plan->info.front_within_count; i++) {
    const int by = by_of(plan, plan->info.front_within[i]);
    size_t own = by < BY_PARAMETER ? at[by] : 0;
    if (by >= BY_PARAMETER) {
      const parameter_labels *l = &plan->labels[by - BY_PARAMETER];
      own = l->label[g] ? l->label[g][index[l->axis[g]]] : 0;
    }
    number = number * count_of(plan, by) + own;
  }
  return number;
}
