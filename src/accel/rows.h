/* Rows of parameters that several accelerators take. */
#ifndef QUARRY_ACCEL_ROWS_H
#define QUARRY_ACCEL_ROWS_H

#include "quarry/accelerator.h"

extern const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT];

/* A buffer.  Sizes end where the SRAM table does (4 MiB). */
#define BUFFER_ROW(place, owner, member)                                                                               \
  {                                                                                                                    \
    .key = "buffers." place, .type = QY_PARAMETER_SIZE, .low = 256, .high = 4194304, .automatic = true, .unit = "B",   \
    .help = place " buffer; auto: the smallest that fits", QY_MEMBER(owner, member)                                    \
  }
#define SRAM_ROW(owner, member)                                                                                        \
  {                                                                                                                    \
    .key = "sram", .type = QY_PARAMETER_CHOICE, QY_NAMES(sram_flavours), .fallback = QY_SRAM_LSTP,                     \
    .help = "SRAM flavour: low standby power or high performance", QY_MEMBER(owner, member)                            \
  }

#endif
