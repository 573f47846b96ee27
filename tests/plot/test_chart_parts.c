/* Charts of points made here: their intervals and probabilities, points left out or refused, libraries told apart, and
 * charts of many points, each found by looking at all points.  Scripts alone: nothing is drawn. */
#include "chart_line.h"

static double low[2][COUNT], high[2][COUNT], chance[COUNT];

/* Area and latency with intervals of their own, every third point with a probability above 5 %. */
static qy_points uncertain(void)
{
  qy_points p = make();
  const double *value[] = {area, latency};
  for (size_t i = 0; i < p.count; i++) {
    for (int m = 0; m < 2; m++) {
      low[m][i] = value[m][i] * (0.9 - 0.001 * (double)i);
      high[m][i] = value[m][i] * (1.05 + 0.001 * (double)i);
    }
    chance[i] = i % 3 == 0 ? 0.05 : 0.0499;
  }
  p.low[QY_AREA_UM2] = low[0], p.high[QY_AREA_UM2] = high[0];
  p.low[QY_LATENCY_US] = low[1], p.high[QY_LATENCY_US] = high[1];
  return p;
}

/* Rows of up to seven numbers; -1: there is no such block. */
static int wide_rows(const char *script, const char *block, double (*row)[7], int most)
{
  char head[64];
  snprintf(head, sizeof head, "%s << END\n", block);
  const char *p = script ? strstr(script, head) : NULL;
  int count = 0;
  if (!p) return -1;
  for (p += strlen(head); strncmp(p, "END\n", 4) != 0 && count < most; p = strchr(p, '\n') + 1, count++) {
    double *r = row[count];
    for (int i = 0; i < 7; i++)
      r[i] = NAN;
    sscanf(p, "%lf %lf %lf %lf %lf %lf %lf", &r[0], &r[1], &r[2], &r[3], &r[4], &r[5], &r[6]);
  }
  return count;
}

/* The chosen point's interval stands at its place, along the axis of the metric. */
static void key_intervals(void)
{
  const qy_points p = uncertain();
  for (int upright = 0; upright < 2; upright++) {
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = upright ? QY_LATENCY_US : qy_chart_key(QY_KEY_PRECISION),
                        .y = upright ? qy_chart_key(QY_KEY_PRECISION) : QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = QY_KEY_TECHNOLOGY,
                        .x_log = 0,
                        .y_log = 0};
    char *s = draw(&f, &p), block[40];
    int wrong = 0, seen = 0;
    for (uint32_t t = 0; t < TECHS; t++)
      for (uint32_t d = 0; d < DESIGNS; d++) {
        double got[9][7];
        int at = 0;
        snprintf(block, sizeof block, "$series_%u_%u", t + 1, d + 1);
        const int count = wide_rows(s, block, got, 9);
        for (uint32_t b = 0; b < BITS; b++) {
          const int best = chosen(&p, QY_LATENCY_US, false, t, d, b);
          if (best < 0) continue;
          for (int r = 0; r < count; r++)
            if (is(got[r][upright], bits[b]))
              wrong += !is(got[r][!upright], latency[best]) || !is(got[r][upright ? 2 : 4], low[1][best]) ||
                       !is(got[r][upright ? 3 : 5], high[1][best]) || !is(got[r][upright ? 4 : 2], bits[b]) ||
                       !is(got[r][upright ? 5 : 3], bits[b]);
          at++;
        }
        seen += at;
        wrong += at != count;
      }
    ok(wrong == 0 && seen == 17, "intervals of %d chosen points", seen);
    holds(s, upright ? "with xerrorbars" : "with yerrorbars");
    free(s);
  }
  const qy_chart f = {.kind = QY_CHART_BARS,
                      .x = qy_chart_key(QY_KEY_PRECISION),
                      .y = QY_LATENCY_US,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = -1,
                      .where_count = 1,
                      .where = {{QY_KEY_TECHNOLOGY, "n55"}}};
  char *s = draw(&f, &p);
  double got[20][7];
  int wrong = 0, at = 0, place = 0;
  const int count = wide_rows(s, "$intervals", got, 20);
  for (uint32_t b = 0; b < BITS; b++, place++)
    for (uint32_t d = 0; d < DESIGNS; d++) {
      const int best = chosen(&p, QY_LATENCY_US, false, 1, d, b);
      if (best < 0) continue;
      place++; /* the line stands 0.2 beside the middle of its bar */
      wrong += at >= count || !is(got[at][0], place + 0.2) || !is(got[at][1], low[1][best]) ||
               !is(got[at][2], high[1][best]);
      at++;
    }
  ok(wrong == 0 && count == 8 && at == 8, "%d bars with intervals", count);
  holds(flat(s), "Shown: n55. Shown: the lowest latency of each series at each precision.");
  free(s);
}

