/* ONNX models from a few lines of text:
 *
 *   in x 1,3,8,8           an input; "?" and names are symbolic sizes
 *   in x u8 1,3,8,8        of another type than f32
 *   w f32 4,3,1,1 = 1 2 3  a constant in the file, its values repeated as often as it takes; "none": without contents;
 *                          "raw 1 2 3": as bytes; "bytes 1 2 3": these; "few 1 2": no more than these;
 *                          "file w.bin 4 24": in that file, from that byte on, so many of them ("-": not said)
 *   y z = Split x : axis=1 split=[3,4] mode='abc' alpha=~0.5 scales=~[1,2] name=:abc   a node, "_": an input left out
 *   y = Constant : value=@w   a constant of a line before as an attribute
 *   info y 1,3,8,8         a declared shape
 *   sparse w 4,3           a sparse constant in the file, without contents
 *   out y z:1,4            outputs, with declared sizes or not; without: those of the last node
 */
#ifndef QUARRY_TESTS_ONNX_TEXT_H
#define QUARRY_TESTS_ONNX_TEXT_H

#include "quarry/alloc.h"
#include "quarry/onnx.h"

#include <assert.h>
#include <math.h>
#include <onnx.pb-c.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ONNX_TEXT_ITEMS = 64, ONNX_TEXT_LIST = 64 };

typedef struct onnx_text {
  qy_arena *arena;
  Onnx__ModelProto model;
  Onnx__OperatorSetIdProto set, *sets[1];
  Onnx__GraphProto graph;
  Onnx__NodeProto *node[ONNX_TEXT_ITEMS];
  Onnx__TensorProto *held[ONNX_TEXT_ITEMS];
  Onnx__SparseTensorProto *sparse[ONNX_TEXT_ITEMS];
  Onnx__ValueInfoProto *input[ONNX_TEXT_ITEMS], *output[ONNX_TEXT_ITEMS], *info[ONNX_TEXT_ITEMS];
} onnx_text;

static inline void *onnx_text_room(onnx_text *t, size_t count, size_t size)
{
  void *room = qy_arena_alloc(t->arena, count, size);
  assert(room);
  return room;
}

/* Words of a line, of spaces; [] and '' stay together as they hold none. */
static inline size_t onnx_text_words(char **word, char *line)
{
  size_t count = 0;
  char *rest = NULL;
  for (char *w = strtok_r(line, " ", &rest); w && count < ONNX_TEXT_LIST; w = strtok_r(NULL, " ", &rest))
    word[count++] = w;
  return count;
}

static inline int onnx_text_type(const char *name)
{
  static const struct {
    const char *name;
    int type;
  } types[] = {{"f32", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT},   {"f64", ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE},
               {"f16", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16}, {"bf16", ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16},
               {"i8", ONNX__TENSOR_PROTO__DATA_TYPE__INT8},     {"u8", ONNX__TENSOR_PROTO__DATA_TYPE__UINT8},
               {"i16", ONNX__TENSOR_PROTO__DATA_TYPE__INT16},   {"u16", ONNX__TENSOR_PROTO__DATA_TYPE__UINT16},
               {"i32", ONNX__TENSOR_PROTO__DATA_TYPE__INT32},   {"i64", ONNX__TENSOR_PROTO__DATA_TYPE__INT64},
               {"u32", ONNX__TENSOR_PROTO__DATA_TYPE__UINT32},  {"u64", ONNX__TENSOR_PROTO__DATA_TYPE__UINT64},
               {"bool", ONNX__TENSOR_PROTO__DATA_TYPE__BOOL},   {"text", ONNX__TENSOR_PROTO__DATA_TYPE__STRING}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(types[i].name, name) == 0) return types[i].type;
  return 0;
}

/* "1,N,?": sizes; NULL: of rank 0. */
static inline Onnx__ValueInfoProto *onnx_text_value(onnx_text *t, char *name, const char *type, const char *sizes)
{
  Onnx__ValueInfoProto *v = onnx_text_room(t, 1, sizeof *v);
  Onnx__TypeProto *of = onnx_text_room(t, 1, sizeof *of);
  Onnx__TypeProto__Tensor *kind = onnx_text_room(t, 1, sizeof *kind);
  Onnx__TensorShapeProto *shape = onnx_text_room(t, 1, sizeof *shape);
  onnx__value_info_proto__init(v);
  onnx__type_proto__init(of);
  onnx__type_proto__tensor__init(kind);
  onnx__tensor_shape_proto__init(shape);
  v->name = name;
  v->type = of;
  of->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  of->tensor_type = kind;
  kind->has_elem_type = 1;
  kind->elem_type = onnx_text_type(type);
  kind->shape = shape;
  shape->dim = onnx_text_room(t, ONNX_TEXT_LIST, sizeof *shape->dim);
  for (const char *p = sizes; p && *p; p += *p == ',') {
    Onnx__TensorShapeProto__Dimension *d = shape->dim[shape->n_dim++] = onnx_text_room(t, 1, sizeof *d);
    const size_t length = strcspn(p, ",");
    onnx__tensor_shape_proto__dimension__init(d);
    const bool number = (*p >= '0' && *p <= '9') || *p == '-';
    if (number)
      d->dim_value = strtoll(p, NULL, 10);
    else if (*p != '?')
      d->dim_param = qy_arena_text(t->arena, p, length);
    d->value_case = number      ? ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
                    : *p != '?' ? ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
                                : ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE__NOT_SET;
    p += length;
  }
  return v;
}

