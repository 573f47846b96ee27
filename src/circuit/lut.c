/* FPGA resources of a circuit: its network is made and covered, flip-flops and chains are counted.  See lut_int.h. */
#include "lut_int.h"
#include "operators.h"

#include <assert.h>
#include <stdlib.h>

/* ---- which sums are part of others */

static void count_readers(lut_maker *m)
{
  const qy_circuit *c = m->c;
  for (size_t i = 0; i < c->count; i++)
    for (int k = 0; k < c->node[i].count; k++)
      m->readers[c->node[i].in[k]]++;
  for (int i = 0; i < c->output_count; i++)
    m->readers[c->output[i].net]++;
}

static bool is_sum(const node *n)
{
  return n->op == QY_OP_ADD || n->op == QY_OP_SUBTRACT || n->op == QY_OP_ADDSUB || n->op == QY_OP_MULTIPLY_ADD;
}

/* A node whose value is a sum: of its operands, or of a product's rows. */
static bool can_merge(const node *n)
{
  return is_sum(n) || n->op == QY_OP_MULTIPLY;
}

/* Does the node's word hold its sum without loss? */
static bool is_exact(const node *n)
{
  int wider = n->shape.a > n->shape.b ? n->shape.a : n->shape.b;
  if (n->op == QY_OP_MULTIPLY) return true;
  if (n->op == QY_OP_ADD || (n->op == QY_OP_SUBTRACT && n->shape.is_signed)) return n->shape.width > wider;
  return false;
}

/* Operand i of a sum: an expression of it becomes part of the sum when nobody else reads it and its width loses
 * nothing; written out, when both are equally wide. */
static void merge_operand(lut_maker *m, const node *n, int i)
{
  qy_net net = n->in[i];
  const node *child = &m->c->node[net];
  while (!m->how->rows && child->op == QY_OP_EXTEND && m->readers[net] == 1) {
    net = child->in[0];
    child = &m->c->node[net];
  }
  bool direct = net == n->in[i];
  if (!can_merge(child) || m->readers[net] != 1 || m->boundary[net]) return;
  if (m->how->rows && (!direct || child->op == QY_OP_MULTIPLY_ADD)) return;
  int width = n->op == QY_OP_ROUND_SATURATE ? n->in_width[0] + 1 : n->shape.width;
  if (child->shape.width != width || !direct) {
    if (m->how->rows || child->shape.width > width || !is_exact(child)) return;
    if (child->shape.is_signed != n->shape.is_signed) return;
    for (qy_net up = n->in[i]; up != net; up = m->c->node[up].in[0])
      if (m->c->node[up].shape.is_signed != child->shape.is_signed) return;
  }
  for (qy_net up = n->in[i]; up != net; up = m->c->node[up].in[0])
    m->merged[up] = true;
  m->merged[net] = true;
}

static void find_merged(lut_maker *m)
{
  for (size_t i = 0; i < m->c->count; i++) {
    const node *n = &m->c->node[i];
    if (m->boundary[i]) continue;
    if (n->op == QY_OP_ADD || n->op == QY_OP_SUBTRACT) {
      merge_operand(m, n, 0);
      merge_operand(m, n, 1);
    } else if (n->op == QY_OP_ADDSUB || (n->op == QY_OP_ROUND_SATURATE && !m->how->rows)) {
      merge_operand(m, n, 0);
    } else if (n->op == QY_OP_MULTIPLY_ADD && !m->how->rows) {
      merge_operand(m, n, 2);
    }
  }
}

/* ---- the network */

static void make_sources(lut_maker *m, size_t i)
{
  lut_word *w = &m->word[i];
  for (int k = 0; k < w->width; k++)
    w->bit[k] = lut_source(m->net, (uint32_t)i, (uint32_t)k);
}

