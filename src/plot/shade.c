/* Shading by probability: see shade.h. */
#include "shade.h"

#include <assert.h>

static const char grey[] = "#444444";

void shade_begin(qy_text *s)
{
  assert(s);
  qy_text_add(s, "part(c, p) = int(255 - (255 - c) * p + 0.5) # of a colour, blended towards white\n"
                 "shade(c, p) = part(c / 65536, p) * 65536 + part(c / 256 %% 256, p) * 256 + part(c %% 256, p)\n"
                 "set errorbars 0.5\n");
}

void shade_colour(qy_text *s, const char *colour)
{
  assert(s && colour);
  qy_text_add(s, "0x%s", colour + 1);
}

/* One line above the panels. */
static void key_above(const sheet *page, double y)
{
  enum { SAMPLES = 5 };
  const type_sizes *t = page->type;
  const double step = 14 * page->scale, level = y / page->height;
  double x = page->left;
  qy_text *s = page->s;
  qy_text_add(s, "set label 'front probability 0' at screen %.4f, screen %.4f left noenhanced font small\n",
              x / page->width, level);
  x += 18 * t->small_letter;
  for (int i = 0; i < SAMPLES; i++, x += step) {
    const double p = (double)i / (SAMPLES - 1);
    qy_text_add(s, "set label '' at screen %.4f, screen %.4f point pt 7 ps 1.1*dot lc rgb '%s'\n", x / page->width,
                level, grey);
    qy_text_add(s, "set label '' at screen %.4f, screen %.4f point pt 7 ps %g*dot lc rgb shade(", x / page->width,
                level, 1.1 * SHADE_FILLING);
    shade_colour(s, grey);
    qy_text_add(s, ", %g)\n", p);
  }
  qy_text_add(s, "set label '1' at screen %.4f, screen %.4f left noenhanced font small\n", x / page->width, level);
}

void shade_key(const sheet *page)
{
  assert(page);
  enum { SAMPLES = 5 };
  if (sheet_key_above(page)) {
    key_above(page, page->top + page->type->small_line * 0.5);
    return;
  }
  const double k = page->scale, left = page->right + 34 * k, step = 26 * k, size = 1.1;
  const double bottom = page->bottom + page->type->tick_line + page->type->line;
  qy_text *s = page->s;
  qy_text_add(s, "set label 'front probability' at screen %.4f, screen %.4f left noenhanced font small\n",
              (left - 6 * k) / page->width, (bottom + 46 * k) / page->height);
  for (int i = 0; i < SAMPLES; i++) {
    const double x = (left + i * step) / page->width, p = (double)i / (SAMPLES - 1);
    qy_text_add(s, "set label '' at screen %.4f, screen %.4f point pt 7 ps %g*dot lc rgb '%s'\n", x,
                (bottom + 24 * k) / page->height, size, grey);
    qy_text_add(s, "set label '' at screen %.4f, screen %.4f point pt 7 ps %g*dot lc rgb shade(", x,
                (bottom + 24 * k) / page->height, size * SHADE_FILLING);
    shade_colour(s, grey);
    qy_text_add(s, ", %g)\n", p);
    if (i % 2 == 0)
      qy_text_add(s, "set label '%g' at screen %.4f, screen %.4f center noenhanced font small\n", p, x,
                  (bottom + 6 * k) / page->height);
  }
}
