/* What is no logic in the LUT view: products in DSP slices, register files in LUT RAM.
 *
 * Words that such a block makes come from outside the network, words that it reads are outputs of the network.
 */
#include "lut_int.h"
#include "quarry/dsp.h"

#include <stdlib.h>
#include <string.h>

/* ---- DSP slices */

/* The operator is inside slices: what its first `inputs` inputs read from outside them is a port. */
static void take_out(lut_maker *m, size_t i, int inputs)
{
  const node *n = &m->c->node[i];
  m->boundary[i] = true;
  for (int k = 0; k < inputs; k++)
    m->port[n->in[k]] = true;
}

static void use_slices(lut_maker *m, const qy_dsp_use *use)
{
  const int bits = lut_cell_bits(m->how);
  for (size_t i = 0; i < m->c->count; i++) {
    if (use[i].slices > 0 || use[i].absorbed) take_out(m, i, use[i].sum_outside ? 2 : m->c->node[i].count);
    m->net->dsp += use[i].slices;
    m->net->block_ff += use[i].kept_bits;
    for (int k = 0; k < use[i].adder_count; k++) {
      m->net->block_lut += use[i].adder_bits[k];
      m->net->block_carry += (double)qy_ceil_div(use[i].adder_bits[k], bits);
    }
    if (use[i].sum_outside) m->outside[i] = true;
  }
}

static int find_slices(lut_maker *m)
{
  qy_error err;
  qy_dsp_total total;
  qy_dsp_use *use = qy_alloc(m->c->count, sizeof *use);
  if (!use || qy_circuit_dsp(use, &total, m->c, m->how->slice, m->how->toolchain, &err)) {
    free(use);
    return -1;
  }
  use_slices(m, use);
  free(use);
  return 0;
}

/* ---- register files */

/* RAM cells of a word-wide write port and one reading port: RAM32M holds 32 words of 6 bits, RAM64M 64 of 3 (AMD UG474,
 * Distributed RAM).  Smaller ones stay flip-flops: yosys 0.23 takes a RAM where it costs less than 8 flip-flops a cell
 * (techlibs/xilinx/lutrams_xc5v.txt). */
enum { RAM_DEEP = 64, RAM_FLAT = 32, RAM_DEEP_BITS = 3, RAM_FLAT_BITS = 6, RAM_COST = 8 };

/* A register file being recognized: registers with one data word, read through selections only. */
typedef struct ram {
  const qy_circuit *c;
  const int *readers;
  qy_net data;
  bool *member;  /* [nodes] */
  int *consumed; /* [nodes]: readers that are members */
  int words, width;
  qy_net top;
} ram;

static bool selects_members(const ram *r, const node *n)
{
  if (n->op != QY_OP_MUX) return false;
  for (int k = 1; k < n->count; k++)
    if (!r->member[n->in[k]]) return false;
  return true;
}

/* Members: the registers, and the selections of members.  One selection only is read from outside. */
static bool is_ram(ram *r)
{
  r->words = 0;
  r->top = -1;
  memset(r->consumed, 0, r->c->count * sizeof *r->consumed);
  for (size_t i = 0; i < r->c->count; i++) {
    const node *n = &r->c->node[i];
    bool is_word = n->op == QY_OP_REGISTER && n->count == 2 && n->in[0] == r->data;
    r->member[i] = is_word || selects_members(r, n);
    r->words += is_word;
    if (is_word) r->width = n->shape.width;
    for (int k = 1; k < n->count && r->member[i] && !is_word; k++)
      r->consumed[n->in[k]]++;
  }
  for (size_t i = 0; i < r->c->count; i++) {
    if (!r->member[i] || r->consumed[i] == r->readers[i]) continue;
    if (r->consumed[i] > 0 || r->top >= 0 || r->c->node[i].op != QY_OP_MUX) return false;
    r->top = (qy_net)i;
  }
  return r->words >= 2 && r->words <= RAM_DEEP && r->top >= 0;
}

static int ram_cells(const ram *r)
{
  return (int)qy_ceil_div(r->width, r->words > RAM_FLAT ? RAM_DEEP_BITS : RAM_FLAT_BITS);
}

/* Words that decide on an enable: the RAM decodes them itself. */
static void need_sources(lut_maker *m, qy_net net)
{
  const node *n = &m->c->node[net];
  if (n->state >= 0 || n->count == 0)
    m->port[net] = true;
  else
    for (int k = 0; k < n->count; k++)
      need_sources(m, n->in[k]);
}

static void use_ram(lut_maker *m, const ram *r)
{
  m->net->lutram += ram_cells(r);
  m->port[r->data] = true;
  for (size_t i = 0; i < m->c->count; i++) {
    if (!r->member[i]) continue;
    const node *n = &m->c->node[i];
    m->boundary[i] = true;
    if (n->op == QY_OP_MUX)
      m->port[n->in[0]] = true;
    else
      need_sources(m, n->in[1]);
  }
}

/* A source that is written as a memory; `quarry rtl` prints registers, of which no tool makes a RAM. */
static int find_rams(lut_maker *m)
{
  ram r = {.c = m->c, .readers = m->readers};
  r.member = qy_alloc(m->c->count, sizeof *r.member);
  r.consumed = qy_alloc(m->c->count, sizeof *r.consumed);
  for (size_t i = 0; i < m->c->count && r.member && r.consumed; i++) {
    const node *n = &m->c->node[i];
    if (n->op != QY_OP_REGISTER || n->count != 2 || m->boundary[i]) continue;
    r.data = n->in[0];
    if (is_ram(&r) && ram_cells(&r) * RAM_COST < r.words * r.width) use_ram(m, &r);
  }
  int status = r.member && r.consumed ? 0 : -1;
  free(r.member);
  free(r.consumed);
  return status;
}

int lut_find_blocks(lut_maker *m)
{
  if (m->how->use_dsp && find_slices(m)) return -1;
  return m->how->rows ? 0 : find_rams(m);
}
