/* Axes and counts of a plot: see picture.h. */
#include "picture.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t picture_group(const picture *d, const char *label)
{
  assert(d && label);
  size_t g = 0;
  while (strcmp(d->group[g], label) != 0) {
    g++;
    assert(g < d->group_count);
  }
  return g;
}

qy_status picture_find_groups(picture *d, qy_error *err)
{
  assert(d);
  size_t total = 0;
  for (size_t p = 0; p < d->plot->panel_count; p++)
    total += d->plot->panel[p].series_count;
  if (total > SERIES_MAX) return qy_fail(err, QY_BAD_INPUT, "a plot may have %d series, found %zu", SERIES_MAX, total);
  d->group = qy_arena_alloc(d->arena, total, sizeof *d->group);
  if (!d->group) return qy_fail(err, QY_NO_MEMORY, "out of memory drawing a plot");
  for (size_t p = 0; p < d->plot->panel_count; p++) {
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const char *label = d->plot->panel[p].series[i].label;
      size_t g = 0;
      while (g < d->group_count && strcmp(d->group[g], label ? label : "") != 0)
        g++;
      if (g == d->group_count) d->group[d->group_count++] = label ? label : "";
    }
  }
  return QY_OK;
}

bool picture_has_interval(const qy_plot_series *r)
{
  assert(r);
  return r->x_low || r->x_high || r->y_low || r->y_high;
}

/* What the picture has of probabilities and intervals. */
void picture_look_over(picture *d)
{
  assert(d);
  size_t most = 0, most_marks = 0;
  for (size_t p = 0; p < d->plot->panel_count; p++) {
    size_t bars = 0, marks = 0;
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      marks += r->count + r->near.count;
      if (picture_has_interval(r)) bars += r->count;
      d->banded |= !d->page.dumb && r->band && r->band[QY_PLOT_BAND_BEST].count > 0;
      if (!d->page.dumb) d->shaded |= (r->chance && r->count > 0) || (r->near.chance && r->near.count > 0);
    }
    d->bar_count += bars;
    if (bars > most) most = bars;
    if (marks > most_marks) most_marks = marks;
  }
  d->bar_step = (most + BARS_MAX - 1) / BARS_MAX;
  d->near_bars = most_marks <= NEAR_BARS_MAX;
}

/* Axes that were asked to be logarithmic, and are, as there is something positive. */
typedef struct log_axes {
  bool x, y;
} log_axes;

static bool has_place(log_axes log, double x, double y)
{
  return axis_drawable(x) && axis_drawable(y) && (!log.x || x >= AXIS_SMALLEST) && (!log.y || y >= AXIS_SMALLEST);
}

/* Points that can be drawn, and their intervals (NULL: none), into the spans of the axes. */
static void add_all(span *x, span *y, log_axes log, const double *const values[2], const double *const ends[4],
                    size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (!has_place(log, values[0][i], values[1][i])) continue;
    span_add(x, values[0][i]);
    span_add(y, values[1][i]);
    for (int e = 0; e < 4; e++)
      if (ends && ends[e]) span_add(e < 2 ? x : y, ends[e][i]);
  }
}

/* Is any of the values positive? */
static bool any_positive(const double *values, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (axis_drawable(values[i]) && values[i] >= AXIS_SMALLEST) return true;
  return false;
}

static log_axes find_log_axes(const picture *d)
{
  log_axes log = {false, false};
  for (size_t p = 0; p < d->plot->panel_count; p++)
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      log.x |= any_positive(r->x, r->count) || any_positive(r->cloud_x, r->cloud_count) ||
               any_positive(r->near.x, r->near.count);
      log.y |= any_positive(r->y, r->count) || any_positive(r->cloud_y, r->cloud_count) ||
               any_positive(r->near.y, r->near.count);
    }
  log.x &= d->plot->x_log == 1;
  log.y &= d->plot->y_log == 1;
  return log;
}

