/* The dot engine in closed form: see dot.h for the schedule and what is counted. */
#include "countable.h"
#include "rows.h"

#include "quarry/dot.h"
#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A layer in the terms of the schedule, per group and image. */
typedef struct layer_shape {
  int64_t groups, pixels, products, outputs; /* M, K, N */
  int64_t in_h, in_w, channels, out_h, out_w;
  int64_t window_rows, stride, first_rows; /* input rows under a window; those that the first output row touches */
  int64_t images;
  int64_t macs;  /* of all groups and images */
  bool computed; /* activations stand where weights do: they come through the port as such */
} layer_shape;

typedef struct dot_work {
  size_t count;
  layer_shape *layer;
  double macs;
  int64_t input_words, products, row_outputs; /* of the layer that needs most: rows in the buffer; K; Wo */
} dot_work;

typedef struct engine {
  qy_dot_params params;
  const qy_pe *pe;
  int x_bits, w_bits, y_bits; /* of operands and results at the port */
  int sum_bits;
  double pitch; /* from an element to the next, in widths of an element alone */
  int64_t fill;
  qy_buffer buffer[QY_BUFFER_ROLES];
  char why[QY_BUFFER_WHY]; /* text of a reason */
} engine;

/* ---- work ---- */

static qy_status shape_of(layer_shape *s, const qy_layer *l, qy_error *err)
{
  double macs;
  qy_status status = accel_check_countable(&macs, l, "a dot engine", err);
  if (status) return status;
  /* Down to the last row inside the map that the first output row touches. */
  const int64_t last_tap = qy_min64(l->kernel_h - 1, (l->in_h - 1 + l->pad_top) / l->dilation_h);
  *s = (layer_shape){.groups = l->groups,
                     .pixels = l->out_h * l->out_w,
                     .products = l->kernel_h * l->kernel_w * (l->in_c / l->groups),
                     .outputs = l->out_c / l->groups,
                     .in_h = l->in_h,
                     .in_w = l->in_w,
                     .channels = l->in_c / l->groups,
                     .out_h = l->out_h,
                     .out_w = l->out_w,
                     .window_rows = qy_layer_reach(l->kernel_h, l->dilation_h),
                     .stride = l->stride_h,
                     .first_rows = qy_max64(0, last_tap * l->dilation_h - l->pad_top + 1),
                     .images = l->batch,
                     .macs = (int64_t)macs * l->batch,
                     .computed = l->computed};
  return QY_OK;
}

static qy_status work_new(void **out, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  *out = NULL;
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one layer for a dot engine, found none");
  dot_work *w = qy_arena_alloc(arena, 1, sizeof *w);
  if (!w || !(w->layer = qy_arena_alloc(arena, count, sizeof *w->layer))) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    layer_shape *s = &w->layer[w->count++];
    qy_status status = shape_of(s, layers[i], err);
    if (status) return status;
    w->macs += (double)s->macs;
    w->input_words = qy_max64(w->input_words, (s->window_rows + s->stride) * s->in_w * s->channels);
    w->products = qy_max64(w->products, s->products);
    w->row_outputs = qy_max64(w->row_outputs, s->out_w);
  }
  *out = w;
  return QY_OK;
}

/* ---- schedule ---- */

static int sum_bits_of(const qy_pe *pe)
{
  return pe->circuit ? qy_accumulator_bits(pe) : 2 * pe->params.bits;
}

/* Bits of the constant that affine activations add to the sums of an output channel; 0: none. */
static int64_t constant_bits(const engine *e)
{
  return e->params.activations == QY_ACTIVATIONS_AFFINE ? e->sum_bits : 0;
}

/* Weights' words that it takes in the buffer. */
static int64_t constant_words(const engine *e)
{
  return qy_ceil_div(constant_bits(e), e->w_bits);
}

/* Bits at the port of what stands where weights do. */
static int other_bits(const layer_shape *s, const engine *e)
{
  return s->computed ? e->x_bits : e->w_bits;
}

static void count_cycles(qy_dot_cycles *c, const layer_shape *s, const engine *e)
{
  const int64_t port = e->params.port_bits, engines = e->params.engines;
  const int64_t tiles = qy_ceil_div(s->outputs, engines), rest = s->outputs - (tiles - 1) * engines;
  const int64_t most = tiles > 1 ? engines : rest, steps = qy_ceil_div(s->products, e->params.lanes);
  const int64_t row = qy_ceil_div(s->in_w * s->channels * e->x_bits, port);
  const int64_t output_bits = s->products * other_bits(s, e) + constant_bits(e);
  const int64_t weights = qy_ceil_div(most * output_bits, port), weights_rest = qy_ceil_div(rest * output_bits, port);
  const int64_t out = qy_ceil_div(most * s->out_w * e->y_bits, port),
                out_rest = qy_ceil_div(rest * s->out_w * e->y_bits, port);
  c->compute = s->groups * tiles * s->pixels * steps;
  c->load = s->groups * ((tiles - 1) * weights + weights_rest + tiles * s->in_h * row);
  c->store = s->groups * s->out_h * ((tiles - 1) * out + out_rest);
  c->first = weights + s->first_rows * row;
  c->last = out_rest;
  c->total = qy_max64(c->first + c->compute + e->fill + c->last, c->load + c->store);
}

