/* Bands of uncertain fronts and ratios to a design, beside counting over the plan's draws. */
#include "../../src/plot/bands.h"

#include "plot_test.h"

#include "../evaluate/evaluate_test.h"

enum { DRAWS = 40, PLACES = 24 };

static const char text[] =
    "name: b\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - name: SDM\n    accelerator: depthwise\n    pe: {kind: mac, multiplier: [booth, array], bits: 16}\n"
    "    channels: [1, 2, 4]\n"
    "  - name: RDM\n    accelerator: depthwise\n    pe: {kind: mac_st, multiplier: [booth, array], bits: 16}\n"
    "    channels: [1, 2, 8]\n" /* 8: nothing to compare with */
    "precision: 8\nclock_mhz: [100, 300]\n"
    "objectives: {minimize: [area_um2, energy_uj]}\nuncertainty: {draws: 40, seed: 9}\n";

typedef struct drawn {
  double value[POINTS_MAX][2][DRAWS];
  int seen[POINTS_MAX];
} drawn;

static drawn all, base;

static qy_status keep(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *error)
{
  drawn *d = ctx;
  (void)row, (void)error;
  for (int m = 0; m < 2; m++)
    memcpy(d->value[i][m], draw[m], sizeof d->value[i][m]);
  d->seen[i] = 1;
  return QY_OK;
}

/* Draws in which one of the points is as good as (x, y). */
static int reaching(const drawn *d, size_t points, const double sign[2], double x, double y)
{
  int reached = 0;
  for (int k = 0; k < DRAWS; k++) {
    int any = 0;
    for (size_t i = 0; i < points; i++)
      any |= d->seen[i] && sign[0] * d->value[i][0][k] <= sign[0] * x && sign[1] * d->value[i][1][k] <= sign[1] * y;
    reached += any;
  }
  return reached;
}

/* Is (x, y) on the good side of the steps' border? */
static int beyond(const qy_plot_steps *t, const double sign[2], double x, double y)
{
  for (size_t i = 0; i < t->count; i++)
    if (sign[0] * t->x[i] <= sign[0] * x && sign[1] * t->y[i] <= sign[1] * y) return 1;
  return 0;
}

/* Places in the range of all draws, those of steps among them. */
static int wrong_places(const drawn *d, size_t points, const qy_plot_steps *band, const double sign[2])
{
  static const double shares[QY_PLOT_BAND_STEPS] = {0.05, 0.5, 0.95};
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  int wrong = 0;
  for (size_t i = 0; i < points; i++)
    for (int m = 0; m < 2 && d->seen[i]; m++)
      for (int k = 0; k < DRAWS; k++) {
        low[m] = fmin(low[m], d->value[i][m][k]);
        high[m] = fmax(high[m], d->value[i][m][k]);
      }
  for (int s = 0; s < QY_PLOT_BAND_STEPS; s++) {
    const qy_plot_steps *t = &band[s];
    wrong += t->count == 0;
    for (int a = 0; a <= PLACES; a++)
      for (int b = 0; b <= PLACES; b++) {
        const double x = low[0] + (high[0] - low[0]) * a / PLACES, y = low[1] + (high[1] - low[1]) * b / PLACES;
        wrong += beyond(t, sign, x, y) != (reaching(d, points, sign, x, y) >= shares[s] * DRAWS);
      }
    for (size_t i = 0; i < t->count; i++) { /* the corner itself is reached, what is better by a little is not */
      const double less_x = t->x[i] * (1 - sign[0] * 1e-9), less_y = t->y[i] * (1 - sign[1] * 1e-9);
      wrong += reaching(d, points, sign, t->x[i], t->y[i]) < shares[s] * DRAWS;
      wrong += reaching(d, points, sign, less_x, t->y[i]) >= shares[s] * DRAWS;
      wrong += reaching(d, points, sign, t->x[i], less_y) >= shares[s] * DRAWS;
    }
  }
  return wrong;
}

