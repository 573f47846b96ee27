/* Empty databases, kept between runs: see image.h.
 *
 * Bytes 18 and 19 of a database say that it is in write-ahead mode (sqlite.org/fileformat2.html, 1.3.3).
 */
#include "image.h"

#include "quarry/alloc.h"
#include "quarry/file.h"
#include "quarry/metric.h"
#include "quarry/sha256.h"
#include "schema.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

enum {
  PATH_BYTES = 4096,
  BLOCK = 1024,
  PIECES_MAX = 64,
  HASH_BYTES = 64,
  BYTES_MOST = 1 << 24,
  MODE = 0644,
  FOLDER_MODE = 0777,
  WAL_AT = 18,
  WAL = 2
};

/* Most of an empty database is zeros. */
typedef struct block {
  uint64_t at; /* number of the block in the file */
  unsigned char data[BLOCK];
} block;

typedef struct head {
  char hash[HASH_BYTES];  /* of all that follows it */
  uint64_t bytes, blocks; /* of the database; those that are not empty, compressed behind the head */
} head;

/* FNV-1a (Fowler, Noll, Vo), with the closing NUL. */
static uint64_t add_text(uint64_t hash, const char *text)
{
  do
    hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
  while (*text++);
  return hash;
}

static bool image_path(char path[PATH_BYTES], const char *folder)
{
  uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ STORE_VERSION;
  hash = add_text(hash, sqlite3_sourceid());
  for (const char *const *line = qy_store_schema_lines; *line; line++)
    hash = add_text(hash, *line);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const qy_metric_info *info = &qy_metric_table()[m];
    hash = add_text(hash, info->name);
    hash = add_text(hash, info->unit);
    hash = add_text(hash, info->label);
    hash = add_text(hash, info->help);
    hash = add_text(hash, info->sense < 0 ? "-" : info->sense > 0 ? "+" : "");
  }
  return snprintf(path, PATH_BYTES, "%s/tables-%016" PRIx64, folder, hash) < PATH_BYTES;
}

/* The blocks of the image that are not empty, in the arena; NULL: none. */
static const block *read_image(head *h, const char *folder, qy_arena *arena)
{
  char path[PATH_BYTES], hash[HASH_BYTES + 1], *text = NULL;
  size_t length = 0;
  struct stat is;
  if (!image_path(path, folder) || stat(path, &is) != 0 || !S_ISREG(is.st_mode) || is.st_size > BYTES_MOST) return NULL;
  if (qy_file_read(&text, &length, path, arena, NULL) || length < sizeof *h) return NULL;
  memcpy(h, text, sizeof *h);
  qy_sha256_text(hash, text + HASH_BYTES, length - HASH_BYTES);
  if (memcmp(h->hash, hash, HASH_BYTES) != 0 || h->blocks == 0 || h->blocks > BYTES_MOST / BLOCK) return NULL;
  block *blocks = qy_arena_alloc(arena, (size_t)h->blocks, sizeof *blocks);
  const uLongf all = (uLongf)(h->blocks * sizeof *blocks);
  uLongf got = all;
  if (!blocks ||
      uncompress((Bytef *)blocks, &got, (const Bytef *)text + sizeof *h, (uLong)(length - sizeof *h)) != Z_OK)
    return NULL;
  return got == all ? blocks : NULL;
}

/* What is not written stays a hole, which reads as zeros.  Blocks that follow one another go in one piece. */
static bool write_blocks(int fd, const block *blocks, const head *h)
{
  bool good = ftruncate(fd, (off_t)h->bytes) == 0;
  for (size_t b = 0; good && b < h->blocks;) {
    struct iovec piece[PIECES_MAX];
    int count = 0;
    do {
      piece[count].iov_base = (void *)blocks[b + (size_t)count].data;
      piece[count].iov_len = BLOCK;
      count++;
    } while (count < PIECES_MAX && b + (size_t)count < h->blocks &&
             blocks[b + (size_t)count].at == blocks[b].at + (uint64_t)count);
    good = pwritev(fd, piece, count, (off_t)(blocks[b].at * BLOCK)) == (ssize_t)count * BLOCK;
    b += (size_t)count;
  }
  return good;
}

