/* Stacked bars: see plot.h.
 *
 * Each part is a row of boxes from the sum of the parts below it; negative values stack downwards from zero.  Bars
 * whose names are too long to stand below them lie, the first one on top, with the names at their left.
 */
#include "axis.h"
#include "gnuplot.h"
#include "names.h"
#include "script.h"
#include "sheet.h"

#include "quarry/alloc.h"
#include "quarry/decimal.h"
#include "quarry/plot.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

enum { BARS_MAX = 200, PARTS_MAX = 40, NAME_COLUMNS_MAX = 40, TOTALS_MAX = 40, LYING_MAX = 48, UPRIGHT_COLUMNS = 14 };

/* Half the width of a box; bars stand at 1, 2, 3 ... */
static const double half_box = 0.33;

/* Of a bar with an interval: where its error line stands, and the middle of its number, which stands beside that line
 * on the bar's end, so that it is not read as the end of the interval; and the room for it. */
static const double error_at = 0.2, number_at = -0.16, number_room = 0.66;

/* Parts beyond the colours have them again in another filling: all PARTS_MAX differ. */
static const char *part_fill(size_t part)
{
  static const char *const fills[] = {"solid 0.9", "pattern 4", "pattern 5", "pattern 1", "pattern 2"};
  _Static_assert(sizeof fills / sizeof *fills * SHEET_COLOURS >= PARTS_MAX, "one for each part");
  return fills[part / SHEET_COLOURS];
}

/* The part of the widest name that runs along the axis when names are slanted by 30 degrees. */
static const double slant_rise = 0.5;
/* And that runs to the left. */
static const double slant_run = 0.87;
/* Lines between slanted names. */
static const double slant_apart = 0.9;

typedef struct stack {
  double up, down; /* sums of the positive and of the negative parts so far */
} stack;

static double value_of(const qy_bars *bars, size_t part, size_t bar)
{
  double value = bars->values[part * bars->bar_count + bar];
  return axis_drawable(value) ? value : 0;
}

static double total_of(const qy_bars *bars, size_t bar, double *up)
{
  double total = 0;
  *up = 0;
  for (size_t p = 0; p < bars->part_count; p++) {
    double value = value_of(bars, p, bar);
    total += value;
    if (value > 0) *up += value;
  }
  return total;
}

/* Of the bars that are no gaps. */
static double least_total(const qy_bars *bars)
{
  double least = NAN;
  for (size_t b = 0; b < bars->bar_count; b++) {
    double up;
    const double total = total_of(bars, b, &up);
    if (bars->bar[b][0] || up > 0) least = fmin(least, total);
  }
  return least;
}

static bool has_level(const qy_bars *bars)
{
  return isfinite(bars->level) && bars->level != 0;
}

static bool has_intervals(const qy_bars *bars)
{
  bool any = false;
  for (size_t b = 0; bars->low && bars->high && b < bars->bar_count; b++)
    any = any || (axis_drawable(bars->low[b]) && axis_drawable(bars->high[b]));
  return any;
}

/* Where a bar stands on its axis: lying ones from the top. */
static double place_of(const qy_bars *bars, size_t bar, bool lying)
{
  return (double)(lying ? bars->bar_count - bar : bar + 1);
}

static void write_intervals(const qy_bars *bars, qy_text *s, bool lying)
{
  if (!has_intervals(bars)) return;
  qy_text_add(s, "$intervals << END\n");
  for (size_t b = 0; b < bars->bar_count; b++)
    if (axis_drawable(bars->low[b]) && axis_drawable(bars->high[b]))
      qy_text_add(s, "%g %.9g %.9g\n", place_of(bars, b, lying) + (lying ? 0 : error_at), bars->low[b], bars->high[b]);
  qy_text_add(s, "END\n");
}

static size_t widest(const char *const *names, size_t count)
{
  size_t columns = 0;
  for (size_t i = 0; i < count; i++) {
    size_t n = text_columns(names[i]);
    if (n > columns) columns = n;
  }
  return columns;
}

static void write_part(const qy_bars *bars, qy_text *s, stack *stacks, size_t p, bool lying)
{
  qy_text_add(s, "$part_%zu << END\n", p + 1);
  for (size_t b = 0; b < bars->bar_count; b++) {
    const double value = value_of(bars, p, b);
    double *sum = value < 0 ? &stacks[b].down : &stacks[b].up;
    const double from = *sum, at = place_of(bars, b, lying);
    *sum += value;
    const double low = fmin(from, *sum), high = fmax(from, *sum), middle = (from + *sum) / 2;
    if (lying)
      qy_text_add(s, "%.9g %.9g %.9g %.9g %.9g %.9g\n", middle, at, low, high, at - half_box, at + half_box);
    else
      qy_text_add(s, "%.9g %.9g %.9g %.9g %.9g %.9g\n", at, middle, at - half_box, at + half_box, low, high);
  }
  qy_text_add(s, "END\n");
}

