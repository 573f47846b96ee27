/* The inside of a store: shared by the files of this module. */
#ifndef QUARRY_STORE_INT_H
#define QUARRY_STORE_INT_H

#include "batch_rows.h"
#include "best.h"
#include "checkpoint.h"
#include "detail.h"
#include "pack.h"
#include "quarry/store_kept.h"
#include "row_sum.h"
#include "runner.h"
#include "watch.h"

#include <stdbool.h>

#include <sqlite3.h>

/* A number that a macro stands for, as text. */
#define TEXT_OF(macro) #macro
#define TEXT(macro)    TEXT_OF(macro)

enum { STORE_KEY_SHIFT = 40, STORE_MISSING = QY_STORE_LACKS }; /* a key is experiment << 40 | point; of a text */

/* A text that many rows share, and its key. */
typedef struct store_text {
  char *text; /* own copy; NULL: a free place */
  int64_t id;
} store_text;

/* Those met so far: a hash table of `room` places, a power of two or 0. */
typedef struct store_texts {
  store_text *place;
  size_t count, room;
} store_texts;

struct qy_store {
  sqlite3 *db;
  char *file; /* as given, for messages */
  int mode;
  checkpointer *checkpoints; /* NULL in a store for reading */

  /* Statements kept for the run; NULL in a store for reading. */
  sqlite3_stmt *check_runner, *check_design, *insert_design, *insert_reason, *insert_resolved, *insert_rows,
      *insert_intervals, *insert_assignments, *mark_batch; /* NULL: not needed yet */
  uint64_t insert_metrics;                                 /* that insert_rows has, a bit each */

  /* The experiment begun; 0: none. */
  int64_t experiment, points, batch_points, batch_count;
  unsigned char *stored;                     /* [batch_count] 1: committed */
  int64_t *technology, *network, *precision; /* keys in the order of the experiment */
  int technology_count, network_count, precision_count;
  bool in_columns;                /* results are packed: chunk.h */
  int *column_number;             /* [CHUNK_COLUMNS] in the keys of chunks */
  row_keys sum_keys;              /* of rows that are stored */
  sqlite3_stmt *insert_chunk;     /* NULL: none stored yet */
  packer *packer;                 /* of those that this thread packs; the same */
  char runner[STORE_RUNNER_SIZE]; /* the mark of this store */
  int running;                    /* the mark is in the database */
  bool held;                      /* a transaction around several calls: those below are no-ops */

  bool packed;           /* results are shown as chunk.h says; only in a store for reading */
  bool packed_views;     /* the views over them are there */
  bool packed_wanted;    /* the statement that is compiled reads results of the file itself */
  qy_store_limits limit; /* of a query */
  double deadline_s;     /* of that at hand; 0: none */

  char missing[STORE_MISSING]; /* what it lacked though it was complete; "": nothing */

  store_best best;   /* of what is stored */
  store_watch watch; /* of what is packed */
  /* Of all rows that this store wrote, which are all there are where seen_all: there are some, some are infeasible,
   * have something chosen, these metrics have values. */
  bool seen_all, seen_rows, seen_reason, seen_resolved, seen_metric[QY_METRIC_COUNT];

  store_texts reason, resolved;       /* reasons, and what was chosen */
  int64_t *row_reason, *row_resolved; /* key of each row's in the batch at hand, 0: none */
  size_t row_reason_capacity, row_resolved_capacity;
  store_detail detail;
  store_batch batch; /* what the virtual table batch_rows shows */
};

/* End the current experiment's bookkeeping in memory. */
void qy_store_forget(qy_store *store);
qy_status store_transaction(qy_store *store, const char *doing, qy_error *err);
/* Make insert_intervals, which names the bounds of all metrics, unless it is there. */
qy_status store_prepare_intervals(qy_store *store, qy_error *err);
qy_status store_commit(qy_store *store, const char *doing, qy_error *err);
/* Is the experiment begun still this store's to write? Asked within the transaction. */
qy_status store_check_mark(qy_store *store, qy_error *err);
/* Mark the batch as stored, within a transaction: with so many results, intervals and assignments, and the sum of their
 * values (row_sum.h; NULL: it has none). */
qy_status store_mark_batch(qy_store *store, int64_t batch, const int64_t rows[3], const int64_t *sum, const char *doing,
                           qy_error *err);
/* The key of a reason, or of what was chosen, written where it is new; within a transaction. */
qy_status store_text_key(int64_t *key, qy_store *store, bool resolved, const char *text, qy_error *err);
/* qy_store_state_read of another experiment than that begun. */
qy_status store_state_read(qy_store *store, int64_t experiment, qy_store_part_visit *visit, void *ctx, qy_error *err);
/* No reason, and nothing chosen, has a key in memory any more. */
void qy_store_forget_reasons(qy_store *store);

/* "; did you mean "area_um2"?", or "": the nearest of the names that `sql` lists; what goes behind SQLite's message of
 * an unknown table or column; columns are those of the tables that the statement names. */
enum { STORE_ADVICE = 120 };
void store_nearest(char out[STORE_ADVICE], sqlite3 *db, const char *sql, const char *said);
void store_advice(char out[STORE_ADVICE], sqlite3 *db, const char *message, const char *statement);

#endif