/* Into the field of its type; halves as their bits. */
static inline void onnx_text_fill(onnx_text *t, Onnx__TensorProto *to, char **word, size_t words, size_t count)
{
  to->float_data = onnx_text_room(t, count, sizeof *to->float_data);
  to->double_data = onnx_text_room(t, count, sizeof *to->double_data);
  to->int32_data = onnx_text_room(t, count, sizeof *to->int32_data);
  to->int64_data = onnx_text_room(t, count, sizeof *to->int64_data);
  to->uint64_data = onnx_text_room(t, count, sizeof *to->uint64_data);
  for (size_t i = 0; i < count; i++) {
    const double x = strtod(word[i % words], NULL);
    switch (to->data_type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT: to->float_data[to->n_float_data++] = (float)x; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE: to->double_data[to->n_double_data++] = x; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT64: to->int64_data[to->n_int64_data++] = (int64_t)x; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT32:
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT64: to->uint64_data[to->n_uint64_data++] = (uint64_t)x; break;
    default: to->int32_data[to->n_int32_data++] = (int32_t)x;
    }
  }
}

static inline void onnx_text_raw(onnx_text *t, Onnx__TensorProto *to, char **word, size_t words, size_t count)
{
  uint8_t *at = to->raw_data.data = onnx_text_room(t, 8 * count + 1, 1);
  for (size_t i = 0; i < count; i++) {
    const double x = strtod(word[i % words], NULL);
    const float single = (float)x;
    const uint64_t whole = x < 0 ? (uint64_t)(int64_t)x : (uint64_t)x;
    size_t width = 8;
    switch (to->data_type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT: memcpy(at, &single, width = 4); break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE: memcpy(at, &x, width); break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT32:
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT32: memcpy(at, &whole, width = 4); break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT64: memcpy(at, &whole, width); break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT8:
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT8:
    case ONNX__TENSOR_PROTO__DATA_TYPE__BOOL: memcpy(at, &whole, width = 1); break;
    default: memcpy(at, &whole, width = 2);
    }
    at += width;
  }
  to->has_raw_data = 1;
  to->raw_data.len = (size_t)(at - to->raw_data.data);
}

static inline void onnx_text_bytes_of(onnx_text *t, Onnx__TensorProto *to, char **word, size_t words)
{
  to->has_raw_data = 1;
  to->raw_data = (ProtobufCBinaryData){words, onnx_text_room(t, words + 1, 1)};
  for (size_t i = 0; i < words; i++)
    to->raw_data.data[i] = (uint8_t)strtol(word[i], NULL, 0);
}

static inline void onnx_text_external(onnx_text *t, Onnx__TensorProto *to, char **word, size_t words)
{
  static const char *const keys[] = {"location", "offset", "length"};
  to->has_data_location = 1;
  to->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
  to->external_data = onnx_text_room(t, 3, sizeof *to->external_data);
  for (size_t i = 0; i < words && i < 3; i++) {
    if (strcmp(word[i], "-") == 0) continue;
    Onnx__StringStringEntryProto *e = to->external_data[to->n_external_data++] = onnx_text_room(t, 1, sizeof *e);
    onnx__string_string_entry_proto__init(e);
    e->key = qy_arena_text(t->arena, keys[i], strlen(keys[i]));
    e->value = word[i];
  }
}

