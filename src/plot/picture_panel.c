/* Plot commands of a panel: see picture.h. */
#include "picture.h"

#include "script.h"
#include "shade.h"

#include "quarry/alloc.h"
#include "quarry/decimal.h"

#include <math.h>
#include <stdio.h>

/* The linear axis the density lies on. */
static void density_axis(const picture *d, char which, const axis *a)
{
  double low = a->log ? log10(a->low) : a->low, high = a->log ? log10(a->high) : a->high;
  qy_text_add(d->page.s, "set %c2range [%.9g:%.9g]; %c_cell = %.9g; %c_first = %.9g\n", which, low, high, which,
              (high - low) / GRID, which, low + (high - low) / GRID / 2);
}

/* Items of one plot command, each on its own line so that gnuplot's messages name it. */
void picture_item(picture *d, bool *first)
{
  qy_text_add(d->page.s, "%s", *first ? "plot " : ", \\\n     ");
  *first = false;
}

/* Intervals lie behind everything else and pale: they are wide and many. */
static void plot_bars(picture *d, const char *name, const double *const ends[4], size_t step, size_t group, bool *first)
{
  const bool x = ends[0] || ends[1], y = ends[2] || ends[3];
  const char *bars = x && y ? "3:4:5:6 with xyerrorbars" : x ? "3:4 with xerrorbars" : "5:6 with yerrorbars";
  picture_item(d, first);
  qy_text_add(d->page.s, "%s ", name);
  if (step > 1) qy_text_add(d->page.s, "every %zu ", step);
  qy_text_add(d->page.s, "using 1:2:%s lt 1 lw 1 pt -1 lc rgb shade(", bars);
  shade_colour(d->page.s, sheet_colour(group));
  qy_text_add(d->page.s, ", %g) notitle", SHADE_BARS);
}

static void plot_band(picture *d, size_t panel, size_t index, size_t group, bool *first)
{
  picture_item(d, first);
  qy_text_add(d->page.s,
              "$band_%zu_%zu using 1:2 with filledcurves closed fs transparent solid 0.22 noborder lc rgb '%s' notitle",
              panel + 1, index + 1, sheet_colour(group));
  picture_item(d, first);
  qy_text_add(d->page.s, "$half_%zu_%zu using 1:2 with lines lt 1 lw 1.8 dt 3 lc rgb '%s' notitle", panel + 1,
              index + 1, sheet_colour(group));
}

