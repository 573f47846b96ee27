/* The depthwise module in closed form: see depthwise.h for the schedule and what is counted.
 *
 * A run is one pass over the distinct shapes.  Divisions by the port width are done in double precision: dividend and
 * divisor are integers below 2^52, so the rounded quotient never crosses an integer and its floor is exact, at a
 * fraction of the cost of a 64-bit integer division.
 */
#include "depthwise_int.h"
#include "rows.h"
#include "zero.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { SOURCES = 2 }; /* of operands: window and weights */

/* ---- schedule ---- */

/* How a kind of operand lies in buffers and goes through the port. */
typedef struct packed_slots {
  int64_t bits;
  int shift; /* log2 of Ns */
} packed_slots;

/* The module in one mode of its elements, ready for the inner loop. */
typedef struct lanes {
  int64_t count, block; /* P, P Nc */
  double count_d, block_d, taps_per_step, port;
  int64_t interval;             /* II: cycles of a step */
  int channel_shift, tap_shift; /* log2 of Nc, Nt */
  packed_slots map, weight;
  int64_t constant_bits;  /* of a channel: its correction; 0: none */
  int64_t constant_words; /* that those of a lane take */
  int64_t fill;
} lanes;

/* A layer on the lanes. */
typedef struct channel_blocks {
  int64_t full;  /* blocks of all lanes */
  int64_t rest;  /* channels of the last block, [1..block] */
  int64_t used;  /* lanes with a channel, summed over the blocks */
  int64_t steps; /* of one output */
  int64_t words; /* register words of window or kernel in use per lane */
} channel_blocks;

/* log2 of the operands of a mode that share a word of an element's width. */
static int sharing_shift(const qy_depthwise_params *p, const qy_pe *pe, int k)
{
  const qy_pe_mode *mode = &pe->mode[k];
  const bool packed = p->storage == QY_STORE_PACKED && mode->products == 1 && mode->cycles == 1;
  return packed ? k : __builtin_ctz((unsigned)mode->products);
}

/* Operands of mode k while the elements run in a mode that has 2^channel_shift channels in a word: what else fits in it
 * are taps. */
static packed_slots slots_of(const qy_depthwise_params *p, const qy_pe *pe, int k, int channel_shift)
{
  return (packed_slots){pe->mode[k].bits, qy_max_int(0, sharing_shift(p, pe, k) - channel_shift)};
}

/* Bits of a channel's correction: it is added to a sum. */
static int64_t constant_bits(const qy_depthwise_params *p, const qy_pe *pe)
{
  return p->activations == QY_ACTIVATIONS_AFFINE ? pe->params.accumulator_bits : 0;
}

/* Words of an element's width that hold those of a lane of 2^channel_shift channels. */
static int64_t constant_words(const qy_depthwise_params *p, const qy_pe *pe, int channel_shift)
{
  return qy_ceil_div(constant_bits(p, pe), pe->params.bits) << channel_shift;
}

static lanes lanes_in_mode(const qy_depthwise_params *p, const qy_pe *pe, qy_modes modes, int64_t fill)
{
  const qy_pe_mode *mode = &pe->mode[modes.run];
  const int shift = __builtin_ctz((unsigned)mode->products); /* a power of two: check_reduction */
  const int channel_shift = p->reduction == QY_REDUCE_CHANNELS ? shift : 0, tap_shift = shift - channel_shift;
  const int64_t block = (int64_t)p->channels << channel_shift;
  return (lanes){.count = p->channels,
                 .block = block,
                 .count_d = p->channels,
                 .block_d = (double)block,
                 .taps_per_step = (double)((int64_t)p->multipliers << tap_shift),
                 .port = p->port_bits,
                 .interval = mode->cycles,
                 .channel_shift = channel_shift,
                 .tap_shift = tap_shift,
                 .map = slots_of(p, pe, modes.activations, channel_shift),
                 .weight = slots_of(p, pe, modes.weights, channel_shift),
                 .constant_bits = constant_bits(p, pe),
                 .constant_words = constant_words(p, pe, channel_shift),
                 .fill = fill};
}

static inline channel_blocks split(const layer_shape *s, const lanes *p)
{
  channel_blocks g;
  g.full = qy_ceil_div_exact(s->channels, p->block_d) - 1;
  g.rest = s->channels - g.full * p->block;
  g.used = g.full * p->count + qy_ceil_shift(g.rest, p->channel_shift);
  g.steps = qy_ceil_div_exact(s->taps, p->taps_per_step);
  g.words = qy_ceil_shift(s->taps, p->tap_shift);
  return g;
}

