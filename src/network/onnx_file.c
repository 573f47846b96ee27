/* Bytes of an ONNX file to messages.
 *
 * protobuf-c follows messages within messages without a limit and copies whatever it is told to, so a walk over the
 * bytes bounds their depth first, and an allocator bounds what may be taken.
 */
#include "onnx_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 100, VARINT_BYTES = 10, VARINT_BITS = 7, TAG_BITS = 3 };

/* A message that is being walked. */
typedef struct walk {
  const uint8_t *at, *end;
  const ProtobufCMessageDescriptor *type;
} walk;

static bool read_varint(walk *w, uint64_t *value)
{
  *value = 0;
  for (int i = 0; i < VARINT_BYTES && w->at < w->end; i++) {
    const uint8_t byte = *w->at++;
    *value |= (uint64_t)(byte & 0x7f) << (i * VARINT_BITS);
    if (byte < 0x80) return true;
  }
  return false;
}

static bool skip(walk *w, uint64_t bytes)
{
  if (bytes > (uint64_t)(w->end - w->at)) return false;
  w->at += bytes;
  return true;
}

/* One field; a message within is returned in *inner. */
static bool walk_field(walk *w, walk *inner)
{
  uint64_t tag, value;
  inner->type = NULL;
  if (!read_varint(w, &tag) || tag >> TAG_BITS > UINT32_MAX >> TAG_BITS) return false;
  switch (tag & ((1 << TAG_BITS) - 1)) {
  case PROTOBUF_C_WIRE_TYPE_VARINT: return read_varint(w, &value);
  case PROTOBUF_C_WIRE_TYPE_64BIT: return skip(w, sizeof(uint64_t));
  case PROTOBUF_C_WIRE_TYPE_32BIT: return skip(w, sizeof(uint32_t));
  case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED: break;
  default: return false;
  }
  if (!read_varint(w, &value)) return false;
  const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(w->type, (unsigned)(tag >> TAG_BITS));
  const uint8_t *from = w->at;
  if (!skip(w, value)) return false;
  if (field && field->type == PROTOBUF_C_TYPE_MESSAGE) *inner = (walk){from, w->at, field->descriptor};
  return true;
}

/* NULL, or what is wrong. */
static const char *walk_all(const void *bytes, size_t length)
{
  walk stack[DEPTH_MAX];
  int depth = 1;
  stack[0] = (walk){bytes, (const uint8_t *)bytes + length, &onnx__model_proto__descriptor};
  while (depth > 0) {
    walk *w = &stack[depth - 1], inner;
    if (w->at == w->end) {
      depth--;
      continue;
    }
    if (!walk_field(w, &inner)) return "expected an ONNX model, found a file that is none or is cut short";
    if (!inner.type) continue;
    if (depth == DEPTH_MAX) return "expected messages nested at most 100 deep, found deeper ones";
    stack[depth++] = inner;
  }
  return NULL;
}

/* ---- memory ---- */

/* What protobuf-c may take: a message of two bytes becomes some hundred. */
typedef struct budget {
  ProtobufCAllocator allocator;
  size_t left;
  bool no_memory; /* there was none, although it is allowed */
} budget;

static void *take(void *data, size_t size)
{
  budget *b = data;
  void *got = size <= b->left ? malloc(size ? size : 1) : NULL;
  if (got) b->left -= size;
  if (!got && size <= b->left) b->no_memory = true;
  return got;
}

static void give(void *data, void *pointer)
{
  (void)data;
  free(pointer);
}

qy_status onnx_unpack(onnx_graph *g, const void *bytes, size_t length, qy_error *err)
{
  static const size_t base = (size_t)1 << 30, factor = 4;
  const char *wrong = length > 0 ? walk_all(bytes, length) : "expected an ONNX model, found an empty file";
  if (wrong) return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "%s", wrong);
  budget *b = qy_arena_alloc(g->arena, 1, sizeof *b);
  if (!b) return qy_no_memory(err);
  *b = (budget){.allocator = {take, give, b}, .left = base + factor * length};
  g->memory = b;
  g->model = onnx__model_proto__unpack(&b->allocator, length, bytes);
  if (!g->model && b->no_memory) return qy_no_memory(err);
  if (!g->model) return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "expected an ONNX model, found other contents");
  return QY_OK;
}

void onnx_unpack_free(onnx_graph *g)
{
  budget *b = g->memory;
  if (g->model && b) onnx__model_proto__free_unpacked(g->model, &b->allocator);
  g->model = NULL;
}

/* ---- the file ---- */

qy_status onnx_map(void **bytes, size_t *length, const char *file, qy_error *err)
{
  static const int64_t most = INT32_MAX; /* protobuf's own limit */
  struct stat is;
  *bytes = NULL;
  *length = 0;
  const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const char *why = errno == ENOENT ? "no such file" : strerror(errno);
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a readable file: %s", why);
  }
  qy_status status = QY_OK;
  if (fstat(fd, &is) != 0)
    status = qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot read the file's size: %s", strerror(errno));
  else if (!S_ISREG(is.st_mode))
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a file, found a directory or a device");
  else if (is.st_size == 0)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected contents, found an empty file");
  else if (is.st_size > most)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected at most 2 GiB, found more");
  if (!status) {
    *length = (size_t)is.st_size;
    *bytes = mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (*bytes == MAP_FAILED) {
      *bytes = NULL;
      status = qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot be mapped: %s", strerror(errno));
    }
  }
  close(fd);
  return status;
}
