/* What accelerators with a port and three buffers share. */
#ifndef QUARRY_ACCEL_ROWS_H
#define QUARRY_ACCEL_ROWS_H

#include "quarry/accelerator.h"
#include "quarry/buffer.h"

extern const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT];

#define PORT_ROW(high, standard, owner)                                                                                \
  QY_INTEGER("port_bits", 8, high, owner, port_bits, .fallback = (standard), .unit = "bit",                            \
             .help = "load/store port, bits per cycle")

/* A buffer.  Sizes end where the SRAM table does (4 MiB). */
#define BUFFER_ROW(place, owner, member)                                                                               \
  {                                                                                                                    \
    .key = "buffers." place, .type = QY_PARAMETER_SIZE, .low = 256, .high = 4194304, .automatic = true, .unit = "B",   \
    .help = place " buffer; auto: the smallest that fits", QY_MEMBER(owner, member)                                    \
  }
/* The owner's members are called input_buffer_bytes, output_buffer_bytes, weight_buffer_bytes and sram_flavour. */
#define BUFFER_ROWS(owner)                                                                                             \
  BUFFER_ROW("input", owner, input_buffer_bytes), BUFFER_ROW("output", owner, output_buffer_bytes),                    \
      BUFFER_ROW("weight", owner, weight_buffer_bytes),                                                                \
      QY_CHOICE("sram", sram_flavours, owner, sram_flavour,                                                            \
                .help = "SRAM flavour: low standby power or high performance")

/* Width of an element's input, e.g. "x"; that of its operands where it has none of that name. */
int element_port_bits(const qy_pe *pe, const char *name);

#endif
