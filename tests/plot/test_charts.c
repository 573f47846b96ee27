/* Charts of points made here: what stands in each series, bar and front, found by looking at all points.  Scripts
 * alone: nothing is drawn. */
#include "chart_test.h"

/* A key on an axis: a series for each design, a panel for each technology, the chosen point at each precision. */
static void keyed(void)
{
  static const struct {
    int metric;
    qy_chart_which which;
    bool upright, over;
    const char *caption;
  } row[] = {
      {QY_LATENCY_US, QY_CHART_BEST, false, false, "Shown: the lowest latency of each series at each precision."},
      {QY_LATENCY_US, QY_CHART_MEDIAN, false, false, "Shown: the median latency of each series at each precision."},
      {QY_TOPS_PER_W, QY_CHART_BEST, false, false, "Shown: the highest "},
      {QY_TOPS_PER_W, QY_CHART_MEDIAN, true, false, "Shown: the median "},
      {QY_LATENCY_US, QY_CHART_BEST, true, false, "Shown: the lowest latency"},
      {QY_LATENCY_US, QY_CHART_ALL, false, false, "; dots: the others."},
      {QY_LATENCY_US, QY_CHART_ALL, true, false, "; dots: the others."},
      {QY_LATENCY_US, QY_CHART_BEST, false, true, "Left out: 2 without a point of C to divide by."},
      {QY_TOPS_PER_W, QY_CHART_MEDIAN, false, true, "Left out: "}};
  const qy_points p = make();
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const int key = qy_chart_key(QY_KEY_PRECISION), m = row[i].metric;
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = row[i].upright ? m : key,
                        .y = row[i].upright ? key : m,
                        .which = row[i].which,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = QY_KEY_TECHNOLOGY,
                        .x_log = -1,
                        .y_log = -1,
                        .over = row[i].over ? "C" : NULL};
    char *s = draw(&f, &p), block[40];
    int wrong = 0;
    for (uint32_t t = 0; t < TECHS; t++)
      for (uint32_t d = 0; d < DESIGNS; d++) {
        double got[9][4], dots[40][4];
        int at = 0, dot = 0;
        snprintf(block, sizeof block, "$series_%u_%u", t + 1, d + 1);
        const int count = rows_of(s, block, got, 9);
        snprintf(block, sizeof block, "$cloud_%u_%u", t + 1, d + 1);
        const int others = rows_of(s, block, dots, 40);
        /* rows rise along the key */
        for (uint32_t b = 0; b < BITS; b++) {
          const int best = chosen(&p, m, row[i].which == QY_CHART_MEDIAN, t, d, b),
                    base = chosen(&p, m, row[i].which == QY_CHART_MEDIAN, t, 2, b);
          if (best < 0 || (row[i].over && base < 0)) continue;
          const double value = p.metric[m][best] / (row[i].over ? p.metric[m][base] : 1);
          wrong += at >= count || !is(got[at][!row[i].upright], value) || !is(got[at][row[i].upright], bits[b]);
          at++;
          for (size_t k = 0; k < p.count && row[i].which == QY_CHART_ALL; k++) {
            if (tech[k] != t || design[k] != d || precision[k] != b || (int)k == best) continue;
            bool found = false; /* dots beyond the axes are not drawn */
            for (int o = 0; o < others; o++)
              found = found || (is(dots[o][row[i].upright], bits[b]) && is(dots[o][!row[i].upright], p.metric[m][k]));
            dot += found;
          }
        }
        wrong += at != count;
        wrong += row[i].which == QY_CHART_ALL ? dot != (others > 0 ? others : 0) : others >= 0;
      }
    is_int(wrong, 0, row[i].caption);
    holds(flat(s), row[i].caption);
    holds(s, row[i].upright ? "set logscale y 10\n" : "set logscale x 10\n"); /* 4, 8, 16 rise by one factor */
    holds(s, "('4' 4, '8' 8, '16' 16)");
    holds(s, "set label 'n55' at");
    holds(s, "title 'A'"); /* the panel says the technology */
    holds(s, "$series_1_1 using 1:2 with lines lt 1");
    holds_not(s, "errorbars ");
    holds(s, row[i].over && row[i].metric == QY_LATENCY_US ? "label 'Latency over that of C (below 1: better)'"
             : row[i].over                                 ? "over that of C (above 1: better)'"
             : row[i].metric == QY_LATENCY_US              ? "label 'Latency (µs)'"
                                                           : "label '");
    free(s);
  }
  /* Words stand at 0, 1, 2; numbers that do not rise by one factor are on a linear axis. */
  static const struct {
    double bits[3];
    bool log;
  } step[] = {{{4, 8, 16}, true},      {{4, 8, 15.9}, true}, {{4, 8, 15.6}, false},
              {{4, 5.6, 7.84}, false}, {{2, 3, 4.5}, true},  {{0, 8, 16}, false}};
  for (size_t i = 0; i < sizeof step / sizeof *step; i++) {
    memcpy(bits, step[i].bits, sizeof bits);
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_AREA_UM2,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = -1,
                        .x_log = -1,
                        .y_log = -1};
    char *s = draw(&f, &p);
    holds(s, step[i].log ? "\nset logscale x 10\n" : "\nunset logscale x\n");
    free(s);
  }
  memcpy(bits, (double[]){4, 8, 16}, sizeof bits);
  const qy_chart f = {.kind = QY_CHART_PARETO,
                      .x = qy_chart_key(QY_KEY_TECHNOLOGY),
                      .y = QY_AREA_UM2,
                      .group_count = 2,
                      .group = {QY_KEY_DESIGN, QY_KEY_TECHNOLOGY},
                      .panel = -1,
                      .x_log = -1,
                      .y_log = -1};
  char *s = draw(&f, &p), line[60];
  double got[4][4];
  is_int(rows_of(s, "$series_1_2", got, 4), 2, "a point at each technology");
  for (uint32_t t = 0; t < TECHS; t++) {
    double least = INFINITY;
    for (size_t i = 0; i < p.count; i++)
      if (tech[i] == t && design[i] == 1) least = fmin(least, area[i]);
    ok(got[t][0] == t && is(got[t][1], least), "the least of it");
  }
  holds(s, "('n28' 0, 'n55' 1)");
  holds(flat(s), "best over precision (4, 8, 16\u00a0bit).");
  snprintf(line, sizeof line, "title '%s'", "B");
  holds(s, line);
  free(s);
  /* The same of some of the points: words stay words, numbers are those of the labels that are left. */
  for (int words = 0; words < 2; words++) {
    const qy_chart part = {.kind = QY_CHART_LINES,
                           .x = qy_chart_key(words ? QY_KEY_TECHNOLOGY : QY_KEY_PRECISION),
                           .y = QY_AREA_UM2,
                           .group_count = 1,
                           .group = {QY_KEY_DESIGN},
                           .panel = words ? -1 : (int)QY_KEY_TECHNOLOGY,
                           .x_log = 0,
                           .where_count = 1,
                           .where = {{words ? QY_KEY_PRECISION : QY_KEY_TECHNOLOGY, words ? "8 bit" : "n55"}}};
    s = draw(&part, &p);
    holds(s, words ? "('n28' 0, 'n55' 1)" : "('4' 4, '8' 8, '16' 16)");
    is_int(count_text(s, "set lmargin"), 1, "one panel");
    free(s);
  }
}

