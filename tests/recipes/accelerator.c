/* The row engine: L lanes, each an element that gives bare products and an accumulating adder; a lane makes one output.
 *
 * A layer, per group: Ho x Wo output pixels, N = Cout/groups output channels, K = Kh Kw Cin/groups products an output.
 *     for each group, output channel, output row, for each of ceil(Wo / L) pieces of the row, for each of K steps:
 *     one cycle: one weight goes to all lanes, each lane has an input of its own
 *   cycles = groups N Ho ceil(Wo / L) K, and once a layer what the pipeline needs from the first operand to the first
 *   result: operand register, element, adder, requantizer.  Layers follow one another without overlap.
 * Lanes beyond the end of a row are gated but for the clock.  Zeros of the padding are multiplied like other inputs.
 * A sum is requantized in its lane when it is complete, while the next one begins.
 * Not counted: memory and its port (operands are there when they are needed), wires, more than one image at a time.
 */
#include "quarry/accelerator.h"
#include "quarry/integer.h"

typedef struct params {
  int lanes; /* L, [1..1024] */
} params;

/* A layer in the terms of the schedule. */
typedef struct shape {
  double steps, outputs, macs; /* steps: cycles for one piece of each row; all exact below 2^53 */
  int64_t width;               /* Wo */
} shape;

typedef struct row_work {
  size_t count;
  shape *layer;
} row_work;

typedef struct engine {
  int lanes, x_bits, w_bits;
  bool registers; /* of operands, where the element has none */
  double fill;
} engine;

static qy_status shape_of(shape *s, const qy_layer *l, qy_error *err)
{
  if (!qy_layer_multiplies(l->type) || l->batch > 1)
    return qy_fail(err, QY_BAD_INPUT, "layer %s: expected one image and a layer that multiplies, found %lld, %s",
                   l->name, (long long)l->batch, qy_layer_type_name(l->type));
  const double taps = (double)(l->kernel_h * l->kernel_w) * (double)(l->in_c / l->groups);
  *s = (shape){.steps = (double)l->out_c * (double)l->out_h * taps,
               .outputs = (double)l->out_c * (double)(l->out_h * l->out_w),
               .macs = (double)l->macs,
               .width = l->out_w};
  return QY_OK;
}

static qy_status work_new(void **out, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  row_work *w = qy_arena_alloc(arena, 1, sizeof *w);
  qy_status status = QY_OK;
  *out = w;
  if (!w || !(w->layer = qy_arena_alloc(arena, count, sizeof *w->layer))) return qy_no_memory(err);
  for (; !status && w->count < count; w->count++)
    status = shape_of(&w->layer[w->count], layers[w->count], err);
  return status;
}

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  const qy_pe_params *pe = &in->pe->params;
  const int lanes = ((const params *)in->params)->lanes;
  engine *e = self;
  (void)reason, (void)err; /* it can always be built */
  *e = (engine){lanes, pe->bits, pe->weight_bits, !pe->input_registers, 0};
  e->fill = e->registers + in->pe->latency + qy_prices_stages(in->prices, QY_ROLE_ELEMENT) +
            qy_prices_stages(in->prices, QY_ROLE_ADDER) + qy_prices_stages(in->prices, QY_ROLE_REQUANTIZER);
  bill->count[QY_PART_ELEMENT] = bill->count[QY_PART_ADDER] = bill->count[QY_PART_REQUANTIZER] = lanes;
  bill->count[QY_PART_CONTROLLER] = 1;
  if (e->registers) bill->count[QY_PART_OPERAND_BIT] = (double)lanes * e->x_bits + e->w_bits;
  return QY_OK;
}

static void add_layer(qy_bill *bill, const engine *e, const shape *s, int mode)
{
  const double compute = s->steps * (double)qy_ceil_div(s->width, e->lanes), cycles = compute + e->fill;
  double *count = bill->count;
  count[QY_EVENT_PRODUCT + mode] += s->macs;
  count[QY_EVENT_CLOCK] += cycles * e->lanes;
  count[QY_EVENT_ADD] += s->macs;
  count[QY_EVENT_REQUANTIZE] += s->outputs;
  count[QY_EVENT_CONTROL] += cycles;
  if (e->registers) count[QY_EVENT_OPERAND_WRITE] += s->macs * e->x_bits + compute * e->w_bits;
  bill->cycles += cycles;
  bill->compute_cycles += compute;
  bill->products += s->macs;
  bill->slots += cycles * e->lanes;
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const row_work *w = work;
  for (size_t i = 0; i < w->count; i++)
    add_layer(bill, self, &w->layer[i], modes.run);
  return NULL;
}

static qy_status layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *l, qy_modes modes,
                       qy_error *err)
{
  shape s;
  qy_status status = shape_of(&s, l, err);
  *reason = NULL;
  if (!status) add_layer(bill, self, &s, modes.run);
  return status;
}

static const qy_parameter parameters[] = {{.key = "lanes",
                                           .type = QY_PARAMETER_INTEGER,
                                           .low = 1,
                                           .high = 1024,
                                           .required = true,
                                           .help = "lanes L, an output each",
                                           QY_MEMBER(params, lanes)}};

const qy_accelerator qy_accelerator_row_engine = {
    .name = "row_engine",
    .help = "lanes along an output row, one weight for all of them, no memory",
    .parameter = parameters,
    .parameter_count = 1,
    .params_bytes = sizeof(params),
    .design_bytes = sizeof(engine),
    .needs = QY_NEEDS_PRODUCT | QY_NEEDS_EACH_CYCLE | QY_NEEDS_BARE_PRODUCT,
    .uses = QY_USES_ADDER | QY_USES_REQUANTIZER | QY_USES_CONTROLLER | QY_USES_REGISTERS,
    .runs_layers = true,
    .work = work_new,
    .design = design,
    .run = run,
    .layer = layer};
