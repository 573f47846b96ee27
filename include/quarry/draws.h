/* Draws of a technology library: the constants as random numbers, for Monte Carlo over what a library does not know.
 *
 * Every constant is a standard normal number z turned into a value by qy_constant_at: median `value`, 5 % below `low`,
 * 5 % above `high`.  The library's own structure makes the correlation: a NAND2 scale per quantity, times ratios per
 * cell, times factors per operator class, each drawn once per draw and used by every cell and design alike.  Constants
 * with a covariance (a calibration) are drawn jointly from it instead, as logarithms.
 *
 * Draw k is the same set of constants for all designs.  Across the libraries of one experiment, what describes the
 * process itself (nand2.*, load.wire_cap, wires.*, voltage_law.*) is independent; all ratios and model factors of one
 * path share their z, because they come from the same sources (a few open libraries, one synthesis study) and err
 * together. So do the SRAM factors, whose errors are those of one table.
 * The model's own discrepancy is drawn besides, per design: see discrepancy.h.
 *
 * Numbers: the first 40 dimensions are a Sobol sequence (GSL, Antonov and Saleev) with a random digital shift (Lemieux,
 * Monte Carlo and Quasi-Monte Carlo Sampling, 2009, section 6.2), given to the constants that move results most; all
 * others are Latin hypercube columns (McKay, Beckman and Conover, Technometrics 21(2), 1979).  Seed and path decide
 * everything: the same seed gives the same draws on every machine.
 * Ownership: draws live in the arena they were made with, and borrow the nominal library, which must live as long.
 */
#ifndef QUARRY_DRAWS_H
#define QUARRY_DRAWS_H

#include "quarry/tech.h"

#include <stdint.h>

enum { QY_DRAWS_MIN = 16, QY_DRAWS_MAX = 65536 };

typedef struct qy_draws {
  size_t count;
  uint64_t seed;
  int stream;
  const uint64_t
      *key; /* [count] words of which all of qy_draws_column follow, draw by draw; NULL: of seed and stream */
  const qy_tech *nominal;
  const qy_tech *draw; /* [count]: plain arrays of draw k; the entries, texts and hash are the nominal library's */
} qy_draws;

/* `stream`: the library's place in the experiment, from 0; another stream draws its process constants independently.
 * QY_BAD_INPUT: count outside [QY_DRAWS_MIN..QY_DRAWS_MAX], or a covariance that is none. */
qy_status qy_draws_new(qy_draws **draws, const qy_tech *tech, size_t count, uint64_t seed, int stream, qy_arena *arena,
                       qy_error *err);

/* A constant at standard normal z.  Two halves of a lognormal meet at the median: value exp(z s), s = ln(value / low) /
 * q below and ln(high / value) / q above, q the 95 % quantile of z.  A bound of 0 has no logarithm: that half is
 * straight, cut off at 0. */
double qy_constant_at(const qy_constant *constant, double z);

/* z[count] of the random number called `name`: one Latin hypercube column.  Independent for different names. */
qy_status qy_draws_normal(double *z, size_t count, uint64_t seed, const char *name, qy_error *err);

/* The same for the draws of one library: independent for different names, seeds and streams. */
qy_status qy_draws_column(double *z, const qy_draws *draws, const char *name, qy_error *err);

/* Quantile q in [0..1] of values[count], by linear interpolation between order statistics (Hyndman and Fan, type 7).
 * Reorders the values. */
double qy_quantile(double *values, size_t count, double q);

#endif
