/* Bits of a circuit: what is read, gates beside selections, cells, the whole.  See bits.h; makers of bits: fold.c. */
#include "bits.h"

#include "expand.h"
#include "graph.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is read */

/* Cells to look at: `more` of them in list[]. */
typedef struct unread {
  bit_cell *cell;
  int32_t *list;
  size_t more;
} unread;

static inline void need(unread *u, bit_signal s)
{
  bit_cell *cell = &u->cell[s >> 1];
  if (s <= BIT_ONE) return;
  if (!cell->used) u->list[u->more++] = s >> 1;
  cell->used |= (uint8_t)(1 << (s & 1));
}

/* Backwards from the outputs; a flip-flop that is read reads its input. */
static int mark_used(const qy_circuit *c, bit_net *net)
{
  unread u = {net->cell, qy_alloc(net->count, sizeof *u.list), 0};
  int32_t *flop = qy_alloc(net->count, sizeof *flop); /* 1 + number of the flip-flop */
  if (!u.list || !flop) goto out;
  for (size_t i = 0; i < net->flops; i++)
    flop[net->flop[i]] = (int32_t)(i + 1);
  for (int i = 0; i < c->output_count; i++) {
    const node *n = &c->node[c->output[i].net];
    for (int k = 0; k < n->shape.width; k++)
      need(&u, net->out[c->output[i].net][k]);
  }
  while (u.more > 0) {
    const int32_t i = u.list[--u.more];
    if (net->cell[i].kind == BIT_FLOP) need(&u, net->next[flop[i] - 1]);
    for (int k = 0; k < BIT_INPUTS; k++)
      need(&u, net->cell[i].in[k]);
  }
out:;
  int status = u.list && flop ? 0 : -1;
  free(u.list);
  free(flop);
  return status;
}

/* Readers of a net in one number: all of them, those that take it as one of a selection's words, those that serve
 * themselves of the inverse as well. */
enum { READERS_FIELD = 16 };
static inline uint64_t readers_of(const uint64_t *r, bit_signal s, int field)
{
  return r[s] >> field * READERS_FIELD & ((1 << READERS_FIELD) - 1);
}
enum { READER, SELECTING, INVERTING };
#define READS   UINT64_C(1)
#define SELECTS (READS | UINT64_C(1) << SELECTING * READERS_FIELD)
#define INVERTS (READS | UINT64_C(1) << INVERTING * READERS_FIELD)

static const uint64_t reads[BIT_KIND_COUNT][BIT_INPUTS] = {[BIT_SELECT] = {SELECTS, SELECTS, READS},
                                                           [BIT_SELECT_ONE] = {SELECTS, SELECTS, READS},
                                                           [BIT_GATE] = {SELECTS, READS},
                                                           [BIT_GATE_NOT] = {SELECTS, READS},
                                                           [BIT_EDGE] = {READS, SELECTS, READS},
                                                           [BIT_EDGE_NOT] = {READS, SELECTS, READS},
                                                           [BIT_XOR] = {INVERTS, INVERTS},
                                                           [BIT_XNOR] = {INVERTS, INVERTS},
                                                           [BIT_INV] = {INVERTS}};

static void count_readers(const bit_net *net, uint64_t *r)
{
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    for (int k = 0; k < BIT_INPUTS && cell->used; k++)
      if (cell->in[k] > BIT_ONE) r[cell->in[k]] += reads[cell->kind][k] ? reads[cell->kind][k] : READS;
  }
  for (size_t i = 0; i < net->flops; i++)
    if (net->cell[net->flop[i]].used) r[net->next[i]] += READS;
}

/* (x and e) selected by s is x selected by (s and e): gates of a word next to a selection become two gates of its
 * lines. */