static void add_layer(qy_bill *bill, const engine *e, const layer_shape *s, int mode)
{
  qy_dot_cycles c;
  count_cycles(&c, s, e);
  const double images = (double)s->images, groups = images * (double)s->groups;
  const double lanes = e->params.lanes, elements = (double)e->params.engines * lanes;
  const double results = groups * (double)(s->pixels * s->outputs), total = images * (double)c.total;
  const double compute = images * (double)c.compute;
  const double tiles = (double)qy_ceil_div(s->outputs, e->params.engines);
  const double vectors = results * (double)qy_ceil_div(s->products, e->params.lanes); /* V products and their sum */
  const double inputs = groups * tiles * (double)(s->in_h * s->in_w * s->channels);
  const double weights = groups * (double)(s->outputs * s->products);
  const double channels = groups * (double)s->outputs, constants = channels * (double)constant_bits(e);
  double *count = bill->count;
  count[QY_EVENT_PRODUCT + mode] += (double)s->macs;
  count[QY_EVENT_CLOCK] += total * elements;
  count[QY_EVENT_ADD] += vectors * lanes + (constants > 0 ? results : 0);
  count[QY_EVENT_REQUANTIZE] += results;
  count[QY_EVENT_CONTROL] += total;
  count[QY_EVENT_OPERAND_WRITE] += constants;
  if (!e->pe->params.input_registers)
    count[QY_EVENT_OPERAND_WRITE] += compute * lanes * e->x_bits + vectors * lanes * e->w_bits;
  /* An engine is a square of its elements: inputs go past all engines, weights and results across one, sums from one
   * element to the next. */
  const double across = e->pitch * sqrt(lanes);
  count[QY_EVENT_OPERAND_WIRE] +=
      across * (compute * lanes * e->x_bits * e->params.engines + vectors * lanes * e->w_bits + constants);
  count[QY_EVENT_SUM_WIRE] += e->pitch * vectors * lanes * e->sum_bits + across * results * e->y_bits;
  const qy_buffer *b = e->buffer;
  const double x = (double)e->x_bits / b[QY_BUFFER_INPUT].word_bits;
  const double w = (double)e->w_bits / b[QY_BUFFER_WEIGHTS].word_bits;
  const double y = (double)e->y_bits / b[QY_BUFFER_OUTPUT].word_bits;
  const double words = channels * (double)constant_words(e);
  qy_bill_accesses(bill, QY_BUFFER_INPUT, &b[QY_BUFFER_INPUT], x * compute * lanes, x * inputs);
  qy_bill_accesses(bill, QY_BUFFER_WEIGHTS, &b[QY_BUFFER_WEIGHTS], w * vectors * lanes + w * words,
                   w * weights + w * words);
  qy_bill_accesses(bill, QY_BUFFER_OUTPUT, &b[QY_BUFFER_OUTPUT], y * results, y * results);
  bill->cycles += total;
  bill->compute_cycles += compute;
  bill->transfer_cycles += images * (double)(c.load + c.store);
  bill->products += (double)s->macs;
  bill->slots += total * elements;
  bill->loaded_bits += inputs * e->x_bits + weights * other_bits(s, e) + constants;
  bill->stored_bits += results * e->y_bits;
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const int mode = modes.run;
  const dot_work *w = work;
  for (size_t i = 0; i < w->count; i++)
    add_layer(bill, self, &w->layer[i], mode);
  return NULL;
}

static qy_status layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *l, qy_modes modes,
                       qy_error *err)
{
  const int mode = modes.run;
  layer_shape s = {0};
  *reason = NULL;
  qy_status status = shape_of(&s, l, err);
  if (!status) add_layer(bill, self, &s, mode);
  return status;
}

qy_status qy_dot_layer_cycles(qy_dot_cycles *cycles, const qy_dot_params *params, const qy_pe *pe, const qy_layer *l,
                              int64_t fill, qy_error *err)
{
  const engine e = {.params = *params,
                    .x_bits = qy_element_port_bits(pe, "x"),
                    .w_bits = qy_element_port_bits(pe, "w"),
                    .y_bits = pe->params.bits,
                    .sum_bits = sum_bits_of(pe),
                    .fill = fill};
  layer_shape s = {0};
  qy_status status = qy_accelerator_check(&qy_accelerator_dot, params, err);
  if (!status) status = shape_of(&s, l, err);
  if (!status) count_cycles(cycles, &s, &e);
  return status;
}

/* ---- design ---- */

