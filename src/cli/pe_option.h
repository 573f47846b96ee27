/* A processing element named on the command line: shared by `describe pe` and `rtl`. */
#ifndef QUARRY_PE_OPTION_H
#define QUARRY_PE_OPTION_H

#include "quarry/pe.h"

/* The option's row; `target` is a const char * like "weight_bits=5,multiplier=array". */
#define PE_OPTION(target)                                                                                              \
  {                                                                                                                    \
    "param", 0, OPTION_TEXT, &(target), "LIST", "parameters, as name=value,name=value (bits=16,multiplier=booth)", 0,  \
        0, NULL                                                                                                        \
  }

/* Build the element `name`. An unknown name is QY_BAD_INPUT with the nearest known one. */
qy_status pe_option_build(qy_pe *pe, const char *name, const char *params, qy_arena *arena, qy_error *err);
/* The same, leaving out parameters it does not have: those of an element it is compared with. */
qy_status pe_option_build_beside(qy_pe *pe, const char *name, const char *params, qy_arena *arena, qy_error *err);

#endif
