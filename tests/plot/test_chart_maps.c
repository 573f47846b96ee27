/* Charts of points made here: what stands in each cell of a heat map, and lines of parallel coordinates, found by
 * looking at all points.  Scripts alone: nothing is drawn. */
#include "chart_test.h"

/* Cells of a map: each the best of its points, keys or bins of a metric; a panel each. */
static void maps(void)
{
  const qy_points p = make();
  for (int way = 0; way < 4; way++) {
    const bool median = way == 1, binned = way >= 2, log = way == 3;
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = binned ? QY_AREA_UM2 : qy_chart_key(QY_KEY_PRECISION),
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .colour = QY_LATENCY_US,
                        .colour_log = 0,
                        .bins = 5,
                        .which = median ? QY_CHART_MEDIAN : QY_CHART_BEST,
                        .panel = QY_KEY_TECHNOLOGY,
                        .x_log = log,
                        .y_log = -1};
    char *s = draw(&f, &p), block[40];
    int wrong = 0;
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < p.count; i++) {
      low = fmin(low, area[i]);
      high = fmax(high, area[i]);
    }
    for (uint32_t t = 0; t < TECHS; t++) {
      double got[40][4];
      snprintf(block, sizeof block, "$cells_%u", t + 1);
      const int count = rows_of(s, block, got, 40);
      int cells = 0;
      for (uint32_t d = 0; d < DESIGNS; d++)
        for (int x = 0; x < (binned ? 5 : BITS); x++) {
          double value = NAN;
          if (!binned) {
            const int best = chosen(&p, QY_LATENCY_US, median, t, d, (uint32_t)x);
            if (best >= 0) value = latency[best];
          }
          for (size_t i = 0; binned && i < p.count; i++) {
            const double place = log ? log10(area[i] / low) / log10(high / low) : (area[i] - low) / (high - low);
            if (tech[i] == t && design[i] == d && fmin(floor(place * 5), 4) == x) value = fmin(value, latency[i]);
          }
          if (isnan(value)) continue;
          bool found = false;
          for (int r = 0; r < count; r++)
            found = found || (got[r][0] == x + 0.5 && got[r][1] == d + 0.5 && is(got[r][2], value));
          wrong += !found;
          cells++;
        }
      wrong += cells != count;
    }
    is_int(wrong, 0, "the best latency of each cell");
    holds(flat(s), median ? "Colour: of each cell the median latency" : "Colour: of each cell the lowest latency");
    holds(flat(s), "Hatched: no feasible point.");
    if (!binned) holds(s, "$empty_2 << END\n1.5 2.5\nEND\n");
    if (!binned) holds(s, "set xtics norotate ('4' 0.5, '8' 1.5, '16' 2.5)");
    holds(s, "('A' 0.5, 'B' 1.5, 'C' 2.5)");
    holds(s, "set label 'n55' at");
    free(s);
  }
  /* A metric of one value is a name. */
  static double alike[COUNT];
  for (size_t i = 0; i < p.count; i++)
    alike[i] = 2500;
  qy_points same = p;
  same.metric[QY_AREA_UM2] = alike;
  const qy_chart one = {.kind = QY_CHART_HEATMAP,
                        .x = QY_AREA_UM2,
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .colour = QY_LATENCY_US,
                        .panel = -1,
                        .x_log = -1,
                        .y_log = -1};
  char *script = draw(&one, &same);
  holds(script, "set xrange [0:1]\nset xtics norotate ('2.5k' 0.5)");
  free(script);
  /* Over a design, with and without it on an axis. */
  for (int axis = 0; axis < 2; axis++) {
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .panel = -1,
                        .y = qy_chart_key(axis ? QY_KEY_DESIGN : QY_KEY_TECHNOLOGY),
                        .colour = QY_LATENCY_US,
                        .over = "C"};
    qy_points q = p;
    if (axis) join(&q);
    char *s = draw(&f, &q);
    double got[20][4];
    const int count = rows_of(s, "$cells_1", got, 20);
    int wrong = 0;
    for (int r = 0; r < count; r++) {
      const uint32_t b = (uint32_t)got[r][0], v = (uint32_t)got[r][1];
      double own = INFINITY, base = INFINITY;
      for (size_t i = 0; i < p.count; i++) {
        if (precision[i] != b || (axis ? design[i] != v && design[i] != 2 : tech[i] != v)) continue;
        if (design[i] == 2) base = fmin(base, latency[i]);
        if (axis ? design[i] == v : design[i] != 2) own = fmin(own, latency[i]);
      }
      wrong += !is(got[r][2], own / base);
    }
    is_int(wrong, 0, "the best of a cell over the best of the design");
    is_int(count, axis ? 9 : 5, "cells");
    if (!axis) holds(s, "$without_1 << END\n1.5 1.5\nEND\n");
    if (!axis) holds(flat(s), "Crosshatched: no point of C to divide by (1).");
    free(s);
  }
  /* The ratio is the colour's alone; the design that is divided by is no name of the other axis where another is asked
   * for. */
  for (int where = 0; where < 2; where++) {
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = QY_AREA_UM2,
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .bins = 3,
                        .panel = -1,
                        .colour = QY_LATENCY_US,
                        .where_count = where,
                        .where = {{QY_KEY_DESIGN, "B"}},
                        .over = "C"};
    qy_points q = p;
    join(&q);
    char *s = draw(&f, &q);
    holds(s, "'Area (µm²)'");
    holds(s, "'Latency over that of C (below 1: better)'");
    is_int(count_text(s, "over that of C"), 1, "one ratio");
    holds(s, where ? "('B' 0.5)" : "('A' 0.5, 'B' 1.5, 'C' 2.5)");
    free(s);
  }
}

