/* Points for tests of charts, what stands for a cell of them, and scripts as numbers. */
#ifndef QUARRY_CHART_TEST_H
#define QUARRY_CHART_TEST_H

#include "quarry/chart.h"

#include "plot_test.h"
#include "random.h"

#include <math.h>

enum { TECHS = 2, DESIGNS = 3, BITS = 3, OF_CELL = 4, COUNT = TECHS * DESIGNS * BITS * OF_CELL };

static qy_error err;
static double number[COUNT], area[COUNT], latency[COUNT], tops[COUNT], energy[COUNT], bits[] = {4, 8, 16};
static uint32_t tech[COUNT], design[COUNT], precision[COUNT], zero[COUNT];
static char *tech_label[] = {"n28", "n55"}, *design_label[] = {"A", "B", "C"},
            *bits_label[] = {"4 bit", "8 bit", "16 bit"}, *one_label[] = {"one"};
static char bit[] = "bit";

/* Points in no order of their metrics; design C has none in n55 of 8 bit. */
__attribute__((unused)) static qy_points make(void)
{
  qy_points p = {.point = number};
  uint64_t state = 7;
  for (uint32_t t = 0; t < TECHS; t++)
    for (uint32_t d = 0; d < DESIGNS; d++)
      for (uint32_t b = 0; b < BITS; b++)
        for (int i = 0; i < OF_CELL; i++) {
          if (t == 1 && d == 2 && b == 1) continue;
          const size_t at = p.count++;
          number[at] = (double)at;
          tech[at] = t, design[at] = d, precision[at] = b;
          area[at] = 100 + (double)random_below(&state, 100000) / 64;
          latency[at] = 10 + (double)random_below(&state, 100000) / 128;
          tops[at] = 1 + (double)random_below(&state, 100000) / 4096;
          energy[at] = 1 + (double)random_below(&state, 100000) / 1024;
        }
  for (int k = 0; k < QY_KEY_COUNT; k++) {
    p.key[k] = zero;
    p.label[k] = one_label;
    p.label_count[k] = 1;
  }
  p.key[QY_KEY_TECHNOLOGY] = tech, p.label[QY_KEY_TECHNOLOGY] = tech_label, p.label_count[QY_KEY_TECHNOLOGY] = TECHS;
  p.key[QY_KEY_DESIGN] = design, p.label[QY_KEY_DESIGN] = design_label, p.label_count[QY_KEY_DESIGN] = DESIGNS;
  p.key[QY_KEY_PRECISION] = precision, p.label[QY_KEY_PRECISION] = bits_label, p.label_count[QY_KEY_PRECISION] = BITS;
  p.number[QY_KEY_PRECISION] = bits, p.unit[QY_KEY_PRECISION] = bit;
  p.metric[QY_AREA_UM2] = area, p.metric[QY_LATENCY_US] = latency, p.metric[QY_TOPS_PER_W] = tops;
  p.metric[QY_ENERGY_UJ] = energy;
  return p;
}

/* Of the points of a cell (b BITS: any precision) that which is best, or in the middle, by a metric; -1: none. */
__attribute__((unused)) static int chosen(const qy_points *p, int metric, bool median, uint32_t t, uint32_t d,
                                          uint32_t b)
{
  const double sign = qy_metric_table()[metric].sense > 0 ? -1 : 1, *v = p->metric[metric];
  for (size_t i = 0; i < p->count; i++) {
    size_t all = 0, better = 0;
    if (tech[i] != t || design[i] != d || (b < BITS && precision[i] != b) || !isfinite(v[i])) continue;
    for (size_t k = 0; k < p->count; k++) {
      if (tech[k] != t || design[k] != d || (b < BITS && precision[k] != b) || !isfinite(v[k])) continue;
      all++;
      better += sign * v[k] < sign * v[i];
    }
    if (better == (median ? (all - 1) / 2 : 0)) return (int)i;
  }
  return -1;
}

/* Of so many pixels of a screen. */
__attribute__((unused)) static qy_plot_look look_of(double width, double height)
{
  return (qy_plot_look){.width_in = width / 96,
                        .height_in = height / 96,
                        .font = "X",
                        .font_pt = 11,
                        .small_pt = 9,
                        .title_pt = 14,
                        .dpi = 96,
                        .x_scale = -1,
                        .y_scale = -1,
                        .range = {{NAN, NAN}, {NAN, NAN}}};
}

__attribute__((unused)) static char *draw(const qy_chart *f, const qy_points *p)
{
  qy_error_clear(&err);
  is_int(qy_chart_draw(f, p, NULL, 0, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "a chart");
  if (err.count && !strstr(said(&err), "/bin/false")) printf("# %s\n", said(&err));
  return script_of("c");
}

/* The labels of the script, among them the lines of the caption, joined. */
__attribute__((unused)) static const char *flat(const char *script)
{
  static char text[8000];
  text[0] = '\0';
  for (const char *c = script, *l; c && (l = strstr(c, "set label '")); c = l + 1) {
    const char *end = strstr(l, "' at ");
    l += strlen("set label '");
    if (end && strlen(text) + (size_t)(end - l) + 2 < sizeof text)
      snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s ", (int)(end - l), l);
  }
  return text;
}

/* All of one technology: several are drawn apart. */
__attribute__((unused)) static void join(qy_points *p)
{
  p->key[QY_KEY_TECHNOLOGY] = zero;
  p->label[QY_KEY_TECHNOLOGY] = one_label;
  p->label_count[QY_KEY_TECHNOLOGY] = 1;
}

/* The rows of a block as numbers, at most 4 columns; returns how many rows there are. */
__attribute__((unused)) static int rows_of(const char *script, const char *block, double (*row)[4], int most)
{
  char head[64];
  snprintf(head, sizeof head, "%s << END\n", block);
  const char *p = script ? strstr(script, head) : NULL;
  int count = 0;
  if (!p) return -1;
  for (p += strlen(head); strncmp(p, "END\n", 4) != 0 && count < most; p = strchr(p, '\n') + 1, count++)
    if (sscanf(p, "%lf %lf %lf %lf", &row[count][0], &row[count][1], &row[count][2], &row[count][3]) < 1)
      row[count][0] = NAN;
  return count;
}

__attribute__((unused)) static bool is(double got, double expected)
{
  return fabs(got - expected) <= 1e-5 * fabs(expected);
}

#endif
