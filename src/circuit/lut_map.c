/* Covering a network by LUTs: see lut_int.h for the method.
 *
 * A pass goes over the gates in order, merges the cuts of the two inputs, and keeps the best few by the pass's measure:
 * first arrival, then area flow, then exact area, the last two among cuts that meet the required times of the pass
 * before.  Required times come from the latest arrival at a flip-flop or an output: area is recovered where there is
 * slack only, as the toolchain does.
 */
#include "lut_int.h"

#include <assert.h>
#include <float.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What a toolchain believes of LUTs and chains, ps and its units of area. */
typedef struct lut_library {
  float area[LUT_INPUTS + 1]; /* by number of inputs */
  int pin_ps[LUT_INPUTS];     /* of the fastest pin first */
  int wire_ps;                /* in front of a LUT */
  int clock_ps;               /* of a flip-flop, to its output */
  bool cut_chains;            /* paths end at chains and begin anew behind them */
  int least_ps;               /* what is faster than this is not made faster */
} lut_library;

/* abc9 of yosys 0.23, techlibs/xilinx/cells_sim.v: areas abc9_lut of LUT1..LUT6, delays of their pins and of FDRE, wire
 * delay of synth_xilinx; those of CARRY4 below.  abc: -luts of synth_xilinx, a
 * level a LUT, chains are not seen.  vivado: a LUT is a LUT; times as above, at the 200 MHz at which
 * published designs are built (PoTAcc, gicLAB/PoTAcc @33dcb3d1a925). */
static const lut_library library[QY_TOOLCHAIN_COUNT] = {
    [QY_TOOLCHAIN_ABC9_NOWIDE] =
        {
            .area = {0, 1, 2, 3, 3, 3, 5},
            .pin_ps = {127, 238, 407, 472, 631, 642},
            .wire_ps = 300,
            .clock_ps = 303,
        },
    [QY_TOOLCHAIN_ABC] = {.area = {0, 2, 2, 3, 5, 5, 5}, .wire_ps = 1, .cut_chains = true},
    [QY_TOOLCHAIN_VIVADO] = {.area = {0, 1, 1, 1, 1, 1, 1},
                             .pin_ps = {127, 238, 407, 472, 631, 642},
                             .wire_ps = 300,
                             .clock_ps = 303,
                             .least_ps = 5000},
};

/* Delays of CARRY4, ps, from the same file: to its sums and carries from selects, data, the carry of the cell before
 * and the carry at the chain's start. */
enum { CELL = 4 };
typedef struct cell_delays {
  int select[CELL][CELL], data[CELL][CELL], carry[CELL], start[CELL]; /* [from][to] */
} cell_delays;
static const cell_delays to_sum = {
    .select = {{223, 400, 523, 582}, {0, 205, 558, 618}, {0, 0, 226, 330}, {0, 0, 0, 227}},
    .data = {{0, 407, 556, 615}, {0, 0, 537, 596}, {0, 0, 0, 438}, {0, 0, 0, 0}},
    .carry = {222, 334, 239, 313},
    .start = {482, 598, 584, 642},
};
static const cell_delays to_carry = {
    .select = {{340, 433, 512, 508}, {0, 469, 548, 528}, {0, 0, 292, 378}, {0, 0, 0, 380}},
    .data = {{379, 465, 540, 526}, {0, 445, 520, 507}, {0, 0, 356, 398}, {0, 0, 0, 385}},
    .carry = {271, 157, 228, 114},
    .start = {536, 494, 592, 580},
};

enum { CUTS = 8 };   /* that a gate keeps */
#define CLOSE 0.001F /* areas that differ by less are equal */

typedef enum measure { BY_DELAY, BY_FLOW, BY_AREA } measure;

typedef struct mapper {
  const lut_net *net;
  const lut_library *lib;
  lut_cover *cover;
  lut_cut *cut;     /* [nodes * CUTS] */
  uint8_t *cuts;    /* [nodes] */
  float *flow;      /* [nodes]: area flow of the best cut */
  float *sharing;   /* [nodes]: estimated readers */
  uint32_t *passed; /* [nodes]: of a select, the gate that its stage passes on; NULL: LUTs have one output */
  bool *live;       /* [nodes] that outputs depend on */
  measure by;
  int deadline_ps;
} mapper;

/* ---- cuts */