/* What is on the front; of the rest what has a probability of 5 % is near it, the others are dots. */
static void probabilities(void)
{
  qy_points p = uncertain();
  p.chance = chance;
  const qy_chart f = {.kind = QY_CHART_PARETO,
                      .x = QY_AREA_UM2,
                      .y = QY_LATENCY_US,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = QY_KEY_TECHNOLOGY,
                      .x_log = 0,
                      .y_log = 0};
  char *s = draw(&f, &p), block[40];
  int wrong = 0, number_of[3] = {0};
  for (uint32_t t = 0; t < TECHS; t++)
    for (uint32_t d = 0; d < DESIGNS; d++) {
      static const char *const name[] = {"series", "near", "cloud"};
      double got[3][30][7];
      int count[3], expected[3] = {0};
      for (int k = 0; k < 3; k++) {
        snprintf(block, sizeof block, "$%s_%u_%u", name[k], t + 1, d + 1);
        count[k] = wide_rows(s, block, got[k], 30);
      }
      for (size_t i = 0; i < p.count; i++) {
        if (tech[i] != t || design[i] != d) continue;
        bool beaten = false, found = false;
        for (size_t k = 0; k < p.count && !beaten; k++)
          beaten = k != i && tech[k] == t && design[k] == d && area[k] <= area[i] && latency[k] <= latency[i];
        const int layer = !beaten ? 0 : chance[i] >= 0.05 ? 1 : 2;
        expected[layer]++;
        for (int r = 0; r < count[layer]; r++) {
          const double *g = got[layer][r];
          if (!is(g[0], area[i]) || !is(g[1], latency[i])) continue;
          found = true; /* ends are held within the axes, which hold those of fronts whole */
          if (layer == 0)
            wrong += !is(g[2], low[0][i]) || !is(g[3], high[0][i]) || !is(g[4], low[1][i]) || !is(g[5], high[1][i]) ||
                     fabs(g[6] - chance[i]) > 1e-4;
          if (layer == 1) wrong += fabs(g[6] - 0.05) > 1e-9 || !(g[2] < g[0] && g[3] > g[0] && g[4] < g[1]);
        }
        wrong += !found && layer < 2; /* dots may be beyond the axes */
      }
      for (int k = 0; k < 2; k++)
        wrong += expected[k] != (count[k] > 0 ? count[k] : 0);
      wrong += count[2] > expected[2];
      for (int k = 0; k < 3; k++)
        number_of[k] += expected[k];
    }
  ok(wrong == 0 && number_of[0] > 6 && number_of[1] > 3 && number_of[2] > 6, "%d on fronts, %d near, %d others",
     number_of[0], number_of[1], number_of[2]);
  free(s);
}

static double sure[MANY], words_of[3];

/* Where more than 2000 points have a probability, those of 10, 20, 50 or 90 % alone are near the front, or none. */
static void least_probability(void)
{
  static const struct {
    double few, all; /* of ten points; of the others */
    int near;
  } row[] = {{0.1, 0.06, 10}, {0.099, 0.06, 0}, {0.2, 0.1, 10}, {0.199, 0.1, 0},  {0.5, 0.2, 10},
             {0.9, 0.5, 10},  {0.899, 0.5, 0},  {0.95, 0.9, 0}, {0.05, 0.04, 10}, {0.049, 0.04, 0}};
  qy_points p = line_of(2020, false);
  p.chance = sure;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    for (size_t k = 0; k < p.count; k++)
      sure[k] = k >= 100 && k < 110 ? row[i].few : row[i].all;
    const qy_chart f = {.kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_LATENCY_US, .panel = -1};
    char *s = draw(&f, &p);
    static double got[MANY][7];
    const int count = wide_rows(s, "$near_1_1", got, MANY);
    is_int(count < 0 ? 0 : count, row[i].near, "points near the front");
    free(s);
  }
  for (size_t k = 0; k < p.count; k++)
    sure[k] = k < 2001 ? 0.06 : 0;
  for (int more = 0; more < 2; more++) { /* 2000 are few enough; the first of all is on the front */
    sure[2000] = more ? 0.06 : 0;
    const qy_chart f = {.kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_LATENCY_US, .panel = -1};
    char *s = draw(&f, &p);
    ok((s && strstr(s, "$near_1_1 <<")) == !more, "%d points of 6 %%", 2000 + more);
    free(s);
  }
}

