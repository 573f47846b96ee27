/* Bytes that are an ONNX model, or are none: fields of every wire type, depth, and where a file ends (protobuf.dev,
 * Encoding). */
#include "quarry/network.h"
#include "quarry/onnx.h"

#include "files.h"
#include "onnx_text.h"
#include "tap.h"

#include <sys/stat.h>

static qy_arena *arena;

static const char cut[] = "expected an ONNX model, found a file that is none or is cut short";
static const char deep[] = "expected messages nested at most 100 deep, found deeper ones";

/* NULL: it is a model. */
static const char *said(const void *bytes, size_t length)
{
  static const qy_onnx_options options = {.batch = 1};
  static char text[QY_DIAGNOSTIC_TEXT];
  qy_error err = {0};
  qy_onnx *onnx = NULL;
  uint8_t *exact = malloc(length ? length : 1);
  if (length) memcpy(exact, bytes, length);
  const qy_status status = qy_onnx_bytes(&onnx, "made.onnx", exact, length, &options, &err);
  free(exact);
  qy_onnx_free(onnx);
  const qy_diagnostic *d = &err.diagnostic[0];
  snprintf(text, sizeof text, "%s", err.count == 0 ? "" : d->line || d->column ? "of a place in the file" : d->text);
  return status == QY_OK ? NULL : text;
}

static void expect(const void *bytes, size_t length, const char *expected, const char *what)
{
  const char *got = said(bytes, length);
  if (!ok(expected ? got && strcmp(got, expected) == 0 : !got, "%s", what)) printf("# %s\n", got ? got : "a model");
}

/* Behind a model: further fields of numbers that onnx.proto does not have are passed over, whole ones alone. */
static void test_fields(void)
{
  static const struct {
    const char *what, *bytes;
    size_t length;
    bool good;
  } field[] = {
      {"a number", "\xA0\x06\x05", 3, true},
      {"a number of ten bytes", "\xA0\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, true},
      {"of eleven", "\xA0\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13, false},
      {"without its end", "\xA0\x06\x85", 3, false},
      {"without itself", "\xA0\x06", 2, false},
      {"eight bytes", "\xA1\x06\x01\x02\x03\x04\x05\x06\x07\x08", 10, true},
      {"seven", "\xA1\x06\x01\x02\x03\x04\x05\x06\x07", 9, false},
      {"four bytes", "\xA5\x06\x01\x02\x03\x04", 6, true},
      {"three", "\xA5\x06\x01\x02\x03", 5, false},
      {"a text",
       "\xA2\x06\x03"
       "abc",
       6, true},
      {"one of nothing", "\xA2\x06\x00", 3, true},
      {"cut short",
       "\xA2\x06\x03"
       "ab",
       5, false},
      {"a group", "\xA3\x06", 2, false},
      {"its end", "\xA4\x06", 2, false},
      {"a type that there is not", "\xA6\x06", 2, false},
      {"a number beyond all fields", "\xf8\xff\xff\xff\x7f\x01", 6, false},
      {"the last one", "\xf8\xff\xff\xff\x0f\x01", 6, true},
  };
  size_t length;
  const uint8_t *model = onnx_text_bytes(&length, "in x 1,6\nw f32 6,2 = 1\na = Gemm x w", arena);
  for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
    uint8_t *bytes = onnx_text_room(&(onnx_text){.arena = arena}, length + field[i].length, 1);
    memcpy(bytes, model, length);
    memcpy(bytes + length, field[i].bytes, field[i].length);
    expect(bytes, length + field[i].length, field[i].good ? NULL : cut, field[i].what);
  }
  expect(model, length, NULL, "the model");
  enum { SETS = 4 }; /* behind the graph: a field of the operator sets */
  size_t wrong = 0;
  for (size_t n = 1; n < length; n++)
    wrong += (said(model, n) != NULL) != (n != length - SETS);
  ok(wrong == 0, "no part of it is one but that with all of its graph: %zu others", wrong);
  expect(model, 0, "expected an ONNX model, found an empty file", "nothing");
}

/* Model, graph, node, attribute, and then a graph (6), node (1) and attribute (5) in one another. */
static void test_depth(void)
{
  enum { MOST = 100, ROOM = 8 * (MOST + 2) };
  static const uint8_t inner[] = {0x32, 0x0a, 0x2a}; /* fields 6, 1, 5 of length */
  for (int depth = MOST - 1; depth <= MOST + 1; depth++) {
    uint8_t bytes[ROOM] = {0};
    size_t at = sizeof bytes;
    for (int level = depth - 1; level >= 1; level--) { /* from the innermost: of nothing */
      const size_t length = sizeof bytes - at;
      if (length >= 0x80) bytes[--at] = (uint8_t)(length >> 7);
      bytes[--at] = length >= 0x80 ? (uint8_t)(length | 0x80) : (uint8_t)length;
      bytes[--at] = level == 1 ? 0x3a : level == 2 ? 0x0a : level == 3 ? 0x2a : inner[(level - 4) % 3];
    }
    const char *got = said(bytes + at, sizeof bytes - at);
    ok((got && strcmp(got, deep) == 0) == (depth > MOST), "%d messages in one another: %s", depth, got ? got : "");
  }
}

static void test_files(void)
{
  char empty[64], words[64];
  snprintf(empty, sizeof empty, "/tmp/quarry_bytes_empty_%d.onnx", (int)getpid());
  snprintf(words, sizeof words, "/tmp/quarry_bytes_text_%d.onnx", (int)getpid());
  static const qy_onnx_options options = {.batch = 1};
  const struct {
    const char *name, *text, *expected;
  } file[] = {{"/nowhere/none.onnx", NULL, "expected a readable file: no such file"},
              {"/tmp", NULL, "expected a file, found a directory or a device"},
              {"/dev/null", NULL, "expected a file, found a directory or a device"},
              {empty, "", "expected contents, found an empty file"},
              {words, "no model", cut}};
  for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
    qy_error err = {0};
    qy_onnx *onnx = NULL;
    if (file[i].text) write_file(file[i].name, file[i].text);
    ok(qy_onnx_read(&onnx, file[i].name, &options, &err) == QY_BAD_INPUT && !onnx && err.count == 1 &&
           !err.diagnostic[0].line && !err.diagnostic[0].column,
       "refused");
    is_text(err.count ? err.diagnostic[0].text : "", file[i].expected, "and why");
    is_text(err.count ? err.diagnostic[0].file : "", file[i].name, "with its name");
    if (file[i].text) unlink(file[i].name);
  }
  char path[] = "/tmp/quarry_bytes_XXXXXX.onnx";
  size_t length;
  qy_error err = {0};
  qy_onnx *onnx = NULL;
  const uint8_t *model = onnx_text_bytes(&length, "in x 1,6\nw f32 6,2 = 1\na = Gemm x w", arena);
  write_new_file(path, 5, "");
  write_bytes(path, model, length);
  ok(qy_onnx_read(&onnx, path, &options, &err) == QY_OK && qy_onnx_layer_count(onnx) == 1, "a file that is one");
  qy_onnx_free(onnx);
  unlink(path);
}

