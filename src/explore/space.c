/* Design spaces: point index to entry and axis values, first axis slowest (include/quarry/space.h). */
#include "quarry/space.h"

#include <assert.h>

/* Beyond 2^53 an index no longer survives a trip through a double (JSON, gnuplot). */
static const int64_t POINTS_MAX = (int64_t)1 << 53;

qy_status qy_space_finish(qy_space *space, qy_error *err)
{
  assert(space && space->entry_count >= 0 && (space->entry || space->entry_count == 0));
  int64_t total = 0;
  for (int g = 0; g < space->entry_count; g++) {
    qy_space_entry *entry = &space->entry[g];
    const char *name = entry->name ? entry->name : "?";
    if (entry->axis_count < 0 || entry->axis_count > QY_AXES_MAX)
      return qy_fail(err, QY_BAD_INPUT, "designs '%s': expected at most %d axes, found %d", name, (int)QY_AXES_MAX,
                     entry->axis_count);
    int64_t count = 1;
    for (int a = 0; a < entry->axis_count; a++) {
      size_t values = entry->axis[a].count;
      if (values == 0)
        return qy_fail(err, QY_BAD_INPUT, "designs '%s': expected at least one value on axis '%s', found none", name,
                       entry->axis[a].name ? entry->axis[a].name : "?");
      if (values > (size_t)(POINTS_MAX / count))
        return qy_fail(err, QY_BAD_INPUT, "designs '%s': expected at most 2^53 points, found more at axis '%s'", name,
                       entry->axis[a].name ? entry->axis[a].name : "?");
      count *= (int64_t)values;
    }
    if (count > POINTS_MAX - total)
      return qy_fail(err, QY_BAD_INPUT, "expected at most 2^53 points in all designs together, found more at '%s'",
                     name);
    entry->first = total;
    entry->count = count;
    total += count;
  }
  space->count = total;
  return QY_OK;
}

void qy_space_decode(const qy_space *space, int64_t i, int *entry, size_t value[QY_AXES_MAX])
{
  assert(space && i >= 0 && i < space->count && entry && value);
  int low = 0, high = space->entry_count;
  while (high - low > 1) { /* entries are never empty, so their first indices rise strictly */
    int middle = low + (high - low) / 2;
    if (space->entry[middle].first <= i)
      low = middle;
    else
      high = middle;
  }
  const qy_space_entry *g = &space->entry[low];
  uint64_t rest = (uint64_t)(i - g->first);
  for (int a = g->axis_count - 1; a >= 0; a--) {
    value[a] = (size_t)(rest % g->axis[a].count);
    rest /= g->axis[a].count;
  }
  *entry = low;
}

int64_t qy_space_encode(const qy_space *space, int entry, const size_t *value)
{
  assert(space && entry >= 0 && entry < space->entry_count && value);
  const qy_space_entry *g = &space->entry[entry];
  int64_t at = 0;
  for (int a = 0; a < g->axis_count; a++)
    at = at * (int64_t)g->axis[a].count + (int64_t)value[a];
  return g->first + at;
}
