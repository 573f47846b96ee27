/* Parallel coordinates: see parallel.h. */
#include "quarry/parallel.h"

#include "axis.h"
#include "gnuplot.h"
#include "script.h"
#include "sheet.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { AXES_MAX = 12, GROUPS_MAX = 20, NAME_COLUMNS_MAX = 24 };

static const char others_label[] = "other designs";

/* The panel's ends in axes and, below, in their lengths: axes stand at 0, 1, 2 ... and reach from 0 to 1. */
static const double left_end = -0.5, right_past = -0.95, low_end = -0.03;

/* Titles above the axes, in as many lines as keep neighbours apart. */
typedef struct title_lines {
  size_t line[AXES_MAX]; /* of each axis, from the axes up */
  size_t count;
  size_t columns;  /* of a title at most */
  double high_end; /* of the panel, in lengths of the axes */
  double up;       /* from the axes to the middle of the first line, and from line to line, in these */
} title_lines;

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

/* The ends of a title on the page. */
static void title_span(double ends[2], const sheet *page, const rectangle *area, size_t axes, size_t at, size_t columns)
{
  const double step = (area->right - area->left) / ((double)axes + right_past - left_end),
               place = area->left + ((double)at - left_end) * step, width = (double)columns * page->type->small_letter;
  ends[0] = at == 0 ? place : at + 1 == axes ? place - width : place - width / 2;
  ends[1] = ends[0] + width;
}

/* Each title in the lowest line where it does not meet the one before it there. */
static void place_titles(title_lines *t, const sheet *page, const rectangle *area, size_t axes,
                         char (*title)[AXIS_TITLE_BYTES])
{
  enum { LINES_MOST = 4 };
  static const double share = 0.45, apart = 1.5, line = 1.1; /* of the panel's width; letters; small lines */
  double end[LINES_MOST], ends[2];
  *t = (title_lines){.columns = (size_t)fmax(6, share * (area->right - area->left) / page->type->small_letter)};
  for (size_t l = 0; l < LINES_MOST; l++)
    end[l] = -INFINITY;
  for (size_t a = 0; a < axes; a++) {
    const size_t own = text_columns(title[a]), columns = own < t->columns ? own : t->columns;
    title_span(ends, page, area, axes, a, columns);
    size_t l = 0;
    while (l + 1 < LINES_MOST && end[l] + apart * page->type->small_letter > ends[0])
      l++;
    end[l] = fmax(end[l], ends[1]);
    t->line[a] = l;
    if (l + 1 > t->count) t->count = l + 1;
  }
  const double step = page->type->small_line * (page->dumb ? 1 : line),
               length = (area->top - area->bottom - ((double)t->count + 0.5) * step) / (1 - low_end);
  t->up = step / length;
  t->high_end = 1 + ((double)t->count + 0.5) * t->up;
}

/* White behind the text of a tick, so that no line crosses it. */
static void write_ground(const sheet *page, const rectangle *area, size_t axes, double high_end, size_t at,
                         double place, const char *label)
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
                       const rectangle *area, const title_lines *lines)
{
  qy_text *s = page->s;
  for (size_t a = 0; a < p->axis_count; a++) {
    qy_text_add(s, "set arrow from first %zu, first 0 to first %zu, first 1 nohead front%s\n", a, a,
                page->dumb ? "" : " lc rgb '#555555' lw 1.2");
    for (int i = 0; i < axes[a].tick_count; i++) {
      const axis_tick *t = &axes[a].tick[i];
      if (!t->label[0]) continue;
      if (!page->dumb)
        write_ground(page, area, p->axis_count, lines->high_end, a, axis_position(&axes[a], t->at), t->label);
      qy_text_add(s, "set label ");
      script_quote(s, t->label, NAME_COLUMNS_MAX);
      qy_text_add(s, " at first %zu, first %.6g right noenhanced front offset character -0.5,0%s\n", a,
                  axis_position(&axes[a], t->at), page->dumb ? "" : " font small textcolor rgb '#333333'");
      if (!page->dumb)
        qy_text_add(s, "set arrow from first %g, first %.6g to first %zu, first %.6g nohead front lc rgb '#555555'\n",
                    (double)a - 0.02, axis_position(&axes[a], t->at), a, axis_position(&axes[a], t->at));
    }
    qy_text_add(s, "set label ");
    script_quote(s, title[a], lines->columns);
    qy_text_add(s, " at first %zu, first %g %s noenhanced front%s\n", a, 1 + lines->up * ((double)lines->line[a] + 0.9),
                a == 0                   ? "left"
                : a + 1 == p->axis_count ? "right"
                                         : "center",
                page->dumb ? "" : " font small");
  }
}

