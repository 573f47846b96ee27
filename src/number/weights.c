/* Weights from a file: raw little-endian float32, text and CSV without a head line, or NumPy's .npy (weights_npy.c). */
#include "weights_int.h"

#include "quarry/decimal.h"
#include "quarry/file.h"
#include "quarry/sqnr.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool is_raw(const char *file)
{
  static const char *const endings[] = {".f32", ".bin", ".raw"};
  size_t length = strlen(file);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (length > 4 && strcmp(file + length - 4, endings[i]) == 0) return true;
  return false;
}

static qy_status read_raw(double *x, size_t *count, const char *bytes, size_t length, const char *file, qy_error *err)
{
  *count = length / 4;
  if (length % 4 != 0)
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                      "expected float32 values of 4 bytes each, found %zu bytes after value %zu", length % 4, *count);
  for (size_t i = 0; i < *count; i++) {
    const unsigned char *byte = (const unsigned char *)bytes + 4 * i;
    uint32_t word = (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
    float value;
    memcpy(&value, &word, sizeof value);
    if (!isfinite(value))
      return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected finite float32 values, found %g at index %zu",
                        (double)value, i);
    x[i] = (double)value;
  }
  return QY_OK;
}

/* ---- decimal commas ---- */

/* What tells numbers with decimal commas from integers with commas between them. */
typedef struct commas {
  size_t words, pairs, whole; /* between blanks; of them DIGITS,DIGITS and DIGITS */
  bool comma, semicolon, point, zeros_before, zero_first;
  int line, column; /* of the first comma */
} commas;

/* "e-3" or nothing. */
static size_t exponent(const char *text)
{
  if (*text != 'e' && *text != 'E') return 0;
  const size_t sign = text[1] == '-' || text[1] == '+', digits = strspn(text + 1 + sign, "0123456789");
  return digits > 0 ? 1 + sign + digits : 0;
}

/* "-0,25": one comma between digits. */
static void look_at_word(commas *c, const char *word, size_t length)
{
  const char *digits = "0123456789", *at = word + (*word == '-' || *word == '+');
  const size_t left = strspn(at, digits);
  c->words++;
  c->whole += left > 0 && at + left + exponent(at + left) == word + length;
  if (left == 0 || at[left] != ',') return;
  const char *right = at + left + 1;
  const size_t count = strspn(right, digits);
  if (count == 0 || right + count + exponent(right + count) != word + length) return;
  c->pairs++;
  c->zeros_before &= left == 1 && *at == '0';
  c->zero_first |= *right == '0' && count > 1;
}

/* Both signs in a file, or words with one comma at most and no sign behind any: decimals, or integers in two columns,
 * which nothing tells apart.  A blank behind the comma, a point, a sign or a third column says that commas separate. */
static qy_status check_commas(const char *text, const char *file, qy_error *err)
{
  commas c = {.zeros_before = true};
  const char *line_start = text;
  int line = 1;
  for (const char *p = text; *p;) {
    const size_t blank = strspn(p, " \t\r\v\f;");
    c.semicolon |= memchr(p, ';', blank) != NULL;
    p += blank;
    if (*p == '#') p += strcspn(p, "\n");
    if (*p == '\n') {
      line_start = ++p;
      line++;
    }
    const size_t word = strcspn(p, " \t\r\v\f\n;#");
    const char *comma = memchr(p, ',', word);
    if (comma && !c.comma) c.line = line, c.column = (int)(comma - line_start) + 1;
    c.comma |= comma != NULL;
    c.point |= memchr(p, '.', word) != NULL;
    if (word > 0) look_at_word(&c, p, word);
    p += word;
  }
  const bool unclear = c.pairs > 0 && c.pairs + c.whole == c.words && !c.point;
  const bool decimals = unclear && (c.words > 1 || c.zeros_before || c.zero_first);
  if (!(c.comma && c.semicolon && !c.point) && !decimals) return QY_OK;
  return qy_fail_at(
      err, QY_BAD_INPUT, file, c.line, c.column,
      "expected numbers with decimal points, separated by blanks, commas or semicolons of one kind, found "
      "%s; decimal commas become points by: tr ',;' '. '%s",
      c.semicolon ? "both ',' and ';'" : "what may be decimal commas or two numbers each",
      c.semicolon ? "" : "; two numbers are told by a blank behind the comma: sed 's/,/, /'");
}

