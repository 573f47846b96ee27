/* Nests of traffic.h: which are valid, what counts need of them, sums of tensors. */
#include "quarry/traffic.h"

#include "traffic_int.h"

#include <assert.h>
#include <inttypes.h>

enum { ADDENDS_MAX = 64, UNITS_MAX = 64 };

const int traffic_order[QY_ORDER_COUNT][3] = {
    [QY_ORDER_MNK] = {0, 1, 2}, [QY_ORDER_MKN] = {0, 2, 1}, [QY_ORDER_NMK] = {1, 0, 2},
    [QY_ORDER_NKM] = {1, 2, 0}, [QY_ORDER_KMN] = {2, 0, 1}, [QY_ORDER_KNM] = {2, 1, 0},
};

const char *qy_nest_order_name(qy_nest_order order)
{
  static const char *const name[QY_ORDER_COUNT] = {"MNK", "MKN", "NMK", "NKM", "KMN", "KNM"};
  return (unsigned)order < QY_ORDER_COUNT ? name[order] : "?";
}

/* ---- which nests are valid ---- */

static bool is_channelwise(const qy_layer *l)
{
  return (l->type == QY_LAYER_DWCONV && l->in_c == l->out_c) || !qy_layer_multiplies(l->type);
}

static bool is_one_by_one(const qy_layer *l)
{
  return l->kernel_h == 1 && l->kernel_w == 1 && l->stride_h == 1 && l->stride_w == 1;
}

static const qy_layer *first_of(const qy_nest *n)
{
  return n->head ? n->head : n->middle;
}

static const qy_layer *last_of(const qy_nest *n)
{
  if (n->tail) return n->tail;
  return n->middle ? n->middle : n->head;
}

static bool follows(const qy_layer *reader, const qy_layer *maker)
{
  return reader->in_h == maker->out_h && reader->in_w == maker->out_w && reader->in_c == maker->out_c;
}

static qy_status refuse(qy_error *err, const qy_layer *layer, const char *expected)
{
  return qy_fail(err, QY_BAD_INPUT, "found layer %s in a nest, expected %s", layer->name ? layer->name : "", expected);
}

static qy_status check_roles(const qy_nest *n, qy_error *err)
{
  const bool dense = n->kind == QY_NEST_DENSE, channelwise = n->kind == QY_NEST_CHANNELWISE;
  if (!first_of(n)) return qy_fail(err, QY_BAD_INPUT, "found a nest without layers, expected at least one");
  for (int i = 0; i < 3 && !dense; i++) {
    const qy_layer *l = i == 0 ? n->head : i == 1 ? n->middle : n->tail;
    if (l && l->computed) return refuse(err, l, "a product of activations in a dense nest");
  }
  if (dense && (!n->head || n->middle || n->tail)) return refuse(err, first_of(n), "one dense layer alone");
  if (channelwise && (n->head || n->tail)) return refuse(err, last_of(n), "one channelwise layer alone");
  const int parts = (n->head != NULL) + (n->middle != NULL) + (n->tail != NULL) + n->pooled;
  if (n->kind == QY_NEST_BLOCK && parts < 2 && !n->head)
    return refuse(err, first_of(n), "at least two parts of a block");
  if (n->head && is_channelwise(n->head)) return refuse(err, n->head, "a dense layer as the head");
  if (n->middle && !is_channelwise(n->middle)) return refuse(err, n->middle, "a channelwise layer in the middle");
  if (n->tail && (n->tail->groups != 1 || !is_one_by_one(n->tail) || !qy_layer_multiplies(n->tail->type)))
    return refuse(err, n->tail, "a dense 1x1 layer of stride 1 as the tail");
  if (n->head && n->middle && !follows(n->middle, n->head))
    return refuse(err, n->middle, "the size that the head makes");
  if (n->tail && !follows(n->tail, n->middle ? n->middle : n->head))
    return refuse(err, n->tail, "the size that the layer before makes");
  return QY_OK;
}

