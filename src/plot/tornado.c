/* Horizontal bars: see tornado.h. */
#include "quarry/tornado.h"

#include "axis.h"
#include "gnuplot.h"
#include "script.h"
#include "sheet.h"

#include <assert.h>
#include <math.h>

enum { ROWS_MAX = 60, NAME_COLUMNS_MAX = 40 };

static const double half_bar = 0.36, half_part = 0.2; /* of the distance between two bars */

static double drawn(double value)
{
  return axis_drawable(value) && value > 0 ? value : 0;
}

static void write_rows(const qy_tornado *t, qy_text *s)
{
  qy_text_add(s, "$bars << END\n");
  for (size_t i = 0; i < t->count; i++) {
    const double y = (double)(t->count - i), total = drawn(t->total[i]), part = drawn(t->part[i]);
    qy_text_add(s, "%.9g %.9g %.9g\n", y, total, part);
  }
  qy_text_add(s, "END\n");
}

/* The look, on a small page as high as its bars need. */
static const qy_plot_look *look_with_room(qy_plot_look *room, const qy_tornado *t)
{
  static const double row = 1.35, others = 7, pt_per_in = 72; /* lines: of a bar; of key, ticks and title */
  const qy_plot_look *look = t->look;
  if (!look || look->screen || look->sized) return look;
  *room = *look;
  room->height_in = fmax(look->height_in, ((double)t->count + others) * row * look->font_pt / pt_per_in);
  return room;
}

static void write_tornado(const qy_tornado *t, qy_text *s, qy_plot_format format, const char *file_stem)
{
  sheet page;
  axis x;
  span range;
  qy_plot_look room;
  sheet_begin(&page, s, look_with_room(&room, t), format, file_stem, t->title, 1);
  const type_sizes *type = page.type;
  size_t columns = 8, key = text_columns(t->total_label);
  span_start(&range);
  span_add(&range, 0);
  for (size_t i = 0; i < t->count; i++) {
    span_add(&range, drawn(t->total[i]));
    span_add(&range, drawn(t->part[i]));
    if (text_columns(t->name[i]) > columns) columns = text_columns(t->name[i]);
  }
  if (columns > NAME_COLUMNS_MAX) columns = NAME_COLUMNS_MAX;
  if (text_columns(t->part_label) > key) key = text_columns(t->part_label);
  axis_choose(&x, &range, 0, true, page.dumb);
  sheet_caption(&page, t->caption);
  sheet_key_most(&page, 2, &key);
  size_t key_columns = sheet_key(&page, 2, key);
  rectangle area = {.left = page.left + ((double)columns + 1) * type->letter,
                    .right = page.right,
                    .bottom = page.bottom + type->tick_line + type->line,
                    .top = page.top - type->panel_line * 0.6};
  page.label_lines[0] = sheet_label_lines(&page, t->x_label, area.right - area.left);
  area.bottom += type->line * (double)(page.label_lines[0] - 1);
  if (!page.dumb) axis_fit(&x, (area.right - area.left) / type->letter, 0);
  write_rows(t, s);
  sheet_panel(&page, &area, NULL);
  sheet_axis(&page, 'x', &x, true);
  sheet_axis_title(&page, 'x', t->x_label, area.right - area.left);
  qy_text_add(s, "set yrange [0.4:%g]\nset ylabel ''\nset ytics scale 0 (", (double)t->count + 0.6);
  for (size_t i = 0; i < t->count; i++) {
    if (i > 0) qy_text_add(s, ", ");
    script_quote_tick(s, t->name[i], columns);
    qy_text_add(s, " %zu", t->count - i);
  }
  const bool tight = !page.dumb && (area.top - area.bottom) / (double)t->count < type->small_line;
  qy_text_add(s, tight ? ") font small\n" : ")\n");
  if (!page.dumb) qy_text_add(s, "set grid xtics noytics\n");
  sheet_key_place(&page, key_columns);
  if (page.dumb) {
    qy_text_add(s, "plot $bars using 2:1 with points pt 'o' title ");
    script_quote(s, t->total_label, key_columns);
    qy_text_add(s, ", \\\n     $bars using 3:1 with points pt '*' title ");
    script_quote(s, t->part_label, key_columns);
  } else {
    qy_text_add(
        s, "plot $bars using ($2/2):1:(0):2:($1-%g):($1+%g) with boxxyerror fs solid 1 noborder fc rgb '%s' title ",
        half_bar, half_bar, sheet_faint(0));
    script_quote(s, t->total_label, key_columns);
    qy_text_add(
        s,
        ", \\\n     $bars using ($3/2):1:(0):3:($1-%g):($1+%g) with boxxyerror fs solid 1 noborder fc rgb '%s' title ",
        half_part, half_part, sheet_colour(0));
    script_quote(s, t->part_label, key_columns);
  }
  qy_text_add(s, "\n");
  sheet_end(&page);
}

qy_status qy_plot_tornado(const qy_tornado *t, qy_plot_format format, const char *file_stem, const char *gnuplot,
                          char **text, qy_error *err)
{
  assert(t && (text || format != QY_PLOT_DUMB));
  if (text) *text = NULL;
  if (t->count == 0 || t->count > ROWS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "a tornado plot has 1 to %d bars, found %zu", ROWS_MAX, t->count);
  qy_status status = format == QY_PLOT_DUMB ? QY_OK : plot_check_stem(file_stem, err);
  if (status != QY_OK) return status;
  qy_text s = {0};
  write_tornado(t, &s, format, file_stem);
  status = plot_render(&s, t->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  return status;
}
