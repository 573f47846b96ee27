/* The systolic array as a priced module: see systolic.h for the schedule and what is counted.
 *
 * Evaluation is one pass over the distinct shapes: counts in closed form (systolic_count.c), tiles and traffic
 * (systolic_tile.c), energies as counts times prices.
 */
#include "systolic_int.h"

#include "quarry/sram_supply.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char not_wide_enough[] = "the PE has no mode for this precision";
const double systolic_toggle_share = 0.5; /* random data: a bit changes every second time it is written */

/* ---- the module ---- */

static int port_width(const qy_pe *pe, const char *name)
{
  for (int i = 0; pe->circuit && i < qy_circuit_inputs(pe->circuit); i++)
    if (strcmp(qy_circuit_input_name(pe->circuit, i), name) == 0) return qy_circuit_input_width(pe->circuit, i);
  return pe->params.bits;
}

/* Width of all the inputs x3, x5, ... */
static int multiple_bits(const qy_pe *pe)
{
  int bits = 0;
  for (int i = 0; pe->circuit && i < qy_circuit_inputs(pe->circuit); i++) {
    const char *name = qy_circuit_input_name(pe->circuit, i);
    if (name[0] == 'x' && isdigit((unsigned char)name[1])) bits += qy_circuit_input_width(pe->circuit, i);
  }
  return bits;
}

static const char *check_pe(const qy_pe *pe, qy_dataflow dataflow, qy_row row)
{
  if (row == QY_ROW_BROADCAST && pe->params.input_registers)
    return "rows as buses need an element without input registers of its own";
  if (pe->params.accumulator_bits == 0) return "a systolic array needs a PE with an accumulator";
  if (pe->params.shared && dataflow == QY_FLOW_IS) return "shared multiples go along the rows: not with inputs held";
  for (int k = 0; k < pe->mode_count; k++) {
    const int n = pe->mode[k].products;
    if (n < 1 || n > 16 || (n & (n - 1))) return "a systolic array needs a PE of 1, 2, 4, 8 or 16 products a cycle";
    if (pe->mode[k].cycles > 1) return "a systolic array needs a PE that takes one cycle a product";
    if (n > 1 && pe->params.kind == QY_PE_MAC_SA)
      return "a sum-apart PE keeps its products apart: not in a systolic array";
  }
  return NULL;
}

/* Choose and price one buffer of `lanes` words of `bits`. need_bits: half of it; asked_bytes: both halves, 0: choose.
 */
static const char *make_buffer(qy_systolic_buffer *b, const qy_sram_table *table, const qy_tech *tech,
                               qy_sram_flavour flavour, int banks, int lanes, int bits, double need_bits,
                               double asked_bytes, const char *const reason[2])
{
  enum { HALVES = 2, BITS_PER_BYTE = 8 };
  int low, high;
  qy_sram_word_range(table, &low, &high);
  const int width = lanes * bits;
  const double need_bytes = HALVES * need_bits / BITS_PER_BYTE;
  b->banks = qy_sram_fit_banks(table, banks);
  b->count = (width + high - 1) / high;
  b->word_bits = (width + b->count - 1) / b->count;
  if (b->word_bits < low) b->word_bits = low;
  if (b->banks == 0) return reason[1];
  if (asked_bytes > 0 && asked_bytes < need_bytes) return reason[0];
  qy_sram_query query = {.node_nm = atoi(tech->sram_node),
                         .flavour = flavour,
                         .voltage_v = tech->sram_voltage_v,
                         .word_bits = b->word_bits,
                         .banks = b->banks,
                         .capacity_bytes = (asked_bytes > 0 ? asked_bytes : need_bytes) / b->count};
  qy_status status = asked_bytes > 0 ? qy_sram_lookup(&b->macro, table, &query, NULL)
                                     : qy_sram_fit(&b->macro, &query.capacity_bytes, table, &query, NULL);
  if (status) return reason[1];
  b->bytes = query.capacity_bytes * b->count;
  return NULL;
}

