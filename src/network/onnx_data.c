/* Contents of tensors: in the typed fields, in raw bytes, or in another file of the model's folder. */
#include "onnx_int.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TYPE(name) ONNX__TENSOR_PROTO__DATA_TYPE__##name

enum { SHOWN = 80 };

static const char *name_of(const tensor_proto *t)
{
  return t->name ? t->name : "";
}

bool onnx_is_external(const tensor_proto *t)
{
  return t->has_data_location && t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
}

bool onnx_has_data(const tensor_proto *t)
{
  return onnx_is_external(t) || (t->has_raw_data && t->raw_data.len > 0) || t->n_float_data || t->n_int32_data ||
         t->n_int64_data || t->n_double_data || t->n_uint64_data;
}

/* ---- numbers ---- */

/* IEEE 754 half precision. */
static float half(uint16_t bits)
{
  enum { FRACTION = 10, BIAS = 15, TOP = 31 };
  const int exponent = bits >> FRACTION & TOP, fraction = bits & ((1 << FRACTION) - 1);
  const float sign = bits >> 15 ? -1.0F : 1.0F;
  if (exponent == TOP) return fraction ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * ldexpf((float)fraction, 1 - BIAS - FRACTION);
  return sign * ldexpf((float)(fraction + (1 << FRACTION)), exponent - BIAS - FRACTION);
}