/* Bars of cells side by side in groups, one below the middle of which has the name; a gap between groups. */
static void bars(void)
{
  const qy_points p = make();
  for (int over = 0; over < 2; over++) {
    const qy_chart f = {.kind = QY_CHART_BARS,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_LATENCY_US,
                        .group_count = 2,
                        .group = {QY_KEY_TECHNOLOGY, QY_KEY_DESIGN},
                        .panel = -1,
                        .over = over ? "C" : NULL};
    char *s = draw(&f, &p), block[40];
    int wrong = 0, at = 0, part = 0;
    double got[40][4];
    for (uint32_t t = 0; t < TECHS; t++)
      for (uint32_t d = 0; d < DESIGNS; d++) {
        snprintf(block, sizeof block, "$part_%d", ++part);
        const int count = rows_of(s, block, got, 40);
        int bar = 0;
        for (uint32_t b = 0; b < BITS; b++) {
          for (uint32_t u = 0; u < TECHS; u++)
            for (uint32_t e = 0; e < DESIGNS; e++) {
              const int best = chosen(&p, QY_LATENCY_US, false, u, e, b),
                        base = chosen(&p, QY_LATENCY_US, false, u, 2, b);
              if (best < 0 || (over && base < 0)) continue;
              const double value = latency[best] / (over ? latency[base] : 1);
              /* the middle of a box: its own bar's, of parts before that 0, of parts behind it on top */
              const int of = (int)(u * DESIGNS + e) + 1;
              wrong += bar >= count ||
                       !is(got[bar][1], part < of    ? 0
                                        : part == of ? value / 2
                                                     : value) ||
                       got[bar][0] != bar + 1;
              bar++;
            }
          if (b + 1 < BITS) wrong += got[bar++][1] != 0; /* the gap */
        }
        wrong += bar != count;
        at = bar;
      }
    is_int(wrong, 0, over ? "bars of ratios" : "bars of latencies");
    ok(at == (over ? 6 + 3 + 6 + 2 : 6 + 5 + 6 + 2), "%d bars and gaps", at);
    /* six bars: the third; five behind a gap: 8, 9, 10, 11, 12; three: 8, 9, 10 */
    holds(s, "'' 2, '4' 3, '' 4");
    holds(s, over ? "'' 8, '8' 9, '' 10, '' 11, '' 12, '' 13, '16' 14, "
                  : "'' 9, '8' 10, '' 11, '' 12, '' 13, '' 14, '' 15, '16' 16, ");
    holds(s, "set xlabel 'Precision (bit)'");
    if (over) holds(s, "set ylabel 'Latency over that of C (below 1: better)'");
    if (over) holds(s, ", \\\n     1 with lines");
    holds(s, "title 'n28, A'");
    free(s);
  }
  /* A group of one bar, wherever that stands, is there; one without any is not. */
  for (uint32_t only = 0; only <= BITS; only++) {
    qy_points q = p;
    static double some[COUNT];
    q.metric[QY_LATENCY_US] = some;
    join(&q);
    for (size_t i = 0; i < p.count; i++)
      some[i] = design[i] == 1 && precision[i] != only ? NAN : latency[i];
    const qy_chart f = {.kind = QY_CHART_BARS,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = -1};
    char *s = draw(&f, &q);
    ok(s && (strstr(s, "title 'B'") != NULL) == (only < BITS) && strstr(s, "title 'A'") && strstr(s, "title 'C'"),
       "groups with bars have names");
    free(s);
  }
  /* Two groups: a gap behind each two; one: none. */
  for (int groups = 1; groups <= 2; groups++) {
    qy_points q = p;
    if (groups == 1) join(&q);
    const qy_chart f = {.kind = QY_CHART_BARS,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_TECHNOLOGY},
                        .panel = -1};
    char *s = draw(&f, &q);
    holds(s, groups == 1 ? "('4' 1, '8' 2, '16' 3)" : "'4' 1, '' 2, '' 3, '8' 4, '' 5, '' 6, '16' 7, '' 8)");
    free(s);
  }
  /* No gap behind the last place that has bars. */
  static double some[COUNT];
  qy_points part = p;
  for (size_t i = 0; i < p.count; i++)
    some[i] = precision[i] == 2 ? NAN : latency[i];
  part.metric[QY_LATENCY_US] = some;
  const qy_chart two = {.kind = QY_CHART_BARS,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_TECHNOLOGY},
                        .panel = -1};
  char *gap = draw(&two, &part);
  holds(gap, "('4' 1, '' 2, '' 3, '8' 4, '' 5)");
  free(gap);
  /* Without a key: one bar for each group, of the point best in x. */
  const qy_chart f = {.kind = QY_CHART_BARS,
                      .x = QY_AREA_UM2,
                      .y = QY_LATENCY_US,
                      .group_count = 2,
                      .group = {QY_KEY_TECHNOLOGY, QY_KEY_DESIGN},
                      .panel = -1};
  char *s = draw(&f, &p);
  int wrong = 0;
  for (uint32_t g = 0; g < TECHS * DESIGNS; g++) {
    char block[40];
    double got[10][4];
    snprintf(block, sizeof block, "$part_%u", g + 1);
    const int count = rows_of(s, block, got, 10), best = chosen(&p, QY_AREA_UM2, false, g / DESIGNS, g % DESIGNS, BITS);
    for (int b = 0; b < count; b++)
      wrong += b == (int)g ? !is(got[b][1], latency[best] / 2) : b > (int)g ? got[b][1] != 0 : got[b][1] < 10;
    wrong += count != TECHS * DESIGNS;
  }
  is_int(wrong, 0, "the latency of the smallest of each");
  holds(s, "('n28, A' 1, 'n28, B' 2");
  holds(flat(s), "Shown: the lowest area of each series, best over precision (4, 8, 16\u00a0bit).");
  free(s);
}

