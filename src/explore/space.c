/* Design spaces: point index to group and axis values, first axis slowest (include/quarry/space.h). */
#include "quarry/space.h"

#include <assert.h>

/* Beyond 2^53 an index no longer survives a trip through a double (JSON, gnuplot). */
static const int64_t POINTS_MAX = (int64_t)1 << 53;

qy_status qy_space_finish(qy_space *space, qy_error *err)
{
  assert(space && space->group_count >= 0 && (space->group || space->group_count == 0));
  int64_t total = 0;
  for (int g = 0; g < space->group_count; g++) {
    qy_space_group *group = &space->group[g];
    const char *name = group->name ? group->name : "?";
    if (group->axis_count < 0 || group->axis_count > QY_AXES_MAX)
      return qy_fail(err, QY_BAD_INPUT, "designs '%s': expected at most %d axes, found %d", name, (int)QY_AXES_MAX,
                     group->axis_count);
    int64_t count = 1;
    for (int a = 0; a < group->axis_count; a++) {
      size_t values = group->axis[a].count;
      if (values == 0)
        return qy_fail(err, QY_BAD_INPUT, "designs '%s': expected at least one value on axis '%s', found none", name,
                       group->axis[a].name ? group->axis[a].name : "?");
      if (values > (size_t)(POINTS_MAX / count))
        return qy_fail(err, QY_BAD_INPUT, "designs '%s': expected at most 2^53 points, found more at axis '%s'", name,
                       group->axis[a].name ? group->axis[a].name : "?");
      count *= (int64_t)values;
    }
    if (count > POINTS_MAX - total)
      return qy_fail(err, QY_BAD_INPUT, "expected at most 2^53 points in all designs together, found more at '%s'",
                     name);
    group->first = total;
    group->count = count;
    total += count;
  }
  space->count = total;
  return QY_OK;
}

void qy_space_decode(const qy_space *space, int64_t i, int *group, size_t value[QY_AXES_MAX])
{
  assert(space && i >= 0 && i < space->count && group && value);
  int low = 0, high = space->group_count;
  while (high - low > 1) { /* groups are never empty, so their first indices rise strictly */
    int middle = low + (high - low) / 2;
    if (space->group[middle].first <= i)
      low = middle;
    else
      high = middle;
  }
  const qy_space_group *g = &space->group[low];
  uint64_t rest = (uint64_t)(i - g->first);
  for (int a = g->axis_count - 1; a >= 0; a--) {
    value[a] = (size_t)(rest % g->axis[a].count);
    rest /= g->axis[a].count;
  }
  *group = low;
}

int64_t qy_space_encode(const qy_space *space, int group, const size_t *value)
{
  assert(space && group >= 0 && group < space->group_count && value);
  const qy_space_group *g = &space->group[group];
  int64_t at = 0;
  for (int a = 0; a < g->axis_count; a++)
    at = at * (int64_t)g->axis[a].count + (int64_t)value[a];
  return g->first + at;
}