static const char *choose_buffers(engine *e, const qy_design_input *in, const dot_work *work)
{
  enum { TWO = HALF_BANKS }; /* tiles of weights, rows of results: one in use, the next on its way */
  const qy_dot_params *p = &e->params;
  const double engines = p->engines;
  const qy_buffer_need need[QY_BUFFER_ROLES] = {
      [QY_BUFFER_INPUT] = {p->lanes, e->x_bits, TWO, (double)work->input_words, p->input_buffer_bytes, p->input_banks},
      [QY_BUFFER_OUTPUT] = {p->engines, e->y_bits, TWO, TWO * engines * (double)work->row_outputs,
                            p->output_buffer_bytes, p->output_banks},
      [QY_BUFFER_WEIGHTS] = {p->engines * p->lanes, e->w_bits, TWO,
                             TWO * engines * (double)(work->products + constant_words(e)), p->weight_buffer_bytes,
                             p->weight_banks}};
  const qy_buffer_input from = {in->sram, in->tech, p->sram_flavour, in->clock_mhz, in->known};
  return qy_buffers_choose(e->buffer, e->why, need, &from);
}

static const char *mistake(const void *params, const qy_pe *pe)
{
  const qy_dot_params *p = params;
  (void)pe;
  return few_banks(p->input_banks, p->output_banks, p->weight_banks, false);
}

/* An element with its adder and weight register: how wide it is, in elements alone. */
static double pitch_of(const engine *e, const qy_design_input *in)
{
  const double *placed = in->prices->placed_um2;
  const double registers = e->pe->params.input_registers ? 0 : e->w_bits;
  const double register_um2 = registers * in->tech->area_um2[QY_DFF] / in->tech->density_frac;
  return qy_prices_pitches(in->prices, placed[QY_ROLE_ELEMENT] + placed[QY_ROLE_ADDER] + register_um2);
}

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  engine *e = self;
  const qy_dot_params *p = in->params;
  const qy_pe *pe = in->pe;
  *e = (engine){.params = *p,
                .pe = pe,
                .x_bits = qy_element_port_bits(pe, "x"),
                .w_bits = qy_element_port_bits(pe, "w"),
                .y_bits = pe->params.bits,
                .sum_bits = sum_bits_of(pe)};
  e->pitch = pitch_of(e, in);
  (void)err;
  if ((*reason = choose_buffers(e, in, in->work))) return QY_INFEASIBLE;
  const double engines = p->engines, elements = engines * p->lanes;
  const bool affine = p->activations == QY_ACTIVATIONS_AFFINE;
  bill->count[QY_PART_ELEMENT] = elements;
  bill->count[QY_PART_ADDER] = elements + (affine ? engines : 0);
  bill->count[QY_PART_REQUANTIZER] = engines;
  bill->count[QY_PART_CONTROLLER] = 1;
  bill->count[QY_PART_OPERAND_BIT] = engines * (double)constant_bits(e);
  if (!pe->params.input_registers)
    bill->count[QY_PART_OPERAND_BIT] += (double)p->lanes * e->x_bits + elements * e->w_bits;
  qy_bill_buffers(bill, e->buffer);
  /* The accumulating adder, those of the tree, that of the constant. */
  const int levels = 1 + qy_log2_ceil(p->lanes) + (affine ? 1 : 0);
  const double access_ns =
      fmax(e->buffer[QY_BUFFER_INPUT].macro.access_ns, e->buffer[QY_BUFFER_WEIGHTS].macro.access_ns);
  e->fill = (int64_t)ceil(access_ns * in->clock_mhz / 1e3) + qy_prices_stages(in->prices, QY_ROLE_ELEMENT) +
            pe->latency + (pe->params.input_registers ? 0 : 1) +
            (int64_t)levels * qy_prices_stages(in->prices, QY_ROLE_ADDER) +
            qy_prices_stages(in->prices, QY_ROLE_REQUANTIZER);
  return QY_OK;
}

/* ---- the row ---- */

static const qy_parameter parameters[] = {
    QY_INTEGER("engines", 1, 256, qy_dot_params, engines, .required = true,
               .help = "engines E, an output channel each"),
    QY_INTEGER("lanes", 1, 256, qy_dot_params, lanes, .required = true,
               .help = "elements V of an engine, added up by a tree"),
    ACTIVATIONS_ROW(qy_dot_params),
    PORT_ROW(65536, 256, qy_dot_params),
    BUFFER_ROWS(qy_dot_params),
};

static double chosen(const void *self, const char *key)
{
  return qy_buffer_chosen(((const engine *)self)->buffer, key);
}

const qy_accelerator qy_accelerator_dot = {
    .name = "dot",
    .help = "dot engines: vectors of elements with an adder tree, output stationary",
    .parameter = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .params_bytes = sizeof(qy_dot_params),
    .design_bytes = sizeof(engine),
    .needs = QY_NEEDS_PRODUCT | QY_NEEDS_EACH_CYCLE | QY_NEEDS_BARE_PRODUCT,
    .uses = QY_USES_ADDER | QY_USES_REQUANTIZER | QY_USES_CONTROLLER | QY_USES_REGISTERS | QY_USES_SRAM | QY_USES_WIRES,
    .runs_layers = true,
    .mistake = mistake,
    .work = work_new,
    .design = design,
    .chosen = chosen,
    .run = run,
    .layer = layer,
};