static qy_status check_places(const qy_nest *n, qy_error *err)
{
  const qy_layer *first = first_of(n), *last = last_of(n);
  if (n->pooled && n->tail) return refuse(err, last, "no pooling here");
  if (n->pooled_held && !n->pooled) return refuse(err, last, "a pool that is held");
  if (n->output_unused && (!n->pooled || n->output_held)) return refuse(err, last, "an output that is used");
  if (n->addends_read < 0 || n->addends_read > ADDENDS_MAX || n->addends_held < 0 || n->addends_held > ADDENDS_MAX)
    return refuse(err, last, "0 to 64 addends");
  if (n->adds_input && (n->kind == QY_NEST_DENSE || (n->kind == QY_NEST_BLOCK && !n->head)))
    return refuse(err, last, "an addend other than the input here");
  if (n->adds_input && (first->in_h != last->out_h || first->in_w != last->out_w || first->in_c != last->out_c))
    return refuse(err, last, "input and output of one size, to be added");
  return QY_OK;
}

static double area(const qy_layer *l) /* inputs of an output */
{
  return l ? (double)qy_layer_reach(l->kernel_h, l->dilation_h) * (double)qy_layer_reach(l->kernel_w, l->dilation_w)
           : 1;
}

/* No count of any tiling exceeds this: every output by itself, everything fetched for each product. */
static double most_units(const qy_nest *n)
{
  const qy_layer *out = n->middle ? n->middle : n->head;
  const double pixels = (double)out->out_h * (double)out->out_w, windows = area(n->head) * area(n->middle);
  const double stride = n->head && n->middle ? (double)n->head->stride_h * (double)n->head->stride_w : 1;
  const double in_c = n->head ? (double)n->head->in_c : 1;
  const double channels = (double)(n->head ? n->head->out_c : n->middle->in_c);
  const double products = pixels * windows * stride * in_c * channels;
  const double sums = n->tail ? pixels * channels * (double)n->tail->out_c : 0;
  const double maps = (double)first_of(n)->in_h * (double)first_of(n)->in_w * (double)first_of(n)->in_c +
                      (1 + (double)(n->addends_read + n->addends_held)) * (double)last_of(n)->out_h *
                          (double)last_of(n)->out_w * (double)last_of(n)->out_c;
  return UNITS_MAX * (8 * products + 4 * sums + 2 * maps);
}

qy_status qy_nest_check(const qy_nest *n, qy_error *err)
{
  assert(n);
  qy_status status = check_roles(n, err);
  if (!status) status = check_places(n, err);
  const qy_layer *const layer[] = {n->head, n->middle, n->tail};
  for (size_t i = 0; !status && i < sizeof layer / sizeof *layer; i++)
    if (layer[i] && layer[i]->batch != 1) status = refuse(err, layer[i], "a batch of 1");
  if (!status && most_units(n) > 0x1p53) status = refuse(err, last_of(n), "counts of at most 2^53");
  return status;
}

/* ---- what counts need ---- */

bool qy_nest_is_flat(const qy_nest *n)
{
  return n->kind == QY_NEST_DENSE && is_one_by_one(n->head);
}

static int64_t taps(const qy_layer *l)
{
  return l->kernel_h * l->kernel_w;
}

static void shape_of_dense(traffic_shape *s, const qy_layer *l)
{
  s->groups = l->groups;
  s->n = l->out_c / l->groups;
  s->k = l->in_c / l->groups;
  s->weights = taps(l);
  s->gate = l->in_c;
  s->output_macs = l->out_c * s->k * taps(l);
  if (!s->flat) return;
  s->h = (traffic_axis){.out = l->out_h * l->out_w, .steps = 1, .step = {{l->out_h * l->out_w, 1, 1, 0}}};
  s->w = (traffic_axis){.out = 1, .steps = 1, .step = {{1, 1, 1, 0}}};
}

