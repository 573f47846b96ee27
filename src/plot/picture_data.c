/* The data blocks of a plot's script: see picture.h. */
#include "picture.h"

#include "script.h"

#include "quarry/alloc.h"
#include "quarry/decimal.h"

#include <math.h>
#include <stdlib.h>

typedef struct place {
  double x, y;
  size_t index;
} place;

static int by_x(const void *a, const void *b)
{
  const place *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  return p->index < q->index ? -1 : p->index > q->index;
}

static int by_y(const void *a, const void *b)
{
  const place *p = a, *q = b;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  return by_x(a, b);
}

/* An interval's end, held inside the axis: a low end at zero has no place on a logarithmic one. */
static double end(const axis *a, const double *ends, size_t i, double value)
{
  if (!ends || isnan(ends[i])) return value;
  return fmin(fmax(ends[i], a->low), a->high);
}

double picture_chance(const double *chance, size_t i)
{
  return chance[i] > 0 ? fmin(chance[i], 1) : 0; /* NaN: 0 */
}

bool picture_tipped(const picture *d, size_t count)
{
  return d->tips != ROOM_TIPS_NONE && count <= TIPPED_MAX;
}

void picture_short_tip(char *text, size_t bytes, const char *label, double x, double y)
{
  qy_print(text, bytes, "%s: %.6g, %.6g", label, x, y);
}

size_t picture_thinned(size_t count, size_t step)
{
  return count == 0 ? 0 : 1 + (count - 2 + step) / step;
}

/* Every step-th of the places in their order, and the last.  Returns how many these are. */
static size_t thin(place *places, size_t count, size_t step)
{
  const size_t kept = picture_thinned(count, step);
  for (size_t k = 1; k < kept; k++)
    places[k] = places[k + 1 < kept ? k * step : count - 1];
  return kept;
}

/* Rows "x y [x_low x_high y_low y_high] [chance] [x of the marker] [tip]" in order of x.  Returns the number of
 * rows. */
size_t picture_write_series(picture *d, const qy_plot_series *r, const char *label, size_t panel, size_t index)
{
  qy_text *s = d->page.s;
  const float *size = d->size[picture_series(d, panel, index)];
  place *places = qy_arena_alloc(d->arena, r->count, sizeof *places);
  if (!places) {
    s->failed = true;
    return 0;
  }
  size_t count = 0;
  for (size_t i = 0; i < r->count; i++) {
    if (picture_shows(d, r->x[i], r->y[i])) places[count++] = (place){r->x[i], r->y[i], i};
  }
  qsort(places, count, sizeof *places, d->plot->lines == 2 ? by_y : by_x);
  if (count == 0) return 0;
  if (!d->page.dumb) count = thin(places, count, d->front_step);
  qy_text_add(s, "$series_%zu_%zu << END\n", panel + 1, index + 1);
  for (size_t k = 0; k < count; k++) {
    size_t i = places[k].index;
    qy_text_add(s, "%.9g %.9g", places[k].x, places[k].y);
    if (picture_has_interval(r)) {
      qy_text_add(s, " %.9g %.9g %.9g %.9g", end(&d->x, r->x_low, i, r->x[i]), end(&d->x, r->x_high, i, r->x[i]),
                  end(&d->y, r->y_low, i, r->y[i]), end(&d->y, r->y_high, i, r->y[i]));
    }
    if (r->chance) qy_text_add(s, " %.4g", picture_chance(r->chance, i));
    if (size) qy_text_add(s, " %.3g", size[i] > 0 ? (double)size[i] : 1);
    if (picture_tipped(d, count)) {
      char own[256];
      picture_short_tip(own, sizeof own, label, places[k].x, places[k].y);
      qy_text_add(s, " ");
      script_tip(s, d->tips == ROOM_TIPS_LONG && r->tip && r->tip[i] ? r->tip[i] : own);
    }
    qy_text_add(s, "\n");
  }
  qy_text_add(s, "END\n");
  return count;
}

/* An end of an axis: the worse one, of what is to be maximised the lower. */
static double worse_end(const axis *a, int maximise)
{
  return maximise ? a->low : a->high;
}

static double held(const axis *a, double value)
{
  return fmin(fmax(value, a->low), a->high);
}

/* Corners of a staircase from the worse end of y to that of x, or back. */
static void write_corners(picture *d, const qy_plot_steps *t, bool back)
{
  const double x_end = worse_end(&d->x, d->plot->x_maximise), y_end = worse_end(&d->y, d->plot->y_maximise);
  const size_t corners = t->count ? 2 * t->count + 1 : 1;
  for (size_t c = 0; c < corners; c++) {
    const size_t at = back ? corners - 1 - c : c, i = at / 2;
    const double x = i < t->count ? t->x[i] : x_end, y = at == 0 || !t->count ? y_end : t->y[(at - 1) / 2];
    qy_text_add(d->page.s, "%.9g %.9g\n", held(&d->x, x), held(&d->y, y));
  }
}

