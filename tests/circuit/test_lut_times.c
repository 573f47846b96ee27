/* Times of coverings, and their area under them.
 *
 * Oracles: delays of LUT1 to LUT6, FDRE and CARRY4 as they stand in the specify blocks of yosys 0.23,
 * techlibs/xilinx/cells_sim.v; of a gate every cut of six inputs; of tiny networks every choice of gates.
 */
#include "../../src/circuit/lut_int.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { SOURCES = 9, NODES_MAX = 64, CUTS_MAX = 4096, TINY_GATES = 10, CELL = 4 };
enum { FROM_START, FROM_CARRY, FROM_SELECT, FROM_DATA = FROM_SELECT + CELL, PINS = FROM_DATA + CELL };
static uint64_t state = 5;

/* CARRY4: from CYINIT, CI, S[0..3], DI[0..3] to O[0..3], CO[0..3]; 0: no path. */
static const int carry4[PINS][2 * CELL] = {
    {482, 598, 584, 642, 536, 494, 592, 580}, {222, 334, 239, 313, 271, 157, 228, 114},
    {223, 400, 523, 582, 340, 433, 512, 508}, {0, 205, 558, 618, 0, 469, 548, 528},
    {0, 0, 226, 330, 0, 0, 292, 378},         {0, 0, 0, 227, 0, 0, 0, 380},
    {0, 407, 556, 615, 379, 465, 540, 526},   {0, 0, 537, 596, 0, 445, 520, 507},
    {0, 0, 0, 438, 0, 0, 356, 398},           {0, 0, 0, 0, 0, 0, 0, 385},
};

/* What a toolchain takes of a device: areas are abc9_lut, and those of -luts 2:2,3,6:5. */
static const struct device {
  int area[LUT_INPUTS + 1], pin_ps[LUT_INPUTS], wire_ps, clock_ps, least_ps;
  bool chains;
} devices[QY_TOOLCHAIN_COUNT] = {
    [QY_TOOLCHAIN_ABC9_NOWIDE] = {{0, 1, 2, 3, 3, 3, 5}, {127, 238, 407, 472, 631, 642}, 300, 303, 0, true},
    [QY_TOOLCHAIN_ABC] = {{0, 2, 2, 3, 5, 5, 5}, {0}, 1, 0, 0, false},
    [QY_TOOLCHAIN_VIVADO] = {{0, 1, 1, 1, 1, 1, 1}, {127, 238, 407, 472, 631, 642}, 300, 303, 5000, true},
};

static size_t pick(size_t n)
{
  return random_below(&state, n);
}

static int larger(int a, int b)
{
  return a > b ? a : b;
}

/* ---- networks */

static lut_signal random_gate(lut_net *net, const lut_signal *signal, size_t count)
{
  lut_signal a = signal[pick(count)] ^ (lut_signal)pick(2), b = signal[pick(count)] ^ (lut_signal)pick(2);
  return pick(3) ? lut_and(net, a, b) : lut_xor(net, a, b);
}

/* Gates, a chain over some of them, gates behind it; of a tiny one as many as can be tried.  The chain's first select
 * may be a constant, so that its carry comes in at its second place. */
static void make_network(lut_net *net, int gates, int width, bool whole)
{
  lut_signal signal[NODES_MAX], select[16], data[16], sum[16], carry = LUT_ZERO, out;
  size_t count = 0, sources;
  *net = (lut_net){.whole_chains = whole};
  for (; count < SOURCES; count++)
    signal[count] = lut_source(net, 0, (uint32_t)count);
  sources = count;
  for (int tries = 0; tries < 4 * gates && (int)(count - sources) < gates; tries++) {
    lut_signal made = random_gate(net, signal, count);
    if (made >> 1 == net->count - 1 && made > 2 * SOURCES) signal[count++] = made;
  }
  for (int chain = 0; width > 0 && chain < 2; chain++) {
    for (int k = 0; k < width; k++) {
      select[k] =
          k == 0 && pick(3) == 0 ? LUT_ZERO : signal[count - 1 - pick(count - sources + 2)] ^ (lut_signal)pick(2);
      data[k] = signal[pick(count)] ^ (lut_signal)pick(2);
    }
    if (chain == 0 && pick(2)) carry = signal[pick(count)] ^ (lut_signal)pick(2);
    lut_chain(net, select, data, carry, width, sum, &out);
    for (int k = 0; k < width && chain == 0; k++)
      if (sum[k] > LUT_ONE && count < NODES_MAX) signal[count++] = sum[k];
    for (int k = 0; k < width; k++)
      lut_add_out(net, sum[k] ^ (lut_signal)pick(2));
    lut_add_out(net, out);
    carry = out;
    if (gates <= TINY_GATES) break;
  }
  for (int i = 0; i < gates / 2 && count < NODES_MAX; i++) {
    const lut_signal made = random_gate(net, signal, count);
    signal[count++] = made;
  }
  for (size_t i = 1; i < 6; i++)
    lut_add_out(net, signal[count - 1 - i / 2] ^ (lut_signal)pick(2));
}