/* The union of two cuts; false: too large. */
static bool merge(const lut_cut *a, const lut_cut *b, lut_cut *to)
{
  to->signature = a->signature | b->signature;
  uint64_t left = to->signature; /* one bit at least for each of so many leaves */
  for (int i = 0; i < LUT_INPUTS; i++)
    left &= left - 1;
  if (left) return false;
  int i = 0, k = 0, size = 0;
  while (i < a->size || k < b->size) {
    if (size == LUT_INPUTS) return false;
    if (k == b->size || (i < a->size && a->leaf[i] < b->leaf[k])) {
      to->leaf[size++] = a->leaf[i++];
    } else {
      if (i < a->size && a->leaf[i] == b->leaf[k]) i++;
      to->leaf[size++] = b->leaf[k++];
    }
  }
  to->size = size;
  return true;
}

/* Are all leaves of a among those of b? */
static bool is_subset(const lut_cut *a, const lut_cut *b)
{
  if (a->size > b->size || (a->signature & ~b->signature)) return false;
  int k = 0;
  for (int i = 0; i < a->size; i++) {
    while (k < b->size && b->leaf[k] < a->leaf[i])
      k++;
    if (k == b->size || b->leaf[k] != a->leaf[i]) return false;
  }
  return true;
}

/* The latest input gets the fastest pin. */
static int delay_of(const mapper *m, const lut_cut *cut)
{
  const int32_t *arrive = m->cover->arrive_ps;
  int at[LUT_INPUTS], delay = 0;
  for (int i = 0; i < cut->size; i++) {
    int here = arrive[cut->leaf[i]], k = i;
    for (; k > 0 && at[k - 1] < here; k--)
      at[k] = at[k - 1];
    at[k] = here;
  }
  for (int i = 0; i < cut->size; i++) {
    int through = at[i] + m->lib->pin_ps[i];
    delay = through > delay ? through : delay;
  }
  return delay + m->lib->wire_ps;
}

/* It arrives no earlier than through the fastest pin. */
static int least_delay(const mapper *m, const lut_cut *cut)
{
  int latest = 0;
  for (int i = 0; i < cut->size; i++)
    latest = m->cover->arrive_ps[cut->leaf[i]] > latest ? m->cover->arrive_ps[cut->leaf[i]] : latest;
  return latest + m->lib->pin_ps[0] + m->lib->wire_ps;
}

static float flow_of(const mapper *m, const lut_cut *cut)
{
  float flow = m->lib->area[cut->size];
  for (int i = 0; i < cut->size; i++)
    flow += m->flow[cut->leaf[i]];
  return flow;
}

/* A select whose stage passes a gate on shares its LUT with that when they have few inputs together; else that takes a
 * LUT of its own. */
static float alone(const mapper *m, uint32_t at, const lut_cut *cut)
{
  uint32_t data = m->passed ? m->passed[at] : 0;
  return data > 0 && lut_inputs_together(cut, &m->cover->best[data]) >= LUT_INPUTS ? m->lib->area[LUT_INPUTS] : 0;
}

static float take(mapper *m, uint32_t at);

/* The area that reading a cut adds, and back. */
static float take_cut(mapper *m, const lut_cut *cut)
{
  float area = m->lib->area[cut->size];
  for (int i = 0; i < cut->size; i++)
    if (m->cover->readers[cut->leaf[i]]++ == 0) area += take(m, cut->leaf[i]);
  return area;
}

static float take(mapper *m, uint32_t at)
{
  return lut_is_gate(&m->net->node[at]) ? take_cut(m, &m->cover->best[at]) : 0;
}

static float leave_cut(mapper *m, const lut_cut *cut)
{
  float area = m->lib->area[cut->size];
  for (int i = 0; i < cut->size; i++)
    if (--m->cover->readers[cut->leaf[i]] == 0 && lut_is_gate(&m->net->node[cut->leaf[i]]))
      area += leave_cut(m, &m->cover->best[cut->leaf[i]]);
  return area;
}

/* Is a the better one? */
static bool better(const mapper *m, const lut_cut *a, const lut_cut *b, int require_ps)
{
  if (m->by == BY_DELAY) {
    if (a->delay_ps != b->delay_ps) return a->delay_ps < b->delay_ps;
    if (a->area < b->area - CLOSE || a->area > b->area + CLOSE) return a->area < b->area;
    return a->size < b->size;
  }
  bool late_a = a->delay_ps > require_ps, late_b = b->delay_ps > require_ps;
  if (late_a != late_b) return late_b;
  if (a->area < b->area - CLOSE || a->area > b->area + CLOSE) return a->area < b->area;
  if (a->delay_ps != b->delay_ps) return a->delay_ps < b->delay_ps;
  return a->size < b->size;
}

