/* The systolic array as an accelerator: see systolic.h for the schedule and what is counted.
 *
 * A run is one pass over the distinct shapes: counts in closed form (systolic_count.c), tiles and traffic
 * (systolic_tile.c).
 */
#include "lane_inverse.h"
#include "rows.h"
#include "systolic_lanes.h"
#include "zero.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- the array ---- */

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
  if (pe->params.shared && dataflow == QY_FLOW_IS) return "shared multiples go along the rows: not with inputs held";
  return NULL;
}

/* What one half of each buffer must hold, in words and results. */
typedef struct half_need {
  double inputs, weights, results;
} half_need;

/* Bits of an output channel's correction: it is added to a sum; 0: none. */
static int64_t constant_bits(const qy_systolic *m)
{
  return m->params.activations == QY_ACTIVATIONS_AFFINE ? m->sum_bits : 0;
}

static half_need needs(const qy_systolic *m, const qy_systolic_work *work)
{
  const array_mode p = systolic_array_mode(&m->params, 1);
  const int64_t constant_words = qy_ceil_div(constant_bits(m), m->weight_bits);
  if (m->params.tile == QY_TILE_NONE) {
    int64_t constants = 0;
    for (size_t i = 0; i < work->count; i++)
      constants = qy_max64(constants, constant_words * work->shape[i].outputs);
    return (half_need){(double)work->inputs * (double)p.batch, (double)(work->weights + constants),
                       (double)work->results * (double)p.batch};
  }
  half_need n = {0, 0, 0};
  for (size_t i = 0; i < work->count; i++) {
    const layer_shape *s = &work->shape[i];
    const int64_t rows = qy_ceil_div_exact(p.rows, (double)s->taps),
                  channels = qy_min64(s->channels, qy_max64(1, rows));
    const int64_t outputs = qy_min64(s->outputs, p.columns);
    n.inputs = fmax(n.inputs, (double)(qy_min64(s->in_h, s->kernel_h) * s->in_w * channels));
    n.weights = fmax(n.weights, (double)((s->taps * channels + constant_words) * outputs));
    n.results = fmax(n.results, (double)(s->out_w * outputs));
  }
  return n;
}

static bool keeps_sums(const qy_systolic_params *p)
{
  return p->dataflow != QY_FLOW_OS || p->tile == QY_TILE_AUTO;
}

static const char *mistake(const void *params, const qy_pe *pe)
{
  const qy_systolic_params *p = params;
  const char *reason = check_pe(pe, p->dataflow, p->row);
  return reason ? reason : few_banks(p->input_banks, p->output_banks, p->weight_banks, keeps_sums(p));
}

static const char *choose_buffers(qy_systolic *m, const qy_design_input *in, const qy_systolic_work *work)
{
  enum { HALVES = 2 };
  const qy_systolic_params *p = &m->params;
  const bool any_size = p->tile != QY_TILE_NONE, held_inputs = p->dataflow == QY_FLOW_IS, sums = keeps_sums(&m->params);
  const half_need n = needs(m, work);
  qy_buffer_need need[QY_BUFFER_ROLES] = {
      [QY_BUFFER_INPUT] = {held_inputs ? p->columns : p->rows, m->input_bits, HALF_BANKS, HALVES * n.inputs,
                           p->input_buffer_bytes, p->input_banks},
      [QY_BUFFER_OUTPUT] = {p->columns, sums ? m->sum_bits : m->pe->params.bits, sums ? SUM_BANKS : HALF_BANKS,
                            HALVES * n.results, p->output_buffer_bytes, p->output_banks},
      [QY_BUFFER_WEIGHTS] = {held_inputs ? p->rows : p->columns, m->weight_bits, HALF_BANKS, HALVES * n.weights,
                             p->weight_buffer_bytes, p->weight_banks}};
  /* A buffer of given size that is too small for a tile shows in the run, layer by layer; an ideal one never is. */
  for (int role = 0; role < QY_BUFFER_ROLES; role++)
    if (any_size && need[role].asked_bytes > 0) need[role].slots = 0;
  const qy_buffer_input from = {in->sram, in->tech, p->sram_flavour, in->clock_mhz, in->known};
  return qy_buffers_choose(m->buffer, m->why, need, &from);
}

