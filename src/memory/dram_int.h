/* Between the files of the DRAM model only. */
#ifndef QUARRY_MEMORY_DRAM_INT_H
#define QUARRY_MEMORY_DRAM_INT_H

#include "quarry/dram.h"

/* What one burst takes while the memory is served without a refresh, and what it leaves behind. */
typedef struct dram_rates {
  double cycles;      /* of tCK */
  double activations; /* at most 1 */
  double open;        /* share of the time with a row open */
  double rows;        /* rows that a refresh closes under a visit that goes on */
} dram_rates;

/* Play the first bursts of the traffic, in one channel.  At least one stream has bytes. */
void dram_play(dram_rates *rates, const qy_dram_system *system, const qy_dram_traffic *traffic);

/* Banks that consecutive bursts go round. */
int dram_interleaved(const qy_dram_device *device, qy_dram_mapping mapping);

#endif
