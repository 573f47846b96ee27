/* The depthwise module in closed form: see depthwise.h for the schedule and what is counted.
 *
 * Evaluation is one pass over the distinct shapes.  Divisions by the port width are done in double precision: dividend
 * and divisor are integers below 2^52, so the rounded quotient never crosses an integer and its floor is exact, at a
 * fraction of the cost of a 64-bit integer division.
 */
#include "depthwise_int.h"

#include "quarry/sram_supply.h"

#include <math.h>
#include <stdlib.h>

static const char not_wide_enough[] = "the PE has no mode for this precision";

/* ceil(a / b) for 0 <= a < 2^52, 0 < b < 2^31. */
static inline int64_t ceil_div(int64_t a, double b)
{
  int64_t q = (int64_t)((double)a / b);
  return q + (a > q * (int64_t)b);
}

static inline int64_t ceil_shift(int64_t a, int shift)
{
  return (a + (INT64_C(1) << shift) - 1) >> shift;
}

/* A mode of the module, ready for the inner loop. */
typedef struct plan {
  int64_t lanes, group; /* P, P Nc */
  double lanes_d, group_d, taps_per_step, port;
  int64_t slot_bits;
  int channel_shift, tap_shift; /* log2 of Nc, Nt */
  int64_t fill;
} plan;

typedef struct groups {
  int64_t full;  /* groups of all lanes */
  int64_t rest;  /* channels of the last group, [1..group] */
  int64_t used;  /* lanes with a channel, summed over the groups */
  int64_t steps; /* cycles of one output */
  int64_t words; /* register words of window or kernel in use per lane */
} groups;

static plan plan_for(const qy_depthwise_params *p, const qy_pe_mode *mode, int64_t fill)
{
  const int shift = __builtin_ctz((unsigned)mode->products); /* a power of two: depthwise_check */
  int channel_shift = p->reduction == QY_REDUCE_CHANNELS ? shift : 0, tap_shift = shift - channel_shift;
  int64_t group = (int64_t)p->channels << channel_shift;
  return (plan){.lanes = p->channels,
                .group = group,
                .lanes_d = p->channels,
                .group_d = (double)group,
                .taps_per_step = (double)((int64_t)p->multipliers << tap_shift),
                .port = p->port_bits,
                .slot_bits = mode->bits,
                .channel_shift = channel_shift,
                .tap_shift = tap_shift,
                .fill = fill};
}

static inline groups split(const shape *s, const plan *p)
{
  groups g;
  g.full = ceil_div(s->channels, p->group_d) - 1;
  g.rest = s->channels - g.full * p->group;
  g.used = g.full * p->lanes + ceil_shift(g.rest, p->channel_shift);
  g.steps = ceil_div(s->taps, p->taps_per_step);
  g.words = ceil_shift(s->taps, p->tap_shift);
  return g;
}

static inline void count_cycles(qy_depthwise_cycles *c, const shape *s, const plan *p, const groups *g)
{
  const int64_t full_bits = p->group * p->slot_bits, rest_bits = g->rest * p->slot_bits;
  const int64_t row_rest = ceil_div(s->in_w * rest_bits, p->port), kernel_rest = ceil_div(s->taps * rest_bits, p->port);
  const int64_t out_rest = ceil_div(s->out_w * rest_bits, p->port);
  int64_t row = row_rest, kernel = kernel_rest, out = out_rest;
  if (g->full > 0) {
    row = ceil_div(s->in_w * full_bits, p->port);
    kernel = ceil_div(s->taps * full_bits, p->port);
    out = ceil_div(s->out_w * full_bits, p->port);
  }
  c->compute = (g->full + 1) * s->pixels * g->steps;
  c->fill = p->fill;
  c->load = g->full * (kernel + s->in_h * row) + kernel_rest + s->in_h * row_rest;
  c->store = s->out_h * (g->full * out + out_rest);
  c->first = kernel + s->first_rows * row;
  c->last = out_rest;
  const int64_t lanes_bound = c->first + c->compute + c->fill + c->last, port_bound = c->load + c->store;
  c->total = lanes_bound > port_bound ? lanes_bound : port_bound;
}

typedef struct energy {
  double datapath_fj, register_fj, sram_pj;
} energy;

/* Accesses of the three buffers, words. */
typedef struct accesses {
  int64_t input_reads, input_writes, weights, outputs; /* weights and outputs: as many reads as writes */
} accesses;

