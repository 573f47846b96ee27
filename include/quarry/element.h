/* One processing element as a design of its own: what it costs per product and how well its weights are represented.
 *
 * Area, leakage and energy are those of the element priced at a clock; a run is one product.  SQNR is that of its
 * weight format (its own codes, or uniform integers of its weight width) on a weight distribution, at the best scale.
 */
#ifndef QUARRY_ELEMENT_H
#define QUARRY_ELEMENT_H

#include "quarry/metric.h"
#include "quarry/pe.h"
#include "quarry/quality.h"
#include "quarry/sqnr.h"
#include "quarry/tech.h"

/* What does not depend on library or clock. */
typedef struct qy_element_quality {
  double sqnr_db[QY_SIGNAL_SAMPLES]; /* per distribution; the generalised Gaussian has shape QY_ELEMENT_SHAPE */
} qy_element_quality;

/* The format of an element's weights: its own codes, or uniform integers of its weight width. */
qy_number qy_element_number(const qy_pe *pe);

/* Best scale (and split, where the format chooses it) on each distribution: tens of milliseconds.  It depends on the
 * format alone. */
qy_status qy_element_quality_of(qy_element_quality *quality, const qy_pe *pe, qy_error *err);

typedef struct qy_element {
  const qy_pe *pe;
  const qy_pe_cost *cost;
  double clock_mhz, sqnr_db, density_frac, register_um2;
} qy_element;

/* Fill in place.  QY_INFEASIBLE with *reason (static text) when the element misses its clock. */
qy_status qy_element_init(qy_element *element, const qy_pe *pe, const qy_pe_cost *cost,
                          const qy_element_quality *quality, qy_signal_kind signal, const qy_tech *tech,
                          double clock_mhz, const char **reason);

/* Metrics at operands of precision_bits bits; those that make no sense for an element are left alone. */
qy_status qy_element_evaluate(double metric[QY_METRIC_COUNT], const char **reason, const qy_element *element,
                              int precision_bits);

/* The metrics it fills, as a bit set. */
uint64_t qy_element_metrics(void);

#endif
