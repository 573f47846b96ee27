/* The dot engine in closed form: see dot.h for the schedule and what is counted. */
#include "countable.h"
#include "dot_int.h"
#include "lane_inverse.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>

#include "scalars.h"
#define SHAPE  layer_shape
#define COUNTS qy_dot_cycles
#include "bill_one.h"
#include "dot_run.h"
#undef SHAPE
#undef COUNTS
#include "bill_end.h"
#include "scalars_end.h"

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

static real_shape real_of(const layer_shape *s)
{
  return (real_shape){.groups = (double)s->groups,
                      .pixels = (double)s->pixels,
                      .products = (double)s->products,
                      .outputs = (double)s->outputs,
                      .in_h = (double)s->in_h,
                      .in_w = (double)s->in_w,
                      .channels = (double)s->channels,
                      .out_h = (double)s->out_h,
                      .out_w = (double)s->out_w,
                      .first_rows = (double)s->first_rows,
                      .images = (double)s->images,
                      .computed = s->computed};
}

static qy_status work_new(void **out, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  *out = NULL;
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one layer for a dot engine, found none");
  dot_work *w = qy_arena_alloc(arena, 1, sizeof *w);
  if (!w || !(w->layer = qy_arena_alloc(arena, count, sizeof *w->layer)) ||
      !(w->real = qy_arena_alloc(arena, count, sizeof *w->real)))
    return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    layer_shape *s = &w->layer[w->count];
    const qy_layer *l = layers[i];
    qy_status status = shape_of(s, l, err);
    if (status) return status;
    w->real[w->count++] = real_of(s);
    w->largest =
        fmax(w->largest, (double)s->macs + (double)l->in_h * (double)l->in_w * (double)l->in_c * (double)l->out_c);
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

int64_t dot_constant_bits(const engine *e)
{
  return e->params.activations == QY_ACTIVATIONS_AFFINE ? e->sum_bits : 0;
}

int64_t dot_constant_words(const engine *e)
{
  return qy_ceil_div(dot_constant_bits(e), e->w_bits);
}

/* Of a macro's width, so many bits. */
static double share_of(int bits, const qy_buffer *b)
{
  return (double)bits / b->word_bits;
}

static one_engines engines_of(const engine *e)
{
  const qy_buffer *b = e->buffer;
  one_engines of = {.count = e->params.engines,
                    .lanes = e->params.lanes,
                    .x_bits = e->x_bits,
                    .w_bits = e->w_bits,
                    .y_bits = e->y_bits,
                    .constant_bits = dot_constant_bits(e),
                    .constant_words = dot_constant_words(e),
                    .fill = e->fill,
                    .by_count = e->params.engines,
                    .by_lanes = e->params.lanes,
                    .by_port = e->params.port_bits,
                    .sum_bits = e->sum_bits,
                    .pitch = e->pitch,
                    .x_share = share_of(e->x_bits, &b[QY_BUFFER_INPUT]),
                    .w_share = share_of(e->w_bits, &b[QY_BUFFER_WEIGHTS]),
                    .y_share = share_of(e->y_bits, &b[QY_BUFFER_OUTPUT]),
                    .registers = !e->pe->params.input_registers};
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    of.read_pj[role] = b[role].macro.read_pj;
    of.write_pj[role] = b[role].macro.write_pj;
  }
  return of;
}

/* What lanes take of it, into the engine. */
static void put_rows(engine *e)
{
  const one_engines of = engines_of(e);
  double *row = e->row;
  row[DOT_COUNT] = (double)of.count;
  row[DOT_LANES] = (double)of.lanes;
  row[DOT_X_BITS] = (double)of.x_bits;
  row[DOT_W_BITS] = (double)of.w_bits;
  row[DOT_Y_BITS] = (double)of.y_bits;
  row[DOT_CONSTANT_BITS] = (double)of.constant_bits;
  row[DOT_CONSTANT_WORDS] = (double)of.constant_words;
  row[DOT_FILL] = (double)of.fill;
  row[DOT_BY_COUNT] = lane_inverse(of.by_count);
  row[DOT_BY_LANES] = lane_inverse(of.by_lanes);
  row[DOT_BY_PORT] = lane_inverse(of.by_port);
  row[DOT_SUM_BITS] = of.sum_bits;
  row[DOT_PITCH] = of.pitch;
  row[DOT_X_SHARE] = of.x_share;
  row[DOT_W_SHARE] = of.w_share;
  row[DOT_Y_SHARE] = of.y_share;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    row[DOT_READ_PJ + role] = of.read_pj[role];
    row[DOT_WRITE_PJ + role] = of.write_pj[role];
  }
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const dot_work *w = work;
  const one_engines e = engines_of(self);
  one_sums n = {.cycles = 0};
  for (size_t i = 0; i < w->count; i++)
    one_add_layer(&n, &w->layer[i], &e);
  one_put_run(bill, modes.run, &n, w->macs);
  return NULL;
}

static qy_status layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *l, qy_modes modes,
                       qy_error *err)
{
  const one_engines e = engines_of(self);
  layer_shape s = {0};
  one_sums n = {.cycles = 0};
  *reason = NULL;
  qy_status status = shape_of(&s, l, err);
  if (status) return status;
  one_add_layer(&n, &s, &e);
  one_put_run(bill, modes.run, &n, (double)s.macs);
  return QY_OK;
}