static void absorb(bit_net *net, const uint64_t *r)
{
  enum { LINE_MIN = 4 }; /* gates that make it worth the lines' own */
  for (size_t i = 1; i < net->count; i++) {
    bit_cell *cell = &net->cell[i];
    const bit_signal out = (bit_signal)(2 * i);
    const uint64_t all = readers_of(r, out, READER);
    cell->either = all > 0 && readers_of(r, out, INVERTING) == all;
    if (!cell->used || cell->kind != BIT_AND) continue;
    int line = readers_of(r, cell->in[1], READER) >= readers_of(r, cell->in[0], READER);
    bit_signal data = cell->in[!line], enable = cell->in[line];
    bool before = all > 0 && readers_of(r, out, SELECTING) == all;
    bool behind = reads[net->cell[data >> 1].kind][0] == SELECTS && readers_of(r, data, READER) == 1;
    if (readers_of(r, enable, READER) < LINE_MIN || !(before || behind)) continue;
    cell->kind = BIT_ABSORBED;
    cell->in[0] = data;
    cell->in[1] = BIT_ZERO;
    cell->in[2] = enable;
  }
}

/* ---- census */

/* A chain of inverting selections shares one inverter, which is not there when who reads its end takes the inverse. */
static double inverters(const bit_cell *cell)
{
  return cell->levels > 0 ? 1.0 / cell->levels - (cell->either ? 1 : 0) : 0;
}

static void add_select(bit_census *n, const bit_cell *cell, double weight)
{
  n->select += weight;
  n->select_inverters += inverters(cell) * weight;
}

void bit_add_cell(bit_census *n, const bit_cell *cell, double weight)
{
  static const qy_cell plain[BIT_KIND_COUNT] = {
      [BIT_FLOP] = QY_DFF, [BIT_INV] = QY_INV,    [BIT_AND] = QY_AND2,         [BIT_OR] = QY_OR2,
      [BIT_XOR] = QY_XOR2, [BIT_XNOR] = QY_XNOR2, [BIT_NOT_PRODUCT] = QY_NAND2};
  bool sum = cell->used & 1, carry = cell->used & 2;
  double *cells = n->cells;
  switch ((bit_kind)cell->kind) {
  case BIT_CONSTANT:
  case BIT_SOURCE:
  case BIT_JOIN:
  case BIT_MADE:
  case BIT_ABSORBED:
  case BIT_MASK:
  case BIT_ALIGN:
  case BIT_ALIGN_TWICE:
  case BIT_BLOCK: break;
  case BIT_TREE_AND: cells[QY_NAND3] += 0.5 * weight; break;
  case BIT_PRODUCT: n->product += weight; break;
  case BIT_SELECT:
  case BIT_SELECT_ONE: add_select(n, cell, weight); break;
  case BIT_GATE:
  case BIT_GATE_NOT:
  case BIT_GATE_OR:
  case BIT_GATE_OR_NOT:
  case BIT_EDGE:
  case BIT_EDGE_NOT:
    n->gate += weight;
    n->gate_inverters += inverters(cell) * weight;
    break;
  case BIT_DIGIT_TWO: /* and its inverse */
    cells[QY_NAND3] += 2 * weight;
    cells[QY_NAND2] += weight;
    cells[QY_INV] += 2 * weight;
    break;
  case BIT_BOOTH: cells[QY_AOI21] += AOI22_PER_AOI21 * weight; break;
  case BIT_HALF:
  case BIT_CHAIN_HALF: cells[sum && carry ? QY_HA : sum ? QY_XOR2 : QY_AND2] += weight; break;
  case BIT_HALF_ONE:
  case BIT_CHAIN_ONE: cells[sum && carry ? QY_HA : sum ? QY_XNOR2 : QY_OR2] += weight; break;
  case BIT_FULL:
  case BIT_CHAIN:
    if (carry)
      cells[QY_FA] += weight;
    else
      cells[QY_XOR2] += 2 * weight;
    break;
  default: cells[plain[cell->kind]] += weight;
  }
}

/* Closed forms: blocks, and what operators have beside their bits. */
/* Logarithm of the number of words of an operand.  Copies of a bit count once; a bit that a gate makes of another one
 * of the operand has three words with it, not four. */
