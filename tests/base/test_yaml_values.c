/* Values of YAML nodes beside sentences that are put together anew: ranges of every kind, what was found, lists of
 * names that are cut, merged maps, places of bytes that are no text, files beside a file. */
#include "quarry/file.h"
#include "quarry/units.h"
#include "quarry/yaml.h"

#include "files.h"
#include "random.h"
#include "tap.h"

#include <float.h>
#include <inttypes.h>
#include <sys/stat.h>

enum { TEXT = 1024 };
__extension__ typedef __int128 wide;
static qy_arena *arena;
static uint64_t seed = 31;

static void put(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void put(char *out, size_t size, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(out, size, format, args);
  va_end(args);
}

/* The value of "v" in a document "v: TEXT". */
static const qy_yaml *value_of(const char *text)
{
  char document[TEXT];
  qy_yaml *root = NULL;
  put(document, sizeof document, "v: %s\n", text);
  qy_yaml_read_text(&root, "f", document, strlen(document), arena, NULL);
  return qy_yaml_get(root, "v");
}

/* Is it refused with this text? */
static bool refused(qy_status status, const qy_error *err, const char *expected)
{
  static int told;
  const bool is = status == QY_BAD_INPUT && err->count == 1 && strcmp(err->diagnostic[0].text, expected) == 0;
  if (!is && told++ < 5) printf("# %s, not %s\n", err->count ? err->diagnostic[0].text : "accepted", expected);
  return is;
}

/* ---- ranges ---- */

static void put_range(char out[TEXT], const char *what, double low, double high, const char *unit)
{
  char behind[16] = "";
  const bool no_least = low == -DBL_MAX, positive = low > 0 && low <= DBL_MIN, no_most = high == DBL_MAX;
  if (*unit) put(behind, sizeof behind, " %s", unit);
  if (no_least && no_most)
    put(out, TEXT, "%s", what);
  else if (positive && no_most)
    put(out, TEXT, "%s above 0", what);
  else if (positive)
    put(out, TEXT, "%s above 0 and at most %.10g%s", what, high, behind);
  else if (no_most)
    put(out, TEXT, "%s of at least %.10g%s", what, low, behind);
  else if (no_least)
    put(out, TEXT, "%s of at most %.10g%s", what, high, behind);
  else
    put(out, TEXT, "%s from %.10g to %.10g%s", what, low, high, behind);
}

static void number_ranges(void)
{
  static const double low[] = {-DBL_MAX, -2.5, 0, DBL_TRUE_MIN, DBL_MIN, 2 * DBL_MIN, 1, 4},
                      high[] = {4, 16.25, 1e9, DBL_MAX};
  static const char *const tried[] = {"4", "-2.5", "16.25", "0",   "1e300", "-7",
                                      "x", "'4'",  "[4]",   "1e9", "16.26", "-2.51"};
  int wrong = 0;
  for (size_t l = 0; l < sizeof low / sizeof *low; l++)
    for (size_t h = 0; h < sizeof high / sizeof *high; h++)
      for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        const qy_yaml *v = value_of(tried[i]);
        char *end, expected[TEXT], range[TEXT], text[TEXT];
        qy_error err = {0};
        double value = 77, x = strtod(tried[i], &end);
        const bool is_number = !*end, good = is_number && x >= low[l] && x <= high[h];
        put_range(range, "a number", low[l], high[h], "");
        put(expected, sizeof expected, "v: expected %s, found %s%s%s", range,
            *tried[i] == '\''  ? "the text \"4"
            : *tried[i] == '[' ? "a list of 1 value"
                               : "\"",
            strchr("'[", *tried[i]) ? "" : tried[i], *tried[i] == '[' ? "" : "\"");
        qy_status status = qy_yaml_number(v, low[l], high[h], &value, &err);
        wrong += good ? status || value != x : value != 77 || !refused(status, &err, expected);
        qy_error_clear(&err);
        value = 77; /* no unit that is known: the same */
        status = qy_yaml_measure(v, "clocks", low[l], high[h], &value, &err);
        wrong += good ? status || value != x : value != 77 || !refused(status, &err, expected);
        if (!is_number) continue;
        qy_error_clear(&err);
        value = 77;
        put(text, sizeof text, "%s ns", tried[i]);
        put_range(range, "a value", low[l], high[h], "ns");
        put(expected, sizeof expected, "v: expected %s, found \"%s\"", range, text);
        status = qy_yaml_quantity(value_of(text), "ns", low[l], high[h], &value, &err);
        wrong += good ? status || value != x : value != 77 || !refused(status, &err, expected);
        qy_error_clear(&err);
        value = 77;
        status = qy_yaml_measure(value_of(text), "ns", low[l], high[h], &value, &err);
        wrong += good ? status || value != x : value != 77 || !refused(status, &err, expected);
        qy_error_clear(&err);
        value = 77;
        put_range(range, "a value", low[l], high[h], "");
        put(expected, sizeof expected, "v: expected %s, found \"%s\"", range, tried[i]);
        status = qy_yaml_quantity(v, "ratio", low[l], high[h], &value, &err);
        wrong += good ? status || value != x : value != 77 || !refused(status, &err, expected);
      }
  is_int(wrong, 0, "numbers and quantities in ranges, and the sentences of those that are not");
}

