/* One circuit in one library under draws: taken apart once, then priced per draw in about a microsecond.
 *
 * What is kept from the nominal library: the netlist, the pipeline stages, the toggles, and whether the circuit makes
 * its clock.  What a draw changes: cell areas, leakages and energies, glitches, the clock tree, and the effort: the
 * shortest period is the nominal one times the longest path of the draw over the nominal longest path, which is a
 * maximum over the paths of the circuit taken anew for each draw.
 */
#ifndef QUARRY_ACCEL_SPREAD_H
#define QUARRY_ACCEL_SPREAD_H

#include "quarry/circuit.h"
#include "quarry/draws.h"
#include "quarry/pe.h"

typedef struct spread {
  const qy_circuit *circuit;
  qy_census census; /* in the nominal library */
  double flip_flops;
  int mode_count;
  qy_activity activity[QY_PE_MODES_MAX];
  double *path_ratio; /* [draws]: longest path over the nominal one */
} spread;

/* Activities are the caller's to fill. */
qy_status spread_new(spread *s, const qy_circuit *circuit, const qy_draws *draws, qy_arena *arena, qy_error *err);

typedef struct spread_price {
  double area_um2, register_um2; /* all cells; the flip-flops among them */
  double leakage_nw;
  double logic_fj[QY_PE_MODES_MAX], register_fj[QY_PE_MODES_MAX], clock_fj;
} spread_price;

/* Price for the nominal build `build` with the constants of `tech`, whose longest path is path_ratio nominal ones. */
void spread_at(spread_price *price, const spread *s, const qy_build *build, const qy_tech *tech, double path_ratio);

#endif