static double operand_bits(const bit_net *net, const bit_signal *word, int width)
{
  const double gated = log2(3) - 1;
  double bits = 0;
  for (int k = 0; k < width; k++) {
    const bit_cell *cell = &net->cell[word[k] >> 1];
    bool known = word[k] <= BIT_ONE, part = false;
    for (int i = 0; i < width; i++) {
      known |= i < k && word[i] == word[k];
      part |= i != k && bit_is_and(cell->kind) && (cell->in[0] == word[i] || cell->in[1] == word[i]);
    }
    bits += known ? 0 : part ? gated : 1;
  }
  return bits;
}

static double all_cells(const bit_census *n)
{
  double sum = n->select + n->gate + n->product;
  for (int k = 0; k < QY_CELL_COUNT; k++)
    sum += n->cells[k];
  return sum;
}

static int find_products(const qy_circuit *c, bit_net *net)
{
  size_t count = 0;
  for (size_t i = 0; i < c->count; i++)
    count += c->node[i].layout != NULL;
  net->product = qy_arena_alloc(c->arena, count, sizeof *net->product);
  if (!net->product) return -1;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    if (!n->layout) continue;
    const double bits =
        operand_bits(net, net->out[n->in[0]], n->in_width[0]) + operand_bits(net, net->out[n->in[1]], n->in_width[1]);
    net->product[net->product_count++] = (bit_product){node_class(n), all_cells(&net->node[i]), bits};
  }
  return 0;
}

void bit_effort_shares(const bit_net *net, const qy_tech *tech, double share[QY_CLASS_COUNT])
{
  const double none = tech->factor[QY_EFFORT_BITS_NONE], full = tech->factor[QY_EFFORT_BITS_FULL];
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    share[g] = 1;
  for (size_t i = 0; i < net->product_count; i++) {
    const bit_product *p = &net->product[i];
    if (p->bits >= full || p->cells == 0) continue;
    const double own = fmax(0, (p->bits - none) / (full - none));
    share[p->class] -= (1 - own) * p->cells / all_cells(&net->class[p->class]);
  }
}

static bool node_used(const bit_net *net, size_t i)
{
  for (int32_t k = net->first[i]; k < net->first[i + 1]; k++)
    if (net->cell[k].used) return true;
  return false;
}

void bit_add_block(bit_census *n, const bit_net *net, size_t i)
{
  if (net->block[i]) bit_add_census(n, net->block[i]);
}

void bit_add_operands(bit_census *n, const qy_circuit *c, const bit_net *net, size_t i, const int64_t *weight)
{
  const qy_shape *s = &c->node[i].shape;
  if (!c->node[i].layout || s->multiplier != QY_MULTIPLIER_ARRAY || !node_used(net, i)) return;
  /* By their sources; of signed operands not the top bit. */
  for (int k = 0; k < 2; k++)
    for (int bit = 0; bit < c->node[i].in_width[k]; bit++) {
      bit_signal x = net->out[c->node[i].in[k]][bit];
      bool top = s->is_signed && bit == c->node[i].in_width[k] - 1;
      if (x > BIT_ONE && !top) n->operand += weight ? (double)weight[x] : 1;
    }
}

void bit_add_census(bit_census *to, const bit_census *n)
{
  for (int k = 0; k < QY_CELL_COUNT; k++)
    to->cells[k] += n->cells[k];
  to->select += n->select;
  to->gate += n->gate;
  to->select_inverters += n->select_inverters;
  to->gate_inverters += n->gate_inverters;
  to->product += n->product;
  to->operand += n->operand;
  to->line_gates += n->line_gates;
  to->addend += n->addend;
}

/* 0, or -1 for no memory. */
static int make_blocks(const qy_circuit *c, bit_net *net)
{
  net->block = qy_arena_alloc(c->arena, c->count, sizeof *net->block);
  for (size_t i = 0; net->block && i < c->count; i++) {
    const operator_row *row = operator_of(&c->node[i]);
    bit_census *block = NULL;
    if (!row->block || !node_used(net, i)) continue;
    if (!(block = qy_arena_alloc(c->arena, 1, sizeof *block)) || !row->block(&c->node[i].shape, block)) return -1;
    net->block[i] = block;
  }
  return net->block ? 0 : -1;
}

