/* Tensors by name, attributes and inputs of a node, and notes. */
#include "onnx_int.h"
#include "quarry/decimal.h"
#include "quarry/hash.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* A table is set up for as many names as the graph has (onnx.c), so a free slot is always found. */
onnx_tensor *onnx_tensor_named(onnx_graph *g, const char *name)
{
  if (!name || !*name) return NULL;
  size_t at = (size_t)qy_text_hash(name) & (g->slot_count - 1);
  for (; g->slot[at]; at = (at + 1) & (g->slot_count - 1))
    if (strcmp(g->tensor[g->slot[at] - 1].name, name) == 0) return &g->tensor[g->slot[at] - 1];
  if (g->tensor_count == g->tensor_room) return NULL;
  onnx_tensor *t = &g->tensor[g->tensor_count++];
  *t = (onnx_tensor){.name = name, .rank = -1, .origin = {.layer = ONNX_NONE, .gate = ONNX_NONE, .channel_axis = -1}};
  g->slot[at] = g->tensor_count;
  return t;
}

onnx_tensor *onnx_input(const onnx_step *s, int i)
{
  return i >= 0 && (size_t)i < s->in_count ? s->in[i] : NULL;
}

onnx_tensor *onnx_extra(const onnx_step *s, int i)
{
  return i > 0 ? onnx_input(s, i) : NULL;
}

onnx_tensor *onnx_operand(const onnx_step *s, size_t k)
{
  const size_t every = s->rule->every > 0 ? (size_t)s->rule->every : 1, at = (size_t)s->rule->a + k * every;
  return at < s->in_count ? s->in[at] : NULL;
}

const attribute_proto *onnx_attribute(const onnx_step *s, const char *name)
{
  for (size_t i = 0; i < s->node->n_attribute; i++)
    if (s->node->attribute[i]->name && strcmp(s->node->attribute[i]->name, name) == 0) return s->node->attribute[i];
  return NULL;
}

int64_t onnx_integer(const onnx_step *s, const char *name, int64_t otherwise)
{
  const attribute_proto *a = onnx_attribute(s, name);
  return a && a->has_i ? a->i : otherwise;
}

bool onnx_says(const onnx_step *s, const char *name, const char *text)
{
  const attribute_proto *a = onnx_attribute(s, name);
  return a && a->has_s && a->s.len == strlen(text) && memcmp(a->s.data, text, a->s.len) == 0;
}

/* Saturates: INT64_MAX stands for "to the end" in slices. */
static int64_t whole(double x)
{
  static const double top = 9.2e18;
  return x >= top ? INT64_MAX : x <= -top ? INT64_MIN + 1 : (int64_t)x;
}

int onnx_integers(const onnx_step *s, const char *name, int i, int64_t *value, int room)
{
  const attribute_proto *a = name ? onnx_attribute(s, name) : NULL;
  if (a) {
    if (a->n_ints > (size_t)room) return -1;
    for (size_t k = 0; k < a->n_ints; k++)
      value[k] = a->ints[k];
    return (int)a->n_ints;
  }
  const onnx_tensor *t = onnx_input(s, i);
  if (!t || !t->value || t->count > (size_t)room) return -1;
  for (size_t k = 0; k < t->count; k++) {
    if (isnan(t->value[k])) return -1;
    value[k] = whole(t->value[k]);
  }
  return (int)t->count;
}

bool onnx_given(const onnx_step *s, const char *name, int i)
{
  return (name && onnx_attribute(s, name)) || onnx_input(s, i);
}

int64_t onnx_product(const int64_t *factor, int count)
{
  static const int64_t most = INT64_C(1) << 62;
  int64_t all = 1;
  for (int i = 0; i < count; i++)
    if (factor[i] < 0 || __builtin_mul_overflow(all, factor[i], &all) || all > most) return ONNX_NO_DIM;
  return all;
}

int64_t onnx_elements(const onnx_tensor *t)
{
  return t->rank < 0 ? ONNX_NO_DIM : onnx_product(t->dim, t->rank);
}

void onnx_set_shape(onnx_tensor *t, int rank, const int64_t *dim)
{
  if (!t || rank < 0 || rank > ONNX_RANK_MAX) return;
  const bool declared = t->rank == rank;
  for (int i = 0; i < rank; i++)
    if (dim[i] >= 0)
      t->dim[i] = dim[i];
    else if (!declared)
      t->dim[i] = ONNX_NO_DIM;
  t->rank = rank;
}

double *onnx_values(onnx_graph *g, onnx_tensor *t, size_t count)
{
  if (count > ONNX_VALUES_MAX) return NULL;
  double *value = qy_arena_alloc(g->arena, count ? count : 1, sizeof *value);
  if (!value) {
    g->failed = true;
    return NULL;
  }
  t->value = value;
  t->count = count;
  return value;
}

/* ---- notes ---- */

static void add_note(onnx_graph *g, const char *op, const char *node, const char *text)
{
  for (size_t i = 0; i < g->note_count; i++)
    if (strcmp(g->note[i].op, op) == 0 && strcmp(g->note[i].text, text) == 0) {
      g->note[i].count++;
      return;
    }
  if (g->note_count == g->note_room) {
    enum { FIRST = 16 };
    const size_t room = g->note_room ? 2 * g->note_room : FIRST;
    qy_onnx_note *more = qy_arena_alloc(g->arena, room, sizeof *more);
    if (!more) {
      g->failed = true;
      return;
    }
    if (g->note_count) memcpy(more, g->note, g->note_count * sizeof *more);
    g->note = more;
    g->note_room = room;
  }
  const char *copy = qy_arena_text(g->arena, text, strlen(text));
  if (copy)
    g->note[g->note_count++] = (qy_onnx_note){.op = op, .node = node, .count = 1, .text = copy};
  else
    g->failed = true;
}

enum { NOTE_TEXT = 300 };

void onnx_note_op(onnx_graph *g, const char *op, const char *node, const char *format, ...)
{
  char text[NOTE_TEXT];
  va_list args;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  add_note(g, op, node, text);
}

const char *onnx_node_name(const node_proto *node)
{
  const char *name = node->name ? node->name : "";
  return *name || node->n_output == 0 || !node->output[0] ? name : node->output[0];
}

/* The first of them, in the graph's arena. */
static void keep_first(onnx_graph *g, const char **kept, const char *format, va_list args)
{
  char text[NOTE_TEXT];
  if (*kept) return;
  qy_vprint(text, sizeof text, format, args);
  *kept = qy_arena_text(g->arena, text, strlen(text));
  if (!*kept) g->failed = true;
}

void onnx_because(onnx_step *s, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  keep_first(s->g, &s->why, format, args);
  va_end(args);
}

void onnx_contradiction(onnx_graph *g, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  keep_first(g, &g->wrong, format, args);
  va_end(args);
}

void onnx_note(onnx_graph *g, const node_proto *node, const char *format, ...)
{
  char text[NOTE_TEXT];
  va_list args;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  add_note(g, node->op_type ? node->op_type : "", onnx_node_name(node), text);
}
