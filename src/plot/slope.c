/* Falling steps on logarithmic axes: see slope.h. */
#include "quarry/slope.h"

#include "axis.h"
#include "gnuplot.h"
#include "script.h"
#include "sheet.h"

#include <assert.h>
#include <math.h>

#define FLOOR_STYLE "lt 1 lw 1.4 dt 2 lc rgb '#555555' "

enum { SERIES_MAX = 20, MARK_COLUMNS_MAX = 40, MARKS_MAX = 100 };

/* Logarithmic unless the look says otherwise. */
static int scale_of(const qy_slope_plot *p, int said)
{
  return p->look && said >= 0 ? said : 1;
}

static void choose_axes(axis *x, axis *y, const qy_slope_plot *p, bool plain)
{
  const qy_plot_look *look = p->look;
  span along, up;
  span_start(&along);
  span_start(&up);
  span_add(&along, p->x_end);
  for (size_t i = 0; i < p->series_count; i++) {
    const qy_slope_series *r = &p->series[i];
    for (size_t k = 0; k < r->count; k++) {
      span_add(&along, r->x[k]);
      span_add(&up, r->y[k]);
    }
    if (r->floor > 0) span_add(&up, r->floor);
  }
  axis_choose(x, &along, look ? scale_of(p, look->x_scale) : 1, false, plain);
  axis_choose(y, &up, look ? scale_of(p, look->y_scale) : 1, false, plain);
  if (!look) return;
  axis_set_ends(x, look->range[0][0], look->range[0][1], plain);
  axis_set_ends(y, look->range[1][0], look->range[1][1], plain);
}

static void write_steps(const qy_slope_plot *p, size_t i, qy_text *s)
{
  const qy_slope_series *r = &p->series[i];
  qy_text_add(s, "$series_%zu << END\n", i + 1);
  for (size_t k = 0; k < r->count; k++)
    qy_text_add(s, "%.9g %.9g\n", r->x[k], r->y[k]);
  qy_text_add(s, "%.9g %.9g\nEND\n", p->x_end, r->y[r->count - 1]);
}

/* Is this floor that of a series before it? */
static bool same_floor(const qy_slope_plot *p, size_t i)
{
  for (size_t k = 0; k < i; k++)
    if (p->series[k].floor == p->series[i].floor) return true;
  return false;
}

/* A text on the page, in its units. */
typedef struct box {
  double left, right, bottom, top;
} box;

static double along(const axis *a, double value, double from, double to)
{
  return from + (to - from) * axis_position(a, value);
}

static double between(const axis *y, const qy_slope_mark *m)
{
  return y->log ? sqrt(m->y_before * m->y_after) : (m->y_before + m->y_after) / 2;
}

static box box_of(const qy_slope_mark *m, const axis *x, const axis *y, const rectangle *area, const type_sizes *type)
{
  const size_t columns = text_columns(m->text) < MARK_COLUMNS_MAX ? text_columns(m->text) : MARK_COLUMNS_MAX;
  const double left = along(x, m->x, area->left, area->right);
  const double middle = along(y, between(y, m), area->bottom, area->top);
  return (box){left, left + (double)columns * type->small_letter, middle - type->small_line / 2,
               middle + type->small_line / 2};
}

static bool lies_on(const box *b, const box *others, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (b->left < others[i].right && others[i].left < b->right && b->bottom < others[i].top &&
        others[i].bottom < b->top)
      return true;
  return false;
}

/* Beside the drop, where the steps leave room: at the right of its middle.  A text that would lie on one before it, or
 * stand out of the panel, is left out. */
static void write_marks(const qy_slope_plot *p, const sheet *page, const axis *x, const axis *y, const rectangle *area)
{
  qy_text *s = page->s;
  box taken[MARKS_MAX];
  size_t count = 0;
  for (size_t i = 0; i < p->series_count; i++)
    for (size_t k = 0; k < p->series[i].mark_count; k++) {
      const qy_slope_mark *m = &p->series[i].mark[k];
      const box b = box_of(m, x, y, area, page->type);
      if (count == MARKS_MAX || b.right > page->right || b.left < area->left || b.bottom < area->bottom ||
          b.top > area->top || lies_on(&b, taken, count))
        continue;
      taken[count++] = b;
      qy_text_add(s, "set label ");
      script_quote(s, m->text, MARK_COLUMNS_MAX);
      qy_text_add(s, " at first %.9g, first %.9g left noenhanced offset character 0.6,0.3", m->x, between(y, m));
      qy_text_add(s, page->dumb ? "\n" : " font small textcolor rgb '%s'\n", sheet_colour(i));
    }
}