/* ---- arrivals by hand */

static int latest_first(const void *a, const void *b)
{
  return *(const int *)b - *(const int *)a;
}

/* The latest input takes the fastest pin: no other order is faster. */
static int through_lut(const struct device *d, const uint32_t *leaf, int size, const int *arrive)
{
  int at[LUT_INPUTS], latest = 0;
  for (int i = 0; i < size; i++)
    at[i] = arrive[leaf[i]];
  qsort(at, (size_t)size, sizeof *at, latest_first);
  for (int i = 0; i < size; i++)
    latest = larger(latest, at[i] + d->pin_ps[i]);
  return latest + d->wire_ps;
}

/* Along the carries of one cell, from the stage itself back to where its first carry comes in. */
static int through_cell(const struct device *d, const lut_net *net, uint32_t at, const int *arrive)
{
  const lut_stage *s = &net->stage[net->node[at].in[0]];
  const bool is_sum = net->node[at].kind == LUT_SUM;
  const int to = s->at % CELL + (is_sum ? 0 : CELL), chain = s->chain, cell = s->at / CELL;
  int latest = 0;
  for (bool own = true; d->chains; own = false) {
    const int place = s->at % CELL;
    latest = larger(latest, arrive[s->select >> 1] + carry4[FROM_SELECT + place][to]);
    if (!own || !is_sum) latest = larger(latest, arrive[s->data >> 1] + carry4[FROM_DATA + place][to]);
    if (s->carry <= LUT_ONE) break;
    const lut_node *from = &net->node[s->carry >> 1];
    const lut_stage *before = from->kind == LUT_CARRY ? &net->stage[from->in[0]] : NULL;
    const bool inside = before && before->chain == chain;
    if (inside && before->at / CELL == cell) {
      s = before;
      continue;
    }
    const int pin = inside ? FROM_CARRY : place == 0 ? FROM_START : FROM_DATA + place - 1;
    latest = larger(latest, arrive[s->carry >> 1] + carry4[pin][to]);
    break;
  }
  return latest;
}

/* ---- every cut of a gate */

typedef struct cuts {
  uint64_t set[CUTS_MAX][2];
  int count;
} cuts;

static void add_cut(cuts *c, uint64_t low, uint64_t high)
{
  if (__builtin_popcountll(low) + __builtin_popcountll(high) > LUT_INPUTS) return;
  for (int i = 0; i < c->count; i++)
    if ((c->set[i][0] & ~low) == 0 && (c->set[i][1] & ~high) == 0) return;
  if (c->count < CUTS_MAX) c->set[c->count][0] = low, c->set[c->count++][1] = high;
}

/* The earliest a gate can be, over all sets of six nodes that it can be made from. */
static int earliest_gate(const struct device *d, const lut_net *net, uint32_t at, cuts *all, const int *earliest)
{
  cuts own[2] = {{.count = 0}, {.count = 0}};
  int least = -1;
  for (int k = 0; k < 2; k++) {
    const uint32_t in = net->node[at].in[k] >> 1;
    add_cut(&own[k], in < 64 ? UINT64_C(1) << in : 0, in < 64 ? 0 : UINT64_C(1) << (in - 64));
    for (int i = 0; lut_is_gate(&net->node[in]) && i < all[in].count; i++)
      add_cut(&own[k], all[in].set[i][0], all[in].set[i][1]);
  }
  all[at].count = 0;
  for (int i = 0; i < own[0].count; i++)
    for (int k = 0; k < own[1].count; k++)
      add_cut(&all[at], own[0].set[i][0] | own[1].set[k][0], own[0].set[i][1] | own[1].set[k][1]);
  for (int i = 0; i < all[at].count; i++) {
    uint32_t leaf[LUT_INPUTS];
    int size = 0;
    for (int half = 0; half < 2; half++)
      for (uint64_t left = all[at].set[i][half]; left; left &= left - 1)
        leaf[size++] = (uint32_t)__builtin_ctzll(left) + 64 * (uint32_t)half;
    const int here = through_lut(d, leaf, size, earliest);
    least = least < 0 || here < least ? here : least;
  }
  return least;
}

