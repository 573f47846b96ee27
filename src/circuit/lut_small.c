/* Gates of few inputs that are known as functions: what two of them have in common, or that one never changes, is seen
 * though their gates differ.  Toolchains find it by simulation and proof; here it is the truth table over the sources.
 */
#include "lut_int.h"

#include <stdlib.h>
#include <string.h>

/* Sources of both in ascending order; false: too many. */
static bool join(const lut_small *a, const lut_small *b, lut_small *to)
{
  int i = 0, k = 0;
  to->count = 0;
  while (i < a->count || k < b->count) {
    if (to->count == LUT_INPUTS) return false;
    bool first = k == b->count || (i < a->count && a->source[i] <= b->source[k]);
    uint32_t next = first ? a->source[i] : b->source[k];
    i += i < a->count && a->source[i] == next;
    k += k < b->count && b->source[k] == next;
    to->source[to->count++] = next;
  }
  return true;
}

static uint64_t table_mask(int count)
{
  return count == LUT_INPUTS ? ~UINT64_C(0) : (UINT64_C(1) << (1 << count)) - 1;
}

/* The table of `a`, which is inverted on request, over the sources of `over`, of which its own are a part. */
static uint64_t table_over(const lut_small *a, bool inverse, const lut_small *over)
{
  int place[LUT_INPUTS] = {0};
  uint64_t table = 0;
  if (a->count == over->count) return inverse ? a->table ^ table_mask(a->count) : a->table;
  for (int i = 0, k = 0; i < a->count; k++)
    if (over->source[k] == a->source[i]) place[i++] = k;
  for (int v = 0; v < 1 << over->count; v++) {
    int at = 0;
    for (int i = 0; i < a->count; i++)
      at |= (v >> place[i] & 1) << i;
    table |= (a->table >> at & 1) << v;
  }
  return inverse ? table ^ table_mask(over->count) : table;
}

/* Does the table depend on source k? */
static bool depends(const lut_small *s, int k)
{
  static const uint64_t without[LUT_INPUTS] = {0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
                                               0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff};
  return ((s->table >> (1 << k)) ^ s->table) & without[k] & table_mask(s->count);
}

/* Take out source k, on which nothing depends. */
static void drop(lut_small *s, int k)
{
  uint64_t table = 0;
  for (int v = 0, at = 0; v < 1 << s->count; v++)
    if (!(v >> k & 1)) table |= (s->table >> v & 1) << at++;
  s->table = table;
  memmove(s->source + k, s->source + k + 1, (size_t)(s->count - k - 1) * sizeof *s->source);
  s->count--;
}

static size_t hash(const lut_small *s, size_t slots)
{
  uint64_t key = s->table * UINT64_C(0x9E3779B97F4A7C15);
  for (int i = 0; i < s->count; i++)
    key = (key ^ s->source[i]) * UINT64_C(0xD6E8FEB86659FD93);
  return (size_t)(key >> 32) & (slots - 1);
}

static bool same(const lut_small *a, const lut_small *b)
{
  return a->count == b->count && a->table == b->table &&
         memcmp(a->source, b->source, (size_t)a->count * sizeof *a->source) == 0;
}

static size_t find(const lut_net *net, const lut_small *s)
{
  size_t at = hash(s, net->small_slots);
  while (net->small_slot[at] && !same(&net->small[net->small_slot[at]], s))
    at = (at + 1) & (net->small_slots - 1);
  return at;
}

static void grow(lut_net *net)
{
  size_t slots = net->small_slots ? 2 * net->small_slots : 1024;
  int32_t *slot = qy_alloc(slots, sizeof *slot);
  if (!slot) {
    net->failed = true;
    return;
  }
  free(net->small_slot);
  net->small_slot = slot;
  net->small_slots = slots;
  for (size_t i = 1; i < net->smalls; i++)
    if (net->small[i].count <= LUT_INPUTS) slot[find(net, &net->small[i])] = (int32_t)i;
}

bool lut_small_make(lut_net *net, const lut_node *n, lut_small *made)
{
  const lut_small *a = &net->small[n->in[0] >> 1], *b = &net->small[n->in[1] >> 1];
  *made = (lut_small){.count = LUT_SMALL_NOT};
  lut_small to;
  if (a->count > LUT_INPUTS || b->count > LUT_INPUTS || !join(a, b, &to)) return false;
  uint64_t x = table_over(a, n->in[0] & 1, &to), y = table_over(b, n->in[1] & 1, &to);
  to.table = n->kind == LUT_AND ? x & y : x ^ y;
  for (int k = to.count - 1; k >= 0; k--)
    if (!depends(&to, k)) drop(&to, k);
  *made = to;
  return true;
}

int64_t lut_small_find(lut_net *net, const lut_small *s)
{
  if (s->count == 0) return s->table & 1 ? LUT_ONE : LUT_ZERO;
  if (net->small_slots == 0) return LUT_NONE;
  int32_t at = net->small_slot[find(net, s)];
  if (at) return 2 * (int64_t)at;
  lut_small inverse = *s;
  inverse.table ^= table_mask(s->count);
  at = net->small_slot[find(net, &inverse)];
  return at ? 2 * (int64_t)at + 1 : LUT_NONE;
}

void lut_small_add(lut_net *net, uint32_t at, const lut_small *s)
{
  if (net->failed || qy_grow((void **)&net->small, &net->small_capacity, (size_t)at + 1, sizeof *net->small)) {
    net->failed = true;
    return;
  }
  net->small[at] = *s;
  net->smalls = (size_t)at + 1;
  if (s->count > LUT_INPUTS || s->count == 0) return;
  if (2 * net->smalls >= net->small_slots)
    grow(net); /* the new one with the others */
  else
    net->small_slot[find(net, s)] = (int32_t)at;
}