static inline void count_cycles(qy_depthwise_cycles *c, const layer_shape *s, const lanes *p, const channel_blocks *g)
{
  const int64_t full_bits = p->block * p->map.bits, rest_bits = g->rest * p->map.bits;
  const int64_t kernel_bits = s->taps * p->weight.bits + p->constant_bits;
  const int64_t row_rest = qy_ceil_div_exact(s->in_w * rest_bits, p->port),
                kernel_rest = qy_ceil_div_exact(g->rest * kernel_bits, p->port);
  const int64_t out_rest = qy_ceil_div_exact(s->out_w * rest_bits, p->port);
  int64_t row = row_rest, kernel = kernel_rest, out = out_rest;
  if (g->full > 0) {
    row = qy_ceil_div_exact(s->in_w * full_bits, p->port);
    kernel = qy_ceil_div_exact(p->block * kernel_bits, p->port);
    out = qy_ceil_div_exact(s->out_w * full_bits, p->port);
  }
  c->compute = (g->full + 1) * s->pixels * g->steps * p->interval;
  c->fill = p->fill;
  c->load = g->full * (kernel + s->in_h * row) + kernel_rest + s->in_h * row_rest;
  c->store = s->out_h * (g->full * out + out_rest);
  c->first = kernel + s->first_rows * row;
  c->last = out_rest;
  const int64_t lanes_bound = c->first + c->compute + c->fill + c->last, port_bound = c->load + c->store;
  c->total = lanes_bound > port_bound ? lanes_bound : port_bound;
}

/* ---- events ---- */

/* Sums over layers of what the bill is made from. */
typedef struct counts {
  int64_t cycles, compute, transfer;
  int64_t input_reads, input_writes, weights, outputs; /* buffer words; weights, outputs: as many reads as writes */
  double results;                                      /* of lanes; one gives 2^channel_shift at once */
  double kernels;                                      /* of lanes: once a block */
  double products, choices;                            /* of one multiplier of a lane; words it passed over */
  double words;                                        /* register words written */
} counts;

static inline void add_layer(counts *n, const layer_shape *s, const lanes *p)
{
  qy_depthwise_cycles c;
  const channel_blocks g = split(s, p);
  count_cycles(&c, s, p, &g);
  const int64_t times = s->count, block_count = g.full + 1, row_words = qy_ceil_shift(s->in_w, p->map.shift);
  const double results = (double)(times * s->pixels * g.used), products = results * (double)g.steps;
  n->cycles += times * c.total;
  n->compute += times * c.compute;
  n->transfer += times * (c.load + c.store);
  n->results += results;
  n->kernels += (double)(times * g.used);
  n->products += products;
  n->choices += products * (double)(g.steps - 1);
  n->words += (results + (double)(times * g.used)) * (double)g.words;
  n->input_reads += times * block_count * s->row_reads * row_words;
  n->input_writes += times * block_count * s->in_h * row_words;
  n->weights += times * block_count * (qy_ceil_shift(s->taps, p->weight.shift) + p->constant_words);
  n->outputs += times * block_count * s->out_h * qy_ceil_shift(s->out_w, p->map.shift);
}

static void put_accesses(qy_bill *bill, const module *m, int role, int64_t reads, int64_t writes)
{
  const double macros = m->buffer[role].count;
  qy_bill_accesses(bill, role, &m->buffer[role], macros * (double)reads, macros * (double)writes);
}

/* Words go from the buffers to the lane's registers, a lane's width, and from there to the multipliers, half of it;
 * products to an adder beside them; sums half a lane to the requantizer, results another one to the buffer. */
static void put_wires(double *count, const module *m, const counts *n, double used_bits)
{
  const double bits = m->pe->params.bits, sum_bits = m->pe->params.accumulator_bits;
  const double taken = n->products * m->params.multipliers * SOURCES;
  count[QY_EVENT_OPERAND_WIRE] = m->lane * used_bits * (n->words + taken / 2);
  count[QY_EVENT_SUM_WIRE] =
      count[QY_EVENT_ADD] * sum_bits + count[QY_EVENT_REQUANTIZE] * m->lane * (sum_bits / 2 + bits);
}