/* Where a far cloud ends on the axis: `reach` of the front's own length away from the front's ends.  Dominated points
 * spread over many times the front's range; drawn in full they would squeeze it into a corner. */
static void keep_near(span *all, const span *front, bool log)
{
  const double reach = 0.4;
  if (front->count == 0 || (log && !isfinite(front->low_positive))) return;
  double low = log ? log10(front->low_positive) : front->low, high = log ? log10(front->high) : front->high;
  double room = reach * (high - low);
  if (!(room > 1e-6 * fmax(fabs(low), fabs(high)))) return; /* one value: nothing to measure by */
  low = log ? pow(10, low - room) : low - room;
  high = log ? pow(10, high + room) : high + room;
  all->low = fmax(all->low, low);
  all->low_positive = fmax(all->low_positive, low);
  all->high = fmin(all->high, high);
}

static void choose_axis(axis *a, span *all, const span *front, int log, bool plain)
{
  axis_choose(a, all, log, false, plain);
  keep_near(all, front, a->log);
  axis_choose(a, all, a->log, false, plain);
}

/* The fronts with their intervals and bands, and the intervals near them. */
static void add_fronts(const picture *d, span *x, span *y, log_axes log)
{
  for (size_t p = 0; p < d->plot->panel_count; p++) {
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      const double *const ends[4] = {r->x_low, r->x_high, r->y_low, r->y_high};
      add_all(x, y, log, (const double *const[2]){r->x, r->y}, ends, r->count);
      for (int b = 0; r->band && b < QY_PLOT_BAND_STEPS; b++) { /* steep and flat parts go on beyond the axes */
        const qy_plot_steps *t = &r->band[b];
        if (t->count == 0) continue;
        span_add(x, t->x[0]);
        span_add(y, t->y[t->count - 1]);
      }
      const qy_plot_near *n = &r->near;
      for (size_t k = 0; k < n->count && d->near_bars; k++) {
        if (!has_place(log, n->x[k], n->y[k])) continue;
        if (n->x_low) span_add(x, n->x_low[k]);
        if (n->x_high) span_add(x, n->x_high[k]);
        if (n->y_low) span_add(y, n->y_low[k]);
        if (n->y_high) span_add(y, n->y_high[k]);
      }
    }
  }
}

/* Numbers that would lie on each other keep the ticks chosen for them. */
static void set_ticks(axis *a, const qy_plot_ticks *t)
{
  enum { NUMBERS_MAX = 12 };
  if (t && t->count > 0 && (t->words || t->count <= NUMBERS_MAX)) axis_set_ticks(a, t->at, t->name, t->count, t->words);
}

/* The scale asked for; where none is, decibels are linear: they are logarithms already. */
static int scale_of(int log, const char *label)
{
  static const char decibels[] = "(dB)";
  const size_t length = label ? strlen(label) : 0, unit = strlen(decibels);
  return log < 0 && length >= unit && strcmp(label + length - unit, decibels) == 0 ? 0 : log;
}

/* The unit in which the values are read; keys keep theirs. */
static void read_axis(picture *d, axis *a, const span *values, int which)
{
  const qy_plot *plot = d->plot;
  const double ends[2] = {plot->look ? plot->look->range[which][0] : NAN,
                          plot->look ? plot->look->range[which][1] : NAN};
  axis_read(a, which ? d->y_title : d->x_title, which ? plot->y_label : plot->x_label,
            (which ? plot->y_ticks : plot->x_ticks) ? NAN : fmin(values->low, ends[0]), fmax(values->high, ends[1]),
            d->page.dumb);
}

