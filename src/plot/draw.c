/* Pareto and line plots: see plot.h.
 *
 * Every panel shows the cloud of dominated points (faint dots, or above DOTS_MAX points a density counted here in
 * GRID x GRID cells and sent as one image: a million points cost as much as a thousand), then intervals, points near
 * the fronts, fronts as steps and their points.  The density lies on the second pair of axes, which are linear in the
 * logarithm where the first are logarithmic: images need even steps.
 */
#include "gnuplot.h"
#include "picture.h"
#include "script.h"
#include "shade.h"
#include "sheet.h"

#include "quarry/alloc.h"
#include "quarry/plot.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct place {
  double x, y;
  size_t index;
} place;

static int by_x(const void *a, const void *b)
{
  const place *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  return p->index < q->index ? -1 : p->index > q->index;
}

static int by_y(const void *a, const void *b)
{
  const place *p = a, *q = b;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  return by_x(a, b);
}

/* An interval's end, held inside the axis: a low end at zero has no place on a logarithmic one. */
static double end(const axis *a, const double *ends, size_t i, double value)
{
  if (!ends || isnan(ends[i])) return value;
  return fmin(fmax(ends[i], a->low), a->high);
}

static double chance_at(const double *chance, size_t i)
{
  return chance[i] > 0 ? fmin(chance[i], 1) : 0; /* NaN: 0 */
}

/* Rows "x y [x_low x_high y_low y_high] [chance] [x of the marker] [tip]" in order of x.  Returns the number of rows. */
static size_t write_series(picture *d, const qy_plot_series *r, const char *label, size_t panel, size_t index)
{
  qy_text *s = d->page.s;
  const float *size = d->size[picture_series(d, panel, index)];
  place *places = qy_arena_alloc(d->arena, r->count, sizeof *places);
  if (!places) {
    s->failed = true;
    return 0;
  }
  size_t count = 0;
  for (size_t i = 0; i < r->count; i++) {
    if (picture_shows(d, r->x[i], r->y[i])) places[count++] = (place){r->x[i], r->y[i], i};
  }
  qsort(places, count, sizeof *places, d->plot->lines == 2 ? by_y : by_x);
  if (count == 0) return 0;
  qy_text_add(s, "$series_%zu_%zu << END\n", panel + 1, index + 1);
  for (size_t k = 0; k < count; k++) {
    size_t i = places[k].index;
    qy_text_add(s, "%.9g %.9g", places[k].x, places[k].y);
    if (picture_has_interval(r)) {
      qy_text_add(s, " %.9g %.9g %.9g %.9g", end(&d->x, r->x_low, i, r->x[i]), end(&d->x, r->x_high, i, r->x[i]),
                  end(&d->y, r->y_low, i, r->y[i]), end(&d->y, r->y_high, i, r->y[i]));
    }
    if (r->chance) qy_text_add(s, " %.4g", chance_at(r->chance, i));
    if (size) qy_text_add(s, " %.3g", size[i] > 0 ? (double)size[i] : 1);
    if (!d->page.dumb && count <= TIPPED_MAX) {
      char own[256];
      snprintf(own, sizeof own, "%s: %.6g, %.6g", label, places[k].x, places[k].y);
      qy_text_add(s, " ");
      script_tip(s, r->tip && r->tip[i] ? r->tip[i] : own);
    }
    qy_text_add(s, "\n");
  }
  qy_text_add(s, "END\n");
  return count;
}

/* An end of an axis: the worse one, of what is to be maximised the lower. */
static double worse_end(const axis *a, int maximise)
{
  return maximise ? a->low : a->high;
}

static double held(const axis *a, double value)
{
  return fmin(fmax(value, a->low), a->high);
}

/* Corners of a staircase from the worse end of y to that of x, or back. */
static void write_corners(picture *d, const qy_plot_steps *t, bool back)
{
  const double x_end = worse_end(&d->x, d->plot->x_maximise), y_end = worse_end(&d->y, d->plot->y_maximise);
  const size_t corners = t->count ? 2 * t->count + 1 : 1;
  for (size_t c = 0; c < corners; c++) {
    const size_t at = back ? corners - 1 - c : c, i = at / 2;
    const double x = i < t->count ? t->x[i] : x_end, y = at == 0 || !t->count ? y_end : t->y[(at - 1) / 2];
    qy_text_add(d->page.s, "%.9g %.9g\n", held(&d->x, x), held(&d->y, y));
  }
}

