/* Accelerators under draws of their library: every metric linear in a small basis of parts.
 *
 * A point's metrics are coefficient vectors, which depend on the design alone (how many of each part, how often each is
 * used), times basis[column][draw], which depends on PE, library and clock alone (what one part costs, in each draw).
 * So a batch of points is one matrix product per metric, and no point is evaluated again for a draw.
 *
 * Certain: cycles and latency at a fixed clock, pipeline stages, buffer sizes, feasibility, the signal quality of a
 * weight format: those of the nominal library.  Uncertain: areas, leakages, energies of the parts, see
 * src/accel/spread.h for circuits; SRAM: a factor per quantity and buffer for what the table itself does not know
 * (sram_error.h), the same random number for a buffer of that name in every accelerator.
 */
#ifndef QUARRY_PART_DRAWS_H
#define QUARRY_PART_DRAWS_H

/* A metric that is linear in columns [first, first + count) of the basis. */
typedef struct qy_linear {
  int metric, first, count;
} qy_linear;

/* The buffers that SRAM factors tell apart, and the factors: sram[factor * draws->count + k] for draw k, factors in the
 * order read, write, leakage, area (qy_sram_quantity), each for all buffers in this order. */
enum { QY_BUFFER_INPUT, QY_BUFFER_OUTPUT, QY_BUFFER_WEIGHTS, QY_BUFFER_ROLES, QY_SRAM_FACTORS = 4 * QY_BUFFER_ROLES };

/* "input", "output", "weights" */
const char *qy_buffer_role_name(int role);

#endif