/* Keep a cut in the node's list, best first, unless one of its subsets is there. */
static void keep(mapper *m, uint32_t at, const lut_cut *cut)
{
  lut_cut *list = &m->cut[(size_t)at * CUTS];
  int count = m->cuts[at], require = m->cover->require_ps[at];
  int place = count;
  while (place > 0 && better(m, cut, &list[place - 1], require))
    place--;
  if (place == CUTS) return;
  if (count == CUTS) count--;
  memmove(list + place + 1, list + place, (size_t)(count - place) * sizeof *list);
  list[place] = *cut;
  m->cuts[at] = (uint8_t)(count + 1);
}

static bool is_dominated(const mapper *m, uint32_t at, const lut_cut *cut)
{
  const lut_cut *list = &m->cut[(size_t)at * CUTS];
  for (int i = 0; i < m->cuts[at]; i++)
    if (is_subset(&list[i], cut)) return true;
  return false;
}

static lut_cut trivial(uint32_t at)
{
  return (lut_cut){.leaf = {at}, .size = 1, .signature = UINT64_C(1) << (at & 63)};
}

/* Is there no place for a cut that arrives no earlier, or is no smaller, than this? */
static bool is_hopeless(const mapper *m, uint32_t at, int delay_ps, float area)
{
  if (m->cuts[at] < CUTS) return false;
  const lut_cut *last = &m->cut[(size_t)at * CUTS + CUTS - 1];
  if (m->by == BY_DELAY) return delay_ps > last->delay_ps;
  return last->delay_ps <= m->cover->require_ps[at] && area > last->area + CLOSE;
}

static void try_cut(mapper *m, uint32_t at, lut_cut *cut)
{
  if (m->by == BY_DELAY) {
    if (is_hopeless(m, at, least_delay(m, cut), 0) || is_dominated(m, at, cut)) return;
    cut->delay_ps = delay_of(m, cut);
    if (is_hopeless(m, at, cut->delay_ps, 0)) return;
    cut->area = flow_of(m, cut) + alone(m, at, cut);
  } else {
    cut->area = flow_of(m, cut) + alone(m, at, cut);
    if (is_hopeless(m, at, 0, cut->area) || is_dominated(m, at, cut)) return;
    cut->delay_ps = delay_of(m, cut);
  }
  keep(m, at, cut);
}

static void take_best(mapper *m, uint32_t at)
{
  m->cover->best[at] = m->cut[(size_t)at * CUTS];
  m->cover->arrive_ps[at] = m->cover->best[at].delay_ps;
  m->flow[at] = flow_of(m, &m->cover->best[at]) / m->sharing[at];
}

/* Cuts of an input of a gate: itself, then its own, best first. */
static int cuts_of(const mapper *m, uint32_t at, lut_cut list[CUTS + 1])
{
  int count = lut_is_gate(&m->net->node[at]) ? m->cuts[at] : 0;
  list[0] = trivial(at);
  memcpy(list + 1, &m->cut[(size_t)at * CUTS], (size_t)count * sizeof *list);
  return count + 1;
}

/* Merge the cuts of the inputs, by delay or by flow; pairs far down in both lists come to nothing. */
static void cut_gate(mapper *m, uint32_t at)
{
  const lut_node *n = &m->net->node[at];
  lut_cut a[CUTS + 1], b[CUTS + 1], cut;
  const int as = cuts_of(m, n->in[0] >> 1, a), bs = cuts_of(m, n->in[1] >> 1, b);
  m->cuts[at] = 0;
  if (m->by != BY_DELAY) { /* what met the required times is kept for that */
    cut = m->cover->best[at];
    try_cut(m, at, &cut);
  }
  for (int i = 0; i < as; i++)
    for (int k = 0; k < bs && i + k <= CUTS; k++)
      if (merge(&a[i], &b[k], &cut)) try_cut(m, at, &cut);
  take_best(m, at);
}

