/* The results database: SQLite, one STRICT wide table, provenance, resume (DESIGN section 11).
 *
 * A kill at any instant loses at most the batch in flight.  The same experiment text with the same inputs is the same
 * experiment: its rows are reused, never doubled.  Result rows have the primary key experiment << 40 | point.
 */
#ifndef QUARRY_STORE_H
#define QUARRY_STORE_H

#include "quarry/metric.h"
#include "quarry/status.h"

#include <stdint.h>

typedef struct qy_store qy_store;

enum { QY_STORE_READ, QY_STORE_WRITE };

/* Open (QY_STORE_WRITE: create) a database.  QY_BAD_INPUT: not a database, a database of another application, a newer
 * schema; QY_SYSTEM: cannot be opened, locked, disk full.  The schema is in db/schema.sql, compiled in. */
qy_status qy_store_open(qy_store **store, const char *file, int mode, qy_error *err);
void qy_store_close(qy_store *store);   /* checkpoints; NULL allowed */

/* A technology or network used, verbatim. */
typedef struct qy_store_input { const char *name, *sha256, *text; } qy_store_input;

typedef struct qy_store_experiment {
  const char *name, *question, *file, *text, *sha256; /* sha256 of the text */
  const char *command_line;
  const char *seed;                                   /* decimal text; "" when none */
  int64_t points, batch_points;
  const qy_store_input *technology; int technology_count;
  const qy_store_input *network; int network_count;
  const char *objectives;                             /* JSON array of metric names */
  const char *definition;                             /* JSON: front groups, plots */
} qy_store_experiment;

/* Begin or continue. *id: the experiment; *complete: all rows are there already; identity is the hash over the texts of
 * experiment, technologies, networks and the model version. */
qy_status qy_store_begin(qy_store *store, const qy_store_experiment *experiment, int64_t *id, int *complete,
                         qy_error *err);
/* Was batch b committed before? */
int qy_store_has_batch(const qy_store *store, int64_t batch);

/* One batch as plain arrays, committed in one transaction together with its batch mark and any new designs/reasons.
 * A design row is written the first time its id is seen. */
typedef struct qy_store_design { int64_t id; const char *name; const char *parameters; } qy_store_design; /* JSON */
typedef struct qy_store_row {
  int64_t point;
  int64_t design;             /* qy_store_design.id */
  int technology, network;    /* index into the experiment's lists */
  int precision_bits;
  double clock_mhz;
  const char *reason;         /* static text; NULL: feasible */
  double metric[QY_METRIC_COUNT]; /* ignored when infeasible */
} qy_store_row;
qy_status qy_store_batch(qy_store *store, int64_t batch, const qy_store_row *rows, int64_t count,
                         const qy_store_design *designs, int64_t design_count, qy_error *err);

/* Fronts: points on the front of one group ("fdsoi28, 8 bit"), replacing earlier ones of this experiment. */
typedef struct qy_store_front { const char *group; const int64_t *points; int64_t count; } qy_store_front;
qy_status qy_store_finish(qy_store *store, const qy_store_front *fronts, int front_count, qy_error *err);
/* Mark how the run ended when it did not finish: "interrupted" or "failed". */
qy_status qy_store_abandon(qy_store *store, const char *status, qy_error *err);

/* Reading: run one SELECT; row(ctx, columns, names, values) per row; values NULL for SQL NULL; non-zero stops.
 * Only statements that do not write are accepted. */
typedef int qy_store_callback(void *ctx, int columns, const char *const *names, const char *const *values,
                              const int *types /* SQLITE_INTEGER .. */);
qy_status qy_store_query(qy_store *store, const char *sql, qy_store_callback *row, void *ctx, qy_error *err);

#endif
