/* Placement of products in a DSP slice: see packing.h.  Ranges of words and fields are computed exactly. */
#include "packing_int.h"

#include "quarry/integer.h"

#include <assert.h>

const char *const qy_packing_range_names[QY_PACKING_RANGE_COUNT + 1] = {"auto", "full", NULL};

packing_span packing_word(int bits, bool is_signed, bool leaves_out)
{
  int64_t top = INT64_C(1) << (bits - 1);
  return is_signed ? (packing_span){-top + leaves_out, top - 1} : (packing_span){0, 2 * top - 1};
}

packing_span packing_product(packing_span x, packing_span y)
{
  const int64_t corner[] = {x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high};
  packing_span s = {corner[0], corner[0]};
  for (int i = 1; i < 4; i++) {
    s.low = qy_min64(s.low, corner[i]);
    s.high = qy_max64(s.high, corner[i]);
  }
  return s;
}

bool packing_fits(packing_span word, int count, int step, int port_bits)
{
  if ((count - 1) * step >= port_bits) return false;
  int64_t places = 0, half = INT64_C(1) << (port_bits - 1);
  for (int i = 0; i < count; i++)
    places += INT64_C(1) << (i * step);
  return word.low * places >= -half && word.high * places < half;
}

int qy_packing_field_of(const qy_packing *p, int weight, int activation)
{
  return (weight * p->weight_step + activation * p->activation_step) / p->step;
}

void qy_packing_weight_range(const qy_packing *p, int64_t *low, int64_t *high)
{
  packing_span s = packing_word(p->ask.weight_bits, p->ask.weight_signed, p->weight_leaves_out);
  *low = s.low, *high = s.high;
}

void qy_packing_activation_range(const qy_packing *p, int64_t *low, int64_t *high)
{
  packing_span s = packing_word(p->ask.activation_bits, p->ask.activation_signed, p->activation_leaves_out);
  *low = s.low, *high = s.high;
}

/* Of one product, the most negative values included: fields hold whatever comes. */
packing_span packing_one(const qy_packing_ask *ask)
{
  return packing_product(packing_word(ask->weight_bits, ask->weight_signed, false),
                         packing_word(ask->activation_bits, ask->activation_signed, false));
}

/* Bits of a field of this many products, and what is added to it. */
static qy_packing_field field_of(packing_span one, int64_t products)
{
  int64_t low = one.low * products, high = one.high * products;
  qy_packing_field f = {.bits = qy_max_int(1, qy_digits((uint64_t)(high - low))), .bias = -low};
  int64_t half = INT64_C(1) << (f.bits - 1);
  if (low < 0 && low >= -half && high < half) f.bias = half;
  return f;
}

static bool set_fields(qy_packing *p)
{
  packing_span one = packing_one(&p->ask);
  for (int f = 0; f < p->fields; f++) {
    int products = 0;
    for (int i = 0; i < p->weights; i++)
      for (int j = 0; j < p->activations; j++)
        products += qy_packing_field_of(p, i, j) == f;
    p->field[f] = field_of(one, (int64_t)products * p->ask.sums);
    p->field[f].low = f * p->step;
    p->field[f].products = products;
    /* No field reaches into the second one above. */
    int room = f + 1 < p->fields ? p->step + qy_min_int(p->overlap, p->step)
                                 : qy_dsp_shapes[p->ask.slice].sum - p->field[f].low;
    if (p->field[f].bits > room) return false;
  }
  return true;
}

/* Results that may be added up, in fields of their bits and in those read as they stand. */
static void set_sums(qy_packing *p)
{
  packing_span one = packing_one(&p->ask);
  p->sums_max = p->sums_read = INT64_MAX;
  for (int f = 0; f < p->fields; f++) {
    bool top = f + 1 == p->fields;
    int bits = top ? qy_dsp_shapes[p->ask.slice].sum - p->field[f].low : p->step + qy_min_int(p->overlap, p->step);
    int64_t low = one.low * p->field[f].products, high = one.high * p->field[f].products;
    int64_t half = INT64_C(1) << (bits - 1);
    p->sums_max = qy_min64(p->sums_max, (2 * half - 1) / qy_max64(1, high - low));
    p->sums_read = qy_min64(p->sums_read, low < 0 ? qy_min64((half - 1) / qy_max64(1, high), half / -low)
                                                  : (2 * half - 1) / qy_max64(1, high));
  }
  if (p->overlap > 0) p->sums_read = 0;
}

