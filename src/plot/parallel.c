/* Parallel coordinates: see parallel.h. */
#include "quarry/parallel.h"

#include "axis.h"
#include "gnuplot.h"
#include "script.h"
#include "sheet.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

enum { AXES_MAX = 12, GROUPS_MAX = 20, NAME_COLUMNS_MAX = 24 };

static const char others_label[] = "other designs";

/* Where titles stand above the axes, in lengths of these: two heights, so that neighbours do not meet. */
static const double title_at[2] = {1.055, 1.13};

static void choose_axes(axis *axes, char (*title)[AXIS_TITLE_BYTES], const qy_parallel *p, bool plain)
{
  for (size_t a = 0; a < p->axis_count; a++) {
    span range;
    span_start(&range);
    for (size_t l = 0; l < p->line_count; l++)
      span_add(&range, p->value[l * p->axis_count + a]);
    axis_choose(&axes[a], &range, p->axis[a].log, false, plain);
    const qy_plot_ticks *t = &p->axis[a].ticks;
    axis_read(&axes[a], title[a], p->axis[a].label, t->count > 0 ? NAN : range.low, range.high, plain);
    if (t->count > 0 && (t->words || t->count <= AXES_MAX))
      axis_set_ticks(&axes[a], t->at, t->name, t->count, t->words);
  }
}

/* The lines of one group, "axis place", with an empty row where one ends. */
static size_t write_lines(qy_text *s, const qy_parallel *p, const axis *axes, int group)
{
  size_t count = 0;
  qy_text_add(s, "$lines_%d << END\n", group + 1);
  for (size_t l = 0; l < p->line_count; l++) {
    if (p->group[l] != group) continue;
    for (size_t a = 0; a < p->axis_count; a++) {
      const double value = p->value[l * p->axis_count + a];
      if (axis_shows(&axes[a], value))
        qy_text_add(s, "%zu %.6g\n", a, axis_position(&axes[a], value));
      else
        qy_text_add(s, "\n");
    }
    qy_text_add(s, "\n");
    count++;
  }
  qy_text_add(s, "END\n");
  return count;
}

/* The panel's ends in axes and in their lengths: axes stand at 0, 1, 2 ... and reach from 0 to 1. */
static const double left_end = -0.5, right_past = -0.95, low_end = -0.03, high_end = 1.18;

/* White behind the text of a tick, so that no line crosses it. */
static void write_ground(const sheet *page, const rectangle *area, size_t axes, size_t at, double place,
                         const char *label)
{
  static const double gap = 0.3, height = 0.85; /* letters, lines */
  const double x_unit = ((double)axes + right_past - left_end) / (area->right - area->left),
               y_unit = (high_end - low_end) / (area->top - area->bottom);
  const double letter = page->type->small_letter * x_unit, half = page->type->small_line * height / 2 * y_unit;
  const double right = (double)at - gap * letter, left = right - ((double)text_columns(label) + 2 * gap) * letter;
  qy_text_add(page->s,
              "set object rectangle from first %.5g, first %.5g to first %.5g, first %.5g front fc rgb '#ffffff' "
              "fs solid noborder\n",
              left, place - half, right, place + half);
}

static void write_axes(const sheet *page, const qy_parallel *p, const axis *axes, char (*title)[AXIS_TITLE_BYTES],
                       const rectangle *area, double slot)
{
  qy_text *s = page->s;
  const size_t columns = (size_t)fmax(6, slot / page->type->letter * (p->axis_count > 3 ? 1.9 : 1) - 2);
  for (size_t a = 0; a < p->axis_count; a++) {
    qy_text_add(s, "set arrow from first %zu, first 0 to first %zu, first 1 nohead front%s\n", a, a,
                page->dumb ? "" : " lc rgb '#555555' lw 1.2");
    for (int i = 0; i < axes[a].tick_count; i++) {
      const axis_tick *t = &axes[a].tick[i];
      if (!t->label[0]) continue;
      if (!page->dumb) write_ground(page, area, p->axis_count, a, axis_position(&axes[a], t->at), t->label);
      qy_text_add(s, "set label ");
      script_quote(s, t->label, NAME_COLUMNS_MAX);
      qy_text_add(s, " at first %zu, first %.6g right noenhanced front offset character -0.5,0%s\n", a,
                  axis_position(&axes[a], t->at), page->dumb ? "" : " font small textcolor rgb '#333333'");
      if (!page->dumb)
        qy_text_add(s, "set arrow from first %g, first %.6g to first %zu, first %.6g nohead front lc rgb '#555555'\n",
                    (double)a - 0.02, axis_position(&axes[a], t->at), a, axis_position(&axes[a], t->at));
    }
    qy_text_add(s, "set label ");
    script_quote(s, title[a], columns);
    qy_text_add(s, " at first %zu, first %g %s noenhanced front%s\n", a, title_at[p->axis_count > 3 ? a % 2 : 0],
                a == 0                   ? "left"
                : a + 1 == p->axis_count ? "right"
                                         : "center",
                page->dumb ? "" : " font small");
  }
}