/* What one half of each buffer must hold, in words and results. */
typedef struct need {
  double inputs, weights, results;
} need;

static need needs(const qy_systolic *m, const qy_systolic_work *work)
{
  const plan p = systolic_plan(&m->params, 1);
  if (m->params.tile == QY_TILE_NONE)
    return (need){(double)work->inputs * (double)p.batch, (double)work->weights,
                  (double)work->results * (double)p.batch};
  need n = {0, 0, 0};
  for (size_t i = 0; i < work->count; i++) {
    const shape *s = &work->shape[i];
    const int64_t rows = ceil_div(p.rows, (double)s->taps), channels = min64(s->channels, max64(1, rows));
    const int64_t outputs = min64(s->outputs, p.columns);
    n.inputs = fmax(n.inputs, (double)(min64(s->in_h, s->kernel_h) * s->in_w * channels));
    n.weights = fmax(n.weights, (double)(s->taps * channels * outputs));
    n.results = fmax(n.results, (double)(s->out_w * outputs));
  }
  return n;
}

static bool keeps_sums(const qy_systolic *m)
{
  return m->params.dataflow != QY_FLOW_OS || m->params.tile == QY_TILE_AUTO;
}

static const char *make_buffers(qy_systolic *m, const qy_sram_table *sram, const qy_tech *tech,
                                const qy_systolic_work *work)
{
  static const char *const input[2] = {"input buffer too small for the largest layer",
                                       "input buffer outside the SRAM table"};
  static const char *const weight[2] = {"weight buffer too small for the largest layer",
                                        "weight buffer outside the SRAM table"};
  static const char *const output[2] = {"output buffer too small for the largest layer",
                                        "output buffer outside the SRAM table"};
  enum { HALF_BANKS = 2, SUM_BANKS = 4 };
  const qy_systolic_params *p = &m->params;
  const bool tiled = p->tile == QY_TILE_AUTO, held_inputs = p->dataflow == QY_FLOW_IS;
  const need n = needs(m, work);
  /* A buffer of given size that is too small for a tile shows in the evaluation, layer by layer. */
  const double input_need = tiled && p->input_buffer_bytes > 0 ? 0 : n.inputs * m->input_bits;
  const double weight_need = tiled && p->weight_buffer_bytes > 0 ? 0 : n.weights * m->weight_bits;
  const int slot = keeps_sums(m) ? m->sum_bits : m->pe->params.bits;
  const double output_need = tiled && p->output_buffer_bytes > 0 ? 0 : n.results * slot;
  const char *why = make_buffer(&m->input, sram, tech, p->sram_flavour, HALF_BANKS, held_inputs ? p->columns : p->rows,
                                m->input_bits, input_need, p->input_buffer_bytes, input);
  if (!why)
    why = make_buffer(&m->weight, sram, tech, p->sram_flavour, HALF_BANKS, held_inputs ? p->rows : p->columns,
                      m->weight_bits, weight_need, p->weight_buffer_bytes, weight);
  if (!why)
    why = make_buffer(&m->output, sram, tech, p->sram_flavour, keeps_sums(m) ? SUM_BANKS : HALF_BANKS, p->columns, slot,
                      output_need, p->output_buffer_bytes, output);
  if (why) return why;
  const double period_ns = 1e3 / m->clock_mhz;
  const double slowest = fmax(m->input.macro.cycle_ns, fmax(m->weight.macro.cycle_ns, m->output.macro.cycle_ns));
  return slowest > period_ns ? "SRAM slower than the clock" : NULL;
}

enum { TAPS = 4 }; /* of a buffer of a bus: the fan-out that the library's delays are given at */

/* Buffers of one bit of a bus, and how many a word passes. */
typedef struct tree {
  int buffers, levels;
} tree;

static tree bus_tree(int columns)
{
  tree t = {0, 0};
  for (int taps = columns; taps > TAPS; t.levels++) {
    taps = (taps + TAPS - 1) / TAPS;
    t.buffers += taps;
  }
  return t;
}