static inline accesses count_accesses(const shape *s, const plan *p, const groups *g)
{
  const int64_t group_count = g->full + 1, row_words = ceil_shift(s->in_w, p->tap_shift);
  return (accesses){.input_reads = group_count * s->row_reads * row_words,
                    .input_writes = group_count * s->in_h * row_words,
                    .weights = group_count * g->words,
                    .outputs = group_count * s->out_h * ceil_shift(s->out_w, p->tap_shift)};
}

static inline double access_pj(const qy_depthwise_buffer *b, double reads, double writes)
{
  return (double)b->count * (reads * b->macro.read_pj + writes * b->macro.write_pj);
}

static inline void add_events(depthwise_events *e, double times, const qy_depthwise *m, const shape *s, const plan *p,
                              const groups *g, const qy_depthwise_cycles *c, const accesses *a)
{
  const double multipliers = m->params.multipliers, steps = (double)g->steps;
  const double results = times * (double)(s->pixels * g->used); /* of lanes; one gives 2^channel_shift at once */
  const double words = (double)g->words, per_lane = (double)(1 << p->channel_shift), cycles = times * (double)c->total;
  const double busy = results * steps * multipliers;
  e->busy += busy;
  e->choices += busy * (steps - 1);
  e->results += results;
  e->requants += results * per_lane;
  e->cycles += cycles;
  e->slots += cycles * p->lanes_d * multipliers;
  e->words += (results + times * (double)g->used) * words;
  e->input_reads += times * (double)a->input_reads;
  e->input_writes += times * (double)a->input_writes;
  e->weights += times * (double)a->weights;
  e->outputs += times * (double)a->outputs;
}

static inline energy price_events(const qy_depthwise *m, const depthwise_events *e, double pe_fj)
{
  energy sum;
  sum.datapath_fj = e->busy * pe_fj + e->choices * m->mux_fj + e->results * m->tree_logic_fj +
                    e->requants * m->requantize_logic_fj + e->cycles * m->controller_logic_fj;
  sum.register_fj = e->slots * m->pe_idle_fj + e->words * m->word_write_fj + e->results * m->tree_register_fj +
                    e->requants * m->requantize_register_fj + e->cycles * m->controller_register_fj;
  sum.sram_pj = access_pj(&m->input, e->input_reads, e->input_writes) + access_pj(&m->weights, e->weights, e->weights) +
                access_pj(&m->output, e->outputs, e->outputs);
  return sum;
}

static int mode_for(const qy_pe *pe, int precision_bits)
{
  return precision_bits >= 1 ? qy_pe_mode_for(pe, precision_bits) : -1;
}

qy_status depthwise_check(const qy_depthwise_params *p, const qy_pe *pe, const char **reason, qy_error *err)
{
  *reason = NULL;
  if (p->channels < 1 || p->channels > 4096)
    return qy_fail(err, QY_BAD_INPUT, "channels: expected 1 to 4096 lanes, found %d", p->channels);
  if (p->multipliers < 1 || p->multipliers > 64)
    return qy_fail(err, QY_BAD_INPUT, "multipliers: expected 1 to 64 per lane, found %d", p->multipliers);
  if (p->port_bits < 8 || p->port_bits > 4096)
    return qy_fail(err, QY_BAD_INPUT, "port_bits: expected 8 to 4096 bits, found %d", p->port_bits);
  if ((unsigned)p->reduction >= QY_REDUCTION_COUNT)
    return qy_fail(err, QY_BAD_INPUT, "reduction: expected taps or channels, found number %d", (int)p->reduction);
  if (!(p->input_buffer_bytes >= 0 && p->output_buffer_bytes >= 0 && p->weight_buffer_bytes >= 0))
    return qy_fail(err, QY_BAD_INPUT, "buffers: expected sizes of 0 (automatic) bytes or more, found a negative one");
  for (int k = 0; k < pe->mode_count; k++)
    if (pe->mode[k].products < 1 || pe->mode[k].products > 16 || (pe->mode[k].products & (pe->mode[k].products - 1)))
      return qy_fail(err, QY_BAD_INPUT, "PE mode: expected 1, 2, 4, 8 or 16 products a cycle, found %d",
                     pe->mode[k].products);
  if (pe->params.kind == QY_PE_MAC_ST && p->reduction != QY_REDUCE_TAPS)
    *reason = "a sum-together PE adds its products: it can only reduce by taps";
  if (pe->params.kind == QY_PE_MAC_SA && p->reduction != QY_REDUCE_CHANNELS)
    *reason = "a sum-apart PE keeps its products apart: it can only reduce by channels";
  return *reason ? QY_INFEASIBLE : QY_OK;
}