enum { TAPS = 4 }; /* of a buffer of a bus: the fan-out that the library's delays are given at */

/* Buffers of one bit of a bus, how many a word passes, and the length of its wires, in elements.  A buffer stands at
 * the first of its taps; the taps of a level are 1, 4, 16, ... elements apart. */
typedef struct tree {
  int buffers, levels, length;
} tree;

static tree bus_tree(int columns)
{
  tree t = {0, 0, 1}; /* from the register at the end of the row to the first element */
  int taps = columns, apart = 1;
  for (; taps > TAPS; t.levels++, apart *= TAPS) {
    const int groups = (taps + TAPS - 1) / TAPS;
    t.length += (taps - groups) * apart;
    t.buffers += groups;
    taps = groups;
  }
  t.length += (taps - 1) * apart;
  return t;
}

/* Registers that words pass through: width, and whether a multiplexer that shortens the chain is before each bit. */
typedef struct word_bits {
  int row, column;             /* of operands */
  int row_write, column_write; /* of the PEs' operand registers made here, 0: the PE's own */
  int drain;                   /* of a sum that leaves by the drain, 0: none */
  int bus;                     /* of a row's bus, 0: rows move */
  bool row_skew_mux, sum_skew_mux;
} word_bits;

static word_bits widths(const qy_systolic *m)
{
  const bool os = m->params.dataflow == QY_FLOW_OS, shortened = m->params.edge == QY_EDGE_USED;
  const bool held_inputs = m->params.dataflow == QY_FLOW_IS;
  word_bits w = {.row = held_inputs ? m->weight_bits : m->input_bits,
                 .column = held_inputs ? m->input_bits : m->weight_bits,
                 .drain = os ? m->sum_bits : 0,
                 .row_skew_mux = shortened && !os,
                 .sum_skew_mux = shortened};
  if (!m->pe->params.input_registers) {
    w.row_write = w.row + m->multiple_bits;
    w.column_write = w.column;
  }
  if (m->params.row == QY_ROW_BROADCAST) w.bus = w.row + m->multiple_bits;
  return w;
}

/* Bits of them that may change in a mode of the elements. */
static word_bits used_widths(const qy_systolic *m, int mode, qy_pe_side side)
{
  word_bits w = widths(m);
  const int row = qy_pe_used_bits(m->pe, mode, side, w.row), column = qy_pe_used_bits(m->pe, mode, side, w.column);
  if (w.row_write > 0) {
    w.row_write -= w.row - row;
    w.column_write -= w.column - column;
  }
  if (w.bus > 0) w.bus -= w.row - row;
  w.row = row;
  w.column = column;
  return w;
}

/* An element with the registers and multiplexers beside it: how wide it is, in elements alone. */
static double pitch_of(const qy_systolic *m, const qy_design_input *in)
{
  const word_bits w = widths(m);
  const double registers = (w.bus > 0 ? 0 : w.row_write) + w.column_write, muxes = w.drain;
  const double beside_um2 = registers * in->tech->area_um2[QY_DFF] + muxes * in->tech->area_um2[QY_MUX2];
  return qy_prices_pitches(in->prices, in->prices->placed_um2[QY_ROLE_ELEMENT] + beside_um2 / in->tech->density_frac);
}

/* Do the PEs save energy on a held operand? */
static bool holds(const qy_systolic *m)
{
  return m->params.dataflow == QY_FLOW_WS ||
         (m->params.dataflow == QY_FLOW_IS && qy_pe_row_of(m->pe->params.kind)->holds_either);
}

