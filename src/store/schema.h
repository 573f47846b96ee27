/* Making, checking and renewing the schema of db/schema.sql. */
#ifndef QUARRY_STORE_SCHEMA_H
#define QUARRY_STORE_SCHEMA_H

#include "quarry/status.h"

#include <sqlite3.h>

enum {
  STORE_APPLICATION_ID = 0x51727279,   /* "Qrry" */
  STORE_VERSION = 11,                  /* of the schema: user_version */
  STORE_LATEST_VERSION = 5,            /* the first whose views show the latest runs */
  STORE_UNLIMITED_VERSION = 6,         /* the first whose comparisons have gains without a limit, and are counted */
  STORE_POLICY_VERSION = 7,            /* the first that need not store all points */
  STORE_PACKED_INTERVALS_VERSION = 10, /* the first that packs intervals with columns */
  STORE_BATCH_ORDER_VERSION = 11       /* the first whose chunks stand batch by batch */
};

/* Of a new database, before its tables are made: small pages, of which most tables of a small experiment need one; the
 * many points of a large one are written and read faster in few large pages. */
#define STORE_PAGE_SQL      "PRAGMA page_size = 4096"
#define STORE_PAGE_MANY_SQL "PRAGMA page_size = 16384"

/* The key of a chunk, of a row b of batch and a row n of chunk_column: the columns of a batch stand together, so that
 * what is written lies at the end of the table.  Older ones stood column by column, and each batch changed pages all
 * over it. */
#define STORE_CHUNK_KEY       "(b.experiment << 40) + (b.batch << 8) + n.number"
#define STORE_CHUNK_KEY_OLDER "(b.experiment << 40) + (n.number << 32) + b.batch"

/* db/schema.sql line by line, closed by NULL. */
extern const char *const qy_store_schema_lines[];

/* The schema as SQL with the metric columns filled in.  *views: where the part that makes the views begins in it.
 * To be freed with free(); NULL when out of memory. */
char *qy_store_schema_sql(const char **views);

/* Make all tables and views in the empty database `db`.  Does nothing when another process was faster. */
qy_status qy_store_schema_create(sqlite3 *db, const char *file, qy_error *err);

/* Bring a database of version `from` up to version from + step_count: step[i] leads from version from + i to the next.
 * Each step is one transaction together with its version number. */
qy_status qy_store_schema_migrate(sqlite3 *db, const char *file, int from, const char *const *step, int step_count,
                                  qy_error *err);

/* Migrate to STORE_VERSION, add the columns of metrics that the database does not know yet, renew the views if either
 * changed something. */
qy_status qy_store_schema_update(sqlite3 *db, const char *file, qy_error *err);

#endif