/* The outline of a band, and the staircase in its middle.  Returns whether there is one. */
static bool write_band(picture *d, const qy_plot_series *r, size_t panel, size_t index)
{
  if (!r->band || r->band[QY_PLOT_BAND_BEST].count == 0) return false;
  qy_text_add(d->page.s, "$band_%zu_%zu << END\n", panel + 1, index + 1);
  write_corners(d, &r->band[QY_PLOT_BAND_BEST], false);
  write_corners(d, &r->band[QY_PLOT_BAND_WORST], true);
  qy_text_add(d->page.s, "END\n$half_%zu_%zu << END\n", panel + 1, index + 1);
  write_corners(d, &r->band[QY_PLOT_BAND_MIDDLE], false);
  qy_text_add(d->page.s, "END\n");
  return true;
}

static bool near_has_interval(const qy_plot_near *n)
{
  return n->x_low || n->x_high || n->y_low || n->y_high;
}

/* Rows "x y [x_low x_high y_low y_high] [chance]" of the points near a front.  Returns the number of rows. */
static size_t write_near(picture *d, const qy_plot_near *n, size_t panel, size_t index)
{
  qy_text *s = d->page.s;
  size_t count = 0;
  for (size_t i = 0; i < n->count; i++) {
    if (!picture_shows(d, n->x[i], n->y[i]) || !picture_inside(d, n->x[i], n->y[i])) continue;
    if (count++ == 0) qy_text_add(s, "$near_%zu_%zu << END\n", panel + 1, index + 1);
    qy_text_add(s, "%.6g %.6g", n->x[i], n->y[i]);
    if (d->near_bars && near_has_interval(n))
      qy_text_add(s, " %.6g %.6g %.6g %.6g", end(&d->x, n->x_low, i, n->x[i]), end(&d->x, n->x_high, i, n->x[i]),
                  end(&d->y, n->y_low, i, n->y[i]), end(&d->y, n->y_high, i, n->y[i]));
    if (n->chance) qy_text_add(s, " %.4g", chance_at(n->chance, i));
    qy_text_add(s, "\n");
  }
  if (count > 0) qy_text_add(s, "END\n");
  return count;
}

static size_t write_dots(picture *d, const qy_plot_series *r, size_t panel, size_t index)
{
  size_t count = 0;
  for (size_t k = 0; k < r->cloud_count; k++) {
    if (!picture_inside(d, r->cloud_x[k], r->cloud_y[k])) continue;
    if (count++ == 0) qy_text_add(d->page.s, "$cloud_%zu_%zu << END\n", panel + 1, index + 1);
    qy_text_add(d->page.s, "%.6g %.6g\n", r->cloud_x[k], r->cloud_y[k]);
  }
  if (count > 0) qy_text_add(d->page.s, "END\n");
  return count;
}

static void write_density(picture *d, size_t panel)
{
  const uint32_t *cell = d->cells + panel * GRID * GRID;
  qy_text_add(d->page.s, "$density_%zu << END\n", panel + 1);
  for (int y = 0; y < GRID; y++) {
    for (int x = 0; x < GRID; x++)
      qy_text_add(d->page.s, "%s%u", x ? " " : "", *cell++);
    qy_text_add(d->page.s, "\n");
  }
  qy_text_add(d->page.s, "END\n");
}

/* Lines at the labelled ticks, drawn over the density, whose empty cells are white: transparent ones get dark rims when
 * a PDF viewer smooths the image. */
static void write_grid(const picture *d)
{
  qy_text *s = d->page.s;
  qy_text_add(s, "unset grid\n$grid << END\n");
  for (int i = 0; i < d->x.tick_count; i++) {
    const axis_tick *t = &d->x.tick[i];
    if (t->label[0]) qy_text_add(s, "%.9g %.9g\n%.9g %.9g\n\n", t->at, d->y.low, t->at, d->y.high);
  }
  for (int i = 0; i < d->y.tick_count; i++) {
    const axis_tick *t = &d->y.tick[i];
    if (t->label[0]) qy_text_add(s, "%.9g %.9g\n%.9g %.9g\n\n", d->x.low, t->at, d->x.high, t->at);
  }
  qy_text_add(s, "END\n");
}

/* The linear axis the density lies on. */
static void density_axis(const picture *d, char which, const axis *a)
{
  double low = a->log ? log10(a->low) : a->low, high = a->log ? log10(a->high) : a->high;
  qy_text_add(d->page.s, "set %c2range [%.9g:%.9g]; %c_cell = %.9g; %c_first = %.9g\n", which, low, high, which,
              (high - low) / GRID, which, low + (high - low) / GRID / 2);
}

/* Items of one plot command, each on its own line so that gnuplot's messages name it. */
static void item(picture *d, bool *first)
{
  qy_text_add(d->page.s, "%s", *first ? "plot " : ", \\\n     ");
  *first = false;
}

