/* Bits in many cycles at once: see lanes.h. */
#include "lanes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_used(const bit_net *net, size_t k)
{
  return net->cell[net->given[k].signal >> 1].used;
}

/* Runs of given bits that somebody reads. */
static void find_runs(lanes *l, const bit_net *net)
{
  l->runs = 0;
  for (size_t k = 0; k < net->givens;) {
    lane_run run = {.node = net->given[k].node, .word = net->given[k].word, .first = k};
    bool used = false;
    for (; k < net->givens && net->given[k].node == run.node && net->given[k].word == run.word; k++)
      used |= is_used(net, k);
    run.count = k - run.first;
    if (used) l->run[l->runs++] = run;
  }
}

int lanes_open(lanes *l, const qy_circuit *c)
{
  const bit_net *net = c->bits;
  *l = (lanes){.c = c};
  l->run = qy_alloc(net->givens + 1, sizeof *l->run);
  l->value = qy_alloc(2 * net->count, sizeof *l->value);
  if (!l->run || !l->value) return -1;
  find_runs(l, net);
  l->value[BIT_ZERO] = 0;
  l->value[BIT_ONE] = ~UINT64_C(0);
  l->word = qy_alloc(l->runs * LANES + 1, sizeof *l->word);
  return l->word ? 0 : -1;
}

void lanes_close(lanes *l)
{
  free(l->run);
  free(l->word);
  free(l->value);
}

void lanes_put(lanes *l, const uint64_t *node_word)
{
  assert(l->cycles < LANES);
  uint64_t in[WORD_BITS + 1], inner[WORDS_MAX];
  int32_t known = -1; /* the node whose inner words are there */
  for (size_t i = 0; i < l->runs; i++) {
    const lane_run *run = &l->run[i];
    uint64_t word = node_word[run->node];
    if (run->word > 0) {
      const node *n = &l->c->node[run->node];
      for (int k = 0; k < n->count && known != run->node; k++)
        in[k] = node_word[n->in[k]];
      if (known != run->node) operator_of(n)->words(n, in, inner);
      known = run->node;
      word = inner[run->word - 1];
    }
    l->word[i * LANES + (size_t)l->cycles] = word;
  }
  l->cycles++;
}

/* Bit k of word t becomes bit t of word k (H. S. Warren, "Hacker's Delight", 2nd ed. 2012, section 7-3). */
static void transpose(uint64_t a[LANES])
{
  uint64_t mask = 0xffffffff;
  for (unsigned j = 32; j; j >>= 1, mask ^= mask << j)
    for (unsigned k = 0; k < LANES; k = ((k | j) + 1) & ~j) {
      uint64_t swap = ((a[k] >> j) ^ a[k | j]) & mask;
      a[k] ^= swap << j;
      a[k | j] ^= swap;
    }
}

void lanes_settle(lanes *l)
{
  const bit_net *net = l->c->bits;
  for (size_t i = 0; i < l->runs; i++) {
    const lane_run *run = &l->run[i];
    uint64_t lane[LANES];
    memcpy(lane, l->word + i * LANES, sizeof lane);
    transpose(lane);
    for (size_t k = run->first; k < run->first + run->count; k++)
      l->value[net->given[k].signal] = lane[net->given[k].bit];
  }
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    if (cell->used && !cell->given) lanes_cell(cell, l->value, l->value + 2 * i);
  }
}

void lanes_next(lanes *l)
{
  for (size_t i = 0; i < l->runs; i++)
    l->word[i * LANES] = l->word[i * LANES + (size_t)l->cycles - 1];
  l->cycles = 1;
}