/* Lines through upright axes: all up to 200 points, else the front's alone; of a front of n one in n / 1500 + 1. */
static void parallel(void)
{
  static const struct {
    size_t count;
    bool falls;  /* all are on the front; else the first alone */
    bool metric; /* else there is no front */
    int lines;   /* drawn */
    const char *said;
  } row[] = {
      {200, false, true, 200, "the 1 points on the front over the metrics among the axes; grey: the other 199."},
      {201, false, true, 1, "the 1 points on the front over the metrics among the axes; not drawn: the other 200."},
      {1499, true, true, 1499, "; not drawn: the other 0."},
      {1500, true, true, 750, "Drawn: one line in 2."},
      {3000, true, true, 1000, "Drawn: one line in 3."},
      {3100, true, true, 1034, "Drawn: one line in 3."},
      {3000, false, false, 1000, "Drawn: one line in 3."}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_points p = line_of(row[i].count, row[i].falls);
    const qy_chart f = {.kind = QY_CHART_PARALLEL,
                        .axis_count = 2,
                        .axis = {row[i].metric ? QY_AREA_UM2 : qy_chart_key(QY_KEY_DESIGN),
                                 row[i].metric ? QY_LATENCY_US : qy_chart_key(QY_KEY_NETWORK)},
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = -1};
    char *s = draw(&f, &p), block[20];
    static double got[MANY * 3][7];
    int lines = 0;
    for (int g = 0; g <= DESIGNS; g++) {
      snprintf(block, sizeof block, "$lines_%d", g);
      const int rows = wide_rows(s, block, got, MANY * 3);
      lines += rows > 0 ? rows / 3 : 0; /* two axes and a gap */
    }
    is_int(lines, row[i].lines, "lines");
    if (row[i].metric || row[i].count > 1500) holds(flat(s), row[i].said);
    free(s);
  }
  /* Three numbers or more over a range of eight are on a logarithmic axis; 4 of 2, 4, 16 is then a third of the way,
   * of 1.1 lengths, else 2 of 14. */
  static const struct {
    double number[3], place;
  } axis[] = {{{2, 4, 16}, (0.05 + 1 / 3.0) / 1.1}, {{2, 4, 15}, (0.05 + 2 / 13.0) / 1.1}, {{0, 4, 16}, -1}};
  for (size_t i = 0; i < sizeof axis / sizeof *axis; i++) {
    qy_points p = line_of(3, true);
    memcpy(words_of, axis[i].number, sizeof words_of);
    p.number[QY_KEY_DESIGN] = words_of;
    const qy_chart f = {
        .kind = QY_CHART_PARALLEL, .axis_count = 2, .axis = {QY_AREA_UM2, qy_chart_key(QY_KEY_DESIGN)}, .panel = -1};
    char *s = draw(&f, &p), place[40];
    /* from 0 to 16.8, as nothing is below zero */
    snprintf(place, sizeof place, "\n1 %.6g\n", axis[i].place < 0 ? 4 / 16.8 : axis[i].place);
    holds(s, place);
    free(s);
  }
}

