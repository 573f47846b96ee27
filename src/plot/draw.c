/* Pareto and line plots: see plot.h.
 *
 * Every panel shows the cloud of dominated points (faint dots, or above DOTS_MAX points a density counted here in
 * GRID x GRID cells and sent as one image: a million points cost as much as a thousand), then intervals, points near
 * the fronts, fronts as steps and their points.  The density lies on the second pair of axes, which are linear in the
 * logarithm where the first are logarithmic: images need even steps.
 */
#include "gnuplot.h"
#include "names.h"
#include "picture.h"
#include "shade.h"
#include "sheet.h"

#include "quarry/alloc.h"
#include "quarry/plot.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

/* "second", "third", "4th", "21st" */
static const char *nth(size_t n, char rank[24])
{
  static const char *const words[] = {"zeroth", "first", "second", "third"};
  if (n < sizeof words / sizeof *words) return words[n];
  const size_t last = n % 10, tens = n / 10 % 10;
  const char *end = tens == 1 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  snprintf(rank, 24, "%zu%s", n, end);
  return rank;
}

/* The caller's caption and what this picture leaves out. */
static const char *write_caption(picture *d)
{
  const char *given = d->plot->caption ? d->plot->caption : "";
  char cloud[AXIS_LABEL_BYTES], far[AXIS_LABEL_BYTES], grey[128] = "", beyond[128] = "", lost[128] = "", bars[128] = "";
  char range[128] = "", many[160] = "", line[128] = "", front[128] = "", rank[24];
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
    char every[48] = "";
    if (d->bar_step > 1) snprintf(every, sizeof every, " of every %s front point", nth(d->bar_step, rank));
    snprintf(bars, sizeof bars, " Error bars: 90 %% intervals%s.", every);
  }
  if (d->beyond > 0 && !d->page.dumb) snprintf(range, sizeof range, " Points beyond the axes: %zu.", d->beyond);
  if (d->front_step > 1 && !d->page.dumb)
    snprintf(front, sizeof front, " Drawn: every %s of %zu points of %s.", nth(d->front_step, rank), d->front_count,
             d->plot->lines ? "lines" : "fronts");
  const char *equal = picture_equal_text(d);
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
  return qy_arena_format(d->arena, "%s%s%s%s%s%s%s%s%s%s%s", given, front, shade, bars, grey, beyond, range, equal,
                         line, many, lost);
}

/* Widths of a letter that the ticks and the title of y take. */
#define LEFT_LETTERS 9.0

/* On a page of a given size: as many as make the panels largest, of which title, legend and caption take a half. */
static size_t columns_of_page(const qy_plot *plot, double letters)
{
  static const double gap = 3, rest = 0.5, around = 5, aspect = 1.6; /* letters; of the height; lines; of a panel */
  const double em_per_letter = 0.6, line = 2.4;                      /* a line in letters */
  const qy_plot_look *look = plot->look;
  const double up = letters / em_per_letter * look->height_in / look->width_in * rest, across = letters / em_per_letter;
  size_t best = 1;
  double most = -INFINITY;
  for (size_t c = 1; c <= COLUMNS_MAX && c <= plot->panel_count; c++) {
    const size_t rows = (plot->panel_count + c - 1) / c;
    const double width = (across - LEFT_LETTERS) / (double)c - gap, height = up / (double)rows - around / 2 * line,
                 size = fmin(width, aspect * height);
    if (size > most) best = c;
    most = fmax(most, size);
  }
  return best;
}

/* Panels side by side, as many as stay wide enough on a small page, and for their titles. */
static size_t columns_that_fit(const qy_plot *plot, qy_plot_format format)
{
  enum { ROWS_MOST = 4 };                                         /* of panels: more would be higher than a page */
  static const double least = 22, bold_em = 0.64, pt_per_in = 72; /* of a panel: widths of a capital letter */
  const qy_plot_look *look = plot->look;
  const size_t panels = plot->panel_count;
  size_t columns = panels == 4 ? 2 : panels < COLUMNS_MAX ? panels : COLUMNS_MAX, longest = 0;
  if (!look || look->screen || format == QY_PLOT_DUMB) return columns;
  for (size_t p = 0; p < panels; p++)
    if (text_columns(plot->panel[p].title) > longest) longest = text_columns(plot->panel[p].title);
  const double letters = look->width_in * pt_per_in / look->font_pt;
  if (look->sized) return columns_of_page(plot, letters);
  size_t fit = (size_t)(letters / least);
  const size_t wanted = (panels + ROWS_MOST - 1) / ROWS_MOST;
  while (fit > 1 && (double)(longest + 1) * bold_em > (letters - LEFT_LETTERS) / (double)fit)
    fit--;
  if (fit < wanted) fit = wanted;
  return fit < 1 ? 1 : fit < columns ? fit : columns;
}