/* "title 'x'" of a key beside the panel; one above it is drawn already. */
static void write_title(const sheet *page, const char *text, size_t columns)
{
  qy_text_add(page->s, sheet_key_above(page) ? "notitle" : "title ");
  if (!sheet_key_above(page)) script_quote(page->s, text, columns);
}

static void plot_series(const qy_slope_plot *p, const sheet *page, size_t columns, qy_text *s)
{
  bool floors = false;
  for (size_t i = 0; i < p->series_count; i++) {
    qy_text_add(s, "%s$series_%zu using 1:2 with ", i ? ", \\\n     " : "plot ", i + 1);
    if (page->dumb)
      qy_text_add(s, "points pt '%c' ", (char)('A' + i));
    else
      qy_text_add(s, "steps lt 1 lw 2 lc rgb '%s'%s ", sheet_colour(i), sheet_dash(i));
    write_title(page, p->series[i].label, columns);
  }
  for (size_t i = 0; i < p->series_count; i++) {
    if (!(p->series[i].floor > 0) || same_floor(p, i)) continue;
    qy_text_add(s, ", \\\n     %.9g with lines ", p->series[i].floor);
    qy_text_add(s, page->dumb ? "" : FLOOR_STYLE);
    if (floors)
      qy_text_add(s, "notitle");
    else
      write_title(page, p->floor_label, columns);
    floors = true;
  }
  qy_text_add(s, "\n");
}

static void place_key(const qy_slope_plot *p, const sheet *page, size_t columns)
{
  if (!sheet_key_above(page)) {
    sheet_key_place(page, columns);
    return;
  }
  for (size_t i = 0; i < p->series_count; i++)
    sheet_key_entry(page, i, p->series[i].label, &(key_sample){sheet_colour(i), sheet_dash(i), 0, 0, NULL});
  sheet_key_entry(page, p->series_count, p->floor_label, &(key_sample){"#555555", " dt 2", 0, 0, NULL});
  qy_text_add(page->s, "unset key\n");
}

static void write_slope(const qy_slope_plot *p, qy_text *s, qy_plot_format format, const char *file_stem)
{
  sheet page;
  axis x, y;
  sheet_begin(&page, s, p->look, format, file_stem, p->title, 1);
  const type_sizes *type = page.type;
  size_t columns = text_columns(p->floor_label);
  for (size_t i = 0; i < p->series_count; i++)
    if (text_columns(p->series[i].label) > columns) columns = text_columns(p->series[i].label);
  choose_axes(&x, &y, p, page.dumb);
  sheet_caption(&page, p->caption);
  sheet_key_most(&page, p->series_count + 1, &columns);
  const size_t key_columns = sheet_key(&page, p->series_count + 1, columns);
  rectangle area = {.left = page.left + type->tick_width + type->line,
                    .right = page.right,
                    .bottom = page.bottom + type->tick_line + type->line,
                    .top = page.top - type->panel_line * 0.6};
  page.label_lines[1] = sheet_label_lines(&page, p->y_label, area.top - area.bottom);
  area.left += type->line * (double)(page.label_lines[1] - 1);
  page.label_lines[0] = sheet_label_lines(&page, p->x_label, area.right - area.left);
  area.bottom += type->line * (double)(page.label_lines[0] - 1);
  if (!page.dumb) {
    page.right -= sheet_key_above(&page) ? type->letter : 0; /* half of the last label stands out there */
    area.right = page.right;
    axis_fit(&x, (area.right - area.left) / type->letter, 0);
    axis_fit(&y, area.top - area.bottom, type->line * 0.8);
  }
  for (size_t i = 0; i < p->series_count; i++)
    write_steps(p, i, s);
  sheet_panel(&page, &area, NULL);
  sheet_axis(&page, 'x', &x, true);
  sheet_axis(&page, 'y', &y, true);
  sheet_axis_title(&page, 'x', p->x_label, area.right - area.left);
  sheet_axis_title(&page, 'y', p->y_label, area.top - area.bottom);
  write_marks(p, &page, &x, &y, &area);
  place_key(p, &page, key_columns);
  plot_series(p, &page, key_columns, s);
  sheet_end(&page);
}

qy_status qy_plot_slope(const qy_slope_plot *p, qy_plot_format format, const char *file_stem, const char *gnuplot,
                        char **text, qy_error *err)
{
  assert(p && (text || format != QY_PLOT_DUMB));
  if (text) *text = NULL;
  if (p->series_count == 0 || p->series_count > SERIES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "a slope plot has 1 to %d series, found %zu", SERIES_MAX, p->series_count);
  qy_status status = format == QY_PLOT_DUMB ? QY_OK : plot_check_stem(file_stem, err);
  if (status) return status;
  qy_text s = {0};
  write_slope(p, &s, format, file_stem);
  status = plot_render(&s, p->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  return status;
}