void picture_choose_axes(picture *d)
{
  assert(d);
  span x, y, x_front, y_front;
  span_start(&x);
  span_start(&y);
  const log_axes log = find_log_axes(d);
  add_fronts(d, &x, &y, log);
  for (size_t p = 0; p < d->plot->panel_count && d->plot->floor; p++)
    if (d->plot->floor[p] > 0) span_add(&y, d->plot->floor[p]);
  x_front = x;
  y_front = y;
  for (size_t p = 0; p < d->plot->panel_count; p++) {
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      add_all(&x, &y, log, (const double *const[2]){r->cloud_x, r->cloud_y}, NULL, r->cloud_count);
      add_all(&x, &y, log, (const double *const[2]){r->near.x, r->near.y}, NULL, r->near.count);
    }
  }
  choose_axis(&d->x, &x, &x_front, scale_of(d->plot->x_log, d->plot->x_label), d->page.dumb);
  choose_axis(&d->y, &y, &y_front, scale_of(d->plot->y_log, d->plot->y_label), d->page.dumb);
  const qy_plot_look *look = d->plot->look;
  if (look) {
    axis_set_ends(&d->x, look->range[0][0], look->range[0][1], d->page.dumb);
    axis_set_ends(&d->y, look->range[1][0], look->range[1][1], d->page.dumb);
  }
  read_axis(d, &d->x, &x, 0);
  read_axis(d, &d->y, &y, 1);
  set_ticks(&d->x, d->plot->x_ticks);
  set_ticks(&d->y, d->plot->y_ticks);
}

/* How many of the points have a place on the axes, in *values, and how many of those are between the ends. */
static size_t add_inside(const picture *d, span values[2], const double *x, const double *y, size_t count)
{
  size_t inside = 0;
  for (size_t i = 0; i < count; i++) {
    if (!picture_shows(d, x[i], y[i])) continue;
    span_add(&values[0], x[i]);
    span_add(&values[1], y[i]);
    inside += picture_inside(d, x[i], y[i]);
  }
  return inside;
}

qy_status picture_check_ranges(const picture *d, qy_error *err)
{
  const qy_plot *plot = d->plot;
  const char *const label[2] = {plot->x_label, plot->y_label};
  span values[2];
  size_t inside = 0;
  bool asked[2] = {false, false}, out[2];
  for (int a = 0; a < 2; a++) {
    span_start(&values[a]);
    asked[a] = plot->look && (isfinite(plot->look->range[a][0]) || isfinite(plot->look->range[a][1]));
  }
  if (!asked[0] && !asked[1]) return QY_OK;
  for (size_t p = 0; p < plot->panel_count; p++)
    for (size_t i = 0; i < plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &plot->panel[p].series[i];
      inside += add_inside(d, values, r->x, r->y, r->count);
      inside += add_inside(d, values, r->near.x, r->near.y, r->near.count);
      inside += add_inside(d, values, r->cloud_x, r->cloud_y, r->cloud_count);
    }
  if (inside > 0 || values[0].count == 0) return QY_OK;
  const axis *axes[2] = {&d->x, &d->y};
  for (int a = 0; a < 2; a++)
    out[a] = asked[a] && (values[a].high < axes[a]->low || values[a].low > axes[a]->high);
  const int a = out[0] || (asked[0] && !out[1]) ? 0 : 1; /* the one that holds none, or both together do */
  return qy_fail(err, QY_BAD_INPUT,
                 "%c_range: expected a range that holds points, whose %s is from %.6g to %.6g, found %.6g to %.6g%s",
                 a ? 'y' : 'x', label[a] ? label[a] : "value", values[a].low, values[a].high, axes[a]->low,
                 axes[a]->high,
                 asked[0] && asked[1] && !out[a] ? ", which holds none in the range of the other axis" : "");
}

bool picture_shows(const picture *d, double x, double y)
{
  assert(d);
  return axis_shows(&d->x, x) && axis_shows(&d->y, y);
}

bool picture_inside(const picture *d, double x, double y)
{
  assert(d);
  return x >= d->x.low && x <= d->x.high && y >= d->y.low && y <= d->y.high;
}

static uint32_t cell_of(const axis *a, double value)
{
  double place = axis_position(a, value) * GRID;
  return place <= 0 ? 0 : place >= GRID ? GRID - 1 : (uint32_t)place;
}