/* Several libraries are panels of their own, or, where panels are of something else or would be too many, series. */
static void libraries(void)
{
  static char name[13][8], *label[13];
  static uint32_t library[COUNT];
  qy_points p = make();
  for (int i = 0; i < 13; i++) {
    snprintf(name[i], sizeof name[i], "lib%02d", i);
    label[i] = name[i];
  }
  for (size_t i = 0; i < p.count; i++)
    library[i] = (uint32_t)(i % 13);
  static const struct {
    size_t count;
    qy_chart_kind kind;
    int panel;
    bool panels;
  } row[] = {{2, QY_CHART_PARETO, -1, true},
             {12, QY_CHART_LINES, -1, true},
             {13, QY_CHART_PARETO, -1, false},
             {2, QY_CHART_PARETO, QY_KEY_PRECISION, false},
             {1, QY_CHART_PARETO, -1, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    for (size_t k = 0; k < p.count; k++)
      library[k] = (uint32_t)(k % row[i].count);
    p.key[QY_KEY_TECHNOLOGY] = library, p.label[QY_KEY_TECHNOLOGY] = label,
    p.label_count[QY_KEY_TECHNOLOGY] = row[i].count;
    const qy_chart f = {
        .kind = row[i].kind, .x = QY_AREA_UM2, .y = QY_LATENCY_US, .panel = row[i].panel, .x_log = 0, .y_log = 0};
    char *s = draw(&f, &p);
    ok((s && strstr(s, "set label 'lib00' at screen ")) == row[i].panels, "%zu libraries: panels", row[i].count);
    ok((s && strstr(s, "title 'lib00'")) == (!row[i].panels && row[i].count > 1), "or series");
    free(s);
  }
  /* A map has no series: what it would group by tells nothing apart. */
  for (int groups = 0; groups < 2; groups++) {
    p.label_count[QY_KEY_TECHNOLOGY] = 2;
    for (size_t k = 0; k < p.count; k++)
      library[k] = (uint32_t)(k % 2);
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .colour = QY_LATENCY_US,
                        .group_count = groups,
                        .group = {QY_KEY_TECHNOLOGY},
                        .panel = -1};
    char *s = draw(&f, &p);
    holds(s, "set label 'lib00' at screen ");
    holds(s, "set label 'lib01' at screen ");
    free(s);
  }
}

/* What is refused, and what it says. */
#define FRONT .kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_LATENCY_US

