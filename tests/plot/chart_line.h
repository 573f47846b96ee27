/* Points on a line for tests of charts, of which the first alone is on the front, or, where it falls, all. */
#ifndef QUARRY_CHART_LINE_H
#define QUARRY_CHART_LINE_H

#include "chart_test.h"

enum { MANY = 3100 };
static double id[MANY], rising[MANY], other[MANY];
static uint32_t of[MANY], nought[MANY];

static qy_points line_of(size_t count, bool falls)
{
  qy_points p = {.count = count, .point = id};
  for (size_t i = 0; i < count; i++) {
    id[i] = (double)i;
    rising[i] = 1 + (double)i;
    other[i] = falls ? 1 + (double)(count - i) : 1 + (double)i;
    of[i] = (uint32_t)(i % 3);
  }
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p.key[k] = nought, p.label[k] = one_label, p.label_count[k] = 1;
  p.key[QY_KEY_DESIGN] = of, p.label[QY_KEY_DESIGN] = design_label, p.label_count[QY_KEY_DESIGN] = DESIGNS;
  p.metric[QY_AREA_UM2] = rising, p.metric[QY_LATENCY_US] = other;
  return p;
}

#endif