/* Count what is shown, and bin the clouds when there are too many points for dots. */
qy_status picture_count(picture *d, qy_error *err)
{
  assert(d);
  for (size_t p = 0; p < d->plot->panel_count; p++) {
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      size_t dots = 0, far = 0, marks = 0, near = 0;
      for (size_t k = 0; k < r->cloud_count; k++) {
        if (!picture_shows(d, r->cloud_x[k], r->cloud_y[k])) continue;
        if (picture_inside(d, r->cloud_x[k], r->cloud_y[k]))
          dots++;
        else
          far++;
      }
      for (size_t k = 0; k < r->near.count; k++) {
        const bool has_place = picture_shows(d, r->near.x[k], r->near.y[k]),
                   drawn = picture_inside(d, r->near.x[k], r->near.y[k]);
        near += has_place && drawn;
        d->far_count += has_place && !drawn;
        d->left_out += !has_place;
      }
      d->near_count += near;
      for (size_t k = 0; k < r->count; k++) {
        const bool has_place = picture_shows(d, r->x[k], r->y[k]);
        marks += has_place;
        d->front_count += has_place;
        d->beyond += has_place && !picture_inside(d, r->x[k], r->y[k]);
      }
      d->cloud_count += dots;
      d->far_count += far;
      d->left_out += r->cloud_count - dots - far + r->count - marks;
    }
  }
  d->density = d->cloud_count > DOTS_MAX && !d->page.dumb;
  if (!d->density) return QY_OK;
  d->cells = qy_arena_alloc(d->arena, d->plot->panel_count * GRID * GRID, sizeof *d->cells);
  if (!d->cells) return qy_fail(err, QY_NO_MEMORY, "out of memory drawing a plot");
  for (size_t p = 0; p < d->plot->panel_count; p++) {
    uint32_t *cells = d->cells + p * GRID * GRID;
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      for (size_t k = 0; k < r->cloud_count; k++) {
        if (!picture_inside(d, r->cloud_x[k], r->cloud_y[k])) continue;
        uint32_t *cell = &cells[cell_of(&d->y, r->cloud_y[k]) * GRID + cell_of(&d->x, r->cloud_x[k])];
        if (++*cell > d->most) d->most = *cell;
      }
    }
  }
  return QY_OK;
}

/* Adds the length of the tool-tips of a series, and of short ones instead; returns the number of its markers. */
static size_t add_tips(size_t bytes[2], const picture *d, const qy_plot_series *r, size_t drawn)
{
  char text[256];
  const char *label = d->group[picture_group(d, r->label)];
  if (drawn > TIPPED_MAX) return 0;
  for (size_t k = 0; k < r->count; k++) {
    picture_short_tip(text, sizeof text, label, r->x[k], r->y[k]);
    const size_t plain = strlen(text), own = r->tip && r->tip[k] ? strlen(r->tip[k]) : plain;
    bytes[0] += plain;
    bytes[1] += own;
  }
  return drawn;
}

/* Markers of all series where every step-th point is drawn, those with a rim as several. */
static size_t marks_of(const picture *d, size_t step)
{
  size_t marks = d->cloud_count > DOTS_MAX ? 0 : d->cloud_count;
  for (size_t p = 0; p < d->plot->panel_count; p++)
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      const size_t drawn = picture_thinned(r->count, step);
      marks += r->near.count + drawn * (drawn > MARKED_MAX ? 1 : r->chance ? 3 : 2) + (drawn ? ROOM_SERIES_MARKS : 0);
    }
  return marks;
}

void picture_find_room(picture *d)
{
  assert(d);
  size_t tipped = 0, bytes[2] = {0, 0};
  d->front_step = 1;
  while (d->front_step < d->front_count && marks_of(d, d->front_step) > ROOM_MARKS)
    d->front_step += 1 + d->front_step / 8;
  for (size_t p = 0; p < d->plot->panel_count; p++)
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++) {
      const qy_plot_series *r = &d->plot->panel[p].series[i];
      tipped += add_tips(bytes, d, r, picture_thinned(r->count, d->front_step));
    }
  d->tips = d->page.dumb ? ROOM_TIPS_NONE : room_of_tips(marks_of(d, d->front_step), tipped, bytes[0], bytes[1]);
}

