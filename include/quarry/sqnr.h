/* Signal-to-quantization-noise ratio of number formats on distributions and on given weights.
 *
 * SQNR = 10 log10(E x^2 / E (x - q(x))^2), dB.  For a distribution the noise is the sum over decision intervals of the
 * integral of (x - level)^2 p(x): GSL Gauss-Legendre nodes where the interval is narrow and p smooth on it, closed
 * partial moments (erfc, incomplete gamma) on wide intervals, around the centre and in the tails.  Relative error of
 * the noise below 1e-6 (1e-9 where tested, up to 10 bits).  Of more than 1024 evenly spaced levels the cells away from
 * the centre are summed at once (Euler-Maclaurin), within 2e-7 of the sum over cells; this takes microseconds whatever
 * the bits.  For given weights it is a sum over the weights.
 * Distributions have mean 0 and variance 1.
 * Ownership: samples live in the arena given; everything else is a plain struct.
 */
#ifndef QUARRY_SQNR_H
#define QUARRY_SQNR_H

#include "quarry/number.h"

typedef enum qy_signal_kind {
  QY_SIGNAL_GAUSSIAN,
  QY_SIGNAL_LAPLACIAN,
  QY_SIGNAL_GENERALIZED, /* p ~ exp(-|x/a|^shape), shape in [0.3, 10] */
  QY_SIGNAL_UNIFORM,
  QY_SIGNAL_SAMPLES,
  QY_SIGNAL_KIND_COUNT
} qy_signal_kind;

/* Weights sorted, with running sums, so that the noise at a scale costs O(min(levels, count) * log(levels count)). */
typedef struct qy_samples {
  size_t count;
  const double *x;         /* ascending */
  const long double *sum1; /* count + 1: sum of the first i values */
  const long double *sum2; /* and of their squares */
  double power;            /* mean square, > 0 */
  double max_abs;
} qy_samples;

typedef struct qy_signal {
  qy_signal_kind kind;
  double shape;              /* Gaussian 2, Laplacian 1; 0 for the others but the generalised */
  const qy_samples *samples; /* QY_SIGNAL_SAMPLES only */
  double alpha, norm;        /* derived: p(x) = norm * exp(-(|x|/alpha)^shape) */
  double rms;                /* 1 for distributions */
} qy_signal;

/* shape is read for QY_SIGNAL_GENERALIZED only. QY_BAD_INPUT: shape out of range, kind is SAMPLES. */
qy_status qy_signal_make(qy_signal *signal, qy_signal_kind kind, double shape, qy_error *err);
/* From an array (copied). QY_BAD_INPUT: empty, not finite (index given), all zero. */
qy_status qy_signal_from_array(qy_signal *signal, const double *x, size_t count, qy_arena *arena, qy_error *err);
/* Numbers of a file in its order: NumPy's .npy (told by its first bytes; integers and floats, C order); raw
 * little-endian float32 when the name ends in .f32, .bin or .raw; else text: numbers separated by commas, semicolons or
 * white space, # starts a comment.  At least one.  Errors carry line and column (text) or index (raw).  Refused with
 * what to do: other formats of arrays, commas and semicolons in one file, decimal commas and what may be such: one
 * comma within digits a word at most, without a blank behind it, in more words than one. */
qy_status qy_weights_read(double **weights, size_t *count, const char *file, qy_arena *arena, qy_error *err);
/* The signal of such a file. */
qy_status qy_signal_read(qy_signal *signal, const char *file, qy_arena *arena, qy_error *err);
const char *qy_signal_name(qy_signal_kind kind); /* "gaussian" */
int qy_signal_find(const char *name);            /* kind, or -1 */

/* Mean squared error of quantizing the signal at this scale (> 0), in units of the signal squared. */
double qy_noise(const qy_levels *levels, double scale, const qy_signal *signal);
double qy_sqnr_db(const qy_levels *levels, double scale, const qy_signal *signal); /* +inf when the noise is 0 */

/* The scale with least noise: a scan over the whole useful range (the noise of coarse sets has many local minima),
 * then Brent's method (GSL) in the best brackets.  More than 1024 even levels have one minimum on a distribution, which
 * steps of an octave bracket: a millisecond.  On weights the noise jitters as single weights change level: there the
 * best of all scales is found between the scales where one does while these are not too many (2^20 near the best: 1e5
 * Gaussian weights at 8 bits), else the best of the scales looked at (1e6 weights at 12 bits: 0.006 dB less than what a
 * search of half a minute finds).  Where they stand on the levels at some scale, but for the rounding of float (or of
 * double, if some are no floats), that scale and +inf. */
typedef struct qy_best {
  qy_number number; /* as given; split set for formats that choose it */
  double scale, sqnr_db;
} qy_best;
/* QY_NO_MEMORY; QY_INTERNAL when no scale gives a finite noise. */
qy_status qy_best_scale(qy_best *best, const qy_levels *levels, const qy_signal *signal, qy_error *err);
/* Scale, and R where the format chooses it (brslog): all even R in [0..2^(bits-1)-2], of equal ones the
 * smallest. */
qy_status qy_best_format(qy_best *best, const qy_number *number, const qy_signal *signal, qy_error *err);
/* The same for each layer of a network on its own. best[count]. */
qy_status qy_best_layers(qy_best *best, const qy_number *number, const qy_signal *layers, size_t count, qy_error *err);

/* Noise of layers adds: 1/SQNR_total = sum 1/SQNR_layer (Lin, Talathi, Annapureddy, ICML 2016).  dB in and out;
 * count 0 and all-infinite give +inf.  A proxy for quality, not an accuracy. */
double qy_sqnr_network_db(const double *layer_db, size_t count);

/* 1/SQNR of activations of so many bits [1..32]: unsigned codes 0 .. 2^bits - 1 at their best scale, of a map behind a
 * ReLU whose positive values are distributed as half a Laplacian (Banner, Nahshan, Hoffer, Soudry, ACIQ,
 * arXiv:1810.05723, take activations as Laplacian).  Zeros are exact and change nothing, however many they are.  An
 * affine code whose zero point is 0 is this one; of a map with both signs it is too good by one bit.  Against measured
 * tensors of two networks (tests/number/test_activation.c) it is right at 4 bits, within 1 dB in the mean, and 3 to 6
 * dB too low at 8 bits, where these keep their range instead of clipping. */
double qy_activation_noise(int bits);

/* Everything `quantize` prints. */
enum { QY_QUANTIZE_SIGNALS_MAX = 8 };
typedef struct qy_quantize_report {
  qy_levels *levels; /* of number; for formats that choose R: of the first signal's best */
  int code_bits;
  double compression;
  size_t signal_count;
  struct qy_quantize_row {
    const char *signal; /* "gaussian" */
    double shape;       /* NaN where it does not apply */
    qy_best best;
  } row[QY_QUANTIZE_SIGNALS_MAX];
} qy_quantize_report;
/* signals NULL: Gaussian, Laplacian, generalised Gaussian of shape 0.7 and 4, uniform.  QY_BAD_INPUT: bad format, no or
 * more than QY_QUANTIZE_SIGNALS_MAX signals. */
qy_status qy_quantize_describe(qy_quantize_report *report, const qy_number *number, const qy_signal *signals,
                               size_t signal_count, qy_arena *arena, qy_error *err);

#endif