static void integer_ranges(void)
{
  static const int64_t low[] = {INT64_MIN, INT64_MIN + 1, -3, 0, 5}, high[] = {5, 64, INT64_MAX - 1, INT64_MAX};
  static const char *const tried[] = {"5",
                                      "-3",
                                      "-4",
                                      "4",
                                      "64",
                                      "65",
                                      "0",
                                      "05",
                                      "1.5",
                                      "",
                                      "x",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "9223372036854775808"};
  int wrong = 0;
  for (size_t l = 0; l < sizeof low / sizeof *low; l++)
    for (size_t h = 0; h < sizeof high / sizeof *high; h++)
      for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        char range[TEXT], expected[TEXT], *end;
        qy_error err = {0};
        int64_t value = 77;
        const wide x = strtoull(tried[i] + (*tried[i] == '-'), &end, 10);
        const wide with_sign = *tried[i] == '-' ? -x : x;
        const bool plain = *tried[i] && !*end && strcmp(tried[i], "05") != 0;
        const bool good = plain && with_sign >= low[l] && with_sign <= high[h];
        if (low[l] == INT64_MIN && high[h] == INT64_MAX)
          put(range, sizeof range, "a whole number");
        else if (low[l] == INT64_MIN)
          put(range, sizeof range, "a whole number of at most %" PRId64, high[h]);
        else if (high[h] == INT64_MAX)
          put(range, sizeof range, "a whole number of at least %" PRId64, low[l]);
        else
          put(range, sizeof range, "a whole number from %" PRId64 " to %" PRId64, low[l], high[h]);
        if (*tried[i])
          put(expected, sizeof expected, "v: expected %s, found \"%s\"", range, tried[i]);
        else
          put(expected, sizeof expected, "v: expected %s, found nothing", range);
        const qy_status status = qy_yaml_integer(value_of(tried[i]), low[l], high[h], &value, &err);
        wrong += good ? status || value != with_sign : value != 77 || !refused(status, &err, expected);
      }
  is_int(wrong, 0, "whole numbers in ranges");
}

/* What a value with a unit has to be: said where it is none. */
static void measures(void)
{
  static const struct {
    const char *text, *unit;
    double value; /* NAN: refused */
    const char *said;
  } row[] = {{"2 GHz", "MHz", 2000, NULL},
             {"250", "MHz", 250, NULL},
             {"1e3", "MHz", 1000, NULL},
             {"2.5E2", "MHz", 250, NULL},
             {"2 clocks", "clocks", NAN, "a number of at least 0, found \"2 clocks\""},
             {"fast", "MHz", NAN, "a number of at least 0, found \"fast\""},
             {"2 ns", "MHz", NAN, "found \"2 ns\", which is a time"},
             {"[2 GHz]", "MHz", NAN, "a number of at least 0, found a list of 1 value"},
             {"-2 GHz", "MHz", NAN, "a value of at least 0 MHz, found \"-2 GHz\""}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    double value = NAN;
    const qy_status status = qy_yaml_measure(value_of(row[i].text), row[i].unit, 0, DBL_MAX, &value, &err);
    ok(row[i].said ? status == QY_BAD_INPUT && isnan(value) && strstr(err.diagnostic[0].text, row[i].said) != NULL
                   : !status && value == row[i].value,
       "%s in %s: %s", row[i].text, row[i].unit, err.count ? err.diagnostic[0].text : "taken");
  }
  qy_error err = {0};
  double value;
  ok(refused(qy_yaml_quantity(value_of("[1]"), "ratio", 0, 1, &value, &err), &err,
             "v: expected a number, found a list of 1 value"),
     "a fraction that is a list");
}