static void check_bands(const char *what, const qy_chart *chart, const qy_points *points, const drawn *d,
                        qy_arena *arena)
{
  const qy_plot_steps *band = NULL;
  uint32_t every[POINTS_MAX];
  const double sign[2] = {qy_metric_table()[chart->x].sense > 0 ? -1 : 1,
                          qy_metric_table()[chart->y].sense > 0 ? -1 : 1};
  for (uint32_t i = 0; i < points->count; i++)
    every[i] = i;
  is_int(bands_find(&band, chart, points, every, points->count, arena, &err), QY_OK, what);
  if (band) is_int(wrong_places(d, points->count, band, sign), 0, "5, 50 and 95 % by counting the draws");
}

/* Bars over a design, each draw by draw: a place for each point of SDM, whose bars are 1 and what is made beside it. */
static void check_cells(const qy_plan *plan, qy_model *model, const int64_t *over, size_t count)
{
  static double area[POINTS_MAX], energy[POINTS_MAX], number[POINTS_MAX];
  static uint32_t place[POINTS_MAX], design[POINTS_MAX], zero[POINTS_MAX];
  static char name[POINTS_MAX][8], *label[POINTS_MAX], *designs[] = {"SDM", "RDM"}, *one[] = {"one"};
  qy_points p = {.count = count, .point = number};
  int expected = 0, wrong = 0, others = 0;
  for (size_t i = 0; i < count; i++) {
    snprintf(name[i], sizeof name[i], "p%zu", i);
    label[i] = name[i];
    number[i] = (double)i, place[i] = (uint32_t)(over[i] < 0 ? (int64_t)i : over[i]);
    design[i] = over[i] != (int64_t)i;
    area[i] = energy[i] = 1 + (double)i; /* the choice is among one: the model has the values */
    expected += all.seen[i] && over[i] >= 0 && all.seen[over[i]] && design[i];
  }
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p.key[k] = zero, p.label[k] = one, p.label_count[k] = 1;
  p.key[QY_KEY_DESIGN] = design, p.label[QY_KEY_DESIGN] = designs, p.label_count[QY_KEY_DESIGN] = 2;
  p.key[QY_KEY_CLOCK] = place, p.label[QY_KEY_CLOCK] = label, p.label_count[QY_KEY_CLOCK] = count;
  p.metric[QY_AREA_UM2] = area, p.metric[QY_ENERGY_UJ] = energy;
  p.low[QY_ENERGY_UJ] = p.high[QY_ENERGY_UJ] = energy;
  const qy_chart f = {.kind = QY_CHART_BARS,
                      .x = qy_chart_key(QY_KEY_CLOCK),
                      .y = QY_ENERGY_UJ,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = -1,
                      .over = "SDM",
                      .plan = plan,
                      .model = model};
  qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err);
  qy_error_clear(&err);
  char *s = script_of("c"), *row = s ? strstr(s, "$intervals << END\n") : NULL;
  double at, low, high;
  for (row = row ? strchr(row, '\n') : NULL; row && sscanf(row + 1, "%lf %lf %lf", &at, &low, &high) == 3;
       row = strchr(row + 1, '\n')) {
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
      const double *own = all.value[i][1], *other = all.value[over[i] < 0 ? (int64_t)i : over[i]][1];
      int below = 0, above = 0;
      for (int k = 0; k < DRAWS && design[i]; k++)
        below += own[k] / other[k]<low *(1 - 1e-6), above += own[k] / other[k]> high * (1 + 1e-6);
      found = design[i] && below == 2 && above == 2; /* as above */
    }
    const bool itself = fabs(low - 1) < 1e-9 && fabs(high - 1) < 1e-9;
    wrong += !found && !itself;
    others += !itself;
  }
  ok(wrong == 0 && others == expected && others > 4, "%d bars with intervals of their ratios, %d expected", others,
     expected);
  free(s);
}

