/* NumPy's .npy, and what to say of other formats.
 *
 * An .npy file is "\x93NUMPY", version (2 bytes), length of the header (2 bytes, from version 2 on 4, little-endian),
 * the header: a Python dictionary with 'descr' ('<f4'), 'fortran_order' (False) and 'shape' ((3, 4)); then the values.
 * numpy/lib/format.py describes it.
 */
#include "weights_int.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "\x93NUMPY";
enum { MAGIC = sizeof magic - 1, SHOWN = 40, HEADER_MAX = 65536 };
static const char advice[] =
    "in Python: numpy.ascontiguousarray(numpy.load('X.npy'), '<f4').tofile('X.f32') makes a file that can be read";

bool weights_is_npy(const char *bytes, size_t length)
{
  return length >= MAGIC && memcmp(bytes, magic, MAGIC) == 0;
}

static qy_status bad(const char *file, qy_error *err, const char *what)
{
  return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected an .npy file, found %s", what);
}

/* The value behind a key of the header, or NULL. */
static const char *value_of(const char *header, const char *key)
{
  const char *at = strstr(header, key);
  if (!at) return NULL;
  at += strlen(key);
  at += strspn(at, "'\" ");
  if (*at != ':') return NULL;
  return at + 1 + strspn(at + 1, " ");
}

/* Type of the values: kind ('f', 'i', 'u', 'b'), bytes, whether the first byte is the highest. */
typedef struct value_type {
  char kind;
  size_t bytes;
  bool big;
} value_type;

static bool read_type(value_type *t, const char *at)
{
  enum { SHORTEST = 5 }; /* '<f4' with its quotes; the header may end within it */
  if (!at || strnlen(at, SHORTEST) < SHORTEST || (*at != '\'' && *at != '"') || !strchr("<>|=", at[1])) return false;
  t->big = at[1] == '>';
  t->kind = at[2];
  if (at[4] != '\'' && at[4] != '"') return false;
  t->bytes = (size_t)(at[3] - '0'); /* of a sign that is no digit: no width of those below */
  switch (t->kind) {
  case 'f': return t->bytes == 2 || t->bytes == 4 || t->bytes == 8;
  case 'i':
  case 'u': return t->bytes == 1 || t->bytes == 2 || t->bytes == 4 || t->bytes == 8;
  case 'b': return t->bytes == 1;
  default: return false;
  }
}

/* (3, 4): values in all, and dimensions. */
static bool read_shape(size_t *count, int *dimensions, const char *at)
{
  *count = 1;
  *dimensions = 0;
  if (!at || *at != '(') return false;
  for (at++; *at != ')'; ++*dimensions) {
    char *end;
    const unsigned long long size = strtoull(at, &end, 10);
    if (end == at || __builtin_mul_overflow(*count, (size_t)size, count)) return false;
    at = end + strspn(end, ", L");
  }
  return true;
}

/* IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
static double half_value(uint64_t word)
{
  enum { FRACTION = 1024, BIAS = 25, LARGEST = 31 };
  const int exponent = (int)(word >> 10 & LARGEST), fraction = (int)(word & (FRACTION - 1));
  double value = exponent == 0         ? ldexp(fraction, 1 - BIAS)
                 : exponent == LARGEST ? (fraction ? NAN : INFINITY)
                                       : ldexp(FRACTION + fraction, exponent - BIAS);
  return word >> 15 ? -value : value;
}

static double value_at(const unsigned char *byte, const value_type *t)
{
  uint64_t word = 0;
  for (size_t i = 0; i < t->bytes; i++)
    word |= (uint64_t)byte[t->big ? t->bytes - 1 - i : i] << (8 * i);
  if (t->kind == 'f' && t->bytes == 2) return half_value(word);
  if (t->kind == 'f' && t->bytes == 4) {
    const uint32_t bits = (uint32_t)word;
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
  }
  if (t->kind == 'f') {
    double value;
    memcpy(&value, &word, sizeof value);
    return value;
  }
  if (t->kind != 'i') return (double)word;
  const unsigned shift = (unsigned)(64 - 8 * t->bytes);
  return (double)((int64_t)(word << shift) >> shift);
}

static qy_status read_values(double *x, size_t count, const char *data, const value_type *t, const char *file,
                             qy_error *err)
{
  for (size_t i = 0; i < count; i++) {
    x[i] = value_at((const unsigned char *)data + i * t->bytes, t);
    if (!isfinite(x[i]))
      return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected finite values, found %g at index %zu", x[i], i);
  }
  return QY_OK;
}

/* Where the header stands; its length is before it. */
static bool find_header(size_t *from, size_t *size, const char *bytes, size_t length)
{
  enum { VERSION = MAGIC, LENGTH = MAGIC + 2 };
  const unsigned char *b = (const unsigned char *)bytes;
  const size_t digits = length > VERSION && b[VERSION] == 1 ? 2 : 4;
  if (length < LENGTH + digits) return false;
  *size = 0;
  for (size_t i = 0; i < digits; i++)
    *size |= (size_t)b[LENGTH + i] << (8 * i);
  *from = LENGTH + digits;
  return *size <= HEADER_MAX && *size <= length - *from;
}