/* The outline of a band, and the staircase in its middle.  Returns whether there is one. */
bool picture_write_band(picture *d, const qy_plot_series *r, size_t panel, size_t index)
{
  if (!r->band || r->band[QY_PLOT_BAND_BEST].count == 0) return false;
  qy_text_add(d->page.s, "$band_%zu_%zu << END\n", panel + 1, index + 1);
  write_corners(d, &r->band[QY_PLOT_BAND_BEST], false);
  write_corners(d, &r->band[QY_PLOT_BAND_WORST], true);
  qy_text_add(d->page.s, "END\n$half_%zu_%zu << END\n", panel + 1, index + 1);
  write_corners(d, &r->band[QY_PLOT_BAND_MIDDLE], false);
  qy_text_add(d->page.s, "END\n");
  return true;
}

bool picture_near_has_interval(const qy_plot_near *n)
{
  return n->x_low || n->x_high || n->y_low || n->y_high;
}

/* Rows "x y [x_low x_high y_low y_high] [chance]" of the points near a front.  Returns the number of rows. */
size_t picture_write_near(picture *d, const qy_plot_near *n, size_t panel, size_t index)
{
  qy_text *s = d->page.s;
  size_t count = 0;
  for (size_t i = 0; i < n->count; i++) {
    if (!picture_shows(d, n->x[i], n->y[i]) || !picture_inside(d, n->x[i], n->y[i])) continue;
    if (count++ == 0) qy_text_add(s, "$near_%zu_%zu << END\n", panel + 1, index + 1);
    qy_text_add(s, "%.6g %.6g", n->x[i], n->y[i]);
    if (d->near_bars && picture_near_has_interval(n))
      qy_text_add(s, " %.6g %.6g %.6g %.6g", end(&d->x, n->x_low, i, n->x[i]), end(&d->x, n->x_high, i, n->x[i]),
                  end(&d->y, n->y_low, i, n->y[i]), end(&d->y, n->y_high, i, n->y[i]));
    if (n->chance) qy_text_add(s, " %.4g", picture_chance(n->chance, i));
    qy_text_add(s, "\n");
  }
  if (count > 0) qy_text_add(s, "END\n");
  return count;
}

size_t picture_write_dots(picture *d, const qy_plot_series *r, size_t panel, size_t index)
{
  size_t count = 0;
  for (size_t k = 0; k < r->cloud_count; k++) {
    if (!picture_inside(d, r->cloud_x[k], r->cloud_y[k])) continue;
    if (count++ == 0) qy_text_add(d->page.s, "$cloud_%zu_%zu << END\n", panel + 1, index + 1);
    qy_text_add(d->page.s, "%.6g %.6g\n", r->cloud_x[k], r->cloud_y[k]);
  }
  if (count > 0) qy_text_add(d->page.s, "END\n");
  return count;
}

void picture_write_density(picture *d, size_t panel)
{
  const uint32_t *cell = d->cells + panel * GRID * GRID;
  qy_text_add(d->page.s, "$density_%zu << END\n", panel + 1);
  for (int y = 0; y < GRID; y++) {
    for (int x = 0; x < GRID; x++)
      qy_text_add(d->page.s, "%s%u", x ? " " : "", *cell++);
    qy_text_add(d->page.s, "\n");
  }
  qy_text_add(d->page.s, "END\n");
}

/* Lines at the labelled ticks, drawn over the density, whose empty cells are white: transparent ones get dark rims when
 * a PDF viewer smooths the image. */
void picture_write_grid(const picture *d)
{
  qy_text *s = d->page.s;
  qy_text_add(s, "unset grid\n$grid << END\n");
  for (int i = 0; i < d->x.tick_count; i++) {
    const axis_tick *t = &d->x.tick[i];
    if (t->label[0]) qy_text_add(s, "%.9g %.9g\n%.9g %.9g\n\n", t->at, d->y.low, t->at, d->y.high);
  }
  for (int i = 0; i < d->y.tick_count; i++) {
    const axis_tick *t = &d->y.tick[i];
    if (t->label[0]) qy_text_add(s, "%.9g %.9g\n%.9g %.9g\n\n", d->x.low, t->at, d->x.high, t->at);
  }
  qy_text_add(s, "END\n");
}
