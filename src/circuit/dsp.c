/* DSP slices of a circuit: see dsp.h.
 *
 * A product looks at its operands for registers and a pre-adder, and at its only reader for the register behind the
 * multiplier, the adder, and the register behind that.  What changes no bit - extension and low slices - is looked
 * through.  A register at an operand goes into every slice that reads it, and leaves the fabric when nothing else does.
 */
#include "quarry/dsp.h"

#include "dsp_int.h"

#include <assert.h>
#include <stdlib.h>

/* UG479, UG579, AM004. */
const qy_dsp_shape qy_dsp_shapes[QY_DSP_KIND_COUNT] = {
    [QY_DSP48E1] = {25, 18, 25, 48},
    [QY_DSP48E2] = {27, 18, 27, 48},
    [QY_DSP58] = {27, 24, 27, 58},
};

enum { NOBODY = -1, SEVERAL = -2 };
enum { YOSYS_PART_BITS = 18 };      /* parts of split products, sign included: those of the 18 x 18-bit slices */
enum { LEAST_RESULT_BITS = 9 };     /* yosys leaves smaller products in LUTs; Vivado is taken to do the same */
enum { OPERAND_REGISTERS_MAX = 2 }; /* in a row before a port */

/* What a toolchain does with a slice. */
typedef struct slice_rules {
  qy_dsp_shape shape;
  bool registers; /* it takes registers and adders in */
  bool full_ports;
  bool constants;     /* products by a constant go to slices as well */
  bool both_unsigned; /* of a product: its parts have no sign either */
} slice_rules;

static slice_rules rules_of(qy_dsp_kind slice, qy_toolchain toolchain)
{
  bool vivado = toolchain == QY_TOOLCHAIN_VIVADO;
  return (slice_rules){qy_dsp_shapes[slice], vivado || slice == QY_DSP48E1, vivado, !vivado, false};
}

/* ---- splitting */

static void add_sum(qy_dsp_split *split, int bits, bool outer)
{
  assert(split->adder_count < QY_DSP_ADDERS_MAX);
  split->outer[split->adder_count] = outer;
  split->adder_bits[split->adder_count++] = bits;
}

/* Parts of a word of `bits` bits, sign included, before a port: the topmost as it is, those below of part - 1 bits. */
static int parts_below(int bits, int port_bits, int part)
{
  return bits <= port_bits ? 0 : (int)qy_ceil_div(bits - port_bits, part - 1);
}

/* Along the second port only. */
static int split_second(qy_dsp_split *split, int a, int b, int result, const slice_rules *rules)
{
  int part = rules->full_ports ? rules->shape.b : YOSYS_PART_BITS, below = parts_below(b, rules->shape.b, part);
  int width = qy_min_int(result, a + b - rules->both_unsigned);
  for (int i = 1; i <= below; i++)
    add_sum(split, width - i * (part - 1), false);
  split->low_bits = below * (part - 1);
  return below + 1;
}

static int split_first(qy_dsp_split *split, int a, int b, int result, const slice_rules *rules)
{
  int part = rules->full_ports ? rules->shape.a : YOSYS_PART_BITS, below = parts_below(a, rules->shape.a, part);
  if (below == 0) return split_second(split, a, b, result, rules);
  bool outer = b > rules->shape.b;
  int slices = 0, left = a;
  for (int i = 0; i < below; i++, left -= part - 1)
    slices += split_second(split, part, b, part + b, rules);
  slices += split_second(split, left, b, left + b, rules);
  for (int i = 1; i <= below; i++)
    add_sum(split, result - i * (part - 1), outer);
  split->low_bits = outer ? result : below * (part - 1);
  return slices;
}

qy_dsp_split qy_dsp_split_product(int a, bool a_signed, int b, bool b_signed, int result, qy_dsp_kind slice,
                                  qy_toolchain toolchain)
{
  qy_dsp_split best = {0};
  if (qy_min_int(a, b) < 2 || result < LEAST_RESULT_BITS) return best;
  slice_rules rules = rules_of(slice, toolchain);
  rules.both_unsigned = !a_signed && !b_signed;
  int first = a + !a_signed, second = b + !b_signed; /* ports are signed */
  for (int turn = 0; turn < 2; turn++) {
    bool turned = turn != (first < second);
    if (turn == 1 && !rules.full_ports) break;
    qy_dsp_split split = {0};
    split.slices = split_first(&split, turned ? second : first, turned ? first : second, result, &rules);
    if (best.slices == 0 || split.slices < best.slices) best = split;
  }
  return best;
}