/* NAME TYPE SIZES [= VALUES] */
static inline void onnx_text_held(onnx_text *t, char **word, size_t words)
{
  Onnx__TensorProto *to = t->held[t->graph.n_initializer++] = onnx_text_room(t, 1, sizeof *to);
  const size_t values = strcmp(word[2], "=") == 0 ? 3 : 4;
  size_t count = 1;
  onnx__tensor_proto__init(to);
  to->name = word[0];
  to->has_data_type = 1;
  to->data_type = onnx_text_type(word[1]);
  to->dims = onnx_text_room(t, ONNX_TEXT_LIST, sizeof *to->dims);
  for (char *p = values == 4 ? word[2] : NULL; p && *p; p += *p == ',') {
    to->dims[to->n_dims++] = strtoll(p, &p, 10);
    count *= (size_t)to->dims[to->n_dims - 1];
  }
  if (words <= values || strcmp(word[values], "none") == 0) return;
  char **rest = word + values + 1;
  const size_t more = words - values - 1;
  if (strcmp(word[values], "raw") == 0)
    onnx_text_raw(t, to, rest, more, count);
  else if (strcmp(word[values], "bytes") == 0)
    onnx_text_bytes_of(t, to, rest, more);
  else if (strcmp(word[values], "few") == 0)
    onnx_text_fill(t, to, rest, more, more);
  else if (strcmp(word[values], "file") == 0)
    onnx_text_external(t, to, rest, more);
  else
    onnx_text_fill(t, to, word + values, words - values, count);
}

/* KEY=VALUE */
static inline Onnx__AttributeProto *onnx_text_attribute(onnx_text *t, char *word)
{
  Onnx__AttributeProto *a = onnx_text_room(t, 1, sizeof *a);
  char *p = strchr(word, '=');
  onnx__attribute_proto__init(a);
  assert(p);
  *p++ = '\0';
  a->name = word;
  a->has_type = 1;
  if (*p == '@') { /* a constant becomes the attribute's */
    for (size_t i = 0; i < t->graph.n_initializer && !a->t; i++)
      if (strcmp(t->held[i]->name, p + 1) == 0) {
        a->t = t->held[i];
        t->held[i] = t->held[--t->graph.n_initializer];
      }
    assert(a->t);
    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
    return a;
  }
  const bool real = *p == '~';
  p += real;
  if (*p == '\'') {
    a->has_s = 1;
    a->s = (ProtobufCBinaryData){strlen(p) - 2, (uint8_t *)p + 1};
    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
    return a;
  }
  const bool list = *p == '[';
  a->ints = onnx_text_room(t, ONNX_TEXT_LIST, sizeof *a->ints);
  a->floats = onnx_text_room(t, ONNX_TEXT_LIST, sizeof *a->floats);
  size_t count = 0;
  for (p += list; *p && *p != ']'; p += *p == ',') {
    const double x = strtod(p, &p);
    a->ints[count] = (int64_t)x;
    a->floats[count++] = (float)x;
  }
  if (list) *(real ? &a->n_floats : &a->n_ints) = count;
  if (!list && real) a->has_f = 1, a->f = a->floats[0];
  if (!list && !real) a->has_i = 1, a->i = a->ints[0];
  a->type = list && real ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS
            : list       ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS
            : real       ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
                         : ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
  return a;
}

/* OUTPUTS = OP INPUTS [: ATTRIBUTES] */
static inline void onnx_text_node(onnx_text *t, char **word, size_t words, size_t equals)
{
  static char empty[] = "";
  Onnx__NodeProto *n = t->node[t->graph.n_node++] = onnx_text_room(t, 1, sizeof *n);
  onnx__node_proto__init(n);
  n->output = onnx_text_room(t, words, sizeof *n->output);
  n->input = onnx_text_room(t, words, sizeof *n->input);
  n->attribute = onnx_text_room(t, words, sizeof *n->attribute);
  for (size_t i = 0; i < equals; i++)
    n->output[n->n_output++] = strcmp(word[i], "_") == 0 ? empty : word[i];
  n->op_type = word[equals + 1];
  char *dot = strchr(n->op_type, '/'); /* DOMAIN/OP */
  if (dot) {
    *dot = '\0';
    n->domain = n->op_type;
    n->op_type = dot + 1;
  }
  size_t i = equals + 2;
  for (; i < words && strcmp(word[i], ":") != 0; i++)
    n->input[n->n_input++] = strcmp(word[i], "_") == 0 ? empty : word[i];
  for (i++; i < words; i++)
    if (strncmp(word[i], "name=:", 6) == 0)
      n->name = word[i] + 6;
    else
      n->attribute[n->n_attribute++] = onnx_text_attribute(t, word[i]);
}

