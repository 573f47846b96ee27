/* Measured figures kept between runs, in a file of a folder that may be deleted at any time.
 *
 * The file says which version of the program wrote it, on which platform (version.h), and, with their SHA-256, which
 * files under db_dir its figures follow from: all that was read while they were measured.  Where one of these is
 * another since, or the file is damaged, cut short or somebody else's, nothing of it is used and it is written anew.
 * It comes whole (written beside, then renamed), so that several processes may use a folder at once.  A folder that
 * cannot be written is no failure: nothing is kept then.  Figures that follow from files elsewhere are not kept.
 */
#ifndef QUARRY_VALIDATE_FIGURE_KEPT_H
#define QUARRY_VALIDATE_FIGURE_KEPT_H

#include "measure.h"

/* Give `shared` the figures that hold in db_dir.  QY_NO_MEMORY. */
qy_status figures_take_kept(measure_shared *shared, const char *folder, const char *db_dir, qy_arena *arena,
                            qy_error *err);
/* Keep all that it has, if any is new. */
void figures_keep(const measure_shared *shared, const char *folder, const char *db_dir, qy_arena *arena);

#endif
