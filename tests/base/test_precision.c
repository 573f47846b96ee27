/* Precision of operands as text: what is read and what is refused. */
#include "quarry/precision.h"

#include "../tap.h"

#include <string.h>

static void read_texts(void)
{
  static const struct {
    const char *text;
    int weights, activations;
  } good[] = {{"8", 8, 8},    {"8 bit", 8, 8},   {"1", 1, 1},       {"32", 32, 32},
              {"w4a8", 4, 8}, {"w16 a4", 16, 4}, {"w32a32", 32, 32}};
  static const char *const bad[] = {"",      "0",    "33",   "008",   "8bit", "8 bits", " 8",  "w4",     "w4a",   "wa8",
                                    "w4a8x", "a8w4", "w0a8", "w4a33", "-8",   "8.0",    "w4 ", "w4  a8", "w-4a8", "8 "};
  qy_precision p;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    ok(qy_precision_parse(&p, good[i].text) && p.weights == good[i].weights && p.activations == good[i].activations,
       "\"%s\" is read", good[i].text);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ok(!qy_precision_parse(&p, bad[i]), "\"%s\" is refused", bad[i]);
}

/* What is written is read as the same, and says one width once. */
static void write_texts(void)
{
  int same = 0, pairs = 0;
  for (int w = 1; w <= QY_PRECISION_BITS_MAX; w++)
    for (int a = 1; a <= QY_PRECISION_BITS_MAX; a++) {
      char text[QY_PRECISION_TEXT];
      qy_precision p = {0};
      const bool read = qy_precision_parse(&p, qy_precision_text(text, (qy_precision){w, a}));
      same += read && qy_precision_equal(p, (qy_precision){w, a}) && qy_precision_widest(p) == (w > a ? w : a);
      pairs += (strchr(text, 'a') != NULL) == (w != a);
    }
  is_int(same, QY_PRECISION_BITS_MAX * QY_PRECISION_BITS_MAX, "every pair of widths comes back");
  is_int(pairs, QY_PRECISION_BITS_MAX * QY_PRECISION_BITS_MAX, "both widths are named only where they differ");
}

int main(void)
{
  read_texts();
  write_texts();
  return done();
}