/* Parallel coordinates: the front over the metrics is coloured by design, all else is grey. */
static void parallel(void)
{
  const qy_points p = make();
  for (int way = 0; way < 3; way++) { /* one front; of each technology; of the one network */
    const int within = way == 1;
    const qy_chart f = {
        .kind = QY_CHART_PARALLEL,
        .axis_count = 4,
        .axis = {QY_AREA_UM2, QY_TOPS_PER_W, qy_chart_key(QY_KEY_PRECISION), qy_chart_key(QY_KEY_TECHNOLOGY)},
        .within_count = way > 0,
        .within = {way == 2 ? QY_KEY_NETWORK : QY_KEY_TECHNOLOGY},
        .group_count = 1,
        .group = {QY_KEY_DESIGN},
        .panel = -1};
    char *s = draw(&f, &p), caption[200], block[20];
    size_t front = 0, of_design[DESIGNS] = {0};
    for (size_t i = 0; i < p.count; i++) {
      bool beaten = false;
      for (size_t k = 0; k < p.count; k++)
        beaten = beaten || (k != i && (!within || tech[k] == tech[i]) && area[k] <= area[i] && tops[k] >= tops[i]);
      front += !beaten;
      of_design[design[i]] += !beaten;
    }
    snprintf(caption, sizeof caption,
             "Coloured: the %zu points on the front%s over the metrics among the axes%s; grey: the other %zu.", front,
             within ? "s" : "", within ? " within technology" : "", p.count - front);
    holds(flat(s), caption);
    int group = 0;
    for (int d = 0; d < DESIGNS; d++) {
      if (of_design[d] == 0) continue;
      static double got[COUNT * 6][4];
      snprintf(block, sizeof block, "$lines_%d", ++group);
      is_int(rows_of(s, block, got, COUNT * 6), (int64_t)(5 * of_design[d]), "four axes and a gap for each line");
      snprintf(block, sizeof block, "title '%s'", design_label[d]);
      holds(s, block);
    }
    static double got[COUNT * 6][4];
    is_int(rows_of(s, "$lines_0", got, COUNT * 6), (int64_t)(5 * (p.count - front)), "the others");
    holds(s, "set label 'n55' at first 3, first 0.75 right"); /* words at 0 and 1, half a step around them */
    free(s);
  }
}

