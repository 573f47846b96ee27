/* Prints new databases without rows of their own as a C file, for src/store/image.h: the Makefile runs it while
 * building.  What is not zero in them is written in pieces of whole blocks. */
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

static void print(const unsigned char *image, size_t bytes, int number)
{
  printf("static const store_piece pieces_%d[] = {\n", number);
  for (size_t at = 0, end; at < bytes; at = end) {
    const bool empty = is_empty(image + at);
    for (end = at + BLOCK; end < bytes && is_empty(image + end) == empty;)
      end += BLOCK;
    if (!empty) printf("    {%zu, %zu},\n", at, end - at);
  }
  printf("    {0, 0}};\n\nstatic const unsigned char data_%d[] = {\n", number);
  for (size_t at = 0; at < bytes; at += BLOCK)
    for (size_t k = 0; k < BLOCK && !is_empty(image + at); k++)
      printf("%d,%s", image[at + k], k % A_LINE == A_LINE - 1 ? "\n" : "");
  puts("};\n");
}

/* Its length; 0: it could not be made, which is said. */
static size_t make(const char *file, const char *page_sql, int number)
{
  sqlite3 *db = NULL;
  sqlite3_int64 bytes = 0;
  unsigned char *image = NULL;
  qy_error err = {0};
  unlink(file);
  int code = sqlite3_open(file, &db);
  if (code == SQLITE_OK) code = sqlite3_exec(db, page_sql, NULL, NULL, NULL);
  if (code == SQLITE_OK && qy_store_schema_create(db, file, &err) == QY_OK)
    image = sqlite3_serialize(db, "main", &bytes, 0);
  const bool made = image && bytes >= BLOCK && bytes % BLOCK == 0;
  if (made) {
    image[WAL_AT] = image[WAL_AT + 1] = WAL;
    print(image, (size_t)bytes, number);
  } else {
    fprintf(stderr, "%s: %s\n", file, err.count ? err.diagnostic[0].text : sqlite3_errmsg(db));
  }
  sqlite3_free(image);
  sqlite3_close(db);
  unlink(file);
  return made ? (size_t)bytes : 0;
}

int main(int argc, char **argv)
{
  static const char *const page_sql[] = {STORE_PAGE_SQL, STORE_PAGE_MANY_SQL};
  size_t bytes[2];
  if (argc != 2) return 2;
  puts("#include \"image.h\"\n");
  for (int many = 0; many < 2; many++)
    if (!(bytes[many] = make(argv[1], page_sql[many], many))) return 1;
  printf("const store_image store_empty[2] = {{%zu, pieces_0, data_0}, {%zu, pieces_1, data_1}};\n", bytes[0],
         bytes[1]);
  return fflush(stdout) == 0 ? 0 : 1;
}
