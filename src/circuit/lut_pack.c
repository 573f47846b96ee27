/* What a covering takes of a device: inverters, levels, and for vivado functions that share a LUT, wide selections and
 * what goes through a LUT to its chain.
 */
#include "lut_int.h"

#include <stdlib.h>
#include <string.h>

typedef struct packer {
  const lut_cover *cover;
  const lut_net *net;
  uint8_t *role; /* [nodes] */
} packer;

/* A LUT that is the select of a stage stands at its stage: only what that stage passes on can share it. */
enum { ROLE_SELECT = 1, ROLE_PAIRED = 2, ROLE_F7 = 4, ROLE_F8 = 8, ROLE_WIDE_INPUT = 16 };
enum { SHARED_INPUTS = LUT_INPUTS - 1, COMMON_INPUTS = 1 }; /* of two functions in one LUT */

static bool is_lut(const packer *p, uint32_t at)
{
  return p->cover->readers[at] > 0 && lut_is_gate(&p->net->node[at]);
}

static bool is_free(const packer *p, uint32_t at)
{
  return is_lut(p, at) && p->role[at] == 0;
}

int lut_inputs_together(const lut_cut *a, const lut_cut *b)
{
  int together = a->size;
  for (int i = 0; i < b->size; i++) {
    bool shared = false;
    for (int k = 0; k < a->size; k++)
      shared |= a->leaf[k] == b->leaf[i];
    together += !shared;
  }
  return together;
}

/* Two functions that have five inputs at most, and one of them in common: what has nothing to do with each other is
 * rarely placed together. */
static bool fits(const lut_cut *a, const lut_cut *b)
{
  int together = lut_inputs_together(a, b);
  return together <= SHARED_INPUTS && together + COMMON_INPUTS <= a->size + b->size;
}

/* ---- chains */

static bool is_live_stage(const packer *p, uint32_t sum)
{
  return p->cover->readers[sum] > 0 || p->cover->readers[sum + 1] > 0;
}

/* The select and the data of each stage in one LUT; a select that is no LUT's output goes through one, as the place has
 * no other way to the chain.  A carry that leaves the chain needs none. */
static void pack_chains(packer *p, lut_cover *to)
{
  for (uint32_t i = 1; i + 1 < p->net->count; i++) {
    if (p->net->node[i].kind != LUT_SUM || !is_live_stage(p, i)) continue;
    const lut_stage *s = &p->net->stage[p->net->node[i].in[0]];
    uint32_t select = s->select >> 1, data = s->data >> 1;
    bool has_data = p->cover->readers[i + 1] > 0 && is_free(p, data) && data != select;
    if (is_lut(p, select)) {
      if (has_data && !(p->role[select] & ROLE_SELECT) &&
          lut_inputs_together(&p->cover->best[select], &p->cover->best[data]) <= SHARED_INPUTS) {
        p->role[data] = ROLE_PAIRED;
        to->pairs++;
      }
      p->role[select] |= ROLE_SELECT;
    } else if (select > 0) {
      if (has_data && p->cover->best[data].size < SHARED_INPUTS)
        p->role[data] = ROLE_PAIRED; /* beside what goes through */
      else
        to->through++;
    }
  }
}

/* ---- wide selections */

/* The value of a gate when the leaves of its cut have these. */
static int value_at(const packer *p, uint32_t at, int leaves)
{
  uint8_t value[LUT_INPUTS];
  for (int k = 0; k < p->cover->best[at].size; k++)
    value[k] = (uint8_t)(leaves >> k & 1);
  return lut_look_up(p->net, &p->cover->best[at], 2 * at, value);
}

/* Does leaf `s` of three decide which of the others is passed on, whichever for which value? */
static bool selects(const packer *p, uint32_t at, int s)
{
  const int other[2] = {(s + 1) % 3, (s + 2) % 3};
  int seen[2][2] = {{0}}; /* when the leaf is 0 and 1, beside each of the others: bit 0 the same, bit 1 the inverse */
  for (int v = 0; v < 8; v++)
    for (int k = 0; k < 2; k++)
      seen[v >> s & 1][k] |= 1 << (value_at(p, at, v) ^ (v >> other[k] & 1));
  return (seen[0][0] != 3 && seen[1][1] != 3) || (seen[0][1] != 3 && seen[1][0] != 3);
}

static bool can_feed(const packer *p, uint32_t at, uint8_t role)
{
  return is_lut(p, at) && p->cover->readers[at] == 1 && p->role[at] == role;
}

/* A selection between two LUTs, or two MUXF7, that have no other reader. */
static bool is_wide(const packer *p, uint32_t at, uint8_t role)
{
  const lut_cut *cut = &p->cover->best[at];
  for (int s = 0; s < 3 && cut->size == 3; s++) {
    uint32_t x = cut->leaf[(s + 1) % 3], y = cut->leaf[(s + 2) % 3];
    if (can_feed(p, x, role) && can_feed(p, y, role) && selects(p, at, s)) return true;
  }
  return false;
}

static void find_wide(packer *p, uint8_t role, uint8_t made, double *count)
{
  for (uint32_t i = 1; i < p->net->count; i++) {
    if (!is_free(p, i) || !is_wide(p, i, role)) continue;
    p->role[i] = made;
    for (int k = 0; k < 3; k++)
      if (can_feed(p, p->cover->best[i].leaf[k], 0)) p->role[p->cover->best[i].leaf[k]] = ROLE_WIDE_INPUT;
    (*count)++;
  }
}

/* A MUXF7 that became part of a MUXF8 is counted as both. */
static void find_wider(packer *p, lut_cover *to)
{
  for (uint32_t i = 1; i < p->net->count; i++)
    if (is_free(p, i) && is_wide(p, i, ROLE_F7)) {
      p->role[i] = ROLE_F8;
      to->muxf8++;
    }
}

/* ---- pairs */

/* Partners are sought among so many LUTs that follow: functions of shared inputs are made near each other. */
enum { LOOK_AHEAD = 48 };

static void pair_others(packer *p, lut_cover *to)
{
  for (uint32_t i = 1; i < p->net->count; i++) {
    if (!is_free(p, i) || p->cover->best[i].size > SHARED_INPUTS) continue;
    uint32_t best = 0;
    int least = SHARED_INPUTS + 1;
    for (uint32_t k = i + 1, seen = 0; k < p->net->count && seen < LOOK_AHEAD; k++) {
      if (!is_free(p, k) || p->cover->best[k].size > SHARED_INPUTS) continue;
      seen++;
      int more = lut_inputs_together(&p->cover->best[i], &p->cover->best[k]) - p->cover->best[k].size;
      if (!fits(&p->cover->best[i], &p->cover->best[k]) || more >= least) continue;
      best = k;
      least = more;
    }
    if (!best) continue;
    p->role[i] = p->role[best] = ROLE_PAIRED;
    to->pairs++;
  }
}

int lut_cover_pack(lut_cover *cover)
{
  packer p = {cover, cover->net, qy_alloc(cover->net->count + 1, sizeof *p.role)};
  if (!p.role) return -1;
  pack_chains(&p, cover);
  find_wide(&p, 0, ROLE_F7, &cover->muxf7);
  find_wider(&p, cover);
  pair_others(&p, cover);
  free(p.role);
  return 0;
}