/* "0.742", of fewer digits "0.74", in the unit of the axis; false: a gap. */
static bool total_text(char label[AXIS_LABEL_BYTES], const qy_bars *bars, size_t bar, double scale, bool brief)
{
  double up, total = total_of(bars, bar, &up);
  if (!bars->bar[bar][0] && up == 0) return false;
  total *= scale;
  if (brief && fabs(total) >= 1e-3 && fabs(total) < 100)
    qy_print(label, AXIS_LABEL_BYTES, "%.2g", total);
  else
    axis_number(label, total);
  return true;
}

static size_t widest_total(const qy_bars *bars, double scale, bool brief)
{
  size_t columns = 0;
  char label[AXIS_LABEL_BYTES];
  for (size_t b = 0; b < bars->bar_count; b++)
    if (total_text(label, bars, b, scale, brief) && text_columns(label) > columns) columns = text_columns(label);
  return columns;
}

/* Numbers on the ends of bars; of lying ones with intervals in a column at `column`. */
static void write_totals(const qy_bars *bars, qy_text *s, double scale, bool lying, bool brief, double column)
{
  const bool beside = has_intervals(bars);
  qy_text_add(s, "$totals << END\n");
  for (size_t b = 0; b < bars->bar_count; b++) {
    char label[AXIS_LABEL_BYTES];
    double up;
    if (!total_text(label, bars, b, scale, brief)) continue;
    total_of(bars, b, &up);
    if (lying)
      qy_text_add(s, "%.9g %g \"%s\"\n", beside ? column : up, place_of(bars, b, true), label);
    else
      qy_text_add(s, "%g %.9g \"%s\"\n", place_of(bars, b, false) + (beside ? number_at : 0), up, label);
  }
  qy_text_add(s, "END\n");
}

/* Bars beside each other in groups: each is of one part.  Else parts are stacked. */
static bool side_by_side(const qy_bars *bars)
{
  for (size_t b = 0; b < bars->bar_count; b++) {
    size_t parts = 0;
    for (size_t p = 0; p < bars->part_count; p++)
      parts += value_of(bars, p, b) != 0;
    if (parts > 1) return false;
  }
  return true;
}

/* Bars with a name: of a group of bars side by side one has it. */
static size_t named_bars(const qy_bars *bars)
{
  size_t named = 0;
  for (size_t b = 0; b < bars->bar_count; b++)
    named += bars->bar[b][0] != '\0';
  return named > 0 ? named : 1;
}

/* How names stand so that they neither lie on each other nor run over the left edge of the page. */
typedef enum name_turn { NAMES_LEVEL, NAMES_SLANTED, NAMES_UPRIGHT } name_turn;

static name_turn turn_of(const qy_bars *bars, const sheet *page, const rectangle *area, size_t columns)
{
  const double slot = (area->right - area->left) / (double)named_bars(bars), letter = page->type->letter;
  if (((double)columns + 2.5) * letter <= slot || page->dumb) return NAMES_LEVEL;
  const bool over = (double)columns * letter * slant_run > area->left + slot / 2;
  const bool dense = slot < slant_apart * page->type->line;
  return bars->bar_count > TOTALS_MAX || over || dense ? NAMES_UPRIGHT : NAMES_SLANTED;
}

/* Would names of so many columns stand upright, and be too long for that? */
static bool lie(const qy_bars *bars, const qy_plot_look *look, size_t columns)
{
  static const double usual_in = 12.5, pt_per_in = 72, usual_pt = 11, em = 0.62, beside = 0.3;
  const double width_in = look ? look->width_in : usual_in, font_pt = look ? look->font_pt : usual_pt;
  const double slot_pt = width_in * pt_per_in * (1 - beside) / (double)named_bars(bars);
  return columns > UPRIGHT_COLUMNS && bars->bar_count <= LYING_MAX && !bars->x_label &&
         ((double)columns + 2.5) * em * font_pt > slot_pt && (!look || !look->sized);
}

