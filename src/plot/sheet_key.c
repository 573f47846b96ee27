/* The key of a plot: where it goes, and its entries above the panels; see sheet.h. */
#include "names.h"
#include "sheet.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

/* What of the page a key takes at most beside the panels; above them titles take their share too. */
static const double key_share = 1 / 3.0, above_share = 0.28;

/* Of a key at the right in two columns, in small type: what a sample takes of the room of a usual one. */
static const double two_sample = 0.62;

/* Lines at the least spacing that can be read. */
static const double tight = 0.74;

/* Of the room for a sample beside the panels, what one above them takes. */
static const double above_sample = 0.52;

bool sheet_key_above(const sheet *page)
{
  assert(page);
  return page->key.above;
}

static size_t lines_in(const sheet *page, double spacing)
{
  const double room = page->top - page->type->panel_line - page->bottom;
  return room > 0 ? (size_t)(room / (page->type->line * spacing)) : 0;
}

static size_t close_lines(const sheet *page)
{
  return lines_in(page, page->dumb ? 1 : tight);
}

/* Columns of a name in one of `across` columns of entries at the right. */
static size_t fit_beside(const sheet *page, size_t across)
{
  const type_sizes *t = page->type;
  const double room = page->width * key_share / (double)across,
               columns =
                   across > 1 ? (room - t->sample * two_sample) / t->small_letter : (room - t->sample) / t->letter;
  return columns > 1 ? (size_t)columns : 1;
}

/* Entries side by side above the panels. */
static size_t fit_above(const sheet *page, size_t columns)
{
  const type_sizes *t = page->type;
  const double width = page->right - page->left, one = (double)columns * t->small_letter + t->sample * above_sample;
  return (size_t)fmax(1, width / one);
}

static size_t name_above(const sheet *page, size_t columns)
{
  const type_sizes *t = page->type;
  const size_t fit = (size_t)fmax(8, (page->right - page->left - t->sample * above_sample) / t->small_letter);
  return columns < fit ? columns : fit;
}

/* Of a small page, where names at the right would be cut. */
static bool must_go_above(const sheet *page, size_t entries, size_t columns)
{
  static const double small = 110, least = 8; /* letters across the page, of a name */
  const size_t across = entries > close_lines(page) ? 2 : 1, fit = fit_beside(page, across);
  return page->width / page->type->letter < small && ((double)fit < least || columns > fit);
}

static size_t key_most(sheet *page, size_t entries, size_t columns)
{
  key_place *k = &page->key;
  const qy_legend wanted = page->look ? page->look->legend : QY_LEGEND_RIGHT;
  *k = (key_place){0};
  if (page->dumb) return 2 * close_lines(page);
  if (wanted == QY_LEGEND_NONE) return 0;
  k->above = wanted == QY_LEGEND_ABOVE || must_go_above(page, entries, columns);
  if (!k->above) return 2 * close_lines(page);
  return (size_t)(page->height * above_share / page->type->small_line) * fit_above(page, name_above(page, columns));
}

size_t sheet_key_most(sheet *page, size_t entries, size_t *columns)
{
  assert(page && columns);
  const size_t most = key_most(page, entries, *columns);
  const int more = snprintf(NULL, 0, "+ %zu more", entries);
  if (most >= entries || *columns >= (size_t)more) return most;
  *columns = (size_t)more;
  return key_most(page, entries, *columns);
}

static size_t key_beside(sheet *page, size_t entries, size_t columns)
{
  const type_sizes *t = page->type;
  const size_t loose = lines_in(page, 1), close = close_lines(page);
  key_place *k = &page->key;
  k->across = entries > close && entries > 0 && !page->dumb ? 2 : 1;
  k->small = k->across > 1;
  k->rows = (entries + k->across - 1) / k->across;
  k->spacing = loose > 0 && k->rows > loose ? fmax(tight, (double)loose / (double)k->rows) : 1;
  const size_t fit = page->dumb ? (size_t)(page->width * key_share - t->sample) : fit_beside(page, k->across);
  k->columns = columns < fit ? columns : fit;
  page->right -= (double)k->across * (k->small ? (double)k->columns * t->small_letter + t->sample * two_sample
                                               : (double)k->columns * t->letter + t->sample);
  return k->columns;
}

size_t sheet_key(sheet *page, size_t entries, size_t columns)
{
  assert(page);
  const type_sizes *t = page->type;
  key_place *k = &page->key;
  if (page->look && page->look->legend == QY_LEGEND_NONE && !page->dumb) return columns;
  if (entries == 0) return 0;
  if (!k->above) return key_beside(page, entries, columns);
  k->columns = name_above(page, columns);
  k->across = fit_above(page, k->columns);
  if (k->across > entries) k->across = entries;
  k->rows = (entries + k->across - 1) / k->across;
  k->across = (entries + k->rows - 1) / k->rows;
  k->top = page->top;
  page->top -= ((double)k->rows + 0.3) * t->small_line;
  return k->columns;
}

