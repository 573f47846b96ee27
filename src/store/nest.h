/* quarry_nest(JSON): an object whose keys have dots with objects in their place; for the migration to version 5. */
#ifndef QUARRY_STORE_NEST_H
#define QUARRY_STORE_NEST_H

#include <sqlite3.h>

/* Result code of SQLite. */
int store_nest_register(sqlite3 *db);

#endif