#define FLOOR_LINE "lt 1 lw 1.4 dt 2 lc rgb '#555555' "

/* Point shape of a group.  Open shapes would look like probability 0. */
static int shape_of(const picture *d, size_t group)
{
  return d->shaded ? sheet_filled_marker(group) : sheet_marker(group);
}

/* Intervals lie behind everything else and pale: they are wide and many. */
static void plot_bars(picture *d, const char *name, const double *const ends[4], size_t step, size_t group, bool *first)
{
  const bool x = ends[0] || ends[1], y = ends[2] || ends[3];
  const char *bars = x && y ? "3:4:5:6 with xyerrorbars" : x ? "3:4 with xerrorbars" : "5:6 with yerrorbars";
  item(d, first);
  qy_text_add(d->page.s, "%s ", name);
  if (step > 1) qy_text_add(d->page.s, "every %zu ", step);
  qy_text_add(d->page.s, "using 1:2:%s lt 1 lw 1 pt -1 lc rgb shade(", bars);
  shade_colour(d->page.s, sheet_colour(group));
  qy_text_add(d->page.s, ", %g) notitle", SHADE_BARS);
}

static void plot_band(picture *d, size_t panel, size_t index, size_t group, bool *first)
{
  item(d, first);
  qy_text_add(d->page.s,
              "$band_%zu_%zu using 1:2 with filledcurves closed fs transparent solid 0.22 noborder lc rgb '%s' notitle",
              panel + 1, index + 1, sheet_colour(group));
  item(d, first);
  qy_text_add(d->page.s, "$half_%zu_%zu using 1:2 with lines lt 1 lw 1.8 dt 3 lc rgb '%s' notitle", panel + 1,
              index + 1, sheet_colour(group));
}

static void plot_near(picture *d, const qy_plot_near *n, size_t panel, size_t index, size_t group, bool *first)
{
  qy_text *s = d->page.s;
  item(d, first);
  qy_text_add(s, "$near_%zu_%zu using 1:2", panel + 1, index + 1);
  if (n->chance) {
    qy_text_add(s, ":(shade(");
    shade_colour(s, sheet_colour(group));
    qy_text_add(s, ", %g + %g * $%d))", SHADE_LEAST, 1 - SHADE_LEAST, d->near_bars && near_has_interval(n) ? 7 : 3);
  }
  qy_text_add(s, " with points pt %d ps %g*dot lc rgb ", shape_of(d, group),
              d->near_count <= (size_t)10 * MARKED_MAX ? 0.6 : 0.4);
  qy_text_add(s, n->chance ? "variable notitle" : "'%s' notitle", sheet_faint(group));
}

/* Does the series lie on points of one drawn before it?  Then its line has gaps, through which that shows. */
static bool lies_on(const picture *d, size_t panel, const size_t *order, size_t drawn)
{
  const qy_plot_panel *p = &d->plot->panel[panel];
  const size_t own = picture_group(d, p->series[order[drawn]].label);
  for (size_t k = 0; k < drawn && d->equal; k++) {
    const size_t other = picture_group(d, p->series[order[k]].label);
    const size_t late = own > other ? own : other, early = own > other ? other : own;
    if (d->equal[late * d->group_count + early] > 1) return true;
  }
  return false;
}

#define HALO_NESTED 1.2 /* widths of a marker: it must not cover the larger one below */

/* `size` in gnuplot's terms, times the number in the column `own`, where there is one. */
static void marker_size(char *text, size_t bytes, const char *own, double size)
{
  if (*own)
    snprintf(text, bytes, "%g*%s*dot", size, own);
  else
    snprintf(text, bytes, "%g", size);
}