static void count(const qy_circuit *c, bit_net *net)
{
  for (size_t i = 1; i < net->count; i++)
    if (net->cell[i].used) bit_add_cell(&net->node[net->cell[i].node], &net->cell[i], 1);
  for (size_t i = 0; i < c->count; i++) {
    bit_add_block(&net->node[i], net, i);
    bit_add_operands(&net->node[i], c, net, i, NULL);
    bit_add_census(&net->class[node_class(&c->node[i])], &net -> node[i]);
  }
}

/* Forms are chosen for a whole class. */
void bit_cells_of(const bit_census *n, const bit_census *class, const qy_tech *tech, double cells[QY_CELL_COUNT])
{
  memcpy(cells, n->cells, sizeof n->cells);
  bool is_cell = true, is_and = false;
  cells[QY_HA] += (tech ? tech->factor[QY_ADDEND_SHARE] : 1) * n->addend;
  if (tech) {
    cells[QY_BUF] += n->line_gates / tech->factor[QY_LINE_GATES];
    const double *area = tech->area_um2;
    double gates = class->select * (area[QY_OAI21] + area[QY_NAND2]) + class->select_inverters * area[QY_INV];
    is_cell = class->select * area[QY_MUX2] <= gates;
    is_and = area[QY_AND2] * class->product <= area[QY_NOR2] * class->product + area[QY_INV] * class->operand;
  }
  if (is_cell) {
    cells[QY_MUX2] += n->select;
  } else {
    cells[QY_OAI21] += n->select;
    cells[QY_NAND2] += n->select;
    cells[QY_INV] += n->select_inverters;
  }
  cells[QY_NAND2] += n->gate;
  cells[QY_INV] += n->gate_inverters;
  if (is_and) {
    cells[QY_AND2] += n->product;
  } else {
    cells[QY_NOR2] += n->product;
    cells[QY_INV] += n->operand;
  }
}

void bit_cells_of_class(const bit_net *net, qy_operator_class class, const qy_tech *tech, double cells[QY_CELL_COUNT])
{
  bit_cells_of(&net->class[class], &net -> class[class], tech, cells);
}

void bit_cells_of_node(const qy_circuit *c, size_t i, const qy_tech *tech, double cells[QY_CELL_COUNT])
{
  bit_cells_of(&c->bits->node[i], &c->bits->class[node_class(&c->node[i])], tech, cells);
}

double bit_flops(const bit_net *net)
{
  double flops = 0;
  for (size_t i = 0; i < net->flops; i++)
    flops += net->cell[net->flop[i]].used != 0;
  return flops;
}

/* ---- the whole circuit */

void bit_give(bit_maker *b, const bit_signal *signals, int count, int word)
{
  bit_net *net = b->net;
  for (int k = 0; k < count && !b->failed; k++) {
    if (signals[k] <= BIT_ONE) continue;
    if (qy_grow((void **)&net->given, &b->given_capacity, net->givens + 1, sizeof *net->given) != 0) {
      b->failed = true;
      return;
    }
    net->given[net->givens++] = (bit_given){signals[k], b->node, (int16_t)word, (int16_t)k};
    net->cell[signals[k] >> 1].given = 1;
  }
}

static int add_flop(bit_maker *b, bit_signal q)
{
  bit_net *net = b->net;
  size_t capacity = b->flop_capacity;
  if (qy_grow((void **)&net->flop, &capacity, net->flops + 1, sizeof *net->flop) != 0) return -1;
  capacity = b->flop_capacity;
  if (qy_grow((void **)&net->next, &capacity, net->flops + 1, sizeof *net->next) != 0) return -1;
  b->flop_capacity = capacity;
  net->flop[net->flops++] = q >> 1;
  return 0;
}

