/* The depthwise module in closed form: see depthwise.h for the schedule and what is counted.
 *
 * A run is one pass over the distinct shapes, by the equations in depthwise_run.h.  Divisions are done in double
 * precision: dividend and divisor are integers below 2^52, so the rounded quotient never crosses an integer and its
 * floor is exact, at a fraction of the cost of a 64-bit integer division.
 */
#include "depthwise_one.h"
#include "rows.h"
#include "zero.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* log2 of the operands of a mode that share a word of an element's width. */
static int sharing_shift(const qy_depthwise_params *p, const qy_pe *pe, int k)
{
  const qy_pe_mode *mode = &pe->mode[k];
  const bool packed = p->storage == QY_STORE_PACKED && mode->products == 1 && mode->cycles == 1;
  return packed ? k : __builtin_ctz((unsigned)mode->products);
}

/* Operands of mode k while the elements run in a mode that has 2^channel_shift channels in a word: what else fits in it
 * are taps. */
static one_slots slots_of(const qy_depthwise_params *p, const qy_pe *pe, int k, int channel_shift)
{
  return (one_slots){pe->mode[k].bits, qy_max_int(0, sharing_shift(p, pe, k) - channel_shift)};
}

/* Bits of a channel's correction: it is added to a sum. */
static int64_t constant_bits(const qy_depthwise_params *p, const qy_pe *pe)
{
  return p->activations == QY_ACTIVATIONS_AFFINE ? pe->params.accumulator_bits : 0;
}

/* Words of an element's width that hold those of a lane of 2^channel_shift channels. */
static int64_t constant_words(const qy_depthwise_params *p, const qy_pe *pe, int channel_shift)
{
  const int64_t bits = constant_bits(p, pe);
  return bits > 0 ? qy_ceil_div(bits, pe->params.bits) << channel_shift : 0;
}

double depthwise_used_bits(const module *m, int mode)
{
  return m->prices ? qy_pe_used_bits(m->pe, mode, m->prices->side[mode], m->pe->params.bits) : 0;
}

/* One by one: a struct that is built and then copied waits for its stores. */
void depthwise_in_mode(one_mode *r, const module *m, qy_modes modes)
{
  const qy_depthwise_params *p = &m->params;
  const qy_pe *pe = m->pe;
  const qy_pe_mode *mode = &pe->mode[modes.run];
  const int shift = __builtin_ctz((unsigned)mode->products); /* a power of two: check_reduction */
  const int channel_shift = p->reduction == QY_REDUCE_CHANNELS ? shift : 0, tap_shift = shift - channel_shift;
  const int64_t block = (int64_t)p->channels << channel_shift;
  r->count = p->channels;
  r->block = block;
  r->block_bits = block * pe->mode[modes.activations].bits;
  r->by_block = (double)block;
  r->by_taps = (double)((int64_t)p->multipliers << tap_shift);
  r->by_port = p->port_bits;
  r->interval = mode->cycles;
  r->channel_shift = channel_shift;
  r->tap_shift = tap_shift;
  r->map = slots_of(p, pe, modes.activations, channel_shift);
  r->weight = slots_of(p, pe, modes.weights, channel_shift);
  r->constant_bits = constant_bits(p, pe);
  r->constant_words = constant_words(p, pe, channel_shift);
  r->fill = m->fill;
  r->multipliers = p->multipliers;
  r->results = (double)(1 << channel_shift);
  r->bits = pe->params.bits;
  r->used_bits = depthwise_used_bits(m, modes.run);
  r->sum_bits = pe->params.accumulator_bits;
  r->lane = m->lane;
  r->products = mode->products;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    r->macros[role] = m->buffer[role].count;
    r->read_pj[role] = m->buffer[role].macro.read_pj;
    r->write_pj[role] = m->buffer[role].macro.write_pj;
  }
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const module *m = self;
  const qy_depthwise_work *w = work;
  one_mode p;
  depthwise_in_mode(&p, m, modes);
  one_counts n;
  accel_zero(&n, sizeof n);
  one_add_layers(&n, w->shape, w->count, &p);
  one_put_run(bill, &p, modes.run, &n, &w->moved);
  return NULL;
}