/* ---- what was found ---- */

/* Forty bytes of a text, or fewer where a character would be cut. */
static void found_texts(void)
{
  static const char *const letter[] = {"a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
  int wrong = 0;
  for (int i = 0; i < 600; i++) {
    char text[80] = "", quoted[84], expected[TEXT];
    size_t length = 0, shown = 0;
    const size_t wanted = 1 + random_below(&seed, 55);
    qy_error err = {0};
    double value;
    while (length < wanted) {
      const char *one = letter[i % 3 ? random_below(&seed, 4) : 0];
      memcpy(text + length, one, strlen(one) + 1);
      length += strlen(one);
      if (length <= 40) shown = length;
    }
    put(quoted, sizeof quoted, i % 2 ? "'%s'" : "%s", text);
    put(expected, sizeof expected, "v: expected a number from 0 to 1, found %s\"%.*s%s\"", i % 2 ? "the text " : "",
        (int)shown, text, shown < length ? "..." : "");
    wrong += !refused(qy_yaml_number(value_of(quoted), 0, 1, &value, &err), &err, expected);
  }
  is_int(wrong, 0, "texts that were found, forty bytes of them");
  for (int count = 0; count < 4; count++) {
    static const char *const list[] = {"[]", "[a]", "[a, b]", "[a, b, c]"}, *const map[] = {"{}", "{a: 1}",
                                                                                            "{a: 1, b: 2}",
                                                                                            "{a: 1, b: 2, c: 3}"};
    char expected[TEXT];
    qy_error err[2] = {{0}, {0}};
    int truth;
    put(expected, sizeof expected, "v: expected true or false, found a list of %d value%s", count,
        count == 1 ? "" : "s");
    wrong += !refused(qy_yaml_boolean(value_of(list[count]), &truth, &err[0]), &err[0], expected);
    put(expected, sizeof expected, "v: expected true or false, found a mapping of %d key%s", count,
        count == 1 ? "" : "s");
    wrong += !refused(qy_yaml_boolean(value_of(map[count]), &truth, &err[1]), &err[1], expected);
  }
  is_int(wrong, 0, "lists and mappings that were found");
}

/* Names that could have been meant: all, or the first of them that fit into 280 bytes with dots and a NUL behind. */
static void listed_names(void)
{
  enum { NAMES = 40, ROOM = 280 };
  int wrong = 0, cut = 0;
  for (int i = 0; i < 400; i++) {
    static char name[NAMES][32];
    const char *names[NAMES + 1];
    char all[TEXT] = "", expected[2 * TEXT];
    qy_error err = {0}, other = {0};
    size_t index = 77;
    const size_t count = 1 + random_below(&seed, NAMES);
    bool more = true;
    for (size_t k = 0; k < count; k++) {
      put(name[k], sizeof name[k], "%.*s", 4 + (int)random_below(&seed, i % 2 ? 26 : 12),
          "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq");
      names[k] = name[k];
      const size_t used = strlen(all), more_of_it = strlen(name[k]) + (k ? 2 : 0);
      if (more) put(all + used, sizeof all - used, "%s%s", k ? ", " : "", name[k]);
      if (more && used + more_of_it + strlen(", ...") + 1 > ROOM) {
        put(all + used, sizeof all - used, ", ...");
        more = false;
      }
    }
    names[count] = NULL;
    cut += !more;
    put(expected, sizeof expected, "v: expected %s%s, found \"zz\"", count > 1 ? "one of " : "", all);
    wrong += !refused(qy_yaml_choice(value_of("zz"), names, count, &index, &err), &err, expected) || index != 77;
    put(expected, sizeof expected, "v: unknown key \"zz\"; known keys: %s", all);
    wrong += !refused(qy_yaml_check_keys(value_of("{zz: 1}"), names, &other), &other, expected);
    wrong += qy_yaml_choice(value_of(names[count - 1]), names, count, &index, NULL) != QY_OK ||
             strcmp(names[index], names[count - 1]) != 0;
  }
  is_int(wrong, 0, "names that could have been meant");
  ok(cut > 50 && cut < 350, "%d lists of 400 are cut", cut);
}

/* Keys that begin with "x-" are anybody's, in the outermost map only. */
static void own_keys(void)
{
  static const char *const known[] = {"bits", NULL};
  static const struct {
    const char *text;
    bool good;
  } row[] = {{"x-mine: 1\nbits: 2\n", true}, {"x-: 1\n", true},   {"x: 1\n", false},           {"xx-: 1\n", false},
             {"y-mine: 1\n", false},         {"bits: 1\n", true}, {"bits: 1\nbit: 2\n", false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_yaml *root = NULL;
    qy_error err = {0};
    qy_yaml_read_text(&root, "f", row[i].text, strlen(row[i].text), arena, NULL);
    ok(root && (qy_yaml_check_keys(root, known, &err) == QY_OK) == row[i].good && (err.count == 0) == row[i].good,
       "keys of the outermost map, %zu", i);
  }
  ok(qy_yaml_check_keys(value_of("{x-mine: 1}"), known, NULL) == QY_BAD_INPUT, "but in no other");
}

/* ---- where a byte stands that is no text ---- */

static void places_of_bytes(void)
{
  static const struct {
    const char *text;
    bool line; /* it ends one */
  } piece[] = {{"a", false},           {"\xC3\xA4", false},     {"\xE2\x82\xAC", false}, {"\n", true},
               {"\r", true},           {"\r\n", true},          {"\xC2\x85", true},      {"\xE2\x80\xA8", true},
               {"\xE2\x80\xA9", true}, {"\xC2\xA0", false},     {"\xE2\x80\xA7", false}, {"\xF0\x9F\x98\x80", false},
               {" ", false},           {"\xE2\x81\xA8", false}, {"\xC3\x85", false}};
  static const char *const bad[] = {"\xFF", "\x01", "\xC3(", "\x7F"};
  int wrong = 0;
  for (int i = 0; i < 3000; i++) {
    char text[64] = "#";
    qy_error err = {0};
    qy_yaml *root = NULL;
    int line = 1, column = 2;
    for (size_t k = random_below(&seed, 10); k > 0; k--) {
      const size_t p = random_below(&seed, sizeof piece / sizeof *piece);
      const bool joined = strcmp(piece[p].text, "\n") == 0 && text[strlen(text) - 1] == '\r'; /* one end of a line */
      strncat(text, piece[p].text, sizeof text - strlen(text) - 1);
      if (joined) continue;
      line += piece[p].line;
      column = piece[p].line ? 1 : column + 1;
    }
    const char *last = bad[random_below(&seed, 4)];
    column += last[1] == '('; /* it is the byte behind that does not belong there */
    strncat(text, last, sizeof text - strlen(text) - 1);
    strncat(text, "b\nc", sizeof text - strlen(text) - 1);
    qy_yaml_read_text(&root, "f", text, strlen(text), arena, &err);
    const qy_diagnostic *d = &err.diagnostic[0];
    const bool control = last[0] == '\x01' || last[0] == '\x7F';
    wrong += root || err.count != 1 || d->line != line || d->column != column ||
             !strstr(d->text, control ? "found the control character" : "expected UTF-8 text");
    qy_arena_reset(arena);
  }
  is_int(wrong, 0, "bytes that are no text are found where they stand");
}

/* ---- merged maps ---- */

/* One map into which up to three others are merged, beside a look at each of them. */
static void merges(void)
{
  enum { KEYS = 6, MAPS = 3 };
  int wrong = 0;
  for (int i = 0; i < 2000; i++) {
    int has[MAPS + 1][KEYS], seen = 0;
    char text[TEXT] = "", own[2][TEXT] = {"", ""};
    const size_t maps = random_below(&seed, MAPS + 1);
    for (size_t m = 0; m <= maps; m++)
      for (int k = 0; k < KEYS; k++)
        has[m][k] = random_below(&seed, 2) ? (int)(100 * m + random_below(&seed, 100)) : -1;
    for (size_t m = 1; m <= maps; m++) {
      put(text + strlen(text), sizeof text - strlen(text), "m%zu: &m%zu {", m, m);
      for (int k = 0; k < KEYS; k++)
        if (has[m][k] >= 0) put(text + strlen(text), sizeof text - strlen(text), "k%d: %d,", k, has[m][k]);
      put(text + strlen(text), sizeof text - strlen(text), "}\n");
    }
    for (int k = 0; k < KEYS; k++)
      if (has[0][k] >= 0) put(own[k > 2] + strlen(own[k > 2]), TEXT - strlen(own[k > 2]), "k%d: %d, ", k, has[0][k]);
    put(text + strlen(text), sizeof text - strlen(text), "v: {%s", own[0]);
    if (maps == 1) put(text + strlen(text), sizeof text - strlen(text), "<<: *m1, ");
    if (maps == 2) put(text + strlen(text), sizeof text - strlen(text), "<<: [*m1, *m2], ");
    if (maps == 3) put(text + strlen(text), sizeof text - strlen(text), "<<: [*m1, *m2, *m3], ");
    put(text + strlen(text), sizeof text - strlen(text), "%s}\n", own[1]);
    qy_yaml *root = NULL;
    qy_yaml_read_text(&root, "f", text, strlen(text), arena, NULL);
    const qy_yaml *v = qy_yaml_get(root, "v");
    for (int k = 0; v && k < KEYS; k++) {
      char key[8];
      int expected = -1;
      for (size_t m = 0; m <= maps && expected < 0; m++)
        expected = has[m][k];
      put(key, sizeof key, "k%d", k);
      const qy_yaml *at = qy_yaml_get(v, key);
      seen += expected >= 0;
      wrong += (at != NULL) != (expected >= 0) || (at && atoi(at->text) != expected); /* NOLINT(cert-err34-c) */
    }
    wrong += !v || v->count != (size_t)seen;
    int before = -1; /* own ones in their order, those of one map in theirs */
    for (size_t c = 0; v && c < v->count && maps < 2; c++) {
      const int k = v->child[c]->key[1] - '0';
      const int place = has[0][k] < 0 ? 10 + k : k > 2 ? 20 + k : k;
      wrong += place <= before;
      before = place;
    }
    qy_arena_reset(arena);
  }
  is_int(wrong, 0, "merged maps have each key once: their own, else that of the first map that has it");
}

/* ---- anchors, kept texts ---- */

static void many_anchors(void)
{
  enum { MOST = 1000 };
  static char text[MOST * 16 + 64];
  for (int more = 0; more < 2; more++) {
    qy_yaml *root = NULL;
    qy_error err = {0};
    text[0] = '\0';
    size_t used = 0;
    for (int i = 0; i < MOST + more; i++)
      used += (size_t)sprintf(text + used, "- &a%d %d\n", i, i);
    used += (size_t)sprintf(text + used, "- *a%d\n", MOST - 1);
    const qy_status status = qy_yaml_read_text(&root, "f", text, used, arena, &err);
    if (more)
      ok(status == QY_BAD_INPUT && !root && err.diagnostic[0].line == MOST + 1 &&
             strstr(err.diagnostic[0].text, "expected at most 1000 anchors"),
         "a thousand anchors and one are refused, at the last");
    else
      ok(!status && root->count == MOST + 1 && strcmp(root->child[MOST]->text, "999") == 0, "a thousand are not");
  }
  /* A value within as many lists as there may be, by its name. */
  char deep[400] = "- &s 7\n- ";
  memset(deep + strlen(deep), '[', QY_YAML_DEPTH_MAX - 1);
  strcat(deep, "*s");
  memset(deep + strlen(deep), ']', QY_YAML_DEPTH_MAX - 1);
  qy_yaml *root = NULL;
  const qy_yaml *at = NULL;
  if (!qy_yaml_read_text(&root, "f", deep, strlen(deep), arena, NULL)) at = root->child[1];
  while (at && at->kind == QY_YAML_LIST && at->count == 1)
    at = at->child[0];
  ok(at && at->kind == QY_YAML_SCALAR && strcmp(at->text, "7") == 0, "a value within 64 lists");
}

static void kept_texts(void)
{
  static const struct {
    const char *text, *said;
  } row[] = {{"a: 1 # note\n", NULL},
             {"[a, 1]\n", "expected a mapping with the keys of a device, found a list of 2 values"},
             {"a\n", "expected a mapping with the keys of a device, found \"a\""},
             {"a: [\n", "YAML syntax"},
             {NULL, "expected a readable file"}};
  char file[] = "/tmp/quarry-kept-XXXXXX";
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_yaml *root = NULL;
    const char *text = NULL;
    char hash[65] = "", expected[65], command[100];
    qy_error err = {0};
    if (i == 0 && !write_new_file(file, 0, "")) return;
    if (row[i].text)
      write_file(file, row[i].text);
    else
      unlink(file);
    const qy_status status = qy_yaml_read_kept(&root, &text, hash, file, "a device", arena, &err);
    put(command, sizeof command, "sha256sum <%s | cut -c -64", file);
    if (row[i].said) {
      ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, row[i].said), "%s", row[i].said);
      continue;
    }
    first_line(command, expected, sizeof expected);
    ok(!status && root && root->count == 1 && strcmp(text, row[i].text) == 0 && strcmp(hash, expected) == 0,
       "a mapping, its text as it stands, and what sha256sum says of it");
  }
}

