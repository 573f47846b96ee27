/* A processing element named on the command line: shared by `describe pe` and `rtl`. */
#ifndef QUARRY_PE_OPTION_H
#define QUARRY_PE_OPTION_H

#include "quarry/pe.h"

typedef struct pe_option {
  const char *params; /* "weight_bits=5,root=2" */
  int multiplier;
} pe_option;

#define PE_OPTIONS(o)                                                                                                  \
  {"param", 0, OPTION_TEXT, &(o).params, "LIST", "parameters, as name=value,name=value (bits=16)", 0, 0, NULL},        \
  {                                                                                                                    \
    "multiplier", 0, OPTION_CHOICE, &(o).multiplier, "KIND", "array or booth (default)", 0, 0, pe_multipliers          \
  }
extern const char *const pe_multipliers[];

/* Build the element `name`. An unknown name is QY_BAD_INPUT with the nearest known one. */
qy_status pe_option_build(qy_pe *pe, const char *name, const pe_option *o, qy_arena *arena, qy_error *err);

#endif