/* Number and length of a field whose contents start at `at`; its own start. */
static uint8_t *put_head(uint8_t *at, int field, size_t length)
{
  enum { SEVEN = 7, MORE = 1 << SEVEN, OF_BYTES = 2 };
  uint8_t number[8];
  size_t digits = 0;
  for (size_t rest = length; digits == 0 || rest > 0; rest >>= SEVEN)
    number[digits++] = (uint8_t)(rest % MORE | (rest >= MORE ? MORE : 0));
  memcpy(at -= digits, number, digits);
  *--at = (uint8_t)(field << 3 | OF_BYTES);
  return at;
}

static uint8_t *put_text(uint8_t *at, int field, const char *text)
{
  const size_t length = strlen(text);
  memcpy(at -= length, text, length);
  return put_head(at, field, length);
}

/* A model with a second part of its graph: further products of the same operands, up to as many layers. */
static void test_layers(void)
{
  enum { NODE = 32, GRAPH = 7, NODES = 1, INPUT = 1, OUTPUT = 2, OP_TYPE = 4 };
  size_t length;
  const uint8_t *model = onnx_text_bytes(&length, "in x 1,6\nw f32 6,2 = 1\na = Gemm x w", arena);
  for (size_t more = QY_NETWORK_LAYERS_MAX - 1; more <= QY_NETWORK_LAYERS_MAX; more++) {
    const size_t room = length + NODE * (more + 1);
    uint8_t *bytes = qy_alloc(room, 1), *end = bytes + room, *at = end;
    assert(bytes);
    for (size_t i = 0; i < more; i++) {
      char name[NODE];
      uint8_t *behind = at;
      snprintf(name, sizeof name, "b%zu", i);
      at = put_text(put_text(put_text(put_text(at, OP_TYPE, "Gemm"), OUTPUT, name), INPUT, "w"), INPUT, "x");
      at = put_head(at, NODES, (size_t)(behind - at));
    }
    at = put_head(at, GRAPH, (size_t)(end - at));
    memcpy(at -= length, model, length);
    expect(at, (size_t)(end - at), more < QY_NETWORK_LAYERS_MAX ? NULL : "expected at most 10000 layers, found more",
           "as many layers as there may be, and one more");
    free(bytes);
  }
}

int main(void)
{
  arena = qy_arena_new();
  test_fields();
  test_depth();
  test_layers();
  test_files();
  qy_arena_free(arena);
  return done();
}
