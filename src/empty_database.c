/* Prints a new database without rows of its own as a C file, for src/store/image.h: the Makefile runs it while
 * building.  What is not zero in it is written in pieces of whole blocks. */
#include "quarry/alloc.h"
#include "schema.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes 18 and 19 of a database say that it is in write-ahead mode (sqlite.org/fileformat2.html, 1.3.3). */
enum { BLOCK = 1024, A_LINE = 32, WAL_AT = 18, WAL = 2 };

static bool is_empty(const unsigned char *block)
{
  static const unsigned char zeros[BLOCK];
  return memcmp(block, zeros, BLOCK) == 0;
}

static void print(const unsigned char *image, size_t bytes)
{
  puts("#include \"image.h\"\n\nstatic const store_piece pieces[] = {");
  for (size_t at = 0, end; at < bytes; at = end) {
    const bool empty = is_empty(image + at);
    for (end = at + BLOCK; end < bytes && is_empty(image + end) == empty;)
      end += BLOCK;
    if (!empty) printf("    {%zu, %zu},\n", at, end - at);
  }
  puts("    {0, 0}};\n\nstatic const unsigned char data[] = {");
  for (size_t at = 0; at < bytes; at += BLOCK)
    for (size_t k = 0; k < BLOCK && !is_empty(image + at); k++)
      printf("%d,%s", image[at + k], k % A_LINE == A_LINE - 1 ? "\n" : "");
  printf("};\n\nconst store_image store_empty = {%zu, pieces, data};\n", bytes);
}

int main(int argc, char **argv)
{
  sqlite3 *db = NULL;
  sqlite3_int64 bytes = 0;
  unsigned char *image = NULL;
  qy_error err = {0};
  if (argc != 2) return 2;
  unlink(argv[1]);
  int code = sqlite3_open(argv[1], &db);
  if (code == SQLITE_OK) code = sqlite3_exec(db, STORE_PAGE_SQL, NULL, NULL, NULL);
  if (code == SQLITE_OK && qy_store_schema_create(db, argv[1], &err) == QY_OK)
    image = sqlite3_serialize(db, "main", &bytes, 0);
  const bool made = image && bytes >= BLOCK && bytes % BLOCK == 0;
  if (made) {
    image[WAL_AT] = image[WAL_AT + 1] = WAL;
    print(image, (size_t)bytes);
  } else {
    fprintf(stderr, "%s: %s\n", argv[1], err.count ? err.diagnostic[0].text : sqlite3_errmsg(db));
  }
  sqlite3_free(image);
  sqlite3_close(db);
  unlink(argv[1]);
  return made && fflush(stdout) == 0 ? 0 : 1;
}