void sheet_key_entry(const sheet *page, size_t index, const char *text, const key_sample *sample)
{
  assert(page && text && sample);
  const type_sizes *t = page->type;
  const key_place *k = &page->key;
  if (k->rows == 0) return;
  const double step = (double)k->columns * t->small_letter + t->sample * above_sample, length = t->sample * 0.36;
  const size_t column = index / k->rows, row = index % k->rows;
  const double x = page->left + (double)column * step,
               y = (k->top - ((double)row + 0.5) * t->small_line) / page->height;
  qy_text *s = page->s;
  if (sample->fill) {
    const double side = 0.7 * t->small_line, left = x + (length - side) / 2;
    qy_text_add(s,
                "set object rectangle from screen %.4f, screen %.4f to screen %.4f, screen %.4f front fs %s "
                "noborder fc rgb '%s'\n",
                left / page->width, y - side / 2 / page->height, (left + side) / page->width,
                y + side / 2 / page->height, sample->fill, sample->colour);
  }
  if (sample->dash)
    qy_text_add(
        s, "set arrow from screen %.4f, screen %.4f to screen %.4f, screen %.4f nohead lt 1 lw 1.8%s lc rgb '%s'\n",
        x / page->width, y, (x + length) / page->width, y, sample->dash, sample->colour);
  if (sample->marker)
    qy_text_add(s, "set label '' at screen %.4f, screen %.4f point pt %d ps %g*dot lc rgb '%s'\n",
                (x + length / 2) / page->width, y, sample->marker, sample->size, sample->colour);
  qy_text_add(s, "set label ");
  script_quote(s, text, k->columns);
  qy_text_add(s, " at screen %.4f, screen %.4f left noenhanced font small\n",
              (x + length + 0.8 * t->small_letter) / page->width, y);
}

void sheet_key_place(const sheet *page, size_t columns)
{
  assert(page);
  const type_sizes *t = page->type;
  const key_place *k = &page->key;
  (void)columns;
  if (k->rows == 0) {
    qy_text_add(page->s, "unset key\n");
    return;
  }
  if (k->above) {
    qy_text_add(page->s, "set key at screen %.4f, screen %.4f left top Left reverse noenhanced font small samplen 3",
                page->left / page->width, k->top / page->height);
    qy_text_add(page->s, " horizontal\n"); /* of few entries: those of many are drawn by sheet_key_entry */
    return;
  }
  qy_text_add(page->s, "set key at screen %.4f, screen %.4f right top Left reverse noenhanced samplen %g width %g",
              (page->width - t->edge * 0.5) / page->width, (page->top - t->panel_line) / page->height,
              page->dumb ? 3.0
              : k->small ? 2.5
                         : 4.0,
              0.0); /* several dashes beside a marker */
  if (k->small) qy_text_add(page->s, " font small");
  if (k->across > 1) qy_text_add(page->s, " maxrows %zu", k->rows);
  qy_text_add(page->s, page->dumb ? "\n" : k->spacing < 1 ? " spacing row*%.3g\n" : " spacing row\n", k->spacing);
}

void sheet_key_left_out(const sheet *page, const char *const *name, size_t count)
{
  assert(page && (name || count == 0));
  qy_text *notes = page->look ? page->look->notes : NULL;
  if (!notes || count == 0 || page->look->legend == QY_LEGEND_NONE || page->dumb) return;
  qy_text_add(notes, "not in the legend, which takes a third of the picture at most: ");
  for (size_t i = 0; i < count; i++)
    qy_text_add(notes, "%s%s", i ? "; " : "", name[i]);
  qy_text_add(notes, "\n");
}

bool sheet_key_names(key_list *out, sheet *page, const char *const *name, size_t count, qy_arena *arena)
{
  assert(out && page && arena && (name || count == 0));
  size_t longest = 0;
  for (size_t i = 0; i < count; i++)
    if (text_columns(name[i]) > longest) longest = text_columns(name[i]);
  const size_t most = sheet_key_most(page, count, &longest);
  *out = (key_list){.name = name, .shown = count <= most ? count : most > 1 ? most - 1 : 0};
  sheet_key_left_out(page, name + out->shown, count - out->shown);
  if (out->shown == 0) return true;
  if (out->shown < count && !(out->more = qy_arena_format(arena, "+ %zu more", count - out->shown))) return false;
  out->columns = sheet_key(page, out->shown + (out->more != NULL), longest);
  out->name = names_shorten(arena, name, count, out->columns);
  return out->name != NULL;
}
