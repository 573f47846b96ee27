/* Layers and members of points: the tables layer_result and member_result. */
#ifndef QUARRY_STORE_DETAIL_H
#define QUARRY_STORE_DETAIL_H

#include "quarry/store.h"

#include <sqlite3.h>

/* Statements that write them; NULL: not made yet.  A store_detail of zeros is one. */
typedef struct store_detail {
  sqlite3_stmt *layer[2], *member[2]; /* into the database; into the tables where rows wait for the end */
  int waiting;                        /* those tables are there */
} store_detail;

/* Forget the statements. */
void store_detail_drop(store_detail *detail);
/* Write those of one point, by its key in the database; wait: where they stand until store_detail_move. */
qy_status store_detail_write(store_detail *detail, sqlite3 *db, const char *file, int64_t key, int wait,
                             const qy_store_detail *rows, qy_error *err);
/* What waits replaces that of the experiment with results [from, to); nothing where nothing waits. */
qy_status store_detail_move(store_detail *detail, sqlite3 *db, const char *file, int64_t from, int64_t to,
                            qy_error *err);
/* What waits is gone. */
qy_status store_detail_forget(store_detail *detail, sqlite3 *db, const char *file, qy_error *err);

#endif
