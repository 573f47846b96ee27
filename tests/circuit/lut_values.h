/* Coverings by LUTs against what their parts say, and against the word-level simulation of their circuit. */
#ifndef QUARRY_TESTS_LUT_VALUES_H
#define QUARRY_TESTS_LUT_VALUES_H

#include "../../src/circuit/lut_int.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

/* Everything that takes node `to` of what is live, counted anew from the cuts that were chosen. */
static inline void count_readers(const lut_cover *cover, uint32_t *readers)
{
  const lut_net *net = cover->net;
  for (size_t i = 0; i < net->outs; i++)
    readers[net->out[i] >> 1]++;
  for (size_t f = 0; f < net->flops; f++) { /* those that nothing reads take nothing */
    const lut_flop *flop = &net->flop[f];
    if (cover->readers[flop->node] == 0) continue;
    readers[flop->data >> 1]++;
    if (flop->enable != LUT_ONE) readers[flop->enable >> 1]++;
  }
  for (size_t i = 1; i < net->count; i++) {
    const lut_node *n = &net->node[i];
    if (cover->readers[i] == 0) continue;
    for (int k = 0; lut_is_gate(n) && k < cover->best[i].size; k++)
      readers[cover->best[i].leaf[k]]++;
    if (!lut_is_stage(n)) continue;
    const lut_stage *s = &net->stage[n->in[0]];
    readers[s->select >> 1]++;
    readers[s->carry >> 1]++;
    if (n->kind == LUT_CARRY) readers[s->data >> 1]++;
  }
}

static inline int larger(int a, int b)
{
  return a > b ? a : b;
}

/* LUTs and whole chains in front of node i, itself among them. */
static inline int depth_of(const lut_cover *cover, uint32_t i, int *depth)
{
  const lut_node *n = &cover->net->node[i];
  if (depth[i] >= 0) return depth[i];
  int most = 0;
  for (int k = 0; lut_is_gate(n) && k < cover->best[i].size; k++)
    most = larger(most, 1 + depth_of(cover, cover->best[i].leaf[k], depth));
  if (lut_is_stage(n)) {
    const lut_stage *s = &cover->net->stage[n->in[0]];
    const lut_node *before = &cover->net->node[s->carry >> 1];
    const bool inside = before->kind == LUT_CARRY && cover->net->stage[before->in[0]].chain == s->chain;
    most = depth_of(cover, s->carry >> 1, depth) + (inside ? 0 : 1);
    most = larger(most, 1 + depth_of(cover, s->select >> 1, depth));
    if (n->kind == LUT_CARRY) most = larger(most, 1 + depth_of(cover, s->data >> 1, depth));
  }
  return depth[i] = most;
}

/* Are readers, LUTs and levels those of the cuts, and has every LUT up to six inputs? */
static inline bool is_consistent(const lut_cover *cover)
{
  const size_t n = cover->net->count;
  uint32_t *readers = calloc(n, sizeof *readers);
  int *depth = malloc(n * sizeof *depth), levels = 0, luts = 0;
  bool good = readers && depth;
  for (size_t i = 0; i < n && good; i++)
    depth[i] = -1;
  if (good) count_readers(cover, readers);
  for (uint32_t i = 1; i < n && good; i++) {
    good = readers[i] == cover->readers[i];
    if (readers[i] == 0) continue;
    levels = larger(levels, depth_of(cover, i, depth));
    luts += lut_is_gate(&cover->net->node[i]);
    good = good && (!lut_is_gate(&cover->net->node[i]) || cover->best[i].size <= LUT_INPUTS);
  }
  free(readers);
  free(depth);
  return good && levels == cover->levels && luts == (int)cover->luts;
}

/* ---- against simulation */

/* Bits of inputs and registers. */
static inline void give_sources(const qy_circuit *c, const lut_net *net, const uint64_t *inputs,
                                const uint64_t *registers, uint8_t *value)
{
  for (size_t i = 1; i < net->count; i++) {
    const lut_node *n = &net->node[i];
    if (n->kind != LUT_SOURCE) continue;
    const node *from = &c->node[n->in[0]];
    uint64_t word = 0;
    if (from->state >= 0) word = registers[from->state];
    for (int k = 0; k < c->input_count && from->state < 0; k++)
      if (c->input[k].net == (qy_net)n->in[0]) word = inputs[k];
    value[i] = (uint8_t)(word >> n->in[1] & 1);
  }
}

static inline int bit_of(const uint8_t *value, lut_signal s)
{
  return value[s >> 1] ^ (int)(s & 1);
}

static inline long wrong_outputs(const qy_circuit *c, const lut_net *net, const uint64_t *outputs, const uint8_t *value)
{
  long wrong = 0;
  size_t at = 0;
  for (int i = 0; i < c->output_count; i++)
    for (int k = 0; k < c->node[c->output[i].net].shape.width; k++)
      wrong += bit_of(value, net->out[at++]) != (int)(outputs[i] >> k & 1);
  return wrong;
}

/* Registers that something reads take their next state. */
static inline long wrong_states(const qy_circuit *c, const lut_cover *cover, const uint64_t *before,
                                const uint64_t *after, const uint8_t *value)
{
  long wrong = 0;
  for (size_t f = 0; f < cover->net->flops; f++) {
    const lut_flop *flop = &cover->net->flop[f];
    if (cover->readers[flop->node] == 0) continue;
    const lut_node *q = &cover->net->node[flop->node];
    int at = c->node[q->in[0]].state, bit = (int)q->in[1];
    int next = bit_of(value, flop->enable) ? bit_of(value, flop->data) : (int)(before[at] >> bit & 1);
    wrong += next != (int)(after[at] >> bit & 1);
  }
  return wrong;
}

/* Bits of outputs and registers in so many cycles that are not those of the simulation; or what is inconsistent. */
static inline long wrong_bits(const qy_circuit *c, const qy_fpga_how *how, int cycles, uint64_t *state)
{
  lut_net net;
  lut_cover cover = {0};
  long wrong = lut_net_make(&net, c, how) || lut_cover_make(&cover, &net, how) || !is_consistent(&cover);
  uint8_t *value = calloc(net.count + 1, 1);
  uint64_t inputs[8] = {0}, outputs[4], registers[8] = {0}, before[8], scratch[512];
  for (int t = 0; t < cycles && value && !wrong; t++) {
    for (int i = 0; i < c->input_count; i++)
      inputs[i] = random_bits(state);
    memcpy(before, registers, sizeof before);
    give_sources(c, &net, inputs, before, value);
    lut_cover_evaluate(&cover, value);
    qy_simulate(c, inputs, registers, outputs, scratch);
    wrong += wrong_outputs(c, &net, outputs, value) + wrong_states(c, &cover, before, registers, value);
  }
  free(value);
  lut_cover_free(&cover);
  lut_net_free(&net);
  return wrong;
}

#endif