systolic_sizes systolic_sizes_of(const qy_systolic *m)
{
  const qy_systolic_params *p = &m->params;
  const double rows = p->rows, columns = p->columns, pes = rows * columns;
  const double row_words = rows * (rows - 1) / 2, column_words = columns * (columns - 1) / 2;
  const bool os = p->dataflow == QY_FLOW_OS, bus = p->row == QY_ROW_BROADCAST;
  const bool lined_up = !bus && (!os || p->drain == QY_DRAIN_OVERLAPPED);
  const systolic_words w = systolic_words_of(m);
  systolic_sizes z = {.pes = pes,
                      .adders = keeps_sums(m) ? columns : 0,
                      .requantizers = columns,
                      .multiples = rows,
                      .buffers = rows * w.bus_bits * bus_tree(p->columns).buffers,
                      .operand = (bus ? rows : pes) * w.row_write_bits + pes * w.column_write_bits,
                      .skew = row_words * w.row_bits + (os && !bus ? column_words * m->weight_bits : 0),
                      .sum_skew = lined_up ? column_words * m->sum_bits : 0,
                      .drain_mux = pes * w.drain_bits};
  z.skew_mux = (w.sum_skew_mux ? z.sum_skew : 0) + (w.row_skew_mux ? z.skew : 0);
  return z;
}

systolic_words systolic_words_of(const qy_systolic *m)
{
  const bool os = m->params.dataflow == QY_FLOW_OS, shortened = m->params.edge == QY_EDGE_USED;
  const bool held_inputs = m->params.dataflow == QY_FLOW_IS;
  systolic_words w = {.row_bits = held_inputs ? m->weight_bits : m->input_bits,
                      .column_bits = held_inputs ? m->input_bits : m->weight_bits,
                      .drain_bits = os ? m->sum_bits : 0,
                      .row_skew_mux = shortened && !os,
                      .sum_skew_mux = shortened};
  if (!m->pe->params.input_registers) {
    w.row_write_bits = w.row_bits + m->multiple_bits;
    w.column_write_bits = w.column_bits;
  }
  if (m->params.row == QY_ROW_BROADCAST) w.bus_bits = w.row_bits + m->multiple_bits;
  return w;
}

bool systolic_holds(const qy_systolic *m)
{
  const qy_pe_kind kind = m->pe->params.kind;
  const bool alike = kind == QY_PE_MAC || kind == QY_PE_MAC_ST || kind == QY_PE_MAC_DC;
  return m->params.dataflow == QY_FLOW_WS || (m->params.dataflow == QY_FLOW_IS && alike);
}

double systolic_net_fj(const qy_tech *tech)
{
  return tech->energy_fj[QY_BUF] - tech->internal_fj[QY_BUF];
}

double systolic_buffer_fj(const qy_tech *tech)
{
  const double pin_ff = tech->in_cap_ff[QY_BUF] + tech->load_wire_ff;
  return tech->internal_fj[QY_BUF] + 0.5 * tech->voltage_v * tech->voltage_v * pin_ff;
}

static double word_fj(const qy_tech *tech, double width, bool shortened)
{
  const double data = tech->energy_fj[QY_DFF] + (shortened ? tech->energy_fj[QY_MUX2] : 0);
  return width * (tech->dff_clock_fj * (1 + tech->clock_tree_frac) + systolic_toggle_share * data);
}

