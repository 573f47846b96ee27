/* Charts at their limits: as many series as can be told apart, any number of bins, words on logarithmic axes, bars of
 * nothing, what stands behind the last axis.  Scripts alone: nothing is drawn. */
#include "chart_line.h"

/* More than 24 series are told apart in panels of the key of most labels that has no more than 12, the first of
 * such. */
static void facets(void)
{
  static const struct {
    size_t designs, networks;
    int panels; /* 1: none */
    const char *title;
  } row[] = {{2, 12, 1, NULL},  {5, 5, 5, "d0"},   {2, 13, 2, "d0"},  {13, 2, 2, "n0"}, {1, 30, 1, NULL},
             {13, 13, 1, NULL}, {12, 3, 12, "d0"}, {3, 12, 12, "n0"}, {4, 6, 1, NULL}};
  enum { LABELS = 30 };
  static char text[2][LABELS][8], *label[2][LABELS];
  static uint32_t network[MANY];
  for (int i = 0; i < LABELS; i++)
    for (int k = 0; k < 2; k++) {
      snprintf(text[k][i], sizeof text[k][i], "%c%d", k ? 'n' : 'd', i);
      label[k][i] = text[k][i];
    }
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_points p = line_of(row[i].designs * row[i].networks, false);
    for (size_t k = 0; k < p.count; k++)
      of[k] = (uint32_t)(k % row[i].designs), network[k] = (uint32_t)(k / row[i].designs);
    p.label[QY_KEY_DESIGN] = label[0], p.label_count[QY_KEY_DESIGN] = row[i].designs;
    p.key[QY_KEY_NETWORK] = network, p.label[QY_KEY_NETWORK] = label[1],
    p.label_count[QY_KEY_NETWORK] = row[i].networks;
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = QY_AREA_UM2,
                        .y = QY_LATENCY_US,
                        .group_count = 2,
                        .group = {QY_KEY_DESIGN, QY_KEY_NETWORK},
                        .panel = -1};
    char *s = draw(&f, &p), title[40];
    is_int(count_text(s, "set lmargin"), row[i].panels, "panels");
    snprintf(title, sizeof title, "set label '%s' at screen ", row[i].title ? row[i].title : "");
    if (row[i].title) holds(s, title);
    free(s);
    qy_chart first = f; /* of the first key of all */
    p.key[QY_KEY_TECHNOLOGY] = of, p.label[QY_KEY_TECHNOLOGY] = label[0];
    p.label_count[QY_KEY_TECHNOLOGY] = row[i].designs;
    p.key[QY_KEY_DESIGN] = nought, p.label_count[QY_KEY_DESIGN] = 1;
    first.group[0] = QY_KEY_TECHNOLOGY;
    s = draw(&first, &p);
    is_int(count_text(s, "set lmargin"), row[i].panels, "panels of technologies");
    ok((strstr(flat(s), "In panels, as there are more series than can be told apart.") != NULL) ==
           (row[i].title != NULL),
       "which is said");
    free(s);
  }
}

/* So many bins as are asked for, each point in that of its value: of one, of two, of 7 as usual where none is said. */
static void any_bins(void)
{
  for (int asked = 0; asked <= 5; asked++) {
    const qy_points p = line_of(60, false);
    for (size_t i = 0; i < p.count; i++)
      rising[i] = 3 + (double)(i * 37 % 60), of[i] = 0;
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = QY_AREA_UM2,
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .colour = QY_LATENCY_US,
                        .bins = asked,
                        .panel = -1,
                        .x_log = 0};
    char *s = draw(&f, &p);
    double got[60][4];
    const int count = rows_of(s, "$cells_1", got, 60), bins_of = asked ? asked : QY_CHART_BINS;
    int wrong = count != bins_of;
    for (int b = 0; b < count; b++) {
      double least = INFINITY;
      for (size_t i = 0; i < p.count; i++) { /* from 3 to 62 */
        const double place = (rising[i] - 3) / 59 * bins_of;
        const int own = place >= bins_of ? bins_of - 1 : (int)place;
        if (own == b) least = fmin(least, other[i]);
      }
      wrong += got[b][0] != b + 0.5 || got[b][2] != least;
    }
    is_int(wrong, 0, "the least of each bin");
    free(s);
  }
}