/* Stacked bars: the parts of the point that is best in x, of points with x. */
static void stacked(void)
{
  qy_points p = make();
  int parts[QY_METRIC_COUNT];
  const int count = qy_metric_parts(QY_AREA_UM2, parts);
  static double part[4][COUNT];
  for (int k = 0; k < count; k++)
    p.metric[parts[k]] = part[k < 3 ? k : 3];
  for (size_t i = 0; i < p.count; i++)
    for (int k = 0; k < 4; k++)
      part[k][i] = k == 3 ? NAN : (double)(i + 1) * (k + 1);
  tops[0] = NAN; /* the first of its group */
  for (int m = 0; m < 2; m++) {
    const int x = m ? QY_TOPS_PER_W : QY_LATENCY_US;
    const qy_chart f = {.kind = QY_CHART_BARS,
                        .x = x,
                        .y = QY_AREA_UM2,
                        .group_count = 2,
                        .group = {QY_KEY_TECHNOLOGY, QY_KEY_DESIGN},
                        .panel = -1};
    char *s = draw(&f, &p);
    int wrong = 0;
    for (int k = 0; k < 3; k++) {
      char block[20];
      double got[10][4] = {{0}};
      snprintf(block, sizeof block, "$part_%d", k + 1);
      wrong += rows_of(s, block, got, 10) != TECHS * DESIGNS;
      for (uint32_t g = 0; g < TECHS * DESIGNS; g++) {
        const int best = chosen(&p, x, false, g / DESIGNS, g % DESIGNS, BITS);
        wrong += !is(got[g][1], (best + 1) * (k * (k + 1) / 2.0 + (k + 1) / 2.0)); /* below it 1 + ... + k times i */
      }
    }
    is_int(wrong, 0, "stacks of the best points");
    holds_not(s, "$part_4");
    free(s);
  }
}

