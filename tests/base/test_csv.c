/* The strict CSV reader: what it accepts, where it says a mistake is, and that no damage to a file crashes it. */
#include "quarry/csv.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>

static char text[4096];

static qy_status start(qy_csv *csv, const char *content, qy_error *err)
{
  *err = (qy_error){0};
  snprintf(text, sizeof text, "%s", content);
  return qy_csv_start(csv, "t.csv", text, strlen(text), err);
}

static void test_good(void)
{
  qy_csv csv;
  qy_error err;
  bool more;
  ok(start(&csv, "# note\n\na,b,\"c,d\"\r\n1,\"x \"\"y\"\"\",\n\n# note\n,\"\",last", &err) == QY_OK, "head line");
  is_int(csv.count, 3, "columns");
  is_text(csv.name[2], "c,d", "quoted column name");
  ok(qy_csv_next(&csv, &more, &err) == QY_OK && more, "first row");
  is_text(csv.field[1], "x \"y\"", "quoted field");
  is_text(csv.field[2], "", "empty field at the end");
  is_int(csv.line, 4, "line");
  is_int(csv.column[2], 13, "column counts the bytes of the file");
  ok(qy_csv_next(&csv, &more, &err) == QY_OK && more, "last row without a line end");
  is_text(csv.field[0], "", "empty field at the start");
  is_text(csv.field[1], "", "empty quoted field");
  is_text(csv.field[2], "last", "last field");
  is_int(csv.line, 7, "line after blank lines and comments");
  ok(qy_csv_next(&csv, &more, &err) == QY_OK && !more, "end");
  ok(qy_csv_next(&csv, &more, &err) == QY_OK && !more, "still the end");
  is_int(qy_csv_column(&csv, "b"), 1, "column by name");
  is_int(qy_csv_column(&csv, "B"), -1, "names are exact");
}

static void test_types(void)
{
  static const struct {
    const char *field;
    int number, integer; /* accepted as a number in [-10, 1000], as an integer in [-10, 1000] */
  } row[] = {
      {"1", 1, 1},     {"-10", 1, 1},
      {"1000", 1, 1},  {"1001", 0, 0},
      {"-11", 0, 0},   {"1.5", 1, 0},
      {"1e2", 1, 0},   {"", 0, 0},
      {"-", 0, 0},     {" 1", 0, 0},
      {"1 ", 0, 0},    {"01", 0, 0},
      {"0", 1, 1},     {"0x10", 0, 0},
      {"nan", 0, 0},   {"inf", 0, 0},
      {"1e999", 0, 0}, {"1,5", 1, 1},
      {"--1", 0, 0},   {"+-1", 0, 0},
      {"1e", 0, 0},    {"99999999999999999999", 0, 0},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_csv csv;
    qy_error err;
    bool more;
    double number;
    int64_t integer;
    char content[64];
    snprintf(content, sizeof content, "a%s\n%s\n", strchr(row[i].field, ',') ? ",b" : "", row[i].field);
    if (!*row[i].field) snprintf(content, sizeof content, "a,b\n,\n");
    start(&csv, content, &err);
    qy_csv_next(&csv, &more, &err);
    ok((qy_csv_number(&csv, 0, -10, 1000, &number, &err) == QY_OK) == row[i].number, "number '%s'", row[i].field);
    ok((qy_csv_integer(&csv, 0, -10, 1000, &integer, &err) == QY_OK) == row[i].integer, "integer '%s'", row[i].field);
  }
}

/* The ends of 64 bits, and what would come round to small numbers behind them. */
static void test_extremes(void)
{
  static const struct {
    const char *field;
    bool good;
    int64_t value;
  } row[] = {{"9223372036854775807", true, INT64_MAX}, {"-9223372036854775808", true, INT64_MIN},
             {"9223372036854775808", false, 0},        {"-9223372036854775809", false, 0},
             {"18446744073709551617", false, 0},       {"184467440737095516160", false, 0},
             {"-18446744073709551617", false, 0},      {"-0", true, 0},
             {"36893488147419103233", false, 0}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_csv csv;
    qy_error err;
    bool more;
    int64_t value = 7;
    char content[64];
    snprintf(content, sizeof content, "a\n%s\n", row[i].field);
    start(&csv, content, &err);
    qy_csv_next(&csv, &more, &err);
    const bool good = qy_csv_integer(&csv, 0, INT64_MIN, INT64_MAX, &value, &err) == QY_OK;
    ok(good == row[i].good && (!good || value == row[i].value), "integer %s", row[i].field);
  }
}