static void refusals(void)
{
  static double none[COUNT];
  static char name[14][8], *label[14];
  static uint32_t network[COUNT];
  qy_points p = make(), empty = p, many = p;
  join(&p);
  join(&many);
  for (size_t i = 0; i < p.count; i++)
    none[i] = NAN, network[i] = (uint32_t)(i % 14);
  for (int i = 0; i < 14; i++) {
    snprintf(name[i], sizeof name[i], "w%d", i);
    label[i] = name[i];
  }
  empty.count = 0;
  many.key[QY_KEY_NETWORK] = network, many.label[QY_KEY_NETWORK] = label, many.label_count[QY_KEY_NETWORK] = 13;
  for (size_t i = 0; i < p.count; i++)
    network[i] %= 13;
  p.metric[QY_ENERGY_UJ] = none;
  qy_points half = p; /* C alone lacks the latency */
  static double most[COUNT];
  for (size_t i = 0; i < p.count; i++)
    most[i] = design[i] == 2 ? NAN : latency[i];
  half.metric[QY_LATENCY_US] = most;
  const int bit_key = qy_chart_key(QY_KEY_PRECISION);
  const struct {
    const qy_points *points;
    qy_chart chart;
    const char *said;
  } row[] = {
      {&empty, {FRONT}, "plot: there is no feasible point to draw"},
      {&p,
       {.kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_ENERGY_UJ},
       "plot: expected metrics that a point has, found none with area_um2 and energy_uj"},
      {&p,
       {.kind = QY_CHART_PARETO, .x = QY_ENERGY_UJ, .y = QY_AREA_UM2},
       "plot: expected metrics that a point has, found none with energy_uj and area_um2"},
      {&p,
       {.kind = QY_CHART_LINES, .x = bit_key, .y = QY_ENERGY_UJ},
       "plot: expected a metric that a point has, found none with energy_uj"},
      {&p,
       {.kind = QY_CHART_BARS, .x = bit_key, .y = QY_ENERGY_UJ},
       "plot: expected a metric that a point has, found none with energy_uj"},
      {&p,
       {.kind = QY_CHART_HEATMAP, .x = bit_key, .y = QY_ENERGY_UJ, .colour = QY_AREA_UM2},
       "plot: expected a metric that a point has, found none with energy_uj"},
      {&p,
       {.kind = QY_CHART_HEATMAP, .x = bit_key, .y = qy_chart_key(QY_KEY_DESIGN), .colour = QY_ENERGY_UJ},
       "plot: there is no cell with a value to draw"},
      {&p,
       {.kind = QY_CHART_LINES, .x = bit_key, .y = QY_LATENCY_US, .over = "D"},
       "plot: there is no feasible point of the design \"D\" to divide by"},
      {&half,
       {.kind = QY_CHART_LINES, .x = bit_key, .y = QY_LATENCY_US, .over = "C"},
       "plot: no point has one of the design \"C\" whose latency_us it can be divided by"},
      {&p,
       {FRONT, .where_count = 1, .where = {{QY_KEY_DESIGN, "D"}}},
       "plot: where: expected a design of feasible points (A, B, C), found \"D\""},
      {&many,
       {FRONT, .where_count = 2, .where = {{QY_KEY_DESIGN, "A"}, {QY_KEY_NETWORK, "w13"}}},
       "plot: where: expected a network of feasible points (w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, ...), "
       "found \"w13\""},
      {&p,
       {FRONT, .where_count = 2, .where = {{QY_KEY_DESIGN, "A"}, {QY_KEY_DESIGN, "B"}}},
       "plot: there is no feasible point that has all of what `where` asks for"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_chart f = row[i].chart;
    f.panel = -1;
    qy_error_clear(&err);
    is_int(qy_chart_draw(&f, row[i].points, NULL, 0, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err), QY_BAD_INPUT,
           "refused");
    ok(err.count == 1 && strstr(said(&err), row[i].said), "%s", err.count ? said(&err) : "nothing said");
  }
}

/* Over a design, of which another alone is asked for: the best of that one over the best of the base, which has no
 * panel, row or column. */
static void hidden_base(void)
{
  qy_points p = make();
  const int bit_key = qy_chart_key(QY_KEY_PRECISION), design_key = qy_chart_key(QY_KEY_DESIGN),
            tech_key = qy_chart_key(QY_KEY_TECHNOLOGY);
  const struct {
    qy_chart_kind kind;
    int x, y, panel;
  } row[] = {{QY_CHART_HEATMAP, bit_key, tech_key, QY_KEY_DESIGN},
             {QY_CHART_HEATMAP, bit_key, design_key, QY_KEY_TECHNOLOGY},
             {QY_CHART_HEATMAP, design_key, bit_key, QY_KEY_TECHNOLOGY},
             {QY_CHART_LINES, bit_key, QY_LATENCY_US, QY_KEY_DESIGN}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const bool heat = row[i].kind == QY_CHART_HEATMAP;
    const qy_chart f = {.kind = row[i].kind,
                        .x = row[i].x,
                        .y = row[i].y,
                        .colour = QY_LATENCY_US,
                        .panel = row[i].panel,
                        .group_count = heat ? 0 : 1,
                        .group = {QY_KEY_TECHNOLOGY},
                        .over = "C",
                        .where_count = 1,
                        .where = {{QY_KEY_DESIGN, "B"}}};
    char *s = draw(&f, &p);
    int wrong = 0, cells = 0;
    for (uint32_t t = 0; t < TECHS; t++)
      for (uint32_t b = 0; b < BITS; b++) {
        const int own = chosen(&p, QY_LATENCY_US, false, t, 1, b), base = chosen(&p, QY_LATENCY_US, false, t, 2, b);
        if (own < 0 || base < 0) continue;
        double got[20][4];
        const bool panels = row[i].panel == (int)QY_KEY_TECHNOLOGY;
        char block[40];
        snprintf(block, sizeof block, heat ? "$cells_%u" : "$series_1_%u", heat ? (panels ? t + 1 : 1) : t + 1);
        const int count = rows_of(s, block, got, 20);
        bool found = false;
        for (int r = 0; r < count; r++) {
          const double x = heat ? (row[i].x == bit_key ? b : 0) + 0.5 : bits[b], y = (row[i].y == bit_key    ? b
                                                                                      : row[i].y == tech_key ? t
                                                                                                             : 0) +
                                                                                     0.5;
          found = found || (is(got[r][0], x) && (!heat || is(got[r][1], y)) &&
                            is(got[r][heat ? 2 : 1], latency[own] / latency[base]));
        }
        wrong += !found;
        cells++;
      }
    ok(wrong == 0 && cells == 5, "%d ratios", cells);
    holds_not(s, "'C'");
    if (row[i].panel == (int)QY_KEY_DESIGN) {
      holds(s, "set label 'B' at screen ");
      is_int(count_text(s, "set lmargin"), 1, "one panel");
    } else {
      holds(s, "('B' 0.5)");
    }
    free(s);
  }
}

/* Over a design at the same value of a parameter; where that one has a single value, or none, over all of its
 * points. */
static void parameters(void)
{
  static char dash[] = "-", two[] = "2", four[] = "4", *label[] = {two, four, dash};
  static uint32_t of_parameter[COUNT];
  qy_points p = make();
  join(&p);
  const qy_key key = QY_KEY_PARAMETER;
  p.parameters.count = 1, p.parameters.name[0] = "channels";
  p.key[key] = of_parameter, p.label[key] = label, p.label_count[key] = 3;
  for (int base = 0; base < 3; base++) { /* C has none; 4 alone; 2 and 4 */
    for (size_t i = 0; i < p.count; i++)
      of_parameter[i] = design[i] < 2 || base == 2 ? (uint32_t)(i % 2) : base == 1 ? 1 : 2;
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = qy_chart_key(key),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = -1,
                        .over = "C"};
    char *s = draw(&f, &p), block[40];
    int wrong = 0;
    for (uint32_t d = 0; d < 2; d++) {
      double got[4][4];
      snprintf(block, sizeof block, "$series_1_%u", d + 1);
      wrong += rows_of(s, block, got, 4) != 2;
      for (uint32_t v = 0; v < 2; v++) {
        double own = INFINITY, least = INFINITY;
        for (size_t i = 0; i < p.count; i++) {
          if (design[i] == d && of_parameter[i] == v) own = fmin(own, latency[i]);
          if (design[i] == 2 && (base < 2 || of_parameter[i] == v)) least = fmin(least, latency[i]);
        }
        wrong += !(got[v][0] == v && is(got[v][1], own / least));
      }
    }
    is_int(wrong, 0, "ratios at two values of a parameter");
    holds(s, "('2' 0, '4' 1");
    free(s);
  }
}

