/* A database that a test of pages writes itself. */
#ifndef QUARRY_REPORT_TEST_H
#define QUARRY_REPORT_TEST_H

#include "tap.h"

#include <sqlite3.h>
#include <stdarg.h>

static sqlite3 *db;
static int sql_failed;

__attribute__((format(printf, 1, 2))) static void sql(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  char *s = sqlite3_vmprintf(format, args);
  va_end(args);
  if (sqlite3_exec(db, s, NULL, NULL, NULL)) sql_failed += printf("# %s: %.80s\n", sqlite3_errmsg(db), s) > 0;
  sqlite3_free(s);
}

#endif