static void put_parts(qy_bill *bill, const qy_systolic *m)
{
  const qy_systolic_params *p = &m->params;
  const word_bits w = widths(m);
  const double rows = p->rows, columns = p->columns, pes = rows * columns;
  const double row_words = rows * (rows - 1) / 2, column_words = columns * (columns - 1) / 2;
  const bool os = p->dataflow == QY_FLOW_OS, bus = p->row == QY_ROW_BROADCAST;
  const bool lined_up = !bus && (!os || p->drain == QY_DRAIN_OVERLAPPED);
  const double skew = row_words * w.row + (os && !bus ? column_words * m->weight_bits : 0);
  const double sum_skew = lined_up ? column_words * m->sum_bits : 0;
  bill->count[QY_PART_ELEMENT] = pes;
  const double constants = (double)constant_bits(m);
  bill->count[QY_PART_ADDER] = (keeps_sums(&m->params) ? columns : 0) + (constants > 0 ? columns : 0);
  bill->count[QY_PART_REQUANTIZER] = columns;
  bill->count[QY_PART_CONTROLLER] = 1;
  bill->count[QY_PART_MULTIPLES] = m->pe->params.shared ? rows : 0;
  bill->count[QY_PART_BUS_BUFFER] = rows * w.bus * bus_tree(p->columns).buffers;
  bill->count[QY_PART_OPERAND_BIT] = (bus ? rows : pes) * w.row_write + pes * w.column_write + columns * constants;
  bill->count[QY_PART_SKEW_BIT] = skew + sum_skew;
  bill->count[QY_PART_SKEW_MUX] = (w.sum_skew_mux ? sum_skew : 0) + (w.row_skew_mux ? skew : 0);
  bill->count[QY_PART_DRAIN_MUX] = pes * w.drain;
  qy_bill_buffers(bill, m->buffer);
}

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  qy_systolic *m = self;
  const qy_pe *pe = in->pe;
  const qy_systolic_work *work = in->work;
  accel_zero(m, sizeof *m);
  m->pe = pe;
  m->input_bits = qy_element_port_bits(pe, "x");
  m->weight_bits = qy_element_port_bits(pe, "w");
  m->sum_bits = pe->params.accumulator_bits;
  m->multiple_bits = multiple_bits(pe);
  qy_status status = systolic_check(&m->params, in->params, err);
  if (!status) status = systolic_check_batch(work->bound, m->params.batch, NULL, err);
  if (status) return status;
  const qy_build *element = &in->prices->build[QY_ROLE_ELEMENT];
  const double bus_ps = bus_tree(m->params.columns).levels * in->tech->delay_ps[QY_BUF];
  *reason = NULL;
  if (m->params.row == QY_ROW_BROADCAST && element->min_period_ps + bus_ps > element->period_ps)
    *reason = "the bus along a row and the element together miss the clock";
  if (!*reason) *reason = choose_buffers(m, in, work);
  if (*reason) return QY_INFEASIBLE;
  put_parts(bill, m);
  m->prices = in->prices;
  m->pitch = pitch_of(m, in);
  m->fold_latency = qy_prices_stages(in->prices, QY_ROLE_ELEMENT);
  const double access_ns =
      fmax(m->buffer[QY_BUFFER_INPUT].macro.access_ns, m->buffer[QY_BUFFER_WEIGHTS].macro.access_ns);
  m->layer_latency = (int64_t)ceil(access_ns * in->clock_mhz / 1e3) +
                     qy_prices_stages(in->prices, QY_ROLE_REQUANTIZER) +
                     qy_prices_stages(in->prices, QY_ROLE_MULTIPLES);
  if (constant_bits(m) > 0) m->layer_latency += qy_prices_stages(in->prices, QY_ROLE_ADDER);
  return QY_OK;
}

static qy_status work_new(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  qy_systolic_work *w = NULL;
  qy_status status = qy_systolic_work_new(&w, layers, count, arena, err);
  *work = w;
  return status;
}