static void plot_series(picture *d, const qy_plot_series *r, size_t count, size_t panel, size_t index, bool gaps,
                        bool *first)
{
  qy_text *s = d->page.s;
  size_t g = picture_group(d, r->label);
  const char *colour = sheet_colour(g), *dash = gaps && g < SHEET_COLOURS ? " dt (8,8)" : sheet_dash(g);
  const int after = picture_has_interval(r) ? 7 : 3; /* the next column */
  const bool sized = d->size[picture_series(d, panel, index)] != NULL;
  const int last = after + (r->chance ? 1 : 0);
  char name[64], own[32] = "", by[40] = "";
  const char *width = sized ? "variable" : "dot"; /* of a marker, with `by` */
  snprintf(name, sizeof name, "$series_%zu_%zu", panel + 1, index + 1);
  const char *way = d->plot->lines ? "lines" : d->plot->x_maximise ? "fsteps" : "steps";
  const bool rimmed = count <= MARKED_MAX, tipped = count <= TIPPED_MAX;
  double size = rimmed ? 1.1 : count <= (size_t)10 * MARKED_MAX ? 0.6 : 0.3;
  if (d->page.dumb) {
    item(d, first);
    qy_text_add(s, "%s using 1:2 with points pt '%c' notitle", name, (char)('A' + g % 26));
    return;
  }
  if (sized) snprintf(own, sizeof own, "$%d", last);
  item(d, first);
  qy_text_add(s, "%s using 1:2 with %s lt 1 lw 1.8 lc rgb '%s'%s notitle", name, way, colour, dash);
  if (rimmed) { /* a white halo keeps a marker apart from lines and neighbours */
    item(d, first);
    marker_size(by, sizeof by, own, r->chance ? size * SHADE_HALO : sized ? size * HALO_NESTED : 1.5);
    qy_text_add(s, "%s using 1:2%s%s%s with points pt 7 ps %s%s%s lc rgb '#ffffff' notitle", name, sized ? ":(" : "",
                sized ? by : "", sized ? ")" : "", sized ? "" : by, sized ? "" : "*", width);
  }
  if (r->chance && rimmed) {
    item(d, first);
    marker_size(by, sizeof by, own, size);
    qy_text_add(s, "%s using 1:2%s%s%s with points pt %d ps %s%s%s lc rgb '%s' notitle", name, sized ? ":(" : "",
                sized ? by : "", sized ? ")" : "", shape_of(d, g), sized ? "" : by, sized ? "" : "*", width, colour);
    size *= SHADE_FILLING;
  }
  item(d, first);
  marker_size(by, sizeof by, own, size);
  qy_text_add(s, "%s using 1:2", name);
  if (tipped) qy_text_add(s, ":%d", sized ? last + 1 : last);
  if (sized) qy_text_add(s, ":(%s)", by);
  if (r->chance) {
    qy_text_add(s, ":(shade(");
    shade_colour(s, colour);
    if (rimmed)
      qy_text_add(s, ", $%d))", after);
    else
      qy_text_add(s, ", %g + %g * $%d))", SHADE_LEAST, 1 - SHADE_LEAST, after);
  }
  qy_text_add(s, " with %s pt %d ps %s%s%s lc rgb ", tipped ? "labels hypertext point" : "points", shape_of(d, g),
              sized ? "" : by, sized ? "" : "*", width);
  qy_text_add(s, r->chance ? "variable notitle" : "'%s' notitle", colour);
}

/* "3 points equal to SDM" of a group's points that lie on those of one before it; NULL: none do. */
static const char *equal_text(picture *d, size_t group)
{
  const uint32_t *row = d->equal ? d->equal + group * d->group_count : NULL;
  size_t best = 0;
  for (size_t h = 1; row && h < group; h++)
    if (row[h] > row[best]) best = h;
  if (!row || row[best] == 0) return NULL;
  return qy_arena_format(d->arena, "%u point%s equal to %s", (unsigned)row[best], row[best] == 1 ? "" : "s",
                         d->group[best]);
}

/* What the key has besides the groups: what it is of, and the columns it takes. */
static const char other_designs[] = "other designs", of_draws[] = "5 to 95 % of draws";
enum { EQUAL_ROWS = 8 };

static size_t key_entries(picture *d, size_t *columns)
{
  const size_t entries = d->group_count;
  *columns = 0;
  for (size_t g = 0; g < d->group_count; g++) {
    *columns = text_columns(d->group[g]) > *columns ? text_columns(d->group[g]) : *columns;
  }
  if (d->cloud_count > 0 && *columns > 0 && *columns < strlen(other_designs)) *columns = strlen(other_designs);
  if (d->banded && *columns > 0 && *columns < strlen(of_draws)) *columns = strlen(of_draws);
  if (d->shaded && !sheet_key_above(&d->page) && *columns < SHADE_KEY_COLUMNS) *columns = SHADE_KEY_COLUMNS;
  return entries + (d->plot->floor ? 1 : 0) + (d->banded ? 2 : 0) + (d->near_count > 0) + (d->cloud_count > 0);
}

/* One entry: in gnuplot's key, or drawn above the panels. */
static void key_entry(picture *d, size_t *at, const char *text, size_t columns, const key_sample *sample,
                      const char *with, bool *first)
{
  if (sheet_key_above(&d->page)) {
    if (first) return; /* drawn already, before the panel */
    sheet_key_entry(&d->page, (*at)++, text, sample);
    return;
  }
  if (!first) return;
  item(d, first);
  qy_text_add(d->page.s, "keyentry with %s title ", with);
  script_quote(d->page.s, text, columns);
}

