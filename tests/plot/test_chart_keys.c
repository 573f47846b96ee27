/* Keys of numbers on an axis of which some points have none: where they have a place and where not.  Scripts alone:
 * nothing is drawn. */
#include "chart_test.h"

static char dash[] = "-", unit[] = "B", *label[4];
static double value_of[4];
static uint32_t of_parameter[COUNT];

/* Points of design C have no buffer, of the others one of `sizes`. */
static qy_points points_of(uint32_t sizes)
{
  qy_points p = make();
  join(&p);
  const qy_key key = QY_KEY_PARAMETER;
  p.parameters.count = 1, p.parameters.name[0] = "memory.buffer";
  for (size_t i = 0; i < p.count; i++)
    of_parameter[i] = design[i] == 2 ? sizes : (uint32_t)(i % sizes);
  static char *const words[] = {"2 B", "4 B", "8 B"};
  for (uint32_t v = 0; v <= sizes; v++)
    label[v] = v < sizes ? words[v] : dash, value_of[v] = v < sizes ? 2 << v : NAN;
  p.key[key] = of_parameter, p.label[key] = label, p.label_count[key] = sizes + 1;
  p.number[key] = value_of, p.unit[key] = unit;
  return p;
}

static double least_of(const qy_points *p, uint32_t d, uint32_t v)
{
  double least = INFINITY;
  for (size_t i = 0; i < p->count; i++)
    if (design[i] == d && of_parameter[i] == v) least = fmin(least, latency[i]);
  return least;
}

/* Lines: a point at each number; what has none is not in the picture, and counts for no axis. */
static void lines(uint32_t sizes)
{
  const qy_points p = points_of(sizes);
  const qy_chart f = {.kind = QY_CHART_LINES,
                      .x = qy_chart_key(QY_KEY_PARAMETER),
                      .y = QY_LATENCY_US,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = -1,
                      .x_log = -1,
                      .y_log = 0};
  char *s = draw(&f, &p), block[40];
  int wrong = 0;
  for (uint32_t d = 0; d < DESIGNS; d++) {
    double got[8][4];
    snprintf(block, sizeof block, "$series_1_%u", d + 1);
    const int rows = rows_of(s, block, got, 8);
    wrong += (rows > 0 ? rows : 0) != (d < 2 ? (int)sizes : 0);
    for (int r = 0; r < rows; r++)
      wrong += got[r][0] != value_of[r] || !is(got[r][1], least_of(&p, d, (uint32_t)r));
  }
  is_int(wrong, 0, "a point of each series at each number");
  holds(s, sizes == 3 ? "('2' 2, '4' 4, '8' 8)" : "('2' 2, '4' 4)");
  holds(s, sizes == 3 ? "\nset logscale x 10\n" : "\nunset logscale x\n"); /* three that rise by one factor */
  holds(s, "label 'Memory buffer (B)'");
  holds_not(s, "title 'C'");
  free(s);
}

/* Bars stand at every label, the last of which is a dash. */
static void bars(uint32_t sizes)
{
  const qy_points p = points_of(sizes);
  const qy_chart f = {.kind = QY_CHART_BARS,
                      .x = qy_chart_key(QY_KEY_PARAMETER),
                      .y = QY_LATENCY_US,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = -1};
  char *s = draw(&f, &p);
  int wrong = 0;
  for (uint32_t part = 0; part < DESIGNS; part++) {
    double got[20][4];
    char block[20];
    snprintf(block, sizeof block, "$part_%u", part + 1);
    const int rows = rows_of(s, block, got, 20);
    int at = 0;
    for (uint32_t v = 0; v <= sizes; v++, at++) /* a gap behind each place */
      for (uint32_t d = 0; d < DESIGNS; d++) {
        if ((d == 2) != (v == sizes)) continue;
        const double value = least_of(&p, d, v); /* the middle of its box; of parts behind it the top */
        wrong += at >= rows || !is(got[at][1], part < d ? 0 : part == d ? value / 2 : value);
        at++;
      }
    wrong += rows != at - 1;
  }
  is_int(wrong, 0, "places of bars and gaps");
  holds(s, "'2'");
  holds(s, "'-'");
  free(s);
}

int main(void)
{
  make_folder();
  for (uint32_t sizes = 2; sizes <= 3; sizes++) {
    lines(sizes);
    bars(sizes);
  }
  remove_folder();
  return done();
}