/* Lines over a design: a row for each point with its ratio upwards and the interval of that. */
static void check_lines(const qy_plan *plan, qy_model *model, size_t count, const bands_ratio ratio[2],
                        const uint32_t *index, size_t kept)
{
  static double number[POINTS_MAX], nominal[POINTS_MAX];
  static uint32_t zero[POINTS_MAX];
  static char *one[] = {"one"};
  qy_points p = {.count = count, .point = number};
  for (size_t i = 0; i < count; i++)
    number[i] = (double)i, nominal[i] = 1 + (double)i;
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p.key[k] = zero, p.label[k] = one, p.label_count[k] = 1;
  p.metric[QY_AREA_UM2] = p.metric[QY_ENERGY_UJ] = nominal;
  const qy_chart f = {.kind = QY_CHART_LINES,
                      .x = QY_AREA_UM2,
                      .y = QY_ENERGY_UJ,
                      .panel = -1,
                      .over = "SDM",
                      .plan = plan,
                      .model = model};
  qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err);
  qy_error_clear(&err);
  char *s = script_of("l"), *row = s ? strstr(s, "$series_1_1 << END\n") : NULL;
  int rows = 0, wrong = 0;
  double v[6];
  for (row = row ? strchr(row, '\n') : NULL;
       row && sscanf(row + 1, "%lf %lf %lf %lf %lf %lf", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]) == 6;
       row = strchr(row + 1, '\n'), rows++) {
    bool found = false;
    for (size_t n = 0; n < kept && !found; n++)
      found = v[0] == nominal[index[n]] && v[2] == v[0] && v[3] == v[0] && fabs(v[1] / ratio[1].value[n] - 1) < 1e-6 &&
              fabs(v[4] / ratio[1].low[n] - 1) < 1e-6 && fabs(v[5] / ratio[1].high[n] - 1) < 1e-6;
    wrong += !found;
  }
  ok(wrong == 0 && rows == (int)kept, "lines of %d ratios with their intervals, of %zu", rows, kept);
  char left_out[80];
  snprintf(left_out, sizeof left_out, "Left out: %zu points without one of SDM to divide by.", count - kept);
  holds(s, left_out);
  free(s);
  /* Of all but one that have one, one is left out; of those alone none is, and nothing is said. */
  size_t other = 0;
  for (size_t n = 0; n < kept && index[other] == other; n++)
    other++;
  for (int without = 1; without >= 0; without--) {
    p.count = 0;
    for (size_t n = 0; n < kept; n++)
      number[p.count++] = (double)index[n];
    if (without) number[p.count++] = (double)other;
    qy_error_clear(&err);
    is_int(qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "lines");
    s = script_of("l");
    if (without)
      holds(s, "Left out: 1 point without one of SDM to divide by.");
    else
      holds_not(s, "Left out");
    free(s);
  }
  number[0] = (double)other;
  p.count = 1;
  qy_error_clear(&err);
  is_int(qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err), QY_BAD_INPUT,
         "a point without one of the other design");
  ok(err.count == 1 && strstr(said(&err), "no point has one of the design \"SDM\" at the same axes"), "%s", said(&err));
  qy_error_clear(&err);
}

