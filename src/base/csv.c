/* Strict reading of comma-separated tables: see csv.h. */
#include "quarry/csv.h"

#include "quarry/decimal.h"
#include "quarry/file.h"
#include "quarry/text.h"
#include "quarry/units.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 40 }; /* bytes of a bad field that go into a message */

static qy_status fail(const qy_csv *csv, int column, qy_error *err, const char *text)
{
  return qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, column, "%s", text);
}

/* Cut one line into fields, in place.  *count is the number of fields found. */
static qy_status split(const qy_csv *csv, char *line, const char **field, int *column, int *count, qy_error *err)
{
  char *at = line;
  for (*count = 0;;) {
    if (*count == QY_CSV_FIELDS_MAX) return fail(csv, (int)(at - line) + 1, err, "expected at most 64 fields");
    column[*count] = (int)(at - line) + 1;
    if (*at == '"') {
      char *from = at + 1, *to = at + 1;
      field[(*count)++] = to;
      for (;; from++) {
        if (*from == '\0') return fail(csv, column[*count - 1], err, "expected a closing quote, found the line's end");
        if (*from == '"' && *++from != '"') break;
        *to++ = *from;
      }
      if (*from != ',' && *from != '\0')
        return fail(csv, (int)(from - line) + 1, err, "expected a comma after the closing quote");
      at = from;
      char end = *at;
      *to = '\0';
      if (end == '\0') return QY_OK;
      at++;
    } else {
      field[(*count)++] = at;
      char *comma = strchr(at, ',');
      if (!comma) return QY_OK;
      *comma = '\0';
      at = comma + 1;
    }
  }
}

/* The next line that is neither blank nor a comment, without its end; NULL at the end of the text. */
static char *next_line(qy_csv *csv)
{
  while (csv->rest && *csv->rest) {
    char *line = csv->rest, *end = strchr(line, '\n');
    csv->line++;
    csv->rest = end ? end + 1 : NULL;
    if (end) {
      *end = '\0';
      if (end > line && end[-1] == '\r') end[-1] = '\0';
    }
    if (*line && *line != '#') return line;
  }
  return NULL;
}

/* Text that is no comma-separated table but can be made one: say how. */
static qy_status check_text(const char *file, const char *text, size_t length, qy_error *err)
{
  static const struct {
    const char *magic, *what;
    size_t length;
  } other[] = {{"\xff\xfe", "UTF-16 text: iconv -f utf-16 -t utf-8 makes it readable", 2},
               {"\xfe\xff", "UTF-16 text: iconv -f utf-16 -t utf-8 makes it readable", 2},
               {"PK\x03\x04", "a zip archive: save the table of a spreadsheet as CSV", 4},
               {"\x93NUMPY", "a NumPy array: numpy.savetxt writes text", 6}};
  for (size_t i = 0; i < sizeof other / sizeof *other; i++)
    if (length >= other[i].length && memcmp(text, other[i].magic, other[i].length) == 0)
      return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected text, found %s", other[i].what);
  if (strlen(text) == length) return QY_OK;
  return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected text, found a NUL byte at offset %zu", strlen(text));
}

/* A head line in one piece that holds the separator of another kind of table. */
static qy_status check_separator(const qy_csv *csv, qy_error *err)
{
  const char *name = csv->name[0], *other = csv->count == 1 ? strpbrk(name, ";\t") : NULL;
  if (!other) return QY_OK;
  return fail(csv, (int)(other - name) + 1, err,
              *other == ';' && !(csv->rest && strchr(csv->rest, ','))
                  ? "expected columns separated by commas, found semicolons: tr ';' ',' <FILE makes it readable"
              : *other == ';'
                  /* where a size is wanted 32.0 is none */
                  ? "expected columns separated by commas, found semicolons and decimal commas: sed -E "
                    "'s/,0*(;|\\r?$)/\\1/g; s/,/./g; s/;/,/g' FILE makes it readable"
                  : "expected columns separated by commas, found tabs: tr '\\t' ',' <FILE makes it readable");
}

qy_status qy_csv_start(qy_csv *csv, const char *file, char *text, size_t length, qy_error *err)
{
  assert(csv && file && text && text[length] == '\0');
  *csv = (qy_csv){.file = file, .rest = text};
  qy_status status = check_text(file, text, length, err);
  if (status) return status;
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) csv->rest += 3; /* byte-order mark */
  char *line = next_line(csv);
  if (!line) return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a head line with column names, found none");
  status = split(csv, line, csv->name, csv->column, &csv->count, err);
  if (!status) status = check_separator(csv, err);
  for (int i = 0; !status && i < csv->count; i++) {
    if (!*csv->name[i]) status = fail(csv, csv->column[i], err, "expected a column name, found an empty field");
    for (int j = 0; !status && j < i; j++)
      if (strcmp(csv->name[i], csv->name[j]) == 0)
        status = qy_fail_at(err, QY_BAD_INPUT, file, csv->line, csv->column[i],
                            "expected each column once, found '%.*s' again", SHOWN, csv->name[i]);
  }
  return status;
}

