/* The table of elements: names, parameters, checks, builders. */
#include "pe_int.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define BITS(high)                                                                                                     \
  {                                                                                                                    \
    "bits", 2, high, 8, "operand width"                                                                                \
  }
#define WEIGHT(low, high)                                                                                              \
  {                                                                                                                    \
    "weight_bits", low, high, 0, "width of the weight or of its code (0: the usual one)"                               \
  }
#define ACCUMULATOR                                                                                                    \
  {                                                                                                                    \
    "accumulator_bits", 0, 64, 0, "accumulator (0: product + 8; code elements: none)"                                  \
  }
#define MULTIPLIER                                                                                                     \
  {                                                                                                                    \
    "multiplier", 0, 1, 0, "0: array, 1: booth"                                                                        \
  }
#define INPUT_REGISTERS                                                                                                \
  {                                                                                                                    \
    "input_registers", 0, 1, 0, "1: operand registers inside the element"                                              \
  }
#define OUTPUT_REGISTERS                                                                                               \
  {                                                                                                                    \
    "output_registers", 0, 1, 0, "1: a register behind the result"                                                     \
  }
#define OUTPUT                                                                                                         \
  {                                                                                                                    \
    "output_bits", 0, 64, 0, "width of the result, bits + 1 or more (0: lossless)"                                     \
  }
#define ROOT                                                                                                           \
  {                                                                                                                    \
    "root", 0, 4, 0, "sqrt(2) as 1: 1+1/2, 2: 1+1/4+1/8, 3: 1+1/2-1/16, 4: 1+1/4+1/8+1/32 (0: 2)"                      \
  }
#define M_BITS                                                                                                         \
  {                                                                                                                    \
    "m_bits", 0, 4, 0, "bits of m: 2, 3 or 4 (0: 2)"                                                                   \
  }
#define M_ODD                                                                                                          \
  {                                                                                                                    \
    "m_odd", 0, 1, 0, "1: m stands for 0, 1, 3, 5, ..."                                                                \
  }