/* What goes through the port, of `macs` products: values of maps that come in, weights, channels, results. */
typedef struct moved {
  double macs, maps, weights, channels, results;
} moved;

static void put_run(qy_bill *bill, const module *m, const lanes *p, int mode, const counts *n, const moved *all)
{
  const double multipliers = m->params.multipliers, cycles = (double)n->cycles;
  const double bits = qy_pe_used_bits(m->pe, mode, m->prices->side[mode], m->pe->params.bits);
  const double interval = (double)p->interval, elements = p->count_d * multipliers;
  double *count = bill->count;
  count[QY_EVENT_PRODUCT + mode] = n->products * multipliers * interval;
  count[QY_EVENT_CLOCK] = cycles * elements;
  count[QY_EVENT_OPERAND_MUX] = n->choices * multipliers * SOURCES * bits;
  const double values = n->results * (double)(1 << p->channel_shift),
               kernels = n->kernels * (double)(1 << p->channel_shift);
  count[QY_EVENT_OPERAND_WRITE] = n->words * bits + kernels * (double)p->constant_bits;
  count[QY_EVENT_ADD] = n->results * (multipliers - 1) + (p->constant_bits > 0 ? values : 0);
  count[QY_EVENT_REQUANTIZE] = values;
  count[QY_EVENT_CONTROL] = cycles;
  put_wires(count, m, n, bits);
  put_accesses(bill, m, QY_BUFFER_INPUT, n->input_reads, n->input_writes);
  put_accesses(bill, m, QY_BUFFER_WEIGHTS, n->weights, n->weights);
  put_accesses(bill, m, QY_BUFFER_OUTPUT, n->outputs, n->outputs);
  bill->cycles = cycles;
  bill->compute_cycles = (double)n->compute;
  bill->transfer_cycles = (double)n->transfer;
  bill->products = all->macs;
  bill->slots = cycles * elements * m->pe->mode[mode].products / interval;
  bill->loaded_bits = all->maps * (double)p->map.bits + all->weights * (double)p->weight.bits +
                      all->channels * (double)p->constant_bits;
  bill->stored_bits = all->results * (double)p->map.bits;
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const module *m = self;
  const qy_depthwise_work *w = work;
  const lanes p = lanes_in_mode(&m->params, m->pe, modes, m->fill);
  counts n;
  accel_zero(&n, sizeof n);
  for (size_t i = 0; i < w->count; i++)
    add_layer(&n, &w->shape[i], &p);
  put_run(bill, m, &p, modes.run, &n, &(moved){w->macs, w->maps, w->weights, w->channels, w->stores});
  return NULL;
}

static qy_status layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *l, qy_modes modes,
                       qy_error *err)
{
  const module *m = self;
  layer_shape s = {0};
  counts n = {0};
  *reason = NULL;
  qy_status status = depthwise_shape(&s, l, err);
  if (status) return status;
  s.count = l->batch; /* images one after another, as in the work */
  const lanes p = lanes_in_mode(&m->params, m->pe, modes, m->fill);
  add_layer(&n, &s, &p);
  put_run(bill, m, &p, modes.run, &n,
          &(moved){(double)(s.macs * s.count), depthwise_maps(&s), depthwise_weights(&s), depthwise_channels(&s),
                   depthwise_stores(&s)});
  return QY_OK;
}

/* ---- design ---- */

static const char *mistake(const void *params, const qy_pe *pe)
{
  const qy_depthwise_params *p = params;
  const bool several = pe->mode_count > 0 && pe->mode[pe->mode_count - 1].products > 1;
  const bool apart = qy_pe_apart(pe);
  if (several && apart && p->reduction != QY_REDUCE_CHANNELS)
    return "a sum-apart element keeps its products apart: it can only reduce by channels";
  if (several && !apart && p->reduction != QY_REDUCE_TAPS)
    return "a sum-together element adds its products: it can only reduce by taps";
  return NULL;
}

/* Cycles of a step in the mode that takes the fewest: what surrounds the elements has to follow that one. */
static int fewest_cycles(const qy_pe *pe)
{
  int fewest = pe->mode[0].cycles;
  for (int k = 1; k < pe->mode_count; k++)
    fewest = qy_min_int(fewest, pe->mode[k].cycles);
  return fewest;
}