size_t picture_series(const picture *d, size_t panel, size_t index)
{
  assert(d);
  for (size_t p = 0; p < panel; p++)
    index += d->plot->panel[p].series_count;
  return index;
}

/* A point of a front, by its place on the axes in millionths of their lengths. */
typedef struct spot {
  int64_t x, y;
  size_t group, series, index;
} spot;

static int by_place(const void *a, const void *b)
{
  const spot *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  if (p->group != q->group) return p->group < q->group ? -1 : 1;
  return (p->index > q->index) - (p->index < q->index);
}

static size_t find_spots(const picture *d, size_t panel, spot *spots)
{
  static const double parts = 1e6;
  const qy_plot_panel *p = &d->plot->panel[panel];
  size_t count = 0;
  for (size_t i = 0; i < p->series_count; i++) {
    const qy_plot_series *r = &p->series[i];
    for (size_t k = 0; k < r->count; k++)
      if (picture_shows(d, r->x[k], r->y[k]) && picture_inside(d, r->x[k], r->y[k]))
        spots[count++] = (spot){.x = llround(axis_position(&d->x, r->x[k]) * parts),
                                .y = llround(axis_position(&d->y, r->y[k]) * parts),
                                .group = picture_group(d, r->label),
                                .series = picture_series(d, panel, i),
                                .index = k};
  }
  qsort(spots, count, sizeof *spots, by_place);
  return count;
}

/* The sizes of the markers of a series, made when the first is not ordinary; NULL: out of memory. */
static float *sizes_of(picture *d, size_t panel, size_t series)
{
  float **size = &d->size[series];
  const size_t first = picture_series(d, panel, 0);
  if (!*size) *size = qy_arena_alloc(d->arena, d->plot->panel[panel].series[series - first].count, sizeof **size);
  return *size;
}

/* Counts the place of spots [from, to) with others of the same groups. */
static qy_status count_place(picture *d, const spot *spots, size_t from, size_t to)
{
  const char *names = "";
  for (size_t i = from; names && i < to; i++)
    if (i == from || spots[i].group != spots[i - 1].group)
      names = qy_arena_format(d->arena, "%s%s%s", names, i > from ? " = " : "", d->group[spots[i].group]);
  if (!names) return QY_NO_MEMORY;
  size_t s = 0;
  while (s < d->equal_set_count && strcmp(d->equal_sets[s].names, names) != 0)
    s++;
  if (s == d->equal_set_count && s < EQUAL_SETS) d->equal_sets[d->equal_set_count++].names = names;
  if (s < EQUAL_SETS) d->equal_sets[s].places++;
  d->equal_count++;
  return QY_OK;
}

/* Spots [from, to) are at one place: the marker of each group is drawn inside that of the group before it. */
static qy_status nest(picture *d, const spot *spots, size_t from, size_t to, size_t panel)
{
  static const float sizes[] = {2.2F, 1.45F, 0.9F, 0.5F}; /* of an ordinary marker; further groups as the last */
  const size_t most = sizeof sizes / sizeof *sizes - 1;
  if (spots[to - 1].group == spots[from].group) return QY_OK;
  if (count_place(d, spots, from, to)) return QY_NO_MEMORY;
  d->nested = true;
  size_t at = 0;
  for (size_t i = from; i < to; i++) {
    const spot *s = &spots[i];
    if (i > from && s->group != spots[i - 1].group) {
      at++;
      d->equal[s->group * d->group_count + spots[from].group]++;
    }
    float *size = sizes_of(d, panel, s->series);
    if (!size) return QY_NO_MEMORY;
    size[s->index] = sizes[at < most ? at : most];
  }
  return QY_OK;
}

