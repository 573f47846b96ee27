/* Published figures as `quarry validate` prints them. */
#ifndef QUARRY_CLI_FIGURES_H
#define QUARRY_CLI_FIGURES_H

#include "quarry/published.h"

/* Print all; with `variants` the sensitivity lists, too (JSON has them anyway).  EXIT_OFF where a figure that was
 * reproduced before is off now, said on standard error, else EXIT_DONE. */
int print_figures(const qy_published *published, int format, int variants);

#endif