qy_status weights_read_npy(double *x, size_t *count, const char *bytes, size_t length, const char *file, qy_error *err)
{
  size_t from, size;
  value_type type;
  int dimensions;
  *count = 0;
  if (!find_header(&from, &size, bytes, length)) return bad(file, err, "one that ends in its header");
  char *header = strndup(bytes + from, size);
  if (!header) return qy_no_memory(err);
  const char *descr = value_of(header, "descr"), *order = value_of(header, "fortran_order");
  const char *data = bytes + from + size;
  qy_status status = QY_OK;
  if (!read_type(&type, descr))
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected an .npy file of integers or floats, found %.*s; %s",
                        SHOWN, descr ? descr : "no type", advice);
  else if (!order || !read_shape(count, &dimensions, value_of(header, "shape")))
    status = bad(file, err, "one without order and shape");
  else if (strncmp(order, "True", 4) == 0 && dimensions > 1)
    status =
        qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected an .npy file in C order, found Fortran order; %s", advice);
  else if (*count > (size_t)(bytes + length - data) / type.bytes)
    status = bad(file, err, "one that holds fewer values than its shape says");
  else
    status = read_values(x, *count, data, &type, file, err);
  free(header);
  return status;
}

qy_status weights_known_format(const char *bytes, size_t length, const char *file, qy_error *err)
{
  static const struct {
    const char *magic;
    size_t length;
    const char *what, *how;
  } format[] = {
      {"PK\x03\x04", 4, "a zip archive (.npz, .pt, .xlsx)",
       "in Python: numpy.save('X.npy', numpy.load('X.npz')['NAME']), or torch.load(...)['NAME'].numpy()"},
      {"\x89HDF", 4, "HDF5 (.h5)", "in Python: numpy.save('X.npy', h5py.File('X.h5')['NAME'][:])"},
      {"\x80\x02", 2, "a Python pickle (.pt, .pkl)", "in Python: numpy.save('X.npy', ARRAY)"},
      {"\x80\x03", 2, "a Python pickle (.pt, .pkl)", "in Python: numpy.save('X.npy', ARRAY)"},
      {"\x80\x04", 2, "a Python pickle (.pt, .pkl)", "in Python: numpy.save('X.npy', ARRAY)"},
      {"\x80\x05", 2, "a Python pickle (.pt, .pkl)", "in Python: numpy.save('X.npy', ARRAY)"},
      {"\x1f\x8b", 2, "a compressed file (.gz)", "gunzip it first"},
      {"\xff\xfe", 2, "UTF-16 text", "iconv -f utf-16 -t utf-8 makes it readable"},
      {"\xfe\xff", 2, "UTF-16 text", "iconv -f utf-16 -t utf-8 makes it readable"},
  };
  for (size_t i = 0; i < sizeof format / sizeof *format; i++)
    if (length >= format[i].length && memcmp(bytes, format[i].magic, format[i].length) == 0)
      return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                        "expected numbers as text, as raw float32 (.f32) or as .npy, found %s; %s", format[i].what,
                        format[i].how);
  return QY_OK;
}