static void price_area(qy_systolic *m, const qy_pe_cost *cost, const qy_systolic_parts *parts, const qy_tech *tech)
{
  static const double um2_per_mm2 = 1e6, nw_per_mw = 1e6;
  const systolic_sizes z = systolic_sizes_of(m);
  const qy_depthwise_part *a = &parts->adder, *r = &parts->requantizer, *c = &parts->controller;
  const qy_depthwise_part *x = &parts->multiples; /* in every row */
  const double flip_flops = z.operand + z.skew + z.sum_skew, muxes = z.skew_mux + z.drain_mux;
  const double density = tech->density_frac, dff = tech->area_um2[QY_DFF], mux = tech->area_um2[QY_MUX2];
  m->area_pe_um2 = (z.pes * (cost->build.area_um2 - parts->pe_register_um2) + z.drain_mux * mux) / density;
  m->area_pe_register_um2 = (z.pes * parts->pe_register_um2 + z.operand * dff) / density;
  m->area_skew_um2 = (z.skew + z.sum_skew) * dff / density;
  m->area_edge_um2 = (z.adders * a->logic_um2 + z.requantizers * r->logic_um2 + z.multiples * x->logic_um2 +
                      z.skew_mux * mux + z.buffers * tech->area_um2[QY_BUF]) /
                     density;
  m->area_edge_register_um2 = (z.adders * a->register_um2 + z.requantizers * r->register_um2) / density;
  m->area_control_um2 = (c->logic_um2 + c->register_um2) / density;
  const qy_systolic_buffer *buffer[] = {&m->input, &m->weight, &m->output};
  double sram_mm2 = 0, sram_mw = 0;
  for (int i = 0; i < 3; i++) {
    sram_mm2 += buffer[i]->count * buffer[i]->macro.area_mm2;
    sram_mw += buffer[i]->count * buffer[i]->macro.leakage_mw;
  }
  m->area_sram_um2 = sram_mm2 * um2_per_mm2;
  m->leakage_mw =
      sram_mw + (z.pes * cost->build.leakage_nw + flip_flops * tech->leakage_nw[QY_DFF] +
                 muxes * tech->leakage_nw[QY_MUX2] + z.adders * a->leakage_nw + z.requantizers * r->leakage_nw +
                 z.multiples * x->leakage_nw + c->leakage_nw + z.buffers * tech->leakage_nw[QY_BUF]) /
                    nw_per_mw;
}

static void price_energy(qy_systolic *m, const qy_pe_cost *cost, const qy_systolic_parts *parts, const qy_tech *tech)
{
  const bool held = systolic_holds(m);
  const systolic_words w = systolic_words_of(m);
  m->pe_idle_fj = cost->idle_fj;
  for (int k = 0; k < m->pe->mode_count; k++)
    m->pe_fj[k] = (cost->energy_fj[k] - cost->idle_fj) * (held ? parts->held_frac[k] : 1);
  m->row_skew_fj = word_fj(tech, w.row_bits, w.row_skew_mux);
  m->column_skew_fj = word_fj(tech, w.column_bits, false);
  m->sum_skew_fj = word_fj(tech, m->sum_bits, w.sum_skew_mux);
  m->multiples_fj = parts->multiples.logic_fj;
  m->drain_fj = w.drain_bits * systolic_toggle_share * (tech->energy_fj[QY_DFF] + tech->energy_fj[QY_MUX2]);
  m->row_write_fj = word_fj(tech, w.row_write_bits, false);
  m->column_write_fj = word_fj(tech, w.column_write_bits, false);
  m->bus_fj =
      w.bus_bits * systolic_toggle_share *
      (m->params.columns * systolic_net_fj(tech) + bus_tree(m->params.columns).buffers * systolic_buffer_fj(tech));
  const double input = (double)m->input_bits / m->input.word_bits,
               weight = (double)m->weight_bits / m->weight.word_bits;
  m->input_read_pj = input * m->input.macro.read_pj;
  m->input_write_pj = input * m->input.macro.write_pj;
  m->weight_read_pj = weight * m->weight.macro.read_pj;
  m->weight_write_pj = weight * m->weight.macro.write_pj;
  m->output_read_pj = m->output.macro.read_pj / m->output.word_bits;
  m->output_write_pj = m->output.macro.write_pj / m->output.word_bits;
  m->adder_logic_fj = parts->adder.logic_fj;
  m->adder_register_fj = parts->adder.register_fj;
  m->requantize_logic_fj = parts->requantizer.logic_fj;
  m->requantize_register_fj = parts->requantizer.register_fj;
  m->controller_logic_fj = parts->controller.logic_fj;
  m->controller_register_fj = parts->controller.register_fj;
  m->fold_latency = cost->build.stages;
  const double access_ns = fmax(m->input.macro.access_ns, m->weight.macro.access_ns);
  m->layer_latency =
      (int64_t)ceil(access_ns * m->clock_mhz / 1e3) + parts->requantizer.stages + parts->multiples.stages;
}

