/* Numbers for the groups of points that have a front of their own: the same groups as those of stored points. */
#include "plan_int.h"

#include <stdio.h>
#include <string.h>

/* Axes a front may be taken within. */
enum { BY_TECHNOLOGY, BY_NETWORK, BY_DESIGN, BY_PRECISION, BY_CLOCK, BY_PARAMETER, BY_COUNT };
static const char *const names[BY_PARAMETER] = {"technology", "network", "design", "precision", "clock_mhz"};

static int by_of(const char *name)
{
  int by = 0;
  while (by < BY_PARAMETER && strcmp(names[by], name))
    by++;
  return by;
}

static size_t count_of(const qy_plan *plan, int by)
{
  const size_t count[BY_COUNT] = {(size_t)plan->info.technology_count,
                                  (size_t)plan->info.network_count,
                                  (size_t)plan->entry_count,
                                  (size_t)plan->info.precision_count,
                                  plan->clock_mhz.count,
                                  plan->parameter_labels};
  return count[by];
}

/* Equal texts get one label, whatever the accelerator. */
static qy_status label_parameter(qy_plan *plan, qy_error *err)
{
  const char **text = NULL;
  size_t groups = (size_t)plan->entry_count, room = 1;
  plan->parameter_label = qy_arena_alloc(plan->arena, groups, sizeof(size_t *));
  plan->parameter_axis = qy_arena_alloc(plan->arena, groups, sizeof(size_t));
  plan->parameter_labels = 1; /* the first: no such parameter */
  if (!plan->parameter_label || !plan->parameter_axis) return qy_no_memory(err);
  for (size_t g = 0; plan->info.parameter && g < groups; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++)
      if (strcmp(plan->entries[g].params[i].key, plan->info.parameter) == 0) room += plan->entries[g].param[i].count;
  if (!(text = qy_arena_alloc(plan->arena, room, sizeof *text))) return qy_no_memory(err);
  text[0] = "";
  for (size_t g = 0; plan->info.parameter && g < groups; g++) {
    const param *params = plan->entries[g].params;
    for (size_t i = 0; i < plan->entries[g].param_count; i++) {
      const values *v = &plan->entries[g].param[i];
      if (strcmp(params[i].key, plan->info.parameter)) continue;
      plan->parameter_axis[g] = i;
      if (!(plan->parameter_label[g] = qy_arena_alloc(plan->arena, v->count, sizeof(size_t)))) return qy_no_memory(err);
      for (size_t k = 0; k < v->count; k++) {
        char room_for_text[VALUE_TEXT];
        const char *shown = value_text(room_for_text, params[i].row, v->value[k]);
        const char *one = qy_arena_text(plan->arena, shown, strlen(shown));
        size_t label = 0;
        if (!one) return qy_no_memory(err);
        while (label < plan->parameter_labels && strcmp(text[label], one))
          label++;
        if (label == plan->parameter_labels) text[plan->parameter_labels++] = one;
        plan->parameter_label[g][k] = label;
      }
    }
  }
  return QY_OK;
}

qy_status plan_front_groups_make(qy_plan *plan, qy_error *err)
{
  qy_status status = label_parameter(plan, err);
  plan->front_groups = 1;
  for (int i = 0; !status && i < plan->info.front_within_count; i++)
    plan->front_groups *= count_of(plan, by_of(plan->info.front_within[i]));
  const double most = 4e6; /* archives: an empty one takes 100 bytes */
  if (!status && (double)plan->front_groups * (double)plan->info.draws > most)
    status = qy_fail(err, QY_BAD_INPUT,
                     "uncertainty: expected at most %.0f fronts (groups of points times draws), found %.0f", most,
                     (double)plan->front_groups * (double)plan->info.draws);
  return status;
}

size_t plan_front_group_of(const qy_plan *plan, int g, const size_t *index)
{
  const size_t *common = index + plan->entries[g].param_count, *label = plan->parameter_label[g];
  const size_t at[BY_COUNT] = {common[AXIS_TECHNOLOGY],
                               common[AXIS_NETWORK],
                               (size_t)g,
                               (size_t)plan->precision.value[common[AXIS_PRECISION]].label,
                               common[AXIS_CLOCK],
                               label ? label[index[plan->parameter_axis[g]]] : 0};
  size_t number = 0;
  for (int i = 0; i < plan->info.front_within_count; i++) {
    const int by = by_of(plan->info.front_within[i]);
    number = number * count_of(plan, by) + at[by];
  }
  return number;
}