/* Look at the cuts that are there again, by what each adds to the covering as it is. */
static void revise_gate(mapper *m, uint32_t at)
{
  lut_cut list[CUTS];
  int count = m->cuts[at];
  if (m->cover->readers[at] == 0) { /* nobody reads it as it is */
    m->cover->best[at].delay_ps = m->cover->arrive_ps[at] = delay_of(m, &m->cover->best[at]);
    return;
  }
  leave_cut(m, &m->cover->best[at]);
  memcpy(list, &m->cut[(size_t)at * CUTS], (size_t)count * sizeof *list);
  m->cuts[at] = 0;
  for (int i = 0; i < count; i++) {
    list[i].delay_ps = delay_of(m, &list[i]);
    list[i].area = take_cut(m, &list[i]) + alone(m, at, &list[i]);
    leave_cut(m, &list[i]);
    keep(m, at, &list[i]);
  }
  take_best(m, at);
  take_cut(m, &m->cover->best[at]);
}

/* ---- times */

static int later(int a, int b)
{
  return a > b ? a : b;
}

/* A way into a sum or a carry. */
typedef struct path {
  uint32_t from;
  int ps;
} path;
enum { PATHS_MAX = 2 * CELL + 1 };

/* What enters the cell as carry, in front of stage s at place `to`. */
static path carry_path(const mapper *m, const lut_stage *s, int to, const cell_delays *d)
{
  const lut_node *from = &m->net->node[s->carry >> 1];
  bool inside = from->kind == LUT_CARRY && m->net->stage[from->in[0]].chain == s->chain;
  int place = s->at % CELL;
  if (inside) return (path){s->carry >> 1, d->carry[to]};
  return (path){s->carry >> 1, place == 0 ? d->start[to] : d->data[place - 1][to]};
}

/* All ways through the cell to a sum or a carry of stage `index`. */
static int paths_of(const mapper *m, uint32_t at, path list[PATHS_MAX])
{
  const lut_node *n = &m->net->node[at];
  const lut_stage *end = &m->net->stage[n->in[0]], *s = end;
  bool is_sum = n->kind == LUT_SUM;
  const cell_delays *d = is_sum ? &to_sum : &to_carry;
  int count = 0, to = end->at % CELL;
  for (;; s--) {
    int place = s->at % CELL;
    list[count++] = (path){s->select >> 1, d->select[place][to]};
    if (!is_sum || s != end) list[count++] = (path){s->data >> 1, d->data[place][to]};
    bool more = s > m->net->stage && s[-1].chain == s->chain && s[-1].at / CELL == s->at / CELL;
    if (!more || m->net->node[s->carry >> 1].kind != LUT_CARRY) break;
  }
  if (s->carry > LUT_ONE) list[count++] = carry_path(m, s, to, d);
  return count;
}

static void arrive_stage(mapper *m, uint32_t at)
{
  path list[PATHS_MAX];
  int *arrive = m->cover->arrive_ps;
  arrive[at] = 0;
  if (m->lib->cut_chains) return;
  for (int i = paths_of(m, at, list) - 1; i >= 0; i--)
    arrive[at] = later(arrive[at], arrive[list[i].from] + list[i].ps);
}

static void earlier(int *at, int ps)
{
  if (ps < *at) *at = ps;
}

static void require_stage(mapper *m, uint32_t at)
{
  path list[PATHS_MAX];
  int *need = m->cover->require_ps;
  for (int i = paths_of(m, at, list) - 1; i >= 0; i--)
    earlier(&need[list[i].from], m->lib->cut_chains ? m->deadline_ps : need[at] - list[i].ps);
}

static void require_gate(mapper *m, uint32_t at)
{
  const lut_cut *cut = &m->cover->best[at];
  int *need = m->cover->require_ps, order[LUT_INPUTS];
  for (int i = 0; i < cut->size; i++) {
    int k = i;
    for (; k > 0 && m->cover->arrive_ps[cut->leaf[order[k - 1]]] < m->cover->arrive_ps[cut->leaf[i]]; k--)
      order[k] = order[k - 1];
    order[k] = i;
  }
  for (int i = 0; i < cut->size; i++)
    earlier(&need[cut->leaf[order[i]]], need[at] - m->lib->pin_ps[i] - m->lib->wire_ps);
}

/* ---- what is taken */

static void read_root(mapper *m, lut_signal s, bool is_stage)
{
  m->cover->readers[s >> 1]++;
  m->cover->root[s >> 1] |= (uint8_t)(1 << ((s & 1) + 2 * is_stage));
}

