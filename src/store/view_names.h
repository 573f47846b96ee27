/* Names of the generated views of an experiment. */
#ifndef QUARRY_STORE_VIEW_NAMES_H
#define QUARRY_STORE_VIEW_NAMES_H

#include "store_int.h"

/* What a generated view of this experiment name has at its head; of sqlite3_malloc, NULL: out of memory. */
char *view_mark(const char *name);

/* The view that the experiment name has (*there), or the one that it gets: *view of sqlite3_malloc.  NULL: every name
 * that it may get is taken. */
qy_status view_name_find(char **view, bool *there, qy_store *store, const char *name, bool front, qy_error *err);

#endif
