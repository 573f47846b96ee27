/* Circuits on an FPGA: see fabric.h. */
#include "quarry/fabric.h"

#include "quarry/integer.h"
#include "quarry/packing.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const qy_fabric_tool_names[QY_FABRIC_TOOLS] = {[QY_FABRIC_VIVADO] = "vivado", [QY_FABRIC_YOSYS] = "yosys"};

static const qy_toolchain toolchain_of[QY_FABRIC_TOOLS] = {
    [QY_FABRIC_VIVADO] = QY_TOOLCHAIN_VIVADO, [QY_FABRIC_YOSYS] = QY_TOOLCHAIN_ABC9_NOWIDE};
static const double pj_per_uj = 1e6, mw_per_w = 1e3;

unsigned qy_tech_fabric(const qy_tech *tech)
{
  return tech->fpga ? QY_ON_FPGA : QY_ON_CELLS;
}

/* ---- circuits ---- */

/* rows: products stay in LUTs, printed as rows as `quarry rtl` does; else they go to slices. */
static qy_status count_of(qy_fpga_count *count, const qy_circuit *c, const qy_tech *tech, int tool, bool rows,
                          qy_error *err)
{
  const qy_fpga_how how = {.family = tech->fpga->family,
                           .slice = tech->fpga->slice,
                           .toolchain = toolchain_of[tool],
                           .use_dsp = !rows,
                           .rows = rows};
  return qy_circuit_fpga(count, c, &how, err);
}

/* Output y of the element with x and w of its own; whatever else comes in is shared by all. */
static qy_net product(qy_circuit *c, const qy_circuit *element, int k, qy_net *shared)
{
  enum { INPUTS_MAX = 64 };
  qy_net in[INPUTS_MAX];
  assert(qy_circuit_inputs(element) <= INPUTS_MAX);
  for (int i = 0; i < qy_circuit_inputs(element); i++) {
    const char *name = qy_circuit_input_name(element, i);
    const bool operand = strcmp(name, "x") == 0 || strcmp(name, "w") == 0;
    const int width = qy_circuit_input_width(element, i);
    char own[16];
    snprintf(own, sizeof own, "%c%d", name[0], k);
    in[i] = operand ? qy_input(c, own, width) : k == 0 ? (shared[i] = qy_input(c, name, width)) : shared[i];
  }
  return qy_instance(c, element, in, 0);
}

/* n products, a power of two, and a tree of adders. */
static qy_circuit *dot_circuit(const qy_circuit *element, int n, qy_arena *arena)
{
  qy_circuit *c = qy_circuit_new("dot", arena);
  qy_net sum[QY_FABRIC_DOT_MAX], shared[64] = {0};
  for (int k = 0; k < n; k++)
    sum[k] = product(c, element, k, shared);
  for (size_t left = (size_t)n; left > 1; left /= 2)
    for (size_t k = 0; k < left / 2; k++)
      sum[k] =
          qy_add(c, sum[2 * k], sum[2 * k + 1], qy_min_int(qy_net_width(c, sum[2 * k]) + 1, QY_FABRIC_WORD_MAX), true);
  qy_output(c, "sum", sum[0]);
  return c;
}

static qy_status dots_of(qy_fabric_dot *dot, const qy_circuit *element, const qy_tech *tech, qy_error *err)
{
  qy_arena *scratch = qy_arena_new();
  qy_status status = scratch ? QY_OK : qy_no_memory(err);
  dot->product_bits = qy_circuit_output_width(element, 0);
  for (int s = 0; !status && s < QY_FABRIC_DOT_STEPS; s++) {
    qy_circuit *c = dot_circuit(element, 1 << s, scratch);
    status = qy_circuit_finish(c, err);
    for (int tool = 0; !status && tool < QY_FABRIC_TOOLS; tool++) {
      qy_fpga_count count;
      status = count_of(&count, c, tech, tool, true, err);
      dot->lut[tool][s] = count.lut;
    }
    qy_arena_reset(scratch);
  }
  qy_arena_free(scratch);
  return status;
}

static qy_status adders_of(qy_fabric *f, qy_error *err)
{
  qy_arena *scratch = qy_arena_new();
  qy_status status = scratch ? QY_OK : qy_no_memory(err);
  for (int bits = 1; !status && bits <= QY_FABRIC_WORD_MAX; bits++) {
    qy_circuit *c = qy_circuit_new("adder", scratch);
    qy_output(c, "y", qy_add(c, qy_input(c, "a", bits), qy_input(c, "b", bits), bits, true));
    status = qy_circuit_finish(c, err);
    for (int tool = 0; !status && tool < QY_FABRIC_TOOLS; tool++) {
      qy_fpga_count count;
      status = count_of(&count, c, f->tech, tool, false, err);
      f->adder_lut[tool][bits] = count.lut;
    }
    qy_arena_reset(scratch);
  }
  qy_arena_free(scratch);
  return status;
}

