/* Convolutions and pools on arrays of doubles: real numbers, or codes that doubles hold exactly. */
#include "onnx_run.h"

#include "quarry/integer.h"

#include <math.h>
#include <string.h>

/* Outputs [*first, *end) whose input at this tap lies inside. */
static void inside(int64_t *first, int64_t *end, int64_t in, int64_t out, int64_t stride, int64_t offset)
{
  *first = offset >= 0 ? 0 : qy_min64(out, qy_ceil_div(-offset, stride));
  *end = offset >= in ? 0 : qy_min64(out, (in - 1 - offset) / stride + 1);
}

/* One row of outputs: all inputs of the group, all taps. */
static void convolve_row(double *out, const double *in, const double *w, const qy_layer *l, int64_t y)
{
  for (int64_t c = 0; c < l->in_c / l->groups; c++)
    for (int64_t ky = 0; ky < l->kernel_h; ky++) {
      const int64_t row = y * l->stride_h + ky * l->dilation_h - l->pad_top;
      if (row < 0 || row >= l->in_h) continue;
      const double *from = in + (c * l->in_h + row) * l->in_w;
      for (int64_t kx = 0; kx < l->kernel_w; kx++) {
        const double by = w[(c * l->kernel_h + ky) * l->kernel_w + kx];
        const int64_t offset = kx * l->dilation_w - l->pad_left;
        int64_t first, end;
        inside(&first, &end, l->in_w, l->out_w, l->stride_w, offset);
        for (int64_t x = first; x < end; x++)
          out[x] += by * from[x * l->stride_w + offset];
      }
    }
}

void run_convolve(double *out, const double *in, const double *w, const qy_layer *l)
{
  const int64_t inputs = l->in_c / l->groups, outputs = l->out_c / l->groups, map = l->in_h * l->in_w;
  memset(out, 0, (size_t)(l->batch * l->out_c * l->out_h * l->out_w) * sizeof *out);
  for (int64_t b = 0; b < l->batch; b++)
    for (int64_t o = 0; o < l->out_c; o++) {
      const double *from = in + (b * l->in_c + o / outputs * inputs) * map;
      const double *taps = w + o * inputs * l->kernel_h * l->kernel_w;
      for (int64_t y = 0; y < l->out_h; y++)
        convolve_row(out + ((b * l->out_c + o) * l->out_h + y) * l->out_w, from, taps, l, y);
    }
}

static double pool_one(const double *in, const qy_layer *l, int64_t y, int64_t x, bool maximum, bool padded)
{
  double sum = 0, most = -INFINITY;
  int64_t count = 0;
  for (int64_t ky = 0; ky < l->kernel_h; ky++)
    for (int64_t kx = 0; kx < l->kernel_w; kx++) {
      const int64_t r = y * l->stride_h + ky * l->dilation_h - l->pad_top;
      const int64_t c = x * l->stride_w + kx * l->dilation_w - l->pad_left;
      if (r < 0 || r >= l->in_h || c < 0 || c >= l->in_w) continue;
      sum += in[r * l->in_w + c];
      most = fmax(most, in[r * l->in_w + c]);
      count++;
    }
  if (maximum) return count ? most : 0;
  if (padded) count = l->kernel_h * l->kernel_w;
  return count ? sum / (double)count : 0;
}

void run_pool(double *out, const double *in, const qy_layer *l, bool maximum, bool padded)
{
  for (int64_t i = 0; i < l->batch * l->in_c; i++, in += l->in_h * l->in_w)
    for (int64_t y = 0; y < l->out_h; y++)
      for (int64_t x = 0; x < l->out_w; x++)
        *out++ = pool_one(in, l, y, x, maximum, padded);
}

double run_ratio_db(const double *x, const double *q, size_t count)
{
  double signal = 0, noise = 0;
  for (size_t i = 0; i < count; i++) {
    signal += x[i] * x[i];
    noise += (x[i] - q[i]) * (x[i] - q[i]);
  }
  return noise > 0 ? 10 * log10(signal / noise) : INFINITY;
}