/* Fronts and the others of each design and technology, by looking for a better point. */
static void fronts(void)
{
  const qy_points p = make();
  for (int pair = 0; pair < 2; pair++) {
    const int x = QY_AREA_UM2, y = pair ? QY_TOPS_PER_W : QY_LATENCY_US;
    const double sign = pair ? -1 : 1;
    const qy_chart f = {.kind = QY_CHART_PARETO,
                        .x = x,
                        .y = y,
                        .group_count = 2,
                        .group = {QY_KEY_DESIGN, QY_KEY_TECHNOLOGY},
                        .panel = QY_KEY_TECHNOLOGY,
                        .x_log = 0,
                        .y_log = 0};
    char *s = draw(&f, &p), block[40];
    int wrong = 0;
    for (uint32_t t = 0; t < TECHS; t++)
      for (uint32_t d = 0; d < DESIGNS; d++) {
        double got[20][4];
        int front = 0;
        snprintf(block, sizeof block, "$series_%u_%u", t + 1, d + 1);
        const int count = rows_of(s, block, got, 20);
        for (size_t i = 0; i < p.count; i++) {
          bool beaten = tech[i] != t || design[i] != d, found = false;
          for (size_t k = 0; k < p.count && !beaten; k++)
            beaten = k != i && tech[k] == t && design[k] == d && area[k] <= area[i] &&
                     sign * p.metric[y][k] <= sign * p.metric[y][i];
          for (int r = 0; r < count; r++)
            found = found || (is(got[r][0], area[i]) && is(got[r][1], p.metric[y][i]));
          front += !beaten;
          wrong += found == beaten;
        }
        wrong += count != front;
      }
    is_int(wrong, 0, "fronts of each series");
    holds(s, "using 1:2 with steps");
    free(s);
  }
  /* More series than can be told apart go into panels of the key of most labels, 12 at most. */
  static char name[14][8], *many[14];
  static uint32_t of[COUNT];
  for (int i = 0; i < 14; i++) {
    snprintf(name[i], sizeof name[i], "w%d", i);
    many[i] = name[i];
  }
  for (size_t i = 0; i < p.count; i++)
    of[i] = (uint32_t)i % 13;
  static const struct {
    size_t labels;
    const char *panel; /* of the 12 designs by `labels` */
  } row[] = {{8, NULL}, {9, "set label 'w8' at"}, {12, "set label 'w11' at"}, {13, "set label 'B' at"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_points q = p;
    join(&q);
    q.key[QY_KEY_NETWORK] = of;
    q.label[QY_KEY_NETWORK] = many;
    q.label_count[QY_KEY_NETWORK] = row[i].labels;
    for (size_t k = 0; k < q.count; k++)
      of[k] = (uint32_t)(k % row[i].labels);
    qy_chart f = {.kind = QY_CHART_PARETO,
                  .x = QY_AREA_UM2,
                  .y = QY_LATENCY_US,
                  .group_count = 2,
                  .group = {QY_KEY_DESIGN, QY_KEY_NETWORK},
                  .panel = -1};
    char *s = draw(&f, &q);
    ok((strstr(flat(s), "In panels, as there are more series") != NULL) == (row[i].panel != NULL), "%zu series",
       3 * row[i].labels);
    if (row[i].panel) holds(s, row[i].panel);
    free(s);
  }
}

/* Of two keys of as many labels panels are of the first; bars, however many, have none. */
static void alike_keys(void)
{
  enum { LABELS = 6 };
  static char name[2][LABELS][8], *label[2][LABELS];
  static uint32_t of[2][COUNT];
  static const qy_key keys[] = {QY_KEY_NETWORK, QY_KEY_CLOCK};
  for (int turn = 0; turn < 3; turn++) {
    qy_points p = make();
    join(&p);
    for (int k = 0; k < 2; k++) {
      for (int l = 0; l < LABELS; l++) {
        snprintf(name[k][l], sizeof name[k][l], "%c%d", k ? 'c' : 'w', l);
        label[k][l] = name[k][l];
      }
      for (size_t i = 0; i < p.count; i++)
        of[k][i] = (uint32_t)(i / (k ? LABELS : 1) % LABELS);
      p.key[keys[k]] = of[k], p.label[keys[k]] = label[k], p.label_count[keys[k]] = LABELS;
    }
    const qy_chart f = {.kind = turn == 2 ? QY_CHART_BARS : QY_CHART_PARETO,
                        .x = turn == 2 ? qy_chart_key(QY_KEY_PRECISION) : (int)QY_AREA_UM2,
                        .y = QY_LATENCY_US,
                        .group_count = 2,
                        .group = {keys[turn % 2], keys[1 - turn % 2]},
                        .panel = -1};
    char *s = draw(&f, &p);
    ok((strstr(flat(s), "In panels, as there are more series") != NULL) == (turn < 2), "panels of many series");
    ok((s && strstr(s, "set label 'w3' at")) == (turn == 0) && (s && strstr(s, "set label 'c3' at")) == (turn == 1),
       "of the first key");
    free(s);
  }
}

/* On fronts and lines is the best of what can be drawn: finite values within 1e150, and on an axis that is logarithmic
 * by wish, where any value is 1e-150 or more, these alone. */
static void undrawable(void)
{
  static const double value[] = {-3, 0,     5e-151,  1e-150, 5,        7,        7,
                                 8,  1e150, 1.1e150, -1e150, -1.1e150, INFINITY, -INFINITY};
  enum { VALUES = sizeof value / sizeof *value, POINTS = 14, TRIES = 90 };
  uint64_t seed = 17;
  int wrong = 0, lost = 0;
  for (int i = 0; i < TRIES; i++) {
    double v[2][POINTS], got[POINTS + 1][4];
    bool can[POINTS], log[2];
    qy_points p = {.count = POINTS, .point = number};
    qy_plot_look look = look_of(1200, 768);
    look.per_x = QY_PER_X_BEST;
    qy_chart f = {.kind = i % 3 ? QY_CHART_PARETO : QY_CHART_LINES,
                  .x = QY_AREA_UM2,
                  .y = QY_LATENCY_US,
                  .panel = -1,
                  .x_log = (int)random_below(&seed, 3) - 1,
                  .y_log = (int)random_below(&seed, 3) - 1,
                  .look = &look};
    const bool positive = i % 4 > 0; /* else the one point that is sure to be there is below 0 */
    for (int k = 0; k < QY_KEY_COUNT; k++)
      p.key[k] = zero, p.label[k] = one_label, p.label_count[k] = 1;
    for (int d = 0; d < 2; d++) {
      p.metric[d ? f.y : f.x] = v[d];
      log[d] = false;
      for (int k = 0; k < POINTS; k++) {
        v[d][k] = k == 0 ? (positive ? 5.5 : -2) : value[random_below(&seed, positive ? VALUES : 2)];
        if (k && random_below(&seed, 12) == 0) v[d][k] = k % 2 ? NAN : INFINITY;
        log[d] = log[d] || (v[d][k] >= 1e-150 && v[d][k] <= 1e150);
      }
      log[d] = log[d] && (d ? f.y_log : f.x_log) == 1;
    }
    for (int k = 0; k < POINTS; k++) {
      can[k] = true;
      for (int d = 0; d < 2; d++)
        can[k] = can[k] && fabs(v[d][k]) <= 1e150 && (!log[d] || v[d][k] >= 1e-150);
      lost += !can[k];
    }
    char *s = draw(&f, &p);
    const int rows = rows_of(s, "$series_1_1", got, POINTS + 1);
    bool seen[POINTS + 1] = {false};
    for (int k = 0; k < POINTS; k++) {
      bool beaten = !can[k], found = false;
      for (int o = 0; o < POINTS && !beaten; o++)
        beaten = can[o] && (f.kind == QY_CHART_PARETO
                                ? v[0][o] <= v[0][k] && v[1][o] <= v[1][k] && (v[0][o] < v[0][k] || v[1][o] < v[1][k])
                                : v[0][o] == v[0][k] && v[1][o] < v[1][k]);
      for (int r = 0; r < rows; r++) {
        const bool here = is(got[r][0], v[0][k]) && is(got[r][1], v[1][k]);
        found = found || here;
        if (!beaten) seen[r] = seen[r] || here;
      }
      wrong += !beaten && !found;
    }
    for (int r = 0; r < rows; r++)
      wrong += !seen[r];
    wrong += rows < 1;
    free(s);
  }
  ok(wrong == 0 && lost > TRIES, "fronts and lines of what can be drawn, beside %d points that cannot", lost);
}

/* Lines with a floor: the least above zero of a metric, in each panel. */
static void floors(void)
{
  qy_points p = make();
  const qy_chart f = {.kind = QY_CHART_LINES,
                      .x = QY_AREA_UM2,
                      .y = QY_LATENCY_US,
                      .has_floor = true,
                      .floor = QY_ENERGY_UJ,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = QY_KEY_TECHNOLOGY,
                      .x_log = 0,
                      .y_log = 0};
  energy[0] = 0, energy[1] = -5;
  char *s = draw(&f, &p), line[60];
  for (uint32_t t = 0; t < TECHS; t++) {
    double least = INFINITY;
    for (size_t i = 0; i < p.count; i++)
      if (tech[i] == t && energy[i] > 0) least = fmin(least, energy[i]);
    snprintf(line, sizeof line, "%.9g with lines lt 1 lw 1.4 dt 2", least);
    holds(s, line);
  }
  double got[40][4];
  is_int(rows_of(s, "$series_1_1", got, 40), BITS * OF_CELL, "all points in the order of x");
  int falls = 0;
  for (int i = 1; i < BITS * OF_CELL; i++)
    falls += got[i][0] < got[i - 1][0];
  is_int(falls, 0, "rising");
  free(s);
}

static void some(void)
{
  const qy_points p = make();
  static const struct {
    qy_key key;
    const char *label;
    int count; /* of the series' points; 0: refused */
  } row[] = {{QY_KEY_PRECISION, "8 bit", OF_CELL * 5},
             {QY_KEY_PRECISION, "8", OF_CELL * 5},
             {QY_KEY_PRECISION, "8.00001", OF_CELL * 5},
             {QY_KEY_PRECISION, "8.1", 0},
             {QY_KEY_PRECISION, "8 MHz", 0},
             {QY_KEY_PRECISION, "", 0},
             {QY_KEY_TECHNOLOGY, "n55", OF_CELL * 8},
             {QY_KEY_TECHNOLOGY, "n5", 0},
             {QY_KEY_DESIGN, "B", OF_CELL * 6}};
  qy_points whole = p;
  join(&whole);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = QY_AREA_UM2,
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_CLOCK},
                        .panel = -1,
                        .where_count = 1,
                        .where = {{row[i].key, row[i].label}}};
    qy_error_clear(&err);
    const qy_status status = qy_chart_draw(&f, row[i].key == QY_KEY_TECHNOLOGY ? &p : &whole, NULL, 0, QY_PLOT_SVG,
                                           in_folder("c"), NO_GNUPLOT, NULL, &err);
    ok(status == (row[i].count ? QY_SYSTEM : QY_BAD_INPUT), "where \"%s\"", row[i].label);
    if (row[i].count == 0) continue;
    char *s = script_of("c");
    double got[COUNT][4];
    is_int(rows_of(s, "$series_1_1", got, COUNT), row[i].count, "points of it");
    free(s);
  }
}

