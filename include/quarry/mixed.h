/* Predicted noise of mixed assignments beside measured noise: what a source of noise (layer_noise.h) is worth.
 *
 * The noise of a network is predicted by adding up that of its layers, each at its own width; the prediction is in dB,
 * -10 log10 of the sum, as is what was measured.  Of each network, for cases whose weights alone are quantized, those
 * with activations, and all, and for three sources:
 *   measured layers   noise of the output when one layer alone is quantized (column network_sqnr_db)
 *   tensors           1/SQNR of each layer's own tensors (tensor_sqnr_db), equal weights
 *   equal weights     1/SQNR of distributions: weights as elements are judged by (quality.h), activations by
 *                     qy_activation_noise; knows nothing of the layers
 * Spearman: rank correlation, ties by mean ranks.  Its 95 % interval is Fisher's, tanh(atanh r -+ 1.96 s), with
 * s^2 = 1.06 / (n - 3), which is that of ranks (Fieller, Hartley, Pearson, Biometrika 44, 1957): how far it may lie
 * from that of all assignments because only n were measured.  Errors are predicted minus measured.
 * None of this is about accuracy.
 * Ownership: a report lives in the arena given.
 */
#ifndef QUARRY_MIXED_H
#define QUARRY_MIXED_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>

typedef enum qy_mixed_widths { QY_MIXED_WEIGHTS, QY_MIXED_BOTH, QY_MIXED_ALL, QY_MIXED_WIDTHS_COUNT } qy_mixed_widths;
typedef enum qy_mixed_source {
  QY_MIXED_LAYERS,
  QY_MIXED_TENSORS,
  QY_MIXED_EQUAL,
  QY_MIXED_SOURCE_COUNT
} qy_mixed_source;

extern const char *const qy_mixed_widths_names[QY_MIXED_WIDTHS_COUNT]; /* "weights", "with activations", "all" */
extern const char
    *const qy_mixed_source_names[QY_MIXED_SOURCE_COUNT]; /* "measured layers", "tensors", "equal weights" */

typedef struct qy_mixed_group {
  const char *network;
  qy_mixed_widths widths;
  qy_mixed_source source;
  size_t cases;
  double spearman, low, high;                   /* NaN: fewer than 4 cases, or all alike */
  double mean_error_db, mean_absolute_error_db; /* predicted minus measured */
} qy_mixed_group;

/* A row that was not compared, or a layer that was left out of the sum, and why. */
typedef struct qy_mixed_note {
  const char *reason;
  size_t count;
} qy_mixed_note;

typedef struct qy_mixed_report {
  const char *sensitivities, *assignments; /* the files */
  size_t rows, compared;
  qy_mixed_group *group; /* [group_count]: networks as they come in the file, widths, sources; none without cases */
  size_t group_count;
  qy_mixed_note *note; /* [note_count] */
  size_t note_count;
} qy_mixed_report;

/* Compare.  sensitivities: a table of layer_noise.h with a column network_sqnr_db and, for `tensors`, tensor_sqnr_db.
 * assignments: CSV, columns network, weight_bits, activation_bits (a width for each layer, blanks between, by
 * their numbers where the sensitivities number all layers of the network, else in the order of their first rows there;
 * or `float`: not quantized), measured_db; others are ignored.  Numbers count the
 * layers of the network from 0: widths of those that have no sensitivities are left out of the sums.  Rows of a network
 * or with a width that was not measured are not compared.  QY_BAD_INPUT, with place: what is no such table, another
 * number of widths than of layers, or than in the rows of the network before. */
qy_status qy_mixed_compare(qy_mixed_report **report, const char *sensitivities, const char *assignments,
                           qy_arena *arena, qy_error *err);

/* The group, or NULL. */
const qy_mixed_group *qy_mixed_find(const qy_mixed_report *report, const char *network, qy_mixed_widths widths,
                                    qy_mixed_source source);

/* Rank correlation of a[n] and b[n], n >= 2; NaN where all of one are alike, or no memory. */
double qy_spearman(const double *a, const double *b, size_t n);

#endif
