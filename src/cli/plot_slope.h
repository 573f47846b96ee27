/* quarry plot slope NETWORK...: least traffic against buffer size. */
#ifndef QUARRY_CLI_PLOT_SLOPE_H
#define QUARRY_CLI_PLOT_SLOPE_H

/* argv[0] is "slope"; returns the exit code. */
int plot_slope(int argc, char **argv);

#endif
