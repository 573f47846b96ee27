/* Gates and carry chains of the LUT view: see lut_int.h. */
#include "lut_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void lut_net_free(lut_net *net)
{
  free(net->node);
  free(net->stage);
  free(net->flop);
  free(net->out);
  free(net->slot);
  free(net->small);
  free(net->small_slot);
  *net = (lut_net){0};
}

static size_t hash(const lut_node *n, size_t slots)
{
  uint64_t key =
      ((uint64_t)n->in[0] << 33 ^ (uint64_t)n->in[1] << 2 ^ (uint64_t)n->kind) * UINT64_C(0x9E3779B97F4A7C15);
  return (size_t)(key >> 32) & (slots - 1);
}

static bool same(const lut_node *a, const lut_node *b)
{
  return a->kind == b->kind && a->in[0] == b->in[0] && a->in[1] == b->in[1];
}

/* The slot where the gate is or belongs. */
static size_t find(const lut_net *net, const lut_node *n)
{
  size_t s = hash(n, net->slots);
  while (net->slot[s] && !same(&net->node[net->slot[s]], n))
    s = (s + 1) & (net->slots - 1);
  return s;
}

/* A table at most half full. */
static void grow_table(lut_net *net)
{
  size_t slots = net->slots ? 2 * net->slots : 1024;
  int32_t *slot = qy_alloc(slots, sizeof *slot);
  if (!slot) {
    net->failed = true;
    return;
  }
  free(net->slot);
  net->slot = slot;
  net->slots = slots;
  for (size_t i = 1; i < net->count; i++)
    if (lut_is_gate(&net->node[i])) net->slot[find(net, &net->node[i])] = (int32_t)i;
}

/* A node; function: NULL when it is a source of its own. */
static uint32_t append(lut_net *net, lut_node n, const lut_small *function)
{
  if (net->failed || qy_grow((void **)&net->node, &net->capacity, net->count + 2, sizeof *net->node)) {
    net->failed = true;
    return 0;
  }
  if (net->count == 0) {
    net->node[net->count++] = (lut_node){.kind = LUT_CONSTANT};
    lut_small_add(net, 0, &(lut_small){.count = 0});
  }
  uint32_t at = (uint32_t)net->count++;
  net->node[at] = n;
  lut_small_add(net, at, function ? function : &(lut_small){{at}, 2, 1});
  return at;
}

lut_signal lut_source(lut_net *net, uint32_t of, uint32_t bit)
{
  return 2 * append(net, (lut_node){{of, bit}, LUT_SOURCE, false}, NULL);
}

static lut_signal gate(lut_net *net, lut_node n)
{
  if (2 * net->count >= net->slots) grow_table(net);
  if (net->failed) return LUT_ZERO;
  size_t s = find(net, &n);
  if (net->slot[s]) return 2 * (lut_signal)net->slot[s];
  lut_small function;
  int64_t known = lut_small_make(net, &n, &function) ? lut_small_find(net, &function) : LUT_NONE;
  if (known != LUT_NONE) return (lut_signal)known;
  net->slot[s] = (int32_t)append(net, n, &function);
  return 2 * (lut_signal)net->slot[s];
}

/* Is `a` an AND, of which `b` is an input (its inverse, when inverse is 1)? */
static bool is_input_of(const lut_net *net, lut_signal a, lut_signal b, lut_signal inverse)
{
  const lut_node *n = &net->node[a >> 1];
  return n->kind == LUT_AND && (n->in[0] == (b ^ inverse) || n->in[1] == (b ^ inverse));
}

/* a and not (b and ...): what is left of a, when b's gate has a or its inverse among its inputs; LUT_NONE: nothing to
 * simplify. */
static int64_t absorb(lut_net *net, lut_signal a, lut_signal b)
{
  if (!(b & 1)) {
    if (is_input_of(net, b, a, 0)) return b;
    if (is_input_of(net, b, a, 1)) return LUT_ZERO;
    return LUT_NONE;
  }
  if (is_input_of(net, b, a, 1)) return a;
  if (!is_input_of(net, b, a, 0)) return LUT_NONE;
  const lut_node *n = &net->node[b >> 1];
  return lut_and(net, a, lut_not(n->in[0] == a ? n->in[1] : n->in[0]));
}

lut_signal lut_and(lut_net *net, lut_signal a, lut_signal b)
{
  if (a > b) {
    lut_signal t = a;
    a = b;
    b = t;
  }
  if (a == LUT_ZERO || a == lut_not(b)) return LUT_ZERO;
  if (a == LUT_ONE || a == b) return b;
  int64_t less = absorb(net, a, b);
  if (less == LUT_NONE) less = absorb(net, b, a);
  if (less != LUT_NONE) return (lut_signal)less;
  return gate(net, (lut_node){{a, b}, LUT_AND, false});
}