/* The look, on a small page higher by what long names take of it, or lying bars need. */
static const qy_plot_look *look_with_room(qy_plot_look *room, const qy_bars *bars, size_t columns, bool lying)
{
  static const double em = 0.6, pt_per_in = 72, usual = 12; /* characters that the page has room for anyway */
  static const double row = 1.35, others = 8;               /* lines: of a bar; of key, ticks and title */
  const qy_plot_look *look = bars->look;
  if (!look || look->screen || look->sized || (!lying && (double)columns < usual)) return look;
  *room = *look;
  if (lying)
    room->height_in = fmax(look->height_in, ((double)bars->bar_count + others) * row * look->small_pt / pt_per_in);
  else
    room->height_in += ((double)columns - usual) * em * look->small_pt / pt_per_in;
  return room;
}

/* Names that stand upright are given to every first, second, ... bar, so that none lies on the next. */
static size_t name_step(const qy_bars *bars, const sheet *page, const rectangle *area, name_turn turn)
{
  static const double apart = 0.75; /* of a line of the caption */
  const double slot = (area->right - area->left) / (double)bars->bar_count;
  if (turn != NAMES_UPRIGHT) return 1;
  return (size_t)ceil(page->type->small_line * apart / slot);
}

static void write_names(const qy_bars *bars, const sheet *page, name_turn turn, size_t columns, size_t step)
{
  static const char *const turns[] = {
      [NAMES_LEVEL] = "norotate", [NAMES_SLANTED] = "rotate by 30 right", [NAMES_UPRIGHT] = "rotate by 90 right"};
  qy_text *s = page->s;
  qy_text_add(s, "set xrange [%g:%g]\nset xtics scale 0 %s (", 0.4, (double)bars->bar_count + 0.6, turns[turn]);
  for (size_t b = 0; b < bars->bar_count; b++) {
    if (b > 0) qy_text_add(s, ", ");
    script_quote_tick(s, b % step ? "" : bars->bar[b], columns);
    qy_text_add(s, " %zu", b + 1);
  }
  qy_text_add(s, ")%s\nset xlabel ''\n", turn == NAMES_UPRIGHT ? " font small" : "");
}

static void write_lying_names(const qy_bars *bars, const sheet *page, size_t columns)
{
  qy_text *s = page->s;
  qy_text_add(s, "set yrange [%g:%g]\nset ylabel ''\nset ytics scale 0 norotate (", 0.4, (double)bars->bar_count + 0.6);
  for (size_t b = 0; b < bars->bar_count; b++) {
    if (b > 0) qy_text_add(s, ", ");
    script_quote_tick(s, bars->bar[b], columns);
    qy_text_add(s, " %g", place_of(bars, b, true));
  }
  qy_text_add(s, ") font small\nset grid xtics noytics\n");
}

static void write_title(const sheet *page, const key_list *key, size_t part)
{
  const bool shown = !sheet_key_above(page) && part < key->shown;
  qy_text_add(page->s, shown ? "title " : "notitle");
  if (shown) script_quote(page->s, key->name[part], key->columns);
}

static void write_more(const sheet *page, const key_list *key)
{
  if (key->more && !sheet_key_above(page))
    qy_text_add(page->s, ", \\\n     keyentry with points pt -1 title '%s'", key->more);
}

static void plot_parts(const qy_bars *bars, const sheet *page, bool lying, bool totals, const key_list *key)
{
  qy_text *s = page->s;
  if (page->dumb) {
    for (size_t p = bars->part_count; p-- > 0;) {
      char mark = (char)('A' + p % 26);
      qy_text_add(s, "%s$part_%zu using 1:6 with points pt '%c' ", p + 1 == bars->part_count ? "plot " : ", \\\n     ",
                  p + 1, mark);
      write_title(page, key, p);
    }
    write_more(page, key);
    qy_text_add(s, "\n");
    return;
  }
  const bool level = has_level(bars), down = !lying && !side_by_side(bars);
  for (size_t i = 0; i < bars->part_count; i++) { /* the key lists the parts as they lie */
    const size_t p = down ? bars->part_count - 1 - i : i;
    qy_text_add(s, "%s$part_%zu using 1:2:3:4:5:6 with boxxyerror fs %s border lc rgb '#ffffff' fc rgb '%s' ",
                i == 0 ? "plot " : ", \\\n     ", p + 1, part_fill(p), sheet_colour(p));
    write_title(page, key, p);
  }
  write_more(page, key);
  if (level && lying)
    qy_text_add(
        s, ", \\\n     '+' using (%.9g):(0.4):(0):(%g) with vectors nohead lt 1 lw 1.4 dt 2 lc rgb '#555555' notitle",
        bars->level, (double)bars->bar_count + 0.2);
  else if (level)
    qy_text_add(s, ", \\\n     %.9g with lines lt 1 lw 1.4 dt 2 lc rgb '#555555' notitle", bars->level);
  if (has_intervals(bars))
    qy_text_add(s,
                ", \\\n     $intervals using %s with vectors heads size screen 0.004,90 lt 1 lw 1.4 lc rgb "
                "'#333333' notitle",
                lying ? "2:1:($3-$2):(0)" : "1:2:(0):($3-$2)");
  if (totals)
    qy_text_add(s, ", \\\n     $totals using 1:2:3 with labels %s textcolor rgb '#333333' font small notitle",
                lying ? "left offset 0.4,0" : "offset 0,0.6");
  qy_text_add(s, "\n");
}

