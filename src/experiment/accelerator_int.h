/* Keys and values that the accelerators of experiment files share, and one table row each. */
#ifndef QUARRY_ACCELERATOR_INT_H
#define QUARRY_ACCELERATOR_INT_H

#include "plan_int.h"

#include "quarry/element.h"
#include "quarry/sqnr.h"

extern const accelerator depthwise_accelerator, element_accelerator, systolic_accelerator;

#define NAMES(array) .names = (array), .name_count = sizeof(array) / sizeof *(array)

/* Values of choices, by the enum they stand for. */
extern const char *const pe_kinds[QY_PE_KIND_COUNT];
extern const char *const multiplier_kinds[QY_MULTIPLIER_COUNT];
extern const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT];
extern const char *const weight_signals[QY_SIGNAL_SAMPLES];
extern const char *const no_yes[2];
extern const char *const operand_kinds[2];

/* Rows of keys that several accelerators take.  Sizes end where the SRAM table does (4 MiB). */
#define BUFFER_ROW(place)                                                                                              \
  {                                                                                                                    \
    .key = "buffers." place, .type = PARAM_SIZE, .low = 256, .high = 4194304, .automatic = true, .unit = "B",          \
    .help = place " buffer; auto: the smallest that fits"                                                              \
  }
#define SRAM_ROW                                                                                                       \
  {                                                                                                                    \
    .key = "sram", .type = PARAM_CHOICE, NAMES(sram_flavours), .fallback = QY_SRAM_LSTP,                               \
    .help = "SRAM flavour: low standby power or high performance"                                                      \
  }
#define SIGNAL_ROW                                                                                                     \
  {                                                                                                                    \
    .key = "signal", .type = PARAM_CHOICE, NAMES(weight_signals),                                                      \
    .help = "weight distribution for the signal to quantization noise"                                                 \
  }

/* Keys of any element, first in the tables of accelerators that take every kind. */
enum {
  PE_KIND,
  PE_MULTIPLIER,
  PE_BITS,
  PE_WEIGHT_BITS,
  PE_ACCUMULATOR,
  PE_SPLIT,
  PE_SPLITS,
  PE_ROOT,
  PE_OUTPUT,
  PE_M_BITS,
  PE_M_ODD,
  PE_SHARED,
  PE_TERMS,
  PE_INPUT_REGISTERS,
  PE_OUTPUT_REGISTERS,
  PE_OPERANDS,
  PE_KEYS
};

/* 0 stands for the default of the element's kind; `quarry describe pe` and pe.h say which kinds take what. */
/* clang-format off */
#define PE_ROWS \
    [PE_KIND] = \
        {.key = "pe.kind", .type = PARAM_CHOICE, NAMES(pe_kinds), .required = true, .help = "processing element"}, \
    [PE_MULTIPLIER] = {.key = "pe.multiplier", \
                       .type = PARAM_CHOICE, \
                       NAMES(multiplier_kinds), \
                       .fallback = QY_MULTIPLIER_BOOTH, \
                       .help = "multiplier architecture"}, \
    [PE_BITS] = {.key = "pe.bits", \
                 .type = PARAM_INTEGER, \
                 .low = 2, \
                 .high = 32, \
                 .fallback = 16, \
                 .unit = "bit", \
                 .help = "operand (activation) width"}, \
    [PE_WEIGHT_BITS] = {.key = "pe.weight_bits", \
                        .type = PARAM_INTEGER, \
                        .low = 2, \
                        .high = 32, \
                        .automatic = true, \
                        .unit = "bit", \
                        .help = "weight or code width; auto: that of the kind"}, \
    [PE_ACCUMULATOR] = {.key = "pe.accumulator_bits", \
                        .type = PARAM_INTEGER, \
                        .low = 4, \
                        .high = 64, \
                        .automatic = true, \
                        .unit = "bit", \
                        .help = "accumulator width; auto: that of the kind, none for code elements"}, \
    [PE_SPLIT] = {.key = "pe.split", \
                  .type = PARAM_INTEGER, \
                  .low = -1, \
                  .high = 32, \
                  .automatic = true, \
                  .help = "seglog: codes below it step by the square root of 2; -1: none"}, \
    [PE_SPLITS] = {.key = "pe.splits", \
                   .type = PARAM_INTEGER, \
                   .low = 2, \
                   .high = 8, \
                   .automatic = true, \
                   .help = "brslog: selectable splits, 2, 4 or 8"}, \
    [PE_ROOT] = {.key = "pe.root", \
                 .type = PARAM_INTEGER, \
                 .low = 1, \
                 .high = 4, \
                 .automatic = true, \
                 .help = "square root of 2: 1: 1+1/2, 2: 1+1/4+1/8, 3: 1+1/2-1/16, 4: 1+1/4+1/8+1/32"}, \
    [PE_OUTPUT] = {.key = "pe.output_bits", \
                   .type = PARAM_INTEGER, \
                   .low = 3, \
                   .high = 64, \
                   .automatic = true, \
                   .unit = "bit", \
                   .help = "product width of code elements; auto: lossless"}, \
    [PE_M_BITS] = {.key = "pe.m_bits", \
                   .type = PARAM_INTEGER, \
                   .low = 2, \
                   .high = 4, \
                   .automatic = true, \
                   .unit = "bit", \
                   .help = "shift_add: bits of m in 2^s (2^n m + 1)"}, \
    [PE_M_ODD] = {.key = "pe.m_odd", .type = PARAM_CHOICE, NAMES(no_yes), .help = "shift_add: m is 0, 1, 3, 5, ..."}, \
    [PE_SHARED] = {.key = "pe.shared", \
                   .type = PARAM_CHOICE, \
                   NAMES(no_yes), \
                   .help = "shift_add: multiples are made once per row and come in"}, \
    [PE_TERMS] = {.key = "pe.terms", \
                  .type = PARAM_INTEGER, \
                  .low = 1, \
                  .high = 2, \
                  .automatic = true, \
                  .help = "lightpe: shifts per product"}, \
    [PE_INPUT_REGISTERS] = {.key = "pe.input_registers", \
                            .type = PARAM_CHOICE, \
                            NAMES(no_yes), \
                            .help = "operand registers inside the element"}, \
    [PE_OUTPUT_REGISTERS] = {.key = "pe.output_registers", \
                             .type = PARAM_CHOICE, \
                             NAMES(no_yes), \
                             .help = "a register behind the result"}, \
    [PE_OPERANDS] = {.key = "pe.operands", \
                     .type = PARAM_CHOICE, \
                     NAMES(operand_kinds), \
                     .help = "what it is priced with: uniform random words, or Laplacian weights and ReLU activations"}
/* clang-format on */

/* The element that these keys describe, and the operands it is priced with. */
void element_params_from(qy_pe_params *pe, const double *value);
void element_stimulus_from(qy_pe_stimulus *stimulus, const double *value);
qy_status element_quality_from(void *quality, const qy_pe *pe, qy_error *err);

#endif
