/* Numbers for the groups of points that have a front of their own: the same groups as those of stored points. */
#include "plan_int.h"

#include "quarry/text.h"

#include <stdint.h>
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

/* The labels of parameter i of entry g. */
static qy_status label_values(parameter_labels *l, qy_text_index *text, const qy_plan *plan, size_t g, size_t i,
                              qy_error *err)
{
  const values *v = &plan->entries[g].param[i];
  l->axis[g] = i;
  if (!(l->label[g] = qy_arena_alloc(plan->arena, v->count, sizeof(size_t)))) return qy_no_memory(err);
  for (size_t k = 0; k < v->count; k++) {
    char room_for_text[VALUE_TEXT];
    const char *shown = value_text(room_for_text, plan->entries[g].params[i].row, v->value[k]);
    const char *one = qy_arena_text(plan->arena, shown, strlen(shown));
    if (!one) return qy_no_memory(err);
    const size_t label = qy_text_index_add(text, one);
    if (label == SIZE_MAX) return qy_no_memory(err);
    l->label[g][k] = label;
  }
  return QY_OK;
}

/* Equal texts get one label, whatever the accelerator. */
static qy_status label_parameter(parameter_labels *l, const qy_plan *plan, const char *key, qy_error *err)
{
  const size_t groups = (size_t)plan->entry_count;
  qy_text_index text = {0};
  l->label = qy_arena_alloc(plan->arena, groups, sizeof(size_t *));
  l->axis = qy_arena_alloc(plan->arena, groups, sizeof(size_t));
  if (!l->label || !l->axis) return qy_no_memory(err);
  qy_status status = qy_text_index_add(&text, "") == 0 ? QY_OK : qy_no_memory(err); /* the first: no such parameter */
  for (size_t g = 0; g < groups; g++)
    for (size_t i = 0; !status && i < plan->entries[g].param_count; i++)
      if (strcmp(plan->entries[g].params[i].key, key) == 0) status = label_values(l, &text, plan, g, i, err);
  l->count = text.count;
  qy_text_index_free(&text);
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
  const double most = 4e6;               /* archives: an empty one takes 100 bytes */
  static const double groups_most = 2e7; /* each has a name, a row and a place in tables */
  if (!status && groups > groups_most)
    status =
        qy_fail(err, QY_BAD_INPUT, "front: expected at most %.0f groups of points, found %.4g", groups_most, groups);
  if (!status && groups * (double)plan->info.draws > most)
    status = qy_fail(err, QY_BAD_INPUT,
                     "uncertainty: expected at most %.0f fronts (groups of points times draws), found %.0f", most,
                     groups * (double)plan->info.draws);
  return status;
}

/* The place of a key's label in the number of a group of entry g; other than 0: out of memory. */
static int compile_term(key_group *out, const qy_plan *plan, int g, int by, size_t stride, qy_arena *arena)
{
  static const int common[BY_PARAMETER] = {AXIS_TECHNOLOGY, AXIS_NETWORK, -1,
                                           AXIS_PRECISION,  AXIS_CLOCK,   AXIS_TECHNOLOGY};
  const design_entry *entry = &plan->entries[g];
  const parameter_labels *l = by < BY_PARAMETER ? NULL : &plan->labels[by - BY_PARAMETER];
  if (by == BY_DESIGN) out->base += (size_t)g * stride;
  if (by == BY_DESIGN || (l && !l->label[g])) return 0;
  const size_t axis = l ? l->axis[g] : entry->param_count + (size_t)common[by];
  const size_t count = plan->space.entry[g].axis[axis].count;
  uint32_t *add = qy_arena_alloc(arena, count, sizeof *add);
  if (!add) return -1;
  for (size_t i = 0; i < count; i++) {
    const size_t label = l                    ? l->label[g][i]
                         : by == BY_PRECISION ? (size_t)plan->precision.value[i].label
                         : by == BY_VOLTAGE   ? voltage_place(plan, i)
                                              : i;
    add[i] = (uint32_t)(label * stride);
  }
  out->term[out->count++] = (key_term){.axis = axis, .add = add};
  return 0;
}

qy_status plan_groups_compile(key_group **out, size_t *groups, const qy_plan *plan, const char *const *key,
                              int key_count, qy_arena *arena, qy_error *err)
{
  double total = 1; /* the product may be larger than any size */
  for (int k = 0; k < key_count; k++)
    total *= (double)count_of(plan, by_of(plan, key[k]));
  if (total > UINT32_MAX)
    return qy_fail(err, QY_BAD_INPUT, "store: expected at most %u groups of points, found %.0f", UINT32_MAX, total);
  *groups = (size_t)total;
  if (!(*out = qy_arena_alloc(arena, (size_t)plan->entry_count, sizeof **out))) return qy_no_memory(err);
  for (int g = 0; g < plan->entry_count; g++) {
    size_t stride = 1;
    if (!((*out)[g].term = qy_arena_alloc(arena, (size_t)key_count + 1, sizeof *(*out)[g].term)))
      return qy_no_memory(err);
    for (int k = key_count; k-- > 0; stride *= count_of(plan, by_of(plan, key[k])))
      if (compile_term(&(*out)[g], plan, g, by_of(plan, key[k]), stride, arena)) return qy_no_memory(err);
  }
  return QY_OK;
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