static void test_messages(void)
{
  static const char *const names[] = {"red", "green"};
  static const char *const wanted[] = {"a", "q", "z"};
  qy_csv csv;
  qy_error err;
  bool more;
  int index[3];
  char line[900], wide[400] = "c0";
  start(&csv, "a,b\nblue,12345678901234567890123456789012345678901234567890\n", &err);
  qy_csv_next(&csv, &more, &err);
  ok(qy_csv_choice(&csv, 0, names, 2, &index[0], &err) == QY_BAD_INPUT, "not one of the choices");
  is_text(qy_diagnostic_format(&err, 0, line, sizeof line),
          "t.csv:2:1: error: a: expected one of red, green, found 'blue'", "says so");
  ok(qy_csv_expected(&csv, 1, &err, "less than %d", 5) == QY_BAD_INPUT, "own expectation");
  is_text(qy_diagnostic_format(&err, 1, line, sizeof line),
          "t.csv:2:6: error: b: expected less than 5, found '1234567890123456789012345678901234567890...'",
          "long fields are cut");
  err = (qy_error){0};
  ok(qy_csv_columns(&csv, wanted, 3, index, &err) == QY_BAD_INPUT && err.count == 2, "each missing column is reported");
  is_text(err.diagnostic[1].text, "expected a column 'z', found none", "by name");
  for (int i = 1; i <= QY_CSV_FIELDS_MAX; i++)
    snprintf(wide + strlen(wide), sizeof wide - strlen(wide), ",c%d", i);
  ok(start(&csv, wide, &err) == QY_BAD_INPUT, "too many columns");
  is_text(err.diagnostic[0].text, "expected at most 64 fields", "says so");
}

/* Random damage: an answer of either kind, never a crash or a field outside the text. */
/* What is said of a file as a whole has no line. */
static void test_whole(void)
{
  static const struct {
    const char *bytes;
    size_t length;
    const char *said;
  } row[] = {{"a,b\n1,\0\n", 8, "expected text, found a NUL byte at offset 6"},
             {"\xff\xfe"
              "a",
              3, "expected text, found UTF-16"},
             {"\xfe\xff"
              "a",
              3, "expected text, found UTF-16"},
             {"PK\x03\x04", 4, "expected text, found a zip archive"},
             {"\x93NUMPY", 6, "expected text, found a NumPy array"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_csv csv;
    qy_error err = {0};
    memcpy(text, row[i].bytes, row[i].length);
    text[row[i].length] = '\0';
    ok(qy_csv_start(&csv, "t.csv", text, row[i].length, &err) == QY_BAD_INPUT && err.count == 1 &&
           err.diagnostic[0].line == 0 && err.diagnostic[0].column == 0 && strstr(err.diagnostic[0].text, row[i].said),
       "%s", row[i].said);
  }
}

static void test_damage(void)
{
  static const char good[] = "# c\na,b,\"c\"\r\n1,\"2\"\"\",3\n\"4\",,5\n";
  uint32_t seed = 99;
  int outside = 0;
  for (int i = 0; i < 100000; i++) {
    qy_csv csv;
    qy_error err = {0};
    bool more = true;
    size_t length = strlen(good);
    memcpy(text, good, sizeof good);
    for (int k = 0; k < 4; k++) {
      seed = seed * 1664525u + 1013904223u;
      text[(seed >> 8) % length] = "\",\n\r#a\0 "[seed >> 29];
    }
    if (qy_csv_start(&csv, "t.csv", text, length, &err) != QY_OK) continue;
    while (qy_csv_next(&csv, &more, &err) == QY_OK && more)
      for (int f = 0; f < csv.count; f++)
        outside += csv.field[f] < text || csv.field[f] + strlen(csv.field[f]) > text + length;
  }
  is_int(outside, 0, "100,000 damaged texts: fields stay inside");
}

/* Tables of other kinds: told what to do, where the separator stands. */
static void test_other_tables(void)
{
  static const struct {
    const char *text;
    size_t length;
    int line, column;
    const char *part;
  } row[] = {{"a;b;c\n1;2;3\n", 12, 1, 2, "tr ';' ','"},
             {"a;b;c", 5, 1, 2, "tr ';' ','"}, /* not a second line */
             {"a;b;c\n1;2,0;3\n", 14, 1, 2, "s/,/./g; s/;/,/g'"},
             {"# note\nlayer\ttype\n", 18, 2, 6, "tr '\\t' ','"},
             {"\xff\xfe"
              "a\0,\0b\0",
              8, 0, 0, "iconv"},
             {"PK\x03\x04\0", 5, 0, 0, "as CSV"},
             {"\x93NUMPY\x01\0", 8, 0, 0, "numpy.savetxt"}};
  int good = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char copy[64] = {0};
    qy_csv csv;
    qy_error err = {0};
    memcpy(copy, row[i].text, row[i].length);
    const qy_diagnostic *d = &err.diagnostic[0];
    good += qy_csv_start(&csv, "t.csv", copy, row[i].length, &err) == QY_BAD_INPUT && d->line == row[i].line &&
            d->column == row[i].column && strstr(d->text, row[i].part);
  }
  is_int(good, sizeof row / sizeof *row, "tables of other kinds are answered with what to do");
  char number[] = "a,b\n\"0,5\",2\n";
  qy_csv csv;
  qy_error err = {0};
  bool more;
  double value;
  ok(!qy_csv_start(&csv, "t.csv", number, strlen(number), &err) && !qy_csv_next(&csv, &more, &err) &&
         qy_csv_number(&csv, 0, 0, 1, &value, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "decimal point"),
     "a decimal comma");
}

