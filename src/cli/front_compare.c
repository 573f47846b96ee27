/* Points that stand for a front, and distances between fronts: see front_compare.h. */
#include "front_compare.h"

#include "cli.h"

#include "quarry/alloc.h"
#include "quarry/front.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 300 };

void stored_fronts_free(stored_fronts *fronts)
{
  free(fronts->on_front);
  fronts->on_front = NULL;
  qy_groups_free(&fronts->groups);
  qy_points_free(&fronts->points);
}

/* The front of one group: its points, and their metrics as columns to be minimised. */
typedef struct one_front {
  size_t count;
  uint32_t *point;
  double *value;
  const double *column[QY_OBJECTIVES_MAX];
} one_front;

static void one_front_free(one_front *front)
{
  free(front->point);
  free(front->value);
  *front = (one_front){0};
}

static qy_status one_front_make(one_front *front, const stored_fronts *of, size_t g, qy_error *err)
{
  const size_t first = of->groups.first[g], end = of->groups.first[g + 1];
  *front = (one_front){0};
  front->point = qy_alloc(end - first, sizeof *front->point);
  if (!front->point) return qy_no_memory(err);
  for (size_t i = first; i < end; i++)
    if (of->on_front[of->groups.member[i]]) front->point[front->count++] = of->groups.member[i];
  front->value = qy_alloc(front->count, (size_t)of->metric_count * sizeof *front->value);
  if (!front->value) {
    one_front_free(front);
    return qy_no_memory(err);
  }
  for (int m = 0; m < of->metric_count; m++) {
    double *to = front->value + (size_t)m * front->count;
    const double sign = qy_metric_table()[of->metric[m]].sense > 0 ? -1 : 1;
    for (size_t i = 0; i < front->count; i++)
      to[i] = sign * of->points.metric[of->metric[m]][front->point[i]];
    front->column[m] = to;
  }
  return QY_OK;
}

/* ---- picking ---- */

static qy_status pick_one(stored_fronts *fronts, size_t g, size_t k, qy_error *err)
{
  one_front front;
  qy_front_choice choice;
  char label[LABEL_MAX];
  qy_status status = one_front_make(&front, fronts, g, err);
  if (status) return status;
  uint8_t *picked = front.count ? qy_alloc(front.count, 1) : NULL;
  if (front.count && !picked) status = qy_no_memory(err);
  if (picked) status = qy_front_pick(picked, &choice, front.column, fronts->metric_count, front.count, k, err);
  if (picked && !status) {
    for (size_t i = 0; i < front.count; i++)
      fronts->on_front[front.point[i]] = picked[i];
    qy_groups_label(label, sizeof label, &fronts->groups, &fronts->points, g);
    say("%s%s%zu of %zu points have %.4g %% of the front's hypervolume (%s)\n", label, label[0] ? ": " : "",
        choice.count, choice.front, 100 * choice.volume / choice.whole,
        choice.guarantee == 1 ? "the most that as many can have" : "chosen one after another");
  }
  free(picked);
  one_front_free(&front);
  return status;
}

qy_status fronts_pick(stored_fronts *fronts, int64_t k, qy_error *err)
{
  if (fronts->metric_count > QY_HYPERVOLUME_OBJECTIVES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "--pick: expected at most %d objectives, found %d",
                   (int)QY_HYPERVOLUME_OBJECTIVES_MAX, fronts->metric_count);
  qy_status status = QY_OK;
  for (size_t g = 0; !status && g < fronts->groups.count; g++)
    status = pick_one(fronts, g, (size_t)k, err);
  return status;
}

/* ---- comparing ---- */

/* The label of each key of a group, one behind another. */
static void group_labels(const char *label[QY_KEY_COUNT], const stored_fronts *f, size_t g)
{
  for (int k = 0; k < f->groups.key_count; k++)
    label[k] = f->points.label[f->groups.key[k]][qy_groups_index(&f->groups, &f->points, g, f->groups.key[k])];
}

/* Numbers may have another number of digits in each. */
static int same_value(const stored_fronts *a, size_t g, const stored_fronts *b, size_t other, int k)
{
  const qy_key key[2] = {a->groups.key[k], b->groups.key[k]};
  if (!a->points.label_count[key[0]] || !b->points.label_count[key[1]]) return 0;
  const size_t at[2] = {qy_groups_index(&a->groups, &a->points, g, key[0]),
                        qy_groups_index(&b->groups, &b->points, other, key[1])};
  const double *number[2] = {a->points.number[key[0]], b->points.number[key[1]]};
  if (number[0] && number[1] && !isnan(number[0][at[0]])) return number[0][at[0]] == number[1][at[1]];
  return strcmp(a->points.label[key[0]][at[0]], b->points.label[key[1]][at[1]]) == 0;
}

