/* Execution of schedules: DRAM, stores of pixels, weights, and the arithmetic on one pixel. */
#include "execute_int.h"

#include "quarry/decimal.h"
#include "quarry/integer.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

enum { FAULT = 240 };
static const uint32_t POISON = UINT32_C(0x9E3779B9);

bool exec_no_memory(exec *x)
{
  x->no_memory = true;
  return false;
}

bool exec_fault(exec *x, const char *format, ...)
{
  char text[FAULT];
  va_list args;
  if (x->fault) return false;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  x->fault = qy_arena_text(x->arena, text, strlen(text));
  return x->fault ? false : exec_no_memory(x);
}

void *exec_room(exec *x, int64_t count, size_t size)
{
  void *room = qy_arena_alloc(x->scratch, (size_t)count, size);
  if (!room) exec_no_memory(x);
  return room;
}

void exec_occupy(exec *x, int64_t units)
{
  x->live += units;
  x->peak = qy_max64(x->peak, x->live);
}

/* ---- stores ---- */

exec_store *exec_store_new(exec *x, qy_arena *arena, const qy_map *map, bool whole)
{
  exec_store *s = qy_arena_alloc(arena, 1, sizeof *s);
  if (!s) {
    exec_no_memory(x);
    return NULL;
  }
  *s = (exec_store){.pixels = map->h * map->w, .c = map->c};
  s->slot = qy_arena_alloc(arena, (size_t)s->pixels, sizeof *s->slot);
  s->vacant = qy_arena_alloc(arena, (size_t)s->pixels, sizeof *s->vacant);
  s->value = qy_arena_alloc(arena, (size_t)(s->pixels * s->c), sizeof *s->value);
  if (!s->slot || !s->vacant || !s->value) {
    exec_no_memory(x);
    return NULL;
  }
  for (int64_t p = 0; p < s->pixels; p++)
    s->slot[p] = whole ? (int32_t)p : -1;
  s->slots = whole ? s->pixels : 0;
  return s;
}

uint32_t *exec_store_take(exec *x, exec_store *s, int64_t p)
{
  if (s->slot[p] >= 0) {
    exec_fault(x, "a pixel is made or read while it is in the buffer");
    return NULL;
  }
  s->slot[p] = s->vacant_count > 0 ? s->vacant[--s->vacant_count] : (int32_t)s->slots++;
  uint32_t *value = &s->value[s->slot[p] * s->c];
  memset(value, 0, (size_t)s->c * sizeof *value);
  return value;
}

void exec_store_drop(exec_store *s, int64_t p)
{
  if (s->slot[p] < 0) return;
  for (int64_t c = 0; c < s->c; c++)
    s->value[s->slot[p] * s->c + c] = POISON;
  s->vacant[s->vacant_count++] = s->slot[p];
  s->slot[p] = -1;
}

/* ---- DRAM ---- */

bool exec_load(exec *x, uint32_t *to, size_t m, int64_t p, int64_t c0, int64_t c1, int64_t *count)
{
  const exec_dram *d = &x->dram[m];
  if (d->written != d->entries)
    return exec_fault(x, "map %s is read from DRAM, where it is not", x->graph->map[m].name);
  memcpy(to, &d->value[p * x->graph->map[m].c + c0], (size_t)(c1 - c0) * sizeof *to);
  *count += c1 - c0;
  return true;
}

void exec_write(exec *x, size_t m, int64_t p, int64_t c0, int64_t c1, const uint32_t *from, int64_t *count)
{
  exec_dram *d = &x->dram[m];
  memcpy(&d->value[p * x->graph->map[m].c + c0], from, (size_t)(c1 - c0) * sizeof *from);
  d->written += c1 - c0;
  *count += c1 - c0;
}

const int8_t *exec_dram_weights(const exec *x, const qy_graph_op *op)
{
  return x->data->weight[op->layer - x->graph->network->layer];
}

/* ---- ops ---- */

exec_shape exec_shape_of(const qy_graph *graph, const qy_graph_op *op, bool flat)
{
  const qy_layer *l = op->layer;
  exec_shape s = {qy_layer_multiplies(l->type),
                  l->in_h,
                  l->in_w,
                  l->in_c,
                  l->out_h,
                  l->out_w,
                  l->out_c,
                  l->kernel_h,
                  l->kernel_w,
                  l->stride_h,
                  l->stride_w,
                  l->dilation_h,
                  l->dilation_w,
                  l->pad_top,
                  l->pad_left,
                  l->groups,
                  0};
  if (!s.multiplies) s.groups = s.in_c;
  if (flat) {
    s.in_w = s.out_w = s.in_h * s.in_w;
    s.in_h = s.out_h = 1;
  } else if (l->type == QY_LAYER_FC) {
    s.in_h = s.kernel_h = graph->map[op->input[0]].h;
    s.in_w = s.kernel_w = graph->map[op->input[0]].w;
    s.in_c = l->in_c / (s.in_h * s.in_w);
  }
  s.taps = s.kernel_h * s.kernel_w;
  return s;
}

static uint32_t dot(const uint32_t *a, const uint32_t *b, int64_t n)
{
  uint32_t sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

void exec_tap(uint32_t *acc, int64_t o0, int64_t o1, const exec_shape *s, const uint32_t *pixel, int64_t c0, int64_t c1,
              const exec_weights *w, int64_t tap)
{
  if (!s->multiplies) {
    for (int64_t o = qy_max64(o0, c0); o < qy_min64(o1, c1); o++)
      acc[o - o0] += pixel[o - c0];
    return;
  }
  const uint32_t *row = &w->value[((o0 - w->o0) * s->taps + tap) * w->k];
  if (s->groups == 1) {
    const int64_t begin = qy_max64(c0, w->k0), end = qy_min64(c1, w->k0 + w->k);
    for (int64_t o = o0; o < o1; o++, row += s->taps * w->k)
      acc[o - o0] += dot(&pixel[begin - c0], &row[begin - w->k0], end - begin);
    return;
  }
  const int64_t in = exec_group_in(s), out = s->out_c / s->groups;
  for (int64_t o = o0; o < o1; o++, row += s->taps * w->k) {
    const int64_t group = o / out, from = group * in + w->k0;
    const int64_t begin = qy_max64(c0, from), end = qy_min64(c1, from + w->k);
    if (begin < end) acc[o - o0] += dot(&pixel[begin - c0], &row[begin - from], end - begin);
  }
}

void exec_load_weights(exec *x, uint32_t *to, const qy_graph_op *op, const exec_shape *s, int64_t o0, int64_t o1,
                       int64_t k0, int64_t k1)
{
  const int8_t *from = exec_dram_weights(x, op);
  const int64_t in = exec_group_in(s);
  if (!s->multiplies) return;
  for (int64_t row = o0 * s->taps; row < o1 * s->taps; row++)
    for (int64_t k = k0; k < k1; k++)
      *to++ = (uint32_t)from[row * in + k];
  *(op->layer->computed ? &x->counted.second : &x->counted.weights) += (o1 - o0) * s->taps * (k1 - k0);
}