/* The file is without a name until it is whole and on the disk; a name that is there by then stays another's.  The name
 * is on the disk with that of the write-ahead log, which SQLite sees to before anything that it must keep. */
static bool place(const char *path, const char *directory, const block *blocks, const head *h)
{
  char descriptor[64];
  const int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
  if (fd < 0) return false;
  snprintf(descriptor, sizeof descriptor, "/proc/self/fd/%d", fd);
  const bool made = write_blocks(fd, blocks, h) && fdatasync(fd) == 0 &&
                    linkat(AT_FDCWD, descriptor, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
  close(fd);
  return made;
}

/* Is it there, or what another database of that name has left: a log that would be taken for this one's? */
static bool is_taken(const char *path)
{
  static const char *const end[] = {"", "-wal", "-shm", "-journal"};
  char name[PATH_BYTES];
  struct stat is;
  for (size_t e = 0; e < sizeof end / sizeof *end; e++)
    if (snprintf(name, sizeof name, "%s%s", path, end[e]) >= (int)sizeof name || lstat(name, &is) == 0) return true;
  return false;
}

bool store_image_place(const char *path, const char *folder)
{
  assert(path && folder);
  if (is_taken(path)) return false;
  head h;
  qy_arena *arena = qy_arena_new();
  const char *slash = strrchr(path, '/');
  const block *blocks = arena ? read_image(&h, folder, arena) : NULL;
  char *directory = slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
  const bool made = blocks && directory && place(path, directory, blocks, &h);
  free(directory);
  qy_arena_free(arena);
  return made;
}

/* The folder and those it is in, as far as they can be made. */
static void make_folder(char *path)
{
  for (char *at = path; (at = strchr(at + 1, '/'));) {
    *at = '\0';
    mkdir(path, FOLDER_MODE);
    *at = '/';
  }
}

/* The blocks that are not empty; returns how many. */
static size_t pack(block *out, const unsigned char *image, size_t bytes)
{
  static const unsigned char zeros[BLOCK];
  size_t count = 0;
  for (size_t at = 0; at < bytes / BLOCK; at++) {
    if (memcmp(image + at * BLOCK, zeros, BLOCK) == 0) continue;
    out[count].at = at;
    memcpy(out[count++].data, image + at * BLOCK, BLOCK);
  }
  return count;
}

static void write_image(const char *folder, const block *blocks, size_t count, size_t bytes, qy_arena *arena)
{
  char path[PATH_BYTES], hash[HASH_BYTES + 1];
  uLongf packed = compressBound((uLong)(count * sizeof *blocks));
  char *out = qy_arena_alloc(arena, sizeof(head) + packed, 1);
  head h = {.bytes = bytes, .blocks = count};
  if (!out || !image_path(path, folder)) return;
  if (compress2((Bytef *)out + sizeof h, &packed, (const Bytef *)blocks, (uLong)(count * sizeof *blocks),
                Z_BEST_SPEED) != Z_OK)
    return;
  memcpy(out, &h, sizeof h);
  qy_sha256_text(hash, out + HASH_BYTES, sizeof h - HASH_BYTES + packed);
  memcpy(out, hash, HASH_BYTES);
  make_folder(path);
  (void)qy_file_write(path, out, sizeof h + packed, NULL);
}

void store_image_keep(sqlite3 *db, const char *folder)
{
  assert(db && folder);
  sqlite3_int64 bytes = 0;
  unsigned char *image = sqlite3_serialize(db, "main", &bytes, 0);
  qy_arena *arena = qy_arena_new();
  const bool fits = image && bytes >= BLOCK && bytes <= BYTES_MOST && bytes % BLOCK == 0;
  block *blocks = fits && arena ? qy_arena_alloc(arena, (size_t)bytes / BLOCK, sizeof *blocks) : NULL;
  if (blocks) {
    image[WAL_AT] = image[WAL_AT + 1] = WAL;
    write_image(folder, blocks, pack(blocks, image, (size_t)bytes), (size_t)bytes, arena);
  }
  qy_arena_free(arena);
  sqlite3_free(image);
}