qy_status qy_dot_layer_cycles(qy_dot_cycles *cycles, const qy_dot_params *params, const qy_pe *pe, const qy_layer *l,
                              int64_t fill, qy_error *err)
{
  const engine e = {.params = *params,
                    .pe = pe,
                    .x_bits = qy_element_port_bits(pe, "x"),
                    .w_bits = qy_element_port_bits(pe, "w"),
                    .y_bits = pe->params.bits,
                    .sum_bits = sum_bits_of(pe),
                    .fill = fill};
  layer_shape s = {0};
  qy_status status = qy_accelerator_check(&qy_accelerator_dot, params, err);
  if (!status) status = shape_of(&s, l, err);
  if (status) return status;
  const one_engines of = engines_of(&e);
  const one_cut cut = one_cut_layer(&s, &of);
  one_count_cycles(cycles, &s, &of, &cut);
  return QY_OK;
}

/* ---- design ---- */

static void find_needs(qy_buffer_need need[QY_BUFFER_ROLES], const engine *e, const dot_work *work)
{
  enum { TWO = HALF_BANKS }; /* tiles of weights, rows of results: one in use, the next on its way */
  const qy_dot_params *p = &e->params;
  const double engines = p->engines;
  need[QY_BUFFER_INPUT] =
      (qy_buffer_need){p->lanes, e->x_bits, TWO, (double)work->input_words, p->input_buffer_bytes, p->input_banks};
  need[QY_BUFFER_OUTPUT] = (qy_buffer_need){
      p->engines, e->y_bits, TWO, TWO * engines * (double)work->row_outputs, p->output_buffer_bytes, p->output_banks};
  need[QY_BUFFER_WEIGHTS] = (qy_buffer_need){
      p->engines * p->lanes,  e->w_bits,      TWO, TWO * engines * (double)(work->products + dot_constant_words(e)),
      p->weight_buffer_bytes, p->weight_banks};
}

static qy_buffer_input buffers_from(const engine *e, const qy_design_input *in)
{
  return (qy_buffer_input){in->sram, in->tech, e->params.sram_flavour, in->clock_mhz, in->known};
}

static const char *mistake(const void *params, const qy_pe *pe)
{
  const qy_dot_params *p = params;
  (void)pe;
  return few_banks(p->input_banks, p->output_banks, p->weight_banks, false);
}

/* Weight registers beside an element: with them and an adder it is a pitch wide. */
static double register_um2(const engine *e, const qy_tech *tech)
{
  const double registers = e->pe->params.input_registers ? 0 : e->w_bits;
  return registers * tech->area_um2[QY_DFF] / tech->density_frac;
}

int64_t dot_fill(const engine *e, double clock_mhz, const double *stages)
{
  /* The accumulating adder, those of the tree, that of the constant. */
  const int levels = 1 + qy_log2_ceil(e->params.lanes) + (e->params.activations == QY_ACTIVATIONS_AFFINE ? 1 : 0);
  const double access_ns =
      fmax(e->buffer[QY_BUFFER_INPUT].macro.access_ns, e->buffer[QY_BUFFER_WEIGHTS].macro.access_ns);
  return (int64_t)(ceil(access_ns * clock_mhz / 1e3) + stages[QY_ROLE_ELEMENT] + levels * stages[QY_ROLE_ADDER] +
                   stages[QY_ROLE_REQUANTIZER]) +
         e->pe->latency + (e->pe->params.input_registers ? 0 : 1);
}

/* What follows from prices and clock, besides the buffers. */
static void put_clock(engine *e, const qy_design_input *in)
{
  const double *placed_um2 = in->prices->placed_um2;
  double stages[QY_ROLE_COUNT];
  for (int r = 0; r < QY_ROLE_COUNT; r++)
    stages[r] = qy_prices_stages(in->prices, (qy_circuit_role)r);
  e->pitch = qy_prices_pitches(in->prices, placed_um2[QY_ROLE_ELEMENT] + placed_um2[QY_ROLE_ADDER] + e->register_um2);
  e->fill = dot_fill(e, in->clock_mhz, stages);
  put_rows(e);
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
  (void)err;
  const qy_buffer_input from = buffers_from(e, in);
  find_needs(e->need, e, in->work);
  if ((*reason = qy_buffers_choose(e->buffer, e->why, e->need, &from))) return QY_INFEASIBLE;
  const double engines = p->engines, elements = engines * p->lanes;
  bill->count[QY_PART_ELEMENT] = elements;
  bill->count[QY_PART_ADDER] = elements + (p->activations == QY_ACTIVATIONS_AFFINE ? engines : 0);
  bill->count[QY_PART_REQUANTIZER] = engines;
  bill->count[QY_PART_CONTROLLER] = 1;
  bill->count[QY_PART_OPERAND_BIT] = engines * (double)dot_constant_bits(e);
  if (!pe->params.input_registers)
    bill->count[QY_PART_OPERAND_BIT] += (double)p->lanes * e->x_bits + elements * e->w_bits;
  qy_bill_buffers(bill, e->buffer);
  e->register_um2 = register_um2(e, in->tech);
  put_clock(e, in);
  return QY_OK;
}

static const char *again(void *self, qy_bill *bill, const qy_design_input *in)
{
  engine *e = self;
  const qy_buffer_input from = buffers_from(e, in);
  const char *reason = qy_buffers_choose_again(e->buffer, e->why, e->need, &from);
  if (reason) return reason;
  qy_bill_buffers(bill, e->buffer);
  put_clock(e, in);
  return NULL;
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
    .again = again,
    .chosen = chosen,
    .run = run,
    .lanes = dot_lanes,
    .clocks = dot_clocks,
    .layer = layer,
};