static qy_status fixed_of(qy_fabric *f, int bits, unsigned widths, qy_error *err)
{
  qy_arena *scratch = qy_arena_new();
  qy_status status = scratch ? QY_OK : qy_no_memory(err);
  for (int w = QY_FABRIC_WEIGHT_MIN; !status && w <= QY_FABRIC_WEIGHT_MAX; w++) {
    if (!((widths >> w) & 1)) continue;
    qy_circuit *c = qy_circuit_new("mul", scratch);
    const qy_net x = qy_input(c, "x", bits), weight = qy_input(c, "w", w);
    qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_BOOTH, x, weight, true));
    status = qy_circuit_finish(c, err);
    if (!status) status = dots_of(&f->fixed[w], c, f->tech, err);
    qy_arena_reset(scratch);
  }
  qy_arena_free(scratch);
  return status;
}

/* LUTs behind a slice of as many products as fit, over its fields. */
static qy_status split_of(qy_fabric *f, int weight_bits, int activation_bits, qy_arena *arena, qy_error *err)
{
  const qy_packing_ask ask = {.weight_bits = weight_bits,
                              .activation_bits = activation_bits,
                              .weight_signed = true,
                              .activation_signed = true,
                              .kernel = 1,
                              .sums = 1,
                              .slice = f->tech->fpga->slice};
  qy_packing packing;
  qy_circuit *c = NULL;
  qy_status status = qy_packing_find(&packing, &ask, err);
  if (!status) status = qy_packing_circuit(&c, &packing, "split", arena, err);
  for (int tool = 0; !status && tool < QY_FABRIC_TOOLS; tool++) {
    qy_fpga_count count;
    status = count_of(&count, c, f->tech, tool, false, err);
    f->split_lut[tool][weight_bits] = count.lut / packing.fields;
  }
  return status;
}

static qy_status splits_of(qy_fabric *f, int bits, unsigned circuits, qy_error *err)
{
  qy_arena *scratch = qy_arena_new();
  qy_status status = scratch ? QY_OK : qy_no_memory(err);
  for (int w = QY_FABRIC_WEIGHT_MIN; !status && w <= QY_FABRIC_WEIGHT_MAX; w++) {
    if (!((circuits >> (QY_FABRIC_OF_SPLITS + w)) & 1) || bits > QY_PACKING_BITS_MAX) continue;
    status = split_of(f, w, bits, scratch, err);
    qy_arena_reset(scratch);
  }
  qy_arena_free(scratch);
  return status;
}

bool qy_fabric_has_dots(const qy_pe *pe)
{
  for (int m = 0; m < pe->mode_count; m++)
    if (pe->mode[m].products != 1 || pe->mode[m].cycles != 1) return false;
  return pe->params.accumulator_bits == 0 && qy_circuit_outputs(pe->circuit) == 1 && qy_pe_lanes(pe) == 1;
}

qy_status qy_fabric_new(qy_fabric **out, const qy_pe *pe, const qy_tech *tech, unsigned circuits, qy_arena *arena,
                        qy_error *err)
{
  assert(out && pe && pe->circuit && tech && tech->fpga && arena);
  assert(!(circuits & QY_FABRIC_OF_ELEMENT) || qy_fabric_has_dots(pe));
  qy_fabric *f = qy_arena_alloc(arena, 1, sizeof *f);
  *out = NULL;
  if (!f) return qy_no_memory(err);
  f->tech = tech;
  qy_status status = QY_OK;
  for (int tool = 0; !status && tool < QY_FABRIC_TOOLS; tool++)
    status = count_of(&f->element[tool], pe->circuit, tech, tool, true, err);
  if (!status && (circuits & QY_FABRIC_OF_ELEMENT)) status = dots_of(&f->dot, pe->circuit, tech, err);
  if (!status && (circuits & QY_FABRIC_OF_ADDERS)) status = adders_of(f, err);
  if (!status) status = fixed_of(f, pe->params.bits, circuits, err);
  if (!status) status = splits_of(f, pe->params.bits, circuits, err);
  if (!status) *out = f;
  return status;
}

/* ---- counts in closed form ---- */

int qy_fabric_dot_bits(const qy_fabric_dot *dot, int n)
{
  return qy_min_int(dot->product_bits + qy_log2_ceil(n), QY_FABRIC_WORD_MAX);
}

double qy_fabric_tree_lut(const qy_fabric *f, qy_fabric_tool tool, int bits, int n)
{
  double lut = 0;
  for (int left = n; left > 1; left = (left + 1) / 2) {
    bits = qy_min_int(bits + 1, QY_FABRIC_WORD_MAX);
    const int adders = left / 2;
    lut += adders * f->adder_lut[tool][bits];
  }
  return lut;
}

