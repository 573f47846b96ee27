/* Widths of sums and biases: see sum_bits.h. */
#include "quarry/sum_bits.h"

#include "quarry/integer.h"

#include <assert.h>

int64_t qy_layer_sum_products(const qy_layer *layer)
{
  assert(qy_layer_multiplies(layer->type));
  return layer->kernel_h * layer->kernel_w * (layer->in_c / layer->groups);
}

int qy_sum_bits_of(int64_t products, qy_precision precision)
{
  return precision.weights + precision.activations + qy_log2_floor((uint64_t)products);
}

/* The largest product of a coded weight and the most negative activation, in magnitude. */
static uint64_t largest_product(const qy_pe *pe, int activation_bits)
{
  const int code_bits = qy_number_code_bits(&pe->number);
  const int64_t x = -(INT64_C(1) << (qy_min_int(activation_bits, pe->params.bits) - 1));
  uint64_t most = 1;
  for (uint32_t code = 0; code >> code_bits == 0; code++) {
    int64_t product;
    if (qy_number_product(&product, &pe->number, x, code, pe->keep_bits, QY_DROP_FLOOR, NULL)) continue; /* no code */
    const uint64_t size = (uint64_t)(product < 0 ? -product : product);
    if (size > most) most = size;
  }
  return most;
}

/* The least width whose most positive number is at least n times `most`. */
static int width_of(int64_t n, uint64_t most)
{
  enum { WIDTH_MAX = 64 };
  int bits = 1;
  while (bits < WIDTH_MAX && ((UINT64_C(1) << (bits - 1)) - 1) / most < (uint64_t)n)
    bits++;
  return bits;
}

qy_sum_bits qy_layer_sum_bits(const qy_layer *layer, const qy_pe *pe, qy_precision precision)
{
  const int64_t products = qy_layer_sum_products(layer);
  qy_sum_bits out = {.accumulator = pe->params.accumulator_bits};
  precision = qy_layer_precision(layer, precision);
  precision.weights = qy_element_weight_bits(pe, precision.weights);
  out.sum = pe->has_number ? width_of(products, largest_product(pe, precision.activations))
                           : qy_sum_bits_of(products, precision);
  out.bias = out.sum;
  out.with_bias = out.sum + 1;
  return out;
}