static bool is_root(const lut_net *net, uint32_t at)
{
  for (size_t i = 0; i < net->outs; i++)
    if (net->out[i] >> 1 == at) return true;
  return false;
}

/* The latest output of the fastest covering. */
static int fastest(const struct device *d, const lut_net *net, cuts *all)
{
  int earliest[2 * NODES_MAX] = {0}, latest = 0;
  for (uint32_t i = 1; i < net->count; i++) {
    const lut_node *n = &net->node[i];
    earliest[i] = lut_is_gate(n)    ? earliest_gate(d, net, i, all, earliest)
                  : lut_is_stage(n) ? through_cell(d, net, i, earliest)
                                    : d->clock_ps;
    if (is_root(net, i)) latest = larger(latest, earliest[i]);
  }
  return latest;
}

/* Inverters: for a LUT that is taken in both senses by what is no LUT, for an input or a stage that is taken inverted;
 * vivado's chains invert what comes through their LUTs. */
static int inverters_of(const lut_cover *cover, bool is_vivado)
{
  const lut_net *net = cover->net;
  uint8_t sense[2 * NODES_MAX] = {0};
  int count = 0;
  for (size_t i = 0; i < net->outs; i++)
    sense[net->out[i] >> 1] |= (uint8_t)(1 + (net->out[i] & 1));
  for (uint32_t i = 1; i < net->count; i++) {
    if (cover->readers[i] == 0 || !lut_is_stage(&net->node[i])) continue;
    const lut_stage *s = &net->stage[net->node[i].in[0]];
    const lut_signal in[3] = {s->select, s->carry, s->data};
    for (int k = 0; k < (net->node[i].kind == LUT_CARRY ? 3 : 2); k++)
      if ((!is_vivado || lut_is_gate(&net->node[in[k] >> 1])) && (k != 1 || net->node[in[k] >> 1].kind != LUT_CARRY))
        sense[in[k] >> 1] |= (uint8_t)(1 + (in[k] & 1));
  }
  for (uint32_t i = 1; i < net->count; i++)
    count += lut_is_gate(&net->node[i]) ? sense[i] == 3 : sense[i] >> 1;
  return count;
}

/* Times of every node that is taken are those of its cut and of its cell, worked out anew; and the latest output is no
 * later than it has to be. */
static void check_times(qy_toolchain toolchain)
{
  enum { NETWORKS = 80 };
  const struct device *d = &devices[toolchain];
  const qy_fpga_how how = {.toolchain = toolchain};
  cuts *all = calloc(2 * NODES_MAX, sizeof *all);
  int wrong = 0, below = 0, above = 0, chains = 0, compared = 0, senses = 0;
  for (int i = 0; i < NETWORKS && all; i++) {
    lut_net net;
    lut_cover cover = {0};
    make_network(&net, 8 + (int)pick(22), i % 3 ? 3 + (int)pick(9) : 0, toolchain == QY_TOOLCHAIN_VIVADO);
    int latest = 0;
    if (net.count > 2 * 64 || lut_cover_make(&cover, &net, &how)) goto next;
    for (uint32_t n = 1; n < net.count; n++) {
      if (cover.readers[n] == 0) continue;
      const lut_cut *cut = &cover.best[n];
      const int by_hand = lut_is_gate(&net.node[n])    ? through_lut(d, cut->leaf, cut->size, cover.arrive_ps)
                          : lut_is_stage(&net.node[n]) ? through_cell(d, &net, n, cover.arrive_ps)
                                                       : d->clock_ps;
      wrong += by_hand != cover.arrive_ps[n];
      chains += lut_is_stage(&net.node[n]);
      if (is_root(&net, n)) latest = larger(latest, cover.arrive_ps[n]);
    }
    senses += (int)cover.inverters != inverters_of(&cover, toolchain == QY_TOOLCHAIN_VIVADO);
    const int least = fastest(d, &net, all);
    below += latest < least;
    above += latest > larger(least, d->least_ps);
    compared++;
  next:
    lut_cover_free(&cover);
    lut_net_free(&net);
  }
  ok(compared > NETWORKS / 2 && chains > 500 && wrong == 0, "%s: %d times of %d networks are not those by hand",
     qy_toolchain_names[toolchain], wrong, compared);
  is_int(senses, 0, "inverters are those that something needs");
  ok(below == 0 && above <= compared / 50, "%d are later than the fastest covering", above);
  free(all);
}

/* ---- the least area in that time */

/* A search over all choices of cuts: of every gate that is needed one. */
typedef struct search {
  const struct device *d;
  const lut_net *net;
  const cuts *all;
  uint32_t cut[32]; /* the leaves chosen */
  int deadline_ps, least;
} search;

