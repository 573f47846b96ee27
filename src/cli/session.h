/* What `run`, `front` and `plot` share: summary, plots and the JSON that an experiment leaves in the database. */
#ifndef QUARRY_SESSION_H
#define QUARRY_SESSION_H

#include "quarry/chart.h"
#include "quarry/model.h"
#include "quarry/points.h"

/* JSON for the database: ["area_um2", ...] and {"within": [...], "plots": [...]}. NULL: out of memory. */
const char *plan_objectives_json(const qy_plan_info *info, qy_arena *arena);
const char *plan_definition_json(const qy_plan_info *info, qy_arena *arena);

/* Key of a name that the plan's reader accepted. */
qy_key plan_key(const char *name);

/* The columns that the summary and every plot of the plan need. */
qy_status session_read_points(qy_points *points, qy_store *store, int64_t id, const qy_plan_info *info, qy_error *err);

void session_print_head(const qy_plan_info *info, qy_store *store, int64_t id, const qy_points *points, int reused,
                        double seconds, const char *database);
/* Designs side by side and where each overtakes the first one. Returns an exit code. */
int session_print_summary(const qy_plan *plan, const qy_points *points, int format);
/* The points of the plan's tornado plots, made ready; *model NULL: it has none.  Before anything else is computed:
 * QY_BAD_INPUT for a tornado of a point that cannot be. */
qy_status session_prepare_tornados(qy_model **model, const qy_plan *plan, qy_error *err);

/* All plots of the plan as SVG and PNG. Returns an exit code. */
int session_draw_plots(const qy_plan *plan, const qy_model *tornados, qy_store *store, int64_t id,
                       const qy_points *points, const char *directory, const char *gnuplot);

/* The experiment of a name, as qy_store_find.  A note on standard error when it is not complete: what is asked of it
 * then is not its last word. */
qy_status session_find(int64_t *id, qy_store *store, const char *name, qy_error *err);

#endif