/* The groups, and the other designs behind them. */
static bool list_names(key_list *key, sheet *page, const qy_parallel *p, bool others, qy_arena *arena)
{
  const char **name = qy_arena_alloc(arena, p->group_count + 1, sizeof *name);
  for (size_t g = 0; name && g < p->group_count; g++)
    name[g] = p->name[g];
  if (name) name[p->group_count] = others_label;
  return name && sheet_key_names(key, page, name, p->group_count + others, arena);
}

static void write_key_above(const sheet *page, const qy_parallel *p, const key_list *key)
{
  for (size_t g = 0; g < key->shown; g++) {
    const bool group = g < p->group_count;
    const key_sample own = {group ? sheet_colour(g) : "#dadada", group ? sheet_dash(g) : "", 0, 0, NULL};
    sheet_key_entry(page, g, key->name[g], &own);
  }
  if (key->more) sheet_key_entry(page, key->shown, key->more, &(key_sample){NULL, NULL, 0, 0, NULL});
}

static void write_title(const sheet *page, const key_list *key, size_t index)
{
  const bool shown = !sheet_key_above(page) && index < key->shown;
  qy_text_add(page->s, shown ? "title " : "notitle");
  if (shown) script_quote(page->s, key->name[index], key->columns);
}

/* The others first, so that they lie below; their place in the key is the last. */
static void plot_lines(const sheet *page, const qy_parallel *p, const size_t *count, const key_list *key)
{
  qy_text *s = page->s;
  const char *gap = "plot ";
  if (count[0]) {
    qy_text_add(s, page->dumb ? "plot $lines_0 using 1:2 with points pt '.' "
                              : "plot $lines_0 using 1:2 with lines lt 1 lw 0.6 lc rgb '#dadada' ");
    write_title(page, key, p->group_count);
    gap = ", \\\n     ";
  }
  for (size_t g = 0; g < p->group_count; g++) {
    qy_text_add(s, "%s", gap);
    gap = ", \\\n     ";
    if (count[g + 1] == 0)
      qy_text_add(s, "NaN");
    else
      qy_text_add(s, "$lines_%zu using 1:2", g + 1);
    if (page->dumb)
      qy_text_add(s, " with points pt '%c' ", (char)('A' + g % 26));
    else
      qy_text_add(s, " with lines lt 1 lw 1.5 lc rgb '%s'%s ", sheet_colour(g), sheet_dash(g));
    write_title(page, key, g);
  }
  if (key->more && !sheet_key_above(page))
    qy_text_add(s, ", \\\n     keyentry with points pt -1 title '%s'", key->more);
  qy_text_add(s, "\nunset label\nunset arrow\nunset object\n");
}

static bool write_parallel(const qy_parallel *p, qy_text *s, qy_plot_format format, const char *file_stem,
                           qy_arena *arena)
{
  sheet page;
  axis axes[AXES_MAX];
  char title[AXES_MAX][AXIS_TITLE_BYTES];
  key_list key;
  sheet_begin(&page, s, p->look, format, file_stem, p->title, 1);
  const type_sizes *t = page.type;
  choose_axes(axes, title, p, page.dumb);
  sheet_caption(&page, p->caption);
  size_t count[GROUPS_MAX + 1] = {write_lines(s, p, axes, -1)}; /* as the data blocks are numbered */
  for (size_t g = 0; g < p->group_count; g++)
    count[g + 1] = write_lines(s, p, axes, (int)g);
  if (!list_names(&key, &page, p, count[0] > 0, arena)) return false;
  rectangle area = {.left = page.left + t->edge,
                    .right = page.right - t->edge,
                    .bottom = page.bottom + t->tick_line,
                    .top = page.top - t->panel_line * 0.6};
  title_lines lines;
  place_titles(&lines, &page, &area, p->axis_count, title);
  for (size_t a = 0; a < p->axis_count && !page.dumb; a++)
    axis_fit(&axes[a], (area.top - area.bottom) / (lines.high_end - low_end), t->small_line * 0.8);
  sheet_panel(&page, &area, NULL);
  qy_text_add(s,
              "unset logscale x\nunset logscale y\nunset border\nunset xtics\nunset ytics\nunset grid\n"
              "set xlabel ''\nset ylabel ''\nset xrange [%g:%g]\nset yrange [%g:%g]\n",
              left_end, (double)p->axis_count + right_past, low_end, lines.high_end);
  write_axes(&page, p, axes, title, &area, &lines);
  if (sheet_key_above(&page)) {
    write_key_above(&page, p, &key);
    qy_text_add(s, "unset key\n");
  } else {
    sheet_key_place(&page, key.columns);
  }
  plot_lines(&page, p, count, &key);
  sheet_end(&page);
  return true;
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
  qy_arena *arena = qy_arena_new();
  if (!arena || !write_parallel(plot, &s, format, file_stem, arena)) status = qy_no_memory(err);
  if (!status) status = plot_render(&s, plot->look, format, file_stem, gnuplot, text, err);
  qy_arena_free(arena);
  qy_text_free(&s);
  return status;
}
