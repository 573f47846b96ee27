/* Simulation.
 *
 * Nodes are stored in an order of evaluation, so a cycle is one pass; registers take their next state at its end.
 */
#include "graph.h"

#include <assert.h>

int qy_circuit_inputs(const qy_circuit *c)
{
  assert(c);
  return c->input_count;
}

int qy_circuit_outputs(const qy_circuit *c)
{
  assert(c);
  return c->output_count;
}

int qy_circuit_input_width(const qy_circuit *c, int i)
{
  assert(c && i >= 0 && i < c->input_count);
  return c->node[c->input[i].net].shape.width;
}

int qy_circuit_output_width(const qy_circuit *c, int i)
{
  assert(c && i >= 0 && i < c->output_count);
  return c->node[c->output[i].net].shape.width;
}

const char *qy_circuit_input_name(const qy_circuit *c, int i)
{
  assert(c && i >= 0 && i < c->input_count);
  return c->input[i].name;
}

const char *qy_circuit_output_name(const qy_circuit *c, int i)
{
  assert(c && i >= 0 && i < c->output_count);
  return c->output[i].name;
}

size_t qy_circuit_state_words(const qy_circuit *c)
{
  assert(c);
  return (size_t)c->state_words;
}

size_t qy_circuit_scratch_words(const qy_circuit *c)
{
  assert(c);
  return c->count;
}

static void gather(const node *n, const uint64_t *word, uint64_t *in)
{
  for (int i = 0; i < n->count; i++)
    in[i] = word[n->in[i]];
}

void circuit_settle(const qy_circuit *c, const uint64_t *inputs, const uint64_t *state, uint64_t *word)
{
  uint64_t in[WORD_BITS + 1];
  int next_input = 0;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    const operator_row *row = operator_of(n);
    if (n->state >= 0) {
      word[i] = state[n->state];
    } else if (row->evaluate) {
      gather(n, word, in);
      word[i] = row->evaluate(n, in);
    } else {
      word[i] = inputs[next_input++] & qy_word_mask(n->shape.width);
    }
  }
}

void circuit_clock(const qy_circuit *c, const uint64_t *word, uint64_t *state)
{
  uint64_t in[WORD_BITS + 1];
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    if (n->state < 0) continue;
    gather(n, word, in);
    in[n->count] = word[i];
    state[n->state] = operator_of(n)->evaluate(n, in);
  }
}

void qy_simulate(const qy_circuit *c, const uint64_t *inputs, uint64_t *state, uint64_t *outputs, uint64_t *scratch)
{
  assert(c && (inputs || c->input_count == 0) && (state || c->state_words == 0) && (outputs || c->output_count == 0) &&
         scratch);
  circuit_settle(c, inputs, state, scratch);
  for (int i = 0; i < c->output_count; i++)
    outputs[i] = scratch[c->output[i].net];
  circuit_clock(c, scratch, state);
}

void qy_circuit_census(const qy_circuit *c, qy_census *census)
{
  assert(c && c->bits && census);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    bit_cells_of_class(c->bits, (qy_operator_class)g, NULL, census->cells[g]);
}