/* What lacks a place on one of the axes is on no front, whichever axis it is. */
static void without_place(void)
{
  static const double odd[] = {NAN, INFINITY, -1, 0};
  for (int axis = 0; axis < 2; axis++)
    for (size_t o = 0; o < sizeof odd / sizeof *odd; o++) {
      qy_points p = make();
      join(&p);
      (axis ? latency : area)[5] = odd[o]; /* the first of all, were it one */
      (axis ? area : latency)[5] = 1e-3;
      const qy_chart f = {
          .kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_LATENCY_US, .panel = -1, .x_log = 1, .y_log = 1};
      char *s = draw(&f, &p);
      double got[COUNT][4];
      const int count = rows_of(s, "$series_1_1", got, COUNT);
      int front = 0, found = 0;
      for (size_t i = 0; i < p.count; i++) {
        bool beaten = i == 5;
        for (size_t k = 0; k < p.count && !beaten; k++)
          beaten = k != i && k != 5 && area[k] <= area[i] && latency[k] <= latency[i];
        if (beaten) continue;
        front++;
        for (int r = 0; r < count; r++)
          found += is(got[r][0], area[i]) && is(got[r][1], latency[i]);
      }
      ok(count == front && found == front, "a front of %d points beside one without a place", front);
      free(s);
    }
}

/* In bins of a metric such a point is in no cell. */
static void without_bin(void)
{
  static const double odd[] = {NAN, INFINITY, -1, 0};
  for (int log = 0; log < 2; log++)
    for (size_t o = 0; o < sizeof odd / sizeof *odd; o++) {
      qy_points p = make();
      join(&p);
      area[5] = odd[o];
      latency[5] = 1e-3; /* less than all others: wherever it were, it would be seen */
      const qy_chart f = {.kind = QY_CHART_HEATMAP,
                          .x = QY_AREA_UM2,
                          .y = qy_chart_key(QY_KEY_DESIGN),
                          .colour = QY_LATENCY_US,
                          .bins = 5,
                          .panel = -1,
                          .x_log = log};
      char *s = draw(&f, &p);
      double got[40][4];
      const int count = rows_of(s, "$cells_1", got, 40);
      bool found = false;
      for (int r = 0; r < count; r++)
        found = found || is(got[r][2], 1e-3);
      ok(count > 5 && found == (!log && o >= 2), "%d cells, %g in them: %d", count, odd[o], found);
      free(s);
    }
}

/* More cells than any page could show are refused before they are made. */
static void too_many(void)
{
  enum { LABELS = 2001 };
  static char *label[LABELS];
  qy_points p = make();
  join(&p);
  for (int i = 0; i < LABELS; i++)
    label[i] = one_label[0];
  p.label[QY_KEY_CLOCK] = p.label[QY_KEY_VOLTAGE] = label;
  for (size_t more = 1999; more <= LABELS; more += 2) { /* of 2000 by 2000 */
    p.label_count[QY_KEY_CLOCK] = 2001, p.label_count[QY_KEY_VOLTAGE] = more;
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = qy_chart_key(QY_KEY_CLOCK),
                        .y = qy_chart_key(QY_KEY_VOLTAGE),
                        .colour = QY_LATENCY_US,
                        .panel = -1};
    qy_error_clear(&err);
    const qy_status status = qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err);
    const bool refused = strstr(said(&err), "expected at most 4000000 combinations of groups, panels and axes") != NULL;
    ok((status == QY_BAD_INPUT && refused) == (more == LABELS), "%zu cells", 2001 * more);
  }
}

int main(void)
{
  make_folder();
  maps();
  without_place();
  without_bin();
  too_many();
  parallel();
  remove_folder();
  return done();
}
