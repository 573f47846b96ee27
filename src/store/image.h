/* New databases, compiled in: a copy takes a tenth of the time that making all tables and views takes.
 *
 * Made while building by what makes databases otherwise (schema.h), in write-ahead mode: src/empty_database.c.
 */
#ifndef QUARRY_STORE_IMAGE_H
#define QUARRY_STORE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Where bytes of the data belong in the database; closed by one of length 0. */
typedef struct store_piece {
  size_t at, length;
} store_piece;

/* The database; what is in no piece is zero. */
typedef struct store_image {
  size_t bytes;
  const store_piece *piece;
  const unsigned char *data; /* of one piece behind the other */
} store_image;

extern const store_image store_empty[2]; /* with small pages; with those of many points */

/* Make the database `path` from an image, for many points or not, in write-ahead mode and on the disk, or leave it to
 * be made by SQLite: where path or a log beside it is there already, where the file system cannot make files without a
 * name.  There is never half a database.  True: it was made. */
bool store_image_place(const char *path, bool many);

#endif