/* Bits that come from outside the node's own logic. */
static void sources(bit_maker *b, const node *n, bit_signal *out)
{
  static const bit_signal none[BIT_INPUTS] = {0};
  for (int k = 0; k < n->shape.width; k++) {
    out[k] = bit_raw(b, n->state >= 0 ? BIT_FLOP : BIT_SOURCE, none);
    if (n->state >= 0 && add_flop(b, out[k]) != 0) b->failed = true;
  }
  bit_give(b, out, n->shape.width, 0);
}

static void expand_nodes(bit_maker *b, const qy_circuit *c)
{
  const bit_signal *in[WORD_BITS + 1];
  for (size_t i = 0; i < c->count && !b->failed; i++) {
    const node *n = &c->node[i];
    const operator_row *row = operator_of(n);
    b->node = (int32_t)i;
    b->levels = 0;
    b->net->first[i] = (int32_t)b->net->count;
    if (n->state >= 0 || !row->expand) {
      sources(b, n, b->net->out[i]);
      continue;
    }
    for (int k = 0; k < n->count; k++)
      in[k] = b->net->out[n->in[k]];
    row->expand(b, n, in, b->net->out[i]);
  }
  b->net->first[c->count] = (int32_t)b->net->count;
}

/* What flip-flops take: the logic in front of them comes last, for its inputs may be any net. */
static void expand_states(bit_maker *b, const qy_circuit *c)
{
  const bit_signal *in[3];
  size_t flop = 0;
  for (size_t i = 0; i < c->count && !b->failed; i++) {
    const node *n = &c->node[i];
    if (n->state < 0) continue;
    b->node = (int32_t)i;
    b->levels = 0;
    for (int k = 0; k < n->count; k++)
      in[k] = b->net->out[n->in[k]];
    in[n->count] = b->net->out[i];
    operator_of(n)->expand(b, n, in, b->net->next + flop);
    flop += (size_t)n->shape.width;
  }
}

/* Scratch arrays become the arena's. */
static void *settle(qy_arena *arena, void *from, size_t count, size_t size, bool *failed)
{
  void *to = qy_arena_alloc(arena, count, size);
  if (to && count) memcpy(to, from, count * size);
  if (!to) *failed = true;
  free(from);
  return to;
}

const bit_net *bit_net_new(const qy_circuit *c)
{
  static const bit_signal none[BIT_INPUTS] = {0};
  bit_net *net = qy_arena_alloc(c->arena, 1, sizeof *net);
  if (!net) return NULL;
  memset(net, 0, sizeof *net);
  bit_maker b = {.net = net};
  net->first = qy_arena_alloc(c->arena, c->count + 1, sizeof *net->first);
  net->out = qy_arena_alloc(c->arena, c->count, sizeof *net->out);
  net->node = qy_arena_alloc(c->arena, c->count, sizeof *net->node);
  b.failed = !net->first || !net->out || !net->node;
  for (size_t i = 0; i < c->count && !b.failed; i++) {
    net->out[i] = qy_arena_alloc(c->arena, (size_t)c->node[i].shape.width, sizeof **net->out);
    b.failed = !net->out[i];
  }
  if (!b.failed) bit_raw(&b, BIT_CONSTANT, none);
  if (!b.failed) expand_nodes(&b, c);
  if (!b.failed) expand_states(&b, c);
  free(b.slot);
  net->cell = settle(c->arena, net->cell, net->count, sizeof *net->cell, &b.failed);
  net->given = settle(c->arena, net->given, net->givens, sizeof *net->given, &b.failed);
  net->flop = settle(c->arena, net->flop, net->flops, sizeof *net->flop, &b.failed);
  net->next = settle(c->arena, net->next, net->flops, sizeof *net->next, &b.failed);
  if (b.failed) return NULL;
  if (mark_used(c, net) != 0) return NULL;
  uint64_t *r = qy_alloc(2 * net->count, sizeof *r);
  if (!r) return NULL;
  count_readers(net, r);
  absorb(net, r);
  free(r);
  if (bit_find_loads(net, c->arena) != 0) return NULL;
  if (make_blocks(c, net) != 0) return NULL;
  count(c, net);
  return find_products(c, net) == 0 ? net : NULL;
}
