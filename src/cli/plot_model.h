/* Plots of a stored experiment that are drawn with its model: bands, ratios over a design, tornados, layers. */
#ifndef QUARRY_PLOT_MODEL_H
#define QUARRY_PLOT_MODEL_H

#include "session.h"

/* How many the experiment has. */
qy_status plot_model_count(int *count, qy_store *store, int64_t id, qy_error *err);

/* Draw them as `quarry run` does, from the experiment's text in the database and the libraries, networks and devices of
 * db_dir.  QY_BAD_INPUT where one of these is no longer what the results rest on.  *code: the exit code, where the
 * status is QY_OK. */
qy_status plot_model_draw(int *code, qy_store *store, int64_t id, const char *db_dir, const session_pictures *to,
                          qy_error *err);

#endif
