/* Fuzz targets: one for each reader.  Whatever the bytes are, a reader gives what it is for, or a message; anything
 * else aborts.  The driver (fuzz.c) runs them under libFuzzer or by itself. */
#ifndef QUARRY_TESTS_FUZZ_H
#define QUARRY_TESTS_FUZZ_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdint.h>

typedef struct fuzz_reader {
  const char *name;
  /* Read bytes[length], behind which stands a NUL; the result tells inputs apart that were taken otherwise. */
  uint64_t (*one)(const char *bytes, size_t length);
  const char *seeds;       /* patterns of file names, blanks between */
  const char *telling;     /* characters that mean something to it */
  const char *const *word; /* texts that do, NULL-terminated; NULL: none */
  size_t in_place;         /* of mutation */
  size_t bytes_most;       /* of an input; 0: 16 kB */
  int lines;               /* each line of a seed is one */
} fuzz_reader;

extern const fuzz_reader fuzz_tables[], fuzz_descriptions[], fuzz_results[]; /* each ends with a row without a name */

/* Of status and message, without what the message cites: aborts where they contradict each other. */
uint64_t fuzz_outcome(qy_status status, const qy_error *err);

/* The same arena each time, emptied before each input. */
qy_arena *fuzz_arena(void);

/* The bytes as a file, for readers that take names; the name is the same each time. */
const char *fuzz_file(const char *bytes, size_t length);
/* A folder like db in which the file `inside` ("circuit/factors.csv") is that of fuzz_file. */
const char *fuzz_db(const char *inside);
/* A folder of its own in memory, made once and removed at the end. */
const char *fuzz_folder(void);

#endif
