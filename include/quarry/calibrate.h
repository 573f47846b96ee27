/* Calibration: chosen constants of a library fitted to chosen published or measured figures.
 *
 * The logarithms of the constants move; each starts at the base library's value and is held to it by a normal prior
 * whose 90 % interval has the width of its low..high.  A target's residual is ln(model / measured) / sigma.  Nonlinear
 * least squares by GSL (multifit_nlinear, trust region, finite differences).  Targets marked held_out take no part and
 * are only predicted; what is calibrated is never validated with the same figures.  The new library's covariance holds
 * the constants of this fit only: one that the base library brings is replaced.
 *
 * The specification, a YAML file:
 *   name: psma28              name of the new library
 *   title: text               may be left out
 *   base: fdsoi28             library to start from
 *   constants: [nand2.area, cells.dff.area]
 *   structure: {value: 1, low: 0.8, high: 1.25}   may be left out, see below
 *   targets:
 *     - name: array of 256 MACs
 *       area: 168613 um2      or power: 59.2 mW, or energy: 120 fJ (a clock cycle)
 *       clock: 200 MHz
 *       sigma: 0.2            standard deviation of ln(model / measured): measurement and model together
 *       held_out: true        may be left out
 *       structured: true      may be left out: times the structure factor
 *       source: "where from"
 *       rows: {array: BITFUSION, unrolling: FU}   may be left out: rows of a table of arrays that it is, or {column:
 *                             area_um2}, one of all rows; `validate arrays` sets them apart
 *       of:                   what it is made of, summed
 *         - {count: 4096, op: multiply, a: 2, b: 2}      unsigned array multiplier; also
 *         - {count: 10, op: add, bits: 8}                mux (2 inputs, the select held), and, register
 *         - {count: 1, cell: dff}                        areas only
 *         - {count: 256, pe: mac_dc, bits: 8}            and any other parameter of the element
 * Operators and elements run on uniform random operands; registers are clocked each cycle; power includes leakage.
 * `structure` is a factor between whole designs as synthesised and the sum of their counted parts (branches that are
 * not shared, mode decoding, buffers), fitted with the constants and taken out again: it applies to targets marked
 * `structured` and is no part of the library, so that whole designs do not bend the areas of single cells.
 * Ownership: results live in the arena.
 */
#ifndef QUARRY_CALIBRATE_H
#define QUARRY_CALIBRATE_H

#include "quarry/tech.h"

typedef enum qy_target_kind { QY_TARGET_AREA, QY_TARGET_POWER, QY_TARGET_ENERGY, QY_TARGET_KINDS } qy_target_kind;

typedef struct qy_target_result {
  const char *name, *source;
  qy_target_kind kind;
  double clock_mhz, measured, sigma; /* um2, mW or fJ */
  bool held_out, structured;
  double before, after; /* model with the base library, with the calibrated one */
  double low, high;     /* 90 % interval of `after` from the constants' covariance alone */
  double score;         /* ln(after / measured) over sigma and the interval's deviation together */
} qy_target_result;

typedef struct qy_constant_result {
  const char *path, *unit;
  qy_constant before, after;
} qy_constant_result;

typedef struct qy_calibration {
  const char *name;
  qy_tech *base, *tech; /* tech: the calibrated library, with covariance, ready for qy_tech_write */
  qy_constant_result *constant;
  size_t constant_count;
  qy_constant structure_before, structure_after; /* value 0: the specification has none */
  qy_target_result *target;
  size_t target_count, fitted_count;
  double chi2_before, chi2_targets, chi2_prior; /* of the fitted targets before; of targets and prior after */
  size_t iterations;
} qy_calibration;

/* Read the specification, fit, predict.  Ownership: everything lives in the arena.
 * QY_BAD_INPUT: a mistake in the specification, with its place.  QY_INFEASIBLE: the fit did not converge, or a circuit
 * cannot be built for its clock. */
qy_status qy_calibrate(qy_calibration **result, const char *db_dir, const char *file, qy_arena *arena, qy_error *err);

const char *qy_target_kind_name(qy_target_kind kind); /* "area" */
const char *qy_target_kind_unit(qy_target_kind kind); /* "um2" */

#endif
