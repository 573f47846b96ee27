/* Empty databases, kept between runs: a copy takes a tenth of the time that making all tables and views takes.
 *
 * The file in the folder is named by a hash of what the schema follows from (its text, the metrics, the versions of
 * the schema and of SQLite) and holds the blocks of the database that are not empty, compressed by zlib, behind the
 * SHA-256 of that.  One that is damaged, cut short or somebody else's is left out of account and written anew; any
 * may be deleted at any time.
 */
#ifndef QUARRY_STORE_IMAGE_H
#define QUARRY_STORE_IMAGE_H

#include <sqlite3.h>
#include <stdbool.h>

/* Make the database `path` from the image in `folder`, in write-ahead mode and on the disk, or leave it to be made by
 * SQLite: where there is no image, where path or a log beside it is there already, where the file system cannot make
 * files without a name.  There is never half a database.  True: it was made. */
bool store_image_place(const char *path, const char *folder);

/* Keep the database, which is new and has no rows of its own, in the folder; where that cannot be, nothing is kept. */
void store_image_keep(sqlite3 *db, const char *folder);

#endif