/* Of numbers that stand closer together than what is asked for is from them, the nearest; where both are as near, both.
 * What several conditions ask for is what has all of it. */
static void nearest(void)
{
  static char *close_label[][3] = {{"8 bit", "8.00004 bit", "16 bit"}, {"8 bit", "16 bit", "16.00008 bit"}};
  static const double close[][3] = {{8, 8.00004, 16}, {8, 16, 16.00008}};
  static const struct {
    const char *bits, *design;
    bool of[3];
    int labels;
  } row[] = {{"8", NULL, {true}, 0},
             {"8.00001", NULL, {true}, 0},
             {"8.00003", NULL, {false, true}, 0},
             {"8.00004 bit", NULL, {false, true}, 0},
             {"8.0001", NULL, {false, true}, 0},
             {"8.0002", NULL, {false}, 0},
             {"7.99993", NULL, {true}, 0},
             {"7.9999", NULL, {false}, 0},
             {"15.9999", NULL, {false, false, true}, 0},
             {"16.0001 bit", "A", {false, false, true}, 0},
             {"16", "C", {false, false, true}, 0},
             {"8", "B", {true}, 0},
             {"16.00006", NULL, {false, false, true}, 1},
             {"16.00002", NULL, {false, true}, 1},
             {"16.00009", "B", {false, false, true}, 1}};
  qy_points p = make();
  double number_of[3];
  join(&p);
  p.number[QY_KEY_PRECISION] = number_of;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    memcpy(number_of, close[row[i].labels], sizeof number_of);
    p.label[QY_KEY_PRECISION] = close_label[row[i].labels];
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = QY_AREA_UM2,
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_CLOCK},
                        .panel = -1,
                        .where_count = row[i].design ? 2 : 1,
                        .where = {{QY_KEY_PRECISION, row[i].bits}, {QY_KEY_DESIGN, row[i].design}}};
    int expected = 0, wrong = 0;
    for (size_t k = 0; k < p.count; k++)
      expected += row[i].of[precision[k]] && (!row[i].design || *design_label[design[k]] == *row[i].design);
    qy_error_clear(&err);
    const qy_status status = qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err);
    ok(status == (expected ? QY_SYSTEM : QY_BAD_INPUT), "where precision \"%s\"", row[i].bits);
    if (!expected) continue;
    char *s = script_of("c");
    double got[COUNT][4];
    const int count = rows_of(s, "$series_1_1", got, COUNT);
    for (int r = 0; r < count; r++) {
      bool found = false;
      for (size_t k = 0; k < p.count; k++)
        found = found || (is(got[r][0], area[k]) && is(got[r][1], latency[k]) && row[i].of[precision[k]] &&
                          (!row[i].design || *design_label[design[k]] == *row[i].design));
      wrong += !found;
    }
    ok(wrong == 0 && count == expected, "%d points of it", count);
    char shown[80];
    const bool unit = strchr(row[i].bits, ' ') != NULL; /* which no line ends before */
    snprintf(shown, sizeof shown, "Shown: %.*s%s%s%s. ", (int)strcspn(row[i].bits, " "), row[i].bits,
             unit ? "\u00a0bit" : "", row[i].design ? ", " : "", row[i].design ? row[i].design : "");
    holds(flat(s), shown);
    free(s);
  }
}

