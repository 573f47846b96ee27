/* Estimating the model's discrepancies from residuals: method in validate.h, meaning in structure.h. */
#ifndef QUARRY_VALIDATE_STRUCTURE_FIT_H
#define QUARRY_VALIDATE_STRUCTURE_FIT_H

#include "libraries.h"
#include "quarry/discrepancy.h"
#include "quarry/text.h"
#include "quarry/validate.h"

/* One quantity of one row.  Texts and arrays are the caller's. */
typedef struct fit_row {
  qy_structure_quantity quantity;
  int flow; /* of structure.h, by effort */
  const char *library, *flow_name;
  int circuit; /* rows of one circuit have one number */
  const qy_operator_share *share;
  size_t share_count;
  double residual;    /* ln(measured / model) */
  const double *draw; /* [draws] ln(model in the draw / model): constants only */
} fit_row;

/* A comparison, which has draws of the constants, of one circuit priced in `tech`; its flow is the one whose effort is
 * nearest.  QY_NO_MEMORY. */
qy_status fit_row_make(fit_row *out, const qy_validate_row *row, qy_structure_quantity quantity,
                       const qy_circuit *circuit, const qy_tech *tech, const double effort[QY_STRUCTURE_FLOWS],
                       qy_arena *arena, qy_error *err);

/* The rows of a table of elements in libraries that have been read; others are left out.  Behind *rows[*count]. */
qy_status element_fit_rows(fit_row **rows, size_t *count, const char *file, const table_libraries *libraries,
                           const double effort[QY_STRUCTURE_FLOWS], qy_arena *arena, qy_error *err);

/* Append the text of a structure.csv to *csv: fitted to all rows; low, high: the same without the rows of one library
 * at a time.  table: where the rows are from, a name.  QY_BAD_INPUT: a quantity and flow with too few rows. */
qy_status fit_text(qy_text *csv, const double effort[QY_STRUCTURE_FLOWS], const fit_row *row, size_t rows, size_t draws,
                   const char *table, qy_error *err);

#endif