qy_status qy_systolic_init_with(qy_systolic *module, const qy_systolic_params *params, const qy_pe *pe,
                                const qy_pe_cost *cost, const qy_systolic_parts *parts, const qy_tech *tech,
                                const qy_sram_table *sram, double clock_mhz, const qy_systolic_work *work,
                                const char **reason, qy_error *err)
{
  qy_systolic *m = module;
  *m = (qy_systolic){.params = *params, .pe = pe, .clock_mhz = clock_mhz};
  *reason = NULL;
  qy_status status = systolic_check(params, err);
  if (status) return status;
  if (m->params.batch == 0) m->params.batch = 1;
  int64_t batched;
  if (__builtin_mul_overflow(work->bound, m->params.batch, &batched) || batched > SYSTOLIC_BOUND)
    return qy_fail(err, QY_BAD_INPUT, "batch: expected one whose cycles can be counted exactly, found %d images",
                   params->batch);
  if (!(clock_mhz > 0) || !isfinite(clock_mhz))
    return qy_fail(err, QY_BAD_INPUT, "clock: expected more than 0 MHz, found %g", clock_mhz);
  if ((status = qy_sram_supply_check(sram, tech, err))) return status;
  m->input_bits = port_width(pe, "x");
  m->weight_bits = port_width(pe, "w");
  m->sum_bits = pe->params.accumulator_bits;
  m->multiple_bits = multiple_bits(pe);
  m->reason = check_pe(pe, params->dataflow, params->row);
  if (!m->reason && !cost->build.feasible)
    m->reason = cost->build.reason ? cost->build.reason : "the PE misses the clock";
  if (!m->reason) m->reason = parts->reason;
  if (!m->reason && params->row == QY_ROW_BROADCAST &&
      cost->build.min_period_ps + bus_tree(params->columns).levels * tech->delay_ps[QY_BUF] > cost->build.period_ps)
    m->reason = "the bus along a row and the PE together miss the clock";
  if (!m->reason) m->reason = make_buffers(m, sram, tech, work);
  *reason = m->reason;
  if (m->reason) return QY_INFEASIBLE;
  price_area(m, cost, parts, tech);
  price_energy(m, cost, parts, tech);
  return QY_OK;
}

/* ---- evaluation ---- */

/* A mode of the module, ready for the inner loop. */
typedef struct run {
  plan p;
  halves half;
  rates rate;
  bool tiled;
  int64_t result_bits;
} run;

static run run_for(const qy_systolic *m, int k)
{
  static const double half_bits_per_byte = 4;
  run r = {.p = systolic_plan(&m->params, m->pe->mode[k].products),
           .tiled = m->params.tile == QY_TILE_AUTO,
           .result_bits = m->pe->mode[k].bits};
  r.half = (halves){.input_words = (int64_t)(m->input.bytes * half_bits_per_byte / m->input_bits),
                    .weight_words = (int64_t)(m->weight.bytes * half_bits_per_byte / m->weight_bits),
                    .output_bits = (int64_t)(m->output.bytes * half_bits_per_byte),
                    .slot_bits = m->sum_bits,
                    .whole_slot_bits = m->params.dataflow == QY_FLOW_OS ? r.result_bits : m->sum_bits};
  r.rate = (rates){.fold_latency = m->fold_latency,
                   .layer_latency = m->layer_latency,
                   .port = m->params.port_bits,
                   .input_bits = m->input_bits,
                   .weight_bits = m->weight_bits,
                   .result_bits = r.result_bits};
  return r;
}

/* Everything about one layer. */
typedef struct outcome {
  qy_systolic_counts c;
  tiles t;
  traffic port;
  int64_t latency, load, store, first, last, total;
} outcome;