static void metrics(void)
{
  int got[QY_METRIC_COUNT], parts[QY_METRIC_COUNT];
  qy_chart f = {.kind = QY_CHART_PARETO, .x = QY_LATENCY_US, .y = QY_AREA_UM2, .panel = -1, .colour = QY_ENERGY_UJ};
  ok(qy_chart_metrics(&f, got) == 2 && got[0] == QY_AREA_UM2 && got[1] == QY_LATENCY_US,
     "x and y, in the order of metrics");
  f.has_floor = true, f.floor = QY_ENERGY_UJ;
  is_int(qy_chart_metrics(&f, got), 3, "and the floor");
  f.has_floor = false, f.kind = QY_CHART_HEATMAP, f.x = qy_chart_key(QY_KEY_CLOCK);
  ok(qy_chart_metrics(&f, got) == 2 && (got[0] == QY_ENERGY_UJ || got[1] == QY_ENERGY_UJ), "the colour, no key");
  f.kind = QY_CHART_BARS;
  is_int(qy_chart_metrics(&f, got), 1 + qy_metric_parts(QY_AREA_UM2, parts), "a total and its parts");
  f = (qy_chart){.kind = QY_CHART_PARALLEL,
                 .x = QY_AREA_UM2,
                 .y = QY_AREA_UM2,
                 .axis_count = 2,
                 .axis = {QY_LATENCY_US, qy_chart_key(QY_KEY_CLOCK)}};
  ok(qy_chart_metrics(&f, got) == 1 && got[0] == QY_LATENCY_US, "metrics of upright axes");
  ok(strcmp(qy_chart_which_name(QY_CHART_BEST), "best") == 0 &&
         strcmp(qy_chart_which_name(QY_CHART_MEDIAN), "median") == 0 &&
         strcmp(qy_chart_which_name(QY_CHART_ALL), "all") == 0,
     "which point, by name");
  ok(strcmp(qy_chart_kind_name(QY_CHART_PARETO), "pareto") == 0 &&
         strcmp(qy_chart_kind_name(QY_CHART_BARS), "bars") == 0,
     "kinds by name");
}

