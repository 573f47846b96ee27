/* Layer by layer: what a network computes, in integers modulo 2^32, without any schedule.
 *
 * It follows the file: concatenations are made, adds are layers of their own.  Pools add up; a gate multiplies.  What a
 * col2im makes is an input, as in schedules.
 */
#include "execute_int.h"

#include "quarry/random.h"

#include <string.h>

qy_status run_data_new(run_data *data, const qy_network *network, uint64_t seed, qy_arena *arena, qy_error *err)
{
  *data = (run_data){network, qy_arena_alloc(arena, network->layer_count, sizeof *data->weight), seed};
  if (!data->weight) return qy_no_memory(err);
  uint64_t state = qy_random_mix(seed);
  for (size_t i = 0; i < network->layer_count; i++) {
    const int64_t count = qy_layer_operands(&network->layer[i]);
    if (count == 0) continue;
    data->weight[i] = qy_arena_alloc(arena, (size_t)count, 1);
    if (!data->weight[i]) return qy_no_memory(err);
    for (int64_t k = 0; k < count; k++)
      data->weight[i][k] = (int8_t)((int)(qy_random_word(&state) >> 59) - 16);
  }
  return QY_OK;
}

uint32_t run_input(const run_data *data, size_t layer, bool other, int64_t i)
{
  const uint64_t map = qy_random_mix(data->seed + 2 * (uint64_t)layer + other);
  return (uint32_t)(qy_random_mix(map + (uint64_t)i) >> 56);
}

/* Pixels and channels of what a layer takes; NULL: out of memory. */
typedef struct plain_map {
  uint32_t *value;
  int64_t h, w, c;
} plain_map;

static plain_map whole_input(const run_data *data, size_t layer, bool other, qy_arena *arena)
{
  const qy_layer *l = &data->network->layer[layer];
  plain_map m = {NULL, l->in_h, l->in_w, l->in_c};
  const int64_t entries = m.h * m.w * m.c;
  m.value = qy_arena_alloc(arena, (size_t)entries, sizeof *m.value);
  for (int64_t i = 0; m.value && i < entries; i++)
    m.value[i] = run_input(data, layer, other, i);
  return m;
}

/* Channels of the inputs one after another, scaled by the gate. */
static plain_map concatenated(uint32_t *const *output, const run_data *data, size_t layer, qy_arena *arena)
{
  const qy_layer *l = &data->network->layer[layer];
  const size_t count = qy_layer_maps(l);
  if (count == 0) return whole_input(data, layer, false, arena);
  const qy_layer *first = &data->network->layer[l->input[0]];
  plain_map m = {NULL, first->out_h, first->out_w, 0};
  for (size_t k = 0; k < count; k++)
    m.c += data->network->layer[l->input[k]].out_c;
  m.value = qy_arena_alloc(arena, (size_t)(m.h * m.w * m.c), sizeof *m.value);
  for (int64_t p = 0, at = 0; m.value && p < m.h * m.w; p++)
    for (size_t k = 0; k < count; k++) {
      const int64_t c = data->network->layer[l->input[k]].out_c;
      memcpy(&m.value[at], &output[l->input[k]][p * c], (size_t)c * sizeof *m.value);
      at += c;
    }
  for (int64_t i = 0; m.value && l->gated && i < m.h * m.w * m.c; i++)
    m.value[i] *= output[l->input[count]][i % m.c];
  return m;
}

static uint32_t dot(const uint32_t *a, const int8_t *b, int64_t n)
{
  uint32_t sum = 0;
  for (int64_t i = 0; i < n; i++) {
    const uint32_t weight = (uint32_t)b[i];
    sum += a[i] * weight;
  }
  return sum;
}

/* What the window of output (y, x) adds to all channels. */
static void tap(uint32_t *out, const qy_layer *l, const int8_t *weight, const uint32_t *in, int64_t t)
{
  const int64_t of_group = l->in_c / l->groups, outs = l->out_c / l->groups, taps = l->kernel_h * l->kernel_w;
  for (int64_t g = 0, o = 0; g < l->groups; g++)
    for (int64_t k = 0; k < outs; k++, o++)
      out[o] += weight ? dot(&in[g * of_group], &weight[(o * taps + t) * of_group], of_group) : in[o];
}

static void convolve(uint32_t *out, const qy_layer *l, const int8_t *weight, const uint32_t *in)
{
  for (int64_t y = 0; y < l->out_h; y++)
    for (int64_t x = 0; x < l->out_w; x++, out += l->out_c)
      for (int64_t ky = 0; ky < l->kernel_h; ky++)
        for (int64_t kx = 0; kx < l->kernel_w; kx++) {
          const int64_t row = y * l->stride_h - l->pad_top + ky * l->dilation_h;
          const int64_t column = x * l->stride_w - l->pad_left + kx * l->dilation_w;
          if (row < 0 || row >= l->in_h || column < 0 || column >= l->in_w) continue;
          tap(out, l, weight, &in[(row * l->in_w + column) * l->in_c], ky * l->kernel_w + kx);
        }
}

static bool sum_up(uint32_t *out, uint32_t *const *output, const run_data *data, size_t layer, qy_arena *arena)
{
  const qy_layer *l = &data->network->layer[layer];
  const int64_t entries = l->out_h * l->out_w * l->out_c;
  for (size_t k = 0; k < (l->input_count > 1 ? l->input_count : 2); k++) {
    const uint32_t *from = k < l->input_count ? output[l->input[k]] : whole_input(data, layer, k > 0, arena).value;
    if (!from) return false;
    for (int64_t i = 0; i < entries; i++)
      out[i] += from[i];
  }
  return true;
}

qy_status run_plain(uint32_t ***output, const run_data *data, qy_arena *arena, qy_error *err)
{
  const qy_network *n = data->network;
  uint32_t **all = qy_arena_alloc(arena, n->layer_count, sizeof *all);
  qy_arena *scratch = qy_arena_new();
  bool good = all && scratch;
  for (size_t i = 0; good && i < n->layer_count; i++) {
    const qy_layer *l = &n->layer[i];
    all[i] = qy_arena_alloc(arena, (size_t)(l->out_h * l->out_w * l->out_c), sizeof **all);
    good = all[i] != NULL;
    if (good && l->type == QY_LAYER_COL2IM) {
      for (int64_t k = 0; k < l->out_h * l->out_w * l->out_c; k++)
        all[i][k] = run_input(data, i, false, k);
    } else if (good && l->type == QY_LAYER_ADD) {
      good = sum_up(all[i], all, data, i, scratch);
    } else if (good) {
      const plain_map in = concatenated(all, data, i, scratch);
      good = in.value != NULL;
      if (good) convolve(all[i], l, data->weight[i], in.value);
    }
    qy_arena_reset(scratch);
  }
  qy_arena_free(scratch);
  *output = all;
  return good ? QY_OK : qy_no_memory(err);
}