qy_status qy_depthwise_layer_cycles(qy_depthwise_cycles *cycles, const qy_depthwise_params *params, const qy_pe *pe,
                                    const qy_layer *layer, int precision_bits, int64_t fill, qy_error *err)
{
  const char *reason;
  shape s = {0};
  qy_status status = depthwise_check(params, pe, &reason, err);
  if (status == QY_INFEASIBLE) return qy_fail(err, status, "%s", reason);
  if (!status) status = depthwise_shape(&s, layer, err);
  if (status) return status;
  const int k = mode_for(pe, precision_bits);
  if (k < 0) return qy_fail(err, QY_INFEASIBLE, "%s: %d bits", not_wide_enough, precision_bits);
  plan p = plan_for(params, &pe->mode[k], fill);
  groups g = split(&s, &p);
  count_cycles(cycles, &s, &p, &g);
  return QY_OK;
}

/* Choose and price one buffer.  need_bytes is what the layers ask for, asked_bytes what the user wants (0: choose). */
static const char *make_buffer(qy_depthwise_buffer *b, const qy_sram_table *table, const qy_tech *tech,
                               qy_sram_flavour flavour, int banks, int word_bits, double need_bytes, double asked_bytes,
                               const char *const reason[2])
{
  int low, high;
  qy_sram_word_range(table, &low, &high);
  b->count = (word_bits + high - 1) / high;
  b->word_bits = (word_bits + b->count - 1) / b->count;
  if (b->word_bits < low) b->word_bits = low;
  qy_sram_query query = {.node_nm = atoi(tech->sram_node),
                         .flavour = flavour,
                         .word_bits = b->word_bits,
                         .banks = banks,
                         .voltage_v = tech->sram_voltage_v};
  b->banks = banks;
  if (asked_bytes > 0 && asked_bytes < need_bytes) return reason[0];
  query.capacity_bytes = (asked_bytes > 0 ? asked_bytes : need_bytes) / b->count;
  qy_status status = asked_bytes > 0 ? qy_sram_lookup(&b->macro, table, &query, NULL)
                                     : qy_sram_fit(&b->macro, &query.capacity_bytes, table, &query, NULL);
  if (status) return reason[1];
  b->bytes = query.capacity_bytes * b->count;
  return NULL;
}

/* Banks of the input buffer: windows move on by Kh stride words while the lanes work through the taps.  0: too many. */
static int input_banks(const qy_sram_table *sram, const qy_depthwise_work *work, double multipliers)
{
  int64_t most = 1;
  for (size_t i = 0; i < work->count; i++) {
    const shape *s = &work->shape[i];
    const int64_t words = ceil_div(s->new_words, (double)ceil_div(s->taps, multipliers));
    if (words > most) most = words;
  }
  return qy_sram_fit_banks(sram, most);
}

static const char *make_buffers(qy_depthwise *m, const qy_sram_table *sram, const qy_tech *tech,
                                const qy_depthwise_work *work)
{
  static const char *const input[2] = {"input buffer too small for the widest layer",
                                       "input buffer outside the SRAM table"};
  static const char *const output[2] = {"output buffer too small for the widest layer",
                                        "output buffer outside the SRAM table"};
  static const char *const weights[2] = {"weight buffer too small for the largest kernel",
                                         "weight buffer outside the SRAM table"};
  enum { BITS_PER_BYTE = 8, KERNELS = 2 }; /* one group in use, the next being loaded */
  const qy_depthwise_params *p = &m->params;
  const int word = p->channels * m->pe->params.bits;
  const double bytes = (double)word / BITS_PER_BYTE;
  const int banks = input_banks(sram, work, p->multipliers);
  if (banks == 0) return "the input buffer has too few banks for so many multipliers";
  const char *why = make_buffer(&m->input, sram, tech, p->sram_flavour, banks, word, (double)work->input_slots * bytes,
                                p->input_buffer_bytes, input);
  if (!why)
    why = make_buffer(&m->output, sram, tech, p->sram_flavour, 1, word, (double)work->output_slots * bytes,
                      p->output_buffer_bytes, output);
  if (!why)
    why = make_buffer(&m->weights, sram, tech, p->sram_flavour, 1, word, KERNELS * (double)work->taps_max * bytes,
                      p->weight_buffer_bytes, weights);
  if (why) return why;
  const double period_ns = 1e3 / m->clock_mhz;
  if (m->input.macro.cycle_ns > period_ns || m->output.macro.cycle_ns > period_ns ||
      m->weights.macro.cycle_ns > period_ns)
    return "SRAM slower than the clock";
  return NULL;
}

