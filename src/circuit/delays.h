/* Constants of the simulation in time, from db/circuit/bit_delays.csv: built in, as no library changes them. */
#ifndef QUARRY_CIRCUIT_DELAYS_H
#define QUARRY_CIRCUIT_DELAYS_H

enum {
  DELAY_NONE, /* 0 */
#define DELAY(NAME, name) DELAY_##NAME,
#include "delays.def"
#undef DELAY
  DELAYS
};

/* In delays of a NAND2 into four inverters, also for each inverter driven (slopes); inputs in inverters (pins). */
extern const double delay_constant[DELAYS];

#endif
