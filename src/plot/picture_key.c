/* The key of a plot, and what lies on what: see picture.h. */
#include "picture.h"

#include "script.h"
#include "shade.h"

#include <stdio.h>
#include <string.h>

/* Point shape of a group.  Open shapes would look like probability 0. */
int picture_shape(const picture *d, size_t group)
{
  return d->shaded ? sheet_filled_marker(group) : sheet_marker(group);
}

/* What the key has besides the groups: what it is of, and the columns it takes. */
static const char other_designs[] = "other designs", of_draws[] = "5 to 95\u00a0% of draws";

size_t picture_key_entries(picture *d, size_t *columns)
{
  const size_t entries = d->group_count;
  const bool dots = d->cloud_count > 0 && !d->page.dumb, near = d->near_count > 0 && !d->page.dumb;
  *columns = 0;
  for (size_t g = 0; g < d->group_count; g++) {
    *columns = text_columns(d->group[g]) > *columns ? text_columns(d->group[g]) : *columns;
  }
  if (dots && *columns > 0 && *columns < strlen(other_designs)) *columns = strlen(other_designs);
  if (d->banded && *columns > 0 && *columns < strlen(of_draws)) *columns = strlen(of_draws);
  return entries + (d->plot->floor ? 1 : 0) + (d->banded ? 2 : 0) + near + dots;
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
  picture_item(d, first);
  qy_text_add(d->page.s, "keyentry with %s title ", with);
  script_quote(d->page.s, text, columns);
}

static void key_group(picture *d, size_t g, size_t *at, size_t columns, bool *first)
{
  char with[200];
  const key_sample sample = {sheet_colour(g), sheet_dash(g), picture_shape(d, g), 1.1, NULL};
  if (d->page.dumb)
    snprintf(with, sizeof with, "points pt '%c'", (char)('A' + g % 26));
  else
    snprintf(with, sizeof with, "linespoints lt 1 lw 1.8%s pt %d ps 1.1*dot lc rgb '%s'", sample.dash, sample.marker,
             sample.colour);
  key_entry(d, at, d->key_name[g], columns, &sample, with, first);
}

/* The key: one entry per group of the whole picture, drawn with the last panel; first NULL: what is drawn before it. */
void picture_plot_key(picture *d, size_t columns, bool *first)
{
  static const key_sample none = {NULL, NULL, 0, 0, NULL}, floor_line = {"#555555", " dt 2", 0, 0, NULL},
                          band = {"#c8c8c8", NULL, 5, 1.6, NULL}, half = {"#555555", " dt 3", 0, 0, NULL},
                          near = {"#666666", NULL, 7, 0.6, NULL}, density = {"#bdbdbd", NULL, 5, 2, NULL},
                          cloud = {"#999999", NULL, 7, 0.45, NULL};
  const size_t most = d->key_most;
  size_t at = 0;
  for (size_t g = 0; g < d->group_count && g < most; g++)
    key_group(d, g, &at, columns, first);
  if (d->group_count > most) {
    const char *more = qy_arena_format(d->arena, "+ %zu more", d->group_count - most);
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

/* What lies on what: the sets add up to the places. */
const char *picture_equal_text(picture *d)
{
  if (d->equal_count == 0) return "";
  size_t named = 0;
  const char *text =
      qy_arena_format(d->arena, " Points of several series at one place are drawn inside each other: %zu place%s",
                      d->equal_count, d->equal_count == 1 ? "" : "s");
  for (size_t s = 0; s < d->equal_set_count && text; s++) {
    text = qy_arena_format(d->arena, "%s%s%s: %zu", text, s ? "; " : " (", d->equal_sets[s].names,
                           d->equal_sets[s].places);
    named += d->equal_sets[s].places;
  }
  if (text && named < d->equal_count)
    text = qy_arena_format(d->arena, "%s; of other series: %zu", text, d->equal_count - named);
  text = text ? qy_arena_format(d->arena, "%s%s.", text, d->equal_set_count ? ")" : "") : NULL;
  return text ? text : "";
}
