/* What accelerators with a port and three buffers share. */
#ifndef QUARRY_ACCEL_ROWS_H
#define QUARRY_ACCEL_ROWS_H

#include "quarry/accelerator.h"
#include "quarry/buffer.h"

extern const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT];
extern const char *const sram_banks[QY_SRAM_BANKS_COUNT];

#define PORT_ROW(high, standard, owner)                                                                                \
  QY_INTEGER("port_bits", 8, high, owner, port_bits, .fallback = (standard), .unit = "bit",                            \
             .help = "load/store port, bits per cycle")

/* Activations without or with a zero point (accelerator.h). */
extern const char *const activation_kinds[QY_ACTIVATIONS_COUNT];
#define ACTIVATIONS_ROW(owner)                                                                                         \
  QY_CHOICE("activations", activation_kinds, owner, activations,                                                       \
            .help = "symmetric, or affine: with a zero point, whose correction is added to each sum")

/* A buffer.  Sizes end where the SRAM table does (4 MiB). */
#define BUFFER_ROW(place, owner, member)                                                                               \
  {                                                                                                                    \
    .key = "buffers." place, .type = QY_PARAMETER_SIZE, .low = 256, .high = 4194304, .automatic = true, .unit = "B",   \
    .help = place " buffer; auto: the smallest that fits", QY_MEMBER(owner, member)                                    \
  }
/* Its banks, as many as the SRAM table has. */
#define BANKS_ROW(place, owner, member)                                                                                \
  QY_CHOICE("buffers." place "_banks", sram_banks, owner, member,                                                      \
            .help = "banks of the " place " buffer; auto: as many as take the least energy and follow the clock")
/* The owner's members are called input_buffer_bytes, output_buffer_bytes, weight_buffer_bytes, input_banks,
 * output_banks, weight_banks and sram_flavour. */
#define BUFFER_ROWS(owner)                                                                                             \
  BUFFER_ROW("input", owner, input_buffer_bytes), BUFFER_ROW("output", owner, output_buffer_bytes),                    \
      BUFFER_ROW("weight", owner, weight_buffer_bytes), BANKS_ROW("input", owner, input_banks),                        \
      BANKS_ROW("output", owner, output_banks), BANKS_ROW("weight", owner, weight_banks),                              \
      QY_CHOICE("sram", sram_flavours, owner, sram_flavour,                                                            \
                .help = "SRAM flavour: low standby power or high performance")

/* Microjoules of so many accesses of so many picojoules. */
#define ACCESSES_UJ(accesses, pj) ((accesses) * (pj) / 1e6)

/* Of buffers of two halves, a bank each at least; sums: the output buffer reads and writes partial sums in both.  NULL,
 * or static text: banks are asked for, too few of them. */
enum { HALF_BANKS = 2, SUM_BANKS = 4 };
const char *few_banks(qy_sram_banks input, qy_sram_banks output, qy_sram_banks weight, bool sums);

#endif