/* Numbers asked for are those of the labels nearest to them: of two as near as each other both. */
static void nearest(void)
{
  static char label_text[3][16], *label[3];
  static double number_of[] = {100000, 100001, 100003, 100003.9}; /* the last is of no label */
  static const struct {
    const char *asked;
    int rows; /* of 30 points, ten a label */
  } row[] = {{"100000", 10},   {"100000.4", 10}, {"100000.5", 20}, {"100000.6", 10},
             {"100001.9", 10}, {"100002", 20},   {"100003", 10},   {"100003.9", 10}};
  qy_points p = line_of(30, false);
  for (int i = 0; i < 3; i++) {
    snprintf(label_text[i], sizeof label_text[i], "%.0f bit", number_of[i]);
    label[i] = label_text[i];
  }
  p.key[QY_KEY_DESIGN] = nought, p.label_count[QY_KEY_DESIGN] = 1;
  p.key[QY_KEY_PRECISION] = of, p.label[QY_KEY_PRECISION] = label, p.label_count[QY_KEY_PRECISION] = 3;
  p.number[QY_KEY_PRECISION] = number_of, p.unit[QY_KEY_PRECISION] = bit;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int unit = 0; unit < 2; unit++) {
      char asked[24];
      snprintf(asked, sizeof asked, "%s%s", row[i].asked, unit ? " bit" : "");
      const qy_chart f = {.kind = QY_CHART_LINES,
                          .x = QY_AREA_UM2,
                          .y = QY_LATENCY_US,
                          .panel = -1,
                          .where_count = 1,
                          .where = {{QY_KEY_PRECISION, asked}}};
      char *s = draw(&f, &p);
      double got[40][4];
      is_int(rows_of(s, "$series_1_1", got, 40), row[i].rows, row[i].asked);
      free(s);
    }
}

/* A metric of one value has one cell with its number, not a range. */
static void one_value(void)
{
  const qy_points p = line_of(30, false);
  for (int equal = 0; equal < 2; equal++) {
    for (size_t i = 0; i < p.count; i++)
      rising[i] = equal ? 5 : 5 + 1e-4 * (double)i;
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = QY_AREA_UM2,
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .colour = QY_LATENCY_US,
                        .panel = -1};
    char *s = draw(&f, &p);
    ok((s && strstr(s, "set xtics norotate ('5' 0.5)\n")) == equal, "one value: %d", equal);
    free(s);
  }
}

/* Bins take places of keys, which design parameters leave to them or not. */
static void many_parameters(void)
{
  for (int more = 0; more < 2; more++) {
    qy_points p = make();
    p.parameters.count = QY_KEY_COUNT - 2 - QY_KEY_PARAMETER + more;
    const qy_chart f = {.kind = QY_CHART_HEATMAP,
                        .x = QY_AREA_UM2,
                        .y = qy_chart_key(QY_KEY_DESIGN),
                        .colour = QY_LATENCY_US,
                        .panel = QY_KEY_TECHNOLOGY};
    qy_error_clear(&err);
    is_int(qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err),
           more ? QY_BAD_INPUT : QY_SYSTEM, "as many parameters as leave two keys, or one more");
  }
}

/* Up to six values of what series are best over are named, of more their number; of one value nothing is said. */
static void pooled(void)
{
  enum { MOST = 8 };
  static char text[MOST][16], *label[MOST];
  static double number_of[MOST];
  static uint32_t network[MANY];
  for (int i = 0; i < MOST; i++) {
    snprintf(text[i], sizeof text[i], "%d bit", i + 1);
    label[i] = text[i], number_of[i] = i + 1;
  }
  for (size_t count = 1; count <= MOST; count++) {
    qy_points p = line_of(48, false);
    for (size_t i = 0; i < p.count; i++)
      network[i] = (uint32_t)(i / 3 % count);
    p.key[QY_KEY_PRECISION] = network, p.label[QY_KEY_PRECISION] = label, p.label_count[QY_KEY_PRECISION] = count;
    p.number[QY_KEY_PRECISION] = number_of, p.unit[QY_KEY_PRECISION] = bit;
    const qy_chart f = {.kind = QY_CHART_BARS, .x = qy_chart_key(QY_KEY_DESIGN), .y = QY_LATENCY_US, .panel = -1};
    char *s = draw(&f, &p), said_of[80] = ", best over precision (";
    for (size_t i = 0; i < count; i++)
      snprintf(said_of + strlen(said_of), sizeof said_of - strlen(said_of), "%s%zu", i ? ", " : "", i + 1);
    strcat(said_of, "\u00a0bit).");
    if (count > 6) snprintf(said_of, sizeof said_of, ", best over precision (%zu values).", count);
    ok((strstr(flat(s), said_of) != NULL) == (count > 1), "of %zu values: %s", count, said_of);
    ok((strstr(flat(s), "best over") != NULL) == (count > 1), "or nothing");
    free(s);
  }
}

/* The name of a place stands below the middle one of its bars, also where there is one place. */
static void one_place(void)
{
  for (size_t groups = 1; groups <= 3; groups++) {
    qy_points p = line_of(30, false);
    for (size_t i = 0; i < p.count; i++)
      of[i] = (uint32_t)(i % groups);
    p.label_count[QY_KEY_DESIGN] = groups;
    const qy_chart f = {.kind = QY_CHART_BARS,
                        .x = qy_chart_key(QY_KEY_NETWORK),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = -1};
    static const char *const names[] = {"('one' 1)", "('one' 1, '' 2)", "('' 1, 'one' 2, '' 3)"};
    char *s = draw(&f, &p);
    holds(s, names[groups - 1]);
    free(s);
  }
}

