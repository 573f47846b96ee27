/* Copying the write-ahead log into the database while it is being written, on a thread of its own.
 *
 * SQLite copies in the thread that commits, once the log is long, and waits for the disk three times; meanwhile no
 * batch is stored.  Here another connection copies what there is (SQLITE_CHECKPOINT_PASSIVE: neither readers nor
 * writers wait), again and again.  The log can begin anew only when all of it has been copied, so the writer waits for
 * that once the log has CHECKPOINT_MOST_BYTES.  Where there is no thread the writer copies after
 * CHECKPOINT_ALONE_BYTES.
 * Source: sqlite.org/wal.html, "Checkpointing"; sqlite.org/c3ref/wal_hook.html.
 */
#ifndef QUARRY_STORE_CHECKPOINT_H
#define QUARRY_STORE_CHECKPOINT_H

#include <stdint.h>

#include <sqlite3.h>

enum {
  CHECKPOINT_FIRST_BYTES = 1 << 22, /* so many are worth a thread */
  CHECKPOINT_STEP_BYTES = 1 << 20,  /* and then a copy */
  CHECKPOINT_ALONE_BYTES = 1 << 24,
  CHECKPOINT_MOST_BYTES = 1 << 26
};

typedef struct checkpointer checkpointer;

/* Take over the log of `db`, a database with pages of `page_bytes` in write-ahead mode that one thread writes; NULL
 * when out of memory. */
checkpointer *checkpoint_start(sqlite3 *db, int64_t page_bytes);

/* End the thread, after the copy it is at; from now on nothing is copied unasked.  Before `db` is closed, on the thread
 * that writes.  NULL is allowed. */
void checkpoint_stop(checkpointer *c);

#endif