/* Banks of the input buffer: windows move on by Kh stride words while the lanes work through the taps. */
static int64_t input_banks(const qy_depthwise_work *work, const module *m)
{
  int64_t most = 1;
  for (size_t i = 0; i < work->count; i++) {
    const layer_shape *s = &work->shape[i];
    const int64_t cycles = qy_ceil_div_exact(s->taps, m->params.multipliers) * fewest_cycles(m->pe);
    const int64_t words = qy_ceil_div_exact(s->new_words, (double)cycles);
    if (words > most) most = words;
  }
  return most;
}

/* log2 of the channels of a lane in the mode that has most. */
static int most_channels_shift(const module *m)
{
  int most = 1;
  for (int k = 0; m->params.reduction == QY_REDUCE_CHANNELS && k < m->pe->mode_count; k++)
    most = qy_max_int(most, m->pe->mode[k].products);
  return __builtin_ctz((unsigned)most);
}

static const char *choose_buffers(module *m, const qy_design_input *in, const qy_depthwise_work *work)
{
  enum { KERNELS = 2 }; /* one block in use, the next being loaded */
  const qy_depthwise_params *p = &m->params;
  const int bits = m->pe->params.bits;
  const double channels = p->channels; /* slots of every word */
  const int64_t constants = constant_words(p, m->pe, most_channels_shift(m));
  const qy_buffer_need need[QY_BUFFER_ROLES] = {
      [QY_BUFFER_INPUT] = {p->channels, bits, input_banks(work, m), channels * (double)work->input_slots,
                           p->input_buffer_bytes, p->input_banks},
      [QY_BUFFER_OUTPUT] = {p->channels, bits, 1, channels * (double)work->output_slots, p->output_buffer_bytes,
                            p->output_banks},
      [QY_BUFFER_WEIGHTS] = {p->channels, bits, 1, channels * KERNELS * (double)(work->taps_max + constants),
                             p->weight_buffer_bytes, p->weight_banks}};
  const qy_buffer_input from = {in->sram, in->tech, p->sram_flavour, in->clock_mhz};
  return qy_buffers_choose(m->buffer, m->why, need, &from);
}

/* Requantizers of a lane: enough for all results of a lane in the fewest cycles a layer takes per output. */
static int64_t requantizers(const module *m, const qy_depthwise_work *work)
{
  const int64_t most_products = INT64_C(1) << most_channels_shift(m);
  const int64_t fewest = qy_ceil_div_exact(work->taps_min, m->params.multipliers) * fewest_cycles(m->pe);
  return qy_ceil_div_exact(most_products, (double)fewest);
}

static void put_parts(qy_bill *bill, const module *m, const qy_depthwise_work *work)
{
  const double count = m->params.channels, multipliers = m->params.multipliers, bits = m->pe->params.bits;
  const double most_steps = (double)qy_ceil_div_exact(work->taps_max, multipliers);
  bill->count[QY_PART_ELEMENT] = count * multipliers;
  const double requantize = count * (double)requantizers(m, work);
  const double constants = (double)(constant_bits(&m->params, m->pe) << most_channels_shift(m));
  bill->count[QY_PART_ADDER] = count * (multipliers - 1) + (constants > 0 ? requantize : 0);
  bill->count[QY_PART_REQUANTIZER] = requantize;
  bill->count[QY_PART_CONTROLLER] = 1;
  bill->count[QY_PART_OPERAND_BIT] = count * (SOURCES * (double)work->taps_max * bits + constants);
  bill->count[QY_PART_OPERAND_MUX] = count * multipliers * SOURCES * (most_steps - 1) * bits;
  qy_bill_buffers(bill, m->buffer);
}

