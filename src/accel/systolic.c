/* The systolic array as an accelerator: see systolic.h for the schedule and what is counted.
 *
 * A run is one pass over the distinct shapes: counts in closed form (systolic_count.c), tiles and traffic
 * (systolic_tile.c).
 */
#include "lane_inverse.h"
#include "systolic_lanes.h"
#include "zero.h"

#include "bill_one.h"
#include "scalars.h"
#define LIST                            const double *
#define OF(list, row)                   ((list)[row])
#define EVENT_COUNT(bill, event, value) ((bill)->count[(int)(event)] = (value))
#include "systolic_bill.h"
#undef LIST
#undef OF
#undef EVENT_COUNT
#include "bill_end.h"
#include "scalars_end.h"

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

int64_t systolic_constant_bits(const qy_systolic *m)
{
  return m->params.activations == QY_ACTIVATIONS_AFFINE ? m->sum_bits : 0;
}

static half_need needs(const qy_systolic *m, const qy_systolic_work *work)
{
  const array_mode p = systolic_array_mode(&m->params, 1);
  const int64_t constant_words = qy_ceil_div(systolic_constant_bits(m), m->weight_bits);
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

static void find_needs(qy_buffer_need need[QY_BUFFER_ROLES], const qy_systolic *m, const qy_systolic_work *work)
{
  enum { HALVES = 2 };
  const qy_systolic_params *p = &m->params;
  const bool any_size = p->tile != QY_TILE_NONE, held_inputs = p->dataflow == QY_FLOW_IS, sums = keeps_sums(&m->params);
  const half_need n = needs(m, work);
  need[QY_BUFFER_INPUT] = (qy_buffer_need){held_inputs ? p->columns : p->rows,
                                           m->input_bits,
                                           HALF_BANKS,
                                           HALVES * n.inputs,
                                           p->input_buffer_bytes,
                                           p->input_banks};
  need[QY_BUFFER_OUTPUT] = (qy_buffer_need){p->columns,
                                            sums ? m->sum_bits : m->pe->params.bits,
                                            sums ? SUM_BANKS : HALF_BANKS,
                                            HALVES * n.results,
                                            p->output_buffer_bytes,
                                            p->output_banks};
  need[QY_BUFFER_WEIGHTS] = (qy_buffer_need){held_inputs ? p->rows : p->columns,
                                             m->weight_bits,
                                             HALF_BANKS,
                                             HALVES * n.weights,
                                             p->weight_buffer_bytes,
                                             p->weight_banks};
  /* A buffer of given size that is too small for a tile shows in the run, layer by layer; an ideal one never is. */
  for (int role = 0; role < QY_BUFFER_ROLES; role++)
    if (any_size && need[role].asked_bytes > 0) need[role].slots = 0;
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

/* Registers and multiplexers beside an element: with them it is a pitch wide. */
static double beside_um2(const qy_systolic *m, const qy_tech *tech)
{
  const word_bits w = widths(m);
  const double registers = (w.bus > 0 ? 0 : w.row_write) + w.column_write, muxes = w.drain;
  return (registers * tech->area_um2[QY_DFF] + muxes * tech->area_um2[QY_MUX2]) / tech->density_frac;
}

bool systolic_holds(const qy_systolic *m)
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
  const double constants = (double)systolic_constant_bits(m);
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

int64_t systolic_layer_latency(const qy_systolic *m, double clock_mhz, const double *stages)
{
  const double access_ns =
      fmax(m->buffer[QY_BUFFER_INPUT].macro.access_ns, m->buffer[QY_BUFFER_WEIGHTS].macro.access_ns);
  const double added = systolic_constant_bits(m) > 0 ? stages[QY_ROLE_ADDER] : 0;
  return (int64_t)(ceil(access_ns * clock_mhz / 1e3) + stages[QY_ROLE_REQUANTIZER] + stages[QY_ROLE_MULTIPLES] + added);
}

bool systolic_bus_misses(const systolic_design *d, double min_period_ps, double period_ps)
{
  return d->array.params.row == QY_ROW_BROADCAST && min_period_ps + d->bus_ps > period_ps;
}

static const char *bus_too_slow(const systolic_design *d, const qy_design_input *in)
{
  const qy_build *element = &in->prices->build[QY_ROLE_ELEMENT];
  if (systolic_bus_misses(d, element->min_period_ps, element->period_ps))
    return "the bus along a row and the element together miss the clock";
  return NULL;
}

/* What follows from prices and clock, besides the buffers. */
static void put_clock(systolic_design *d, const qy_design_input *in)
{
  qy_systolic *m = &d->array;
  double stages[QY_ROLE_COUNT];
  for (int r = 0; r < QY_ROLE_COUNT; r++)
    stages[r] = qy_prices_stages(in->prices, (qy_circuit_role)r);
  m->prices = in->prices;
  m->pitch = qy_prices_pitches(in->prices, in->prices->placed_um2[QY_ROLE_ELEMENT] + d->beside_um2);
  m->fold_latency = (int64_t)stages[QY_ROLE_ELEMENT];
  m->layer_latency = systolic_layer_latency(m, in->clock_mhz, stages);
  for (int k = 0; k < m->pe->mode_count; k++) {
    systolic_put_rows(d->list[k], m, (qy_modes){k, k, k});
    d->known[k].work = NULL;
  }
}

static qy_buffer_input buffers_from(const qy_systolic *m, const qy_design_input *in)
{
  return (qy_buffer_input){in->sram, in->tech, m->params.sram_flavour, in->clock_mhz, in->known};
}

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  systolic_design *d = self;
  qy_systolic *m = &d->array;
  const qy_pe *pe = in->pe;
  const qy_systolic_work *work = in->work;
  accel_zero(d, sizeof *d);
  m->pe = pe;
  m->input_bits = qy_element_port_bits(pe, "x");
  m->weight_bits = qy_element_port_bits(pe, "w");
  m->sum_bits = pe->params.accumulator_bits;
  m->multiple_bits = multiple_bits(pe);
  qy_status status = systolic_check(&m->params, in->params, err);
  if (!status) status = systolic_check_batch(work->bound, m->params.batch, NULL, err);
  if (status) return status;
  const qy_buffer_input from = buffers_from(m, in);
  find_needs(d->need, m, work);
  d->bus_ps = bus_tree(m->params.columns).levels * in->tech->delay_ps[QY_BUF];
  *reason = bus_too_slow(d, in);
  if (!*reason) *reason = qy_buffers_choose(m->buffer, m->why, d->need, &from);
  if (*reason) return QY_INFEASIBLE;
  put_parts(bill, m);
  d->beside_um2 = beside_um2(m, in->tech);
  put_clock(d, in);
  return QY_OK;
}

static const char *again(void *self, qy_bill *bill, const qy_design_input *in)
{
  systolic_design *d = self;
  qy_systolic *m = &d->array;
  const qy_buffer_input from = buffers_from(m, in);
  const char *reason = bus_too_slow(d, in);
  if (!reason) reason = qy_buffers_choose_again(m->buffer, m->why, d->need, &from);
  if (reason) return reason;
  qy_bill_buffers(bill, m->buffer);
  put_clock(d, in);
  return NULL;
}

static qy_status work_new(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  qy_systolic_work *w = NULL;
  qy_status status = qy_systolic_work_new(&w, layers, count, arena, err);
  *work = w;
  return status;
}

/* ---- layers ---- */

mode_run systolic_run_for(const qy_systolic *m, qy_modes modes)
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
                   .constant_bits = systolic_constant_bits(m)};
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