const double depthwise_toggle_share = 0.5;

depthwise_sizes depthwise_sizes_of(const qy_depthwise *m, const qy_depthwise_work *work)
{
  const qy_depthwise_params *p = &m->params;
  const double lanes = p->channels, multipliers = p->multipliers, bits = m->pe->params.bits, pes = lanes * multipliers;
  const double tree = lanes * (multipliers - 1);
  /* Requantizers of a lane: enough for all results of a lane in the fewest steps a layer takes per output. */
  int64_t most_products = 1;
  if (p->reduction == QY_REDUCE_CHANNELS)
    for (int k = 0; k < m->pe->mode_count; k++)
      if (m->pe->mode[k].products > most_products) most_products = m->pe->mode[k].products;
  const int64_t fewest_steps = ceil_div(work->taps_min, multipliers);
  const int64_t most_words = ceil_div(work->taps_max, multipliers);
  const double requantizers = lanes * (double)ceil_div(most_products, (double)fewest_steps);
  const double flip_flops = lanes * DEPTHWISE_SOURCES * (double)work->taps_max * bits;
  const double mux_bits = pes * DEPTHWISE_SOURCES * (double)(most_words - 1) * bits;
  return (depthwise_sizes){
      .pes = pes, .mux_bits = mux_bits, .tree = tree, .requantizers = requantizers, .flip_flops = flip_flops};
}

/* Area and leakage from the parts; energies per event. */
static void price(qy_depthwise *m, const qy_pe *pe, const qy_pe_cost *cost, const qy_depthwise_parts *parts,
                  const qy_tech *tech, const qy_depthwise_work *work)
{
  static const double um2_per_mm2 = 1e6, nw_per_mw = 1e6;
  const qy_depthwise_params *p = &m->params;
  const double multipliers = p->multipliers, bits = m->pe->params.bits;
  const depthwise_sizes z = depthwise_sizes_of(m, work);
  const double pes = z.pes, mux_bits = z.mux_bits, tree = z.tree, requantizers = z.requantizers;
  const double flip_flops = z.flip_flops;
  const qy_depthwise_part *a = &parts->adder, *r = &parts->requantizer, *c = &parts->controller;

  const double density = tech->density_frac;
  m->area_datapath_um2 = (pes * (cost->build.area_um2 - parts->pe_register_um2) + mux_bits * tech->area_um2[QY_MUX2] +
                          tree * a->logic_um2 + requantizers * r->logic_um2) /
                         density;
  m->area_register_um2 = (pes * parts->pe_register_um2 + flip_flops * tech->area_um2[QY_DFF] + tree * a->register_um2 +
                          requantizers * r->register_um2) /
                         density;
  m->area_control_um2 = (c->logic_um2 + c->register_um2) / density;
  const qy_depthwise_buffer *buffer[] = {&m->input, &m->output, &m->weights};
  double sram_mm2 = 0, sram_mw = 0;
  for (int i = 0; i < 3; i++) {
    sram_mm2 += buffer[i]->count * buffer[i]->macro.area_mm2;
    sram_mw += buffer[i]->count * buffer[i]->macro.leakage_mw;
  }
  m->area_sram_um2 = sram_mm2 * um2_per_mm2;
  m->leakage_mw = sram_mw + (pes * cost->build.leakage_nw + mux_bits * tech->leakage_nw[QY_MUX2] +
                             flip_flops * tech->leakage_nw[QY_DFF] + tree * a->leakage_nw +
                             requantizers * r->leakage_nw + c->leakage_nw) /
                                nw_per_mw;

  m->pe_idle_fj = cost->idle_fj;
  for (int k = 0; k < m->pe->mode_count; k++)
    m->pe_fj[k] = cost->energy_fj[k] - cost->idle_fj;
  m->mux_fj = DEPTHWISE_SOURCES * bits * depthwise_toggle_share * tech->energy_fj[QY_MUX2];
  m->word_write_fj =
      bits * (tech->dff_clock_fj * (1 + tech->clock_tree_frac) + depthwise_toggle_share * tech->energy_fj[QY_DFF]);
  m->tree_logic_fj = (multipliers - 1) * a->logic_fj;
  m->tree_register_fj = (multipliers - 1) * a->register_fj;
  m->requantize_logic_fj = r->logic_fj;
  m->requantize_register_fj = r->register_fj;
  m->controller_logic_fj = c->logic_fj;
  m->controller_register_fj = c->register_fj;

  int levels = 0;
  while (1 << levels < p->multipliers)
    levels++;
  m->fill = (int64_t)ceil(m->input.macro.access_ns * m->clock_mhz / 1e3) + cost->build.stages +
            (pe->params.input_registers ? 1 : 0) + (int64_t)levels * a->stages + r->stages;
}

