/* Charts of metrics of which less is better, more, or neither: which point stands for others, what is on a front, what
 * is said, found by looking at all points.  Scripts alone: nothing is drawn. */
#include "chart_test.h"

static const struct {
  int metric;
  const char *of, *remark; /* in captions; behind a ratio */
} kind[] = {{QY_LATENCY_US, "the lowest", " (below 1: better)"},
            {QY_TOPS_PER_W, "the highest", " (above 1: better)"},
            {QY_ROWS_DSP, "the lowest", ""}};
enum { KINDS = sizeof kind / sizeof *kind };

/* With the metric that has no sense, whose values are those of the energy. */
static qy_points points(void)
{
  qy_points p = make();
  p.metric[QY_ROWS_DSP] = energy;
  return p;
}

static double sign_of(int metric)
{
  return qy_metric_table()[metric].sense > 0 ? -1 : 1;
}

static void senses(void)
{
  ok(qy_metric_table()[QY_LATENCY_US].sense < 0 && qy_metric_table()[QY_TOPS_PER_W].sense > 0 &&
         qy_metric_table()[QY_ROWS_DSP].sense == 0,
     "less, more, neither");
}

/* A key on an axis, and cells of a map: the best of each. */
static void cells(void)
{
  const qy_points p = points();
  for (int k = 0; k < KINDS; k++)
    for (int map = 0; map < 2; map++) {
      const qy_chart f = {.kind = map ? QY_CHART_HEATMAP : QY_CHART_LINES,
                          .x = qy_chart_key(QY_KEY_PRECISION),
                          .y = map ? qy_chart_key(QY_KEY_DESIGN) : kind[k].metric,
                          .colour = kind[k].metric,
                          .group_count = !map,
                          .group = {QY_KEY_DESIGN},
                          .panel = QY_KEY_TECHNOLOGY};
      char *s = draw(&f, &p), said[80], block[40];
      int wrong = 0, seen = 0;
      for (uint32_t t = 0; t < TECHS; t++)
        for (uint32_t d = 0; d < DESIGNS; d++) {
          double got[9][4];
          snprintf(block, sizeof block, map ? "$cells_%u" : "$series_%u_%u", t + 1, d + 1);
          const int count = rows_of(s, block, got, 9);
          for (uint32_t b = 0; b < BITS; b++) {
            const int best = chosen(&p, kind[k].metric, false, t, d, b);
            if (best < 0) continue;
            bool found = false;
            for (int r = 0; r < count; r++)
              found |= map ? is(got[r][0], b + 0.5) && is(got[r][1], d + 0.5) && is(got[r][2], p.metric[f.colour][best])
                           : is(got[r][0], bits[b]) && is(got[r][1], p.metric[f.y][best]);
            wrong += !found;
            seen++;
          }
        }
      ok(wrong == 0 && seen == 17, "%s of each of %d cells", kind[k].of, seen);
      snprintf(said, sizeof said, map ? "Colour: of each cell %s " : "Shown: %s ", kind[k].of);
      holds(flat(s), said);
      free(s);
    }
}

/* What a cell of ratios is. */
static void ratios(void)
{
  const qy_points p = points();
  for (int k = 0; k < KINDS; k++)
    for (int median = 0; median < 2; median++) {
      const qy_chart f = {.kind = QY_CHART_HEATMAP,
                          .x = qy_chart_key(QY_KEY_PRECISION),
                          .y = qy_chart_key(QY_KEY_DESIGN),
                          .colour = kind[k].metric,
                          .which = median ? QY_CHART_MEDIAN : QY_CHART_BEST,
                          .panel = QY_KEY_TECHNOLOGY,
                          .over = "C"};
      char *s = draw(&f, &p), said[120];
      const char *of = median ? "the median" : kind[k].of;
      snprintf(said, sizeof said, ", over %s of C in that cell.", of);
      holds(flat(s), said);
      snprintf(said, sizeof said, "Colour: of each cell %s ", of);
      holds(flat(s), said);
      snprintf(said, sizeof said, " over that of C%s'", kind[k].remark);
      holds(s, said);
      free(s);
    }
}

