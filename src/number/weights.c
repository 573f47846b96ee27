/* Weights from a file: raw little-endian float32, or text and CSV. */
#include "quarry/sqnr.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct numbers {
  double *x;
  size_t count, capacity;
} numbers;

static qy_status append(numbers *list, double x, const char *file, qy_error *err)
{
  void *array = list->x;
  if (list->count == list->capacity && qy_grow(&array, &list->capacity, list->count + 1, sizeof *list->x) != 0)
    return qy_fail(err, QY_NO_MEMORY, "%s: out of memory for %zu numbers", file, list->count + 1);
  list->x = array;
  list->x[list->count++] = x;
  return QY_OK;
}

static bool is_raw(const char *file)
{
  static const char *const endings[] = {".f32", ".bin", ".raw"};
  size_t length = strlen(file);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (length > 4 && strcmp(file + length - 4, endings[i]) == 0) return true;
  return false;
}

static qy_status read_raw(numbers *list, FILE *stream, const char *file, qy_error *err)
{
  unsigned char byte[4];
  size_t got;
  while ((got = fread(byte, 1, sizeof byte, stream)) == sizeof byte) {
    uint32_t word = (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
    float x;
    memcpy(&x, &word, sizeof x);
    if (!isfinite(x))
      return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected finite float32 values, found %g at index %zu",
                        (double)x, list->count);
    qy_status status = append(list, (double)x, file, err);
    if (status != QY_OK) return status;
  }
  if (got != 0)
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                      "expected float32 values of 4 bytes each, found %zu bytes after value %zu", got, list->count);
  return QY_OK;
}

static bool is_separator(char c)
{
  return isspace((unsigned char)c) || c == ',' || c == ';';
}

static qy_status read_line(numbers *list, char *line, size_t length, const char *file, int number, qy_error *err)
{
  char *nul = memchr(line, '\0', length);
  if (nul) return qy_fail_at(err, QY_BAD_INPUT, file, number, (int)(nul - line) + 1, "expected text, found a NUL byte");
  char *comment = strchr(line, '#');
  if (comment) *comment = '\0';
  for (char *p = line; *p;) {
    if (is_separator(*p)) {
      p++;
      continue;
    }
    char *end = p;
    while (*end && !is_separator(*end))
      end++;
    char *stop;
    errno = 0;
    double x = strtod(p, &stop);
    if (stop != end || !isfinite(x) || strpbrk(p, "xX") == p + 1)
      return qy_fail_at(err, QY_BAD_INPUT, file, number, (int)(p - line) + 1,
                        "expected a finite number, found \"%.*s\"", (int)(end - p > 40 ? 40 : end - p), p);
    qy_status status = append(list, x, file, err);
    if (status != QY_OK) return status;
    p = end;
  }
  return QY_OK;
}

static qy_status read_text(numbers *list, FILE *stream, const char *file, qy_error *err)
{
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  qy_status status = QY_OK;
  for (int number = 1; status == QY_OK && (length = getline(&line, &size, stream)) >= 0; number++)
    status = read_line(list, line, (size_t)length, file, number, err);
  free(line);
  return status;
}

qy_status qy_signal_read(qy_signal *signal, const char *file, qy_arena *arena, qy_error *err)
{
  numbers list = {0};
  FILE *stream = fopen(file, "rb");
  if (!stream) return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "cannot be opened: %s", strerror(errno));
  qy_status status = is_raw(file) ? read_raw(&list, stream, file, err) : read_text(&list, stream, file, err);
  if (status == QY_OK && ferror(stream))
    status = qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot be read: %s", strerror(errno));
  if (status == QY_OK && list.count == 0)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected at least one number, found none");
  if (status == QY_OK) status = qy_signal_from_array(signal, list.x, list.count, arena, err);
  fclose(stream);
  free(list.x);
  return status;
}