static void make_flops(lut_maker *m, size_t i)
{
  const node *n = &m->c->node[i];
  lut_word next = {.width = n->shape.width};
  lut_signal enable = LUT_ONE;
  if (n->op == QY_OP_COUNTER) {
    lut_word one = {.bit = {LUT_ONE}, .width = n->shape.width};
    lut_add(m->net, &one, &m->word[i], false, LUT_ZERO, n->shape.width, &next);
    if (n->count > 0) enable = m->word[n->in[0]].bit[0];
  } else {
    next = m->word[n->in[0]];
    if (n->count > 1) enable = m->word[n->in[1]].bit[0];
  }
  for (int k = 0; k < n->shape.width; k++)
    lut_add_flop(m->net, (lut_flop){next.bit[k], enable, m->word[i].bit[k] >> 1});
}

/* The bits of a word are outputs. */
static void show(lut_maker *m, size_t i)
{
  for (int k = 0; k < m->c->node[i].shape.width; k++)
    lut_add_out(m->net, m->word[i].bit[k]);
}

/* The sum of a product that slices make and an addend that they do not take. */
static void add_outside(lut_maker *m, size_t i)
{
  const node *n = &m->c->node[i];
  lut_word product = m->word[i];
  product.width = qy_min_int(n->in_width[0] + n->in_width[1], n->shape.width);
  lut_term term[2] = {{.a = m->word[n->in[2]]}, {.a = product, .is_signed = n->shape.is_signed}};
  lut_sum sum = {.term = term, .count = 2};
  lut_sum_make(m, &sum, n->shape.width, &m->word[i]);
}

static void make_nodes(lut_maker *m)
{
  const qy_circuit *c = m->c;
  for (size_t i = 0; i < c->count; i++) {
    m->word[i].width = c->node[i].shape.width;
    if (c->node[i].state >= 0 || c->node[i].op == QY_OP_INPUT || m->boundary[i]) make_sources(m, i);
  }
  for (size_t i = 0; i < c->count; i++)
    if (m->outside[i])
      add_outside(m, i);
    else if (c->node[i].state < 0 && operator_of(&c->node[i])->lut && !m->merged[i] && !m->boundary[i])
      operator_of(&c->node[i])->lut(m, &c->node[i], &m->word[i]);
  for (size_t i = 0; i < c->count; i++)
    if (c->node[i].state >= 0 && !m->boundary[i]) make_flops(m, i);
  for (int i = 0; i < c->output_count; i++)
    show(m, (size_t)c->output[i].net);
  for (size_t i = 0; i < c->count; i++)
    if (m->port[i] && !m->boundary[i]) show(m, i);
}

int lut_net_make(lut_net *net, const qy_circuit *c, const qy_fpga_how *how)
{
  assert(net && c && c->finished && how);
  *net = (lut_net){.whole_chains = how->toolchain == QY_TOOLCHAIN_VIVADO};
  lut_maker m = {.net = net, .c = c, .how = how};
  m.word = qy_alloc(c->count, sizeof *m.word);
  m.readers = qy_alloc(c->count, sizeof *m.readers);
  m.merged = qy_alloc(4 * c->count, sizeof *m.merged);
  bool ok = m.word && m.readers && m.merged;
  if (ok) {
    m.boundary = m.merged + c->count;
    m.port = m.boundary + c->count;
    m.outside = m.port + c->count;
    count_readers(&m);
    ok = lut_find_blocks(&m) == 0;
  }
  if (ok) {
    find_merged(&m);
    make_nodes(&m);
  }
  free(m.word);
  free(m.readers);
  free(m.merged);
  return ok && !net->failed ? 0 : -1;
}

/* ---- counts */

/* Chains of so many plain flip-flops become shift registers (yosys 0.23, xilinx_srl -minlen of synth_xilinx): SRLC32E
 * of 32 bits, the rest in an SRL16E when it is short. */
enum { SHIFT_LEAST = 3, SHIFT_BITS = 32 };

static int by_input(const void *a, const void *b)
{
  const lut_flop *x = a, *y = b;
  if (x->data != y->data) return x->data < y->data ? -1 : 1;
  return x->enable < y->enable ? -1 : x->enable > y->enable;
}