static const qy_pe_info info[QY_PE_KIND_COUNT] = {
    {QY_PE_MAC,
     "mac",
     "fixed-point multiplier and accumulator, signed",
     {BITS(32), MULTIPLIER, WEIGHT(0, 32), ACCUMULATOR, INPUT_REGISTERS}},
    {QY_PE_MAC_ST,
     "mac_st",
     "sum-together: 1, 2 or 4 products a cycle, summed in the multiplier",
     {BITS(16), MULTIPLIER, ACCUMULATOR, INPUT_REGISTERS}},
    {QY_PE_MAC_SA,
     "mac_sa",
     "sum-apart: 1, 2 or 4 products a cycle, an accumulator each",
     {BITS(16), MULTIPLIER, ACCUMULATOR, INPUT_REGISTERS}},
    {QY_PE_MUL,
     "mul",
     "fixed-point multiplier alone, signed",
     {BITS(32), MULTIPLIER, WEIGHT(0, 32), INPUT_REGISTERS, OUTPUT_REGISTERS}},
    {QY_PE_MAC_DC,
     "mac_dc",
     "sum-together by divide and conquer: small multipliers and adders",
     {BITS(16), MULTIPLIER, ACCUMULATOR, INPUT_REGISTERS}},
    {QY_PE_SERIAL, "serial", "one weight bit a cycle", {BITS(32), WEIGHT(0, 32), ACCUMULATOR, INPUT_REGISTERS}},
    {QY_PE_SEGLOG,
     "seglog",
     "logarithmic weights, fixed split R between base sqrt(2) and base 2",
     {BITS(24),
      WEIGHT(0, 6),
      {"split", -1, 32, 0, "R, even (-1: pure base 2; 0: half of the codes)"},
      ROOT,
      OUTPUT,
      ACCUMULATOR,
      INPUT_REGISTERS,
      OUTPUT_REGISTERS}},
    {QY_PE_BRSLOG,
     "brslog",
     "logarithmic weights, split chosen by an input",
     {BITS(24),
      WEIGHT(0, 6),
      {"splits", 0, 8, 0, "selectable splits: 2, 4 or 8 (0: 4)"},
      ROOT,
      OUTPUT,
      ACCUMULATOR,
      INPUT_REGISTERS,
      OUTPUT_REGISTERS}},
    {QY_PE_POT,
     "pot",
     "power-of-two weights: one shift",
     {BITS(24), WEIGHT(0, 6), OUTPUT, ACCUMULATOR, INPUT_REGISTERS, OUTPUT_REGISTERS}},
    {QY_PE_SP2,
     "sp2",
     "sums of two powers of two: two shifts and an add",
     {BITS(24), WEIGHT(0, 8), OUTPUT, ACCUMULATOR, INPUT_REGISTERS, OUTPUT_REGISTERS}},
    {QY_PE_LIGHTPE,
     "lightpe",
     "one or two signed powers of two (LightPE-1: terms 1, LightPE-2: terms 2; 4 bits a term)",
     {BITS(24), WEIGHT(0, 12), {"terms", 0, 2, 0, "1 or 2 (0: 1)"}, ACCUMULATOR, INPUT_REGISTERS, OUTPUT_REGISTERS}},
    {QY_PE_SHIFT_ADD,
     "shift_add",
     "codebook weights 2^s (2^n m + 1): shifts and adds",
     {BITS(24),
      WEIGHT(0, 10),
      M_BITS,
      M_ODD,
      {"shared", 0, 1, 0, "1: odd multiples of x come from outside"},
      ACCUMULATOR,
      INPUT_REGISTERS,
      OUTPUT_REGISTERS}},
    {QY_PE_MULTIPLES,
     "multiples",
     "the odd multiples that shared shift_add elements take in, made once per row",
     {BITS(24), M_BITS, M_ODD, INPUT_REGISTERS}},
};

/* ---- checks of code elements */

static const char *check_range(qy_pe_params *p, int low, int high, int usual)
{
  if (p->weight_bits == 0) p->weight_bits = usual;
  if (p->bits < 2 || p->bits > 24) return "bits: expected 2 to 24";
  if (p->weight_bits < low || p->weight_bits > high) return "weight_bits: outside the range of this kind";
  if (p->output_bits != 0 && p->output_bits < p->bits + 1)
    return "output_bits: expected bits + 1 or more (0: lossless)";
  if (p->output_bits != 0 && p->accumulator_bits != 0) return "output_bits: not together with an accumulator";
  return NULL;
}

/* Lossless results and accumulators have to fit into a word. */
static const char *check_product(qy_pe_params *p, int product_bits)
{
  if (p->output_bits == 0 && product_bits > 62) return "bits: the lossless product does not fit; set output_bits";
  if (p->accumulator_bits != 0 && (p->accumulator_bits < product_bits || p->accumulator_bits > 64))
    return "accumulator_bits: expected the lossless product's width to 64 (0: none)";
  return NULL;
}

static const char *check_root(qy_pe_params *p)
{
  if (p->root == 0) p->root = QY_ROOT_2;
  return p->root > 0 && p->root < QY_ROOT_COUNT ? NULL : "root: expected 1 to 4 (0: 2)";
}

static int log_product_bits(const qy_pe_params *p, int split)
{
  int root_bits;
  qy_root_numerator(p->root, &root_bits);
  return p->bits + 1 + root_bits + (1 << (p->weight_bits - 1)) - 2 - split / 2;
}

static const char *seglog_check(qy_pe_params *p)
{
  const char *wrong = check_range(p, 3, 6, 5);
  if (!wrong) wrong = check_root(p);
  if (wrong) return wrong;
  int codes = 1 << (p->weight_bits - 1);
  p->split = p->split == 0 ? codes / 2 : p->split < 0 ? 0 : p->split;
  if (p->split % 2 != 0 || p->split > codes) return "split: expected an even number up to 2^(weight_bits-1)";
  return check_product(p, log_product_bits(p, p->split));
}