/* A chart of fronts shows the band of its points in place of their intervals. */
static void check_chart(const qy_plan *plan, qy_model *model, size_t count, qy_arena *arena)
{
  static double number[POINTS_MAX], area[POINTS_MAX], energy[POINTS_MAX], ends[POINTS_MAX], chance[POINTS_MAX];
  static uint32_t zero[POINTS_MAX], every[POINTS_MAX];
  static char *one[] = {"one"};
  qy_points p = {.count = count, .point = number, .chance = chance};
  for (size_t i = 0; i < count; i++) {
    number[i] = (double)i, every[i] = (uint32_t)i, chance[i] = 0.5;
    area[i] = all.value[i][0][0], energy[i] = all.value[i][1][0], ends[i] = 1;
  }
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p.key[k] = zero, p.label[k] = one, p.label_count[k] = 1;
  p.metric[QY_AREA_UM2] = area, p.metric[QY_ENERGY_UJ] = energy;
  p.low[QY_AREA_UM2] = p.high[QY_AREA_UM2] = p.low[QY_ENERGY_UJ] = p.high[QY_ENERGY_UJ] = ends;
  const qy_plot_steps *band = NULL;
  for (int with = 0; with < 2; with++) {
    const qy_chart f = {.kind = QY_CHART_PARETO,
                        .x = QY_AREA_UM2,
                        .y = QY_ENERGY_UJ,
                        .panel = -1,
                        .bands = with,
                        .plan = plan,
                        .model = model};
    if (with) is_int(bands_find(&band, &f, &p, every, count, arena, &err), QY_OK, "the band of all points");
    qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("b"), NO_GNUPLOT, NULL, &err);
    qy_error_clear(&err);
    char *s = script_of("b");
    int corners = 0; /* within the axes */
    for (size_t k = 0; with && band && s && k < band[1].count; k++) {
      char corner[60];
      snprintf(corner, sizeof corner, "\n%.9g %.9g\n", band[1].x[k], band[1].y[k]);
      corners += strstr(s, corner) != NULL;
    }
    ok((s && strstr(s, "$half_1_1 << END")) == with && (s && strstr(s, "$band_1_1 << END")) == with, "bands: %d", with);
    ok((s && strstr(s, "with xyerrorbars")) == !with && (s && strstr(s, "$near_1_1")) == !with,
       "else intervals, and what is near");
    ok(!with || corners > 0, "%d corners of half of the draws", corners);
    free(s);
  }
}

static qy_status keep_value(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *error)
{
  double(*value)[2] = ctx;
  (void)draw, (void)error;
  for (int m = 0; m < 2; m++)
    value[i][m] = row[m].value;
  return QY_OK;
}

/* Points of which a metric cannot be divided, as the other design has none of it, are left out; of lines, whose x stays
 * as it is, by y alone. */