static inline const char *run_layer(outcome *o, const qy_systolic *m, const run *r, const shape *s)
{
  const corner first = systolic_corner(s, &r->p);
  o->t = (tiles){.whole = true};
  if (r->tiled) {
    const char *why = systolic_tile(&o->t, s, &r->p, &r->half, &r->rate);
    if (why) return why;
  }
  systolic_count_shape(&o->c, s, &r->p, &o->t);
  o->port = systolic_traffic(s, &r->p, &o->t, first.groups_per_fold);
  o->latency = o->c.folds * m->fold_latency + m->layer_latency;
  o->total = o->c.compute + o->latency;
  o->load = o->store = o->first = o->last = 0;
  const int64_t port = m->params.port_bits;
  if (port == 0) return NULL;
  const bool held_inputs = r->p.dataflow == QY_FLOW_IS;
  const int64_t row_bits = held_inputs ? m->weight_bits : m->input_bits;
  const int64_t other_bits = held_inputs ? m->input_bits : m->weight_bits;
  const int64_t others = r->p.dataflow == QY_FLOW_OS ? first.columns : first.held;
  o->load = transfer(o->port.inputs * m->input_bits + o->port.weights * m->weight_bits, port);
  o->store = transfer(o->port.results * r->result_bits, port);
  o->first = transfer(first.rows * row_bits + others * other_bits, port);
  o->last = transfer(first.columns * r->result_bits, port);
  o->total = max64(o->first + o->total + o->last, o->load + o->store);
  return NULL;
}

typedef struct energy {
  double active_fj, clock_fj, operand_fj, skew_fj, bus_fj, edge_logic_fj, edge_register_fj, sram_pj;
} energy;

/* `times` runs of a layer, added. */
static inline void add_events(systolic_events *e, const qy_systolic *m, const run *r, const outcome *o, double times)
{
  const qy_systolic_counts *c = &o->c;
  const double sums = (double)c->sum_reads, results = (double)c->output_writes, sum_writes = (double)c->sum_writes;
  const double sum_bits = m->sum_bits, result_bits = (double)r->result_bits;
  e->total += times * (double)o->total;
  e->compute += times * (double)c->compute;
  e->transfers += times * (double)(o->load + o->store);
  e->active += times * (double)c->active;
  e->drained += times * (m->params.drain == QY_DRAIN_SERIAL ? (double)c->sum_hops : results + sum_writes);
  e->row_writes += times * (double)c->row_writes;
  e->column_writes += times * (double)(c->operand_writes - c->row_writes);
  e->row_skew += times * (double)c->row_skew;
  e->column_skew += times * (double)(c->operand_skew - c->row_skew);
  e->sum_skew += times * (double)c->sum_skew;
  e->row_entries += times * (double)c->row_entries;
  e->sums += times * sums;
  e->results += times * results;
  e->input_reads += times * (double)c->input_reads;
  e->input_writes += times * (double)o->port.inputs;
  e->weight_reads += times * (double)c->weight_reads;
  e->weight_writes += times * (double)o->port.weights;
  e->output_reads += times * (results * result_bits + sums * sum_bits);
  e->output_writes += times * (results * result_bits + sum_writes * sum_bits);
}

static energy energy_of(const qy_systolic *m, int mode, const systolic_events *v)
{
  energy e;
  e.active_fj = v->active * m->pe_fj[mode] + v->drained * m->drain_fj;
  e.bus_fj = v->row_entries * m->bus_fj;
  e.clock_fj = v->total * (double)m->params.rows * (double)m->params.columns * m->pe_idle_fj;
  e.operand_fj = v->row_writes * m->row_write_fj + v->column_writes * m->column_write_fj;
  e.skew_fj = v->row_skew * m->row_skew_fj + v->column_skew * m->column_skew_fj + v->sum_skew * m->sum_skew_fj;
  e.edge_logic_fj = v->row_entries * m->multiples_fj + v->sums * m->adder_logic_fj +
                    v->results * m->requantize_logic_fj + v->total * m->controller_logic_fj;
  e.edge_register_fj =
      v->sums * m->adder_register_fj + v->results * m->requantize_register_fj + v->total * m->controller_register_fj;
  e.sram_pj = v->input_reads * m->input_read_pj + v->input_writes * m->input_write_pj +
              v->weight_reads * m->weight_read_pj + v->weight_writes * m->weight_write_pj +
              v->output_writes * m->output_write_pj + v->output_reads * m->output_read_pj;
  return e;
}