qy_status qy_depthwise_init_with(qy_depthwise *module, const qy_depthwise_params *params, const qy_pe *pe,
                                 const qy_pe_cost *cost, const qy_depthwise_parts *parts, const qy_tech *tech,
                                 const qy_sram_table *sram, double clock_mhz, const qy_depthwise_work *work,
                                 const char **reason, qy_error *err)
{
  qy_depthwise *m = module;
  *m = (qy_depthwise){.params = *params, .pe = pe, .clock_mhz = clock_mhz};
  *reason = NULL;
  if (!(clock_mhz > 0) || !isfinite(clock_mhz))
    return qy_fail(err, QY_BAD_INPUT, "clock: expected more than 0 MHz, found %g", clock_mhz);
  qy_status status = qy_sram_supply_check(sram, tech, err);
  if (!status) status = depthwise_check(params, pe, &m->reason, err);
  if (status == QY_BAD_INPUT) return status;
  if (!m->reason && !cost->build.feasible)
    m->reason = cost->build.reason ? cost->build.reason : "the PE misses the clock";
  if (!m->reason) m->reason = parts->reason;
  if (!m->reason) m->reason = make_buffers(m, sram, tech, work);
  *reason = m->reason;
  if (m->reason) return QY_INFEASIBLE;
  price(m, pe, cost, parts, tech, work);
  return QY_OK;
}

int depthwise_count(depthwise_events *events, const qy_depthwise *module, const qy_depthwise_work *work,
                    int precision_bits)
{
  *events = (depthwise_events){0};
  const int k = mode_for(module->pe, precision_bits);
  if (k < 0) return k;
  const plan p = plan_for(&module->params, &module->pe->mode[k], module->fill);
  for (size_t i = 0; i < work->count; i++) {
    const shape *s = &work->shape[i];
    qy_depthwise_cycles c;
    const groups g = split(s, &p);
    count_cycles(&c, s, &p, &g);
    const accesses a = count_accesses(s, &p, &g);
    add_events(events, (double)s->count, module, s, &p, &g, &c, &a);
  }
  return k;
}