/* Readers of everything that the outputs need, from the end; required times with them. */
static void take_all(mapper *m)
{
  const lut_net *net = m->net;
  lut_cover *cover = m->cover;
  memset(cover->readers, 0, net->count * sizeof *cover->readers);
  memset(cover->root, 0, net->count);
  for (size_t i = 0; i < net->count; i++)
    cover->require_ps[i] = INT_MAX / 2;
  for (size_t i = 0; i < net->outs; i++)
    read_root(m, net->out[i], false);
  for (size_t i = 0; i < net->flops; i++)
    if (m->live[net->flop[i].node]) {
      read_root(m, net->flop[i].data, false);
      if (net->flop[i].enable != LUT_ONE) read_root(m, net->flop[i].enable, false);
    }
  m->deadline_ps = m->lib->least_ps;
  for (size_t i = 0; i < net->count; i++)
    if (cover->root[i]) m->deadline_ps = later(m->deadline_ps, cover->arrive_ps[i]);
  for (size_t i = 0; i < net->count; i++)
    if (cover->root[i]) cover->require_ps[i] = m->deadline_ps;
  for (uint32_t i = (uint32_t)net->count; i-- > 1;) {
    const lut_node *n = &net->node[i];
    if (cover->readers[i] == 0) continue;
    if (lut_is_gate(n)) {
      require_gate(m, i);
      for (int k = 0; k < cover->best[i].size; k++)
        cover->readers[cover->best[i].leaf[k]]++;
    } else if (lut_is_stage(n)) {
      const lut_stage *s = &net->stage[n->in[0]];
      require_stage(m, i);
      read_root(m, s->select, true);
      if (n->kind == LUT_CARRY) read_root(m, s->data, true);
      cover->readers[s->carry >> 1]++;
      const lut_node *from = &net->node[s->carry >> 1];
      if (from->kind != LUT_CARRY) cover->root[s->carry >> 1] |= (uint8_t)(4 << (s->carry & 1));
    }
  }
}

/* Nodes that outputs depend on, through flip-flops as well. */
static int mark_live(mapper *m)
{
  const lut_net *net = m->net;
  uint32_t *list = qy_alloc(net->count + 1, sizeof *list);
  int32_t *flop = qy_alloc(net->count, sizeof *flop); /* 1 + number of the flip-flop */
  size_t more = 0;
  if (!list || !flop) goto out;
  for (size_t i = 0; i < net->flops; i++)
    flop[net->flop[i].node] = (int32_t)(i + 1);
#define NEED(s)                                                                                                        \
  do {                                                                                                                 \
    if (!m->live[(s) >> 1]) {                                                                                          \
      m->live[(s) >> 1] = true;                                                                                        \
      list[more++] = (s) >> 1;                                                                                         \
    }                                                                                                                  \
  } while (0)
  for (size_t i = 0; i < net->outs; i++)
    NEED(net->out[i]);
  while (more > 0) {
    uint32_t i = list[--more];
    const lut_node *n = &net->node[i];
    if (lut_is_gate(n)) {
      NEED(n->in[0]);
      NEED(n->in[1]);
    } else if (lut_is_stage(n)) {
      const lut_stage *s = &net->stage[n->in[0]];
      NEED(s->select);
      NEED(s->carry);
      if (n->kind == LUT_CARRY) NEED(s->data);
    } else if (flop[i]) {
      NEED(net->flop[flop[i] - 1].data);
      NEED(net->flop[flop[i] - 1].enable);
    }
  }
#undef NEED
out:;
  int status = list && flop ? 0 : -1;
  free(list);
  free(flop);
  return status;
}

/* How many gates and others read each node.  An exclusive or is two gates of the and-inverter graphs in which
 * toolchains think, one of which an AND of the same inputs shares. */