/* bfloat16: the upper half of a float. */
static float brain(uint16_t bits)
{
  const uint32_t word = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

/* Bytes of an element; 0: no numbers, or not known. */
static size_t width_of(int32_t type)
{
  switch (type) {
  case TYPE(UINT8):
  case TYPE(INT8):
  case TYPE(BOOL): return 1;
  case TYPE(UINT16):
  case TYPE(INT16):
  case TYPE(FLOAT16):
  case TYPE(BFLOAT16): return 2;
  case TYPE(FLOAT):
  case TYPE(INT32):
  case TYPE(UINT32): return 4;
  case TYPE(DOUBLE):
  case TYPE(INT64):
  case TYPE(UINT64): return 8;
  default: return 0;
  }
}

/* An element of raw bytes, which are little-endian as the machines this runs on. */
static double raw_element(int32_t type, const uint8_t *at)
{
  union {
    uint8_t u8;
    int8_t i8;
    uint16_t u16;
    int16_t i16;
    uint32_t u32;
    int32_t i32;
    uint64_t u64;
    int64_t i64;
    float f;
    double d;
  } x = {0};
  memcpy(&x, at, width_of(type));
  switch (type) {
  case TYPE(UINT8):
  case TYPE(BOOL): return x.u8;
  case TYPE(INT8): return x.i8;
  case TYPE(UINT16): return x.u16;
  case TYPE(INT16): return x.i16;
  case TYPE(FLOAT16): return (double)half(x.u16);
  case TYPE(BFLOAT16): return (double)brain(x.u16);
  case TYPE(FLOAT): return (double)x.f;
  case TYPE(INT32): return x.i32;
  case TYPE(UINT32): return x.u32;
  case TYPE(DOUBLE): return x.d;
  case TYPE(INT64): return (double)x.i64;
  default: return (double)x.u64;
  }
}

/* The typed field that holds this type, and how many it has. */
static size_t typed_count(const tensor_proto *t)
{
  switch (t->data_type) {
  case TYPE(FLOAT): return t->n_float_data;
  case TYPE(DOUBLE): return t->n_double_data;
  case TYPE(INT64): return t->n_int64_data;
  case TYPE(UINT32):
  case TYPE(UINT64): return t->n_uint64_data;
  default: return t->n_int32_data;
  }
}

static double typed_element(const tensor_proto *t, size_t i)
{
  switch (t->data_type) {
  case TYPE(FLOAT): return (double)t->float_data[i];
  case TYPE(DOUBLE): return t->double_data[i];
  case TYPE(INT64): return (double)t->int64_data[i];
  case TYPE(UINT32):
  case TYPE(UINT64): return (double)t->uint64_data[i];
  case TYPE(FLOAT16): return (double)half((uint16_t)t->int32_data[i]);
  case TYPE(BFLOAT16): return (double)brain((uint16_t)t->int32_data[i]);
  default: return t->int32_data[i];
  }
}

/* ---- other files ---- */

static const char *external_key(const tensor_proto *t, const char *key)
{
  for (size_t i = 0; i < t->n_external_data; i++)
    if (t->external_data[i]->key && strcmp(t->external_data[i]->key, key) == 0) return t->external_data[i]->value;
  return NULL;
}

/* A count of bytes; not there: `otherwise`. */
static bool external_number(const tensor_proto *t, const char *key, uint64_t otherwise, uint64_t *value)
{
  const char *text = external_key(t, key);
  char *end;
  *value = otherwise;
  if (!text || !*text) return true;
  if (*text < '0' || *text > '9') return false;
  errno = 0;
  *value = strtoull(text, &end, 10);
  return errno == 0 && *end == '\0';
}

static bool inside(const char *folder, const char *path)
{
  const size_t length = strlen(folder);
  return strncmp(folder, path, length) == 0 && (path[length] == '/' || folder[length - 1] == '/');
}

qy_status onnx_external_path(char **path, const onnx_graph *g, const tensor_proto *t, qy_arena *arena, qy_error *err)
{
  const char *location = external_key(t, "location"), *slash = strrchr(g->file, '/');
  *path = NULL;
  if (!location || !*location)
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "weights '%.*s': expected the name of their file, found none",
                      SHOWN, name_of(t));
  char *folder = slash ? qy_arena_text(arena, g->file, (size_t)(slash - g->file) + 1) : qy_arena_text(arena, "./", 2);
  char *joined = folder ? qy_arena_format(arena, "%s%s", folder, location) : NULL;
  if (!joined) return qy_no_memory(err);
  char *whole = realpath(folder, NULL), *found = whole && *location != '/' ? realpath(joined, NULL) : NULL;
  const int reason = errno;
  const bool within = found && inside(whole, found);
  qy_status status = QY_OK;
  if (within) *path = qy_arena_text(arena, found, strlen(found));
  if (*location == '/' || (found && !within))
    status = qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0,
                        "weights '%.*s': expected a file in the model's folder, found '%.*s'", SHOWN, name_of(t), SHOWN,
                        location);
  else if (found ? !*path : reason == ENOMEM)
    status = qy_no_memory(err);
  else if (!found)
    status = qy_fail_at(err, QY_BAD_INPUT, joined, 0, 0, "weights '%.*s' of %s: %s", SHOWN, name_of(t), g->file,
                        reason == ENOENT ? "no such file" : strerror(reason));
  free(whole);
  free(found);
  return status;
}

static qy_status wrong_size(const onnx_graph *g, const tensor_proto *t, const char *where, uint64_t expected,
                            uint64_t found, qy_error *err)
{
  return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "weights '%.*s': expected %llu bytes%s%s, found %llu", SHOWN,
                    name_of(t), (unsigned long long)expected, *where ? " in " : "", where, (unsigned long long)found);
}

/* Contents in another file, mapped: *bytes of them at *at, and the map itself to be undone. */
static qy_status map_external(const uint8_t **at, void **map, size_t *mapped, const onnx_graph *g,
                              const tensor_proto *t, size_t bytes, qy_arena *arena, qy_error *err)
{
  char *path = NULL;
  uint64_t offset, length;
  *map = NULL;
  if (!external_number(t, "offset", 0, &offset) || !external_number(t, "length", bytes, &length))
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "weights '%.*s': expected offset and length in bytes", SHOWN,
                      name_of(t));
  if (length != bytes) return wrong_size(g, t, "", bytes, length, err);
  qy_status status = onnx_external_path(&path, g, t, arena, err);
  if (!status) status = onnx_map(map, mapped, path, err);
  if (status || !path) return status;
  if (offset > *mapped || bytes > *mapped - offset)
    return wrong_size(g, t, path, bytes, offset > *mapped ? 0 : *mapped - offset, err);
  *at = (const uint8_t *)*map + offset;
  return QY_OK;
}