static void plot_near(picture *d, const qy_plot_near *n, size_t panel, size_t index, size_t group, bool *first)
{
  qy_text *s = d->page.s;
  picture_item(d, first);
  qy_text_add(s, "$near_%zu_%zu using 1:2", panel + 1, index + 1);
  if (n->chance) {
    qy_text_add(s, ":(shade(");
    shade_colour(s, sheet_colour(group));
    qy_text_add(s, ", %g + %g * $%d))", SHADE_LEAST, 1 - SHADE_LEAST,
                d->near_bars && picture_near_has_interval(n) ? 7 : 3);
  }
  qy_text_add(s, " with points pt %d ps %g*dot lc rgb ", picture_shape(d, group),
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

/* `size` in gnuplot's terms, times the number in the column `own`, where there is one. */
static void marker_size(char *text, size_t bytes, const char *own, double size)
{
  if (*own)
    qy_print(text, bytes, "%g*%s*dot", size, own);
  else
    qy_print(text, bytes, "%g", size);
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
  char name[64], own[32] = "", by[128] = "";
  const char *width = sized ? "variable" : "dot"; /* of a marker, with `by` */
  snprintf(name, sizeof name, "$series_%zu_%zu", panel + 1, index + 1);
  const char *way = d->plot->lines ? "lines" : d->plot->x_maximise ? "fsteps" : "steps";
  const bool rimmed = count <= MARKED_MAX, tipped = picture_tipped(d, count);
  double size = rimmed ? 1.1 : count <= (size_t)10 * MARKED_MAX ? 0.6 : 0.3;
  if (d->page.dumb) {
    picture_item(d, first);
    qy_text_add(s, "%s using 1:2 with points pt '%c' notitle", name, (char)('A' + g % 26));
    return;
  }
  if (sized) snprintf(own, sizeof own, "$%d", last);
  picture_item(d, first);
  qy_text_add(s, "%s using 1:2 with %s lt 1 lw 1.8 lc rgb '%s'%s notitle", name, way, colour, dash);
  if (rimmed) { /* a white halo keeps a marker apart from lines and neighbours */
    picture_item(d, first);
    marker_size(by, sizeof by, "", r->chance ? size * SHADE_HALO : 1.5);
    if (sized) /* that of a nested marker must not cover the larger one below */
      qy_print(by, sizeof by, "(%s == 1 ? %g : %g*%s)*dot", own, r->chance ? size * SHADE_HALO : 1.5, 1.08 * size, own);
    qy_text_add(s, "%s using 1:2%s%s%s with points pt 7 ps %s%s%s lc rgb '#ffffff' notitle", name, sized ? ":(" : "",
                sized ? by : "", sized ? ")" : "", sized ? "" : by, sized ? "" : "*", width);
  }
  if (r->chance && rimmed) {
    picture_item(d, first);
    marker_size(by, sizeof by, own, size);
    qy_text_add(s, "%s using 1:2%s%s%s with points pt %d ps %s%s%s lc rgb '%s' notitle", name, sized ? ":(" : "",
                sized ? by : "", sized ? ")" : "", picture_shape(d, g), sized ? "" : by, sized ? "" : "*", width,
                colour);
    size *= SHADE_FILLING;
  }
  picture_item(d, first);
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
  qy_text_add(s, " with %s pt %d ps %s%s%s lc rgb ", tipped ? "labels hypertext point" : "points", picture_shape(d, g),
              sized ? "" : by, sized ? "" : "*", width);
  qy_text_add(s, r->chance ? "variable notitle" : "'%s' notitle", colour);
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
      sum += picture_chance(r->chance, k);
    const double own = d->nested                   ? (double)picture_group(d, r->label)
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

void picture_draw_panel(picture *d, size_t p, const rectangle *area, size_t key_columns, bool left_most)
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
    counts[i] = picture_write_series(d, r, d->group[picture_group(d, r->label)], p, i);
    if (!d->page.dumb) near[i] = picture_write_near(d, &r->near, p, i);
    if (!d->page.dumb) band[i] = picture_write_band(d, r, p, i);
    if (!d->density && !d->page.dumb) dots[i] = picture_write_dots(d, r, p, i);
  }
  if (d->density) picture_write_density(d, p);
  if (d->density && p == 0) picture_write_grid(d);
  const char *title = panel->title;
  if (d->page.dumb && left_most) /* no upright text there */
    title = qy_arena_format(d->arena, "%s  [y: %s]", title ? title : "", d->y_title);
  sheet_panel(&d->page, area, title);
  sheet_axis(&d->page, 'x', &d->x, true);
  sheet_axis(&d->page, 'y', &d->y, left_most);
  sheet_axis_title(&d->page, 'x', p >= d->foot_from ? d->x_title : "", area->right - area->left);
  sheet_axis_title(&d->page, 'y', left_most ? d->y_title : "", area->top - area->bottom);
  bool last = p + 1 == d->plot->panel_count;
  if (d->shaded && last) shade_key(&d->page);
  if (last && key_columns > 0 && sheet_key_above(&d->page)) picture_plot_key(d, key_columns, NULL);
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
    picture_item(d, &first);
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
    if (near[i] > 0 && d->near_bars && picture_near_has_interval(n))
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
    picture_item(d, &first);
    qy_text_add(s, "%.9g with lines %snotitle", d->plot->floor[p], d->page.dumb ? "" : FLOOR_LINE);
  }
  if (first) { /* an empty panel still shows its axes; a key alone is not enough for gnuplot 5.4 */
    picture_item(d, &first);
    qy_text_add(s, "NaN notitle");
  }
  if (last && key_columns > 0) picture_plot_key(d, key_columns, &first);
  qy_text_add(s, "\nunset label\n");
}