static void estimate_sharing(mapper *m)
{
  const lut_net *net = m->net;
  for (size_t i = 0; i < net->count; i++)
    m->sharing[i] = 0;
  for (size_t i = 1; i < net->count; i++) {
    const lut_node *n = &net->node[i];
    if (!m->live[i]) continue;
    int reads = n->kind == LUT_XOR ? 2 : lut_has_xor(net, n->in[0], n->in[1]) ? 0 : 1;
    for (int k = 0; k < 2 && lut_is_gate(n); k++)
      m->sharing[n->in[k] >> 1] += (float)reads;
  }
  for (size_t i = 0; i < net->stages; i++) {
    m->sharing[net->stage[i].select >> 1]++;
    m->sharing[net->stage[i].data >> 1]++;
  }
  for (size_t i = 0; i < net->outs; i++)
    m->sharing[net->out[i] >> 1]++;
  for (size_t i = 0; i < net->flops; i++)
    m->sharing[net->flop[i].data >> 1]++;
  for (size_t i = 0; i < net->count; i++)
    if (m->sharing[i] < 1) m->sharing[i] = 1;
}

/* Which selects could share a LUT with what their stages pass on. */
static int find_passed(mapper *m)
{
  m->passed = qy_alloc(m->net->count + 1, sizeof *m->passed);
  for (size_t i = 0; i < m->net->stages && m->passed; i++) {
    const lut_stage *s = &m->net->stage[i];
    bool both = lut_is_gate(&m->net->node[s->select >> 1]) && lut_is_gate(&m->net->node[s->data >> 1]);
    if (both && s->select >> 1 != s->data >> 1) m->passed[s->select >> 1] = s->data >> 1;
  }
  return m->passed ? 0 : -1;
}

static void pass(mapper *m, measure by)
{
  const lut_net *net = m->net;
  m->by = by;
  for (uint32_t i = 1; i < net->count; i++) {
    const lut_node *n = &net->node[i];
    if (!m->live[i]) continue;
    if (lut_is_gate(n) && by == BY_AREA)
      revise_gate(m, i);
    else if (lut_is_gate(n))
      cut_gate(m, i);
    else if (lut_is_stage(n))
      arrive_stage(m, i);
    else
      m->cover->arrive_ps[i] = m->lib->clock_ps;
  }
  take_all(m);
  for (uint32_t i = 1; i < net->count; i++) /* what was seen counts as much as twice what was guessed */
    m->sharing[i] = (2 * m->sharing[i] + (float)m->cover->readers[i]) / 3;
}

static int mapper_open(mapper *m, lut_cover *cover, const lut_net *net, qy_toolchain toolchain)
{
  *m = (mapper){.net = net, .lib = &library[toolchain], .cover = cover};
  *cover = (lut_cover){.net = net};
  size_t n = net->count + 1;
  cover->best = qy_alloc(n, sizeof *cover->best);
  cover->readers = qy_alloc(n, sizeof *cover->readers);
  cover->arrive_ps = qy_alloc(n, sizeof *cover->arrive_ps);
  cover->require_ps = qy_alloc(n, sizeof *cover->require_ps);
  m->cut = qy_alloc(n * CUTS, sizeof *m->cut);
  m->cuts = qy_alloc(n, sizeof *m->cuts);
  m->flow = qy_alloc(n, sizeof *m->flow);
  m->sharing = qy_alloc(n, sizeof *m->sharing);
  cover->root = qy_alloc(n, sizeof *cover->root);
  m->live = qy_alloc(n, sizeof *m->live);
  bool all = cover->best && cover->readers && cover->arrive_ps && cover->require_ps && m->cut && m->cuts && m->flow &&
             m->sharing && cover->root && m->live;
  if (all && toolchain == QY_TOOLCHAIN_VIVADO && find_passed(m)) return -1;
  return all ? mark_live(m) : -1;
}

static void mapper_close(mapper *m)
{
  free(m->cut);
  free(m->cuts);
  free(m->flow);
  free(m->sharing);
  free(m->live);
  free(m->passed);
}

/* LUTs, and inverters where something that is no LUT takes a node in both senses, or a node that is no LUT inverted.
 * Where wires go through LUTs to chains those invert. */
static void count(mapper *m, bool is_vivado)
{
  lut_cover *cover = m->cover;
  for (size_t i = 1; i < m->net->count; i++) {
    if (cover->readers[i] == 0) continue;
    bool is_gate = lut_is_gate(&m->net->node[i]);
    int root = (cover->root[i] & 3) | (is_gate || !is_vivado ? cover->root[i] >> 2 : 0);
    cover->luts += is_gate;
    cover->inverters += is_gate ? root == 3 : root >> 1;
  }
}