static bool any_title(const qy_plot *plot)
{
  for (size_t p = 0; p < plot->panel_count; p++)
    if (plot->panel[p].title && *plot->panel[p].title) return true;
  return false;
}

/* Where the panels are. */
typedef struct layout {
  double left, width, gap; /* of a panel */
  double height;           /* of a row */
  double under, over;      /* of that, for what is below and above the axes */
  double foot;             /* below the last row: the title of x, where only that row has it */
} layout;

/* Labels at the ends of neighbouring panels keep a letter's width apart, and inside the page. */
static void fit_labels(picture *d, layout *l, size_t columns)
{
  const type_sizes *t = d->page.type;
  double out[2];
  for (int round = 0; round < 2; round++) { /* wider gaps make narrower panels */
    axis_fit(&d->x, l->width / t->letter, 0);
    axis_overhang(&d->x, l->width / t->letter, out);
    l->gap = fmax(t->gap, (out[0] + out[1] + 2) * t->letter);
    l->width = (d->page.right - l->left - l->gap * (double)(columns - 1)) / (double)columns;
  }
  axis_fit(&d->y, l->height - l->under - l->over, t->line * 0.8);
}

static layout find_layout(picture *d, size_t rows, size_t columns, size_t key_columns)
{
  const qy_plot *plot = d->plot;
  const type_sizes *t = d->page.type;
  const bool small = d->page.look && !d->page.look->screen && !d->page.dumb;
  const double title_room = d->page.look && !d->page.look->screen && !any_title(plot) ? 0.4 : 1; /* above a panel */
  layout l = {.gap = t->gap, .height = (d->page.top - d->page.bottom) / (double)rows};
  const double across = d->page.right - d->page.left - t->tick_width - t->line;
  sheet_shorten_label(&d->page, d->x_title, across / (double)columns - t->gap);
  d->page.label_lines[0] = sheet_label_lines(&d->page, d->x_title, across / (double)columns - t->gap);
  const double titles = t->line * (double)d->page.label_lines[0];
  d->foot_from = d->page.look && d->page.look->sized && !d->page.dumb ? plot->panel_count - columns : 0;
  if (rows > 1 && d->foot_from > 0) {
    l.foot = titles;
    l.height -= l.foot / (double)rows;
  }
  l.under = t->tick_line + titles - l.foot + (rows > 1 ? t->small_line / 2 : 0);
  for (size_t p = 0; p < plot->panel_count; p++) {
    const int lines = sheet_title_lines(&d->page, plot->panel[p].title, across / (double)columns - t->gap);
    if (lines > d->page.title_lines) d->page.title_lines = lines;
  }
  l.over = t->panel_line * (title_room + 0.75 * (d->page.title_lines - 1));
  sheet_shorten_label(&d->page, d->y_title, l.height - l.under - l.over);
  d->page.label_lines[1] = sheet_label_lines(&d->page, d->y_title, l.height - l.under - l.over);
  l.left = d->page.left + t->tick_width + t->line * (double)d->page.label_lines[1];
  if (small && !(key_columns > 0 && !sheet_key_above(&d->page)))
    d->page.right -= t->letter; /* half of the last label may stand out there */
  l.width = (d->page.right - l.left - l.gap * (double)(columns - 1)) / (double)columns;
  if (!d->page.dumb) fit_labels(d, &l, columns);
  return l;
}

/* On a page of a given size: panels too flat to read are said, with a height at which they are not. */
static void say_flat(const picture *d, const layout *l)
{
  static const double least = 5, step_in = 0.1, most = 10; /* lines of a panel; of the height that is tried */
  const sheet *page = &d->page;
  const qy_plot_look *look = d->plot->look;
  const double wanted = least * page->type->line;
  if (!look || !look->sized || page->dumb || !look->notes || l->height - l->under - l->over >= wanted) return;
  qy_plot_look higher = *look;
  qy_plot plot = *d->plot;
  plot.look = &higher;
  double height = 0;
  while (height < wanted && higher.height_in < most * look->height_in) {
    higher.height_in += step_in;
    const double room = page->top - page->bottom + (higher.height_in / look->height_in - 1) * page->height;
    const size_t columns = columns_that_fit(&plot, page->format);
    assert(columns > 0);
    const size_t rows = (plot.panel_count + columns - 1) / columns;
    height = (room - l->foot) / (double)rows - (l->under + l->over);
  }
  qy_text_add(
      look->notes,
      "size: %zu panels of %.2g in are too flat to read, expected %.2g in or more: a size of \"%.4gin x %.1fin\"\n",
      plot.panel_count, fmax(0, (l->height - l->under - l->over) / page->height * look->height_in),
      wanted / page->height * look->height_in, look->width_in, higher.height_in);
}