static void write_parallel(const qy_parallel *p, qy_text *s, qy_plot_format format, const char *file_stem)
{
  sheet page;
  axis axes[AXES_MAX];
  char title[AXES_MAX][AXIS_TITLE_BYTES];
  size_t longest = sizeof others_label - 1; /* as wide without them */
  sheet_begin(&page, s, p->look, format, file_stem, p->title, 1);
  const type_sizes *t = page.type;
  choose_axes(axes, title, p, page.dumb);
  sheet_caption(&page, p->caption);
  for (size_t g = 0; g < p->group_count; g++)
    if (text_columns(p->name[g]) > longest) longest = text_columns(p->name[g]);
  const size_t others = write_lines(s, p, axes, -1);
  const size_t key = sheet_key(&page, p->group_count + (others > 0), longest);
  rectangle area = {.left = page.left + t->edge,
                    .right = page.right - t->edge,
                    .bottom = page.bottom + t->tick_line,
                    .top = page.top - t->panel_line * 0.6};
  const double slot = (area.right - area.left) / ((double)p->axis_count - 0.5);
  size_t count[GROUPS_MAX + 1] = {others}; /* as the data blocks are numbered */
  for (size_t g = 0; g < p->group_count; g++)
    count[g + 1] = write_lines(s, p, axes, (int)g);
  sheet_panel(&page, &area, NULL);
  qy_text_add(s,
              "unset logscale x\nunset logscale y\nunset border\nunset xtics\nunset ytics\nunset grid\n"
              "set xlabel ''\nset ylabel ''\nset xrange [%g:%g]\nset yrange [%g:%g]\n",
              left_end, (double)p->axis_count + right_past, low_end, high_end);
  write_axes(&page, p, axes, title, &area, slot);
  for (size_t g = 0; g < p->group_count + (others > 0) && sheet_key_above(&page); g++) {
    const bool group = g < p->group_count;
    const key_sample own = {group ? sheet_colour(g) : "#dadada", group && g >= SHEET_COLOURS ? " dt 2" : "", 0, 0};
    sheet_key_entry(&page, g, g < p->group_count ? p->name[g] : others_label, &own);
  }
  if (sheet_key_above(&page))
    qy_text_add(s, "unset key\n");
  else
    sheet_key_place(&page, key);
  const char *gap = "plot ";
  if (others) {
    qy_text_add(s, page.dumb ? "plot $lines_0 using 1:2 with points pt '.' title 'other designs'"
                             : "plot $lines_0 using 1:2 with lines lt 1 lw 0.6 lc rgb '#dadada' title 'other designs'");
    gap = ", \\\n     ";
  }
  for (size_t g = 0; g < p->group_count; g++) {
    qy_text_add(s, "%s", gap);
    gap = ", \\\n     ";
    if (count[g + 1] == 0)
      qy_text_add(s, "NaN");
    else
      qy_text_add(s, "$lines_%zu using 1:2", g + 1);
    if (page.dumb)
      qy_text_add(s, " with points pt '%c' title ", (char)('A' + g % 26));
    else
      qy_text_add(s, " with lines lt 1 lw 1.5 lc rgb '%s'%s title ", sheet_colour(g), g < SHEET_COLOURS ? "" : " dt 2");
    script_quote(s, p->name[g], key);
  }
  qy_text_add(s, "\nunset label\nunset arrow\nunset object\n");
  sheet_end(&page);
}

qy_status qy_plot_parallel(const qy_parallel *plot, qy_plot_format format, const char *file_stem, const char *gnuplot,
                           char **text, qy_error *err)
{
  assert(plot && (text || format != QY_PLOT_DUMB));
  if (text) *text = NULL;
  if (plot->axis_count < 2 || plot->axis_count > AXES_MAX || plot->group_count == 0 || plot->group_count > GROUPS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "parallel coordinates have 2 to %d axes and 1 to %d groups, found %zu and %zu",
                   AXES_MAX, GROUPS_MAX, plot->axis_count, plot->group_count);
  qy_status status = format == QY_PLOT_DUMB ? QY_OK : plot_check_stem(file_stem, err);
  if (status) return status;
  qy_text s = {0};
  locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before = plain ? uselocale(plain) : (locale_t)0;
  write_parallel(plot, &s, format, file_stem);
  if (plain) {
    uselocale(before);
    freelocale(plain);
  }
  status = plot_render(&s, plot->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  return status;
}
