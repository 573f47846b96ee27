/* What the tests of accelerators under draws share: is a circuit the same netlist in two libraries, how far are
 * coefficients times basis from evaluated metrics. */
#ifndef QUARRY_TESTS_DRAWS_CHECK_H
#define QUARRY_TESTS_DRAWS_CHECK_H

#include "quarry/draws.h"
#include "quarry/part_draws.h"
#include "quarry/pe.h"

#include <math.h>
#include <string.h>

/* A draw may make another cell the cheaper one; the model keeps the nominal netlist. */
static int same_netlist(const qy_circuit *c, const qy_tech *x, const qy_tech *y)
{
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    qy_op_report a, b;
    qy_circuit_op_report(c, i, x, &a);
    qy_circuit_op_report(c, i, y, &b);
    if (memcmp(&a.census, &b.census, sizeof a.census) != 0) return 0;
  }
  return 1;
}

static double sum_of(const qy_linear *row, const double *coefficient, const double *basis, size_t stride)
{
  double sum = 0;
  for (int j = row->first; j < row->first + row->count; j++)
    sum += coefficient[j] * basis[(size_t)j * stride];
  return sum;
}

/* Largest relative difference over the linear metrics; *which: the metric. */
static double worst_error(int *which, const qy_linear *row, size_t rows, const double *metric,
                          const double *coefficient, const double *basis, size_t stride)
{
  double worst = 0;
  for (size_t r = 0; r < rows; r++) {
    const double error = fabs(sum_of(&row[r], coefficient, basis, stride) / metric[row[r].metric] - 1);
    if (error > worst || isnan(error)) {
      worst = isnan(error) ? INFINITY : error;
      *which = row[r].metric;
    }
  }
  return worst;
}

#endif