/* ---- looking around a product */

typedef struct finder {
  const qy_circuit *c;
  slice_rules rules;
  qy_toolchain toolchain;
  qy_dsp_kind slice;
  qy_dsp_use *use;
  int *reader;      /* [count]: who reads a net, looking through wires: NOBODY, SEVERAL, or a node; ports: SEVERAL */
  int *outside;     /* [count]: low bits that something else than a port of a slice reads, looking through wires */
  bool *live;       /* [count]: an output depends on it */
  bool *in_operand; /* [count]: a register or pre-adder that a slice takes in */
} finder;

static bool is_wires(const node *n)
{
  return operator_of(n)->is_wires && n->count > 0;
}

/* What an output needs, through registers as well: until nothing is added. */
static void find_live(finder *f)
{
  const qy_circuit *c = f->c;
  for (size_t i = 0; i < c->count; i++)
    f->live[i] = false;
  for (int i = 0; i < c->output_count; i++)
    f->live[c->output[i].net] = true;
  for (bool more = true; more;) {
    more = false;
    for (size_t i = c->count; i-- > 0;)
      for (int k = 0; f->live[i] && k < c->node[i].count; k++) {
        qy_net net = c->node[i].in[k];
        if (net < 0 || f->live[net]) continue;
        f->live[net] = true;
        more = more || net > (qy_net)i;
      }
  }
}

static void note_reader(finder *f, qy_net net, int reader)
{
  if (net < 0) return;
  int *now = &f->reader[net];
  if (*now == NOBODY)
    *now = reader;
  else if (*now != reader)
    *now = SEVERAL;
}

/* Wires hand their readers down: they come after what they read, so later nodes go first. */
static void find_readers(finder *f)
{
  const qy_circuit *c = f->c;
  for (size_t i = 0; i < c->count; i++)
    f->reader[i] = NOBODY;
  for (int i = 0; i < c->output_count; i++)
    note_reader(f, c->output[i].net, SEVERAL);
  for (size_t i = 0; i < c->count; i++)
    for (int k = 0; f->live[i] && c->node[i].state >= 0 && k < c->node[i].count; k++)
      note_reader(f, c->node[i].in[k], (int)i);
  for (size_t i = c->count; i-- > 0;) {
    const node *n = &c->node[i];
    for (int k = 0; f->live[i] && n->state < 0 && k < n->count; k++)
      note_reader(f, n->in[k], is_wires(n) ? f->reader[i] : (int)i);
  }
}

/* An operand as it comes to a port. */
typedef struct operand {
  qy_net net;
  int bits;
  bool is_signed;
} operand;

/* Without the bits that repeat its sign and those that are known to be zero above it. */
static operand operand_of(const qy_circuit *c, qy_net net, bool is_signed)
{
  operand o = {net, qy_net_width(c, net), is_signed};
  const bit_signal *bit = c->bits->out[net];
  while (is_signed && o.bits > 1 && bit[o.bits - 1] == bit[o.bits - 2] && bit[o.bits - 1] > BIT_ONE)
    o.bits--;
  while (o.bits > 1 && bit[o.bits - 1] == BIT_ZERO) {
    o.is_signed = false;
    o.bits--;
  }
  return o;
}

/* The operator that an operand comes from, without extensions. */
static qy_net source_of(const qy_circuit *c, qy_net net)
{
  for (;;) {
    const node *n = &c->node[net];
    bool zeros_above = n->op == QY_OP_CONCAT && n->count == 2 && c->node[n->in[1]].op == QY_OP_CONSTANT &&
                       c->node[n->in[1]].value == 0;
    if (n->op != QY_OP_EXTEND && !zeros_above) return net;
    net = n->in[0];
  }
}

/* Where a net's bits come from, looking through wires that keep them at their places. */
static qy_net behind_wires(const qy_circuit *c, qy_net net)
{
  for (;;) {
    const node *n = &c->node[net];
    if (n->op != QY_OP_EXTEND && n->op != QY_OP_SLICE) return net;
    net = n->in[0];
  }
}

/* An adder of signed words before the wider port that nothing else reads. */
static bool is_pre_adder(const finder *f, qy_net net)
{
  const node *n = &f->c->node[net];
  return n->op == QY_OP_ADD && n->shape.is_signed && n->shape.width <= f->rules.shape.pre_adder && f->reader[net] >= 0;
}