qy_status picture_find_equal(picture *d, qy_error *err)
{
  assert(d);
  const size_t panels = d->plot->panel_count, all = picture_series(d, panels, 0);
  d->size = qy_arena_alloc(d->arena, all, sizeof *d->size);
  if (!d->size) return qy_no_memory(err);
  if (d->page.dumb || d->group_count > EQUAL_SERIES) return QY_OK;
  d->equal = qy_arena_alloc(d->arena, d->group_count * d->group_count, sizeof *d->equal);
  if (!d->equal) return qy_no_memory(err);
  for (size_t p = 0; p < panels; p++) {
    size_t total = 0;
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++)
      total += d->plot->panel[p].series[i].count;
    if (total > EQUAL_MAX || total == 0) continue;
    spot *spots = qy_arena_alloc(d->arena, total, sizeof *spots);
    if (!spots) return qy_no_memory(err);
    const size_t count = find_spots(d, p, spots);
    for (size_t from = 0, to; from < count; from = to) {
      for (to = from + 1; to < count && spots[to].x == spots[from].x && spots[to].y == spots[from].y;)
        to++;
      if (to > from + 1 && nest(d, spots, from, to, p)) return qy_no_memory(err);
    }
  }
  return QY_OK;
}

static int by_group(const void *a, const void *b)
{
  const spot *p = a, *q = b;
  if (p->group != q->group) return p->group < q->group ? -1 : 1;
  return by_place(a, b);
}

/* Is the marker of a series that has large ones, and not inside another one already? */
static bool may_nest(const picture *d, size_t panel, const spot *s)
{
  const size_t own = s->series - picture_series(d, panel, 0);
  const float *size = d->size[s->series];
  return d->plot->panel[panel].series[own].count <= MARKED_MAX && !(size && size[s->index] > 0);
}

/* How deep each spot lies in markers of groups before it; -1: it holds none and is in none. */
static void find_depths(int *depth, const picture *d, const spot *spots, size_t count, size_t panel, double width,
                        double height)
{
  static const double parts = 1e6, near = 5.5; /* pixels, at the size of a screen */
  for (size_t i = 0; i < count; i++) {
    depth[i] = -1;
    for (size_t k = 0; k < i && may_nest(d, panel, &spots[i]); k++) {
      const double x = (double)(spots[i].x - spots[k].x) / parts * width,
                   y = (double)(spots[i].y - spots[k].y) / parts * height;
      if (spots[k].group == spots[i].group || hypot(x, y) > near * d->page.scale || !may_nest(d, panel, &spots[k]))
        continue;
      if (depth[k] < 0) depth[k] = 0;
      if (depth[k] + 1 > depth[i]) depth[i] = depth[k] + 1;
    }
  }
}

qy_status picture_find_nearly(picture *d, double width, double height, qy_error *err)
{
  assert(d);
  static const float sizes[] = {1.5F, 0.9F, 0.5F};
  const int most = sizeof sizes / sizeof *sizes - 1;
  for (size_t p = 0; p < d->plot->panel_count && d->equal; p++) {
    size_t total = 0;
    for (size_t i = 0; i < d->plot->panel[p].series_count; i++)
      total += d->plot->panel[p].series[i].count;
    if (total > NEARLY_MAX || total == 0) continue;
    spot *spots = qy_arena_alloc(d->arena, total, sizeof *spots);
    int *depth = qy_arena_alloc(d->arena, total, sizeof *depth);
    if (!spots || !depth) return qy_no_memory(err);
    const size_t count = find_spots(d, p, spots);
    qsort(spots, count, sizeof *spots, by_group);
    find_depths(depth, d, spots, count, p, width, height);
    for (size_t i = 0; i < count; i++) {
      if (depth[i] < 0) continue;
      float *size = sizes_of(d, p, spots[i].series);
      if (!size) return qy_no_memory(err);
      size[spots[i].index] = sizes[depth[i] < most ? depth[i] : most];
      d->nested = true;
    }
  }
  return QY_OK;
}