static const char *brslog_check(qy_pe_params *p)
{
  const char *wrong = check_range(p, 3, 6, 5);
  if (!wrong) wrong = check_root(p);
  if (wrong) return wrong;
  int codes = 1 << (p->weight_bits - 1);
  if (p->splits == 0) p->splits = codes / 4 < 2 ? 2 : 4;
  if ((p->splits != 2 && p->splits != 4 && p->splits != 8) || codes / p->splits < 2)
    return "splits: expected 2, 4 or 8 with at least two codes each (0: 4)";
  return check_product(p, log_product_bits(p, codes / p->splits));
}

static const char *pot_check(qy_pe_params *p)
{
  const char *wrong = check_range(p, 2, 6, 4);
  return wrong ? wrong : check_product(p, p->bits + 1 + (1 << (p->weight_bits - 1)) - 2);
}

static const char *sp2_check(qy_pe_params *p)
{
  const char *wrong = check_range(p, 3, 8, 4);
  return wrong ? wrong : check_product(p, p->bits + 1 + (1 << (p->weight_bits / 2)) - 1);
}

static const char *lightpe_check(qy_pe_params *p)
{
  if (p->terms == 0) p->terms = 1;
  if (p->terms < 1 || p->terms > 2) return "terms: expected 1 or 2 (0: 1)";
  const char *wrong = check_range(p, 2 * p->terms, 6 * p->terms, 4 * p->terms);
  if (wrong) return wrong;
  if (p->weight_bits % p->terms != 0) return "weight_bits: expected as many bits for each term";
  if (p->output_bits != 0) return "output_bits: this kind is lossless";
  return check_product(p, p->bits + 1 + p->terms + (1 << (p->weight_bits / p->terms - 1)) - 1);
}

static const char *shift_add_check(qy_pe_params *p)
{
  const char *wrong = check_range(p, 4, 10, 8);
  if (wrong) return wrong;
  if (p->m_bits == 0) p->m_bits = 2;
  if (p->m_bits < 2 || p->m_bits > 4) return "m_bits: expected 2, 3 or 4 (0: 2)";
  if (p->output_bits != 0) return "output_bits: this kind is lossless";
  return check_product(p, p->bits + p->weight_bits);
}

static const char *serial_check(qy_pe_params *p)
{
  const char *wrong = mul_check(p);
  return wrong ? wrong : pe_check_accumulator(p, p->bits + p->weight_bits);
}

static void log_format(const qy_pe_params *p, qy_number *number)
{
  number->split = p->kind == QY_PE_BRSLOG ? 1 << (p->weight_bits - 1) : p->split;
  number->root = p->root;
}

static void lightpe_format(const qy_pe_params *p, qy_number *number)
{
  number->terms = p->terms;
}

static void codebook_format(const qy_pe_params *p, qy_number *number)
{
  number->m_bits = p->m_bits;
  number->m_odd = p->m_odd;
}

static const pe_row table[QY_PE_KIND_COUNT] = {
    [QY_PE_MAC] = {mac_check, mac_build, -1, NULL},
    [QY_PE_MAC_ST] = {mac_modes_check, mac_st_build, -1, NULL},
    [QY_PE_MAC_SA] = {mac_modes_check, mac_sa_build, -1, NULL},
    [QY_PE_MUL] = {mul_check, mul_build, -1, NULL},
    [QY_PE_MAC_DC] = {mac_modes_check, mac_dc_build, -1, NULL},
    [QY_PE_SERIAL] = {serial_check, serial_build, -1, NULL},
    [QY_PE_SEGLOG] = {seglog_check, seglog_build, QY_NUMBER_SEGLOG, log_format},
    [QY_PE_BRSLOG] = {brslog_check, brslog_build, QY_NUMBER_BRSLOG, log_format},
    [QY_PE_POT] = {pot_check, pot_build, QY_NUMBER_POT, NULL},
    [QY_PE_SP2] = {sp2_check, sp2_build, QY_NUMBER_SP2, NULL},
    [QY_PE_LIGHTPE] = {lightpe_check, lightpe_build, QY_NUMBER_LIGHTPE, lightpe_format},
    [QY_PE_SHIFT_ADD] = {shift_add_check, shift_add_build, QY_NUMBER_CODEBOOK, codebook_format},
    [QY_PE_MULTIPLES] = {shift_add_check, multiples_build, QY_NUMBER_CODEBOOK, codebook_format},
};

