/* The table of elements, and what an element costs. */
#include "pe_int.h"

#include <string.h>

static const qy_pe_info info[QY_PE_KIND_COUNT] = {
    [QY_PE_MAC] = {QY_PE_MAC, "mac", "fixed-point multiplier and accumulator, signed"},
    [QY_PE_MAC_ST] = {QY_PE_MAC_ST, "mac_st", "sum-together: 1, 2 or 4 products a cycle, summed in the multiplier"},
    [QY_PE_MAC_SA] = {QY_PE_MAC_SA, "mac_sa", "sum-apart: 1, 2 or 4 products a cycle, an accumulator each"},
};

static const pe_row table[QY_PE_KIND_COUNT] = {
    [QY_PE_MAC] = {mac_check, mac_build},
    [QY_PE_MAC_ST] = {mac_modes_check, mac_st_build},
    [QY_PE_MAC_SA] = {mac_modes_check, mac_sa_build},
};

const qy_pe_info *qy_pe_table(size_t *count)
{
  *count = QY_PE_KIND_COUNT;
  return info;
}

qy_net pe_input(qy_pe *pe, const char *name, int width)
{
  qy_net net = qy_input(pe->circuit, name, width);
  if (!pe->params.input_registers) return net;
  char label[32];
  size_t length = strlen(name) < sizeof label - 3 ? strlen(name) : sizeof label - 3;
  memcpy(label, name, length);
  memcpy(label + length, "_r", 3);
  qy_net reg = qy_register(pe->circuit, label, width, -1);
  qy_register_connect(pe->circuit, reg, net);
  return reg;
}

qy_net pe_gate(qy_circuit *c, qy_net word, qy_net enable)
{
  qy_net bit[64];
  int width = qy_net_width(c, word);
  for (int i = 0; i < width; i++)
    bit[i] = enable;
  return qy_bitwise(c, QY_OP_AND, word, width > 1 ? qy_concat(c, bit, width) : enable);
}

qy_net pe_not(qy_circuit *c, qy_net net)
{
  return qy_bitwise(c, QY_OP_NOT, net, -1);
}

qy_net pe_widen(qy_circuit *c, qy_net net, int width, bool is_signed)
{
  return qy_net_width(c, net) < width ? qy_extend(c, net, width, is_signed) : net;
}

qy_status qy_pe_build(qy_pe *pe, const qy_pe_params *params, qy_arena *arena, qy_error *err)
{
  memset(pe, 0, sizeof *pe);
  if ((int)params->kind < 0 || params->kind >= QY_PE_KIND_COUNT)
    return qy_fail(err, QY_BAD_INPUT, "pe: expected a kind from `list pe`, found number %d", (int)params->kind);
  const pe_row *row = &table[params->kind];
  const char *name = info[params->kind].name;
  pe->params = *params;
  if ((int)params->multiplier < 0 || params->multiplier >= QY_MULTIPLIER_COUNT)
    return qy_fail(err, QY_BAD_INPUT, "pe %s: expected multiplier array or booth", name);
  const char *wrong = row->check(&pe->params);
  if (wrong)
    return qy_fail(err, QY_BAD_INPUT, "pe %s: %s, found bits %d, accumulator_bits %d", name, wrong, params->bits,
                   params->accumulator_bits);
  pe->circuit = qy_circuit_new(name, arena);
  row->build(pe);
  return qy_circuit_finish(pe->circuit, err);
}

int qy_pe_mode_for(const qy_pe *pe, int bits)
{
  int best = -1;
  for (int k = 0; k < pe->mode_count; k++)
    if (pe->mode[k].bits >= bits && (best < 0 || pe->mode[k].products > pe->mode[best].products)) best = k;
  return best;
}

/* Uniform random words on every input, the same for every element; `clear` starts a sum of 16 products. */
enum { PRICE_CYCLES = 2048, SUM_LENGTH = 16 };

typedef struct uniform {
  const qy_circuit *circuit;
  uint64_t state;
  int mode;
} uniform;

static void next_uniform(void *ctx, int64_t cycle, uint64_t *inputs)
{
  uniform *u = ctx;
  for (int i = 0; i < qy_circuit_inputs(u->circuit); i++) {
    const char *name = qy_circuit_input_name(u->circuit, i);
    /* G. Marsaglia, Xorshift RNGs, J. Stat. Software 8 (2003), with S. Vigna's multiplier. */
    u->state ^= u->state >> 12;
    u->state ^= u->state << 25;
    u->state ^= u->state >> 27;
    inputs[i] = u->state * UINT64_C(2685821657736338717) >> 11;
    if (strcmp(name, "mode") == 0) inputs[i] = (uint64_t)u->mode;
    if (strcmp(name, "clear") == 0) inputs[i] = cycle % SUM_LENGTH == 0;
  }
}

qy_status qy_pe_price(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps, qy_error *err)
{
  memset(cost, 0, sizeof *cost);
  qy_status status = qy_circuit_build(pe->circuit, tech, period_ps, &cost->build, err);
  if (status) return status;
  for (int k = 0; k < pe->mode_count; k++) {
    uniform u = {pe->circuit, UINT64_C(0x9e3779b97f4a7c15), k};
    qy_activity activity;
    qy_energy energy;
    status = qy_circuit_activity(pe->circuit, next_uniform, &u, PRICE_CYCLES, &activity, err);
    if (status) return status;
    qy_circuit_energy(&cost->build, &activity, tech, &energy);
    cost->energy_fj[k] = energy.comb_fj + energy.register_fj + energy.clock_fj;
    cost->idle_fj = energy.clock_fj;
  }
  return QY_OK;
}