static void key_group(picture *d, size_t g, size_t *at, size_t columns, bool *first)
{
  char with[200];
  const key_sample sample = {sheet_colour(g), sheet_dash(g), shape_of(d, g), 1.1};
  if (d->page.dumb)
    snprintf(with, sizeof with, "points pt '%c'", (char)('A' + g % 26));
  else
    snprintf(with, sizeof with, "linespoints lt 1 lw 1.8%s pt %d ps 1.1*dot lc rgb '%s'", sample.dash, sample.marker,
             sample.colour);
  key_entry(d, at, d->group[g], columns, &sample, with, first);
}

/* The key: one entry per group of the whole picture, drawn with the last panel; first NULL: what is drawn before it. */
static void plot_key(picture *d, size_t columns, bool *first)
{
  static const key_sample none = {NULL, NULL, 0, 0}, floor_line = {"#555555", " dt 2", 0, 0},
                          band = {"#c8c8c8", NULL, 5, 1.6}, half = {"#555555", " dt 3", 0, 0},
                          near = {"#666666", NULL, 7, 0.6}, density = {"#bdbdbd", NULL, 5, 2},
                          cloud = {"#999999", NULL, 7, 0.45};
  const size_t most = d->key_most;
  size_t at = 0;
  for (size_t g = 0; g < d->group_count && g < most; g++)
    key_group(d, g, &at, columns, first);
  if (d->group_count > most) {
    const char *more = qy_arena_format(d->arena, "%zu more", d->group_count - most);
    if (more) key_entry(d, &at, more, columns, &none, "points pt -1 lc rgb '#ffffff'", first);
  }
  if (d->plot->floor)
    key_entry(d, &at, d->plot->floor_label ? d->plot->floor_label : "", columns, &floor_line,
              d->page.dumb ? "lines" : "lines " FLOOR_LINE, first);
  if (d->banded) {
    key_entry(d, &at, of_draws, columns, &band, "filledcurves fs solid noborder lc rgb '#c8c8c8'", first);
    key_entry(d, &at, "half of the draws", columns, &half, "lines lt 1 lw 1.8 dt 3 lc rgb '#555555'", first);
  }
  if (d->near_count > 0 && !d->page.dumb)
    key_entry(d, &at, "near a front", columns, &near, "points pt 7 ps 0.6*dot lc rgb '#666666'", first);
  if (d->cloud_count == 0 || d->page.dumb) return;
  if (d->density)
    key_entry(d, &at, other_designs, columns, &density, "points pt 5 ps 2*dot lc rgb '#bdbdbd'", first);
  else
    key_entry(d, &at, other_designs, columns, &cloud, "points pt 7 ps 0.45*dot lc rgb '#999999'", first);
}

/* The series of a panel by rising mean probability: a hollow marker must not hide a solid one at the same place. 
 * Series without probabilities are behind the others, those of many points first: a single point would not be seen
 * below.  Where points of several are at one place, by group, as smaller markers lie on larger ones. */
static const size_t *drawing_order(picture *d, const qy_plot_panel *panel)
{
  size_t *order = qy_arena_alloc(d->arena, panel->series_count, sizeof *order);
  double *mean = qy_arena_alloc(d->arena, panel->series_count, sizeof *mean);
  if (!order || !mean) return NULL;
  for (size_t i = 0; i < panel->series_count; i++) {
    const qy_plot_series *r = &panel->series[i];
    double sum = 0;
    for (size_t k = 0; r->chance && k < r->count; k++)
      sum += chance_at(r->chance, k);
    const double own = d->equal_count > 0          ? (double)picture_group(d, r->label)
                       : r->chance && r->count > 0 ? sum / (double)r->count
                                                   : -1 - (double)r->count;
    size_t j = i;
    for (; j > 0 && mean[j - 1] > own; j--) {
      mean[j] = mean[j - 1];
      order[j] = order[j - 1];
    }
    mean[j] = own;
    order[j] = i;
  }
  return order;
}