const qy_pe_info *qy_pe_table(size_t *count)
{
  *count = QY_PE_KIND_COUNT;
  return info;
}

/* ---- parameters by name */

/* Where each named parameter lives: one list for reading (to NULL) and writing. */
static int get(const qy_pe_params *p, const char *name, qy_pe_params *to, int value)
{
  static const struct {
    const char *name;
    size_t offset;
  } field[] = {{"bits", offsetof(qy_pe_params, bits)},
               {"accumulator_bits", offsetof(qy_pe_params, accumulator_bits)},
               {"weight_bits", offsetof(qy_pe_params, weight_bits)},
               {"split", offsetof(qy_pe_params, split)},
               {"splits", offsetof(qy_pe_params, splits)},
               {"root", offsetof(qy_pe_params, root)},
               {"output_bits", offsetof(qy_pe_params, output_bits)},
               {"m_bits", offsetof(qy_pe_params, m_bits)},
               {"terms", offsetof(qy_pe_params, terms)}};
  static const struct {
    const char *name;
    size_t offset;
  } flag[] = {{"input_registers", offsetof(qy_pe_params, input_registers)},
              {"m_odd", offsetof(qy_pe_params, m_odd)},
              {"shared", offsetof(qy_pe_params, shared)},
              {"output_registers", offsetof(qy_pe_params, output_registers)}};
  if (strcmp(name, "multiplier") == 0) {
    if (to) to->multiplier = (qy_multiplier)value;
    return p ? (int)p->multiplier : 0;
  }
  for (size_t i = 0; i < sizeof field / sizeof *field; i++)
    if (strcmp(name, field[i].name) == 0) {
      if (to) memcpy((char *)to + field[i].offset, &value, sizeof value);
      if (p) memcpy(&value, (const char *)p + field[i].offset, sizeof value);
      return value;
    }
  for (size_t i = 0; i < sizeof flag / sizeof *flag; i++)
    if (strcmp(name, flag[i].name) == 0) {
      bool on = value != 0;
      if (to) memcpy((char *)to + flag[i].offset, &on, sizeof on);
      if (p) memcpy(&on, (const char *)p + flag[i].offset, sizeof on);
      return on;
    }
  return 0;
}

static const qy_pe_parameter *parameter_of(qy_pe_kind kind, const char *name)
{
  for (int i = 0; i < QY_PE_PARAMETERS_MAX && info[kind].parameter[i].name; i++)
    if (strcmp(info[kind].parameter[i].name, name) == 0) return &info[kind].parameter[i];
  return NULL;
}

qy_status qy_pe_set(qy_pe_params *params, const char *name, int value, qy_error *err)
{
  const qy_pe_parameter *p = parameter_of(params->kind, name);
  if (!p) {
    qy_text known = {0};
    for (int i = 0; i < QY_PE_PARAMETERS_MAX && info[params->kind].parameter[i].name; i++)
      qy_text_add(&known, "%s%s", i > 0 ? ", " : "", info[params->kind].parameter[i].name);
    qy_status status = qy_fail(err, QY_BAD_INPUT, "pe %s: expected a parameter of %s, found %s",
                               info[params->kind].name, known.data ? known.data : "the list", name);
    qy_text_free(&known);
    return status;
  }
  if (value < p->low || value > p->high)
    return qy_fail(err, QY_BAD_INPUT, "pe %s: %s: expected %d to %d, found %d", info[params->kind].name, name, p->low,
                   p->high, value);
  get(NULL, name, params, value);
  return QY_OK;
}