static void check_undivided(const qy_plan *plan, qy_model *model, const int64_t *points, const int64_t *over,
                            size_t count, qy_arena *arena)
{
  double number[POINTS_MAX];
  int wrong = 0, without = 0, with = 0;
  for (size_t i = 0; i < count; i++)
    number[i] = (double)i;
  const qy_points stored = {.count = count, .point = number};
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    for (int way = 0; way < 4; way++) {
      const bool lines = way & 1, turned = way & 2;
      const int metric[2] = {turned ? m : QY_AREA_UM2, turned ? QY_AREA_UM2 : m};
      const qy_chart f = {.kind = lines ? QY_CHART_LINES : QY_CHART_PARETO,
                          .x = metric[0],
                          .y = metric[1],
                          .over = "SDM",
                          .plan = plan,
                          .model = model};
      double value[POINTS_MAX][2];
      bands_ratio ratio[2];
      uint32_t *index = NULL;
      size_t kept = 0, expected = 0, all_of = 0;
      for (size_t i = 0; i < count; i++)
        value[i][0] = value[i][1] = NAN;
      if (qy_model_draws(model, points, NULL, count, metric, 2, keep_value, value, &err)) continue;
      for (size_t i = 0; i < count; i++) {
        if (over[i] < 0 || isnan(value[i][!turned ? 0 : 1]) || isnan(value[over[i]][!turned ? 0 : 1])) continue;
        bool divided = true;
        for (int k = lines; k < 2; k++)
          divided = divided && isfinite(value[i][k] / value[over[i]][k]);
        expected += divided;
        all_of++;
      }
      wrong += bands_ratios(ratio, &index, &kept, &f, &stored, arena, &err) || kept != expected;
      *(expected < all_of ? &without : &with) += 1;
    }
  qy_error_clear(&err);
  ok(wrong == 0 && without > 0 && with > 20, "ratios of all points with %d pairs of metrics, of some with %d", with,
     without);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = plan_of(text, arena);
  qy_model *model = NULL;
  if (!plan || !is_int(qy_model_new(&model, plan, NULL, 0, &err), QY_OK, "a model of all points")) return done();
  const size_t count = (size_t)qy_plan_get(plan)->points;
  double number[POINTS_MAX];
  int64_t points[POINTS_MAX], over[POINTS_MAX];
  const int metric[2] = {QY_AREA_UM2, QY_ENERGY_UJ}, other[2] = {QY_AREA_UM2, QY_TOPS_PER_W};
  for (size_t i = 0; i < count; i++) {
    points[i] = (int64_t)i;
    number[i] = (double)i;
    over[i] = -1;
    qy_plan_find_partner(&over[i], plan, points[i], "SDM", NULL);
  }
  const qy_points stored = {.count = count, .point = number};
  qy_chart chart = {.x = metric[0], .y = metric[1], .plan = plan, .model = model};
  qy_model_draws(model, points, NULL, count, metric, 2, keep, &all, &err);
  check_bands("a band of area and energy", &chart, &stored, &all, arena);

  make_folder();
  check_cells(plan, model, over, count);
  check_chart(plan, model, count, arena);
  remove_folder();

  /* The same over SDM: draw by draw. */
  uint32_t *index = NULL;
  size_t kept = 0;
  bands_ratio ratio[2];
  chart.over = "SDM";
  for (size_t i = 0; i < count; i++) {
    const size_t q = (size_t)over[i];
    if (!(base.seen[i] = all.seen[i] && over[i] >= 0 && all.seen[q])) continue;
    for (int m = 0; m < 2; m++)
      for (int k = 0; k < DRAWS; k++)
        base.value[i][m][k] = all.value[i][m][k] / all.value[q][m][k];
  }
  check_bands("a band of ratios", &chart, &stored, &base, arena);
  is_int(bands_ratios(ratio, &index, &kept, &chart, &stored, arena, &err), QY_OK, "ratios");
  int outside = 0, ones = 0, own = 0;
  size_t expected = 0;
  for (size_t i = 0; i < count; i++)
    expected += (size_t)base.seen[i];
  for (size_t n = 0; n < kept; n++)
    own += over[index[n]] == index[n];
  for (size_t n = 0; n < kept; n++)
    for (int m = 0; m < 2; m++) {
      int below = 0, above = 0;
      for (int k = 0; k < DRAWS; k++) {
        below += base.value[index[n]][m][k] < ratio[m].low[n];
        above += base.value[index[n]][m][k] > ratio[m].high[n];
      }
      ones += ratio[m].low[n] == 1 && ratio[m].high[n] == 1 && over[index[n]] == index[n];
      outside += over[index[n]] != index[n] && (below != 2 || above != 2); /* 5 % of 40, the quantile between two */
    }
  ok(kept == expected && kept > 8, "of every point that can be (%zu)", kept);
  is_int(outside, 0, "2 of 40 draws below each interval, 2 above");
  ok(own > 4 && ones == 2 * own, "the design itself is 1 for certain in both metrics (%d points)", own);
  check_undivided(plan, model, points, over, count, arena);
  make_folder();
  check_lines(plan, model, count, ratio, index, kept);
  remove_folder();
  chart.over = "XYZ";
  is_int(bands_ratios(ratio, &index, &kept, &chart, &stored, arena, &err), QY_BAD_INPUT, "over a design that is none");
  const qy_plot_steps *none = NULL;
  const uint32_t first = 0;
  is_int(bands_find(&none, &chart, &stored, &first, 1, arena, &err), QY_BAD_INPUT, "and no band");
  qy_error_clear(&err);

  chart = (qy_chart){.x = other[0], .y = other[1], .plan = plan, .model = model};
  memset(&all, 0, sizeof all);
  qy_model_draws(model, points, NULL, count, other, 2, keep, &all, &err);
  check_bands("a band of area and what is to be maximised", &chart, &stored, &all, arena);
  qy_model_free(model);
  qy_arena_free(arena);
  return done();
}