/* Registers before a port, in a row. */
static void take_row(finder *f, qy_net net)
{
  for (int i = 0; i < OPERAND_REGISTERS_MAX; i++) {
    net = behind_wires(f->c, net);
    const node *n = &f->c->node[net];
    if (n->op != QY_OP_REGISTER) return;
    f->in_operand[net] = true;
    net = n->in[0];
  }
}

/* Words that are put together of several: yosys takes no registers of those in. */
static void take_registers(finder *f, qy_net net)
{
  const node *n = &f->c->node[behind_wires(f->c, net)];
  if (n->op != QY_OP_CONCAT || !f->rules.full_ports) take_row(f, net);
  for (int k = 0; n->op == QY_OP_CONCAT && f->rules.full_ports && k < n->count; k++)
    take_row(f, n->in[k]);
}

/* has_adder: the port is behind the slice's own adder, which may have a register behind it. */
static void take_operand(finder *f, const operand *o, bool has_adder)
{
  const node *at_port = &f->c->node[o->net];
  bool stored = at_port->op == QY_OP_REGISTER && f->reader[o->net] >= 0;
  qy_net sum = stored ? at_port->in[0] : o->net;
  if (has_adder && is_pre_adder(f, sum)) {
    f->use[sum].absorbed = true;
    f->in_operand[sum] = true;
    if (stored) f->in_operand[o->net] = true;
    for (int k = 0; k < 2; k++)
      take_registers(f, f->c->node[sum].in[k]);
  } else {
    take_registers(f, o->net);
  }
}

/* The register that alone reads a net, NOBODY: none. */
static int register_behind(const finder *f, qy_net net)
{
  int reader = f->reader[net];
  if (reader < 0) return NOBODY;
  const node *n = &f->c->node[reader];
  return n->op == QY_OP_REGISTER && behind_wires(f->c, n->in[0]) == net && !f->use[reader].absorbed ? reader : NOBODY;
}

bool repeats_one_bit(const qy_circuit *c, qy_net net)
{
  const node *n = &c->node[net];
  if (n->shape.width == 1) return true;
  if (n->op == QY_OP_EXTEND) return n->in_width[0] == 1 && n->shape.is_signed;
  if (n->op != QY_OP_CONCAT) return false;
  for (int i = 1; i < n->count; i++)
    if (n->in[i] != n->in[0]) return false;
  return n->in_width[0] == 1;
}

/* Whether the addend is what the register at the sum holds, alone or gated by one bit: then *gate is what gates. */
static bool is_feedback(const finder *f, qy_net addend, int sum_register, qy_net *gate)
{
  const node *n = &f->c->node[addend];
  *gate = NOBODY;
  if (sum_register < 0) return false;
  if (addend == sum_register) return true;
  if (f->reader[addend] < 0) return false;
  *gate = addend;
  if (n->op == QY_OP_MUX) return n->count == 3 && (n->in[1] == sum_register || n->in[2] == sum_register);
  for (int k = 0; n->op == QY_OP_AND && k < 2; k++)
    if (n->in[k] == sum_register && repeats_one_bit(f->c, n->in[1 - k])) return true;
  *gate = NOBODY;
  return false;
}

/* The adder's other operand and what follows: sum is the adder, addend what it adds. */
static void take_sum(finder *f, qy_net sum, qy_net addend)
{
  int behind = register_behind(f, sum);
  qy_net gate;
  addend = behind_wires(f->c, addend);
  if (is_feedback(f, addend, behind, &gate)) {
    if (gate >= 0) f->use[gate].absorbed = true;
  } else if (f->c->node[addend].op == QY_OP_REGISTER) {
    f->in_operand[addend] = true;
  }
  if (behind >= 0) f->use[behind].absorbed = true;
}

/* The adder that alone reads a product, NOBODY: none that is free and fits; *other: its other operand. */
static int adder_behind(const finder *f, qy_net net, qy_net *other)
{
  int reader = f->reader[net];
  if (reader < 0) return NOBODY;
  const node *n = &f->c->node[reader];
  bool adds = n->op == QY_OP_ADD || (f->rules.full_ports && n->op == QY_OP_SUBTRACT);
  if (!adds || f->use[reader].absorbed || n->shape.width > f->rules.shape.sum) return NOBODY;
  int side = behind_wires(f->c, n->in[0]) == net ? 0 : 1;
  if (behind_wires(f->c, n->in[side]) != net || behind_wires(f->c, n->in[1 - side]) == net) return NOBODY;
  *other = n->in[1 - side];
  return reader;
}

