/* Growing texts and texts of fixed size. */
#include "quarry/text.h"

#include "random.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

static void grows(void)
{
  qy_text text = {0};
  for (int i = 0; i < 1000; i++)
    qy_text_add(&text, "%d,", i % 10);
  is_int((int64_t)text.length, 2000, "a thousand pieces stand behind each other");
  is_int((int64_t)strlen(text.data), 2000, "with a NUL behind the last");
  ok(memcmp(text.data + 1980, "0,1,2,3,4,5,6,7,8,9,", 20) == 0, "in their order");
  qy_text_free(&text);
  ok(!text.data && !text.length && !text.capacity, "freed: empty again");

  qy_text_put(&text, "", 0);
  is_text(text.data, "", "nothing, put, is an empty text");
  qy_text_put(&text, "a\0b", 3);
  ok(text.length == 3 && memcmp(text.data, "a\0b", 4) == 0, "bytes are put as they are");
  qy_text_free(&text);

  char line[300];
  memset(line, 'x', sizeof line - 1);
  line[sizeof line - 1] = '\0';
  qy_text_add(&text, "%s", line);
  qy_text_add(&text, "%s", line);
  is_int((int64_t)text.length, 598, "pieces larger than the room there is");
  qy_text_free(&text);

  qy_text_add(&text, "%s", "");
  ok(!text.failed && text.length == 0, "nothing, formatted, is no failure");
  qy_text_add(&text, "%s%s", "a", "");
  qy_text_add(&text, "%s", "");
  is_text(text.data, "a", "nor behind something");
  qy_text_free(&text);
}

static void escapes(void)
{
  static const struct {
    const char *in, *out;
  } rows[] = {{"", "\"\""},
              {"plain", "\"plain\""},
              {"a\"b\\c", "\"a\\\"b\\\\c\""},
              {"\n\t\x01", "\"\\u000a\\u0009\\u0001\""},
              {"µm² \"", "\"µm² \\\"\""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_text text = {0};
    qy_text_json(&text, rows[i].in);
    is_text(text.data, rows[i].out, "a JSON string");
    qy_text_free(&text);
  }
}

static void remembers(void)
{
  qy_text text = {.failed = true};
  qy_text_add(&text, "%d", 1);
  qy_text_put(&text, "a", 1);
  qy_text_json(&text, "a");
  ok(text.failed && !text.data && text.length == 0, "after a failure nothing is added");
}

static void fits(void)
{
  char out[8];
  size_t used = qy_append(out, sizeof out, 0, "%s", "abc");
  is_int((int64_t)used, 3, "what fits is counted");
  used = qy_append(out, sizeof out, used, "%s", "defgh");
  is_int((int64_t)used, 7, "what does not fit is left out");
  is_text(out, "abcdefg", "the text ends in the buffer");
  is_int((int64_t)qy_append(out, sizeof out, used, "x"), 7, "a full buffer stays as it is");
  used = qy_append(out, sizeof out, 0, "abcdefg");
  ok(used == 7 && strcmp(out, "abcdefg") == 0, "what fits exactly is whole");
  used = qy_append(out, 1, 0, "a");
  ok(used == 0 && !out[0], "room for the NUL only");
}

/* Fewest digits that read back: 1/3 has 16, 0.1 and 400.0001 are what they are written as. */
static void test_number_exact(void)
{
  char out[QY_NUMBER_EXACT];
  is_text(qy_number_exact(out, 0.1), "0.1", "a tenth");
  is_text(qy_number_exact(out, 400.0001), "400.0001", "seven digits");
  is_text(qy_number_exact(out, 1.0 / 3), "0.3333333333333333", "a third");
  is_text(qy_number_exact(out, 0.1 + 0.2), "0.30000000000000004", "seventeen digits");
  is_text(qy_number_exact(out, -2e300), "-2e+300", "large");

  /* The first of %.15g, %.16g, %.17g that strtod takes for the number; neighbours of what is short are the hard ones. */
  uint64_t seed = 99;
  int wrong = 0;
  for (int i = 0; i < 60000; i++) {
    double x = 0;
    switch (i % 6) {
    case 0: x = ldexp(random_unit(&seed) + 0.5, (int)random_below(&seed, 140) - 70); break;
    case 1: x = (double)random_below(&seed, 1000000) * pow(10, (int)random_below(&seed, 26) - 13); break;
    case 2: x = ldexp(1, (int)random_below(&seed, 80) - 25); break;
    case 3: x = pow(10, (int)random_below(&seed, 30) - 10); break;
    case 4: x = (double)random_below(&seed, (size_t)1 << 53) / (double)((size_t)1 << random_below(&seed, 8)); break;
    default: x = (double)random_below(&seed, 100000000000000000) / 1e6; break;
    }
    const size_t steps = random_below(&seed, 3);
    for (size_t k = 0; k < steps; k++)
      x = nextafter(x, i % 4 ? 0 : INFINITY);
    if (i % 3 == 0) x = -x;
    char want[QY_NUMBER_EXACT];
    for (int digits = 15; digits <= 17; digits++) {
      snprintf(want, sizeof want, "%.*g", digits, x);
      if (strtod(want, NULL) == x) break;
    }
    if (strcmp(qy_number_exact(out, x), want) != 0 && !wrong++) printf("# %s, expected %s\n", out, want);
  }
  is_int(wrong, 0, "60,000 numbers as printf and strtod have them");
}

int main(void)
{
  test_number_exact();
  grows();
  escapes();
  remembers();
  fits();
  return done();
}
