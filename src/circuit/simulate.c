/* Simulation and switching activity.
 *
 * Nodes are stored in an order of evaluation, so a cycle is one pass; registers take their next state at its end.
 * Activity keeps the settled words of two cycles and counts the bits that differ (zero-delay toggles).
 */
#include "graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

/* Settle every net: word[i] is the output of node i. */
static void settle(const qy_circuit *c, const uint64_t *inputs, const uint64_t *state, uint64_t *word)
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

static void clock_edge(const qy_circuit *c, const uint64_t *word, uint64_t *state)
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
  settle(c, inputs, state, scratch);
  for (int i = 0; i < c->output_count; i++)
    outputs[i] = scratch[c->output[i].net];
  clock_edge(c, scratch, state);
}

/* All internal cell outputs of a settled circuit; first[i] is where node i's words begin. */
static void collect(const qy_circuit *c, const uint64_t *word, trace *t, size_t *first)
{
  uint64_t in[WORD_BITS + 1];
  t->count = 0;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    first[i] = t->count;
    gather(n, word, in);
    operator_of(n)->trace(n, in, word[i], t);
  }
  first[c->count] = t->count;
}

static int ones(uint64_t word)
{
  return __builtin_popcountll(word);
}

/* Everything activity needs while it runs. */
typedef struct run {
  uint64_t *inputs, *state, *word, *word_before;
  trace now, before;
  size_t *first;
  double *toggles;   /* per trace word */
  uint64_t *changed; /* per node: bits that moved in any cycle */
  double *part;      /* per node: sum over cycles of the share of its depth in use */
} run;

static int run_alloc(run *r, const qy_circuit *c)
{
  r->inputs = qy_alloc((size_t)c->input_count, sizeof *r->inputs);
  r->state = qy_alloc((size_t)c->state_words, sizeof *r->state);
  r->word = qy_alloc(c->count, sizeof *r->word);
  r->word_before = qy_alloc(c->count, sizeof *r->word);
  r->first = qy_alloc(c->count + 1, sizeof *r->first);
  r->changed = qy_alloc(c->count, sizeof *r->changed);
  r->part = qy_alloc(c->count, sizeof *r->part);
  if (!r->inputs || !r->state || !r->word || !r->word_before || !r->first || !r->changed || !r->part) return -1;
  settle(c, r->inputs, r->state, r->word);
  collect(c, r->word, &r->now, r->first);
  size_t count = r->now.count;
  r->now.word = qy_alloc(count, sizeof *r->now.word);
  r->before.word = qy_alloc(count, sizeof *r->before.word);
  r->now.cell = r->before.cell = qy_alloc(count, sizeof *r->now.cell);
  r->toggles = qy_alloc(count, sizeof *r->toggles);
  return r->now.word && r->before.word && r->now.cell && r->toggles ? 0 : -1;
}

static void run_free(run *r)
{
  free(r->inputs);
  free(r->state);
  free(r->word);
  free(r->word_before);
  free(r->first);
  free(r->now.word);
  free(r->before.word);
  free(r->now.cell);
  free(r->toggles);
  free(r->changed);
  free(r->part);
}

/* How much of its depth each operator uses in this cycle. */
static void add_parts(const qy_circuit *c, run *r)
{
  uint64_t in[WORD_BITS + 1];
  for (size_t i = 0; i < c->count; i++) {
    const operator_row *row = operator_of(&c->node[i]);
    if (!row->depth_part) continue;
    gather(&c->node[i], r->word, in);
    r->part[i] += row->depth_part(&c->node[i], in);
  }
}

/* Sum the counted toggles into classes and cell kinds, per cycle. */
static void summarize(const qy_circuit *c, const run *r, double cycles, qy_activity *activity)
{
  double weight[QY_CLASS_COUNT] = {0};
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    const operator_row *row = operator_of(n);
    qy_operator_class class = node_class(n);
    double sum = 0;
    for (size_t k = r->first[i]; k < r->first[i + 1]; k++) {
      activity->toggles[class][r->now.cell[k]] += r->toggles[k] / cycles;
      sum += r->toggles[k] / cycles;
    }
    weight[class] += sum;
    activity->glitch_depth[class] += sum * row->depth(n, r->changed, i) * (row->depth_part ? r->part[i] / cycles : 1);
  }
  activity->ff_count = bit_flops(c->bits);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    if (weight[g] > 0) activity->glitch_depth[g] /= weight[g];
}

qy_status qy_circuit_activity(const qy_circuit *c, qy_stimulus *next, void *ctx, int64_t cycles, qy_activity *activity,
                              qy_error *err)
{
  assert(c && next && activity);
  run r = {0};
  qy_status status = QY_OK;
  double changed = 0, bits = 0;
  memset(activity, 0, sizeof *activity);
  if (cycles < 2)
    return qy_fail(err, QY_BAD_INPUT, "activity: expected at least 2 cycles, found %lld", (long long)cycles);
  if (run_alloc(&r, c)) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory for the activity of circuit %s", c->name);
    goto out;
  }
  for (int64_t cycle = 0; cycle < cycles; cycle++) {
    next(ctx, cycle, r.inputs);
    settle(c, r.inputs, r.state, r.word);
    collect(c, r.word, &r.now, r.first);
    if (cycle > 0) {
      for (size_t k = 0; k < r.now.count; k++)
        r.toggles[k] += ones(r.now.word[k] ^ r.before.word[k]);
      for (size_t i = 0; i < c->count; i++) {
        uint64_t moved = r.word[i] ^ r.word_before[i];
        changed += ones(moved);
        r.changed[i] |= moved;
      }
      add_parts(c, &r);
    }
    clock_edge(c, r.word, r.state);
    uint64_t *swap = r.before.word;
    r.before.word = r.now.word;
    r.now.word = swap;
    memcpy(r.word_before, r.word, c->count * sizeof *r.word);
  }
  summarize(c, &r, (double)(cycles - 1), activity);
  for (size_t i = 0; i < c->count; i++)
    bits += c->node[i].shape.width;
  if (bits > 0) activity->bit_rate = changed / (double)(cycles - 1) / bits;

out:
  run_free(&r);
  return status;
}

void qy_circuit_census(const qy_circuit *c, qy_census *census)
{
  assert(c && c->bits && census);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    bit_cells_of_class(c->bits, (qy_operator_class)g, NULL, census->cells[g]);
}