static void span_of(const qy_bars *bars, span *range, size_t *bad)
{
  span_start(range);
  span_add(range, 0);
  for (size_t b = 0; b < bars->bar_count; b++) {
    double up, total = total_of(bars, b, &up);
    span_add(range, up);
    span_add(range, total - up);
    for (size_t p = 0; p < bars->part_count; p++)
      *bad += !axis_drawable(bars->values[p * bars->bar_count + b]);
    if (bars->low) span_add(range, bars->low[b]);
    if (bars->high) span_add(range, bars->high[b]);
  }
  if (has_level(bars)) span_add(range, bars->level);
}

static void write_caption(const qy_bars *bars, sheet *page, size_t bad)
{
  char caption[1024];
  const char *given = bars->caption ? bars->caption : "";
  snprintf(caption, sizeof caption, "%s", given);
  if (has_intervals(bars)) snprintf(caption, sizeof caption, "%s Error bars: 90 %% intervals.", given);
  if (bad > 0) snprintf(caption, sizeof caption, "%s Values not finite, drawn as 0: %zu.", given, bad);
  sheet_caption(page, caption);
}

/* Key, above the panels or beside them. */
static void place_key(const sheet *page, const key_list *key)
{
  if (!sheet_key_above(page)) {
    sheet_key_place(page, key->columns);
    return;
  }
  for (size_t p = 0; p < key->shown; p++)
    sheet_key_entry(page, p, key->name[p], &(key_sample){sheet_colour(p), NULL, 0, 0, part_fill(p)});
  if (key->more) sheet_key_entry(page, key->shown, key->more, &(key_sample){NULL, NULL, 0, 0, NULL});
  qy_text_add(page->s, "unset key\n");
}

static void draw_lying(const qy_bars *bars, sheet *page, axis *value, stack *stacks, size_t columns,
                       const key_list *key)
{
  const type_sizes *t = page->type;
  const double total =
      ((double)widest_total(bars, value->scale, false) + 0.6) * t->small_letter; /* behind the longest bar */
  rectangle area = {.left = page->left + ((double)columns + 1.5) * t->small_letter,
                    .right = page->right - total,
                    .top = page->top - t->panel_line * 0.3};
  page->label_lines[0] = sheet_label_lines(page, bars->y_label, area.right - area.left);
  area.bottom = page->bottom + t->tick_line + t->line * (double)page->label_lines[0];
  axis_fit(value, (area.right - area.left) / t->letter, 0);
  for (size_t p = 0; p < bars->part_count; p++)
    write_part(bars, page->s, stacks, p, true);
  write_totals(bars, page->s, value->scale, true, false, value->high);
  write_intervals(bars, page->s, true);
  sheet_panel(page, &area, NULL);
  sheet_axis(page, 'x', value, true);
  sheet_axis_title(page, 'x', bars->y_label, area.right - area.left);
  write_lying_names(bars, page, columns);
  place_key(page, key);
  plot_parts(bars, page, true, bars->bar_count <= TOTALS_MAX, key);
}

