/* Is a text JSON (RFC 8259)?  As a function of SQL: older SQLites refuse their own in the constraints of a schema that
 * is not trusted. */
#ifndef QUARRY_JSON_TEXT_H
#define QUARRY_JSON_TEXT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

enum { JSON_NESTED_MOST = 1000 };

/* One value with nothing but white space around it, nested at most so deep. */
bool json_text_valid(const char *text, size_t length);

/* json_valid(X), json_extract(X, PATH), X -> PATH and X ->> PATH of this connection, where SQLite is older than 3.41
 * and refuses its own; an SQLite code.  What they answer is SQLite's. */
int json_text_register(sqlite3 *db);

#endif