/* The group of b with the values of group g of a; SIZE_MAX: none. */
static size_t same_group(const stored_fronts *a, size_t g, const stored_fronts *b)
{
  assert(a->groups.key_count == b->groups.key_count);
  for (size_t other = 0; other < b->groups.count; other++) {
    int same = 1;
    for (int k = 0; k < a->groups.key_count && same; k++)
      same = same_value(a, g, b, other, k);
    if (same) return other;
  }
  return SIZE_MAX;
}

static qy_status one_way(table *t, const stored_fronts *a, size_t g, const char *against, const one_front *own,
                         const one_front *other, qy_error *err)
{
  const char *label[QY_KEY_COUNT];
  qy_front_distance d;
  qy_status status =
      qy_front_distance_of(&d, own->column, own->count, other->column, other->count, a->metric_count, NULL, err);
  if (status) return status;
  group_labels(label, a, g);
  for (int k = 0; k < a->groups.key_count; k++)
    table_text(t, label[k]);
  table_row(t, TEXT(a->name), INTEGER((int64_t)own->count), TEXT(against), INTEGER((int64_t)other->count),
            NUMBER(d.igd_plus), NUMBER(d.epsilon), NUMBER(d.epsilon_factor), NUMBER(d.volume_ratio));
  return QY_OK;
}

/* Both ways, of an experiment and itself one, between group g of a and group h of b. */
static qy_status both_ways(table *t, const stored_fronts *a, size_t g, const stored_fronts *b, size_t h, qy_error *err)
{
  one_front own = {0}, other = {0};
  qy_status status = one_front_make(&own, a, g, err);
  if (!status) status = one_front_make(&other, b, h, err);
  if (!status) status = one_way(t, a, g, b->name, &own, &other, err);
  if (!status && strcmp(a->name, b->name) != 0) status = one_way(t, b, h, a->name, &other, &own, err);
  one_front_free(&own);
  one_front_free(&other);
  return status;
}

/* Do both have points in group g of a? */
static int in_both(size_t *h, const stored_fronts *a, size_t g, const stored_fronts *b)
{
  *h = same_group(a, g, b);
  return *h != SIZE_MAX && a->groups.first[g] < a->groups.first[g + 1] && b->groups.first[*h] < b->groups.first[*h + 1];
}

/* Name the groups of a that have points and that b has not. */
static void report_alone(const stored_fronts *a, const stored_fronts *b)
{
  for (size_t g = 0; g < a->groups.count; g++) {
    char label[LABEL_MAX];
    size_t h;
    if (a->groups.first[g] == a->groups.first[g + 1] || in_both(&h, a, g, b)) continue;
    qy_groups_label(label, sizeof label, &a->groups, &a->points, g);
    say("\"%s\" has no front \"%s\", which \"%s\" has\n", b->name, label, a->name);
  }
}

qy_status fronts_compare(const stored_fronts *a, const stored_fronts *b, int format, qy_error *err)
{
  static const char *const measured[] = {"front",    "points",  "against",        "against_points",
                                         "igd_plus", "epsilon", "epsilon_factor", "volume_ratio"};
  enum { MEASURED = sizeof measured / sizeof *measured };
  const char *names[QY_KEY_COUNT + MEASURED];
  int columns = 0, compared = 0;
  if (a->metric_count > QY_HYPERVOLUME_OBJECTIVES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "--against: expected at most %d objectives, found %d",
                   (int)QY_HYPERVOLUME_OBJECTIVES_MAX, a->metric_count);
  size_t h;
  for (size_t g = 0; g < a->groups.count; g++)
    compared += in_both(&h, a, g, b);
  if (!compared)
    return qy_fail(err, QY_BAD_INPUT,
                   "--against: expected an experiment with a front of the same keys and labels as one of \"%s\" "
                   "(--within KEYS chooses them), found \"%s\"",
                   a->name, b->name);
  for (int k = 0; k < a->groups.key_count; k++)
    names[columns++] = qy_key_name(a->groups.key[k], &a->points.parameters);
  for (int m = 0; m < MEASURED; m++)
    names[columns++] = measured[m];
  table *t = table_new(format, columns, names);
  qy_status status = QY_OK;
  for (size_t g = 0; !status && g < a->groups.count; g++)
    if (in_both(&h, a, g, b)) status = both_ways(t, a, g, b, h, err);
  report_alone(a, b);
  report_alone(b, a);
  if (status)
    table_drop(t);
  else
    table_print(t);
  return status;
}