static qy_status lay_panels(picture *d, size_t rows, size_t columns, size_t key_columns, qy_error *err)
{
  const layout l = find_layout(d, rows, columns, key_columns);
  say_flat(d, &l);
  const qy_status status = picture_find_nearly(d, l.width, l.height - l.under - l.over, err);
  if (status) return status;
  for (size_t p = 0; p < d->plot->panel_count; p++) {
    const size_t row = p / columns, column = p % columns;
    rectangle area = {.left = l.left + (double)column * (l.width + l.gap), .top = d->page.top - (double)row * l.height};
    area.right = area.left + l.width;
    area.bottom = area.top - l.height + l.under;
    area.top -= l.over;
    picture_draw_panel(d, p, &area, key_columns, column == 0);
  }
  return QY_OK;
}

/* The look, on a small page higher by what a legend above takes beyond two rows. */
static const qy_plot_look *look_with_room(qy_plot_look *room, picture *d)
{
  static const double em = 0.6, sample = 3.5, line = 1.5, pt_per_in = 72, usual = 2, /* in small type */
      least = 3;                                                                     /* times the legend */
  const qy_plot_look *look = d->plot->look;
  if (!look || look->screen || look->sized || look->legend != QY_LEGEND_ABOVE) return look;
  size_t columns;
  const size_t entries = picture_key_entries(d, &columns);
  if (columns == 0) return look;
  const double small_in = look->small_pt / pt_per_in,
               across = fmax(1, floor(look->width_in / (((double)columns * em + sample) * small_in)));
  const double rows = fmax(0, ceil((double)entries / across) - usual),
               most = (look->height_in / (line * small_in) - usual * least) / (least - 1); /* of a third of the page */
  *room = *look;
  room->height_in += fmax(0, fmin(rows, most)) * line * small_in;
  return room;
}

/* The groups that the key has room for beside what it always says, and the room itself; *columns 0: there is no key.
 * False: out of memory. */
static bool plan_key(picture *d, size_t *columns)
{
  size_t longest;
  const size_t entries = picture_key_entries(d, &longest), groups = d->group_count;
  *columns = 0;
  d->key_name = d->group;
  if (longest == 0) return true;
  const size_t most = sheet_key_most(&d->page, entries + (d->shaded ? SHADE_KEY_ROWS : 0), &longest);
  const bool above = sheet_key_above(&d->page);
  const size_t fixed = entries - groups + (d->shaded && !above ? SHADE_KEY_ROWS : 0);
  d->key_most = groups + fixed <= most ? groups : most > fixed + 1 ? most - fixed - 1 : 0;
  sheet_key_left_out(&d->page, d->group + d->key_most, groups - d->key_most);
  if (d->key_most == 0) {
    if (d->shaded && above) d->page.top -= d->page.type->small_line;
    return true;
  }
  const size_t shown = d->key_most < groups ? d->key_most + 1 : groups;
  if (d->shaded && !above && longest < SHADE_KEY_COLUMNS) longest = SHADE_KEY_COLUMNS;
  *columns = sheet_key(&d->page, fixed + shown, longest);
  if (d->shaded && above) d->page.top -= d->page.type->small_line;
  d->key_name = names_shorten(d->arena, d->group, groups, *columns);
  return d->key_name != NULL;
}

static qy_status write_plot(picture *d, qy_text *s, qy_plot_format format, const char *file_stem, qy_error *err)
{
  const qy_plot *plot = d->plot;
  const size_t columns = columns_that_fit(plot, format), rows = (plot->panel_count + columns - 1) / columns;
  d->arena = qy_arena_new();
  if (!d->arena) return qy_fail(err, QY_NO_MEMORY, "out of memory drawing a plot");
  qy_status status = picture_find_groups(d, err);
  if (status != QY_OK) return status;
  qy_plot_look room;
  sheet_begin(&d->page, s, look_with_room(&room, d), format, file_stem, plot->title, (int)rows);
  picture_look_over(d);
  picture_choose_axes(d);
  if ((status = picture_check_ranges(d, err)) != QY_OK) return status;
  if (d->shaded || (d->bar_count > 0 && !d->page.dumb)) shade_begin(s);
  status = picture_count(d, err);
  if (status == QY_OK) picture_find_room(d);
  if (status == QY_OK) status = picture_find_equal(d, err);
  if (status != QY_OK) return status;
  sheet_caption(&d->page, write_caption(d));

  size_t key_columns;
  if (!plan_key(d, &key_columns)) return qy_no_memory(err);
  status = lay_panels(d, rows, columns, key_columns, err);
  sheet_end(&d->page);
  return status;
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
  status = write_plot(&d, &s, format, file_stem, err);
  if (status == QY_OK) status = plot_render(&s, plot->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  qy_arena_free(d.arena);
  return status;
}