/* ---- all of a tensor ---- */

static qy_status element_count(size_t *count, const onnx_graph *g, const tensor_proto *t, qy_error *err)
{
  const int64_t all = t->n_dims <= ONNX_RANK_MAX ? onnx_product(t->dims, (int)t->n_dims) : ONNX_NO_DIM;
  if (all < 0 || all > INT64_C(1) << 40)
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "tensor '%.*s': expected sizes of 0 or more, found others",
                      SHOWN, name_of(t));
  *count = (size_t)all;
  return QY_OK;
}

/* Where the elements are: raw bytes at *at, or NULL for the typed field. */
static qy_status find_elements(const uint8_t **at, void **map, size_t *mapped, size_t count, const onnx_graph *g,
                               const tensor_proto *t, qy_arena *arena, qy_error *err)
{
  const size_t width = width_of(t->data_type);
  *at = NULL;
  *map = NULL;
  if (width == 0)
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0,
                      "tensor '%.*s': expected numbers of 8 to 64 bits, found element type %d", SHOWN, name_of(t),
                      t->data_type);
  if (onnx_is_external(t)) return map_external(at, map, mapped, g, t, count * width, arena, err);
  if (t->has_raw_data && t->raw_data.len > 0) {
    if (t->raw_data.len != count * width) return wrong_size(g, t, "", count * width, t->raw_data.len, err);
    *at = t->raw_data.data;
    return QY_OK;
  }
  if (typed_count(t) != count)
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "tensor '%.*s': expected %zu elements, found %zu", SHOWN,
                      name_of(t), count, typed_count(t));
  return QY_OK;
}

/* Into floats or doubles, the other NULL. */
static qy_status read_elements(float **single, double **wide, size_t *count, const onnx_graph *g, const tensor_proto *t,
                               qy_arena *arena, qy_error *err)
{
  const uint8_t *at = NULL;
  void *map = NULL;
  size_t mapped = 0;
  qy_status status = element_count(count, g, t, err);
  if (!status) status = find_elements(&at, &map, &mapped, *count, g, t, arena, err);
  if (!status && single && !(*single = qy_arena_alloc(arena, *count, sizeof **single))) status = qy_no_memory(err);
  if (!status && wide && !(*wide = qy_arena_alloc(arena, *count, sizeof **wide))) status = qy_no_memory(err);
  const size_t width = width_of(t->data_type);
  for (size_t i = 0; !status && i < *count; i++) {
    const double x = at ? raw_element(t->data_type, at + i * width) : typed_element(t, i);
    if (single)
      (*single)[i] = (float)x;
    else
      (*wide)[i] = x;
  }
  if (map) munmap(map, mapped);
  return status;
}

qy_status onnx_floats(float **value, size_t *count, const onnx_graph *g, const tensor_proto *t, qy_arena *arena,
                      qy_error *err)
{
  *value = NULL;
  return read_elements(value, NULL, count, g, t, arena, err);
}

qy_status onnx_doubles(double **value, size_t *count, const onnx_graph *g, const tensor_proto *t, qy_arena *arena,
                       qy_error *err)
{
  *value = NULL;
  return read_elements(NULL, value, count, g, t, arena, err);
}

bool onnx_small(onnx_graph *g, onnx_tensor *t)
{
  const uint8_t *at = NULL;
  void *map = NULL;
  size_t count = 0, mapped = 0;
  if (!t->data) return false;
  if (element_count(&count, g, t->data, NULL) || count > ONNX_VALUES_MAX) return false;
  if (find_elements(&at, &map, &mapped, count, g, t->data, g->arena, NULL)) {
    if (map) munmap(map, mapped);
    return false;
  }
  const size_t width = width_of(t->data->data_type);
  double *to = onnx_values(g, t, count);
  for (size_t i = 0; to && i < count; i++)
    to[i] = at ? raw_element(t->data->data_type, at + i * width) : typed_element(t->data, i);
  if (map) munmap(map, mapped);
  return to != NULL;
}