/* Width of a lane with all that is in it, in elements. */
static double lane_width(const module *m, const qy_bill *bill, const qy_design_input *in)
{
  static const struct {
    int part;
    qy_circuit_role role;
  } circuits[] = {
      {QY_PART_ELEMENT, QY_ROLE_ELEMENT}, {QY_PART_ADDER, QY_ROLE_ADDER}, {QY_PART_REQUANTIZER, QY_ROLE_REQUANTIZER}};
  const double cells_um2 = bill->count[QY_PART_OPERAND_BIT] * in->tech->area_um2[QY_DFF] +
                           bill->count[QY_PART_OPERAND_MUX] * in->tech->area_um2[QY_MUX2];
  double um2 = cells_um2 / in->tech->density_frac;
  for (size_t i = 0; i < sizeof circuits / sizeof *circuits; i++)
    um2 += bill->count[circuits[i].part] * in->prices->placed_um2[circuits[i].role];
  return qy_prices_pitches(in->prices, um2 / m->params.channels);
}

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  module *m = self;
  const qy_depthwise_params *p = in->params;
  accel_zero(m, sizeof *m);
  m->params = *p;
  m->pe = in->pe;
  (void)err;
  if ((*reason = choose_buffers(m, in, in->work))) return QY_INFEASIBLE;
  put_parts(bill, m, in->work);
  m->prices = in->prices;
  m->lane = lane_width(m, bill, in);
  const int levels = qy_log2_ceil(p->multipliers);
  m->fill =
      (int64_t)ceil(m->buffer[QY_BUFFER_INPUT].macro.access_ns * in->clock_mhz / 1e3) +
      qy_prices_stages(in->prices, QY_ROLE_ELEMENT) + (in->pe->params.input_registers ? 1 : 0) +
      (int64_t)(levels + (p->activations == QY_ACTIVATIONS_AFFINE)) * qy_prices_stages(in->prices, QY_ROLE_ADDER) +
      qy_prices_stages(in->prices, QY_ROLE_REQUANTIZER);
  return QY_OK;
}

static qy_status work_new(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  qy_depthwise_work *w = NULL;
  qy_status status = qy_depthwise_work_new(&w, layers, count, arena, err);
  *work = w;
  return status;
}

/* ---- cycles alone ---- */

qy_status qy_depthwise_layer_cycles(qy_depthwise_cycles *cycles, const qy_depthwise_params *params, const qy_pe *pe,
                                    const qy_layer *l, qy_precision precision, int64_t fill, qy_error *err)
{
  layer_shape s = {0};
  qy_status status = qy_accelerator_check(&qy_accelerator_depthwise, params, err);
  if (status) return status;
  const char *reason = mistake(params, pe);
  qy_modes modes;
  if (reason) return qy_fail(err, QY_INFEASIBLE, "%s", reason);
  if ((status = depthwise_shape(&s, l, err))) return status;
  if (!qy_element_modes(&modes, pe, precision))
    return qy_fail(err, QY_INFEASIBLE, "the element has no mode for %d bits", qy_precision_widest(precision));
  const lanes p = lanes_in_mode(params, pe, modes, fill);
  const channel_blocks g = split(&s, &p);
  count_cycles(cycles, &s, &p, &g);
  return QY_OK;
}

/* ---- the row ---- */

static const char *const reductions[] = {[QY_REDUCE_TAPS] = "taps", [QY_REDUCE_CHANNELS] = "channels"};

static const char *const storages[] = {[QY_STORE_PACKED] = "packed", [QY_STORE_SLOTS] = "slots"};

static const qy_parameter parameters[] = {
    QY_CHOICE("reduction", reductions, qy_depthwise_params, reduction,
              .help = "what a sub-word product is: a kernel tap of one channel, or one of several channels"),
    QY_INTEGER("channels", 1, 4096, qy_depthwise_params, channels, .required = true, .help = "channel lanes P"),
    QY_INTEGER("multipliers", 1, 64, qy_depthwise_params, multipliers, .fallback = 1, .help = "multipliers M per lane"),
    QY_CHOICE("storage", storages, qy_depthwise_params, storage,
              .help = "narrow operands of a mac in the buffers: as many in a word as fit, or one a word"),
    ACTIVATIONS_ROW(qy_depthwise_params),
    PORT_ROW(4096, 64, qy_depthwise_params),
    BUFFER_ROWS(qy_depthwise_params),
};

static double chosen(const void *self, const char *key)
{
  return qy_buffer_chosen(((const module *)self)->buffer, key);
}

const qy_accelerator qy_accelerator_depthwise = {
    .name = "depthwise",
    .help = "depthwise module: channel lanes of multipliers, line buffer, SRAM buffers",
    .parameter = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .params_bytes = sizeof(qy_depthwise_params),
    .design_bytes = sizeof(module),
    .needs = QY_NEEDS_PRODUCT | QY_NEEDS_ACCUMULATOR,
    .uses = QY_USES_ADDER | QY_USES_REQUANTIZER | QY_USES_CONTROLLER | QY_USES_REGISTERS | QY_USES_SRAM | QY_USES_WIRES,
    .runs_layers = true,
    .mistake = mistake,
    .work = work_new,
    .design = design,
    .chosen = chosen,
    .run = run,
    .layer = layer,
};