/* ---- text ---- */

static qy_status read_text(double *x, size_t *count, const char *text, size_t length, const char *file, qy_error *err)
{
  static const char separators[] = " \t\r\v\f\n,;";
  const char *line_start = text, *end = text + length;
  int line = 1;
  *count = 0;
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3; /* byte-order mark */
  qy_status status = strlen(text) == (size_t)(end - text) ? check_commas(text, file, err) : QY_OK;
  if (status) return status;
  for (const char *p = text; p < end;) {
    if (*p == '\n') {
      line_start = ++p;
      line++;
    } else if (*p == '#') {
      p += strcspn(p, "\n");
    } else if (*p != '\0' && strchr(separators, *p)) {
      p++;
    } else {
      size_t word = strcspn(p, " \t\r\v\f\n,;#");
      int column = (int)(p - line_start) + 1;
      if (*p == '\0') return qy_fail_at(err, QY_BAD_INPUT, file, line, column, "expected text, found a NUL byte");
      char *stop;
      double value = qy_decimal(p, &stop);
      if (stop != p + word || !isfinite(value) || memchr(p, 'x', word) || memchr(p, 'X', word))
        return qy_fail_at(err, QY_BAD_INPUT, file, line, column, "expected a finite number, found \"%.*s\"",
                          word > 40 ? 40 : (int)word, p);
      x[(*count)++] = value;
      p += word;
    }
  }
  return QY_OK;
}

qy_status qy_weights_read(double **weights, size_t *count, const char *file, qy_arena *arena, qy_error *err)
{
  assert(weights && count && file && arena);
  char *bytes;
  size_t length;
  qy_arena *scratch = qy_arena_new();
  if (!scratch) return qy_fail(err, QY_NO_MEMORY, "%s: out of memory", file);
  qy_status status = qy_file_read(&bytes, &length, file, scratch, err);
  if (status != QY_OK) goto out;
  const bool npy = weights_is_npy(bytes, length), raw = !npy && is_raw(file);
  if (!npy && !raw && (status = weights_known_format(bytes, length, file, err))) goto out;
  /* A number in text takes a digit and a separator, but for the last one; in .npy a byte at least. */
  double *x = qy_arena_alloc(arena, npy ? length : raw ? length / 4 + 1 : length / 2 + 1, sizeof *x);
  if (!x) {
    status = qy_fail(err, QY_NO_MEMORY, "%s: out of memory for the numbers of %zu bytes", file, length);
    goto out;
  }
  *weights = x;
  status = npy   ? weights_read_npy(x, count, bytes, length, file, err)
           : raw ? read_raw(x, count, bytes, length, file, err)
                 : read_text(x, count, bytes, length, file, err);
  if (status == QY_OK && *count == 0)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected at least one number, found none");
out:
  qy_arena_free(scratch);
  return status;
}

qy_status qy_signal_read(qy_signal *signal, const char *file, qy_arena *arena, qy_error *err)
{
  assert(signal && file && arena);
  double *x = NULL;
  size_t count = 0;
  qy_arena *scratch = qy_arena_new();
  if (!scratch) return qy_fail(err, QY_NO_MEMORY, "%s: out of memory", file);
  qy_status status = qy_weights_read(&x, &count, file, scratch, err);
  qy_error own = {0};
  if (status == QY_OK && (status = qy_signal_from_array(signal, x, count, arena, &own)))
    status = qy_fail_at(err, status, file, 0, 0, "%s", own.diagnostic[0].text);
  qy_arena_free(scratch);
  return status;
}
