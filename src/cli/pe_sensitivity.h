/* quarry describe pe NAME --sensitivity */
#ifndef QUARRY_CLI_SENSITIVITY_H
#define QUARRY_CLI_SENSITIVITY_H

#include "quarry/pe.h"
#include "quarry/plot_style.h"

/* Print the table of indices of `pe`'s metrics (over `base`: of their ratio to that element's; NULL: none) with respect
 * to the constants of `tech`, intervals first; tornado: stem of a picture of the first metric's, NULL: none; look: its.
 * Returns an exit code. */
int print_sensitivity(const qy_pe *pe, const qy_pe *base, const qy_tech *tech, double clock_mhz, qy_pipeline_for aim,
                      int64_t samples, const char *tornado, const qy_plot_look *look, int format);

#endif