static void shape_of_block(traffic_shape *s, const qy_nest *n)
{
  const qy_layer *head = n->head, *middle = n->middle, *tail = n->tail;
  s->n = head ? head->out_c : middle->in_c;
  const int64_t head_weights = head ? head->in_c / head->groups * taps(head) : 0;
  const int64_t middle_weights = middle && qy_layer_multiplies(middle->type) ? taps(middle) : 0;
  const int64_t tail_weights = tail ? tail->out_c : 0;
  s->weights = head_weights + middle_weights + tail_weights;
  s->in_c = head ? head->in_c : 0;
  s->out_c = tail_weights;
  s->gate = tail ? tail->in_c : first_of(n)->in_c;
  const bool recomputed = head && middle;
  s->output_macs = s->n * (middle_weights + tail_weights + (recomputed ? 0 : head_weights));
  s->middle_macs = recomputed ? s->n * head_weights : 0;
}

traffic_shape traffic_shape_of(const qy_nest *n)
{
  const qy_layer *first = first_of(n), *last = last_of(n);
  traffic_shape s = {.nest = n, .flat = qy_nest_is_flat(n), .groups = 1, .k = 1};
  s.maps_in = first->in_c * first->in_h * first->in_w;
  s.maps_out = last->out_c * last->out_h * last->out_w;
  traffic_axes(&s.h, &s.w, n->head, n->middle);
  if (n->kind == QY_NEST_DENSE)
    shape_of_dense(&s, n->head);
  else
    shape_of_block(&s, n);
  return s;
}

qy_tiling qy_nest_whole(const qy_nest *nest)
{
  const traffic_shape s = traffic_shape_of(nest);
  return (qy_tiling){.m = s.h.out, .h = s.h.out, .w = s.w.out, .n = s.n, .k = s.k};
}

qy_units traffic_units_of(const qy_nest *nest, qy_units units)
{
  if (nest->head && nest->head->computed) units.weight = units.activation;
  return units;
}

/* ---- sums ---- */

void qy_traffic_floor(qy_traffic *traffic, const qy_nest *nest)
{
  assert(traffic && nest);
  const qy_tiling whole = qy_nest_whole(nest);
  qy_traffic_count(traffic, nest, &whole, (qy_units){1, 1, 1}, QY_CAPACITY_STRICT);
  traffic->peak = 0;
}

int64_t qy_traffic_units(const qy_traffic *t, qy_units u)
{
  assert(t);
  return u.activation * (t->input + t->second + t->output + t->addends + t->gate + t->pooled) + u.weight * t->weights +
         u.sum * (t->sum_writes + t->sum_reads);
}

int64_t qy_traffic_entries(const qy_traffic *t)
{
  return qy_traffic_units(t, (qy_units){1, 1, 1});
}

int64_t qy_traffic_bytes(const qy_traffic *t, qy_units bits)
{
  assert(t && bits.activation >= 1 && bits.weight >= 1 && bits.sum >= 1);
  const int64_t of[] = {t->second * bits.activation,  t->input * bits.activation, t->output * bits.activation,
                        t->addends * bits.activation, t->gate * bits.activation,  t->pooled * bits.activation,
                        t->weights * bits.weight,     t->sum_writes * bits.sum,   t->sum_reads * bits.sum};
  int64_t bytes = 0;
  for (size_t i = 0; i < sizeof of / sizeof *of; i++)
    bytes += qy_ceil_shift(of[i], 3);
  return bytes;
}

void qy_traffic_add(qy_traffic *sum, const qy_traffic *t)
{
  assert(sum && t);
  sum->input += t->input;
  sum->weights += t->weights;
  sum->second += t->second;
  sum->output += t->output;
  sum->sum_writes += t->sum_writes;
  sum->sum_reads += t->sum_reads;
  sum->addends += t->addends;
  sum->gate += t->gate;
  sum->pooled += t->pooled;
  sum->macs += t->macs;
  sum->peak = qy_max64(sum->peak, t->peak);
}
