/* What `run`, `front` and `plot` share: summary, plots and the JSON that an experiment leaves in the database. */
#ifndef QUARRY_SESSION_H
#define QUARRY_SESSION_H

#include "style_option.h"
#include "summary.h"

#include "quarry/chart.h"
#include "quarry/model.h"
#include "quarry/points.h"

/* JSON for the database: ["area_um2", ...] and {"within": [...], "plots": [...]}. NULL: out of memory. */
const char *plan_objectives_json(const qy_plan_info *info, qy_arena *arena);
const char *plan_definition_json(const qy_plan_info *info, qy_arena *arena);

/* The design parameters by which points are told apart; names are those of the plan. */
void plan_keys(qy_key_list *list, const qy_plan_info *info);
/* Key of a name that the plan's reader accepted. */
qy_key plan_key(const char *name, const qy_plan_info *info);
/* And back. */
const char *plan_key_name(qy_key key, const qy_plan_info *info);

/* Before a sweep that packs: keep on the way what session_read_points reads (qy_store_watch). */
qy_status session_watch_points(qy_store *store, const qy_plan_info *info, qy_error *err);
/* The columns that the summary and every plot of the plan need. */
qy_status session_read_points(qy_points *points, qy_store *store, int64_t id, const qy_plan_info *info, qy_error *err);

void session_print_head(const qy_plan_info *info, qy_store *store, int64_t id, const qy_points *points, int reused,
                        double seconds, const char *database);
/* Find and store the gains of the designs over the base design, those that are not stored yet, or all again.  *model:
 * one of all points, made here (how: qy_model_make) where it is NULL and draws are needed; the caller frees it. */
qy_status session_compare(qy_model **model, const qy_plan *plan, const qy_points *points, qy_store *store, int64_t id,
                          bool again, const qy_model_how *how, qy_error *err);

/* Each design by itself, then their gains over the base design (comparisons.h): two tables, with an empty line between,
 * or one JSON object {"designs": [...], "comparisons": [...]}.  Returns an exit code. */
int session_print_summary(const qy_plan *plan, summary *s, qy_store *store, int64_t id, int format);

/* The points of the plan's tornado plots, made ready; *model NULL: it has none.  Before anything else is computed:
 * QY_BAD_INPUT for a tornado of a point that cannot be. */
qy_status session_prepare_tornados(qy_model **model, const qy_plan *plan, const qy_model_how *how, qy_error *err);

/* How long these plots take, but for the pictures: to make the points ready, and the samples, measured with fewer of
 * them; 0: there are none.  QY_BAD_INPUT as above. */
qy_status session_tornado_seconds(double *seconds, const qy_plan *plan, const qy_model_how *how, qy_error *err);

/* Where pictures go and how they look: the options over what the file says. */
typedef struct session_pictures {
  const style_options *style;
  const char *directory, *gnuplot;
  const char *output;      /* without its ending, in place of DIRECTORY/NAME; NULL: none */
  bool of_model;           /* only those that results alone do not show */
  const qy_model_how *how; /* of the models that some need */
} session_pictures;

/* The plots of the plan.  Returns an exit code. */
int session_draw_plots(const qy_plan *plan, const qy_model *tornados, qy_store *store, int64_t id,
                       const qy_points *points, const session_pictures *to);

/* May the pictures of the experiment be written into the directory (pictures_check)? */
qy_status session_check_files(const qy_plan_info *info, const style_options *style, const char *directory,
                              qy_error *err);
/* QY_BAD_INPUT where the options contradict what the file says of a plot's look, or no plot can have their ranges. */
qy_status session_check_style(const qy_plan_info *info, const style_options *style, qy_error *err);

/* qy_store_check_front of metrics and keys. */
qy_status session_check_front(qy_store *store, int64_t id, const int *metrics, int metric_count, const qy_key *keys,
                              int key_count, const qy_key_list *parameters, const char *what, qy_error *err);

/* A note on standard error where an experiment is not complete, with the share of its points that is done: what is
 * asked of it then is not its last word. */
qy_status session_say_incomplete(qy_store *store, int64_t id, qy_error *err);

/* What every command that reads results asks first: QY_BAD_INPUT where rows of a complete experiment are gone
 * (qy_store_check_whole); that note where it is not complete. */
qy_status session_check_stored(qy_store *store, int64_t id, qy_error *err);

/* QY_BAD_INPUT where it is not complete: fronts and best points are stored at the end of a run. */
qy_status session_check_fronts(qy_store *store, int64_t id, qy_error *err);

/* The experiment of a name, as qy_store_find, with that check. */
qy_status session_find(int64_t *id, qy_store *store, const char *name, qy_error *err);

#endif
