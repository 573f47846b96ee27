/* The accelerators an experiment can name, and the values their keys share. */
#include "accelerator_int.h"

const char *const pe_kinds[QY_PE_KIND_COUNT] = {
#define ELEMENT(NAME, name) [QY_PE_##NAME] = #name,
#include "quarry/pe.def"
#undef ELEMENT
};
const char *const multiplier_kinds[QY_MULTIPLIER_COUNT] = {
    [QY_MULTIPLIER_ARRAY] = "array", [QY_MULTIPLIER_BOOTH] = "booth"};
const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT] = {[QY_SRAM_LSTP] = "lstp", [QY_SRAM_HP] = "hp"};
const char *const weight_signals[QY_SIGNAL_SAMPLES] = {[QY_SIGNAL_GAUSSIAN] = "gaussian",
                                                       [QY_SIGNAL_LAPLACIAN] = "laplacian",
                                                       [QY_SIGNAL_GENERALIZED] = "generalized",
                                                       [QY_SIGNAL_UNIFORM] = "uniform"};
const char *const no_yes[2] = {"no", "yes"};
const char *const operand_kinds[2] = {"uniform", "trained"};

const accelerator *const *accelerator_table(size_t *count)
{
  enum { ACCELERATORS = 3 };
  static const accelerator *const table[ACCELERATORS] = {&depthwise_accelerator, &element_accelerator,
                                                         &systolic_accelerator};
  *count = ACCELERATORS;
  return table;
}