static void draw_panel(picture *d, size_t p, const rectangle *area, size_t key_columns, bool left_most)
{
  qy_text *s = d->page.s;
  const qy_plot_panel *panel = &d->plot->panel[p];
  bool first = true;
  size_t *counts = qy_arena_alloc(d->arena, panel->series_count, sizeof *counts);
  size_t *dots = qy_arena_alloc(d->arena, panel->series_count, sizeof *dots);
  size_t *near = qy_arena_alloc(d->arena, panel->series_count, sizeof *near);
  bool *band = qy_arena_alloc(d->arena, panel->series_count, sizeof *band);
  const size_t *order = drawing_order(d, panel);
  if (!counts || !dots || !near || !band || !order) {
    s->failed = true;
    return;
  }
  for (size_t i = 0; i < panel->series_count; i++) {
    const qy_plot_series *r = &panel->series[i];
    counts[i] = write_series(d, r, d->group[picture_group(d, r->label)], p, i);
    if (!d->page.dumb) near[i] = write_near(d, &r->near, p, i);
    if (!d->page.dumb) band[i] = write_band(d, r, p, i);
    if (!d->density && !d->page.dumb) dots[i] = write_dots(d, r, p, i);
  }
  if (d->density) write_density(d, p);
  if (d->density && p == 0) write_grid(d);
  const char *title = panel->title;
  if (d->page.dumb && left_most) /* no upright text there */
    title = qy_arena_format(d->arena, "%s  [y: %s]", title ? title : "", d->plot->y_label ? d->plot->y_label : "");
  sheet_panel(&d->page, area, title);
  sheet_axis(&d->page, 'x', &d->x, true);
  sheet_axis(&d->page, 'y', &d->y, left_most);
  sheet_axis_title(&d->page, 'x', d->plot->x_label, area->right - area->left);
  sheet_axis_title(&d->page, 'y', left_most ? d->plot->y_label : "", area->top - area->bottom);
  bool last = p + 1 == d->plot->panel_count;
  if (d->shaded && last) shade_key(&d->page);
  if (last && key_columns > 0 && sheet_key_above(&d->page)) plot_key(d, key_columns, NULL);
  if (key_columns > 0 && last && !sheet_key_above(&d->page))
    sheet_key_place(&d->page, key_columns);
  else
    qy_text_add(s, "unset key\n");
  if (d->density) {
    density_axis(d, 'x', &d->x);
    density_axis(d, 'y', &d->y);
    qy_text_add(
        s,
        "unset colorbox\nset palette defined (0 '#ffffff', 0.02 '#ececec', 1 '#8c8c8c')\nset cbrange [0:%.9g]\n"
        "plot $density_%zu matrix using (x_first + $1 * x_cell):(y_first + $2 * y_cell):(log(1 + $3)) "
        "axes x2y2 with image notitle, \\\n     $grid using 1:2 with lines lt 1 lw 0.8 lc rgb '#e4e4e4' notitle",
        log((double)d->most + 1), p + 1);
    first = false;
  }
  for (size_t i = 0; i < panel->series_count; i++) {
    if (dots[i] == 0) continue;
    item(d, &first);
    qy_text_add(s, "$cloud_%zu_%zu using 1:2 with points pt 7 ps %g*dot lc rgb '%s' notitle", p + 1, i + 1,
                d->cloud_count <= DOTS_MAX / 5 ? 0.5 : 0.35, sheet_faint(picture_group(d, panel->series[i].label)));
  }
  for (size_t i = 0; i < panel->series_count; i++)
    if (band[i]) plot_band(d, p, i, picture_group(d, panel->series[i].label), &first);
  for (size_t i = 0; i < panel->series_count && !d->page.dumb; i++) {
    const qy_plot_series *r = &panel->series[i];
    const size_t g = picture_group(d, r->label);
    char name[64];
    snprintf(name, sizeof name, "$series_%zu_%zu", p + 1, i + 1);
    if (counts[i] > 0 && picture_has_interval(r))
      plot_bars(d, name, (const double *const[4]){r->x_low, r->x_high, r->y_low, r->y_high}, d->bar_step, g, &first);
    const qy_plot_near *n = &r->near;
    snprintf(name, sizeof name, "$near_%zu_%zu", p + 1, i + 1);
    if (near[i] > 0 && d->near_bars && near_has_interval(n))
      plot_bars(d, name, (const double *const[4]){n->x_low, n->x_high, n->y_low, n->y_high}, 1, g, &first);
  }
  for (size_t i = 0; i < panel->series_count; i++) {
    if (near[i] > 0) plot_near(d, &panel->series[i].near, p, i, picture_group(d, panel->series[i].label), &first);
  }
  for (size_t k = 0; k < panel->series_count; k++) {
    const size_t i = order[k];
    if (counts[i] > 0) plot_series(d, &panel->series[i], counts[i], p, i, lies_on(d, p, order, k), &first);
  }
  if (d->plot->floor && d->plot->floor[p] > 0) {
    item(d, &first);
    qy_text_add(s, "%.9g with lines %snotitle", d->plot->floor[p], d->page.dumb ? "" : FLOOR_LINE);
  }
  if (first) { /* an empty panel still shows its axes; a key alone is not enough for gnuplot 5.4 */
    item(d, &first);
    qy_text_add(s, "NaN notitle");
  }
  if (last && key_columns > 0) plot_key(d, key_columns, &first);
  qy_text_add(s, "\nunset label\n");
}