/* The flip-flop whose output alone flip-flop f takes, and which nobody else reads; -1: none. */
static int32_t behind(const lut_net *net, const lut_cover *cover, const int32_t *flop, size_t f)
{
  lut_signal data = net->flop[f].data;
  if (data & 1) return -1;
  int32_t from = flop[data >> 1] - 1;
  if (from < 0 || (size_t)from == f || cover->readers[data >> 1] != 1) return -1;
  return net->flop[from].enable == net->flop[f].enable ? from : -1;
}

/* Shift registers, whose flip-flops are then taken to have no data.  flop: 1 + number of the flip-flop at a node. */
static double take_shifts(lut_net *net, const lut_cover *cover, const int32_t *flop, bool *inner)
{
  double luts = 0;
  for (size_t f = 0; f < net->flops; f++) {
    int32_t from = behind(net, cover, flop, f);
    if (from >= 0) inner[from] = true;
  }
  for (size_t f = 0; f < net->flops; f++) {
    if (inner[f] || cover->readers[net->flop[f].node] == 0) continue;
    int64_t length = 1;
    for (int32_t at = behind(net, cover, flop, f); at >= 0; at = behind(net, cover, flop, (size_t)at))
      length++;
    if (length < SHIFT_LEAST) continue;
    luts += (double)qy_ceil_div(length, SHIFT_BITS);
    for (int32_t at = (int32_t)f; at >= 0;) {
      int32_t next = behind(net, cover, flop, (size_t)at);
      net->flop[at].data = LUT_ZERO;
      at = next;
    }
  }
  return luts;
}

static int find_shifts(lut_net *net, const lut_cover *cover, double *luts)
{
  int32_t *flop = qy_alloc(net->count, sizeof *flop);
  bool *inner = qy_alloc(net->flops, sizeof *inner);
  for (size_t f = 0; f < net->flops && flop; f++)
    flop[net->flop[f].node] = (int32_t)(f + 1);
  if (flop && inner) *luts = take_shifts(net, cover, flop, inner);
  int status = flop && inner ? 0 : -1;
  free(flop);
  free(inner);
  return status;
}

/* Flip-flops that are read; equal ones are one, those of constants none. */
static double count_flops(lut_net *net, const lut_cover *cover)
{
  size_t live = 0;
  double ff = 0;
  for (size_t i = 0; i < net->flops; i++)
    if (cover->readers[net->flop[i].node] > 0 && net->flop[i].data > LUT_ONE) net->flop[live++] = net->flop[i];
  if (live > 0) qsort(net->flop, live, sizeof *net->flop, by_input);
  for (size_t i = 0; i < live; i++)
    ff += i == 0 || net->node[net->flop[i].data >> 1].twins || by_input(&net->flop[i - 1], &net->flop[i]) != 0;
  return ff;
}

/* yosys 0.23 makes CARRY4 cells for every family. */
int lut_cell_bits(const qy_fpga_how *how)
{
  return how->toolchain == QY_TOOLCHAIN_VIVADO && how->family == QY_FPGA_XCUP ? 8 : 4;
}

qy_status qy_circuit_fpga(qy_fpga_count *count, const qy_circuit *c, const qy_fpga_how *how, qy_error *err)
{
  assert(count && c && how);
  lut_net net = {0};
  lut_cover cover = {0};
  *count = (qy_fpga_count){0};
  qy_status status = QY_OK;
  if (lut_net_make(&net, c, how) || lut_cover_make(&cover, &net, how) || find_shifts(&net, &cover, &count->srl)) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory for the LUTs of circuit %s", c->name);
  } else {
    double shared = cover.pairs + cover.muxf7 + cover.muxf8;
    count->lut = cover.luts + cover.inverters + cover.through - shared + net.block_lut;
    count->muxf7 = cover.muxf7;
    count->muxf8 = cover.muxf8;
    count->carry = lut_carry_cells(&cover, lut_cell_bits(how)) + net.block_carry;
    count->ff = count_flops(&net, &cover) + net.block_ff;
    count->lutram = net.lutram;
    count->dsp = net.dsp;
    count->levels = cover.levels;
  }
  lut_cover_free(&cover);
  lut_net_free(&net);
  return status;
}
