/* Which input moves a result: Sobol indices of a model with independent standard normal inputs.
 *
 * first: the share of the output's variance that this input explains alone; total: the share that would be left if all
 * others were known (interactions included).  First-order indices by two estimators blended by the size of the total:
 * that of Saltelli et al. (Computer Physics Communications 181, 2010, table 2 b), which is best for small ones, and
 * that of Jansen (Computer Physics Communications 117, 1999), which is best for large ones; totals by Jansen's.  On two
 * Latin hypercubes: samples * (inputs + 2) evaluations.  Sampling error about 1 / sqrt(samples), less where indices are
 * small.
 * Ownership: all arrays are the caller's; the model's ctx is passed on, never kept.
 */
#ifndef QUARRY_SENSITIVITY_H
#define QUARRY_SENSITIVITY_H

#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

/* output[outputs] at z[inputs]; any status but QY_OK ends the analysis. */
typedef qy_status qy_sensitivity_model(void *ctx, const double *z, double *output, qy_error *err);

/* output[output * count + k] at z[input * count + k] for all k: for models that do many points at once. */
typedef qy_status qy_sensitivity_batch(void *ctx, const double *z, size_t count, double *output, qy_error *err);

/* output[output * samples + k] at a[input * samples + k] with one input taken from b: for models that know what a
 * single input changes.  Called after the batch was evaluated at b and then, last, at a. */
typedef qy_status qy_sensitivity_replaced(void *ctx, const double *a, const double *b, size_t input, double *output,
                                          qy_error *err);

typedef struct qy_sensitivity {
  size_t inputs, outputs, samples; /* samples >= 16 */
  uint64_t seed;
  qy_sensitivity_model *model; /* NULL: batch */
  qy_sensitivity_batch *batch;
  size_t batch_points;               /* at most so many at once, but never fewer than samples */
  qy_sensitivity_replaced *replaced; /* with batch; NULL: by it */
  void *ctx;
} qy_sensitivity;

typedef struct qy_sensitivity_index {
  double first, total;
} qy_sensitivity_index;

/* index[input * outputs + output]; an output that does not vary has indices 0.  QY_BAD_INPUT: nothing to analyse, too
 * few samples, an output that is not finite. */
qy_status qy_sensitivity_run(qy_sensitivity_index *index, const qy_sensitivity *s, qy_error *err);

#endif