/* What lies on what. */
static const char *write_equal(picture *d)
{
  if (d->equal_count == 0) return "";
  const char *text =
      qy_arena_format(d->arena, " Points of several series at one place are drawn inside each other: %zu place%s",
                      d->equal_count, d->equal_count == 1 ? "" : "s");
  size_t said = 0;
  for (size_t g = 0; g < d->group_count && text; g++) {
    const char *one = equal_text(d, g);
    if (!one || said++ >= EQUAL_ROWS) continue;
    text = qy_arena_format(d->arena, "%s%s%s: %s", text, said > 1 ? "; " : " (", d->group[g], one);
  }
  text = text ? qy_arena_format(d->arena, "%s%s.", text, said ? ")" : "") : NULL;
  return text ? text : "";
}

/* The caller's caption and what this picture leaves out. */
static const char *write_caption(picture *d)
{
  const char *given = d->plot->caption ? d->plot->caption : "";
  char cloud[AXIS_LABEL_BYTES], far[AXIS_LABEL_BYTES], grey[128] = "", beyond[128] = "", lost[128] = "", bars[128] = "";
  char range[128] = "", many[160] = "", line[128] = "";
  axis_number(cloud, (double)d->cloud_count);
  axis_number(far, (double)d->far_count);
  if (d->density) snprintf(grey, sizeof grey, " Grey: %s other designs, darker where there are more.", cloud);
  if (d->far_count > 0 && !d->page.dumb) snprintf(beyond, sizeof beyond, " Other designs beyond the axes: %s.", far);
  if (d->left_out > 0)
    snprintf(lost, sizeof lost, " Points not shown (not finite%s): %zu.",
             d->x.log || d->y.log ? ", or not above zero on a logarithmic axis" : "", d->left_out);
  const char *shade = d->shaded ? " Filling: share of the draws in which the point is on the experiment's front." : "";
  if (d->banded) snprintf(bars, sizeof bars, " Bands: what 5 %% to 95 %% of the draws reach; dotted: half of them.");
  if (d->bar_count > 0 && !d->page.dumb) {
    if (d->bar_step > 1)
      snprintf(bars, sizeof bars, " Bars: 90 %% intervals, of one front point in %zu.", d->bar_step);
    else
      snprintf(bars, sizeof bars, " Bars: 90 %% intervals.");
  }
  if (d->beyond > 0 && !d->page.dumb) snprintf(range, sizeof range, " Points beyond the axes: %zu.", d->beyond);
  const char *equal = write_equal(d);
  if (d->group_count > SHEET_TOLD && !d->page.dumb)
    snprintf(many, sizeof many,
             " %zu series: colours, dashes and markers repeat after %d; `panel` or `where` splits them.",
             d->group_count, SHEET_TOLD);
  const bool x_cannot = d->plot->x_log == 1 && !d->x.log, y_cannot = d->plot->y_log == 1 && !d->y.log;
  if (x_cannot || y_cannot)
    snprintf(line, sizeof line, " Linear, as no value is above zero: %s.",
             x_cannot && y_cannot ? "both axes"
             : x_cannot           ? "x"
                                  : "y");
  return qy_arena_format(d->arena, "%s%s%s%s%s%s%s%s%s%s", given, shade, bars, grey, beyond, range, equal, line, many,
                         lost);
}

/* Panels side by side, as many as stay wide enough on a small page. */
static size_t columns_that_fit(size_t columns, size_t panels, const qy_plot_look *look, qy_plot_format format)
{
  enum { ROWS_MOST = 4 };                         /* of panels: more would be higher than a page */
  static const double least = 22, pt_per_in = 72; /* of a panel: widths of a capital letter */
  if (!look || look->screen || format == QY_PLOT_DUMB) return columns;
  const size_t fit = (size_t)(look->width_in * pt_per_in / (look->font_pt * least)),
               wanted = (panels + ROWS_MOST - 1) / ROWS_MOST, least_columns = fit > wanted ? fit : wanted;
  return least_columns < 1 ? 1 : least_columns < columns ? least_columns : columns;
}

static bool any_title(const qy_plot *plot)
{
  for (size_t p = 0; p < plot->panel_count; p++)
    if (plot->panel[p].title && *plot->panel[p].title) return true;
  return false;
}