/* An axis of numbers that rise by one factor is logarithmic where nobody says otherwise; more axes of metrics than a
 * front has are drawn all the same; numbers over less than three labels are linear. */
static void scales(void)
{
  const qy_points p = make();
  for (int log = -1; log <= 1; log++) {
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = -1,
                        .x_log = log};
    char *s = draw(&f, &p);
    holds(s, log ? "\nset logscale x 10\n" : "\nunset logscale x\n");
    free(s);
  }
}

static void words(void)
{
  const qy_points p = make();
  /* Words have no logarithms: the first, at 0, is drawn also where one is asked for. */
  for (int upright = 0; upright < 2; upright++) {
    const int key = qy_chart_key(QY_KEY_TECHNOLOGY);
    const qy_chart words = {.kind = QY_CHART_LINES,
                            .x = upright ? QY_AREA_UM2 : key,
                            .y = upright ? key : QY_AREA_UM2,
                            .group_count = 1,
                            .group = {QY_KEY_DESIGN},
                            .panel = -1,
                            .x_log = !upright,
                            .y_log = upright};
    char *drawn = draw(&words, &p);
    double at[4][4];
    is_int(rows_of(drawn, "$series_1_1", at, 4), 2, "a point at each word");
    holds_not(drawn, "Points not shown");
    free(drawn);
  }
}

static void bars_of_nothing(void)
{
  /* Bars of nothing are bars all the same. */
  static double nothing[COUNT];
  qy_points zeros = make();
  zeros.metric[QY_LATENCY_US] = nothing;
  const qy_chart low = {.kind = QY_CHART_BARS,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_TECHNOLOGY},
                        .panel = -1};
  char *flat_bars = draw(&low, &zeros);
  double rows[9][4];
  is_int(rows_of(flat_bars, "$part_1", rows, 9), 8, "three times two bars and gaps between");
  free(flat_bars);
}

/* Lines through upright axes are of the axes that are counted: libraries that none of them tells apart are series. */
static void behind_the_last(void)
{
  const qy_points p = make();
  for (int told = 0; told < 2; told++) {
    const qy_chart f = {.kind = QY_CHART_PARALLEL,
                        .axis_count = 2 + told,
                        .axis = {QY_AREA_UM2, QY_LATENCY_US, qy_chart_key(QY_KEY_TECHNOLOGY)},
                        .panel = -1};
    qy_chart first = f; /* the first axis tells them */
    first.axis[0] = qy_chart_key(QY_KEY_TECHNOLOGY);
    char *s = draw(&f, &p);
    ok((s && strstr(s, "title 'n28'")) == !told, "a series for each library: %d", !told);
    free(s);
    s = draw(&first, &p);
    holds_not(s, "title 'n28'");
    free(s);
  }
}

/* What is asked for is what is counted: a supply behind that makes no library one of its base. */
static void behind_the_last_asked(void)
{
  static char *label[] = {"n28@0.8V", "n55"};
  qy_points p = make();
  p.label[QY_KEY_TECHNOLOGY] = label;
  for (int asked = 1; asked <= 2; asked++) {
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = QY_AREA_UM2,
                        .y = QY_LATENCY_US,
                        .panel = -1,
                        .where_count = asked,
                        .where = {{QY_KEY_TECHNOLOGY, "n28"}, {QY_KEY_VOLTAGE, "one"}}};
    qy_error_clear(&err);
    is_int(qy_chart_draw(&f, &p, NULL, 0, QY_PLOT_SVG, in_folder("c"), NO_GNUPLOT, NULL, &err),
           asked == 1 ? QY_BAD_INPUT : QY_SYSTEM, "a library at a supply");
  }
}

/* An interval has both ends. */
static void one_end(void)
{
  for (int ends = 0; ends < 4; ends++) {
    qy_points p = make();
    p.low[QY_LATENCY_US] = ends & 1 ? area : NULL, p.high[QY_LATENCY_US] = ends & 2 ? area : NULL;
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = qy_chart_key(QY_KEY_PRECISION),
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = QY_KEY_TECHNOLOGY};
    char *s = draw(&f, &p);
    ok((s && strstr(s, "errorbars lt ")) == (ends == 3), "intervals of both ends: %d", ends);
    free(s);
  }
}

int main(void)
{
  make_folder();
  behind_the_last_asked();
  one_end();
  facets();
  any_bins();
  nearest();
  pooled();
  many_parameters();
  one_value();
  one_place();
  scales();
  words();
  bars_of_nothing();
  behind_the_last();
  remove_folder();
  return done();
}