/* Paths of more than 240 bytes are cut at their beginning, between characters. */
static void long_paths(void)
{
  int wrong = 0, cut = 0;
  for (int length = 1; length < 100; length++) {
    char text[TEXT] = "", whole[TEXT] = "", expected[TEXT];
    qy_yaml *root = NULL;
    for (int k = 0; k < 4; k++) {
      char key[160] = "";
      for (int i = 0; i < length; i++)
        strcat(key, (i + k) % 3 ? "k" : "\xC3\xA4");
      put(text + strlen(text), sizeof text - strlen(text), "%*s%s:\n", k, "", key);
      put(whole + strlen(whole), sizeof whole - strlen(whole), "%s%s", k ? "." : "", key);
    }
    put(text + strlen(text), sizeof text - strlen(text), "    - 1\n");
    strcat(whole, "[0]");
    qy_yaml_read_text(&root, "f", text, strlen(text), arena, NULL);
    const qy_yaml *at = root;
    while (at && at->count)
      at = at->child[0];
    /* Of each child the path is that of its parent, as it was cut, and its own name. */
    put(expected, sizeof expected, "%s", "");
    const char *rest = whole;
    for (int k = 0; k < 5; k++) {
      const size_t name = k < 4 ? strcspn(rest + 1, ".[") + 1 : strlen(rest);
      strncat(expected, rest, name);
      rest += name;
      if (strlen(expected) <= 240) continue;
      char tail[TEXT];
      const char *from = expected + strlen(expected) - 240;
      while (((unsigned char)*from & 0xC0) == 0x80)
        from++;
      put(tail, sizeof tail, "...%s", from);
      strcpy(expected, tail);
      cut++;
    }
    if (!at || strcmp(at->path, expected) != 0) wrong++;
  }
  is_int(wrong, 0, "long paths are cut at their beginning");
  ok(cut > 50, "%d of them", cut);
}