static bool is_timed(const search *s, uint32_t at)
{
  for (size_t i = 0; i < s->net->stages && !s->d->chains; i++) { /* paths end at chains */
    const lut_stage *stage = &s->net->stage[i];
    if (stage->select >> 1 == at || stage->data >> 1 == at || stage->carry >> 1 == at) return true;
  }
  return is_root(s->net, at);
}

static bool is_in_time(const search *s, uint32_t needed)
{
  int arrive[32] = {0};
  for (uint32_t i = 1; i < s->net->count; i++) {
    const lut_node *n = &s->net->node[i];
    uint32_t leaf[LUT_INPUTS];
    int size = 0;
    if (lut_is_gate(n) && !(needed >> i & 1)) continue;
    for (uint32_t left = lut_is_gate(n) ? s->cut[i] : 0; left; left &= left - 1)
      leaf[size++] = (uint32_t)__builtin_ctz(left);
    arrive[i] = lut_is_gate(n)    ? through_lut(s->d, leaf, size, arrive)
                : lut_is_stage(n) ? through_cell(s->d, s->net, i, arrive)
                                  : s->d->clock_ps;
    if (arrive[i] > s->deadline_ps && is_timed(s, i)) return false;
  }
  return true;
}

/* From the last gate down: what its cut needs comes before it. */
static void choose(search *s, uint32_t at, uint32_t needed, int area)
{
  while (at > 0 && (!(needed >> at & 1) || !lut_is_gate(&s->net->node[at])))
    at--;
  if (s->least >= 0 && area >= s->least) return;
  if (at == 0) {
    if (is_in_time(s, needed)) s->least = area;
    return;
  }
  for (int i = 0; i < s->all[at].count; i++) {
    s->cut[at] = (uint32_t)s->all[at].set[i][0];
    choose(s, at - 1, needed | s->cut[at], area + s->d->area[__builtin_popcount(s->cut[at])]);
  }
}

static int least_area(const struct device *d, const lut_net *net, cuts *all, int deadline_ps)
{
  search s = {.d = d, .net = net, .all = all, .deadline_ps = deadline_ps, .least = -1};
  uint32_t needed = 0;
  (void)fastest(d, net, all); /* finds the cuts */
  for (size_t i = 0; i < net->outs; i++)
    needed |= UINT32_C(1) << (net->out[i] >> 1);
  for (size_t i = 0; i < net->stages; i++)
    needed |= UINT32_C(1) << (net->stage[i].select >> 1) | UINT32_C(1) << (net->stage[i].data >> 1) |
              UINT32_C(1) << (net->stage[i].carry >> 1);
  choose(&s, (uint32_t)net->count - 1, needed, 0);
  return s.least;
}

static void check_areas(qy_toolchain toolchain, bool with_chains)
{
  enum { NETWORKS = 50 };
  const struct device *d = &devices[toolchain];
  const qy_fpga_how how = {.toolchain = toolchain};
  cuts *all = calloc(2 * NODES_MAX, sizeof *all);
  int below = 0, equal = 0, compared = 0;
  for (int i = 0; i < NETWORKS && all; i++) {
    lut_net net;
    lut_cover cover = {0};
    make_network(&net, TINY_GATES, with_chains ? 3 : 0, toolchain == QY_TOOLCHAIN_VIVADO);
    int area = 0, latest = 0;
    if (net.count > 31 || lut_cover_make(&cover, &net, &how)) goto next;
    for (uint32_t n = 1; n < net.count; n++) {
      if (cover.readers[n] == 0) continue;
      if (lut_is_gate(&net.node[n])) area += d->area[cover.best[n].size];
      if (is_timed(&(search){.d = d, .net = &net}, n)) latest = larger(latest, cover.arrive_ps[n]);
    }
    const int least = least_area(d, &net, all, larger(latest, d->least_ps));
    below += area < least;
    equal += area == least;
    compared++;
  next:
    lut_cover_free(&cover);
    lut_net_free(&net);
  }
  ok(compared > NETWORKS / 2 && below == 0 && equal * 100 >= compared * 95,
     "%s%s: %d of %d tiny networks are as small as can be in their time", qy_toolchain_names[toolchain],
     with_chains ? ", chains" : "", equal, compared);
  free(all);
}

int main(void)
{
  for (int t = 0; t < QY_TOOLCHAIN_COUNT; t++) {
    check_times((qy_toolchain)t);
    for (int chains = 0; chains < 2; chains++)
      check_areas((qy_toolchain)t, chains && t != QY_TOOLCHAIN_VIVADO);
  }
  return done();
}
