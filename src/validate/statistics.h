/* Errors of single comparisons, gathered into the strata, skips and worst rows of a report. */
#ifndef QUARRY_VALIDATE_STATISTICS_H
#define QUARRY_VALIDATE_STATISTICS_H

#include "quarry/validate.h"

/* Why something was not compared, how often. */
typedef struct reasons {
  qy_validate_skip *list;
  size_t count, capacity;
} reasons;

/* A table being compared.  Zero-initialise; texts must outlive the report; free with tally_free. */
typedef struct tally {
  qy_validate_row *row; /* one per comparison */
  size_t count, capacity;
  reasons skip, omit;
  size_t rows, compared, skipped; /* of the table */
  size_t zeros;                   /* comparisons with a measured 0 */
  int64_t mismatches;
} tally;

/* Add a comparison; error_pct is filled in: where 0 was counted, in per cent of one.  -1: out of memory. */
int tally_add(tally *t, qy_validate_row row);

/* The same for values that are per cent themselves: their difference is the error, in points. */
int tally_add_points(tally *t, qy_validate_row row);

/* Count a row that was not compared. */
int tally_skip(tally *t, const char *reason);

/* Count a figure that was left out of a row that was compared. */
int tally_omit(tally *t, const char *reason);

/* Make the report.  QY_NO_MEMORY. */
qy_status tally_report(const tally *t, qy_validate_report **report, const char *source, int worst_count,
                       qy_arena *arena, qy_error *err);

void tally_free(tally *t);

#endif