/* ---- runs ---- */

/* The array in one mode of its elements, ready for the inner loop. */
typedef struct mode_run {
  array_mode p;
  halves half;
  rates rate;
  bool tiled;
  int64_t result_bits;
  tile_sets sets; /* all NULL but in the run of a work */
} mode_run;

static mode_run run_for(const qy_systolic *m, qy_modes modes)
{
  static const double half_bits_per_byte = 4;
  mode_run r = {.p = systolic_array_mode(&m->params, m->pe->mode[modes.run].products),
                .tiled = m->params.tile == QY_TILE_AUTO,
                .result_bits = m->pe->mode[modes.activations].bits};
  r.half = (halves){.input_words = (int64_t)(m->buffer[QY_BUFFER_INPUT].bytes * half_bits_per_byte / m->input_bits),
                    .weight_words = (int64_t)(m->buffer[QY_BUFFER_WEIGHTS].bytes * half_bits_per_byte / m->weight_bits),
                    .output_bits = (int64_t)(m->buffer[QY_BUFFER_OUTPUT].bytes * half_bits_per_byte),
                    .slot_bits = m->sum_bits,
                    .whole_slot_bits = m->params.dataflow == QY_FLOW_OS ? r.result_bits : m->sum_bits};
  r.rate = (rates){.fold_latency = m->fold_latency,
                   .layer_latency = m->layer_latency,
                   .port = m->params.port_bits,
                   .input_bits = m->input_bits,
                   .weight_bits = m->weight_bits,
                   .result_bits = r.result_bits,
                   .constant_bits = constant_bits(m)};
  return r;
}

/* Everything about one layer. */
typedef struct outcome {
  one_outcome of;
  tiles t;
  int64_t count; /* of tiles */
} outcome;

/* Words of an output channel's kernel: weights over this are channels. */
static inline int64_t window_of(const layer_shape *s, const array_mode *p)
{
  return s->taps * qy_ceil_shift(s->channels, p->word_shift);
}

/* NULL with all of *o set, or why it cannot be.  shape: number of s in the work that r->sets are of. */
static inline const char *run_layer(outcome *o, const mode_run *r, const layer_shape *s, size_t shape)
{
  const corner first = systolic_corner(s, &r->p);
  tiles t = {.whole = true};
  rates own = r->rate;
  if (s->computed) own.weight_bits = own.input_bits;
  if (r->tiled) {
    const char *why = systolic_tile(&t, s, &r->p, &r->half, &own, &r->sets, shape);
    if (why) return why;
  }
  o->t = t;
  systolic_count_shape(&o->of.c, s, &r->p, &t);
  const traffic port = systolic_traffic(s, &r->p, &t, first.groups_per_fold);
  o->of.port = (one_words){port.inputs, port.weights, port.results};
  o->count = port.count;
  const rates *c = &own;
  const one_rate rate = {c->fold_latency, c->layer_latency, (double)c->port, c->port > 0,     c->constant_bits > 0,
                         c->input_bits,   c->weight_bits,   c->result_bits,  c->constant_bits};
  one_time_layer(&o->of, s, &rate, r->p.dataflow, first.rows, first.columns, first.held, window_of(s, &r->p));
  return NULL;
}