/* Keys of a map that knows none. */
static void no_names(void)
{
  static const char *const none[] = {NULL};
  qy_error err = {0};
  size_t index;
  ok(refused(qy_yaml_check_keys(value_of("{zz: 1}"), none, &err), &err, "v: unknown key \"zz\"; known keys: "),
     "a key where there are none");
  qy_error_clear(&err);
  ok(refused(qy_yaml_choice(value_of("zz"), none, 0, &index, &err), &err, "v: expected , found \"zz\""),
     "a choice among none");
}

/* ---- files that values name ---- */

static void paths(void)
{
  static const struct {
    const char *text;
    bool path;
  } row[] = {{"a", false},        {"a.csv", true},  {".csv", false},    {"a.yaml", true}, {".yaml", false},
             {"a.csv.gz", false}, {"a/b", true},    {"/", true},        {"", false},      {"csv", false},
             {"xcsv", false},     {"a.yam", false}, {"x.yaml2", false}, {"a.CSV", false}, {"b.csv", true}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    ok(qy_yaml_is_path(row[i].text) == row[i].path, "\"%s\" is %s path", row[i].text, row[i].path ? "a" : "no");
}

static void beside(void)
{
  char under[] = "/tmp/quarry-values-XXXXXX", expected[TEXT];
  static const char *const text[] = {"n.csv", "sub/n.csv", "name"};
  int wrong = 0;
  if (!mkdtemp(under) || chdir(under) != 0 || mkdir("own", 0700) || mkdir("own/sub", 0700) || mkdir("sub", 0700))
    return;
  for (int there = 0; there < 4; there++) /* beside the file, in the working directory */
    for (int named = 0; named < 3; named++)
      for (int t = 0; t < 3; t++) {
        static const char *const file[] = {"own/f.yaml", "f.yaml", "./own/f.yaml"};
        const char *found = NULL;
        qy_yaml *root = NULL;
        char near[64];
        put(near, sizeof near, "own/%s", text[t]);
        if (there & 1) write_file(near, "");
        if (there & 2) write_file(text[t], "");
        qy_yaml_read_text(&root, file[named], "v: 1\n", 5, arena, NULL);
        wrong += qy_yaml_file(&found, qy_yaml_get(root, "v"), text[t], arena, NULL) != QY_OK;
        const bool is_near = t < 2 && named != 1 && there != 2;
        put(expected, sizeof expected, "%s%s", !is_near ? "" : named ? "./own/" : "own/", text[t]);
        if (!found || strcmp(found, expected) != 0) {
          printf("# %s of %s, %d: %s, not %s\n", text[t], file[named], there, found ? found : "none", expected);
          wrong++;
        }
        char absolute[TEXT];
        put(absolute, sizeof absolute, "%s/%s", under, text[t]);
        wrong += qy_yaml_file(&found, qy_yaml_get(root, "v"), absolute, arena, NULL) != QY_OK || found != absolute;
        unlink(near);
        unlink(text[t]);
      }
  is_int(wrong, 0, "files beside the file that names them, else in the working directory");
  if (chdir("/") == 0) qy_folder_remove(under);
}

/* Texts of any length but none; what is no scalar is none. */
static void short_texts(void)
{
  static const char *const texts[] = {"a", "7", "ab", "\"x\"", "' '"}, *const read[] = {"a", "7", "ab", "x", " "};
  static const char *const none[] = {"\"\"", "''", "", "[a]", "{a: b}"};
  const char *value;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    value = NULL;
    is_int(qy_yaml_text(value_of(texts[i]), &value, NULL), QY_OK, texts[i]);
    is_text(value, read[i], "is its text");
  }
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    qy_error err = {0};
    is_int(qy_yaml_text(value_of(none[i]), &value, &err), QY_BAD_INPUT, none[i]);
    ok(err.count == 1 && strstr(err.diagnostic[0].text, "expected text"), "is none");
  }
}

/* A byte order mark is nothing; another character that begins as it does is one. */
static void first_bytes(void)
{
  static const struct {
    const char *text, *key;
  } row[] = {{"\xEF\xBB\xBF"
              "a: 1\n",
              "a"},
             {"\xEF\xBB\xBC"
              "a: 1\n",
              "\xEF\xBB\xBC"
              "a"},
             {"a: 1\n", "a"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_yaml *root = NULL;
    ok(!qy_yaml_read_text(&root, "f", row[i].text, strlen(row[i].text), arena, NULL) && root->count == 1 &&
           qy_yaml_get(root, row[i].key),
       "the key is %s", row[i].key);
  }
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena) return 1;
  short_texts();
  first_bytes();
  number_ranges();
  integer_ranges();
  measures();
  found_texts();
  listed_names();
  own_keys();
  places_of_bytes();
  merges();
  many_anchors();
  kept_texts();
  no_names();
  long_paths();
  paths();
  beside();
  qy_arena_free(arena);
  return done();
}