/* Bars of each group's point that is best in x, plain and of parts; ratios say what is better. */
static void bars(void)
{
  qy_points p = points();
  int parts[QY_METRIC_COUNT];
  const int count = qy_metric_parts(QY_AREA_UM2, parts);
  static double one[COUNT], none[COUNT];
  for (size_t i = 0; i < p.count; i++)
    one[i] = 1 + (double)i, none[i] = NAN;
  for (int part = 0; part < count; part++)
    p.metric[parts[part]] = part ? none : one;
  for (int k = 0; k < KINDS; k++)
    for (int stacked = 0; stacked < 2; stacked++) {
      const qy_chart f = {.kind = QY_CHART_BARS,
                          .x = kind[k].metric,
                          .y = stacked ? QY_AREA_UM2 : QY_ENERGY_UJ,
                          .group_count = 2,
                          .group = {QY_KEY_TECHNOLOGY, QY_KEY_DESIGN},
                          .panel = -1};
      qy_chart own = f;
      own.over = stacked ? NULL : "C";
      char *s = draw(&own, &p), label[120];
      int wrong = 0;
      for (uint32_t g = 0; g < TECHS * DESIGNS; g++) {
        char block[20];
        double got[10][4] = {{0}};
        snprintf(block, sizeof block, "$part_%u", stacked ? 1 : g + 1);
        wrong += rows_of(s, block, got, 10) != TECHS * DESIGNS;
        const uint32_t t = g / DESIGNS, d = g % DESIGNS;
        const int best = chosen(&p, kind[k].metric, false, t, d, BITS),
                  base = chosen(&p, kind[k].metric, false, t, 2, BITS);
        wrong += !is(got[g][1], (stacked ? one[best] : energy[best] / energy[base]) / 2);
      }
      is_int(wrong, 0, stacked ? "parts of the best" : "ratios of the best");
      free(s);
      const qy_chart ratio = {.kind = QY_CHART_LINES,
                              .x = qy_chart_key(QY_KEY_PRECISION),
                              .y = kind[k].metric,
                              .group_count = 1,
                              .group = {QY_KEY_DESIGN},
                              .panel = QY_KEY_TECHNOLOGY,
                              .over = "C"};
      s = draw(&ratio, &p);
      snprintf(label, sizeof label, " over that of C%s' noenhanced", kind[k].remark);
      holds(s, label);
      free(s);
    }
}

/* Fronts of each pair: what no other is as good as in both. */
static void fronts(void)
{
  const qy_points p = points();
  for (int a = 0; a < KINDS; a++)
    for (int b = 0; b < KINDS; b++) {
      if (a == b) continue;
      const qy_chart f = {
          .kind = QY_CHART_PARETO, .x = kind[a].metric, .y = kind[b].metric, .panel = QY_KEY_TECHNOLOGY};
      char *s = draw(&f, &p);
      int wrong = 0;
      for (uint32_t t = 0; t < TECHS; t++) {
        double got[COUNT][4];
        char block[40];
        int front = 0;
        snprintf(block, sizeof block, "$series_%u_1", t + 1);
        const int count = rows_of(s, block, got, COUNT);
        for (size_t i = 0; i < p.count; i++) {
          bool beaten = false, found = false;
          for (size_t k = 0; k < p.count; k++)
            beaten |= k != i && tech[i] == t && tech[k] == t &&
                      sign_of(f.x) * (p.metric[f.x][k] - p.metric[f.x][i]) <= 0 &&
                      sign_of(f.y) * (p.metric[f.y][k] - p.metric[f.y][i]) <= 0;
          if (tech[i] != t || beaten) continue;
          for (int r = 0; r < count; r++)
            found |= is(got[r][0], p.metric[f.x][i]) && is(got[r][1], p.metric[f.y][i]);
          wrong += !found;
          front++;
        }
        wrong += front != count;
      }
      is_int(wrong, 0, "points of both fronts");
      holds(s, qy_metric_table()[f.x].sense > 0 ? "$series_1_1 using 1:2 with fsteps lt 1"
                                                : "$series_1_1 using 1:2 with steps lt 1");
      free(s);
    }
}