/* A LUT is a level, and so is a chain. */
static int count_levels(mapper *m, int32_t *level)
{
  const lut_net *net = m->net;
  int most = 0;
  level[0] = 0;
  for (size_t i = 1; i < net->count; i++) {
    const lut_node *n = &net->node[i];
    level[i] = 0;
    if (m->cover->readers[i] == 0) continue;
    if (lut_is_gate(n)) {
      for (int k = 0; k < m->cover->best[i].size; k++)
        level[i] = later(level[i], level[m->cover->best[i].leaf[k]] + 1);
    } else if (lut_is_stage(n)) {
      const lut_stage *s = &net->stage[n->in[0]];
      const lut_node *from = &net->node[s->carry >> 1];
      bool inside = from->kind == LUT_CARRY && net->stage[from->in[0]].chain == s->chain;
      level[i] = later(level[s->carry >> 1] + !inside, level[s->select >> 1] + 1);
      if (n->kind == LUT_CARRY) level[i] = later(level[i], level[s->data >> 1] + 1);
    }
    most = later(most, level[i]);
  }
  return most;
}

int lut_cover_make(lut_cover *cover, const lut_net *net, const qy_fpga_how *how)
{
  assert(cover && net && how);
  mapper m;
  int status = mapper_open(&m, cover, net, how->toolchain);
  if (status == 0) {
    estimate_sharing(&m);
    pass(&m, BY_DELAY);
    pass(&m, BY_FLOW);
    pass(&m, BY_AREA);
    count(&m, how->toolchain == QY_TOOLCHAIN_VIVADO);
    cover->levels = count_levels(&m, cover->require_ps); /* times are no longer needed */
  }
  mapper_close(&m);
  if (status == 0 && how->toolchain == QY_TOOLCHAIN_VIVADO) status = lut_cover_pack(cover);
  return status;
}

void lut_cover_free(lut_cover *cover)
{
  free(cover->best);
  free(cover->readers);
  free(cover->root);
  free(cover->arrive_ps);
  free(cover->require_ps);
  *cover = (lut_cover){0};
}

double lut_carry_cells(const lut_cover *cover, int bits)
{
  const lut_net *net = cover->net;
  double cells = 0;
  int chain = -1, cell = -1;
  for (size_t i = 1; i < net->count; i++) {
    if (!lut_is_stage(&net->node[i]) || cover->readers[i] == 0) continue;
    const lut_stage *s = &net->stage[net->node[i].in[0]];
    if (s->chain == chain && s->at / bits == cell) continue;
    chain = s->chain;
    cell = s->at / bits;
    cells++;
  }
  return cells;
}

/* ---- evaluation */

static uint8_t value_of(const uint8_t *value, lut_signal s)
{
  return value[s >> 1] ^ (uint8_t)(s & 1);
}

uint8_t lut_look_up(const lut_net *net, const lut_cut *cut, lut_signal s, const uint8_t *leaves)
{
  uint32_t at = s >> 1;
  uint8_t inverse = (uint8_t)(s & 1);
  for (int i = 0; i < cut->size; i++)
    if (cut->leaf[i] == at) return leaves[i] ^ inverse;
  const lut_node *n = &net->node[at];
  if (n->kind == LUT_CONSTANT) return inverse;
  assert(lut_is_gate(n));
  uint8_t a = lut_look_up(net, cut, n->in[0], leaves), b = lut_look_up(net, cut, n->in[1], leaves);
  return (uint8_t)((n->kind == LUT_AND ? a & b : a ^ b) ^ inverse);
}

void lut_cover_evaluate(const lut_cover *cover, uint8_t *value)
{
  const lut_net *net = cover->net;
  value[0] = 0;
  for (uint32_t i = 1; i < net->count; i++) {
    const lut_node *n = &net->node[i];
    if (cover->readers[i] == 0) continue;
    if (lut_is_gate(n)) {
      uint8_t leaves[LUT_INPUTS];
      for (int k = 0; k < cover->best[i].size; k++)
        leaves[k] = value[cover->best[i].leaf[k]];
      value[i] = lut_look_up(net, &cover->best[i], 2 * i, leaves);
    } else if (lut_is_stage(n)) {
      const lut_stage *s = &net->stage[n->in[0]];
      uint8_t select = value_of(value, s->select), carry = value_of(value, s->carry);
      value[i] = n->kind == LUT_SUM ? select ^ carry : select ? carry : value_of(value, s->data);
    }
  }
}
