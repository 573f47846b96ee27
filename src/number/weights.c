/* Weights from a file: raw little-endian float32, or text and CSV without a head line. */
#include "quarry/file.h"
#include "quarry/sqnr.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
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

static qy_status read_text(double *x, size_t *count, const char *text, size_t length, const char *file, qy_error *err)
{
  static const char separators[] = " \t\r\v\f\n,;", hexadecimal[] = "xX";
  const char *line_start = text, *end = text + length;
  int line = 1;
  *count = 0;
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
      double value = strtod(p, &stop);
      if (stop != p + word || !isfinite(value) || strcspn(p, hexadecimal) < word)
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
  /* A number in text takes a digit and a separator, but for the last one. */
  double *x = qy_arena_alloc(arena, is_raw(file) ? length / 4 + 1 : length / 2 + 1, sizeof *x);
  if (!x) {
    status = qy_fail(err, QY_NO_MEMORY, "%s: out of memory for the numbers of %zu bytes", file, length);
    goto out;
  }
  *weights = x;
  status = is_raw(file) ? read_raw(x, count, bytes, length, file, err) : read_text(x, count, bytes, length, file, err);
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
  if (status == QY_OK) status = qy_signal_from_array(signal, x, count, arena, err);
  qy_arena_free(scratch);
  return status;
}