/* ---- rows of lists ---- */

systolic_kind systolic_kind_of(const qy_systolic *m)
{
  return (systolic_kind){.flow = m->params.dataflow,
                         .serial = m->params.drain == QY_DRAIN_SERIAL,
                         .full = m->params.edge == QY_EDGE_FULL,
                         .bus = m->params.row == QY_ROW_BROADCAST,
                         .affine = systolic_constant_bits(m) > 0,
                         .tiled = m->params.tile == QY_TILE_AUTO};
}

void systolic_put_words(double list[SYSTOLIC_ROWS], const qy_systolic *m, int mode, qy_pe_side side)
{
  const word_bits w = used_widths(m, mode, side);
  list[ROW_WORD_BITS] = w.row;
  list[ROW_COLUMN_BITS] = w.column;
  list[ROW_WORD_WRITE] = w.row_write;
  list[ROW_COLUMN_WRITE] = w.column_write;
  list[ROW_BUS_BITS] = w.bus;
  list[ROW_DRAIN_BITS] = w.drain;
}

static void put_count_rows(double list[SYSTOLIC_ROWS], const qy_systolic *m, const mode_run *r)
{
  list[ROW_WORD_INVERSE] = 1.0 / (double)(1 << r->p.word_shift);
  list[ROW_FOLD_LATENCY] = (double)r->rate.fold_latency;
  list[ROW_LAYER_LATENCY] = (double)r->rate.layer_latency;
  list[ROW_BY_ROWS] = lane_inverse(m->params.rows);
  list[ROW_BY_COLUMNS] = lane_inverse(m->params.columns);
  list[ROW_BY_PORT] = lane_inverse(m->params.port_bits);
  list[ROW_INPUT_WORDS] = (double)r->half.input_words;
  list[ROW_WEIGHT_WORDS] = (double)r->half.weight_words;
  list[ROW_OUTPUT_BITS] = (double)r->half.output_bits;
  list[ROW_SLOT_BITS] = (double)r->half.whole_slot_bits;
}