static qy_status write_plot(picture *d, qy_text *s, qy_plot_format format, const char *file_stem, qy_error *err)
{
  const qy_plot *plot = d->plot;
  size_t columns = plot->panel_count < COLUMNS_MAX ? plot->panel_count : COLUMNS_MAX;
  if (plot->panel_count == 4) columns = 2;
  columns = columns_that_fit(columns, plot->panel_count, plot->look, format);
  size_t rows = (plot->panel_count + columns - 1) / columns;
  d->arena = qy_arena_new();
  if (!d->arena) return qy_fail(err, QY_NO_MEMORY, "out of memory drawing a plot");
  qy_status status = picture_find_groups(d, err);
  if (status != QY_OK) return status;
  sheet_begin(&d->page, s, plot->look, format, file_stem, plot->title, (int)rows);
  picture_look_over(d);
  picture_choose_axes(d);
  if (d->shaded || (d->bar_count > 0 && !d->page.dumb)) shade_begin(s);
  status = picture_count(d, err);
  if (status == QY_OK) status = picture_find_equal(d, err);
  if (status != QY_OK) return status;
  sheet_caption(&d->page, write_caption(d));

  const type_sizes *t = d->page.type;
  size_t longest, key_columns = 0;
  const size_t entries = key_entries(d, &longest), beside = sheet_key_most(&d->page),
               taken = entries - d->group_count + (d->shaded ? SHADE_KEY_ROWS : 0) + 1;
  d->key_most = sheet_key_above(&d->page) ? d->group_count : beside > taken ? beside - taken : 1;
  if (d->group_count > d->key_most) longest = longest > 0 ? longest : 1;
  if (longest > 0)
    key_columns =
        sheet_key(&d->page,
                  entries - d->group_count + (d->group_count > d->key_most ? d->key_most + 1 : d->group_count) +
                      (d->shaded && !sheet_key_above(&d->page) ? SHADE_KEY_ROWS : 0),
                  longest);
  if (d->shaded && sheet_key_above(&d->page)) d->page.top -= t->small_line;

  const double title_room = d->page.look && !d->page.look->screen && !any_title(plot) ? 0.4 : 1; /* above a panel */
  double height = (d->page.top - d->page.bottom) / (double)rows;
  const double across = d->page.right - d->page.left - t->tick_width - t->line;
  const double up = height - t->tick_line - t->line - t->panel_line * title_room;
  d->page.label_lines[1] = sheet_label_lines(&d->page, plot->y_label, up);
  d->page.label_lines[0] = sheet_label_lines(&d->page, plot->x_label, across / (double)columns);
  double left = d->page.left + t->tick_width + t->line * (double)d->page.label_lines[1];
  if (d->page.look && !d->page.look->screen && !d->page.dumb &&
      !(key_columns > 0 && d->page.look->legend == QY_LEGEND_RIGHT))
    d->page.right -= t->letter; /* half of the last label may stand out there */
  double width = (d->page.right - left - t->gap * (double)(columns - 1)) / (double)columns;
  if (!d->page.dumb && d->page.look && !d->page.look->screen) {
    axis_fit(&d->x, width / t->letter, 0);
    axis_fit(&d->y, up, t->line * 0.8);
  }
  for (size_t p = 0; p < plot->panel_count; p++) {
    size_t row = p / columns, column = p % columns;
    rectangle area = {.left = left + (double)column * (width + t->gap), .top = d->page.top - (double)row * height};
    area.right = area.left + width;
    area.bottom = area.top - height + t->tick_line + t->line * (double)d->page.label_lines[0] +
                  (rows > 1 ? t->small_line / 2 : 0);
    area.top -= t->panel_line * title_room;
    draw_panel(d, p, &area, key_columns, column == 0);
  }
  sheet_end(&d->page);
  return QY_OK;
}

qy_status qy_plot_draw(const qy_plot *plot, qy_plot_format format, const char *file_stem, const char *gnuplot,
                       char **text, qy_error *err)
{
  assert(plot && (text || format != QY_PLOT_DUMB));
  if (text) *text = NULL;
  if (plot->panel_count == 0 || plot->panel_count > PANELS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "a plot has 1 to %d panels, found %zu", PANELS_MAX, plot->panel_count);
  qy_status status = format == QY_PLOT_DUMB ? QY_OK : plot_check_stem(file_stem, err);
  if (status != QY_OK) return status;
  qy_text s = {0};
  picture d = {.plot = plot};
  /* gnuplot reads numbers with a point, whatever the caller's language. */
  locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before = plain ? uselocale(plain) : (locale_t)0;
  status = write_plot(&d, &s, format, file_stem, err);
  if (plain) {
    uselocale(before);
    freelocale(plain);
  }
  if (status == QY_OK) status = plot_render(&s, plot->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  qy_arena_free(d.arena);
  return status;
}
