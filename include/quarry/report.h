/* One experiment as one web page: question, command, summary, linked plots, front, assumptions, sources, validation.
 *
 * The page is a single HTML file that loads nothing and may load nothing: its policy is `default-src 'none'`, beside
 * the SHA-256 of its own style and its own script (W3C, Content Security Policy Level 3, section 6.7.2.3).  What comes
 * from files or the database is escaped where it stands as text; plots and table get it as compressed data, and the
 * script makes text nodes of it only.
 * Plots and table show numbers rounded to 1 part in 30,000 of the logarithmic range of a metric, those of the table's
 * rows to 1 in 16 million.
 * Ownership: the page is appended to the caller's text.
 */
#ifndef QUARRY_REPORT_H
#define QUARRY_REPORT_H

#include "quarry/published.h"
#include "quarry/status.h"
#include "quarry/store.h"
#include "quarry/text.h"

enum {
  QY_REPORT_POINTS_MAX = 10000, /* points drawn: of more, those on fronts and an even share of the others */
  QY_REPORT_ROWS_MAX = 2000,    /* rows of the table: of longer fronts an even share */
  QY_REPORT_BYTES = 300000      /* points are left out until the page is no longer; its texts alone may be */
};

/* Append the page of experiment `id`.  published: the validation to tell of, NULL: the page says that none was asked
 * for.  What is left out is counted in the page.  QY_BAD_INPUT: no such experiment, one without a feasible point, one
 * whose objectives this program does not know; those of the store; QY_NO_MEMORY. */
qy_status qy_report_write(qy_text *page, qy_store *store, int64_t id, const qy_published *published, qy_error *err);

#endif