static int mode_of(const qy_systolic *m, const char **reason, int precision_bits)
{
  const int k = m->reason || precision_bits < 1 ? -1 : qy_pe_mode_for(m->pe, precision_bits);
  *reason = m->reason ? m->reason : k < 0 ? not_wide_enough : NULL;
  return k;
}

static const double fj_per_uj = 1e9, pj_per_uj = 1e6, nj_per_uj = 1e3;

int systolic_count_events(systolic_events *events, const char **reason, const qy_systolic *m,
                          const qy_systolic_work *work, int precision_bits)
{
  const int k = mode_of(m, reason, precision_bits);
  if (k < 0) return -1;
  const run r = run_for(m, k);
  systolic_events e = {.total = 0};
  for (size_t i = 0; i < work->count; i++) {
    const shape *s = &work->shape[i];
    outcome o = {.total = 0};
    *reason = run_layer(&o, m, &r, s);
    if (*reason) return -1;
    add_events(&e, m, &r, &o, (double)s->count);
  }
  *events = e;
  return k;
}

qy_status qy_systolic_evaluate(double metrics[QY_METRIC_COUNT], const char **reason, const qy_systolic *module,
                               const qy_systolic_work *work, int precision_bits)
{
  const qy_systolic *m = module;
  systolic_events v;
  const int k = systolic_count_events(&v, reason, m, work, precision_bits);
  if (k < 0) return QY_INFEASIBLE;
  const energy e = energy_of(m, k, &v);
  const double cycles = v.total, datapath_fj = e.active_fj + e.bus_fj + e.edge_logic_fj;
  const double register_fj = e.clock_fj + e.operand_fj + e.skew_fj + e.edge_register_fj, sram_pj = e.sram_pj;
  const double latency_us = cycles / m->clock_mhz, macs = work->macs * m->params.batch;
  const double datapath_uj = datapath_fj / fj_per_uj, register_uj = register_fj / fj_per_uj;
  const double sram_uj = sram_pj / pj_per_uj, leakage_uj = m->leakage_mw * latency_us / nj_per_uj;
  const double energy_uj = datapath_uj + register_uj + sram_uj + leakage_uj;
  const double operations = 2 * macs; /* a multiplication and an addition each */
  const double pes = (double)m->params.rows * m->params.columns;
  metrics[QY_AREA_DATAPATH_UM2] = m->area_pe_um2 + m->area_edge_um2;
  metrics[QY_AREA_REGISTER_UM2] = m->area_pe_register_um2 + m->area_skew_um2 + m->area_edge_register_um2;
  metrics[QY_AREA_CONTROL_UM2] = m->area_control_um2;
  metrics[QY_AREA_SRAM_UM2] = m->area_sram_um2;
  metrics[QY_AREA_UM2] = metrics[QY_AREA_DATAPATH_UM2] + metrics[QY_AREA_REGISTER_UM2] + metrics[QY_AREA_CONTROL_UM2] +
                         metrics[QY_AREA_SRAM_UM2];
  metrics[QY_LATENCY_US] = latency_us;
  metrics[QY_ENERGY_UJ] = energy_uj;
  metrics[QY_POWER_MW] = energy_uj / latency_us * 1e3;
  metrics[QY_EDP_UJ_US] = energy_uj * latency_us;
  metrics[QY_CYCLES] = cycles;
  metrics[QY_COMPUTE_CYCLES] = v.compute;
  metrics[QY_TRANSFER_CYCLES] = v.transfers;
  metrics[QY_UTILIZATION_FRAC] = macs / (cycles * pes * m->pe->mode[k].products);
  metrics[QY_GOPS] = operations / latency_us / 1e3;
  metrics[QY_TOPS_PER_W] = operations / energy_uj / 1e6;
  metrics[QY_LEAKAGE_MW] = m->leakage_mw;
  metrics[QY_ENERGY_DATAPATH_UJ] = datapath_uj;
  metrics[QY_ENERGY_REGISTER_UJ] = register_uj;
  metrics[QY_ENERGY_SRAM_UJ] = sram_uj;
  metrics[QY_ENERGY_LEAKAGE_UJ] = leakage_uj;
  return QY_OK;
}