static void put_accesses(qy_bill *bill, const qy_systolic *m, const one_sums *n, double result_bits)
{
  const qy_buffer *b = m->buffer;
  const double input = (double)m->input_bits / b[QY_BUFFER_INPUT].word_bits;
  const double weight = (double)m->weight_bits / b[QY_BUFFER_WEIGHTS].word_bits;
  const double bit = 1.0 / b[QY_BUFFER_OUTPUT].word_bits, results = n->results * result_bits;
  qy_bill_accesses(bill, QY_BUFFER_INPUT, &b[QY_BUFFER_INPUT], input * n->input_reads, input * n->input_loads);
  const double constant = (double)constant_bits(m) / b[QY_BUFFER_WEIGHTS].word_bits;
  qy_bill_accesses(bill, QY_BUFFER_WEIGHTS, &b[QY_BUFFER_WEIGHTS],
                   weight * n->weight_reads + constant * n->constant_reads,
                   weight * n->weight_loads + constant * n->constant_loads);
  qy_bill_accesses(bill, QY_BUFFER_OUTPUT, &b[QY_BUFFER_OUTPUT], bit * (results + n->sum_reads * m->sum_bits),
                   bit * (results + n->sum_writes * m->sum_bits));
}

/* Operands go from the edge to the first element and from one to the next, or along a bus; sums from one to the next,
 * or, os with overlapped drain, along a bus per column. */
static void put_wires(double *count, const qy_systolic *m, const word_bits *w, const one_sums *n)
{
  const double row = w->bus > 0 ? n->row_entries * w->bus * bus_tree(m->params.columns).length
                                : n->row_writes * (w->row + m->multiple_bits);
  const bool drain_bus = w->drain > 0 && m->params.drain == QY_DRAIN_OVERLAPPED;
  const double moves = drain_bus ? (n->results + n->sum_writes) * m->params.rows : n->sum_hops;
  count[QY_EVENT_OPERAND_WIRE] = m->pitch * (row + n->column_writes * w->column);
  count[QY_EVENT_SUM_WIRE] = m->pitch * moves * m->sum_bits;
}

/* All layers, with `macs` useful products an image. */
static void put_run(qy_bill *bill, const qy_systolic *m, const mode_run *r, int mode, const one_sums *n, double macs)
{
  const word_bits w = used_widths(m, mode, holds(m) ? m->prices->held_side[mode] : m->prices->side[mode]);
  const double elements = (double)m->params.rows * m->params.columns;
  const double row_skew_bits = n->row_skew * w.row, sum_skew_bits = n->sum_skew * m->sum_bits;
  double *count = bill->count;
  count[(holds(m) ? QY_EVENT_HELD : QY_EVENT_PRODUCT) + mode] = n->active;
  count[QY_EVENT_CLOCK] = n->total * elements;
  count[QY_EVENT_DRAIN] = (m->params.drain == QY_DRAIN_SERIAL ? n->sum_hops : n->results + n->sum_writes) * w.drain;
  const double constants = (double)constant_bits(m);
  count[QY_EVENT_OPERAND_WRITE] =
      n->row_writes * w.row_write + n->column_writes * w.column_write + n->constant_reads * constants;
  count[QY_EVENT_SKEW_WRITE] = row_skew_bits + n->column_skew * w.column + sum_skew_bits;
  count[QY_EVENT_SKEW_MUX] = (w.row_skew_mux ? row_skew_bits : 0) + (w.sum_skew_mux ? sum_skew_bits : 0);
  count[QY_EVENT_BUS] = n->row_entries * w.bus * m->params.columns;
  count[QY_EVENT_BUS_BUFFER] = n->row_entries * w.bus * bus_tree(m->params.columns).buffers;
  count[QY_EVENT_MULTIPLES] = m->pe->params.shared ? n->row_entries : 0;
  count[QY_EVENT_ADD] = n->sum_reads + (constants > 0 ? n->results : 0);
  count[QY_EVENT_REQUANTIZE] = n->results;
  count[QY_EVENT_CONTROL] = n->total;
  put_wires(count, m, &w, n);
  put_accesses(bill, m, n, (double)r->result_bits);
  bill->cycles = n->total;
  bill->compute_cycles = n->compute;
  bill->transfer_cycles = n->transfer;
  bill->products = macs * m->params.batch;
  bill->slots = n->total * elements * m->pe->mode[mode].products;
  bill->loaded_bits = (n->input_loads + n->second_loads) * m->input_bits +
                      (n->weight_loads - n->second_loads) * m->weight_bits + n->constant_loads * constants;
  bill->stored_bits = n->stores * (double)r->result_bits;
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const qy_systolic *m = self;
  const qy_systolic_work *k = work;
  mode_run r = run_for(m, modes);
  if (r.tiled) r.sets = systolic_sets(k, &r.p);
  one_sums n;
  accel_zero(&n, sizeof n);
  for (size_t i = 0; i < k->count; i++) {
    outcome o; /* all of it is set: clearing it would take as long as a count */
    const char *reason = run_layer(&o, &r, &k->shape[i], i);
    if (reason) return reason;
    one_add_layer(&n, &o.of, &k->shape[i], constant_bits(m) > 0, window_of(&k->shape[i], &r.p),
                  (double)k->shape[i].count);
  }
  put_run(bill, m, &r, modes.run, &n, k->macs);
  return NULL;
}

