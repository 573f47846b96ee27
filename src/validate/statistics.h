/* Errors of single comparisons, gathered into the groups, skips and worst rows of a report. */
#ifndef QUARRY_VALIDATE_STATISTICS_H
#define QUARRY_VALIDATE_STATISTICS_H

#include "quarry/validate.h"

/* A table being compared.  Zero-initialise; texts must outlive the report; free with tally_free. */
typedef struct tally {
  qy_validate_row *row; /* one per comparison */
  size_t count, capacity;
  qy_validate_skip *skip;
  size_t skip_count, skip_capacity;
  size_t rows, compared, skipped; /* of the table */
  int64_t mismatches;
} tally;

/* Add a comparison; error_pct is filled in.  -1: out of memory. */
int tally_add(tally *t, qy_validate_row row);

/* Count a row that was not compared. */
int tally_skip(tally *t, const char *reason);

/* Make the report.  QY_NO_MEMORY. */
qy_status tally_report(const tally *t, qy_validate_report **report, const char *source, int worst_count,
                       qy_arena *arena, qy_error *err);

void tally_free(tally *t);

#endif