/* What stands behind the product of one slice. */
static void take_result(finder *f, qy_net product)
{
  qy_net net = product, other;
  int middle = register_behind(f, net), sum;
  if (middle >= 0) {
    f->use[middle].absorbed = true;
    net = middle;
  }
  sum = adder_behind(f, net, &other);
  if (sum >= 0) {
    f->use[sum].absorbed = true;
    take_sum(f, sum, other);
  } else {
    int last = register_behind(f, net);
    if (middle >= 0 && last >= 0) f->use[last].absorbed = true;
  }
}

/* Of a split product the last slice holds the upper bits of the result, and their register. */
static void take_split_result(finder *f, qy_net product, const qy_dsp_split *split)
{
  int behind = register_behind(f, product);
  if (behind < 0 || split->low_bits >= f->c->node[product].shape.width) return;
  f->use[behind].absorbed = true;
  f->use[behind].kept_bits = split->low_bits;
}

/* Bits of a product that are read. */
static int read_bits(const finder *f, qy_net product, int bits)
{
  const qy_circuit *c = f->c;
  int highest = 0;
  for (size_t i = 0; i < c->count; i++)
    for (int k = 0; f->live[i] && k < c->node[i].count; k++) {
      const node *n = &c->node[i];
      if (n->in[k] != product) continue;
      if (n->op != QY_OP_SLICE) return bits;
      highest = qy_max_int(highest, n->amount + n->shape.width);
    }
  for (int i = 0; i < c->output_count; i++)
    if (c->output[i].net == product) return bits;
  return qy_min_int(highest, bits);
}

static bool is_product(const finder *f, const node *n)
{
  if (n->op != QY_OP_MULTIPLY && n->op != QY_OP_MULTIPLY_ADD) return false;
  for (int k = 0; k < 2; k++) {
    const node *factor = &f->c->node[n->in[k]];
    if (factor->op != QY_OP_CONSTANT) continue;
    bool is_power = (factor->value & (factor->value - 1)) == 0; /* a shift */
    if (!f->rules.constants || is_power) return false;
  }
  return true;
}

static void take_product(finder *f, qy_net net)
{
  const node *n = &f->c->node[net];
  operand a = operand_of(f->c, n->in[0], n->shape.is_signed), b = operand_of(f->c, n->in[1], n->shape.is_signed);
  a.net = source_of(f->c, a.net), b.net = source_of(f->c, b.net);
  bool merged = n->op == QY_OP_MULTIPLY_ADD;
  int bits = qy_min_int(a.bits + b.bits + (a.is_signed != b.is_signed), n->shape.width);
  if (!merged) bits = read_bits(f, net, bits);
  qy_dsp_split split = qy_dsp_split_product(a.bits, a.is_signed, b.bits, b.is_signed, bits, f->slice, f->toolchain);
  qy_dsp_use *use = &f->use[net];
  use->slices = split.slices;
  if (split.slices == 0) return;
  for (int i = 0; i < split.adder_count; i++)
    if (split.outer[i] || !f->rules.registers) use->adder_bits[use->adder_count++] = split.adder_bits[i];
  bool one = split.slices == 1;
  use->sum_outside = merged && (!f->rules.registers || !one || n->shape.width > f->rules.shape.sum);
  if (!f->rules.registers) return;
  bool first_is_wider = a.bits + !a.is_signed >= b.bits + !b.is_signed;
  take_operand(f, &a, one && first_is_wider);
  take_operand(f, &b, one && !first_is_wider);
  if (merged && !use->sum_outside)
    take_sum(f, net, n->in[2]);
  else if (!merged && one)
    take_result(f, net);
  else if (!merged)
    take_split_result(f, net, &split);
}

/* ---- registers at operands: gone when no one else reads them */

/* Input k of a node is a port of a slice, whose register may hold it. */
static bool reads_as_operand(const finder *f, size_t reader, int k)
{
  const node *n = &f->c->node[reader];
  const qy_dsp_use *use = &f->use[reader];
  if (use->slices > 0 && k < 2) return true;
  if (n->op == QY_OP_REGISTER || f->in_operand[reader]) return f->in_operand[reader] && use->absorbed;
  bool inside = use->slices > 0 ? !use->sum_outside : use->absorbed;
  return inside && f->in_operand[behind_wires(f->c, n->in[k])];
}