static qy_status layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *l, qy_modes modes,
                       qy_error *err)
{
  const module *m = self;
  layer_shape s = {0};
  one_counts n = {0};
  *reason = NULL;
  qy_status status = depthwise_shape(&s, l, err);
  if (status) return status;
  s.count = l->batch; /* images one after another, as in the work */
  one_mode p;
  depthwise_in_mode(&p, m, modes);
  depthwise_place(&s, NULL, NULL);
  one_add_layers(&n, &s, 1, &p);
  one_put_run(bill, &p, modes.run, &n,
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

static void find_needs(module *m, const qy_depthwise_work *work)
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
  memcpy(m->need, need, sizeof need);
}

static qy_buffer_input buffers_from(const module *m, const qy_design_input *in)
{
  return (qy_buffer_input){in->sram, in->tech, m->params.sram_flavour, in->clock_mhz, in->known};
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

/* What of the fill and of the width of a lane does not depend on the clock. */
static void put_lane(module *m, const qy_bill *bill, const qy_design_input *in)
{
  const qy_depthwise_params *p = &m->params;
  const double cells_um2 = bill->count[QY_PART_OPERAND_BIT] * in->tech->area_um2[QY_DFF] +
                           bill->count[QY_PART_OPERAND_MUX] * in->tech->area_um2[QY_MUX2];
  m->cells_um2 = cells_um2 / in->tech->density_frac;
  m->depth.registers = in->pe->params.input_registers ? 1 : 0;
  m->depth.adders = qy_log2_ceil(p->multipliers) + (p->activations == QY_ACTIVATIONS_AFFINE);
}

/* What follows from prices and clock, besides the buffers. */
static void put_clock(module *m, const qy_bill *bill, const qy_design_input *in)
{
  double stages[LANE_CIRCUITS];
  for (int r = 0; r < LANE_CIRCUITS; r++)
    stages[r] = qy_prices_stages(in->prices, (qy_circuit_role)r);
  m->prices = in->prices;
  const double um2 = one_lanes_um2(m->cells_um2, bill->count + QY_PART_ELEMENT, in->prices->placed_um2);
  m->lane = qy_prices_pitches(in->prices, um2 / m->params.channels);
  m->fill = (int64_t)one_fill_of(m->buffer[QY_BUFFER_INPUT].macro.access_ns, in->clock_mhz, stages, &m->depth);
}

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  module *m = self;
  accel_zero(m, sizeof *m);
  m->params = *(const qy_depthwise_params *)in->params;
  m->pe = in->pe;
  (void)err;
  find_needs(m, in->work);
  const qy_buffer_input from = buffers_from(m, in);
  if ((*reason = qy_buffers_choose(m->buffer, m->why, m->need, &from))) return QY_INFEASIBLE;
  put_parts(bill, m, in->work);
  put_lane(m, bill, in);
  put_clock(m, bill, in);
  depthwise_put_rows(m);
  return QY_OK;
}

static const char *again(void *self, qy_bill *bill, const qy_design_input *in)
{
  module *m = self;
  const qy_buffer_input from = buffers_from(m, in);
  const char *reason = qy_buffers_choose_again(m->buffer, m->why, m->need, &from);
  if (reason) return reason;
  qy_bill_buffers(bill, m->buffer);
  put_clock(m, bill, in);
  depthwise_put_clock_rows(m);
  return NULL;
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
  const module bare = {.params = *params, .pe = pe, .fill = fill};
  one_mode p;
  depthwise_in_mode(&p, &bare, modes);
  depthwise_place(&s, NULL, NULL);
  one_parts t = {0};
  one_find_parts(&t, &s, &p);
  one_cycles c;
  one_count_cycles(&c, &s, &p, &t);
  *cycles = (qy_depthwise_cycles){.compute = c.compute,
                                  .load = c.load,
                                  .store = c.store,
                                  .fill = fill,
                                  .first = c.first,
                                  .last = c.last,
                                  .total = c.total};
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
    .again = again,
    .chosen = chosen,
    .run = run,
    .lanes = depthwise_lanes,
    .clocks = depthwise_clocks,
    .layer = layer,
};