static inline void onnx_text_line(onnx_text *t, char *line)
{
  char **word = onnx_text_room(t, ONNX_TEXT_LIST, sizeof *word);
  const size_t words = onnx_text_words(word, line);
  static char f32[] = "f32";
  if (words == 0) return;
  const bool in = strcmp(word[0], "in") == 0, info = strcmp(word[0], "info") == 0;
  if (in || info) {
    const bool typed = words > 2 && onnx_text_type(word[2]);
    Onnx__ValueInfoProto *v =
        onnx_text_value(t, word[1], typed ? word[2] : f32, words > 2 + (size_t)typed ? word[2 + typed] : NULL);
    if (in)
      t->input[t->graph.n_input++] = v;
    else
      t->info[t->graph.n_value_info++] = v;
    return;
  }
  if (strcmp(word[0], "sparse") == 0) {
    Onnx__SparseTensorProto *s = t->sparse[t->graph.n_sparse_initializer++] = onnx_text_room(t, 1, sizeof *s);
    Onnx__TensorProto *of = onnx_text_room(t, 1, sizeof *of);
    onnx__sparse_tensor_proto__init(s);
    onnx__tensor_proto__init(of);
    of->name = word[1];
    of->has_data_type = 1;
    of->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    s->values = of;
    s->dims = onnx_text_room(t, ONNX_TEXT_LIST, sizeof *s->dims);
    for (char *p = word[2]; p && *p; p += *p == ',')
      s->dims[s->n_dims++] = strtoll(p, &p, 10);
    return;
  }
  if (strcmp(word[0], "out") == 0) {
    for (size_t i = 1; i < words; i++) {
      Onnx__ValueInfoProto *v = NULL;
      char *sizes = strchr(word[i], ':');
      if (sizes) {
        *sizes = '\0';
        v = onnx_text_value(t, word[i], f32, sizes + 1);
      } else {
        v = onnx_text_room(t, 1, sizeof *v);
        onnx__value_info_proto__init(v);
        v->name = word[i];
      }
      t->output[t->graph.n_output++] = v;
    }
    return;
  }
  if (words > 2 && onnx_text_type(word[1]) && (strcmp(word[2], "=") == 0 || words == 3 || strcmp(word[3], "=") == 0)) {
    onnx_text_held(t, word, words);
    return;
  }
  size_t equals = 0;
  while (equals < words && strcmp(word[equals], "=") != 0)
    equals++;
  assert(equals + 1 < words);
  onnx_text_node(t, word, words, equals);
}

/* The model's bytes, in the arena. */
static inline uint8_t *onnx_text_bytes(size_t *length, const char *text, qy_arena *arena)
{
  onnx_text *t = qy_arena_alloc(arena, 1, sizeof *t);
  char *copy = qy_arena_text(arena, text, strlen(text)), *rest = NULL;
  static char name[] = "g";
  assert(t && copy);
  t->arena = arena;
  onnx__model_proto__init(&t->model);
  onnx__graph_proto__init(&t->graph);
  onnx__operator_set_id_proto__init(&t->set);
  t->sets[0] = &t->set;
  t->set.has_version = 1;
  t->set.version = 18;
  t->model.n_opset_import = 1;
  t->model.opset_import = t->sets;
  t->model.has_ir_version = 1;
  t->model.ir_version = 8;
  t->model.graph = &t->graph;
  t->graph.name = name;
  t->graph.node = t->node;
  t->graph.input = t->input;
  t->graph.output = t->output;
  t->graph.value_info = t->info;
  t->graph.initializer = t->held;
  t->graph.sparse_initializer = t->sparse;
  for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
    onnx_text_line(t, line);
  if (t->graph.n_output == 0 && t->graph.n_node > 0) {
    const Onnx__NodeProto *last = t->node[t->graph.n_node - 1];
    for (size_t i = 0; i < last->n_output; i++) {
      Onnx__ValueInfoProto *v = t->output[t->graph.n_output++] = onnx_text_room(t, 1, sizeof *v);
      onnx__value_info_proto__init(v);
      v->name = last->output[i];
    }
  }
  *length = onnx__model_proto__get_packed_size(&t->model);
  uint8_t *bytes = onnx_text_room(t, *length, 1);
  onnx__model_proto__pack(&t->model, bytes);
  return bytes;
}

/* What is said of a model: one reason, of the file `name` as a whole. */
static inline const char *onnx_text_said(const qy_error *err, const char *name)
{
  const qy_diagnostic *d = &err->diagnostic[0];
  return err->count == 0                                                                  ? "nothing"
         : err->count > 1                                                                 ? "more than one reason"
         : d->line || d->column || strcmp(d->file + strlen(d->file) - strlen(name), name) ? "of another place"
                                                                                          : d->text;
}

/* The model of a file that need not be there, or NULL with err set. */
static inline qy_onnx *onnx_text_read(const char *file, const char *text, const qy_onnx_options *options,
                                      qy_arena *arena, qy_error *err)
{
  size_t length;
  qy_onnx *onnx = NULL;
  const uint8_t *bytes = onnx_text_bytes(&length, text, arena);
  return qy_onnx_bytes(&onnx, file, bytes, length, options, err) ? NULL : onnx;
}

#endif