/* Low bits of input k that the low `bits` of these wires come from. */
static int bits_through(const node *n, int k, int bits)
{
  if (bits == 0) return 0;
  int low = 0;
  switch (n->op) {
  case QY_OP_SLICE: return qy_min_int(n->amount + bits, n->in_width[k]);
  case QY_OP_EXTEND: return qy_min_int(bits, n->in_width[k]);
  case QY_OP_CONCAT:
    for (int i = 0; i < k; i++)
      low += n->in_width[i];
    return qy_max_int(0, qy_min_int(bits - low, n->in_width[k]));
  default: return n->in_width[k];
  }
}

static void count_outside(finder *f)
{
  const qy_circuit *c = f->c;
  for (size_t i = 0; i < c->count; i++)
    f->outside[i] = 0;
  for (int i = 0; i < c->output_count; i++)
    f->outside[c->output[i].net] = c->node[c->output[i].net].shape.width;
  for (size_t pass = 0; pass < 2; pass++) /* registers first, as in find_readers */
    for (size_t i = c->count; i-- > 0;) {
      const node *n = &c->node[i];
      if (!f->live[i] || (n->state >= 0) != (pass == 0)) continue;
      for (int k = 0; k < n->count; k++) {
        if (n->in[k] < 0) continue;
        int *outside = &f->outside[n->in[k]];
        int bits = is_wires(n) ? bits_through(n, k, f->outside[i]) : reads_as_operand(f, i, k) ? 0 : n->in_width[k];
        *outside = qy_max_int(*outside, bits);
      }
    }
}

/* A register before another one goes after it: as often as there are registers in a row.  Bits that are read outside as
 * well stay there too. */
static void drop_operand_registers(finder *f)
{
  for (int i = 0; i < OPERAND_REGISTERS_MAX; i++) {
    count_outside(f);
    for (size_t k = 0; k < f->c->count; k++)
      if (f->in_operand[k] && f->outside[k] < f->c->node[k].shape.width) {
        f->use[k].absorbed = true;
        f->use[k].kept_bits = f->outside[k];
      }
  }
}

static qy_dsp_total sum_of(const qy_circuit *c, const qy_dsp_use *use)
{
  qy_dsp_total total = {0};
  for (size_t k = 0; k < c->bits->flops; k++) {
    const bit_cell *flop = &c->bits->cell[c->bits->flop[k]];
    total.ff += flop->used && use[flop->node].absorbed;
  }
  for (size_t i = 0; i < c->count; i++) {
    total.slices += use[i].slices;
    total.ff -= use[i].kept_bits;
    for (int k = 0; k < use[i].adder_count; k++)
      total.adder_bits += use[i].adder_bits[k];
  }
  return total;
}

qy_status qy_circuit_dsp(qy_dsp_use *use, qy_dsp_total *total, const qy_circuit *c, qy_dsp_kind slice,
                         qy_toolchain toolchain, qy_error *err)
{
  assert(use && total && c && c->finished && slice < QY_DSP_KIND_COUNT && toolchain < QY_TOOLCHAIN_COUNT);
  *total = (qy_dsp_total){0};
  finder f = {.c = c, .rules = rules_of(slice, toolchain), .toolchain = toolchain, .slice = slice, .use = use};
  f.reader = qy_alloc(c->count, sizeof *f.reader);
  f.outside = qy_alloc(c->count, sizeof *f.outside);
  f.live = qy_alloc(c->count, sizeof *f.live);
  f.in_operand = qy_alloc(c->count, sizeof *f.in_operand);
  qy_status status = QY_OK;
  if (f.reader && f.outside && f.live && f.in_operand) {
    for (size_t i = 0; i < c->count; i++) {
      use[i] = (qy_dsp_use){0};
      f.in_operand[i] = false;
    }
    find_live(&f);
    find_readers(&f);
    for (size_t i = 0; i < c->count; i++)
      if (f.live[i] && is_product(&f, &c->node[i])) take_product(&f, (qy_net)i);
    drop_operand_registers(&f);
  } else {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory while counting the DSP slices of circuit %s", c->name);
  }
  if (!status) *total = sum_of(c, use);
  free(f.reader), free(f.outside), free(f.live), free(f.in_operand);
  return status;
}