/* What the noise is stands beside it, without what goes on behind a comma where it is long: from 41 letters on. */
static void noises(void)
{
  static char forty[] = "1/SQNR, of weights; and so on, to forty.",
              more[] = "1/SQNR of weights, and so on, to forty-one",
              semicolon[] = "sensitivities of a file; column noise of it",
              plain[] = "a long text of more than forty letters in all";
  static const struct {
    char *noise;
    const char *label;
  } row[] = {{forty, "'Noise: 1/SQNR, of weights; and so on, to forty.'"},
             {more, "'Noise: 1/SQNR of weights'"},
             {semicolon, "'Noise: sensitivities of a file'"},
             {plain, "'Noise: a long text of more than forty letters in all'"},
             {NULL, "'Noise'"}};
  qy_points p = make();
  join(&p);
  p.metric[QY_NOISE] = energy;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    p.noise = row[i].noise;
    const qy_chart f = {.kind = QY_CHART_PARETO, .x = QY_AREA_UM2, .y = QY_NOISE, .panel = -1};
    char *s = draw(&f, &p);
    holds(s, row[i].label);
    free(s);
  }
}

int main(void)
{
  make_folder();
  keyed();
  bars();
  stacked();
  fronts();
  alike_keys();
  undrawable();
  floors();
  some();
  nearest();
  metrics();
  noises();
  remove_folder();
  return done();
}