qy_status qy_depthwise_evaluate(double metrics[QY_METRIC_COUNT], const char **reason, const qy_depthwise *module,
                                const qy_depthwise_work *work, int precision_bits)
{
  const qy_depthwise *m = module;
  const int k = m->reason ? -1 : mode_for(m->pe, precision_bits);
  *reason = m->reason ? m->reason : k < 0 ? not_wide_enough : NULL;
  if (*reason) return QY_INFEASIBLE;

  const plan p = plan_for(&m->params, &m->pe->mode[k], m->fill);
  int64_t cycles = 0, compute = 0, transfer = 0;
  depthwise_events events = {0};
  for (size_t i = 0; i < work->count; i++) {
    const shape *s = &work->shape[i];
    qy_depthwise_cycles c;
    const groups g = split(s, &p);
    count_cycles(&c, s, &p, &g);
    const accesses a = count_accesses(s, &p, &g);
    add_events(&events, (double)s->count, m, s, &p, &g, &c, &a);
    cycles += s->count * c.total;
    compute += s->count * c.compute;
    transfer += s->count * (c.load + c.store);
  }
  const energy sum = price_events(m, &events, m->pe_fj[k]);

  static const double fj_per_uj = 1e9, pj_per_uj = 1e6, nj_per_uj = 1e3;
  const double total = (double)cycles, latency_us = total / m->clock_mhz;
  const double datapath_uj = sum.datapath_fj / fj_per_uj, register_uj = sum.register_fj / fj_per_uj;
  const double sram_uj = sum.sram_pj / pj_per_uj, leakage_uj = m->leakage_mw * latency_us / nj_per_uj;
  const double energy_uj = datapath_uj + register_uj + sram_uj + leakage_uj;
  const double operations = 2 * work->macs; /* a multiplication and an addition each */
  const double most = total * m->params.channels * m->params.multipliers * m->pe->mode[k].products;
  metrics[QY_AREA_UM2] = m->area_datapath_um2 + m->area_register_um2 + m->area_control_um2 + m->area_sram_um2;
  metrics[QY_LATENCY_US] = latency_us;
  metrics[QY_ENERGY_UJ] = energy_uj;
  metrics[QY_POWER_MW] = energy_uj / latency_us * 1e3;
  metrics[QY_EDP_UJ_US] = energy_uj * latency_us;
  metrics[QY_CYCLES] = total;
  metrics[QY_COMPUTE_CYCLES] = (double)compute;
  metrics[QY_TRANSFER_CYCLES] = (double)transfer;
  metrics[QY_UTILIZATION_FRAC] = work->macs / most;
  metrics[QY_GOPS] = operations / latency_us / 1e3;
  metrics[QY_TOPS_PER_W] = operations / energy_uj / 1e6;
  metrics[QY_LEAKAGE_MW] = m->leakage_mw;
  metrics[QY_AREA_DATAPATH_UM2] = m->area_datapath_um2;
  metrics[QY_AREA_REGISTER_UM2] = m->area_register_um2;
  metrics[QY_AREA_CONTROL_UM2] = m->area_control_um2;
  metrics[QY_AREA_SRAM_UM2] = m->area_sram_um2;
  metrics[QY_ENERGY_DATAPATH_UJ] = datapath_uj;
  metrics[QY_ENERGY_REGISTER_UJ] = register_uj;
  metrics[QY_ENERGY_SRAM_UJ] = sram_uj;
  metrics[QY_ENERGY_LEAKAGE_UJ] = leakage_uj;
  return QY_OK;
}

qy_status qy_depthwise_layer_report(qy_depthwise_layer *report, const char **reason, const qy_depthwise *module,
                                    const qy_layer *layer, int precision_bits, qy_error *err)
{
  const qy_depthwise *m = module;
  shape s = {0};
  const int k = m->reason ? -1 : mode_for(m->pe, precision_bits);
  *reason = m->reason ? m->reason : k < 0 ? not_wide_enough : NULL;
  if (*reason) return QY_INFEASIBLE;
  qy_status status = depthwise_shape(&s, layer, err);
  if (status) return status;
  const plan p = plan_for(&m->params, &m->pe->mode[k], m->fill);
  const groups g = split(&s, &p);
  qy_depthwise_layer *r = report;
  count_cycles(&r->cycles, &s, &p, &g);
  const accesses a = count_accesses(&s, &p, &g);
  depthwise_events events = {0};
  add_events(&events, 1, m, &s, &p, &g, &r->cycles, &a);
  const energy e = price_events(m, &events, m->pe_fj[k]);
  const double total = (double)r->cycles.total;
  r->latency_us = total / m->clock_mhz;
  r->utilization_frac = (double)s.macs / (total * m->params.channels * m->params.multipliers * m->pe->mode[k].products);
  r->energy_datapath_uj = e.datapath_fj / 1e9;
  r->energy_register_uj = e.register_fj / 1e9;
  r->energy_sram_uj = e.sram_pj / 1e6;
  r->energy_leakage_uj = m->leakage_mw * r->latency_us / 1e3;
  r->energy_uj = r->energy_datapath_uj + r->energy_register_uj + r->energy_sram_uj + r->energy_leakage_uj;
  r->input_reads = a.input_reads;
  r->input_writes = a.input_writes;
  r->weight_reads = r->weight_writes = a.weights;
  r->output_reads = r->output_writes = a.outputs;
  return QY_OK;
}
