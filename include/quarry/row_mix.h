/* Rows of a weight matrix in formats of their own: schemes and precisions mixed by filter, and the noise of the mix.
 *
 * A row is a filter.  Three parts: rows in the scheme that LUTs multiply by (PoT, SP2), rows in fixed point of the same
 * low precision, rows in fixed point of high precision.
 *     scheme   the share of rows with the smallest variance (Sun et al., DAC 2022: rows of small variance -> PoT or
 * SP2;
 *              Chang et al., HPCA 2021: SP2 suits rows that look Gaussian, fixed point such that look uniform)
 *     high     the share of rows with the largest error in low precision, || w - q(w) || (Sun et al., FPGA 2022, with
 *              activations white); they are chosen first
 * Synthetic weights: rows differ in their standard deviation only, ln sigma is normal with deviation `spread`, and the
 * error of a row grows with its variance, so that both choices are by variance.  Given weights: as they are.
 * Scales: one for each part in a layer, at its least noise over the part's rows (layer), or one for each row (row).
 *     SQNR = sum of w^2 / sum of (w - q(w))^2  over all rows, in dB
 * With scales by row it is closed: with z_p the normal quantile and S the spread, the rows below quantile p hold the
 * share Phi(z_p - 2 S) of the power, and  1/SQNR = sum of (share of power / SQNR of the format).
 * Ownership: noise tables live in the arena given; everything else is a plain struct.
 */
#ifndef QUARRY_ROW_MIX_H
#define QUARRY_ROW_MIX_H

#include "quarry/sqnr.h"

/* Deviation of ln sigma over the rows of a layer where nothing is known of the weights.  Assumed, no source read: nine
 * rows in ten within a factor of two of each other's middle. */
#define QY_ROW_SPREAD 0.4

/* Noise of a format on a distribution of variance 1 over its scale: made once, then looked up. */
typedef struct qy_format_noise {
  qy_number number;         /* its best split chosen, where it has one */
  double best_scale, noise; /* least noise, over the variance, and the scale there */
  size_t count;             /* points of the table below */
  const double *log2_noise; /* at scales of even steps of the logarithm */
} qy_format_noise;

/* 20 to 70 ms.  QY_BAD_INPUT: a format that qy_number_check refuses, or given weights as signal. */
qy_status qy_format_noise_make(qy_format_noise *noise, const qy_number *number, const qy_signal *signal,
                               qy_arena *arena, qy_error *err);
/* At a scale > 0, within 0.01 dB of qy_noise. */
double qy_format_noise_at(const qy_format_noise *noise, double scale);

typedef enum qy_row_part { QY_ROWS_SCHEME, QY_ROWS_LOW, QY_ROWS_HIGH, QY_ROW_PARTS } qy_row_part;
extern const char *const qy_row_part_names[QY_ROW_PARTS + 1]; /* "scheme", "low", "high"; NULL at the end */

typedef enum qy_row_scale { QY_ROW_SCALE_LAYER, QY_ROW_SCALE_ROW, QY_ROW_SCALE_COUNT } qy_row_scale;
extern const char *const qy_row_scale_names[QY_ROW_SCALE_COUNT + 1]; /* "layer", "row"; NULL at the end */

/* Synthetic weights in three parts.  A part of no rows needs no noise table. */
typedef struct qy_row_mix {
  const qy_format_noise *format[QY_ROW_PARTS];
  double scheme_share, high_share; /* of the rows: each in [0, 1], together at most 1 */
  double spread;                   /* [0, 2] */
  qy_row_scale scale;
} qy_row_mix;

typedef struct qy_row_result {
  double sqnr_db; /* of all rows */
  struct {
    double rows, power, noise; /* shares of the rows, of the sum of squares, of the noise */
    double scale;              /* over the root of the mean square of all rows; NaN: by row, or no rows */
    double sqnr_db;            /* of these rows; NaN: no rows */
  } part[QY_ROW_PARTS];
} qy_row_result;

/* Microseconds with scales by row, half a millisecond with scales by layer. */
void qy_row_mix_find(qy_row_result *result, const qy_row_mix *mix);
double qy_row_mix_sqnr_db(const qy_row_mix *mix);

/* Layers of such weights.  intra: one mix in all layers.  inter: high precision in the whole of the first and the last
 * layer, none in between (FILM-QNN's comparison).  Noise of layers adds (qy_sqnr_network_db); layers >= 1. */
typedef struct qy_row_plans {
  double intra_db, inter_db;
} qy_row_plans;
void qy_row_mix_plans(qy_row_plans *plans, const qy_row_mix *mix, size_t layers);

/* Given weights: how a row is stored. */
typedef struct qy_row_choice {
  qy_row_part part;
  double variance, error; /* error: root of the sum of squares in low precision, at the scale that `scale` asks for */
  double scale;           /* 0: a row of zeros */
} qy_row_choice;

/* rows x columns weights, a row after the other; formats of the three parts, scheme and high shares as above, rounded
 * to whole rows (high first).  choice[rows].  A row of zeros has no noise.  QY_BAD_INPUT: a format that
 * qy_number_check refuses, a weight that is not finite, all of them zero.  One best scale a row and part: milliseconds
 * a row with scales by row. */
typedef struct qy_row_task {
  const double *weight;
  size_t rows, columns; /* >= 1 */
  qy_number format[QY_ROW_PARTS];
  double scheme_share, high_share;
  qy_row_scale scale;
} qy_row_task;
qy_status qy_row_assign(qy_row_result *result, qy_row_choice *choice, const qy_row_task *task, qy_error *err);

/* Deviation of ln sigma over the rows (those of zeros left out; 0 with fewer than two). */
double qy_row_spread(const double *weight, size_t rows, size_t columns);

#endif
