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

void shade_key(const sheet *page)
{
  assert(page);
  enum { SAMPLES = 5 };
  const double left = page->right + 34, step = 26, size = 1.1;
  const double bottom = page->bottom + page->type->tick_line + page->type->line;
  qy_text *s = page->s;
  qy_text_add(s, "set label 'front probability' at screen %.4f, screen %.4f left noenhanced font small\n",
              (left - 6) / page->width, (bottom + 46) / page->height);
  for (int i = 0; i < SAMPLES; i++) {
    const double x = (left + i * step) / page->width, p = (double)i / (SAMPLES - 1);
    qy_text_add(s, "set label '' at screen %.4f, screen %.4f point pt 7 ps %g*dot lc rgb '%s'\n", x,
                (bottom + 24) / page->height, size, grey);
    qy_text_add(s, "set label '' at screen %.4f, screen %.4f point pt 7 ps %g*dot lc rgb shade(", x,
                (bottom + 24) / page->height, size * SHADE_FILLING);
    shade_colour(s, grey);
    qy_text_add(s, ", %g)\n", p);
    if (i % 2 == 0)
      qy_text_add(s, "set label '%g' at screen %.4f, screen %.4f center noenhanced font small\n", p, x,
                  (bottom + 6) / page->height);
  }
}
