/* The plots of a plan as charts: shared by the files of session.h. */
#ifndef QUARRY_SESSION_PLOTS_H
#define QUARRY_SESSION_PLOTS_H

#include "quarry/chart.h"
#include "quarry/model.h"
#include "quarry/points.h"
#include "quarry/store.h"

#include <stdbool.h>

/* Tornados and layers are of one point. */
bool session_is_of_point(const qy_plot_request *p);
/* Is it drawn from the plan's draws themselves? */
bool session_is_of_draws(const qy_plot_request *p);

/* The chart of a request; title and caption, which it keeps, may be NULL. */
qy_chart session_chart(const qy_plot_request *request, const qy_plan_info *info, const char *title,
                       const char *caption);

/* Points that the database has of an experiment: all, or those that a search chose. */
int64_t session_stored_points(qy_store *store, int64_t id, const qy_plan_info *info);
/* Feasible points of the experiment, stored or not; points: those that are. */
int64_t session_feasible_points(qy_store *store, int64_t id, const qy_plan_info *info, const qy_points *points);

#endif