/* ---- lanes ---- */

/* Are these of all lanes alike, so that one loop counts for all? */
static bool alike(const qy_systolic *a, const qy_systolic *b)
{
  const qy_systolic_params *p = &a->params, *q = &b->params;
  return p->dataflow == q->dataflow && p->drain == q->drain && p->edge == q->edge && p->row == q->row &&
         p->activations == q->activations && p->tile == q->tile;
}

static void put_lane(systolic_rows *rows, int i, const qy_systolic *m, const mode_run *r)
{
  const double value[SYSTOLIC_ROWS] = {[ROW_ROWS] = (double)r->p.rows,
                                       [ROW_COLUMNS] = (double)r->p.columns,
                                       [ROW_BATCH] = (double)r->p.batch,
                                       [ROW_WORD_INVERSE] = 1.0 / (double)(1 << r->p.word_shift),
                                       [ROW_FOLD_LATENCY] = (double)r->rate.fold_latency,
                                       [ROW_LAYER_LATENCY] = (double)r->rate.layer_latency,
                                       [ROW_BY_ROWS] = lane_inverse((double)r->p.rows),
                                       [ROW_BY_COLUMNS] = lane_inverse((double)r->p.columns),
                                       [ROW_BY_PORT] = lane_inverse((double)r->rate.port),
                                       [ROW_INPUT_BITS] = m->input_bits,
                                       [ROW_WEIGHT_BITS] = m->weight_bits,
                                       [ROW_RESULT_BITS] = (double)r->result_bits,
                                       [ROW_CONSTANT_BITS] = (double)r->rate.constant_bits,
                                       [ROW_INPUT_WORDS] = (double)r->half.input_words,
                                       [ROW_WEIGHT_WORDS] = (double)r->half.weight_words,
                                       [ROW_OUTPUT_BITS] = (double)r->half.output_bits,
                                       [ROW_SLOT_BITS] = (double)r->half.whole_slot_bits};
  for (int k = 0; k < SYSTOLIC_ROWS; k++)
    rows->of[k][i] = value[k];
}

static void put_bill(qy_lane_bill *to, int i, const qy_bill *from)
{
  for (int k = QY_EVENT_FIRST; k < QY_ITEM_COUNT; k++)
    to->count[k][i] = from->count[k];
  to->cycles[i] = from->cycles;
  to->compute_cycles[i] = from->compute_cycles;
  to->transfer_cycles[i] = from->transfer_cycles;
  to->products[i] = from->products;
  to->slots[i] = from->slots;
  to->loaded_bits[i] = from->loaded_bits;
  to->stored_bits[i] = from->stored_bits;
}

