/* What each kind of plot takes: see plot_kinds.h. */
#include "quarry/plot_kinds.h"

#include <assert.h>
#include <string.h>

const char *const qy_plot_kinds[QY_PLOT_KINDS] = {"pareto",   "lines",   "bars",  "heatmap",
                                                  "parallel", "tornado", "layers"};

enum {
  PARETO = 1,
  LINES = 2,
  BARS = 4,
  HEATMAP = 8,
  PARALLEL = 16,
  TORNADO = 32,
  LAYERS = 64,
  SERIES = PARETO | LINES | BARS,
  POINTS = SERIES | HEATMAP | PARALLEL,
  ALL = POINTS | TORNADO | LAYERS
};

/* The last five are keys of a style that speak of axes: axes of bars are what their values make of them. */
static const struct {
  const char *key;
  unsigned kinds;
} takes[] = {{"name", ALL},
             {"kind", ALL},
             {"x", SERIES | HEATMAP},
             {"y", SERIES | HEATMAP},
             {"colour", HEATMAP},
             {"axes", PARALLEL},
             {"group", SERIES | PARALLEL},
             {"panel", SERIES | HEATMAP},
             {"floor", LINES},
             {"where", POINTS},
             {"bands", PARETO},
             {"metric", TORNADO | LAYERS},
             {"design", TORNADO | LAYERS},
             {"over", SERIES | HEATMAP | TORNADO},
             {"at", TORNADO | LAYERS},
             {"points", SERIES | HEATMAP},
             {"colour_scale", HEATMAP},
             {"bins", HEATMAP},
             {"x_scale", PARETO | LINES | HEATMAP},
             {"y_scale", PARETO | LINES | HEATMAP},
             {"x_range", PARETO | LINES},
             {"y_range", PARETO | LINES},
             {"per_x", LINES}};
enum { TAKES = sizeof takes / sizeof *takes };
_Static_assert((int)TAKES < (int)QY_PLOT_KEYS_MAX, "room for all of them");

static unsigned kind_of(const char *name)
{
  for (int k = 0; k < QY_PLOT_KINDS; k++)
    if (strcmp(qy_plot_kinds[k], name) == 0) return 1U << k;
  return 0;
}

/* "x-scale" is "x_scale". */
static bool same_key(const char *key, const char *text)
{
  while (*key && (*key == *text || (*key == '_' && *text == '-'))) {
    key++;
    text++;
  }
  return *key == *text;
}

static unsigned kinds_of(const char *key)
{
  for (size_t i = 0; i < TAKES; i++)
    if (same_key(takes[i].key, key)) return takes[i].kinds;
  return 0;
}

bool qy_plot_takes(const char *kind, const char *key)
{
  assert(kind && key);
  return (kinds_of(key) & kind_of(kind)) != 0;
}

bool qy_plot_key_known(const char *key)
{
  assert(key);
  return kinds_of(key) != 0;
}

size_t qy_plot_keys(const char **keys, const char *kind)
{
  assert(keys && kind);
  size_t count = 0;
  for (size_t i = 0; i < TAKES; i++)
    if (takes[i].kinds & kind_of(kind)) keys[count++] = takes[i].key;
  keys[count] = NULL;
  return count;
}

size_t qy_plot_axis_again(const char *kind, const char *const *name, size_t count)
{
  assert(kind && name);
  if (kind_of(kind) & BARS) return count;
  for (size_t i = 1; i < count; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(name[i], name[k]) == 0) return i;
  return count;
}