static void draw_standing(const qy_bars *bars, sheet *page, axis *y, stack *stacks, size_t columns, const key_list *key)
{
  const type_sizes *t = page->type;
  rectangle area = {.left = page->left + t->tick_width + t->line, .right = page->right, .top = page->top};
  double slot = (area.right - area.left) / (double)bars->bar_count;
  const name_turn turn = turn_of(bars, page, &area, columns);
  const double rise = turn == NAMES_UPRIGHT ? 1 : turn == NAMES_SLANTED ? slant_rise : 0;
  area.bottom =
      page->bottom + t->tick_line + (double)columns * (turn == NAMES_UPRIGHT ? t->small_letter : t->letter) * rise;
  if (page->dumb && (double)columns + 1 > slot) columns = slot > 3 ? (size_t)slot - 1 : 2;
  area.top -= t->panel_line * 0.6;
  if (bars->x_label) area.bottom += t->line;
  page->label_lines[1] = sheet_label_lines(page, bars->y_label, area.top - area.bottom);
  area.left += t->line * (double)(page->label_lines[1] - 1);
  slot = (area.right - area.left) / (double)bars->bar_count;
  const double room = slot * (has_intervals(bars) ? number_room : 1);
  const bool brief = room < ((double)widest_total(bars, y->scale, false) + 0.5) * t->small_letter;
  const bool totals =
      bars->bar_count <= TOTALS_MAX && room >= ((double)widest_total(bars, y->scale, brief) + 0.5) * t->small_letter;
  for (size_t p = 0; p < bars->part_count; p++)
    write_part(bars, page->s, stacks, p, false);
  write_totals(bars, page->s, y->scale, false, brief, NAN);
  write_intervals(bars, page->s, false);
  sheet_panel(page, &area, NULL);
  if (!page->dumb) axis_fit(y, area.top - area.bottom, t->line * 0.8);
  sheet_axis(page, 'y', y, true);
  sheet_axis_title(page, 'y', bars->y_label, area.top - area.bottom);
  write_names(bars, page, turn, columns, name_step(bars, page, &area, turn));
  if (bars->x_label) sheet_axis_title(page, 'x', bars->x_label, area.right - area.left);
  if (!page->dumb) qy_text_add(page->s, "set grid noxtics ytics\n");
  place_key(page, key);
  plot_parts(bars, page, false, totals, key);
}

/* False: out of memory. */
static bool write_bars(const qy_bars *bars, qy_text *s, qy_plot_format format, const char *file_stem, qy_arena *arena)
{
  static const double name_share = 0.3; /* of the page's height */
  sheet page;
  axis value;
  span range;
  key_list key;
  size_t bad = 0, columns = widest(bars->bar, bars->bar_count);
  stack *stacks = qy_arena_alloc(arena, bars->bar_count, sizeof *stacks);
  if (!stacks) return false;
  if (columns > NAME_COLUMNS_MAX) columns = NAME_COLUMNS_MAX;
  const bool lying = format != QY_PLOT_DUMB && lie(bars, bars->look, columns);
  qy_plot_look room;
  sheet_begin(&page, s, look_with_room(&room, bars, columns, lying), format, file_stem, bars->title, 1);
  if (!lying && !page.dumb) /* upright names leave room for the bars */
    columns = (size_t)fmin((double)columns, fmax(8, name_share * page.height / page.type->small_letter));
  span_of(bars, &range, &bad);
  axis_choose(&value, &range, 0, true, page.dumb);
  char title[AXIS_TITLE_BYTES];
  axis_read(&value, title, bars->y_label, least_total(bars), range.high, page.dumb);
  qy_bars read = *bars;
  if (bars->y_label) read.y_label = title;
  read.bar = names_shorten(arena, bars->bar, bars->bar_count, columns);
  if (!read.bar) return false;
  bars = &read;
  write_caption(bars, &page, bad);
  if (!sheet_key_names(&key, &page, bars->part, bars->part_count, arena)) return false;
  (lying ? draw_lying : draw_standing)(bars, &page, &value, stacks, columns, &key);
  sheet_end(&page);
  return true;
}

qy_status qy_plot_bars(const qy_bars *bars, qy_plot_format format, const char *file_stem, const char *gnuplot,
                       char **text, qy_error *err)
{
  assert(bars && (text || format != QY_PLOT_DUMB));
  if (text) *text = NULL;
  if (bars->bar_count == 0 || bars->bar_count > BARS_MAX || bars->part_count == 0 || bars->part_count > PARTS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "a bar plot has 1 to %d bars of 1 to %d parts, found %zu of %zu", BARS_MAX,
                   PARTS_MAX, bars->bar_count, bars->part_count);
  qy_status status = format == QY_PLOT_DUMB ? QY_OK : plot_check_stem(file_stem, err);
  if (status != QY_OK) return status;
  qy_text s = {0};
  qy_arena *arena = qy_arena_new();
  if (!arena || !write_bars(bars, &s, format, file_stem, arena)) status = qy_no_memory(err);
  if (status == QY_OK) status = plot_render(&s, bars->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  qy_arena_free(arena);
  return status;
}
