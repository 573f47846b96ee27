/* The supply of SRAM macros: what the table's own is, and what another one does to them.
 *
 * A memory usually keeps a rail of its own when the logic's supply is lowered: the stability of the cell, not its
 * speed, ends the range first (Mohammad and Abraham, Microelectronics Journal, 2012, abstract: the cell decides the
 * lowest supply of most chips).  So a macro stays at the table's supply unless it is asked to follow
 * (qy_sram_query.voltage_v, qy_tech.sram_voltage_v, `sram_voltage: follow` of an experiment).  Level shifters between
 * two rails are not counted.
 *
 * Laws, V0 the table's own supply, each with the memory's own constants (db/memory/sram_supply.csv), because its
 * devices are not those of the logic (LSTP: a threshold 0.3 V above HP):
 *   read, write energy   times (V / V0)^n, n = 2: C V^2
 *   access, cycle time   times V / (V - Vt)^alpha over the same at V0 (Sakurai and Newton, JSSC 25(2), 1990)
 *   leakage power        times (V / V0) exp((V - V0) / slope)
 *   area                 stays
 * The law's own uncertainty: each constant moved to the ends of its interval, the larger change of the logarithm, over
 * the 95 % quantile; constants in quadrature.  It vanishes at V0 and grows away from it.
 * Units: V.  Validity: voltage_low_v..voltage_high_v; outside is an error.
 * Ownership: laws live in the arena given to the reader; the table keeps pointers to them.
 */
#ifndef QUARRY_SRAM_SUPPLY_H
#define QUARRY_SRAM_SUPPLY_H

#include "quarry/sram.h"
#include "quarry/sram_error.h"
#include "quarry/tech.h"

typedef struct qy_sram_law {
  double voltage_v;                     /* the table's own */
  double voltage_low_v, voltage_high_v; /* where the law may be used; voltage_v lies inside */
  qy_constant energy_exponent, threshold_v, alpha, leakage_slope_v;
} qy_sram_law;

/* What a supply does to one macro: factors, and the standard deviation of their logarithms. */
typedef struct qy_sram_scale {
  double energy, delay, leakage;
  double energy_sd, delay_sd, leakage_sd;
} qy_sram_scale;

/* Read the laws and attach them to the table; each node and flavour of the table must have all its rows.  Errors, each
 * with file, line and column: what qy_csv finds wrong, unknown constant, wrong unit, low > value or value > high, a
 * constant twice or missing, a supply outside its range, a range that reaches down to the threshold's high end. */
qy_status qy_sram_supply_read(qy_sram_table *table, const char *file, qy_arena *arena, qy_error *err);

/* The law of a node and flavour; NULL: none attached. */
const qy_sram_law *qy_sram_supply_law(const qy_sram_table *table, int node_nm, qy_sram_flavour flavour);

/* Factors at `voltage_v`.  Does not check the range. */
void qy_sram_supply_scale(qy_sram_scale *scale, const qy_sram_law *law, double voltage_v);

/* Whether macros of this library can be had: it names a node (else the message says what to do), the table has the
 * node, and the supply asked for lies inside the law of every flavour.  QY_BAD_INPUT when not. */
qy_status qy_sram_supply_check(const qy_sram_table *table, const qy_tech *tech, qy_error *err);

/* Widen p95 errors of the table (qy_sram_error_read) by the law's own at the supply that the library asks for.  Of the
 * flavours the larger counts.  Nothing changes when the supply is the table's own. */
void qy_sram_supply_widen(double p95_frac[QY_SRAM_QUANTITY_COUNT], const qy_sram_table *table, const qy_tech *tech);

#endif
