/* The libraries that a table of measurements names: read once each, left out of the study where asked, drawn. */
#ifndef QUARRY_VALIDATE_LIBRARIES_H
#define QUARRY_VALIDATE_LIBRARIES_H

#include "quarry/draws.h"
#include "quarry/validate.h"

typedef struct table_library table_library;
struct table_library {
  const char *name;    /* in the table */
  const qy_tech *tech; /* without wires and clock tree, as netlists are; NULL: it cannot be priced, for this reason */
  const char *reason;
  const qy_draws *draws;       /* NULL: none wanted */
  const table_library *placed; /* the same with wires and clock tree; NULL: it cannot be priced */
};

typedef struct table_libraries {
  table_library *library; /* in the order of the table */
  size_t count;
} table_libraries;

/* Read the libraries of `file` (column library), as the options say: options->library_file, leave_out, draws and seed.
 * constants_only: draws leave out the discrepancies of the model.  All lives in the arena. */
qy_status table_libraries_read(table_libraries *libraries, const char *file, const qy_validate_options *options,
                               bool constants_only, qy_arena *arena, qy_error *err);

/* The one of that name, which the table has. */
const table_library *table_library_of(const table_libraries *libraries, const char *name);

#endif