/* Bins of a metric: even, or even in the logarithm, from the least value to the largest. */
static void bins(void)
{
  for (int log = 0; log < 2; log++) {
    const qy_points p = line_of(101, false);
    for (size_t i = 0; i < p.count; i++)
      rising[i] = log ? pow(10, (double)i / 25) : 1 + (double)i;
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = QY_AREA_UM2,
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .colour = QY_LATENCY_US,
                        .bins = 4,
                        .panel = -1,
                        .x_log = log};
    char *s = draw(&f, &p);
    holds(s, log ? "set xtics norotate ('1' 0, '10' 1, '100' 2, '1k' 3, '10k' 4)\n"
                 : "set xtics norotate ('1' 0, '26' 1, '51' 2, '76' 3, '101' 4)\n");
    /* 25 points in each, the largest in the last; the least latency of a design is of the first there */
    holds(s, "$cells_1 << END\n0.5 0.5 1 ");
    holds(s, "\n1.5 0.5 28 ");
    holds(s, "\n3.5 1.5 77 ");
    free(s);
  }
}

/* Bars without a key: the smallest of a design over the smallest of the base, which has no bar. */
static void hidden_bars(void)
{
  const qy_points p = make();
  const qy_chart f = {.kind = QY_CHART_BARS,
                      .x = QY_AREA_UM2,
                      .y = QY_LATENCY_US,
                      .panel = -1,
                      .group_count = 1,
                      .group = {QY_KEY_TECHNOLOGY},
                      .over = "C",
                      .where_count = 1,
                      .where = {{QY_KEY_DESIGN, "B"}}};
  char *s = draw(&f, &p);
  int wrong = 0;
  for (uint32_t t = 0; t < TECHS; t++) {
    char block[20];
    double got[4][4] = {{0}};
    snprintf(block, sizeof block, "$part_%u", t + 1);
    wrong += rows_of(s, block, got, 4) != TECHS;
    const int own = chosen(&p, QY_AREA_UM2, false, t, 1, BITS), base = chosen(&p, QY_AREA_UM2, false, t, 2, BITS);
    wrong += !is(got[t][1], latency[own] / latency[base] / 2); /* the middle of the bar */
  }
  is_int(wrong, 0, "ratios of the smallest");
  free(s);
}