/* Those of the bill, of results of so many bits. */
static void put_bill_rows(double list[SYSTOLIC_ROWS], const qy_systolic *m, int mode, int64_t result_bits)
{
  const qy_buffer *b = m->buffer;
  const bool held = systolic_holds(m), bus = m->params.row == QY_ROW_BROADCAST;
  const tree of_bus = bus ? bus_tree(m->params.columns) : (tree){0, 0, 0};
  list[ROW_ROWS] = m->params.rows;
  list[ROW_COLUMNS] = m->params.columns;
  list[ROW_BATCH] = m->params.batch;
  list[ROW_INPUT_BITS] = m->input_bits;
  list[ROW_WEIGHT_BITS] = m->weight_bits;
  list[ROW_RESULT_BITS] = (double)result_bits;
  list[ROW_CONSTANT_BITS] = (double)systolic_constant_bits(m);
  list[ROW_PRODUCTS] = m->pe->mode[mode].products;
  list[ROW_EVENT] = (held ? QY_EVENT_HELD : QY_EVENT_PRODUCT) + mode;
  list[ROW_SUM_BITS] = m->sum_bits;
  list[ROW_MULTIPLES] = m->pe->params.shared;
  list[ROW_MULTIPLE_BITS] = m->multiple_bits;
  list[ROW_PITCH] = m->pitch;
  list[ROW_BUS_LENGTH] = of_bus.length;
  list[ROW_BUS_BUFFERS] = of_bus.buffers;
  list[ROW_INPUT_SHARE] = (double)m->input_bits / b[QY_BUFFER_INPUT].word_bits;
  list[ROW_WEIGHT_SHARE] = (double)m->weight_bits / b[QY_BUFFER_WEIGHTS].word_bits;
  list[ROW_CONSTANT_SHARE] = list[ROW_CONSTANT_BITS] / b[QY_BUFFER_WEIGHTS].word_bits;
  list[ROW_BIT_SHARE] = 1.0 / b[QY_BUFFER_OUTPUT].word_bits;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    list[ROW_READ_PJ + role] = b[role].macro.read_pj;
    list[ROW_WRITE_PJ + role] = b[role].macro.write_pj;
  }
  systolic_put_words(list, m, mode, held ? m->prices->held_side[mode] : m->prices->side[mode]);
}

void systolic_put_rows(double list[SYSTOLIC_ROWS], const qy_systolic *m, qy_modes modes)
{
  const mode_run r = systolic_run_for(m, modes);
  put_count_rows(list, m, &r);
  put_bill_rows(list, m, modes.run, r.result_bits);
}

/* ---- runs ---- */

/* All layers, with `macs` useful products an image. */
static void put_run(qy_bill *bill, const qy_systolic *m, const mode_run *r, int mode, const one_sums *n, double macs)
{
  const systolic_kind kind = systolic_kind_of(m);
  double list[SYSTOLIC_ROWS];
  put_bill_rows(list, m, mode, r->result_bits);
  one_put_run(bill, list, &kind, n, macs);
}

const char *systolic_sum_work(one_sums *n, const qy_systolic *m, mode_run *r, const qy_systolic_work *work)
{
  if (r->tiled) r->sets = systolic_sets(work, &r->p);
  accel_zero(n, sizeof *n);
  for (size_t i = 0; i < work->count; i++) {
    const layer_shape *s = &work->shape[i];
    outcome o; /* all of it is set: clearing it would take as long as a count */
    const char *reason = run_layer(&o, r, s, i);
    if (reason) return reason;
    one_add_layer(n, &o.of, s, systolic_constant_bits(m) > 0, window_of(s, &r->p), (double)s->count);
  }
  return NULL;
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const qy_systolic *m = self;
  const qy_systolic_work *k = work;
  mode_run r = systolic_run_for(m, modes);
  one_sums n;
  const char *reason = systolic_sum_work(&n, m, &r, k);
  if (!reason) put_run(bill, m, &r, modes.run, &n, k->macs);
  return reason;
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
  const mode_run r = systolic_run_for(m, modes);
  layer_shape s;
  outcome o;
  one_sums n = {.total = 0};
  qy_status status = one_layer(&o, &s, &r, reason, m, l, err);
  if (status) return status;
  one_add_layer(&n, &o.of, &s, systolic_constant_bits(m) > 0, window_of(&s, &r.p), 1);
  put_run(bill, m, &r, modes.run, &n, (double)s.macs);
  return QY_OK;
}

qy_status qy_systolic_layer_report(qy_systolic_layer *report, const char **reason, const qy_systolic *array,
                                   const qy_layer *l, int mode, qy_error *err)
{
  const qy_systolic *m = array;
  assert(mode >= 0 && mode < m->pe->mode_count);
  const mode_run r = systolic_run_for(m, (qy_modes){mode, mode, mode});
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
    .design_bytes = sizeof(systolic_design),
    .needs = QY_NEEDS_PRODUCT | QY_NEEDS_ACCUMULATOR | QY_NEEDS_EACH_CYCLE | QY_NEEDS_ONE_SUM,
    .uses = QY_USES_ADDER | QY_USES_REQUANTIZER | QY_USES_CONTROLLER | QY_USES_MULTIPLES | QY_USES_HELD |
            QY_USES_REGISTERS | QY_USES_CHAINS | QY_USES_SRAM | QY_USES_WIRES,
    .runs_layers = true,
    .mistake = mistake,
    .work = work_new,
    .design = design,
    .again = again,
    .chosen = chosen,
    .run = run,
    .lanes = systolic_lanes,
    .clocks = systolic_clocks,
    .layer = layer,
};