/* Inverses of inputs are those of the output. */
lut_signal lut_xor(lut_net *net, lut_signal a, lut_signal b)
{
  lut_signal inverse = (a ^ b) & 1;
  a &= ~1U, b &= ~1U;
  if (a == b) return LUT_ZERO ^ inverse;
  if (a == LUT_ZERO) return b ^ inverse;
  if (b == LUT_ZERO) return a ^ inverse;
  for (int turn = 0; turn < 2; turn++) { /* x ^ y ^ y */
    const lut_node *n = &net->node[a >> 1];
    if (n->kind == LUT_XOR && n->in[0] == b) return n->in[1] ^ inverse;
    if (n->kind == LUT_XOR && n->in[1] == b) return n->in[0] ^ inverse;
    lut_signal t = a;
    a = b;
    b = t;
  }
  lut_node n = {{a < b ? a : b, a < b ? b : a}, LUT_XOR, false};
  return gate(net, n) ^ inverse;
}

bool lut_has_xor(const lut_net *net, lut_signal a, lut_signal b)
{
  a &= ~1U, b &= ~1U;
  const lut_node n = {{a < b ? a : b, a < b ? b : a}, LUT_XOR, false};
  return net->slots > 0 && net->slot[find(net, &n)] > 0;
}

lut_signal lut_mux(lut_net *net, lut_signal select, lut_signal zero, lut_signal one)
{
  if (zero == one) return zero;
  if (zero == lut_not(one)) return lut_xor(net, select, zero);
  lut_signal chosen = lut_and(net, select, one);
  return lut_or(net, chosen, lut_and(net, lut_not(select), zero));
}

lut_signal lut_full(lut_net *net, lut_signal a, lut_signal b, lut_signal c, lut_signal *carry)
{
  lut_signal half = lut_xor(net, a, b), both = lut_and(net, a, b);
  *carry = lut_or(net, both, lut_and(net, c, half));
  return lut_xor(net, half, c);
}

/* A stage; its outputs' nodes come right behind each other: sum, then carry. */
static uint32_t add_stage(lut_net *net, lut_stage stage)
{
  if (net->failed || qy_grow((void **)&net->stage, &net->stage_capacity, net->stages + 1, sizeof *net->stage)) {
    net->failed = true;
    return 0;
  }
  stage.gates = (int32_t)net->count;
  net->stage[net->stages] = stage;
  uint32_t made = append(net, (lut_node){{(lut_signal)net->stages, 0}, LUT_SUM, false}, NULL);
  append(net, (lut_node){{(lut_signal)net->stages++, 0}, LUT_CARRY, false}, NULL);
  return made;
}

/* Is the signal the carry out of a stage of this chain? */
static bool is_of_chain(const lut_net *net, lut_signal s, int chain)
{
  const lut_node *n = &net->node[s >> 1];
  return s > LUT_ONE && n->kind == LUT_CARRY && net->stage[n->in[0]].chain == chain;
}

/* Behind two stages of one select and data the carry and the sum stay as they are: a sign that is extended. */
static bool repeats(const lut_signal *select, const lut_signal *data, int k)
{
  return k > 1 && select[k] == select[k - 1] && select[k] == select[k - 2] && data[k] == data[k - 1] &&
         data[k] == data[k - 2];
}

/* What can be said of a stage without its cell is said in gates: a constant carry, a carry that is a word's bit. */
void lut_chain(lut_net *net, const lut_signal *select, const lut_signal *data, lut_signal carry, int width,
               lut_signal *sum, lut_signal *carry_out)
{
  int chain = net->chains++;
  for (int k = 0; k < width; k++) {
    if (repeats(select, data, k)) {
      sum[k] = sum[k - 1];
      if (!net->failed) net->node[sum[k] >> 1].twins = true;
      continue;
    }
    lut_stage stage = {select[k], data[k], carry, chain, k, 0};
    bool inside = net->whole_chains ? select[k] > LUT_ONE : carry > LUT_ONE && select[k] != LUT_ZERO;
    inside |= is_of_chain(net, carry, chain);
    uint32_t made = inside || (select[k] > LUT_ONE && data[k] != carry) ? add_stage(net, stage) : 0;
    sum[k] = inside ? 2 * made : lut_xor(net, select[k], carry);
    if (select[k] == LUT_ZERO || data[k] == carry)
      carry = data[k];
    else if (select[k] != LUT_ONE)
      carry = k + 1 == width && carry <= LUT_ONE ? lut_mux(net, select[k], data[k], carry) : 2 * (made + 1);
  }
  if (carry_out) *carry_out = carry;
}

void lut_add_flop(lut_net *net, lut_flop flop)
{
  if (net->failed || qy_grow((void **)&net->flop, &net->flop_capacity, net->flops + 1, sizeof *net->flop)) {
    net->failed = true;
    return;
  }
  net->flop[net->flops++] = flop;
}

void lut_add_out(lut_net *net, lut_signal signal)
{
  if (net->failed || qy_grow((void **)&net->out, &net->out_capacity, net->outs + 1, sizeof *net->out)) {
    net->failed = true;
    return;
  }
  net->out[net->outs++] = signal;
}