/* With the supply among the keys a library at several of them is one, also where it is asked for. */
static void supplies(void)
{
  static char *label[] = {"n28@0.8V", "n55", "n28", "n28@0.9V"}, *volts[] = {"0.8 V", "0.9 V", "1 V"}, volt[] = "V";
  static double number_of[] = {0.8, 0.9, 1};
  static uint32_t library[COUNT], supply[COUNT];
  static const uint32_t supply_of[] = {0, 2, 2, 1};
  qy_points p = make();
  for (size_t i = 0; i < p.count; i++)
    library[i] = (uint32_t)(i % 4), supply[i] = supply_of[i % 4];
  p.key[QY_KEY_TECHNOLOGY] = library, p.label[QY_KEY_TECHNOLOGY] = label, p.label_count[QY_KEY_TECHNOLOGY] = 4;
  p.key[QY_KEY_VOLTAGE] = supply, p.label[QY_KEY_VOLTAGE] = volts, p.label_count[QY_KEY_VOLTAGE] = 3;
  p.number[QY_KEY_VOLTAGE] = number_of, p.unit[QY_KEY_VOLTAGE] = volt;
  for (int asked = 0; asked < 2; asked++) {
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = qy_chart_key(QY_KEY_VOLTAGE),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_TECHNOLOGY},
                        .panel = -1,
                        .where_count = asked,
                        .where = {{QY_KEY_TECHNOLOGY, "n28"}}};
    char *s = draw(&f, &p);
    double got[4][4];
    int wrong = 0;
    is_int(rows_of(s, "$series_1_1", got, 4), 3, "one library at three supplies");
    for (uint32_t v = 0; v < 3; v++) {
      double least = INFINITY;
      for (size_t i = 0; i < p.count; i++)
        if (library[i] != 1 && supply[i] == v) least = fmin(least, latency[i]);
      wrong += !is(got[v][0], number_of[v]) || !is(got[v][1], least);
    }
    is_int(wrong, 0, "the least latency at each");
    holds(s, "title 'n28'");
    is_int(rows_of(s, "$series_1_2", got, 4), asked ? -1 : 1, "the other at its own");
    free(s);
  }
  /* Asked for beside a supply it is that at the supply. */
  const qy_chart at = {.kind = QY_CHART_LINES,
                       .x = QY_AREA_UM2,
                       .y = QY_LATENCY_US,
                       .group_count = 1,
                       .group = {QY_KEY_NETWORK},
                       .panel = -1,
                       .where_count = 2,
                       .where = {{QY_KEY_TECHNOLOGY, "n28"}, {QY_KEY_VOLTAGE, "0.9"}}};
  char *s = draw(&at, &p);
  size_t drawn = 0, expected = 0;
  for (size_t i = 0; i < p.count; i++)
    expected += supply[i] == 1;
  for (int n = 1; n <= 20; n++) {
    char series[20];
    double got[COUNT][4];
    snprintf(series, sizeof series, "$series_1_%d", n);
    const int rows = rows_of(s, series, got, COUNT);
    drawn += rows > 0 ? (size_t)rows : 0;
  }
  ok(drawn == expected && drawn > 0, "%zu points of the library at 0.9 V, of %zu", drawn, expected);
  free(s);
}

int main(void)
{
  make_folder();
  supplies();
  hidden_bars();
  parameters();
  bins();
  key_intervals();
  probabilities();
  least_probability();
  parallel();
  libraries();
  refusals();
  hidden_base();
  remove_folder();
  return done();
}