qy_status qy_csv_open(qy_csv *csv, const char *file, qy_arena *arena, qy_error *err)
{
  assert(csv && file);
  char *text;
  size_t length;
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  return status ? status : qy_csv_start(csv, file, text, length, err);
}

qy_status qy_csv_next(qy_csv *csv, bool *more, qy_error *err)
{
  assert(csv && more);
  int count;
  char *line = next_line(csv);
  *more = line != NULL;
  if (!line) return QY_OK;
  qy_status status = split(csv, line, csv->field, csv->column, &count, err);
  if (!status && count != csv->count)
    status = qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, 0, "expected %d fields as in the head line, found %d",
                        csv->count, count);
  return status;
}

int qy_csv_column(const qy_csv *csv, const char *name)
{
  assert(csv && name);
  for (int i = 0; i < csv->count; i++)
    if (strcmp(csv->name[i], name) == 0) return i;
  return -1;
}

qy_status qy_csv_columns(const qy_csv *csv, const char *const *names, int count, int *index, qy_error *err)
{
  assert(csv && names && index && count >= 0);
  qy_status status = QY_OK;
  for (int i = 0; i < count; i++) {
    index[i] = qy_csv_column(csv, names[i]);
    if (index[i] < 0)
      status = qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, 0, "expected a column '%s', found none", names[i]);
  }
  return status;
}

/* advice: "; did you mean 'conv'?" or nothing. */
static qy_status expected_with(const qy_csv *csv, int i, const char *expected, const char *advice, qy_error *err)
{
  const char *text = csv->field[i];
  return qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, csv->column[i], "%s: expected %s, found '%.*s%s'%s",
                    csv->name[i], expected, SHOWN, text, strlen(text) > SHOWN ? "..." : "", advice);
}

qy_status qy_csv_expected(const qy_csv *csv, int i, qy_error *err, const char *format, ...)
{
  assert(csv && i >= 0 && i < csv->count && format);
  char expected[256];
  va_list args;
  va_start(args, format);
  qy_vprint(expected, sizeof expected, format, args);
  va_end(args);
  return expected_with(csv, i, expected, "", err);
}

qy_status qy_csv_number(const qy_csv *csv, int i, double low, double high, double *value, qy_error *err)
{
  assert(csv && i >= 0 && i < csv->count && low <= high && value);
  if (!qy_number_parse(csv->field[i], value))
    return qy_csv_expected(csv, i, err, strchr(csv->field[i], ',') ? "a number with a decimal point" : "a number");
  if (!(*value >= low && *value <= high)) return qy_csv_expected(csv, i, err, "%g to %g", low, high);
  return QY_OK;
}

qy_status qy_csv_integer(const qy_csv *csv, int i, int64_t low, int64_t high, int64_t *value, qy_error *err)
{
  assert(csv && i >= 0 && i < csv->count && low <= high && value);
  const char *text = csv->field[i], *digit = text + (*text == '-'), *at = digit;
  bool fits = true;
  *value = 0; /* of the sign that it has in the end: the least integer has no counterpart */
  for (; *at >= '0' && *at <= '9'; at++) {
    const int one = *text == '-' ? '0' - *at : *at - '0';
    fits = fits && !__builtin_mul_overflow(*value, 10, value) && !__builtin_add_overflow(*value, one, value);
  }
  if (at == digit || *at || (*digit == '0' && digit[1] != '\0')) return qy_csv_expected(csv, i, err, "an integer");
  if (!fits || *value < low || *value > high) return qy_csv_expected(csv, i, err, "%" PRId64 " to %" PRId64, low, high);
  return QY_OK;
}

qy_status qy_csv_choice(const qy_csv *csv, int i, const char *const *names, int count, int *index, qy_error *err)
{
  assert(csv && i >= 0 && i < csv->count && names && index);
  char list[240] = "one of ", advice[80] = "";
  size_t used = strlen(list);
  for (*index = 0; *index < count; ++*index)
    if (strcmp(csv->field[i], names[*index]) == 0) return QY_OK;
  for (int k = 0; k < count; k++)
    used = qy_append(list, sizeof list, used, "%s%s", k ? ", " : "", names[k]);
  const char *nearest = qy_nearest(csv->field[i], names, (size_t)count);
  if (nearest) snprintf(advice, sizeof advice, "; did you mean '%s'?", nearest);
  return expected_with(csv, i, list, advice, err);
}