/* Layers are counted in lanes where none is divided and groups run one after another; bills follow one by one. */
static bool lanes(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work,
                  const qy_modes modes[QY_LANES], int set)
{
  const qy_systolic *first = self[0];
  const qy_systolic_work *k = work;
  mode_run run[QY_LANES];
  systolic_lane_sums sums;
  systolic_rows rows = {.flow = first->params.dataflow,
                        .serial = first->params.drain == QY_DRAIN_SERIAL,
                        .full = first->params.edge == QY_EDGE_FULL,
                        .bus = first->params.row == QY_ROW_BROADCAST,
                        .affine = constant_bits(first) > 0,
                        .tiled = first->params.tile == QY_TILE_AUTO};
  for (int i = 0; i < QY_LANES; i++) {
    const qy_systolic *m = self[i];
    if (!alike(m, first) || m->params.packing == QY_PACK_DIAGONAL || m->params.port_bits == 0) return false;
    run[i] = run_for(m, modes[i]);
    put_lane(&rows, i, m, &run[i]);
  }
  if (!systolic_sum_lanes(&sums, &rows, k, (qy_lane_set)set)) return false;
  for (int i = 0; i < QY_LANES; i++) {
    union {
      one_sums sums;
      double each[SYSTOLIC_SUMS];
    } n;
    qy_bill one;
    for (int s = 0; s < SYSTOLIC_SUMS; s++)
      n.each[s] = sums.of[s][i];
    accel_zero(&one, sizeof one);
    put_run(&one, self[i], &run[i], modes[i].run, &n.sums, k->macs);
    put_bill(bill, i, &one);
  }
  return true;
}

static qy_status one_layer(outcome *o, layer_shape *s, const mode_run *r, const char **reason, const qy_systolic *m,
                           const qy_layer *layer, qy_error *err)
{
  int64_t bound;
  *o = (outcome){.count = 0};
  qy_status status = systolic_shape(s, &bound, layer, err);
  if (!status) status = systolic_check_batch(bound, m->params.batch, layer->name, err);
  if (status) return status;
  *reason = run_layer(o, r, s, 0);
  return *reason ? QY_INFEASIBLE : QY_OK;
}

static qy_status layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *l, qy_modes modes,
                       qy_error *err)
{
  const qy_systolic *m = self;
  const mode_run r = run_for(m, modes);
  layer_shape s;
  outcome o;
  one_sums n = {.total = 0};
  qy_status status = one_layer(&o, &s, &r, reason, m, l, err);
  if (status) return status;
  one_add_layer(&n, &o.of, &s, constant_bits(m) > 0, window_of(&s, &r.p), 1);
  put_run(bill, m, &r, modes.run, &n, (double)s.macs);
  return QY_OK;
}

qy_status qy_systolic_layer_report(qy_systolic_layer *report, const char **reason, const qy_systolic *array,
                                   const qy_layer *l, int mode, qy_error *err)
{
  const qy_systolic *m = array;
  assert(mode >= 0 && mode < m->pe->mode_count);
  const mode_run r = run_for(m, (qy_modes){mode, mode, mode});
  layer_shape s;
  outcome o;
  qy_status status = one_layer(&o, &s, &r, reason, m, l, err);
  if (status) return status;
  *report = (qy_systolic_layer){.counts = o.of.c,
                                .total = o.of.total,
                                .latency = o.of.latency,
                                .stall = o.of.total - o.of.c.compute - o.of.latency,
                                .load = o.of.load,
                                .store = o.of.store,
                                .first = o.of.first,
                                .last = o.of.last,
                                .input_loads = o.of.port.inputs,
                                .weight_loads = o.of.port.weights,
                                .output_stores = o.of.port.results,
                                .tile_rows = o.t.whole ? s.out_h : o.t.rows,
                                .tile_channels = o.t.whole ? qy_ceil_shift(s.channels, r.p.word_shift) : o.t.channels,
                                .tile_outputs = o.t.whole ? s.outputs : o.t.outputs,
                                .tile_images = o.t.whole ? r.p.batch : o.t.images,
                                .rows_first = o.t.rows_first,
                                .tiles = o.count,
                                .mapping_frac = qy_systolic_mapping_frac(&o.of.c, &m->params)};
  return QY_OK;
}