/* ---- random texts beside the grammar ---- */

typedef struct fields {
  int count, column[16], line;
  char text[16][32];
} fields;

/* The fields of one line; 0, or the column of what is wrong. */
static int fields_of(fields *out, const char *line, size_t length)
{
  size_t at = 0;
  for (out->count = 0;; at++) {
    char *to = out->text[out->count];
    const size_t from = at;
    out->column[out->count++] = (int)at + 1;
    if (at < length && line[at] == '"') {
      for (at++; at < length && (line[at] != '"' || (at + 1 < length && line[at + 1] == '"')); at++) {
        *to++ = line[at];
        at += line[at] == '"';
      }
      if (at == length) return (int)from + 1;
      at++;
    } else {
      while (at < length && line[at] != ',')
        *to++ = line[at++];
    }
    *to = '\0';
    if (at == length) return 0;
    if (line[at] != ',') return (int)at + 1;
  }
}

/* The next line that has fields from *at on, and what is wrong with it; false: there is none. */
static bool next_fields(fields *out, const char *all, size_t *at, int *wrong)
{
  while (all[*at]) {
    const char *line = all + *at;
    size_t length = strcspn(line, "\n");
    *at += length + (line[length] == '\n');
    out->line++;
    if (line[length] == '\n' && length > 0 && line[length - 1] == '\r') length--;
    if (length == 0 || *line == '#') continue;
    *wrong = fields_of(out, line, length);
    return true;
  }
  return false;
}

static void test_grammar(void)
{
  uint64_t seed = 5;
  int bad = 0, rows = 0, refused = 0;
  for (int i = 0; i < 30000; i++) {
    char content[32];
    fields head = {0}, row = {0};
    qy_csv csv;
    qy_error err;
    size_t length = 0, at = 0;
    int wrong = 0;
    bool more = true;
    if (i % 4 == 0) length = (size_t)snprintf(content, sizeof content, "\xEF\xBB\xBF");
    const size_t most = length + random_below(&seed, 22);
    while (length < most)
      content[length++] = "ab,,\"\"\n\n\r#c\x01"[random_below(&seed, 12)];
    content[length] = '\0';
    at = i % 4 == 0 ? 3 : 0;
    const bool some = next_fields(&head, content, &at, &wrong);
    bool good = some && !wrong;
    for (int k = 0; good && k < head.count; k++) {
      good &= head.text[k][0] != '\0';
      for (int j = 0; j < k; j++)
        good &= strcmp(head.text[j], head.text[k]) != 0;
    }
    bool is = (start(&csv, content, &err) == QY_OK) == good;
    if (some && wrong) is &= err.diagnostic[0].line == head.line && err.diagnostic[0].column == wrong;
    if (!some) is &= err.diagnostic[0].line == 0;
    for (int k = 0; is && good && k < head.count; k++)
      is &= csv.count == head.count && strcmp(csv.name[k], head.text[k]) == 0;
    row.line = head.line;
    while (is && good && more) {
      const bool there = next_fields(&row, content, &at, &wrong);
      good = !there || (!wrong && row.count == head.count);
      is &= (qy_csv_next(&csv, &more, &err) == QY_OK) == good && more == there;
      rows += there && good;
      refused += there && !good;
      is &= !there || csv.line == row.line;
      if (there && wrong) is &= err.diagnostic[0].line == row.line && err.diagnostic[0].column == wrong;
      for (int k = 0; there && good && k < row.count; k++)
        is &= strcmp(csv.field[k], row.text[k]) == 0 && csv.column[k] == row.column[k];
    }
    if (!is && bad++ < 3) printf("# \"%s\"\n", content);
  }
  is_int(bad, 0, "random texts are read as the grammar has them");
  ok(rows > 1000 && refused > 1000, "%d rows, %d that are none", rows, refused);
}

/* The beginnings of other kinds of file, one byte short, are names of columns. */
static void test_short_beginnings(void)
{
  static const char *const whole[] = {"\xff\xfe", "\xfe\xff", "PK\x03\x04", "\x93NUMPY", "\xEF\xBB\xBF"};
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
    char content[16];
    qy_csv csv;
    qy_error err;
    const int cut = (int)strlen(whole[i]) - 1;
    snprintf(content, sizeof content, "%.*sx", cut, whole[i]);
    ok(start(&csv, content, &err) == QY_OK && strcmp(csv.name[0], content) == 0, "%d bytes of %d", cut, cut + 1);
    snprintf(content, sizeof content, "%.*s", cut, whole[i]);
    ok(start(&csv, content, &err) == QY_OK && strcmp(csv.name[0], content) == 0, "and nothing behind them");
  }
}

int main(void)
{
  test_grammar();
  test_short_beginnings();
  test_good();
  test_types();
  test_extremes();
  test_messages();
  test_whole();
  test_damage();
  test_other_tables();
  return done();
}