/* Whether the words fit their ports; those that do only without their most negative value are marked. */
static bool ports_hold(qy_packing *p)
{
  const qy_packing_ask *ask = &p->ask;
  const qy_dsp_shape *shape = &qy_dsp_shapes[ask->slice];
  int weight_port = p->weights_wider ? shape->a : shape->b, activation_port = p->weights_wider ? shape->b : shape->a;
  p->weight_leaves_out =
      !packing_fits(packing_word(ask->weight_bits, ask->weight_signed, false), p->weights, p->weight_step, weight_port);
  p->activation_leaves_out = !packing_fits(packing_word(ask->activation_bits, ask->activation_signed, false),
                                           p->activations, p->activation_step, activation_port);
  if (!p->weight_leaves_out && !p->activation_leaves_out) return true;
  if (ask->range == QY_PACKING_FULL) return false;
  return packing_fits(packing_word(ask->weight_bits, ask->weight_signed, p->weight_leaves_out), p->weights,
                      p->weight_step, weight_port) &&
         packing_fits(packing_word(ask->activation_bits, ask->activation_signed, p->activation_leaves_out),
                      p->activations, p->activation_step, activation_port);
}

static bool better(const qy_packing *p, const qy_packing *best)
{
  if (p->products != best->products) return p->products > best->products;
  if (p->overlap != best->overlap) return p->overlap < best->overlap;
  int left_out = p->weight_leaves_out + p->activation_leaves_out;
  int best_left_out = best->weight_leaves_out + best->activation_leaves_out;
  if (left_out != best_left_out) return left_out < best_left_out;
  return p->sums_max > best->sums_max;
}

/* The widest step at which these words fit, in one order and on one side; keep it when it is better. */
static void try_side(qy_packing *best, qy_packing p, bool weights_inside)
{
  bool convolves = p.ask.kernel > 1;
  p.fields = convolves ? p.weights + p.activations - 1 : p.weights * p.activations;
  if (p.fields > QY_PACKING_FIELDS_MAX) return;
  int from = qy_dsp_shapes[p.ask.slice].a;
  for (p.step = from; p.step >= 1; p.step--) {
    p.weight_step = p.step * (convolves || weights_inside ? 1 : p.activations);
    p.activation_step = p.step * (convolves || !weights_inside ? 1 : p.weights);
    if (!ports_hold(&p)) continue;
    if (!set_fields(&p)) return; /* narrower steps hold less */
    set_sums(&p);
    if (better(&p, best)) *best = p;
  }
}

static double useful(int kernel, int weights, int activations)
{
  if (kernel == 1) return weights * activations;
  return (double)kernel * activations / (double)qy_ceil_div(kernel, weights);
}

static qy_status check(const qy_packing_ask *ask, qy_error *err)
{
  const struct {
    const char *name;
    int value, low, high;
  } limits[] = {{"weight bits", ask->weight_bits, 1 + ask->weight_signed, QY_PACKING_BITS_MAX},
                {"activation bits", ask->activation_bits, 1 + ask->activation_signed, QY_PACKING_BITS_MAX},
                {"kernel", ask->kernel, 1, QY_PACKING_OPERANDS_MAX},
                {"sums", ask->sums, 1, 1 << 20},
                {"overlap", ask->overlap, 0, QY_PACKING_OVERLAP_MAX}};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    if (limits[i].value < limits[i].low || limits[i].value > limits[i].high)
      return qy_fail(err, QY_BAD_INPUT, "%s: expected %d to %d, found %d", limits[i].name, limits[i].low,
                     limits[i].high, limits[i].value);
  return QY_OK;
}

qy_status qy_packing_find(qy_packing *packing, const qy_packing_ask *ask, qy_error *err)
{
  assert(packing && ask && ask->slice < QY_DSP_KIND_COUNT);
  qy_status status = check(ask, err);
  if (status) return status;
  qy_packing best = {.products = 0};
  int weights_max = ask->kernel > 1 ? ask->kernel : QY_PACKING_OPERANDS_MAX;
  for (int weights = 1; weights <= weights_max; weights++)
    for (int activations = 1; activations <= QY_PACKING_OPERANDS_MAX; activations++)
      for (int overlap = 0; overlap <= ask->overlap; overlap++)
        for (int side = 0; side < 4; side++) {
          qy_packing p = {.ask = *ask, .weights = weights, .activations = activations, .overlap = overlap};
          p.weights_wider = (side & 1) == 0;
          p.products = useful(ask->kernel, weights, activations);
          if (better(&p, &best) || p.products == best.products) try_side(&best, p, (side & 2) == 0);
        }
  if (best.products == 0)
    return qy_fail(err, QY_INFEASIBLE, "no product of %d x %d bits with %d sums fits into a %s", ask->weight_bits,
                   ask->activation_bits, ask->sums, qy_dsp_kind_names[ask->slice]);
  *packing = best;
  return QY_OK;
}