double qy_fabric_dot_lut(const qy_fabric *f, const qy_fabric_dot *dot, qy_fabric_tool tool, int n)
{
  assert(n >= 1);
  const int last = QY_FABRIC_DOT_STEPS - 1, blocks = n / QY_FABRIC_DOT_MAX;
  double lut =
      blocks * dot->lut[tool][last] + qy_fabric_tree_lut(f, tool, qy_fabric_dot_bits(dot, QY_FABRIC_DOT_MAX), blocks);
  int done = blocks * QY_FABRIC_DOT_MAX;
  for (int s = last - 1; s >= 0; s--) {
    if (!((n >> s) & 1)) continue;
    lut += dot->lut[tool][s];
    if (done > 0) lut += f->adder_lut[tool][qy_fabric_dot_bits(dot, done + (1 << s))];
    done += 1 << s;
  }
  return lut;
}

/* ---- prices ---- */

/* Price of an item in a technology or one draw of it. */
static double price_of(int item, const double *value)
{
  const double other = fmin(1, value[QY_FPGA_OTHER_TOOLCHAIN]), lut_uj = value[QY_FPGA_LUT_PJ] / pj_per_uj;
  switch (item) {
  case QY_PART_LUT_OTHER: return other;
  case QY_PART_BASE_LUT: return value[QY_FPGA_BASE_LUTS];
  case QY_PART_BASE_DSP: return value[QY_FPGA_BASE_DSPS];
  case QY_PART_FPGA_STATIC: return value[QY_FPGA_STATIC_W] * mw_per_w;
  case QY_PART_FPGA_SYSTEM: return value[QY_FPGA_SYSTEM_W] * mw_per_w;
  case QY_EVENT_LUT: return lut_uj;
  case QY_EVENT_LUT_OTHER: return other * lut_uj;
  case QY_EVENT_FF: return value[QY_FPGA_FF_PJ] / pj_per_uj;
  case QY_EVENT_DSP: return value[QY_FPGA_DSP_PJ] / pj_per_uj;
  case QY_EVENT_BRAM: return value[QY_FPGA_BRAM18_PJ] / pj_per_uj;
  case QY_EVENT_BASE: return value[QY_FPGA_BASE_LUTS] * lut_uj;
  default: return 1; /* a resource is counted in itself */
  }
}

qy_status qy_fabric_prices(qy_prices *prices, const qy_tech *tech, const qy_columns *columns, double clock_mhz,
                           qy_arena *arena, qy_error *err)
{
  assert(prices && tech && tech->fpga && columns);
  const qy_constant *clock = &tech->fpga->constant[QY_FPGA_CLOCK_MHZ];
  *prices = (qy_prices){.period_ps = 1e6 / clock_mhz};
  for (int c = 0; c < columns->count; c++)
    prices->price[c] = price_of(columns->item[c], tech->fpga_value);
  if (clock_mhz >= clock->low && clock_mhz <= clock->high) return QY_OK;
  prices->reason = qy_arena_format(arena, "clock outside the %g to %g MHz that designs on %s reach", clock->low,
                                   clock->high, tech->name);
  return prices->reason ? QY_OK : qy_no_memory(err);
}

void qy_fabric_draws(double *basis, const qy_draws *draws, const qy_columns *columns)
{
  assert(basis && draws && columns);
  for (int c = 0; c < columns->count; c++)
    for (size_t k = 0; k < draws->count; k++)
      basis[(size_t)c * draws->count + k] = price_of(columns->item[c], draws->draw[k].fpga_value);
}

/* ---- what a device has ---- */

/* "61,204" */
static size_t put_count(char why[QY_FABRIC_WHY], size_t used, double count)
{
  const long long n = (long long)ceil(count - 1e-9), thousand = 1000;
  long long unit = 1;
  while (n / unit >= thousand)
    unit *= thousand;
  used = qy_append(why, QY_FABRIC_WHY, used, "%lld", n / unit);
  for (unit /= thousand; unit >= 1; unit /= thousand)
    used = qy_append(why, QY_FABRIC_WHY, used, ",%03lld", n / unit % thousand);
  return used;
}

const char *qy_fabric_short(char why[QY_FABRIC_WHY], const qy_tech *tech, const qy_fabric_used *used)
{
  const struct {
    const char *what;
    double needs, has;
  } resource[] = {{"LUTs", used->lut, tech->fpga_value[QY_FPGA_LUTS]},
                  {"DSP slices", used->dsp, tech->fpga_value[QY_FPGA_DSPS]},
                  {"block RAMs of 18 Kibit", used->bram, tech->fpga_value[QY_FPGA_BRAM18S]},
                  {"flip-flops", used->ff, tech->fpga_value[QY_FPGA_FFS]}};
  for (size_t i = 0; i < sizeof resource / sizeof *resource; i++) {
    if (resource[i].needs <= resource[i].has) continue;
    size_t at = qy_append(why, QY_FABRIC_WHY, 0, "%s: ", resource[i].what);
    at = put_count(why, at, resource[i].needs);
    at = qy_append(why, QY_FABRIC_WHY, at, " of ");
    put_count(why, at, resource[i].has);
    return why;
  }
  return NULL;
}
