/* Tornado plots: drawn by the real gnuplot; what is wrong is refused. */
#include "quarry/tornado.h"

#include "tap.h"

#include "plot_test.h"

int main(void)
{
  static const char *const name[] = {"nand2.energy", "it's; `odd` % name", "third"};
  static const double total[] = {0.9, 0.2, NAN}, part[] = {0.8, 0.1, -0.01};
  qy_tornado t = {.title = "What moves it?",
                  .x_label = "share",
                  .total_label = "total",
                  .part_label = "alone",
                  .count = 3,
                  .name = name,
                  .total = total,
                  .part = part};
  qy_error err = {0};
  char *text = NULL;
  size_t length = 0;
  make_folder();
  ok(qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("t"), NULL, NULL, &err) == QY_OK, "SVG");
  char *svg = slurp(in_folder("t.svg"), &length);
  /* gnuplot writes an apostrophe as it likes; the backticks must not have run anything. */
  ok(svg && strstr(svg, "`odd` % name"), "odd names come through");
  ok(svg && strstr(svg, "nand2.energy") && strstr(svg, "share"), "names and axis are in it");
  free(svg);
  ok(qy_plot_tornado(&t, QY_PLOT_DUMB, NULL, NULL, &text, &err) == QY_OK && text && strstr(text, "nand2.energy"),
     "text for a terminal");
  free(text);
  t.count = 0;
  ok(qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("u"), NULL, NULL, &err) == QY_BAD_INPUT, "no bars");
  t.count = 61;
  ok(qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("u"), NULL, NULL, &err) == QY_BAD_INPUT, "too many bars");
  remove_folder();
  return done();
}