/* ---- building */

qy_net pe_input(qy_pe *pe, const char *name, int width)
{
  qy_net net = qy_input(pe->circuit, name, width);
  if (!pe->params.input_registers) return net;
  char label[32];
  snprintf(label, sizeof label, "%.24s_r", name);
  qy_net reg = qy_register(pe->circuit, label, width, -1);
  qy_register_connect(pe->circuit, reg, net);
  return reg;
}

void pe_result(qy_pe *pe, qy_net result)
{
  qy_circuit *c = pe->circuit;
  pe->latency = pe->params.input_registers + pe->params.output_registers;
  if (pe->params.output_registers) {
    qy_net reg = qy_register(c, "y_r", qy_net_width(c, result), -1);
    qy_register_connect(c, reg, result);
    result = reg;
  }
  qy_output(c, "y", result);
}

qy_net pe_gate(qy_circuit *c, qy_net word, qy_net enable)
{
  qy_net bit[64];
  int width = qy_net_width(c, word);
  for (int i = 0; i < width; i++)
    bit[i] = enable;
  if (width <= 1) return qy_bitwise(c, QY_OP_AND, word, enable);
  qy_net mask = qy_concat(c, bit, width);
  return qy_bitwise(c, QY_OP_AND, word, mask);
}

qy_net pe_not(qy_circuit *c, qy_net net)
{
  return qy_bitwise(c, QY_OP_NOT, net, -1);
}

qy_net pe_widen(qy_circuit *c, qy_net net, int width, bool is_signed)
{
  return qy_net_width(c, net) < width ? qy_extend(c, net, width, is_signed) : net;
}

/* The parameters in words, for reports and the head of the Verilog module. */
static void note_parameters(qy_pe *pe)
{
  char text[256] = "";
  size_t used = 0;
  const qy_pe_info *row = &info[pe->params.kind];
  for (int i = 0; i < QY_PE_PARAMETERS_MAX && row->parameter[i].name; i++) {
    int length = snprintf(text + used, sizeof text - used, "%s%s %d", i > 0 ? ", " : "", row->parameter[i].name,
                          get(&pe->params, row->parameter[i].name, NULL, 0));
    if (length < 0 || (size_t)length >= sizeof text - used) break;
    used += (size_t)length;
  }
  qy_circuit_note(pe->circuit, text);
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
    return qy_fail(err, QY_BAD_INPUT, "pe %s: %s; found bits %d, weight_bits %d, accumulator_bits %d, output_bits %d",
                   name, wrong, params->bits, params->weight_bits, params->accumulator_bits, params->output_bits);
  if (row->number_kind >= 0) {
    pe->has_number = true;
    pe->number = qy_number_default((qy_number_kind)row->number_kind, pe->params.weight_bits);
    if (row->format) row->format(&pe->params, &pe->number);
    qy_status status = qy_number_check(&pe->number, err);
    if (status) return status;
  }
  pe->circuit = qy_circuit_new(name, arena);
  row->build(pe);
  note_parameters(pe);
  return qy_circuit_finish(pe->circuit, err);
}

int qy_pe_mode_for(const qy_pe *pe, int bits)
{
  int best = -1;
  for (int k = 0; k < pe->mode_count; k++) {
    const qy_pe_mode *m = &pe->mode[k];
    if (m->bits < bits) continue;
    int gain = best < 0 ? 1 : m->products * pe->mode[best].cycles - pe->mode[best].products * m->cycles;
    if (gain > 0 || (gain == 0 && m->bits < pe->mode[best].bits)) best = k;
  }
  return best;
}