/* Lines of too many points: the best of each x. */
static void lines(void)
{
  enum { MANY = 2400, EACH = 800 };
  static double id[MANY], x[MANY], y[MANY];
  static uint32_t none[MANY];
  qy_points p = {.count = MANY, .point = id};
  for (int i = 0; i < MANY; i++)
    id[i] = i, x[i] = 1 + i / EACH, y[i] = 1 + (double)(i * 7 % EACH);
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p.key[k] = none, p.label[k] = one_label, p.label_count[k] = 1;
  p.metric[QY_AREA_UM2] = x;
  for (int k = 0; k < KINDS; k++) {
    p.metric[kind[k].metric] = y;
    const qy_chart f = {.kind = QY_CHART_LINES, .x = QY_AREA_UM2, .y = kind[k].metric, .panel = -1};
    char *s = draw(&f, &p);
    double got[9][4];
    const int count = rows_of(s, "$series_1_1", got, 9);
    int wrong = count != 3;
    for (int r = 0; r < count; r++)
      wrong += !is(got[r][1], sign_of(kind[k].metric) < 0 ? EACH : 1);
    is_int(wrong, 0, kind[k].of);
    free(s);
  }
}

/* Lines through upright axes: the fronts within keys, each by looking at all points of its own, and what is said. */
static void within(void)
{
  const qy_points p = points();
  static const qy_key keys[] = {QY_KEY_TECHNOLOGY, QY_KEY_DESIGN};
  static const char *const said[] = {
      " points on the front over the metrics among the axes; grey: the other ",
      " points on the fronts over the metrics among the axes within technology; grey: the other ",
      " points on the fronts over the metrics among the axes within technology, design; grey: the other "};
  for (int count = 0; count <= 2; count++)
    for (int k = 1; k < KINDS; k++) { /* more is better; neither: that axis is none of a front */
      qy_chart f = {.kind = QY_CHART_PARALLEL,
                    .axis_count = 3,
                    .axis = {QY_AREA_UM2, QY_LATENCY_US, kind[k].metric},
                    .group_count = 1,
                    .group = {QY_KEY_DESIGN},
                    .panel = -1,
                    .within_count = count};
      memcpy(f.within, keys, sizeof keys);
      const int metrics = k == 1 ? 3 : 2;
      size_t front = 0;
      for (size_t i = 0; i < p.count; i++) {
        bool beaten = false;
        for (size_t other = 0; other < p.count; other++) {
          bool no_worse =
              other != i && (count < 1 || tech[other] == tech[i]) && (count < 2 || design[other] == design[i]);
          for (int m = 0; m < metrics; m++)
            no_worse = no_worse && sign_of(f.axis[m]) * (p.metric[f.axis[m]][other] - p.metric[f.axis[m]][i]) <= 0;
          beaten = beaten || no_worse;
        }
        front += !beaten;
      }
      char *s = draw(&f, &p), text[200];
      snprintf(text, sizeof text, "Coloured: the %zu%s%zu.", front, said[count], p.count - front);
      holds(flat(s), text);
      holds(s, "set label 'Area"); /* titles of the first axis, the second, the last */
      holds(s, "set label 'Latency");
      holds(s, k == 1 ? "set label 'Energy efficiency" : "set label 'Rows on DSP slices'");
      free(s);
    }
}

int main(void)
{
  make_folder();
  senses();
  cells();
  ratios();
  bars();
  fronts();
  lines();
  within();
  remove_folder();
  return done();
}