qy_status qy_systolic_layer_report(qy_systolic_layer *report, const char **reason, const qy_systolic *module,
                                   const qy_layer *layer, int precision_bits, qy_error *err)
{
  const qy_systolic *m = module;
  shape s;
  outcome o = {.total = 0};
  int64_t bound, batched;
  const int k = mode_of(m, reason, precision_bits);
  if (k < 0) return QY_INFEASIBLE;
  qy_status status = systolic_shape(&s, &bound, layer, err);
  if (status) return status;
  if (__builtin_mul_overflow(bound, m->params.batch, &batched) || batched > SYSTOLIC_BOUND)
    return qy_fail(err, QY_BAD_INPUT, "layer %s: expected a batch whose cycles can be counted exactly, found %d images",
                   layer->name, m->params.batch);
  const run r = run_for(m, k);
  *reason = run_layer(&o, m, &r, &s);
  if (*reason) return QY_INFEASIBLE;
  systolic_events v = {.total = 0};
  add_events(&v, m, &r, &o, 1);
  const energy e = energy_of(m, k, &v);
  const double pes = (double)m->params.rows * m->params.columns;
  *report = (qy_systolic_layer){.counts = o.c,
                                .total = o.total,
                                .latency = o.latency,
                                .stall = o.total - o.c.compute - o.latency,
                                .load = o.load,
                                .store = o.store,
                                .first = o.first,
                                .last = o.last,
                                .input_loads = o.port.inputs,
                                .weight_loads = o.port.weights,
                                .output_stores = o.port.results,
                                .tile_rows = o.t.whole ? s.out_h : o.t.rows,
                                .tile_channels = o.t.whole ? ceil_shift(s.channels, r.p.word_shift) : o.t.channels,
                                .tile_outputs = o.t.whole ? s.outputs : o.t.outputs,
                                .tile_images = o.t.whole ? r.p.batch : o.t.images,
                                .rows_first = o.t.rows_first,
                                .tiles = o.port.count,
                                .latency_us = (double)o.total / m->clock_mhz,
                                .mapping_frac = qy_systolic_mapping_frac(&o.c, &m->params),
                                .energy_pe_active_uj = e.active_fj / fj_per_uj,
                                .energy_bus_uj = e.bus_fj / fj_per_uj,
                                .energy_pe_clock_uj = e.clock_fj / fj_per_uj,
                                .energy_operand_uj = e.operand_fj / fj_per_uj,
                                .energy_skew_uj = e.skew_fj / fj_per_uj,
                                .energy_edge_uj = (e.edge_logic_fj + e.edge_register_fj) / fj_per_uj,
                                .energy_sram_uj = e.sram_pj / pj_per_uj};
  report->utilization_frac = (double)o.c.macs / ((double)o.total * pes * m->pe->mode[k].products);
  report->energy_datapath_uj = (e.active_fj + e.bus_fj + e.edge_logic_fj) / fj_per_uj;
  report->energy_register_uj = (e.clock_fj + e.operand_fj + e.skew_fj + e.edge_register_fj) / fj_per_uj;
  report->energy_leakage_uj = m->leakage_mw * report->latency_us / nj_per_uj;
  report->energy_uj =
      report->energy_datapath_uj + report->energy_register_uj + report->energy_sram_uj + report->energy_leakage_uj;
  return QY_OK;
}