/* ---- the row ---- */

static const char *const flows[] = {[QY_FLOW_OS] = "os", [QY_FLOW_WS] = "ws", [QY_FLOW_IS] = "is"};
static const char *const drains[] = {[QY_DRAIN_SERIAL] = "serial", [QY_DRAIN_OVERLAPPED] = "overlapped"};
static const char *const edges[] = {[QY_EDGE_FULL] = "full", [QY_EDGE_USED] = "used"};
static const char *const row_transports[] = {[QY_ROW_MOVED] = "moved", [QY_ROW_BROADCAST] = "broadcast"};
static const char *const packings[] = {[QY_PACK_NONE] = "none", [QY_PACK_DIAGONAL] = "diagonal"};
static const char *const tile_choices[] = {[QY_TILE_NONE] = "none", [QY_TILE_AUTO] = "auto", [QY_TILE_IDEAL] = "ideal"};

static const qy_parameter parameters[] = {
    QY_INTEGER("rows", 1, 256, qy_systolic_params, rows, .required = true, .help = "rows R of PEs"),
    QY_INTEGER("columns", 1, 256, qy_systolic_params, columns, .automatic = true, .like = "rows",
               .help = "columns C of PEs; auto: as many as rows"),
    QY_CHOICE("dataflow", flows, qy_systolic_params, dataflow, .fallback = QY_FLOW_WS,
              .help = "what stays in the PEs: outputs, weights or inputs"),
    QY_CHOICE("drain", drains, qy_systolic_params, drain,
              .help = "os: results leave after a fold, or beside the next one"),
    QY_CHOICE("edge", edges, qy_systolic_params, edge,
              .help = "ragged folds take the whole array's time, or that of the PEs in use"),
    QY_CHOICE("row_transport", row_transports, qy_systolic_params, row,
              .help = "words move along a row from PE to PE, or reach all of them by a bus at once"),
    QY_CHOICE("packing", packings, qy_systolic_params, packing,
              .help = "depthwise layers channel by channel, or several on the diagonal"),
    QY_CHOICE("tile", tile_choices, qy_systolic_params, tile, .fallback = QY_TILE_AUTO,
              .help = "layers that do not fit the buffers: infeasible, tiled, or run as if they fitted"),
    QY_INTEGER("batch", 1, 65536, qy_systolic_params, batch, .fallback = 1, .help = "images"),
    QY_INTEGER("port_bits", 8, 65536, qy_systolic_params, port_bits, .fallback = 256, .automatic = true, .unit = "bit",
               .help = "load/store port, bits per cycle; auto: transfers take no time"),
    ACTIVATIONS_ROW(qy_systolic_params),
    BUFFER_ROWS(qy_systolic_params),
};

static double chosen(const void *self, const char *key)
{
  const qy_systolic *m = self;
  return strcmp(key, "columns") == 0 ? m->params.columns : qy_buffer_chosen(m->buffer, key);
}

const qy_accelerator qy_accelerator_systolic = {
    .name = "systolic",
    .help = "systolic array of elements with double-buffered SRAM, one of three dataflows",
    .parameter = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .params_bytes = sizeof(qy_systolic_params),
    .design_bytes = sizeof(qy_systolic),
    .needs = QY_NEEDS_PRODUCT | QY_NEEDS_ACCUMULATOR | QY_NEEDS_EACH_CYCLE | QY_NEEDS_ONE_SUM,
    .uses = QY_USES_ADDER | QY_USES_REQUANTIZER | QY_USES_CONTROLLER | QY_USES_MULTIPLES | QY_USES_HELD |
            QY_USES_REGISTERS | QY_USES_CHAINS | QY_USES_SRAM | QY_USES_WIRES,
    .runs_layers = true,
    .mistake = mistake,
    .work = work_new,
    .design = design,
    .chosen = chosen,
    .run = run,
    .lanes = lanes,
    .layer = layer,
};
